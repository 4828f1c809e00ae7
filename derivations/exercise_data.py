"""Reading an exercise's table: each reader returns the value asked for, or raises :class:`Fault` with a message."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from engine.span import Problem


class Fault(Exception):
    """Carries a message up to the exercise's ``derive``, which returns it as a :class:`~engine.span.Problem`."""

    def __init__(self, message: str) -> None:
        self.message = message

    def problem(self) -> Problem:
        return Problem(self.message)


def shown(value: object) -> str:
    """The value as a message quotes it, cut where it is long."""
    try:
        text = repr(value)
    except ValueError:  # Python writes no integers of more than 4300 digits
        return "a number of thousands of digits"
    return text if len(text) <= 80 else f"{text[:77]}..."


def only_keys(table: Mapping[str, object], known: tuple[str, ...], place: str) -> None:
    """Refuse a key that is not known.

    >>> try:
    ...     only_keys({"strid": 1}, ("stride", "padding"), "case 1")
    ... except Fault as fault:
    ...     print(fault.message)
    case 1: there is no key 'strid', did you mean 'stride'? Known are stride, padding
    """
    for key in table:
        if key not in known:
            close = get_close_matches(key, known, n=1)
            hint = f", did you mean {close[0]!r}?" if close else "."
            raise Fault(f"{place}: there is no key {key!r}{hint} Known are {', '.join(known)}")


def text(table: Mapping[str, object], key: str, default: str) -> str:
    value = table.get(key, default)
    if not isinstance(value, str) or not value.strip():
        raise Fault(f"{key}: expected a text in quotes, found {shown(value)}")
    return value


def whole_number(value: object, place: str, least: int, most: int) -> int:
    """An integer between the bounds; ``true`` and ``2.0`` are none."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise Fault(f"{place}: expected a whole number from {least} to {most}, found {shown(value)}")
    return value
