"""Integrals: everything up to the differential, wherever that stands.

``\\int t + y^2\\,dt`` reaches up to its ``dt``, over sums; ``\\int \\frac{dx}{x}`` finds it in the numerator;
``\\int dx\\, f(x)`` goes on after it where x is used there. An integral without a differential is refused: what it
reaches over would be a guess.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.reading import tree
from engine.reading.notation import ACCENTS, INTEGRALS, LETTERS, WORDS
from engine.reading.stream import Stream, Unreadable, shown
from engine.reading.token import Token
from engine.reading.tree import Node, spelling
from engine.span import Span

if TYPE_CHECKING:
    from engine.reading.parser import Reader

_Variable = tuple[Node, Node | None]


def differential(reader: Stream, at: int = 0, brackets: bool = False) -> int:
    """How many tokens the ``d`` of a differential takes at this place; 0 where there is none.

    ``brackets``: its variable may stand in brackets or braces, as below a fraction line: ``\\partial(\\sigma^2)``.
    """
    size = d_size(reader, at)
    if not size:
        return 0
    if reader.peek(at).text == r"\partial" and not brackets:
        return 0
    follower = reader.peek(at + size)
    if brackets and follower.text in ("{", "(") and follower.kind != "close":
        return size
    if follower.text == "^" and not brackets:
        return size if _named(reader.peek(at + size + _power_size(reader, at + size))) else 0
    return size if _named(follower) else 0


def d_size(reader: Stream, at: int) -> int:
    """The tokens of a ``d``, ``\\mathrm{d}``, ``\\mathrm d``, ``\\text{d}`` or ``\\partial`` at this place, or 0."""
    token = reader.peek(at)
    text = token.text
    if text == "d" or text == r"\partial":
        return 1
    if text in WORDS or text == r"\mathbf":
        if reader.peek(at + 1).text == "d":
            return 2
        if [reader.peek(at + k).text for k in (1, 2, 3)] == ["{", "d", "}"]:
            return 4
    return 0


def _power_size(reader: Stream, at: int) -> int:
    """The tokens of ``^n`` or ``^{n}`` at this place."""
    position = reader.position + at
    if reader.tokens[position + 1].text != "{":
        return 2
    end = reader.closing_brace(position + 1)
    return 2 if end is None else min(end + 1 - position, len(reader.tokens) - 1 - reader.position)


def _named(token: Token) -> bool:
    return token.kind == "letter" or token.text in LETTERS or token.text in ACCENTS or token.text in WORDS


def integral(reader: Reader) -> Node:
    command = reader.take()
    count = INTEGRALS[command.text]
    lower, upper = reader.bounds()
    reader.deeper(command)
    outer, reader.caught = reader.caught, []
    reader.integrals += 1
    body = None if differential(reader) else reader.sum()
    reader.integrals -= 1
    reader.depth -= 1
    variables, reader.caught = reader.caught, outer
    while differential(reader) and (len(variables) < count or not reader.integrals):
        variables.append(_variable(reader))
    if not variables:
        raise reader.fail(
            f"expected the differential of this integral, such as dx, found {shown(reader.peek())}", command
        )
    _check_variables(variables)
    if body is None:
        body = _after_differential(reader, variables)
    span = Span(command.start, reader.last().end)
    if command.text == r"\int" and len(variables) == 1 and variables[0][1] is None:
        return tree.Integral(variables[0][0], lower, upper, body, span)
    return tree.MultipleIntegral(command.text, tuple(variables), lower, upper, body, span)


def _variable(reader: Reader) -> _Variable:
    reader.position += differential(reader)
    dimension = None
    if reader.peek().text == "^":
        reader.take()
        dimension = reader.argument("the dimension")
    node = reader.scripts(reader.atom())
    after = reader.peek()
    if after.text == "(" and after.start == reader.last().end and after.kind != "close":
        raise reader.fail(
            "this can be an integral over a measure, such as dF(x), or a factor after the differential; put a space"
            " before the bracket, or write the density",
            after,
        )
    return node, dimension


def _check_variables(variables: list[_Variable]) -> None:
    names = [spelling(node) for node, _ in variables]
    for k, name in enumerate(names):
        if name is not None and name in names[:k]:
            raise Unreadable(f"d{name} stands here twice: d can be a factor or a differential", variables[k][0].span)


def _after_differential(reader: Reader, variables: list[_Variable]) -> Node | None:
    """``\\int dx\\, f(x)``: the product after the differential, where it contains the variable."""
    token = reader.peek()
    starts = token.kind in ("letter", "number", "open", "name") or token.text in LETTERS | ACCENTS.keys()
    if not starts and token.text not in ("(", "[", r"\frac", r"\sum", r"\int", r"\sqrt", "{"):
        return None
    if differential(reader):
        return None
    body = reader.operation()
    if _symbols(body) & {name for node, _ in variables for name in _symbols(node)}:
        return body
    raise Unreadable("this can be the integrand or a factor after the integral; write the differential last", body.span)


def _symbols(node: Node) -> set[str]:
    found: set[str] = set()
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, tree.Symbol):
            found.add(part.spelling)
        waiting.extend(tree.children(part))
    return found
