"""Why a term has no value at a point."""

from __future__ import annotations


class Undef(Exception):
    """A subterm is not defined over the reals at this point (a zero denominator, an index out of range)."""


class Unclear(Undef):
    """The balls are too wide to tell whether the subterm is defined; a higher precision may tell."""


class NoEval(Exception):
    """The evaluator does not know the construct; ``reason`` says which. Nothing follows about the claim."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
