"""The bridge to SymPy: a whitelist in both directions, with no text in between.

SymPy finds derivatives, roots and series; it never sees a statement, and nothing that it returns is believed
before the kernel has proved it. A term that SymPy need not look into (a sum over the data, a family's member)
crosses as one symbol, which :class:`Names` remembers. A symbol carries an assumption (positive, integer ...)
only where the context declares it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import sympy

from engine.meaning.context import Context
from engine.meaning.sort import Family, Function, Integer, Real
from engine.meaning.statement import ForEach, Relation
from engine.meaning.term import (
    INFINITY,
    ONE,
    PI,
    Add,
    Apply,
    Comparison,
    Constant,
    Derivative,
    Divide,
    Dots,
    E,
    Element,
    Evaluate,
    Inverse,
    Matrix,
    Multiply,
    Name,
    Negate,
    Number,
    Power,
    Sequence,
    Sum,
    Term,
    Transpose,
    free_names,
    fresh_name,
    integer,
    rational,
    substitute,
)

Expression = Any  # a sympy.Expr: SymPy's own types are not precise enough to check against


class BridgeError(ValueError):
    """A term or an expression that has no counterpart on the other side; the message names it."""


FUNCTIONS: dict[str, Any] = {
    "ln": sympy.log,
    "exp": sympy.exp,
    "sqrt": sympy.sqrt,
    "abs": sympy.Abs,
    "floor": sympy.floor,
    "Gamma": sympy.gamma,
    "factorial": sympy.factorial,
}
CONSTANTS: dict[str, Any] = {"pi": sympy.pi, "e": sympy.E, "infinity": sympy.oo}
NOT_SCALAR = (Matrix, Transpose, Inverse, Comparison, Sequence, Dots)


@dataclass(slots=True)
class Names:
    """Which symbol stands for which term, for one context.

    ``variables`` are the names that SymPy must see wherever they occur (it differentiates in them or solves
    for them): a term that contains one of them never crosses as a single symbol.
    """

    context: Context
    variables: frozenset[str] = frozenset()
    symbols: dict[Term, Expression] = field(default_factory=dict)

    def symbol(self, term: Term) -> Expression:
        """The symbol of ``term``, made with the assumptions that the context declares of it."""
        if term not in self.symbols:
            self.symbols[term] = sympy.Dummy(f"v{len(self.symbols)}", **assumptions(term, self.context))
        return self.symbols[term]

    def hide(self, term: Term, known: dict[str, bool] | None = None) -> Expression:
        """One symbol for a term that SymPy need not look into; ``known``: assumptions that follow from its parts."""
        seen = self.variables & free_names(term)
        if seen:
            raise BridgeError(f"cannot separate {', '.join(sorted(seen))} from {_kind(term)}")
        if term not in self.symbols and known:
            given = {**known, **assumptions(term, self.context)}
            self.symbols[term] = sympy.Dummy(f"v{len(self.symbols)}", **given)
        return self.symbol(term)

    def term(self, symbol: Expression) -> Term:
        """The term that ``symbol`` stands for."""
        for term, known in self.symbols.items():
            if known == symbol:
                return term
        raise BridgeError(f"SymPy returned a symbol {symbol} that stands for no term")


def _kind(term: Term) -> str:
    match term:
        case Apply(function):
            return f"the function {function}"
        case _:
            return f"a term of kind {type(term).__name__}"


# Assumptions ------------------------------------------------------------------------------------------------------

SIGN_OF = {">": "positive", "<": "negative", "≥": "nonnegative", "≤": "nonpositive", "≠": "nonzero"}
MIRRORED = {">": "<", "<": ">", "≥": "≤", "≤": "≥", "≠": "≠", "=": "=", "≈": "≈"}


def assumptions(term: Term, context: Context) -> dict[str, bool]:
    """What SymPy may assume of ``term``: its declared sort, and declared comparisons of it with a number.

    >>> assumptions(Name("N"), Context().declare("N", Integer(1)))
    {'integer': True, 'positive': True}
    """
    known = _of_sort(_sort(term, context))
    for fact in context.facts:
        for left, sign, right in _comparisons(fact, term):
            if left == term:
                known |= _of_comparison(sign, right)
    return known


def _sort(term: Term, context: Context) -> object:
    match term:
        case Name(name):
            sort = context.sort_of(name)
            return Real() if sort is None else sort
        case Element(family):
            sort = context.sort_of(family)
            return sort.element if isinstance(sort, Family) else Real()
        case Apply(function):
            sort = context.sort_of(function)
            return sort.result if isinstance(sort, Function) else Real()
        case _:
            return Real()


def _of_sort(sort: object) -> dict[str, bool]:
    match sort:
        case Integer(None):
            return {"integer": True}
        case Integer(least) if least is not None and least >= 0:
            return {"integer": True, "positive" if least > 0 else "nonnegative": True}
        case Integer():
            return {"integer": True}
        case Real():
            return {"real": True}
        case _:
            raise BridgeError("a vector or a matrix cannot be handed to SymPy as a number")


def _comparisons(fact: object, term: Term) -> tuple[tuple[Term, str, Term], ...]:
    """The fact, read in both directions; a fact about every member of a family, at the member in question."""
    match fact, term:
        case Relation(left, sign, right), _:
            return (left, sign, right), (right, MIRRORED[sign], left)
        case ForEach(index, _, _, Relation(left, sign, right)), Element(_, (at,)):
            here = substitute(left, index, at), substitute(right, index, at)
            return (here[0], sign, here[1]), (here[1], MIRRORED[sign], here[0])
        case _:
            return ()


def _of_comparison(sign: str, bound: Term) -> dict[str, bool]:
    value = literal(bound)
    if value is None or sign not in SIGN_OF:
        return {}
    if value == 0:
        return {SIGN_OF[sign]: True}
    if sign in (">", "≥") and value > 0:
        return {"positive": True}
    if sign in ("<", "≤") and value < 0:
        return {"negative": True}
    return {}


def literal(term: Term) -> Fraction | None:
    """The value of a written number, such as ``-1/2``; ``None`` for any other term."""
    match term:
        case Number(value):
            return value
        case Negate(inner):
            size = literal(inner)
            return None if size is None else -size
        case Divide(top, bottom):
            above, below = literal(top), literal(bottom)
            return above / below if above is not None and below else None
        case _:
            return None


# Term → SymPy -----------------------------------------------------------------------------------------------------


def to_sympy(term: Term, names: Names) -> Expression:
    """The SymPy expression of a scalar term.

    Definitions of the context are unfolded, a sum is split into its parts Σ c·g(i) = c·Σ g(i), and Σ g(i) crosses
    as one symbol. Raises :class:`BridgeError` where the term is no scalar, or where one of
    ``names.variables`` stands inside something that SymPy would have to take as a whole.

    >>> context = Context().declare("N", Integer(1)).declare("a", Real())
    >>> names = Names(context, frozenset({"a"}))
    >>> total = Sum("i", ONE, Name("N"), Multiply((Name("a"), Element("x", (Name("i"),)))))
    >>> from_sympy(sympy.diff(to_sympy(total, names), names.symbol(Name("a"))), names) == Sum(
    ...     "i", ONE, Name("N"), Element("x", (Name("i"),)))
    True
    """
    match term:
        case Number(value):
            return sympy.Rational(value.numerator, value.denominator)
        case Constant(name):
            return CONSTANTS[name]
        case Name(name):
            definition = names.context.definition_of(name)
            return names.symbol(term) if definition is None else to_sympy(definition.body, names)
        case Element():
            return names.hide(term)
        case Add(terms):
            return sympy.Add(*(to_sympy(part, names) for part in terms))
        case Negate(inner):
            return -to_sympy(inner, names)
        case Multiply(factors):
            return sympy.Mul(*(to_sympy(factor, names) for factor in factors))
        case Divide(top, bottom):
            return to_sympy(top, names) / _nonzero(to_sympy(bottom, names))
        case Power(base, exponent):
            return sympy.Pow(to_sympy(base, names), to_sympy(exponent, names))
        case Apply(function, arguments):
            return _apply(term, function, arguments, names)
        case Sum(index, lower, upper, body):
            return _sum(index, lower, upper, body, names)
        case Derivative(body, Name() as variable, order):
            return _derivative(body, variable, order, names)
        case Evaluate(body, variable, value):
            return _evaluate(body, variable, value, names)
        case _ if isinstance(term, NOT_SCALAR):
            raise BridgeError(f"{_kind(term)} cannot be handed to SymPy as a number")
        case _:
            return names.hide(term)


def _nonzero(expression: Expression) -> Expression:
    if expression.is_zero:
        raise BridgeError("a denominator is zero")
    return expression


def _apply(term: Term, function: str, arguments: tuple[Term, ...], names: Names) -> Expression:
    definition = names.context.definition_of(function)
    if definition is not None and len(definition.parameters) == len(arguments):
        return to_sympy(_unfold(definition.body, definition.parameters, arguments), names)
    if names.context.sort_of(function) is None and function in FUNCTIONS and len(arguments) == 1:
        return FUNCTIONS[function](to_sympy(arguments[0], names))
    return names.hide(term)


def _unfold(body: Term, parameters: tuple[str, ...], arguments: tuple[Term, ...]) -> Term:
    """``body`` with all parameters replaced at once, so that an argument may contain another parameter's name."""
    apart = tuple(f"{parameter} of the definition" for parameter in parameters)
    for parameter, name in zip(parameters, apart, strict=True):
        body = substitute(body, parameter, Name(name))
    for name, argument in zip(apart, arguments, strict=True):
        body = substitute(body, name, argument)
    return body


def _sum(index: str, lower: Term, upper: Term, body: Term, names: Names) -> Expression:
    if index in names.variables or names.context.sort_of(index) is not None:
        apart = fresh_name(index + "'", free_names(body) | names.variables)
        index, body = apart, substitute(body, index, Name(apart))
    parts = _parts(to_sympy(body, names), index, names)
    return sympy.Add(*(_sum_of_part(part, index, lower, upper, names) for part in parts))


def _parts(body: Expression, index: str, names: Names) -> tuple[Expression, ...]:
    """The terms of the expanded body; a logarithm is taken apart only where the index or a variable stands in it."""

    def matters(symbol: Expression) -> bool:
        return bool(free_names(names.term(symbol)) & (names.variables | {index}))

    whole = sympy.Add.make_args(sympy.expand(body, log=False))
    open_parts = (p if not any(map(matters, p.free_symbols)) else sympy.expand(sympy.expand_log(p)) for p in whole)
    return tuple(term for part in open_parts for term in sympy.Add.make_args(part))


def _sum_of_part(part: Expression, index: str, lower: Term, upper: Term, names: Names) -> Expression:
    """Σ c·g(i) as c times one symbol, where c does not depend on the index."""
    moving = tuple(symbol for symbol in part.free_symbols if index in free_names(names.term(symbol)))
    if not moving:
        return part * (to_sympy(upper, names) - to_sympy(lower, names) + 1)
    constant, changing = part.as_independent(*moving, as_Add=False)
    known = _sign_of_sum(changing, to_sympy(upper, names) - to_sympy(lower, names))
    return constant * names.hide(Sum(index, lower, upper, from_sympy(changing, names)), known)


def _sign_of_sum(part: Expression, length: Expression) -> dict[str, bool]:
    """What follows from the sign of every term; a sum with at least one positive term and no other is positive."""
    if part.is_positive and length.is_nonnegative:
        return {"positive": True}
    return {"nonnegative": True} if part.is_nonnegative else {"real": True}


def _derivative(body: Term, variable: Name, order: int, names: Names) -> Expression:
    inner = Names(names.context, names.variables | {variable.name}, names.symbols)
    return sympy.diff(to_sympy(body, inner), names.symbol(variable), order)


def _evaluate(body: Term, variable: str, value: Term, names: Names) -> Expression:
    inner = Names(names.context, names.variables | {variable}, names.symbols)
    return to_sympy(body, inner).subs(names.symbol(Name(variable)), to_sympy(value, names))


# SymPy → Term -----------------------------------------------------------------------------------------------------


def from_sympy(expression: Expression, names: Names) -> Term:
    """The term of a SymPy expression, written as a person would: one fraction, negative terms last.

    Raises :class:`BridgeError` for anything but numbers, known symbols, sums, products, powers and the
    functions of :data:`FUNCTIONS`.
    """
    match expression:
        case sympy.Integer():
            return integer(int(expression))
        case sympy.Rational():
            return rational(Fraction(int(expression.p), int(expression.q)))
        case sympy.Symbol():
            return names.term(expression)
        case sympy.Add():
            return _sum_term(expression, names)
        case sympy.Mul():
            return _product_term(expression, names)
        case sympy.Pow():
            return _power_term(expression, names)
        case _:
            return _function_term(expression, names)


def _sum_term(expression: Expression, names: Names) -> Term:
    parts = tuple(from_sympy(part, names) for part in expression.as_ordered_terms())
    return Add(tuple(sorted(parts, key=lambda part: isinstance(part, Negate))))


def _product_term(expression: Expression, names: Names) -> Term:
    if expression.args[0].is_Rational and expression.args[0] < 0:
        return Negate(from_sympy(-expression, names))
    tops, bottoms = zip(*map(_split, expression.args), strict=True)
    return _fraction(tops, bottoms, names)


def _split(factor: Expression) -> tuple[Expression, Expression]:
    """Numerator and denominator of one factor; only a negative rational exponent moves a power below the line."""
    if isinstance(factor, sympy.Rational):
        return sympy.Integer(factor.p), sympy.Integer(factor.q)
    if isinstance(factor, sympy.Pow) and factor.base != sympy.E and _negative(factor.exp):
        return sympy.Integer(1), sympy.Pow(factor.base, -factor.exp)
    return factor, sympy.Integer(1)


def _negative(exponent: Expression) -> bool:
    return bool(exponent.is_number and exponent.is_negative)


def _fraction(tops: tuple[Expression, ...], bottoms: tuple[Expression, ...], names: Names) -> Term:
    above, below = _factors(tops, names), _factors(bottoms, names)
    return above if below == ONE else Divide(above, below)


def _factors(parts: tuple[Expression, ...], names: Names) -> Term:
    terms = sorted((from_sympy(part, names) for part in parts if part != 1), key=_rank)
    match terms:
        case []:
            return ONE
        case [term]:
            return term
        case _:
            return Multiply(tuple(terms))


def _rank(term: Term) -> tuple[int, str]:
    """Where a factor stands in a product: numbers, then variables by name, functions, and sums at the end."""
    match term:
        case Number() | Constant():
            return 0, ""
        case Power(base):
            return _rank(base)
        case Name(name):
            return 1, _spelling(name)
        case Element(family):
            return 1, _spelling(family)
        case Sum():
            return 4, ""
        case Add():
            return 3, ""
        case _:
            return 2, ""


def _spelling(name: str) -> str:
    """Capitals before small letters before Greek: N, a, \\lambda."""
    return name.replace("\\", "~")


def _power_term(expression: Expression, names: Names) -> Term:
    base, exponent = expression.base, expression.exp
    if base != sympy.E and _negative(exponent):
        return Divide(ONE, from_sympy(sympy.Pow(base, -exponent), names))
    if exponent == sympy.Rational(1, 2):
        return Apply("sqrt", (from_sympy(base, names),))
    return Power(from_sympy(base, names), from_sympy(exponent, names))


def _function_term(expression: Expression, names: Names) -> Term:
    for name, constant in ((PI, sympy.pi), (E, sympy.E), (INFINITY, sympy.oo)):
        if expression == constant:
            return name
    if expression == -sympy.oo:
        return Negate(INFINITY)
    if isinstance(expression, sympy.exp):
        return Power(E, from_sympy(expression.args[0], names))
    for function, known in FUNCTIONS.items():
        if function not in ("sqrt", "exp") and isinstance(expression, known):
            return Apply(function, tuple(from_sympy(argument, names) for argument in expression.args))
    raise BridgeError(f"SymPy answered with {type(expression).__name__}, which has no term: {expression}")
