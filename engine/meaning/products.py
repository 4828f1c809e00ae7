"""Products: factors side by side, divisions, and what applies to the factors after it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from engine.meaning import term as terms
from engine.meaning.delta import relations_in
from engine.meaning.kind import ONE_MINUS_PI
from engine.meaning.naming import base_of, is_capital, looks_like
from engine.meaning.notation import ENTRIES, FUNCTION_LETTERS, RATES, SCALING, TYPED, WORDS_OF_LETTERS, bare_letter
from engine.meaning.operators import Operators
from engine.meaning.reach import EXTREMA, extremum_of, opened
from engine.meaning.row import MOST_IN_A_ROW, Row, bracket_of, is_nabla, multiplied
from engine.meaning.scope import matrix_of, vector_of
from engine.meaning.shape import COLUMN, ROW, SCALAR
from engine.meaning.sort import Vector
from engine.meaning.stop import Stop
from engine.meaning.term import Element, Name, Term, free_names
from engine.reading import tree
from engine.reading.tree import Node, spelling
from engine.span import Span

_SCRIPTED: Final = frozenset(("SS",))  # sums of squares, with a label below
_TYPED_WORD: Final = re.compile("|".join(sorted(RATES | _SCRIPTED | WORDS_OF_LETTERS | TYPED)))


_CAPITALIZED: Final = re.compile("[A-Z][a-z][a-z]")
_SPELLED: Final = re.compile(r"[A-Z][a-z]*[aeiou][a-z]*(?<=\w\w\w)\Z")
_LETTERS: Final = (tree.Symbol, tree.Script)
_BARS: Final = frozenset((tree.Bar, tree.Between))
_SCALARS: Final = frozenset((Name, Element, terms.Number, terms.Constant))  # where no name is a vector or a matrix
_MATRICES: Final = frozenset((Name, terms.Transpose, terms.Inverse, terms.Matrix))


class Products(Operators):
    """Reads products, factor by factor."""

    def product(self, row: Row, node: Node) -> Term:
        if len(row.factors) == 1:
            return self.lone(row)
        row = self.as_meant(row, node)
        bars = not _BARS.isdisjoint(map(type, row.factors))
        values: list[Term] = []
        place = divisions = 0
        while place < len(row.factors):
            sign = row.operators[place - 1] if place else ""
            if sign == "/":
                end = self.denominator_end(row, place)
                self.check_capitals(values)
                below = self.product(row.part(place, end), node)
                values, place, divisions = [terms.Divide(multiplied(values), below)], end, divisions + 1
                if divisions > MOST_IN_A_ROW:
                    raise Stop(f"more than {MOST_IN_A_ROW} divisions in a row", node)
            elif sign:
                place = self.after_sign(row, place, values, node)
            else:
                if values and isinstance(factor := row.factors[place], tree.Symbol) and factor.spelling == "P":
                    self.check_matrix_before(values[-1], row, place)
                value, place = self.operand(row, place) if bars else self.bare_operand(row, place)
                values.append(value)
        if len(values) > 1:
            self.check_values(values, node)
        if self.sizes:
            self.fit_product(values)
        return multiplied(values)

    def as_meant(self, row: Row, node: Node) -> Row:
        """The row with its operators and words as such; each rule is asked where a factor of its kind stands only."""
        kinds = list(map(type, row.factors))
        if tree.Number in kinds or tree.Group in kinds:
            check_numbers(row)
        if tree.Script not in kinds and kinds.count(tree.Symbol) < 2:
            return row  # no word of letters, and no operator with something below it
        names = spellings(row)
        if r"\Delta" in names:
            self.check_differences(row)
        if tree.Script in kinds and not EXTREMA.keys().isdisjoint(names):
            row = self.with_operators(row, node)
            names = spellings(row)
        # a space for what is no letter: where words typed as letters can be looked for
        letters = "".join([name if len(name) == 1 else " " for name in names])
        if len(names) > 3 and _CAPITALIZED.search(letters):
            self.check_name(row, node)
        return self.with_words(row, node) if _TYPED_WORD.search(letters) else row

    def check_values(self, values: list[Term], node: Node) -> None:
        """The rules for two factors and more, each where a factor of its kind stands only."""
        kinds = set(map(type, values))
        if terms.Add in kinds:
            self.check_probabilities(values)
        if terms.Sequence in kinds:
            self.check_tuples(values, node)
        if not (kinds <= _SCALARS and self.all_scalar()):
            self.check_capitals(values)
            self.check_letters(values[-2], values[-1])
        if terms.Constant in kinds and terms.E in values:
            self.note("e is taken for Euler's number")

    def check_probabilities(self, values: list[Term]) -> None:
        """``\\pi (1 - \\pi)``, ``c (1 - \\pi)``: in a factor 1 - π beside a name, π is a probability."""
        if ONE_MINUS_PI not in values:
            return
        bases = [value.base if isinstance(value, terms.Power) else value for value in values]
        if terms.PI in bases or any(map(free_names, values)):
            self.check_probability(values)

    def check_tuples(self, values: list[Term], node: Node) -> None:
        """``(1, 2) \\; y``: a list in round brackets before a letter; ``0 \\; (j = 1, \\ldots, l)``: for each j."""
        for value in values:
            if isinstance(value, terms.Sequence) and any(isinstance(item, terms.Comparison) for item in value.items):
                raise Stop("conditions in brackets are no factor; write \\forall j \\in \\{1, \\ldots, l\\}", node)
        for left, value in pairwise(values):
            if isinstance(left, terms.Sequence) and isinstance(value, Name | Element) and self.shape(value) == SCALAR:
                raise Stop("this can be a list and a factor, or two things side by side; write \\cdot or a comma", node)

    def check_differences(self, row: Row) -> None:
        """``\\Delta x`` is rarely a product."""
        for left, operator, right in zip(row.factors, row.operators, row.factors[1:], strict=False):
            if not isinstance(left, tree.Symbol) or left.spelling != r"\Delta" or operator or self.declared(r"\Delta"):
                continue
            if isinstance(right, _LETTERS):
                both = r"\Delta before a name can be a change of it or a factor"
                raise Stop(rf"{both}; write \Delta_{{x}} for the change, or declare \Delta", left)

    def lone(self, row: Row) -> Term:
        """The only factor of a row."""
        value, _ = self.operand(row, 0)
        if self.sizes:
            self.fit_product((value,))
        return value

    def after_sign(self, row: Row, place: int, values: list[Term], node: Node) -> int:
        """Take in the factors after a dot or a cross; the dot between two columns is their inner product."""
        sign, right, end = row.operators[place - 1], list[Term](), place
        while end == place or row.joined(end) is not None:
            value, end = self.operand(row, end)
            right.append(value)
        if self.shape(values[-1]) != COLUMN or self.shape(multiplied(right)) != COLUMN:
            values.extend(right)
            return end
        if sign != "·" or len(values) > MOST_IN_A_ROW:
            raise Stop("this product of two vectors is not understood; write \\cdot, \\odot or x^\\top y", node)
        first = next(k for k, value in enumerate(values) if self.shape(value) != SCALAR)
        if self.shape(multiplied(values[first:])) == COLUMN:
            right = [terms.Apply("inner", (multiplied(values[first:]), multiplied(right)))]
            del values[first:]
        values.extend(right)
        return end

    @staticmethod
    def joined_end(row: Row, place: int) -> int:
        end = place + 1
        while row.joined(end) is not None:
            end += 1
        return end

    def check_capitals(self, values: list[Term]) -> None:
        """An undeclared capital letter right after a row vector or a matrix is a matrix: ``y^T P y``.

        So is one at the end of a bracket there, ``y^T (a P)^{-1} y``, and one right before the transpose of another,
        ``X Y^T``, where it does not mostly count.
        """
        for left, value in pairwise(values):
            inside = value.base if isinstance(value, terms.Power) else value
            inside = inside.factors[-1] if isinstance(inside, terms.Multiply) else inside
            outer = isinstance(value, terms.Transpose) and is_outer_pair(left, value)
            if is_kin(left, value) and self.shape(value) == ROW and self.is_open(left):
                assert isinstance(left, Name)
                raise self.again(left.name, vector_of(left.name))
            inside = left if outer else inside
            if not isinstance(inside, Name) or not is_capital(inside.name) or not (outer or self.shape(left)[1]):
                continue
            if inside.name not in self.bound and self.undecided(inside.name):
                raise self.again(inside.name, matrix_of(inside.name))

    def check_letters(self, left: Term, value: Term) -> None:
        """An undeclared small letter at the end, right after what is transposed or inverted, is a vector: ``X^T y``.

        So are the summands with which it stands there, ``\\Sigma^{-1} (X - \\mu)``, also behind a capital letter that
        does not mostly count and is a matrix: ``t^T (A x + b)``.
        """
        if type(left) not in _MATRICES and self.shape(left) != ROW or not self.shape(left)[1]:
            return
        if isinstance(left, terms.Matrix) and all(self.shape(part) == SCALAR for row in left.rows for part in row):
            return  # numbers in brackets may stand before a number
        bare = [part.term if isinstance(part, terms.Negate) else part for part in summands(value)]
        if not any(bare_letter(part) in ENTRIES for part in bare):
            return
        if all(self.is_open(part) or self.is_mapped(part) for part in bare):
            self.settle(value)

    def is_mapped(self, value: Term) -> bool:
        """``A x`` of two letters of which nothing is known."""
        if (
            not isinstance(value, terms.Multiply)
            or len(value.factors) != 2
            or not all(map(self.is_open, value.factors))
        ):
            return False
        letter = bare_letter(value.factors[0]) or ""
        return is_capital(letter) and letter not in SCALING

    def is_open(self, value: Term) -> bool:
        """A lone letter, or member of a family, of which nothing is known."""
        name = value.name if isinstance(value, Name) else value.family if isinstance(value, Element) else ""
        return bool(name) and name not in self.bound and self.undecided(name)

    def check_matrix_before(self, left: Term, row: Row, place: int) -> None:
        """``y^T P (y - b)``: between what is transposed and a bracket with a sum, P is a matrix and no probability."""
        group = bracket_of(row.joined(place + 1))
        if group is None or not isinstance(group.content, tree.Addition):
            return
        if "P" in self.findings.sorts or self.declared("P"):
            return
        if self.shape(left)[1]:
            raise self.again("P", matrix_of("P"))

    def with_words(self, row: Row, node: Node) -> Row:
        """The row with letters that are one name joined; a Stop where letters stand for a word."""
        row = self.with_functions(self.with_rates(row), node)
        self.check_words(row, node)
        return row

    def with_functions(self, row: Row, node: Node) -> Row:
        """``log(x)`` typed without its backslash: letters side by side before a bracket, a root or a fraction.

        They are the function, and the reading says so; where one of the letters is declared or bound, or other letters
        stand right before them, that is a Problem.
        """
        factors, operators = list(row.factors), list(row.operators)
        end = len(factors)
        while (end := end - 1) > 1:
            run = typed_run(factors, operators, end)
            word = next((run[start:] for start in range(len(run)) if run[start:] in TYPED), "")
            if not word:
                continue
            if word != run or any(self.declared(letter) for letter in word):
                both = f"{run} can be the function {word} or a product of letters"
                raise Stop(f"{both}; write \\text{{{word}}} or spaces", node)
            start = end - len(word)
            span = Span(factors[start].span.start, factors[end - 1].span.end)
            factors[start:end], operators[start : end - 1] = [tree.Symbol(rf"\mathrm{{{word}}}", span)], []
            end = start
            self.note(f"{word} is taken for the function")
        return Row(factors, operators)

    def with_rates(self, row: Row) -> Row:
        """``TP``, ``FPR`` and ``SS_{res}`` set as letters side by side are one name, and the reading says so."""
        factors, operators = list(row.factors), list(row.operators)
        for start in range(len(factors) - 2, -1, -1):
            for size in (3, 2):
                run, scripted = factors[start : start + size], factors[min(start + size, len(factors)) - 1]
                if isinstance(scripted, tree.Script) and scripted.subscript is not None and not scripted.primes:
                    run[-1] = scripted.base
                word = "".join(part.spelling for part in run if isinstance(part, tree.Symbol))
                if len(word) != size or word not in (_SCRIPTED if run[-1] is not scripted else RATES):
                    continue
                whole = tree.Symbol(rf"\mathrm{{{word}}}", Span(run[0].span.start, run[-1].span.end))
                if not self.declared(whole.spelling) and any(self.declared(letter) for letter in word):
                    continue
                if run[-1].span.end - run[0].span.start != size or any(operators[start : start + size - 1]):
                    continue
                named = replace(scripted, base=whole) if isinstance(scripted, tree.Script) else whole
                factors[start : start + size], operators[start : start + size - 1] = [named], []
                self.note(f"{word} is taken for one name")
                break
        return Row(factors, operators) if len(factors) < len(row.factors) else row

    def check_words(self, row: Row, node: Node) -> None:
        """``var(X)`` and ``FPR`` set as products of letters mean words."""
        if len(row.factors) < 3:
            return
        word, last = "", -1
        for factor in row.factors:
            base = factor.base if isinstance(factor, tree.Script) else factor
            letter = base.spelling if isinstance(base, tree.Symbol) and len(base.spelling) == 1 else ""
            word = word + letter if factor.span.start == last and letter else letter
            last = base.span.end
            if word in WORDS_OF_LETTERS and not any(self.declared(part) for part in word):
                raise Stop(f"{word} is set as a product of letters; write \\operatorname{{{word}}} or \\cdot", node)

    def check_name(self, row: Row, node: Node) -> None:
        """``Val(Y)``: a capital and small letters that touch, right before a bracket, mostly spell a name."""
        for end, follower in enumerate(row.factors):
            if bracket_of(follower) is None or end < 3:
                continue
            run = _SPELLED.search(typed_run(row.factors, row.operators, end))
            if (
                run
                and run[0] not in WORDS_OF_LETTERS
                and not any(self.declared(letter) or letter in self.findings.functions for letter in run[0])
            ):
                both = f"{run[0]} can be one name or a product of letters"
                raise Stop(f"{both}; write \\operatorname{{{run[0]}}} or spaces", node)

    @staticmethod
    def with_operators(row: Row, node: Node) -> Row:
        """The row with ``\\max_x`` and its kin turned into operators over the rest of it."""
        if not any(map(extremum_of, row.factors)):
            return row
        inside = opened(tree.Product(tuple(row.factors), tuple(row.operators), node.span))
        return Row(inside.factors, inside.operators) if isinstance(inside, tree.Product) else Row((inside,), ())

    def denominator_end(self, row: Row, place: int) -> int:
        end = self.joined_end(row, place)
        if isinstance(row.factors[place], tree.Number) and end > place + 1:
            raise Stop("1/2x can be read as x/2 or as 1/(2x); write \\frac or brackets", row.factors[place])
        return end

    def operand(self, row: Row, place: int) -> tuple[Term, int]:
        """The value that starts at ``place``, with what it is applied to and its evaluation bars; the next place."""
        value, place = self.bare_operand(row, place)
        bars = 0
        while isinstance(bar := row.joined(place), tree.Bar | tree.Between):
            if isinstance(bar, tree.Bar):
                value = self.evaluated(value, bar.condition)
            elif bar.body is None:
                value = self.between(value, bar.lower, bar.upper, bar)
            else:
                break
            place, bars = place + 1, bars + 1
            if bars > MOST_IN_A_ROW:
                raise Stop("too many evaluation bars in a row", bar)
        return value, place

    def slope_at(self, row: Row, place: int, letter: str, group: tree.Group) -> tuple[Term, int]:
        """``\\frac{df}{dx}(a)``: the derivative of the undeclared function f at a."""
        node, follower = row.factors[place], row.joined(place + 1)
        assert isinstance(node, tree.Derivative)
        arguments, given = self.arguments(group.content)
        if given or len(arguments) != 1 or len(node.variables) != 1:
            raise Stop("the derivative of a function of one argument is expected before these brackets", node)
        below = node.variables[0][0]
        if (
            isinstance(below, tree.Script)
            and below.subscript is not None
            and spelling(below) != spelling(group.content)
        ):
            both = f"the derivative of {letter} in its argument or in one entry of it"
            raise Stop(f"this can be {both}; write what is differentiated above the line", node)
        value = self.applied(Name(letter), node.variables[0][1], arguments, (), node)
        return self.scripts_of_call(value, follower) if isinstance(follower, tree.Script) else value, place + 2

    def check_directional(self, node: tree.Symbol | tree.Script, follower: Node | None) -> None:
        """``D_{\\mathbf{v}} f(x)``: D with a vector below it can be an operator."""
        if follower is None or not isinstance(node, tree.Script) or node.subscript is None:
            return
        if spelling(node.base) != "D" or self.declared("D") or self.declared(spelling(node) or ""):
            return
        if isinstance(looks_like(spelling(node.subscript) or ""), Vector):
            raise Stop("this can be a directional derivative or a factor; write \\cdot, or the gradient", node)

    def bare_operand(self, row: Row, place: int) -> tuple[Term, int]:
        node = row.factors[place]
        if isinstance(node, _LETTERS):
            return self.letter(row, place, node)
        if isinstance(node, tree.Number):
            return self.numeral(row, place, node)
        if isinstance(node, tree.Derivative):
            return self.slope(row, place, node)
        return self.term(node), place + 1

    def letter(self, row: Row, place: int, node: tree.Symbol | tree.Script) -> tuple[Term, int]:
        """A letter, perhaps with scripts, and what it is applied to."""
        follower = row.joined(place + 1)
        group = bracket_of(follower)
        if group is None and self.is_letter(node):
            if isinstance(node, tree.Symbol):
                return self.name(node.spelling, node), place + 1
            if not self.is_outer(node, follower):
                self.check_directional(node, follower)
                return self.script(node), place + 1
        if is_nabla(node):
            return self.gradient(row, place, node)
        head = self.head(node, follower)
        if head is not None:
            return self.application(row, place, head)
        quantity = self.quantity(node, follower)
        if quantity is not None:
            return self.functional(row, place, quantity)
        if group is not None and self.applies(node, follower, group):
            return self.inferred_call(row, place)
        return self.term(node), place + 1

    def numeral(self, row: Row, place: int, node: tree.Number) -> tuple[Term, int]:
        """A number, or 1 with a condition behind it."""
        follower = row.joined(place + 1)
        condition = relations_in(follower) if node.text == "1" else None
        if condition is not None and isinstance(follower, tree.Group) and (place or follower.kind != "("):
            return self.iverson(condition), place + 2
        if condition is not None:
            raise Stop("1(...) can be an indicator, or 1 under a condition; write \\mathbf{1}\\{...\\}", node)
        if isinstance(follower, tree.Number):
            raise Stop("two numbers side by side; write \\cdot between them", node)
        return self.term(node), place + 1

    def slope(self, row: Row, place: int, node: tree.Derivative) -> tuple[Term, int]:
        """A derivative: an operator before what it applies to, or one of a function and perhaps its argument."""
        if node.numerator is None:
            return self.differentiated(row, place, node)
        group = bracket_of(row.joined(place + 1))
        if group is None:
            return self.term(node), place + 1
        letter = node.numerator.spelling if isinstance(node.numerator, tree.Symbol) else ""
        if letter in FUNCTION_LETTERS and not self.declared(letter):
            return self.slope_at(row, place, letter, group)
        raise Stop("the bracket after this derivative can be its argument or a factor; write \\cdot", node)


def spellings(row: Row) -> list[str]:
    """How the factors are spelled without their scripts; ``""`` for what is no letter and no word."""
    found = []
    for factor in row.factors:
        base = factor.base if isinstance(factor, tree.Script) else factor
        found.append(base.spelling if isinstance(base, tree.Symbol) else "")
    return found


def typed_run(factors: Sequence[Node], operators: Sequence[str], end: int) -> str:
    """The single letters side by side that end right before the factor at ``end``, which shows where it ends itself."""
    follower = factors[end]
    after = follower.base if isinstance(follower, tree.Script) else follower
    if operators[end - 1] or not isinstance(after, tree.Group | tree.Root | tree.Fraction):
        return ""
    run, place = "", end - 1
    while place >= 0 and isinstance(letter := factors[place], tree.Symbol) and len(letter.spelling) == 1:
        if run and (operators[place] or letter.span.end != factors[place + 1].span.start):
            break
        run, place = letter.spelling + run, place - 1
    return run


def is_outer_pair(left: Term, value: Term) -> bool:
    """``X Y^T`` of two capital letters, the first of which does not mostly count."""
    if not isinstance(left, Name) or not isinstance(value, terms.Transpose) or not isinstance(value.term, Name):
        return False
    return is_capital(left.name) and is_capital(value.term.name) and (bare_letter(left) or "") not in SCALING


def is_kin(left: Term, value: Term) -> bool:
    """``\\mu_X \\mu_Y^T`` of two names that differ in what stands below them."""
    if not isinstance(value, terms.Transpose) or not isinstance(value.term, Name) or not isinstance(left, Name):
        return False
    return left != value.term and base_of(left.name) == base_of(value.term.name)


def summands(value: Term) -> tuple[Term, ...]:
    return value.terms if isinstance(value, terms.Add) else (value,)


def check_numbers(row: Row) -> None:
    """``r2`` is rarely a product, and a number in brackets after a number, with a space between, numbers a formula."""
    for left, operator, right in zip(row.factors, row.operators, row.factors[1:], strict=False):
        if operator or not isinstance(right, tree.Number | tree.Group):
            continue
        beside = left.span.end == right.span.start
        if isinstance(right, tree.Number) and isinstance(left, tree.Symbol) and beside and len(left.spelling) == 1:
            name, digits = left.spelling, right.text
            both = f"{name}{digits} can be a name or {name} times {digits}"
            raise Stop(f"{both}; write {name}_{digits} or {digits}{name}", right)
    last, before = row.factors[-1], row.factors[-2]
    if not isinstance(last, tree.Group) or not isinstance(before, tree.Number) or row.operators[-1]:
        return
    if last.kind == "(" and isinstance(last.content, tree.Number) and before.span.end < last.span.start:
        raise Stop("this can be a factor or the number of a formula; write \\cdot, or leave the number out", last)
