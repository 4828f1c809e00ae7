"""Derivatives of vectors and matrices, in a real variable or of a vector in a vector, by those of numbers.

A matrix A is known from u^T A v for all u and v. Its derivative is therefore read off that of a number, which
:mod:`engine.kernel.calculus.derivative` knows: (u^T A v)' = u^T A' v in a real variable, and for a column f(x),
h^T ∇(u^T f) = u^T J h, where J is the Jacobian.
"""

from __future__ import annotations

from engine.kernel.calculus.derivative import differentiate, number_in, paired
from engine.kernel.forms.algebra import Algebra
from engine.kernel.forms.atom import Composite, Letter, PrefixSum, Scalar, Total, Variable, Word
from engine.kernel.forms.polynomial import Frozen, Monomial, Polynomial, constant, thaw
from engine.kernel.matrices.determinant import trace
from engine.kernel.matrices.matrix import (
    Grid,
    Value,
    Words,
    add_values,
    letter_value,
    multiply_values,
    scale_value,
    settled,
    transpose_value,
    value_dependence,
    word_value,
)
from engine.kernel.matrices.total import opened_total, sum_of_values
from engine.kernel.matrices.word import ONE, transpose_word
from engine.kernel.sums.prefix import opened
from engine.kernel.unproved import Unproved


def differentiate_value(algebra: Algebra, value: Value, variable: int) -> Value:
    """The derivative of a number, a vector or a matrix in a real variable."""
    if isinstance(value, dict):
        return differentiate(algebra, value, variable)
    if isinstance(value, Grid):
        return value.map(lambda entry: differentiate(algebra, entry, variable))
    u, v = _any_column(algebra, value.rows), _any_column(algebra, value.columns)
    weight = multiply_values(algebra, _column(algebra, u), transpose_value(algebra, _column(algebra, v)))
    return _between(algebra, number_in(paired(algebra, value, weight, variable)), u, v)


def jacobian(algebra: Algebra, value: Words, vector: Letter) -> Value:
    """J with d(value) = J d(vector), for columns."""
    if value.columns != ONE or vector.columns != ONE:
        raise Unproved("the derivative of a matrix in a vector, or of a vector in a matrix")
    u, h = _any_column(algebra, value.rows), _any_column(algebra, vector.rows)
    gradient = paired(algebra, value, letter_value(u), vector)
    along = multiply_values(algebra, transpose_value(algebra, letter_value(h)), gradient)
    return _between(algebra, number_in(along), u, h)


def _any_column(algebra: Algebra, rows: Frozen) -> Letter:
    head = algebra.atoms[algebra.fresh_variable(integer=False)]
    assert isinstance(head, Variable)
    return Letter(head, rows, ONE)


def _column(algebra: Algebra, letter: Letter) -> Value:
    return settled(algebra, letter_value(letter))


def _between(algebra: Algebra, p: Polynomial, u: Letter, v: Letter) -> Value:
    """A with p = u^T A v, for all u and v."""
    result: Value = Words(u.rows, v.rows, {})
    free = algebra.letter_depends(u) | algebra.letter_depends(v)
    for monomial, coefficient in p.items():
        inner = tuple(pair for pair in monomial if algebra.depends(pair[0]) & free)
        outer = tuple(pair for pair in monomial if pair not in inner)
        part = _between_factors(algebra, inner, u, v)
        if value_dependence(algebra, part) & free:
            raise Unproved("a derivative that cannot be told from its entries")
        result = add_values(algebra, result, scale_value(algebra, {outer: coefficient}, part))
    return result


def _between_factors(algebra: Algebra, factors: Monomial, u: Letter, v: Letter) -> Value:
    """Of u^T A v; of (u^T a)(b^T v), where that is a b^T; and of sums of such."""
    match [algebra.atoms[number] for number, e in factors if e == 1]:
        case [PrefixSum() as sum_] if len(factors) == 1:
            upper = thaw(sum_.upper)
            with opened(algebra, sum_, upper) as (index, body):
                each = _between(algebra, body, u, v)
            return sum_of_values(algebra, index, constant(1), upper, each)
        case [Composite(polynomial)] if len(factors) == 1:
            return _between(algebra, thaw(polynomial), u, v)
        case [Scalar(word)] if len(factors) == 1:
            right = _up_to(algebra, word, v)
            left = None if right is None else _up_to(algebra, transpose_word(algebra, right), u)
            if left is not None:
                return word_value(algebra, transpose_word(algebra, left), u.rows)
            return _between_summands(algebra, word, u, v)
        case [Scalar(one), Scalar(other)] if len(factors) == 2:
            for a, b in ((one, other), (other, one)):
                left, right = _up_to(algebra, a, u), _up_to(algebra, b, v)
                if left is not None and right is not None:
                    return word_value(algebra, transpose_word(algebra, left) + right, u.rows)
    raise Unproved("a derivative that cannot be told from its entries")


def _between_summands(algebra: Algebra, word: Word, u: Letter, v: Letter) -> Value:
    """Of a^T (Σ_i B_i) c, by a^T B_i c."""
    changing = algebra.letter_depends(u) | algebra.letter_depends(v)
    for at, letter in enumerate(word):
        if not isinstance(letter.head, Total) or letter.inverted or not algebra.letter_depends(letter) & changing:
            continue
        upper, others = thaw(letter.head.upper), word[:at] + word[at + 1 :]
        beside = frozenset[int]().union(*map(algebra.letter_depends, others))
        with opened_total(algebra, letter.head, upper, beside) as (index, body):
            value = transpose_value(algebra, body) if letter.transposed else body
            value = multiply_values(algebra, word_value(algebra, word[:at], word[0].rows), value)
            value = multiply_values(algebra, value, word_value(algebra, word[at + 1 :], letter.columns))
            each = _between(algebra, number_in(trace(algebra, value)), u, v)
        return sum_of_values(algebra, index, constant(1), upper, each)
    raise Unproved("a derivative that cannot be told from its entries")


def _up_to(algebra: Algebra, word: Word, end: Letter) -> Word | None:
    """b^T, of b^T v or v^T b, for the letter v."""
    for turned in (word, transpose_word(algebra, word)):
        if turned[-1:] == (end,):
            return turned[:-1]
    return None
