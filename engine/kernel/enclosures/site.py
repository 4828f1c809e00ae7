"""Where a term is evaluated: the point, what is bound around the term, and what is left of the budget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal

from engine.kernel.certificate import Assignment, Entry, FunctionChoice, Model
from engine.kernel.enclosures.array import Inner
from engine.kernel.enclosures.interval import Beyond, Interval, point
from engine.kernel.enclosures.jet import Scalar
from engine.meaning.context import Context, Definition
from engine.meaning.sort import Sort

Kind = Literal["index", "integer", "real", "unknown"]
"""What a number is by its sort: an index can only be an integer; an integer may be put in for a real variable."""

Cells = Mapping[tuple[int, ...], Interval]
Meaning = Definition | Sort | None


@dataclass(slots=True)
class Meter:
    """What is left of the budget, and what need not be computed twice."""

    steps: int
    depth: int = 0
    definitions: dict[tuple[str, frozenset[str]], Inner] = field(default_factory=dict)
    ranges: dict[str, tuple[range | None, ...]] = field(default_factory=dict)

    def spend(self, steps: int) -> None:
        self.steps -= steps
        if self.steps < 0:
            raise Beyond("the step budget is spent")


@dataclass(frozen=True, slots=True)
class Binding:
    """The value of a bound name; ``None`` where a definition mentions a name that is bound around it.

    ``reaches`` says that the name also means this value inside of definitions.
    """

    value: Inner | None
    kind: Kind = "unknown"
    reaches: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """Where a term is evaluated: the point, the names bound around it, the entries that are being differentiated.

    ``cells`` are the point's numbers by name and indices (none for a number). ``level`` counts the derivatives around,
    ``width`` is the number of Taylor coefficients that they carry together.
    """

    context: Context
    meanings: Mapping[str, Definition | Sort]
    cells: Mapping[str, Cells]
    bits: int
    meter: Meter
    bound: Mapping[str, Binding] = field(default_factory=dict)
    entries: Mapping[tuple[str, tuple[int, ...]], Scalar] = field(default_factory=dict)
    level: int = 0
    width: int = 1

    def meaning(self, name: str) -> Meaning:
        """What the context says of a name."""
        return self.meanings.get(name)

    def binding(self, name: str, value: Inner, kind: Kind, reaches: bool = False) -> Site:
        return self.with_bound({**self.bound, name: Binding(value, kind, reaches)})

    def with_bound(self, bound: Mapping[str, Binding]) -> Site:
        return Site(
            self.context, self.meanings, self.cells, self.bits, self.meter, bound, self.entries, self.level, self.width
        )

    def outermost(self) -> Site:
        """The site without what is bound or differentiated here."""
        return replace(self, bound={}, entries={}) if self.bound or self.entries else self


def site_at(context: Context, model: Model, bits: int, steps: int) -> Site:
    """The outermost site at a point, which must give each name and each entry one value."""
    meanings: dict[str, Definition | Sort] = {d.name: d.sort for d in context.declarations}
    meanings |= {d.name: d for d in context.definitions}
    if len(meanings) < len(context.declarations) + len(context.definitions):
        raise Beyond("a name that is declared or defined twice")
    cells = {assignment.name: _cells(assignment) for assignment in model.assignments}
    if len(cells) < len(model.assignments):
        raise Beyond("the point gives two values to one name")
    return Site(context, meanings, cells, bits, Meter(steps))


def _cells(assignment: Assignment) -> Cells:
    match assignment.value:
        case Fraction() as value:
            return {(): point(value)}
        case FunctionChoice():
            return {}  # functions are put in as definitions
        case entries:
            cells = {entry.indices: point(entry.value) for entry in entries if isinstance(entry, Entry)}
    if len(cells) < len(entries):
        raise Beyond(f"the point gives two values to one entry of {assignment.name}")
    return cells
