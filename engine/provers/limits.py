"""What the facts of a context say at once about one name: ``λ > 0``, ``k ≤ N``, ``x_i ≥ 0`` for each i."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from flint import arb, fmpq

from engine.meaning.context import Context
from engine.meaning.statement import ForEach, Relation
from engine.meaning.term import Element, Name, Term, free_names
from engine.provers.array import is_array
from engine.provers.ball import Environment, NoEval, Undef, compile_term
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


def limits_of(name: str, context: Context, env: Environment, start: Limits) -> Limits:
    """``start`` and every fact ``name < value`` whose value is known in ``env``."""
    for fact in context.facts:
        for sign, other in _bounds(fact, Name(name)):
            value = _known(other, context, env)
            start = start if value is None else start.within(sign, value)
    return start


def element_limits(family: str, at: tuple[int, ...], context: Context, env: Environment, start: Limits) -> Limits:
    """The same for ``family`` at the index ``at``, from facts for each index and from facts about that very one."""
    for fact in context.facts:
        match fact:
            case ForEach(index, _, _, body):
                for sign, other, place in _element_bounds(body, family, index, at):
                    value = _known(other, context, env | ({index: fmpq(place)} if place is not None else {}))
                    start = start if value is None else start.within(sign, value)
    return start


def waits_for(name: str, context: Context, missing: frozenset[str]) -> bool:
    """Whether a bound of ``name`` speaks of a name that has no value yet."""
    others = (other for fact in context.facts for _, other in _bounds(fact, Name(name)))
    return any(free_names(other) & missing - {name} for other in others)


def _bounds(fact: object, target: Term) -> Iterator[tuple[str, Term]]:
    match fact:
        case Relation(left, sign, right) if sign in MIRRORED:
            if left == target:
                yield sign, right
            if right == target:
                yield MIRRORED[sign], left


def _element_bounds(
    body: Relation, family: str, index: str, at: tuple[int, ...]
) -> Iterator[tuple[str, Term, int | None]]:
    if body.sign not in MIRRORED:
        return
    sides = ((body.left, body.sign, body.right), (body.right, MIRRORED[body.sign], body.left))
    for side, sign, other in sides:
        match side:
            case Element(name, indices) if name == family and len(indices) == len(at):
                places = [place for term, place in zip(indices, at, strict=True) if term == Name(index)]
                yield sign, other, places[0] if places else None


def _nearby(value: Scalar) -> Fraction | None:
    """A readable rational close to a ball of moderate size; that the fact holds is checked afterwards."""
    return Fraction(float(value.mid())).limit_denominator(1000) if abs(value) < 10**6 else None


def _known(term: Term, context: Context, env: Environment) -> Fraction | None:
    try:
        value = compile_term(term, context)(dict(env))
    except (NoEval, Undef):
        return None
    if is_array(value):
        return None
    if isinstance(value, arb):
        return _nearby(value)
    return to_fraction(value)
