"""Scope: what is declared, what is bound at this place, and what was inferred so far."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import starmap
from operator import attrgetter
from typing import Final

from engine.meaning.context import Context, Declaration
from engine.meaning.held import Held
from engine.meaning.notation import IDENTITY, SIZES, UNITS, labels_of, split_family
from engine.meaning.reach import standing_alone, varying
from engine.meaning.row import Row
from engine.meaning.sort import NATURAL, Family, Function, IndexRange, Integer, MatrixOf, Real, Sort, Vector
from engine.meaning.stop import Again, Stop
from engine.meaning.term import Name, Term
from engine.reading import tree
from engine.reading.tree import Node

_NAME: Final = attrgetter("name")
_NAME_AND_SORT: Final = attrgetter("name", "sort")


@dataclass(slots=True)
class Findings:
    """What one pass over a formula found out and the next one must know from the start.

    ``sorts``: names that are no plain numbers; ``apart``: names that stand with an index and without one, for two
    things (``n_i`` and ``n``); ``overloaded``: letters for several functions, told apart by their arguments;
    ``functions``: letters that are applied somewhere, and so before every bracket; ``kinds``: names that are no
    values, and what they are; ``held``: what a ∂ is taken to hold still.
    """

    sorts: dict[str, Sort] = field(default_factory=dict)
    apart: set[str] = field(default_factory=set)
    overloaded: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)
    kinds: dict[str, str] = field(default_factory=dict)
    held: Held = "nothing"
    passes: int = 0


class Scope:
    """One pass over a tree: what is declared, what is bound here, and what was inferred so far."""

    def __init__(self, context: Context, findings: Findings, root: Node) -> None:
        self.context = context
        self.findings = findings
        self.root = root
        self.sorts: dict[str, Sort] = dict(map(_NAME_AND_SORT, context.declarations))
        self.definitions = dict(zip(map(_NAME, context.definitions), context.definitions, strict=True))
        self.bound: dict[str, int] = {}
        self.indices: dict[str, int] = {}
        self.splits = 0  # sums around that leave out an equal index
        self.spans: dict[str, tuple[IndexRange, dict[str, int]]] = {}  # of bound indices, with what was bound around
        self.inferred: dict[str, Sort] = {}
        self.members: set[str] = set()
        self.plain: dict[str, Name] = {}  # undeclared names that this pass has met and that name a value
        self.notes: list[str] = []
        self.sizes: set[str] = set()
        self.merged: dict[str, Term] = {}
        self.defined_shapes: dict[str, tuple[bool, bool]] = {}
        self.factored: set[str] = set()
        self.densities: dict[str, tuple[str, ...]] = {}
        self.semicolons: dict[str, tuple[int, ...]] = {}  # where they stand in the brackets of a function
        self.constant_pi: bool | None = None  # whether π stands in its usual company; not asked yet
        self.has_labels = False  # whether an indicator, or a name below a norm or a quantity, stands in the formula
        self._alone: frozenset[str] | None = None
        self._varying: frozenset[str] | None = None

    # -- declarations and inference

    def enriched(self) -> Context:
        if not self.inferred:
            return self.context
        found = self.worked_out() if self.sizes or self.findings.kinds else self.inferred
        kept = [d for d in self.context.declarations if d.name not in found]
        new = starmap(Declaration, found.items())
        return Context((*kept, *new), self.context.facts, self.context.definitions)

    def worked_out(self) -> dict[str, Sort]:
        """What was inferred, without families of sets, and with the sizes that were, each before what needs it."""
        found: dict[str, Sort] = {}
        for name, sort in self.inferred.items():
            if name in self.findings.kinds:
                continue
            if self.sizes:
                sort = self.resized(sort)
                found |= {size: NATURAL for size in sizes_of(sort) if size in self.sizes}
            found[name] = sort
        return found

    def merge(self, left: Term, right: Term) -> None:
        """Two sizes that must be one, where at least one of them was inferred and is not settled."""
        left, right = self.settled_size(left), self.settled_size(right)
        if left == right or not isinstance(left, Name) or not isinstance(right, Name):
            return
        if left.name in self.sizes:
            self.merged[left.name] = right
        elif right.name in self.sizes:
            self.merged[right.name] = left

    def settled_size(self, size: Term) -> Term:
        while isinstance(size, Name) and size.name in self.merged:
            size = self.merged[size.name]
        return size

    def resized(self, sort: Sort) -> Sort:
        """The sort with each inferred size replaced by the one that it must be."""
        match sort:
            case Vector(size):
                return Vector(self.settled_size(size))
            case MatrixOf(rows, columns):
                return MatrixOf(self.settled_size(rows), self.settled_size(columns))
            case Family(ranges, Vector() | MatrixOf() as element):
                resized = self.resized(element)
                return Family(ranges, resized) if isinstance(resized, Vector | MatrixOf) else sort
            case Function(arguments, result):
                kept = tuple(self.resized(each) for each in (*arguments, result))
                values = tuple(each for each in kept if not isinstance(each, Family | Function))
                return Function(values[:-1], values[-1], sort.smoothness)
            case _:
                return sort

    def report(self) -> tuple[str, ...]:
        said = self.said if self.findings.kinds else in_words
        words = [said(name, sort) for name, sort in self.inferred.items()]
        words += [f"{name} and {name} with an index are two things" for name in sorted(self.findings.apart)]
        return (*words, *self.notes)

    def said(self, name: str, sort: Sort) -> str:
        kind = self.findings.kinds.get(name)
        return in_words(name, sort) if kind is None else f"{name} with an index is {kind}"

    def again(self, name: str, sort: Sort) -> Again:
        """Read once more, with ``name`` known to be of this sort."""
        self.learn(name, sort)
        return Again(name)

    def learn(self, name: str, sort: Sort) -> None:
        """Keep what was found out about a name; an identity matrix gets no sort, since it is not any matrix."""
        if isinstance(sort, MatrixOf) and is_unit(name):
            self.findings.kinds[name] = IDENTITY
        else:
            self.findings.sorts[name] = sort

    def alone(self, name: str) -> bool:
        """Whether the letter stands somewhere in the formula without a bracket behind it, as a value."""
        if self._alone is None:
            self._alone = standing_alone(self.root)
        return name in self._alone

    def varies(self, name: str) -> bool:
        """Whether the letter has a prime somewhere, or stands above the line of a derivative: no constant does."""
        if self._varying is None:
            self._varying = varying(self.root)
        return name in self._varying

    def note(self, words: str) -> None:
        if words not in self.notes:
            self.notes.append(words)

    def declared(self, name: str) -> bool:
        return name in self.sorts or name in self.definitions or name in self.bound

    def sort(self, name: str) -> Sort | None:
        if name in self.bound:
            return self.findings.sorts.get(name)
        return self.sorts.get(name) or self.inferred.get(name) or self.findings.sorts.get(name)

    def infer(self, name: str, sort: Sort, node: Node) -> None:
        if isinstance(sort, Real) and not self.declared(name):
            sort = self.findings.sorts.get(name, sort)
        if not isinstance(sort, Real):
            self.sizes.update(sizes_of(sort))
        older = self.inferred.get(name)
        if older is None:
            self.inferred[name] = sort
            return
        narrower = isinstance(sort, Integer) if older == Integer() else isinstance(older, Real)
        if narrower and isinstance(sort, Integer | Function | Vector | MatrixOf):
            self.inferred[name] = sort
        elif isinstance(older, Family) != isinstance(sort, Family):
            self.findings.apart.add(name)
            self.findings.sorts.pop(name, None)
            raise Again(name)
        elif isinstance(older, Family) and isinstance(sort, Family) and len(older.ranges) != len(sort.ranges):
            raise Stop(f"{name} stands here with different numbers of indices; declare it", node)

    @contextmanager
    def binding(self, name: str, index: bool) -> Iterator[None]:
        tables = (self.bound, self.indices) if index else (self.bound,)
        for table in tables:
            table[name] = table.get(name, 0) + 1
        span = self.spans.pop(name, None)
        yield
        self.spans.pop(name, None)
        if span is not None:
            self.spans[name] = span
        for table in tables:
            table[name] -= 1
            if not table[name]:
                del table[name]

    def term(self, node: Node) -> Term:
        """The term that a tree says: see :mod:`engine.meaning.elaborate`."""
        raise NotImplementedError

    def product(self, row: Row, node: Node) -> Term:
        """The product of a row of factors: see :mod:`engine.meaning.products`."""
        raise NotImplementedError

    def item(self, node: Node) -> Term:
        """What may stand in a list of arguments: a term, a comparison, a list."""
        raise NotImplementedError

    def norm(self, node: tree.Group, kind: Node | None) -> Term:
        """The norm that double bars mean, with what stands below them."""
        raise NotImplementedError

    def comparison(self, node: tree.Relations) -> Term:
        """A condition or an event."""
        raise NotImplementedError

    def between(self, value: Term, lower: Node, upper: Node, node: Node) -> Term:
        """The value at the upper bound minus that at the lower one."""
        raise NotImplementedError

    def angles(self, node: tree.Group, below: Node | None) -> Term:
        """An inner product or an expectation."""
        raise NotImplementedError

    def label(self, node: Node) -> Term:
        """What stands below a norm or an expectation."""
        raise NotImplementedError

    def bare_operand(self, row: Row, place: int) -> tuple[Term, int]:
        """The value that starts at ``place`` with what it is applied to, and the next place."""
        raise NotImplementedError


@lru_cache(maxsize=1024)
def is_unit(name: str) -> bool:
    """``I``, ``I_{n}``, ``I_{20}`` and ``\\mathbf{I}``: how identity matrices are written."""
    base, _, below = name.partition("_{")
    return base in UNITS and (not below or below[:-1] in SIZES or below[:-1].isdigit())


def in_words(name: str, sort: Sort) -> str:
    match sort:
        case Real():
            return f"{name} ∈ ℝ"
        case Family(ranges, element):
            letters = ("i", "j", "k", "l")[: len(ranges)] if len(ranges) <= 4 else ("...",)
            kind = in_words(member_words(name, letters), element)
            return f"{kind} for all integers {', '.join(letters)}"
        case Integer(least):
            return f"{name} ∈ {'ℕ' if least == 1 else 'ℕ₀' if least == 0 else 'ℤ'}"
        case Vector():
            return f"{name} is a vector"
        case MatrixOf():
            return f"{name} is a matrix"
        case Function(arguments):
            return f"{name} is a function of {len(arguments)} argument{'s' if len(arguments) > 1 else ''}"


def member_words(name: str, letters: tuple[str, ...]) -> str:
    base, labels = labels_of(name)
    if labels:
        rest = iter(letters)
        return f"{base}_{{{','.join(label or next(rest) for label in labels)}}}"
    base, brackets = split_family(name)
    below = letters[: len(letters) - len(brackets)]
    above = "".join(pair[0] + letter + pair[1] for pair, letter in zip(brackets, letters[len(below) :], strict=False))
    return base + (f"_{{{','.join(below)}}}" if below else "") + (f"^{{{above}}}" if above else "")


def sizes_of(sort: Sort) -> tuple[str, ...]:
    """The names of the inferred sizes of a vector or a matrix."""
    match sort:
        case Vector(Name(size)):
            return (size,)
        case MatrixOf(Name(rows), Name(columns)):
            return (rows, columns)
        case Family(_, element):
            return sizes_of(element)
        case _:
            return ()


def vector_of(name: str) -> Vector:
    """A vector whose size is a name of its own."""
    return Vector(Name(f"n_{{{name}}}"))


def matrix_of(name: str) -> MatrixOf:
    return MatrixOf(Name(f"m_{{{name}}}"), Name(f"n_{{{name}}}"))
