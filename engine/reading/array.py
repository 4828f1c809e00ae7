"""Matrices, arrays and cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.reading import tree
from engine.reading.notation import CASES, MATRICES
from engine.reading.stream import Unreadable
from engine.reading.token import Token
from engine.reading.tree import Node
from engine.span import Span

if TYPE_CHECKING:
    from engine.reading.parser import Reader


def environment(reader: Reader) -> Node:
    begin = reader.take()
    name = _name(reader)
    if name not in MATRICES and name not in CASES:
        raise reader.fail(f"the environment {name!r} is not known here", begin)
    if name == "array":
        _skip_columns(reader)
    cell = reader.contents if name in CASES or name == "array" else reader.relations
    table = reader.inside(begin, lambda: _table(reader, begin, cell, name))
    reader.expect(r"\end", rf"\end{{{name}}}")
    if _name(reader) != name:
        raise reader.fail(f"expected \\end{{{name}}}", reader.last())
    span = Span(begin.start, reader.last().end)
    assert isinstance(table, tree.Matrix)
    return from_array(table, span) if name in CASES else tree.Matrix(name, table.rows, span)


def _name(reader: Reader) -> str:
    reader.expect("{", "the name of the environment in braces")
    name = ""
    while reader.peek().kind == "letter" or reader.peek().text == "*":
        name += reader.take().text
    reader.expect("}", "'}' after the name of the environment")
    return name


def _skip_columns(reader: Reader) -> None:
    """``[t]{c|c}`` after ``\\begin{array}``."""
    if reader.peek().text == "[" and reader.peek(2).text == "]":
        reader.position += 3
    opening = reader.peek()
    end = reader.closing_brace(reader.position) if opening.text == "{" else None
    if end is None:
        raise reader.fail("expected the columns of the array in braces, such as {cc}", opening)
    reader.position = end + 1


def _table(reader: Reader, begin: Token, cell: Callable[[], Node], name: str) -> tree.Matrix:
    rows: list[tuple[Node, ...]] = []
    while reader.peek().text != r"\end":
        rows.append(_row(reader, cell))
        if reader.peek().text != "\\\\":
            break
        reader.take()
    if not rows:
        raise reader.fail("expected the entries of the matrix", begin)
    if name not in CASES and any(len(row) != len(rows[0]) for row in rows):
        raise reader.fail("the rows of this matrix have different lengths", begin)
    return tree.Matrix(name, tuple(rows), Span(begin.start, reader.last().end))


def _row(reader: Reader, cell: Callable[[], Node]) -> tuple[Node, ...]:
    cells = [_cell(reader, cell)]
    while reader.peek().text == "&":
        reader.take()
        cells.append(_cell(reader, cell))
    return tuple(cells)


def _cell(reader: Reader, cell: Callable[[], Node]) -> Node:
    first = reader.peek()
    if first.text in ("&", "\\\\", r"\end"):
        return tree.Blank(Span(first.start, first.start))
    node = cell()
    while reader.peek().text in (",", ";", "."):  # typed by people who think of lists
        reader.take()
    return node


def from_array(table: tree.Matrix | tree.Cases, span: Span) -> tree.Cases:
    """The rows of ``cases``, or of an array behind a brace: a value, and a condition where there is one."""
    if isinstance(table, tree.Cases):
        return table
    rows: list[tuple[Node, Node | None]] = []
    for row in table.rows:
        if len(row) > 2 or isinstance(row[0], tree.Blank):
            raise Unreadable("expected a value and its condition in this row", row[-1].span)
        condition = row[1] if len(row) == 2 and not isinstance(row[1], tree.Blank) else None
        rows.append(_parted(row[0], condition))
    return tree.Cases(tuple(rows), span)


def _parted(value: Node, condition: Node | None) -> tuple[Node, Node | None]:
    """``0, \\text{ otherwise}`` in one cell is a value and a condition."""
    if condition is None and isinstance(value, tree.Clauses) and len(value.items) == 2 and not value.words[0]:
        second = value.items[1]
        if isinstance(second, tree.Words):
            return value.items[0], second
        return value.items[0], tree.Clauses((second,), value.words[1:], second.span)
    return value, condition


def stack(reader: Reader) -> Node:
    """``\\substack{i < n \\\\ i \\ne j}``: a list."""
    reader.take()
    opening = reader.expect("{", "'{' after \\substack")
    return reader.enclosed(opening, "}", lambda: _stacked(reader))


def _stacked(reader: Reader) -> Node:
    items = [reader.contents()]
    while reader.peek().text == "\\\\":
        reader.take()
        if reader.peek().text != "}":
            items.append(reader.contents())
    if len(items) == 1:
        return items[0]
    return tree.Listing(tuple(items), (",",) * (len(items) - 1), Span(items[0].span.start, items[-1].span.end))
