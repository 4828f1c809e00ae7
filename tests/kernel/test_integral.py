"""Integrals by table: each entry at a value that is known otherwise, and its condition of convergence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.kernel.certificate import ByTheorem
from engine.meaning.context import Context, Definition
from engine.meaning.latex import statement_latex
from engine.meaning.sort import NATURAL, REAL, Vector
from engine.meaning.statement import Relation
from engine.meaning.term import (
    INFINITY,
    ONE,
    PI,
    ZERO,
    Add,
    Apply,
    Derivative,
    Divide,
    Evaluate,
    Integral,
    Multiply,
    Name,
    Negate,
    Power,
    Term,
    integer,
    subtract,
)
from tests.kernel.exercise import by, claim, given, proved, reason, term

a, b, k, t, x = map(Name, "a b k t x".split())
CONTEXT = Context().declare("a", REAL, Relation(a, ">", ZERO)).declare("b", REAL).declare("k", REAL)
CONTEXT = CONTEXT.declare("x", REAL, Relation(x, "≥", ZERO))
HALF = Divide(ONE, integer(2))


def exp(term: Term) -> Term:
    return Apply("exp", (term,))


def times(*factors: Term) -> Term:
    return Multiply(factors)


def half_line(body: Term) -> Integral:
    return Integral("t", ZERO, INFINITY, body)


def line(body: Term) -> Integral:
    return Integral("t", Negate(INFINITY), INFINITY, body)


def gamma(term: Term) -> Term:
    return Apply("Gamma", (term,))


@pytest.mark.parametrize(
    ("integral", "value"),
    [
        (half_line(exp(Negate(t))), ONE),
        (half_line(exp(Negate(times(a, t)))), Divide(ONE, a)),
        (half_line(times(a, exp(Negate(times(a, t))))), ONE),
        (half_line(times(t, exp(Negate(times(a, t))))), Divide(ONE, Power(a, integer(2)))),
        (half_line(times(Power(t, integer(3)), exp(Negate(times(integer(2), t))))), Divide(integer(6), integer(16))),
        (half_line(times(Power(t, subtract(a, ONE)), exp(Negate(t)))), gamma(a)),
        (half_line(times(Power(t, a), exp(Negate(times(a, t))))),
         Divide(gamma(Add((a, ONE))), Power(a, Add((a, ONE))))),
        (half_line(times(Apply("sqrt", (t,)), exp(Negate(t)))), gamma(Divide(integer(3), integer(2)))),
        (half_line(times(exp(Negate(t)), exp(Negate(t)), Add((ONE, t)))), Divide(integer(3), integer(4))),
        (half_line(ZERO), ZERO),
        (line(exp(Negate(Power(t, integer(2))))), Apply("sqrt", (PI,))),
        (line(exp(Negate(times(a, Power(t, integer(2)))))), Apply("sqrt", (Divide(PI, a),))),
        (line(exp(Negate(times(HALF, Power(t, integer(2)))))), Apply("sqrt", (times(integer(2), PI),))),
        (line(exp(subtract(times(b, t), times(a, Power(t, integer(2)))))),
         times(Apply("sqrt", (Divide(PI, a),)), exp(Divide(Power(b, integer(2)), times(integer(4), a))))),
        (line(times(b, exp(Negate(Power(subtract(t, b), integer(2)))))), times(b, Apply("sqrt", (PI,)))),
    ],
)  # fmt: skip
def test_the_table(integral: Integral, value: Term) -> None:
    assert proved(CONTEXT, Relation(integral, "=", value)).conditions == ()
    wrong = Relation(integral, "=", Add((value, ONE)))
    assert reason(CONTEXT, wrong) == "the two sides have different normal forms"


CONVERGENCE = "the convergence of an integral"
TABLE = "not in the table"


@pytest.mark.parametrize(
    ("integral", "why"),
    [
        (half_line(exp(Negate(times(k, t)))), CONVERGENCE),
        (half_line(exp(Negate(times(x, t)))), CONVERGENCE),
        (half_line(exp(t)), CONVERGENCE),
        (half_line(times(Divide(ONE, t), exp(Negate(t)))), CONVERGENCE),
        (half_line(times(Power(t, k), exp(Negate(t)))), CONVERGENCE),
        (half_line(times(Power(t, subtract(x, ONE)), exp(Negate(t)))), CONVERGENCE),
        (line(exp(Negate(times(k, Power(t, integer(2)))))), CONVERGENCE),
        (line(exp(Power(t, integer(2)))), CONVERGENCE),
        (half_line(ONE), CONVERGENCE),
        (half_line(t), CONVERGENCE),
        (line(ONE), CONVERGENCE),
        (line(t), CONVERGENCE),
        (line(exp(Negate(t))), CONVERGENCE),
        (half_line(exp(subtract(Negate(t), Power(t, integer(3))))), TABLE),
        (half_line(times(Power(t, t), exp(Negate(t)))), TABLE),
        (half_line(exp(Negate(times(t, Apply("abs", (subtract(Power(t, integer(2)), ONE),)))))), TABLE),
        (line(exp(Negate(times(Power(t, integer(2)), Apply("floor", (t,)))))), TABLE),
        (Integral("t", INFINITY, INFINITY, exp(Negate(t))), "an integral over no range"),
    ],
)  # fmt: skip
def test_its_conditions(integral: Integral, why: str) -> None:
    assert why in reason(CONTEXT, Relation(integral, "=", integral))


def known(kinds: str) -> Context:
    return given(**dict(kind.split(":") for kind in kinds.split()))


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        # powers
        (r"\int_a^b t^3 dt = (b^4 - a^4)/4", "a:real b:real"),
        (r"\int_0^1 t^{-1/2} dt = 2", ""),
        (r"\int_0^a t^{s-1} dt = a^s/s", "a:pos s:pos"),
        (r"\int_1^\infty t^{-s-1} dt = 1/s", "s:pos"),
        (r"\int_a^b t^{-2} dt = 1/a - 1/b", "a:pos b:pos"),
        (r"\int_a^b \frac{1}{t} dt = \ln b - \ln a", "a:pos b:pos"),
        (r"\int_{-b}^{-a} \frac{1}{t} dt = \ln a - \ln b", "a:pos b:pos"),
        (r"\int_0^1 t^{s-1} \ln t \, dt = -\frac{1}{s^2}", "s:pos"),
        (r"\int_0^a (\ln t)^2 dt = a (\ln a)^2 - 2a\ln a + 2a", "a:pos"),
        (r"\int_0^a (t+1)^{-1} dt = \ln(a+1)", "a:pos"),
        (r"\int_0^a t (t+1)^{-3} dt = \frac{a^2}{2(a+1)^2}", "a:pos"),
        (r"\int_0^1 (1-t)^{s-1} dt = 1/s", "s:pos"),
        # exponentials
        (r"\int_a^b e^{-t} dt = e^{-a} - e^{-b}", "a:real b:real"),
        (r"\int_{-\infty}^a t e^{s t} dt = (a/s - 1/s^2) e^{s a}", "a:real s:pos"),
        (r"\int_0^a s t^{s-1} e^{-t^s} dt = 1 - e^{-a^s}", "a:pos s:pos"),
        (r"\int_0^1 2^t dt = \frac{1}{\ln 2}", ""),
        (r"\int_0^\pi \sin(t) dt = 2", ""),
        (r"\int_0^a \cos(2t) dt = \frac12\sin(2a)", "a:real"),
        # normal
        (r"\int_0^a e^{-t^2} dt = \frac{\sqrt\pi}{2}\operatorname{erf}(a)", "a:real"),
        (r"\int_a^\infty e^{-t^2} dt = \frac{\sqrt\pi}{2}(1 - \operatorname{erf}(a))", "a:real"),
        (r"\int_{-\infty}^\infty (t-m)^4 e^{-(t-m)^2/2} dt = 3\sqrt{2\pi}", "m:real"),
        (r"\int_0^\infty t^2 e^{-s t^2} dt = \frac{\sqrt\pi}{4} s^{-3/2}", "s:pos"),
        # the table
        (r"\int_0^\infty e^{-t} \ln t \, dt = \psi(1)", ""),
        (r"\int_0^\infty t^{-s-1} e^{-1/t} dt = \Gamma(s)", "s:pos"),
        (r"\int_0^\infty t^{s-1} e^{-t^2} dt = \frac12\Gamma(s/2)", "s:pos"),
        (r"\int_0^1 t^{a-1}(1-t)^{b-1} dt = \frac{\Gamma(a)\Gamma(b)}{\Gamma(a+b)}", "a:pos b:pos"),
        (r"\int_0^a t^{s-1}(a-t)^{s-1} dt = a^{2s-1}\frac{\Gamma(s)^2}{\Gamma(2s)}", "a:pos s:pos"),
        (r"\int_1^2 (t-1)^{s-1}(2-t)^{s-1} dt = \frac{\Gamma(s)^2}{\Gamma(2s)}", "s:pos"),
        (r"\int_0^1 \ln(1-t) t^{s-1} dt = \frac{\psi(1) - \psi(s+1)}{s}", "s:pos"),
        (r"\int_0^\infty t^{a-1}(1+t)^{-a-b} dt = \frac{\Gamma(a)\Gamma(b)}{\Gamma(a+b)}", "a:pos b:pos"),
        (r"\int_{-\infty}^\infty \frac{1}{s^2+t^2} dt = \frac{\pi}{s}", "s:pos"),
        (r"\int_0^a \frac{1}{(t+1)(t+2)} dt = \ln(a+1) - \ln(a+2) + \ln 2", "a:pos"),
        (r"\int_1^2 \frac{1}{t(t+s)} dt = \frac{1}{s}(\ln 2 - \ln(2+s) + \ln(1+s))", "s:pos"),
        (r"\int_0^\pi t^2 \sin t \, dt = \pi^2 - 4", ""),
        # substitutions
        (r"\int_{-\infty}^\infty \frac{e^t}{(1+e^t)^2} dt = 1", ""),
        (r"\int_0^\infty \frac{1}{t} e^{-(\ln t)^2} dt = \sqrt\pi", ""),
        # pieces and orientation
        (r"\int_{-1}^2 |t| dt = \frac52", ""),
        (r"\int_{-\infty}^\infty e^{-|t-m|/s} dt = 2s", "m:real s:pos"),
        (r"\int_0^2 \max(t, 1) dt = \frac52", ""),
        (r"\int_b^a t \, dt = -\int_a^b t \, dt", "a:real b:real"),
        (r"\int_\infty^0 e^{-t} dt = -1", ""),
        (r"\int_a^a \frac{1}{t} dt = 0", "a:pos"),
        (r"\int_a^b t^2 dt + \int_b^c t^2 dt = \int_a^c t^2 dt", "a:real b:real c:real"),
        (r"\frac{d}{da}\int_0^a e^{-t^2} dt = e^{-a^2}", "a:real"),
        (r"\frac{d}{da}\int_a^{a^2} t \, dt = 2a^3 - a", "a:real"),
        (r"\int_0^1 \int_0^t s \, ds \, dt = \frac16", ""),
        (r"\int_1^\infty \frac{\ln t}{t^2} dt = 1", ""),
        (r"\int_0^1 |a| t \, dt = \frac{|a|}{2}", "a:real"),
        (r"\int_0^1 |t + a| dt = a + \frac12", "a:pos"),
        (r"\int_0^1 |t^2 + 1| dt = \frac43", ""),
        (r"\int_0^1 |t - 2| dt = \frac32", ""),
        (r"\int_1^2 |t| dt = \frac32", ""),
        (r"\int_{-2}^{-1} |t| dt = \frac32", ""),
    ],
)  # fmt: skip
def test_values_and_that_no_others_are_proved(text: str, kinds: str) -> None:
    context, relation = claim(text, known(kinds))
    assert proved(context, relation).conditions == ()
    wrong = Relation(relation.left, "=", Add((relation.right, Divide(ONE, integer(7)))))
    assert reason(context, wrong) == "the two sides have different normal forms"


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        # a singularity inside of the range or at an end, whatever the other side says
        (r"\int_{-1}^1 t^{-2} dt = -2", ""),
        (r"\int_{-1}^2 \frac{1}{t} dt = \ln 2", ""),
        (r"\int_a^b \frac{1}{t} dt = \ln b - \ln a", "a:real b:pos"),
        (r"\int_a^1 \frac{1}{t} dt = -\ln a", "a:nonneg"),
        (r"\int_1^{-1} \frac{1}{t} dt = 0", ""),
        (r"\int_0^1 \frac{1}{t} dt = \int_0^1 \frac{1}{t} dt", ""),
        (r"\int_0^1 t^{s-1} dt = \frac1s", "s:nonneg"),
        (r"\int_0^1 t^{s-1} dt = \frac1s", "s:real"),
        (r"\int_0^2 (1-t)^{-2} dt = -2", ""),
        (r"\int_0^\infty (t-1)^{-2} dt = -1", ""),
        (r"\int_0^1 t^{s-1} e^{-t} dt = \Gamma(s)", "s:pos"),
        (r"\int_1^\infty t^2 e^{-t^4} dt = \frac12\Gamma(\frac34)", ""),
        # more factors, or other powers of a logarithm, than a row has
        (r"\int_0^1 t^{s-1} (1-t)^{a-1} (2-t)^{b-1} dt = 0", "s:pos a:pos b:pos"),
        (r"\int_2^3 \frac{1}{t \ln t} dt = 0", ""),
        (r"\int_2^3 \frac{1}{\ln t} dt = 0", ""),
        (r"\int_2^3 \sqrt{\ln t} \, dt = 0", ""),
        # slow decay at infinity, or none
        (r"\int_0^\infty \sin t \, dt = 0", ""),
        (r"\int_1^\infty \frac{1}{t} dt = \int_1^\infty \frac{1}{t} dt", ""),
        (r"\int_1^\infty t^{-s} dt = \frac{1}{s-1}", "s:pos"),
        (r"\int_0^\infty t \, dt = \int_0^\infty t \, dt", ""),
        (r"\int_{-\infty}^\infty t \, dt = 0", ""),
        (r"\int_{-\infty}^\infty \frac{t}{1+t^2} dt = 0", ""),
        (r"\int_{-\infty}^\infty t^3 dt = 0", ""),
        # parameters at and beyond the edge
        (r"\int_0^\infty e^{-a t} dt = \frac1a", "a:nonneg"),
        (r"\int_0^\infty e^{-a t} dt = \frac1a", "a:real"),
        (r"\int_0^1 t^{a-1}(1-t)^{b-1} dt = \frac{\Gamma(a)\Gamma(b)}{\Gamma(a+b)}", "a:pos b:nonneg"),
        (r"\int_0^\infty t^{a-1}(1+t)^{-b} dt = \frac{\Gamma(a)\Gamma(b-a)}{\Gamma(b)}", "a:pos b:pos"),
        (r"\int_{-\infty}^\infty \frac{1}{s^2+t^2} dt = \frac{\pi}{s}", "s:real"),
        (r"\int_{-\infty}^\infty e^{-|t|/s} dt = 2s", "s:real"),
        # a value whose formula fails for one value of a parameter
        (r"\int_0^1 |t-s| dt = s^2 - s + \frac12", "s:real"),
        (r"\int_0^1 |t-s| dt = s^2 - s + \frac12", "s:pos"),
        (r"\int_{-1}^s |t| dt = \frac{s^2 + 1}{2}", "s:real"),
        (r"\int_a^1 t^{-2} dt = \frac1a - 1", "a:nonneg"),
        (r"\int_0^1 (1+k t)^{-2} dt = \frac{1}{1+k}", "k:real"),
        (r"\int_0^\infty t^{r s - 1} e^{-t^r} dt = \frac{\Gamma(s)}{r}", "r:real s:pos"),
        # convergent as a whole, and not term by term: not known, so not proved
        (r"\int_1^\infty (\frac1t - \frac{1}{t+1}) dt = \ln 2", ""),
    ],
)  # fmt: skip
def test_not_proved_without_its_condition(text: str, kinds: str) -> None:
    assert reason(*claim(text, known(kinds)))


@pytest.mark.parametrize(
    ("text", "kinds", "where"),
    [
        (r"\int_1^2 t^{s-1} dt = \frac{2^s - 1}{s}", "s:real", r"s \ne 0"),
        (r"\int_0^1 e^{k t} dt = \frac{e^k - 1}{k}", "k:real", r"k \ne 0"),
        (r"\int_0^1 e^{-k t^2} dt = \sqrt{\frac{\pi}{4k}}\operatorname{erf}(\sqrt k)", "k:real", r"k \ge 0"),
        (r"\int_0^1 \cos(k t) dt = \frac{\sin k}{k}", "k:real", r"k \ne 0"),
        (r"\int_0^1 \frac{1}{(t+1)(t+s)} dt = \frac{\ln 2 - \ln(1+s) + \ln s}{s-1}", "s:pos", r"s - 1 \ne 0"),
    ],
)
def test_proved_where_what_is_written_is_defined(text: str, kinds: str, where: str) -> None:
    context, goal = claim(text, known(kinds))
    found = proved(context, goal).conditions
    assert where in [statement_latex(one, context) for one in found]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [(r"\int_0^a a \, da = \frac{a^2}{2}", "a:real"), (r"\int_0^1 a t \, dt = \frac a2", "a:real t:neg")],
)
def test_a_bound_may_mention_a_name_like_the_variables(text: str, kinds: str) -> None:
    context = known(kinds.replace(" t:neg", "")).declare("t", REAL, Relation(t, "<", ZERO))
    assert proved(*claim(text, context)).conditions == ()


def test_the_integrand_must_be_defined_on_the_range() -> None:
    def shares(part: Term) -> Integral:
        return half_line(times(part, Divide(ONE, part), exp(Negate(t))))

    assert "needed for the statement to be defined" in reason(CONTEXT, Relation(shares(k), "=", ONE))
    assert proved(CONTEXT, Relation(shares(a), "=", ONE)).conditions == ()
    assert proved(CONTEXT, Relation(shares(t), "=", ONE)).conditions == ()


def test_an_integral_at_one_vector_is_not_that_at_another() -> None:
    """1/(s ∫ t w^T x dt) is defined at x = v by what is known of v, which says nothing of x = u."""
    w, x, s = map(Name, "wxs")
    over = Divide(ONE, Integral("t", ZERO, ONE, times(s, Apply("inner", (w, x)), t)))
    at_v, at_u = (Evaluate(Evaluate(over, "x", Name(at)), "s", integer(2)) for at in "vu")
    context = Context().declare("n", NATURAL).declare("s", REAL)
    for name in "uvwx":
        context = context.declare(name, Vector(Name("n")))
    context = context.assume(Relation(Apply("inner", (w, Name("v"))), ">", ZERO))
    assert proved(context, Relation(at_v, "=", at_v)).conditions == ()
    assert len(proved(context, Relation(Add((at_v, at_u)), "=", Add((at_u, at_v)))).conditions) == 1


def test_no_derivative_in_a_vector_that_an_evaluation_has_put_in() -> None:
    w, x = Name("w"), Name("x")
    slope = Apply("inner", (w, Derivative(Apply("inner", (x, x)), x)))
    at_u = Evaluate(Divide(ONE, Integral("t", ZERO, ONE, times(t, slope))), "x", Name("u"))
    context = Context().declare("n", NATURAL)
    for name in "uwx":
        context = context.declare(name, Vector(Name("n")))
    assert "a derivative in a bound vector" in reason(context, Relation(at_u, "=", at_u))


def test_the_variable_is_the_integrals_own() -> None:
    outside = CONTEXT.declare("t", REAL, Relation(t, "<", ZERO))
    assert proved(outside, Relation(half_line(exp(Negate(t))), "=", ONE)).conditions == ()


FOUND = r"\int_0^a \frac{1}{(t+1)(t+2)} dt = \ln(a+1) - \ln(a+2) + \ln 2"
LOGS = r"\ln(t+1) - \ln(t+2)"


def by_antiderivative(text: str, antiderivative: str, kinds: str) -> tuple[Context, Relation, ByTheorem]:
    context, relation = claim(text, known(kinds))
    integral = relation.left
    assert isinstance(integral, Integral)
    inner = context.declare(integral.variable, REAL)
    return context, relation, by("antiderivative", integral, term(antiderivative, inner))


def test_by_an_antiderivative() -> None:
    found = proved(*by_antiderivative(FOUND, LOGS, "a:pos"))
    assert found.conditions == () and found.rests_on == {"antiderivative"}


@pytest.mark.parametrize(
    ("text", "antiderivative", "kinds", "why"),
    [
        (FOUND, LOGS + "+ t", "a:pos", "different normal forms"),
        (FOUND.replace(r"\ln 2", "1"), LOGS, "a:pos", "different normal forms"),
        (FOUND, LOGS, "a:real", "sign of left"),  # a < 0: the range may be turned, or hold a pole
        (r"\int_{-1}^1 t^{-2} dt = -2", r"-\frac1t", "", "only under a condition"),  # a pole inside of the range
        (r"\int_0^1 \frac{1}{2\sqrt t} dt = 1", r"\sqrt t", "", "defined"),  # no derivative at an end
        (r"\int_0^\infty e^{-t} dt = 1", "-e^{-t}", "", "finite ranges"),
    ],
)  # fmt: skip
def test_the_conditions_of_an_antiderivative(text: str, antiderivative: str, kinds: str, why: str) -> None:
    assert why in reason(*by_antiderivative(text, antiderivative, kinds))


def test_an_antiderivative_may_not_meet_its_variable_in_a_definition() -> None:
    context = replace(Context(), definitions=(Definition("g", (), Power(t, integer(2))),))
    integral = Integral("t", ZERO, ONE, times(integer(2), Name("g")))
    goal = Relation(integral, "=", ONE)
    why = reason(context, goal, by("antiderivative", integral, times(t, Name("g"))))
    assert "a definition that mentions the variable" in why


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (r"\int_0^1 \frac{e^{\sin t}}{t+1} dt = \int_0^1 \frac{2e^{\sin t}}{2t+2} dt", ""),
        (r"\int_a^b k e^{e^t} dt = -k\int_b^a e^{e^t} dt", "a:real b:real k:real"),
        (r"\int_a^b e^{e^t} dt + \int_b^c e^{e^t} dt = \int_a^c e^{e^t} dt", "a:real b:real c:real"),
        (r"\int_a^b (e^{e^t} + e^{\cos t}) dt = \int_a^b e^{e^s} ds + \int_a^b e^{\cos s} ds", "a:real b:real"),
        (r"\frac{d}{da}\int_0^{a^2} e^{\cos t} dt = 2a e^{\cos(a^2)}", "a:real"),
        (r"\int_0^1 \int_0^a e^{e^{t s}} dt ds = \int_0^1 \int_0^a e^{e^{s t}} dt ds", "a:real"),
    ],
)  # fmt: skip
def test_integrals_that_are_in_no_table(text: str, kinds: str) -> None:
    context, relation = claim(text, known(kinds))
    assert proved(context, relation).conditions == ()
    wrong = Relation(relation.left, "=", times(integer(2), relation.right))
    assert reason(context, wrong) == "the two sides have different normal forms"


def test_a_beta_integral_ends_where_its_factor_does() -> None:
    text = r"\int_0^1 t^{s-1} (2 - t)^{k-1} dt = 2^{k-1} \frac{\Gamma(s)\Gamma(k)}{\Gamma(s+k)}"
    assert reason(*claim(text, known("s:pos k:pos")))


@pytest.mark.parametrize("inner", [r"\frac{t^2 + s^2}{2}", "t^2", "s^2"])
def test_the_variables_of_nested_integrals_are_told_apart(inner: str) -> None:
    text = rf"\int_0^1 e^{{e^t}} \int_0^1 e^{{e^{{t s}}}} ds dt = \int_0^1 e^{{e^t}} \int_0^1 e^{{e^{{{inner}}}}} ds dt"
    assert reason(*claim(text, known(""))) == "the two sides have different normal forms"


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (r"\int_0^1 e^{1/t} dt = \int_0^1 e^{1/t} dt", ""),  # not defined at an end, and divergent
        (r"\int_0^1 \frac{e^{\sin t}}{t} dt = \int_0^1 \frac{e^{\sin t}}{t} dt", ""),
        (r"\int_{-1}^1 \frac{e^{\sin t}}{t} dt = \int_{-1}^1 \frac{e^{\sin t}}{t} dt", ""),
        (r"\int_1^\infty e^{\sin t} dt = \int_1^\infty e^{\sin t} dt", ""),
        (r"\int_0^1 e^{\lfloor t\rfloor t} dt = \int_0^1 e^{\lfloor t\rfloor t} dt", ""),
        (r"\frac{d}{da}\int_0^1 e^{\cos(a t)} dt = 0", "a:real"),
        (r"\frac{d}{da}\int_0^a e^{\cos(a t)} dt = e^{\cos(a^2)}", "a:real"),
    ],
)  # fmt: skip
def test_what_stays_open_without_a_table(text: str, kinds: str) -> None:
    assert reason(*claim(text, known(kinds)))


@pytest.mark.parametrize(
    "text",
    [
        r"\int_{-\infty}^\infty x^3 e^{-x^4} dx = 0",
        r"\int_{-\infty}^\infty x^2 e^{-x^2} dx = \frac{\sqrt{\pi}}{2}",
        r"\int_{-\infty}^\infty x e^{-x^2 + x} dx = \frac{\sqrt{\pi}}{2} e^{1/4}",
    ],
)
def test_both_ends_infinite(text: str) -> None:
    assert proved(*claim(text, known(""))).conditions == ()


@pytest.mark.parametrize(
    "body", ["e^{-x}", "e^x", "x e^{-x}", "x^2 e^{-x^3}", "x^2 e^{x^3}", "x e^{x^2}", "x", "x^{-2}"]
)
def test_what_grows_towards_one_end_has_no_integral(body: str) -> None:
    """Also where the limits towards both ends are equal, or one of them is 0."""
    assert reason(*claim(rf"\int_{{-\infty}}^\infty {body} dx = 0", known("")))
