"""The functions that need no declaration, one row each: where they are defined, what they are, how they change.

A row with a ``definition`` is that term wherever its ``when`` holds; all other rows are atoms of the normal form, of
which ``bounds`` and ``derivative`` say what is known. The tables are data: :mod:`engine.kernel.forms.normal` puts
definitions in, :mod:`engine.kernel.definedness` asks for domains, :mod:`engine.kernel.calculus.derivative` and
:mod:`engine.kernel.enclosures.evaluation` differentiate, :mod:`engine.kernel.forms.known_sign` uses the bounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from engine.meaning.statement import Relation
from engine.meaning.term import (
    ONE,
    PI,
    ZERO,
    Add,
    Apply,
    Divide,
    E,
    FunctionDerivative,
    Multiply,
    Name,
    Negate,
    Number,
    Power,
    Term,
    subtract,
)


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of a function ``name(@x, @y)``.

    ``domain`` holds exactly where it is defined, if its ``integers`` are integers; ``must`` is a part of it that a
    claim may not simply report, as authors differ on what lies outside; each compares with 0. ``poles``: it is defined
    except at 0, -1, -2, ... ``bounds`` speak of its value ``@v``. ``derivative`` is in ``@x`` where ``smooth`` holds; a
    function without one has no derivative.
    """

    name: str
    source: str
    parameters: tuple[str, ...] = ("@x",)
    definition: Term | None = None
    when: tuple[Relation, ...] = ()
    domain: tuple[Relation, ...] = ()
    must: tuple[Relation, ...] = ()
    integers: tuple[str, ...] = ()
    poles: bool = False
    bounds: tuple[Relation, ...] = ()
    smooth: tuple[Relation, ...] = ()
    derivative: Term | None = None


X, Y, VALUE = Name("@x"), Name("@y"), Name("@v")
TWO = Number(Fraction(2))
HALF = Divide(ONE, TWO)


def apply(function: str, *arguments: Term) -> Term:
    return Apply(function, arguments)


def times(*factors: Term) -> Term:
    return Multiply(factors)


def plus(*terms: Term) -> Term:
    return Add(terms)


def exp(exponent: Term) -> Term:
    return Power(E, exponent)


_DISTANCE = apply("abs", subtract(X, Y))
_GAUSS = exp(Negate(Divide(Power(X, TWO), TWO)))
_BINOMIAL = Divide(apply("factorial", X), times(apply("factorial", Y), apply("factorial", subtract(X, Y))))
_BETA = Divide(times(apply("Gamma", X), apply("Gamma", Y)), apply("Gamma", plus(X, Y)))
_TWO_ARGUMENTS = ("@x", "@y")

_TABLE = (
    # ---- exponentials, logarithms, roots
    Row("ln", "DLMF 4.2.2", domain=(Relation(X, ">", ZERO),), derivative=Divide(ONE, X)),
    Row("log", "DLMF 4.2.2", definition=apply("ln", X)),
    Row("logbase", "DLMF 4.2.7, the base last", _TWO_ARGUMENTS, Divide(apply("ln", X), apply("ln", Y))),
    Row("exp", "DLMF 4.2.19", definition=exp(X)),
    Row("sqrt", "DLMF 4.2.30", definition=Power(X, HALF)),
    Row("sinh", "DLMF 4.28.1", definition=Divide(subtract(exp(X), exp(Negate(X))), TWO)),
    Row("cosh", "DLMF 4.28.2", definition=Divide(plus(exp(X), exp(Negate(X))), TWO)),
    Row("tanh", "DLMF 4.28.4", definition=subtract(ONE, Divide(TWO, plus(exp(times(TWO, X)), ONE)))),
    Row("sigmoid", "1/(1 + e^-x)", definition=Divide(ONE, plus(ONE, exp(Negate(X))))),
    Row("softplus", "ln(1 + e^x)", definition=apply("ln", plus(ONE, exp(X)))),
    # ---- pieces of lines
    Row(
        "abs",
        "DLMF 4.2.1",
        bounds=(Relation(VALUE, "≥", X), Relation(VALUE, "≥", Negate(X))),
        smooth=(Relation(X, "≠", ZERO),),
        derivative=Divide(X, apply("abs", X)),
    ),
    Row("max", "(x + y + |x - y|)/2", _TWO_ARGUMENTS, Divide(plus(X, Y, _DISTANCE), TWO)),
    Row("min", "(x + y - |x - y|)/2", _TWO_ARGUMENTS, Divide(plus(X, Y, Negate(_DISTANCE)), TWO)),
    Row("floor", "DLMF 1.1", bounds=(Relation(VALUE, "≤", X), Relation(VALUE, ">", subtract(X, ONE)))),
    Row("ceil", "⌈x⌉ = -⌊-x⌋", definition=Negate(apply("floor", Negate(X)))),
    Row("sgn", "DLMF 1.1", bounds=(Relation(VALUE, "≤", ONE), Relation(VALUE, "≥", Negate(ONE)))),
    # ---- Γ and its kin
    Row("Gamma", "DLMF 5.2.1, 5.2.2", poles=True, derivative=times(apply("Gamma", X), apply("digamma", X))),
    Row("digamma", "DLMF 5.2.2", poles=True, derivative=FunctionDerivative("digamma", 0, 1, (X,))),
    Row("trigamma", "DLMF 5.15", definition=FunctionDerivative("digamma", 0, 1, (X,))),
    Row("Beta", "DLMF 5.12.1", _TWO_ARGUMENTS, _BETA, must=(Relation(X, ">", ZERO), Relation(Y, ">", ZERO))),
    Row(
        "factorial",
        "DLMF 5.4.1",
        definition=apply("Gamma", plus(X, ONE)),
        domain=(Relation(X, "≥", ZERO),),
        integers=("@x",),
    ),
    Row(
        "binom",
        "DLMF 1.2.1, 1.2.6",
        _TWO_ARGUMENTS,
        _BINOMIAL,
        when=(Relation(Y, "≤", X),),
        must=(Relation(Y, "≥", ZERO),),
        integers=("@y",),
    ),
    # ---- the normal distribution
    Row(
        "erf",
        "DLMF 7.2.1",
        bounds=(Relation(VALUE, "<", ONE), Relation(VALUE, ">", Negate(ONE))),
        derivative=Divide(times(TWO, exp(Negate(Power(X, TWO)))), Power(PI, HALF)),
    ),
    Row("Phi", "DLMF 7.1, 7.18", definition=Divide(plus(ONE, apply("erf", Divide(X, Power(TWO, HALF)))), TWO)),
    Row("phi", "e^(-x²/2)/√(2π)", definition=Divide(_GAUSS, Power(times(TWO, PI), HALF))),
    # ---- circular functions
    Row(
        "sin",
        "DLMF 4.14.1",
        bounds=(Relation(VALUE, "≤", ONE), Relation(VALUE, "≥", Negate(ONE))),
        derivative=apply("cos", X),
    ),
    Row(
        "cos",
        "DLMF 4.14.2",
        bounds=(Relation(VALUE, "≤", ONE), Relation(VALUE, "≥", Negate(ONE))),
        derivative=Negate(apply("sin", X)),
    ),
    Row("tan", "DLMF 4.14.4", definition=Divide(apply("sin", X), apply("cos", X))),
)

FUNCTIONS: Final[dict[str, Row]] = {row.name: row for row in _TABLE}

_MATRICES = ("det", "trace", "tr", "identity", "zeros", "ones", "entry", "norm", "inner", "diag", "hadamard", "kron")
_OTHERS = ("delta", "indicator", "pad", *_MATRICES)

KNOWN: Final = frozenset((*FUNCTIONS, *_OTHERS))
"""The functions that a context may not declare or define anew."""
