"""The record of a sheet that shows every verdict, altered everywhere: nothing wrong may pass."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from engine.record.recheck import RecheckReport, read_record, recheck
from engine.record.writing import digest_of, record_of, record_text
from engine.span import Problem
from tests.sheets.specimens import blocks, judged

Path = tuple[str | int, ...]


@pytest.fixture(scope="module")
def record() -> dict[str, Any]:
    written = record_text(record_of("0.1", "Title", "Course", [judged(*blocks())]))
    read = read_record(written)
    assert isinstance(read, dict)
    return read


def leaves(data: Any, path: Path = ()) -> Iterator[Path]:
    """The place of every single value."""
    members = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    if not isinstance(data, dict | list):
        yield path
    for key, value in members:
        yield from leaves(value, (*path, key))


def at(data: Any, path: Path) -> Any:
    for key in path:
        data = data[key]
    return data


def altered_value(value: Any) -> Any:
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str() if value.lstrip("-").isdigit():
            return str(int(value) + 1)
        case str():
            return value + "x"
        case _:
            return 0


def with_change(record: dict[str, Any], path: Path, value: Any, *, sealed: bool) -> RecheckReport:
    """The report on the record with one value changed; ``sealed`` recomputes the digest, as a forger would."""
    changed = deepcopy(record)
    at(changed, path[:-1])[path[-1]] = value
    if sealed:
        changed["digest"] = digest_of(changed)
    return recheck(changed)


def test_an_honest_record_holds(record: dict[str, Any]) -> None:
    report = recheck(record)
    assert report.findings == ()
    assert (report.proved, report.refuted, report.open) == (13, 1, 1)
    assert report.sound
    assert not report.all_proved


def test_any_altered_value_is_found(record: dict[str, Any]) -> None:
    """By the digest, for every value; that the recheck looks at it is tried on some of them, to save time."""
    places = list(leaves(record))
    assert len(places) > 300
    changed = deepcopy(record)
    for number, path in enumerate(places):
        before = at(record, path)
        at(changed, path[:-1])[path[-1]] = altered_value(before)
        assert digest_of(changed) != changed["digest"], path
        if number % 20 == 0 or len(path) == 1:
            assert not recheck(changed).sound, path
        at(changed, path[:-1])[path[-1]] = before


SHOWN = ("verdict", "printed", "conditions", "conditions_printed", "rests_on", "left", "right", "statement")


def is_shown(path: Path) -> bool:
    return path[0] == "exercises" and path[2:3] == ("steps",) and bool(set(SHOWN) & set(path))


def test_an_altered_claim_verdict_or_condition_is_found_behind_a_fitting_digest(record: dict[str, Any]) -> None:
    places = [path for path in leaves(record) if is_shown(path)]
    assert len(places) > 150
    for path in places:
        assert not with_change(record, path, altered_value(at(record, path)), sealed=True).sound, path


def test_an_altered_certificate_never_proves_more(record: dict[str, Any]) -> None:
    """Another point of the context is another certificate of the same claim; nothing else may pass."""
    places = [path for path in leaves(record) if {"certificate", "witness"} & set(path)]
    assert len(places) > 20
    for path in places:
        report = with_change(record, path, altered_value(at(record, path)), sealed=True)
        assert not report.sound or {"model", "witness"} & set(path), path
        assert report.proved <= 13


def test_a_refuted_claim_cannot_be_recorded_as_proved(record: dict[str, Any]) -> None:
    steps = record["exercises"][0]["steps"]
    number = next(n for n, step in enumerate(steps) if step["verdict"] == "refuted")
    forged = {key: steps[number][key] for key in ("step", "printed")} | {
        key: steps[0][key] for key in ("verdict", "certificate", "conditions", "conditions_printed", "rests_on")
    }
    report = with_change(record, ("exercises", 0, "steps", number), forged, sealed=True)
    assert [finding.place for finding in report.findings] == [f"exercise 1, step {number + 1}"]
    assert "but the kernel finds it open" in report.findings[0].message


def test_a_swapped_claim_is_proved_only_where_all_that_is_shown_fits(record: dict[str, Any]) -> None:
    """A forger may replace a step by another proved step in full: that is another honest record, if its block fits."""
    steps = record["exercises"][0]["steps"]
    assert with_change(record, ("exercises", 0, "steps", 1), steps[0], sealed=True).sound
    counts = [n for n, step in enumerate(steps) if step["step"]["rule"] == "count"]
    report = with_change(record, ("exercises", 0, "steps", counts[0]), steps[counts[1]], sealed=True)
    assert any("classifier.0" in finding.message for finding in report.findings)


def test_a_table_cannot_show_what_its_claims_do_not_say(record: dict[str, Any]) -> None:
    table = next(n for n, block in enumerate(record["exercises"][0]["blocks"]) if block["is"] == "LayerTable")
    for key, value in (("count", 5), ("share", "99.000"), ("numbers", "1")):
        report = with_change(record, ("exercises", 0, "blocks", table, "rows", 0, key), value, sealed=True)
        assert any("classifier.0" in finding.message for finding in report.findings), key


def test_an_output_cannot_show_what_its_claims_do_not_say(record: dict[str, Any]) -> None:
    figure = next(n for n, block in enumerate(record["exercises"][0]["blocks"]) if block["is"] == "ConvolutionFigure")
    report = with_change(record, ("exercises", 0, "blocks", figure, "output", 1, 1), "13", sealed=True)
    assert ["(2, 2)" in finding.message for finding in report.findings] == [True]


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("record",), 2, "this quod reads format 1"),
        (("contexts",), {}, "expected a list"),
        (("contexts", 0), {"is": "Claim"}, "contexts[0]"),
        (("exercises", 0), 5, "expected an object"),
        (("exercises", 0, "steps", 0, "verdict"), "certain", "expected the verdict"),
        (("exercises", 0, "steps", 0, "verdict"), [], "expected a text"),
        (("exercises", 0, "steps", 0, "secret"), 1, "foreign entry"),
        (("exercises", 0, "steps", 0, "certificate"), None, "found None"),
        (("exercises", 0, "blocks", 0), {"is": "Paragraph"}, "lacks its text"),
    ],
)
def test_what_cannot_be_read_is_named(record: dict[str, Any], path: Path, value: Any, message: str) -> None:
    report = with_change(record, path, value, sealed=True)
    assert any(message in f"{finding.place}: {finding.message}" for finding in report.findings)


def test_values_too_large_for_python_are_findings(record: dict[str, Any]) -> None:
    hostile = {"is": "Power", "base": {"is": "Number", "value": "9"}, "exponent": {"is": "Number", "value": "9" * 4000}}
    path = ("exercises", 0, "steps", 0, "step", "claim", "statement", "left")
    assert not with_change(record, path, hostile, sealed=True).sound


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1, column 1: this is not JSON"),
        ("[]", "expected an object"),
        ('{"a": 1, "a": 2}', "a key twice"),
        ('{"a": NaN}', "NaN is not a number of JSON"),
        ("[" * 100000, "nested too deep"),
        ('{"a": ' + "9" * 5000 + "}", "not a record"),
    ],
)
def test_bad_json_is_a_problem(text: str, message: str) -> None:
    problem = read_record(text)
    assert isinstance(problem, Problem)
    assert message in problem.message


def test_the_text_has_a_line_for_each_step(record: dict[str, Any]) -> None:
    lines = record_text(record).splitlines()
    assert sum(line.startswith('{"step":') for line in lines) == 15
    assert json.loads("\n".join(lines)) == record
