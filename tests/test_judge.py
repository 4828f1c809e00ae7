"""The one road of a claim: what each leg may say, and that each can veto."""

from __future__ import annotations

from fractions import Fraction

import pytest

from engine.judge import ALL_POINTS, FIRST_POINTS, VETO_POINTS, judge
from engine.kernel.certificate import Assignment, Model, NormalForm, SignCalculus
from engine.kernel.verdict import Open, Proved, Refuted
from engine.meaning.claim import Claim
from engine.meaning.context import Context
from engine.meaning.sort import REAL, Function
from engine.meaning.statement import Diverges, Equivalent, Interval, NoOptimum, Optimum, Relation, Smooth, UpToOrder
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
    integer,
)
from engine.provers import instances
from engine.provers.instances import Inspection, Survey
from tests.kernel.exercise import by, claim, given

x, t, e = Name("x"), Name("t"), Name("ε")
LINE = Interval(Negate(INFINITY), INFINITY)
X = given(x="real")
TRUE = Claim(X, Relation(Divide(x, x), "=", ONE))
FALSE = Claim(X, Relation(Apply("sqrt", (Power(x, integer(2)),)), "=", x))
UNDECIDED = Claim(X, Relation(Apply("exp", (x,)), "≥", Add((Multiply((integer(3), x)), Negate(ONE)))))
"""True, as e^x - 3x has its minimum 3 - 3 ln 3 at ln 3; no prover looks there."""


def said(text: str, **kinds: str) -> str:
    found = judge(Claim(*claim(text, given(**kinds)), text))
    return found.reason if isinstance(found, Open) else type(found).__name__


@pytest.mark.parametrize(
    ("text", "kinds", "verdict"),
    [
        (r"\ln(x y)=\ln x+\ln y", {"x": "pos", "y": "pos"}, "Proved"),
        (r"\sqrt{x^2}=x", {"x": "real"}, "Refuted"),
        (r"\sqrt{x^2}=|x|", {"x": "real"}, "Proved"),
        (r"\sum_{i=1}^N x_i=N x_1", {"N": "nat", "x": "family"}, "Refuted"),
        (r"\sum_{i=1}^N x_i=\sum_{j=1}^N x_j", {"N": "nat", "x": "family"}, "Proved"),
        (r"\sum_{i=1}^{N-1}x_i+x_N=\sum_{i=1}^N x_i", {"N": "nat", "x": "family"}, "Proved"),
        (r"N>1", {"N": "nat"}, "Refuted"),
        (r"\frac{d}{dx}\frac1x=-\frac{1}{x^2}", {"x": "real"}, "Proved"),
        (r"\frac{d}{dx}\frac1x=\frac{1}{x^2}", {"x": "real"}, "Refuted"),
    ],
)
def test_the_three_answers(text: str, kinds: dict[str, str], verdict: str) -> None:
    assert said(text, **kinds) == verdict


def test_proved_with_its_certificate() -> None:
    found = judge(TRUE)
    assert isinstance(found, Proved) and found.conditions == (Relation(x, "≠", ZERO),)
    assert found.certificate.proof == NormalForm()
    assert judge(TRUE, NormalForm((x,))).certificate.proof == NormalForm((x,))  # type: ignore[union-attr]


def test_refuted_with_a_witness_that_the_kernel_has_seen() -> None:
    found = judge(FALSE)
    assert isinstance(found, Refuted) and found.left[0] > found.right[1]


def test_open_with_the_reason() -> None:
    found = judge(UNDECIDED)
    assert isinstance(found, Open) and "does not follow from the signs of its parts" in found.reason


def test_theorems() -> None:
    hill = Optimum("maximum", ONE, Negate(Power(Add((t, Negate(ONE))), integer(2))), "t", LINE)
    found = judge(Claim(Context(), hill))
    assert isinstance(found, Proved) and found.rests_on == ("strict-concavity",)
    wrong = Optimum("maximum", ZERO, hill.objective, "t", LINE)
    assert not isinstance(judge(Claim(Context().declare("t", REAL), wrong)), Proved)
    for goal in (NoOptimum("maximum", t, "t", LINE), Diverges(Integral("t", ZERO, INFINITY, ONE))):
        assert isinstance(judge(Claim(Context(), goal)), Proved)
    assert isinstance(judge(Claim(Context(), UpToOrder(Apply("exp", (e,)), Add((ONE, e)), "ε", 2))), Proved)


def test_no_rule_and_wrong_sketches_are_open() -> None:
    same = Equivalent(Relation(x, "≤", ONE), Relation(Power(x, integer(3)), "≤", ONE))
    assert isinstance(judge(Claim(X, same)), Open)
    found = judge(TRUE, by("taylor"))
    assert isinstance(found, Open) and "does not apply" in found.reason


def test_a_context_with_a_function() -> None:
    context = Context().declare("f", Function((REAL,), REAL, 1)).assume(Smooth("f", ZERO, 1))
    goal = Relation(Apply("f", (ONE,)), "=", Apply("f", (Divide(ONE, ONE),)))
    assert isinstance(judge(Claim(context, goal)), Proved)
    wrong = Relation(Apply("f", (ONE,)), "=", Apply("f", (ZERO,)))
    found = judge(Claim(context, wrong))
    assert isinstance(found, Refuted) and found.witness.premises


class FakeInstances:
    """What instances say, by the number of points asked for."""

    def __init__(self, **answers: Survey) -> None:
        self.answers, self.asked = answers, []

    def __call__(self, claim: Claim) -> FakeInstances:
        self.model = Inspection(claim).model
        return self

    def survey(self, count: int) -> Survey:
        self.asked.append(count)
        return self.answers.get(f"at_{count}", Survey(None, 1))


def at(value: int) -> Model:
    return Model((Assignment("x", Fraction(value)),))


def with_instances(monkeypatch: pytest.MonkeyPatch, **answers: Survey) -> FakeInstances:
    fake = FakeInstances(**answers)
    monkeypatch.setattr(instances, "Inspection", fake)
    return fake


def test_the_order_of_work(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = with_instances(monkeypatch)
    assert isinstance(judge(TRUE), Proved) and fake.asked == [FIRST_POINTS, VETO_POINTS]
    fake = with_instances(monkeypatch)
    assert isinstance(judge(UNDECIDED), Open) and fake.asked == [FIRST_POINTS, ALL_POINTS]
    fake = with_instances(monkeypatch, at_2=Survey(at(-1), 0))
    assert isinstance(judge(FALSE), Refuted) and fake.asked == [FIRST_POINTS]
    assert (FIRST_POINTS, VETO_POINTS, ALL_POINTS) == (2, 8, 30)


def test_a_late_counterexample(monkeypatch: pytest.MonkeyPatch) -> None:
    with_instances(monkeypatch, at_30=Survey(at(-1), 3))
    found = judge(FALSE)
    assert isinstance(found, Refuted) and found.witness == at(-1)


def test_a_counterexample_that_the_kernel_does_not_confirm_refutes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with_instances(monkeypatch, at_2=Survey(at(3), 0), at_30=Survey(at(3), 0))
    assert isinstance(judge(UNDECIDED), Open)
    assert isinstance(judge(TRUE), Proved)


def test_an_instance_vetoes_a_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    with_instances(monkeypatch, at_8=Survey(at(3), 5))
    found = judge(TRUE)
    assert isinstance(found, Open) and "a proof and an instance disagree" in found.reason
    assert "the kernel confirms" not in found.reason


def test_a_veto_that_the_kernel_confirms_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a defect of the kernel gets here: let it prove what is false."""
    import engine.judge

    monkeypatch.setattr(engine.judge, "check", lambda claim, certificate: Proved(claim, certificate, (), ()))
    with_instances(monkeypatch, at_8=Survey(at(-1), 5))
    found = judge(FALSE)
    assert isinstance(found, Open) and "the kernel confirms the instance" in found.reason


def test_a_proof_needs_an_instance_that_speaks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with_instances(monkeypatch, at_8=Survey(None, 0, "too hard"))
    found = judge(TRUE)
    assert isinstance(found, Open) and found.reason.endswith("no instance of it could be evaluated: too hard")
    with_instances(monkeypatch, at_8=Survey(None, 0, "no finite number of points says this"))
    assert isinstance(judge(Claim(Context(), NoOptimum("maximum", t, "t", LINE))), Proved)
    assert isinstance(judge(Claim(Context(), Diverges(Integral("t", ZERO, INFINITY, ONE)))), Proved)


def test_a_proof_needs_a_point(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Inspection, "model", lambda self: None)
    found = judge(TRUE)
    assert isinstance(found, Open) and found.reason.startswith("no point was found where the context holds")


def test_a_context_without_a_point_is_told_once() -> None:
    context = X.assume(Relation(x, ">", ZERO), Relation(x, "<", ZERO))
    found = judge(Claim(context, Relation(x, "=", Add((x, ONE)))))
    assert isinstance(found, Open)
    assert found.reason == "no point was found where the context holds and the statement is defined"


def test_the_kernel_vetoes_the_point(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Inspection, "model", lambda self: at(0))
    found = judge(TRUE)
    assert isinstance(found, Open) and found.reason == "a condition does not hold at the exhibited point"


def test_the_kernel_vetoes_the_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.provers import prove

    monkeypatch.setattr(prove, "proofs", lambda context, goal, sketch=None: iter((SignCalculus(),)))
    with_instances(monkeypatch)
    found = judge(FALSE)
    assert isinstance(found, Open) and "does not follow" in found.reason


def test_a_claim_nested_too_deeply_is_open() -> None:
    deep = x
    for _ in range(20_000):
        deep = Negate(deep)  # type: ignore[assignment]
    found = judge(Claim(X, Relation(deep, "=", deep)))
    assert isinstance(found, Open) and "nested too deeply" in found.reason
