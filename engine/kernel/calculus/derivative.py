"""Derivatives of numbers in normal form: in a real variable, or in the entries of a vector or a matrix.

The derivative in a matrix X is a gradient G of its shape: df = <G, dX> = tr(G^T dX). Where f is made of matrices, what
stands around one that changes is moved to the other side of <.,.>, rule by rule, in whatever it changes with:

| differential | rule |
|---|---|
| of a product | <G, U dV W> = <U^T G W^T, dV> |
| of a transpose | <G, dX^T> = <G^T, dX> |
| of an inverse | <G, dM^-1> = <-M^-T G M^-T, dM> |
| of a determinant | d det M = <det(M) M^-T, dM>, where det M ≠ 0 |
| of a declared function of a vector | df(v) = <∇f(v), dv> |
| of a sum | <G, d Σ_i x_i> = Σ_i <G, dx_i> |

The entries of the variable change independently of each other, also where it is declared symmetric. The body of a
derivative is defined near the point (:mod:`engine.kernel.definedness` sees to it), so that every rule below may be used
where its terms are defined. Source: Magnus and Neudecker, Matrix Differential Calculus, chapters 5, 8 and 9; Petersen
and Pedersen, The Matrix Cookbook, section 2.
"""

from __future__ import annotations

from dataclasses import replace

from engine.kernel.forms import sign as signs
from engine.kernel.forms.algebra import Algebra
from engine.kernel.forms.assumption import Fact
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
    Value,
    Words,
    add_values,
    identity,
    inverse_value,
    letter_value,
    multiply_values,
    negate_value,
    scale_value,
    thaw_words,
    transpose_value,
    value_dependence,
    word_value,
)
from engine.kernel.matrices.total import opened_total, sum_of_values
from engine.kernel.matrices.word import ONE
from engine.kernel.sums.delta import delta
from engine.kernel.sums.prefix import opened
from engine.kernel.unproved import Unproved

Along = int | Letter
"""What a derivative is taken in: a real variable or a member of a family, as an atom, or a named vector or matrix."""


def source(algebra: Algebra, along: Along) -> int:
    """What an atom must depend on in order to change with the variable."""
    if isinstance(along, int):
        return algebra.source(along)
    assert isinstance(along.head, Variable)
    return algebra.number_of(along.head)


def differentiate(algebra: Algebra, p: Polynomial, variable: int) -> Polynomial:
    """∂p/∂variable; the variable may be a member of a family."""
    return number_in(slope(algebra, p, variable))


def number_in(value: Value) -> Polynomial:
    if not isinstance(value, dict):
        raise Unproved("a matrix where a number is expected")
    return value


def slope(algebra: Algebra, p: Polynomial, along: Along) -> Value:
    """The partial derivative of a number in a variable, or those in the entries of a matrix, in its shape; by the
    product rule over each monomial."""
    moved, result = source(algebra, along), _zero(along)
    for monomial, coefficient in p.items():
        for atom, exponent in monomial:
            if moved in algebra.depends(atom):
                rest = {multiply_monomials(monomial, ((atom, -1),)): coefficient * exponent}
                result = add_values(algebra, result, scale_value(algebra, rest, _of_atom(algebra, atom, along)))
    return result


def _zero(along: Along) -> Value:
    return {} if isinstance(along, int) else Words(along.rows, along.columns, {})


def _of_atom(algebra: Algebra, number: int, along: Along) -> Value:
    match algebra.atoms[number]:
        case Variable() if isinstance(along, int):
            return constant(1)
        case Member(_, indices) if isinstance(along, int):
            return _of_member(algebra, indices, along)
        case Primitive(body, index, at) if isinstance(along, int):
            return _of_primitive(algebra, {body: 1}, index, thaw(at), along)
        case Composite(polynomial):
            return slope(algebra, thaw(polynomial), along)
        case Exponential(exponent):
            return scale_value(algebra, of_atom(number), slope(algebra, {exponent: 1}, along))
        case Logarithm(argument):
            with algebra.assuming(Fact(of_atom(argument), signs.POSITIVE)):
                inner = slope(algebra, of_atom(argument), along)
            return scale_value(algebra, algebra.inverse(of_atom(argument)), inner)
        case SymbolicPower(base, exponent):
            return scale_value(algebra, of_atom(number), _of_power(algebra, base, {exponent: 1}, along))
        case PrefixSum() as sum_:
            return _of_sum(algebra, sum_, along)
        case Call() as call:
            return _of_call(algebra, call, along)
        case Scalar(word):
            return paired(algebra, _plain(word), identity(thaw(word[0].rows)), along)
        case Determinant(matrix):
            if 0 in algebra.atom_sign(number):
                raise Unproved("the derivative of a determinant that may be 0")
            value = thaw_words(matrix)
            weight = transpose_value(algebra, inverse_value(algebra, value))
            return scale_value(algebra, of_atom(number), paired(algebra, value, weight, along))
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


def _of_power(algebra: Algebra, base: int, exponent: Polynomial, along: Along) -> Value:
    """(b^m)' / b^m = m b'/b + m' ln b; that m varies makes it real, so that b > 0."""
    moved, result = source(algebra, along), _zero(along)
    if moved in algebra.depends(base):
        ratio = algebra.multiply(exponent, algebra.inverse(of_atom(base)))
        result = scale_value(algebra, ratio, slope(algebra, of_atom(base), along))
    if moved in algebra.polynomial_depends(exponent):
        by_power = scale_value(algebra, algebra.log_of_atom(base), slope(algebra, exponent, along))
        result = add_values(algebra, result, by_power)
    return result


def _of_sum(algebra: Algebra, sum_: PrefixSum, along: Along) -> Value:
    require_fixed_bound(algebra, sum_.upper, along)
    upper = thaw(sum_.upper)
    beside = algebra.depends(along) if isinstance(along, int) else frozenset[int]()
    with opened(algebra, sum_, upper, beside) as (index, body):
        each = slope(algebra, body, along)
    return sum_of_values(algebra, index, constant(1), upper, each)


def require_fixed_bound(algebra: Algebra, upper: Frozen, along: Along) -> None:
    if source(algebra, along) in algebra.frozen_depends(upper):
        raise Unproved("a derivative in the bound of a sum")


def _of_call(algebra: Algebra, call: Call, along: Along) -> Value:
    """Chain rule for a function with real values, known or declared."""
    if call.function not in algebra.functions:
        argument = call.arguments[0]
        if len(call.arguments) != 1 or isinstance(argument, MatrixValue):
            raise Unproved(f"the derivative of {call.function}")
        return scale_value(algebra, slope_of(algebra, call), slope(algebra, thaw(argument), along))
    result = _zero(along)
    for slot in changing_slots(algebra, call, along):
        argument = call.arguments[slot]
        if isinstance(argument, MatrixValue):
            weight = letter_value(gradient_letter(algebra, call, slot))
            part = paired(algebra, thaw_words(argument), weight, along)
        else:
            part = scale_value(algebra, algebra.of(raised(call, slot)), slope(algebra, thaw(argument), along))
        result = add_values(algebra, result, part)
    return result


def changing_slots(algebra: Algebra, call: Call, along: Along) -> list[int]:
    """The arguments that change with the variable."""
    moved = source(algebra, along)
    return [slot for slot, argument in enumerate(call.arguments) if moved in algebra.value_depends(argument)]


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


# ---- <G, d value>


def paired(algebra: Algebra, value: Value, weight: Value, along: Along) -> Value:
    """<weight, value'>: a number, or where ``along`` is a matrix, H with <weight, d value> = <H, d along>."""
    if isinstance(value, dict):
        return scale_value(algebra, number_in(weight), slope(algebra, value, along))
    if not isinstance(value, Words):
        raise Unproved("a derivative through a matrix that is written out")
    moved, result = source(algebra, along), _zero(along)
    for word, coefficient in value.words.items():
        if moved in algebra.polynomial_depends(coefficient):
            plain = Words(value.rows, value.columns, {word: constant(1)})
            part = scale_value(algebra, _inner(algebra, weight, plain), slope(algebra, coefficient, along))
            result = add_values(algebra, result, part)
        part = _of_word(algebra, word, weight, along)
        result = add_values(algebra, result, scale_value(algebra, coefficient, part))
    return result


def _plain(word: Word) -> Words:
    return Words(word[0].rows, word[-1].columns, {word: constant(1)})


def _inner(algebra: Algebra, weight: Value, value: Value) -> Polynomial:
    """<weight, value>."""
    return trace(algebra, multiply_values(algebra, transpose_value(algebra, weight), value))


def _of_word(algebra: Algebra, word: Word, weight: Value, along: Along) -> Value:
    moved, result = source(algebra, along), _zero(along)
    for place, letter in enumerate(word):
        if moved not in algebra.letter_depends(letter):
            continue
        before = word_value(algebra, word[:place], word[0].rows)
        after = word_value(algebra, word[place + 1 :], letter.columns)
        inner = multiply_values(algebra, transpose_value(algebra, before), weight)
        inner = multiply_values(algebra, inner, transpose_value(algebra, after))
        result = add_values(algebra, result, _of_letter(algebra, letter, inner, along))
    return result


def _of_letter(algebra: Algebra, letter: Letter, weight: Value, along: Along) -> Value:
    if letter.inverted:
        own = transpose_value(algebra, letter_value(letter))
        weight = negate_value(algebra, multiply_values(algebra, multiply_values(algebra, own, weight), own))
    if letter.transposed:
        letter, weight = replace(letter, rows=letter.columns, columns=letter.rows), transpose_value(algebra, weight)
    match letter.head:
        case MatrixValue() as sum_:
            return paired(algebra, thaw_words(sum_), weight, along)
        case Variable() if not isinstance(along, int):
            return weight
        case Total() as total:
            return _of_total(algebra, total, weight, along)
        case Call() as call:
            return _of_function(algebra, letter, call, weight, along)
        case _:
            raise Unproved("a derivative through an index or a size")


def _of_total(algebra: Algebra, total: Total, weight: Value, along: Along) -> Value:
    require_fixed_bound(algebra, total.upper, along)
    upper = thaw(total.upper)
    with opened_total(algebra, total, upper, value_dependence(algebra, weight)) as (index, body):
        each = paired(algebra, body, weight, along)
    return sum_of_values(algebra, index, constant(1), upper, each)


def _of_function(algebra: Algebra, letter: Letter, call: Call, weight: Value, along: Along) -> Value:
    """A gradient of a declared function, whose Jacobian is its Hessian; or a function of numbers."""
    result = _zero(along)
    for slot in changing_slots(algebra, call, along):
        argument = call.arguments[slot]
        if isinstance(argument, MatrixValue):
            if not any(call.orders):
                raise Unproved("the derivative of a declared function with vector values")
            hessian = letter_value(gradient_letter(algebra, call, slot))
            part = paired(algebra, thaw_words(argument), multiply_values(algebra, hessian, weight), along)
        else:
            inner = _inner(algebra, weight, letter_value(Letter(raised(call, slot), letter.rows, letter.columns)))
            part = scale_value(algebra, inner, slope(algebra, thaw(argument), along))
        result = add_values(algebra, result, part)
    return result
