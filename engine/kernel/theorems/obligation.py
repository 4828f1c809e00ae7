"""What a theorem of the kernel is: a function from a goal to what remains to be proved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.kernel.unproved import Unproved
from engine.meaning.context import Context
from engine.meaning.statement import Statement
from engine.meaning.term import Term

Parameters = tuple[Term | Statement, ...]


@dataclass(frozen=True, slots=True)
class Obligation:
    """A hypothesis to prove, in its own context; it must hold at every point of that context, without conditions."""

    context: Context
    statement: Statement


Hypotheses = tuple[Obligation | Statement, ...] | None
"""What a theorem asks for: a bare statement is meant in the goal's own context; ``None``, where it does not apply."""


@dataclass(frozen=True, slots=True)
class Theorem:
    """Hypotheses and conclusion in words, the source, the kinds of its goal and parameters, and the function that
    turns a goal into hypotheses. A last kind ``...`` stands for any number of parameters of the kind before it."""

    name: str
    says: str
    source: str
    goal: object
    takes: tuple[object, ...]
    hypotheses: Callable[..., Hypotheses]

    def obligations(self, context: Context, goal: Statement, parameters: Parameters) -> tuple[Obligation, ...]:
        """What remains to be proved for ``goal``; raises :class:`Unproved` where the theorem does not apply to it."""
        fits = isinstance(goal, self.goal) and self._fit(parameters)  # type: ignore[arg-type]
        found = self.hypotheses(context, goal, *parameters) if fits else None
        if found is None:
            raise Unproved(f"the theorem {self.name!r} does not apply to this statement")
        return tuple(one if isinstance(one, Obligation) else Obligation(context, one) for one in found)

    def _fit(self, parameters: Parameters) -> bool:
        kinds = self.takes
        if kinds[-1:] == (...,):
            kinds = (*kinds[:-2], *kinds[-2:-1] * (len(parameters) - len(kinds) + 2))
        if len(kinds) != len(parameters):
            return False
        return all(isinstance(given, kind) for given, kind in zip(parameters, kinds, strict=True))  # type: ignore[arg-type]


def theorem(
    name: str, says: str, source: str = "", goal: object = Statement, takes: tuple[object, ...] = ()
) -> Callable[[Callable[..., Hypotheses]], Theorem]:
    """The theorem whose hypotheses the function gives, from context, goal and parameters."""
    return lambda hypotheses: Theorem(name, says, source, goal, takes, hypotheses)
