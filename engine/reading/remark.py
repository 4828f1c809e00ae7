"""Remarks above and below: ``\\underbrace{..}_{..}``, ``\\overset{..}{..}``, ``\\underset{x}{\\min}``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.reading import tree
from engine.reading.stream import Unreadable
from engine.reading.token import Token
from engine.reading.tree import Node
from engine.span import Span

if TYPE_CHECKING:
    from engine.reading.parser import Reader

_SPACED: Final = frozenset(("letter", "number", "name", "word"))


def brace(reader: Reader) -> Node:
    """``\\underbrace{body}_{remark}``; the remark is kept as text and not read."""
    command = reader.take()
    reader.deeper(command)
    body = reader.argument("what the brace spans")
    reader.depth -= 1
    remarks = {"_": "", "^": ""}
    while (mark := reader.peek()).text in remarks and (mark.text == "_") == ("under" in command.text):
        if remarks[mark.text]:
            raise reader.fail(f"a second {mark.text!r}; use braces", mark)
        reader.take()
        remarks[mark.text] = _text_of_argument(reader)
    return tree.Note(body, remarks["^"], remarks["_"], Span(command.start, reader.last().end))


def _text_of_argument(reader: Reader) -> str:
    start = reader.position
    token = reader.peek()
    if token.kind == "end":
        raise reader.fail("expected a remark", token)
    end = reader.closing_brace(start) if token.text == "{" else None
    if token.text == "{" and end is None:
        raise reader.fail("expected '}' to close this bracket, found the end", token)
    reader.position = start + 1 if end is None else end + 1
    if end is None and token.kind == "command" and reader.peek().text == "{":  # _\mathrm{..}
        end = reader.closing_brace(start + 1)
        reader.position = start + 1 if end is None else end + 1
        return text_of(reader.tokens[start : reader.position])
    return token.text if end is None else text_of(reader.tokens[start + 1 : end])


def text_of(tokens: list[Token]) -> str:
    """Tokens as text, with spaces where they need them."""
    result = ""
    for last, token in zip([None, *tokens], tokens, strict=False):
        near = last is not None and token.start <= last.end and last.kind in ("letter", "number")
        spaced = last is not None and not near and token.kind in _SPACED and last.kind in (*_SPACED, "command")
        result += " " + token.text if spaced else token.text
    return result


def under(reader: Reader) -> Node:
    """``\\underset{x}{\\min}`` is ``\\min_x``; ``\\underset{n \\times 1}{y}`` is y with a remark."""
    command = reader.take()
    start = reader.position
    below = _readable_argument(reader)
    remark = text_of(_inside(reader.tokens[start : reader.position]))
    base = _base(reader, command)
    span = Span(command.start, reader.last().end)
    name = base.base if isinstance(base, tree.Script) else base
    if below is not None and isinstance(name, tree.Symbol) and _is_operator(name.spelling):
        if isinstance(base, tree.Script) and base.subscript is not None:
            raise Unreadable("a second subscript", span)
        return tree.Script(name, below, 0, base.superscript if isinstance(base, tree.Script) else None, span)
    return tree.Note(base, "", remark, span)


def _readable_argument(reader: Reader) -> Node | None:
    """What stands below, as a formula where it can be read as one; ``None`` where it is a mere remark."""
    position = reader.position
    end = reader.closing_brace(position) if reader.peek().text == "{" else position
    if end is None:
        raise reader.fail("expected '}' to close this bracket, found the end", reader.peek())
    state = reader.depth, reader.integrals, reader.caught
    try:
        return reader.argument("what stands below")
    except Unreadable:
        reader.depth, reader.integrals, reader.caught = state
        reader.position = end + 1
        return None


def _inside(tokens: list[Token]) -> list[Token]:
    return tokens[1:-1] if tokens and tokens[0].text == "{" else tokens


def _is_operator(spelling: str) -> bool:
    return spelling.startswith((r"\operatorname", r"\mathrm", r"\mathbb", r"\max", r"\min", r"\sup", r"\inf", r"\lim"))


def _base(reader: Reader, command: Token) -> Node:
    reader.deeper(command)
    base = reader.argument(f"what {command.text} stands at")
    reader.depth -= 1
    return base


def over(reader: Reader) -> Node:
    """``\\overset{remark}{body}``, where the body is no relation (those are read with the relations)."""
    command = reader.take()
    remark = _text_of_argument(reader)
    base = _base(reader, command)
    return tree.Note(base, remark, "", Span(command.start, reader.last().end))
