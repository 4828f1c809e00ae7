"""One request, answered, whatever happens: a defect of ours is an open question with its name, never a lost one."""

from __future__ import annotations

from time import perf_counter

from engine.checking.answer import Answer, answer_of, answer_to
from engine.checking.check import check_links
from engine.checking.comparison import compare
from engine.checking.request import Request


def ask(request: Request, seconds: float | None) -> tuple[Answer, float]:
    """The answer, and how many milliseconds it took."""
    start = perf_counter()
    try:
        answer = _answer(request, seconds)
    except RecursionError:
        answer = Answer("open", "the claim is nested too deeply")
    except MemoryError:
        answer = Answer("open", "the memory that one claim may take is spent")
    except Exception as error:
        answer = Answer("open", f"quod failed ({type(error).__name__}): this is a defect, please report the claim")
    return answer, 1000 * (perf_counter() - start)


def _answer(request: Request, seconds: float | None) -> Answer:
    beside = (request.given, request.where, request.macros, seconds)
    if request.claim is not None:
        return answer_of(check_links(request.claim, *beside))
    assert request.reference is not None and request.answer is not None
    return answer_to(compare(request.reference, request.answer, *beside))
