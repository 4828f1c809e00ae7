"""Functions that are not known are no numbers: ``\\arctan(2x) = 2\\arctan x`` was proved, arctan 1 = π/4 refuted."""

from __future__ import annotations

import pytest

from engine.checking.check import check
from engine.kernel.verdict import Proved
from engine.meaning.context import Context
from engine.meaning.elaborate import Reading, read_statement, read_term
from engine.meaning.latex import term_latex
from engine.meaning.sort import Function, Real, Vector
from engine.span import Problem


@pytest.mark.parametrize(
    "claim",
    [
        r"\arctan(2x) = 2\arctan x",
        r"\arctan(1) = \frac{\pi}{4}",
        r"\cos(\arccos x) = x",
        r"\cot x = \frac{\cos x}{\sin x}",
        r"\lg 100 = 2",
        r"\mathrm{arcsin}\, 2x = 2\, \mathrm{arcsin}\, x",
    ],
)
def test_a_function_that_is_not_known_is_no_factor(claim: str) -> None:
    verdict = check(claim)
    assert isinstance(verdict, Problem)
    assert "is not understood here" in verdict.message


def test_one_that_is_defined_beside_the_claim_is_a_function() -> None:
    verdict = check(r"\cot(x) \tan(x) = 1", where=[r"\cot(t) = \frac{\cos t}{\sin t}"])
    assert isinstance(verdict, Proved)


@pytest.mark.parametrize(("text", "meant"), [(r"f(z)_k", r"(f(z))_k"), (r"\operatorname{softmax}(z)_1^2", None)])
def test_a_subscript_behind_the_arguments_is_an_entry(text: str, meant: str | None) -> None:
    reading = read_term(text, Context())
    assert isinstance(reading, Reading)
    again = read_term(meant or term_latex(reading.term, reading.context), reading.context)
    assert isinstance(again, Reading)
    assert again.term == reading.term
    result = [d.sort.result for d in reading.context.declarations if isinstance(d.sort, Function)]
    assert len(result) == 1 and isinstance(result[0], Vector)


@pytest.mark.parametrize("text", [r"g(x)_k", r"f(x)_{12}", r"f(x)_n", r"f(x)_{\mathrm{max}}", r"\ln(x)_1", r"f(x)'_k"])
def test_another_subscript_there_is_refused(text: str) -> None:
    """Of a number, with two indices, with a size, with a word, on a function that everybody knows."""
    context = Context().declare("g", Function((Real(),), Real()))
    reading = read_term(text, context)
    assert isinstance(reading, Problem)
    assert "after the arguments" in reading.message


@pytest.mark.parametrize("text", [r"\frac{d}{dx} e^2 = 2e e'", r"\frac{de}{dx} = 0", r"\frac{d\pi}{dx} = 0"])
def test_no_constant_is_differentiated(text: str) -> None:
    """e was Euler's number beside e', and what is true of a function was refuted."""
    found = read_statement(text, Context())
    assert isinstance(found, Problem) and "can be the constant or what is differentiated" in found.message


def test_a_number_above_e_is_an_index_or_an_exponent() -> None:
    assert isinstance(read_statement("e^{(2)} = 2e^{(1)}", Context()), Problem)
    assert not isinstance(read_statement("e^{2} = e e", Context()), Problem)
