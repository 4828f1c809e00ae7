"""The value of a term at a site: rules of evaluation, one for each kind of term.

Evaluation is strict: a subterm without a value leaves the whole without one, also under a factor 0 (an empty sum
does not evaluate its body). Definitions are read as if they were put in: an evaluation bar or a derivative reaches
into them, while an index that is bound around them and occurs in them is refused, as authors mean different things.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from engine.kernel.certificate import Entry, FunctionChoice
from engine.kernel.enclosures import array, interval, jet
from engine.kernel.enclosures.array import Array, Inner
from engine.kernel.enclosures.closed_form import Holes, closed_form
from engine.kernel.enclosures.interval import ONE, ZERO, Beyond, Interval, Undefined, point
from engine.kernel.enclosures.jet import Scalar
from engine.kernel.enclosures.known import constant, enclosed, known, rational_power
from engine.kernel.enclosures.site import Binding, Kind, Site
from engine.kernel.function import FUNCTIONS, KNOWN, Row
from engine.kernel.matrices.norm import FROBENIUS, written_by_products
from engine.meaning.context import Definition
from engine.meaning.sort import Family, Function, Integer, MatrixOf, Real, Sort, Vector
from engine.meaning.term import (
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
    free_names,
)

DEEPEST = 90
WIDEST = 64
STEPS_OF_AN_INTEGRAL = 2_000


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
        case Constant("pi"):
            return interval.pi(at.bits)
        case Constant("e"):
            return interval.exp(ONE, at.bits)
        case Name(name):
            return named(name, at)
        case Element(family, indices):
            return element_of(family, tuple(_index(index, at) for index in indices), at)
        case Apply(function, arguments):
            return _apply(function, arguments, at)
        case FunctionDerivative(function, slot, order, arguments):
            return _function_derivative(function, slot, order, arguments, at)
        case Derivative(body, variable, order):
            return _derivative(body, variable, order, at)
        case Evaluate(body, bar, new):
            return _evaluate(body, bar, new, at)
        case Sum(index, lower, upper, body) | Product(index, lower, upper, body):
            bodies = (value_of(body, inner) for inner in each(index, lower, upper, at))
            return _folded(bodies, at, is_sum=isinstance(term, Sum))
        case Add(parts) | Multiply(parts):
            return _folded((value_of(part, at) for part in parts), at, is_sum=isinstance(term, Add))
        case Negate(part):
            return array.negate(value_of(part, at))
        case Divide(numerator, denominator):
            return array.divide(value_of(numerator, at), _scalar(denominator, at), at.bits)
        case Power(base, exponent):
            return _power(base, exponent, at)
        case Matrix(rows):
            return array.written_out(tuple(tuple(_scalar(entry, at) for entry in row) for row in rows))
        case Transpose(part):
            return _transposed(value_of(part, at))
        case Inverse(part):
            return _inverse(value_of(part, at), at)
        case Integral():
            return _integral(term, at)
        case _:
            raise Beyond("an infinite value")


def _integral(term: Integral, at: Site) -> Scalar:
    """In closed form, where the table has one."""
    at.meter.spend(STEPS_OF_AN_INTEGRAL)
    holes = Holes(lambda part: _scalar(part, at), lambda part: _kind(part, at) in ("index", "integer"))
    strange = frozenset(name for name, known in at.bound.items() if not known.reaches)
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


def _transposed(value: Inner) -> Inner:
    return array.transpose(value) if isinstance(value, tuple) else value


def _inverse(value: Inner, at: Site) -> Inner:
    at.meter.spend(_cost(value) ** 2)
    return array.inverse(value, at.bits) if isinstance(value, tuple) else jet.divide(ONE, value, at.bits)


def named(name: str, at: Site) -> Inner:
    if name in at.bound:
        return _bound(name, at)
    definition, sort = _meaning(name, at)
    if definition is not None:
        return _unfolded(definition, (), (), at)
    if not isinstance(sort, Real | Integer | Vector | MatrixOf):
        raise Beyond(f"{name} is not declared as a number" if sort is None else f"{name} stands without its arguments")
    given = at.assigned.get(name)
    if not isinstance(given, tuple):
        return _number(given, sort, name, at)
    cells = {e.indices: e.value for e in given if isinstance(e, Entry)}
    if len(cells) != len(given):
        raise Beyond(f"the point gives two values to one entry of {name}")
    return _cells(cells, sort, name, at)


def _cells(cells: Mapping[tuple[int, ...], Fraction], sort: Sort, name: str, at: Site) -> Inner:
    """A number, or a vector or matrix from its cells, which must be there exactly once each."""
    if set(cells) == {()}:
        return _number(cells[()], sort, name, at)
    rows, columns = _shape(sort, name, at)
    width = 1 if isinstance(sort, Vector) else 2
    places = [[(i, j)[:width] for j in range(1, columns + 1)] for i in range(1, rows + 1)]
    if set(cells) != {place for row in places for place in row}:
        raise Beyond(f"the point does not give every entry of {name}")
    at.meter.spend(rows * columns)
    return array.written_out(tuple(tuple(_entry(cells[place], at) for place in row) for row in places))


def _entry(value: Fraction, at: Site) -> Interval:
    return interval.round_out(point(value), at.bits)


def _shape(sort: Sort, name: str, at: Site) -> tuple[int, int]:
    match sort:
        case Vector(size):
            return _size(size, at), 1
        case MatrixOf(rows, columns):
            return _size(rows, at), _size(columns, at)
        case _:
            raise Beyond(f"the point gives entries for {name}, which is a number")


def _size(size: Term, at: Site) -> int:
    value = _index(size, _outermost(at))
    if value < 1:
        raise Beyond("a vector or matrix without entries")
    return value


def _bound(name: str, at: Site) -> Inner:
    value = at.bound[name].value
    if value is None:
        raise Beyond(f"a definition mentions {name}, which is bound where it is used")
    return value


def _meaning(name: str, at: Site) -> tuple[Definition | None, Sort | None]:
    definition, sort = at.context.definition_of(name), at.context.sort_of(name)
    if definition is not None and sort is not None:
        raise Beyond(f"{name} is both declared and defined")
    return definition, sort


def _number(value: object, sort: Sort, name: str, at: Site) -> Interval:
    """The assigned value of a number; vectors and matrices are taken in dimension 1, where they are numbers."""
    _require_dimension_one(sort, name, at)
    if not isinstance(value, Fraction):
        raise Beyond(f"the point gives no number for {name}")
    if isinstance(sort, Integer) and (value.denominator != 1 or (sort.least is not None and value < sort.least)):
        raise Beyond(f"the point gives {name} a value outside of its sort")
    return interval.round_out(point(value), at.bits)


def _require_dimension_one(sort: Sort, name: str, at: Site) -> None:
    sizes: tuple[Term, ...] = ()
    match sort:
        case Vector(size):
            sizes = (size,)
        case MatrixOf(rows, columns):
            sizes = (rows, columns)
    if not all(_may_be_one(size, at) for size in sizes):
        raise Beyond(f"{name} is not of dimension 1 at this point")


def _may_be_one(size: Term, at: Site) -> bool:
    if isinstance(size, Name) and _meaning(size.name, at) == (None, None):
        return True
    return value_of(size, _outermost(at)) == ONE


def _outermost(at: Site) -> Site:
    return replace(at, bound={}, entries={})


def _unfolded(definition: Definition, values: tuple[Inner, ...], kinds: tuple[Kind, ...], at: Site) -> Inner:
    if len(definition.parameters) != len(values):
        raise Beyond(f"{definition.name} takes {len(definition.parameters)} arguments, not {len(values)}")
    around = {name: b if b.reaches else Binding(None) for name, b in at.bound.items()}
    key = definition.name, frozenset(around)
    lasting = not values and not at.entries and not any(b.reaches for b in around.values())
    if lasting and key in at.meter.definitions:
        return at.meter.definitions[key]
    own = {name: Binding(v, kind) for name, v, kind in zip(definition.parameters, values, kinds, strict=True)}
    value = value_of(definition.body, replace(at, bound={**around, **own}))
    if lasting:
        at.meter.definitions[key] = value
    return value


def _index(term: Term, at: Site) -> int:
    value = _scalar(term, at)
    if not isinstance(value, Interval) or not value.exact:
        raise Beyond("an index that is not known exactly")
    if value.low.denominator != 1:
        raise Undefined("an index that is not an integer")
    return int(value.low)


def element_of(family: str, indices: tuple[int, ...], at: Site) -> Inner:
    if family in at.bound:
        raise Beyond(f"{family} is bound here, and is not a family")
    definition, sort = _meaning(family, at)
    if definition is not None and definition.parameters:
        kinds: tuple[Kind, ...] = tuple("index" for _ in indices)
        return _unfolded(definition, tuple(map(point, indices)), kinds, at)
    if definition is not None:
        return array.entry(array.array(_unfolded(definition, (), (), at)), indices)
    if isinstance(sort, Vector | MatrixOf):
        if len(indices) != (1 if isinstance(sort, Vector) else 2):
            raise Beyond(f"{family} has another number of indices")
        return array.entry(array.array(named(family, at)), indices)
    if not isinstance(sort, Family):
        raise Beyond(f"{family} is not declared as a family")
    return _member(family, indices, sort, at)


def _member(family: str, indices: tuple[int, ...], sort: Family, at: Site) -> Inner:
    ranges = ranges_of(family, sort, at)
    if len(ranges) != len(indices):
        raise Beyond(f"{family} has {len(ranges)} indices, not {len(indices)}")
    if not all(allowed is None or index in allowed for index, allowed in zip(indices, ranges, strict=True)):
        raise Undefined(f"an index of {family} outside of its declared range")
    if (family, indices) in at.entries:
        return at.entries[family, indices]
    values = at.assigned.get(family)
    members = values if isinstance(values, tuple) else ()
    depth = len(indices)
    found = [(m.indices[depth:], m.value) for m in members if isinstance(m, Entry) and m.indices[:depth] == indices]
    cells = dict(found)
    if not found or len(cells) != len(found):
        raise Beyond(f"the point does not give {family} one value at {indices}")
    return _cells(cells, sort.element, family, at)


def ranges_of(family: str, sort: Family, at: Site) -> tuple[range | None, ...]:
    known = at.meter.ranges
    if family not in known:
        outer = _outermost(at)
        known[family] = tuple(_range(r.lower, r.upper, outer) if r is not None else None for r in sort.ranges)
    return known[family]


def _range(lower: Term, upper: Term, at: Site) -> range:
    bounds = [_scalar(bound, at) for bound in (lower, upper)]
    if not all(isinstance(b, Interval) and b.exact and b.low.denominator == 1 for b in bounds):
        raise Beyond("a bound that is not a known integer")
    first, last = (int(jet.leading(b).low) for b in bounds)
    return range(first, last + 1)


def each(index: str, lower: Term, upper: Term, at: Site) -> Iterator[Site]:
    """The place once for each value of the index; too many are refused before the first."""
    values = _range(lower, upper, at)
    if values.stop - values.start > at.meter.steps:
        raise Beyond("more values of an index than the step budget allows")
    return (at.binding(index, point(value), "index") for value in values)


def _apply(function: str, arguments: tuple[Term, ...], at: Site) -> Inner:
    definition, sort = callee(function, at)
    match function, arguments:
        case "indicator", (Comparison(left, sign, right),):
            return _indicator(left, sign, right, at)
        case "norm", (x, *_):
            _require_norm(value_of(x, at), arguments[1:])
    if definition is None and sort is None and (written := written_by_products(Apply(function, arguments))):
        return value_of(written, at)
    values = tuple(value_of(argument, at) for argument in arguments)
    if definition is None and sort is None:
        return _known(function, values, at)
    return _called(function, values, tuple(_kind(argument, at) for argument in arguments), at)


def _known(function: str, values: tuple[Inner, ...], at: Site) -> Inner:
    """A function of the table: by its definition, or enclosed; what lies between jets is known by derivatives."""
    row = FUNCTIONS.get(function)
    plain = function in ("max", "min") and all(isinstance(value, Interval) for value in values)
    if row is None or row.integers or plain or len(values) != len(row.parameters):
        return known(function, values, at)
    if row.definition is None:
        return _primitive(row, 0, array.scalar(values[0]), at)
    for name, value in zip(row.parameters, values, strict=True):
        at = at.binding(name, value, "unknown")
    return value_of(row.definition, at)


def _primitive(row: Row, order: int, x: Scalar, at: Site) -> Scalar:
    """A function without a definition, enclosed; of a jet by its derivative in the table (of ψ, the next order)."""
    if row.name == "ln":
        return jet.ln(x, at.bits)
    if row.name == "abs":
        return jet.absolute(x)
    if isinstance(x, Interval):
        return enclosed(row.name, order, x, at)
    if row.derivative is None:
        raise Beyond(f"the derivative of {row.name}")
    start, inner = _primitive(row, order, x.coefficients[0], at), jet.shortened(x)
    if row.name == "digamma":
        slope = _primitive(row, order + 1, inner, at)
    else:
        slope = array.scalar(value_of(row.derivative, at.binding("@x", inner, "unknown")))
    return jet.chained(start, slope, x, at.bits)


def _indicator(left: Term, sign: str, right: Term, at: Site) -> Interval:
    holds = interval.compared(constant(_scalar(left, at)), sign, constant(_scalar(right, at)))
    if holds is None:
        raise Beyond("an indicator whose condition is not decided")
    return ONE if holds else ZERO


def callee(function: str, at: Site) -> tuple[Definition | None, Sort | None]:
    if function in at.bound:
        raise Beyond(f"{function} is bound here, and is not a function")
    definition, sort = _meaning(function, at)
    if function in KNOWN and (definition is not None or sort is not None):
        raise Beyond(f"{function} is both known and declared")
    return definition, sort


def _called(function: str, values: tuple[Inner, ...], kinds: tuple[Kind, ...], at: Site) -> Inner:
    definition, sort = callee(function, at)
    if definition is not None:
        return _unfolded(definition, values, kinds, at)
    choice = choice_of(function, sort, at)
    assert isinstance(sort, Function)
    if len(values) != len(choice.parameters):
        raise Beyond(f"{function} takes {len(choice.parameters)} arguments, not {len(values)}")
    own = {
        name: Binding(array.scalar(value), "index" if isinstance(argument, Integer) else "real")
        for name, value, argument in zip(choice.parameters, values, sort.arguments, strict=True)
    }
    return value_of(choice.body, replace(at, bound=own, entries={}))


def choice_of(function: str, sort: Sort | None, at: Site) -> FunctionChoice:
    """The function that the point puts in; it may mention only its parameters, or it would not be one function."""
    choice = at.assigned.get(function)
    if not isinstance(sort, Function) or not isinstance(choice, FunctionChoice):
        raise Beyond(f"no concrete function stands for {function}")
    if len(set(choice.parameters)) != len(sort.arguments) or len(choice.parameters) != len(sort.arguments):
        raise Beyond(f"the function put in for {function} has other parameters")
    if free_names(choice.body) - set(choice.parameters) - KNOWN:
        raise Beyond(f"the function put in for {function} mentions more than its parameters")
    for part in (*sort.arguments, sort.result):
        _require_dimension_one(part, function, at)
    return choice


def _power(base: Term, exponent: Term, at: Site) -> Inner:
    raised = _scalar(exponent, at)
    at.meter.spend(20 * at.width)
    if base == E:
        return jet.exp(raised, at.bits)
    if (written := written_by_products(Power(base, exponent))) is not None and isinstance(base, Apply):
        _require_norm(value_of(base.arguments[0], at), base.arguments[1:])
        return value_of(written, at)
    matrix = value_of(base, at)
    if isinstance(matrix, tuple):
        if _kind(exponent, at) not in ("index", "integer"):
            raise Beyond("a power of a matrix whose exponent is not an integer")
        return _power_of_matrix(matrix, constant(raised), at)
    value = matrix
    kind, literal = _kind(exponent, at), _written_fraction(exponent)
    if kind in ("index", "integer"):
        return _integer_power(value, constant(raised), at)
    if jet.leading(value).low > 0:
        return jet.real_power(value, raised, at.bits)
    if literal is not None:
        return rational_power(value, *literal, at)
    if kind == "real" and jet.leading(value).high < 0:
        raise Undefined("a real power of a negative number")
    raise Beyond("a power whose base is not positive and whose exponent is not a literal or an integer")


def _require_norm(value: Inner, kind: tuple[Term, ...]) -> None:
    """Of a matrix, authors mean several norms by double bars, unless an F stands below."""
    if isinstance(value, tuple) and array.shape(value)[1] != 1 and kind not in tuple((name,) for name in FROBENIUS):
        raise Beyond("a norm of a matrix without an F below: several are meant by it")


def _power_of_matrix(value: Array, exponent: Interval, at: Site) -> Inner:
    if not exponent.exact or exponent.low.denominator != 1 or not 0 < abs(exponent.low) <= WIDEST:
        raise Beyond("a power of a matrix whose exponent is not a moderate integer")
    base = _inverse(value, at) if exponent.low < 0 else value
    return _folded((base for _ in range(abs(int(exponent.low)))), at, is_sum=False)


def _integer_power(base: Scalar, exponent: Interval, at: Site) -> Scalar:
    if not exponent.exact or exponent.low.denominator != 1:
        raise Beyond("an integer exponent that is not known exactly")
    at.meter.spend(exponent.low.numerator.bit_length() * at.width * at.width)
    return jet.integer_power(base, int(exponent.low), at.bits)


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
            definition, sort = _meaning(name, at)
            return _kind_of_sort(sort) if definition is None else "unknown"
        case Element(family):
            sort = at.context.sort_of(family)
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


def _kind_of_sort(sort: Sort | None) -> Kind:
    return "integer" if isinstance(sort, Integer) else "real" if isinstance(sort, Real) else "unknown"


def _joined(*parts: Term, at: Site) -> Kind:
    kinds = {_kind(part, at) for part in parts}
    return "integer" if kinds <= {"index", "integer"} else "real" if "real" in kinds else "unknown"


def _derivative(body: Term, variable: Name | Element, order: int, at: Site) -> Inner:
    if isinstance(variable, Name) and isinstance(value := _tensor(variable.name, at), tuple):
        return _tensor_derivative(body, variable.name, value, order, at)
    inner = _deeper(order, at)
    if isinstance(variable, Element):
        key = variable.family, tuple(_index(index, at) for index in variable.indices)
        value = _differentiable_member(*key, at)
        inner = replace(inner, entries={**at.entries, key: jet.variable(value, inner.level, order)})
    else:
        value, reaches = _differentiable(variable.name, at)
        inner = inner.binding(variable.name, jet.variable(value, inner.level, order), "real", reaches)
    return _coefficient(value_of(body, inner), inner, order)


def _tensor(name: str, at: Site) -> Inner | None:
    """The value of a declared vector or matrix."""
    known = at.bound.get(name)
    if known is not None:
        return known.value
    definition, sort = _meaning(name, at)
    return named(name, at) if definition is None and isinstance(sort, Vector | MatrixOf) else None


def _tensor_derivative(body: Term, name: str, value: Array, order: int, at: Site) -> Inner:
    """Gradient of a number, of the variable's shape; Jacobian of a column; Hessian (order 2) of a number."""
    rows, columns = array.shape(value)
    if order == 2 and columns == 1:
        places = [[((i, 0), (j, 0)) for j in range(rows)] for i in range(rows)]
        return array.written_out(
            tuple(tuple(array.scalar(_partial(body, name, p, value, at)) for p in r) for r in places)
        )
    if order != 1:
        raise Beyond(f"a derivative of order {order} in a matrix")
    partials = [[_partial(body, name, ((i, j),), value, at) for j in range(columns)] for i in range(rows)]
    if not isinstance(partials[0][0], tuple):
        return array.written_out(tuple(tuple(map(array.scalar, row)) for row in partials))
    if columns != 1 or any(len(row[0][0]) != 1 for row in map(_columns_of, partials)):
        raise Beyond("the derivative of a matrix in a vector, or of a vector in a matrix")
    slopes = [array.array(row[0]) for row in partials]
    return array.written_out(tuple(tuple(slope[k][0] for slope in slopes) for k in range(len(slopes[0]))))


def _columns_of(row: list[Inner]) -> list[Array]:
    return [array.array(value) for value in row]


def _partial(body: Term, name: str, places: tuple[tuple[int, int], ...], value: Array, at: Site) -> Inner:
    """The derivative of first order in each of the entries in turn."""
    inner, rows, levels = at, [list(row) for row in value], []
    for i, j in places:
        inner = _deeper(1, inner)
        rows[i][j] = jet.variable(rows[i][j], inner.level, 1)
        levels.append(inner)
    reaches = name not in at.bound or at.bound[name].reaches
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


def _differentiable_member(family: str, indices: tuple[int, ...], at: Site) -> Scalar:
    sort = at.context.sort_of(family)
    if not isinstance(sort, Family) or not isinstance(sort.element, Real):
        raise Beyond(f"a derivative in {family}, which is not a family of real numbers")
    return array.scalar(element_of(family, indices, at))


def _differentiable(name: str, at: Site) -> tuple[Scalar, bool]:
    """The value of a real variable, and whether definitions see it change."""
    if name in at.bound:
        known = at.bound[name]
        if known.kind == "index" or (known.kind == "integer" and known.reaches):
            raise Beyond(f"a derivative in {name}, which is an integer")
        return array.scalar(_bound(name, at)), known.reaches
    definition, sort = _meaning(name, at)
    if definition is not None or not isinstance(sort, Real | Vector):
        raise Beyond(f"a derivative in {name}, which is not a declared real variable")
    return array.scalar(named(name, at)), True


def _function_derivative(function: str, slot: int, order: int, arguments: tuple[Term, ...], at: Site) -> Inner:
    """The derivative of the function in its argument number ``slot``, counted from 0."""
    definition, sort = callee(function, at)
    if function == "digamma" and definition is None and sort is None and len(arguments) == 1:
        return _primitive(FUNCTIONS[function], order, _scalar(arguments[0], at), at)
    inner = _deeper(order, at)
    if not 0 <= slot < len(arguments):
        raise Beyond(f"{function} has no argument number {slot}")
    if isinstance(sort, Function) and any(isinstance(s, Integer) for s in sort.arguments[slot : slot + 1]):
        raise Beyond(f"a derivative of {function} in an integer")
    values = [value_of(argument, at) for argument in arguments]
    values[slot] = jet.variable(array.scalar(values[slot]), inner.level, order)
    kinds = [_kind(argument, at) for argument in arguments]
    kinds[slot] = "real"
    return _coefficient(_called(function, tuple(values), tuple(kinds), inner), inner, order)


def _evaluate(body: Term, variable: str, value: Term, at: Site) -> Inner:
    definition, sort = at.context.definition_of(variable), at.context.sort_of(variable)
    if definition is not None:
        raise Beyond(f"an evaluation bar for {variable}, which is defined")
    kind = _kind(value, at)
    if kind in ("index", "integer"):
        kind = "integer" if isinstance(sort, Integer) else "unknown"
    reaches = variable not in at.bound or at.bound[variable].reaches
    return value_of(body, at.binding(variable, value_of(value, at), kind, reaches))
