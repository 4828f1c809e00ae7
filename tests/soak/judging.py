"""What the engine makes of real derivations: ``python tests/soak/judging.py`` writes tests/JUDGED.md.

Every step of the corpus beside the project (``../shared/corpus``, or ``--corpus DIR``) is judged as it stands, with its
source's macros and nothing declared: that is what a lecturer meets who hands in a page as it is. Most steps of such
pages rest on what their text says (what a letter is, what was assumed, what was defined above), and stay open. The page
holds counts only, none of the corpus' text. ``--refuted FILE`` writes the refuted steps there, to be looked at by hand.
"""

from __future__ import annotations

import argparse
import datetime
import json
import multiprocessing
import os
import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.checking.check import check_links, deciding
from engine.kernel.verdict import Open, Proved, Refuted
from engine.meaning.latex import statement_latex
from engine.reading.chain import Chain
from engine.reading.document import read_document
from engine.span import Problem
from tests.soak.coverage import CONSTRUCTS, CORPUS, KNOWN, SIZES, commit, definition, general, machine, share

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "tests" / "JUDGED.md"
SECONDS = 2.0
VERDICTS = ("proved", "refuted", "open", "unreadable")


@dataclass(frozen=True, slots=True)
class Step:
    """One relation of a chain, where it stands, and the macros of its source."""

    source: str
    place: str
    latex: str
    macros: str


@dataclass(frozen=True, slots=True)
class Outcome:
    source: str
    constructs: tuple[str, ...]
    verdict: str
    reason: str
    shown: str


def chain_steps(file: Path) -> Iterator[Step]:
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        macros = "\n".join(map(definition, row["macros"].items()))
        for number, step in enumerate(row["steps"], 1):
            latex = f"{step['lhs']} {step['rel']} {step['rhs']}"
            yield Step("chains.jsonl", f"{row['id']} step {number}", latex, macros)


def week_steps(week: Path) -> Iterator[Step]:
    styles = sorted(week.parent.rglob("*.sty"))
    for sheet in sorted(week.glob("*.md")):
        document = read_document(sheet, styles)
        for formula in () if isinstance(document, Problem) else document.formulas:
            for link in formula.chain.links if isinstance(formula.chain, Chain) else ():
                if link.kind == "claim":
                    place = f"{sheet.name}:{formula.line}"
                    yield Step(f"course week {week.name[1:]}", place, link.latex, document.macros)


def outcome(step: Step) -> Outcome:
    plain = SIZES.sub("", step.latex)
    present = tuple(name for name, pattern in KNOWN.items() if pattern.search(plain))
    verdict = deciding(check_links(step.latex, macros=step.macros, seconds=SECONDS)).verdict
    match verdict:
        case Proved():
            return Outcome(step.source, present, "proved", "", "")
        case Refuted(claim, witness):
            point = ", ".join(f"{one.name} = {one.value}" for one in witness.assignments)
            shown = f"{step.place}\n  {step.latex}\n  read as {statement_latex(claim.statement)}\n  at {point}"
            return Outcome(step.source, present, "refuted", "", shown)
        case Open(_, reason):
            return Outcome(step.source, present, "open", general(reason), "")
        case Problem(message):
            return Outcome(step.source, present, "unreadable", general(message), "")


def page(outcomes: list[Outcome]) -> str:
    sources = sorted({one.source for one in outcomes})
    open_ones = Counter(one.reason for one in outcomes if one.verdict == "open")
    lines = [
        "# What the engine makes of real derivations",
        "",
        f"{datetime.date.today().isoformat()}, {commit()}; {machine()}.",
        "`python tests/soak/judging.py` writes this page from the corpus beside the project, each step as it stands,",
        "with nothing declared. Counts only, none of the corpus' text.",
        "",
        *table("source", ((name, [one for one in outcomes if one.source == name]) for name in sources)),
        "",
        "## By construct",
        "",
        *table("construct", ((name, [one for one in outcomes if name in one.constructs]) for name in CONSTRUCTS)),
        "",
        "## Why steps stay open",
        "",
        "| steps | reason |",
        "|---:|---|",
        *(f"| {n} | {reason.replace('|', chr(92) + '|')} |" for reason, n in open_ones.most_common(40)),
    ]
    return "\n".join(lines) + "\n"


def table(head: str, rows: Iterable[tuple[str, list[Outcome]]]) -> Iterator[str]:
    yield f"| {head} | steps | proved | refuted | open | unreadable |"
    yield "|---|---:|---:|---:|---:|---:|"
    for name, outcomes in rows:
        if outcomes:
            counts = Counter(one.verdict for one in outcomes)
            cells = (f"{counts[v]} ({share(counts[v], len(outcomes))})" for v in VERDICTS)
            yield f"| {name} | {len(outcomes)} | {' | '.join(cells)} |"


def main() -> int:
    parser = argparse.ArgumentParser(description="What the engine makes of real derivations, by construct.")
    parser.add_argument("--corpus", type=Path, default=CORPUS, metavar="DIR", help="the folder with chains.jsonl")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--most", type=int, default=0, help="at most so many steps, drawn at random (no page is written)"
    )
    parser.add_argument("--refuted", type=Path, metavar="FILE", help="write the refuted steps there")
    options = parser.parse_args()
    chains = options.corpus / "chains.jsonl"
    if not chains.exists():
        print("no corpus: expected chains.jsonl and the course's weeks in shared/corpus beside the project's folder;")
        print("it is not part of the project (name another folder with --corpus). tests/JUDGED.md stays as it is.")
        return 2
    steps = [*chain_steps(chains)]
    for week in sorted(options.corpus.glob("*/w[0-9][0-9]")):
        steps += week_steps(week)
    if options.most:
        steps = random.Random(7).sample(steps, min(options.most, len(steps)))
    with multiprocessing.Pool(options.jobs, maxtasksperchild=200) as pool:
        outcomes = pool.map(outcome, steps, chunksize=8)
    if options.refuted:
        options.refuted.write_text("\n\n".join(one.shown for one in outcomes if one.shown) + "\n")
    if options.most:
        print(page(outcomes))
        return 0
    RESULTS.write_text(page(outcomes), encoding="utf-8")
    print(f"{RESULTS.relative_to(ROOT)} is written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
