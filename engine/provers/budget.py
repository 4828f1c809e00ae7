"""The budget of one claim: steps that provers may take, and a clock that they cannot see but that may stop them.

Whoever judges a claim opens a budget, and what happens inside spends from it. Steps make the same claim stop at the
same place on every machine; the clock is for a claim that is stuck in spite of them. A budget belongs to its thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


class OutOfBudget(Exception):
    """The steps are spent."""


class OutOfTime(OutOfBudget):
    """The time is over."""


def _no_clock() -> bool:
    return False


@dataclass(slots=True)
class Budget:
    """``steps`` left to spend; ``overdue`` says whether the time is over."""

    steps: int
    overdue: Callable[[], bool] = _no_clock

    def spend(self, steps: int) -> None:
        self.steps -= steps
        if self.steps < 0:
            raise OutOfBudget("the step budget is spent")
        if self.overdue():
            raise OutOfTime("the time limit is over")


_budget: ContextVar[Budget | None] = ContextVar("budget", default=None)


@contextmanager
def limited(budget: Budget) -> Iterator[Budget]:
    """What happens inside spends from ``budget``, also where another one is open around it.

    >>> with limited(Budget(3)):
    ...     spend(4)
    Traceback (most recent call last):
        ...
    engine.provers.budget.OutOfBudget: the step budget is spent
    """
    outer = _budget.set(budget)
    try:
        yield budget
    finally:
        _budget.reset(outer)


def spend(steps: int = 1) -> None:
    """Take steps from the open budget, if one is open; raises :class:`OutOfBudget`."""
    budget = _budget.get()
    if budget is not None:
        budget.spend(steps)
