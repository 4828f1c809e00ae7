"""How deeply a tree goes, counting also what is written in a row and nested by what it means.

Brackets are counted while they are read (:data:`~engine.reading.stream.DEEPEST`). ``\\ln \\ln x``, ``a / b / c``,
``P(a < b < c)`` and the variables of ``\\partial x\\,\\partial y`` need no brackets to stand inside each other, and
whoever walks what they mean needs the stack all the same.
"""

from __future__ import annotations

from typing import Final

from engine.reading import tree
from engine.reading.notation import FUNCTION_WORDS
from engine.reading.stream import Unreadable
from engine.reading.tree import Node, children

# The constructs on the way from a formula to any letter in it. The 20,500 steps of published derivations need 23.
DEEPEST_TREE: Final = 160
# Functions that apply to each other, and divisions, in a row: when printed, each stands in a bracket of its own.
LONGEST_RUN: Final = 32
_PER_BRACKET: Final = DEEPEST_TREE // LONGEST_RUN
# A walk needs this much of the stack for each operator that takes the rest of its row.
_PER_OPERATOR: Final = 3
# Sums of one row that can reach over each other.
_MOST_OPEN_SUMS: Final = 64
_STYLED: Final = (r"\mathrm", r"\mathsf", r"\mathbb", r"\operatorname")
_EXTREMA: Final = (r"\max", r"\min", r"\sup", r"\inf", r"\lim", r"\mathrm", r"\operatorname")


def check_depth(root: Node) -> Node:
    """``root`` itself; :exc:`~engine.reading.stream.Unreadable` where a part of it lies too deep. Linear."""
    waiting = [(root, 0)]
    while waiting:
        node, depth = waiting.pop()
        if isinstance(node, tree.Symbol | tree.Number):
            continue
        depth += _levels(node, depth)
        if depth > DEEPEST_TREE:
            raise Unreadable(f"nested more than {DEEPEST_TREE} levels deep", node.span)
        waiting.extend((child, depth) for child in children(node))
    return root


def _levels(node: Node, depth: int) -> int:
    """How many levels the node may add to what stands in it."""
    match node:
        case tree.Product(factors, operators):
            in_brackets = operators.count("/") + _longest_run(factors, operators)
            return 1 + _PER_BRACKET * in_brackets + _bars(factors) + _operators(factors)
        case tree.Addition(items):
            return 1 + min(_MOST_OPEN_SUMS, sum(map(_ends_open, items)))
        case tree.Relations(signs=signs) if depth:
            return len(signs)
        case tree.Relations() | tree.Listing() | tree.Clauses() | tree.Logic() | tree.Note():
            return int(depth > 0)
        case tree.Big(_, tree.Listing(items)) | tree.BigOperation(_, tree.Listing(items)):
            return 1 + _PER_OPERATOR * len(items)
        case tree.Derivative(_, variables) | tree.MultipleIntegral(_, variables):
            return 1 + len(variables)
        case _:
            return 1


def _bars(factors: tuple[Node, ...]) -> int:
    return sum(isinstance(factor, tree.Bar | tree.Between) for factor in factors)


def _operators(factors: tuple[Node, ...]) -> int:
    """The operators that take all that follows: ``\\frac{d}{dx}``, ``\\max_x``."""
    return _PER_OPERATOR * sum(
        (isinstance(factor, tree.Derivative) and factor.numerator is None) or _is_extremum(factor) for factor in factors
    )


def _is_extremum(factor: Node) -> bool:
    base = factor.base if isinstance(factor, tree.Script) and factor.subscript is not None else None
    return isinstance(base, tree.Symbol) and base.spelling.startswith(_EXTREMA)


def _longest_run(factors: tuple[Node, ...], operators: tuple[str, ...]) -> int:
    """The most words in a row that can apply to each other: ``\\ln \\nabla \\mathrm{Var}``."""
    longest = run = 0
    for place, factor in enumerate(factors):
        joined = place == 0 or not operators[place - 1]
        run = run + 1 if joined and _is_prefix(factor) else int(_is_prefix(factor))
        longest = max(longest, run)
    return longest


def _is_prefix(factor: Node) -> bool:
    base = factor.base if isinstance(factor, tree.Script) else factor
    if not isinstance(base, tree.Symbol):
        return False
    return base.spelling in FUNCTION_WORDS or base.spelling in (r"\nabla", r"\E") or base.spelling.startswith(_STYLED)


def _ends_open(term: Node) -> bool:
    """Whether a sum at the right end of the term may reach over the terms after it."""
    while isinstance(term, tree.Signed):
        term = term.operand
    if isinstance(term, tree.Product):
        return isinstance(term.factors[-1], tree.Big) or any(map(_is_extremum, term.factors))
    return isinstance(term, tree.Big)
