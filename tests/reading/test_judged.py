"""The readings judged by eye are recorded in full, without the text of the corpus."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

FILES = sorted((Path(__file__).parents[1] / "cases" / "reading").glob("judged*.toml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_judgement_names_its_side_and_what_it_taught(file: Path) -> None:
    found = tomllib.loads(file.read_text(encoding="utf-8"))["reading"]
    assert len({(one["seed"], one["id"], one["step"], one["side"]) for one in found}) == len(found)
    for one in found:
        assert re.fullmatch(r"c\d{5}", one["id"]) and one["step"] >= 0 and one["side"] in ("lhs", "rhs")
        assert one["judgement"] in ("right", "wrong", "doubtful")
        assert one.keys() - {"seed", "id", "step", "side", "judgement"} in ({"lesson", "then"}, set())
        assert one["judgement"] == "right" or one.get("lesson")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_wrong_reading_is_left_open(file: Path) -> None:
    found = tomllib.loads(file.read_text(encoding="utf-8"))["reading"]
    settled = re.compile(r"mended|refused|declare it|said")
    assert [one["id"] for one in found if one["judgement"] == "wrong" and not settled.match(one["then"])] == []
