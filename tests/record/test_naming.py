"""Only names may stand where a record has names."""

from __future__ import annotations

import pytest

from engine.meaning.context import Context
from engine.meaning.sort import REAL
from engine.meaning.statement import Relation
from engine.meaning.term import ONE, ZERO, Apply, Name, Sum
from engine.record.naming import is_name, misspelt_names


@pytest.mark.parametrize("name", ["x", r"\hat{\lambda}", r"\bar{x}", r"C_{\mathrm{out}}", r"\hat{\theta}_{R}", "N"])
def test_names(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize("text", ["3", "1 + 1", r"\pi", "e", r"\infty", "", "x = 1", r"\hat\lambda", "2x", "x y"])
def test_other_texts(text: str) -> None:
    assert not is_name(text)


def test_a_claim_is_searched_for_names_everywhere() -> None:
    context = Context().declare("1", REAL).define("2", ("3",), ZERO)
    bound = Sum("4", ONE, Name("5"), Apply("6", (Name("x"),)))
    assert list(misspelt_names((context, Relation(bound, "=", Apply("ln", (ONE,)))))) == ["1", "2", "3", "4", "5", "6"]
