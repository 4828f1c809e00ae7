"""Substitution into an atom: it is built anew, by the rules that made it, so that their conditions are met again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine.kernel.forms.algebra import Algebra
from engine.kernel.forms.atom import (
    Alternating,
    Bound,
    Call,
    Composite,
    Delta,
    Determinant,
    Exponential,
    Letter,
    Logarithm,
    MatrixValue,
    Member,
    PrefixProduct,
    PrefixSum,
    Primitive,
    Scalar,
    SymbolicPower,
    Total,
    Unit,
    Variable,
    Word,
)
from engine.kernel.forms.polynomial import Frozen, Polynomial, constant, freeze, of_atom, thaw
from engine.kernel.forms.power import alternating
from engine.kernel.forms.primitive import call
from engine.kernel.matrices.matrix import (
    Grid,
    Value,
    Words,
    add_values,
    freeze_words,
    inverse_value,
    letter_value,
    multiply_values,
    scale_value,
    thaw_words,
    transpose_value,
    value_dependence,
    word_value,
)
from engine.kernel.unproved import Unproved


def rebuild(algebra: Algebra, number: int, variable: int, value: Polynomial | Words) -> Polynomial:
    """The atom with ``variable`` replaced by ``value``, a matrix where the variable is the name of one."""

    def put(p: Polynomial) -> Polynomial:
        return algebra.substitute(p, variable, value)

    match algebra.atoms[number]:
        case Variable() | Bound() if isinstance(value, dict):
            return value
        case Member(family, indices):
            return algebra.of(Member(family, tuple(freeze(put(thaw(i))) for i in indices)))
        case Exponential(exponent):
            return algebra.exponential(put({exponent: 1}))
        case SymbolicPower(base, exponent):
            return algebra.power(put(of_atom(base)), put({exponent: 1}))
        case Alternating(exponent):
            return alternating(algebra, put({exponent: 1}))
        case Logarithm(argument):
            return algebra.logarithm(put(of_atom(argument)))
        case Composite(polynomial):
            return put(thaw(polynomial))
        case PrefixSum() | PrefixProduct() as big:
            return _rebuild_big(algebra, big, variable, value)
        case Call(function, orders, arguments):
            return call(algebra, function, orders, tuple(_put_in(algebra, a, variable, value) for a in arguments))
        case Delta(difference):
            from engine.kernel.sums.delta import delta

            own = number == variable and isinstance(value, dict)
            return value if own else delta(algebra, put(thaw(difference)))  # type: ignore[return-value]
        case Primitive(body, index, at):
            from engine.kernel.calculus.antiderivative import primitive

            return primitive(algebra, index, put({body: 1}), put(thaw(at)))
        case Scalar(word):
            from engine.kernel.matrices.determinant import trace

            return trace(algebra, word_with(algebra, word, variable, value))
        case Determinant(matrix):
            from engine.kernel.matrices.determinant import determinant

            return determinant(algebra, value_with(algebra, thaw_words(matrix), variable, value))
        case atom:
            raise Unproved(f"a substitution into {type(atom).__name__}")


def _rebuild_big(
    algebra: Algebra, big: PrefixSum | PrefixProduct, variable: int, value: Polynomial | Words
) -> Polynomial:
    from engine.kernel.sums.prefix import opened, sum_over
    from engine.kernel.sums.products import product_over

    upper = algebra.substitute(thaw(big.upper), variable, value)
    with opened(algebra, big, upper, value_dependence(algebra, value) | {variable}) as (index, inner):
        body = algebra.substitute(inner, variable, value)
    over = sum_over if isinstance(big, PrefixSum) else product_over
    return over(algebra, index, constant(1), upper, body)


def _put_in(
    algebra: Algebra, value: Frozen | MatrixValue, variable: int, new: Polynomial | Words
) -> Frozen | MatrixValue:
    if not isinstance(value, MatrixValue):
        return freeze(algebra.substitute(thaw(value), variable, new))
    changed = value_with(algebra, thaw_words(value), variable, new)
    if not isinstance(changed, Words):
        raise Unproved("a vector argument that becomes a number")
    return freeze_words(changed)


def value_with(algebra: Algebra, value: Value, variable: int, new: Polynomial | Words) -> Value:
    """A value with a variable replaced."""
    if isinstance(value, dict):
        return algebra.substitute(value, variable, new)
    if isinstance(value, Grid):
        return value.map(lambda entry: algebra.substitute(entry, variable, new))
    if variable in algebra.frozen_depends(value.rows) | algebra.frozen_depends(value.columns):
        raise Unproved("a substitution into the size of a matrix")
    result: Value = Words(value.rows, value.columns, {})
    for word, coefficient in value.words.items():
        changed: Value = Words(value.rows, value.columns, {(): constant(1)})
        if word:
            changed = word_with(algebra, word, variable, new)
        factor = algebra.substitute(coefficient, variable, new)
        if factor:
            result = add_values(algebra, result, scale_value(algebra, factor, changed))
    return result


def word_with(algebra: Algebra, word: Word, variable: int, value: Polynomial | Words) -> Value:
    """The product with a variable replaced in its letters."""
    result: Value = word_value(algebra, (), word[0].rows)
    for letter in word:
        result = multiply_values(algebra, result, _letter_with(algebra, letter, variable, value))
    return result


def _letter_with(algebra: Algebra, letter: Letter, variable: int, value: Polynomial | Words) -> Value:
    if variable not in algebra.letter_depends(letter):
        return letter_value(letter)
    if variable in algebra.frozen_depends(letter.rows) | algebra.frozen_depends(letter.columns):
        raise Unproved("a substitution into the size of a matrix")
    match letter.head:
        case Call(function, orders, arguments):
            head = Call(function, orders, tuple(_put_in(algebra, a, variable, value) for a in arguments))
            return letter_value(replace(letter, head=head))
        case Member(family, indices):
            places = tuple(freeze(algebra.substitute(thaw(i), variable, value)) for i in indices)
            return letter_value(replace(letter, head=Member(family, places)))
        case Unit(place):
            return letter_value(replace(letter, head=Unit(freeze(algebra.substitute(thaw(place), variable, value)))))
        case MatrixValue() as sum_:
            return inverse_value(algebra, value_with(algebra, thaw_words(sum_), variable, value))
        case Total() as total:
            return _turned(algebra, letter, _rebuild_total(algebra, total, variable, value))
        case _ if isinstance(value, Words):
            return _turned(algebra, letter, value)
        case _:
            raise Unproved("a number put in for a matrix")


def _turned(algebra: Algebra, letter: Letter, value: Value) -> Value:
    """The value transposed and inverted as the letter is."""
    if letter.transposed:
        value = transpose_value(algebra, value)
    return inverse_value(algebra, value) if letter.inverted else value


def _rebuild_total(algebra: Algebra, total: Total, variable: int, value: Polynomial | Words) -> Value:
    from engine.kernel.matrices.total import opened_total, sum_of_values

    upper = algebra.substitute(thaw(total.upper), variable, value)
    with opened_total(algebra, total, upper, value_dependence(algebra, value) | {variable}) as (index, each):
        changed = value_with(algebra, each, variable, value)
    return sum_of_values(algebra, index, constant(1), upper, changed)


def parts(algebra: Algebra, number: int) -> Iterator[Polynomial]:
    """The polynomials inside an atom."""
    match algebra.atoms[number]:
        case Member(_, indices):
            yield from map(thaw, indices)
        case Exponential(exponent) | Alternating(exponent):
            yield {exponent: 1}
        case SymbolicPower(base, exponent):
            yield of_atom(base)
            yield {exponent: 1}
        case Logarithm(argument):
            yield of_atom(argument)
        case Composite(polynomial):
            yield thaw(polynomial)
        case PrefixSum(upper, _, body) | PrefixProduct(upper, _, body):
            yield thaw(upper)
            yield {body: 1}
        case Delta(difference):
            yield thaw(difference)
        case Primitive(body, _, at):
            yield {body: 1}
            yield thaw(at)
        case Call(_, _, arguments):
            for value in arguments:
                yield from _parts_of_argument(value)
        case Scalar(word):
            yield from _parts_of_word(word)
        case Determinant(sum_):
            yield from _parts_of_argument(sum_)
        case _:
            return


def _parts_of_argument(argument: Frozen | MatrixValue) -> Iterator[Polynomial]:
    if not isinstance(argument, MatrixValue):
        yield thaw(argument)
        return
    for word, coefficient in argument.words:
        yield thaw(coefficient)
        yield from _parts_of_word(word)


def _parts_of_word(word: Word) -> Iterator[Polynomial]:
    for letter in word:
        match letter.head:
            case Call(_, _, arguments):
                for argument in arguments:
                    yield from _parts_of_argument(argument)
            case Member(_, indices):
                yield from map(thaw, indices)
            case Unit(place):
                yield thaw(place)
            case MatrixValue() as sum_:
                yield from _parts_of_argument(sum_)
            case Total(upper, index, body, core):
                yield thaw(upper)
                yield of_atom(index)
                yield {body: 1}
                yield from _parts_of_word(core)
            case _:
                continue
