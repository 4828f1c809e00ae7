"""``quod check``: the verdict on one claim, in words and LaTeX.

Exit codes: 0 proved, 1 refuted or open, 2 the claim cannot be read or the input is wrong. Of a batch: 0 every line
was answered, 2 the input is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.checking.answer import Answer
from engine.checking.ask import ask
from engine.checking.request import Request
from engine.reading.folder import read_inside
from engine.reading.preamble import read_definitions
from engine.span import Problem

_EXIT: Final = {"proved": 0, "refuted": 1, "open": 1, "unreadable": 2}


@dataclass(frozen=True, slots=True)
class Shown:
    """Lines for standard output, and the exit code."""

    lines: tuple[str, ...]
    exit_code: int


def check_asked(
    claim: str, given: Sequence[str], where: Sequence[str], macros: Path | None, seconds: float
) -> Shown | Problem:
    """The answer to one claim, as lines.

    >>> print("\\n".join(check_asked("x^2 = x", ["x > 0"], [], None, 10.0).lines))
    refuted        at x = \\frac{1}{2} the left side is \\frac{1}{4} and the right side \\frac{1}{2}
    read as        x^{2} = x
    inferred       x ∈ ℝ
    """
    latex = _macros(macros)
    if isinstance(latex, Problem):
        return latex
    answer, _ = ask(Request(claim, None, None, tuple(given), tuple(where), latex), seconds)
    return Shown(tuple(_lines(answer)), _EXIT[answer.verdict])


def _macros(path: Path | None) -> str | Problem:
    if path is None:
        return ""
    source = read_inside(path, path.parent, str(path))
    if isinstance(source, Problem):
        return source
    found = read_definitions(source.text)
    if not found.table:
        why = found.problems[0].show() if found.problems else r"it defines none; expected \newcommand and the like"
        return Problem(f"no macros in {path}: {why}")
    return "\n".join(found.latex)


def _lines(answer: Answer) -> Iterator[str]:
    yield from _labelled(answer.verdict, [answer.reason])
    yield from _labelled("read as", [answer.read_as] if answer.read_as else [])
    for number, link in enumerate(answer.links, 1):
        yield from _labelled(f"link {number}", [f"{link.verdict:12}{link.read_as}".rstrip(), f"    {link.reason}"])
    yield from _labelled("where", answer.conditions)
    yield from _labelled("inferred", answer.inferred)


def _labelled(label: str, lines: Sequence[str]) -> list[str]:
    return [f"{label if not number else '':13}  {line}" for number, line in enumerate(lines)]
