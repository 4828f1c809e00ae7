"""Values, derivatives and bounds of the known functions in the normal form, by the rows of ``kernel/function.py``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from engine.kernel.forms import sign as signs
from engine.kernel.forms.algebra import Algebra
from engine.kernel.forms.assumption import Fact
from engine.kernel.forms.atom import Call, MatrixValue
from engine.kernel.forms.circular import wave
from engine.kernel.forms.gamma import gamma, polygamma
from engine.kernel.forms.polynomial import (
    Frozen,
    Polynomial,
    add,
    constant,
    constant_term,
    freeze,
    is_constant,
    scale,
    thaw,
)
from engine.kernel.forms.power import absolute_value, logarithm
from engine.kernel.function import FUNCTIONS, Row
from engine.kernel.unproved import Unproved
from engine.meaning.context import Context
from engine.meaning.statement import Relation

if TYPE_CHECKING:
    from engine.kernel.forms.normal import Scope

LARGEST_LOWER_INDEX = 50


def value_of_known(algebra: Algebra, function: str, values: tuple[Polynomial, ...]) -> Polynomial:
    """A known function at numbers; raises :class:`Unproved` for one that the table does not have."""
    row = FUNCTIONS.get(function)
    if function in ("max", "min") and len(values) > 2:
        return value_of_known(algebra, function, (value_of_known(algebra, function, values[:-1]), values[-1]))
    if row is None or len(row.parameters) != len(values):
        raise Unproved(f"the function {function}")
    if function == "binom" and (exact := _binomial(algebra, *values)) is not None:
        return exact
    if row.definition is None:
        return atom_value(algebra, function, 0, values[0])
    inside = _scope(algebra, row, values)
    for condition in row.when:
        _require(condition, function, inside)
    return inside.number(row.definition)


def _scope(algebra: Algebra, row: Row, values: tuple[Polynomial, ...]) -> Scope:
    from engine.kernel.forms.normal import Scope

    return Scope(algebra, Context(), dict(zip(row.parameters, values, strict=True)))


def _require(condition: Relation, function: str, inside: Scope) -> None:
    difference = add(inside.number(condition.left), inside.number(condition.right), -1)
    if not inside.algebra.sign(difference) <= signs.OF_RELATION[condition.sign]:
        raise Unproved(f"{function} with arguments whose order or sign is not known")


def _binomial(algebra: Algebra, n: Polynomial, k: Polynomial) -> Polynomial | None:
    """C(n, k+s) = C(n, k) (n-k)…(n-k-s+1)/((k+1)…(k+s)), for every n and every natural number k, also k > n
    (DLMF 1.2.6, 1.2.9): from C(n, 0) = 1 for a number, else from the least offset; ``None`` where factorials will do.
    """
    offset = constant_term(k)
    if offset.denominator != 1 or not algebra.is_integer(k):
        raise Unproved("a binomial coefficient whose lower number is not known to be an integer")
    base = add(k, constant(offset), -1)
    if base and algebra.sign(add(n, k, -1)) <= signs.NOT_NEGATIVE:
        return None
    if not 0 <= offset <= LARGEST_LOWER_INDEX or not algebra.sign(base) <= signs.NOT_NEGATIVE:
        raise Unproved("a binomial coefficient with numbers whose order or sign is not known")
    result = algebra.of(Call("binom", (0, 0), (freeze(n), freeze(base)))) if base else constant(1)
    for j in range(int(offset)):
        at = add(base, constant(j))
        factor = algebra.multiply(add(n, at, -1), algebra.inverse(add(at, constant(1))))
        result = algebra.multiply(result, factor)
    return result


def call(
    algebra: Algebra, function: str, orders: tuple[int, ...], arguments: tuple[Frozen | MatrixValue, ...]
) -> Polynomial:
    """The value of an atom's function at other arguments: by its rule where it is known, else an atom again."""
    if function not in FUNCTIONS:
        return algebra.of(Call(function, orders, arguments))
    values = tuple(thaw(argument) for argument in arguments if not isinstance(argument, MatrixValue))
    if len(values) != len(arguments):
        raise Unproved("a function of numbers applied to a matrix")
    if len(values) > 1:
        return value_of_known(algebra, function, values)
    return atom_value(algebra, function, orders[0], values[0])


def atom_value(algebra: Algebra, function: str, order: int, argument: Polynomial) -> Polynomial:
    """The ``order``-th derivative of a function without a definition; only ψ keeps an order."""
    if function == "digamma":
        return polygamma(algebra, order, argument)
    return _RULES[function](algebra, argument)


def _floor(algebra: Algebra, p: Polynomial) -> Polynomial:
    """⌊p + n⌋ = ⌊p⌋ + n for an integer n (Graham, Knuth and Patashnik, Concrete Mathematics, 3.6)."""
    whole = {m: c for m, c in p.items() if algebra.is_integer({m: c})}
    rest = add(p, whole, -1)
    shift = constant(constant_term(rest).__floor__())
    rest, whole = add(rest, shift, -1), add(whole, shift)
    return whole if is_constant(rest) else add(whole, algebra.of(Call("floor", (0,), (freeze(rest),))))


def _signum(algebra: Algebra, p: Polynomial) -> Polynomial:
    found = algebra.sign(p)
    return constant(*found) if len(found) == 1 else algebra.of(Call("sgn", (0,), (freeze(p),)))


def _erf(algebra: Algebra, p: Polynomial) -> Polynomial:
    """erf(-x) = -erf x (DLMF 7.4.1)."""
    if not p:
        return {}
    negative = p[max(p)] < 0
    value = algebra.of(Call("erf", (0,), (freeze(scale(p, -1) if negative else p),)))
    return scale(value, -1) if negative else value


_RULES: Final[dict[str, Callable[[Algebra, Polynomial], Polynomial]]] = {
    "ln": logarithm,
    "abs": absolute_value,
    "floor": _floor,
    "sgn": _signum,
    "Gamma": gamma,
    "erf": _erf,
    "sin": lambda algebra, p: wave(algebra, "sin", p),
    "cos": lambda algebra, p: wave(algebra, "cos", p),
}


def slope_of(algebra: Algebra, of: Call) -> Polynomial:
    """f'(argument) for an atom f(argument), by the row's derivative; ψ^(m)' = ψ^(m+1)."""
    row, argument = FUNCTIONS.get(of.function), of.arguments[0]
    if row is None or row.derivative is None or isinstance(argument, MatrixValue):
        raise Unproved(f"the derivative of {of.function}")
    if of.function == "digamma":
        return polygamma(algebra, of.orders[0] + 1, thaw(argument))
    return _scope(algebra, row, (thaw(argument),)).number(row.derivative)


def bounds(algebra: Algebra, of: Call) -> tuple[Fact, ...]:
    """What the row of a function says of its values."""
    if of.function not in FUNCTIONS or any(of.orders):
        return ()
    row, argument = FUNCTIONS[of.function], of.arguments[0]
    if not row.bounds:
        return ()
    inside = _scope(algebra, row, (thaw(argument),)).binding("@v", algebra.of(of))  # type: ignore[arg-type]
    sides = ((inside.number(b.left), b.sign, inside.number(b.right)) for b in row.bounds)
    differences = ((algebra.clear(add(left, right, -1)), sign) for left, sign, right in sides)
    return tuple(Fact(p, signs.OF_RELATION[sign]) for (p, denominator), sign in differences if not denominator)
