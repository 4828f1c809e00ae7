"""How fast formulas are read, by us and by latex2sympy2, in one run on the same lists.

``make bench`` runs it. Two lists: ``tests/cases/reading/formulas.txt``, and plain formulas that the grammar of
``tests/differential`` makes, as latex2sympy2 reads few of the first. Ours goes from text to term (or statements), with
nothing declared; theirs from text to a SymPy expression. Each formula is read five times after one time that is not
counted, and its figure is the least; a formula that a reader refuses does not count for that reader, and the ratio is
taken over the formulas that both read. This is a measurement, not a test.

latex2sympy2 runs in a process of its own: by this Python where it is installed, or by the one that ``--second-python``
(or ``QUOD_SECOND_PYTHON``) names. An environment of its own is the better place for it, as its wheel brings top-level
packages named ``gen`` and ``tests``.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from engine.meaning.context import Context
from engine.meaning.elaborate import read_statements, read_term
from engine.span import Problem
from tests.bench.machine import machine

TESTS = Path(__file__).resolve().parents[1]
CASES = TESTS / "cases" / "reading"
RUNS = 5
SEED = 7
MADE = 100
MEDIAN = 100e-6
RATIO = 300
NOTHING = Context()
# What another Python runs, which knows nothing of ours. A formula that it evaluates without end is a refused one.
SECOND_READER = """
import json, signal, sys, time, warnings
warnings.simplefilter("ignore")
from latex2sympy2 import latex2sympy
def late(*_):
    raise TimeoutError
signal.signal(signal.SIGALRM, late)
def seconds(text, runs):
    times = []
    for _ in range(runs + 1):
        started = time.perf_counter()
        latex2sympy(text)
        times.append(time.perf_counter() - started)
    return min(times[1:])
asked = json.load(sys.stdin)
answers = []
for text in asked["texts"]:
    signal.setitimer(signal.ITIMER_REAL, 10)
    try:
        answers.append(seconds(text, asked["runs"]))
    except Exception:
        answers.append(None)
    signal.setitimer(signal.ITIMER_REAL, 0)
json.dump(answers, sys.stdout)
"""


def formulas() -> list[str]:
    lines = (CASES / "formulas.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("%")]


def plain_formulas() -> list[str]:
    """Formulas that the grammar of the differential test makes, from the same seed."""
    spec = spec_from_file_location("plain", TESTS / "differential" / "plain.py")
    assert spec is not None and spec.loader is not None
    plain = module_from_spec(spec)
    spec.loader.exec_module(plain)
    dice = random.Random(SEED)
    return sorted({text for _ in range(MADE) if len(text := plain.made(dice)) < 100})


def ours(text: str) -> bool:
    return not isinstance(_STATES.get(text, read_term)(text, NOTHING), Problem)


# The formulas that state something are known beforehand, as they are in a chain.
_STATES = {text: read_statements for text in formulas() if isinstance(read_term(text, NOTHING), Problem)}


def theirs(texts: list[str], python: str) -> list[float | None] | str:
    """For each text the least of several times, ``None`` where it is refused; or why nothing was measured."""
    asked = json.dumps({"texts": texts, "runs": RUNS})
    with tempfile.TemporaryDirectory(prefix="quod-bench-") as elsewhere:
        line = [python, "-P", "-c", SECOND_READER]
        done = subprocess.run(line, input=asked, capture_output=True, text=True, cwd=elsewhere, check=False)
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["no message"])[-1]
    answers: list[float | None] = json.loads(done.stdout)
    return answers


def seconds(read: Callable[[str], bool], text: str) -> float | None:
    """The least of several times, or None for a text that is refused."""
    if not read(text):
        return None
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        read(text)
        times.append(time.perf_counter() - started)
    return min(times)


def row(title: str, times: list[float], total: int, target: str = "") -> str:
    ordered = sorted(times)
    late = ordered[math.ceil(0.99 * len(ordered)) - 1]
    shown = f"{1e6 * statistics.median(ordered):10.0f} {1e6 * late:10.0f}"
    return f"{title:34}{len(ordered):4} of {total:<4}{shown}  {target}"


def compared(title: str, texts: list[str], python: str, target: str = "") -> None:
    """Both readers on one list: what each reads, its median and p99, and the ratio over what both read."""
    print(f"\n{title:34}{'read':>12}{'median':>10} {'p99':>10}  target")
    own = {text: found for text in texts if (found := seconds(ours, text)) is not None}
    print(row("quod, text to term", list(own.values()), len(texts), target))
    answers = theirs(texts, python)
    if isinstance(answers, str):
        print(f"latex2sympy2 was not measured ({answers}): pip install 'quod[latex2sympy2]', or --second-python")
        return
    other = {text: found for text, found in zip(texts, answers, strict=True) if found is not None}
    print(row("latex2sympy2, text to expression", list(other.values()), len(texts)))
    both = [text for text in texts if text in own and text in other]
    ratio = statistics.median(other[text] / own[text] for text in both)
    ours_there, theirs_there = (statistics.median(times[text] for text in both) for times in (own, other))
    print(
        f"the {len(both)} that both read: {1e6 * ours_there:.0f} and {1e6 * theirs_there:.0f} at the median, ratio"
        f" {theirs_there / ours_there:.0f} of the medians, {ratio:.0f} at the median (target ≥ {RATIO})"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="Times of reading, ours and latex2sympy2's.")
    named = os.environ.get("QUOD_SECOND_PYTHON", sys.executable)
    parser.add_argument("--second-python", default=named, help="a Python that has latex2sympy2 (default: this one)")
    python = parser.parse_args().second_python
    print(f"{machine()}\nreading, the least of {RUNS} times a formula, in µs")
    compared("formulas.txt", formulas(), python, f"median ≤ {1e6 * MEDIAN:.0f}")
    compared("plain formulas", plain_formulas(), python)
    return 0


if __name__ == "__main__":
    sys.exit(main())
