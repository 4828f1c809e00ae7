"""Our frozen values as JSON data, and back, without loss.

A dataclass becomes an object ``{"is": its name, field: value, …}`` in which fields at their default are left
out, a tuple becomes a list, a fraction the string ``"a/b"``. Only the dataclasses of the modules in
:func:`known_types` exist for the decoder; it checks every value against the field's declared type, so that
hostile data ends in a :class:`~engine.span.Problem` that names the place, and never runs anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from fractions import Fraction
from functools import cache
from math import isfinite
from types import NoneType, UnionType
from typing import Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import engine.derivation
import engine.kernel.certificate
import engine.meaning.claim
import engine.meaning.context
import engine.meaning.sort
import engine.meaning.statement
import engine.meaning.term
from engine.span import Problem

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
T = TypeVar("T")

MODULES = (
    engine.meaning.term,
    engine.meaning.sort,
    engine.meaning.statement,
    engine.meaning.context,
    engine.meaning.claim,
    engine.kernel.certificate,
    engine.derivation,
)
# No verdict among them: nobody may read a Proved out of a file. The recheck asks the kernel for it.
MAX_DEPTH = 150
MAX_INTEGER = 2**63
# A literal computes 10**places and a derivative is taken order times: a small field must hold a small number.
SMALL_FIELDS = {"places": 1000, "order": 100, "slot": 1000}
FRACTION = re.compile(r"-?[0-9]{1,4000}(/[0-9]{1,4000})?")


@cache
def known_types() -> Mapping[str, type]:
    """Every dataclass of our data modules, by its name (which no two share)."""
    found = (
        value
        for module in MODULES
        for value in vars(module).values()
        if isinstance(value, type) and is_dataclass(value) and value.__module__ == module.__name__
    )
    return {kind.__name__: kind for kind in found}


@cache
def field_types(kind: type) -> Mapping[str, object]:
    """The declared type of each field, with forward references resolved."""
    names = {name: value for module in MODULES for name, value in vars(module).items() if not name.startswith("_")}
    return get_type_hints(kind, localns=names)


@cache
def _fields(kind: type) -> tuple[Field[object], ...]:
    return fields(kind)


@dataclass(slots=True)
class Table:
    """Values of one type that are stored once and referred to by number, in the order of first use."""

    numbers: dict[object, int] = field(default_factory=dict)

    def number(self, value: object) -> int:
        return self.numbers.setdefault(value, len(self.numbers))

    @property
    def values(self) -> tuple[object, ...]:
        return tuple(self.numbers)


def encode(value: object, tables: Mapping[type, Table] | None = None) -> Json:
    """The JSON data of ``value``; values of a type in ``tables`` become references into their table.

    Raises :class:`ValueError` for a float that is not finite and :class:`TypeError` for a foreign type.

    >>> encode(engine.meaning.term.Name("x"))
    {'is': 'Name', 'name': 'x'}
    """
    tables = tables or {}
    table = tables.get(type(value))
    if table is not None:
        return {"see": type(value).__name__, "number": table.number(value)}
    return encode_whole(value, tables)


def encode_whole(value: object, tables: Mapping[type, Table]) -> Json:
    """As :func:`encode`, but ``value`` itself is written out even where its type has a table."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return _finite(value)
        case Fraction():
            return str(value)
        case tuple():
            return [encode(entry, tables) for entry in value]
        case _ if type(value) in known_types().values():
            return _encode_fields(value, tables)
        case _:
            raise TypeError(f"no JSON form for {type(value).__name__}")


def _finite(value: float) -> float:
    if not isfinite(value):
        raise ValueError(f"{value} has no JSON form")
    return value


def _encode_fields(value: object, tables: Mapping[type, Table]) -> dict[str, Json]:
    kind: type = type(value)
    data: dict[str, Json] = {"is": kind.__name__}
    for each in _fields(kind):
        content = getattr(value, each.name)
        if each.default is MISSING or content != each.default:
            data[each.name] = encode(content, tables)
    return data


class _Fault(Exception):
    """Carries a place and a message up to :func:`decode`."""

    def __init__(self, message: str) -> None:
        self.message = message
        self.place: list[str] = []

    def within(self, step: str) -> _Fault:
        self.place.insert(0, step)
        return self


def decode(
    kind: type[T], data: Json, tables: Mapping[type, Sequence[object]] | None = None, place: str = ""
) -> T | Problem:
    """The value of type ``kind`` (a dataclass or a union of them) that ``data`` stands for.

    Data in another than the one form that :func:`encode` writes (a default spelled out, ``2/4``) is a problem too.

    >>> decode(engine.meaning.term.Name, {"is": "Name", "name": 3})
    Problem(message='.name: expected a text, found 3', span=None, source=None)
    """
    try:
        return cast(T, _decode(kind, data, tables or {}, 0))
    except _Fault as fault:
        return Problem(f"{place}{''.join(fault.place)}: {fault.message}")
    except RecursionError:
        return Problem(f"{place}: nested too deep")


def _decode(hint: object, data: Json, tables: Mapping[type, Sequence[object]], depth: int) -> object:
    if depth > MAX_DEPTH:
        raise _Fault(f"nested more than {MAX_DEPTH} deep")
    match data:
        case dict():
            return _decode_object(hint, data, tables, depth)
        case list():
            return _decode_list(hint, data, tables, depth)
        case _:
            return _decode_plain(hint, data)


def _members(hint: object) -> tuple[object, ...]:
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)


def _decode_plain(hint: object, data: Json) -> object:
    for member in _members(hint):
        if get_origin(member) is Literal:
            if isinstance(data, str) and data in get_args(member):
                return data
        elif member is Fraction:
            if isinstance(data, str):
                return _fraction(data)
        elif type(data) is member:
            return _bounded(data)
    raise _Fault(f"expected {_expected(hint)}, found {_shown(data)}")


def _bounded(data: object) -> object:
    if isinstance(data, int) and abs(data) >= MAX_INTEGER:
        raise _Fault("the integer is too large")
    return _finite(data) if isinstance(data, float) else data


def _fraction(text: str) -> Fraction:
    if FRACTION.fullmatch(text) is None or (text.partition("/")[2].strip("0") == "" and "/" in text):
        raise _Fault(f"expected a fraction like 3/4, found {_shown(text)}")
    value = Fraction(text)
    if str(value) != text:
        raise _Fault(f"the fraction {_shown(text)} is not in lowest terms")
    return value


def _decode_list(hint: object, data: list[Json], tables: Mapping[type, Sequence[object]], depth: int) -> object:
    shape = next((m for m in _members(hint) if get_origin(m) is tuple), None)
    if shape is None:
        raise _Fault(f"expected {_expected(hint)}, found a list")
    kinds = get_args(shape)
    entries = (kinds[0],) * len(data) if kinds[-1] is Ellipsis else kinds
    if len(entries) != len(data):
        raise _Fault(f"expected {len(entries)} entries, found {len(data)}")
    return tuple(
        _inside(f"[{i}]", kind, entry, tables, depth) for i, (kind, entry) in enumerate(zip(entries, data, strict=True))
    )


def _inside(step: str, hint: object, data: Json, tables: Mapping[type, Sequence[object]], depth: int) -> object:
    try:
        return _decode(hint, data, tables, depth + 1)
    except _Fault as fault:
        raise fault.within(step) from None


def _decode_object(hint: object, data: dict[str, Json], tables: Mapping[type, Sequence[object]], depth: int) -> object:
    tag = data.get("is", data.get("see"))
    kind = next((m for m in _members(hint) if isinstance(m, type) and is_dataclass(m) and m.__name__ == tag), None)
    if kind is None:
        raise _Fault(f"expected {_expected(hint)}, found {_shown(tag) if tag else 'an object'}")
    if kind in tables or "see" in data:
        return _referred(kind, data, tables)
    return _build(kind, _decode_fields(kind, data, tables, depth))


def _referred(kind: type, data: dict[str, Json], tables: Mapping[type, Sequence[object]]) -> object:
    number, table = data.get("number"), tables.get(kind, ())
    if set(data) != {"see", "number"} or type(number) is not int or not 0 <= number < len(table):
        raise _Fault(f"expected the number of a {kind.__name__} below {len(table)}")
    return table[number]


def _decode_fields(
    kind: type, data: dict[str, Json], tables: Mapping[type, Sequence[object]], depth: int
) -> dict[str, object]:
    known = {each.name: each for each in _fields(kind)}
    foreign = set(data) - set(known) - {"is"}
    if foreign:
        raise _Fault(f"{kind.__name__} has no {_shown(min(foreign))}")
    missing = [name for name, each in known.items() if each.default is MISSING and name not in data]
    if missing:
        raise _Fault(f"{kind.__name__} lacks its {missing[0]}")
    hints = field_types(kind)
    return {
        name: _field_value(known[name], _inside(f".{name}", hints[name], data[name], tables, depth))
        for name in known
        if name in data
    }


def _field_value(each: Field[object], value: object) -> object:
    if isinstance(value, int) and abs(value) > SMALL_FIELDS.get(each.name, MAX_INTEGER):
        raise _Fault(f"{each.name} is too large").within(f".{each.name}")
    if each.default is not MISSING and value == each.default:
        raise _Fault("the default is not written out").within(f".{each.name}")
    return value


def _build(kind: type, values: dict[str, object]) -> object:
    try:
        return kind(**values)
    except ValueError as error:
        raise _Fault(str(error)) from None


def _expected(hint: object) -> str:
    plain = {str: "a text", int: "an integer", float: "a number with a decimal point", bool: "true or false"}
    names = []
    for member in _members(hint):
        if get_origin(member) is tuple:
            names.append("a list")
        elif get_origin(member) is Literal:
            names.append("one of " + " ".join(map(str, get_args(member))))
        elif member is Fraction:
            names.append("a fraction")
        elif member is NoneType:
            names.append("null")
        else:
            names.append(plain.get(cast(type, member), getattr(member, "__name__", str(member))))
    return " or ".join(names[:4]) + (" or another kind" if len(names) > 4 else "")


def _shown(data: object) -> str:
    text = repr(data)
    return text if len(text) <= 40 else text[:37] + "..."
