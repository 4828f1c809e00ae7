"""Tokens: a LaTeX formula cut into the smallest pieces that mean something.

Two passes, both linear. :func:`tokenize` cuts; :func:`settle` runs after macros were expanded: it drops spacing, sizes,
labels and colours, lets alignment environments vanish, tells words from names, and joins ``\\left``/``\\right`` with
their delimiter, so that the parser sees ``open``/``close`` tokens. What a bare bar is, :mod:`engine.reading.bar` says.
"""

from __future__ import annotations

import re
from typing import Final, Literal

from engine.reading.record import record
from engine.span import Problem, Span

Kind = Literal["number", "letter", "command", "symbol", "text", "name", "word", "open", "close", "bar", "end"]


@record
class Token:
    """A piece ``text`` of the source, and its place ``[start, end)``.

    ``open`` and ``close`` are delimiters whose side is known from ``\\left``, ``\\bigr``, ``\\lvert`` and the like; a
    ``bar`` evaluates what stands before it. A ``text`` is ``\\text{...}`` whole; settled, it is a ``name`` (``MLE``) or
    a ``word`` that joins or explains (``if``).
    """

    kind: Kind
    text: str
    start: int
    end: int


TEXT_COMMANDS: Final = "textrm|textnormal|textup|textit|textsf|texttt|textsc|text|mbox|hbox|emph"

# Every quantifier that could be re-tried is possessive, so that no text makes the search quadratic. There are no groups
# to capture: the pieces cover the text, and the first letters of each say what it is.
_WORDS: Final = rf"|\\(?:{TEXT_COMMANDS})\s*+\{{(?:[^{{}}#\\]++|\\.|\{{(?:[^{{}}#\\]++|\\.)*+\}})*+\}}"
_GROUP: Final = r"\{(?:[^{}\\]++|\\.|\{(?:[^{}\\]++|\\.|\{(?:[^{}\\]++|\\.|\{(?:[^{}\\]++|\\.)*+\})*+\})*+\})*+\}"
_NOTES: Final = rf"|\\(?:tag\*?|label|footnote|intertext)\s*+{_GROUP}"
# The most frequent pieces come first.
_PLAIN: Final = r"[A-Za-z]|[-+*/^_{}()\[\]=<>|!',;:&~#?]|[\s\u200b\u2060\ufeff]+|%[^\n]*"
_REST: Final = (
    r"|\\\\(?:\*|\s*\[\s*-?[\d.]+\s*[a-z]{2}\s*\])*"
    r"|\\(?:(?:operatorname|DeclareMathOperator|(?:re)?newcommand|providecommand|[hv]space|tag)\*|[A-Za-z]+|.)"
    r"|\d{1,3}(?:(?:\{,\}|\\,)\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|(?<![\w})\].])\.\d+|\.\.\.|."
)
_PIECE = re.compile(_PLAIN + _REST, re.DOTALL)
_PIECE_OR_WORDS = re.compile(_PLAIN + _WORDS + _NOTES + _REST, re.DOTALL)
_CHARACTERS: Final[dict[str, Kind]] = {
    **dict.fromkeys("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "letter"),
    **dict.fromkeys("-+*/^_{}()[]=<>|!',;:&~#?.", "symbol"),
    **dict.fromkeys("0123456789", "number"),
}

# What people type instead of a command: one character, and what it stands for.
UNICODE = {
    "α": r"\alpha", "β": r"\beta", "γ": r"\gamma", "δ": r"\delta", "ε": r"\varepsilon", "ϵ": r"\epsilon",
    "ζ": r"\zeta", "η": r"\eta", "θ": r"\theta", "κ": r"\kappa", "λ": r"\lambda", "μ": r"\mu", "µ": r"\mu",
    "ν": r"\nu", "ξ": r"\xi", "π": r"\pi", "ρ": r"\rho", "σ": r"\sigma", "τ": r"\tau", "φ": r"\varphi",
    "ϕ": r"\phi", "χ": r"\chi", "ψ": r"\psi", "ω": r"\omega", "Γ": r"\Gamma", "Δ": r"\Delta", "Θ": r"\Theta",
    "Λ": r"\Lambda", "Σ": r"\Sigma", "Φ": r"\Phi", "Ψ": r"\Psi", "Ω": r"\Omega", "ℓ": r"\ell", "∂": r"\partial",
    "∇": r"\nabla", "∑": r"\sum", "∏": r"\prod", "∫": r"\int", "∞": r"\infty", "≤": r"\le", "≥": r"\ge",
    "≠": r"\ne", "≈": r"\approx", "·": r"\cdot", "×": r"\times", "−": "-", "–": "-", "√": r"\sqrt", "⊤": r"\top",
    "≡": r"\equiv", "∈": r"\in", "∉": r"\notin", "∝": r"\propto", "∼": r"\sim", "→": r"\to", "⇒": r"\Rightarrow",
    "⇔": r"\iff", "∀": r"\forall", "∃": r"\exists", "∧": r"\wedge", "∨": r"\vee", "∪": r"\cup", "∩": r"\cap",
    "⊂": r"\subset", "⊆": r"\subseteq", "⊗": r"\otimes", "⊕": r"\oplus", "⊙": r"\odot", "∘": r"\circ",
    "±": r"\pm", "′": "'", "’": "'", "″": "''", "…": r"\ldots", "⋯": r"\cdots", "²": "^2", "³": "^3", "⁻": "^-",
    "∣": r"\mid", "‖": r"\|", "⟨": r"\langle", "⟩": r"\rangle", "ϑ": r"\vartheta", "ι": r"\iota", "υ": r"\upsilon",
    "Π": r"\Pi", "Ξ": r"\Xi",
}  # fmt: skip

SPACING = frozenset(
    r"\, \; \: \! \> \quad \qquad \displaystyle \textstyle \scriptstyle \scriptscriptstyle \limits \nolimits \nonumber"
    r" \notag \medspace \thinspace \thickspace \negthinspace \negmedspace \negthickspace \enspace \enskip \space \big"
    r" \Big \bigg \Bigg ~ \hfill \hfil \allowbreak \displaylimits".split()
) | {"\\ ", "\\\n", "\\\t"}

_SIZES: Final = frozenset(r"\big \Big \bigg \Bigg".split())

# Commands that leave their argument as it is, or say something to the page only.
_IGNORED: Final = SPACING | frozenset(
    r"\nobreak \break \strut \mathstrut \null \relax \protect \noindent \centering \hline \ensuremath \mathrel \mathbin"
    r" \mathord \mathopen \mathclose \mathpunct \mathinner \boxed \cancel \bcancel \xcancel \smash \adjustlimits"
    r" \checkmark \unboldmath \normalsize \small \footnotesize \tiny \large \Large \/ \qedhere \protect".split()
)

# What is dropped together with so many braced arguments.
_DROPPED: Final = {
    r"\label": 1, r"\tag": 1, r"\tag*": 1, r"\hspace": 1, r"\hspace*": 1, r"\vspace": 1, r"\vspace*": 1, r"\phantom": 1,
    r"\hphantom": 1, r"\vphantom": 1, r"\color": 1, r"\textcolor": 1, r"\rule": 2, r"\footnote": 1, r"\colorbox": 1,
}  # fmt: skip
_KERNS: Final = frozenset(r"\kern \mkern \mskip \hskip \vskip".split())

_LEFT = frozenset(r"\left \bigl \Bigl \biggl \Biggl".split())
_RIGHT = frozenset(r"\right \bigr \Bigr \biggr \Biggr".split())
_MIDDLE = frozenset(r"\middle \bigm \Bigm \biggm \Biggm".split())

# Environments that arrange rows and mean nothing; the others are read.
ALIGNED: Final = frozenset(
    "aligned align align* alignedat alignat alignat* split gather gather* gathered equation equation* multline"
    " multline* eqnarray eqnarray* flalign flalign* displaymath math".split()
)

# Delimiters by one name each, and the side on which those stand that have one.
DELIMITERS = {
    "(": "(", ")": ")", "[": "[", "]": "]", r"\lbrack": "[", r"\rbrack": "]", r"\{": r"\{", r"\}": r"\}",
    r"\lbrace": r"\{", r"\rbrace": r"\}", "|": "|", r"\vert": "|", r"\lvert": "|", r"\rvert": "|",
    r"\|": r"\|", r"\Vert": r"\|", r"\lVert": r"\|", r"\rVert": r"\|", r"\lfloor": r"\lfloor",
    r"\rfloor": r"\rfloor", r"\lceil": r"\lceil", r"\rceil": r"\rceil", r"\langle": r"\langle",
    r"\rangle": r"\rangle", "<": r"\langle", ">": r"\rangle", ".": ".", r"\mid": "|", "/": "/",
}  # fmt: skip
_JOINED: Final = _LEFT | _RIGHT | _MIDDLE
_SIDED: dict[str, Kind] = {r"\lvert": "open", r"\rvert": "close", r"\lVert": "open", r"\rVert": "close"}
_PLAIN_DELIMITERS: Final = {key: name for key, name in DELIMITERS.items() if key not in _SIDED and key not in "<>./"}
_PLAIN_DELIMITERS.pop(r"\mid")

# Few of the tokens of a text are among these, or words; the others stay as they are.
_SETTLED_BY_A_RULE: Final = frozenset(
    (*_IGNORED, *_JOINED, *_DROPPED, *_KERNS, *filter(re.compile(r"\\").match, DELIMITERS), "}", "&", "\\\\")
) | {r"\begin", r"\end"}

# Words that join formulas rather than name something.
_JOINING: Final = frozenset(
    "if for where when whenever and or with otherwise else such s.t. st subject as since because iff then that is are"
    " by so hence thus therefore but unless given on in from all some every each to of the not elsewhere while".split()
)
_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 \-/'&.]|\\[ ,;&_])*")
_BEFORE_OPERAND: Final = frozenset("( [ { _ ^ , ; : = < > + - * / | & !".split()) | {
    "\\" + name
    for name in (
        "{ | \\ lfloor lceil langle le leq ge geq ne neq approx equiv in notin propto sim to rightarrow Rightarrow iff"
        " cdot times div pm mp mid frac tfrac dfrac sqrt begin leqslant geqslant lt gt subset subseteq cup cap otimes"
        " odot circ oplus wedge vee land lor setminus implies Leftrightarrow simeq cong mapsto forall exists not"
    ).split()
}


def tokenize(text: str, whole_words: bool = False) -> list[Token] | Problem:
    """Cut ``text`` into tokens; the last one is the ``end``. With ``whole_words``, ``\\text{...}`` is one token.

    >>> [token.text for token in tokenize(r"\\frac12 x_i")]
    ['\\\\frac', '12', 'x', '_', 'i', '']
    """
    tokens: list[Token] = []
    end = 0
    for piece in (_PIECE_OR_WORDS if whole_words else _PIECE).findall(text):
        start, end = end, end + len(piece)
        kind = _CHARACTERS.get(piece)
        if kind is not None:
            tokens.append(Token(kind, piece, start, end))
        elif piece == " ":
            continue
        elif piece[0] == "\\" and piece[-1].isalpha():
            tokens.append(Token("command", piece, start, end))
        elif (found := _rarer(piece, start, end)) is not None:
            tokens += found
        else:
            hint = "; write the formula alone, without $ around it" if piece == "$" else ""
            return Problem(f"unexpected character {piece!r}{hint}", Span(start, end), text)
    tokens.append(Token("end", "", len(text), len(text)))
    return tokens


def _rarer(piece: str, start: int, end: int) -> list[Token] | None:
    """The tokens of a piece that is no single character and no command of letters; ``None`` where nothing means it."""
    first = piece[0]
    if first == "\\" and len(piece) > 1:
        return _with_backslash(piece, start, end)
    if piece == "...":
        return [Token("command", r"\ldots", start, end)]
    if first.isdecimal() or first == ".":
        return [Token("number", piece.replace("{,}", "").replace("\\,", ""), start, end)]
    if first == "%" or first.isspace() or first in "\u200b\u2060\ufeff":
        return []
    return _meant(UNICODE[piece], start) if piece in UNICODE else None


def _with_backslash(piece: str, start: int, end: int) -> list[Token]:
    if piece[-1] == "}" and len(piece) > 2:
        note = piece.startswith((r"\tag", r"\label", r"\footnote", r"\intertext"))
        return [] if note else [Token("text", piece, start, end)]
    return [Token("command", "\\\\" if piece[1] == "\\" else piece, start, end)]


def _meant(meant: str, position: int) -> list[Token]:
    """The tokens that one character stands for: a command, or single characters."""
    if meant[0] == "\\":
        return [Token("command", meant, position, position + 1)]
    return [Token("number" if c.isdigit() else "symbol", c, position, position + 1) for c in meant]


def settle(tokens: list[Token], text: str) -> list[Token] | Problem:
    """Drop what means nothing, give delimiters their side, tell words from names."""
    settled: list[Token] = []
    rows: list[bool] = []  # for each open environment: do & and \\ belong to it?
    position, size = 0, len(tokens)
    while position < size:
        token = tokens[position]
        position += 1
        name = token.text
        if name not in _SETTLED_BY_A_RULE and token.kind != "text":
            settled.append(token)
        elif name == "}":
            if settled and settled[-1].text == "{" and _empty(settled, tokens, position):
                settled.pop()
            else:
                settled.append(token)
        elif name in _IGNORED:
            if name in _SIZES and tokens[position].text == "{" and _braced_one(tokens, position):
                settled.append(_sided(tokens[position + 1]))  # \Big{(}
                position += 3
        elif name in _JOINED:
            while tokens[position].text in SPACING:
                position += 1
            joined = _join(token, tokens[position], text)
            if isinstance(joined, Problem):
                return joined
            settled.append(joined)
            position += 1
        elif name in (r"\begin", r"\end"):
            position = _environment(token, tokens, position, rows, settled)
        elif name in _DROPPED:
            position = _after_groups(tokens, position, _DROPPED[name])
        elif name in _KERNS:
            position = _after_length(tokens, position)
        elif token.kind == "text":
            settled.append(_worded(token, settled, tokens, position))
        elif name != "&" and name != "\\\\":
            settled.append(_sided(token))
        elif (rows and rows[-1]) or (name != "&" and _breaks(settled, tokens, position)):
            settled.append(token)
    return settled


def _braced_one(tokens: list[Token], position: int) -> bool:
    """Whether the brace at ``position`` holds one delimiter and nothing else."""
    inside = tokens[position + 1 : position + 3]
    return len(inside) == 2 and inside[1].text == "}" and inside[0].text in DELIMITERS


def _empty(settled: list[Token], tokens: list[Token], position: int) -> bool:
    """Whether the brace at hand closes an empty group that means nothing: ``a \\vert{} b``."""
    if len(settled) < 2 or settled[-1].text != "{" or settled[-1].kind != "symbol":
        return False
    before, after = settled[-2], tokens[position].text
    if after in ("_", "^", "'") or before.text in ("_", "^", "{", "}", "]"):
        return False
    return before.kind != "command" or before.text in _AFTER_EMPTY


_AFTER_EMPTY: Final = frozenset(r"\mid \cdot \times \ldots \cdots \dots \alpha \beta \theta \lambda \mu \sigma".split())


def _environment(token: Token, tokens: list[Token], position: int, rows: list[bool], settled: list[Token]) -> int:
    """Note which environment opens or closes here; one that only arranges rows vanishes."""
    end, name = position, ""
    if tokens[end].text == "{":
        end += 1
        while tokens[end].kind in ("letter", "symbol") and tokens[end].text not in ("}", "{"):
            name += tokens[end].text
            end += 1
        end += tokens[end].text == "}"
    aligned = name in ALIGNED
    if token.text == r"\begin":
        rows.append(not aligned)
    elif rows:
        rows.pop()
    if not aligned:
        settled.append(token)
        return position
    if token.text == r"\begin" and "alignat" in name.replace("edat", "at"):
        end = _after_groups(tokens, end, 1)
    if token.text == r"\begin" and tokens[end].text == "[" and tokens[min(end + 2, len(tokens) - 1)].text == "]":
        end += 3
    return end


def _breaks(settled: list[Token], tokens: list[Token], position: int) -> bool:
    """Whether a new row starts something new: the formula does not plainly go on over the end of the row."""
    while tokens[position].text == "&" or tokens[position].text in _IGNORED:
        position += 1
    if tokens[position].kind == "end" or tokens[position].text == r"\end" or not settled:
        return False
    after = tokens[position]
    goes_on = after.text in _GOES_ON and after.kind != "text"
    return not goes_on and not (settled[-1].text in _BEFORE_OPERAND and settled[-1].kind != "close")


_GOES_ON: Final = frozenset("= < > + - * / ) ] } , \\\\".split()) | {
    "\\" + name
    for name in (
        "le leq ge geq ne neq approx equiv propto sim to rightarrow Rightarrow iff cdot times div pm mp mid right } in"
        " leqslant geqslant lt gt otimes odot circ oplus stackrel overset underset coloneqq implies simeq bigr Bigr"
    ).split()
}


def _after_groups(tokens: list[Token], position: int, count: int) -> int:
    """The place after ``count`` braced groups (or single tokens)."""
    for _ in range(count):
        depth = 0
        while tokens[position].kind != "end":
            depth += (tokens[position].text == "{") - (tokens[position].text == "}")
            position += 1
            if depth <= 0:
                break
    return position


def _after_length(tokens: list[Token], position: int) -> int:
    """The place after a length such as ``-0.5em``."""
    position += tokens[position].text == "-"
    position += tokens[position].kind == "number"
    for _ in range(2):
        position += tokens[position].kind == "letter"
    return position


def _join(size: Token, delimiter: Token, text: str) -> Token | Problem:
    name = DELIMITERS.get(delimiter.text)
    if name is None or delimiter.kind == "end":
        return Problem(f"expected a delimiter after {size.text}", Span(delimiter.start, delimiter.end), text)
    end = max(size.end, delimiter.end)
    if size.text in _MIDDLE or name == "/":
        middle = {"|": r"\mid", r"\|": r"\parallel"}.get(name, name)
        return Token("symbol", middle, size.start, end)
    return Token("open" if size.text in _LEFT else "close", name, size.start, end)


def _sided(token: Token) -> Token:
    side = _SIDED.get(token.text)
    if side is not None:
        return Token(side, DELIMITERS[token.text], token.start, token.end)
    name = _PLAIN_DELIMITERS.get(token.text)
    return token if name is None else Token("symbol", name, token.start, token.end)


def _worded(token: Token, settled: list[Token], tokens: list[Token], position: int) -> Token:
    r"""A name such as ``\text{MLE}``, or words that join or explain formulas, such as ``\text{ if }``."""
    inside = token.text[token.text.index("{") + 1 : -1]
    bare = " ".join(inside.replace("~", " ").replace("\\ ", " ").replace("\\,", " ").split())
    before, after = settled[-1] if settled else None, tokens[position]
    first = before is not None and before.text == "{" and len(settled) > 1 and inside == bare
    in_script = before is not None and (before.text in ("_", "^") or (first and settled[-2].text in ("_", "^")))
    in_braces = before is not None and before.text == "{" and after.text == "}"
    if not bare:
        return Token("word", "", token.start, token.end)
    if _NAME.fullmatch(bare) and (in_script or in_braces or _is_name(inside, bare, before, after)):
        return Token("name", bare.removesuffix("."), token.start, token.end)
    return Token("word", bare, token.start, token.end)


def _is_name(inside: str, bare: str, before: Token | None, after: Token) -> bool:
    if bare.split()[0].lower().rstrip(".,") in _JOINING or bare.lower() in ("s.t.", "i.e.", "e.g."):
        return False
    if not inside[0].isspace() and not inside[-1].isspace() and not bare.endswith("."):
        return True
    operand_before = before is not None and before.kind != "open" and before.text not in _BEFORE_OPERAND
    return after.text in ("(", "[", "_", "^", r"\left") or (not operand_before and " " not in bare)
