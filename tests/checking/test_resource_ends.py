"""Claims with enormous numbers, powers, sums and derivatives end soon and in little memory, as open or as they should.

``tests/cases/resource_ends.jsonl`` holds each claim and whether it is true, for every value of its names; a true one
may not be refuted, a false one not be proved. Nothing is timed: steps end a claim, and in the process with little
memory a limit of processor time, many times what is needed, ends the test.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import engine
from engine.checking.ask import ask
from engine.checking.request import Request

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests" / "cases" / "resource_ends.jsonl"
ENDS = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]

REFUSED = ("1E999999999 = 0",)
"""What may end as unreadable: two readings."""

IN_LITTLE_MEMORY = f"""
import json, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (200 << 20, 200 << 20))
resource.setrlimit(resource.RLIMIT_CPU, (300, 300))
from engine.checking.ask import ask
from engine.checking.request import Request
for line in open({str(CASES)!r}, encoding="utf-8"):
    answer, _ = ask(Request(json.loads(line)["claim"]), None)
    print(json.dumps([answer.verdict, answer.reason]), flush=True)
"""


def test_the_cases_are_many() -> None:
    assert len(ENDS) > 60 and {case["true"] for case in ENDS} == {True, False}


@pytest.mark.parametrize("case", ENDS, ids=[case["claim"][:40] for case in ENDS])
def test_steps_end_it(case: dict[str, object]) -> None:
    answer, _ = ask(Request(case["claim"]), None)
    allowed = {"open", "proved" if case["true"] else "refuted"} | (
        {"unreadable"} if case["claim"] in REFUSED else set()
    )
    assert answer.verdict in allowed
    assert "quod failed" not in answer.reason


def test_two_hundred_megabytes_are_enough() -> None:
    command = [sys.executable, "-c", IN_LITTLE_MEMORY]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    assert len(answers) == len(ENDS)
    assert not [reason for _, reason in answers if "memory" in reason or "quod failed" in reason]


@pytest.mark.parametrize(
    ("claim", "where"),
    [
        ("a_{45} = 1", [f"a_{{{k + 1}}} = a_{{{k}}} a_{{{k}}}" for k in range(45)]),
        ("f(f(f(f(f(f(f(f(2)))))))) = 1", ["f(x) = x^x + x"]),
        ("g(g(g(g(g(g(g(g(x)))))))) = g(g(g(g(g(g(g(g(x))))))))", ["g(x) = x^9 + x"]),
    ],
)
def test_definitions_that_grow(claim: str, where: list[str]) -> None:
    assert not isinstance(engine.check(claim, where=where, seconds=None), engine.Problem)


@pytest.mark.parametrize(
    "claim",
    [
        "(" * 5000 + "x" + ")" * 5000 + " = x",
        "x" + "+x" * 20_000 + " = x",
        r"\sqrt{" * 3000 + "x" + "}" * 3000 + " = x",
        "=".join(["x"] * 1000),
        "x = " + "9" * 100_000,
        r"\frac{1}{" * 500 + "x" + "}" * 500 + " = x",
        "x^{" * 400 + "x" + "}" * 400 + " = 1",
    ],
)
def test_long_and_deep_claims(claim: str) -> None:
    answer, _ = ask(Request(claim), None)
    assert "quod failed" not in answer.reason
