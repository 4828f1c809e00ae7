"""Infinite sums by table: each row at a value that is known otherwise, and its condition of convergence."""

from __future__ import annotations

import pytest

from tests.kernel.exercise import claim, given, proved, reason

CONTEXT = given(r="unit", x="real", lam="pos", n="nat0", z="integer", m="nat")
GEOMETRIC = (
    (r"\sum_{k=0}^\infty r^k", r"\frac{1}{1-r}"),
    (r"\sum_{k=3}^\infty r^k", r"\frac{r^3}{1-r}"),
    (r"\sum_{k=n}^\infty r^k", r"\frac{r^n}{1-r}"),
    (r"\sum_{k=n}^\infty k r^k", r"\frac{n r^n}{1-r} + \frac{r^{n+1}}{(1-r)^2}"),
    (r"\sum_{k=0}^\infty k^2 r^k", r"\frac{r(1+r)}{(1-r)^3}"),
    (r"\sum_{k=0}^\infty k^3 r^k", r"\frac{r(1+4r+r^2)}{(1-r)^4}"),
    (r"\sum_{k=0}^\infty (-r)^k", r"\frac{1}{1+r}"),
    (r"(1-r^2)\sum_{k=0}^\infty r^{2k+1}", "r"),
    (r"(1-r^m)\sum_{k=0}^\infty r^{mk}", "1"),
    (r"\sum_{k=0}^\infty e^{-\lambda k}", r"\frac{1}{1-e^{-\lambda}}"),
    (r"\sum_{k=0}^\infty (k+x) 3^{-k}", r"\frac{3}{4} + \frac{3x}{2}"),
)
OTHERS = (
    (r"\sum_{k=0}^\infty \frac{x^k}{k!}", "e^x"),
    (r"\sum_{k=2}^\infty \frac{x^k}{k!}", "e^x - 1 - x"),
    (r"\sum_{k=1}^\infty k^3\frac{x^k}{k!}", "(x^3 + 3x^2 + x)e^x"),
    (r"\sum_{k=1}^\infty \frac{k}{k!}", "e"),
    (r"\sum_{k=1}^\infty \frac{(-x)^k}{(k-1)!}", "-x e^{-x}"),
    (r"\sum_{k=1}^\infty \frac{r^k}{k}", r"-\ln(1-r)"),
    (r"\sum_{k=3}^\infty \frac{r^k}{k}", r"-\ln(1-r) - r - \frac{r^2}{2}"),
    (r"\sum_{k=1}^\infty \frac{(-1)^k}{k}", r"-\ln 2"),
)


@pytest.mark.parametrize(("series", "value"), GEOMETRIC + OTHERS)
def test_the_table(series: str, value: str) -> None:
    assert proved(*claim(f"{series} = {value}", CONTEXT)).conditions == ()
    assert reason(*claim(f"{series} = {value} + 1", CONTEXT)) == "the two sides have different normal forms"


CONVERGENCE = "the convergence of an infinite sum"
TABLE = "not in the table"
DEFINED = "needed for the statement to be defined"


@pytest.mark.parametrize(
    ("series", "why"),
    (
        (r"\sum_{k=0}^\infty x^k", CONVERGENCE),
        (r"\sum_{k=0}^\infty \lambda^k", CONVERGENCE),
        (r"\sum_{k=0}^\infty 1", CONVERGENCE),
        (r"\sum_{k=0}^\infty k", CONVERGENCE),
        (r"\sum_{k=0}^\infty (-1)^k", CONVERGENCE),
        (r"\sum_{k=0}^\infty r^{-k}", CONVERGENCE),
        (r"\sum_{k=0}^\infty e^{\lambda k}", CONVERGENCE),
        (r"\sum_{k=0}^\infty (r^k - 2^k)", CONVERGENCE),
        (r"\sum_{k=0}^\infty r^k x^k", CONVERGENCE),
        (r"\sum_{k=1}^\infty \frac{1}{k}", CONVERGENCE),
        (r"\sum_{k=1}^\infty \frac{x^k}{k}", CONVERGENCE),
        (r"\sum_{k=z}^\infty r^k", "may start before 0"),
        (r"\sum_{k=-1}^\infty r^k", "may start before 0"),
        (r"\sum_{k=x}^\infty r^k", "bounds must be integers"),
        (r"\sum_{k=n}^\infty \frac{x^k}{k!}", TABLE),
        (r"\sum_{k=1}^\infty \frac{1}{k^2}", TABLE),
        (r"\sum_{k=0}^\infty r^{k^2}", TABLE),
        (r"\sum_{k=0}^\infty \frac{r^k}{k+1}", TABLE),
        (r"\sum_{k=0}^\infty \frac{x^k}{(k!)^2}", TABLE),
        (r"\sum_{k=0}^\infty k!\, r^k", TABLE),
        (r"\sum_{k=0}^\infty k^x r^k", TABLE),
        (r"\prod_{k=0}^\infty r^k", "an infinite value"),
        (r"\sum_{k=-\infty}^\infty r^k", "an infinite value"),
        (r"\sum_{k=\infty}^\infty r^k", "an infinite value"),
    ),
)
def test_no_value(series: str, why: str) -> None:
    assert why in reason(*claim(f"{series} = {series}", CONTEXT))


@pytest.mark.parametrize(
    "statement",
    (
        r"\sum_{k=0}^\infty \frac{k r^k}{k} = \frac{1}{1-r}",
        r"\sum_{k=0}^\infty \frac{x^k}{(k-1)!} = xe^x",
        r"\sum_{k=1}^\infty k r^k \ln(k-1) \cdot 0 = 0",
    ),
)
def test_a_term_without_a_value(statement: str) -> None:
    assert DEFINED in reason(*claim(statement, CONTEXT))
