"""What was found out under some assumptions is remembered with them, and with no others."""

from __future__ import annotations

import pytest

from engine.kernel.forms import sign as signs
from engine.kernel.forms.algebra import Algebra
from engine.kernel.forms.assumption import Fact, MemberFact
from engine.kernel.forms.atom import Call, Member, Variable
from engine.kernel.forms.polynomial import Polynomial, add, atoms_of, constant, freeze, of_atom
from engine.meaning.context import Context
from engine.meaning.sort import NATURAL, REAL, Family, Vector
from engine.meaning.statement import ForEach, Relation
from engine.meaning.term import INFINITY, ZERO, Apply, Element, Evaluate, Name, Negate, Term
from tests.kernel.exercise import proved, reason


@pytest.fixture
def algebra() -> Algebra:
    return Algebra()


def number(p: Polynomial) -> int:
    (atom,) = atoms_of(p)
    return atom


def test_a_remembered_sign_is_not_that_of_other_assumptions(algebra: Algebra) -> None:
    x = algebra.of(Variable("x"))
    shifted = add(x, constant(1))
    for _ in range(2):
        assert (algebra.sign(shifted), algebra.atom_sign(0)) == (signs.ANY, signs.ANY)
        with algebra.assuming(Fact(x, signs.POSITIVE)):
            assert (algebra.sign(shifted), algebra.atom_sign(0)) == (signs.POSITIVE, signs.POSITIVE)
            with algebra.forgetting(0):
                assert (algebra.sign(shifted), algebra.atom_sign(0)) == (signs.ANY, signs.ANY)
            with algebra.assuming(Fact(x, signs.NONZERO)):
                assert algebra.sign(shifted) == signs.POSITIVE
        with algebra.assuming(Fact(x, signs.NOT_NEGATIVE)):
            assert (algebra.sign(shifted), algebra.atom_sign(0)) == (signs.POSITIVE, signs.NOT_NEGATIVE)
            with algebra.nearby(0):
                assert algebra.sign(shifted) == signs.ANY


def test_what_is_assumed_from_here_on_counts_at_once(algebra: Algebra) -> None:
    x = algebra.of(Variable("x"))
    assert algebra.sign(x) == signs.ANY
    algebra.assume(Fact(x, signs.NEGATIVE))
    assert algebra.sign(x) == signs.NEGATIVE


def test_an_error_leaves_the_assumptions_as_they_were(algebra: Algebra) -> None:
    x = algebra.of(Variable("x"))
    before = algebra.known
    with pytest.raises(ZeroDivisionError), algebra.assuming(Fact(x, signs.POSITIVE)):
        raise ZeroDivisionError
    assert algebra.known is before and algebra.sign(x) == signs.ANY


def test_no_more_facts_are_the_same_assumptions(algebra: Algebra) -> None:
    before = algebra.known
    with algebra.assuming():
        assert algebra.known is before


def test_a_hint_may_tell_a_sign_that_was_not_known(algebra: Algebra) -> None:
    x, y = algebra.of(Variable("x")), algebra.of(Variable("y"))
    one, other = add(add(x, y), constant(1)), add(algebra.multiply(x, y), constant(2))
    algebra.assume(Fact(one, signs.POSITIVE), Fact(other, signs.NEGATIVE))
    product = algebra.multiply(one, other)
    assert algebra.sign(product) == signs.ANY
    algebra.known = algebra.known.with_factors([one])
    assert algebra.sign(product) == signs.NEGATIVE


def test_facts_about_members_come_and_go(algebra: Algebra) -> None:
    index, place = algebra.fresh_variable(integer=True), algebra.fresh_variable(integer=True)
    member = Member("x", (freeze(of_atom(index)),))
    known = MemberFact(index, constant(1), None, Fact(algebra.of(member), signs.POSITIVE))
    at_place = algebra.of(Member("x", (freeze(of_atom(place)),)))
    before = algebra.known
    assert algebra.sign(at_place) == signs.ANY
    algebra.known = before.with_facts((), (known,))
    assert algebra.sign(at_place) == signs.ANY
    with algebra.assuming(Fact(add(of_atom(place), constant(1), -1), signs.NOT_NEGATIVE)):
        assert algebra.sign(at_place) == signs.POSITIVE
    assert algebra.sign(at_place) == signs.ANY


def test_bounds_of_a_function_count_also_after_its_sign_was_asked(algebra: Algebra) -> None:
    """erf lies between -1 and 1."""
    value = algebra.of(Call("erf", (0,), (freeze(algebra.of(Variable("x"))),)))
    assert algebra.atom_sign(number(value)) == signs.ANY
    assert algebra.sign(add(value, constant(2))) == signs.POSITIVE
    assert algebra.sign(add(constant(1), value, -1)) == signs.POSITIVE


@pytest.mark.parametrize(
    ("factor", "offset", "sign", "left"),
    [
        (1, 0, signs.POSITIVE, signs.POSITIVE),
        (-1, 0, signs.POSITIVE, signs.NEGATIVE),
        (2, -3, signs.NOT_NEGATIVE, signs.POSITIVE),
        (2, 3, signs.NOT_NEGATIVE, signs.ANY),
        (-2, -3, signs.NOT_NEGATIVE, signs.NEGATIVE),
        (1, 0, signs.NONZERO, signs.NONZERO),
        (1, 1, signs.NONZERO, signs.ANY),
    ],
)
def test_what_a_fact_leaves_to_an_atom(factor: int, offset: int, sign: signs.Sign, left: signs.Sign) -> None:
    assert Fact({((4, 1),): factor} | constant(offset), sign).bound() == (4, left)


def test_a_fact_about_more_than_an_atom_bounds_none() -> None:
    for polynomial in ({((4, 2),): 1}, {((4, 1), (5, 1)): 1}, {((4, 1),): 1, ((5, 1),): 1}, constant(1), {}):
        assert Fact(polynomial, signs.POSITIVE).bound() is None


@pytest.mark.parametrize("above", [False, True])
def test_the_range_of_a_fact_is_not_that_at_another_vector(above: bool) -> None:
    """y_i ≥ 0 for i up to ⌊w^T x⌋, or from there on, says nothing of y at ⌊w^T u⌋."""

    def end(vector: str) -> Term:
        return Apply("floor", (Apply("inner", (Name("w"), Name(vector))),))

    context = Context().declare("n", NATURAL).declare("y", Family((None,), REAL))
    for name in "uwx":
        context = context.declare(name, Vector(Name("n")))
    ends = (end("x"), INFINITY) if above else (Negate(INFINITY), end("x"))
    context = context.assume(ForEach("i", *ends, Relation(Element("y", (Name("i"),)), "≥", ZERO)))
    at_x, at_u = (Element("y", (end(vector),)) for vector in "xu")
    assert proved(context, Relation(Apply("abs", (at_x,)), "=", at_x)).conditions == ()
    moved = Evaluate(Apply("abs", (at_x,)), "x", Name("u"))
    assert reason(context, Relation(moved, "=", at_u)) == "the two sides have different normal forms"
