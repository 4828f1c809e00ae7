"""What makes a verdict: a certificate whose every part holds, and a witness at which the statement certainly fails."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from engine.kernel import check, refute
from engine.kernel.certificate import (
    Assignment,
    Assumption,
    ByTheorem,
    Certificate,
    Entry,
    FunctionChoice,
    Model,
    NormalForm,
    Rounding,
    SignCalculus,
)
from engine.kernel.verdict import Open, Proved, Refuted
from engine.meaning.claim import Claim
from engine.meaning.context import Context
from engine.meaning.sort import REAL, Family, Vector
from engine.meaning.statement import (
    Diverges,
    Equivalent,
    ForEach,
    Implies,
    Interval,
    NoOptimum,
    Optimum,
    Relation,
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
    Divide,
    Element,
    Integral,
    Matrix,
    Multiply,
    Name,
    Negate,
    Power,
    Sum,
    Term,
    integer,
    rational,
    subtract,
)
from tests.kernel.exercise import claim, given

x, y, v, i, N = map(Name, "x y v i N".split())
X = given(x="real")
LINE = Interval(Negate(INFINITY), INFINITY)


def at(**values: object) -> Model:
    def value(given: object) -> object:
        if isinstance(given, list):
            return tuple(Entry((place,), Fraction(number)) for place, number in enumerate(given, 1))
        return Fraction(given)  # type: ignore[arg-type]

    return Model(tuple(Assignment(name, value(given)) for name, given in values.items()))  # type: ignore[arg-type]


def why(context: Context, goal: Statement, proof: object, model: Model) -> str:
    found = check(Claim(context, goal), Certificate(proof, model))  # type: ignore[arg-type]
    return found.reason if isinstance(found, Open) else type(found).__name__


class TestCheck:
    goal = Relation(Divide(x, x), "=", ONE)

    def test_proved(self) -> None:
        asked, certificate = Claim(X, self.goal, r"\frac xx=1"), Certificate(NormalForm(), at(x=2))
        assert check(asked, certificate) == Proved(asked, certificate, (Relation(x, "≠", ZERO),), ())

    def test_what_it_rests_on_is_sorted(self) -> None:
        goal = NoOptimum("maximum", v, "v", LINE)
        proof = ByTheorem("monotone-no-optimum", (ONE,), (SignCalculus(), SignCalculus()))
        found = check(Claim(Context(), goal), Certificate(proof, Model()))
        assert isinstance(found, Proved) and found.rests_on == ("monotone-no-optimum",)

    def test_the_proof_must_hold(self) -> None:
        goal = Relation(Divide(x, x), "=", integer(2))
        assert why(X, goal, NormalForm(), at(x=2)) == "the two sides have different normal forms"
        assert why(X, self.goal, Assumption(), at(x=2)) == "the statement is not among the assumptions"

    def test_the_point_must_lie_in_the_context(self) -> None:
        context = given(x="pos")
        assert why(context, self.goal, NormalForm(), at(x=1)) == "Proved"
        for model in (at(x=-1), at(), at(y=1), Model((*at(x=1).assignments, *at(x=1).assignments))):
            assert why(context, self.goal, NormalForm(), model) == "the exhibited point does not satisfy the context"
        context = given(N="nat", x="pos family")
        goal = Relation(Sum("i", ONE, N, Element("x", (i,))), ">", ZERO)
        assert why(context, goal, SignCalculus(), at(N=2, x=[1, 2])) == "Proved"
        for model in (at(N=2, x=[1, -2]), at(N=3, x=[1, 2]), at(N=0, x=[]), at(N="1/2", x=[1])):
            assert why(context, goal, SignCalculus(), model) == "the exhibited point does not satisfy the context"

    def test_its_conditions_must_hold_there(self) -> None:
        assert why(X, self.goal, NormalForm(), at(x=0)) == "a condition does not hold at the exhibited point"
        context = given(N="nat", x="family")
        each, goal = claim(r"\sum_{i=1}^N\frac{x_i}{x_i}=N", context)
        assert why(each, goal, NormalForm(), at(N=2, x=[1, 2])) == "Proved"
        assert why(each, goal, NormalForm(), at(N=2, x=[1, 0])) == "a condition does not hold at the exhibited point"

    def test_both_sides_must_be_defined_there(self) -> None:
        """An assumption carries no conditions of its own; the point must show that it says something."""
        known = Relation(Apply("f", (x,)), "=", Divide(ONE, x))
        context = X.define("f", ("t",), Divide(ONE, Name("t")))
        assert why(context, known, NormalForm(), at(x=0)) == "a condition does not hold at the exhibited point"

    def test_the_premise_of_an_implication_must_hold_there(self) -> None:
        goal = Implies(Relation(x, ">", ONE), Relation(x, ">", ZERO))
        proof = ByTheorem("implication", (), (SignCalculus(),))
        assert why(X, goal, proof, at(x=2)) == "Proved"
        assert why(X, goal, proof, at(x=0)) == "the premise does not hold at the exhibited point"

    def test_the_conditions_of_an_equation_and_its_solution(self) -> None:
        logs = Sum("i", ONE, N, Apply("ln", (Element("x", (i,)),)))
        goal = Equivalent(Relation(y, "=", logs), Relation(subtract(y, logs), "=", ZERO))
        context = given(N="nat", x="family", y="real")
        proof = ByTheorem("nonzero-multiple", (ONE,), (NormalForm(), SignCalculus()))
        assert why(context, goal, proof, at(N=2, x=[1, 1], y=0)) == "Proved"

    def test_hints_do_not_matter(self) -> None:
        text, context = claim(r"\frac{x^2-1}{x-1}=x+1", X)[1], X
        for hint in (x, Apply("ln", (x,)), Name("unknown"), Divide(ONE, x), Matrix(((x,),)), ZERO, subtract(x, ONE)):
            assert why(context, text, NormalForm((hint,)), at(x=2)) == "Proved"
            wrong = replace(text, right=x)
            assert why(context, wrong, NormalForm((hint,)), at(x=2)) == "the two sides have different normal forms"
            negative = Relation(Multiply((x, subtract(x, ONE))), ">", ZERO)
            assert "does not follow" in why(context, negative, SignCalculus((hint,)), at(x=2))

    def test_every_number_matters(self) -> None:
        for number in (rational(Fraction(2, 3)), ZERO):
            no_decimal = Relation(number, "≈", Add((ZERO, ZERO)))  # no digits are shown
            assert "not known to be the number rounded" in why(Context(), no_decimal, Rounding(), Model())
            not_rounded = Relation(number, "=", number)
            assert "compares a number with a decimal" in why(Context(), not_rounded, Rounding(), Model())
        square = Relation(Power(Add((x, integer(3))), integer(2)), "=",
                          Add((Power(x, integer(2)), Multiply((integer(6), x)), integer(9))))  # fmt: skip
        assert why(X, square, NormalForm(), at(x=1)) == "Proved"
        for left, right in ((4, 9), (3, 8)):
            wrong = Relation(Power(Add((x, integer(left))), integer(2)), "=",
                             Add((Power(x, integer(2)), Multiply((integer(6), x)), integer(right))))  # fmt: skip
            assert why(X, wrong, NormalForm(), at(x=1)) == "the two sides have different normal forms"

    def test_a_claim_nested_too_deeply_is_open(self) -> None:
        deep: Term = x
        for _ in range(20_000):
            deep = Negate(deep)
        assert why(X, Relation(deep, "=", deep), NormalForm(), at(x=1)) == "the claim is nested too deeply"
        found = refute(Claim(X, Relation(deep, "=", ZERO)), at(x=1))
        assert isinstance(found, Open)

    def test_what_the_point_cannot_say_was_proved(self) -> None:
        goal = Relation(Integral("t", ZERO, INFINITY, Apply("exp", (Negate(Name("t")),))), "=", ONE)
        assert why(Context(), goal, NormalForm(), Model()) == "Proved"


class TestRefute:
    def of(self, context: Context, goal: Statement, model: Model) -> str:
        found = refute(Claim(context, goal), model)
        if isinstance(found, Open):
            return found.reason
        assert isinstance(found, Refuted)
        assert found.left[1] < found.right[0] or found.right[1] < found.left[0]
        return "refuted"

    def test_refuted(self) -> None:
        asked = Claim(X, Relation(Apply("sqrt", (Power(x, integer(2)),)), "=", x))
        one = Fraction(1)
        assert refute(asked, at(x=-1)) == Refuted(asked, at(x=-1), (one, one), (-one, -one))

    def test_not_at_a_point_where_it_holds(self) -> None:
        goal = Relation(Apply("sqrt", (Power(x, integer(2)),)), "=", x)
        assert self.of(X, goal, at(x=1)) == "the statement does not certainly fail at the witness"
        assert self.of(X, Relation(Divide(x, integer(3)), "=", Multiply((x, rational(Fraction(1, 3))))), at(x=7)) == (
            "the statement does not certainly fail at the witness"
        )

    def test_not_outside_of_the_context(self) -> None:
        goal = Relation(Apply("sqrt", (Power(x, integer(2)),)), "=", x)
        for model in (at(x=-1), at(), at(y=1)):
            assert self.of(given(x="pos"), goal, model) == "the witness does not satisfy the context"

    def test_not_where_a_family_that_is_defined_has_no_value(self) -> None:
        i, first = Name("i"), Element("x", (ONE,))
        roots = Context().declare("x", Family((None,), REAL)).define("y", ("i",), Apply("sqrt", (Element("x", (i,)),)))
        for value, said in ((-1, "the witness could not be evaluated"), (0, "refuted")):
            members = Model((Assignment("x", (Entry((1,), Fraction(value)),)),))
            assert self.of(roots, Relation(first, "≥", ONE), members).startswith(said)

    def test_not_where_a_function_has_no_value_anywhere(self) -> None:
        a, t = Name("a"), Name("t")
        for body, said in (((a, t), "refuted"), ((a,), "the witness could not be evaluated")):
            functions = given(a="real").define("f", ("t",), Apply("sqrt", (Add(body),)))
            assert self.of(functions, Relation(a, "≥", ZERO), at(a=-1)).startswith(said)

    @pytest.mark.parametrize("left", [Divide(ONE, x), Apply("ln", (x,)), Multiply((ZERO, Divide(ONE, x)))])
    def test_not_where_a_subterm_is_undefined(self, left: Term) -> None:
        assert (
            self.of(X, Relation(left, "=", integer(5)), at(x=0))
            == "the statement does not certainly fail at the witness"
        )

    @pytest.mark.parametrize(
        ("sign", "value", "fails"),
        [("=", 1, True), ("=", 0, False), ("≠", 0, True), ("≠", 1, False), ("<", 0, True), ("<", -1, False),
         ("≤", 1, True), ("≤", 0, False), (">", 0, True), (">", 1, False), ("≥", -1, True), ("≥", 0, False)],
    )  # fmt: skip
    def test_every_relation(self, sign: str, value: int, fails: bool) -> None:
        found = refute(Claim(X, Relation(x, sign, ZERO)), at(x=value))  # type: ignore[arg-type]
        assert isinstance(found, Refuted) == fails

    def test_for_each(self) -> None:
        context = given(N="nat", x="family")
        goal = ForEach("i", ONE, N, Relation(Element("x", (i,)), ">", ZERO))
        assert self.of(context, goal, at(N=3, x=[1, 2, -3])) == "refuted"
        assert "does not certainly fail" in self.of(context, goal, at(N=3, x=[1, 2, 3]))
        late = ForEach("i", integer(2), N, Relation(Element("x", (i,)), ">", ZERO))
        assert "does not certainly fail" in self.of(context, late, at(N=2, x=[-1, 2]))
        half = ForEach("i", rational(Fraction(1, 2)), N, Relation(i, ">", N))
        assert "not a range of integers" in self.of(context, half, at(N=1, x=[1]))
        long = ForEach("i", ONE, integer(2000), Relation(i, ">", ZERO))
        assert "too long" in self.of(Context(), long, Model())

    def test_implication(self) -> None:
        goal = Implies(Relation(x, ">", ZERO), Relation(x, ">", ONE))
        assert self.of(X, goal, at(x="1/2")) == "refuted"
        for value in (2, -1):
            assert "does not certainly fail" in self.of(X, goal, at(x=value))

    @pytest.mark.parametrize(("value", "fails"), [(1, True), (3, False), ("-1", False)])
    def test_equivalence(self, value: object, fails: bool) -> None:
        one, other = Relation(x, ">", ZERO), Relation(x, ">", integer(2))
        for goal in (Equivalent(one, other), Equivalent(other, one)):
            assert (self.of(X, goal, at(x=value)) == "refuted") == fails

    def test_optimum(self) -> None:
        hill = Negate(Power(subtract(v, ONE), integer(2)))
        context = Context().declare("v", REAL)
        for kind, objective in (("maximum", hill), ("minimum", Negate(hill))):
            claimed = Optimum(kind, integer(3), objective, "v", LINE)  # type: ignore[arg-type]
            assert self.of(context, claimed, at(v=2)) == "refuted"
            assert "does not certainly fail" in self.of(context, claimed, at(v=5))
            right = replace(claimed, point=ONE)
            assert "does not certainly fail" in self.of(context, right, at(v=2))

    @pytest.mark.parametrize(
        ("domain", "value", "inside"),
        [
            (Interval(ZERO, INFINITY), -1, False),
            (Interval(ZERO, INFINITY), 0, False),
            (Interval(ZERO, INFINITY, True), 0, True),
            (Interval(Negate(INFINITY), ZERO), 0, False),
            (Interval(Negate(INFINITY), ZERO, False, True), 0, True),
            (Interval(Negate(INFINITY), ZERO), 1, False),
            (Interval(Negate(ONE), ONE), "1/2", True),
            (None, 0, False),
        ],
    )
    def test_a_better_point_must_lie_in_the_domain(self, domain: Interval | None, value: object, inside: bool) -> None:
        goal = Optimum("maximum", integer(5), Negate(Power(v, integer(2))), "v", domain)
        assert (self.of(Context().declare("v", REAL), goal, at(v=value)) == "refuted") == inside
        assert (self.of(Context().declare("x", REAL), goal, at(x=value)) == "refuted") is False

    def test_what_is_not_refuted_by_points(self) -> None:
        for goal in (NoOptimum("maximum", x, "x", LINE), Diverges(Integral("x", ZERO, INFINITY, ZERO))):
            assert "does not certainly fail" in self.of(X, goal, at(x=1))
        beside_a_number = Relation(Matrix(((x, ONE),)), "=", ONE)
        assert "does not certainly fail" in self.of(X, beside_a_number, at(x=0))

    def test_matrices_entry_by_entry(self) -> None:
        matrix = Relation(Matrix(((ONE, x),)), "=", Matrix(((ONE, ONE),)))
        assert self.of(X, matrix, at(x=0)) == "refuted"
        unequal = replace(matrix, sign="≠")
        assert "entries may be equal" in self.of(X, unequal, at(x=1))
        assert "does not certainly fail" in self.of(X, matrix, at(x=1))

    @pytest.mark.parametrize(
        ("power", "order", "place"),
        [(0, 1, (0,)), (1, 2, (1,)), (2, 3, (2,)), (2, 9, (2,)), (1, 1, None), (2, 2, None)],
    )
    def test_a_remainder_with_a_lower_term(self, power: int, order: int, place: tuple[int] | None) -> None:
        claimed = Claim(X, UpToOrder(Add((x, Power(x, integer(power)))), x, "x", order))
        found = refute(claimed, at(x=1))
        assert (found.place if isinstance(found, Refuted) else None) == place
        assert isinstance(found, Open) == (place is None)

    def test_a_remainder_without_a_derivative_at_0(self) -> None:
        for root in (Apply("abs", (x,)), Apply("sqrt", (x,)), Apply("ln", (x,))):
            assert self.of(X, UpToOrder(root, ZERO, "x", 2), at(x=1)) != "refuted"

    def test_not_where_something_defined_has_no_value(self) -> None:
        """q = ln x, said beside the claim, says that x is positive."""
        context, goal = X.define("q", (), Apply("ln", (x,))), Relation(x, "≥", ONE)
        assert self.of(context, goal, at(x="1/2")) == "refuted"
        assert "could not be evaluated" in self.of(context, goal, at(x=-1))

    def test_functions_must_be_exhibited(self) -> None:
        context, square = given(f="function", x="real"), FunctionChoice(("t",), Power(Name("t"), integer(2)))
        goal, value = Relation(Apply("f", (x,)), "=", x), Assignment("x", Fraction(2))
        assert "without an exhibited one" in self.of(context, goal, Model((value,)))
        assert self.of(context, goal, Model((value, Assignment("f", square)))) == "refuted"
        one = Assignment("x", Fraction(1))
        assert "does not certainly fail" in self.of(context, goal, Model((one, Assignment("f", square))))

    def test_a_derivative_of_an_exhibited_function(self) -> None:
        context, square = given(f="function", x="real"), FunctionChoice(("t",), Power(Name("t"), integer(2)))
        model = Model((Assignment("x", Fraction(3)), Assignment("f", square)))
        slope = Derivative(Apply("f", (x,)), x)
        assert self.of(context, Relation(slope, "=", integer(9)), model) == "refuted"
        assert "does not certainly fail" in self.of(context, Relation(slope, "=", integer(6)), model)

    def test_exhibited_functions_must_satisfy_the_context(self) -> None:
        context = given(f="function", x="real").assume(Relation(Apply("f", (ZERO,)), "=", ONE))
        goal, at_one = Relation(Apply("f", (x,)), "=", ZERO), Assignment("x", Fraction(1))
        shown = {name: FunctionChoice(("t",), body) for name, body in (("right", ONE), ("wrong", integer(2)))}
        model = Model((at_one, Assignment("f", shown["right"])), (NormalForm(),))
        assert self.of(context, goal, model) == "refuted"
        assert "without proofs" in self.of(context, goal, replace(model, premises=()))
        wrong = replace(model, assignments=(at_one, Assignment("f", shown["wrong"])))
        assert "different normal forms" in self.of(context, goal, wrong)

    def test_not_with_functions_of_vectors(self) -> None:
        context = given(f="function").declare("v", Vector(Name("n")))
        model = Model((Assignment("v", Fraction(1)), Assignment("f", FunctionChoice(("t",), ONE))))
        assert self.of(context, Relation(ONE, "=", ZERO), model).startswith("the witness could not be evaluated")
        context = given(f="function", x="real", n="nat").declare("v", Vector(Name("n")))
        model = replace(model, assignments=(*model.assignments, *at(x=1, n=1).assignments))
        assert self.of(context, Relation(x, "=", ZERO), model).startswith("the witness could not be evaluated")

    def test_values_are_not_taken_from_functions(self) -> None:
        model = Model((Assignment("x", FunctionChoice((), ONE)),))
        assert self.of(X, Relation(x, "=", ZERO), model) == "the witness does not satisfy the context"
