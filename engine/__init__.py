"""quod: derive, prove and check solutions of statistics and machine-learning exercises.

>>> import engine
>>> type(engine.check(r"\\sqrt{x^2} = x")).__name__
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

_CHECKING = frozenset(("check", "check_links"))
_VERDICTS = frozenset(("Open", "Proved", "Refuted"))


def __getattr__(name: str) -> object:
    """The public names, fetched when they are asked for: ``import engine`` alone costs nothing."""
    if name in _CHECKING:
        from engine.checking import check as home
    elif name in _VERDICTS:
        from engine.kernel import verdict as home  # type: ignore[no-redef]
    elif name == "Problem":
        from engine import span as home  # type: ignore[no-redef]
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(home, name)
