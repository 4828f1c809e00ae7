"""Contexts of families and indices in few words, for tests of deltas and of derivatives in a member of a family."""

from __future__ import annotations

from engine.meaning.claim import Claim
from engine.meaning.context import Context
from engine.meaning.elaborate import read_statement, read_term
from engine.meaning.sort import NATURAL, REAL, Family, IndexRange, Integer, Sort
from engine.meaning.statement import ForEach, Relation, Sign
from engine.meaning.term import ONE, ZERO, Element, Name, Term
from engine.span import Problem

PLAIN: dict[str, Sort] = {"nat": NATURAL, "nat0": Integer(0), "integer": Integer(), "real": REAL}


def over(*ends: str) -> tuple[IndexRange, ...]:
    """The ranges 1..N, 1..M, ..."""
    return tuple(IndexRange(ONE, Name(end)) for end in ends)


def declared(**kinds: str) -> Context:
    """A context in which each name is of a kind.

    ``nat``, ``nat0``, ``integer``, ``real``, ``pos``; ``in N``: a natural number up to N; ``of N M``: a family of reals
    on 1..N times 1..M; ``pos of N`` and ``nonneg of N``: one with such members; ``classes N K``: a family on 1..N with
    values in 1..K; ``free`` and ``free 2``: families of reals on all integers, and on all pairs of them.
    """
    context = Context()
    for name, kind in kinds.items():
        context = _declared(context, {"lam": r"\lambda", "theta": r"\theta"}.get(name, name), kind.split())
    return context


def _declared(context: Context, name: str, kind: list[str]) -> Context:
    match kind:
        case [plain] if plain in PLAIN:
            return context.declare(name, PLAIN[plain])
        case ["pos"]:
            return context.declare(name, REAL, Relation(Name(name), ">", ZERO))
        case ["in", end]:
            return context.declare(name, NATURAL, Relation(Name(name), "≤", Name(end)))
        case ["of", *ends]:
            return context.declare(name, Family(over(*ends), REAL))
        case ["pos", "of", end]:
            return context.declare(name, Family(over(end), REAL), _every(name, end, ">", ZERO))
        case ["nonneg", "of", end]:
            return context.declare(name, Family(over(end), REAL), _every(name, end, "≥", ZERO))
        case ["classes", end, most]:
            return context.declare(name, Family(over(end), NATURAL), _every(name, end, "≤", Name(most)))
        case ["free"]:
            return context.declare(name, Family((None,), REAL))
        case ["free", "2"]:
            return context.declare(name, Family((None, None), REAL))
    raise ValueError(kind)


def _every(name: str, end: str, sign: Sign, bound: Term) -> ForEach:
    return ForEach("i", ONE, Name(end), Relation(Element(name, (Name("i"),)), sign, bound))


def defined(context: Context, name: str, parameters: tuple[str, ...], body: str) -> Context:
    """The context with one definition more, from LaTeX."""
    reading = read_term(body, context)
    assert not isinstance(reading, Problem), reading.show(body)
    return reading.context.define(name, parameters, reading.term)


def claim(text: str, context: Context) -> Claim:
    """The claim that the LaTeX says."""
    reading = read_statement(text, context)
    assert not isinstance(reading, Problem), reading.show(text)
    (relation,) = reading.relations
    return Claim(reading.context, relation)
