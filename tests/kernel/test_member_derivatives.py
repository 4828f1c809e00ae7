"""Derivatives in a member of a family, by the kernel alone: rules, ranges, what moves with the member."""

from __future__ import annotations

import pytest

from engine.kernel.forms.context import scope_of
from engine.kernel.unproved import Unproved
from engine.meaning.context import Context
from engine.meaning.latex import statement_latex
from engine.meaning.sort import NATURAL, REAL, Family, Function
from engine.meaning.statement import Relation
from engine.meaning.term import ONE, ZERO, Apply, Derivative, Element, Evaluate, Name, Sum, substitute
from tests.families import claim, declared, defined
from tests.kernel.exercise import proved

INDICES = {"i": "integer", "k": "integer", "m": "integer"}


def holds(text: str, context: Context) -> list[str]:
    """The conditions under which the kernel proves the claim."""
    said = claim(text, context)
    return [statement_latex(condition) for condition in proved(said.context, said.statement).conditions]


def fails(text: str, context: Context) -> str:
    with pytest.raises(Unproved) as reason:
        holds(text, context)
    return str(reason.value)


# ---- the rule


@pytest.mark.parametrize(
    ("text", "true"),
    [
        (r"\frac{\partial x_i}{\partial x_k} = \delta_{ik}", True),
        (r"\frac{\partial x_k}{\partial x_k} = 1", True),
        (r"\frac{\partial x_{k+1}}{\partial x_k} = 0", True),
        (r"\frac{\partial x_{i+1}}{\partial x_{k+1}} = \delta_{ik}", True),
        (r"\frac{\partial y_i}{\partial x_k} = 0", True),
        (r"\frac{\partial}{\partial x_k} x_i x_k = x_i + \delta_{ik} x_i", True),
        (r"\frac{\partial}{\partial x_k} e^{x_i} = \delta_{ik} e^{x_k}", True),
        (r"\frac{\partial}{\partial x_k} (x_i - x_k)^2 = 2(x_k - x_i)", True),
        (r"\frac{\partial^2}{\partial x_k \partial x_m} x_i^2 = 2\delta_{ik}\delta_{im}", True),
        (r"\frac{\partial^3}{\partial x_k^3} x_k^3 = 6", True),
        (r"\frac{\partial x_i}{\partial x_k} = 0", False),
        (r"\frac{\partial x_i}{\partial x_k} = 1", False),
        (r"\frac{\partial x_{k+1}}{\partial x_k} = 1", False),
        (r"\frac{\partial}{\partial x_k} x_i x_k = x_i", False),
        (r"\frac{\partial^2}{\partial x_k \partial x_m} x_i^2 = 2\delta_{ik}", False),
        (r"\frac{\partial}{\partial x_k} (x_i - x_k)^2 = 2(x_i - x_k)", False),
    ],
)
def test_members_are_variables_of_their_own(text: str, true: bool) -> None:
    context = declared(x="free", y="free", **INDICES)
    if true:
        assert holds(text, context) == []
    else:
        fails(text, context)


@pytest.mark.parametrize(
    ("text", "true"),
    [
        (r"\frac{\partial W_{ij}}{\partial W_{kl}} = \delta_{ik} \delta_{jl}", True),
        (r"\frac{\partial W_{ij}}{\partial W_{ji}} = \delta_{ij}", True),
        (r"\frac{\partial W_{ij}}{\partial W_{kl}} = \delta_{il} \delta_{jk}", False),
        (r"\frac{\partial W_{ij}}{\partial W_{kl}} = \delta_{ik}", False),
        (r"\frac{\partial W_{ij}}{\partial W_{ji}} = 1", False),
    ],
)
def test_two_indices_move_together(text: str, true: bool) -> None:
    context = declared(W="free 2", i="integer", j="integer", k="integer", l="integer")
    if true:
        assert holds(text, context) == []
    else:
        fails(text, context)


# ---- ranges


def test_a_declared_range_is_a_condition() -> None:
    """x_k is no variable for k > N, so that its derivative has no value there."""
    text = r"\frac{\partial}{\partial x_k} \sum_{i=1}^N x_i = 1"
    assert holds(text, declared(N="nat", k="nat", x="of N")) == [r"k \le N"]
    assert holds(text, declared(N="nat", k="integer", x="of N")) == [r"k \ge 1", r"k \le N"]
    assert holds(text, declared(N="nat", k="in N", x="of N")) == []


def test_all_integers_give_no_range() -> None:
    text = r"\frac{\partial}{\partial x_k} \sum_{i=1}^N x_i = 1"
    assert holds(text, declared(N="nat", k="in N", x="free")) == []
    assert "whether k lies in 1, …, N" in fails(text, declared(N="nat", k="nat", x="free"))


def test_the_range_of_the_sum_is_not_that_of_the_family() -> None:
    context = declared(N="nat", k="nat", x="of N")
    fails(r"\frac{\partial}{\partial x_k} \sum_{i=2}^N x_i = 1", context)
    fails(r"\frac{\partial}{\partial x_k} \sum_{i=1}^{N-1} x_i = 1", context)
    assert holds(r"\frac{\partial}{\partial x_1} \sum_{i=2}^N x_i = 0", context) == []
    assert holds(r"\frac{\partial}{\partial x_N} \sum_{i=1}^{N-1} x_i = 0", context) == []


def test_each_index_has_its_own_range() -> None:
    context = declared(N="nat", M="nat", k="nat", l="nat", W="of N M")
    text = r"\frac{\partial}{\partial W_{kl}} \sum_{i=1}^N \sum_{j=1}^M W_{ij} = 1"
    assert holds(text, context) == [r"k \le N", r"l \le M"]
    fails(r"\frac{\partial}{\partial W_{kl}} \sum_{i=1}^M \sum_{j=1}^N W_{ij} = 1", context)


def test_a_derivative_bound_by_a_sum() -> None:
    free, ranged = declared(N="nat", M="nat", x="free"), declared(N="nat", x="of N")
    assert holds(r"\sum_{i=1}^N \frac{\partial}{\partial x_i} x_i^2 = \sum_{i=1}^N 2 x_i", free) == []
    assert holds(r"\sum_{k=1}^N \frac{\partial}{\partial x_k} \sum_{i=1}^N x_i = N", ranged) == []
    assert holds(r"\sum_{i=1}^N \frac{\partial}{\partial x_i} \sum_{i=1}^N x_i^2 = 2\sum_{i=1}^N x_i", free) == []
    fails(r"\sum_{k=1}^M \frac{\partial}{\partial x_k} \sum_{i=1}^N x_i = M", free)
    fails(r"\sum_{i=1}^N \frac{\partial}{\partial x_i} \sum_{i=1}^N x_i^2 = 2 N \sum_{i=1}^N x_i", free)


# ---- what moves with a member


MEAN = r"\frac{1}{N} \sum_{i=1}^N x_i"


def test_a_definition_that_mentions_the_family_moves() -> None:
    context = defined(declared(N="nat", k="in N", x="free"), r"\bar{x}", (), MEAN)
    assert holds(r"\frac{\partial \bar x}{\partial x_k} = \frac{1}{N}", context) == []
    assert holds(r"\frac{\partial}{\partial x_k} \sum_{i=1}^N (x_i - \bar x) = 0", context) == []
    assert holds(r"\frac{\partial}{\partial x_k} \sum_{i=1}^N (x_i - \bar x)^2 = 2(x_k - \bar x)", context) == []
    fails(r"\frac{\partial \bar x}{\partial x_k} = 0", context)
    fails(r"\frac{\partial}{\partial x_k} \sum_{i=1}^N (x_i - \bar x) = 1", context)
    fails(r"\frac{\partial}{\partial x_k} (x_k - \bar x)^2 = 2(x_k - \bar x)", context)


def test_a_definition_through_another_one_moves() -> None:
    context = defined(declared(N="nat", k="in N", x="free"), r"\bar{x}", (), MEAN)
    context = defined(context, "r", ("a",), r"x_a - \bar{x}")
    assert holds(r"\frac{\partial r_k}{\partial x_k} = 1 - \frac{1}{N}", context) == []
    assert holds(r"\frac{\partial}{\partial x_k} \sum_{i=1}^N r_i^2 = 2 r_k", context) == []
    fails(r"\frac{\partial r_k}{\partial x_k} = 1", context)


def test_what_is_defined_is_no_variable() -> None:
    context = defined(declared(k="integer", x="free"), "r", ("a",), "2 x_a")
    goal = Relation(Derivative(Element("r", (Name("k"),)), Element("r", (Name("k"),))), "=", ONE)
    with pytest.raises(Unproved, match="both defined and used as a variable"):
        proved(context, goal)


def test_a_family_of_integers_has_no_derivative() -> None:
    context = declared(k="integer").declare("y", Family((None,), NATURAL))
    member = Element("y", (Name("k"),))
    with pytest.raises(Unproved, match="family of real numbers"):
        proved(context, Relation(Derivative(member, member), "=", ONE))


def test_no_derivative_through_an_index() -> None:
    context = declared(k="integer", x="free")
    member = Element("x", (Name("k"),))
    inside = Element("x", (Apply("floor", (member,)),))
    with pytest.raises(Unproved, match="through an index"):
        proved(context, Relation(Derivative(inside, member), "=", ZERO))


@pytest.mark.parametrize("first", [True, False])
def test_no_derivative_through_either_index(first: bool) -> None:
    context = Context().declare("z", Family((None, None), REAL))
    member = Element("z", (ONE, ONE))
    moving = Apply("floor", (member,))
    inside = Element("z", (moving, ONE) if first else (ONE, moving))
    with pytest.raises(Unproved, match="through an index"):
        scope_of(context).number(Derivative(inside, member))


def test_no_derivative_of_an_indicator_in_what_it_compares() -> None:
    context = declared(k="integer", x="free")
    said = claim(r"\mathbf{1}[x_k = 1] = 0", context)
    assert isinstance(said.statement, Relation)
    goal = Relation(Derivative(said.statement.left, Element("x", (Name("k"),))), "=", ZERO)
    with pytest.raises(Unproved, match="the derivative of"):
        proved(said.context, goal)


def test_functions_of_members_need_a_derivative() -> None:
    smooth = declared(k="integer", x="free").declare("f", Function((REAL,), REAL, 1))
    rough = declared(k="integer", x="free").declare("f", Function((REAL,), REAL, 0))
    text = r"\frac{\partial}{\partial x_k} [f(x_k) + f(x_{k+1})] = f'(x_k)"
    assert holds(text, smooth) == []
    assert "continuous derivatives" in fails(text, rough)


# ---- only what holds near the point may be used


def test_what_holds_at_the_point_only_is_not_used() -> None:
    """√(x²) = x for x >= 0, yet at 0 there is no derivative."""
    text = r"\frac{\partial}{\partial x_k} \sqrt{x_k^2} = 1"
    assert holds(text, declared(N="nat", k="in N", x="pos of N")) == []
    fails(text, declared(N="nat", k="in N", x="nonneg of N"))
    fails(r"\frac{\partial}{\partial x_k} |x_k| = 1", declared(N="nat", k="in N", x="nonneg of N"))
    fails(
        r"\frac{\partial}{\partial x_k} x_k^{3/2} = \frac{3}{2} \sqrt{x_k}",
        declared(N="nat", k="in N", x="nonneg of N"),
    )


def test_weak_facts_do_not_reach_into_the_body() -> None:
    """x_1 <= x_2 holds at the point; near it |x_1 - x_2| is x_2 - x_1 only where x_1 < x_2."""
    one, two = (Element("x", (n,)) for n in (ONE, claim("2 = 2", Context()).statement.left))  # type: ignore[union-attr]
    text = r"\frac{\partial}{\partial x_1} |x_1 - x_2| = -1"
    assert holds(text, declared(x="free").assume(Relation(one, "<", two))) == []
    fails(text, declared(x="free").assume(Relation(one, "≤", two)))


def test_facts_about_other_families_stay() -> None:
    text = r"\frac{\partial}{\partial x_k} \sum_{i=1}^N |y_i| x_i = y_k"
    assert holds(text, declared(N="nat", k="in N", x="of N", y="nonneg of N")) == []
    fails(text, declared(N="nat", k="in N", x="of N", y="of N"))


# ---- substitution


def test_an_index_is_put_into_the_variable_of_a_derivative() -> None:
    x, k, i = (lambda index: Element("x", (index,))), Name("k"), Name("i")
    slope = Derivative(Sum("i", ONE, Name("N"), x(i)), x(k))
    assert substitute(slope, "k", Name("m")) == Derivative(Sum("i", ONE, Name("N"), x(i)), x(Name("m")))
    assert substitute(slope, "k", i) == Derivative(Sum("i", ONE, Name("N"), x(i)), x(i))
    assert isinstance(substitute(Derivative(Name("t"), x(k)), "t", x(k)), Evaluate)
    assert isinstance(substitute(Derivative(Name("t"), x(k)), "t", x(ONE)), Evaluate)


def test_what_is_put_in_does_not_move() -> None:
    """∂t/∂x_k at t = x_k is 0: t was held fixed."""
    member = Element("x", (Name("k"),))
    held = Evaluate(Derivative(Name("t"), member), "t", member)
    context = declared(k="integer", x="free")
    assert proved(context, Relation(held, "=", ZERO)).conditions == ()
    with pytest.raises(Unproved):
        proved(context, Relation(held, "=", ONE))
