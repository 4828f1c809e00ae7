"""Derivation: an exercise worked out, as data. Pipelines build it, the judge judges it, sheets print it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.kernel.certificate import Proof
from engine.meaning.claim import Claim


@dataclass(frozen=True, slots=True)
class Step:
    """One row of a solution: a claim, the rule it uses, and the justification in words.

    ``proof`` is a sketch of the proof, where the pipeline knows one: a theorem's name and parameters; the
    provers complete it, and the kernel believes neither. ``claimed`` marks an answer that the author of the
    sheet supplied.
    """

    claim: Claim
    rule: str
    words: str
    proof: Proof | None = None
    boxed: bool = False
    claimed: bool = False


@dataclass(frozen=True, slots=True)
class Chain:
    """Steps under one heading."""

    heading: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words, with formulas between dollar signs."""

    text: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark in words, with the steps that prove what it says."""

    text: str
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Patch:
    """One output entry of a convolution: its place, the cells of the padded input it reads, and its steps, of which
    the last one states its value."""

    row: int
    column: int
    cells: tuple[tuple[int, int], ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class ConvolutionFigure:
    """The padded input (LaTeX of each cell), which of its cells are padding, and a patch for each output entry."""

    padded: tuple[tuple[str, ...], ...]
    padding: int
    kernel: tuple[tuple[str, ...], ...]
    output: tuple[tuple[str, ...], ...]
    patches: tuple[Patch, ...]


@dataclass(frozen=True, slots=True)
class LayerRow:
    """One layer of a parameter table. ``count_step`` and ``share_step`` prove the two figures; a layer without a
    formula has ``counted_by`` set instead (who counted it)."""

    name: str
    kind: str
    output_shape: str
    formula: str
    numbers: str
    count: int
    share: str
    count_step: Step | None
    share_step: Step | None
    counted_by: str = ""


@dataclass(frozen=True, slots=True)
class LayerTable:
    rows: tuple[LayerRow, ...]
    total_step: Step


@dataclass(frozen=True, slots=True)
class Validation:
    """Numeric evidence beside a proof: what was compared, the outcome in words, and whether it agreed."""

    title: str
    outcome: str
    agrees: bool


@dataclass(frozen=True, slots=True)
class RemainderPlot:
    """A log-log plot: points (ε, remainder) for each curve, with the fitted slope."""

    title: str
    curves: tuple[Curve, ...]


@dataclass(frozen=True, slots=True)
class Curve:
    label: str
    points: tuple[tuple[float, float], ...]
    slope: float


Block = Chain | Paragraph | Remark | ConvolutionFigure | LayerTable | Validation | RemainderPlot


@dataclass(frozen=True, slots=True)
class Derivation:
    """An exercise: its question, the assumptions in words, its blocks, and where it comes from."""

    title: str
    question: str
    source: str
    blocks: tuple[Block, ...]


def steps_of(block: Block) -> tuple[Step, ...]:
    """Every step of a block, in the order of reading."""
    match block:
        case Chain(_, steps) | Remark(_, steps):
            return steps
        case ConvolutionFigure(patches=patches):
            return tuple(step for patch in patches for step in patch.steps)
        case LayerTable(rows, total):
            own = (step for row in rows for step in (row.count_step, row.share_step) if step is not None)
            return (*own, total)
        case _:
            return ()

