"""Tables of notation: which commands name functions, constants and operators, which letters mean functions."""

from __future__ import annotations

import re
from typing import Final

from engine.meaning import term as terms
from engine.meaning.term import Element, Name, Term

# Functions that everybody knows: canonical spelling, name in a Term.
_COMMANDS: Final = {
    r"\ln": "ln", r"\log": "ln", r"\exp": "exp", r"\sin": "sin", r"\cos": "cos", r"\tan": "tan", r"\sinh": "sinh",
    r"\cosh": "cosh", r"\tanh": "tanh", r"\max": "max", r"\min": "min", r"\det": "det", r"\Gamma": "Gamma",
    r"\operatorname{pad}": "pad", r"\operatorname{tr}": "tr", r"\mathrm{tr}": "tr",
    r"\operatorname{sign}": "sgn", r"\mathrm{sign}": "sgn",
}  # fmt: skip
_UPRIGHT: Final = ("exp", "ln", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min", "det")
_ONLY_UPRIGHT: Final = (
    "diag", "vec", "rank", "sgn", "tr", "erf", "sigmoid", "softplus", "digamma", "trigamma", "Beta", "phi", "Phi"
)  # fmt: skip
# Letters that are a known function where nothing else in the formula says what they are: its name, its arguments.
FUNCTIONS_BY_LETTER: Final = {
    r"\psi": ("digamma", 1), r"\Phi": ("Phi", 1), r"\mathrm{B}": ("Beta", 2), r"\operatorname{B}": ("Beta", 2)
}  # fmt: skip
WORDS_FOR: Final = {
    "digamma": "the digamma function", "Phi": "the standard normal distribution function", "Beta": "the Beta function"
}  # fmt: skip
FUNCTIONS: Final = {
    **_COMMANDS,
    **{rf"\mathrm{{{name}}}": _COMMANDS[rf"\{name}"] for name in _UPRIGHT},
    **{rf"{style}{{{name}}}": name for style in (r"\mathrm", r"\operatorname") for name in _ONLY_UPRIGHT},
    "O": "bigO",
    r"\mathcal{O}": "bigO",
}

# Those of them with a -1 above are the inverse function.
INVERTED: Final = frozenset((r"\mathrm{erf}", r"\operatorname{erf}", r"\mathrm{Phi}", r"\operatorname{Phi}"))

# Functions that are written with a bracket only, so that the bare letter can be a name.
BRACKET_ONLY: Final = frozenset((r"\Gamma", "O", r"\mathcal{O}"))
# Undeclared letters that before a bracket mostly mean a function.
FUNCTION_LETTERS: Final = frozenset((*"fghpquvEFGHJLPQ", r"\phi", r"\varphi", r"\psi", r"\ell", r"\Phi", r"\Gamma"))
TRANSPOSES: Final = frozenset((r"\top", r"\intercal", r"\mathsf{T}", r"\mathrm{T}"))
NAME_MARKS: Final = frozenset(("*", r"\star", r"\ast", r"\dagger", "+", "-"))
BRACKET_FUNCTIONS: Final = {"|": "abs", r"\lfloor": "floor", r"\lceil": "ceil"}
BOLD: Final = (r"\mathbf", r"\boldsymbol", r"\vec")
EXPECTATION: Final = r"\E"  # typed so by people who define it elsewhere
# Functions that are not known here: as names of numbers they would be linear, and arctan(2x) = 2 arctan x.
_UNKNOWN_FUNCTIONS: Final = "lg cot sec csc coth arcsin arccos arctan limsup liminf dim ker gcd deg hom".split()
OPERATOR_SIGNS: Final = (
    frozenset(
        f"{before}{name}{after}" for before, after in (("\\", ""), (r"\mathrm{", "}")) for name in _UNKNOWN_FUNCTIONS
    )
    | frozenset((r"\mathrm{d}", r"\nabla", r"\partial", r"\lim", r"\sup", r"\inf", r"\arg", r"\top", EXPECTATION))
    | frozenset(("/", r"\times", r"\div", r"\cdot", r"\circ", r"\otimes", r"\odot", r"\oplus"))
)
BIG_LETTERS: Final = {r"\Sigma": r"\sum", r"\Pi": r"\prod"}  # and the signs that they are mistaken for
NUMBER_SETS: Final = frozenset(rf"\mathbb{{{letter}}}" for letter in "RNZQC")
INDICATORS: Final = frozenset((r"\mathbf{1}", r"\mathbb{1}", r"\mathbb{I}", r"\mathrm{1}", r"\mathds{1}"))
# Letters that are indicators before a condition, and quantities or functions elsewhere.
LETTER_INDICATORS: Final = frozenset(("I", r"\mathrm{I}", r"\operatorname{I}"))
# Letters that mostly count: copies, steps, layers.
STEPS: Final = frozenset((*"ijklmstr", r"\tau", r"\ell"))
COUNTS: Final = STEPS | frozenset("nNmMK")  # those, and how many there are
SCALING: Final = frozenset("CKLMNT")  # capital letters that mostly count or scale
# Small letters that behind a matrix are mostly vectors.
ENTRIES: Final = frozenset(
    (*"abmtuvwxyz", r"\beta", r"\gamma", r"\delta", r"\epsilon", r"\varepsilon", r"\theta", r"\mu", r"\xi")
)
KIN: Final = "_{}"  # after a letter: what its members with a free index are
MEMBER: Final = "_"  # after a family's name: what its members are
STYLES: Final = re.compile(
    r"\\(?:hat|bar|tilde|vec|dot|ddot|check|mathbf|boldsymbol|mathcal|mathrm|mathbb|mathsf)(?=\{)"
)
ACCENTS: Final = re.compile(r"\A(?:\\(?:hat|bar|tilde|d?dot|check)\{)+")
STYLED: Final = re.compile(r"\\(?:mathbb|mathrm|mathsf|mathds|mathbf|operatorname)\{(\w+)\}")
SCRIPTED: Final = re.compile(r"[_^].*")
SYMBOLS: Final = re.compile(r"\\[A-Za-z]+|[A-Za-z]'*")
WORDS: Final = re.compile(r"\\(?:mathrm|mathsf|operatorname)\{[^{}]*\}")
CONSTANTS: Final[dict[str, Term]] = {
    "e": terms.E,
    r"\mathrm{e}": terms.E,
    r"\pi": terms.PI,
    r"\mathrm{\pi}": terms.PI,
    r"\infty": terms.INFINITY,
}
ARITY: Final = {"pad": (2, 2), "Beta": (2, 2), "max": (2, 1000), "min": (2, 1000), "diag": (1, 1000)}


# Marks at the end of a family's name: its last indices stand in brackets above (``x^{(i)}``), or it is told apart from
# a name of the same letter without an index (``n_i`` and ``n``).
# Words above a name that people set like products of letters.
MARK_WORDS: Final = frozenset(
    "old new opt MLE MAP OLS GLS ML REML EM train test val true obs mis post prior max min ridge lasso".split()
)
VARIABLES: Final = frozenset((*"qrstuvwxyz", r"\theta", r"\lambda", r"\tau"))  # that bounds mostly are values of
WORDS_OF_LETTERS: Final = frozenset(
    "var cov log exp sin cos max min det diag sgn sign rank argmax argmin Var Cov Corr corr Bias bias"
    " MSE RSS TSS ESS AIC BIC MLE MAP ReLU Cost cost loss Loss where then with for and hence thus".split()
)
UNITS: Final = frozenset(("I", r"\mathbf{I}", r"\boldsymbol{I}"))  # identity matrices, with these sizes below
SIZES: Final = frozenset("nNpdmqkD")
IDENTITY: Final = "an identity matrix"
# Words of letters that are functions or quantities before a bracket, a root or a fraction.
TYPED: Final = frozenset("log exp sin cos tan sinh cosh tanh max min det ln var cov corr Var Cov Corr".split())
# Counts and rates that stand for one number each, though people set them like products of letters.
RATES: Final = frozenset("TP FP TN FN FPR TPR FNR TNR PPV NPV".split())
DOTS: Final = frozenset(
    rf"\{name}" for name in "ldots dots cdots hdots dotsc dotsb dotsm dotsi dotso vdots ddots adots iddots".split()
)
BELOW: Final = r"_{\cdot}"
_SLOT: Final = r"\_"
_CLOSING: Final = {"(": ")", "[": "]"}
_ABOVE: Final = re.compile(r"\^\{((?:\(\\cdot\)|\[\\cdot\])+)\}\Z")


def family_above(base: str, brackets: tuple[str, ...]) -> str:
    """The name of a family whose last indices stand above, in brackets that open like this.

    >>> print(family_above("x", ("(",)), split_family(family_above("x", ("(",))))
    x^{(\\cdot)} ('x', ('()',))
    """
    return base + "^{" + "".join(rf"{opening}\cdot{_CLOSING[opening]}" for opening in brackets) + "}"


def family_with_labels(base: str, labels: tuple[str | None, ...]) -> str:
    """The name of a family with labels among its indices, which are ``None``.

    >>> print(family_with_labels("n", (r"\\mathcal{A}", None)))
    n_{\\mathcal{A},\\_}
    """
    return f"{base}_{{{','.join(label or _SLOT for label in labels)}}}"


def labels_of(family: str) -> tuple[str, tuple[str | None, ...]]:
    """The letter of such a family, and its labels; no labels for any other family."""
    base, _, below = family.partition("_{")
    slots = below[:-1].split(",")
    if len(slots) < 2 or _SLOT not in slots or not below.endswith("}"):
        return family, ()
    return base, tuple(None if slot == _SLOT else slot for slot in slots)


def split_family(family: str) -> tuple[str, tuple[str, ...]]:
    """The letter of a family, and the brackets of its indices above."""
    if r"\cdot" not in family:
        return family, ()
    found = _ABOVE.search(family)
    marks = "" if found is None else found[1].replace(r"\cdot", "")
    brackets = tuple(marks[k : k + 2] for k in range(0, len(marks), 2))
    base = family if found is None else family[: found.start()]
    return base.removesuffix(BELOW), brackets


# Quantities of random variables: how the letters may be typed inside \mathbb, \mathrm, \operatorname ...
_OWN_NAME: Final = ("E", "Var", "Cov", "Corr", "P", "H", "I", "KL", "Bias", "MSE", "Skew", "Kurt", "JS", "TV")
FUNCTIONALS: Final = {
    **{name: name for name in _OWN_NAME}, "var": "Var", "V": "Var", "cov": "Cov", "corr": "Corr", "Pr": "P",
    "Prob": "P", "bias": "Bias", "MI": "I",
}  # fmt: skip
LETTERS_TOO: Final = frozenset(("P", "V", "H", "I", "Bias", "bias"))  # before no bracket they are names
FUNCTIONALS_SHOWN: Final = {
    **{name: rf"\operatorname{{{name}}}" for name in _OWN_NAME},
    "E": r"\mathbb{E}", "P": "P", "H": r"\mathrm{H}", "I": r"\mathrm{I}",
}  # fmt: skip
# Operators between two values or more, by the sign that the reader makes of them.
OPERATIONS: Final = {
    "⊗": "kron", "⊙": "hadamard", "∘": "compose", "⊕": "oplus", "∩": "intersection", "∪": "union", "∖": "difference",
    "⋆": "star", "∗": "convolve",
}  # fmt: skip
INFIX: Final = {
    "kron": r"\otimes", "hadamard": r"\odot", "compose": r"\circ", "oplus": r"\oplus", "intersection": r"\cap",
    "union": r"\cup", "cross": r"\times", "difference": r"\setminus", "star": r"\star", "convolve": r"\ast",
    "and": r"\wedge", "or": r"\vee",
}  # fmt: skip
SQUARE: Final = frozenset(("E", "KL"))  # those that are set with square brackets
# Operators with a big sign of their own, by the name of what they repeat.
BIG: Final = frozenset(("union", "intersection", "and", "or"))
# Operators below which a condition may speak of parameters alone: the limit of x^a where a < 1.
PARAMETRIC: Final = frozenset(("lim",))
# Operators whose body can be a condition.
CONDITIONS: Final = frozenset(("forall", "exists", "and", "or"))
OVER_SHOWN: Final = {
    "sum": r"\sum", "prod": r"\prod", "max": r"\max", "min": r"\min", "sup": r"\sup", "inf": r"\inf", "lim": r"\lim",
    "argmax": r"\operatorname*{argmax}", "argmin": r"\operatorname*{argmin}", "union": r"\bigcup",
    "intersection": r"\bigcap", "and": r"\bigwedge", "or": r"\bigvee", "forall": r"\forall", "exists": r"\exists",
}  # fmt: skip

_ACCENTED: Final = ("hat", "bar", "tilde", "vec", "dot", "ddot", "check")


def bare_letter(term: Term) -> str | None:
    """The letter of a name, family or applied function without accents, subscripts and marks.

    >>> print(bare_letter(Name(r"\\hat{\\theta}_{0}")))
    \\theta
    """
    match term:
        case Name(name) | Element(name) | terms.Apply(name):
            return letter_of(name)
        case _:
            return None


def letter_of(name: str) -> str:
    """The letter of a name without accents, subscripts and marks."""
    if name.isalpha():
        return name
    letter = name.split("_{")[0].split("^{")[0].rstrip("'")
    if "{" not in letter:
        return letter
    for accent in _ACCENTED:
        if letter.startswith(f"\\{accent}{{") and letter.endswith("}"):
            return letter_of(letter[len(accent) + 2 : -1])
    return letter
