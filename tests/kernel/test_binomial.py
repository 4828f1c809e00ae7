"""The binomial theorem: what it gives, and what each of its conditions keeps out."""

from __future__ import annotations

import pytest

from engine.kernel.theorems.table import obligations
from engine.meaning.context import Context
from engine.meaning.sort import NATURAL, REAL, Integer
from engine.meaning.statement import Relation
from engine.meaning.term import ONE, ZERO, Add, Apply, Multiply, Name, Power, Sum, Term, subtract
from tests.kernel.exercise import NORMAL, by, given, reason, says, why_not

A, B, K, N = Name("a"), Name("b"), Name("k"), Name("n")
KINDS = {"n": "nat", "m": "nat0", "a": "real", "b": "real", "p": "unit", "t": "real"}


@pytest.mark.parametrize(
    "text",
    [
        r"\sum_{k=0}^n\binom nk a^k b^{n-k}=(a+b)^n",
        r"\sum_{k=0}^m\binom mk a^k b^{m-k}=(a+b)^m",
        r"\sum_{k=0}^n\binom nk=2^n",
        r"\sum_{k=0}^n(-1)^k\binom nk=0",
        r"\sum_{k=0}^n\binom nk p^k(1-p)^{n-k}=1",
        r"\sum_{k=0}^n k\binom nk p^k(1-p)^{n-k}=n p",
        r"\sum_{k=0}^n k^2\binom nk p^k(1-p)^{n-k}=n p(1-p)+n^2p^2",
        r"\sum_{k=0}^n k(k-1)\binom nk p^k(1-p)^{n-k}=n(n-1)p^2",
        r"\sum_{k=0}^n(k-n p)^2\binom nk p^k(1-p)^{n-k}=n p(1-p)",
        r"\sum_{k=0}^n e^{t k}\binom nk p^k(1-p)^{n-k}=(1-p+p e^t)^n",
        r"\sum_{k=0}^n k\binom nk a^k b^{n-k}=n a(a+b)^{n-1}",
        r"1-\sum_{k=0}^n\frac kn\binom nk p^k(1-p)^{n-k}=1-p",
    ],
)
def test_what_it_proves(text: str) -> None:
    found = says(text, **KINDS)
    assert found.conditions == () and found.rests_on == {"binomial-sum"}


@pytest.mark.parametrize(
    "text",
    [
        r"\sum_{k=0}^n\binom nk a^k b^{n-k}=(a-b)^n",
        r"\sum_{k=1}^n\binom nk a^k b^{n-k}=(a+b)^n",
        r"\sum_{k=0}^{n-1}\binom nk a^k b^{n-k}=(a+b)^n",
        r"\sum_{k=0}^m(-1)^k\binom mk=0",
        r"\sum_{k=0}^n\binom nk a^k b^{k}=(a+b)^n",
        r"\sum_{k=0}^n k\binom nk p^k(1-p)^{n-k}=p",
        r"\sum_{k=0}^n k^2\binom nk p^k(1-p)^{n-k}=n p(1-p)",
        r"\sum_{k=0}^n\binom nk^2=2^n",
        r"\sum_{k=0}^m k\binom mk a^k b^{m-k}=m a(a+b)^{m-1}",  # undefined for m = 0 and a + b = 0
    ],
)
def test_what_it_does_not_prove(text: str) -> None:
    why_not(text, **KINDS)


def binomial(n: Term, body: Term) -> Sum:
    return Sum("k", ZERO, n, Multiply((Apply("binom", (n, K)), body)))


def goal(n: Term = N, lower: Term = ZERO) -> Relation:
    body = Multiply((Power(A, K), Power(B, subtract(n, K))))
    return Relation(Power(Add((A, B)), n), "=", Sum("k", lower, n, Multiply((Apply("binom", (n, K)), body))))


class TestConditions:
    def test_the_form(self) -> None:
        context = given(n="nat", a="real", b="real")
        whole = goal()
        for wrong in (Relation(whole.left, "≤", whole.right), Relation(whole.right, "=", whole.left), goal(lower=ONE)):
            assert "does not apply" in reason(context, wrong, by("binomial-sum", A, B, ONE))
        assert len(obligations("binomial-sum", context, whole, (A, B, *(ONE,) * 8))) == 3
        for parameters in ((A, B), (A, B, *(ONE,) * 9), (A, B, whole), (A, B, ONE, whole)):
            assert "does not apply" in reason(context, whole, by("binomial-sum", *parameters))

    @pytest.mark.parametrize("sort", [REAL, None])
    def test_n_is_an_integer(self, sort: object) -> None:
        context = given(a="real", b="real")
        context = context.declare("n", REAL) if sort else context.define("n", (), ONE)
        assert "not declared as an integer" in reason(context, goal(), by("binomial-sum", A, B, ONE))
        half = Add((N, Apply("abs", (A,))))
        assert "not declared as an integer" in reason(context, goal(half), by("binomial-sum", A, B, ONE))

    def test_n_is_not_negative(self) -> None:
        context = given(a="real", b="real").declare("n", Integer())
        first, *_ = obligations("binomial-sum", context, goal(), (A, B, ONE))
        assert first.statement == Relation(N, "≥", ZERO)
        reason(context, goal(), by("binomial-sum", A, B, ONE, premises=(None, NORMAL, None)))
        for n in (N, Add((N, ONE))):
            context = given(a="real", b="real").declare("n", NATURAL)
            assert len(obligations("binomial-sum", context, goal(n), (A, B, ONE))) == 3

    def test_the_index_occurs_nowhere_else(self) -> None:
        context = given(n="nat", a="real", b="real", k="nat")
        for parameters in ((K, B, ONE), (A, K, ONE), (A, B, K)):
            assert "outside of it" in reason(context, goal(), by("binomial-sum", *parameters))
        assert "outside of it" in reason(context, goal(K), by("binomial-sum", A, B, ONE))
        defined = Context().declare("n", NATURAL).declare("b", REAL).declare("k", NATURAL).define("a", (), K)
        assert "outside of it" in reason(defined, goal(), by("binomial-sum", A, B, ONE))

    def test_the_body_is_what_the_parameters_say(self) -> None:
        context = given(n="nat", a="real", b="real")
        for parameters in ((B, A, ONE), (A, B, ZERO), (A, B, ONE, ONE), (A, A, ONE)):
            assert reason(context, goal(), by("binomial-sum", *parameters, premises=(None, NORMAL, None)))
