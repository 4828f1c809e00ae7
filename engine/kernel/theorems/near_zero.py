"""Theorems about what holds near 0, where functions are smooth, and Taylor's."""

from __future__ import annotations

from engine.kernel.theorems.mention import statement_names
from engine.kernel.theorems.obligation import Hypotheses, Obligation, theorem
from engine.kernel.theorems.optima import RUDIN
from engine.kernel.theorems.relations import with_value
from engine.kernel.theorems.variable import any_real, derivative_at
from engine.kernel.unfold import names_reached, unfold, unfold_statement
from engine.kernel.unproved import Unproved
from engine.meaning.context import Context
from engine.meaning.sort import Function, Real
from engine.meaning.statement import Invertible, NearZero, Optimum, Relation, Smooth, Statement, UpToOrder
from engine.meaning.term import (
    ZERO,
    Add,
    Apply,
    Derivative,
    Evaluate,
    FunctionDerivative,
    Multiply,
    Name,
    Negate,
    Number,
    Term,
    children,
    free_names,
    fresh_name,
    substitute,
    subtract,
)


@theorem(
    "near-zero",
    "Strict inequalities between continuous functions that hold at 0 hold near 0.",
    goal=NearZero,
    takes=(Relation, ...),
)
def near_zero(context: Context, goal: NearZero, *strict: Relation) -> Hypotheses:
    if any(relation.sign not in ("<", ">", "≠") for relation in strict):
        return None
    found: list[Statement] = []
    for relation in strict:
        _require_elementary(relation, context, goal.variable)
        found.append(_at_zero(relation, goal.variable, context))
        # Continuity at 0: the sides are differentiable there (a derivative's definedness asks for just that).
        found.append(_is_defined(derivative_at(subtract(relation.left, relation.right), goal.variable, 1, ZERO)))
    return *found, Obligation(any_real(context, goal.variable).assume(*strict), goal.body)


def _is_defined(term: Term) -> Relation:
    return Relation(term, "=", term)


def _at_zero(statement: Statement, variable: str, context: Context) -> Statement:
    """The statement where the variable is 0; definitions are put in first, since they may mention it."""
    unfolded = unfold_statement(statement, context)
    if variable in names_reached(statement_names(unfolded) - {variable}, context):
        raise Unproved("an entry of a matrix whose definition mentions the variable")
    return with_value(unfolded, variable, ZERO)


def _require_elementary(relation: Relation, context: Context, variable: str) -> None:
    """No declared function may be applied to the variable: nothing is known of its continuity."""
    for side in (relation.left, relation.right):
        if curves_in(unfold(side, context), context, variable):
            raise Unproved("a condition near 0 with a declared function in it")


@theorem(
    "near-zero-consequence",
    "What follows from statements that hold near 0 holds near 0.",
    goal=NearZero,
    takes=(NearZero, ...),
)
def near_zero_consequence(context: Context, goal: NearZero, *premises: NearZero) -> Hypotheses:
    if not premises or any(premise.variable != goal.variable for premise in premises):
        return None
    nearby = any_real(context, goal.variable).assume(*(premise.body for premise in premises))
    return *premises, Obligation(nearby, goal.body)


@theorem("at-zero", "What holds near 0 holds at 0.", takes=(NearZero,))
def at_zero(context: Context, goal: Statement, premise: NearZero) -> Hypotheses:
    variable, body = premise.variable, premise.body
    if isinstance(body, Optimum) and body.variable == variable:
        return None
    same = _at_zero(body, variable, context) == unfold_statement(goal, context)
    return (premise,) if same else None


@theorem("differentiate", "Functions equal near 0 have equal derivatives near 0.", goal=NearZero, takes=(NearZero,))
def differentiate(context: Context, goal: NearZero, premise: NearZero) -> Hypotheses:
    match goal, premise:
        case NearZero(e, Relation(c, "=", d)), NearZero(variable, Relation(a, "=", b)) if e == variable:
            curves = sorted(curves_in(unfold(subtract(a, b), context), context, e))
            nearby = any_real(context, e).assume(*(Smooth(f, Name(e), 1) for f in curves))
            slope = Relation(subtract(c, d), "=", Derivative(subtract(a, b), Name(e)))
            return *(Smooth(f, ZERO, 1) for f in curves), premise, Obligation(nearby, slope)
    return None


def curves_in(term: Term, context: Context, variable: str) -> frozenset[str]:
    """The declared functions of one real argument that are applied to the variable and not known to be smooth."""
    found: set[str] = set()
    if isinstance(term, (Apply, FunctionDerivative)):
        sort = context.sort_of(term.function)
        varies = any(variable in free_names(argument) for argument in term.arguments)
        if isinstance(sort, Function) and varies and len(sort.arguments) == 1 and isinstance(sort.arguments[0], Real):
            if term.arguments != (Name(variable),):
                raise Unproved(f"{term.function} applied to something other than the variable")
            if isinstance(term, FunctionDerivative):
                raise Unproved(f"a further derivative of {term.function}")
            found.add(term.function)
    return frozenset(found).union(*(curves_in(part, context, variable) for part in children(term)))


@theorem(
    "implicit-function",
    "If G is k times continuously differentiable, G(θ(ε), ε) = 0 near 0, θ is continuous at 0 and ∂G/∂θ is"
    " invertible there, then θ is k times continuously differentiable near 0.",
    RUDIN + "Theorem 9.28; Krantz and Parks, The Implicit Function Theorem, Theorem 3.3.1",
    Smooth,
    (Term, Name, NearZero, Term),
)
def implicit_function(
    context: Context, goal: Smooth, equation: Term, name: Name, premise: NearZero, jacobian: Term
) -> Hypotheses:
    curve, point, e, holds = goal.function, name.name, premise.variable, premise.body
    # Definitions are put in first: they may mention the point or the variable.
    unfolded = unfold(equation, context)
    names, put_in = free_names(unfolded), substitute(unfolded, point, Apply(curve, (Name(e),)))
    if goal.at != ZERO or goal.order < 1 or curve in names or e == point:
        return None
    if not isinstance(holds, Relation) or (holds.sign, holds.right) != ("=", ZERO):
        return None
    if put_in != unfold(holds.left, context) or {e, point} & names_reached(names - {e, point}, context):
        return None
    _require_smooth_equation(unfolded, context, frozenset((e, point)), goal.order)
    slope = Evaluate(Derivative(equation, Name(point)), point, Apply(curve, (ZERO,)))
    equal = Relation(Evaluate(slope, e, ZERO), "=", jacobian)
    return premise, Smooth(curve, ZERO, 0), equal, Invertible(jacobian)


def _require_smooth_equation(term: Term, context: Context, variables: frozenset[str], order: int) -> None:
    """The term must be C^order in the variables jointly: sums and products of the variables and of declared functions
    with enough derivatives, whose arguments are names."""
    if not free_names(term) & variables:
        return
    match term:
        case Name() | Number():
            return
        case Add() | Negate() | Multiply():
            for part in children(term):
                _require_smooth_equation(part, context, variables, order)
        case Apply(function, arguments) | FunctionDerivative(function, _, _, arguments):
            sort = context.sort_of(function)
            taken = term.order if isinstance(term, FunctionDerivative) else 0
            known = sort.smoothness if isinstance(sort, Function) and sort.smoothness is not None else -1
            if known < order + taken or not all(isinstance(a, Name) for a in arguments):
                raise Unproved(f"{function} is not declared with {order + taken} continuous derivatives")
        case _:
            raise Unproved("an equation whose smoothness is not evident")


@theorem(
    "taylor",
    "A function that is k times continuously differentiable near 0 is O(ε^k) where its derivatives below order k"
    " vanish at 0.",
    RUDIN + "Theorem 5.15",
    UpToOrder,
)
def taylor(context: Context, goal: UpToOrder) -> Hypotheses:
    if goal.order < 1:
        return None
    difference, e = subtract(goal.left, goal.right), goal.variable
    curves = sorted(curves_in(unfold(difference, context), context, e))
    smooth = [Smooth(f, ZERO, goal.order) for f in curves]
    base = any_real(context, e).assume(*smooth)
    vanish = (Relation(derivative_at(difference, e, j, ZERO), "=", ZERO) for j in range(goal.order))
    # C^k near 0: the k-th derivative is defined there; the kernel's definedness of a derivative says just that.
    last = _is_defined(derivative_at(difference, e, goal.order, ZERO))
    return *smooth, *(Obligation(base, one) for one in (*vanish, last))


@theorem("elementary-smooth", "Elementary functions are smooth where they are defined nearby.", goal=Smooth)
def elementary_smooth(context: Context, goal: Smooth) -> Hypotheses:
    definition = context.definition_of(goal.function)
    if definition is None or len(definition.parameters) != 1:
        return None
    taken = free_names(goal.at) | names_reached(frozenset((goal.function,)), context)
    variable = fresh_name(definition.parameters[0], taken)
    body = Apply(goal.function, (Name(variable),))
    return (_is_defined(derivative_at(body, variable, max(1, goal.order), goal.at)),)
