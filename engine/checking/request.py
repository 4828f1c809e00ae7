"""A request: a claim, or a reference and an answer to compare, with what is given and defined beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from engine.span import Problem

LONGEST: Final = 1_000_000
"""Characters of one request in all; a longer one is no formula that anybody wrote."""
_TEXTS: Final = ("claim", "reference", "answer", "macros")
_LISTS: Final = ("given", "where")
KEYS: Final = ("id", *_TEXTS, *_LISTS)


@dataclass(frozen=True, slots=True)
class Request:
    """Either ``claim`` or both ``reference`` and ``answer``; all of it LaTeX."""

    claim: str | None = None
    reference: str | None = None
    answer: str | None = None
    given: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    macros: str = ""


def request_of(fields: Mapping[str, object]) -> Request | Problem:
    """The request that an object of a claims file makes.

    >>> request_of({"id": "1", "claim": "x = x", "given": [r"x > 0"]})
    Request(claim='x = x', reference=None, answer=None, given=('x > 0',), where=(), macros='')
    >>> request_of({"claim": 7}).message
    'claim must be a string'
    """
    problem = _fault(fields)
    if problem is not None:
        return Problem(problem)
    texts = {key: value for key in _TEXTS if isinstance(value := fields.get(key), str)}
    lists = {key: tuple(value) for key in _LISTS if isinstance(value := fields.get(key), list)}
    return Request(**texts, **lists)  # type: ignore[arg-type]


def _fault(fields: Mapping[str, object]) -> str | None:
    """What keeps the object from being a request, in words."""
    unknown = sorted(set(fields) - set(KEYS))
    if unknown:
        return f"there is no key {_shown(unknown[0])}; expected {', '.join(KEYS)}"
    if "id" in fields and not isinstance(fields["id"], str):
        return "id must be a string"
    for key in _TEXTS:
        if key in fields and not isinstance(fields[key], str):
            return f"{key} must be a string"
    for key in _LISTS:
        value = fields.get(key, [])
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            return f"{key} must be a list of strings"
    if sum(map(_size, fields.values())) > LONGEST:
        return f"a claim with what is given beside it may have {LONGEST:,} characters"
    return _missing(fields)


def _missing(fields: Mapping[str, object]) -> str | None:
    one, two = "claim" in fields, [key in fields for key in ("reference", "answer")]
    if one and any(two):
        return "expected either a claim, or a reference and an answer"
    if one or all(two):
        return None
    return "expected a claim, or a reference and an answer"


def _size(value: object) -> int:
    return sum(map(_size, value)) if isinstance(value, list) else len(value) if isinstance(value, str) else 0


def _shown(key: str) -> str:
    return repr(key if len(key) <= 40 else key[:39] + "…")
