"""The names in a record: each must be spelled as a name, so that what is shown can be read in one way only.

A record could otherwise define a "name" that looks like a number, ``3 := 2``, and show the proved line ``3 = 2``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import lru_cache

from engine.kernel.certificate import Assignment
from engine.meaning.context import Declaration, Definition
from engine.meaning.elaborate import canonical
from engine.meaning.term import Apply, FunctionDerivative, Name

CONSTANTS = frozenset((r"\pi", "e", r"\infty"))
KNOWN = frozenset(
    "abs Beta binom ceil cos cosh delta det digamma erf exp factorial floor Gamma indicator ln log logbase max min pad"
    " phi Phi sgn sigmoid sin sinh softplus sqrt tan tanh tr trace trigamma".split()
)
"""Functions that the kernel knows by a word and the printer sets by a notation of their own."""

NAMING_FIELDS = ("variable", "index", "family", "function")


def misspelt_names(value: object) -> Iterator[str]:
    """The names in a context, statement or certificate that are not spelled as names, each once."""
    yield from sorted({name for name in _names(value) if not is_name(name)})


@lru_cache(maxsize=4096)
def is_name(text: str) -> bool:
    """Whether the text is the canonical spelling of a name, and not that of a constant.

    >>> is_name(r"\\hat{\\lambda}"), is_name("3"), is_name("1 + 1"), is_name(r"\\pi")
    (True, False, False, False)
    """
    try:
        return text not in CONSTANTS and canonical(text) == text
    except ValueError:
        return False


def _names(value: object) -> Iterator[str]:
    if isinstance(value, tuple):
        for part in value:
            yield from _names(part)
    elif is_dataclass(value):
        yield from _own_names(value)
        for field in fields(value):
            yield from _names(getattr(value, field.name))


def _own_names(value: object) -> Iterator[str]:
    match value:
        case Name(name) | Declaration(name) | Assignment(name):
            yield name
        case Definition(name, parameters):
            yield from (name, *parameters)
        case Apply(function) | FunctionDerivative(function) if function in KNOWN:
            return
        case _:
            found = (getattr(value, field, None) for field in NAMING_FIELDS)
            yield from (name for name in found if isinstance(name, str))
            yield from (parameter for parameter in getattr(value, "parameters", ()) if isinstance(parameter, str))
