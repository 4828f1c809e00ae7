"""The page of what can be decided is the one that its script makes, and every row of it has its verdict."""

from __future__ import annotations

import pytest

from tests.soak.deciding_page import NO_EXAMPLE, PAGE, page


@pytest.fixture(scope="module")
def made() -> str:
    return page()


def test_the_page_is_up_to_date(made: str) -> None:
    assert PAGE.read_text(encoding="utf-8") == made, "run python tests/soak/deciding_page.py"


def rows_of(made: str, title: str) -> list[list[str]]:
    section = next(part for part in made.split("\n## ") if part.startswith(title))
    return [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| **")]


@pytest.mark.parametrize("title", ["Functions that need no declaration", "Theorems"])
def test_every_function_and_theorem_has_a_proved_example(made: str, title: str) -> None:
    rows = rows_of(made, title)
    assert len(rows) > 20
    assert not [row[0] for row in rows if "*proved*" not in row[-1] or row[-1] == NO_EXAMPLE]


def test_every_row_has_as_many_cells_as_its_table(made: str) -> None:
    """A bar inside of a formula would end its cell."""
    width = 0
    for line in made.splitlines():
        if line.startswith("|"):
            bars = line.replace(r"\|", "").count("|")
            width = width or bars
            assert bars == width, line
        else:
            width = 0
