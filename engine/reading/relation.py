"""Signs between the sides of a statement, as they are typed: ``:=``, ``\\not\\in``, ``\\overset{!}{=}``, ``<=``."""

from __future__ import annotations

import re
from typing import Final

from engine.reading import tree
from engine.reading.notation import LETTERS, LOGIC, NEGATED, PAIRS, RELATIONS
from engine.reading.stream import Stream, Unreadable
from engine.reading.token import Token
from engine.reading.tree import Node
from engine.span import Span

_OVER: Final = frozenset((r"\overset", r"\underset", r"\stackrel", r"\stackunder"))
_ARROWS: Final = {r"\xrightarrow": "→", r"\xleftarrow": "←"}
# What can start a relation sign; a word such as {, : or \overset mostly starts something else.
RELATION_STARTS: Final = frozenset((*RELATIONS, *LOGIC, *_OVER, *_ARROWS, "{", ":", r"\colon", r"\not", r"\buildrel"))
_DEFINES: Final = frozenset(("def", "def.", "triangle", "△", "Def.", "Def", "Δ", "Delta", "defn", "definition"))
_REFERS: Final = re.compile(r"\(?[a-zA-Z]?\d*[a-z]?\)?|\(?[ivx]+\)?|\*+|\\(?:star|ast|dagger)|\\(?:eq)?ref.*")
_JOINTS: Final = frozenset("⇒⇐⇔⇏∧∨")
_RANDOM: Final = frozenset("d p D P".split())  # in distribution, in probability


def relation_sign(reader: Stream, peek: bool = False) -> str | None:
    """The canonical sign that starts here, taken unless ``peek``; ``None`` where there is none."""
    before = reader.position
    token = reader.tokens[before]
    if token.text in RELATIONS and not peek:
        return _plain(reader, token)
    sign = _sign(reader, 0)
    if sign is None or peek:
        reader.position = before
    return sign


def _sign(reader: Stream, depth: int) -> str | None:
    token = reader.peek()
    text = token.text
    if text in RELATIONS or text in LOGIC:
        return _plain(reader, token)
    if token.kind not in ("command", "symbol") or depth > 4:
        return None
    if text in (":", r"\colon"):
        return _colon(reader)
    if text == "{":
        return braced_relation(reader, depth)
    if text == r"\not":
        return _negated(reader)
    if text in _OVER:
        return _annotated(reader, depth)
    if text in _ARROWS:
        reader.take()
        if reader.peek().text == "[":
            return None
        return _noted(_ARROWS[text], _text_of_group(reader))
    return _built(reader) if text == r"\buildrel" else None


def _plain(reader: Stream, token: Token) -> str:
    after = reader.tokens[reader.position + 1]
    pair = PAIRS.get((token.text, after.text)) if token.end >= after.start else None
    if pair == "=:" and reader.peek(2).text == "=":
        pair = None
    reader.position += 1 if pair is None else 2
    if token.text == r"\propto" and after.text == "_":
        reader.take()
        return f"∝^{{{_text_of_group(reader).strip()}}}"  # the variable, which is no remark such as (1) or ii
    return pair or RELATIONS.get(token.text) or LOGIC[token.text]


def _colon(reader: Stream) -> str | None:
    if reader.peek(1).text != "=":
        return None
    reader.position += 2
    return ":="


def braced_relation(reader: Stream, depth: int = 0) -> str | None:
    """``{=}`` and ``{\\stackrel{d}{=}}``: a sign alone in braces."""
    reader.position += 1
    sign = _sign(reader, depth + 1)
    if sign is None or reader.peek().text != "}":
        return None
    reader.position += 1
    return sign


def _negated(reader: Stream) -> str | None:
    reader.position += 1
    if reader.peek().text == r"\perp":
        reader.position += 1
        return NEGATED["⊥"]
    sign = _sign(reader, 4)
    return None if sign is None else NEGATED.get(sign)


def _annotated(reader: Stream, depth: int) -> str | None:
    reader.position += 1
    note = _text_of_group(reader)
    sign = _sign(reader, depth + 1)
    return None if sign is None else _noted(sign, note)


def _built(reader: Stream) -> str | None:
    """``\\buildrel d \\over =``."""
    reader.position += 1
    start = reader.position
    while reader.peek().text != r"\over" and reader.position - start < 20 and reader.peek().kind != "end":
        reader.position += 1
    note = _text(reader.tokens[start : reader.position])
    if reader.take().text != r"\over":
        return None
    sign = _sign(reader, 4)
    return None if sign is None else _noted(sign, note)


def _text_of_group(reader: Stream) -> str:
    """The tokens of the argument that stands here, as text; taken."""
    start = reader.position
    end = reader.closing_brace(start) if reader.peek().text == "{" else None
    if end is None:
        return _text([reader.take()])
    reader.position = end + 1
    return _text(reader.tokens[start + 1 : end])


def _text(tokens: list[Token]) -> str:
    result = ""
    for token in tokens:
        if token.text not in ("{", "}", r"\mathrm", r"\mathit", r"\mathbf", r"\mathsf", r"\operatorname"):
            spaced = result[-1:].isalpha() and token.text[:1].isalpha() and token.kind in ("word", "name")
            result += " " + token.text if spaced else token.text
    return result


def _noted(sign: str, note: str) -> str:
    """The sign with its note, where the note may change what it says."""
    bare = note.strip()
    if bare.lstrip("\\") in _DEFINES and sign in ("=", "≡"):
        return ":="
    if not bare or (_REFERS.fullmatch(bare) and bare not in _RANDOM):
        return sign
    return f"{sign}^{{{bare}}}"


def related(items: list[Node], signs: list[str]) -> Node:
    """Items and the signs between them: relations, joined by ∧ and ∨, joined by arrows."""
    if _JOINTS.isdisjoint([sign[0] for sign in signs]):
        return tree.Relations(tuple(items), tuple(signs), _over(items))
    arrows = _split(items, signs, "⇒⇐⇔⇏")
    parts = [_joined(*part) for part in arrows[0]]
    return parts[0] if len(parts) == 1 else tree.Logic(tuple(parts), tuple(arrows[1]), _over(parts))


def _joined(items: list[Node], signs: list[str]) -> Node:
    groups, joints = _split(items, signs, "∧∨")
    parts = [_relations(*group) for group in groups]
    if len(parts) == 1:
        return parts[0]
    related_ones = sum(isinstance(part, tree.Relations) for part in parts)
    if 0 < related_ones < len(parts) or len(set(joints)) > 1:
        raise Unreadable("how far ∧ and ∨ reach can be read in two ways; use brackets", _over(parts))
    return tree.Logic(tuple(parts), tuple(joints), _over(parts))


def _relations(items: list[Node], signs: list[str]) -> Node:
    return items[0] if not signs else tree.Relations(tuple(items), tuple(signs), _over(items))


def distributed(node: tree.Listing) -> Node:
    """``X | Y \\sim Z | W`` outside brackets: the bars bind tighter than the ∼, as they do not in ``P(A | B = b)``."""
    if "|" not in node.separators or not any(_spread(item) for item in node.items):
        return node
    items: list[Node] = []
    separators: list[str] = []
    start = bar = 0  # where the current statement starts, and the place after the last bar
    for place, item in enumerate(node.items):
        bar = place if place and node.separators[place - 1] == "|" else bar
        if place < start or bar <= start or not _spread(item):
            continue
        first = start  # statements before the side with the bar stand on their own
        while isinstance(node.items[first], tree.Relations) and node.separators[first] != "|":
            first += 1
        end = place + 1
        while end < len(node.items) and node.separators[end - 1] == "|":
            end += 1
        items += [*node.items[start:first], _spread_over(node, first, place, end)]
        separators += [*node.separators[start:first], *node.separators[end - 1 : end]]
        start = end
    items += node.items[start:]
    separators += node.separators[start:]
    return _listed(tuple(items), tuple(separators))


def _spread(item: Node) -> bool:
    return isinstance(item, tree.Relations) and item.signs[-1][0] == "∼" and len(item.signs) < 3


def _spread_over(node: tree.Listing, first: int, place: int, end: int) -> Node:
    middle = node.items[place]
    assert isinstance(middle, tree.Relations)
    before = _relations(list(middle.items[:-1]), list(middle.signs[:-1]))
    left = _listed((*node.items[first:place], before), node.separators[first:place])
    right = _listed((middle.items[-1], *node.items[place + 1 : end]), node.separators[place : end - 1])
    return tree.Relations((left, right), middle.signs[-1:], _over([left, right]))


def _listed(items: tuple[Node, ...], separators: tuple[str, ...]) -> Node:
    return items[0] if len(items) == 1 else tree.Listing(items, separators, _over(list(items)))


def _split(items: list[Node], signs: list[str], joints: str) -> tuple[list[tuple[list[Node], list[str]]], list[str]]:
    parts: list[tuple[list[Node], list[str]]] = [([items[0]], [])]
    found = []
    for sign, item in zip(signs, items[1:], strict=True):
        if sign[0] in joints:
            found.append(sign)
            parts.append(([item], []))
        else:
            parts[-1][0].append(item)
            parts[-1][1].append(sign)
    return parts, found


def _over(items: list[Node]) -> Span:
    return Span(items[0].span.start, items[-1].span.end)


assert not RELATION_STARTS & LETTERS
