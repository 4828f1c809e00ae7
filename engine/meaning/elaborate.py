"""Elaboration: from a syntax tree to a Term, with the help of the declared context.

Rules, each stated once.

*Names.* A name is its canonical LaTeX (:func:`engine.reading.tree.spelling`): every subscript and accent in braces,
nothing else, ``\\text`` and ``\\mathrm`` alike ``\\mathrm``. So ``\\hat\\lambda_{MLE}`` is ``\\hat{\\lambda}_{MLE}``,
``x_1`` is ``x_{1}``, ``C_\\text{out}`` is ``C_{\\mathrm{out}}``; :func:`canonical` gives the spelling. A subscripted
name is, in this order: a declared name in full; an :class:`Element` where its base is a declared family, matrix or
vector, or is defined with indices; an element of an inferred family where the subscript holds a summation index; else
one name. ``e`` and ``\\pi`` are constants unless declared or bound.

*Application.* A declared (or defined) function followed by a bracket is applied to it. ``\\ln`` and its kin take the
bracket that follows, or else the plain factors that follow (``\\ln 2\\pi\\sigma^2``) up to a bracket, a sign, another
function or a big operator. ``\\ln(x)^2`` and ``f(x)^2`` are powers of the value. An undeclared letter before a bracket
is a factor, but a Problem for words, for the letters that mostly stand for functions, and where the bracket holds a
single name.

*Products.* Juxtaposition binds tighter than ``/``: ``a/bc`` is a/(bc); ``1/2x`` is a Problem. A derivative operator
applies to the bracket that follows, or else to the rest of the product. An evaluation bar belongs to the derivative,
or to the factor, right before it.

*Scope.* A sum reaches over following terms while its index is free in them, and the reading says so; where the index
is declared as well, that is a Problem. Factors without the index at the end of a product sign's body stand outside it.

*Superscripts.* ``\\top`` transposes; ``T`` does on a matrix or vector; ``-1`` inverts a matrix; ``*`` belongs to the
name; all else is a power.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final, NamedTuple, TypeVar, get_args

from engine.meaning import term as terms
from engine.meaning.context import Context
from engine.meaning.sort import Family, Function, Integer, MatrixOf, Real, Sort, Vector
from engine.meaning.statement import Relation, Sign
from engine.meaning.term import ONE, Element, Name, Number, Term, free_names
from engine.reading import tree
from engine.reading.parser import read
from engine.reading.tree import Node, spelling
from engine.span import Problem, Span

# Functions that everybody knows: canonical spelling, name in a Term.
FUNCTIONS: Final = {
    r"\ln": "ln", r"\log": "ln", r"\exp": "exp", r"\sin": "sin", r"\cos": "cos", r"\tan": "tan", r"\sinh": "sinh",
    r"\cosh": "cosh", r"\tanh": "tanh", r"\max": "max", r"\min": "min", r"\det": "det", r"\Gamma": "Gamma",
    r"\operatorname{pad}": "pad", r"\operatorname{tr}": "tr", r"\mathrm{tr}": "tr",
}  # fmt: skip

# Functions that are written with a bracket only, so that the bare letter can be a name.
_BRACKET_ONLY: Final = frozenset((r"\Gamma",))
# Undeclared letters that before a bracket mostly mean a function.
FUNCTION_LETTERS: Final = frozenset((*"fghpquvEFGHJLPQ", r"\phi", r"\varphi", r"\psi", r"\ell", r"\Phi", r"\Gamma"))
_TRANSPOSES: Final = frozenset((r"\top", r"\intercal", r"\mathsf{T}", r"\mathrm{T}"))
_NAME_MARKS: Final = frozenset(("*", r"\star", r"\ast", r"\dagger", "+"))
_BRACKET_FUNCTIONS: Final = {"|": "abs", r"\lfloor": "floor", r"\lceil": "ceil"}
_Result = TypeVar("_Result")
_BOLD: Final = (r"\mathbf", r"\boldsymbol", r"\vec")
_OPERATORS: Final = frozenset((r"\mathrm{d}", r"\nabla", r"\partial", r"\lim", r"\sup", r"\inf", r"\arg", r"\top"))


@dataclass(frozen=True, slots=True)
class Reading:
    """A term, the context with the inferred declarations added, and what was inferred, in words."""

    term: Term
    context: Context
    inferred: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StatementReading:
    """The relations of a chain ``a = b < c`` (two here); context and ``inferred`` as in :class:`Reading`."""

    relations: tuple[Relation, ...]
    context: Context
    inferred: tuple[str, ...]


def read_term(text: str, context: Context, macros: str = "") -> Reading | Problem:
    """The term that ``text`` says in ``context``.

    >>> from engine.meaning.sort import Real
    >>> reading = read_term(r"N\\ln\\lambda", Context().declare(r"\\lambda", Real()))
    >>> reading.inferred
    ('N ∈ ℝ',)
    """
    node = read(text, macros)
    if isinstance(node, Problem):
        return node
    result = _elaborated(node, context, text, _Elaborator.term)
    return result if isinstance(result, Problem) else Reading(*result)


def read_statement(text: str, context: Context, macros: str = "") -> StatementReading | Problem:
    """The relation, or the chain of relations, that ``text`` says in ``context``.

    >>> reading = read_statement("x + 1 > x \\\\ne 0", Context())
    >>> [relation.sign for relation in reading.relations]
    ['>', '≠']
    """
    node = read(text, macros)
    if isinstance(node, Problem):
        return node
    result = _elaborated(node, context, text, _Elaborator.statement)
    return result if isinstance(result, Problem) else StatementReading(*result)


def canonical(text: str) -> str:
    """The canonical spelling of a name; :exc:`ValueError` for a text that is not a name.

    >>> print(canonical(r"\\hat\\lambda_{MLE}"), canonical(r"C_\\text{out}"))
    \\hat{\\lambda}_{MLE} C_{\\mathrm{out}}
    """
    node = read(text)
    name = None if isinstance(node, Problem) else spelling(node)
    if name is None or not isinstance(node, tree.Symbol | tree.Script):
        raise ValueError(f"not a name: {text}")
    return name


class _Stop(Exception):
    """Carries a Problem to the public function; it never leaves this module."""

    def __init__(self, message: str, node: Node) -> None:
        super().__init__(message)
        self.message = message
        self.span: Span = node.span


class _Again(Exception):
    """A family was inferred after one of its members had been read as a name: read once more, knowing it."""


def _elaborated(
    node: Node, context: Context, text: str, rule: Callable[[_Elaborator, Node], _Result]
) -> tuple[_Result, Context, tuple[str, ...]] | Problem:
    families: dict[str, Sort] = {}
    try:
        while True:
            elaborator = _Elaborator(context, families)
            try:
                result = rule(elaborator, node)
                return result, elaborator.enriched(), elaborator.report()
            except _Again:
                families = elaborator.families()
    except _Stop as stop:
        return Problem(stop.message, stop.span, text)
    except RecursionError:  # only where the caller has used up the stack already
        return Problem("nested too deeply to be understood", node.span, text)


class _Head(NamedTuple):
    """A function symbol as it stands in a product: its name and the scripts on it."""

    function: str
    subscript: Node | None
    primes: int
    superscript: Node | None


class _Row(NamedTuple):
    """The factors of a product and the operators between them."""

    factors: Sequence[Node]
    operators: Sequence[str]

    def part(self, start: int, end: int) -> _Row:
        return _Row(self.factors[start:end], self.operators[start : end - 1])

    def joined(self, place: int) -> Node | None:
        """The factor at ``place`` where it is written right after the one before it."""
        if 0 < place < len(self.factors) and self.operators[place - 1] == "":
            return self.factors[place]
        return None


class _Elaborator:
    """One pass over a tree: what is declared, what is bound here, and what was inferred so far."""

    def __init__(self, context: Context, families: dict[str, Sort]) -> None:
        self.context = context
        self.sorts: dict[str, Sort] = {d.name: d.sort for d in context.declarations}
        self.definitions = {d.name: d for d in context.definitions}
        self.bound: dict[str, int] = {}
        self.indices: dict[str, int] = {}
        self.inferred: dict[str, Sort] = dict(families)
        self.members: set[str] = set()
        self.notes: list[str] = []

    # -- declarations and inference

    def families(self) -> dict[str, Sort]:
        return {name: sort for name, sort in self.inferred.items() if isinstance(sort, Family)}

    def enriched(self) -> Context:
        context = self.context
        for name, sort in self.inferred.items():
            context = context.declare(name, sort)
        return context

    def report(self) -> tuple[str, ...]:
        return (*(_in_words(name, sort) for name, sort in self.inferred.items()), *self.notes)

    def note(self, words: str) -> None:
        if words not in self.notes:
            self.notes.append(words)

    def declared(self, name: str) -> bool:
        return name in self.sorts or name in self.definitions or name in self.bound

    def sort(self, name: str) -> Sort | None:
        return None if name in self.bound else self.sorts.get(name) or self.inferred.get(name)

    def infer(self, name: str, sort: Sort, node: Node) -> None:
        older = self.inferred.get(name)
        if older is None or (isinstance(older, Real) and isinstance(sort, Integer)):
            self.inferred[name] = sort
        elif isinstance(older, Family) != isinstance(sort, Family):
            raise _Stop(f"{name} stands here with an index and without one; declare which it is", node)
        elif isinstance(older, Family) and older != sort:
            raise _Stop(f"{name} stands here with different numbers of indices; declare it", node)

    @contextmanager
    def binding(self, name: str, index: bool) -> Iterator[None]:
        tables = (self.bound, self.indices) if index else (self.bound,)
        for table in tables:
            table[name] = table.get(name, 0) + 1
        yield
        for table in tables:
            table[name] -= 1
            if not table[name]:
                del table[name]

    # -- whole statements

    def statement(self, node: Node) -> tuple[Relation, ...]:
        if not isinstance(node, tree.Relations):
            raise _Stop("expected a relation such as =, <, \\le or \\approx", node)
        sides = [self.term(item) for item in node.items]
        pairs = zip(sides, node.signs, sides[1:], strict=False)
        return tuple(Relation(left, self.sign(sign, node), right) for left, sign, right in pairs)

    def sign(self, sign: str, node: Node) -> Sign:
        if sign in (":=", "≡"):
            raise _Stop("this defines a name; a definition belongs into the context, it is no claim", node)
        for known in get_args(Sign):
            if known == sign:
                return known  # type: ignore[no-any-return]
        raise _Stop(f"a claim with {sign} is not understood; expected =, ≠, <, ≤, >, ≥ or ≈", node)

    # -- terms

    def term(self, node: Node) -> Term:
        match node:
            case tree.Number(text):
                return _number(text)
            case tree.Symbol(name):
                return self.name(name, node)
            case tree.Script():
                return self.script(node)
            case tree.Product(factors, operators):
                return self.product(_Row(factors, operators), node)
            case tree.Addition():
                return self.addition(node)
            case tree.Signed(sign, operand):
                if sign != "-":
                    raise _Stop(f"{sign} has two readings; write one claim for each", node)
                return terms.Negate(self.term(operand))
            case tree.Group():
                return self.group(node)
            case tree.Fraction(numerator, denominator):
                return terms.Divide(self.term(numerator), self.term(denominator))
            case tree.Big():
                return self.big(node)
            case _:
                return self.rarer_term(node)

    def rarer_term(self, node: Node) -> Term:
        match node:
            case tree.Root(radicand, None):
                return terms.Apply("sqrt", (self.term(radicand),))
            case tree.Root(radicand, degree) if degree is not None:
                return terms.Apply("root", (self.term(radicand), self.term(degree)))
            case tree.Binomial(upper, lower):
                return terms.Apply("binom", (self.term(upper), self.term(lower)))
            case tree.Factorial(operand):
                return terms.Apply("factorial", (self.term(operand),))
            case tree.Integral():
                return self.integral(node)
            case tree.Derivative(numerator) if numerator is not None:
                return self.derivative(node, numerator)
            case tree.Evaluation(body, condition):
                return self.evaluation(body, condition)
            case tree.Matrix(environment, rows):
                return self.matrix(environment, rows, node)
            case tree.Derivative():
                raise _Stop("expected something to differentiate after this operator", node)
            case tree.Bar():
                raise _Stop("expected what is evaluated before this bar", node)
            case tree.Relations():
                raise _Stop("a relation stands where a value is expected", node)
            case _:
                raise _Stop("a list stands where one value is expected", node)

    def group(self, node: tree.Group) -> Term:
        function = _BRACKET_FUNCTIONS.get(node.kind)
        if node.kind in (r"\|", r"\langle"):
            raise _Stop("norms and inner products are not understood yet", node)
        value = self.term(node.content)
        if function is None:
            return value
        if self.shape(value) != _SCALAR:
            raise _Stop("bars around a matrix or vector: write \\det or a norm", node)
        return terms.Apply(function, (value,))

    def matrix(self, environment: str, rows: tuple[tuple[Node, ...], ...], node: Node) -> Term:
        value = terms.Matrix(tuple(tuple(self.term(cell) for cell in row) for row in rows))
        if environment == "vmatrix":
            return terms.Apply("det", (value,))
        if environment == "Vmatrix":
            raise _Stop("the norm of a matrix is not understood yet", node)
        return value

    # -- names and scripts

    def name(self, name: str, node: Node) -> Term:
        if name in self.bound:
            return Name(name)
        self.check_index_free(name, node)
        sort = self.sort(name)
        definition = self.definitions.get(name)
        if isinstance(sort, Function) or (definition is not None and definition.parameters):
            raise _Stop(f"{name} is declared with arguments; write them", node)
        if isinstance(sort, Family):
            if name in self.inferred:
                self.infer(name, Real(), node)
            raise _Stop(f"{name} is a family; write which member, such as {name}_i", node)
        if sort is None and definition is None:
            return self.undeclared(name, node)
        return Name(name)

    def check_index_free(self, name: str, node: Node) -> None:
        """A name may not hide the index of a sum around it: ``\\hat{x_i}`` would be read as a constant."""
        hidden = self.indices.keys() & _SYMBOLS.findall(_WORDS.sub("", name)) if self.indices else set()
        if hidden:
            index = min(hidden)
            raise _Stop(f"{name} contains the index {index}; declare its base as a family with that index", node)

    def undeclared(self, name: str, node: Node) -> Term:
        constant = _CONSTANTS.get(name)
        if constant is not None:
            return constant
        base = name.split("_{")[0].split("^{")[0]
        if base in FUNCTIONS and base not in _BRACKET_ONLY:
            raise _Stop(f"{base} needs an argument", node)
        if base in _OPERATORS or name in _NAME_MARKS or base.startswith((r"\operatorname", r"\mathbb")):
            raise _Stop(f"{name} is not understood here", node)
        if base.startswith(_BOLD):
            raise _Stop(f"{name} is set like a vector or a matrix; declare which it is", node)
        if "dots" in name:
            raise _Stop("an ellipsis is not understood; write a sum, a product or a family", node)
        self.infer(name, Real(), node)
        return Name(name)

    def script(self, node: tree.Script) -> Term:
        whole = spelling(node)
        if whole is not None and whole in self.sorts:
            return self.name(whole, node)
        above = node.superscript
        if isinstance(above, tree.Symbol) and above.spelling in _NAME_MARKS and whole is not None:
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
            raise _Stop("a subscript or prime stands on something that is not a name", node)
        if node.primes and self.declared(base) and not self.declared(whole):
            raise _Stop(f"{whole} can be a derivative of {base} or a name of its own; declare it", node)
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
            case None if any(symbol in self.indices for symbol in _free_symbols(subscript)):
                return self.inferred_family(base, subscript, node)
            case _:
                return 0

    def inferred_family(self, base: str, subscript: Node, node: Node) -> int:
        count = len(_index_items(subscript))
        self.infer(base, Family((None,) * count, Real()), node)
        if base in self.members:
            raise _Again
        return count

    def index_like(self, subscript: Node, count: int) -> bool:
        """Every name in the subscript is bound, an integer, or a single undeclared letter of its own."""
        parts = [_free_symbols(item) for item in ((subscript,) if count == 1 else _index_items(subscript))]
        return all(self.integral_name(symbol, len(part) == 1) for part in parts for symbol in part)

    def integral_name(self, symbol: str, alone: bool) -> bool:
        if symbol in self.bound or isinstance(self.sort(symbol), Integer):
            return True
        undeclared = not self.declared(symbol) and not isinstance(self.inferred.get(symbol), Real)
        return alone and len(symbol) == 1 and undeclared

    def index_terms(self, subscript: Node, count: int) -> tuple[Term, ...]:
        items = (subscript,) if count == 1 else _index_items(subscript)
        if len(items) != count or isinstance(subscript, tree.Listing) and count == 1:
            raise _Stop(f"expected {count} {'index' if count == 1 else 'indices, with commas between them'}", subscript)
        return tuple(self.index_term(item) for item in items)

    def index_term(self, item: Node) -> Term:
        for symbol in sorted(_free_symbols(item)):
            if len(symbol) == 1 and not self.declared(symbol):
                self.infer(symbol, Integer(), item)
        return self.term(item)

    def raised(self, value: Term, above: Node, node: Node) -> Term:
        transposes = isinstance(above, tree.Symbol) and self.transposes(value, above)
        if transposes:
            if self.shape(value) == _SCALAR and free_names(value) & self.inferred.keys():
                raise _Stop("a transpose of undeclared names; declare them as vectors or matrices", node)
            return terms.Transpose(value)
        if _is_bracket_index(above) and isinstance(value, Name | Element):
            raise _Stop("a bracket above a name can be an index or a power; write x^{n} for the power", above)
        if isinstance(above, tree.Symbol) and above.spelling in _NAME_MARKS:
            raise _Stop(f"{above.spelling} stands above something that is not a name", node)
        exponent = self.term(above)
        if exponent == _MINUS_ONE and self.shape(value) != _SCALAR:
            return terms.Inverse(value)
        return terms.Power(value, exponent)

    def transposes(self, value: Term, above: tree.Symbol) -> bool:
        if above.spelling in _TRANSPOSES:
            return True
        if above.spelling != "T":
            return False
        if self.shape(value) != _SCALAR:
            return True
        if self.declared("T"):
            return False
        raise _Stop("^T can be a transpose or a power; declare the base as a matrix, or T as a number", above)

    # -- sums of terms, and how far a sum sign reaches

    def addition(self, node: tree.Addition) -> Term:
        values = tuple(self.term(part) for part in self.reached(node.terms))
        return values[0] if len(values) == 1 else terms.Add(values)

    def reached(self, parts: tuple[Node, ...]) -> Sequence[Node]:
        """The terms, each sum sign extended over the following ones in which its index is still free."""
        if not any(_tails(part) for part in parts[:-1]):
            return parts
        done: list[tuple[Node, int]] = []  # from the right; each with how deeply sums were extended in it
        farthest: dict[str, int] = {}  # the rightmost place in `done` where a symbol is free
        for part in reversed(parts):
            depth = 0
            open_sums = [(big, _index_name(big) or "") for big in _tails(part)]
            reaching = next(((big, index) for big, index in open_sums if index in farthest), None)
            if reaching is not None:
                place = farthest[reaching[1]]
                self.check_reach(*reaching)
                part = _extended(part, reaching[0], tuple(term for term, _ in reversed(done[place:])))
                depth = 1 + max(inner for _, inner in done[place:])
                del done[place:]
                farthest = {symbol: at for symbol, at in farthest.items() if at < place}
            if depth > _MOST_IN_A_ROW or any(index in farthest for _, index in open_sums):
                raise _Stop("how far these sums reach is unclear; write brackets", part)
            done.append((part, depth))
            for symbol in _free_symbols(part):
                farthest.setdefault(symbol, len(done) - 1)
        return [part for part, _ in reversed(done)]

    def check_reach(self, big: tree.Big, index: str) -> None:
        if self.declared(index):
            raise _Stop(f"{index} follows its sum: it can be the index or the declared {index}; use brackets", big)
        if big.kind == "prod":
            raise _Stop(f"{index} is used after its product; put the factors in brackets", big)
        self.note(f"the sum over {index} reaches over the terms after it that contain {index}")

    # -- products and application

    def product(self, row: _Row, node: Node) -> Term:
        values: list[Term] = []
        place = divisions = 0
        while place < len(row.factors):
            if place and row.operators[place - 1] == "/":
                end = self.denominator_end(row, place)
                below = self.product(row.part(place, end), node)
                values, place, divisions = [terms.Divide(_multiplied(values), below)], end, divisions + 1
                if divisions > _MOST_IN_A_ROW:
                    raise _Stop(f"more than {_MOST_IN_A_ROW} divisions in a row", node)
            else:
                value, place = self.operand(row, place)
                values.append(value)
        return _multiplied(values)

    def denominator_end(self, row: _Row, place: int) -> int:
        end = place + 1
        while row.joined(end) is not None:
            end += 1
        if isinstance(row.factors[place], tree.Number) and end > place + 1:
            raise _Stop("1/2x can be read as x/2 or as 1/(2x); write \\frac or brackets", row.factors[place])
        return end

    def operand(self, row: _Row, place: int) -> tuple[Term, int]:
        """The value that starts at ``place``, with what it is applied to and its evaluation bars; the next place."""
        value, place = self.bare_operand(row, place)
        bars = 0
        while isinstance(bar := row.joined(place), tree.Bar):
            value, place, bars = self.evaluated(value, bar.condition), place + 1, bars + 1
            if bars > _MOST_IN_A_ROW:
                raise _Stop("too many evaluation bars in a row", bar)
        return value, place

    def bare_operand(self, row: _Row, place: int) -> tuple[Term, int]:
        node = row.factors[place]
        if isinstance(node, tree.Derivative) and node.numerator is None:
            return self.differentiated(row, place, node)
        if isinstance(node, tree.Symbol | tree.Script):
            if _is_nabla(node):
                return self.gradient(row, place, node)
            head = self.head(node, row.joined(place + 1))
            if head is not None:
                return self.application(row, place, head)
            self.check_factor(node, row.joined(place + 1))
        if isinstance(node, tree.Derivative) and _bracket(row.joined(place + 1)) is not None:
            raise _Stop("the bracket after this derivative can be its argument or a factor; write \\cdot", node)
        if isinstance(node, tree.Number) and isinstance(row.joined(place + 1), tree.Number):
            raise _Stop("two numbers side by side; write \\cdot between them", node)
        return self.term(node), place + 1

    def head(self, node: tree.Symbol | tree.Script, follower: Node | None) -> _Head | None:
        """The function that ``node`` names, if it names one here."""
        base, below, primes, above = _parts(node)
        whole = spelling(node if isinstance(node, tree.Symbol) else replace(node, primes=0, superscript=None))
        bracket = _bracket(follower) is not None
        if whole is not None and below is not None and self.is_function(whole, bracket):
            return _Head(whole, None, primes, above)
        if base is not None and self.is_function(base, bracket):
            known = base in FUNCTIONS and not self.declared(base)
            if below is None or known:
                return _Head(base, below, primes, above)
        return None

    def is_function(self, name: str, bracket: bool) -> bool:
        if name in self.bound:
            return False
        definition = self.definitions.get(name)
        if definition is not None:
            return bracket and bool(definition.parameters)
        if name in self.sorts:
            return isinstance(self.sorts[name], Function)
        return name in FUNCTIONS and (bracket or name not in _BRACKET_ONLY)

    def check_factor(self, node: tree.Symbol | tree.Script, follower: Node | None) -> None:
        """An undeclared letter before a bracket: a factor, a Problem, or a factor worth a note."""
        name = spelling(node)
        group = _bracket(follower)
        if name is None or group is None or self.declared(name):
            return
        base, below, _, above = _parts(node)
        word = name.startswith((r"\mathrm", r"\mathsf", r"\operatorname", r"\mathcal", r"\mathbb"))
        if isinstance(group.content, tree.Listing) or base in FUNCTION_LETTERS or word or node_primes(node):
            plain = base if below is None and above is None else name
            if base is None or above is not None and not isinstance(group.content, tree.Listing):
                return
            raise _Stop(f"{plain}(...) can be a function applied or a product; declare {plain}, or write \\cdot", node)
        if isinstance(group.content, tree.Symbol | tree.Script) and name not in _CONSTANTS:
            raise _Stop(f"{name}(...) can be a function applied or a product; declare {name}, or write \\cdot", node)

    def application(self, row: _Row, place: int, head: _Head) -> tuple[Term, int]:
        follower = row.joined(place + 1)
        group = _bracket(follower)
        self.check_index_free(head.function, row.factors[place])
        if group is not None:
            value = self.call(head, tuple(self.term(item) for item in _items(group.content)), row.factors[place])
            end = place + 2
        else:
            if head.function in self.sorts or head.function in self.definitions:
                raise _Stop(f"{head.function} is a function; write its arguments in brackets", row.factors[place])
            argument, end = self.plain_argument(row, place)
            value = self.call(head, (argument,), row.factors[place])
        if head.superscript is not None:
            value = self.function_power(value, head.superscript)
        if group is not None and isinstance(follower, tree.Script):
            value = self.scripts_of_call(value, follower)
        return value, end

    def function_power(self, value: Term, above: Node) -> Term:
        exponent = self.term(above)
        if exponent == _MINUS_ONE:
            raise _Stop("^{-1} on a function can be its inverse or a power; write brackets", above)
        return terms.Power(value, exponent)

    def scripts_of_call(self, value: Term, script: tree.Script) -> Term:
        if script.subscript is not None or script.primes:
            raise _Stop("a subscript or prime after the arguments is not understood", script)
        return value if script.superscript is None else self.raised(value, script.superscript, script)

    def plain_argument(self, row: _Row, place: int) -> tuple[Term, int]:
        """What a function without brackets applies to: the plain factors that follow, or one composite factor."""
        start = end = place + 1
        if row.joined(start) is None:
            raise _Stop("this function needs an argument", row.factors[place])
        while (factor := row.joined(end)) is not None and (taken := self.plain_factors(row, end, factor)):
            end += taken
        if end == start:
            return self.bare_operand(row, start)
        last, after = row.factors[end - 1], row.joined(end)
        name = spelling(last)
        if _bracket(after) is not None and name is not None and not name.isdigit() and not self.declared(name):
            raise _Stop("what the function applies to is unclear; put its whole argument in brackets", last)
        return self.product(row.part(start, end), last), end

    def plain_factors(self, row: _Row, place: int, factor: Node) -> int:
        """How many factors from ``place`` on are one plain factor: 0, 1, or 2 for a declared function applied."""
        if isinstance(factor, tree.Symbol | tree.Script):
            if _is_nabla(factor):
                return 0
            head = self.head(factor, row.joined(place + 1))
            if head is not None:
                return 0 if head.function in FUNCTIONS else 1 + (_bracket(row.joined(place + 1)) is not None)
        base = factor.base if isinstance(factor, tree.Script) else factor
        if isinstance(base, tree.Group):
            return int(base.kind in _BRACKET_FUNCTIONS)
        plain = tree.Number | tree.Symbol | tree.Script | tree.Fraction | tree.Root | tree.Binomial | tree.Factorial
        return int(isinstance(base, plain))

    def call(self, head: _Head, arguments: tuple[Term, ...], node: Node) -> Term:
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
        if head.primes:
            raise _Stop("a prime is understood on a declared function of one argument only", node)
        if definition is not None:
            return terms.Apply(head.function, arguments)
        return self.known_call(head, arguments, node)

    def known_call(self, head: _Head, arguments: tuple[Term, ...], node: Node) -> Term:
        function = FUNCTIONS[head.function]
        if function == "pad" and head.subscript is not None:
            arguments = (*arguments, self.term(head.subscript))
        elif head.subscript is not None:
            raise _Stop(f"{head.function} with a subscript is not understood", node)
        least, most = _ARITY.get(function, (1, 1))
        if not least <= len(arguments) <= most:
            raise _Stop(f"{head.function} does not take {len(arguments)} arguments", node)
        return terms.Apply(function, arguments)

    def check_count(self, head: _Head, count: int, arguments: tuple[Term, ...], node: Node) -> None:
        if count != len(arguments):
            raise _Stop(f"{head.function} takes {count} arguments, {len(arguments)} are given", node)

    # -- derivatives and evaluation bars

    def differentiated(self, row: _Row, place: int, operator: tree.Derivative) -> tuple[Term, int]:
        variables = self.variables(operator)
        end, body = self.scope_of_operator(row, place, {v.name for v, _ in variables if isinstance(v, Name)})
        return _derived(body, variables), end

    def scope_of_operator(self, row: _Row, place: int, names: set[str]) -> tuple[int, Term]:
        """What a derivative operator at ``place`` applies to: the bracket that follows, or the rest of the product."""
        follower = row.joined(place + 1)
        if follower is None:
            raise _Stop("expected something to differentiate after this operator", row.factors[place])
        end = next((k for k in range(place + 1, len(row.factors)) if isinstance(row.factors[k], tree.Bar)), None)
        end = len(row.factors) if end is None else end
        if _bracket(follower) is None:
            return end, self.product(row.part(place + 1, end), follower)
        rest = row.factors[place + 2 : end]
        if any(names & _free_symbols(factor) for factor in rest):
            raise _Stop("the derivative can reach over the factors after this bracket or not; use brackets", follower)
        return place + 2, self.term(follower)

    def variables(self, node: tree.Derivative) -> list[tuple[Name | Element, int]]:
        return [(self.variable(variable), order) for variable, order in node.variables]

    def variable(self, node: Node) -> Name | Element:
        value = self.term(node)
        if not isinstance(value, Name | Element):
            raise _Stop("expected a variable to differentiate in", node)
        return value

    def derivative(self, node: tree.Derivative, numerator: Node) -> Term:
        variables = self.variables(node)
        body = self.numerator(numerator, variables)
        if isinstance(body, terms.Apply) and len(variables) == 1:
            direct = self.direct_derivative(body, *variables[0])
            if direct is not None:
                return direct
        return _derived(body, variables)

    def numerator(self, node: Node, variables: list[tuple[Name | Element, int]]) -> Term:
        """The numerator's value; a bare function of one argument is taken at the variable."""
        name = spelling(node)
        sort = None if name is None else self.sort(name)
        if name is not None and isinstance(sort, Function) and len(sort.arguments) == 1 and len(variables) == 1:
            return terms.Apply(name, (variables[0][0],))
        return self.term(node)

    def direct_derivative(self, body: terms.Apply, variable: Name | Element, order: int) -> Term | None:
        """``df(x)/dx`` as the derivative of the declared f, where x stands in exactly one argument, alone."""
        if not isinstance(self.sort(body.function), Function):
            return None
        slots = [slot for slot, argument in enumerate(body.arguments) if argument == variable]
        others = [argument for argument in body.arguments if argument != variable]
        if len(slots) != 1 or any(free_names(variable) & free_names(other) for other in others):
            return None
        return terms.FunctionDerivative(body.function, slots[0], order, body.arguments)

    def gradient(self, row: _Row, place: int, node: tree.Symbol | tree.Script) -> tuple[Term, int]:
        _, below, primes, above = _parts(node)
        order = 1 if above is None else 2 if isinstance(above, tree.Number) and above.text == "2" else 0
        if not order or primes:
            raise _Stop("expected \\nabla or \\nabla^2", node)
        follower = row.joined(place + 1)
        if isinstance(follower, tree.Symbol | tree.Script):
            head = self.head(follower, row.joined(place + 2))
            if head is not None and isinstance(self.sort(head.function), Function):
                return self.function_gradient(row, place, node, below, order)
        if below is None:
            raise _Stop("expected \\nabla_x, or \\nabla before a declared function and its arguments", node)
        variable = self.variable(below)
        end, body = self.scope_of_operator(row, place, {variable.name} if isinstance(variable, Name) else set())
        return terms.Derivative(body, variable, order), end

    def function_gradient(self, row: _Row, place: int, node: Node, below: Node | None, order: int) -> tuple[Term, int]:
        follower, brackets = row.factors[place + 1], row.joined(place + 2)
        group = _bracket(brackets)
        head = self.head(follower, brackets) if isinstance(follower, tree.Symbol | tree.Script) else None
        if group is None or head is None or head.primes or head.superscript is not None:
            raise _Stop("expected the function's arguments in brackets", follower)
        call = self.call(head, tuple(self.term(item) for item in _items(group.content)), follower)
        assert isinstance(call, terms.Apply)
        slot = self.vector_slot(call, node) if below is None else self.named_slot(call, below)
        if slot is None:
            assert below is not None
            value: Term = terms.Derivative(call, self.variable(below), order)
        else:
            value = terms.FunctionDerivative(call.function, slot, order, call.arguments)
        if isinstance(brackets, tree.Script):
            value = self.scripts_of_call(value, brackets)
        return value, place + 3

    def vector_slot(self, call: terms.Apply, node: Node) -> int:
        sort = self.sort(call.function)
        assert isinstance(sort, Function)
        slots = [slot for slot, argument in enumerate(sort.arguments) if isinstance(argument, Vector)]
        if len(slots) != 1 and len(sort.arguments) != 1:
            raise _Stop("which argument the gradient is taken in is unclear; write \\nabla_x", node)
        return slots[0] if slots else 0

    def named_slot(self, call: terms.Apply, below: Node) -> int | None:
        """The argument that is the variable, or is the variable with a hat, an index or arguments of its own."""
        wanted = spelling(below)
        exact = [slot for slot, argument in enumerate(call.arguments) if argument == Name(wanted or "")]
        near = [slot for slot, argument in enumerate(call.arguments) if bare_letter(argument) == wanted]
        slots = exact or near
        if len(slots) > 1 or wanted is None:
            return None
        if slots and any(wanted in free_names(a) for k, a in enumerate(call.arguments) if k != slots[0]):
            raise _Stop(f"{wanted} stands in several arguments; put what is differentiated in brackets", below)
        return slots[0] if slots else None

    def evaluation(self, body: Node, condition: Node) -> Term:
        name, _ = self.condition(condition)
        with self.binding(name, index=False):
            value = self.term(body)
        return self.evaluated(value, condition)

    def evaluated(self, value: Term, condition: Node) -> Term:
        name, at = self.condition(condition)
        return terms.Evaluate(value, name, self.term(at))

    def condition(self, node: Node) -> tuple[str, Node]:
        if isinstance(node, tree.Relations) and node.signs == ("=",):
            name = spelling(node.items[0])
            if name is not None and isinstance(node.items[0], tree.Symbol | tree.Script):
                return name, node.items[1]
        raise _Stop("expected the point of evaluation, such as x = 0", node)

    # -- big operators

    def big(self, node: tree.Big) -> Term:
        index = _index_name(node)
        if index is None:
            raise _Stop("expected an index and its lower bound, such as i=1, below this sign", node)
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
                raise _Stop("expected a lower bound, such as i=1", node)
            return None
        if node.upper is None:
            raise _Stop("expected an upper bound above this sign", node)
        lower = self.term(node.lower.items[1])
        last = node.upper.spelling if isinstance(node.upper, tree.Symbol) else r"\infty"
        if not self.declared(last) and last not in _CONSTANTS:
            self.infer(last, Integer(1), node.upper)
        return lower, self.term(node.upper)

    def range_from_families(self, body: Term, index: str, node: Node) -> tuple[Term, Term]:
        """The bounds of a sum without bounds: the declared range of the families that it runs through."""
        found = {found for found in _ranges(body, index, self.sorts) if found is not None}
        if len(found) != 1:
            raise _Stop(f"the range of {index} is not declared; write \\sum_{{{index}=1}}^{{N}}", node)
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
        first = self.cut_product(replace(product, body=_multiplied(body.factors[:inside])), node)
        return terms.Multiply((first, *body.factors[inside:]))

    def integral(self, node: tree.Integral) -> Term:
        variable = spelling(node.variable)
        if variable is None:
            raise _Stop("expected the variable of integration", node.variable)
        lower, upper = self.limits(node)
        with self.binding(variable, index=False):
            body = ONE if node.body is None else self.term(node.body)
        return terms.Integral(variable, lower, upper, body)

    def limits(self, node: tree.Integral) -> tuple[Term, Term]:
        if node.upper is None and node.lower is not None and spelling(node.lower) == r"\mathbb{R}":
            return terms.Negate(terms.INFINITY), terms.INFINITY
        if node.lower is None or node.upper is None:
            raise _Stop("expected the bounds of this integral", node)
        return self.term(node.lower), self.term(node.upper)

    # -- shapes

    def shape(self, term: Term) -> tuple[bool, bool]:
        """Whether the value has many rows, and many columns, as far as the declarations say."""
        match term:
            case Name(name):
                definition = self.definitions.get(name)
                return _shape_of(self.sort(name)) if definition is None else self.shape(definition.body)
            case Element(family):
                sort = self.sort(family)
                return _shape_of(sort.element) if isinstance(sort, Family) else _SCALAR
            case terms.Apply("pad"):
                return (True, True)
            case terms.Apply(function) | terms.FunctionDerivative(function, order=0):
                return self.result_shape(function)
            case terms.FunctionDerivative(function, slot, order):
                return self.derived_shape(self.result_shape(function), self.slot_shape(function, slot), order)
            case terms.Derivative(body, variable, order):
                return self.derived_shape(self.shape(body), self.shape(variable), order)
            case terms.Transpose(inner):
                return self.shape(inner)[::-1]
            case terms.Inverse():
                return (True, True)
            case terms.Matrix(rows):
                return (len(rows) > 1, len(rows[0]) > 1)
            case terms.Multiply(factors):
                shapes = [shape for shape in map(self.shape, factors) if shape != _SCALAR]
                return (shapes[0][0], shapes[-1][1]) if shapes else _SCALAR
            case terms.Add((first, *_)) | terms.Negate(first) | terms.Divide(first) | terms.Power(first):
                return self.shape(first)
            case terms.Sum(body=body) | terms.Evaluate(body=body) | terms.Integral(body=body):
                return self.shape(body)
            case _:
                return _SCALAR

    def result_shape(self, function: str) -> tuple[bool, bool]:
        sort = self.sort(function)
        return _shape_of(sort.result) if isinstance(sort, Function) else _SCALAR

    def slot_shape(self, function: str, slot: int) -> tuple[bool, bool]:
        sort = self.sort(function)
        return _shape_of(sort.arguments[slot]) if isinstance(sort, Function) else _SCALAR

    @staticmethod
    def derived_shape(value: tuple[bool, bool], variable: tuple[bool, bool], order: int) -> tuple[bool, bool]:
        """The gradient of a scalar is a column, its Hessian and the Jacobian of a column are square."""
        if variable == _SCALAR:
            return value
        return (True, value != _SCALAR or order == 2)


_SYMBOLS: Final = re.compile(r"\\[A-Za-z]+|[A-Za-z]'*")
_WORDS: Final = re.compile(r"\\(?:mathrm|mathsf|operatorname)\{[^{}]*\}")
_SCALAR: Final = (False, False)
_MINUS_ONE: Final = terms.Negate(ONE)
_MOST_IN_A_ROW: Final = 64
_CONSTANTS: Final[dict[str, Term]] = {
    "e": terms.E,
    r"\mathrm{e}": terms.E,
    r"\pi": terms.PI,
    r"\mathrm{\pi}": terms.PI,
    r"\infty": terms.INFINITY,
}
_ARITY: Final = {"pad": (2, 2), "max": (2, 1000), "min": (2, 1000)}


def _number(text: str) -> Number:
    return Number(Fraction(text), len(text.partition(".")[2]))


def _multiplied(values: Sequence[Term]) -> Term:
    return values[0] if len(values) == 1 else terms.Multiply(tuple(values))


def _derived(body: Term, variables: list[tuple[Name | Element, int]]) -> Term:
    """``∂²f/∂x∂y`` is the derivative in x of the derivative in y."""
    for variable, order in reversed(variables):
        body = terms.Derivative(body, variable, order)
    return body


def _shape_of(sort: Sort | None) -> tuple[bool, bool]:
    match sort:
        case Vector():
            return (True, False)
        case MatrixOf():
            return (True, True)
        case _:
            return _SCALAR


def _in_words(name: str, sort: Sort) -> str:
    match sort:
        case Family(ranges):
            letters = ("i", "j", "k", "l")[: len(ranges)] if len(ranges) <= 4 else ("...",)
            return f"{name}_{{{','.join(letters)}}} ∈ ℝ for all integers {', '.join(letters)}"
        case Integer(least):
            return f"{name} ∈ {'ℕ' if least == 1 else 'ℤ'}"
        case _:
            return f"{name} ∈ ℝ"


def _parts(node: tree.Symbol | tree.Script) -> tuple[str | None, Node | None, int, Node | None]:
    """The spelling of the base, the subscript, the primes and the superscript."""
    if isinstance(node, tree.Symbol):
        return node.spelling, None, 0, None
    base = node.base.spelling if isinstance(node.base, tree.Symbol) else None
    return base, node.subscript, node.primes, node.superscript


def node_primes(node: tree.Symbol | tree.Script) -> bool:
    return isinstance(node, tree.Script) and node.primes > 0


def _is_nabla(node: tree.Symbol | tree.Script) -> bool:
    return _parts(node)[0] == r"\nabla"


def _bracket(node: Node | None) -> tree.Group | None:
    """The round, square or curly bracket that ``node`` is, with or without scripts."""
    base = node.base if isinstance(node, tree.Script) else node
    return base if isinstance(base, tree.Group) and base.kind in ("(", "[", r"\{") else None


def _is_bracket_index(above: Node) -> bool:
    """``(i)``, ``[l]`` or ``[l](i)``: above a name these are mostly indices."""
    if isinstance(above, tree.Product):
        single = (isinstance(f, tree.Group) and isinstance(f.content, tree.Number | tree.Symbol) for f in above.factors)
        return not any(above.operators) and all(single)
    return isinstance(above, tree.Group) and above.kind in ("(", "[")


def _items(node: Node) -> tuple[Node, ...]:
    return node.items if isinstance(node, tree.Listing) else (node,)


def _index_items(subscript: Node) -> tuple[Node, ...]:
    """The indices of a subscript: ``i,j``, or ``ij`` without commas, or the digits of ``12``."""
    match subscript:
        case tree.Listing(items):
            return items
        case tree.Product(factors, operators) if not any(operators) and not _starts_with_number(factors):
            return factors
        case tree.Number(text, span) if text.isdigit():
            return tuple(tree.Number(digit, span) for digit in text)
        case _:
            return (subscript,)


def _starts_with_number(factors: tuple[Node, ...]) -> bool:
    """``2i`` is one index, ``ij`` are two."""
    return isinstance(factors[0], tree.Number)


def _index_name(big: tree.Big) -> str | None:
    """The bound name of a sum or product sign, if it is written in a way that we know."""
    below = big.lower
    if isinstance(below, tree.Relations):
        below = below.items[0] if below.signs == ("=",) else None
    if isinstance(below, tree.Symbol) or (isinstance(below, tree.Script) and below.superscript is None):
        return spelling(below)
    return None


def _tails(node: Node) -> tuple[tree.Big, ...]:
    """The big operators that are still open at the right end of a term, from the outermost to the innermost."""
    found: list[tree.Big] = []
    while True:
        match node:
            case tree.Signed(_, inner):
                node = inner
            case tree.Product(factors):
                node = factors[-1]
            case tree.Big():
                found.append(node)
                node = node.body
            case _:
                return tuple(found)


def _extended(node: Node, big: tree.Big, more: tuple[Node, ...]) -> Node:
    """``node`` with the body of ``big``, which is open at its right end, continued by the terms ``more``."""
    span = Span(node.span.start, more[-1].span.end)
    match node:
        case tree.Signed(_, inner):
            return replace(node, operand=_extended(inner, big, more), span=span)
        case tree.Product(factors):
            return replace(node, factors=(*factors[:-1], _extended(factors[-1], big, more)), span=span)
        case tree.Big(body=body) if node is big:
            whole = tree.Addition((body, *more), Span(body.span.start, span.end))
            return replace(node, body=whole, span=span)
        case tree.Big(body=body):
            return replace(node, body=_extended(body, big, more), span=span)
        case _:
            return node


def _free_symbols(node: Node) -> set[str]:
    """The symbols of a tree, without the indices bound inside it (and without recursion)."""
    found: set[str] = set()
    waiting: list[tuple[Node, frozenset[str]]] = [(node, frozenset())]
    while waiting:
        part, bound = waiting.pop()
        if isinstance(part, tree.Symbol):
            if part.spelling not in bound:
                found.add(part.spelling)
            continue
        if isinstance(part, tree.Big) and (index := _index_name(part)) is not None:
            bounds = (*_lower_bound(part.lower), *(() if part.upper is None else (part.upper,)))
            waiting.extend((bound_, bound) for bound_ in bounds)
            waiting.append((part.body, bound | {index}))
            continue
        waiting.extend((child, bound) for child in tree.children(part))
    return found


def _lower_bound(below: Node | None) -> tuple[Node, ...]:
    return below.items[1:] if isinstance(below, tree.Relations) else ()


def _ranges(body: Term, index: str, sorts: dict[str, Sort]) -> Iterator[tuple[Term, Term] | None]:
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


_ACCENTED: Final = ("hat", "bar", "tilde", "vec", "dot", "ddot", "check")


def bare_letter(term: Term) -> str | None:
    """The letter of a name, family or applied function without accents, subscripts and marks.

    >>> print(bare_letter(Name(r"\\hat{\\theta}_{0}")))
    \\theta
    """
    match term:
        case Name(name) | Element(name) | terms.Apply(name):
            letter = name.split("_{")[0].split("^{")[0].rstrip("'")
        case _:
            return None
    for accent in _ACCENTED:
        if letter.startswith(f"\\{accent}{{") and letter.endswith("}"):
            return bare_letter(Name(letter[len(accent) + 2 : -1]))
    return letter
