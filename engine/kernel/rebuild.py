"""Substitution into an atom: it is built anew, by the rules that made it, so that their conditions are met again."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from engine.kernel.algebra import Algebra, Unproved
from engine.kernel.atom import (
    Alternating,
    Bound,
    Call,
    Composite,
    Delta,
    Exponential,
    Letter,
    Logarithm,
    MatrixValue,
    Member,
    PrefixProduct,
    PrefixSum,
    Scalar,
    SymbolicPower,
    Variable,
    Word,
)
from engine.kernel.polynomial import Frozen, Polynomial, add, constant, freeze, of_atom, thaw
from engine.kernel.primitive import call


def rebuild(algebra: Algebra, number: int, variable: int, value: Polynomial) -> Polynomial:
    """The atom with ``variable`` replaced by ``value``."""

    def put(p: Polynomial) -> Polynomial:
        return algebra.substitute(p, variable, value)

    match algebra.atoms[number]:
        case Variable() | Bound():
            return value
        case Member(family, indices):
            return algebra.of(Member(family, tuple(freeze(put(thaw(i))) for i in indices)))
        case Exponential(exponent):
            return algebra.exponential(put({exponent: Fraction(1)}))
        case SymbolicPower(base, exponent):
            return algebra.power(put(of_atom(base)), put({exponent: Fraction(1)}))
        case Alternating(exponent):
            return algebra.alternating(put({exponent: Fraction(1)}))
        case Logarithm(argument):
            return algebra.logarithm(put(of_atom(argument)))
        case Composite(polynomial):
            return put(thaw(polynomial))
        case PrefixSum() | PrefixProduct() as big:
            return _rebuild_big(algebra, big, variable, value)
        case Call(function, orders, arguments):
            return call(algebra, function, orders, tuple(_put_in(algebra, a, variable, value) for a in arguments))
        case Delta(difference):
            from engine.kernel.delta import delta

            return value if number == variable else delta(algebra, put(thaw(difference)))
        case Scalar(word):
            from engine.kernel.matrix import scalar_of_word

            return scalar_of_word(algebra, word_with(algebra, word, variable, value))
        case atom:
            raise Unproved(f"a substitution into {type(atom).__name__}")


def _rebuild_big(algebra: Algebra, big: PrefixSum | PrefixProduct, variable: int, value: Polynomial) -> Polynomial:
    from engine.kernel.products import product_over
    from engine.kernel.sums import sum_over

    index = algebra.fresh_variable(integer=True)
    upper = algebra.substitute(thaw(big.upper), variable, value)
    with algebra.assuming(*algebra.range_facts(of_atom(index), constant(1), upper)):
        body = algebra.substitute({big.body: Fraction(1)}, big.index, of_atom(index))
        body = algebra.substitute(body, variable, value)
    over = sum_over if isinstance(big, PrefixSum) else product_over
    return over(algebra, index, constant(1), upper, body)


def _put_in(algebra: Algebra, value: Frozen | MatrixValue, variable: int, new: Polynomial) -> Frozen | MatrixValue:
    if not isinstance(value, MatrixValue):
        return freeze(algebra.substitute(thaw(value), variable, new))
    words: dict[Word, Polynomial] = {}
    for word, coefficient in value.words:
        changed = word_with(algebra, word, variable, new)
        words[changed] = add(words.get(changed, {}), algebra.substitute(thaw(coefficient), variable, new))
    return MatrixValue(value.rows, value.columns, frozenset((w, freeze(c)) for w, c in words.items() if c))


def word_with(algebra: Algebra, word: Word, variable: int, value: Polynomial) -> Word:
    """The word with a scalar variable replaced inside its letters' arguments."""
    return tuple(_letter_with(algebra, letter, variable, value) for letter in word)


def _letter_with(algebra: Algebra, letter: Letter, variable: int, value: Polynomial) -> Letter:
    if variable not in algebra.letter_depends(letter):
        return letter
    if not isinstance(letter.head, Call):
        raise Unproved("a number put in for a matrix")
    arguments = tuple(_put_in(algebra, a, variable, value) for a in letter.head.arguments)
    head = Call(letter.head.function, letter.head.orders, arguments)
    return Letter(head, letter.rows, letter.columns, letter.symmetric, letter.transposed, letter.inverted)


def parts(algebra: Algebra, number: int) -> Iterator[Polynomial]:
    """The polynomials inside an atom."""
    match algebra.atoms[number]:
        case Member(_, indices):
            yield from map(thaw, indices)
        case Exponential(exponent) | Alternating(exponent):
            yield {exponent: Fraction(1)}
        case SymbolicPower(base, exponent):
            yield of_atom(base)
            yield {exponent: Fraction(1)}
        case Logarithm(argument):
            yield of_atom(argument)
        case Composite(polynomial):
            yield thaw(polynomial)
        case PrefixSum(upper, _, body) | PrefixProduct(upper, _, body):
            yield thaw(upper)
            yield {body: Fraction(1)}
        case Delta(difference):
            yield thaw(difference)
        case Call(_, _, arguments):
            yield from (thaw(a) for a in arguments if not isinstance(a, MatrixValue))
        case _:
            return
