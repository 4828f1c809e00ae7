"""Syntax trees: what stands on the page, before anybody asks what it means.

A node knows notation and no mathematics: ``f(x)`` is a product of ``f`` and a bracket until the declarations say that
``f`` is a function, ``\\ln x`` is two factors side by side, and ``A^T`` has the superscript ``T``.

Signs in :class:`Relations` are canonical (``= ≠ ∈ ∼ ⊆ →`` ...); one with a note that may change its meaning keeps it:
``=^{!}``, ``→^{p}``, ``∼^{iid}``. Notes that only refer, such as ``(a)`` or ``(3)``, are dropped; "def" makes ``:=``.
Separators in :class:`Listing` are ``, ; | \\| :`` and ``\\\\`` between statements in rows of their own.
A 2-by-1 ``array`` in round brackets may be a binomial or a vector; the tree keeps the array.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from operator import attrgetter
from typing import Any, Final, Literal, get_args

from engine.reading.record import record
from engine.span import Span


@record
class Number:
    """Digits as they were typed: ``3``, ``0.25``."""

    text: str
    span: Span


@record
class Symbol:
    """One letter or word in its canonical spelling: ``x``, ``\\lambda``, ``\\hat{\\lambda}``, ``\\mathrm{MLE}``."""

    spelling: str
    span: Span


@record
class Script:
    """``base`` with a subscript, primes, a superscript; at least one of them."""

    base: Node
    subscript: Node | None
    primes: int
    superscript: Node | None
    span: Span


@record
class Group:
    """Something between visible delimiters; ``kind`` is the opening one: ``( [ \\{ | \\| \\lfloor \\lceil``."""

    kind: str
    content: Node
    span: Span


@record
class Listing:
    """Items with the separators between them: ``i,j`` or ``x, y; \\theta`` or ``x | \\theta``."""

    items: tuple[Node, ...]
    separators: tuple[str, ...]
    span: Span


@record
class Fraction:
    numerator: Node
    denominator: Node
    span: Span


@record
class Binomial:
    upper: Node
    lower: Node
    span: Span


@record
class Root:
    radicand: Node
    degree: Node | None
    span: Span


@record
class Factorial:
    operand: Node
    span: Span


@record
class Signed:
    """A term with a sign before it: ``-x``; the sign is ``-``, ``\\pm`` or ``\\mp``."""

    sign: str
    operand: Node
    span: Span


@record
class Addition:
    """Two terms or more, each with its own sign."""

    terms: tuple[Node, ...]
    span: Span


@record
class Product:
    """Factors in a row. ``operators[k]``, one of ``* · × /``, stands between factors k and k + 1; else it is ``""``.

    Functions, derivative operators and evaluation bars are factors here: what they apply to is decided later.
    """

    factors: tuple[Node, ...]
    operators: tuple[str, ...]
    span: Span


@record
class Big:
    """``\\sum`` or ``\\prod`` with what stands below and above it; the body is the rest of its product."""

    kind: Literal["sum", "prod"]
    lower: Node | None
    upper: Node | None
    body: Node
    span: Span


@record
class Integral:
    """``\\int`` up to its differential; ``body`` is ``None`` for ``\\int dx``."""

    variable: Node
    lower: Node | None
    upper: Node | None
    body: Node | None
    span: Span


@record
class Derivative:
    """``\\frac{d^n f}{dx\\,dy^2}``: what follows the d above (``None`` for a bare operator), the variables with their
    orders, and whether the d is a ∂."""

    numerator: Node | None
    variables: tuple[tuple[Node, int], ...]
    span: Span
    partial: bool = False


@record
class Bar:
    """An evaluation bar after what it evaluates: ``\\Bigr|_{\\epsilon=0}``."""

    condition: Node
    span: Span


@record
class Evaluation:
    """``\\left. body \\right|_{condition}``."""

    body: Node
    condition: Node
    span: Span


@record
class Matrix:
    """An array of cells; ``environment`` is ``pmatrix``, ``bmatrix`` ..."""

    environment: str
    rows: tuple[tuple[Node, ...], ...]
    span: Span


@record
class Relations:
    """``a = b < c``: ``signs[k]`` stands between items k and k + 1, in canonical spelling."""

    items: tuple[Node, ...]
    signs: tuple[str, ...]
    span: Span


# The nodes below came later than those above. A name for each, and what to think of when reading it:
# a value is expected of Accent, Note, Operation, BigOperation, MultipleIntegral, HigherDerivative, Between and Cases;
# Logic, Not and Clauses are statements; Interval is a set; Words, Placeholder and Blank have no value.


@record
class Words:
    """Prose where a formula may stand: ``\\text{otherwise}``, ``\\text{terms without }``; it has no value."""

    text: str
    span: Span


@record
class Clauses:
    """Formulas with words between: ``x^2 \\text{ if } x > 0``, ``x_i > 0 \\;\\forall i``, ``t \\equiv 0 \\pmod 2``.

    ``words[k]`` stands before item k, ``""`` where nothing does (mostly before the first). Quantifiers are the words
    ``∀ ∃ ∄``, a modulus is ``mod``. An item is a :class:`Words` where no formula follows.
    """

    items: tuple[Node, ...]
    words: tuple[str, ...]
    span: Span


@record
class Logic:
    """Statements joined by signs: ``⇒ ⇐ ⇔ ∧ ∨``; of one kind of them, ∧ and ∨ bind tighter than arrows."""

    items: tuple[Node, ...]
    signs: tuple[str, ...]
    span: Span


@record
class Not:
    """``\\neg A``."""

    operand: Node
    span: Span


@record
class Operation:
    """``A \\otimes B \\otimes C``: one operator (``⊗ ⊙ ∘ ⊕ ⊖ ⊘ ∩ ∪ ∖ mod ⊥ ⋆`` ...) between products.

    Two different operators in a row are refused. ``f \\circ g(x)`` has the operands ``f`` and ``g(x)``: whether it is
    (f∘g)(x) is decided by the declarations.
    """

    operator: str
    operands: tuple[Node, ...]
    span: Span


@record
class BigOperation:
    """``\\bigcup_{i=1}^n A_i``: as :class:`Big`, for ``∪ ∩ ⊕ ⊗ ⊙ ∨ ∧ ⊎ ⊔ ⨿``."""

    operator: str
    lower: Node | None
    upper: Node | None
    body: Node
    span: Span


@record
class MultipleIntegral:
    """``\\iint f\\,dx\\,dy``, ``\\int f\\,dx\\,dy``, ``\\oint f\\,dz``, ``\\int f\\,d^n x``.

    The variables stand in their order, each with its dimension or ``None``.
    """

    sign: str
    variables: tuple[tuple[Node, Node | None], ...]
    lower: Node | None
    upper: Node | None
    body: Node | None
    span: Span


@record
class HigherDerivative:
    """``\\frac{d^n f}{dx^n}`` with an order that is no number."""

    numerator: Node | None
    variable: Node
    order: Node
    span: Span


@record
class Between:
    """The value at ``upper`` minus that at ``lower``: ``F(x) \\Big|_a^b`` (``body`` is ``None``: it is what stands
    before, as for :class:`Bar`) or ``\\left. F(x) \\right|_a^b``. ``[F(x)]_a^b`` is a :class:`Script` of a group."""

    body: Node | None
    lower: Node
    upper: Node
    span: Span


@record
class Cases:
    """``\\begin{cases} value & condition \\\\ ... \\end{cases}``; a condition may be missing, a relation, a
    :class:`Clauses` that begins with ``if``, or :class:`Words` such as ``otherwise``."""

    rows: tuple[tuple[Node, Node | None], ...]
    span: Span


@record
class Interval:
    """A half-open interval: ``[a, b)`` or ``(a, b]``. (``[a, b]`` and ``(a, b)`` are groups, which can be more.)"""

    opening: str
    lower: Node
    upper: Node
    closing: str
    span: Span


@record
class Accent:
    """An accent over a formula that is no name: ``\\overline{\\ln p}``; a :class:`Symbol` stands for the others."""

    accent: str
    body: Node
    span: Span


@record
class Note:
    """``\\underbrace{body}_{below}``, ``\\overset{above}{body}``: the body with remarks, which are kept as text."""

    body: Node
    above: str
    below: str
    span: Span


@record
class Placeholder:
    """A place left open: the dot of ``f(\\cdot)``, the colon of ``A_{:,j}``."""

    sign: str
    span: Span


@record
class Blank:
    """Nothing: an empty cell of a matrix, the inside of ``f()``, the left side of ``x_{<t}``."""

    span: Span


Node = (
    Number
    | Symbol
    | Script
    | Group
    | Listing
    | Fraction
    | Binomial
    | Root
    | Factorial
    | Signed
    | Addition
    | Product
    | Big
    | Integral
    | Derivative
    | Bar
    | Evaluation
    | Matrix
    | Relations
    | Words
    | Clauses
    | Logic
    | Not
    | Operation
    | BigOperation
    | MultipleIntegral
    | HigherDerivative
    | Between
    | Cases
    | Interval
    | Accent
    | Note
    | Placeholder
    | Blank
)


def children(node: Node) -> tuple[Node, ...]:
    """The direct parts of a node, in reading order."""
    return _CHILDREN[type(node)](node)


def _present(*nodes: Node | None) -> tuple[Node, ...]:
    return tuple([node for node in nodes if node is not None])


def _none(_: Node) -> tuple[Node, ...]:
    return ()


# By the type of the node, as whatever walks a tree asks at each of its nodes.
_CHILDREN: Final[dict[type, Callable[[Any], tuple[Node, ...]]]] = {
    **dict.fromkeys((Number, Symbol, Words, Placeholder, Blank), _none),
    **dict.fromkeys((Listing, Relations, Clauses, Logic), attrgetter("items")),
    **dict.fromkeys((Factorial, Signed, Not), lambda node: (node.operand,)),
    **dict.fromkeys((Accent, Note), lambda node: (node.body,)),
    **dict.fromkeys((Big, BigOperation), lambda node: _present(node.lower, node.upper, node.body)),
    Script: lambda node: _present(node.base, node.subscript, node.superscript),
    Group: lambda node: (node.content,),
    Addition: attrgetter("terms"),
    Product: attrgetter("factors"),
    Operation: attrgetter("operands"),
    Fraction: attrgetter("numerator", "denominator"),
    Binomial: attrgetter("upper", "lower"),
    Root: lambda node: _present(node.degree, node.radicand),
    Bar: lambda node: (node.condition,),
    Evaluation: attrgetter("body", "condition"),
    Integral: lambda node: _present(node.lower, node.upper, node.body, node.variable),
    MultipleIntegral: lambda node: _present(node.lower, node.upper, node.body, *chain(*node.variables)),
    Derivative: lambda node: _present(node.numerator, *(variable for variable, _ in node.variables)),
    HigherDerivative: lambda node: _present(node.numerator, node.variable, node.order),
    Between: lambda node: _present(node.body, node.lower, node.upper),
    Interval: attrgetter("lower", "upper"),
    Matrix: lambda node: tuple(chain(*node.rows)),
    Cases: lambda node: _present(*chain(*node.rows)),
}
assert _CHILDREN.keys() == set(get_args(Node))


_ONE_SIDED = {"<": "<", ">": ">", "≤": r"\le ", "≥": r"\ge "}


def spelling(node: Node) -> str | None:
    """The canonical LaTeX of what can stand in a name; ``None`` for anything else.

    Every subscript, superscript and accent has its braces, nothing else has any, and spaces stand only where a
    command would swallow the next letter.

    >>> here = Span(0, 0)
    >>> print(spelling(Script(Symbol(r"\\hat{\\lambda}", here), Number("0", here), 0, None, here)))
    \\hat{\\lambda}_{0}
    """
    match node:
        case Symbol():
            return node.spelling
        case Number():
            return node.text
        case Script():
            name, below, above = _base(node.base), _script("_", node.subscript), _script("^", node.superscript)
            return None if name is None or below is None or above is None else name + below + "'" * node.primes + above
        case Listing(items, separators):
            return _woven(items, separators)
        case Product(items, separators):
            return _woven(items, tuple("*" if sign in ("·", "×") else sign for sign in separators))
        case Relations(items, separators) if set(separators) == {"="}:
            return _woven(items, separators)
        case Addition(items):
            return _joined(*(part for k, item in enumerate(items) for part in _signed(item, k)))
        case Signed():
            return _joined(*_signed(node, 0))
        case Group("(", content):
            return _joined("(", spelling(content), ")")
        case Placeholder(sign):
            return sign
        case _:
            return None


def _base(node: Node) -> str | None:
    """A base with scripts of its own keeps its braces, as TeX wants it."""
    if isinstance(node, Script):
        return _joined("{", spelling(node), "}")
    return node.spelling if isinstance(node, Symbol) else None


def _script(mark: str, script: Node | None) -> str | None:
    if script is None:
        return ""
    inside = script.spelling if isinstance(script, Symbol) else spelling(script)
    if inside is None and mark == "_":
        inside = _label(script)
    return None if inside is None else f"{mark}{{{inside}}}"


def _label(below: Node) -> str | None:
    """What stands in a subscript only: ``x_{1_2}``, ``S_{\\ge 0}``, ``s_{X,Y \\setminus Z}``."""
    match below:
        case Script(Number(text), Number() as subscript, 0, None):
            return f"{text}_{{{subscript.text}}}"
        case Relations((Blank(), right), (sign,)) if sign in _ONE_SIDED:
            return _joined(_ONE_SIDED[sign], spelling(right))
        case Operation("∖", (left, right)):
            return _joined(spelling(left), r"\setminus ", spelling(right))
        case Listing(items, separators) if set(separators) == {","}:
            parts = [spelling(item) or _label(item) or "" for item in items]
            return ",".join(parts) if all(parts) else None
        case _:
            return None


def _signed(node: Node, place: int) -> tuple[str | None, ...]:
    if isinstance(node, Signed):
        return (node.sign, spelling(node.operand))
    return ("+" if place else "", spelling(node))


def _woven(items: tuple[Node, ...], separators: tuple[str, ...]) -> str | None:
    parts = [spelling(items[0])]
    for separator, item in zip(separators, items[1:], strict=True):
        parts += [separator, spelling(item)]
    return _joined(*parts)


def _joined(*parts: str | None) -> str | None:
    result = ""
    for part in parts:
        if part is None:
            return None
        swallows = part[:1].isalpha() and result[-1:].isalpha() and "\\" in result and _ends_in_command(result)
        result += " " + part if swallows else part
    return result


def _ends_in_command(text: str) -> bool:
    return text[text.rfind("\\") + 1 :].isalpha()
