"""What a block shows beside its claims, held against what the claims say.

A parameter table shows counts and shares, a convolution figure the entries of a matrix: these are data of the block,
and a tick beside them would mean nothing if the proved claim were about another number.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from engine.derivation import Block, ConvolutionFigure, LayerRow, LayerTable, Patch, Step
from engine.meaning.latex import term_latex
from engine.meaning.statement import Relation
from engine.meaning.term import Number, Term


def mismatches(block: Block) -> tuple[str, ...]:
    """Each figure shown that the claim beside it does not state, in words."""
    match block:
        case LayerTable(rows, total):
            return (*(fault for row in rows for fault in _row_faults(row)), *_total_faults(rows, total))
        case ConvolutionFigure():
            return tuple(_entry_faults(block))
        case _:
            return ()


def _stated(step: Step | None) -> Term | None:
    """The right side of the relation that the step claims."""
    statement = step.claim.statement if step is not None else None
    return statement.right if isinstance(statement, Relation) else None


def _left_shown(step: Step) -> str | None:
    statement = step.claim.statement
    return term_latex(statement.left, step.claim.context) if isinstance(statement, Relation) else None


def _total_faults(rows: tuple[LayerRow, ...], total: Step) -> Iterator[str]:
    if _stated(total) != Number(Fraction(sum(row.count for row in rows))):
        yield "the total is not the sum of the counts shown"


def _row_faults(row: LayerRow) -> Iterator[str]:
    if row.count_step is not None and _stated(row.count_step) != Number(Fraction(row.count)):
        yield f"the table shows {row.count} parameters for {row.name}, which is not what its claim states"
    if row.count_step is not None and row.numbers != _left_shown(row.count_step):
        yield f"the table shows {row.numbers} for {row.name}, which is not what its claim computes"
    if row.share_step is not None and not _shows(row.share, _stated(row.share_step)):
        yield f"the table shows the share {row.share} for {row.name}, which is not what its claim states"


def _shows(text: str, value: Term | None) -> bool:
    """Whether the decimal literal ``value`` stands in ``text``, to its digits."""
    if not isinstance(value, Number):
        return False
    digits = f"{value.value * 10**value.places // 1}".rjust(value.places + 1, "0")
    cut = len(digits) - value.places
    literal = digits[:cut] + (f".{digits[cut:]}" if value.places else "")
    return text.removesuffix("%").removesuffix("\\").strip(" \u202f\u00a0") == literal


def _entry_faults(figure: ConvolutionFigure) -> Iterator[str]:
    for patch in figure.patches:
        last = patch.steps[-1] if patch.steps else None
        value = _stated(last)
        if last is None or value is None or _entry(figure, patch) != term_latex(value, last.claim.context):
            yield f"the output shown at ({patch.row}, {patch.column}) is not what its claim states"


def _entry(figure: ConvolutionFigure, patch: Patch) -> str | None:
    """The output shown at the patch's place, which is counted from 1."""
    if not (1 <= patch.row <= len(figure.output) and 1 <= patch.column <= len(figure.output[patch.row - 1])):
        return None
    return figure.output[patch.row - 1][patch.column - 1]
