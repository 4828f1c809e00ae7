"""Names with their scripts: variables, members of families, transposes, powers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import Final

from engine.meaning import term as terms
from engine.meaning.delta import DELTA, Deltas, relations_in, tree_nodes
from engine.meaning.notation import (
    ACCENTS,
    BELOW,
    BIG_LETTERS,
    BOLD,
    BRACKET_ONLY,
    CONSTANTS,
    COUNTS,
    DOTS,
    FUNCTIONALS,
    FUNCTIONS,
    INDICATORS,
    KIN,
    LETTERS_TOO,
    MARK_WORDS,
    MEMBER,
    NAME_MARKS,
    NUMBER_SETS,
    OPERATOR_SIGNS,
    SCRIPTED,
    STEPS,
    STYLED,
    STYLES,
    SYMBOLS,
    TRANSPOSES,
    WORDS,
    family_above,
    family_with_labels,
    split_family,
)
from engine.meaning.reach import free_symbols
from engine.meaning.row import Row, groups_above, index_items, is_bracket_index, without_above
from engine.meaning.scope import is_unit, matrix_of, vector_of
from engine.meaning.shape import MINUS_ONE, SCALAR
from engine.meaning.sort import REAL, Family, Function, Integer, MatrixOf, Real, Vector
from engine.meaning.stop import Again, Stop
from engine.meaning.term import Element, Name, Term, free_names
from engine.reading import tree
from engine.reading.tree import Node, spelling
from engine.span import Span

_SINGLE: Final = (tree.Symbol, tree.Number)
_NOWHERE: Final = tree.Blank(Span(0, 0))


class Naming(Deltas):
    """Reads names and what stands on them."""

    def check_inverse(self, value: Term) -> None:
        """Whether the letter that is inverted must be a matrix."""
        raise NotImplementedError

    def product(self, row: Row, node: Node) -> Term:
        """The product of factors side by side."""
        raise NotImplementedError

    def check_probability(self, factors: Sequence[Term]) -> None:
        """Whether π is a probability here."""
        raise NotImplementedError

    def name(self, name: str, node: Node) -> Term:
        if self.bound:
            if name in self.bound:
                return Name(name)
            self.check_index_free(name, node)
        sort = self.sorts.get(name) or self.inferred.get(name) or self.findings.sorts.get(name)
        known = self.plain.get(name)
        if known is not None and not isinstance(sort, Family):
            return known
        if sort is None and name not in self.definitions:
            return self.undeclared(name, node)
        definition = self.definitions.get(name)
        if isinstance(sort, Function) and name not in self.sorts:
            self.infer(name, sort, node)
            return Name(name)
        if isinstance(sort, Function) or (definition is not None and definition.parameters):
            raise Stop(f"{name} is declared with arguments; write them", node)
        if isinstance(sort, Family):
            if name not in self.sorts:
                self.findings.apart.add(name)
                self.findings.sorts.pop(name, None)
                raise Again(name)
            raise Stop(f"{name} is a family; write which member, such as {name}_i", node)
        if name not in self.sorts and definition is None:
            return self.undeclared(name, node)
        return Name(name)

    def check_index_free(self, name: str, node: Node) -> None:
        """A name may not hide the index of a sum around it: ``\\hat{x_i}`` would be read as a constant."""
        if not self.bound or "{" not in name:
            return
        scripts = SCRIPTED.search(name)
        hidden = set() if scripts is None else self.bound.keys() & SYMBOLS.findall(WORDS.sub("", scripts[0]))
        if hidden:
            index = min(hidden)
            raise Stop(f"{name} contains the index {index}; declare its base as a family with that index", node)

    def undeclared(self, name: str, node: Node) -> Term:
        if is_plain(name) and not self.findings.sorts and name not in self.findings.kinds:
            self.inferred.setdefault(name, REAL)
            return self.plain.setdefault(name, Name(name))
        constant = CONSTANTS.get(name)
        if constant is not None and name not in self.findings.sorts:
            if self.varies(name):
                raise Stop(f"{name} can be the constant or what is differentiated here; declare {name}", node)
            if constant == terms.PI and not self.in_company():
                self.note(f"{name} is taken for the constant; declare it to mean something else")
            return constant
        if constant is not None and isinstance(self.findings.sorts[name], Real):
            self.note(f"{name} is taken for a name, and not for the constant")
        if name in DOTS:
            return terms.Dots()
        if not name.isalpha() and self.is_set(name, node):
            return Name(name)
        if is_marginal(name):
            self.note(f"{base_of(name)} with a dot below is a row, a column, a mean or a total: which, is not said")
            return Name(name)
        look = self.looks_like_kin(name)
        if name not in self.findings.kinds and isinstance(look, MatrixOf) and is_unit(name):
            self.learn(name, look)
        if name in self.findings.kinds:
            self.note(f"{name} is {self.findings.kinds[name]}")
            return Name(name)
        self.infer(name, look, node)
        return self.plain.setdefault(name, Name(name))

    def in_company(self) -> bool:
        """Whether something stands in the formula in whose company π mostly is the constant: ``2 \\pi``, a sine, Γ."""
        if self.constant_pi is None:
            self.constant_pi = any(map(shows_pi, tree_nodes(self.root)))
        return self.constant_pi

    def looks_like_kin(self, name: str) -> Real | Vector | MatrixOf:
        """``x_i`` and ``x_j`` are of one kind: that which was found out about either."""
        look, sorts = looks_like(name), self.findings.sorts
        if not sorts:
            return look
        shown = counted(name) if isinstance(look, Real) else name
        return vector_of(name) if isinstance(sorts.get(shown or ""), Vector) else look

    @staticmethod
    def is_set(name: str, node: Node) -> bool:
        """Whether the name is that of a set that everybody knows; a Stop where it is no name at all."""
        base = name.split("_{")[0].split("^{")[0]
        if base in FUNCTIONS and base not in BRACKET_ONLY:
            raise Stop(f"{base} needs an argument", node)
        if base.rstrip("'") in OPERATOR_SIGNS or name in NAME_MARKS or base.startswith(r"\operatorname"):
            raise Stop(f"{name} is not understood here", node)
        styled = STYLED.fullmatch(base) if "{" in base else None
        if styled is not None and styled[1] in FUNCTIONALS and styled[1] not in LETTERS_TOO:
            raise Stop(f"{base} needs an argument", node)
        return base in NUMBER_SETS or name in (r"\emptyset", r"\varnothing")

    def script(self, node: tree.Script) -> Term:
        above = node.superscript
        whole = spelling(node) if self.sorts else None
        if whole is not None and whole in self.sorts:
            return self.name(whole, node)
        if above is not None and not isinstance(above, tree.Number):
            named = self.named_above(node, above)
            if named is not None:
                return named
        group = node.base if isinstance(node.base, tree.Group) and node.subscript is not None else None
        if group is not None and node.subscript is not None and group.kind == "[" and above is not None:
            return self.between(self.term(group.content), node.subscript, above, node)
        if group is not None and group.kind == r"\langle":
            value = self.angles(group, node.subscript)
        else:
            value = self.subscripted(node)
        return value if above is None else self.raised(value, above, node)

    def named_above(self, node: tree.Script, above: Node) -> Term | None:
        """A name or a member of a family, of which what stands above is a part; ``None`` where it is an exponent."""
        if is_mark(above) and not isinstance(node.base, tree.Number) and (whole := spelling(node)) is not None:
            return self.marked(node, whole)
        return self.indexed_above(node, above) if is_bracket_index(above) and not node.primes else None

    def marked(self, node: tree.Script, whole: str) -> Term:
        """``\\theta^*`` is a name of its own, and so is the family of ``x_i^*``."""
        base = spelling(replace(node, subscript=None))
        if base is None or node.subscript is None or not self.is_index(node.subscript):
            return self.name(whole, node)
        return self.member(base, node.subscript, node)

    def is_index(self, subscript: Node) -> bool:
        """Whether an index that is bound here stands in the subscript."""
        return bool(self.indices) and not self.indices.keys().isdisjoint(free_symbols(subscript))

    def indexed_above(self, node: tree.Script, above: Node) -> Term | None:
        """``x^{(i)}``, ``x_j^{(i)}``, ``W^{[l]}``: a member of a family; ``None`` where it is a power."""
        base = spelling(node.base)
        if base is None or not isinstance(node.base, tree.Symbol | tree.Script) or self.declared(base):
            return None
        inside = above.content if isinstance(above, tree.Group) else None
        if base == "e" and not self.counts_errors(inside):
            if isinstance(inside, tree.Number):
                raise Stop(
                    "a number in brackets above e can be an index or an exponent; write e^{2}, or declare e", above
                )
            return None
        if isinstance(inside, tree.Symbol) and is_capital(inside.spelling) and not self.declared(inside.spelling):
            if node.subscript is not None and self.is_index(node.subscript):
                return self.member(f"{base}^{{({inside.spelling})}}", node.subscript, node)
            return self.name(spelling(node) or base, node)  # a label, as in E^{(X)}
        groups = groups_above(node)
        contents = [group.content for group in groups]
        if not all(self.is_step(content) for content in contents):
            raise Stop("a bracket above a name can be an index or a power; write x^{n} for the power", above)
        below: tuple[Term, ...] = ()
        if node.subscript is not None and self.countable(node.subscript):
            base += BELOW
            below = tuple(self.index_term(item) for item in index_items(node.subscript))
        elif node.subscript is not None:
            base = spelling(without_above(node)) or base
        self.check_index_free(base, node)
        family = family_above(base, tuple(group.kind for group in groups))
        element = self.looks_of(base.removesuffix(BELOW), bool(below))
        indices = (*below, *map(self.index_term, contents))
        defined = self.definitions.get(family)
        if defined is None:
            self.infer(family, Family((None,) * len(indices), element), node)
        elif len(defined.parameters) != len(indices):
            raise Stop(f"{family} stands here with different numbers of indices; declare it", node)
        return Element(family, indices)

    def counts_errors(self, inside: Node | None) -> bool:
        """``x^{(k)} - e^{(k)}``: where another name has this index, e is an error, and not Euler's number."""
        if not isinstance(inside, tree.Symbol) or inside.spelling not in STEPS:
            return False
        for other in tree_nodes(self.root):
            above = other.superscript if isinstance(other, tree.Script) and spelling(other.base) != "e" else None
            if isinstance(above, tree.Group) and spelling(above.content) == inside.spelling:
                return True
        return False

    def countable(self, subscript: Node) -> bool:
        """Bound indices, digits and single letters count; words and capital letters label."""
        items = index_items(subscript)
        plain = all(isinstance(item, tree.Number) or free_symbols(item) for item in items)
        return plain and free_symbols(subscript) <= STEPS | self.indices.keys()

    def is_step(self, content: Node) -> bool:
        """What counts copies, steps or layers: a number, a bound index, or an expression in letters that mostly do."""
        if isinstance(content, tree.Listing | tree.Relations):
            return False
        return free_symbols(content) <= STEPS | self.indices.keys() or isinstance(content, tree.Symbol)

    def looks_of(self, base: str, entries: bool) -> Real | Vector | MatrixOf:
        """What a member of the family is: of its own look, where it is not an entry already."""
        look = self.findings.sorts.get(base + MEMBER) or looks_like(base)
        return Real() if entries or not isinstance(look, Vector | MatrixOf) else look

    def member(self, base: str, subscript: Node, node: Node) -> Term:
        """``x_i`` with an index: a member of the family that is inferred for ``base``."""
        family = base + BELOW if base in self.findings.apart else base
        items = index_items(subscript)
        self.check_index_free(base, node)
        self.infer(family, Family((None,) * len(items), self.looks_of(base, entries=False)), node)
        if base in self.members and family == base:
            raise self.again(base, self.inferred[base])
        return Element(family, tuple(self.index_term(item) for item in items))

    def declared_vector(self, base: str) -> str | None:
        """The declared vector that is the bold form of a letter: ``x_i`` is an entry of ``\\mathbf{x}``."""
        bold = (rf"{command}{{{base}}}" for command in (r"\mathbf", r"\boldsymbol"))
        return next((name for name in bold if isinstance(self.sorts.get(name), Vector)), None)

    def subscripted(self, node: tree.Script) -> Term:
        """The base with its subscript and primes, without the superscript."""
        if node.subscript is None and not node.primes:
            return self.term(node.base)
        if not isinstance(node.base, tree.Symbol) and (value := self.below_no_letter(node)) is not None:
            return value
        base = spelling(node.base)
        whole = spelling(without_above(node))
        if node.subscript is not None and base in BIG_LETTERS and relations_in(node.subscript) is not None:
            raise Stop(f"{base} is a letter; write {BIG_LETTERS[base]} for the sign with bounds", node)
        if node.subscript is not None and base in INDICATORS:
            return self.indicator(relations_in(node.subscript) or node.subscript)
        if base is None or whole is None:
            raise Stop("a subscript or prime stands on something that is not a name", node)
        if node.primes and self.declared(base) and not self.declared(whole):
            raise Stop(f"{whole} can be a derivative of {base} or a name of its own; declare it", node)
        if node.primes and node.subscript is not None and not self.declared(whole) and self.is_index(node.subscript):
            return self.member(base + "'" * node.primes, node.subscript, node)
        if self.declared(whole) or node.subscript is None or node.primes:
            return self.name(whole, node)
        if base == DELTA and (found := self.kronecker(node)) is not None:
            return found
        single = isinstance(node.subscript, _SINGLE)  # a label or an index, and not both
        if not single and (labelled := self.labelled_member(base, node.subscript, node)) is not None:
            return labelled
        self.check_index_free(base, node.base)
        vector = self.declared_vector(base) if self.sorts and not self.declared(base) else None
        if vector is not None and (isinstance(node.subscript, tree.Number) or self.countable(node.subscript)):
            self.note(f"{base} with an index is an entry of {vector}")
            return Element(vector, (self.index_term(node.subscript),))
        if base in self.findings.apart and not self.declared(base):
            return self.member(base, node.subscript, node) if self.countable(node.subscript) else self.name(whole, node)
        count = self.index_count(base, node.subscript, node)
        if not count and base not in self.bound and isinstance(self.sort(base), MatrixOf):
            self.infer(whole, matrix_of(whole), node)
        if count and self.index_like(node.subscript, count):
            return Element(base, self.index_terms(node.subscript, count))
        self.members.add(base)
        return self.name(whole, node)

    def below_no_letter(self, node: tree.Script) -> Term | None:
        """What a subscript means on a number or on a bracket; ``None`` where it stands on something else."""
        match node.base, node.subscript:
            case tree.Number("1"), below if (condition := relations_in(below)) is not None:
                return self.indicator(condition)
            case tree.Number("0" | "1" as text), below if below is not None and not node.primes:
                return self.zeros_or_ones(text, below, node)
            case tree.Group(r"\|") as group, below if below is not None:
                return self.norm(group, below)
            case tree.Group("(" | "[", content), below if below is not None:
                return terms.Apply("entry", (self.term(content), *map(self.index_term, index_items(below))))
            case _:
                return None

    def zeros_or_ones(self, text: str, below: Node, node: tree.Script) -> Term | None:
        """The vector ``0_n`` or ``1_n``."""
        label = spelling(below)
        if label is None:
            return None
        whole = f"{text}_{{{label}}}"
        self.check_index_free(whole, node)
        self.infer(whole, vector_of(whole), node)
        return Name(whole)

    def labelled_member(self, base: str, subscript: Node, node: Node) -> Term | None:
        """``n_{A,k}`` with a label and an index: a member of the family of all ``n_{A,k}`` with this label.

        A label is a word, a calligraphic letter, or the dot of a row or a mean (``\\bar{y}_{i\\bullet}``). What has
        such a dot gets no sort: it is made of the other members in a way that the formula does not say.
        """
        items = index_items(subscript)
        labels = [spelling(item) if is_label(item) else None for item in items]
        if not any(labels) or all(labels) or self.declared(base):
            return None
        family = family_with_labels(base, tuple(labels))
        indices = tuple(item for item, label in zip(items, labels, strict=True) if label is None)
        if is_marginal(family):
            self.note(f"{base} with a dot below is a row, a column, a mean or a total: which, is not said")
            self.check_index_free(base, node)
            return Element(family, tuple(self.index_term(item) for item in indices))
        if not self.is_index(subscript) and not isinstance(self.sort(family), Family):
            self.members.add(family)
            return None
        self.check_index_free(base, node)
        self.infer(family, Family((None,) * len(indices), self.looks_of(base, entries=False)), node)
        if family in self.members:
            raise self.again(family, self.inferred[family])
        return Element(family, tuple(self.index_term(item) for item in indices))

    def index_count(self, base: str, subscript: Node, node: Node) -> int:
        """How many indices the members of ``base`` have; 0 where it has no members."""
        if base in self.bound:
            return 0
        definition = self.definitions.get(base)
        if definition is not None:
            return len(definition.parameters) or sum(self.shape(definition.body))
        sort = self.sort(base)
        if sort is None:
            return self.inferred_family(base, subscript, node) if self.is_index(subscript) else 0
        match sort:
            case Family(ranges) as family:
                if base not in self.sorts:
                    self.infer(base, family, node)
                return len(ranges)
            case MatrixOf() if self.is_other_matrix(base, subscript):
                return 0
            case MatrixOf():
                return 2
            case Vector():
                return 1
            case Real() | Integer() if base not in self.sorts and self.is_index(subscript):
                self.findings.apart.add(base)
                raise Again(base)
            case _:
                return 0

    def is_other_matrix(self, base: str, subscript: Node) -> bool:
        """``\\Sigma_0`` beside an undeclared matrix Σ: one index, which no sum counts, makes a name of its own."""
        return base not in self.sorts and len(index_items(subscript)) == 1 and not self.is_index(subscript)

    def inferred_family(self, base: str, subscript: Node, node: Node) -> int:
        count = len(index_items(subscript))
        if base in self.inferred and not isinstance(self.inferred[base], Family):
            self.findings.apart.add(base)
            raise Again(base)
        self.check_numbered(base, node)
        self.infer(base, Family((None,) * count, self.looks_of(base, entries=False)), node)
        if base in self.members:
            raise self.again(base, self.inferred[base])
        return count

    def check_numbered(self, base: str, node: Node) -> None:
        """``x_1 = 2`` beside the claim, which speaks of the ``x_i``: a name of its own, or the first of them."""
        alone = next((name for name in self.sorts if is_numbered(name, base)), None)
        if alone is not None:
            member = f"{base}_i"
            both = f"{alone} can be a name of its own or one of the {member}"
            raise Stop(f"{both}; declare {member} first, as by {member} \\in \\mathbb{{R}}", node)

    def index_like(self, subscript: Node, count: int) -> bool:
        """Every name in the subscript is bound, an integer, or a single undeclared letter of its own."""
        parts = [free_symbols(item) for item in ((subscript,) if count == 1 else index_items(subscript, count))]
        return all(self.integral_name(symbol, len(part) == 1) for part in parts for symbol in part)

    def integral_name(self, symbol: str, alone: bool) -> bool:
        sort = self.sort(symbol)
        if symbol in self.bound or isinstance(sort.element if isinstance(sort, Family) else sort, Integer):
            return True
        value = isinstance(self.inferred.get(symbol), Real) and symbol not in COUNTS
        undeclared = not self.declared(symbol) and not value
        return alone and len(symbol) == 1 and undeclared

    def index_terms(self, subscript: Node, count: int) -> tuple[Term, ...]:
        items = (subscript,) if count == 1 else index_items(subscript, count)
        if len(items) != count or isinstance(subscript, tree.Listing) and count == 1:
            raise Stop(f"expected {count} {'index' if count == 1 else 'indices, with commas between them'}", subscript)
        return tuple(self.index_term(item) for item in items)

    def index_term(self, item: Node) -> Term:
        for symbol in sorted(free_symbols(item)):
            if len(symbol) == 1 and not self.declared(symbol):
                self.infer(symbol, Integer(), item)
        return self.term(item)

    def raised(self, value: Term, above: Node, node: Node) -> Term:
        if isinstance(above, tree.Number):
            return terms.Power(value, self.term(above))
        if isinstance(above, tree.Symbol) and self.transposes(value, above):
            self.check_entries(value)
            if self.shape(value) == SCALAR:
                self.promote(value, node)
            return terms.Transpose(value)
        if is_bracket_index(above) and isinstance(value, Name | Element):
            raise Stop("a bracket above a name can be an index or a power; write x^{n} for the power", above)
        if is_mark(above) and not self.declared(spelling(above) or ""):
            raise Stop("this mark stands above something that is not a name", node)
        if inverts_and_transposes(above) and self.shape(value) != SCALAR:
            return terms.Transpose(terms.Inverse(value))
        if isinstance(above, tree.Product) and "×" in above.operators and is_space(value):
            return terms.Power(value, self.sizes_of(above))
        exponent = self.term(above)
        if isinstance(value, terms.Add) and free_names(exponent):
            self.check_probability((value,))
        if isinstance(exponent, terms.Negate) and exponent == MINUS_ONE:
            if self.shape(value) != SCALAR:
                return terms.Inverse(value)
            self.check_inverse(value)
        return terms.Power(value, exponent)

    def sizes_of(self, above: tree.Product) -> Term:
        """``m \\times 2n`` above a set: the numbers of rows and of columns, which nothing multiplies."""
        ends = [place for place, sign in enumerate(above.operators, 1) if sign == "×"]
        row = Row(above.factors, above.operators)
        parts = [row.part(start, end) for start, end in pairwise((0, *ends, len(above.factors)))]
        return terms.Apply("cross", tuple(self.product(part, above) for part in parts))

    def promote(self, value: Term, node: Node) -> None:
        """Infer the shape of ``value``; it is a Stop where no undeclared name decides it."""
        if isinstance(value, terms.Over) and value.operator == "set":
            raise Stop("a set has no transpose", node)
        family = value.family if isinstance(value, Element) and value.family not in self.sorts else ""
        if family not in self.bound and isinstance(self.sort(family), Vector):
            self.findings.apart.add(family)  # x_0^T beside a vector x: no entry of x
            raise Again(family)
        if isinstance(value, Name | Element) and is_marginal(value.name if isinstance(value, Name) else value.family):
            return
        self.settle(value)
        if isinstance(value, terms.Sequence) and value.brackets in ("()", "[]"):
            return  # a column written in a row, with which nothing computes
        if any(isinstance(part, terms.Call | terms.Matrix | terms.Dots) for part in spine(value)):
            return  # nothing that computes takes it
        open_names = self.inferred.keys() | self.bound.keys() | self.findings.kinds.keys()
        if not free_names(value) or free_names(value) & open_names:
            raise Stop("a transpose of something whose shape is not known; declare its names as vectors", node)

    def check_entries(self, value: Term) -> None:
        """``(y - X_0 b_0)^T`` beside a vector b: behind a matrix, b_0 is another vector and no entry of b."""
        for part in value.terms if isinstance(value, terms.Add) else (value,):
            inside = part.term if isinstance(part, terms.Negate) else part
            *_, before, last = (None, *inside.factors) if isinstance(inside, terms.Multiply) else (None, inside)
            if not isinstance(last, Element) or (before and not (isinstance(before, Name) and is_capital(before.name))):
                continue
            if last.family not in self.sorts and isinstance(self.sort(last.family), Vector):
                self.findings.apart.add(last.family)
                raise Again(last.family)

    def settle(self, value: Term) -> None:
        """Infer that the undeclared names which decide the shape of ``value`` are vectors, or matrices if capital."""
        found = [name for name in deciding(value) if self.undecided(name)]
        lone = lone_names(value) if not all(map(is_capital, found)) else frozenset()
        for name in found:
            base, _ = split_family(name)
            look = matrix_of(base) if is_capital(base) and name not in lone else vector_of(base)
            sort = self.inferred.get(name)
            if isinstance(sort, Function):
                self.findings.sorts[name + MEMBER] = vector_of(name)
            elif isinstance(sort, Family):
                self.findings.sorts[base + MEMBER] = look
                self.findings.sorts.pop(name, None)
            else:
                self.learn(name, look)
                self.findings.sorts |= {kin: look for kin in (counted(name),) if kin is not None}
        if found:
            raise Again(found[0])

    def undecided(self, name: str) -> bool:
        """An inferred name whose shape was not settled by an earlier pass."""
        if name in self.bound:
            return name not in self.findings.sorts
        if name in self.sorts or name in self.definitions:
            return False
        sort = self.inferred.get(name, Real() if name in CONSTANTS else None)
        member = isinstance(sort, Family) and isinstance(sort.element, Real)
        if isinstance(sort, Function):
            return isinstance(sort.result, Real) and name + MEMBER not in self.findings.sorts
        return isinstance(sort, Real) or (member and split_family(name)[0] + MEMBER not in self.findings.sorts)

    def transposes(self, value: Term, above: tree.Symbol) -> bool:
        if above.spelling in TRANSPOSES:
            return True
        if above.spelling != "T":
            return False
        if self.shape(value) != SCALAR:
            return True
        if self.declared("T"):
            return False
        if self.alone("T") or not free_names(value) & (self.inferred.keys() | self.bound.keys()):
            raise Stop("^T can be a transpose or a power; declare the base as a matrix, or T as a number", above)
        return True


def inverts_and_transposes(above: Node) -> bool:
    """``-\\top`` and ``-T``."""
    if not isinstance(above, tree.Signed) or above.sign != "-" or not isinstance(above.operand, tree.Symbol):
        return False
    return above.operand.spelling in (*TRANSPOSES, "T")


def shows_pi(node: Node) -> bool:
    match node:
        case tree.Product(factors):
            return any(isinstance(one, tree.Number) and is_pi(two) for one, two in pairwise(factors))
        case tree.Fraction(numerator, denominator):
            return is_pi(numerator) and isinstance(denominator, tree.Number)
        case tree.Root(radicand):
            return any(map(is_pi, tree_nodes(radicand)))
        case tree.Integral():
            return True
        case tree.Symbol(name):
            return name in (r"\sin", r"\cos", r"\tan", r"\Gamma", r"\exp", "e")
        case _:
            return False


def is_pi(node: Node) -> bool:
    base = node.base if isinstance(node, tree.Script) and node.subscript is None else node
    return isinstance(base, tree.Symbol) and base.spelling == r"\pi"


def counted(name: str) -> str | None:
    """What the names ``x_{i}`` and ``x_{j}`` share, which is no name; ``None`` for a name without such an index.

    >>> counted("x_{i}") == counted("x_{j}"), counted("x_{1}")
    (True, None)
    """
    base, _, index = name.partition("_{")
    return base + KIN if index.endswith("}") and index[:-1] in STEPS else None


@lru_cache(maxsize=1024)
def looks_like(name: str) -> Real | Vector | MatrixOf:
    """A bold small letter or a letter with an arrow is a vector, a bold capital a matrix."""
    style = ACCENTS.sub("", name)
    if not style.startswith(BOLD):
        return Real()
    return matrix_of(name) if is_capital(name) and not style.startswith(r"\vec") else vector_of(name)


@lru_cache(maxsize=1024)
def is_numbered(name: str, base: str) -> bool:
    """Whether the name is ``x_{1}`` for the base x.

    >>> is_numbered("x_{1}", "x"), is_numbered("x_{k}", "x"), is_numbered("y_{1}", "x")
    (True, False, False)
    """
    return name.startswith(base + "_{") and name.endswith("}") and name[len(base) + 2 : -1].isdigit()


@lru_cache(maxsize=1024)
def is_plain(name: str) -> bool:
    """Whether the name, where nothing is found out about it, is that of a number by its look alone.

    >>> [name for name in ("x", r"\\lambda", r"\\pi", r"\\mathbf{x}", r"\\emptyset", r"\\ln") if is_plain(name)]
    ['x', '\\\\lambda']
    """
    if name in CONSTANTS or name in DOTS or is_marginal(name) or not isinstance(looks_like(name), Real):
        return False
    try:
        return name.isalpha() or not Naming.is_set(name, _NOWHERE)
    except Stop:
        return False


@lru_cache(maxsize=1024)
def is_capital(name: str) -> bool:
    """Whether the letter inside all accents and styles is a capital one.

    >>> is_capital(r"\\hat{\\mathbf{X}}"), is_capital(r"\\Sigma_{0}"), is_capital(r"\\theta")
    (True, True, False)
    """
    letter = SYMBOLS.search(STYLES.sub("", name.split("_{")[0].split("^{")[0]) if "{" in name else name)
    return letter is not None and letter[0].lstrip("\\")[:1].isupper()


def is_mark(above: Node) -> bool:
    """A sign or a word above a name that belongs to it: ``*``, ``\\dagger``, ``\\mathrm{new}``, ``old``."""
    match above:
        case tree.Symbol():
            text = above.spelling
            return text in NAME_MARKS or (text.startswith((r"\mathrm", r"\operatorname")) and text not in TRANSPOSES)
        case tree.Product():
            return (spelling(above) or "") in MARK_WORDS
        case _:
            return False


def is_space(value: Term) -> bool:
    """``\\mathbb{R}``, ``\\mathcal{X}``, ``[0, 1]``: sets, whose powers with a cross are sets of matrices."""
    match value:
        case Name(name):
            return name.startswith((r"\mathbb", r"\mathcal"))
        case _:
            return isinstance(value, terms.Sequence)


def is_marginal(name: str) -> bool:
    """``n_{\\bullet\\bullet}``: a dot where an index was summed or averaged over."""
    if r"\bullet" not in name and r"\cdot" not in name:
        return False
    below = split_family(name)[0].partition("_{")[2]
    return r"\bullet" in below or (r"\cdot" in below and below != r"\cdot}")


def base_of(name: str) -> str:
    return name.partition("_{")[0]


def is_label(item: Node) -> bool:
    """What stands below a name beside an index and is none."""
    if isinstance(item, tree.Placeholder):
        return True
    return isinstance(item, tree.Symbol) and item.spelling.startswith((r"\bullet", r"\mathcal", r"\mathrm"))


def spine(value: Term) -> Iterator[Term]:
    """The parts of sums and products that the shape of a term can come from."""
    match value:
        case terms.Add(parts) | terms.Multiply(parts):
            for part in parts:
                yield from spine(part)
        case terms.Negate(part) | terms.Divide(part) | terms.Sum(body=part) | terms.Over(body=part):
            yield from spine(part)
        case _:
            yield value


def lone_names(value: Term) -> frozenset[str]:
    """The names that are whole summands: X in X - μ is a vector where μ is one."""
    parts = value.terms if isinstance(value, terms.Add) else ()
    bare = (part.term if isinstance(part, terms.Negate) else part for part in parts)
    return frozenset(part.name for part in bare if isinstance(part, Name))


def deciding(value: Term) -> tuple[str, ...]:
    """The names that decide the shape of a term: of each summand, the last factor."""
    match value:
        case Name(name) | Element(name):
            return (name,)
        case terms.Constant("e"):
            return ("e",)
        case terms.Add(parts):
            return tuple(name for part in parts for name in deciding(part))
        case terms.Multiply(factors):
            capitals = (f.name for f in factors[:-1] if isinstance(f, Name) and is_capital(f.name))
            return (*capitals, *deciding(factors[-1]))
        case terms.Negate(part) | terms.Divide(part) | terms.Sum(body=part) | terms.Over(body=part):
            return deciding(part)
        case terms.Apply(function):
            return (function,)
        case terms.Functional("E", (part,)) | terms.Inverse(part) | terms.Power(part):
            return deciding(part)
        case _:
            return ()
