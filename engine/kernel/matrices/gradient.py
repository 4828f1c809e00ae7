"""Derivatives of normal forms in a vector or a matrix, through differentials.

A gradient G has the shape of its variable, and df = <G, dX> = tr(G^T dX). What stands around an occurrence of the
variable is moved to the other side of <.,.>, rule by rule:

| differential | rule |
|---|---|
| of a product | <G, U dV W> = <U^T G W^T, dV> |
| of a transpose | <G, dX^T> = <G^T, dX> |
| of an inverse | <G, dM^-1> = <-M^-T G M^-T, dM> |
| of a determinant | d det M = <det(M) M^-T, dM>, where det M ≠ 0 |
| of a declared function of a vector | df(v) = <∇f(v), dv> |
| of a sum | <G, d Σ_i x_i> = Σ_i <G, dx_i> |

The entries of the variable change independently of each other, also where it is declared symmetric. Source: Magnus
and Neudecker, Matrix Differential Calculus, chapters 5, 8 and 9; Petersen and Pedersen, The Matrix Cookbook, section 2.
"""

from __future__ import annotations

from engine.kernel.calculus.derivative import gradient_letter, invertible_inside, raised
from engine.kernel.forms import sign as signs
from engine.kernel.forms.algebra import Algebra, Fact, Unproved
from engine.kernel.forms.atom import (
    Call,
    Composite,
    Determinant,
    Exponential,
    Letter,
    Logarithm,
    MatrixValue,
    PrefixSum,
    Scalar,
    SymbolicPower,
    Total,
    Variable,
    Word,
)
from engine.kernel.forms.polynomial import Polynomial, constant, multiply_monomials, of_atom, thaw
from engine.kernel.forms.primitive import slope_of
from engine.kernel.matrices.determinant import trace
from engine.kernel.matrices.matrix import (
    Value,
    Words,
    add_values,
    identity,
    letter_value,
    multiply_values,
    negate_value,
    scale_value,
    thaw_words,
    transpose_value,
    word_value,
)
from engine.kernel.matrices.total import inside, sum_of_values
from engine.kernel.matrices.word import ONE, Reduced, add_term, transpose_word, without_zeros
from engine.kernel.sums.prefix import opened


def gradient(algebra: Algebra, p: Polynomial, matrix: Letter) -> Value:
    """The partial derivatives of a number in the entries of a named vector or matrix, in its shape."""
    name, result = _name(algebra, matrix), _zero(matrix)
    for monomial, coefficient in p.items():
        for atom, exponent in monomial:
            if name in algebra.depends(atom):
                rest = {multiply_monomials(monomial, ((atom, -1),)): coefficient * exponent}
                result = add_values(algebra, result, scale_value(algebra, rest, _of_atom(algebra, atom, matrix)))
    return result


def _name(algebra: Algebra, matrix: Letter) -> int:
    assert isinstance(matrix.head, Variable)
    return algebra.number_of(matrix.head)


def _zero(matrix: Letter) -> Value:
    return Words(matrix.rows, matrix.columns, {})


def _of_atom(algebra: Algebra, number: int, matrix: Letter) -> Value:
    match algebra.atoms[number]:
        case Composite(polynomial):
            return gradient(algebra, thaw(polynomial), matrix)
        case Exponential(exponent):
            return scale_value(algebra, of_atom(number), gradient(algebra, {exponent: 1}, matrix))
        case Logarithm(argument):
            with algebra.assuming(Fact(of_atom(argument), signs.POSITIVE)):
                inner = gradient(algebra, of_atom(argument), matrix)
            return scale_value(algebra, algebra.inverse(of_atom(argument)), inner)
        case SymbolicPower(base, exponent):
            return _of_power(algebra, number, base, {exponent: 1}, matrix)
        case PrefixSum() as sum_:
            return _of_sum(algebra, sum_, matrix)
        case Call() as call:
            return _of_call(algebra, call, matrix)
        case Scalar(word):
            plain = Words(word[0].rows, word[0].rows, {word: constant(1)})
            return moved(algebra, plain, identity(thaw(word[0].rows)), matrix)
        case Determinant():
            value, inverse = invertible_inside(algebra, number)
            return scale_value(
                algebra, of_atom(number), moved(algebra, value, transpose_value(algebra, inverse), matrix)
            )
        case atom:
            raise Unproved(f"the gradient of {type(atom).__name__}")


def _of_power(algebra: Algebra, number: int, base: int, exponent: Polynomial, matrix: Letter) -> Value:
    """∇ b^m = b^m (m ∇b / b + ln b ∇m); that m varies makes it real, so that b > 0."""
    by_base = scale_value(algebra, algebra.inverse(of_atom(base)), gradient(algebra, of_atom(base), matrix))
    result = scale_value(algebra, exponent, by_base)
    if _name(algebra, matrix) in algebra.polynomial_depends(exponent):
        slope = gradient(algebra, exponent, matrix)
        result = add_values(algebra, result, scale_value(algebra, algebra.log_of_atom(base), slope))
    return scale_value(algebra, of_atom(number), result)


def _of_sum(algebra: Algebra, sum_: PrefixSum, matrix: Letter) -> Value:
    upper = thaw(sum_.upper)
    if _name(algebra, matrix) in algebra.polynomial_depends(upper):
        raise Unproved("a derivative in the bound of a sum")
    with opened(algebra, sum_, upper) as (index, body):
        slope = gradient(algebra, body, matrix)
    return sum_of_values(algebra, index, constant(1), upper, slope)


def _of_call(algebra: Algebra, call: Call, matrix: Letter) -> Value:
    """Chain rule for a function with real values, known or declared."""
    if call.function not in algebra.functions:
        argument = call.arguments[0]
        if len(call.arguments) != 1 or isinstance(argument, MatrixValue):
            raise Unproved(f"the gradient of {call.function}")
        return scale_value(algebra, slope_of(algebra, call), gradient(algebra, thaw(argument), matrix))
    name, result = _name(algebra, matrix), _zero(matrix)
    for slot, argument in enumerate(call.arguments):
        if name not in algebra.value_depends(argument):
            continue
        if isinstance(argument, MatrixValue):
            if any(call.orders):
                raise Unproved("the gradient of a derivative of a declared function")
            slope = letter_value(gradient_letter(algebra, call, slot))
            part = moved(algebra, thaw_words(argument), slope, matrix)
        else:
            outer = algebra.of(raised(call, slot))
            part = scale_value(algebra, outer, gradient(algebra, thaw(argument), matrix))
        result = add_values(algebra, result, part)
    return result


# ---- <G, d value>


def moved(algebra: Algebra, value: Value, weight: Value, matrix: Letter) -> Value:
    """H with <weight, d value> = <H, d matrix>."""
    if isinstance(value, dict):
        return scale_value(algebra, _number(weight), gradient(algebra, value, matrix))
    if not isinstance(value, Words):
        raise Unproved("a gradient through a matrix that is written out")
    name, result = _name(algebra, matrix), _zero(matrix)
    for word, coefficient in value.words.items():
        if name in algebra.polynomial_depends(coefficient):
            plain = Words(value.rows, value.columns, {word: constant(1)})
            inner = trace(algebra, multiply_values(algebra, transpose_value(algebra, weight), plain))
            slope = gradient(algebra, coefficient, matrix)
            result = add_values(algebra, result, scale_value(algebra, inner, slope))
        part = _of_word(algebra, word, weight, matrix)
        result = add_values(algebra, result, scale_value(algebra, coefficient, part))
    return result


def _number(value: Value) -> Polynomial:
    if not isinstance(value, dict):
        raise Unproved("a matrix where a number is expected")
    return value


def _of_word(algebra: Algebra, word: Word, weight: Value, matrix: Letter) -> Value:
    name, result = _name(algebra, matrix), _zero(matrix)
    for place, letter in enumerate(word):
        if name not in algebra.letter_depends(letter):
            continue
        before = word_value(algebra, word[:place], word[0].rows)
        after = word_value(algebra, word[place + 1 :], letter.columns)
        inner = multiply_values(algebra, transpose_value(algebra, before), weight)
        inner = multiply_values(algebra, inner, transpose_value(algebra, after))
        result = add_values(algebra, result, _of_letter(algebra, letter, inner, matrix))
    return result


def _of_letter(algebra: Algebra, letter: Letter, weight: Value, matrix: Letter) -> Value:
    if letter.inverted:
        own = transpose_value(algebra, letter_value(letter))
        weight = negate_value(algebra, multiply_values(algebra, multiply_values(algebra, own, weight), own))
    if letter.transposed:
        weight = transpose_value(algebra, weight)
    match letter.head:
        case MatrixValue() as sum_:
            return moved(algebra, thaw_words(sum_), weight, matrix)
        case Variable():
            return weight
        case Total() as total:
            return _of_total(algebra, total, weight, matrix)
        case Call() as call:
            return _of_function(algebra, letter, call, weight, matrix)
        case _:
            raise Unproved("a gradient through an index or a size")


def _of_total(algebra: Algebra, total: Total, weight: Value, matrix: Letter) -> Value:
    if _name(algebra, matrix) in algebra.frozen_depends(total.upper):
        raise Unproved("a derivative in the bound of a sum")
    index, upper = algebra.fresh_variable(integer=True), thaw(total.upper)
    with algebra.ranging(index, constant(1), upper):
        body, core = inside(algebra, total, index)
        slope = moved(algebra, scale_value(algebra, body, core), weight, matrix)
    return sum_of_values(algebra, index, constant(1), upper, slope)


def _of_function(algebra: Algebra, letter: Letter, call: Call, weight: Value, matrix: Letter) -> Value:
    """A gradient of a declared function, whose Jacobian is its Hessian; or a function of numbers."""
    name, result = _name(algebra, matrix), _zero(matrix)
    for slot, argument in enumerate(call.arguments):
        if name not in algebra.value_depends(argument):
            continue
        if isinstance(argument, MatrixValue):
            if sum(call.orders) != 1:
                raise Unproved("the derivative of a declared function with vector values")
            hessian = letter_value(gradient_letter(algebra, call, slot))
            part = moved(algebra, thaw_words(argument), multiply_values(algebra, hessian, weight), matrix)
        else:
            slope = letter_value(Letter(raised(call, slot), letter.rows, letter.columns))
            if letter.transposed:
                slope = letter_value(Letter(raised(call, slot), letter.columns, letter.rows))
            inner = trace(algebra, multiply_values(algebra, transpose_value(algebra, weight), slope))
            part = scale_value(algebra, inner, gradient(algebra, thaw(argument), matrix))
        result = add_values(algebra, result, part)
    return result


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
    slope = gradient(algebra, _number(along), vector)
    if not isinstance(slope, Words):
        raise Unproved("the Jacobian in a vector of one entry")
    words: Reduced = {}
    for word, coefficient in slope.words.items():
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
