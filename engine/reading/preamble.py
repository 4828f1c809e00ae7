"""Macro definitions wherever they stand in a document: a preamble, a ``.sty`` file, a YAML header, a formula.

Each definition is read on its own, so that one that is malformed costs nothing but itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from engine.reading.macro import Macro, read_macros
from engine.span import Problem, Span

MOST_MACROS: Final = 5_000
_LONGEST: Final = 20_000

_HEAD: Final = re.compile(
    r"\\(?:(?:re|provide)?newcommand\*?|providecommand\*?|DeclareMathOperator\*?|DeclareRobustCommand\*?"
    r"|DeclarePairedDelimiter|[gex]?def|let|(?:re)?newenvironment\*?|newtheorem\*?)(?![A-Za-z@])"
)
_COMMENT: Final = re.compile(r"(\\.)|%[^\n]*", re.DOTALL)
_NAME: Final = re.compile(r"\s*(?:\{\s*(\\(?:[A-Za-z@]+|.))\s*\}|(\\(?:[A-Za-z@]+|.)))", re.DOTALL)
_LET: Final = re.compile(r"\s*(\\[A-Za-z@]+)\s*=?\s*(\\[A-Za-z@]+|\S)")
_PACKAGE: Final = re.compile(r"\\(?:usepackage|RequirePackage)\s*(?:\[[^\]\n]*\])?\s*\{([^{}\n]*)\}")


@dataclass(frozen=True, slots=True)
class Definitions:
    """Macros in the order of their definition, as LaTeX and read; the ranges that they take; what was malformed."""

    latex: tuple[str, ...]
    table: dict[str, Macro]
    ranges: tuple[Span, ...]
    problems: tuple[Problem, ...]


def read_definitions(text: str) -> Definitions:
    """All macro definitions in ``text``, comments left out.

    >>> list(read_definitions(r"words \\newcommand{\\R}{\\mathbb{R}} \\let\\eps\\epsilon").table)
    ['\\\\R', '\\\\eps']
    """
    bare = without_comments(text)
    latex: list[str] = []
    table: dict[str, Macro] = {}
    ranges: list[Span] = []
    problems: list[Problem] = []
    position = 0
    extent = Extent(bare)
    while (head := _HEAD.search(bare, position)) is not None:
        position = extent.end(head)
        ranges.append(Span(head.start(), position))
        if len(latex) >= MOST_MACROS:
            problems.append(Problem(f"more than {MOST_MACROS} macros; the rest is left out", ranges[-1], text))
            break
        written = _plain(bare, head, position)
        found = read_macros(written) if written else {}
        if isinstance(found, Problem):
            problems.append(Problem(found.message, Span(head.start(), position), text))
            continue
        if found:
            _add(found, written, table, latex)
    return Definitions(tuple(latex), table, tuple(ranges), tuple(problems))


def _add(found: dict[str, Macro], written: str, table: dict[str, Macro], latex: list[str]) -> None:
    for name, macro in found.items():
        if not (written.startswith(r"\providecommand") and name in table):
            table[name] = macro
    latex.append(written)


def packages(text: str) -> list[tuple[str, Span]]:
    """The packages that ``\\usepackage`` names, with their places."""
    found = []
    for command in _PACKAGE.finditer(without_comments(text)):
        place = Span(command.start(), command.end())
        found += [(name.strip(), place) for name in command.group(1).split(",") if name.strip()]
    return found


def without_comments(text: str) -> str:
    """``text`` with every ``% ...`` made blank; all places stay."""
    return _COMMENT.sub(lambda found: found.group(1) or " " * len(found.group()), text)


def _plain(text: str, head: re.Match[str], end: int) -> str:
    """The definition in the form that the reader of macros knows; ``""`` for those that name no macro."""
    command = head.group().rstrip("*")
    rest = text[head.end() : end]
    if command == r"\let":
        given = _LET.match(rest)
        return f"\\newcommand{{{given.group(1)}}}{{{given.group(2)}}}" if given else ""
    if command in (r"\edef", r"\gdef", r"\xdef"):
        return r"\def" + rest
    if command == r"\DeclareRobustCommand":
        return r"\newcommand" + rest
    if command == r"\DeclarePairedDelimiter":
        return _paired(rest)
    return "" if "environment" in command or "theorem" in command else text[head.start() : end]


def _paired(rest: str) -> str:
    name = _NAME.match(rest)
    if name is None:
        return ""
    extent = Extent(rest)
    left = extent.group(name.end())
    right = extent.group(left)
    opening, closing = rest[name.end() : left].strip()[1:-1], rest[left:right].strip()[1:-1]
    return f"\\newcommand{{{name.group(1) or name.group(2)}}}[1]{{{opening} #1 {closing}}}"


class Extent:
    """Where definitions end. The partner of every brace is found once, so that this stays linear."""

    __slots__ = ("text", "partner")

    def __init__(self, text: str) -> None:
        self.text = text
        self.partner: dict[int, int] = {}
        stack: list[int] = []
        for found in _BRACE.finditer(text):
            if found.group() == "{":
                stack.append(found.start())
            elif found.group() == "}" and stack:
                self.partner[stack.pop()] = found.end()

    def end(self, head: re.Match[str]) -> int:
        """The position after the last argument of the definition."""
        command = head.group().rstrip("*")
        if command == r"\let":
            given = _LET.match(self.text, head.end())
            return given.end() if given else head.end()
        name = _NAME.match(self.text, head.end())
        position = name.end() if name else self.group(head.end())
        if command.endswith("def"):
            parameters = _PARAMETERS.match(self.text, position)
            return self.group(parameters.end() if parameters else position)
        while (option := _OPTION.match(self.text, position)) is not None:
            position = option.end()
        for _ in range(2 if command == r"\DeclarePairedDelimiter" or "environment" in command else 1):
            position = self.group(position)
        return max(position, head.end())

    def group(self, position: int) -> int:
        """The position after the group, or the one token, that follows; the same position where none does."""
        start = _SPACE.match(self.text, position)
        position = start.end() if start else position
        if self.text.startswith("{", position):
            return min(self.partner.get(position, position + 1), position + _LONGEST)
        token = _TOKEN.match(self.text, position)
        return token.end() if token else position


_BRACE: Final = re.compile(r"\\.|[{}]", re.DOTALL)
_SPACE: Final = re.compile(r"\s*")
_TOKEN: Final = re.compile(r"\\(?:[A-Za-z@]+|.)|[^\s{}]", re.DOTALL)
_PARAMETERS: Final = re.compile(r"[^{}\\\n]*")
_OPTION: Final = re.compile(r"\s*\[[^\[\]]{0,400}\]")
