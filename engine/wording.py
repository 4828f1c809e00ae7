"""What a verdict says, for people: values of a counterexample, enclosures, theorems, the outline of a proof.

Sheets and the command ``quod check`` both say it with these words; formulas among them are LaTeX.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from engine.kernel.certificate import (
    Assumption,
    ByTheorem,
    FunctionChoice,
    Model,
    NormalForm,
    Proof,
    Rounding,
    SignCalculus,
)
from engine.kernel.theorems.table import THEOREMS
from engine.kernel.verdict import Open
from engine.meaning.latex import statement_latex
from engine.meaning.statement import Relation
from engine.meaning.term import Apply, Element, Name, integer, rational

TITLES: Final = {
    "fermat": "Fermat's theorem",
    "taylor": "Taylor's theorem",
    "implicit-function": "implicit function theorem",
}


def theorem_title(name: str) -> str:
    return TITLES.get(name, name.replace("-", " "))


def theorem_words(name: str) -> str:
    """A theorem of the kernel's table as the page names it; plain words."""
    theorem = THEOREMS[name]
    title = theorem_title(name)
    return f"{title[0].upper()}{title[1:]}. {theorem.says} [{theorem.source}]"


def coordinates(point: Model) -> Iterator[Relation]:
    """The point as equations, one for each number: ``N = 2``, ``x_1 = 1``, ``f(t) = t^2``.

    >>> from engine.kernel.certificate import Assignment
    >>> [equation.left.name for equation in coordinates(Model((Assignment("N", Fraction(2)),)))]
    ['N']
    """
    for assignment in point.assignments:
        match assignment.value:
            case tuple() as entries:
                for entry in entries:
                    member = Element(assignment.name, tuple(map(integer, entry.indices)))
                    yield Relation(member, "=", rational(entry.value))
            case FunctionChoice(parameters, body):
                yield Relation(Apply(assignment.name, tuple(map(Name, parameters))), "=", body)
            case value:
                yield Relation(Name(assignment.name), "=", rational(value))


def outline(proof: Proof) -> str:
    """How the kernel verified the proof, in a clause.

    >>> outline(ByTheorem("taylor", (), (NormalForm(),)))
    "Taylor's theorem (1 hypothesis proved)"
    """
    match proof:
        case NormalForm():
            return "both sides have one normal form"
        case SignCalculus():
            return "the sign of left − right follows from the signs of its parts"
        case Rounding():
            return "the right side is the left side rounded to the digits shown"
        case Assumption():
            return "it is one of the assumptions"
        case ByTheorem(name, _, premises):
            count = len(premises)
            proved = f" ({count} hypothes{'i' if count == 1 else 'e'}s proved)" if count else ""
            return theorem_title(name) + proved


def open_words(verdict: Open) -> str:
    """Why a claim stays open, with the condition in LaTeX that it lacks."""
    if verdict.needed is None:
        return verdict.reason
    return f"{verdict.reason}: {statement_latex(verdict.needed, verdict.claim.context)}; give it, if it is meant"


def fraction_latex(value: Fraction) -> str:
    r"""
    >>> fraction_latex(Fraction(-1, 2)), fraction_latex(Fraction(12345))
    ('-\\frac{1}{2}', '12{,}345')
    """
    sign = "-" if value < 0 else ""
    if value.denominator == 1:
        return f"{sign}{_integer_latex(abs(value.numerator))}"
    return rf"{sign}\frac{{{_integer_latex(abs(value.numerator))}}}{{{_integer_latex(value.denominator)}}}"


def _integer_latex(value: int) -> str:
    """With separators from five digits on, as the printer of terms writes it."""
    return f"{value:,}".replace(",", "{,}") if value >= 10**4 else str(value)


def enclosure_latex(low: Fraction, high: Fraction) -> str:
    r"""The value between ``low`` and ``high``: exactly, or the decimals on which both ends agree.

    >>> enclosure_latex(Fraction(1, 3), Fraction(1, 3)), enclosure_latex(Fraction(3333, 10000), Fraction(33341, 100000))
    ('\\frac{1}{3}', '0.333\\ldots')
    """
    if low == high and max(abs(low.numerator), low.denominator) < 10**12 and len(str(low)) <= 12:
        return fraction_latex(low)
    if max(abs(low), abs(high)) >= 10**15:
        return rf"[{_rough(low)}, {_rough(high)}]"
    for places in range(10, 0, -1):
        cut = [int(abs(end) * 10**places) for end in (low, high)]
        if cut[0] == cut[1] and (low > 0) == (high > 0):
            digits = str(cut[0]).rjust(places + 1, "0")
            return f"{'-' if low < 0 else ''}{digits[:-places]}.{digits[-places:]}" + r"\ldots"
    return f"[{_rough(low)}, {_rough(high)}]"


def _rough(value: Fraction) -> str:
    """Four digits, also of a number that no float can hold."""
    if abs(value) < 10**15:
        return f"{float(value):.4g}"
    exponent = int((int(abs(value)).bit_length() - 1) * 0.30103)
    return rf"{float(value / 10**exponent):.4g} \cdot 10^{{{exponent}}}"
