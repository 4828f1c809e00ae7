"""Where a term is evaluated: the point, what is bound around the term, and what is left of the budget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from engine.kernel.enclosures.array import Inner
from engine.kernel.enclosures.interval import Beyond
from engine.kernel.enclosures.jet import Scalar
from engine.meaning.context import Context

Kind = Literal["index", "integer", "real", "unknown"]
"""What a number is by its sort: an index can only be an integer; an integer may be put in for a real variable."""


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

    ``level`` counts the derivatives around, ``width`` is the number of Taylor coefficients that they carry together.
    """

    context: Context
    assigned: Mapping[str, object]
    bits: int
    meter: Meter
    bound: Mapping[str, Binding] = field(default_factory=dict)
    entries: Mapping[tuple[str, tuple[int, ...]], Scalar] = field(default_factory=dict)
    level: int = 0
    width: int = 1

    def binding(self, name: str, value: Inner, kind: Kind, reaches: bool = False) -> Site:
        return replace(self, bound={**self.bound, name: Binding(value, kind, reaches)})
