"""Frozen dataclasses with slots that are made as fast as Python can make them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from typing import Any, Final, TypeVar, dataclass_transform

_Kind = TypeVar("_Kind")


@dataclass_transform(frozen_default=True)
def frozen(kind: type[_Kind]) -> type[_Kind]:
    """A frozen dataclass with slots.

    The ``__init__`` of one looks up ``object.__setattr__`` for each field whenever a value is made, and reading makes
    little else. This one asks the slots themselves.

    >>> @frozen
    ... class Point:
    ...     x: int
    ...     y: int = 0
    >>> Point(1), Point(x=1, y=2) == Point(1, 2)
    (Point(x=1, y=0), True)
    >>> Point(1).x = 3
    Traceback (most recent call last):
    dataclasses.FrozenInstanceError: cannot assign to field 'x'
    """
    made = dataclass(frozen=True, slots=True)(kind)
    own = fields(made)  # type: ignore[arg-type]
    if 0 < len(own) <= len(_INITIALISERS) and not hasattr(made, "__post_init__"):
        init: Any = _INITIALISERS[len(own) - 1](*(getattr(made, field.name).__set__ for field in own))
        init.__code__ = init.__code__.replace(co_varnames=("self", *(field.name for field in own)))
        init.__defaults__ = tuple(field.default for field in own if field.default is not MISSING)
        init.__qualname__ = f"{made.__qualname__}.__init__"
        made.__init__ = init  # type: ignore[method-assign]
    return made


_Set = Callable[[object, object], None]


def _of_one(first: _Set) -> Callable[..., None]:
    def __init__(self: object, a: object) -> None:
        first(self, a)

    return __init__


def _of_two(first: _Set, second: _Set) -> Callable[..., None]:
    def __init__(self: object, a: object, b: object) -> None:
        first(self, a)
        second(self, b)

    return __init__


def _of_three(first: _Set, second: _Set, third: _Set) -> Callable[..., None]:
    def __init__(self: object, a: object, b: object, c: object) -> None:
        first(self, a)
        second(self, b)
        third(self, c)

    return __init__


def _of_four(first: _Set, second: _Set, third: _Set, fourth: _Set) -> Callable[..., None]:
    def __init__(self: object, a: object, b: object, c: object, d: object) -> None:
        first(self, a)
        second(self, b)
        third(self, c)
        fourth(self, d)

    return __init__


_INITIALISERS: Final[tuple[Callable[..., Callable[..., None]], ...]] = (_of_one, _of_two, _of_three, _of_four)
