"""What the kernel raises where it cannot justify a step."""

from __future__ import annotations

from engine.meaning.statement import Statement


class Unproved(Exception):
    """A step that the kernel cannot justify; the message says which condition or construct.

    ``statement`` is the condition itself, where it can be stated.
    """

    def __init__(self, message: str, statement: Statement | None = None) -> None:
        super().__init__(message)
        self.statement = statement
