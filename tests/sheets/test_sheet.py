from __future__ import annotations

from collections.abc import Mapping

import pytest

from engine.derivation import Chain, Derivation, Step
from engine.kernel.certificate import Certificate, Model, NormalForm
from engine.kernel.check import check
from engine.kernel.verdict import Open, Proved, Refuted
from engine.meaning.context import Context
from engine.meaning.term import Add, integer
from engine.sheets.sheet import derive_sheet, judge_sheet, judge_step, judged_step
from engine.sheets.sheet_file import ExerciseEntry, SheetFile
from engine.span import Problem
from tests.sheets.specimens import relation

TRUE = relation(Add((integer(1), integer(1))), integer(2), Context())
FALSE = relation(Add((integer(1), integer(1))), integer(3), Context())


def file(*entries: ExerciseEntry) -> SheetFile:
    return SheetFile("s", "Sheet", "Course", entries)


def entry(title: str = "", **data: object) -> ExerciseEntry:
    return ExerciseEntry("it", title, None, data, 7)


def derivation(*steps: Step) -> Derivation:
    return Derivation("Own title", "", "", (Chain("", steps),))


def test_a_step_is_judged_for_real() -> None:
    assert isinstance(judge_step(Step(TRUE, "", "")), Proved)
    assert isinstance(judge_step(Step(FALSE, "", "")), Refuted)


def test_a_proof_of_another_claim_gets_no_tick() -> None:
    other = check(TRUE, Certificate(NormalForm(), Model()))
    assert isinstance(other, Proved)
    assert isinstance(judged_step(Step(FALSE, "", ""), other).verdict, Open)
    assert judged_step(Step(FALSE, "", ""), Open(TRUE, "no")).verdict.claim == FALSE


@pytest.mark.parametrize(("claim", "code"), [(TRUE, 0), (FALSE, 1)])
def test_the_exit_code_says_whether_all_is_proved(claim: object, code: int) -> None:
    said: list[str] = []
    step = Step(claim, "", "")  # type: ignore[arg-type]
    assert judge_sheet(file(entry()), [derivation(step)], said.append).exit_code == code
    assert said == ["proving step 1 of 1"]


def test_exercises_get_their_data_and_the_sheet_may_name_them() -> None:
    seen: list[tuple[Mapping[str, object], bool]] = []

    def derive(data: Mapping[str, object], *, torch: bool) -> Derivation:
        seen.append((data, torch))
        return derivation()

    sheet = file(entry(a=1), entry("Named"))
    derived = derive_sheet(sheet, "s.toml", {"it": derive}, torch=False, progress=lambda _: None)
    assert not isinstance(derived, Problem)
    assert seen == [({"a": 1}, False), ({}, False)]
    assert [each.title for each in derived] == ["Own title", "Named"]


def test_a_problem_names_its_place() -> None:
    def derive(data: Mapping[str, object], *, torch: bool) -> Problem:
        return Problem("a density is missing")

    problem = derive_sheet(file(entry()), "s.toml", {"it": derive}, torch=False, progress=lambda _: None)
    assert isinstance(problem, Problem)
    assert problem.message == "s.toml, line 7: exercise 1 (it): a density is missing"
