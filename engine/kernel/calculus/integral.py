"""Definite integrals: ranges, linearity, substitutions, and the table of those that no antiderivative gives.

A sum is integrated term by term only where every term converges. What cannot be shown to converge raises
:class:`Unproved`, so that a claim about a divergent integral is never proved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from engine.kernel.calculus.antiderivative import (
    LARGEST_DEGREE,
    Shape,
    antiderivative,
    at_end,
    at_infinity,
    degrees,
    direction,
    linear,
    natural,
    primitive,
    require,
    shape_of,
)
from engine.kernel.calculus.derivative import differentiate
from engine.kernel.forms import sign as signs
from engine.kernel.forms.algebra import Algebra
from engine.kernel.forms.assumption import Fact
from engine.kernel.forms.atom import Composite, Exponential, Logarithm, SymbolicPower
from engine.kernel.forms.context import take_factors
from engine.kernel.forms.gamma import gamma
from engine.kernel.forms.normal import Scope
from engine.kernel.forms.polynomial import (
    Exponent,
    Monomial,
    Polynomial,
    add,
    atoms_of,
    constant,
    freeze,
    of_atom,
    scale,
    thaw,
)
from engine.kernel.matrices.matrix import Value
from engine.kernel.unproved import Unproved
from engine.meaning.term import (
    INFINITY,
    Add,
    Apply,
    Comparison,
    E,
    Integral,
    Multiply,
    Negate,
    Number,
    Power,
    Term,
    children,
    free_names,
    subtract,
)

MOST_SUBSTITUTIONS = 6
JUMPING = ("sgn", "indicator", "delta", "floor", "ceil")
NOT_IN_TABLE = "an integrand that is not in the table"

Body = Callable[[Polynomial], Polynomial]


@dataclass(frozen=True, slots=True)
class Range:
    """From ``low`` to ``high``, ``None`` where infinite; ``ordered`` says that low <= high is known.

    Of a range that is not ordered, both ends are finite.
    """

    low: Polynomial | None
    high: Polynomial | None
    ordered: bool = True

    def facts(self, algebra: Algebra, v: Polynomial, closed: bool = False) -> tuple[Fact, ...]:
        """What is known of a number between the ends, or also at them; without an order, its sign if both have one."""
        found: list[Fact] = []
        inside = signs.NOT_NEGATIVE if closed else signs.POSITIVE
        for end, side in ((self.low, 1), (self.high, -1)):
            if self.ordered and end is not None:
                found.append(Fact(scale(add(v, end, -1), side), inside))
        low, high = (signs.ANY if end is None else algebra.sign(end) for end in (self.low, self.high))
        for sign in (signs.POSITIVE, signs.NEGATIVE):
            decisive = (low if sign == signs.POSITIVE else high) if self.ordered else low | high
            if decisive <= sign | signs.ZERO:
                found.append(Fact(v, sign | decisive if closed else sign))
        return tuple(found)

    def moved(self, move: Callable[[Polynomial], Polynomial], rising: bool) -> Range:
        """The range of ``move(v)``, from its lesser end if this one is ordered."""
        low, high = (None if end is None else move(end) for end in (self.low, self.high))
        return Range(low, high, self.ordered) if rising else Range(high, low, self.ordered)


def range_of(lower: Term, upper: Term, scope: Scope) -> tuple[Range, int]:
    """The range between two bounds and the sign that comes of turning it; ``∫_b^a = -∫_a^b``."""
    if lower == INFINITY or upper == Negate(INFINITY):
        if lower == upper:
            raise Unproved("an integral over no range")
        return range_of(upper, lower, scope)[0], -1
    low = None if lower == Negate(INFINITY) else scope.number(lower)
    high = None if upper == INFINITY else scope.number(upper)
    if low is None or high is None:
        return Range(low, high), 1
    found = scope.algebra.sign(add(high, low, -1))
    if found <= signs.NOT_POSITIVE:
        return Range(high, low), -1
    return Range(low, high, found <= signs.NOT_NEGATIVE), 1


def integrate(integral: Integral, scope: Scope) -> Value:
    """The value of an integral whose integrand is a sum of table entries, each of which converges."""
    bound = {name: value for name, value in scope.bound.items() if name in free_names(integral)}
    facts = frozenset((freeze(fact.polynomial), fact.sign) for fact in scope.algebra.facts)
    if not all(isinstance(value, dict) for value in bound.values()):
        return _integrated(integral, scope)
    meanings = frozenset((name, freeze(value)) for name, value in bound.items() if isinstance(value, dict))
    key = integral, facts, tuple(known.index for known in scope.algebra.member_facts), meanings
    known = scope.algebra.integrals
    if key not in known:
        known[key] = _integrated(integral, scope)
    return known[key]


def _integrated(integral: Integral, scope: Scope) -> Polynomial:
    reach, sign = range_of(integral.lower, integral.upper, scope)
    if reach.low is not None and reach.low == reach.high:
        return {}
    name, algebra = integral.variable, scope.algebra
    inside = scope.binding(name, of_atom(algebra.fresh_variable(integer=False)))
    if _may_be_a_point(algebra, reach) and _jumps(integral.body, inside):
        # Between the ends, b > 0 may be known where b ≥ 0 is all that is: 1/(b + 1[b ≤ 0]) is 1/b there, and 1 at 0.
        raise Unproved("an integral over a range that may be a point, of what may jump there")

    def at(term: Term, v: Polynomial) -> Polynomial:
        return scope.binding(name, v).number(term)

    def body(v: Polynomial) -> Polynomial:
        with algebra.under(algebra.known):
            take_factors(scope.binding(name, v), _factors(integral.body, name))
            return at(integral.body, v)

    result: Polynomial = {}
    for piece in _pieces(algebra, reach, tuple(_bends(integral.body, name)), at):
        result = add(result, _over(algebra, piece, body), sign)
    return result


def _factors(body: Term, variable: str) -> Iterator[Term]:
    """Sums with the variable in them that are a factor or raised to a power: expanded, they would not be seen again."""
    parts: tuple[Term, ...] = ()
    match body:
        case Power(base, _):
            parts = (base,)
        case Multiply(factors):
            parts = factors
    yield from (part for part in parts if isinstance(part, Add) and variable in free_names(part))
    for part in children(body):
        yield from _factors(part, variable)


# ---- ranges


def _may_be_a_point(algebra: Algebra, reach: Range) -> bool:
    ends = reach.low, reach.high
    return None not in ends and 0 in algebra.sign(add(reach.high or {}, reach.low or {}, -1))


def _jumps(body: Term, scope: Scope) -> bool:
    """Whether there is a function that jumps, or a power of 0, which is 0 or 1."""
    match body:
        case Apply(function) if function in JUMPING:
            return True
        case Power(base, exponent) if not isinstance(exponent, Number) and base != E and not scope.number(base):
            return True
    return any(_jumps(part, scope) for part in children(body))


def _bends(body: Term, variable: str) -> Iterator[Term]:
    """What changes its sign where |x|, max, min, sgn or an indicator changes its formula."""
    if variable not in free_names(body):
        return
    match body:
        case Apply("abs" | "sgn", (inner,)):
            yield inner
        case Apply("max" | "min", (left, right)):
            yield subtract(left, right)
        case Apply("indicator", (Comparison(left, _, right),)):
            yield subtract(left, right)
    for part in children(body):
        yield from _bends(part, variable)


def _pieces(
    algebra: Algebra, reach: Range, bends: tuple[Term, ...], at: Callable[[Term, Polynomial], Polynomial]
) -> list[Range]:
    """The range cut where a linear term changes its sign, if it does so inside: ∫_a^c = ∫_a^b + ∫_b^c."""
    for bend in bends:
        number = algebra.fresh_variable(integer=False)
        with algebra.assuming(*reach.facts(algebra, of_atom(number))):
            value = at(bend, of_atom(number))
            if number not in algebra.polynomial_depends(value) or len(algebra.sign(value)) == 1:
                continue
        slope, start = linear(algebra, number, value)
        require(algebra, slope, signs.NONZERO)
        place = scale(algebra.multiply(start, algebra.inverse(slope)), -1)
        if not _is_inside(algebra, reach, place):
            continue
        first, second = replace(reach, high=place), replace(reach, low=place)
        return [*_pieces(algebra, first, bends, at), *_pieces(algebra, second, bends, at)]
    return [reach]


def _is_inside(algebra: Algebra, reach: Range, place: Polynomial) -> bool:
    """Whether a place is known to lie strictly inside of an ordered range."""
    after = signs.POSITIVE if reach.low is None else algebra.sign(add(place, reach.low, -1))
    before = signs.POSITIVE if reach.high is None else algebra.sign(add(reach.high, place, -1))
    return reach.ordered and after == before == signs.POSITIVE


def _over(algebra: Algebra, reach: Range, body: Body) -> Polynomial:
    """∫ body over a range on which it has one formula; a range below 0 is reflected: ∫_a^b f(v) = ∫_-b^-a f(-v)."""
    below = reach.high is not None and algebra.sign(reach.high) <= signs.NOT_POSITIVE
    below = below and algebra.sign(reach.low or {}) <= signs.NOT_POSITIVE
    turn = -1 if below or (reach.low is None and reach.high is not None) else 1
    reach = reach.moved(lambda end: scale(end, turn), rising=turn == 1)
    number = algebra.fresh_variable(integer=False)
    with algebra.assuming(*reach.facts(algebra, of_atom(number))):
        return _polynomial(algebra, reach, number, body(scale(of_atom(number), turn)), 0)


def _polynomial(algebra: Algebra, reach: Range, v: int, body: Polynomial, depth: int) -> Polynomial:
    """Linearity: factors without v stand outside, and every term must converge by itself."""
    of = _monomial if depth else _term
    return algebra.linearly(expanded(algebra, v, body), v, lambda inner: of(algebra, reach, v, inner, depth))


def expanded(algebra: Algebra, v: int, body: Polynomial) -> Polynomial:
    """The body with whole positive powers of sums in v written out, also in exponents."""
    result: Polynomial = {}
    for monomial, coefficient in body.items():
        term = constant(coefficient)
        for atom, e in monomial:
            factor = _expanded_factor(algebra, v, atom, e) if v in algebra.depends(atom) else of_atom(atom, e)
            term = algebra.multiply(term, factor)
        result = add(result, term)
    return result


def _expanded_factor(algebra: Algebra, v: int, atom: int, e: Exponent) -> Polynomial:
    match algebra.atoms[atom]:
        case Composite(polynomial) if e.denominator == 1 and e > 0:
            return algebra.integer_power(thaw(polynomial), int(e))
        case Exponential(inner):
            exponent = {inner: e}
            written_out = expanded(algebra, v, exponent)
            return of_atom(atom, e) if written_out == exponent else algebra.exponential(written_out)
        case _:
            return of_atom(atom, e)


def _monomial(algebra: Algebra, reach: Range, v: int, monomial: Monomial, depth: int) -> Polynomial:
    """By substitution where one helps, else by an antiderivative, else by the table."""
    algebra.spend(50)
    substitution = _substitution(algebra, reach, v, monomial) if depth < MOST_SUBSTITUTIONS else None
    if substitution is not None:
        return _substituted(algebra, v, monomial, substitution, depth)
    shape = shape_of(algebra, v, monomial)
    apart = _apart(algebra, v, monomial, shape) if depth < MOST_SUBSTITUTIONS else None
    if apart is not None:
        return _polynomial(algebra, reach, v, apart, depth + 1)
    try:
        return _between_ends(algebra, reach, v, antiderivative(algebra, v, shape))
    except Unproved:
        if (row := _row(algebra, reach, v, shape)) is not None:
            return _by_row(algebra, row)
        if reach.low is None and reach.high is None and depth < MOST_SUBSTITUTIONS:
            return _two_halves(algebra, v, monomial)
        raise


def _term(algebra: Algebra, reach: Range, v: int, monomial: Monomial, depth: int) -> Polynomial:
    """By the table, else between finite ends as a difference of antiderivatives of which nothing else is known."""
    try:
        return _monomial(algebra, reach, v, monomial, depth)
    except Unproved:
        if reach.low is None or reach.high is None:
            raise
        body: Polynomial = {monomial: 1}
        return add(primitive(algebra, v, body, reach.high), primitive(algebra, v, body, reach.low), -1)


def _apart(algebra: Algebra, v: int, monomial: Monomial, shape: Shape) -> Polynomial | None:
    """Partial fractions: 1/(pq) = (α/p - γ/q)/D with p = αv + β, q = γv + δ, where D = αδ - βγ ≠ 0."""
    exponents = {v: shape.power, **shape.composites}
    below = [number for number, e in exponents.items() if e and natural(scale(e, -1)) is not None]
    if len(below) < 2:
        return None
    p, q = below[:2]
    forms = [(constant(1), {}) if n == v else linear(algebra, v, algebra.composite_polynomial(n)) for n in (p, q)]
    (a, b), (c, d) = forms
    determinant = add(algebra.multiply(a, d), algebra.multiply(b, c), -1)
    require(algebra, determinant, signs.NONZERO)
    times = add(algebra.multiply(a, of_atom(q)), algebra.multiply(c, of_atom(p)), -1)
    return algebra.multiply(algebra.multiply({monomial: 1}, times), algebra.inverse(determinant))


def _between_ends(algebra: Algebra, reach: Range, v: int, f: Polynomial) -> Polynomial:
    """F(b) - F(a)."""
    top = at_infinity(algebra, f, v) if reach.high is None else at_end(algebra, f, v, reach.high)
    bottom = at_infinity(algebra, f, v, -1) if reach.low is None else at_end(algebra, f, v, reach.low)
    return add(top, bottom, -1)


def _two_halves(algebra: Algebra, v: int, monomial: Monomial) -> Polynomial:
    """∫_-∞^∞ f(v) = ∫_0^∞ f(v) + ∫_0^∞ f(-v)."""
    result: Polynomial = {}
    for sign in (1, -1):
        w = algebra.fresh_variable(integer=False)
        with algebra.assuming(Fact(of_atom(w), signs.POSITIVE)):
            body = algebra.substitute({monomial: 1}, v, scale(of_atom(w), sign))
            result = add(result, _polynomial(algebra, Range({}, None), w, body, MOST_SUBSTITUTIONS))
    return result


# ---- substitutions


@dataclass(frozen=True, slots=True)
class Substitution:
    """v = ``inside`` of the new variable ``new``, which runs over ``reach``; ``slope`` is |dv/dnew|."""

    new: int
    inside: Polynomial
    slope: Polynomial
    reach: Range


def _substituted(algebra: Algebra, v: int, monomial: Monomial, substitution: Substitution, depth: int) -> Polynomial:
    new = of_atom(substitution.new)
    with algebra.assuming(*substitution.reach.facts(algebra, new)):
        body = algebra.substitute({monomial: 1}, v, substitution.inside)
        body = algebra.multiply(body, substitution.slope)
        return _polynomial(algebra, substitution.reach, substitution.new, body, depth + 1)


def _substitution(algebra: Algebra, reach: Range, v: int, monomial: Monomial) -> Substitution | None:
    """The first that fits: v = e^u for powers of ln v in an exponent, e^(κv) = u inside of a sum, αv + β = u."""
    numbers = [number for number, _ in monomial]
    if reach.low == {} and any(_has_logarithm_inside(algebra, v, number) for number in numbers):
        return _logarithmic(algebra, reach)
    sums = {number for number in _bases(algebra, numbers) if isinstance(algebra.atoms[number], Composite)}
    sums = {number for number in sums if v in algebra.depends(number)}
    for number in sorted(sums):
        inside = algebra.composite_polynomial(number)
        rates = [_rate(algebra, v, atom) for atom in atoms_of(inside) if v in algebra.depends(atom)]
        if rates and None not in rates:
            return _exponential(algebra, reach, rates[0] or {})
    return _linear(algebra, reach, v, monomial, sums)


def _bases(algebra: Algebra, numbers: list[int]) -> Iterator[int]:
    """The atoms, and what stands inside of their powers and logarithms."""
    for number in numbers:
        match algebra.atoms[number]:
            case SymbolicPower(base, _) | Logarithm(base):
                yield base
            case _:
                yield number


def _has_logarithm_inside(algebra: Algebra, v: int, number: int) -> bool:
    atom = algebra.atoms[number]
    if not isinstance(atom, Exponential):
        return False
    return any(isinstance(algebra.atoms[part], Logarithm) and v in algebra.depends(part) for part, _ in atom.exponent)


def _logarithmic(algebra: Algebra, reach: Range) -> Substitution:
    """v = e^u on (0, b), b > 0."""
    if reach.high is not None:
        require(algebra, reach.high, signs.POSITIVE)
    new = algebra.fresh_variable(integer=False)
    e = algebra.exponential(of_atom(new))
    return Substitution(new, e, e, Range(None, None if reach.high is None else algebra.logarithm(reach.high)))


def _rate(algebra: Algebra, v: int, number: int) -> Polynomial | None:
    """κ of an atom e^(κ v)."""
    atom = algebra.atoms[number]
    if not isinstance(atom, Exponential) or dict(atom.exponent).get(v) != 1:
        return None
    rest = tuple(pair for pair in atom.exponent if pair[0] != v)
    return None if v in algebra.monomial_depends(rest) else {rest: 1}


def _exponential(algebra: Algebra, reach: Range, rate: Polynomial) -> Substitution:
    """v = (ln u)/κ: u from e^(κa) to e^(κb), for κ > 0 or κ < 0."""
    sign, over = direction(algebra, rate), algebra.inverse(rate)
    new = algebra.fresh_variable(integer=False)
    ends = reach.moved(lambda end: algebra.exponential(algebra.multiply(rate, end)), sign == 1)
    ends = replace(ends, low={} if ends.low is None else ends.low)
    with algebra.assuming(Fact(of_atom(new), signs.POSITIVE)):
        inside = algebra.multiply(algebra.logarithm(of_atom(new)), over)
        return Substitution(new, inside, algebra.multiply(scale(over, sign), of_atom(new, -1)), ends)


def _linear(algebra: Algebra, reach: Range, v: int, monomial: Monomial, sums: set[int]) -> Substitution | None:
    """u = α v + β for the only sum beside natural powers of v, or for one that vanishes at the lower end."""
    try:
        shape = shape_of(algebra, v, monomial)
        forms = {number: linear(algebra, v, algebra.composite_polynomial(number)) for number in sums}
    except Unproved:
        return None
    free = natural(shape.power) is not None and v not in shape.logs and not _is_plain(algebra, v, shape)
    for slope, start in forms.values():
        vanishing = reach.low and not add(algebra.multiply(slope, reach.low), start)
        if vanishing or (free and len(forms) == 1):
            return _by_line(algebra, reach, slope, start)
    return None


def _is_plain(algebra: Algebra, v: int, shape: Shape) -> bool:
    return not shape.composites and not any(base != v for base in shape.logs)


def _by_line(algebra: Algebra, reach: Range, slope: Polynomial, start: Polynomial) -> Substitution:
    sign, over = direction(algebra, slope), algebra.inverse(slope)
    new = algebra.fresh_variable(integer=False)
    inside = algebra.multiply(add(of_atom(new), start, -1), over)
    ends = reach.moved(lambda end: add(algebra.multiply(slope, end), start), sign == 1)
    return Substitution(new, inside, scale(over, sign), ends)


# ---- the table of definite integrals


@dataclass(frozen=True, slots=True)
class Row:
    """An integral as a function of exponents, where all ``needs`` are positive.

    The logarithm of a factor differentiates in its exponent, as often as ``logs`` says.
    """

    needs: tuple[Polynomial, ...]
    exponents: tuple[Polynomial, ...]
    logs: tuple[int, ...]
    value: Callable[..., Polynomial]


def _row(algebra: Algebra, reach: Range, v: int, shape: Shape) -> Row | None:
    """The row of the table for an integral from 0."""
    if reach.low != {} or shape.waves:
        return None
    s, logs = add(shape.power, constant(1)), shape.logs.get(v, 0)
    others = {*shape.composites, *shape.logs} - {v}
    if not others:
        parts = list(degrees(algebra, v, shape.exponent).items()) if shape.exponent and reach.high is None else []
        return _gamma(algebra, s, thaw(parts[0][0]), scale(parts[0][1], -1), logs) if len(parts) == 1 else None
    if len(others) > 1 or shape.exponent:
        return None
    (number,) = others
    exponent, orders = shape.composites.get(number, {}), (logs, shape.logs.get(number, 0))
    if reach.high is not None:
        return _first_beta(algebra, v, s, exponent, number, reach.high, orders)
    degrees_inside = degrees(algebra, v, algebra.composite_polynomial(number))
    start = degrees_inside.pop(freeze({}), None)
    if number not in shape.composites or start is None or len(degrees_inside) != 1:
        return None
    ((degree, slope),) = degrees_inside.items()
    return _second_beta(algebra, s, scale(exponent, -1), thaw(degree), slope, start, orders)


def _gamma(algebra: Algebra, s: Polynomial, r: Polynomial, b: Polynomial, logs: int) -> Row:
    """For r ≠ 0, b > 0, s/r > 0: ∫_0^∞ v^(s-1) e^(-b v^r) dv = Γ(s/r) b^(-s/r)/|r| (DLMF 5.9.1, v^r put in)."""
    sign, over = direction(algebra, r), algebra.inverse(r)

    def value(s: Polynomial) -> Polynomial:
        ratio = algebra.multiply(s, over)
        power = algebra.multiply(gamma(algebra, ratio), algebra.power(b, scale(ratio, -1)))
        return algebra.multiply(power, scale(over, sign))

    return Row((b, algebra.multiply(s, over)), (s,), (logs,), value)


def _second_beta(
    algebra: Algebra,
    s: Polynomial,
    p: Polynomial,
    r: Polynomial,
    c: Polynomial,
    d: Polynomial,
    logs: tuple[int, int],
) -> Row:
    """For r > 0, c > 0, d > 0, 0 < s/r < p: ∫_0^∞ v^(s-1) (d + c v^r)^(-p) dv = d^(s/r-p) c^(-s/r) B(s/r, p - s/r)/r
    (DLMF 5.12.3)."""
    over = algebra.inverse(r)

    def value(s: Polynomial, minus_p: Polynomial) -> Polynomial:
        x = algebra.multiply(s, over)
        y = add(scale(minus_p, -1), x, -1)
        power = algebra.multiply(algebra.power(d, scale(y, -1)), algebra.power(c, scale(x, -1)))
        return algebra.multiply(algebra.multiply(power, _beta(algebra, x, y)), over)

    needs = r, c, d, s, add(p, algebra.multiply(s, over), -1)
    return Row(needs, (s, scale(p, -1)), logs, value)


def _first_beta(
    algebra: Algebra,
    v: int,
    s: Polynomial,
    exponent: Polynomial,
    number: int,
    high: Polynomial,
    logs: tuple[int, int],
) -> Row | None:
    """For c > 0, s > 0, t > 0, β > 0: ∫_0^c v^(s-1) (β - βv/c)^(t-1) dv = c^s β^(t-1) B(s, t) (DLMF 5.12.1)."""
    slope, start = linear(algebra, v, algebra.composite_polynomial(number))
    if add(algebra.multiply(slope, high), start):
        return None
    t = add(exponent, constant(1))

    def value(s: Polynomial, t: Polynomial) -> Polynomial:
        power = algebra.multiply(algebra.power(high, s), algebra.power(start, add(t, constant(1), -1)))
        return algebra.multiply(power, _beta(algebra, s, t))

    return Row((high, start, s, t), (s, t), logs, value)


def _beta(algebra: Algebra, s: Polynomial, t: Polynomial) -> Polynomial:
    """B(s, t) = Γ(s) Γ(t) / Γ(s + t) (DLMF 5.12.1)."""
    above = algebra.multiply(gamma(algebra, s), gamma(algebra, t))
    return algebra.multiply(above, algebra.inverse(gamma(algebra, add(s, t))))


def _by_row(algebra: Algebra, row: Row) -> Polynomial:
    """The integrals converge near the exponents, and so do those of their derivatives (Rudin, Principles of
    Mathematical Analysis, Theorem 9.42, with dominated integrands)."""
    for positive in row.needs:
        require(algebra, positive, signs.POSITIVE)
    if not any(row.logs):
        return row.value(*row.exponents)
    if sum(row.logs) > LARGEST_DEGREE:
        raise Unproved(NOT_IN_TABLE)
    numbers = [algebra.fresh_variable(integer=False) for _ in row.exponents]
    pairs = list(zip(numbers, row.exponents, strict=True))
    near = [Fact(of_atom(number), signs.POSITIVE) for number, at in pairs if algebra.sign(at) == signs.POSITIVE]
    with algebra.assuming(*near):
        result = row.value(*map(of_atom, numbers))
        for number, order in zip(numbers, row.logs, strict=True):
            for _ in range(order):
                result = differentiate(algebra, result, number)
        for number, at in pairs:
            result = algebra.substitute(result, number, at)
    return result
