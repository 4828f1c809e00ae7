"""One letter in two shapes: ``A`` and ``a_{ij}``, ``\\mathbf{x}`` and ``x_i``, ``X`` and its rows ``\\mathbf{x}_i``.

The members of such a family are mostly the entries, the rows or the columns of the matrix or the vector beside it, as
λ_i are its eigenvalues.
"""

from __future__ import annotations

from typing import Final

from engine.meaning.context import Context
from engine.meaning.notation import STYLES, SYMBOLS, split_family
from engine.meaning.sort import Family, MatrixOf, Vector

_SPECTRAL: Final = {r"\lambda": "an eigenvalue", r"\sigma": "a singular value"}


def meant_by_another(names: frozenset[str], context: Context, undeclared: frozenset[str]) -> str | None:
    """What an undeclared family can be of a vector or a matrix among the names, in words.

    >>> from engine.meaning.sort import NATURAL, Real
    >>> from engine.meaning.term import Name
    >>> square = MatrixOf(Name("n"), Name("n"))
    >>> found = Context().declare("n", NATURAL).declare("A", square).declare("a", Family((None, None), Real()))
    >>> meant_by_another(frozenset("Aa"), found, frozenset("a"))
    'a with an index can be an entry, a row or a column of A'
    """
    families = [name for name in sorted(names & undeclared) if isinstance(context.sort_of(name), Family)]
    wholes = [name for name in sorted(names) if isinstance(context.sort_of(name), Vector | MatrixOf)]
    pairs = [(one, whole) for one in families for whole in wholes]
    for one, whole in pairs:
        if _letter(one) == _letter(whole):
            return f"{one} with an index can be an entry, a row or a column of {whole}"
        if _letter(one) in _SPECTRAL and isinstance(context.sort_of(whole), MatrixOf):
            return f"{one} with an index can be {_SPECTRAL[_letter(one)]} of {whole}"
    return None


def _letter(name: str) -> str:
    """The letter without styles, accents and scripts, as a small one."""
    found = SYMBOLS.search(STYLES.sub("", split_family(name)[0].split("_{")[0].split("^{")[0]))
    return "" if found is None else found[0].lower()
