"""The context that the lines beside a claim declare."""

from __future__ import annotations

from engine.checking.check import check
from engine.kernel.verdict import Proved, Refuted
from engine.meaning.context import Context
from engine.meaning.declared import read_context
from engine.meaning.sort import NATURAL


def test_a_size_that_nothing_declares_is_a_natural_number() -> None:
    context = read_context([r"A \in \mathbb{R}^{m \times n}", r"m \in \mathbb{N}"], [])
    assert isinstance(context, Context)
    assert [(one.name, one.sort) for one in context.declarations if one.name in "mn"] == [
        ("n", NATURAL),
        ("m", NATURAL),
    ]


def test_a_size_may_stand_in_the_claim() -> None:
    """The n of the claim was a real number, and looking for a matrix of that size failed."""
    square = [r"A \in \mathbb{R}^{n \times n}"]
    assert isinstance(check(r"\det(2A) = 2^n \det A", given=square), Proved)
    assert isinstance(check(r"\det(2A) = 2 \det A", given=square), Refuted)
