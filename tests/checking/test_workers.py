"""A worker that is stuck, dies or eats memory costs its own request only."""

from __future__ import annotations

import time

import pytest

from engine.checking.ask import ask
from engine.checking.request import Request
from engine.checking.workers import workers
from tests.checking.misbehaviour import misbehave

ASKED = ("one", "sleep", "two", "swallow", "spin", "die", "three")


@pytest.mark.parametrize("jobs", [1, 2])
def test_each_request_gets_its_own_end(jobs: int) -> None:
    with workers(jobs, 0.3, misbehave) as submit:
        answers = [waiting()[0] for waiting in [submit(Request(claim)) for claim in ASKED]]
    assert [answer.verdict for answer in answers] == ["open"] * len(ASKED)
    assert [answer.reason for answer in answers] == [
        "did one",
        "the time limit is over",
        "did two",
        "the memory that one claim may take is spent",
        "the time limit is over",
        "the process that worked on it died, most likely for want of memory",
        "did three",
    ]


def test_a_stuck_worker_does_not_keep_the_pool_from_ending() -> None:
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt), workers(1, 500.0, misbehave) as submit:
        submit(Request("sleep"))
        raise KeyboardInterrupt
    assert time.monotonic() - start < 60


def test_a_defect_of_ours_is_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("engine.checking.ask.check_links", broken)
    answer, _ = ask(Request("x = x"), 1.0)
    assert (answer.verdict, answer.reason) == (
        "open",
        "quod failed (ZeroDivisionError): this is a defect, please report the claim",
    )
