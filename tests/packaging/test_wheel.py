"""The wheel, built and installed into an empty environment, prints the sheet there: nothing was left out of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILT_FROM = ("engine", "derivations", "report_templates", "pyproject.toml", "README.md", "LICENSE")
OFFLINE = ("No matching distribution found", "Could not find a version", "ConnectionError", "NewConnectionError")


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A command in a clean environment: no other copy of quod is on the path."""
    clean = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    return subprocess.run(
        [str(part) for part in command], cwd=cwd, env=clean, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )


def fetched(*command: str | Path, cwd: Path) -> None:
    """Run a command that needs the package index; skip the test where the index cannot be reached."""
    done = run(*command, cwd=cwd)
    if done.returncode != 0 and any(sign in done.stderr for sign in OFFLINE):
        pytest.skip(f"the package index cannot be reached: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that the tree that is tested stays as it is."""
    source = tmp_path_factory.mktemp("source")
    for name in BUILT_FROM:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, source / name)
    fetched(sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", source / "dist", ".", cwd=source)
    (built,) = (source / "dist").glob("quod-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the programs of an environment that holds the wheel and its dependencies, and nothing else."""
    place = tmp_path_factory.mktemp("environment")
    made = run(sys.executable, "-m", "venv", place, cwd=place)
    assert made.returncode == 0, made.stderr
    programs = place / ("Scripts" if os.name == "nt" else "bin")
    fetched(programs / "python", "-m", "pip", "install", "-q", "-c", ROOT / "constraints.txt", wheel, cwd=place)
    return programs


def test_the_wheel_holds_the_three_folders_and_their_data(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {name.split("/")[0] for name in names if not name.startswith("quod-")} == set(BUILT_FROM[:3])
    source = {path.relative_to(ROOT).as_posix() for folder in BUILT_FROM[:3] for path in (ROOT / folder).rglob("*.*")}
    assert {name for name in source if not name.endswith((".pyc", ".png"))} <= names
    assert {Path(name).suffix for name in names} >= {".toml", ".j2", ".css"}


def test_it_names_its_version(installed: Path, tmp_path: Path) -> None:
    done = run(installed / "quod", "--version", cwd=tmp_path)
    assert (done.returncode, done.stdout.strip()) == (0, "quod 0.1.0")


def test_it_prints_the_sheet_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    done = run(installed / "quod", "sheet", "week07", "--no-torch", "--format", "json,html", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    written = {path.name: path for path in tmp_path.rglob("sheet.*")}
    assert set(written) == {"sheet.json", "sheet.html"}
    assert "<math" in written["sheet.html"].read_text(encoding="utf-8")
    assert json.loads(written["sheet.json"].read_text(encoding="utf-8"))
    again = run(installed / "quod", "recheck", written["sheet.json"], cwd=tmp_path)
    assert again.returncode == 0, again.stdout + again.stderr
