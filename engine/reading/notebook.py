"""Jupyter notebooks: their Markdown cells."""

from __future__ import annotations

import json
from dataclasses import dataclass

from engine.span import Problem, Span


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a Markdown cell and its number in the notebook, from 1 and counting all cells."""

    number: int
    text: str


def read_cells(text: str, name: str) -> list[Cell] | Problem:
    """The Markdown cells of a notebook (nbformat 3 and 4).

    >>> read_cells('{"cells": [{"cell_type": "markdown", "source": ["$a$", "."]}]}', "x.ipynb")
    [Cell(number=1, text='$a$.')]
    """
    try:
        notebook = json.loads(text)
    except json.JSONDecodeError as error:
        place = Span(error.pos, error.pos + 1)
        return Problem(f"{name}, line {error.lineno}: not a notebook, the JSON is malformed ({error.msg})", place, text)
    except (RecursionError, ValueError):
        return Problem(f"{name}: not a notebook, the JSON is nested too deeply or holds too large a number")
    cells = _cells(notebook)
    if cells is None:
        return Problem(f'{name}: not a notebook; expected an object with a list "cells"')
    return [
        Cell(number, _source(cell))
        for number, cell in enumerate(cells, 1)
        if isinstance(cell, dict) and cell.get("cell_type") == "markdown"
    ]


def _cells(notebook: object) -> list[object] | None:
    if not isinstance(notebook, dict):
        return None
    cells = notebook.get("cells")
    sheets = notebook.get("worksheets")  # nbformat 3
    if cells is None and isinstance(sheets, list) and sheets and isinstance(sheets[0], dict):
        cells = sheets[0].get("cells")
    return cells if isinstance(cells, list) else None


def _source(cell: dict[str, object]) -> str:
    source = cell.get("source", "")
    lines = source if isinstance(source, list) else [source]
    return "".join(line for line in lines if isinstance(line, str))
