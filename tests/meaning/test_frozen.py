"""Frozen dataclasses behave as those of the standard library do."""

from __future__ import annotations

import copy
from dataclasses import FrozenInstanceError, fields, replace
from fractions import Fraction
from typing import get_args

import pytest

from engine.meaning.context import Context
from engine.meaning.frozen import frozen
from engine.meaning.term import ONE, Derivative, Functional, Name, Number, Sum, Term


def test_fields_are_set_by_place_and_by_name_with_their_defaults() -> None:
    assert Sum("i", ONE, Name("N"), Name("x")) == Sum(body=Name("x"), upper=Name("N"), lower=ONE, index="i")
    assert Derivative(Name("y"), Name("x")).order == 1
    assert Functional("E", (ONE,)) == Functional("E", (ONE,), (), None)
    assert Context() == Context((), (), ())


def test_a_missing_and_an_unknown_field_are_refused() -> None:
    with pytest.raises(TypeError, match="lower"):
        Sum("i")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="size"):
        Name("x", size=1)  # type: ignore[call-arg]


@pytest.mark.parametrize("kind", get_args(Term))
def test_no_term_can_be_changed(kind: type) -> None:
    names = [field.name for field in fields(kind)]
    made = Number(Fraction(1)) if kind is Number else kind(*names)
    for name in names:
        with pytest.raises(FrozenInstanceError):
            setattr(made, name, "other")
    assert [getattr(made, name) for name in names] == ([1, 0] if kind is Number else names)
    assert hash(made) == hash(copy.copy(made)) and copy.deepcopy(made) == made == replace(made)


def test_a_check_after_the_making_still_runs() -> None:
    with pytest.raises(ValueError, match="not a literal"):
        Number(Fraction(1, 3))


def test_more_fields_than_the_fast_way_knows() -> None:
    @frozen
    class Five:
        a: int
        b: int
        c: int
        d: int
        e: int = 5

    assert (Five(1, 2, 3, 4).e, Five(1, 2, 3, d=4)) == (5, Five(1, 2, 3, 4, 5))
