r"""Losses of one parameter whose perturbed minimiser has a closed form: the expansion, checked by SymPy's own series.

For R and L as written, SymPy solves R'(θ) + ε L'(θ) = 0 for θ̂(ε), and expands that in ε. What is proved: that θ̂(ε) is
the only minimiser for every ε near 0; that the series is right; and that its coefficient is −L'(θ̂)/R''(θ̂).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sympy

from derivations.exercise_data import Fault, only_keys, shown, text
from derivations.number_range import NumberRange, canonical_name, read_range
from engine.derivation import Chain, Step
from engine.kernel.certificate import ByTheorem, NormalForm, Proof, SignCalculus
from engine.meaning.claim import Claim
from engine.meaning.context import Context
from engine.meaning.elaborate import read_statement, read_term
from engine.meaning.latex import statement_latex
from engine.meaning.sort import REAL
from engine.meaning.statement import NearZero, Optimum, Relation, Statement, UpToOrder
from engine.meaning.term import (
    INFINITY,
    ZERO,
    Add,
    Apply,
    Divide,
    FunctionDerivative,
    Multiply,
    Name,
    Negate,
    Term,
    free_names,
)
from engine.span import Problem
from engine.sympy_bridge import Names, from_sympy, to_sympy

Expression = Any
EPSILON = Name(r"\epsilon")
RISK, LOSS = "R", "L"
LOSS_KEYS = ("name", "risk", "loss", "parameter", "parameter_domain", "given")
LARGEST_ROOT = 200
"""The largest number of operations of a closed form that is printed."""

STANDARD: Mapping[str, Mapping[str, object]] = {
    "mean squared error": {
        "risk": r"\frac{1}{N} \sum_{i=1}^N (y_i - \theta x_i)^2",
        "loss": r"(v - \theta u)^2",
        "given": [r"\sum_{i=1}^N x_i^2 > 0"],
    },
    "ridge": {
        "risk": r"\frac{1}{N} \sum_{i=1}^N (y_i - \theta x_i)^2 + \kappa \theta^2",
        "loss": r"(v - \theta u)^2",
        "given": [r"\kappa > 0"],
    },
    "exponential": {
        "risk": r"\frac{1}{N} \sum_{i=1}^N (\lambda x_i - \ln\lambda)",
        "loss": r"\lambda u - \ln\lambda",
        "parameter": r"\lambda",
        "parameter_domain": r"\lambda > 0",
        "given": [r"\sum_{i=1}^N x_i > 0"],
    },
}
HEADINGS = {
    "mean squared error": "Mean of squared errors in one dimension, upweighted point (u, v)",
    "ridge": "Ridge regression in one dimension, upweighted point (u, v)",
    "exponential": "Negative log-likelihood of the exponential distribution, upweighted point u",
}


@dataclass(frozen=True, slots=True)
class Loss:
    """R and L as terms in the parameter (and the names of the upweighted point), in the context of the data."""

    heading: str
    parameter: Name
    domain: NumberRange
    risk: Term
    loss: Term
    context: Context

    @property
    def curve_name(self) -> str:
        """θ̂, for the curve θ̂(ε)."""
        return rf"\hat{{{self.parameter.name}}}"


@dataclass(frozen=True, slots=True)
class ClosedForm:
    """θ̂(ε), R' + εL' divided by θ − θ̂(ε), the series' coefficients, and what must be positive near ε = 0."""

    curve: Term
    slope: Term
    start: Term
    velocity: Term
    curvature: Term
    push: Term
    open_conditions: tuple[Relation, ...]


# Reading ----------------------------------------------------------------------------------------------------------


def read_losses(value: object) -> tuple[Loss, ...]:
    """The losses of an exercise: names of standard ones, or tables; :class:`Fault` with what was expected."""
    if not isinstance(value, list):
        raise Fault(f"losses: expected a list such as ['ridge'], found {shown(value)}")
    return tuple(_read(entry, f"loss {number}") for number, entry in enumerate(value, 1))


def _read(entry: object, place: str) -> Loss:
    if isinstance(entry, str):
        if entry not in STANDARD:
            raise Fault(
                f"{place}: {entry!r} is not known; known are {', '.join(STANDARD)}, or a table with risk and loss"
            )
        return _loss(STANDARD[entry], HEADINGS[entry], place)
    if not isinstance(entry, Mapping):
        raise Fault(f"{place}: expected a name or a table with risk and loss, found {shown(entry)}")
    only_keys(entry, LOSS_KEYS, place)
    for key in ("risk", "loss"):
        if key not in entry:
            raise Fault(f"{place}: {key} is missing: expected a formula in quotes")
    return _loss(entry, text(entry, "name", f"Closed form, {place}"), place)


def _loss(table: Mapping[str, object], heading: str, place: str) -> Loss:
    parameter = canonical_name(text(table, "parameter", r"\theta"), f"{place}, parameter")
    context = Context().declare(parameter, REAL)
    risk, context = _formula(text(table, "risk", ""), context, f"{place}, risk")
    loss, context = _formula(text(table, "loss", ""), context, f"{place}, loss")
    for key, term in (("risk", risk), ("loss", loss)):
        if parameter not in free_names(term):
            raise Fault(f"{place}, {key}: the parameter {parameter} does not occur in it")
    context = _with_given(context, table.get("given", []), place)
    default = rf"{parameter} \in \R"
    domain = read_range(text(table, "parameter_domain", default), parameter, context, f"{place}, parameter_domain")
    if domain.integer or domain.lower_closed or domain.upper_closed:
        raise Fault(f"{place}, parameter_domain: expected an open interval of reals")
    if context.sort_of(EPSILON.name) is not None:
        raise Fault(f"{place}: {EPSILON.name} is the weight; use another letter in the formulas")
    return Loss(heading, Name(parameter), domain, risk, loss, context.assume(*domain.facts(Name(parameter))))


def _formula(source: str, context: Context, place: str) -> tuple[Term, Context]:
    reading = read_term(source, context)
    if isinstance(reading, Problem):
        raise Fault(f"{place}: {reading.show()}")
    return reading.term, reading.context


def _with_given(context: Context, given: object, place: str) -> Context:
    if not isinstance(given, list) or not all(isinstance(entry, str) for entry in given):
        raise Fault(f"{place}, given: expected a list of texts such as ['\\kappa > 0'], found {shown(given)}")
    for entry in given:
        reading = read_statement(entry, context)
        if isinstance(reading, Problem):
            raise Fault(f"{place}, given: {reading.show()}")
        context = reading.context.assume(*reading.relations)
    return context


# Finding ----------------------------------------------------------------------------------------------------------


def find_closed_form(loss: Loss) -> ClosedForm:
    """What SymPy finds; :class:`Fault` where there is not exactly one root."""
    names = Names(loss.context, frozenset((loss.parameter.name, EPSILON.name)))
    theta, epsilon = names.symbol(loss.parameter), names.symbol(EPSILON)
    risk, point = to_sympy(loss.risk, names), to_sympy(loss.loss, names)
    first = sympy.diff(risk + epsilon * point, theta)
    root = _root(first, theta, loss)
    slope = sympy.factor(sympy.cancel(sympy.together(first / (theta - root))))
    series = sympy.series(root, epsilon, 0, 2).removeO()
    start, velocity = (sympy.factor(series.coeff(epsilon, power)) for power in (0, 1))
    curvature, push = sympy.diff(risk, theta, 2).subs(theta, start), sympy.diff(point, theta).subs(theta, start)

    def term(expression: Expression) -> Term:
        return from_sympy(sympy.factor(expression), names)

    return ClosedForm(
        curve=term(root),
        slope=term(slope),
        start=term(start),
        velocity=term(velocity),
        curvature=term(curvature),
        push=term(push),
        open_conditions=_open_conditions(slope, root, loss, names),
    )


def _root(first: Expression, theta: Expression, loss: Loss) -> Expression:
    try:
        roots = sympy.solve(sympy.numer(sympy.together(first)), theta, simplify=False)
    except NotImplementedError:
        roots = []
    if len(roots) != 1 or not roots[0].is_rational_function(*roots[0].free_symbols):
        raise Fault(
            f"losses: the minimiser of {loss.heading!r} has no closed form that can be used; expected a risk and a loss"
            " for which R'(θ) + ε L'(θ) = 0 has one root, rational in ε"
        )
    if sympy.count_ops(roots[0]) > LARGEST_ROOT:
        raise Fault(f"losses: the closed form of {loss.heading!r} is too large to print")
    return sympy.factor(roots[0])


def _open_conditions(slope: Expression, root: Expression, loss: Loss, names: Names) -> tuple[Relation, ...]:
    """Each factor with ε in it of the slope, and of the distances to the ends of the domain, is positive near 0."""
    sides = [slope]
    if loss.domain.lower != Negate(INFINITY):
        sides.append(sympy.factor(sympy.together(root - to_sympy(loss.domain.lower, names))))
    if loss.domain.upper != INFINITY:
        sides.append(sympy.factor(sympy.together(to_sympy(loss.domain.upper, names) - root)))
    epsilon, theta = names.symbol(EPSILON), names.symbol(loss.parameter)
    factors = [factor.as_base_exp()[0] for side in sides for factor in sympy.Mul.make_args(side)]
    varying = dict.fromkeys(f for f in factors if epsilon in f.free_symbols and theta not in f.free_symbols)
    return tuple(Relation(from_sympy(factor, names), ">", ZERO) for factor in varying)


# The steps --------------------------------------------------------------------------------------------------------


def closed_form_chain(loss: Loss) -> Chain:
    """The claims about one loss."""
    found = find_closed_form(loss)
    context = _defined(loss, found)
    return Chain(
        loss.heading,
        (
            *_definitions(loss, context),
            *_minimum(loss, found, context),
            *_derivatives(loss, found, context),
            *_series(loss, found, context),
        ),
    )


def _defined(loss: Loss, found: ClosedForm) -> Context:
    """R(θ), L(θ) and θ̂(ε) as definitions."""
    for name in (RISK, LOSS, loss.curve_name):
        if loss.context.sort_of(name) is not None:
            raise Fault(f"losses: {name} has a meaning of its own here; use another letter in {loss.heading!r}")
    parameter = (loss.parameter.name,)
    context = loss.context.define(RISK, parameter, loss.risk).define(LOSS, parameter, loss.loss)
    return context.define(loss.curve_name, (EPSILON.name,), found.curve)


def _definitions(loss: Loss, context: Context) -> tuple[Step, ...]:
    rows = ((RISK, loss.risk, _risk_words(loss)), (LOSS, loss.loss, "The loss at the upweighted point."))
    return tuple(
        _equal(context, Apply(name, (loss.parameter,)), body, "definition", words) for name, body, words in rows
    )


def _risk_words(loss: Loss) -> str:
    """The risk, with what is assumed of the data."""
    own = loss.domain.facts(loss.parameter)
    facts = [f"${statement_latex(fact, loss.context)}$" for fact in loss.context.facts if fact not in own]
    return f"The risk; assumed: {', '.join(facts)}." if facts else "The risk."


def _step(context: Context, statement: Statement, rule: str, words: str, proof: Proof) -> Step:
    return Step(Claim(context, statement), rule, words, proof)


def _equal(context: Context, left: Term, right: Term, rule: str, words: str) -> Step:
    return _step(context, Relation(left, "=", right), rule, words, NormalForm())


def _near_zero(found: ClosedForm, inside: Proof) -> Proof:
    """``inside`` under the conditions that hold near 0 because they hold at 0 and are continuous there."""
    conditions = (proof for _ in found.open_conditions for proof in (SignCalculus(), NormalForm()))
    return ByTheorem("near-zero", found.open_conditions, (*conditions, inside))


def _minimum(loss: Loss, found: ClosedForm, context: Context) -> tuple[Step, ...]:
    curve = Apply(loss.curve_name, (EPSILON,))
    risk, point = (Apply(name, (loss.parameter,)) for name in (RISK, LOSS))
    objective = Add((risk, Multiply((EPSILON, point))))
    optimum = Optimum("minimum", curve, objective, loss.parameter.name, loss.domain.interval)
    return (
        _step(
            context,
            NearZero(EPSILON.name, Relation(curve, "=", found.curve)),
            "closed form",
            f"SymPy solves $R' + \\epsilon L' = 0$ for ${loss.parameter.name}$.",
            _near_zero(found, NormalForm()),
        ),
        _step(
            context,
            NearZero(EPSILON.name, optimum),
            "minimum",
            "The derivative changes its sign there from minus to plus, and nowhere else.",
            _near_zero(found, ByTheorem("first-derivative-sign", (found.slope,))),
        ),
    )


def _curvature(loss: Loss) -> Term:
    return FunctionDerivative(RISK, 0, 2, (Apply(loss.curve_name, (ZERO,)),))


def _push(loss: Loss) -> Term:
    return FunctionDerivative(LOSS, 0, 1, (Apply(loss.curve_name, (ZERO,)),))


def _derivatives(loss: Loss, found: ClosedForm, context: Context) -> tuple[Step, ...]:
    return (
        _equal(context, _curvature(loss), found.curvature, "Hessian", "The second derivative of $R$ at its minimiser."),
        _equal(context, _push(loss), found.push, "gradient", "The derivative of $L$ there."),
    )


def _series(loss: Loss, found: ClosedForm, context: Context) -> tuple[Step, ...]:
    line = Add((found.start, _times_epsilon(found.velocity)))
    formula = Negate(Divide(_push(loss), _curvature(loss)))
    series = UpToOrder(Apply(loss.curve_name, (EPSILON,)), line, EPSILON.name, 2)
    words = "The coefficient is $-H^{-1} \\nabla L$, as the expansion says."
    return (
        _step(context, series, "series", "SymPy's series of the closed form in $\\epsilon$.", ByTheorem("taylor")),
        _equal(context, found.velocity, formula, "agreement", words),
    )


def _times_epsilon(term: Term) -> Term:
    return Negate(_times_epsilon(term.term)) if isinstance(term, Negate) else Multiply((EPSILON, term))
