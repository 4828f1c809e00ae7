"""The claims file: one JSON object a line in, one a line out, in order.

In:  ``{"id": "7", "claim": "…", "given": ["…"], "where": ["…"], "macros": "…"}``, or ``reference`` and ``answer``
instead of ``claim``; ``given``, ``where`` and ``macros`` may be missing.

Out: ``{"id", "verdict", "reason", "conditions", "witness", "read_as", "inferred", "milliseconds"}``; a chain has
``links``, one answer each; a line that is no such object is ``unreadable`` and has its number as ``line``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final, NoReturn

from engine.checking.answer import Answer, unreadable
from engine.checking.request import Request, request_of
from engine.span import Problem

LONGEST_LINE: Final = 16_000_000
_BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file, numbered from 1: its id, where it has one, and what it asks."""

    number: int
    name: str | None
    request: Request | Problem


def lines_of(file: BinaryIO) -> Iterator[Line]:
    """Every line of the file; nothing is skipped, and no line is held for the next one to come."""
    number = 0
    while raw := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(raw) > LONGEST_LINE and not raw.endswith(b"\n"):
            _skip_line(file)
            yield Line(number, None, Problem(f"a line may have {LONGEST_LINE:,} bytes"))
        else:
            yield _line(number, raw.removeprefix(_BOM) if number == 1 else raw)


def _skip_line(file: BinaryIO) -> None:
    while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
        pass


def _line(number: int, raw: bytes) -> Line:
    fields = _object(raw)
    if isinstance(fields, Problem):
        return Line(number, None, fields)
    name = fields.get("id")
    if not isinstance(name, str):
        return Line(number, None, Problem("id is missing" if "id" not in fields else "id must be a string"))
    return Line(number, name, request_of(fields))


def _object(raw: bytes) -> Mapping[str, object] | Problem:
    """
    >>> _object(b'{"id": "1", "id": "2"}').message
    "the key 'id' stands twice"
    >>> _object(b'{"id": NaN}').message
    'not JSON: NaN is no JSON value'
    """
    try:
        text = raw.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError as error:
        return Problem(f"not UTF-8 text (byte {error.start + 1} of the line)")
    if not text.strip():
        return Problem("the line is empty; expected a JSON object")
    try:
        value = json.loads(text, object_pairs_hook=_pairs, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        return Problem(f"not JSON: {error.msg} (at character {error.pos + 1})")
    except _Twice as error:
        return Problem(f"the key {error} stands twice")
    except ValueError as error:
        return Problem(f"not JSON: {error}")
    except RecursionError:
        return Problem("not JSON that is understood: nested too deeply")
    return value if isinstance(value, dict) else Problem(f"expected a JSON object, found a {_KINDS[type(value)]}")


_KINDS: Final = {list: "list", str: "string", int: "number", float: "number", bool: "truth value", type(None): "null"}


class _Twice(Exception):
    """A key that stands twice in one object."""


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields: dict[str, object] = {}
    for key, value in pairs:
        if key in fields:
            raise _Twice(repr(key[:40]))
        fields[key] = value
    return fields


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON value")


def written(line: Line, answer: Answer, milliseconds: float) -> bytes:
    """The answer to a line, as a line."""
    fields: dict[str, object] = {"id": line.name, **_fields(answer), "milliseconds": round(milliseconds, 1)}
    if answer.links:
        fields["links"] = [_fields(link) for link in answer.links]
    if isinstance(line.request, Problem):
        fields["line"] = line.number
    # Half of a surrogate pair, which JSON can write and UTF-8 cannot, goes out as it came in.
    return json.dumps(fields, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"


def _fields(answer: Answer) -> dict[str, object]:
    return {
        "verdict": answer.verdict,
        "reason": answer.reason,
        "conditions": list(answer.conditions),
        "witness": dict(answer.witness),
        "read_as": answer.read_as,
        "inferred": list(answer.inferred),
    }


def refused(line: Line, problem: Problem) -> bytes:
    """The answer to a line that is no request."""
    return written(line, unreadable(Problem(f"line {line.number}: {problem.message}")), 0.0)
