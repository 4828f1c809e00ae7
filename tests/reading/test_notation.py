"""The notation that is read, and what is refused, with the expected tree inside each case of tests/cases/reading.

A case is a formula on one line and ``% reads:`` or ``% refused:`` on the next. In a tree, ``[a.b]`` is a product by
juxtaposition, ``(-a)`` a signed term, ``{a, b}`` a sum, ``<x_i^2>`` a name with scripts, ``Kind(...)`` any other node.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.reading import tree
from engine.reading.macro import read_macros
from engine.reading.parser import read
from engine.reading.tree import Node
from engine.span import Problem

CASES = Path(__file__).resolve().parents[1] / "cases" / "reading"
CORPUS = Path(__file__).resolve().parents[2].parent / "shared" / "corpus"


def shown(node: Node | None) -> str:
    """A tree on one line."""
    match node:
        case None:
            return "-"
        case tree.Number(text) | tree.Symbol(text):
            return text
        case tree.Words(text):
            return f'"{text}"'
        case tree.Placeholder(sign):
            return f"place {sign}"
        case tree.Blank():
            return "nothing"
        case tree.Script(base, below, primes, above):
            scripts = (f"_{shown(below)}" if below else "") + "'" * primes + (f"^{shown(above)}" if above else "")
            return f"<{shown(base)}{scripts}>"
        case tree.Group(kind, content):
            return (
                f"{kind} {shown(content)} {kind}"
                if kind not in "(["
                else f"{kind}{shown(content)}{')]'['(['.index(kind)]}"
            )
        case tree.Product(factors, operators):
            return f"[{woven(factors, [operator or '.' for operator in operators])}]"
        case tree.Signed(sign, operand):
            return f"({sign}{shown(operand)})"
        case tree.Addition(terms):
            return "{" + ", ".join(map(shown, terms)) + "}"
        case tree.Relations(items, signs) | tree.Listing(items, signs) | tree.Logic(items, signs):
            return f"{type(node).__name__}({woven(items, [f' {sign} ' for sign in signs])})"
        case _:
            return rarer(node)


def rarer(node: Node) -> str:
    match node:
        case tree.Clauses(items, words):
            return "Clauses(" + " ".join(f"'{w}' {shown(i)}" for w, i in zip(words, items, strict=True)) + ")"
        case tree.Operation(operator, operands):
            return f"Operation({f' {operator} '.join(map(shown, operands))})"
        case tree.Big(kind, lower, upper, body):
            return f"{kind}({shown(lower)}; {shown(upper)}; {shown(body)})"
        case tree.Derivative(numerator, variables):
            return f"Derivative({shown(numerator)}; {', '.join(f'{shown(v)}:{order}' for v, order in variables)})"
        case tree.Integral(variable, lower, upper, body):
            return f"Integral({shown(lower)}; {shown(upper)}; {shown(body)} d {shown(variable)})"
        case tree.MultipleIntegral(sign, variables, lower, upper, body):
            ends = " ".join(f"d{'' if n is None else '^' + shown(n)} {shown(v)}" for v, n in variables)
            return f"MultipleIntegral({sign}; {shown(lower)}; {shown(upper)}; {shown(body)} {ends})"
        case tree.Cases(rows):
            return "Cases(" + "; ".join(f"{shown(value)} | {shown(condition)}" for value, condition in rows) + ")"
        case tree.Matrix(environment, rows):
            return f"{environment}(" + "; ".join(", ".join(map(shown, row)) for row in rows) + ")"
        case tree.Note(body, above, below):
            return f"Note({shown(body)}; {above}; {below})"
        case tree.Interval(opening, lower, upper, closing):
            return f"Interval{opening}{shown(lower)}, {shown(upper)}{closing}"
        case tree.Between(body, lower, upper):
            return f"Between({shown(body)}; {shown(lower)}; {shown(upper)})"
        case _:
            return f"{type(node).__name__}({', '.join(map(shown, tree.children(node)))})"


def woven(items: tuple[Node, ...], signs: list[str]) -> str:
    return "".join(shown(item) + sign for item, sign in zip(items, [*signs, ""], strict=True))


def cases() -> list[object]:
    found: list[object] = []
    for path in sorted(CASES.glob("*.tex")):
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line]
        assert len(lines) % 2 == 0, path
        found += [pytest.param(a, b, id=f"{path.stem}: {a}") for a, b in zip(lines[::2], lines[1::2], strict=True)]
    return found


@pytest.mark.parametrize(("text", "expected"), cases())
def test_a_case_reads_as_it_says(text: str, expected: str) -> None:
    node = read(text)
    said = f"% refused: {node.message}" if isinstance(node, Problem) else f"% reads: {shown(node)}"
    assert said == expected


def test_there_are_cases() -> None:
    assert len(cases()) > 150


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not part of the project")
def test_every_formula_of_the_course_is_read() -> None:
    formula = re.compile(
        r"\$\$(.*?)\$\$|\\begin\{(?:align|equation)\*?\}(.*?)\\end\{|(?<![\\$])\$([^$\n]+)\$", re.DOTALL
    )
    for style in CORPUS.glob("*/latex_packages/*.sty"):
        macros = read_macros(style.read_text(encoding="utf-8"))
        assert not isinstance(macros, Problem)
        sheets = list(style.parents[1].glob("*/questions/*.md"))
        texts = [a or b or c for path in sheets for a, b, c in formula.findall(path.read_text(encoding="utf-8"))]
        assert len(texts) > 100
        assert [text for text in texts if isinstance(read(text, macros), Problem)] == []
