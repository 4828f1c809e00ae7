"""The declared context of a claim: what is given and what is defined beside it, whatever the order of the lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

from engine.meaning.context import Context, Declaration
from engine.meaning.given import read_given
from engine.meaning.sort import NATURAL, Family, MatrixOf, Sort, Vector
from engine.meaning.term import free_names
from engine.meaning.where import left_side, mentioned, read_where
from engine.reading import tree
from engine.reading.parser import read
from engine.reading.tree import Node
from engine.span import Problem


class _Line(NamedTuple):
    """One line, its number in its list, the name it defines, and the names it may mention."""

    kind: Literal["given", "where"]
    number: int
    text: str
    defines: str | None
    mentions: frozenset[str]


def read_context(given: Sequence[str], where: Sequence[str], macros: str = "") -> Context | Problem:
    """The context that the lines declare.

    A line is read after the definitions of the names that it mentions, so that ``\\hat\\lambda = 1/\\bar x`` may stand
    before ``\\bar x = \\ldots``. A Problem names its line: ``where 2: ...``. What a vector or a matrix is declared with
    as its size, and nothing else declares, is a natural number.

    >>> context = read_context([r"\\bar x > 0"], [r"\\bar x = \\frac1N\\sum_{i=1}^N x_i"])
    >>> [one.name for one in context.definitions], len(context.facts)
    (['\\\\bar{x}'], 1)
    """
    lines: list[_Line] = []
    for line in (*_lines("given", given, macros), *_lines("where", where, macros)):
        if isinstance(line, Problem):
            return line
        lines.append(line)
    context = _read_in_turn(lines, macros)
    return context if isinstance(context, Problem) else _with_sizes(context)


def _with_sizes(context: Context) -> Context:
    sizes = frozenset[str]().union(*(_sizes(one.sort) for one in context.declarations))
    unknown = sorted(size for size in sizes if not context.sort_of(size) and not context.definition_of(size))
    declared = tuple(Declaration(size, NATURAL) for size in unknown)
    return replace(context, declarations=(*declared, *context.declarations))


def _sizes(sort: Sort) -> frozenset[str]:
    match sort:
        case Vector(size):
            return free_names(size)
        case MatrixOf(rows, columns):
            return free_names(rows) | free_names(columns)
        case Family(_, element):
            return _sizes(element)
        case _:
            return frozenset()


def _lines(kind: Literal["given", "where"], texts: Sequence[str], macros: str) -> list[_Line | Problem]:
    return [_line(kind, number, text, macros) for number, text in enumerate(texts, 1)]


def _line(kind: Literal["given", "where"], number: int, text: str, macros: str) -> _Line | Problem:
    node = read(text, macros)
    if isinstance(node, Problem):
        return _placed(node, kind, number, text)
    defined = left_side(node) if kind == "where" else None
    return _Line(kind, number, text, defined.name if defined else None, mentioned(_beyond_names(node)))


def declared_names(given: Sequence[str], macros: str = "") -> frozenset[str]:
    """The names that memberships declare, as ``x`` and N in ``x_i \\in \\mathbb{R}`` and ``N \\in \\mathbb{N}``."""
    nodes = [node for text in given if not isinstance(node := read(text, macros), Problem)]
    return frozenset[str]().union(*(mentioned(node) - mentioned(_beyond_names(node)) for node in nodes))


def _beyond_names(node: Node) -> Node:
    """Of a membership, the set alone: the names before it are declared there, whether they are defined or not."""
    if isinstance(node, tree.Listing):
        node = node.items[-1]
    return node.items[1] if isinstance(node, tree.Relations) and node.signs == ("∈",) else node


def _placed(problem: Problem, kind: str, number: int, text: str) -> Problem:
    return Problem(f"{kind} {number}: {problem.message}", problem.span, problem.source or text)


def _read_in_turn(lines: list[_Line], macros: str) -> Context | Problem:
    context, waiting = Context(), lines
    while waiting:
        undefined = {line.defines for line in waiting if line.defines is not None}
        ready = next((line for line in waiting if not (line.mentions & undefined) - {line.defines}), None)
        if ready is None:
            circle = min((line for line in waiting if line.defines is not None), key=lambda line: line.number)
            return _placed(Problem("the definitions refer to each other in a circle"), "where", circle.number, "")
        found = (read_given if ready.kind == "given" else read_where)(ready.text, context, macros)
        if isinstance(found, Problem):
            return _placed(found, ready.kind, ready.number, ready.text)
        context = found
        waiting = [line for line in waiting if line is not ready]
    return context
