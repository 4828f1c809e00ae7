"""From terms to normal forms: one match, each case a rule of another file of the kernel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial, reduce

from engine.kernel.calculus.derivative import gradient_letter, slope
from engine.kernel.forms import sign as signs
from engine.kernel.forms.algebra import Algebra
from engine.kernel.forms.assumption import Fact, MemberFact, range_facts
from engine.kernel.forms.atom import Call, Circle, Exponential, Letter, MatrixValue, Member, Variable
from engine.kernel.forms.polynomial import (
    UNIT,
    Frozen,
    Polynomial,
    Rational,
    add,
    constant,
    constant_term,
    content,
    freeze,
    is_constant,
    multiply_monomials,
    of_atom,
)
from engine.kernel.forms.power import LARGEST_COEFFICIENT_BITS
from engine.kernel.forms.primitive import atom_value, value_of_known
from engine.kernel.forms.rebuild import value_with
from engine.kernel.function import FUNCTIONS, KNOWN
from engine.kernel.matrices.determinant import determinant
from engine.kernel.matrices.gradient import differentiate_value, jacobian
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
from engine.kernel.sums.prefix import LARGEST_WRITTEN_OUT
from engine.kernel.sums.products import product_over
from engine.kernel.unfold import DEEPEST, unfold
from engine.kernel.unproved import Unproved
from engine.meaning.context import Context
from engine.meaning.sort import Family, Function, Integer, MatrixOf, Real, Sort, Vector
from engine.meaning.statement import Definite, ForEach, Interval, Invertible, Relation, Sign
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
    children,
    free_names,
)

RELATION_SIGNS: dict[Sign, signs.Sign] = {
    "=": signs.ZERO,
    "≠": signs.NONZERO,
    "<": signs.NEGATIVE,
    "≤": signs.NOT_POSITIVE,
    ">": signs.POSITIVE,
    "≥": signs.NOT_NEGATIVE,
}


@dataclass
class Scope:
    """An algebra for one context, and the values of the names bound so far."""

    algebra: Algebra
    context: Context
    bound: dict[str, Value] = field(default_factory=dict)
    unfolded: dict[Term, Term] = field(default_factory=dict)

    def unfold(self, term: Term) -> Term:
        """The term with the context's definitions put in, each term once."""
        if term not in self.unfolded:
            self.unfolded[term] = unfold(term, self.context)
        return self.unfolded[term]

    def binding(self, name: str, value: Value) -> Scope:
        return Scope(self.algebra, self.context, {**self.bound, name: value}, self.unfolded)

    def outermost(self) -> Scope:
        """The scope without what is bound here: where the context's own declarations and facts are read."""
        return Scope(self.algebra, self.context, {}, self.unfolded)

    def number(self, term: Term) -> Polynomial:
        """The normal form of a term that must be a number."""
        value = normalise(term, self)
        if isinstance(value, dict):
            return value
        if isinstance(value, Words) and value.rows == value.columns == ONE:
            return scalar_of(self.algebra, value)
        raise Unproved("a matrix where a number is expected")


def scope_of(context: Context, factors: tuple[Term, ...] = ()) -> Scope:
    """The scope of a context: its sorts and facts taken in, and the hinted factors."""
    scope = Scope(Algebra(), context)
    for declaration in context.declarations:
        _declare(scope, declaration.name, declaration.sort)
    _assume_symmetry(scope)
    for fact in context.facts:
        if isinstance(fact, Relation):
            assume_relation(scope, fact)
        elif isinstance(fact, Invertible):
            assume_relation(scope, Relation(Apply("det", (fact.matrix,)), "≠", ZERO))
        elif isinstance(fact, Definite):
            assume_relation(scope, Relation(Apply("det", (fact.matrix,)), ">" if fact.strict else "≥", ZERO))
        elif isinstance(fact, ForEach):
            _assume_for_each(scope, fact)
    take_factors(scope, factors)
    return scope


def take_factors(scope: Scope, factors: Iterable[Term]) -> None:
    """Polynomials to be divided out where they divide: a wrong one costs completeness, never soundness."""
    hints = list(scope.algebra.factors)
    for factor in factors:
        try:
            hint = scope.number(scope.unfold(factor))
        except Unproved:
            continue  # a hint that does not fit is only a hint
        hint = _without_exponential_content(scope.algebra, hint)
        # A hint that divides is then made of what it divides: with a negative exponent it could bring in √w for w < 0,
        # as √w (x/√w + 1/√w) = x + 1, and the signs of what is not defined say anything.
        if all(exponent > 0 for monomial in hint for _, exponent in monomial):
            hints.append(hint)
            scope.algebra.known = scope.algebra.known.with_factors(hints)
    # What divides another hint must come before it.
    hints.sort(key=lambda hint: max((sum(e for _, e in monomial) for monomial in hint), default=0))
    scope.algebra.known = scope.algebra.known.with_factors(hints)


def _assume_symmetry(scope: Scope) -> None:
    """Which declared matrices are symmetric or definite, before anything is read."""
    symmetric: set[str] = set()
    definite: dict[str, bool] = {}
    for fact in scope.context.facts:
        match fact:
            case Relation(Name(one), "=", Transpose(Name(other))) | Relation(Transpose(Name(one)), "=", Name(other)):
                if one == other and isinstance(scope.context.sort_of(one), MatrixOf):
                    symmetric.add(one)
            case Definite(Name(name), strict) if isinstance(scope.context.sort_of(name), MatrixOf):
                symmetric.add(name)
                definite[name] = strict or definite.get(name, False)
    scope.algebra.known = scope.algebra.known.with_shapes(definite, frozenset(symmetric))


def _without_exponential_content(algebra: Algebra, p: Polynomial) -> Polynomial:
    """``p`` times powers of e^m that leave none with a negative exponent: e^m is positive wherever it is defined."""
    least = {a: e for a, e in content(p) if e < 0 and isinstance(algebra.atoms[a], Exponential)}
    return {multiply_monomials(m, tuple((a, -e) for a, e in least.items())): c for m, c in p.items()}


def _declare(scope: Scope, name: str, sort: Sort) -> None:
    if name.startswith("@"):
        raise Unproved(f"{name}: names that begin with @ are the kernel's own")
    algebra = scope.algebra
    match sort:
        case Integer(least):
            algebra.integers.add(name)
            if least is not None:
                at_least = add(algebra.of(Variable(name)), constant(least), -1)
                algebra.assume(Fact(at_least, signs.NOT_NEGATIVE))
                if least > 0:
                    algebra.assume(Fact(algebra.of(Variable(name)), signs.POSITIVE))
        case Family(_, Integer(least)):
            algebra.integer_families[name] = least
        case Function():
            if name in KNOWN:
                raise Unproved(f"{name} is both known and declared")
            algebra.functions[name] = sort
        case _:
            pass


def assume_relation(scope: Scope, relation: Relation) -> None:
    """A relation as a fact about a polynomial; one that the kernel cannot read is left out."""
    wanted = RELATION_SIGNS.get(relation.sign)
    if wanted is None or relation.sign == "=":
        return
    try:
        left, right = (scope.number(scope.unfold(side)) for side in (relation.left, relation.right))
    except Unproved:
        return
    difference = add(left, right, -1)
    scope.algebra.assume(Fact(difference, wanted))
    if wanted in (signs.POSITIVE, signs.NEGATIVE) and scope.algebra.is_integer(difference):
        step = -1 if wanted == signs.POSITIVE else 1  # of integers, one is greater by 1 at least
        scope.algebra.assume(Fact(add(difference, constant(step)), wanted | signs.ZERO))


def _assume_for_each(scope: Scope, fact: ForEach) -> None:
    wanted = RELATION_SIGNS.get(fact.body.sign)
    if wanted is None or fact.body.sign == "=":
        return
    index = scope.algebra.fresh_variable(integer=True)
    inner = scope.binding(fact.index, of_atom(index))
    try:
        lower = None if fact.lower == Negate(INFINITY) else scope.number(fact.lower)
        upper = None if fact.upper == INFINITY else scope.number(fact.upper)
        bound = frozenset((fact.index,))
        left, right = (inner.number(unfold(side, scope.context, bound)) for side in (fact.body.left, fact.body.right))
    except Unproved:
        return
    known, new = scope.algebra.known, MemberFact(index, lower, upper, Fact(add(left, right, -1), wanted))
    scope.algebra.known = known.with_facts(known.facts, (*known.member_facts, new))


def normalise(term: Term, scope: Scope) -> Value:
    """The normal form of a term without definitions (see :func:`engine.kernel.unfold.unfold`).

    Raises :class:`Unproved` for a construct or condition that the kernel cannot handle.
    """
    algebra = scope.algebra
    algebra.spend(1)
    match term:
        case Number(value):
            return constant(value)
        case Constant("pi"):
            return algebra.of(Circle())
        case Constant("e"):
            return algebra.of(Exponential(UNIT))
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
        case Sum(index, lower, upper, body) | Product(index, lower, upper, body):
            return _big(term, index, lower, upper, body, scope)
        case Integral():
            from engine.kernel.calculus.integral import integrate

            return integrate(term, scope)
        case Derivative(body, variable, order):
            return _derivative(body, variable, order, scope)
        case Evaluate(body, variable, value):
            return _evaluate(body, variable, value, scope)
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
    match scope.context.sort_of(name):
        case Real() | Integer():
            return scope.algebra.of(Variable(name))
        case (Vector() | MatrixOf()) as sort:
            symmetric = name in scope.algebra.known.symmetric
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


def defined_entry(family: str, indices: tuple[Term, ...], scope: Scope) -> Term:
    """The entry of a defined matrix, as a term without definitions."""
    values = [scope.number(index) for index in indices]
    return entry_of(Name(family), *_place(family, values), scope)


def _place(name: str, indices: list[Polynomial]) -> tuple[int, int]:
    """Row and column, from 1; a single index goes into a column."""
    places = [constant_term(index) for index in indices]
    if not all(map(is_constant, indices)) or any(p.denominator != 1 for p in places) or len(places) not in (1, 2):
        raise Unproved(f"an entry of {name} whose place is not known")
    return int(places[0]), int(places[1]) if len(places) == 2 else 1


def entry_of(matrix: Term, row: int, column: int, scope: Scope, depth: int = 0) -> Term:
    """One entry of a matrix that is written out, padded, or defined as such; the others are not looked at."""
    match matrix:
        case Name(name) if (d := scope.context.definition_of(name)) and not d.parameters and depth < DEEPEST:
            return entry_of(d.body, row, column, scope, depth + 1)
        case Matrix(rows) if 1 <= row <= len(rows) and 1 <= column <= len(rows[row - 1]):
            entry = scope.unfold(rows[row - 1][column - 1])
            if free_names(entry) & scope.bound.keys():
                raise Unproved("a matrix entry that mentions a name which is bound where it is used")
            return entry
        case Apply("pad", (inner, margin)):
            width = _margin(scope.outermost().number(scope.unfold(margin)))
            height, breadth = _written_size(inner, scope)
            if 1 <= row - width <= height and 1 <= column - width <= breadth:
                return entry_of(inner, row - width, column - width, scope, depth)
            if 1 <= row <= height + 2 * width and 1 <= column <= breadth + 2 * width:
                return ZERO
    raise Unproved(f"there is no entry {row}, {column} of this matrix")


def _written_size(matrix: Term, scope: Scope, depth: int = 0) -> tuple[int, int]:
    match matrix:
        case Name(name) if (d := scope.context.definition_of(name)) and not d.parameters and depth < DEEPEST:
            return _written_size(d.body, scope, depth + 1)
        case Matrix(rows) if rows and len({len(row) for row in rows}) == 1:
            return len(rows), len(rows[0])
        case Apply("pad", (inner, margin)):
            width = _margin(scope.outermost().number(scope.unfold(margin)))
            height, breadth = _written_size(inner, scope, depth + 1)
            return height + 2 * width, breadth + 2 * width
    raise Unproved("the size of a matrix that is not written out")


def _margin(value: Polynomial) -> int:
    size = constant_term(value)
    if not is_constant(value) or size.denominator != 1 or not 0 <= size <= LARGEST_WRITTEN_OUT:
        raise Unproved("padding by something other than a small number")
    return int(size)


def _apply(function: str, arguments: tuple[Term, ...], scope: Scope) -> Value:
    algebra = scope.algebra
    declared = scope.context.sort_of(function)
    if isinstance(declared, Function):
        return _declared_value(function, declared, (0,) * len(arguments), arguments, scope)
    if function == "pad" and len(arguments) == 2:
        return _pad(normalise(arguments[0], scope), scope.number(arguments[1]))
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
    if not isinstance(condition, Comparison) or condition.sign not in RELATION_SIGNS:
        raise Unproved("an indicator of something else than a comparison of two numbers")
    difference = add(scope.number(condition.left), scope.number(condition.right), -1)
    wanted, found = RELATION_SIGNS[condition.sign], scope.algebra.sign(difference)
    if condition.sign == "=":
        return delta(scope.algebra, difference)
    if condition.sign == "≠":
        return add(constant(1), delta(scope.algebra, difference), -1)
    if found <= wanted or not found & wanted:
        return constant(1 if found <= wanted else 0)
    raise Unproved("an indicator of an inequality that is not decided")


def _pad(matrix: Value, margin: Polynomial) -> Grid:
    """Zeros around a matrix: entry (i, j) is that of the matrix at (i - p, j - p), and 0 outside."""
    if not isinstance(matrix, Grid):
        raise Unproved("padding of something that is not written out")
    p = _margin(margin)
    width = len(matrix.rows[0]) + 2 * p
    blank: tuple[Polynomial, ...] = tuple({} for _ in range(width))
    side: tuple[Polynomial, ...] = tuple({} for _ in range(p))
    return Grid((blank,) * p + tuple(side + row + side for row in matrix.rows) + (blank,) * p)


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
    value = normalise(base, scope)
    if isinstance(value, dict):
        return scope.algebra.power(value, scope.number(exponent))
    return power_of_matrix(scope.algebra, value, scope.number(exponent))


def _big(term: Term, index: str, lower: Term, upper: Term, body: Term, scope: Scope) -> Value:
    algebra = scope.algebra
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


def _derivative(body: Term, variable: Name | Element, order: int, scope: Scope) -> Value:
    if order < 0:
        raise Unproved("a derivative of negative order")
    if isinstance(variable, Element):
        return _member_derivative(body, variable, order, scope)
    value = scope.bound.get(variable.name)
    sort = scope.context.sort_of(variable.name)
    if value is None and isinstance(sort, Vector | MatrixOf):
        return _tensor_derivative(body, variable.name, order, scope)
    if value is None and not isinstance(sort, Real):
        raise Unproved(f"a derivative in {variable.name}, which is not declared as a real number")
    outside = value if value is not None else scope.algebra.of(Variable(variable.name))
    if not isinstance(outside, dict) or scope.algebra.is_integer(outside):
        raise Unproved("a derivative in a bound vector or index")
    return _real_derivative(body, variable.name, order, outside, scope)


def _real_derivative(body: Term, name: str, order: int, at: Polynomial, scope: Scope) -> Value:
    """Differentiate in a fresh variable, of which only what holds near the point is assumed, then put the point in."""
    algebra = scope.algebra
    number = algebra.fresh_variable(integer=False)
    with algebra.assuming(*_facts_nearby(algebra, at, number)):
        result = normalise(body, scope.binding(name, of_atom(number)))
        for _ in range(order):
            result = differentiate_value(algebra, result, number)
    return value_with(algebra, result, number, at)


def _member_derivative(body: Term, variable: Element, order: int, scope: Scope) -> Value:
    """Differentiate in a member of a family, which is one only where its indices lie in their ranges."""
    algebra, sort = scope.algebra, scope.context.sort_of(variable.family)
    if variable.family in scope.bound or not isinstance(sort, Family) or not isinstance(sort.element, Real):
        raise Unproved(f"a derivative in {variable.family}, which is not declared as a family of real numbers")
    ((monomial, _),) = scope.number(variable).items()
    ((member, _),) = monomial
    with algebra.nearby(member), algebra.assuming(*_facts_of_place(variable, sort, scope)):
        result = normalise(body, scope)
        for _ in range(order):
            result = differentiate_value(algebra, result, member)
    return result


def _facts_of_place(member: Element, sort: Family, scope: Scope) -> list[Fact]:
    """That the indices lie in their declared ranges, which are declared outside of what is bound here."""
    facts: list[Fact] = []
    for index, allowed in zip(member.indices, sort.ranges, strict=True):
        if allowed is not None and not (free_names(allowed.lower) | free_names(allowed.upper)) & scope.bound.keys():
            low, high = (scope.number(scope.unfold(end)) for end in (allowed.lower, allowed.upper))
            facts += range_facts(scope.number(index), low, high)
    return facts


def places_in_range(term: Term, scope: Scope) -> Iterator[Fact]:
    """What a term that stands in no sum needs in order to be defined: indices in range, and invertible matrices."""
    match term:
        case Element(family, indices):
            sort = scope.context.sort_of(family)
            if isinstance(sort, Family) and len(sort.ranges) == len(indices):
                yield from _facts_of_place(term, sort, scope)
        case Inverse(matrix):
            yield from places_in_range(matrix, scope)
            yield from _fact_of_inverse(matrix, scope)
        case Add() | Negate() | Multiply() | Divide() | Power() | Apply() | Comparison() | Derivative() | Transpose():
            for part in children(term):
                yield from places_in_range(part, scope)


def _fact_of_inverse(matrix: Term, scope: Scope) -> Iterator[Fact]:
    """That what has an inverse has a determinant that is not 0: else the term is not defined."""
    try:
        yield Fact(determinant(scope.algebra, normalise(matrix, scope)), signs.NONZERO)
    except Unproved:
        return


def _facts_nearby(algebra: Algebra, at: Polynomial, number: int) -> list[Fact]:
    """The strict facts about a variable, for its fresh copy: strict inequalities also hold near the point."""
    keys = list(at.items())
    if len(keys) != 1 or keys[0][1] != 1 or len(keys[0][0]) != 1 or keys[0][0][0][1] != 1:
        return []
    original = keys[0][0][0][0]
    if not isinstance(algebra.atoms[original], Variable):
        return []
    strict = [f for f in algebra.facts if 0 not in f.sign and original in algebra.polynomial_depends(f.polynomial)]
    nearby = []
    for fact in strict:
        try:
            nearby.append(Fact(algebra.substitute(fact.polynomial, original, of_atom(number)), fact.sign))
        except Unproved:
            continue
    return nearby


def _tensor_derivative(body: Term, name: str, order: int, scope: Scope) -> Value:
    """Gradient of a number, in the shape of the variable; Jacobian of a vector, Hessian (order 2) of a number.

    The entries of the variable change independently, also where it is declared symmetric.
    """
    algebra, number = scope.algebra, scope.algebra.number_of(Variable(name))
    own = _name(name, scope)
    if not isinstance(own, Words):
        raise Unproved("a derivative in a vector or matrix of one entry")
    ((letter,),) = own.words
    free = replace(letter, symmetric=False)
    with algebra.nearby(number), algebra.any_matrix(name), algebra.assuming_moved(number, letter_value(free)):
        value: Value = normalise(body, scope)
        for _ in range(order):
            value = _slope(algebra, value, free)
    return value if free == letter else value_with(algebra, value, number, own)


def _slope(algebra: Algebra, value: Value, matrix: Letter) -> Value:
    if isinstance(value, dict):
        return slope(algebra, value, matrix)
    if isinstance(value, Words):
        return jacobian(algebra, value, matrix)
    raise Unproved("the derivative of a matrix that is written out in a vector")


def _evaluate(body: Term, variable: str, value: Term, scope: Scope) -> Value:
    at = normalise(value, scope)
    if isinstance(at, Words):
        return _evaluate_vector(body, variable, at, scope)
    if not isinstance(at, dict):
        raise Unproved("an evaluation at a matrix that is written out")
    # In the body the variable is a real number of its own, of which the context says nothing.
    algebra = scope.algebra
    number = algebra.fresh_variable(integer=False)
    context = replace(scope.context, declarations=scope.context.declare(variable, Real()).declarations)
    inner = Scope(algebra, context, {**scope.bound, variable: of_atom(number)})
    return value_with(algebra, normalise(body, inner), number, at)


def _evaluate_vector(body: Term, variable: str, at: Words, scope: Scope) -> Value:
    if variable in scope.bound or not isinstance(scope.context.sort_of(variable), Vector | MatrixOf):
        raise Unproved(f"an evaluation at a vector, of {variable}, which is not declared as one")
    own = _name(variable, scope)
    if not isinstance(own, Words) or (own.rows, own.columns) != (at.rows, at.columns):
        raise Unproved("an evaluation at a vector of another size")
    algebra, number = scope.algebra, scope.algebra.number_of(Variable(variable))
    with algebra.forgetting(number), algebra.any_matrix(variable):
        value = normalise(body, scope)
    return value_with(algebra, value, number, at)


def interval_facts(number: Polynomial, interval: Interval, scope: Scope) -> list[Fact]:
    """What lying in an interval says."""
    facts = []
    if interval.lower != Negate(INFINITY):
        low = add(number, scope.number(interval.lower), -1)
        facts.append(Fact(low, signs.NOT_NEGATIVE if interval.lower_closed else signs.POSITIVE))
    if interval.upper != INFINITY:
        high = add(scope.number(interval.upper), number, -1)
        facts.append(Fact(high, signs.NOT_NEGATIVE if interval.upper_closed else signs.POSITIVE))
    return facts


def as_rational(p: Value) -> Fraction | None:
    """The value of a normal form that is a number of reasonable size."""
    if not isinstance(p, dict) or not is_constant(p):
        return None
    value = constant_term(p)
    small = max(value.numerator.bit_length(), value.denominator.bit_length()) <= LARGEST_COEFFICIENT_BITS
    return Fraction(value) if small else None
