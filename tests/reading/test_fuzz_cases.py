"""What the fuzz run (``tests/soak/fuzz_reading.py``) found: each input, at its shortest, stays here as a case."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

import pytest

from engine.meaning.context import Context
from engine.meaning.elaborate import Reading, read_term
from engine.meaning.latex import _Piece, _Writer, term_latex
from engine.meaning.term import Term
from engine.reading import tree
from engine.reading.chain import split_chain
from engine.reading.parser import read
from engine.span import Problem

R = TypeVar("R")


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


def under(frames: int, step: Callable[[], R]) -> R:
    """The step's result, from a caller that has used this much of the stack."""
    return step() if not frames else under(frames - 1, step)


def printed(text: str) -> str | Problem:
    """What the reading of a text prints, in bounded time; a Problem where it is not read."""
    try:
        with at_most(20):  # exponential time would take years, and the machine may be busy
            reading = read_term(text, Context())
            return term_latex(reading.term) if isinstance(reading, Reading) else reading
    except Slow:
        pytest.fail("took far too long")


def test_gradients_of_gradients_print_in_linear_time() -> None:
    assert printed(r"\nabla " * 24 + "a")


def test_a_row_of_functions_prints_or_is_refused() -> None:
    for depth in range(100, 400, 20):  # where it would break depends on the stack of the caller
        assert printed(r"\ln " * depth + "a")


def test_a_stacked_sign_without_its_parts_splits() -> None:
    assert split_chain(r"{\stackrel}")


def test_values_between_bounds_inside_each_other_are_read_in_linear_time() -> None:
    assert printed(r"\Bigl[x^{" * 24 + "x" + r"}\Bigr]_0^1" * 24)


@pytest.mark.parametrize(
    ("text", "macros"),
    [
        (r"\E[]", r"\newcommand{\E}[1]{\mathbb{E}\left[#1\right]}"),
        (r"\E[({()}{(())})]", r"\newcommand{\E}[1]{\mathbb{E}\left[#1\right]}"),
        (r"\turned{a b}{(c}", r"\newcommand{\turned}[2]{#2 #1}"),
        (r"\turned{a b)}{(c}_", r"\newcommand{\turned}[2]{#2 #1}"),
        (r"\twice{a (b}}", r"\newcommand{\twice}[1]{#1 #1}"),
        (r"\twice{\E[}", r"\newcommand{\E}[1]{\mathbb{E}\left[#1\right]} \newcommand{\twice}[1]{#1 #1}"),
    ],
)
def test_a_place_inside_a_macro_starts_before_it_ends(text: str, macros: str) -> None:
    problem = read_term(text, Context(), macros)
    assert isinstance(problem, Problem) and problem.span is not None
    assert 0 <= problem.span.start <= problem.span.end <= len(text)


def test_every_part_of_a_tree_with_macros_starts_before_it_ends() -> None:
    macros = r"\newcommand{\E}[1]{\mathbb{E}\left[#1\right]} \newcommand{\turned}[2]{\frac{#2}{#1 + #1}}"
    node = read(r"\E{x + \turned{a b}{\E{()}}} - 1", macros)
    assert not isinstance(node, Problem)
    waiting = [node]
    while waiting:
        part = waiting.pop()
        assert part.span.start <= part.span.end
        waiting.extend(tree.children(part))


# What nests needs no brackets, or more of the stack than it looks like.
NESTED = (
    ("{", "}"), ("(", ")"), (r"\frac{1 + 2", "}{2}"), (r"\frac", ""), (r"\sqrt", ""), (r"\sqrt{1 + 2", "}"),
    ("x^{", "}"),
    ("x_{2", "}"), (r"\hat{", "}"), (r"\hat", ""), ("1 - 2f(", ")"), (r"\ln ", ""), (r"\ln(", ")"), (r"\nabla ", ""),
    (r"\frac{d}{dx} ", ""), (r"\max_x ", ""), (r"\lim_{x \to 0} ", ""), (r"\mathbb{E} ", ""), (r"\mathbb{E}[", "]"),
    (r"\sum_{i=1}^N ", ""), (r"\sum_{i=1}^{", "} x_i"), (r"\sum_{i,j=1}^{", "} x"), (r"\sum_{i,j=", "}^N x"),
    (r"\int ", r"\,dx"), ("a / ", ""), ("- ", ""), (r"\left. ", r"\right|_{x=0}"), ("", r" \big|_{x=0}"),
    ("", r"\big|_{x=0}^{x=1}"), ("[x", "]_0^1"), (r"\Bigl[x^{", r"}\Bigr]_0^1"),
    (r"\begin{pmatrix} 1 + 2", r"\end{pmatrix}"),
    (r"\begin{cases} 1 + 2", r"& a < b \end{cases}"), (r"\mathbf{1}[a < 1 + 2", "]"), (r"\underbrace{", "}_{a}"),
    ("f(x < ", ")"), ("|", "|"), (r"\left| 1 + ", r"\right|"), ("x'", ""), (r"\binom{", "}{2}"), ("f_{2i", "}(x)"),
    ("{a \\over ", "}"), (r"\mathrm{Var} ", ""), (r"\partial_x ", ""), (r"\overline{\ln ", "}"), ("f'(", ")"),
)  # fmt: skip


@pytest.mark.parametrize("pair", NESTED)
@pytest.mark.parametrize("depth", [3, 12, 30, 38, 60, 150, 5000])
def test_what_nests_is_read_and_printed_or_refused_without_exhausting_the_stack(
    pair: tuple[str, str], depth: int
) -> None:
    text = pair[0] * depth + "x" + pair[1] * depth
    shown = under(200, lambda: printed(text))
    message = shown.message if isinstance(shown, Problem) else ""
    assert "too deeply" not in message  # which is said where the stack was exhausted


@pytest.mark.parametrize("pieces", [("a + ",), ("a < ",), ("a, ",), (r"\ln x ",), (r"x_i ",), (r"a = b \implies ",)])
def test_what_stands_in_a_row_may_be_long(pieces: tuple[str, ...]) -> None:
    node = read("".join(pieces) * 5000 + "a")
    assert not isinstance(node, Problem)


def test_each_part_of_a_term_is_written_once(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Term] = []
    rule = _Writer.written

    def counted(self: _Writer, term: Term) -> _Piece:
        written.append(term)
        return rule(self, term)

    monkeypatch.setattr(_Writer, "written", counted)
    for text in (
        r"\nabla " * 30 + "a",
        r"\frac{\sqrt{x}}{|\ln(x y)|!} - \sum_{i=1}^N f(x_i)^2",
        r"\nabla (a \nabla (b + c))",
    ):
        written.clear()
        reading = read_term(text, Context())
        assert isinstance(reading, Reading)
        term_latex(reading.term)
        assert len(written) == len({id(term) for term in written})
