"""What the facts of a context say at once about one name: ``λ > 0``, ``k ≤ N``, ``x_i ≥ 0`` for each i."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from flint import arb, fmpq

from engine.meaning.context import Context
from engine.meaning.statement import ForEach, Relation
from engine.meaning.term import Element, Name, Term, free_names
from engine.provers.array import is_array
from engine.provers.ball import Closure, Environment, NoEval, Undef, compile_term
from engine.provers.scalar import Scalar, to_fraction

MIRRORED = {"<": ">", "≤": "≥", ">": "<", "≥": "≤"}


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a value; ``None`` where there is none."""

    low: Fraction | None = None
    low_open: bool = False
    high: Fraction | None = None
    high_open: bool = False

    def within(self, sign: str, value: Fraction) -> Limits:
        """These limits and ``name sign value``."""
        is_open = sign in ("<", ">")
        if sign in (">", "≥"):
            if self.low is None or (value, is_open) > (self.low, self.low_open):
                return replace(self, low=value, low_open=is_open)
        elif self.high is None or (-value, is_open) > (-self.high, self.high_open):
            return replace(self, high=value, high_open=is_open)
        return self


@dataclass(frozen=True, slots=True)
class Bound:
    """``sign value``; of a member of a family, the value may depend on the index in one of its slots."""

    sign: str
    value: Closure
    index: str = ""
    slot: int | None = None

    def known(self, env: Environment, at: tuple[int, ...] = ()) -> Fraction | None:
        place = {} if self.slot is None else {self.index: fmpq(at[self.slot])}
        try:
            found = self.value({**env, **place})
        except (NoEval, Undef):
            return None
        if is_array(found):
            return None
        return _nearby(found) if isinstance(found, arb) else to_fraction(found)


class Bounds:
    """The bounds that the facts of a context set; each is compiled once for all points of the context."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._of: dict[str, list[Bound]] = {}
        self._of_members: dict[tuple[str, int], list[Bound]] = {}

    def of(self, name: str, env: Environment, start: Limits) -> Limits:
        """``start`` and every fact ``name < value`` whose value is known in ``env``."""
        if name not in self._of:
            found = (bound for fact in self._context.facts for bound in _bounds(fact, Name(name)))
            self._of[name] = [Bound(sign, value) for sign, other in found if (value := self._compiled(other))]
        return _within(start, self._of[name], env, ())

    def of_member(self, family: str, at: tuple[int, ...], env: Environment, start: Limits) -> Limits:
        """The same for ``family`` at the index ``at``, from facts for each index and from facts about that very one."""
        key = family, len(at)
        if key not in self._of_members:
            self._of_members[key] = list(self._about(*key))
        return _within(start, self._of_members[key], env, at)

    def _about(self, family: str, count: int) -> Iterator[Bound]:
        for fact in self._context.facts:
            match fact:
                case ForEach(index, _, _, body):
                    for sign, other, slot in _element_bounds(body, family, index, count):
                        if value := self._compiled(other):
                            yield Bound(sign, value, index, slot)

    def _compiled(self, term: Term) -> Closure | None:
        try:
            return compile_term(term, self._context)
        except (NoEval, Undef):
            return None

    def order(self, names: Iterable[str]) -> tuple[str, ...]:
        """Names after those that their bounds speak of."""
        left, ordered = list(names), list[str]()
        while left:
            missing = frozenset(left)
            ready = next((name for name in left if not self._waits(name, missing)), left[0])
            left.remove(ready)
            ordered.append(ready)
        return tuple(ordered)

    def _waits(self, name: str, missing: frozenset[str]) -> bool:
        """Whether a bound of ``name`` speaks of a name that has no value yet."""
        others = (other for fact in self._context.facts for _, other in _bounds(fact, Name(name)))
        return any(free_names(other) & missing - {name} for other in others)


def _within(start: Limits, bounds: list[Bound], env: Environment, at: tuple[int, ...]) -> Limits:
    for bound in bounds:
        value = bound.known(env, at)
        start = start if value is None else start.within(bound.sign, value)
    return start


def _bounds(fact: object, target: Term) -> Iterator[tuple[str, Term]]:
    match fact:
        case Relation(left, sign, right) if sign in MIRRORED:
            if left == target:
                yield sign, right
            if right == target:
                yield MIRRORED[sign], left


def _element_bounds(body: Relation, family: str, index: str, count: int) -> Iterator[tuple[str, Term, int | None]]:
    if body.sign not in MIRRORED:
        return
    sides = ((body.left, body.sign, body.right), (body.right, MIRRORED[body.sign], body.left))
    for side, sign, other in sides:
        match side:
            case Element(name, indices) if name == family and len(indices) == count:
                yield sign, other, indices.index(Name(index)) if Name(index) in indices else None


def _nearby(value: Scalar) -> Fraction | None:
    """A readable rational close to a ball of moderate size; that the fact holds is checked afterwards."""
    return Fraction(float(value.mid())).limit_denominator(1000) if abs(value) < 10**6 else None
