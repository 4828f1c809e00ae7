"""Products with symbolic bounds, powers of negative numbers, and sums that cancel only together."""

from __future__ import annotations

import pytest

from tests.kernel.exercise import NORMAL, claim, given, leaf, says, why_not

KINDS = {
    "N": "nat",
    "M": "nat0",
    "x": "family",
    "y": "family",
    "z": "family",
    "p": "pos family",
    "c": "real",
    "r": "real",
    "u": "unit",
}


@pytest.mark.parametrize(
    "text",
    [
        r"\prod_{i=1}^N x_i=\prod_{j=1}^N x_j",
        r"\prod_{i=1}^N c x_i=c^N\prod_{i=1}^N x_i",
        r"\prod_{i=1}^N(-x_i)=(-1)^N\prod_{i=1}^N x_i",
        r"\prod_{i=1}^N(-2)=(-2)^N",
        r"\prod_{i=1}^N x_i y_i=\prod_{i=1}^N x_i\prod_{i=1}^N y_i",
        r"\prod_{i=1}^N x_i^2=(\prod_{i=1}^N x_i)^2",
        r"\prod_{i=1}^N(x_i+1)^2=\prod_{i=1}^N(x_i^2+2x_i+1)",
        r"\prod_{i=1}^N(y_i-x_i)=(-1)^N\prod_{i=1}^N(x_i-y_i)",
        r"\prod_{i=1}^N x_i=x_N\prod_{i=1}^{N-1}x_i",
        r"\prod_{i=2}^{N}x_{i-1}=\prod_{j=1}^{N-1}x_j",
        r"\prod_{i=1}^N p_i x_i=e^{\sum_{i=1}^N\ln p_i}\prod_{i=1}^N x_i",
        r"\prod_{i=1}^N r^i=\prod_{j=1}^N r^j",
        r"\prod_{i=1}^N 0=0",
        r"\prod_{i=1}^N\prod_{j=1}^N x_i y_j=\left(\prod_{i=1}^N x_i\right)^N\left(\prod_{j=1}^N y_j\right)^N",
        r"\prod_{i=1}^M c=c^M",
        r"(-1)^{2N}=1",
        r"(-1)^{N+1}=-(-1)^N",
        r"(-1)^N(-1)^N=1",
        r"(-1)^{N^2}=(-1)^N",
        r"(-1)^{N(N+1)}=1",
        r"\frac1{(-1)^N}=(-1)^N",
        r"(-2)^N=(-1)^N 2^N",
        r"(r c)^N=r^N c^N",
        r"(-r)^{N}=(-1)^N r^N",
        r"r^{M+N}=r^M r^N",
        r"r^{N-1}r=r^N",
        r"(r^2)^N=(r^N)^2",
        r"0^N=0",
        r"|(-1)^N|=1",
        r"\prod_{i=1}^M M=M^M",
    ],
)
def test_laws(text: str) -> None:
    assert says(text, **KINDS).conditions == ()


@pytest.mark.parametrize(
    "text",
    [
        r"\prod_{i=1}^N x_i=\prod_{i=1}^N y_i",
        r"\prod_{i=1}^N c x_i=c\prod_{i=1}^N x_i",
        r"\prod_{i=1}^N(-x_i)=\prod_{i=1}^N x_i",
        r"\prod_{i=1}^N(x_i+y_i)=\prod_{i=1}^N x_i+\prod_{i=1}^N y_i",
        r"\prod_{i=1}^N x_i=x_1\prod_{i=1}^{N-1}x_i",
        r"\prod_{i=1}^{N}x_i=0",
        r"\prod_{i=1}^N(-1)=1",
        r"\prod_{i=1}^M c=c^{M+1}",
        r"\prod_{i=1}^N\sqrt{x_i}=\sqrt{\prod_{i=1}^N x_i}\cdot\prod_{i=1}^N x_i",
        r"\prod_{i=1}^N|i-2|=\prod_{i=1}^N(i-2)",
        r"\prod_{i=2}^{N+1}|i-3|=\prod_{i=2}^{N+1}(i-3)",
        r"\prod_{i=1}^N\sqrt{x_i^N}=\left(\prod_{i=1}^N x_i\right)^N",
        r"(-1)^N=1",
        r"(-1)^{N+M}=(-1)^N",
        r"(-1)^{3N}=1",
        r"(-2)^N=2^N",
        r"(-r)^N=r^N",
    ],
)
def test_no_laws(text: str) -> None:
    why_not(text, **KINDS)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (r"0^M=0", "zero to a symbolic power"),
        (r"\prod_{i=1}^M 0=0", "a product of zeros that may be empty"),
        (r"\prod_{i=1}^M 0^i=\prod_{j=1}^M 0^j", "a product of zeros that may be empty"),
        (r"\prod_{i=1}^{c}x_i=\prod_{j=1}^{c}x_j", "must be integers"),
        (r"\prod_{i=0}^{u}0=0", "must be integers"),
        (r"\prod_{i=1}^{M-2}2=2^{M-2}", "may lie below the lower one"),
        (r"(-1)^c(-1)^c=1", "not known to be positive"),
        (r"r^{M-1}r=r^M", "needed for the statement to be defined"),
        (r"\prod_{i=1}^{M}r^{i-2}=\prod_{i=1}^{M}r^{i-2}", "not known to be finite there"),
    ],
)
def test_conditions(text: str, why: str) -> None:
    context, goal = claim(text, given(**KINDS))
    assert why in leaf(context, goal, NORMAL)


@pytest.mark.parametrize(
    "text",
    [
        r"\sum_{i=1}^N\frac1{1+e^{-z_i}}+\sum_{i=1}^N\frac1{1+e^{z_i}}=N",
        r"\frac1N\sum_{i=1}^N\frac1{1+e^{-z_i}}=1-\frac1N\sum_{i=1}^N\frac1{1+e^{z_i}}",
        r"\sum_{i=1}^N\frac N{N+x_i^2}=N-\sum_{i=1}^N\frac{x_i^2}{N+x_i^2}",
        r"\sum_{i=1}^N\sum_{j=1}^N\frac{x_i^2}{1+x_i^2+y_j^2}+\sum_{i=1}^N\sum_{j=1}^N\frac{1+y_j^2}{1+x_i^2+y_j^2}=N^2",
        r"\sum_{i=1}^N\sum_{j=1}^{i-1}x_i x_j=\frac12\left(\left(\sum_{i=1}^N x_i\right)^2-\sum_{i=1}^N x_i^2\right)",
        r"\sum_{i=1}^N\sum_{j=1}^i(x_i y_j+x_j y_i)=\sum_{i=1}^N x_i\sum_{i=1}^N y_i+\sum_{i=1}^N x_i y_i",
        r"\sum_{i=1}^N\sum_{j=1}^{i-1}\sum_{k=1}^{j-1}6x_i x_j x_k"
        r"=\left(\sum_{i=1}^N x_i\right)^3-3\sum_{i=1}^N x_i\sum_{i=1}^N x_i^2+2\sum_{i=1}^N x_i^3",
    ],
)
def test_sums_that_cancel_together(text: str) -> None:
    context, goal = claim(text, given(**KINDS))
    assert leaf(context, goal, NORMAL) == "proved"


@pytest.mark.parametrize(
    "text",
    [
        r"\sum_{i=1}^N\frac1{1+e^{-z_i}}+\sum_{i=1}^M\frac1{1+e^{z_i}}=N",
        r"\sum_{i=1}^N\frac1{1+e^{-z_i}}+\sum_{i=1}^N\frac1{1+e^{x_i}}=N",
        r"\sum_{i=1}^N\frac1{1+e^{-z_i}}+\sum_{i=1}^N\frac1{1+e^{z_i}}=N+1",
        r"\sum_{i=1}^N\frac1{1+e^{-z_i}}\cdot\sum_{i=1}^N\frac1{1+e^{z_i}}=N",
        r"\sum_{i=1}^N\sum_{j=1}^{i}x_i x_j=\frac12\left(\left(\sum_{i=1}^N x_i\right)^2-\sum_{i=1}^N x_i^2\right)",
        r"2\sum_{i=1}^N\sum_{j=1}^{i-1}x_i y_j=\sum_{i=1}^N x_i\sum_{i=1}^N y_i-\sum_{i=1}^N x_i y_i",
    ],
)
def test_sums_that_do_not_cancel(text: str) -> None:
    context, goal = claim(text, given(**KINDS))
    assert leaf(context, goal, NORMAL) != "proved"
