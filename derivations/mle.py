r"""Maximum likelihood: the estimator of one parameter of a density, from N independent observations.

Statement
    For x_1, ..., x_N drawn independently with density f(x; θ), θ in an open interval Θ, the maximum-likelihood
    estimator is θ̂ = argmax over Θ of L(θ) = ∏_i f(x_i; θ). For f = λ e^(−λx) on x ≥ 0 it is N/Σ x_i = 1/x̄.
Assumptions
    N ∈ ℕ; every x_i in the support; known constants as given; and the conditions under which the stationary point
    lies in Θ (for the exponential density Σ x_i > 0), which the sheet states.
Steps
    The likelihood as a product; its logarithm, one rule a line; the derivative; its root; ℓ'' < 0 on Θ, or
    ℓ'(θ) = (θ̂ − θ) q(θ) with q > 0, so that the root is the only maximum; the same for L.
Result
    θ̂ in terms of the data, and through the mean x̄ where that is possible.
Source
    G. Casella and R. L. Berger, Statistical Inference, 2nd edition, 2002, section 7.2.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import sympy

from derivations.density import KEYS, Density, read_density
from derivations.exercise_data import Fault, only_keys, shown, text
from derivations.likelihood_comparison import validation
from derivations.logarithm import logarithm_of_factors, logarithm_of_powers
from derivations.number_range import NumberRange
from derivations.score import Score, find_score, log_likelihood_names, through_mean, values_on
from engine.derivation import Block, Chain, Derivation, Paragraph, Remark, Step
from engine.kernel.certificate import Assumption, ByTheorem, NormalForm, Proof, SignCalculus
from engine.meaning.claim import Claim
from engine.meaning.context import Context
from engine.meaning.elaborate import read_term
from engine.meaning.latex import statement_latex
from engine.meaning.statement import Diverges, Equivalent, NoOptimum, Optimum, Relation, Statement
from engine.meaning.term import (
    INFINITY,
    ONE,
    ZERO,
    Add,
    Apply,
    Derivative,
    Divide,
    Integral,
    Multiply,
    Name,
    Negate,
    Product,
    Sum,
    Term,
    map_children,
)
from engine.span import Problem
from engine.sympy_bridge import BridgeError, from_sympy, to_sympy

TITLE = "Maximum-likelihood estimation"
SOURCE = "G. Casella and R. L. Berger, Statistical Inference, 2nd edition, 2002, section 7.2.2"
OWN_KEYS = (*KEYS, "claimed", "title", "question")
LIKELIHOOD, LOG_LIKELIHOOD = "L", r"\ell"
PRODUCT_RULE = r"In every term $\ln(ab) = \ln a + \ln b$ and $\ln(a/b) = \ln a - \ln b$."


def derive(data: Mapping[str, object], *, torch: bool) -> Derivation | Problem:
    r"""The exercise for ``data``: ``density``, ``variable``, ``parameter``, ``support``, ``parameter_domain`` (texts in
    LaTeX), and perhaps ``given`` (what is known of other names), ``statement`` (the support as it was published),
    ``claimed`` (the author's own formula for the estimator, or a list of such), ``title``, ``question``.
    """
    try:
        only_keys(data, OWN_KEYS, "the maximum-likelihood exercise")
        title = text(data, "title", TITLE)
        density = read_density(data)
        question = text(data, "question", _question(density, data))
        return Derivation(title, question, SOURCE, _blocks(density, data, torch))
    except Fault as fault:
        return fault.problem()
    except BridgeError as error:
        return Problem(f"density: the exercise cannot be worked out for it: {error}")


def _question(density: Density, data: Mapping[str, object]) -> str:
    size, x = density.size.name, density.variable
    return (
        f"Let ${x}_1, \\ldots, {x}_{size}$ be independent observations with density "
        f"$f({x}) = {data['density']}$, ${data['support']}$, where ${data['parameter_domain']}$. "
        f"Derive the maximum-likelihood estimator of ${density.parameter}$."
    )


@dataclass(frozen=True, slots=True)
class Exercise:
    """A density with its log-likelihood worked out: ``lines`` are its forms, from ln ∏ to the last one."""

    density: Density
    context: Context
    existing: Context
    likelihood: Term
    lines: tuple[tuple[Term, str, str], ...]
    score: Score

    @property
    def parameter(self) -> Name:
        return Name(self.density.parameter)

    @property
    def last_line(self) -> Term:
        return self.lines[-1][0]

    @property
    def log_likelihood(self) -> Term:
        return Apply(LOG_LIKELIHOOD, (self.parameter,))

    @property
    def estimator(self) -> Term:
        return self.score.point

    @property
    def estimator_name(self) -> Name:
        return Name(rf"\hat{{{self.density.parameter}}}")


def _blocks(density: Density, data: Mapping[str, object], torch: bool) -> tuple[Block, ...]:
    exercise = _exercise(density)
    claimed = _claimed(exercise, data.get("claimed", []))
    remarks = (*_normalisation(density, data), *_boundaries(exercise))
    return (
        Paragraph(_assumptions(exercise, data)),
        Chain("Likelihood and log-likelihood", _likelihood_steps(exercise)),
        Chain("Stationary point", _stationary_steps(exercise)),
        Chain("The stationary point is the maximum", _maximum_steps(exercise)),
        Chain("Result", _result_steps(exercise)),
        *((Chain("Given answer", claimed),) if claimed else ()),
        *remarks,
        *(validation(density, exercise.lines[1][0], exercise.score) if torch else ()),
    )


def _exercise(density: Density) -> Exercise:
    factor = density.at_observation()
    likelihood = Product(density.index, ONE, density.size, factor)
    lines = _lines(density, likelihood)
    score = find_score(density, lines[-1][0])
    context = _define(density.sample, density, likelihood)
    return Exercise(density, context, context.assume(*score.existence), likelihood, lines, score)


def _define(context: Context, density: Density, likelihood: Term) -> Context:
    """L(θ) := ∏ f(x_i; θ) and ℓ(θ) := ln L(θ)."""
    for name in (LIKELIHOOD, LOG_LIKELIHOOD):
        if context.sort_of(name) is not None:
            raise Fault(f"given: {name} names the likelihood here; rename the constant")
    parameters = (density.parameter,)
    context = context.define(LIKELIHOOD, parameters, likelihood)
    return context.define(LOG_LIKELIHOOD, parameters, Apply("ln", (Apply(LIKELIHOOD, (Name(density.parameter),)),)))


def _lines(density: Density, likelihood: Product) -> tuple[tuple[Term, str, str], ...]:
    """The forms of the log-likelihood with the rule and the words that lead to each; alike neighbours are one."""

    def total(body: Term) -> Term:
        return Sum(density.index, ONE, density.size, body)

    separate = logarithm_of_factors(likelihood.body)
    simple = logarithm_of_powers(separate)
    names = log_likelihood_names(density, density.sample)
    collected = from_sympy(to_sympy(total(simple), names), names)
    lines = (
        (Apply("ln", (likelihood,)), "definition", "The log-likelihood is the logarithm of the likelihood."),
        (
            total(Apply("ln", (likelihood.body,))),
            "logarithm of a product",
            r"The $\ln$ of a product is the sum of the $\ln$.",
        ),
        (total(separate), "logarithm of each factor", PRODUCT_RULE),
        (total(simple), "logarithm of a power", r"In every term $\ln e^u = u$ and $\ln a^b = b \ln a$."),
        (
            collected,
            "sum of constants",
            f"Constants are added ${density.size.name}$ times, factors pulled out.",
        ),
    )
    return tuple(line for n, line in enumerate(lines) if n == 0 or line[0] != lines[n - 1][0])


# The steps --------------------------------------------------------------------------------------------------------


def _step(context: Context, statement: Statement, rule: str, words: str, proof: Proof | None = None) -> Step:
    return Step(Claim(context, statement), rule, words, proof)


def _equal(context: Context, left: Term, right: Term, rule: str, words: str) -> Step:
    return _step(context, Relation(left, "=", right), rule, words, NormalForm())


def _likelihood_steps(exercise: Exercise) -> tuple[Step, ...]:
    context = exercise.context
    first = _equal(
        context,
        Apply(LIKELIHOOD, (exercise.parameter,)),
        exercise.likelihood,
        "definition",
        "The observations are independent, so their joint density is the product.",
    )
    steps, left = [first], exercise.log_likelihood
    for line, rule, words in exercise.lines:
        steps.append(_equal(context, left, line, rule, words))
        left = line
    return tuple(steps)


def _stationary_steps(exercise: Exercise) -> tuple[Step, ...]:
    score, parameter = exercise.score, exercise.parameter
    first = score.term(score.first)
    multiple = score.term(sympy.factor(-1 / score.slope))
    root = Equivalent(Relation(first, "=", ZERO), Relation(parameter, "=", exercise.estimator))
    return (
        _equal(
            exercise.existing,
            Derivative(exercise.log_likelihood, parameter),
            first,
            "derivative",
            f"Differentiate the log-likelihood in ${parameter.name}$.",
        ),
        _step(
            exercise.existing,
            root,
            "root of the derivative",
            "Set the derivative to zero and solve; both equations differ by a factor that is never zero.",
            ByTheorem("nonzero-multiple", (multiple,), (NormalForm(), SignCalculus())),
        ),
    )


def _maximum_steps(exercise: Exercise) -> tuple[Step, ...]:
    steps = _curvature_steps(exercise) if exercise.score.concave else _sign_steps(exercise)
    log_optimum = _optimum(exercise, exercise.log_likelihood)
    optimum = _optimum(exercise, Apply(LIKELIHOOD, (exercise.parameter,)))
    return (
        *steps,
        _step(exercise.existing, log_optimum, *_criterion(exercise), _criterion_proof(exercise)),
        _step(
            exercise.existing,
            optimum,
            "monotone transform",
            "The logarithm is strictly increasing, so the likelihood has its maximum at the same point.",
            ByTheorem("monotone-transform", (), (SignCalculus(), _criterion_proof(exercise))),
        ),
    )


def _curvature_steps(exercise: Exercise) -> tuple[Step, ...]:
    second = exercise.score.term(exercise.score.second)
    return (
        _equal(
            exercise.existing,
            Derivative(exercise.log_likelihood, exercise.parameter, 2),
            second,
            "second derivative",
            "Differentiate once more.",
        ),
        _step(
            exercise.existing,
            Relation(second, "<", ZERO),
            "sign",
            "The second derivative is negative on the whole domain.",
            SignCalculus(),
        ),
    )


def _sign_steps(exercise: Exercise) -> tuple[Step, ...]:
    score = exercise.score
    first, slope = score.term(score.first), score.term(score.slope)
    towards = Multiply((Add((exercise.estimator, Negate(exercise.parameter))), slope))
    return (
        _equal(exercise.existing, first, towards, "factor", "Divide the derivative by the distance to its root."),
        _step(
            exercise.existing,
            Relation(slope, ">", ZERO),
            "sign",
            "The other factor is positive, so the derivative changes its sign from plus to minus at the root only.",
            SignCalculus(),
        ),
    )


def _optimum(exercise: Exercise, objective: Term) -> Optimum:
    domain = exercise.density.domain.interval
    return Optimum("maximum", exercise.estimator, objective, exercise.density.parameter, domain)


def _criterion(exercise: Exercise) -> tuple[str, str]:
    if exercise.score.concave:
        return "strict concavity", "The log-likelihood is strictly concave: its stationary point is the only maximum."
    return "sign of the derivative", "The log-likelihood rises before the stationary point and falls after it."


def _criterion_proof(exercise: Exercise) -> Proof:
    """The criterion, for the last form of the log-likelihood, which it equals on the domain."""
    criterion = ByTheorem("strict-concavity")
    if not exercise.score.concave:
        criterion = ByTheorem("first-derivative-sign", (exercise.score.term(exercise.score.slope),))
    return ByTheorem("equal-objective", (exercise.last_line,), (NormalForm(), criterion))


def _result_context(exercise: Exercise) -> Context:
    """θ̂ := the root, and x̄ := (1/N) Σ x_i."""
    density = exercise.density
    total = Sum(density.index, ONE, density.size, density.observation)
    mean = Multiply((Divide(ONE, density.size), total))
    context = exercise.existing.define(exercise.estimator_name.name, (), exercise.estimator)
    return context.define(_mean(density).name, (), mean)


def _mean(density: Density) -> Name:
    return Name(rf"\bar{{{density.variable}}}")


def _result_steps(exercise: Exercise) -> tuple[Step, ...]:
    context = _result_context(exercise)
    result = _equal(context, exercise.estimator_name, exercise.estimator, "result", "The maximum-likelihood estimator.")
    steps = [replace(result, boxed=True)]
    short = through_mean(exercise.score, exercise.density, _mean(exercise.density))
    if short is not None:
        mean = _equal(
            context,
            exercise.estimator_name,
            short,
            "mean",
            rf"With the mean ${_mean(exercise.density).name} = \frac{{1}}{{{exercise.density.size.name}}}"
            rf" \sum_{{{exercise.density.index}=1}}^{{{exercise.density.size.name}}}"
            rf" {exercise.density.variable}_{exercise.density.index}$.",
        )
        steps.append(replace(mean, boxed=True))
    return tuple(steps)


# The author's own answer ------------------------------------------------------------------------------------------


def _claimed(exercise: Exercise, value: object) -> tuple[Step, ...]:
    formulas = [value] if isinstance(value, str) else value
    if not isinstance(formulas, list) or not all(isinstance(formula, str) for formula in formulas):
        raise Fault(f"claimed: expected a formula for the estimator in quotes, or a list of such, found {shown(value)}")
    return tuple(_claimed_step(exercise, formula) for formula in formulas)


def _claimed_step(exercise: Exercise, formula: str) -> Step:
    reading = read_term(formula, _result_context(exercise))
    if isinstance(reading, Problem):
        raise Fault(f"claimed: {reading.show()}")
    statement = Relation(exercise.estimator_name, "=", reading.term)
    claim = Claim(reading.context, statement, formula)
    return Step(claim, "claimed", "The estimator that the author of the sheet gave.", claimed=True)


# Remarks ----------------------------------------------------------------------------------------------------------


def _assumptions(exercise: Exercise, data: Mapping[str, object]) -> str:
    density, size, x = exercise.density, exercise.density.size.name, exercise.density.variable
    given = "".join(f", ${entry}$" for entry in data.get("given", []))  # type: ignore[attr-defined]
    words = (
        f"Assumed: ${size} \\in \\mathbb{{N}}$, each ${x}_{density.index}$ in the support ${data['support']}$,"
        f" ${data['parameter_domain']}${given}."
    )
    conditions = [f"${statement_latex(fact, exercise.context)}$" for fact in exercise.score.existence]
    if conditions:
        words += f" From the stationary point on, also {' and '.join(conditions)}: only then does it lie in the domain."
    return words


def _normalisation(density: Density, data: Mapping[str, object]) -> tuple[Remark, ...]:
    """That the density integrates to 1 over its support, and diverges over the support as it was published."""
    steps = _integral_steps(density)
    published = density.statement
    if published is None or published == density.support:
        words = "The density integrates to 1 over its support."
        return (Remark(words, steps),) if steps else ()
    diverging = _diverging(density, published)
    if diverging is None:
        raise Fault(
            f"statement: {shown(data['statement'])} differs from the support {shown(data['support'])}, but it cannot"
            " be shown that the density's integral over it diverges; leave statement out"
        )
    words = (
        f"The published question says ${data['statement']}$. Over that range the integral of the density is infinite,"
        f" so that it is no density there; its support is ${data['support']}$."
    )
    return (Remark(words, (*steps, diverging)),)


def _integral_steps(density: Density) -> tuple[Step, ...]:
    support = density.support
    if support.integer or not _in_table(density):
        return ()
    integral = Integral(density.variable, support.lower, support.upper, density.term)
    return (_equal(density.single, integral, ONE, "integral", "The density integrates to 1 over its support."),)


def _in_table(density: Density) -> bool:
    """Whether the kernel's table has the integral: v^p e^(−bv) over (0, ∞), or e^(−av² + bv) over ℝ.

    Exponential, gamma and normal densities are there; Rayleigh, Pareto and Weibull are not.
    """
    names = log_likelihood_names(density, density.single.declare(density.variable, density.support.sort))
    names = replace(names, variables=names.variables | {density.variable})
    x = names.symbol(Name(density.variable))
    # x ↦ y > 0, so that ln x^p comes apart; on ℝ the table has no such factor anyway.
    y = sympy.Dummy("y", positive=True)
    logarithm = sympy.expand(sympy.expand_log(sympy.log(to_sympy(density.term, names).subs(x, y))))
    polynomial = logarithm - logarithm.coeff(sympy.log(y)) * sympy.log(y)
    ends = (density.support.lower, density.support.upper)
    if not polynomial.is_polynomial(y):
        return False
    degree = sympy.degree(polynomial, y)
    if ends == (ZERO, INFINITY):
        return bool(degree == 1)
    return ends == (Negate(INFINITY), INFINITY) and bool(degree == 2) and polynomial == logarithm


def _diverging(density: Density, published: NumberRange) -> Step | None:
    """The claim that ∫ f over the published range is infinite, by monotonicity towards an infinite end."""
    if published.integer or density.support.integer:
        return None
    names = log_likelihood_names(density, density.single.declare(density.variable, published.sort))
    names = replace(names, variables=names.variables | {density.variable})
    body, x = to_sympy(density.term, names), names.symbol(Name(density.variable))
    places = replace(names, variables=frozenset((density.variable,)))
    if not all(value > 0 for value in values_on(body, published, places)):
        return None
    slopes = values_on(sympy.diff(body, x), published, places)
    for bound, end, falls in ((Negate(INFINITY), published.lower, 1), (INFINITY, published.upper, -1)):
        if end == bound and all(falls * slope <= 0 for slope in slopes):
            integral = Integral(density.variable, published.lower, published.upper, density.term)
            words = "The density is positive and does not fall towards that end."
            return _step(
                density.single,
                Diverges(integral),
                "divergence",
                words,
                ByTheorem("divergence-by-monotonicity", (bound,)),
            )
    return None


def _boundaries(exercise: Exercise) -> tuple[Remark, ...]:
    found = (_boundary(exercise, fact) for fact in exercise.score.existence)
    return tuple(remark for remark in found if remark is not None)


def _boundary(exercise: Exercise, fact: Relation) -> Remark | None:
    """Where the condition ``fact`` just fails, so that a sum of the data has an extreme value: no maximum exists."""
    density = exercise.density
    names = log_likelihood_names(density, density.sample)
    value = to_sympy(exercise.last_line, names)
    condition = to_sympy(fact.left, names)
    total = next((t for t in names.symbols if isinstance(t, Sum) and names.symbols[t] in condition.free_symbols), None)
    if total is None:
        return None
    (extreme,) = sympy.solve(condition, names.symbols[total])
    if extreme.has(sympy.Function):
        return None
    edge = sympy.expand(value.subs(names.symbols[total], extreme))
    slopes = values_on(sympy.diff(edge, names.symbol(exercise.parameter)), density.domain, names)
    signs = {sympy.sign(slope) for slope in slopes}
    if signs not in ({1}, {-1}):
        return None
    equation = Relation(total, "=", from_sympy(extreme, names))
    return _boundary_remark(exercise, equation, from_sympy(edge, names), rising=signs == {1})


def _boundary_remark(exercise: Exercise, equation: Relation, edge: Term, rising: bool) -> Remark:
    density = exercise.density
    context = exercise.context.assume(equation)
    domain = density.domain.interval
    none = NoOptimum("maximum", edge, density.parameter, domain)
    direction: Literal["rises", "falls"] = "rises" if rising else "falls"
    return Remark(
        f"No maximum exists if ${statement_latex(equation, context)}$: the log-likelihood is then strictly"
        f" {'increasing' if rising else 'decreasing'} on the whole domain.",
        (
            _step(
                context,
                Relation(exercise.last_line, "=", edge),
                "special case",
                "The log-likelihood in that case.",
                _replacing(equation, exercise.last_line, edge),
            ),
            _step(
                context,
                none,
                "no maximum",
                f"It {direction} everywhere on an open interval, so it attains no maximum there.",
                ByTheorem("monotone-no-optimum", (ONE if rising else Negate(ONE),)),
            ),
        ),
    )


def _replacing(equation: Relation, line: Term, edge: Term) -> Proof:
    """``line = edge``, where ``edge`` is ``line`` with the equation's left side replaced by its right."""
    hole = Name("h'")
    template = Relation(_put(line, equation.left, hole), "=", edge)
    mirrored = Relation(equation.right, "=", equation.left)
    mirror = ByTheorem("left-multiple", (Negate(ONE), equation), (Assumption(), NormalForm()))
    return ByTheorem("replace-equal", (hole, mirrored, template), (mirror, NormalForm()))


def _put(term: Term, old: Term, new: Term) -> Term:
    return new if term == old else map_children(term, lambda part: _put(part, old, new))
