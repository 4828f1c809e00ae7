"""What everybody takes for granted of a letter of which nothing is said: n counts, σ is positive, p beside 1 - p is a
probability, Σ a covariance, and S, H, K and Λ are symmetric.

A counterexample at n = 1/2 or σ = -1 says little. Where there is none with customary values, the claim is open.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final, NamedTuple

from engine.kernel.certificate import Entry
from engine.meaning.claim import Claim
from engine.meaning.context import Context
from engine.meaning.sort import NATURAL, Family, MatrixOf, Real, Sort
from engine.meaning.statement import Definite, ForEach, Relation, Statement, sides
from engine.meaning.term import INFINITY, ONE, ZERO, Add, Element, Name, Negate, Term, Transpose, children, free_names

_COUNTS: Final = frozenset("nNmM")
_SCALES: Final = frozenset((r"\sigma", r"\tau", r"\lambda"))
_PROBABILITIES: Final = frozenset(("p", "q", r"\pi"))
_COVARIANCE: Final = r"\Sigma"
_SYMMETRIC: Final = frozenset(("S", "H", "K", r"\Lambda"))
_OF_MATRICES: Final = ("symmetric", "covariance")
_STYLE: Final = re.compile(r"\\(?:mathbf|boldsymbol)\{([^{}]*)\}")
_WORDS: Final = {
    "count": r"{0} \in \mathbb{{N}}",
    "chance": "0 < {0} < 1",
    "scale": "{0} > 0",
    "symmetric": r"{0} = {0}^\top",
    "covariance": r"{0} \succ 0",
}


class Custom(NamedTuple):
    """A name, and what is taken for granted of its values."""

    name: str
    kind: str

    def admits(self, value: object) -> bool:
        """Whether the value of a point, or that of each member, is customary."""
        if isinstance(value, tuple) and self.kind in _OF_MATRICES:
            return False
        if isinstance(value, tuple):
            return all(self.admits(entry.value) for entry in value if isinstance(entry, Entry))
        if not isinstance(value, Fraction) or self.kind == "symmetric":
            return True
        return value > 0 and (value.denominator == 1 or self.kind != "count") and (value < 1 or self.kind != "chance")

    @property
    def words(self) -> str:
        """What to declare."""
        wanted = _WORDS[self.kind].format(self.name)
        if self.kind in _OF_MATRICES:
            return f"nothing says that {self.name} is symmetric, which it mostly is; declare it, as by {wanted}"
        return f"nothing is said of {self.name}, and the claim fails for strange values; declare it, as by {wanted}"


def customs(claim: Claim, names: frozenset[str]) -> list[Custom]:
    """The customs for those of the names that are numbers, families of numbers, or square matrices.

    >>> claim = Claim(Context().declare("n", Real()).declare("x", Real()), Relation(Name("n"), "=", ONE))
    >>> customs(claim, frozenset("nx"))
    [Custom(name='n', kind='count')]
    """
    sorts = {one.name: one.sort for one in claim.context.declarations if one.name in names}
    kinds = {name: _kind(name, sort, claim.statement) for name, sort in sorts.items()}
    return [Custom(name, kind) for name, kind in kinds.items() if kind]


def unbounded(context: Context) -> frozenset[str]:
    """The names of which nothing is assumed but equations, which seldom say what is admitted."""
    facts = (fact.body if isinstance(fact, ForEach) else fact for fact in context.facts)
    bounding = (fact for fact in facts if not (isinstance(fact, Relation) and fact.sign == "="))
    bounded = (free_names(side) for fact in bounding for side in sides(fact))
    return frozenset(one.name for one in context.declarations).difference(*bounded)


def _kind(name: str, sort: Sort, statement: Statement) -> str:
    base = _base(name)
    match sort:
        case MatrixOf(rows, columns) if rows == columns and base in (_COVARIANCE, *_SYMMETRIC):
            return "covariance" if base == _COVARIANCE else "symmetric"
        case Real() if base in _COUNTS:
            return "count"
        case Real() | Family((None,), Real()) if base in _SCALES:
            return "scale"
        case Real() | Family((None,), Real()) if base in _PROBABILITIES:
            return "chance" if any(_has_complement(side, base) for side in sides(statement)) else ""
        case _:
            return ""


def with_customs(context: Context, found: Sequence[Custom]) -> Context:
    """The context in which the names have customary values."""
    counts = {one.name for one in found if one.kind == "count"}
    declared = (replace(one, sort=NATURAL) if one.name in counts else one for one in context.declarations)
    facts = (fact for one in found for fact in _facts(one, context))
    return replace(context, declarations=tuple(declared)).assume(*facts)


def _facts(custom: Custom, context: Context) -> list[Statement]:
    own = Name(custom.name)
    match custom.kind:
        case "count":
            return []
        case "covariance":
            return [Definite(own)]
        case "symmetric":
            return [Relation(own, "=", Transpose(own))]
    family = context.sort_of(custom.name) != Real()
    value = Element(custom.name, (Name("i"),)) if family else own
    bounds = [Relation(value, ">", ZERO), *([Relation(value, "<", ONE)] if custom.kind == "chance" else [])]
    return [ForEach("i", Negate(INFINITY), INFINITY, one) if family else one for one in bounds]


def _base(name: str) -> str:
    return _STYLE.sub(r"\1", name).split("_{")[0]


def _has_complement(term: Term, base: str) -> bool:
    """Whether 1 - p stands somewhere."""
    if isinstance(term, Add) and ONE in term.terms:
        others = (one.term for one in term.terms if isinstance(one, Negate))
        names = (one.name if isinstance(one, Name) else one.family for one in others if isinstance(one, Name | Element))
        if base in map(_base, names):
            return True
    return any(_has_complement(part, base) for part in children(term))
