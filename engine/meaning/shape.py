"""Shapes: whether a value has many rows, and many columns, as far as the declarations say."""

from __future__ import annotations

from typing import Final

from engine.meaning import term as terms
from engine.meaning.scope import Scope
from engine.meaning.sort import Family, Function, MatrixOf, Sort, Vector
from engine.meaning.term import Element, Name, Term

SCALAR: Final = (False, False)
MINUS_ONE: Final = terms.Negate(terms.ONE)


class Shapes(Scope):
    """A scope that knows the shapes of terms."""

    def shape(self, term: Term) -> tuple[bool, bool]:
        """Whether the value has many rows, and many columns, as far as the declarations say."""
        match term:
            case Name(name):
                definition = self.definitions.get(name)
                return shape_of(self.sort(name)) if definition is None else self.shape(definition.body)
            case Element(family):
                sort = self.sort(family)
                return shape_of(sort.element) if isinstance(sort, Family) else SCALAR
            case terms.Apply("pad" | "hessian" | "diag" | "kron"):
                return (True, True)
            case terms.Apply("gradient"):
                return (True, False)
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
                return (len(rows) > 1, len(rows[0]) > 1)
            case terms.Multiply(factors):
                shapes = [shape for shape in map(self.shape, factors) if shape != SCALAR]
                return (shapes[0][0], shapes[-1][1]) if shapes else SCALAR
            case terms.Add((first, *_)) | terms.Negate(first) | terms.Divide(first) | terms.Power(first):
                return self.shape(first)
            case terms.Sum(body=body) | terms.Evaluate(body=body) | terms.Integral(body=body):
                return self.shape(body)
            case _:
                return SCALAR

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


def shape_of(sort: Sort | None) -> tuple[bool, bool]:
    match sort:
        case Vector():
            return (True, False)
        case MatrixOf():
            return (True, True)
        case _:
            return SCALAR
