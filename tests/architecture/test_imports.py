"""Who may know whom: the table of ARCHITECTURE.md, held for every file of ``engine/`` and ``derivations/``.

Imports are read from the syntax tree, those inside functions and ``importlib.import_module("...")`` among them, so
that a lazy import is no way around the table. Each rule is also broken on purpose in a copy of the tree.
"""

from __future__ import annotations

import ast
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = ("engine", "derivations", "report_templates")
HEAVY = ("sympy", "torch", "torchvision", "flint", "numpy", "mpmath", "jinja2", "math_core")


@dataclass(frozen=True, slots=True)
class Room:
    """What the files of a room may import: modules of ours (with all that is inside them) and other packages.

    ``standard`` limits the standard library; ``None`` leaves it open. ``light`` rooms import nothing heavy at the
    top of a module.
    """

    ours: tuple[str, ...]
    others: tuple[str, ...] = ()
    standard: tuple[str, ...] | None = None
    light: bool = False


KERNEL_STANDARD = (
    "__future__",
    "collections",
    "contextlib",
    "dataclasses",
    "enum",
    "fractions",
    "functools",
    "itertools",
    "math",
    "operator",
    "typing",
)
TO_THE_JUDGE = (
    "engine.span",
    "engine.reading",
    "engine.meaning",
    "engine.kernel",
    "engine.provers",
    "engine.numerics",
    "engine.sympy_bridge",
    "engine.derivation",
    "engine.record",
    "engine.judge",
    "engine.wording",
)

ROOMS = {
    "engine": Room(("engine",), light=True),
    "engine.span": Room((), light=True),
    "engine.reading": Room(("engine.span", "engine.reading"), light=True),
    "engine.meaning": Room(
        ("engine.span", "engine.reading.tree", "engine.reading.parser", "engine.meaning"), light=True
    ),
    "engine.reading_command": Room(("engine.span", "engine.reading", "engine.meaning"), light=True),
    "engine.second_reader": Room(("engine.span",), light=True),
    "engine.kernel": Room(("engine.meaning", "engine.kernel"), standard=KERNEL_STANDARD, light=True),
    "engine.provers": Room(
        (
            "engine.meaning",
            "engine.kernel.certificate",
            "engine.kernel.theorems",
            "engine.kernel.unproved",
            "engine.kernel.verify",
            "engine.provers",
        ),
        ("sympy", "flint"),
    ),
    "engine.numerics": Room(
        ("engine.span", "engine.meaning", "engine.numerics"), ("numpy", "flint", "mpmath", "torch", "torchvision")
    ),
    "engine.sympy_bridge": Room(("engine.meaning",), ("sympy",)),
    "engine.derivation": Room(("engine.meaning", "engine.kernel.certificate"), light=True),
    "engine.record": Room(
        (
            "engine.span",
            "engine.meaning",
            "engine.kernel.certificate",
            "engine.kernel.verdict",
            "engine.kernel.check",
            "engine.derivation",
            "engine.record",
        ),
        light=True,
    ),
    "engine.wording": Room(
        ("engine.meaning", "engine.kernel.certificate", "engine.kernel.theorems", "engine.kernel.verdict"), light=True
    ),
    "engine.judge": Room(("engine.meaning", "engine.kernel", "engine.provers", "engine.derivation"), light=True),
    "engine.checking": Room(
        (
            "engine.span",
            "engine.reading",
            "engine.meaning",
            "engine.kernel.certificate",
            "engine.kernel.verdict",
            "engine.judge",
            "engine.wording",
            "engine.checking",
        ),
        ("pebble",),
        light=True,
    ),
    "engine.grading": Room((*TO_THE_JUDGE, "engine.grading")),
    "engine.sheets": Room((*TO_THE_JUDGE, "engine.sheets", "report_templates"), ("jinja2", "math_core")),
    "engine.cli": Room(("engine",), light=True),
    "derivations": Room(("engine", "derivations"), ("sympy", "numpy")),
}


@dataclass(frozen=True, slots=True)
class Import:
    line: int
    module: str
    name: str | None
    at_top: bool


@dataclass(frozen=True, slots=True)
class Violation:
    module: str
    line: int
    reason: str


def module_name(root: Path, path: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(module: str) -> str | None:
    """The first two parts name the room; every exercise lives in ``derivations``."""
    parts = module.split(".")
    name = parts[0] if parts[0] == "derivations" else ".".join(parts[:2])
    return name if name in ROOMS else None


def imports_of(root: Path, path: Path) -> Iterator[Import]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    later = {id(node) for block in blocks_run_later(tree) for node in ast.walk(block)}
    for node in ast.walk(tree):
        for module, name in imported_by(root, path, node):
            yield Import(node.lineno, module, name, id(node) not in later)


def blocks_run_later(tree: ast.AST) -> Iterator[ast.AST]:
    """Function bodies, and what stands under ``if TYPE_CHECKING``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield node
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from node.body


def imported_by(root: Path, path: Path, node: ast.AST) -> Iterator[tuple[str, str | None]]:
    """The modules that the node imports, each with the name taken out of it."""
    match node:
        case ast.Import(names):
            yield from ((alias.name, None) for alias in names)
        case ast.ImportFrom(module, names, level):
            base = absolute(root, path, module, level)
            for alias in names:
                inner = f"{base}.{alias.name}"
                yield (inner, None) if is_module(root, inner) else (base, alias.name)
        case ast.Call(ast.Name("import_module" | "__import__") | ast.Attribute(attr="import_module"), [first, *_]):
            yield (first.value if isinstance(first, ast.Constant) else "<computed>"), None


def absolute(root: Path, path: Path, module: str | None, level: int) -> str:
    if level == 0:
        return module or ""
    package = path.relative_to(root).parent.parts
    base = package[: len(package) - level + 1]
    return ".".join((*base, module) if module else base)


def is_module(root: Path, dotted: str) -> bool:
    place = root.joinpath(*dotted.split("."))
    return place.with_suffix(".py").is_file() or place.is_dir()


def inside(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def violations(root: Path) -> list[Violation]:
    paths = sorted(path for folder in ("engine", "derivations") for path in (root / folder).rglob("*.py"))
    return [violation for path in paths for violation in violations_in(root, path)]


def violations_in(root: Path, path: Path) -> Iterator[Violation]:
    module = module_name(root, path)
    name = room_of(module)
    if name is None:
        yield Violation(module, 1, "stands in no room of the table")
        return
    for imported in imports_of(root, path):
        reason = objection(module, ROOMS[name], imported)
        if reason is not None:
            yield Violation(module, imported.line, reason)
    if name == "engine.kernel":
        yield from inexact(module, ast.parse(path.read_text(encoding="utf-8")))


def objection(module: str, room: Room, imported: Import) -> str | None:
    target = imported.module
    if imported.name is not None and imported.name.startswith("_") and target.split(".")[0] in OURS:
        return f"takes the private name {imported.name} out of {target}"
    if not allowed(room, target):
        return f"may not import {target}"
    if room.light and imported.at_top and inside(target, HEAVY):
        return f"imports {target} at the top of the module; import it inside the function that needs it"
    return None


def allowed(room: Room, target: str) -> bool:
    top = target.split(".")[0]
    if top in OURS:
        return inside(target, room.ours)
    if top in sys.stdlib_module_names:
        return room.standard is None or top in room.standard
    return inside(target, room.others)


EXACT_MATH = {"ceil", "comb", "factorial", "floor", "gcd", "isqrt", "lcm", "perm", "prod"}
INEXACT_NAMES = {"float", "complex", "open", "input", "print", "eval", "exec", "compile", "globals", "hash", "id"}

WITH_FRACTIONS = ("engine.kernel.enclosures", "engine.kernel.matrices.norm")
"""Where all numbers are fractions; elsewhere a coefficient may be an integer."""


def inexact(module: str, tree: ast.AST) -> Iterator[Violation]:
    """What the kernel must not touch: floats, files, the identity of objects, code made of text."""
    for node in ast.walk(tree):
        match node:
            case ast.Constant(float() | complex() as value):
                yield Violation(module, node.lineno, f"holds the inexact number {value}")
            case ast.Name(name) if name in INEXACT_NAMES:
                yield Violation(module, node.lineno, f"uses {name}")
            case ast.Attribute(ast.Name("math"), name) if name not in EXACT_MATH:
                yield Violation(module, node.lineno, f"uses math.{name}, which is not exact")
            case ast.ImportFrom("math", names) if any(alias.name not in EXACT_MATH for alias in names):
                yield Violation(module, node.lineno, "takes an inexact function out of math")
            case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()) if not inside(module, WITH_FRACTIONS):
                yield Violation(module, node.lineno, "divides with /, which of two integers gives a float")


def test_the_table_holds() -> None:
    assert [f"{v.module}, line {v.line}: {v.reason}" for v in violations(ROOT)] == []


def test_the_scan_sees_the_whole_house() -> None:
    seen = {room_of(module_name(ROOT, path)) for path in (ROOT / "engine").rglob("*.py")}
    assert {"engine.kernel", "engine.meaning", "engine.provers", "engine.reading", "engine.sheets"} <= seen
    kernel = [i for path in (ROOT / "engine" / "kernel").rglob("*.py") for i in imports_of(ROOT, path)]
    assert any(imported.module == "engine.meaning.statement" for imported in kernel)


def test_the_page_shows_this_table() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \| .*? \| ?(yes)? ?\|$", page, re.MULTILINE)
    shown = {name: (set(re.findall(r"`([\w.]+)`", ours)), light == "yes") for name, ours, light in rows}
    for name, room in ROOMS.items():
        short = name.removeprefix("engine.")
        others = {part.removeprefix("engine.") for part in room.ours} - {short}
        if short not in {"engine", "grading"}:
            assert shown[short][1] == room.light, short
        if short not in {"engine", "grading", "sheets", "cli"}:
            assert shown[short][0] == others, short


PLANTED = [
    ("engine/span.py", "import engine.meaning", "may not import engine.meaning"),
    ("engine/reading/planted.py", "from engine.meaning.term import Term", "may not import engine.meaning.term"),
    ("engine/reading/planted.py", "from .. import meaning", "may not import engine.meaning"),
    ("engine/meaning/planted.py", "from engine.reading import token", "may not import engine.reading.token"),
    ("engine/meaning/planted.py", "from engine.kernel.verdict import Proved", "may not import engine.kernel.verdict"),
    ("engine/kernel/verdict.py", "from engine.provers import rewriting", "may not import engine.provers"),
    ("engine/kernel/verdict.py", "from engine import derivation", "may not import engine.derivation"),
    ("engine/kernel/verdict.py", "def f():\n    import sympy", "may not import sympy"),
    ("engine/kernel/verdict.py", "import time", "may not import time"),
    ("engine/kernel/verdict.py", "from random import random", "may not import random"),
    ("engine/kernel/verdict.py", "HALF = 0.5", "holds the inexact number 0.5"),
    ("engine/kernel/verdict.py", "def f(x):\n    return float(x)", "uses float"),
    (
        "engine/kernel/forms/planted.py",
        "def f(x):\n    return x / 3",
        "divides with /, which of two integers gives a float",
    ),
    ("engine/kernel/verdict.py", "import math\nROOT = math.sqrt", "uses math.sqrt, which is not exact"),
    ("engine/kernel/verdict.py", "from math import exp", "takes an inexact function out of math"),
    ("engine/kernel/verdict.py", "def f():\n    return open('x')", "uses open"),
    ("engine/provers/planted.py", "from engine.kernel.verdict import Open", "may not import engine.kernel.verdict"),
    ("engine/provers/planted.py", "import engine.kernel.check", "may not import engine.kernel.check"),
    ("engine/provers/planted.py", "import torch", "may not import torch"),
    ("engine/numerics/planted.py", "import engine.provers", "may not import engine.provers"),
    ("engine/sympy_bridge.py", "import engine.kernel.certificate", "may not import engine.kernel.certificate"),
    ("engine/record.py", "import engine.provers", "may not import engine.provers"),
    ("engine/record.py", "import jinja2", "may not import jinja2"),
    ("engine/judge.py", "def f():\n    import derivations.mle", "may not import derivations.mle"),
    ("engine/cli.py", "import_module('derivations.mle')", "may not import derivations.mle"),
    ("engine/cli.py", "importlib.import_module(chosen)", "may not import <computed>"),
    (
        "engine/sheets/planted.py",
        "from engine.meaning.term import _terms_in",
        "takes the private name _terms_in out of engine.meaning.term",
    ),
    ("engine/meaning/planted.py", "import requests", "may not import requests"),
    ("engine/novelty.py", "import fractions", "stands in no room of the table"),
    ("derivations/planted.py", "import torch", "may not import torch"),
]


@pytest.fixture(scope="module")
def copied_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    house = tmp_path_factory.mktemp("house")
    for folder in ("engine", "derivations"):
        shutil.copytree(ROOT / folder, house / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return house


@pytest.mark.parametrize(("file", "lines", "reason"), PLANTED)
def test_a_planted_violation_is_found(copied_house: Path, file: str, lines: str, reason: str) -> None:
    path = copied_house / file
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    known = list(violations_in(copied_house, path)) if before else []
    path.write_text(f"{before}\n{lines}\n", encoding="utf-8")
    found = [violation.reason for violation in violations_in(copied_house, path) if violation not in known]
    path.write_text(before, encoding="utf-8")
    assert reason in found


@pytest.mark.parametrize("room", [name for name, room in ROOMS.items() if room.light and name != "engine"])
def test_a_heavy_import_at_the_top_is_found(room: str) -> None:
    allowing = Room(ROOMS[room].ours, HEAVY, light=True)
    assert objection(room, allowing, Import(1, "sympy.core", None, at_top=True)) is not None
    assert objection(room, allowing, Import(1, "sympy.core", None, at_top=False)) is None
