"""Substitution into an atom: it is built anew, by the rules that made it, so that their conditions are met again."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from engine.kernel.algebra import Algebra, Unproved
from engine.kernel.atom import (
    Bound,
    Call,
    Composite,
    Exponential,
    Letter,
    Logarithm,
    MatrixValue,
    Member,
    PrefixSum,
    Scalar,
    SymbolicPower,
    Variable,
    Word,
)
from engine.kernel.polynomial import Frozen, Polynomial, add, constant, freeze, of_atom, thaw


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
        case Logarithm(argument):
            return algebra.logarithm(put(of_atom(argument)))
        case Composite(polynomial):
            return put(thaw(polynomial))
        case PrefixSum() as sum_:
            return _rebuild_sum(algebra, sum_, variable, value)
        case Call(function, orders, arguments):
            return call(algebra, function, orders, tuple(_put_in(algebra, a, variable, value) for a in arguments))
        case Scalar(word):
            from engine.kernel.matrix import scalar_of_word

            return scalar_of_word(algebra, word_with(algebra, word, variable, value))
        case atom:
            raise Unproved(f"a substitution into {type(atom).__name__}")


def _rebuild_sum(algebra: Algebra, sum_: PrefixSum, variable: int, value: Polynomial) -> Polynomial:
    from engine.kernel.sums import sum_over

    index = algebra.fresh_variable(integer=True)
    upper = algebra.substitute(thaw(sum_.upper), variable, value)
    with algebra.assuming(*algebra.range_facts(of_atom(index), constant(1), upper)):
        body = algebra.substitute({sum_.body: Fraction(1)}, sum_.index, of_atom(index))
        body = algebra.substitute(body, variable, value)
    return sum_over(algebra, index, constant(1), upper, body)


def call(
    algebra: Algebra, function: str, orders: tuple[int, ...], arguments: tuple[Frozen | MatrixValue, ...]
) -> Polynomial:
    """A function value, evaluated where the function is one the kernel knows and the argument is a number."""
    if function == "abs":
        return algebra.magnitude(_scalar(arguments[0]))
    if function in ("floor", "Gamma", "factorial"):
        return number_function(algebra, function, _scalar(arguments[0]))
    return algebra.of(Call(function, orders, arguments))


def _scalar(value: Frozen | MatrixValue) -> Polynomial:
    if isinstance(value, MatrixValue):
        raise Unproved("a function of numbers applied to a matrix")
    return thaw(value)


def number_function(algebra: Algebra, function: str, argument: Polynomial) -> Polynomial:
    """⌊q⌋, n! and Γ(n) for numbers; for other arguments an atom."""
    known = constant_value(argument)
    if known is not None:
        if function == "floor":
            return constant(known.__floor__())
        steps = known if function == "factorial" else known - 1
        if steps.denominator == 1 and 0 <= steps <= 500:
            return constant(_factorial(int(steps)))
        raise Unproved(f"{function} of {known}")
    return algebra.of(Call(function, (0,), (freeze(argument),)))


def constant_value(p: Polynomial) -> Fraction | None:
    if not p:
        return Fraction(0)
    return p[()] if set(p) == {()} else None


def _factorial(n: int) -> int:
    result = 1
    for k in range(2, n + 1):
        result *= k
    return result


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
        case Exponential(exponent):
            yield {exponent: Fraction(1)}
        case SymbolicPower(base, exponent):
            yield of_atom(base)
            yield {exponent: Fraction(1)}
        case Logarithm(argument):
            yield of_atom(argument)
        case Composite(polynomial):
            yield thaw(polynomial)
        case PrefixSum(upper, _, body):
            yield thaw(upper)
            yield {body: Fraction(1)}
        case Call(_, _, arguments):
            yield from (thaw(a) for a in arguments if not isinstance(a, MatrixValue))
        case _:
            return
