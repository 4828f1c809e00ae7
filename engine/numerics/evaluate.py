"""Terms as functions on float64 tensors, so that torch can differentiate and optimise what a pipeline wrote.

Only nodes of a whitelist are evaluated; any other is a :class:`~engine.span.Problem` before anything is computed.
A sum or product over an index is evaluated for all its values at once: the index becomes a tensor along a new
leading axis, families are read at all its entries, and that axis is summed away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import e, pi
from typing import TYPE_CHECKING

from engine.meaning.context import Definition
from engine.meaning.term import (
    Add,
    Apply,
    Constant,
    Divide,
    Element,
    Multiply,
    Name,
    Negate,
    Number,
    Power,
    Product,
    Sum,
    Term,
    children,
)
from engine.span import Problem

if TYPE_CHECKING:
    from torch import Tensor

Values = Mapping[str, "Tensor | float"]
"""A number for each variable, a tensor with one axis an index for each family; a range's bounds are whole numbers."""

FUNCTIONS = ("ln", "exp", "sqrt", "abs", "sin", "cos", "tan", "sinh", "cosh", "tanh", "factorial")


@dataclass(frozen=True, slots=True)
class _Scope:
    """Values of the free names, and for each bound index its values along its own axis (``depth`` axes in all)."""

    values: Values
    indices: Mapping[str, Tensor]
    definitions: Mapping[str, Term]
    depth: int = 0


def evaluator(
    term: Term, names: frozenset[str], definitions: tuple[Definition, ...] = ()
) -> Callable[[Values], Tensor] | Problem:
    """The term as a function of the values of ``names``; the result is a float64 tensor without axes.

    ``definitions`` without parameters are put in where their names occur. A problem names the first construct
    outside the whitelist, or the names that have no value.
    """
    bodies = {d.name: d.body for d in definitions if not d.parameters}
    problem = _unsupported(term, names, bodies)
    if problem is not None:
        return problem
    return lambda values: _value(term, _Scope(values, {}, bodies))


def _unsupported(term: Term, names: frozenset[str], bodies: Mapping[str, Term]) -> Problem | None:
    match term:
        case Name(name) if name in bodies and name not in names:
            return _unsupported(bodies[name], names, {k: v for k, v in bodies.items() if k != name})
        case Name(name) | Element(family=name) if name not in names:
            return Problem(f"{name} has no value to compute with")
        case Apply(function, (_,)) if function not in FUNCTIONS:
            return Problem(f"the function {function} cannot be evaluated in torch")
        case Constant("infinity"):
            return Problem("an infinite value cannot be evaluated in torch")
        case Sum(index, lower, upper, body) | Product(index, lower, upper, body):
            inside = _unsupported(body, names | {index}, bodies)
            return _unsupported(lower, names, bodies) or _unsupported(upper, names, bodies) or inside
        case (
            Number() | Constant() | Name() | Element() | Add() | Negate() | Multiply() | Divide() | Power()
        ) | Apply(arguments=(_,)):
            return next((p for p in (_unsupported(part, names, bodies) for part in children(term)) if p), None)
        case _:
            return Problem(f"a {type(term).__name__} cannot be evaluated in torch")


def _value(term: Term, scope: _Scope) -> Tensor:
    match term:
        case Number(value):
            return _constant(float(value))
        case Constant(name):
            return _constant(pi if name == "pi" else e)
        case Name(name):
            return _variable(name, scope)
        case Element(family, indices):
            return _element(family, indices, scope)
        case Add(terms):
            return sum((_value(part, scope) for part in terms), start=_constant(0.0))
        case Negate(body):
            return -_value(body, scope)
        case Multiply(factors):
            return _product(tuple(_value(factor, scope) for factor in factors))
        case Divide(numerator, denominator):
            return _value(numerator, scope) / _value(denominator, scope)
        case Power(base, exponent):
            return _value(base, scope) ** _value(exponent, scope)
        case Apply(function, (argument,)):
            return _apply(function, _value(argument, scope))
        case Sum() | Product():
            return _reduce(term, scope)
        case _:
            raise TypeError(f"not whitelisted: {term!r}")


def _constant(value: float) -> Tensor:
    import torch

    return torch.tensor(value, dtype=torch.float64)


def _variable(name: str, scope: _Scope) -> Tensor:
    if name in scope.indices:
        return scope.indices[name].double()
    if name in scope.values:
        value = scope.values[name]
        return _constant(float(value)) if isinstance(value, int | float) else value
    return _value(scope.definitions[name], replace(scope, indices={}))


def _element(family: str, indices: tuple[Term, ...], scope: _Scope) -> Tensor:
    """Indices count from 1. Outside the range of the data there is no value, and no wrapping around."""
    import torch

    data = scope.values[family]
    if not isinstance(data, torch.Tensor) or data.dim() != len(indices):
        raise ValueError(f"{family} needs a tensor with {len(indices)} axes")
    places = tuple(_whole(index, scope) - 1 for index in indices)
    for place, size in zip(places, data.shape, strict=True):
        if bool((place < 0).any()) or bool((place >= size).any()):
            raise ValueError(f"an index of {family} is outside 1 to {size}")
    return data[places]


def _whole(term: Term, scope: _Scope) -> Tensor:
    """The value of an index or of a bound: whole numbers below 2**53, which float64 holds exactly."""
    value = _value(term, scope)
    whole = value.round().long()
    if not bool((whole == value).all()):
        raise ValueError("an index or a bound of a range is not a whole number")
    return whole


def _product(factors: tuple[Tensor, ...]) -> Tensor:
    result = factors[0]
    for factor in factors[1:]:
        result = result * factor
    return result


def _apply(function: str, argument: Tensor) -> Tensor:
    import torch

    if function == "factorial":  # n! = Γ(n + 1)
        return torch.exp(torch.lgamma(argument + 1))
    known: Callable[[Tensor], Tensor] = torch.log if function == "ln" else getattr(torch, function)
    return known(argument)


def _reduce(term: Sum | Product, scope: _Scope) -> Tensor:
    import torch

    lower, upper = _whole(term.lower, scope), _whole(term.upper, scope)
    if lower.dim() or upper.dim():
        raise ValueError(f"the range of {term.index} depends on another index")
    values = torch.arange(int(lower), int(upper) + 1) if upper >= lower else torch.arange(0)
    column = values.reshape(-1, *(1,) * scope.depth)
    inner = replace(scope, indices={**scope.indices, term.index: column}, depth=scope.depth + 1)
    # A body that does not use the index still counts once for each of its values.
    body = _value(term.body, inner) * torch.ones_like(column, dtype=torch.float64)
    return body.sum(0) if isinstance(term, Sum) else body.prod(0)
