"""What SymPy finds about a log-likelihood: its derivatives, the root of the first, and where that root exists.

Nothing here is believed: every result becomes a claim that the kernel proves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import sympy

from derivations.density import Density
from derivations.exercise_data import Fault
from derivations.number_range import NumberRange
from engine.judge import judge
from engine.kernel.verdict import Proved
from engine.meaning.claim import Claim
from engine.meaning.context import Context
from engine.meaning.statement import Relation
from engine.meaning.term import INFINITY, ONE, ZERO, Apply, Divide, Element, Name, Negate, Power, Sum, Term, integer
from engine.sympy_bridge import Names, from_sympy, to_sympy

Expression = Any
TRIALS = 60
SOLVE_LIMIT = 60
"""The largest number of operations of a score that is handed to SymPy's solver."""


@dataclass(frozen=True, slots=True)
class Score:
    """ℓ, ℓ', ℓ'' and the stationary point θ̂, as SymPy expressions over ``names``, in a context where θ̂ exists.

    ``existence`` are the conditions for that beyond the support of the data, ``point`` is θ̂ as a term, ``slope`` is
    ℓ'(θ)/(θ̂ − θ), and ``concave`` says which of the two criteria for a maximum to try (ℓ'' < 0, or ``slope`` > 0).
    """

    names: Names
    variable: Expression
    value: Expression
    first: Expression
    second: Expression
    root: Expression
    point: Term
    slope: Expression
    existence: tuple[Relation, ...]
    concave: bool

    def term(self, expression: Expression) -> Term:
        return from_sympy(expression, self.names)


def log_likelihood_names(density: Density, context: Context) -> Names:
    """SymPy sees the parameter; everything else may cross as it is."""
    return Names(context, frozenset((density.parameter,)))


def find_score(density: Density, log_likelihood: Term) -> Score:
    """The score of ``log_likelihood`` and its root; :class:`Fault` where SymPy finds none, or several."""
    try:
        return _find_score(density, log_likelihood)
    except (ArithmeticError, TypeError, NotImplementedError, RecursionError) as error:  # SymPy's, on odd formulas
        raise Fault(f"density: SymPy cannot work out its maximum ({type(error).__name__})") from error


def _find_score(density: Density, log_likelihood: Term) -> Score:
    names = log_likelihood_names(density, density.sample)
    value, variable = to_sympy(log_likelihood, names), names.symbol(Name(density.parameter))
    root = _root(density, sympy.diff(value, variable), variable, names)
    existence = _existence(root, density.domain, names)
    names = log_likelihood_names(density, density.sample.assume(*existence))
    value, variable = to_sympy(log_likelihood, names), names.symbol(Name(density.parameter))
    first = sympy.diff(value, variable)
    root = _root(density, first, variable, names)
    second = sympy.diff(first, variable)
    concave = _half_line(density.domain) and all(x < 0 for x in values_on(second, density.domain, names))
    point, at = _point(root, names)
    slope = _positive_factors(_slope(first, root, at, variable, names), density.domain, names)
    needed = tuple(fact for fact in existence if not _implied(fact, density.sample))
    return Score(names, variable, value, first, second, root, point, slope, needed, concave)


def _half_line(domain: NumberRange) -> bool:
    """On (a, b) with two finite ends the other criterion is tried: it needs no logarithm of b − θ̂."""
    return domain.upper == INFINITY or domain.lower == Negate(INFINITY)


def _root(density: Density, first: Expression, variable: Expression, names: Names) -> Expression:
    if variable not in first.free_symbols or sympy.count_ops(first) > SOLVE_LIMIT:
        raise Fault(
            f"density: the derivative of the log-likelihood in {density.parameter} cannot be set to 0 and solved"
        )
    numerator = sympy.numer(sympy.together(first))
    try:
        roots = [
            root
            for root in sympy.solve(numerator, variable, simplify=False)
            if _may_lie_in(root, density.domain, names)
        ]
    except NotImplementedError:
        roots = []
    if len(roots) != 1:
        what = "no stationary point in closed form" if not roots else f"{len(roots)} stationary points"
        raise Fault(f"density: the log-likelihood has {what}; expected exactly one in the parameter's domain")
    return _with_positive_numerator(sympy.factor(roots[0]))


def _with_positive_numerator(root: Expression) -> Expression:
    """−n/d as n/(−d)."""
    above, below = sympy.fraction(root)
    return (-above) / (-below) if above.could_extract_minus_sign() and isinstance(below, sympy.Add) else root


def _may_lie_in(root: Expression, domain: NumberRange, names: Names) -> bool:
    """Whether the root lies in the domain for some of the data tried."""
    if root.has(sympy.I) or root.is_real is False:
        return False
    bounds = [to_sympy(bound, names) for bound in (domain.lower, domain.upper)]
    return any(low < x < high for x, low, high in _samples((root, *bounds), domain, names) if x.is_real is True)


# Conditions under which the stationary point lies in the domain -------------------------------------------------


def _existence(root: Expression, domain: NumberRange, names: Names) -> tuple[Relation, ...]:
    """``root − lower > 0`` and ``upper − root > 0``, each reduced to the one factor whose sign is not known."""
    sides = []
    if domain.lower != Negate(INFINITY):
        sides.append(root - to_sympy(domain.lower, names))
    if domain.upper != INFINITY:
        sides.append(to_sympy(domain.upper, names) - root)
    facts = [_condition(side, names) for side in sides]
    return tuple(dict.fromkeys(fact for fact in facts if fact is not None))


def _implied(fact: Relation, context: Context) -> bool:
    """Whether the support says so already: of 0 < x_i < 1, that Σ ln x_i is negative."""
    return isinstance(judge(Claim(context, fact)), Proved)


def _condition(side: Expression, names: Names) -> Relation | None:
    known, unknown = 1, []
    for factor in sympy.Mul.make_args(sympy.factor(sympy.together(side))):
        base = _base(factor)
        if base.is_positive or base.is_negative:
            known *= 1 if base.is_positive or factor.is_positive else -1
        else:
            unknown.append(base)
    return Relation(from_sympy(known * sympy.Mul(*unknown), names), ">", ZERO) if unknown else None


def _base(factor: Expression) -> Expression:
    """What must be positive for the factor to be: of a power, its base."""
    return factor.base if isinstance(factor, sympy.Pow) and factor.base != sympy.E else factor


# The factor of the score ----------------------------------------------------------------------------------------


def _point(root: Expression, names: Names) -> tuple[Term, Expression]:
    """θ̂ as a term, and the expression that crosses for it: a root such as √(S/2N) is one symbol, and written as one."""
    if root.is_rational_function(*root.free_symbols):
        return from_sympy(root, names), root
    for degree in (2, 3, 4, 5, 6):
        inside = sympy.cancel(root**degree)
        if inside.is_rational_function(*inside.free_symbols):
            power = from_sympy(inside, names)
            point = Apply("sqrt", (power,)) if degree == 2 else Power(power, Divide(ONE, integer(degree)))
            return point, names.hide(point, {"positive": True} if root.is_positive else {"real": True})
    return from_sympy(root, names), root


def _slope(first: Expression, root: Expression, at: Expression, variable: Expression, names: Names) -> Expression:
    """ℓ'(θ)/(θ̂ − θ), with the difference divided out.

    Where θ̂ is a root such as √(S/2N), S is put in terms of it first, so that the division comes out even.
    """
    if at == root:
        return sympy.factor(sympy.cancel(sympy.together(first / (root - variable))))
    sums_first = sorted(root.free_symbols, key=lambda s: (not isinstance(names.term(s), Sum), str(s)))
    for symbol in sums_first:
        solutions = sympy.solve(root - at, symbol)
        if len(solutions) == 1:
            return sympy.factor(sympy.cancel(sympy.together(first.subs(symbol, solutions[0]) / (at - variable))))
    raise Fault("density: the derivative of the log-likelihood cannot be divided by the distance to its root")


def _positive_factors(expression: Expression, domain: NumberRange, names: Names) -> Expression:
    """The same product with 1 − p for p − 1 where that is negative on the domain: −1/(p(p − 1)) is 1/(p(1 − p))."""
    result = sympy.Integer(1)
    for factor in sympy.Mul.make_args(expression):
        base, exponent = factor.as_base_exp()
        odd = isinstance(base, sympy.Add) and exponent.is_integer and exponent.is_odd
        if odd and all(value < 0 for value in values_on(base, domain, names)):
            factor, result = sympy.Pow(-base, exponent), -result
        result *= factor
    return result


# Trying values --------------------------------------------------------------------------------------------------


def values_on(expression: Expression, domain: NumberRange, names: Names) -> tuple[Expression, ...]:
    """The expression at admissible values of its symbols, with the parameter in its domain (evidence, not proof)."""
    return tuple(value for (value,) in _samples((expression,), domain, names) if value.is_real)


def _samples(
    expressions: tuple[Expression, ...], domain: NumberRange, names: Names
) -> Iterator[tuple[Expression, ...]]:
    random = Random(0)
    facts = _relations(names)
    symbols = sorted(set().union(*(e.free_symbols for e in (*expressions, *facts))), key=str)
    inside = [names.symbol(Name(name)) for name in names.variables]
    for _ in range(TRIALS):
        point = {s: _inside(domain, names, random) if s in inside else _choice(s, random) for s in symbols}
        if all(fact.subs(point).evalf() > 0 for fact in facts):
            yield tuple(expression.subs(point).evalf(30) for expression in expressions)


def _relations(names: Names) -> list[Expression]:
    """Left − right of those facts that SymPy can evaluate: strict comparisons of data and constants."""
    facts = [fact for fact in names.context.facts if isinstance(fact, Relation) and fact.sign == ">"]
    return [to_sympy(fact.left, names) - to_sympy(fact.right, names) for fact in facts]


def _choice(symbol: Expression, random: Random) -> Expression:
    sizes = (1, 2, 3, 5, 7) if symbol.is_integer else (sympy.Rational(1, 3), sympy.Rational(5, 4), 2, 3, 7)
    value = sympy.Integer(1) * random.choice(sizes)
    return value if symbol.is_positive or symbol.is_nonnegative else random.choice((-1, 1)) * value


def _inside(domain: NumberRange, names: Names, random: Random) -> Expression:
    """A point of the domain; an end that is not a number is taken as 0."""
    low, high = (to_sympy(bound, names) for bound in (domain.lower, domain.upper))
    low, high = (end if end.is_number else sympy.Integer(0) for end in (low, high))
    share = sympy.Rational(random.randint(1, 19), 20)
    if low.is_finite and high.is_finite:
        return low + share * (high - low)
    far = share / (1 - share)
    return low + far if low.is_finite else high - far if high.is_finite else sympy.log(far)


# The mean -------------------------------------------------------------------------------------------------------


def through_mean(score: Score, density: Density, mean: Name) -> Term | None:
    """θ̂ written with the mean x̄ = (1/N) Σ x_i in place of the sum, where N then disappears."""
    total = Sum(density.index, ONE, density.size, Element(density.variable, (Name(density.index),)))
    if total not in score.names.symbols:
        return None
    symbol = score.names.symbols[total]
    size, replaced = score.names.symbol(density.size), score.names.symbol(mean)
    found = sympy.factor(sympy.cancel(score.root.subs(symbol, size * replaced)))
    return None if size in found.free_symbols or replaced not in found.free_symbols else score.term(found)
