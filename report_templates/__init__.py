"""The templates of a sheet, and its style: they loop and print what ``engine.sheets.view`` decided."""

from __future__ import annotations

from importlib.resources import files


def template(name: str) -> str:
    """The text of a template; raises :class:`FileNotFoundError` for a name that is none.

    >>> template("sheet.css").startswith("/*")
    True
    """
    return files(__name__).joinpath(name).read_text(encoding="utf-8")
