"""Every claim of the case files gets its verdict; one that is known to be open is not decided wrongly."""

from __future__ import annotations

import pytest

from engine.checking.ask import ask
from tests.claim_cases import Case, cases

CASES = tuple(cases())
SECONDS = 20.0
UNDECIDED = ("open", "unreadable")


def _named(which: list[Case]) -> list[object]:
    return [pytest.param(case, id=case.name) for case in which]


def test_names_and_verdicts_of_the_cases() -> None:
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names)
    assert {case.verdict for case in CASES} == {"proved", "refuted", "open"}
    assert all(case.verdict == "proved" for case in CASES if case.conditions is not None)


@pytest.mark.parametrize("case", _named([case for case in CASES if not case.open_because]))
def test_the_wanted_verdict(case: Case) -> None:
    answer, _ = ask(case.request, SECONDS)
    assert answer.verdict == case.verdict, answer.reason
    if case.conditions is not None:
        assert set(answer.conditions) == set(case.conditions)


@pytest.mark.parametrize("case", _named([case for case in CASES if case.open_because]))
def test_known_to_be_open(case: Case) -> None:
    answer, _ = ask(case.request, SECONDS)
    assert answer.verdict != case.verdict, f"{case.name} is decided now: take its open_because out"
    assert answer.verdict in UNDECIDED, answer.reason
