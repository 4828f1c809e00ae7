r"""Convolution by hand: the output of a convolutional layer with one channel and no bias, entry by entry.

Statement
    For an input X (n_h × n_w), a kernel K (k_h × k_w), stride s, zero padding p and dilation d, the layer's output Y
    has ⌊(n + 2p − d(k − 1) − 1)/s⌋ + 1 rows and columns (each with its own n, k, s, d) and the entries
    y_{a,b} = Σ_{u=1}^{k_h} Σ_{v=1}^{k_w} K_{u,v} X̃_{s(a−1)+d(u−1)+1, s(b−1)+d(v−1)+1}, where X̃ is X with p rows and
    columns of zeros on every side. This is a cross-correlation: the kernel is not flipped.
Assumptions
    Entries are rational numbers or real symbols; s ≥ 1, d ≥ 1, p ≥ 0, and d(k − 1) + 1 ≤ n + 2p.
Steps
    The size of the output; the padded input; each entry as the products of its patch; the output matrix.
Result
    Y, one matrix for each case.
Source
    V. Dumoulin and F. Visin, A guide to convolution arithmetic for deep learning, 2016, relationships 6 and 15.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from string import ascii_lowercase

from derivations.exercise_data import Fault, only_keys, shown, text, whole_number
from derivations.matrix_entry import (
    LARGEST_SIDE,
    Entry,
    Grid,
    Polynomial,
    add,
    matrix_term,
    multiply,
    only_decimals,
    read_matrix,
    value_at,
    value_term,
)
from engine.derivation import (
    Block,
    Chain,
    ConvolutionFigure,
    Derivation,
    Paragraph,
    Patch,
    Remark,
    Step,
    Validation,
)
from engine.meaning.claim import Claim
from engine.meaning.context import Context
from engine.meaning.latex import term_latex
from engine.meaning.sort import REAL
from engine.meaning.statement import Relation
from engine.meaning.term import (
    ONE,
    ZERO,
    Add,
    Apply,
    Divide,
    Element,
    Matrix,
    Multiply,
    Name,
    Negate,
    Number,
    Sum,
    Term,
    free_names,
    integer,
    subtract,
)
from engine.numerics import missing
from engine.numerics.convolution import conv2d_int64, random_integers
from engine.span import Problem

TITLE = "Convolutional layers by hand"
SOURCE = "V. Dumoulin and F. Visin, A guide to convolution arithmetic for deep learning, 2016, relationships 6 and 15"
KEYS = ("input", "kernel", "cases", "title", "question")
CASE_KEYS = ("part", "stride", "padding", "dilation", "claimed")
PADDED = r"\tilde{X}"
RESERVED = frozenset("XKYy")
INDEX_LETTERS = ("ab", "uv", "ij", "mn", "pq", "rt", "gh", "kl", "AB", "UV", "IJ", "MN", "PQ", "RT", "GH")
READABLE_ENTRIES = 16
"""Up to this many output entries, and products in each, the products of an entry are written out."""

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Case:
    """One part of the exercise: rows and columns each have a stride and a dilation; the padding is alike."""

    part: str
    stride: Pair
    padding: int
    dilation: Pair
    claimed: Grid | None


@dataclass(frozen=True, slots=True)
class Layer:
    """A case with everything computed: the padded input, the output, and the letters free for indices."""

    case: Case
    matrix: Grid
    kernel: Grid
    padded: Grid
    output: tuple[tuple[Polynomial, ...], ...]
    letters: tuple[str, str, str, str]
    decimals: bool

    @property
    def source(self) -> str:
        """The name of the matrix that the kernel slides over."""
        return PADDED if self.case.padding else "X"


def derive(data: Mapping[str, object], *, torch: bool) -> Derivation | Problem:
    """The exercise for ``data``: ``input`` and ``kernel`` (rows of entries), ``cases`` (tables with ``part``,
    ``stride``, ``padding``, ``dilation``, and perhaps an output ``claimed``), perhaps ``title``, ``question``.

    A stride or dilation is one number or ``[rows, columns]``. An entry is an integer, a decimal, ``"3/4"``, a symbol
    such as ``"k_{11}"``, or a sum of products of such (``"2a - b c"``).
    """
    try:
        only_keys(data, KEYS, "the convolution exercise")
        matrix, kernel = (read_matrix(data.get(key), key, RESERVED) for key in ("input", "kernel"))
        layers = [_layer(case, matrix, kernel) for case in _cases(data.get("cases"))]
        title, question = text(data, "title", TITLE), text(data, "question", _question(layers))
    except Fault as fault:
        return fault.problem()
    blocks = (block for layer in layers for block in _blocks(layer))
    return Derivation(title, question, SOURCE, (_introduction(layers[0]), *blocks, *_validation(layers, torch)))


def output_size(size: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    """⌊(n + 2p − d(k − 1) − 1)/s⌋ + 1; the kernel must fit into the padded input.

    >>> output_size(4, 2, stride=2, padding=1)
    3
    """
    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1


# What the sheet says, read into types.


def _cases(value: object) -> tuple[Case, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(case, Mapping) for case in value):
        raise Fault(f"cases: expected a list of tables such as {{ stride = 2, padding = 1 }}, found {shown(value)}")
    return tuple(_case(case, number) for number, case in enumerate(value, 1))


def _case(data: Mapping[str, object], number: int) -> Case:
    place = f"case {number}"
    only_keys(data, CASE_KEYS, place)
    part = text(data, "part", ascii_lowercase[number - 1] if number <= 26 else str(number))
    stride = _pair(data.get("stride", 1), f"{place}, stride", 1)
    dilation = _pair(data.get("dilation", 1), f"{place}, dilation", 1)
    padding = _pair(data.get("padding", 0), f"{place}, padding", 0)
    if padding[0] != padding[1]:
        raise Fault(f"{place}, padding: expected one number for every side, found {shown(data['padding'])}")
    claimed = read_matrix(data["claimed"], f"{place}, claimed", RESERVED) if "claimed" in data else None
    return Case(part, stride, padding[0], dilation, claimed)


def _pair(value: object, place: str, least: int) -> Pair:
    """One number for rows and columns, or ``[rows, columns]``."""
    if not isinstance(value, list):
        number = whole_number(value, place, least, LARGEST_SIDE)
        return number, number
    if len(value) != 2:
        raise Fault(f"{place}: expected a whole number or [rows, columns], found {shown(value)}")
    return whole_number(value[0], place, least, LARGEST_SIDE), whole_number(value[1], place, least, LARGEST_SIDE)


# What follows from it.


def _layer(case: Case, matrix: Grid, kernel: Grid) -> Layer:
    padded = _padded(matrix, case.padding)
    if max(len(padded), len(padded[0])) > LARGEST_SIDE:
        found = f"{len(padded)} × {len(padded[0])}"
        raise Fault(f"case ({case.part}): expected at most {LARGEST_SIDE} padded rows and columns, found {found}")
    spans = [d * (k - 1) + 1 for d, k in zip(case.dilation, (len(kernel), len(kernel[0])), strict=True)]
    if spans[0] > len(padded) or spans[1] > len(padded[0]):
        raise Fault(
            f"case ({case.part}): the kernel{_dilated(case, spans, kernel)} is larger than the padded input,"
            f" which is {len(padded)} × {len(padded[0])}"
        )
    rows, columns = _output_shape(case, matrix, kernel)
    output = tuple(
        tuple(_correlate(kernel, padded, _cells(case, kernel, a, b)) for b in range(1, columns + 1))
        for a in range(1, rows + 1)
    )
    letters = _free_letters(_symbols(matrix, kernel, case.claimed or ()))
    return Layer(case, matrix, kernel, padded, output, letters, only_decimals(matrix, kernel))


def _dilated(case: Case, spans: Sequence[int], kernel: Grid) -> str:
    size = f" ({len(kernel)} × {len(kernel[0])})"
    return size if case.dilation == (1, 1) else f"{size}, dilated to {spans[0]} × {spans[1]},"


def _output_shape(case: Case, matrix: Grid, kernel: Grid) -> Pair:
    height = output_size(len(matrix), len(kernel), case.stride[0], case.padding, case.dilation[0])
    width = output_size(len(matrix[0]), len(kernel[0]), case.stride[1], case.padding, case.dilation[1])
    return height, width


def _padded(matrix: Grid, padding: int) -> Grid:
    zero = Entry(ZERO, {})
    side = (zero,) * padding
    blank = (zero,) * (len(matrix[0]) + 2 * padding)
    return (*(blank,) * padding, *((*side, *row, *side) for row in matrix), *(blank,) * padding)


def _cells(case: Case, kernel: Grid, a: int, b: int) -> tuple[Pair, ...]:
    """The places (counted from 1) of the padded input that output entry (a, b) reads, in the kernel's reading order."""
    rows = [case.stride[0] * (a - 1) + case.dilation[0] * u + 1 for u in range(len(kernel))]
    columns = [case.stride[1] * (b - 1) + case.dilation[1] * v + 1 for v in range(len(kernel[0]))]
    return tuple(product(rows, columns))


def _correlate(kernel: Grid, padded: Grid, cells: tuple[Pair, ...]) -> Polynomial:
    weights = [weight.value for row in kernel for weight in row]
    return add([multiply(w, padded[r - 1][c - 1].value) for w, (r, c) in zip(weights, cells, strict=True)])


def _symbols(*grids: Grid) -> frozenset[str]:
    """Every symbol written in the entries, also one whose coefficient is 0."""
    return frozenset().union(*(free_names(cell.term) for grid in grids for row in grid for cell in row))


def _free_letters(symbols: frozenset[str]) -> tuple[str, str, str, str]:
    """Letters for the indices (a, b) of the output and (u, v) of the kernel that are no symbols of the entries."""
    taken = {name.split("_")[0] for name in symbols}
    free = [pair for pair in INDEX_LETTERS if not taken & set(pair)]
    if len(free) < 2:
        raise Fault("the entries leave no letters for the indices; write them with subscripts, such as k_{1}, k_{2}")
    return free[0][0], free[0][1], free[1][0], free[1][1]


# The claims.


def _context(layer: Layer) -> Context:
    """X, K, X̃ and the output as definitions; symbols among the entries are real."""
    a, b, _, _ = layer.letters
    context = Context()
    for symbol in sorted(_symbols(layer.matrix, layer.kernel, layer.case.claimed or ())):
        context = context.declare(symbol, REAL)
    context = context.define("X", (), matrix_term(layer.matrix)).define("K", (), matrix_term(layer.kernel))
    if layer.case.padding:
        context = context.define(PADDED, (), _pad(layer.case.padding))
    context = context.define("y", (a, b), _correlation(layer, Name(a), Name(b)))
    places = [[_y(r, c) for c in range(1, len(layer.output[0]) + 1)] for r in range(1, len(layer.output) + 1)]
    return context.define("Y", (), Matrix(tuple(map(tuple, places))))


def _pad(padding: int) -> Term:
    return Apply("pad", (Name("X"), integer(padding)))


def _y(a: int, b: int) -> Element:
    return Element("y", (integer(a), integer(b)))


def _correlation(layer: Layer, a: Term, b: Term) -> Term:
    r"""Σ_u Σ_v K_{u,v} X̃_{sa + du + c, sb + dv + c'} with c = 1 − s − d, constants collected where a, b are numbers."""
    _, _, u, v = layer.letters
    case = layer.case
    row = _index(case.stride[0], a, case.dilation[0], u)
    column = _index(case.stride[1], b, case.dilation[1], v)
    body = Multiply((Element("K", (Name(u), Name(v))), Element(layer.source, (row, column))))
    inner = Sum(v, ONE, integer(len(layer.kernel[0])), body)
    return Sum(u, ONE, integer(len(layer.kernel)), inner)


def _index(stride: int, place: Term, dilation: int, offset: str) -> Term:
    """stride·(place − 1) + dilation·(offset − 1) + 1, with its constant collected."""
    constant = 1 - stride - dilation
    moving = [_multiple(dilation, Name(offset))]
    if isinstance(place, Number):
        constant += stride * int(place.value)
    else:
        moving.insert(0, _multiple(stride, place))
    terms = (*moving, *([integer(constant)] if constant else []))
    return terms[0] if len(terms) == 1 else Add(terms)


def _multiple(factor: int, term: Term) -> Term:
    return term if factor == 1 else Multiply((integer(factor), term))


def _size_steps(layer: Layer) -> tuple[Step, ...]:
    """⌊(n + 2p − d(k − 1) − 1)/s⌋ + 1 with numbers, for rows and columns; one step where both are alike."""
    case = layer.case
    shape = _output_shape(case, layer.matrix, layer.kernel)
    rows = (len(layer.matrix), len(layer.kernel), case.stride[0], case.dilation[0])
    columns = (len(layer.matrix[0]), len(layer.kernel[0]), case.stride[1], case.dilation[1])
    if rows == columns:
        return (_size_step(case, *rows, shape[0], "Rows, and likewise columns, of the output."),)
    return (
        _size_step(case, *rows, shape[0], "Rows of the output."),
        _size_step(case, *columns, shape[1], "Columns of the output."),
    )


def _size_step(case: Case, n: int, k: int, s: int, d: int, size: int, words: str, claimed: bool = False) -> Step:
    padding = Multiply((integer(2), integer(case.padding)))
    kernel = Multiply((integer(d), subtract(integer(k), ONE)))
    room = Add((integer(n), padding, Negate(kernel), Negate(ONE)))
    formula = Add((Apply("floor", (Divide(room, integer(s)),)), ONE))
    claim = Claim(Context(), Relation(formula, "=", integer(size)))
    return Step(claim, "claimed" if claimed else "output size", words, claimed=claimed)


def _pad_steps(layer: Layer, context: Context) -> tuple[Step, ...]:
    padding = layer.case.padding
    if not padding:
        return ()
    claim = Claim(context, Relation(_pad(padding), "=", matrix_term(layer.padded)))
    lines = "one row and one column" if padding == 1 else f"{padding} rows and {padding} columns"
    return (Step(claim, "zero padding", f"The padded input $\\tilde{{X}}$: {lines} of zeros on every side."),)


def _figure(layer: Layer, context: Context) -> ConvolutionFigure:
    patches = (
        _patch(layer, context, a, b, value)
        for a, row in enumerate(layer.output, 1)
        for b, value in enumerate(row, 1)
    )
    output = tuple(
        tuple(term_latex(value_term(value, layer.decimals), context) for value in row) for row in layer.output
    )
    padded, kernel = _cell_texts(layer.padded, context), _cell_texts(layer.kernel, context)
    return ConvolutionFigure(padded, layer.case.padding, kernel, output, tuple(patches))


def _cell_texts(grid: Grid, context: Context) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(term_latex(cell.term, context) for cell in row) for row in grid)


def _patch(layer: Layer, context: Context, a: int, b: int, value: Polynomial) -> Patch:
    correlation = _correlation(layer, integer(a), integer(b))
    number = value_term(value, layer.decimals)
    cells = _cells(layer.case, layer.kernel, a, b)
    words = f"Output entry ({a}, {b}): the kernel on the patch that starts in row {cells[0][0]}, column {cells[0][1]}."
    if not _fits_a_page(layer):
        return Patch(a, b, cells, (_equal(context, correlation, number, "cross-correlation", words),))
    products = _products(layer, a, b)
    written = _equal(context, correlation, products, "cross-correlation", words)
    return Patch(a, b, cells, (written, _equal(context, products, number, "arithmetic", "The products added up.")))


def _fits_a_page(layer: Layer) -> bool:
    """Whether every entry is written out as the products of its patch."""
    entries, weights = (len(grid) * len(grid[0]) for grid in (layer.output, layer.kernel))
    return max(entries, weights) <= READABLE_ENTRIES


def _equal(context: Context, left: Term, right: Term, rule: str, words: str) -> Step:
    return Step(Claim(context, Relation(left, "=", right)), rule, words)


def _products(layer: Layer, a: int, b: int) -> Term:
    weights = [weight.term for row in layer.kernel for weight in row]
    under = [layer.padded[r - 1][c - 1].term for r, c in _cells(layer.case, layer.kernel, a, b)]
    terms = tuple(Multiply(pair) for pair in zip(weights, under, strict=True))
    return terms[0] if len(terms) == 1 else Add(terms)


def _result_step(layer: Layer, context: Context) -> Step:
    output = Matrix(tuple(tuple(value_term(value, layer.decimals) for value in row) for row in layer.output))
    claim = Claim(context, Relation(Name("Y"), "=", output))
    return Step(claim, "output", "All entries together: the output of the layer.", boxed=True)


def _claimed_steps(layer: Layer, context: Context) -> tuple[Step, ...]:
    """The author's own matrix: one step where it is right, else the size or the entries that differ, to be judged."""
    claimed = layer.case.claimed
    if claimed is None:
        return ()
    rows, columns = len(claimed), len(claimed[0])
    if (rows, columns) != (len(layer.output), len(layer.output[0])):
        return _claimed_sizes(layer, rows, columns)
    places = [(a, b) for a, b in product(range(rows), range(columns)) if claimed[a][b].value != layer.output[a][b]]
    if not places:
        claim = Claim(context, Relation(Name("Y"), "=", matrix_term(claimed)))
        return (Step(claim, "claimed", "The output that the author of the sheet gave.", claimed=True),)
    return tuple(
        Step(
            Claim(context, Relation(_y(a + 1, b + 1), "=", claimed[a][b].term)),
            "claimed",
            f"Entry ({a + 1}, {b + 1}) of the output that the author of the sheet gave.",
            claimed=True,
        )
        for a, b in places
    )


def _claimed_sizes(layer: Layer, rows: int, columns: int) -> tuple[Step, ...]:
    case, n, k = layer.case, layer.matrix, layer.kernel
    given = "of the output that the author of the sheet gave."
    return (
        _size_step(case, len(n), len(k), case.stride[0], case.dilation[0], rows, f"Rows {given}", True),
        _size_step(case, len(n[0]), len(k[0]), case.stride[1], case.dilation[1], columns, f"Columns {given}", True),
    )


# The sheet's blocks.


def _question(layers: Sequence[Layer]) -> str:
    layer = layers[0]
    parts = "; ".join(f"({layer.case.part}) {_setting(layer.case)}" for layer in layers)
    return (
        f"Consider the ${len(layer.matrix)} \\times {len(layer.matrix[0])}$ input "
        f"$X = {term_latex(matrix_term(layer.matrix))}$ and the convolutional kernel "
        f"$K = {term_latex(matrix_term(layer.kernel))}$ with no bias term. What is the output of the layer for {parts}?"
    )


def _setting(case: Case) -> str:
    padding = f"zero padding {case.padding}" if case.padding else "no padding"
    dilation = "" if case.dilation == (1, 1) else f", dilation {_show(case.dilation)}"
    return f"stride {_show(case.stride)}, {padding}{dilation}"


def _show(pair: Pair) -> str:
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]} (rows) and {pair[1]} (columns)"


def _introduction(layer: Layer) -> Paragraph:
    a, b, u, v = layer.letters
    return Paragraph(
        r"The layer computes a cross-correlation: the kernel slides over the input as it stands, with no flip. "
        rf"With $\tilde{{X}}$ the padded input, $y_{{{a},{b}}} = \sum_{{{u}=1}}^{{k_h}} \sum_{{{v}=1}}^{{k_w}} "
        rf"K_{{{u},{v}}} \tilde{{X}}_{{s({a}-1)+d({u}-1)+1,\, s({b}-1)+d({v}-1)+1}}$, and in each direction the "
        r"output has $\lfloor (n + 2p - d(k-1) - 1)/s \rfloor + 1$ entries for input size $n$, kernel size $k$, "
        r"stride $s$, padding $p$ and dilation $d$."
    )


def _blocks(layer: Layer) -> tuple[Block, ...]:
    context = _context(layer)
    heading = f"({layer.case.part}) {_setting(layer.case)}"
    claimed = _claimed_steps(layer, context)
    return (
        Chain(f"{heading}: size", (*_size_steps(layer), *_pad_steps(layer, context))),
        _figure(layer, context),
        Chain(f"({layer.case.part}) Output", (_result_step(layer, context),)),
        *((Chain(f"({layer.case.part}) Given answer", claimed),) if claimed else ()),
    )


def _validation(layers: Sequence[Layer], torch: bool) -> tuple[Block, ...]:
    if not torch:
        return ()
    absent = missing("torch")
    if absent is not None:
        return (Remark(f"The outputs were not compared with torch: {absent.message}."),)
    outcomes = [_compare(layer) for layer in layers]
    problem = next((outcome for outcome in outcomes if isinstance(outcome, Problem)), None)
    if problem is not None:
        return (Remark(f"The outputs were not compared with torch: {problem.message}."),)
    return (_outcome(layers, [bool(outcome) for outcome in outcomes]),)


def _outcome(layers: Sequence[Layer], equal: Sequence[bool]) -> Validation:
    entries = sum(len(layer.output) * len(layer.output[0]) for layer in layers)
    symbols = "; the symbols were random integers" if _symbols(layers[0].matrix, layers[0].kernel) else ""
    wrong = [f"({layer.case.part})" for layer, same in zip(layers, equal, strict=True) if not same]
    outcome = f"all {entries} entries are equal, without tolerance" if not wrong else f"{', '.join(wrong)} differ"
    return Validation("torch.nn.functional.conv2d in int64", f"{outcome[0].upper()}{outcome[1:]}{symbols}.", not wrong)


def _compare(layer: Layer) -> bool | Problem:
    """Whether torch computes the same output, at random integers for the symbols."""
    values = random_integers(sorted(_symbols(layer.matrix, layer.kernel)))
    matrix, kernel = (_numbers(grid, values) for grid in (layer.matrix, layer.kernel))
    case = layer.case
    found = conv2d_int64(matrix, kernel, case.stride, (case.padding, case.padding), case.dilation)
    if isinstance(found, Problem):
        return found
    return found == tuple(tuple(value_at(value, values) for value in row) for row in layer.output)


def _numbers(grid: Grid, values: Mapping[str, Fraction]) -> list[list[Fraction]]:
    return [[value_at(cell.value, values) for cell in row] for row in grid]
