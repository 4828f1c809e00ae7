"""Times and memory of the command as a user meets it: a whole process each time, from start to exit.

``make bench`` runs it and prints a table. The first run of each command is left out of the figures: it reads files that
the others find in the operating system's cache. Peak memory is the kernel's own figure for the process and
its children (``ru_maxrss``). This is a measurement, not a test; nothing fails here because a machine is slow.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.bench.machine import machine


@dataclass(frozen=True, slots=True)
class Command:
    """A command line after ``quod``; ``seconds`` and ``megabytes`` are the targets, where there are some."""

    title: str
    arguments: tuple[str, ...]
    seconds: float | None = None
    megabytes: float | None = None
    needs_torch: bool = False


@dataclass(frozen=True, slots=True)
class Measurement:
    seconds: float
    megabytes: float
    code: int


FORMATS = ("--format", "tex,html,json")
CLAIM = r"\sum_{i=1}^N (x_i - \bar x) = 0"
MEAN = r"\bar x = \frac1N \sum_{i=1}^N x_i"


def commands(folder: Path) -> tuple[Command, ...]:
    return (
        Command("quod --help", ("--help",)),
        Command("quod sheet week07, without torch", sheet(folder / "plain", "--no-torch"), 2, 1024),
        Command("quod sheet week07, with torch", sheet(folder / "torch"), 10, 1024, needs_torch=True),
        Command("quod recheck sheet.json", ("recheck", str(folder / "plain" / "sheet.json"))),
        Command("quod check 'CLAIM'", ("check", CLAIM, "--where", MEAN), 0.4),
    )


def sheet(folder: Path, *options: str) -> tuple[str, ...]:
    return ("sheet", "week07", "--out", str(folder), *FORMATS, *options)


def measure(command: Command) -> Measurement:
    line = [sys.executable, "-c", "import sys; from engine.cli import main; sys.exit(main())", *command.arguments]
    # Where a machine tells Python to keep no compiled files, every run would compile the whole project again.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            line, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=environment
        )
        _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    return Measurement(seconds, usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10), process.returncode)


def row(command: Command, runs: list[Measurement]) -> str:
    seconds = [run.seconds for run in runs]
    times = f"{statistics.median(seconds):7.2f} {min(seconds):7.2f} {max(seconds):7.2f} {target(command.seconds):>7}"
    memory = f"{max(run.megabytes for run in runs):8.0f} {target(command.megabytes):>7}"
    return f"{command.title:34}{times}  {memory}  {'  '.join(sorted({f'exit {run.code}' for run in runs}))}"


def target(value: float | None) -> str:
    return "" if value is None else f"≤ {value:g}"


def main() -> int:
    parser = argparse.ArgumentParser(description="Cold-start times and peak memory of the command.")
    parser.add_argument("--runs", type=int, default=5, help="measured runs of each command (default 5)")
    runs = parser.parse_args().runs
    print(machine())
    print(f"{runs} runs each, after one that is not counted\n")
    print(f"{'':34}{'seconds: median, min, max, target':>31}  {'MB: peak, target':>16}")
    with_torch = importlib.util.find_spec("torch") is not None
    with tempfile.TemporaryDirectory(prefix="quod-bench-") as folder:
        for command in commands(Path(folder)):
            if command.needs_torch and not with_torch:
                print(f"{command.title:34}not measured: torch is not installed")
                continue
            measure(command)
            print(row(command, [measure(command) for _ in range(runs)]), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
