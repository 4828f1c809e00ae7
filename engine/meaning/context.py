"""Context: the declared names, what is assumed of them, and what was defined."""

from __future__ import annotations

from dataclasses import replace

from engine.meaning.frozen import frozen
from engine.meaning.sort import Sort
from engine.meaning.statement import Statement
from engine.meaning.term import Term


@frozen
class Declaration:
    name: str
    sort: Sort


@frozen
class Definition:
    """``name(parameters) := body``; without parameters, ``name := body``.

    A family is defined with its indices as parameters: ``y_{a,b} := ...`` has parameters ``("a", "b")``.
    """

    name: str
    parameters: tuple[str, ...]
    body: Term


@frozen
class Context:
    """What a claim may rely on. Every name has at most one declaration or definition."""

    declarations: tuple[Declaration, ...] = ()
    facts: tuple[Statement, ...] = ()
    definitions: tuple[Definition, ...] = ()

    def sort_of(self, name: str) -> Sort | None:
        """The declared sort, or ``None`` for a name that is not declared."""
        return next((d.sort for d in self.declarations if d.name == name), None)

    def definition_of(self, name: str) -> Definition | None:
        return next((d for d in self.definitions if d.name == name), None)

    def declare(self, name: str, sort: Sort, *facts: Statement) -> Context:
        """This context with one more name; an older declaration of the same name is replaced."""
        kept = tuple(d for d in self.declarations if d.name != name)
        return replace(self, declarations=(*kept, Declaration(name, sort)), facts=self.facts + facts)

    def assume(self, *facts: Statement) -> Context:
        return replace(self, facts=self.facts + facts)

    def define(self, name: str, parameters: tuple[str, ...], body: Term) -> Context:
        return replace(self, definitions=(*self.definitions, Definition(name, parameters, body)))
