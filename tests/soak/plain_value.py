"""A third evaluator, in mpmath: what a term is worth at a point, for the scripts that measure the engine.

It shares no code with the kernel or with the provers and is slow and plain on purpose. A value is an ``mpf`` or a
matrix of them; :class:`Undefined` means that some part has no value over the reals, :class:`Unknown` that this
evaluator does not know the construct.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from mpmath import mp, mpf

from engine.meaning.context import Context
from engine.meaning.sort import Integer
from engine.meaning.term import (
    INFINITY,
    Add,
    Apply,
    Comparison,
    Constant,
    Derivative,
    Divide,
    Element,
    Evaluate,
    Integral,
    Inverse,
    Matrix,
    Multiply,
    Name,
    Negate,
    Number,
    Power,
    Product,
    Sum,
    Term,
    Transpose,
)

Value = Any  # mpf, or mpmath's matrix: the library has no types
DIGITS = 40
MOST_TERMS = 60


class Undefined(Exception):
    """Some part of the term has no value over the reals here."""


class Unknown(Exception):
    """A construct that this evaluator does not know."""


@dataclass(frozen=True, slots=True)
class Place:
    """The context, the values of its names and families, and of the names bound around a term."""

    context: Context
    values: dict[str, Value]
    members: dict[tuple[str, tuple[int, ...]], Value]
    whole: frozenset[str] = frozenset()

    def with_value(self, name: str, value: Value, integer: bool = False) -> Place:
        whole = self.whole | {name} if integer else self.whole - {name}
        return replace(self, values={**self.values, name: value}, whole=whole)


def value(term: Term, at: Place) -> Value:
    match term:
        case Number(number):
            return _fraction(number)
        case Constant("pi"):
            return mp.pi()
        case Constant("e"):
            return mp.e()
        case Name(name):
            return _named(name, at)
        case Element(family, indices):
            return _element(family, tuple(_integer(value(i, at)) for i in indices), at)
        case Add(terms):
            return _total([value(one, at) for one in terms])
        case Negate(inside):
            return -value(inside, at)
        case Multiply(factors):
            return _multiplied([value(one, at) for one in factors])
        case Divide(above, below):
            return _quotient(value(above, at), value(below, at))
        case Power(base, exponent):
            return _power(term, value(base, at), value(exponent, at), at)
        case Sum(index, lower, upper, body) | Product(index, lower, upper, body):
            return _folded(isinstance(term, Sum), index, lower, upper, body, at)
        case Integral(variable, lower, upper, body):
            return _integral(variable, lower, upper, body, at)
        case Derivative(body, variable, order):
            return _derivative(body, variable, order, at)
        case Evaluate(body, variable, new):
            return value(body, at.with_value(variable, value(new, at)))
        case Apply("indicator", (Comparison(left, sign, right),)):
            return mpf(int(_compared(value(left, at), sign, value(right, at))))
        case Apply(function, arguments):
            return _applied(function, [value(one, at) for one in arguments], at)
        case Matrix(rows):
            return mp.matrix([[value(entry, at) for entry in row] for row in rows])
        case Transpose(inside):
            found = value(inside, at)
            return found.T if isinstance(found, mp.matrix) else found
        case Inverse(inside):
            return _inverse(value(inside, at))
    raise Unknown(type(term).__name__)


def _fraction(number: Fraction) -> Value:
    return mpf(number.numerator) / number.denominator


def _named(name: str, at: Place) -> Value:
    if name in at.values:
        return at.values[name]
    definition = at.context.definition_of(name)
    if definition is None or definition.parameters:
        raise Unknown(f"the name {name}")
    return value(definition.body, at)


def _element(family: str, indices: tuple[int, ...], at: Place) -> Value:
    if (family, indices) in at.members:
        return at.members[family, indices]
    if isinstance(held := at.values.get(family), mp.matrix):
        row, column = (*indices, 1)[:2]
        if not (1 <= row <= held.rows and 1 <= column <= held.cols):
            raise Undefined("an entry outside of its matrix")
        return held[row - 1, column - 1]
    definition = at.context.definition_of(family)
    if definition is not None and len(definition.parameters) == len(indices):
        for name, index in zip(definition.parameters, indices, strict=True):
            at = at.with_value(name, mpf(index), integer=True)
        return value(definition.body, at)
    raise Undefined(f"no member {indices} of {family}")


def _integer(number: Value) -> int:
    if isinstance(number, mp.matrix) or number != mp.floor(number):
        raise Undefined("an index that is no integer")
    return int(number)


def _total(values: list[Value]) -> Value:
    result = values[0]
    for one in values[1:]:
        if isinstance(result, mp.matrix) != isinstance(one, mp.matrix):
            raise Unknown("a sum of a matrix and a number")
        result = result + one
    return result


def _multiplied(values: list[Value]) -> Value:
    result = values[0]
    for one in values[1:]:
        result = _scalar(result * one)
    return result


def _scalar(found: Value) -> Value:
    return found[0, 0] if isinstance(found, mp.matrix) and found.rows == found.cols == 1 else found


def _quotient(above: Value, below: Value) -> Value:
    if isinstance(below, mp.matrix):
        raise Unknown("a division by a matrix")
    if below == 0:
        raise Undefined("a division by zero")
    return above / below


def _inverse(found: Value) -> Value:
    if not isinstance(found, mp.matrix):
        return _quotient(mpf(1), found)
    try:
        return mp.inverse(found)
    except ZeroDivisionError:
        raise Undefined("a singular matrix") from None


def _power(term: Power, base: Value, exponent: Value, at: Place) -> Value:
    if isinstance(exponent, mp.matrix) or (isinstance(base, mp.matrix) and exponent != mp.floor(exponent)):
        raise Unknown("a power of a matrix")
    if isinstance(base, mp.matrix):
        return base ** int(exponent)
    if exponent == mp.floor(exponent) and (base > 0 or _is_integer(term.exponent, at)):
        if base == 0 and exponent < 0:
            raise Undefined("a negative power of zero")
        return base ** int(exponent)
    if base <= 0:
        raise Undefined("a real power of what is not positive")
    return base**exponent


def _is_integer(term: Term, at: Place) -> bool:
    match term:
        case Number(number):
            return number.denominator == 1
        case Name(name):
            return name in at.whole or isinstance(at.context.sort_of(name), Integer)
        case Negate(inside):
            return _is_integer(inside, at)
        case Add(parts) | Multiply(parts):
            return all(_is_integer(part, at) for part in parts)
        case Element(family):
            sort = at.context.sort_of(family)
            return isinstance(getattr(sort, "element", None), Integer)
        case _:
            return False


def _folded(adding: bool, index: str, lower: Term, upper: Term, body: Term, at: Place) -> Value:
    low, high = _integer(value(lower, at)), _integer(value(upper, at))
    if high - low > MOST_TERMS:
        raise Unknown("a long sum")
    parts = [value(body, at.with_value(index, mpf(n), integer=True)) for n in range(low, high + 1)]
    if not parts:
        return mpf(0) if adding else mpf(1)
    return _total(parts) if adding else _multiplied(parts)


def _integral(variable: str, lower: Term, upper: Term, body: Term, at: Place) -> Value:
    ends = [_end(end, at) for end in (lower, upper)]
    if ends[0] == ends[1]:
        raise Unknown("an integral over no range")

    def integrand(x: Value) -> Value:
        return value(body, at.with_value(variable, x))

    # A divergent integral may seem settled, but hardly twice in the same way, nor with a tail that falls like 1/x².
    for end in ends:
        if mp.isinf(end) and abs(integrand(mp.sign(end) * 10**4)) * 10**4 > mpf("0.01"):
            raise Unknown("an integral whose tail does not fall")
    inside = _between(*ends)
    results = [mp.quad(integrand, [ends[0], *points, ends[1]], error=True) for points in ((), inside[:1], inside)]
    found = results[0][0]
    for other, error in results:
        if max(error, abs(other - found)) > mpf(10) ** -12 * (1 + abs(found)):
            raise Unknown("an integral that quadrature does not settle")
    return found


def _between(low: Value, high: Value) -> list[Value]:
    """Two points between the ends."""
    if mp.isinf(low) and mp.isinf(high):
        return [mpf(-1), mpf(2)]
    if mp.isinf(high):
        return [low + 1, low + 7]
    if mp.isinf(low):
        return [high - 7, high - 1]
    return [low + (high - low) / 3, low + (high - low) * mpf("0.7")]


def _end(term: Term, at: Place) -> Value:
    if term == INFINITY:
        return mp.inf
    return -mp.inf if term == Negate(INFINITY) else value(term, at)


def _derivative(body: Term, variable: Name | Element, order: int, at: Place) -> Value:
    if isinstance(variable, Element):
        key = variable.family, tuple(_integer(value(i, at)) for i in variable.indices)
        here = _element(*key, at)
        return mp.diff(lambda x: value(body, replace(at, members={**at.members, key: x})), here, order)
    held = _named(variable.name, at)
    if isinstance(held, mp.matrix):
        return _gradient(body, variable.name, held, order, at)
    return mp.diff(lambda x: value(body, at.with_value(variable.name, x)), held, order)


def _gradient(body: Term, name: str, held: Value, order: int, at: Place) -> Value:
    if order != 1:
        raise Unknown("a second derivative in a matrix")
    result = mp.matrix(held.rows, held.cols)
    for i in range(held.rows):
        for j in range(held.cols):

            def moved(x: Value, i: int = i, j: int = j) -> Value:
                shifted = held.copy()
                shifted[i, j] = x
                found = value(body, at.with_value(name, shifted))
                if isinstance(found, mp.matrix):
                    raise Unknown("the derivative of a matrix in a matrix")
                return found

            result[i, j] = mp.diff(moved, held[i, j])
    return result


def _compared(left: Value, sign: str, right: Value) -> bool:
    signs: dict[str, Callable[[Value, Value], bool]] = {
        "=": lambda a, b: bool(a == b),
        "≠": lambda a, b: bool(a != b),
        "<": lambda a, b: bool(a < b),
        "≤": lambda a, b: bool(a <= b),
        ">": lambda a, b: bool(a > b),
        "≥": lambda a, b: bool(a >= b),
    }
    if sign not in signs:
        raise Unknown(f"the sign {sign}")
    return signs[sign](left, right)


def _applied(function: str, values: list[Value], at: Place) -> Value:
    definition = at.context.definition_of(function)
    if definition is not None:
        for name, one in zip(definition.parameters, values, strict=True):
            at = at.with_value(name, one)
        return value(definition.body, at)
    rule = FUNCTIONS.get(function)
    if rule is None:
        raise Unknown(f"the function {function}")
    try:
        return rule(*values)
    except TypeError:
        raise Unknown(f"{function} of {len(values)} arguments") from None


def _ln(x: Value) -> Value:
    if x <= 0:
        raise Undefined("a logarithm of what is not positive")
    return mp.log(x)


def _sqrt(x: Value) -> Value:
    if x < 0:
        raise Undefined("a root of a negative number")
    return mp.sqrt(x)


def _gamma(x: Value) -> Value:
    if x <= 0 and x == mp.floor(x):
        raise Undefined("a pole of Gamma")
    return mp.gamma(x)


def _digamma(x: Value) -> Value:
    if x <= 0 and x == mp.floor(x):
        raise Undefined("a pole of digamma")
    return mp.digamma(x)


def _factorial(x: Value) -> Value:
    if x < 0 or x != mp.floor(x):
        raise Undefined("a factorial of no natural number")
    return mp.factorial(x)


def _binomial(n: Value, k: Value) -> Value:
    if n < 0 or n != mp.floor(n) or k != mp.floor(k):
        raise Undefined("a binomial coefficient outside of its range")
    return mp.binomial(n, k) if 0 <= k <= n else mpf(0)


def _inner(x: Value, y: Value) -> Value:
    if not isinstance(x, mp.matrix):
        return x * y
    return mp.fsum(a * b for a, b in zip(x, y, strict=True))


def _determinant(x: Value) -> Value:
    return mp.det(_square(x)) if isinstance(x, mp.matrix) else x


def _trace(x: Value) -> Value:
    return mp.fsum(_square(x)[i, i] for i in range(x.rows)) if isinstance(x, mp.matrix) else x


def _square(x: Value) -> Value:
    if x.rows != x.cols:
        raise Undefined("a trace or determinant of what is not square")
    return x


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "ln": _ln,
    "log": _ln,
    "logbase": lambda x, b: _quotient(_ln(x), _ln(b)),
    "exp": mp.exp,
    "sqrt": _sqrt,
    "abs": abs,
    "floor": mp.floor,
    "ceil": mp.ceil,
    "Gamma": _gamma,
    "digamma": _digamma,
    "factorial": _factorial,
    "binom": _binomial,
    "Beta": lambda a, b: _gamma(a) * _gamma(b) / _gamma(a + b),
    "trigamma": lambda x: mp.psi(1, x),
    "sgn": mp.sign,
    "delta": lambda x, y: mpf(int(_integer(x) == _integer(y))),
    "sin": mp.sin,
    "cos": mp.cos,
    "tan": mp.tan,
    "sinh": mp.sinh,
    "cosh": mp.cosh,
    "tanh": mp.tanh,
    "erf": mp.erf,
    "Phi": mp.ncdf,
    "sigmoid": lambda x: 1 / (1 + mp.exp(-x)),
    "softplus": lambda x: mp.log(1 + mp.exp(x)),
    "max": max,
    "min": min,
    "identity": lambda n: _scalar(mp.eye(_integer(n))),
    "zeros": lambda n, m=1: _scalar(mp.zeros(_integer(n), int(m))),
    "ones": lambda n, m=1: _scalar(mp.ones(_integer(n), int(m))),
    "norm": lambda x: mp.sqrt(_inner(x, x)),
    "inner": lambda x, y: _inner(x, y),
    "det": _determinant,
    "tr": _trace,
    "trace": _trace,
}
