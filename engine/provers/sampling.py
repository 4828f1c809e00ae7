"""Points of a context: small readable ones first, the edges soon after, then many more.

The sequence is deterministic. Its first point has ``N = 2``, ``x = (1, 3)``, ``λ = 1/2``; among the next five are
``N = 1``, negative values, equal values, zeros and values close to a bound, each where the context allows it. Bounds
among the facts drive the choice; equations are solved for one name where that is easy; whatever facts remain are
settled by evaluating them. In a statement of an equation's solutions, points on the solutions come too.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from flint import fmpq

from engine.kernel.certificate import FunctionChoice, Model
from engine.meaning.context import Context
from engine.meaning.sort import Family, Function, IndexRange, Integer, MatrixOf, Real, Vector
from engine.meaning.statement import (
    Definite,
    Diverges,
    Equivalent,
    ForEach,
    Implies,
    Interval,
    Invertible,
    NearZero,
    NoOptimum,
    Optimum,
    Relation,
    Smooth,
    Statement,
    UpToOrder,
)
from engine.meaning.term import (
    Apply,
    Derivative,
    Evaluate,
    Name,
    Power,
    Term,
    Transpose,
    free_names,
    integer,
    subtract,
)
from engine.provers import array
from engine.provers.array import Value
from engine.provers.ball import Environment, NoEval, Undef, compile_term, precision, with_value
from engine.provers.budget import spend
from engine.provers.limits import Bounds, Limits
from engine.provers.point import integer_at, model, size_of
from engine.provers.root import affine_column, rational_root
from engine.provers.scalar import Scalar, from_fraction
from engine.provers.truth import Truth, compile_statement
from engine.provers.vector_instances import choose, defining

DIMENSIONS = (1, 2, 3)
SHAPES = ((1, 1, 1), (2, 2, 2), (3, 2, 1), (2, 1, 3), (3, 3, 3), (1, 2, 3), (2, 3, 2), (3, 1, 2), (1, 1, 2), (2, 2, 3))
"""The sizes that symbolic dimensions take in turn: alike, and all different."""
ATTEMPTS = 8
MOST_REPEATED = 16
"""After so many points in a row that came before, no new ones are expected: values are drawn in turn."""
SIZES = (2, 3, 1, 2, 4, 1, 3, 5)
SIGNED = (2, -1, 3, 1, 0, -2, 5)
MODES = ("plain", "signs", "negative", "equal", "zero", "edge")
SCALARS = tuple(Fraction(*q) for q in ((1, 2), (2, 1), (3, 2), (1, 3), (3, 1), (5, 2), (2, 3), (4, 1)))
DATA = tuple(map(Fraction, (1, 3, 2, 5, 4, 7, 6, 9, 8)))
HAIR = Fraction(1, 1000)
NO_LIMITS = Limits()
MOST_VALUES = 4_000
MOST_ENTRIES = 400
"""Of one matrix; a large one is dear to multiply and to invert in exact arithmetic."""
BEYOND = 2
STEPS_OF_A_POINT = 100


@dataclass(frozen=True, slots=True)
class Sample:
    """A point at which every fact of the context holds: its values, and the functions chosen there."""

    env: Environment
    functions: dict[str, FunctionChoice]
    context: Context

    @property
    def point(self) -> Model:
        """The point as data."""
        return model(self.env, self.context, self.functions)

    @property
    def values(self) -> list[Value]:
        """What tells it from other points. A rational of FLINT's is much quicker to compare than to hash."""
        return [*map(self.env.get, (d.name for d in self.context.declarations)), self.functions]


def points(
    context: Context, statement: Statement, count: int, dimensions: tuple[int, ...] = DIMENSIONS
) -> Iterator[Model]:
    """At most ``count`` points at which every fact of the context holds, as exact rationals.

    ``dimensions`` are the values that a symbolic dimension takes in turn. There are none where a fact cannot be told
    at a point. Raises :class:`NoEval` for a context that cannot be sampled (an unknown function that no concrete one
    fits).
    """
    return (sample.point for sample in samples(context, statement, count, dimensions))


def samples(
    context: Context, statement: Statement, count: int, dimensions: tuple[int, ...] = DIMENSIONS
) -> Iterator[Sample]:
    """The :func:`points` with their values."""
    bases = _base_points(_without_bound_names(context, statement), dimensions)
    found: list[list[Value]] = []
    repeated = 0
    # a context without names has one point
    for attempt in range(ATTEMPTS * count if context.declarations else 1):
        spend(STEPS_OF_A_POINT)
        before, any_held = len(found), False
        for sample in _attempt(bases, statement, attempt):
            any_held = True
            if (values := sample.values) not in found:
                found.append(values)
                yield sample
            if len(found) >= count:
                return
        repeated = 0 if len(found) > before else repeated + any_held
        if repeated > MOST_REPEATED:
            return


def is_abstract(context: Context) -> bool:
    """Whether the context speaks of functions, whose exhibits are definitions of which its facts are to be proved."""
    evaluated = all(isinstance(fact, Relation | ForEach | Invertible | Definite) for fact in context.facts)
    return not evaluated or any(isinstance(d.sort, Function) for d in context.declarations)


def _without_bound_names(context: Context, statement: Statement) -> Context:
    """In such a context, names that occur only bound (the variable of an objective) need no value."""
    if not is_abstract(context):
        return context
    used = frozenset[str]().union(*map(names_in, (statement, *context.facts)))
    used |= frozenset[str]().union(*(free_names(d.body) - {*d.parameters} for d in context.definitions))
    used |= frozenset[str]().union(*(_sort_names(d.sort) for d in context.declarations))
    return replace(context, declarations=tuple(d for d in context.declarations if d.name in used))


def _sort_names(sort: object) -> frozenset[str]:
    """Names of dimensions and index bounds."""
    terms: list[Term] = []
    for part in _parts(sort):
        match part:
            case Vector(size):
                terms.append(size)
            case MatrixOf(rows, columns):
                terms += (rows, columns)
    for one in sort.ranges if isinstance(sort, Family) else ():
        terms += (one.lower, one.upper) if one else ()
    return frozenset[str]().union(*map(free_names, terms))


def names_in(statement: Statement) -> frozenset[str]:
    """Names that occur free in a statement."""
    match statement:
        case ForEach(index, lower, upper, body):
            return free_names(lower) | free_names(upper) | (names_in(body) - {index})
        case UpToOrder(left, right, variable):
            return (free_names(left) | free_names(right)) - {variable}
        case Optimum(_, point, objective, variable, domain):
            return free_names(point) | (free_names(objective) - {variable}) | _ends(domain)
        case NoOptimum(_, objective, variable, domain):
            return (free_names(objective) - {variable}) | _ends(domain)
        case NearZero(variable, body):
            return names_in(body) - {variable}
        case Implies(left, right) | Equivalent(left, right):
            return names_in(left) | names_in(right)
        case Relation(left, _, right):
            return free_names(left) | free_names(right)
        case Diverges(term) | Invertible(term) | Definite(term):
            return free_names(term)
        case Smooth(function, at):
            return free_names(at) | {function}


def _ends(domain: Interval | None) -> frozenset[str]:
    return free_names(domain.lower) | free_names(domain.upper) if domain else frozenset()


def _attempt(bases: BasePoints, statement: Statement, attempt: int) -> Iterator[Sample]:
    base, context = bases.at(attempt), bases.context
    if base is None:
        return
    if base.sample is not None:
        yield base.sample
    within = defining(context, base.functions)
    claimed = () if base.sample is not None else _as_claimed(statement, within, base.env)
    for env in itertools.chain(claimed, _solutions(statement, within, dict(base.env))):
        if bases.hold(env, within):
            yield Sample(env, base.functions, context)


@dataclass(frozen=True, slots=True)
class BasePoint:
    """Values and functions; with the sample that they are, if every fact of the context holds there."""

    env: Environment
    functions: dict[str, FunctionChoice]
    sample: Sample | None


class BasePoints:
    """The points of one context, each drawn when it is first asked for."""

    def __init__(self, context: Context, dimensions: tuple[int, ...]) -> None:
        self.context, self._order = context, Order(context, dimensions)
        self._drawn: dict[int, BasePoint | None] = {}
        self._facts: dict[int, Truth] = {}

    def at(self, attempt: int) -> BasePoint | None:
        if attempt not in self._drawn:
            self._drawn[attempt] = self._draw(attempt)
        return self._drawn[attempt]

    def _draw(self, attempt: int) -> BasePoint | None:
        try:
            drawn = _draw(self._order, attempt)
        except Undef:
            return None
        if drawn is None:
            return None
        env, functions = drawn
        within = defining(self.context, functions)
        _solve_facts(within, env)
        return BasePoint(env, functions, Sample(env, functions, self.context) if self.hold(env, within) else None)

    def hold(self, env: Environment, within: Context) -> bool:
        """Whether every fact is true."""
        return all(_holds(self._fact(n, within), env) for n in range(len(within.facts)))

    def _fact(self, n: int, within: Context) -> Truth:
        if within is not self.context:  # chosen functions change what the facts say
            return compile_statement(within.facts[n], within)
        if n not in self._facts:
            self._facts[n] = compile_statement(within.facts[n], within)
        return self._facts[n]


# The claims of one derivation share their context, and most of the work on a point is the context's.
_base_points = lru_cache(maxsize=64)(BasePoints)


def _holds(fact: Truth, env: Environment) -> bool:
    """Whether the fact is true; one that cannot be told counts as false."""
    try:
        return fact(env) is True
    except Undef:
        return False


# --- drawing --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Draw:
    """One way to choose values: a mode, and for what is left to chance a source of variety."""

    attempt: int
    mode: str
    random: random.Random | None


class Order:
    """The names of a context in the order in which they get values, and what bounds these."""

    def __init__(self, context: Context, dimensions: tuple[int, ...]) -> None:
        self.context, self.dimensions, self.bounds = context, dimensions, Bounds(context)
        self.sizes = _dimension_names(context)
        self.integers = self.bounds.order(d.name for d in context.declarations if isinstance(d.sort, Integer))
        self.reals = self.bounds.order(d.name for d in context.declarations if isinstance(d.sort, Real))


def _draw(order: Order, attempt: int) -> tuple[Environment, dict[str, FunctionChoice]] | None:
    """Values for every name, and functions; ``None`` where a range came out empty."""
    chance = random.Random(attempt) if attempt >= len(MODES) else None  # dear to make
    draw = Draw(attempt, "random" if chance else MODES[attempt], chance)
    env: Environment = {}
    if not _draw_integers(order, env, draw):
        return None
    _draw_reals(order, env, draw)
    _draw_families(order, env, draw)
    functions = choose(order.context, env, attempt)
    return env, functions


def _draw_integers(order: Order, env: Environment, draw: Draw) -> bool:
    turns = itertools.count()
    for position, name in enumerate(order.integers):
        sort = order.context.sort_of(name)
        least = sort.least if isinstance(sort, Integer) else None
        limits = order.bounds.of(name, env, _from(least))
        if name in order.sizes:
            turn = SHAPES[draw.attempt % len(SHAPES)][next(turns) % 3]
            value: int | None = _size_within(order.dimensions[(turn - 1) % len(order.dimensions)], limits)
        else:
            value = _integer_value(limits, draw.attempt, position, draw)
        if value is None:
            return False
        env[name] = fmpq(value)
    return True


def _from(least: int | None) -> Limits:
    return NO_LIMITS if least is None else Limits(Fraction(least))


def _size_within(size: int, limits: Limits) -> int | None:
    """The size, counted from the least that is allowed; ``None`` above the largest."""
    low, high = _whole(limits)
    size += max(low or 1, 1) - 1
    return None if high is not None and size > high else size


def has_sizes(context: Context) -> bool:
    """Whether vectors or matrices have symbolic dimensions."""
    return bool(_dimension_names(context))


def _dimension_names(context: Context) -> frozenset[str]:
    """Names that occur as the size of a vector or matrix."""
    found: frozenset[str] = frozenset()
    for declaration in context.declarations:
        for sort in _parts(declaration.sort):
            match sort:
                case Vector(size):
                    found |= free_names(size)
                case MatrixOf(rows, columns):
                    found |= free_names(rows) | free_names(columns)
    return found


def _parts(sort: object) -> Iterator[object]:
    match sort:
        case Function(arguments, result):
            yield from (*arguments, result)
        case Family(_, element):
            yield element
        case _:
            yield sort


def _integer_value(limits: Limits, turn: int, position: int, draw: Draw) -> int | None:
    low, high = _whole(limits)
    if draw.random is not None:  # some are equal by chance
        position = draw.random.randrange(position + 1)
    if low is not None and high is not None:
        return _between(low, high, turn + position)
    if draw.mode == "equal":
        position = 0
    if low is not None:
        if draw.mode == "zero" and low == 0:
            return 0
        size = SIZES[(turn + position) % len(SIZES)]
        return low + size - 1 if low > 0 else low + size % 4
    if high is not None:
        return high + 1 - SIZES[(turn + position) % len(SIZES)]
    return SIGNED[(turn + position) % len(SIGNED)]


def _between(low: int, high: int, turn: int) -> int | None:
    """Both ends by turns, and what lies between."""
    if low > high:
        return None
    return (low, high, (low + high) // 2, high, low, low + turn % (high - low + 1))[turn % 6]


def _whole(limits: Limits) -> tuple[int | None, int | None]:
    """The least and the greatest integer within the limits."""
    low = high = None
    if limits.low is not None:
        low = -((-limits.low.numerator) // limits.low.denominator)
        low += int(limits.low_open and low == limits.low)
    if limits.high is not None:
        high = limits.high.numerator // limits.high.denominator
        high -= int(limits.high_open and high == limits.high)
    return low, high


def _draw_reals(order: Order, env: Environment, draw: Draw) -> None:
    context = order.context
    for position, name in enumerate(order.reals):
        limits = order.bounds.of(name, env, NO_LIMITS)
        env[name] = from_fraction(_real_value(limits, position, SCALARS, draw))
    tensors = [(d.name, d.sort) for d in context.declarations if isinstance(d.sort, Vector | MatrixOf)]
    for position, (name, sort) in enumerate(tensors):
        env[name] = _shaped(name, _tensor(sort, context, env, draw, 2 * position), context, draw)


def _shaped(name: str, drawn: Value, context: Context, draw: Draw) -> Value:
    """The matrix drawn, made symmetric or definite where the context says that it is: M^T M + I is definite."""
    flipped, facts = array.transpose(drawn), context.facts
    if array.shape(drawn) != array.shape(flipped):
        return drawn
    if Definite(Name(name), True) in facts:
        return array.add(array.multiply(flipped, drawn), array.each(array.unit_matrix(drawn), _reduced(draw)))
    if Definite(Name(name), False) in facts:
        return array.multiply(flipped, drawn)
    itself, turned = Name(name), Transpose(Name(name))
    if Relation(itself, "=", turned) in facts or Relation(turned, "=", itself) in facts:
        return array.add(drawn, flipped)
    return drawn


def _reduced(draw: Draw) -> Callable[[Scalar], Scalar]:
    """The identity, or at the edge a small multiple of it."""
    factor = fmpq(1, 1000) if draw.mode == "edge" else fmpq(1)
    return lambda x: factor * x


def _tensor(sort: Vector | MatrixOf, context: Context, env: Environment, draw: Draw, position: int) -> Scalar:
    rows, columns = size_of(sort, env, context)
    if rows * columns > MOST_ENTRIES:
        raise NoEval(f"a matrix of {rows} × {columns} entries")
    if draw.mode == "zero" and isinstance(sort, Vector):
        return array.array((fmpq(0),) for _ in range(rows))
    places = itertools.count(position)
    return array.array(
        (from_fraction(_real_value(NO_LIMITS, next(places), DATA, draw)) for _ in range(columns)) for _ in range(rows)
    )


def _real_value(limits: Limits, position: int, pool: tuple[Fraction, ...], draw: Draw) -> Fraction:
    if draw.random is not None:
        return _random_value(limits, draw.random)
    size = Fraction(1) if draw.mode == "equal" else pool[position % len(pool)]
    if draw.mode == "edge":
        size = HAIR
    if limits.low is None and limits.high is None:
        return _free_value(size, position, pool, draw.mode)
    if draw.mode == "zero" and (edge := _closed_end(limits, position)) is not None:
        return edge
    return _inside(limits, size, position)


def _random_value(limits: Limits, source: random.Random) -> Fraction:
    position, size = source.randrange(2), Fraction(source.randint(1, 12), source.randint(1, 5))
    if limits.low is None and limits.high is None:
        return Fraction(0) if source.random() < 0.08 else size if position else -size
    if source.random() < 0.12 and (edge := _closed_end(limits, position)) is not None:
        return edge
    return _inside(limits, size, position)


def _free_value(size: Fraction, position: int, pool: tuple[Fraction, ...], mode: str) -> Fraction:
    odd = position % 2 == 1
    match mode:
        case "zero":
            return size if odd else Fraction(0)
        case "negative":
            return -size
        case "signs":
            return size if odd else -size
        case "edge":
            return pool[position % len(pool)] * 100
        case _:
            return size


def _closed_end(limits: Limits, position: int) -> Fraction | None:
    """An end that may be attained; of two, either by turns. Only every other value is put there, so that sums of
    non-negative data can be positive."""
    ends = [limits.low] if limits.low is not None and not limits.low_open else []
    if limits.high is not None and not limits.high_open:
        ends.append(limits.high)
    if not ends or (len(ends) == 1 and position % 2):
        return None
    return ends[position % len(ends)]


def _inside(limits: Limits, size: Fraction, position: int) -> Fraction:
    if limits.low is not None and limits.high is not None:
        part = size / (1 + size)
        if size == HAIR:
            part = 1 - HAIR if position % 2 else HAIR
        return limits.low + (limits.high - limits.low) * part
    if limits.low is not None:
        return limits.low + size
    assert limits.high is not None
    return limits.high - size


def _draw_families(order: Order, env: Environment, draw: Draw) -> None:
    families = [(d.name, d.sort) for d in order.context.declarations if isinstance(d.sort, Family)]
    for turn, (name, sort) in enumerate(families):
        values: dict[tuple[int, ...], Scalar] = {}
        for position, at in enumerate(_places(sort, order.context, env), 2 * turn):
            values[at] = _member(name, sort, at, order, env, draw, position)
        env[name] = values


def _places(sort: Family, context: Context, env: Environment) -> list[tuple[int, ...]]:
    ranges = [_index_range(one, context, env) for one in sort.ranges]
    total = 1
    for one in ranges:
        total *= len(one)
    if total > MOST_VALUES:
        raise NoEval(f"a family of {total} values")
    # From 1 upwards first, so that these get the most readable values.
    return sorted(itertools.product(*ranges), key=lambda at: (min(at, default=1) < 1, at))


def _index_range(one: IndexRange | None, context: Context, env: Environment) -> range:
    """The declared range; for a family on all integers, a window around the indices in use."""
    if one is None:
        most = max((int(value.p) for value in env.values() if isinstance(value, fmpq) and value.q == 1), default=1)
        return range(-BEYOND, min(max(most, 2), 20) + BEYOND + 1)
    first, last = (integer_at(end, env, context, "a bound") for end in (one.lower, one.upper))
    return range(first, last + 1)


def _member(
    name: str, sort: Family, at: tuple[int, ...], order: Order, env: Environment, draw: Draw, position: int
) -> Scalar:
    element = sort.element
    match element:
        case Integer(least):
            limits = order.bounds.of_member(name, at, env, _from(least))
            value = _integer_value(limits, draw.attempt, position, draw)
            if value is None:
                raise NoEval(f"no integer is left for {name}")
            return fmpq(value)
        case Real():
            limits = order.bounds.of_member(name, at, env, NO_LIMITS)
            return from_fraction(_real_value(limits, position, DATA, draw))
        case _:
            return _tensor(element, order.context, env, draw, position)


# --- equations ------------------------------------------------------------------------------------------------


def _solve_facts(context: Context, env: Environment) -> None:
    """Makes equations among the facts, and optima at a name, true by moving one value each."""
    for fact in context.facts:
        match fact:
            case Relation(left, "=", right):
                gap = subtract(left, right)
                preferred = [side.name for side in (left, right) if isinstance(side, Name)]
                _solve(gap, preferred, context, env)
            case Optimum(_, Name(name), objective, variable) if isinstance(context.sort_of(name), Real):
                slope = Evaluate(Derivative(objective, Name(variable)), variable, Name(name))
                _solve(slope, [name], context, env, only_preferred=True)


def _solve(gap: Term, preferred: list[str], context: Context, env: Environment, only_preferred: bool = False) -> None:
    try:
        closure = compile_term(gap, context)
        with precision(128):
            here = closure(env)
    except (Undef, NoEval):
        return
    if not all(isinstance(entry, fmpq) for entry in array.entries(here)) or not any(array.entries(here)):
        return
    names = preferred if only_preferred else [*preferred, *sorted(free_names(gap))]
    for name in names:
        for moved in _moved(name, context, env, lambda e: closure(e)):
            env.update(moved)
            return


def _moved(name: str, context: Context, env: Environment, closure) -> Iterator[Environment]:  # type: ignore[no-untyped-def]
    """The name with a value at which the closure is 0 (of a family, its last member)."""
    sort, value = context.sort_of(name), env.get(name)
    if isinstance(sort, Real) and isinstance(value, fmpq):
        root = rational_root(lambda v: with_value(env, {name: v}, closure))
        if root is not None:
            yield {name: root}
    elif isinstance(sort, Family) and isinstance(sort.element, Real) and value:
        last = max(value)
        root = rational_root(lambda v: with_value(env, {name: {**value, last: v}}, closure))
        if root is not None:
            yield {name: {**value, last: root}}
    elif isinstance(sort, Vector) and array.is_array(value):
        column = affine_column(lambda v: with_value(env, {name: v}, closure), value)
        if column is not None:
            yield {name: column}


def _solutions(statement: Statement, context: Context, env: Environment) -> Iterator[Environment]:
    """Points nearby at which an equation of the statement (in ⇒ and ⇔) holds."""
    for equation in _equations(statement):
        try:
            closure = compile_term(subtract(equation.left, equation.right), context)
        except NoEval:
            continue
        names = [side.name for side in (equation.left, equation.right) if isinstance(side, Name)]
        names += sorted(free_names(equation.left) | free_names(equation.right))
        for name in dict.fromkeys(names):
            yield from (env | moved for moved in _moved(name, context, env, closure))


def _as_claimed(statement: Statement, context: Context, env: Environment) -> Iterator[Environment]:
    """The point at which a name has the value that is claimed: there facts hold of which the claim is the solution."""
    if not isinstance(statement, Relation) or statement.sign != "=":
        return
    for side, value in ((statement.left, statement.right), (statement.right, statement.left)):
        squared = isinstance(side, Power) and side.exponent == integer(2)
        named = side.base if isinstance(side, Power) and squared else side
        if not isinstance(named, Name) or named.name in free_names(value) or context.definition_of(named.name):
            continue
        if isinstance(context.sort_of(named.name), Real if squared else Real | Vector | MatrixOf):
            try:
                found = compile_term(Apply("sqrt", (value,)) if squared else value, context)(env)
            except (Undef, NoEval):
                continue
            if all(isinstance(entry, fmpq) for entry in array.entries(found)):
                yield env | {named.name: found}


def _equations(statement: Statement) -> Iterator[Relation]:
    match statement:
        case Implies(left, right) | Equivalent(left, right):
            for part in (left, right):
                if isinstance(part, Relation):
                    yield part
                else:
                    yield from _equations(part)
