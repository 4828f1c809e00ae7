"""The sheet as PDF, by pdflatex where there is one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from engine.span import Problem

SECONDS = 120
HOW_TO_INSTALL = (
    "no pdflatex was found, so there is no sheet.pdf; install one"
    " (Debian: apt-get install texlive-latex-base texlive-latex-recommended lmodern)"
)


def find_pdflatex() -> str | None:
    return shutil.which("pdflatex")


def pdf_bytes(tex: str, pdflatex: str) -> bytes | Problem:
    """The PDF of a .tex file that quod wrote. TeX may neither call programs nor read or write outside its folder."""
    with TemporaryDirectory(prefix="quod-") as folder:
        Path(folder, "sheet.tex").write_text(tex, encoding="utf-8")
        finished = _run(pdflatex, folder)
        if isinstance(finished, Problem):
            return finished
        made = Path(folder, "sheet.pdf")
        if finished.returncode or not made.is_file():
            return Problem(f"pdflatex failed: {_first_error(finished.stdout)}; the .tex file alone: --format tex")
        return made.read_bytes()


def _run(pdflatex: str, folder: str) -> subprocess.CompletedProcess[str] | Problem:
    command = [pdflatex, "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", "sheet.tex"]
    environment = {**os.environ, "openin_any": "p", "openout_any": "p", "max_print_line": "1000"}
    try:
        return subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Problem(f"pdflatex did not finish in {SECONDS} s; the .tex file alone: --format tex")
    except OSError as error:
        return Problem(f"pdflatex could not be started: {error}")


def _first_error(log: str) -> str:
    found = re.search(r"^! .*(?:\n.*){0,3}", log, re.MULTILINE)
    return " ".join(found[0].split())[:300] if found else "it gave no reason"
