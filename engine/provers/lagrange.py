"""Lagrange's identity as a sketch: ``Σu² Σv² - (Σuv)² = ½ ΣΣ (u_i v_j - u_j v_i)²``, from which Cauchy–Schwarz follows.

With v = 1 the first product is ``N Σu²``: the square of a sum is at most N times the sum of squares.
"""

from __future__ import annotations

from fractions import Fraction

from engine.meaning.term import (
    ONE,
    Add,
    Divide,
    Multiply,
    Name,
    Negate,
    Number,
    Power,
    Sum,
    Term,
    children,
    free_names,
    fresh_name,
    rational,
    substitute,
    subtract,
)

TWO = Number(Fraction(2))


def lagrange(difference: Term) -> Term | None:
    r"""The double sum of squares for a difference that holds the square of a sum, or ``None``.

    >>> from engine.meaning.context import Context
    >>> from engine.meaning.elaborate import read_term
    >>> from engine.meaning.latex import term_latex
    >>> gap = read_term(r"N \sum_{i=1}^N x_i^2 - \left(\sum_{i=1}^N x_i\right)^2", Context()).term
    >>> print(term_latex(lagrange(gap)))
    \frac{1}{2} \sum_{i=1}^{N} \sum_{j=1}^{N} (x_{i} - x_{j})^{2}
    """
    squared = next((part for part in _parts(difference) if isinstance(part, Power) and part.exponent == TWO
                    and isinstance(part.base, Sum)), None)  # fmt: skip
    if squared is None:
        return None
    whole = squared.base
    assert isinstance(whole, Sum)
    u, v = _factors(whole.body)
    other = fresh_name("j", free_names(whole) | {whole.index})
    moved = [substitute(factor, whole.index, Name(other)) for factor in (u, v)]
    inside = subtract(u, moved[0]) if v == ONE else subtract(Multiply((u, moved[1])), Multiply((moved[0], v)))
    inner = Sum(other, whole.lower, whole.upper, Power(inside, TWO))
    return Multiply((rational(Fraction(1, 2)), Sum(whole.index, whole.lower, whole.upper, inner)))


def _parts(term: Term) -> list[Term]:
    """The term, and the parts of its sums, products and quotients."""
    found = [term]
    if isinstance(term, Add | Negate | Multiply | Divide):
        for child in children(term):
            found += _parts(child)
    return found


def _factors(body: Term) -> tuple[Term, Term]:
    match body:
        case Multiply((u, v)):
            return u, v
        case _:
            return body, ONE
