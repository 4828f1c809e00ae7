"""Induction over a natural number: what holds at the start, and at N + 1 with what it held at N, holds throughout.

The claim is about one point of the context, with its own N. The proof goes through every n from the start to that N,
so that each n needs a context of its own that the point satisfies as well: the families are taken over the members up
to n only, and facts are kept that speak of less where n is smaller; all others that mention N are left out.
"""

from __future__ import annotations

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
    " every n.",
    goal=Relation,
    takes=(Name, Term, Term),
)
def induction(context: Context, goal: Relation, variable: Name, last: Term, factor: Term) -> Hypotheses:
    """The parameters: the name N; ``last``, the last of the first n, a literal or a name below N; the factor a (1 for
    sums, the next factor for products). What the claim's being defined implies may be used on the way.
    """
    if goal.sign != "=":
        return None
    name, sides = variable.name, (unfold(goal.left, context), unfold(goal.right, context))
    for side in (*sides, factor):
        _require_plain(side, name)
    least = _least(context, name)
    context = context.assume(*conditions_of(goal, scope_of(context), frozenset()))
    bases = (_base(context, name, start, sides) for start in _starts(context, name, least, last))
    return *bases, _step(context, name, last, sides, factor)


def _base(context: Context, name: str, start: Term, sides: tuple[Term, Term]) -> Obligation:
    left, right = (substitute(side, name, start) for side in sides)
    return Obligation(_up_to(context, name, start), Relation(left, "=", right))


def _step(context: Context, name: str, last: Term, sides: tuple[Term, Term], factor: Term) -> Obligation:
    here, after = Name(name), Add((Name(name), ONE))
    literal = _literal(last)
    later = _up_to(context, name, after)
    if literal is None:
        later = later.declare(name, Integer()).assume(Relation(here, "≥", last))
    else:
        later = later.declare(name, Integer(literal))
    left, right = (subtract(substitute(s, name, after), Multiply((factor, s))) for s in sides)
    return Obligation(later, Relation(left, "=", right))


def _require_plain(term: Term, name: str) -> None:
    """Nothing is bound or differentiated in by the name of the natural number."""
    differentiated = isinstance(term, Derivative) and name in free_names(term.variable)
    if differentiated or bound_name(term) == name:
        raise Unproved(f"an induction over {name}, which is bound or differentiated in")
    for part in children(term):
        _require_plain(part, name)


# ---- where it starts


def _least(context: Context, name: str) -> int | None:
    """The least value of the name that its declaration and the facts in literals allow."""
    sort = context.sort_of(name)
    if not isinstance(sort, Integer):
        raise Unproved(f"an induction over {name}, which is not declared as an integer")
    known = [sort.least] + [_bound_by(fact, name) for fact in context.facts]
    return max((least for least in known if least is not None), default=None)


def _bound_by(fact: Statement, name: str) -> int | None:
    lower = _lower_bound(fact, name)
    value = None if lower is None else _literal(lower[0])
    return None if lower is None or value is None else value + lower[1]


def _lower_bound(fact: Statement, name: str) -> tuple[Term, int] | None:
    """``(t, 0)`` for N >= t and ``(t, 1)`` for N > t."""
    match fact:
        case Relation(Name(left), ("≥" | ">") as sign, other) if left == name:
            return other, int(sign == ">")
        case Relation(other, ("≤" | "<") as sign, Name(right)) if right == name:
            return other, int(sign == "<")
        case _:
            return None


def _literal(term: Term) -> int | None:
    match term:
        case Number(Fraction(denominator=1) as value):
            return int(value)
        case Negate(Number(Fraction(denominator=1) as value)):
            return -int(value)
        case _:
            return None


def _starts(context: Context, name: str, least: int | None, last: Term) -> tuple[Term, ...]:
    literal = _literal(last)
    if literal is not None:
        if least is None or not least <= literal < least + MOST_STARTS:
            raise Unproved(f"{name} is not known to start where the induction does")
        return tuple(integer(value) for value in range(least, literal + 1))
    if not isinstance(last, Name) or not isinstance(context.sort_of(last.name), Integer) or last.name == name:
        raise Unproved("an induction starts at a number or at a declared integer")
    if not any(_lower_bound(fact, name) == (last, 0) for fact in context.facts):
        raise Unproved(f"{name} is not known to start where the induction does")
    return (last,)


# ---- the context of a smaller number


def _up_to(context: Context, name: str, value: Term) -> Context:
    """What a point of the context satisfies when ``value``, which is not above its N, is put for N."""
    if context.definition_of(name):
        raise Unproved(f"an induction over {name}, which is defined")
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
