"""``quod read``: the reading of a formula, and the chains of a document."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.cli import main
from engine.reading_command import Answer, read_asked

ROOT = Path(__file__).resolve().parents[1]
CASES = ROOT / "tests" / "cases" / "documents"


def test_a_formula() -> None:
    answer = read_asked(r"\sum_{i=1}^N \ln\lambda + \ln x_i = N \bar x", [r"\lambda > 0"])
    assert answer == Answer(
        (
            r"understood as  \sum_{i=1}^{N} (\ln \lambda + \ln x_{i}) = N \bar{x}",
            "tree           Relation =",
            "               ├─ Sum i",
            "               │  ├─ 1",
            "               │  ├─ N",
            "               │  └─ Add",
            "               │     ├─ Apply ln",
            r"               │     │  └─ \lambda",
            "               │     └─ Apply ln",
            "               │        └─ x[i]",
            "               └─ Multiply",
            "                  ├─ N",
            r"                  └─ \bar{x}",
            r"names          \lambda ∈ ℝ   (given)",
            "               N ∈ ℕ   (inferred)",
            "               x_{i} ∈ ℝ for all integers i   (inferred)",
            r"               \bar{x} ∈ ℝ   (inferred)",
            "note           the sum over i reaches over the terms after it that contain i",
        ),
        (),
        0,
    )


def test_what_is_given_decides() -> None:
    shown = read_asked(r"x^T A x", [r"A \in \mathbb{R}^{n \times n}", r"x \in \mathbb{R}^n"]).shown
    assert shown[0] == r"understood as  x^{\top} A x"
    assert "names          A is a matrix, n × n   (given)" in shown
    assert "               x is a vector of n reals   (given)" in shown


def test_several_statements() -> None:
    shown = read_asked(r"a &:= b \\ \Rightarrow c &= d \quad \text{if } x > 0 \\ \intertext{so}").shown
    headings = [line for line in shown if line.startswith(("statement", "note"))]
    assert headings == [
        "statement 1    definition",
        "statement 2    ⇒ claim",
        "statement 3    condition (if)",
        "note           so",
    ]


def test_a_declaration_is_shown_as_one() -> None:
    assert read_asked(r"x \in \mathbb{R}").shown == ("names          x ∈ ℝ   (inferred)",)


@pytest.mark.parametrize(
    ("latex", "said"),
    [
        (r"\frac{1}{2^{x", "quod: expected '}' to close this bracket, found the end\n  \\frac{1}{2^{x\n             ^"),
        ("", "quod: expected a formula; there are only words or nothing"),
        (r"\text{if}", "quod: expected a formula; there are only words or nothing"),
        (r"X \sim P", "quod: a claim with ∼ is not understood"),
    ],
)
def test_what_cannot_be_read(latex: str, said: str) -> None:
    answer = read_asked(latex)
    assert (answer.shown, answer.exit_code) == ((), 2)
    assert answer.said[0].startswith(said)


def test_given_that_cannot_be_read() -> None:
    answer = read_asked("x", [r"x \in Q"])
    assert answer.exit_code == 2
    assert answer.said[0].startswith(r"quod: --given: expected a set after \in that is understood: \mathbb{R}, ")
    assert answer.said[0].endswith("x \\in Q\n        ^")


def test_macros(tmp_path: Path) -> None:
    assert read_asked(r"\la + 1", macros=CASES / "packages" / "short.sty").shown[0] == r"understood as  \lambda + 1"
    (tmp_path / "none.sty").write_text("nothing")
    assert read_asked("x", macros=tmp_path / "none.sty").said[0].startswith("quod: no macros in ")
    assert read_asked("x", macros=tmp_path / "missing.sty").exit_code == 2


def test_a_document() -> None:
    answer = read_asked(str(CASES / "week" / "sheet.md"))
    assert answer.shown == (
        r"sheet.md, line 12: 1 step   understood  x_i \in \R",
        r"questions/rate.md, line 2: 2 steps  understood  \ell(\la) := \sum_{i=1}^n \ln\li(\la e^{-\la x_i}\ri) = n \…",
        r"questions/rate.md, line 8: 2 steps  understood  K = \bmat 1 & 2 \\ 3 & 4 \emat",
        "sheet.md, line 23: 1 step   understood  a = b",
        "read 4 of 4 chains (100 %), 11 of 11 sides; understood 4",
    )
    assert [line.partition(", line")[0] for line in answer.said] == [
        "quod: short.sty",
        "quod: sheet.md",
        "quod: sheet.md",
    ]
    assert answer.exit_code == 0


def test_a_document_with_formulas_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "x.md").write_text("$$\na = b \\\\\n= \\frac{1}{\n$$\n\n$X \\sim P$, $y = $")
    answer = read_asked(str(tmp_path / "x.md"))
    assert answer.exit_code == 1
    assert answer.shown[0] == "x.md, line 1: 2 steps  not read    a = b = \\frac{1}{"
    assert answer.shown[1].startswith("    line 3: expected")
    assert answer.shown[3].strip() == "^"
    assert "x.md, line 6: 1 step   read        X \\sim P" in answer.shown
    assert "    line 6: a side is missing: nothing stands beside the relation" in answer.shown
    assert answer.shown[-1] == "read 1 of 3 chains (33 %), 5 of 7 sides; understood 0"


def test_a_document_that_states_nothing(tmp_path: Path) -> None:
    (tmp_path / "x.md").write_text("words and $x$")
    assert read_asked(str(tmp_path / "x.md")).shown == ("no chains: the document states nothing in formulas",)


def test_a_document_that_is_missing() -> None:
    answer = read_asked("nowhere/sheet.md")
    assert answer == Answer((), ("quod: cannot read sheet.md: no such file or directory",), 2)


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", r"\lambda x", "--given", r"\lambda > 0"]) == 0
    shown = capsys.readouterr()
    assert shown.out.startswith("understood as  \\lambda x\n")
    assert shown.err == ""
    assert main(["read", "--", "-x^2 +"]) == 2
    shown = capsys.readouterr()
    assert (shown.out, shown.err.splitlines()[1]) == ("", "  -x^2 +")


@pytest.mark.parametrize("asked", [b"x \xff", b"\xff.md", b"x", str(CASES / "week" / "sheet.md").encode()])
def test_no_traceback_for_odd_bytes_or_a_reader_that_left(asked: bytes) -> None:
    """The pipe for the output is closed at its other end before the command writes."""
    reading, writing = os.pipe()
    os.close(reading)
    ran = subprocess.run(
        [sys.executable, "-m", "engine.cli", "read", asked],
        stdout=writing,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        timeout=60,
    )
    os.close(writing)
    assert b"Traceback" not in ran.stderr
    assert ran.returncode in (0, 2)
