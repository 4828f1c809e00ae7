"""Claims judged side by side, where the machine has more than one processor.

A claim's verdict depends on nothing but the claim, so that any number of processes may share the work. They are forks
of this one: what they send back are verdicts that the kernel made in this run. Where forking is not to be had, or is
not wise (torch has threads of its own by then), or a process dies, the claims are judged one after the other.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from engine.derivation import Step
from engine.kernel.verdict import Verdict

MOST_WORKERS = 4
FEWEST_STEPS = 24
"""With fewer steps than this, starting processes costs more than it saves."""
STEPS_AT_A_TIME = 6

Judge = Callable[[Step], Verdict]

_shared: tuple[Judge, Sequence[Step]] | None = None
"""What the forks find here when they start; steps are then named by their number."""


def verdicts(steps: Sequence[Step], judge: Judge, progress: Callable[[int], None]) -> Iterator[Verdict]:
    """The verdict of each step, in order; ``progress`` hears how many are known."""
    workers = min(os.cpu_count() or 1, MOST_WORKERS)
    known: list[Verdict] = []
    if workers > 1 and len(steps) >= FEWEST_STEPS and _may_fork():
        for verdict in _in_parallel(steps, judge, workers):
            known.append(verdict)
            progress(len(known))
            yield verdict
    for number, step in enumerate(steps[len(known) :], len(known) + 1):
        progress(number)
        yield judge(step)


def _may_fork() -> bool:
    return "fork" in multiprocessing.get_all_start_methods() and sys.platform == "linux" and "torch" not in sys.modules


def _in_parallel(steps: Sequence[Step], judge: Judge, workers: int) -> Iterator[Verdict]:
    """As many verdicts, from the first step on, as the processes bring."""
    global _shared
    _shared = judge, steps
    starts = range(0, len(steps), STEPS_AT_A_TIME)
    try:
        with ProcessPoolExecutor(workers, multiprocessing.get_context("fork"), _die_when_told) as pool:
            for found in pool.map(_judge_from, starts):
                yield from found
    except (BrokenProcessPool, OSError):
        return
    finally:
        _shared = None


def _die_when_told() -> None:
    """A fork that is ended from outside dies, whatever the process does from which it comes."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _judge_from(start: int) -> list[Verdict]:
    assert _shared is not None
    judge, steps = _shared
    return [judge(step) for step in steps[start : start + STEPS_AT_A_TIME]]
