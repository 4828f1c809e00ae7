r"""Functions that nobody declared, and quantities of random variables.

An undeclared symbol before a bracket is, by the first rule that fits:

1. bound around here (an index, a variable of integration): a factor;
2. a quantity of random variables (``\mathbb{E}``, ``\mathrm{Var}``, ``P``, ``\mathrm{KL}`` ...): that quantity;
3. before a list, a bar or a relation: applied; a word or a calligraphic letter: applied;
4. in its own bracket (``p(1-p)``): a factor; but where it stands there only before further brackets (``f(f(x))``), a
   letter of :data:`FUNCTION_LETTERS` is applied, and another one is a Problem;
5. a letter of :data:`FUNCTION_LETTERS`: applied, but before a sum a factor where the letter stands alone elsewhere, and
   a Problem for ``p q u v`` before ``1 - ...``;
6. before a sum, product or number: a factor (a Problem for ``\sigma`` and ``\pi``, which are functions as often; but
   ``\sigma(w^T x)``, where a factor would need no bracket, is applied);
7. before a lone name, or one function applied: applied, but a Problem for letters that stand alone elsewhere, or that
   mostly count or scale and stand before another letter than ``s t u v w x y z``, unless capitals below tell them as in
   ``\rho_{ACC}(m)`` or ``\rho_G(M)``.

What was taken for a function is reported.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final, Literal

from engine.meaning import term as terms
from engine.meaning.application import Applications
from engine.meaning.delta import relations_in, tree_nodes
from engine.meaning.naming import is_capital, is_mark
from engine.meaning.notation import (
    CONSTANTS,
    EXPECTATION,
    FUNCTION_LETTERS,
    FUNCTIONALS,
    FUNCTIONS_BY_LETTER,
    INDICATORS,
    LETTER_INDICATORS,
    LETTERS_TOO,
    MEMBER,
    STYLED,
    TRANSPOSES,
    WORDS_FOR,
    bare_letter,
    letter_of,
)
from engine.meaning.reach import free_symbols
from engine.meaning.row import Row, bracket_of, is_bracket_index, parts, without_above
from engine.meaning.scope import vector_of
from engine.meaning.shape import SCALAR
from engine.meaning.sort import REAL, Family, Function, Integer, MatrixOf, Real, Vector
from engine.meaning.stop import Again, Stop
from engine.meaning.term import Element, Name, Term
from engine.reading import tree
from engine.reading.tree import Node, spelling

_MEASURES: Final = {"E": "E", "P": "P", r"\Pr": "P", r"\mathbb{V}": "Var"}
_BOLD_MATRICES: Final = frozenset((r"\mathbf{H}", r"\mathbf{V}", r"\mathbf{I}"))  # and no entropies or variances
_EXPECTATIONS: Final = frozenset(("E", EXPECTATION, r"\mathbb{E}", r"\mathrm{E}", r"\mathds{E}", r"\operatorname{E}"))
# What stands beside the digamma function: its letter, ψ, means other things elsewhere.
_NEAR_GAMMA: Final = frozenset(
    (r"\Gamma", r"\ln", r"\log", r"\gamma", r"\mathrm{B}", r"\operatorname{B}", r"\operatorname{trigamma}")
) | frozenset((r"\mathrm{digamma}", r"\operatorname{digamma}", r"\mathrm{trigamma}", r"\mathrm{ln}", r"\mathrm{log}"))
_LETTERS_FOR: Final = {terms.E: "e", terms.PI: r"\pi"}
_SCALES: Final = frozenset(
    (*"abcdijklmnorNMKT", *(rf"\{name}" for name in "alpha beta gamma delta epsilon varepsilon eta theta".split()))
) | frozenset(rf"\{name}" for name in "kappa lambda mu nu rho tau omega xi zeta".split())
_MAPS: Final = frozenset("fgh")
_OWN_LABELS: Final = frozenset((("KL", "K*L"), ("KL", "KL"), ("KL", r"\mathrm{KL}")))  # D_{KL} is the divergence itself
_EITHER: Final = frozenset((r"\sigma", r"\pi"))
_PROBABILITIES: Final = frozenset("pquv")
ARGUMENTS: Final = frozenset((*"stuvwxyz", *"XYZ", r"\omega"))
_DENSITIES: Final = frozenset("pq")
_WORD_STYLES: Final = (r"\mathrm", r"\mathsf", r"\operatorname", r"\mathcal", r"\mathbb", r"\mathscr", r"\mathfrak")
Choice = Literal["apply", "multiply"]


class Undeclared(Applications):
    """Reads functions and quantities that are known by their look only."""

    # -- quantities of random variables

    def quantity(self, node: tree.Symbol | tree.Script, follower: Node | None) -> str | None:
        """The quantity of random variables that ``node`` names before ``follower``."""
        base, below, primes, above = parts(node)
        if base is None or primes or self.declared(base) or (above is not None and not isinstance(above, tree.Number)):
            return None
        bracket = bracket_of(follower)
        if base == EXPECTATION:
            self.note(rf"{EXPECTATION} is not defined and taken for the expectation")
            return "E"
        styled = STYLED.fullmatch(base) if "{" in base else None
        if base in INDICATORS and bracket is not None:
            return "indicator" if below is None or is_set(below) else None
        if base in LETTER_INDICATORS and below is None and bracket is not None and relations_in(bracket) is not None:
            return "indicator"
        if styled is not None and styled[1] in FUNCTIONALS and base not in _BOLD_MATRICES:
            return FUNCTIONALS[styled[1]] if bracket is not None or styled[1] not in LETTERS_TOO else None
        if bracket is None:
            return "E" if self.is_outer(node, follower) else None
        if divergence(bracket.content):
            return "KL" if base in ("D", "K", r"\mathcal{D}") else base
        return None if base in self.findings.sorts else _MEASURES.get(base)

    def before_bracket(self, name: str) -> bool:
        """Whether the letter stands before a bracket somewhere in the formula."""
        waiting = [self.root]
        while waiting:
            part = waiting.pop()
            for head, follower in pairwise(part.factors) if isinstance(part, tree.Product) else ():
                if spelling(head) == name and bracket_of(follower) is not None:
                    return True
            waiting.extend(tree.children(part))
        return False

    def is_outer(self, node: Node, follower: Node | None) -> bool:
        """``E_X E_{Y \\mid X}[f]``: the outer one of two expectations, typed as letters."""
        if not isinstance(node, tree.Script) or not isinstance(follower, tree.Symbol | tree.Script):
            return False
        base, below, primes, above = parts(node)
        if base != "E" or below is None or primes or above is not None or "E" in self.findings.sorts:
            return False
        return not self.settled(node) and parts(follower)[0] in _EXPECTATIONS and not self.settled(follower)

    def check_run(self, row: Row, place: int) -> None:
        """``GE_n(x)``: a capital letter that touches an E, and stands nowhere else, can be one name with it."""
        node, before = row.factors[place], row.factors[place - 1] if place else None
        follower = row.joined(place + 1)
        if not isinstance(before, tree.Symbol) or row.operators[place - 1] or not is_capital(before.spelling):
            return
        base = parts(node)[0] if isinstance(node, tree.Symbol | tree.Script) else None
        touching = len(before.spelling) == 1 and before.span.end == node.span.start
        if base not in _MEASURES or not touching or not isinstance(follower, tree.Group) or follower.kind != "(":
            return
        if not self.declared(before.spelling) and list(symbols_in(self.root)).count(before.spelling) == 1:
            word = before.spelling + (base or "")
            raise Stop(f"{word} can be one name or a product; write \\operatorname{{{word}}} or \\cdot", before)

    def functional(self, row: Row, place: int, operator: str) -> tuple[Term, int]:
        node, follower = row.factors[place], row.joined(place + 1)
        self.check_run(row, place)
        _, below, _, above = parts(node) if isinstance(node, tree.Symbol | tree.Script) else (None, None, 0, None)
        group = bracket_of(follower)
        if group is not None:
            if isinstance(group.content, tree.Group) and isinstance(group.content.content, tree.Number):
                raise Stop("this can be a number or the number of a formula; write the number without brackets", group)
            arguments, given = self.arguments(group.content)
            self.check_constants((*arguments, *given))
            end = place + 2
        elif follower is None:
            raise Stop("this quantity needs an argument", node)
        else:
            value, end = self.bare_operand(row, place + 1)
            arguments, given = (value,), ()
        subscript = None if below is None or (operator, spelling(below)) in _OWN_LABELS else self.names_below(below)
        if operator == "indicator":
            if len(arguments) != 1 or given:
                raise Stop("an indicator takes one condition", node)
            self.has_labels = True
            inside = arguments[0] if subscript is None else terms.Comparison(arguments[0], "∈", subscript)
            value = terms.Apply("indicator", (inside,))
        else:
            if operator == "P":
                self.check_events((*arguments, *given))
            elif terms.Apply in map(type, arguments) and any(map(is_without, arguments)):
                raise Stop("this can be a difference of sets or one variable without what another explains", node)
            value = terms.Functional(operator, arguments, given, subscript)
        if above is not None:
            value = self.function_power(value, above)
        return self.scripts_of_call(value, follower) if group is not None and isinstance(
            follower, tree.Script
        ) else value, end

    def check_constants(self, arguments: Sequence[Term]) -> None:
        """``p(e \\mid z)``, ``P(E = e)``, ``L(\\pi, c)``: a lone e or π there is a name, where none is a constant."""
        for argument in arguments:
            if type(argument) is terms.Comparison:
                self.check_constants((argument.left, argument.right))
            elif type(argument) is terms.Constant and (name := _LETTERS_FOR.get(argument, "")):
                self.check_constant(name)

    def check_constant(self, name: str) -> None:
        """A name, where e has no power anywhere, and π stands out of its company."""
        powers = (node for node in tree_nodes(self.root) if isinstance(node, tree.Script) and node.superscript)
        known = self.in_company() if name == r"\pi" else any(spelling(node.base) == name for node in powers)
        if not known:
            raise self.again(name, REAL)

    def names_below(self, below: Node) -> Term:
        """What stands below a quantity; ``\\mathbb{E}_{xy}`` is one in x and y, and not in their product."""
        items = below.items if isinstance(below, tree.Listing) and set(below.separators) == {","} else (below,)
        names = [name for item in items for name in letters_beside(item)]
        return self.label(below) if len(names) == len(items) else terms.Sequence("", tuple(map(self.label, names)))

    @staticmethod
    def check_given(content: Node) -> None:
        """``P(y = 1 \\;|_{x = 2})``: a condition, or the value of 1 where x is 2."""
        for item in content.items if isinstance(content, tree.Relations | tree.Listing) else (content,):
            if type(item) is not tree.Product or type(item.factors[-1]) is not tree.Bar:
                continue
            if not isinstance(item.factors[-2], tree.Derivative):
                both = "this bar can lead to a condition or to the point of evaluation"
                raise Stop(rf"{both}; write \mid for the condition, or brackets around the value", item.factors[-1])

    def arguments(self, content: Node) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
        """The arguments before the bar and those after it; semicolons and double bars make groups of each part."""
        self.check_given(content)
        if not isinstance(content, tree.Listing):
            return (self.item(content),), ()
        bar = content.separators.index("|") if "|" in content.separators else len(content.separators)
        before = self.grouped(content.items[: bar + 1], content.separators[:bar])
        after = self.grouped(content.items[bar + 1 :], content.separators[bar + 1 :])
        return before, after

    def grouped(self, items: tuple[Node, ...], separators: tuple[str, ...]) -> tuple[Term, ...]:
        values = [self.item(item) for item in items]
        if all(separator == "," for separator in separators):
            return tuple(values)
        groups: list[list[Term]] = [values[:1]]
        for separator, value in zip(separators, values[1:], strict=True):
            if separator == ",":
                groups[-1].append(value)
            else:
                groups.append([value])
        if all(len(group) == 1 for group in groups):
            return tuple(values)
        return tuple(terms.Sequence("", tuple(group)) if len(group) > 1 else group[0] for group in groups)

    # -- undeclared functions

    def is_call(self, node: tree.Symbol | tree.Script, follower: Node | None) -> bool:
        group = bracket_of(follower)
        if group is None:
            return False
        known = not self.settled(node) and self.quantity(node, follower) is not None
        return known or self.applies(node, follower, group)

    def applies(self, node: tree.Symbol | tree.Script, follower: Node | None, group: tree.Group) -> bool:
        """Whether a symbol that is no quantity is applied to the bracket ``group``, on which scripts may stand."""
        if self.settled(node):
            return self.is_bound_function(node, group)
        return self.choice(node, group, follower is group) == "apply"

    def is_bound_function(self, node: tree.Symbol | tree.Script, group: tree.Group) -> bool:
        """``\\min_{f \\in H} f(x)``: what runs over functions, and no range, is applied to what is no sum."""
        if not isinstance(node, tree.Symbol) or node.spelling not in _MAPS & self.indices.keys() - self.spans.keys():
            return False
        return node.spelling not in self.findings.sorts and (
            isinstance(group.content, tree.Listing) or is_point(group.content)
        )

    def settled(self, node: tree.Symbol | tree.Script) -> bool:
        """Whether declarations say what the symbol is."""
        if isinstance(node, tree.Symbol):
            return self.declared(node.spelling)
        base = parts(node)[0]
        name = spelling(without_above(node))
        return base is None or self.declared(base) or (name is not None and self.declared(name))

    def choice(self, node: tree.Symbol | tree.Script, group: tree.Group, bare: bool) -> Choice:
        """Whether an undeclared symbol before a bracket is applied or a factor: the rules 1 and 3 to 7 above.

        ``bare``: nothing stands on the bracket, so that around a product or a name a factor would not need it.
        """
        base, below, primes, above = parts(node)
        name = spelling(without_above(node))
        content = without_brackets(group.content)
        if base is None or name is None or base in self.bound or name in self.bound or base == EXPECTATION:
            return "multiply"
        if isinstance(content, tree.Listing | tree.Relations) or base.startswith(_WORD_STYLES):
            return "apply"
        if isinstance(self.findings.sorts.get(name), MatrixOf):
            return "multiply"
        letter = letter_of(base)
        if name in self.findings.functions or isinstance(self.sort(name), Function):
            return "apply"
        if below is not None and base + MEMBER in self.findings.functions:
            return "apply"
        if only_applied(name, content):
            if letter in FUNCTION_LETTERS:
                return self.function_letter(node, letter, name, content)  # f(f(x))
            raise self.open_choice(name, node)
        if name in free_symbols(content) | self.names_in(content) or (base in CONSTANTS and self.is_number(base)):
            return "multiply"
        if is_law(node):
            return "apply"
        if isinstance(above, tree.Number):
            if letter not in FUNCTION_LETTERS:
                self.factored.add(name)
            return "apply" if letter in FUNCTION_LETTERS else "multiply"
        if isinstance(content, tree.Addition) and is_transpose(above):
            return "multiply"  # g^T (x - y)
        if letter in FUNCTION_LETTERS or primes:
            return self.function_letter(node, letter, name, content)
        if not is_point(content) and not self.is_one_call(content):
            if letter in _EITHER and not self.alone(name):
                if bare and letter == r"\sigma" and is_predictor(content):
                    return "apply"
                raise self.open_choice(name, node)
            self.factored.add(name)
            return "multiply"
        if letter in free_symbols(content):
            raise self.open_choice(name, node)
        told = is_argument(content) or (bare and is_labelled(below, content))
        if self.alone(name) or (letter in _SCALES and not told):
            raise self.open_choice(name, node)
        return "apply"

    def is_number(self, name: str) -> bool:
        """Whether the letter of a constant stands for it; before brackets, one with a prime elsewhere is a function."""
        return name not in _EITHER and not (self.varies(name) and not self.alone(name))

    def is_one_call(self, content: Node) -> bool:
        """``f(x)`` alone in a bracket."""
        if not isinstance(content, tree.Product) or len(content.factors) != 2 or any(content.operators):
            return False
        head, follower = content.factors
        if not isinstance(head, tree.Symbol | tree.Script) or self.quantity(head, follower) is not None:
            return False
        return self.is_call(head, follower)

    def function_letter(self, node: Node, letter: str, name: str, content: Node) -> Choice:
        if not isinstance(content, tree.Addition):
            return "apply"
        if self.alone(name):
            return "multiply"
        if letter in _PROBABILITIES and (isinstance(content.terms[0], tree.Number) or self.holds_quantity(content)):
            raise self.open_choice(name, node)
        return "apply"

    def holds_quantity(self, content: Node) -> bool:
        """Whether an expectation or its kin stands in a bracket: no density is taken at one."""
        waiting = [content]
        while waiting:
            node = waiting.pop()
            for head, follower in pairwise(node.factors) if isinstance(node, tree.Product) else ():
                if isinstance(head, tree.Symbol | tree.Script) and self.quantity(head, follower) is not None:
                    return True
            waiting.extend(tree.children(node))
        return False

    def names_in(self, content: Node) -> set[str]:
        """The subscripted names in a bracket: ``x_i(1 - x_i)`` has its own head in it."""
        found: set[str] = set()
        waiting: list[Node] = [] if isinstance(content, tree.Symbol) else [content]
        while waiting:
            node = waiting.pop()
            if isinstance(node, tree.Script) and node.subscript is not None:
                found.add(spelling(without_above(node)) or "")
            waiting.extend(tree.children(node))
        return found

    @staticmethod
    def open_choice(name: str, node: Node) -> Stop:
        return Stop(f"{name}(...) can be a function applied or a product; declare {name}, or write \\cdot", node)

    def inferred_call(self, row: Row, place: int) -> tuple[Term, int]:
        """An undeclared function applied: what it is applied to, and what stands on it and behind it."""
        node, follower = row.factors[place], row.joined(place + 1)
        group = bracket_of(follower)
        assert isinstance(node, tree.Symbol | tree.Script) and group is not None
        base, below, primes, above = parts(node)
        self.check_semicolons(base or "", group.content)
        arguments, given = map(ungrouped, self.arguments(group.content))
        self.check_constants((*arguments, *given))
        power: Node | None = None
        if isinstance(above, tree.Number) and not is_law(node):
            power, above = above, None
        function = self.function_of(node, base or "", below, above)
        value = self.applied(function, primes, arguments, given, node)
        if power is not None:
            value = self.function_power(value, power)
        return self.scripts_of_call(value, follower) if isinstance(follower, tree.Script) else value, place + 2

    def check_semicolons(self, base: str, content: Node) -> None:
        """``I(X; Y, Z)`` beside ``I(X, Y; Z)``: a semicolon that moves says something."""
        if not isinstance(content, tree.Listing) or ";" not in content.separators:
            return
        places = tuple(place for place, sign in enumerate(content.separators) if sign == ";")
        key = f"{base} {len(content.items)}"
        if self.semicolons.setdefault(key, places) != places:
            raise Stop(f"{base}(...) has its semicolon at two places, and may mean two things; declare {base}", content)

    def function_of(self, node: tree.Symbol | tree.Script, base: str, below: Node | None, above: Node | None) -> Term:
        """The function's name, or the member of a family of functions: ``f_i``, ``p_\\theta``, ``h^{(l)}``."""
        if above is not None and is_bracket_index(above) and isinstance(node, tree.Script):
            return self.script(replace(node, primes=0))
        name = base if below is None else f"{base}_{{{spelling(below)}}}"
        mark = "" if above is None else spelling(above)
        if mark is None:
            raise Stop("what stands above this function is not understood", node)
        if below is not None and self.speaks_of_values(below):
            family = f"{base}^{{{mark}}}" if mark else base
            self.check_index_free(family, node)
            indices = tuple(self.function_index(item) for item in subscripts(below))
            if any(map(computes, indices)):
                raise Stop("a subscript on a function that is neither a name nor an index", below)
            return Element(family, indices)
        if below is not None and spelling(below) is None:
            raise Stop("a subscript on a function that is not a name", node)
        if mark:
            name += f"^{{{mark}}}"
        self.check_index_free(name, node)
        return Name(name)

    def function_index(self, item: Node) -> Term:
        """``v_\\pi(s)`` is the value of the policy π: below a function no constant is meant."""
        constant = isinstance(item, tree.Symbol) and item.spelling in CONSTANTS and not self.declared(item.spelling)
        return Name(item.spelling) if constant and isinstance(item, tree.Symbol) else self.item(item)

    def speaks_of_values(self, below: Node) -> bool:
        """A subscript with a small letter can vary (``p_\\theta``, ``f_i``); capitals, words and digits label."""
        if isinstance(below, tree.Product) and len(below.factors) > 2:
            return any(symbol in self.bound for symbol in plain_symbols(below))
        return any(symbol in self.bound or symbol[:1] == "\\" or symbol.islower() for symbol in plain_symbols(below))

    def applied(
        self, function: Term, primes: int, arguments: tuple[Term, ...], given: tuple[Term, ...], node: Node
    ) -> Term:
        if not isinstance(function, Name):
            if primes:
                raise Stop("a prime on an indexed function is not understood", node)
            self.apply_members(function)
            self.note("an indexed letter before a bracket is taken for a function")
            return terms.Call(function, arguments, given)
        if primes and function.name == r"\pi":  # another policy, and no derivative
            function, primes = Name(function.name + "'" * primes), 0
        name = function.name
        if name in self.bound:
            self.note(f"{name} is taken for a function")
            return terms.Call(function, arguments, given)
        if name in self.factored:
            self.findings.functions.add(name)
            raise Again(name)
        sorts = tuple(self.argument_sort(argument) for argument in arguments)
        if given or name in self.findings.overloaded or None in sorts or (primes and len(arguments) != 1):
            if primes:
                function = Name(name + "'" * primes)
            self.note(f"{name} is taken for a function, told apart by its arguments")
            self.findings.functions.add(name)
            return terms.Call(function, arguments, given)
        if (by_letter := self.by_letter(name, primes, arguments, sorts, node)) is not None:
            return by_letter
        known = self.inferred.get(name)
        wanted = Function(tuple(sort for sort in sorts if sort is not None), self.result_look(name))
        if isinstance(known, Function) and known != wanted or self.is_another_density(name, arguments):
            self.findings.overloaded.add(name)
            self.findings.sorts.pop(name, None)
            raise Again(name)
        if known is not None and not isinstance(known, Function | Real):
            raise Stop(f"{name} stands here as a function and as something else; declare it", node)
        self.infer(name, wanted, node)
        if not primes:
            return terms.Apply(name, arguments)
        return terms.FunctionDerivative(name, 0, primes, arguments)

    def speaks_of_gamma(self, name: str) -> bool:
        """Whether the formula takes logarithms or Γ, or the letter at two places, as laws of digamma do."""
        found = list(symbols_in(self.root))
        return found.count(name) > 1 or not _NEAR_GAMMA.isdisjoint(found)

    def by_letter(
        self,
        name: str,
        primes: int,
        arguments: tuple[Term, ...],
        sorts: tuple[Real | Vector | MatrixOf | None, ...],
        node: Node,
    ) -> Term | None:
        """``\\psi(x)``, ``\\Phi(x)``, ``\\mathrm{B}(a, b)`` of numbers, where the letter stands for nothing else."""
        function, count = FUNCTIONS_BY_LETTER.get(name, ("", 0))
        if count != len(sorts) or not all(isinstance(sort, Real) for sort in sorts):
            return None
        if self.alone(name) or name in self.inferred:
            return None
        if primes and count != 1:
            return None
        if function == "digamma" and not self.speaks_of_gamma(name):
            raise Stop(f"{name}(...) can be the digamma function or another one; write \\operatorname{{digamma}}", node)
        self.note(f"{name} is taken for {WORDS_FOR[function]}; declare it to mean something else")
        if not primes:
            return terms.Apply(function, arguments)
        if function == "digamma":
            return terms.FunctionDerivative(function, 0, primes, arguments)
        at = terms.fresh_name("t", terms.free_names(arguments[0]))
        slope = terms.Derivative(terms.Apply(function, (Name(at),)), Name(at), primes)
        return terms.Evaluate(slope, at, arguments[0])

    def apply_members(self, function: Term) -> None:
        """Where one member of a family is a function, the others are."""
        base = function.family.split("^{")[0] if isinstance(function, Element) else ""
        self.findings.functions.add(base + MEMBER)
        if any(name.startswith(base + "_{") for name in self.factored):
            raise Again(base)

    def is_another_density(self, name: str, arguments: tuple[Term, ...]) -> bool:
        """``p(x)`` and ``p(y)`` are two densities."""
        if name not in _DENSITIES:
            return False
        letters = tuple(bare_letter(argument) or "" for argument in arguments)
        return self.densities.setdefault(name, letters) != letters

    def result_look(self, name: str) -> Real | Vector:
        bold = name.startswith(r"\mathbf") or name + MEMBER in self.findings.sorts
        return vector_of(name) if bold else REAL

    def argument_sort(self, argument: Term) -> Real | Vector | MatrixOf | None:
        """The sort of what a function is applied to; ``None`` where the formula does not tell."""
        match argument:
            case Name():
                sort = self.sort(argument.name)
                if sort is None or isinstance(sort, Real | Vector | MatrixOf):
                    return REAL if sort is None else sort
                return None if isinstance(sort, Function) else REAL
            case Element(family) if isinstance(held := self.sort(family), Family) and not isinstance(
                held.element, Integer
            ):
                return held.element
            case terms.Comparison() | terms.Sequence() | terms.Dots():
                return None
            case _:
                return REAL if self.shape(argument) == SCALAR else None


def symbols_in(root: Node) -> Iterator[str]:
    """Every symbol of a tree, as often as it stands there."""
    waiting = [root]
    while waiting:
        part = waiting.pop()
        if isinstance(part, tree.Symbol):
            yield part.spelling
        waiting.extend(tree.children(part))


def letters_beside(below: Node) -> tuple[Node, ...]:
    """``xy`` below an expectation are two names."""
    letters = below.factors if isinstance(below, tree.Product) and not any(below.operators) else ()
    return letters if letters and all(isinstance(letter, tree.Symbol) for letter in letters) else (below,)


def is_without(argument: Term) -> bool:
    """``Y \\backslash Z`` among random variables."""
    return isinstance(argument, terms.Apply) and argument.function == "difference"


def computes(index: Term) -> bool:
    """Whether something is applied in an index: ``f_{h(x)}``."""
    applying = terms.Apply | terms.Call | terms.Functional | terms.FunctionDerivative | terms.Derivative | terms.Over
    waiting = [index]
    while waiting:
        part = waiting.pop()
        if isinstance(part, applying):
            return True
        waiting.extend(terms.children(part))
    return False


def without_brackets(content: Node) -> Node:
    """``f((x))`` is read as ``f(x)``: brackets around all that stands in a bracket say nothing."""
    while isinstance(content, tree.Group) and content.kind in "([" and not isinstance(content.content, tree.Listing):
        content = content.content
    return content


def only_applied(name: str, content: Node) -> bool:
    """Whether the name stands in the bracket, and only before brackets of its own: ``f`` in ``f(x) + 1``."""
    applied = False
    waiting = [content]
    while waiting:
        node = waiting.pop()
        if isinstance(node, tree.Symbol | tree.Script) and spelling(without_above(node)) == name:
            return False
        if not isinstance(node, tree.Product):
            waiting.extend(tree.children(node))
            continue
        for place, factor in enumerate(node.factors):
            follower = Row(node.factors, node.operators).joined(place + 1)
            named = isinstance(factor, tree.Symbol | tree.Script) and spelling(without_above(factor)) == name
            if not named or bracket_of(follower) is None:
                waiting.append(factor)
                continue
            applied = True
            if isinstance(factor, tree.Script) and factor.superscript is not None:
                waiting.append(factor.superscript)
    return applied


def is_law(node: tree.Symbol | tree.Script) -> bool:
    """``\\chi^2`` before its degrees of freedom: the name of a law, and no square."""
    base, below, _, above = parts(node)
    return base == r"\chi" and below is None and isinstance(above, tree.Number) and above.text == "2"


def is_set(below: Node) -> bool:
    """``A``, ``\\mathcal{X}``, ``[0, 1]``: what stands below an indicator for a set."""
    if isinstance(below, tree.Group | tree.Interval):
        return True
    name = spelling(below) or ""
    return isinstance(below, tree.Symbol | tree.Script) and is_capital(name.removeprefix(r"\mathscr{"))


def ungrouped(arguments: tuple[Term, ...]) -> tuple[Term, ...]:
    """``f(x; a, b)`` has three arguments: a semicolon in a function parts no groups."""
    if terms.Sequence not in map(type, arguments):
        return arguments
    groups = (a.items if isinstance(a, terms.Sequence) and not a.brackets else (a,) for a in arguments)
    return tuple(item for group in groups for item in group)


def is_point(content: Node) -> bool:
    """A lone name: ``x``, ``x_i``, ``f^*``, ``x^{(i)}``."""
    if not isinstance(content, tree.Script):
        return isinstance(content, tree.Symbol)
    above = content.superscript
    return isinstance(content.base, tree.Symbol) and (above is None or is_mark(above) or is_bracket_index(above))


def is_predictor(content: Node) -> bool:
    """``w^T x``: a product, which needs no bracket behind a factor, with something transposed in it."""
    if not isinstance(content, tree.Product) or any(content.operators):
        return False
    return any(is_transpose(factor.superscript) for factor in content.factors if isinstance(factor, tree.Script))


def is_transpose(above: Node | None) -> bool:
    return isinstance(above, tree.Symbol) and above.spelling in (*TRANSPOSES, "T")


def is_labelled(below: Node | None, content: Node) -> bool:
    """Whether a label stands below that tells a function: a word in capitals, or a capital before another one."""
    symbols = set() if below is None else free_symbols(below)
    if not symbols or not all(symbol.isalpha() and symbol.isupper() for symbol in symbols):
        return False
    base = content.base if isinstance(content, tree.Script) else content
    return len(symbols) > 1 or (isinstance(base, tree.Symbol) and is_capital(base.spelling))


def is_argument(content: Node) -> bool:
    """A letter that functions mostly are taken at."""
    base = content.base if isinstance(content, tree.Script) else content
    letter = letter_of(base.spelling) if isinstance(base, tree.Symbol) else None
    return letter is not None and letter.removeprefix(r"\mathbf{").rstrip("}") in ARGUMENTS


def divergence(content: Node) -> bool:
    """``p || q``: two laws compared."""
    return isinstance(content, tree.Listing) and r"\|" in content.separators


def subscripts(below: Node) -> tuple[Node, ...]:
    """``ij`` below a function are two indices."""
    if isinstance(below, tree.Product) and not any(below.operators):
        return below.factors if all(isinstance(factor, tree.Symbol) for factor in below.factors) else (below,)
    return below.items if isinstance(below, tree.Listing) else (below,)


def plain_symbols(below: Node) -> set[str]:
    """The letters of a subscript, but no words (``\\mathrm{MLE}``)."""
    return {symbol for symbol in free_symbols(below) if not symbol.startswith(_WORD_STYLES)}
