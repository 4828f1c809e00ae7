"""The claims of ``tests/cases/claims``: one JSON object a line, with the verdict that it should get.

``id``, ``claim``, ``given``, ``where`` and ``verdict`` (``proved``, ``refuted``, ``open``); ``conditions``, where a
proof must come back with just these; ``open_because``, where the claim is known not to get its verdict yet, and why;
``topic`` and ``rule``, where it is an example on the page DECIDES.md, with the rule's ``formula``, ``condition``
and ``source``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.checking.request import Request

CLAIMS = Path(__file__).parent / "cases" / "claims"


@dataclass(frozen=True, slots=True)
class Case:
    """A claim with its wanted verdict; ``file`` is the stem of the file that it stands in."""

    file: str
    id: str
    claim: str
    verdict: str
    given: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    conditions: tuple[str, ...] | None = None
    open_because: str = ""
    topic: str = ""
    rule: str = ""
    formula: str = ""
    condition: str = ""
    source: str = ""

    @property
    def name(self) -> str:
        return f"{self.file}: {self.id}"

    @property
    def request(self) -> Request:
        return Request(claim=self.claim, given=self.given, where=self.where)


def cases(files: str = "*.jsonl") -> Iterator[Case]:
    """All cases, file by file; raises :class:`TypeError` for a key that is not known."""
    for path in sorted(CLAIMS.glob(files)):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield Case(path.stem, **{key: tuple(v) if isinstance(v, list) else v for key, v in row.items()})
