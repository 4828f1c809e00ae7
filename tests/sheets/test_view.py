from __future__ import annotations

from dataclasses import replace

import pytest

from engine.derivation import Block, Chain, LayerTable, Remark, Step
from engine.kernel.theorems.table import LOGIC, THEOREMS
from engine.meaning.context import Context
from engine.meaning.sort import REAL
from engine.meaning.term import Add, integer
from engine.sheets.formula import Formula, Text
from engine.sheets.view import (
    ChainView,
    FigureView,
    RemarkView,
    RowView,
    TableView,
    objections,
    questions_view,
    sheet_view,
    theorem_words,
)
from tests.sheets import specimens
from tests.sheets.specimens import CHAIN, REMARK, X, blocks, relation, sheet


def only(block: Block) -> object:
    """The view of a sheet's single block."""
    (made,) = sheet_view(sheet(block), "0.1").exercises[0].blocks
    return made


def rows(block: Chain) -> tuple[RowView, ...]:
    view = only(block)
    assert isinstance(view, ChainView)
    return view.rows


def test_a_chain_goes_on_where_the_row_above_ended() -> None:
    first, second, third, fourth = rows(CHAIN)
    assert [row.continued for row in (first, second, third, fourth)] == [False, True, False, False]
    assert second.formula.startswith("= ")
    assert [row.number for row in (first, second, third, fourth)] == ["1.1", "1.2", "1.3", "1.4"]
    assert fourth.boxed


def test_a_chain_does_not_go_on_in_another_context() -> None:
    other = Context().declare("x", REAL).declare("y", REAL)
    steps = (Step(relation(X, integer(1)), "", ""), Step(relation(integer(1), X, other), "", ""))
    assert [row.continued for row in rows(Chain("", steps))] == [False, False]


def test_conditions_stand_in_the_row() -> None:
    assert rows(CHAIN)[2].notes == ((Text("where "), Formula(r"x \ne 0")),)


def test_a_counterexample_is_shown_with_both_values() -> None:
    view = only(REMARK)
    assert isinstance(view, RemarkView)
    refuted, undecided = view.rows
    assert refuted.mark.label == "refuted"
    assert refuted.notes[0] == (Text("Counterexample: at "), Formula("x = 2"), Text(":"))
    assert [part for part in refuted.notes[1] if isinstance(part, Formula)] == [Formula("9"), Formula("5")]
    assert refuted.tags == ("given answer",)
    assert undecided.notes == ((Text("Reason: no prover was asked for <this> & that, 100 %"),),)


def test_the_patch_is_marked_and_so_is_the_padding() -> None:
    view = only(specimens.figure())
    assert isinstance(view, FigureView)
    styles = [[cell.style for cell in row] for row in view.patches[0].grids[0]]
    assert styles[0] == ["pad read", "pad", "pad", "pad"]
    assert styles[1] == ["pad", "", "", "pad"]
    assert view.caption == "input, with its padding"


def test_a_large_grid_is_not_drawn_for_each_entry() -> None:
    figure = specimens.figure()
    large = replace(figure, padded=(("0",) * 20,) * 20)
    view = only(large)
    assert isinstance(view, FigureView)
    assert all(not patch.grids for patch in view.patches)
    assert len(view.patches) == len(figure.patches)


def test_an_output_that_its_claim_does_not_state_is_said_and_spoils_the_sheet() -> None:
    figure = specimens.figure()
    wrong = replace(figure, output=(("0", "0"), ("0", "13")))
    assert not sheet(wrong).holds
    assert sheet(figure).holds
    view = only(wrong)
    assert isinstance(view, FigureView)
    assert any("(2, 2)" in part.text for remark in view.remarks for part in remark if isinstance(part, Text))


def test_a_count_that_its_claim_does_not_state_gets_no_tick() -> None:
    table = specimens.table()
    wrong = LayerTable((replace(table.rows[0], count=7), *table.rows[1:]), table.total_step)
    view = only(wrong)
    assert isinstance(view, TableView)
    assert [layer.mark.kind for layer in view.layers] == ["refuted", "nothing", "proved", "counted"]
    assert not sheet(wrong).holds


def test_counts_have_separators() -> None:
    view = only(specimens.table())
    assert isinstance(view, TableView)
    assert [layer.count for layer in view.layers] == ["102,764,544", "0", "4,097,000", "42"]


def test_a_wide_sum_is_broken_into_lines_with_the_same_text() -> None:
    wide = Add(tuple(integer(10**6 + n) for n in range(30)))
    (row,) = rows(Chain("", (Step(relation(wide, integer(0), Context()), "", ""),)))
    assert row.formula.startswith(r"\begin{aligned}")
    assert "wide" in row.style
    assert row.formula.count("+") == 29


def test_theorems_are_named_once() -> None:
    view = sheet_view(sheet(), "0.1")
    assert view.exercises[0].rests_on == ()
    for name in THEOREMS.keys() - LOGIC:
        theorem, words = THEOREMS[name], theorem_words(name)
        assert words.endswith(f". {theorem.says} [{theorem.source}]")
        assert words.count(theorem.source) == words.count(theorem.says) == 1


def test_the_legend_names_only_marks_that_are_used() -> None:
    assert [entry.mark.kind for entry in sheet_view(sheet(CHAIN), "0.1").legend] == ["proved"]
    assert len(sheet_view(sheet(), "0.1").legend) == 5


def test_questions_alone_give_no_answer_away() -> None:
    judged = sheet()
    derivation = judged.exercises[0].judged.derivation
    view = questions_view(judged.file, [derivation], "0.1")
    (exercise,) = view.exercises
    assert (exercise.blocks, exercise.summary, exercise.source, view.summary, view.legend) == ((), (), (), (), ())
    assert exercise.points == "5 points"
    assert Formula(r"\frac{1}{2}") in exercise.question


def test_everything_that_is_not_proved_is_objected_to() -> None:
    lines = objections(sheet())
    assert [line.split(": ")[1] for line in lines] == ["refuted", "not proved", "disagrees"]
    assert all(line.startswith("exercise 1 (specimen): ") for line in lines)
    assert objections(sheet(CHAIN)) == []


@pytest.mark.parametrize("block", blocks())
def test_every_kind_of_block_has_a_view(block: Block) -> None:
    assert only(block) is not None


def test_a_remark_without_steps_is_words() -> None:
    view = only(Remark("words"))
    assert isinstance(view, RemarkView)
    assert view.rows == ()
