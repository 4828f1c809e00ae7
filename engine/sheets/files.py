"""The files of a sheet: all of them are made before the first is put in place."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from engine.record.writing import record_of, record_text
from engine.sheets.html import html_page
from engine.sheets.pdf import pdf_bytes
from engine.sheets.sheet import JudgedSheet
from engine.sheets.tex import tex_page
from engine.sheets.view import SheetView
from engine.span import Problem

FORMATS = ("tex", "html", "json", "pdf")


def page_files(
    view: SheetView, stem: str, formats: Collection[str], pdflatex: str | None
) -> dict[str, bytes] | Problem:
    """``stem.tex``, ``stem.html`` and ``stem.pdf``, as asked for; the last only where there is a ``pdflatex``."""
    tex = tex_page(view) if {"tex", "pdf"} & set(formats) else ""
    files = {f"{stem}.tex": tex.encode()} if "tex" in formats else {}
    if "html" in formats:
        files[f"{stem}.html"] = html_page(view).encode()
    if "pdf" in formats and pdflatex is not None:
        pdf = pdf_bytes(tex, pdflatex)
        if isinstance(pdf, Problem):
            return pdf
        files[f"{stem}.pdf"] = pdf
    return files


def record_file(sheet: JudgedSheet, version: str) -> dict[str, bytes] | Problem:
    """``sheet.json``."""
    judged = (exercise.judged for exercise in sheet.exercises)
    try:
        record = record_of(version, sheet.file.title, sheet.file.course, judged)
    except ValueError as error:
        return Problem(f"the record cannot be written: {error}")
    return {"sheet.json": record_text(record).encode()}


def put_in_place(contents: Mapping[str, bytes], folder: Path) -> Problem | None:
    """Write each file beside its place first, then move them all in: nobody ever sees half a file."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".quod-", dir=folder) as waiting:
            for name, content in contents.items():
                Path(waiting, name).write_bytes(content)
            for name in contents:
                os.replace(Path(waiting, name), folder / name)
    except OSError as error:
        return Problem(f"cannot write to {folder}: {error.strerror or error}")
    return None
