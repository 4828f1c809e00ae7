"""Break the kernel on purpose, one line at a time: every break must fail a test of the kernel or of what it decides.

``make soak`` runs it. A seed, not a person, chooses the mutations over all files of ``engine/kernel/``. Each is
planted in a temporary copy of the tree, and the tests that execute its line are run there (``mutated_tests.py``). The
result is appended to ``tests/SOAK.md``; what is already known about the same tree is kept in ``build/soak``, so that
an interrupted run goes on where it stopped. The diff of every survivor is printed: write the test that catches it, or,
where the break changes nothing that can be seen, say why in ``tests/soak/equivalent.toml``.

Exit code 0 when every mutation was caught or is listed as changing nothing, 1 otherwise.
"""

from __future__ import annotations

import argparse
import ast
import compileall
import datetime
import difflib
import hashlib
import json
import py_compile
import random
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.soak.mutated_tests import KERNEL, Watched, run_tests, watch

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("engine", "derivations", "report_templates", "tests")
DECIDING = ("engine/**/*.py", "tests/kernel/*.py", "tests/*.py", "tests/cases/claims/*")
RESULTS = ROOT / "tests" / "SOAK.md"
EQUIVALENT = ROOT / "tests" / "soak" / "equivalent.toml"
OUTCOMES = ROOT / "build" / "soak" / "mutations.json"
WATCHED = ROOT / "build" / "soak" / "watched.json"


@dataclass(frozen=True, slots=True)
class Mutation:
    """``before`` becomes ``after`` on one line of a file, whose text is given without its margins.

    Columns count bytes of UTF-8, as ``ast`` does.
    """

    file: str
    line: int
    start: int
    end: int
    operator: str
    before: str
    after: str
    text: str

    @property
    def key(self) -> str:
        return f"{self.file}:{self.line}:{self.start}: {self.before} → {self.after}"

    def apply(self, source: str) -> str:
        lines = source.splitlines(keepends=True)
        text = lines[self.line - 1].encode()
        lines[self.line - 1] = (text[: self.start] + self.after.encode() + text[self.end :]).decode()
        return "".join(lines)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What caught a mutation, or what did not, and in how many seconds."""

    mutation: Mutation
    caught: bool
    how: str
    seconds: float

    @property
    def said(self) -> str:
        return f"{'caught  ' if self.caught else 'SURVIVED'} {self.mutation.key}  ({self.how})"


# Candidates

COMPARISONS: dict[type[ast.cmpop], tuple[str, ...]] = {
    ast.Eq: ("!=",),
    ast.NotEq: ("==",),
    ast.Lt: ("<=", ">="),
    ast.LtE: ("<", ">"),
    ast.Gt: (">=", "<="),
    ast.GtE: (">", "<"),
    ast.In: ("not in",),
    ast.NotIn: ("in",),
    ast.Is: ("is not",),
    ast.IsNot: ("is",),
}
ARITHMETIC: dict[type[ast.operator], str] = {
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "+",
    ast.Div: "*",
    ast.FloorDiv: "*",
    ast.Mod: "*",
    ast.Pow: "*",
}
TWINS = {"all": "any", "any": "all", "min": "max", "max": "min"}


def changes(node: ast.AST) -> Iterator[tuple[str, str]]:
    """The single changes of one node: the operator's name, and the new text of the node."""
    match node:
        case ast.Compare(left, [operator], [right]):
            for sign in COMPARISONS[type(operator)]:
                yield "comparison", f"{ast.unparse(left)} {sign} {ast.unparse(right)}"
        case ast.BinOp(left, operator, right) if type(operator) in ARITHMETIC:
            yield "arithmetic", f"({ast.unparse(left)}) {ARITHMETIC[type(operator)]} ({ast.unparse(right)})"
        case ast.BoolOp(operator, values):
            other = " or " if isinstance(operator, ast.And) else " and "
            yield "and/or", "(" + other.join(f"({ast.unparse(value)})" for value in values) + ")"
            yield "dropped condition", ast.unparse(ast.BoolOp(operator, values[1:]) if len(values) > 2 else values[1])
            yield "dropped condition", ast.unparse(ast.BoolOp(operator, values[:-1]) if len(values) > 2 else values[0])
        case ast.UnaryOp(ast.Not() | ast.USub(), operand):
            yield "dropped sign", f"({ast.unparse(operand)})"
        case ast.IfExp(test, body, orelse):
            yield "swapped branches", ast.unparse(ast.IfExp(test, orelse, body))
        case ast.Constant(bool() as value):
            yield "constant", str(not value)
        case ast.Constant(int() as value):
            yield "constant", str(value + 1)
            yield "constant", f"({value - 1})"
        case ast.Call(ast.Name(name), arguments, keywords) if name in TWINS:
            yield "twin function", ast.unparse(ast.Call(ast.Name(TWINS[name]), arguments, keywords))
        case ast.Raise():
            yield "dropped raise", "pass"
        case ast.Expr(ast.Call() | ast.Yield() | ast.YieldFrom()) | ast.AugAssign():
            yield "removed statement", "pass"
        case ast.Continue():
            yield "removed statement", "pass"


def conditions(tree: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    """What decides a branch or is the answer of a condition, with the value that it is replaced by."""
    for node in ast.walk(tree):
        match node:
            case ast.If(test=test) | ast.match_case(guard=ast.expr() as test):
                yield test, "True"
                yield test, "False"
            case ast.comprehension(ifs=tests):
                yield from ((test, "True") for test in tests)
            case ast.FunctionDef(returns=ast.Name("bool")):
                yield from answers(node)


def answers(function: ast.FunctionDef) -> Iterator[tuple[ast.expr, str]]:
    """What a function that says yes or no returns."""
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and node.value is not None:
            yield from ((node.value, new) for new in ("True", "False") if ast.unparse(node.value) != new)


def candidates(file: str, source: str) -> list[Mutation]:
    """Every mutation of one file that fits on a line, in the order of the text."""
    tree = ast.parse(source)
    untouched = {id(node) for part in silent_parts(tree) for node in ast.walk(part)}
    found = [(node, operator, new) for node in ast.walk(tree) for operator, new in changes(node)]
    found += [(test, "decided condition", new) for test, new in conditions(tree)]
    lines = [line.encode() for line in source.splitlines()]
    made = [
        mutation(file, lines, node, operator, new)
        for node, operator, new in found
        if id(node) not in untouched and node.lineno == node.end_lineno
    ]
    unique = {change.key: change for change in made}
    return sorted(unique.values(), key=lambda change: (change.line, change.start, change.after))


def mutation(file: str, lines: list[bytes], node: ast.AST, operator: str, new: str) -> Mutation:
    line = lines[node.lineno - 1]
    before = line[node.col_offset : node.end_col_offset].decode()
    return Mutation(
        file, node.lineno, node.col_offset, node.end_col_offset, operator, before, new, line.decode().strip()
    )


def parses(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def silent_parts(tree: ast.AST) -> Iterator[ast.AST]:
    """Annotations, decorators, messages of errors: changing them changes no verdict."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(args=arguments, returns=returns, decorator_list=decorators):
                yield from decorators
                yield from (
                    arg.annotation for arg in ast.walk(arguments) if isinstance(arg, ast.arg) and arg.annotation
                )
                if returns is not None:
                    yield returns
            case ast.ClassDef(decorator_list=decorators):
                yield from decorators
            case ast.AnnAssign(annotation=annotation):
                yield annotation
            case ast.Raise(exc=ast.expr() as error):
                yield error
            case ast.JoinedStr():
                yield node
            case ast.If(test=test) if "TYPE_CHECKING" in ast.unparse(test):
                yield node


def chosen(seed: int, count: int) -> list[Mutation]:
    """One mutation of each kernel file, then from all of them, operator by operator; no two on the same line."""
    dice = random.Random(seed)
    sources = {path: (ROOT / path).read_text(encoding="utf-8") for path in kernel_files()}
    every = [candidates(path, source) for path, source in sources.items()]
    first = [dice.choice(found) for found in every if found]
    rest = dealt(dice, [change for found in every for change in found])
    by_line: dict[tuple[str, int], Mutation] = {}
    for change in first + rest:
        if len(by_line) < count and parses(change.apply(sources[change.file])):
            by_line.setdefault((change.file, change.line), change)
    return list(by_line.values())


def dealt(dice: random.Random, changes_found: list[Mutation]) -> list[Mutation]:
    """Shuffled, and then one of each operator in turn: a third of all candidates are constants, many of them limits."""
    dice.shuffle(changes_found)
    seen: Counter[str] = Counter()
    order = []
    for change in changes_found:
        seen[change.operator] += 1
        order.append((seen[change.operator], change))
    return [change for _, change in sorted(order, key=lambda pair: pair[0])]


def kernel_files() -> list[str]:
    return sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / KERNEL).rglob("*.py"))


# Runs


def reach(source: str, line: int) -> range:
    """The lines of the statement that a line belongs to; of one that holds others, the lines of its head.

    >>> reach("if (a\\n    and b):\\n    c = (0,\\n      1)\\n", 4)
    range(3, 5)
    """
    found = range(line, line + 1)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.stmt | ast.match_case):
            first = (node.pattern if isinstance(node, ast.match_case) else node).lineno
            last = max(first, node.body[0].lineno - 1) if hasattr(node, "body") else node.end_lineno
            if first <= line <= last:
                found = range(first, last + 1)
    return found


def copy_of_the_tree(place: Path) -> Path:
    for folder in COPIED:
        shutil.copytree(ROOT / folder, place / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", place)
    # Bytecode that is valid by the digest of its source: a file that changes twice within a second has the same date.
    compileall.compile_dir(place / "engine", quiet=1, invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH)
    return place


def try_out(copy: Path, change: Mutation, watched: Watched) -> Outcome:
    path = copy / change.file
    source = path.read_text(encoding="utf-8")
    lines = reach(source, change.line)
    started = time.monotonic()
    path.write_text(change.apply(source), encoding="utf-8")
    try:
        failed = run_tests(copy, watched.order(change.file, lines), watched)
    finally:
        path.write_text(source, encoding="utf-8")
    how = failed or f"{len(watched.executing(change.file, lines))} tests execute it"
    return Outcome(change, bool(failed), how, time.monotonic() - started)


# What is known already


def fingerprint() -> str:
    """One digest of what the outcome depends on: the engine and the tests that are run."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in DECIDING for path in ROOT.glob(pattern)):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def known(file: Path, digest: str) -> Any:
    """What was kept of the same tree, or None."""
    if not file.exists():
        return None
    kept = json.loads(file.read_text(encoding="utf-8"))
    return kept["known"] if kept["tree"] == digest else None


def keep(file: Path, digest: str, what: object) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"tree": digest, "known": what}, ensure_ascii=False, indent=1), encoding="utf-8")


def watched_tests(copy: Path, digest: str) -> Watched:
    if kept := known(WATCHED, digest):
        return Watched(**kept)
    watched = watch(copy)
    keep(WATCHED, digest, watched.data())
    return watched


def run(changes_to_try: list[Mutation], say: Callable[[str], None]) -> list[Outcome]:
    digest = fingerprint()
    seen = known(OUTCOMES, digest) or {}
    missing = [change for change in changes_to_try if change.key not in seen]
    if missing:
        with tempfile.TemporaryDirectory(prefix="quod-soak-") as place:
            copy = copy_of_the_tree(Path(place).resolve())
            watched = watched_tests(copy, digest)
            say(f"{len(missing)} mutations to try, {len(watched.seconds)} tests")
            for number, change in enumerate(missing, start=1):
                outcome = try_out(copy, change, watched)
                seen[change.key] = outcome.caught, outcome.how, outcome.seconds
                keep(OUTCOMES, digest, seen)
                say(f"{number:3}/{len(missing)} {outcome.seconds:5.1f} s {outcome.said}")
    return [Outcome(change, *seen[change.key]) for change in changes_to_try]


# Results


def excused() -> dict[tuple[str, str, str, str], str]:
    """Why a mutation changes nothing, by file, text of the line, and what became what (lines move, so no numbers)."""
    entries = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8")).get("mutation", [])
    return {tuple(entry[name] for name in ("file", "line", "before", "after")): entry["why"] for entry in entries}


def reason(change: Mutation, reasons: dict[tuple[str, str, str, str], str]) -> str | None:
    return reasons.get((change.file, change.text, change.before, change.after))


def table(outcomes: list[Outcome], reasons: dict[tuple[str, str, str, str], str]) -> str:
    """How many mutations of each operator were caught, and a row for each that was not."""
    tried = Counter(outcome.mutation.operator for outcome in outcomes)
    caught = Counter(outcome.mutation.operator for outcome in outcomes if outcome.caught)
    counts = [f"| {operator} | {number} | {caught[operator]} |" for operator, number in tried.most_common()]
    rows = [row(outcome, reason(outcome.mutation, reasons)) for outcome in outcomes if not outcome.caught]
    parts = ["| operator | tried | caught |\n|---|---:|---:|", *counts]
    return "\n".join(
        parts + (["\n| place | before | after | why no test fails |\n|---|---|---|---|", *rows] if rows else [])
    )


def row(outcome: Outcome, why: str | None) -> str:
    change = outcome.mutation
    place = f"{change.file.removeprefix(KERNEL + '/')}:{change.line}"
    cells = (place, code(change.before), code(change.after), why or f"**survived**: {outcome.how}")
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def code(text: str) -> str:
    return f"`{text if len(text) <= 60 else text[:57] + '…'}`"


def heading(outcomes: list[Outcome], seed: int, survivors: int) -> str:
    files = len({outcome.mutation.file for outcome in outcomes})
    caught = sum(outcome.caught for outcome in outcomes)
    minutes = sum(outcome.seconds for outcome in outcomes) / 60
    asked = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip() or "unknown"
    return (
        f"{datetime.date.today().isoformat()}, mutations, seed {seed}, commit {commit}\n\n"
        f"{len(outcomes)} in {files} files: {caught} caught, {len(outcomes) - caught - survivors} change nothing, "
        f"{survivors} survived. It took {minutes:.0f} minutes on one processor, beside the run that watches the tests."
    )


def diff(change: Mutation) -> str:
    before = (ROOT / change.file).read_text(encoding="utf-8")
    lines = before.splitlines(keepends=True), change.apply(before).splitlines(keepends=True)
    return "".join(difflib.unified_diff(*lines, f"a/{change.file}", f"b/{change.file}"))


def main() -> int:
    parser = argparse.ArgumentParser(description="Plant single-line mutations in the kernel; its tests must fail.")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--count", type=int, default=300, help="how many mutations (default 300)")
    parser.add_argument("--list", action="store_true", help="print the chosen mutations and stop")
    parser.add_argument("--no-record", action="store_true", help=f"leave {RESULTS.relative_to(ROOT)} alone")
    options = parser.parse_args()
    mutations = chosen(options.seed, options.count)
    if options.list:
        print("\n".join(change.key for change in mutations))
        return 0
    outcomes = run(mutations, lambda line: print(line, flush=True))
    reasons = excused()
    survivors = [outcome for outcome in outcomes if not outcome.caught and not reason(outcome.mutation, reasons)]
    result = f"## {heading(outcomes, options.seed, len(survivors))}\n\n{table(outcomes, reasons)}\n"
    if not options.no_record:
        RESULTS.write_text(RESULTS.read_text(encoding="utf-8").rstrip() + "\n\n" + result, encoding="utf-8")
    for outcome in survivors:
        print(f"\nsurvived ({outcome.mutation.operator}; {outcome.how}):\n{diff(outcome.mutation)}")
    print(result)
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
