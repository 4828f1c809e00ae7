"""Terms: what a formula says, with nothing rewritten behind anybody's back.

``x/x`` stays ``x/x``, ``ln(exp(x))`` stays as it is, and ``a + (b + c)`` differs from ``a + b + c``. A term
is a frozen, hashable value; two terms are equal when they are written alike. What they *mean* is fixed by
the context they stand in (see :mod:`engine.meaning.context`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from fractions import Fraction
from functools import lru_cache
from itertools import chain
from operator import attrgetter
from typing import Any, Final, Literal, get_args

from engine.meaning.frozen import frozen


@frozen
class Number:
    """A literal as it was written: a non-negative integer or decimal with ``places`` shown decimals.

    Invariant: ``value >= 0`` and ``value * 10**places`` is an integer. A negative number is a
    :class:`Negate` of a literal, a fraction is a :class:`Divide` of two.
    """

    value: Fraction
    places: int = 0

    def __post_init__(self) -> None:
        value, places = self.value, self.places
        if value.numerator < 0 or places < 0 or (value.denominator != 1 and 10**places % value.denominator):
            raise ValueError(f"not a literal: {self.value} with {self.places} decimals")

    def __hash__(self) -> int:
        # The hash of a fraction takes a power modulo a prime; terms are looked up too often for that.
        return hash((self.value.numerator, self.value.denominator, self.places))


@frozen
class Constant:
    """π, Euler's number e, or ∞ (which occurs only as a bound)."""

    name: Literal["pi", "e", "infinity"]


@frozen
class Name:
    """A variable; the name is its LaTeX in one canonical spelling, such as ``\\hat{\\lambda}``."""

    name: str


@frozen
class Element:
    """A member of a family, or an entry of a matrix: ``x_i``, ``X_{i,j}``."""

    family: str
    indices: tuple[Term, ...]


@frozen
class Apply:
    """A function applied: a known one (``ln exp sqrt abs floor Gamma pad ...``) or a declared one."""

    function: str
    arguments: tuple[Term, ...]


@frozen
class FunctionDerivative:
    """A derivative of the declared ``function`` with respect to its argument number ``slot``, at ``arguments``.

    ``order`` 1 of a real function of a vector is its gradient (a column), ``order`` 2 its Hessian; for a
    real argument it is the ordinary (partial) derivative, of a vector-valued function entry by entry.
    """

    function: str
    slot: int
    order: int
    arguments: tuple[Term, ...]


@frozen
class Add:
    terms: tuple[Term, ...]


@frozen
class Negate:
    term: Term


@frozen
class Multiply:
    """A product in the order written; of scalars, or of matrices with scalar factors among them."""

    factors: tuple[Term, ...]


@frozen
class Divide:
    numerator: Term
    denominator: Term


@frozen
class Power:
    base: Term
    exponent: Term


@frozen
class Sum:
    """Σ of ``body`` for ``index`` from ``lower`` to ``upper``; 0 where ``upper < lower``."""

    index: str
    lower: Term
    upper: Term
    body: Term


@frozen
class Product:
    """Π of ``body`` for ``index`` from ``lower`` to ``upper``; 1 where ``upper < lower``."""

    index: str
    lower: Term
    upper: Term
    body: Term


@frozen
class Integral:
    """∫ of ``body`` over the real ``variable`` from ``lower`` to ``upper``, either of which may be ±∞."""

    variable: str
    lower: Term
    upper: Term
    body: Term


@frozen
class Derivative:
    """The ``order``-th (partial) derivative of ``body`` in ``variable``, taken at ``variable`` itself."""

    body: Term
    variable: Name | Element
    order: int = 1


@frozen
class Evaluate:
    """``body`` at ``variable = value``: the evaluation bar. ``variable`` is bound in ``body``."""

    body: Term
    variable: str
    value: Term


@frozen
class Matrix:
    """A matrix written out, row by row; a column vector has one column."""

    rows: tuple[tuple[Term, ...], ...]


@frozen
class Transpose:
    term: Term


@frozen
class Inverse:
    term: Term


@frozen
class Comparison:
    """A condition or an event: ``left sign right``, true or false; ``X = x``, ``i ≠ j``, ``x ∈ S``, ``X ∼ p``.

    With the sign ``:`` the name on the left stands for what is on the right: the hypothesis in ``H_0: μ``.
    """

    left: Term
    sign: str
    right: Term


@frozen
class Cases:
    """The value of the first branch whose condition holds; ``None`` is "otherwise" and stands last."""

    branches: tuple[tuple[Term, Term | None], ...]


@frozen
class Functional:
    """A quantity of random variables or distributions: ``E Var Cov Corr P H I KL ...``, written with an upright letter.

    It reads the *distribution* of the names inside it, so that nothing may be put in for them: substitution
    leaves an evaluation bar. ``subscript`` says what is averaged over (``x ∼ p``, ``X``) or which law is meant.
    ``given`` is no quantity, but the arguments themselves under the condition: ``X | Y``.
    """

    operator: str
    arguments: tuple[Term, ...]
    given: tuple[Term, ...] = ()
    subscript: Term | None = None


@frozen
class Call:
    """A function that is itself a term (``f_i``), or a density with its bar: ``p(x, y | θ)`` is (x, y) given (θ)."""

    function: Term
    arguments: tuple[Term, ...]
    given: tuple[Term, ...] = ()


@frozen
class Dependent:
    """``quantity``, which depends on the variables ``on`` in a way that the formula does not show.

    ``∂L/∂θ`` with an undeclared L is its derivative, and not that of a constant.
    """

    quantity: Term
    on: tuple[Term, ...]


@frozen
class Over:
    """``operator`` applied to the values of ``body`` for every ``variable`` that meets ``condition``.

    The operators are ``sum prod int max min sup inf argmax argmin lim``, ``union intersection and or``, the
    quantifiers ``forall exists``, and ``set``, the set of these values. ``variable`` is bound in the condition and
    in the body; without a condition it runs over all values that it can take (``Σ_x p(x)``).
    """

    operator: str
    variable: str
    condition: Term | None
    body: Term


@frozen
class Sequence:
    """Items in the brackets as written (``()``, ``[]``, ``[)``, ``{}``; ``""`` for none): tuples, sets, intervals."""

    brackets: str
    items: tuple[Term, ...]


@frozen
class Dots:
    """An ellipsis: the items, terms or factors that the reader of the page is to fill in."""


Term = (
    Number
    | Constant
    | Name
    | Element
    | Apply
    | FunctionDerivative
    | Add
    | Negate
    | Multiply
    | Divide
    | Power
    | Sum
    | Product
    | Integral
    | Derivative
    | Evaluate
    | Matrix
    | Transpose
    | Inverse
    | Comparison
    | Cases
    | Functional
    | Call
    | Dependent
    | Over
    | Sequence
    | Dots
)

ZERO = Number(Fraction(0))
ONE = Number(Fraction(1))
PI = Constant("pi")
E = Constant("e")
INFINITY = Constant("infinity")


def integer(value: int) -> Term:
    """The literal of an integer.

    >>> integer(-3)
    Negate(term=Number(value=Fraction(3, 1), places=0))
    """
    return Number(Fraction(value)) if value >= 0 else Negate(Number(Fraction(-value)))


def rational(value: Fraction | int) -> Term:
    """The literal of a rational number: a fraction of two integers where it is not one itself.

    >>> rational(Fraction(-1, 2)) == Negate(Divide(integer(1), integer(2)))
    True
    """
    value = Fraction(value)
    if value.denominator == 1:
        return integer(value.numerator)
    size = Divide(Number(Fraction(abs(value.numerator))), Number(Fraction(value.denominator)))
    return size if value > 0 else Negate(size)


def subtract(left: Term, right: Term) -> Term:
    """``left - right`` as written: a sum with a negated second term."""
    return Add((left, Negate(right)))


# Looked up at each visit of a node, so that changing a term does not reflect on its class every time.
_FIELDS: dict[type, tuple[str, ...]] = {node: tuple(f.name for f in fields(node)) for node in get_args(Term)}


def children(term: Term) -> tuple[Term, ...]:
    """The direct subterms, in reading order."""
    return _CHILDREN[type(term)](term)


def _present(*parts: Term | None) -> tuple[Term, ...]:
    return tuple([part for part in parts if part is not None])


# By the type of the term, as whatever walks a term asks at each of its parts.
_CHILDREN: Final[dict[type, Callable[[Any], tuple[Term, ...]]]] = {
    **dict.fromkeys((Number, Constant, Name, Dots), lambda term: ()),
    **dict.fromkeys((Apply, FunctionDerivative), attrgetter("arguments")),
    **dict.fromkeys((Negate, Transpose, Inverse), lambda term: (term.term,)),
    **dict.fromkeys((Sum, Product, Integral), attrgetter("lower", "upper", "body")),
    Element: attrgetter("indices"),
    Add: attrgetter("terms"),
    Multiply: attrgetter("factors"),
    Divide: attrgetter("numerator", "denominator"),
    Power: attrgetter("base", "exponent"),
    Derivative: attrgetter("body", "variable"),
    Evaluate: attrgetter("body", "value"),
    Matrix: lambda term: tuple(chain(*term.rows)),
    Comparison: attrgetter("left", "right"),
    Cases: lambda term: _present(*chain(*term.branches)),
    Functional: lambda term: _present(*term.arguments, *term.given, term.subscript),
    Call: lambda term: (term.function, *term.arguments, *term.given),
    Dependent: lambda term: (term.quantity, *term.on),
    Over: lambda term: _present(term.condition, term.body),
    Sequence: attrgetter("items"),
}
assert _CHILDREN.keys() == _FIELDS.keys()


def map_children(term: Term, change: Callable[[Term], Term]) -> Term:
    """The same node with ``change`` applied to each direct subterm."""
    new = [_map_value(getattr(term, name), change) for name in _FIELDS[type(term)]]
    return type(term)(*new)  # type: ignore[arg-type]


def _map_value(value: object, change: Callable[[Term], Term]) -> object:
    if isinstance(value, tuple):
        return tuple(_map_value(entry, change) for entry in value)
    return change(value) if type(value) in _FIELDS else value  # type: ignore[arg-type]


def bound_name(term: Term) -> str | None:
    """The name that the node itself binds, if it binds one (Σ, Π, ∫, max, lim and the evaluation bar do)."""
    match term:
        case Sum(index=name) | Product(index=name):
            return name
        case Integral(variable=name) | Evaluate(variable=name) | Over(variable=name):
            return name
        case _:
            return None


@lru_cache(maxsize=1 << 16)
def free_names(term: Term) -> frozenset[str]:
    """Names that occur free: variables, families and declared functions alike.

    The bounds of Σ, Π, ∫ and the value of an evaluation bar stand outside the scope of the bound name.

    >>> sorted(free_names(Sum("i", ONE, Name("N"), Element("x", (Name("i"),)))))
    ['N', 'x']
    """
    match term:
        case Name(name):
            return frozenset((name,))
        case Element(family, indices):
            return frozenset((family,)).union(*map(free_names, indices))
        case Apply(function, arguments) | FunctionDerivative(function, _, _, arguments):
            return frozenset((function,)).union(*map(free_names, arguments))
        case Sum(name, lower, upper, body) | Product(name, lower, upper, body) | Integral(name, lower, upper, body):
            return free_names(lower) | free_names(upper) | (free_names(body) - {name})
        case Evaluate(body, name, value):
            return (free_names(body) - {name}) | free_names(value)
        case Over(variable=name):
            return frozenset().union(*map(free_names, children(term))) - {name}
        case _:
            return frozenset().union(*map(free_names, children(term)))


def name_of(variable: Name | Element) -> str:
    """The name that a derivative moves: of a member of a family, the family."""
    return variable.name if isinstance(variable, Name) else variable.family


def fresh_name(stem: str, taken: frozenset[str]) -> str:
    """``stem``, or ``stem`` with primes, whichever is the first that is not taken."""
    while stem in taken:
        stem += "'"
    return stem


def substitute(term: Term, name: str, value: Term) -> Term:
    """``term`` with every free occurrence of the variable ``name`` replaced by ``value``.

    Bound names are renamed where ``value`` would be captured. A derivative in ``name`` itself cannot be
    substituted into (``d/dx`` at ``x = 1`` is written with an evaluation bar): it becomes one. So does an
    expectation and its kin, and a quantity whose dependence is not shown.

    >>> substitute(Sum("i", ONE, Name("N"), Name("a")), "a", Name("i"))
    Sum(index="i'", lower=Number(value=Fraction(1, 1), places=0), upper=Name(name='N'), body=Name(name='i'))
    """
    if name not in free_names(term):
        return term
    match term:
        case Name():
            return value
        case Sum(index, lower, upper, body) | Product(index, lower, upper, body) | Integral(index, lower, upper, body):
            lower, upper = substitute(lower, name, value), substitute(upper, name, value)
            if name != index:
                index, (body,) = _avoid_capture(index, (body,), name, value)
                body = substitute(body, name, value)
            return type(term)(index, lower, upper, body)
        case Evaluate(body, variable, at):
            at = substitute(at, name, value)
            if name != variable:
                variable, (body,) = _avoid_capture(variable, (body,), name, value)
                body = substitute(body, name, value)
            return Evaluate(body, variable, at)
        case Over(operator, variable, condition, body):
            scope: tuple[Term, ...] = (body,) if condition is None else (body, condition)
            variable, parts = _avoid_capture(variable, scope, name, value)
            changed = [substitute(part, name, value) for part in parts]
            return Over(operator, variable, None if condition is None else changed[1], changed[0])
        case Functional() | Dependent():
            return Evaluate(term, name, value)
        case Derivative(body, variable, order):
            if name_of(variable) in free_names(value) | {name}:
                return Evaluate(term, name, value)
            moved = map_children(variable, lambda index: substitute(index, name, value))
            return Derivative(substitute(body, name, value), moved, order)  # type: ignore[arg-type]
        case _:
            return map_children(term, lambda part: substitute(part, name, value))


def _avoid_capture(bound: str, scope: tuple[Term, ...], name: str, value: Term) -> tuple[str, tuple[Term, ...]]:
    """The scope of ``bound`` with that name changed where it is free in ``value``, which is to be put for ``name``."""
    if bound not in free_names(value):
        return bound, scope
    new = fresh_name(bound, free_names(value).union({name}, *map(free_names, scope)))
    return new, tuple(substitute(part, bound, Name(new)) for part in scope)
