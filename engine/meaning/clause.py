r"""Clauses: lists, labels, conditions and quantifiers, and the words between formulas.

Rules, each stated once.

*Lists.* A whole side of a formula may be a list of values, ``1, \ldots, n``; inside a formula a list needs brackets.
A word in it, as in ``X, Y \text{ independent}``, is a Problem.

*The bar.* ``X \mid Y`` outside brackets is X given Y, a :class:`Functional` called ``given``. What is a number has no
law: ``3 \mid n`` is a Problem.

*The colon.* A name before a colon names what follows: ``H_0: \mu = 0``, ``f: S \to T``. That is an assertion, never a
claim: the hypothesis H_0 does not say that the mean is 0.

*Words.* Words before the whole formula that only lead up to it (``\text{s.t. }``, or anything with a colon) are no part
of its value, and the reading says so; in front of a relation they are a Problem, since a constraint is no claim.
"And" and "or" between two conditions join them.

*Quantifiers.* ``\forall i \in S: a_i`` and ``a_i \;\forall i \in S`` are one :class:`Over`, with the operator
``forall``.

*Sets.* ``\{a \mid c\}`` is an :class:`Over` with the operator ``set``. It binds the name that c puts into a set where a
contains it, or else a itself; ``\{x \in S \mid c\}`` is ``\{x \mid x \in S \wedge c\}``.

*Big operations.* ``\bigcup`` reaches over the sets after it up to the last one in which its index is free.
``\bigwedge`` and ``\bigvee`` reach over a relation.

*Conditions below a sign.* After a colon, or between relations alone (a comma, or rows), the first item binds and the
others are conditions: ``\sum_{i: y_i = 1}``, ``\sum_{t \in S, t \le x}``, ``\sum_{l = 1, l \ne k}^n``. Where each is in
a set of its own, each binds. A condition in which an index of the body stands that may be bound as well is a Problem.

*Congruences.* ``a \equiv b \pmod m`` is ``congruent(a, b, m)``.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import Any, Final, cast

from engine.meaning import term as terms
from engine.meaning.kind import lone_capitals
from engine.meaning.notation import FUNCTION_LETTERS, OPERATIONS
from engine.meaning.products import Products
from engine.meaning.reach import free_symbols, index_names
from engine.meaning.stop import Stop
from engine.meaning.term import Name, Term
from engine.reading import tree
from engine.reading.tree import Node, spelling

_QUANTIFIERS: Final = {"∀": "forall", "∃": "exists"}
_BIG: Final = {"∪": "union", "∩": "intersection", "∧": "and", "∨": "or"}
_JOINING: Final = {"and": "and", "und": "and", "or": "or", "oder": "or"}
_LEADING: Final = frozenset(("s.t.", "s. t.", "subject to", "such that", "NB", "hence", "thus", "therefore"))


class Clauses(Products):
    """Reads what stands beside values: conditions, lists and words."""

    def side(self, node: Node) -> Term:
        """A whole side of a formula: a value, or what has a meaning only where nothing is computed with it."""
        match node:
            case tree.Listing():
                return self.listed(node)
            case tree.Clauses((content,), (words,)) if leads(words):
                value = self.side(content)
                self.note(f'the words "{words}" stand before the formula and are no part of it')
                return value
            case tree.Clauses():
                return self.clause(node)
            case _:
                return self.term(node)

    # -- lists

    def listed(self, node: tree.Listing) -> Term:
        """Values in a row, one thing given another, or a name and what it names."""
        if node.separators == (":",):
            return self.named(node.items[0], self.term(node.items[1]), node)
        if "|" in node.separators:
            return self.given(node)
        if set(node.separators) != {","} or any(map(is_statement, node.items)):
            raise Stop("a list stands where one value is expected", node)
        return terms.Sequence("", self.values(node.items))

    def values(self, items: tuple[Node, ...]) -> tuple[Term, ...]:
        for item in items:
            word = next(filter(is_word, item.factors if isinstance(item, tree.Product) else ()), None)
            if word is not None:
                raise Stop("a word in a list is not understood", word)
            if isinstance(item, tree.Placeholder | tree.Blank):
                raise Stop("expected a value here", item)
        return tuple(map(self.item, items))

    def given(self, node: tree.Listing) -> Term:
        """``X, Y | Z``: the values before the bar, given what stands after it."""
        place = node.separators.index("|")
        before, after = node.items[: place + 1], node.items[place + 1 :]
        if node.separators.count("|") > 1 or not set(node.separators) <= {",", "|"}:
            raise Stop("this list with bars is not understood", node)
        if any(isinstance(item, tree.Number) or is_statement(item) for item in before):
            raise Stop("expected names of random variables before this bar", node)
        return terms.Functional("given", self.values(before), self.values(after))

    def named(self, node: Node, content: Term, whole: Node) -> terms.Comparison:
        name = spelling(node)
        if name is None or not isinstance(node, tree.Symbol | tree.Script):
            raise Stop("expected a name before this colon", whole)
        if name in FUNCTION_LETTERS and name == name.lower() and not isinstance(content, terms.Comparison):
            raise Stop(f"expected what {name} maps to, such as {name}: S \\to T", whole)
        if isinstance(content, terms.Comparison) and content.sign == "→":
            self.take_for_sets(lone_capitals((content.left, content.right)), "a set")
        return terms.Comparison(Name(name), ":", content)

    # -- what words and quantifiers say

    def clause(self, node: tree.Clauses) -> Term:
        match node:
            case tree.Clauses((tree.Listing(items, (*inner, ":")) as row,), (word,)) if word in _QUANTIFIERS:
                scope = items[0] if len(items) == 2 else replace(row, items=items[:-1], separators=tuple(inner))
                return self.quantified(_QUANTIFIERS[word], scope, items[-1], node)
            case tree.Clauses((content, scope), ("", "∀")) if not isinstance(scope, tree.Words):
                return self.quantified("forall", scope, content, node)
            case tree.Clauses((tree.Relations((left, right), ("≡",)), modulus), ("", "mod")):
                return terms.Apply("congruent", tuple(map(self.term, (left, right, modulus))))
            case tree.Clauses((_, *_), ("", *words)) if (joined := joining(words)) is not None:
                return terms.Apply(joined, tuple(map(self.condition_of, node.items)))
            case tree.Clauses((_,), (word,)) if word in _QUANTIFIERS:
                raise Stop("expected a colon and what holds behind this quantifier, such as \\forall i: x_i > 0", node)
            case _:
                raise Stop("what the words here say is not understood", node)

    def quantified(self, kind: str, scope: Node, body: Node, node: Node) -> Term:
        if isinstance(body, tree.Placeholder | tree.Blank | tree.Listing):
            raise Stop("expected one value or one condition beside this quantifier", body)
        return self.big(tree.Big(cast(Any, kind), scope, None, body, node.span))

    def condition_of(self, node: Node) -> Term:
        if not is_statement(node):
            raise Stop("expected a condition such as x = 1 beside this word", node)
        return self.item(node)

    # -- sets

    def built_set(self, node: tree.Listing) -> Term:
        """``{a | c}`` and ``{x ∈ S : c, d}``: the values of a for which the conditions hold."""
        body, *conditions = node.items
        names = self.set_variables(body, conditions)
        if not set(node.separators[1:]) <= {","} or len(names) != 1 or not all(map(is_statement, conditions)):
            raise Stop("what is bound in this set is unclear; write \\{x \\mid x \\in S\\}", node)
        name = names[0]
        if isinstance(body, tree.Relations) and body.signs == ("∈",) and spelling(body.items[0]) == name:
            conditions, body = [body, *conditions], body.items[0]
        with ExitStack() as stack:
            stack.enter_context(self.binding(name, index=False))
            parts = tuple(map(self.item, conditions))
            value = self.item(body)
        return terms.Over("set", name, parts[0] if len(parts) == 1 else terms.Apply("and", parts), value)

    @staticmethod
    def set_variables(body: Node, conditions: list[Node]) -> list[str]:
        contained = [name for condition in conditions if (name := contained_name(condition)) is not None]
        inside = [name for name in contained if name in free_symbols(body)]
        own = contained_name(body) or (spelling(body) if isinstance(body, tree.Symbol) else None)
        return inside or ([] if own is None else [own])

    # -- big operations

    def big_operation(self, node: tree.BigOperation) -> Term:
        kind = _BIG.get(node.operator)
        if kind is None:
            raise Stop("this operation over many values is not understood", node)
        names = index_names(cast(Any, node))
        inside, outside = node.body, tuple[Node, ...]()
        if isinstance(inside, tree.Operation):
            operands = inside.operands
            reached = [k for k, part in enumerate(operands) if set(names) & free_symbols(part)]
            end = max(reached, default=0) + 1
            inside = replace(inside, operands=operands[:end]) if end > 1 else operands[0]
            outside = operands[end:]
        value = self.big(tree.Big(cast(Any, kind), node.lower, node.upper, inside, node.span))
        self.check_operator(kind, (value,), node)
        if not outside or not isinstance(node.body, tree.Operation) or node.body.operator not in OPERATIONS:
            return value
        self.note(f"the {kind} over {names[0]} ends before the operand without {names[0]}")
        return terms.Apply(OPERATIONS[node.body.operator], (value, *map(self.term, outside)))


def reaching(node: tree.Relations) -> Node:
    r"""``\bigwedge_i a_i < b`` with the sign over the whole relation; other relations as they are."""
    first = node.items[0]
    if not isinstance(first, tree.BigOperation) or first.operator not in ("∧", "∨"):
        return node
    return replace(first, body=replace(node, items=(first.body, *node.items[1:])))


def leads(words: str) -> bool:
    """Words that lead up to a formula and add nothing to its value."""
    return words.rstrip().endswith(":") or words.strip() in _LEADING


def joining(words: list[str]) -> str | None:
    """``and`` or ``or`` where all the words between the parts say that."""
    found = {_JOINING.get(word.strip(" ,")) for word in words}
    return found.pop() if len(found) == 1 else None


def is_statement(node: Node) -> bool:
    return isinstance(node, tree.Relations | tree.Logic | tree.Clauses | tree.Not)


def is_word(node: Node) -> bool:
    """``\\text{independent}`` set as one factor."""
    text = node.spelling if isinstance(node, tree.Symbol) else ""
    word = text.removeprefix(r"\mathrm{").removesuffix("}")
    return word != text and len(word) > 3 and word.islower()


def contained_name(node: Node) -> str | None:
    """``x`` of ``x ∈ S``."""
    if not isinstance(node, tree.Relations) or node.signs != ("∈",):
        return None
    return node.items[0].spelling if isinstance(node.items[0], tree.Symbol) else None
