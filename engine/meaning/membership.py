"""What ``x \\in M`` declares: the sort of x, and where M is a part of ℝ or ℤ, the conditions that bound it.

The sets: ``\\mathbb{R}``, ``\\mathbb{Z}``, ``\\mathbb{N}``, ``\\mathbb{N}_0``, their parts ``\\mathbb{R}_{>0}`` and
``\\mathbb{R}_{\\ge 0}``, intervals ``(0, 1)``, ``[0, \\infty)``, finite sets of integers ``\\{0, 1\\}``, ranges
``\\{1, \\dots, K\\}``, and ``\\mathbb{R}^d``, ``\\mathbb{R}^{m \\times n}``. ``\\mathbb{R}_+`` is refused, as some
mean 0 to be in it and some do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Final

from engine.meaning import term as terms
from engine.meaning.context import Context
from engine.meaning.elaborate import Reading, read_term
from engine.meaning.notation import DOTS
from engine.meaning.row import index_items
from engine.meaning.sort import NATURAL, Family, Function, IndexRange, Integer, MatrixOf, Real, Sort, Value, Vector
from engine.meaning.statement import ForEach, Relation, Sign, Statement
from engine.meaning.term import INFINITY, ZERO, Dots, Element, Multiply, Name, Negate, Number, Term, subtract
from engine.reading import tree
from engine.reading.tree import Node, spelling
from engine.span import Problem, Span


@dataclass(frozen=True, slots=True)
class Domain:
    """The sort of a member, what it is bounded by, and where it is one of a few values, those."""

    sort: Value
    bounds: tuple[tuple[Sign, Term], ...] = ()
    values: tuple[Term, ...] = ()

    def facts(self, member: Term) -> tuple[Relation, ...]:
        """What being in the set says of ``member``."""
        found = tuple(Relation(member, sign, bound) for sign, bound in self.bounds)
        if not self.values:
            return found
        distances = tuple(member if value == ZERO else subtract(member, value) for value in self.values)
        return (*found, Relation(distances[0] if len(distances) == 1 else Multiply(distances), "=", ZERO))


_ABOVE: Final[tuple[tuple[Sign, Term], ...]] = ((">", ZERO),)
_FROM: Final[tuple[tuple[Sign, Term], ...]] = (("≥", ZERO),)
_SETS: Final = {
    r"\mathbb{R}": Domain(Real()),
    r"\mathbb{R}_{>0}": Domain(Real(), _ABOVE),
    r"\mathbb{R}_{\ge 0}": Domain(Real(), _FROM),
    r"\mathbb{R}_{\geq 0}": Domain(Real(), _FROM),
    r"\mathbb{Z}": Domain(Integer()),
    r"\mathbb{Z}_{>0}": Domain(Integer(1)),
    r"\mathbb{Z}_{\ge 0}": Domain(Integer(0)),
    r"\mathbb{Z}_{\geq 0}": Domain(Integer(0)),
    r"\mathbb{N}": Domain(Integer(1)),
    r"\mathbb{N}_{0}": Domain(Integer(0)),
}
_UNCLEAR: Final = frozenset(rf"\mathbb{{{letter}}}{mark}" for letter in "RZ" for mark in ("_{+}", "^{+}", "_+", "^+"))
_COUNTING_TOGETHER: Final = frozenset("ijkl")
_KNOWN: Final = (
    r"a set after \in that is understood: \mathbb{R}, \mathbb{R}_{>0}, \mathbb{Z}, \mathbb{N}, \mathbb{N}_0,"
    r" (0, 1), [0, \infty), \{0, 1\}, \{1, \dots, K\}, \mathbb{R}^n or \mathbb{R}^{m \times n}"
)


def membership(node: Node) -> tuple[tuple[Node, ...], Node] | None:
    """The names and the set of ``x \\in M`` or ``x, y \\in M`` (a list that ends in a relation)."""
    before: tuple[Node, ...] = ()
    if isinstance(node, tree.Listing) and set(node.separators) == {","}:
        *first, node = node.items
        before = tuple(first)
    if not isinstance(node, tree.Relations) or node.signs != ("∈",):
        return None
    names = node.items[0]
    return (*before, *(names.items if isinstance(names, tree.Listing) else (names,))), node.items[1]


def declared(names: tuple[Node, ...], within: Node, context: Context, text: str, macros: str) -> Context | Problem:
    """The context with the names as members of the set, and the sizes and ends of the set as it uses them."""
    found = _domain(within, context, text, macros)
    if isinstance(found, Problem):
        return found
    domain, context = found
    if any(isinstance(node, tree.Symbol) and node.spelling in DOTS for node in names):
        return _numbered(names, domain, context, text, macros)
    for node in names:
        member = _member(node)
        if member is None:
            return Problem("expected a name before \\in", node.span, text)
        letters = member.indices if isinstance(member, Element) else ()
        facts = domain.facts(member)
        if len(letters) > 1 and facts:
            several = "a bounded set is understood for families with one index; declare the family, and its range"
            return Problem(several, node.span, text)
        sort: Sort = Family((None,) * len(letters), domain.sort) if letters else domain.sort
        name = member.family if isinstance(member, Element) else member.name
        before = context.sort_of(name)
        if before is not None and isinstance(before, Family) != isinstance(sort, Family):
            return Problem(f"{name} would be a family and a single value; choose another name for one", node.span, text)
        context = context.declare(name, sort)
        context = context.assume(*(_for_all(letters, fact) for fact in facts))
    return context


def _numbered(names: tuple[Node, ...], domain: Domain, context: Context, text: str, macros: str) -> Context | Problem:
    """``x_1, \\dots, x_N``: a family with a range, whose end is a natural number where it is not declared."""
    scripts = [one for one in names if isinstance(one, tree.Script) and one.subscript is not None]
    bases = {spelling(one.base) for one in scripts}
    base = bases.pop() if len(bases) == 1 else None
    if len(scripts) != len(names) - 1 or len(scripts) < 2 or base is None or names[-1] is not scripts[-1]:
        return Problem(
            "an ellipsis is understood in x_1, \\dots, x_N; declare the names one by one", names[0].span, text
        )
    ends: list[Term] = []
    for script in (scripts[0], scripts[-1]):
        assert script.subscript is not None
        at = script.subscript.span
        end = read_term(text[at.start : at.end], context, macros)
        if isinstance(end, Problem):
            return Problem(end.message, at, text)
        for one in end.context.declarations:
            if context.sort_of(one.name) is None:
                context = context.declare(one.name, NATURAL)
        ends.append(end.term)
    first, last = ends
    context = context.declare(base, Family((IndexRange(first, last),), domain.sort))
    facts = domain.facts(Element(base, (Name("i"),)))
    return context.assume(*(ForEach("i", first, last, fact) for fact in facts))


def _for_all(letters: Sequence[Term], fact: Relation) -> Statement:
    if not letters:
        return fact
    assert isinstance(letters[0], Name)
    return ForEach(letters[0].name, Negate(INFINITY), INFINITY, fact)


def _member(node: Node) -> Name | Element | None:
    """The name; ``x_i`` with letters below is a member of a family."""
    if isinstance(node, tree.Script) and node.subscript is not None and node.superscript is None and not node.primes:
        indices = index_items(node.subscript)
        base = spelling(node.base)
        letters = [spelling(index) or "" for index in indices]
        together = not isinstance(node.subscript, tree.Listing) and len(letters) > 1
        if base is not None and all(_is_index(letter, together) for letter in letters):
            return Element(base, tuple(map(Name, letters)))
    name = spelling(node)
    return None if name is None or not isinstance(node, tree.Symbol | tree.Script) else Name(name)


def _is_index(letter: str, together: bool) -> bool:
    """A single letter; letters without commas (``x_{ij}``) must be those that everybody counts with."""
    return letter in _COUNTING_TOGETHER if together else len(letter) == 1 and letter.islower()


def mapping(node: Node) -> tuple[tuple[Node, ...], tuple[Node, Node]] | None:
    """The names and the two sets of ``f: \\mathbb{R} \\to \\mathbb{R}``."""
    match node:
        case tree.Listing((*names, tree.Relations((source, target), ("→",))), (*commas, ":")) if names:
            return (tuple(names), (source, target)) if set(commas) <= {","} else None
        case _:
            return None


def declared_functions(
    names: tuple[Node, ...], sets: tuple[Node, Node], context: Context, text: str, macros: str
) -> Context | Problem:
    """The context with the names as functions from one whole space to another; what is defined is that already."""
    sorts: list[Value] = []
    for node in sets:
        found = _domain(node, context, text, macros)
        if isinstance(found, Problem):
            return found
        domain, context = found
        if domain.facts(ZERO) or not isinstance(domain.sort, Real | Vector):
            return Problem(r"a function is understood from \mathbb{R} or \mathbb{R}^n to one of them", node.span, text)
        sorts.append(domain.sort)
    for node in names:
        name = spelling(node)
        if name is None or not isinstance(node, tree.Symbol | tree.Script):
            return Problem("expected the name of a function before the colon", node.span, text)
        if context.definition_of(name) is None:
            context = context.declare(name, Function((sorts[0],), sorts[1]))
    return context


# ---- sets


def _domain(node: Node, context: Context, text: str, macros: str) -> tuple[Domain, Context] | Problem:
    spelled = spelling(node)
    if spelled in _SETS:
        return _SETS[spelled], context
    written = text[node.span.start : node.span.end]
    if spelled in _UNCLEAR or written in _UNCLEAR:
        either = r"some mean 0 to be in this set and some do not; write \mathbb{R}_{>0} or \mathbb{R}_{\ge 0}"
        return Problem(either, node.span, text)
    if isinstance(node, tree.Script) and node.superscript is not None and spelling(node.base) == r"\mathbb{R}":
        shape = _shape(node.superscript, text, macros)
        return shape if isinstance(shape, Problem) else (Domain(shape), context)
    reading = read_term(written, context, macros)
    if isinstance(reading, Reading) and isinstance(reading.term, terms.Sequence):
        domain = _written_out(reading.term)
        if domain is not None:
            return domain, _with_whole_ends(context, reading, domain)
    return Problem(f"expected {_KNOWN}", node.span, text)


def _written_out(items: terms.Sequence) -> Domain | None:
    match items:
        case terms.Sequence("{}", (Number() | Negate(Number()) as first, *_, Dots(), last)):
            return None if _whole(first) is None else Domain(Integer(_whole(first)), (("≤", last),))
        case terms.Sequence("{}", (Number() as first, *_, Dots())):
            return Domain(Integer(_whole(first)))
        case terms.Sequence("{}", values):
            return _finite(values)
        case terms.Sequence("()" | "[]" | "[)" | "(]" as brackets, (lower, upper)):
            return Domain(Real(), (*_lower(brackets[0], lower), *_upper(brackets[1], upper)))
        case _:
            return None


def _lower(bracket: str, end: Term) -> tuple[tuple[Sign, Term], ...]:
    return () if end == Negate(INFINITY) else ((">" if bracket == "(" else "≥", end),)


def _upper(bracket: str, end: Term) -> tuple[tuple[Sign, Term], ...]:
    return () if end == INFINITY else (("<" if bracket == ")" else "≤", end),)


def _finite(values: tuple[Term, ...]) -> Domain | None:
    """A set of a few numbers; consecutive integers are a range."""
    numbers = [_whole(value) for value in values]
    known = sorted(number for number in numbers if number is not None)
    if not values or len(known) < len(values):
        return None
    least, most = Integer(known[0]), terms.integer(known[-1])
    if known == list(range(known[0], known[0] + len(known))):
        return Domain(least, (("≤", most),))
    return Domain(least, (("≤", most),), values)


def _whole(term: Term) -> int | None:
    match term:
        case Number(Fraction(denominator=1) as value):
            return int(value)
        case Negate(Number(Fraction(denominator=1) as value)):
            return -int(value)
        case _:
            return None


def _with_whole_ends(context: Context, reading: Reading, domain: Domain) -> Context:
    """The context with the names that the set brought in; the last item of ``1, ..., K`` is a natural number."""
    known = {one.name for one in context.declarations}
    for one in reading.context.declarations:
        if one.name not in known:
            sort = NATURAL if isinstance(domain.sort, Integer) and isinstance(one.sort, Real) else one.sort
            context = context.declare(one.name, sort)
    return context


def _shape(node: Node, text: str, macros: str) -> Value | Problem:
    sizes: list[Term] = []
    for span in _sides(node):
        size = read_term(text[span.start : span.end], Context(), macros)
        if isinstance(size, Problem):
            return Problem(size.message, span, text)
        sizes.append(size.term)
    if len(sizes) == 1:
        return Vector(sizes[0])
    if len(sizes) == 2:
        return MatrixOf(sizes[0], sizes[1])
    return Problem(f"expected {_KNOWN}", node.span, text)


def _sides(node: Node) -> list[Span]:
    """What a cross parts: two sides in ``2n \\times m``, and one in ``mn``, a product."""
    factors, signs = (node.factors, node.operators) if isinstance(node, tree.Product) else ((node,), ())
    ends = [place for place, sign in enumerate(signs, 1) if sign == "×"]
    return [Span(factors[a].span.start, factors[b - 1].span.end) for a, b in pairwise((0, *ends, len(factors)))]
