r"""A reference and an answer: do both say the same?

*Values* say the same where they are equal. An equation ``q = A`` stands for its right side where the other is a value,
or where both have the left side q and q occurs on no right side. Any other two *equations* say the same where one
holds exactly where the other does. Two *sets* written out, ``\{a, b\}``, are the same where each item of one is equal
to an item of the other, ``(a - c)(a - d) = 0``; *tuples* and *intervals* where their items are equal one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from time import monotonic

from engine.checking.check import SECONDS, Judged, judged
from engine.checking.links import Link, inferred_words
from engine.kernel.verdict import Open, Proved, Refuted
from engine.meaning.claim import Claim
from engine.meaning.context import Context
from engine.meaning.declared import declared_names, read_context
from engine.meaning.elaborate import Reading, StatementReading, StatementsReading, read_statements, read_term
from engine.meaning.latex import statement_latex, term_latex
from engine.meaning.sort import Function
from engine.meaning.statement import Equivalent, Relation, Statement
from engine.meaning.term import (
    ZERO,
    Apply,
    Call,
    Derivative,
    Element,
    FunctionDerivative,
    Multiply,
    Name,
    Term,
    free_names,
    subtract,
)
from engine.meaning.term import Sequence as Items
from engine.reading import tree
from engine.reading.parser import read
from engine.span import Problem

Said = Term | Relation
"""What a reference or an answer says: a value (also a set), or an equation."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the question came down to, all of which must hold, and the question as it was understood."""

    parts: tuple[Judged, ...]
    read_as: str = ""


def compare(
    reference: str,
    answer: str,
    given: Sequence[str] = (),
    where: Sequence[str] = (),
    macros: str = "",
    seconds: float | None = SECONDS,
) -> Comparison:
    r"""Whether both say the same.

    >>> [type(part.verdict).__name__ for part in compare(r"\hat\lambda = 1/\bar x", r"\frac{1}{\bar x}").parts]
    ['Proved']
    """
    context = read_context(given, where, macros, [reference, answer])
    if isinstance(context, Problem):
        return Comparison((Judged(None, context),))
    both = _read_both(reference, answer, context, macros)
    if isinstance(both, Problem):
        return Comparison((Judged(None, both),))
    context = both.context
    words = inferred_words(StatementsReading((), context, both.inferred), declared_names(given, macros))
    judging = _Judging(context, words, None if seconds is None else monotonic() + seconds)
    sign = "=" if not isinstance(both.reference, Relation) or not isinstance(both.answer, Relation) else r"\iff"
    shown = f"{_latex(both.reference, context)} {sign} {_latex(both.answer, context)}"
    return Comparison(tuple(_parts(both.reference, both.answer, judging)), shown)


def _latex(said: Said, context: Context) -> str:
    return statement_latex(said, context) if isinstance(said, Relation) else term_latex(said, context)


# Reading


@dataclass(frozen=True, slots=True)
class _Both:
    reference: Said
    answer: Said
    context: Context
    inferred: tuple[str, ...]


def _read_both(reference: str, answer: str, context: Context, macros: str) -> _Both | Problem:
    """Both texts in one context: what the reference shows of a name holds for the answer, and the other way round."""
    first = _read(reference, context, macros, "reference")
    if isinstance(first, Problem):
        return first
    second = _read(answer, first.context, macros, "answer")
    if isinstance(second, Problem):
        return second
    again = _read(reference, second.context, macros, "reference")
    if isinstance(again, Problem):
        return again
    if _said(again) != _said(first):
        return Problem("beside the answer, the reference means another thing; declare the names of both")
    return _Both(_said(again), _said(second), again.context, (*first.inferred, *second.inferred))


def _read(text: str, context: Context, macros: str, what: str) -> Reading | StatementReading | Problem:
    node = read(text, macros)
    if isinstance(node, Problem):
        return Problem(f"{what}: {node.message}", node.span, text)
    if not isinstance(node, tree.Relations):
        found: Reading | StatementsReading | Problem = read_term(text, context, macros)
    else:
        found = read_statements(text, context, macros)
    if isinstance(found, Problem):
        return Problem(f"{what}: {found.message}", found.span, text)
    if isinstance(found, Reading) and isinstance(found.term, Apply) and found.term.function in ("and", "or"):
        hint = r"solutions can be written as a set, such as \{1, -1\}"
        return Problem(f"{what}: expected a value, a set or one equation, found several; {hint}", node.span, text)
    if isinstance(found, Reading):
        return found
    relations = tuple(one for one in found.statements if isinstance(one, Relation) and one.sign == "=")
    if len(relations) != 1 or len(found.statements) != 1:
        return Problem(f"{what}: expected a value, a set or one equation", node.span, text)
    return StatementReading(relations, found.context, found.inferred)


def _said(reading: Reading | StatementReading) -> Said:
    return reading.term if isinstance(reading, Reading) else reading.relations[0]


# What is to be proved


@dataclass(frozen=True, slots=True)
class _Judging:
    context: Context
    words: tuple[str, ...]
    end: float | None

    def of(self, statement: Relation | Equivalent) -> Judged:
        return judged(Link(Claim(_without_idle_functions(self.context, statement), statement), self.words), self.end)

    def left_open(self, one: Term, other: Term, reason: str) -> Judged:
        claim = Claim(self.context, Relation(one, "=", other))
        return Judged(Link(claim, self.words), Open(claim, reason))

    def assuming(self, *facts: Statement) -> _Judging:
        return replace(self, context=self.context.assume(*facts))


def _without_idle_functions(context: Context, statement: Relation | Equivalent) -> Context:
    """The context without declared functions that nothing speaks of: ``f`` where ``f(x) = A`` stands for A."""
    if context.facts or isinstance(statement, Equivalent):
        return context
    bodies = (definition.body for definition in context.definitions)
    used = frozenset[str]().union(*map(free_names, (statement.left, statement.right, *bodies)))
    kept = (d for d in context.declarations if d.name in used or not isinstance(d.sort, Function))
    return replace(context, declarations=tuple(kept))


def _parts(one: Said, other: Said, judging: _Judging) -> Iterator[Judged]:
    """What must hold for both to say the same."""
    if isinstance(one, Relation) and isinstance(other, Relation):
        yield from _equations(one, other, judging)
        return
    pair = [said if not isinstance(said, Relation) else _right_side(said, judging.context) for said in (one, other)]
    if pair[0] is None or pair[1] is None:
        yield Judged(None, Problem("one is a value, and the other an equation whose left side is no name"))
        return
    yield from _values(pair[0], pair[1], judging)


def _equations(one: Relation, other: Relation, judging: _Judging) -> Iterator[Judged]:
    if one.left != other.left:
        yield judging.of(Equivalent(one, other))
        return
    parts = tuple(_values(one.right, other.right, judging))
    same = all(isinstance(part.verdict, Proved) for part in parts)
    if same or None not in (_right_side(one, judging.context), _right_side(other, judging.context)):
        yield from parts
    else:
        yield judging.of(Equivalent(one, other))


def _right_side(equation: Relation, context: Context) -> Term | None:
    """A of an equation ``q = A`` that says what the quantity q is: a name that does not occur in A."""
    name = _quantity(equation.left, context)
    return equation.right if name is not None and name not in free_names(equation.right) else None


def _quantity(term: Term, context: Context) -> str | None:
    """The name whose value the term is: of ``x``, ``x_i``, ``f(x)``, ``f'(x)`` and ``p(x | t)``."""
    match term:
        case Name(name) | Element(name):
            return name
        case Apply(name) | FunctionDerivative(name):
            return name if isinstance(context.sort_of(name), Function) or context.definition_of(name) else None
        case Derivative(part) | Call(part):
            return _quantity(part, context)
        case _:
            return None


def _values(one: Term, other: Term, judging: _Judging) -> Iterator[Judged]:
    match one, other:
        case Items(left, mine), Items(right, theirs):
            yield from _items(left, right, mine, theirs, one, other, judging)
        case (Items(), _) | (_, Items()):
            yield judging.left_open(one, other, "one is a list, a set or an interval, and the other is not")
        case _:
            yield judging.of(Relation(one, "=", other))


def _items(
    left: str, right: str, mine: tuple[Term, ...], theirs: tuple[Term, ...], one: Term, other: Term, judging: _Judging
) -> Iterator[Judged]:
    if left != right:
        yield judging.left_open(one, other, f"one is written in the brackets {left}, the other in {right}")
    elif left == "{}":
        yield from map(judging.of, _memberships(mine, theirs))
    elif len(mine) != len(theirs):
        yield judging.left_open(one, other, f"one has {len(mine)} items and the other {len(theirs)}")
    else:
        yield from _in_turn(mine, theirs, judging)


def _memberships(mine: tuple[Term, ...], theirs: tuple[Term, ...]) -> Iterator[Relation]:
    """Each item is one of the other set's: the product of its differences to them is 0."""
    for items, others in ((mine, theirs), (theirs, mine)):
        for item in items:
            differences = tuple(subtract(item, other) for other in others)
            yield Relation(differences[0] if len(differences) == 1 else Multiply(differences), "=", ZERO)


def _in_turn(mine: tuple[Term, ...], theirs: tuple[Term, ...], judging: _Judging) -> Iterator[Judged]:
    """Item by item; of a pair, which may be an interval, a difference counts only where neither is empty."""
    not_empty = [Relation(items[0], "<", items[1]) for items in (mine, theirs) if len(items) == 2]
    for a, b in zip(mine, theirs, strict=True):
        statement = Relation(a, "=", b)
        part = judging.of(statement)
        yield judging.assuming(*not_empty).of(statement) if isinstance(part.verdict, Refuted) and not_empty else part
