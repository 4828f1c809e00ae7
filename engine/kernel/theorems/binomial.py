"""The binomial theorem and its factorial moments."""

from __future__ import annotations

from engine.kernel.theorems.obligation import Hypotheses, theorem
from engine.kernel.unfold import names_reached
from engine.kernel.unproved import Unproved
from engine.meaning.context import Context
from engine.meaning.sort import Integer
from engine.meaning.statement import ForEach, Relation
from engine.meaning.term import (
    ZERO,
    Add,
    Apply,
    Multiply,
    Name,
    Number,
    Power,
    Sum,
    Term,
    free_names,
    integer,
    subtract,
)

MOST_MOMENTS = 8


@theorem(
    "binomial-sum",
    "If f(k) = Σ_m c_m k^(m) C(n, k) a^k b^(n-k) for k = 0, …, n, then Σ_k f(k) = Σ_m c_m n^(m) a^m (a + b)^(n-m),"
    " with falling factorials x^(m).",
    "Graham, Knuth and Patashnik, Concrete Mathematics, 2nd edition, (5.6) and (5.12)",
    Relation,
    (Term, Term, Term, ...),
)
def binomial_sum(context: Context, goal: Relation, a: Term, b: Term, *moments: Term) -> Hypotheses:
    """The parameters are a, b, c_0, …, c_d; n is an integer >= 0."""
    match goal:
        case Relation(closed, "=", Sum(k, lower, n, body)) if lower == ZERO and 1 <= len(moments) <= MOST_MOMENTS:
            _require_integer(n, context)
            if k in names_reached(free_names(n).union(*map(free_names, (a, b, *moments))), context):
                raise Unproved("a binomial sum with an index that occurs outside of it")
            value = Add(tuple(_moment(c, m, n, a, b) for m, c in enumerate(moments)))
            summand = Add(tuple(_summand(c, m, n, Name(k), a, b) for m, c in enumerate(moments)))
            each = ForEach(k, lower, n, Relation(body, "=", summand))
            return Relation(n, "≥", ZERO), each, Relation(closed, "=", value)
    return None


def _require_integer(term: Term, context: Context) -> None:
    """The term is an integer as it is written: a declared one, a literal, or a sum of these."""
    match term:
        case Name(name) if isinstance(context.sort_of(name), Integer):
            return
        case Number(value) if value.denominator == 1:
            return
        case Add(parts):
            for part in parts:
                _require_integer(part, context)
        case _:
            raise Unproved("a binomial sum up to something that is not declared as an integer")


def _falling(base: Term, length: int) -> tuple[Term, ...]:
    return tuple(subtract(base, integer(step)) for step in range(length))


def _summand(coefficient: Term, m: int, n: Term, k: Term, a: Term, b: Term) -> Term:
    powers = Power(a, k), Power(b, subtract(n, k))
    return Multiply((coefficient, *_falling(k, m), Apply("binom", (n, k)), *powers))


def _moment(coefficient: Term, m: int, n: Term, a: Term, b: Term) -> Term:
    powers = Power(a, integer(m)), Power(Add((a, b)), subtract(n, integer(m)))
    return Multiply((coefficient, *_falling(n, m), *powers))
