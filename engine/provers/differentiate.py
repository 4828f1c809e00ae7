"""Differentiation of terms, by the rules of the textbook.

The one routine gives directional derivatives: every occurrence of the variable is replaced, in turn and in place, by
a *seed*. With the seed 1 this is the ordinary derivative; with a unit vector it is one entry of a gradient, and since
no factor ever changes its place, the rules hold for matrices too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from engine.meaning.context import Context
from engine.meaning.sort import Function, Sort, Vector
from engine.meaning.term import (
    ONE,
    PI,
    ZERO,
    Add,
    Apply,
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
    children,
    free_names,
    fresh_name,
    integer,
    rational,
)
from engine.provers.budget import spend
from engine.provers.no_value import NoEval
from engine.provers.unfold import rename, unfold


def differentiate(term: Term, variable: Name | Element, context: Context, seed: Term = ONE) -> Term:
    """``d term / d variable`` (times ``seed``), where ``term`` and its derivative are defined.

    ``∂x_i/∂x_k`` is ``Apply("delta", (i, k))``. A ``seed`` that is the name of a column gives the derivative in its
    direction. Raises :class:`NoEval` for what has no rule here (``floor``, ``max``, mixed derivatives of an unknown
    function).

    >>> differentiate(Apply("ln", (Name("x"),)), Name("x"), Context())
    Divide(numerator=Number(value=Fraction(1, 1), places=0), denominator=Name(name='x'))
    """
    return differentiate_unfolded(unfold(term, context), variable, context, seed)


def differentiate_unfolded(term: Term, variable: Name | Element, context: Context, seed: Term) -> Term:
    """The same for a term without defined names."""
    return _Rules(variable, seed, context).of(term)


def literal_rational(term: Term) -> Fraction | None:
    """The value of a literal: a number, a fraction of two, or the negative of one."""
    match term:
        case Number(value):
            return value
        case Negate(part):
            value_of = literal_rational(part)
            return None if value_of is None else -value_of
        case Divide(Number(top), Number(bottom)) if bottom != 0:
            return top / bottom
        case _:
            return None


def plus(*terms: Term) -> Term:
    """The sum without its zeros."""
    kept = tuple(term for term in terms if term != ZERO)
    return ZERO if not kept else kept[0] if len(kept) == 1 else Add(kept)


def times(*factors: Term) -> Term:
    """The product without its ones; 0 if a factor is 0."""
    if ZERO in factors:
        return ZERO
    kept = tuple(factor for factor in factors if factor != ONE)
    return ONE if not kept else kept[0] if len(kept) == 1 else Multiply(kept)


def over(numerator: Term, denominator: Term) -> Term:
    return ZERO if numerator == ZERO else Divide(numerator, denominator)


def minus(term: Term) -> Term:
    return ZERO if term == ZERO else Negate(term)


def _call(name: str, argument: Term) -> Term:
    return Apply(name, (argument,))


TWO = integer(2)
STEPS_OF_A_RULE = 10

# f'(u) for f(u); the chain rule is in one place, _Rules.apply
OUTER: dict[str, Callable[[Term], Term]] = {
    "ln": lambda u: Divide(ONE, u),
    "log": lambda u: Divide(ONE, u),
    "exp": lambda u: _call("exp", u),
    "sqrt": lambda u: Divide(ONE, Multiply((TWO, _call("sqrt", u)))),
    "abs": lambda u: Divide(u, _call("abs", u)),
    "sin": lambda u: _call("cos", u),
    "cos": lambda u: Negate(_call("sin", u)),
    "tan": lambda u: Divide(ONE, Power(_call("cos", u), TWO)),
    "arctan": lambda u: Divide(ONE, Add((ONE, Power(u, TWO)))),
    "sinh": lambda u: _call("cosh", u),
    "cosh": lambda u: _call("sinh", u),
    "tanh": lambda u: Divide(ONE, Power(_call("cosh", u), TWO)),
    "Gamma": lambda u: Multiply((_call("Gamma", u), _call("digamma", u))),
    "digamma": lambda u: FunctionDerivative("digamma", 0, 1, (u,)),
    "trigamma": lambda u: FunctionDerivative("digamma", 0, 2, (u,)),
    "sigmoid": lambda u: Multiply((_call("sigmoid", u), _call("sigmoid", Negate(u)))),
    "softplus": lambda u: _call("sigmoid", u),
    "erf": lambda u: Divide(Multiply((TWO, _call("exp", Negate(Power(u, TWO))))), _call("sqrt", PI)),
    "Phi": lambda u: _call("phi", u),
    "phi": lambda u: Negate(Multiply((u, _call("phi", u)))),
}


class _Rules:
    """The derivative in ``variable``, each occurrence replaced by ``seed``."""

    def __init__(self, variable: Name | Element, seed: Term, context: Context) -> None:
        self.variable, self.seed, self.context = variable, seed, context
        self.key = variable.name if isinstance(variable, Name) else variable.family
        self.taken = free_names(variable) | free_names(seed)
        self.seen: dict[int, tuple[Term, bool]] = {}

    def depends(self, term: Term) -> bool:
        """Whether the variable's name stands in the term, be it bound there (then the derivative comes out as 0)."""
        known = self.seen.get(id(term))
        if known is None:
            found = self.names(term) or any(map(self.depends, children(term)))
            self.seen[id(term)] = known = (term, found)  # the term is kept, so that its id stays its own
        return known[1]

    def names(self, term: Term) -> bool:
        match term:
            case Name(name) | Apply(name) | FunctionDerivative(name):
                return name == self.key
            case Element(name):
                return name == self.key or _hidden(name, self.key, self.context)
            case _:
                return False

    def of(self, term: Term) -> Term:
        spend(STEPS_OF_A_RULE)
        if not self.depends(term):
            return ZERO
        match term:
            case Name():
                return self.name(term)
            case Element():
                return self.element(term)
            case Add(terms):
                return plus(*map(self.of, terms))
            case Negate(part):
                return minus(self.of(part))
            case Multiply(factors):
                return self.multiply(factors)
            case Divide(top, bottom):
                second = over(times(top, self.of(bottom)), Power(bottom, TWO))
                return plus(over(self.of(top), bottom), minus(second))
            case Power():
                return self.power(term)
            case Apply():
                return self.apply(term)
            case FunctionDerivative():
                return self.function_derivative(term)
            case Transpose(part):
                return Transpose(self.of(part))
            case Inverse(part):
                return Negate(Multiply((term, self.of(part), term)))
            case Matrix(rows):
                return Matrix(tuple(tuple(map(self.of, row)) for row in rows))
            case _:
                return self.binder(term)

    def name(self, term: Name) -> Term:
        if term == self.variable:
            return self.seed
        raise NoEval(f"{term.name} as a whole, differentiated in one of its entries")

    def element(self, term: Element) -> Term:
        match self.variable, self.seed:
            case Element(family, indices), _ if family == term.family and len(indices) == len(term.indices):
                pairs = zip(term.indices, indices, strict=True)
                deltas = [Apply("delta", pair) for pair in pairs if pair[0] != pair[1]]
                return times(*deltas, self.seed)
            case Name(name), Name(direction) if name == term.family:
                return Element(direction, term.indices)
        raise NoEval(f"the derivative of an entry of {term.family}")

    def multiply(self, factors: tuple[Term, ...]) -> Term:
        parts = (times(*factors[:n], self.of(f), *factors[n + 1 :]) for n, f in enumerate(factors))
        return plus(*parts)

    def power(self, term: Power) -> Term:
        base, exponent = term.base, term.exponent
        literal = literal_rational(exponent)
        if literal is not None and literal.denominator == 1 and 0 <= literal <= 4:
            return self.multiply((base,) * int(literal))
        if base == E:
            return times(term, self.of(exponent))
        # the rule below is false for matrices, which do not commute with their differentials
        real_base = Apply("scalar", (base,))
        less = Add((exponent, Negate(ONE))) if literal is None else rational(literal - 1)
        by_base = times(exponent, Power(real_base, less), self.of(base))
        return plus(by_base, times(term, Apply("ln", (base,)), self.of(exponent)))

    def apply(self, term: Apply) -> Term:
        name, arguments = term.function, term.arguments
        if name in ("trace", "tr", "pad", "scalar"):
            return replace(term, arguments=(self.of(arguments[0]), *arguments[1:]))
        if name in ("max", "min") and len(arguments) == 2:
            first, second = arguments
            gap = _call("abs", Add((first, Negate(second))))
            return self.of(Divide(Add((first, second, gap if name == "max" else Negate(gap))), TWO))
        if name == "Beta" and len(arguments) == 2:
            whole = _call("digamma", Add(arguments))
            parts = (times(Add((_call("digamma", a), Negate(whole))), self.of(a)) for a in arguments)
            return times(term, plus(*parts))
        if name == "det" and len(arguments) == 1:
            return Apply("tr", (times(_call("adjugate", arguments[0]), self.of(arguments[0])),))
        if name == "norm":
            return over(Apply("inner", (arguments[0], self.of(arguments[0]))), term)
        if name in ("inner", "hadamard", "kron") and len(arguments) == 2:
            changes = ((self.of(arguments[0]), arguments[1]), (arguments[0], self.of(arguments[1])))
            return plus(*(Apply(name, pair) for pair in changes if ZERO not in pair))
        if name in ("diag", "entry"):
            return replace(term, arguments=(self.of(arguments[0]), *arguments[1:]))
        if name == "logbase" and len(arguments) == 2:
            return self.of(Divide(_call("ln", arguments[0]), _call("ln", arguments[1])))
        if name in OUTER and len(arguments) == 1:
            return times(OUTER[name](arguments[0]), self.of(arguments[0]))
        slots = (self.slot(FunctionDerivative(name, n, 1, arguments), n) for n in range(len(arguments)))
        return plus(*slots)

    def function_derivative(self, term: FunctionDerivative) -> Term:
        if term.function == "digamma":
            return times(replace(term, order=term.order + 1), self.of(term.arguments[0]))
        parameter = self.parameter(term, term.slot)
        if any(self.depends(a) for n, a in enumerate(term.arguments) if n != term.slot):
            raise NoEval(f"a mixed derivative of the unknown function {term.function}")
        if term.order > 1 and isinstance(parameter, Vector):
            raise NoEval(f"a third derivative of {term.function} in a vector")
        return self.slot(replace(term, order=term.order + 1), term.slot)

    def slot(self, outer: FunctionDerivative, slot: int) -> Term:
        """``outer`` (already one order up) applied to the differential of its argument ``slot``."""
        parameter = self.parameter(outer, slot)
        inner = self.of(outer.arguments[slot])
        if inner == ZERO:
            return ZERO
        of_number = not isinstance(self.declared(outer.function).result, Vector)
        gradient = isinstance(parameter, Vector) and of_number and outer.order == 1
        return times(Transpose(outer) if gradient else outer, inner)

    def parameter(self, call: FunctionDerivative, slot: int) -> Sort:
        """The sort of the function's argument ``slot``."""
        sorts = self.declared(call.function).arguments
        if len(sorts) != len(call.arguments) or not 0 <= slot < len(sorts):
            raise NoEval(f"{call.function} has no argument number {slot}")
        return sorts[slot]

    def declared(self, function: str) -> Function:
        sort = self.context.sort_of(function)
        if not isinstance(sort, Function):
            raise NoEval(f"no rule for the derivative of {function}")
        return sort

    def binder(self, term: Term) -> Term:
        match term:
            case Sum(index, lower, upper, body):
                index, body = self.apart(index, body)
                inner = self.of(body)
                return ZERO if inner == ZERO else Sum(index, lower, upper, inner)
            case Product(index, lower, upper, body):
                return self.product(*self.apart(index, body), lower, upper)
            case Integral(name, lower, upper, body):
                return self.integral(*self.apart(name, body), lower, upper)
            case Evaluate(body, name, value):
                return self.evaluate(*self.apart(name, body, value), value)
            case Derivative(body, variable, order):
                if free_names(self.seed) & free_names(variable):
                    raise NoEval("a derivative in a direction that depends on another variable")
                inner = self.of(body)
                return ZERO if inner == ZERO else Derivative(inner, variable, order)
        raise NoEval(f"no rule for the derivative of a {type(term).__name__}")

    def apart(self, bound: str, body: Term, value: Term = ZERO) -> tuple[str, Term]:
        """The bound name renamed where it would capture a name of the variable, the seed or ``value``."""
        clash = self.taken | free_names(value)
        if bound not in clash:
            return bound, body
        new = fresh_name(bound, clash | free_names(body))
        return new, rename(body, bound, new)

    def product(self, index: str, body: Term, lower: Term, upper: Term) -> Term:
        """``Σ_j (Π_{i<j} b_i) b_j' (Π_{i>j} b_i)``: no division, so right where a factor is 0."""
        inner = self.of(body)
        if inner == ZERO:
            return ZERO
        at = fresh_name(index + "'", free_names(body) | self.taken | free_names(lower) | free_names(upper))
        before = Product(index, lower, Add((Name(at), Negate(ONE))), body)
        after = Product(index, Add((Name(at), ONE)), upper, body)
        return Sum(at, lower, upper, Multiply((before, rename(inner, index, at), after)))

    def integral(self, name: str, body: Term, lower: Term, upper: Term) -> Term:
        inner = self.of(body)
        within = ZERO if inner == ZERO else Integral(name, lower, upper, inner)
        ends = (times(Evaluate(body, name, end), self.of(end)) for end in (upper, lower))
        top, bottom = ends
        return plus(top, minus(bottom), within)

    def evaluate(self, name: str, body: Term, value: Term) -> Term:
        """The body's own change, and by the chain rule that of the point."""
        own = self.of(body)
        own = ZERO if own == ZERO else Evaluate(own, name, value)
        step = self.of(value)
        if step == ZERO:
            return own
        if name in free_names(step):
            new = fresh_name(name, free_names(step) | free_names(body) | free_names(value))
            name, body = new, rename(body, name, new)
        moved = _Rules(Name(name), step, self.context).of(body)
        return plus(own, ZERO if moved == ZERO else Evaluate(moved, name, value))


def _hidden(name: str, key: str, context: Context) -> bool:
    """Whether the defined matrix ``name`` depends on ``key``."""
    definition = context.definition_of(name)
    return definition is not None and key in free_names(unfold(definition.body, context))
