"""Chains: what a displayed formula states, step by step.

A formula is one or more statements; a statement is a row of items with relations between them, ``A = B \\le C``. The
rules, each once:

*Rows.* A row that starts with a relation continues the statement above. A row that starts with an operator, or comes
after one, continues the item above; so does a row inside brackets that are still open, and every row of ``multline``.
Any other row with a relation is a new statement; without a connective (``connective is None``) it stands on its own.

*Several in a row.* ``\\quad``, words, the second ``&`` of a pair, connectives, and commas between two relations part
statements. A part without a relation is a note, not a factor.

*Kinds.* ``:=``, ``\\equiv`` and ``\\overset{\\text{def}}{=}`` define; ``\\overset{!}{=}`` requires; what follows
"if", "for", "where" or a quantifier, and an inequality or a range behind a comma, is a condition; statements joined
by "or" are alternatives; all else is claimed. ``A = \\ldots = Z`` claims ``A = Z``, and ``X \\sim P \\sim Q`` claims
``X \\sim P`` and ``X \\sim Q``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

from engine.reading.environment import ONE_FORMULA
from engine.reading.macro import Macro
from engine.reading.mark import Mark, marks
from engine.span import Problem, Span

Kind = Literal["claim", "definition", "requirement", "condition", "alternative"]


@dataclass(frozen=True, slots=True)
class Piece:
    """LaTeX without layout, its range in the formula, and the line it starts on."""

    latex: str
    span: Span
    line: int


@dataclass(frozen=True, slots=True)
class Sign:
    """A relation or connective in canonical spelling (``=``, ``≤``, ``⇒``), and what stands above it."""

    sign: str
    note: str
    span: Span
    line: int


@dataclass(frozen=True, slots=True)
class Statement:
    """``items[0] signs[0] items[1] ...``: one item more than signs.

    ``connective`` joins it to the statement before (``⇒ ⇐ ⇔ ∧ ∨``; ``None``: nothing is written), ``words`` are those
    right before it. An item may be empty where the author left a side out.
    """

    items: tuple[Piece, ...]
    signs: tuple[Sign, ...]
    connective: Sign | None
    words: str
    kind: Kind

    @property
    def latex(self) -> str:
        """The whole statement in one line."""
        parts = [self.items[0].latex]
        for sign, item in zip(self.signs, self.items[1:], strict=True):
            parts += [_TYPED.get(sign.sign, sign.sign), item.latex]
        return " ".join(part for part in parts if part)

    @property
    def line(self) -> int:
        return self.items[0].line if self.items[0].latex or not self.signs else self.signs[0].line


@dataclass(frozen=True, slots=True)
class Link:
    """One step ``left relation right`` of the statement with this number."""

    left: Piece
    relation: Sign
    right: Piece
    kind: Kind
    statement: int

    @property
    def latex(self) -> str:
        return f"{self.left.latex} {_TYPED.get(self.relation.sign, self.relation.sign)} {self.right.latex}"


@dataclass(frozen=True, slots=True)
class Definition:
    """``name := body``."""

    name: Piece
    body: Piece
    statement: int


@dataclass(frozen=True, slots=True)
class Chain:
    """All that a formula states, in order; notes are words and parts that state nothing."""

    latex: str
    statements: tuple[Statement, ...]
    notes: tuple[Piece, ...]
    labels: tuple[str, ...]
    tags: tuple[str, ...]

    @property
    def links(self) -> tuple[Link, ...]:
        """Every step, definitions left out."""
        return tuple(link for link in self._all_links() if link.kind != "definition")

    @property
    def definitions(self) -> tuple[Definition, ...]:
        found = (link for link in self._all_links() if link.kind == "definition")
        return tuple(
            Definition(link.right, link.left, link.statement)
            if link.relation.sign == "=:"
            else Definition(link.left, link.right, link.statement)
            for link in found
        )

    def _all_links(self) -> Iterator[Link]:
        for number, statement in enumerate(self.statements):
            items, signs = _without_ellipses(statement)
            before: Link | None = None
            for left, sign, right in zip(items, signs, items[1:], strict=False):
                again = before is not None and sign.sign == before.relation.sign == "∼"
                subject = before.left if before is not None and again else left
                before = Link(subject, sign, right, _link_kind(sign, statement.kind), number)
                yield before


def _without_ellipses(statement: Statement) -> tuple[list[Piece], list[Sign]]:
    """``A = \\ldots = Z`` says ``A = Z``, and ``A < \\ldots = Z`` says ``A < Z``; ``A < \\ldots > Z`` says neither."""
    items = [statement.items[0]]
    signs: list[Sign] = []
    for sign, item in zip(statement.signs, statement.items[1:], strict=True):
        bridge = _bridge(signs[-1], sign) if len(items) > 1 and _is_ellipsis(items[-1].latex) else None
        if bridge is None:
            items.append(item)
            signs.append(sign)
        else:
            items[-1], signs[-1] = item, bridge
    return items, signs


def _bridge(first: Sign, second: Sign) -> Sign | None:
    """The relation that holds over an ellipsis."""
    if second.sign == "=" or first.sign == second.sign:
        return first
    ordered = {first.sign, second.sign} in ({"<", "≤"}, {">", "≥"})
    if first.sign == "=":
        return second
    return (first if first.sign in "<>" else second) if ordered else None


# How a canonical sign is typed.
_TYPED: Final = {
    "≠": r"\ne", "≤": r"\le", "≥": r"\ge", "≈": r"\approx", "≡": r"\equiv", "∈": r"\in", "∉": r"\notin",
    "∝": r"\propto", "∼": r"\sim", "→": r"\to", "↦": r"\mapsto", "≃": r"\simeq", "≅": r"\cong", "≪": r"\ll",
    "≫": r"\gg", "⊂": r"\subset", "⊆": r"\subseteq", "⊃": r"\supset", "⊇": r"\supseteq", "≻": r"\succ",
    "⪰": r"\succeq", "≺": r"\prec", "⪯": r"\preceq", "⊥": r"\perp", "∋": r"\ni", "←": r"\leftarrow",
}  # fmt: skip

_DEFINING: Final = frozenset((":=", "=:", "≡"))
_CONDITION_WORDS: Final = re.compile(
    r"(?i)\b(?:if|for|when|whenever|where|with|such that|s\.\s?t\.|st|subject to|provided|given|assuming|as|while)\b"
    r"|s\.\s?t\."
)
_CONSTRAINTS: Final = re.compile(r"(?i)^\W*(?:s\.\s?t\.?|st|subject to|such that)\W*$")
_SOME: Final = re.compile(r"(?i)\b(?:some|at least|there (?:is|are|exists?)|exists?|not|never)\b")
_WORDS: Final = re.compile(
    r"(?i)^\W*(?:and|or|if|iff|where|with|for|when|whenever|such|s\.?t|subject|otherwise|else|hence|thus|so|then|since"
    r"|because|by|i\.e|e\.g|let|as|provided|given|assuming|therefore|using|from|because|due|note|we|it|is|are|that"
    r"|which|in|on|of|to|the|a|an|from|via|see|all|every|any|some|follows|implies|w\.?r\.?t|only|holds)\b"
)
_THUS: Final = re.compile(r"(?i)\b(?:hence|thus|therefore|so|then|implies|it follows)\b")
_IFF: Final = re.compile(r"(?i)\bif and only if\b|\biff\b|\bor equivalently\b|\bequivalently\b")
_SIDE_SIGNS: Final = frozenset("<>≤≥≠∈∉≪≫")
_EMPTY_KINDS: Final = frozenset(("comma", "stop", "colon", "gap", "quad", "align", "label", "tag"))
_ELLIPSES: Final = frozenset(r"\ldots \dots \cdots \dotsc \dotsb \vdots \ddots ... …".split())


def split_chain(latex: str, macros: Mapping[str, Macro] | None = None, first_line: int = 1) -> Chain | Problem:
    """The statements of a formula. Total, and linear in the length of the text.

    >>> chain = split_chain(r"a &= b + c \\\\\\\\ &\\le d, \\quad x > 0")
    >>> [(link.left.latex, link.relation.sign, link.right.latex, link.kind) for link in chain.links]
    [('a', '=', 'b + c', 'claim'), ('b + c', '≤', 'd', 'claim'), ('x', '>', '0', 'condition')]
    """
    found = marks(latex, macros)
    if isinstance(found, Problem):
        return found
    return _Splitter(latex, first_line).split(found)


def _link_kind(sign: Sign, kind: Kind) -> Kind:
    if kind in ("condition", "alternative"):
        return kind
    if sign.sign in _DEFINING:
        return "definition"
    return "requirement" if "!" in sign.note else kind


def _is_ellipsis(latex: str) -> bool:
    return latex.strip(" ,.") in _ELLIPSES or latex.strip() in _ELLIPSES


@dataclass(slots=True)
class _Part:
    """A stretch of a row between two separators: its marks, and what parted it from the one before."""

    marks: list[Mark]
    parted: str  # "" at the start of a row, else quad, cell, words, comma, connective
    words: str = ""
    connective: Mark | None = None
    related: bool = False  # while the part is filled: a relation has come

    @property
    def states(self) -> bool:
        return any(mark.kind == "relation" for mark in self.marks)

    @property
    def empty(self) -> bool:
        return all(mark.kind in _EMPTY_KINDS for mark in self.marks)


@dataclass(slots=True)
class _Draft:
    """A statement in the making."""

    items: list[list[Mark]]
    signs: list[Mark]
    connective: Mark | None
    words: str
    kind: Kind


class _Splitter:
    __slots__ = ("latex", "first_line", "newlines", "drafts", "notes", "open", "constrained")

    def __init__(self, latex: str, first_line: int) -> None:
        self.latex = latex
        self.first_line = first_line
        self.newlines = [found.start() for found in re.finditer("\n", latex)]
        self.drafts: list[_Draft] = []
        self.notes: list[Piece] = []
        self.open: Mark | None = None  # a connective at the end of a row
        self.constrained = False  # after "subject to", every statement is a constraint

    def split(self, found: list[Mark]) -> Chain:
        row: list[Mark] = []
        joined = False
        for mark in found:
            if mark.kind != "row":
                row.append(mark)
                continue
            self.row(row, joined)
            joined = mark.text in ONE_FORMULA
            row = []
        self.row(row, joined)
        self.settle_alternatives()
        statements = tuple(self.statement(draft) for draft in self.drafts)
        labels = tuple(mark.text for mark in found if mark.kind == "label")
        tags = tuple(mark.text for mark in found if mark.kind == "tag")
        return Chain(self.latex, statements, tuple(self.notes), labels, tags)

    # -- one row

    def row(self, row: list[Mark], joined: bool) -> None:
        """Take in a row; ``joined`` rows continue the one above whatever they start with."""
        parts = [part for part in self.parts(row) if part.marks or part.words or part.connective]
        parts = _merged(parts)
        first = True
        for number, part in enumerate(parts):
            if first and (part.empty and not part.connective):
                self.say(part)
                continue
            states_later = any(later.states for later in parts[number + 1 : number + 9])
            stated = any(earlier.states for earlier in parts[max(0, number - 8) : number])
            self.part(part, row, first, joined, stated, states_later)
            first = False

    def part(self, part: _Part, row: list[Mark], first: bool, joined: bool, stated: bool, states_later: bool) -> None:
        lead = next((mark for mark in part.marks if mark.kind not in _EMPTY_KINDS), None)
        if part.connective is not None:
            self.open = part.connective
        if lead is None:
            self.say(part)
        elif lead.kind == "relation" and self.drafts and not part.words:
            self.continue_statement(part)
        elif first and self.drafts and self.continues_item(part, row, lead, joined):
            self.continue_item(part)
        elif not part.states and part.connective is None and (stated or states_later or part.parted == "words"):
            self.say(part)
        else:
            self.begin(part, stated)

    def say(self, part: _Part) -> None:
        """Keep what states nothing as a note."""
        inked = [mark for mark in part.marks if mark.kind not in _EMPTY_KINDS]
        words = part.words.strip()
        if inked:
            piece = self.piece(inked, inked[0].start)
            self.notes.append(Piece(f"{words} {piece.latex}".strip(), piece.span, piece.line))
        elif words:
            place = part.marks[0].start if part.marks else 0
            self.notes.append(Piece(words, Span(place, place), self.line(place)))

    # -- statements

    def begin(self, part: _Part, stated: bool) -> None:
        self.constrained = bool(_CONSTRAINTS.search(part.words)) or (self.constrained and part.connective is None)
        draft = _Draft([[]], [], self.open, part.words, self.kind(part, stated))
        self.open = None
        self.drafts.append(draft)
        self.fill(draft, part.marks)

    def continue_statement(self, part: _Part) -> None:
        last = self.drafts[-1]
        if self.open is None and last.kind != "condition":
            self.fill(last, part.marks)
            return
        carried = last.items[-1] if last.kind != "condition" else self.last_claimed()
        draft = _Draft([list(carried)], [], self.open, part.words, "claim")
        self.open = None
        self.drafts.append(draft)
        self.fill(draft, part.marks)

    def last_claimed(self) -> list[Mark]:
        """The last item before the conditions: a row that starts with a relation continues that one."""
        for draft in reversed(self.drafts):
            if draft.kind != "condition":
                return draft.items[-1]
        return []

    def continues_item(self, part: _Part, row: list[Mark], lead: Mark, joined: bool) -> bool:
        draft = self.drafts[-1]
        tail = next((mark for mark in reversed(draft.items[-1]) if mark.kind not in ("gap", "align")), None)
        if part.connective is not None or part.words or draft.kind == "condition":
            return False
        if joined or (tail is None and draft.signs) or (tail is not None and self.is_cut(tail)):
            return True
        aligned = bool(row) and next((mark for mark in row if mark.kind != "gap"), lead).kind == "align"
        if lead.kind == "operator":
            return lead.text != "-" or aligned or not part.states
        return aligned and not part.states and bool(draft.signs) and tail is not None and tail.kind != "comma"

    def is_cut(self, tail: Mark) -> bool:
        """An item that cannot end like this: on an operator, or within brackets that ``\\right.`` only suspends."""
        return tail.kind == "operator" or bool(re.search(r"\\right\s*\.$", self.latex[tail.start : tail.end]))

    def continue_item(self, part: _Part) -> None:
        draft = self.drafts[-1]
        draft.items[-1].append(Mark("gap", "", part.marks[0].start, part.marks[0].start))
        self.fill(draft, part.marks)

    def fill(self, draft: _Draft, inside: list[Mark]) -> None:
        for mark in inside:
            if mark.kind == "relation":
                self.relate(draft, mark)
            elif mark.kind in ("label", "tag"):
                draft.items[-1].append(Mark("gap", "", mark.start, mark.end))
            else:
                draft.items[-1].append(mark)

    def relate(self, draft: _Draft, sign: Mark) -> None:
        twice = draft.signs and all(mark.kind in _EMPTY_KINDS for mark in draft.items[-1])
        if twice and draft.signs[-1].text == sign.text:  # a relation at the end of a row and again below it
            return
        draft.signs.append(sign)
        draft.items.append([])

    def kind(self, part: _Part, stated: bool) -> Kind:
        if part.words and _CONDITION_WORDS.search(part.words) and not _IFF.search(part.words):
            return "condition"
        if part.words == "for all" or (self.constrained and part.connective is None):
            return "condition"
        if stated and part.parted in ("quad", "comma", "cell") and part.connective is None and _is_side(part):
            return "condition"
        return "claim"

    def settle_alternatives(self) -> None:
        """Neither side of an "or", nor what holds for some index only, is claimed for itself."""
        for before, after in pairwise(self.drafts):
            either = after.connective is not None and after.connective.text == "∨"
            if either or _SOME.search(after.words):
                before.kind = after.kind = "alternative"

    # -- parts of a row

    def parts(self, row: list[Mark]) -> list[_Part]:
        if any(mark.kind == "exists" for mark in row):  # what is said to exist must not become a claim about all
            return [_Part([mark._replace(kind="ink") if mark.kind in _STATING else mark for mark in row], "")]
        parts = [_Part([], "")]
        cells = 0
        for place, mark in enumerate(row):
            current = parts[-1]
            if mark.kind == "connective":
                parts.append(_Part([], "connective", connective=mark))
            elif mark.kind == "logic":
                self.logic(parts, row, place, mark)
            elif mark.kind == "quad":
                parts.append(_Part([], "quad"))
            elif mark.kind == "note":
                self.notes.append(Piece(mark.text, Span(mark.start, mark.end), self.line(mark.start)))
            elif mark.kind == "words":
                self.word(parts, row, place, mark)
            elif mark.kind == "align":
                cells += 1
                if current.marks or cells > 1:
                    self.cell(parts, row, place, cells)
                else:
                    current.marks.append(mark)
            else:
                current.marks.append(mark)
                current.related = current.related or mark.kind == "relation"
        return [smaller for part in parts for smaller in self.by_colon(part)]

    def word(self, parts: list[_Part], row: list[Mark], place: int, mark: Mark) -> None:
        if mark.text != "for all" and not _is_words(row, place, mark):
            parts[-1].marks.append(mark._replace(kind="ink"))
            return
        joining = re.sub(r"\W", "", mark.text).lower() in ("and", "or")
        if joining and not parts[-1].related and not parts[-1].empty:
            parts[-1].marks.append(mark._replace(kind="ink"))
            return
        last = parts[-1]
        if last.parted == "words" and last.empty:
            last.words = f"{last.words} {mark.text}".strip()
            return
        parts.append(_Part([], "words", mark.text))
        if _IFF.search(mark.text):
            parts[-1].connective = mark._replace(kind="connective", text="⇔")
        elif re.fullmatch(r"(?i)\W*or\W*", mark.text):
            parts[-1].connective = mark._replace(kind="connective", text="∨")
        elif _THUS.search(mark.text):
            parts[-1].connective = mark._replace(kind="connective", text="⇒")

    def logic(self, parts: list[_Part], row: list[Mark], place: int, mark: Mark) -> None:
        later = any(other.kind == "relation" for other in row[place + 1 : place + 40])
        if parts[-1].empty and parts[-1].parted == "quad" and len(parts) > 1:
            parts.pop()
        inked = [one for one in parts[-1].marks[:8] if one.kind not in _EMPTY_KINDS]
        if parts[-1].parted == "connective" and inked and all(one.text in _ELLIPSES for one in inked):
            parts[-1].marks = []  # a = 0 \\wedge \\ldots \\wedge b = 0
        elif parts[-1].related and later:
            parts.append(_Part([], "connective", connective=mark._replace(kind="connective")))
        else:
            parts[-1].marks.append(mark._replace(kind="ink"))

    def cell(self, parts: list[_Part], row: list[Mark], place: int, cells: int) -> None:
        """The second ``&`` of a pair starts a new column; the first only aligns."""
        following = next((mark for mark in row[place + 1 : place + 9] if mark.kind != "gap"), None)
        joins = following is None or following.kind in ("relation", "operator", "align")
        tail = next((mark for mark in reversed(parts[-1].marks) if mark.kind != "gap"), None)
        complete = parts[-1].related and tail is not None and tail.kind not in ("relation", "operator")
        ended = tail is not None and tail.kind in ("comma", "stop")
        if complete and not joins and (cells % 2 == 0 or ended):
            parts.append(_Part([], "cell"))
        else:
            parts[-1].marks.append(row[place])

    def by_colon(self, part: _Part) -> Iterator[_Part]:
        """``H_0: \\mu = 0`` and ``\\forall x \\in X: ..``: the colon ends a name or a condition."""
        colon = next((place for place, mark in enumerate(part.marks) if mark.kind == "colon"), None)
        if colon is None:
            yield from _by_commas(part)
            return
        before, after = part.marks[:colon], part.marks[colon + 1 :]
        sign = next((mark.text for mark in after if mark.kind == "relation"), "")
        names = not any(mark.kind == "relation" for mark in before) or part.words == "for all"
        if names and sign not in ("→", "↦", "") and (before or part.words):
            yield _Part(before, part.parted, part.words, part.connective)
            yield from _by_commas(_Part(after, "colon"))
        else:
            yield from _by_commas(part)

    # -- back to text

    def statement(self, draft: _Draft) -> Statement:
        start = draft.signs[0].start if draft.signs else 0
        items = tuple(self.piece(item, start) for item in draft.items)
        connective = None if draft.connective is None else self.sign(draft.connective)
        return Statement(items, tuple(map(self.sign, draft.signs)), connective, draft.words.strip(), draft.kind)

    def sign(self, mark: Mark) -> Sign:
        return Sign(mark.text, mark.note, Span(mark.start, mark.end), self.line(mark.start))

    def piece(self, inside: list[Mark], start: int) -> Piece:
        """The text under these marks; marks of layout among them part it, and their text is left out."""
        first, last = 0, len(inside)
        while first < last and inside[first].kind in _EDGES:
            first += 1
        while last > first and inside[last - 1].kind in _EDGES:
            last -= 1
        kept = inside[first:last]
        if not kept:
            return Piece("", Span(start, start), self.line(start))
        text = " ".join(_COMMENT.sub(r"\1", self.latex[first:last]) for first, last in _ranges(kept))
        text = " ".join(text.split())
        text = re.sub(r"\\right\s*\.\s*\\left\s*\.", "", text)
        return Piece(text, Span(kept[0].start, kept[-1].end), self.line(kept[0].start))

    def line(self, position: int) -> int:
        return self.first_line + bisect_right(self.newlines, position - 1)


_COMMENT: Final = re.compile(r"(\\.)|%[^\n]*", re.DOTALL)
_EDGES: Final = frozenset(("comma", "stop", "colon", "gap", "align", "quad"))
_STATING: Final = frozenset(("relation", "connective", "logic", "words", "quad", "comma", "colon", "exists"))


def _ranges(kept: list[Mark]) -> Iterator[tuple[int, int]]:
    start = -1
    end = -1
    for mark in kept:
        if mark.kind in ("gap", "align"):
            if start >= 0:
                yield start, end
            start = -1
            continue
        start = mark.start if start < 0 else start
        end = mark.end
    if start >= 0:
        yield start, end


def _merged(parts: list[_Part]) -> list[_Part]:
    """Undo separations by space beside a relation or an operator, and after ``\\min`` and its kin."""
    merged: list[_Part] = []
    for part in parts:
        before = merged[-1] if merged else None
        if before is not None and part.parted == "quad" and not part.words and _belongs(before, part):
            before.marks += [Mark("gap", "", 0, 0), *part.marks]
        else:
            merged.append(part)
    return merged


_OPTIMA: Final = re.compile(r"\\(?:min|max|inf|sup|arg\w*|operatorname\*?)\b")


def _belongs(before: _Part, part: _Part) -> bool:
    solid = [mark for mark in part.marks if mark.kind not in ("gap", "align")]
    tail = [mark for mark in before.marks if mark.kind not in ("gap", "align")]
    if not solid or not tail:
        return True
    if solid[0].kind in ("relation", "operator", "stop", "comma") or tail[-1].kind in ("relation", "operator"):
        return True
    heads = [mark for mark in tail if mark.text not in ("_", "^")]
    return 0 < len(heads) <= 2 and bool(_OPTIMA.match(heads[0].text))


def _is_words(row: list[Mark], place: int, mark: Mark) -> bool:
    """Whether a ``\\text`` says something, or is the name of something."""
    content = mark.text.strip()
    before = row[place - 1] if place else None
    after = row[place + 1] if place + 1 < len(row) else None
    called = after is not None and after.kind == "ink" and after.text in ("(", "_", "^", r"\left", "[")
    adjoining = called and after is not None and after.start == mark.end
    if not re.search(r"[A-Za-z]", content):
        return not adjoining
    if adjoining and not (_WORDS.match(content) and " " in content):
        return False
    if _WORDS.match(content) or content.startswith(("(", "[")) or content.endswith(":"):
        return True
    opens = before is None or before.kind in ("relation", "operator", "align", "gap", "label", "row")
    closes = after is None or after.kind in ("relation", "operator", "align")
    if opens and closes:
        return False
    return " " in content or mark.text != content


def _is_side(part: _Part) -> bool:
    """``x > 0`` and ``i = 1, \\ldots, n`` behind a statement say for what it holds."""
    signs = [mark for mark in part.marks if mark.kind == "relation"]
    if not signs:
        return False
    if all(sign.text in _SIDE_SIGNS for sign in signs):
        return sum(mark.start < signs[0].start for mark in part.marks) <= 8
    return any(mark.text in _ELLIPSES for mark in part.marks) and any(mark.kind == "comma" for mark in part.marks)


def _by_commas(part: _Part) -> Iterator[_Part]:
    """Part ``a = b, c = d``; leave ``\\mu, \\sigma > 0`` and ``i = 1, \\ldots, n`` whole."""
    inside = part.marks
    relations = [place for place, mark in enumerate(inside) if mark.kind == "relation"]
    cuts = []
    for before, after in pairwise(relations):
        commas = [place for place in range(before + 1, after) if inside[place].kind == "comma"]
        if commas:
            cuts.append(_cut_between(inside, before, commas, inside[after].text))
    start = 0
    for number, cut in enumerate(cuts):
        yield _first_or_comma(part, inside[start:cut], number == 0)
        start = cut + 1
    yield _first_or_comma(part, inside[start:], not cuts)


def _first_or_comma(part: _Part, inside: list[Mark], first: bool) -> _Part:
    return _Part(inside, part.parted, part.words, part.connective) if first else _Part(inside, "comma")


def _cut_between(inside: list[Mark], before: int, commas: list[int], sign: str) -> int:
    """Which of the commas between two relations ends the first statement."""
    semicolons = [place for place in commas if inside[place].text == ";"]
    if semicolons:
        return semicolons[0]
    listed = any(inside[place].text in _ELLIPSES for place in range(before, commas[-1]))
    number = inside[before + 1].text.isdigit() and inside[commas[0] + 1].text.isdigit()
    if len(commas) > 1 and not listed and not number and sign in _SIDE_SIGNS:
        return commas[0]
    return commas[-1]
