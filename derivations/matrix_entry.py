"""Entries of the matrices of an exercise: numbers and symbols as a teacher writes them, and their exact arithmetic."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import product

from derivations.exercise_data import Fault, shown
from engine.meaning.term import (
    ZERO,
    Add,
    Divide,
    Matrix,
    Multiply,
    Name,
    Negate,
    Number,
    Power,
    Term,
    integer,
    rational,
)

LARGEST_SIDE = 64
"""Matrices with more rows or columns are refused: nobody reads them on a sheet."""

Polynomial = Mapping[tuple[str, ...], Fraction]
"""Coefficients of monomials; a monomial is the sorted tuple of its symbols. Invariant: no coefficient is 0."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as the sheet writes it, and its value as a polynomial in the symbols."""

    term: Term
    value: Polynomial


Grid = tuple[tuple[Entry, ...], ...]


def read_matrix(value: object, key: str, reserved: frozenset[str] = frozenset()) -> Grid:
    """A matrix of entries; raises a :class:`Fault` that names the row and column of a wrong entry.

    ``reserved`` letters are names of the exercise itself and stand for no symbol.
    """
    if not isinstance(value, list) or not value or not all(isinstance(row, list) and row for row in value):
        raise Fault(f"{key}: expected a matrix, a list of rows such as [[1, 2], [3, 4]], found {shown(value)}")
    if len({len(row) for row in value}) > 1:
        lengths = ", ".join(str(len(row)) for row in value)
        raise Fault(f"{key}: expected rows of equal length, found rows of {lengths} entries")
    if len(value) > LARGEST_SIDE or len(value[0]) > LARGEST_SIDE:
        found = f"{len(value)} × {len(value[0])}"
        raise Fault(f"{key}: expected at most {LARGEST_SIDE} rows and columns, found {found}")
    return tuple(
        tuple(read_entry(cell, f"{key}, row {r}, column {c}", reserved) for c, cell in enumerate(row, 1))
        for r, row in enumerate(value, 1)
    )


_GREEK = (
    "alpha|beta|gamma|delta|epsilon|varepsilon|zeta|eta|theta|vartheta|iota|kappa|lambda|mu|nu|xi|rho|sigma|tau|phi"
    "|varphi|chi|psi|omega"
)
_SYMBOL = rf"(?:[A-Za-z]|\\(?:{_GREEK})(?![A-Za-z]))(?:_(?:\w|\{{[\w,]+\}}))?"
_SIGN = r"\s*(?:\*|\\cdot(?![A-Za-z]))\s*"
_TIMES = rf"(?:{_SIGN}|\s+)"
_ALONE = r"(?=\s*(?:[+-]|$))"
# A number may stand right before a symbol ("2a"), a fraction needs a sign between ("1/2a" has two readings), symbols
# a sign or a space ("foo" is no product).
_NUMBER = (
    rf"(?:\d+/\d+(?:{_SIGN}(?=[A-Za-z\\])|{_ALONE})|\d+(?:\.\d+)?(?:{_TIMES}(?=[A-Za-z\\])|(?=[A-Za-z\\])|{_ALONE}))"
)
_SUMMAND = re.compile(
    rf"\s*(?P<sign>[+-]?)\s*(?P<number>{_NUMBER})?(?P<symbols>{_SYMBOL}(?:{_TIMES}{_SYMBOL})*)?\s*(?=[+-]|$)", re.ASCII
)
_EXPECTED = 'expected an integer, a decimal, a fraction such as "3/4", or a symbol such as "a" or "k_{11}"'


def read_entry(value: object, place: str, reserved: frozenset[str] = frozenset()) -> Entry:
    """Read one entry; sums of products of symbols are allowed (``"2a - b c"``). Raises :class:`Fault`.

    >>> read_entry("2a - 1/2", "here").value == {("a",): 2, (): Fraction(-1, 2)}
    True
    """
    content = _text_of(value, place)
    at, summands = 0, list[Entry]()
    while at < len(content) or not summands:
        match = _SUMMAND.match(content, at)
        if match is None or not (match["number"] or match["symbols"]) or (summands and not match["sign"]):
            raise Fault(f"{place}: {_EXPECTED}, found {shown(value)}")
        number = re.match(r"[\d./]*", match["number"] or "")
        summands.append(_summand(match["sign"], number[0] if number else "", match["symbols"] or "", place, reserved))
        at = match.end()
    if len(summands) == 1:
        return summands[0]
    return Entry(Add(tuple(s.term for s in summands)), add([s.value for s in summands]))


def _text_of(value: object, place: str) -> str:
    if isinstance(value, float):
        value = format(Decimal(repr(value)), "f")
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**30:
        value = str(value)
    if not isinstance(value, str) or len(value) > 60:
        raise Fault(f"{place}: {_EXPECTED}, found {shown(value)}")
    return value.strip()


def _summand(sign: str, number: str, symbols: str, place: str, reserved: frozenset[str]) -> Entry:
    names = [_canonical(name) for name in re.split(_TIMES, symbols) if name]
    taken = next((name for name in names if name == "e" or name.split("_")[0] in reserved), None)
    if taken is not None:
        meaning = "Euler's number" if taken == "e" else "a matrix of this exercise"
        raise Fault(f"{place}: the symbol {taken} stands for {meaning}; choose another letter")
    factors = (*((_literal(number, place),) if number else ()), *map(Name, names))
    term = factors[0] if len(factors) == 1 else Multiply(factors)
    value = Fraction(number or 1) * (-1 if sign == "-" else 1)
    return Entry(Negate(term) if sign == "-" else term, {tuple(sorted(names)): value} if value else {})


def _canonical(symbol: str) -> str:
    """One spelling for a subscript: ``k_1`` becomes ``k_{1}``."""
    return re.sub(r"_(\w)$", r"_{\1}", symbol)


def _literal(number: str, place: str) -> Term:
    numerator, _, denominator = number.partition("/")
    if not denominator:
        return Number(Fraction(number), len(number.partition(".")[2]))
    if int(denominator) == 0:
        raise Fault(f"{place}: the denominator of {number} is 0")
    return Divide(Number(Fraction(numerator)), Number(Fraction(denominator)))


def add(polynomials: Sequence[Polynomial]) -> Polynomial:
    total: dict[tuple[str, ...], Fraction] = {}
    for polynomial in polynomials:
        for monomial, coefficient in polynomial.items():
            total[monomial] = total.get(monomial, Fraction(0)) + coefficient
    return {monomial: coefficient for monomial, coefficient in total.items() if coefficient}


def multiply(left: Polynomial, right: Polynomial) -> Polynomial:
    pairs = product(left.items(), right.items())
    return add([{tuple(sorted((*m, *n))): a * b} for (m, a), (n, b) in pairs])


def value_at(polynomial: Polynomial, values: Mapping[str, Fraction]) -> Fraction:
    total = Fraction(0)
    for monomial, coefficient in polynomial.items():
        for name in monomial:
            coefficient *= values[name]
        total += coefficient
    return total


def only_decimals(*grids: Grid) -> bool:
    """Whether outputs should be printed as decimals: some entry is one, and none needs a fraction."""
    literals = [cell.term for grid in grids for row in grid for cell in row]
    places = [term.places for entry in literals for term in _literals(entry)]
    fractions = any(isinstance(part, Divide) for entry in literals for part in _parts(entry))
    return any(places) and not fractions


def _parts(term: Term) -> tuple[Term, ...]:
    match term:
        case Negate(inner):
            return _parts(inner)
        case Add(parts) | Multiply(parts):
            return tuple(leaf for part in parts for leaf in _parts(part))
        case _:
            return (term,)


def _literals(term: Term) -> tuple[Number, ...]:
    return tuple(part for part in _parts(term) if isinstance(part, Number))


def value_term(polynomial: Polynomial, decimals: bool) -> Term:
    """The polynomial as a sheet writes it: by falling degree, signs in front, no factor 1."""
    monomials = sorted(polynomial, key=lambda monomial: (-len(monomial), monomial))
    terms = tuple(_monomial(monomial, polynomial[monomial], decimals) for monomial in monomials)
    return Add(terms) if len(terms) > 1 else terms[0] if terms else ZERO


def _monomial(monomial: tuple[str, ...], coefficient: Fraction, decimals: bool) -> Term:
    powers = [(name, monomial.count(name)) for name in dict.fromkeys(monomial)]
    names = [Name(name) if n == 1 else Power(Name(name), integer(n)) for name, n in powers]
    number = [] if names and abs(coefficient) == 1 else [_number(abs(coefficient), decimals)]
    factors = (*number, *names)
    term = factors[0] if len(factors) == 1 else Multiply(factors)
    return Negate(term) if coefficient < 0 else term


def _number(value: Fraction, decimals: bool) -> Term:
    if not decimals:
        return rational(value)
    places = next(n for n in range(1000) if (value * 10**n).denominator == 1)
    return Number(value, places)


def matrix_term(grid: Grid) -> Matrix:
    return Matrix(tuple(tuple(cell.term for cell in row) for row in grid))


