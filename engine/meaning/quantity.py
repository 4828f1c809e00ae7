r"""Derivatives in a quantity that is no name, such as σ² or f(x).

The quantity is one variable, and what is differentiated is a function of it: a new name v is put for the quantity, the
derivative is taken in v, and then evaluated where v is the quantity. So d/dσ² of ln σ² is that of ln v at v = σ². Where
the letter of the quantity stays in what is differentiated (σ beside σ²), the formula has no such meaning: a Problem.
"""

from __future__ import annotations

from typing import Final

from engine.meaning import term as terms
from engine.meaning.term import Apply, Call, Element, Functional, Name, Number, Power, Term, Transpose, free_names

Quantity = Power | Apply | Call
# What the new name can be.
LETTERS: Final = ("v", "u", "w", "z", "q")


def is_quantity(value: Term) -> bool:
    """A square of a name, or a function applied.

    >>> is_quantity(Power(Name("a"), terms.integer(2))), is_quantity(Power(Name("a"), terms.integer(3)))
    (True, False)
    """
    match value:
        case Power(Name() | Element(), Number(exponent)):
            return exponent == 2
        case Apply() | Call():
            return True
        case _:
            return False


def heads(value: Term) -> frozenset[str]:
    """The names that must not stay where the quantity is replaced: σ for σ², f for f(x)."""
    match value:
        case Power(Name(name) | Element(name)) | Apply(name):
            return frozenset((name,))
        case Call(function):
            return free_names(function)
        case _:
            return frozenset()


def replaced(body: Term, value: Term, name: str) -> Term:
    """``body`` with ``name`` for the quantity; not inside an expectation, nor where one of its names is bound.

    >>> replaced(Power(Name("a"), terms.integer(4)), Power(Name("a"), terms.integer(2)), "v")
    Power(base=Name(name='v'), exponent=Number(value=Fraction(2, 1), places=0))
    """
    if body == value:
        return Name(name)
    match body, value:
        case Power(base, Number(exponent, 0)), Power(of) if base == of and exponent % 2 == 0:
            return Power(Name(name), Number(exponent / 2))
        case Functional(), _:
            return body
        case _ if terms.bound_name(body) in free_names(value):
            return body
        case _:
            return terms.map_children(body, lambda part: replaced(part, value, name))


def with_hessians(variables: list[tuple[Term, int]]) -> list[tuple[Term, int]]:
    """``∂x ∂x^T``, in either order, is the second derivative in the vector x."""
    match variables:
        case [(Transpose(first), 1), (second, 1)] | [(first, 1), (Transpose(second), 1)] if first == second:
            return [(first, 2)]
        case _:
            return variables
