"""The work that a verification may do, counted in steps: the same on every machine, unlike time."""

from __future__ import annotations

from dataclasses import dataclass

from engine.kernel.unproved import Unproved


@dataclass(slots=True)
class Steps:
    """The steps still allowed, shared by all parts of one proof: about a second for all of them.

    >>> steps = Steps(3)
    >>> steps.spend(2)
    >>> steps.spend(2)
    Traceback (most recent call last):
    engine.kernel.unproved.Unproved: the step budget is spent
    """

    left: int = 250_000

    def spend(self, work: int) -> None:
        self.left -= work
        if self.left < 0:
            raise Unproved("the step budget is spent")
