"""Bars: which of them open an absolute value or norm, close one, evaluate, or stand between ("given").

One pass over the tokens, with these rules. Bars are looked at between two commas, relations or brackets. A bar closes
where one is open and something stands between; it opens where nothing stands before it; before ``_`` or ``^`` it
evaluates; else it stands between two sides where the number of bars that are left is odd, and opens an absolute
value that multiplies (``2|x|``) where it is even.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Final

from engine.reading.notation import (
    CLOSERS,
    CLOSING,
    LETTERS,
    LOGIC,
    OPERATIONS,
    PRODUCT_SIGNS,
    RELATIONS,
    SEPARATORS,
    SUM_SIGNS,
)
from engine.reading.token import Kind, Token

_TEXT: Final = attrgetter("text")
_BARS: Final = frozenset(("|", r"\|"))
_BARS_AND_GAPS: Final = _BARS | {"."}  # a gap: the \left. of a bracket with one side
_BREAKS: Final = frozenset((*RELATIONS, *LOGIC, ",", ";", r"\mid", r"\parallel", r"\given", "&", "\\\\"))
_NO_OPERAND: Final = (
    frozenset(
        (*_BREAKS, *SEPARATORS, *SUM_SIGNS, *PRODUCT_SIGNS, *OPERATIONS, *CLOSERS, "{", "_", "^", r"\not", ".", "~")
    )
    - _BARS
    - LETTERS
)


class _Level:
    """The bars of one pair of brackets since the last comma or relation; ``opener`` is the token that opened it."""

    __slots__ = ("opener", "position", "bars", "broken")

    def __init__(self, opener: str, position: int = -1) -> None:
        self.opener = opener
        self.position = position
        self.broken = 0
        self.bars: list[int] = []


def with_sides(tokens: list[Token]) -> list[Token]:
    """``tokens`` with every bar told apart: an ``open``, a ``close``, a ``bar``, or ``\\mid`` and ``\\parallel``."""
    if _BARS_AND_GAPS.isdisjoint(map(_TEXT, tokens)):
        return tokens
    tokens = _joined(tokens)
    dropped: set[int] = set()
    levels = [_Level("")]
    for position, token in enumerate(tokens):
        text, kind = token.text, token.kind
        if text == "." and _broken(tokens, position, levels):
            dropped.add(position)
        elif kind == "open" or (kind == "symbol" and text not in _BARS and (text in CLOSERS or text == "{")):
            levels.append(_Level(text if kind == "open" else "", position))
        elif kind == "close" and text in _BARS and levels[-1].opener not in (text, "."):
            tokens[position] = _unpaired(tokens, position)
        elif kind == "close" and text == "|" and levels[-1].opener == "." and tokens[position + 1].text not in "_^":
            _decide(tokens, levels[-1])
            dropped.add(levels.pop().position)  # \left. y \right| x: a bar between, as high as its left side
            tokens[position] = _unpaired(tokens, position)
        elif kind == "close" or text in CLOSING:
            _decide(tokens, levels[-1])
            if len(levels) > 1:
                levels.pop()
        elif kind == "symbol" and text in _BARS:
            levels[-1].bars.append(position)
        elif text in _BREAKS or kind == "word":
            _decide(tokens, levels[-1])
    for level in levels:
        _decide(tokens, level)
    return [token for position, token in enumerate(tokens) if position not in dropped] if dropped else tokens


def _broken(tokens: list[Token], position: int, levels: list[_Level]) -> bool:
    """``\\left( a \\right. + \\left. b \\right)``: a bracket over two rows, whose middle ends mean nothing."""
    if tokens[position].kind == "close" and levels[-1].opener in ("(", "["):
        levels[-1].broken += 1
        return True
    if tokens[position].kind == "open" and levels[-1].broken:
        levels[-1].broken -= 1
        return True
    return False


def _joined(tokens: list[Token]) -> list[Token]:
    """``||`` is one sign; ``{\\Bigr|}_`` loses its braces; ``\\left.\\right|_`` is a bare bar."""
    result: list[Token] = []
    for token in tokens:
        last = result[-1] if result else None
        if last is not None and _is_bar(token) and _is_bar(last) and last.start <= token.start <= last.end:
            result[-1] = Token("symbol", r"\|", last.start, token.end)
            continue
        if last is not None and token.text == "}" and last.text == "|" and len(result) > 1 and result[-2].text == "{":
            result[-2:] = [Token("close", "|", result[-2].start, token.end)]
            continue
        if last is not None and (last.kind, last.text, token.kind, token.text) == ("open", ".", "close", "|"):
            result[-1] = Token("bar", "|", last.start, token.end)
            continue
        result.append(token)
    return result


def _is_bar(token: Token) -> bool:
    return token.kind == "symbol" and token.text == "|"


def _unpaired(tokens: list[Token], position: int) -> Token:
    """``\\Bigr|`` without a partner: it evaluates or stands between."""
    token = tokens[position]
    if tokens[position + 1].text in ("_", "^"):
        return _as("bar", token)
    return _between(token)


def _as(kind: Kind, token: Token) -> Token:
    return Token(kind, token.text, token.start, token.end)


def _between(token: Token) -> Token:
    return Token("symbol", r"\mid" if token.text == "|" else r"\parallel", token.start, token.end)


def _decide(tokens: list[Token], level: _Level) -> None:
    bars, level.bars = level.bars, []
    if not bars:
        return
    left = {kind: sum(tokens[bar].text == kind for bar in bars) for kind in _BARS}
    pending: list[str] = []
    closed = -1  # the position of the last bar that closed something: an operand stands before what follows it
    for bar in bars:
        token = tokens[bar]
        before = tokens[bar - 1] if bar else None
        after_bar = before is not None and before.text in _BARS and bar - 1 != closed
        script = before is not None and before.text in ("*", "+", "-") and tokens[bar - 2].text in ("_", "^")
        plain = before is not None and before.kind != "open" and before.text not in _NO_OPERAND
        operand = (plain or script) and not after_bar
        left[token.text] -= 1
        if operand and token.text in pending:
            while pending.pop() != token.text:
                pass
            closed, tokens[bar] = bar, _as("close", token)
        elif operand and not pending and tokens[bar + 1].text in ("_", "^"):
            tokens[bar] = _as("bar", token)
        elif operand and left[token.text] % 2 == 0:
            tokens[bar] = _between(token)
        else:
            pending.append(token.text)
            tokens[bar] = _as("open", token)
