"""What a prover raises where it gives up."""

from __future__ import annotations


class NoProof(Exception):
    """No proof was found; the message says for which statement of which kind."""
