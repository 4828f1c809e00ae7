"""The known functions, judged from LaTeX: true claims, false ones, and each condition at its edge."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb, fmpq

from engine.checking.check import check
from engine.judge import judge
from engine.kernel.certificate import Assignment, Model
from engine.kernel.enclosures.enclosure import enclose
from engine.kernel.enclosures.interval import Interval
from engine.kernel.function import FUNCTIONS, Row
from engine.kernel.verdict import Open, Proved, Refuted, Verdict
from engine.meaning.claim import Claim
from engine.meaning.context import Context
from engine.meaning.elaborate import read_statement
from engine.meaning.given import read_given
from engine.meaning.latex import statement_latex
from engine.meaning.sort import Integer, Real
from engine.meaning.statement import Relation
from engine.meaning.term import ONE, ZERO, Add, Apply, Derivative, Name, Term
from engine.provers.ball import compile_term, precision
from engine.provers.scalar import FUNCTIONS as SECOND_OPINION
from engine.record.naming import KNOWN as RECORDED
from engine.span import Problem
from tests.kernel.exercise import by, proved, reason


def verdict(claim: str, *given: str) -> Verdict:
    context = Context()
    for line in given:
        declared = read_given(line, context)
        assert not isinstance(declared, Problem), declared.message
        context = declared
    found = read_statement(claim, context)
    assert not isinstance(found, Problem), found.message
    (relation,) = found.relations
    return judge(Claim(found.context, relation))


def conditions(found: Verdict) -> set[str]:
    assert isinstance(found, Proved), found
    return {statement_latex(condition) for condition in found.conditions}


X, Y, POSITIVE = r"x \in \mathbb{R}", r"y \in \mathbb{R}", "x > 0"
NATURAL, NATURAL_0, LOWER = r"n \in \mathbb{N}", r"n \in \mathbb{N}_0", r"k \in \mathbb{N}_0"

TRUE = (
    # Γ and factorials
    (r"\Gamma(1/2) = \sqrt{\pi}",),
    (r"\Gamma(7/2) = \frac{15}{8}\sqrt{\pi}",),
    (r"\Gamma(-1/2) = -2\sqrt{\pi}",),
    (r"\Gamma(-3/2) = \frac{4}{3}\sqrt{\pi}",),
    (r"\Gamma(4/3) = \frac{1}{3}\Gamma(1/3)",),
    (r"\frac{\Gamma(a+3)}{\Gamma(a+1)} = (a+2)(a+1)", "a > 0"),
    (r"\frac{\Gamma(a+1)}{\Gamma(a)} = a", "a > 0"),
    (r"\ln\Gamma(a+1) - \ln\Gamma(a) = \ln a", "a > 0"),
    (r"(n+1)! = (n+1) n!", NATURAL_0),
    (r"\frac{n!}{n} = (n-1)!", NATURAL),
    (r"\frac{(n+2)!}{n!} = (n+1)(n+2)", NATURAL_0),
    (r"\ln(n!) = \ln(n) + \ln((n-1)!)", NATURAL),
    (r"\Gamma(n+1) = n!", NATURAL_0),
    (r"n! > 0", NATURAL_0),
    (r"\Gamma(x) > 0", POSITIVE),
    (r"\Gamma(x+3) > 0", X, "x > -2"),
    (r"\sum_{i=1}^N \ln\Gamma(x_i + 1) = \sum_{i=1}^N \ln(x_i!)", r"N \in \mathbb{N}", r"x_i \in \mathbb{N}_0"),
    # ψ and its derivatives
    (r"\psi(x+1) = \psi(x) + \frac{1}{x}", POSITIVE),
    (r"\psi(x+2) - \psi(x) = \frac{1}{x} + \frac{1}{x+1}", POSITIVE),
    (r"\psi'(x+1) = \psi'(x) - \frac{1}{x^2}", POSITIVE),
    (r"\psi''(x+1) = \psi''(x) + \frac{2}{x^3}", POSITIVE),
    (r"\psi(4) - \psi(1) = \frac{11}{6}",),
    (r"\psi(5/2) - \psi(1/2) = \frac{8}{3}",),
    (r"\frac{d}{dx}\ln\Gamma(x) = \psi(x)", POSITIVE),
    (r"\frac{d}{dx}\Gamma(2x) = 2\Gamma(2x)\psi(2x)", POSITIVE),
    (r"\frac{d^2}{dx^2}\ln\Gamma(x) = \psi'(x)", POSITIVE),
    (r"\operatorname{trigamma}(x) = \psi'(x)", POSITIVE),
    # Beta and binomials
    (r"\mathrm{B}(a,b) = \frac{\Gamma(a)\Gamma(b)}{\Gamma(a+b)}", "a > 0", "b > 0"),
    (r"\mathrm{B}(a+1,b) = \frac{a}{a+b}\mathrm{B}(a,b)", "a > 0", "b > 0"),
    (r"\operatorname{Beta}(a,b) = \operatorname{Beta}(b,a)", "a > 0", "b > 0"),
    (r"\frac{\partial}{\partial a}\ln\mathrm{B}(a,b) = \psi(a) - \psi(a+b)", "a > 0", "b > 0"),
    (r"\binom{n}{k} = \frac{n!}{k!(n-k)!}", NATURAL, LOWER, r"k \le n"),
    (r"\binom{n}{k} = \binom{n}{n-k}", NATURAL, LOWER, r"k \le n"),
    (r"\binom{n+1}{k} = \binom{n}{k} + \binom{n}{k-1}", NATURAL, r"k \in \mathbb{N}", r"k \le n"),
    (r"\binom{n}{2} = \frac{n(n-1)}{2}", NATURAL),
    (r"\binom{n}{0} = 1", NATURAL),
    (r"(k+1)\binom{n}{k+1} = (n-k)\binom{n}{k}", NATURAL, LOWER),
    (r"\binom{2}{5} = 0",),
    # exponentials
    (r"\tanh x = \frac{e^x - e^{-x}}{e^x + e^{-x}}", X),
    (r"\frac{d}{dx}\tanh x = 1 - \tanh^2 x", X),
    (r"\cosh^2 x - \sinh^2 x = 1", X),
    (r"\frac{d}{dx}\cosh x = \sinh x", X),
    (r"\operatorname{sigmoid}(-x) = 1 - \operatorname{sigmoid}(x)", X),
    (r"\operatorname{sigmoid}(x) < 1", X),
    (r"\tanh x > 0", POSITIVE),
    (r"\operatorname{softplus}(x) - \operatorname{softplus}(-x) = x", X),
    (r"\frac{d}{dx}\operatorname{softplus}(x) = \operatorname{sigmoid}(x)", X),
    (r"\ln(1-e^{-2x}) = \ln(1-e^{-x}) + \ln(1+e^{-x})", POSITIVE),
    (r"e^x \ge 1 + x", X),
    (r"e^{-x} < 1", POSITIVE),
    # the normal distribution
    (r"\Phi(-x) = 1 - \Phi(x)", X),
    (r"\frac{d}{dx}\Phi(x) = \frac{1}{\sqrt{2\pi}} e^{-x^2/2}", X),
    (r"\operatorname{erf}(x) = 2\Phi(\sqrt{2}x) - 1", X),
    (r"\operatorname{erf}(-x) = -\operatorname{erf}(x)", X),
    (r"0 < \Phi(x)", X),
    (r"\Phi(0) = \frac12",),
    # circular functions
    (r"\sin^2 x + \cos^2 x = 1", X),
    (r"\sin(x+y) = \sin x\cos y + \cos x\sin y", X, Y),
    (r"\cos(2x) = 1 - 2\sin^2 x", X),
    (r"\sin(3x) = 3\sin x - 4\sin^3 x", X),
    (r"\sin x\cos x = \frac{1}{2}\sin(2x)", X),
    (r"2\sin\frac{x}{2}\cos\frac{x}{2} = \sin x", X),
    (r"\sin(-x) = -\sin x", X),
    (r"\cos(x - \pi/2) = \sin x", X),
    (r"\sin(x + 5\pi) = -\sin x", X),
    (r"\cos(\pi/3) = \frac12",),
    (r"\sin(\pi/4) = \frac{\sqrt2}{2}",),
    (r"\cos(7\pi/6) = -\frac{\sqrt3}{2}",),
    (r"\cos(\pi/5)^2 + \sin(\pi/5)^2 = 1",),
    (r"\frac{d}{dx}\sin(x^2) = 2x\cos(x^2)", X),
    (r"\frac{d^2}{dx^2}\cos x = -\cos x", X),
    (r"\sin x \le 1", X),
    (r"-1 \le \cos x", X),
    # pieces of lines
    (r"\max(x,y) + \min(x,y) = x + y", X, Y),
    (r"\max(x,y) \ge x", X, Y),
    (r"\max(x,0) = \frac{x + |x|}{2}", X),
    (r"\max(x,y,x) = \max(x,y)", X, Y),
    (r"\frac{d}{dx}\max(x,0) = 1", POSITIVE),
    (r"\lceil x \rceil = -\lfloor -x \rfloor", X),
    (r"\lfloor x + n \rfloor = \lfloor x \rfloor + n", X, r"n \in \mathbb{Z}"),
    (r"\lfloor x \rfloor \le x", X),
    (r"x - 1 < \lfloor x \rfloor", X),
    (r"\operatorname{sgn}(x) = 1", POSITIVE),
    (r"|x| \ge x", X),
    # numbers
    (r"\sqrt{3+2\sqrt{2}} = 1+\sqrt{2}",),
    (r"\sqrt{3-2\sqrt{2}} = \sqrt{2}-1",),
    (r"\sqrt{5+2\sqrt{6}} = \sqrt{2}+\sqrt{3}",),
    (r"e < \pi",),
    (r"\sqrt{2}+\sqrt{3} < \pi + \frac{1}{100}",),
)

FALSE = (
    (r"\Gamma(5/2) = \frac{3}{2}\sqrt{\pi}",),
    (r"\Gamma(x) = \ln x", POSITIVE),
    (r"\frac{\Gamma(a+3)}{\Gamma(a+1)} = (a+3)(a+2)", "a > 0"),
    (r"n! = (n-1)!", NATURAL),
    (r"\psi(x+1) = \psi(x) - \frac{1}{x}", POSITIVE),
    (r"\psi(x) = \ln x", POSITIVE),
    (r"\psi'(x+1) = \psi'(x) + \frac{1}{x^2}", POSITIVE),
    (r"\psi(4) - \psi(1) = \frac{25}{12}",),
    (r"\frac{d}{dx}\Gamma(x) = \psi(x)", POSITIVE),
    (r"\mathrm{B}(a+1,b) = \frac{b}{a+b}\mathrm{B}(a,b)", "a > 0", "b > 0"),
    (r"\binom{n}{2} = \frac{n(n+1)}{2}", NATURAL),
    (r"\binom{n}{k} = \binom{n}{k+1}", NATURAL, LOWER),
    (r"\cosh^2 x + \sinh^2 x = 1", X),
    (r"\frac{d}{dx}\tanh x = 1 + \tanh^2 x", X),
    (r"\operatorname{softplus}(x) + \operatorname{softplus}(-x) = x", X),
    (r"\operatorname{sigmoid}(2x) = 2\operatorname{sigmoid}(x)", X),
    (r"e^x \ge 1 + 2x", X),
    (r"\Phi(-x) = \Phi(x)", X),
    (r"\frac{d}{dx}\Phi(x) = \frac{1}{2\pi} e^{-x^2/2}", X),
    (r"\operatorname{erf}(x) = 2\Phi(x) - 1", X),
    (r"\cos(x+y) = \cos x\cos y + \sin x\sin y", X, Y),
    (r"\cos(x + \pi/2) = \sin x", X),
    (r"\sin(x + 4\pi) = -\sin x", X),
    (r"\frac{d}{dx}\cos x = \sin x", X),
    (r"\sin x = x", X),
    (r"\cos(\pi/3) = \frac{\sqrt3}{2}",),
    (r"\max(x,y) - \min(x,y) = x - y", X, Y),
    (r"\frac{d}{dx}\max(x,0) = 1", X),
    (r"\lceil x \rceil = \lfloor x \rfloor + 1", X),
    (r"\lfloor x + y \rfloor = \lfloor x \rfloor + \lfloor y \rfloor", X, Y),
    (r"\lfloor x \rfloor \ge x", X),
    (r"\operatorname{sgn}(x)^2 = 1", X),
    (r"\sqrt{3-2\sqrt{2}} = 1-\sqrt{2}",),
    (r"\sqrt{5+2\sqrt{6}} = \sqrt{2}-\sqrt{3}",),
    (r"e^{\pi\sqrt{163}} = 262537412640768744",),
    (r"\sin(10^{-20}) = 10^{-20}",),
)


@pytest.mark.parametrize("claim", TRUE, ids=lambda claim: claim[0])
def test_true(claim: tuple[str, ...]) -> None:
    assert isinstance(found := verdict(*claim), Proved), found
    assert not found.conditions


@pytest.mark.parametrize("claim", FALSE, ids=lambda claim: claim[0])
def test_false(claim: tuple[str, ...]) -> None:
    assert isinstance(verdict(*claim), Refuted)


@pytest.mark.parametrize(
    ("claim", "wanted"),
    [
        ((r"\frac{n!}{n} = (n-1)!", NATURAL_0), {r"n - 1 \ge 0"}),
        ((r"\tan x = \frac{\sin x}{\cos x}", X), {r"\cos x \ne 0"}),
        ((r"\frac{d}{dx}\tan x = 1 + \tan^2 x", X), {r"\cos x \ne 0"}),
        ((r"\frac{\sin(2x)}{\sin x} = 2\cos x", X), {r"\sin x \ne 0"}),
    ],
)
def test_conditions_that_are_reported(claim: tuple[str, ...], wanted: set[str]) -> None:
    assert conditions(verdict(*claim)) == wanted


def test_the_binomial_ratio_needs_its_denominator_only() -> None:
    ratio = r"\frac{\binom{n}{k+1} p^{k+1}(1-p)^{n-k-1}}{\binom{n}{k}p^k(1-p)^{n-k}} = \frac{(n-k)p}{(k+1)(1-p)}"
    assert len(conditions(verdict(ratio, NATURAL, LOWER, "0 < p < 1"))) == 1
    assert conditions(verdict(ratio, NATURAL, LOWER, "k < n", "0 < p < 1")) == set()
    wrong = ratio.replace("(k+1)(1-p)", "k(1-p)")
    assert isinstance(verdict(wrong, NATURAL, LOWER, "0 < p < 1"), Refuted)


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ((r"\Gamma(a+1) = a\Gamma(a)", r"a \in \mathbb{R}"), "a condition that is needed"),
        ((r"\psi(a+1) = \psi(a) + \frac{1}{a}", r"a \in \mathbb{R}"), "a condition that is needed"),
        ((r"\frac{x!}{x} = (x-1)!", X), "not known to be an integer"),
        ((r"\binom{n}{k} = \binom{n}{k}", NATURAL, r"k \in \mathbb{Z}"), "whose order or sign is not known"),
        ((r"\binom{n}{x} = \binom{n}{x}", NATURAL, X), "not known to be an integer"),
        ((r"\sin x < 1", X), "does not follow"),
        ((r"e^{-x} < 1", "x \\ge 0"), ""),
    ],
)
def test_what_is_neither(claim: tuple[str, ...], reason: str) -> None:
    found = verdict(*claim)
    assert not isinstance(found, Proved)
    assert not isinstance(found, Open) or reason in found.reason


def test_a_kink_has_no_derivative() -> None:
    assert not isinstance(verdict(r"\frac{d}{dx}\max(x,0) = \frac{x + |x|}{2x}", X), Proved)
    assert isinstance(verdict(r"\frac{d}{dx}|x| = \operatorname{sgn}(x)", POSITIVE), Proved)
    assert not isinstance(verdict(r"\frac{d}{dx}\lfloor x \rfloor = 0", X), Proved)


def test_every_row_is_known_to_the_second_opinion() -> None:
    assert not FUNCTIONS.keys() - SECOND_OPINION.keys()


def test_a_record_may_hold_every_known_function() -> None:
    assert FUNCTIONS.keys() <= RECORDED


@pytest.mark.parametrize("row", FUNCTIONS.values(), ids=lambda row: row.name)
def test_rows_agree_with_the_second_opinion(row: Row) -> None:
    """Value, definition and derivative of each row, enclosed by the kernel, meet the balls of the other leg."""
    names = ("x", "y")[: len(row.parameters)]
    context = Context()
    for name in names:
        context = context.declare(name, Integer(0) if row.integers else Real())
    term = Apply(row.name, tuple(map(Name, names)))
    for values in ((Fraction(3), Fraction(2)), (Fraction(1), Fraction(4)), (Fraction(5), Fraction(3))):
        point = Model(tuple(Assignment(n, v) for n, v in zip(names, values, strict=False)))
        terms: list[Term] = [term]
        if not row.integers and row.name not in ("floor", "ceil", "sgn"):
            terms += [Derivative(term, Name("x")), Derivative(term, Name("x"), 2)]
        for one in terms:
            inside = enclose(one, context, point)
            assert isinstance(inside, Interval)
            with precision(128):
                other = compile_term(one, context)(
                    {n: fmpq(v.numerator, v.denominator) for n, v in zip(names, values, strict=False)}
                )
                low, high = (arb(fmpq(end.numerator, end.denominator)) for end in (inside.low, inside.high))
                assert not arb(other) < low and not arb(other) > high


class TestEqualSquares:
    real, number = Context().declare("x", Real()), Name("x")
    size = Apply("abs", (number,))

    def test_both_sides_must_not_be_negative(self) -> None:
        for left, right in ((self.number, self.size), (self.size, self.number)):
            assert "does not follow" in reason(self.real, Relation(left, "=", right), by("equal-squares"))
        positive = self.real.assume(Relation(self.number, "≥", ZERO))
        assert proved(positive, Relation(self.number, "=", self.size), by("equal-squares")).conditions == ()

    def test_the_squares_must_be_equal(self) -> None:
        wrong = Relation(self.size, "=", Add((self.size, ONE)))
        assert "different normal forms" in reason(self.real, wrong, by("equal-squares"))

    def test_it_is_for_equations_without_parameters(self) -> None:
        for goal, parameters in ((Relation(self.size, "≤", self.size), ()), (Relation(ONE, "=", ONE), (ONE,))):
            assert "does not apply" in reason(self.real, goal, by("equal-squares", *parameters))


@pytest.mark.parametrize(
    ("claim", "given", "kind"),
    [
        (r"\log_2 8 = 3", [], Proved),
        (r"\log_{10} x = \frac{\ln x}{\ln 10}", [], Proved),
        (r"\log_b (x y) = \log_b x + \log_b y", ["x > 0", "y > 0", "b > 1"], Proved),
        (r"\frac{d}{dx} \log_2 x = \frac{1}{x \ln 2}", ["x > 0"], Proved),
        (r"b^{\log_b x} = x", ["x > 0", "b > 1"], Proved),
        (r"\log_2 3 = \log_3 2", [], Refuted),
        (r"\log_2 x = \ln x", ["x > 0"], Refuted),
        (r"\log_1 x = 1", ["x > 0"], Open),
    ],
)
def test_logarithms_of_other_bases(claim: str, given: list[str], kind: type) -> None:
    assert isinstance(check(claim, given), kind)
