"""What a context says: its sorts, facts and hints as assumptions of an algebra."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.kernel.forms import sign as signs
from engine.kernel.forms.algebra import Algebra
from engine.kernel.forms.assumption import Fact, MemberFact, range_facts
from engine.kernel.forms.atom import Exponential, Variable
from engine.kernel.forms.normal import WRITTEN_ZERO, Scope, normalise, require_one_kind
from engine.kernel.forms.polynomial import Polynomial, add, constant, content, multiply_monomials, of_atom
from engine.kernel.function import KNOWN
from engine.kernel.matrices.determinant import determinant, trace
from engine.kernel.matrices.matrix import add_values, multiply_values, negate_value, transpose_value
from engine.kernel.steps import Steps
from engine.kernel.unfold import unfold
from engine.kernel.unproved import Unproved
from engine.meaning.context import Context
from engine.meaning.sort import Family, Function, Integer, MatrixOf, Sort
from engine.meaning.statement import Definite, ForEach, Interval, Invertible, Relation, Statement
from engine.meaning.term import (
    INFINITY,
    ZERO,
    Add,
    Apply,
    Comparison,
    Derivative,
    Divide,
    Element,
    Inverse,
    Multiply,
    Name,
    Negate,
    Power,
    Term,
    Transpose,
    children,
    free_names,
)


def scope_of(context: Context, factors: tuple[Term, ...] = (), steps: Steps | None = None) -> Scope:
    """The scope of a context: its sorts and facts taken in, and the hinted factors."""
    scope = Scope(Algebra(steps or Steps()), context)
    for declaration in context.declarations:
        _declare(scope, declaration.name, declaration.sort)
    _assume_symmetry(scope)
    # What is read only where another fact is known is read again: the order of the facts says nothing.
    unread = [fact for fact in context.facts if not _assume(scope, fact)]
    for fact in unread:
        _assume(scope, fact)
    take_factors(scope, factors)
    return scope


def _assume(scope: Scope, fact: Statement) -> bool:
    """Take a fact in; whether it could be read."""
    match fact:
        case Relation():
            return assume_relation(scope, fact)
        case Invertible(matrix):
            return assume_relation(scope, Relation(Apply("det", (matrix,)), "≠", ZERO))
        case Definite(matrix, strict):
            return assume_relation(scope, Relation(Apply("det", (matrix,)), ">" if strict else "≥", ZERO))
        case ForEach():
            _assume_for_each(scope, fact)
    return True


def take_factors(scope: Scope, factors: Iterable[Term]) -> None:
    """Polynomials to be divided out where they divide: a wrong one costs completeness, never soundness."""
    hints = list(scope.algebra.factors)
    for factor in factors:
        try:
            hint = scope.number(scope.unfold(factor))
        except Unproved:
            continue  # a hint that does not fit is only a hint
        hint = _without_exponential_content(scope.algebra, hint)
        # A hint that divides is then made of what it divides: with a negative exponent it could bring in √w for w < 0,
        # as √w (x/√w + 1/√w) = x + 1, and the signs of what is not defined say anything.
        if all(exponent > 0 for monomial in hint for _, exponent in monomial):
            hints.append(hint)
            scope.algebra.known = scope.algebra.known.with_factors(hints)
    # What divides another hint must come before it.
    hints.sort(key=lambda hint: max((sum(e for _, e in monomial) for monomial in hint), default=0))
    scope.algebra.known = scope.algebra.known.with_factors(hints)


def _assume_symmetry(scope: Scope) -> None:
    """Which declared matrices are symmetric or definite, before anything is read."""
    symmetric: set[str] = set()
    definite: dict[str, bool] = {}
    for fact in scope.context.facts:
        match fact:
            case Relation(Name(one), "=", Transpose(Name(other))) | Relation(Transpose(Name(one)), "=", Name(other)):
                if one == other and isinstance(scope.context.sort_of(one), MatrixOf):
                    symmetric.add(one)
            case Definite(Name(name), strict) if isinstance(scope.context.sort_of(name), MatrixOf):
                symmetric.add(name)
                definite[name] = strict or definite.get(name, False)
    scope.algebra.known = scope.algebra.known.with_shapes(definite, frozenset(symmetric))


def _without_exponential_content(algebra: Algebra, p: Polynomial) -> Polynomial:
    """``p`` times powers of e^m that leave none with a negative exponent: e^m is positive wherever it is defined."""
    least = {a: e for a, e in content(p) if e < 0 and isinstance(algebra.atoms[a], Exponential)}
    return {multiply_monomials(m, tuple((a, -e) for a, e in least.items())): c for m, c in p.items()}


def _declare(scope: Scope, name: str, sort: Sort) -> None:
    if name.startswith("@"):
        raise Unproved(f"{name}: names that begin with @ are the kernel's own")
    algebra = scope.algebra
    match sort:
        case Integer(least):
            algebra.integers.add(name)
            if least is not None:
                at_least = add(algebra.of(Variable(name)), constant(least), -1)
                algebra.assume(Fact(at_least, signs.NOT_NEGATIVE))
                if least > 0:
                    algebra.assume(Fact(algebra.of(Variable(name)), signs.POSITIVE))
        case Family(_, Integer(least)):
            algebra.integer_families[name] = least
        case Function():
            if name in KNOWN:
                raise Unproved(f"{name} is both known and declared")
            algebra.functions[name] = sort
        case _:
            pass


def assume_relation(scope: Scope, relation: Relation) -> bool:
    """A relation as a fact about a polynomial; one that the kernel cannot read is left out, which is told."""
    wanted = signs.OF_RELATION.get(relation.sign)
    if wanted is None or relation.sign == "=":
        return True
    try:
        left, right = (scope.number(scope.unfold(side)) for side in (relation.left, relation.right))
    except Unproved:
        if relation.sign == "≠":
            _assume_distance(scope, relation)
        return relation.sign == "≠"
    difference = add(left, right, -1)
    scope.algebra.assume(Fact(difference, wanted))
    if wanted in (signs.POSITIVE, signs.NEGATIVE) and scope.algebra.is_integer(difference):
        step = -1 if wanted == signs.POSITIVE else 1  # of integers, one is greater by 1 at least
        scope.algebra.assume(Fact(add(difference, constant(step)), wanted | signs.ZERO))
    return True


def _assume_distance(scope: Scope, relation: Relation) -> None:
    """Of vectors and matrices, A ≠ B says that tr (A - B)^T (A - B), the sum of the squares of all entries, is > 0."""
    sides = [scope.unfold(side) for side in (relation.left, relation.right)]
    try:
        values = [normalise(side, scope) for side in sides]
        require_one_kind([value for side, value in zip(sides, values, strict=True) if side not in WRITTEN_ZERO])
        apart = add_values(scope.algebra, values[0], negate_value(scope.algebra, values[1]))
        square = multiply_values(scope.algebra, transpose_value(scope.algebra, apart), apart)
        scope.algebra.assume(Fact(trace(scope.algebra, square), signs.POSITIVE))
    except Unproved:
        return


def _assume_for_each(scope: Scope, fact: ForEach) -> None:
    wanted = signs.OF_RELATION.get(fact.body.sign)
    if wanted is None or fact.body.sign == "=":
        return
    index = scope.algebra.fresh_variable(integer=True)
    inner = scope.binding(fact.index, of_atom(index))
    try:
        lower = None if fact.lower == Negate(INFINITY) else scope.number(fact.lower)
        upper = None if fact.upper == INFINITY else scope.number(fact.upper)
        bound = frozenset((fact.index,))
        left, right = (inner.number(unfold(side, scope.context, bound)) for side in (fact.body.left, fact.body.right))
    except Unproved:
        return
    known, new = scope.algebra.known, MemberFact(index, lower, upper, Fact(add(left, right, -1), wanted))
    scope.algebra.known = known.with_facts(known.facts, (*known.member_facts, new))


def interval_facts(number: Polynomial, interval: Interval, scope: Scope) -> list[Fact]:
    """What lying in an interval says."""
    facts = []
    if interval.lower != Negate(INFINITY):
        low = add(number, scope.number(interval.lower), -1)
        facts.append(Fact(low, signs.NOT_NEGATIVE if interval.lower_closed else signs.POSITIVE))
    if interval.upper != INFINITY:
        high = add(scope.number(interval.upper), number, -1)
        facts.append(Fact(high, signs.NOT_NEGATIVE if interval.upper_closed else signs.POSITIVE))
    return facts


def facts_of_place(member: Element, sort: Family, scope: Scope) -> list[Fact]:
    """That the indices lie in their declared ranges, which are declared outside of what is bound here."""
    facts: list[Fact] = []
    for index, allowed in zip(member.indices, sort.ranges, strict=True):
        if allowed is not None and not (free_names(allowed.lower) | free_names(allowed.upper)) & scope.bound.keys():
            low, high = (scope.number(scope.unfold(end)) for end in (allowed.lower, allowed.upper))
            facts += range_facts(scope.number(index), low, high)
    return facts


def places_in_range(term: Term, scope: Scope) -> Iterator[Fact]:
    """What a term that stands in no sum needs in order to be defined: indices in range, and invertible matrices."""
    match term:
        case Element(family, indices):
            sort = scope.context.sort_of(family)
            if isinstance(sort, Family) and len(sort.ranges) == len(indices):
                yield from facts_of_place(term, sort, scope)
        case Inverse(matrix):
            yield from places_in_range(matrix, scope)
            yield from _fact_of_inverse(matrix, scope)
        case Add() | Negate() | Multiply() | Divide() | Power() | Apply() | Comparison() | Derivative() | Transpose():
            for part in children(term):
                yield from places_in_range(part, scope)


def _fact_of_inverse(matrix: Term, scope: Scope) -> Iterator[Fact]:
    """That what has an inverse has a determinant that is not 0: else the term is not defined."""
    try:
        yield Fact(determinant(scope.algebra, normalise(matrix, scope)), signs.NONZERO)
    except Unproved:
        return
