"""One letter in two shapes: ``A`` and ``a_{ij}``, ``\\mathbf{x}`` and ``x_i``, ``X`` and its rows ``\\mathbf{x}_i``.

The members of such a family are mostly the entries, the rows or the columns of the matrix or the vector beside it.
"""

from __future__ import annotations

from engine.meaning.context import Context
from engine.meaning.notation import STYLES, SYMBOLS, split_family
from engine.meaning.sort import Family, MatrixOf, Vector


def members_of_another(names: frozenset[str], context: Context, undeclared: frozenset[str]) -> tuple[str, str] | None:
    """An undeclared family, and the vector or matrix of the same letter among the names.

    >>> from engine.meaning.sort import NATURAL, Real
    >>> from engine.meaning.term import Name
    >>> square = MatrixOf(Name("n"), Name("n"))
    >>> found = Context().declare("n", NATURAL).declare("A", square).declare("a", Family((None, None), Real()))
    >>> members_of_another(frozenset("Aa"), found, frozenset("a"))
    ('a', 'A')
    """
    families = [name for name in sorted(names & undeclared) if isinstance(context.sort_of(name), Family)]
    wholes = [name for name in sorted(names) if isinstance(context.sort_of(name), Vector | MatrixOf)]
    return next(((one, whole) for one in families for whole in wholes if _letter(one) == _letter(whole)), None)


def _letter(name: str) -> str:
    """The letter without styles, accents and scripts, as a small one."""
    found = SYMBOLS.search(STYLES.sub("", split_family(name)[0].split("_{")[0].split("^{")[0]))
    return "" if found is None else found[0].lower()
