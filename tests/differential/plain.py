"""Plain formulas: the rule of ``README.md`` as code, a grammar that makes such formulas, and their values."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Mapping

from engine.meaning.term import (
    Add,
    Apply,
    Constant,
    Divide,
    Element,
    Multiply,
    Name,
    Negate,
    Number,
    Power,
    Product,
    Sum,
    Term,
)

_GREEK = (
    "alpha|beta|gamma|delta|epsilon|varepsilon|zeta|eta|theta|kappa|lambda|mu|nu|xi|rho|sigma|tau|phi|chi|psi|omega"
)
_NAME = rf"(?:[A-Zabcf-hj-z]|\\(?:{_GREEK})(?![A-Za-z]))"
_PIECES = re.compile(
    rf"\d+(?:\.\d+)?!?|{_NAME}(?:_(?:\d|\{{\d+\}}))?(?!\s*(?:\\left)?\()|e(?=\s*\^)|\\pi(?![A-Za-z])|[-+/^{{}}()\s]"
    r"|\\(?:cdot|frac|sqrt|ln|log|exp|sin|cos|tan)(?![A-Za-z])|\\(?:left|right)[(|)]|\\binom\{\d\}\{\d\}|\\sqrt\[\d\]"
    r"|\\(?:sum|prod)_\{[kj]=\d\}\^(?:\d|\{\d\})"
)


def is_plain(text: str) -> bool:
    """
    >>> is_plain(r"\\frac{1}{2} x_1 e^{-\\lambda}"), is_plain(r"\\hat x"), is_plain("f(x)"), is_plain("x_i")
    (True, False, False, False)
    """
    at = 0
    while at < len(text):
        piece = _PIECES.match(text, at)
        if piece is None:
            return False
        at = piece.end()
    return bool(text.strip())


def made(dice: random.Random, depth: int = 3) -> str:
    """A plain formula."""
    if depth == 0:
        return dice.choice(("x", "y", "a", "N", r"\lambda", r"\sigma", "x_1", "2", "3", "0.5", "10", r"\pi"))
    one, two = made(dice, depth - 1), made(dice, dice.randrange(depth))
    form = dice.choice(FORMS)
    return form.replace("A", one).replace("B", two)


FORMS = (
    "A + B", "A - B", "A - (B)", r"\frac{A}{B}", r"A \cdot B", "(A) (B)", "2 (A)", "-A", "(A)^2", "(A)^{B}", "e^{-A}",
    "A/B", "(A)/(B)", r"\sqrt{A}", r"\sqrt[3]{A}", r"\ln(A)", r"\exp(A)", r"\left|A\right|", "3! A",
    r"\sin A", r"\cos(A)", r"\sum_{k=1}^{3} (A + k)", r"\prod_{j=1}^3 (j + A)", r"\ln A", r"\sin^2 (A)",
    r"A \frac{1}{2}",
    r"x A", r"\log(A)", r"\binom{4}{2} A", r"\left(A\right)^{-1}", r"\ln x A", r"\sum_{k=1}^{3} k A + B", "A y^2",
)  # fmt: skip


def value(term: Term, at: Mapping[str, float]) -> float:
    """The value over the reals; :exc:`ValueError` or :exc:`KeyError` where there is none."""
    match term:
        case Number(number):
            return float(number)
        case Constant(name):
            return {"pi": math.pi, "e": math.e}[name]
        case Name(name):
            return at[name]
        case Element(family, (index,)):
            return at[f"{family}_{{{int(value(index, at))}}}"]
        case Add(terms):
            return math.fsum(value(one, at) for one in terms)
        case Negate(body):
            return -value(body, at)
        case Multiply(factors):
            return math.prod(value(one, at) for one in factors)
        case Divide(above, below):
            return value(above, at) / value(below, at)
        case Power(base, Divide(Number(1), Number(degree))):
            return _root(value(base, at), float(degree))
        case Power(base, exponent):
            return real(value(base, at) ** value(exponent, at))
        case Apply(function, arguments) if function in _FUNCTIONS:
            return _FUNCTIONS[function](*(value(one, at) for one in arguments))
        case Sum(index, lower, upper, body):
            return math.fsum(value(body, {**at, index: k}) for k in _range(lower, upper))
        case Product(index, lower, upper, body):
            return math.prod(value(body, {**at, index: k}) for k in _range(lower, upper))
    raise ValueError(f"not plain: {type(term).__name__}")


def real(number: float | complex) -> float:
    if isinstance(number, complex):
        raise ValueError("not a real number")
    return number


def _range(lower: Term, upper: Term) -> range:
    return range(int(value(lower, {})), int(value(upper, {})) + 1)


def _root(radicand: float, degree: float) -> float:
    return -((-radicand) ** (1 / degree)) if radicand < 0 and degree % 2 == 1 else real(radicand ** (1 / degree))


_FUNCTIONS = {
    "ln": math.log, "exp": math.exp, "sqrt": math.sqrt, "abs": abs, "sin": math.sin, "cos": math.cos, "tan": math.tan,
    "factorial": lambda n: math.factorial(int(n)), "binom": lambda n, k: math.comb(int(n), int(k)),
}  # fmt: skip
