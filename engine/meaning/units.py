r"""Identity matrices, zeros and ones: letters that stand for one known matrix, of a size that their company tells.

``I``, ``I_{n}`` and ``\mathbf{I}`` are identity matrices, ``0_{n}`` and ``\mathbf{0}`` columns (or matrices) of zeros,
``\mathbf{1}`` and ``\mathbf{1}_{n}`` columns of ones, each only where it is not declared. What stands below is the
size; where nothing does, the size is that of what it is added to, equated with or multiplied by. An identity matrix or
zeros whose size cannot be told stay a name without a value; ``I`` alone beside numbers is a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Final, TypeVar

from engine.meaning import term as terms
from engine.meaning.notation import IDENTITY, UNITS
from engine.meaning.shape import MINUS_ONE, SCALAR, Shapes
from engine.meaning.sort import Integer, Vector
from engine.meaning.statement import Assertion, Equivalent, Implies, Relation
from engine.meaning.term import ONE, Apply, Name, Number, Term, free_names, map_children

Size = tuple[Term, Term]
_Result = TypeVar("_Result")

_ZEROS: Final = frozenset(("0", r"\mathbf{0}", r"\boldsymbol{0}"))
_ONES: Final = frozenset(("1", r"\mathbf{1}", r"\boldsymbol{1}", r"\mathbb{1}"))
_NUMBERS: Final = (ONE, ONE)
_OPEN: Final = (None, None)


def with_known_matrices(scope: Shapes, result: _Result) -> _Result:
    """What was read, with the letters for known matrices replaced by these; ``scope`` forgets what it took them for."""
    if not (scope.has_labels or scope.findings.kinds or any(map(_base_is_known, scope.inferred))):
        return result  # told without a walk over what was read
    names = _names_in(result)
    if not any(map(_base_is_known, names)) and not _has_indicator(result):
        return result
    changed = _Units(scope).of(result)
    left = _names_in(changed)
    for name in list(scope.inferred):
        if _base_is_known(name) and (name not in left or _base(name) not in UNITS):
            del scope.inferred[name]
    return changed


def _base(name: str) -> str:
    return name.partition("_{")[0]


@lru_cache(maxsize=1024)
def _base_is_known(name: str) -> bool:
    return _base(name) in UNITS | _ZEROS | _ONES


def _names_in(result: object) -> frozenset[str]:
    if isinstance(result, Term):
        return free_names(result)
    if isinstance(result, tuple):
        return frozenset[str]().union(*map(_names_in, result))
    match result:
        case Relation(left, _, right) | Assertion(left, _, right):
            return free_names(left) | free_names(right)
        case Implies(left_, right_) | Equivalent(left_, right_):
            return _names_in(left_) | _names_in(right_)
        case _:
            return frozenset()


def _has_indicator(result: object) -> bool:
    return "indicator" in _names_in(result)


class _Units:
    """One walk over what was read, with the size that each part must have, where it is known."""

    def __init__(self, scope: Shapes) -> None:
        self.scope = scope

    def of(self, result: _Result) -> _Result:
        match result:
            case tuple():
                return tuple(map(self.of, result))  # type: ignore[return-value]
            case Relation(left, sign, right) | Assertion(left, sign, right):
                size = self.shared((left, right))
                return type(result)(self.term(left, size), sign, self.term(right, size))  # type: ignore[arg-type]
            case Implies(one, other) | Equivalent(one, other):
                return type(result)(self.of(one), self.of(other))
            case _:
                return self.term(result, None) if isinstance(result, Term) else result  # type: ignore[return-value]

    def term(self, term: Term, size: Size | None) -> Term:
        match term:
            case Name(name):
                return self.known(name, size) or term
            case Apply("indicator", (below,)) if self.is_size(below):
                return Apply("ones", (below, ONE))
            case terms.Add(parts):
                size = size or self.size(term)
                return terms.Add(tuple(self.term(part, size) for part in parts))
            case terms.Multiply(factors):
                return terms.Multiply(self.factors(factors, size))
            case terms.Divide(numerator, denominator):
                return terms.Divide(self.term(numerator, size), self.term(denominator, None))
            case terms.Transpose(part):
                return terms.Transpose(self.term(part, None if size is None else size[::-1]))
            case terms.Power(base, exponent):
                inside = self.size(base)
                if exponent == MINUS_ONE and inside is not None and inside != _NUMBERS:
                    return terms.Inverse(self.term(base, size or inside))
                return terms.Power(self.term(base, size), self.term(exponent, None))
            case terms.Negate() | terms.Inverse():
                return map_children(term, lambda part: self.term(part, size))
            case terms.Derivative(body, variable, order):
                return terms.Derivative(self.term(body, None), variable, order)
            case terms.Sum(index, lower, upper, body):
                return terms.Sum(index, lower, upper, self.term(body, size))
            case Apply("inner", (one, other)):
                size = self.size(one) or self.size(other)
                return Apply("inner", (self.term(one, size), self.term(other, size)))
            case _:
                return map_children(term, lambda part: self.term(part, None))

    def factors(self, factors: tuple[Term, ...], size: Size | None) -> tuple[Term, ...]:
        """A factor has as many rows as the matrix before it has columns, and as many columns as the next one rows."""
        sizes = [self.size(factor) for factor in factors]
        matrices = [n for n, factor in enumerate(factors) if self.is_matrix(factor, sizes[n])]
        rows, columns = size or _OPEN
        changed = list(factors)
        for n, factor in enumerate(factors):
            before = max((k for k in matrices if k < n), default=None)
            behind = min((k for k in matrices if k > n), default=None)
            above = rows if before is None else _side(sizes[before], 1)
            beside = columns if behind is None else _side(sizes[behind], 0)
            inner = (above or beside, beside or above)
            known = inner if n in matrices or len(matrices) < 2 else None
            changed[n] = self.term(factor, (known[0], known[1]) if known and known[0] and known[1] else None)
        return tuple(changed)

    def is_matrix(self, factor: Term, size: Size | None) -> bool:
        if size is not None:
            return size != _NUMBERS
        return self.scope.shape(factor) != SCALAR or _lone(factor)

    # -- letters

    def known(self, name: str, size: Size | None) -> Term | None:
        """The matrix that the letter stands for; ``None`` where it is declared or its size is not known."""
        base, label = _base(name), name.partition("_{")[2][:-1]
        if not _base_is_known(name) or name in self.scope.bound or self.is_declared(name):
            return None
        if size == _NUMBERS or (base in ("0", "1") and (not label or size is None)):
            return None
        below = self.label(label) if label else None
        if label and below is None:
            return self.rectangle(name, size) if base in _ZEROS else None
        if base in UNITS:
            return self.identity(name, below, size)
        function = "zeros" if base in _ZEROS else "ones"
        own = (below, ONE) if below is not None else self.own_size(name) or size
        if own is None:
            return None
        self.say(name, "the column of ones" if function == "ones" else "zeros")
        return Apply(function, own)

    def rectangle(self, name: str, size: Size | None) -> Term | None:
        """``0_{pn}``, the matrix of zeros with p rows and n columns."""
        label = name.partition("_{")[2][:-1]
        sides = [Name(letter) for letter in label if self.counts(letter)]
        if len(label) != 2 or len(sides) != 2 or (size is not None and size != tuple(sides)):
            return None
        self.say(name, "zeros")
        return Apply("zeros", tuple(sides))

    def identity(self, name: str, below: Term | None, size: Size | None) -> Term | None:
        if below is None:
            if size is None or size[0] != size[1]:
                return None
            below = size[0]
        elif size is None and self.scope.findings.kinds.get(name) != IDENTITY and name in self.scope.inferred:
            return None  # I_n beside numbers only
        self.say(name, "the identity matrix")
        return Apply("identity", (below,))

    def say(self, name: str, what: str) -> None:
        self.scope.note(f"{name} is {what}")

    def is_declared(self, name: str) -> bool:
        return name in self.scope.sorts or name in self.scope.definitions

    def label(self, label: str) -> Term | None:
        if label.isdigit():
            return Number(Fraction(label))
        return Name(label) if self.counts(label) else None

    def counts(self, name: str) -> bool:
        """Whether the name is a natural number: declared, or a size that was inferred."""
        sort = self.scope.sort(name)
        return (isinstance(sort, Integer) and (sort.least or 0) >= 1) or name in self.scope.sizes

    def is_size(self, below: Term) -> bool:
        """Whether an indicator with this below it is a column of ones: nothing else is a number below it."""
        match below:
            case Name(label):
                return self.counts(label)
            case Number(value, 0):
                return value >= 1
            case _:
                return False

    def own_size(self, name: str) -> Size | None:
        """The size that was inferred for the letter, where it became a size of something declared."""
        sort = self.scope.inferred.get(name)
        if not isinstance(sort, Vector):
            return None
        size = self.scope.settled_size(sort.size)
        return (size, ONE) if not isinstance(size, Name) or size.name not in self.scope.sizes else None

    # -- sizes

    def size(self, term: Term) -> Size | None:
        """Rows and columns, as far as the names tell; those of numbers are 1."""
        match term:
            case Name(name) if _base_is_known(name) and not self.is_declared(name):
                found = self.known_size(name)
            case terms.Add(parts):
                found = self.shared(parts)
            case terms.Multiply(factors):
                found = self.product(factors)
            case terms.Negate(part) | terms.Inverse(part) | terms.Divide(part) | terms.Power(part):
                found = self.size(part)
            case terms.Sum(body=part):
                found = self.size(part)
            case terms.Transpose(part):
                inside = self.size(part)
                found = None if inside is None else inside[::-1]
            case terms.Derivative(body, variable, order):
                found = self.slope(body, variable, order)
            case terms.Matrix(rows):
                found = Number(Fraction(len(rows))), Number(Fraction(len(rows[0])))
            case Apply("diag", (part,)) if (inside := self.size(part)) is not None:
                found = (inside[0], inside[0])
            case Apply("indicator", (below,)) if self.is_size(below):
                found = (below, ONE)
            case _:
                found = self.scope.size(term)
                if found is None and self.scope.shape(term) == SCALAR:
                    found = _NUMBERS
        return None if found is None else (self.scope.settled_size(found[0]), self.scope.settled_size(found[1]))

    def shared(self, parts: Sequence[Term]) -> Size | None:
        """The size of what is added up or equated; an undeclared letter among matrices need not be a number."""
        sizes = [size for size in map(self.size, parts) if size is not None]
        return next((size for size in sizes if size != _NUMBERS), sizes[0] if len(sizes) == len(parts) else None)

    def known_size(self, name: str) -> Size | None:
        label = name.partition("_{")[2][:-1]
        below = self.label(label) if label else None
        if below is not None:
            return (below, below) if _base(name) in UNITS else (below, ONE)
        return None if _base(name) in UNITS else self.own_size(name)

    def product(self, factors: Sequence[Term]) -> Size | None:
        """Of a product with an identity of unknown size, or a number, it is that of the other factors."""
        sizes = [size for factor in factors if not _lone(factor) and (size := self.size(factor)) != _NUMBERS]
        if None in sizes or (not sizes and any(map(_lone, factors))):
            return None
        found: Size = _NUMBERS
        for size in filter(None, sizes):
            found = size if found == _NUMBERS else (found[0], size[1])
        return found

    def slope(self, body: Term, variable: Term, order: int) -> Size | None:
        """The gradient has the shape of the variable; the Jacobian of a column, and the Hessian, are matrices."""
        inside, moved = self.size(body), self.size(variable)
        if inside is None or moved is None or moved == _NUMBERS:
            return inside if moved == _NUMBERS else None
        if inside == _NUMBERS:
            return moved if order == 1 else (moved[0], moved[0]) if moved[1] == ONE else None
        return (inside[0], moved[0]) if inside[1] == moved[1] == ONE else None


def _side(size: Size | None, at: int) -> Term | None:
    return None if size is None else size[at]


def _lone(factor: Term) -> bool:
    return isinstance(factor, Name) and factor.name in UNITS
