"""Macros of authors."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.reading.macro import read_macros
from engine.reading.parser import read
from engine.reading.tree import Node, Symbol, children
from engine.span import Problem


def symbols(text: str, macros: str) -> list[str]:
    node = read(text, macros)
    assert not isinstance(node, Problem), node.show()
    return [part.spelling for part in walk(node) if isinstance(part, Symbol)]


def walk(node: Node) -> list[Node]:
    return [node, *(inner for child in children(node) for inner in walk(child))]


COURSE = r"""
\newcommand{\la}{\lambda} \newcommand*\hla{\hat{\la}} \renewcommand{\hte}{\hat{\theta}}
\newcommand{\li}{\left} \newcommand{\ri}{\right} \def\half#1{\frac{#1}{2}}
\newcommand{\pd}[2][f]{\frac{\partial #1}{\partial #2}} \DeclareMathOperator*{\argmax}{arg\,max}
\newcommand{\bpmat}{\begin{pmatrix}} \newcommand{\epmat}{\end{pmatrix}}
"""


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (r"\hla_{MLE}", r"\hat{\lambda}_{MLE}"),
        (r"\ln\li(\la\ri)", r"\ln\left(\lambda\right)"),
        (r"\half{x + 1}", r"\frac{x + 1}{2}"),
        (r"\half x", r"\frac{x}{2}"),
        (r"\half12", r"\frac{1}{2}2"),
        (r"\pd{x}", r"\frac{\partial f}{\partial x}"),
        (r"\pd[g]{x}", r"\frac{\partial g}{\partial x}"),
        (r"\bpmat 1 & \la \\ 3 & 4 \epmat", r"\begin{pmatrix} 1 & \lambda \\ 3 & 4 \end{pmatrix}"),
    ],
)
def test_a_macro_reads_as_its_body(text: str, plain: str) -> None:
    assert symbols(text, COURSE) == symbols(plain, "")


def test_an_operator_name_is_one_symbol() -> None:
    assert symbols(r"\argmax", COURSE) == [r"\operatorname{argmax}"] == symbols(r"\operatorname{arg\,max}", "")


STYLE = r"""
% Größe: ein Kommentar "mit" Zeichen, die in keiner Formel stehen
\usepackage{amsmath}
\DeclareMathOperator*{\atan2}{atan2}
\newcommand{\accented}{d\'{e}j\`{a} }
\def\until#1.{#1}
\let\weight=\omega
\DeclarePairedDelimiter{\size}{\lVert}{\rVert}
\newcommand{\half}{\frac12}
"""


def test_a_macro_file_is_read_past_what_it_gets_wrong() -> None:
    table = read_macros(STYLE)
    assert not isinstance(table, Problem), table.show()
    assert set(table) == {r"\accented", r"\weight", r"\size", r"\half"}
    assert symbols(r"\weight \half", STYLE) == symbols(r"\omega\frac12", "")
    assert read(r"x", table) == read("x")


CORPUS = Path(__file__).resolve().parents[2].parent / "shared" / "corpus"


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not part of the project")
def test_the_macro_file_of_a_course_is_loaded() -> None:
    for path in CORPUS.glob("*/latex_packages/*.sty"):
        table = read_macros(path.read_text(encoding="utf-8"))
        assert not isinstance(table, Problem), table.show()
        assert len(table) > 200 and not isinstance(read(r"\li( \fr12 \ri)", table), Problem)


def test_providecommand_does_not_replace() -> None:
    assert symbols(r"\x", r"\newcommand{\x}{a}\providecommand{\x}{b}") == ["a"]


@pytest.mark.parametrize(
    "macros",
    [
        r"\newcommand{\x}{\x}",
        r"\newcommand{\x}{\y}\newcommand{\y}{\x\x}",
        r"\newcommand{\x}{a\y\y}\newcommand{\y}{b\x\x}",
        r"\newcommand{\x}{" + r"\y" * 5000 + r"}\newcommand{\y}{" + "a" * 5000 + "}",
        r"\newcommand{\x}{\z{\z{\z{\z{\z{a}}}}}}\newcommand{\z}[1]{" + "#1" * 1000 + "}",
    ],
)
def test_recursive_and_exploding_macros_are_a_problem(macros: str) -> None:
    problem = read(r"1 + \x", macros)
    assert isinstance(problem, Problem)
    assert "without end" in problem.message
    assert problem.span is not None and problem.span.start == 4


@pytest.mark.parametrize(
    ("macros", "expected"),
    [
        (r"\newcommand{x}{y}", "the command that is defined"),
        (r"\newcommand{\x}[n]{y}", "number of arguments"),
        (r"\newcommand{\x}{y", "'}'"),
        (r"\def\x#2{y}", "#1"),
        (r"\newcommand{\x}", "body"),
    ],
)
def test_malformed_definitions_are_a_problem(macros: str, expected: str) -> None:
    problem = read_macros(macros)
    assert isinstance(problem, Problem)
    assert expected in problem.message


@pytest.mark.parametrize(
    ("text", "macros"),
    [(r"\x", r"\newcommand{\x}[1]{#1}"), (r"\x{a", r"\newcommand{\x}[1]{#1}"), (r"\x{a}", r"\newcommand{\x}[1]{#2}")],
)
def test_calls_that_do_not_fit_are_a_problem(text: str, macros: str) -> None:
    assert isinstance(read(text, macros), Problem)
