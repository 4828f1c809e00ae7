"""The tokens of a formula under the reader's finger, and how it stops."""

from __future__ import annotations

from typing import Final

from engine.reading.token import Token
from engine.span import Span

# Brackets, scripts, bodies and bounds inside each other. Each level costs up to 16 Python frames, of which there are
# 1000, the caller's among them. The deepest of 20,500 steps from published derivations needs 8 levels.
DEEPEST: Final = 36


class Unreadable(Exception):
    """Carries the Problem from the place where reading stopped to ``read``; it never leaves ``engine.reading``."""

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.message = message
        self.span = span


def place(token: Token) -> Span:
    return Span(token.start, token.end)


def shown(token: Token) -> str:
    return "the end" if token.kind == "end" else repr(token.text).replace("\\\\", "\\")


class Stream:
    """The tokens, the position, and how deeply constructs stand inside each other.

    Four more ``end`` tokens follow the last one, so that looking ahead needs no check.
    """

    __slots__ = ("tokens", "position", "depth", "_braces")

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens + [tokens[-1]] * 4
        self.position = 0
        self.depth = 0
        self._braces: dict[int, int] | None = None

    def peek(self, ahead: int = 0) -> Token:
        return self.tokens[self.position + ahead]

    def take(self) -> Token:
        token = self.tokens[self.position]
        if token.kind != "end":
            self.position += 1
        return token

    def last(self) -> Token:
        return self.tokens[self.position - 1]

    def fail(self, message: str, token: Token) -> Unreadable:
        return Unreadable(message, place(token))

    def expect(self, text: str, what: str) -> Token:
        token = self.peek()
        if token.text != text or token.kind == "end":
            raise self.fail(f"expected {what}, found {shown(token)}", token)
        return self.take()

    def deeper(self, token: Token) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.too_deep(token)

    def too_deep(self, token: Token) -> Unreadable:
        return self.fail(f"nested more than {DEEPEST} levels deep", token)

    def closing_brace(self, position: int) -> int | None:
        """The position of the brace that closes the one at ``position``; found once for the whole text."""
        if self._braces is None:
            self._braces, open_ones = {}, []
            for at, token in enumerate(self.tokens):
                if token.text == "{":
                    open_ones.append(at)
                elif token.text == "}" and open_ones:
                    self._braces[open_ones.pop()] = at
        return self._braces.get(position)
