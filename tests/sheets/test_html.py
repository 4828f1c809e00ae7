from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from engine.derivation import Chain, Paragraph, Step
from engine.meaning.context import Context
from engine.meaning.sort import REAL
from engine.meaning.term import Name
from engine.sheets.formula import Formula, Text
from engine.sheets.html import html_page, mathml, words
from engine.sheets.view import SheetView, sheet_view
from tests.sheets import browser, specimens


@pytest.fixture(scope="module")
def view() -> SheetView:
    return sheet_view(specimens.sheet(), "0.1")


@pytest.fixture(scope="module")
def page(view: SheetView) -> str:
    return html_page(view)


def test_words_are_escaped_and_formulas_are_mathml() -> None:
    made = words((Text("<b> & "), Formula(r"\frac{1}{2}")))
    assert made.startswith("&lt;b&gt; &amp; <math>")
    assert "<mfrac>" in made


def test_a_comma_stays_with_its_formula() -> None:
    made = words((Formula("n"), Text(", so "), Formula("k"), Text(" <i>.")))
    assert made.startswith('<span class="kept"><math><mi>n</mi></math>,</span> so <math>')
    assert made.endswith("&lt;i&gt;.")


@pytest.mark.parametrize("latex", [r"\input{x}", r"\href{javascript:1}{x}", r"\unknown", "x^{", "<script>"])
def test_what_is_no_formula_is_shown_as_its_source(latex: str) -> None:
    made = mathml(latex, display=True)
    assert "<script" not in made
    assert "href=" not in made
    assert made.startswith('<code class="source">') or latex == "<script>"


def test_hostile_words_stay_words(page: str) -> None:
    assert "<script" not in page
    assert "<b>them</b>" not in page
    assert "&lt;script&gt;" in page


def test_a_name_with_markup_stays_text() -> None:
    name = Name(r"\text{<img src=x onerror=alert(1)>}")
    claim = specimens.relation(name, name, Context().declare(name.name, REAL))
    made = html_page(sheet_view(specimens.sheet(Chain("", (Step(claim, "", ""),))), "0"))
    assert "<img" not in made


def test_the_page_needs_nothing_from_outside(page: str) -> None:
    assert not re.search(r"https?://|<script|<link(?! rel=\"icon\" href=\"data:,\")|@import|url\(", page)


def test_every_mark_has_its_word(page: str) -> None:
    marks = re.findall(r'<span class="mark (\w+)"[^>]*>(.*?)</span></span>', page)
    assert {kind for kind, _ in marks} == {"proved", "refuted", "open", "agrees", "counted", "nothing"}
    assert all(re.search(r'class="label">\w+', content + "</span>") for _, content in marks)


def test_ticks_are_as_many_as_proved_rows(page: str, view: SheetView) -> None:
    rows = re.findall(r'<li class="row (\w+)[^"]*"', page)
    assert rows.count("proved") == 4 + 4 + 1
    assert (rows.count("refuted"), rows.count("open")) == (1, 1)


def test_the_page_in_a_browser(page: str, tmp_path: Path) -> None:
    """Loads without a word on the console, at the width of a telephone without scrolling sideways; every formula of
    the view becomes visible MathML."""
    found = json.loads(browser.measured(tmp_path, page, 390))
    assert found["overflow"] == 0
    assert found["formulas"] == page.count("<math")
    assert found["formulas"] > 90
    assert (found["faults"], found["flat"], found["scripts"], found["outside"]) == (0, 0, 0, [])
    # The title's dollar signs are words of the sheet file and stay; no other is left over.
    assert found["text"].count("$") == 2
    _, console = browser.run(tmp_path, page)
    assert console == []


def test_the_console_is_heard(tmp_path: Path) -> None:
    _, console = browser.run(tmp_path, "<!DOCTYPE html><script>console.error('heard')</script>")
    assert any("heard" in line for line in console)


def test_a_formula_without_meaning_is_seen(tmp_path: Path) -> None:
    made = html_page(sheet_view(specimens.sheet(Paragraph(r"Here $\undefined{x}$.")), "0"))
    assert json.loads(browser.measured(tmp_path, made, 800))["faults"] == 1


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_dark_is_dark_and_light_is_light(page: str, tmp_path: Path) -> None:
    for scheme, dark in (("0", True), ("1", False)):
        found = json.loads(browser.measured(tmp_path, page, 800, f"--blink-settings=preferredColorScheme={scheme}"))
        assert (luminance(found["paper"]) < luminance(found["ink"])) is dark
        assert contrast(found["paper"], found["ink"]) > 7


def colours(scheme: str) -> dict[str, str]:
    """The variables of the style sheet for a light or dark screen, as ``rgb`` numbers."""
    from report_templates import template

    blocks = re.findall(r":root \{(.*?)\}", template("sheet.css"), re.DOTALL)
    found = re.findall(r"--([\w-]+): #([0-9a-f]{6});", blocks[scheme == "dark"])
    return {name: " ".join(str(int(value[i : i + 2], 16)) for i in (0, 2, 4)) for name, value in found}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_enough_contrast(scheme: str) -> None:
    """WCAG AA for text, 4.5 to 1, on the page and on panels."""
    table = colours(scheme)
    for name in ("ink", "soft", "good", "bad", "unsure", "accent"):
        for ground in ("paper", "panel"):
            assert contrast(table[name], table[ground]) >= 4.5, (name, ground)
    assert contrast(table["ink"], table["read"]) >= 4.5
    assert contrast(table["soft"], table["pad"]) >= 4.5
    for curve in ("curve-1", "curve-2", "curve-3", "curve-4"):
        assert contrast(table[curve], table["paper"]) >= 4.5


def test_a_page_that_is_too_wide_is_seen(tmp_path: Path) -> None:
    page = "<!DOCTYPE html><body><div style='width:600px'>wide</div>"
    assert json.loads(browser.measured(tmp_path, page, 390))["overflow"] > 100
