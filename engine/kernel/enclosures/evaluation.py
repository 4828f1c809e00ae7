"""The value of a term at a site: rules of evaluation, one for each kind of term.

Evaluation is strict: a subterm without a value leaves the whole without one, also under a factor 0 (an empty sum
does not evaluate its body). Definitions are read as if they were put in: an evaluation bar or a derivative reaches
into them, while an index that is bound around them and occurs in them is refused, as authors mean different things.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Final

from engine.kernel.enclosures import array, interval, jet, known
from engine.kernel.enclosures.array import Array, Inner
from engine.kernel.enclosures.closed_form import Holes, closed_form
from engine.kernel.enclosures.interval import ONE, ZERO, Beyond, Interval, Missing, Undefined, point
from engine.kernel.enclosures.jet import Scalar
from engine.kernel.enclosures.site import Binding, Cells, Kind, Meaning, Site
from engine.kernel.function import FUNCTIONS, KNOWN, Row
from engine.kernel.matrices.norm import FROBENIUS, written_by_products
from engine.meaning.context import Definition
from engine.meaning.sort import Family, Integer, MatrixOf, Real, Sort, Vector
from engine.meaning.term import (
    INFINITY,
    Add,
    Apply,
    Comparison,
    Constant,
    Derivative,
    Divide,
    E,
    Element,
    Evaluate,
    FunctionDerivative,
    Integral,
    Inverse,
    Matrix,
    Multiply,
    Name,
    Negate,
    Number,
    Power,
    Product,
    Sum,
    Term,
    Transpose,
)

DEEPEST = 90
WIDEST = 64
STEPS_OF_AN_INTEGRAL = 2_000
WHOLE: Final[frozenset[Kind]] = frozenset(("index", "integer"))

Argument = tuple[Inner, Kind]
"""The value of an argument, and what kind of number it is as it is written."""


def value_of(term: Term, at: Site) -> Inner:
    at.meter.spend(at.width * at.width)
    at.meter.depth += 1
    try:
        if at.meter.depth > DEEPEST:
            raise Beyond("the term is nested too deeply, or definitions refer to each other in a circle")
        return _rule(term, at)
    finally:
        at.meter.depth -= 1


def _scalar(term: Term, at: Site) -> Scalar:
    return array.scalar(value_of(term, at))


def _rule(term: Term, at: Site) -> Inner:
    match term:
        case Number(value):
            return interval.round_out(point(value), at.bits)
        case Name(name):
            return named(name, at)
        case Multiply(parts) | Add(parts):
            return _folded((value_of(part, at) for part in parts), at, is_sum=isinstance(term, Add))
        case Divide(numerator, denominator):
            return array.divide(value_of(numerator, at), _scalar(denominator, at), at.bits)
        case Element(family, indices):
            return element_of(family, tuple(_index(index, at) for index in indices), at)
        case Power(base, exponent):
            return _power(term, base, exponent, at)
        case Negate(part):
            return array.negate(value_of(part, at))
        case Apply(function, arguments):
            return _apply(term, function, arguments, at)
        case Sum(upper=upper) if upper == INFINITY:
            return _in_closed_form(term, at)
        case Sum(index, lower, upper, body) | Product(index, lower, upper, body):
            bodies = (value_of(body, further) for further in each(index, lower, upper, at))
            return _folded(bodies, at, is_sum=isinstance(term, Sum))
        case Constant("pi"):
            return interval.pi(at.bits)
        case Constant("e"):
            return interval.exp(ONE, at.bits)
        case Derivative(body, variable, order):
            return _derivative(body, variable, order, at)
        case FunctionDerivative(function, slot, order, arguments):
            return _function_derivative(function, slot, order, arguments, at)
        case Evaluate(body, bar, new):
            return _evaluate(body, bar, new, at)
        case Integral():
            return _in_closed_form(term, at)
        case Matrix(rows):
            return array.written_out(tuple(tuple(_scalar(entry, at) for entry in row) for row in rows))
        case Transpose(part):
            inner = value_of(part, at)
            return array.transpose(inner) if isinstance(inner, tuple) else inner
        case Inverse(part):
            return _inverse(value_of(part, at), at)
        case _:
            raise Beyond("an infinite value")


def _in_closed_form(term: Integral | Sum, at: Site) -> Scalar:
    """An integral or an infinite sum, where the table has a closed form."""
    at.meter.spend(STEPS_OF_AN_INTEGRAL)
    holes = Holes(
        lambda part: _scalar(part, at),
        lambda part: _kind(part, at) in WHOLE,
        lambda lower, upper: _range(lower, upper, at),
    )
    strange = frozenset(name for name, binding in at.bound.items() if not binding.reaches)
    form, values = closed_form(term, at.context, strange, holes)
    for name, value in values.items():
        at = at.binding(name, value, "real")
    return _scalar(form, at)


def _folded(values: Iterator[Inner], at: Site, is_sum: bool) -> Inner:
    total: Inner | None = None
    for value in values:
        if total is None:
            total = value
            continue
        at.meter.spend(_cost(total) * (1 if is_sum else _cost(value)) * at.width)
        total = array.add(total, value, at.bits) if is_sum else array.multiply(total, value, at.bits)
    return total if total is not None else ZERO if is_sum else ONE


def _cost(value: Inner) -> int:
    return len(value) * len(value[0]) if isinstance(value, tuple) else 1


def _inverse(value: Inner, at: Site) -> Inner:
    at.meter.spend(_cost(value) ** 2)
    return array.inverse(value, at.bits) if isinstance(value, tuple) else jet.divide(ONE, value, at.bits)


# ---- what a name stands for


def named(name: str, at: Site) -> Inner:
    if name in at.bound:
        return _bound(name, at)
    match at.meaning(name):
        case Definition() as definition:
            return _unfolded(definition, (), at)
        case Real() | Integer() | Vector() | MatrixOf() as sort:
            return _declared(name, sort, at.cells.get(name, {}), at)
        case None:
            raise Beyond(f"{name} is not declared as a number")
        case _:
            raise Beyond(f"{name} stands without its arguments")


def _bound(name: str, at: Site) -> Inner:
    value = at.bound[name].value
    if value is None:
        raise Beyond(f"a definition mentions {name}, which is bound where it is used")
    return value


def _declared(name: str, sort: Sort, cells: Cells, at: Site) -> Inner:
    """The value that the point gives: a number, or a vector or matrix from its cells, all of which must be there.

    Vectors and matrices given as a number are taken in dimension 1.
    """
    if cells.keys() == {()}:
        _require_dimension_one(name, sort, at)
        value = cells[()]
        if isinstance(sort, Integer) and (value.whole is None or (sort.least is not None and value.whole < sort.least)):
            raise Missing(f"the point gives {name} a value outside of its sort")
        return value
    places = _places(sort, at)
    if not places or cells.keys() != {place for row in places for place in row}:
        raise Missing(f"the point does not give {name} one value, or all of its entries")
    return array.written_out(tuple(tuple(cells[place] for place in row) for row in places))


def _places(sort: Sort, at: Site) -> list[list[tuple[int, ...]]]:
    match sort:
        case Vector(size):
            return [[(i,)] for i in range(1, _size(size, at) + 1)]
        case MatrixOf(height, width):
            rows, columns = _size(height, at), _size(width, at)
            at.meter.spend(rows * columns)
            return [[(i, j) for j in range(1, columns + 1)] for i in range(1, rows + 1)]
        case _:
            return []


def _size(size: Term, at: Site) -> int:
    value = _index(size, at.outermost())
    if value < 1:
        raise Beyond("a vector or matrix without entries")
    at.meter.spend(value)
    return value


def _require_dimension_one(name: str, sort: Sort, at: Site) -> None:
    match sort:
        case Vector(size) if not _may_be_one(size, at):
            raise Beyond(f"{name} is not of dimension 1 at this point")
        case MatrixOf(rows, columns) if not (_may_be_one(rows, at) and _may_be_one(columns, at)):
            raise Beyond(f"{name} is not of dimension 1 at this point")


def _may_be_one(size: Term, at: Site) -> bool:
    if isinstance(size, Name) and at.meaning(size.name) is None:
        return True
    return value_of(size, at.outermost()) == ONE


def _unfolded(definition: Definition, arguments: tuple[Argument, ...], at: Site) -> Inner:
    """The value of a defined name; without arguments it is computed once, unless something around reaches into it."""
    if len(definition.parameters) != len(arguments):
        raise Beyond(f"{definition.name} takes {len(definition.parameters)} arguments, not {len(arguments)}")
    around = {name: b if b.reaches else Binding(None) for name, b in at.bound.items()}
    own = {name: Binding(*argument) for name, argument in zip(definition.parameters, arguments, strict=True)}
    inner = at.with_bound({**around, **own})
    if arguments or at.entries or any(b.reaches for b in around.values()):
        return value_of(definition.body, inner)
    key = definition.name, frozenset(around)
    if key not in at.meter.definitions:
        at.meter.definitions[key] = value_of(definition.body, inner)
    return at.meter.definitions[key]


def _index(term: Term, at: Site) -> int:
    return known.index(value_of(term, at))


def element_of(family: str, indices: tuple[int, ...], at: Site) -> Inner:
    if family in at.bound:
        raise Beyond(f"{family} is bound here, and is not a family")
    match at.meaning(family):
        case Family() as sort:
            return _member(family, indices, sort, at)
        case Definition(_, (_, *_)) as definition:
            return _unfolded(definition, tuple((point(index), "index") for index in indices), at)
        case Definition() as definition:
            return array.entry(array.array(_unfolded(definition, (), at)), indices)
        case Vector() | MatrixOf() as sort:
            if len(indices) != (1 if isinstance(sort, Vector) else 2):
                raise Beyond(f"{family} has another number of indices")
            return array.entry(array.array(named(family, at)), indices)
        case _:
            raise Beyond(f"{family} is not declared as a family")


def _member(family: str, indices: tuple[int, ...], sort: Family, at: Site) -> Inner:
    ranges = ranges_of(family, sort, at)
    if len(ranges) != len(indices):
        raise Beyond(f"{family} has {len(ranges)} indices, not {len(indices)}")
    if not all(allowed is None or index in allowed for index, allowed in zip(indices, ranges, strict=True)):
        raise Undefined(f"an index of {family} outside of its declared range")
    if (family, indices) in at.entries:
        return at.entries[family, indices]
    cells, depth = at.cells.get(family, {}), len(indices)
    if indices in cells:
        return _declared(family, sort.element, {(): cells[indices]}, at)
    own = {place[depth:]: value for place, value in cells.items() if place[:depth] == indices}
    return _declared(family, sort.element, own, at)


def ranges_of(family: str, sort: Family, at: Site) -> tuple[range | None, ...]:
    ranges = at.meter.ranges
    if family not in ranges:
        outer = at.outermost()
        ranges[family] = tuple(_range(r.lower, r.upper, outer) if r is not None else None for r in sort.ranges)
    return ranges[family]


def _range(lower: Term, upper: Term, at: Site) -> range:
    first, last = (known.constant(value_of(bound, at)).whole for bound in (lower, upper))
    if first is None or last is None:
        raise Beyond("a bound that is not a known integer")
    return range(first, last + 1)


def each(index: str, lower: Term, upper: Term, at: Site) -> Iterator[Site]:
    """The place once for each value of the index; too many are refused before the first."""
    values = _range(lower, upper, at)
    if values.stop - values.start > at.meter.steps:
        raise Beyond("more values of an index than the step budget allows")
    return (at.binding(index, point(value), "index") for value in values)


# ---- functions


def _apply(term: Apply, function: str, arguments: tuple[Term, ...], at: Site) -> Inner:
    meaning = callee(function, at)
    if meaning is not None:
        return _called(function, meaning, tuple(_argument(argument, at) for argument in arguments), at)
    match function, arguments:
        case "indicator", (Comparison(left, sign, right),):
            return _indicator(left, sign, right, at)
        case "norm", (x, *kind):
            _require_norm(value_of(x, at), tuple(kind))
    if (written := written_by_products(term)) is not None:
        return value_of(written, at)
    return _known(function, tuple(value_of(argument, at) for argument in arguments), at)


def _argument(term: Term, at: Site) -> Argument:
    return value_of(term, at), _kind(term, at)


def _known(function: str, values: tuple[Inner, ...], at: Site) -> Inner:
    """A function of the table: by its definition, or enclosed; what lies between jets is known by derivatives."""
    row = FUNCTIONS.get(function)
    plain = function in ("max", "min") and all(isinstance(value, Interval) for value in values)
    if row is None or row.integers or plain or len(values) != len(row.parameters):
        return known.known(function, values, at)
    if row.definition is None:
        return _primitive(row, 0, array.scalar(values[0]), at)
    own = {name: Binding(value) for name, value in zip(row.parameters, values, strict=True)}
    return value_of(row.definition, at.with_bound({**at.bound, **own}))


def _primitive(row: Row, order: int, x: Scalar, at: Site) -> Scalar:
    """A function without a definition, enclosed; of a jet by its derivative in the table (of ψ, the next order)."""
    if row.name == "ln":
        return jet.ln(x, at.bits)
    if row.name == "abs":
        return jet.absolute(x)
    if isinstance(x, Interval):
        return known.enclosed(row.name, order, x, at)
    if row.derivative is None:
        raise Beyond(f"the derivative of {row.name}")
    start, inner = _primitive(row, order, x.coefficients[0], at), jet.shortened(x)
    if row.name == "digamma":
        slope = _primitive(row, order + 1, inner, at)
    else:
        slope = array.scalar(value_of(row.derivative, at.binding("@x", inner, "unknown")))
    return jet.chained(start, slope, x, at.bits)


def _indicator(left: Term, sign: str, right: Term, at: Site) -> Interval:
    holds = interval.compared(known.constant(value_of(left, at)), sign, known.constant(value_of(right, at)))
    if holds is None:
        raise Beyond("an indicator whose condition is not decided")
    return ONE if holds else ZERO


def callee(function: str, at: Site) -> Meaning:
    """What the context says of a function; ``None`` for one that needs no declaration, or does not exist."""
    if function in at.bound:
        raise Beyond(f"{function} is bound here, and is not a function")
    meaning = at.meaning(function)
    if function in KNOWN and meaning is not None:
        raise Beyond(f"{function} is both known and declared")
    return meaning


def _called(function: str, meaning: Meaning, arguments: tuple[Argument, ...], at: Site) -> Inner:
    if not isinstance(meaning, Definition):
        raise Missing(f"no concrete function stands for {function}")
    return _unfolded(meaning, arguments, at)


# ---- powers


def _power(term: Power, base: Term, exponent: Term, at: Site) -> Inner:
    raised = _scalar(exponent, at)
    at.meter.spend(20 * at.width)
    if base == E:
        return jet.exp(raised, at.bits)
    if isinstance(base, Apply) and (written := written_by_products(term)) is not None:
        _require_norm(value_of(base.arguments[0], at), base.arguments[1:])
        return value_of(written, at)
    value, kind = value_of(base, at), _kind(exponent, at)
    if isinstance(value, tuple):
        if kind not in WHOLE:
            raise Beyond("a power of a matrix whose exponent is not an integer")
        return _power_of_matrix(value, known.constant(raised).whole, at)
    if kind in WHOLE:
        return _integer_power(value, known.constant(raised).whole, at)
    if jet.leading(value).least > 0:
        return jet.real_power(value, raised, at.bits)
    if (literal := _written_fraction(exponent)) is not None:
        return _rational_power(value, *literal, at)
    if kind == "real" and jet.leading(value).most < 0:
        raise Undefined("a real power of a negative number")
    raise Beyond("a power whose base is not positive and whose exponent is not a literal or an integer")


def _require_norm(value: Inner, kind: tuple[Term, ...]) -> None:
    """Of a matrix, authors mean several norms by double bars, unless an F stands below."""
    if isinstance(value, tuple) and array.shape(value)[1] != 1 and kind not in tuple((name,) for name in FROBENIUS):
        raise Beyond("a norm of a matrix without an F below: several are meant by it")


def _power_of_matrix(value: Array, exponent: int | None, at: Site) -> Inner:
    if exponent is None or not 0 < abs(exponent) <= WIDEST:
        raise Beyond("a power of a matrix whose exponent is not a moderate integer")
    base = _inverse(value, at) if exponent < 0 else value
    return _folded((base for _ in range(abs(exponent))), at, is_sum=False)


def _integer_power(base: Scalar, exponent: int | None, at: Site) -> Scalar:
    if exponent is None:
        raise Beyond("an integer exponent that is not known exactly")
    at.meter.spend(exponent.bit_length() * at.width * at.width)
    return jet.integer_power(base, exponent, at.bits)


def _rational_power(base: Scalar, p: int, q: int, at: Site) -> Scalar:
    """``base^(p/q)`` for the fraction as it is written: with an odd q also negative numbers have a root."""
    exponent = Fraction(p, q)
    if jet.leading(base).most >= 0:
        return jet.real_power(base, point(exponent), at.bits)
    if q % 2 == 0 and exponent.denominator % 2:
        raise Beyond("an even root of a negative number whose exponent can be reduced to an odd one")
    if q % 2 == 0:
        raise Undefined("an even root of a negative number")
    size = jet.real_power(jet.negate(base), point(exponent), at.bits)
    return jet.negate(size) if p % 2 else size


def _written_fraction(term: Term) -> tuple[int, int] | None:
    match term:
        case Negate(part) if (found := _written_fraction(part)) is not None:
            return -found[0], found[1]
        case Divide(Negate(p), q) if (found := _written_fraction(Divide(p, q))) is not None:
            return -found[0], found[1]
        case Divide(Number(p, 0), Number(q, 0)) if q != 0:
            return int(p), int(q)
        case _:
            return None


def _kind(term: Term, at: Site) -> Kind:
    """Whether the term is of integer sort as it is written; "unknown" where authors may mean either."""
    match term:
        case Number(_, places):
            return "unknown" if places else "integer"
        case Name(name) if name in at.bound:
            return at.bound[name].kind
        case Name(name):
            return _kind_of_sort(at.meaning(name))
        case Element(family):
            sort = at.meaning(family)
            return _kind_of_sort(sort.element) if isinstance(sort, Family) and family not in at.bound else "unknown"
        case Negate(part):
            return _joined(part, at=at)
        case Add(parts) | Multiply(parts):
            return _joined(*parts, at=at)
        case Apply("delta" | "indicator"):
            return "integer"
        case Sum(index, _, _, body) | Product(index, _, _, body):
            return _joined(body, at=at.binding(index, ONE, "index"))
        case _:
            return "unknown"


def _kind_of_sort(sort: Meaning) -> Kind:
    return "integer" if isinstance(sort, Integer) else "real" if isinstance(sort, Real) else "unknown"


def _joined(*parts: Term, at: Site) -> Kind:
    kinds = {_kind(part, at) for part in parts}
    return "integer" if kinds <= WHOLE else "real" if "real" in kinds else "unknown"


# ---- derivatives


def _derivative(body: Term, variable: Name | Element, order: int, at: Site) -> Inner:
    if isinstance(variable, Element):
        key = variable.family, tuple(_index(index, at) for index in variable.indices)
        value, inner = _differentiable_member(*key, at), _deeper(order, at)
        moved = replace(inner, entries={**at.entries, key: jet.variable(value, inner.level, order)})
        return _coefficient(value_of(body, moved), inner, order)
    value_there, reaches = _variable(variable.name, at)
    if isinstance(value_there, tuple):
        return _tensor_derivative(body, variable.name, value_there, reaches, order, at)
    inner = _deeper(order, at)
    moved = inner.binding(variable.name, jet.variable(value_there, inner.level, order), "real", reaches)
    return _coefficient(value_of(body, moved), inner, order)


def _variable(name: str, at: Site) -> tuple[Inner, bool]:
    """The value of a real variable, vector or matrix, and whether definitions see it change."""
    if name in at.bound:
        binding = at.bound[name]
        if binding.kind == "index" or (binding.kind == "integer" and binding.reaches):
            raise Beyond(f"a derivative in {name}, which is an integer")
        return _bound(name, at), binding.reaches
    sort = at.meaning(name)
    if not isinstance(sort, Real | Vector | MatrixOf):
        raise Beyond(f"a derivative in {name}, which is not a declared real variable")
    value = named(name, at)
    if isinstance(sort, MatrixOf) and not isinstance(value, tuple):
        raise Beyond(f"a derivative in {name}, a matrix in dimension 1")
    return value, True


def _differentiable_member(family: str, indices: tuple[int, ...], at: Site) -> Scalar:
    sort = at.meaning(family)
    if not isinstance(sort, Family) or not isinstance(sort.element, Real):
        raise Beyond(f"a derivative in {family}, which is not a family of real numbers")
    return array.scalar(element_of(family, indices, at))


def _tensor_derivative(body: Term, name: str, value: Array, reaches: bool, order: int, at: Site) -> Inner:
    """Gradient of a number, of the variable's shape; Jacobian of a column; Hessian (order 2) of a number."""

    def partial(*places: tuple[int, int]) -> Inner:
        return _partial(body, name, places, value, reaches, at)

    rows, columns = (range(size) for size in array.shape(value))
    if order == 2 and columns.stop == 1:
        return array.written_out(tuple(tuple(array.scalar(partial((i, 0), (j, 0))) for j in rows) for i in rows))
    if order != 1:
        raise Beyond(f"a derivative of order {order} in a matrix")
    partials = [[partial((i, j)) for j in columns] for i in rows]
    if not isinstance(partials[0][0], tuple):
        return array.written_out(tuple(tuple(map(array.scalar, row)) for row in partials))
    slopes = [array.array(row[0]) for row in partials]
    if columns.stop != 1 or any(array.shape(slope)[1] != 1 for slope in slopes):
        raise Beyond("the derivative of a matrix in a vector, or of a vector in a matrix")
    return array.written_out(tuple(zip(*([cell for (cell,) in slope] for slope in slopes), strict=True)))


def _partial(
    body: Term, name: str, places: tuple[tuple[int, int], ...], value: Array, reaches: bool, at: Site
) -> Inner:
    """The derivative of first order in each of the entries in turn."""
    inner, rows, levels = at, [list(row) for row in value], []
    for i, j in places:
        inner = _deeper(1, inner)
        rows[i][j] = jet.variable(rows[i][j], inner.level, 1)
        levels.append(inner)
    moved = value_of(body, inner.binding(name, tuple(map(tuple, rows)), "real", reaches))
    for level in reversed(levels):
        moved = _coefficient(moved, level, 1)
    return moved


def _deeper(order: int, at: Site) -> Site:
    if order < 1 or at.width * (order + 1) > WIDEST:
        raise Beyond(f"a derivative of order {order} here")
    return replace(at, level=at.level + 1, width=at.width * (order + 1))


def _coefficient(value: Inner, inner: Site, order: int) -> Inner:
    if not isinstance(value, tuple):
        return jet.derivative(value, inner.level, order, inner.bits)
    return tuple(tuple(jet.derivative(entry, inner.level, order, inner.bits) for entry in row) for row in value)


def _function_derivative(function: str, slot: int, order: int, arguments: tuple[Term, ...], at: Site) -> Inner:
    """The derivative of the function in its argument number ``slot``, counted from 0."""
    meaning = callee(function, at)
    if function == "digamma" and len(arguments) == 1:
        return _primitive(FUNCTIONS[function], order, _scalar(arguments[0], at), at)
    inner = _deeper(order, at)
    if not 0 <= slot < len(arguments):
        raise Beyond(f"{function} has no argument number {slot}")
    moved = [_argument(argument, at) for argument in arguments]
    moved[slot] = jet.variable(array.scalar(moved[slot][0]), inner.level, order), "real"
    return _coefficient(_called(function, meaning, tuple(moved), inner), inner, order)


def _evaluate(body: Term, variable: str, value: Term, at: Site) -> Inner:
    sort = at.meaning(variable)
    if isinstance(sort, Definition):
        raise Beyond(f"an evaluation bar for {variable}, which is defined")
    kind = _kind(value, at)
    if kind in WHOLE:
        kind = "integer" if isinstance(sort, Integer) else "unknown"
    reaches = variable not in at.bound or at.bound[variable].reaches
    return value_of(body, at.binding(variable, value_of(value, at), kind, reaches))
