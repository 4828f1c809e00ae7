"""The declarations of the labelled steps, in their words, as a context: ``real > 0``, ``integer >= 2``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from engine.meaning.context import Context
from engine.meaning.elaborate import canonical, read_statement, read_term
from engine.meaning.given import read_given
from engine.meaning.sort import Family, IndexRange, Integer, MatrixOf, Real, Sort, Vector
from engine.meaning.statement import ForEach, Relation, Statement
from engine.meaning.term import ZERO, Element, Name, Term
from engine.span import Problem

_INDICES = ("i", "j", "k")


class Unspoken(Exception):
    """A declaration in words that a context cannot hold."""


def context_of(declared: Mapping[str, str], assumptions: Sequence[str]) -> Context:
    """What the row declares and assumes; raises :class:`Unspoken` where that cannot be said."""
    context = Context()
    for name, words in declared.items():
        if not words.startswith("defined as"):
            context = _declared(context, name, words)
    for name, words in declared.items():
        if words.startswith("defined as"):
            body = term(words.removeprefix("defined as ").strip("$"), context)
            context = context.define(canonical(name), (), body)
    for words in assumptions:
        context = _assumed(context, words)
    return context


def _declared(context: Context, written: str, words: str) -> Context:
    kind, _, indexed = words.partition(", indexed ")
    name = canonical(re.sub(r"_(\{[ij]+\}|[ij])$", "", written)) if indexed else canonical(written)
    matrix = re.fullmatch(r"(real matrix|symmetric positive definite) (\S+) x (\S+)", kind)
    vector = re.fullmatch(r"column vector in R\^(\S+)", kind)
    if matrix and matrix[1] == "real matrix":
        return context.declare(name, MatrixOf(term(matrix[2], context), term(matrix[3], context)))
    if matrix:
        declared = context.declare(name, MatrixOf(term(matrix[2], context), term(matrix[3], context)))
        return _given(_given(declared, rf"{written} = {written}^\top"), rf"{written} \succ 0")
    if vector:
        return context.declare(name, Vector(term(vector[1], context)))
    sort, positive = _scalar(kind)
    return _scalars(context, name, sort, positive, indexed)


def _scalar(kind: str) -> tuple[Real | Integer, bool]:
    if kind in ("real", "real > 0"):
        return Real(), kind.endswith("> 0")
    least = re.fullmatch(r"integer >= (\d+)", kind)
    if least is None:
        raise Unspoken(kind)
    return Integer(int(least[1])), False


def _scalars(context: Context, name: str, sort: Real | Integer, positive: bool, indexed: str) -> Context:
    ranges = tuple(IndexRange(*(term(end, context) for end in one.split(".."))) for one in _ranges(indexed))
    whole: Sort = Family(ranges, sort) if ranges else sort
    facts: tuple[Statement, ...] = ()
    if positive and not ranges:
        facts = (Relation(Name(name), ">", ZERO),)
    elif positive and len(ranges) == 1:
        inside = Relation(Element(name, (Name("i"),)), ">", ZERO)
        facts = (ForEach("i", ranges[0].lower, ranges[0].upper, inside),)
    elif positive:
        raise Unspoken("positive, with two indices")
    return context.declare(name, whole, *facts)


def _ranges(indexed: str) -> list[str]:
    return indexed.split(" x ") if indexed else []


def _given(context: Context, text: str) -> Context:
    found = read_given(text, context)
    if isinstance(found, Problem):
        raise Unspoken(found.message)
    return found


def _assumed(context: Context, words: str) -> Context:
    if words == "X has full column rank":
        return _given(context, r"\det(X^\top X) \ne 0")
    if words == "x_i not all equal":
        return _given(context, r"\sum_{i=1}^n (x_i - x_1)^2 > 0")
    if words == "i is a fixed group index":
        return _given(context, r"i \le 2")
    chain = read_statement(words, context)
    if isinstance(chain, Problem):
        raise Unspoken(words)
    return context.assume(*chain.relations)


def term(text: str, context: Context) -> Term:
    reading = read_term(text, context)
    if isinstance(reading, Problem):
        raise Unspoken(reading.message)
    return reading.term
