"""A small derivation that shows every kind of block and every verdict, judged by the real kernel."""

from __future__ import annotations

from fractions import Fraction

from engine.derivation import (
    Block,
    Chain,
    ConvolutionFigure,
    Curve,
    Derivation,
    LayerRow,
    LayerTable,
    Paragraph,
    Patch,
    RemainderPlot,
    Remark,
    Step,
    Validation,
)
from engine.kernel.certificate import Assignment, Certificate, Entry, Model, NormalForm, Rounding
from engine.kernel.check import check, refute
from engine.kernel.verdict import Open, Verdict
from engine.meaning.claim import Claim
from engine.meaning.context import Context
from engine.meaning.latex import term_latex
from engine.meaning.sort import NATURAL, REAL, Family, IndexRange
from engine.meaning.statement import Relation, Sign
from engine.meaning.term import ONE, Add, Divide, Element, Multiply, Name, Number, Power, Sum, Term, integer
from engine.record.judged import JudgedDerivation, JudgedStep, judge_derivation
from engine.record.shown import mismatches
from engine.sheets.sheet import JudgedExercise, JudgedSheet
from engine.sheets.sheet_file import ExerciseEntry, SheetFile

X, N = Name("x"), Name("N")
REALS = Context().declare("x", REAL)
DATA = Context().declare("N", NATURAL).declare("x", Family((IndexRange(ONE, N),), REAL)).declare(r"\lambda", REAL)
POINT = Model((Assignment("x", Fraction(2)),))
SAMPLE = Model(
    (
        Assignment("N", Fraction(2)),
        Assignment("x", (Entry((1,), Fraction(1, 3)), Entry((2,), Fraction(5)))),
        Assignment(r"\lambda", Fraction(1, 2)),
    )
)


def relation(left: Term, right: Term, context: Context = REALS, sign: Sign = "=") -> Claim:
    return Claim(context, Relation(left, sign, right))


def square() -> Term:
    return Power(Add((X, ONE)), integer(2))


def expanded() -> Term:
    return Add((Power(X, integer(2)), Multiply((integer(2), X)), ONE))


def data_sum(body: Term) -> Term:
    return Sum("i", ONE, N, body)


CHAIN = Chain(
    "Expanding, with $x$ real",
    (
        Step(relation(square(), expanded()), "binomial", "Expand $(x+1)^2$."),
        Step(relation(expanded(), Add((Multiply((X, Add((X, integer(2))))), ONE))), "factor", "Take out $x$."),
        Step(relation(Divide(Multiply((X, X)), X), X), "cancel", "Cancel $x$."),
        Step(
            relation(
                data_sum(Multiply((Name(r"\lambda"), Element("x", (Name("i"),))))),
                Multiply((Name(r"\lambda"), data_sum(Element("x", (Name("i"),))))),
                DATA,
            ),
            "linearity",
            "A factor without the index stands before the sum.",
            boxed=True,
        ),
    ),
)
FALSE = Step(relation(square(), Add((Power(X, integer(2)), ONE))), "claimed", "The answer given.", claimed=True)
UNDECIDED = Step(relation(Name("x"), Name("x")), "open", "Nobody tried.")
REMARK = Remark("Two lines that are $\\textbf{not}$ proved.", (FALSE, UNDECIDED))


def figure() -> ConvolutionFigure:
    """Input 2 × 2 with padding 1, kernel 1 × 1, stride 3 − 1: four entries, of which one is read inside."""
    padded = (("0",) * 4, ("0", "5", r"\frac{1}{2}", "0"), ("0", "-7", "4", "0"), ("0",) * 4)
    values: dict[tuple[int, int], Term] = {
        (1, 1): integer(0),
        (1, 2): integer(0),
        (2, 1): integer(0),
        (2, 2): integer(12),
    }
    patches = []
    for (row, column), value in values.items():
        cell = (2 * row - 1, 2 * column - 1)
        left = Multiply((integer(3), integer(4) if cell == (3, 3) else integer(0)))
        step = Step(relation(left, value, Context()), "cross-correlation", f"Entry ({row}, {column}).")
        patches.append(Patch(row, column, (cell,), (step,)))
    output = tuple(tuple(term_latex(values[r, c], Context()) for c in (1, 2)) for r in (1, 2))
    return ConvolutionFigure(padded, 1, (("3",),), output, tuple(patches))


def layer(name: str, outputs: int, inputs: int, total: int) -> LayerRow:
    numbers = Multiply((integer(outputs), Add((integer(inputs), ONE))))
    count = outputs * (inputs + 1)
    share = Number(Fraction(round(Fraction(100000 * count, total)), 1000), 3)
    left = Divide(Multiply((integer(100), integer(count))), integer(total))
    return LayerRow(
        name,
        "Linear",
        str(outputs),
        r"n_{\mathrm{out}} \left(n_{\mathrm{in}} + 1\right)",
        term_latex(numbers, Context()),
        count,
        term_latex(share, Context()),
        Step(relation(numbers, integer(count), Context()), "count", f"{name}: counted."),
        Step(relation(left, share, Context(), "≈"), "share", f"{name}: share."),
    )


def table() -> LayerTable:
    total = 4096 * 25089 + 1000 * 4097 + 42
    rows = (
        layer("classifier.0", 4096, 25088, total),
        LayerRow("classifier.1", "ReLU", "4096", "", "", 0, "0", None, None),
        layer("classifier.6", 1000, 4096, total),
        LayerRow("odd.0", "Odd", r"3 \times 4", "", "", 42, "0.000", None, None, "torch"),
    )
    counts = Add(tuple(integer(row.count) for row in rows if row.count))
    return LayerTable(rows, Step(relation(counts, integer(total), Context()), "total", "The sum.", boxed=True))


PLOT = RemainderPlot(
    r"Remainder of the expansion against $\varepsilon$",
    tuple(
        Curve(rf"order {k}", tuple((10.0**-e, 0.3 * 10.0 ** (-e * (k + 1))) for e in range(1, 5)), k + 1.0)
        for k in range(3)
    ),
)


def blocks() -> tuple[Block, ...]:
    return (
        Paragraph(r"Some words with $\hat{\lambda} = 1/\bar{x}$, 100 % of <b>them</b> & more: θ, ∇, ℝ."),
        Paragraph("A long formula: $" + " + ".join(f"x_{{{n}}}" for n in range(40)) + "$."),
        CHAIN,
        REMARK,
        figure(),
        table(),
        Validation("torch.nn.functional.conv2d in int64", "All 4 entries are equal.", True),
        Validation("a wrong one", "They differ by $10^{-3}$.", False),
        PLOT,
    )


def verdict(step: Step) -> Verdict:
    """What the kernel says with a certificate that suits the specimens."""
    if step is UNDECIDED:
        return Open(step.claim, "no prover was asked for <this> & that, 100 %")
    model = SAMPLE if step.claim.context is DATA else POINT if step.claim.context is REALS else Model()
    statement = step.claim.statement
    proof = Rounding() if isinstance(statement, Relation) and statement.sign == "≈" else NormalForm()
    return refute(step.claim, model) if step is FALSE else check(step.claim, Certificate(proof, model))


def judged(*chosen: Block) -> JudgedDerivation:
    derivation = Derivation(
        "Every <kind> of block & verdict_1", r"What is $\frac{1}{2}$ of 50 %?", "Nobody, 2026", chosen
    )
    return judge_derivation(derivation, lambda step: JudgedStep(step, verdict(step)), mismatches)


def sheet(*chosen: Block) -> JudgedSheet:
    entry = ExerciseEntry("specimen", "", 5, {}, 1)
    file = SheetFile("specimen", r"Specimen \input{/etc/passwd} $x$ & <script>", "Course #1", (entry,))
    return JudgedSheet(file, (JudgedExercise(entry, judged(*(chosen or blocks()))),))
