from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product
from random import Random

import pytest

from derivations.convolution import derive, output_size
from engine.derivation import (
    Chain,
    ConvolutionFigure,
    Derivation,
    Paragraph,
    Remark,
    Step,
    Validation,
    steps_of,
)
from engine.meaning.sort import REAL
from engine.meaning.statement import Relation
from engine.meaning.term import Add, Apply, Element, Matrix, Name, Negate, Number, Sum, Term, free_names, integer
from engine.numerics import missing
from engine.span import Problem
from tests.derivations.exact_value import holds, value

WEEK07: dict[str, object] = {
    "input": [[1, 2, -1, 1], [1, 0, 1, 0], [0, 1, 0, 2], [2, 1, 0, -1]],
    "kernel": [[1, 0], [2, 1]],
    "cases": [{"stride": 1}, {"stride": 2}, {"stride": 2, "padding": 1}],
}
needs_torch = pytest.mark.skipif(missing("torch") is not None, reason="torch is not installed")


def derived(data: Mapping[str, object], *, torch: bool = False) -> Derivation:
    result = derive(data, torch=torch)
    assert isinstance(result, Derivation), result
    return result


def steps(derivation: Derivation) -> Iterator[Step]:
    return (step for block in derivation.blocks for step in steps_of(block))


def figures(derivation: Derivation) -> list[ConvolutionFigure]:
    return [block for block in derivation.blocks if isinstance(block, ConvolutionFigure)]


def chain(derivation: Derivation, heading: str) -> Chain:
    return next(b for b in derivation.blocks if isinstance(b, Chain) and b.heading.startswith(heading))


def case(**settings: object) -> dict[str, object]:
    return {**WEEK07, "cases": [settings]}


def test_the_published_outputs_of_week_7() -> None:
    first, second, third = (figure.output for figure in figures(derived(WEEK07)))
    assert first == (("3", "3", "1"), ("2", "2", "3"), ("5", "3", "-1"))
    assert second == (("3", "1"), ("5", "-1"))
    assert third == (("1", "3", "2"), ("0", "2", "4"), ("0", "1", "-1"))


def test_every_claim_of_week_7_is_true() -> None:
    found = list(steps(derived(WEEK07)))
    assert len(found) == (1 + 18 + 1) + (1 + 8 + 1) + (2 + 18 + 1)
    assert all(holds(step.claim) for step in found)
    assert all(step.words and step.rule and not step.claimed for step in found)


def test_the_result_of_each_case_is_boxed_and_says_the_whole_output() -> None:
    boxed = [step.claim.statement for step in steps(derived(WEEK07)) if step.boxed]
    assert len(boxed) == 3
    second = boxed[1]
    assert isinstance(second, Relation) and second.left == Name("Y")
    assert second.right == Matrix(((integer(3), integer(1)), (integer(5), integer(-1))))


def test_output_size_claim_shows_the_floor_formula_with_numbers() -> None:
    (size, pad) = chain(derived(case(stride=2, padding=1)), "(a)").steps
    statement = size.claim.statement
    assert isinstance(statement, Relation) and isinstance(statement.left, Add)
    assert isinstance(statement.left.terms[0], Apply) and statement.left.terms[0].function == "floor"
    assert statement.right == integer(3)
    padded = pad.claim.statement
    assert isinstance(padded, Relation) and padded.left == Apply("pad", (Name("X"), integer(1)))
    assert isinstance(padded.right, Matrix) and len(padded.right.rows) == 6


def test_rows_and_columns_are_claimed_apart_where_they_differ() -> None:
    sizes = chain(derived(case(stride=[1, 2])), "(a)").steps
    assert [step.words for step in sizes] == ["Rows of the output.", "Columns of the output."]
    assert [step.claim.statement.right for step in sizes] == [integer(3), integer(2)]  # type: ignore[union-attr]


def test_patch_claims_the_double_sum_with_the_entrys_own_place() -> None:
    (figure,) = figures(derived(case(stride=2, padding=1, dilation=2)))
    patch = next(p for p in figure.patches if (p.row, p.column) == (2, 1))
    assert patch.cells == ((3, 1), (3, 3), (5, 1), (5, 3))
    statement = patch.steps[0].claim.statement
    assert isinstance(statement, Relation) and isinstance(statement.left, Sum)
    inner = statement.left.body
    assert isinstance(inner, Sum)
    used = [part for part in inner.body.factors if isinstance(part, Element)]  # type: ignore[union-attr]
    assert [element.family for element in used] == ["K", r"\tilde{X}"]


def test_the_indices_of_each_sum_are_the_cells_of_its_patch() -> None:
    """The statement's own indices, run through by hand, visit exactly the highlighted cells."""
    for stride, padding, dilation in product((1, 2, [1, 3]), (0, 2), (1, [2, 1])):
        derivation = derived(case(stride=stride, padding=padding, dilation=dilation))
        (figure,) = figures(derivation)
        for patch in figure.patches:
            statement = patch.steps[0].claim.statement
            assert isinstance(statement, Relation)
            assert visited(statement.left) == patch.cells
        assert all(holds(step.claim) for step in steps(derivation))


def visited(term: Term) -> tuple[tuple[int, int], ...]:
    assert isinstance(term, Sum) and isinstance(term.body, Sum)
    _, source = term.body.body.factors  # type: ignore[union-attr]
    counts = [int(bound.value) for bound in (term.upper, term.body.upper) if isinstance(bound, Number)]
    places = product(range(1, counts[0] + 1), range(1, counts[1] + 1))
    return tuple(tuple(at(index, {term.index: u, term.body.index: v}) for index in source.indices) for u, v in places)  # type: ignore[misc]


def at(index: Term, values: dict[str, int]) -> int:
    match index:
        case Number(number):
            return int(number)
        case Negate(inner):
            return -at(inner, values)
        case Name(name):
            return values[name]
        case Add(terms):
            return sum(at(part, values) for part in terms)
        case _:
            first, second = index.factors  # type: ignore[union-attr]
            return at(first, values) * at(second, values)


def test_entries_are_written_out_as_products_and_then_added() -> None:
    first, second = figures(derived(case(stride=2)))[0].patches[0].steps
    assert isinstance(first.claim.statement.left, Sum)  # type: ignore[union-attr]
    assert first.claim.statement.right == second.claim.statement.left  # type: ignore[union-attr]
    assert second.claim.statement.right == integer(3)  # type: ignore[union-attr]


def test_large_outputs_keep_their_entries_in_the_figure_only() -> None:
    random = Random(7)
    matrix = [[random.randint(-5, 5) for _ in range(12)] for _ in range(12)]
    derivation = derived({"input": matrix, "kernel": [[1, -1, 2]] * 3, "cases": [{}]})
    assert len(chain(derivation, "(a) Output").steps) == 1
    (figure,) = figures(derivation)
    assert len(figure.patches) == 100
    assert all(holds(step.claim) for step in steps(derivation))


def test_it_is_a_cross_correlation_without_flip() -> None:
    derivation = derived({"input": [[1, 2], [3, 4]], "kernel": [[1, 0], [0, 0]], "cases": [{}]})
    assert figures(derivation)[0].output == (("1",),)
    assert "cross-correlation" in derivation.blocks[0].text and "no flip" in derivation.blocks[0].text  # type: ignore[union-attr]


def test_symbolic_kernel_gives_symbolic_outputs() -> None:
    derivation = derived({"input": [[1, 2, "x"], [0, -1, 0]], "kernel": [["a", "b"], ["k_1", "k_{22}"]], "cases": [{}]})
    (figure,) = figures(derivation)
    assert figure.kernel == (("a", "b"), ("k_{1}", "k_{22}"))
    assert figure.output == (("a + 2 b - k_{22}", "b x + 2 a - k_{1}"),)
    names = ["a", "b", "k_{1}", "k_{22}", "x"]
    for step in steps(derivation):
        if free_names(step.claim.statement.left) & {"K", "X", "y", "Y"}:  # type: ignore[union-attr]
            assert [step.claim.context.sort_of(name) for name in names] == [REAL] * 5
        values = {name: Fraction(3 * at - 7, at) for at, name in enumerate(names, 1)}
        assert holds(step.claim, values)


def test_index_letters_are_not_those_of_the_entries() -> None:
    derivation = derived({"input": [["a", "u_1"], [1, 2]], "kernel": [["v"]], "cases": [{}]})
    context = next(step for step in steps(derivation) if step.boxed).claim.context
    definition = context.definition_of("y")
    assert definition is not None and definition.parameters == ("i", "j")
    assert not free_names(definition.body) & {"a", "u", "v"}
    values = {"a": Fraction(2), "u_{1}": Fraction(3), "v": Fraction(5)}
    assert all(holds(step.claim, values) for step in steps(derivation))


def test_a_symbol_with_coefficient_zero_is_declared() -> None:
    derivation = derived({"input": [["0a"]], "kernel": [[1]], "cases": [{}]})
    assert figures(derivation)[0].output == (("0",),)
    assert next(step for step in steps(derivation) if step.boxed).claim.context.sort_of("a") == REAL


def test_fractions_and_decimals() -> None:
    fractions = derived({"input": [["3/4", 0.5], [1, "-1/2"]], "kernel": [["1/3", 2]], "cases": [{}]})
    assert figures(fractions)[0].output == ((r"\frac{5}{4}",), (r"-\frac{2}{3}",))
    decimals = derived({"input": [[0.5, "1.50"], [1, -2]], "kernel": [[0.1, 2]], "cases": [{}]})
    assert figures(decimals)[0].output == (("3.05",), ("-3.9",))
    assert figures(decimals)[0].padded == (("0.5", "1.50"), ("1", "-2"))
    assert all(holds(step.claim) for each in (fractions, decimals) for step in steps(each))


def test_right_claimed_output_is_one_step() -> None:
    derivation = derived(case(stride=2, claimed=[[3, 1], [5, "-1"]]))
    (step,) = chain(derivation, "(a) Given").steps
    assert step.claimed and holds(step.claim)
    assert step.claim.statement == Relation(
        Name("Y"), "=", Matrix(((integer(3), integer(1)), (integer(5), Negate(integer(1)))))
    )


def test_wrong_claimed_output_names_the_entries_that_differ() -> None:
    derivation = derived(case(stride=2, claimed=[[3, 2], [5, 1]]))
    given = chain(derivation, "(a) Given").steps
    assert [step.claim.statement for step in given] == [
        Relation(Element("y", (integer(1), integer(2))), "=", integer(2)),
        Relation(Element("y", (integer(2), integer(2))), "=", integer(1)),
    ]
    assert all(step.claimed and not holds(step.claim) for step in given)
    assert all(holds(step.claim) for step in steps(derivation) if not step.claimed)


def test_claimed_output_of_the_wrong_size_is_a_claim_about_the_size() -> None:
    given = chain(derived(case(stride=2, claimed=[[3, 1]])), "(a) Given").steps
    assert [holds(step.claim) for step in given] == [False, True]
    assert all(step.claimed for step in given)
    assert [step.words.split()[0] for step in given] == ["Rows", "Columns"]


def test_symbolic_claimed_output_is_read() -> None:
    data = {"input": [[1, 2]], "kernel": [["a", "b"]], "cases": [{"claimed": [["2b + a"]]}, {"claimed": [["a + b"]]}]}
    derivation = derived(data)
    values = {"a": Fraction(1), "b": Fraction(5)}
    right, wrong = (chain(derivation, f"({part}) Given").steps[0] for part in "ab")
    assert holds(right.claim, values) and not holds(wrong.claim, values)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "input: expected a matrix"),
        ({"input": 3, "kernel": [[1]], "cases": [{}]}, "input: expected a matrix"),
        ({"input": [], "kernel": [[1]], "cases": [{}]}, "input: expected a matrix"),
        ({"input": [[]], "kernel": [[1]], "cases": [{}]}, "input: expected a matrix"),
        ({"input": [[1, 2], [3]], "kernel": [[1]], "cases": [{}]}, "rows of equal length, found rows of 2, 1 entries"),
        ({"input": [[1, "foo"]], "kernel": [[1]], "cases": [{}]}, "input, row 1, column 2: expected an integer"),
        ({"input": [[1, ""]], "kernel": [[1]], "cases": [{}]}, "row 1, column 2"),
        ({"input": [[True]], "kernel": [[1]], "cases": [{}]}, "found True"),
        ({"input": [[float("nan")]], "kernel": [[1]], "cases": [{}]}, "row 1, column 1: expected an integer"),
        ({"input": [[float("inf")]], "kernel": [[1]], "cases": [{}]}, "row 1, column 1: expected an integer"),
        ({"input": [[10**5000]], "kernel": [[1]], "cases": [{}]}, "row 1, column 1: expected an integer"),
        ({"input": [[[1]]], "kernel": [[1]], "cases": [{}]}, "found [1]"),
        ({"input": [["1/0"]], "kernel": [[1]], "cases": [{}]}, "the denominator of 1/0 is 0"),
        ({"input": [["1e5"]], "kernel": [[1]], "cases": [{}]}, "found '1e5'"),
        ({"input": [["e"]], "kernel": [[1]], "cases": [{}]}, "Euler's number"),
        ({"input": [[1]], "kernel": [["K_{11}"]], "cases": [{}]}, "K_{11} stands for a matrix of this exercise"),
        ({"input": [["\\input{x}"]], "kernel": [[1]], "cases": [{}]}, "row 1, column 1: expected an integer"),
        ({"input": [["٣"]], "kernel": [[1]], "cases": [{}]}, "row 1, column 1: expected an integer"),
        ({"input": [[1] * 65], "kernel": [[1]], "cases": [{}]}, "at most 64 rows and columns, found 1 × 65"),
        ({**WEEK07, "cases": None}, "cases: expected a list of tables"),
        ({**WEEK07, "cases": []}, "cases: expected a list of tables"),
        ({**WEEK07, "cases": [1]}, "cases: expected a list of tables"),
        ({**WEEK07, "strides": 2}, "there is no key 'strides'"),
        (case(strid=2), "case 1: there is no key 'strid', did you mean 'stride'?"),
        (case(stride=0), "case 1, stride: expected a whole number from 1 to 64, found 0"),
        (case(stride=True), "case 1, stride: expected a whole number"),
        (case(stride=1.5), "found 1.5"),
        (case(stride=[1, 2, 3]), "case 1, stride: expected a whole number or [rows, columns]"),
        (case(padding=-1), "case 1, padding: expected a whole number from 0"),
        (case(padding=[1, 2]), "one number for every side, found [1, 2]"),
        (case(padding=40), "at most 64 padded rows and columns, found 84 × 84"),
        (case(dilation="2"), "case 1, dilation: expected a whole number"),
        (case(part=3), "part: expected a text"),
        (case(claimed=[["x", 1], [2, []]]), "case 1, claimed, row 2, column 2"),
        (case(dilation=4), "the kernel (2 × 2), dilated to 5 × 5, is larger than the padded input, which is 4 × 4"),
        ({**WEEK07, "kernel": [[1] * 5]}, "the kernel (1 × 5) is larger than the padded input, which is 4 × 4"),
        ({**WEEK07, "title": 3}, "title: expected a text"),
    ],
)
def test_bad_data_is_a_problem_that_says_what_was_expected(data: Mapping[str, object], message: str) -> None:
    found = derive(data, torch=False)
    assert isinstance(found, Problem) and message in found.message, found


def test_kernel_that_just_fits() -> None:
    derivation = derived({"input": [[1, 2], [3, 4]], "kernel": [[1] * 4] * 4, "cases": [{"padding": 1}]})
    assert figures(derivation)[0].output == (("10",),)


def test_question_and_introduction_have_paired_dollars() -> None:
    derivation = derived(WEEK07)
    texts = [derivation.question, *(b.text for b in derivation.blocks if isinstance(b, Paragraph | Remark))]
    assert all(text.count("$") % 2 == 0 for text in texts)
    assert all(step.words.count("$") % 2 == 0 for step in steps(derivation))


def test_output_size_matches_a_count_of_places() -> None:
    for n, k, s, p, d in product(range(1, 7), range(1, 4), range(1, 4), range(3), range(1, 3)):
        if d * (k - 1) + 1 <= n + 2 * p:
            places = [start for start in range(0, n + 2 * p, s) if start + d * (k - 1) < n + 2 * p]
            assert output_size(n, k, s, p, d) == len(places)


def test_without_torch_there_is_no_validation(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not any(isinstance(block, Validation) for block in derived(WEEK07).blocks)
    monkeypatch.setitem(sys.modules, "torch", None)
    last = derived(WEEK07, torch=True).blocks[-1]
    assert isinstance(last, Remark) and "torch is not installed" in last.text and not last.steps


@needs_torch
def test_torch_agrees_exactly() -> None:
    last = derived(WEEK07, torch=True).blocks[-1]
    assert last == Validation(
        "torch.nn.functional.conv2d in int64", "All 22 entries are equal, without tolerance.", True
    )
    entries = {"input": [["3/4", "x", 0.5], [1, 2, 3], [0, "z_1", 1]], "kernel": [["a", "1/7"]]}
    symbolic = derived({**entries, "cases": [{"stride": [2, 1], "padding": 1, "dilation": [1, 2]}]}, torch=True)
    last = symbolic.blocks[-1]
    assert isinstance(last, Validation) and last.agrees and "random integers" in last.outcome


@needs_torch
def test_a_wrong_output_would_not_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    flipped = "derivations.convolution.conv2d_int64"
    monkeypatch.setattr(flipped, lambda *arguments: ((Fraction(0),),))
    last = derived(WEEK07, torch=True).blocks[-1]
    assert isinstance(last, Validation) and not last.agrees and last.outcome == "(a), (b), (c) differ."


@needs_torch
def test_numbers_beyond_int64_are_not_compared() -> None:
    last = derived({"input": [[10**25]], "kernel": [[1]], "cases": [{}]}, torch=True).blocks[-1]
    assert isinstance(last, Remark) and "too large" in last.text


def test_oracle_sees_a_wrong_claim() -> None:
    step = next(step for step in steps(derived(WEEK07)) if step.boxed)
    assert value(Name("Y"), step.claim.context, {}) == ((3, 3, 1), (2, 2, 3), (5, 3, -1))
