"""Traces, determinants and definiteness of matrices of symbolic size.

| rule | condition |
|---|---|
| tr(cA + B) = c tr A + tr B, tr(AB) = tr(BA), tr A^T = tr A, tr I_n = n | |
| det(AB) = det A det B, det(A^-1) = 1/det A | A and B are square |
| det(cA) = c^n det A, det A^T = det A | A is n x n |
| det(M + UV) = det M det(I + V M^-1 U) | det M ≠ 0 |
| det(I + AB) = det(I + BA) | |
| A^T A and A^T S A are positive semidefinite, and so are their sums with coefficients >= 0 | S is |
| their sum with a positive definite matrix is positive definite, and so is its inverse | |
| det M > 0, tr M > 0 and x^T M x >= 0 | M is positive definite |
| x^T M x > 0 | M is positive definite, and x^T x > 0 is known |

Source: Petersen and Pedersen, The Matrix Cookbook (2012), sections 1, 3.2 and 9.6; Horn and Johnson, Matrix Analysis,
7.1 and 7.2; Sylvester's determinant theorem.
"""

from __future__ import annotations

from typing import Literal

from engine.kernel.forms import sign as signs
from engine.kernel.forms.algebra import Algebra
from engine.kernel.forms.atom import Determinant, Letter, MatrixValue, Scalar, Total, Variable, Word
from engine.kernel.forms.polynomial import Frozen, Polynomial, add, constant, quotient, scale, thaw
from engine.kernel.forms.sign import Sign
from engine.kernel.matrices.matrix import (
    Grid,
    Value,
    Words,
    determinant_of_grid,
    freeze_words,
    inverse_value,
    leading_number,
    letter_value,
    multiply_values,
    square_blocks,
    thaw_words,
    transpose_value,
    word_value,
)
from engine.kernel.matrices.word import ONE, Reduced, add_term, least, transpose_word, two_way_key, without_zeros
from engine.kernel.unproved import Unproved

# ---- traces


def trace(algebra: Algebra, value: Value) -> Polynomial:
    if isinstance(value, dict):
        return value
    result: Polynomial = {}
    if isinstance(value, Grid):
        if len(value.rows) != len(value.rows[0]):
            raise Unproved("the trace of a matrix that is not square")
        for n, row in enumerate(value.rows):
            result = add(result, row[n])
        return result
    if value.rows != value.columns:
        raise Unproved("the trace of a matrix that is not square")
    for word, coefficient in value.words.items():
        result = add(result, algebra.multiply(coefficient, trace_of_word(algebra, word, value.rows)))
    return result


def trace_of_word(algebra: Algebra, word: Word, size: Frozen) -> Polynomial:
    if not word:
        return thaw(size)
    if len(word) == 1 and isinstance(word[0].head, Total) and not word[0].inverted:
        from engine.kernel.matrices.total import sum_of_traces

        return sum_of_traces(algebra, word[0].head)
    turned = [word[at:] + word[:at] for at in range(len(word))]
    for turn in turned:
        terms: Reduced = {}
        add_term(algebra, terms, constant(1), turn)
        if without_zeros(terms) != {turn: constant(1)}:
            return trace(algebra, Words(turn[0].rows, turn[0].rows, without_zeros(terms)))
    flipped = [transpose_word(algebra, turn) for turn in turned]
    return algebra.of(Scalar(least(algebra, *turned, *flipped)))


# ---- determinants


def determinant(algebra: Algebra, value: Value) -> Polynomial:
    if isinstance(value, dict):
        return value
    if isinstance(value, Grid):
        return determinant_of_grid(algebra, value)
    if value.rows != value.columns:
        raise Unproved("the determinant of a matrix that is not square")
    if not value.words:
        return {}
    if len(value.words) > 1:
        return _of_sum(algebra, value)
    ((word, coefficient),) = value.words.items()
    result = constant(1)
    if coefficient != constant(1):
        result = algebra.power(coefficient, thaw(value.rows))
    for block in square_blocks(word):
        result = algebra.multiply(result, _of_block(algebra, block))
    return result


def _of_block(algebra: Algebra, block: Word) -> Polynomial:
    if len(block) == 1 and block[0].inverted:
        return algebra.inverse(determinant(algebra, inverse_value(algebra, letter_value(block[0]))))
    return _atom(algebra, Words(block[0].rows, block[0].rows, {block: constant(1)}))


def _atom(algebra: Algebra, value: Words) -> Polynomial:
    """The atom of a matrix or its transpose, whichever comes first."""
    flipped = transpose_value(algebra, value)
    assert isinstance(flipped, Words)
    ranks = {v: sorted(two_way_key(algebra, w)[2] for w in words.words) for v, words in enumerate((value, flipped))}
    return algebra.of(Determinant(freeze_words(value if ranks[0] <= ranks[1] else flipped)))


def _of_sum(algebra: Algebra, value: Words) -> Polynomial:
    low = [word for word in value.words if _narrow_cut(word) is not None]
    rest = {word: c for word, c in value.words.items() if word not in low}
    if len(low) == 1 and rest:
        found = _lemma(algebra, Words(value.rows, value.columns, rest), low[0], value.words[low[0]])
        if found is not None:
            return found
    number = leading_number(algebra, value.words)
    words = {word: scale(c, quotient(1, number)) for word, c in value.words.items()}
    factor = algebra.power(constant(number), thaw(value.rows)) if number != 1 else constant(1)
    return algebra.multiply(factor, _atom(algebra, Words(value.rows, value.columns, words)))


def _narrow_cut(word: Word) -> int | None:
    """Where a square product has a factor of another size; first of all where it is the product of two vectors."""
    cuts = [at for at in range(1, len(word)) if word[at].rows != word[0].rows]
    return min(cuts, key=lambda at: word[at].rows != ONE, default=None)


def _lemma(algebra: Algebra, rest: Words, word: Word, coefficient: Polynomial) -> Polynomial | None:
    """det(M + c UV) = det M det(I + c V M^-1 U); ``None`` where M is not known to be invertible."""
    outer = determinant(algebra, rest)
    if not outer or 0 in algebra.sign(outer):
        return None
    cut = _narrow_cut(word)
    assert cut is not None
    size = word[cut].rows
    left, right = word_value(algebra, word[:cut], rest.rows), word_value(algebra, word[cut:], size)
    product = multiply_values(algebra, multiply_values(algebra, right, inverse_value(algebra, rest)), left)
    if isinstance(product, dict):
        return algebra.multiply(outer, add(constant(1), algebra.multiply(coefficient, product)))
    if rest.words.keys() != {()}:
        if not isinstance(product, Words):
            return None
        words = {w: algebra.multiply(coefficient, c) for w, c in product.words.items()}
        words[()] = add(words.get((), {}), constant(1))
        return algebra.multiply(outer, determinant(algebra, Words(size, size, without_zeros(words))))
    inverse = algebra.inverse(rest.words[()])
    return algebra.multiply(outer, _sylvester(algebra, word, algebra.multiply(coefficient, inverse)))


def _sylvester(algebra: Algebra, word: Word, coefficient: Polynomial) -> Polynomial:
    """det(I + c AB) = det(I + c BA): of all ways to turn the word, the least."""
    turned = [word[at:] + word[:at] for at in range(len(word))]
    chosen = least(algebra, *turned, *(transpose_word(algebra, turn) for turn in turned))
    words = Words(chosen[0].rows, chosen[0].rows, {(): constant(1), chosen: coefficient})
    return algebra.of(Determinant(freeze_words(words)))


# ---- definiteness

Definiteness = Literal["positive definite", "positive semidefinite"]


def definiteness(algebra: Algebra, value: Words) -> Definiteness | None:
    """What is known of x^T M x for x ≠ 0; a definite matrix is symmetric."""
    if value.rows != value.columns:
        return None
    strict = False
    for word, coefficient in value.words.items():
        sign, found = algebra.sign(coefficient, depth=1), _of_word(algebra, word)
        if found is None or not sign <= signs.NOT_NEGATIVE:
            return None
        strict |= found == "positive definite" and sign == signs.POSITIVE
    return "positive definite" if strict else "positive semidefinite"


def _of_word(algebra: Algebra, word: Word) -> Definiteness | None:
    if not word:
        return "positive definite"
    if word != transpose_word(algebra, word):
        return None
    half, odd = divmod(len(word), 2)
    middle = _of_letter(algebra, word[half]) if odd else "positive semidefinite"
    return middle if middle is None or len(word) == 1 else "positive semidefinite"


def _of_letter(algebra: Algebra, letter: Letter) -> Definiteness | None:
    match letter.head:
        case Variable(name) if name in algebra.definite:
            return "positive definite" if algebra.definite[name] or letter.inverted else "positive semidefinite"
        case MatrixValue() as sum_:
            return definiteness(algebra, thaw_words(sum_)) and "positive definite"
        case Total(upper, index, body, core):
            with algebra.ranging(index, constant(1), thaw(upper)):
                fits = _of_word(algebra, core) and algebra.monomial_sign(body) <= signs.NOT_NEGATIVE
            return "positive semidefinite" if fits else None
        case _:
            return None


def sign_of_determinant(algebra: Algebra, atom: Determinant) -> Sign:
    match definiteness(algebra, thaw_words(atom.matrix)):
        case "positive definite":
            return signs.POSITIVE
        case "positive semidefinite":
            return signs.NOT_NEGATIVE
        case _:
            return signs.ANY


def sign_of_trace(algebra: Algebra, word: Word) -> Sign:
    """Of a 1x1 product or a trace."""
    found = _of_word(algebra, word)
    if found is None:
        return signs.ANY
    strict = found == "positive definite" or _is_definite_at_nonzero(algebra, word)
    return signs.POSITIVE if strict else signs.NOT_NEGATIVE


def _is_definite_at_nonzero(algebra: Algebra, word: Word) -> bool:
    """Whether it is tr(B^T M B) with M positive definite and B ≠ 0, as tr(B^T B) > 0."""
    half, odd = divmod(len(word), 2)
    if not odd or half == 0 or _of_letter(algebra, word[half]) != "positive definite":
        return False
    right = word[half + 1 :]
    square = transpose_word(algebra, right) + right
    return algebra.sign(trace_of_word(algebra, square, square[0].rows), depth=0) == signs.POSITIVE


def sign_at_vector(algebra: Algebra, matrix: Value | None, vector: Value) -> Sign:
    """Of u^T u, or of u^T M u by the definiteness of M: > 0 only where u^T u is known to be."""
    if not isinstance(vector, Words) or vector.columns != ONE or not isinstance(matrix, Words | None):
        return signs.ANY
    found = definiteness(algebra, matrix) if matrix is not None else "positive definite"
    if found != "positive definite":
        return signs.NOT_NEGATIVE if found else signs.ANY
    square = trace(algebra, multiply_values(algebra, transpose_value(algebra, vector), vector))
    return signs.NOT_NEGATIVE & algebra.sign(square)
