"""Scope: what is declared, what is bound at this place, and what was inferred so far."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from engine.meaning.context import Context
from engine.meaning.row import Row
from engine.meaning.sort import Family, Integer, Real, Sort
from engine.meaning.stop import Stop
from engine.meaning.term import Term
from engine.reading.tree import Node


class Scope:
    """One pass over a tree: what is declared, what is bound here, and what was inferred so far."""

    def __init__(self, context: Context, families: dict[str, Sort]) -> None:
        self.context = context
        self.sorts: dict[str, Sort] = {d.name: d.sort for d in context.declarations}
        self.definitions = {d.name: d for d in context.definitions}
        self.bound: dict[str, int] = {}
        self.indices: dict[str, int] = {}
        self.inferred: dict[str, Sort] = dict(families)
        self.members: set[str] = set()
        self.notes: list[str] = []

    # -- declarations and inference

    def families(self) -> dict[str, Sort]:
        return {name: sort for name, sort in self.inferred.items() if isinstance(sort, Family)}

    def enriched(self) -> Context:
        context = self.context
        for name, sort in self.inferred.items():
            context = context.declare(name, sort)
        return context

    def report(self) -> tuple[str, ...]:
        return (*(in_words(name, sort) for name, sort in self.inferred.items()), *self.notes)

    def note(self, words: str) -> None:
        if words not in self.notes:
            self.notes.append(words)

    def declared(self, name: str) -> bool:
        return name in self.sorts or name in self.definitions or name in self.bound

    def sort(self, name: str) -> Sort | None:
        return None if name in self.bound else self.sorts.get(name) or self.inferred.get(name)

    def infer(self, name: str, sort: Sort, node: Node) -> None:
        older = self.inferred.get(name)
        if older is None or (isinstance(older, Real) and isinstance(sort, Integer)):
            self.inferred[name] = sort
        elif isinstance(older, Family) != isinstance(sort, Family):
            raise Stop(f"{name} stands here with an index and without one; declare which it is", node)
        elif isinstance(older, Family) and older != sort:
            raise Stop(f"{name} stands here with different numbers of indices; declare it", node)

    @contextmanager
    def binding(self, name: str, index: bool) -> Iterator[None]:
        tables = (self.bound, self.indices) if index else (self.bound,)
        for table in tables:
            table[name] = table.get(name, 0) + 1
        yield
        for table in tables:
            table[name] -= 1
            if not table[name]:
                del table[name]

    def term(self, node: Node) -> Term:
        """The term that a tree says: see :mod:`engine.meaning.elaborate`."""
        raise NotImplementedError

    def product(self, row: Row, node: Node) -> Term:
        """The product of a row of factors: see :mod:`engine.meaning.products`."""
        raise NotImplementedError

    def bare_operand(self, row: Row, place: int) -> tuple[Term, int]:
        """The value that starts at ``place`` with what it is applied to, and the next place."""
        raise NotImplementedError


def in_words(name: str, sort: Sort) -> str:
    match sort:
        case Family(ranges):
            letters = ("i", "j", "k", "l")[: len(ranges)] if len(ranges) <= 4 else ("...",)
            return f"{name}_{{{','.join(letters)}}} ∈ ℝ for all integers {', '.join(letters)}"
        case Integer(least):
            return f"{name} ∈ {'ℕ' if least == 1 else 'ℤ'}"
        case _:
            return f"{name} ∈ ℝ"
