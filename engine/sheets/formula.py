"""Formulas among words: splitting a text at its dollar signs, and what LaTeX is let through to a page."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.meaning.statement import Sign


@dataclass(frozen=True, slots=True)
class Text:
    """Plain words; every printer escapes them."""

    text: str


@dataclass(frozen=True, slots=True)
class Formula:
    """LaTeX of our own printer or of an exercise's author; printers pass it on only where :func:`harmless`."""

    latex: str


Inline = tuple[Text | Formula, ...]

SIGN_LATEX: dict[Sign, str] = {
    "=": "=",
    "≠": r"\neq",
    "<": "<",
    "≤": r"\le",
    ">": ">",
    "≥": r"\ge",
    "≈": r"\approx",
}

COMMANDS = frozenset(
    """
        alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi omicron pi
    varpi rho     varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma
    Upsilon Phi Psi Omega     ell hbar imath jmath nabla partial infty emptyset varnothing Re Im aleph prime dagger
    ddagger star ast circ bullet     frac dfrac tfrac binom dbinom tbinom sqrt sum prod int iint oint lim limsup
    liminf max min sup inf arg argmax argmin     ln log exp sin cos tan cot sec csc arcsin arccos arctan sinh cosh
    tanh det dim ker gcd deg hom Pr tr     cdot cdots ldots dots vdots ddots times div pm mp ne neq le leq ge geq lt
    gt ll gg approx equiv sim simeq cong propto     to gets mapsto rightarrow leftarrow Rightarrow Leftarrow
    Leftrightarrow leftrightarrow longrightarrow Longrightarrow     longleftarrow Longleftarrow Longleftrightarrow
    implies impliedby iff coloneqq colon mid nmid parallel perp     in notin ni subset subseteq supset supseteq cup
    cap setminus land lor lnot neg forall exists nexists oplus otimes odot     wedge vee top bot     left right
    middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr bigm Bigm     lfloor rfloor lceil rceil
    langle rangle lvert rvert lVert rVert vert Vert lbrace rbrace lbrack rbrack     hat widehat bar overline
    underline tilde dot ddot vec mathring check breve acute grave     mathbf mathrm mathit mathsf mathtt mathcal
    mathbb mathfrak boldsymbol bm text textbf textit textrm operatorname     displaystyle textstyle scriptstyle
    limits nolimits quad qquad hline     begin end boxed underbrace overbrace underset overset stackrel phantom
    mathstrut
    """.split()
)
ENVIRONMENTS = frozenset(
    "matrix pmatrix bmatrix vmatrix Vmatrix Bmatrix smallmatrix array cases aligned gathered".split()
)
SYMBOLS = frozenset(r"\, \: \; \! \{ \} \| \\ \% \& \_ \#".split() + ["\\ "])
TOKEN = re.compile(r"\\[A-Za-z]+|\\.|.", re.DOTALL)
ENVIRONMENT = re.compile(r"\{([A-Za-z]+)\}")
DOLLAR = re.compile(r"(?<!\\)\$")


def inline(words: str) -> Inline:
    r"""Words with formulas between dollar signs; ``\$`` is a dollar. An odd number of them leaves it all words.

    >>> inline("so $x = 1$.")
    (Text(text='so '), Formula(latex='x = 1'), Text(text='.'))
    """
    parts = DOLLAR.split(words)
    if len(parts) % 2 == 0:
        return (Text(words),)
    kinds = (Formula(part) if i % 2 else Text(part.replace(r"\$", "$")) for i, part in enumerate(parts))
    return tuple(part for part in kinds if part not in (Text(""), Formula("")))


def harmless(latex: str) -> bool:
    r"""Whether the LaTeX consists of known mathematical notation, properly nested.

    TeX can read and write files and redefine itself; nothing but the listed commands may reach it, whoever wrote it.

    >>> harmless(r"\frac{1}{\lambda}"), harmless(r"\input{/etc/passwd}"), harmless("x^^5cinput")
    (True, False, False)
    """
    if not latex.isascii() or not latex.isprintable() or "^^" in latex:
        return False
    return all(map(_allowed, TOKEN.findall(latex))) and _balanced(latex)


def _allowed(token: str) -> bool:
    if token.startswith("\\"):
        return token[1:] in COMMANDS or token in SYMBOLS
    return token not in "$%#~\\"


def _balanced(latex: str) -> bool:
    """Braces, ``\\left`` and ``\\right``, and environments close in the order in which they opened."""
    expected: list[str] = []
    for found in TOKEN.finditer(latex):
        token = found.group()
        if token in (r"\begin", r"\end"):
            name = ENVIRONMENT.match(latex, found.end())
            if name is None or name[1] not in ENVIRONMENTS:
                return False
            token += name[1]
        if token == "{" or token == r"\left" or token.startswith(r"\begin"):
            expected.append({"{": "}", r"\left": r"\right"}.get(token, token.replace("begin", "end")))
        elif (token == "}" or token == r"\right" or token.startswith(r"\end")) and (
            not expected or expected.pop() != token
        ):
            return False
    return not expected


def grouped(count: int) -> str:
    """
    >>> grouped(132863336)
    '132,863,336'
    """
    return f"{count:,}"


SILENT = frozenset(
    r"\left \right \big \Big \bigl \bigr \Bigl \Bigr \displaystyle \textstyle \limits \nolimits \mathrm \mathbf "
    r"\mathbb \mathcal \mathsf \boldsymbol \text \operatorname \begin \end \, \! \;".split()
)
SPACED = frozenset(r"= + - < > \le \ge \neq \approx \iff \implies \to \cdot \times \in \quad \mid".split())
ACCENTS = frozenset(r"\hat \bar \tilde \dot \vec \overline \widehat \sqrt".split())


def width(latex: str) -> float:
    r"""About how wide the formula is set, in digits; fractions and matrices are as wide as their widest line.

    >>> width("x = 1"), width(r"\frac{1234}{x}"), width(r"\sum_{i=1}^{N} x_{i}") < 8
    (4.0, 4.0, True)
    """
    return _Ruler([token for token in TOKEN.findall(latex) if not token.isspace()]).lines()


@dataclass(slots=True)
class _Ruler:
    """Reads tokens from the left; ``at`` is the next one."""

    tokens: list[str]
    at: int = 0

    def next(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1] if self.at <= len(self.tokens) else "}"

    def lines(self) -> float:
        """The widest line up to the brace that closes the group."""
        widest = current = 0.0
        while (token := self.next()) != "}":
            current = 0.0 if token == r"\\" else current + self.token(token)
            widest = max(widest, current)
        return widest

    def token(self, token: str) -> float:
        if token == "{":
            return self.lines()
        if token in (r"\frac", r"\binom"):
            return max(self.argument(), self.argument())
        if token in (r"\begin", r"\end"):
            self.argument()
            return 1.0
        if token in ("_", "^"):
            return 0.6 * self.argument()
        if token in SPACED:
            return 2.0
        return 0.0 if token in SILENT or token in ACCENTS else 1.0

    def argument(self) -> float:
        return self.token(self.next())
