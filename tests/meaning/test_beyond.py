"""What goes beyond arithmetic is refused by everything that computes: never evaluated, never proved."""

from __future__ import annotations

from typing import get_args

import pytest

from engine.judge import judge
from engine.kernel.forms.context import scope_of
from engine.kernel.forms.normal import normalise
from engine.kernel.unproved import Unproved
from engine.kernel.verdict import Open
from engine.meaning.claim import Claim
from engine.meaning.context import Context
from engine.meaning.sort import REAL, Family
from engine.meaning.statement import Assertion, Relation, Statement
from engine.meaning.term import (
    ONE,
    ZERO,
    Add,
    Apply,
    Call,
    Cases,
    Comparison,
    Dependent,
    Derivative,
    Dots,
    Evaluate,
    Functional,
    Multiply,
    Name,
    Negate,
    Over,
    Sequence,
    Sum,
    Term,
    integer,
)
from engine.provers.ball import NoEval, compile_term
from engine.record.codec import decode, encode
from engine.span import Problem
from engine.sympy_bridge import BridgeError, Names, to_sympy

X, Y = Name("x"), Name("y")
CONTEXT = Context().declare("x", REAL).declare("y", REAL).declare("L", REAL).declare("w", Family((None,), REAL))
NODES: list[Term] = [
    Comparison(X, "<", Y),
    Cases(((ONE, Comparison(X, "<", ZERO)), (ONE, None))),
    Functional("E", (X,)),
    Functional("P", (Comparison(X, "<", Y),), (Y,), X),
    Call(Name("y"), (X,)),
    Call(Name("y"), (X,), (Y,)),
    Dependent(Name("L"), (X,)),
    Over("sum", "k", None, X),
    Over("max", "k", Comparison(Name("k"), "∈", Y), X),
    *(Over(name, "k", Comparison(Name("k"), "<", Y), X) for name in ("forall", "exists", "set", "union", "and", "or")),
    Functional("given", (X,), (Y,)),
    Comparison(X, ":", Y),
    Apply("multinomial", (X, Y, Y)),
    Apply("congruent", (X, Y, integer(2))),
    Apply("and", (Comparison(X, "<", Y), Comparison(Y, "<", X))),
    Sequence("()", (X,)),
    Sequence("[]", (X, Y)),
    Dots(),
    *(Apply(name, (X,)) for name in ("indicator", "card", "vec")),
    Apply("norm", (X, Y)),
]


def test_no_claim_holds_an_assertion() -> None:
    """What has no rules is kept out by its type, and a record that smuggles one in is refused."""
    assert Assertion not in get_args(Statement)
    smuggled = {"is": "Claim", "context": {"is": "Context"}, "statement": encode(Assertion(X, "∼", Y))}
    assert isinstance(decode(Claim, smuggled), Problem)


@pytest.mark.parametrize("node", NODES, ids=str)
class TestEachNodeIsRefused:
    @pytest.mark.parametrize(
        "claim",
        [
            lambda t: Relation(Multiply((ZERO, t)), "=", ZERO),
            lambda t: Relation(Add((t, Negate(t))), "=", ZERO),
            lambda t: Relation(t, "=", t),
            lambda t: Relation(t, "≠", t),
            lambda t: Relation(Sum("k", ONE, ZERO, t), "=", ZERO),
            lambda t: Relation(Derivative(t, Name("x")), "=", ZERO),
            lambda t: Relation(Evaluate(t, "z", ONE), "=", t),
            lambda t: Relation(ONE, "<", Add((integer(2), Multiply((t, t))))),
        ],
    )
    def test_no_verdict(self, node: Term, claim: object) -> None:
        assert isinstance(judge(Claim(CONTEXT, claim(node))), Open)  # type: ignore[operator]

    def test_no_normal_form_and_no_value(self, node: Term) -> None:
        with pytest.raises(Unproved):
            normalise(node, scope_of(CONTEXT))
        with pytest.raises(NoEval):
            compile_term(node, CONTEXT)

    def test_sympy_does_not_look_into_it(self, node: Term) -> None:
        names = Names(CONTEXT)
        if isinstance(node, Comparison | Sequence | Dots):
            with pytest.raises(BridgeError):
                to_sympy(node, names)
        else:
            assert names.term(to_sympy(node, names)) == node

    def test_it_goes_through_a_record_and_back(self, node: Term) -> None:
        again = decode(type(node), encode(node))
        assert not isinstance(again, Problem) and again == node
