"""Documents: TeX, Markdown (pandoc, quarto) and notebooks as an ordered list of formulas, each with what it states.

Includes (``{{< include path >}}``, ``\\input``) are read at their place, relative to the file that names them, and only
inside the folder of the document. Macro files that ``\\usepackage`` names by a path may lie in the folder above as
well (``../latex_packages/abbreviations``); of those only the macro definitions are taken.
"""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.reading.chain import Chain, split_chain
from engine.reading.extract import Dialect, Extract, Found, Include, extract
from engine.reading.folder import SourceFile, read_inside
from engine.reading.macro import Macro
from engine.reading.notebook import read_cells
from engine.reading.preamble import packages, read_definitions
from engine.span import Problem, Span

DIALECTS: Final[dict[str, Dialect]] = {
    ".tex": "tex", ".latex": "tex", ".ltx": "tex", ".md": "markdown", ".markdown": "markdown", ".qmd": "markdown",
    ".rmd": "markdown", ".ipynb": "markdown",
}  # fmt: skip
MOST_FILES: Final = 200
DEEPEST: Final = 20
MOST_TEXT: Final = 20_000_000
_WORDS: Final = 300
_FRONT: Final = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*$", re.DOTALL | re.MULTILINE)
_BEGIN: Final = re.compile(r"\\begin\s*\{document\}")


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula as it stands in a file, the words around it, and what it states.

    ``span`` is the range of its LaTeX in the file (in the cell, for a notebook), ``line`` its first line there. The
    LaTeX is without its delimiters, but with its environment, because that decides how rows are read.
    """

    latex: str
    display: bool
    environment: str
    file: str
    cell: int | None
    line: int
    span: Span
    words_before: str
    words_after: str
    chain: Chain | Problem

    @property
    def place(self) -> str:
        """File and line, for people."""
        return self.place_of(self.line)

    def place_of(self, line: int) -> str:
        cell = "" if self.cell is None else f"cell {self.cell}, "
        return f"{self.file}, {cell}line {line}"


@dataclass(frozen=True, slots=True)
class Document:
    """All formulas in reading order, what could not be read, and the macros (as LaTeX, and read)."""

    formulas: tuple[Formula, ...]
    problems: tuple[Problem, ...]
    macros: str
    macro_table: dict[str, Macro]

    @property
    def chains(self) -> tuple[tuple[Formula, Chain], ...]:
        """The formulas that state something: with a relation, at least."""
        return tuple(
            (formula, formula.chain)
            for formula in self.formulas
            if isinstance(formula.chain, Chain) and any(statement.signs for statement in formula.chain.statements)
        )


def read_document(path: Path, macro_files: Sequence[Path] = ()) -> Document | Problem:
    """The formulas of a ``.tex``, ``.md``, ``.qmd`` or ``.ipynb`` file and of what it includes.

    ``macro_files`` are read first, wherever they lie. A :class:`~engine.span.Problem` is returned where the file
    itself cannot be read; all that goes wrong further in is in ``Document.problems``.
    """
    dialect = DIALECTS.get(path.suffix.lower())
    if dialect is None:
        known = ", ".join(DIALECTS)
        return Problem(f"{path.name} is of no known kind; expected a name that ends in one of {known}")
    source = read_inside(path, path.parent, path.name)
    if isinstance(source, Problem):
        return source
    reader = _Reader(source.path.parent)
    for given in macro_files:
        reader.macro_file(given, given.parent, given.name, None)
    return reader.document(source, dialect)


@dataclass(frozen=True, slots=True)
class _Text:
    """A text to take formulas from: a file, or a cell of a notebook."""

    source: SourceFile
    text: str
    cell: int | None

    def line(self, position: int, newlines: list[int]) -> int:
        return 1 + bisect_right(newlines, position - 1)


@dataclass(frozen=True, slots=True)
class _Raw:
    """A formula before its chain is split: that waits until all macros are known."""

    latex: str
    found: Found
    text: _Text
    line: int
    before: str
    after: str


class _Reader:
    __slots__ = ("folder", "problems", "latex", "table", "raws", "files", "size", "opened")

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []
        self.latex: list[str] = []
        self.table: dict[str, Macro] = {}
        self.raws: list[_Raw] = []
        self.files = 0
        self.size = 0
        self.opened: set[Path] = set()  # macro files

    def document(self, source: SourceFile, dialect: Dialect) -> Document | Problem:
        if source.path.suffix.lower() == ".ipynb":
            cells = read_cells(source.text, source.name)
            if isinstance(cells, Problem):
                return cells
            self.note(source.problem)
            for cell in cells:
                self.take(_Text(source, cell.text, cell.number), dialect, (source.path,))
        else:
            self.note(source.problem)
            self.take(_Text(source, source.text, None), dialect, (source.path,))
        return Document(
            tuple(self.formula(raw) for raw in self.raws),
            tuple(self.problems),
            "\n".join(self.latex),
            self.table,
        )

    def formula(self, raw: _Raw) -> Formula:
        found = raw.found
        chain = split_chain(raw.latex, self.table, raw.line)
        return Formula(
            raw.latex, found.display, found.environment, raw.text.source.name, raw.text.cell, raw.line, found.span,
            raw.before, raw.after, chain,
        )  # fmt: skip

    def note(self, problem: Problem | None, place: str = "") -> None:
        if problem is not None:
            message = f"{place}: {problem.message}" if place else problem.message
            self.problems.append(Problem(message, problem.span, problem.source))

    # -- one text

    def take(self, text: _Text, dialect: Dialect, above: tuple[Path, ...]) -> None:
        self.size += len(text.text)
        if self.size > MOST_TEXT:
            most = MOST_TEXT // 1_000_000
            self.note(Problem(f"the document holds more than {most} MB; {text.source.name} is left out"))
            return
        newlines = [found.start() for found in re.finditer("\n", text.text)]
        skipped = self.preamble(text, dialect, newlines)
        result = extract(text.text, dialect, skipped)
        head = text.text[: skipped[0].end] if skipped else ""
        self.define(text, head + result.live[len(head) :], newlines)
        for problem in result.problems:
            self.note(problem, self.place(text, problem.span, newlines))
        shown = _Words(result)
        for number, one in enumerate(result.found):
            if isinstance(one, Include):
                self.include(one, text, newlines, above)
            else:
                self.raws.append(self.raw(one, number, text, newlines, shown))

    def raw(self, found: Found, number: int, text: _Text, newlines: list[int], shown: _Words) -> _Raw:
        latex = text.text[found.span.start : found.span.end]
        line_start = text.text.rfind("\n", 0, found.outer.start) + 1
        if text.text.startswith(">", line_start):  # a quotation: its marks are not relations
            latex = re.sub(r"(?m)^(?<!\A)[ \t]*>", lambda mark: " " * len(mark.group()), latex)
        before, after = shown.around(number)
        return _Raw(latex, found, text, text.line(found.span.start, newlines), before, after)

    def preamble(self, text: _Text, dialect: Dialect, newlines: list[int]) -> tuple[Span, ...]:
        """The header or preamble, which holds no formulas; its packages are read."""
        front = _FRONT.match(text.text) if dialect == "markdown" else _BEGIN.search(text.text)
        for name, place in packages(text.text[: front.end()] if front else ""):
            self.package(name, text, self.place(text, place, newlines))
        return (Span(0, front.end()),) if front else ()

    def define(self, text: _Text, live: str, newlines: list[int]) -> None:
        found = read_definitions(live)
        self.latex += found.latex
        self.table.update(found.table)
        for problem in found.problems:
            self.note(problem, self.place(text, problem.span, newlines))

    def place(self, text: _Text, span: Span | None, newlines: list[int]) -> str:
        cell = "" if text.cell is None else f", cell {text.cell}"
        line = "" if span is None else f", line {text.line(span.start, newlines)}"
        return f"{text.source.name}{cell}{line}"

    # -- other files

    def package(self, name: str, text: _Text, place: str) -> None:
        """A package that lies beside the document or is named by a path; all others belong to the TeX installation."""
        base = text.source.path.parent
        target = base / (name if name.endswith(".sty") else f"{name}.sty")
        if "/" in name or os.path.exists(target):  # which is False, too, for a name that cannot be
            self.macro_file(target, self.folder.parent, name, place)

    def macro_file(self, path: Path, folder: Path, name: str, place: str | None) -> None:
        source = read_inside(path, folder, name)
        if isinstance(source, Problem):
            self.note(source, place or "")
            return
        if source.path in self.opened or self.size + len(source.text) > MOST_TEXT:
            return
        self.opened.add(source.path)
        self.size += len(source.text)
        self.note(source.problem)
        found = read_definitions(source.text)
        self.latex += found.latex
        self.table.update(found.table)
        for problem in found.problems:
            line = source.text.count("\n", 0, problem.span.start) + 1 if problem.span else 1
            self.note(problem, f"{source.path.name}, line {line}")

    def include(self, one: Include, text: _Text, newlines: list[int], above: tuple[Path, ...]) -> None:
        place = self.place(text, one.place, newlines)
        problem = self.included(one.target, text, above)
        self.note(None if problem is None else Problem(problem.message, one.place, text.text), place)

    def included(self, target: str, text: _Text, above: tuple[Path, ...]) -> Problem | None:
        self.files += 1
        if self.files > MOST_FILES:
            return Problem(f"more than {MOST_FILES} includes; {target} is left out")
        if len(above) > DEEPEST:
            return Problem(f"includes are nested more than {DEEPEST} deep; {target} is left out")
        base = text.source.path.parent
        path = base / target
        if DIALECTS.get(path.suffix.lower()) is None:
            path = path.with_name(path.name + text.source.path.suffix) if path.name else path
        source = read_inside(path, self.folder, target)
        if isinstance(source, Problem):
            return source
        if source.path in above:
            return Problem(f"{target} includes itself, here or through others; it is left out")
        dialect = DIALECTS.get(source.path.suffix.lower())
        if dialect is None or source.path.suffix.lower() == ".ipynb":
            return Problem(f"{target} is of no kind that can be included")
        self.note(source.problem)
        shown = source.path.relative_to(self.folder.resolve()).as_posix()
        whole = SourceFile(shown, source.path, source.text, None)
        self.take(_Text(whole, source.text, None), dialect, (*above, source.path))
        return None


class _Words:
    """The words around each formula of a text: back to the displayed formula before, on to the next one."""

    __slots__ = ("result", "ends", "starts")

    def __init__(self, result: Extract) -> None:
        self.result = result
        self.ends: list[int] = []  # where the words before each formula may begin
        self.starts: list[int] = [len(result.prose)] * len(result.found)
        end = 0
        for one in result.found:
            self.ends.append(end)
            end = _outer(one).end if _parts_words(one) else end
        start = len(result.prose)
        for number in range(len(result.found) - 1, -1, -1):
            self.starts[number] = start
            start = _outer(result.found[number]).start if _parts_words(result.found[number]) else start

    def around(self, number: int) -> tuple[str, str]:
        outer = _outer(self.result.found[number])
        prose = self.result.prose
        before = prose[max(self.ends[number], outer.start - _WORDS) : outer.start]
        after = prose[outer.end : min(self.starts[number], outer.end + _WORDS)]
        return " ".join(before.split()), " ".join(after.split())


def _outer(one: Found | Include) -> Span:
    return one.place if isinstance(one, Include) else one.outer


def _parts_words(one: Found | Include) -> bool:
    return isinstance(one, Include) or one.display
