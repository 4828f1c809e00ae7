"""Macros: ``\\newcommand`` and its relatives, read as data and expanded token by token.

Expansion is bounded: recursive and exploding macros end in a :class:`~engine.span.Problem`, not in a hang.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from engine.reading.token import UNICODE, Kind, Token, tokenize
from engine.span import Problem, Span

# Tokens that expansion may produce per formula, beyond those that were there.
MOST_TOKENS: Final = 100_000

_COMMANDS: Final = frozenset(
    name + star for name in (r"\newcommand", r"\renewcommand", r"\providecommand") for star in ("", "*")
)
_OPERATORS: Final = frozenset((r"\DeclareMathOperator", r"\DeclareMathOperator*"))


@dataclass(frozen=True, slots=True)
class Macro:
    """``\\name`` with ``arity`` arguments, the first optional where ``default`` is not ``None``."""

    name: str
    arity: int
    default: tuple[Token, ...] | None
    body: tuple[Token, ...]


# Characters that stand in prose and comments of a macro file; each is replaced by one letter, so that places stay.
_FOREIGN: Final = re.compile(r"[^\x00-\x7f]|[`\"$@?\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def _stand_in(found: re.Match[str]) -> str:
    return found.group() if found.group() in UNICODE else "x"


class _Malformed(Exception):
    def __init__(self, message: str, token: Token) -> None:
        super().__init__(message)
        self.message = message
        self.token = token


def read_macros(text: str) -> dict[str, Macro] | Problem:
    """The macros that ``text`` defines, by name; anything else in it is skipped.

    >>> table = read_macros(r"\\newcommand{\\la}{\\lambda} \\def\\half#1{\\frac{#1}{2}}")
    >>> [(macro.name, macro.arity) for macro in table.values()]
    [('\\\\la', 0), ('\\\\half', 1)]
    """
    tokens = tokenize(_FOREIGN.sub(_stand_in, text), whole_words=True)
    if isinstance(tokens, Problem):
        return Problem(f"in the macros: {tokens.message}", tokens.span, text)
    table: dict[str, Macro] = {}
    position = 0
    try:
        while tokens[position].kind != "end":
            position = _definition(tokens, position, table)
    except _Malformed as stop:
        return Problem(f"in the macros: {stop.message}", Span(stop.token.start, stop.token.end), text)
    return table


def _definition(tokens: list[Token], position: int, table: dict[str, Macro]) -> int:
    """Read the definition at ``position``, if there is one, into ``table``; the position after it."""
    command = tokens[position].text
    reader = _READERS.get(command)
    if reader is None or tokens[position].kind != "command":
        return position + 1
    if _broken_name(tokens, position + 1):
        return position + 1
    macro, position = reader(tokens, position + 1)
    if macro is not None and not (command.startswith(r"\providecommand") and macro.name in table):
        table[macro.name] = macro
    return position


def _broken_name(tokens: list[Token], position: int) -> bool:
    r"""``\DeclareMathOperator*{\atan2}{atan2}`` defines no command that TeX could call; it is passed over."""
    if [token.text == "{" for token in tokens[position : position + 1]] != [True]:
        return False
    inside = tokens[position + 1 : position + 3]
    return len(inside) == 2 and inside[0].kind == "command" and inside[1].kind in ("number", "letter")


def _newcommand(tokens: list[Token], position: int) -> tuple[Macro | None, int]:
    name, position = _name(tokens, position)
    arity, default = 0, None
    if tokens[position].text == "[":
        digits, position = _optional(tokens, position)
        if len(digits) != 1 or digits[0].text not in tuple("0123456789"):
            raise _Malformed("expected the number of arguments, 0 to 9", tokens[position])
        arity = int(digits[0].text)
    if arity and tokens[position].text == "[":
        given, position = _optional(tokens, position)
        default = tuple(given)
    body, position = _braced(tokens, position)
    return Macro(name, arity, default, tuple(body)), position


def _def(tokens: list[Token], position: int) -> tuple[Macro | None, int]:
    r"""``\def\name#1#2{body}``; one with other marks between its arguments is passed over."""
    name, position = _name(tokens, position)
    arity, delimited = 0, False
    while tokens[position].text != "{" and tokens[position].kind != "end":
        if tokens[position].text != "#":
            delimited, position = True, position + 1
            continue
        arity += 1
        if tokens[position + 1].text != str(arity):
            raise _Malformed(f"expected #{arity}", tokens[position])
        position += 2
    body, position = _braced(tokens, position)
    return None if delimited else Macro(name, arity, None, tuple(body)), position


def _let(tokens: list[Token], position: int) -> tuple[Macro | None, int]:
    r"""``\let\a=\b``: an alias; ``\let\a\a`` says nothing."""
    name, position = _name(tokens, position)
    position += tokens[position].text == "="
    meant = tokens[position]
    if meant.kind == "end":
        raise _Malformed("expected what the new name stands for", meant)
    return None if meant.text == name else Macro(name, 0, None, (meant,)), position + 1


def _operator(tokens: list[Token], position: int) -> tuple[Macro | None, int]:
    start = tokens[position - 1]
    name, position = _name(tokens, position)
    word, position = _braced(tokens, position)
    opening = Token("symbol", "{", start.start, start.end)
    closing = Token("symbol", "}", start.start, start.end)
    command = Token("command", r"\operatorname", start.start, start.end)
    return Macro(name, 0, None, (command, opening, *word, closing)), position


def _paired(tokens: list[Token], position: int) -> tuple[Macro | None, int]:
    r"""``\DeclarePairedDelimiter{\norm}{\lVert}{\rVert}``: one argument between delimiters of its size."""
    start = tokens[position - 1]
    name, position = _name(tokens, position)
    left, position = _braced(tokens, position)
    right, position = _braced(tokens, position)
    pieces = (_made(r"\left", start), *left, _made("#", start), _made("1", start), _made(r"\right", start), *right)
    return Macro(name, 1, None, pieces), position


def _made(text: str, place: Token) -> Token:
    kind: Kind = "command" if text[0] == "\\" else "number" if text.isdigit() else "symbol"
    return Token(kind, text, place.start, place.end)


_READERS: Final[dict[str, Callable[[list[Token], int], tuple[Macro | None, int]]]] = {
    **dict.fromkeys(_COMMANDS, _newcommand),
    **dict.fromkeys((r"\def", r"\gdef", r"\edef"), _def),
    **dict.fromkeys(_OPERATORS, _operator),
    r"\let": _let,
    r"\DeclarePairedDelimiter": _paired,
}


def _name(tokens: list[Token], position: int) -> tuple[str, int]:
    braced = tokens[position].text == "{"
    token = tokens[position + braced]
    if token.kind != "command":
        raise _Malformed("expected the command that is defined", token)
    position += 1 + braced
    if braced:
        if tokens[position].text != "}":
            raise _Malformed("expected '}' after the command", tokens[position])
        position += 1
    return token.text, position


def _optional(tokens: list[Token], position: int) -> tuple[list[Token], int]:
    end = position
    while tokens[end].text != "]":
        if tokens[end].kind == "end":
            raise _Malformed("expected ']'", tokens[position])
        end += 1
    return tokens[position + 1 : end], end + 1


def _braced(tokens: list[Token], position: int) -> tuple[list[Token], int]:
    """The tokens of a braced group (or the single token) at ``position``, and the position after it."""
    first = tokens[position]
    if first.kind == "end":
        raise _Malformed("expected '{' and a body", first)
    if first.text != "{":
        return [first], position + 1
    depth, end = 1, position + 1
    while depth:
        if tokens[end].kind == "end":
            raise _Malformed("expected '}' to close this", first)
        depth += (tokens[end].text == "{") - (tokens[end].text == "}")
        end += 1
    return tokens[position + 1 : end - 1], end


def expand(tokens: list[Token], table: Mapping[str, Macro], text: str) -> list[Token] | Problem:
    """``tokens`` with every macro of ``table`` replaced by its body.

    The body has the place of the call with its arguments. Works with a stack (next token on top), so that a body is
    expanded in turn without recursion.
    """
    stack = tokens[::-1]
    result: list[Token] = []
    budget = MOST_TOKENS
    try:
        while stack:
            token = stack.pop()
            macro = table.get(token.text) if token.kind == "command" else None
            if macro is None:
                result.append(token)
                continue
            produced = _replacement(macro, token, stack)
            budget -= len(produced) + 1
            if budget < 0:
                raise _Malformed(f"the macro {token.text} expands without end", token)
            stack.extend(reversed(produced))
    except _Malformed as stop:
        return Problem(stop.message, Span(stop.token.start, stop.token.end), text)
    return result


def _replacement(macro: Macro, call: Token, stack: list[Token]) -> list[Token]:
    """The body with its arguments, which are taken from the stack.

    No token may end before one that stands before it starts, or a bracket that the text opens and the macro closes
    would end before its start. So the body has the place of the call with its arguments; an argument keeps its own
    place, but where it comes a second time, or after a later one, it has that of the body.
    """
    taken = [_argument(macro, call, stack, place) for place in range(macro.arity)]
    whole = replace(call, end=max([call.end, *(end for _, end in taken)]))
    arguments = [tokens for tokens, _ in taken]
    produced: list[Token] = []
    position, latest, body = 0, -1, macro.body
    while position < len(body):
        token = body[position]
        position += 1
        if token.text != "#" or position >= len(body):
            produced.append(_at(token, whole))
            continue
        latest = _insert(body[position].text, arguments, latest, whole, produced)
        position += 1
        if len(produced) > MOST_TOKENS:
            raise _Malformed(f"the macro {macro.name} expands without end", call)
    return produced


def _at(token: Token, place: Token) -> Token:
    return Token(token.kind, token.text, place.start, place.end)


def _insert(mark: str, arguments: list[list[Token]], latest: int, whole: Token, produced: list[Token]) -> int:
    """Put the argument that ``#n`` names (``#12`` is ``#1`` and a 2, as in TeX); the latest argument so far."""
    place = int(mark[0]) - 1 if mark[:1].isdigit() else -1
    if not 0 <= place < len(arguments):
        raise _Malformed(f"the macro {whole.text} uses an argument that it does not take", whole)
    argument = arguments[place]
    produced.extend(argument if place > latest else [_at(token, whole) for token in argument])
    if len(mark) > 1:
        produced.append(Token("number", mark[1:], whole.start, whole.end))
    return max(place, latest)


def _argument(macro: Macro, call: Token, stack: list[Token], place: int) -> tuple[list[Token], int]:
    """The tokens of an argument, and where it ends."""
    if place == 0 and macro.default is not None:
        if not stack or stack[-1].text != "[":
            return [_at(token, call) for token in macro.default], call.end
        stack.pop()
        return _until(stack, "]", call)
    if not stack or stack[-1].kind == "end":
        raise _Malformed(f"the macro {call.text} needs {macro.arity} arguments", call)
    first = stack.pop()
    return _until(stack, "}", call) if first.text == "{" else _single(first, stack)


def _single(first: Token, stack: list[Token]) -> tuple[list[Token], int]:
    if first.kind != "number" or len(first.text) == 1 or "." in first.text:
        return [first], first.end
    stack.append(Token("number", first.text[1:], first.start + 1, first.end))
    return [Token("number", first.text[0], first.start, first.start + 1)], first.start + 1


def _until(stack: list[Token], closer: str, call: Token) -> tuple[list[Token], int]:
    taken: list[Token] = []
    depth = 0
    while stack and stack[-1].kind != "end":
        token = stack.pop()
        if token.text == closer and depth == 0:
            return taken, token.end
        depth += (token.text == "{") - (token.text == "}")
        taken.append(token)
    raise _Malformed(f"expected {closer!r} after the argument of {call.text}", call)
