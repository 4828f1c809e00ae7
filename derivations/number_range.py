r"""Ranges of numbers as people write them: ``x \ge 0``, ``0 < p < 1``, ``\mu \in \R``, ``x \in \{0, 1\}``."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction

from derivations.exercise_data import Fault, shown
from engine.meaning.context import Context
from engine.meaning.elaborate import canonical, read_statement, read_term
from engine.meaning.sort import REAL, Integer, Real
from engine.meaning.statement import Interval, Relation
from engine.meaning.term import INFINITY, ONE, ZERO, Name, Negate, Number, Term, free_names
from engine.span import Problem

FORMS = r"'x > 0', '0 < x < 1', 'x \in \R', 'x \in [0, 1)', 'x \in \mathbb{N}_0' or 'x \in \{0, 1\}'"


MINUS_INFINITY = Negate(INFINITY)


@dataclass(frozen=True, slots=True)
class NumberRange:
    """The reals (or, where ``integer``, the integers) between two bounds; an infinite bound is open."""

    lower: Term = MINUS_INFINITY
    upper: Term = INFINITY
    lower_closed: bool = False
    upper_closed: bool = False
    integer: bool = False

    @property
    def interval(self) -> Interval:
        return Interval(self.lower, self.upper, self.lower_closed, self.upper_closed)

    @property
    def sort(self) -> Real | Integer:
        """Real, or Integer with its least value where that is a literal."""
        if not self.integer:
            return REAL
        return Integer(int(self.lower.value)) if isinstance(self.lower, Number) else Integer()

    def facts(self, term: Term) -> tuple[Relation, ...]:
        """That ``term`` lies in the range."""
        low = Relation(term, "≥" if self.lower_closed else ">", self.lower)
        high = Relation(term, "≤" if self.upper_closed else "<", self.upper)
        return (*((low,) if self.lower != MINUS_INFINITY else ()), *((high,) if self.upper != INFINITY else ()))


REALS = NumberRange()
SETS = {
    r"\mathbb{R}": REALS,
    r"\mathbb{Z}": NumberRange(integer=True),
    r"\mathbb{N}": NumberRange(ONE, lower_closed=True, integer=True),
    r"\mathbb{N}_0": NumberRange(ZERO, lower_closed=True, integer=True),
}


def canonical_name(text: str, key: str) -> str:
    """The canonical spelling of a name; :class:`Fault` for anything else."""
    try:
        return canonical(text)
    except ValueError:
        raise Fault(f"{key}: expected one name, such as 'x' or '\\lambda', found {shown(text)}") from None


def read_range(text: str, name: str, context: Context, key: str) -> NumberRange:
    """The range of ``name`` that ``text`` states; :class:`Fault` where it states none."""
    parts = re.split(r"\\in(?![A-Za-z])", text)
    if len(parts) == 1:
        return _compared(text, name, context, key)
    if len(parts) != 2 or canonical_name(parts[0], key) != name:
        raise Fault(f"{key}: expected the range of {name}, such as {FORMS}, found {shown(text)}")
    return _set(parts[1].strip(), context, key)


def _set(text: str, context: Context, key: str) -> NumberRange:
    plain = re.sub(r"\s|\{_|\\left|\\right|\\,|\\;", "", text)
    plain = re.sub(r"\\(?:mathbb|mathbf|Bbb)?\{?([RNZ])\}?(?![A-Za-z])", r"\\mathbb{\1}", plain).replace("_{0}", "_0")
    if plain in SETS:
        return SETS[plain]
    if plain.startswith("\\{") and plain.endswith("\\}"):
        return _listed(plain[2:-2], key)
    found = re.fullmatch(r"([(\[\]])([^,;]*)[,;]([^,;]*)([)\[\]])", plain)
    if found is None:
        raise Fault(f"{key}: {shown(text)} is no set that can be read; expected one such as in {FORMS}")
    opening, low, high, closing = found.groups()
    return NumberRange(_bound(low, context, key), _bound(high, context, key), opening == "[", closing == "]")


def _listed(text: str, key: str) -> NumberRange:
    """``0, 1, 2`` and ``0, 1, 2, \\ldots``: consecutive integers."""
    values = text.split(",")
    endless = re.fullmatch(r"\\(l|c)?dots|\.\.\.", values[-1]) is not None
    values = values[:-1] if endless else values
    if not all(re.fullmatch(r"\d{1,6}", value) for value in values) or not values:
        raise Fault(f"{key}: expected integers between the braces, such as '\\{{0, 1\\}}', found {shown(text)}")
    numbers = [int(value) for value in values]
    if numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        raise Fault(f"{key}: expected consecutive integers between the braces, found {shown(text)}")
    least = NumberRange(Number(Fraction(numbers[0])), lower_closed=True, integer=True)
    return least if endless else replace(least, upper=Number(Fraction(numbers[-1])), upper_closed=True)


def _bound(text: str, context: Context, key: str) -> Term:
    if text in ("\\infty", "+\\infty", "-\\infty"):
        return MINUS_INFINITY if text.startswith("-") else INFINITY
    reading = read_term(text, context)
    if isinstance(reading, Problem):
        raise Fault(f"{key}: {reading.show()}")
    return reading.term


def _compared(text: str, name: str, context: Context, key: str) -> NumberRange:
    reading = read_statement(text, context)
    if isinstance(reading, Problem):
        raise Fault(f"{key}: {reading.show()}")
    result = REALS
    for relation in reading.relations:
        result = _narrowed(result, relation, name, text, key)
    return result


def _narrowed(known: NumberRange, relation: Relation, name: str, text: str, key: str) -> NumberRange:
    """``known`` with one more bound: ``name`` alone on one side, a bound without it on the other."""
    left, sign, right = relation.left, relation.sign, relation.right
    if right == Name(name):
        left, right, sign = right, left, {"<": ">", ">": "<", "≤": "≥", "≥": "≤"}.get(sign, sign)  # type: ignore[assignment]
    if left != Name(name) or name in free_names(right) or sign not in "<>≤≥":
        raise Fault(f"{key}: expected the range of {name}, such as {FORMS}, found {shown(text)}")
    if sign in ">≥":
        return replace(known, lower=right, lower_closed=sign == "≥")
    return replace(known, upper=right, upper_closed=sign == "≤")
