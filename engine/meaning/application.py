"""Functions applied: which symbols are functions here, and what they are applied to."""

from __future__ import annotations

from functools import lru_cache

from engine.meaning import term as terms
from engine.meaning.kind import Kinds
from engine.meaning.notation import ARITY, BRACKET_FUNCTIONS, BRACKET_ONLY, EXPECTATION, FUNCTIONS, INVERTED
from engine.meaning.row import (
    Head,
    Row,
    bracket_of,
    index_items,
    is_bracket_index,
    is_nabla,
    items_of,
    parts,
    without_marks,
)
from engine.meaning.shape import MINUS_ONE
from engine.meaning.sort import Function, Integer, MatrixOf, Real
from engine.meaning.stop import Stop
from engine.meaning.term import Term
from engine.reading import tree
from engine.reading.tree import Node, spelling


class Applications(Kinds):
    """Reads applications."""

    def head(self, node: tree.Symbol | tree.Script, follower: Node | None) -> Head | None:
        """The function that ``node`` names, if it names one here."""
        base, below, primes, above = parts(node)
        if base in INVERTED and above is not None and spelling(above) == "-1" and not self.declared(base or ""):
            return None  # the inverse function, a name of its own
        bracket = bracket_of(follower) is not None
        whole = None if below is None else spelling(without_marks(node))
        if whole is not None and self.is_function(whole, bracket):
            return Head(whole, None, primes, above)
        if base is not None and self.is_function(base, bracket):
            known = base in FUNCTIONS and not self.declared(base)
            if below is None or known:
                return Head(base, below, primes, above)
        return None

    def is_letter(self, node: tree.Symbol | tree.Script) -> bool:
        """Whether this is a letter, perhaps with scripts, that without a bracket behind it applies to nothing."""
        base = node if isinstance(node, tree.Symbol) else node.base
        if not isinstance(base, tree.Symbol) or base.spelling in self.sorts or not is_bare(base.spelling):
            return False
        whole = None if base is node or not self.sorts else spelling(without_marks(node))
        return whole is None or whole not in self.sorts

    def is_function(self, name: str, bracket: bool) -> bool:
        if name in self.bound:
            return False
        definition = self.definitions.get(name)
        if definition is not None:
            return bracket and bool(definition.parameters)
        if name in self.sorts:
            return isinstance(self.sorts[name], Function)
        return name in FUNCTIONS and (bracket or name not in BRACKET_ONLY)

    def application(self, row: Row, place: int, head: Head) -> tuple[Term, int]:
        follower = row.joined(place + 1)
        group = bracket_of(follower)
        head = _as_derivative(head)
        self.check_index_free(head.function, row.factors[place])
        if group is not None:
            value = self.call(head, tuple(self.term(item) for item in items_of(group.content)), row.factors[place])
            end = place + 2
        else:
            if head.function in self.sorts or head.function in self.definitions:
                raise Stop(f"{head.function} is a function; write its arguments in brackets", row.factors[place])
            argument, end = self.plain_argument(row, place)
            value = self.call(head, (argument,), row.factors[place])
        if head.superscript is not None:
            value = self.function_power(value, head.superscript)
        if group is not None and isinstance(follower, tree.Script):
            self.check_power(value, follower)
            value = self.scripts_of_call(value, follower)
        return value, end

    @staticmethod
    def check_power(value: Term, script: tree.Script) -> None:
        """``\\ln(x)^2`` is a square; ``\\ln(x)^{n/2}`` is rather the logarithm of a power."""
        above = script.superscript
        if above is None or isinstance(above, tree.Number) or not isinstance(value, terms.Apply):
            return
        if value.function in ("ln", "logbase"):
            raise Stop("this can be a power of the logarithm or the logarithm of a power; use brackets", script)

    def function_power(self, value: Term, above: Node) -> Term:
        if is_bracket_index(above):
            raise Stop("a bracket above a function can be a derivative's order, an index or a power", above)
        exponent = self.term(above)
        if exponent == MINUS_ONE:
            raise Stop("^{-1} on a function can be its inverse or a power; write brackets", above)
        return terms.Power(value, exponent)

    def scripts_of_call(self, value: Term, script: tree.Script) -> Term:
        below = script.subscript
        if script.primes or (below is not None and not self.has_entries(value, below)):
            raise Stop("a subscript or prime after the arguments is not understood", script)
        if below is not None:
            self.settle(value)
            value = terms.Apply("entry", (value, *map(self.index_term, index_items(below))))
        return value if script.superscript is None else self.raised(value, script.superscript, script)

    def has_entries(self, value: Term, below: Node) -> bool:
        """Whether ``f(z)_k`` is an entry of f(z), as ``(f(z))_k`` is: f(z) is declared to have any, or nothing is."""
        if not isinstance(value, terms.Apply) or not isinstance(sort := self.sort(value.function), Function):
            return False
        if isinstance(sort.result, Real | Integer) and value.function in self.sorts:
            return False
        count = 2 if isinstance(sort.result, MatrixOf) else 1
        return self.countable(below) and len(index_items(below)) == count

    def plain_argument(self, row: Row, place: int) -> tuple[Term, int]:
        """What a function without brackets applies to: the plain factors that follow, or one composite factor."""
        start = end = place + 1
        if row.joined(start) is None:
            raise Stop("this function needs an argument", row.factors[place])
        while (factor := row.joined(end)) is not None and (taken := self.plain_factors(row, end, factor)):
            if end > start and self.is_exponential(factor):
                both = "an exponential here can stand in the function or behind it"
                raise Stop(f"{both}; put the whole argument in brackets", factor)
            end += taken
        if end == start:
            return self.bare_operand(row, start)
        last, after = row.factors[end - 1], row.joined(end)
        if bracket_of(after) is not None and isinstance(last, tree.Symbol | tree.Script):
            if self.is_call(last, after):
                return self.product(row.part(start, end + 1), last), end + 1
            name = spelling(last)
            if name is not None and not self.declared(name):
                raise Stop("what the function applies to is unclear; put its whole argument in brackets", last)
        return self.product(row.part(start, end), last), end

    def is_exponential(self, factor: Node) -> bool:
        """``\\ln x e^{-x}`` is (ln x) e^{-x} below an integral, and ln(x e^{-x}) in a likelihood."""
        if not isinstance(factor, tree.Script) or factor.superscript is None or factor.subscript is not None:
            return False
        return spelling(factor.base) in ("e", r"\mathrm{e}") and not self.declared("e")

    def is_call(self, node: tree.Symbol | tree.Script, follower: Node | None) -> bool:
        """Whether an undeclared symbol is applied to the bracket after it."""
        raise NotImplementedError

    def plain_factors(self, row: Row, place: int, factor: Node) -> int:
        """How many factors from ``place`` on are one plain factor: 0, 1, or 2 for a declared function applied."""
        if isinstance(factor, tree.Symbol | tree.Script):
            if is_nabla(factor):
                return 0
            head = self.head(factor, row.joined(place + 1))
            if head is not None:
                return 0 if head.function in FUNCTIONS else 1 + (bracket_of(row.joined(place + 1)) is not None)
        base = factor.base if isinstance(factor, tree.Script) else factor
        if isinstance(base, tree.Group):
            return int(base.kind in BRACKET_FUNCTIONS)
        plain = tree.Number | tree.Symbol | tree.Script | tree.Fraction | tree.Root | tree.Binomial | tree.Factorial
        return int(isinstance(base, plain))

    def call(self, head: Head, arguments: tuple[Term, ...], node: Node) -> Term:
        sort = self.sorts.get(head.function)
        definition = self.definitions.get(head.function)
        if isinstance(sort, Function):
            self.check_count(head, len(sort.arguments), arguments, node)
            if not head.primes:
                return terms.Apply(head.function, arguments)
            if len(arguments) == 1:
                return terms.FunctionDerivative(head.function, 0, head.primes, arguments)
        elif definition is not None:
            self.check_count(head, len(definition.parameters), arguments, node)
            if head.primes and len(arguments) == 1:
                return terms.FunctionDerivative(head.function, 0, head.primes, arguments)
        if head.primes and definition is None and FUNCTIONS.get(head.function) == "digamma" and len(arguments) == 1:
            return terms.FunctionDerivative("digamma", 0, head.primes, arguments)
        if head.primes:
            raise Stop("a prime is understood on a declared function of one argument only", node)
        if definition is not None:
            return terms.Apply(head.function, arguments)
        return self.known_call(head, arguments, node)

    def known_call(self, head: Head, arguments: tuple[Term, ...], node: Node) -> Term:
        function = FUNCTIONS[head.function]
        if function == "pad" and head.subscript is not None:
            arguments = (*arguments, self.term(head.subscript))
        elif function == "ln" and head.subscript is not None and len(arguments) == 1:
            return terms.Apply("logbase", (*arguments, self.term(head.subscript)))
        elif head.subscript is not None:
            raise Stop(f"{head.function} with a subscript is not understood", node)
        if function in ("max", "min"):
            arguments = written_out(arguments)
        least, most = ARITY.get(function, (1, 1))
        if not least <= len(arguments) <= most:
            raise Stop(f"{head.function} does not take {len(arguments)} arguments", node)
        if function == "diag" and len(arguments) > 1 and terms.Dots() not in arguments:
            return _diagonal(arguments)
        self.check_operator(function, arguments, node)
        if function == "ln":
            self.check_probability(arguments)
        return terms.Apply(function, arguments)

    def check_count(self, head: Head, count: int, arguments: tuple[Term, ...], node: Node) -> None:
        if count != len(arguments):
            raise Stop(f"{head.function} takes {count} arguments, {len(arguments)} are given", node)


@lru_cache(maxsize=1024)
def _as_derivative(head: Head) -> Head:
    """``f^{(3)}`` is f''', as no power has such a bracket."""
    match head.superscript:
        case tree.Group(kind="(", content=tree.Number(text)) if text.isdigit() and int(text) and not head.primes:
            return head._replace(primes=int(text), superscript=None)
        case _:
            return head


def is_bare(base: str) -> bool:
    """A letter that is no function and no operator that everybody knows."""
    return base not in FUNCTIONS and base not in (r"\nabla", EXPECTATION) and base.removeprefix("\\").isalpha()


def _diagonal(entries: tuple[Term, ...]) -> Term:
    """A matrix with these numbers on its diagonal."""
    size = range(len(entries))
    return terms.Matrix(tuple(tuple(entries[i] if i == j else terms.ZERO for j in size) for i in size))


def written_out(arguments: tuple[Term, ...]) -> tuple[Term, ...]:
    """The members of a set that stands alone: ``\\max(\\{a, b\\})`` is ``\\max(a, b)``."""
    match arguments:
        case (terms.Sequence("{}", items),):
            return items
        case _:
            return arguments
