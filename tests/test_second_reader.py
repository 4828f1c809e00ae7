"""``quod read --second-reader``: what latex2sympy2 makes of a formula, where it is installed."""

from __future__ import annotations

import sys
from importlib.util import find_spec

import pytest

from engine import second_reader
from engine.cli import main
from engine.second_reader import second_reading
from engine.span import Problem

installed = pytest.mark.skipif(find_spec("latex2sympy2") is None, reason="latex2sympy2 is not installed")


@installed
def test_it_reads_a_formula() -> None:
    assert second_reading(r"\frac{1}{2} x + \sum_{i=1}^N x_i") == "1*x/2 + Sum(x_i, (i, 1, N))"


@installed
def test_what_it_cannot_read_is_a_problem() -> None:
    answer = second_reading(r"\hat\lambda_{MLE}")
    assert isinstance(answer, Problem) and answer.message.startswith("latex2sympy2 cannot read this: ")


@installed
def test_it_is_stopped_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_reader, "SECONDS", 0.01)
    answer = second_reading("x")
    assert isinstance(answer, Problem) and "did not answer within" in answer.message


def test_where_it_is_absent_the_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(second_reader, "find_spec", lambda _: None)
    monkeypatch.setattr(sys, "version_info", (3, 12, 1))
    assert main(["read", "--second-reader", "x + 1"]) == 2
    shown = capsys.readouterr()
    assert "understood as  x + 1" in shown.out
    assert "pip install 'quod[latex2sympy2]'" in shown.err


def test_on_a_python_that_is_too_new_the_message_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_reader, "find_spec", lambda _: None)
    monkeypatch.setattr(sys, "version_info", (3, 13, 0))
    answer = second_reading("x")
    assert isinstance(answer, Problem) and "up to Python 3.12 only" in answer.message


def test_a_document_has_no_second_reading(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", "--second-reader", "sheet.md"]) == 2
    assert "--second-reader reads a formula, not a document" in capsys.readouterr().err
