"""Claim: a statement in its context, with the text it was read from."""

from __future__ import annotations

from dataclasses import dataclass

from engine.meaning.context import Context
from engine.meaning.statement import Statement


@dataclass(frozen=True, slots=True)
class Claim:
    """``statement`` holds for every assignment that satisfies ``context`` and where it is defined.

    ``text`` is the LaTeX it was read from, or ``""`` where a pipeline built the terms itself.
    """

    context: Context
    statement: Statement
    text: str = ""
