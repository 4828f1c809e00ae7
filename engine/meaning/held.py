"""What a ∂ holds still: ``\\frac{\\partial}{\\partial p}(pq)`` beside ``q = 1 - p`` is q, or q - p with the definition.

Where what is differentiated shows the variable, and beside it a name that is defined by it, ∂ can mean either. Where it
shows the name alone, as ``\\frac{\\partial L}{\\partial\\theta}`` does, the definition is meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from engine.meaning.bar import mentioned_by_definitions
from engine.meaning.context import Context
from engine.meaning.sort import MatrixOf, Vector
from engine.meaning.term import (
    Dependent,
    Derivative,
    Evaluate,
    Name,
    Term,
    children,
    free_names,
    fresh_name,
    name_of,
    substitute,
)

Held = Literal["nothing", "shown", "reached"]
"""What ∂ holds still: nothing, what stands beside the variable, or also what does so in a definition of the body."""


def with_held(derivative: Derivative, context: Context, held: Held) -> Term:
    """The derivative with what is tied to its variable held still; itself where nothing is.

    >>> from engine.meaning.term import ONE, Multiply, subtract
    >>> p, q = Name("p"), Name("q")
    >>> tied = Context().define("q", (), subtract(ONE, p))
    >>> type(with_held(Derivative(Multiply((p, q)), p), tied, "shown")).__name__
    'Evaluate'
    >>> with_held(Derivative(q, p), tied, "reached") == Derivative(q, p)
    True
    """
    if held == "nothing" or not context.definitions:
        return derivative
    variable, root = derivative.variable, name_of(derivative.variable)
    body = _showing(derivative.body, root, context) if held == "reached" else derivative.body
    tied = tied_names(body, root, context)
    if not tied:
        return derivative
    taken = free_names(body) | {one.name for one in context.declarations} | {one.name for one in context.definitions}
    if isinstance(variable, Name) and not isinstance(context.sort_of(root), Vector | MatrixOf):
        own = fresh_name(root + "'", taken)
        moved = Derivative(substitute(body, root, Name(own)), Name(own), derivative.order)
        return Evaluate(moved, own, variable)
    if isinstance(variable, Name) or any(_has_parameters(name, context) for name in tied):
        return Derivative(Dependent(body, (variable,)), variable, derivative.order)
    still = {name: fresh_name(name + "'", taken) for name in tied}
    for name, own in still.items():
        body = substitute(body, name, Name(own))
    value: Term = Derivative(body, variable, derivative.order)
    for name, own in still.items():
        value = Evaluate(value, own, Name(name))
    return value


def tied_names(body: Term, root: str, context: Context) -> list[str]:
    """The names beside the variable that definitions tie to it."""
    shown = free_names(body)
    if root not in shown:
        return []
    return [name for name in sorted(shown - {root}) if root in mentioned_by_definitions((name,), context)]


def held_still(term: Term, context: Context) -> Iterator[tuple[str, str]]:
    """The variables of derivatives in the term, each with a name that can be held still where it varies."""
    if isinstance(term, Derivative):
        root = name_of(term.variable)
        yield from ((root, name) for name in tied_names(_showing(term.body, root, context), root, context))
    for part in children(term):
        yield from held_still(part, context)


def _showing(body: Term, root: str, context: Context) -> Term:
    """The body, with what it is defined as put in until it shows the variable."""
    for _ in context.definitions:
        if root in free_names(body):
            break
        for name in free_names(body):
            definition = context.definition_of(name)
            if definition is not None and not definition.parameters:
                body = substitute(body, name, definition.body)
    return body


def _has_parameters(name: str, context: Context) -> bool:
    definition = context.definition_of(name)
    return definition is not None and bool(definition.parameters)
