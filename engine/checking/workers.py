"""Requests answered in processes of their own: a stuck one is killed, one that takes too much memory dies alone.

Each worker answers one request at a time under a limit of time and memory, and is replaced after a thousand. The
limits do not depend on how many workers there are, nor does any answer but one that ran into the limit of time.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Final

from pebble import ProcessExpired, ProcessPool

from engine.checking.answer import Answer
from engine.checking.ask import ask
from engine.checking.request import Request

REQUESTS_A_WORKER: Final = 1000
MEMORY: Final = 2**30
"""Bytes of address space that a worker may take (less where the machine has less than twice that)."""
GRACE: Final = 0.5
"""Seconds after which a worker that did not stop by itself is killed."""

Outcome = tuple[Answer, float]
Work = Callable[[Request, float], Outcome]
Submit = Callable[[Request], Callable[[], Outcome]]


@contextmanager
def workers(jobs: int, seconds: float, work: Work = ask) -> Iterator[Submit]:
    """A function that hands a request to the workers and returns one that waits for its answer.

    ``work`` answers a request within so many seconds, if all goes well; where it does not, an answer says so.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["engine.checking.ask", "engine.judge", "engine.provers.instances"])
    pool = ProcessPool(
        max_workers=jobs,
        max_tasks=REQUESTS_A_WORKER,
        initializer=_limit_memory,
        initargs=(_memory(),),
        context=context,
    )

    def submit(request: Request) -> Callable[[], Outcome]:
        future = pool.schedule(work, args=(request, seconds), timeout=seconds + GRACE)
        return lambda: _outcome(future, seconds)

    try:
        yield submit
        pool.close()
    except BaseException:
        pool.stop()
        raise
    finally:
        pool.join()


def _outcome(future: Future[Outcome], seconds: float) -> Outcome:
    try:
        return future.result()
    except TimeoutError:
        return Answer("open", "the time limit is over"), 1000 * seconds
    except ProcessExpired:
        return Answer("open", "the process that worked on it died, most likely for want of memory"), 0.0
    except MemoryError:
        return Answer("open", "the memory that one claim may take is spent"), 0.0


def _memory() -> int:
    return min(MEMORY, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2)


def _limit_memory(size: int) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    size = size if most == resource.RLIM_INFINITY else min(size, most)
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
