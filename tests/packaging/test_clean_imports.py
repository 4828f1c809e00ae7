"""A command that needs no heavy library must not pay for one: what each of these loads, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("sympy", "torch", "torchvision", "flint", "numpy", "mpmath", "jinja2", "math_core")

REPORT = f"""
import atexit, json, sys
atexit.register(lambda: print("\\n" + json.dumps([name for name in {HEAVY!r} if name in sys.modules])))
"""


def loaded_by(code: str) -> list[str]:
    """The heavy libraries among the modules that a fresh interpreter has loaded once it has run the code."""
    command = [sys.executable, "-c", REPORT + code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
    assert "Traceback" not in done.stderr, done.stderr
    loaded: list[str] = json.loads(done.stdout.splitlines()[-1])
    return loaded


def running(*arguments: str) -> str:
    return f"sys.argv = ['quod', *{arguments!r}]\nfrom engine.cli import main\nsys.exit(main())"


def test_the_report_sees_a_heavy_import() -> None:
    assert loaded_by("import numpy") == ["numpy"]


@pytest.mark.parametrize(
    "module",
    ["engine", "engine.span", "engine.reading", "engine.meaning", "engine.kernel", "engine.kernel.check",
     "engine.derivation", "engine.record", "engine.judge", "engine.wording", "engine.checking.command", "engine.cli"],
)  # fmt: skip
def test_an_import_loads_nothing_heavy(module: str) -> None:
    assert loaded_by(f"import {module}") == []


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("sheet", "--help"), ("recheck", "--help")])
def test_help_loads_nothing_heavy(arguments: tuple[str, ...]) -> None:
    assert loaded_by(running(*arguments)) == []


def test_recheck_loads_nothing_heavy(tmp_path: Path) -> None:
    """A record of a real sheet is verified without the provers' libraries."""
    write = [sys.executable, "-c", "import sys\n" + running("sheet", "week07", "--no-torch", "--format", "json")]
    done = subprocess.run(write, cwd=tmp_path, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120)
    assert done.returncode == 0, done.stderr
    (record,) = tmp_path.rglob("sheet.json")
    assert loaded_by(running("recheck", str(record))) == []
