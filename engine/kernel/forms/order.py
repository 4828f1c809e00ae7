"""What known inequalities add up to: i <= N from i <= j and j <= N, and i + 1 <= N from integers i < j and j <= N.

Positive multiples of facts, and a number that is not negative, add up to what is not negative.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.kernel.forms import sign as signs
from engine.kernel.forms.assumption import Fact
from engine.kernel.forms.atom import Member
from engine.kernel.forms.polynomial import (
    UNIT,
    Polynomial,
    add,
    atoms_of,
    constant,
    constant_term,
    is_constant,
    quotient,
    scale,
    thaw,
)

if TYPE_CHECKING:
    from engine.kernel.forms.algebra import Algebra

MOST_ADDED = 4


def adds_up(algebra: Algebra, p: Polynomial) -> bool:
    """Whether ``p`` is a sum of what is known not to be negative."""
    return _adds_up(p, _known(algebra, p), MOST_ADDED)


def is_not_negative(algebra: Algebra, p: Polynomial) -> bool:
    """Whether p >= 0, by what facts add up to or by its sign."""
    algebra.spend(1)
    return algebra.sign(p, 0) <= signs.NOT_NEGATIVE or adds_up(algebra, p) or algebra.sign(p) <= signs.NOT_NEGATIVE


def sign_of_integer(algebra: Algebra, p: Polynomial) -> signs.Sign:
    """The signs that an integer may have, by what facts add up to (much faster than by all that is known)."""
    found, known = signs.ANY, _known(algebra, p)
    for direction in (1, -1):
        directed = scale(p, direction)
        if _adds_up(add(directed, constant(-1)), known, MOST_ADDED):
            return frozenset((direction,))
        if _adds_up(directed, known, MOST_ADDED):
            found -= {-direction}
    unequal = any(not add(p, f.polynomial, -1) or not add(p, f.polynomial) for f in algebra.facts if 0 not in f.sign)
    return found - signs.ZERO if unequal else found


def _known(algebra: Algebra, p: Polynomial) -> list[Polynomial]:
    """What is known to be >= 0; nothing where no fact speaks of the leading term of ``p``."""
    leading = max(p, default=UNIT)
    members = [a for n in atoms_of(p) if isinstance(a := algebra.atoms[n], Member)]
    if not members and not any(leading in fact.polynomial for fact in algebra.facts):
        return []
    own = (fact for member in members for fact in facts_about_member(algebra, member))
    return [*_plain(algebra), *(bound for fact in own for bound in _strict_bounds(algebra, fact))]


def _plain(algebra: Algebra) -> list[Polynomial]:
    """What the facts in force say to be >= 0 (one that is strict, of integers, is in force in both forms)."""
    known = algebra.known
    if not known.lower_bounds:
        known.lower_bounds.extend(bound for fact in known.facts for bound in _bounds(fact))
    return known.lower_bounds


def _bounds(fact: Fact) -> Iterator[Polynomial]:
    for direction in (1, -1):
        if -direction not in fact.sign:
            yield scale(fact.polynomial, direction)


def _strict_bounds(algebra: Algebra, fact: Fact) -> Iterator[Polynomial]:
    """For integers, ``q > 0`` is ``q - 1 >= 0``."""
    strict = 0 not in fact.sign and algebra.is_integer(fact.polynomial)
    yield from (add(bound, constant(-1)) if strict else bound for bound in _bounds(fact))


def facts_about_member(algebra: Algebra, member: Member) -> Iterator[Fact]:
    """What is known of the member by its sort, and of all members in a range that it is known to lie in."""
    least = algebra.integer_families.get(member.family)
    if least is not None:
        yield Fact(add(algebra.of(member), constant(least), -1), signs.NOT_NEGATIVE)
    known: list[Polynomial] | None = None
    for every in algebra.member_facts:
        heads = {a.family for n in atoms_of(every.fact.polynomial) if isinstance(a := algebra.atoms[n], Member)}
        if heads != {member.family} or len(member.indices) != 1:
            continue
        at, known = thaw(member.indices[0]), _plain(algebra) if known is None else known
        low = () if every.lower is None else (add(at, every.lower, -1),)
        high = () if every.upper is None else (add(every.upper, at, -1),)
        if all(_adds_up(side, known, MOST_ADDED) for side in (*low, *high)):
            yield Fact(algebra.substitute(every.fact.polynomial, every.index, at), every.fact.sign)


def _adds_up(p: Polynomial, known: list[Polynomial], most: int) -> bool:
    if is_constant(p):
        return constant_term(p) >= 0
    last = max(p)
    candidates = [q for q in known if most and last in q and q[last] * p[last] > 0]
    return any(_adds_up(add(p, q, -quotient(p[last], q[last])), known, most - 1) for q in candidates)
