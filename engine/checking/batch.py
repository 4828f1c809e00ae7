"""``quod check --batch``: the lines of a claims file, answered in order.

A thread reads and hands out, so that an answer is written as soon as it and those before it are known, also where the
next line has not come yet. A file is written whole or not at all; standard output is written line by line.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from threading import Event, Thread
from typing import BinaryIO, Final

from engine.checking.claims_file import Line, lines_of, refused, written
from engine.checking.workers import Submit, workers
from engine.span import Problem

AHEAD: Final = 16
"""Lines for each worker that are read before the first of them is answered."""

Answered = Callable[[], bytes]


def run_batch(source: str, target: str, jobs: int, seconds: float) -> Problem | None:
    """Answer every line of ``source`` in ``target``; ``-`` is standard input, and standard output."""
    if (source == "-" and sys.stdin is None) or (target == "-" and sys.stdout is None):
        return Problem("standard input or output is closed; name a file instead of -")
    try:
        with _reading(source) as lines, _writing(target) as put, workers(jobs, seconds) as submit:
            for line in _answers(lines, submit, jobs):
                put(line)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Problem("the answers are no longer read by anybody; stopped")
    except OSError as error:
        place = error.filename or (target if target != "-" else "standard output")
        return Problem(f"{place}: {error.strerror or error}")
    return None


@contextmanager
def _reading(source: str) -> Iterator[BinaryIO]:
    if source == "-":
        # Never closed: the thread may still wait for a line. Python closes its own sys.stdin.buffer, and dies of that.
        yield open(sys.stdin.fileno(), "rb", closefd=False)  # noqa: SIM115
        return
    with open(source, "rb") as file:
        yield file


@contextmanager
def _writing(target: str) -> Iterator[Callable[[bytes], object]]:
    """A function that takes lines; the file is there when all of them are."""
    if target == "-":
        yield _to_standard_output
        return
    path = Path(target)
    if path.is_dir():
        raise IsADirectoryError(None, "this is a folder", target)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise OSError(error.errno, error.strerror, target) from error
    try:
        with os.fdopen(handle, "wb") as file:
            yield file.write
        Path(name).chmod(0o666 & ~_umask())
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _to_standard_output(line: bytes) -> None:
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()


def _answers(file: BinaryIO, submit: Submit, jobs: int) -> Iterator[bytes]:
    """The answers in order, each as soon as it is known."""
    waiting: Queue[Answered | BaseException | None] = Queue(AHEAD * jobs)
    stopped = Event()

    def hand_out() -> None:
        try:
            for line in lines_of(file):
                if stopped.is_set():
                    return
                waiting.put(_handed_out(line, submit))
            waiting.put(None)
        except BaseException as error:  # it belongs to the thread that waits
            waiting.put(error)

    Thread(target=hand_out, daemon=True).start()
    try:
        while (answered := waiting.get()) is not None:
            if isinstance(answered, BaseException):
                raise answered
            yield answered()
    finally:
        stopped.set()


def _handed_out(line: Line, submit: Submit) -> Answered:
    if isinstance(line.request, Problem):
        problem = line.request
        return lambda: refused(line, problem)
    answer = submit(line.request)
    return lambda: written(line, *answer())
