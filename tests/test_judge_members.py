"""Claims with deltas and with derivatives in members of families, true and false, through the judge."""

from __future__ import annotations

import pytest

from engine.judge import judge
from engine.kernel.verdict import Proved, Refuted, Verdict
from tests.families import claim, declared, defined

Row = tuple[str, type[Verdict], dict[str, str]]

SUMS: list[Row] = [
    (
        r"\sum_{i=1}^N \delta_{ik} x_i = x_k",
        Proved,
        {"N": "nat", "k": "in N", "x": "free"},
    ),
    (
        r"\sum_{i=1}^N \delta_{ik} x_i = x_k",
        Refuted,
        {"N": "nat", "k": "nat", "x": "free"},
    ),
    (
        r"\sum_{i=1}^N \delta_{ik} = 1",
        Refuted,
        {"N": "nat", "k": "integer"},
    ),
    (
        r"\sum_{i=1}^N \delta_{ik} x_i = x_k",
        Proved,
        {"N": "nat", "k": "nat", "x": "of N"},
    ),
    (
        r"\sum_{i=1}^N \delta_{ik} x_i = \sum_{j=1}^N x_j \delta_{kj}",
        Proved,
        {"N": "nat", "k": "integer", "x": "free"},
    ),
    (
        r"\delta_{ij}^2 = \delta_{ji}",
        Proved,
        {"i": "integer", "j": "integer"},
    ),
    (
        r"\delta_{k,k+1} = 0",
        Proved,
        {"k": "integer"},
    ),
    (
        r"\delta_{ii} = 1",
        Proved,
        {"i": "integer"},
    ),
    (
        r"\delta_{ij} = 1",
        Refuted,
        {"i": "integer", "j": "integer"},
    ),
    (
        r"\delta_{2i,2j+1} = 0",
        Proved,
        {"i": "integer", "j": "integer"},
    ),
    (
        r"\delta_{2i,2j} = \delta_{ij}",
        Proved,
        {"i": "integer", "j": "integer"},
    ),
    (
        r"\delta_{ij} x_i = \delta_{ij} x_j",
        Proved,
        {"i": "integer", "j": "integer", "x": "free"},
    ),
    (
        r"\delta_{ij} \delta_{jk} = \delta_{ij}\delta_{ik}",
        Proved,
        {"i": "integer", "j": "integer", "k": "integer"},
    ),
    (
        r"\delta_{ij} \delta_{jk} = \delta_{ik}",
        Refuted,
        {"i": "integer", "j": "integer", "k": "integer"},
    ),
    (
        r"\sum_{j=1}^N \delta_{ij} \delta_{jk} = \delta_{ik}",
        Proved,
        {"N": "nat", "i": "in N", "j": "integer", "k": "integer"},
    ),
    (
        r"\sum_{j=1}^N \delta_{ij} \delta_{jk} = \delta_{ik}",
        Refuted,
        {"N": "nat", "i": "integer", "k": "integer"},
    ),
    (
        r"\sum_{i=1}^N \sum_{j=1}^N \delta_{ij} = N",
        Proved,
        {"N": "nat"},
    ),
    (
        r"\sum_{i=1}^N \sum_{j=1}^N \delta_{ij} a_i b_j = \sum_{i=1}^N a_i b_i",
        Proved,
        {"N": "nat", "a": "free", "b": "free"},
    ),
    (
        r"\sum_{i=1}^N \sum_{j=1}^M \delta_{ij} = N",
        Refuted,
        {"N": "nat", "M": "nat"},
    ),
    (
        r"\mathbf{1}[i \ne j] = 1 - \delta_{ij}",
        Proved,
        {"i": "integer", "j": "integer"},
    ),
    (
        r"\sum_{k=1}^K \mathbf{1}[y_i = k] = 1",
        Proved,
        {"N": "nat", "K": "nat", "y": "classes N K", "i": "in N"},
    ),
    (
        r"\sum_{i=1}^N\sum_{k=1}^K \mathbf{1}[y_i = k] = N",
        Proved,
        {"N": "nat", "K": "nat", "y": "classes N K"},
    ),
    (
        r"\sum_{k=1}^K \mathbf{1}[y_i = k] \theta_k = \theta_{y_i}",
        Proved,
        {"N": "nat", "K": "nat", "y": "classes N K", "i": "in N", "theta": "free"},
    ),
    (
        r"\sum_{i=1}^{3} \delta_{ik} = 1",
        Refuted,
        {"k": "nat"},
    ),
]
"""Sums of deltas and indicators."""

GRADIENTS: list[Row] = [
    (
        r"\frac{\partial}{\partial x_k} \sum_{i=1}^N x_i = 1",
        Proved,
        {"N": "nat", "k": "nat", "x": "of N"},
    ),
    (
        r"\frac{\partial}{\partial x_k} \sum_{i=1}^N x_i = 1",
        Refuted,
        {"N": "nat", "k": "nat", "x": "free"},
    ),
    (
        r"\frac{\partial}{\partial x_k} \sum_{i=1}^N x_i = 1",
        Proved,
        {"N": "nat", "k": "in N", "x": "free"},
    ),
    (
        r"\frac{\partial x_i}{\partial x_k} = \delta_{ik}",
        Proved,
        {"i": "integer", "k": "integer", "x": "free"},
    ),
    (
        r"\frac{\partial x_i}{\partial x_k} = 0",
        Refuted,
        {"i": "integer", "k": "integer", "x": "free"},
    ),
    (
        r"\frac{\partial}{\partial x_k} \sum_{i=2}^N x_i = 1",
        Refuted,
        {"N": "nat", "k": "nat", "x": "of N"},
    ),
    (
        r"\frac{\partial}{\partial x_1} \sum_{i=2}^N x_i = 0",
        Proved,
        {"N": "nat", "x": "of N"},
    ),
    (
        r"\frac{\partial}{\partial x_N} \sum_{i=1}^{N-1} x_i = 0",
        Proved,
        {"N": "nat", "x": "of N"},
    ),
    (
        r"\frac{\partial}{\partial x_k} \sum_{i=1}^N x_i^3 = 3 x_k^2",
        Proved,
        {"N": "nat", "k": "in N", "x": "free"},
    ),
    (
        r"\frac{\partial^2}{\partial x_k^2} \sum_{i=1}^N x_i^3 = 6 x_k",
        Proved,
        {"N": "nat", "k": "in N", "x": "free"},
    ),
    (
        r"\frac{\partial^2}{\partial x_k \partial x_m} \sum_{i=1}^N x_i^3 = 6 x_k \delta_{km}",
        Proved,
        {"N": "nat", "k": "in N", "m": "in N", "x": "free"},
    ),
    (
        r"\frac{\partial^2}{\partial x_k \partial x_m} \sum_{i=1}^N x_i^3 = 6 x_k",
        Refuted,
        {"N": "nat", "k": "in N", "m": "in N", "x": "free"},
    ),
    (
        r"\frac{\partial^2}{\partial x_k \partial x_m} \left(\sum_{i=1}^N x_i\right)^2 = 2",
        Proved,
        {"N": "nat", "k": "in N", "m": "in N", "x": "free"},
    ),
    (
        r"\frac{\partial}{\partial x_k} \prod_{i=1}^N x_i = \frac{1}{x_k} \prod_{i=1}^N x_i",
        Proved,
        {"N": "nat", "k": "nat", "x": "pos of N"},
    ),
    (
        r"\frac{\partial}{\partial x_k} \ln\sum_{i=1}^N x_i = \frac{1}{\sum_{i=1}^N x_i}",
        Proved,
        {"N": "nat", "k": "nat", "x": "pos of N"},
    ),
    (
        r"\frac{\partial}{\partial x_k} \sum_{i=1}^N \ln x_i = \frac{1}{x_k}",
        Proved,
        {"N": "nat", "k": "nat", "x": "pos of N"},
    ),
    (
        r"\frac{\partial}{\partial x_k} \sum_{i=1}^N x_i \ln x_i = 1 + \ln x_k",
        Proved,
        {"N": "nat", "k": "nat", "x": "pos of N"},
    ),
    (
        r"\frac{\partial}{\partial x_k} \sum_{i=1}^N x_i \ln x_i = \ln x_k",
        Refuted,
        {"N": "nat", "k": "nat", "x": "pos of N"},
    ),
    (
        (
            r"\frac{\partial}{\partial x_k} \left[\frac{1}{N}\sum_{i=1}^N \left(x_i - \frac1N\sum_{j=1}^N "
            r"x_j\right)^2\right] = \frac{2}{N}\left(x_k - \frac1N\sum_{j=1}^N x_j\right)"
        ),
        Proved,
        {"N": "nat", "k": "nat", "x": "of N"},
    ),
    (
        r"\sum_{i=1}^N \frac{\partial}{\partial x_i} x_i^2 = \sum_{i=1}^N 2 x_i",
        Proved,
        {"N": "nat", "x": "free"},
    ),
    (
        r"\sum_{k=1}^N \frac{\partial}{\partial x_k} \sum_{i=1}^N x_i = N",
        Proved,
        {"N": "nat", "x": "of N"},
    ),
    (
        r"\sum_{k=1}^M \frac{\partial}{\partial x_k} \sum_{i=1}^N x_i = M",
        Refuted,
        {"N": "nat", "M": "nat", "x": "free"},
    ),
    (
        (
            r"\sum_{k=1}^N x_k \frac{\partial}{\partial x_k} \left(\sum_{i=1}^N x_i^2\right) = 2\sum_{i=1}^N "
            r"x_i^2"
        ),
        Proved,
        {"N": "nat", "x": "free"},
    ),
    (
        r"\frac{\partial}{\partial x_k} \sum_{i=1}^N x_i x_{i+1} = x_{k-1} + x_{k+1}",
        Refuted,
        {"N": "nat", "k": "in N", "x": "free"},
    ),
    (
        r"\frac{\partial}{\partial x_k} \sqrt{\sum_{i=1}^N x_i^2} = \frac{x_k}{\sqrt{\sum_{i=1}^N x_i^2}}",
        Proved,
        {"N": "nat", "k": "nat", "x": "pos of N"},
    ),
    (
        r"\frac{\partial}{\partial x_k} |x_k| = 1",
        Refuted,
        {"k": "integer", "x": "free"},
    ),
    (
        (
            r"\frac{\partial}{\partial x_k} \frac{x_k}{\sum_{i=1}^N x_i} = \frac{\sum_{i=1}^N x_i - "
            r"x_k}{\left(\sum_{i=1}^N x_i\right)^2}"
        ),
        Proved,
        {"N": "nat", "k": "nat", "x": "pos of N"},
    ),
    (
        r"\frac{\partial}{\partial x_k} \sum_{i=1}^N |x_i| = 1",
        Proved,
        {"N": "nat", "k": "nat", "x": "pos of N"},
    ),
    (
        (
            r"\frac{\partial}{\partial x_k} \sum_{i=1}^N\sum_{j=1}^N A_{ij} x_i x_j = \sum_{j=1}^N (A_{kj} + "
            r"A_{jk}) x_j"
        ),
        Proved,
        {"N": "nat", "k": "nat", "x": "of N", "A": "of N N"},
    ),
    (
        r"\frac{\partial}{\partial x_k} \sum_{i=1}^N\sum_{j=1}^N A_{ij} x_i x_j = 2\sum_{j=1}^N A_{kj} x_j",
        Refuted,
        {"N": "nat", "k": "nat", "x": "of N", "A": "of N N"},
    ),
    (
        (
            r"\frac{\partial^2}{\partial x_k \partial x_l} \sum_{i=1}^N\sum_{j=1}^N A_{ij} x_i x_j = A_{kl} + "
            r"A_{lk}"
        ),
        Proved,
        {"N": "nat", "k": "nat", "l": "nat", "x": "of N", "A": "of N N"},
    ),
    (
        (
            r"\frac{\partial}{\partial x_k} \sum_{i=1}^N\sum_{j=1}^N (x_i-x_j)^2 = 4\left(N x_k - \sum_{j=1}^N "
            r"x_j\right)"
        ),
        Proved,
        {"N": "nat", "k": "nat", "x": "of N"},
    ),
    (
        (
            r"\frac{\partial}{\partial x_k} \frac{1}{N-1}\sum_{i=1}^N \left(x_i - \frac1N\sum_{j=1}^N "
            r"x_j\right)^2 = \frac{2}{N-1}\left(x_k - \frac1N\sum_{j=1}^N x_j\right)"
        ),
        Proved,
        {"N": "nat", "k": "nat", "x": "of N"},
    ),
    (
        r"\frac{\partial}{\partial x_k} \sum_{i=1}^{3} x_i = 1",
        Refuted,
        {"k": "nat", "x": "of N", "N": "nat"},
    ),
    (
        r"\frac{\partial}{\partial x_2} \sum_{i=1}^{3} x_i^2 = 2 x_2",
        Proved,
        {"x": "free"},
    ),
    (
        r"\frac{\partial}{\partial x_4} \sum_{i=1}^{3} x_i^2 = 0",
        Proved,
        {"x": "free"},
    ),
    (
        r"\frac{\partial}{\partial x_k} e^{x_m} = \delta_{km} e^{x_k}",
        Proved,
        {"k": "integer", "m": "integer", "x": "free"},
    ),
    (
        r"\frac{\partial}{\partial x_{k+1}} \left(x_{k+1}-x_k\right)^2 = 2(x_{k+1}-x_k)",
        Proved,
        {"k": "integer", "x": "free"},
    ),
    (
        r"\frac{\partial}{\partial x_k} \sum_{i=1}^{N-1} (x_{i+1}-x_i)^2 = 2(x_k-x_{k-1}) - 2(x_{k+1}-x_k)",
        Refuted,
        {"N": "nat", "k": "in N", "x": "free"},
    ),
]
"""Gradients and Hessians of sums."""

SOFTMAX: list[Row] = [
    (
        r"\frac{\partial}{\partial z_k} \ln \sum_{j=1}^K e^{z_j} = \frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}}",
        Proved,
        {"K": "nat", "k": "in K", "m": "in K", "z": "free"},
    ),
    (
        (
            r"\frac{\partial}{\partial z_k}\left[\frac{e^{z_m}}{\sum_{j=1}^K e^{z_j}}\right] = "
            r"\frac{e^{z_m}}{\sum_{j=1}^K e^{z_j}}(\delta_{mk} - \frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}})"
        ),
        Proved,
        {"K": "nat", "k": "in K", "m": "in K", "z": "free"},
    ),
    (
        (
            r"\frac{\partial}{\partial z_k}\left[\frac{e^{z_m}}{\sum_{j=1}^K e^{z_j}}\right] = "
            r"\frac{e^{z_m}}{\sum_{j=1}^K e^{z_j}}(1 - \frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}})"
        ),
        Refuted,
        {"K": "nat", "k": "in K", "m": "in K", "z": "free"},
    ),
    (
        (
            r"\frac{\partial}{\partial z_k}\left[\frac{e^{z_m}}{\sum_{j=1}^K e^{z_j}}\right] = "
            r"\frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}}(\delta_{mk} - \frac{e^{z_m}}{\sum_{j=1}^K e^{z_j}})"
        ),
        Proved,
        {"K": "nat", "k": "in K", "m": "in K", "z": "free"},
    ),
    (
        (
            r"\frac{\partial}{\partial z_k}\left[\frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}}\right] = "
            r"\frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}}(1 - \frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}})"
        ),
        Proved,
        {"K": "nat", "k": "in K", "m": "in K", "z": "free"},
    ),
    (
        (
            r"\frac{\partial^2}{\partial z_k \partial z_m} \ln \sum_{j=1}^K e^{z_j} = "
            r"\frac{e^{z_m}}{\sum_{j=1}^K e^{z_j}}\delta_{mk} - \frac{e^{z_k}}{\sum_{j=1}^K "
            r"e^{z_j}}\frac{e^{z_m}}{\sum_{j=1}^K e^{z_j}}"
        ),
        Proved,
        {"K": "nat", "k": "in K", "m": "in K", "z": "free"},
    ),
    (
        (
            r"\frac{\partial}{\partial z_k}\left[-\sum_{c=1}^K p_c \ln\frac{e^{z_c}}{\sum_{j=1}^K "
            r"e^{z_j}}\right] = \frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}}\sum_{c=1}^K p_c - p_k"
        ),
        Proved,
        {"p": "free", "K": "nat", "k": "in K", "m": "in K", "z": "free"},
    ),
    (
        (
            r"\frac{\partial}{\partial z_k}\left[-\sum_{c=1}^K p_c \ln\frac{e^{z_c}}{\sum_{j=1}^K "
            r"e^{z_j}}\right] = \frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}}- p_k"
        ),
        Refuted,
        {"p": "free", "K": "nat", "k": "in K", "m": "in K", "z": "free"},
    ),
    (
        (
            r"\frac{\partial}{\partial z_k}\left[\sum_{c=1}^K p_c \ln\frac{p_c}{\frac{e^{z_c}}{\sum_{j=1}^K "
            r"e^{z_j}}}\right] = \frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}}\sum_{c=1}^K p_c - p_k"
        ),
        Proved,
        {"K": "nat", "k": "in K", "p": "pos of K", "z": "free"},
    ),
]
"""logsumexp, softmax, cross-entropy, the Kullback-Leibler divergence."""

REGRESSION: list[Row] = [
    (
        (
            r"\frac{\partial}{\partial w_k} \sum_{i=1}^N \left(y_i - \sum_{j=1}^d w_j x_{ij}\right)^2 = "
            r"-2\sum_{i=1}^N x_{ik}\left(y_i - \sum_{j=1}^d w_j x_{ij}\right)"
        ),
        Proved,
        {"N": "nat", "d": "nat", "k": "in d", "w": "free", "y": "free", "x": "free 2"},
    ),
    (
        (
            r"\frac{\partial}{\partial w_k} \sum_{i=1}^N \left(y_i - \sum_{j=1}^d w_j x_{ij}\right)^2 = "
            r"2\sum_{i=1}^N x_{ik}\left(y_i - \sum_{j=1}^d w_j x_{ij}\right)"
        ),
        Refuted,
        {"N": "nat", "d": "nat", "k": "in d", "w": "free", "y": "free", "x": "free 2"},
    ),
    (
        (
            r"\frac{\partial}{\partial w_k} \left[\sum_{i=1}^N \left(y_i - \sum_{j=1}^d w_j x_{ij}\right)^2 + "
            r"\lambda \sum_{j=1}^d w_j^2\right] = -2\sum_{i=1}^N x_{ik}\left(y_i - \sum_{j=1}^d w_j "
            r"x_{ij}\right) + 2\lambda w_k"
        ),
        Proved,
        {"N": "nat", "d": "nat", "k": "nat", "w": "of d", "y": "of N", "x": "of N d", "lam": "pos"},
    ),
    (
        (
            r"\frac{\partial^2}{\partial w_k\partial w_l} \left[\sum_{i=1}^N \left(y_i - \sum_{j=1}^d w_j "
            r"x_{ij}\right)^2 + \lambda \sum_{j=1}^d w_j^2\right] = 2\sum_{i=1}^N x_{ik} x_{il} + 2\lambda "
            r"\delta_{kl}"
        ),
        Proved,
        {"N": "nat", "d": "nat", "k": "nat", "l": "nat", "w": "of d", "y": "of N", "x": "of N d", "lam": "pos"},
    ),
    (
        (
            r"\frac{\partial}{\partial w_k} \sum_{i=1}^N \ln\left(1+e^{-y_i\sum_{j=1}^d w_j x_{ij}}\right) = "
            r"-\sum_{i=1}^N \frac{y_i x_{ik}}{1+e^{y_i\sum_{j=1}^d w_j x_{ij}}}"
        ),
        Proved,
        {"N": "nat", "d": "nat", "k": "in d", "w": "free", "y": "free", "x": "free 2"},
    ),
]
"""Least squares, ridge and logistic regression in coordinates."""

MATRICES: list[Row] = [
    (
        r"\frac{\partial}{\partial W_{kl}} W_{ij} = \delta_{ik}\delta_{jl}",
        Proved,
        {"i": "integer", "j": "integer", "k": "integer", "l": "integer", "W": "free 2"},
    ),
    (
        r"\frac{\partial}{\partial W_{kl}} W_{ij} = \delta_{il}\delta_{jk}",
        Refuted,
        {"i": "integer", "j": "integer", "k": "integer", "l": "integer", "W": "free 2"},
    ),
    (
        r"\frac{\partial}{\partial W_{kl}} \sum_{i=1}^N\sum_{j=1}^d W_{ij}^2 = 2W_{kl}",
        Proved,
        {"N": "nat", "d": "nat", "k": "nat", "l": "nat", "W": "of N d"},
    ),
    (
        (
            r"\frac{\partial}{\partial U_{kl}} \sum_{i=1}^N\sum_{j=1}^M \left(R_{ij} - \sum_{f=1}^F U_{if} "
            r"V_{jf}\right)^2 = -2\sum_{j=1}^M \left(R_{kj} - \sum_{f=1}^F U_{kf} V_{jf}\right) V_{jl}"
        ),
        Proved,
        {"N": "nat", "M": "nat", "F": "nat", "k": "nat", "l": "nat", "R": "of N M", "U": "of N F", "V": "of M F"},
    ),
    (
        (
            r"\frac{\partial}{\partial U_{kl}} \sum_{i=1}^N\sum_{j=1}^M \left(R_{ij} - \sum_{f=1}^F U_{if} "
            r"V_{jf}\right)^2 = -2\sum_{j=1}^M \left(R_{kj} - \sum_{f=1}^F U_{kf} V_{jf}\right) V_{jk}"
        ),
        Refuted,
        {"N": "nat", "M": "nat", "F": "nat", "k": "nat", "l": "nat", "R": "of N M", "U": "of N F", "V": "of M F"},
    ),
    (
        (
            r"\frac{\partial}{\partial W_{kl}} \left[ \sum_{i=1}^N \ln\sum_{c=1}^K e^{\sum_{j=1}^d W_{cj} "
            r"x_{ij}} \right] = \sum_{i=1}^N \frac{e^{\sum_{j=1}^d W_{kj} x_{ij}}}{\sum_{c=1}^K e^{\sum_{j=1}^d "
            r"W_{cj} x_{ij}}} x_{il}"
        ),
        Proved,
        {"N": "nat", "d": "nat", "K": "nat", "k": "in K", "l": "in d", "W": "free 2", "x": "free 2"},
    ),
    (
        (
            r"\frac{\partial}{\partial W_{kl}} \left[ -\sum_{i=1}^N \sum_{c=1}^K \mathbf{1}[y_i = c] "
            r"\ln\frac{e^{\sum_{j=1}^d W_{cj} x_{ij}}}{\sum_{c=1}^K e^{\sum_{j=1}^d W_{cj} x_{ij}}} \right] = "
            r"\sum_{i=1}^N \left(\frac{e^{\sum_{j=1}^d W_{kj} x_{ij}}}{\sum_{c=1}^K e^{\sum_{j=1}^d W_{cj} "
            r"x_{ij}}} - \mathbf{1}[y_i = k]\right) x_{il}"
        ),
        Proved,
        {
            "y": "classes N K",
            "N": "nat",
            "d": "nat",
            "K": "nat",
            "k": "in K",
            "l": "in d",
            "W": "free 2",
            "x": "free 2",
        },
    ),
    (
        (
            r"\frac{\partial}{\partial W_{kl}} \left[ -\sum_{i=1}^N \ln\frac{e^{\sum_{j=1}^d W_{y_i,j} "
            r"x_{ij}}}{\sum_{c=1}^K e^{\sum_{j=1}^d W_{cj} x_{ij}}} \right] = \sum_{i=1}^N "
            r"\left(\frac{e^{\sum_{j=1}^d W_{kj} x_{ij}}}{\sum_{c=1}^K e^{\sum_{j=1}^d W_{cj} x_{ij}}} - "
            r"\mathbf{1}[y_i = k]\right) x_{il}"
        ),
        Proved,
        {
            "y": "classes N K",
            "N": "nat",
            "d": "nat",
            "K": "nat",
            "k": "in K",
            "l": "in d",
            "W": "free 2",
            "x": "free 2",
        },
    ),
    (
        (
            r"\frac{\partial}{\partial W_{kl}} \left[ -\sum_{i=1}^N \ln\frac{e^{\sum_{j=1}^d W_{y_i,j} "
            r"x_{ij}}}{\sum_{c=1}^K e^{\sum_{j=1}^d W_{cj} x_{ij}}} \right] = \sum_{i=1}^N "
            r"\left(\frac{e^{\sum_{j=1}^d W_{kj} x_{ij}}}{\sum_{c=1}^K e^{\sum_{j=1}^d W_{cj} x_{ij}}} + "
            r"\mathbf{1}[y_i = k]\right) x_{il}"
        ),
        Refuted,
        {
            "y": "classes N K",
            "N": "nat",
            "d": "nat",
            "K": "nat",
            "k": "in K",
            "l": "in d",
            "W": "free 2",
            "x": "free 2",
        },
    ),
]
"""Two indices: matrix factorisation and logistic regression of several classes."""

DEFINED: list[tuple[str, type[Verdict], tuple[str, tuple[str, ...], str], dict[str, str]]] = [
    (
        (r"\frac{\partial}{\partial x_k} \frac{1}{N}\sum_{i=1}^N (x_i - \bar x)^2 = \frac{2}{N}(x_k - \bar x)"),
        Proved,
        (r"\bar{x}", (), r"\frac1N\sum_{i=1}^N x_i"),
        {"N": "nat", "k": "nat", "x": "of N"},
    ),
    (
        r"\frac{\partial}{\partial x_k} \bar x = \frac1N",
        Proved,
        (r"\bar{x}", (), r"\frac1N\sum_{i=1}^N x_i"),
        {"N": "nat", "k": "nat", "x": "of N"},
    ),
    (
        r"\frac{\partial}{\partial x_k} \bar x = 0",
        Refuted,
        (r"\bar{x}", (), r"\frac1N\sum_{i=1}^N x_i"),
        {"N": "nat", "k": "nat", "x": "of N"},
    ),
    (
        r"\frac{\partial}{\partial x_k} \sum_{i=1}^N (x_i - \bar x) = 0",
        Proved,
        (r"\bar{x}", (), r"\frac1N\sum_{i=1}^N x_i"),
        {"N": "nat", "k": "nat", "x": "of N"},
    ),
    (
        r"\frac{\partial}{\partial w_k} e_i = -x_{ik}",
        Proved,
        (r"e", ("i",), r"y_i - \sum_{j=1}^d w_j x_{ij}"),
        {"N": "nat", "d": "nat", "k": "in d", "i": "in N", "w": "free", "y": "free", "x": "free 2"},
    ),
    (
        r"\frac{\partial}{\partial w_k} \sum_{i=1}^N e_i^2 = -2\sum_{i=1}^N e_i x_{ik}",
        Proved,
        (r"e", ("i",), r"y_i - \sum_{j=1}^d w_j x_{ij}"),
        {"N": "nat", "d": "nat", "k": "in d", "w": "free", "y": "free", "x": "free 2"},
    ),
    (
        r"\frac{\partial}{\partial w_k} \sum_{i=1}^N e_i^2 = 0",
        Refuted,
        (r"e", ("i",), r"y_i - \sum_{j=1}^d w_j x_{ij}"),
        {"N": "nat", "d": "nat", "k": "in d", "w": "free", "y": "free", "x": "free 2"},
    ),
]
"""Names that are defined by members: what is defined moves with them."""


@pytest.mark.parametrize(("text", "verdict", "kinds"), SUMS + GRADIENTS + SOFTMAX + REGRESSION + MATRICES)
def test_verdicts(text: str, verdict: type[Verdict], kinds: dict[str, str]) -> None:
    assert type(judge(claim(text, declared(**kinds)))) is verdict


@pytest.mark.parametrize(("text", "verdict", "definition", "kinds"), DEFINED)
def test_verdicts_with_definitions(
    text: str, verdict: type[Verdict], definition: tuple[str, tuple[str, ...], str], kinds: dict[str, str]
) -> None:
    assert type(judge(claim(text, defined(declared(**kinds), *definition)))) is verdict
