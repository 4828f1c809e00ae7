"""Induction over a natural number: what it proves, and what each of its conditions keeps out."""

from __future__ import annotations

import pytest

from engine.kernel.theorems.table import obligations
from engine.kernel.unproved import Unproved
from engine.meaning.context import Context
from engine.meaning.sort import REAL, Family, IndexRange, Integer, Vector
from engine.meaning.statement import ForEach, Relation
from engine.meaning.term import (
    ONE,
    ZERO,
    Add,
    Apply,
    Derivative,
    Divide,
    Element,
    Multiply,
    Name,
    Negate,
    Power,
    Sum,
    Term,
    integer,
    subtract,
)
from tests.kernel.exercise import by, claim, given, proved, reason, says, why_not

N, K, M, R = map(Name, "NkMr")
TWO = integer(2)
GAUSS = Relation(Sum("i", ONE, N, Name("i")), "=", Divide(Multiply((N, Add((N, ONE)))), TWO))
STEP = by("induction", N, ONE, ONE, ONE)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (r"\sum_{i=1}^N i=\frac{N(N+1)}{2}", {"N": "nat"}),
        (r"\sum_{i=0}^N i=\frac{N(N+1)}{2}", {"N": "nat0"}),
        (r"\sum_{i=1}^N i^2=\frac{N(N+1)(2N+1)}{6}", {"N": "nat"}),
        (r"\sum_{i=1}^N i^4=\frac{N(N+1)(2N+1)(3N^2+3N-1)}{30}", {"N": "nat"}),
        (r"\sum_{i=1}^N\frac{1}{i(i+1)}=\frac{N}{N+1}", {"N": "nat"}),
        (r"\sum_{i=1}^N(-1)^i i=\frac{(-1)^N(2N+1)-1}{4}", {"N": "nat"}),
        (r"\sum_{i=1}^N i\,i!=(N+1)!-1", {"N": "nat"}),
        (r"\sum_{k=0}^{N-1}r^k=\frac{1-r^N}{1-r}", {"N": "nat", "r": "unit"}),
        (r"\sum_{i=1}^N\sum_{j=1}^M i j^2=\frac{N(N+1)M(M+1)(2M+1)}{12}", {"N": "nat", "M": "nat"}),
        (r"\sum_{i=1}^N\sum_{j=1}^i\sum_{k=1}^j 1=\frac{N(N+1)(N+2)}{6}", {"N": "nat"}),
        (r"\sum_{k=1}^N\sum_{i=1}^k x_i=\sum_{i=1}^N(N-i+1)x_i", {"N": "nat", "x": "family"}),
        (
            r"\sum_{i=1}^N\sum_{j=1}^i x_i y_j=\sum_{j=1}^N\sum_{i=j}^N x_i y_j",
            {"N": "nat", "x": "family", "y": "family"},
        ),
        (r"\sum_{i=3}^N(i-1)(i-2)=\frac{N(N-1)(N-2)}{3}", {"N": "nat"}),
        (r"\prod_{i=1}^N\frac{i+1}{i}=N+1", {"N": "nat"}),
        (r"\prod_{i=1}^N i=N!", {"N": "nat"}),
        (r"\prod_{i=1}^N|x_i|=|\prod_{i=1}^N x_i|", {"N": "nat", "x": "family"}),
    ],
)  # fmt: skip
def test_what_it_proves(text: str, kinds: dict[str, str]) -> None:
    assert says(text, **kinds).conditions == ()


def test_what_the_claim_needs_in_order_to_be_defined_may_be_used() -> None:
    context, goal = claim(r"\sum_{k=0}^{N}r^k=\frac{1-r^{N+1}}{1-r}", given(N="nat0", r="real"))
    found = proved(context, goal, by("induction", N, ZERO, ZERO, ONE))
    assert found.conditions == (Relation(subtract(ONE, Name("r")), "≠", ZERO),)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (r"\sum_{i=1}^N i=\frac{N(N+1)}{2}+1", {"N": "nat"}),  # the start
        (r"\sum_{i=1}^N i=N", {"N": "nat"}),  # true at 1
        (r"\sum_{i=1}^N i=N^2-N+1", {"N": "nat"}),  # true at 1 and 2
        (r"\sum_{i=1}^N i=\frac{N(N+1)}{2}", {"N": "integer"}),  # false at -3
        (r"\sum_{i=1}^N i=\frac{N(N-1)}{2}", {"N": "nat0"}),
        (r"\sum_{i=1}^N x_i=N x_N", {"N": "nat", "x": "family"}),
        (r"\prod_{i=1}^N 2=2N", {"N": "nat"}),  # true at 1 and 2
        (r"\prod_{i=1}^N(-1)=-1", {"N": "nat"}),
        (r"\sum_{i=1}^N\sum_{j=1}^M i j=\frac{N(N+1)M(M-1)}{4}", {"N": "nat", "M": "nat"}),
    ],
)
def test_what_it_does_not_prove(text: str, kinds: dict[str, str]) -> None:
    why_not(text, **kinds)


def holds(context: Context, goal: Relation, *, first: Term = ONE, last: Term | None = None, factor: Term = ONE) -> bool:
    """Whether an induction with these parameters proves the goal."""
    try:
        proved(context, goal, by("induction", Name("N"), first, last or first, factor))
    except Unproved:
        return False
    return True


class TestStart:
    def test_it_begins_at_the_least_value(self) -> None:
        shifted = Relation(GAUSS.left, "=", Add((GAUSS.right, Multiply((ZERO, N)))))
        assert holds(given(N="nat"), shifted)
        assert not holds(given(N="nat0"), GAUSS)
        assert holds(given(N="nat0"), GAUSS, first=ZERO)

    @pytest.mark.parametrize(("kind", "first"), [("nat", TWO), ("integer", ONE), ("nat0", ONE)])
    def test_not_above_it(self, kind: str, first: Term) -> None:
        assert "does not follow from the signs" in reason(given(N=kind), GAUSS, by("induction", N, first, first, ONE))

    @pytest.mark.parametrize(("first", "last"), [(ONE, integer(13)), (ONE, ZERO), (ONE, K), (K, ONE), (K, M), (R, R)])
    def test_not_backwards_nor_far(self, first: Term, last: Term) -> None:
        context = given(N="nat", k="nat", M="nat", r="real").assume(*(Relation(k, "≤", N) for k in (K, M, R)))
        assert "starts at a few numbers" in reason(context, GAUSS, by("induction", N, first, last, ONE))

    def test_every_value_below_the_last_start_is_proved_by_itself(self) -> None:
        # Σ_{i=1}^N i against a polynomial through the points 2 and 3 only
        goal = Relation(GAUSS.left, "=", subtract(Multiply((integer(3), N)), integer(3)))
        found = obligations("induction", given(N="nat0"), goal, (N, ZERO, integer(3), ONE))
        left = [o.statement.left for o in found if isinstance(o.statement, Relation)]
        assert left[:5] == [N, *(Sum("i", ONE, integer(start), Name("i")) for start in range(4))]
        assert not holds(given(N="nat"), goal, last=integer(3))

    @pytest.mark.parametrize(
        ("fact", "start"),
        [
            (Relation(N, "≥", integer(3)), 3),
            (Relation(N, ">", integer(3)), 4),
            (Relation(integer(3), "≤", N), 3),
            (Relation(integer(3), "<", N), 4),
            (Relation(N, "≤", integer(3)), 1),
            (Relation(N, "≥", integer(-3)), 1),
            (Relation(K, "≥", integer(3)), 1),
        ],
    )
    def test_what_facts_say_of_it(self, fact: Relation, start: int) -> None:
        context = given(N="nat", k="nat").assume(fact)
        assert holds(context, GAUSS, first=integer(start))
        assert not holds(context, GAUSS, first=integer(start + 1))

    def test_a_name_below_it(self) -> None:
        goal = Relation(Sum("i", K, N, ONE), "=", Add((subtract(N, K), ONE)))
        context = given(k="integer", N="integer")
        for fact in (Relation(K, "≤", N), Relation(N, "≥", K), Relation(K, "<", N)):
            assert holds(context.assume(fact), goal, first=K)
        for fact in (Relation(N, "≤", K), Relation(K, "≤", M), Relation(N, "≠", K)):
            assert not holds(context.assume(fact), goal, first=K)
        assert not holds(context, goal, first=K)
        assert not holds(given(k="real", N="integer").assume(Relation(K, "≤", N)), goal, first=K)
        assert not holds(context.assume(Relation(N, "≤", N)), goal, first=N)


class TestInequalities:
    @pytest.mark.parametrize(
        ("text", "kinds", "last", "factor"),
        [
            (r"(1+x)^N \ge 1+Nx", {"x": "nonneg", "N": "nat"}, ONE, Add((ONE, Name("x")))),
            (r"2^N > N", {"N": "nat"}, TWO, TWO),
            (r"N < 2^N", {"N": "nat"}, TWO, TWO),
            (r"r^N \le 1", {"r": "unit", "N": "nat"}, ONE, Name("r")),
        ],
    )
    def test_by_a_factor(self, text: str, kinds: dict[str, str], last: Term, factor: Term) -> None:
        context, goal = claim(text, given(**kinds))
        assert proved(context, goal, by("induction", N, ONE, last, factor)).conditions == ()

    @pytest.mark.parametrize(
        ("text", "kinds", "last", "factor"),
        [
            (r"2^N > N", {"N": "nat"}, ONE, TWO),  # the step from 1 to 2 gives 0 > 0
            (r"2^N > N + 1", {"N": "nat"}, TWO, TWO),  # false at 1
            (r"N \cdot 2^N \ge N^3", {"N": "nat"}, integer(4), TWO),  # false at 3
            (r"(1+x)^N \ge 1+Nx", {"x": "real", "N": "nat"}, ONE, Add((ONE, Name("x")))),  # of x < -1 it is false
            (r"1 \ge r^N", {"r": "real", "N": "nat"}, ONE, Name("r")),
        ],
    )
    def test_no_start_or_no_step(self, text: str, kinds: dict[str, str], last: Term, factor: Term) -> None:
        context, goal = claim(text, given(**kinds))
        reason(context, goal, by("induction", N, ONE, last, factor))

    def test_the_factor_is_not_negative(self) -> None:
        context, goal = claim(r"(-2)^N \ge 0", given(N="nat0"))
        premises = obligations("induction", context, goal, (N, ZERO, ZERO, Negate(TWO)))
        assert premises[-1].statement == Relation(Negate(TWO), "≥", ZERO)
        reason(context, goal, by("induction", N, ZERO, ZERO, Negate(TWO)))


class TestContext:
    """Each number on the way has a context that the point satisfies, too."""

    FACT = ForEach("i", ONE, N, Relation(Element("x", (Name("i"),)), ">", ZERO))

    def test_families_and_facts_about_them_reach_as_far_as_is_gone(self) -> None:
        goal = Relation(Sum("i", ONE, N, Element("x", (Name("i"),))), "=", Sum("j", ONE, N, Element("x", (Name("j"),))))
        _, base, step = obligations("induction", given(N="nat", x="pos family"), goal, (N, ONE, ONE, ONE))
        after = Add((N, ONE))
        for context, end in ((base.context, ONE), (step.context, after)):
            assert context.sort_of("x") == Family((IndexRange(ONE, end),), REAL)
            assert context.facts == (ForEach("i", ONE, end, self.FACT.body),)
        assert base.context.sort_of("N") is None
        assert step.context.sort_of("N") == Integer(1)

    @pytest.mark.parametrize(
        "fact",
        [
            Relation(Element("x", (N,)), ">", ZERO),
            Relation(N, "≤", integer(5)),
            Relation(K, "≤", N),
            Relation(N, "=", K),
            ForEach("i", N, integer(9), Relation(Name("i"), ">", ZERO)),
            ForEach("i", ONE, Multiply((TWO, N)), Relation(Name("i"), ">", ZERO)),
            ForEach("i", ONE, N, Relation(Name("i"), "<", Add((N, ONE)))),
            ForEach("i", ONE, M, Relation(Name("i"), "<", Add((N, ONE)))),
        ],
    )
    def test_what_need_not_hold_of_less_is_left_out(self, fact: Relation | ForEach) -> None:
        context = given(N="nat", k="nat", M="nat", x="free family").assume(fact)
        for obligation in obligations("induction", context, GAUSS, (N, ONE, ONE, ONE))[1:]:
            assert obligation.context.facts == ()

    def test_other_facts_stay(self) -> None:
        facts = (Relation(K, ">", TWO), ForEach("i", ONE, M, Relation(Name("i"), "<", K)))
        context = given(N="nat", k="nat", M="nat").assume(*facts)
        for obligation in obligations("induction", context, GAUSS, (N, ONE, ONE, ONE))[1:]:
            assert obligation.context.facts == facts

    def test_definitions_are_put_in(self) -> None:
        context = given(N="nat").define("S", (), GAUSS.left).define("M", (), N)
        assert holds(context, Relation(Name("S"), "=", GAUSS.right))
        family = context.declare("x", Family((IndexRange(ONE, M),), REAL))
        *_, step = obligations("induction", family, GAUSS, (N, ONE, ONE, ONE))
        assert step.context.sort_of("x") == Family((IndexRange(ONE, Add((N, ONE))),), REAL)
        assert step.context.definitions == ()

    @pytest.mark.parametrize(
        ("lower", "upper"),
        [
            (N, Add((N, TWO))),
            (ONE, Multiply((TWO, N))),
            (ONE, Negate(N)),
            (M, N),
            (ONE, Power(N, TWO)),
            (ONE, subtract(M, N)),
        ],
    )
    def test_ranges_that_need_not_grow_are_refused(self, lower: Term, upper: Term) -> None:
        context = given(N="nat").define("M", (), N).declare("x", Family((IndexRange(lower, upper),), REAL))
        assert "need not grow" in reason(context, GAUSS, STEP)

    @pytest.mark.parametrize("upper", [N, Add((N, TWO)), subtract(N, ONE), K, Multiply((K, K))])
    def test_ranges_that_grow(self, upper: Term) -> None:
        context = given(N="nat", k="nat").declare("x", Family((IndexRange(ZERO, upper),), REAL))
        assert holds(context, GAUSS)

    def test_sizes_are_refused(self) -> None:
        assert "a size" in reason(given(N="nat").declare("v", Vector(N)), GAUSS, STEP)
        inside = Family((IndexRange(ONE, K),), Vector(N))
        assert "a size" in reason(given(N="nat", k="nat").declare("v", inside), GAUSS, STEP)


class TestForm:
    def test_only_equations_and_inequalities(self) -> None:
        assert "does not apply" in reason(given(N="nat"), Relation(GAUSS.left, "≠", GAUSS.right), STEP)
        assert "does not apply" in reason(given(N="nat"), Relation(GAUSS.left, "≈", GAUSS.right), STEP)
        assert "does not apply" in reason(given(N="nat"), GAUSS, by("induction", N, ONE, ONE))
        assert "does not apply" in reason(given(N="nat"), GAUSS, by("induction", ONE, ONE, ONE, ONE))
        assert "does not apply" in reason(given(N="nat"), GAUSS, by("induction", N, GAUSS, GAUSS, ONE))

    @pytest.mark.parametrize("kind", ["real", "pos", "unit"])
    def test_only_over_integers(self, kind: str) -> None:
        goal = Relation(Power(N, TWO), "=", Multiply((N, N)))
        assert "not declared as an integer" in reason(given(N=kind), goal, STEP)

    def test_not_over_a_defined_name(self) -> None:
        assert "not declared as an integer" in reason(given(k="nat").define("N", (), K), GAUSS, STEP)

    @pytest.mark.parametrize(
        "side",
        [
            Sum("N", ONE, integer(3), N),
            Derivative(Power(N, TWO), N),
            Derivative(Element("x", (N,)), Element("x", (N,))),
            Multiply((TWO, Sum("N", ONE, integer(3), N))),
        ],
    )
    def test_nothing_is_bound_or_differentiated_in_by_the_name(self, side: Term) -> None:
        goal = Relation(side, "=", side)
        assert "bound or differentiated in" in reason(given(N="nat", x="free family"), goal, STEP)
        assert "bound or differentiated in" in reason(
            given(N="nat", x="free family"), GAUSS, by("induction", N, ONE, ONE, side)
        )

    def test_a_premise_needs_no_condition(self) -> None:
        # 1/(N - 1) is 1/1 at 2 and undefined at 1: a claim about N = 1 says nothing, the step from 1 would not either
        goal = Relation(Divide(GAUSS.left, subtract(N, ONE)), "=", Divide(GAUSS.right, subtract(N, ONE)))
        assert not holds(given(N="nat"), goal)
        at_two = given(N="nat").assume(Relation(N, "≥", TWO))
        assert holds(at_two, Relation(GAUSS.left, "=", GAUSS.right), first=TWO)

    def test_the_factor(self) -> None:
        power = Relation(Power(TWO, N), "=", Multiply((TWO, Power(TWO, subtract(N, ONE)))))
        assert holds(given(N="nat"), power, factor=TWO)
        goal = Relation(Apply("abs", (Power(Name("r"), N),)), "=", Power(Apply("abs", (Name("r"),)), N))
        assert not holds(given(N="nat", r="real"), goal, factor=Divide(ONE, Name("r")))  # undefined at 0

    def test_the_name_is_captured_by_no_index(self) -> None:
        context, goal = claim(
            r"\sum_{i=1}^N\sum_{j=1}^i k=k\frac{N(N+1)}{2}", given(N="nat", k="nat").assume(Relation(K, "≤", N))
        )
        assert proved(context, goal).conditions == ()
