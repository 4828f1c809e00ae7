"""Our reader and latex2sympy2 on the same plain formulas: the values agree, or the difference is explained."""

from __future__ import annotations

import json
import math
import random
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from engine.meaning.context import Context
from engine.meaning.elaborate import Reading, read_term
from engine.meaning.sort import REAL
from engine.meaning.term import free_names

pytestmark = pytest.mark.skipif(find_spec("latex2sympy2") is None, reason="latex2sympy2 is not installed")

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CORPUS = ROOT.parent / "shared" / "corpus" / "chains.jsonl"
SEED = 7
MADE = 250
ENDLESS = re.compile(r"\d\s*\^\s*\{\s*\d+\s*\^\s*\{\s*\d+\s*\^")  # latex2sympy2 computes 9^{9^{9^9}}, and never ends
CHOSEN = 250  # of the cases and the corpus; their reader takes a twentieth of a second each, and more
POINTS = 3


def neighbour(name: str) -> ModuleType:
    spec = spec_from_file_location(name, HERE / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


plain = neighbour("plain")


@dataclass(frozen=True, slots=True)
class Difference:
    """Formulas that match ``pattern`` are read in two ways; ``whose`` is the wrong or unusual one."""

    pattern: str
    example: str
    ours: str
    theirs: str
    whose: str
    why: str


def differences() -> list[Difference]:
    return [Difference(**one) for one in tomllib.loads((HERE / "differences.toml").read_text("utf-8"))["difference"]]


def formulas() -> list[str]:
    """Those of the grammar, and a seeded choice of the others, as far as they are plain."""
    dice = random.Random(SEED)
    made = {plain.made(dice) for _ in range(MADE)}
    found = (text.strip() for text in collected() if len(text) < 100 and plain.is_plain(text))
    others = sorted({text for text in found if not ENDLESS.match(text)} - made)
    return sorted({text for text in made if len(text) < 100}) + dice.sample(others, min(CHOSEN, len(others)))


def collected() -> Iterator[str]:
    for path in sorted((ROOT / "tests" / "cases" / "reading").iterdir()):
        if path.suffix == ".toml":
            continue  # judgements, and no formulas
        yield from re.split(r"[=<>&\n$]|\\(?:le|ge|ne|approx)\b", path.read_text(encoding="utf-8"))
    if CORPUS.exists():
        for line in CORPUS.read_text(encoding="utf-8").splitlines():
            yield from (step[side] for step in json.loads(line)["steps"] for side in ("lhs", "rhs"))


def bare(name: str) -> str:
    """One spelling for both readers: ``x_{1}`` and ``x_1``, ``\\lambda`` and ``lambda``."""
    return re.sub(r"[\\{} ]", "", name)


def our_value(text: str, at: Mapping[str, float]) -> float | None:
    """``None`` where we refuse, NaN where there is no real value."""
    reading = read_term(text, Context())
    if not isinstance(reading, Reading):
        return None
    names = {name: at[bare(name)] for name in free_names(reading.term) if bare(name) in at}
    try:
        return float(plain.value(reading.term, names))
    except (ValueError, ArithmeticError, KeyError):  # a KeyError: a name such as x^{(2)}, which has no point
        return math.nan


def their_expression(text: str) -> Any | None:
    from latex2sympy2 import latex2sympy

    try:
        return latex2sympy(text)
    except Exception:  # whatever it raises, it did not read the text
        return None


def their_value(expression: Any, at: Mapping[str, float]) -> float:
    try:
        symbols = {symbol: at[bare(str(symbol))] for symbol in expression.free_symbols}
        number = complex(expression.subs(symbols).doit().evalf())
        return number.real if abs(number.imag) < 1e-9 else math.nan
    except (TypeError, ValueError, ArithmeticError, KeyError, AttributeError):
        return math.nan


def points(text: str) -> list[dict[str, float]]:
    dice = random.Random(f"{SEED} {text}")
    found = re.findall(r"\\?[A-Za-z]+(?:_(?:\d|\{\d+\}))?", text)
    letters = {bare(name) for word in found for name in ([word] if word[0] == "\\" else [word, *word])}
    return [{name: dice.uniform(0.3, 2) for name in sorted(letters)} for _ in range(POINTS)]


def differ(text: str) -> str | None:
    """``refused`` where one reader refuses, ``no value`` where none of the points tells, else same or different."""
    expression = their_expression(text)
    if expression is None or our_value(text, points(text)[0]) is None:
        return "refused"
    seen = "no value"
    for at in points(text):
        ours, theirs = our_value(text, at), their_value(expression, at)
        assert ours is not None
        if math.isnan(ours) or math.isnan(theirs):
            continue
        if not math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-12):
            return "different"
        seen = "same"
    return seen


def test_both_readers_agree_on_plain_formulas_or_the_difference_is_explained() -> None:
    texts = formulas()
    outcomes = {text: differ(text) for text in texts}
    counts = {kind: list(outcomes.values()).count(kind) for kind in ("same", "different", "refused", "no value")}
    print(f"{len(texts)} plain formulas: {counts}")
    assert counts["same"] > 300 and counts["no value"] < 60
    known = [re.compile(difference.pattern) for difference in differences()]
    strange = [
        text for text, kind in outcomes.items() if kind == "different" and not any(k.search(text) for k in known)
    ]
    assert strange == []


@pytest.mark.parametrize("difference", differences(), ids=lambda difference: difference.example)
def test_an_explained_difference_lasts(difference: Difference) -> None:
    assert plain.is_plain(difference.example) and re.search(difference.pattern, difference.example)
    assert differ(difference.example) == "different"


def test_the_reader_declares_nothing_that_the_points_do_not_give() -> None:
    assert our_value(r"x_1 + \lambda", {"x_1": 1.0, "lambda": 2.0}) == 3.0
    reading = read_term("x + y", Context().declare("x", REAL))
    assert isinstance(reading, Reading) and free_names(reading.term) == {"x", "y"}
