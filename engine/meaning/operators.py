"""Signs that bind a name: sums, products, integrals, and how far they reach."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from engine.meaning import term as terms
from engine.meaning.differentiation import Differentiation
from engine.meaning.notation import CONSTANTS
from engine.meaning.reach import extended, free_symbols, index_name, tails
from engine.meaning.row import MOST_IN_A_ROW, multiplied
from engine.meaning.sort import Family, Integer, Sort
from engine.meaning.stop import Stop
from engine.meaning.term import ONE, Element, Name, Term, free_names
from engine.reading import tree
from engine.reading.tree import Node, spelling


class Operators(Differentiation):
    """Reads operators that bind a name."""

    def addition(self, node: tree.Addition) -> Term:
        values = tuple(self.term(part) for part in self.reached(node.terms))
        return values[0] if len(values) == 1 else terms.Add(values)

    def reached(self, parts: tuple[Node, ...]) -> Sequence[Node]:
        """The terms, each sum sign extended over the following ones in which its index is still free."""
        if not any(tails(part) for part in parts[:-1]):
            return parts
        done: list[tuple[Node, int]] = []  # from the right; each with how deeply sums were extended in it
        farthest: dict[str, int] = {}  # the rightmost place in `done` where a symbol is free
        for part in reversed(parts):
            depth = 0
            open_sums = [(big, index_name(big) or "") for big in tails(part)]
            reaching = next(((big, index) for big, index in open_sums if index in farthest), None)
            if reaching is not None:
                place = farthest[reaching[1]]
                self.check_reach(*reaching)
                part = extended(part, reaching[0], tuple(term for term, _ in reversed(done[place:])))
                depth = 1 + max(inner for _, inner in done[place:])
                del done[place:]
                farthest = {symbol: at for symbol, at in farthest.items() if at < place}
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
        self.note(f"the sum over {index} reaches over the terms after it that contain {index}")

    def big(self, node: tree.Big) -> Term:
        index = index_name(node)
        if index is None:
            raise Stop("expected an index and its lower bound, such as i=1, below this sign", node)
        bounds = self.bounds(node)
        with self.binding(index, index=True):
            body = self.term(node.body)
        lower, upper = bounds or self.range_from_families(body, index, node)
        if node.kind == "sum":
            return terms.Sum(index, lower, upper, body)
        return self.cut_product(terms.Product(index, lower, upper, body), node)

    def bounds(self, node: tree.Big) -> tuple[Term, Term] | None:
        if not isinstance(node.lower, tree.Relations):
            if node.upper is not None:
                raise Stop("expected a lower bound, such as i=1", node)
            return None
        if node.upper is None:
            raise Stop("expected an upper bound above this sign", node)
        lower = self.term(node.lower.items[1])
        last = node.upper.spelling if isinstance(node.upper, tree.Symbol) else r"\infty"
        if not self.declared(last) and last not in CONSTANTS:
            self.infer(last, Integer(1), node.upper)
        return lower, self.term(node.upper)

    def range_from_families(self, body: Term, index: str, node: Node) -> tuple[Term, Term]:
        """The bounds of a sum without bounds: the declared range of the families that it runs through."""
        found = {found for found in ranges_in(body, index, self.sorts) if found is not None}
        if len(found) != 1:
            raise Stop(f"the range of {index} is not declared; write \\sum_{{{index}=1}}^{{N}}", node)
        bounds = found.pop()
        self.note(f"{index} runs over the declared range")
        return bounds

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
        lower, upper = self.limits(node)
        with self.binding(variable, index=False):
            body = ONE if node.body is None else self.term(node.body)
        return terms.Integral(variable, lower, upper, body)

    def limits(self, node: tree.Integral) -> tuple[Term, Term]:
        if node.upper is None and node.lower is not None and spelling(node.lower) == r"\mathbb{R}":
            return terms.Negate(terms.INFINITY), terms.INFINITY
        if node.lower is None or node.upper is None:
            raise Stop("expected the bounds of this integral", node)
        return self.term(node.lower), self.term(node.upper)


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
