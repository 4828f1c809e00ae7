from __future__ import annotations

from pathlib import Path

import pytest

from engine.derivation import Curve, RemainderPlot
from engine.sheets import files
from engine.sheets.files import page_files, put_in_place, record_file
from engine.sheets.view import sheet_view
from engine.span import Problem
from tests.sheets import specimens


def test_the_files_asked_for_are_made() -> None:
    view = sheet_view(specimens.sheet(), "0.1")
    made = page_files(view, "sheet", ("html", "tex", "pdf"), None)
    assert not isinstance(made, Problem)
    assert set(made) == {"sheet.html", "sheet.tex"}
    assert made["sheet.html"].startswith(b"<!DOCTYPE html>")


def test_a_failing_tex_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "pdf_bytes", lambda tex, program: Problem("no"))
    view = sheet_view(specimens.sheet(), "0.1")
    assert page_files(view, "sheet", ("html", "pdf"), "pdflatex") == Problem("no")


def test_a_number_without_a_json_form_is_a_problem() -> None:
    plot = RemainderPlot("p", (Curve("c", ((0.1, float("nan")),), 2.0),))
    assert isinstance(record_file(specimens.sheet(plot), "0.1"), Problem)


def test_files_are_moved_in_together(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    assert put_in_place({"one": b"1", "two": b"2"}, folder) is None
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"one": b"1", "two": b"2"}


def test_a_place_that_cannot_be_written_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    problem = put_in_place({"one": b"1"}, tmp_path / "file" / "folder")
    assert isinstance(problem, Problem)
    assert "cannot write to" in problem.message


def test_no_half_written_file_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full at the second file: the first one is not there either."""
    whole = Path.write_bytes

    def failing(self: Path, content: bytes) -> int:
        if self.name == "two":
            raise OSError(28, "No space left on device")
        return whole(self, content)

    monkeypatch.setattr(Path, "write_bytes", failing)
    assert isinstance(put_in_place({"one": b"1", "two": b"2"}, tmp_path), Problem)
    assert list(tmp_path.iterdir()) == []
