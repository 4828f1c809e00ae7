"""Antiderivatives of monomials by table, and their values at the ends of a range.

An integral from a to b, proper or improper, is F(b) - F(a) where F is continuous from a to b, has the integrand as its
derivative between them, and has limits at infinite ends (Rudin, Principles of Mathematical Analysis, Theorem 6.21).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import factorial
from typing import Literal

from engine.kernel.forms import sign as signs
from engine.kernel.forms.algebra import Algebra
from engine.kernel.forms.atom import Call, Circle, Composite, Exponential, Logarithm, Primitive, SymbolicPower, Variable
from engine.kernel.forms.polynomial import (
    Exponent,
    Frozen,
    Monomial,
    Polynomial,
    add,
    atoms_of,
    constant,
    constant_term,
    freeze,
    is_constant,
    of_atom,
    scale,
    thaw,
)
from engine.kernel.forms.primitive import call
from engine.kernel.unproved import Unproved

LARGEST_DEGREE = 40
HALF = Fraction(1, 2)


@dataclass(slots=True)
class Shape:
    """``v^power · Π composite^exponent · e^exponent · Π ln(base)^order · Π wave``, as a function of v."""

    power: Polynomial = field(default_factory=dict)
    composites: dict[int, Polynomial] = field(default_factory=dict)
    exponent: Polynomial = field(default_factory=dict)
    logs: dict[int, int] = field(default_factory=dict)
    waves: list[Call] = field(default_factory=list)


def shape_of(algebra: Algebra, v: int, monomial: Monomial) -> Shape:
    """The factors of a monomial by their kinds; raises :class:`Unproved` for one of no such kind."""
    shape = Shape()
    for number, e in monomial:
        match algebra.atoms[number]:
            case Variable() if number == v:
                shape.power = add(shape.power, constant(e))
            case SymbolicPower(base, inner) if _is_base(algebra, v, base) and v not in algebra.monomial_depends(inner):
                _raise(shape, v, base, {inner: e})
            case SymbolicPower(base, inner) if v not in algebra.depends(base):
                logarithm = algebra.multiply({inner: e}, algebra.log_of_atom(base))
                shape.exponent = add(shape.exponent, logarithm)
            case Composite():
                _raise(shape, v, number, constant(e))
            case Exponential(inner):
                shape.exponent = add(shape.exponent, {inner: e})
            case Logarithm(argument) if isinstance(e, int) and 0 < e <= LARGEST_DEGREE:
                shape.logs[argument] = e
            case Call("sin" | "cos", _, _) as wave if e == 1:
                shape.waves.append(wave)
            case _:
                raise Unproved("an integrand that is not in the table")
    return shape


def _is_base(algebra: Algebra, v: int, base: int) -> bool:
    """Whether a power of the atom is one that a shape has a place for."""
    return base == v or isinstance(algebra.atoms[base], Composite)


def _raise(shape: Shape, v: int, base: int, exponent: Polynomial) -> None:
    if base == v:
        shape.power = add(shape.power, exponent)
    else:
        shape.composites[base] = add(shape.composites.get(base, {}), exponent)


def degrees(algebra: Algebra, v: int, p: Polynomial) -> dict[Frozen, Polynomial]:
    """``p`` as Σ coefficient · v^degree, with coefficients and degrees free of v."""
    found: dict[Frozen, Polynomial] = {}
    p, denominator = algebra.clear(p)
    outside = constant(1)
    for atom, e in denominator.items():
        if v in algebra.depends(atom):
            raise Unproved("an integrand that is not in the table")
        outside = algebra.multiply(outside, of_atom(atom, -e))
    for monomial, coefficient in p.items():
        degree: Polynomial = {}
        rest: list[tuple[int, Exponent]] = []
        for atom, e in monomial:
            match algebra.atoms[atom]:
                case _ if v not in algebra.depends(atom):
                    rest.append((atom, e))
                case _ if atom == v:
                    degree = add(degree, constant(e))
                case SymbolicPower(base, inner) if base == v and v not in algebra.monomial_depends(inner):
                    degree = add(degree, {inner: e})
                case _:
                    raise Unproved("an integrand that is not in the table")
        key = freeze(degree)
        found[key] = add(found.get(key, {}), algebra.multiply({tuple(rest): coefficient}, outside))
    return {key: value for key, value in found.items() if value}


def natural(p: Polynomial) -> int | None:
    """The number 0, 1, 2, ... that a polynomial is."""
    value = constant_term(p)
    return int(value) if is_constant(p) and value.denominator == 1 and 0 <= value <= LARGEST_DEGREE else None


def is_whole(algebra: Algebra, p: Polynomial) -> bool:
    """Whether an exponent is known to be an integer >= 0, so that its base may be any number."""
    return natural(p) is not None or (algebra.is_integer(p) and algebra.sign(p) <= signs.NOT_NEGATIVE)


def require(algebra: Algebra, p: Polynomial, wanted: signs.Sign) -> None:
    """A condition of a row of the table."""
    if not algebra.sign(p) <= wanted:
        raise Unproved("the convergence of an integral, or a sign that its value depends on")


def direction(algebra: Algebra, p: Polynomial) -> int:
    """1 for p > 0 and -1 for p < 0; raises :class:`Unproved` where neither is known."""
    sign = 1 if algebra.sign(p) == signs.POSITIVE else -1
    require(algebra, scale(p, sign), signs.POSITIVE)
    return sign


# ---- the table


def antiderivative(algebra: Algebra, v: int, shape: Shape) -> Polynomial:
    """F with F' = the function of that shape, wherever the facts about v hold."""
    if shape.composites or (shape.logs and set(shape.logs) != {v}):
        raise Unproved("an integrand that is not in the table")
    if shape.waves:
        return _of_wave(algebra, v, shape)
    if not shape.exponent:
        return _of_power(algebra, v, shape.power, shape.logs.get(v, 0))
    if shape.logs:
        raise Unproved("an integrand that is not in the table")
    parts = degrees(algebra, v, shape.exponent)
    one, two = freeze(constant(1)), freeze(constant(2))
    n = natural(shape.power)
    if n is not None and two in parts and set(parts) <= {one, two}:
        return _of_gaussian(algebra, v, n, scale(parts[two], -1), parts.get(one, {}), shape.exponent)
    if len(parts) != 1:
        raise Unproved("an integrand that is not in the table")
    ((degree, coefficient),) = parts.items()
    return _of_exponential(algebra, v, shape, thaw(degree), coefficient)


def _of_power(algebra: Algebra, v: int, power: Polynomial, logs: int) -> Polynomial:
    """∫ v^p ln^k v = v^(p+1) ln^k v/(p+1) - k/(p+1) ∫ v^p ln^(k-1) v for p ≠ -1, else ln^(k+1) v/(k+1)."""
    s = add(power, constant(1))
    if logs or not is_whole(algebra, power):
        require(algebra, of_atom(v), signs.POSITIVE)
    if not s:
        return scale(algebra.integer_power(algebra.logarithm(of_atom(v)), logs + 1), Fraction(1, logs + 1))
    require(algebra, s, signs.NONZERO)
    over = algebra.inverse(s)
    first = algebra.multiply(algebra.power(of_atom(v), s), over)
    if not logs:
        return first
    first = algebra.multiply(first, algebra.integer_power(algebra.logarithm(of_atom(v)), logs))
    rest = algebra.multiply(over, _of_power(algebra, v, power, logs - 1))
    return add(first, rest, -logs)


def _of_exponential(algebra: Algebra, v: int, shape: Shape, r: Polynomial, c: Polynomial) -> Polynomial:
    """∫ v^(r(n+1)-1) e^(c v^r) dv = (1/r) Σ_j (-1)^j n!/(n-j)! c^(-j-1) v^(r(n-j)) e^(c v^r), n natural (by parts)."""
    if not r:
        raise Unproved("an integrand that is not in the table")
    if not is_whole(algebra, r):
        require(algebra, of_atom(v), signs.POSITIVE)
    require(algebra, r, signs.NONZERO)
    require(algebra, c, signs.NONZERO)
    times = algebra.multiply(add(shape.power, constant(1)), algebra.inverse(r))
    n = natural(add(times, constant(1), -1))
    if n is None:
        raise Unproved("an integrand that is not in the table")
    e = algebra.exponential(shape.exponent)
    result: Polynomial = {}
    for j in range(n + 1):
        term = algebra.multiply(algebra.power(of_atom(v), scale(r, n - j)), e)
        term = algebra.multiply(term, algebra.integer_power(c, -j - 1))
        result = add(result, term, Fraction((-1) ** j * factorial(n), factorial(n - j)))
    return algebra.multiply(result, algebra.inverse(r))


def _of_gaussian(algebra: Algebra, v: int, n: int, a: Polynomial, b: Polynomial, exponent: Polynomial) -> Polynomial:
    """∫ v^n e^q with q = -a v² + b v, a > 0: K_0 = √(π/4a) e^(b²/4a) erf(√a v - b/2√a), and, by parts,
    2a K_n = (n-1) K_(n-2) + b K_(n-1) - v^(n-1) e^q (DLMF 7.2.1)."""
    require(algebra, a, signs.POSITIVE)
    root = algebra.power(a, constant(HALF))
    inverse, over = algebra.inverse(root), algebra.inverse(scale(a, 2))
    shift = algebra.multiply(scale(b, HALF), inverse)
    erf = call(algebra, "erf", (0,), (freeze(add(algebra.multiply(root, of_atom(v)), shift, -1)),))
    factor = algebra.multiply(scale(inverse, HALF), algebra.power(algebra.of(Circle()), constant(HALF)))
    square = algebra.multiply(algebra.multiply(b, b), algebra.inverse(scale(a, 4)))
    before: Polynomial = {}
    at = algebra.multiply(algebra.multiply(factor, algebra.exponential(square)), erf)
    e = algebra.exponential(exponent)
    for k in range(1, n + 1):
        step = add(scale(before, k - 1), algebra.multiply(b, at))
        step = add(step, algebra.multiply(of_atom(v, k - 1), e), -1)
        before, at = at, algebra.multiply(step, over)
    return at


def _of_wave(algebra: Algebra, v: int, shape: Shape) -> Polynomial:
    """∫ v^n sin θ = (-v^n cos θ + n ∫ v^(n-1) cos θ)/α and ∫ v^n cos θ = (v^n sin θ - n ∫ v^(n-1) sin θ)/α for
    θ = α v + β (by parts)."""
    (wave, *more) = shape.waves
    slope, _ = linear(algebra, v, thaw(wave.arguments[0]))  # type: ignore[arg-type]
    n = natural(shape.power)
    if more or n is None or shape.exponent or shape.logs:
        raise Unproved("an integrand that is not in the table")
    require(algebra, slope, signs.NONZERO)
    over = algebra.inverse(slope)
    result: Polynomial = {}
    factor, function = constant(1), wave.function
    for k in range(n, -1, -1):
        factor = algebra.multiply(factor, over)
        sign, function = (-1, "cos") if function == "sin" else (1, "sin")
        term = algebra.multiply(of_atom(v, k), call(algebra, function, (0,), wave.arguments))
        result = add(result, algebra.multiply(factor, term), sign)
        factor = scale(factor, -sign * k)
    return result


def linear(algebra: Algebra, v: int, p: Polynomial) -> tuple[Polynomial, Polynomial]:
    """``(α, β)`` with p = α v + β, α not 0 as it is written; raises :class:`Unproved` for another p."""
    parts = degrees(algebra, v, p)
    one, zero = freeze(constant(1)), freeze({})
    if not set(parts) <= {one, zero} or one not in parts:
        raise Unproved("an integrand that is not in the table")
    return parts[one], parts.get(zero, {})


# ---- without a table

CONTINUOUS = ("abs", "sin", "cos", "erf", "Gamma", "digamma")


def primitive(algebra: Algebra, v: int, body: Polynomial, at: Polynomial) -> Polynomial:
    """An antiderivative of ``body`` in v, at a place: one atom a term, for what is continuous wherever it is defined.

    Raises :class:`Unproved` for anything else (Rudin, Principles of Mathematical Analysis, Theorem 6.20).
    """
    return algebra.linearly(body, v, lambda inner: _primitive_of_monomial(algebra, v, inner, at) if inner else at)


def _primitive_of_monomial(algebra: Algebra, v: int, monomial: Monomial, at: Polynomial) -> Polynomial:
    height = max((_height(algebra, number, v) for number, _ in monomial), default=0)
    index = algebra.number_of(Variable(f"@∫{height + 1}"))
    renamed = algebra.substitute({monomial: 1}, v, of_atom(index)) if index != v else {monomial: 1}
    if len(renamed) != 1 or next(iter(renamed.values())) != 1:
        raise Unproved("an integrand that is not in the table")
    return algebra.of(Primitive(next(iter(renamed)), index, freeze(at)))


def _height(algebra: Algebra, number: int, v: int) -> int:
    """How many antiderivatives are nested in an atom; raises :class:`Unproved` where it may jump as v varies."""
    from engine.kernel.forms.rebuild import parts

    atom = algebra.atoms[number]
    if v in algebra.depends(number):
        match atom:
            case Variable() | Exponential() | SymbolicPower() | Logarithm() | Composite() | Primitive():
                pass
            case Call(function) if function in CONTINUOUS and function not in algebra.functions:
                pass
            case _:
                raise Unproved("an integrand that may not be continuous")
    inner = (_height(algebra, part, v) for p in parts(algebra, number) for part in atoms_of(p))
    return max(inner, default=0) + isinstance(atom, Primitive)


# ---- the ends


def at_end(algebra: Algebra, p: Polynomial, v: int, end: Polynomial) -> Polynomial:
    """The value of a continuous p at v = ``end``, or its one-sided limit; raises :class:`Unproved` where in doubt.

    Nothing but natural powers may be taken of what may vanish there; v^s ln^k v goes to 0 for s > 0.
    """
    result: Polynomial = {}
    for monomial, coefficient in p.items():
        result = add(result, _monomial_at(algebra, monomial, v, end), coefficient)
    return result


def _monomial_at(algebra: Algebra, monomial: Monomial, v: int, end: Polynomial) -> Polynomial:
    term, vanishes, infinite = constant(1), False, False
    for atom, e in monomial:
        if v not in algebra.depends(atom):
            term = algebra.multiply(term, of_atom(atom, e))
            continue
        value = _factor_at(algebra, atom, e, v, end)
        vanishes, infinite = vanishes or value in ("zero", {}), infinite or value == "infinite"
        if isinstance(value, dict):
            term = algebra.multiply(term, value)
    if infinite and not vanishes:
        raise Unproved("the convergence of an integral")
    return {} if vanishes else term


def _factor_at(
    algebra: Algebra, atom: int, e: Exponent, v: int, end: Polynomial
) -> Polynomial | Literal["zero", "infinite"]:
    """A factor at the end; "infinite" is a power of a logarithm, which is less than any power of its argument."""
    fixed = constant(e)
    match algebra.atoms[atom]:
        case Variable():
            return _power_at(algebra, end, fixed)
        case SymbolicPower(base, inner) if v not in algebra.monomial_depends(inner):
            return _power_at(algebra, at_end(algebra, of_atom(base), v, end), {inner: e})
        case SymbolicPower(base, inner) if v not in algebra.depends(base):
            return algebra.power(of_atom(base), at_end(algebra, {inner: e}, v, end))
        case Composite(polynomial):
            return _power_at(algebra, at_end(algebra, thaw(polynomial), v, end), fixed)
        case Exponential(inner):
            return algebra.exponential(at_end(algebra, {inner: e}, v, end))
        case Logarithm(argument) if isinstance(e, int) and e > 0:
            base_value = at_end(algebra, of_atom(argument), v, end)
            if not base_value:
                return "infinite"
            require(algebra, base_value, signs.POSITIVE)
            return algebra.integer_power(algebra.logarithm(base_value), e)
        case Call("erf" | "sin" | "cos" as function, orders, (inner,)) if isinstance(e, int) and e > 0:
            argument_value = at_end(algebra, thaw(inner), v, end)  # type: ignore[arg-type]
            return algebra.integer_power(call(algebra, function, orders, (freeze(argument_value),)), e)
        case _:
            raise Unproved("an antiderivative at an end of the range")


def _power_at(algebra: Algebra, base: Polynomial, exponent: Polynomial) -> Polynomial | Literal["zero"]:
    if is_whole(algebra, exponent):
        return algebra.power(base, exponent)
    if not base:
        require(algebra, exponent, signs.POSITIVE)
        return "zero"
    whole = is_constant(exponent) and constant_term(exponent).denominator == 1
    root = is_constant(exponent) and constant_term(exponent) > 0
    require(algebra, base, signs.NONZERO if whole else signs.NOT_NEGATIVE if root else signs.POSITIVE)
    return algebra.power(base, exponent)


def at_infinity(algebra: Algebra, p: Polynomial, v: int, side: int = 1) -> Polynomial:
    """The limit of p as v → ∞, or -∞ for ``side`` -1; raises :class:`Unproved` where a term has none that is known."""
    return algebra.linearly(p, v, lambda inner: _limit(algebra, inner, v, side))


def _limit(algebra: Algebra, monomial: Monomial, v: int, side: int) -> Polynomial:
    """An exponential beats powers and logarithms, a power beats logarithms (DLMF 4.4.14, 4.4.17); erf goes to ±1."""
    rest: list[tuple[int, Exponent]] = []
    factor = 1
    for atom, e in monomial:
        match algebra.atoms[atom]:
            case Call("erf", _, (inner,)) if isinstance(e, int) and e > 0:
                slope, _ = linear(algebra, v, thaw(inner))  # type: ignore[arg-type]
                factor *= (side * direction(algebra, slope)) ** e
            case _:
                rest.append((atom, e))
    shape = shape_of(algebra, v, tuple(rest))
    if shape.composites or shape.waves or (shape.logs and side < 0):
        raise Unproved("a limit that is not in the table")
    if shape.exponent and _decays(algebra, v, shape.exponent, side):
        return {}
    if shape.power or shape.logs:
        require(algebra, shape.power, signs.NEGATIVE)
        return {}
    return constant(factor)


def _decays(algebra: Algebra, v: int, exponent: Polynomial, side: int) -> bool:
    """Whether e^(c v^r), or e^(-a v² + b v), goes to 0 as v → ∞ (or -∞); else it goes to 1."""
    parts = {key: value for key, value in degrees(algebra, v, exponent).items() if key}
    growing = {key: value for key, value in parts.items() if not algebra.sign(thaw(key)) <= signs.NEGATIVE}
    if not growing:
        return False
    top = max(growing, key=lambda key: constant_term(thaw(key)))
    require(algebra, thaw(top), signs.POSITIVE)
    degree = natural(thaw(top)) if side < 0 else 0
    if degree is None:
        raise Unproved("the convergence of an integral")
    require(algebra, scale(growing[top], side**degree), signs.NEGATIVE)
    return True
