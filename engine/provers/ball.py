"""Ball arithmetic: a term, compiled to a closure over an environment.

An environment maps names to values: scalars (see :mod:`engine.provers.scalar`), matrices as tuples of rows, and
families as dictionaries from index tuples. Semantics are those of the house: empty sum 0, empty product 1, ``0^0 = 1``
with an exponent of integer sort, a positive base with a real one, odd roots of negative numbers real, an index outside
its declared range undefined. Nothing here is shared with the kernel; it is meant as a second opinion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import reduce
from itertools import pairwise
from operator import add, mul, neg
from typing import Any, Final

from flint import arb, ctx, fmpq

from engine.meaning.context import Context
from engine.meaning.sort import Family, Integer, MatrixOf, Real, Vector
from engine.meaning.term import (
    INFINITY,
    ONE,
    ZERO,
    Add,
    Apply,
    Call,
    Cases,
    Comparison,
    Constant,
    Dependent,
    Derivative,
    Divide,
    Dots,
    E,
    Element,
    Evaluate,
    Functional,
    FunctionDerivative,
    Integral,
    Inverse,
    Matrix,
    Multiply,
    Name,
    Negate,
    Number,
    Over,
    Power,
    Product,
    Sequence,
    Sum,
    Term,
    Transpose,
    children,
    free_names,
    fresh_name,
    name_of,
)
from engine.provers import array
from engine.provers.array import Value
from engine.provers.budget import spend
from engine.provers.differentiate import differentiate_unfolded, literal_rational
from engine.provers.no_value import NoEval, Unclear, Undef
from engine.provers.quadrature import NODE_BITS, integrate
from engine.provers.scalar import (
    FUNCTIONS,
    Scalar,
    as_integer,
    divide,
    exp,
    from_fraction,
    integer_power,
    is_exact,
    moderate,
    polygamma,
    real_power,
    root_power,
    sign,
)
from engine.provers.series import add_up
from engine.provers.unfold import unfold

_UNDECIDED: Final[dict[type, str]] = {
    Functional: "expectations, variances, probabilities and the like",
    Call: "a function that nothing defines",
    Over: "limits, sets of values, and sums and optima over them",
    Cases: "case distinctions",
    Dependent: "a quantity of which only the variables are known",
    Sequence: "lists, sets and intervals",
    Dots: "an ellipsis",
}
"""What the reader knows and nothing here evaluates, in words."""

__all__ = ["Closure", "Environment", "NoEval", "Unclear", "Undef", "compile_term", "precision"]

Environment = dict[str, Any]
Closure = Callable[[Environment], Value]

MOST_TERMS = 200_000
STEPS_OF_A_NODE = 2
ROUNDING_TURN = 64
"""After so many terms, an exact total that has become too long goes on as a ball."""
SPENT = ""  # no name is empty
ARITY = {"binom": (2, 2), "delta": (2, 2), "logbase": (2, 2), "Beta": (2, 2), "max": (2, 1000), "min": (2, 1000)}
HOLDS = {"=": (0,), "≠": (-1, 1), "<": (-1,), ">": (1,), "≤": (-1, 0), "≥": (0, 1)}
"""The signs of left - right with which a comparison holds."""


def precision(bits: int) -> AbstractContextManager[None]:
    """Balls carry ``bits`` bits within the ``with`` block."""
    return ctx.workprec(bits)  # type: ignore[no-any-return]


def compile_term(term: Term, context: Context, integers: frozenset[str] = frozenset()) -> Closure:
    """The value of ``term`` as a function of an environment; ``integers`` are bound names of integer sort.

    The closure raises :class:`Undef` where a subterm is not defined, :class:`Unclear` where the precision does not
    tell. Raises :class:`NoEval` for constructs it does not know.

    >>> from engine.meaning.term import integer
    >>> compile_term(Power(Name("x"), integer(2)), Context())({"x": fmpq(-3, 2)})
    9/4
    """
    return compile_unfolded(unfold(term, context), context, integers)


def compile_unfolded(term: Term, context: Context, integers: frozenset[str] = frozenset()) -> Closure:
    """The same for a term in which the definitions of the context are put in."""
    return _compile(term, Scope(context, integers))


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a term stands: the names bound there that are integers, and those that are integrated over; in a
    derivative outside of binders, what is the same in all its directions."""

    context: Context
    integers: frozenset[str]
    integrated: frozenset[str] = frozenset()
    fixed: Fixed | None = None

    def binding_integer(self, name: str) -> Scope:
        return Scope(self.context, self.integers | {name}, self.integrated - {name})

    def binding_real(self, name: str) -> Scope:
        return Scope(self.context, self.integers - {name}, self.integrated - {name})

    def integrating(self, name: str) -> Scope:
        return Scope(self.context, self.integers - {name}, self.integrated | {name})

    def is_integer(self, name: str) -> bool:
        return name in self.integers or isinstance(self.context.sort_of(name), Integer)

    def is_number(self, name: str) -> bool:
        bound = name in self.integers or name in self.integrated
        return bound or isinstance(self.context.sort_of(name), Real | Integer)


@dataclass(frozen=True, slots=True)
class Fixed:
    """What does not mention the directions of a derivative in a vector or matrix: one value serves all of them."""

    directions: frozenset[str]
    closures: dict[Term, Closure] = field(default_factory=dict)
    cells: list[list[Value]] = field(default_factory=list)

    def once(self, term: Term, scope: Scope) -> Closure:
        """The term's closure, evaluated when it is first asked for after :meth:`forget`."""
        if term not in self.closures:
            self.closures[term] = self._once(_compile(term, replace(scope, fixed=None)))
        return self.closures[term]

    def _once(self, inner: Closure) -> Closure:
        cell: list[Value] = []
        self.cells.append(cell)

        def value(env: Environment) -> Value:
            if not cell:
                cell.append(inner(env))
            return cell[0]

        return value

    def forget(self) -> None:
        for cell in self.cells:
            cell.clear()


def _compile(term: Term, scope: Scope) -> Closure:
    spend(STEPS_OF_A_NODE)
    fixed = scope.fixed
    if fixed is not None and not isinstance(term, Number | Name) and not fixed.directions & free_names(term):
        return fixed.once(term, scope)
    match term:
        case Number(value):
            number = from_fraction(value)
            return lambda env: number
        case Constant(name):
            return _constant(name)
        case Name(name):
            return _name(name)
        case Element(family, indices):
            return _element(family, indices, scope)
        case Apply(function, arguments):
            return _apply(function, arguments, scope)
        case Add(terms):
            return _fold(terms, array.add, fmpq(0), scope)
        case Multiply(factors):
            return _fold(factors, array.multiply, fmpq(1), scope)
        case Negate(part):
            return _map(part, array.negate, scope)
        case Transpose(part):
            return _map(part, array.transpose, scope)
        case Inverse(part):
            return _map(part, array.inverse, scope)
        case Divide(top, bottom):
            over, under = _compile(top, scope), _compile(bottom, scope)
            return lambda env: array.divided(over(env), under(env))
        case Power(base, exponent):
            return _power(base, exponent, scope)
        case Sum(index, lower, upper, body) if upper == INFINITY:
            return _endless(index, lower, body, scope)
        case Sum(index, lower, upper, body):
            return _repeated(index, lower, upper, body, array.add, fmpq(0), scope)
        case Product(index, lower, upper, body):
            return _repeated(index, lower, upper, body, array.multiply, fmpq(1), scope)
        case Integral():
            return _integral(term, scope)
        case Derivative(body, variable, order):
            return _derivative(body, variable, order, scope)
        case Evaluate(body, name, value):
            return _evaluate(body, name, value, scope)
        case Matrix(rows):
            return _matrix(rows, scope)
        case FunctionDerivative("digamma", 0, order, (argument,)):
            point = _compile(argument, scope)
            return lambda env: polygamma(order, _scalar(point(env)))
        case FunctionDerivative(function):
            raise NoEval(f"no concrete function stands for {function}")
        case _:
            raise NoEval(f"there is no rule for {_UNDECIDED.get(type(term), 'this construct')}")


def _constant(name: str) -> Closure:
    if name == "pi":
        return lambda env: arb.pi()
    if name == "e":
        return lambda env: arb.const_e()
    raise NoEval("∞ outside a bound")


def _name(name: str) -> Closure:
    def value(env: Environment) -> Value:
        found = env.get(name)
        if found is None or isinstance(found, dict):
            raise NoEval(f"no value for {name}")
        return found

    return value


def _map(part: Term, change: Callable[[Value], Value], scope: Scope) -> Closure:
    inner = _compile(part, scope)
    return lambda env: change(inner(env))


def _fold(parts: tuple[Term, ...], join: Callable[[Value, Value], Value], start: Scalar, scope: Scope) -> Closure:
    closures = [_compile(part, scope) for part in parts]
    if not closures:
        return lambda env: start
    first, *rest = closures

    def value(env: Environment) -> Value:
        total = first(env)
        for closure in rest:
            total = join(total, closure(env))
        return total

    return value


def _power(base: Term, exponent: Term, scope: Scope) -> Closure:
    parts, power = _raising(base, exponent, scope, array.power)
    closures = [_compile(part, scope) for part in parts]
    if len(closures) == 1:
        inner = closures[0]
        return lambda env: power(inner(env))
    under, raised = closures
    return lambda env: power(under(env), raised(env))


Raising = Callable[[Value, int], Value]


def _raising(
    base: Term, exponent: Term, scope: Scope, raised_to: Raising
) -> tuple[tuple[Term, ...], Callable[..., Value]]:
    """What a power is a function of: its base, its exponent or both; and that function."""
    literal = literal_rational(exponent)
    if base == E:
        return (exponent,), lambda raised: exp(_scalar(raised))
    if literal is not None and literal.denominator == 1:
        number = int(literal)
        return (base,), lambda under: raised_to(under, number)
    if literal is not None:
        return (base,), lambda under: root_power(_scalar(under), literal)
    if integer_sorted(exponent, scope):
        return (base, exponent), lambda under, raised: raised_to(under, as_integer(raised, "an exponent"))
    return (base, exponent), lambda under, raised: real_power(_scalar(under), _scalar(raised))


def _scalar(value: Value) -> Scalar:
    if array.is_array(value):
        raise NoEval("a matrix where a number belongs")
    return value


def integer_sorted(term: Term, scope: Scope) -> bool:
    """Whether the term is of integer sort as it is written: integers under +, -, · and natural powers."""
    match term:
        case Number(value):
            return value.denominator == 1
        case Name(name):
            return scope.is_integer(name)
        case Element(family, _):
            sort = scope.context.sort_of(family)
            return isinstance(sort, Family) and isinstance(sort.element, Integer)
        case Add(parts) | Multiply(parts):
            return all(integer_sorted(part, scope) for part in parts)
        case Negate(part):
            return integer_sorted(part, scope)
        case Power(base, Number(value)):
            return value.denominator == 1 and integer_sorted(base, scope)
        case Sum(index, _, _, body) | Product(index, _, _, body):
            return integer_sorted(body, scope.binding_integer(index))
        case Apply("binom", parts):
            return all(integer_sorted(part, scope) for part in parts)
        case Apply("floor" | "ceil" | "factorial" | "sgn" | "delta" | "indicator", _):
            return True
        case _:
            return False


def _indicator(condition: Comparison, scope: Scope) -> Closure:
    """1 where the comparison holds, else 0; :class:`Unclear` where the difference is a ball around 0."""
    if condition.sign not in HOLDS:
        raise NoEval(f"an indicator of a condition with {condition.sign}")
    left, right = _compile(condition.left, scope), _compile(condition.right, scope)
    wanted = HOLDS[condition.sign]
    return lambda env: fmpq(int(sign(_scalar(left(env)) - _scalar(right(env))) in wanted))


def _apply(function: str, arguments: tuple[Term, ...], scope: Scope) -> Closure:
    match function, arguments:
        case "indicator", (Comparison() as condition,):
            return _indicator(condition, scope)
    if function == "norm":
        return _norm(arguments, scope)
    closures = [_compile(argument, scope) for argument in arguments]
    if function in _OF_SIZES and len(closures) == _OF_SIZES[function][0]:
        return _of_sizes(_OF_SIZES[function][1], closures)
    if function == "entry":
        return _entry_of(closures)
    if function in array.PAIRINGS and len(closures) == 2:
        pairing, (one, other) = array.PAIRINGS[function], closures
        return lambda env: pairing(one(env), other(env))
    if function in array.MATRIX_FUNCTIONS and len(closures) == 1:
        of_matrix, inner = array.MATRIX_FUNCTIONS[function], closures[0]
        return lambda env: of_matrix(inner(env))
    if function == "pad" and len(closures) == 2:
        inner, width = closures
        return lambda env: array.padded(inner(env), as_integer(width(env), "the padding"))
    known = _known_function(function, len(closures))
    if known is None:
        raise NoEval(f"no concrete function stands for {function}")
    if len(closures) == 1:
        inner = closures[0]
        return lambda env: known(_scalar(inner(env)))
    return lambda env: known(*(_scalar(closure(env)) for closure in closures))


def _known_function(name: str, count: int) -> Callable[..., Scalar] | None:
    """The function of numbers, where it takes so many."""
    least, most = ARITY.get(name, (1, 1))
    return FUNCTIONS.get(name) if least <= count <= most else None


_OF_SIZES: dict[str, tuple[int, Callable[[int, int], int]]] = {
    "identity": (1, lambda i, j: int(i == j)),
    "zeros": (2, lambda i, j: 0),
    "ones": (2, lambda i, j: 1),
}


def _of_sizes(cell: Callable[[int, int], int], sizes: list[Closure]) -> Closure:
    rows, columns = sizes[0], sizes[-1]
    return lambda env: array.filled(as_integer(rows(env), "a size"), as_integer(columns(env), "a size"), cell)


def _entry_of(closures: list[Closure]) -> Closure:
    matrix, *places = closures

    def value(env: Environment) -> Value:
        found, at = matrix(env), [as_integer(place(env), "an index") for place in places]
        if len(at) == 1 and array.shape(found)[1] != 1:
            raise NoEval("an entry of a matrix with one index")
        return array.entry(found, at[0], at[1] if len(at) > 1 else 1)

    return value


def _norm(arguments: tuple[Term, ...], scope: Scope) -> Closure:
    """The Euclidean norm of a column, and the Frobenius norm."""
    inner, kind = _compile(arguments[0], scope), arguments[1:]
    frobenius = kind in ((Name("F"),), (Name(r"\mathrm{F}"),))
    if kind and not frobenius and kind != (Number(Fraction(2)),):
        raise NoEval("a norm of this kind")

    def value(env: Environment) -> Value:
        found = inner(env)
        if array.shape(found)[1] != 1 and not frobenius:
            raise NoEval("a norm of a matrix that may mean several")
        return FUNCTIONS["sqrt"](array.sum_of_squares(found))

    return value


def _indices(indices: tuple[Term, ...], scope: Scope) -> Callable[[Environment], tuple[int, ...]]:
    closures = [_compile(index, scope) for index in indices]
    return lambda env: tuple(as_integer(closure(env), "an index") for closure in closures)


def _element(family: str, indices: tuple[Term, ...], scope: Scope) -> Closure:
    where = _indices(indices, scope)
    if scope.context.definition_of(family):
        return _defined_entry(family, where, scope)

    def value(env: Environment) -> Value:
        at, found = where(env), env.get(family)
        if found is None:
            raise NoEval(f"no value for {family}")
        if not isinstance(found, dict):
            return array.entry(found, at[0], at[1] if len(at) > 1 else 1)
        if at not in found:
            raise Undef(f"{family} outside its range")
        return found[at]

    return value


def _defined_entry(family: str, where: Callable[[Environment], tuple[int, ...]], scope: Scope) -> Closure:
    """An entry of a defined matrix; only the entries that are asked for are ever compiled."""
    body = Name(family)
    made: dict[tuple[int, ...], Closure] = {}

    def value(env: Environment) -> Value:
        at = where(env)
        if at not in made:
            row, column = at if len(at) == 2 else (at[0], 1)
            made[at] = compile_term(_entry(body, row, column, scope.context), scope.context, scope.integers)
        return made[at](env)

    return value


def _entry(matrix: Term, row: int, column: int, context: Context) -> Term:
    """The entry of a written-out, padded or so defined matrix. Raises :class:`Undef` outside of it."""
    rows, columns = _shape(matrix, context)
    if not (1 <= row <= rows and 1 <= column <= columns):
        raise Undef("an entry outside the matrix")
    match _resolved(matrix, context):
        case Matrix(cells):
            return cells[row - 1][column - 1]
        case Apply("pad", (inner, Number(width))):
            size = _shape(inner, context)
            place = row - int(width), column - int(width)
            within = all(1 <= n <= most for n, most in zip(place, size, strict=True))
            return _entry(inner, *place, context) if within else ZERO
    raise NoEval("an entry of a matrix that is not written out")


def _resolved(matrix: Term, context: Context) -> Term:
    seen: set[str] = set()
    while isinstance(matrix, Name) and (definition := context.definition_of(matrix.name)):
        if matrix.name in seen or definition.parameters:
            raise NoEval(f"{matrix.name} is not defined as a matrix")
        seen.add(matrix.name)
        matrix = definition.body
    return matrix


def _shape(matrix: Term, context: Context) -> tuple[int, int]:
    match _resolved(matrix, context):
        case Matrix(cells):
            return len(cells), len(cells[0])
        case Apply("pad", (inner, Number(width))) if width.denominator == 1:
            rows, columns = _shape(inner, context)
            return rows + 2 * int(width), columns + 2 * int(width)
    raise NoEval("an entry of a matrix that is not written out")


def _repeated(
    index: str,
    lower: Term,
    upper: Term,
    body: Term,
    join: Callable[[Value, Value], Value],
    empty: Scalar,
    scope: Scope,
) -> Closure:
    start, end = _compile(lower, scope), _compile(upper, scope)
    inner, weight = _compile(body, scope.binding_integer(index)), _size(body)

    def value(env: Environment) -> Value:
        first, last = as_integer(start(env), "a bound"), as_integer(end(env), "a bound")
        _spend(env, last - first + 1, weight)
        total = empty
        before = env.get(index)
        try:
            for n in range(first, last + 1):
                env[index] = fmpq(n)
                total = join(total, inner(env))
                if n % ROUNDING_TURN == 0:
                    total = array.each(total, moderate)
        finally:
            _restore(env, index, before)
        return total

    return value


def _endless(index: str, lower: Term, body: Term, scope: Scope) -> Closure:
    start, inner, weight = _compile(lower, scope), _compile(body, scope.binding_integer(index)), _size(body)

    def value(env: Environment) -> Value:
        first, before = as_integer(start(env), "a bound"), env.get(index)

        def term(n: int) -> Scalar:
            env[index] = fmpq(n)
            return _scalar(inner(env))

        try:
            return add_up(term, first, weight)
        finally:
            _restore(env, index, before)

    return value


def _size(term: Term) -> int:
    """How many nodes are visited to evaluate the term, loops counted once."""
    return 1 + sum(map(_size, children(term)))


def _spend(env: Environment, terms: int, weight: int) -> None:
    """Keeps account of the summands evaluated at one point; raises :class:`NoEval` beyond the limit."""
    env[SPENT] = env.get(SPENT, 0) + max(terms, 0)
    if env[SPENT] > MOST_TERMS:
        raise NoEval(f"sums of more than {MOST_TERMS} terms")
    spend(max(terms, 0) * weight)


def _restore(env: Environment, name: str, before: Value) -> None:
    if before is None:
        env.pop(name, None)
    else:
        env[name] = before


def with_value(env: Environment, values: Mapping[str, Value], closure: Closure) -> Value:
    """The closure's value with some names bound anew."""
    before = {name: env.get(name) for name in values}
    env.update(values)
    try:
        return closure(env)
    finally:
        for name, old in before.items():
            _restore(env, name, old)


def _evaluate(body: Term, name: str, value: Term, scope: Scope) -> Closure:
    at = _compile(value, scope)
    counts = isinstance(value, Name) and integer_sorted(value, scope)
    inner_scope = scope.binding_integer(name) if counts else scope.binding_real(name)
    inner = _compile(body, inner_scope)
    return lambda env: with_value(env, {name: at(env)}, inner)


def _matrix(rows: tuple[tuple[Term, ...], ...], scope: Scope) -> Closure:
    closures = [[_compile(cell, scope) for cell in row] for row in rows]
    return lambda env: array.array([_scalar(cell(env)) for cell in row] for row in closures)


def integrates(term: Term) -> bool:
    """Whether an integral stands in the term."""
    waiting = [term]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Integral):
            return True
        waiting.extend(children(part))
    return False


PROBES = (Fraction(1, 7), Fraction(1, 3), Fraction(5, 9), Fraction(8, 9))


def _integral(term: Integral, scope: Scope) -> Closure:
    inner = scope.integrating(term.variable)
    plain = _is_of_numbers(term.body, inner)
    body = (_over_nodes if plain else _one_by_one)(term.body, term.variable, inner)
    lower, upper = _bound(term.lower, scope), _bound(term.upper, scope)
    bends, nested = tuple(_bends(term.body, term.variable, scope)), integrates(term.body)

    def value(env: Environment) -> Value:
        with precision(NODE_BITS):
            start, end = (None if end is None else _scalar(end) for end in (lower(env), upper(env)))
            integrand = body(env)
            integrand(_inside(start, end))  # undefined over the reals somewhere inside: undefined as a whole
            places = _ordered([place for bend in bends if (place := bend(env)) is not None], start, end)
            ends = [start, *places, end]
            return sum((integrate(integrand, *pair, nested) for pair in pairwise(ends)), fmpq(0))

    return value


Nodes = list[Scalar]
AtNodes = Callable[[Nodes], Nodes]


def _is_of_numbers(term: Term, scope: Scope) -> bool:
    """Whether the term is made of nothing but numbers, without Σ, Π and ∫ inside."""
    match term:
        case Name(name):
            return scope.is_number(name)
        case Element(family):
            sort = scope.context.sort_of(family)
            element = sort.element if isinstance(sort, Family) else None
            return isinstance(element, Real | Integer) or isinstance(sort, Vector | MatrixOf)
        case Apply(function, arguments):
            known = _known_function(function, len(arguments)) is not None
            return known and all(_is_of_numbers(part, scope) for part in arguments)
        case Number() | Constant() | Add() | Multiply() | Negate() | Divide() | Power():
            return all(_is_of_numbers(part, scope) for part in children(term))
        case Derivative(body, Name(name), order):
            return order > 0 and scope.is_number(name) and _is_of_numbers(body, scope)
        case _:
            return False


def _over_nodes(term: Term, variable: str, scope: Scope) -> Callable[[Environment], AtNodes]:
    """A term of numbers at many nodes; what does not mention the variable is evaluated once for all."""
    spend(STEPS_OF_A_NODE)
    if variable not in free_names(term):
        closure = _compile(term, scope)
        return lambda env: _everywhere(_scalar(closure(env)))
    match term:
        case Name():
            return lambda env: lambda nodes: nodes
        case Add(parts):
            return _joined(parts, _total if len(parts) > 2 else add, variable, scope)
        case Multiply(parts):
            return _joined(parts, _product if len(parts) > 2 else mul, variable, scope)
        case Divide(top, bottom):
            return _joined((top, bottom), divide, variable, scope)
        case Negate(part):
            return _joined((part,), neg, variable, scope)
        case Power(base, exponent):
            return _joined(*_raising(base, exponent, scope, integer_power), variable, scope)
        case Apply(function, arguments) if known := _known_function(function, len(arguments)):
            return _joined(arguments, known, variable, scope)
        case Derivative(body, Name() as moved, order):
            stages = [body]
            for _ in range(order):
                stages.append(differentiate_unfolded(stages[-1], moved, scope.context, ONE))
            # where the body is not defined, neither is its derivative
            return _joined(tuple(stages), lambda *values: values[-1], variable, scope)
        case _:
            return _one_by_one(term, variable, scope)


def _total(*values: Scalar) -> Scalar:
    return reduce(add, values)


def _product(*values: Scalar) -> Scalar:
    return reduce(mul, values)


def _everywhere(value: Scalar) -> AtNodes:
    return lambda nodes: [value] * len(nodes)


def _joined(
    parts: tuple[Term, ...], join: Callable[..., Scalar], variable: str, scope: Scope
) -> Callable[[Environment], AtNodes]:
    stages = [_over_nodes(part, variable, scope) for part in parts]

    def at_nodes(env: Environment) -> AtNodes:
        columns = [stage(env) for stage in stages]
        return lambda nodes: list(map(join, *(column(nodes) for column in columns)))

    return at_nodes


def _one_by_one(term: Term, variable: str, scope: Scope) -> Callable[[Environment], AtNodes]:
    closure = _compile(term, scope)
    return lambda env: lambda nodes: [_scalar(with_value(env, {variable: node}, closure)) for node in nodes]


def _bends(body: Term, variable: str, scope: Scope) -> Iterator[Callable[[Environment], Scalar | None]]:
    """Where |x|, max, min or an indicator of something linear in the variable has its kink or jump."""
    match body:
        case Apply("abs" | "sgn", (inner,)):
            yield _zero_of(inner, variable, scope)
        case Apply("max" | "min", (left, right)) | Apply("indicator", (Comparison(left, _, right),)):
            yield _zero_of(Add((left, Negate(right))), variable, scope)
    for part in children(body):
        yield from _bends(part, variable, scope)


def _zero_of(term: Term, variable: str, scope: Scope) -> Callable[[Environment], Scalar | None]:
    inner = _compile(term, scope.binding_real(variable))

    def zero(env: Environment) -> Scalar | None:
        try:
            at = [_scalar(with_value(env, {variable: fmpq(x)}, inner)) for x in (0, 1, 2)]
            slope = at[1] - at[0]
            return -at[0] / slope if is_exact(slope) and at[2] - at[1] == slope and slope != 0 else None
        except (NoEval, Undef, Unclear):
            return None

    return zero


def _ordered(places: list[Scalar], start: Scalar | None, end: Scalar | None) -> list[Scalar]:
    """The places between the bounds, in the order in which the integral meets them."""
    backwards = start is not None and end is not None and start > end
    low, high = (end, start) if backwards else (start, end)
    kept = {p for p in places if (low is None or p > low) and (high is None or p < high)}
    return sorted(kept, reverse=backwards)


def _bound(term: Term, scope: Scope) -> Closure:
    """``None`` for an infinite bound."""
    if term in (INFINITY, Negate(INFINITY), Add((INFINITY,))):
        return lambda env: None
    return _compile(term, scope)


def _inside(start: Scalar | None, end: Scalar | None) -> list[Scalar]:
    """A few points between the bounds."""
    parts = [from_fraction(part) for part in PROBES]
    if start is not None and end is not None:
        return [start + (end - start) * part for part in parts]
    if start is not None:
        return [start + 3 * part for part in parts]
    if end is not None:
        return [end - 3 * part for part in parts]
    return [3 * part for part in parts] + [-3 * part for part in parts]


def _derivative(body: Term, variable: Name | Element, order: int, scope: Scope) -> Closure:
    """Differentiated symbolically, once for each order, each time in a direction of its own."""
    stages, directions = [body], list[str]()
    taken = free_names(body) | free_names(variable)
    for _ in range(order):
        directions.append(fresh_name("direction", taken))
        taken |= {directions[-1]}
        stages.append(differentiate_unfolded(stages[-1], variable, scope.context, Name(directions[-1])))
    fixed = Fixed(frozenset(directions))
    in_tensor = isinstance(scope.context.sort_of(name_of(variable)), Vector | MatrixOf)
    within = replace(scope, fixed=fixed if in_tensor else None)
    closures = [_compile(stage, within) for stage in stages]
    where, weight = _compile(variable, scope), sum(map(_size, stages))

    def value(env: Environment) -> Value:
        spend(weight)
        fixed.forget()
        at = where(env)
        here = closures[0](env)  # where the body is not defined, neither is its derivative
        if array.is_array(at):
            return _along(env, at, here, closures[-1], directions)
        result = here
        for n, closure in enumerate(closures[1:], 1):
            result = with_value(env, dict.fromkeys(directions[:n], fmpq(1)), closure)
        return _like(result, here)

    return value


def _like(value: Value, model: Value) -> Value:
    """A derivative that vanished symbolically, in the shape of what was differentiated."""
    return array.each(model, lambda _: fmpq(0)) if array.is_zero(value) else value


def _along(env: Environment, at: Value, here: Value, closure: Closure, directions: list[str]) -> Value:
    """Gradient, Jacobian or Hessian, assembled from derivatives along unit vectors."""
    rows, columns = array.shape(at)
    units = [array.unit(at, i, j) for i in range(rows) for j in range(columns)]
    if len(directions) == 2 and columns == 1 and not array.is_array(here):
        first, second = directions
        return array.array([with_value(env, {first: u, second: v}, closure) for v in units] for u in units)
    if len(directions) != 1:
        raise NoEval("a higher derivative in a vector")
    parts = [_like(with_value(env, {directions[0]: u}, closure), here) for u in units]
    if not array.is_array(here):
        return array.array(parts[i * columns : (i + 1) * columns] for i in range(rows))
    if columns == 1 and array.shape(here)[1] == 1:
        return array.array(zip(*(array.entries(part) for part in parts), strict=True))
    raise NoEval("the derivative of a matrix in a vector")


def exactly(value: Value) -> bool:
    """Whether every entry is rational."""
    return all(is_exact(entry) for entry in array.entries(value))
