"""Sums and products over ``i < j``, ``i \\ne j`` and chains of these, as plain ones where the range is known.

A range is known where it is written (``1 \\le i < j \\le N``, or above the sign), declared for the families that the
sign runs through, or that of the sign around whose index stands in the condition. ``i \\ne j`` leaves the equal pairs
out rather than taking them away, since the body need not be defined there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from engine.meaning.sort import IndexRange
from engine.meaning.term import ONE, Add, Multiply, Name, Negate, Number, Product, Sum, Term

Kind = Literal["sum", "prod"]


def big(kind: Kind, index: str, lower: Term, upper: Term, body: Term) -> Term:
    return Sum(index, lower, upper, body) if kind == "sum" else Product(index, lower, upper, body)


def chained(kind: Kind, names: Sequence[str], signs: Sequence[str], span: IndexRange, body: Term) -> Term:
    """``lower <= n_1 < n_2 <= n_3 ... <= upper``; the last name runs outermost, each other up to the next one.

    >>> from engine.meaning.latex import term_latex
    >>> term_latex(chained("sum", ["i", "j"], ["<"], IndexRange(ONE, Name("N")), Name("a")))
    '\\\\sum_{j=1}^{N} \\\\sum_{i=1}^{j - 1} a'
    """
    *inner, last = names
    for name, above, sign in zip(inner, names[1:], signs, strict=True):
        body = big(kind, name, span.lower, shifted(Name(above), -1 if sign == "<" else 0), body)
    return big(kind, last, span.lower, span.upper, body)


def against(kind: Kind, index: str, sign: str, other: Term, span: IndexRange, body: Term) -> Term:
    """The index on one side of ``other``, which lies in the range, or on both sides of it.

    >>> from engine.meaning.latex import term_latex
    >>> term_latex(against("sum", "j", "≠", Name("i"), IndexRange(ONE, Name("N")), Name("a")))
    '\\\\left(\\\\sum_{j=1}^{i - 1} a\\\\right) + \\\\sum_{j=i + 1}^{N} a'
    """
    match sign:
        case "<" | "≤":
            return big(kind, index, span.lower, shifted(other, -1 if sign == "<" else 0), body)
        case ">" | "≥":
            return big(kind, index, shifted(other, 1 if sign == ">" else 0), span.upper, body)
        case _:
            parts = against(kind, index, "<", other, span, body), against(kind, index, ">", other, span, body)
            return Add(parts) if kind == "sum" else Multiply(parts)


def shifted(term: Term, step: int) -> Term:
    """``term + step``, a literal where the term is one.

    >>> shifted(ONE, 1)
    Number(value=Fraction(2, 1), places=0)
    """
    if isinstance(term, Number) and term.value + step >= 0:
        return Number(term.value + step)
    if not step:
        return term
    return Add((term, ONE)) if step > 0 else Add((term, Negate(ONE)))
