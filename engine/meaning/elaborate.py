"""Elaboration: from a syntax tree to a Term, with the help of the declared context.

Rules, each stated once; those of lists, labels, words, quantifiers and sets stand in :mod:`engine.meaning.clause`.

*Names.* A name is its canonical LaTeX (:func:`engine.reading.tree.spelling`): every subscript and accent in braces,
nothing else, ``\\text`` and ``\\mathrm`` alike ``\\mathrm``. So ``\\hat\\lambda_{MLE}`` is ``\\hat{\\lambda}_{MLE}``,
``x_1`` is ``x_{1}``, ``C_\\text{out}`` is ``C_{\\mathrm{out}}``; :func:`canonical` gives the spelling. A subscripted
name is, in this order: a declared name in full; an :class:`Element` where its base is a declared family, matrix or
vector, or is defined with indices; an element of an inferred family where the subscript holds a summation index; else
one name. ``e`` and ``\\pi`` are constants unless declared or bound, or alone in the brackets of a function that nobody
declared or of a probability: ``p(e \\mid z)``.

*Application.* A declared (or defined) function followed by a bracket is applied to it. ``\\ln`` and its kin take the
bracket that follows, or else the plain factors that follow (``\\ln 2\\pi\\sigma^2``) up to a bracket, a sign, another
function or a big operator. ``\\ln(x)^2`` and ``f(x)^2`` are powers of the value. What an undeclared letter before a
bracket is, :mod:`engine.meaning.undeclared` decides by rules of its own.

A subscript with a label and an index (``n_{\\mathcal{A},k}``, ``\\bar{y}_{i\\bullet}``) is a member of the family with
that label. One index on a matrix that was not declared (``\\Sigma_0``), or one on such a vector where it is transposed
(``x_0^T``), makes a name of its own.

*Inference.* Bold letters, and what is transposed, are vectors, or matrices if capital; so is a capital letter right
after a row vector (also at the end of a bracket there), before the transpose of another, or added to a matrix; a small
one at the end, right after a transpose, an inverse or a matrix of rows, is a vector. So is what a norm is taken of,
what is added to a column or equals one; ``A b`` beside a column is a matrix and a vector. A bold capital with an index
at the end of a row that is added to a number or equals one is a column. A number beside a vector is a Problem.
A letter with an index of a sum is a family; where it stands without one as well, that is another thing.
``x^{(i)}`` is a member of a family, ``x^{(X)}`` and ``\\theta^{new}`` are names. Sizes that must be one are one.
A derivative of something that does not show the variable, and was not declared, is that of a :class:`Dependent`.

*Products.* Juxtaposition binds tighter than ``/``: ``a/bc`` is a/(bc); ``1/2x`` is a Problem. A derivative operator
applies to the bracket that follows, or else to the rest of the product; where its variable stands in the next summand,
that is a Problem. An evaluation bar belongs to the derivative,
or to the factor, right before it. A dot between two columns is their inner product;
a cross or a star there is a Problem.

*Scope.* A sum reaches over following terms while its index is free in them, and the reading says so; where the index
is declared as well, or used before the sum too, that is a Problem. Factors without the index at the end of a product
sign's body stand outside it.

``\\max_x`` and ``\\lim`` reach like sums. ``Σ_{i≠j}`` binds i, and j too where both count and stand in this order.

*Superscripts.* ``\\top`` transposes; ``T`` does unless it is declared or stands alone elsewhere; ``-1`` inverts a
matrix; ``*`` and words belong to the name; all else is a power.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from fractions import Fraction
from functools import lru_cache, partial
from typing import Any, Final, TypeVar, get_args

from engine.meaning import term as terms
from engine.meaning.clause import Clauses, reaching
from engine.meaning.context import Context
from engine.meaning.delta import tree_nodes
from engine.meaning.frozen import frozen
from engine.meaning.held import Held
from engine.meaning.notation import BRACKET_FUNCTIONS, DOTS, OPERATIONS, VARIABLES
from engine.meaning.row import Row
from engine.meaning.scope import Findings
from engine.meaning.shape import SCALAR
from engine.meaning.sort import Real
from engine.meaning.statement import Assertion, Equivalent, Implies, Relation, Sign, Statement
from engine.meaning.stop import Again, Stop
from engine.meaning.term import Name, Number, Term, free_names
from engine.meaning.units import with_known_matrices
from engine.reading import tree
from engine.reading.parser import read
from engine.reading.tree import Node, spelling
from engine.span import Problem

_Result = TypeVar("_Result")
_SIGNS: Final[dict[str, Sign]] = {sign: sign for sign in get_args(Sign)}
_BEHIND_D = tree.Symbol | tree.Script | tree.Group  # of a differential
# Each pass but the last finds something out about a name.
MOST_PASSES = 60
# [F]_a^b says F twice, so that each one inside another doubles what is said.
MOST_DOUBLED = 4


@frozen
class Reading:
    """A term, the context with the inferred declarations added, and what was inferred, in words."""

    term: Term
    context: Context
    inferred: tuple[str, ...]


@frozen
class StatementReading:
    """The relations of a chain ``a = b < c`` (two here); context and ``inferred`` as in :class:`Reading`."""

    relations: tuple[Relation, ...]
    context: Context
    inferred: tuple[str, ...]


def read_term(text: str, context: Context, macros: str = "") -> Reading | Problem:
    """The term that ``text`` says in ``context``.

    >>> from engine.meaning.sort import Real
    >>> reading = read_term(r"N\\ln\\lambda", Context().declare(r"\\lambda", Real()))
    >>> reading.inferred
    ('N ∈ ℝ',)
    """
    node = read(text, macros)
    if isinstance(node, Problem):
        return node
    result = _elaborated(node, context, text, _Elaborator.side)
    return result if isinstance(result, Problem) else Reading(*result)


def read_statement(text: str, context: Context, macros: str = "") -> StatementReading | Problem:
    """The relation, or the chain of relations, that ``text`` says in ``context``.

    >>> reading = read_statement("x + 1 > x \\\\ne 0", Context())
    >>> [relation.sign for relation in reading.relations]
    ['>', '≠']
    """
    node = read(text, macros)
    if isinstance(node, Problem):
        return node
    result = _elaborated(node, context, text, _Elaborator.statement)
    return result if isinstance(result, Problem) else StatementReading(*result)


@frozen
class StatementsReading:
    """What a text states, one statement for each link of a chain; context and ``inferred`` as in :class:`Reading`."""

    statements: tuple[Statement | Assertion, ...]
    context: Context
    inferred: tuple[str, ...]


def read_statements(
    text: str, context: Context, macros: str = "", indices: tuple[str, ...] = (), held: Held = "nothing"
) -> StatementsReading | Problem:
    """What ``text`` states in ``context``, also with signs that no claim can have: ``:= ∼ ∝ ∈ → ⇒ ⇔``.

    ``indices`` are letters that count around it, as the i of a definition ``y_i = a + b x_i`` does; ``held`` is what a
    ∂ holds still (:mod:`engine.meaning.held`).

    >>> for text in (r"X \\sim p", r"a = b \\implies b = a", "a := b"):
    ...     print(type(read_statements(text, Context()).statements[0]).__name__)
    Assertion
    Implies
    Assertion
    """
    node = read(text, macros)
    if isinstance(node, Problem):
        return node
    rule = partial(_Elaborator.under_indices, indices=indices) if indices else _Elaborator.statements
    result = _elaborated(node, context, text, rule, held)
    return result if isinstance(result, Problem) else StatementsReading(*result)


def canonical(text: str) -> str:
    """The canonical spelling of a name; :exc:`ValueError` for a text that is not a name.

    >>> print(canonical(r"\\hat\\lambda_{MLE}"), canonical(r"C_\\text{out}"))
    \\hat{\\lambda}_{MLE} C_{\\mathrm{out}}
    """
    node = read(text)
    name = None if isinstance(node, Problem) else spelling(node)
    if name is None or not isinstance(node, tree.Symbol | tree.Script):
        raise ValueError(f"not a name: {text}")
    return name


def _elaborated(
    node: Node,
    context: Context,
    text: str,
    rule: Callable[[_Elaborator, Node], _Result],
    held: Held = "nothing",
) -> tuple[_Result, Context, tuple[str, ...]] | Problem:
    findings = Findings(held=held)
    try:
        while True:
            elaborator = _Elaborator(context, findings, node)
            try:
                result = with_known_matrices(elaborator, rule(elaborator, node))
                return result, elaborator.enriched(), elaborator.report()
            except Again as again:
                findings.passes += 1
                if findings.passes > MOST_PASSES:
                    raise Stop(f"what {again} is cannot be told from this formula; declare it", node) from None
    except Stop as stop:
        return Problem(stop.message, stop.span, text)
    except RecursionError:  # only where the caller has used up the stack already
        return Problem("nested too deeply to be understood", node.span, text)


def is_differential(node: Node) -> bool:
    """Whether d stands before a letter or a bracket in a product: ``dx``, ``d(xy)``."""
    if not isinstance(node, tree.Product):
        return False
    pairs = zip(node.factors, node.operators, node.factors[1:], strict=False)
    return any(
        isinstance(one, tree.Symbol) and one.spelling == "d" and not sign and isinstance(two, _BEHIND_D)
        for one, sign, two in pairs
    )


class _Elaborator(Clauses):
    """One pass over a tree."""

    def statement(self, node: Node) -> tuple[Relation, ...]:
        if not isinstance(node, tree.Relations):
            raise Stop("expected a relation such as =, <, \\le or \\approx", node)
        sides = [self.term(item) for item in node.items]
        self.check_differentials(node)
        self.check_equal(sides, node.signs)
        self.fit_sum(sides)
        self.check_orders(sides, node)
        pairs = zip(sides, node.signs, sides[1:], strict=False)
        return tuple(Relation(left, self.sign(sign, node), right) for left, sign, right in pairs)

    def statements(self, node: Node) -> tuple[Statement | Assertion, ...]:
        match node:
            case tree.Relations():
                return self.links(node)
            case tree.Logic(items, signs) if set(signs) <= {"⇒", "⇔", "⇐"}:
                return self.arrows(items, signs, node)
            case tree.Logic(items, signs) if set(signs) == {"∧"}:
                return tuple(statement for item in items for statement in self.statements(item))
            case tree.Note(body):
                return self.statements(body)
            case tree.Listing(items, separators):
                return (self.stated(items, separators, node),)
            case _:
                raise Stop("expected a relation such as =, <, \\le or \\approx", node)

    def under_indices(self, node: Node, indices: tuple[str, ...]) -> tuple[Statement | Assertion, ...]:
        with ExitStack() as stack:
            for name in indices:
                stack.enter_context(self.binding(name, index=True))
            return self.statements(node)

    def links(self, node: tree.Relations) -> tuple[Statement | Assertion, ...]:
        """The links of a chain; a note on a sign, such as the ! of a requirement, makes it an assertion."""
        sides = [self.item(item) for item in node.items]
        self.check_differentials(node)
        self.check_equal(sides, node.signs)
        self.check_orders(sides, node)
        for left, sign, right in zip(sides, node.signs, sides[1:], strict=False):
            self.check_membership(left, sign, right)
        links = zip(sides, node.signs, sides[1:], strict=False)
        return tuple([linked(left, sign, right) for left, sign, right in links])

    def check_differentials(self, node: tree.Relations) -> None:
        """``d(x^2) = 2x\\,dx`` is true of differentials only, and ``d(xy) = x\\,dy`` of numbers only."""
        if self.declared("d") or not isinstance(self.inferred.get("d"), Real):
            return
        if all(any(map(is_differential, tree_nodes(item))) for item in node.items):
            raise Stop("d can be a differential or a factor here; declare d, or write \\cdot behind it", node)

    def check_equal(self, sides: Sequence[Term], signs: Sequence[str]) -> None:
        """What equals a column is one: ``\\hat\\beta = (X^T X)^{-1} X^T y``."""
        if self.sizes and set(signs) == {"="}:
            self.check_summands(tuple(sides))

    def stated(self, items: tuple[Node, ...], separators: tuple[str, ...], node: Node) -> Assertion:
        """``H_0: a = b``, ``X, Y ∼ p``, and ``i = 1, …, n``, which says that i is in {1, …, n}."""
        match items:
            case (head, tree.Relations() | tree.Logic() as content) if separators == (":",):
                named = self.named(head, self.item(content), node)
                return Assertion(named.left, named.sign, named.right)
            case (*names, tree.Relations((last, right), (("∼" | "∈") as sign,))) if set(separators) == {","}:
                if all(isinstance(name, tree.Symbol | tree.Script) for name in (*names, last)):
                    return Assertion(terms.Sequence("", self.values((*names, last))), sign, self.item(right))
            case (tree.Relations((tree.Symbol() as index, first), ("=",)), *rest) if set(separators) == {","}:
                if any(isinstance(item, tree.Symbol) and item.spelling in DOTS for item in rest):
                    values = terms.Sequence("{}", self.values((first, *rest)))
                    return Assertion(self.label(index), "∈", values)
        raise Stop("a list stands where one statement is expected", node)

    def arrows(self, items: tuple[Node, ...], signs: tuple[str, ...], node: Node) -> tuple[Statement, ...]:
        """``A ⇒ B ⇔ C`` links each statement to the next one; each must be one relation."""
        found = [self.statements(item) for item in items]
        parts = [statements[0] for statements in found if len(statements) == 1]
        claims = [part for part in parts if not isinstance(part, Assertion)]
        if len(parts) != len(found):
            raise Stop("a chain beside an arrow has two readings; write one relation on each side", node)
        if len(claims) != len(parts):
            raise Stop("beside an arrow, a claim is expected: = ≠ < ≤ > ≥ ≈", node)
        return tuple(_arrow(*link) for link in zip(claims, signs, claims[1:], strict=False))

    def sign(self, sign: str, node: Node) -> Sign:
        if sign in (":=", "≡"):
            raise Stop("this defines a name; a definition belongs into the context, it is no claim", node)
        if sign in _SIGNS:
            return _SIGNS[sign]
        raise Stop(f"a claim with {sign} is not understood; expected =, ≠, <, ≤, >, ≥ or ≈", node)

    # -- terms

    def term(self, node: Node) -> Term:
        if isinstance(node, tree.Symbol):
            return self.name(node.spelling, node)
        if isinstance(node, tree.Number):
            return number(node.text)
        return _RULES.get(type(node), _Elaborator.rarer_term)(self, node)

    def in_a_row(self, node: tree.Product) -> Term:
        return self.product(Row(node.factors, node.operators), node)

    def signed(self, node: tree.Signed) -> Term:
        if node.sign != "-":
            raise Stop(f"{node.sign} has two readings; write one claim for each", node)
        return terms.Negate(self.term(node.operand))

    def fraction(self, node: tree.Fraction) -> Term:
        self.check_functional_derivative(node.numerator, node.denominator)
        return terms.Divide(self.term(node.numerator), self.term(node.denominator))

    def radical(self, node: tree.Root) -> Term:
        radicand = self.term(node.radicand)
        if node.degree is None:
            return terms.Apply("sqrt", (radicand,))
        return terms.Power(radicand, terms.Divide(terms.ONE, self.term(node.degree)))

    def rarer_term(self, node: Node) -> Term:
        match node:
            case tree.Binomial(upper, tree.Listing(items, separators)) if set(separators) == {","}:
                return terms.Apply("multinomial", (self.term(upper), *self.values(items)))
            case tree.Binomial(upper, lower):
                return terms.Apply("binom", (self.counting(upper), self.counting(lower)))
            case tree.Factorial(operand):
                return terms.Apply("factorial", (self.counting(operand),))
            case tree.Derivative(numerator) if numerator is not None:
                return self.derivative(node, numerator)
            case tree.Evaluation(body, condition):
                return self.evaluation(body, condition)
            case tree.Matrix(environment, rows):
                return self.matrix(environment, rows, node)
            case tree.Derivative():
                raise Stop("expected something to differentiate after this operator", node)
            case tree.Bar():
                raise Stop("expected what is evaluated before this bar", node)
            case tree.Relations():
                raise Stop("a relation stands where a value is expected", node)
            case tree.Listing():
                raise Stop("a list stands where one value is expected", node)
            case _:
                return self.later_term(node)

    def later_term(self, node: Node) -> Term:
        match node:
            case tree.Operation(operator, operands) if operator in OPERATIONS:
                values = tuple(map(self.term, operands))
                self.check_operator(OPERATIONS[operator], values, node)
                return terms.Apply(OPERATIONS[operator], values)
            case tree.Cases(rows):
                return terms.Cases(tuple((self.term(value), self.case(where, node)) for value, where in rows))
            case tree.Interval(opening, lower, upper, closing):
                return terms.Sequence(opening + closing, (self.term(lower), self.term(upper)))
            case tree.Note(body):
                return self.term(body)
            case tree.MultipleIntegral(sign, variables, region, None, body) if "o" not in sign and body is not None:
                if len(variables) < sign.count("i"):
                    raise Stop("expected a differential for each of these integral signs", node)
                return self.iterated(variables, region, body, node)
            case tree.BigOperation():
                return self.big_operation(node)
            case tree.Between(body, lower, upper) if body is not None:
                return self.between(self.term(body), lower, upper, node)
            case _:
                raise Stop("this has no value that is understood here", node)

    def case(self, where: Node | None, node: Node) -> Term | None:
        """The condition of a branch; ``None`` for "otherwise"."""
        match where:
            case tree.Words(text) if "otherwise" in text or "else" in text:
                return None
            case tree.Clauses((condition,), (word,)) if word.strip() in ("if", "for", "when", "falls", "wenn", ","):
                return self.item(condition)
            case tree.Clauses() | tree.Words() | None:
                raise Stop("the condition of this case is not understood", where or node)
            case _:
                return self.item(where)

    def iterated(
        self, variables: tuple[tuple[Node, Node | None], ...], region: Node | None, body: Node, node: Node
    ) -> Term:
        """One integral in each variable, the first innermost, where all are bound and the region is a condition."""
        names = [spelling(variable) for variable, power in variables if power is None]
        if len(names) != len(variables) or None in names:
            raise Stop("expected the variables of integration", node)
        with ExitStack() as stack:
            for name in names:
                stack.enter_context(self.binding(name or "", index=False))
            value = self.term(body)
            where = None if region is None else self.region(region, tuple(name or "" for name in names))
        for place, name in enumerate(names):
            value = terms.Over("int", name or "", None if place else where, value)
        return value

    def region(self, region: Node, names: tuple[str, ...]) -> Term:
        """``\\iint_{x \\le y}`` and ``\\iint_S``: what the point in the order of the differentials must meet."""
        if isinstance(region, tree.Relations):
            return self.comparison(region)
        return terms.Comparison(terms.Sequence("()", tuple(map(Name, names))), "∈", self.label(region))

    def between(self, value: Term, lower: Node, upper: Node, node: Node) -> Term:
        """``[F]_a^b``: F at b minus F at a, in the one variable of F that the bounds do not have."""
        if evaluations_inside(value) >= MOST_DOUBLED:
            raise Stop(f"more than {MOST_DOUBLED} values between bounds inside each other; name the inner ones", node)
        if isinstance(lower, tree.Relations):
            name, low = self.condition(lower)
            ends = (self.term(low), self.term(upper.items[1] if isinstance(upper, tree.Relations) else upper))
        else:
            ends = (self.term(lower), self.term(upper))
            taken = free_names(ends[0]) | free_names(ends[1])
            found = [n for n in free_names(value) - taken if n in VARIABLES and not self.declared(n)]
            if len(found) > 1:  # by parts: the variable of the integral beside it
                found = [name for name in found if name in integrated(self.root)]
            if len(found) != 1:
                raise Stop("the variable between these bounds is unclear; write x=a and x=b", node)
            name = found[0]
            self.note(f"the bounds are values of {name}")
        return terms.Add((terms.Evaluate(value, name, ends[1]), terms.Negate(terms.Evaluate(value, name, ends[0]))))

    def group(self, node: tree.Group) -> Term:
        function = BRACKET_FUNCTIONS.get(node.kind)
        if node.kind == r"\|":
            return self.norm(node, None)
        if node.kind == r"\langle":
            return self.angles(node, None)
        if isinstance(node.content, tree.Listing) and node.kind in ("(", "[", r"\{"):
            return self.sequence(node, node.content)
        if isinstance(node.content, tree.Relations) and node.kind == "[":
            return self.iverson(node.content)
        if isinstance(node.content, tree.Relations | tree.Clauses | tree.Logic):
            return self.item(node.content)
        value = self.term(node.content)
        if function is None:
            return value
        return terms.Apply(self.bars(value, node) if function == "abs" else function, (value,))

    def bars(self, value: Term, node: Node) -> str:
        """What bars mean: the determinant of a matrix, the size of a set, or else the absolute value."""
        shape = self.shape(value)
        if shape == SCALAR:
            self.check_bars(value, node)
            inferred = isinstance(value, Name) and value.name in self.inferred
            return "card" if inferred and isinstance(value, Name) and value.name.startswith(r"\mathcal") else "abs"
        if shape == (True, True):
            return "det"
        raise Stop("bars around a vector: write a norm", node)

    def norm(self, node: tree.Group, kind: Node | None) -> Term:
        value = self.term(node.content)
        if self.shape(value) == SCALAR and not self.is_applied(value):
            self.settle(value)
        return terms.Apply("norm", (value,) if kind is None else (value, self.label(kind)))

    def is_applied(self, value: Term) -> bool:
        """Whether one of the names in it is a function elsewhere: ``\\|f\\|`` beside ``f(x)``."""
        return any(self.before_bracket(name) for name in free_names(value))

    def angles(self, node: tree.Group, below: Node | None) -> Term:
        """``⟨x, y⟩`` is an inner product, ``⟨x⟩`` an expectation."""
        subscript = None if below is None else self.label(below)
        match node.content:
            case tree.Listing((first, second)) if below is None:
                return terms.Apply("inner", (self.term(first), self.term(second)))
            case tree.Listing():
                raise Stop("expected one item or two between angle brackets", node)
            case content:
                return terms.Functional("E", (self.term(content),), (), subscript)

    def sequence(self, node: tree.Group, content: tree.Listing) -> Term:
        if node.kind == r"\{" and content.separators[0] in ("|", ":"):
            return self.built_set(content)
        if any(separator not in (",", ";") for separator in content.separators):
            raise Stop("a bar in a list is understood behind a function only", node)
        brackets = {"(": "()", "[": "[]", r"\{": "{}"}[node.kind]
        return terms.Sequence(brackets, tuple(self.item(item) for item in content.items))

    def item(self, node: Node) -> Term:
        if type(node) not in _NO_VALUES:
            return self.term(node)
        match node:
            case tree.Relations():
                whole = reaching(node)
                return self.comparison(whole) if isinstance(whole, tree.Relations) else self.term(whole)
            case tree.Listing(items, separators) if set(separators) <= {",", ";"}:
                return terms.Sequence("", tuple(self.item(item) for item in items))
            case tree.Listing(separators=(":",)):
                raise Stop("a colon inside brackets is not understood", node)
            case tree.Listing():
                return self.listed(node)
            case tree.Clauses():
                return self.clause(node)
            case tree.Placeholder(sign):
                return Name(sign)
            case tree.Logic(items, signs) if set(signs) in ({"∧"}, {"∨"}):
                return terms.Apply("and" if "∧" in signs else "or", tuple(self.item(item) for item in items))
            case _:
                return self.term(node)

    def comparison(self, node: tree.Relations) -> Term:
        """``a < X < b`` is ``(a < X) < b`` here: one condition, read from the left."""
        value = self.term(node.items[0])
        for sign, item in zip(node.signs, node.items[1:], strict=True):
            right = self.term(item)
            self.check_membership(value, sign, right)
            if sign == "=":
                self.check_random_vector(value, right)
            value = terms.Comparison(value, sign, right)
        return value

    def label(self, node: Node) -> Term:
        """What stands below a norm or an expectation: a name that is nobody's number, a law, or a term."""
        name = spelling(node)
        self.has_labels = True
        if name is not None and isinstance(node, tree.Symbol | tree.Script) and not self.declared(name):
            return Name(name)
        return self.item(node)

    def matrix(self, environment: str, rows: tuple[tuple[Node, ...], ...], node: Node) -> Term:
        value = terms.Matrix(tuple(tuple(self.term(cell) for cell in row) for row in rows))
        if environment == "vmatrix":
            return terms.Apply("det", (value,))
        if environment == "Vmatrix":
            raise Stop("the norm of a matrix is not understood yet", node)
        return value


# The nodes that are met most often; the others are told apart by what stands in them.
_RULES: Final[dict[type, Callable[[_Elaborator, Any], Term]]] = {
    tree.Script: _Elaborator.script,
    tree.Product: _Elaborator.in_a_row,
    tree.Addition: _Elaborator.addition,
    tree.Signed: _Elaborator.signed,
    tree.Group: _Elaborator.group,
    tree.Fraction: _Elaborator.fraction,
    tree.Root: _Elaborator.radical,
    tree.Big: _Elaborator.big,
    tree.Integral: _Elaborator.integral,
}
# What may stand in a list of arguments, or beside a connective, and has no value.
_NO_VALUES: Final = frozenset((tree.Relations, tree.Listing, tree.Clauses, tree.Placeholder, tree.Logic))


def linked(left: Term, sign: str, right: Term) -> Relation | Assertion:
    known = _SIGNS.get(sign)
    return Assertion(left, sign, right) if known is None else Relation(left, known, right)


def integrated(root: Node) -> set[str | None]:
    """The variables of the integrals in a formula."""
    waiting, found = [root], set[str | None]()
    while waiting:
        part = waiting.pop()
        found |= {spelling(part.variable)} if isinstance(part, tree.Integral) else set()
        waiting.extend(tree.children(part))
    return found


def evaluations_inside(value: Term) -> int:
    """How many evaluations stand inside each other in the value; those beyond :data:`MOST_DOUBLED` are not counted."""
    most = 0
    waiting = [(value, 0)]
    while waiting:
        part, count = waiting.pop()
        count += isinstance(part, terms.Evaluate)
        most = max(most, count)
        if count < MOST_DOUBLED:
            waiting.extend((child, count) for child in terms.children(part))
    return most


@lru_cache(maxsize=256)
def number(text: str) -> Number:
    """The literal of digits as they were typed.

    >>> number("0.50")
    Number(value=Fraction(1, 2), places=2)
    """
    whole, _, decimals = text.partition(".")
    if not decimals:
        return Number(Fraction(int(whole)))
    return Number(Fraction(int(whole + decimals), 10 ** len(decimals)), len(decimals))


def _arrow(left: Statement, sign: str, right: Statement) -> Statement:
    if sign == "⇔":
        return Equivalent(left, right)
    return Implies(left, right) if sign == "⇒" else Implies(right, left)
