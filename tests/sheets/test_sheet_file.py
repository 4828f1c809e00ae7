from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.sheets.sheet_file import SheetFile, read_sheet
from engine.span import Problem

MODULES = ("mle", "convolution", "parameter-count", "influence")
GOOD = """title = "Week 7"
course = "Course"

[[exercise]]
module = "mle"
points = 2.5
density = 'x'

[[exercise]]
title = "By hand"
module = "convolution"
input = [[1]]
"""


def read(text: str) -> SheetFile | Problem:
    return read_sheet(text, "w.toml", "w", MODULES)


def test_a_sheet_is_read() -> None:
    sheet = read(GOOD)
    assert isinstance(sheet, SheetFile)
    assert (sheet.title, sheet.course) == ("Week 7", "Course")
    first, second = sheet.exercises
    assert (first.module, first.title, first.points, first.data, first.line) == ("mle", "", 2.5, {"density": "x"}, 4)
    assert (second.module, second.title, second.points, second.line) == ("convolution", "By hand", None, 9)


def test_the_sheet_of_week_7_is_one() -> None:
    text = (Path(__file__).parents[2] / "derivations" / "week07.toml").read_text(encoding="utf-8")
    sheet = read_sheet(text, "week07.toml", "week07", MODULES)
    assert isinstance(sheet, SheetFile)
    assert [entry.module for entry in sheet.exercises] == list(MODULES)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: expected a title"),
        ("title = 'T'", "line 1: expected at least one exercise"),
        ("title = 'T'\ncourse = 3\n[[exercise]]", "line 2: course should be a text in quotes"),
        ("tilte = 'T'", "line 1: a sheet has no 'tilte'; did you mean 'title'?"),
        ("title = 'T'\n[exercise]\nmodule = 'mle'", "line 2: expected at least one exercise, which begins with [[ex"),
        ("title = 'T'\nexercise = [1]", "begins with [[exercise]]"),
        ("title = 'T'\n[[exercises]]\nmodule = 'mle'", "line 2: a sheet has no 'exercises'; did you mean 'exercise'?"),
        ("title = 'T'\n\n[[exercise]]\n", "line 3: exercise 1 does not name its module; expected module = one of mle,"),
        (GOOD.replace('"convolution"', '"convolutoin"'), "line 11: there is no exercise 'convolutoin'; did you mean"),
        (GOOD.replace('"convolution"', '"zzz"'), "line 11: there is no exercise 'zzz'; known are mle, convolution"),
        (GOOD.replace("2.5", '"many"'), "line 6: points should be a number"),
        (GOOD.replace("2.5", "true"), "line 6: points should be a number"),
        (GOOD.replace('"By hand"', "[1]"), "line 10: title should be a text"),
        ("title = 'T'\nx = ", "line 2: this is not TOML: Invalid value"),
        ('title = "\\lambda"', "between single quotes"),
        ("title = 'T'\n[[exercise]]\nmodule = 'mle'\nmodule = 'mle'", "line 4: this is not TOML: Cannot overwrite"),
        ("a = " + "[" * 5000, "nested too deep"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, message: str) -> None:
    problem = read(text)
    assert isinstance(problem, Problem)
    assert problem.message.startswith("w.toml")
    assert message in problem.message


def test_a_syntax_error_shows_its_line() -> None:
    problem = read("title = 'T'\ncourse = oops\n")
    assert isinstance(problem, Problem)
    assert problem.show().splitlines()[1:] == ["  course = oops", "           ^"]


@given(st.text(alphabet="[]\"'=\n.#{}, abtile1\\", max_size=60))
def test_any_text_is_a_sheet_or_a_problem(text: str) -> None:
    result = read(text)
    assert isinstance(result, SheetFile | Problem)
    if isinstance(result, Problem):
        result.show()
