"""Inner products and norms, written by products of matrices."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from engine.meaning.term import Apply, Multiply, Name, Number, Power, Term, Transpose

FROBENIUS: Final = (Name("F"), Name(r"\mathrm{F}"))
_TWO: Final = Number(Fraction(2))
_KINDS: Final[tuple[tuple[Term, ...], ...]] = ((), (_TWO,), *((name,) for name in FROBENIUS))


def written_by_products(term: Term) -> Term | None:
    """⟨x, y⟩ = tr(x^T y), ‖x‖ = √tr(x^T x) and its even powers without a root; ``None`` for all other terms."""
    match term:
        case Apply("inner", (x, y)):
            return Apply("tr", (Multiply((Transpose(x), y)),))
        case Apply("norm", (x, *kind)) if tuple(kind) in _KINDS:
            return Apply("sqrt", (_square(x),))
        case Power(Apply("norm", (x, *kind)), Number(Fraction(denominator=1) as exponent, 0)) if tuple(kind) in _KINDS:
            if exponent > 0 and exponent % 2 == 0:
                return _square(x) if exponent == 2 else Power(_square(x), Number(exponent / 2))
    return None


def _square(x: Term) -> Term:
    return Apply("tr", (Multiply((Transpose(x), x)),))
