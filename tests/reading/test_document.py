"""Documents: what is a formula in them, what is passed over, and what is never opened."""

from __future__ import annotations

import json
import os
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.reading.chain import Chain
from engine.reading.document import DEEPEST, Document, Formula, read_document
from engine.reading.extract import Dialect, Found, extract
from engine.reading.folder import LARGEST
from engine.reading.notebook import read_cells
from engine.reading.preamble import read_definitions
from engine.span import Problem

CASES = Path(__file__).parents[1] / "cases" / "documents"
COURSE = Path(__file__).parents[2].parent / "shared" / "corpus" / "csc413"


def document(path: Path) -> Document:
    found = read_document(path)
    assert isinstance(found, Document), found
    return found


def written(folder: Path, text: str, name: str = "x.md") -> Document:
    (folder / name).write_text(text, encoding="utf-8")
    return document(folder / name)


def formulas(text: str, dialect: Dialect = "markdown") -> list[str]:
    found = extract(text, dialect).found
    return [text[one.span.start : one.span.end] for one in found if isinstance(one, Found)]


def steps(formula: Formula) -> list[str]:
    assert isinstance(formula.chain, Chain)
    return [f"{link.left.line}: {link.latex}" for link in formula.chain.links]


# The small documents of tests/cases


def test_a_sheet_with_includes_and_macro_files() -> None:
    sheet = document(CASES / "week" / "sheet.md")
    shown = [(one.file, one.line, one.display) for one in sheet.formulas]
    assert shown == [
        ("sheet.md", 12, False),
        ("questions/rate.md", 2, True),
        ("questions/rate.md", 8, True),
        ("sheet.md", 23, True),
    ]
    assert [steps(one) for one in sheet.formulas] == [
        [r"12: x_i \in \R"],
        [r"3: \sum_{i=1}^n \ln\li(\la e^{-\la x_i}\ri) = n \ln\la - \la \sum_{i=1}^n x_i"],
        [r"8: K = \bmat 1 & 2 \\ 3 & 4 \emat", "8: n > 0"],
        ["24: a = b"],
    ]
    likelihood = sheet.formulas[1].chain
    assert isinstance(likelihood, Chain)
    assert [one.name.latex for one in likelihood.definitions] == [r"\ell(\la)"]
    assert likelihood.links[0].relation.note == r"(1)"


def test_what_is_wrong_with_the_sheet() -> None:
    messages = [problem.message for problem in document(CASES / "week" / "sheet.md").problems]
    assert len(messages) == 3
    assert messages[0].startswith("short.sty, line 9: ")
    assert messages[1] == "sheet.md, line 28: ../secret.md lies outside the folder of the document and is not read" or (
        messages[1].startswith("sheet.md, line 28: cannot read ../secret.md")
    )
    assert messages[2] == "sheet.md, line 29: cannot read questions/missing.md: no such file or directory"


def test_the_macros_of_a_sheet_serve_the_reader() -> None:
    from engine.reading.parser import read

    sheet = document(CASES / "week" / "sheet.md")
    assert {r"\la", r"\R", r"\bmat", r"\argmax"} <= set(sheet.macro_table)
    assert not isinstance(read(r"\la + 1", sheet.macros), Problem)


def test_words_around_a_formula() -> None:
    rate = document(CASES / "week" / "sheet.md").formulas[1]
    assert (rate.words_before, rate.words_after) == ("The log-likelihood is", "and the kernel")
    first = document(CASES / "week" / "sheet.md").formulas[0]
    assert first.words_before == "# Rates Let"
    assert first.words_after.startswith(r"cost \$5, or $7 in some shops. The code")


def test_a_paper() -> None:
    paper = document(CASES / "paper.tex")
    assert paper.problems == ()
    assert [steps(one) for one in paper.formulas] == [
        [r"5: \E[X + Y] = \E X + \E Y"],
        ["7: f(x) = (x + 1)^2", "7: (x + 1)^2 = x^2 + 2 x + 1", "10: f(0) = 1"],
        [r"16: \frac{\partial f}{\partial x} = 0", "16: x = -1"],
        ["18: g = a + b + c - d"],
    ]
    assert [one.environment for one in paper.formulas] == ["", "align", "", "multline*"]
    chain = paper.formulas[1].chain
    assert isinstance(chain, Chain)
    assert chain.labels == ("eq:f",)
    assert [note.latex for note in chain.notes] == ["and so"]


def test_a_notebook() -> None:
    notes = document(CASES / "notes.ipynb")
    assert [(one.place, steps(one)) for one in notes.formulas] == [
        ("notes.ipynb, cell 1, line 2", ["2: a = b"]),
        ("notes.ipynb, cell 3, line 3", [r"4: \begin{cases} x & 1 \end{cases} = y"]),
    ]


def test_chains_are_the_formulas_that_state_something(tmp_path: Path) -> None:
    found = written(tmp_path, "$x$ and $x = 1$ and $1 + 1$")
    assert [formula.latex for formula, _ in found.chains] == ["x = 1"]


@pytest.mark.skipif(not COURSE.is_dir(), reason="the course's sheets lie beside the project and are not here")
@pytest.mark.parametrize(("week", "count"), [("w02", 52), ("w04", 12), ("w07", 38), ("w10", 30)])
def test_the_course(week: str, count: int) -> None:
    number = week[1:]
    found = document(COURSE / week / f"exercises{number}_solution.md")
    assert len(found.formulas) == count
    assert all(isinstance(formula.chain, Chain) for formula in found.formulas)
    assert len(found.macro_table) >= 279


# What is a formula


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$x$ and $$y$$", ["x", "y"]),
        (r"\(x\) and \[y\]", ["x", "y"]),
        (r"\\(x\\) and \\[y\\]", ["x", "y"]),
        ("$ x $, $ a = b $", [" x ", " a = b "]),
        ("it costs $5 and then $10 a day", []),
        ("it costs $5", []),
        ("it costs $5 or more. See `$x`", []),
        (r"\$5 and $x$", ["x"]),
        ("`$x$` ``$y$ ` $z$`` $w$", ["w"]),
        ("```\n$x$\n```\n$y$", ["y"]),
        ("```\n\\newcommand{\\x}{\n```\n$y$ }", ["y"]),
        ("~~~ {.python}\n$x$\n```\n$z$\n~~~\n$y$", ["y"]),
        ("  ```python\n  $x$\n  ```\n$y$", ["y"]),
        ("```math\na = b\n```", ["a = b\n"]),
        ("```{=latex}\n$x$\n```\n$y$", ["x", "y"]),
        ("<!-- $x$\n\n$y$ --> $z$", ["z"]),
        ("<pre>$x$</pre> $y$", ["y"]),
        (r"$a \text{ if $b$ } c$ and $d$", [r"a \text{ if $b$ } c", "d"]),
        ("\\begin{align*}\na\n\\end{align*}", ["\\begin{align*}\na\n\\end{align*}"]),
        ("    $$ a $$", [" a "]),  # indented in a list, not code
        ("$x\n\ny$", []),
        ("% $x$", ["x"]),  # no comment in Markdown
        ("$$\na\n\n= b\n$$", ["\na\n\n= b\n"]),
    ],
)
def test_formulas_in_markdown(text: str, expected: list[str]) -> None:
    assert formulas(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"$x$ and $$y$$ and \(z\) and \[w\]", ["x", "y", "z", "w"]),
        ("a % $x$\n$y$", ["y"]),
        (r"5\% of $x$", ["x"]),
        (r"a \\[2pt] b $x$", ["x"]),
        (r"\verb|$x$| \verb*+$y$+ \lstinline!$z$! $w$", ["w"]),
        ("\\begin{verbatim}$x$\\end{verbatim}$y$", ["y"]),
        ("\\begin{lstlisting}[language=C]$x$\\end{lstlisting}$y$", ["y"]),
        ("\\iffalse $x$ \\fi $y$", ["y"]),
        ("\\newcommand{\\x}{$x$} \\def\\y#1{$#1$} $z$", ["z"]),
        ("\\begin{subequations}\\begin{align}a\\end{align}\\end{subequations}", ["\\begin{align}a\\end{align}"]),
        ("$x$\\end{document}$y$", ["x"]),
        (r"\[ a \\] b \]", [r" a \\] b "]),
    ],
)
def test_formulas_in_tex(text: str, expected: list[str]) -> None:
    assert formulas(text, "tex") == expected


@pytest.mark.parametrize(
    ("text", "dialect", "message"),
    [
        ("a\n\\[ x", "tex", "x.tex, line 2: \\[ opens a formula that is never closed with \\]"),
        ("a $x\n\nb", "tex", "x.tex, line 1: $ opens a formula that is never closed in its paragraph"),
        (r"\begin{math}", "tex", r"x.tex, line 1: \begin{math} opens a formula that is never closed with \end{math}"),
        ("\n\n$$ x", "markdown", "x.md, line 3: $$ opens a formula that is never closed with $$"),
        ("<!-- x", "markdown", "x.md, line 1: a comment <!-- is never closed with -->; nothing after it was read"),
    ],
)  # fmt: skip
def test_what_is_never_closed(tmp_path: Path, text: str, dialect: str, message: str) -> None:
    found = written(tmp_path, text, "x.tex" if dialect == "tex" else "x.md")
    assert [problem.message for problem in found.problems] == [message]
    assert found.problems[0].show().count("^") >= 1


def test_one_unclosed_display_does_not_turn_the_prose_into_formulas(tmp_path: Path) -> None:
    text = "$$ a = b\n\nand this is plain prose again.\n\n$$ c = d $$\n\n$e = f$"
    found = written(tmp_path, text)
    assert [one.latex.strip() for one in found.formulas] == ["c = d", "e = f"]
    assert len(found.problems) == 1


def test_a_header_holds_no_formulas(tmp_path: Path) -> None:
    found = written(tmp_path, "---\ntitle: $x$\nheader-includes: \\newcommand{\\y}{z}\n---\n$\\y$\n\n---\n\n$w$")
    assert [one.latex for one in found.formulas] == [r"\y", "w"]
    assert list(found.macro_table) == [r"\y"]


# Macros


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (r"\newcommand\a{b}\renewcommand{\c}[1]{#1}\def\d#1{#1}", [r"\a", r"\c", r"\d"]),
        (r"\let\a\b \let\c=\d", [r"\a", r"\c"]),
        (r"\DeclarePairedDelimiter{\norm}{\lVert}{\rVert}", [r"\norm"]),
        ("% \\newcommand{\\a}{b}\n\\newcommand{\\c}{d}", [r"\c"]),
        (r"\newcommand{\bad", []),
        (r"\newcommand{\bad}[x]{y} \newcommand{\good}{y}", [r"\good"]),
        (r"\newenvironment{x}{\begin{align}}{\end{align}} \newcommand{\a}{b}", [r"\a"]),
    ],
)
def test_definitions(text: str, names: list[str]) -> None:
    assert list(read_definitions(text).table) == names


def test_providecommand_does_not_replace() -> None:
    found = read_definitions(r"\newcommand{\x}{a}\providecommand{\x}{b}")
    assert [token.text for token in found.table[r"\x"].body] == ["a"]


def test_macros_defined_below_are_known_above(tmp_path: Path) -> None:
    found = written(tmp_path, "$a \\eq b$\n\n$$\\newcommand{\\eq}{=}$$")
    assert steps(found.formulas[0]) == ["1: a = b"]


def test_macro_files_that_are_given(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "m.sty").write_text(r"\newcommand{\eq}{=}")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "x.md").write_text(r"$a \eq b$")
    found = read_document(tmp_path / "b" / "x.md", [tmp_path / "a" / "m.sty"])
    assert isinstance(found, Document)
    assert steps(found.formulas[0]) == ["1: a = b"]


# Hostile folders


def test_includes_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "b.md").write_text("$b$ {{< include x.md >}}")
    found = written(tmp_path, "$a$ {{< include b.md >}} $c$")
    assert [one.latex for one in found.formulas] == ["a", "b", "c"]
    message = "b.md, line 1: x.md includes itself, here or through others; it is left out"
    assert [problem.message for problem in found.problems] == [message]


def test_includes_that_double_end(tmp_path: Path) -> None:
    for number in range(30):
        (tmp_path / f"f{number}.md").write_text(f"{{{{< include f{number + 1}.md >}}}}\n" * 2)
    found = written(tmp_path, "{{< include f0.md >}} $a$")
    assert [one.latex for one in found.formulas] == ["a"]
    assert any("includes" in problem.message for problem in found.problems)


def test_includes_nested_too_deeply(tmp_path: Path) -> None:
    for number in range(DEEPEST + 5):
        (tmp_path / f"f{number}.md").write_text(f"{{{{< include f{number + 1}.md >}}}}")
    found = written(tmp_path, "{{< include f0.md >}}")
    assert [problem.message for problem in found.problems] == [
        f"f{DEEPEST - 1}.md, line 1: includes are nested more than {DEEPEST} deep; f{DEEPEST}.md is left out"
    ]


@pytest.mark.parametrize("target", ["../out.md", "{outside}", "link.md", "linked/out.md", "sub/../../out.md"])
def test_nothing_outside_the_folder_is_read(tmp_path: Path, target: str) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "sub").mkdir()
    (tmp_path / "out.md").write_text("$secret$")
    (inside / "link.md").symlink_to(tmp_path / "out.md")
    (inside / "linked").symlink_to(tmp_path)
    found = written(inside, f"{{{{< include {target.replace('{outside}', str(tmp_path / 'out.md'))} >}}}}")
    assert found.formulas == ()
    assert ["outside the folder" in problem.message for problem in found.problems] == [True]


@pytest.mark.parametrize("name", ["a" * 5000, "a" * 5000 + "/b", "..", ".", "/", "~", "a\x0bb", "%s%n"])
def test_names_that_cannot_be(tmp_path: Path, name: str) -> None:
    text = f"\\usepackage{{{name}}}\n\\begin{{document}}\n\\input{{{name}}} $a$\n\\end{{document}}"
    found = written(tmp_path, text, "x.tex")
    assert [one.latex for one in found.formulas] == ["a"]
    assert found.problems


def test_a_document_that_is_a_link_to_outside(tmp_path: Path) -> None:
    (tmp_path / "out.md").write_text("$secret$")
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "x.md").symlink_to(tmp_path / "out.md")
    found = read_document(tmp_path / "inside" / "x.md")
    assert isinstance(found, Problem)
    assert "outside the folder" in found.message


def test_macro_files_stay_within_the_folder_above(tmp_path: Path) -> None:
    inside = tmp_path / "course" / "week"
    inside.mkdir(parents=True)
    (tmp_path / "far.sty").write_text(r"\newcommand{\x}{secret}")
    found = written(inside, "\\usepackage{../../far}\n\\begin{document}\n$\\x$\n\\end{document}", "x.tex")
    assert found.macro_table == {}
    assert ["outside the folder" in problem.message for problem in found.problems] == [True]


def test_packages_of_the_installation_are_not_looked_for(tmp_path: Path) -> None:
    assert written(tmp_path, "\\usepackage{amsmath}\n\\begin{document}\\end{document}", "x.tex").problems == ()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.md")
    assert read_document(tmp_path / "x.md") == Problem("cannot read x.md: it is not a file")


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("x.md", None, "cannot read x.md: no such file or directory"),
        ("x.pdf", b"", "x.pdf is of no known kind; expected a name that ends in one of .tex"),
        ("x.md", b"a\x00b", "cannot read x.md: it is not a text file"),
        ("x.md", "$x$".encode("utf-16"), "cannot read x.md: it is UTF-16 text; save it as UTF-8"),
        ("x.md", b" " * (LARGEST + 1), "cannot read x.md: it is larger than 8 MB"),
        ("x.ipynb", b"{", "x.ipynb, line 1: not a notebook, the JSON is malformed"),
        ("x.ipynb", b"[]", 'x.ipynb: not a notebook; expected an object with a list "cells"'),
        ("x.ipynb", b"[" * 100_000, "x.ipynb: not a notebook, the JSON is nested too deeply"),
        ("x.ipynb", b'{"cells": ' + b"9" * 10_000 + b"}", "x.ipynb: not a notebook, the JSON is nested too deeply or"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, name: str, data: bytes | None, message: str) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    found = read_document(tmp_path / name)
    assert isinstance(found, Problem)
    assert found.message.startswith(message)


def test_bytes_that_are_not_utf8(tmp_path: Path) -> None:
    (tmp_path / "x.md").write_bytes(b"$a$\nM\xfcller $b$")
    found = document(tmp_path / "x.md")
    assert [one.latex for one in found.formulas] == ["a", "b"]
    message = "x.md, line 2: a byte that is not UTF-8 (0xfc); save the file as UTF-8"
    assert [problem.message for problem in found.problems] == [message]


def test_line_ends_and_byte_order_marks(tmp_path: Path) -> None:
    (tmp_path / "x.md").write_bytes(b"\xef\xbb\xbf---\r\nt: $x$\r\n---\r\n$a$\r\n")
    assert [(one.latex, one.line) for one in document(tmp_path / "x.md").formulas] == [("a", 4)]


@pytest.mark.parametrize("cell", [3, None, {"cell_type": "markdown"}, {"cell_type": "markdown", "source": [1, None]}])
def test_cells_of_the_wrong_shape(cell: object) -> None:
    cells = read_cells(json.dumps({"cells": [cell]}), "x.ipynb")
    assert not isinstance(cells, Problem)
    assert [one.text for one in cells] in ([], [""])


PIECES = (
    r"$|$$|\[|\]|\(|\)|\begin{align}|\end{align}|\begin{verbatim}|\end{verbatim}|a|=|{|}|`|```|~~~|%|<!--|-->|\\|\verb+"
    r"|\newcommand{\x}|\def\y#1{|\let\z|{{< include b.md >}}|\end{document}|---|> |<pre>|\iffalse|\input{b}|ä"
).split("|") + ["\n", "\n\n", " "]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join), st.sampled_from(["tex", "markdown"]))
def test_any_text_gives_formulas_in_order(text: str, dialect: Dialect) -> None:
    result = extract(text, dialect)
    assert len(result.prose) == len(text)
    places = [one.outer if isinstance(one, Found) else one.place for one in result.found]
    assert all(before.end <= after.start for before, after in pairwise(places))


@pytest.mark.parametrize("dialect", ["tex", "markdown"])
@pytest.mark.parametrize(
    "unit",
    ["$a ", "${ ", "$$ a ", r"\[ ", "`", "```\n", "~~~\n````\n", "<!-- ", r"\newcommand{", r"\let", "{{< include x",
     r"\begin{align} ", r"\verb|", "\\\\]", "<pre ", "$$ the quick brown fox\n\n", r"\def\x{", r"\usepackage["],
)  # fmt: skip
def test_time_is_linear(unit: str, dialect: Dialect) -> None:
    def seconds(count: int) -> float:
        start = time.process_time()
        extract(unit * count, dialect)
        return time.process_time() - start

    small = min(seconds(1000) for _ in range(3))
    assert min(seconds(8000) for _ in range(2)) < 30 * max(small, 0.002)
