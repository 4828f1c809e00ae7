"""The reader: LaTeX text to a syntax tree, by operator precedence.

From loose to tight: words and commas, arrows (⇒), ∧ and ∨, relations, sums, operations (⊗ ∘ ∩), products (written or by
juxtaposition), factors with scripts. One token is looked at a bounded number of times, so the time is linear. Depth is
bounded by :data:`DEEPEST`, so that no text can exhaust Python's stack; long sums, products and chains are flat, and
what nests without brackets is bounded by :mod:`engine.reading.depth`.

To add a notation: letters, accents, relations and brackets stand in :mod:`engine.reading.notation`; a construct of its
own gets a function in a module of its name, and a line in ``_ATOMS``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, Literal

from engine.reading import tree
from engine.reading.array import environment, from_array, stack
from engine.reading.bar import with_sides
from engine.reading.depth import DEEPEST_TREE, LONGEST_RUN, check_depth
from engine.reading.derivative import derivative, in_line, is_derivative
from engine.reading.integral import differential, integral
from engine.reading.macro import Macro, expand, read_macros
from engine.reading.name import accent, in_font, named, operator_name, word
from engine.reading.notation import (
    ACCENTS,
    BIG_OPERATIONS,
    BRACES,
    CLOSERS,
    CLOSING,
    FUNCTION_WORDS,
    INTEGRALS,
    LETTERS,
    OPERATIONS,
    PRODUCT_SIGNS,
    QUANTIFIERS,
    RELATIONS,
    SEPARATORS,
    STOPS,
    SUM_SIGNS,
    SWITCHES,
    TYPED_FUNCTIONS,
    TYPED_WORDS,
    WORDS,
)
from engine.reading.relation import RELATION_STARTS, distributed, related, relation_sign
from engine.reading.remark import brace, over, under
from engine.reading.stream import DEEPEST, Stream, Unreadable, place, shown
from engine.reading.token import Token, settle, tokenize
from engine.reading.tree import Node
from engine.span import Problem, Span

__all__ = ("DEEPEST", "read")

Inside = Literal["whole", "braces", "bracket"]

LONGEST_NUMBER: Final = 1000
_NOT_RAISED: Final = (tree.Addition, tree.Product, tree.Signed, tree.Relations, tree.Listing)
_SCRIPT_MARKS: Final = frozenset(("_", "^", "'", "!"))
_MARKS: Final = frozenset(("*", "+", "-", *OPERATIONS, *PRODUCT_SIGNS)) - LETTERS - {"/"}
_JOINING: Final = {**QUANTIFIERS, r"\pmod": "mod", r"\pod": "mod"}
_LISTED: Final = frozenset((*SEPARATORS, *_JOINING, "\\\\", r"\over", r"\choose", r"\atop"))
_ENDS_AN_ITEM: Final = frozenset((*CLOSING, *SEPARATORS, "&", "\\\\", r"\end"))
_OPEN_PLACES: Final = frozenset((r"\cdot", ":", "*", "-", "+", r"\bullet"))
_OPERAND_KINDS: Final = frozenset(("letter", "number", "name", "open", "bar"))
_END_KINDS: Final = frozenset(("end", "close", "word"))
_TEXT_KINDS: Final = frozenset(("letter", "number", "name"))
_TERM_STARTS: Final = frozenset((*SUM_SIGNS, *BRACES, "{"))
_STRAY: Final = frozenset((".", ",", ";", "?", ":"))  # behind a whole formula these end the sentence
_AFTER_ALL: Final = frozenset((",", "=", ")", "]", "}"))  # right behind a letter these end a product and a sum
_new: Final = tuple.__new__  # what Span(...) comes to; asked directly, as every node has one


def read(text: str, macros: str | Mapping[str, Macro] = "") -> Node | Problem:
    """The syntax tree of a formula or a chain of relations, or the :class:`Problem` that stopped the reader.

    ``macros`` holds LaTeX definitions (``\\newcommand{\\la}{\\lambda}``), or what
    :func:`~engine.reading.macro.read_macros` made of them. Total: no exception leaves, nothing is evaluated, the time
    is linear in the length of the text.

    >>> read("2^{x")
    Problem(message="expected '}' to close this bracket, found the end", span=Span(start=2, end=3), source='2^{x')
    """
    tokens = _prepared(text, macros)
    if isinstance(tokens, Problem):
        return tokens
    try:
        reader = Reader(tokens)
        node = reader.whole()
        return check_depth(node) if reader.long or len(tokens) > DEEPEST_TREE else node
    except Unreadable as stop:
        return Problem(stop.message, stop.span, text)
    except RecursionError:  # only where the caller has used up the stack already
        return Problem("nested too deeply to be read", Span(0, len(text)), text)


def _prepared(text: str, macros: str | Mapping[str, Macro]) -> list[Token] | Problem:
    tokens = tokenize(text, whole_words=True)
    if isinstance(tokens, Problem):
        return tokens
    if macros:
        table = _table(macros) if isinstance(macros, str) else macros
        if isinstance(table, Problem):
            return table
        expanded = expand(tokens, table, text)
        if isinstance(expanded, Problem):
            return expanded
        tokens = expanded
    settled = settle(tokens, text)
    return settled if isinstance(settled, Problem) else with_sides(settled)


@lru_cache(maxsize=16)
def _table(macros: str) -> Mapping[str, Macro] | Problem:
    """The macros of a document, which come with each of its formulas and are read once."""
    return read_macros(macros)


def _over(first: Node, last: Node) -> Span:
    return _new(Span, (first.span[0], last.span[1]))


class Reader(Stream):
    """One pass over the tokens. ``integrals`` counts the ∫ that wait for their differential inside the innermost
    bracket; ``caught`` holds the variables that were found in a numerator: ``\\int \\frac{dx}{x}``; ``divided`` is
    set below an ``\\over``; ``long`` says that a row is long enough to nest deeply."""

    __slots__ = ("integrals", "caught", "divided", "long")

    def __init__(self, tokens: list[Token]) -> None:
        super().__init__(tokens)
        self.integrals = 0
        self.caught: list[tuple[Node, Node | None]] = []
        self.divided = False
        self.long = False

    # -- loose to tight

    def whole(self) -> Node:
        if self.peek().kind == "end":
            raise self.fail("expected a formula, found nothing", self.peek())
        node = self.contents("whole")
        while (left := self.tokens[self.position]).text in _STRAY and left.kind == "symbol":
            self.position += 1
        if left.kind != "end":
            raise self.fail(f"expected an operator or the end, found {shown(left)}", left)
        return node

    def contents(self, inside: Inside = "bracket") -> Node:
        """What stands in a bracket: items with separators and words; a single item stands for itself."""
        token = self.tokens[self.position]
        if token.kind == "word" or token.text in _JOINING or token.text in _OPEN_PLACES:
            return self._clauses(None, inside)
        first = self.sum()
        token = self.tokens[self.position]
        if token.text in RELATION_STARTS:
            first = self._related(first)
            token = self.tokens[self.position]
        if token.kind == "word" or token.text in _LISTED:
            return self._clauses(first, inside)
        return first

    def _clauses(self, first: Node | None, inside: Inside) -> Node:
        items: list[Node] = []
        words = ["" if first is not None else self._words() or ""]
        while True:
            if first is None and self._at_end():
                break
            items.append(self._listing(self._item() if first is None else first, inside))
            first = None
            joining = self._words()
            if joining is None:
                break
            words.append(joining)
        if len(words) > len(items):
            end = self.last()
            items.append(tree.Words(words[-1], place(end)))
            words[-1] = ""
        if len(items) == 1 and not words[0]:
            return items[0]
        return tree.Clauses(tuple(items), tuple(words), _over(items[0], items[-1]))

    def _words(self) -> str | None:
        """The words, the quantifier or the \\pmod that stand here, taken; ``None`` where there are none."""
        found: list[str] = []
        while True:
            token = self.tokens[self.position]
            if token.kind == "word":
                found.append(token.text)
            elif token.text in _JOINING:
                found.append(_JOINING[token.text])
            elif not (token.text in (",", ";", ":") and found and self.peek(1).kind == "word"):
                return " ".join(part for part in found if part) if found else None
            self.position += 1

    def _at_end(self) -> bool:
        token = self.tokens[self.position]
        return token.kind in ("end", "close") or token.text in CLOSING or token.text in ("&", "\\\\", r"\end", ".", ",")

    def _item(self) -> Node:
        token = self.tokens[self.position]
        if token.text in _OPEN_PLACES:
            after = self.peek(1)
            if after.text in _ENDS_AN_ITEM or after.kind in ("close", "word"):
                self.take()
                return tree.Placeholder(token.text, place(token))
        return self.relations()

    def _listing(self, first: Node, inside: Inside) -> Node:
        items, separators = [first], []
        while (separator := self._separator(inside)) is not None:
            separators.append(separator)
            items.append(self._item())
            self._check_rows(items, separators)
        if separators:
            first = tree.Listing(tuple(items), tuple(separators), _over(items[0], items[-1]))
            first = first if inside == "bracket" else distributed(first)
        return first if self.tokens[self.position].text not in (r"\over", r"\choose", r"\atop") else self._infix(first)

    def _separator(self, inside: Inside) -> str | None:
        whole = inside == "whole"
        token = self.tokens[self.position]
        if token.text == "\\\\" and whole:
            self.take()
            return "\\\\"
        separator = SEPARATORS.get(token.text)
        if separator is None:
            return None
        after = self.peek(1)
        if after.kind == "word" or after.text in QUANTIFIERS or after.text == "\\\\":
            self.take()  # "x_i > 0, for all i": the comma belongs to the words
            return self._separator(inside) if after.text == "\\\\" else None
        if after.text in ("&", "\\\\", r"\end"):
            return None  # a stray comma at the end of a cell
        if whole and (after.kind == "end" or after.text in SEPARATORS or after.text == "."):
            return None
        self.take()
        return separator

    def _check_rows(self, items: list[Node], separators: list[str]) -> None:
        statements = (tree.Relations, tree.Logic, tree.Clauses)
        if separators[-1] == "\\\\" and not all(isinstance(item, statements) for item in items[-2:]):
            raise Unreadable(
                "a new row without an operator can go on with the product above or start something new; write \\cdot,"
                " or read the rows one by one",
                items[-1].span,
            )

    def _infix(self, upper: Node) -> Node:
        """``{a \\over b}``, ``{n \\choose k}``, and ``{i < n \\atop j < n}``, which stands for a list."""
        command = self.take()
        if self.divided:
            raise self.fail(f"a second {command.text} without braces can be read in two ways", command)
        self.divided = True
        lower = self.contents()
        self.divided = False
        span = _over(upper, lower)
        if command.text == r"\atop":
            return tree.Listing((upper, lower), (",",), span)
        if not isinstance(upper, tree.Relations | tree.Listing):
            return tree.Fraction(upper, lower, span) if command.text == r"\over" else tree.Binomial(upper, lower, span)
        raise self.fail(f"{command.text} takes all that stands before it; put braces around its two sides", command)

    def relations(self) -> Node:
        first = self.sum()
        return self._related(first) if self.tokens[self.position].text in RELATION_STARTS else first

    def _related(self, first: Node) -> Node:
        """The relation that starts with the side at hand, or this side where no sign follows it."""
        items, signs = [first], []
        while self.tokens[self.position].text in RELATION_STARTS and (sign := relation_sign(self)) is not None:
            signs.append(sign)
            items.append(self.sum())
        return related(items, signs) if signs else first

    def sum(self) -> Node:
        token = self.tokens[self.position]
        if token.kind == "letter" or token.text in LETTERS:
            after = self.tokens[self.position + 1]
            if after.kind == "end" or (after.kind == "symbol" and after.text in _AFTER_ALL):
                self.position += 1  # a letter alone, as many are: what comes below would find no more
                return tree.Symbol(token.text, _new(Span, (token.start, token.end)))
        first = self._with_signs(self.operation) if token.text in SUM_SIGNS else self.operation()
        if self.tokens[self.position].text not in _TERM_STARTS:
            return first
        terms = [first]
        while self._term_follows() and not (self.integrals and self.caught):
            node = self._with_signs(self.operation)
            terms += node.terms if isinstance(node, tree.Addition) else (node,)
        return tree.Addition(tuple(terms), _over(terms[0], terms[-1])) if len(terms) > 1 else first

    def _term_follows(self) -> bool:
        return self.tokens[self.position].text in SUM_SIGNS or self._signed_group()

    def _signed_group(self) -> bool:
        """``{- b}`` and ``\\underbrace{- b}`` come next, which behind a is seen as a - b."""
        text = self.tokens[self.position].text
        if text != "{" and text not in BRACES:
            return False
        start = self.position + (text != "{")
        return self.tokens[start].text == "{" and self.tokens[start + 1].text in SUM_SIGNS

    def _with_signs(self, operand: Callable[[], Node]) -> Node:
        signs = []
        while (sign := self.tokens[self.position]).text in SUM_SIGNS:
            self.position += 1
            if sign.text != "+":
                signs.append(sign)
        if len(signs) > DEEPEST:
            raise self.fail(f"more than {DEEPEST} signs in a row", signs[-1])
        node = operand()
        for sign in reversed(signs):
            node = tree.Signed(sign.text, node, Span(sign.start, node.span.end))
        return node

    def operation(self) -> Node:
        first = self.factor()
        operator = self._operator()
        if operator is not None:
            first = self._product(first, operator)
        mark = self.tokens[self.position].text
        if mark not in OPERATIONS:
            return first
        operands, sign = [first], OPERATIONS[mark]
        while (found := self.tokens[self.position]).text in OPERATIONS:
            if OPERATIONS[found.text] != sign:
                raise self.fail(f"a {sign} b {OPERATIONS[found.text]} c can be read in two ways; use brackets", found)
            self.take()
            operands.append(self._with_signs(self.product))
        return tree.Operation(sign, tuple(operands), _over(first, operands[-1]))

    def product(self) -> Node:
        first = self.factor()
        operator = self._operator()
        return first if operator is None else self._product(first, operator)

    def _product(self, first: Node, operator: str | None) -> Node:
        """The product that starts with the factor and the operator at hand."""
        if type(first) in _UNSEEN:
            raise _unseen(first)
        factors, operators = [first], list[str]()
        while operator is not None:
            operators.append(operator)
            if operator:
                factors.append(self._with_signs(self.factor))
            elif self.tokens[self.position].kind == "bar":
                factors.append(self._bar(self.take()))
            else:
                factors.append(self.factor())
            if type(factors[-1]) in _UNSEEN:
                _check_unseen(factors, operators)
            operator = self._operator()
        if "/" in operators:
            factors, operators = in_line(factors, operators)
            if len(factors) == 1:
                return factors[0]
        self.long = self.long or len(factors) > LONGEST_RUN
        if len(factors) > 2:
            _check_typed(factors, operators)
        return tree.Product(tuple(factors), tuple(operators), _over(factors[0], factors[-1]))

    def _operator(self) -> str | None:
        """The operator before the next factor, ``""`` for juxtaposition, ``None`` where the product ends."""
        token = self.tokens[self.position]
        if token.kind == "symbol" and token.text in STOPS:
            return None
        while token.text == "{" and self.tokens[self.position + 1].text == "}" and token.kind == "symbol":
            self.position += 2  # an empty group means nothing
            token = self.tokens[self.position]
        kind, text = token.kind, token.text
        if self.integrals and differential(self):
            return None
        if kind in _OPERAND_KINDS:
            return ""
        if text in STOPS or kind in _END_KINDS:
            return None
        if text in PRODUCT_SIGNS:
            after = self.tokens[self.position + 1]
            if after.text in _ENDS_AN_ITEM and text != "/":
                return ""
            self.position += 1
            return PRODUCT_SIGNS[text]
        if self._signed_group() and not self._after_function():
            return None
        if text in RELATION_STARTS and relation_sign(self, peek=True) is not None:
            return None
        return ""

    def _after_function(self) -> bool:
        return self.tokens[self.position - 1].text in FUNCTION_WORDS

    def _bar(self, start: Token) -> Node:
        lower, upper = self.bounds("the point of evaluation")
        if lower is None:
            raise self.fail("expected '_' and the point of evaluation after the bar", self.peek())
        if upper is not None:
            return tree.Between(None, lower, upper, Span(start.start, self.last().end))
        return tree.Bar(lower, Span(start.start, lower.span.end))

    # -- factors and their scripts

    def factor(self) -> Node:
        token = self.tokens[self.position]
        if token.kind == "letter" or token.text in LETTERS:
            self.position += 1
            node: Node = tree.Symbol(token.text, _new(Span, (token.start, token.end)))
        else:
            node = self.atom()
        text = self.tokens[self.position].text
        if text not in _SCRIPT_MARKS:
            if text != "{" or self.tokens[self.position + 1].text not in ("_", "^"):
                if text != "{" or [t.text for t in self.tokens[self.position : self.position + 3]] != ["{", "}", "_"]:
                    return node
                self.position += 2  # \mathbb{E}{}_{x}
                return self.scripts(node)
            return self.enclosed(self.take(), "}", lambda: self.scripts(node))  # x{_1}
        node = self._raised(node) if text in ("^", "!") and isinstance(node, _NOT_RAISED) else self.scripts(node)
        while self.tokens[self.position].text == "!" and self.peek().kind == "symbol":
            mark = self.take()
            if isinstance(node, tree.Factorial):
                raise self.fail("a double factorial is not known; write brackets", mark)
            node = self.scripts(tree.Factorial(node, Span(node.span.start, mark.end)))
        return node

    def _raised(self, node: Node) -> Node:
        """``{f(x)}^2`` is f(x)^2; ``{a b}^2`` and ``{a + b}^2`` look like a b^2 and a + b^2."""
        if isinstance(node, tree.Product) and len(node.factors) == 2 and isinstance(node.factors[1], tree.Group):
            raised = self.scripts(node.factors[1])
            return tree.Product((node.factors[0], raised), node.operators, _over(node.factors[0], raised))
        raise _unseen(node)

    def scripts(self, base: Node) -> Node:
        below: Node | None = None
        above: Node | None = None
        primes = 0
        while (token := self.tokens[self.position]).text in ("_", "^", "'"):
            self.position += 1
            if token.text == "'":
                primes += 1
            elif token.text == "_":
                if below is not None:
                    raise self.fail("a second subscript; use braces", token)
                below = self.argument("a subscript")
            elif count := self._primes():
                primes += count
            else:
                if above is not None:
                    raise self.fail("a second superscript; use braces", token)
                above = self.argument("a superscript")
        if below is None and above is None and not primes:
            return base
        span = _new(Span, (base.span[0], self.tokens[self.position - 1].end))
        return tree.Script(base, below, primes, above, span)

    def _primes(self) -> int:
        """How many primes a superscript of nothing else holds (``^\\prime``, ``^{\\prime\\prime}``); taken."""
        text = self.tokens[self.position].text
        if text == r"\prime":
            self.take()
            return 1
        if text != "{" or self.peek(1).text not in (r"\prime", "'"):
            return 0
        count = 1
        while self.tokens[self.position + 1 + count].text in (r"\prime", "'"):
            count += 1
        if self.tokens[self.position + 1 + count].text != "}":
            return 0
        self.position += count + 2
        return count

    def argument(self, what: str, whole_number: bool = True) -> Node:
        """What a script or a command applies to: a braced group, or a single token as TeX takes it."""
        token = self.tokens[self.position]
        if token.kind == "letter":
            self.position += 1
            return tree.Symbol(token.text, _new(Span, (token.start, token.end)))
        if token.text == "{" and token.kind == "symbol":
            inside = self.tokens[self.position + 1]
            if self.tokens[self.position + 2].text == "}":
                if inside.kind in _TEXT_KINDS or inside.text in LETTERS:
                    self.position += 1
                    node = self.atom()
                    self.position += 1
                    return node
                if inside.text in _MARKS:
                    self.position += 3
                    return tree.Symbol(inside.text, place(inside))
            return self.braces(what)
        if token.kind == "number" and len(token.text) > 1:
            return self._first_digit(token, whole_number)
        if token.text in _MARKS:
            return self._mark()
        if token.kind == "end" or (token.text in STOPS and token.text not in LETTERS and token.kind != "name"):
            raise self.fail(f"expected {what}, found {shown(token)}", token)
        self.deeper(token)  # \sqrt\sqrt\sqrt x
        node = self.atom()
        self.depth -= 1
        return node

    def _mark(self) -> Node:
        token, after = self.take(), self.peek()
        if token.text in ("-", "+") and after.kind in ("number", "letter") and after.start == token.end:
            raise self.fail(f"TeX takes only the sign here; write {{{token.text}{after.text}}} or put a space", token)
        return tree.Symbol(token.text, place(token))

    def _first_digit(self, token: Token, whole_number: bool) -> Node:
        if whole_number:
            raise self.fail(f"TeX takes only the first digit here; write {{{token.text}}} or put a space", token)
        digit, rest = token.text[0], token.text[1:]
        if "." in (digit, rest[0]):
            raise self.fail("a decimal number needs braces here", token)
        self.tokens[self.position] = Token("number", rest, token.start + 1, token.end)
        return tree.Number(digit, Span(token.start, token.start + 1))

    def braces(self, what: str) -> Node:
        opening, first = self.tokens[self.position], self.tokens[self.position + 1]
        self.position += 1
        if first.text == "}" and first.kind == "symbol":
            raise self.fail(f"expected {what} inside the braces", first)
        if first.text in SWITCHES:
            return in_font(self, opening)
        if first.text in ("*", r"\ast", r"\star") and self.peek(1).text not in ("}", "_", "^"):
            return self._starred(opening)  # A^{*T}
        if first.text in RELATIONS and first.text not in LETTERS:
            return self.enclosed(opening, "}", self._without_left_side)
        return self.enclosed(opening, "}", self._in_braces)

    def _in_braces(self) -> Node:
        return self.contents("braces")

    def _starred(self, opening: Token) -> Node:
        mark = self.take()
        rest = self.enclosed(opening, "}", self.contents)
        factors = (tree.Symbol(mark.text, place(mark)), rest)
        return tree.Product(factors, ("",), _over(*factors))

    def _without_left_side(self) -> Node:
        """``x_{<t}``, ``\\mathbb{R}_{\\ge 0}``: a condition on what stands before it."""
        blank = tree.Blank(Span(self.peek().start, self.peek().start))
        sign = relation_sign(self)
        assert sign is not None
        node = self.relations()
        items, signs = (node.items, node.signs) if isinstance(node, tree.Relations) else ((node,), ())
        return tree.Relations((blank, *items), (sign, *signs), Span(blank.span.start, node.span.end))

    def enclosed(self, opening: Token, closer: str, read_inside: Callable[[], Node]) -> Node:
        """Read up to ``closer`` with a fresh state for differentials, and take the closer."""
        node = self.inside(opening, read_inside)
        token = self.tokens[self.position]
        if token.text != closer or token.kind == "end":
            raise self._unclosed(opening, closer)
        self.position += 1
        return node

    def inside(self, opening: Token, read_inside: Callable[[], Node]) -> Node:
        outer = self.integrals, self.caught, self.divided
        self.integrals, self.caught, self.divided = 0, [], False
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.too_deep(opening)
        node = read_inside()
        self.depth -= 1
        self.integrals, self.caught, self.divided = outer
        return node

    def _unclosed(self, opening: Token, closer: str) -> Unreadable:
        token = self.peek()
        if token.kind == "end":
            return self.fail(f"expected {closer!r} to close this bracket, found the end".replace("\\\\", "\\"), opening)
        wanted = "the closing delimiter" if closer == "." else repr(closer).replace("\\\\", "\\")
        return self.fail(f"expected an operator or {wanted}, found {shown(token)}", token)

    # -- atoms

    def atom(self) -> Node:
        token = self.tokens[self.position]
        kind, text = token.kind, token.text
        if kind == "letter" or text in LETTERS:
            self.position += 1
            return tree.Symbol(text, _new(Span, (token.start, token.end)))
        if kind == "number":
            if len(text) > LONGEST_NUMBER:
                raise self.fail(f"a number of more than {LONGEST_NUMBER} digits", token)
            self.position += 1
            if self.tokens[self.position].text in ("e", "E"):
                self._check_exponent(token)
            return tree.Number(text, _new(Span, (token.start, token.end)))
        if kind == "open" or (kind == "symbol" and text in CLOSERS):
            return self._bracket()
        if kind == "name":
            self.position += 1
            return named(self, r"\mathrm", text, place(token))
        if kind == "word":
            self.position += 1
            return tree.Words(text, place(token))
        construct = _ATOMS.get(text)
        if construct is not None:
            return construct(self)
        if text == r"\cdot" and self.tokens[self.position + 1].text in _ENDS_AN_ITEM:
            self.position += 1
            return tree.Placeholder(text, place(token))
        raise self._no_atom(token)

    def _check_exponent(self, number: Token) -> None:
        """``1e-5`` typed in one piece."""
        letter = self.tokens[self.position]
        sign, digits = self.peek(1), self.peek(2)
        powers = sign.text in ("-", "+") and digits.kind == "number"
        if powers and (letter.start, sign.start, digits.start) == (number.end, letter.end, sign.end):
            exponent = f"{number.text}{letter.text}{sign.text}{digits.text}"
            raise self.fail(f"{exponent} can be a power of ten or a sum with {letter.text}; write it out", number)

    def _no_atom(self, token: Token) -> Unreadable:
        if token.text in (r"\[", r"\("):
            return self.fail(f"unexpected {token.text}; write the formula alone, without it", token)
        known = token.text in STOPS or token.text in PRODUCT_SIGNS or token.text in RELATION_STARTS
        if token.kind == "command" and not known:
            return self.fail(f"unknown command {token.text}; define it as a macro", token)
        if token.kind == "bar" or token.text in (r"\mid", r"\parallel"):
            return self.fail("expected something before this bar", token)
        return self.fail(f"expected a number, a name or an opening bracket, found {shown(token)}", token)

    def _bracket(self) -> Node:
        opening = self.tokens[self.position]
        self.position += 1
        if opening.text == ".":
            return self._evaluation(opening)
        closer = CLOSERS.get(opening.text)
        if closer is None:
            raise self.fail(f"{opening.text} does not open anything", opening)
        first = self.tokens[self.position]
        empty = first.text == closer and first.kind != "open"
        if empty:
            content: Node = tree.Blank(Span(min(opening.end, first.start), first.start))
        else:
            content = self.inside(opening, self.contents)
        closing = self.tokens[self.position]
        if closing.text != closer or closing.kind == "open" or (opening.kind != "open" and closing.kind == "end"):
            return self._other_end(opening, content, closer)
        self.position += 1
        span = _new(Span, (opening.start, closing.end))
        if opening.text == "|" and isinstance(content, tree.Group) and content.kind == "|" and _tight(content, self):
            return tree.Group(r"\|", content.content, span)  # \left|\left| x \right|\right|
        return tree.Group(opening.text, content, span)

    def _other_end(self, opening: Token, content: Node, closer: str) -> Node:
        """What a bracket with another end than its own means: a half-open interval, or cases."""
        closing = self.peek()
        span = Span(opening.start, closing.end)
        pair = isinstance(content, tree.Listing) and content.separators in ((",",), (";",))
        if opening.text in ("(", "[") and closing.text in (")", "]") and pair:
            assert isinstance(content, tree.Listing)
            self.take()
            lower, upper = content.items
            return tree.Interval(opening.text, lower, upper, closing.text, span)
        rows = isinstance(content, tree.Matrix | tree.Cases)
        if rows and opening.text == r"\{" and (closing.kind, closing.text) == ("close", "."):
            assert isinstance(content, tree.Matrix | tree.Cases)
            self.take()
            return from_array(content, span)
        raise self._unclosed(opening, closer)

    def _evaluation(self, opening: Token) -> Node:
        body = self.inside(opening, self.contents)
        bar = self.peek()
        if bar.kind != "close":
            raise self._unclosed(opening, ".")
        self.take()
        if bar.text == "." and self.peek().text != "_":
            return body
        if bar.text == r"\}" and isinstance(body, tree.Matrix):
            return body
        if bar.text != "|":
            raise self.fail("expected \\right| with the point of evaluation", bar)
        lower, upper = self.bounds("the point of evaluation")
        if lower is None:
            raise self.fail("expected '_' and the point of evaluation after the bar", self.peek())
        span = Span(opening.start, self.last().end)
        return tree.Evaluation(body, lower, span) if upper is None else tree.Between(body, lower, upper, span)

    def brace_atom(self) -> Node:
        if self.peek(1).text == "}":
            raise self.fail("expected something inside the braces", self.peek(1))
        return self.braces("a formula")

    def fraction(self) -> Node:
        command = self.take()
        if is_derivative(self):
            return derivative(self, command)
        if self.integrals and self.peek().text == "{":
            upper = self._numerator(self.peek())
        else:
            upper = self.argument("a numerator", whole_number=False)
        lower = self.argument("a denominator", whole_number=False)
        kind = tree.Binomial if "binom" in command.text else tree.Fraction
        return kind(upper, lower, _new(Span, (command.start, lower.span.end)))

    def _numerator(self, opening: Token) -> Node:
        """A numerator under an integral sign; it may end in the differential: ``\\frac{x\\,dx}{1 + x}``."""
        self.take()
        self.deeper(opening)
        outer, self.integrals = self.integrals, 1
        size = differential(self)
        node = tree.Number("1", place(self.peek())) if size else self.contents()
        self.integrals, self.depth = outer, self.depth - 1
        while size := differential(self):
            self.position += size
            self.caught.append((self.scripts(self.atom()), None))
        self.expect("}", "an operator or '}'")
        return node

    def root(self) -> Node:
        command = self.take()
        degree = None
        if self.peek().text == "[":
            degree = self.enclosed(self.take(), "]", self.relations)
        radicand = self.argument("what stands under the root", whole_number=False)
        return tree.Root(radicand, degree, Span(command.start, radicand.span.end))

    def negation(self) -> Node:
        command = self.take()
        self.deeper(command)
        operand = self.factor()
        self.depth -= 1
        return tree.Not(operand, Span(command.start, operand.span.end))

    # -- big operators

    def bounds(self, what: str = "a bound") -> tuple[Node | None, Node | None]:
        below: Node | None = None
        above: Node | None = None
        while (mark := self.tokens[self.position]).text in ("_", "^"):
            self.position += 1
            if (below if mark.text == "_" else above) is not None:
                raise self.fail(f"a second {mark.text!r}; use braces", mark)
            if mark.text == "_":
                below = self.argument(what)
            else:
                above = self.argument(what)
        return below, above

    def big(self) -> Node:
        command = self.take()
        lower, upper = self.bounds()
        self.deeper(command)
        body = self._with_signs(self.operation) if self.peek().text == "-" else self.operation()
        self.depth -= 1
        span = Span(command.start, body.span.end)
        if command.text in BIG_OPERATIONS:
            return tree.BigOperation(BIG_OPERATIONS[command.text], lower, upper, body, span)
        return tree.Big("sum" if command.text == r"\sum" else "prod", lower, upper, body, span)


_UNSEEN: Final = frozenset((tree.Addition, tree.Relations, tree.Listing, tree.Clauses, tree.Logic))


def _check_unseen(factors: list[Node], operators: list[str]) -> None:
    """Braces do not show: ``2{x + y}`` looks like 2x + y. After a function they hold its argument.

    The last factor is one of :data:`_UNSEEN`.
    """
    node, before = factors[-1], factors[-2]
    if not (isinstance(before, tree.Symbol) and before.spelling in FUNCTION_WORDS):
        base = before.base if isinstance(before, tree.Script) else before
        if not (isinstance(base, tree.Symbol) and base.spelling in FUNCTION_WORDS and not operators[-1]):
            raise _unseen(node)


def _unseen(node: Node) -> Unreadable:
    return Unreadable(
        "braces do not show: this can be one factor, or what is seen without them; use brackets", node.span
    )


def _check_typed(factors: list[Node], operators: list[str]) -> None:
    """``log x`` typed without its backslash: the letters in a row, with something after them.

    Before a bracket, a root or a fraction they are left to the meaning, which knows whether the letters are declared.
    """
    run = ""
    for k, factor in enumerate(factors):
        symbol = factor.base if isinstance(factor, tree.Script) else factor
        letter = symbol.spelling if isinstance(symbol, tree.Symbol) and len(symbol.spelling) == 1 else ""
        joined = run and letter and not operators[k - 1] and factors[k - 1].span.end == factor.span.start
        run = run + letter if joined else letter
        if run in TYPED_WORDS and k + 1 < len(factors) and not operators[k] and not _letter_follows(factors, k):
            if run in TYPED_FUNCTIONS and symbol is factor and _shows_its_end(factors[k + 1]):
                run = ""
                continue
            raise Unreadable(
                f"{run} can be a word without its backslash, or a product of letters; write \\text{{{run}}} or spaces",
                factor.span,
            )
        run = "" if isinstance(factor, tree.Script) else run


def _shows_its_end(node: Node) -> bool:
    """Whether a function's argument is seen to be this one factor."""
    base = node.base if isinstance(node, tree.Script) else node
    return isinstance(base, tree.Group | tree.Root | tree.Fraction)


def _letter_follows(factors: list[Node], k: int) -> bool:
    """Whether the row of letters goes on, as in ``logit``."""
    after = factors[k + 1]
    symbol = after.base if isinstance(after, tree.Script) else after
    close = factors[k].span.end == after.span.start
    return close and isinstance(symbol, tree.Symbol) and len(symbol.spelling) == 1


def _tight(inner: Node, reader: Reader) -> bool:
    """Whether the inner bars close right before the outer ones."""
    return reader.tokens[reader.position - 2].kind == "close" and inner.span.end <= reader.last().end


_ATOMS: Final[dict[str, Callable[[Reader], Node]]] = {
    "{": Reader.brace_atom,
    **dict.fromkeys((r"\frac", r"\tfrac", r"\dfrac", r"\cfrac", r"\nicefrac", r"\sfrac"), Reader.fraction),
    **dict.fromkeys((r"\binom", r"\tbinom", r"\dbinom"), Reader.fraction),
    r"\sqrt": Reader.root,
    **dict.fromkeys((r"\sum", r"\prod", *BIG_OPERATIONS), Reader.big),
    **dict.fromkeys(INTEGRALS, integral),
    r"\begin": environment,
    r"\substack": stack,
    **dict.fromkeys(ACCENTS, accent),
    **dict.fromkeys(WORDS, word),
    r"\arg": operator_name,
    r"\mathop": operator_name,
    **dict.fromkeys(BRACES, brace),
    r"\underset": under,
    **dict.fromkeys((r"\overset", r"\stackrel"), over),
    r"\stackunder": under,
    r"\neg": Reader.negation,
    r"\lnot": Reader.negation,
}
