"""Canonical spelling of names."""

from __future__ import annotations

import pytest

from engine.reading.parser import read
from engine.reading.tree import spelling
from engine.span import Problem


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\hat\lambda", r"\hat{\lambda}"),
        (r"\hat{\lambda}_{\mathrm{MLE}}", r"\hat{\lambda}_{\mathrm{MLE}}"),
        (r"\hat \lambda _ {M L E}", r"\hat{\lambda}_{MLE}"),
        (r"x_1", "x_{1}"),
        (r"C_\text{out}", r"C_{\mathrm{out}}"),
        (r"\bar x_{i,j}", r"\bar{x}_{i,j}"),
        (r"\theta_0^*", r"\theta_{0}^{*}"),
        (r"\theta^{*}_{0}", r"\theta_{0}^{*}"),
        (r"x'", "x'"),
        (r"x^\prime", "x'"),
        (r"x^{(i)}", "x^{(i)}"),
        (r"\mathbf x", r"\mathbf{x}"),
        (r"\bm\theta", r"\boldsymbol{\theta}"),
        (r"\overline{x}_{n+1}", r"\bar{x}_{n+1}"),
        (r"{w_0}_i", r"{w_{0}}_{i}"),
        (r"x_{\alpha b}", r"x_{\alpha b}"),
        (r"x_{\alpha\beta}", r"x_{\alpha\beta}"),
    ],
)
def test_one_spelling_for_one_name(text: str, expected: str) -> None:
    node = read(text)
    assert not isinstance(node, Problem), node.show()
    assert spelling(node) == expected
    again = read(expected)
    assert not isinstance(again, Problem) and spelling(again) == expected


@pytest.mark.parametrize("text", [r"x_{\frac{1}{2}}", r"{u 0}_i", r"E_{x \sim P}"])
def test_a_formula_has_no_spelling(text: str) -> None:
    node = read(text)
    assert not isinstance(node, Problem)
    assert spelling(node) is None
