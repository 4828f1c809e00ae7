r"""Properties of matrices that are assumed: ``A \succ 0``, ``A \text{ symmetric}``, ``X \text{ has full column rank}``.

A definite matrix is symmetric. X has full column rank exactly when X^T X is invertible, and full row rank when X X^T
is. Each matrix must be declared, and square where the property asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from engine.meaning.context import Context
from engine.meaning.elaborate import read_term
from engine.meaning.sort import MatrixOf
from engine.meaning.statement import Definite, Invertible, Relation, Statement
from engine.meaning.term import Apply, Multiply, Name, Term, Transpose
from engine.reading import tree
from engine.reading.tree import Node
from engine.span import Problem

_ORDERS: Final[dict[str, Callable[[Term], Statement]]] = {"≻": Definite, "⪰": lambda a: Definite(a, strict=False)}


def _symmetric(a: Term) -> Statement:
    return Relation(a, "=", Transpose(a))


def _columns_free(x: Term) -> Statement:
    return Invertible(Multiply((Transpose(x), x)))


def _rows_free(x: Term) -> Statement:
    return Invertible(Multiply((x, Transpose(x))))


_WORDS: Final[dict[str, Callable[[Term], Statement]]] = {
    "symmetric": _symmetric,
    "invertible": Invertible,
    "nonsingular": Invertible,
    "regular": Invertible,
    "positive definite": Definite,
    "symmetric positive definite": Definite,
    "positive semidefinite": _ORDERS["⪰"],
    "symmetric positive semidefinite": _ORDERS["⪰"],
    "full column rank": _columns_free,
    "full row rank": _rows_free,
}
_RANKS: Final = (_columns_free, _rows_free)
_FILLING: Final = re.compile(r"\b(is|are|be|has|have|a|of|matrix|matrices|with)\b|[.]")


def assumed_properties(node: Node, context: Context, text: str, macros: str) -> tuple[Statement, ...] | Problem | None:
    """The facts that ``node`` assumes of declared matrices; ``None`` where it says something else."""
    found = _of_words(node) or _of_order(node)
    if found is None:
        return None
    facts: list[Statement] = []
    for part in found[0]:
        reading = read_term(text[part.span.start : part.span.end], context, macros)
        if isinstance(reading, Problem):
            return Problem(reading.message, part.span, text)
        for property_ in found[1]:
            if not _fits(property_, reading.term, context):
                return Problem(
                    "declare this as a square matrix first, such as A \\in \\mathbb{R}^{n \\times n}", part.span, text
                )
            facts.append(property_(reading.term))
    return tuple(facts)


def _of_words(node: Node) -> tuple[tuple[Node, ...], tuple[Callable[[Term], Statement], ...]] | None:
    match node:
        case tree.Clauses((subject, tree.Words(text)), ("", "")):
            words = " ".join(_FILLING.sub(" ", text.replace("non-", "non").replace("semi-", "semi")).split())
            phrases = [" ".join(part.split()) for part in re.split(r",|\band\b", words)]
            known = [_WORDS[phrase] for phrase in phrases if phrase in _WORDS]
            return (_listed(subject), tuple(known)) if known and len(known) == len(phrases) else None
        case _:
            return None


def _of_order(node: Node) -> tuple[tuple[Node, ...], tuple[Callable[[Term], Statement], ...]] | None:
    before: tuple[Node, ...] = ()
    if isinstance(node, tree.Listing) and set(node.separators) == {","}:
        *first, node = node.items
        before = tuple(first)
    match node:
        case tree.Relations((subject, tree.Number("0")), (sign,)) if sign in _ORDERS:
            return (*before, subject), (_ORDERS[sign],)
        case tree.Relations((subject, tree.Symbol(zero)), (sign,)) if sign in _ORDERS and zero == r"\mathbf{0}":
            return (*before, subject), (_ORDERS[sign],)
        case _:
            return None


def _listed(node: Node) -> tuple[Node, ...]:
    return node.items if isinstance(node, tree.Listing) else (node,)


def _fits(property_: Callable[[Term], Statement], term: Term, context: Context) -> bool:
    sort = context.sort_of(term.name) if isinstance(term, Name) else None
    if isinstance(term, Name):
        return isinstance(sort, MatrixOf) and (property_ in _RANKS or sort.rows == sort.columns)
    return property_ not in _RANKS


def rank_as_inverse(fact: Relation, context: Context) -> Statement:
    """``rank X = d`` for a matrix with d columns or d rows says that it has full rank."""
    match fact:
        case Relation(Apply("rank", (Name(name) as x,)), "=", size):
            sort = context.sort_of(name)
            if isinstance(sort, MatrixOf) and size in (sort.columns, sort.rows):
                return _columns_free(x) if size == sort.columns else _rows_free(x)
    return fact
