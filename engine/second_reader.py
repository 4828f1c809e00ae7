"""The second reader: what latex2sympy2 makes of the same text, to be laid beside our own reading.

It is somebody else's code with other conventions (its ``\\log`` has base 10, ``x_i`` is one symbol, of ``a = b`` it
keeps ``b``), so it casts doubt and decides nothing. It keeps what one formula sets for the next one, and it evaluates
(``9^{9^{9^9}}`` has no end); so each text is read by a fresh process with little time and memory.
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from typing import Final

from engine.span import Problem

SECONDS: Final = 20.0
LONGEST: Final = 10_000
# Its antlr runtime takes typing.io, which Python 3.13 no longer has.
NEWEST: Final = (3, 12)

_CHILD: Final = """
import json, sys, warnings
warnings.simplefilter("ignore")
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31))
except (ImportError, OSError, ValueError):
    pass
text = sys.stdin.buffer.read().decode("utf-8")
try:
    from latex2sympy2 import latex2sympy
except ImportError as error:
    answer = {"broken": str(error)}
else:
    try:
        answer = {"read": str(latex2sympy(text))}
    except Exception as error:
        answer = {"refused": str(error) or type(error).__name__}
sys.stdout.buffer.write(json.dumps(answer).encode())
"""


def second_reading(text: str) -> str | Problem:
    """The SymPy expression, as text, that latex2sympy2 reads in ``text``; a Problem where it is absent or refuses."""
    missing = _missing()
    if missing is not None:
        return missing
    if len(text) > LONGEST:
        return Problem(f"too long for latex2sympy2: {len(text)} characters; at most {LONGEST} are handed over")
    try:
        child = [sys.executable, "-P", "-c", _CHILD]  # -P: nothing of the working directory is imported
        done = subprocess.run(child, input=text.encode(), capture_output=True, timeout=SECONDS, check=False)
        answer = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return Problem(f"latex2sympy2 did not answer within {SECONDS:g} s")
    except (UnicodeEncodeError, json.JSONDecodeError):
        return Problem("latex2sympy2 broke down over this text")
    return _answered(answer)


def _answered(answer: dict[str, str]) -> str | Problem:
    match answer:
        case {"read": expression}:
            return expression
        case {"refused": why}:
            return Problem(f"latex2sympy2 cannot read this: {' '.join(why.split())}")
        case _:
            return Problem(f"latex2sympy2 is installed, but does not start: {answer.get('broken')}; {_HOW}")


_HOW: Final = "install it with: pip install 'quod[latex2sympy2]'"


def _missing() -> Problem | None:
    if find_spec("latex2sympy2") is not None:
        return None
    if sys.version_info[:2] > NEWEST:
        newest = ".".join(map(str, NEWEST))
        return Problem(
            f"latex2sympy2 is not installed, and works up to Python {newest} only; use quod with that Python"
        )
    return Problem(f"latex2sympy2 is not installed; {_HOW}")
