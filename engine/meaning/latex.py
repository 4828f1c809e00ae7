"""LaTeX: terms and statements as a mathematician would set them, so that they read back as the same term.

Every subterm becomes a piece of text with a level, from loose (a sum) to tight (a letter); a place in the text that
needs a tighter one puts brackets around it. ``read_term(term_latex(t)).term == t`` holds for terms of the shapes that
the reader makes (see :mod:`engine.meaning.elaborate`): sums and products of two terms or more, functions with the
number of arguments they take, names in canonical spelling. Two terms are told apart by brackets where they would look
alike (a product inside a product, a power of a logarithm). Not read back, only shown: a derivative of a declared
function at a point that is not a name (printed with an evaluation bar, read as one), and ``x^T`` where both are
undeclared.

Only commands of LaTeX with amsmath that also PyPI's ``math-core`` knows are used.
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from typing import Final, NamedTuple

from engine.meaning.context import Context
from engine.meaning.notation import (
    BIG,
    FUNCTION_LETTERS,
    FUNCTIONALS,
    FUNCTIONALS_SHOWN,
    FUNCTIONS,
    INFIX,
    OVER_SHOWN,
    SQUARE,
    STYLED,
    bare_letter,
    labels_of,
    split_family,
)
from engine.meaning.sort import REAL, Function, Vector
from engine.meaning.statement import (
    Assertion,
    Definite,
    Diverges,
    Equivalent,
    ForEach,
    Implies,
    Interval,
    Invertible,
    NearZero,
    NoOptimum,
    Optimum,
    Relation,
    Smooth,
    Statement,
    UpToOrder,
)
from engine.meaning.term import (
    INFINITY,
    PI,
    ZERO,
    Add,
    Apply,
    Call,
    Cases,
    Comparison,
    Constant,
    Dependent,
    Derivative,
    Divide,
    Dots,
    Element,
    Evaluate,
    Functional,
    FunctionDerivative,
    Integral,
    Inverse,
    Matrix,
    Multiply,
    Name,
    Negate,
    Number,
    Over,
    Power,
    Product,
    Sequence,
    Sum,
    Term,
    Transpose,
    children,
    free_names,
    fresh_name,
)

# From loose to tight. LIST has commas, RELATION a sign such as <. OPEN reaches to the right as far as it can
# (Σ, d/dx); CLOSED is one factor that is no base of a
# power (a fraction, a function applied); SCRIPTED has a superscript already.
_LIST, _RELATION, _SUM, _NEGATIVE, _OPEN, _PRODUCT, _CLOSED, _SCRIPTED, _ATOM = range(9)

_SIGNS: Final = {
    "=": "=", "≠": r"\ne", "<": "<", "≤": r"\le", ">": ">", "≥": r"\ge", "≈": r"\approx", "∈": r"\in", "∼": r"\sim",
    "∝": r"\propto", "→": r"\to", "≡": r"\equiv", ":=": ":=", "∋": r"\ni", "∉": r"\notin", "←": r"\leftarrow",
    "↑": r"\uparrow", "↓": r"\downarrow", "↔": r"\leftrightarrow", "↗": r"\nearrow", "↘": r"\searrow",
    "↛": r"\not\to", "↦": r"\mapsto", "↪": r"\hookrightarrow", "⇌": r"\rightleftharpoons", "⇝": r"\leadsto",
    "∝̸": r"\not\propto", "∤": r"\nmid", "∽": r"\backsim", "≁": r"\not\sim", "≃": r"\simeq", "≅": r"\cong",
    "≉": r"\not\approx", "≍": r"\asymp", "≐": r"\doteq", "≢": r"\not\equiv", "≪": r"\ll", "≫": r"\gg", "≮": r"\not<",
    "≯": r"\not>", "≰": r"\not\le", "≱": r"\not\ge", "≲": r"\lesssim", "≳": r"\gtrsim", "≺": r"\prec", "≻": r"\succ",
    "⊂": r"\subset", "⊃": r"\supset", "⊄": r"\not\subset", "⊅": r"\not\supset", "⊆": r"\subseteq",
    "⊇": r"\supseteq", "⊈": r"\not\subseteq", "⊊": r"\subsetneq", "⊢": r"\vdash", "⊥": r"\perp",
    "⊥̸": r"\not\perp", "⊨": r"\models", "⋈": r"\bowtie", "⪯": r"\preceq", "⪰": r"\succeq",
}  # fmt: skip
_CONSTANTS: Final = {"pi": r"\pi", "e": "e", "infinity": r"\infty"}
_SYNONYMS: Final = (r"\log", r"\mathcal{O}", *(command for command in FUNCTIONS if command.startswith(r"\mathrm")))
_COMMANDS: Final = {name: command for command, name in FUNCTIONS.items() if command not in _SYNONYMS}
_FENCES: Final = {"abs": ("|", "|"), "floor": (r"\lfloor", r"\rfloor"), "ceil": (r"\lceil", r"\rceil")}
_NOTATIONS: Final = frozenset(
    (
        *_FENCES,
        "sqrt",
        "binom",
        "multinomial",
        "congruent",
        "factorial",
        "pad",
        "norm",
        "inner",
        "identity",
        "zeros",
        "ones",
        "card",
        "logbase",
        "indicator",
        "delta",
        "entry",
        "gradient",
        "hessian",
        *INFIX,
    )
)
_JOINING: Final = frozenset(("and", "or"))
_WORD_STYLES: Final = (r"\mathrm", r"\mathsf", r"\operatorname", r"\mathcal", r"\mathbb", r"\mathscr", r"\mathfrak")
# Functions that may stand before a letter without brackets.
_BARE: Final = frozenset(("ln", "sin", "cos", "tan", "sinh", "cosh", "tanh"))
_TALL: Final = re.compile(r"\\(?:frac|sum|prod|int|begin|left|binom)(?![A-Za-z])")
_SYMBOL: Final = re.compile(r"\\[A-Za-z]+|[A-Za-z]")
_MARKED: Final = re.compile(r"([^_^']+)(\^\{.+\})")  # the family of x_i^*
_COUNTED: Final = re.compile(r"_\{[ijklmstr0-9,]+\}\Z")  # what would be read as one index more
_BRACKET: Final = re.compile(r"(?:\\(?:left|[bB]igl|biggl))?(?:[(\[]|\\\{)")
# Brackets around brackets, from the inside out.
_SIZES: Final = ((r"\Bigl", r"\biggl"), (r"\bigl", r"\Bigl"), ("(", r"\bigl"))
_D: Final = re.compile(r"d(?![A-Za-z])")
_DELTA: Final = re.compile(r"\\delta(?![A-Za-z])")


class _Piece(NamedTuple):
    """``text`` binding as tightly as ``level``; ``open`` are the names that a Σ, Π or d/dx at its end reaches for."""

    text: str
    level: int
    open: tuple[str, ...] = ()


def term_latex(term: Term, context: Context = Context()) -> str:  # noqa: B008 (frozen)
    """The LaTeX of a term, without dollar signs.

    >>> from engine.meaning.term import E, ONE, integer
    >>> print(term_latex(Add((Name("a"), Negate(Divide(Name("b"), Power(E, Negate(Name("x")))))))))
    a - \\frac{b}{e^{-x}}
    >>> print(term_latex(Sum("i", ONE, Name("N"), Multiply((integer(2), Element("x", (Name("i"),)))))))
    \\sum_{i=1}^{N} 2 x_{i}
    """
    return _Writer(context).text(term)


def statement_latex(statement: Statement | Assertion, context: Context = Context()) -> str:  # noqa: B008 (frozen)
    """The LaTeX of a statement; what has no sign of its own is said in words.

    >>> print(statement_latex(UpToOrder(Name("a"), Name("b"), r"\\epsilon", 2)))
    a = b + O(\\epsilon^{2})
    >>> print(statement_latex(Invertible(Name("H"))))
    H \\text{ is invertible}
    """
    match statement:
        case NearZero(variable):
            context = context.declare(variable, REAL)
        case UpToOrder(variable=variable):
            context = context.declare(variable, REAL)
        case Optimum(variable=variable) | NoOptimum(variable=variable) if context.sort_of(variable) is None:
            context = context.declare(variable, REAL)
    return _Writer(context).statement(statement)


def number_latex(number: Number) -> str:
    """The digits as shown, in groups of three from five digits on.

    >>> from fractions import Fraction
    >>> print(number_latex(Number(Fraction(132863336))), number_latex(Number(Fraction(7, 2), 2)))
    132{,}863{,}336 3.50
    """
    digits = str(int(number.value * 10**number.places)).rjust(number.places + 1, "0")
    whole, shown = digits[: len(digits) - number.places], digits[len(digits) - number.places :]
    if len(whole) > 4:
        whole = f"{int(whole):,}".replace(",", "{,}")
    return f"{whole}.{shown}" if shown else whole


def _bracketed(text: str, left: str = "(", right: str = ")") -> str:
    """Brackets that grow around something tall, and are one size larger than brackets inside them."""
    if _TALL.search(text):
        return rf"\left{left}{text}\right{right}"
    size = next((larger for inner, larger in _SIZES if inner in text), "")
    return f"{size}{left}{text}{size[:-1] + 'r' if size else ''}{right}"


def _symbols(text: str) -> set[str]:
    return set(_SYMBOL.findall(text))


class _Writer:
    """Writes terms under the declarations of one context.

    Each part of a term is written once, the parts before the whole and without recursion, so that the time is linear
    in the size of the term and no depth exhausts Python's stack. ``pieces`` keeps the terms too: so an ``id`` stays
    theirs.
    """

    def __init__(self, context: Context) -> None:
        self.context = context
        self.pieces: dict[int, tuple[Term, _Piece]] = {}

    def text(self, term: Term) -> str:
        """The term where a value stands: a condition that is one needs brackets."""
        return _bracketed(self.bare(term)) if _is_condition(term) else self.bare(term)

    def bare(self, term: Term) -> str:
        return self.piece(term).text

    def at_least(self, term: Term, level: int) -> str:
        """The term, in brackets where it is looser than ``level``."""
        piece = self.piece(term)
        return piece.text if piece.level >= level else _bracketed(piece.text)

    def piece(self, term: Term) -> _Piece:
        known = self.pieces.get(id(term))
        if known is not None:
            return known[1]
        waiting = [term]
        while waiting:
            part = waiting[-1]
            missing = [child for child in children(part) if id(child) not in self.pieces]
            if missing:
                waiting.extend(missing)
            else:
                self.pieces[id(part)] = (part, self.written(part))
                waiting.pop()
        return self.pieces[id(term)][1]

    def written(self, term: Term) -> _Piece:
        """The term, whose parts are written."""
        match term:
            case Number():
                return _Piece(number_latex(term), _ATOM)
            case Constant(name):
                return _Piece(_CONSTANTS[name], _ATOM)
            case Name(name):
                return _Piece(name, _SCRIPTED if "^" in name else _ATOM)
            case Element(family, indices):
                return self.element(family, indices)
            case Add(parts):
                return self.add(parts)
            case Negate(inner):
                operand = self.signed_operand(inner)
                return _Piece(f"-{operand.text}", _NEGATIVE, operand.open)
            case Multiply(factors):
                return self.multiply(factors)
            case Divide(above, below):
                return self.divide(above, below)
            case Power(base, exponent):
                return _Piece(f"{self.base(base)}^{{{self.text(exponent)}}}", _SCRIPTED)
            case Transpose(inner):
                return _Piece(rf"{self.base(inner)}^{{\top}}", _SCRIPTED)
            case Inverse(inner):
                return _Piece(f"{self.base(inner)}^{{-1}}", _SCRIPTED)
            case Apply():
                return self.apply(term)
            case Sum() | Product():
                return self.big(term)
            case Integral():
                return self.integral(term)
            case Derivative():
                return self.derivative(term)
            case FunctionDerivative():
                return self.function_derivative(term)
            case Evaluate(body, variable, value):
                return self.evaluate(self.text(body), variable, self.text(value))
            case Comparison() | Cases() | Functional() | Call() | Dependent() | Over() | Sequence() | Dots():
                return self.said(term)
            case Matrix(rows):
                lines = r" \\ ".join(" & ".join(map(self.text, row)) for row in rows)
                return _Piece(rf"\begin{{pmatrix}} {lines} \end{{pmatrix}}", _ATOM)

    # -- letters and arithmetic

    def element(self, family: str, indices: tuple[Term, ...]) -> _Piece:
        shown = [self.index(index) for index in indices]
        letter, labels = labels_of(family)
        if labels:
            rest = iter(shown)
            return _Piece(f"{letter}_{{{','.join(label or next(rest) for label in labels)}}}", _ATOM)
        family, brackets = split_family(family)
        if brackets:
            low = len(shown) - len(brackets)
            above = "".join(pair[0] + text + pair[1] for pair, text in zip(brackets, shown[low:], strict=True))
            below = f"_{{{','.join(shown[:low])}}}" if low else ""
            family = f"{{{family}}}" if "^" in family or _COUNTED.search(family) else family
            return _Piece(f"{family}{below}^{{{above}}}", _SCRIPTED)
        marked = _MARKED.fullmatch(family)
        if marked is not None and marked[1].count("{") == marked[1].count("}") and marked[2][2] not in "([":
            return _Piece(f"{marked[1]}_{{{','.join(shown)}}}{marked[2]}", _SCRIPTED)
        base = f"{{{family}}}" if re.search(r"[_^']", family) else family
        return _Piece(f"{base}_{{{','.join(shown)}}}", _ATOM)

    def index(self, term: Term) -> str:
        """An index, with fractions in line."""
        match term:
            case Divide(Number() | Name() as above, Number() | Name() as below):
                return f"{self.text(above)}/{self.text(below)}"
            case _:
                return self.text(term)

    def base(self, term: Term) -> str:
        return self.at_least(term, _ATOM)

    def signed_operand(self, term: Term) -> _Piece:
        piece = self.piece(term)
        return piece if piece.level >= _OPEN else _Piece(_bracketed(piece.text), _ATOM)

    def add(self, parts: tuple[Term, ...]) -> _Piece:
        pieces = [self.summand(part) for part in parts]
        if any(piece.open for piece in pieces[:-1]):
            pieces = _closed_where_captured(pieces)
        text = pieces[0].text
        for piece in pieces[1:]:
            text += f" - {piece.text[1:]}" if piece.level == _NEGATIVE else f" + {piece.text}"
        return _Piece(text, _SUM, pieces[-1].open)

    def summand(self, term: Term) -> _Piece:
        piece = self.piece(term)
        return _Piece(_bracketed(piece.text), _ATOM) if piece.level <= _SUM else piece

    def multiply(self, factors: tuple[Term, ...]) -> _Piece:
        piece = self.factor(factors[0], last=len(factors) == 1)
        text, before = "", piece.text
        for place in range(1, len(factors)):
            piece = self.factor(factors[place], last=place == len(factors) - 1)
            left = factors[place - 1]
            gradient = isinstance(left, Apply) and left.function in ("gradient", "hessian")
            if gradient and _BRACKET.match(piece.text):  # a dot would be an inner product
                before = _bracketed(before)
            text, before = text + before + self.between(left, factors[place], piece.text), piece.text
        return _Piece(text + before, _PRODUCT, piece.open)

    def factor(self, term: Term, last: bool) -> _Piece:
        """A factor in its brackets; what is open to the right keeps open only at the end."""
        piece = self.apply(term, bare=last) if isinstance(term, Apply) else self.piece(term)
        fits = piece.level >= _CLOSED or (last and piece.level == _OPEN)
        return piece if fits else _Piece(_bracketed(piece.text), _ATOM)

    def between(self, left: Term, right: Term, text: str) -> str:
        """A dot where a space would be misread: before digits and signs, between a function's letter and a bracket."""
        mixed = isinstance(left, Number) and isinstance(right, Divide)
        ones = isinstance(left, Name) and isinstance(right, Name)  # vectors of ones, as a matrix may be a column:
        digits = text[0].isdigit() and not ones and not isinstance(left, Matrix)  # a dot would be an inner product
        if digits or mixed or isinstance(right, Negate):
            return r" \cdot "
        if not _BRACKET.match(text):
            return " "
        head = left.base if isinstance(left, Power) else left
        function = isinstance(head, Name | Element) and self.looks_like_function(head)
        named = function or (isinstance(head, Name | Element | Constant) and _is_argument(right))
        return r" \cdot " if named or head == PI or isinstance(left, Derivative | FunctionDerivative) else " "

    def looks_like_function(self, left: Name | Element) -> bool:
        name = left.name if isinstance(left, Name) else left.family
        definition = self.context.definition_of(name)
        defined = definition is not None and bool(definition.parameters)
        word = name.startswith(_WORD_STYLES)
        styled = STYLED.fullmatch(name)
        quantity = styled is not None and styled[1] in FUNCTIONALS
        letter = bare_letter(left) or ""
        either = letter in (r"\sigma", r"\pi")
        return defined or word or quantity or either or "'" in name or bool({name, letter} & FUNCTION_LETTERS)

    def divide(self, above: Term, below: Term) -> _Piece:
        upper, lower = self.text(above), self.text(below)
        quotient = isinstance(below, Multiply) and _DELTA.match(upper) and _DELTA.match(lower)
        if quotient or (_D.match(upper) and _D.match(lower)):  # a quotient of two products, not a derivative
            lower = _bracketed(lower)
        return _Piece(rf"\frac{{{upper}}}{{{lower}}}", _CLOSED)

    # -- functions

    def apply(self, term: Apply, bare: bool = True) -> _Piece:
        function, arguments = term.function, term.arguments
        if self.context.sort_of(function) is None and self.context.definition_of(function) is None:
            special = self.special(function, arguments)
            if special is not None:
                return special
            if bare and function in _BARE and isinstance(arguments[0], Name | Element | Constant):
                return _Piece(f"{_COMMANDS[function]} {self.text(arguments[0])}", _CLOSED)
            function = _command(function)
        return _Piece(function + self.arguments(arguments), _CLOSED)

    def arguments(self, arguments: tuple[Term, ...]) -> str:
        return _bracketed(", ".join(map(self.text, arguments)))

    def special(self, function: str, arguments: tuple[Term, ...]) -> _Piece | None:
        """Functions with a notation of their own."""
        if function not in _NOTATIONS:  # so that no argument is written twice: that would be exponential in depth
            return None
        match function, [self.text(argument) for argument in arguments]:
            case (("abs" | "floor" | "ceil"), [text]):
                left, right = _FENCES[function]
                if function == "abs" and (text.startswith(r"\left|") or text.endswith(r"\right|")):
                    text = _bracketed(text)  # two bars side by side are a norm
                return _Piece(rf"\left{left} {text} \right{right}", _ATOM)
            case "sqrt", [text]:
                return _Piece(rf"\sqrt{{{text}}}", _CLOSED)
            case "binom", [upper, lower]:
                return _Piece(rf"\binom{{{upper}}}{{{lower}}}", _CLOSED)
            case "multinomial", [upper, *lower]:
                return _Piece(rf"\binom{{{upper}}}{{{', '.join(lower)}}}", _CLOSED)
            case "congruent", [_, _, modulus]:
                left, right = (self.at_least(side, _SUM) for side in arguments[:2])
                return _Piece(rf"{left} \equiv {right} \pmod{{{modulus}}}", _RELATION)
            case "factorial", [text]:
                fits = isinstance(arguments[0], Name | Number | Element) and "^" not in text
                return _Piece(f"{text if fits else _bracketed(text)}!", _CLOSED)
            case "norm", [text]:
                return _Piece(rf"\left\| {text} \right\|", _ATOM)
            case "norm", [text, kind]:
                return _Piece(rf"\left\| {text} \right\|_{{{kind}}}", _CLOSED)
            case "inner", [left, right]:
                return _Piece(rf"\left\langle {left}, {right} \right\rangle", _ATOM)
            case "identity", [size]:
                return _Piece(f"I_{{{size}}}", _ATOM)
            case (("zeros" | "ones"), [size, "1"]):
                return _Piece(rf"\mathbf{{{int(function == 'ones')}}}_{{{size}}}", _ATOM)
            case "card", [text]:
                return _Piece(rf"\left| {text} \right|", _ATOM)
            case "logbase", [text, base]:
                return _Piece(rf"\log_{{{base}}}{_bracketed(text)}", _CLOSED)
            case "entry", [_, *indices]:
                return _Piece(f"{_bracketed(self.text(arguments[0]))}_{{{','.join(indices)}}}", _ATOM)
            case "delta", [left, right]:
                return self.delta(left, right)
            case "indicator", [text]:
                return _Piece(rf"\mathbf{{1}}{_bracketed(self.bare(arguments[0]), '[', ']')}", _CLOSED)
            case (("gradient" | "hessian"), [text]):
                sign = r"\nabla" if function == "gradient" else r"\nabla^{2}"
                fits = isinstance(arguments[0], Name | Apply) and self.piece(arguments[0]).level >= _CLOSED
                return _Piece(f"{sign} {text if fits else _bracketed(text)}", _CLOSED)
            case infix, [_, _, *_] if infix in INFIX:
                level = _RELATION if infix in _JOINING else _PRODUCT
                return _Piece(f" {INFIX[infix]} ".join(self.at_least(a, _CLOSED) for a in arguments), level)
            case "pad", [text, width]:
                return _Piece(rf"\operatorname{{pad}}_{{{width}}}{_bracketed(text)}", _CLOSED)
            case _:
                return None

    def delta(self, left: str, right: str) -> _Piece:
        """``\\delta_{i,j}``, or an indicator where δ is another thing."""
        if self.context.sort_of(r"\delta") is None and self.context.definition_of(r"\delta") is None:
            return _Piece(rf"\delta_{{{left},{right}}}", _ATOM)
        return _Piece(rf"\mathbf{{1}}[{left} = {right}]", _CLOSED)

    # -- sums, products, integrals

    def big(self, term: Sum | Product) -> _Piece:
        sign = r"\sum" if isinstance(term, Sum) else r"\prod"
        body = self.piece(term.body)
        if body.level < _OPEN or (isinstance(term, Product) and _ends_without(term.body, term.index)):
            body = _Piece(_bracketed(body.text), _ATOM)
        bounds = f"_{{{term.index}={self.text(term.lower)}}}^{{{self.text(term.upper)}}}"
        return _Piece(f"{sign}{bounds} {body.text}", _OPEN, (term.index, *body.open))

    def integral(self, term: Integral) -> _Piece:
        body = self.piece(term.body)
        bracketed = body.level < _OPEN or "d" in free_names(term.body)
        text = _bracketed(body.text) if bracketed else body.text
        bounds = f"_{{{self.text(term.lower)}}}^{{{self.text(term.upper)}}}"
        return _Piece(rf"\int{bounds} {text} \, d{term.variable}", _OPEN)

    # -- conditions, lists, operators

    def said(self, term: Comparison | Cases | Functional | Call | Dependent | Over | Sequence | Dots) -> _Piece:
        match term:
            case Comparison(left, ":", right):
                return _Piece(rf"{self.text(left)}\colon {self.bare(right)}", _LIST)
            case Comparison(left, sign, right):
                shown = self.piece(left) if isinstance(left, Comparison) else _Piece(self.at_least(left, _SUM), _SUM)
                return _Piece(f"{shown.text} {_sign(sign)} {self.at_least(right, _SUM)}", _RELATION)
            case Cases(branches):
                lines = r" \\ ".join(f"{self.text(value)} & {self.condition(where)}" for value, where in branches)
                return _Piece(rf"\begin{{cases}} {lines} \end{{cases}}", _ATOM)
            case Functional():
                return self.functional(term)
            case Call(function, arguments, given):
                inside = self.listed(arguments) + (rf" \mid {self.listed(given)}" if given else "")
                return _Piece(self.text(function) + _bracketed(inside), _CLOSED)
            case Dependent(quantity):
                return self.piece(quantity)
            case Over():
                return self.over(term)
            case Sequence(brackets, items):
                if not brackets:
                    return _Piece(self.listed(items), _LIST)
                opens, closes = (rf"\{mark}" if mark in "{}" else mark for mark in brackets)
                return _Piece(rf"\left{opens} {self.listed(items)} \right{closes}", _ATOM)
            case Dots():
                return _Piece(r"\ldots", _ATOM)

    def condition(self, where: Term | None) -> str:
        return r"\text{otherwise}" if where is None else rf"\text{{if }} {self.bare(where)}"

    def listed(self, items: tuple[Term, ...]) -> str:
        if len(items) == 1 and isinstance(items[0], Over):  # a quantifier alone between brackets needs none of its own
            return self.text(items[0])
        return ", ".join(self.at_least(item, _RELATION) for item in items)

    def functional(self, term: Functional) -> _Piece:
        """``E[X | Y]``; groups of arguments stand apart by a semicolon."""
        inside = self.grouped(term.arguments) + (rf" \mid {self.grouped(term.given)}" if term.given else "")
        if term.operator == "given":
            return _Piece(rf"{', '.join(map(self.text, term.arguments))} \mid {self.grouped(term.given)}", _LIST)
        if term.operator not in FUNCTIONALS_SHOWN:  # known by the bars between its arguments only
            inside = r" \parallel ".join(map(self.bare, term.arguments)) + inside[len(self.grouped(term.arguments)) :]
        below = "" if term.subscript is None else f"_{{{self.bare(term.subscript)}}}"
        brackets = ("[", "]") if term.operator in SQUARE else ("(", ")")
        return _Piece(
            FUNCTIONALS_SHOWN.get(term.operator, term.operator) + below + _bracketed(inside, *brackets), _CLOSED
        )

    def grouped(self, items: tuple[Term, ...]) -> str:
        groups = any(isinstance(item, Sequence) and not item.brackets for item in items)
        return "; ".join(map(self.text, items)) if groups else self.listed(items)

    def over(self, term: Over) -> _Piece:
        below = self.below(term)
        if term.operator == "int":
            return self.integral_over(term)
        if _runs_with(term, term.body):
            return self.over(term.body)  # type: ignore[arg-type]
        if term.operator in ("forall", "exists"):
            return _Piece(rf"{OVER_SHOWN[term.operator]} {below}\colon {self.at_least(term.body, _RELATION)}", _LIST)
        if term.operator == "set" and term.condition is not None:
            inside = rf"{self.at_least(term.body, _RELATION)} \mid {self.bare(term.condition)}"
            return _Piece(rf"\left\{{ {inside} \right\}}", _ATOM)
        body = self.piece(term.body)
        cut = term.operator == "prod" and _ends_without(term.body, term.variable)
        infix = isinstance(term.body, Apply) and body.level == _PRODUCT  # its last operands would stand outside
        if body.level < _OPEN or cut or (infix and term.operator not in ("sum", "prod")):
            body = _Piece(_bracketed(body.text), _ATOM)
        bounds = self.bounds(term) or f"_{{{below}}}"
        return _Piece(f"{OVER_SHOWN[term.operator]}{bounds} {body.text}", _OPEN, (term.variable, *body.open))

    def below(self, term: Over) -> str:
        """What stands below a sign; the name first where the condition does not begin with it."""
        where = term.condition
        conditions = where.arguments if isinstance(where, Apply) and where.function == "and" else (where,)
        shown = ", ".join(self.bare(part) for part in conditions if part is not None)
        match conditions[0]:
            case None:
                return term.variable
            case Comparison(left, sign, right) if not isinstance(left, Sequence):
                begins = left == Name(term.variable) and sign != "="
                return shown if begins or right == Name(term.variable) else rf"{term.variable}\colon {shown}"
            case _:
                return shown

    def bounds(self, term: Over) -> str | None:
        """``_{i=1}^{n}`` for the i in {1, …, n} of a sign that is written with bounds."""
        match term.condition:
            case Comparison(Name(term.variable), "∈", Sequence("{}", (lower, Dots(), upper))) if term.operator in BIG:
                return f"_{{{term.variable}={self.text(lower)}}}^{{{self.text(upper)}}}"
            case _:
                return None

    def integral_over(self, term: Over) -> _Piece:
        """``\\iint_S f \\, dx \\, dy`` where the innermost condition speaks of all variables, else one integral."""
        variables = [term.variable]
        inner = term
        while isinstance(inner.body, Over) and inner.condition is None and inner.body.operator == "int":
            inner = inner.body
            variables.append(inner.variable)
        if inner.condition is None or not {*variables[:-1]} & free_names(inner.condition):
            variables, inner = variables[:1], term
        body = self.piece(inner.body)
        text = _bracketed(body.text) if body.level < _OPEN or "d" in free_names(inner.body) else body.text
        where = self.region(inner.condition, tuple(variables[::-1]))
        ends = " ".join(rf"\, d{variable}" for variable in variables[::-1])
        return _Piece(rf"\{'i' * len(variables)}nt{where} {text} {ends}", _OPEN)

    def region(self, condition: Term | None, variables: tuple[str, ...]) -> str:
        point = Name(variables[0]) if len(variables) == 1 else Sequence("()", tuple(map(Name, variables)))
        match condition:
            case None:
                return ""
            case Comparison(left, "∈", right) if left == point:
                return f"_{{{self.text(right)}}}"
            case _:
                return f"_{{{self.bare(condition)}}}"

    # -- derivatives

    def derivative(self, term: Derivative) -> _Piece:
        variable, order = self.text(term.variable), "" if term.order == 1 else f"^{{{term.order}}}"
        if self.is_vector(term.variable):
            return _Piece(rf"\nabla_{{{variable}}}{order} {_bracketed(self.text(term.body), '[', ']')}", _CLOSED)
        mixed = self.mixed(term)
        if mixed is not None:
            return mixed
        sign = "d" if _only_in(term.body, term.variable) else r"\partial "
        below = f"{sign}{variable}{order}"
        if isinstance(term.body, Name | Dependent) or self.is_defined_call(term.body):
            return _Piece(rf"\frac{{{sign.strip()}{order} {self.text(term.body)}}}{{{below}}}", _CLOSED)
        body = self.piece(term.body)
        if body.level < _OPEN or body.level == _PRODUCT:
            return _Piece(rf"\frac{{{sign.strip()}{order}}}{{{below}}} {_bracketed(body.text)}", _OPEN)
        return _Piece(rf"\frac{{{sign.strip()}{order}}}{{{below}}} {body.text}", _OPEN, (f"∂{variable}", *body.open))

    def mixed(self, term: Derivative) -> _Piece | None:
        """``\\frac{\\partial^2 L}{\\partial x \\partial y}`` of what depends on just these variables."""
        inner: Term = term
        steps: list[Derivative] = []
        while isinstance(inner, Derivative):
            steps.append(inner)
            inner = inner.body
        on = tuple(step.variable for step in steps)
        if len(steps) == 1 or not isinstance(inner, Dependent) or inner.on != on:
            return None
        orders = ("" if step.order == 1 else f"^{{{step.order}}}" for step in steps)
        below = " ".join(rf"\partial {self.text(v)}{order}" for v, order in zip(on, orders, strict=True))
        total = sum(step.order for step in steps)
        return _Piece(rf"\frac{{\partial^{{{total}}} {self.text(inner)}}}{{{below}}}", _CLOSED)

    def is_vector(self, variable: Term) -> bool:
        return isinstance(variable, Name) and isinstance(self.context.sort_of(variable.name), Vector)

    def is_defined_call(self, body: Term) -> bool:
        return isinstance(body, Apply) and self.context.definition_of(body.function) is not None

    def function_derivative(self, term: FunctionDerivative) -> _Piece:
        sort = self.context.sort_of(term.function)
        if isinstance(sort, Function) and isinstance(sort.arguments[term.slot], Vector):
            return self.function_gradient(term)
        argument = term.arguments[term.slot]
        others = term.arguments[: term.slot] + term.arguments[term.slot + 1 :]
        if sort is None and len(term.arguments) == 1 and term.order <= 3:
            return _Piece(_command(term.function) + "'" * term.order + self.arguments(term.arguments), _CLOSED)
        alone = not any(free_names(argument) & free_names(other) for other in others)
        if isinstance(argument, Name | Element) and alone:
            return _Piece(self.quotient(term, self.text(argument), term.arguments), _CLOSED)
        letter = self.usual_letter(term)
        shown = (*term.arguments[: term.slot], Name(letter), *term.arguments[term.slot + 1 :])
        return self.evaluate(self.quotient(term, letter, shown), letter, self.text(argument))

    def quotient(self, term: FunctionDerivative, variable: str, arguments: tuple[Term, ...]) -> str:
        order = "" if term.order == 1 else f"^{{{term.order}}}"
        sign = "d" if len(arguments) == 1 else r"\partial "
        above = f"{sign.strip()}{order} {term.function}{self.arguments(arguments)}"
        return rf"\frac{{{above}}}{{{sign}{variable}{order}}}"

    def function_gradient(self, term: FunctionDerivative) -> _Piece:
        order = "" if term.order == 1 else f"^{{{term.order}}}"
        letter = bare_letter(term.arguments[term.slot]) or str(term.slot + 1)
        below = "" if len(term.arguments) == 1 else f"_{{{letter}}}"
        return _Piece(rf"\nabla{below}{order} {term.function}{self.arguments(term.arguments)}", _CLOSED)

    def usual_letter(self, term: FunctionDerivative) -> str:
        """The variable at which the context's facts apply the function; a free letter where they do not."""
        taken = frozenset().union(*map(free_names, term.arguments))
        for fact in self.context.facts:
            for call in _calls(fact, term.function):
                argument = call.arguments[term.slot]
                if isinstance(argument, Name) and argument.name not in taken:
                    return argument.name
        return fresh_name("t", taken)

    def evaluate(self, body: str, variable: str, value: str) -> _Piece:
        return _Piece(rf"\left. {body} \right|_{{{variable}={value}}}", _CLOSED)

    # -- statements

    def statement(self, statement: Statement | Assertion) -> str:
        match statement:
            case Relation(left, sign, right):
                return f"{self.text(left)} {_sign(sign)} {self.text(right)}"
            case Assertion(left, ":", right):
                return rf"{self.text(left)}\colon {self.bare(right)}"
            case Assertion(left, mark, right):
                return f"{self.text(left)} {_sign(mark)} {self.text(right)}"
            case UpToOrder(left, right, variable, order):
                return f"{self.text(left)} = {self.remainder(right, variable, order)}"
            case Implies(premise, conclusion):
                return rf"{self.inner(premise)} \implies {self.inner(conclusion)}"
            case Equivalent(left_, right_):
                return rf"{self.inner(left_)} \iff {self.inner(right_)}"
            case Diverges(integral):
                return rf"{self.text(integral)} = \infty"
            case Invertible(matrix):
                return rf"{self.text(matrix)} \text{{ is invertible}}"
            case Definite(matrix, strict):
                return rf"{self.text(matrix)} \succ{'' if strict else 'eq'} 0"
            case Optimum():
                return self.optimum(statement)
            case NoOptimum(kind, objective, variable, domain):
                where = self.domain(variable, domain)
                return rf"{self.text(objective)} \text{{ has no {kind} over }} {where}"
            case ForEach(index, Negate(Constant("infinity")), Constant("infinity"), body):
                return rf"{self.statement(body)} \quad \text{{for all integers }} {index}"
            case ForEach(index, lower, upper, body):
                run = rf"{index} = {self.text(lower)}, \ldots, {self.text(upper)}"
                return rf"{self.statement(body)} \quad \text{{for }} {run}"
            case NearZero(variable, near):
                return rf"{self.statement(near)} \quad \text{{for every }} {variable} \text{{ near }} 0"
            case Smooth(function, at, order):
                return rf"{function} \text{{ is {_smoothness(order)} }} {self.text(at)}"

    def inner(self, statement: Statement) -> str:
        text = self.statement(statement)
        return _bracketed(text) if isinstance(statement, Implies | Equivalent) else text

    def remainder(self, right: Term, variable: str, order: int) -> str:
        rest = f"O({variable})" if order == 1 else f"O({variable}^{{{order}}})"
        return rest if right == ZERO else f"{self.text(right)} + {rest}"

    def optimum(self, optimum: Optimum) -> str:
        operator = r"\operatorname*{arg\,max}" if optimum.kind == "maximum" else r"\operatorname*{arg\,min}"
        objective = self.piece(optimum.objective)
        text = _bracketed(objective.text, "[", "]") if objective.level == _SUM else objective.text
        sign = "=" if optimum.unique else r"\in"
        where = self.domain(optimum.variable, optimum.domain)
        return rf"{self.text(optimum.point)} {sign} {operator}_{{{where}}} {text}"

    def domain(self, variable: str, domain: Interval | None) -> str:
        if domain is None:
            sort = self.context.sort_of(variable)
            return rf"{variable} \in \mathbb{{R}}^{{{self.text(sort.size)}}}" if isinstance(sort, Vector) else variable
        below = "" if domain.lower == Negate(INFINITY) else self.text(domain.lower)
        above = "" if domain.upper == INFINITY else self.text(domain.upper)
        at_least, from_ = (r"\ge", r"\le") if domain.lower_closed else (">", "<")
        at_most = r"\le" if domain.upper_closed else "<"
        match bool(below), bool(above):
            case False, False:
                return rf"{variable} \in \mathbb{{R}}"
            case True, False:
                return f"{variable} {at_least} {below}"
            case False, True:
                return f"{variable} {at_most} {above}"
            case _:
                return f"{below} {from_} {variable} {at_most} {above}"


def _runs_with(term: Over, inner: Term) -> bool:
    """Whether the inner operator's condition ``(x, y) ∈ S`` binds the outer variable too."""
    while isinstance(inner, Over) and inner.condition is None and inner.operator == term.operator:
        inner = inner.body
    match inner:
        case Over(term.operator, _, Comparison(Sequence("()", items), "∈", _)) if term.condition is None:
            return Name(term.variable) in items
        case Over(term.operator, _, Apply("and", (Comparison(Sequence("()", items), "∈", _), *_))):
            return term.condition is None and Name(term.variable) in items
        case Over(term.operator, _, Sequence("", (*names, Comparison()))) if term.condition is None:
            return Name(term.variable) in names
        case _:
            return False


def _is_condition(term: Term) -> bool:
    if isinstance(term, Dependent):
        return _is_condition(term.quantity)
    joined = isinstance(term, Apply) and (term.function in _JOINING or term.function == "congruent")
    return joined or (isinstance(term, Comparison) and term.sign != ":")


def _is_argument(term: Term) -> bool:
    """What a letter before it would be applied to, where brackets stand around it: a name, a list, one call."""
    if isinstance(term, Power | Transpose | Inverse):
        term = term.base if isinstance(term, Power) else term.term
    called = isinstance(term, Call) or (isinstance(term, Apply) and term.function not in _COMMANDS)
    over = isinstance(term, Over) and term.operator not in ("sum", "prod", "int")
    return called or over or isinstance(term, Name | Element | Sequence | Comparison)


def _sign(sign: str) -> str:
    """How a relation sign is typed, with the note above it: ``=^{!}`` is what ``\\overset{!}{=}`` is read as.

    >>> print(_sign("←"), _sign("=^{!}"))
    \\leftarrow \\overset{!}{=}
    """
    plain, mark, note = sign.partition("^{")
    typed = _SIGNS.get(plain, plain)
    return rf"\overset{{{note[:-1]}}}{{{typed}}}" if mark else typed


def _smoothness(order: int) -> str:
    match order:
        case 0:
            return "continuous at"
        case 1:
            return "continuously differentiable near"
        case 2:
            return "twice continuously differentiable near"
        case _:
            return f"{order} times continuously differentiable near"


def _command(function: str) -> str:
    """How the name of a function is typed: known ones by their command, words upright, the rest as they are."""
    if function in _COMMANDS:
        return _COMMANDS[function]
    return rf"\operatorname{{{function}}}" if len(function) > 1 and function.isalpha() else function


def _closed_where_captured(pieces: list[_Piece]) -> list[_Piece]:
    """Brackets around each term whose open Σ or d/dx would reach over its letter in a term after it.

    A d/dx ends where the next term has one of its own, and is not asked for what comes later.
    """
    later: set[str] = set()
    following: set[str] = set()
    result: list[_Piece] = []
    for piece in reversed(pieces):
        symbols = _symbols(piece.text)
        captured = any(_symbols(name) & (following if name[0] == "∂" else later) for name in piece.open)
        following = set() if any(name[0] == "∂" for name in piece.open) else symbols
        negative = captured and piece.level == _NEGATIVE
        if captured:
            text = f"-{_bracketed(piece.text[1:])}" if negative else _bracketed(piece.text)
            piece = _Piece(text, _NEGATIVE if negative else _ATOM)
        later |= symbols
        result.append(piece)
    return result[::-1]


def _ends_without(body: Term, index: str) -> bool:
    """A product that contains the index, but not in its last factor: there a Π without brackets would end earlier."""
    return isinstance(body, Multiply) and index in free_names(body) and index not in free_names(body.factors[-1])


def _only_in(body: Term, variable: Term) -> bool:
    """Whether ``body`` depends on nothing but the variable, so that d stands for ∂."""
    return free_names(body) - _functions(body) <= free_names(variable)


def _functions(body: Term) -> set[str]:
    found: set[str] = set()
    waiting = [body]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Apply | FunctionDerivative):
            found.add(part.function)
        waiting.extend(children(part))
    return found


def _calls(part: object, function: str) -> list[Apply]:
    """Where a statement applies the function."""
    if isinstance(part, tuple):
        return [call for entry in part for call in _calls(entry, function)]
    if not is_dataclass(part):
        return []
    own = [part] if isinstance(part, Apply) and part.function == function else []
    return own + [call for field in fields(part) for call in _calls(getattr(part, field.name), function)]
