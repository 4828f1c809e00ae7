"""Derivatives of vectors and matrices: in a real variable, and of a vector in a vector; of numbers, see
:mod:`engine.kernel.calculus.derivative`.

| differential | rule |
|---|---|
| of a product | d(UV) = dU V + U dV |
| of an inverse | d(M^-1) = -M^-1 dM M^-1 |
| of a transpose | d(M^T) = (dM)^T |
| of a gradient | d∇f(v) = ∇²f(v) dv |
| of a sum | d Σ_i A_i = Σ_i dA_i |

Source: Magnus and Neudecker, Matrix Differential Calculus, chapters 5 and 8.
"""

from __future__ import annotations

from dataclasses import replace

from engine.kernel.calculus.derivative import (
    changing_slots,
    differentiate,
    gradient_letter,
    number_in,
    raised,
    require_fixed_bound,
    slope,
)
from engine.kernel.forms.algebra import Algebra
from engine.kernel.forms.atom import Call, Letter, MatrixValue, Scalar, Total, Variable, Word
from engine.kernel.forms.polynomial import Polynomial, constant, thaw
from engine.kernel.matrices.matrix import (
    Grid,
    Value,
    Words,
    add_values,
    letter_value,
    multiply_values,
    negate_value,
    scale_value,
    thaw_words,
    transpose_value,
    word_value,
)
from engine.kernel.matrices.total import opened_total, sum_of_values
from engine.kernel.matrices.word import ONE, Reduced, add_term, transpose_word, without_zeros
from engine.kernel.unproved import Unproved


def differentiate_value(algebra: Algebra, value: Value, variable: int) -> Value:
    """The derivative of a number, a vector or a matrix in a real variable."""
    if isinstance(value, dict):
        return differentiate(algebra, value, variable)
    if isinstance(value, Grid):
        return Grid(tuple(tuple(differentiate(algebra, entry, variable) for entry in row) for row in value.rows))
    result: Value = Words(value.rows, value.columns, {})
    for word, coefficient in value.words.items():
        plain = Words(value.rows, value.columns, {word: constant(1)})
        by_factor = scale_value(algebra, differentiate(algebra, coefficient, variable), plain)
        by_word = scale_value(algebra, coefficient, _of_word(algebra, word, variable))
        result = add_values(algebra, add_values(algebra, result, by_factor), by_word)
    return result


def _of_word(algebra: Algebra, word: Word, variable: int) -> Value:
    result: Value = {}
    for place, letter in enumerate(word):
        if algebra.source(variable) in algebra.letter_depends(letter):
            before = word_value(algebra, word[:place], word[0].rows)
            after = word_value(algebra, word[place + 1 :], letter.columns)
            part = multiply_values(algebra, before, _of_letter(algebra, letter, variable))
            result = add_values(algebra, result, multiply_values(algebra, part, after))
    return result


def _of_letter(algebra: Algebra, letter: Letter, variable: int) -> Value:
    if letter.inverted:
        sum_, own = letter.head, letter_value(letter)
        if isinstance(sum_, MatrixValue):
            plain = differentiate_value(algebra, thaw_words(sum_), variable)
        else:
            plain = _of_letter(algebra, replace(letter, inverted=False), variable)
        return negate_value(algebra, multiply_values(algebra, multiply_values(algebra, own, plain), own))
    if letter.transposed:
        straight = replace(letter, transposed=False, rows=letter.columns, columns=letter.rows)
        return transpose_value(algebra, _of_letter(algebra, straight, variable))
    match letter.head:
        case Total() as total:
            return _of_total(algebra, total, variable)
        case Call(function) as call if function in algebra.functions:
            result: Value = {}
            for slot in changing_slots(algebra, call, variable):
                result = add_values(algebra, result, _along_slot(algebra, letter, call, slot, variable))
            return result
        case _:
            raise Unproved("the derivative of a matrix that depends on the variable in an unknown way")


def _of_total(algebra: Algebra, total: Total, variable: int) -> Value:
    require_fixed_bound(algebra, total.upper, variable)
    upper = thaw(total.upper)
    with opened_total(algebra, total, upper, algebra.depends(variable)) as (index, each):
        change = differentiate_value(algebra, each, variable)
    return sum_of_values(algebra, index, constant(1), upper, change)


def _along_slot(algebra: Algebra, letter: Letter, call: Call, slot: int, variable: int) -> Value:
    argument = call.arguments[slot]
    if isinstance(argument, MatrixValue):
        inner = differentiate_value(algebra, thaw_words(argument), variable)
        return multiply_values(algebra, letter_value(gradient_letter(algebra, call, slot)), inner)
    change = differentiate(algebra, thaw(argument), variable)
    return scale_value(algebra, change, letter_value(replace(letter, head=raised(call, slot))))


# ---- Jacobians


def jacobian(algebra: Algebra, value: Words, vector: Letter) -> Value:
    """J with d(value) = J d(vector), for columns: the gradient of z^T value is J^T z, for every z."""
    if value.columns != ONE or vector.columns != ONE:
        raise Unproved("the derivative of a matrix in a vector, or of a vector in a matrix")
    number = algebra.fresh_variable(integer=False)
    head = algebra.atoms[number]
    assert isinstance(head, Variable)
    z = Letter(head, value.rows, ONE)
    along = multiply_values(algebra, transpose_value(algebra, letter_value(z)), value)
    found = slope(algebra, number_in(along), vector)
    if not isinstance(found, Words):
        raise Unproved("the Jacobian in a vector of one entry")
    words: Reduced = {}
    for word, coefficient in found.words.items():
        for monomial, factor in coefficient.items():
            _without_direction(algebra, words, word, {monomial: factor}, z)
    return transpose_value(algebra, Words(vector.rows, value.rows, without_zeros(words)))


def _without_direction(algebra: Algebra, words: Reduced, word: Word, term: Polynomial, z: Letter) -> None:
    """Add A, or a b^T, where the term is A z, or a (b^T z)."""
    number = next(iter(algebra.letter_depends(z)))
    if word and word[-1] == z:
        word = word[:-1]
    else:
        ((monomial, factor),) = term.items()
        inside_ = [pair for pair in monomial if number in algebra.depends(pair[0])]
        if len(inside_) != 1 or inside_[0][1] != 1:
            raise Unproved("a Jacobian that cannot be told from its rows")
        atom = algebra.atoms[inside_[0][0]]
        row = _up_to(algebra, atom.word, z) if isinstance(atom, Scalar) else None
        if row is None:
            raise Unproved("a Jacobian that cannot be told from its rows")
        word, term = word + row, {tuple(pair for pair in monomial if pair not in inside_): factor}
    mentioned = algebra.polynomial_depends(term) | algebra.word_depends(word)
    if number in mentioned:
        raise Unproved("a Jacobian that cannot be told from its rows")
    add_term(algebra, words, term, word)


def _up_to(algebra: Algebra, word: Word, z: Letter) -> Word | None:
    """b^T, of b^T z or z^T b."""
    for turned in (word, transpose_word(algebra, word)):
        if turned[-1] == z:
            return turned[:-1]
    return None
