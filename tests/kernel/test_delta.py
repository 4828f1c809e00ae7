"""The Kronecker delta in the kernel: each rule proves a claim, and proves none where its condition is missing."""

from __future__ import annotations

from fractions import Fraction

import pytest

from engine.kernel.certificate import Assignment, Entry, Model
from engine.kernel.enclosures.enclosure import Beyond, Undefined, decide, enclose
from engine.kernel.enclosures.interval import between, compared, point
from engine.kernel.forms.algebra import Unproved
from engine.meaning.context import Context
from engine.meaning.sort import Family, Integer
from engine.meaning.statement import ForEach, Relation
from engine.meaning.term import (
    INFINITY,
    ONE,
    ZERO,
    Add,
    Apply,
    Comparison,
    Divide,
    Element,
    Multiply,
    Name,
    Negate,
    Sum,
    integer,
)
from tests.families import claim, declared
from tests.kernel.exercise import proved

i, j, k, x, N = (Name(name) for name in "ijkxN")


def delta(left: object, right: object) -> Apply:
    return Apply("delta", (left, right))  # type: ignore[arg-type]


def holds(text: str, **kinds: str) -> tuple[str, ...]:
    """The conditions under which the kernel proves the claim."""
    said = claim(text, declared(**kinds))
    return tuple(map(str, proved(said.context, said.statement).conditions))


def fails(text: str, **kinds: str) -> str:
    """Why the kernel does not prove the claim."""
    with pytest.raises(Unproved) as reason:
        holds(text, **kinds)
    return str(reason.value)


INDICES = {"i": "integer", "j": "integer", "k": "integer"}

DECIDED = [
    r"\delta_{ii} = 1",
    r"\delta_{k,k+1} = 0",
    r"\delta_{2,3} = 0",
    r"\delta_{3,3} = 1",
    r"\delta_{ij} = \delta_{ji}",
    r"\delta_{i+1,j+1} = \delta_{ij}",
    r"\delta_{2i,2j} = \delta_{ij}",
    r"\delta_{-i,j} = \delta_{i,-j}",
    r"\delta_{2i,2j+1} = 0",
    r"\delta_{6i,4j+1} = 0",
    r"\delta_{ij}^2 = \delta_{ij}",
    r"\sqrt{\delta_{ij}} = \delta_{ij}",
    r"|\delta_{ij}| = \delta_{ij}",
    r"(1 - \delta_{ij})^2 = 1 - \delta_{ij}",
    r"\delta_{ij}(1 - \delta_{ij}) = 0",
    r"2^{\delta_{ij}} = 1 + \delta_{ij}",
    r"\frac{1}{1 + \delta_{ij}} = 1 - \frac{\delta_{ij}}{2}",
    r"\mathbf{1}[i = j] = \delta_{ij}",
    r"\mathbf{1}[i \ne j] = 1 - \delta_{ij}",
    r"\mathbf{1}[i < i + 1] = 1",
    r"\mathbf{1}[i > i + 1] = 0",
]


@pytest.mark.parametrize("text", DECIDED)
def test_a_delta_is_0_or_1_and_symmetric(text: str) -> None:
    assert holds(text, **INDICES) == ()


NOT_DECIDED = [
    r"\delta_{ij} = 0",
    r"\delta_{ij} = 1",
    r"\delta_{2i,j} = 0",
    r"\delta_{3i,2j+1} = 0",
    r"\delta_{2i,j} = \delta_{i,2j}",
    r"\delta_{ij} = \delta_{i,-j}",
    r"\delta_{ij} \delta_{jk} = \delta_{ik}",
    r"\delta_{ij} + \delta_{jk} = 2\delta_{ik}",
    r"\delta_{ij}^2 = 1",
    r"\mathbf{1}[i \le j] = 1",
]


@pytest.mark.parametrize("text", NOT_DECIDED)
def test_it_is_not_decided_where_the_indices_do_not_tell(text: str) -> None:
    fails(text, **INDICES)


def test_the_facts_about_indices_decide() -> None:
    below = declared(**INDICES).assume(Relation(i, "<", j))
    apart = declared(**INDICES).assume(Relation(i, "≠", j))
    bounded = declared(**INDICES).assume(Relation(i, "≤", j), Relation(j, "≤", i))
    near = declared(**INDICES).assume(Relation(i, "≤", j))
    before = declared(**INDICES).assume(Relation(Add((i, ONE)), "≤", j))
    through = declared(**INDICES).assume(Relation(i, "≤", k), Relation(k, "<", j))
    for context, value in ((below, ZERO), (apart, ZERO), (before, ZERO), (through, ZERO), (bounded, ONE)):
        assert proved(context, Relation(delta(i, j), "=", value)).conditions == ()
        other = ONE if value == ZERO else ZERO
        with pytest.raises(Unproved):
            proved(context, Relation(delta(i, j), "=", other))
    for value in (ZERO, ONE):
        with pytest.raises(Unproved):
            proved(near, Relation(delta(i, j), "=", value))


def test_unequal_is_the_same_either_way_round() -> None:
    for one, other in ((i, j), (j, i)):
        context = declared(i="nat", j="nat").assume(Relation(one, "≠", other))
        assert proved(context, Relation(delta(i, j), "=", ZERO)).conditions == ()


def test_unequal_integers_may_differ_either_way() -> None:
    """With i - j in {-1, 0, 1}: where i ≠ j, neither i < j nor i > j follows."""
    near = declared(**INDICES).assume(Relation(i, "≤", Add((j, ONE))), Relation(j, "≤", Add((i, ONE))))
    for other in (Add((j, ONE)), Add((j, Negate(ONE)))):
        with pytest.raises(Unproved):
            proved(near, Relation(Add((delta(i, j), delta(i, other))), "=", ONE))
    above = near.assume(Relation(i, "≥", j))
    assert proved(above, Relation(Add((delta(i, j), delta(i, Add((j, ONE))))), "=", ONE)).conditions == ()


def test_a_strict_fact_says_one_more_of_integers_only() -> None:
    text = r"\mathbf{1}[i = j + \frac12] = 0"
    assert holds(text, **INDICES) == ()
    assert "normal forms" in fails(text, i="real", j="integer")


def test_a_strict_fact_between_real_numbers_says_no_more() -> None:
    """With j < x < i for a real x, i may be j + 1."""
    context = declared(i="integer", j="integer", x="real").assume(Relation(i, ">", x), Relation(x, ">", j))
    with pytest.raises(Unproved):
        proved(context, Relation(delta(i, Add((j, ONE))), "=", ZERO))


@pytest.mark.parametrize("order", ["ij", "ji"])
def test_half_an_index_is_no_exponent(order: str) -> None:
    """Where 2i = j, (-1)^i is not (-1)^j: i = 1, j = 2."""
    for text in (
        r"\mathbf{1}[2i=j](-1)^i = \mathbf{1}[2i=j](-1)^j",
        r"\mathbf{1}[2j=i](-1)^i = \mathbf{1}[2j=i](-1)^j",
    ):
        fails(text, **dict.fromkeys(order, "nat"))


def test_a_fraction_is_no_index() -> None:
    goal = Relation(delta(Divide(i, integer(2)), j), "=", ZERO)
    with pytest.raises(Unproved, match="not known to be an integer"):
        proved(declared(**INDICES), goal)


def test_an_indicator_takes_real_numbers() -> None:
    assert holds(r"\mathbf{1}[x = 2 x] = \mathbf{1}[x = 0]", x="real") == ()
    assert holds(r"x \mathbf{1}[x = 1] = \mathbf{1}[x = 1]", x="real") == ()
    assert holds(r"x \mathbf{1}[3 x = 2 y] = \frac{2 y}{3} \mathbf{1}[3 x = 2 y]", x="real", y="real") == ()
    fails(r"x \mathbf{1}[3 x = 2 y] = \frac{3 y}{2} \mathbf{1}[3 x = 2 y]", x="real", y="real")
    fails(r"x \mathbf{1}[x = 1] = x", x="real")


# ---- cases


CASES = [
    (r"\delta_{ij} x_i = \delta_{ij} x_j", True),
    (r"\delta_{ij} x_i^2 = \delta_{ij} x_i x_j", True),
    (r"\delta_{ij} e^{x_i - x_j} = \delta_{ij}", True),
    (r"\delta_{ij} \delta_{jk} = \delta_{ij} \delta_{ik}", True),
    (r"\delta_{ij} \delta_{jk} x_i = \delta_{ik} \delta_{ij} x_j", True),
    (r"\delta_{i,j+1} x_i = \delta_{i,j+1} x_{j+1}", True),
    (r"\delta_{ij} x_i = \delta_{ij} x_k", False),
    (r"\delta_{ij} x_i = x_j", False),
    (r"\delta_{i,j+1} x_i = \delta_{i,j+1} x_j", False),
    (r"(1 - \delta_{ij}) x_i = (1 - \delta_{ij}) x_j", False),
]


@pytest.mark.parametrize(("text", "true"), CASES)
def test_where_it_is_1_the_indices_are_equal(text: str, true: bool) -> None:
    if true:
        assert holds(text, x="free", **INDICES) == ()
    else:
        fails(text, x="free", **INDICES)


def test_a_delta_in_an_index() -> None:
    """x_(i + δ_ij) is x_(i+1) where i = j, and x_i elsewhere."""
    equal, moved, own = (Element("x", (index,)) for index in (Add((i, delta(i, j))), Add((i, ONE)), i))
    right = Add((Multiply((delta(i, j), moved)), Multiply((Add((ONE, Negate(delta(i, j)))), own))))
    context = declared(x="free", **INDICES)
    assert proved(context, Relation(equal, "=", right)).conditions == ()
    with pytest.raises(Unproved):
        proved(context, Relation(equal, "=", moved))


def test_signs_are_taken_case_by_case() -> None:
    assert holds(r"\delta_{ij} \le 1", **INDICES) == ()
    assert holds(r"\delta_{ij} \ge 0", **INDICES) == ()
    assert holds(r"2 - \delta_{ij} - \delta_{jk} \ge 0", **INDICES) == ()
    assert holds(r"1 + \delta_{ij} - \delta_{jk} \ge 0", **INDICES) == ()
    assert holds(r"\mathbf{1}[x_i = x_j] \le 1", x="free", **INDICES) == ()
    fails(r"\delta_{ij} < 1", **INDICES)
    fails(r"\mathbf{1}[x_i = x_j] \le 0", x="free", **INDICES)
    fails(r"\delta_{ij} > 0", **INDICES)


def test_there_are_no_more_cases_than_it_has() -> None:
    """1 <= k <= 3 leaves k = 1, 2 and 3."""
    three = declared(k="nat", x="free").assume(Relation(k, "≤", integer(3)))
    four = declared(k="nat", x="free").assume(Relation(k, "≤", integer(4)))
    said = claim(r"\delta_{1k} x_1 + \delta_{2k} x_2 + \delta_{3k} x_3 = x_k", three)
    assert proved(said.context, said.statement).conditions == ()
    with pytest.raises(Unproved):
        proved(four, said.statement)


# ---- sums


SUMS = [
    (r"\sum_{i=1}^N \delta_{ik} x_i = x_k", {"k": "in N"}),
    (r"\sum_{i=1}^N \delta_{ik} = 1", {"k": "in N"}),
    (r"\sum_{i=1}^N \delta_{i,k} \delta_{i,m} x_i = \delta_{km} x_m", {"k": "in N", "m": "integer"}),
    (r"\sum_{i=1}^{N} \delta_{i,N} x_i = x_N", {}),
    (r"\sum_{i=1}^{N} \delta_{i,N+1} x_i = 0", {}),
    (r"\sum_{i=2}^{N+1} \delta_{i,1} x_i = 0", {}),
    (r"\sum_{i=1}^N \sum_{j=1}^N \delta_{ij} = N", {}),
    (r"\sum_{i=1}^N \sum_{j=1}^N \delta_{ij} x_i x_j = \sum_{i=1}^N x_i^2", {}),
    (r"\sum_{i=1}^N \sum_{j=1}^N (1 - \delta_{ij}) = N^2 - N", {}),
    (r"\sum_{j=1}^N \delta_{ij} \delta_{jk} = \delta_{ik}", {"i": "in N", "k": "integer"}),
    (r"\sum_{i=1}^N \delta_{ik} x_i = \sum_{j=1}^N x_j \delta_{kj}", {"k": "integer"}),
    (r"\sum_{k=1}^K \mathbf{1}[y_i = k] = 1", {"K": "nat", "y": "classes N K", "i": "in N"}),
    (r"\sum_{i=1}^N \sum_{k=1}^K \mathbf{1}[y_i = k] = N", {"K": "nat", "y": "classes N K"}),
    (r"\sum_{k=1}^K \mathbf{1}[y_i = k] x_k = x_{y_i}", {"K": "nat", "y": "classes N K", "i": "in N"}),
]


@pytest.mark.parametrize(("text", "kinds"), SUMS)
def test_the_index_of_a_sum_is_fixed(text: str, kinds: dict[str, str]) -> None:
    assert holds(text, N="nat", x="free", **kinds) == ()


OUT_OF_RANGE = [
    (r"\sum_{i=1}^N \delta_{ik} x_i = x_k", {"k": "nat"}),
    (r"\sum_{i=1}^N \delta_{ik} = 1", {"k": "integer"}),
    (r"\sum_{i=0}^N \delta_{ik} = 1", {"k": "nat"}),
    (r"\sum_{i=2}^{N+1} \delta_{ik} x_i = x_k", {"k": "in N"}),
    # All deltas of a sum are neither 0 nor 1 together.
    (r"\left(\sum_{i=1}^N \delta_{ik}\right) \left(\sum_{i=1}^N \delta_{ik} - N\right) = 0", {"k": "integer"}),
    (r"\sum_{i=1}^{N} \delta_{i,k+1} x_i = x_{k+1}", {"k": "in N"}),
    (r"\sum_{i=1}^{N} \delta_{2i,k} = 0", {"k": "in N"}),
    (r"\sum_{j=1}^N \delta_{ij} \delta_{jk} = \delta_{ik}", {"i": "integer", "k": "integer"}),
    (r"\sum_{i=1}^N \sum_{j=1}^M \delta_{ij} = N", {"M": "nat"}),
    (r"\sum_{k=1}^K \mathbf{1}[y_i = k] = 1", {"K": "nat", "y": "classes N M", "M": "nat", "i": "in N"}),
    (r"\sum_{k=2}^{K+1} \mathbf{1}[y_i = k] = 1", {"K": "nat", "y": "classes N K", "i": "in N"}),
    (r"\sum_{k=1}^K \mathbf{1}[t = k] = 1", {"K": "nat", "t": "real"}),
]


@pytest.mark.parametrize(("text", "kinds"), OUT_OF_RANGE)
def test_only_a_place_in_the_range_is_found(text: str, kinds: dict[str, str]) -> None:
    fails(text, N="nat", x="free", **kinds)


def test_the_condition_is_named() -> None:
    assert "whether k lies in 1, …, N" in fails(r"\sum_{i=1}^N \delta_{ik} = 1", N="nat", k="integer")
    assert "whether k + 1 lies in 1, …, N" in fails(r"\sum_{i=1}^N \delta_{i,k+1} = 1", N="nat", k="nat")
    assert "whether 2k lies in 1, …, N" in fails(r"\sum_{i=1}^N \delta_{i,2k} = 1", N="nat", k="nat")
    assert "whether" not in fails(r"\delta_{ij} = 1", **INDICES)


def test_a_member_that_is_there_has_its_index_in_range() -> None:
    (condition,) = holds(r"\sum_{i=1}^N \delta_{ik} x_i = x_k", N="nat", k="nat", x="of N")
    assert "≤" in condition
    fails(r"\sum_{i=1}^N \delta_{ik} x_i = \sum_{i=1}^k \delta_{ik} x_i", N="nat", k="nat", x="free")


def test_a_place_between_two_integers_is_not_in_the_range() -> None:
    """2 <= k <= 2N leaves odd k, for which no i has 2i = k."""
    said = claim(r"\sum_{i=1}^N \delta_{2i,k} = 1", declared(N="nat", k="nat"))
    within = said.context.assume(Relation(k, "≥", integer(2)), Relation(k, "≤", Multiply((integer(2), N))))
    with pytest.raises(Unproved):
        proved(within, said.statement)


@pytest.mark.parametrize("inside", [(), (">=",), ("<=",), (">=", "<=")])
def test_what_is_known_of_members_in_a_range_is_used_there_only(inside: tuple[str, ...]) -> None:
    """1 <= y_i <= K for i in 2..N, of a family on all integers."""
    member = Element("y", (i,))
    every = (ForEach("i", integer(2), N, Relation(member, s, e)) for s, e in (("≥", ONE), ("≤", Name("K"))))  # type: ignore[arg-type]
    context = declared(N="nat", K="nat", i="integer").declare("y", Family((None,), Integer()), *every)
    limits = {">=": Relation(i, "≥", integer(2)), "<=": Relation(i, "≤", N)}
    said = claim(r"\sum_{k=1}^K \mathbf{1}[y_i = k] = 1", context.assume(*(limits[one] for one in inside)))
    if len(inside) == 2:
        assert proved(said.context, said.statement).conditions == ()
    else:
        with pytest.raises(Unproved):
            proved(said.context, said.statement)


def test_what_is_known_of_all_members_is_used_everywhere() -> None:
    """y_i >= 1 and y_i <= K, said of every integer i."""
    member, ends = Element("y", (i,)), (Negate(INFINITY), INFINITY)
    every = (ForEach("i", *ends, Relation(member, s, e)) for s, e in (("≥", ONE), ("≤", Name("K"))))  # type: ignore[arg-type]
    context = declared(K="nat", i="integer").declare("y", Family((None,), Integer()), *every)
    said = claim(r"\sum_{k=1}^K \mathbf{1}[y_i = k] = 1", context)
    assert proved(said.context, said.statement).conditions == ()


def test_a_sum_without_terms_says_nothing_of_its_index() -> None:
    """For N = 0 no term of the outer sum tells that 1 lies in 1..N."""
    fails(r"\sum_{i=1}^N \delta_{i1} = 1", N="nat0")
    assert holds(r"\sum_{i=1}^N \sum_{j=1}^N \delta_{ij} = N", N="nat0") == ()


# ---- enclosures


def at(**values: int | Fraction) -> Model:
    return Model(tuple(Assignment(name, Fraction(value)) for name, value in values.items()))


def value(term: Apply | Sum, **values: int | Fraction) -> object:
    return enclose(term, declared(**{name: "real" if name == "x" else "integer" for name in values}), at(**values))


def test_the_kernel_evaluates_deltas() -> None:
    assert value(delta(i, j), i=2, j=2) == point(1)
    assert value(delta(i, j), i=2, j=-2) == point(0)
    assert value(Sum("k", ONE, i, delta(k, j)), i=3, j=3) == point(1)
    assert value(Sum("k", ONE, i, delta(k, j)), i=3, j=4) == point(0)
    with pytest.raises(Undefined):
        value(delta(x, j), x=Fraction(1, 2), j=1)
    with pytest.raises(Beyond):
        value(delta(Apply("ln", (Name("i"),)), j), i=3, j=1)


@pytest.mark.parametrize(
    ("sign", "below", "equal", "above"),
    [("=", 0, 1, 0), ("≠", 1, 0, 1), ("<", 1, 0, 0), ("≤", 1, 1, 0), (">", 0, 0, 1), ("≥", 0, 1, 1)],
)
def test_the_kernel_evaluates_indicators(sign: str, below: int, equal: int, above: int) -> None:
    indicator = Apply("indicator", (Comparison(x, sign, ONE),))
    assert [value(indicator, x=n) for n in (0, 1, 2)] == [point(n) for n in (below, equal, above)]
    assert compared(between(Fraction(0), Fraction(2)), sign, point(1)) is None


def test_an_indicator_that_balls_do_not_tell() -> None:
    root = Apply("sqrt", (integer(2),))
    doubtful = Apply("indicator", (Comparison(Apply("exp", (Apply("ln", (root,)),)), "=", root),))
    with pytest.raises(Beyond):
        enclose(doubtful, Context(), Model())


def test_a_delta_of_members() -> None:
    context = declared(N="nat", K="nat", y="classes N K", k="nat")
    goal = Relation(Apply("indicator", (Comparison(claim(r"y_1 = 0", context).statement.left, "=", k),)), "=", ONE)  # type: ignore[union-attr]
    entries = tuple(Entry((n,), Fraction(n)) for n in (1, 2))
    given = (Assignment("y", entries), *at(N=2, K=2).assignments)
    assert decide(goal, context, Model((*given, *at(k=1).assignments))) is True
    assert decide(goal, context, Model((*given, *at(k=2).assignments))) is False


def test_negative_indices_are_indices() -> None:
    assert value(delta(Negate(i), j), i=2, j=-2) == point(1)
