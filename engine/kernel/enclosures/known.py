"""The functions that need no declaration, on enclosed values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from math import factorial, prod
from typing import Final

from engine.kernel.enclosures import array, interval, series
from engine.kernel.enclosures.array import Array, Inner
from engine.kernel.enclosures.interval import ONE, ZERO, Beyond, Interval, Undefined, point
from engine.kernel.enclosures.jet import Scalar
from engine.kernel.enclosures.site import Site

LARGEST_DETERMINANT = 6
LARGEST_FACTORIAL = 1000


def known(function: str, values: tuple[Inner, ...], at: Site) -> Inner:
    at.meter.spend(20 * at.width)
    match function, values:
        case "max", (_, *_):
            return _extreme(max, values)
        case "min", (_, *_):
            return _extreme(min, values)
        case "factorial", (x,):
            return _factorial(constant(x), at)
        case "binom", (n, k):
            return _binomial(constant(n), constant(k).whole, at)
        case "delta", (x, y):
            return point(int(index(x) == index(y)))
        case "pad", (x, width):
            return _padded(array.array(x), constant(width).whole, at)
        case "trace" | "tr", (x,):
            return array.trace(x, at.bits) if isinstance(x, tuple) else x
        case "det", (x,):
            return _determinant(x, at)
        case "identity", (size,):
            return array.identity(_size(size, at))
        case (("zeros" | "ones"), (rows, columns)):
            cell = point(int(function == "ones"))
            return array.settled(((cell,) * _size(columns, at),) * _size(rows, at))
        case "entry", (x, *places):
            return array.entry(array.array(x), tuple(map(index, places)))
        case "diag", (x,) if array.shape(column := array.array(x))[1] == 1:
            cells = [row[0] for row in column]
            return array.settled(
                tuple(tuple(c if i == j else ZERO for j in range(len(cells))) for i, c in enumerate(cells))
            )
        case "hadamard", (x, y):
            return array.entrywise(array.array(x), array.array(y), at.bits)
        case "kron", (x, y):
            at.meter.spend(prod((*array.shape(array.array(x)), *array.shape(array.array(y)))))
            return array.kronecker(array.array(x), array.array(y), at.bits)
        case _:
            raise Beyond(f"no concrete function stands for {function} of {len(values)} arguments")


def _extreme(which: Callable[[Iterator[Fraction]], Fraction], values: tuple[Inner, ...]) -> Interval:
    parts = [constant(x) for x in values]
    return interval.between(which(x.low for x in parts), which(x.high for x in parts))


def enclosed(function: str, order: int, x: Interval, at: Site) -> Interval:
    """A function of one number that has no definition, or the ``order``-th derivative of ψ."""
    at.meter.spend(50 + at.bits)
    if function == "digamma":
        return series.polygamma(order, x, at.bits)
    return _ENCLOSURES[function](x, at.bits)


def _signum(x: Interval, bits: int) -> Interval:
    if x.contains_zero() and not x.exact:
        raise Beyond("the sign of a number that may be 0")
    return point((x.least > 0) - (x.least < 0))


def constant(value: Inner) -> Interval:
    """A number that does not depend on a variable of differentiation."""
    if not isinstance(value, Interval):
        raise Beyond("a matrix, or the derivative of a function that this arithmetic cannot differentiate")
    return value


def _floor(x: Interval, bits: int) -> Interval:
    if x.least // x.over != x.most // x.over:
        raise Beyond("rounding a number that is not known well enough")
    return point(x.least // x.over)


def index(value: Inner) -> int:
    x = constant(value)
    if not x.exact:
        raise Beyond("an index that is not known exactly")
    if x.whole is None:
        raise Undefined("an index that is not an integer")
    return x.whole


def _factorial(x: Interval, at: Site) -> Interval:
    if x.whole is None or x.whole > LARGEST_FACTORIAL:
        raise Beyond("the factorial of something else than a moderate integer")
    if x.whole < 0:
        raise Undefined("the factorial of a negative integer")
    return interval.round_out(point(factorial(x.whole)), at.bits)


def _binomial(n: Interval, k: int | None, at: Site) -> Interval:
    """n(n-1)…(n-k+1)/k! for a real n (DLMF 1.2.6)."""
    if k is None or not 0 <= k <= LARGEST_FACTORIAL:
        raise Beyond("a binomial coefficient whose lower number is not a moderate natural number or 0")
    at.meter.spend(k)
    result = ONE
    for j in range(k):
        factor = interval.multiply(interval.add(n, point(-j), at.bits), point(Fraction(1, j + 1)), at.bits)
        result = interval.multiply(result, factor, at.bits)
    return result


def _padded(x: Array, width: int | None, at: Site) -> Inner:
    if width is None or not 0 <= width <= at.meter.steps:
        raise Beyond("a padding that is not a moderate natural number or 0")
    rows, columns = array.shape(x)
    at.meter.spend((rows + 2 * width) * (columns + 2 * width))
    return array.pad(x, width)


def _size(value: Inner, at: Site) -> int:
    size = index(value)
    if size < 1:
        raise Undefined("a matrix without rows or columns")
    at.meter.spend(size**2)
    return size


def _determinant(x: Inner, at: Site) -> Scalar:
    if not isinstance(x, tuple):
        return x
    if len(x) > LARGEST_DETERMINANT:
        raise Beyond("the determinant of a large matrix")
    at.meter.spend(factorial(len(x)) * at.width)
    return array.determinant(x, at.bits)


_ENCLOSURES: Final[dict[str, Callable[[Interval, int], Interval]]] = {
    "floor": _floor,
    "sgn": _signum,
    "Gamma": series.gamma,
    "erf": series.erf,
    "sin": series.sin,
    "cos": series.cos,
}
