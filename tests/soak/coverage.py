"""What the reader makes of real derivations, by construct: ``python tests/soak/coverage.py`` writes tests/COVERAGE.md.

The corpus lies beside the project (``../shared/corpus``, or ``--corpus DIR``) and is no part of it: the page holds
counts only, none of its text. A step side is what a mechanical splitter found beside a relation in a displayed chain;
those of the course's weeks are cut by our own. Each side is

- read to a *tree* (syntax: the notation is known), then
- read to a *meaning*: a term, or statements where the side holds relations (with nothing declared);
- or *refused*, with a reason;
- and what was understood is printed and read again, with nothing declared; it *comes back* where that gives the same.

Whether a reading is the right one, no script can tell. Samples were drawn by a seed and judged by eye; what each draw
was made of stands at the top of its file in tests/cases/reading, and the page counts the judgements as they were made,
before the lessons of that sample were learned: *right*; *wrong*; *doubtful*, where the formula alone does not tell.
"""

from __future__ import annotations

import argparse
import datetime
import json
import math
import os
import platform
import re
import statistics
import subprocess
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.meaning.context import Context
from engine.meaning.elaborate import Reading, StatementsReading, read_statements, read_term
from engine.meaning.latex import statement_latex, term_latex
from engine.reading.chain import Chain
from engine.reading.document import read_document
from engine.reading.parser import read
from engine.span import Problem

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "tests" / "COVERAGE.md"
JUDGED = ROOT / "tests" / "cases" / "reading"
CORPUS = ROOT.parent / "shared" / "corpus"
NOTHING = Context()

# The constructs of DESIGN ("What real derivations use"), in its order; each is told from the text alone.
CONSTRUCTS: dict[str, str] = {
    'a symbol before "("': r"(?:[A-Za-z]|\})\s*\(",
    "subscripts": r"_",
    "fractions": r"\\[dt]?frac(?![a-z])|\\cfrac",
    "densities p(..)": r"(?<![A-Za-z\\])[pqf](?:_(?:\{[^{}]*\}|\\?\w+))?\s*\(",
    "bold vectors": r"\\(?:mathbf|boldsymbol|bm|pmb|bold)(?![a-z])",
    "Σ with bounds": r"\\sum\s*_\s*(?:\{[^{}]*=[^}]*\}|\w)\s*\^",
    "transpose": r"\^\s*\{?\s*(?:\\top|\\intercal|T(?![A-Za-z])|\\mathrm\s*\{?T|\\mathsf\s*\{?T|\\text\{T)",
    "conditional bar": r"\\mid|\\vert|(?<!\\)\|",
    "hats and bars": r"\\(?:hat|widehat|bar|overline|tilde|widetilde)(?![a-z])",
    "expectations": r"\\(?:mathbb|mathrm|operatorname)\s*\{?E(?![A-Za-z])|\\E(?![A-Za-z])|(?<![A-Za-z\\])E\s*\[",
    "logarithms": r"\\(?:ln|log)(?![a-z])",
    "exponentials": r"\\exp(?![a-z])|(?<![A-Za-z\\])e\s*\^|\\mathrm\{e\}\s*\^",
    "integrals": r"\\i{1,3}nt(?![a-z])",
    "x^{(i)}": r"\^\s*\{\s*[(\[][^{}()]*[)\]]\s*\}",
    "double sums": r"\\sum.*\\sum",
    "Σ without bounds": r"\\sum\s*(?:_\s*(?:\{[^{}=]*\}|\w)\s*(?!\s*\^)|(?!\s*[_^a-z]))",
    "inverses": r"\^\s*\{\s*-\s*1\s*\}",
    "partial derivatives": r"\\partial(?![a-z])",
    "double indices": r"_\s*\{\s*[a-z]\s*,?\s*[a-z]\s*\}",
    "ellipses": r"\\(?:[lcvd]?dots|dots[cbm])(?![a-z])|\.\.\.",
    "∼ N(..)": r"\\sim|\\mathcal\s*\{?N",
    "Var, Cov": r"(?i)\b(?:var|cov)\b|\{(?:var|cov)\}|\\(?:var|cov)(?![a-z])",
    "matrices": r"\\begin\{[bpvBV]?matrix\*?\}|\\begin\{(?:small)?array\}|\\begin\{smallmatrix\}",
    "Γ and binomials": r"\\Gamma|\\[dt]?binom|\\choose|\\mathrm\{B\}",
    "∏": r"\\prod(?![a-z])",
    "∇": r"\\nabla(?![a-z])",
    "norms": r"\\\||\\[lr]?Vert|\\norm",
    "determinants and traces": r"\\det(?![a-z])|\\(?:operatorname|mathrm)\{(?:tr|det|Tr)\}|\\tr(?![a-z])",
    "indicators, δ": r"\\mathbb\s*\{?1|\\mathbbm|\\mathbf\{1\}|\\delta_|\\mathbb\{I\}|\\mathds|\\indicator",
    "argmax": r"arg\s*\\?,?\s*\\?(?:max|min)|\\argm",
    "d/dx": r"\\frac\s*\{\s*(?:d|\\mathrm\s*\{?d\}?|\\text\{d\})(?![A-Za-z])",
    "limits": r"\\lim(?![a-z])",
    "cases": r"\\begin\{d?cases\}",
    "words": r"\\text\s*\{",
}
SIZES = re.compile(r"\\(?:left|right|middle|limits|nolimits|[bB]igg?[lrm]?)(?![A-Za-z])")
KNOWN = {name: re.compile(pattern, re.DOTALL) for name, pattern in CONSTRUCTS.items()}


@dataclass(frozen=True, slots=True)
class Side:
    """A step side, and the macros of its source as LaTeX."""

    text: str
    macros: str


@dataclass(frozen=True, slots=True)
class Outcome:
    constructs: tuple[str, ...]
    tree: bool
    meaning: bool
    back: bool
    reason: str
    seconds: float


# The corpus


def chain_sides(file: Path) -> Iterator[Side]:
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        macros = "\n".join(map(definition, row["macros"].items()))
        for step in row["steps"]:
            yield from (Side(step[side], macros) for side in ("lhs", "rhs"))


def definition(entry: tuple[str, Any]) -> str:
    """``\\newcommand`` for an entry of ``macros``: a body, or a body with its number of arguments and a default."""
    command, meaning = entry
    if isinstance(meaning, str):
        count = max((int(digit) for digit in re.findall(r"#(\d)", meaning)), default=0)
        meaning = {"nargs": count, "opt": None, "body": meaning}
    count, first = (f"[{value}]" if value else "" for value in (meaning["nargs"], meaning["opt"]))
    return rf"\newcommand{{{command}}}{count}{first}{{{meaning['body']}}}"


def week_sides(week: Path) -> Iterator[Side]:
    """The sides of what the week's sheets state, their questions and solutions included."""
    styles = sorted(week.parent.rglob("*.sty"))
    for sheet in sorted(week.glob("*.md")):
        document = read_document(sheet, styles)
        for formula in () if isinstance(document, Problem) else document.formulas:
            if isinstance(formula.chain, Chain):
                yield from (Side(text, document.macros) for text in stated(formula.chain))
            else:
                yield Side(formula.latex, document.macros)


def stated(chain: Chain) -> Iterator[str]:
    for statement in chain.statements:
        if statement.signs:
            yield from (item.latex for item in statement.items)


# One side


def outcome(side: Side) -> Outcome:
    plain = SIZES.sub("", side.text)
    present = tuple(name for name, pattern in KNOWN.items() if pattern.search(plain))
    tree = read(side.text, side.macros)
    started = time.process_time()
    meaning = understood(side)
    seconds = time.process_time() - started
    refused = isinstance(meaning, Problem)
    reason = general(meaning.message) if isinstance(meaning, Problem) else ""
    back = not isinstance(meaning, Problem) and comes_back(meaning)
    return Outcome(present, not isinstance(tree, Problem), not refused, back, reason, seconds)


def understood(side: Side) -> Reading | StatementsReading | Problem:
    found = read_term(side.text, NOTHING, side.macros)
    if not isinstance(found, Problem):
        return found
    stated = read_statements(side.text, NOTHING, side.macros)
    return found if isinstance(stated, Problem) else stated


def comes_back(meaning: Reading | StatementsReading) -> bool:
    if isinstance(meaning, Reading):
        again = read_term(term_latex(meaning.term), NOTHING)
        return isinstance(again, Reading) and again.term == meaning.term
    for statement in meaning.statements:
        stated = read_statements(statement_latex(statement), NOTHING)
        if not isinstance(stated, StatementsReading) or stated.statements != (statement,):
            return False
    return True


def general(message: str) -> str:
    """The message without what is special to one text, so that reasons can be counted and no text is kept."""
    bare = re.sub(r"\S*[\\_^{}]\S*|'.*?'|\d+", "…", message)
    return re.sub(r"(?<![A-Za-z])[A-Za-z](?:\([^)]*\))?(?![A-Za-z])(?<!\ba)(?<!\bA)", "…", bare)


# The page


def page(groups: dict[str, list[Outcome]]) -> str:
    every = [one for outcomes in groups.values() for one in outcomes]
    lines = [
        "# What the reader makes of real derivations",
        "",
        f"{datetime.date.today().isoformat()}, {commit()}; {machine()}.",
        "`python tests/soak/coverage.py` writes this page from the corpus beside the project; the script says what the",
        "columns mean. Counts only, none of the corpus' text. *Understood* does not say that a reading is right.",
        "",
        f"{time_words(every)}",
        "",
        *table("source", groups.items()),
        "",
        "## By construct (chains.jsonl and the weeks together)",
        "",
        *table("construct", ((name, [one for one in every if name in one.constructs]) for name in CONSTRUCTS)),
        "",
        "## Why sides are refused",
        "",
        "| sides | reason |",
        "|---:|---|",
        *(f"| {count} | {reason.replace('|', chr(92) + '|')} |" for reason, count in reasons(every)),
        "",
        "## Whether readings are right: samples judged by eye",
        "",
        "As judged before the lessons of the sample were learned; wrong in per cent, with 95 % by Wilson.",
        "",
        "| sample | sides | right | doubtful | wrong | wrong, in % |",
        "|---|---:|---:|---:|---:|---:|",
        *map(judged_row, sorted(JUDGED.glob("judged*.toml"))),
    ]
    return "\n".join(lines) + "\n"


def judged_row(file: Path) -> str:
    """The judgements of one sample, which was judged as read at the time."""
    found = tomllib.loads(file.read_text(encoding="utf-8"))["reading"]
    counts = Counter(one["judgement"] for one in found)
    low, high = wilson(counts["wrong"], len(found))
    rate = f"{100 * counts['wrong'] / len(found):.1f} ({100 * low:.1f} to {100 * high:.1f})"
    return f"| {file.stem} | {len(found)} | {counts['right']} | {counts['doubtful']} | {counts['wrong']} | {rate} |"


def wilson(hits: int, whole: int) -> tuple[float, float]:
    """The 95 % confidence interval of a share by Wilson's score (E. B. Wilson, J. Am. Stat. Assoc. 22, 1927).

    >>> [round(end, 3) for end in wilson(3, 100)]
    [0.01, 0.085]
    """
    z = 1.959964
    middle, wide = hits / whole + z * z / (2 * whole), z * z / whole
    spread = z * math.sqrt(hits / whole * (1 - hits / whole) / whole + wide / (4 * whole))
    return (middle - spread) / (1 + wide), (middle + spread) / (1 + wide)


def table(head: str, rows: Iterable[tuple[str, list[Outcome]]]) -> Iterator[str]:
    yield f"| {head} | sides | read to a tree | understood | refused | comes back |"
    yield "|---|---:|---:|---:|---:|---:|"
    for name, outcomes in rows:
        if outcomes:
            meaning = sum(one.meaning for one in outcomes)
            tree = share(sum(one.tree for one in outcomes), len(outcomes))
            back = share(sum(one.back for one in outcomes), meaning)
            read_to = f"{tree} | {share(meaning, len(outcomes))} | {len(outcomes) - meaning} | {back}"
            yield f"| {name} | {len(outcomes)} | {read_to} |"


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


def reasons(outcomes: list[Outcome]) -> list[tuple[str, int]]:
    return Counter(one.reason for one in outcomes if one.reason).most_common()


def time_words(outcomes: list[Outcome]) -> str:
    seconds = sorted(one.seconds for one in outcomes)
    late = seconds[int(0.99 * (len(seconds) - 1))]
    median = f"{1e6 * statistics.median(seconds):.0f} µs a side at the median"
    return f"Text to term, with the source's macros, in processor time: {median}, {1e6 * late:.0f} µs at 99 %."


def commit() -> str:
    asked = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    changed = subprocess.run([*asked[:3], "status", "--porcelain", "engine"], capture_output=True, check=False)
    more = " with changes" if changed.stdout.strip() else ""
    return f"commit {done.stdout.strip()}{more}" if done.returncode == 0 else "an unknown commit"


def machine() -> str:
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text().splitlines() if facts.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    processor = names[0] if names else platform.processor() or "unknown processor"
    return f"{processor}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def main() -> int:
    parser = argparse.ArgumentParser(description="What the reader makes of real derivations, by construct.")
    parser.add_argument("--corpus", type=Path, default=CORPUS, metavar="DIR", help="the folder with chains.jsonl")
    options = parser.parse_args()
    chains = options.corpus / "chains.jsonl"
    if not chains.exists():
        print("no corpus: expected chains.jsonl and the course's weeks in shared/corpus beside the project's folder;")
        print("it is not part of the project (name another folder with --corpus). tests/COVERAGE.md stays as it is.")
        return 2
    groups = {"chains.jsonl": [outcome(side) for side in chain_sides(chains)]}
    for week in sorted(options.corpus.glob("*/w[0-9][0-9]")):
        groups[f"course week {week.name[1:]}"] = [outcome(side) for side in week_sides(week)]
    RESULTS.write_text(page(groups), encoding="utf-8")
    print(f"{RESULTS.relative_to(ROOT)} is written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
