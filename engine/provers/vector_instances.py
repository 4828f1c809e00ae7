"""Concrete functions for declared ones: quadratic in dimension 1, 2, 3, and one quartic family in dimension 1.

A context that says ``\\hatθ(ε)`` minimises ``R(θ) + ε L(z, θ)`` near ``ε = 0`` gets

* ``R(θ) = ½ θᵀAθ + bᵀθ`` and ``L(z, θ) = ½ θᵀCθ + zᵀBθ`` with symmetric positive definite A, C, so that the minimiser
  is ``-(H_0 + ε H_1)⁻¹ (g_0 + ε g_1)`` with the objective's Hessian and gradient at θ = 0, a rational function of ε;
* in dimension 1 also ``R' = u q(u)`` and ``∂L/∂θ = (z / z_0)(s u - t) q(u)`` with ``u = θ - θ_0`` and a positive
  quadratic q: then ``R' + ε ∂L/∂θ = q(u) ((1 + sε) u - tε)``, whose root is ``θ_0 + tε / (1 + sε)``. It has third
  derivatives, which quadratic functions hide.

Every choice is a term, so that derivatives of every order come out exactly; whether the facts of the context hold for
it is checked afterwards like any other fact.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq

from engine.kernel.certificate import FunctionChoice
from engine.meaning.context import Context
from engine.meaning.sort import Function, Real, Vector
from engine.meaning.statement import NearZero, Optimum
from engine.meaning.term import (
    ONE,
    Add,
    Apply,
    Derivative,
    Divide,
    Inverse,
    Matrix,
    Multiply,
    Name,
    Negate,
    Power,
    Term,
    Transpose,
    children,
    fresh_name,
    integer,
    rational,
    subtract,
)
from engine.provers import array
from engine.provers.array import Value
from engine.provers.ball import Environment, NoEval, Undef, compile_term, exactly, with_value
from engine.provers.differentiate import plus, times
from engine.provers.point import size_of, zeros
from engine.provers.scalar import to_fraction

TWO = integer(2)
HALF = rational(Fraction(1, 2))


@dataclass(frozen=True, slots=True)
class Curve:
    """``function(variable)`` optimises ``optimum.objective`` for every small value of the variable."""

    function: str
    variable: str
    optimum: Optimum


def choose(context: Context, env: Environment, variant: int) -> dict[str, FunctionChoice]:
    """A concrete function for every declared one; names of optimal points are set in ``env``.

    ``variant`` 0 is the simplest choice (``θ²/2``, ``zθ``, ``-ε`` in dimension 1). Raises :class:`NoEval` for a
    context that does not fit.
    """
    declared = {d.name: d.sort for d in context.declarations if isinstance(d.sort, Function)}
    if not declared:
        return {}
    curves = list(curves_of(context))
    if variant % 3 == 2 and (found := _quartic(context, env, curves, declared, variant)):
        return found
    draw = random.Random(variant)
    bent = {curve.function for curve in curves}
    concave = any(optimum.kind == "maximum" for optimum in optima_of(context))
    alone = not any(len(sort.arguments) == 1 for name, sort in declared.items() if name not in bent)
    chosen = {
        name: _choice(sort, context, env, draw if variant or alone else None, -1 if concave else 1)
        for name, sort in declared.items()
        if name not in bent
    }
    within = defining(context, chosen)
    set_optimal_points(within, env)
    for curve in curves:
        chosen[curve.function] = _curve_choice(curve, declared[curve.function], within, env)
    return chosen


def defining(context: Context, functions: dict[str, FunctionChoice]) -> Context:
    for name, choice in functions.items():
        context = context.define(name, choice.parameters, choice.body)
    return context


def curves_of(context: Context) -> Iterator[Curve]:
    for fact in context.facts:
        match fact:
            case NearZero(variable, Optimum(point=Apply(function, (Name(argument),))) as optimum):
                if argument == variable and isinstance(context.sort_of(function), Function):
                    yield Curve(function, variable, optimum)


def optima_of(context: Context) -> Iterator[Optimum]:
    for fact in context.facts:
        match fact:
            case Optimum() | NearZero(_, Optimum()):
                yield fact if isinstance(fact, Optimum) else fact.body  # type: ignore[misc]


# --- quadratic functions --------------------------------------------------------------------------------------


def _choice(
    sort: Function, context: Context, env: Environment, draw: random.Random | None, sign: int
) -> FunctionChoice:
    sizes = [size_of(argument, env, context) for argument in sort.arguments]
    if any(columns != 1 for _, columns in sizes):
        raise NoEval("an unknown function of matrices")
    names = tuple(f"t_{{{n}}}" for n in range(1, len(sizes) + 1))
    lengths = [rows for rows, _ in sizes]
    if not isinstance(sort.result, Real):
        return FunctionChoice(names, _vector_body(names, lengths, size_of(sort.result, env, context), draw))
    scalar_only = not any(isinstance(argument, Vector) for argument in sort.arguments)
    body = _quadratic(names, lengths, draw, sign)
    return FunctionChoice(names, plus(ONE, body) if scalar_only and not list(optima_of(context)) else body)


def _quadratic(names: tuple[str, ...], lengths: list[int], draw: random.Random | None, sign: int) -> Term:
    """``± ½ tᵀAt + bᵀt + Σ qᵀBt`` with the last argument t and the others q; simplest without a ``draw``."""
    *others, last = names
    size = lengths[-1]
    parts = []
    if draw or not others:
        parts.append(times(HALF, _form(last, _positive(size, draw, sign), last, size, size)))
    if draw:
        parts.append(_form(None, array.transpose(_random(size, 1, draw)), last, 1, size))
    for name, length in zip(others, lengths, strict=False):
        parts.append(_form(name, _coupling(length, size, draw), last, length, size))
    return plus(*parts)


def _form(left: str | None, matrix: Value, right: str, rows: int, columns: int) -> Term:
    """``leftᵀ matrix right`` as a term, with as few signs as dimension 1 allows."""
    if rows == columns == 1:
        factors = [Name(left)] if left else []
        return (
            times(literal(matrix), Power(Name(right), TWO))
            if left == right
            else times(literal(matrix), *factors, Name(right))
        )
    first = [Transpose(Name(left))] if left else []
    return Multiply((*first, literal(matrix), Name(right)))


def _positive(size: int, draw: random.Random | None, sign: int) -> Value:
    """The identity, or ``MᵀM + I`` with a small random M."""
    one = array.array((fmpq(int(i == j)) for j in range(size)) for i in range(size))
    if draw:
        root = _random(size, size, draw)
        one = array.add(array.multiply(array.transpose(root), root), one)
    return array.each(one, lambda x: sign * x)


def _coupling(rows: int, columns: int, draw: random.Random | None) -> Value:
    if draw:
        return _random(rows, columns, draw)
    return array.array((fmpq(int(i == j)) for j in range(columns)) for i in range(rows))


def _random(rows: int, columns: int, draw: random.Random) -> Value:
    return array.array(
        (fmpq(draw.choice((-3, -2, -1, 1, 2, 3)), draw.choice((1, 2))) for _ in range(columns)) for _ in range(rows)
    )


def _vector_body(names: tuple[str, ...], lengths: list[int], size: tuple[int, int], draw: random.Random | None) -> Term:
    """A column of polynomials in real arguments."""
    if any(length != 1 for length in lengths) or size[1] != 1:
        raise NoEval("an unknown function with vectors for values")
    draw = draw or random.Random(0)
    cells = []
    for _ in range(size[0]):
        linear = [times(_small(draw), Name(name)) for name in names]
        squares = [times(_small(draw), Power(Name(name), TWO)) for name in names]
        cells.append(plus(_small(draw), *linear, *squares))
    return cells[0] if len(cells) == 1 else Matrix(tuple((cell,) for cell in cells))


def _small(draw: random.Random) -> Term:
    return rational(Fraction(draw.choice((-2, -1, 1, 2, 3)), draw.choice((1, 2))))


def literal(value: Value) -> Term:
    """A rational value as a term."""
    if not array.is_array(value):
        return rational(_fraction(value))
    return Matrix(tuple(tuple(rational(_fraction(cell)) for cell in row) for row in value))


def _fraction(value: Value) -> Fraction:
    exact = to_fraction(value)
    if exact is None:
        raise NoEval("a function with coefficients that are not rational")
    return exact


# --- optimal points and curves --------------------------------------------------------------------------------


def set_optimal_points(context: Context, env: Environment) -> None:
    """Names that the facts call optimal get the stationary point of their objective, if it is quadratic."""
    for fact in context.facts:
        match fact:
            case Optimum(_, Name(name), objective, variable) if isinstance(context.sort_of(name), Real | Vector):
                rows, columns = size_of(context.sort_of(name), env, context)  # type: ignore[arg-type]
                try:
                    hessian, gradient = _expansion(objective, variable, context)(env, zeros(rows, columns))
                    env[name] = array.negate(array.multiply(array.inverse(hessian), gradient))
                except (NoEval, Undef):
                    continue


Expansion = Callable[[Environment, Value], tuple[Value, Value]]


def _expansion(objective: Term, variable: str, context: Context) -> Expansion:
    """Hessian and gradient at a point, both rational."""
    closures = [compile_term(Derivative(objective, Name(variable), order), context) for order in (2, 1)]

    def value(env: Environment, at: Value) -> tuple[Value, Value]:
        hessian, gradient = (with_value(env, {variable: at}, closure) for closure in closures)
        if not (exactly(hessian) and exactly(gradient)):
            raise NoEval("an objective that is not rational")
        return hessian, gradient

    return value


def _curve_choice(curve: Curve, sort: Function, context: Context, env: Environment) -> FunctionChoice:
    """``-(H_0 + ε H_1)⁻¹ (g_0 + ε g_1)``, where Hessian and gradient of the objective are affine in ε."""
    optimum = curve.optimum
    at = zeros(*size_of(sort.result, env, context))
    expansion = _expansion(optimum.objective, optimum.variable, context)
    zero, one, two = (expansion(env | {curve.variable: fmpq(e)}, at) for e in range(3))
    hessian, gradient = (_affine(*values) for values in zip(zero, one, two, strict=True))
    name = fresh_name(curve.variable, frozenset((optimum.variable,)))
    return FunctionChoice((name,), _minimiser(hessian, gradient, Name(name)))


def _affine(zero: Value, one: Value, two: Value) -> tuple[Value, Value]:
    slope = array.add(one, array.negate(zero))
    if array.add(one, slope) != two:
        raise NoEval("an objective that is not affine in the small parameter")
    return zero, slope


def _minimiser(hessian: tuple[Value, Value], gradient: tuple[Value, Value], name: Name) -> Term:
    (h0, h1), (g0, g1) = hessian, gradient
    if array.is_array(h0):
        return Negate(Multiply((Inverse(_line(h0, h1, name)), _line(g0, g1, name))))
    if h1 == 0:
        return _line(-g0 / h0, -g1 / h0, name)
    return Divide(_line(-g0, -g1, name), _line(h0, h1, name))


def _line(start: Value, slope: Value, name: Name) -> Term:
    """``start + slope · name``, plainly."""
    if array.is_array(start):
        return Add((literal(start), Multiply((name, literal(slope)))))
    factor = _fraction(slope)
    rise = Negate(times(rational(-factor), name)) if factor < 0 else times(rational(factor), name)
    return plus(literal(start), rise) if factor else literal(start)


# --- the quartic family ---------------------------------------------------------------------------------------


def _quartic(
    context: Context, env: Environment, curves: list[Curve], declared: dict[str, Function], variant: int
) -> dict[str, FunctionChoice] | None:
    """The quartic choice of the module's docstring, where the context is of just that form, in dimension 1."""
    if len(curves) != 1 or len(declared) != 3:
        return None
    curve = curves[0]
    variable = Name(curve.optimum.variable)
    calls = [call for call in _calls(curve.optimum.objective) if call.arguments[-1] == variable]
    risk = next((call for call in calls if len(call.arguments) == 1), None)
    loss = next((call for call in calls if len(call.arguments) == 2), None)
    plain = risk and loss and curve.optimum.objective in _perturbed(risk, loss, Name(curve.variable))
    if not (risk and loss and plain) or curve.optimum.kind == "maximum":
        return None
    given = compile_term(loss.arguments[0], context)(env)
    at_zero = size_of(declared[curve.function].result, env, context)
    if at_zero != (1, 1) or array.is_array(given) or given == 0:
        return None
    risk_choice, loss_choice, path, start = _quartic_terms(_fraction(given), curve.variable, random.Random(variant))
    for fact in context.facts:
        match fact:
            case Optimum(_, Name(name), objective, _) if objective == risk:
                env[name] = start
    return {risk.function: risk_choice, loss.function: loss_choice, curve.function: path}


def _calls(term: Term) -> Iterator[Apply]:
    if isinstance(term, Apply):
        yield term
    for part in children(term):
        yield from _calls(part)


def _perturbed(risk: Apply, loss: Apply, name: Name) -> tuple[Term, ...]:
    moved = (Multiply((name, loss)), Multiply((loss, name)))
    return tuple(Add(pair) for part in moved for pair in ((risk, part), (part, risk)))


def _quartic_terms(
    given: Fraction, variable: str, draw: random.Random
) -> tuple[FunctionChoice, FunctionChoice, FunctionChoice, Value]:
    start, shift = fmpq(draw.choice((-1, 1, 2)), 2), Fraction(draw.choice((-2, -1, 1, 3)))
    bend = Fraction(draw.choice((-1, 1, 2)), 2)
    low, middle, high = Fraction(1), Fraction(draw.choice((-1, 1))), Fraction(1)  # middle² < 4 low high: positive
    moved = subtract(Name("t_{1}"), literal(start))

    def integrated(u: Term, degree: int) -> Term:
        """The integral of ``u^degree q(u)``."""
        coefficients = enumerate((low, middle, high), degree + 1)
        return plus(*(times(rational(c / n), Power(u, integer(n))) for n, c in coefficients))

    second = subtract(Name("t_{2}"), literal(start))
    pull = plus(times(rational(bend), integrated(second, 1)), times(rational(-shift), integrated(second, 0)))
    loss = Multiply((rational(1 / given), Name("t_{1}"), pull))
    path = Divide(times(rational(shift), Name(variable)), Add((ONE, times(rational(bend), Name(variable)))))
    return (
        FunctionChoice(("t_{1}",), integrated(moved, 1)),
        FunctionChoice(("t_{1}", "t_{2}"), loss),
        FunctionChoice((variable,), plus(literal(start), path)),
        start,
    )
