"""The exhibited point: no claim is proved for want of cases.

A context of numbers, families, vectors and matrices is satisfied by values, checked by enclosures. A context with
declared functions is satisfied by concrete functions in dimension 1: they become definitions, and every fact of the
context becomes a statement about them, which is proved like any other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from engine.kernel.certificate import Assignment, FunctionChoice, Model
from engine.kernel.condition import conditions_of
from engine.kernel.definedness import Conditions, Place
from engine.kernel.enclosures.enclosure import Beyond, Undefined, decide, enclose, satisfies, unevaluated_facts
from engine.kernel.enclosures.interval import Beyond as TooWide
from engine.kernel.forms.context import scope_of
from engine.kernel.forms.polynomial import constant
from engine.kernel.function import KNOWN
from engine.kernel.unfold import unfold
from engine.kernel.unproved import Unproved
from engine.kernel.verify import verify
from engine.meaning.bar import with_bars
from engine.meaning.claim import Claim
from engine.meaning.context import Context, Declaration, Definition
from engine.meaning.sort import Family, Function, Integer, MatrixOf, Real, Sort, Vector
from engine.meaning.statement import Equivalent, ForEach, Implies, Interval, NearZero, Optimum, Relation, Statement
from engine.meaning.term import INFINITY, Element, Name, Negate, Term, children, free_names, rational, substitute

WHOLE_LINE = Interval(Negate(INFINITY), INFINITY)


def exhibit(claim: Claim, model: Model, conditions: tuple[Statement, ...]) -> None:
    """Check that the model satisfies the context and that the statement is defined there, or raise Unproved.

    ``conditions`` are those under which the proof says the statement is defined; they must hold at the model.
    """
    if is_abstract(claim.context):
        _exhibit_functions(claim, model)
        return
    if not satisfies(claim.context, model):
        raise Unproved("the exhibited point does not satisfy the context")
    _check_relations(claim, model, conditions)


def is_abstract(context: Context) -> bool:
    """Whether the context declares functions, or assumes what cannot be evaluated at a point."""
    return any(isinstance(d.sort, Function) for d in context.declarations) or bool(unevaluated_facts(context))


def _check_relations(claim: Claim, model: Model, conditions: tuple[Statement, ...]) -> None:
    for condition in conditions:
        if not _holds(condition, claim.context, model):
            raise Unproved("a condition does not hold at the exhibited point", condition)
    _require_defined_solutions(claim, model, conditions)
    statement = _conclusion(claim.statement, lambda premise: _holds(premise, claim.context, model))
    if isinstance(statement, Relation):
        for side in (statement.left, statement.right):
            _require_value(side, claim.context, model)


def _require_defined_solutions(claim: Claim, model: Model, conditions: tuple[Statement, ...]) -> None:
    """``x^2 / x = 0`` and ``x = 0`` are equivalent where both are defined, for want of cases: 0 is no solution."""
    match claim.statement:
        case Equivalent(Relation() as one, Relation() as other):
            solved = [side for side in (one, other) if isinstance(side.left, Name) and side.sign == "="]
        case _:
            return
    for solution in solved:
        assert isinstance(solution.left, Name)
        name, value = solution.left.name, solution.right
        for condition in conditions:
            if isinstance(condition, Relation) and name not in free_names(value):
                left, right = (substitute(side, name, value) for side in (condition.left, condition.right))
                if decide(Relation(left, condition.sign, right), claim.context, model) is False:
                    raise Unproved("the statement is not defined at the solution that it names", condition)


def _require_value(side: Term, context: Context, model: Model) -> None:
    """The term must not be undefined at the model; one that cannot be evaluated there was proved to be defined."""
    try:
        enclose(side, context, model)
    except Undefined as reason:
        raise Unproved(f"the statement is not defined at the exhibited point: {reason}") from None
    except (Beyond, TooWide):
        return


def _conclusion(statement: Statement, holds: Callable[[Statement], bool]) -> Statement:
    """The conclusion of an implication; its premises must hold at the model, and only relations are known to."""
    while isinstance(statement, Implies):
        if not holds(statement.premise):
            raise Unproved("the premise does not hold at the exhibited point")
        statement = statement.conclusion
    return statement


def _holds(condition: Statement, context: Context, model: Model) -> bool:
    """Whether a condition certainly holds at the model (a ForEach as a fact that is to be satisfied)."""
    if isinstance(condition, Relation):
        return decide(condition, context, model) is True
    return isinstance(condition, ForEach) and satisfies(context.assume(condition), model)


# ---- contexts with functions


def _exhibit_functions(claim: Claim, model: Model) -> None:
    concrete = proved_context(claim, model)
    _conclusion(claim.statement, lambda premise: _holds(with_bars(premise, concrete), concrete, Model()))
    established = frozenset(map(on_the_line, claim.context.facts))
    if conditions_of(with_bars(on_the_line(claim.statement), concrete), scope_of(concrete), established):
        raise Unproved("the statement is not defined for the exhibited functions")


def proved_context(claim: Claim, model: Model) -> Context:
    """The exhibited values and functions as definitions; every fact of the claim's context is proved of them."""
    concrete = concrete_context(claim.context, model)
    _require_dimension_one(claim.context, concrete)
    facts = tuple(on_the_line(fact) for fact in claim.context.facts)
    if len(facts) != len(model.premises):
        raise Unproved("the exhibited functions come without proofs of the context's facts")
    for fact, proof in zip(facts, model.premises, strict=True):
        if verify(concrete, fact, proof).conditions:
            raise Unproved("a fact of the context holds for the exhibited functions only under a condition", fact)
    for assignment in model.assignments:
        sort = claim.context.sort_of(assignment.name)
        if isinstance(sort, Function) and isinstance(assignment.value, FunctionChoice):
            _require_smooth(assignment.value, sort.smoothness or 0, concrete)
    return concrete


def concrete_context(context: Context, model: Model) -> Context:
    """The context with the model's values and functions as definitions, in dimension 1.

    A declared name without a value (the variable of an objective) stays, as a real number.
    """
    chosen = {assignment.name: assignment for assignment in model.assignments}
    if len(chosen) != len(model.assignments):
        raise Unproved("the exhibited point gives two values to one name")
    if any(isinstance(d.sort, Family) for d in context.declarations):
        raise Unproved("a context with both families and functions")
    missing = [d.name for d in context.declarations if d.name not in chosen]
    if any(isinstance(context.sort_of(name), Function) for name in missing):
        raise Unproved("a declared function without an exhibited one")
    declared = tuple(Declaration(name, Real()) for name in missing)
    definitions = tuple(_definition(assignment, context.sort_of(assignment.name)) for assignment in model.assignments)
    return Context(declared, (), definitions + context.definitions)


def _definition(assignment: Assignment, sort: Sort | None) -> Definition:
    """The value as a definition; it must be of the declared sort, and a function may mention its parameters only."""
    match assignment.value, sort:
        case Fraction() as value, Integer(least) if value.denominator == 1 and (least is None or value >= least):
            return Definition(assignment.name, (), rational(value))
        case Fraction() as value, (Real() | Vector() | MatrixOf()):
            return Definition(assignment.name, (), rational(value))
        case FunctionChoice(parameters, body), Function(arguments):
            if len(parameters) != len(arguments) or len(set(parameters)) != len(parameters):
                raise Unproved("an exhibited function with the wrong number of arguments")
            foreign = free_names(body) - set(parameters)
            if foreign - KNOWN or _is_variable(foreign, body):
                raise Unproved("an exhibited function that mentions more than its arguments")
            return Definition(assignment.name, parameters, body)
        case _:
            raise Unproved(f"the value exhibited for {assignment.name} is not of its sort")


def _is_variable(names: frozenset[str], term: Term) -> bool:
    """Whether one of the names stands for a number somewhere, rather than for a known function."""
    if isinstance(term, (Name, Element)) and names & {term.name if isinstance(term, Name) else term.family}:
        return True
    return any(_is_variable(names, part) for part in children(term))


def on_the_line(statement: Statement) -> Statement:
    """The statement in dimension 1: an optimum over all vectors is one over the real line."""
    match statement:
        case Optimum(domain=None):
            return replace(statement, domain=WHOLE_LINE)
        case NearZero(_, body):
            inner = on_the_line(body)
            assert isinstance(inner, (Relation, Optimum))
            return replace(statement, body=inner)
        case _:
            return statement


def _require_dimension_one(context: Context, concrete: Context) -> None:
    """The exhibited point takes vectors and matrices as numbers: their sizes must be 1 there."""
    scope = scope_of(concrete)
    for declaration in context.declarations:
        for size in _sizes(declaration.sort):
            if scope.number(unfold(size, concrete)) != constant(1):
                raise Unproved(f"the exhibited point takes {declaration.name} in dimension 1, which it does not have")


def _sizes(sort: Sort) -> tuple[Term, ...]:
    match sort:
        case Vector(size):
            return (size,)
        case MatrixOf(rows, columns):
            return rows, columns
        case Function(arguments, result):
            return tuple(size for part in (*arguments, result) for size in _sizes(part))
        case _:
            return ()


def _require_smooth(choice: FunctionChoice, order: int, concrete: Context) -> None:
    """The exhibited function has the smoothness that was declared, everywhere."""
    inner = replace(concrete, definitions=tuple(d for d in concrete.definitions if d.name not in choice.parameters))
    for parameter in choice.parameters:
        inner = inner.declare(parameter, Real())
    body: Term = unfold(choice.body, inner)
    place = Place(scope_of(inner), near=frozenset(choice.parameters), order=order, required=True)
    Conditions(frozenset()).of(body, place)
