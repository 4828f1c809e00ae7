"""Tokens: a LaTeX formula cut into the smallest pieces that mean something.

Two passes, both linear. :func:`tokenize` cuts; :func:`settle` runs after macros were expanded: it drops spacing and
sizes, and joins ``\\left``/``\\right`` with their delimiter, so that the parser sees ``open``/``close`` tokens.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from engine.span import Problem, Span

Kind = Literal["number", "letter", "command", "symbol", "open", "close", "end"]


class Token(NamedTuple):
    """A piece ``text`` of the source, and its place ``[start, end)``.

    ``open`` and ``close`` are delimiters whose side is known from ``\\left``, ``\\bigr``, ``\\lvert`` and the like.
    """

    kind: Kind
    text: str
    start: int
    end: int


_PIECE = re.compile(
    r"(?P<skip>\s+|%[^\n]*)"
    r"|(?P<number>\d{1,3}(?:(?:\{,\}|\\,)\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"|(?P<command>\\(?:(?:operatorname|DeclareMathOperator|(?:re)?newcommand|providecommand)\*|[A-Za-z]+|.))"
    r"|(?P<letter>[A-Za-z])"
    r"|(?P<symbol>[-+*/^_{}()\[\]=<>|!',;:.&~#])",
    re.DOTALL,
)

# What people type instead of a command: one character, one command or symbol.
UNICODE = {
    "α": r"\alpha", "β": r"\beta", "γ": r"\gamma", "δ": r"\delta", "ε": r"\varepsilon", "ϵ": r"\epsilon",
    "ζ": r"\zeta", "η": r"\eta", "θ": r"\theta", "κ": r"\kappa", "λ": r"\lambda", "μ": r"\mu", "µ": r"\mu",
    "ν": r"\nu", "ξ": r"\xi", "π": r"\pi", "ρ": r"\rho", "σ": r"\sigma", "τ": r"\tau", "φ": r"\varphi",
    "ϕ": r"\phi", "χ": r"\chi", "ψ": r"\psi", "ω": r"\omega", "Γ": r"\Gamma", "Δ": r"\Delta", "Θ": r"\Theta",
    "Λ": r"\Lambda", "Σ": r"\Sigma", "Φ": r"\Phi", "Ψ": r"\Psi", "Ω": r"\Omega", "ℓ": r"\ell", "∂": r"\partial",
    "∇": r"\nabla", "∑": r"\sum", "∏": r"\prod", "∫": r"\int", "∞": r"\infty", "≤": r"\le", "≥": r"\ge",
    "≠": r"\ne", "≈": r"\approx", "·": r"\cdot", "×": r"\times", "−": "-", "√": r"\sqrt", "⊤": r"\top",
}  # fmt: skip

SPACING = frozenset(
    r"\, \; \: \! \> \quad \qquad \displaystyle \textstyle \scriptstyle \limits \nolimits \nonumber \notag \medspace"
    r" \thinspace \thickspace \negthinspace \big \Big \bigg \Bigg \middle ~ \hfill \allowbreak".split()
) | {"\\ ", "\\\n", "\\\t"}

_LEFT = frozenset(r"\left \bigl \Bigl \biggl \Biggl".split())
_RIGHT = frozenset(r"\right \bigr \Bigr \biggr \Biggr".split())

# Delimiters by one name each, and the side on which those stand that have one.
DELIMITERS = {
    "(": "(", ")": ")", "[": "[", "]": "]", r"\lbrack": "[", r"\rbrack": "]", r"\{": r"\{", r"\}": r"\}",
    r"\lbrace": r"\{", r"\rbrace": r"\}", "|": "|", r"\vert": "|", r"\lvert": "|", r"\rvert": "|",
    r"\|": r"\|", r"\Vert": r"\|", r"\lVert": r"\|", r"\rVert": r"\|", r"\lfloor": r"\lfloor",
    r"\rfloor": r"\rfloor", r"\lceil": r"\lceil", r"\rceil": r"\rceil", r"\langle": r"\langle",
    r"\rangle": r"\rangle", "<": r"\langle", ">": r"\rangle", ".": ".",
}  # fmt: skip
_SIDED: dict[str, Kind] = {r"\lvert": "open", r"\rvert": "close", r"\lVert": "open", r"\rVert": "close"}


def tokenize(text: str) -> list[Token] | Problem:
    """Cut ``text`` into tokens; the last one is the ``end``.

    >>> [token.text for token in tokenize(r"\\frac12 x_i")]
    ['\\\\frac', '12', 'x', '_', 'i', '']
    """
    tokens: list[Token] = []
    position, size, match = 0, len(text), _PIECE.match
    while position < size:
        found = match(text, position)
        if found is None:
            piece = _foreign(text, position)
            if isinstance(piece, Problem):
                return piece
            tokens.append(piece)
            position += 1
            continue
        kind = found.lastgroup
        if kind != "skip":
            tokens.append(Token(kind, _plain(kind, found.group()), position, found.end()))  # type: ignore[arg-type]
        position = found.end()
    tokens.append(Token("end", "", size, size))
    return tokens


def _plain(kind: str | None, piece: str) -> str:
    return piece.replace("{,}", "").replace("\\,", "") if kind == "number" else piece


def _foreign(text: str, position: int) -> Token | Problem:
    meant = UNICODE.get(text[position])
    if meant is None:
        return Problem(f"unexpected character {text[position]!r}", Span(position, position + 1), text)
    return Token("command" if meant[0] == "\\" else "symbol", meant, position, position + 1)


def settle(tokens: list[Token], text: str) -> list[Token] | Problem:
    """Drop spacing and sizes, give delimiters their side, and drop alignment marks outside environments."""
    settled: list[Token] = []
    environments, position = 0, 0
    while position < len(tokens):
        token = tokens[position]
        position += 1
        name = token.text
        if name in _LEFT or name in _RIGHT:
            while tokens[position].text in SPACING:
                position += 1
            joined = _join(token, tokens[position], text)
            if isinstance(joined, Problem):
                return joined
            settled.append(joined)
            position += 1
            continue
        environments += (name == r"\begin") - (name == r"\end")
        if name in SPACING or (environments <= 0 and name in ("&", "\\\\")):
            continue
        settled.append(_sided(token))
    return settled


def _join(size: Token, delimiter: Token, text: str) -> Token | Problem:
    name = DELIMITERS.get(delimiter.text)
    if name is None:
        return Problem(f"expected a delimiter after {size.text}", Span(delimiter.start, delimiter.end), text)
    return Token("open" if size.text in _LEFT else "close", name, size.start, max(size.end, delimiter.end))


def _sided(token: Token) -> Token:
    if token.kind != "command":
        return token
    side = _SIDED.get(token.text)
    if side is not None:
        return Token(side, DELIMITERS[token.text], token.start, token.end)
    name = DELIMITERS.get(token.text)
    return token if name is None else Token("symbol", name, token.start, token.end)
