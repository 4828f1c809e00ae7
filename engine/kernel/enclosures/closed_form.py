"""The value of an integral or an infinite sum at a point: its numbers are put in, and the table gives a closed form.

The point must show that the integrand is defined on the whole range and that the integral converges, as for a proof.
What is not known exactly, or varies, stays a variable of which only the sign is known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

from engine.kernel.definedness import Conditions, Place
from engine.kernel.enclosures import jet
from engine.kernel.enclosures.interval import REMEMBERED, Beyond, Interval
from engine.kernel.enclosures.jet import Scalar
from engine.kernel.forms import sign as signs
from engine.kernel.forms.algebra import Algebra
from engine.kernel.forms.assumption import Fact
from engine.kernel.forms.atom import (
    Call,
    Circle,
    Composite,
    Exponential,
    Logarithm,
    MatrixValue,
    Prime,
    SymbolicPower,
    Variable,
)
from engine.kernel.forms.normal import Scope, normalise
from engine.kernel.forms.polynomial import Exponent, Polynomial, constant, of_atom, thaw
from engine.kernel.forms.sign import Sign
from engine.kernel.steps import Steps
from engine.kernel.unfold import unfold
from engine.kernel.unproved import Unproved
from engine.meaning.context import Context
from engine.meaning.term import (
    PI,
    Add,
    Apply,
    Derivative,
    E,
    Evaluate,
    Integral,
    Multiply,
    Name,
    Number,
    Power,
    Product,
    Sum,
    Term,
    free_names,
    integer,
    map_children,
    rational,
    substitute,
)

STEPS = 60_000
LONGEST_SUM = 20


@dataclass(slots=True)
class Holes:
    """The parts of an integral that do not change inside of it, by the names that stand for them."""

    evaluate: Callable[[Term], Scalar]
    is_integer: Callable[[Term], bool]
    range: Callable[[Term, Term], range]
    parts: dict[Term, str] = field(default_factory=dict)
    values: dict[str, Scalar] = field(default_factory=dict)
    real: set[str] = field(default_factory=set)

    def opened(self, term: Term, inside: frozenset[str]) -> Term:
        """The term with a name for every part in which none of the names ``inside`` occurs."""
        names = free_names(term)
        if not names:
            return term
        if not names & inside:
            return Name(self.name_of(term))
        match term:
            case Sum(name, lower, upper, body) | Product(name, lower, upper, body) if (
                not (free_names(lower) | free_names(upper)) & inside
            ):
                parts = tuple(self.opened(substitute(body, name, value), inside) for value in self.each(lower, upper))
                return Add(parts) if isinstance(term, Sum) else Multiply(parts)
            case Sum(name, lower, upper, body) | Product(name, lower, upper, body) | Integral(name, lower, upper, body):
                inner = self.opened(body, inside | {name})
                return type(term)(name, self.opened(lower, inside), self.opened(upper, inside), inner)
            case Derivative() | Evaluate():
                raise Beyond("a derivative inside of an integral")
            case _:
                return map_children(term, lambda part: self.opened(part, inside))

    def each(self, lower: Term, upper: Term) -> list[Term]:
        """The values of an index, written out."""
        values = self.range(lower, upper)
        if values.stop - values.start > LONGEST_SUM:
            raise Beyond("a long sum inside of an integral")
        return list(map(integer, values))

    def name_of(self, part: Term) -> str:
        if part not in self.parts:
            name = self.parts[part] = f"@part{len(self.parts)}"
            self.values[name] = self.evaluate(part)
            if not self.is_integer(part):
                self.real.add(name)
        return self.parts[part]


def closed_form(
    integral: Integral | Sum, context: Context, bound: frozenset[str], holes: Holes
) -> tuple[Term, dict[str, Scalar]]:
    """A term that has the value of the integral (or infinite sum) where its names have the values beside it; raises
    :class:`Beyond` without one. ``bound`` are names that mean something else than in definitions."""
    try:
        whole = unfold(integral, context, bound)
    except Unproved as reason:
        raise Beyond(str(reason)) from None
    assert isinstance(whole, Integral | Sum)
    name = whole.index if isinstance(whole, Sum) else whole.variable
    lower, upper = (holes.opened(end, frozenset()) for end in (whole.lower, whole.upper))
    opened = type(whole)(name, lower, upper, holes.opened(whole.body, frozenset((name,))))
    form = _integrated(opened, tuple((n, _known_of(v), n in holes.real) for n, v in holes.values.items()))
    if isinstance(form, str):
        raise Beyond(f"an integral or infinite sum without a closed form: {form}")
    return form, holes.values


def _known_of(value: Scalar) -> Fraction | Sign:
    """What the table may use of a value: the number where it is known, else its sign."""
    if isinstance(value, Interval) and value.exact:
        return value.low
    start = jet.leading(value)
    return signs.ANY if start.contains_zero() else signs.of_number(start.low)


@lru_cache(maxsize=REMEMBERED)
def _integrated(integral: Integral | Sum, parts: tuple[tuple[str, Fraction | Sign, bool], ...]) -> Term | str:
    """The integral as a term in the names of its parts (of each what is known, and whether it is a real variable),
    or why there is none."""
    algebra = Algebra(Steps(STEPS))
    starts = {name: _start(algebra, known) for name, known, _ in parts}
    scope = Scope(algebra, Context(), dict(starts))
    conditions = Conditions(frozenset())
    try:
        real = frozenset(name for name, _, is_real in parts if is_real)
        conditions.of(integral, Place(scope, required=True, barred=real))
        if conditions.settled():
            return "it is not known to be defined here"
        value = normalise(integral, scope)
        if not isinstance(value, dict):
            return "its integrand is a matrix"
        form = term_of(algebra, value)
    except (Unproved, Beyond) as reason:
        return str(reason)
    for name, start in starts.items():
        if isinstance(inside := term_of(algebra, start), Name):
            form = substitute(form, inside.name, Name(name))
    return form


def _start(algebra: Algebra, known: Fraction | Sign) -> Polynomial:
    if isinstance(known, Fraction):
        return constant(known)
    number = algebra.fresh_variable(integer=False)
    if known != signs.ANY:
        algebra.assume(Fact(of_atom(number), known))
    return of_atom(number)


def term_of(algebra: Algebra, p: Polynomial) -> Term:
    """A polynomial of numbers as a term."""
    terms = []
    for monomial, coefficient in p.items():
        factors = [_power(_atom(algebra, number), exponent) for number, exponent in monomial]
        terms.append(factors[0] if len(factors) == coefficient == 1 else Multiply((rational(coefficient), *factors)))
    return terms[0] if len(terms) == 1 else Add(tuple(terms))


def _power(base: Term, exponent: Exponent) -> Term:
    return base if exponent == 1 else Power(base, rational(Fraction(exponent)))


def _atom(algebra: Algebra, number: int) -> Term:
    match algebra.atoms[number]:
        case Variable(name):
            return Name(name)
        case Prime(value):
            return Number(Fraction(value))
        case Circle():
            return PI
        case Exponential(exponent):
            return Power(E, term_of(algebra, {exponent: Fraction(1)}))
        case SymbolicPower(base, exponent):
            return Power(_atom(algebra, base), term_of(algebra, {exponent: Fraction(1)}))
        case Logarithm(argument):
            return Apply("ln", (_atom(algebra, argument),))
        case Composite(polynomial):
            return term_of(algebra, thaw(polynomial))
        case Call(function, orders, arguments) if not (
            any(orders) or any(isinstance(a, MatrixValue) for a in arguments)
        ):
            return Apply(
                function, tuple(term_of(algebra, thaw(a)) for a in arguments if not isinstance(a, MatrixValue))
            )
        case atom:
            raise Beyond(f"the value of {type(atom).__name__}")
