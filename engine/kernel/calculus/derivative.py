"""Differentiation of normal forms in a real variable; for vectors and matrices see ``matrices/gradient.py``.

The body of a derivative is defined near the point (:mod:`engine.kernel.definedness` sees to it), so that every
rule below may be used where its terms are defined.
"""

from __future__ import annotations

from dataclasses import replace

from engine.kernel.forms import sign as signs
from engine.kernel.forms.algebra import Algebra, Fact, Unproved
from engine.kernel.forms.atom import (
    Bound,
    Call,
    Composite,
    Determinant,
    Exponential,
    Letter,
    Logarithm,
    MatrixValue,
    Member,
    PrefixSum,
    Primitive,
    Scalar,
    SymbolicPower,
    Total,
    Variable,
    Word,
)
from engine.kernel.forms.polynomial import (
    Frozen,
    Polynomial,
    add,
    constant,
    multiply_monomials,
    of_atom,
    thaw,
)
from engine.kernel.forms.primitive import slope_of
from engine.kernel.matrices.determinant import trace
from engine.kernel.matrices.matrix import (
    Grid,
    Value,
    Words,
    add_values,
    inverse_value,
    letter_value,
    multiply_values,
    negate_value,
    scalar_of,
    scale_value,
    thaw_words,
    transpose_value,
)
from engine.kernel.matrices.word import ONE
from engine.kernel.sums.delta import delta
from engine.kernel.sums.prefix import opened, sum_over


def differentiate(algebra: Algebra, p: Polynomial, variable: int) -> Polynomial:
    """∂p/∂variable, by the product rule over each monomial; the variable may be a member of a family."""
    result: Polynomial = {}
    for monomial, coefficient in p.items():
        for atom, exponent in monomial:
            if algebra.source(variable) not in algebra.depends(atom):
                continue
            rest = {multiply_monomials(monomial, ((atom, -1),)): coefficient * exponent}
            result = add(result, algebra.multiply(rest, _of_atom(algebra, atom, variable)))
    return result


def _of_atom(algebra: Algebra, number: int, variable: int) -> Polynomial:
    match algebra.atoms[number]:
        case Variable():
            return constant(1)
        case Exponential(exponent):
            return algebra.multiply(of_atom(number), differentiate(algebra, {exponent: 1}, variable))
        case SymbolicPower(base, exponent):
            return _of_power(algebra, number, base, {exponent: 1}, variable)
        case Logarithm(argument):
            with algebra.assuming(Fact(of_atom(argument), signs.POSITIVE)):
                inner = differentiate(algebra, of_atom(argument), variable)
            return algebra.multiply(inner, algebra.inverse(of_atom(argument)))
        case Composite(polynomial):
            return differentiate(algebra, thaw(polynomial), variable)
        case PrefixSum() as sum_:
            return _of_sum(algebra, sum_, variable)
        case Call() as call:
            return _of_call(algebra, call, variable)
        case Scalar(word):
            return trace(algebra, _of_word(algebra, word, variable))
        case Determinant():
            return _of_determinant(algebra, number, variable)
        case Member(_, indices):
            return _of_member(algebra, indices, variable)
        case Primitive(body, index, at):
            return _of_primitive(algebra, {body: 1}, index, thaw(at), variable)
        case Bound():
            raise Unproved("a derivative through an index")
        case atom:
            raise Unproved(f"the derivative of {type(atom).__name__}")


def _of_primitive(algebra: Algebra, body: Polynomial, index: int, at: Polynomial, variable: int) -> Polynomial:
    """d/dx F(g(x)) = f(g(x)) g'(x) for F' = f free of x (Rudin, Principles of Mathematical Analysis, Theorem 6.20)."""
    if algebra.source(variable) in algebra.polynomial_depends(body) - {index}:
        raise Unproved("a derivative under the sign of an integral that is not in the table")
    return algebra.multiply(algebra.substitute(body, index, at), differentiate(algebra, at, variable))


def _of_member(algebra: Algebra, indices: tuple[Frozen, ...], variable: int) -> Polynomial:
    """∂x_ij/∂x_kl = δ_ik δ_jl, for a member in a member of the same family."""
    moved = algebra.atoms[variable]
    if not isinstance(moved, Member) or any(algebra.source(variable) in algebra.frozen_depends(i) for i in indices):
        raise Unproved("a derivative through an index")
    result = constant(1)
    for index, at in zip(indices, moved.indices, strict=True):
        result = algebra.multiply(result, delta(algebra, add(thaw(index), thaw(at), -1)))
    return result


def _of_power(algebra: Algebra, number: int, base: int, exponent: Polynomial, variable: int) -> Polynomial:
    """(b^m)' = b^m (m' ln b + m b'/b); m' ≠ 0 makes the exponent real, so that b > 0."""
    power_part = differentiate(algebra, exponent, variable)
    result: Polynomial = {}
    if power_part:
        result = algebra.multiply(power_part, algebra.log_of_atom(base))
    base_part = differentiate(algebra, of_atom(base), variable)
    if base_part:
        ratio = algebra.multiply(base_part, algebra.inverse(of_atom(base)))
        result = add(result, algebra.multiply(exponent, ratio))
    return algebra.multiply(of_atom(number), result)


def _of_sum(algebra: Algebra, sum_: PrefixSum, variable: int) -> Polynomial:
    if algebra.source(variable) in algebra.frozen_depends(sum_.upper):
        raise Unproved("a derivative in the bound of a sum")
    upper = thaw(sum_.upper)
    with opened(algebra, sum_, upper, algebra.depends(variable)) as (index, body):
        slope = differentiate(algebra, body, variable)
    return sum_over(algebra, index, constant(1), upper, slope)


def _of_determinant(algebra: Algebra, number: int, variable: int) -> Polynomial:
    """(det M)' = det M tr(M^-1 M')."""
    matrix, inverse = invertible_inside(algebra, number)
    slope = differentiate_value(algebra, matrix, variable)
    return algebra.multiply(of_atom(number), trace(algebra, multiply_values(algebra, inverse, slope)))


def invertible_inside(algebra: Algebra, number: int) -> tuple[Words, Value]:
    """The matrix of a determinant and its inverse; the determinant must be known not to be 0."""
    atom = algebra.atoms[number]
    assert isinstance(atom, Determinant)
    if 0 in algebra.atom_sign(number):
        raise Unproved("the derivative of a determinant that may be 0")
    matrix = thaw_words(atom.matrix)
    return matrix, inverse_value(algebra, matrix)


def _of_call(algebra: Algebra, call: Call, variable: int) -> Polynomial:
    """Chain rule for a function with real values, known or declared."""
    if call.function not in algebra.functions:
        argument = call.arguments[0]
        inside = {} if isinstance(argument, MatrixValue) else differentiate(algebra, thaw(argument), variable)
        return algebra.multiply(slope_of(algebra, call), inside)
    result: Polynomial = {}
    for slot, argument in enumerate(call.arguments):
        if algebra.source(variable) not in algebra.value_depends(argument):
            continue
        if isinstance(argument, MatrixValue):
            inner = differentiate_value(algebra, thaw_words(argument), variable)
            slope = transpose_value(algebra, letter_value(gradient_letter(algebra, call, slot)))
            result = add(result, _scalar(algebra, multiply_values(algebra, slope, inner)))
        else:
            inner_slope = differentiate(algebra, thaw(argument), variable)
            result = add(result, algebra.multiply(algebra.of(raised(call, slot)), inner_slope))
    return result


def raised(call: Call, slot: int) -> Call:
    orders = tuple(order + (at == slot) for at, order in enumerate(call.orders))
    return replace(call, orders=orders)


def gradient_letter(algebra: Algebra, call: Call, slot: int) -> Letter:
    """The gradient (of order 1) or Hessian (of order 2) of a real function in a vector argument, as a letter."""
    higher = raised(call, slot)
    argument = higher.arguments[slot]
    if not isinstance(argument, MatrixValue) or sum(higher.orders) != higher.orders[slot] or sum(higher.orders) > 2:
        raise Unproved("a mixed or third derivative in a vector")
    hessian = higher.orders[slot] == 2
    return Letter(higher, argument.rows, argument.rows if hessian else ONE, symmetric=hessian)


def _scalar(algebra: Algebra, value: Value) -> Polynomial:
    if isinstance(value, dict):
        return value
    if isinstance(value, Words) and value.rows == value.columns == ONE:
        return scalar_of(algebra, value)
    raise Unproved("a matrix where a number is expected")


def differentiate_value(algebra: Algebra, value: Value, variable: int) -> Value:
    """The derivative of a number, a vector or a matrix in a real variable."""
    if isinstance(value, dict):
        return differentiate(algebra, value, variable)
    if isinstance(value, Grid):
        return Grid(tuple(tuple(differentiate(algebra, entry, variable) for entry in row) for row in value.rows))
    result: Value = Words(value.rows, value.columns, {})
    for word, coefficient in value.words.items():
        outer = Words(value.rows, value.columns, {word: constant(1)})
        slope = differentiate(algebra, coefficient, variable)
        result = add_values(algebra, result, scale_value(algebra, slope, outer) if slope else {})
        inner = _of_word(algebra, word, variable)
        result = add_values(algebra, result, scale_value(algebra, coefficient, inner))
    return result


def _of_word(algebra: Algebra, word: Word, variable: int) -> Value:
    """Product rule, in order."""
    result: Value = {}
    for place, letter in enumerate(word):
        if algebra.source(variable) in algebra.letter_depends(letter):
            term: Value = _of_letter(algebra, letter, variable)
            for before in reversed(word[:place]):
                term = multiply_values(algebra, letter_value(before), term)
            for after in word[place + 1 :]:
                term = multiply_values(algebra, term, letter_value(after))
            result = add_values(algebra, result, term)
    return result


def _of_letter(algebra: Algebra, letter: Letter, variable: int) -> Value:
    """(A^-1)' = -A^-1 A' A^-1, (A^T)' = (A')^T, and the chain rule for function values."""
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
    if isinstance(letter.head, Total):
        return _of_total(algebra, letter.head, variable)
    call = letter.head
    if not isinstance(call, Call) or call.function not in algebra.functions:
        raise Unproved("the derivative of a matrix that depends on the variable in an unknown way")
    result: Value = {}
    for slot, argument in enumerate(call.arguments):
        if algebra.source(variable) in algebra.value_depends(argument):
            result = add_values(algebra, result, _along_slot(algebra, letter, call, slot, variable))
    return result


def _of_total(algebra: Algebra, total: Total, variable: int) -> Value:
    from engine.kernel.matrices.total import inside, sum_of_values

    if algebra.source(variable) in algebra.frozen_depends(total.upper):
        raise Unproved("a derivative in the bound of a sum")
    index, upper = algebra.fresh_variable(integer=True), thaw(total.upper)
    with algebra.ranging(index, constant(1), upper):
        body, core = inside(algebra, total, index)
        slope = differentiate_value(algebra, scale_value(algebra, body, core), variable)
    return sum_of_values(algebra, index, constant(1), upper, slope)


def _along_slot(algebra: Algebra, letter: Letter, call: Call, slot: int, variable: int) -> Value:
    argument = call.arguments[slot]
    if isinstance(argument, MatrixValue):
        inner = differentiate_value(algebra, thaw_words(argument), variable)
        return multiply_values(algebra, letter_value(gradient_letter(algebra, call, slot)), inner)
    slope = differentiate(algebra, thaw(argument), variable)
    return scale_value(algebra, slope, letter_value(replace(letter, head=raised(call, slot))))
