"""Derivative operators, gradients and evaluation bars."""

from __future__ import annotations

from engine.meaning import term as terms
from engine.meaning.bar import mentioned_by_definitions
from engine.meaning.held import with_held
from engine.meaning.notation import bare_letter
from engine.meaning.quantity import LETTERS, heads, is_quantity, replaced, with_hessians
from engine.meaning.reach import free_symbols
from engine.meaning.row import Row, bracket_of, items_of, parts
from engine.meaning.shape import SCALAR
from engine.meaning.sort import Function, Real, Vector
from engine.meaning.statement import Relation
from engine.meaning.stop import Stop
from engine.meaning.term import Element, Name, Term, free_names, name_of
from engine.meaning.undeclared import Undeclared
from engine.reading import tree
from engine.reading.tree import Node, spelling


class Differentiation(Undeclared):
    """Reads derivatives."""

    def differentiated(self, row: Row, place: int, operator: tree.Derivative) -> tuple[Term, int]:
        variables, quantities = self.variables(operator)
        names = {v.name for v, _ in variables if isinstance(v, Name)}
        shown = frozenset[str]().union(*(free_names(value) for _, value in quantities))
        end, body = self.scope_of_operator(row, place, names | shown)
        body = self.in_quantities(body, quantities, operator)
        return evaluated_at(self.derived(self.dependent(body, variables), variables, operator), quantities), end

    def dependent(self, body: Term, variables: list[tuple[Name | Element, int]]) -> Term:
        """A body that does not show the variable, and has undeclared names: it depends on it in a way not shown.

        So it does where an equation is given between them, and where it is a number of which something is known:
        nobody writes ``\\frac{dy}{dx}`` for a y that is independent of x.
        """
        names = free_names(body)
        on = {name_of(variable) for variable, _ in variables}
        if on & names or not (names & self.inferred.keys() or self.is_tied(body, on)):
            return body
        return terms.Dependent(body, tuple(variable for variable, _ in variables))

    def is_tied(self, body: Term, on: set[str]) -> bool:
        """Whether a fact of the context may tie the body, which does not show them, to these names."""
        number = isinstance(body, Name) and isinstance(self.sorts.get(body.name), Real)
        names = free_names(body)
        for fact in self.context.facts:
            if isinstance(fact, Relation):
                mentioned = free_names(fact.left) | free_names(fact.right)
                if names & mentioned and (number or (fact.sign == "=" and on & mentioned)):
                    return True
        return False

    def scope_of_operator(self, row: Row, place: int, names: set[str]) -> tuple[int, Term]:
        """What a derivative operator at ``place`` applies to: the bracket that follows, or the rest of the product."""
        follower = row.joined(place + 1)
        if follower is None:
            raise Stop("expected something to differentiate after this operator", row.factors[place])
        end = next((k for k in range(place + 1, len(row.factors)) if isinstance(row.factors[k], tree.Bar)), None)
        end = len(row.factors) if end is None else end
        if bracket_of(follower) is None:
            whole = self.product(row.part(place + 1, end), follower)
            return self.before_vector(row, place + 1, end, whole, names)
        rest = row.factors[place + 2 : end]
        if any(names & free_symbols(factor) for factor in rest):
            raise Stop("the derivative can reach over the factors after this bracket or not; use brackets", follower)
        return place + 2, self.term(follower)

    def before_vector(self, row: Row, place: int, end: int, whole: Term, names: set[str]) -> tuple[int, Term]:
        """``\\nabla^2 R w``: a vector right after the name of a scalar is multiplied, and not differentiated."""
        node = row.factors[place]
        if end == place + 1 or not isinstance(node, tree.Symbol | tree.Script) or names & free_names(whole):
            return end, whole
        if not isinstance(whole, terms.Multiply) or not isinstance(first := whole.factors[0], Name):
            return end, whole
        rest = self.shape(terms.Multiply(whole.factors[1:]))
        return (place + 1, first) if self.shape(first) == SCALAR and rest != SCALAR else (end, whole)

    def variables(self, node: tree.Derivative) -> tuple[list[tuple[Name | Element, int]], list[tuple[str, Term]]]:
        """The variables with their orders, and the quantities that some of them stand for."""
        found: list[tuple[Name | Element, int]] = []
        quantities: list[tuple[str, Term]] = []
        for value, order in with_hessians([(self.term(variable), order) for variable, order in node.variables]):
            if isinstance(value, Name | Element):
                found.append((value, order))
            elif is_quantity(value):
                name = self.new_name(node, {known for known, _ in quantities})
                found.append((Name(name), order))
                quantities.append((name, value))
            else:
                raise Stop("expected a variable to differentiate in", node)
        return found, quantities

    def new_name(self, node: Node, taken: set[str]) -> str:
        found = next((name for name in LETTERS if name not in taken and not self.occurs(name)), None)
        if found is None:
            raise Stop("expected a variable to differentiate in", node)
        self.note(f"{found} stands for the quantity below the line, in which is differentiated")
        return found

    def occurs(self, name: str) -> bool:
        """Whether the letter stands anywhere in the formula, or is declared."""
        waiting = [self.root]
        while waiting:
            part = waiting.pop()
            if isinstance(part, tree.Symbol) and name in part.spelling:
                return True
            waiting.extend(tree.children(part))
        return self.declared(name)

    def in_quantities(self, body: Term, quantities: list[tuple[str, Term]], node: Node) -> Term:
        for name, value in quantities:
            body = replaced(self.showing(heads(value), body, node), value, name)
            left = heads(value) & free_names(body)
            if left:
                raise Stop(f"{min(left)} stands here outside the quantity in which is differentiated", node)
        return body

    def showing(self, letters: frozenset[str], body: Term, node: Node) -> Term:
        """``body`` with the values of the names that are made of these letters: of ℓ = -n ln σ² for dℓ/dσ²."""
        defined = (one for one in free_names(body) - letters if one in self.definitions)
        name = next((one for one in defined if letters & mentioned_by_definitions([one], self.context)), None)
        if name is None:
            return body
        definition = self.definitions[name]
        if definition.parameters:
            raise Stop(f"{name} is made of the quantity in which is differentiated; write its value out", node)
        return self.showing(letters, terms.substitute(body, name, definition.body), node)

    def variable(self, node: Node) -> Name | Element:
        value = self.term(node)
        if not isinstance(value, Name | Element):
            raise Stop("expected a variable to differentiate in", node)
        return value

    def derivative(self, node: tree.Derivative, numerator: Node) -> Term:
        variables, quantities = self.variables(node)
        body = self.in_quantities(self.numerator(numerator, variables), quantities, node)
        return evaluated_at(self.derivative_of(body, variables, node), quantities)

    def derivative_of(self, body: Term, variables: list[tuple[Name | Element, int]], node: tree.Derivative) -> Term:
        hidden = self.dependent(body, variables)
        if hidden is not body:
            return self.derived(hidden, variables, node)
        if isinstance(body, terms.Apply) and len(variables) == 1:
            direct = self.direct_derivative(body, *variables[0])
            if direct is not None:
                return direct
        return self.derived(body, variables, node)

    def derived(self, body: Term, variables: list[tuple[Name | Element, int]], node: tree.Derivative) -> Term:
        """``∂²f/∂x∂y`` is the derivative in x of the derivative in y."""
        for variable, order in reversed(variables):
            derivative = terms.Derivative(body, variable, order)
            body = with_held(derivative, self.context, self.findings.held) if node.partial else derivative
        return body

    def check_functional_derivative(self, above: Node, below: Node) -> None:
        """``\\frac{\\delta F}{\\delta q}`` is a derivative in the function q; as a quotient, δ would cancel."""
        if not (isinstance(below, tree.Product) and starts_with_delta(below) and starts_with_delta(above)):
            return
        if not self.declared(r"\delta"):
            readings = "this can be a functional derivative, which is not understood, or a quotient of products with"
            raise Stop(rf"{readings} \delta; declare \delta, or cancel it", above)

    def numerator(self, node: Node, variables: list[tuple[Name | Element, int]]) -> Term:
        """The numerator's value; a bare function of one argument is taken at the variable."""
        name = spelling(node)
        sort = None if name is None else self.sort(name)
        if name is not None and isinstance(sort, Function) and len(sort.arguments) == 1 and len(variables) == 1:
            return terms.Apply(name, (variables[0][0],))
        definition = None if name is None else self.definitions.get(name)
        if definition is not None and len(variables) == 1 and definition.parameters == (name_of(variables[0][0]),):
            return terms.Apply(definition.name, (variables[0][0],))
        return self.term(node)

    def direct_derivative(self, body: terms.Apply, variable: Name | Element, order: int) -> Term | None:
        """``df(x)/dx`` as the derivative of the declared f, where x stands in exactly one argument, alone."""
        if not isinstance(self.sort(body.function), Function):
            return None
        slots = [slot for slot, argument in enumerate(body.arguments) if argument == variable]
        others = [argument for argument in body.arguments if argument != variable]
        if len(slots) != 1 or any(free_names(variable) & free_names(other) for other in others):
            return None
        return terms.FunctionDerivative(body.function, slots[0], order, body.arguments)

    def gradient(self, row: Row, place: int, node: tree.Symbol | tree.Script) -> tuple[Term, int]:
        _, below, primes, above = parts(node)
        order = 1 if above is None else 2 if isinstance(above, tree.Number) and above.text == "2" else 0
        if not order or primes:
            raise Stop("expected \\nabla or \\nabla^2", node)
        follower = row.joined(place + 1)
        if isinstance(follower, tree.Symbol | tree.Script):
            head = self.head(follower, row.joined(place + 2))
            if head is not None and isinstance(self.sort(head.function), Function):
                return self.function_gradient(row, place, node, below, order)
        if below is None:
            return self.bare_gradient(row, place, order)
        variable = self.variable(below)
        end, body = self.scope_of_operator(row, place, {variable.name} if isinstance(variable, Name) else set())
        derivative = terms.Derivative(self.dependent(body, [(variable, order)]), variable, order)
        return with_held(derivative, self.context, "reached") if self.findings.held == "reached" else derivative, end

    def bare_gradient(self, row: Row, place: int, order: int) -> tuple[Term, int]:
        """``\\nabla f(x)``, ``\\nabla L``: the gradient of something undeclared, in variables that are not said."""
        if row.joined(place + 1) is None:
            raise Stop("expected something to differentiate after this operator", row.factors[place])
        last = row.joined(place + 2)
        script = last if isinstance(last, tree.Script) and bracket_of(last) is not None else None
        if script is not None:  # the transpose in \\nabla f(x)^T is that of the gradient
            row = Row((*row.factors[: place + 2], script.base, *row.factors[place + 3 :]), row.operators)
        value, end = self.bare_operand(row, place + 1)
        match value:
            case terms.Apply(function, (Name(name) as own,)) if function in self.definitions:
                if isinstance(self.sort(name), Vector):
                    derivative = terms.Derivative(value, own, order)
                    return derivative if script is None else self.scripts_of_call(derivative, script), end
        if not free_names(value) & self.inferred.keys():
            raise Stop(
                "expected \\nabla_x, or \\nabla before a declared function and its arguments", row.factors[place]
            )
        value = terms.Apply("gradient" if order == 1 else "hessian", (value,))
        return value if script is None else self.scripts_of_call(value, script), end

    def function_gradient(self, row: Row, place: int, node: Node, below: Node | None, order: int) -> tuple[Term, int]:
        follower, brackets = row.factors[place + 1], row.joined(place + 2)
        group = bracket_of(brackets)
        head = self.head(follower, brackets) if isinstance(follower, tree.Symbol | tree.Script) else None
        if group is None or head is None or head.primes or head.superscript is not None:
            raise Stop("expected the function's arguments in brackets", follower)
        call = self.call(head, tuple(self.term(item) for item in items_of(group.content)), follower)
        assert isinstance(call, terms.Apply)
        slot = self.vector_slot(call, node) if below is None else self.named_slot(call, below)
        if slot is None:
            assert below is not None
            value: Term = terms.Derivative(call, self.variable(below), order)
        else:
            value = terms.FunctionDerivative(call.function, slot, order, call.arguments)
        if isinstance(brackets, tree.Script):
            value = self.scripts_of_call(value, brackets)
        return value, place + 3

    def vector_slot(self, call: terms.Apply, node: Node) -> int:
        sort = self.sort(call.function)
        assert isinstance(sort, Function)
        slots = [slot for slot, argument in enumerate(sort.arguments) if isinstance(argument, Vector)]
        if len(slots) != 1 and len(sort.arguments) != 1:
            raise Stop("which argument the gradient is taken in is unclear; write \\nabla_x", node)
        return slots[0] if slots else 0

    def named_slot(self, call: terms.Apply, below: Node) -> int | None:
        """The argument that is the variable, or is the variable with a hat, an index or arguments of its own."""
        wanted = spelling(below)
        exact = [slot for slot, argument in enumerate(call.arguments) if argument == Name(wanted or "")]
        near = [slot for slot, argument in enumerate(call.arguments) if bare_letter(argument) == wanted]
        slots = exact or near
        if len(slots) > 1 or wanted is None:
            return None
        if slots and any(wanted in free_names(a) for k, a in enumerate(call.arguments) if k != slots[0]):
            raise Stop(f"{wanted} stands in several arguments; put what is differentiated in brackets", below)
        return slots[0] if slots else None

    def evaluation(self, body: Node, condition: Node) -> Term:
        name, _ = self.condition(condition)
        with self.binding(name, index=False):
            value = self.term(body)
        return self.evaluated(value, condition)

    def evaluated(self, value: Term, condition: Node) -> Term:
        """The value at a point; an undeclared letter, as in ``L|_{w=0}``, depends on w in a way not shown."""
        name, at = self.condition(condition)
        if isinstance(value, Name):
            value = self.dependent(value, [(Name(name), 1)])
        return terms.Evaluate(value, name, self.term(at))

    def condition(self, node: Node) -> tuple[str, Node]:
        if isinstance(node, tree.Relations) and node.signs == ("=",):
            name = spelling(node.items[0])
            if name is not None and isinstance(node.items[0], tree.Symbol | tree.Script):
                return name, node.items[1]
        raise Stop("expected the point of evaluation, such as x = 0", node)


def evaluated_at(value: Term, quantities: list[tuple[str, Term]]) -> Term:
    for name, at in quantities:
        value = terms.Evaluate(value, name, at)
    return value


def starts_with_delta(node: Node) -> bool:
    """``\\delta``, ``\\delta F`` and ``\\delta^2 F``."""
    first = node.factors[0] if isinstance(node, tree.Product) else node
    base = first.base if isinstance(first, tree.Script) and first.subscript is None else first
    return isinstance(base, tree.Symbol) and base.spelling == r"\delta"
