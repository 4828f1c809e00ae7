"""Definitions put in: all of them, without capture, and refused where authors may mean two things."""

from __future__ import annotations

import pytest

from engine.kernel.unfold import (
    DEEPEST,
    map_terms,
    names_reached,
    put_arguments,
    require_one_meaning,
    unfold,
    unfold_statement,
)
from engine.kernel.unproved import Unproved
from engine.meaning.context import Context
from engine.meaning.statement import ForEach, Interval, NearZero, Optimum, Relation
from engine.meaning.term import (
    INFINITY,
    ONE,
    ZERO,
    Add,
    Apply,
    Derivative,
    Element,
    Evaluate,
    FunctionDerivative,
    Integral,
    Matrix,
    Multiply,
    Name,
    Power,
    Product,
    Sum,
    integer,
)
from tests.kernel.exercise import given, proved, reason

a, b, i, t, x, y = map(Name, "a b i t x y".split())
S = Context().define("S", (), Multiply((integer(2), a))).define("g", ("x", "y"), Add((x, Multiply((integer(3), y)))))
S = S.define("q", ("k",), Power(a, Name("k"))).define("X", (), Matrix(((a, b),))).define("u", (), Name("S"))
TWICE = Multiply((integer(2), a))


@pytest.mark.parametrize(
    ("term", "unfolded"),
    [
        (Name("S"), TWICE),
        (Name("u"), TWICE),
        (Add((Name("S"), b)), Add((TWICE, b))),
        (Apply("g", (a, b)), Add((a, Multiply((integer(3), b))))),
        (Apply("g", (y, x)), Add((y, Multiply((integer(3), x))))),
        (Apply("g", (Name("S"), ONE)), Add((TWICE, Multiply((integer(3), ONE))))),
        (Element("q", (b,)), Power(a, b)),
        (Element("X", (ONE, ONE)), Element("X", (ONE, ONE))),
        (Name("X"), Matrix(((a, b),))),
        (Sum("i", ONE, Name("S"), Name("S")), Sum("i", ONE, TWICE, TWICE)),
        (Derivative(Name("S"), a), Derivative(TWICE, a)),
        (Evaluate(Name("S"), "a", ONE), Evaluate(TWICE, "a", ONE)),
        (Name("g"), Name("g")),
        (Apply("exp", (Name("S"),)), Apply("exp", (TWICE,))),
    ],
)
def test_definitions_are_put_in(term: object, unfolded: object) -> None:
    assert unfold(term, S) == unfolded  # type: ignore[arg-type]


def test_a_derivative_of_a_defined_function_is_taken_in_its_slot() -> None:
    for slot, other in ((0, b), (1, a)):
        found = unfold(FunctionDerivative("g", slot, 2, (a, b)), S)
        assert isinstance(found, Evaluate) and found.value == (a, b)[slot]
        assert isinstance(found.body, Derivative) and found.body.order == 2
        assert found.body.variable == Name(found.variable) and found.variable not in ("a", "b", "x", "y")
        inner = [Name(found.variable) if at == slot else other for at in range(2)]
        assert found.body.body == Add((inner[0], Multiply((integer(3), inner[1]))))


def test_what_a_function_mentions_is_not_its_argument() -> None:
    """With f(x) = ax, f'(a) is a and not 2a, the slope of a² at a."""
    context = given(a="real").define("f", ("x",), Multiply((a, x)))
    slope = FunctionDerivative("f", 0, 1, (a,))
    assert proved(context, Relation(slope, "=", a)).conditions == ()
    assert reason(context, Relation(slope, "=", Multiply((integer(2), a)))) == (
        "the two sides have different normal forms"
    )


@pytest.mark.parametrize(
    ("term", "why"),
    [
        (Apply("g", (a,)), "g takes 2 arguments, not 1"),
        (Element("q", (a, b)), "q takes 1 arguments, not 2"),
        (Sum("a", ONE, ONE, Name("S")), "mentions a name that is bound"),
        (Product("a", ONE, ONE, Name("S")), "mentions a name that is bound"),
        (Integral("a", ZERO, INFINITY, Name("u")), "mentions a name that is bound"),
        (Sum("a", ONE, ONE, Sum("i", ONE, ONE, Element("q", (i,)))), "mentions a name that is bound"),
        (Sum("S", ONE, ONE, ONE), "both defined and used as a variable"),
        (Evaluate(a, "S", ONE), "both defined and used as a variable"),
        (Derivative(a, Name("S")), "both defined and used as a variable"),
        (Derivative(a, Element("S", (ONE,))), "both defined and used as a variable"),
        (FunctionDerivative("g", 2, 1, (a, b)), "g has no argument number 2"),
    ],
)
def test_what_is_refused(term: object, why: str) -> None:
    with pytest.raises(Unproved, match=why):
        unfold(term, S)  # type: ignore[arg-type]


def test_an_index_may_stand_among_the_arguments() -> None:
    term = Sum("i", ONE, ONE, Apply("g", (i, i)))
    assert unfold(term, S) == Sum("i", ONE, ONE, Add((i, Multiply((integer(3), i)))))
    shadow = Context().define("h", ("i",), Power(i, integer(2)))
    assert unfold(Sum("i", ONE, ONE, Apply("h", (i,))), shadow) == Sum("i", ONE, ONE, Power(i, integer(2)))


def test_bounds_stand_outside_of_the_scope() -> None:
    assert unfold(Sum("a", Name("S"), Name("S"), a), S) == Sum("a", TWICE, TWICE, a)


def test_a_parameter_hides_a_definition_of_its_name() -> None:
    context = S.define("h", ("S",), Add((Name("S"), ONE)))
    assert unfold(Apply("h", (b,)), context) == Add((b, ONE))


def test_a_name_without_arguments_is_no_known_function() -> None:
    require_one_meaning(Context().define("norm", (), a))
    with pytest.raises(Unproved, match="both known and defined"):
        require_one_meaning(Context().define("norm", ("x",), a))


def test_circles_end() -> None:
    circle = Context().define("p", (), Name("r")).define("r", (), Name("p"))
    with pytest.raises(Unproved, match="in a circle"):
        unfold(Name("p"), circle)
    chain = Context().define("c0", (), ONE)
    for place in range(1, DEEPEST + 2):
        chain = chain.define(f"c{place}", (), Name(f"c{place - 1}"))
    assert unfold(Name(f"c{DEEPEST - 1}"), chain) == ONE
    with pytest.raises(Unproved, match="in a circle"):
        unfold(Name(f"c{DEEPEST + 1}"), chain)


def test_arguments_are_put_in_at_once_and_not_captured() -> None:
    assert put_arguments(Add((x, y)), ("x", "y"), (y, x)) == Add((y, x))
    found = put_arguments(Sum("i", ONE, ONE, Multiply((i, x))), ("x",), (i,))
    assert isinstance(found, Sum) and found.index != "i" and found.body == Multiply((Name(found.index), i))
    assert put_arguments(Add((x, Name("x'"))), ("x",), (ONE,)) == Add((ONE, Name("x'")))


def test_statements() -> None:
    optimum = Optimum("maximum", Name("S"), Name("S"), "v", Interval(Name("S"), INFINITY))
    assert unfold_statement(optimum, S) == Optimum("maximum", TWICE, TWICE, "v", Interval(TWICE, INFINITY))
    near = NearZero("ε", Relation(Name("S"), "=", ZERO))
    assert unfold_statement(near, S) == NearZero("ε", Relation(TWICE, "=", ZERO))
    each = ForEach("i", ONE, Name("S"), Relation(i, ">", Name("S")))
    assert unfold_statement(each, S) == ForEach("i", ONE, TWICE, Relation(i, ">", TWICE))
    assert map_terms(near, lambda term: ONE) == NearZero("ε", Relation(ONE, "=", ONE))


def test_names_reached() -> None:
    assert names_reached(frozenset("u"), S) == {"u", "S", "a"}
    assert names_reached(frozenset("gq"), S) == {"g", "q", "a"}
    assert names_reached(frozenset("b"), S) == {"b"}
    circle = Context().define("p", (), Name("r")).define("r", (), Name("p"))
    assert names_reached(frozenset("p"), circle) == {"p", "r"}
