"""Instances: true claims survive, mutants of them fall, and every point is exact."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import pytest

from engine.kernel.certificate import Assignment, ByTheorem, Entry, FunctionChoice, Model
from engine.meaning.claim import Claim
from engine.meaning.context import Context
from engine.meaning.sort import NATURAL, REAL, Family, Function, IndexRange, Integer, MatrixOf, Vector
from engine.meaning.statement import (
    Diverges,
    Equivalent,
    ForEach,
    Implies,
    Interval,
    Invertible,
    NearZero,
    NoOptimum,
    Optimum,
    Relation,
    Smooth,
    Statement,
    UpToOrder,
)
from engine.meaning.term import (
    INFINITY,
    ONE,
    PI,
    ZERO,
    Add,
    Apply,
    Derivative,
    Divide,
    E,
    Element,
    Evaluate,
    FunctionDerivative,
    Integral,
    Inverse,
    Multiply,
    Name,
    Negate,
    Number,
    Power,
    Product,
    Sum,
    Term,
    Transpose,
    integer,
    map_children,
    rational,
    subtract,
)
from engine.provers.instances import Inspection, find_model, survey, veto

TWO, N, LAM, MU, SIGMA = integer(2), Name("N"), Name("λ"), Name("μ"), Name("σ")
X_I, Y_I = Element("x", (Name("i"),)), Element("y", (Name("i"),))
INDEX = Family((IndexRange(ONE, N),), REAL)


def times(*factors: Term) -> Term:
    return Multiply(factors)


def plus(*terms: Term) -> Term:
    return Add(terms)


def ln(term: Term) -> Term:
    return Apply("ln", (term,))


def exp(term: Term) -> Term:
    return Power(E, term)


def total(body: Term, index: str = "i") -> Term:
    return Sum(index, ONE, N, body)


def positive(*names: str) -> tuple[Statement, ...]:
    return tuple(Relation(Name(name), ">", ZERO) for name in names)


def each(family: str, sign: str) -> Statement:
    return ForEach("i", ONE, N, Relation(Element(family, (Name("i"),)), sign, ZERO))  # type: ignore[arg-type]


def context(*facts: Statement, **sorts: object) -> Context:
    made = Context().declare("N", NATURAL)
    for name, sort in sorts.items():
        made = made.declare(name, sort)  # type: ignore[arg-type]
    return made.assume(*facts)


EXPONENTIAL = context(*positive("λ"), each("x", "≥"), Relation(total(X_I), ">", ZERO), λ=REAL, x=INDEX)
NORMAL = context(*positive("σ"), μ=REAL, σ=REAL, x=INDEX)
BIT = Family((IndexRange(ONE, N),), Integer(0))
BERNOULLI = context(
    *positive("p"), Relation(Name("p"), "<", ONE), ForEach("i", ONE, N, Relation(X_I, "≤", ONE)), p=REAL, x=BIT
)
PAIRS = context(*positive("λ"), λ=REAL, θ=REAL, x=INDEX, y=INDEX)
LOG_LIKELIHOOD = subtract(times(N, ln(LAM)), times(LAM, total(X_I)))
LIKELIHOOD = Product("i", ONE, N, times(LAM, exp(Negate(times(LAM, X_I)))))
GAUSS = Divide(
    Apply("exp", (Negate(Divide(Power(subtract(X_I, MU), TWO), times(TWO, Power(SIGMA, TWO)))),)),
    Apply("sqrt", (times(TWO, PI, Power(SIGMA, TWO)),)),
)
P, Q = Name("p"), subtract(ONE, Name("p"))
SIGMOID = Divide(ONE, plus(ONE, exp(Negate(Name("θ")))))
INDEXED = context(Relation(Name("k"), "≤", N), x=INDEX, k=NATURAL)
X_K = Element("x", (Name("k"),))
SOFTMAX = Divide(exp(X_K), total(exp(X_I)))

TRUE: dict[str, Claim] = {
    name: Claim(where, Relation(left, "=", right))
    for name, where, left, right in (
        ("exponential log-likelihood", EXPONENTIAL, ln(LIKELIHOOD), LOG_LIKELIHOOD),
        ("exponential score", EXPONENTIAL, Derivative(ln(LIKELIHOOD), LAM), subtract(Divide(N, LAM), total(X_I))),
        ("exponential curvature", EXPONENTIAL, Derivative(LOG_LIKELIHOOD, LAM, 2), Negate(Divide(N, Power(LAM, TWO)))),
        (
            "normal log-likelihood",
            NORMAL,
            ln(Product("i", ONE, N, GAUSS)),
            subtract(
                Negate(times(Divide(N, TWO), ln(times(TWO, PI, Power(SIGMA, TWO))))),
                Divide(total(Power(subtract(X_I, MU), TWO)), times(TWO, Power(SIGMA, TWO))),
            ),
        ),
        (
            "normal score",
            NORMAL,
            Derivative(total(ln(GAUSS)), MU),
            Divide(subtract(total(X_I), times(N, MU)), Power(SIGMA, TWO)),
        ),
        (
            "Bernoulli log-likelihood",
            BERNOULLI,
            ln(Product("i", ONE, N, times(Power(P, X_I), Power(Q, subtract(ONE, X_I))))),
            plus(times(total(X_I), ln(P)), times(subtract(N, total(X_I)), ln(Q))),
        ),
        (
            "sum of squares",
            NORMAL,
            total(Power(subtract(X_I, MU), TWO)),
            plus(total(Power(X_I, TWO)), Negate(times(TWO, MU, total(X_I))), times(N, Power(MU, TWO))),
        ),
        (
            "ridge gradient",
            PAIRS,
            Derivative(
                plus(total(Power(subtract(Y_I, times(Name("θ"), X_I)), TWO)), times(LAM, Power(Name("θ"), TWO))),
                Name("θ"),
            ),
            subtract(times(TWO, Name("θ"), plus(total(Power(X_I, TWO)), LAM)), times(TWO, total(times(X_I, Y_I)))),
        ),
        ("Faulhaber", context(), total(Name("i")), Divide(times(N, plus(N, ONE)), TWO)),
        (
            "geometric series",
            context(Relation(Name("r"), "≠", ONE), r=REAL),
            Sum("k", ZERO, subtract(N, ONE), Power(Name("r"), Name("k"))),
            Divide(subtract(ONE, Power(Name("r"), N)), subtract(ONE, Name("r"))),
        ),
        ("sigmoid", context(θ=REAL), Derivative(SIGMOID, Name("θ")), times(SIGMOID, subtract(ONE, SIGMOID))),
        ("log-sum-exp", INDEXED, Derivative(ln(total(exp(X_I))), X_K), SOFTMAX),
        (
            "derivative of a sum of squares",
            INDEXED,
            Derivative(total(Power(X_I, integer(3))), X_K),
            times(integer(3), Power(X_K, TWO)),
        ),
        (
            "exponential density",
            context(*positive("λ"), λ=REAL),
            Integral("t", ZERO, INFINITY, times(LAM, exp(Negate(times(LAM, Name("t")))))),
            ONE,
        ),
        (
            "telescoping",
            context(x=Family((None,), REAL)),
            total(subtract(Element("x", (plus(Name("i"), ONE),)), X_I)),
            subtract(Element("x", (plus(N, ONE),)), Element("x", (ONE,))),
        ),
        (
            "Gamma recursion",
            context(*positive("θ"), θ=REAL),
            Apply("Gamma", (plus(Name("θ"), ONE),)),
            times(Name("θ"), Apply("Gamma", (Name("θ"),))),
        ),
    )
}


def values(model: Model) -> dict[str, object]:
    return {a.name: a.value for a in model.assignments}


def is_exact(model: Model) -> bool:
    return all(
        isinstance(a.value, Fraction | FunctionChoice)
        or all(isinstance(entry, Entry) and isinstance(entry.value, Fraction) for entry in a.value)
        for a in model.assignments
    )


@pytest.mark.parametrize("name", TRUE)
def test_true_claims_agree_at_many_points(name: str) -> None:
    found = survey(TRUE[name], 14)
    assert found.witness is None and found.agreed >= 4, found


@pytest.mark.parametrize("name", TRUE)
def test_true_claims_have_a_model(name: str) -> None:
    model = find_model(TRUE[name])
    assert model is not None and is_exact(model)
    assert values(model)["N"] == 2


def places(term: Term) -> Iterator[tuple[Term, ...]]:
    """Every single-place mutant of a term: a sign, a factor, a bound, an exponent, an index."""
    match term:
        case Number(value):
            yield (Number(value + 1),)
        case Negate(part):
            yield (part,)
        case Add(terms) if len(terms) > 1:
            yield (Add(terms[:-1]),)
        case Sum(index, lower, upper, body):
            yield (Sum(index, lower, subtract(upper, ONE), body),)
        case Element(family, indices) if indices == (Name("k"),):
            yield (Element(family, (ONE,)),)


def mutants(term: Term) -> Iterator[Term]:
    yield from (mutant for (mutant,) in places(term))
    if isinstance(term, Derivative):
        return
    parts: list[Term] = []
    map_children(term, lambda part: parts.append(part) or part)
    for n, part in enumerate(parts):
        for changed in mutants(part):
            counter = iter(range(len(parts)))
            yield map_children(term, lambda old, c=counter, n=n, new=changed: new if next(c) == n else old)


MUTANTS = [
    pytest.param(replace(claim, statement=Relation(claim.statement.left, "=", mutant)), id=f"{name} {n}")
    for name, claim in TRUE.items()
    for n, mutant in enumerate(mutants(claim.statement.right))  # type: ignore[union-attr]
]


@pytest.mark.parametrize("claim", MUTANTS)
def test_mutants_fall_at_an_exact_point(claim: Claim) -> None:
    point = veto(claim, 30)
    assert point is not None and is_exact(point)


def test_enough_mutants() -> None:
    assert len(MUTANTS) > 60


def relation(left: Term, right: Term, *facts: Statement, sign: str = "=", **sorts: object) -> Claim:
    return Claim(context(*facts, **sorts), Relation(left, sign, right))  # type: ignore[arg-type]


X = Name("x")


# --- traps ----------------------------------------------------------------------------------------------------


def test_square_root_of_a_square_is_refuted_at_minus_one() -> None:
    point = veto(Claim(Context().declare("x", REAL), Relation(Apply("sqrt", (Power(X, TWO),)), "=", X)), 30)
    assert point is not None
    assert values(point)["x"] < 0  # type: ignore[operator]


def test_logarithm_of_a_square_is_not_refuted() -> None:
    claim = relation(ln(Power(X, TWO)), times(TWO, ln(X)), x=REAL)
    assert survey(claim, 20).witness is None
    assert survey(claim, 20).agreed > 3


def test_near_miss_is_seen_at_high_precision() -> None:
    tiny = Divide(ONE, integer(10**60))
    assert veto(relation(plus(ln(TWO), tiny), ln(TWO))) is not None
    ramanujan = exp(times(PI, Apply("sqrt", (integer(163),))))
    assert veto(relation(ramanujan, integer(262537412640768744))) is not None


def test_derivative_of_a_sum_in_an_index_outside_the_range() -> None:
    """The wrong idea that two programs shared: ∂/∂x_k Σ x_i = 1 also where k > N."""
    where = context(x=Family((None,), REAL), k=NATURAL)
    claim = Claim(where, Relation(Derivative(total(X_I), X_K), "=", ONE))
    point = veto(claim)
    assert point is not None and values(point)["k"] > values(point)["N"]  # type: ignore[operator]


def test_index_outside_a_declared_range_is_undefined() -> None:
    claim = Claim(context(x=INDEX, k=NATURAL), Relation(Derivative(total(X_I), X_K), "=", ONE))
    found = survey(claim, 20)
    assert found.witness is None and found.agreed > 0


def test_claim_that_fails_only_at_one_observation() -> None:
    """Right for N ≥ 2, wrong for N = 1."""
    left = Sum("i", TWO, N, ONE)
    claim = relation(Divide(left, subtract(N, ONE)), ONE)
    assert veto(claim) is None
    wrong = relation(Apply("floor", (Divide(ONE, N),)), ZERO)
    point = veto(wrong)
    assert point is not None and values(point)["N"] == 1


def test_empty_sum_in_the_middle_of_the_range() -> None:
    """Σ_{i=1}^{N-2} x_i + x_{N-1} + x_N = Σ x_i is false for N = 1, where x_0 exists."""
    head = Sum("i", ONE, subtract(N, TWO), X_I)
    tail = (Element("x", (subtract(N, ONE),)), Element("x", (N,)))
    claim = relation(plus(head, *tail), total(X_I), x=Family((None,), REAL))
    point = veto(claim)
    assert point is not None and values(point)["N"] == 1


def test_same_sign_needed_for_the_logarithm_of_a_product() -> None:
    assert veto(relation(ln(times(X, Name("y"))), plus(ln(X), ln(Name("y"))), x=REAL, y=REAL)) is None
    assert veto(relation(times(Power(X, Name("y")), Power(X, Name("y"))), Power(X, TWO), x=REAL, y=REAL)) is not None


def test_zero_to_the_zero() -> None:
    assert veto(relation(Power(X, ZERO), ONE, x=REAL)) is None
    assert survey(relation(Power(X, Name("n")), ZERO, Relation(X, "=", ZERO), x=REAL, n=Integer(0)), 20).witness


def test_unknown_construct_gives_a_reason() -> None:
    found = survey(relation(Apply("zeta", (TWO,)), ONE), 4)
    assert found.witness is None and found.agreed == 0 and "zeta" in found.reason


def test_contradictory_context_has_no_model() -> None:
    assert find_model(relation(X, X, *positive("x"), Relation(X, "<", ZERO), x=REAL)) is None


def test_never_defined_has_no_model() -> None:
    assert find_model(relation(ln(Negate(Power(X, TWO))), X, x=REAL)) is None


# --- relations ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sign, holds", [("<", True), ("≤", True), ("≠", True), (">", False), ("≥", False), ("=", False)]
)
def test_signs(sign: str, holds: bool) -> None:
    claim = relation(Negate(Divide(N, Power(LAM, TWO))), ZERO, *positive("λ"), sign=sign, λ=REAL)
    assert (veto(claim) is None) is holds


def test_weak_inequality_is_attained() -> None:
    assert veto(relation(Power(X, TWO), ZERO, sign="≥", x=REAL)) is None
    point = veto(relation(Power(X, TWO), ZERO, sign=">", x=REAL))
    assert point is not None and values(point)["x"] == 0


def test_digits_shown() -> None:
    assert veto(relation(PI, Number(Fraction(314, 100), 2), sign="≈")) is None
    assert veto(relation(PI, Number(Fraction(315, 100), 2), sign="≈")) is not None


def test_for_each() -> None:
    where = context(each("x", "≥"), x=INDEX)
    good = ForEach("i", ONE, N, Relation(X_I, "≤", total(Element("x", (Name("j"),)), "j")))
    assert veto(Claim(where, good)) is None
    bad = ForEach("i", ONE, N, Relation(X_I, "<", total(Element("x", (Name("j"),)), "j")))
    assert veto(Claim(where, bad)) is not None


def test_divergence() -> None:
    density = times(LAM, exp(Negate(times(LAM, Name("t")))))
    where = context(*positive("λ"), λ=REAL)
    whole = Integral("t", Negate(INFINITY), INFINITY, density)
    assert veto(Claim(where, Diverges(whole)), 2) is None
    assert veto(Claim(where, Diverges(replace(whole, lower=ZERO))), 2) is not None


HAT = Divide(N, total(X_I))


def test_stationary_point_equivalence() -> None:
    score = Relation(subtract(Divide(N, LAM), total(X_I)), "=", ZERO)
    assert veto(Claim(EXPONENTIAL, Equivalent(score, Relation(LAM, "=", HAT)))) is None
    for wrong in (Divide(total(X_I), N), Divide(ONE, total(X_I)), Negate(HAT)):
        assert veto(Claim(EXPONENTIAL, Equivalent(score, Relation(LAM, "=", wrong)))) is not None


def test_implication() -> None:
    one, two = Relation(X, "=", integer(3)), Relation(Power(X, TWO), "=", integer(9))
    assert veto(Claim(Context().declare("x", REAL), Implies(one, two))) is None
    assert veto(Claim(Context().declare("x", REAL), Implies(two, one))) is None  # the other root is not rational-affine
    off = Relation(Power(X, TWO), "=", integer(8))
    assert veto(Claim(Context().declare("x", REAL), Implies(one, off))) is not None


def test_model_of_an_implication_satisfies_its_premise() -> None:
    score = Relation(subtract(Divide(N, LAM), total(X_I)), "=", ZERO)
    model = find_model(Claim(EXPONENTIAL, Implies(score, Relation(LAM, "=", HAT))))
    assert model is not None
    found = values(model)
    assert found["λ"] == Fraction(found["N"]) / sum(entry.value for entry in found["x"])  # type: ignore


def test_model_of_an_implication_is_sought_among_the_solutions() -> None:
    cube = Relation(Power(X, integer(3)), "=", Name("y"))
    model = find_model(Claim(Context().declare("x", REAL).declare("y", REAL), Implies(cube, cube)))
    assert model is not None
    assert values(model)["x"] ** 3 == values(model)["y"]  # type: ignore[operator]


POSITIVE_LINE = Interval(ZERO, INFINITY)


@pytest.mark.parametrize("point", [Divide(total(X_I), N), Negate(HAT), plus(HAT, Divide(ONE, integer(100)))])
def test_wrong_maximum(point: Term) -> None:
    claim = Claim(EXPONENTIAL, Optimum("maximum", point, LOG_LIKELIHOOD, "λ", POSITIVE_LINE))
    assert veto(claim, 30) is not None


def test_right_maximum() -> None:
    right = Optimum("maximum", HAT, LOG_LIKELIHOOD, "λ", POSITIVE_LINE)
    assert survey(Claim(EXPONENTIAL, right), 8) == survey(Claim(EXPONENTIAL, right), 8)
    assert survey(Claim(EXPONENTIAL, right), 8).agreed >= 4
    assert veto(Claim(EXPONENTIAL, right)) is None
    assert veto(Claim(EXPONENTIAL, replace(right, kind="minimum"))) is not None


def test_maximum_that_is_not_unique() -> None:
    flat = Optimum("maximum", ONE, times(ZERO, Name("v")), "v", Interval(Negate(INFINITY), INFINITY))
    assert veto(Claim(Context(), flat)) is not None
    assert veto(Claim(Context(), replace(flat, unique=False))) is None


def test_no_optimum_has_a_model_and_no_veto() -> None:
    claim = Claim(context(), NoOptimum("maximum", times(N, ln(Name("v"))), "v", POSITIVE_LINE))
    assert find_model(claim) is not None
    assert veto(claim) is None


EPS = Name("ε")


@pytest.mark.parametrize(
    "order, right, holds",
    [
        (1, ONE, True),
        (2, plus(ONE, EPS), True),
        (2, ONE, False),
        (2, subtract(ONE, EPS), False),
        (3, plus(ONE, EPS, Divide(Power(EPS, TWO), TWO)), True),
        (3, plus(ONE, EPS, Power(EPS, TWO)), False),
    ],
)
def test_series(order: int, right: Term, holds: bool) -> None:
    claim = Claim(Context(), UpToOrder(exp(EPS), right, "ε", order))
    assert (veto(claim) is None) is holds
    assert find_model(claim) is not None


def test_near_zero_includes_zero() -> None:
    assert veto(Claim(Context(), NearZero("ε", Relation(Apply("abs", (EPS,)), "≥", ZERO)))) is None
    assert veto(Claim(Context(), NearZero("ε", Relation(Apply("abs", (EPS,)), ">", ZERO)))) is not None
    assert veto(Claim(Context(), NearZero("ε", Relation(EPS, "<", rational(Fraction(1, 100)))))) is None


def test_first_order_of_a_closed_form() -> None:
    """λ̂(ε) = (N + ε)/(Σx + εz): the weighted exponential MLE."""
    closed = Divide(plus(N, EPS), plus(total(X_I), times(EPS, Name("z"))))
    slope = Divide(subtract(ONE, times(HAT, Name("z"))), total(X_I))
    where = EXPONENTIAL.declare("z", REAL, *positive("z"))
    assert veto(Claim(where, UpToOrder(closed, plus(HAT, times(EPS, slope)), "ε", 2))) is None
    assert veto(Claim(where, UpToOrder(closed, subtract(HAT, times(EPS, slope)), "ε", 2))) is not None
    assert veto(Claim(where, UpToOrder(closed, plus(HAT, times(EPS, slope)), "ε", 3))) is not None


# --- unknown functions ----------------------------------------------------------------------------------------

D, M, THETA, Z = Name("d"), Name("m"), Name("θ"), Name("z")
CURVE = Apply("θ̂", (EPS,))
RISK, LOSS = Apply("R", (THETA,)), Apply("L", (Z, THETA))
PERTURBED = plus(RISK, times(EPS, LOSS))
HESSIAN = Name("H")


def influence() -> Context:
    vector = Vector(D)
    made = Context().declare("d", NATURAL).declare("m", NATURAL)
    made = made.declare("R", Function((vector,), REAL, 2)).declare("L", Function((Vector(M), vector), REAL, 2))
    made = made.declare("z", Vector(M)).declare("θ", vector).declare("θ_0", vector)
    made = made.declare("θ̂", Function((REAL,), vector))
    made = made.define("H", (), FunctionDerivative("R", 0, 2, (Name("θ_0"),)))
    return made.assume(
        Optimum("minimum", Name("θ_0"), RISK, "θ", None),
        NearZero("ε", Optimum("minimum", CURVE, PERTURBED, "θ", None)),
        Invertible(HESSIAN),
        Smooth("θ̂", ZERO, 0),
    )


def gradient(function: str, *arguments: Term) -> Term:
    return FunctionDerivative(function, len(arguments) - 1, 1, arguments)


def hessian(function: str, *arguments: Term) -> Term:
    return FunctionDerivative(function, len(arguments) - 1, 2, arguments)


def slope_at_zero() -> Term:
    return Evaluate(Derivative(CURVE, EPS), "ε", ZERO)


AT_ZERO = Name("θ_0")
PULL = gradient("L", Z, AT_ZERO)
STEP = Multiply((Inverse(HESSIAN), PULL))
STATIONARY = plus(gradient("R", CURVE), times(EPS, gradient("L", Z, CURVE)))
IMPLICIT = plus(
    Multiply((plus(hessian("R", CURVE), times(EPS, hessian("L", Z, CURVE))), Derivative(CURVE, EPS))),
    gradient("L", Z, CURVE),
)

INFLUENCE_TRUE: dict[str, Statement] = {
    "start": Relation(Evaluate(CURVE, "ε", ZERO), "=", AT_ZERO),
    "stationary": NearZero("ε", Relation(STATIONARY, "=", ZERO)),
    "implicit": NearZero("ε", Relation(IMPLICIT, "=", ZERO)),
    "at zero": Relation(plus(Multiply((HESSIAN, slope_at_zero())), PULL), "=", ZERO),
    "slope": Relation(slope_at_zero(), "=", Negate(STEP)),
    "expansion": UpToOrder(CURVE, subtract(AT_ZERO, times(EPS, STEP)), "ε", 2),
    "effect on the loss": Relation(
        Evaluate(Derivative(Apply("L", (Z, CURVE)), EPS), "ε", ZERO), "=", Negate(Multiply((Transpose(PULL), STEP)))
    ),
    "gradient notation": Relation(Evaluate(Derivative(PERTURBED, THETA), "θ", AT_ZERO), "=", times(EPS, PULL)),
}
INFLUENCE_FALSE: dict[str, Statement] = {
    "stationary sign": NearZero(
        "ε", Relation(subtract(gradient("R", CURVE), times(EPS, gradient("L", Z, CURVE))), "=", ZERO)
    ),
    "implicit without the loss's Hessian": NearZero(
        "ε",
        Relation(plus(Multiply((hessian("R", CURVE), Derivative(CURVE, EPS))), gradient("L", Z, CURVE)), "=", ZERO),
    ),
    "slope sign": Relation(slope_at_zero(), "=", STEP),
    "slope without the inverse": Relation(slope_at_zero(), "=", Negate(Multiply((HESSIAN, PULL)))),
    "expansion sign": UpToOrder(CURVE, plus(AT_ZERO, times(EPS, STEP)), "ε", 2),
    "expansion order": UpToOrder(CURVE, subtract(AT_ZERO, times(EPS, STEP)), "ε", 3),
    "factor": UpToOrder(CURVE, subtract(AT_ZERO, times(TWO, EPS, STEP)), "ε", 2),
    "no change": UpToOrder(CURVE, AT_ZERO, "ε", 2),
    "curve is constant": NearZero("ε", Relation(CURVE, "=", AT_ZERO)),
    "loss is also stationary": Relation(PULL, "=", ZERO),
    "minimum is a maximum": NearZero("ε", Optimum("maximum", CURVE, PERTURBED, "θ", None)),
}


@pytest.mark.parametrize("name", INFLUENCE_TRUE)
def test_influence(name: str) -> None:
    where = influence().declare("ε", REAL) if name == "gradient notation" else influence()
    found = survey(Claim(where, INFLUENCE_TRUE[name]), 6)
    assert found.witness is None and found.agreed == 6, found


@pytest.mark.parametrize("name", INFLUENCE_FALSE)
def test_influence_mutants(name: str) -> None:
    assert veto(Claim(influence(), INFLUENCE_FALSE[name])) is not None


def test_commuting_matrices_only_fall_in_more_dimensions() -> None:
    """Right in dimension 1, wrong for matrices."""
    left = Multiply((HESSIAN, hessian("L", Z, AT_ZERO)))
    right = Multiply((hessian("L", Z, AT_ZERO), HESSIAN))
    point = veto(Claim(influence(), Relation(left, "=", right)))
    assert point is not None and values(point)["d"] != 1


def test_third_derivatives_are_seen() -> None:
    """True of every quadratic function, false in general."""
    third = Evaluate(Derivative(RISK, THETA, 3), "θ", AT_ZERO)
    scalar = Context().declare("R", Function((REAL,), REAL, 3)).declare("L", Function((REAL, REAL), REAL, 3))
    scalar = scalar.declare("z", REAL, Relation(Z, "≠", ZERO)).declare("θ_0", REAL)
    scalar = scalar.declare("θ̂", Function((REAL,), REAL)).assume(*influence().facts[:2])
    assert veto(Claim(scalar, Relation(third, "=", ZERO))) is not None


def test_influence_model() -> None:
    model = find_model(Claim(influence(), INFLUENCE_TRUE["expansion"]))
    assert model is not None
    found = values(model)
    assert (found["d"], found["m"], found["z"], found["θ_0"]) == (1, 1, 1, 0)
    assert found["θ̂"] == FunctionChoice(("ε",), Negate(EPS))
    assert "θ" not in found
    assert model.premises == (
        ByTheorem("strict-concavity"),
        ByTheorem("near-zero", (), (ByTheorem("strict-concavity"),)),
        ByTheorem("nonzero-scalar"),
        ByTheorem("elementary-smooth"),
    )


@pytest.mark.parametrize("shift, holds", [(ZERO, True), (rational(Fraction(1, 100)), False)])
def test_minimum_over_all_vectors(shift: Term, holds: bool) -> None:
    where = Context().declare("c", Vector(TWO)).declare("θ", Vector(TWO))
    gap = subtract(THETA, Name("c"))
    point = times(plus(ONE, shift), Name("c"))
    claim = Claim(where, Optimum("minimum", point, Multiply((Transpose(gap), gap)), "θ", None))
    assert (veto(claim, 3) is None) is holds
    assert survey(claim, 3).agreed == (3 if holds else 0)


def test_matrices_of_symbolic_size() -> None:
    where = Context().declare("n", NATURAL)
    for name in "AB":
        where = where.declare(name, MatrixOf(Name("n"), Name("n")))
    a, b = Name("A"), Name("B")
    product = Multiply((a, b))
    for outer in (Transpose, Inverse):
        right, wrong = Multiply((outer(b), outer(a))), Multiply((outer(a), outer(b)))
        assert survey(Claim(where, Relation(outer(product), "=", right)), 6).agreed >= 4
        assert veto(Claim(where, Relation(outer(product), "=", wrong))) is not None


def test_points_are_reported_with_their_families() -> None:
    claim = relation(total(Power(X_I, TWO)), Power(total(X_I), TWO), x=INDEX)
    point = veto(claim, 30)
    assert point == Model(
        (
            Assignment("N", Fraction(2)),
            Assignment("x", (Entry((1,), Fraction(1)), Entry((2,), Fraction(3)))),
        )
    )


def test_a_counterexample_keeps_the_members_that_were_read() -> None:
    where = Context().declare("N", NATURAL).declare("x", Family((None,), REAL)).declare("y", Family((None,), REAL))
    shifted = Sum("i", ONE, N, Element("x", (subtract(Name("i"), ONE),)))
    found = survey(Claim(where, Relation(total(X_I), "=", shifted)), 2)
    assert found.witness is not None and found.shorter is not None
    entries = {a.name: [e.indices for e in a.value] for a in found.shorter.assignments[1:]}  # type: ignore[union-attr]
    assert entries == {"x": [(0,), (1,), (2,)], "y": [(1,)]}
    whole = {a.name: len(a.value) for a in found.witness.assignments[1:]}  # type: ignore[arg-type]
    assert whole["x"] > 3 and whole["y"] > 3


def test_what_a_fact_reads_stays_in_a_counterexample() -> None:
    where = Context().declare("x", Family((None,), REAL))
    two, three = Element("x", (TWO,)), Element("x", (integer(3),))
    found = survey(Claim(where.assume(Relation(two, "<", three)), Relation(Element("x", (ONE,)), "=", two)), 4)
    assert found.shorter is not None
    assert [e.indices for e in found.shorter.assignments[0].value] == [(1,), (2,), (3,)]  # type: ignore[union-attr]


def test_the_model_is_a_point_that_was_seen() -> None:
    looked = Inspection(Claim(EXPONENTIAL, Relation(ln(LIKELIHOOD), "=", LOG_LIKELIHOOD)))
    before = looked.survey(2)
    first = looked.model()
    assert before.agreed == 2 and first == find_model(Claim(EXPONENTIAL, Relation(ln(LIKELIHOOD), "=", LOG_LIKELIHOOD)))
    assert looked.survey(2) == before and looked.survey(8).agreed == 8
