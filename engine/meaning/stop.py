"""What ends a reading: a Problem on its way out, or the wish to read once more, knowing more."""

from __future__ import annotations

from engine.reading.tree import Node
from engine.span import Span


class Stop(Exception):
    """Carries a Problem to the public function; it never leaves this module."""

    def __init__(self, message: str, node: Node) -> None:
        super().__init__(message)
        self.message = message
        self.span: Span = node.span


class Again(Exception):
    """Something was found out that changes how an earlier part reads: read once more, knowing it."""
