"""Sketches for integrals whose antiderivative the claim itself names: ``∫_a^b f = [F]_a^b``."""

from __future__ import annotations

from collections.abc import Iterator

from engine.kernel.certificate import ByTheorem
from engine.meaning.statement import Relation
from engine.meaning.term import Evaluate, Integral, Term, children


def bracket_sketches(goal: Relation) -> Iterator[ByTheorem]:
    """The fundamental theorem for each integral, with every function that is evaluated at its upper end."""
    parts = [part for side in (goal.left, goal.right) for part in _inside(side)]
    tried = set[tuple[Integral, Term]]()
    for integral in (part for part in parts if isinstance(part, Integral)):
        for bar in (part for part in parts if isinstance(part, Evaluate)):
            known = (bar.variable, bar.value) == (integral.variable, integral.upper)
            if known and (integral, bar.body) not in tried:
                tried.add((integral, bar.body))
                yield ByTheorem("antiderivative", (integral, bar.body))


def _inside(term: Term) -> Iterator[Term]:
    yield term
    for part in children(term):
        yield from _inside(part)
