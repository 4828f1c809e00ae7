"""Sums and products that a condition limits: what runs, what it is compared with, and from where to where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack

from engine.meaning import restricted
from engine.meaning import term as terms
from engine.meaning.differentiation import Differentiation
from engine.meaning.notation import CONDITIONS, CONSTANTS, STEPS
from engine.meaning.reach import free_symbols
from engine.meaning.restricted import Kind, shifted
from engine.meaning.sort import Family, IndexRange, Integer, Real, Sort
from engine.meaning.statement import Relation
from engine.meaning.stop import Stop
from engine.meaning.term import (
    ONE,
    Add,
    Element,
    Multiply,
    Name,
    Negate,
    Number,
    Product,
    Sum,
    Term,
    children,
    free_names,
)
from engine.reading import tree
from engine.reading.tree import Node

MIRRORED = {"<": ">", "≤": "≥", ">": "<", "≥": "≤", "≠": "≠"}
MOST_SPLITS = 3


class Limited(Differentiation):
    """Reads sums over ``i < j``, ``i \\ne j`` and ``1 \\le i < j \\le N``."""

    def limited(self, node: tree.Big, below: tree.Relations) -> Term | None:
        """The sum or product over a condition of indices; ``None`` for a condition of another kind."""
        assert node.kind in ("sum", "prod")
        items, signs = below.items, below.signs
        if set(signs) <= {">", "≥"}:
            items, signs = items[::-1], tuple(MIRRORED[sign] for sign in reversed(signs))
        if len(items) > 2 and set(signs) <= {"<", "≤"}:
            return self._chain(node, items, signs)
        if len(items) == 2 and set(signs) <= MIRRORED.keys():
            return self._compared(node, below)
        return None

    def _chain(self, node: tree.Big, items: Sequence[Node], signs: Sequence[str]) -> Term | None:
        """``a <= i < j <= b``, where either end may be an index, too."""
        names = [self._open_name(item) for item in items]
        free = free_symbols(node.body)
        first, last = (name if name in STEPS & free else None for name in (names[0], names[-1]))
        if None in names[1:-1] or (last is not None) != (node.upper is not None):
            return None
        lower = ONE if first else shifted(self.term(items[0]), int(signs[0] == "<"))
        if first:
            self.note(f"{first} starts at 1")
        end = items[-1] if node.upper is None else node.upper
        upper = shifted(self.upper_bound(end), -int(last is None and signs[-1] == "<"))
        running = [name for name in names[0 if first else 1 : len(names) if last else -1] if name is not None]
        between = signs[0 if first else 1 : len(signs) if last else -1]
        span = IndexRange(lower, upper)
        with ExitStack() as stack:
            for name in running:
                stack.enter_context(self.binding(name, index=True))
                self.set_span(name, span)
            body = self.body(node)
        self.check_bound_members(tuple(running), body, node)
        self._check_factors(node, running, body)
        if first:
            self._check_start(body, running, node)
        return restricted.chained(_kind(node), running, between, span, body)

    def _open_name(self, item: Node) -> str | None:
        """A name that may be bound here: a letter that is not declared, bound or a constant."""
        if not isinstance(item, tree.Symbol) or item.spelling in CONSTANTS or self.declared(item.spelling):
            return None
        return item.spelling

    def _compared(self, node: tree.Big, below: tree.Relations) -> Term | None:
        """``i < j`` and its kin: one index beside another name, or a pair in the usual order."""
        left, right = map(self._open_name, below.items)
        if left is None and right is None:
            return None
        if left and right and left < right and {left, right} <= STEPS and right in free_symbols(node.body):
            return self._pair(node, below, left, right)
        index, other, sign = left, below.items[1], below.signs[0]
        if index is None:
            index, other, sign = right, below.items[0], MIRRORED[sign]
        return self._beside(node, below, index or "", sign, other)

    def _pair(self, node: tree.Big, below: tree.Relations, left: str, right: str) -> Term:
        self.note(f"the {node.kind} runs over all pairs {left}, {right}")
        sign, kind = below.signs[0], _kind(node)
        value, condition, span = self._limited_body(node, below, (left, right), None)
        if span is None:
            return overs(node.kind, (left, right), condition, value)
        if sign == "≠":
            inner = restricted.against(kind, right, "≠", Name(left), span, value)
            return restricted.big(kind, left, span.lower, span.upper, inner)
        names = (left, right) if sign in ("<", "≤") else (right, left)
        return restricted.chained(kind, names, (sign if sign in ("<", "≤") else MIRRORED[sign],), span, value)

    def _beside(self, node: tree.Big, below: tree.Relations, index: str, sign: str, other: Node) -> Term:
        around = self._span_of(other)
        value, condition, span = self._limited_body(node, below, (index,), around)
        if span is not None and (span == around or self._lies_in(other, span)):
            return restricted.against(_kind(node), index, sign, self.term(other), span, value)
        if node.upper is not None:
            raise Stop("whether what the index is compared with lies in the range is not known", below)
        return overs(node.kind, (index,), condition, value)

    def _limited_body(
        self, node: tree.Big, below: tree.Relations, names: tuple[str, ...], around: IndexRange | None
    ) -> tuple[Term, Term, IndexRange | None]:
        """The body, the condition, and the range of the indices if it is known: as written, that of the families, or
        that of the index around."""
        written = None if node.upper is None else IndexRange(ONE, self.upper_bound(node.upper))
        splits = self.splits
        self.splits += below.signs[0] == "≠"
        with ExitStack() as stack:
            for name in names:
                stack.enter_context(self.binding(name, index=True))
                if written is not None:
                    self.set_span(name, written)
            condition, value = self.item(below), self.body(node)
        self.splits = splits
        self.check_bound_members(names, value, node)
        if written is not None:
            self._check_start(value, names, node)
        found = written or self._family_range(value, names) or around
        if found is None or (below.signs[0] == "≠" and splits >= MOST_SPLITS):
            self._check_upper(node)
            return value, condition, None
        self._check_factors(node, names, value)
        if found is not around or written is None:
            self.note(f"{', '.join(names)} from {_words(found.lower)} to {_words(found.upper)}")
        return value, condition, found

    def _check_upper(self, node: tree.Big) -> None:
        if node.upper is not None:
            raise Stop("too many conditions with ≠ inside of each other", node)

    def _check_start(self, body: Term, names: Sequence[str], node: tree.Big) -> None:
        """Where a lower bound is not written it is 1, unless the families that the sign runs through say otherwise."""
        found = {found[0] for name in names for found in ranges_in(body, name, self.sorts) if found is not None}
        if found - {ONE}:
            raise Stop("the index starts at 1 or where its family does; write the lower bound", node)

    def _check_factors(self, node: tree.Big, names: Sequence[str], body: Term) -> None:
        """Behind a product, a factor without an index would stand outside: that must be written with brackets."""
        if node.kind == "prod" and isinstance(body, Multiply) and not free_names(body.factors[-1]) & set(names):
            raise Stop("the last factor does not contain the index of the product; use brackets", node)

    # -- ranges

    def set_span(self, index: str, span: IndexRange) -> None:
        """The range of a bound index, for as long as what its ends mention means the same."""
        mentioned = free_names(span.lower) | free_names(span.upper)
        self.spans[index] = span, {name: self.bound.get(name, 0) for name in mentioned}

    def _span_of(self, node: Node) -> IndexRange | None:
        span, around = self.spans.get(node.spelling if isinstance(node, tree.Symbol) else "", (None, {}))
        unchanged = all(self.bound.get(name, 0) == count for name, count in around.items())
        return span if unchanged else None

    def _lies_in(self, node: Node, span: IndexRange) -> bool:
        """Whether the declarations say that a name lies in the range."""
        if not isinstance(node, tree.Symbol) or node.spelling in self.bound or not isinstance(span.lower, Number):
            return False
        name, sort = Name(node.spelling), self.sorts.get(node.spelling)
        starts = isinstance(sort, Integer) and sort.least is not None and sort.least >= span.lower.value
        facts = self.context.facts
        return starts and (Relation(name, "≤", span.upper) in facts or Relation(span.upper, "≥", name) in facts)

    def _family_range(self, body: Term, names: tuple[str, ...]) -> IndexRange | None:
        found = {found for name in names for found in ranges_in(body, name, self.sorts)}
        ends = found.pop() if len(found) == 1 else None
        return None if ends is None else IndexRange(*ends)

    def upper_bound(self, node: Node) -> Term:
        """The upper bound of a sum: a name that was not declared is a natural number."""
        last = node.spelling if isinstance(node, tree.Symbol) else r"\infty"
        if not self.declared(last) and last not in CONSTANTS:
            self.infer(last, Integer(1), node)
        upper = self.term(node)
        for name in counted_in(upper):
            if self.inferred.get(name) in (Real(), Integer()):
                self.infer(name, Integer(1), node)
        if isinstance(upper, Name) and self.inferred.get(upper.name) in (Real(), Integer()):
            self.infer(upper.name, Integer(1), node)
        family = self.inferred.get(upper.family) if isinstance(upper, Element) else None
        if isinstance(upper, Element) and isinstance(family, Family):
            self.inferred[upper.family] = Family(family.ranges, Integer(1))
        return upper

    def range_from_families(self, body: Term, index: str) -> tuple[Term, Term] | None:
        """The bounds of a sum without bounds: the declared range of the families that it runs through, if it is one, or
        else the range over which the definitions beside the claim sum them."""
        found = {found for found in ranges_in(body, index, self.sorts) if found is not None}
        words = "the declared range"
        if not found:
            families = families_in(body, Name(index))
            found = {span for one in self.context.definitions for span in summed_in(one.body, families)}
            words = "the range of the definitions"
        if len(found) != 1:
            self.note(f"{index} runs over all values that it can take")
            return None
        bounds = found.pop()
        self.note(f"{index} runs over {words}")
        return bounds

    def body(self, node: tree.Big) -> Term:
        """What the sign stands before: a value, or a condition behind a quantifier."""
        return self.item(node.body) if node.kind in CONDITIONS else self.term(node.body)

    def check_bound_members(self, names: tuple[str, ...], value: Term, node: Node) -> None:
        """``\\max_{x_1}`` of an expression in the family ``x_i``: what is bound would not be what stands there."""
        for name in names:
            family = name.split("_{")[0]
            if family != name and isinstance(self.inferred.get(family), Family) and family in free_names(value):
                raise Stop(f"{name} is bound here, and {family} stands with an index as well; rename one", node)

    def counting(self, node: Node) -> Term:
        """What stands before ``!`` or in a binomial: an undeclared name in it is a whole number from 0 on.

        A Greek letter is none: it is a parameter, as in the binomial series.
        """
        value = self.term(node)
        family = self.inferred.get(value.family) if isinstance(value, Element) else None
        real = isinstance(family, Family) and family.element == Real()
        if isinstance(value, Element) and isinstance(family, Family) and real and not value.family.startswith("\\"):
            self.inferred[value.family] = Family(family.ranges, Integer(0))
        for name in (value.name,) if isinstance(value, Name) else counted_in(value):
            if self.inferred.get(name) in (Real(), Integer()) and not name.startswith("\\"):
                self.infer(name, Integer(0), node)
        return value


def counted_in(upper: Term) -> Iterator[str]:
    """The names of ``2n``, ``g - 1`` and ``n + m``, which count where the bound does."""
    if isinstance(upper, Multiply) and isinstance(upper.factors[0], Number) and len(upper.factors) == 2:
        whole = upper.factors[0].value.denominator == 1
        yield from (part.name for part in upper.factors if isinstance(part, Name) and whole)
    parts = [part.term if isinstance(part, Negate) else part for part in upper.terms] if isinstance(upper, Add) else []
    if all(isinstance(part, Name) or (isinstance(part, Number) and part.value.denominator == 1) for part in parts):
        yield from (part.name for part in parts if isinstance(part, Name))


def overs(kind: str, names: Sequence[str], condition: Term | None, value: Term) -> Term:
    """One operator for each name, with the condition on the innermost."""
    for place, name in enumerate(reversed(names)):
        value = terms.Over(kind, name, None if place else condition, value)
    return value


def _kind(node: tree.Big) -> Kind:
    return "sum" if node.kind == "sum" else "prod"


def _words(term: Term) -> str:
    from engine.meaning.latex import term_latex

    return term_latex(term)


def ranges_in(body: Term, index: str, sorts: dict[str, Sort]) -> Iterator[tuple[Term, Term] | None]:
    """The declared ranges of the families whose index is exactly ``index`` somewhere in ``body``."""
    waiting = [body]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Element):
            sort = sorts.get(part.family)
            for place, at in enumerate(part.indices):
                if at == Name(index) and isinstance(sort, Family):
                    span = sort.ranges[place]
                    yield None if span is None else (span.lower, span.upper)
        if terms.bound_name(part) != index:
            waiting.extend(terms.children(part))


def families_in(term: Term, index: Name) -> frozenset[str]:
    """The families of which the term has a member at the index."""
    own = frozenset((term.family,)) if isinstance(term, Element) and index in term.indices else frozenset[str]()
    return own.union(*(families_in(part, index) for part in children(term)))


def summed_in(term: Term, families: frozenset[str]) -> Iterator[tuple[Term, Term]]:
    """The ranges of the sums and products in the term that run through one of the families."""
    if isinstance(term, Sum | Product) and families & families_in(term.body, Name(term.index)):
        yield term.lower, term.upper
    for part in children(term):
        yield from summed_in(part, families)
