"""Claims that the kernel once accepted, or refuted, and must not: each was found by attacking it with certificates,
contexts and witnesses made by hand, which no prover would propose."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

from engine.derivation import Chain, Derivation, Step
from engine.kernel.certificate import (
    Assignment,
    Assumption,
    ByTheorem,
    Certificate,
    FunctionChoice,
    Model,
    NormalForm,
    Proof,
    SignCalculus,
)
from engine.kernel.check import check, refute
from engine.kernel.verdict import Open, Proved, Refuted, Verdict
from engine.meaning.claim import Claim
from engine.meaning.context import Context, Declaration
from engine.meaning.latex import statement_latex
from engine.meaning.sort import NATURAL, REAL, Function, Integer, Vector
from engine.meaning.statement import (
    Diverges,
    ForEach,
    Implies,
    Interval,
    Invertible,
    NoOptimum,
    Optimum,
    Relation,
    Statement,
)
from engine.meaning.term import (
    INFINITY,
    ONE,
    ZERO,
    Add,
    Apply,
    Divide,
    Integral,
    Multiply,
    Name,
    Negate,
    Power,
    Sum,
    Transpose,
    integer,
    subtract,
)
from engine.record.judged import JudgedBlock, JudgedDerivation, JudgedStep
from engine.record.recheck import recheck
from engine.record.writing import record_of, record_text

x, v, w = Name("x"), Name("v"), Name("w")
TWO = integer(2)
LINE = Interval(Negate(INFINITY), INFINITY)
REAL_FUNCTION = Function((REAL,), REAL)
CONCAVE = ByTheorem("strict-concavity", (), (NormalForm(), SignCalculus()))


def at(premises: tuple[Proof, ...] = (), **values: int | FunctionChoice) -> Model:
    """A point, from numbers and functions."""
    chosen = (Assignment(name, Fraction(value) if isinstance(value, int) else value) for name, value in values.items())
    return Model(tuple(chosen), premises)


def checked(context: Context, goal: Statement, proof: Proof, model: Model) -> Verdict:
    return check(Claim(context, goal), Certificate(proof, model))


def why_open(verdict: Verdict) -> str:
    assert isinstance(verdict, Open)
    return verdict.reason


# ---- hints


def hint() -> Add:
    """x/√w + 1/√w, which "divides" x + 1 with the quotient √w."""
    root = Power(w, Negate(Divide(ONE, TWO)))
    return Add((Multiply((x, root)), root))


@pytest.mark.parametrize(
    ("goal", "proof"),
    [
        (Relation(Add((x, ONE)), ">", ZERO), SignCalculus((hint(),))),
        (Relation(Add((x, ONE)), "=", ZERO), SignCalculus((hint(),))),
        (Relation(Apply("sqrt", (Power(Add((x, ONE)), TWO),)), "=", Add((x, ONE))), NormalForm((hint(),))),
    ],
)
def test_a_hint_brings_in_nothing_that_is_not_defined(goal: Relation, proof: Proof) -> None:
    context = Context().declare("w", REAL, Relation(w, "<", ZERO)).declare("x", REAL)
    assert isinstance(checked(context, goal, proof, at(w=-1, x=0)), Open)
    assert isinstance(refute(Claim(context, goal), at(w=-1, x=-3)), Refuted)


def test_a_hint_that_is_a_polynomial_still_helps() -> None:
    context = Context().declare("x", REAL, Relation(x, ">", ONE))
    square = subtract(Power(x, TWO), ONE)
    goal = Relation(Divide(square, subtract(x, ONE)), "=", Add((x, ONE)))
    assert isinstance(checked(context, goal, NormalForm((subtract(x, ONE),)), at(x=2)), Proved)


# ---- names with two meanings


def test_a_definition_does_not_take_the_place_of_the_logarithm() -> None:
    """With ln(x) := -x, "monotone-transform" turned the minimum of 1 + v² into its maximum."""
    context = Context().define("ln", ("x",), Negate(x))
    goal = Optimum("maximum", ZERO, Add((ONE, Power(v, TWO))), "v", LINE)
    proof = ByTheorem("monotone-transform", (), (SignCalculus(), CONCAVE))
    assert "ln is both known and defined" in why_open(checked(context, goal, proof, at()))


def test_a_name_is_declared_once() -> None:
    """The fact x > 0 of the second declaration was used, and only the first one asked of the exhibited point."""
    context = Context((Declaration("x", REAL), Declaration("x", NATURAL)))
    goal = Relation(x, ">", ZERO)
    assert "twice" in why_open(checked(context, goal, SignCalculus(), at(x=-5)))
    assert "twice" in why_open(refute(Claim(context, goal), at(x=-5)))


def test_a_name_is_not_declared_and_defined() -> None:
    context = Context().declare("x", REAL).define("x", (), ONE)
    assert "twice" in why_open(checked(context, Relation(x, "=", ONE), NormalForm(), at(x=1)))


def test_a_definition_has_no_parameter_twice() -> None:
    """g(x, x) := x: g(1, 2) was 1 for the proof and 2 for the refutation."""
    context = Context().define("g", ("x", "x"), x)
    goal = Relation(Apply("g", (ONE, TWO)), "=", ONE)
    assert "one parameter twice" in why_open(checked(context, goal, NormalForm(), at()))
    assert "one parameter twice" in why_open(refute(Claim(context, goal), at()))


# ---- refutations of what is true


def test_a_witness_is_asked_for_every_fact() -> None:
    """That x is the maximiser of -(v - 3)² was not looked at, so that x = 5 was a counterexample to x = 3."""
    objective = Negate(Power(subtract(v, integer(3)), TWO))
    context = Context().declare("x", REAL).assume(Optimum("maximum", x, objective, "v", LINE))
    assert isinstance(refute(Claim(context, Relation(x, "=", integer(3))), at(x=5)), Open)


def test_a_statement_for_every_index_is_refuted_only_where_it_is_defined() -> None:
    goal = ForEach("i", ZERO, ONE, Relation(Divide(ONE, Name("i")), "=", integer(5)))
    assert "division by 0" in why_open(refute(Claim(Context(), goal), at()))
    goal = ForEach("i", ONE, TWO, goal.body)
    assert isinstance(refute(Claim(Context(), goal), at()), Refuted)


# ---- exhibited points


def test_an_exhibited_function_does_not_mention_a_variable_named_like_a_known_function() -> None:
    """f(0) is constant: it has no unique maximiser, in a variable of whatever name."""
    fact = Optimum("maximum", ZERO, Apply("f", (ZERO,)), "ln", LINE)
    context = Context().declare("f", REAL_FUNCTION).assume(fact)
    choice = FunctionChoice(("s",), Negate(Power(Name("ln"), TWO)))
    verdict = checked(context, fact, Assumption(), at((CONCAVE,), f=choice))
    assert "mentions more than its arguments" in why_open(verdict)


@pytest.mark.parametrize("size", [TWO, Name("d")])
def test_a_vector_is_exhibited_as_a_number_only_where_its_size_may_be_one(size: Name) -> None:
    """In dimension 2 no v vᵀ is invertible."""
    vector = Name("v")
    fact = Invertible(Multiply((vector, Transpose(vector))))
    context = Context().declare("d", NATURAL).declare("v", Vector(size)).assume(fact)
    proofs: tuple[Proof, ...] = (ByTheorem("nonzero-scalar", (), (SignCalculus(),)),)
    assert "does not satisfy" in why_open(checked(context, fact, Assumption(), at(proofs, v=1, d=2)))
    verdict = checked(context, fact, Assumption(), at(proofs, v=1, d=1))
    if size == Name("d"):
        assert isinstance(verdict, Proved)
    else:
        assert "does not satisfy" in why_open(verdict)


# ---- ends that are not defined


def test_an_integral_that_diverges_has_an_end() -> None:
    goal = Diverges(Integral("v", Divide(ONE, ZERO), INFINITY, ONE))
    proof = ByTheorem("divergence-by-monotonicity", (INFINITY,), (SignCalculus(), NormalForm()))
    assert "a condition" in why_open(checked(Context(), goal, proof, at()))


def test_a_domain_has_an_end() -> None:
    context = Context().declare("x", REAL)
    goal = NoOptimum("maximum", v, "v", Interval(Apply("ln", (x,)), INFINITY))
    proof = ByTheorem("monotone-no-optimum", (ONE,), (SignCalculus(), SignCalculus()))
    assert "a condition" in why_open(checked(context, goal, proof, at(x=-1)))
    verdict = checked(context, goal, proof, at(x=1))
    assert isinstance(verdict, Proved)
    assert verdict.conditions == (Relation(x, ">", ZERO),)


# ---- premises that never hold


def test_the_premise_of_an_implication_holds_at_the_exhibited_functions() -> None:
    absurd = Relation(ONE, "=", ZERO)
    context = Context().declare("f", REAL_FUNCTION)
    proof = ByTheorem("implication", (), (Assumption(),))
    model = at(f=FunctionChoice(("t",), ZERO))
    assert "premise" in why_open(checked(context, Implies(absurd, absurd), proof, model))
    assert isinstance(checked(context, Implies(negated(absurd), negated(absurd)), proof, model), Proved)


def test_a_premise_that_cannot_be_evaluated_is_not_taken_to_hold() -> None:
    context = Context().declare("x", REAL)
    never = Optimum("maximum", x, v, "v", Interval(ZERO, ONE))
    verdict = checked(context, Implies(never, never), ByTheorem("implication", (), (Assumption(),)), at(x=1))
    assert "premise" in why_open(verdict)


def negated(relation: Relation) -> Relation:
    return Relation(relation.left, "≠", relation.right)


# ---- sums that may have no term


def test_nothing_is_both_proved_and_refuted() -> None:
    """Σ 1/N over i = 1 … N is the empty sum for N = 0, so that no definedness implies N ≠ 0."""
    n = Name("N")
    context = Context().declare("N", Integer(0))
    goal = Relation(Sum("i", ONE, n, Divide(ONE, n)), "=", ONE)
    assert isinstance(refute(Claim(context, goal), at(N=0)), Refuted)
    assert isinstance(checked(context, goal, NormalForm(), at(N=1)), Open)


@pytest.mark.parametrize(("name", "printed"), [("3", "3 = 2"), ("1 + 1", "1 + 1 = 2"), (r"\pi", r"\pi = 2")])
def test_a_record_shows_no_number_that_is_a_name(name: str, printed: str) -> None:
    """A forged record defines the name "3" as 2, proves that it is 2, and shows 3 = 2 with a tick."""
    claim = Claim(Context().define(name, (), TWO), Relation(Name(name), "=", TWO))
    assert statement_latex(claim.statement, claim.context) == printed
    verdict = check(claim, Certificate(NormalForm(), at()))
    step = Step(claim, "", "")
    chain = Chain("", (step,))
    derivation = JudgedDerivation(Derivation("", "", "", (chain,)), (JudgedBlock(chain, (JudgedStep(step, verdict),)),))
    record = json.loads(record_text(record_of("0", "", "", [derivation])))
    assert not recheck(record).all_proved
