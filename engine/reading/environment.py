"""The environments of formulas: which open a displayed formula, and which only lay out its rows."""

from __future__ import annotations

from typing import Final


def _starred(names: str) -> frozenset[str]:
    return frozenset(name + star for name in names.split() for star in ("", "*"))


# Environments that open a displayed formula in running text.
DISPLAYS: Final = _starred(
    "equation align alignat xalignat xxalignat gather multline flalign eqnarray displaymath math dmath IEEEeqnarray"
)

# Environments whose rows are steps, not the entries of one object. An ``array`` of columns such as rcl joins them.
LAYOUTS: Final = DISPLAYS | _starred("split aligned alignedat gathered multlined subequations")

# In these, a row ends where the line is too long: all rows are one formula.
ONE_FORMULA: Final = _starred("multline multlined")

# Layouts with an argument that is no part of the formula: \begin{alignat}{2}.
WITH_ARGUMENT: Final = _starred("alignat alignedat xalignat xxalignat IEEEeqnarray") | {"array"}

# What stands in these is shown as it is typed.
VERBATIM: Final = _starred("verbatim Verbatim lstlisting minted comment alltt filecontents tikzpicture")
