"""What the fuzz run (``tests/soak/fuzz_reading.py``) found: each input, at its shortest, stays here as a case."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import pytest

from engine.meaning.context import Context
from engine.meaning.elaborate import Reading, read_term
from engine.meaning.latex import term_latex
from engine.reading.chain import split_chain
from engine.span import Problem


class Slow(BaseException):
    """Raised when the time is up."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    def stop(_: int, __: FrameType | None) -> None:
        raise Slow

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def printed(text: str) -> str | Problem:
    """What the reading of a text prints, in a second at most; a Problem where it is not read."""
    try:
        with at_most(1):
            reading = read_term(text, Context())
            return term_latex(reading.term) if isinstance(reading, Reading) else reading
    except Slow:
        pytest.fail("took more than a second")


@pytest.mark.xfail(strict=True, reason="the printer takes twice the time for every further ∇")
def test_gradients_of_gradients_print_in_linear_time() -> None:
    assert printed(r"\nabla " * 24 + "a")


@pytest.mark.xfail(strict=True, raises=RecursionError, reason="a row of functions may be deeper than brackets may be")
def test_a_row_of_functions_prints_or_is_refused() -> None:
    for depth in range(100, 400, 20):  # where it breaks depends on the stack of the caller
        assert printed(r"\ln " * depth + "a")


def test_a_stacked_sign_without_its_parts_splits() -> None:
    assert split_chain(r"{\stackrel}")


@pytest.mark.xfail(
    strict=True, reason="each ]_0^1 inside another looks for its variable again: twice the time for each"
)
def test_values_between_bounds_inside_each_other_are_read_in_linear_time() -> None:
    assert printed(r"\Bigl[x^{" * 24 + "x" + r"}\Bigr]_0^1" * 24)


@pytest.mark.xfail(
    strict=True, reason="a bracket opened by the text and closed by a macro has its end before its start"
)
def test_a_place_inside_a_macro_starts_before_it_ends() -> None:
    problem = read_term(r"\E[]", Context(), r"\newcommand{\E}[1]{\mathbb{E}\left[#1\right]}")
    assert isinstance(problem, Problem) and problem.span is not None
    assert problem.span.start <= problem.span.end
