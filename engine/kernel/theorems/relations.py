"""Theorems about equations and inequalities: what may be multiplied, added, squared and put in."""

from __future__ import annotations

from engine.kernel.condition import conditions_of
from engine.kernel.forms.context import scope_of
from engine.kernel.theorems.obligation import Hypotheses, Obligation, theorem
from engine.kernel.unfold import map_terms, unfold
from engine.kernel.unproved import Unproved
from engine.meaning.context import Context
from engine.meaning.statement import Definite, Equivalent, Implies, Invertible, Relation, Statement
from engine.meaning.term import (
    ZERO,
    Apply,
    Derivative,
    Divide,
    E,
    Evaluate,
    Integral,
    Multiply,
    Name,
    Negate,
    Number,
    Power,
    Product,
    Sum,
    Term,
    children,
    free_names,
    integer,
    substitute,
    subtract,
)

TWO = integer(2)


@theorem(
    "nonzero-multiple", "If m(A - B) = C - D and m ≠ 0, then A = B exactly when C = D.", goal=Equivalent, takes=(Term,)
)
def nonzero_multiple(context: Context, goal: Equivalent, factor: Term) -> Hypotheses:
    match goal:
        case Equivalent(Relation(a, "=", b), Relation(c, "=", d)):
            _require_number(factor, context)
            product = Relation(Multiply((factor, subtract(a, b))), "=", subtract(c, d))
            return product, Relation(factor, "≠", ZERO)
    return None


def _require_number(term: Term, context: Context) -> None:
    """A matrix that is not 0 may be singular, and a fact may say of any matrix that it is not 0."""
    scope_of(context).number(unfold(term, context))


@theorem("implication", "To prove P ⇒ Q, prove Q where P is assumed.", goal=Implies)
def implication(context: Context, goal: Implies) -> Hypotheses:
    return (Obligation(context.assume(goal.premise, *_implied_by(goal.premise, context)), goal.conclusion),)


@theorem("defined-given", "What is given is defined: its denominators are not 0.", goal=Relation, takes=(Relation,))
def defined_given(context: Context, goal: Relation, known: Relation) -> Hypotheses:
    if known not in context.facts:
        return None
    return (Obligation(context.assume(*_implied_by(known, context)), goal),)


def _implied_by(known: Statement, context: Context) -> tuple[Statement, ...]:
    """What holds is defined, so that it brings its denominators along."""
    defined = conditions_of(known, scope_of(context), frozenset())
    sides = _sides(known)
    if not sides or any(_has_open_exponent(unfold(side, context)) for side in sides):
        # (-1)^y = 1 where y = 2: that the base is positive is asked of a power, and does not follow from its value.
        return tuple(one for one in defined if isinstance(one, Relation) and one.sign != ">")
    return defined


def _sides(statement: Statement) -> tuple[Term, ...]:
    return (statement.left, statement.right) if isinstance(statement, Relation) else ()


def _has_open_exponent(term: Term) -> bool:
    """Whether there is a power, not of e, whose exponent is not a quotient of numbers."""
    if isinstance(term, Power) and term.base != E and not _is_quotient(term.exponent):
        return True
    return any(map(_has_open_exponent, children(term)))


def _is_quotient(exponent: Term) -> bool:
    if isinstance(exponent, (Negate, Divide)):
        return all(map(_is_quotient, children(exponent)))
    return isinstance(exponent, Number)


@theorem("left-multiple", "If A = B and M(A - B) = C - D, then C = D.", goal=Relation, takes=(Term, Relation))
def left_multiple(context: Context, goal: Relation, factor: Term, known: Relation) -> Hypotheses:
    if goal.sign != "=" or known.sign != "=":
        return None
    multiple = Multiply((factor, subtract(known.left, known.right)))
    return known, Relation(multiple, "=", subtract(goal.left, goal.right))


@theorem("replace-equal", "Equals may be put for equals.", takes=(Name, Relation, Relation | Invertible))
def replace_equal(
    context: Context, goal: Statement, hole: Name, known: Relation, template: Relation | Invertible
) -> Hypotheses:
    sides = (template.matrix,) if isinstance(template, Invertible) else (template.left, template.right)
    if known.sign != "=":
        return None
    mentioned = free_names(known.left) | free_names(known.right)
    if any(_under_binder(side, hole.name) for side in sides) or hole.name in mentioned:
        raise Unproved("equals may be replaced only outside of sums, integrals and derivatives")
    applies = with_value(template, hole.name, known.right) == goal
    return (known, with_value(template, hole.name, known.left)) if applies else None


def with_value(template: Statement, hole: str, value: Term) -> Statement:
    return map_terms(template, lambda term: substitute(term, hole, value))


def _under_binder(term: Term, hole: str) -> bool:
    if isinstance(term, (Sum, Product, Integral, Derivative, Evaluate)) and hole in free_names(term):
        return True
    return any(_under_binder(part, hole) for part in children(term))


@theorem("equal-sign", "If A - B = E, then A and B compare as E and 0.", goal=Relation, takes=(Term,))
def equal_sign(context: Context, goal: Relation, value: Term) -> Hypotheses:
    if goal.sign not in ("<", "≤", ">", "≥", "≠"):
        return None
    return Relation(subtract(goal.left, goal.right), "=", value), Relation(value, goal.sign, ZERO)


@theorem("equal-squares", "If A² = B², A ≥ 0 and B ≥ 0, then A = B.", goal=Relation)
def equal_squares(context: Context, goal: Relation) -> Hypotheses:
    if goal.sign != "=":
        return None
    signs = (Relation(side, "≥", ZERO) for side in (goal.left, goal.right))
    return *signs, Relation(Power(goal.left, TWO), "=", Power(goal.right, TWO))


@theorem("compare-squares", "If A² < B² and B ≥ 0, then A < B; so with ≤.", goal=Relation)
def compare_squares(context: Context, goal: Relation) -> Hypotheses:
    """|A| < |B| = B, and A is at most |A|; what is said of ``<`` holds of ``>`` with the sides exchanged."""
    match goal.sign:
        case "<" | "≤":
            smaller, larger = goal.left, goal.right
        case ">" | "≥":
            smaller, larger = goal.right, goal.left
        case _:
            return None
    _require_number(smaller, context)
    return Relation(larger, "≥", ZERO), Relation(Power(goal.left, TWO), goal.sign, Power(goal.right, TWO))


INCREASING = frozenset(("exp", "ln", "log", "sqrt", "sinh", "tanh", "sigmoid", "softplus", "erf", "Phi"))


@theorem(
    "increasing-function",
    "If A < B, then f(A) < f(B) where both are defined, for an increasing f; so with ≤.",
    source="DLMF 4.2, 4.28 and 7.2: exp, ln, √, sinh, tanh, σ, softplus, erf and Φ increase wherever they are defined",
    goal=Relation,
)
def increasing_function(context: Context, goal: Relation) -> Hypotheses:
    if goal.sign not in ("<", "≤", ">", "≥"):
        return None
    match goal.left, goal.right:
        case Power(base, left), Power(other, right) if base == other == E:
            return (Relation(left, goal.sign, right),)
        case Apply(name, (left,)), Apply(other, (right,)) if name == other and name in INCREASING:
            return (Relation(left, goal.sign, right),)
    return None


@theorem("nonzero-scalar", "A 1x1 matrix that is not 0 has an inverse.", goal=Invertible)
def nonzero_scalar(context: Context, goal: Invertible) -> Hypotheses:
    _require_number(goal.matrix, context)
    return (Relation(goal.matrix, "≠", ZERO),)


@theorem("positive-scalar", "A positive 1x1 matrix is positive definite.", goal=Definite)
def positive_scalar(context: Context, goal: Definite) -> Hypotheses:
    return (Relation(goal.matrix, ">" if goal.strict else "≥", ZERO),)
