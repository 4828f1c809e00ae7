"""Real steps with a label set by hand: none may get the opposite verdict. The steps lie beside the project."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.judge import judge
from engine.kernel.verdict import Proved, Refuted
from engine.meaning.claim import Claim
from engine.meaning.elaborate import read_statement
from engine.span import Problem
from tests.corpus.declared import Unspoken, context_of

LABELLED = Path(__file__).resolve().parents[2].parent / "shared" / "cases" / "labelled_steps.jsonl"
ROWS = [json.loads(line) for line in LABELLED.read_text().splitlines()] if LABELLED.exists() else []

UNDECIDED: dict[str, str] = {}
"""Rows that stay open, each with the reason; every other row must get its verdict."""


@pytest.mark.skipif(not ROWS, reason="the labelled steps lie in shared/cases beside the project, not in it")
def test_the_rows_are_there() -> None:
    assert len(ROWS) == 47


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_a_labelled_step(row: dict[str, Any]) -> None:
    verdict = verdict_on(row)
    assert verdict in ("open", row["label"]), verdict
    assert (verdict == "open") == (row["id"] in UNDECIDED)


def verdict_on(row: dict[str, Any]) -> str:
    """``valid``, ``invalid``, or ``open`` with what stands in the way in a second word."""
    try:
        context = context_of(row["declared"], row["assumptions"])
    except Unspoken as reason:
        return f"unspoken: {reason}"
    reading = read_statement(f"{row['lhs']} {row['rel']} {row['rhs']}", context)
    if isinstance(reading, Problem):
        return f"unreadable: {reading.message}"
    verdicts = [judge(Claim(reading.context, relation)) for relation in reading.relations]
    if any(isinstance(verdict, Refuted) for verdict in verdicts):
        return "invalid"
    return "valid" if all(isinstance(verdict, Proved) for verdict in verdicts) else "open"
