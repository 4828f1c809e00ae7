"""Where a statement is defined: the conditions of its partial operations, discharged or reported.

A condition that follows from the context is dropped. One that does not is reported, since the claim speaks only of
points where both sides are defined; but where it is sufficient and not necessary (inside a derivative, where the body
must be defined *near* the point, or under an integral) it must follow, else the claim stays open.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from engine.kernel.calculus.integral import range_of
from engine.kernel.forms import sign as signs
from engine.kernel.forms.assumption import Fact
from engine.kernel.forms.atom import Primitive
from engine.kernel.forms.normal import Scope, normalise
from engine.kernel.forms.polynomial import (
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
from engine.kernel.forms.term_sign import term_sign
from engine.kernel.function import FUNCTIONS, Row
from engine.kernel.matrices.entry import defined_entry
from engine.kernel.matrices.matrix import Value, Words
from engine.kernel.matrices.norm import written_by_products
from engine.kernel.sums.prefix import LARGEST_WRITTEN_OUT
from engine.kernel.unproved import Unproved
from engine.meaning.sort import Family, Function, MatrixOf, Real, Vector
from engine.meaning.statement import ForEach, Invertible, Relation, Sign, Smooth, Statement
from engine.meaning.term import (
    INFINITY,
    ONE,
    ZERO,
    Apply,
    Constant,
    Derivative,
    Divide,
    Element,
    Evaluate,
    FunctionDerivative,
    Integral,
    Inverse,
    Name,
    Negate,
    Number,
    Power,
    Product,
    Sum,
    Term,
    children,
    free_names,
    integer,
    name_of,
    substitute,
)

DIFFERENTIABLE = ("delta", "pad", "trace", "tr", "det", "inner", "norm", "diag", "hadamard")
PARTIAL = (Apply, Divide, Element, FunctionDerivative, Derivative, Evaluate, Integral, Inverse, Power)


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a term the walk stands: what is in scope, and how a condition met here is to be treated.

    ``near`` are the names in which the term must be defined in a neighbourhood, ``order`` the number of derivatives
    taken there; ``ranges`` are the indices of sums around; ``put`` the evaluations to apply before showing a condition;
    ``barred`` the real names that an evaluation bar replaces; ``empty`` how many of the innermost sums around may
    have no term.
    """

    scope: Scope
    near: frozenset[str] = frozenset()
    order: int = 0
    ranges: tuple[tuple[str, Term, Term], ...] = ()
    put: tuple[tuple[str, Term], ...] = ()
    required: bool = False
    barred: frozenset[str] = frozenset()
    empty: int = 0

    def varies(self, term: Term) -> bool:
        """Whether the term changes with a name in which it must be defined nearby."""
        return bool(self.near) and bool(free_names(term) & self.near)

    def binding(self, name: str, value: Value) -> Place:
        """The place where the name is an index or the variable of an integral."""
        if any(name in free_names(value) for _, value in self.put):
            raise Unproved("an evaluation at a term that mentions a name which is bound further in")
        put = tuple(pair for pair in self.put if pair[0] != name)
        near, barred = self.near - {name}, self.barred - {name}
        return replace(self, scope=self.scope.binding(name, value), near=near, put=put, barred=barred)


@dataclass
class Conditions:
    """The conditions met and not discharged, and the statements already proved that may discharge some."""

    established: frozenset[Statement]
    left: list[Statement] = field(default_factory=list)
    owed: list[Statement] = field(default_factory=list)

    def of(self, term: Term, at: Place) -> None:
        """Collect the conditions under which ``term`` is defined; raises :class:`Unproved` for one that must hold."""
        if isinstance(term, Power) and written_by_products(term) is not None:
            self.of(term.base.arguments[0], at)  # type: ignore[union-attr]
            return
        match term:
            case Name() | Number():
                return
            case Divide(_, denominator):
                self._need(denominator, "≠", at)
            case Apply():
                self._of_apply(term, at)
            case Power():
                self._of_power(term, at)
            case FunctionDerivative("digamma", 0, _, (argument,)) if at.scope.context.sort_of("digamma") is None:
                self._need_no_pole(argument, at)
            case FunctionDerivative(function, slot, order, arguments):
                self._need_smooth(function, slot, order, arguments, at)
            case Element(family, indices):
                self._of_element(family, indices, at)
            case Inverse(matrix):
                self._of_inverse(matrix, at)
            case _:
                pass
        self._inside(term, at)

    def _inside(self, term: Term, at: Place) -> None:
        match term:
            case Derivative(body, variable, order):
                self.of(variable, at)
                self.of(body, replace(at, near=at.near | {name_of(variable)}, order=at.order + order))
            case Evaluate(body, variable, value):
                self.of(value, at)
                self._of_evaluation(body, variable, value, at)
            case Sum(index, lower, upper, body) if upper == INFINITY:
                self.of(lower, at)
                self._of_infinite(index, lower, body, at)
            case Sum(index, lower, upper, body) | Product(index, lower, upper, body):
                self.of(lower, at)
                self.of(upper, at)
                if _is_partial(body):
                    self._of_indexed(index, lower, upper, body, at)
            case Integral():
                self._of_integral(term, at)
            case _:
                for part in children(term):
                    self.of(part, at)

    def _of_evaluation(self, body: Term, variable: str, value: Term, at: Place) -> None:
        bound = at.scope.binding(variable, normalise(value, at.scope))
        near = at.near | {variable} if at.varies(value) else at.near - {variable}
        put = ((variable, value), *at.put)
        self.of(body, replace(at, scope=bound, near=near, put=put, barred=at.barred | {variable}))

    def _of_indexed(self, index: str, lower: Term, upper: Term, body: Term, at: Place) -> None:
        low, high = at.scope.number(lower), at.scope.number(upper)
        if is_constant(low) and is_constant(high):
            if constant_term(high) - constant_term(low) >= LARGEST_WRITTEN_OUT:
                raise Unproved("a sum that is too long to write out")
            for value in range(int(constant_term(low)), int(constant_term(high)) + 1):
                inner = at.binding(index, constant(value))
                self.of(body, replace(inner, put=((index, integer(value)), *inner.put)))
            return
        algebra = at.scope.algebra
        number = algebra.fresh_variable(integer=True)
        facts = algebra.range_facts(of_atom(number), low, high)
        length = add(add(high, low, -1), constant(1))
        # Inside of a sum that may have no term, a sum that has one may owe it to the outer one's term.
        sure = not at.empty and algebra.sign(length) == signs.POSITIVE
        empty = at.empty + (not sure)
        ranges = (*at.ranges, (index, self._shown(lower, at), self._shown(upper, at)))
        with algebra.assuming(*facts):
            self.of(body, replace(at.binding(index, of_atom(number)), ranges=ranges, empty=empty))

    def _of_infinite(self, index: str, lower: Term, body: Term, at: Place) -> None:
        """Every term of the sum; that it converges, its value asks for."""
        number = of_atom(at.scope.algebra.fresh_variable(integer=True))
        with at.scope.algebra.assuming(Fact(add(number, at.scope.number(lower), -1), signs.NOT_NEGATIVE)):
            self.of(body, replace(at.binding(index, number), required=True))

    def _of_integral(self, term: Integral, at: Place) -> None:
        """The bounds, the integrand between them, whatever their order, and that the integral converges.

        ∫_a^a f is 0 where f is defined at a: nothing lies between the bounds, of which everything could be said. At a
        bound that moves, the integrand must be defined nearby, and one derivative of the integral is none of its own.
        """
        for end in (term.lower, term.upper):
            if end not in (INFINITY, Negate(INFINITY)):
                self.of(end, at)
            if at.varies(end):
                self._of_evaluation(term.body, term.variable, end, replace(at, order=max(0, at.order - 1)))
        algebra = at.scope.algebra
        reach, _ = range_of(term.lower, term.upper, at.scope)
        if reach.low is not None and reach.high is not None and not add(reach.high, reach.low, -1):
            self._of_evaluation(term.body, term.variable, term.lower, at)
            return
        number = of_atom(algebra.fresh_variable(integer=False))
        inner = replace(at.binding(term.variable, number), required=True)
        with algebra.assuming(*reach.facts(algebra, number)):
            self.of(term.body, inner)
        if any(isinstance(algebra.atoms[atom], Primitive) for atom in atoms_of(at.scope.number(term))):
            # An antiderivative that is in no table is one where the integrand is defined at the ends, too.
            with algebra.assuming(*reach.facts(algebra, number, closed=True)):
                self.of(term.body, inner)

    def _of_apply(self, term: Apply, at: Place) -> None:
        if isinstance(at.scope.context.sort_of(term.function), Function):
            if any(map(at.varies, term.arguments)):
                for slot, argument in enumerate(term.arguments):
                    if at.varies(argument):
                        self._need_smooth(term.function, slot, 0, term.arguments, at)
            return
        row = FUNCTIONS.get(term.function)
        if row is not None:
            self._of_known(row, term.arguments, at)
            return
        if term.function == "entry":
            self._of_entry(term.arguments, at)
            return
        if term.function == "norm" and any(map(at.varies, term.arguments)):
            self._need(term, "≠", at)  # a norm has no derivative where it is 0
        if term.function == "delta" and not all(
            at.scope.algebra.is_integer(at.scope.number(a)) for a in term.arguments
        ):
            raise Unproved("an index of δ is not known to be an integer")
        if term.function not in DIFFERENTIABLE and any(map(at.varies, term.arguments)):
            raise Unproved(f"the derivative of {term.function}")

    def _of_entry(self, arguments: tuple[Term, ...], at: Place) -> None:
        matrix, *indices = arguments
        value = normalise(matrix, at.scope)
        if any(map(at.varies, indices)):
            raise Unproved("a derivative through an index")
        if not isinstance(value, Words):
            raise Unproved("an entry of something that is not declared as a matrix")
        for index, size in zip(indices, (value.rows, value.columns), strict=False):
            place = at.scope.number(index)
            algebra = at.scope.algebra
            inside = algebra.is_not_negative(add(place, constant(1), -1))
            if not inside or not algebra.is_not_negative(add(thaw(size), place, -1)):
                raise Unproved("an entry whose place is not known to be in the matrix")

    def _of_known(self, row: Row, arguments: tuple[Term, ...], at: Place) -> None:
        """A known function needs what its row says, and else what its definition needs."""
        varies = any(map(at.varies, arguments))
        if varies and (row.integers or (row.definition is None and row.derivative is None)):
            raise Unproved(f"the derivative of {row.name}")
        whole = (a for name, a in zip(row.parameters, arguments, strict=False) if name in row.integers)
        if not all(at.scope.algebra.is_integer(at.scope.number(argument)) for argument in whole):
            raise Unproved(f"{row.name} of something not known to be an integer")
        if row.poles:
            self._need_no_pole(arguments[0], at)
        inner = at
        for name, argument in zip(row.parameters, arguments, strict=False):
            near = inner.near | {name} if at.varies(argument) else inner.near - {name}
            scope, put = inner.scope.binding(name, at.scope.number(argument)), ((name, argument), *inner.put)
            inner = replace(inner, scope=scope, near=near, put=put)
        for condition in row.domain:
            self._need(condition.left, condition.sign, inner)
        for condition in (*row.must, *(row.smooth if varies and at.order else ())):
            self._need(condition.left, condition.sign, replace(inner, required=True))
        if row.definition is not None and not (row.domain or row.must):
            self.of(row.definition, inner)

    def _need_no_pole(self, argument: Term, at: Place) -> None:
        """Γ and ψ have their poles at 0, -1, -2, ...: a number is looked at, anything else must be positive."""
        value = at.scope.number(argument)
        number = constant_term(value)
        if is_constant(value) and not at.varies(argument) and (number.denominator > 1 or number > 0):
            return
        if at.scope.algebra.sign(value) != signs.POSITIVE:
            positive = Relation(self._shown(argument, at), ">", ZERO)
            raise Unproved("a condition that is needed for the statement to be defined", positive)

    def _of_power(self, term: Power, at: Place) -> None:
        """Integer exponent: base ≠ 0 if negative. Rational p/q: base >= 0 for even q. Otherwise base > 0."""
        if term.base == Constant("e"):
            return
        exponent = at.scope.number(term.exponent)
        if not isinstance(at.scope.value(term.base), dict):
            if constant_term(exponent) < 0:
                self._of_inverse(term.base, at)
            return
        if free_names(term.exponent) & (at.near | at.barred):
            self._need(term.base, ">", at)  # the exponent is a real variable, whatever value it takes
            return
        if at.scope.algebra.is_integer(exponent):
            if not at.scope.algebra.sign(exponent) <= frozenset((0, 1)):
                fixed = is_constant(exponent)
                self._need(term.base, "≠", at if fixed else replace(at, required=True))
            return
        if not is_constant(exponent):
            self._need(term.base, ">", at)
            return
        value = constant_term(exponent)
        if value.denominator % 2 == 0:
            self._need(term.base, "≥" if value > 0 else ">", at)
        elif value < 0 or at.varies(term.base):
            self._need(term.base, "≠", at)

    def _of_element(self, family: str, indices: tuple[Term, ...], at: Place) -> None:
        sort = at.scope.context.sort_of(family)
        if any(map(at.varies, indices)):
            raise Unproved("a derivative through an index")
        definition = at.scope.context.definition_of(family)
        if definition is not None and not definition.parameters:
            self.of(defined_entry(family, indices, at.scope), at)
        if isinstance(sort, Vector | MatrixOf):
            self._need_places(indices, (sort.size,) if isinstance(sort, Vector) else (sort.rows, sort.columns), at)
        if not isinstance(sort, Family):
            return
        for index, allowed in zip(indices, sort.ranges, strict=False):
            if allowed is not None:
                self._need_in_range(index, "≥", allowed.lower, at)
                self._need_in_range(index, "≤", allowed.upper, at)

    def _need_places(self, indices: tuple[Term, ...], sizes: tuple[Term, ...], at: Place) -> None:
        for index, size in zip(indices, sizes, strict=False):
            self._need_in_range(index, "≥", ONE, at)
            self._need_in_range(index, "≤", size, at)

    def _need_in_range(self, index: Term, sign: Sign, end: Term, at: Place) -> None:
        """A range is declared outside: what is bound here is not meant by its ends."""
        if free_names(end) & at.scope.bound.keys():
            raise Unproved("an index range that mentions a name which is bound where it is used")
        difference = add(at.scope.number(index), at.scope.number(end), -1)
        if not at.scope.algebra.is_not_negative(difference if sign == "≥" else scale(difference, -1)):
            self._need_relation(Relation(index, sign, end), at)

    def _of_inverse(self, matrix: Term, at: Place) -> None:
        """det M ≠ 0; a number must not be 0. What is invertible at a point is so near it."""
        value = normalise(matrix, at.scope)
        if isinstance(value, dict):
            self._need(matrix, "≠", at)
        elif not self._known(Invertible(self._shown(matrix, at)), at):
            self._need(Apply("det", (matrix,)), "≠", at)

    def _need(self, term: Term, sign: Sign, at: Place) -> None:
        if sign == "≥" and at.varies(term):
            # Defined nearby: > 0 is enough, but not always necessary.
            sign, at = ">", replace(at, required=True)
        self._need_relation(Relation(term, sign, ZERO), at)

    def _need_relation(self, relation: Relation, at: Place) -> None:
        wanted = signs.OF_RELATION[relation.sign]
        try:
            difference = add(at.scope.number(relation.left), at.scope.number(relation.right), -1)
            if at.scope.algebra.sign(difference) <= wanted:
                return
            if relation.right == ZERO and term_sign(relation.left, at.scope) <= wanted:
                return
        except Unproved as reason:
            if at.required:
                raise reason
        shown = Relation(self._shown(relation.left, at), relation.sign, self._shown(relation.right, at))
        self._leave(shown, at)

    def _leave(self, shown: Relation, at: Place) -> None:
        """Report a condition, of every term of the sum around that it speaks of."""
        mentioned = free_names(shown.left) | free_names(shown.right)
        needed = [r for r in at.ranges if r[0] in mentioned]
        ends = frozenset().union(*(free_names(end) for r in needed for end in r[1:]))
        if at.required or len(needed) > 1 or ends & {r[0] for r in at.ranges}:
            raise Unproved("a condition that is needed for the statement to be defined", shown)
        statement: Statement = ForEach(*needed[0], shown) if needed else shown
        # Where a sum around may have no term, its being defined does not imply what its terms need.
        doubtful = any(r not in needed for r in at.ranges[len(at.ranges) - at.empty :])
        conditions = self.owed if doubtful else self.left
        if statement not in conditions:
            conditions.append(statement)

    def settled(self) -> tuple[Statement, ...]:
        """The conditions left; raises :class:`Unproved` for one that only the terms of a possibly empty sum need."""
        for statement in self.owed:
            if statement not in self.left:
                raise Unproved("a condition that is needed for the statement to be defined", statement)
        return tuple(self.left)

    def _shown(self, term: Term, at: Place) -> Term:
        for name, value in at.put:
            term = substitute(term, name, value)
        return term

    def _need_smooth(self, function: str, slot: int, order: int, arguments: tuple[Term, ...], at: Place) -> None:
        """The declared function must have as many derivatives as are taken."""
        if any(map(at.varies, arguments)):
            order += at.order
        sort = at.scope.context.sort_of(function)
        if not isinstance(sort, Function):
            raise Unproved(f"{function} is not declared as a function")
        if order == 0 or (sort.smoothness is not None and sort.smoothness >= order):
            return
        smooth = Smooth(function, self._shown(arguments[slot], at), order)
        if len(arguments) != 1 or not isinstance(sort.arguments[0], Real) or not self._known(smooth, at):
            raise Unproved(f"{function} is not known to have {order} continuous derivatives here", smooth)

    def _known(self, wanted: Statement, at: Place) -> bool:
        return any(_says(known, wanted, at.scope) for known in (*at.scope.context.facts, *self.established))


def _says(known: Statement, wanted: Statement, scope: Scope) -> bool:
    """Whether a fact of the context (or a statement proved of it) says what is wanted at a place further in."""
    match known, wanted:
        case Smooth(f, place, order), Smooth(g, at, least):
            return f == g and order >= least and _alike(place, at, scope)
        case Invertible(a), Invertible(b):
            return _alike(a, b, scope)
        case _:
            return False


def _alike(outside: Term, inside: Term, scope: Scope) -> bool:
    """Whether two terms have one normal form; what is bound here is not meant by the one from outside."""
    try:
        pairs = (outside, scope.outermost()), (inside, scope)
        values = [normalise(scope.unfold(term), where) for term, where in pairs]
    except Unproved:
        return False
    first, second = values
    if isinstance(first, Words) and isinstance(second, Words):
        return {w: freeze(c) for w, c in first.words.items()} == {w: freeze(c) for w, c in second.words.items()}
    return isinstance(first, dict) and first == second


def _is_partial(term: Term) -> bool:
    return isinstance(term, PARTIAL) or any(map(_is_partial, children(term)))
