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
    """``||`` is one sign, or two; ``{\\Bigr|}_`` loses its braces; ``\\left.\\right|_`` is a bare bar."""
    two = _of_two_values(tokens)
    result: list[Token] = []
    for position, token in enumerate(tokens):
        last = result[-1] if result else None
        if last is not None and position - 1 not in two and _touch(last, token):
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


def _touch(one: Token, other: Token) -> bool:
    return _is_bar(one) and _is_bar(other) and one.start <= other.start <= one.end


def _of_two_values(tokens: list[Token]) -> frozenset[int]:
    """Where ``||`` is the end of one absolute value and belongs to another: ``|x||y|``, ``|x - |y||``, ``||x| - 1|``.

    So it is after an operand where a bar is open, and before one that a single bar ends.
    """
    found: set[int] = set()
    if not any(_touch(token, tokens[place + 1]) for place, token in enumerate(tokens) if token.text == "|"):
        return frozenset()
    after = _bars_after(tokens)
    open_bars = [0]
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if _is_bar(token):
            pair = position + 1 < len(tokens) and _touch(token, tokens[position + 1])
            operand = position > 0 and _is_operand(tokens[position - 1])
            if not pair:
                open_bars[-1] += -1 if operand and open_bars[-1] else 1
            elif operand and open_bars[-1]:
                found.add(position)
                open_bars[-1] -= 0 if _begins(tokens[position + 2]) else min(2, open_bars[-1])
            elif not operand and _ended_by_one(tokens, after[position + 1]):
                found.add(position)
                open_bars[-1] += 2
            position += int(pair)
        elif _opens(token):
            open_bars.append(0)
        elif _closes(token) and len(open_bars) > 1:
            open_bars.pop()
        elif token.text in _BREAKS:
            open_bars[-1] = 0
        position += 1
    return frozenset(found)


def _is_operand(token: Token) -> bool:
    return token.kind != "open" and token.text not in _NO_OPERAND and token.text not in _BARS


def _begins(token: Token) -> bool:
    """Whether an operand begins here: no sign, no closing bracket, not the end."""
    return _is_operand(token) and token.kind not in ("close", "end") and token.text not in CLOSING


def _opens(token: Token) -> bool:
    return token.kind == "open" or token.text == "{" or (token.text in CLOSERS and token.text not in _BARS)


def _closes(token: Token) -> bool:
    return token.kind == "close" or token.text in CLOSING


def _bars_after(tokens: list[Token]) -> list[int]:
    """For each token the next bar to the right of it inside the same brackets, or 0; in one pass from the right."""
    after = [0] * len(tokens)
    level = [0]
    for position in range(len(tokens) - 1, -1, -1):
        token = tokens[position]
        after[position] = level[-1]
        if _is_bar(token):
            level[-1] = position
        elif _closes(token):
            level.append(0)
        elif _opens(token):
            level[-1:] = [] if len(level) > 1 else [0]
    return after


def _ended_by_one(tokens: list[Token], bar: int) -> bool:
    """Whether the bar there is a single one behind an operand; 0 is none."""
    return bar > 0 and _is_operand(tokens[bar - 1]) and not _touch(tokens[bar], tokens[bar + 1])


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
