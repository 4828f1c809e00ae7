"""Lists, labels, conditions and quantifiers, and the words between formulas: what each says, and what is refused."""

from __future__ import annotations

import pytest

from engine.meaning.context import Context
from engine.meaning.elaborate import Reading, StatementsReading, read_statement, read_statements, read_term
from engine.meaning.latex import statement_latex, term_latex
from engine.meaning.statement import Assertion
from engine.meaning.term import (
    Apply,
    Comparison,
    Dots,
    Element,
    Functional,
    Multiply,
    Name,
    Negate,
    Over,
    Sequence,
    Term,
    integer,
)
from engine.span import Problem

EMPTY = Context()
ZERO, ONE, TWO = map(integer, range(3))
B, F, INDEX, J, K, N, P, S, T, X, Y, Z = map(Name, "B f i j k n p S t X Y Z".split())
LITTLE_X, LITTLE_Y = Name("x"), Name("y")
MU, H_0 = Name(r"\mu"), Name("H_{0}")


def reading(text: str) -> Reading:
    result = read_term(text, EMPTY)
    assert isinstance(result, Reading), result
    again = read_term(term_latex(result.term), EMPTY)
    assert isinstance(again, Reading) and again.term == result.term, term_latex(result.term)
    return result


def term(text: str) -> Term:
    return reading(text).term


def stated(text: str) -> Assertion:
    result = read_statements(text, EMPTY)
    assert isinstance(result, StatementsReading), result
    (assertion,) = result.statements
    assert isinstance(assertion, Assertion)
    again = read_statements(statement_latex(assertion), EMPTY)
    assert isinstance(again, StatementsReading) and again.statements == (assertion,), statement_latex(assertion)
    return assertion


def refusal(text: str) -> str:
    result = read_term(text, EMPTY)
    assert isinstance(result, Problem), result
    return result.message


def forall(name: str, condition: Term | None, body: Term) -> Over:
    return Over("forall", name, condition, body)


def inside(left: Term, right: Term) -> Comparison:
    return Comparison(left, "∈", right)


class TestLists:
    def test_a_whole_side_may_be_a_list(self) -> None:
        assert term(r"1, \ldots, n") == Sequence("", (ONE, Dots(), N))
        assert term(r"1, \hdots, n") == Sequence("", (ONE, Dots(), N))
        assert term("X, Y") == Sequence("", (X, Y))

    @pytest.mark.parametrize("text", [r"\frac{a, b}{2}", "2 + a, b < c", "a, b = c", "a; b", r"a, b \in C"])
    def test_a_list_inside_a_formula_or_with_a_relation_is_no_value(self, text: str) -> None:
        assert refusal(text)

    def test_a_word_in_a_list_is_no_factor(self) -> None:
        assert "word" in refusal(r"X, Y \; \text{independent}")

    def test_names_that_share_a_law_or_a_set(self) -> None:
        assert stated(r"X, Y \sim p") == Assertion(Sequence("", (X, Y)), "∼", P)
        assert stated(r"i, j \in S") == Assertion(Sequence("", (INDEX, J)), "∈", S)

    def test_no_claim_is_made_of_a_list(self) -> None:
        assert isinstance(read_statement(r"X, Y = 0", EMPTY), Problem)
        assert isinstance(read_statements(r"X, Y = 0", EMPTY), Problem)

    def test_a_range_is_a_set(self) -> None:
        """i = 1, …, n does not say that i is 1."""
        assert stated(r"i = 1, \ldots, n") == Assertion(INDEX, "∈", Sequence("{}", (ONE, Dots(), N)))
        assert isinstance(read_statement(r"i = 1, \ldots, n", EMPTY), Problem)

    def test_a_multinomial_coefficient(self) -> None:
        assert term(r"\binom{n}{j, k}") == Apply("multinomial", (N, J, K))
        assert term(r"{n \choose {j, \ldots, k}}") == Apply("multinomial", (N, J, Dots(), K))


class TestBars:
    def test_one_thing_given_another(self) -> None:
        assert term(r"X \mid Y") == Functional("given", (X,), (Y,))
        assert term(r"X \mid Y, Z") == Functional("given", (X,), (Y, Z))

    def test_the_bar_before_a_law_is_not_dropped(self) -> None:
        """X | Y ∼ p was read as X, Y ∼ p."""
        assert stated(r"X \mid Y \sim p") == Assertion(Functional("given", (X,), (Y,)), "∼", P)
        fixed = Functional("given", (X,), (Comparison(Y, "=", LITTLE_Y),))
        assert stated(r"X \mid Y = y \sim p") == Assertion(fixed, "∼", P)

    def test_the_bar_below_an_expectation_is_not_dropped(self) -> None:
        """E_{y|x} was read as E_{y,x}."""
        below = Functional("given", (LITTLE_Y,), (LITTLE_X,))
        assert term(r"\mathbb{E}_{y|x}[y]") == Functional("E", (LITTLE_Y,), (), below)

    @pytest.mark.parametrize("text", [r"3 \mid n", r"X < 1 \mid Y", r"X \mid Y \mid Z", r"X ; Y \mid Z"])
    def test_a_bar_that_conditions_nothing_is_refused(self, text: str) -> None:
        assert refusal(text)


class TestColons:
    def test_a_hypothesis_is_named_and_not_claimed(self) -> None:
        assert stated(r"H_0: \mu = 0") == Assertion(H_0, ":", Comparison(MU, "=", ZERO))
        assert isinstance(read_statement(r"H_0: \mu = 0", EMPTY), Problem)
        both = Apply("and", (Comparison(Name("a"), "=", ZERO), Comparison(Name("b"), "=", ZERO)))
        assert stated(r"H_0: a = 0 \wedge b = 0") == Assertion(H_0, ":", both)

    def test_a_function_and_its_sets(self) -> None:
        assert stated(r"f: S \to T") == Assertion(F, ":", Comparison(S, "→", Name("T")))

    def test_the_left_side_of_what_is_named(self) -> None:
        assert term(r"H_0: \mu") == Comparison(H_0, ":", MU)

    @pytest.mark.parametrize("text", ["f: S", "2 : 3", "a : b : c", "x + 1 : y", "i, -", "i | +", r"H_0: \mu = 0"])
    def test_what_names_nothing_is_refused(self, text: str) -> None:
        assert refusal(text)


class TestWords:
    @pytest.mark.parametrize("text", [r"\text{s.t. } x", r"\text{NB: } x", r"\text{subject to } x"])
    def test_words_that_lead_up_to_a_value_are_reported(self, text: str) -> None:
        result = reading(text)
        assert result.term == LITTLE_X
        assert any("stand before the formula" in words for words in result.inferred)

    @pytest.mark.parametrize(
        "text",
        [r"\text{number of } x", r"\text{minimum over } x", r"x \text{ bits}", r"x \text{ or } y", r"x \text{ and }"],
    )
    def test_words_that_may_change_the_value_are_refused(self, text: str) -> None:
        assert refusal(text)

    def test_a_constraint_is_no_claim(self) -> None:
        assert isinstance(read_statement(r"\text{s.t. } x \ge 1", EMPTY), Problem)
        assert isinstance(read_statements(r"\text{s.t. } x \ge 1", EMPTY), Problem)

    def test_and_joins_events(self) -> None:
        events = (Comparison(X, "=", ONE), Comparison(Y, "=", Negate(TWO)))
        assert term(r"P(X = 1 \text{ and } Y = -2)") == Functional("P", (Apply("and", events),))
        assert term(r"P(X = 1 \text{, or } Y = -2)") == Functional("P", (Apply("or", events),))

    def test_a_congruence(self) -> None:
        assert term(r"\mathbf{1}[t \equiv 0 \pmod 2]") == Apply("indicator", (Apply("congruent", (T, ZERO, TWO)),))

    def test_an_undefined_expectation_is_reported(self) -> None:
        result = reading(r"\E_{x \sim p}[x]")
        assert result.term == Functional("E", (LITTLE_X,), (), Comparison(LITTLE_X, "∼", P))
        assert r"\E is not defined and taken for the expectation" in result.inferred
        assert term(r"\E_{x \sim p} x") == result.term

    def test_a_row_of_undefined_expectations_is_bounded(self) -> None:
        assert "levels deep" in refusal(r"\E " * 2000 + "x")

    def test_a_defined_command_is_what_its_definition_says(self) -> None:
        result = read_term(r"\E + 1", EMPTY, r"\newcommand{\E}{x}")
        assert isinstance(result, Reading) and result.inferred == ("x ∈ ℝ",)

    @pytest.mark.parametrize("text", [r"\E", r"2 \E", r"\E_0", r"\E'[X]", r"\E^\pi[X]"])
    def test_an_undefined_command_is_no_name(self, text: str) -> None:
        assert refusal(text)


class TestQuantifiers:
    def test_before_and_behind_is_the_same(self) -> None:
        member = Element("x", (INDEX,))
        assert term(r"x_i \;\forall i") == term(r"\forall i: x_i") == forall("i", None, member)
        assert (
            term(r"x_i, \; \forall i \in S") == term(r"\forall i \in S: x_i") == forall("i", inside(INDEX, S), member)
        )

    def test_a_range(self) -> None:
        run = inside(INDEX, Sequence("{}", (ONE, Dots(), N)))
        assert term(r"0 \;\forall i \in \{1, \ldots, n\}") == forall("i", run, ZERO)
        assert term(r"0 \;\forall i = 1, \ldots, n") == forall("i", run, ZERO)

    def test_two_names_share_a_condition(self) -> None:
        both = Sequence("", (INDEX, inside(J, S)))
        assert term(r"1 \;\forall i, j \in S") == forall("i", None, forall("j", both, ONE))

    def test_an_event_for_every_member(self) -> None:
        event = Comparison(Element("x", (INDEX,)), ">", ZERO)
        assert term(r"P(\forall i \in S: x_i > 0)") == Functional("P", (forall("i", inside(INDEX, S), event),))
        assert term(r"P(\exists i \in S: x_i > 0)") == Functional("P", (Over("exists", "i", inside(INDEX, S), event),))

    @pytest.mark.parametrize("text", [r"\forall k", r"\forall k \ne y", r"x \exists k", r"x \;\forall i, j \in S, k"])
    def test_a_quantifier_over_nothing_is_refused(self, text: str) -> None:
        assert refusal(text)


class TestSets:
    def test_the_name_in_a_set_is_bound(self) -> None:
        body = Multiply((Name("a"), LITTLE_X))
        assert term(r"\{a x \mid a \in S\}") == Over("set", "a", inside(Name("a"), S), body)

    def test_a_lone_name_is_bound(self) -> None:
        assert term(r"\{x : x > k\}") == Over("set", "x", Comparison(LITTLE_X, ">", K), LITTLE_X)

    def test_members_of_a_set_with_conditions(self) -> None:
        where = Apply("and", (inside(LITTLE_X, S), Comparison(LITTLE_X, ">", K)))
        assert term(r"\{x \in S \mid x > k\}") == Over("set", "x", where, LITTLE_X)
        assert term(r"\{x \mid x \in S, x > k\}") == Over("set", "x", where, LITTLE_X)

    @pytest.mark.parametrize(
        "text", [r"\{1, 2 \mid x\}", r"\{x y \mid x < y\}", r"\{x \mid y\}", r"\{x + 1 \mid k > 0\}"]
    )
    def test_an_unclear_set_is_refused(self, text: str) -> None:
        assert refusal(text)

    def test_a_set_of_vectors_is_no_vector(self) -> None:
        assert isinstance(read_term(r"\{\mathbf{x} \mid \mathbf{x} \in S\}^\top", EMPTY), Problem)

    def test_the_largest_of_a_set(self) -> None:
        assert term(r"\max(\{j, \ldots, k\})") == term(r"\max\{j, \ldots, k\}") == Apply("max", (J, Dots(), K))
        assert refusal(r"\max(\{j\})") and refusal(r"\max(j)")


class TestBigOperations:
    RUN = inside(INDEX, Sequence("{}", (ONE, Dots(), N)))

    def test_a_union_ends_before_the_operand_without_its_index(self) -> None:
        union = Over("union", "i", self.RUN, Element("A", (INDEX,)))
        result = reading(r"\bigcup_{i=1}^n A_i \cap B")
        assert result.term == Apply("intersection", (union, B))
        assert any("ends before the operand without i" in words for words in result.inferred)

    def test_a_union_reaches_to_its_index(self) -> None:
        body = Apply("union", (B, Element("A", (INDEX,))))
        assert term(r"\bigcup_{i=1}^n B \cup A_i") == Over("union", "i", self.RUN, body)
        grouped = Apply("union", (Element("A", (INDEX,)), B))
        assert term(r"\bigcap_{i \in S} (A_i \cup B)") == Over("intersection", "i", inside(INDEX, S), grouped)

    def test_a_conjunction_reaches_over_a_relation(self) -> None:
        event = Comparison(Element("x", (INDEX,)), ">", ZERO)
        assert term(r"P(\bigwedge_{i \in S} x_i > 0)") == Functional("P", (Over("and", "i", inside(INDEX, S), event),))

    def test_a_limit_of_a_union_keeps_its_brackets(self) -> None:
        """It was printed as the union of a limit and B."""
        union = Apply("union", (Element("A", (N,)), B))
        assert term(r"\lim_{n \to k} (A_n \cup B)") == Over("lim", "n", Comparison(N, "→", K), union)

    def test_others_are_refused(self) -> None:
        assert refusal(r"\bigoplus_i A_i")


class TestConditionsBelowASign:
    RUN = Sequence("{}", (ONE, Dots(), N))

    def test_the_first_binds_and_the_others_are_conditions(self) -> None:
        where = Apply("and", (inside(T, S), Comparison(T, "≤", LITTLE_X)))
        for below in (r"t \in S, t \le x", r"\substack{t \in S \\ t \le x}"):
            assert term(rf"\sum_{{{below}}} f(t)") == Over("sum", "t", where, Apply("f", (T,)))

    def test_a_range_with_a_hole(self) -> None:
        member = Element("x", (J,))
        where = Apply("and", (inside(J, self.RUN), Comparison(J, "≠", K)))
        assert term(r"\sum_{j = 1, j \ne k}^n x_j") == Over("sum", "j", where, member)

    def test_a_colon_before_the_condition(self) -> None:
        where, member = Comparison(Element("y", (INDEX,)), "=", ONE), Element("x", (INDEX,))
        assert term(r"\sum_{i: y_i = 1} x_i") == Over("sum", "i", where, member)
        assert term(r"\max_{i: y_i = 1} x_i") == Over("max", "i", where, member)
        assert term(r"\sum_{x: x = k} x") == Over("sum", "x", Comparison(LITTLE_X, "=", K), LITTLE_X)

    def test_a_pair_in_a_set(self) -> None:
        where = Apply("and", (inside(Sequence("()", (LITTLE_X, LITTLE_Y)), S), Comparison(LITTLE_Y, "=", K)))
        inner = Over("sum", "y", where, Multiply((LITTLE_X, LITTLE_Y)))
        assert term(r"\sum_{(x, y) \in S: y = k} x y") == Over("sum", "x", None, inner)

    def test_each_in_its_set(self) -> None:
        inner = Over("sum", "j", inside(J, B), Element("a", (INDEX, J)))
        assert term(r"\sum_{i \in S, j \in B} a_{ij}") == Over("sum", "i", inside(INDEX, S), inner)

    def test_a_limit_under_a_condition(self) -> None:
        where = Apply("and", (Comparison(LITTLE_X, "→", ZERO), Comparison(K, "<", ONE)))
        assert term(r"\lim_{x \to 0, k < 1} f(x)") == Over("lim", "x", where, Apply("f", (LITTLE_X,)))

    @pytest.mark.parametrize(
        "text",
        [
            r"\sum_{i \in S, j < i} a_{ij}",  # is j bound?
            r"\sum_{i = 1, j = 1}^n a_{ij}",
            r"\sum_{i = 1, i \ne k} a_i",
            r"\sum_{i: a} i",  # no condition: it was dropped
            r"\sum_{x: y = k} x",  # y has nothing to do with x
            r"\sum_{i = 1, i < k}^{i} a_i",
        ],
    )
    def test_what_may_be_bound_or_not_is_refused(self, text: str) -> None:
        assert refusal(text)


class TestRegions:
    def test_an_integral_over_a_region(self) -> None:
        """Both are bound where the condition stands: on the inner integral."""
        product, point = Multiply((LITTLE_X, LITTLE_Y)), Sequence("()", (LITTLE_X, LITTLE_Y))
        inner = Over("int", "x", inside(point, S), product)
        assert term(r"\iint_S x y \,dx\,dy") == Over("int", "y", None, inner)
        inner = Over("int", "x", Comparison(product, "≤", ONE), product)
        assert term(r"\iint_{x y \le 1} x y \,dx\,dy") == Over("int", "y", None, inner)

    def test_an_area_element_is_no_variable(self) -> None:
        assert refusal(r"\iint_S x \,dA")
        assert refusal(r"\iint x \,dA")

    def test_the_condition_of_one_integral_is_printed(self) -> None:
        """∫_{x<1} was printed as ∫_1, which reads x ∈ 1."""
        assert term(r"\int_{x < 1} x \,dx") == Over("int", "x", Comparison(LITTLE_X, "<", ONE), LITTLE_X)
