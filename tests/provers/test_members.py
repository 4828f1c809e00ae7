"""Deltas, indicators and derivatives in members of families, in ball arithmetic."""

from __future__ import annotations

import pytest
from flint import fmpq

from engine.meaning.context import Context
from engine.meaning.elaborate import read_term
from engine.meaning.term import ONE, Apply, Comparison, Derivative, Element, Name, integer
from engine.provers.ball import NoEval, Undef, compile_term
from engine.provers.sampling import points
from engine.span import Problem
from tests.families import claim, declared, defined

x, k = Name("x"), Name("k")


def value(text: str, context: Context, **given: object) -> object:
    reading = read_term(text, context)
    assert not isinstance(reading, Problem), reading.show(text)
    values = {name: fmpq(found) if isinstance(found, int) else found for name, found in given.items()}
    return compile_term(reading.term, reading.context)(values)


def family(*members: int) -> dict[tuple[int, ...], fmpq]:
    """Members from 1 on."""
    return {(n,): fmpq(member) for n, member in enumerate(members, 1)}


@pytest.mark.parametrize(
    ("sign", "below", "equal", "above"),
    [("=", 0, 1, 0), ("≠", 1, 0, 1), ("<", 1, 0, 0), ("≤", 1, 1, 0), (">", 0, 0, 1), ("≥", 0, 1, 1)],
)
def test_indicators(sign: str, below: int, equal: int, above: int) -> None:
    indicator = compile_term(Apply("indicator", (Comparison(x, sign, ONE),)), declared(x="real"))
    assert [indicator({"x": fmpq(n)}) for n in (0, 1, 2)] == [below, equal, above]


def test_an_indicator_of_something_else() -> None:
    with pytest.raises(NoEval, match="condition with ∈"):
        compile_term(Apply("indicator", (Comparison(x, "∈", x),)), declared(x="real"))


def test_a_member_moves_alone() -> None:
    context = declared(N="nat", k="integer", x="of N")
    at = {"N": 3, "x": family(2, 3, 5)}
    assert value(r"\frac{\partial}{\partial x_k} \sum_{i=1}^N x_i^2", context, k=2, **at) == 6
    assert value(r"\frac{\partial}{\partial x_k} \sum_{i=1}^{N-1} x_i^2", context, k=3, **at) == 0
    assert value(r"\frac{\partial}{\partial x_k} \prod_{i=1}^N x_i", context, k=1, **at) == 15
    for outside in (0, 4):
        with pytest.raises(Undef):
            value(r"\frac{\partial}{\partial x_k} \sum_{i=1}^N x_i^2", context, k=outside, **at)


def test_a_member_bound_by_a_sum() -> None:
    context = declared(N="nat", x="of N")
    at = {"N": 3, "x": family(2, 3, 5)}
    assert value(r"\sum_{i=1}^N \frac{\partial}{\partial x_i} x_i^2", context, **at) == 20
    assert value(r"\sum_{i=1}^N \frac{\partial}{\partial x_i} \sum_{i=1}^N x_i^2", context, **at) == 20


def test_a_definition_moves_with_the_member() -> None:
    context = defined(declared(N="nat", k="integer", x="of N"), r"\bar{x}", (), r"\frac{1}{N}\sum_{i=1}^N x_i")
    context = defined(context, "r", ("a",), r"x_a - \bar{x}")
    at = {"N": 2, "k": 1, "x": family(1, 3)}
    assert value(r"\frac{\partial}{\partial x_k} \bar x", context, **at) == fmpq(1, 2)
    assert value(r"\frac{\partial}{\partial x_k} \sum_{i=1}^N r_i^2", context, **at) == -2


def test_no_derivative_in_a_member_of_what_is_defined() -> None:
    context = defined(declared(k="integer", x="free"), "r", ("a",), "2 x_a")
    member = Element("r", (k,))
    with pytest.raises(NoEval, match="itself defined"):
        compile_term(Derivative(member, member), context)


def test_an_index_that_is_defined_is_put_in() -> None:
    context = declared(x="free").define("c", (), integer(2))
    slope = Derivative(Element("x", (integer(2),)), Element("x", (Name("c"),)))
    assert compile_term(slope, context)({"x": family(1, 3)}) == 1


def test_some_points_have_equal_indices_and_some_do_not() -> None:
    """Else δ_ij = 0, or 1, would never be contradicted."""
    for kind in ("integer", "nat", "in N"):
        said = claim(r"\delta_{ij} = \delta_{jk}", declared(N="nat", i=kind, j=kind, k=kind))
        seen = set()
        for point in points(said.context, said.statement, 30):
            i, j, m = (next(a.value for a in point.assignments if a.name == name) for name in "ijk")
            seen.add((i == j, j == m))
        assert len(seen) == 4, kind
