"""Unfolding: a term without the names that its context defines.

A definition is read as an abbreviation, so ``f := \\ln x`` depends on ``x`` also under ``d/dx``;
arguments of a definition with parameters are put in without capture.
"""

from __future__ import annotations

from dataclasses import replace

from engine.meaning.context import Context, Definition
from engine.meaning.term import (
    Apply,
    Constant,
    Derivative,
    Element,
    Evaluate,
    FunctionDerivative,
    Name,
    Number,
    Term,
    bound_name,
    free_names,
    fresh_name,
    map_children,
    name_of,
    substitute,
)
from engine.provers.budget import spend
from engine.provers.no_value import NoEval

DEPTH = 40


def unfold(term: Term, context: Context) -> Term:
    """``term`` with every definition of ``context`` put in, except ``X_{i,j}`` of a defined matrix ``X``.

    Raises :class:`NoEval` for definitions that run in a circle and for a derivative in a defined name.

    >>> from engine.meaning.term import ONE
    >>> unfold(Apply("f", (ONE,)), Context().define("f", ("t",), Apply("ln", (Name("t"),))))
    Apply(function='ln', arguments=(Number(value=Fraction(1, 1), places=0),))
    """
    return _unfold(term, context, frozenset(), DEPTH) if context.definitions else term


def _unfold(term: Term, context: Context, bound: frozenset[str], depth: int) -> Term:
    if depth == 0:
        raise NoEval("the definitions refer to each other in a circle")

    def inner(part: Term) -> Term:
        return _unfold(part, context, bound, depth)

    spend()
    match term:
        case Name(name) if name not in bound and (definition := context.definition_of(name)):
            if definition.parameters:
                raise NoEval(f"{name} stands without its arguments")
            return _unfold(definition.body, context, bound, depth - 1)
        case Number() | Constant():
            return term
        case Apply(name, arguments) | Element(name, arguments) if definition := _with_parameters(name, context):
            return _call(_ready(definition, context, bound, depth), tuple(map(inner, arguments)))
        case FunctionDerivative(name, slot, order, arguments) if definition := _with_parameters(name, context):
            ready = _ready(definition, context, bound, depth)
            return _call_derivative(ready, slot, order, tuple(map(inner, arguments)))
        case Derivative(body, variable, order):
            moved = name_of(variable)
            if (moved not in bound or isinstance(variable, Element)) and context.definition_of(moved):
                raise NoEval(f"a derivative in {moved}, which is itself defined")
            return Derivative(inner(body), map_children(variable, inner), order)  # type: ignore[arg-type]
    name_here = bound_name(term)
    if name_here is None:
        return map_children(term, inner)
    within = bound | {name_here}
    body = term.body  # type: ignore[union-attr]
    return map_children(term, lambda part: _unfold(part, context, within if part is body else bound, depth))


def _with_parameters(name: str, context: Context) -> Definition | None:
    definition = context.definition_of(name)
    return definition if definition and definition.parameters else None


def _ready(definition: Definition, context: Context, bound: frozenset[str], depth: int) -> Definition:
    """The definition with its own body unfolded; its parameters are nobody's names but its own."""
    body = _unfold(definition.body, context, bound.union(definition.parameters), depth - 1)
    return replace(definition, body=body)


def _call(definition: Definition, arguments: tuple[Term, ...]) -> Term:
    """The body at the arguments, all put in at once."""
    parameters, body = _apart(definition, arguments)
    for parameter, argument in zip(parameters, arguments, strict=True):
        body = substitute(body, parameter, argument)
    return body


def _call_derivative(definition: Definition, slot: int, order: int, arguments: tuple[Term, ...]) -> Term:
    """The derivative in one parameter, then all parameters at the arguments."""
    if not 0 <= slot < len(definition.parameters):
        raise NoEval(f"{definition.name} has no argument number {slot}")
    parameters, body = _apart(definition, arguments)
    body = Derivative(body, Name(parameters[slot]), order)
    for parameter, argument in zip(parameters, arguments, strict=True):
        body = Evaluate(body, parameter, argument)
    return body


def _apart(definition: Definition, arguments: tuple[Term, ...]) -> tuple[tuple[str, ...], Term]:
    """Parameters renamed apart from the arguments, and the body with them."""
    if len(definition.parameters) != len(arguments):
        raise NoEval(f"{definition.name} is defined with {len(definition.parameters)} arguments")
    taken = frozenset[str]().union(*map(free_names, arguments)) | free_names(definition.body)
    body, names = definition.body, []
    for parameter in definition.parameters:
        new = fresh_name(parameter, taken) if any(parameter in free_names(a) for a in arguments) else parameter
        taken |= {new}
        names.append(new)
        body = rename(body, parameter, new)
    return tuple(names), body


def rename(term: Term, old: str, new: str) -> Term:
    """``term`` with the variable ``old`` called ``new`` wherever it stands, bound or free.

    A renaming of bound names when ``new`` occurs nowhere in ``term``.
    """
    if old == new:
        return term
    match term:
        case Name(name):
            return Name(new) if name == old else term
        case Element(family, indices):
            return Element(new if family == old else family, tuple(rename(i, old, new) for i in indices))
    changed = map_children(term, lambda part: rename(part, old, new))
    return _rebind(changed, new) if bound_name(changed) == old else changed


def _rebind(term: Term, new: str) -> Term:
    field = "variable" if hasattr(term, "variable") else "index"
    return replace(term, **{field: new})  # type: ignore[arg-type]
