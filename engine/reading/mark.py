"""Marks: a formula seen from above, with everything inside brackets, braces and matrices taken as one piece of ink.

:func:`marks` walks once over the tokens. What stands inside ``{..}``, ``\\left( .. \\right)``, ``( .. )``, a matrix or
``\\text{..}`` is a single mark, so that relations in there separate nothing. Layouts (``align``, ``split``) are
transparent: their ``&`` and ``\\\\`` are marks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from engine.reading.environment import LAYOUTS, WITH_ARGUMENT
from engine.reading.macro import Macro, expand
from engine.reading.token import UNICODE, Token, tokenize
from engine.span import Problem

Kind = Literal[
    "ink", "operator", "relation", "connective", "align", "row", "comma", "stop", "colon", "quad", "words", "logic",
    "exists", "gap", "label", "tag", "note",
]  # fmt: skip


class Mark(NamedTuple):
    """A piece of the formula at its top level. ``text`` is the canonical sign, the words, or the name of the
    environment that a row ends in; ``note`` is what stands above or below a relation."""

    kind: Kind
    text: str
    start: int
    end: int
    note: str = ""


# Relations as they are typed, and one sign for each.
SIGNS: Final = {
    "=": "=", r"\ne": "≠", r"\neq": "≠", "<": "<", r"\lt": "<", ">": ">", r"\gt": ">", r"\le": "≤", r"\leq": "≤",
    r"\leqslant": "≤", r"\leqq": "≤", r"\ge": "≥", r"\geq": "≥", r"\geqslant": "≥", r"\geqq": "≥", r"\approx": "≈",
    r"\approxeq": "≈", r"\equiv": "≡", r"\coloneqq": ":=", r"\coloneq": ":=", r"\triangleq": ":=", r"\eqqcolon": "=:",
    r"\in": "∈", r"\notin": "∉", r"\ni": "∋", r"\propto": "∝", r"\sim": "∼", r"\to": "→", r"\rightarrow": "→",
    r"\longrightarrow": "→", r"\mapsto": "↦", r"\longmapsto": "↦", r"\simeq": "≃", r"\cong": "≅", r"\ll": "≪",
    r"\gg": "≫", r"\subset": "⊂", r"\subseteq": "⊆", r"\supset": "⊃", r"\supseteq": "⊇", r"\succ": "≻",
    r"\succeq": "⪰", r"\prec": "≺", r"\preceq": "⪯", r"\succcurlyeq": "⪰", r"\preccurlyeq": "⪯", r"\doteq": ":=",
    r"\lesssim": "≲", r"\gtrsim": "≳", r"\asymp": "≍", r"\xrightarrow": "→", r"\leftarrow": "←", r"\gets": "←",
    r"\nsim": "≁", r"\nleq": "≰", r"\ngeq": "≱", r"\perp": "⊥", r"\indep": "⊥", r"\models": "⊨", r"\lneq": "<",
}  # fmt: skip
_PAIRS: Final = {(":", "="): ":=", ("=", ":"): "=:", ("<", "="): "≤", (">", "="): "≥", ("=", "="): "="}
_NEGATED: Final = {"=": "≠", "∈": "∉", "∼": "≁", "≤": "≰", "≥": "≱", "⊂": "⊄", "⊆": "⊈", "≈": "≉", "≡": "≢"}

CONNECTIVES: Final = {
    r"\Rightarrow": "⇒", r"\implies": "⇒", r"\Longrightarrow": "⇒", r"\therefore": "⇒", r"\leadsto": "⇒",
    r"\rightsquigarrow": "⇒", r"\Leftarrow": "⇐", r"\impliedby": "⇐", r"\Longleftarrow": "⇐", r"\because": "⇐",
    r"\iff": "⇔", r"\Leftrightarrow": "⇔", r"\Longleftrightarrow": "⇔", r"\leftrightarrow": "⇔",
}  # fmt: skip
_LOGIC: Final = {r"\wedge": "∧", r"\land": "∧", r"\vee": "∨", r"\lor": "∨"}
_OPERATORS: Final = frozenset(
    r"+ - * / \cdot \times \pm \mp \div \otimes \odot \oplus \circ \ast \star \cup \cap \bullet \setminus".split()
)
_SPACES: Final = frozenset(
    r"\, \; \: \! \> ~ \medspace \thinspace \thickspace \negthinspace \negmedspace \space \limits \displaystyle".split()
) | {"\\ ", "\\\n", "\\\t"}
_QUADS: Final = frozenset(r"\quad \qquad \hspace \hskip \hspace* \enspace \enskip \mspace".split())
_TEXTS: Final = frozenset(
    r"\text \mbox \textrm \textit \textbf \textnormal \hbox \textsf \texttt \textsc \textup \emph \intertext"
    r" \shortintertext".split()
)
_OVER: Final = frozenset(r"\overset \underset \stackrel \overbrace \underbrace".split())
_WRAPPERS: Final = frozenset(r"\mathrel \mathop \mathbin \ensuremath \mathclose \mathopen".split())
_DROPPED: Final = frozenset(
    r"\vdots \nonumber \notag \checkmark \square \blacksquare \qed \qedhere \Box \hfill \hfil \displaystyle \allowbreak"
    r" \allowdisplaybreaks \hline \noindent \centering \break \pause \limits \strut \mathstrut".split()
)
_DROPPED_WITH_ARGUMENT: Final = frozenset(
    r"\phantom \hphantom \vphantom \vdotswithin \shortvdotswithin \vspace \color \ref \eqref \cite \footnote \noalign"
    r" \hspace \hspace* \mspace".split()
)
_OPENERS: Final = {
    "(": "r", "[": "r", r"\{": "c", r"\lbrace": "c", r"\lbrack": "r", r"\langle": "a", r"\lfloor": "f",
    r"\lceil": "f", r"\lvert": "b", r"\lVert": "n",
}  # fmt: skip
_CLOSERS: Final = {
    ")": "r", "]": "r", r"\}": "c", r"\rbrace": "c", r"\rbrack": "r", r"\rangle": "a", r"\rfloor": "f",
    r"\rceil": "f", r"\rvert": "b", r"\rVert": "n",
}  # fmt: skip
_WEAK: Final = frozenset(_OPENERS.values())
_DIMENSION: Final = re.compile(r"\[\s*[-+.\d]*\s*(?:pt|em|ex|cm|mm|in|mu|\\[A-Za-z]+)?\s*\]")
_FOREIGN: Final = re.compile(r"\\\Z|[^\x00-\x7f]|[`\"$@?\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# Tokens that macros may expand to while a formula is scanned.
_MOST_EXPANDED: Final = 20_000


def marks(latex: str, macros: Mapping[str, Macro] | None = None) -> list[Mark] | Problem:
    """The marks of a formula, in order; linear in its length.

    >>> [mark.text for mark in marks(r"p(x = 1) \\overset{!}{=} \\tfrac12") if mark.kind == "relation"]
    ['=']
    """
    tokens = tokenize(_FOREIGN.sub(_stand_in, latex))
    if isinstance(tokens, Problem):
        return Problem(tokens.message, tokens.span, latex)
    if macros:
        tokens = _with_layout_macros(tokens, dict(macros), latex)
    return _Scanner(latex, tokens).scan()


def _stand_in(found: re.Match[str]) -> str:
    """A letter for what no reader knows (it stands in words, mostly), so that places stay as they are."""
    return found.group() if found.group() in UNICODE else "x"


# Macros that change the layout: \li for \left, \bpmat for \begin{pmatrix}, \eqtext{..} for a relation.


def _with_layout_macros(tokens: list[Token], table: dict[str, Macro], latex: str) -> list[Token]:
    known: dict[str, list[Token] | None] = {}
    budget = _MOST_EXPANDED
    result: list[Token] = []
    position = 0
    while position < len(tokens):
        call = tokens[position]
        position += 1
        macro = table.get(call.text) if call.kind == "command" else None
        if macro is not None and call.text not in known:
            known[call.text], used = _layout_of(macro, table, latex, budget)
            budget -= used
        body = None if macro is None else known[call.text]
        if macro is None or body is None:
            result.append(call)
            continue
        end = _after_arguments(tokens, position, macro)
        last = max(tokens[end - 1].end, call.end)
        if len(body) == 1 and macro.arity == 1 and end > position:  # a relation with its argument above it
            result += [Token("command", r"\overset", call.start, call.end), *tokens[position:end]]
        result += [Token(part.kind, part.text, call.start, last) for part in body]
        position = end
    return result


def _layout_of(macro: Macro, table: dict[str, Macro], latex: str, budget: int) -> tuple[list[Token] | None, int]:
    """What the macro puts on the page without its arguments, where that changes the layout; and what it cost."""
    if budget <= 0:
        return None, 0
    call = [Token("command", macro.name, 0, 0)]
    for _ in range(macro.arity):
        call += [Token("symbol", "{", 0, 0), Token("symbol", "}", 0, 0)]
    produced = expand(call, table, latex)
    if isinstance(produced, Problem):
        return None, _MOST_EXPANDED
    bare = [part for part in produced if part.text not in _SPACES and part.text not in _WRAPPERS]
    counts = {name: sum(part.text == name for part in bare) for name in (r"\left", r"\right", r"\begin", r"\end")}
    unbalanced = counts[r"\left"] != counts[r"\right"] or counts[r"\begin"] != counts[r"\end"]
    rows = any(part.text in ("&", "\\\\") for part in bare) and not counts[r"\begin"]
    if unbalanced or rows:
        return bare, len(produced)
    sign = _only_sign(bare)
    return ([sign] if sign is not None else None), len(produced)


def _only_sign(bare: list[Token]) -> Token | None:
    """The one relation or connective of a macro that is nothing else, such as a relation with words above."""
    over = {r"\stackrel", r"\overset", r"\underset", r"\buildrel", r"\over", r"\mathrm", r"\text", r"\not", "{", "}"}
    signs = [part for part in bare if part.text in SIGNS or part.text in CONNECTIVES]
    annotated = any(part.text in (r"\stackrel", r"\overset", r"\underset", r"\buildrel") for part in bare)
    if len(signs) != 1 or any(part.text == r"\not" for part in bare):
        return None
    others = [part for part in bare if part is not signs[0] and part.text not in over and part.kind != "text"]
    return signs[0] if annotated or not others else None


def _after_arguments(tokens: list[Token], position: int, macro: Macro) -> int:
    """The position after the arguments of a call; a call that is cut short takes what there is."""
    wanted = macro.arity
    if macro.default is not None and tokens[position].text == "[":
        while tokens[position].kind != "end" and tokens[position].text != "]":
            position += 1
        position += tokens[position].kind != "end"
        wanted -= 1
    for _ in range(wanted):
        depth = 0
        while tokens[position].kind != "end":
            depth += (tokens[position].text == "{") - (tokens[position].text == "}")
            position += 1
            if depth <= 0:
                break
    return position


class _Scanner:
    """One walk over the tokens. ``match`` gives the closing token of every opening one that has a partner."""

    __slots__ = ("latex", "tokens", "match", "found", "layouts", "closing")

    def __init__(self, latex: str, tokens: list[Token]) -> None:
        self.latex = latex
        self.tokens = tokens
        self.match = _partners(tokens, latex)
        self.found: list[Mark] = []
        self.layouts: list[str] = []
        self.closing: set[int] = set()  # braces that end a transparent group

    def scan(self) -> list[Mark]:
        position = 0
        while self.tokens[position].kind != "end":
            position = self.step(position)
        return self.found

    def put(self, kind: Kind, text: str, first: int, last: int, note: str = "") -> int:
        """A mark over the tokens ``first`` to ``last``; the position after them."""
        tokens = self.tokens
        self.found.append(Mark(kind, text, tokens[first].start, max(tokens[last].end, tokens[first].end), note))
        return last + 1

    def step(self, at: int) -> int:
        token = self.tokens[at]
        text = token.text
        if token.kind == "text":
            return self.put("words", text[text.index("{") + 1 : -1], at, at)
        for rule in (self.sign, self.layout, self.words):
            after = rule(at, text)
            if after:
                return after
        if text in ("_", "^"):
            return self.script(at)
        if text == r"\left" or text in _OPENERS or text == "{":
            return self.bracket(at)
        return self.plain(at, text)

    # -- relations and what joins statements

    def sign(self, at: int, text: str) -> int:
        if text == r"\not":
            return self.negated(at)
        if text in _OVER or text in _WRAPPERS or text == "{":
            return self.annotated(at)
        sign, last = self.relation_at(at)
        if sign and text == r"\xrightarrow":
            note, last = self.argument(at + 1)
            return self.put("relation", sign, at, last, note)
        if sign:
            return self.put("connective" if sign in "⇒⇐⇔" else "relation", sign, at, last)
        if text in _LOGIC:
            return self.put("logic", _LOGIC[text], at, at)
        return 0

    def relation_at(self, at: int) -> tuple[str, int]:
        """The canonical sign of the relation that starts here, and its last token; ``""`` where there is none."""
        token, after = self.tokens[at], self.tokens[min(at + 1, len(self.tokens) - 1)]
        text = token.text
        pair = _PAIRS.get((text, after.text))
        near = token.end == after.start or (text, after.text) == (":", "=")
        if pair is not None and near and not (pair == "=:" and self.tokens[at + 2].text == "="):
            return pair, at + 1
        if text == "=" and after.text == ">" and near:
            return "⇒", at + 1
        if text in (r"\colon", r"\vcentcolon") and after.text == "=":
            return ":=", at + 1
        return SIGNS.get(text) or CONNECTIVES.get(text) or "", at

    def negated(self, at: int) -> int:
        sign, last = self.relation_at(at + 1)
        if not sign:
            return self.put("ink", r"\not", at, at)
        return self.put("relation", _NEGATED.get(sign, "not " + sign), at, last)

    def annotated(self, at: int) -> int:
        """``\\overset{!}{=}``, ``\\mathrel{..}``, ``{\\buildrel d \\over =}``; 0 where no relation is inside."""
        sign, note, last = self.over(at, 0)
        if not sign:
            return 0
        if sign in "⇒⇐⇔":
            return self.put("connective", sign, at, last, note)
        return self.put("relation", _defining(sign, note), at, last, note)

    def over(self, at: int, depth: int) -> tuple[str, str, int]:
        """The relation that is all there is inside wrappers from ``at`` on, the note on it, and the last token."""
        at = min(at, len(self.tokens) - 1)
        text = self.tokens[at].text
        if depth > 8:
            return "", "", at
        if text in (r"\overset", r"\underset", r"\stackrel"):
            note, end = self.argument(at + 1)
            sign, more, last = self.over(end + 1, depth + 1)
            return sign, "; ".join(filter(None, (note, more))), last
        if text in _WRAPPERS or text in (r"\overbrace", r"\underbrace"):
            sign, note, last = self.over(at + 1, depth + 1)
            return (sign, *self.scripts_after(note, last)) if sign else (sign, note, last)
        if text == "{":
            return self.over_braces(at, depth)
        sign, last = self.relation_at(at)
        return sign, "", last

    def over_braces(self, at: int, depth: int) -> tuple[str, str, int]:
        end = self.match.get(at)
        if end is None:
            return "", "", at
        inside = self.past_space(at + 1)
        if self.tokens[inside].text == r"\buildrel":
            return self.buildrel(inside, end)
        sign, note, last = self.over(inside, depth + 1)
        if self.past_space(last + 1) == end and sign:
            return sign, note, end
        if [token.text for token in self.tokens[inside:end]] == [":"] and self.tokens[end + 1].text == "=":
            return ":=", "", end + 1
        return "", "", at

    def buildrel(self, at: int, end: int) -> tuple[str, str, int]:
        for place in range(at, min(end, at + 12)):
            if self.tokens[place].text == r"\over":
                sign, _ = self.relation_at(self.past_space(place + 1))
                return sign, self.latex[self.tokens[at].end : self.tokens[place].start].strip(), end
        return "", "", at

    def scripts_after(self, note: str, last: int) -> tuple[str, int]:
        """``\\mathop{=}\\limits^{d}``: scripts on a relation are notes."""
        notes = [note] if note else []
        while self.tokens[self.past_space(last + 1)].text in ("_", "^"):
            more, last = self.argument(self.past_space(last + 1) + 1)
            notes.append(more)
        return "; ".join(notes), last

    def past_space(self, at: int) -> int:
        """The next token that is not space; behind the last one stands the end."""
        at = min(at, len(self.tokens) - 1)
        while self.tokens[at].text in _SPACES:
            at += 1
        return at

    def argument(self, at: int) -> tuple[str, int]:
        """The text of the argument at this token, without its braces, and its last token."""
        at = min(at, len(self.tokens) - 1)
        if self.tokens[at].kind == "end":
            return "", at - 1
        if self.tokens[at].text != "{" or at not in self.match:
            return self.latex[self.tokens[at].start : self.tokens[at].end], at
        end = self.match[at]
        return self.latex[self.tokens[at].end : self.tokens[end].start].strip(), end

    # -- rows, cells and layouts

    def layout(self, at: int, text: str) -> int:
        if text == "&":
            return self.put("align", "&", at, at)
        if text in ("\\\\", r"\newline", r"\cr"):
            return self.row(at)
        if text == r"\begin":
            return self.begin(at)
        if text == r"\end":
            return self.end(at)
        if text == r"\boxed" or text == "{":
            return self.transparent(at)
        if at in self.closing:
            return self.put("gap", "", at, at)
        return 0

    def row(self, at: int) -> int:
        last = at
        if self.tokens[last + 1].text == "*":
            last += 1
        size = _DIMENSION.match(self.latex, self.tokens[last].end)
        while size and self.tokens[last + 1].start < size.end() and self.tokens[last + 1].kind != "end":
            last += 1
        return self.put("row", self.layouts[-1] if self.layouts else "", at, last)

    def begin(self, at: int) -> int:
        name, last = self.argument(at + 1)
        if not self.is_layout(at, name, last):
            end = self.match.get(at)
            if end is None:
                return self.put("ink", name, at, last)
            return self.put("ink", name, at, self.argument(end + 1)[1])
        self.layouts.append(name)
        if self.tokens[last + 1].text == "[":
            last = self.match.get(last + 1, last)
        if name in WITH_ARGUMENT or name.endswith(("alignat", "alignat*")):
            last = self.argument(last + 1)[1] if self.tokens[last + 1].text == "{" else last
        return self.put("gap", name, at, last)

    def is_layout(self, at: int, name: str, last: int) -> bool:
        """A layout, or an array that serves as one: outside brackets, with cells that start with a relation."""
        if name != "array" or name in self.layouts:
            return name in LAYOUTS
        tokens, end = self.tokens, self.match.get(at)
        if end is None or tokens[last + 1].text != "{":
            return False
        return any(tokens[place].text == "&" and tokens[place + 1].text in SIGNS for place in range(last, end))

    def end(self, at: int) -> int:
        name, last = self.argument(at + 1)
        if self.layouts:
            self.layouts.pop()
        return self.put("row", name, at, last)

    def transparent(self, at: int) -> int:
        """Look through a box around a relation, and through braces around a layout."""
        brace = at + (self.tokens[at].text == r"\boxed")
        end = self.match.get(brace)
        if end is None or self.tokens[brace].text != "{":
            return 0
        boxed = brace > at
        place = brace + 1
        while place < end:
            text = self.tokens[place].text
            inner = text == r"\begin" and self.argument(place + 1)[0] in LAYOUTS
            if inner or (boxed and (self.relation_at(place)[0] or text in _OVER)):
                self.closing.add(end)
                return self.put("gap", "", at, brace)
            place = self.match.get(place, place) + 1
        return 0

    # -- words, labels and spaces

    def words(self, at: int, text: str) -> int:
        if text in _TEXTS and self.tokens[at + 1].text == "{":
            note, last = self.argument(at + 1)
            return self.put("note" if "intertext" in text else "words", note, at, last)
        if text in (r"\label", r"\tag", r"\tag*"):
            start = at + 1 + (self.tokens[at + 1].text == "*")
            note, last = self.argument(start)
            return self.put("label" if text == r"\label" else "tag", note, at, last)
        if text == r"\forall":
            return self.put("words", "for all", at, at)
        if text in (r"\exists", r"\nexists"):
            return self.put("exists", text, at, at)
        if text in _QUADS:
            takes = text in _DROPPED_WITH_ARGUMENT and self.tokens[at + 1].text == "{"
            return self.put("quad", text, at, self.argument(at + 1)[1] if takes else at)
        if text in _DROPPED:
            return self.put("gap", text, at, at)
        if text in _DROPPED_WITH_ARGUMENT:
            return self.put("gap", text, at, self.argument(at + 1)[1])
        return at + 1 if text in _SPACES else 0

    # -- ink

    def script(self, at: int) -> int:
        """A script and what it takes, be it a sign: ``x^*``, ``x^+``, ``n_\\text{out}``."""
        following = at + 1
        if self.tokens[following].kind == "end":
            return self.put("ink", self.tokens[at].text, at, at)
        last = self.argument(following)[1]
        if self.tokens[following].kind == "command" and self.tokens[last + 1].text == "{":
            last = self.argument(last + 1)[1]
        return self.put("ink", self.tokens[at].text, at, last)

    def bracket(self, at: int) -> int:
        end = self.match.get(at)
        if end is None:
            return self.put("ink", self.tokens[at].text, at, at)
        if end == at + 1 and self.tokens[at].text == "{" and self.tokens[end + 1].text not in ("_", "^"):
            return end + 1  # {} before an operator is only there for its spacing
        if self.tokens[at].text in _OPENERS:
            return self.over_rows(at, end)
        last = end + (self.tokens[end].text == r"\right" and self.tokens[end + 1].kind != "end")
        return self.put("ink", self.tokens[at].text, at, last)

    def over_rows(self, at: int, end: int) -> int:
        """A bracket that may reach over the end of a row: the layout in it is left out."""
        start, place = at, at + 1
        while place < end:
            if self.tokens[place].text in ("&", "\\\\"):
                if place > start:
                    self.put("ink", self.tokens[start].text, start, place - 1)
                after = self.row(place) if self.tokens[place].text != "&" else self.put("gap", "", place, place)
                self.found[-1] = self.found[-1]._replace(kind="gap")
                start = place = after
                continue
            place = self.match.get(place, place) + 1
        return self.put("ink", self.tokens[start].text, start, end)

    def plain(self, at: int, text: str) -> int:
        kinds: dict[str, Kind] = {",": "comma", ";": "comma", ".": "stop", ":": "colon", r"\colon": "colon"}
        if text == r"\right" and self.tokens[at + 1].kind != "end":
            return self.put("ink", text, at, at + 1)
        return self.put("operator" if text in _OPERATORS else kinds.get(text, "ink"), text, at, at)


def _defining(sign: str, note: str) -> str:
    """``\\overset{\\text{def}}{=}`` defines."""
    bare = re.sub(r"\\(?:text|mathrm|textrm|mathit|tiny|scriptsize)\b|[{}.\s]", "", note)
    return ":=" if sign == "=" and bare in ("def", "Def", r"\Delta", r"\triangle", "△", "df") else sign


# Partners of brackets. Weak ones (round, square ...) never reach over a stronger one or an aligned row.


def _partners(tokens: list[Token], latex: str) -> dict[int, int]:
    match: dict[int, int] = {}
    stack: list[tuple[str, int]] = []
    position = 0
    while tokens[position].kind != "end":
        text = tokens[position].text
        if text in (r"\left", r"\right"):
            if text == r"\left":
                stack.append(("left", position))
            else:
                _close(stack, match, "left", position)
            position += 1 if tokens[position + 1].kind != "end" else 0
        elif text in _OPENERS:
            stack.append((_OPENERS[text], position))
        elif text in _CLOSERS:
            _close_weak(stack, match, _CLOSERS[text], position)
        elif text == "{" or text == r"\begin":
            stack.append(("brace" if text == "{" else "begin", position))
        elif text == "}" or text == r"\end":
            _close(stack, match, "brace" if text == "}" else "begin", position)
        elif text in ("&", "\\\\") and stack and stack[-1][0] in _WEAK and _row_is_aligned(tokens, position):
            while stack and stack[-1][0] in _WEAK:
                stack.pop()
        position += 1
    return match


_STRENGTH: Final = {**dict.fromkeys(_WEAK, 0), "left": 1, "brace": 2, "begin": 3}


def _close(stack: list[tuple[str, int]], match: dict[int, int], kind: str, position: int) -> None:
    """Weaker brackets that are still open inside have no partner; each is dropped once, so this is linear."""
    while stack and _STRENGTH[stack[-1][0]] < _STRENGTH[kind]:
        stack.pop()
    if stack and stack[-1][0] == kind:
        match[stack.pop()[1]] = position


def _close_weak(stack: list[tuple[str, int]], match: dict[int, int], kind: str, position: int) -> None:
    for below in range(1, min(4, len(stack)) + 1):
        opener = stack[-below]
        if opener[0] not in _WEAK:
            return
        if opener[0] == kind:
            del stack[-below:]
            match[opener[1]] = position
            return


def _row_is_aligned(tokens: list[Token], position: int) -> bool:
    """The row after this break starts with a relation, or has one beside its ``&``: no bracket reaches into it."""
    if tokens[position].text == "&":
        return tokens[position + 1].text in SIGNS
    place = position + 1
    while tokens[place].text in _SPACES:
        place += 1
    if tokens[place].text in SIGNS or tokens[place].text in CONNECTIVES:
        return True
    while tokens[place].kind != "end" and tokens[place].text != "\\\\":
        beside = tokens[place + 1].text in SIGNS or tokens[place - 1].text in SIGNS
        if tokens[place].text == "&" and (beside or tokens[place + 1].text in _OVER):
            return True
        place += 1
    return False
