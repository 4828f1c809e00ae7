from __future__ import annotations

import io
import re
import subprocess
from pathlib import Path

import pypdf
import pytest

from engine.derivation import Chain, Paragraph, Remark, Step
from engine.meaning.context import Context
from engine.meaning.sort import REAL
from engine.meaning.term import Add, Name, integer
from engine.sheets.pdf import find_pdflatex, pdf_bytes
from engine.sheets.tex import MATHS, SPECIAL, escape, mathematics, tex_page
from engine.sheets.view import sheet_view
from engine.span import Problem
from tests.sheets import specimens

HOSTILE = r"\input{/etc/passwd} $x$ #1 %{ ~^_& \end{document} ^^5c 中 ᵇ ₂ “q” – ≤ x̂"


@pytest.fixture(scope="module")
def pdflatex() -> str:
    found = find_pdflatex()
    if found is None:
        pytest.skip("pdflatex is not installed")
    return found


def compiled(tex: str, pdflatex: str) -> tuple[int, str]:
    """The number of pages and their words."""
    made = pdf_bytes(tex, pdflatex)
    assert isinstance(made, bytes), made
    reader = pypdf.PdfReader(io.BytesIO(made))
    return len(reader.pages), "\n".join(page.extract_text() for page in reader.pages)


def test_words_are_escaped() -> None:
    assert escape(r"\input{x}") == r"\textbackslash{}input\{x\}"
    assert escape("a\nb\x00c") == "a b c"
    assert escape("中") == "[U+4E2D]"
    assert escape("aᵇ") == "a${}^{b}$"
    assert escape("f''") == "f'{}'{}"


def test_what_is_no_formula_is_shown_as_its_source() -> None:
    assert mathematics(r"\frac{1}{2}") == r"$\frac{1}{2}$"
    assert mathematics(r"\input{x}") == r"\texttt{\textbackslash{}input\{x\}}"
    assert mathematics("x\\") == r"\texttt{x\textbackslash{}}"


def test_no_command_of_a_sheet_file_reaches_tex() -> None:
    sheet = specimens.sheet(Paragraph(HOSTILE), Remark(HOSTILE + "$\\input{/etc/passwd}$"))
    tex = tex_page(sheet_view(sheet, "0.1"))
    assert not re.search(r"\\(input|write|openout|csname)\b", tex)
    assert "^^" not in tex
    assert tex.count(r"\end{document}") == 1


def test_every_special_character_compiles(pdflatex: str) -> None:
    everything = "".join([*SPECIAL, *MATHS, *map(chr, range(0x20, 0x17F)), HOSTILE])
    pages, words = compiled(tex_page(sheet_view(specimens.sheet(Paragraph(everything)), "0.1")), pdflatex)
    assert pages >= 1
    assert "[U+4E2D]" in words


def test_the_pdf_has_its_pages_and_words(pdflatex: str) -> None:
    pages, words = compiled(tex_page(sheet_view(specimens.sheet(), "0.1")), pdflatex)
    assert pages == 2
    for expected in (
        "Course #1",
        "Exercise 1.",
        "13 of 15 steps proved, 1 refuted, 1 not decided",
        "Counterexample",
        "not proved",
        "classifier.0",
        "102,764,544",
        "counted by torch",
        "disagrees",
        "slope 2.00",
        "Nobody, 2026",
    ):
        assert expected in words, expected


def test_nothing_is_cut_at_the_margin(pdflatex: str, tmp_path: Path) -> None:
    """A very wide formula is made to fit: TeX reports no overfull line of more than a point or so."""
    name = Name("x")
    wide = Add(tuple(Add((name, integer(n))) for n in range(60)))
    claim = specimens.relation(wide, integer(0), Context().declare("x", REAL))
    tex = tex_page(sheet_view(specimens.sheet(Chain("Wide", (Step(claim, "", "Words.", boxed=True),))), "0.1"))
    (tmp_path / "sheet.tex").write_text(tex, encoding="utf-8")
    subprocess.run(
        [pdflatex, "-interaction=batchmode", "sheet.tex"], cwd=tmp_path, check=True, capture_output=True, timeout=120
    )
    log = (tmp_path / "sheet.log").read_text(encoding="utf-8", errors="replace")
    overfull = [float(points) for points in re.findall(r"Overfull \\hbox \(([\d.]+)pt", log)]
    assert max(overfull, default=0) < 2, overfull


def test_a_failing_tex_is_a_problem(pdflatex: str) -> None:
    problem = pdf_bytes(r"\documentclass{article}\begin{document}\undefinedcommand\end{document}", pdflatex)
    assert isinstance(problem, Problem)
    assert "Undefined control sequence" in problem.message


def test_tex_reads_no_file_outside_its_folder(pdflatex: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.tex"
    secret.write_text("the secret", encoding="utf-8")
    source = rf"\documentclass{{article}}\begin{{document}}x\input{{{secret}}}\end{{document}}"
    assert isinstance(pdf_bytes(source, pdflatex), Problem)


def test_tex_calls_no_program(pdflatex: str, tmp_path: Path) -> None:
    made = tmp_path / "made"
    source = rf"\documentclass{{article}}\begin{{document}}x\immediate\write18{{touch {made}}}\end{{document}}"
    pdf_bytes(source, pdflatex)
    assert not made.exists()


def test_a_missing_program_is_a_problem(tmp_path: Path) -> None:
    assert isinstance(pdf_bytes("x", str(tmp_path / "pdflatex")), Problem)
