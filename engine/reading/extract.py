"""Formulas in running text: where they stand, in TeX and in Markdown.

One pass from left to right over each text. Comments, verbatim, code and macro definitions are passed over; a formula
that is opened and never closed is a Problem, and reading goes on behind its opening.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal

from engine.reading.environment import DISPLAYS, VERBATIM
from engine.reading.preamble import Extent, without_comments
from engine.span import Problem, Span

Dialect = Literal["tex", "markdown"]
Kept = Literal["prose", "tex", "code"]  # prose, other LaTeX, and what is passed over


@dataclass(frozen=True, slots=True)
class Found:
    """A formula: ``span`` is its content (with the environment, if it has one), ``outer`` has the delimiters too."""

    span: Span
    outer: Span
    display: bool
    environment: str


@dataclass(frozen=True, slots=True)
class Include:
    """A file that is to be read at this place."""

    target: str
    place: Span


@dataclass(slots=True)
class Extract:
    """Formulas and includes in order, and what was malformed.

    ``prose`` is the text with all that is not prose made blank, ``live`` the text with code and comments made blank.
    """

    found: list[Found | Include] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    prose: str = ""
    live: str = ""


_DISPLAY_NAMES: Final = "|".join(sorted(map(re.escape, DISPLAYS), key=len, reverse=True))
_VERBATIM_NAMES: Final = "|".join(sorted(map(re.escape, VERBATIM), key=len, reverse=True))
_DOLLAR_OR_BRACE: Final = re.compile(r"\\.|[{}$`]|\n[ \t]*\n", re.DOTALL)
_NOT_NEWLINE: Final = re.compile(r"[^\n]")
_BLANK_LINE: Final = re.compile(r"\n[ \t]*\n")
_MATHS: Final = re.compile(r"[\\_^=<>+*/]|^\s*[A-Za-z0-9]\s*$")
_PROSE: Final = re.compile(r"\b[a-z]{2,} [a-z]{2,} [a-z]{2,} [a-z]{2,}\b")
_TWO_WORDS: Final = re.compile(r"[a-z]{2,} [a-z]{2,}")
_TEXT_COMMAND: Final = re.compile(r"\\(?:text|mbox|textrm|intertext)\s*\{[^{}]*\}")

_DEFINITION: Final = (
    r"|(?P<define>\\(?:(?:re|provide)?newcommand\*?|providecommand\*?|DeclareMathOperator\*?|DeclareRobustCommand\*?"
    r"|DeclarePairedDelimiter|[gex]?def|(?:re)?newenvironment\*?)(?![A-Za-z@]))"
)

_BOTH: Final = (
    rf"|(?P<display>\$\$)|(?P<dollar>\$)|\\begin\s*\{{(?P<env>{_DISPLAY_NAMES})\}}"
    r"|(?P<bracket>\\\[)|(?P<paren>\\\()" + _DEFINITION
)
_TEX: Final = re.compile(
    r"(?P<comment>%[^\n]*)"
    r"|(?P<verb>\\(?:verb|lstinline)\*?(?P<mark>[^A-Za-z\s*\\]))"
    rf"|\\begin\s*\{{(?P<verbatim>{_VERBATIM_NAMES})\}}"
    r"|(?P<false>\\iffalse(?![A-Za-z]))|(?P<stop>\\end\s*\{document\})"
    r"|\\(?:input|include|subfile)\s*\{(?P<include>[^{}\n]*)\}" + _BOTH + r"|\\.",
    re.DOTALL,
)
_MARKDOWN: Final = re.compile(
    r"(?P<fence>^[ \t>]*(?P<ticks>`{3,}|~{3,})(?P<info>[^\n]*)(?:\n|$))"
    r"|(?P<code>`+)|(?P<html><!--)|<(?P<raw>pre|code|script|style)\b[^<>\n]{0,200}>"
    r"|\{\{<\s*include\s+(?P<include>[^\n<>{}]{1,400}?)[ \t]{0,20}>\}\}"
    rf"|\\begin\s*\{{(?P<verbatim>{_VERBATIM_NAMES})\}}"
    r"|(?P<bracket2>\\\\\[)|(?P<paren2>\\\\\()" + _BOTH + r"|\\.",
    re.DOTALL | re.MULTILINE,
)


def extract(text: str, dialect: Dialect, skipped: tuple[Span, ...] = ()) -> Extract:
    """The formulas of ``text`` in order; ranges in ``skipped`` (headers, preambles) are passed over.

    >>> [text[one.span.start : one.span.end] for text in [r"if $x_1 = 2$ and `$y$`"]
    ...  for one in extract(text, "markdown").found]
    ['x_1 = 2']
    """
    shown = text
    for span in skipped:
        shown = shown[: span.start] + _NOT_NEWLINE.sub(" ", shown[span.start : span.end]) + shown[span.end :]
    return _Reader(shown, dialect).read()


class _Reader:
    __slots__ = ("text", "dialect", "result", "none_after", "unbalanced", "missing", "raw_ends", "_extent")

    def __init__(self, text: str, dialect: Dialect) -> None:
        self.text = text
        self.dialect = dialect
        self.result = Extract()
        self.none_after: set[str] = set()  # closers that stand nowhere further on
        self.unbalanced = -1
        self.missing = 0
        self.raw_ends: set[int] = set()
        self._extent: Extent | None = None

    def read(self) -> Extract:
        pattern = _TEX if self.dialect == "tex" else _MARKDOWN
        prose: list[str] = []
        live: list[str] = []
        position = copied = 0
        while (found := pattern.search(self.text, position)) is not None:
            start = found.start()
            end, kept = self.one(found)
            shown = self.text[start:end]
            blank = shown if kept == "prose" else _NOT_NEWLINE.sub(" ", shown)
            prose += (self.text[copied:start], blank)
            live += (self.text[copied:start], shown if kept != "code" else blank)
            position = copied = end
        self.result.prose = "".join([*prose, self.text[copied:]])
        self.result.live = "".join([*live, self.text[copied:]])
        return self.result

    def one(self, found: re.Match[str]) -> tuple[int, Kept]:
        """What starts here: where it ends, and what it belongs to."""
        for name, rule in _RULES:
            if name in found.re.groupindex and found.group(name) is not None:
                return rule(self, found)
        return found.end(), "prose"

    # -- what is passed over

    def comment(self, found: re.Match[str]) -> tuple[int, Kept]:
        return found.end(), "code"

    def verb(self, found: re.Match[str]) -> tuple[int, Kept]:
        line = self.text.find("\n", found.end())
        limit = len(self.text) if line < 0 else line
        mark = "}" if found.group("mark") == "{" else found.group("mark")
        end = self.text.find(mark, found.end(), limit)
        return (end + 1 if end >= 0 else found.end()), "code"

    def verbatim(self, found: re.Match[str]) -> tuple[int, Kept]:
        return self.until(rf"\end{{{found.group('verbatim')}}}", found, "verbatim text"), "code"

    def false(self, found: re.Match[str]) -> tuple[int, Kept]:
        return self.until(r"\fi", found, r"\iffalse"), "code"

    def stop(self, found: re.Match[str]) -> tuple[int, Kept]:
        return len(self.text), "code"

    def fence(self, found: re.Match[str]) -> tuple[int, Kept]:
        info = found.group("info").strip().lower().replace(" ", "")
        if "`" in info:
            return found.end("ticks"), "code"
        if found.start() in self.raw_ends:
            return found.end(), "code"
        ticks = found.group("ticks")
        closing = self.closing_fence(ticks, found.end())
        if info in ("{=latex}", "{=tex}"):  # LaTeX that pandoc passes on is read
            self.raw_ends |= {closing.start()} if closing else set()
            return found.end(), "code"
        end = len(self.text) if closing is None else closing.end()
        if info in ("math", "{math}"):
            inner = len(self.text) if closing is None else closing.start()
            self.add(found.end(), inner, found.start(), end, True, "")
        return end, "code"

    def closing_fence(self, ticks: str, start: int) -> re.Match[str] | None:
        """The closing fence; each kind that has none from here on is not looked for again."""
        key = f"fence {ticks}"
        if key in self.none_after:
            return None
        closing = re.compile(rf"^[ \t>]*{ticks[0]}{{{len(ticks)},}}[ \t]*$", re.MULTILINE).search(self.text, start)
        if closing is None:
            self.none_after.add(key)
        return closing

    def code(self, found: re.Match[str]) -> tuple[int, Kept]:
        ticks = found.group("code")
        if ticks in self.none_after:
            return found.end(), "prose"
        closing = re.compile(rf"(?<!`){ticks}(?!`)").search(self.text, found.end())
        if closing is None:
            self.none_after.add(ticks)
            return found.end(), "prose"
        blank = _BLANK_LINE.search(self.text, found.end(), closing.start())
        return (found.end(), "prose") if blank else (closing.end(), "code")

    def html(self, found: re.Match[str]) -> tuple[int, Kept]:
        return self.until("-->", found, "a comment <!--"), "code"

    def raw(self, found: re.Match[str]) -> tuple[int, Kept]:
        return self.until(f"</{found.group('raw')}>", found, f"<{found.group('raw')}>"), "code"

    def define(self, found: re.Match[str]) -> tuple[int, Kept]:
        if self._extent is None:
            self._extent = Extent(without_comments(self.text) if self.dialect == "tex" else self.text)
        return self._extent.end(found), "tex"

    def include(self, found: re.Match[str]) -> tuple[int, Kept]:
        place = Span(found.start(), found.end())
        self.result.found.append(Include(found.group("include").strip().strip("\"'"), place))
        return found.end(), "code"

    def until(self, closer: str, found: re.Match[str], what: str) -> int:
        """The position after ``closer``; the end of the text where it is missing, which is a Problem."""
        end = self.text.find(closer, found.end())
        if end >= 0:
            return end + len(closer)
        self.problem(f"{what} is never closed with {closer}; nothing after it was read", found)
        return len(self.text)

    # -- formulas

    def env(self, found: re.Match[str]) -> tuple[int, Kept]:
        name = found.group("env")
        return self.closed(found, rf"\end{{{name}}}", True, name)

    def bracket(self, found: re.Match[str]) -> tuple[int, Kept]:
        return self.closed(found, r"\]", True, "")

    def paren(self, found: re.Match[str]) -> tuple[int, Kept]:
        return self.closed(found, r"\)", False, "")

    def bracket2(self, found: re.Match[str]) -> tuple[int, Kept]:
        return self.closed(found, r"\\]", True, "")

    def paren2(self, found: re.Match[str]) -> tuple[int, Kept]:
        return self.closed(found, r"\\)", False, "")

    def display(self, found: re.Match[str]) -> tuple[int, Kept]:
        return self.closed(found, "$$", True, "")

    def closed(self, found: re.Match[str], closer: str, display: bool, environment: str) -> tuple[int, Kept]:
        end = self.find_closer(closer, found.end())
        inside = self.text[found.end() : end] if end >= 0 else ""
        blank = _BLANK_LINE.search(inside)
        torn = blank and not environment and _PROSE.search(_TEXT_COMMAND.sub("", inside[blank.start() :]))
        if end < 0 or torn:
            self.problem(f"{found.group()} opens a formula that is never closed with {closer}", found)
            return found.end(), "tex"
        after = end + len(closer)
        inner = Span(found.start(), after) if environment else Span(found.end(), end)
        self.add(inner.start, inner.end, found.start(), after, display and environment != "math", environment)
        return after, "tex" if display else "prose"

    def find_closer(self, closer: str, start: int) -> int:
        """Where ``closer`` stands, not behind a backslash; once there is none, no later search can find one."""
        if closer in self.none_after:
            return -1
        place = start
        while (place := self.text.find(closer, place)) >= 0:
            slashes = 0
            while place - slashes > start and self.text[place - slashes - 1] == "\\":
                slashes += 1
            if slashes % 2 == 0:
                return place
            place += 1
        self.none_after.add(closer)
        return -1

    def dollar(self, found: re.Match[str]) -> tuple[int, Kept]:
        end = self.closing_dollar(found.end())
        inside = self.text[found.end() : end] if end >= 0 else ""
        if end < 0 or not inside.strip() or not self.is_maths(inside, end):
            if self.dialect == "tex":
                self.problem("$ opens a formula that is never closed in its paragraph", found)
            return found.end(), "prose"
        self.add(found.end(), end, found.start(), end + 1, False, "")
        return end + 1, "prose"

    def is_maths(self, inside: str, end: int) -> bool:
        """In Markdown a dollar may be money: pandoc's rule, and a milder one for formulas with spaces inside."""
        if self.dialect == "tex":
            return True
        if self.text[end + 1 : end + 2].isdigit():
            return False
        strict = not inside[0].isspace() and not inside[-1].isspace()
        if _MATHS.search(inside):
            return not _PROSE.search(_TEXT_COMMAND.sub("", inside))
        return strict and not _TWO_WORDS.search(inside)

    def closing_dollar(self, start: int) -> int:
        """The closing dollar in the same paragraph: one outside all braces, else the next one."""
        first = -1
        depth = 0
        for found in _DOLLAR_OR_BRACE.finditer(self.text, start):
            mark = found.group()
            if mark[0] == "\n" or (mark == "`" and self.dialect == "markdown"):  # code is no formula
                self.unbalanced = found.start() if first >= 0 else self.unbalanced
                return first
            depth += (mark == "{") - (mark == "}")
            if mark == "$" and (depth <= 0 or start < self.unbalanced):
                return found.start()
            first = found.start() if mark == "$" and first < 0 else first
        self.unbalanced = len(self.text) if first >= 0 else self.unbalanced
        return first

    def add(self, start: int, end: int, outer: int, outer_end: int, display: bool, environment: str) -> None:
        self.result.found.append(Found(Span(start, end), Span(outer, outer_end), display, environment))

    def problem(self, message: str, found: re.Match[str]) -> None:
        self.missing += 1
        if self.missing <= 100:  # a text of nothing but dollars is one mistake, not a million
            self.result.problems.append(Problem(message, Span(found.start(), found.end()), self.text))


_RULES: Final[tuple[tuple[str, Callable[[_Reader, re.Match[str]], tuple[int, Kept]]], ...]] = (
    ("comment", _Reader.comment),
    ("verb", _Reader.verb),
    ("fence", _Reader.fence),
    ("code", _Reader.code),
    ("html", _Reader.html),
    ("raw", _Reader.raw),
    ("verbatim", _Reader.verbatim),
    ("false", _Reader.false),
    ("stop", _Reader.stop),
    ("include", _Reader.include),
    ("define", _Reader.define),
    ("display", _Reader.display),
    ("dollar", _Reader.dollar),
    ("env", _Reader.env),
    ("bracket2", _Reader.bracket2),
    ("paren2", _Reader.paren2),
    ("bracket", _Reader.bracket),
    ("paren", _Reader.paren),
)
