"""The truth of a statement at a point, as far as balls can tell it.

``False`` is certain (disjoint balls, or exact rationals). ``True`` means that nothing speaks against it at 512 bits or
at the points that were tried: a ball operation costs less than the closure that asks for it, so that trying fewer bits
first would only evaluate twice. ``None`` means that the statement cannot be told so.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Literal

from flint import arb, fmpq

from engine.meaning.context import Context
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
    INFINITY,
    Apply,
    Negate,
    Number,
    Term,
    children,
    free_names,
    subtract,
)
from engine.provers import array
from engine.provers.array import Value
from engine.provers.ball import (
    Closure,
    Environment,
    NoEval,
    Unclear,
    Undef,
    compile_term,
    compile_unfolded,
    integrates,
    precision,
    with_value,
)
from engine.provers.scalar import Scalar, as_integer, from_fraction
from engine.provers.unfold import unfold

Truth = Callable[[Environment], bool | None]
Sign = Literal["=", "≠", "<", "≤", ">", "≥"]

BITS = 512
FEW_BITS = 64


def compile_statement(statement: Statement, context: Context, bound: frozenset[str] = frozenset()) -> Truth:
    """The truth of ``statement`` as a function of an environment.

    The closure raises :class:`Undef` where a side is not defined. Raises :class:`NoEval` for unknown constructs.
    """
    match statement:
        case Relation():
            return _relation(statement, context, bound)
        case ForEach():
            return _for_each(statement, context, bound)
        case UpToOrder():
            return _up_to_order(statement, context, bound)
        case Optimum():
            return _optimum(statement, context, bound)
        case NoOptimum():
            return _no_optimum(statement, context, bound)
        case Diverges(integral):
            return _diverges(compile_term(integral, context, bound))
        case Smooth():
            return _smooth(statement, context)
        case Invertible(matrix):
            return _invertible(compile_term(matrix, context, bound))
        case Definite(matrix, strict):
            return _definite(compile_term(matrix, context, bound), strict)
        case NearZero(variable, body):
            return _near_zero(variable, compile_statement(body, context, bound - {variable}))
        case Implies(premise, conclusion):
            return _implies(compile_statement(premise, context, bound), compile_statement(conclusion, context, bound))
        case Equivalent(left, right):
            return _equivalent(compile_statement(left, context, bound), compile_statement(right, context, bound))


def _relation(statement: Relation, context: Context, bound: frozenset[str]) -> Truth:
    sides = unfold(statement.left, context), unfold(statement.right, context)
    (left, right), bits = (compile_unfolded(side, context, bound) for side in sides), bits_for(*sides)
    if statement.sign == "≈":
        shown = _places(statement.right)
        return lambda env: _rounded(left, right, shown, env, bits)
    sign = statement.sign
    return lambda env: compare(left, sign, right, env, bits)


def bits_for(*terms: Term) -> int:
    """Quadrature aims at a fixed accuracy, so that more bits would buy nothing."""
    return FEW_BITS if any(map(integrates, terms)) else BITS


def has_integral(statement: Statement) -> bool:
    """Whether a relation is about an integral."""
    return isinstance(statement, Relation) and any(map(integrates, (statement.left, statement.right)))


def compare(left: Closure, sign: Sign, right: Closure, env: Environment, bits: int = BITS) -> bool | None:
    """``=``, ``≤`` and ``≥`` count as true where the balls do not part."""
    with precision(bits):
        answer = _compare(left(env), sign, right(env))
    return True if answer is None and sign in ("=", "≤", "≥") else answer


def _compare(left: Value, sign: Sign, right: Value) -> bool | None:
    if array.is_array(left) or array.is_array(right):
        return _compare_arrays(left, sign, right)
    gap = left - right
    match sign:
        case "=":
            return _is_zero(gap)
        case "≠":
            zero = _is_zero(gap)
            return None if zero is None else not zero
        case "<":
            return _certain(gap < 0, gap >= 0)
        case "≤":
            return _certain(gap <= 0, gap > 0)
        case ">":
            return _certain(gap > 0, gap <= 0)
        case "≥":
            return _certain(gap >= 0, gap < 0)


def _certain(yes: bool, no: bool) -> bool | None:
    return True if yes else False if no else None


def _is_zero(gap: Scalar) -> bool | None:
    if isinstance(gap, fmpq):
        return bool(gap == 0)
    if not gap.is_finite():
        raise Unclear("a ball without bounds")
    return None if gap.contains(0) else False


def _compare_arrays(left: Value, sign: Sign, right: Value) -> bool | None:
    if sign not in ("=", "≠"):
        raise NoEval("matrices are not ordered")
    gap = array.add(left, array.negate(right))
    parts = [_is_zero(part) for part in array.entries(gap)]
    equal = False if False in parts else None if None in parts else True
    return equal if sign == "=" or equal is None else not equal


def _places(term: Term) -> int:
    match term:
        case Number(_, places):
            return places
        case Negate(part):
            return _places(part)
    raise NoEval("≈ before something that is not a decimal literal")


def _rounded(left: Closure, right: Closure, places: int, env: Environment, bits: int) -> bool | None:
    half = fmpq(1, 2 * 10**places)

    def gap(inner: Environment) -> Value:
        difference = array.add(left(inner), array.negate(right(inner)))
        if array.is_array(difference):
            raise NoEval("digits of a matrix")
        return abs(difference)

    return compare(gap, "≤", lambda inner: half, env, bits)


def _for_each(statement: ForEach, context: Context, bound: frozenset[str]) -> Truth:
    if (statement.lower, statement.upper) == (Negate(INFINITY), INFINITY):
        return _everywhere(statement.index, statement.body, context, bound)
    lower, upper = (compile_term(side, context, bound) for side in (statement.lower, statement.upper))
    body = compile_statement(statement.body, context, bound | {statement.index})

    def value(env: Environment) -> bool | None:
        first, last = as_integer(lower(env), "a bound"), as_integer(upper(env), "a bound")
        answers = [_at(body, env, statement.index, fmpq(n)) for n in range(first, last + 1)]
        return _all(answers)

    return value


def _everywhere(index: str, relation: Relation, context: Context, bound: frozenset[str]) -> Truth:
    """At all integers: at those at which the families of the relation were given values."""
    body = compile_statement(relation, context, bound | {index})
    families = sorted(free_names(relation.left) | free_names(relation.right))

    def value(env: Environment) -> bool | None:
        given = [set(env[name]) for name in families if isinstance(env.get(name), dict)]
        places = sorted(set[tuple[int, ...]].intersection(*given)) if given else []
        return _all([_at(body, env, index, fmpq(place[0])) for place in places])

    return value


def _at(body: Truth, env: Environment, name: str, value: Value) -> bool | Undef | None:
    """The truth with ``name`` bound anew; an undefined side as a value."""
    try:
        return with_value(env, {name: value}, body)  # type: ignore[no-any-return]
    except Undef as reason:
        return reason


def _all(answers: list[bool | Undef | None]) -> bool | None:
    if any(answer is False for answer in answers):
        return False
    for answer in answers:
        if isinstance(answer, Undef):
            raise answer
    return None if None in answers else True


# --- near zero ------------------------------------------------------------------------------------------------

SMALL = tuple(fmpq(1, 2**k) for k in (10, 20, 30, 40))


def _up_to_order(statement: UpToOrder, context: Context, bound: frozenset[str]) -> Truth:
    variable, order = statement.variable, statement.order
    gap = compile_term(subtract(statement.left, statement.right), context, bound - {variable})
    sides = [compile_term(side, context, bound - {variable}) for side in (statement.left, statement.right)]

    def value(env: Environment) -> bool | None:
        with precision(BITS):
            for side in sides:
                with_value(env, {variable: SMALL[1]}, side)
            ratios = [_ratios(gap, env, variable, order, side) for side in (1, -1)]
        if any(map(_grows, ratios)):
            return False
        return True if any(map(_bounded, ratios)) else None

    return value


def _ratios(gap: Closure, env: Environment, variable: str, order: int, side: int) -> list[Scalar]:
    """``|gap| / ε^order`` at shrinking ε of one sign (the largest entry of a matrix); fewer where undefined."""
    found = []
    for size in SMALL:
        try:
            here = with_value(env, {variable: side * size}, gap)
        except Undef:
            continue
        found.append(max((abs(arb(x)) for x in array.entries(here)), key=lambda x: x.upper()) / size**order)
    return found


def _grows(ratios: list[Scalar]) -> bool:
    """Each step divides ε by 2^10: a missing order multiplies the ratio by that much, a logarithm does not."""
    steps = list(itertools.pairwise(ratios))[-2:]
    return len(steps) == 2 and all(after > 0 and after > 100 * before for before, after in steps)


def _bounded(ratios: list[Scalar]) -> bool:
    return len(ratios) >= 2 and bool(ratios[-1] < 100 * (1 + ratios[-2]))


def _near_zero(variable: str, body: Truth) -> Truth:
    def value(env: Environment) -> bool | None:
        sides = [[_at(body, env, variable, side * size) for size in SMALL[-2:]] for side in (1, -1)]
        here = _at(body, env, variable, fmpq(0))
        if here is False or any(all(a is False for a in side) for side in sides):
            return False
        return _all([here, *(answer for side in sides for answer in side)])

    return value


# --- optima ---------------------------------------------------------------------------------------------------

STEPS = tuple(Fraction(*q) for q in ((1, 1), (-1, 1), (1, 8), (-1, 8), (1, 1000), (-1, 1000), (5, 2), (-5, 2), (20, 1)))
PARTS = tuple(Fraction(*q) for q in ((1, 2), (1, 5), (4, 5), (1, 100), (99, 100)))


def _optimum(statement: Optimum, context: Context, bound: frozenset[str]) -> Truth:
    point = compile_term(statement.point, context, bound)
    objective = compile_term(statement.objective, context, bound - {statement.variable})
    inside = _domain(statement.domain, context, bound)
    better: Sign = ">" if statement.kind == "maximum" else "<"

    def at(env: Environment, value: Value) -> Value:
        return with_value(env, {statement.variable: value}, objective)

    def beaten(env: Environment, best: Value, here: Value, other: Value) -> bool | None:
        """Whether another point is certainly better, or just as good where only one may be."""
        try:
            rival = at(env, other)
            tie = statement.unique and _compare(rival, "=", best) is True and _compare(here, "≠", other) is True
            return _compare(rival, better, best) is True or tie
        except Undef:
            return None

    def value(env: Environment) -> bool | None:
        with precision(BITS):
            here = point(env)
        if inside(env, here) is False:
            return False
        with precision(BITS):
            best = at(env, here)  # undefined at the point: nothing is said
            others = _others(env, here, statement.domain, context, inside)
            tried = [beaten(env, best, here, other) for other in others]
        return False if any(tried) else True if False in tried else None

    return value


Inside = Callable[[Environment, Value], bool | None]


def _domain(domain: Interval | None, context: Context, bound: frozenset[str]) -> Inside:
    if domain is None:
        return lambda env, value: True
    checks: list[tuple[Closure, Sign]] = []
    if domain.lower != Negate(INFINITY):
        checks.append((compile_term(domain.lower, context, bound), "≤" if domain.lower_closed else "<"))
    if domain.upper != INFINITY:
        checks.append((compile_term(domain.upper, context, bound), "≥" if domain.upper_closed else ">"))

    def inside(env: Environment, value: Value) -> bool | None:
        answers = [compare(end, sign, lambda e: value, env) for end, sign in checks]
        return False if False in answers else None if None in answers else True

    return inside


def _others(
    env: Environment, here: Value, domain: Interval | None, context: Context, inside: Inside
) -> Iterator[Value]:
    """Other points of the domain: steps around the point, and parts of a bounded interval."""
    for step in map(from_fraction, STEPS[2:7] if array.is_array(here) else STEPS):
        for shift in _shifts(here):
            other = array.add(here, array.each(shift, lambda x, step=step: x * step))  # type: ignore[misc]
            if inside(env, other):
                yield other
    if domain is not None and domain.upper != INFINITY and domain.lower != Negate(INFINITY):
        low, high = (compile_term(end, context)(env) for end in (domain.lower, domain.upper))
        yield from (low + (high - low) * from_fraction(part) for part in PARTS)


def _shifts(here: Value) -> Iterator[Value]:
    rows, columns = array.shape(here)
    for i in range(rows):
        for j in range(columns):
            yield array.unit(here, i, j)
    if rows * columns > 1:
        yield array.each(here, lambda _: fmpq(1))


def _no_optimum(statement: NoOptimum, context: Context, bound: frozenset[str]) -> Truth:
    """Never told: finitely many points do not show that a bound is attained. The objective must be defined."""
    objective = compile_term(statement.objective, context, bound - {statement.variable})
    inside = _domain(statement.domain, context, bound)

    def value(env: Environment) -> bool | None:
        with precision(BITS):
            for candidate in (fmpq(1), fmpq(1, 2), fmpq(3), fmpq(-1), fmpq(1, 100), fmpq(100)):
                if inside(env, candidate):
                    with_value(env, {statement.variable: candidate}, objective)
                    return None
        raise Undef("no point of the domain was found")

    return value


# --- the rest -------------------------------------------------------------------------------------------------


def _diverges(integral: Closure) -> Truth:
    def value(env: Environment) -> bool | None:
        try:
            with precision(FEW_BITS):
                integral(env)
        except Unclear:
            return None
        return False

    return value


ANALYTIC = frozenset(("exp", "sin", "cos", "tanh", "sinh", "cosh"))


def _smooth(statement: Smooth, context: Context) -> Truth:
    """True for a chosen function that is built from analytic parts and defined at the point."""
    if context.definition_of(statement.function) is None:
        raise NoEval(f"no concrete function stands for {statement.function}")
    image = unfold(Apply(statement.function, (statement.at,)), context)
    value = compile_unfolded(image, context)

    def smooth(env: Environment) -> bool | None:
        with precision(FEW_BITS):
            value(env)
        return True if _analytic(image) else None

    return smooth


def _analytic(term: Term) -> bool:
    if isinstance(term, Apply) and term.function not in ANALYTIC:
        return False
    return all(map(_analytic, children(term)))


def _definite(matrix: Closure, strict: bool) -> Truth:
    def value(env: Environment) -> bool | None:
        with precision(BITS):
            try:
                return array.is_definite(matrix(env), strict)
            except Unclear:
                return None

    return value


def _invertible(matrix: Closure) -> Truth:
    def value(env: Environment) -> bool | None:
        with precision(BITS):
            found = matrix(env)
            try:
                array.inverse(found)
            except Unclear:
                return None
            except Undef:
                return False
        return True

    return value


def _implies(premise: Truth, conclusion: Truth) -> Truth:
    def value(env: Environment) -> bool | None:
        before, after = premise(env), conclusion(env)
        if before is False or after is True:
            return True
        return False if before is True and after is False else None

    return value


def _equivalent(left: Truth, right: Truth) -> Truth:
    def value(env: Environment) -> bool | None:
        first, second = left(env), right(env)
        return None if first is None or second is None else first == second

    return value
