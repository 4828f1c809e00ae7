"""Signs that bind a name: sums, products, integrals, and how far they reach."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from itertools import pairwise
from typing import Final

from engine.meaning import term as terms
from engine.meaning.limited import Limited, overs
from engine.meaning.naming import is_capital, looks_like
from engine.meaning.notation import (
    CONSTANTS,
    DOTS,
    ENTRIES,
    MEMBER,
    PARAMETRIC,
    SCALING,
    STEPS,
    bare_letter,
    letter_of,
    split_family,
)
from engine.meaning.reach import (
    EXTREMA,
    extended,
    free_symbols,
    heads_and_conditions,
    index_names,
    opened,
    tails,
)
from engine.meaning.row import MOST_IN_A_ROW, bracket_of, multiplied
from engine.meaning.scope import is_unit, matrix_of, vector_of
from engine.meaning.shape import COLUMN, ROW, SCALAR
from engine.meaning.sort import IndexRange, Integer, MatrixOf, Real, Vector
from engine.meaning.stop import Again, Stop
from engine.meaning.term import ONE, Element, Name, Term, free_names
from engine.reading import tree
from engine.reading.tree import Node, spelling
from engine.span import Span

# What is made of parts whose shapes say its own.
_TOLD: Final = (
    Name, Element, terms.Number, terms.Add, terms.Negate, terms.Multiply, terms.Divide, terms.Power, terms.Transpose,
    terms.Inverse, terms.Sum,
)  # fmt: skip
_OPEN: Final = frozenset((tree.Big, tree.Product, tree.Signed))  # what a sum can be open in at its end


class Operators(Limited):
    """Reads operators that bind a name."""

    def addition(self, node: tree.Addition) -> Term:
        first = node.terms[0]
        if isinstance(first, tree.Script) and isinstance(first.base, tree.Symbol) and first.base.spelling in EXTREMA:
            rest = node.terms[1:]
            span = Span(rest[0].span.start, node.span.end)
            body = rest[0] if len(rest) == 1 else tree.Addition(rest, span)
            return self.term(opened(tree.Product((first, body), ("",), node.span)))
        values = tuple([self.term(part) for part in self.reached(node.terms)])
        self.check_derivatives(node.terms)
        self.check_identity(values)
        if self.sizes:
            self.check_summands(values)
            self.fit_sum(values)
        return values[0] if len(values) == 1 else terms.Add(values)

    @staticmethod
    def check_derivatives(parts: tuple[Node, ...]) -> None:
        """``\\frac{d}{dx} x^2 + 3x``: authors mean the whole as often as the part up to the sign."""
        for part, after in pairwise(parts):
            operators = open_derivatives(part)
            if not operators or open_derivatives(after):
                continue
            symbols = {s for operator in operators for v, _ in operator.variables for s in free_symbols(v)}
            if symbols & free_symbols(after):
                both = "the derivative can end before this sign or reach over what follows"
                raise Stop(f"{both}; use brackets", after)

    def check_summands(self, values: tuple[Term, ...]) -> None:
        """What is added to a matrix is one: ``X^T X + \\lambda I``; a lone letter added to a vector is one."""
        shapes = [self.shape(value) for value in values]
        if shapes.count(SCALAR) == len(shapes):
            return
        bare = [value.term if isinstance(value, terms.Negate) else value for value in values]
        lone = [part.name for part in bare if isinstance(part, Name) and part.name not in self.bound]
        if (True, True) in shapes:
            ends = [end for value in values for end in (last_factor(value), scaled(value))]
            names = [part.name for part in ends if isinstance(part, Name) and is_capital(part.name)]
            found = next((name for name in names if name not in self.bound and self.undecided(name)), None)
            if found is not None:
                raise self.again(found, matrix_of(found))
            self.check_shift(bare, lone)
        if COLUMN in shapes:
            self.check_columns(values)
            if (found := next(filter(self.undecided, lone), None)) is not None:
                raise self.again(found, vector_of(found))
            self.check_other_vectors(bare)
        if any(self.shape(part) == SCALAR and part != terms.ZERO for part in bare):
            self.check_rows(values)
            self.check_mixed(bare)

    def check_shift(self, bare: Sequence[Term], lone: Sequence[str]) -> None:
        """``A X + b`` of a matrix A: b is a vector, and so is X."""
        mapped = any(isinstance(part, terms.Multiply) and is_map(part) for part in bare)
        found = next((name for name in lone if letter_of(name) in ENTRIES and self.undecided(name)), None)
        if mapped and found is not None and len(lone) == len(bare) - 1:
            raise self.again(found, vector_of(found))

    def check_other_vectors(self, bare: Sequence[Term]) -> None:
        """``\\mathbf{x} - \\mathbf{x}_0``: beside a column, x_0 is another one and no entry of x."""
        for part in bare:
            if not isinstance(part, Element) or part.family in self.sorts or free_names(part) & self.indices.keys():
                continue
            if isinstance(self.sort(part.family), Vector):
                self.findings.apart.add(part.family)
                raise Again(part.family)

    def check_rows(self, values: tuple[Term, ...]) -> None:
        """``y - \\theta^T \\mathbf{X}_j`` of numbers: a bold capital with an index at the end of a row is a column."""
        for value in values:
            last = self.end_of(value)
            if self.shape(value) != ROW or not isinstance(last, Name | Element):
                continue
            name = last.name if isinstance(last, Name) else split_family(last.family)[0]
            if self.declared(name) or not is_bold_column(last):
                continue
            self.findings.sorts[name if isinstance(last, Name) else name + MEMBER] = vector_of(name)
            raise Again(name)

    def end_of(self, value: Term) -> Term:
        """The last factor that is no number: of what is summed, of the numerator."""
        while isinstance(value, terms.Negate | terms.Divide | terms.Sum | terms.Multiply):
            match value:
                case terms.Negate(part) | terms.Divide(part) | terms.Sum(body=part):
                    value = part
                case terms.Multiply(factors):
                    value = next((part for part in reversed(factors) if self.shape(part) != SCALAR), factors[-1])
        return value

    def check_mixed(self, bare: Sequence[Term]) -> None:
        """A number is not added to a vector, and does not equal one, as far as their names tell what they are."""
        told = [value for value in bare if is_told(value) and value != terms.ZERO]
        shapes = {self.shape(value) for value in told}
        if SCALAR not in shapes or len(shapes) == 1:
            return
        names = frozenset[str]().union(*map(free_names, told))
        if names and not any(map(self.declared, names)):
            first = min(names)
            raise Stop(
                f"a number and a vector or a matrix are added or equated; declare {first} and its company", self.root
            )

    def check_columns(self, values: tuple[Term, ...]) -> None:
        """Beside a column, ``A^{-1} Y`` is one, and so is Y where no declaration says else; ``A b`` is one as well."""
        for value in values:
            inside = value.term if isinstance(value, terms.Negate) else value
            last = last_factor(inside)
            if not isinstance(last, Name) or not isinstance(inside, terms.Multiply) or last.name in self.bound:
                continue
            found = self.inferred.get(last.name) if isinstance(looks_like(last.name), Real) else None
            if isinstance(found, MatrixOf) and self.shape(inside) == (True, True) and not is_unit(last.name):
                raise self.again(last.name, vector_of(last.name))
            before = inside.factors[-2]
            if self.shape(inside) != SCALAR or not isinstance(before, Name) or is_capital(last.name):
                continue
            scales = (bare_letter(before) or "") in SCALING or not is_capital(before.name)
            if not scales and self.undecided(before.name) and self.undecided(last.name):
                self.learn(before.name, matrix_of(before.name))
                raise self.again(last.name, vector_of(last.name))

    def reached(self, parts: tuple[Node, ...]) -> Sequence[Node]:
        """The terms, each sum sign extended over the following ones in which its index is still free."""
        if not any(type(part) in _OPEN and tails(part) for part in parts[:-1]):
            return parts
        done: list[tuple[Node, int]] = []  # from the right; each with how deeply sums were extended in it
        farthest: dict[str, int] = {}  # the rightmost place in `done` where a symbol is free
        first: dict[str, int] = {}
        for at, part in reversed(tuple(enumerate(parts))):
            depth = 0
            open_sums = [(big, index) for big in tails(part) for index in index_names(big)]
            reaching = next(((big, index) for big, index in open_sums if index in farthest), None)
            if reaching is not None:
                place = farthest[reaching[1]]
                first = first or first_places(parts)
                if first.get(reaching[1], len(parts)) <= at:
                    raise Stop(f"{reaching[1]} is used before its sum and after it; use brackets", part)
                self.check_reach(*reaching)
                part = extended(part, reaching[0], tuple(term for term, _ in reversed(done[place:])))
                depth = 1 + max(inner for _, inner in done[place:])
                del done[place:]
                farthest = {symbol: where for symbol, where in farthest.items() if where < place}
            if depth > MOST_IN_A_ROW or any(index in farthest for _, index in open_sums):
                raise Stop("how far these sums reach is unclear; write brackets", part)
            done.append((part, depth))
            for symbol in free_symbols(part):
                farthest.setdefault(symbol, len(done) - 1)
        return [part for part, _ in reversed(done)]

    def check_reach(self, big: tree.Big, index: str) -> None:
        if self.declared(index):
            raise Stop(f"{index} follows its sum: it can be the index or the declared {index}; use brackets", big)
        if big.kind == "prod":
            raise Stop(f"{index} is used after its product; put the factors in brackets", big)
        self.note(f"the {big.kind} over {index} reaches over the terms after it that contain {index}")

    def big(self, node: tree.Big) -> Term:
        names = index_names(node)
        below = node.lower
        if isinstance(below, tree.Relations) and node.kind in ("sum", "prod") and (plain := self.limited(node, below)):
            return plain
        between = isinstance(below, tree.Relations) and isinstance(below.items[0], tree.Number)
        if not all(names) or not names or below is None or between:
            raise Stop("expected an index and its lower bound, such as i=1, below this sign", node)
        if isinstance(below, tree.Listing) and not any(isinstance(i, tree.Relations) for i in below.items):
            if heads_and_conditions(below)[1]:
                raise Stop("expected a condition behind this colon", below)
            return self.over_each(node, names, None)
        if isinstance(below, tree.Listing):
            return self.over_listed(node, names, below)
        if isinstance(below, tree.Relations) and (below.signs != ("=",) or node.upper is None):
            return self.over_condition(node, names, below)
        return self.from_to(node, names[0])

    def from_to(self, node: tree.Big, index: str) -> Term:
        bounds = self.bounds(node, index)
        with self.binding(index, index=True):
            if bounds is not None:
                self.set_span(index, IndexRange(*bounds))
            body = self.body(node)
        self.check_bound_members((index,), body, node)
        bounds = bounds or self.range_from_families(body, index)
        if bounds is None:
            return terms.Over(node.kind, index, None, body)
        if node.kind == "sum":
            return terms.Sum(index, *bounds, body)
        if node.kind == "prod":
            return self.cut_product(terms.Product(index, *bounds, body), node)
        where = terms.Sequence("{}", (bounds[0], terms.Dots(), bounds[1]))
        return terms.Over(node.kind, index, terms.Comparison(Name(index), "∈", where), body)

    def over_each(self, node: tree.Big, names: tuple[str, ...], where: Node | None) -> Term:
        """One operator for each name, with the condition on the innermost, where all names are bound."""
        if len(names) > 1 and node.kind in ("lim", "argmax", "argmin"):
            raise Stop("one variable is expected below this operator", node)
        with ExitStack() as stack:
            for name in names:
                stack.enter_context(self.binding(name, index=True))
            condition = None if where is None else self.where(where, node)
            value = self.body(node)
        self.check_bound_members(names, value, node)
        return overs(node.kind, names, condition, value)

    def over_listed(self, node: tree.Big, names: tuple[str, ...], below: tree.Listing) -> Term:
        """``i, j = 1`` with an upper bound, and ``i = 1, \\ldots, n``."""
        last = below.items[-1]
        single = all(isinstance(item, tree.Symbol | tree.Script) for item in below.items[:-1])
        if isinstance(last, tree.Relations) and last.signs == ("=",) and single and node.upper is not None:
            if holds_listed(last.items[1]) or holds_listed(node.upper):  # it would be said once for each index
                raise Stop("a sum over several indices stands in a bound of another; give it a name", node)
            inner: Node = node
            for item in below.items[::-1]:
                first = item.items[0] if isinstance(item, tree.Relations) else item
                bound = replace(last, items=(first, last.items[1]))
                inner = replace(node, lower=bound, body=inner.body if inner is node else inner)
            return self.term(inner)
        if isinstance(last, tree.Relations) and last.signs == ("∈",) and single and node.upper is None:
            return self.over_each(node, names, below)
        if heads_and_conditions(below)[1]:
            return self.over_conditions(node, names, below)
        first = below.items[0]
        dots = any(isinstance(item, tree.Symbol) and item.spelling in DOTS for item in below.items)
        if isinstance(first, tree.Relations) and first.signs == ("=",) and dots:
            items = (self.term(first.items[1]), *map(self.term, below.items[1:]))
            with self.binding(names[0], index=True):
                body = self.body(node)
            where = terms.Comparison(Name(names[0]), "∈", terms.Sequence("{}", items))
            return terms.Over(node.kind, names[0], where, body)
        raise Stop("what runs below this sign is not understood", node)

    def over_conditions(self, node: tree.Big, names: tuple[str, ...], below: tree.Listing) -> Term:
        """``x: p(x) > 0``, ``t ∈ S, t ≤ x``, ``l = 1, l ≠ k``: the first binds; ``i ∈ S, j ∈ T`` bind both."""
        heads, conditions = heads_and_conditions(below)
        if heads == below.items[:1] and self.each_in_its_set(below):
            for item in below.items[::-1]:
                node = replace(node, lower=item, body=node.body if item is below.items[-1] else node)
            return self.term(node)
        self.check_conditions(node, names, conditions)
        counts = isinstance(heads[0], tree.Relations) and heads[0].signs == ("=",)
        if not names or counts != (node.upper is not None) or (counts and names[0] in free_symbols(node.upper or node)):
            raise Stop("what runs below this sign is not understood", node)
        return self.over_each(node, names, below)

    def where(self, below: Node, node: tree.Big) -> Term:
        """What stands below a sign, as one condition."""
        heads, conditions = heads_and_conditions(below) if isinstance(below, tree.Listing) else ((), ())
        if not conditions:
            return self.item(below)
        first = [self.run(node, head) for head in heads if isinstance(head, tree.Relations)]
        parts = (*first, *map(self.item, conditions))
        return parts[0] if len(parts) == 1 else terms.Apply("and", parts)

    @staticmethod
    def each_in_its_set(below: tree.Listing) -> bool:
        first = [item.items[0] for item in below.items if isinstance(item, tree.Relations) and item.signs == ("∈",)]
        return len({spelling(item) for item in first}) == len(below.items)

    def check_conditions(self, node: tree.Big, names: tuple[str, ...], conditions: tuple[Node, ...]) -> None:
        """Each condition speaks of what is bound, and no other index of the body that could be bound stands in it."""
        inside = free_symbols(node.body)
        for condition in conditions:
            free = free_symbols(condition)
            if not isinstance(condition, tree.Relations) or not (free & {*names} or node.kind in PARAMETRIC):
                raise Stop("what runs below this sign is not understood", condition)
            second = next((n for n in sorted(free & inside & STEPS) if n not in names and not self.declared(n)), None)
            if second is not None:
                raise Stop(f"{second} may be bound below this sign or not; write one sign for each index", condition)

    def run(self, node: tree.Big, head: tree.Relations) -> Term:
        """``i = 1`` with an upper bound n says that i is in {1, …, n}."""
        bounds = self.bounds(replace(node, lower=head), "") if head.signs == ("=",) else None
        if bounds is None:
            return self.item(head)
        values = terms.Sequence("{}", (bounds[0], terms.Dots(), bounds[1]))
        return terms.Comparison(self.item(head.items[0]), "∈", values)

    def over_condition(self, node: tree.Big, names: tuple[str, ...], below: tree.Relations) -> Term:
        """A sum over ``i \\in S``, ``i \\ne j``, ``i < j``: the left name is bound, or a pair in the usual order."""
        open_names = [name for name in self.plain_names(below) if not self.declared(name)]
        if below.signs == ("=",):
            raise Stop("expected an upper bound above this sign", node)
        if node.upper is not None:
            raise Stop("the upper bound of this sign has no meaning beside the condition below it", node.upper)
        if below.signs == ("∈",):
            return self.over_each(node, names, below)
        free = free_symbols(node.body)
        if not open_names:
            raise Stop("what is bound below this sign is unclear: all its names are declared or bound", below)
        left = open_names[0]
        others = [name for name in open_names[1:] if name in free and {name, open_names[0]} <= STEPS]
        if others and open_names[0] in names and left < others[0]:
            self.note(f"the {node.kind} runs over all pairs {left}, {others[0]}")
            return self.over_each(node, (left, *others), below)
        return self.over_each(node, (left,), below)

    @staticmethod
    def plain_names(below: tree.Relations) -> list[str]:
        return [
            item.spelling for item in below.items if isinstance(item, tree.Symbol) and item.spelling not in CONSTANTS
        ]

    def bounds(self, node: tree.Big, index: str) -> tuple[Term, Term] | None:
        """The bounds as written; ``\\sum_i^n`` starts at 1."""
        if node.upper is None:
            return None
        if isinstance(node.lower, tree.Relations):
            first = node.lower.items[1]
            if isinstance(first, tree.Symbol) and first.spelling not in CONSTANTS and not self.declared(first.spelling):
                self.infer(first.spelling, Integer(), first)
            lower = self.term(first)
        else:
            lower = ONE
            self.note(f"{index} starts at 1")
        return lower, self.upper_bound(node.upper)

    def cut_product(self, product: terms.Product, node: tree.Big) -> Term:
        """Factors without the index, after the last one with it, stand outside the product."""
        index, body = product.index, product.body
        if not isinstance(node.body, tree.Product) or index not in free_names(body):
            return product
        divides = "/" in node.body.operators
        if divides and isinstance(body, terms.Divide) and index not in free_names(body.denominator):
            self.note(f"the divisor without {index} stands outside the product over {index}")
            return terms.Divide(self.cut_product(replace(product, body=body.numerator), node), body.denominator)
        if not isinstance(body, terms.Multiply):
            return product
        inside = max(k for k, factor in enumerate(body.factors) if index in free_names(factor)) + 1
        if inside == len(body.factors):
            return product
        self.note(f"the factors without {index} at the end stand outside the product over {index}")
        first = self.cut_product(replace(product, body=multiplied(body.factors[:inside])), node)
        return terms.Multiply((first, *body.factors[inside:]))

    def integral(self, node: tree.Integral) -> Term:
        variable = spelling(node.variable)
        if variable is None:
            raise Stop("expected the variable of integration", node.variable)
        if node.lower is None and node.upper is not None:
            raise Stop("expected the lower bound of this integral", node)
        bounds = self.limits(node)
        domain = node.lower if bounds is None else None
        with self.binding(variable, index=False):
            body = ONE if node.body is None else self.term(node.body)
            where = None if domain is None else self.domain(domain, variable)
        if bounds is not None:
            return terms.Integral(variable, *bounds, body)
        if is_capital(variable) and free_names(body) and variable not in free_names(body):
            raise Stop(f"this can be an integral over the measure {variable}; write the density", node.variable)
        return terms.Over("int", variable, where, body)

    def domain(self, domain: Node, variable: str) -> Term:
        """``\\int_{\\mathcal{X}}`` and ``\\int_{x \\in S}``: the values that the variable runs over."""
        if isinstance(domain, tree.Relations):
            return self.comparison(domain)
        return terms.Comparison(Name(variable), "∈", self.label(domain))

    def limits(self, node: tree.Integral) -> tuple[Term, Term] | None:
        if node.upper is None and node.lower is not None and spelling(node.lower) == r"\mathbb{R}":
            return terms.Negate(terms.INFINITY), terms.INFINITY
        if node.lower is None or node.upper is None:
            return None
        return self.term(node.lower), self.term(node.upper)


def holds_listed(bound: Node) -> bool:
    """Whether a sum over several indices, ``\\sum_{i, j = 1}^N``, stands somewhere in the bound of another."""
    waiting = [bound]
    while waiting:
        part = waiting.pop()
        if isinstance(part, tree.Big) and isinstance(part.lower, tree.Listing):
            return True
        waiting.extend(tree.children(part))
    return False


def first_places(parts: Sequence[Node]) -> dict[str, int]:
    """The first of the summands in which a symbol is free."""
    found: dict[str, int] = {}
    for place, part in enumerate(parts):
        for symbol in free_symbols(part):
            found.setdefault(symbol, place)
    return found


def open_derivatives(part: Node) -> list[tree.Derivative]:
    """The derivative operators of a summand that have no bracket behind them."""
    inside = part.operand if isinstance(part, tree.Signed) else part
    if not isinstance(inside, tree.Product) or tree.Derivative not in map(type, inside.factors):
        return []
    factors = inside.factors
    return [
        factor
        for factor, follower in pairwise(factors)
        if isinstance(factor, tree.Derivative) and factor.numerator is None and bracket_of(follower) is None
    ]


def scaled(term: Term) -> Term:
    """The letter of ``U \\operatorname{tr}(A)``, a product with one name; else the term."""
    inside = term.term if isinstance(term, terms.Negate) else term
    names = [part for part in inside.factors if isinstance(part, Name)] if isinstance(inside, terms.Multiply) else []
    return names[0] if len(names) == 1 else term


def is_map(term: terms.Multiply) -> bool:
    """``A X`` of two names with capital letters."""
    return len(term.factors) == 2 and all(isinstance(part, Name) and is_capital(part.name) for part in term.factors)


def is_bold_column(last: Name | Element) -> bool:
    """``\\mathbf{X}_j``, ``\\mathbf{X}^{(i)}``: a matrix by its look, of which the index may name a column."""
    if isinstance(last, Name):
        return "_{" in last.name and isinstance(looks_like(last.name), MatrixOf)
    return len(last.indices) == 1 and isinstance(looks_like(last.family), MatrixOf)


def is_told(term: Term) -> bool:
    """Whether the term is made of names and numbers alone, so that its shape is what they say."""
    if not isinstance(term, _TOLD):
        return False
    return all(map(is_told, terms.children(term)))


def last_factor(term: Term) -> Term:
    """What stands at the right end of a product, without its sign."""
    inside = term.term if isinstance(term, terms.Negate) else term
    return inside.factors[-1] if isinstance(inside, terms.Multiply) else inside
