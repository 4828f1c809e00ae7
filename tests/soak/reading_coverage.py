"""How many step sides of a corpus become terms or statements, how many read back as printed, and how fast.

``python tests/soak/reading_coverage.py CHAINS.jsonl [--show N]``: one JSON object a line, with ``steps`` (``lhs`` and
``rhs``) and ``macros`` (a command and what it stands for). No text of the corpus is kept.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from engine.meaning.context import Context
from engine.meaning.elaborate import Reading, StatementsReading, read_statements, read_term
from engine.meaning.latex import statement_latex, term_latex
from engine.meaning.statement import Assertion, Relation
from engine.meaning.term import Term
from engine.span import Problem

EMPTY = Context()


def sides(path: Path) -> Iterator[tuple[str, str, str]]:
    """An id, the text of a side, and its macros as LaTeX."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        macros = "\n".join(map(definition, row["macros"].items()))
        for place, step in enumerate(row["steps"]):
            for side in ("lhs", "rhs"):
                yield f"{row['id']}.{place}.{side}", step[side], macros


def definition(entry: tuple[str, Any]) -> str:
    command, meaning = entry
    if isinstance(meaning, str):
        count = max((int(digit) for digit in re.findall(r"#(\d)", meaning)), default=0)
        meaning = {"nargs": count, "opt": None, "body": meaning}
    count, first = (f"[{value}]" if value else "" for value in (meaning["nargs"], meaning["opt"]))
    return rf"\newcommand{{{command}}}{count}{first}{{{meaning['body']}}}"


def reading(text: str, macros: str) -> Reading | StatementsReading | Problem:
    found = read_term(text, EMPTY, macros)
    if isinstance(found, Problem) and "a relation stands" in found.message:
        return read_statements(text, EMPTY, macros)
    return found


def terms_of(found: Reading | StatementsReading) -> tuple[Term, ...]:
    if isinstance(found, Reading):
        return (found.term,)
    links = (s for s in found.statements if isinstance(s, Relation | Assertion))
    return tuple(side for link in links for side in (link.left, link.right))


def comes_back(found: Reading | StatementsReading) -> str | None:
    """``None`` where what is printed reads as the same, with nothing declared; else what was printed."""
    if isinstance(found, Reading):
        text = term_latex(found.term)
        again = read_term(text, EMPTY)
        return None if isinstance(again, Reading) and again.term == found.term else text
    text = chain(found) or r" \quad ".join(map(statement_latex, found.statements))
    whole = read_statements(text, EMPTY)
    return None if isinstance(whole, StatementsReading) and whole.statements == found.statements else text


def chain(found: StatementsReading) -> str:
    """``a = b < c`` as one text; empty where the statements are no chain."""
    links = [s for s in found.statements if isinstance(s, Relation | Assertion)]
    if len(links) != len(found.statements) or any(a.right != b.left for a, b in pairwise(links)):
        return ""
    last = [statement_latex(link)[len(term_latex(link.left)) :] for link in links]
    return term_latex(links[0].left) + "".join(last)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--show", type=int, default=0, help="how many refusals and texts that do not come back to show")
    options = parser.parse_args()
    kinds: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    lost: list[tuple[str, str]] = []
    seconds: list[float] = []
    for place, text, macros in sides(options.corpus):
        start = time.perf_counter()
        found = reading(text, macros)
        seconds.append(time.perf_counter() - start)
        kinds[type(found).__name__] += 1
        if isinstance(found, Problem):
            reasons[re.sub(r"\S*[\\_^{}]\S*|'.*?'|\d+", "…", found.message)] += 1
            continue
        shown = comes_back(found)
        kinds["reads back"] += shown is None
        lost += [] if shown is None else [(place, shown)]
    report(kinds, reasons, lost, seconds, options.show)


def report(
    kinds: Counter[str], reasons: Counter[str], lost: list[tuple[str, str]], seconds: list[float], show: int
) -> None:
    total, read = len(seconds), kinds["Reading"] + kinds["StatementsReading"]
    print(f"{total} sides: {kinds['Reading'] / total:.1%} terms, {kinds['StatementsReading'] / total:.1%} statements")
    print(f"{kinds['reads back'] / max(read, 1):.2%} of them read back as printed")
    print(f"{statistics.median(seconds) * 1e6:.0f} µs a side at the median, {max(seconds) * 1e3:.0f} ms at most")
    for reason, count in reasons.most_common(show):
        print(f"{count:5} {reason}")
    for place, shown in lost[:show]:
        print(place, shown)


if __name__ == "__main__":
    main()
