"""Break the kernel on purpose, one line at a time: every break must fail a test of ``tests/kernel``.

``make soak`` runs it. A seed, not a person, chooses the mutations over all files of ``engine/kernel/``. Each is
planted in a temporary copy of the tree and the kernel's tests are run there. The table of results is appended to
``tests/SOAK.md``; what is already known about the same tree is kept in ``build/soak/state.json``, so that an
interrupted run goes on where it stopped. The diff of every survivor is printed: write the test that catches it, or,
where the break changes nothing that can be seen, say why in ``tests/soak/equivalent.toml``.

Exit code 0 when every mutation was caught or is listed as changing nothing, 1 otherwise.
"""

from __future__ import annotations

import argparse
import ast
import datetime
import difflib
import hashlib
import json
import os
import random
import re
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

ROOT = Path(__file__).resolve().parents[2]
KERNEL = Path("engine/kernel")
COPIED = ("engine", "derivations", "report_templates", "tests")
RESULTS = ROOT / "tests" / "SOAK.md"
EQUIVALENT = ROOT / "tests" / "soak" / "equivalent.toml"
STATE = ROOT / "build" / "soak" / "state.json"


@dataclass(frozen=True, slots=True)
class Mutation:
    """``before`` becomes ``after`` on one line of a file; columns count bytes of UTF-8, as ``ast`` does."""

    file: str
    line: int
    start: int
    end: int
    operator: str
    before: str
    after: str

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
    mutation: Mutation
    caught: bool
    how: str


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
    before = lines[node.lineno - 1][node.col_offset : node.end_col_offset].decode()
    return Mutation(file, node.lineno, node.col_offset, node.end_col_offset, operator, before, new)


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


def run_tests(copy: Path, timeout: float) -> tuple[bool, str]:
    """Whether the kernel's tests pass in the copy, and else which one failed first."""
    command = [sys.executable, "-m", "pytest", "tests/kernel", "-x", "-q", "-n", "0", "-p", "no:cacheprovider"]
    # A file that changes twice within a second with its size unchanged would be taken from stale bytecode.
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(copy)}
    try:
        done = subprocess.run(
            [*command, "--hypothesis-seed=0"],
            cwd=copy,
            env=environment,
            timeout=timeout,
            capture_output=True,
            text=True,
        )
    except subprocess.TimeoutExpired:
        return False, f"no end within {timeout:.0f} s"
    if done.returncode == 0:
        return True, ""
    failed = re.search(r"^(?:FAILED|ERROR) (?:tests/kernel/)?(\S+)", done.stdout, re.MULTILINE)
    return False, failed.group(1) if failed else f"pytest ended with code {done.returncode}"


def copy_of_the_tree(place: Path) -> Path:
    for folder in COPIED:
        if (ROOT / folder).is_dir():
            shutil.copytree(ROOT / folder, place / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "conftest.py"):
        if (ROOT / file).is_file():
            shutil.copy(ROOT / file, place / file)
    return place


def baseline(copy: Path) -> float:
    """Seconds that the tests take without a mutation; ends the run where they fail, or test another tree."""
    where = subprocess.run(
        [sys.executable, "-c", "import engine.kernel; print(engine.kernel.__file__)"],
        cwd=copy, env=os.environ | {"PYTHONPATH": str(copy)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    if not Path(where.stdout.strip()).resolve().is_relative_to(copy.resolve()):
        raise SystemExit(f"the tests would run on {where.stdout.strip()}, not on the copy in {copy}")
    started = time.monotonic()
    passed, failed = run_tests(copy, 1800)
    if not passed:
        raise SystemExit(f"the kernel's tests fail before anything is broken: {failed}")
    return time.monotonic() - started


def try_out(copy: Path, change: Mutation, timeout: float) -> Outcome:
    path = copy / change.file
    source = path.read_text(encoding="utf-8")
    path.write_text(change.apply(source), encoding="utf-8")
    try:
        passed, how = run_tests(copy, timeout)
    finally:
        path.write_text(source, encoding="utf-8")
    return Outcome(change, not passed, how)


# What is known already


def fingerprint() -> str:
    """One digest of what the outcome depends on: the engine and the kernel's tests."""
    digest = hashlib.sha256()
    for folder in (ROOT / "engine", ROOT / "tests" / "kernel"):
        for path in sorted(folder.rglob("*.py")):
            digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def known(digest: str) -> dict[str, tuple[bool, str]]:
    if not STATE.exists():
        return {}
    state = json.loads(STATE.read_text(encoding="utf-8"))
    return {key: (caught, how) for key, (caught, how) in state["outcomes"].items()} if state["tree"] == digest else {}


def remember(digest: str, outcomes: dict[str, tuple[bool, str]]) -> None:
    STATE.parent.mkdir(parents=True, exist_ok=True)
    STATE.write_text(json.dumps({"tree": digest, "outcomes": outcomes}, ensure_ascii=False, indent=1), encoding="utf-8")


def excused() -> dict[tuple[str, str, str], str]:
    """Why a mutation changes nothing, by file, text before and text after (lines move, so no numbers)."""
    if not EQUIVALENT.exists():
        return {}
    entries = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8")).get("mutation", [])
    return {(entry["file"], entry["before"], entry["after"]): entry["why"] for entry in entries}


def run(changes_to_try: list[Mutation], say: Callable[[str], None]) -> list[Outcome]:
    digest = fingerprint()
    seen = known(digest)
    missing = [change for change in changes_to_try if change.key not in seen]
    if missing:
        with tempfile.TemporaryDirectory(prefix="quod-soak-") as place:
            copy = copy_of_the_tree(Path(place))
            seconds = baseline(copy)
            say(f"{len(missing)} mutations to try; the tests take {seconds:.1f} s without one")
            for number, change in enumerate(missing, start=1):
                outcome = try_out(copy, change, max(60.0, 5 * seconds))
                seen[change.key] = outcome.caught, outcome.how
                remember(digest, seen)
                say(f"{number:3}/{len(missing)} {'caught  ' if outcome.caught else 'SURVIVED'} {change.key}")
    return [Outcome(change, *seen[change.key]) for change in changes_to_try]


# Results


def row(outcome: Outcome, why: str | None) -> str:
    change = outcome.mutation
    result = outcome.how if outcome.caught else f"changes nothing: {why}" if why else "**survived**"
    cells = (
        f"{Path(change.file).name}:{change.line}",
        change.operator,
        code(change.before),
        code(change.after),
        result,
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def code(text: str) -> str:
    return f"`{text if len(text) <= 60 else text[:57] + '…'}`"


def table(outcomes: list[Outcome], seed: int, reasons: dict[tuple[str, str, str], str]) -> str:
    caught = sum(outcome.caught for outcome in outcomes)
    rows = [row(outcome, reason_for(outcome, reasons)) for outcome in outcomes]
    excuses = sum(not outcome.caught and reason_for(outcome, reasons) is not None for outcome in outcomes)
    head = (
        f"## {datetime.date.today().isoformat()}, seed {seed}: {len(outcomes)} mutations, {caught} caught, "
        f"{excuses} change nothing, {len(outcomes) - caught - excuses} survived\n\n"
        "| place | operator | before | after | caught by |\n|---|---|---|---|---|\n"
    )
    return head + "\n".join(rows) + "\n"


def reason_for(outcome: Outcome, reasons: dict[tuple[str, str, str], str]) -> str | None:
    change = outcome.mutation
    return reasons.get((change.file, change.before, change.after))


def diff(change: Mutation) -> str:
    before = (ROOT / change.file).read_text(encoding="utf-8")
    lines = before.splitlines(keepends=True), change.apply(before).splitlines(keepends=True)
    return "".join(difflib.unified_diff(*lines, f"a/{change.file}", f"b/{change.file}"))


def main() -> int:
    parser = argparse.ArgumentParser(description="Plant single-line mutations in the kernel; its tests must fail.")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--count", type=int, default=48, help="how many mutations (default 48)")
    parser.add_argument("--list", action="store_true", help="print the chosen mutations and stop")
    parser.add_argument("--no-record", action="store_true", help=f"leave {RESULTS.relative_to(ROOT)} alone")
    options = parser.parse_args()
    mutations = chosen(options.seed, options.count)
    if options.list:
        print("\n".join(change.key for change in mutations))
        return 0
    outcomes = run(mutations, lambda line: print(line, flush=True))
    reasons = excused()
    result = table(outcomes, options.seed, reasons)
    if not options.no_record:
        RESULTS.write_text(RESULTS.read_text(encoding="utf-8").rstrip() + "\n\n" + result, encoding="utf-8")
    survivors = [outcome for outcome in outcomes if not outcome.caught and reason_for(outcome, reasons) is None]
    for outcome in survivors:
        print(f"\nsurvived ({outcome.mutation.operator}):\n{diff(outcome.mutation)}")
    print(result.splitlines()[0].removeprefix("## "))
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
