"""Shapes: whether a value has many rows, and many columns, as far as the declarations say."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from engine.meaning import term as terms
from engine.meaning.context import Definition
from engine.meaning.notation import IDENTITY
from engine.meaning.scope import Scope
from engine.meaning.sort import Family, Function, MatrixOf, Sort, Vector
from engine.meaning.term import Element, Name, Term

SCALAR: Final = (False, False)
COLUMN: Final = (True, False)
ROW: Final = (False, True)
MINUS_ONE: Final = terms.Negate(terms.ONE)


class Shapes(Scope):
    """A scope that knows the shapes of terms."""

    def shape(self, term: Term) -> tuple[bool, bool]:
        """Whether the value has many rows, and many columns, as far as the declarations say."""
        if isinstance(term, Name):
            return self.named_shape(term.name)
        if isinstance(term, terms.Number):
            return SCALAR
        match term:
            case Element():
                sort = self.sort(term.family)
                return shape_of(sort.element) if isinstance(sort, Family) else SCALAR
            case terms.Add((first, *_)) | terms.Negate(first) | terms.Divide(first) | terms.Power(first):
                return self.shape(first)
            case terms.Multiply():
                shapes = [shape for shape in map(self.shape, term.factors) if shape != SCALAR]
                return (shapes[0][0], shapes[-1][1]) if shapes else SCALAR
            case terms.Apply("pad" | "hessian" | "diag" | "kron"):
                return (True, True)
            case terms.Apply("gradient" | "vec"):
                return (True, False)
            case terms.Over(operator="set"):
                return SCALAR
            case terms.Functional("E", (part,)) | terms.Over(body=part) | terms.Dependent(part):
                return self.shape(part)
            case terms.Functional("Var" | "Cov", (part, *_)):
                return (True, True) if self.shape(part) != SCALAR else SCALAR
            case terms.Apply(function) | terms.FunctionDerivative(function, order=0):
                return self.result_shape(function)
            case terms.FunctionDerivative(function, slot, order):
                return self.derived_shape(self.result_shape(function), self.slot_shape(function, slot), order)
            case terms.Derivative(body, variable, order):
                return self.derived_shape(self.shape(body), self.shape(variable), order)
            case terms.Transpose(inner):
                return self.shape(inner)[::-1]
            case terms.Inverse():
                return (True, True)
            case terms.Matrix(rows):
                return self.blocks(rows)
            case terms.Sum(body=body) | terms.Evaluate(body=body) | terms.Integral(body=body):
                return self.shape(body)
            case _:
                return SCALAR

    def all_scalar(self) -> bool:
        """Whether no name can have rows or columns: nothing is declared, and nothing was found out that has any."""
        return not (self.sorts or self.definitions or self.sizes or self.findings.sorts or self.findings.kinds)

    def named_shape(self, name: str) -> tuple[bool, bool]:
        definition = self.definitions.get(name)
        if definition is not None:
            return self.defined_shape(definition)
        return (True, True) if self.findings.kinds.get(name) == IDENTITY else shape_of(self.sort(name))

    def blocks(self, rows: tuple[tuple[Term, ...], ...]) -> tuple[bool, bool]:
        """A column of row vectors is a matrix."""
        down = len(rows) > 1 or any(self.shape(entry)[0] for entry in rows[0])
        return (down, len(rows[0]) > 1 or any(self.shape(row[0])[1] for row in rows))

    def defined_shape(self, definition: Definition) -> tuple[bool, bool]:
        """The shape of a definition's body, found once: definitions that use each other twice would take for ever."""
        if definition.name not in self.defined_shapes:
            self.defined_shapes[definition.name] = self.shape(definition.body)
        return self.defined_shapes[definition.name]

    def size(self, term: Term) -> tuple[Term, Term] | None:
        """The numbers of rows and columns of a vector or matrix whose names tell them."""
        match term:
            case Name(name):
                return size_of(self.sort(name))
            case Element(family):
                sort = self.sort(family)
                return size_of(sort.element) if isinstance(sort, Family) else None
            case terms.Transpose(part):
                size = self.size(part)
                return None if size is None else size[::-1]
            case terms.Inverse(part) | terms.Negate(part) | terms.Divide(part) | terms.Power(part):
                return self.size(part)
            case terms.Sum(body=part):
                return self.size(part)
            case terms.Add(parts):
                return next(filter(None, map(self.size, parts)), None)
            case terms.Multiply(factors):
                sizes = [size for size in map(self.size, factors) if size is not None]
                return (sizes[0][0], sizes[-1][1]) if sizes else None
            case _:
                return None

    def fit_product(self, factors: Sequence[Term]) -> None:
        """What stands side by side has as many columns as the next one has rows; what has an inverse is square."""
        sizes = [size for size in map(self.size, factors) if size is not None]
        for left, right in pairwise(sizes):
            self.merge(left[1], right[0])
        for factor in factors:
            if isinstance(factor, terms.Inverse) and (size := self.size(factor)) is not None:
                self.merge(*size)

    def fit_sum(self, parts: Sequence[Term]) -> None:
        """Summands, and the two sides of an equation, have one size."""
        for left, right in pairwise([size for size in map(self.size, parts) if size is not None]):
            self.merge(left[0], right[0])
            self.merge(left[1], right[1])

    def result_shape(self, function: str) -> tuple[bool, bool]:
        sort = self.sort(function)
        return shape_of(sort.result) if isinstance(sort, Function) else SCALAR

    def slot_shape(self, function: str, slot: int) -> tuple[bool, bool]:
        sort = self.sort(function)
        return shape_of(sort.arguments[slot]) if isinstance(sort, Function) else SCALAR

    @staticmethod
    def derived_shape(value: tuple[bool, bool], variable: tuple[bool, bool], order: int) -> tuple[bool, bool]:
        """The gradient of a scalar is a column, its Hessian and the Jacobian of a column are square."""
        if variable == SCALAR:
            return value
        return (True, value != SCALAR or order == 2)


def size_of(sort: Sort | None) -> tuple[Term, Term] | None:
    match sort:
        case Vector(size):
            return size, terms.ONE
        case MatrixOf(rows, columns):
            return rows, columns
        case _:
            return None


def shape_of(sort: Sort | None) -> tuple[bool, bool]:
    if isinstance(sort, Vector):
        return COLUMN
    return (True, True) if isinstance(sort, MatrixOf) else SCALAR
