"""Remainders ``O(x^k)``: ``e^x = 1 + x + O(x^2)`` was refuted, as O was a number."""

from __future__ import annotations

import pytest

from engine.checking.check import check
from engine.checking.links import read_links
from engine.kernel.verdict import Open, Proved
from engine.meaning.context import Context
from engine.meaning.sort import NATURAL
from engine.meaning.statement import UpToOrder
from engine.span import Problem


def test_the_variable_and_the_least_order() -> None:
    (link,) = read_links(r"e^x = 1 - O(x^3) + O(|x|^2)", Context())
    assert not isinstance(link, Problem)
    assert isinstance(link.claim.statement, UpToOrder)
    assert (link.claim.statement.variable, link.claim.statement.order) == ("x", 2)
    assert link.latex == "e^{x} = 1 + O(x^{2})"


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("O(x^2) = x^2", "a summand of the right side"),
        ("e^{O(x)} = 1", "a summand of the right side"),
        ("x < O(x)", "a summand of the right side"),
        ("x = 2O(x)", "a summand of the right side"),
        ("x^2 + x = O(x^2)", "to 0 or to infinity"),
        ("x^3 + x = x^3 - 2x^2 + O(x^2)", "to 0 or to infinity"),
        ("n^3 = n + O(n^2)", "no real variable"),
        ("x = x + O(1/n)", "a power of one variable"),
        ("x = x + O(1)", "a power of one variable"),
        ("x = x + O(xy)", "a power of one variable"),
        ("x = x + O(x^{1/2})", "a power of one variable"),
        ("x = x + O(x^0)", "a power of one variable"),
        ("x = 1 + O(x) + O(y)", "a power of one variable"),
    ],
)
def test_what_is_not_understood_is_said(claim: str, said: str) -> None:
    (found,) = read_links(claim, Context().declare("n", NATURAL))
    assert isinstance(found, Problem) and said in found.message


def test_a_remainder_of_the_wrong_order_is_not_proved() -> None:
    for claim in (r"e^x = 1 + x + O(x^3)", r"\cos x = 1 + O(x^4)", "h = O(h^2)", r"\ln x = x - 1 + O((x-1)^3)"):
        assert not isinstance(check(claim), Proved), claim


def test_a_declared_name_is_no_remainder() -> None:
    assert isinstance(check("O(x + 1) = Ox + O", given=["O > 0"]), Proved)
    assert isinstance(check("O = x"), Open)


@pytest.mark.parametrize(("fact", "room"), [("x > 0", True), ("x \\ne 0", True), ("x > 1", False), ("x < 0", False)])
def test_the_variable_must_be_able_to_tend_to_0(fact: str, room: bool) -> None:
    verdict = check("e^x = 1 + x + O(x^2)", given=[fact])
    assert isinstance(verdict, Proved if room else Problem)
