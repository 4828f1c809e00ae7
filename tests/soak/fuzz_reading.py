"""Throw a million mangled formulas at the reader: none may raise, hang, or take more than linear time.

``make soak`` runs it after the mutations of the kernel. Input number ``i`` of a seed is always the same: formulas of
``tests/cases`` (and of the corpus beside the project, where there is one) are cut into LaTeX tokens, which are
spliced, deleted, doubled, swapped, replaced, renamed and put into each other; now and then it is pure noise, a very
deep nesting, or a formula with mangled macros. Each input goes the whole road: ``read``, ``read_macros``,
``split_chain``, ``read_term`` (or, where it states something, ``read_statement`` and ``read_statements``),
``term_latex`` or ``statement_latex``, and what was printed is read again. A watchdog bounds each step of the road;
every 1,000th input is also repeated to two lengths, one twice the other, and may not take more than about twice the
time.

A finding is shortened as long as it fails in the same way, and kept once for each place in the code. What was found,
and how far the run came, is in ``build/soak``, so that an interrupted run goes on where it stopped; at the end a row
is written to ``tests/SOAK.md``. Exit code 1 when an input raised, hung or grew.

A print that reads back as another term is counted and kept as well; it is a bug of the printer or of the reader, but
not what this run is about (``tests/COVERAGE.md`` measures it on real formulas).
"""

from __future__ import annotations

import argparse
import datetime
import json
import random
import re
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import FrameType
from typing import TypeVar

from engine.meaning.context import Context
from engine.meaning.elaborate import Reading, StatementsReading, read_statement, read_statements, read_term
from engine.meaning.latex import statement_latex, term_latex
from engine.meaning.statement import Assertion, Equivalent, Implies, Statement
from engine.meaning.term import Term
from engine.reading.chain import split_chain
from engine.reading.document import read_document
from engine.reading.macro import read_macros
from engine.reading.parser import read
from engine.span import Problem

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests" / "cases"
CORPUS = ROOT.parent / "shared" / "corpus" / "chains.jsonl"
RESULTS = ROOT / "tests" / "SOAK.md"
STATE = ROOT / "build" / "soak"

NOTHING = Context()
SECONDS = 2.0  # of the processor, for one step of the road; a formula of the corpus takes 0.0001
EVERY = 1000  # one input in so many is measured for growth
SAVE_EVERY = 5000
LONG = 3000  # characters of the shorter of the two lengths
GROWTH = 3.0  # linear is 2; the rest is noise of the machine
KEPT = 40
DEEPEST = 6000
EXPLAINED = 20  # characters of an input that names a changed reading

TOKEN = re.compile(r"\\(?:begin|end)\{[a-z]+\*?\}|\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|[A-Za-z]|\s+|.", re.DOTALL)
WORDS = (
    r"\frac \left( \right) \left. \right| \bigl[ \bigr] \sum_{i=1}^N \sum \prod_i \int \int_0^1 dx \partial \nabla \lim"
    r" \text{if } \mathrm{d} \operatorname{tr} \mathbb{E} \hat \bar \vec \begin{pmatrix} \end{pmatrix} \begin{cases}"
    r" \end{cases} \begin{aligned} \end{aligned} & \\ \mid | \| \langle \rangle { } ( ) [ ] ^ _ ' ! , ; : = < > \le \ge"
    r" \ne \approx \sim \propto \in \to \Rightarrow \iff + - * / \cdot \times \circ \otimes \ldots \cdots \infty e \pi"
    r" x_i x^{(i)} 2 0.5 \, \quad \displaystyle \underbrace \overset{!}{=} \substack \stackrel \underset \not \sqrt"
    r" \binom \max \arg\max \operatorname*{argmin}_w \color{red} \label{a} \tag{1} % \over \choose \middle| \phantom #1"
    r" ~"
).split(" ")
NAMES = (
    *"abcdefgiklmnpxyzABCDEFHIKLNPTX",
    r"\lambda ",
    r"\theta ",
    r"\sigma ",
    r"\Sigma ",
    r"\epsilon ",
    "0",
    "1",
    "2",
    "12",
)
MACROS = (
    r"\newcommand{\la}{\lambda} \newcommand{\half}[1]{\frac{#1}{2}} \DeclareMathOperator{\Var}{Var}",
    r"\def\pair#1#2{\left(#1, #2\right)} \newcommand{\pow}[2][2]{#2^{#1}} \renewcommand{\epsilon}{\varepsilon}",
    r"\providecommand{\E}[1]{\mathbb{E}\left[#1\right]} \let\eps\epsilon \newcommand\bs[1]{\boldsymbol{#1}}",
    r"\newcommand{\loop}{\loop x} \newcommand{\twice}[1]{#1 #1} \newcommand{\more}{\twice{\twice{\twice{x}}}}",
)
USES = (r"\la", r"\half{x}", r"\Var(X)", r"\pair{a}{b}", r"\pow[3]{x}", r"\E{x}", r"\loop", r"\more", r"\bs x", r"\eps")
NOISE = "\\\\\\{}{}()[]^_^_&%$#~|'\"!?@`,.;:=<>+-*/0123456789abcdefinxyzNXΣλ∑∫≤≠√²′\u200b\u0301\n\t\x00\ud7ff🙂é"
NESTED = (
    ("{", "}"), ("(", ")"), ("[", "]"), (r"\left(", r"\right)"), (r"\frac{", "}{2}"), ("x^{", "}"), ("x_{", "}"),
    (r"\sqrt{", "}"), (r"\sum_{i=1}^N ", ""), (r"\int ", r"\,dx"), ("-", ""), (r"\ln ", ""), (r"\hat{", "}"),
    ("f(", ")"), ("|", "|"), (r"\|", r"\|"), (r"\begin{pmatrix}", r"\end{pmatrix}"), ("a^", ""), (r"\text{", "}"),
    ("x'", ""),
    (r"\mathbb{E}[", "]"), (r"\begin{cases}", r"\end{cases}"), (r"\left|", r"\right|"), ("1+", ""), ("a=", ""),
    (r"\frac{d}{dx}", ""), (r"\nabla ", ""), (r"\{", r"\}"), (r"\langle ", r"\rangle"), (r"\underbrace{", "}_{a}"),
    (r"\lim_{x\to 0}", ""), (r"\overset{!}{", "}"), (r"\mathrm{", "}"), ("p(x|", ")"), (r"\Bigl[", r"\Bigr]_0^1"),
)  # fmt: skip


class Hang(BaseException):
    """Raised by the watchdog; not an Exception, so that no handler on the road swallows it."""


@dataclass(slots=True)
class Finding:
    """A kind of failure: where it happened, the shortest input that shows it, and how often it was met."""

    kind: str
    key: str
    text: str
    macros: str
    met: int = 1


@dataclass(slots=True)
class Run:
    """How far a run with one seed came."""

    seed: int
    commits: list[str] = field(default_factory=list)
    done: int = 0
    seconds: float = 0.0
    trees: int = 0
    terms: int = 0
    changed: int = 0
    growths: int = 0
    worst_growth: float = 0.0
    slowest: float = 0.0
    findings: dict[str, Finding] = field(default_factory=dict)


# Inputs


def seeds() -> list[list[str]]:
    """The formulas to start from, as tokens: those of the project first, then those of the corpus."""
    return [TOKEN.findall(text) for text in (*own_formulas(), *corpus_formulas())]


def own_formulas() -> Iterator[str]:
    lines = (CASES / "reading" / "formulas.txt").read_text(encoding="utf-8").splitlines()
    yield from (line for line in lines if line and not line.startswith("%"))
    for path in sorted((CASES / "documents").rglob("*.*")):
        document = read_document(path)
        if not isinstance(document, Problem):
            yield from (formula.latex for formula in document.formulas)


def corpus_formulas() -> Iterator[str]:
    if CORPUS.exists():
        with CORPUS.open(encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                if len(row["latex"]) < 300:  # long ones would eat the time, and their sides come anyway
                    yield row["latex"]
                yield from (step[side] for step in row["steps"] for side in ("lhs", "rhs"))


def input_of(seed: int, number: int, formulas: list[list[str]]) -> tuple[str, str]:
    """The ``number``-th input of a seed, and macros to read it with (mostly none)."""
    dice = random.Random(seed * 1_000_003 + number)
    draw = dice.random()
    if draw < 0.04:
        return "".join(dice.choices(NOISE, k=dice.randrange(1, 120))), ""
    if draw < 0.05:
        return nesting(dice), ""
    pieces = min(dice.sample(formulas, 2), key=len)  # short ones show more in the same time
    for _ in range(dice.choice((1, 1, 1, 2, 4))):
        pieces = dice.choice(CHANGES)(dice, pieces, formulas)
    if draw < 0.09:
        pieces.insert(dice.randrange(len(pieces) + 1), dice.choice(USES) + " ")
        return "".join(pieces), mangled_macros(dice, formulas)
    return "".join(pieces), ""


def nesting(dice: random.Random) -> str:
    """Brackets of one or several kinds around a letter, sometimes thousands deep, sometimes one too many."""
    depth = dice.choice((3, 10, 40, 200, DEEPEST if dice.random() < 0.05 else 400))
    kinds = dice.choices(NESTED, k=dice.choice((1, 1, 2, 4)))
    chosen = [kinds[number % len(kinds)] for number in range(depth)]
    opened, closed = "".join(pair[0] for pair in chosen), "".join(pair[1] for pair in reversed(chosen))
    return opened + dice.choice(("x", "", "x_i", "a+b")) + closed[dice.choice((0, 0, 1)) :]


def mangled_macros(dice: random.Random, formulas: list[list[str]]) -> str:
    pieces = TOKEN.findall(dice.choice(MACROS))
    if dice.random() < 0.6:
        pieces = dice.choice(CHANGES)(dice, pieces, formulas)
    return "".join(pieces)


R = TypeVar("R")
Change = Callable[[random.Random, list[str], list[list[str]]], list[str]]


def spliced(dice: random.Random, pieces: list[str], formulas: list[list[str]]) -> list[str]:
    other = dice.choice(formulas)
    start = dice.randrange(len(other) + 1)
    return pieces[: dice.randrange(len(pieces) + 1)] + other[start : start + dice.randrange(1, 40)]


def without(dice: random.Random, pieces: list[str], _: list[list[str]]) -> list[str]:
    start = dice.randrange(len(pieces) + 1)
    return pieces[:start] + pieces[start + dice.choice((1, 1, 2, 5)) :]


def doubled(dice: random.Random, pieces: list[str], _: list[list[str]]) -> list[str]:
    start = dice.randrange(len(pieces) + 1)
    end = start + dice.choice((1, 1, 2, 8))
    return pieces[:end] + pieces[start:end] * dice.choice((1, 1, 2, 5)) + pieces[end:]


def swapped(dice: random.Random, pieces: list[str], _: list[list[str]]) -> list[str]:
    pieces = list(pieces)
    if pieces:
        first, second = dice.randrange(len(pieces)), dice.randrange(len(pieces))
        pieces[first], pieces[second] = pieces[second], pieces[first]
    return pieces


def inserted(dice: random.Random, pieces: list[str], _: list[list[str]]) -> list[str]:
    at = dice.randrange(len(pieces) + 1)
    return [*pieces[:at], dice.choice(WORDS) + " ", *pieces[at:]]


def replaced(dice: random.Random, pieces: list[str], _: list[list[str]]) -> list[str]:
    at = dice.randrange(len(pieces) + 1)
    return [*pieces[:at], dice.choice(WORDS) + " ", *pieces[at + 1 :]]


def noisy(dice: random.Random, pieces: list[str], _: list[list[str]]) -> list[str]:
    at = dice.randrange(len(pieces) + 1)
    return [*pieces[:at], *dice.choices(NOISE, k=dice.choice((1, 2, 4))), *pieces[at:]]


def wrapped(dice: random.Random, pieces: list[str], _: list[list[str]]) -> list[str]:
    start = dice.randrange(len(pieces) + 1)
    end = dice.randrange(start, len(pieces) + 1)
    before, after = dice.choice(NESTED)
    return [*pieces[:start], before, *pieces[start:end], after, *pieces[end:]]


def grafted(dice: random.Random, pieces: list[str], formulas: list[list[str]]) -> list[str]:
    """A letter becomes a whole formula, in brackets or not: mostly still a formula."""
    places = [at for at, piece in enumerate(pieces) if len(piece) == 1 and piece.isalpha()]
    if not places:
        return pieces
    at = dice.choice(places)
    before, after = dice.choice((("", ""), ("{", "}"), ("(", ")"), (r"\left(", r"\right)"), (r"\frac{", "}{y}")))
    return [*pieces[:at], before, *dice.choice(formulas)[:40], after, *pieces[at + 1 :]]


def renamed(dice: random.Random, pieces: list[str], _: list[list[str]]) -> list[str]:
    """A letter or a number becomes another one, everywhere."""
    names = [piece for piece in pieces if piece.isalnum()]
    if not names:
        return pieces
    old, new = dice.choice(names), dice.choice(NAMES)
    return [new if piece == old else piece for piece in pieces]


CHANGES: tuple[Change, ...] = (
    spliced, without, without, doubled, swapped, inserted, replaced, noisy, wrapped,
    grafted, grafted, grafted, renamed, renamed,
)  # fmt: skip


# The road


@dataclass(frozen=True, slots=True)
class Passed:
    tree: bool
    term: bool
    changed: str | None  # what was printed, where it did not read back as the same


def road(text: str, macros: str) -> Passed:
    """Everything that the reader does with a text; whatever is wrong is raised."""
    node = watched(lambda: read(text, macros))
    placed(node, text)
    if macros:
        placed(watched(lambda: read_macros(macros)), macros)
    placed(watched(lambda: split_chain(text)), text)
    if isinstance(node, Problem):
        return Passed(False, False, None)
    term = watched(lambda: read_term(text, NOTHING, macros))
    placed(term, text)
    if isinstance(term, Reading):
        return Passed(True, True, term_again(term.term))
    placed(watched(lambda: read_statement(text, NOTHING, macros)), text)
    stated = watched(lambda: read_statements(text, NOTHING, macros))
    placed(stated, text)
    if isinstance(stated, Problem):
        return Passed(True, False, None)
    return Passed(True, True, statements_again(stated.statements))


def term_again(term: Term) -> str | None:
    latex = watched(lambda: term_latex(term))
    again = watched(lambda: read_term(latex, NOTHING))
    return None if isinstance(again, Reading) and again.term == term else latex


def statements_again(statements: tuple[Statement | Assertion, ...]) -> str | None:
    """All together, since the whole text tells what a letter is; arrows one by one, since no sign joins two of them."""
    if len(statements) > 1 and any(isinstance(statement, Implies | Equivalent) for statement in statements):
        return next(filter(None, (statements_again((statement,)) for statement in statements)), None)
    latex = watched(lambda: r" \wedge ".join(map(statement_latex, statements)))
    again = watched(lambda: read_statements(latex, NOTHING))
    return None if isinstance(again, StatementsReading) and again.statements == statements else latex


def placed(result: object, text: str) -> None:
    """A problem must say something, and name a place inside the text."""
    if isinstance(result, Problem):
        assert result.message, "a Problem without a message"
        result.show(text)
        if result.span is not None and result.source in (None, text):
            assert 0 <= result.span.start <= result.span.end <= len(text), f"a place outside of the text: {result.span}"


def watched(step: Callable[[], R]) -> R:
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        return step()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def bark(_: int, __: FrameType | None) -> None:
    raise Hang


# Findings


def failure(text: str, macros: str) -> tuple[str, str] | None:
    """The kind and the place of what goes wrong, or None."""
    try:
        road(text, macros)
    except (Exception, Hang) as error:
        return described(error)
    return None


def described(error: BaseException) -> tuple[str, str]:
    frames = traceback.extract_tb(error.__traceback__)
    if isinstance(error, Hang):
        names = [frame.name for frame in frames if "engine" in frame.filename]
        return "hang", f"hang in {names[0] if names else '?'}"
    last = next((f for f in reversed(frames) if "engine" in Path(f.filename).parts), frames[-1])
    return "exception", f"{type(error).__name__} in {Path(last.filename).name}, {last.name}"


def shortened(text: str, still: Callable[[str], bool], seconds: float = 20.0) -> str:
    """The text without every token that the failure does not need."""
    until = time.monotonic() + seconds
    pieces = TOKEN.findall(text)
    size = max(1, len(pieces) // 2)
    while size and time.monotonic() < until:
        at = 0
        while at < len(pieces) and time.monotonic() < until:
            fewer = pieces[:at] + pieces[at + size :]
            if still("".join(fewer)):
                pieces = fewer
            else:
                at += size
        size //= 2
    return "".join(pieces)


def note(run: Run, kind: str, key: str, text: str, macros: str, still: Callable[[str], bool]) -> None:
    """Count a failure; shorten it where it is the first at its place."""
    known = run.findings.get(key)
    if known is not None:
        known.met += 1
        return
    if sum(finding.kind == kind for finding in run.findings.values()) < KEPT:
        short = shortened(text, still)
        run.findings[key] = Finding(kind, key, short, macros)
        print(f"{kind}: {key}: {short[:200]!r}{' with ' + repr(macros) if macros else ''}", flush=True)


def grows(text: str, macros: str) -> float:
    """How much longer twice the text takes, at best: about 2 where the time is linear."""
    part = text + " + "
    once = part * max(1, LONG // len(part))
    first, second = timed(once, macros), timed(once * 2, macros)
    return second / max(first, 1e-4)


def timed(text: str, macros: str) -> float:
    """The least of three times, of the processor: the machine is shared."""
    times = []
    for _ in range(3):
        started = time.process_time()
        read(text, macros)
        split_chain(text)
        read_term(text, NOTHING, macros)
        times.append(time.process_time() - started)
    return min(times)


def settled_growth(text: str, macros: str) -> float:
    """The growth; where it looks too large, the least of several measurements."""
    growth = grows(text, macros)
    for _ in range(3):
        if growth <= GROWTH:
            break
        growth = min(growth, grows(text, macros))
    return growth


def try_out(run: Run, number: int, text: str, macros: str) -> None:
    started = time.perf_counter()
    try:
        passed = road(text, macros)
    except (Exception, Hang) as error:
        kind, key = described(error)
        note(run, kind, key, text, macros, lambda fewer: failure(fewer, macros) == (kind, key))
        return
    run.slowest = max(run.slowest, time.perf_counter() - started)
    run.trees += passed.tree
    run.terms += passed.term
    if passed.changed is not None:
        run.changed += 1
        keep_changed(run, text, macros, passed.changed)
    if number % EVERY == 0 and text:
        measure(run, text, macros)


def measure(run: Run, text: str, macros: str) -> None:
    growth = settled_growth(text, macros)
    run.growths += 1
    run.worst_growth = max(run.worst_growth, growth)
    if growth > GROWTH:
        key = f"growth of {text[:30]!r}"
        note(run, "growth", key, text, macros, lambda fewer: bool(fewer) and settled_growth(fewer, macros) > GROWTH)


def keep_changed(run: Run, text: str, macros: str, printed: str) -> None:
    """The first few inputs whose print reads back as something else, shortened."""
    kept = [finding for finding in run.findings.values() if finding.kind == "changed"]
    if macros or len(kept) >= KEPT or len(printed) > 200:
        return
    short = shortened(text, is_changed, 1.0)
    key = f"changed: {short[:EXPLAINED]}"
    run.findings.setdefault(key, Finding("changed", key, short, ""))


def is_changed(text: str) -> bool:
    try:
        return road(text, "").changed is not None
    except (Exception, Hang):
        return False


# The run


def state_file(seed: int) -> Path:
    return STATE / f"fuzz-reading-{seed}.json"


def remembered(seed: int) -> Run:
    """The run so far: with other code as well, so that a bug that was mended need not cost the whole run again."""
    path = state_file(seed)
    if not path.exists():
        return Run(seed)
    saved = json.loads(path.read_text(encoding="utf-8"))
    return Run(**{**saved, "findings": {key: Finding(**value) for key, value in saved["findings"].items()}})


def save(run: Run) -> None:
    STATE.mkdir(parents=True, exist_ok=True)
    path = state_file(run.seed)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(asdict(run), ensure_ascii=False, indent=1), encoding="utf-8")
    fresh.replace(path)


def fuzz(run: Run, inputs: int) -> None:
    """Try inputs until ``inputs`` of this seed are done; the state is written every few thousand."""
    formulas = seeds()
    signal.signal(signal.SIGPROF, bark)
    started = time.process_time()
    while run.done < inputs:
        text, macros = input_of(run.seed, run.done, formulas)
        try_out(run, run.done, text, macros)
        run.done += 1
        if run.done % SAVE_EVERY == 0 or run.done == inputs:
            now = time.process_time()
            run.seconds, started = run.seconds + now - started, now
            save(run)
        if run.done % 50_000 == 0:
            print(f"{run.done:9,} inputs, {run.seconds:6.0f} s, {len(faults(run))} findings", flush=True)


def faults(run: Run) -> list[Finding]:
    return [finding for finding in run.findings.values() if finding.kind != "changed"]


def report(run: Run) -> str:
    found = faults(run)
    today = datetime.date.today().isoformat()
    lines = [
        f"## {today}, reader, seed {run.seed}: {run.done:,} inputs, {len(found)} findings",
        "",
        f"At {' and '.join(run.commits)}, {run.seconds:.0f} s of processor time; {run.trees:,} inputs read to a",
        f"tree, {run.terms:,} to a term or to statements. The slowest took {1000 * run.slowest:.0f} ms. Twice the",
        f"length took at most {run.worst_growth:.2f} times as long ({run.growths:,} inputs measured). Of those",
        f"understood, {run.changed:,} did not read back as the same when printed.",
    ]
    if found:
        lines += ["", "| what | met | shortest input |", "|---|---|---|", *map(row, found)]
    return "\n".join(lines) + "\n"


def row(finding: Finding) -> str:
    macros = f" with macros {shown(finding.macros)}" if finding.macros else ""
    return f"| {finding.key} | {finding.met} | {shown(finding.text)}{macros} |"


def shown(text: str) -> str:
    cut = text if len(text) <= 80 else text[:77] + "…"
    return "`" + cut.replace("|", r"\|").replace("\n", "⏎").replace("`", "'") + "`"


def commit() -> str:
    asked = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    return f"commit {done.stdout.strip()}" if done.returncode == 0 else "an unknown commit"


def main() -> int:
    parser = argparse.ArgumentParser(description="Mangled formulas through the reader.")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--inputs", type=int, default=1_000_000, help="inputs in all, those done before among them")
    parser.add_argument("--afresh", action="store_true", help="forget what was done before with this seed")
    parser.add_argument("--no-record", action="store_true", help=f"leave {RESULTS.relative_to(ROOT)} alone")
    options = parser.parse_args()
    run = Run(options.seed) if options.afresh else remembered(options.seed)
    if run.done >= options.inputs and commit() not in run.commits:  # complete, but of other code
        run = Run(options.seed)
    begun = run.done
    if begun < options.inputs and commit() not in run.commits:
        run.commits.append(commit())
    try:
        fuzz(run, options.inputs)
    except KeyboardInterrupt:
        print(f"interrupted after {run.done:,} inputs; the same command goes on from the last {SAVE_EVERY:,}")
        return 130
    result = report(run)
    if not options.no_record and run.done > begun:
        RESULTS.write_text(RESULTS.read_text(encoding="utf-8").rstrip() + "\n\n" + result, encoding="utf-8")
    print(result)
    return 1 if faults(run) else 0


if __name__ == "__main__":
    sys.exit(main())
