"""The sheet in TeX: article, amsmath, lmodern and geometry, so that a small TeX installation suffices."""

from __future__ import annotations

from unicodedata import decomposition

from engine.sheets.formula import Formula, Inline, harmless, inline
from engine.sheets.plot import PlottedCurve
from engine.sheets.view import Cell, Mark, RowView, SheetView
from report_templates import template


class Tex(str):
    """TeX that was made here; every other text is escaped where it is printed."""

    __slots__ = ()

    def __html__(self) -> str:
        """Jinja's sign that a text is ready to be printed as it is."""
        return self


SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "'": "'{}",
    "`": r"\textasciigrave{}",
    "-": "-{}",
    "\u00a0": "~",
    "\u202f": r"\,",
    "\u2009": r"\,",
    "–": "--",
    "—": "---",
    "‘": "`",
    "’": "'",
    "“": "``",
    "”": "''",
    "…": r"\ldots{}",
    "€": r"\texteuro{}",
}
MATHS = dict(
    zip(
        "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ",
        r"\alpha \beta \gamma \delta \varepsilon \zeta \eta \theta \iota \kappa \lambda \mu \nu \xi \pi \rho \sigma "
        r"\tau \upsilon \varphi \chi \psi \omega "
        r"\Gamma \Delta \Theta \Lambda \Xi \Pi \Sigma \Upsilon \Phi \Psi \Omega".split(),
        strict=True,
    )
) | {
    "∇": r"\nabla",
    "∂": r"\partial",
    "∞": r"\infty",
    "∈": r"\in",
    "∉": r"\notin",
    "ℝ": r"\mathbb{R}",
    "ℕ": r"\mathbb{N}",
    "ℤ": r"\mathbb{Z}",
    "≤": r"\le",
    "≥": r"\ge",
    "≠": r"\neq",
    "≈": r"\approx",
    "±": r"\pm",
    "×": r"\times",
    "·": r"\cdot",
    "÷": r"\div",
    "−": "-",
    "→": r"\to",
    "↦": r"\mapsto",
    "⇒": r"\Rightarrow",
    "⇔": r"\Leftrightarrow",
    "∑": r"\sum",
    "∏": r"\prod",
    "∫": r"\int",
    "√": r"\surd",
    "ℓ": r"\ell",
    "⌊": r"\lfloor",
    "⌋": r"\rfloor",
    "∥": r"\|",
}
SYMBOLS = {"✓": r"$\checkmark$", "✗": r"$\times$", "≈": r"$\approx$", "?": "?", "#": r"\#", "–": "--"}

PLOT_SIGNS = {
    "disc": r"\circle*{4}",
    "ring": r"\circle{9}",
    "frame": r"\put(-6.5,-6.5){\framebox(13,13){}}",
    "cross": r"\makebox(0,0){$\times$}",
}


def tex_page(view: SheetView) -> str:
    """The whole file. What a template prints is escaped unless it was made by this module."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        loader=FunctionLoader(template),
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
        undefined=StrictUndefined,
        trim_blocks=True,
        autoescape=True,
        finalize=printed,
    )
    environment.filters |= {
        "words": words,
        "math": lambda latex: mathematics(latex) if latex else Tex(""),
        "formula_of_row": formula_of_row,
        "mark": mark,
        "mark_in_words": mark_in_words,
        "grid": grid,
        "strokes": strokes,
        "key": key,
        "inline": inline,
    }
    return environment.get_template("sheet.tex.j2").render(sheet=view)


def printed(value: object) -> object:
    """What stands on the page for a value that a template prints."""
    return value if hasattr(value, "__html__") else escape(str(value))


def escape(text: str) -> Tex:
    """Plain words in TeX, whatever they hold; a character that TeX's fonts lack is shown by its number.

    >>> print(escape("50% of x_1 ≤ \\\\input{a}"))
    50\\% of x\\_1 $\\le$ \\textbackslash{}input\\{a\\}
    """
    return Tex("".join(map(_character, text)))


def _character(character: str) -> str:
    if character in SPECIAL:
        return SPECIAL[character]
    if character in MATHS:
        return f"${MATHS[character]}$"
    if character.isspace() or not character.isprintable():
        return " "
    if character.isascii() or ("À" <= character <= "ſ" and character not in "ĿŀŉĦħŦŧĸſ"):
        return character
    return _raised_or_lowered(character) or f"[U+{ord(character):04X}]"


def _raised_or_lowered(character: str) -> str:
    """Letters that Unicode has as superscripts and subscripts of others, such as ᵇ."""
    kind, _, code = decomposition(character).partition(" ")
    sign = {"<super>": "^", "<sub>": "_"}.get(kind)
    return f"${{}}{sign}{{{escape(chr(int(code, 16)))}}}$" if sign and " " not in code else ""


def words(parts: Inline) -> Tex:
    return Tex("".join(mathematics(p.latex) if isinstance(p, Formula) else escape(p.text) for p in parts))


def mathematics(latex: str, style: str = "") -> Tex:
    """The formula in math mode; what is no known notation is shown as its source, so that TeX never runs it."""
    return Tex(f"${style}{latex}$") if harmless(latex) else Tex(rf"\texttt{{{escape(latex)}}}")


def formula_of_row(row: RowView) -> Tex:
    formula = mathematics(row.formula, r"\displaystyle ")
    indent = r"\quad" if row.continued else ""
    return Tex(rf"\fbox{{{formula}}}" if row.boxed else f"{indent}{formula}")


def mark(shown: Mark) -> Tex:
    """A tick alone stands for proved; every other mark has its word beside it."""
    if shown.kind in ("proved", "nothing"):
        return Tex(SYMBOLS[shown.symbol])
    return mark_in_words(shown)


def mark_in_words(shown: Mark) -> Tex:
    return Tex(rf"{SYMBOLS[shown.symbol]} {escape(shown.label)}")


def grid(cells: tuple[tuple[Cell, ...], ...]) -> Tex:
    """A matrix in a frame; the cells that the kernel reads are boxed and bold, those of the padding small."""
    columns = max(map(len, cells), default=1)
    lines = (" & ".join(map(_cell, line)) + r" \\" for line in cells)
    return Tex(rf"$\begin{{array}}{{|@{{}}*{{{columns}}}{{c@{{}}}}|}}\hline {' '.join(lines)}\hline\end{{array}}$")


def _cell(cell: Cell) -> str:
    command = r"\readcell" if "read" in cell.style else r"\padcell" if "pad" in cell.style else r"\cell"
    return rf"{command}{{{cell.formula}}}" if harmless(cell.formula) else escape(cell.formula)


def strokes(curve: PlottedCurve) -> Tex:
    """The curve's lines and markers; a Bézier curve with its middle on the line is a line of any slope."""
    lines = (
        rf"\qbezier({x1},{y1})({(x1 + x2) / 2:.1f},{(y1 + y2) / 2:.1f})({x2},{y2})"
        for (x1, y1), (x2, y2) in zip(curve.points, curve.points[1:], strict=False)
    )
    return Tex("\n".join((*lines, *(rf"\put({x},{y}){{{PLOT_SIGNS[curve.marker]}}}" for x, y in curve.points))))


def key(curve: PlottedCurve) -> Tex:
    """The sign of a curve, for the list below the plot."""
    return Tex(
        rf"\begin{{picture}}(30,12)\put(0,4){{\line(1,0){{28}}}}\put(14,4){{{PLOT_SIGNS[curve.marker]}}}\end{{picture}}"
    )
