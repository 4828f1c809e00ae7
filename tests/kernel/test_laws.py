"""Laws that hold under conditions, instantiated with terms of every sign: what is proved must hold at every point.

The points are evaluated by the kernel's enclosures, which share no rule with its normal forms.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product

import pytest

from engine.kernel.certificate import Assignment, Model, NormalForm
from engine.kernel.enclosures.enclosure import decide, satisfies
from engine.kernel.forms.context import scope_of
from engine.kernel.unproved import Unproved
from engine.kernel.verify import verify
from engine.meaning.context import Context
from engine.meaning.sort import REAL, Integer
from engine.meaning.statement import Relation
from engine.meaning.term import (
    ONE,
    ZERO,
    Add,
    Apply,
    Derivative,
    Divide,
    Evaluate,
    Multiply,
    Name,
    Negate,
    Power,
    Product,
    Sum,
    Term,
    integer,
    subtract,
)
from tests.kernel.exercise import leaf

x, n, k = Name("x"), Name("n"), Name("k")
TWO, HALF, THIRD = integer(2), Divide(ONE, integer(2)), Divide(ONE, integer(3))
VALUES = [Fraction(*pair) for pair in ((-2, 1), (-1, 1), (-1, 2), (0, 1), (1, 3), (1, 1), (3, 1))]


def ln(a: Term) -> Term:
    return Apply("ln", (a,))


def root(a: Term) -> Term:
    return Apply("sqrt", (a,))


def size(a: Term) -> Term:
    return Apply("abs", (a,))


def times(*factors: Term) -> Term:
    return Multiply(factors)


def power(a: Term, b: Term) -> Term:
    return Power(a, b)


def context_of(*facts: Relation) -> Context:
    return Context().declare("x", REAL).declare("n", Integer(0)).declare("k", Integer()).assume(*facts)


CONTEXTS = {
    "real": context_of(),
    "positive": context_of(Relation(x, ">", ZERO)),
    "not negative": context_of(Relation(x, "≥", ZERO)),
    "negative": context_of(Relation(x, "<", ZERO)),
}
PARTS: list[Term] = [
    x,
    Negate(x),
    power(x, TWO),
    power(x, integer(3)),
    subtract(x, ONE),
    subtract(ONE, x),
    Divide(ONE, x),
    size(x),
    Add((power(x, TWO), ONE)),
    power(subtract(x, ONE), TWO),
    integer(-2),
    TWO,
]
LAWS: list[Callable[[Term, Term], tuple[Term, Term]]] = [
    lambda a, b: (ln(times(a, b)), Add((ln(a), ln(b)))),
    lambda a, b: (ln(Divide(a, b)), subtract(ln(a), ln(b))),
    lambda a, b: (ln(power(a, TWO)), times(TWO, ln(a))),
    lambda a, b: (ln(power(a, integer(3))), times(integer(3), ln(a))),
    lambda a, b: (root(times(a, b)), times(root(a), root(b))),
    lambda a, b: (root(times(power(a, TWO), b)), times(a, root(b))),
    lambda a, b: (root(times(power(a, TWO), b)), times(size(a), root(b))),
    lambda a, b: (root(power(a, TWO)), a),
    lambda a, b: (root(power(a, integer(4))), power(a, TWO)),
    lambda a, b: (power(power(a, integer(3)), THIRD), a),
    lambda a, b: (power(power(a, TWO), THIRD), power(a, Divide(TWO, integer(3)))),
    lambda a, b: (power(root(a), TWO), a),
    lambda a, b: (size(times(a, b)), times(a, b)),
    lambda a, b: (size(times(a, b)), times(size(a), size(b))),
    lambda a, b: (power(size(a), TWO), power(a, TWO)),
    lambda a, b: (power(size(a), integer(3)), power(a, integer(3))),
    lambda a, b: (size(a), Negate(a)),
    lambda a, b: (Apply("exp", (ln(a),)), a),
    lambda a, b: (ln(Apply("exp", (a,))), a),
    lambda a, b: (power(times(a, b), n), times(power(a, n), power(b, n))),
    lambda a, b: (power(a, Add((n, ONE))), times(a, power(a, n))),
    lambda a, b: (power(a, times(TWO, n)), power(power(a, n), TWO)),
    lambda a, b: (power(a, k), Apply("exp", (times(k, ln(a)),))),
    lambda a, b: (power(a, Negate(n)), Divide(ONE, power(a, n))),
    lambda a, b: (power(a, x), Apply("exp", (times(x, ln(a)),))),
    lambda a, b: (Divide(times(a, b), b), a),
    lambda a, b: (Divide(subtract(power(a, TWO), power(b, TWO)), subtract(a, b)), Add((a, b))),
    lambda a, b: (Sum("i", ONE, n, a), times(n, a)),
    lambda a, b: (Sum("i", ONE, n, Divide(a, n)), a),
    lambda a, b: (Sum("i", TWO, n, a), times(subtract(n, ONE), a)),
    lambda a, b: (Product("i", ONE, n, a), power(a, n)),
    lambda a, b: (ln(Product("i", ONE, TWO, a)), times(TWO, ln(a))),
    lambda a, b: (Evaluate(power(a, Name("t")), "t", TWO), power(a, TWO)),
    lambda a, b: (Evaluate(root(power(Name("t"), TWO)), "t", a), a),
    lambda a, b: (Evaluate(size(Name("t")), "t", a), size(a)),
]


def points(context: Context) -> list[Model]:
    found = []
    for value, count, exponent in product(VALUES, (0, 1, 3), (-1,)):
        given = {"x": value, "n": Fraction(count), "k": Fraction(exponent)}
        found.append(Model(tuple(Assignment(name, v) for name, v in given.items())))
    return [model for model in found if satisfies(context, model)]


POINTS = {name: points(context) for name, context in CONTEXTS.items()}


@pytest.mark.parametrize("law", range(len(LAWS)))
def test_a_proved_equation_holds_wherever_it_is_defined(law: int) -> None:
    pairs = dict.fromkeys(LAWS[law](a, b) for a, b in product(PARTS, (x, subtract(x, ONE), Negate(x))))
    for (name, context), (left, right) in product(CONTEXTS.items(), pairs):
        goal = Relation(left, "=", right)
        if leaf(context, goal, NormalForm()) != "proved":
            continue
        conditions = verify(context, goal, NormalForm()).conditions
        for point in POINTS[name]:
            told = [decide(c, context, point) for c in conditions if isinstance(c, Relation)]
            assert False in told or decide(goal, context, point) is not False, (goal, name, point)


COMBINED: list[Callable[[Term, Term], Term]] = [
    lambda a, b: times(a, b),
    lambda a, b: Add((a, b)),
    lambda a, b: Divide(a, b),
    lambda a, b: subtract(a, b),
    lambda a, b: times(root(a), b),
    lambda a, b: Add((power(a, TWO), times(TWO, a, b), power(b, TWO))),
    lambda a, b: times(power(a, n), b),
    lambda a, b: times(Apply("exp", (a,)), b),
    lambda a, b: Sum("i", ONE, n, times(Name("i"), a, b)),
    lambda a, b: times(Apply("Gamma", (Add((size(a), ONE)),)), b),
    lambda a, b: Derivative(times(a, a, b), x),
]


@pytest.mark.parametrize("combine", range(len(COMBINED)))
def test_a_sign_that_is_known_is_the_sign_wherever_it_is_defined(combine: int) -> None:
    for (name, context), a, b in product(CONTEXTS.items(), PARTS, PARTS[:7]):
        term = COMBINED[combine](a, b)
        scope = scope_of(context)
        try:
            known = scope.algebra.sign(scope.number(term))
        except Unproved:
            continue
        if len(known) < 3:
            for point in POINTS[name]:
                told = {s for s, sign in ((-1, "<"), (0, "="), (1, ">")) if decide_sign(term, sign, context, point)}
                assert told <= known, (term, name, point)


def decide_sign(term: Term, sign: str, context: Context, point: Model) -> bool:
    return decide(Relation(term, sign, ZERO), context, point) is True  # type: ignore[arg-type]
