"""Definitions put in: a term in declared names only.

A definition without parameters may mention variables (``ℓ := N ln λ - λ S``): a derivative or an evaluation bar
in λ reaches into it. A sum, product or integral whose index occurs in such a definition is refused, since authors
mean different things by it.
"""

from __future__ import annotations

from dataclasses import fields, replace

from engine.kernel.function import KNOWN
from engine.kernel.unproved import Unproved
from engine.meaning.context import Context, Definition
from engine.meaning.sort import Real
from engine.meaning.statement import Statement
from engine.meaning.term import (
    Apply,
    Derivative,
    Element,
    Evaluate,
    FunctionDerivative,
    Integral,
    Name,
    Product,
    Sum,
    Term,
    bound_name,
    free_names,
    fresh_name,
    map_children,
    name_of,
    substitute,
)

DEEPEST = 40


def require_one_meaning(context: Context) -> None:
    """Every name is declared or defined once, and no definition is of a function that the theorems know as another."""
    names = [*(d.name for d in context.declarations), *(d.name for d in context.definitions)]
    if len(set(names)) < len(names):
        raise Unproved("a name that is declared or defined twice")
    for definition in context.definitions:
        if definition.name in KNOWN and definition.parameters:
            raise Unproved(f"{definition.name} is both known and defined")
        if len(set(definition.parameters)) < len(definition.parameters):
            raise Unproved(f"the definition of {definition.name} has one parameter twice")


def unfold(term: Term, context: Context, bound: frozenset[str] = frozenset(), depth: int = 0) -> Term:
    """``term`` with every definition of the context put in, except that matrix entries ``X_{1,2}`` stay.

    ``bound`` are the indices and parameters around, which no definition may mention, also not by another definition.
    Raises :class:`Unproved` for definitions that go in circles or clash with a bound name.
    """
    if not context.definitions:
        return term
    if depth > DEEPEST:
        raise Unproved("definitions that refer to each other in a circle")

    def inside(part: Term) -> Term:
        return unfold(part, context, bound, depth)

    if any(context.definition_of(name) for name in _variables_of(term)):
        raise Unproved("a name that is both defined and used as a variable")
    match term:
        case Name(name) if name not in bound and (d := context.definition_of(name)) and not d.parameters:
            return _put_in(d, (), context, bound, depth)
        case Element(family, indices) if (d := context.definition_of(family)) and d.parameters:
            return _put_in(d, tuple(map(inside, indices)), context, bound, depth)
        case Apply(function, arguments) if d := context.definition_of(function):
            return _put_in(d, tuple(map(inside, arguments)), context, bound, depth)
        case FunctionDerivative(function, slot, order, arguments) if d := context.definition_of(function):
            return _derivative_of(d, slot, order, tuple(map(inside, arguments)), context, bound, depth)
        case Sum(index, lower, upper, body) | Product(index, lower, upper, body) | Integral(index, lower, upper, body):
            inner = unfold(body, context, bound | {index}, depth)
            return type(term)(index, inside(lower), inside(upper), inner)
        case _:
            return map_children(term, inside)


def _variables_of(term: Term) -> frozenset[str]:
    """The names that the node binds or differentiates in: a definition must not be put in for them."""
    own = frozenset(filter(None, (bound_name(term),)))
    return own | {name_of(term.variable)} if isinstance(term, Derivative) else own


def _put_in(
    definition: Definition, arguments: tuple[Term, ...], context: Context, bound: frozenset[str], depth: int
) -> Term:
    if len(arguments) != len(definition.parameters):
        raise Unproved(f"{definition.name} takes {len(definition.parameters)} arguments, not {len(arguments)}")
    # Definitions inside the body are put in first, so that a name that comes in through two of them is seen as well.
    own = frozenset(definition.parameters)
    body = unfold(definition.body, _without(context, definition.parameters), own, depth + 1)
    if (free_names(body) - own) & bound:
        raise Unproved(f"the definition of {definition.name} mentions a name that is bound where it is used")
    return put_arguments(body, definition.parameters, arguments)


def _without(context: Context, names: tuple[str, ...]) -> Context:
    """The context in which the names mean parameters, not what was defined outside."""
    return replace(context, definitions=tuple(d for d in context.definitions if d.name not in names))


def put_arguments(body: Term, parameters: tuple[str, ...], arguments: tuple[Term, ...]) -> Term:
    """All parameters replaced at once (through fresh names, so that ``f(y, x)`` may swap them)."""
    taken = free_names(body).union(*map(free_names, arguments)) | set(parameters)
    fresh: list[str] = []
    for parameter in parameters:
        name = fresh_name(parameter + "'", taken | set(fresh))
        fresh.append(name)
        body = substitute(body, parameter, Name(name))
    for name, argument in zip(fresh, arguments, strict=True):
        body = substitute(body, name, argument)
    return body


def _derivative_of(
    definition: Definition,
    slot: int,
    order: int,
    arguments: tuple[Term, ...],
    context: Context,
    bound: frozenset[str],
    depth: int,
) -> Term:
    if not 0 <= slot < len(definition.parameters):
        raise Unproved(f"{definition.name} has no argument number {slot}")
    taken = free_names(definition.body).union(*map(free_names, arguments)) | set(definition.parameters)
    variable = fresh_name(definition.parameters[slot] + "'", taken)
    inner = tuple(Name(variable) if at == slot else argument for at, argument in enumerate(arguments))
    body = _put_in(definition, inner, context, bound, depth)
    match arguments[slot]:
        # f'(p) is df(p)/dp where p is a variable that f does not mention: what is known of p is then of use inside.
        case Name(name) as own if name not in free_names(body) | bound and context.sort_of(name) == Real():
            return Derivative(substitute(body, variable, own), own, order)
        case value:
            return Evaluate(Derivative(body, Name(variable), order), variable, value)


def names_reached(names: frozenset[str], context: Context) -> frozenset[str]:
    """The names, and all that their definitions mention, directly or by other definitions."""
    found, todo = set(names), list(names)
    while todo:
        definition = context.definition_of(todo.pop())
        if definition is not None:
            new = free_names(definition.body) - set(definition.parameters) - found
            found |= new
            todo += new
    return frozenset(found)


def unfold_statement(statement: Statement, context: Context) -> Statement:
    """The statement with every definition put into its terms."""
    return map_terms(statement, lambda term: unfold(term, context))


def map_terms(statement: Statement, change: object) -> Statement:
    """The statement with ``change`` applied to each of its terms, also inside intervals and nested statements."""
    new = {f.name: _map(getattr(statement, f.name), change) for f in fields(statement)}
    return replace(statement, **new)  # type: ignore[arg-type]


def _map(value: object, change: object) -> object:
    if isinstance(value, Term):
        return change(value)  # type: ignore[operator]
    if hasattr(value, "__dataclass_fields__"):
        return map_terms(value, change)  # type: ignore[arg-type]
    return value
