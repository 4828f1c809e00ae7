"""Derivatives: ``\\frac{d^n f}{dx^n}``, ``\\frac{\\partial^2 f}{\\partial x\\,\\partial y}``, ``df/dx``, ``d/dx``.

An exponent below the line is an order, where the orders then add up to the one above; else it belongs to the
variable, where that adds up: ``\\frac{\\partial \\ell}{\\partial\\sigma^2}`` is the derivative in σ². What fits neither
is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.reading import tree
from engine.reading.integral import d_size, differential
from engine.reading.stream import Unreadable
from engine.reading.token import Token
from engine.reading.tree import Node, spelling
from engine.span import Span

if TYPE_CHECKING:
    from engine.reading.parser import Reader


def is_derivative(reader: Reader) -> bool:
    """``{d..}{d..}`` with the same d above and below comes next."""
    if reader.peek().text != "{" or not d_size(reader, 1):
        return False
    end = reader.closing_brace(reader.position)
    if end is None or reader.tokens[end + 1].text != "{":
        return False
    below = end + 2 - reader.position
    if d_size(reader, below) == 1 and reader.peek(below + 1).text == "^" and reader.peek(3 + below).kind == "letter":
        raise reader.fail("expected the order after the variable, as in dx^2, or brackets", reader.peek(below))
    return bool(differential(reader, below, brackets=True)) and _round(reader, 1) == _round(reader, below)


def _round(reader: Reader, at: int) -> bool:
    return reader.peek(at).text == r"\partial"


def derivative(reader: Reader, command: Token) -> Node:
    opening = reader.take()
    partial = _round(reader, 0)
    reader.position += d_size(reader, 0)
    order = _order(reader)
    inner = None
    if reader.peek().text == "{" and reader.peek(1).text == "}" and reader.peek(2).text == "}":
        reader.position += 2
    if reader.peek().text != "}":
        inner = reader.enclosed(opening, "}", reader.relations)
    else:
        reader.take()
    variables = _differentials(reader)
    span = Span(command.start, reader.last().end)
    whole = _whole_order(order)
    if whole is None:
        return _higher(inner, variables, order, span)
    return tree.Derivative(inner, _with_orders(variables, whole, span), span, partial)


def _order(reader: Reader) -> Node:
    mark = reader.peek()
    if mark.text != "^":
        return tree.Number("1", Span(mark.start, mark.start))
    reader.take()
    order = reader.argument("an order", whole_number=False)
    if isinstance(order, tree.Number) and _whole_order(order) is None:
        raise reader.fail("expected the order of the derivative, a number", mark)
    return order


def _whole_order(node: Node) -> int | None:
    if isinstance(node, tree.Number) and node.text.isdigit() and 0 < int(node.text[:3]) < 100:
        return int(node.text[:3])
    return None


def _differentials(reader: Reader) -> list[Node]:
    """The variables below the line, each with its exponent as it stands."""
    opening = reader.take()
    found: list[Node] = []
    reader.deeper(opening)
    while size := differential(reader, brackets=True):
        reader.position += size
        found.append(_variable(reader))
    reader.depth -= 1
    reader.expect("}", "'}' after the variables of the derivative")
    return found


def _variable(reader: Reader) -> Node:
    """A symbol with scripts, or a function with its arguments: ``\\partial f(x)``."""
    node = reader.scripts(reader.atom())
    token = reader.peek()
    if token.text in ("(", "[") and token.kind in ("symbol", "open"):
        node = _product([node, reader.factor()])
    return node


def _with_orders(variables: list[Node], order: int, span: Span) -> tuple[tuple[Node, int], ...]:
    split = tuple(_split(node) for node in variables)
    if sum(count for _, count in split) == order:
        return split
    if len(variables) == order:
        return tuple((node, 1) for node in variables)
    raise Unreadable("the orders above and below differ", span)


def _split(node: Node) -> tuple[Node, int]:
    """The variable without an exponent that is a number, and that number."""
    if not isinstance(node, tree.Script) or node.superscript is None:
        return node, 1
    order = _whole_order(node.superscript)
    return (node, 1) if order is None else (_without_superscript(node), order)


def _without_superscript(node: tree.Script) -> Node:
    if node.subscript is None and not node.primes:
        return node.base
    return tree.Script(node.base, node.subscript, node.primes, None, node.span)


def _higher(inner: Node | None, variables: list[Node], order: Node, span: Span) -> Node:
    node = variables[0] if len(variables) == 1 else None
    if not isinstance(node, tree.Script) or node.superscript is None or _shown(node.superscript) != _shown(order):
        raise Unreadable("the orders above and below differ", span)
    return tree.HigherDerivative(inner, _without_superscript(node), order, span)


def _shown(node: Node) -> str | None:
    inside = node.content if isinstance(node, tree.Group) else node
    return spelling(inside)


def in_line(factors: list[Node], operators: list[str]) -> tuple[list[Node], list[str]]:
    """A product with ``df/dx`` and ``\\partial/\\partial x`` in it made derivatives."""
    place = 0
    done: list[Node] = []
    joints: list[str] = []
    while place < len(factors):
        found = _slashed(factors, operators, place)
        node, after = found if found is not None else (factors[place], place + 1)
        done.append(node)
        if after < len(factors):
            joints.append(operators[after - 1])
        place = after
    return done, joints


def _slashed(factors: list[Node], operators: list[str], place: int) -> tuple[Node, int] | None:
    """The derivative written with a slash that starts at ``place``, and the place after it."""
    mark = _d_with_order(factors[place])
    if mark is None:
        return None
    sign, order = mark
    slash = place + 1
    while slash < len(factors) and operators[slash - 1] == "":
        slash += 1
    if slash + 1 >= len(factors) or operators[slash - 1] != "/" or operators[slash] != "":
        return None
    below = _d_with_order(factors[slash])
    if below is None or below[0] != sign or below[1] is not None:
        return None
    span = Span(factors[place].span.start, factors[slash + 1].span.end)
    above = factors[place + 1 : slash]
    if len(above) > 2 or (len(above) == 2 and not isinstance(_bare(above[1]), tree.Group)):
        raise Unreadable(f"what {sign} applies to before the slash is unclear; use \\frac", span)
    whole = _whole_order(order) if order is not None else 1
    numerator = None if not above else above[0] if len(above) == 1 else _product(above)
    if whole is None:
        assert order is not None
        return _higher(numerator, [factors[slash + 1]], order, span), slash + 2
    variables = _with_orders([factors[slash + 1]], whole, span)
    return tree.Derivative(numerator, variables, span, sign == r"\partial"), slash + 2


def _d_with_order(node: Node) -> tuple[str, Node | None] | None:
    base = node.base if isinstance(node, tree.Script) and node.subscript is None and not node.primes else node
    if not isinstance(base, tree.Symbol) or base.spelling not in ("d", r"\partial", r"\mathrm{d}"):
        return None
    return base.spelling, node.superscript if isinstance(node, tree.Script) else None


def _bare(node: Node) -> Node:
    return node.base if isinstance(node, tree.Script) else node


def _product(factors: list[Node]) -> Node:
    span = Span(factors[0].span.start, factors[-1].span.end)
    return tree.Product(tuple(factors), ("",) * (len(factors) - 1), span)
