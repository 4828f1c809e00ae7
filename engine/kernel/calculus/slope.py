"""Derivatives and evaluation bars: a term is normalised with its variable free, then moved or put in."""

from __future__ import annotations

from dataclasses import replace

from engine.kernel.calculus.derivative import slope
from engine.kernel.forms.algebra import Algebra
from engine.kernel.forms.assumption import Fact
from engine.kernel.forms.atom import Letter, Variable
from engine.kernel.forms.context import facts_of_place
from engine.kernel.forms.normal import Scope, normalise
from engine.kernel.forms.polynomial import Polynomial, of_atom
from engine.kernel.forms.rebuild import value_with
from engine.kernel.matrices.gradient import differentiate_value, jacobian
from engine.kernel.matrices.matrix import Value, Words, letter_value
from engine.kernel.unproved import Unproved
from engine.meaning.sort import Family, MatrixOf, Real, Vector
from engine.meaning.term import Element, Name, Term


def derivative(body: Term, variable: Name | Element, order: int, scope: Scope) -> Value:
    if order < 0:
        raise Unproved("a derivative of negative order")
    if isinstance(variable, Element):
        return _member_derivative(body, variable, order, scope)
    value = scope.bound.get(variable.name)
    sort = scope.context.sort_of(variable.name)
    if value is None and isinstance(sort, Vector | MatrixOf):
        return _tensor_derivative(body, variable.name, order, scope)
    if value is None and not isinstance(sort, Real):
        raise Unproved(f"a derivative in {variable.name}, which is not declared as a real number")
    outside = value if value is not None else scope.algebra.of(Variable(variable.name))
    if not isinstance(outside, dict) or scope.algebra.is_integer(outside):
        raise Unproved("a derivative in a bound vector or index")
    return _real_derivative(body, variable.name, order, outside, scope)


def _real_derivative(body: Term, name: str, order: int, at: Polynomial, scope: Scope) -> Value:
    """Differentiate in a fresh variable, of which only what holds near the point is assumed, then put the point in."""
    algebra = scope.algebra
    number = algebra.fresh_variable(integer=False)
    with algebra.assuming(*_facts_nearby(algebra, at, number)):
        result = normalise(body, scope.binding(name, of_atom(number)))
        for _ in range(order):
            result = differentiate_value(algebra, result, number)
    return value_with(algebra, result, number, at)


def _member_derivative(body: Term, variable: Element, order: int, scope: Scope) -> Value:
    """Differentiate in a member of a family, which is one only where its indices lie in their ranges."""
    algebra, sort = scope.algebra, scope.context.sort_of(variable.family)
    if variable.family in scope.bound or not isinstance(sort, Family) or not isinstance(sort.element, Real):
        raise Unproved(f"a derivative in {variable.family}, which is not declared as a family of real numbers")
    ((monomial, _),) = scope.number(variable).items()
    ((member, _),) = monomial
    with algebra.nearby(member), algebra.assuming(*facts_of_place(variable, sort, scope)):
        result = normalise(body, scope)
        for _ in range(order):
            result = differentiate_value(algebra, result, member)
    return result


def _facts_nearby(algebra: Algebra, at: Polynomial, number: int) -> list[Fact]:
    """The strict facts about a variable, for its fresh copy: strict inequalities also hold near the point."""
    match tuple(at.items()):
        case ((((original, 1),), 1),) if isinstance(algebra.atoms[original], Variable):
            pass
        case _:
            return []
    strict = [f for f in algebra.facts if 0 not in f.sign and original in algebra.polynomial_depends(f.polynomial)]
    nearby = []
    for fact in strict:
        try:
            nearby.append(Fact(algebra.substitute(fact.polynomial, original, of_atom(number)), fact.sign))
        except Unproved:
            continue
    return nearby


def _tensor_derivative(body: Term, name: str, order: int, scope: Scope) -> Value:
    """Gradient of a number, in the shape of the variable; Jacobian of a vector, Hessian (order 2) of a number.

    The entries of the variable change independently, also where it is declared symmetric.
    """
    algebra, number = scope.algebra, scope.algebra.number_of(Variable(name))
    own = normalise(Name(name), scope)
    if not isinstance(own, Words):
        raise Unproved("a derivative in a vector or matrix of one entry")
    ((letter,),) = own.words
    free = replace(letter, symmetric=False)
    with algebra.nearby(number), algebra.any_matrix(name), algebra.assuming_moved(number, letter_value(free)):
        value: Value = normalise(body, scope)
        for _ in range(order):
            value = _slope(algebra, value, free)
    return value if free == letter else value_with(algebra, value, number, own)


def _slope(algebra: Algebra, value: Value, matrix: Letter) -> Value:
    if isinstance(value, dict):
        return slope(algebra, value, matrix)
    if isinstance(value, Words):
        return jacobian(algebra, value, matrix)
    raise Unproved("the derivative of a matrix that is written out in a vector")


def evaluate(body: Term, variable: str, value: Term, scope: Scope) -> Value:
    at = normalise(value, scope)
    if isinstance(at, Words):
        return _evaluate_vector(body, variable, at, scope)
    if not isinstance(at, dict):
        raise Unproved("an evaluation at a matrix that is written out")
    # In the body the variable is a real number of its own, of which the context says nothing.
    algebra = scope.algebra
    number = algebra.fresh_variable(integer=False)
    context = replace(scope.context, declarations=scope.context.declare(variable, Real()).declarations)
    inner = Scope(algebra, context, {**scope.bound, variable: of_atom(number)})
    return value_with(algebra, normalise(body, inner), number, at)


def _evaluate_vector(body: Term, variable: str, at: Words, scope: Scope) -> Value:
    if variable in scope.bound or not isinstance(scope.context.sort_of(variable), Vector | MatrixOf):
        raise Unproved(f"an evaluation at a vector, of {variable}, which is not declared as one")
    own = normalise(Name(variable), scope)
    if not isinstance(own, Words) or (own.rows, own.columns) != (at.rows, at.columns):
        raise Unproved("an evaluation at a vector of another size")
    algebra, number = scope.algebra, scope.algebra.number_of(Variable(variable))
    with algebra.forgetting(number), algebra.any_matrix(variable):
        value = normalise(body, scope)
    return value_with(algebra, value, number, at)
