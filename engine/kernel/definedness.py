"""Where a statement is defined: the conditions of its partial operations, discharged or reported.

A condition that follows from the context is dropped. One that does not is reported, since the claim speaks only of
points where both sides are defined; but where it is sufficient and not necessary (inside a derivative, where the body
must be defined *near* the point, or under an integral) it must follow, else the claim stays open.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction

from engine.kernel.algebra import Unproved
from engine.kernel.matrix import Words
from engine.kernel.normal import RELATION_SIGNS, Scope, interval_facts, normalise
from engine.kernel.polynomial import add, constant, constant_term, freeze, is_constant, of_atom
from engine.kernel.sums import LARGEST_WRITTEN_OUT
from engine.meaning.sort import Family, Function, Real
from engine.meaning.statement import ForEach, Interval, Invertible, Relation, Sign, Smooth, Statement
from engine.meaning.term import (
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
    Negate,
    Number,
    Power,
    Product,
    Sum,
    Term,
    children,
    free_names,
    substitute,
)

PARTIAL = (Apply, Divide, Element, FunctionDerivative, Derivative, Evaluate, Integral, Inverse, Power)


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a term the walk stands: what is in scope, and how a condition met here is to be treated.

    ``near`` are the names in which the term must be defined in a neighbourhood, ``order`` the number of derivatives
    taken there; ``ranges`` are the indices of sums around; ``put`` the evaluations to apply before showing a condition.
    """

    scope: Scope
    near: frozenset[str] = frozenset()
    order: int = 0
    ranges: tuple[tuple[str, Term, Term], ...] = ()
    put: tuple[tuple[str, Term], ...] = ()
    required: bool = False

    def varies(self, term: Term) -> bool:
        """Whether the term changes with a name in which it must be defined nearby."""
        return bool(free_names(term) & self.near)


@dataclass
class Conditions:
    """The conditions met and not discharged, and the statements already proved that may discharge some."""

    established: frozenset[Statement]
    left: list[Statement] = field(default_factory=list)

    def of(self, term: Term, at: Place) -> None:
        """Collect the conditions under which ``term`` is defined; raises :class:`Unproved` for one that must hold."""
        match term:
            case Divide(_, denominator):
                self._need(denominator, "≠", at)
            case Apply():
                self._of_apply(term, at)
            case Power():
                self._of_power(term, at)
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
                self.of(body, replace(at, near=at.near | free_names(variable), order=at.order + order))
            case Evaluate(body, variable, value):
                self.of(value, at)
                self._of_evaluation(body, variable, value, at)
            case Sum(index, lower, upper, body) | Product(index, lower, upper, body):
                self.of(lower, at)
                self.of(upper, at)
                if _is_partial(body):
                    self._of_indexed(index, lower, upper, body, at)
            case Integral(variable, lower, upper, body):
                self._of_integrand(variable, Interval(lower, upper), body, at)
            case _:
                for part in children(term):
                    self.of(part, at)

    def _of_evaluation(self, body: Term, variable: str, value: Term, at: Place) -> None:
        bound = at.scope.binding(variable, normalise(value, at.scope))
        near = at.near | {variable} if at.varies(value) else at.near - {variable}
        self.of(body, replace(at, scope=bound, near=near, put=((variable, value), *at.put)))

    def _of_indexed(self, index: str, lower: Term, upper: Term, body: Term, at: Place) -> None:
        low, high = at.scope.number(lower), at.scope.number(upper)
        if is_constant(low) and is_constant(high):
            if constant_term(high) - constant_term(low) >= LARGEST_WRITTEN_OUT:
                raise Unproved("a sum that is too long to write out")
            for value in range(int(constant_term(low)), int(constant_term(high)) + 1):
                put = ((index, Number(Fraction(value)) if value >= 0 else Negate(Number(Fraction(-value)))), *at.put)
                inner = at.scope.binding(index, constant(value))
                self.of(body, replace(at, scope=inner, near=at.near - {index}, put=put))
            return
        algebra = at.scope.algebra
        number = of_atom(algebra.fresh_variable(integer=True))
        with algebra.assuming(*algebra.range_facts(number, low, high)):
            ranges = (*at.ranges, (index, lower, upper))
            inner = at.scope.binding(index, number)
            self.of(body, replace(at, scope=inner, near=at.near - {index}, ranges=ranges))

    def _of_integrand(self, variable: str, interval: Interval, body: Term, at: Place) -> None:
        algebra = at.scope.algebra
        number = of_atom(algebra.fresh_variable(integer=False))
        with algebra.assuming(*interval_facts(number, interval, at.scope)):
            inner = at.scope.binding(variable, number)
            self.of(body, replace(at, scope=inner, near=at.near - {variable}, required=True))

    def _of_apply(self, term: Apply, at: Place) -> None:
        if isinstance(at.scope.context.sort_of(term.function), Function):
            if any(map(at.varies, term.arguments)):
                for slot, argument in enumerate(term.arguments):
                    if at.varies(argument):
                        self._need_smooth(term.function, slot, 0, term.arguments, at)
            return
        argument = term.arguments[0]
        match term.function:
            case "ln" | "log":
                self._need(argument, ">", at)
            case "Gamma" | "digamma":
                self._need(argument, ">", replace(at, required=True))
            case "sqrt":
                self._need(argument, "≥", at)
            case "factorial":
                self._need(argument, "≥", replace(at, required=True))
                if not at.scope.algebra.is_integer(at.scope.number(argument)):
                    raise Unproved("the factorial of something not known to be an integer")
            case "abs" if at.varies(argument):
                self._need(argument, "≠", replace(at, required=True))
            case "exp" | "abs" | "pad" | "trace" | "det":
                pass
            case name if any(map(at.varies, term.arguments)):
                raise Unproved(f"the derivative of {name}")
            case _:
                pass

    def _of_power(self, term: Power, at: Place) -> None:
        """Integer exponent: base ≠ 0 if negative. Rational p/q: base >= 0 for even q. Otherwise base > 0."""
        if term.base == Constant("e"):
            return
        exponent = at.scope.number(term.exponent)
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
        if not isinstance(sort, Family):
            return
        for index, allowed in zip(indices, sort.ranges, strict=False):
            if allowed is not None:
                self._need_relation(Relation(index, "≥", allowed.lower), at)
                self._need_relation(Relation(index, "≤", allowed.upper), at)

    def _of_inverse(self, matrix: Term, at: Place) -> None:
        value = normalise(matrix, at.scope)
        if isinstance(value, dict):
            self._need(matrix, "≠", at)
        elif not self._known(Invertible(self._shown(matrix, at)), at):
            raise Unproved("the inverse of a matrix not known to be invertible", Invertible(matrix))

    def _need(self, term: Term, sign: Sign, at: Place) -> None:
        if sign == "≥" and at.varies(term):
            # Defined nearby: > 0 is enough, but not always necessary.
            sign, at = ">", replace(at, required=True)
        self._need_relation(Relation(term, sign, ZERO), at)

    def _need_relation(self, relation: Relation, at: Place) -> None:
        try:
            difference = add(at.scope.number(relation.left), at.scope.number(relation.right), -1)
            if at.scope.algebra.sign(difference) <= RELATION_SIGNS[relation.sign]:
                return
        except Unproved as reason:
            if at.required:
                raise reason
        shown = Relation(self._shown(relation.left, at), relation.sign, self._shown(relation.right, at))
        self._leave(shown, at)

    def _leave(self, shown: Relation, at: Place) -> None:
        needed = [r for r in at.ranges if r[0] in free_names(shown.left) | free_names(shown.right)]
        if at.required or len(needed) > 1:
            raise Unproved("a condition that is needed for the statement to be defined", shown)
        statement: Statement = ForEach(*needed[0], shown) if needed else shown
        if statement not in self.left:
            self.left.append(statement)

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
    match known, wanted:
        case Smooth(f, place, order), Smooth(g, at, least):
            return f == g and order >= least and _alike(place, at, scope)
        case Invertible(a), Invertible(b):
            return _alike(a, b, scope)
        case _:
            return False


def _alike(a: Term, b: Term, scope: Scope) -> bool:
    """Whether two terms without bound names have one normal form."""
    from engine.kernel.unfold import unfold

    try:
        values = [normalise(unfold(term, scope.context), scope) for term in (a, b)]
    except Unproved:
        return False
    first, second = values
    if isinstance(first, Words) and isinstance(second, Words):
        return {w: freeze(c) for w, c in first.words.items()} == {w: freeze(c) for w, c in second.words.items()}
    return isinstance(first, dict) and first == second


def _is_partial(term: Term) -> bool:
    return isinstance(term, PARTIAL) or any(map(_is_partial, children(term)))

