"""The folder of a document: the only place that files are read from.

Nothing outside is opened, be it named with ``..``, as an absolute path or through a symbolic link; nor is anything
that is not a regular file, or is larger than :data:`LARGEST`.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.span import Problem, Span

LARGEST: Final = 8_000_000


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The text of a file, its name for people, where it lies, and what is wrong with its bytes."""

    name: str
    path: Path
    text: str
    problem: Problem | None


def read_inside(path: Path, folder: Path, name: str) -> SourceFile | Problem:
    """The text of ``path``, which must lie in ``folder`` once all links are followed.

    Bytes that are not UTF-8 are replaced; the result then holds a Problem that names the first of them.
    """
    try:
        real = path.resolve(strict=True)
        if not real.is_relative_to(folder.resolve(strict=True)):
            return Problem(f"{name} lies outside the folder of the document and is not read")
        data = _bytes(real)
    except (OSError, ValueError, RuntimeError) as error:  # a NUL in the name, a circle of links
        reason = getattr(error, "strerror", None) or str(error)
        return Problem(f"cannot read {name}: {reason[:1].lower()}{reason[1:]}")
    if isinstance(data, str):
        return Problem(f"cannot read {name}: {data}")
    return _decoded(data, name, real)


def _bytes(real: Path) -> bytes | str:
    """The bytes of a regular file, or why it has none."""
    descriptor = os.open(real, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            return "it is not a file"
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        return f"it is larger than {LARGEST // 1_000_000} MB"
    return data


def _decoded(data: bytes, name: str, real: Path) -> SourceFile | Problem:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return Problem(f"cannot read {name}: it is UTF-16 text; save it as UTF-8")
    if b"\x00" in data[:10_000]:
        return Problem(f"cannot read {name}: it is not a text file")
    try:
        text = data.decode("utf-8-sig")
        return SourceFile(name, real, _one_newline(text), None)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        text = _one_newline(data.decode("utf-8", "replace"))
        place = text.find("\ufffd")
        message = f"{name}, line {line}: a byte that is not UTF-8 (0x{data[error.start]:02x}); save the file as UTF-8"
        return SourceFile(name, real, text, Problem(message, Span(place, place + 1), text))


def _one_newline(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
