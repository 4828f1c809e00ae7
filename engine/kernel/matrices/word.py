"""Words: products of matrices of symbolic size, letter by letter, reduced by the rules of the table.

| rule | condition |
|---|---|
| A A^-1 = A^-1 A = I | the inverse is defined |
| M^-1 w = (I - M^-1 (M - c w))/c, and w M^-1 alike, for the sum M and its greatest word c w | c is a number |
| a (u^T v) b = (u^T v) a b | u^T v is 1x1 |
| e_k^T Σ_{i=1}^n f(i) e_i y_i = f(k) y_k | n is the size, and k lies in the range |
| e_i^T e_j = δ_ij, 1^T 1 = n, 1^T e_i = 1 | i and j lie in the range, as e_i is defined |
| (AB)^T = B^T A^T, (A^-1)^T = (A^T)^-1, S^T = S | S is symmetric |

Source: Petersen and Pedersen, The Matrix Cookbook (2012), sections 1 and 3.
"""

from __future__ import annotations

import itertools
from dataclasses import replace

from engine.kernel.forms.algebra import Algebra
from engine.kernel.forms.atom import Letter, MatrixValue, Ones, Scalar, Total, Unit, Word
from engine.kernel.forms.polynomial import Frozen, Polynomial, add, constant, freeze, is_constant, scale, thaw

ONE: Frozen = freeze(constant(1))
Reduced = dict[Word, Polynomial]
Key = tuple[int, tuple[int, ...], tuple[int, ...]]


def key(algebra: Algebra, word: Word) -> tuple[int, ...]:
    """An order of words: of the letters' first appearance in this algebra."""
    return tuple(algebra.letters.setdefault(letter, len(algebra.letters)) for letter in word)


def least(algebra: Algebra, *words: Word) -> Word:
    return min(words, key=lambda word: (len(word), key(algebra, word)))


def two_way_key(algebra: Algebra, word: Word) -> Key:
    """An order of words in which a word and its transpose are neighbours."""
    own = key(algebra, word)
    return len(word), max(own, key(algebra, transpose_word(algebra, word))), own


def transpose_letter(algebra: Algebra, letter: Letter) -> Letter:
    if isinstance(letter.head, MatrixValue):
        head = MatrixValue(letter.columns, letter.rows, freeze_terms(transposed(algebra, terms_of(letter.head))))
        return replace(letter, head=head, rows=letter.columns, columns=letter.rows)
    return letter.transpose()


def transpose_word(algebra: Algebra, word: Word) -> Word:
    return tuple(transpose_letter(algebra, letter) for letter in reversed(word))


def transposed(algebra: Algebra, terms: Reduced) -> Reduced:
    result: Reduced = {}
    for word, coefficient in terms.items():
        add_term(algebra, result, coefficient, transpose_word(algebra, word))
    return without_zeros(result)


def terms_of(value: MatrixValue) -> Reduced:
    return {word: thaw(coefficient) for word, coefficient in value.words}


def freeze_terms(terms: Reduced) -> frozenset[tuple[Word, Frozen]]:
    return frozenset((word, freeze(coefficient)) for word, coefficient in terms.items())


def without_zeros(terms: Reduced) -> Reduced:
    return {word: coefficient for word, coefficient in terms.items() if coefficient}


def add_term(algebra: Algebra, terms: Reduced, coefficient: Polynomial, word: Word) -> None:
    """Add ``coefficient * word`` in its reduced form."""
    waiting = [(coefficient, word)]
    while waiting:
        factor, current = waiting.pop()
        algebra.spend(4 + 4 * len(current))
        changed = _step(algebra, current)
        if changed is None:
            terms[current] = add(terms.get(current, {}), factor)
        else:
            waiting += [(algebra.multiply(factor, c), w) for c, w in changed]


def _step(algebra: Algebra, word: Word) -> list[tuple[Polynomial, Word]] | None:
    """One rule applied at one place, or ``None`` where none fits."""
    for at in range(len(word) - 1):
        if word[at].cancels(word[at + 1]):
            return [(constant(1), word[:at] + word[at + 2 :])]
    for at in range(len(word) - 1):
        if (picked := _picked(algebra, word[at], word[at + 1])) is not None:
            return [(factor, word[:at] + inner + word[at + 2 :]) for inner, factor in picked.items()]
    for at, letter in enumerate(word):
        if isinstance(letter.head, MatrixValue) and (found := _beside_inverse(algebra, word, at, letter.head)):
            return found
    return _scalars_out(algebra, word)


def _picked(algebra: Algebra, one: Letter, other: Letter) -> Reduced | None:
    """e_k^T beside a sum of e_i y_i, and transposed."""
    if not (isinstance(one.head, Total) or isinstance(other.head, Total)):
        return None
    from engine.kernel.matrices.total import summand_at

    if isinstance(one.head, Unit) and one.transposed and isinstance(other.head, Total):
        return summand_at(algebra, one, other)
    if isinstance(other.head, Unit) and not other.transposed and isinstance(one.head, Total):
        found = summand_at(algebra, other.transpose(), one.transpose())
        return None if found is None else transposed(algebra, found)
    return None


def _beside_inverse(algebra: Algebra, word: Word, at: int, sum_: MatrixValue) -> list[tuple[Polynomial, Word]] | None:
    """M^-1 beside the greatest word of M, on either side."""
    terms = terms_of(sum_)
    top = leading_word(algebra, terms)
    if top is None or word[at + 1 : at + 1 + len(top)] != top and word[max(0, at - len(top)) : at] != top:
        return None
    after = word[at + 1 : at + 1 + len(top)] == top
    before, behind = (word[:at], word[at + 1 + len(top) :]) if after else (word[: at - len(top)], word[at + 1 :])
    factor = algebra.inverse(terms[top])
    found = [(factor, before + behind)]
    for other, coefficient in terms.items():
        if other != top:
            middle = (word[at], *other) if after else (*other, word[at])
            found.append((scale(algebra.multiply(factor, coefficient), -1), before + middle + behind))
    return found


def leading_word(algebra: Algebra, terms: Reduced) -> Word | None:
    """The greatest word that stands with a number."""
    words = [word for word, coefficient in terms.items() if word and is_constant(coefficient)]
    return max(words, key=lambda word: two_way_key(algebra, word), default=None)


def _scalars_out(algebra: Algebra, word: Word) -> list[tuple[Polynomial, Word]] | None:
    """The 1x1 products inside, as factors; of a word that is one, what is left is the empty word."""
    cuts = [at for at in range(1, len(word)) if word[at - 1].columns == ONE]
    if word and word[0].rows == ONE:
        cuts = [0, *cuts]
    if word and word[-1].columns == ONE:
        cuts = [*cuts, len(word)]
    if len(cuts) < 2:
        return None
    factor = constant(1)
    for start, end in itertools.pairwise(cuts):
        factor = algebra.multiply(factor, scalar_of_word(algebra, word[start:end]))
    return [(factor, word[: cuts[0]] + word[cuts[-1] :])]


def scalar_of_word(algebra: Algebra, word: Word) -> Polynomial:
    """A 1x1 product without 1x1 factors: by a rule, or an atom."""
    match word:
        case (Letter(Unit(one), transposed=True), Letter(Unit(other), transposed=False)):
            from engine.kernel.sums.delta import delta

            return delta(algebra, add(thaw(one), thaw(other), -1))
        case (Letter(Ones(), transposed=True), Letter(Ones(), rows=size, transposed=False)):
            return thaw(size)
        case (Letter(Ones() | Unit(), transposed=True), Letter(Ones() | Unit(), transposed=False)):
            return constant(1)
        case _:
            return algebra.of(Scalar(least(algebra, word, transpose_word(algebra, word))))
