"""A page in headless Chromium: what it logs, how wide it gets, and what became of its formulas."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--enable-logging=stderr",
)
MEASURE = """<script>
onload = () => {
  const page = document.querySelector('iframe').contentDocument, root = page.documentElement;
  document.body.dataset.found = JSON.stringify({
    overflow: root.scrollWidth - root.clientWidth, formulas: page.querySelectorAll('math').length,
    flat: [...page.querySelectorAll('math')].filter(m => m.getBoundingClientRect().height < 5).length,
    cut: [...page.querySelectorAll('.formula')].filter(f => f.scrollWidth > f.clientWidth + 1).length,
    faults: page.querySelectorAll('merror, parsererror, code.source').length, scripts: page.scripts.length,
    outside: [...page.querySelectorAll('[src], link[href]')].map(e => e.src || e.href)
      .filter(place => !place.startsWith('data:')),
    paper: getComputedStyle(page.body).backgroundColor, ink: getComputedStyle(page.body).color,
    text: page.body.innerText});
};
</script>"""


def chromium() -> str:
    """The browser's path; skips the test where there is none."""
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    if found is None:
        pytest.skip("Chromium is not installed")
    return found


def run(place: Path, page: str, *flags: str) -> tuple[str, list[str]]:
    """The page's tree after loading, and what it logged to the console."""
    file = place / "page.html"
    file.write_text(page, encoding="utf-8")
    command = [chromium(), *FLAGS, f"--user-data-dir={place / 'profile'}", *flags, "--dump-dom", file.as_uri()]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, stdin=subprocess.DEVNULL)
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


def measured(place: Path, page: str, width: int, *flags: str) -> str:
    """What the page measures in a frame of the given width, as JSON text."""
    frame = f'<iframe style="border:0;width:{width}px;min-width:{width}px;height:900px" srcdoc="{html.escape(page)}">'
    tree, _ = run(place, f"<!DOCTYPE html><body>{frame}</iframe>{MEASURE}", *flags)
    found = re.search(r'data-found="([^"]*)"', tree)
    assert found is not None, tree[:500]
    return html.unescape(found[1])
