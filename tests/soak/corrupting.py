"""True claims made false: a sign, a factor, an index, an exponent or a bound is changed, in one place.

``python tests/soak/corrupting.py`` corrupts every true claim of ``tests/cases/claims/`` in every way that
:func:`corruptions` knows, and asks the engine. A corrupted claim counts where it is *well-posed*: at some admissible
point both sides are defined and differ by far more than the precision, in the evaluator of :mod:`plain_value`, which
shares no code with kernel or provers. Of these, none may be proved and at least 97 % should be refuted; those that
are still open are listed. Exit code 1 where one is proved.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from mpmath import mp, mpf

from engine.checking.links import read_links
from engine.judge import judge
from engine.kernel.verdict import Proved, Refuted
from engine.meaning.claim import Claim
from engine.meaning.declared import read_context
from engine.meaning.latex import statement_latex
from engine.meaning.statement import Relation
from engine.meaning.term import (
    ONE,
    Add,
    Constant,
    Divide,
    Element,
    Multiply,
    Name,
    Negate,
    Number,
    Power,
    Product,
    Sum,
    Term,
    children,
    map_children,
    subtract,
)
from engine.span import Problem
from tests.soak.admissible import places
from tests.soak.plain_value import DIGITS, Undefined, Unknown, value

ROOT = Path(__file__).resolve().parents[2]
CLAIMS = ROOT / "tests" / "cases" / "claims"
PLACES = 12
TWO = Number(Fraction(2))


@dataclass(frozen=True, slots=True)
class Corruption:
    kind: str
    claim: Claim


# ---- one change in one place


def corruptions(claim: Claim) -> Iterator[Corruption]:
    """The claim with one change on its right side, or on its left side where the right one is a literal."""
    statement = claim.statement
    if not isinstance(statement, Relation) or statement.sign != "=":
        return
    seen = {statement}
    for kind, changed in _both_sides(statement):
        if changed not in seen:
            seen.add(changed)
            yield Corruption(kind, replace(claim, statement=changed, text=""))


def _both_sides(statement: Relation) -> Iterator[tuple[str, Relation]]:
    for kind, term in _changed(statement.right):
        yield kind, replace(statement, right=term)
    if isinstance(statement.right, Number | Constant | Name):
        for kind, term in _changed(statement.left):
            yield kind, replace(statement, left=term)


def _changed(term: Term) -> Iterator[tuple[str, Term]]:
    yield from _changed_here(term)
    for place, child in enumerate(children(term)):
        for kind, new in _changed(child):
            yield kind, _with_child(term, place, new)


def _with_child(term: Term, place: int, new: Term) -> Term:
    at = iter(range(len(tuple(children(term)))))
    return map_children(term, lambda child: new if next(at) == place else child)


def _changed_here(term: Term) -> Iterator[tuple[str, Term]]:
    match term:
        case Add(terms):
            for n, one in enumerate(terms):
                flipped = one.term if isinstance(one, Negate) else Negate(one)
                yield "sign", Add((*terms[:n], flipped, *terms[n + 1 :]))
        case Negate(inside):
            yield "sign", inside
        case Multiply(factors) if len(factors) > 2:
            yield "factor", Multiply(factors[1:])
        case Multiply((_, last)):
            yield "factor", last
        case Divide(above, Number(number)) if number == 2:
            yield "factor", above
        case Power(base, exponent):
            yield "exponent", Power(base, Add((exponent, ONE)))
            if exponent == TWO:
                yield "exponent", base
        case Element(family, (index,)):
            yield "index", Element(family, (Add((index, ONE)),))
        case Sum(index, lower, upper, body) | Product(index, lower, upper, body):
            kind = type(term)
            yield "bound", kind(index, lower, subtract(upper, ONE), body)
            yield "bound", kind(index, Add((lower, ONE)), upper, body)
        case Number(number) if number.denominator == 1:
            yield "factor", Number(number + 1)


# ---- well-posed


def is_well_posed(claim: Claim, dice: random.Random) -> bool:
    """Whether both sides are defined and differ at some admissible point that was drawn."""
    statement = claim.statement
    assert isinstance(statement, Relation)
    with mp.workdps(DIGITS):
        for place in places(claim.context, dice, PLACES):
            try:
                left, right = value(statement.left, place), value(statement.right, place)
            except (Undefined, ValueError, ZeroDivisionError):
                continue
            if _differ(left, right):
                return True
    return False


def _differ(left: object, right: object) -> bool:
    if isinstance(left, mp.matrix) and isinstance(right, mp.matrix):
        if (left.rows, left.cols) != (right.rows, right.cols):
            return False
        return any(_differ(a, b) for a, b in zip(left, right, strict=True))
    if isinstance(left, mp.matrix) or isinstance(right, mp.matrix):
        return False
    return bool(abs(left - right) > mpf(10) ** -9 * (1 + abs(left) + abs(right)))  # type: ignore[operator]


# ---- the rates


def true_claims(files: str = "*.jsonl") -> Iterator[Claim]:
    """The claims of the case files that are said to be true, read."""
    for file in sorted(CLAIMS.glob(files)):
        for line in file.read_text().splitlines():
            row = json.loads(line)
            if row["verdict"] != "proved":
                continue
            context = read_context(row.get("given", ()), row.get("where", ()), "", [row["claim"]])
            if isinstance(context, Problem):
                raise SystemExit(f"{file.name} {row['id']}: {context.message}")
            for link in read_links(row["claim"], context, row.get("given", ())):
                if isinstance(link, Problem):
                    raise SystemExit(f"{file.name} {row['id']}: {link.message}")
                yield replace(link.claim, text=row["id"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--files", default="*.jsonl", help="the files of claims, as a pattern")
    parser.add_argument("--most", type=int, default=0, help="at most so many corruptions, drawn at random")
    options = parser.parse_args()
    dice = random.Random(options.seed)
    made = [(claim.text, corruption) for claim in true_claims(options.files) for corruption in corruptions(claim)]
    if options.most:
        made = dice.sample(made, min(options.most, len(made)))
    return report(made, dice)


def report(made: list[tuple[str, Corruption]], dice: random.Random) -> int:
    verdicts: Counter[tuple[str, str]] = Counter()
    left, seconds = [], []
    for name, corruption in made:
        try:
            posed = is_well_posed(corruption.claim, dice)
        except (Unknown, OverflowError) as reason:
            verdicts["not evaluated", str(reason)[:40]] += 1
            continue
        start = time.perf_counter()
        verdict = judge(corruption.claim)
        seconds.append(time.perf_counter() - start)
        if not posed:
            verdicts["not well-posed" if not isinstance(verdict, Refuted) else "refuted beyond", corruption.kind] += 1
            continue
        kind = "proved" if isinstance(verdict, Proved) else "refuted" if isinstance(verdict, Refuted) else "open"
        verdicts[kind, corruption.kind] += 1
        if kind != "refuted":
            shown = statement_latex(corruption.claim.statement, corruption.claim.context)
            left.append(f"{kind:7} {corruption.kind:9} {name}: {shown}  [{getattr(verdict, 'reason', '')}]")
    print("\n".join(left))
    counts = {kind: sum(n for (k, _), n in verdicts.items() if k == kind) for kind in ("proved", "refuted", "open")}
    posed_count = sum(counts.values())
    print(f"\n{len(made)} corrupted claims, {posed_count} well-posed: {counts}")
    for (verdict_kind, kind), n in sorted(verdicts.items()):
        print(f"  {verdict_kind:16} {kind:40} {n}")
    if posed_count and seconds:
        ordered = sorted(seconds)
        print(
            f"refuted {counts['refuted'] / posed_count:.1%}; {len(ordered) / sum(ordered):.0f} claims a second,"
            f" median {ordered[len(ordered) // 2] * 1e3:.1f} ms"
        )
    return 1 if counts["proved"] else 0


if __name__ == "__main__":
    sys.exit(main())
