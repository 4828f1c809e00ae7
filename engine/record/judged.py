"""Judged derivations: every step with what the kernel said of it in this run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.derivation import Block, Derivation, Step, Validation, steps_of
from engine.kernel.verdict import Proved, Verdict


@dataclass(frozen=True, slots=True)
class JudgedStep:
    """A step and its verdict, whose claim is the step's claim."""

    step: Step
    verdict: Verdict

    @property
    def proved(self) -> bool:
        return isinstance(self.verdict, Proved)


@dataclass(frozen=True, slots=True)
class JudgedBlock:
    """A block with its steps in the order of :func:`engine.derivation.steps_of`; ``faults`` are figures that the
    block shows beside its claims and that its claims do not say."""

    block: Block
    steps: tuple[JudgedStep, ...]
    faults: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether every step is proved, every figure is what a claim says, and a validation agrees."""
        agrees = not isinstance(self.block, Validation) or self.block.agrees
        return agrees and not self.faults and all(step.proved for step in self.steps)


@dataclass(frozen=True, slots=True)
class JudgedDerivation:
    derivation: Derivation
    blocks: tuple[JudgedBlock, ...]

    @property
    def steps(self) -> tuple[JudgedStep, ...]:
        return tuple(step for block in self.blocks for step in block.steps)

    @property
    def holds(self) -> bool:
        return all(block.holds for block in self.blocks)


def judge_derivation(
    derivation: Derivation, judge_step: Callable[[Step], JudgedStep], mismatches: Callable[[Block], tuple[str, ...]]
) -> JudgedDerivation:
    """Each step of the derivation judged, in the order of reading."""
    blocks = (
        JudgedBlock(block, tuple(map(judge_step, steps_of(block))), mismatches(block)) for block in derivation.blocks
    )
    return JudgedDerivation(derivation, tuple(blocks))
