"""The declared context of a claim: what is given and what is defined beside it, whatever the order of the lines.

An equation that is given for a name of which nothing else is known, as ``\\bar x = \\frac1N\\sum_{i=1}^N x_i``, is a
definition, wherever it stands: who writes ``y = x^2`` beside ``\\frac{dy}{dx} = 2x`` does not mean a y that is
independent of x. Other equations are assumed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Literal, NamedTuple

from engine.meaning.context import Context, Declaration
from engine.meaning.ends import counting
from engine.meaning.given import read_given
from engine.meaning.membership import mapping
from engine.meaning.sort import NATURAL, Family, Function, MatrixOf, Real, Sort, Vector
from engine.meaning.term import free_names
from engine.meaning.where import given_definition, left_side, mentioned, read_where
from engine.reading import tree
from engine.reading.parser import read
from engine.reading.tree import Node
from engine.span import Problem

_COUNTS: Final = (r"\sum", r"\prod", "!", "binom")


class _Line(NamedTuple):
    """One line, its number in its list, the name it defines, the names it declares, and those it may mention."""

    kind: Literal["given", "where"]
    number: int
    text: str
    defines: str | None
    declares: frozenset[str]
    mentions: frozenset[str]


def read_context(
    given: Sequence[str], where: Sequence[str], macros: str = "", claims: Sequence[str] = ()
) -> Context | Problem:
    """The context that the lines declare.

    A line is read after the definitions of the names that it mentions, so that ``\\hat\\lambda = 1/\\bar x`` may stand
    before ``\\bar x = \\ldots``. A Problem names its line: ``where 2: ...``. What a vector or a matrix is declared with
    as its size, and what ends a sum, also in the ``claims``, is a natural number where no membership says otherwise.

    >>> context = read_context([r"\\bar x > 0"], [r"\\bar x = \\frac1N\\sum_{i=1}^N x_i"])
    >>> [one.name for one in context.definitions], len(context.facts)
    (['\\\\bar{x}'], 1)
    """
    lines: list[_Line] = []
    for line in (*_lines("given", given, macros), *_lines("where", where, macros)):
        if isinstance(line, Problem):
            return line
        lines.append(line)
    context = _read_in_turn(_defined_once(lines), macros)
    if isinstance(context, Problem):
        return context
    sizes = frozenset[str]().union(*(_sizes(one.sort) for one in context.declarations))
    typed = frozenset[str]().union(*(line.declares for line in lines))
    if any(isinstance(one.sort, Real | Family) and one.name not in typed for one in context.declarations):
        with_counts = (text for text in (*given, *where, *claims) if macros or any(sign in text for sign in _COUNTS))
        nodes = (node for text in with_counts if not isinstance(node := read(text, macros), Problem))
        context = counting(context, nodes, typed, sizes)
    return _with_sizes(context, sizes)


def _with_sizes(context: Context, sizes: frozenset[str]) -> Context:
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
    defined = left_side(node) if kind == "where" else given_definition(node)
    beyond = mentioned(_beyond_names(node))
    return _Line(kind, number, text, defined.name if defined else None, mentioned(node) - beyond, beyond)


def _defined_once(lines: list[_Line]) -> list[_Line]:
    """The lines, where what is given for a name that another line defines is assumed."""
    times = Counter(line.defines for line in lines)
    return [line._replace(defines=None) if line.kind == "given" and times[line.defines] > 1 else line for line in lines]


def declared_names(given: Sequence[str], macros: str = "") -> frozenset[str]:
    """The names that memberships declare, as ``x`` and N in ``x_i \\in \\mathbb{R}`` and ``N \\in \\mathbb{N}``.

    ``f: \\mathbb{R} \\to \\mathbb{R}`` says no more of f than its use does.
    """
    read_lines = [node for text in given if not isinstance(node := read(text, macros), Problem)]
    nodes = [node for node in read_lines if mapping(node) is None]
    return frozenset[str]().union(*(mentioned(node) - mentioned(_beyond_names(node)) for node in nodes))


def functions_given(given: Sequence[str], macros: str = "") -> frozenset[str]:
    """The functions that the lines define, as f in ``f(x) = x^2``: for the x of which something else may be given."""
    nodes = [node for text in given if not isinstance(node := read(text, macros), Problem)]
    found = (given_definition(node) for node in nodes)
    return frozenset(one.name for one in found if one is not None and one.parameters and not one.is_family)


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
        able = [line for line in waiting if _is_ready(line, waiting)]
        ready = next((line for line in able if not _speaks_too_early(line, waiting)), able[0] if able else None)
        if ready is None:
            circle = min((line for line in waiting if line.defines is not None), key=lambda line: line.number)
            given = [line for line in waiting if line.defines is not None and line.kind == "given"]
            if not given:
                return _placed(Problem("the definitions refer to each other in a circle"), "where", circle.number, "")
            waiting = [line._replace(defines=None) if line is given[-1] else line for line in waiting]
            continue
        found = _read(ready, context, macros)
        if isinstance(found, Problem):
            return _placed(found, ready.kind, ready.number, ready.text)
        context = found
        waiting = [line for line in waiting if line is not ready]
    return context


def _is_ready(line: _Line, waiting: list[_Line]) -> bool:
    """Whether what the line mentions is defined; where something given may be a definition, declared as well."""
    others = [other for other in waiting if other is not line]
    if line.kind == "given" and line.defines is not None and any(line.mentions & other.declares for other in others):
        return False
    return not (line.mentions - {line.defines}) & {other.defines for other in others}


def _speaks_too_early(line: _Line, waiting: list[_Line]) -> bool:
    """Whether another line declares what this one speaks of: ``A \\succ 0`` before ``A \\in ...``."""
    return any((line.mentions - line.declares) & other.declares for other in waiting if other is not line)


def _read(line: _Line, context: Context, macros: str) -> Context | Problem:
    """What is given defines a name only where that can be read, and where the name is no more than a real number."""
    if line.kind == "where":
        return read_where(line.text, context, macros)
    if line.defines is not None and isinstance(context.sort_of(line.defines), Real | Function | None):
        found = read_where(line.text, context, macros)
        if isinstance(found, Context):
            return found
    return read_given(line.text, context, macros)
