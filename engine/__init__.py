"""quod: derive, prove and check solutions of statistics and machine-learning exercises.

>>> type(check(r"\\sqrt{x^2} = x")).__name__
'Refuted'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.checking.check import check as check
    from engine.checking.check import check_links as check_links
    from engine.kernel.verdict import Open as Open
    from engine.kernel.verdict import Proved as Proved
    from engine.kernel.verdict import Refuted as Refuted
    from engine.span import Problem as Problem

_HOMES = {
    "check": "engine.checking.check",
    "check_links": "engine.checking.check",
    "Proved": "engine.kernel.verdict",
    "Refuted": "engine.kernel.verdict",
    "Open": "engine.kernel.verdict",
    "Problem": "engine.span",
}


def __getattr__(name: str) -> object:
    """The public names, fetched when they are asked for: ``import engine`` alone costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
