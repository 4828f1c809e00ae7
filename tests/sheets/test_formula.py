from __future__ import annotations

from fractions import Fraction

import pytest

from engine.sheets.formula import Formula, Text, harmless, inline, width
from engine.wording import enclosure_latex


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ("", ()),
        ("a $x$ b", (Text("a "), Formula("x"), Text(" b"))),
        (r"5 \$ and $x$", (Text("5 $ and "), Formula("x"))),
        ("one $ alone", (Text("one $ alone"),)),
        ("$x$$y$", (Formula("x"), Formula("y"))),
    ],
)
def test_words_are_split_at_dollars(words: str, parts: tuple[object, ...]) -> None:
    assert inline(words) == parts


@pytest.mark.parametrize(
    "latex",
    [
        r"\hat{\lambda} = \frac{N}{\sum_{i=1}^{N} x_i}",
        r"\left.\frac{d \hat{\theta}(\epsilon)}{d\epsilon}\right|_{\epsilon=0}",
        r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}",
        r"\Bigl\{ x \in \mathbb{R} \Bigr\} \, \text{for every } \epsilon",
        r"\left\lfloor \frac{n}{s} \right\rfloor + 1",
    ],
)
def test_mathematics_is_harmless(latex: str) -> None:
    assert harmless(latex)


@pytest.mark.parametrize(
    "latex",
    [
        r"\input{/etc/passwd}",
        r"\write18{ls}",
        r"\immediate\openout3=x",
        r"\csname input\endcsname x",
        r"\def\x{\x}\x",
        r"x^^5cinput y",
        r"\catcode`\@=11",
        r"\begin{verbatim}x\end{verbatim}",
        r"\begin {pmatrix}",
        r"\begin{pmatrix} 1 \end{array}",
        r"\left( x",
        r"x \right)",
        "x}",
        "{x",
        "{x\\right)",
        "x % y",
        "$",
        "# 1",
        "x~y",
        "x\ny",
        "θ",
        "x\\",
        r"\href{https://example.org}{x}",
        r"\loop\iftrue\repeat",
    ],
)
def test_everything_else_is_not(latex: str) -> None:
    assert not harmless(latex)


@pytest.mark.parametrize(
    ("low", "high", "shown"),
    [
        (Fraction(-7, 2), Fraction(-7, 2), r"-\frac{7}{2}"),
        (Fraction(693147, 10**6), Fraction(693148, 10**6), r"0.69314\ldots"),
        (Fraction(-693148, 10**6), Fraction(-693147, 10**6), r"-0.69314\ldots"),
        (Fraction(-1, 10**12), Fraction(1, 10**12), "[-1e-12, 1e-12]"),
        (Fraction(1), Fraction(2), "[1, 2]"),
    ],
)
def test_enclosures_show_no_digit_that_is_not_certain(low: Fraction, high: Fraction, shown: str) -> None:
    assert enclosure_latex(low, high) == shown


def test_wider_formulas_measure_wider() -> None:
    assert width("x + y") > width("x")
    assert width(r"\frac{a + b + c}{x}") == width("a + b + c")
    assert width(r"\begin{aligned} & a + b \\ & c \end{aligned}") < width("a + b + c + d")
    assert width(r"\frac") >= 0
    assert width("}}}") == 0
