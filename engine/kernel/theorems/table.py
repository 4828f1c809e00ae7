"""The theorems that the kernel takes as given: hypotheses, conclusion and source, each in one place.

A theorem is applied backwards. Its function gets the context, the statement to be shown and the parameters named in
the certificate, and returns the hypotheses as obligations, each to be proved in turn; it raises :class:`Unproved` where
the statement does not have the theorem's form. :data:`THEOREMS` is the whole list; a test pins it.
"""

from __future__ import annotations

from dataclasses import replace

from engine.kernel.forms.algebra import Unproved
from engine.kernel.forms.normal import scope_of
from engine.kernel.theorems.binomial import binomial_sum
from engine.kernel.theorems.induction import induction
from engine.kernel.theorems.inequalities import bounded_by_optimum, equal_sign, equal_squares
from engine.kernel.theorems.mention import interval_names, sort_names, statement_names
from engine.kernel.theorems.obligation import Obligation, Parameters, Theorem, not_of_this_form
from engine.kernel.unfold import map_terms, names_reached, unfold, unfold_statement
from engine.meaning.context import Context
from engine.meaning.sort import Function, Real, Vector
from engine.meaning.statement import (
    Definite,
    Diverges,
    Equivalent,
    Implies,
    Interval,
    Invertible,
    NearZero,
    NoOptimum,
    Optimum,
    Relation,
    Sign,
    Smooth,
    Statement,
    UpToOrder,
)
from engine.meaning.term import (
    INFINITY,
    ONE,
    ZERO,
    Add,
    Apply,
    Derivative,
    Evaluate,
    FunctionDerivative,
    Integral,
    Multiply,
    Name,
    Negate,
    Number,
    Product,
    Sum,
    Term,
    children,
    free_names,
    fresh_name,
    map_children,
    substitute,
    subtract,
)

# ---- contexts with one more name


def without_facts_on(context: Context, names: frozenset[str]) -> Context:
    """The context without the facts that mention the names (which are about to mean something else), also where they
    do so by a definition."""
    if any(context.definition_of(name) for name in names):
        raise Unproved("a name that is both defined and used as a variable")
    if any(names & names_reached(sort_names(d.sort), context) for d in context.declarations):
        raise Unproved("the variable of a function of the claim is a size or a range in a declaration")
    kept = (f for f in context.facts if not names & names_reached(statement_names(f), context))
    return replace(context, facts=tuple(kept))


def on_interval(context: Context, variable: str, interval: Interval) -> Context:
    """The context in which ``variable`` is any real number of the interval, whose ends do not mention it."""
    if variable in names_reached(interval_names(interval), context):
        raise Unproved("the ends of an interval must not mention the variable that ranges over it")
    if any(end not in (INFINITY, Negate(INFINITY)) and _is_infinite(end) for end in (interval.lower, interval.upper)):
        raise Unproved("an infinite value")
    base = without_facts_on(context, frozenset((variable,)))
    base = base.declare(variable, Real())
    return base.assume(*interval.limits(Name(variable)))


def _is_infinite(term: Term) -> bool:
    return term == INFINITY or any(map(_is_infinite, children(term)))


def near_zero_context(context: Context, variable: str) -> Context:
    """The context in which ``variable`` is a real number close to 0, of which nothing else is known."""
    return without_facts_on(context, frozenset((variable,))).declare(variable, Real())


def inside(context: Context, point: Term, interval: Interval) -> list[Obligation]:
    """The point lies in the open interval."""
    if interval.lower_closed or interval.upper_closed:
        raise Unproved("this theorem is about open intervals")
    return [Obligation(context, limit) for limit in interval.limits(point)]


def derivative_at(body: Term, variable: str, order: int, point: Term) -> Term:
    if order == 0:
        return Evaluate(body, variable, point)
    return Evaluate(Derivative(body, Name(variable), order), variable, point)


# ---- relations


def nonzero_multiple(context: Context, goal: Statement, parameters: Parameters) -> tuple[Obligation, ...]:
    match goal, parameters:
        case Equivalent(Relation(a, "=", b), Relation(c, "=", d)), (factor,) if isinstance(factor, Term):
            _require_number(factor, context)
            product = Relation(Multiply((factor, subtract(a, b))), "=", subtract(c, d))
            return Obligation(context, product), Obligation(context, Relation(factor, "≠", ZERO))
    raise not_of_this_form("nonzero-multiple")


def _require_number(term: Term, context: Context) -> None:
    """A matrix that is not 0 may be singular, and a fact may say of any matrix that it is not 0."""
    scope_of(context).number(unfold(term, context))


def implication(context: Context, goal: Statement, parameters: Parameters) -> tuple[Obligation, ...]:
    match goal, parameters:
        case Implies(premise, conclusion), ():
            return (Obligation(context.assume(premise), conclusion),)
    raise not_of_this_form("implication")


def left_multiple(context: Context, goal: Statement, parameters: Parameters) -> tuple[Obligation, ...]:
    match goal, parameters:
        case Relation(c, "=", d), (factor, Relation(a, "=", b) as known) if isinstance(factor, Term):
            product = Relation(Multiply((factor, subtract(a, b))), "=", subtract(c, d))
            return Obligation(context, known), Obligation(context, product)
    raise not_of_this_form("left-multiple")


def replace_equal(context: Context, goal: Statement, parameters: Parameters) -> tuple[Obligation, ...]:
    match parameters:
        case (Name(hole), Relation(a, "=", b) as known, (Relation() | Invertible()) as template):
            sides = (template.matrix,) if isinstance(template, Invertible) else (template.left, template.right)
            if any(_under_binder(side, hole) for side in sides) or hole in free_names(a) | free_names(b):
                raise Unproved("equals may be replaced only outside of sums, integrals and derivatives")
            if _with(template, hole, b) == goal:
                return Obligation(context, known), Obligation(context, _with(template, hole, a))
    raise not_of_this_form("replace-equal")


def _with(template: Statement, hole: str, value: Term) -> Statement:
    return map_terms(template, lambda term: substitute(term, hole, value))


def _at_zero(statement: Statement, variable: str, context: Context) -> Statement:
    """The statement where the variable is 0; definitions are put in first, since they may mention it."""
    unfolded = unfold_statement(statement, context)
    if variable in names_reached(statement_names(unfolded) - {variable}, context):
        raise Unproved("an entry of a matrix whose definition mentions the variable")
    return _with(unfolded, variable, ZERO)


def _under_binder(term: Term, hole: str) -> bool:
    if isinstance(term, (Sum, Product, Integral, Derivative, Evaluate)) and hole in free_names(term):
        return True
    return any(_under_binder(part, hole) for part in children(term))


# ---- optima


def _open_optimum(goal: Statement, theorem: str) -> tuple[Optimum, Interval]:
    if isinstance(goal, Optimum) and goal.domain is not None:
        return goal, goal.domain
    raise not_of_this_form(theorem)


def strict_concavity(context: Context, goal: Statement, parameters: Parameters) -> tuple[Obligation, ...]:
    optimum, interval = _open_optimum(goal, "strict-concavity")
    body, variable = optimum.objective, optimum.variable
    sign: Sign = "<" if optimum.kind == "maximum" else ">"
    stationary = Relation(derivative_at(body, variable, 1, optimum.point), "=", ZERO)
    curved = Relation(Derivative(body, Name(variable), 2), sign, ZERO)
    _point_is_fixed(context, optimum)
    return (
        *inside(context, optimum.point, interval),
        Obligation(context, stationary),
        Obligation(on_interval(context, variable, interval), curved),
    )


def _point_is_fixed(context: Context, optimum: Optimum) -> None:
    """The point and the domain's ends must not mention the variable, which ranges over the domain."""
    mentioned = free_names(optimum.point) | interval_names(optimum.domain)
    if optimum.variable in names_reached(mentioned, context):
        raise Unproved("the point of an optimum must not mention the variable of its objective")


def first_derivative_sign(context: Context, goal: Statement, parameters: Parameters) -> tuple[Obligation, ...]:
    optimum, interval = _open_optimum(goal, "first-derivative-sign")
    if len(parameters) != 1 or not isinstance(parameters[0], Term):
        raise not_of_this_form("first-derivative-sign")
    _point_is_fixed(context, optimum)
    factor, name = parameters[0], Name(optimum.variable)
    towards = subtract(optimum.point, name) if optimum.kind == "maximum" else subtract(name, optimum.point)
    slope = Relation(Derivative(optimum.objective, name), "=", Multiply((towards, factor)))
    everywhere = on_interval(context, optimum.variable, interval)
    return (
        *inside(context, optimum.point, interval),
        Obligation(everywhere, slope),
        Obligation(everywhere, Relation(factor, ">", ZERO)),
    )


def equal_objective(context: Context, goal: Statement, parameters: Parameters) -> tuple[Obligation, ...]:
    optimum, interval = _open_optimum(goal, "equal-objective")
    if len(parameters) != 1 or not isinstance(parameters[0], Term):
        raise not_of_this_form("equal-objective")
    equal = Relation(optimum.objective, "=", parameters[0])
    other = replace(optimum, objective=parameters[0])
    return Obligation(on_interval(context, optimum.variable, interval), equal), Obligation(context, other)


def monotone_transform(context: Context, goal: Statement, parameters: Parameters) -> tuple[Obligation, ...]:
    optimum, interval = _open_optimum(goal, "monotone-transform")
    positive = Relation(optimum.objective, ">", ZERO)
    logarithm = replace(optimum, objective=Apply("ln", (optimum.objective,)))
    return Obligation(on_interval(context, optimum.variable, interval), positive), Obligation(context, logarithm)


def monotone_no_optimum(context: Context, goal: Statement, parameters: Parameters) -> tuple[Obligation, ...]:
    if not isinstance(goal, NoOptimum) or parameters not in ((ONE,), (Negate(ONE),)):
        raise not_of_this_form("monotone-no-optimum")
    interval = goal.domain
    if interval.lower_closed or interval.upper_closed:
        raise Unproved("this theorem is about open intervals")
    slope = Relation(Derivative(goal.objective, Name(goal.variable)), ">" if parameters == (ONE,) else "<", ZERO)
    nonempty = Obligation(context, _interval_is_not_empty(interval))
    return nonempty, Obligation(on_interval(context, goal.variable, interval), slope)


def _interval_is_not_empty(interval: Interval) -> Relation:
    if interval.lower == Negate(INFINITY) or interval.upper == INFINITY:
        return Relation(ZERO, "<", ONE)
    return Relation(interval.lower, "<", interval.upper)


def fermat(context: Context, goal: Statement, parameters: Parameters) -> tuple[Obligation, ...]:
    match goal, parameters:
        case Relation(left, "=", right), (Optimum() as optimum,):
            slope = derivative_at(optimum.objective, optimum.variable, 1, optimum.point)
            _require_declared(context, optimum)
            limits = inside(context, optimum.point, optimum.domain) if optimum.domain else []
            equal = Relation(subtract(left, right), "=", slope)
            return Obligation(context, optimum), *limits, Obligation(context, equal)
    raise not_of_this_form("fermat")


def _require_declared(context: Context, optimum: Optimum) -> None:
    """An optimum over every value of the variable's sort needs that sort to be declared; on an interval it is real."""
    sort = context.sort_of(optimum.variable)
    if not isinstance(sort, (Vector, Real)) or (optimum.domain is not None and not isinstance(sort, Real)):
        raise Unproved(f"{optimum.variable} is not declared as a vector or real number")
    _point_is_fixed(context, optimum)


def unique_optimum_point(context: Context, goal: Statement, parameters: Parameters) -> tuple[Obligation, ...]:
    match goal, parameters:
        case Relation(q, "=", p), (Optimum() as one, Optimum() as only) if only.unique:
            fits = one.point == q and only.point == p and one.kind == only.kind
            if not fits or one.domain != only.domain or one.variable != only.variable:
                raise not_of_this_form("unique-optimum-point")
            _require_declared(context, only)
            equal = Relation(one.objective, "=", only.objective)
            everywhere = without_facts_on(context, frozenset((only.variable,)))
            if only.domain is not None:
                everywhere = on_interval(context, only.variable, only.domain)
            return Obligation(context, one), Obligation(context, only), Obligation(everywhere, equal)
    raise not_of_this_form("unique-optimum-point")


# ---- divergence


def divergence_by_monotonicity(context: Context, goal: Statement, parameters: Parameters) -> tuple[Obligation, ...]:
    if not isinstance(goal, Diverges) or parameters not in ((INFINITY,), (Negate(INFINITY),)):
        raise not_of_this_form("divergence-by-monotonicity")
    integral, upward = goal.integral, parameters == (INFINITY,)
    if (integral.upper if upward else integral.lower) != parameters[0]:
        raise not_of_this_form("divergence-by-monotonicity")
    if not upward and integral.upper == Negate(INFINITY) or upward and integral.lower == INFINITY:
        raise not_of_this_form("divergence-by-monotonicity")
    everywhere = on_interval(context, integral.variable, Interval(integral.lower, integral.upper))
    slope = Derivative(integral.body, Name(integral.variable))
    return (
        Obligation(everywhere, Relation(integral.body, ">", ZERO)),
        Obligation(everywhere, Relation(slope, "≥" if upward else "≤", ZERO)),
    )


# ---- integrals


def antiderivative(context: Context, goal: Statement, parameters: Parameters) -> tuple[Obligation, ...]:
    match goal, parameters:
        case Relation(left, sign, right), (Integral(variable, low, high, body) as integral, primitive) if isinstance(
            primitive, Term
        ):
            mentioned = (free_names(body) | free_names(primitive)) - {variable}
            if INFINITY in (high, low) or Negate(INFINITY) in (high, low):
                raise Unproved("this theorem is about finite ranges")
            if variable in names_reached(mentioned, context):
                raise Unproved("a definition that mentions the variable of an integral")
            value = subtract(Evaluate(primitive, variable, high), Evaluate(primitive, variable, low))
            sides = tuple(_in_place_of(integral, value, side) for side in (left, right))
            if sides == (left, right):
                raise not_of_this_form("antiderivative")
            closed = on_interval(context, variable, Interval(low, high, lower_closed=True, upper_closed=True))
            return (
                Obligation(context, Relation(low, "≤", high)),
                Obligation(closed, Relation(Derivative(primitive, Name(variable)), "=", body)),
                Obligation(context, Relation(sides[0], sign, sides[1])),
            )
    raise not_of_this_form("antiderivative")


def _in_place_of(old: Term, new: Term, term: Term) -> Term:
    """The term with ``old`` replaced wherever it stands outside of sums, integrals and derivatives."""
    if term == old:
        return new
    if isinstance(term, (Sum, Product, Integral, Derivative, Evaluate)):
        return term
    return map_children(term, lambda part: _in_place_of(old, new, part))


# ---- near zero


def near_zero(context: Context, goal: Statement, parameters: Parameters) -> tuple[Obligation, ...]:
    if not isinstance(goal, NearZero):
        raise not_of_this_form("near-zero")
    strict = [p for p in parameters if isinstance(p, Relation) and p.sign in ("<", ">", "≠")]
    if len(strict) != len(parameters):
        raise not_of_this_form("near-zero")
    nearby = near_zero_context(context, goal.variable)
    found = []
    for relation in strict:
        _require_elementary(relation, context, goal.variable)
        found.append(Obligation(context, _at_zero(relation, goal.variable, context)))
        # Continuity at 0: the sides are differentiable there (a derivative's definedness asks for just that).
        slope = derivative_at(subtract(relation.left, relation.right), goal.variable, 1, ZERO)
        found.append(Obligation(context, Relation(slope, "=", slope)))
    return *found, Obligation(nearby.assume(*strict), goal.body)


def _require_elementary(relation: Relation, context: Context, variable: str) -> None:
    """No declared function may be applied to the variable: nothing is known of its continuity."""
    for side in (relation.left, relation.right):
        if curves_in(unfold(side, context), context, variable):
            raise Unproved("a condition near 0 with a declared function in it")


def near_zero_consequence(context: Context, goal: Statement, parameters: Parameters) -> tuple[Obligation, ...]:
    if not isinstance(goal, NearZero) or not parameters:
        raise not_of_this_form("near-zero-consequence")
    premises = [p for p in parameters if isinstance(p, NearZero) and p.variable == goal.variable]
    if len(premises) != len(parameters):
        raise not_of_this_form("near-zero-consequence")
    nearby = near_zero_context(context, goal.variable).assume(*(p.body for p in premises))
    return *(Obligation(context, p) for p in premises), Obligation(nearby, goal.body)


def at_zero(context: Context, goal: Statement, parameters: Parameters) -> tuple[Obligation, ...]:
    match parameters:
        case (NearZero(variable, body) as premise,):
            if isinstance(body, Optimum) and body.variable == variable:
                raise not_of_this_form("at-zero")
            if _at_zero(body, variable, context) == unfold_statement(goal, context):
                return (Obligation(context, premise),)
    raise not_of_this_form("at-zero")


def differentiate(context: Context, goal: Statement, parameters: Parameters) -> tuple[Obligation, ...]:
    match goal, parameters:
        case (
            NearZero(e, Relation(c, "=", d)),
            (NearZero(variable, Relation(a, "=", b)) as premise,),
        ) if e == variable:
            curves = curves_in(unfold(subtract(a, b), context), context, e)
            smooth = [Obligation(context, Smooth(f, ZERO, 1)) for f in sorted(curves)]
            nearby = near_zero_context(context, e).assume(*(Smooth(f, Name(e), 1) for f in sorted(curves)))
            slope = Relation(subtract(c, d), "=", Derivative(subtract(a, b), Name(e)))
            return *smooth, Obligation(context, premise), Obligation(nearby, slope)
    raise not_of_this_form("differentiate")


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


def implicit_function(context: Context, goal: Statement, parameters: Parameters) -> tuple[Obligation, ...]:
    match goal, parameters:
        case (
            Smooth(curve, at, order),
            (equation, Name(point), NearZero(e, Relation(left, "=", right)) as premise, jacobian),
        ) if isinstance(equation, Term) and isinstance(jacobian, Term) and at == right == ZERO and order >= 1:
            # Definitions are put in first: they may mention the point or the variable.
            unfolded = unfold(equation, context)
            put_in = substitute(unfolded, point, Apply(curve, (Name(e),)))
            names = free_names(unfolded)
            if put_in != unfold(left, context) or curve in names or e == point:
                raise not_of_this_form("implicit-function")
            if {e, point} & names_reached(names - {e, point}, context):
                raise not_of_this_form("implicit-function")
            require_smooth_equation(unfolded, context, frozenset((e, point)), order)
            slope = Evaluate(Derivative(equation, Name(point)), point, Apply(curve, (ZERO,)))
            equal = Relation(Evaluate(slope, e, ZERO), "=", jacobian)
            return (
                Obligation(context, premise),
                Obligation(context, Smooth(curve, ZERO, 0)),
                Obligation(context, equal),
                Obligation(context, Invertible(jacobian)),
            )
    raise not_of_this_form("implicit-function")


def require_smooth_equation(term: Term, context: Context, variables: frozenset[str], order: int) -> None:
    """The term must be C^order in the variables jointly: sums and products of the variables and of declared functions
    with enough derivatives, whose arguments are names."""
    if not free_names(term) & variables:
        return
    match term:
        case Name() | Number():
            return
        case Add() | Negate() | Multiply():
            for part in children(term):
                require_smooth_equation(part, context, variables, order)
        case Apply(function, arguments) | FunctionDerivative(function, _, _, arguments):
            sort = context.sort_of(function)
            taken = term.order if isinstance(term, FunctionDerivative) else 0
            known = sort.smoothness if isinstance(sort, Function) and sort.smoothness is not None else -1
            if known < order + taken or not all(isinstance(a, Name) for a in arguments):
                raise Unproved(f"{function} is not declared with {order + taken} continuous derivatives")
        case _:
            raise Unproved("an equation whose smoothness is not evident")


def taylor(context: Context, goal: Statement, parameters: Parameters) -> tuple[Obligation, ...]:
    if not isinstance(goal, UpToOrder) or parameters or goal.order < 1:
        raise not_of_this_form("taylor")
    difference, e = subtract(goal.left, goal.right), goal.variable
    curves = curves_in(unfold(difference, context), context, e)
    smooth = [Obligation(context, Smooth(f, ZERO, goal.order)) for f in sorted(curves)]
    base = near_zero_context(context, e).assume(*(Smooth(f, ZERO, goal.order) for f in sorted(curves)))
    vanish = [Obligation(base, Relation(derivative_at(difference, e, j, ZERO), "=", ZERO)) for j in range(goal.order)]
    # C^k near 0: the k-th derivative is defined there; the kernel's definedness of a derivative says just that.
    last = derivative_at(difference, e, goal.order, ZERO)
    return *smooth, *vanish, Obligation(base, Relation(last, "=", last))


def elementary_smooth(context: Context, goal: Statement, parameters: Parameters) -> tuple[Obligation, ...]:
    if not isinstance(goal, Smooth) or parameters:
        raise not_of_this_form("elementary-smooth")
    definition = context.definition_of(goal.function)
    if definition is None or len(definition.parameters) != 1:
        raise not_of_this_form("elementary-smooth")
    taken = free_names(goal.at) | names_reached(frozenset((goal.function,)), context)
    variable = fresh_name(definition.parameters[0], taken)
    body = Apply(goal.function, (Name(variable),))
    slope = derivative_at(body, variable, max(1, goal.order), goal.at)
    return (Obligation(context, Relation(slope, "=", slope)),)


def nonzero_scalar(context: Context, goal: Statement, parameters: Parameters) -> tuple[Obligation, ...]:
    if not isinstance(goal, Invertible) or parameters:
        raise not_of_this_form("nonzero-scalar")
    _require_number(goal.matrix, context)
    return (Obligation(context, Relation(goal.matrix, "≠", ZERO)),)


def positive_scalar(context: Context, goal: Statement, parameters: Parameters) -> tuple[Obligation, ...]:
    if not isinstance(goal, Definite) or parameters:
        raise not_of_this_form("positive-scalar")
    return (Obligation(context, Relation(goal.matrix, ">" if goal.strict else "≥", ZERO)),)


_RUDIN = "Rudin, Principles of Mathematical Analysis, "

_TABLE = (
    Theorem("nonzero-multiple", "If m(A - B) = C - D and m ≠ 0, then A = B exactly when C = D.", "", nonzero_multiple),
    Theorem("implication", "To prove P ⇒ Q, prove Q where P is assumed.", "", implication),
    Theorem("left-multiple", "If A = B and M(A - B) = C - D, then C = D.", "", left_multiple),
    Theorem("replace-equal", "Equals may be put for equals.", "", replace_equal),
    Theorem(
        "induction",
        "If L(n) = R(n) for the first n, and L(n+1) - a L(n) = R(n+1) - a R(n) for all later ones, then L(n) = R(n) for"
        " every n.",
        "",
        induction,
    ),
    Theorem("equal-squares", "If A² = B², A ≥ 0 and B ≥ 0, then A = B.", "", equal_squares),
    Theorem(
        "binomial-sum",
        "If f(k) = Σ_m c_m k^(m) C(n, k) a^k b^(n-k) for k = 0, …, n, then Σ_k f(k) = Σ_m c_m n^(m) a^m (a + b)^(n-m),"
        " with falling factorials x^(m).",
        "Graham, Knuth and Patashnik, Concrete Mathematics, 2nd edition, (5.6) and (5.12)",
        binomial_sum,
    ),
    Theorem("equal-sign", "If A - B = E, then A and B compare as E and 0.", "", equal_sign),
    Theorem(
        "bounded-by-optimum",
        "If f has its minimum over D at p and A - B = f(v) with v in D, then A ≥ B where f(p) ≥ 0, and A > B where"
        " f(p) > 0; with a maximum, A ≤ B and A < B.",
        "",
        bounded_by_optimum,
    ),
    Theorem(
        "strict-concavity",
        "A stationary point is the only maximiser (minimiser) of f on an open interval where f'' < 0 (f'' > 0).",
        _RUDIN + "Theorems 5.10 and 5.11",
        strict_concavity,
    ),
    Theorem(
        "first-derivative-sign",
        "If f'(v) = (p - v) q(v) with q > 0 on an open interval, then p is the only maximiser of f there.",
        _RUDIN + "Theorem 5.11",
        first_derivative_sign,
    ),
    Theorem("equal-objective", "Equal functions have the same optima.", "", equal_objective),
    Theorem(
        "monotone-transform",
        "The logarithm is strictly increasing: f > 0 and ln f have the same optima.",
        "",
        monotone_transform,
    ),
    Theorem(
        "monotone-no-optimum",
        "A strictly monotone function attains no maximum or minimum on a non-empty open interval.",
        _RUDIN + "Theorem 5.11",
        monotone_no_optimum,
    ),
    Theorem(
        "fermat",
        "At an interior optimum the derivative (gradient) is zero.",
        _RUDIN + "Theorem 5.8",
        fermat,
    ),
    Theorem("unique-optimum-point", "An optimum of the same objective is the unique one.", "", unique_optimum_point),
    Theorem(
        "divergence-by-monotonicity",
        "The integral of a positive function that does not fall towards an infinite end is infinite.",
        _RUDIN + "Chapter 6, exercise 8",
        divergence_by_monotonicity,
    ),
    Theorem(
        "antiderivative",
        "If a ≤ b and F' = f on [a, b], with f continuous there, then ∫_a^b f = F(b) - F(a).",
        _RUDIN + "Theorem 6.21",
        antiderivative,
    ),
    Theorem("near-zero", "Strict inequalities between continuous functions that hold at 0 hold near 0.", "", near_zero),
    Theorem(
        "near-zero-consequence",
        "What follows from statements that hold near 0 holds near 0.",
        "",
        near_zero_consequence,
    ),
    Theorem("at-zero", "What holds near 0 holds at 0.", "", at_zero),
    Theorem("differentiate", "Functions equal near 0 have equal derivatives near 0.", "", differentiate),
    Theorem(
        "implicit-function",
        "If G is k times continuously differentiable, G(θ(ε), ε) = 0 near 0, θ is continuous at 0 and ∂G/∂θ is"
        " invertible there, then θ is k times continuously differentiable near 0.",
        _RUDIN + "Theorem 9.28; Krantz and Parks, The Implicit Function Theorem, Theorem 3.3.1",
        implicit_function,
    ),
    Theorem(
        "taylor",
        "A function that is k times continuously differentiable near 0 is O(ε^k) where its derivatives below order k"
        " vanish at 0.",
        _RUDIN + "Theorem 5.15",
        taylor,
    ),
    Theorem(
        "elementary-smooth", "Elementary functions are smooth where they are defined nearby.", "", elementary_smooth
    ),
    Theorem("nonzero-scalar", "A 1x1 matrix that is not 0 has an inverse.", "", nonzero_scalar),
    Theorem("positive-scalar", "A positive 1x1 matrix is positive definite.", "", positive_scalar),
)

THEOREMS: dict[str, Theorem] = {theorem.name: theorem for theorem in _TABLE}

LOGIC = frozenset(theorem.name for theorem in _TABLE if not theorem.source)
"""The rules that are plain logic; the rest are theorems that a proof is said to rest on."""


def obligations(theorem: str, context: Context, goal: Statement, parameters: Parameters) -> tuple[Obligation, ...]:
    """What remains to be proved for ``goal`` by the named theorem; raises :class:`Unproved` where it does not apply."""
    known = THEOREMS.get(theorem)
    if known is None:
        raise Unproved(f"there is no theorem {theorem!r}")
    return known.apply(context, goal, parameters)


def same_statement(a: Statement, b: Statement, context: Context) -> bool:
    """Whether two statements are written alike once definitions are put in."""
    return a == b or unfold_statement(a, context) == unfold_statement(b, context)
