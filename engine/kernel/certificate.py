"""Certificates: what a prover hands over, for the kernel to verify."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from engine.meaning.statement import Statement
from engine.meaning.term import Term


@dataclass(frozen=True, slots=True)
class NormalForm:
    """Both sides have one normal form. ``factors`` are polynomials that the kernel should try to divide out of
    denominators, logarithms and bases; a wrong hint costs completeness, never soundness."""

    factors: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class SignCalculus:
    """The sign of ``left - right`` follows from the signs of its parts; ``factors`` as in :class:`NormalForm`."""

    factors: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class Rounding:
    """The right side is the left side, a rational number, rounded to the digits shown."""


@dataclass(frozen=True, slots=True)
class Assumption:
    """The statement is one of the context's facts, word for word."""


@dataclass(frozen=True, slots=True)
class ByTheorem:
    """The named theorem of :mod:`engine.kernel.theorems.table`, with its parameters and a proof of each obligation.

    The kernel computes the obligations itself; ``premises`` are their proofs, in its order.
    """

    theorem: str
    parameters: tuple[Term | Statement, ...] = ()
    premises: tuple[Proof, ...] = ()


Proof = NormalForm | SignCalculus | Rounding | Assumption | ByTheorem


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of a family: ``x_2 = 3``."""

    indices: tuple[int, ...]
    value: Fraction


@dataclass(frozen=True, slots=True)
class FunctionChoice:
    """A concrete function put in for a declared one, for dimension 1: ``name(parameters) := body``."""

    parameters: tuple[str, ...]
    body: Term


@dataclass(frozen=True, slots=True)
class Assignment:
    name: str
    value: Fraction | tuple[Entry, ...] | FunctionChoice


@dataclass(frozen=True, slots=True)
class Model:
    """A point of the context: a value for each declared name.

    Vectors and matrices of symbolic dimension are taken in dimension 1. ``premises`` prove those facts of
    the context that cannot be evaluated (that a chosen point is the minimiser of a chosen function), in the
    order of the facts.
    """

    assignments: tuple[Assignment, ...] = ()
    premises: tuple[Proof, ...] = ()


@dataclass(frozen=True, slots=True)
class Certificate:
    """A proof, and one point of the context where the statement is defined (so that it is not empty)."""

    proof: Proof
    model: Model
