"""Names of more than one letter: accents, fonts, words and operators such as ``\\operatorname{argmax}``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from engine.reading import tree
from engine.reading.notation import (
    ACCENTS,
    FONTS,
    LETTERS,
    OPERATIONS,
    PRODUCT_SIGNS,
    SUM_SIGNS,
    SWITCHES,
    WORDS,
)
from engine.reading.stream import Unreadable, place
from engine.reading.token import Token
from engine.reading.tree import Node
from engine.span import Span

if TYPE_CHECKING:
    from engine.reading.parser import Reader

# However it is typed, this is one operator.
_OPERATORS: Final = {
    first + gap + second: rf"\operatorname{{{first}{second}}}"
    for first in ("arg",)
    for gap in ("", " ", "-")
    for second in ("max", "min", "sup", "inf")
}
_EXTREMA: Final = {name: name[1:] for name in (r"\max", r"\min", r"\sup", r"\inf")}


def accent(reader: Reader) -> Node:
    command = reader.take()
    reader.deeper(command)
    inner = reader.argument(f"what {command.text} stands over")
    reader.depth -= 1
    _check_letter(reader, inner, command)
    return accented(ACCENTS[command.text], inner, Span(command.start, reader.last().end))


def _check_letter(reader: Reader, inner: Node, command: Token) -> None:
    if isinstance(inner, tree.Symbol) and inner.spelling in _SIGNS:
        raise reader.fail(f"expected a letter after {command.text}, found a sign", command)


def accented(mark: str, inner: Node, span: Span) -> Node:
    """A symbol where ``inner`` is a name. A font reaches every letter of a formula; an accent stays over it."""
    if mark in FONTS and not _one_word(inner):
        return _in_style(mark, inner)
    inside = tree.spelling(inner)
    if inside is None:
        return tree.Accent(mark, inner, span)
    if not mark:
        return tree.Symbol(inside, span)
    if mark == r"\mathbf" and not inside.isalnum():
        mark = r"\boldsymbol"
    return tree.Symbol(f"{mark}{{{inside}}}", span)


def _one_word(node: Node) -> bool:
    """A single symbol or number, or letters in a row: ``\\mathbf{Cov}``."""
    if isinstance(node, tree.Product):
        letters = (isinstance(f, tree.Symbol) and len(f.spelling) == 1 for f in node.factors)
        return not any(node.operators) and all(letters)
    return isinstance(node, tree.Symbol | tree.Number)


def _in_style(mark: str, node: Node) -> Node:
    match node:
        case tree.Symbol() | tree.Number():
            return accented(mark, node, node.span)
        case tree.Script(base):
            return replace(node, base=_in_style(mark, base))
        case tree.Group(_, content):
            return replace(node, content=_in_style(mark, content))
        case tree.Product(factors):
            return replace(node, factors=tuple(_in_style(mark, factor) for factor in factors))
        case tree.Addition(parts):
            return replace(node, terms=tuple(_in_style(mark, part) for part in parts))
        case tree.Signed(_, operand):
            return replace(node, operand=_in_style(mark, operand))
        case tree.Relations(items) | tree.Listing(items):
            return replace(node, items=tuple(_in_style(mark, item) for item in items))
        case tree.Words():
            return node
        case tree.Fraction(numerator, denominator):
            return replace(node, numerator=_in_style(mark, numerator), denominator=_in_style(mark, denominator))
        case _:
            raise Unreadable(f"{mark} of this formula is not a name; set its letters one by one", node.span)


def in_font(reader: Reader, opening: Token) -> Node:
    """``{\\bf w}``: the switch holds for the rest of the group."""
    mark = SWITCHES[reader.take().text]
    if mark in WORDS.values():
        return _word_in_braces(reader, mark, opening, opening)
    inner = reader.enclosed(opening, "}", reader.contents)
    return accented(mark, inner, inner.span)


def word(reader: Reader) -> Node:
    command = reader.take()
    canonical = WORDS[command.text]
    if reader.peek().text == "{":
        return _word_in_braces(reader, canonical, command, reader.take())
    letter = reader.take()
    if letter.kind in ("letter", "number"):
        return named(reader, canonical, letter.text, Span(command.start, letter.end))
    if letter.kind != "command":
        raise reader.fail(f"expected a word after {command.text}", letter)
    reader.position -= 1
    inner = reader.argument("a word")
    _check_letter(reader, inner, command)
    return _worded(canonical, inner, Span(command.start, inner.span.end))


def _word_in_braces(reader: Reader, canonical: str, command: Token, opening: Token) -> Node:
    text, last = "", opening
    start = reader.position
    while (token := reader.take()).text not in ("}", "_", "^", "{") and not _odd(token):
        if token.kind == "end":
            raise reader.fail(f"expected letters and '}}' after {command.text}", token)
        spaced = text and token.start > last.end and canonical != r"\operatorname"
        text += (" " if spaced else "") + token.text
        last = token
    if token.text == "}" and token.kind == "symbol":
        if not text:
            raise reader.fail(f"expected a word after {command.text}", token)
        return named(reader, canonical, text, Span(command.start, token.end))
    if token.text in ("_", "^") and text:
        reader.position -= 1
        base = named(reader, canonical, text, Span(command.start, last.end))
        return reader.enclosed(opening, "}", lambda: reader.scripts(base))
    reader.position = start
    inner = reader.enclosed(opening, "}", reader.contents)
    return _worded(canonical, inner, Span(command.start, reader.last().end))


_SIGNS: Final = frozenset((*SUM_SIGNS, *PRODUCT_SIGNS, *OPERATIONS)) - LETTERS
_BARS: Final = frozenset(("|", r"\|", r"\mid", r"\parallel"))


def _odd(token: Token) -> bool:
    """A token that no word holds."""
    if token.kind == "command":
        return token.text not in (r"\&", r"\%", r"\#", r"\_", r"\pi", r"\alpha", r"\beta", r"\ldots")
    return token.kind in ("open", "close", "bar", "word", "name", "text") or token.text in _BARS


def _worded(canonical: str, inner: Node, span: Span) -> Node:
    """``\\mathrm{\\Sigma}`` and ``\\mathrm{x_i}``: a name of that font; words stay words."""
    if isinstance(inner, tree.Words):
        return inner
    if isinstance(inner, tree.Symbol):
        wrapped = inner.spelling.startswith((r"\math", r"\boldsymbol", r"\operatorname"))
        return replace(inner, span=span) if wrapped else tree.Symbol(f"{canonical}{{{inner.spelling}}}", span)
    return inner


def named(reader: Reader, canonical: str, text: str, span: Span) -> Node:
    """The symbol of a word; ``arg max`` is one operator however it is typed."""
    operator = _OPERATORS.get(text)
    if operator is not None:
        return tree.Symbol(operator, span)
    if text == "arg":
        return _arg(reader, tree.Symbol(f"{canonical}{{arg}}", span))
    return tree.Symbol(f"{canonical}{{{text}}}", span)


def operator_name(reader: Reader) -> Node:
    """``\\arg\\max``, ``\\arg\\underset{x}{\\max}``, ``\\mathop{\\mathrm{arg\\,max}}``."""
    command = reader.take()
    if command.text == r"\arg":
        return _arg(reader, tree.Symbol(r"\arg", place(command)))
    reader.deeper(command)
    inner = reader.argument("an operator")
    reader.depth -= 1
    return inner


def _arg(reader: Reader, symbol: tree.Symbol) -> Node:
    follower = reader.peek()
    if follower.text in _EXTREMA:
        reader.take()
        return _argument_of(symbol, _EXTREMA[follower.text], follower.end)
    if not _extremum_follows(reader):
        return symbol
    reader.deeper(follower)
    node = reader.atom()
    reader.depth -= 1
    base = node.base if isinstance(node, tree.Script) else node
    if isinstance(base, tree.Symbol) and (name := _extremum(base.spelling)) is not None:
        found = _argument_of(symbol, name, base.span.end)
        return replace(node, base=found) if isinstance(node, tree.Script) else found
    raise Unreadable("expected max or min after arg", node.span)


def _extremum_follows(reader: Reader) -> bool:
    """Whether ``\\max`` or the like comes next, perhaps under something or as a word; nothing is taken."""
    place = reader.position
    if reader.tokens[place].text == r"\underset":
        end = reader.closing_brace(place + 1)
        place = len(reader.tokens) if end is None else end + 1
    inside = reader.tokens[place : place + 6]
    while inside and inside[0].text in ("{", r"\mathop", r"\operatorname", r"\operatorname*", r"\mathrm"):
        inside = inside[1:]
    word = "".join(token.text for token in inside[:3])
    return bool(inside) and (inside[0].text in _EXTREMA or word in _EXTREMA.values())


def _extremum(spelling: str) -> str | None:
    bare = spelling.removeprefix(r"\operatorname{").removeprefix(r"\mathrm{").rstrip("}").lstrip("\\")
    return bare if "\\" + bare in _EXTREMA else None


def _argument_of(symbol: tree.Symbol, extremum: str, end: int) -> tree.Symbol:
    return tree.Symbol(rf"\operatorname{{arg{extremum}}}", Span(symbol.span.start, end))
