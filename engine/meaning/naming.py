"""Names with their scripts: variables, members of families, transposes, powers."""

from __future__ import annotations

from dataclasses import replace

from engine.meaning import term as terms
from engine.meaning.notation import (
    BOLD,
    BRACKET_ONLY,
    CONSTANTS,
    FUNCTIONS,
    NAME_MARKS,
    OPERATOR_SIGNS,
    SYMBOLS,
    TRANSPOSES,
    WORDS,
)
from engine.meaning.reach import free_symbols
from engine.meaning.row import index_items, is_bracket_index
from engine.meaning.shape import MINUS_ONE, SCALAR, Shapes
from engine.meaning.sort import Family, Function, Integer, MatrixOf, Real, Vector
from engine.meaning.stop import Again, Stop
from engine.meaning.term import Element, Name, Term, free_names
from engine.reading import tree
from engine.reading.tree import Node, spelling


class Naming(Shapes):
    """Reads names and what stands on them."""

    def name(self, name: str, node: Node) -> Term:
        if name in self.bound:
            return Name(name)
        self.check_index_free(name, node)
        sort = self.sort(name)
        definition = self.definitions.get(name)
        if isinstance(sort, Function) or (definition is not None and definition.parameters):
            raise Stop(f"{name} is declared with arguments; write them", node)
        if isinstance(sort, Family):
            if name in self.inferred:
                self.infer(name, Real(), node)
            raise Stop(f"{name} is a family; write which member, such as {name}_i", node)
        if sort is None and definition is None:
            return self.undeclared(name, node)
        return Name(name)

    def check_index_free(self, name: str, node: Node) -> None:
        """A name may not hide the index of a sum around it: ``\\hat{x_i}`` would be read as a constant."""
        hidden = self.indices.keys() & SYMBOLS.findall(WORDS.sub("", name)) if self.indices else set()
        if hidden:
            index = min(hidden)
            raise Stop(f"{name} contains the index {index}; declare its base as a family with that index", node)

    def undeclared(self, name: str, node: Node) -> Term:
        constant = CONSTANTS.get(name)
        if constant is not None:
            return constant
        base = name.split("_{")[0].split("^{")[0]
        if base in FUNCTIONS and base not in BRACKET_ONLY:
            raise Stop(f"{base} needs an argument", node)
        if base in OPERATOR_SIGNS or name in NAME_MARKS or base.startswith((r"\operatorname", r"\mathbb")):
            raise Stop(f"{name} is not understood here", node)
        if base.startswith(BOLD):
            raise Stop(f"{name} is set like a vector or a matrix; declare which it is", node)
        if "dots" in name:
            raise Stop("an ellipsis is not understood; write a sum, a product or a family", node)
        self.infer(name, Real(), node)
        return Name(name)

    def script(self, node: tree.Script) -> Term:
        whole = spelling(node)
        if whole is not None and whole in self.sorts:
            return self.name(whole, node)
        above = node.superscript
        if isinstance(above, tree.Symbol) and above.spelling in NAME_MARKS and whole is not None:
            return self.name(whole, node)
        value = self.subscripted(node)
        return value if above is None else self.raised(value, above, node)

    def subscripted(self, node: tree.Script) -> Term:
        """The base with its subscript and primes, without the superscript."""
        if node.subscript is None and not node.primes:
            return self.term(node.base)
        base = spelling(node.base)
        whole = spelling(replace(node, superscript=None))
        if base is None or whole is None or isinstance(node.base, tree.Number):
            raise Stop("a subscript or prime stands on something that is not a name", node)
        if node.primes and self.declared(base) and not self.declared(whole):
            raise Stop(f"{whole} can be a derivative of {base} or a name of its own; declare it", node)
        if self.declared(whole) or node.subscript is None or node.primes:
            return self.name(whole, node)
        self.check_index_free(base, node.base)
        count = self.index_count(base, node.subscript, node)
        if count and self.index_like(node.subscript, count):
            return Element(base, self.index_terms(node.subscript, count))
        self.members.add(base)
        return self.name(whole, node)

    def index_count(self, base: str, subscript: Node, node: Node) -> int:
        """How many indices the members of ``base`` have; 0 where it has no members."""
        if base in self.bound:
            return 0
        definition = self.definitions.get(base)
        if definition is not None:
            return len(definition.parameters) or sum(self.shape(definition.body))
        match self.sort(base):
            case Family(ranges):
                return len(ranges)
            case MatrixOf():
                return 2
            case Vector():
                return 1
            case None if any(symbol in self.indices for symbol in free_symbols(subscript)):
                return self.inferred_family(base, subscript, node)
            case _:
                return 0

    def inferred_family(self, base: str, subscript: Node, node: Node) -> int:
        count = len(index_items(subscript))
        self.infer(base, Family((None,) * count, Real()), node)
        if base in self.members:
            raise Again
        return count

    def index_like(self, subscript: Node, count: int) -> bool:
        """Every name in the subscript is bound, an integer, or a single undeclared letter of its own."""
        parts = [free_symbols(item) for item in ((subscript,) if count == 1 else index_items(subscript))]
        return all(self.integral_name(symbol, len(part) == 1) for part in parts for symbol in part)

    def integral_name(self, symbol: str, alone: bool) -> bool:
        if symbol in self.bound or isinstance(self.sort(symbol), Integer):
            return True
        undeclared = not self.declared(symbol) and not isinstance(self.inferred.get(symbol), Real)
        return alone and len(symbol) == 1 and undeclared

    def index_terms(self, subscript: Node, count: int) -> tuple[Term, ...]:
        items = (subscript,) if count == 1 else index_items(subscript)
        if len(items) != count or isinstance(subscript, tree.Listing) and count == 1:
            raise Stop(f"expected {count} {'index' if count == 1 else 'indices, with commas between them'}", subscript)
        return tuple(self.index_term(item) for item in items)

    def index_term(self, item: Node) -> Term:
        for symbol in sorted(free_symbols(item)):
            if len(symbol) == 1 and not self.declared(symbol):
                self.infer(symbol, Integer(), item)
        return self.term(item)

    def raised(self, value: Term, above: Node, node: Node) -> Term:
        transposes = isinstance(above, tree.Symbol) and self.transposes(value, above)
        if transposes:
            if self.shape(value) == SCALAR and free_names(value) & self.inferred.keys():
                raise Stop("a transpose of undeclared names; declare them as vectors or matrices", node)
            return terms.Transpose(value)
        if is_bracket_index(above) and isinstance(value, Name | Element):
            raise Stop("a bracket above a name can be an index or a power; write x^{n} for the power", above)
        if isinstance(above, tree.Symbol) and above.spelling in NAME_MARKS:
            raise Stop(f"{above.spelling} stands above something that is not a name", node)
        exponent = self.term(above)
        if exponent == MINUS_ONE and self.shape(value) != SCALAR:
            return terms.Inverse(value)
        return terms.Power(value, exponent)

    def transposes(self, value: Term, above: tree.Symbol) -> bool:
        if above.spelling in TRANSPOSES:
            return True
        if above.spelling != "T":
            return False
        if self.shape(value) != SCALAR:
            return True
        if self.declared("T"):
            return False
        raise Stop("^T can be a transpose or a power; declare the base as a matrix, or T as a number", above)
