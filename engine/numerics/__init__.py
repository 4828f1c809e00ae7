"""Numerics: torch as a second opinion beside a proof, never instead of one.

torch costs seconds to import, so every module of this room imports it inside its functions; what they return is
plain frozen data, without tensors. All of it is seeded, in float64 (or int64), and deterministic.
"""

from __future__ import annotations

from importlib.util import find_spec

from engine.span import Problem


def missing(*packages: str) -> Problem | None:
    """A problem that says what to install where one of the packages is not there, else ``None``; imports nothing.

    >>> missing("json") is None
    True
    >>> print(missing("json", "no_such_package").message)
    no_such_package is not installed; install quod with its torch extra: pip install 'quod[torch]'
    """
    absent = [package for package in packages if find_spec(package) is None]
    if not absent:
        return None
    verb = "is" if len(absent) == 1 else "are"
    return Problem(
        f"{' and '.join(absent)} {verb} not installed; install quod with its torch extra: pip install 'quod[torch]'"
    )
