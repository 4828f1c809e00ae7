"""How fast formulas are read, by us and by latex2sympy2, in one run on the same list.

``make bench`` runs it. The list is ``tests/cases/reading/formulas.txt``. Ours goes from text to term (or statements),
with nothing declared; theirs from text to a SymPy expression. Each formula is read five times after one time that is
not counted, and its figure is the least; a formula that a reader refuses does not count for that reader, and the
ratio is taken over the formulas that both read. This is a measurement, not a test.
"""

from __future__ import annotations

import math
import os
import platform
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from engine.meaning.context import Context
from engine.meaning.elaborate import read_statements, read_term
from engine.span import Problem

FORMULAS = Path(__file__).resolve().parents[1] / "cases" / "reading" / "formulas.txt"
RUNS = 5
MEDIAN = 100e-6
RATIO = 300
NOTHING = Context()


def formulas() -> list[str]:
    lines = FORMULAS.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("%")]


def ours(text: str) -> bool:
    return not isinstance(_STATES.get(text, read_term)(text, NOTHING), Problem)


# The formulas that state something are known beforehand, as they are in a chain.
_STATES = {text: read_statements for text in formulas() if isinstance(read_term(text, NOTHING), Problem)}


def theirs() -> Callable[[str], bool] | None:
    if find_spec("latex2sympy2") is None:
        return None
    warnings.simplefilter("ignore")
    from latex2sympy2 import latex2sympy

    def read(text: str) -> bool:
        try:
            latex2sympy(text)
        except Exception:  # whatever it raises, it did not read the text
            return False
        return True

    return read


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


def machine() -> str:
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text().splitlines() if facts.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    processor = names[0] if names else platform.processor() or "unknown processor"
    system = f"{platform.system()} {platform.machine()}"
    return f"{processor}, {os.cpu_count()} cores, {system}, Python {platform.python_version()}"


def main() -> int:
    texts = formulas()
    print(f"{machine()}\nreading, the least of {RUNS} times a formula, in µs\n")
    print(f"{'':34}{'read':>12}{'median':>10} {'p99':>10}  target")
    own = {text: found for text in texts if (found := seconds(ours, text)) is not None}
    print(row("quod, text to term", list(own.values()), len(texts), f"median ≤ {1e6 * MEDIAN:.0f}"))
    reader = theirs()
    if reader is None:
        print("latex2sympy2                      not measured: not installed (pip install 'quod[latex2sympy2]')")
        return 0
    other = {text: found for text in texts if (found := seconds(reader, text)) is not None}
    print(row("latex2sympy2, text to expression", list(other.values()), len(texts)))
    both = [text for text in texts if text in own and text in other]
    ratio = statistics.median(other[text] / own[text] for text in both)
    medians = statistics.median(other[text] for text in both) / statistics.median(own[text] for text in both)
    print(
        f"\nratio over the {len(both)} that both read: {ratio:.0f} at the median, {medians:.0f} of the medians", end=""
    )
    print(f" (target ≥ {RATIO})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
