"""Random pairs of terms: equal by construction, nearly equal, or corrupted; none may get a wrong verdict.

``make soak`` runs it. A term is drawn, and rewritten step by step by laws of arithmetic that are written down here once
more (:data:`LAWS`): both ends are equal wherever they are defined, and none of this code is the engine's. A *near* pair
differs by a small number, a *corrupted* one by one change of :mod:`corrupting`.

An equal pair that is refuted is wrong. Another pair that is proved is wrong where the evaluator of :mod:`plain_value`
finds an admissible point at which both sides are defined and differ. What was run is kept in ``build/soak/pairs.json``,
so that an interrupted run goes on where it stopped; the last result stands in ``tests/SOAK.md``. Exit code 1 where a
verdict was wrong.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from engine.judge import judge
from engine.kernel.verdict import Proved, Refuted
from engine.meaning.claim import Claim
from engine.meaning.context import Context
from engine.meaning.latex import statement_latex
from engine.meaning.sort import NATURAL, REAL, Family, IndexRange
from engine.meaning.statement import ForEach, Relation
from engine.meaning.term import (
    ONE,
    ZERO,
    Add,
    Apply,
    Divide,
    E,
    Element,
    Multiply,
    Name,
    Negate,
    Number,
    Power,
    Sum,
    Term,
    children,
    free_names,
    integer,
    map_children,
    rational,
    substitute,
    subtract,
)
from tests.soak.corrupting import corruptions, is_well_posed
from tests.soak.plain_value import Unknown

ROOT = Path(__file__).resolve().parents[2]
STATE = ROOT / "build" / "soak" / "pairs.json"
CHUNK = 200
TWO = integer(2)
N = Name("N")


def context() -> Context:
    """Reals x and y, positive p and q, u in (0, 1), a natural number N, and two families over 1, ..., N."""
    found = Context().declare("N", NATURAL).declare("x", REAL).declare("y", REAL)
    for name in "pqu":
        found = found.declare(name, REAL, Relation(Name(name), ">", ZERO))
    found = found.assume(Relation(Name("u"), "<", ONE))
    over = Family((IndexRange(ONE, N),), REAL)
    positive = Relation(Element("w", (Name("i"),)), ">", ZERO)
    return found.declare("z", over).declare("w", over, ForEach("i", ONE, N, positive))


CONTEXT = context()


# ---- terms


def drawn(dice: random.Random, depth: int, index: str = "") -> Term:
    """A term that is defined at every point of the context."""
    if depth == 0:
        leaves: list[Term] = [Name("x"), Name("y"), Name("p"), Name("q"), Name("u"), N, integer(dice.randint(1, 4))]
        leaves += [Element(family, (Name(index),)) for family in "zwzw"] if index else []
        return dice.choice(leaves)
    one = drawn(dice, depth - 1, index)
    other = drawn(dice, dice.randrange(depth), index)
    match dice.randrange(10):
        case 0 | 1:
            return Add((one, other))
        case 2:
            return subtract(one, other)
        case 3 | 4:
            return Multiply((one, other))
        case 5:
            return Divide(one, positive(dice, index))
        case 6:
            return Power(one, integer(dice.randint(1, 3)))
        case 7:
            return Apply("ln", (positive(dice, index),))
        case 8:
            return Power(E, one) if depth == 1 else Negate(one)
        case _:
            return one if index else Sum("i", ONE, N, drawn(dice, depth - 1, "i"))


def positive(dice: random.Random, index: str = "") -> Term:
    """A term that is positive at every point of the context."""
    leaf = dice.choice((Name("p"), Name("q"), Name("u"), subtract(ONE, Name("u")), N, integer(dice.randint(1, 5))))
    if index and dice.random() < 0.5:
        leaf = Element("w", (Name(index),))
    match dice.randrange(6):
        case 0:
            return Add((leaf, ONE))
        case 1:
            return Add((ONE, Power(drawn(dice, 0, index), TWO)))
        case 2:
            return Power(E, drawn(dice, 0, index))
        case 3:
            return Multiply((leaf, positive(dice, index)))
        case _:
            return leaf


def is_positive(term: Term) -> bool:
    """Whether the way it is written shows that the term is positive."""
    match term:
        case Number(value):
            return value > 0
        case Name(name):
            return name in ("p", "q", "u", "N")
        case Element("w"):
            return True
        case Add(terms):
            return all(map(_is_not_negative, terms)) and any(map(is_positive, terms))
        case Multiply(factors):
            return all(map(is_positive, factors))
        case Divide(above, below):
            return is_positive(above) and is_positive(below)
        case Power(base, _):
            return base == E or is_positive(base)
        case _:
            return False


def _is_not_negative(term: Term) -> bool:
    return is_positive(term) or (isinstance(term, Power) and term.exponent == TWO)


# ---- laws of arithmetic


def _add_and_subtract(term: Term, dice: random.Random, index: str) -> Term:
    other = drawn(dice, 1, index)
    return subtract(Add((term, other)), other)


def _multiply_and_divide(term: Term, dice: random.Random, index: str) -> Term:
    other = positive(dice, index)
    return Divide(Multiply((term, other)), other)


def _turn(term: Term, dice: random.Random, index: str) -> Term:
    match term:
        case Add(parts):
            return Add(tuple(dice.sample(parts, len(parts))))
        case Multiply(parts):
            return Multiply(tuple(dice.sample(parts, len(parts))))
        case _:
            return Negate(Negate(term))


def _distribute(term: Term, dice: random.Random, index: str) -> Term:
    match term:
        case Multiply((one, Add(terms))):
            return Add(tuple(Multiply((one, each)) for each in terms))
        case Multiply((Add(terms), one)):
            return Add(tuple(Multiply((each, one)) for each in terms))
        case Divide(Add(terms), below):
            return Add(tuple(Divide(each, below) for each in terms))
        case Negate(Add(terms)):
            return Add(tuple(map(Negate, terms)))
        case _:
            return term


def _power(term: Term, dice: random.Random, index: str) -> Term:
    match term:
        case Power(Add((a, b)), exponent) if exponent == TWO:
            return Add((Power(a, TWO), Multiply((TWO, a, b)), Power(b, TWO)))
        case Power(base, Number(Fraction(denominator=1) as exponent)) if exponent > 1 and base != E:
            return Multiply((base, Power(base, integer(int(exponent) - 1))))
        case Power(base, exponent) if base == E and isinstance(exponent, Add):
            return Multiply(tuple(Power(E, each) for each in exponent.terms))
        case Multiply((Power(a, m), Power(b, n))) if a == b == E:
            return Power(E, Add((m, n)))
        case _ if is_positive(term):
            return Power(Apply("sqrt", (term,)), TWO)
        case _:
            return term


def _logarithm(term: Term, dice: random.Random, index: str) -> Term:
    match term:
        case Apply("ln", (Multiply(factors),)) if all(map(is_positive, factors)):
            return Add(tuple(Apply("ln", (factor,)) for factor in factors))
        case Apply("ln", (Divide(above, below),)) if is_positive(above) and is_positive(below):
            return subtract(Apply("ln", (above,)), Apply("ln", (below,)))
        case Apply("ln", (Power(base, exponent),)) if base == E:
            return exponent
        case Apply("ln", (Power(base, exponent),)) if is_positive(base):
            return Multiply((exponent, Apply("ln", (base,))))
        case _ if is_positive(term):
            return Power(E, Apply("ln", (term,)))
        case _:
            return term


def _sum(term: Term, dice: random.Random, index: str) -> Term:
    match term:
        case Sum(i, lower, upper, body):
            return dice.choice(_SUM_LAWS)(i, lower, upper, body)
        case Add((Sum(i, low, high, f), Sum(j, other_low, other_high, g))) if (low, high) == (other_low, other_high):
            return Sum(i, low, high, Add((f, substitute(g, j, Name(i)))))
        case _ if not index:
            return Divide(Sum("i", ONE, N, term), N)
        case _:
            return term


def _linear(index: str, lower: Term, upper: Term, body: Term) -> Term:
    match body:
        case Add(terms):
            return Add(tuple(Sum(index, lower, upper, each) for each in terms))
        case Multiply(factors):
            outside = tuple(f for f in factors if index not in free_names(f))
            inside = tuple(f for f in factors if index in free_names(f)) or (ONE,)
            return Multiply((*outside, Sum(index, lower, upper, inside[0] if len(inside) == 1 else Multiply(inside))))
        case Negate(part):
            return Negate(Sum(index, lower, upper, part))
        case _:
            return Sum(index, lower, upper, body)


def _last_off(index: str, lower: Term, upper: Term, body: Term) -> Term:
    """Only where the range is not empty: from 1 to N."""
    if (lower, upper) != (ONE, N):
        return Sum(index, lower, upper, body)
    return Add((Sum(index, lower, subtract(upper, ONE), body), substitute(body, index, upper)))


def _shifted(index: str, lower: Term, upper: Term, body: Term) -> Term:
    moved = substitute(body, index, subtract(Name(index), ONE))
    return Sum(index, Add((lower, ONE)), Add((upper, ONE)), moved)


def _renamed(index: str, lower: Term, upper: Term, body: Term) -> Term:
    other = "j" if index == "i" else "i"
    return Sum(other, lower, upper, substitute(body, index, Name(other)))


_SUM_LAWS = (_linear, _linear, _last_off, _shifted, _renamed)

Law = Callable[[Term, random.Random, str], Term]
LAWS: tuple[Law, ...] = (
    _add_and_subtract,
    _multiply_and_divide,
    _turn,
    _distribute,
    _distribute,
    _power,
    _logarithm,
    _sum,
)


def rewritten(term: Term, dice: random.Random, index: str = "") -> Term:
    """The term after one law, applied somewhere inside."""
    parts = tuple(children(term))
    if not parts or dice.random() < 0.4:
        return dice.choice(LAWS)(term, dice, index)
    chosen = dice.randrange(len(parts))
    inside = term.index if isinstance(term, Sum) and chosen == len(parts) - 1 else index
    if isinstance(term, Sum) and chosen < len(parts) - 1:
        return term  # the bounds stay as they are
    if isinstance(term, Power | Element) and chosen == len(parts) - 1:
        return term  # an exponent or an index is to stay an integer
    at = iter(range(len(parts)))
    return map_children(term, lambda part: rewritten(part, dice, inside) if next(at) == chosen else part)


# ---- pairs


def pairs(dice: random.Random) -> Iterator[tuple[str, Claim]]:
    """An equal pair, and a pair near it or a corrupted one."""
    left = drawn(dice, dice.randint(1, 3))
    right = left
    for _ in range(dice.randint(1, 4)):
        right = rewritten(right, dice)
    claim = Claim(CONTEXT, Relation(left, "=", right))
    yield "equal", claim
    if dice.random() < 0.3:
        small = rational(Fraction(1, dice.choice((10**3, 10**6, 10**12))))
        yield "near", replace(claim, statement=Relation(left, "=", Add((right, Multiply((small, positive(dice)))))))
        return
    corrupted = list(corruptions(claim))
    if corrupted:
        yield "corrupted", dice.choice(corrupted).claim


def wrong(kind: str, claim: Claim, verdict: object, dice: random.Random) -> bool:
    if kind == "equal":
        return isinstance(verdict, Refuted)
    try:
        return isinstance(verdict, Proved) and is_well_posed(claim, dice)
    except (Unknown, OverflowError):
        return False


def chunk(seed: int) -> tuple[int, dict[str, int], list[str]]:
    """The verdicts on :data:`CHUNK` drawn pairs and their companions, and those that are wrong."""
    dice = random.Random(seed)
    counts: Counter[str] = Counter()
    found: list[str] = []
    for _ in range(CHUNK):
        for kind, claim in pairs(dice):
            try:
                verdict = judge(claim, seconds=5.0)
            except Exception as error:
                counts[f"{kind} crashed"] += 1
                found.append(f"seed {seed}: {error!r} {statement_latex(claim.statement, claim.context)}")
                continue
            counts[f"{kind} {type(verdict).__name__.lower()}"] += 1
            if wrong(kind, claim, verdict, dice):
                counts[f"{kind} WRONG"] += 1
                found.append(f"seed {seed}: {kind}: {statement_latex(claim.statement, claim.context)}")
    return seed, dict(counts), found


# ---- the run


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=1_000_000, help="pairs in all, with those of earlier runs")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--first", type=int, default=0, help="the first seed; another one is another run")
    parser.add_argument("--afresh", action="store_true", help="forget what earlier runs did")
    options = parser.parse_args()
    state = _state(options.first, options.afresh)
    start = time.monotonic()
    with multiprocessing.Pool(options.jobs, maxtasksperchild=50) as pool:
        while _total(state["counts"]) < options.pairs:
            seeds = range(state["next"], state["next"] + 8 * options.jobs)
            for _, counts, found in pool.imap(chunk, seeds):
                state["counts"] = dict(Counter(state["counts"]) + Counter(counts))
                state["wrong"] += found
                for line in found:
                    print(line, flush=True)
            state["next"] = seeds.stop
            state["seconds"] += time.monotonic() - start
            start = time.monotonic()
            _write(state)
    return report(state)


def _state(first: int, afresh: bool) -> dict[str, object]:  # type: ignore[type-arg]
    if STATE.exists() and not afresh:
        known = json.loads(STATE.read_text())
        if known["first"] == first:
            return known
    return {"first": first, "next": first, "counts": {}, "wrong": [], "seconds": 0.0}


def _write(state: dict[str, object]) -> None:
    STATE.parent.mkdir(parents=True, exist_ok=True)
    part = STATE.with_suffix(".part")
    part.write_text(json.dumps(state))
    part.replace(STATE)


def _total(counts: dict[str, int]) -> int:
    return sum(n for kind, n in counts.items() if not kind.endswith("WRONG"))


def report(state: dict[str, object]) -> int:
    counts: dict[str, int] = state["counts"]  # type: ignore[assignment]
    findings: list[str] = state["wrong"]  # type: ignore[assignment]
    print(f"{_total(counts)} pairs in {state['seconds']:.0f} s")
    for kind in ("equal", "near", "corrupted"):
        of_kind = {k.removeprefix(kind + " "): n for k, n in sorted(counts.items()) if k.startswith(kind)}
        print(f"  {kind:10} {of_kind}")
    print("\n".join(findings) or "no wrong verdict, no crash")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
