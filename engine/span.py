"""A place in a text, and what went wrong there.

Errors of input are values here, not exceptions: every stop of the road returns either its result or a
:class:`Problem`, so that nothing is lost on the way and every message can name its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Span(NamedTuple):
    """The half-open range ``[start, end)`` of characters of a text. (A tuple: every token and node makes one.)"""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be read or understood, where, and what to do next.

    >>> print(Problem("expected a closing brace", Span(6, 7)).show(r"\\frac{1"))
    expected a closing brace
      \\frac{1
            ^
    """

    message: str
    span: Span | None = None
    source: str | None = None

    def show(self, text: str | None = None) -> str:
        """The message, and under it the line of ``text`` with a caret below the place."""
        text = self.source if text is None else text
        if self.span is None or text is None:
            return self.message
        start = min(self.span.start, len(text))
        line_start = text.rfind("\n", 0, start) + 1
        line_end = text.find("\n", start)
        line = text[line_start : line_end if line_end >= 0 else len(text)]
        column = start - line_start
        first = max(0, column - 60)
        cut = line[first : first + 120]
        width = max(1, min(self.span.end - start, len(cut) - (column - first)))
        return f"{self.message}\n  {cut}\n  {' ' * (column - first)}{'^' * width}"
