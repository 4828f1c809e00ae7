"""Sums of matrices over an index: what does not depend on the index is pulled out to the left and to the right.

| rule | condition |
|---|---|
| Σ_i c A x_i B = c A (Σ_i x_i) B | c, A and B do not depend on i |
| Σ_i (a^T x_i)(y_i^T b) = a^T (Σ_i x_i y_i^T) b | |
| Σ_i tr(A x_i) = tr(A Σ_i x_i) | |
| Σ_{i=1}^n e_i e_i^T = I, Σ_{i=1}^n e_i = 1 | n is the size |

The range must be known to be no shorter than empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from engine.kernel.forms.algebra import Algebra
from engine.kernel.forms.atom import Letter, Ones, Scalar, Total, Unit, Word
from engine.kernel.forms.polynomial import (
    UNIT,
    Monomial,
    Polynomial,
    add,
    constant,
    freeze,
    multiply_monomials,
    of_atom,
    thaw,
)
from engine.kernel.matrices.matrix import (
    Value,
    Words,
    add_values,
    letter_value,
    multiply_values,
    scale_value,
    transpose_value,
    word_value,
)
from engine.kernel.matrices.word import ONE, Reduced, least, transpose_word
from engine.kernel.sums.prefix import canonical_index, require_range, sum_over
from engine.kernel.unproved import Unproved


def sum_of_values(algebra: Algebra, index: int, lower: Polynomial, upper: Polynomial, body: Value) -> Value:
    """Σ of a number or a matrix for the variable ``index``."""
    if isinstance(body, dict):
        return sum_over(algebra, index, lower, upper, body)
    if not isinstance(body, Words):
        raise Unproved("a sum of matrices that are written out")
    if index in algebra.frozen_depends(body.rows) | algebra.frozen_depends(body.columns):
        raise Unproved("a sum of matrices of different sizes")
    require_range(algebra, index, lower, upper, *body.words.values())
    result: Value = Words(body.rows, body.columns, {})
    for word, coefficient in body.words.items():
        for monomial, number in coefficient.items():
            part = _of_term(algebra, (index, lower, upper), monomial, word, body)
            result = add_values(algebra, result, scale_value(algebra, constant(number), part))
    return result


Range = tuple[int, Polynomial, Polynomial]


def _of_term(algebra: Algebra, over: Range, monomial: Monomial, word: Word, shape: Words) -> Value:
    index = over[0]
    outer, inner = algebra.apart(monomial, index)
    inner, word = _joined(algebra, index, inner, word)
    places = [n for n, letter in enumerate(word) if index in algebra.letter_depends(letter)]
    if not places:
        total = sum_over(algebra, *over, {inner: 1})
        plain = Words(shape.rows, shape.columns, {word: constant(1)})
        return scale_value(algebra, algebra.multiply({outer: 1}, total), plain)
    first, last = places[0], places[-1] + 1
    middle = total_value(algebra, *over, inner, word[first:last])
    value = multiply_values(algebra, word_value(algebra, word[:first], shape.rows), middle)
    value = multiply_values(algebra, value, word_value(algebra, word[last:], word[last - 1].columns))
    return scale_value(algebra, {outer: 1}, value)


def _joined(algebra: Algebra, index: int, inner: Monomial, word: Word) -> tuple[Monomial, Word]:
    """x_i (y_i^T b) = x_i y_i^T b, for the one 1x1 factor that ends in something without the index."""
    found = [(number, ends) for number, e in inner if e == 1 and (ends := _open_end(algebra, index, number))]
    if len(found) != 1 or not word or word[-1].columns != ONE and word[0].rows != ONE:
        return inner, word
    if not any(index in algebra.letter_depends(letter) for letter in word):
        return inner, word
    ((number, scalar),) = found
    rest = multiply_monomials(inner, ((number, -1),))
    if word[-1].columns == ONE:
        return rest, word + scalar
    return rest, transpose_word(algebra, scalar) + word


def _open_end(algebra: Algebra, index: int, number: int) -> Word | None:
    """A 1x1 product that begins with the index and ends without it, in that direction."""
    atom = algebra.atoms[number]
    if not isinstance(atom, Scalar) or atom.word[0].rows != ONE:
        return None
    for word in (atom.word, transpose_word(algebra, atom.word)):
        ends = [index in algebra.letter_depends(word[at]) for at in (0, -1)]
        if ends == [True, False]:
            return word
    return None


def total_value(
    algebra: Algebra, index: int, lower: Polynomial, upper: Polynomial, body: Monomial, core: Word
) -> Value:
    """Σ body · core, whose first and last letter depend on the index: a letter, unless it is known.

    The index is shifted to begin at 1.
    """
    rows, columns = core[0].rows, core[-1].columns
    known = _of_units(lower, upper, body, core)
    if known is not None:
        return known
    if lower != constant(1):
        first, upper = algebra.fresh_variable(integer=True), add(add(upper, lower, -1), constant(1))
        with algebra.ranging(first, constant(1), upper):
            each = _at(algebra, body, core, index, add(of_atom(first), add(lower, constant(1), -1)))
        return sum_of_values(algebra, first, constant(1), upper, each)
    both: Polynomial = {multiply_monomials(body, ((algebra.number_of(Scalar(core)), 1),)): 1}
    bound = canonical_index(algebra, both, index)
    with algebra.ranging(bound, constant(1), upper):
        monomial, moved = _single_term(_at(algebra, body, core, index, of_atom(bound)))
    flipped = transpose_word(algebra, moved)
    chosen = least(algebra, moved, flipped)
    shape = (rows, columns) if chosen == moved else (columns, rows)
    letter = Letter(Total(freeze(upper), bound, monomial, chosen), *shape, symmetric=moved == flipped)
    value = letter_value(letter)
    return value if chosen == moved else transpose_value(algebra, value)


def _single_term(value: Value) -> tuple[Monomial, Word]:
    if isinstance(value, Words) and len(value.words) == 1:
        ((word, factor),) = value.words.items()
        if list(factor.values()) == [1]:
            (monomial,) = factor
            return monomial, word
    raise Unproved("a sum of matrices that change their form with the name of the index")


def _of_units(lower: Polynomial, upper: Polynomial, body: Monomial, core: Word) -> Words | None:
    """Σ e_i e_i^T and Σ e_i over the whole range."""
    size = core[0].columns if core[0].transposed else core[0].rows
    if body != UNIT or lower != constant(1) or upper != thaw(size):
        return None
    match core:
        case (Letter(Unit(one), transposed=False), Letter(Unit(other), transposed=True)) if one == other:
            return Words(core[0].rows, core[1].columns, {(): constant(1)}) if core[0].rows == core[1].columns else None
        case (Letter(Unit(), transposed=transposed),):
            rows, columns = (ONE, size) if transposed else (size, ONE)
            return letter_value(Letter(Ones(), rows, columns, transposed=transposed))
        case _:
            return None


@contextmanager
def opened_total(
    algebra: Algebra, total: Total, upper: Polynomial, beside: frozenset[int] = frozenset()
) -> Iterator[tuple[int, Value]]:
    """The index of a sum of matrices and what is summed, as :func:`engine.kernel.sums.prefix.opened` gives them."""
    index, value = total.index, _at(algebra, total.body, total.core, total.index, of_atom(total.index))
    if index in beside | algebra.polynomial_depends(upper):
        index = algebra.fresh_variable(integer=True)
        with algebra.ranging(index, constant(1), upper):
            value = _at(algebra, total.body, total.core, total.index, of_atom(index))
    with algebra.ranging(index, constant(1), upper):
        yield index, value


def _at(algebra: Algebra, body: Monomial, core: Word, index: int, value: Polynomial) -> Value:
    """body · core, at a value of the index."""
    from engine.kernel.forms.rebuild import value_with

    each = Words(core[0].rows, core[-1].columns, {core: {body: 1}})
    return each if value == of_atom(index) else value_with(algebra, each, index, value)


def summand_at(algebra: Algebra, unit: Letter, letter: Letter) -> Reduced | None:
    """e_k^T Σ_{i=1}^n f(i) e_i y_i = f(k) y_k, for a sum over all places."""
    total = letter.head
    assert isinstance(total, Total) and isinstance(unit.head, Unit)
    core = transpose_word(algebra, total.core) if letter.transposed else total.core
    own = Letter(Unit(freeze(of_atom(total.index))), total.upper, ONE)
    if letter.inverted or core[0] != own:
        return None
    each = _at(algebra, total.body, core, total.index, thaw(unit.head.place))
    value = multiply_values(algebra, letter_value(unit), each)
    return value.words if isinstance(value, Words) else {(): value} if isinstance(value, dict) else None


def sum_of_traces(algebra: Algebra, total: Total) -> Polynomial:
    """tr Σ_i A_i = Σ_i tr A_i."""
    from engine.kernel.matrices.determinant import trace

    upper = thaw(total.upper)
    with opened_total(algebra, total, upper) as (index, each):
        traces = trace(algebra, each)
    return sum_over(algebra, index, constant(1), upper, traces)


# ---- sums that cancel


def sums_cancel(algebra: Algebra, words: Reduced) -> bool:
    """Whether the sums of one matrix cancel: a Σ_i f(i) A_i + b Σ_i g(i) A_i = Σ_i (a f(i) + b g(i)) A_i."""
    left = dict(words)
    while left:
        word, _ = next(iter(left.items()))
        places = [at for at, letter in enumerate(word) if isinstance(letter.head, Total)]
        if len(places) != 1:
            return False
        at = places[0]
        alike = {w: c for w, c in left.items() if _differ_in_a_sum(word, w, at)}
        if len(alike) < 2 or not _bodies_cancel(algebra, at, alike):
            return False
        left = {w: c for w, c in left.items() if w not in alike}
    return True


def _differ_in_a_sum(one: Word, other: Word, at: int) -> bool:
    if len(one) != len(other) or one[:at] != other[:at] or one[at + 1 :] != other[at + 1 :]:
        return False
    a, b = one[at].head, other[at].head
    if one[at].inverted or other[at].inverted:  # the inverse of a sum is no sum of inverses
        return False
    return isinstance(a, Total) and isinstance(b, Total) and a.upper == b.upper


def _bodies_cancel(algebra: Algebra, at: int, words: Reduced) -> bool:
    head = next(iter(words))[at].head
    assert isinstance(head, Total)
    index = algebra.fresh_variable(integer=True)
    summed: dict[Word, Polynomial] = {}
    with algebra.ranging(index, constant(1), thaw(head.upper)):
        for word, coefficient in words.items():
            total = word[at].head
            assert isinstance(total, Total)
            each = _at(algebra, total.body, total.core, total.index, of_atom(index))
            each = transpose_value(algebra, each) if word[at].transposed else each
            if not isinstance(each, Words) or len(each.words) != 1:
                return False
            ((own, factor),) = each.words.items()
            summed[own] = add(summed.get(own, {}), algebra.multiply(coefficient, factor))
        return all(map(algebra.is_zero, summed.values()))


# ---- sums of numbers that matrices make


def pulled_out(algebra: Algebra, over: Range, body: Monomial) -> Polynomial | None:
    """Σ_i of a monomial with 1x1 products: what does not depend on the index in them stands outside, where it can."""
    index = over[0]
    scalars = [(number, e) for number, e in body if isinstance(algebra.atoms[number], Scalar)]
    turned = [(number, e, end) for number, e in scalars if (end := _open_end(algebra, index, number))]
    if sum(e for _, e, _ in turned) == 2 and all(e.denominator == 1 and e > 0 for _, e, _ in turned):
        ends = [end for _, e, end in turned for _ in range(int(e))]
        chosen = transpose_word(algebra, ends[0]) + ends[1]
        rest = multiply_monomials(body, tuple((number, -e) for number, e, _ in turned))
    elif len(scalars) == 1 and scalars[0][1] == 1:
        atom = algebra.atoms[scalars[0][0]]
        assert isinstance(atom, Scalar)
        chosen, rest = atom.word, multiply_monomials(body, ((scalars[0][0], -1),))
    else:
        return None
    return _around(algebra, over, rest, chosen)


def _around(algebra: Algebra, over: Range, body: Monomial, word: Word) -> Polynomial | None:
    """Σ_i body tr(word) where the word, turned, is a product without the index and one that begins and ends with it."""
    from engine.kernel.matrices.determinant import trace_of_word

    index = over[0]
    marks = [index in algebra.letter_depends(letter) for letter in word]
    starts = [at for at in range(len(word)) if not marks[at] and marks[at - 1]]
    if all(marks) or not any(marks) or len(starts) != 1:
        return None
    turned = word[starts[0] :] + word[: starts[0]]
    end = [index in algebra.letter_depends(letter) for letter in turned].index(True)
    total = total_value(algebra, *over, body, turned[end:])
    if not isinstance(total, Words):
        return None
    result: Polynomial = {}
    for inner, coefficient in total.words.items():
        trace = trace_of_word(algebra, turned[:end] + inner, turned[0].rows)
        result = add(result, algebra.multiply(coefficient, trace))
    return result
