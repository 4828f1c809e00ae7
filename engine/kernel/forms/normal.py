"""From terms to normal forms: one match, each case a rule of another file of the kernel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial, reduce

from engine.kernel.calculus.derivative import gradient_letter
from engine.kernel.forms import sign as signs
from engine.kernel.forms.algebra import Algebra
from engine.kernel.forms.assumption import Assumptions, Fact
from engine.kernel.forms.atom import Call, Circle, Exponential, Letter, MatrixValue, Member, Variable
from engine.kernel.forms.polynomial import (
    UNIT,
    Frozen,
    Polynomial,
    Rational,
    add,
    constant,
    constant_term,
    freeze,
    is_constant,
    of_atom,
)
from engine.kernel.forms.power import LARGEST_COEFFICIENT_BITS
from engine.kernel.forms.primitive import atom_value, value_of_known
from engine.kernel.function import FUNCTIONS
from engine.kernel.matrices.entry import defined_entry, pad
from engine.kernel.matrices.matrix import (
    Grid,
    Value,
    Words,
    add_values,
    freeze_words,
    inverse_value,
    letter_value,
    multiply_values,
    negate_value,
    scalar_of,
    settled,
    transpose_value,
)
from engine.kernel.matrices.matrix_function import (
    MATRIX_FUNCTIONS,
    entry_of_matrix,
    power_of_matrix,
    require_norm_of_vector,
)
from engine.kernel.matrices.norm import written_by_products
from engine.kernel.matrices.total import sum_of_values
from engine.kernel.matrices.word import ONE
from engine.kernel.sums.delta import delta
from engine.kernel.sums.infinite import infinite_sum
from engine.kernel.sums.prefix import LARGEST_WRITTEN_OUT
from engine.kernel.sums.products import product_over
from engine.kernel.unfold import unfold
from engine.kernel.unproved import Unproved
from engine.meaning.context import Context
from engine.meaning.sort import Family, Function, Integer, MatrixOf, Real, Vector
from engine.meaning.term import (
    INFINITY,
    ZERO,
    Add,
    Apply,
    Comparison,
    Constant,
    Derivative,
    Divide,
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


@dataclass
class Scope:
    """An algebra for one context, and the values of the names bound so far."""

    algebra: Algebra
    context: Context
    bound: dict[str, Value] = field(default_factory=dict)
    unfolded: dict[Term, Term] = field(default_factory=dict)
    declared: dict[tuple[str, bool], Value] = field(default_factory=dict)
    """The values of the names that the context declares, of matrices as symmetric ones or not."""
    values: dict[tuple[Assumptions, Term], Value] = field(default_factory=dict)
    """Normal forms of terms in which nothing is bound, by what was assumed when they were found."""

    def unfold(self, term: Term) -> Term:
        """The term with the context's definitions put in, each term once."""
        if not self.context.definitions:
            return term
        if term not in self.unfolded:
            self.unfolded[term] = unfold(term, self.context)
        return self.unfolded[term]

    def binding(self, name: str, value: Value) -> Scope:
        return Scope(self.algebra, self.context, {**self.bound, name: value}, self.unfolded, self.declared)

    def outermost(self) -> Scope:
        """The scope without what is bound here: where the context's own declarations and facts are read."""
        return Scope(self.algebra, self.context, {}, self.unfolded, self.declared)

    def value(self, term: Term) -> Value:
        """The normal form, found once: the sides of a goal and the conditions that it needs ask for the same ones."""
        if self.bound or isinstance(term, Name | Number):
            return normalise(term, self)
        question = self.algebra.known, term
        if question not in self.values:
            self.values[question] = normalise(term, self)
        return self.values[question]

    def number(self, term: Term) -> Polynomial:
        """The normal form of a term that must be a number."""
        value = self.value(term)
        if isinstance(value, dict):
            return value
        if isinstance(value, Words) and value.rows == value.columns == ONE:
            return scalar_of(self.algebra, value)
        raise Unproved("a matrix where a number is expected")


def normalise(term: Term, scope: Scope) -> Value:
    """The normal form of a term without definitions (see :func:`engine.kernel.unfold.unfold`).

    Raises :class:`Unproved` for a construct or condition that the kernel cannot handle.
    """
    algebra = scope.algebra
    algebra.spend(1)
    match term:
        case Number(value):
            return constant(value)
        case Name(name):
            return _name(name, scope)
        case Element(family, indices):
            return _element(family, indices, scope)
        case Apply(function, arguments):
            return _apply(function, arguments, scope)
        case FunctionDerivative(function, slot, order, arguments):
            return _function_derivative(function, slot, order, arguments, scope)
        case Add(terms):
            return _sum(terms, scope)
        case Negate(part):
            return negate_value(algebra, normalise(part, scope))
        case Multiply(factors):
            values = (normalise(factor, scope) for factor in factors)
            return reduce(partial(multiply_values, algebra), values) if factors else constant(1)
        case Divide(numerator, denominator):
            inverse = algebra.inverse(scope.number(denominator))
            return multiply_values(algebra, inverse, normalise(numerator, scope))
        case Power(base, exponent):
            return _power(base, exponent, scope)
        case Constant("pi"):
            return algebra.of(Circle())
        case Constant("e"):
            return algebra.of(Exponential(UNIT))
        case Sum(index, lower, upper, body) | Product(index, lower, upper, body):
            return _big(term, index, lower, upper, body, scope)
        case Integral():
            from engine.kernel.calculus.integral import integrate

            return integrate(term, scope)
        case Derivative(body, variable, order):
            from engine.kernel.calculus.slope import derivative

            return derivative(body, variable, order, scope)
        case Evaluate(body, variable, value):
            from engine.kernel.calculus.slope import evaluate

            return evaluate(body, variable, value, scope)
        case Matrix(rows):
            if len({len(row) for row in rows}) != 1:
                raise Unproved("a matrix whose rows differ in length")
            return Grid(tuple(tuple(scope.number(entry) for entry in row) for row in rows))
        case Transpose(part):
            return transpose_value(algebra, normalise(part, scope))
        case Inverse(part):
            return inverse_value(algebra, normalise(part, scope))
        case _:
            raise Unproved("an infinite value")


def _sum(terms: tuple[Term, ...], scope: Scope) -> Value:
    values = [(part, normalise(part, scope)) for part in terms]
    kept = [value for part, value in values if part not in WRITTEN_ZERO]
    require_one_kind(kept)
    result: Value = {}
    for value in kept:
        result = add_values(scope.algebra, result, value)
    return result


WRITTEN_ZERO = (ZERO, Negate(ZERO))


def require_one_kind(values: Sequence[Value]) -> None:
    """Only a written 0 stands for a matrix: a number that comes out as 0 does not."""
    if len({isinstance(value, dict) for value in values}) > 1:
        raise Unproved("a sum of things of different shape")


def _name(name: str, scope: Scope) -> Value:
    if name in scope.bound:
        return scope.bound[name]
    symmetric = name in scope.algebra.known.symmetric
    if (name, symmetric) not in scope.declared:
        scope.declared[name, symmetric] = _declared_name(name, symmetric, scope)
    return scope.declared[name, symmetric]


def _declared_name(name: str, symmetric: bool, scope: Scope) -> Value:
    match scope.context.sort_of(name):
        case Real() | Integer():
            return scope.algebra.of(Variable(name))
        case (Vector() | MatrixOf()) as sort:
            letter = Letter(Variable(name), *_shape(sort, scope), symmetric=symmetric)
            return settled(scope.algebra, letter_value(letter))
        case None:
            raise Unproved(f"{name} is not declared")
        case _:
            raise Unproved(f"{name} stands without its index or argument")


def _shape(sort: Vector | MatrixOf, scope: Scope) -> tuple[Frozen, Frozen]:
    outer = scope.outermost()
    if isinstance(sort, Vector):
        return freeze(outer.number(sort.size)), ONE
    return freeze(outer.number(sort.rows)), freeze(outer.number(sort.columns))


def _element(family: str, indices: tuple[Term, ...], scope: Scope) -> Value:
    if scope.context.definition_of(family) is not None:
        return normalise(defined_entry(family, indices, scope), scope)
    values = [scope.number(index) for index in indices]
    if not all(map(scope.algebra.is_integer, values)):
        raise Unproved(f"an index of {family} is not known to be an integer")
    sort = scope.context.sort_of(family)
    if isinstance(sort, Vector | MatrixOf):
        return entry_of_matrix(scope.algebra, _name(family, scope), values)
    if not isinstance(sort, Family) or len(sort.ranges) != len(indices):
        raise Unproved(f"{family} is not declared as a family with {len(indices)} indices")
    member = Member(family, tuple(map(freeze, values)))
    if isinstance(sort.element, Real | Integer):
        return scope.algebra.of(member)
    return settled(scope.algebra, letter_value(Letter(member, *_shape(sort.element, scope))))


def _apply(function: str, arguments: tuple[Term, ...], scope: Scope) -> Value:
    algebra = scope.algebra
    declared = scope.context.sort_of(function)
    if isinstance(declared, Function):
        return _declared_value(function, declared, (0,) * len(arguments), arguments, scope)
    if function == "pad" and len(arguments) == 2:
        return pad(normalise(arguments[0], scope), scope.number(arguments[1]))
    if function == "delta" and len(arguments) == 2:
        return _delta(arguments[0], arguments[1], scope)
    if function == "indicator" and len(arguments) == 1:
        return _indicator(arguments[0], scope)
    if function in MATRIX_FUNCTIONS:
        return MATRIX_FUNCTIONS[function](algebra, tuple(normalise(part, scope) for part in arguments))
    if (written := written_by_products(Apply(function, arguments))) is not None:
        require_norm_of_vector(function, arguments, normalise(arguments[0], scope))
        return normalise(written, scope)
    if function not in FUNCTIONS:
        raise Unproved(f"the function {function}")
    return value_of_known(algebra, function, tuple(map(scope.number, arguments)))


def _delta(left: Term, right: Term, scope: Scope) -> Polynomial:
    values = scope.number(left), scope.number(right)
    if not all(map(scope.algebra.is_integer, values)):
        raise Unproved("an index of δ is not known to be an integer")
    return delta(scope.algebra, add(*values, -1))


def _indicator(condition: Term, scope: Scope) -> Polynomial:
    """1 where the condition holds, else 0: decided by signs, or the delta of an equation."""
    if not isinstance(condition, Comparison) or condition.sign not in signs.OF_RELATION:
        raise Unproved("an indicator of something else than a comparison of two numbers")
    difference = add(scope.number(condition.left), scope.number(condition.right), -1)
    wanted, found = signs.OF_RELATION[condition.sign], scope.algebra.sign(difference)
    if condition.sign == "=":
        return delta(scope.algebra, difference)
    if condition.sign == "≠":
        return add(constant(1), delta(scope.algebra, difference), -1)
    if found <= wanted or not found & wanted:
        return constant(1 if found <= wanted else 0)
    raise Unproved("an indicator of an inequality that is not decided")


def _declared_value(
    function: str, sort: Function, orders: tuple[int, ...], arguments: tuple[Term, ...], scope: Scope
) -> Value:
    """A declared function at its arguments: an atom, or a letter where the value is a vector or matrix."""
    if len(arguments) != len(sort.arguments):
        raise Unproved(f"{function} takes {len(sort.arguments)} arguments, not {len(arguments)}")
    values = tuple(_argument(argument, scope) for argument in arguments)
    head = Call(function, orders, values)
    match sort.result:
        case Real():
            return scope.algebra.of(head)
        case (Vector() | MatrixOf()) as result:
            return letter_value(Letter(head, *_shape(result, scope)))
        case _:
            raise Unproved(f"the values of {function}")


def _argument(term: Term, scope: Scope) -> Frozen | MatrixValue:
    value = normalise(term, scope)
    if isinstance(value, dict):
        return freeze(value)
    if isinstance(value, Words):
        return freeze_words(value)
    raise Unproved("a function of a matrix that is written out")


def _function_derivative(function: str, slot: int, order: int, arguments: tuple[Term, ...], scope: Scope) -> Value:
    sort = scope.context.sort_of(function)
    if function == "digamma" and sort is None and len(arguments) == 1:
        return atom_value(scope.algebra, function, order, scope.number(arguments[0]))
    if not isinstance(sort, Function) or not 0 <= slot < len(sort.arguments) or order < 1:
        raise Unproved(f"a derivative of {function}, which is not declared as a function")
    orders = tuple(order if at == slot else 0 for at in range(len(sort.arguments)))
    if isinstance(sort.arguments[slot], Real):
        return _declared_value(function, sort, orders, arguments, scope)
    if not isinstance(sort.arguments[slot], Vector) or not isinstance(sort.result, Real) or order > 2:
        raise Unproved(f"this derivative of {function}")
    values = tuple(_argument(argument, scope) for argument in arguments)
    below = Call(function, tuple(o - (at == slot) for at, o in enumerate(orders)), values)
    return letter_value(gradient_letter(scope.algebra, below, slot))


def _power(base: Term, exponent: Term, scope: Scope) -> Value:
    if base == Constant("e"):
        return scope.algebra.exponential(scope.number(exponent))
    if (written := written_by_products(Power(base, exponent))) is not None:
        assert isinstance(base, Apply)
        require_norm_of_vector(base.function, base.arguments, normalise(base.arguments[0], scope))
        return normalise(written, scope)
    value = scope.value(base)
    if isinstance(value, dict):
        return scope.algebra.power(value, scope.number(exponent))
    return power_of_matrix(scope.algebra, value, scope.number(exponent))


def _big(term: Term, index: str, lower: Term, upper: Term, body: Term, scope: Scope) -> Value:
    algebra = scope.algebra
    if upper == INFINITY and isinstance(term, Sum):
        return _infinite(index, scope.number(lower), body, scope)
    low, high = scope.number(lower), scope.number(upper)
    if is_constant(low) and is_constant(high):
        return _written_out(term, index, constant_term(low), constant_term(high), body, scope)
    number = algebra.fresh_variable(integer=True)
    with algebra.ranging(number, low, high):
        inner = normalise(body, scope.binding(index, of_atom(number)))
    if isinstance(term, Sum):
        return sum_of_values(algebra, number, low, high, inner)
    if not isinstance(inner, dict):
        raise Unproved("a product of matrices over an index")
    return product_over(algebra, number, low, high, inner)


def _infinite(index: str, low: Polynomial, body: Term, scope: Scope) -> Polynomial:
    from engine.kernel.calculus.integral import expanded

    algebra = scope.algebra
    number = algebra.fresh_variable(integer=True)
    with algebra.assuming(Fact(add(of_atom(number), low, -1), signs.NOT_NEGATIVE)):
        inner = expanded(algebra, number, scope.binding(index, of_atom(number)).number(body))
    return infinite_sum(algebra, number, low, inner)


def _written_out(term: Term, index: str, low: Rational, high: Rational, body: Term, scope: Scope) -> Value:
    """Σ or Π between two numbers, term by term; empty where ``high < low``."""
    if low.denominator != 1 or high.denominator != 1:
        raise Unproved("a sum's bounds must be integers")
    if high - low >= LARGEST_WRITTEN_OUT:
        raise Unproved(f"a sum of {high - low + 1} terms is too long to write out")
    adding = isinstance(term, Sum)
    result: Value = {} if adding else constant(1)
    for at in range(int(low), int(high) + 1):
        part = normalise(body, scope.binding(index, constant(at)))
        result = (add_values if adding else multiply_values)(scope.algebra, result, part)
    return result


def as_rational(p: Value) -> Fraction | None:
    """The value of a normal form that is a number of reasonable size."""
    if not isinstance(p, dict) or not is_constant(p):
        return None
    value = constant_term(p)
    small = max(value.numerator.bit_length(), value.denominator.bit_length()) <= LARGEST_COEFFICIENT_BITS
    return Fraction(value) if small else None
