"""Sums with symbolic bounds: laws that hold whatever the terms are, and the conditions on ranges."""

from __future__ import annotations

import pytest

from engine.kernel.certificate import NormalForm
from engine.kernel.forms.atom import Bound
from engine.kernel.forms.context import scope_of
from engine.kernel.forms.polynomial import atoms_of
from engine.kernel.sums.prefix import indices_inside
from engine.meaning.sort import REAL, Family, Function, Integer, MatrixOf, Vector
from engine.meaning.statement import ForEach, Relation
from engine.meaning.term import (
    ONE,
    ZERO,
    Add,
    Apply,
    Element,
    Evaluate,
    Integral,
    Inverse,
    Multiply,
    Name,
    Product,
    Sum,
    Transpose,
    integer,
    rational,
    subtract,
)
from tests.kernel.exercise import claim, given, leaf, proved, reason, says, term, why_not

FREE = {"N": "nat", "M": "nat0", "x": "free family", "y": "free family", "a": "real", "f": "function"}


@pytest.mark.parametrize(
    "text",
    [
        r"\sum_{i=1}^N(x_i+a y_i)=\sum_{i=1}^N x_i+a\sum_{i=1}^N y_i",
        r"\sum_{i=1}^N a=N a",
        r"\sum_{i=3}^{N+4}a=(N+2)a",
        r"\sum_{i=0}^M 1=M+1",
        r"\sum_{i=2}^{N+1}x_{i-1}=\sum_{i=1}^N x_i",
        r"\sum_{i=1}^N x_{i+3}=\sum_{i=4}^{N+3}x_i",
        r"\sin(\sum_{i=1}^N x_{i+3})=\sin(\sum_{i=4}^{N+3}x_i)",
        r"\sum_{i=1}^N(x_{i+1}-x_i)=x_{N+1}-x_1",
        r"\sum_{i=1}^{N+3}x_i=\sum_{i=1}^N x_i+x_{N+1}+x_{N+2}+x_{N+3}",
        r"\sum_{i=1}^{N-1}x_i=\sum_{i=1}^N x_i-x_N",
        r"\sum_{i=5}^{N+4}x_i=\sum_{i=1}^{N+4}x_i-x_1-x_2-x_3-x_4",
        r"\sum_{i=-2}^{N}x_i=x_{-2}+x_{-1}+x_0+\sum_{i=1}^N x_i",
        r"\sum_{i=M+1}^{M+N}x_i=\sum_{i=1}^{M+N}x_i-\sum_{i=1}^M x_i",
        r"\sum_{i=N}^{N+2}x_i=x_N+x_{N+1}+x_{N+2}",
        r"\sum_{i=1}^N\sum_{j=1}^N x_i y_j=\sum_{j=1}^N\sum_{i=1}^N x_i y_j",
        r"(\sum_{i=1}^N x_i)^2=\sum_{i=1}^N\sum_{j=1}^N x_i x_j",
        r"\sum_{i=1}^N x_i\sum_{j=1}^N x_j=\left(\sum_{k=1}^N x_k\right)^2",
        r"\sum_{i=1}^N\sum_{j=1}^{i}x_j y_i=\sum_{k=1}^N\sum_{l=1}^{k}x_l y_k",
        r"\sum_{i=1}^{N}\sum_{j=1}^{i}1=\sum_{i=1}^N i",
        r"\sum_{i=1}^3 x_i=x_1+x_2+x_3",
        r"\prod_{i=1}^3 x_i=x_1 x_2 x_3",
        r"\sum_{i=2}^{1}x_i=0",
        r"\sum_{i=1}^N f(x_i)=\sum_{j=1}^{N-1}f(x_j)+f(x_N)",
    ],
)
def test_laws(text: str) -> None:
    assert says(text, **FREE).conditions == ()


@pytest.mark.parametrize(
    "text",
    [
        r"\sum_{i=1}^N x_i=\sum_{i=1}^N y_i",
        r"\sum_{i=1}^N x_i=\sum_{i=1}^{N+1}x_i",
        r"\sum_{i=1}^N x_i=\sum_{i=2}^{N+1}x_i",
        r"\sum_{i=1}^N x_{i+1}=\sum_{i=1}^N x_i",
        r"\sum_{i=1}^N a=a",
        r"\sum_{i=0}^N a=N a",
        r"\sum_{i=1}^{N-1}x_i=\sum_{i=1}^N x_i-x_{N-1}",
        r"\sum_{i=1}^N x_i^2=(\sum_{i=1}^N x_i)^2",
        r"\sum_{i=1}^N x_i y_i=\sum_{i=1}^N x_i\sum_{i=1}^N y_i",
        r"\sum_{i=1}^N\sum_{j=1}^{i}x_i y_j=\sum_{i=1}^N\sum_{j=1}^{i}x_j y_i",
        r"\sum_{i=1}^N\sum_{j=1}^N x_i y_j=\sum_{i=1}^N\sum_{j=1}^{i}x_i y_j",
        r"\sum_{i=-2}^{N}x_i=x_{-2}+x_{-1}+\sum_{i=1}^N x_i",
        r"\sum_{i=2}^{N+1}x_i=\sum_{i=1}^{N+1}x_i",
        r"\sum_{i=1}^3 x_i=x_1+x_2",
        r"\sum_{i=1}^N f(x_i)=N f(a)",
        # the index of the outer sum is not that of the middle one
        r"\sum_{i=1}^N\sum_{j=1}^N\sum_{k=1}^N x_{i+2j+4k}=N\sum_{j=1}^N\sum_{k=1}^N x_{2j+5k}",
    ],
)
def test_slips(text: str) -> None:
    assert why_not(text, **FREE) == "the two sides have different normal forms"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (r"\sum_{i=1}^{M-1}x_i=\sum_{j=2}^{M-1}x_j", "may lie below the lower one"),
        (r"\sum_{i=2}^{M}1=M-1", "may lie below the lower one"),
        (r"\sum_{i=N}^{M}x_i=\sum_{j=N}^{M}x_j", "may lie below the lower one"),
        (r"\sum_{i=1}^{a}x_i=\sum_{j=1}^{a}x_j", "must be integers"),
        (r"\sum_{i=a}^{a+2}x_i=x_a", "must be integers|not known to be an integer"),
        (r"\sum_{i=1}^{\frac N2}1=\frac N2", "must be integers"),
        (r"\sum_{i=\frac12}^{\frac32}1=1", "must be integers"),
        (r"\sum_{i=1}^{\frac32}1=1", "must be integers"),
        (r"\sum_{i=1}^{401}x_i=0", "a sum of 401 terms is too long to write out"),
        (r"\sum_{i=500}^{N+500}x_i=0", "too long to write out"),
        (r"\sum_{i=N}^{N+400}x_i=0", "a sum of 401 terms is too long to write out"),
        (r"\prod_{i=1}^M(x_i-x_i)=0", "a product of zeros that may be empty"),
        (r"\sum_{i=-M}^{M}x_i=x_0", "start at 1 or to be long enough"),
    ],
)
def test_conditions(text: str, why: str) -> None:
    found = why_not(text, **FREE)
    assert any(part in found for part in why.split("|")), found


def test_400_terms_may_be_written_out() -> None:
    assert says(r"\sum_{i=1}^{400}1=400").conditions == ()
    assert says(r"\sum_{i=1}^{N+400}x_i=\sum_{j=1}^{N+400}x_j", **FREE).conditions == ()
    assert says(r"\sum_{i=1}^{N+401}x_i=\sum_{j=1}^{N+401}x_j", **FREE).conditions == ()


def test_products_of_positive_factors() -> None:
    kinds = {"N": "nat", "x": "pos family", "lam": "pos"}
    assert (
        says(r"\prod_{i=1}^N\lambda e^{-\lambda x_i}=\lambda^N e^{-\lambda\sum_{i=1}^N x_i}", **kinds).conditions == ()
    )
    assert says(r"\prod_{i=1}^N x_i^2=(\prod_{i=1}^N x_i)^2", **kinds).conditions == ()
    assert "different normal" in why_not(r"\prod_{i=1}^N\lambda x_i=\lambda\prod_{i=1}^N x_i", **kinds)


def test_the_range_of_a_product_begins_at_one() -> None:
    text = r"\prod_{i=1}^N|i-\frac32|=\prod_{i=1}^N(i-\frac32)"
    for kind in ("nat", "nat0"):
        assert "different normal" in why_not(text, N=kind)


def test_the_root_of_a_sum_of_sums_is_not_the_sum() -> None:
    text = r"\sqrt{\sum_{i=1}^N x_i\sum_{j=1}^i x_j}=\sum_{i=1}^N x_i\sum_{j=1}^i x_j"
    assert "different normal" in why_not(text, N="nat", x="pos family")


def test_products_of_roots() -> None:
    kinds = {"N": "nat", "x": "nonneg family"}
    assert says(r"\prod_{i=1}^N\sqrt{x_i}=\sqrt{x_N}\prod_{i=1}^{N-1}\sqrt{x_i}", **kinds).conditions == ()
    for one in (r"1", r"\sqrt{x_N}"):
        assert "different normal" in why_not(rf"\prod_{{i=1}}^N\sqrt{{x_i}}={one}", **kinds)


@pytest.mark.parametrize("text", [r"\prod_{i=1}^M x_i^i", r"\prod_{j=1}^M\prod_{i=1}^M x_i^j", r"\sum_{i=1}^M x_i^i"])
def test_no_index_is_left_over(text: str) -> None:
    context = given(**FREE)
    algebra = (scope := scope_of(context)).algebra
    free = algebra.polynomial_depends(scope.number(term(text, context)))
    assert not [algebra.atoms[n] for n in free if isinstance(algebra.atoms[n], Bound)]


def test_signs_of_sums() -> None:
    kinds = {"N": "nat", "M": "nat0", "x": "pos family", "y": "nonneg family"}
    assert says(r"\sum_{i=1}^N x_i>0", **kinds).conditions == ()
    assert says(r"-\sum_{i=1}^N x_i<0", **kinds).conditions == ()
    assert says(r"\sum_{i=1}^N y_i\ge0", **kinds).conditions == ()
    assert says(r"\sum_{i=1}^M i\ge0", **kinds).conditions == ()
    for text in (r"\sum_{i=1}^N y_i>0", r"\sum_{i=1}^M i>0", r"\sum_{i=1}^N(x_i-y_i)\ge0"):
        assert "does not follow" in why_not(text, **kinds)


def test_a_sum_that_may_be_empty_is_not_positive() -> None:
    context = given(m="integer", x="free family").assume(Relation(Name("m"), "≥", integer(-1)))
    assert proved(*claim(r"\sum_{i=1}^{m+1} e^{x_i} \ge 0", context)).conditions == ()
    assert "does not follow" in reason(*claim(r"\sum_{i=1}^{m+1} e^{x_i} > 0", context))


def test_a_product_of_negative_factors_may_have_either_sign() -> None:
    y, N = Element("y", (Name("i"),)), Name("N")
    context = given(N="nat", y="family")
    negative = context.assume(ForEach("i", ONE, N, Relation(y, "<", integer(0))))
    assert "does not follow" in reason(*claim(r"\prod_{i=1}^N y_i + 1 > 0", negative))
    not_negative = context.assume(ForEach("i", ONE, N, Relation(y, "≥", integer(0))))
    assert proved(*claim(r"\prod_{i=1}^N y_i + 1 > 0", not_negative)).conditions == ()
    assert proved(*claim(r"|\prod_{i=1}^N y_i| = \prod_{i=1}^N y_i", not_negative)).conditions == ()


def test_a_range_of_known_length_whose_end_may_be_negative() -> None:
    kinds = {"M": "nat0", "x": "free family"}
    assert says(r"\sum_{i=-2}^{M-3}x_i=\sum_{i=1}^M x_{i-3}", **kinds).conditions == ()
    assert "different normal" in why_not(r"\sum_{i=-2}^{M-3}x_i=\sum_{i=1}^M x_{i-2}", **kinds)


def test_a_product_of_ten_factors_is_written_out() -> None:
    text = r"\prod_{i=N}^{N+9}x_i=\prod_{i=N}^{N+4}x_i\prod_{i=N+5}^{N+9}x_i"
    assert says(text, N="nat", x="free family").conditions == ()


def test_signs_that_alternate_in_a_product() -> None:
    text = r"\prod_{i=1}^M(-1)^i x_i=\prod_{j=1}^M(-1)^j\prod_{k=1}^M x_k"
    assert says(text, M="nat0", x="free family").conditions == ()


def test_what_is_positive_may_leave_a_sum_that_may_be_empty() -> None:
    kinds = {"n": "nat0", "p": "pos", "x": "free family"}
    assert says(r"\sum_{i=1}^n \frac{x_i}{p} = \frac{1}{p}\sum_{i=1}^n x_i", **kinds).conditions == ()
    found = says(r"\sum_{i=1}^n \frac{x_i}{n} = \frac{1}{n}\sum_{i=1}^n x_i", **kinds).conditions
    assert found == (Relation(Name("n"), "≠", integer(0)),)


def test_the_index_of_a_sum_in_an_index() -> None:
    """A sum around the term must not be written with the index of the sum inside of it."""
    context = given(N="nat").declare("n", Family((None,), Integer())).declare("y", Family((None,), Vector(Name("N"))))
    context = context.declare("a", Vector(Name("N"))).declare("f", Function((REAL,), Vector(Name("N"))))
    context = context.declare("g", Function((Vector(Name("N")),), REAL)).declare("A", MatrixOf(Name("N"), Name("N")))
    scope = scope_of(context.declare("x", Family((None,), REAL)))
    place = Sum("k", ONE, Name("N"), Element("n", (Name("k"),)))
    total = Sum("k", ONE, Name("N"), Element("y", (Name("k"),)))
    columns = Element("y", (place,)), Apply("f", (place,)), total
    words = [Multiply((Transpose(Name("a")), column)) for column in columns]
    for part in (place, Element("x", (place,)), Apply("g", (total,)), *words):
        ((((atom, _),), _),) = scope.number(part).items()
        assert [scope.algebra.atoms[n] for n in indices_inside(scope.algebra, atom)] == [Bound(1)]
    ((((double, _),), _),) = scope.number(term(r"\sum_{i=1}^N x_i\sum_{j=1}^i x_j", scope.context)).items()
    assert {scope.algebra.atoms[n] for n in indices_inside(scope.algebra, double)} == {Bound(1), Bound(2)}
    weighted = Multiply((Element("x", (Add((Name("i"), place)),)), Element("y", (Name("i"),))))
    ((((weights, _),), _),) = scope.number(Multiply((Transpose(Name("a")), Sum("i", ONE, Name("N"), weighted)))).items()
    assert {scope.algebra.atoms[n] for n in indices_inside(scope.algebra, weights)} == {Bound(1), Bound(2)}
    square = Add((Multiply((total, Transpose(total))), Apply("identity", (Name("N"),))))
    form = Multiply((Transpose(Name("a")), Inverse(square), Name("a")))
    for atom in atoms_of(scope.number(form)) | atoms_of(scope.number(Apply("det", (Add((square, Name("A"))),)))):
        assert [scope.algebra.atoms[n] for n in indices_inside(scope.algebra, atom)] == [Bound(1)]
    inner = Apply("exp", (Apply("exp", (Multiply((Name("t"), place)),)),))
    for atom in atoms_of(scope.number(Integral("t", ZERO, ONE, inner))):
        assert [scope.algebra.atoms[n] for n in indices_inside(scope.algebra, atom)] == [Bound(1)]
    area = scope.number(Integral("t", ZERO, place, Apply("exp", (Apply("exp", (Name("t"),)),))))
    inside = [indices_inside(scope.algebra, atom) for atom in atoms_of(area)]
    assert [scope.algebra.atoms[n] for n in frozenset().union(*inside)] == [Bound(1)]


def test_a_bar_around_a_sum() -> None:
    context = given(N="nat", x="free family", a="real", t="real")
    i, a, t, N = map(Name, "i a t N".split())
    body = Sum("i", ONE, N, Multiply((t, Element("x", (i,)))))
    at_a = Relation(Evaluate(body, "t", a), "=", Multiply((a, Sum("j", ONE, N, Element("x", (Name("j"),))))))
    assert leaf(context, at_a, NormalForm()) == "proved"
    twice = Relation(Evaluate(body, "t", integer(2)), "=", body)
    assert "different normal forms" in leaf(context, twice, NormalForm())
    captured = Relation(Evaluate(body, "t", i), "=", Sum("i", ONE, N, Multiply((i, Element("x", (i,))))))
    outer = context.declare("i", context.sort_of("a"))  # type: ignore[arg-type]
    assert "different normal forms" in leaf(outer, captured, NormalForm())


def test_empty_ranges_between_numbers() -> None:
    x = Element("x", (Name("i"),))
    context = given(x="free family")
    for low, high in ((1, 0), (3, -4)):
        assert (
            leaf(context, Relation(Sum("i", integer(low), integer(high), x), "=", integer(0)), NormalForm()) == "proved"
        )
        assert leaf(context, Relation(Product("i", integer(low), integer(high), x), "=", ONE), NormalForm()) == "proved"
    half = Relation(Sum("i", rational(1), Add((ONE, subtract(ONE, ONE))), x), "=", Element("x", (ONE,)))
    assert leaf(context, half, NormalForm()) == "proved"


# ---- names of indices


@pytest.mark.parametrize(
    "text",
    [
        r"\sum_{k=1}^N\sum_{i=1}^k x_{i+k}=\sum_{i=1}^N\sum_{k=1}^i x_{i+k}",
        r"\sum_{i=1}^N\left(x_i+\sum_{i=1}^N y_i\right)^2=\sum_{j=1}^N\left(x_j+\sum_{k=1}^N y_k\right)^2",
        r"\sum_{i=1}^N\frac{1}{1+(\sum_{j=1}^i x_j)^2}=\sum_{j=1}^N\frac{1}{1+(\sum_{i=1}^j x_i)^2}",
        r"\sum_{i=1}^N\sum_{j=1}^i x_j y_i=\sum_{k=1}^N y_k\sum_{j=1}^k x_j",
    ],
)
def test_an_index_may_have_any_name(text: str) -> None:
    assert says(text, **FREE).conditions == ()


@pytest.mark.parametrize(
    "text",
    [
        r"\sum_{k=1}^N\sum_{i=1}^N x_{i+k}=\sum_{k=1}^N\sum_{i=1}^N x_{2i}",
        r"\sum_{k=1}^N\sum_{i=1}^k x_{i+k}=\sum_{k=1}^N\sum_{i=1}^k x_{2i}",
        r"\sum_{i=1}^N\left(x_i+\sum_{j=1}^N y_j\right)^2=\sum_{i=1}^N\left(x_i+\sum_{j=1}^N y_i\right)^2",
        r"\sum_{i=1}^N\frac{1}{1+(\sum_{j=1}^i x_j)^2}=\sum_{i=1}^N\frac{1}{1+(\sum_{j=1}^i x_i)^2}",
        r"\sum_{i=1}^N\sum_{j=1}^i x_j y_i=\sum_{i=1}^N\sum_{j=1}^i x_i y_i",
    ],
)
def test_an_index_is_not_taken_for_another(text: str) -> None:
    assert why_not(text, **FREE)
