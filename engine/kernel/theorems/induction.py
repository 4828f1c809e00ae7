"""Induction over a natural number: what holds at the start, and at N + 1 with what it held at N, holds throughout.

The claim is about one point of the context, with its own N. The proof goes through every n from the start to that N,
so that each n needs a context of its own that the point satisfies as well: the families are taken over the members up
to n only, and facts are kept that speak of less where n is smaller; all others that mention N are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from engine.kernel.condition import conditions_of
from engine.kernel.forms.context import scope_of
from engine.kernel.theorems.mention import sort_names, statement_names
from engine.kernel.theorems.obligation import Hypotheses, Obligation, theorem
from engine.kernel.unfold import names_reached, unfold, unfold_statement
from engine.kernel.unproved import Unproved
from engine.meaning.context import Context, Declaration
from engine.meaning.sort import Family, IndexRange, Integer, Sort
from engine.meaning.statement import ForEach, Relation, Statement
from engine.meaning.term import (
    ONE,
    ZERO,
    Add,
    Derivative,
    Multiply,
    Name,
    Negate,
    Number,
    Term,
    bound_name,
    children,
    free_names,
    integer,
    substitute,
    subtract,
)

MOST_STARTS = 12


@theorem(
    "induction",
    "If L(n) = R(n) for the first n, and L(n+1) - a L(n) = R(n+1) - a R(n) for all later ones, then L(n) = R(n) for"
    " every n; so with <, ≤, > and ≥ where a ≥ 0.",
    goal=Relation,
    takes=(Name, Term, Term, Term),
)
def induction(context: Context, goal: Relation, variable: Name, first: Term, last: Term, factor: Term) -> Hypotheses:
    """The parameters: the name N; the first and the last n that are proved by themselves, literals or one name; the
    factor a (1 for sums, the next factor for products). N is at least the first; what the claim's being defined implies
    may be used on the way.
    """
    name, sides = variable.name, (unfold(goal.left, context), unfold(goal.right, context))
    if goal.sign not in ("=", "<", "≤", ">", "≥"):
        return None
    if not isinstance(context.sort_of(name), Integer):
        raise Unproved(f"an induction over {name}, which is not declared as an integer")
    for side in (*sides, factor):
        _require_plain(side, name)
    defined = context.assume(*conditions_of(goal, scope_of(context), frozenset()))
    claimed = Relation(sides[0], goal.sign, sides[1])
    bases = (_base(defined, name, start, claimed) for start in _starts(context, name, first, last))
    return Relation(variable, "≥", first), *bases, *_step(defined, name, last, claimed, factor)


def _base(context: Context, name: str, start: Term, claimed: Relation) -> Obligation:
    left, right = (substitute(side, name, start) for side in (claimed.left, claimed.right))
    return Obligation(_up_to(context, name, start), Relation(left, claimed.sign, right))


def _step(context: Context, name: str, last: Term, claimed: Relation, factor: Term) -> Iterator[Obligation]:
    here, after = Name(name), Add((Name(name), ONE))
    literal = _literal(last)
    later = _up_to(context, name, after)
    if literal is None:
        later = later.declare(name, Integer()).assume(Relation(here, "≥", last))
    else:
        later = later.declare(name, Integer(literal))
    sides = claimed.left, claimed.right
    left, right = (subtract(substitute(s, name, after), Multiply((factor, s))) for s in sides)
    yield Obligation(later, Relation(left, claimed.sign, right))
    if claimed.sign != "=":
        yield Obligation(later, Relation(factor, "≥", ZERO))


def _require_plain(term: Term, name: str) -> None:
    """Nothing is bound or differentiated in by the name of the natural number."""
    differentiated = isinstance(term, Derivative) and name in free_names(term.variable)
    if differentiated or bound_name(term) == name:
        raise Unproved(f"an induction over {name}, which is bound or differentiated in")
    for part in children(term):
        _require_plain(part, name)


# ---- where it starts


def _literal(term: Term) -> int | None:
    match term:
        case Number(Fraction(denominator=1) as value):
            return int(value)
        case Negate(Number(Fraction(denominator=1) as value)):
            return -int(value)
        case _:
            return None


def _starts(context: Context, name: str, first: Term, last: Term) -> tuple[Term, ...]:
    low, high = _literal(first), _literal(last)
    if low is not None and high is not None and low <= high < low + MOST_STARTS:
        return tuple(map(integer, range(low, high + 1)))
    if first != last or not isinstance(first, Name) or not isinstance(context.sort_of(first.name), Integer):
        raise Unproved("an induction starts at a few numbers or at a declared integer")
    if first.name == name:
        raise Unproved("an induction that starts where it ends")
    return (first,)


# ---- the context of a smaller number


def _up_to(context: Context, name: str, value: Term) -> Context:
    """What a point of the context satisfies when ``value``, which is not above its N, is put for N."""
    declared = tuple(
        Declaration(d.name, _sort_up_to(d.sort, context, name, value)) for d in context.declarations if d.name != name
    )
    facts = (_fact_up_to(unfold_statement(fact, context), context, name, value) for fact in context.facts)
    kept = (d for d in context.definitions if name not in names_reached(frozenset((d.name,)), context))
    return replace(
        context,
        declarations=declared,
        facts=tuple(fact for fact in facts if fact is not None),
        definitions=tuple(kept),
    )


def _mentions(names: frozenset[str], context: Context, name: str) -> bool:
    return name in names_reached(names, context)


def _sort_up_to(sort: Sort, context: Context, name: str, value: Term) -> Sort:
    if not _mentions(sort_names(sort), context, name):
        return sort
    if not isinstance(sort, Family) or _mentions(sort_names(sort.element), context, name):
        raise Unproved(f"a size that mentions {name}, over which the induction goes")
    return replace(sort, ranges=tuple(r and _range_up_to(r, context, name, value) for r in sort.ranges))


def _range_up_to(index_range: IndexRange, context: Context, name: str, value: Term) -> IndexRange:
    lower, upper = unfold(index_range.lower, context), unfold(index_range.upper, context)
    if not _grows(lower, upper, context, name):
        raise Unproved(f"an index range that need not grow with {name}, over which the induction goes")
    return IndexRange(lower, substitute(upper, name, value))


def _grows(lower: Term, upper: Term, context: Context, name: str) -> bool:
    """Whether the range for a smaller N lies in that for N: it ends at N + c, and starts at what does not mention N."""
    if _mentions(free_names(lower), context, name):
        return False
    match upper:
        case Name(end) | Add((Name(end), Number())) | Add((Name(end), Negate(Number()))):
            return end == name
        case _:
            return not _mentions(free_names(upper), context, name)


def _fact_up_to(fact: Statement, context: Context, name: str, value: Term) -> Statement | None:
    if not _mentions(statement_names(fact), context, name):
        return fact
    match fact:
        case ForEach(index, lower, upper, body) if index != name and _grows(lower, upper, context, name):
            if not _mentions(statement_names(body) - {index}, context, name):
                return ForEach(index, lower, substitute(upper, name, value), body)
    return None
