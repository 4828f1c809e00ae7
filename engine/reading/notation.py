"""The tables of notation: what may be typed, and the one canonical form of each.

To add a letter-like command, an accent, a relation, an operation or a bracket, add it here; a construct of its own gets
a function and a line in :data:`engine.reading.parser._ATOMS`.
"""

from __future__ import annotations

from typing import Final


def _commands(names: str) -> frozenset[str]:
    return frozenset("\\" + name for name in names.split())


LETTERS: Final = _commands(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa varkappa lambda mu nu xi pi varpi rho"
    " varrho sigma varsigma tau upsilon phi varphi chi psi omega digamma Gamma Delta Theta Lambda Xi Pi Sigma Upsilon"
    " Phi Psi Omega varGamma varTheta varSigma varPhi varPsi varOmega omicron ell infty nabla top bot partial star ast"
    " dagger ddagger emptyset varnothing Re Im aleph imath jmath hbar wp eth perp intercal sharp flat square bigstar"
    " ln log lg exp sin cos tan cot sec csc sinh cosh tanh coth arcsin arccos arctan max min sup inf lim limsup liminf"
    " det dim ker Pr gcd deg hom ldots dots cdots dotsc dotsb dotsi dotsm dotso hdots vdots ddots adots iddots bullet"
    " diamond triangle checkmark prime S P"
    " E"  # no command of LaTeX's: everybody defines it, and what it means is reported where it is not defined
)

# Functions whose argument authors put in bare braces: \exp{-x}.
FUNCTION_WORDS: Final = _commands(
    "ln log lg exp sin cos tan cot sec csc sinh cosh tanh coth arcsin arccos arctan max min sup inf lim det dim Pr"
)

# Words that are meant where their letters are typed in a row before something else.
TYPED_WORDS: Final = frozenset(
    "log exp sin cos tan sinh cosh tanh max min sup inf lim det arg argmax argmin sqrt ln Var Cov tr diag"
    " if for and".split()
)

# Those of them that are functions or quantities known by their names.
TYPED_FUNCTIONS: Final = frozenset("log exp sin cos tan sinh cosh tanh max min det ln Var Cov".split())

# An accent or style with its canonical command.
ACCENTS: Final = {
    r"\hat": r"\hat", r"\widehat": r"\hat", r"\bar": r"\bar", r"\overline": r"\bar", r"\tilde": r"\tilde",
    r"\widetilde": r"\tilde", r"\vec": r"\vec", r"\overrightarrow": r"\vec", r"\dot": r"\dot", r"\ddot": r"\ddot",
    r"\dddot": r"\dddot", r"\check": r"\check", r"\widecheck": r"\check", r"\breve": r"\breve", r"\acute": r"\acute",
    r"\grave": r"\grave", r"\mathring": r"\mathring", r"\underline": r"\underline", r"\undertilde": r"\undertilde",
    r"\mathcal": r"\mathcal", r"\mathbb": r"\mathbb", r"\mathds": r"\mathbb", r"\mathbbm": r"\mathbb",
    r"\mathbbmss": r"\mathbb", r"\Bbb": r"\mathbb", r"\mathfrak": r"\mathfrak", r"\mathscr": r"\mathscr",
    r"\mathbf": r"\mathbf", r"\boldsymbol": r"\mathbf", r"\bm": r"\mathbf", r"\pmb": r"\mathbf", r"\bold": r"\mathbf",
    r"\textbf": r"\mathbf", r"\Tilde": r"\tilde", r"\Hat": r"\hat", r"\Bar": r"\bar", r"\Vec": r"\vec",
    r"\mathbfit": r"\mathbf", r"\mathbfcal": r"\mathcal", r"\mathnormal": "",
}  # fmt: skip
FONTS: Final = frozenset(("", r"\mathbf", r"\mathcal", r"\mathbb", r"\mathfrak", r"\mathscr"))

# Font switches inside braces: {\bf w}.
SWITCHES: Final = {
    r"\bf": r"\mathbf", r"\boldmath": r"\mathbf", r"\bfseries": r"\mathbf", r"\cal": r"\mathcal", r"\rm": r"\mathrm",
    r"\it": "", r"\sf": r"\mathsf", r"\tt": r"\mathrm", r"\mit": "",
}  # fmt: skip

WORDS: Final = {
    r"\mathrm": r"\mathrm", r"\text": r"\mathrm", r"\textrm": r"\mathrm", r"\mathit": r"\mathrm",
    r"\mathsf": r"\mathsf", r"\mathtt": r"\mathrm", r"\operatorname": r"\operatorname",
    r"\operatorname*": r"\operatorname", r"\textnormal": r"\mathrm", r"\textup": r"\mathrm", r"\textit": r"\mathrm",
    r"\textsf": r"\mathrm", r"\texttt": r"\mathrm", r"\textsc": r"\mathrm", r"\mbox": r"\mathrm", r"\hbox": r"\mathrm",
    r"\emph": r"\mathrm",
}  # fmt: skip

# How a relation may be typed, and its canonical sign.
RELATIONS: Final = {
    "=": "=", r"\ne": "≠", r"\neq": "≠", "<": "<", r"\lt": "<", ">": ">", r"\gt": ">", r"\le": "≤", r"\leq": "≤",
    r"\leqslant": "≤", r"\leqq": "≤", r"\ge": "≥", r"\geq": "≥", r"\geqslant": "≥", r"\geqq": "≥", r"\approx": "≈",
    r"\approxeq": "≈", r"\equiv": "≡", ":=": ":=", r"\coloneqq": ":=", r"\coloneq": ":=", r"\triangleq": ":=",
    r"\eqqcolon": "=:", r"\doteq": "≐", r"\in": "∈", r"\ni": "∋", r"\notin": "∉", r"\propto": "∝", r"\sim": "∼",
    r"\to": "→", r"\rightarrow": "→", r"\longrightarrow": "→", r"\leftarrow": "←", r"\gets": "←",
    r"\rightsquigarrow": "⇝", r"\leadsto": "⇝", r"\uparrow": "↑", r"\downarrow": "↓", r"\searrow": "↘",
    r"\nearrow": "↗", r"\hookrightarrow": "↪", r"\leftrightarrow": "↔", r"\longleftrightarrow": "↔",
    r"\mapsto": "↦", r"\longmapsto": "↦", r"\simeq": "≃", r"\cong": "≅", r"\asymp": "≍", r"\ll": "≪", r"\gg": "≫",
    r"\subset": "⊂", r"\subseteq": "⊆", r"\subsetneq": "⊊", r"\supset": "⊃", r"\supseteq": "⊇", r"\succ": "≻",
    r"\succeq": "⪰", r"\prec": "≺", r"\preceq": "⪯", r"\succcurlyeq": "⪰", r"\preccurlyeq": "⪯", r"\lesssim": "≲",
    r"\gtrsim": "≳", r"\nsim": "≁", r"\nleq": "≰", r"\ngeq": "≱", r"\models": "⊨", r"\vdash": "⊢", r"\lneq": "<",
    r"\gneq": ">", r"\bowtie": "⋈", r"\rightleftharpoons": "⇌", r"\nmid": "∤", r"\indep": "⊥", r"\backsim": "∽",
}  # fmt: skip
# Two characters typed without a space between them.
PAIRS: Final = {("<", "="): "≤", (">", "="): "≥", ("=", "="): "=", ("=", ":"): "=:", ("=", ">"): "⇒"}
NEGATED: Final = {
    "=": "≠", "∈": "∉", "∼": "≁", "≤": "≰", "≥": "≱", "⊂": "⊄", "⊆": "⊈", "≈": "≉", "≡": "≢", "<": "≮", ">": "≯",
    "⊥": "⊥̸", "∝": "∝̸", "→": "↛", "⇒": "⇏", "⊃": "⊅",
}  # fmt: skip

# What joins statements.
LOGIC: Final = {
    r"\Rightarrow": "⇒", r"\implies": "⇒", r"\Longrightarrow": "⇒", r"\therefore": "⇒", r"\Leftarrow": "⇐",
    r"\impliedby": "⇐", r"\Longleftarrow": "⇐", r"\because": "⇐", r"\iff": "⇔", r"\Leftrightarrow": "⇔",
    r"\Longleftrightarrow": "⇔", r"\wedge": "∧", r"\land": "∧", r"\vee": "∨", r"\lor": "∨",
}  # fmt: skip
QUANTIFIERS: Final = {r"\forall": "∀", r"\exists": "∃", r"\nexists": "∄"}

PRODUCT_SIGNS: Final = {"*": "*", r"\cdot": "·", r"\times": "×", "/": "/", r"\div": "/"}
SUM_SIGNS: Final = frozenset(("+", "-", r"\pm", r"\mp"))
# Between a sum and a product: A \otimes B + C is (A \otimes B) + C, A B \otimes C is (A B) \otimes C.
OPERATIONS: Final = {
    r"\otimes": "⊗", r"\odot": "⊙", r"\circ": "∘", r"\oplus": "⊕", r"\ominus": "⊖", r"\oslash": "⊘", r"\cap": "∩",
    r"\cup": "∪", r"\setminus": "∖", r"\backslash": "∖", r"\bmod": "mod", r"\mod": "mod", r"\uplus": "⊎",
    r"\sqcup": "⊔", r"\circledast": "⊛", r"\boxtimes": "⊠", r"\star": "⋆", r"\ast": "∗", r"\ltimes": "⋉",
    r"\rtimes": "⋊",
    r"\smallsetminus": "∖", r"\amalg": "⨿", r"\triangle": "△", r"\perp": "⊥", r"\bigtriangleup": "△",
}  # fmt: skip
BIG_OPERATIONS: Final = {
    r"\bigcup": "∪", r"\bigcap": "∩", r"\bigoplus": "⊕", r"\bigotimes": "⊗", r"\bigodot": "⊙", r"\bigvee": "∨",
    r"\bigwedge": "∧", r"\biguplus": "⊎", r"\bigsqcup": "⊔", r"\coprod": "⨿",
}  # fmt: skip
BRACES: Final = frozenset((r"\underbrace", r"\overbrace", r"\underbracket", r"\overbracket"))
INTEGRALS: Final = {r"\int": 1, r"\iint": 2, r"\iiint": 3, r"\idotsint": 2, r"\oint": 1}

CLOSERS: Final = {
    "(": ")", "[": "]", r"\{": r"\}", "|": "|", r"\|": r"\|", r"\lfloor": r"\rfloor", r"\lceil": r"\rceil",
    r"\langle": r"\rangle",
}  # fmt: skip
CLOSING: Final = frozenset((")", "]", r"\}", r"\rfloor", r"\rceil", r"\rangle", "}"))
SEPARATORS: Final = {
    ",": ",", ";": ";", r"\mid": "|", r"\parallel": r"\|", ":": ":", r"\colon": ":", r"\given": "|",
}  # fmt: skip
MATRICES: Final = frozenset("matrix pmatrix bmatrix Bmatrix vmatrix Vmatrix smallmatrix array".split())
CASES: Final = frozenset("cases dcases rcases cases* dcases*".split())

# Where a product ends.
_OTHER_STOPS: Final = r"& \\ . ? \end \not \over \choose \atop \pmod \pod \xrightarrow \xleftarrow \buildrel".split()
STOPS: Final = frozenset(
    (*CLOSING, *RELATIONS, *SUM_SIGNS, *SEPARATORS, *LOGIC, *QUANTIFIERS, *OPERATIONS, *_OTHER_STOPS)
)
