"""The page: one self-contained file with MathML, without scripts or anything from a network."""

from __future__ import annotations

import re
from functools import cache
from html import escape
from typing import TYPE_CHECKING

from engine.sheets.formula import Formula, Inline, harmless, inline, width
from engine.sheets.view import SheetView
from report_templates import template

if TYPE_CHECKING:
    from math_core import LatexToMathML


class Html(str):
    """HTML that was made here; every other text is escaped where it is printed."""

    __slots__ = ()

    def __html__(self) -> str:
        """Jinja's sign that a text is ready to be printed as it is."""
        return self


def html_page(view: SheetView) -> str:
    """The whole page. Everything is escaped but the MathML made here and our own style sheet."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        loader=FunctionLoader(template),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "display": lambda latex: mathml(latex, display=True),
        "math": lambda latex: mathml(latex, display=False) if latex else "",
        "words": words,
        "inline": inline,
        "plain": plain_words,
        "minus": lambda exponent: str(exponent).replace("-", "−"),
        "svg_marker": svg_marker,
    }
    return environment.get_template("sheet.html.j2").render(sheet=view, style=Html(template("sheet.css")))


PUNCTUATED = re.compile(r"(<math>(?:(?!<math>).)*?</math>)([,.;:!?)]+)(?=\s|$)", re.DOTALL)
LONG = 20.0
"""A formula among words that is wider than this, in digits, gets a box of its own that can scroll."""


def words(parts: Inline) -> Html:
    """Words escaped, formulas as MathML, each kept on one line with the punctuation that follows it."""
    made = "".join(_among_words(p.latex) if isinstance(p, Formula) else escape(p.text) for p in parts)
    return Html(PUNCTUATED.sub(r'<span class="kept">\1\2</span>', made))


def _among_words(latex: str) -> str:
    made = mathml(latex, display=False)
    return f'<span class="long">{made}</span>' if width(latex) > LONG else made


def mathml(latex: str, *, display: bool) -> Html:
    """The formula in MathML; what is no known notation is shown as its source, so that nothing is lost or guessed."""
    converted = _converted(latex, display) if harmless(latex) else None
    return Html(converted if converted is not None else f'<code class="source">{escape(latex)}</code>')


@cache
def _converter() -> LatexToMathML:
    from math_core import LatexToMathML

    return LatexToMathML(fancy_error=False)


@cache
def _converted(latex: str, display: bool) -> str | None:
    from math_core import LatexError

    try:
        return str(_converter().convert_with_local_state(latex, displaystyle=display))
    except LatexError:
        return None


LETTERS = {
    "varepsilon": "ε",
    "epsilon": "ε",
    "theta": "θ",
    "lambda": "λ",
    "hat": "",
    "left": "",
    "right": "",
    "mathrm": "",
}


def plain_words(text: str) -> str:
    """Words whose formulas became plain text, for a label in a picture, where MathML cannot stand.

    >>> plain_words(r"order $\\varepsilon^{2}$")
    'order ε^2'
    """
    return "".join(_plain(part.latex) if isinstance(part, Formula) else part.text for part in inline(text))


def _plain(latex: str) -> str:
    named = re.sub(r"\\([A-Za-z]+) ?", lambda found: LETTERS.get(found[1], found[1]), latex)
    return named.replace("{", "").replace("}", "")


def svg_marker(marker: str, x: float, y: float) -> Html:
    """The sign of a curve at a point: shapes that differ without colour."""
    match marker:
        case "disc":
            drawn = f'<circle class="marker disc" cx="{x:.1f}" cy="{y:.1f}" r="2.6"/>'
        case "ring":
            drawn = f'<circle class="marker" cx="{x:.1f}" cy="{y:.1f}" r="4.8"/>'
        case "frame":
            drawn = f'<rect class="marker" x="{x - 6.5:.1f}" y="{y - 6.5:.1f}" width="13" height="13"/>'
        case _:
            drawn = f'<path class="marker" d="M{x - 4:.1f} {y - 4:.1f}l8 8m0 -8l-8 8"/>'
    return Html(drawn)
