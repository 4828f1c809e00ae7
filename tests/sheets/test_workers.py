"""Verdicts from several processes are those from one, in the same order."""

from __future__ import annotations

import os

import pytest

from engine.derivation import Step
from engine.kernel.verdict import Open, Proved, Refuted, Verdict
from engine.meaning.context import Context
from engine.meaning.term import Add, integer
from engine.sheets import workers
from engine.sheets.sheet import judge_step
from tests.sheets.specimens import relation

CLAIMS = [relation(Add((integer(n), integer(1))), integer(n + 1 + n % 3 // 2), Context()) for n in range(40)]
STEPS = [Step(claim, "", "") for claim in CLAIMS]


@pytest.fixture(autouse=True)
def _two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if torch were not loaded (another test may have), on two processors."""
    monkeypatch.setattr(workers, "_may_fork", lambda: True)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


def test_the_order_is_kept() -> None:
    heard: list[int] = []
    found = list(workers.verdicts(STEPS, judge_step, heard.append))
    assert [verdict.claim for verdict in found] == [step.claim for step in STEPS]
    assert [type(v) for v in found] == [Refuted if n % 3 == 2 else Proved for n in range(40)]
    assert heard == list(range(1, 41))


def test_they_come_from_other_processes() -> None:
    def where(step: Step) -> Verdict:
        return Open(step.claim, str(os.getpid()))

    found = [verdict for verdict in workers.verdicts(STEPS, where, lambda _: None) if isinstance(verdict, Open)]
    assert len(found) == 40 and str(os.getpid()) not in {verdict.reason for verdict in found}


def test_a_process_that_dies_costs_time_only() -> None:
    here = os.getpid()

    def fragile(step: Step) -> Verdict:
        if os.getpid() != here and step is STEPS[20]:
            os._exit(9)
        return judge_step(step)

    found = list(workers.verdicts(STEPS, fragile, lambda _: None))
    assert [verdict.claim for verdict in found] == [step.claim for step in STEPS]


def test_few_steps_stay_here() -> None:
    def where(step: Step) -> Verdict:
        return Open(step.claim, str(os.getpid()))

    found = list(workers.verdicts(STEPS[:5], where, lambda _: None))
    assert [verdict.reason for verdict in found if isinstance(verdict, Open)] == [str(os.getpid())] * 5
