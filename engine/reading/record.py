"""Records: values with named fields that are made as fast as Python can make them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

_Kind = TypeVar("_Kind")


@dataclass_transform(frozen_default=True)
def record(kind: type[_Kind]) -> type[_Kind]:
    """A dataclass with slots, which the type checker keeps frozen.

    Python would do so by a call for each field whenever one is made, and reading makes little else.
    """
    return dataclass(slots=True, unsafe_hash=True)(kind)
