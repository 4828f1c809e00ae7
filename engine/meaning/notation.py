"""Tables of notation: which commands name functions, constants and operators, which letters mean functions."""

from __future__ import annotations

import re
from typing import Final

from engine.meaning import term as terms
from engine.meaning.term import Element, Name, Term

# Functions that everybody knows: canonical spelling, name in a Term.
FUNCTIONS: Final = {
    r"\ln": "ln", r"\log": "ln", r"\exp": "exp", r"\sin": "sin", r"\cos": "cos", r"\tan": "tan", r"\sinh": "sinh",
    r"\cosh": "cosh", r"\tanh": "tanh", r"\max": "max", r"\min": "min", r"\det": "det", r"\Gamma": "Gamma",
    r"\operatorname{pad}": "pad", r"\operatorname{tr}": "tr", r"\mathrm{tr}": "tr",
}  # fmt: skip

# Functions that are written with a bracket only, so that the bare letter can be a name.
BRACKET_ONLY: Final = frozenset((r"\Gamma",))
# Undeclared letters that before a bracket mostly mean a function.
FUNCTION_LETTERS: Final = frozenset((*"fghpquvEFGHJLPQ", r"\phi", r"\varphi", r"\psi", r"\ell", r"\Phi", r"\Gamma"))
TRANSPOSES: Final = frozenset((r"\top", r"\intercal", r"\mathsf{T}", r"\mathrm{T}"))
NAME_MARKS: Final = frozenset(("*", r"\star", r"\ast", r"\dagger", "+"))
BRACKET_FUNCTIONS: Final = {"|": "abs", r"\lfloor": "floor", r"\lceil": "ceil"}
BOLD: Final = (r"\mathbf", r"\boldsymbol", r"\vec")
OPERATOR_SIGNS: Final = frozenset((r"\mathrm{d}", r"\nabla", r"\partial", r"\lim", r"\sup", r"\inf", r"\arg", r"\top"))
SYMBOLS: Final = re.compile(r"\\[A-Za-z]+|[A-Za-z]'*")
WORDS: Final = re.compile(r"\\(?:mathrm|mathsf|operatorname)\{[^{}]*\}")
CONSTANTS: Final[dict[str, Term]] = {
    "e": terms.E,
    r"\mathrm{e}": terms.E,
    r"\pi": terms.PI,
    r"\mathrm{\pi}": terms.PI,
    r"\infty": terms.INFINITY,
}
ARITY: Final = {"pad": (2, 2), "max": (2, 1000), "min": (2, 1000)}


# Marks at the end of a family's name: its last index stands in brackets above (``x^{(i)}``); it is told apart from a
# name of the same letter without an index (``n_i`` and ``n``).
ABOVE: Final = r"^{(\cdot)}"
BELOW: Final = r"_{\cdot}"

# Quantities of random variables: how the letters may be typed inside \mathbb, \mathrm, \operatorname ...
_OWN_NAME: Final = ("E", "Var", "Cov", "Corr", "P", "H", "I", "KL", "Bias", "MSE", "Skew", "Kurt", "JS", "TV")
FUNCTIONALS: Final = {
    **{name: name for name in _OWN_NAME}, "var": "Var", "V": "Var", "cov": "Cov", "corr": "Corr", "Pr": "P",
    "Prob": "P", "bias": "Bias", "MI": "I",
}  # fmt: skip
FUNCTIONALS_SHOWN: Final = {
    **{name: rf"\operatorname{{{name}}}" for name in _OWN_NAME},
    "E": r"\mathbb{E}", "P": "P", "H": r"\mathrm{H}", "I": r"\mathrm{I}",
}  # fmt: skip
SQUARE: Final = frozenset(("E", "KL"))  # those that are set with square brackets
OVER_SHOWN: Final = {
    "sum": r"\sum", "prod": r"\prod", "max": r"\max", "min": r"\min", "sup": r"\sup", "inf": r"\inf", "lim": r"\lim",
    "argmax": r"\operatorname*{argmax}", "argmin": r"\operatorname*{argmin}",
}  # fmt: skip

_ACCENTED: Final = ("hat", "bar", "tilde", "vec", "dot", "ddot", "check")


def bare_letter(term: Term) -> str | None:
    """The letter of a name, family or applied function without accents, subscripts and marks.

    >>> print(bare_letter(Name(r"\\hat{\\theta}_{0}")))
    \\theta
    """
    match term:
        case Name(name) | Element(name) | terms.Apply(name):
            letter = name.split("_{")[0].split("^{")[0].rstrip("'")
        case _:
            return None
    for accent in _ACCENTED:
        if letter.startswith(f"\\{accent}{{") and letter.endswith("}"):
            return bare_letter(Name(letter[len(accent) + 2 : -1]))
    return letter
