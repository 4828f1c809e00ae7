"""What a theorem of the kernel is: a function from a goal to what remains to be proved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.kernel.forms.algebra import Unproved
from engine.meaning.context import Context
from engine.meaning.statement import Statement
from engine.meaning.term import Term

Parameters = tuple[Term | Statement, ...]


@dataclass(frozen=True, slots=True)
class Obligation:
    """A hypothesis to prove, in its own context; it must hold at every point of that context, without conditions."""

    context: Context
    statement: Statement


@dataclass(frozen=True, slots=True)
class Theorem:
    """Hypotheses and conclusion in words, the source, and the function that turns a goal into obligations."""

    name: str
    says: str
    source: str
    apply: Callable[[Context, Statement, Parameters], tuple[Obligation, ...]]


def not_of_this_form(theorem: str) -> Unproved:
    return Unproved(f"the theorem {theorem!r} does not apply to this statement")
