"""Functions that nobody declared, and that a claim differentiates: they are taken to have the derivatives it speaks of.

``\\frac{d}{dx} f(g(x)) = f'(g(x)) g'(x)`` says nothing about f and g, and is meant for functions that have derivatives.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.meaning.context import Context
from engine.meaning.sort import Function, Real
from engine.meaning.statement import Relation, Smooth, Statement
from engine.meaning.term import Apply, Derivative, FunctionDerivative, Term, bound_name, children, free_names


def assumed_smooth(statement: Statement, context: Context, undeclared: frozenset[str]) -> tuple[Smooth, ...]:
    """What to assume of the undeclared functions of one real variable, at each argument that the claim writes.

    >>> from engine.meaning.term import Name
    >>> x = Name("x")
    >>> known = Context().declare("x", Real()).declare("f", Function((Real(),), Real()))
    >>> claim = Relation(Derivative(Apply("f", (x,)), x), "=", FunctionDerivative("f", 0, 1, (x,)))
    >>> assumed_smooth(claim, known, frozenset("fx"))
    (Smooth(function='f', at=Name(name='x'), order=1),)
    """
    if not isinstance(statement, Relation):
        return ()
    order = max(map(_order, (statement.left, statement.right)))
    if not order:
        return ()
    plain = {d.name for d in context.declarations if d.sort == Function((Real(),), Real())} & undeclared
    found = (use for side in (statement.left, statement.right) for use in _uses(side, frozenset()))
    return tuple(dict.fromkeys(Smooth(function, at, order) for function, at in found if function in plain))


def _order(term: Term) -> int:
    """How often is differentiated at most, one derivative inside of another."""
    inside = max(map(_order, children(term)), default=0)
    return inside + term.order if isinstance(term, Derivative | FunctionDerivative) else inside


def _uses(term: Term, bound: frozenset[str]) -> Iterator[tuple[str, Term]]:
    """The functions of one argument that are applied, with their arguments, unless a bound name stands in these."""
    name = bound_name(term)
    inner = bound if name is None else bound | {name}
    match term:
        case Apply(function, (at,)) | FunctionDerivative(function, _, _, (at,)) if not free_names(at) & bound:
            yield function, at
    for part in children(term):
        yield from _uses(part, inner)
