"""Which tests can see a break of the kernel, and whether they do: what ``mutation.py`` asks for each of its mutations.

All tests are run once while the interpreter reports each line of the kernel that it comes to (:func:`watch`): this
says which test executes which line, and how long each takes. A break can be seen only by tests that execute its line.
Where the line is executed while modules are imported or tests are collected (a row of a table, a constant, a function
that makes one), any test may see it; those that execute something of its file come first.

Tests run in a fork of this process (:func:`run_tests`), which has imported what is slow to import and nothing of the
engine, so that a file that was changed is imported anew.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, TextIO

import flint  # noqa: F401  (slow to import, as the next four: each fork would do it again)
import hypothesis
import mpmath  # noqa: F401
import pytest
import sympy  # noqa: F401

KERNEL = "engine/kernel"
TESTS = ("tests/kernel", "tests/test_claims.py")
# No shrinking and no memory of what failed: a mutation needs to know that a test fails, not on how small an example.
hypothesis.settings.register_profile(
    "mutation", deadline=None, database=None, phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate)
)
OPTIONS = (
    "-x", "-q", "-n0", "--tb=no", "-pno:cacheprovider", "--hypothesis-seed=0", "--hypothesis-profile=mutation",
)  # fmt: skip
COLLECTING = 60.0  # seconds of processor time, as all below: another process on the machine changes no outcome
LEAST = 10.0
SLOWER = 5
MEMORY = 4 << 30


@dataclass(frozen=True, slots=True)
class Watched:
    """What each test executes. A line is ``file:number``; tests are numbered in the order of ``seconds``."""

    seconds: dict[str, float]
    tests: dict[str, list[int]]
    early: list[str]  # what was executed before the first test
    lost: list[str]  # tests of which not every line is known

    def data(self) -> dict[str, Any]:
        return {"seconds": self.seconds, "tests": self.tests, "early": self.early, "lost": self.lost}

    def executing(self, file: str, lines: range) -> set[str]:
        names = list(self.seconds)
        return {names[number] for line in lines for number in self.tests.get(f"{file}:{line}", ())}

    def executing_file(self, file: str) -> set[str]:
        names = list(self.seconds)
        return {names[number] for line, tests in self.tests.items() if line.startswith(f"{file}:") for number in tests}

    def are_early(self, file: str, lines: range) -> bool:
        return not {f"{file}:{line}" for line in lines}.isdisjoint(self.early)

    def order(self, file: str, lines: range) -> list[str]:
        """The tests that can see a change of these lines of a file, the cheapest first."""
        there = self.executing(file, lines)
        if not self.are_early(file, lines):
            return sorted(there.union(self.lost), key=self.seconds.__getitem__)
        near = self.executing_file(file)
        return sorted(self.seconds, key=lambda name: (name not in there, name not in near, self.seconds[name]))


class Watcher:
    """A plugin of pytest that notes the lines of some files that each test executes."""

    def __init__(self, root: Path, folder: str) -> None:
        self._root, self._folder = f"{root}{os.sep}", f"{root / folder}{os.sep}"
        self._functions: dict[int, tuple[CodeType, set[int], Callable[[FrameType], Any]] | None] = {}
        self._known: list[CodeType] = []
        self._caches: list[Any] = []
        self.watched = Watched({}, {}, [], [])

    def __call__(self, frame: FrameType, event: str, argument: object) -> Any:
        code = frame.f_code
        if id(code) not in self._functions:
            self._known.append(code)  # kept, as the number of one that is gone is given to another
            self._functions[id(code)] = follow(code) if code.co_filename.startswith(self._folder) else None
        found = self._functions[id(code)]
        return found and found[2](frame)

    def pytest_collection_finish(self) -> None:
        self._caches = list(caches())
        self.watched.early.extend(self._taken())

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        for cache in self._caches:  # what a test before has left in them, this one would not execute
            cache.cache_clear()
        started = time.process_time()
        sys.settrace(self)
        done = yield
        if sys.gettrace() is not self:  # where the interpreter ran out of depth, it stopped to report
            self.watched.lost.append(item.nodeid)
        number = len(self.watched.seconds)
        self.watched.seconds[item.nodeid] = round(time.process_time() - started, 4)
        for line in self._taken():
            self.watched.tests.setdefault(line, []).append(number)
        return done

    def _taken(self) -> Iterator[str]:
        for code, lines, _ in filter(None, list(self._functions.values())):
            yield from (f"{code.co_filename.removeprefix(self._root)}:{line}" for line in sorted(lines))
            lines.clear()


def follow(code: CodeType) -> tuple[CodeType, set[int], Callable[[FrameType], Any]]:
    """A function, the lines of it that were executed, and what the interpreter asks where a call of it begins."""
    seen: set[int] = set()
    every = {line for _, _, line in code.co_lines() if line}

    def at_line(frame: FrameType, event: str, argument: object) -> Any:
        seen.add(frame.f_lineno)
        return at_line

    def at_call(frame: FrameType) -> Any:
        seen.add(code.co_firstlineno)
        return at_line if len(seen) < len(every) else None

    return code, seen, at_call


def caches() -> Iterator[Any]:
    for name, module in list(sys.modules.items()):
        if name.startswith(("engine.kernel", "engine.provers")):
            yield from (value for value in vars(module).values() if hasattr(value, "cache_clear"))


class Chosen:
    """A plugin of pytest that runs only some tests, in an order, and notes which one is running."""

    def __init__(self, order: Sequence[str], seconds: dict[str, float], log: TextIO) -> None:
        self._place = {name: place for place, name in enumerate(order)}
        self._seconds, self._log = seconds, log

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        # A name that is not known comes from a change of the kernel that tests are named after; it runs last.
        chosen = [item for item in items if item.nodeid in self._place or item.nodeid not in self._seconds]
        items[:] = sorted(chosen, key=lambda item: self._place.get(item.nodeid, len(self._place)))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            print(report.nodeid, file=self._log)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        print(nodeid, file=self._log)
        signal.setitimer(signal.ITIMER_PROF, LEAST + SLOWER * self._seconds.get(nodeid, 0))


def watch(copy: Path) -> Watched:
    """All tests once, watched; ends the run where one fails, or where they test another tree than the copy."""
    file = copy / "watched.json"

    def work() -> int:
        watcher = Watcher(copy, KERNEL)
        sys.settrace(watcher)
        code = pytest_in(copy, TESTS, watcher)
        file.write_text(json.dumps(watcher.watched.data()), encoding="utf-8")
        return code

    status = forked(work)
    if not file.exists():
        raise SystemExit("the tests could not be watched")
    watched = Watched(**json.loads(file.read_text(encoding="utf-8")))
    if status:
        raise SystemExit(f"a test fails before anything is broken: {list(watched.seconds)[-1:]}")
    if not watched.tests:
        raise SystemExit(f"the tests do not run on the copy in {copy}")
    return watched


def run_tests(copy: Path, order: Sequence[str], watched: Watched) -> str:
    """The first of these tests that fails in the copy; empty where all pass."""
    log = copy / "running.log"

    def work() -> int:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        signal.setitimer(signal.ITIMER_PROF, COLLECTING)
        with log.open("w", encoding="utf-8", buffering=1) as stream:
            files = dict.fromkeys(name.split("::")[0] for name in order)
            return pytest_in(copy, tuple(files), Chosen(order, watched.seconds, stream))

    status = forked(work)
    if not status:
        return ""
    last = (log.read_text(encoding="utf-8").splitlines() or ["an error of pytest"])[-1]
    endless = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF
    return f"{last} does not end" if endless else last


def pytest_in(copy: Path, tests: Sequence[str], plugin: object) -> int:
    os.chdir(copy)
    sys.path.insert(0, str(copy))
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return int(pytest.main([*OPTIONS, *tests], plugins=[plugin]))


def forked(work: Callable[[], int]) -> int:
    """The exit status of a fork of this process that does the work."""
    assert not any(name.startswith("engine") for name in sys.modules), "what is imported here is not imported anew"
    sys.stdout.flush()
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    code = 1
    try:
        code = work()
    except Exception:
        traceback.print_exc()
    finally:
        os._exit(code)
