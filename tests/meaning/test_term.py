"""Terms: what is free, what is bound, and what substitution may touch."""

from __future__ import annotations

import pytest

from engine.meaning.term import (
    ONE,
    Add,
    Call,
    Cases,
    Comparison,
    Dependent,
    Derivative,
    Dots,
    Element,
    Evaluate,
    Functional,
    Integral,
    Multiply,
    Name,
    Over,
    Product,
    Sequence,
    Sum,
    Term,
    bound_name,
    children,
    free_names,
    integer,
    map_children,
    substitute,
)

A, INDEX, J, P, S, T, X, Y = (Name(name) for name in ("a", "i", "j", "p", "S", "t", "x", "y"))
IN_S = Comparison(INDEX, "∈", S)
X_I = Element("x", (INDEX,))

NODES: list[tuple[Term, set[str], list[Term]]] = [
    (Comparison(X, "<", A), {"x", "a"}, [X, A]),
    (Cases(((A, Comparison(X, "<", ONE)), (Y, None))), {"a", "x", "y"}, [A, Comparison(X, "<", ONE), Y]),
    (Functional("E", (X,), (Y,), P), {"x", "y", "p"}, [X, Y, P]),
    (Functional("E", (X,)), {"x"}, [X]),
    (Call(P, (X,), (A,)), {"p", "x", "a"}, [P, X, A]),
    (Call(Element("f", (INDEX,)), (X,)), {"f", "i", "x"}, [Element("f", (INDEX,)), X]),
    (Dependent(Name("L"), (A,)), {"L", "a"}, [Name("L"), A]),
    (Over("sum", "i", IN_S, X_I), {"S", "x"}, [IN_S, X_I]),
    (Over("max", "i", None, X_I), {"x"}, [X_I]),
    (Sequence("()", (X, Dots(), Y)), {"x", "y"}, [X, Dots(), Y]),
    (Dots(), set(), []),
]


@pytest.mark.parametrize(("node", "free", "parts"), NODES)
def test_free_names_and_children(node: Term, free: set[str], parts: list[Term]) -> None:
    assert free_names(node) == free
    assert list(children(node)) == parts
    assert map_children(node, lambda part: part) == node
    assert bound_name(node) == ("i" if isinstance(node, Over) else None)


class TestSubstitution:
    def test_it_reaches_into_conditions_and_branches(self) -> None:
        term = Cases(((A, Comparison(A, "<", X)), (A, None)))
        assert substitute(term, "a", ONE) == Cases(((ONE, Comparison(ONE, "<", X)), (ONE, None)))

    def test_it_reaches_into_arguments_and_what_is_given(self) -> None:
        assert substitute(Call(P, (X,), (A,)), "a", ONE) == Call(P, (X,), (ONE,))
        assert substitute(Call(Element("f", (INDEX,)), (X,)), "i", ONE) == Call(Element("f", (ONE,)), (X,))
        assert substitute(Sequence("{}", (A, Dots())), "a", ONE) == Sequence("{}", (ONE, Dots()))

    def test_the_variable_of_an_operator_is_bound_in_condition_and_body(self) -> None:
        term = Over("sum", "i", Comparison(INDEX, "<", J), X_I)
        assert substitute(term, "i", ONE) == term
        renamed = Element("x", (Name("i'"),))
        assert substitute(term, "j", INDEX) == Over("sum", "i'", Comparison(Name("i'"), "<", INDEX), renamed)
        assert substitute(Over("max", "i", None, Multiply((A, X_I))), "a", INDEX) == Over(
            "max", "i'", None, Multiply((INDEX, renamed))
        )

    @pytest.mark.parametrize(
        "term", [Functional("E", (Add((X, A)),)), Functional("E", (A,), (), X), Dependent(A, (X,))]
    )
    @pytest.mark.parametrize("value", [ONE, X])
    def test_nothing_is_put_into_a_distribution_or_an_unseen_dependence(self, term: Term, value: Term) -> None:
        """E[X + a] at a = X is E[X] + X, and not E[2X]."""
        assert substitute(term, "a", value) == Evaluate(term, "a", value)

    def test_an_unseen_dependence_keeps_its_variable(self) -> None:
        slope = Derivative(Dependent(Name("L"), (A,)), A)
        assert substitute(slope, "a", ONE) == Evaluate(slope, "a", ONE)

    @pytest.mark.parametrize("binder", [Sum, Product, Integral])
    def test_a_fresh_bound_name_is_not_the_name_that_is_replaced(self, binder: type) -> None:
        """The bound i must not become i' where i' itself is about to be replaced by i."""
        term = binder("i", ONE, Name("i'"), X_I)
        changed = substitute(term, "i'", INDEX)
        assert changed == binder("i''", ONE, INDEX, Element("x", (Name("i''"),)))

    def test_the_same_below_an_evaluation_bar(self) -> None:
        changed = substitute(Evaluate(Add((X, A)), "x", Name("x'")), "x'", X)
        assert changed == Evaluate(Add((Name("x''"), A)), "x''", X)

    def test_names_of_numbers_stay(self) -> None:
        assert substitute(integer(2), "2", ONE) == integer(2)
