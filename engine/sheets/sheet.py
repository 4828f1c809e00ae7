"""A sheet worked out: every exercise derived, and every step judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from engine.derivation import Derivation, Step, steps_of
from engine.kernel.verdict import Open, Verdict
from engine.record.judged import JudgedDerivation, JudgedStep, judge_derivation
from engine.record.shown import mismatches
from engine.sheets.sheet_file import ExerciseEntry, SheetFile
from engine.sheets.workers import verdicts
from engine.span import Problem

Derive = Callable[..., Derivation | Problem]
Exercises = Mapping[str, Derive]
"""The ``derive`` of each exercise by its name."""
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class JudgedExercise:
    entry: ExerciseEntry
    judged: JudgedDerivation


@dataclass(frozen=True, slots=True)
class JudgedSheet:
    file: SheetFile
    exercises: tuple[JudgedExercise, ...]

    @property
    def holds(self) -> bool:
        """Whether every step is proved and every numeric validation agrees."""
        return all(exercise.judged.holds for exercise in self.exercises)

    @property
    def exit_code(self) -> int:
        return 0 if self.holds else 1


def derive_sheet(
    file: SheetFile, place: str, exercises: Exercises, *, torch: bool, progress: Progress
) -> tuple[Derivation, ...] | Problem:
    """Every exercise's derivation, or the first problem with an exercise's data."""
    derivations = []
    for number, entry in enumerate(file.exercises, 1):
        progress(f"exercise {number} of {len(file.exercises)} ({entry.module}): deriving")
        result = exercises[entry.module](entry.data, torch=torch)
        if isinstance(result, Problem):
            message = f"{place}, line {entry.line}: exercise {number} ({entry.module}): {result.message}"
            return replace(result, message=message)
        derivations.append(replace(result, title=entry.title) if entry.title else result)
    return tuple(derivations)


def judge_sheet(file: SheetFile, derivations: Iterable[Derivation], progress: Progress) -> JudgedSheet:
    """Every step of every derivation judged."""
    pairs = tuple(zip(file.exercises, derivations, strict=True))
    steps = [step for _, derived in pairs for block in derived.blocks for step in steps_of(block)]
    found = verdicts(steps, judge_step, lambda known: progress(f"proving step {known} of {len(steps)}"))

    def judge_next(step: Step) -> JudgedStep:
        return judged_step(step, next(found))

    exercises = (JudgedExercise(entry, judge_derivation(derived, judge_next, mismatches)) for entry, derived in pairs)
    return JudgedSheet(file, tuple(exercises))


def judge_step(step: Step) -> Verdict:
    from engine.judge import judge

    return judge(step.claim, step.proof)


def judged_step(step: Step, verdict: Verdict) -> JudgedStep:
    """The judge's verdict, which counts only for this very claim.

    A pipeline hands over claims and sketches, never verdicts; a ``Proved`` comes out of the judge, who has it from the
    kernel's check of a certificate, made in this run.
    """
    if verdict.claim != step.claim:
        verdict = Open(step.claim, "the judge answered another claim than the one of this step")
    return JudgedStep(step, verdict)
