"""Only ``engine/kernel/check.py`` makes a ``Proved`` or a ``Refuted``.

Everybody may look at a verdict (annotate, ``isinstance``, ``match``); nobody else may call the two types, give them
another name, or hand them to somebody who might call them. Python cannot forbid it, so this test does.
"""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAKER = Path("engine/kernel/check.py")
MADE = {"Proved", "Refuted"}
LOOKING = {"isinstance", "issubclass"}


def forgeries(root: Path) -> list[tuple[str, int]]:
    paths = sorted(path for folder in ("engine", "derivations") for path in (root / folder).rglob("*.py"))
    return [(path.relative_to(root).as_posix(), line) for path in paths for line in forged_lines(root, path)]


def forged_lines(root: Path, path: Path) -> Iterator[int]:
    if path.relative_to(root) == MAKER:
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    looked_at = {id(node) for part in lookings(tree) for node in ast.walk(part)}
    for node in ast.walk(tree):
        if is_renamed(node) or (is_verdict_type(node) and id(node) not in looked_at):
            yield node.lineno


def is_verdict_type(node: ast.AST) -> bool:
    match node:
        case ast.Name(name, ast.Load()) | ast.Attribute(_, name, ast.Load()):
            return name in MADE
        case _:
            return False


def is_renamed(node: ast.AST) -> bool:
    return isinstance(node, ast.alias) and node.name in MADE and node.asname not in (None, node.name)


def lookings(tree: ast.AST) -> Iterator[ast.AST]:
    """The parts of the tree in which a verdict type is only looked at."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield from annotations_of(node)
            case ast.AnnAssign(annotation=annotation):
                yield annotation
            case ast.MatchClass(cls=cls):
                yield cls
            case ast.Call(ast.Name(name), [_, kind]) if name in LOOKING:
                yield kind
            case ast.Assign(value=ast.BinOp(op=ast.BitOr()) as union):
                yield union
            case ast.Subscript(slice=inner):
                yield inner


def annotations_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.AST]:
    given = function.args
    every = (*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg)
    yield from (argument.annotation for argument in every if argument is not None and argument.annotation is not None)
    if function.returns is not None:
        yield function.returns


def test_only_the_kernel_makes_them() -> None:
    assert forgeries(ROOT) == []


def test_the_kernel_does_make_them() -> None:
    """So that renaming the types or moving the maker cannot empty the test above."""
    tree = ast.parse((ROOT / MAKER).read_text(encoding="utf-8"))
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert called >= MADE


PLANTED = [
    ("engine/judge.py", "def f(claim, c):\n    return Proved(claim, c, (), ())"),
    ("engine/judge.py", "def f(claim, w):\n    return verdict.Refuted(claim, w, None, None)"),
    ("engine/judge.py", "from engine.kernel.verdict import Proved as Outcome"),
    ("engine/judge.py", "Outcome = Proved"),
    ("engine/record.py", "TYPES = {'proved': Proved}"),
    ("engine/record.py", "def f(data):\n    return decode(Refuted, data)"),
    ("engine/kernel/verdict.py", "def f(*parts):\n    return Proved(*parts)"),
    ("derivations/planted.py", "from engine.kernel.verdict import Proved\nmade = Proved"),
]

HARMLESS = [
    "def f(verdict: Proved | Refuted) -> Proved | None: ...",
    "def f(verdict):\n    match verdict:\n        case Proved(claim=claim): return claim",
    "def f(verdict):\n    return isinstance(verdict, Proved | Refuted)",
    "Settled = Proved | Refuted",
    "kept: list[Proved] = []",
]


@pytest.fixture(scope="module")
def copied_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    house = tmp_path_factory.mktemp("house")
    for folder in ("engine", "derivations"):
        shutil.copytree(ROOT / folder, house / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return house


def forgeries_with(house: Path, file: str, lines: str) -> int:
    """How many more are found in the file once the lines are added to it."""
    path = house / file
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    known = len(list(forged_lines(house, path))) if before else 0
    path.write_text(f"{before}\n{lines}\n", encoding="utf-8")
    found = len(list(forged_lines(house, path)))
    path.write_text(before, encoding="utf-8")
    return found - known


@pytest.mark.parametrize(("file", "lines"), PLANTED)
def test_a_planted_forgery_is_found(copied_house: Path, file: str, lines: str) -> None:
    assert forgeries_with(copied_house, file, lines) == 1


@pytest.mark.parametrize("lines", HARMLESS)
def test_looking_is_allowed(copied_house: Path, lines: str) -> None:
    assert forgeries_with(copied_house, "engine/judge.py", lines) == 0
