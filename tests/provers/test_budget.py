"""The budget of a claim: steps, a clock, and its own thread."""

from __future__ import annotations

import threading

import pytest

from engine.provers.budget import Budget, OutOfBudget, OutOfTime, limited, spend


def test_steps_are_spent_once() -> None:
    with limited(Budget(3)):
        spend(3)
        with pytest.raises(OutOfBudget, match="step budget"):
            spend()


def test_the_clock_is_looked_at_with_every_step() -> None:
    late = iter((False, True))
    with limited(Budget(100, lambda: next(late))):
        spend()
        with pytest.raises(OutOfTime, match="time limit"):
            spend()


def test_the_outer_budget_comes_back() -> None:
    with limited(Budget(1)):
        with limited(Budget(100)):
            spend(50)
        spend()
    spend(10**9)  # no budget is open


def test_a_budget_belongs_to_its_thread() -> None:
    seen: list[str] = []

    def other() -> None:
        spend(10**6)
        seen.append("unlimited")

    with limited(Budget(1)):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert seen == ["unlimited"]
