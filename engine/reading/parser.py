"""The reader: LaTeX text to a syntax tree, by operator precedence.

From loose to tight: relations, sums, products (written or by juxtaposition), factors with scripts. One token is looked
at a bounded number of times, so the time is linear. Depth is bounded by :data:`DEEPEST`, so that no text can exhaust
Python's stack; long sums, products and chains are flat.

To add a notation: a letter-like command goes into ``LETTERS``, an accent into ``ACCENTS``, a relation into
``RELATIONS``, a bracket into ``CLOSERS``; a construct of its own gets a method and a line in ``_ATOMS``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from engine.reading import tree
from engine.reading.macro import Macro, expand, read_macros
from engine.reading.token import Token, settle, tokenize
from engine.reading.tree import Node
from engine.span import Problem, Span

# Brackets, scripts, bodies and bounds inside each other. Each level costs up to eight Python frames.
DEEPEST: Final = 64
LONGEST_NUMBER: Final = 1000

LETTERS: Final = frozenset(
    "\\" + name
    for name in (
        "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi varpi rho"
        " varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi"
        " Psi Omega ell infty nabla top partial star ast dagger emptyset Re Im aleph imath jmath hbar intercal perp"
        " ln log exp sin cos tan cot sec csc sinh cosh tanh coth arcsin arccos arctan max min sup inf lim det dim ker"
        " Pr arg gcd deg ldots dots cdots dotsc dotsb"
    ).split()
)

# An accent or style with its canonical command.
ACCENTS: Final = {
    r"\hat": r"\hat", r"\widehat": r"\hat", r"\bar": r"\bar", r"\overline": r"\bar", r"\tilde": r"\tilde",
    r"\widetilde": r"\tilde", r"\vec": r"\vec", r"\dot": r"\dot", r"\ddot": r"\ddot", r"\check": r"\check",
    r"\mathcal": r"\mathcal", r"\mathbb": r"\mathbb", r"\mathfrak": r"\mathfrak", r"\mathscr": r"\mathscr",
    r"\mathbf": r"\mathbf", r"\boldsymbol": r"\mathbf", r"\bm": r"\mathbf",
}  # fmt: skip

WORDS: Final = {
    r"\mathrm": r"\mathrm", r"\text": r"\mathrm", r"\textrm": r"\mathrm", r"\mathit": r"\mathrm",
    r"\mathsf": r"\mathsf", r"\mathtt": r"\mathrm", r"\operatorname": r"\operatorname",
    r"\operatorname*": r"\operatorname", r"\textnormal": r"\mathrm", r"\textup": r"\mathrm",
}  # fmt: skip

# How a relation may be typed, and its canonical sign.
RELATIONS: Final = {
    "=": "=", r"\ne": "≠", r"\neq": "≠", "<": "<", r"\lt": "<", ">": ">", r"\gt": ">", r"\le": "≤", r"\leq": "≤",
    r"\leqslant": "≤", r"\ge": "≥", r"\geq": "≥", r"\geqslant": "≥", r"\approx": "≈", r"\equiv": "≡", ":=": ":=",
    r"\coloneqq": ":=", r"\in": "∈", r"\propto": "∝", r"\sim": "∼", r"\to": "→", r"\rightarrow": "→",
}  # fmt: skip

PRODUCT_SIGNS: Final = {"*": "*", r"\cdot": "*", r"\times": "*", "/": "/", r"\div": "/"}
SUM_SIGNS: Final = frozenset(("+", "-", r"\pm", r"\mp"))
CLOSERS: Final = {
    "(": ")", "[": "]", r"\{": r"\}", "|": "|", r"\|": r"\|", r"\lfloor": r"\rfloor", r"\lceil": r"\rceil",
    r"\langle": r"\rangle",
}  # fmt: skip
_CLOSING: Final = frozenset(CLOSERS.values()) - {"|", r"\|"} | {"}"}
_SEPARATORS: Final = {",": ",", ";": ";", "|": "|", r"\mid": "|"}
_BARS: Final = frozenset(("|", r"\|"))
_RIGHT_BARS: Final = {"|": r"\right|", r"\|": r"\right\|"}  # closers of \left| and \left\|
_STOPS: Final = frozenset((*_CLOSING, *RELATIONS, *SUM_SIGNS, ",", ";", ":", r"\mid", "&", "\\\\", r"\end"))
MATRICES: Final = frozenset("matrix pmatrix bmatrix Bmatrix vmatrix Vmatrix smallmatrix".split())


class _Unreadable(Exception):
    """Carries the Problem from the place where reading stopped to :func:`read`; it never leaves this module."""

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.message = message
        self.span = span


def read(text: str, macros: str | Mapping[str, Macro] = "") -> Node | Problem:
    """The syntax tree of a formula or a chain of relations, or the :class:`Problem` that stopped the reader.

    ``macros`` holds LaTeX definitions (``\\newcommand{\\la}{\\lambda}``), or what
    :func:`~engine.reading.macro.read_macros` made of them. Total: no exception leaves, nothing is
    evaluated, the time is linear in the length of the text.

    >>> read("2^{x")
    Problem(message="expected '}' to close this bracket, found the end", span=Span(start=2, end=3), source='2^{x')
    """
    tokens = _prepared(text, macros)
    if isinstance(tokens, Problem):
        return tokens
    try:
        return _Reader(tokens).whole()
    except _Unreadable as stop:
        return Problem(stop.message, stop.span, text)
    except RecursionError:  # only where the caller has used up the stack already
        return Problem("nested too deeply to be read", Span(0, len(text)), text)


def _prepared(text: str, macros: str | Mapping[str, Macro]) -> list[Token] | Problem:
    tokens = tokenize(text, whole_words=True)
    if isinstance(tokens, Problem):
        return tokens
    if macros:
        table = read_macros(macros) if isinstance(macros, str) else macros
        if isinstance(table, Problem):
            return table
        expanded = expand(tokens, table, text)
        if isinstance(expanded, Problem):
            return expanded
        tokens = expanded
    return settle(tokens, text)


def _over(first: Node, last: Node) -> Span:
    return Span(first.span.start, last.span.end)


def _place(token: Token) -> Span:
    return Span(token.start, token.end)


def _shown(token: Token) -> str:
    return "the end" if token.kind == "end" else repr(token.text).replace("\\\\", "\\")


class _Reader:
    """One pass over the tokens. ``closer`` is what ends the innermost bracket; ``integrals`` counts open ∫ in it."""

    __slots__ = ("tokens", "position", "depth", "closer", "integrals", "_braces")

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.position = 0
        self.depth = 0
        self.closer = ""
        self.integrals = 0
        self._braces: dict[int, int] | None = None

    # -- the stream

    def peek(self, ahead: int = 0) -> Token:
        return self.tokens[min(self.position + ahead, len(self.tokens) - 1)]

    def take(self) -> Token:
        token = self.tokens[self.position]
        if token.kind != "end":
            self.position += 1
        return token

    def fail(self, message: str, token: Token) -> _Unreadable:
        return _Unreadable(message, _place(token))

    def expect(self, text: str, what: str) -> Token:
        token = self.peek()
        if token.text != text or token.kind == "end":
            raise self.fail(f"expected {what}, found {_shown(token)}", token)
        return self.take()

    def deeper(self, token: Token) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.fail(f"nested more than {DEEPEST} levels deep", token)

    # -- loose to tight

    def whole(self) -> Node:
        if self.peek().kind == "end":
            raise self.fail("expected a formula, found nothing", self.peek())
        node = self.relations()
        while self.peek().text in (".", ",", ";") and self.peek().kind == "symbol":
            self.take()
        left = self.peek()
        if left.kind != "end":
            raise self.fail(f"expected an operator or the end, found {_shown(left)}", left)
        return node

    def relations(self) -> Node:
        first = self.sum()
        if self.peek().text not in RELATIONS and not self._defines():
            return first
        items, signs = [first], []
        while (sign := self._relation_sign()) is not None:
            signs.append(sign)
            items.append(self.sum())
        return tree.Relations(tuple(items), tuple(signs), _over(first, items[-1]))

    def _defines(self) -> bool:
        return self.peek().text == ":" and self.peek(1).text == "="

    def _relation_sign(self) -> str | None:
        if self._defines():
            self.position += 2
            return ":="
        sign = RELATIONS.get(self.peek().text)
        if sign is not None:
            self.take()
        return sign

    def sum(self) -> Node:
        terms = [self.signed_term()]
        while self.peek().text in SUM_SIGNS:
            terms.append(self.signed_term())
        if len(terms) == 1:
            return terms[0]
        return tree.Addition(tuple(terms), _over(terms[0], terms[-1]))

    def signed_term(self) -> Node:
        signs = self._signs()
        node = self.product()
        for sign in reversed(signs):
            node = tree.Signed(sign.text, node, Span(sign.start, node.span.end))
        return node

    def _signs(self) -> list[Token]:
        signs = []
        while self.peek().text in SUM_SIGNS:
            sign = self.take()
            if sign.text != "+":
                signs.append(sign)
        if len(signs) > DEEPEST:
            raise self.fail(f"more than {DEEPEST} signs in a row", signs[-1])
        return signs

    def product(self) -> Node:
        factors = [self.factor()]
        operators: list[str] = []
        while (operator := self._operator()) is not None:
            operators.append(operator)
            factors.append(self._signed_factor() if operator else self._follower())
        if len(factors) == 1:
            return factors[0]
        return tree.Product(tuple(factors), tuple(operators), _over(factors[0], factors[-1]))

    def _operator(self) -> str | None:
        """The operator before the next factor, ``""`` for juxtaposition, ``None`` where the product ends."""
        token = self.peek()
        if token.text in PRODUCT_SIGNS:
            self.take()
            return PRODUCT_SIGNS[token.text]
        if token.kind == "open":
            return ""
        if token.kind in ("end", "close") or token.text in _STOPS:
            # A bar on its right side still evaluates what stands before it: \Bigr|_{x=0}.
            return "" if self._bar_follows() else None
        if token.text in _BARS:
            return "" if self._bar_follows() or self.closer in ("", "}", *_RIGHT_BARS.values()) else None
        if self.integrals and self._differential():
            return None
        return None if token.text == "." else ""

    def _bar_follows(self) -> bool:
        """An evaluation bar with its condition is next, and does not close an absolute value."""
        token = self.peek()
        if token.text != "|" or token.kind == "open" or self.peek(1).text != "_":
            return False
        ends = token.kind == "close" and (self.closer == "." or self.closer in _RIGHT_BARS.values())
        return self.closer not in _BARS and not ends

    def _signed_factor(self) -> Node:
        signs = self._signs()
        node = self.factor()
        for sign in reversed(signs):
            node = tree.Signed(sign.text, node, Span(sign.start, node.span.end))
        return node

    def _follower(self) -> Node:
        if self._bar_follows():
            return self._bar(self.take())
        if self.peek().text == "{" and self.peek(1).text == "|" and self.peek(2).text == "}":
            start = self.take()
            self.position += 2
            return self._bar(start)
        return self.factor()

    def _bar(self, start: Token) -> Node:
        self.expect("_", "'_' and the point of evaluation after the bar")
        condition = self.argument("the point of evaluation")
        return tree.Bar(condition, Span(start.start, condition.span.end))

    # -- factors and their scripts

    def factor(self) -> Node:
        node = self.scripts(self.atom())
        while self.peek().text == "!" and self.peek().kind == "symbol":
            mark = self.take()
            if isinstance(node, tree.Factorial):
                raise self.fail("a double factorial is not known; write brackets", mark)
            node = self.scripts(tree.Factorial(node, Span(node.span.start, mark.end)))
        return node

    def scripts(self, base: Node) -> Node:
        below: Node | None = None
        above: Node | None = None
        primes = 0
        while (token := self.peek()).text in ("_", "^", "'"):
            self.take()
            if token.text == "'":
                primes += 1
            elif token.text == "_":
                if below is not None:
                    raise self.fail("a second subscript; use braces", token)
                below = self.argument("a subscript")
            elif self._prime_command():
                primes += 1
            else:
                if above is not None:
                    raise self.fail("a second superscript; use braces", token)
                above = self.argument("a superscript")
        if below is None and above is None and not primes:
            return base
        return tree.Script(base, below, primes, above, Span(base.span.start, self.tokens[self.position - 1].end))

    def _prime_command(self) -> bool:
        if self.peek().text == r"\prime":
            self.take()
            return True
        braced = [self.peek(ahead).text for ahead in range(3)] == ["{", r"\prime", "}"]
        self.position += 3 if braced else 0
        return braced

    def argument(self, what: str, whole_number: bool = True) -> Node:
        """What a script or a command applies to: a braced group, or a single token as TeX takes it."""
        token = self.peek()
        if token.text == "{":
            return self._mark_in_braces() or self.braces(what)
        if token.kind == "number" and len(token.text) > 1:
            return self._first_digit(token, whole_number)
        if token.text in ("*", "+", "-"):
            self.take()
            return tree.Symbol(token.text, _place(token))
        if token.kind == "end" or token.text in _STOPS:
            raise self.fail(f"expected {what}, found {_shown(token)}", token)
        return self.atom()

    def _mark_in_braces(self) -> Node | None:
        mark = self.peek(1)
        if mark.text not in ("*", "+", "-") or self.peek(2).text != "}":
            return None
        self.position += 3
        return tree.Symbol(mark.text, _place(mark))

    def _first_digit(self, token: Token, whole_number: bool) -> Node:
        if whole_number:
            raise self.fail(f"TeX takes only the first digit here; write {{{token.text}}} or put a space", token)
        digit, rest = token.text[0], token.text[1:]
        if rest.startswith("."):
            raise self.fail("a decimal number needs braces here", token)
        self.tokens[self.position] = Token("number", rest, token.start + 1, token.end)
        return tree.Number(digit, Span(token.start, token.start + 1))

    def braces(self, what: str) -> Node:
        opening = self.take()
        if self.peek().text == "}":
            raise self.fail(f"expected {what} inside the braces", self.peek())
        return self._enclosed(opening, "}", self.contents)

    def _enclosed(self, opening: Token, closer: str, read_inside: Callable[[], Node]) -> Node:
        """Read up to ``closer`` with a fresh state for bars and differentials, and take the closer."""
        outer = self.closer, self.integrals
        self.closer, self.integrals = closer, 0
        self.deeper(opening)
        node = read_inside()
        self.depth -= 1
        self.closer, self.integrals = outer
        self._close(opening, closer)
        return node

    def _close(self, opening: Token, closer: str) -> None:
        token = self.peek()
        if token.kind == "end":
            raise self.fail(f"expected {closer!r} to close this bracket, found the end".replace("\\\\", "\\"), opening)
        if not self._fits(token, closer):
            shown = "the closing delimiter" if closer == "." else repr(closer).replace("\\\\", "\\")
            raise self.fail(f"expected an operator or {shown}, found {_shown(token)}", token)
        self.take()

    @staticmethod
    def _fits(token: Token, closer: str) -> bool:
        if closer == ".":
            return token.kind == "close"
        if closer in _RIGHT_BARS.values():
            return token.kind == "close" and _RIGHT_BARS.get(token.text) == closer
        return token.text == closer

    def contents(self) -> Node:
        """Items with separators; a single item stands for itself."""
        items = [self.relations()]
        separators: list[str] = []
        while (separator := self._separator()) is not None:
            separators.append(separator)
            items.append(self.relations())
        if not separators:
            return items[0]
        return tree.Listing(tuple(items), tuple(separators), _over(items[0], items[-1]))

    def _separator(self) -> str | None:
        token = self.peek()
        if token.text in _BARS and (self.closer in _BARS or token.kind != "symbol"):
            return None
        separator = _SEPARATORS.get(token.text)
        if separator is not None:
            self.take()
        return separator

    # -- atoms

    def atom(self) -> Node:
        token = self.peek()
        if token.kind == "number":
            if len(token.text) > LONGEST_NUMBER:
                raise self.fail(f"a number of more than {LONGEST_NUMBER} digits", token)
            self.take()
            return tree.Number(token.text, _place(token))
        if token.kind == "letter" or token.text in LETTERS:
            self.take()
            return tree.Symbol(token.text, _place(token))
        if token.kind == "name":
            self.take()
            return tree.Symbol(f"\\mathrm{{{token.text}}}", _place(token))
        if token.kind == "word":
            self.take()
            return tree.Words(token.text, _place(token))
        if token.kind == "open" or (token.kind == "symbol" and token.text in CLOSERS):
            return self._bracket()
        construct = _ATOMS.get(token.text)
        if construct is not None:
            return construct(self)
        raise self._no_atom(token)

    def _no_atom(self, token: Token) -> _Unreadable:
        if token.kind == "command" and token.text not in _STOPS and token.text not in PRODUCT_SIGNS:
            return self.fail(f"unknown command {token.text}; define it as a macro", token)
        return self.fail(f"expected a number, a name or an opening bracket, found {_shown(token)}", token)

    def _bracket(self) -> Node:
        opening = self.take()
        if opening.text == ".":
            return self._evaluation(opening)
        closer = CLOSERS.get(opening.text)
        if closer is None:
            raise self.fail(f"{opening.text} does not open anything", opening)
        if opening.kind == "open":
            closer = _RIGHT_BARS.get(opening.text, closer)
        content = self._enclosed(opening, closer, self.contents)
        return tree.Group(opening.text, content, Span(opening.start, self.tokens[self.position - 1].end))

    def _evaluation(self, opening: Token) -> Node:
        body = self._enclosed(opening, ".", self.contents)
        bar = self.tokens[self.position - 1]
        if bar.text == "." and self.peek().text != "_":
            return body
        if bar.text != "|":
            raise self.fail("expected \\right| with the point of evaluation", bar)
        self.expect("_", "'_' and the point of evaluation after the bar")
        condition = self.argument("the point of evaluation")
        return tree.Evaluation(body, condition, Span(opening.start, condition.span.end))

    def _brace_atom(self) -> Node:
        if self.peek(1).text == "}":
            raise self.fail("expected something inside the braces", self.peek(1))
        return self.braces("a formula")

    def _fraction(self) -> Node:
        command = self.take()
        if self._is_derivative():
            return self._derivative(command)
        upper = self.argument("a numerator", whole_number=False)
        lower = self.argument("a denominator", whole_number=False)
        kind = tree.Binomial if "binom" in command.text else tree.Fraction
        return kind(upper, lower, Span(command.start, lower.span.end))

    def _root(self) -> Node:
        command = self.take()
        degree = None
        if self.peek().text == "[":
            degree = self._enclosed(self.take(), "]", self.relations)
        radicand = self.argument("what stands under the root", whole_number=False)
        return tree.Root(radicand, degree, Span(command.start, radicand.span.end))

    def _accent(self) -> Node:
        command = self.take()
        self.deeper(command)
        inner = self.argument(f"what {command.text} stands over")
        self.depth -= 1
        inside = tree.spelling(inner)
        if inside is None:
            raise _Unreadable(f"{command.text} of a formula is not a name", inner.span)
        accent = ACCENTS[command.text]
        if accent == r"\mathbf" and not inside.isalnum():
            accent = r"\boldsymbol"
        return tree.Symbol(f"{accent}{{{inside}}}", Span(command.start, inner.span.end))

    def _word(self) -> Node:
        command = self.take()
        if self.peek().text != "{":
            letter = self.take()
            if letter.kind not in ("letter", "number"):
                raise self.fail(f"expected a word after {command.text}", letter)
            return tree.Symbol(f"{WORDS[command.text]}{{{letter.text}}}", Span(command.start, letter.end))
        opening = self.take()
        word, last = "", opening
        while (token := self.take()).text != "}":
            if token.kind == "end" or token.text == "{":
                raise self.fail(f"expected letters and '}}' after {command.text}", token)
            spaced = word and token.start > last.end and "operatorname" not in command.text
            word += (" " if spaced else "") + token.text
            last = token
        if not word:
            raise self.fail(f"expected a word after {command.text}", token)
        return tree.Symbol(f"{WORDS[command.text]}{{{word}}}", Span(command.start, token.end))

    # -- big operators and integrals

    def _bounds(self) -> tuple[Node | None, Node | None]:
        below: Node | None = None
        above: Node | None = None
        while (mark := self.peek()).text in ("_", "^"):
            self.take()
            if mark.text == "_":
                below = self._only(below, mark)
            else:
                above = self._only(above, mark)
        return below, above

    def _only(self, older: Node | None, mark: Token) -> Node:
        if older is not None:
            raise self.fail(f"a second {mark.text!r}; use braces", mark)
        return self.argument("a bound")

    def _big(self) -> Node:
        command = self.take()
        lower, upper = self._bounds()
        self.deeper(command)
        body = self.product()
        self.depth -= 1
        kind = tree.Big("sum" if command.text == r"\sum" else "prod", lower, upper, body, _over(body, body))
        return tree.Big(kind.kind, lower, upper, body, Span(command.start, body.span.end))

    def _integral(self) -> Node:
        command = self.take()
        lower, upper = self._bounds()
        self.deeper(command)
        self.integrals += 1
        body = None if self._differential() else self.sum()
        self.integrals -= 1
        self.depth -= 1
        signs = self._differential()
        if not signs:
            raise self.fail(f"expected the differential of this integral, found {_shown(self.peek())}", command)
        self.position += signs
        variable = self.scripts(self.atom())
        return tree.Integral(variable, lower, upper, body, Span(command.start, variable.span.end))

    def _differential(self, at: int = 0) -> int:
        """How many tokens the ``d`` of a differential takes at this place; 0 where there is none."""
        upright = [self.peek(at + k).text for k in range(4)] == [r"\mathrm", "{", "d", "}"]
        size = 4 if upright else int(self.peek(at).text in ("d", r"\partial"))
        follower = self.peek(at + size)
        named = follower.kind == "letter" or follower.text in LETTERS or follower.text in ACCENTS
        return size if size and named else 0

    # -- derivatives

    def _is_derivative(self) -> bool:
        """``\\frac{d..}{d..}`` with the same d above and below."""
        if self.peek().text != "{":
            return False
        end = self.braces_table().get(self.position)
        if end is None or self.tokens[end + 1].text != "{":
            return False
        below = self._differential(end + 2 - self.position)
        sign = self._d_sign(1)
        return bool(below and sign) and self._d_sign(end + 2 - self.position) == sign

    def _d_sign(self, at: int) -> str:
        """``d`` or ``\\partial`` where one stands, with any upright d taken for ``d``."""
        if [self.peek(at + k).text for k in range(4)] == [r"\mathrm", "{", "d", "}"]:
            return "d"
        return self.peek(at).text if self.peek(at).text in ("d", r"\partial") else ""

    def braces_table(self) -> dict[int, int]:
        """The position of the closing brace of each opening one, found once for the whole text."""
        if self._braces is None:
            self._braces, open_ones = {}, []
            for position, token in enumerate(self.tokens):
                if token.text == "{":
                    open_ones.append(position)
                elif token.text == "}" and open_ones:
                    self._braces[open_ones.pop()] = position
        return self._braces

    def _skip_d(self) -> None:
        self.position += 4 if self.peek().text == r"\mathrm" else 1

    def _derivative(self, command: Token) -> Node:
        opening = self.take()
        self._skip_d()
        order = self._order()
        inner = None
        if self.peek().text != "}":
            inner = self._enclosed(opening, "}", self.relations)
        else:
            self.take()
        variables = self._differentials()
        end = self.tokens[self.position - 1]
        if sum(count for _, count in variables) != order:
            raise _Unreadable("the orders above and below differ", Span(command.start, end.end))
        return tree.Derivative(inner, tuple(variables), Span(command.start, end.end))

    def _order(self) -> int:
        if self.peek().text != "^":
            return 1
        mark = self.take()
        return self._small(self.argument("an order", whole_number=False), mark)

    def _small(self, node: Node, mark: Token) -> int:
        if isinstance(node, tree.Number) and node.text.isdigit() and 0 < int(node.text[:3]) < 100:
            return int(node.text[:3])
        raise self.fail("expected the order of the derivative, a number", mark)

    def _differentials(self) -> list[tuple[Node, int]]:
        opening = self.take()
        found: list[tuple[Node, int]] = []
        self.deeper(opening)
        while self._differential():
            mark = self.peek()
            self._skip_d()
            found.append(self._with_order(self.scripts(self.atom()), mark))
        self.depth -= 1
        self.expect("}", "'}' after the variables of the derivative")
        return found

    def _with_order(self, node: Node, mark: Token) -> tuple[Node, int]:
        if not isinstance(node, tree.Script) or node.superscript is None:
            return node, 1
        order = self._small(node.superscript, mark)
        if node.subscript is None and not node.primes:
            return node.base, order
        return tree.Script(node.base, node.subscript, node.primes, None, node.span), order

    # -- matrices

    def _environment(self) -> Node:
        begin = self.take()
        name = self._environment_name()
        if name not in MATRICES:
            raise self.fail(f"the environment {name!r} is not known here", begin)
        outer = self.closer, self.integrals
        self.closer, self.integrals = "\\end", 0
        self.deeper(begin)
        rows = self._rows(begin)
        self.depth -= 1
        self.closer, self.integrals = outer
        self.expect(r"\end", rf"\end{{{name}}}")
        if self._environment_name() != name:
            raise self.fail(f"expected \\end{{{name}}}", self.tokens[self.position - 1])
        return tree.Matrix(name, rows, Span(begin.start, self.tokens[self.position - 1].end))

    def _environment_name(self) -> str:
        self.expect("{", "the name of the environment in braces")
        name = ""
        while self.peek().kind == "letter":
            name += self.take().text
        self.expect("}", "'}' after the name of the environment")
        return name

    def _rows(self, begin: Token) -> tuple[tuple[Node, ...], ...]:
        rows: list[tuple[Node, ...]] = []
        while self.peek().text != r"\end":
            rows.append(self._row())
            if self.peek().text != "\\\\":
                break
            self.take()
        if not rows:
            raise self.fail("expected the entries of the matrix", begin)
        if any(len(row) != len(rows[0]) for row in rows):
            raise self.fail("the rows of this matrix have different lengths", begin)
        return tuple(rows)

    def _row(self) -> tuple[Node, ...]:
        cells = [self._cell()]
        while self.peek().text == "&":
            self.take()
            cells.append(self._cell())
        return tuple(cells)

    def _cell(self) -> Node:
        cell = self.relations()
        while self.peek().text in (",", ";"):  # typed by people who think of lists
            self.take()
        return cell


_ATOMS: Final[dict[str, Callable[[_Reader], Node]]] = {
    "{": _Reader._brace_atom,
    **dict.fromkeys((r"\frac", r"\tfrac", r"\dfrac", r"\cfrac", r"\binom", r"\tbinom", r"\dbinom"), _Reader._fraction),
    r"\sqrt": _Reader._root,
    r"\sum": _Reader._big,
    r"\prod": _Reader._big,
    r"\int": _Reader._integral,
    r"\begin": _Reader._environment,
    **dict.fromkeys(ACCENTS, _Reader._accent),
    **dict.fromkeys(WORDS, _Reader._word),
}
