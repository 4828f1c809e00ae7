"""The value of a term at a point of its context, enclosed; and whether a relation certainly holds there.

Evaluation is strict: a subterm without a value leaves the whole without one, also under a factor 0 (an empty sum
does not evaluate its body). Definitions are read as if they were put in: an evaluation bar or a derivative reaches
into them, while an index that is bound around them and occurs in them is refused, as authors mean different things.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import product
from math import factorial, floor
from typing import Literal

from engine.kernel import array, interval, jet
from engine.kernel.array import Array, Inner
from engine.kernel.certificate import Entry, FunctionChoice, Model
from engine.kernel.interval import ONE, ZERO, Beyond, Interval, Undefined, point
from engine.kernel.jet import Scalar
from engine.meaning.context import Context, Declaration, Definition
from engine.meaning.sort import Family, Function, Integer, MatrixOf, Real, Sort, Vector
from engine.meaning.statement import ForEach, Relation, Sign, Statement
from engine.meaning.term import (
    E,
    Add,
    Apply,
    Constant,
    Derivative,
    Divide,
    Element,
    Evaluate,
    FunctionDerivative,
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

__all__ = ["Beyond", "Interval", "Undefined", "Value", "decide", "enclose", "satisfies", "unevaluated_facts"]

Value = Interval | tuple[tuple[Interval, ...], ...]
Kind = Literal["index", "integer", "real", "unknown"]

DEEPEST = 90
WIDEST = 64
LARGEST_DETERMINANT = 6
KNOWN = frozenset(
    (
        "abs",
        "ceil",
        "det",
        "exp",
        "factorial",
        "floor",
        "Gamma",
        "ln",
        "log",
        "max",
        "min",
        "pad",
        "sqrt",
        "tr",
        "trace",
    )
)


@dataclass(slots=True)
class Meter:
    """What is left of the budget, and what need not be computed twice."""

    steps: int
    depth: int = 0
    definitions: dict[tuple[str, frozenset[str]], Inner] = field(default_factory=dict)
    ranges: dict[str, tuple[range | None, ...]] = field(default_factory=dict)

    def spend(self, steps: int) -> None:
        self.steps -= steps
        if self.steps < 0:
            raise Beyond("the step budget is spent")


@dataclass(frozen=True, slots=True)
class Binding:
    """The value of a bound name; ``None`` where a definition mentions a name that is bound around it.

    ``reaches`` says that the name also means this value inside of definitions.
    """

    value: Inner | None
    kind: Kind = "unknown"
    reaches: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a term is evaluated: the point, the names bound around it, the entries that are being differentiated.

    ``level`` counts the derivatives around, ``width`` is the number of Taylor coefficients that they carry together.
    """

    context: Context
    assigned: Mapping[str, object]
    bits: int
    meter: Meter
    bound: Mapping[str, Binding] = field(default_factory=dict)
    entries: Mapping[tuple[str, tuple[int, ...]], Scalar] = field(default_factory=dict)
    level: int = 0
    width: int = 1

    def binding(self, name: str, value: Inner, kind: Kind, reaches: bool = False) -> Place:
        return replace(self, bound={**self.bound, name: Binding(value, kind, reaches)})


def enclose(term: Term, context: Context, model: Model, bits: int = 64, steps: int = 200_000) -> Value:
    """An interval, or a matrix of intervals, that contains the value of ``term`` at ``model``; rational values exactly.

    Raises :class:`Undefined` where a subterm certainly has no value over the reals, :class:`Beyond` with the reason
    where this arithmetic cannot say.

    >>> from engine.meaning.term import integer, rational
    >>> enclose(Power(rational(Fraction(2, 3)), integer(2)), Context(), Model())
    Interval(low=Fraction(4, 9), high=Fraction(4, 9))
    """
    try:
        value = _value(term, _place(context, model, bits, steps))
    except RecursionError:
        raise Beyond("the term is nested too deeply") from None
    return tuple(tuple(map(jet.leading, row)) for row in value) if isinstance(value, tuple) else jet.leading(value)


def _place(context: Context, model: Model, bits: int, steps: int) -> Place:
    assigned = {assignment.name: assignment.value for assignment in model.assignments}
    if len(assigned) != len(model.assignments):
        raise Beyond("the point gives two values to one name")
    return Place(context, assigned, bits, Meter(steps))


def _value(term: Term, at: Place) -> Inner:
    at.meter.spend(at.width * at.width)
    at.meter.depth += 1
    try:
        if at.meter.depth > DEEPEST:
            raise Beyond("the term is nested too deeply, or definitions refer to each other in a circle")
        return _rule(term, at)
    finally:
        at.meter.depth -= 1


def _scalar(term: Term, at: Place) -> Scalar:
    return array.scalar(_value(term, at))


def _rule(term: Term, at: Place) -> Inner:
    match term:
        case Number(value):
            return interval.round_out(point(value), at.bits)
        case Constant("pi"):
            return interval.pi(at.bits)
        case Constant("e"):
            return interval.exp(ONE, at.bits)
        case Name(name):
            return _name(name, at)
        case Element(family, indices):
            return _element(family, tuple(_index(index, at) for index in indices), at)
        case Apply(function, arguments):
            return _apply(function, arguments, at)
        case FunctionDerivative(function, slot, order, arguments):
            return _function_derivative(function, slot, order, arguments, at)
        case Derivative(body, variable, order):
            return _derivative(body, variable, order, at)
        case Evaluate(body, variable, value):
            return _evaluate(body, variable, value, at)
        case Sum(index, lower, upper, body) | Product(index, lower, upper, body):
            bodies = (_value(body, inner) for inner in _each(index, lower, upper, at))
            return _folded(bodies, at, is_sum=isinstance(term, Sum))
        case Add(parts) | Multiply(parts):
            return _folded((_value(part, at) for part in parts), at, is_sum=isinstance(term, Add))
        case Negate(part):
            return array.negate(_value(part, at))
        case Divide(numerator, denominator):
            return array.divide(_value(numerator, at), _scalar(denominator, at), at.bits)
        case Power(base, exponent):
            return _power(base, exponent, at)
        case Matrix(rows):
            return array.written_out(tuple(tuple(_scalar(entry, at) for entry in row) for row in rows))
        case Transpose(part):
            value = _value(part, at)
            return array.transpose(value) if isinstance(value, tuple) else value
        case Inverse(part):
            return _inverse(_value(part, at), at)
        case _:
            raise Beyond("an integral or an infinite value")


def _folded(values: Iterator[Inner], at: Place, is_sum: bool) -> Inner:
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


def _inverse(value: Inner, at: Place) -> Inner:
    at.meter.spend(_cost(value) ** 2)
    return array.inverse(value) if isinstance(value, tuple) else jet.divide(ONE, value, at.bits)


# --- names, families, definitions -------------------------------------------------------------------------------


def _name(name: str, at: Place) -> Inner:
    if name in at.bound:
        return _bound(name, at)
    definition, sort = _meaning(name, at)
    if definition is not None:
        return _unfolded(definition, (), (), at)
    if not isinstance(sort, Real | Integer | Vector | MatrixOf):
        raise Beyond(f"{name} is not declared as a number" if sort is None else f"{name} stands without its arguments")
    return _number(at.assigned.get(name), sort, name, at)


def _bound(name: str, at: Place) -> Inner:
    value = at.bound[name].value
    if value is None:
        raise Beyond(f"a definition mentions {name}, which is bound where it is used")
    return value


def _meaning(name: str, at: Place) -> tuple[Definition | None, Sort | None]:
    definition, sort = at.context.definition_of(name), at.context.sort_of(name)
    if definition is not None and sort is not None:
        raise Beyond(f"{name} is both declared and defined")
    return definition, sort


def _number(value: object, sort: Sort, name: str, at: Place) -> Interval:
    """The assigned value of a number; vectors and matrices are taken in dimension 1, where they are numbers."""
    sizes: tuple[Term, ...] = ()
    match sort:
        case Vector(size):
            sizes = (size,)
        case MatrixOf(rows, columns):
            sizes = (rows, columns)
    if not all(_may_be_one(size, at) for size in sizes):
        raise Beyond(f"{name} is not of dimension 1 at this point")
    if not isinstance(value, Fraction):
        raise Beyond(f"the point gives no number for {name}")
    if isinstance(sort, Integer) and (value.denominator != 1 or (sort.least is not None and value < sort.least)):
        raise Beyond(f"the point gives {name} a value outside of its sort")
    return interval.round_out(point(value), at.bits)


def _may_be_one(size: Term, at: Place) -> bool:
    if isinstance(size, Name) and _meaning(size.name, at) == (None, None):
        return True
    return _value(size, _outermost(at)) == ONE


def _outermost(at: Place) -> Place:
    return replace(at, bound={}, entries={}, level=0, width=1)


def _unfolded(definition: Definition, values: tuple[Inner, ...], kinds: tuple[Kind, ...], at: Place) -> Inner:
    if len(definition.parameters) != len(values):
        raise Beyond(f"{definition.name} takes {len(definition.parameters)} arguments, not {len(values)}")
    around = {name: b if b.reaches else Binding(None) for name, b in at.bound.items()}
    key = definition.name, frozenset(around)
    lasting = not values and not at.entries and not any(b.reaches for b in around.values())
    if lasting and key in at.meter.definitions:
        return at.meter.definitions[key]
    own = {name: Binding(v, kind) for name, v, kind in zip(definition.parameters, values, kinds, strict=True)}
    value = _value(definition.body, replace(at, bound={**around, **own}))
    if lasting:
        at.meter.definitions[key] = value
    return value


def _index(term: Term, at: Place) -> int:
    value = _scalar(term, at)
    if not isinstance(value, Interval) or not value.exact:
        raise Beyond("an index that is not known exactly")
    if value.low.denominator != 1:
        raise Undefined("an index that is not an integer")
    return int(value.low)


def _element(family: str, indices: tuple[int, ...], at: Place) -> Inner:
    if family in at.bound:
        raise Beyond(f"{family} is bound here, and is not a family")
    definition, sort = _meaning(family, at)
    if definition is not None and definition.parameters:
        return _unfolded(definition, tuple(map(point, indices)), ("index",) * len(indices), at)
    if definition is not None:
        return array.entry(array.array(_unfolded(definition, (), (), at)), indices)
    if isinstance(sort, Vector | MatrixOf):
        if len(indices) != (1 if isinstance(sort, Vector) else 2):
            raise Beyond(f"{family} has another number of indices")
        value = _name(family, at)
        return array.entry(((array.scalar(value),),), indices)
    if not isinstance(sort, Family):
        raise Beyond(f"{family} is not declared as a family")
    return _member(family, indices, sort, at)


def _member(family: str, indices: tuple[int, ...], sort: Family, at: Place) -> Scalar:
    ranges = _ranges(family, sort, at)
    if len(ranges) != len(indices):
        raise Beyond(f"{family} has {len(ranges)} indices, not {len(indices)}")
    if not all(allowed is None or index in allowed for index, allowed in zip(indices, ranges, strict=True)):
        raise Undefined(f"an index of {family} outside of its declared range")
    if (family, indices) in at.entries:
        return at.entries[family, indices]
    values = at.assigned.get(family)
    members = values if isinstance(values, tuple) else ()
    found = [m.value for m in members if isinstance(m, Entry) and m.indices == indices]
    if len(found) != 1:
        raise Beyond(f"the point gives {len(found)} values for {family} at {indices}")
    return _number(found[0], sort.element, family, at)


def _ranges(family: str, sort: Family, at: Place) -> tuple[range | None, ...]:
    known = at.meter.ranges
    if family not in known:
        outer = _outermost(at)
        known[family] = tuple(_range(r.lower, r.upper, outer) if r is not None else None for r in sort.ranges)
    return known[family]


def _range(lower: Term, upper: Term, at: Place) -> range:
    bounds = [_scalar(bound, at) for bound in (lower, upper)]
    if not all(isinstance(b, Interval) and b.exact and b.low.denominator == 1 for b in bounds):
        raise Beyond("a bound that is not a known integer")
    first, last = (int(jet.leading(b).low) for b in bounds)
    return range(first, last + 1)


def _each(index: str, lower: Term, upper: Term, at: Place) -> Iterator[Place]:
    """The place once for each value of the index; too many are refused before the first."""
    values = _range(lower, upper, at)
    if values.stop - values.start > at.meter.steps:
        raise Beyond("more values of an index than the step budget allows")
    return (at.binding(index, point(value), "index") for value in values)


# --- functions ----------------------------------------------------------------------------------------------------


def _apply(function: str, arguments: tuple[Term, ...], at: Place) -> Inner:
    definition, sort = _callee(function, at)
    values = tuple(_value(argument, at) for argument in arguments)
    if definition is None and sort is None:
        return _known(function, values, at)
    return _called(function, values, tuple(_kind(argument, at) for argument in arguments), at)


def _callee(function: str, at: Place) -> tuple[Definition | None, Sort | None]:
    if function in at.bound:
        raise Beyond(f"{function} is bound here, and is not a function")
    definition, sort = _meaning(function, at)
    if function in KNOWN and (definition is not None or sort is not None):
        raise Beyond(f"{function} is both known and declared")
    return definition, sort


def _called(function: str, values: tuple[Inner, ...], kinds: tuple[Kind, ...], at: Place) -> Inner:
    definition, sort = _callee(function, at)
    if definition is not None:
        return _unfolded(definition, values, kinds, at)
    choice = _choice(function, sort, at)
    assert isinstance(sort, Function)
    if len(values) != len(choice.parameters):
        raise Beyond(f"{function} takes {len(choice.parameters)} arguments, not {len(values)}")
    own = {
        name: Binding(array.scalar(value), "integer" if isinstance(argument, Integer) else "real")
        for name, value, argument in zip(choice.parameters, values, sort.arguments, strict=True)
    }
    return _value(choice.body, replace(at, bound=own, entries={}))


def _choice(function: str, sort: Sort | None, at: Place) -> FunctionChoice:
    """The function that the point puts in. It may mention nothing but its parameters, or it would not be one function."""
    choice = at.assigned.get(function)
    if not isinstance(sort, Function) or not isinstance(choice, FunctionChoice):
        raise Beyond(f"no concrete function stands for {function}")
    if len(set(choice.parameters)) != len(sort.arguments) or len(choice.parameters) != len(sort.arguments):
        raise Beyond(f"the function put in for {function} has other parameters")
    if free_names(choice.body) - set(choice.parameters) - KNOWN:
        raise Beyond(f"the function put in for {function} mentions more than its parameters")
    return choice


def _known(function: str, values: tuple[Inner, ...], at: Place) -> Inner:
    at.meter.spend(20 * at.width)
    match function, values:
        case "exp", (x,):
            return jet.exp(array.scalar(x), at.bits)
        case "ln" | "log", (x,):
            return jet.ln(array.scalar(x), at.bits)
        case "sqrt", (x,):
            return _rational_power(array.scalar(x), 1, 2, at)
        case "abs", (x,):
            return jet.absolute(array.scalar(x), at.bits)
        case "floor", (x,):
            return _floor(_constant(x))
        case "ceil", (x,):
            return interval.negate(_floor(interval.negate(_constant(x))))
        case "max", (_, *_):
            parts = [_constant(x) for x in values]
            return Interval(max(x.low for x in parts), max(x.high for x in parts))
        case "min", (_, *_):
            parts = [_constant(x) for x in values]
            return Interval(min(x.low for x in parts), min(x.high for x in parts))
        case "Gamma", (x,):
            return interval.gamma(_constant(x), at.bits)
        case "factorial", (x,):
            return _factorial(_constant(x), at)
        case "pad", (x, width):
            return _padded(array.array(x), _constant(width), at)
        case "trace" | "tr", (x,):
            return array.trace(x, at.bits) if isinstance(x, tuple) else x
        case "det", (x,):
            return _determinant(x, at)
        case _:
            raise Beyond(f"no concrete function stands for {function} of {len(values)} arguments")


def _constant(value: Inner) -> Interval:
    """A number that does not depend on a variable of differentiation."""
    if not isinstance(value, Interval):
        raise Beyond("a matrix, or the derivative of a function that this arithmetic cannot differentiate")
    return value


def _floor(x: Interval) -> Interval:
    if floor(x.low) != floor(x.high):
        raise Beyond("rounding a number that is not known well enough")
    return point(floor(x.low))


def _factorial(x: Interval, at: Place) -> Interval:
    if not x.exact or x.low.denominator != 1 or x.low > 1000:
        raise Beyond("the factorial of something else than a moderate integer")
    if x.low < 0:
        raise Undefined("the factorial of a negative integer")
    return interval.round_out(point(factorial(int(x.low))), at.bits)


def _padded(x: Array, width: Interval, at: Place) -> Array:
    if not width.exact or width.low.denominator != 1 or width.low < 0 or width.low > at.meter.steps:
        raise Beyond("a padding that is not a moderate natural number or 0")
    rows, columns = array.shape(x)
    at.meter.spend((rows + 2 * int(width.low)) * (columns + 2 * int(width.low)))
    return array.pad(x, int(width.low))


def _determinant(x: Inner, at: Place) -> Scalar:
    if not isinstance(x, tuple):
        return x
    if len(x) > LARGEST_DETERMINANT:
        raise Beyond("the determinant of a large matrix")
    at.meter.spend(factorial(len(x)) * at.width)
    return array.determinant(x, at.bits)


# --- powers -------------------------------------------------------------------------------------------------------


def _power(base: Term, exponent: Term, at: Place) -> Inner:
    raised = _scalar(exponent, at)
    at.meter.spend(20 * at.width)
    if base == E:
        return jet.exp(raised, at.bits)
    value = _scalar(base, at)
    kind, literal = _kind(exponent, at), _written_fraction(exponent)
    if kind in ("index", "integer"):
        return _integer_power(value, _constant(raised), at)
    if jet.leading(value).low > 0:
        return jet.real_power(value, raised, at.bits)
    if literal is not None:
        return _rational_power(value, *literal, at)
    if kind == "real" and jet.leading(value).high < 0:
        raise Undefined("a real power of a negative number")
    raise Beyond("a power whose base is not positive and whose exponent is not a literal or an integer")


def _integer_power(base: Scalar, exponent: Interval, at: Place) -> Scalar:
    if not exponent.exact or exponent.low.denominator != 1:
        raise Beyond("an integer exponent that is not known exactly")
    at.meter.spend(exponent.low.numerator.bit_length() * at.width * at.width)
    return jet.integer_power(base, int(exponent.low), at.bits)


def _rational_power(base: Scalar, p: int, q: int, at: Place) -> Scalar:
    """``base^(p/q)`` for the fraction as it is written: with an odd q also negative numbers have a root."""
    exponent, value = Fraction(p, q), jet.leading(base)
    if value.high >= 0:
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


def _kind(term: Term, at: Place) -> Kind:
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
        case Sum(index, _, _, body) | Product(index, _, _, body):
            return _joined(body, at=at.binding(index, ONE, "index"))
        case _:
            return "unknown"


def _kind_of_sort(sort: Sort | None) -> Kind:
    return "integer" if isinstance(sort, Integer) else "real" if isinstance(sort, Real) else "unknown"


def _joined(*parts: Term, at: Place) -> Kind:
    kinds = {_kind(part, at) for part in parts}
    return "integer" if kinds <= {"index", "integer"} else "real" if "real" in kinds else "unknown"


# --- derivatives and evaluation bars ------------------------------------------------------------------------------


def _derivative(body: Term, variable: Name | Element, order: int, at: Place) -> Inner:
    inner = _deeper(order, at)
    if isinstance(variable, Element):
        key = variable.family, tuple(_index(index, at) for index in variable.indices)
        value = _differentiable_member(*key, at)
        inner = replace(inner, entries={**at.entries, key: jet.variable(value, inner.level, order)})
    else:
        value, reaches = _differentiable(variable.name, at)
        inner = inner.binding(variable.name, jet.variable(value, inner.level, order), "real", reaches)
    return _coefficient(_value(body, inner), inner, order)


def _deeper(order: int, at: Place) -> Place:
    if order < 1 or at.width * (order + 1) > WIDEST:
        raise Beyond(f"a derivative of order {order} here")
    return replace(at, level=at.level + 1, width=at.width * (order + 1))


def _coefficient(value: Inner, inner: Place, order: int) -> Inner:
    if not isinstance(value, tuple):
        return jet.derivative(value, inner.level, order)
    return tuple(tuple(jet.derivative(entry, inner.level, order) for entry in row) for row in value)


def _differentiable_member(family: str, indices: tuple[int, ...], at: Place) -> Scalar:
    sort = at.context.sort_of(family)
    if not isinstance(sort, Family) or not isinstance(sort.element, Real):
        raise Beyond(f"a derivative in {family}, which is not a family of real numbers")
    return array.scalar(_element(family, indices, at))


def _differentiable(name: str, at: Place) -> tuple[Scalar, bool]:
    """The value of a real variable, and whether definitions see it change."""
    if name in at.bound:
        if at.bound[name].kind == "index":
            raise Beyond(f"a derivative in {name}, which is an index")
        return array.scalar(_bound(name, at)), at.bound[name].reaches
    definition, sort = _meaning(name, at)
    if definition is not None or not isinstance(sort, Real | Vector):
        raise Beyond(f"a derivative in {name}, which is not a declared real variable")
    return array.scalar(_name(name, at)), True


def _function_derivative(function: str, slot: int, order: int, arguments: tuple[Term, ...], at: Place) -> Inner:
    """The derivative of the function in its argument number ``slot``, counted from 0."""
    definition, sort = _callee(function, at)
    inner = _deeper(order, at)
    if not 0 <= slot < len(arguments):
        raise Beyond(f"{function} has no argument number {slot}")
    if isinstance(sort, Function) and isinstance(sort.arguments[slot : slot + 1], Integer):
        raise Beyond("a derivative in an integer")
    values = [_value(argument, at) for argument in arguments]
    values[slot] = jet.variable(array.scalar(values[slot]), inner.level, order)
    kinds = [_kind(argument, at) for argument in arguments]
    kinds[slot] = "real"
    return _coefficient(_called(function, tuple(values), tuple(kinds), inner), inner, order)


def _evaluate(body: Term, variable: str, value: Term, at: Place) -> Inner:
    definition, sort = at.context.definition_of(variable), at.context.sort_of(variable)
    if definition is not None:
        raise Beyond(f"an evaluation bar for {variable}, which is defined")
    kind = _kind(value, at)
    if kind in ("index", "integer"):
        kind = "integer" if isinstance(sort, Integer) else "unknown"
    reaches = variable not in at.bound or at.bound[variable].reaches
    return _value(body, at.binding(variable, _value(value, at), kind, reaches))


# --- relations and contexts ---------------------------------------------------------------------------------------


def decide(relation: Relation, context: Context, model: Model, bits: int = 64, steps: int = 200_000) -> bool | None:
    """True where the relation certainly holds at the point, False where it certainly fails; both sides are defined then.

    ``None`` where this arithmetic cannot say, or where a side is not defined. ``≈`` before a literal with k shown
    decimals means ``|left - right| <= 10^-k / 2``.
    """
    try:
        return _decide(relation, _place(context, model, bits, steps))
    except (Beyond, Undefined, RecursionError):
        return None


def _decide(relation: Relation, at: Place) -> bool | None:
    left, right = _value(relation.left, at), _value(relation.right, at)
    if relation.sign == "≈":
        return _is_close(_constant(left), _constant(right), _shown_places(relation.right), at)
    if not isinstance(left, tuple) and not isinstance(right, tuple):
        return _compared(_constant(left), relation.sign, _constant(right))
    return _compared_matrices(array.array(left), relation.sign, array.array(right))


def _compared(x: Interval, sign: Sign, y: Interval) -> bool | None:
    match sign:
        case "=":
            return True if x.exact and x == y else None if x.low <= y.high and y.low <= x.high else False
        case "≠":
            equal = _compared(x, "=", y)
            return None if equal is None else not equal
        case "<":
            return True if x.high < y.low else False if x.low >= y.high else None
        case "≤":
            return True if x.high <= y.low else False if x.low > y.high else None
        case ">" | "≥":
            return _compared(y, "<" if sign == ">" else "≤", x)
        case _:
            return None


def _compared_matrices(x: Array, sign: Sign, y: Array) -> bool | None:
    if sign not in ("=", "≠") or array.shape(x) != array.shape(y):
        return None
    pairs = zip(sum(x, ()), sum(y, ()), strict=True)
    entries = [_compared(_constant(a), "=", _constant(b)) for a, b in pairs]
    equal = False if False in entries else None if None in entries else True
    return equal if sign == "=" or equal is None else not equal


def _shown_places(term: Term) -> int:
    match term:
        case Number(_, places) | Negate(Number(_, places)):
            return places
        case _:
            raise Beyond("≈ needs a literal on its right")


def _is_close(x: Interval, y: Interval, places: int, at: Place) -> bool | None:
    distance = jet.leading(jet.absolute(interval.subtract(x, y, at.bits), at.bits))
    return _compared(distance, "≤", point(Fraction(1, 2 * 10**places)))


def satisfies(context: Context, model: Model, bits: int = 64, steps: int = 200_000) -> bool:
    """Whether the point certainly lies in the context: every declared name has a value of its sort, and every fact
    that is a relation holds. The other facts are :func:`unevaluated_facts`, for the caller to prove."""
    try:
        at = _place(context, model, bits, steps)
        return all(_inhabits(d, at) for d in context.declarations) and all(_holds(f, at) for f in context.facts)
    except (Beyond, Undefined, RecursionError):
        return False


def unevaluated_facts(context: Context) -> tuple[Statement, ...]:
    """The facts that :func:`satisfies` does not look at, in their order."""
    return tuple(fact for fact in context.facts if not isinstance(fact, Relation | ForEach))


def _inhabits(declaration: Declaration, at: Place) -> bool:
    """Whether the point gives the name a value of its sort; otherwise False, or one of the two exceptions."""
    name, sort = declaration.name, declaration.sort
    match sort:
        case Family():
            return _has_members(name, sort, at)
        case Function(_, result, smoothness):
            choice = _choice(*(name, _callee(name, at)[1]), at)
            return not isinstance(result, Integer) and (smoothness is None or _is_smooth(choice.body))
        case _:
            return isinstance(_name(name, at), Interval)


def _has_members(family: str, sort: Family, at: Place) -> bool:
    ranges = _ranges(family, sort, at)
    given = at.assigned.get(family)
    entries = tuple(e.indices for e in given if isinstance(e, Entry)) if isinstance(given, tuple) else ()
    if None in ranges:
        # On all integers the point names finitely many; the others may be anything, and no fact here reads them.
        return all(isinstance(_element(family, indices, at), Interval) for indices in entries)
    sizes = [len(r) if r.stop - r.start <= at.meter.steps else at.meter.steps + 1 for r in ranges if r is not None]
    for size in sizes:
        at.meter.spend(size)
    everywhere = product(*(r for r in ranges if r is not None))
    return all(isinstance(_element(family, indices, at), Interval) for indices in everywhere if _paid(at))


def _paid(at: Place) -> bool:
    at.meter.spend(1)
    return True


def _holds(fact: Statement, at: Place) -> bool:
    match fact:
        case Relation():
            return _decide(fact, at) is True
        case ForEach(index, lower, upper, body):
            return all(_decide(body, inner) is True for inner in _each(index, lower, upper, at))
        case _:
            return True


def _is_smooth(body: Term) -> bool:
    """Whether a term is infinitely differentiable everywhere, as far as its syntax shows."""
    match body:
        case Number() | Name() | Constant("pi" | "e"):
            return True
        case Add(parts) | Multiply(parts) | Apply("exp", parts):
            return all(map(_is_smooth, parts))
        case Negate(part) | Power(Constant("e"), part) | Power(part, Number(Fraction(denominator=1), 0)):
            return _is_smooth(part)
        case Divide(part, Number(value)):
            return value != 0 and _is_smooth(part)
        case _:
            return False
