"""The kernel: the only place that can say Proved or Refuted."""

from engine.kernel.check import check, refute

__all__ = ["check", "refute"]
