"""Work that goes wrong in the ways in which work can: what the workers must survive."""

from __future__ import annotations

import os
import time

from engine.checking.answer import Answer
from engine.checking.request import Request

Outcome = tuple[Answer, float]


def misbehave(request: Request, seconds: float) -> Outcome:
    """Does what the claim says."""
    match request.claim:
        case "sleep":
            time.sleep(600)
        case "spin":
            while True:
                pass
        case "swallow":
            bytearray(2**33)
        case "die":
            os._exit(3)
    return Answer("open", f"did {request.claim}"), 1.0
