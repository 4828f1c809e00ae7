"""The binomial theorem and its factorial moments."""

from __future__ import annotations

from engine.kernel.forms.algebra import Unproved
from engine.kernel.theorems.obligation import Obligation, Parameters, not_of_this_form
from engine.kernel.unfold import names_reached
from engine.meaning.context import Context
from engine.meaning.sort import Integer
from engine.meaning.statement import ForEach, Relation, Statement
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


def binomial_sum(context: Context, goal: Statement, parameters: Parameters) -> tuple[Obligation, ...]:
    """Σ_{k=0}^{n} f(k) = Σ_m c_m n^(m) a^m (a + b)^(n-m) where f(k) = Σ_m c_m k^(m) C(n, k) a^k b^(n-k) for every k of
    the sum, with x^(m) = x(x - 1)…(x - m + 1), for an integer n >= 0. Parameters: a, b, c_0, …, c_d."""
    terms = tuple(parameter for parameter in parameters if isinstance(parameter, Term))
    match goal:
        case Relation(closed, "=", Sum(k, lower, n, body)) if lower == ZERO and terms == parameters:
            if not 3 <= len(terms) <= 2 + MOST_MOMENTS:
                raise not_of_this_form("binomial-sum")
            _require_integer(n, context)
            if k in names_reached(free_names(n).union(*map(free_names, terms)), context):
                raise Unproved("a binomial sum with an index that occurs outside of it")
            a, b, *moments = terms
            value = Add(tuple(_moment(c, m, n, a, b) for m, c in enumerate(moments)))
            summand = Add(tuple(_summand(c, m, n, Name(k), a, b) for m, c in enumerate(moments)))
            return (
                Obligation(context, Relation(n, "≥", ZERO)),
                Obligation(context, ForEach(k, lower, n, Relation(body, "=", summand))),
                Obligation(context, Relation(closed, "=", value)),
            )
    raise not_of_this_form("binomial-sum")


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
