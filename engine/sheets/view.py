"""The view of a sheet: everything a page shows, decided; templates only loop over it.

Words are :data:`~engine.sheets.formula.Inline`, formulas are LaTeX, and nothing is escaped yet: that is each
printer's own task.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.derivation import (
    Chain,
    ConvolutionFigure,
    Derivation,
    LayerRow,
    LayerTable,
    Paragraph,
    Patch,
    RemainderPlot,
    Remark,
    Validation,
)
from engine.kernel.certificate import Model
from engine.kernel.verdict import Open, Proved, Refuted, Verdict
from engine.meaning.context import Context
from engine.meaning.latex import statement_latex, term_latex
from engine.meaning.statement import Relation, Statement
from engine.meaning.term import Add
from engine.record.judged import JudgedBlock, JudgedStep
from engine.sheets.formula import SIGN_LATEX, Formula, Inline, Text, grouped, inline, width
from engine.sheets.plot import PlotView, plot_view
from engine.sheets.sheet import JudgedExercise, JudgedSheet
from engine.sheets.sheet_file import ExerciseEntry, SheetFile
from engine.wording import coordinates, enclosure_latex, open_words, theorem_title, theorem_words

WIDEST_BESIDE_WORDS = 56.0
"""A formula wider than this, in digits, stands above its words."""
WIDEST_LINE = 84.0
"""A sum wider than this is broken into lines."""
LARGEST_DRAWN_GRID = 144
MOST_DRAWN_PATCHES = 36


@dataclass(frozen=True, slots=True)
class Mark:
    """A verdict at the end of a row: never by colour alone."""

    kind: str
    symbol: str
    label: str


PROVED = Mark("proved", "✓", "proved")
REFUTED = Mark("refuted", "✗", "refuted")
OPEN = Mark("open", "?", "not proved")
AGREES = Mark("agrees", "≈", "agrees")
DISAGREES = Mark("refuted", "✗", "disagrees")
COUNTED = Mark("counted", "#", "counted")
NOTHING = Mark("nothing", "–", "no parameters")
WRONG_FIGURE = Mark("refuted", "✗", "differs")


@dataclass(frozen=True, slots=True)
class RowView:
    """One relation: its number, its formula, its justification, its mark, and what else is to be said of it."""

    number: str
    formula: str
    words: Inline
    mark: Mark
    notes: tuple[Inline, ...] = ()
    boxed: bool = False
    continued: bool = False
    tags: tuple[str, ...] = ()

    @property
    def style(self) -> str:
        """The names under which the style sheet knows this row."""
        wide = width(self.formula) > WIDEST_BESIDE_WORDS
        extra = ("boxed",) * self.boxed + ("continued",) * self.continued + ("wide",) * wide
        return " ".join(("row", self.mark.kind, *extra))


@dataclass(frozen=True, slots=True)
class ChainView:
    kind = "chain"
    heading: Inline
    rows: tuple[RowView, ...]


@dataclass(frozen=True, slots=True)
class ParagraphView:
    kind = "paragraph"
    words: Inline


@dataclass(frozen=True, slots=True)
class RemarkView:
    kind = "remark"
    words: Inline
    rows: tuple[RowView, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a grid; ``style`` is ``""``, ``"pad"``, ``"read"`` or ``"pad read"``."""

    formula: str
    style: str = ""


Grid = tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class PatchView:
    """An output entry: ``grids`` holds the padded input with its patch marked, or nothing where that is too large."""

    caption: str
    grids: tuple[Grid, ...]
    rows: tuple[RowView, ...]


@dataclass(frozen=True, slots=True)
class FigureView:
    kind = "figure"
    caption: str
    input: Grid
    kernel: Grid
    output: Grid
    patches: tuple[PatchView, ...]
    remarks: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class LayerView:
    name: str
    kind: str
    shape: str
    formula: str
    numbers: str
    count: str
    share: str
    mark: Mark
    notes: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class TableView:
    kind = "table"
    layers: tuple[LayerView, ...]
    total: RowView
    remarks: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class ValidationView:
    kind = "validation"
    title: Inline
    outcome: Inline
    mark: Mark


BlockView = ChainView | ParagraphView | RemarkView | FigureView | TableView | ValidationView | PlotView


@dataclass(frozen=True, slots=True)
class ExerciseView:
    """An exercise; ``summary`` and ``rests_on`` are empty where only the question is printed."""

    number: int
    title: Inline
    points: str
    question: Inline
    source: tuple[Inline, ...]
    blocks: tuple[BlockView, ...]
    summary: tuple[str, ...]
    rests_on: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class LegendEntry:
    mark: Mark
    words: str


@dataclass(frozen=True, slots=True)
class SheetView:
    title: str
    course: str
    summary: tuple[str, ...]
    exercises: tuple[ExerciseView, ...]
    legend: tuple[LegendEntry, ...]
    version: str


LEGEND = (
    LegendEntry(
        PROVED,
        "A proof of this very line was found, and a separate small kernel verified it in exact arithmetic when this "
        "sheet was made. It holds for every value of the declared names for which both sides are defined.",
    ),
    LegendEntry(REFUTED, "The line is false: a counterexample is shown, with the values of both sides."),
    LegendEntry(OPEN, "Neither proved nor refuted; the reason is shown."),
    LegendEntry(COUNTED, "A number that was counted by a program and not derived; the row says by which."),
    LegendEntry(AGREES, "A numeric comparison in floating point or integers: evidence beside the proofs, not a proof."),
)


def sheet_view(sheet: JudgedSheet, version: str) -> SheetView:
    """Everything the solution sheet shows."""
    exercises = tuple(_exercise(number, each) for number, each in enumerate(sheet.exercises, 1))
    steps = [step for each in sheet.exercises for step in each.judged.steps]
    used = {kind for exercise in exercises for kind in _marks_in(exercise)}
    legend = tuple(entry for entry in LEGEND if entry.mark.kind in used)
    return SheetView(sheet.file.title, sheet.file.course, (_summary(steps),), exercises, legend, version)


def questions_view(file: SheetFile, derivations: Iterable[Derivation], version: str) -> SheetView:
    """Only titles and questions."""
    pairs = enumerate(zip(file.exercises, derivations, strict=True), 1)
    exercises = tuple(_question(number, entry, derivation) for number, (entry, derivation) in pairs)
    return SheetView(file.title, file.course, (), exercises, (), version)


def _question(number: int, entry: ExerciseEntry, derivation: Derivation) -> ExerciseView:
    title, question = (Text(derivation.title),), inline(derivation.question)
    return ExerciseView(number, title, _points(entry), question, (), (), (), ())


def _points(entry: ExerciseEntry) -> str:
    points = entry.points
    return "" if points is None else f"{points:g} point{'' if points == 1 else 's'}"


def _exercise(number: int, each: JudgedExercise) -> ExerciseView:
    derivation, entry = each.judged.derivation, each.entry
    numbers = (f"{number}.{row}" for row in range(1, 10**9))
    blocks = tuple(_block(block, numbers) for block in each.judged.blocks)
    return ExerciseView(
        number,
        (Text(derivation.title),),
        _points(entry),
        inline(derivation.question),
        (inline(derivation.source),) if derivation.source else (),
        blocks,
        (_summary(each.judged.steps),),
        tuple((Text(theorem_words(name)),) for name in _theorems(each.judged.steps)),
    )


def _theorems(steps: Iterable[JudgedStep]) -> tuple[str, ...]:
    """The theorems that the proofs rest on, in the order of first use."""
    used = (name for step in steps if isinstance(step.verdict, Proved) for name in step.verdict.rests_on)
    return tuple(dict.fromkeys(used))


def _summary(steps: Iterable[JudgedStep]) -> str:
    verdicts = [step.verdict for step in steps]
    proved = sum(isinstance(verdict, Proved) for verdict in verdicts)
    refuted = sum(isinstance(verdict, Refuted) for verdict in verdicts)
    left = len(verdicts) - proved - refuted
    parts = [f"{proved} of {len(verdicts)} steps proved"]
    parts += [f"{refuted} refuted"] * bool(refuted) + [f"{left} not decided"] * bool(left)
    return ", ".join(parts)


def _marks_in(exercise: ExerciseView) -> Iterator[str]:
    for block in exercise.blocks:
        match block:
            case ChainView(rows=rows) | RemarkView(rows=rows):
                yield from (row.mark.kind for row in rows)
            case FigureView(patches=patches):
                yield from (row.mark.kind for patch in patches for row in patch.rows)
            case TableView(layers, total):
                yield from (*(layer.mark.kind for layer in layers), total.mark.kind)
            case ValidationView(mark=mark):
                yield mark.kind
            case _:
                pass


def _block(judged: JudgedBlock, numbers: Iterator[str]) -> BlockView:
    match judged.block:
        case Chain(heading):
            return ChainView(inline(heading), _chain_rows(judged.steps, numbers))
        case Paragraph(text):
            return ParagraphView(inline(text))
        case Remark(text):
            return RemarkView(inline(text), tuple(_row(step, next(numbers)) for step in judged.steps))
        case ConvolutionFigure() as figure:
            return _figure(figure, judged, numbers)
        case LayerTable() as table:
            return _table(table, judged, numbers)
        case Validation(title, outcome, agrees):
            return ValidationView(inline(title), inline(outcome), AGREES if agrees else DISAGREES)
        case RemainderPlot() as plot:
            return plot_view(plot)


def objections(sheet: JudgedSheet) -> list[str]:
    """A line for each step that is not proved, each figure that no claim states, and each validation that disagrees."""
    lines = []
    for number, exercise in enumerate(sheet.exercises, 1):
        place = f"exercise {number} ({exercise.entry.module})"
        for block in exercise.judged.blocks:
            lines += [f"{place}: {words}" for words in _block_objections(block)]
    return lines


def _block_objections(judged: JudgedBlock) -> Iterator[str]:
    yield from judged.faults
    if isinstance(judged.block, Validation) and not judged.block.agrees:
        yield f"disagrees: {judged.block.title}: {judged.block.outcome}"
    for each in judged.steps:
        if not each.proved:
            printed = statement_latex(each.step.claim.statement, each.step.claim.context)
            reason = f" ({open_words(each.verdict)})" if isinstance(each.verdict, Open) else ""
            yield f"{verdict_mark(each.verdict).label}: {printed}{reason}"


# Rows.


def _chain_rows(steps: tuple[JudgedStep, ...], numbers: Iterator[str]) -> tuple[RowView, ...]:
    before = (None, *steps)
    return tuple(
        _row(step, next(numbers), _continuation(previous, step)) for previous, step in zip(before, steps, strict=False)
    )


def _continuation(previous: JudgedStep | None, current: JudgedStep) -> str | None:
    """``= C`` for a row ``B = C`` below a row ``A = B`` in the same context, as one writes a chain by hand."""
    if previous is None or previous.step.claim.context != current.step.claim.context:
        return None
    match previous.step.claim.statement, current.step.claim.statement:
        case Relation(_, _, shared), Relation(left, sign, right) if shared == left:
            return f"{SIGN_LATEX[sign]} {term_latex(right, current.step.claim.context)}"
        case _:
            return None


def _row(judged: JudgedStep, number: str, continuation: str | None = None) -> RowView:
    step = judged.step
    context = step.claim.context
    return RowView(
        number,
        _broken(step.claim.statement, context, continuation)
        or continuation
        or statement_latex(step.claim.statement, context),
        inline(step.words or step.rule),
        verdict_mark(judged.verdict),
        tuple(_notes(judged.verdict, context)),
        step.boxed,
        continuation is not None,
        ("given answer",) if step.claimed else (),
    )


def _broken(statement: Statement, context: Context, continuation: str | None) -> str | None:
    """A relation whose left side is a sum too wide for a line, over several lines; the text is otherwise the same."""
    if continuation is not None or not isinstance(statement, Relation) or not isinstance(statement.left, Add):
        return None
    printed, right = statement_latex(statement, context), term_latex(statement.right, context)
    pieces = [term_latex(term, context) for term in statement.left.terms]
    if width(printed) <= WIDEST_LINE or " + ".join(pieces) != term_latex(statement.left, context):
        return None
    lines = [*_filled(pieces), rf"\quad {SIGN_LATEX[statement.sign]} {right}"]
    return r"\begin{aligned} & " + r" \\ & ".join(lines) + r" \end{aligned}"


def _filled(pieces: list[str]) -> Iterator[str]:
    """The summands, as many on each line as fit."""
    line = pieces[0]
    for piece in pieces[1:]:
        if width(f"{line} + {piece}") > WIDEST_LINE:
            yield line
            line = f"\\quad + {piece}"
        else:
            line = f"{line} + {piece}"
    yield line


def verdict_mark(verdict: Verdict) -> Mark:
    match verdict:
        case Proved():
            return PROVED
        case Refuted():
            return REFUTED
        case Open():
            return OPEN


def _notes(verdict: Verdict, context: Context) -> Iterator[Inline]:
    match verdict:
        case Proved(_, _, conditions, rests_on):
            if conditions:
                yield (Text("where "), *_listed(statement_latex(condition, context) for condition in conditions))
            if rests_on:
                yield (Text(f"rests on: {', '.join(map(theorem_title, rests_on))}"),)
        case Refuted(_, witness, left, right, place):
            yield _counterexample(witness, context)
            entry = "" if place is None else f"entry {place} of "
            sides = (
                (f"{entry}the left side is ", enclosure_latex(*left)),
                (f" and {entry}the right side ", enclosure_latex(*right)),
            )
            yield (*(part for words, value in sides for part in (Text(words), Formula(value))), Text("."))
        case Open(_, reason, needed):
            condition = () if needed is None else (Text(": "), Formula(statement_latex(needed, context)))
            yield (Text(f"Reason: {reason}"), *condition)
        case _:
            pass


def _counterexample(witness: Model, context: Context) -> Inline:
    values = [statement_latex(equation, context) for equation in coordinates(witness)]
    if not values:
        return (Text("Counterexample: the two sides are numbers, and they differ:"),)
    return (Text("Counterexample: at "), *_listed(values), Text(":"))


def _listed(formulas: Iterable[str]) -> Inline:
    """Formulas with commas between them."""
    parts = [part for formula in formulas for part in (Text(", "), Formula(formula))]
    return tuple(parts[1:])


# Convolution figures.


def _figure(figure: ConvolutionFigure, judged: JudgedBlock, numbers: Iterator[str]) -> FigureView:
    drawn = MOST_DRAWN_PATCHES if sum(map(len, figure.padded)) <= LARGEST_DRAWN_GRID else 0
    steps = iter(judged.steps)
    patches = tuple(
        _patch(figure, patch, tuple(itertools.islice(steps, len(patch.steps))), numbers, position < drawn)
        for position, patch in enumerate(figure.patches)
    )
    remarks = [(Text(fault),) for fault in judged.faults]
    if len(figure.patches) > drawn:
        remarks.append((Text(f"The patches of the first {drawn} entries are drawn." if drawn else ""),))
    return FigureView(
        "input, with its padding" if figure.padding else "input",
        _grid(figure, frozenset()),
        _plain_grid(figure.kernel),
        _plain_grid(figure.output),
        patches,
        tuple(remark for remark in remarks if remark != (Text(""),)),
    )


def _patch(
    figure: ConvolutionFigure, patch: Patch, steps: tuple[JudgedStep, ...], numbers: Iterator[str], drawn: bool
) -> PatchView:
    grids = (_grid(figure, frozenset(patch.cells)),) if drawn else ()
    return PatchView(f"patch of output entry ({patch.row}, {patch.column})", grids, _chain_rows(steps, numbers))


def _plain_grid(cells: tuple[tuple[str, ...], ...]) -> Grid:
    return tuple(tuple(map(Cell, row)) for row in cells)


def _grid(figure: ConvolutionFigure, read: frozenset[tuple[int, int]]) -> Grid:
    """The padded input, its cells counted from 1, with padding and the cells of one patch marked."""
    height, p = len(figure.padded), figure.padding
    return tuple(
        tuple(
            Cell(cell, _cell_style(not (p < r <= height - p and p < c <= len(row) - p), (r, c) in read))
            for c, cell in enumerate(row, 1)
        )
        for r, row in enumerate(figure.padded, 1)
    )


def _cell_style(pad: bool, read: bool) -> str:
    return " ".join(("pad",) * pad + ("read",) * read)


# Parameter tables.


def _table(table: LayerTable, judged: JudgedBlock, numbers: Iterator[str]) -> TableView:
    steps = iter(judged.steps)
    layers = tuple(
        _layer(row, tuple(next(steps) for step in (row.count_step, row.share_step) if step is not None), judged.faults)
        for row in table.rows
    )
    remarks = tuple((Text(fault),) for fault in judged.faults)
    return TableView(layers, _row(next(steps), next(numbers)), remarks)


def _layer(row: LayerRow, steps: tuple[JudgedStep, ...], faults: tuple[str, ...]) -> LayerView:
    notes = tuple(note for judged in steps for note in _notes(judged.verdict, judged.step.claim.context))
    counted = (inline(f"counted by {row.counted_by}"),) if row.counted_by else ()
    return LayerView(
        row.name,
        row.kind,
        row.output_shape,
        row.formula,
        row.numbers,
        grouped(row.count),
        row.share,
        _layer_mark(row, steps, faults),
        (*counted, *notes),
    )


def _layer_mark(row: LayerRow, steps: tuple[JudgedStep, ...], faults: tuple[str, ...]) -> Mark:
    """The weakest mark of the row's figures; a count without a claim has nothing proved about it."""
    if any(f" {row.name}," in fault for fault in faults):
        return WRONG_FIGURE
    marks = [verdict_mark(judged.verdict) for judged in steps]
    if row.count_step is None:
        marks.append(COUNTED if row.counted_by else OPEN if row.count else NOTHING)
    return next((mark for mark in (REFUTED, OPEN, COUNTED, NOTHING) if mark in marks), PROVED)
