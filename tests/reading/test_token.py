"""Cutting LaTeX into tokens."""

from __future__ import annotations

import pytest

from engine.reading.token import Token, settle, tokenize
from engine.span import Problem


def settled(text: str) -> list[tuple[str, str]]:
    tokens = tokenize(text, whole_words=True)
    assert not isinstance(tokens, Problem)
    result = settle(tokens, text)
    assert not isinstance(result, Problem)
    return [(token.kind, token.text) for token in result[:-1]]


@pytest.mark.parametrize("text", ["132{,}863{,}336", r"132\,863\,336", "132863336"])
def test_groups_of_digits_are_one_number(text: str) -> None:
    assert settled(text) == [("number", "132863336")]


def test_digits_after_a_comma_without_braces_are_a_list() -> None:
    assert [text for _, text in settled("1,234")] == ["1", ",", "234"]


def test_spacing_comments_and_sizes_vanish() -> None:
    assert settled("a\\, \\quad b % c\n\\displaystyle\\big( c ~ )") == [
        ("letter", "a"),
        ("letter", "b"),
        ("symbol", "("),
        ("letter", "c"),
        ("symbol", ")"),
    ]


def test_delimiters_know_their_side() -> None:
    assert settled(r"\left. x \right| \bigl\lfloor \Bigr ] \lvert") == [
        ("open", "."),
        ("letter", "x"),
        ("close", "|"),
        ("open", r"\lfloor"),
        ("close", "]"),
        ("open", "|"),
    ]


def test_alignment_counts_only_inside_environments() -> None:
    assert [text for _, text in settled(r"a &= b \\ &+ c")] == ["a", "=", "b", "+", "c"]
    assert [text for _, text in settled(r"\begin{aligned} a &= b \\ & = c \end{aligned}")] == list("a=b=c")
    assert "&" in [text for _, text in settled(r"\begin{pmatrix} a & b \end{pmatrix}")]


def test_a_row_that_starts_something_new_does_not_multiply_the_row_before() -> None:
    assert "\\\\" in [text for _, text in settled(r"a &= b \\\\ c")]
    assert "\\\\" not in [text for _, text in settled(r"a = b \\\\[1ex]")]


def test_words_differ_from_names() -> None:
    assert settled(r"\text{MLE} + \textrm{const.}") == [("name", "MLE"), ("symbol", "+"), ("name", "const")]
    assert settled(r"x \mbox{ if $n$ is odd,}") == [("letter", "x"), ("word", "if $n$ is odd,")]


def test_what_means_nothing_vanishes_with_its_argument() -> None:
    text = r"\label{eq:1} a \hspace{1ex} \phantom{b} \kern-2pt \color{red} c \tag{2}"
    assert settled(text) == [("letter", "a"), ("letter", "c")]


def test_an_empty_group_after_a_bar_vanishes() -> None:
    assert [text for _, text in settled(r"a \vert{} b")] == ["a", "|", "b"]


def test_a_star_belongs_to_few_commands() -> None:
    assert [text for _, text in settled(r"\alpha*x \operatorname*{f}")][:3] == [r"\alpha", "*", "x"]


def test_what_people_type_instead_of_commands() -> None:
    assert [text for _, text in settled("λ·x ≤ ∑")] == [r"\lambda", r"\cdot", "x", r"\le", r"\sum"]


@pytest.mark.parametrize(("text", "place"), [("x $ y", 2), ("ab\\", 2), ("日", 0)])
def test_a_foreign_character_is_a_problem_with_its_place(text: str, place: int) -> None:
    problem = tokenize(text)
    assert isinstance(problem, Problem) and problem.span is not None
    assert problem.span.start == place


def test_tokens_keep_their_place() -> None:
    tokens = tokenize(r"a + \hat b")
    assert not isinstance(tokens, Problem)
    assert tokens[2] == Token("command", r"\hat", 4, 8)


def test_left_without_a_delimiter_is_a_problem() -> None:
    tokens = tokenize(r"\left x")
    assert not isinstance(tokens, Problem)
    assert isinstance(settle(tokens, r"\left x"), Problem)
