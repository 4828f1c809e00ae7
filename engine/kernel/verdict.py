"""Verdicts. Only :func:`engine.kernel.check` and :func:`engine.kernel.refute` make the first two; a test holds this."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from engine.kernel.certificate import Certificate, Model
from engine.meaning.claim import Claim
from engine.meaning.statement import Statement


@dataclass(frozen=True, slots=True)
class Proved:
    """The claim holds under its context, wherever ``conditions`` (what definedness implies) hold.

    ``rests_on`` names the theorems used that the kernel takes from the table and does not derive.
    """

    claim: Claim
    certificate: Certificate
    conditions: tuple[Statement, ...]
    rests_on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refuted:
    """The claim fails at ``witness``; there its two sides lie in these disjoint enclosures ``(low, high)``.

    Of matrices these are the entries at ``place``, a row and a column counted from 1. Of a claim with a remainder they
    are the derivatives at 0 whose order is the ``place``.
    """

    claim: Claim
    witness: Model
    left: tuple[Fraction, Fraction]
    right: tuple[Fraction, Fraction]
    place: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """Neither proved nor refuted, and why; ``needed`` is the condition that nothing was found for, if it is one."""

    claim: Claim
    reason: str
    needed: Statement | None = None


Verdict = Proved | Refuted | Open
