"""When a counterexample says little: it gives a value to a name that nobody declared, and that means something.

A name alone on one side, which nothing declares or defines and which does not occur on the other side, is most likely
being defined there. A name with a hat, a bar, a tilde or a star is an estimate, a mean or an optimum, and no free
variable. Nor does anybody mean a Σ that is no covariance matrix, an i that is a real number, or an I that is no
identity. A function is mostly a certain one, unless a rule of differentiation is used on it. Such claims stay open,
and the reason says what to add. Where the claim is proved, it holds for any value.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from engine.checking.kin import meant_by_another
from engine.kernel.certificate import FunctionChoice
from engine.kernel.verdict import Open, Refuted, Verdict
from engine.meaning.bar import mentioned_by_definitions
from engine.meaning.claim import Claim
from engine.meaning.index_range import counting, reached_definitions
from engine.meaning.notation import BELOW
from engine.meaning.sort import MatrixOf, Real, Vector
from engine.meaning.statement import Definite, Relation, Statement, sides
from engine.meaning.term import (
    ONE,
    PI,
    Add,
    Apply,
    Derivative,
    Divide,
    E,
    Element,
    FunctionDerivative,
    Inverse,
    Matrix,
    Name,
    Negate,
    Number,
    Power,
    Term,
    children,
    free_names,
)

_IDENTITY: Final = re.compile(r"(?:I|\\mathbf\{I\})(?:_\{[a-zA-Z]\})?")
_MARKED: Final = re.compile(r"\\(?:hat|widehat|bar|overline|tilde|widetilde|check|breve)\{|\^\{?(?:\*|\\star|\\ast)")

_TIED: Final = (("S", "f"), ("S", "F"), ("S", "h"), ("K", "M"), ("L", "ell"))
"""Letters for a survival function, a density and a hazard, for cumulants and moments, for a likelihood and its ln."""

_LETTERS: Final[dict[Term, str]] = {E: "e", PI: r"\pi"}

_SQUARED: Final = frozenset(("R", "r", "s", "S", r"\sigma", r"\tau", r"\chi", r"\eta"))
"""Letters of what is mostly named by its square: R², s², σ², χ²."""

_NUMERALS: Final = (r"\mathbf{1}", r"\boldsymbol{1}", r"\mathbf{0}", r"\boldsymbol{0}")

_IMAGINARY: Final = frozenset(("i", r"\mathrm{i}", r"\imath"))


def without_doubt(verdict: Verdict, undeclared: frozenset[str]) -> Verdict:
    """The verdict, unless it is a counterexample that rests on the value of an ``undeclared`` name with a meaning."""
    if not isinstance(verdict, Refuted):
        return verdict
    reason = _doubt(verdict.claim, undeclared) or _other_meaning(verdict, undeclared)
    return verdict if reason is None else Open(verdict.claim, reason)


def _other_meaning(verdict: Refuted, undeclared: frozenset[str]) -> str | None:
    """A name that has another meaning than the one taken, in which the claim may hold."""
    claim = verdict.claim
    constant = _constant_alone(claim.statement)
    if constant is not None:
        return f"{constant} is taken for the number and can be a name that is defined here; declare it"
    function = _chosen_function(verdict, undeclared)
    if function is not None:
        return function
    matrices = {one.name for one in claim.context.declarations if isinstance(one.sort, MatrixOf)} & undeclared
    definite = (one.matrix for one in claim.context.facts if isinstance(one, Definite))
    matrices -= {one.name for one in definite if isinstance(one, Name)}
    given = (one for one in verdict.witness.assignments if one.name in matrices and one.name.startswith(r"\Sigma"))
    name = next((one.name for one in given if not _is_variance(one.value)), None)
    if name is not None:
        return rf"nothing says that {name} is symmetric, as a covariance is; declare it, as by {name} \succ 0"
    numeral = next((one.name for one in verdict.witness.assignments if one.name.startswith(_NUMERALS)), None)
    if numeral is not None:
        return f"{numeral} is taken for any vector and is mostly that of this number, which is not known; write another"
    imaginary = sorted(names_of(claim.statement) & undeclared & _IMAGINARY)
    if imaginary and claim.context.sort_of(imaginary[0]) == Real():
        return (
            f"{imaginary[0]} is taken for a real number and can be the imaginary unit, which is not known; declare it"
        )
    if "o" in undeclared & names_of(claim.statement):
        return "o is taken for a number and can be a remainder, o(...), which is not known; declare it"
    reached = reached_definitions(claim.statement, claim.context)
    letters = frozenset[str]().union(*map(counting, (*_sides(claim.statement), *(one.body for one in reached))))
    given_values = (one for one in verdict.witness.assignments if one.name in letters & undeclared)
    index = next((one.name for one in given_values if _is_no_index(one.value)), None)
    if index is not None:
        return rf"nothing says from where {index} counts; declare it, as by {index} \in \{{1, \dots, n\}}"
    identity = next(
        (name for name in sorted(undeclared & names_of(claim.statement)) if _IDENTITY.fullmatch(name)), None
    )
    if identity is not None:
        return f"{identity} can be the identity matrix; declare its company as matrices, or {identity} as a number"
    vectors = (one.name for one in claim.context.declarations if isinstance(one.sort, Vector))
    entries = next((name for name in vectors if name + BELOW in undeclared), None)
    if entries is not None:
        return f"{entries} with an index can be an entry of the vector {entries}; declare the vector"
    kin = meant_by_another(names_of(claim.statement), claim.context, undeclared)
    if kin is not None:
        return f"{kin}, which is not said; declare it"
    if any(_has_complement(side) for side in _sides(claim.statement)):
        return r"in 1 - \pi, \pi is hardly the number; declare it, as by 0 < \pi < 1"
    return None


def _chosen_function(verdict: Refuted, undeclared: frozenset[str]) -> str | None:
    """``p(x, y) = p(x) p(y)`` says something of a certain p, ``(fg)' = f'g'`` of all functions f and g."""
    chosen = [one.name for one in verdict.witness.assignments if isinstance(one.value, FunctionChoice)]
    assumed = frozenset[str]().union(*map(names_of, verdict.claim.context.facts))
    name = next((one for one in chosen if one in undeclared | assumed), None)
    sides = _sides(verdict.claim.statement)
    if name is None or (name not in assumed and not _are_tied(chosen) and _uses_a_rule(frozenset(chosen), *sides)):
        return None
    return f"it does not hold for every function {name}, and nothing says which one is meant; define {name}"


def _are_tied(functions: list[str]) -> bool:
    """Whether two of the letters are mostly used for functions that belong together, as a density f and its F."""
    letters = [name.removeprefix("\\").removesuffix("^{-1}") for name in functions]
    tied = any(set(pair) <= set(letters) for pair in _TIED)
    return tied or len({letter.lower() for letter in letters}) < len(letters)


def _uses_a_rule(functions: frozenset[str], left: Term | None = None, right: Term | None = None) -> bool:
    """Whether one side is the derivative of what is made of functions, and the other is written in their derivatives.

    ``(\\ln L)' = \\ell'`` says what \\ell is, and ``(p y')' = -y'`` what y is.
    """
    if left is None or right is None:
        return False
    return _is_used(left, right, functions) or _is_used(right, left, functions)


def _is_used(one: Term, other: Term, functions: frozenset[str]) -> bool:
    if not isinstance(one, Derivative) or not _is_composed(one.body) or _has_derivative(one.body):
        return False
    return _has_derivative(other) and functions & free_names(other) <= free_names(one.body)


def _is_composed(body: Term) -> bool:
    return not (isinstance(body, Apply) and all(isinstance(argument, Name) for argument in body.arguments))


def _has_derivative(term: Term) -> bool:
    return isinstance(term, FunctionDerivative) or any(map(_has_derivative, children(term)))


def _is_no_index(value: object) -> bool:
    """Not among 1, 2, ..., where indices are mostly meant to be."""
    return isinstance(value, Fraction) and (value.denominator != 1 or value < 1)


def _is_variance(value: object) -> bool:
    """In dimension 1, where a covariance matrix is a positive number."""
    return isinstance(value, Fraction) and value > 0


def _has_complement(term: Term) -> bool:
    pair = {ONE, Negate(PI)}
    return (isinstance(term, Add) and pair <= set(term.terms)) or any(map(_has_complement, children(term)))


def _constant_alone(statement: Statement) -> str | None:
    """The letter of a constant that stands alone beside what is made of names: ``e = y - x``, ``\\pi = P \\pi``."""
    if not isinstance(statement, Relation) or statement.sign != "=":
        return None
    both = ((statement.left, statement.right), (statement.right, statement.left))
    return next((_LETTERS[one] for one, other in both if one in _LETTERS and free_names(other)), None)


def _sides(statement: Statement) -> tuple[Term, ...]:
    return (statement.left, statement.right) if isinstance(statement, Relation) else ()


def _doubt(claim: Claim, undeclared: frozenset[str]) -> str | None:
    defined = _defined(claim) & undeclared
    if defined:
        name = min(defined)
        return f"nothing says what {name} is: this can be its definition; define it beside the claim, or declare it"
    names = names_of(claim.statement)
    marked = sorted(filter(is_marked, (names | mentioned_by_definitions(names, claim.context)) & undeclared))
    if marked:
        listed = ", ".join(marked)
        return f"nothing says what {listed} stands for; define it beside the claim, or declare it as a free variable"
    return None


def is_marked(name: str) -> bool:
    """Whether there is a hat, a bar, a tilde or a star on the letter."""
    return _MARKED.search(name) is not None


def _defined(claim: Claim) -> frozenset[str]:
    """The names that an equation may define: alone on one side, and not on the other."""
    known = frozenset((*(one.name for one in claim.context.declarations), *(d.name for d in claim.context.definitions)))
    match claim.statement:
        case Relation(left, "=", right):
            return _quantity(left, right, known) | _quantity(right, left, known)
        case _:
            return frozenset()


def _quantity(side: Term, other: Term, known: frozenset[str]) -> frozenset[str]:
    """The name that is alone on this side, or a function of which the side is: ``\\ln L``, ``1/s^2``.

    A next step may be made of the one before, ``w_{t+1} = w_t - g``; what is written in a column is several names.
    """
    match side:
        case Name(name) | Element(name) if name not in free_names(other):
            return frozenset((name,))
        case Power(Name(name), Number(Fraction(numerator=2, denominator=1))) if name in _SQUARED - free_names(other):
            return frozenset((name,))
        case Element(name, indices) if _is_step(indices) and _others_are_steps(name, indices, other):
            return frozenset((name,))
        case Matrix(rows):
            found = [_quantity(entry, other, known) for row in rows for entry in row]
            return frozenset[str]().union(*found) if all(found) else frozenset()
        case _:
            names, others = free_names(side) & known, free_names(other) & known
            alone = len(names) == 1 and others and not names & others
            return names if alone and _is_transformed(side) else frozenset()


def _is_transformed(side: Term) -> bool:
    """Whether a function, a power, an inverse or a fraction with a name below stands on the side: not in 2x."""
    match side:
        case Apply() | Power() | Inverse():
            return True
        case Divide(_, below) if free_names(below):
            return True
        case _:
            return any(map(_is_transformed, children(side)))


def _is_step(indices: tuple[Term, ...]) -> bool:
    return bool(frozenset[str]().union(*map(free_names, indices)))


def _others_are_steps(family: str, indices: tuple[Term, ...], term: Term) -> bool:
    """Whether the members of the family in the term are other ones, counted by the same letters."""
    letters = frozenset[str]().union(*map(free_names, indices))
    if isinstance(term, Element) and term.family == family:
        return term.indices != indices and letters == frozenset[str]().union(*map(free_names, term.indices))
    if isinstance(term, Name):
        return term.name != family
    return all(_others_are_steps(family, indices, part) for part in children(term))


def names_of(statement: Statement) -> frozenset[str]:
    """The names that stand free in relations."""
    return frozenset[str]().union(*map(free_names, sides(statement)))
