"""What a displayed formula states. The formulas are made up, after habits that real sheets show."""

from __future__ import annotations

import gc
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.reading.chain import Chain, split_chain
from engine.reading.macro import read_macros
from engine.span import Problem


def chain(latex: str, macros: str = "") -> Chain:
    table = read_macros(macros)
    assert not isinstance(table, Problem)
    found = split_chain(latex, table)
    assert isinstance(found, Chain)
    return found


def steps(latex: str, macros: str = "") -> list[str]:
    return [f"{link.left.latex} {link.relation.sign} {link.right.latex}" for link in chain(latex, macros).links]


def kinds(latex: str) -> list[str]:
    return [link.kind for link in chain(latex).links]


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        ("a = b", ["a = b"]),
        (r"a &= b \\ &= c", ["a = b", "b = c"]),
        (r"a = b \le c < d", ["a = b", "b ≤ c", "c < d"]),
        (r"a &= b \\ &\quad + c \\ &= d", ["a = b + c", "b + c = d"]),  # the row goes on
        (r"a &= b + \\ & c \\ &= d", ["a = b + c", "b + c = d"]),
        (r"a = \\ b", ["a = b"]),
        (r"a &= \\ &= b", ["a = b"]),  # the sign at the end of the row and again below
        (r"a &= b \\ -c &= d", ["a = b", "-c = d"]),
        (r"a &= b & c &= d \\ e &= f & g &= h", ["a = b", "c = d", "e = f", "g = h"]),
        (r"a &=& b \\ &=& c", ["a = b", "b = c"]),
        (r"\begin{array}{rcl} a & = & b \\ & = & c \end{array}", ["a = b", "b = c"]),
        (r"\begin{array}{clr} x + y & = 3 & (1) \\ & \vdots \\ x & = 1 & (2) \end{array}", ["x + y = 3", "x = 1"]),
        (r"\begin{multline} a = b \\ c \\ - d \end{multline}", ["a = b c - d"]),
        (r"\begin{equation}\begin{split} a &= b \\ &= c \end{split}\end{equation}", ["a = b", "b = c"]),
        (r"\begin{alignat}{2} a &= b \\ &= c \end{alignat}", ["a = b", "b = c"]),
        (r"\boxed{a = b}", ["a = b"]),
        (r"a = \left( b \right. \\ \left. + c \right)", [r"a = \left( b  + c \right)"]),
        (r"a = f(b \\ + c) \\ = d", ["a = f(b + c)", "f(b + c) = d"]),
        (r"a = b, \quad c = d", ["a = b", "c = d"]),
        (r"a = b, c = d", ["a = b", "c = d"]),
        (r"a = b \quad \text{and} \quad c = d", ["a = b", "c = d"]),
        (r"a \quad = \quad b", ["a = b"]),
        (r"\min_x \quad f(x) = 1", [r"\min_x f(x) = 1"]),
        (r"a = \ldots = z", ["a = z"]),
        (r"a = \ldots < z", ["a < z"]),
        (r"a < \ldots = z", ["a < z"]),
        (r"a < \ldots \le z", ["a < z"]),
        (r"a < \ldots > z", [r"a < \ldots", r"\ldots > z"]),
        (r"a = \ldots", [r"a = \ldots"]),
        (r"X &\sim P \\ &\sim Q \\ &= R", ["X ∼ P", "X ∼ Q", "Q = R"]),
        (r"\mu_1 = 0 \wedge \ldots \wedge \mu_k = 0", [r"\mu_1 = 0", r"\mu_k = 0"]),
        (r"H_0: \; \mu = 0", [r"\mu = 0"]),
        (r"\text{posterior} \propto \text{prior} \times p", [r"\text{posterior} ∝ \text{prior} \times p"]),
        (r"\text{Means:} & \mu = m", [r"\mu = m"]),
        (r"a \not= b \not\in C", ["a ≠ b", "b ∉ C"]),
        (r"X \mathop{=}\limits^{d} Y", ["X = Y"]),
        (r"X {\buildrel d \over =} Y", ["X = Y"]),
        (r"\Big{(}a\Big{)} = b", [r"\Big{(}a\Big{)} = b"]),
        (r"a <= b => c >= d", ["a ≤ b", "c ≥ d"]),
        (r"\text{Länge} = 3", [r"\text{Länge} = 3"]),
        (r"a = b \vdots", ["a = b"]),
    ],
)  # fmt: skip
def test_steps(latex: str, expected: list[str]) -> None:
    assert steps(latex) == expected


@pytest.mark.parametrize(
    "latex",
    [
        r"\sum_{i=1}^n x_i",
        r"P(X = 1 \mid Y = 0)",
        r"\left( a = b \right]",
        r"f[x = 1]",
        r"\{ x \mid x > 0 \}",
        r"\begin{pmatrix} a = b & c \\ d & e \end{pmatrix}",
        r"\begin{cases} 1 & x = 0 \\ 2 & x > 0 \end{cases}",
        r"\underbrace{a = b}_{= c}",
        r"\left\{ \begin{array}{rl} a & = b \end{array} \right.",
        r"\lim_{x \to 0} f",
        r"x^= + y_<",
        r"\mathbb{1}_{\{y = 1\}}",
    ],
)
def test_relations_inside_separate_nothing(latex: str) -> None:
    assert steps(latex) == []
    assert steps(latex + " = b") == [f"{latex} = b"]


def test_words_about_a_relation_are_not_a_step() -> None:
    found = chain(r"a = b \quad \text{(since $x = y$)}")
    assert [link.latex for link in found.links] == ["a = b"]
    assert [note.latex for note in found.notes] == ["(since $x = y$)"]


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"f(x) = 2 x, \quad x \ge 0", ["claim", "condition"]),
        (r"a = b \text{ if } c > 0", ["claim", "condition"]),
        (r"a = b, \; \forall i = 1, \ldots, n", ["claim", "condition"]),
        (r"\forall x \in X: \; f(x) = 1", ["condition", "claim"]),
        (r"x_i = 0, \quad i = 1, \ldots, n", ["claim", "condition"]),
        (r"a = 1, \mu, \sigma > 0", ["claim", "condition"]),
        (r"\min_x f(x) & \text{ s.t. } & g(x) = 0, \\ & & h(x) = 0", ["condition", "condition"]),
        (r"\ell' \overset{!}{=} 0", ["requirement"]),
        (r"x = 1 \text{ or } x = 2", ["alternative", "alternative"]),
        (r"x = 1 \vee x = 2", ["alternative", "alternative"]),
        (r"x_i \ne 0 \text{ for at least one } i = 1, \ldots, n", ["alternative", "alternative"]),
        (r"a = b \text{ if and only if } c = d", ["claim", "claim"]),
        (r"a = 1, \quad b = 2", ["claim", "claim"]),
    ],
)
def test_kinds(latex: str, expected: list[str]) -> None:
    assert kinds(latex) == expected


def test_what_exists_is_not_claimed_of_all() -> None:
    assert steps(r"\exists c: f(x) \le c g(x)") == []


def test_an_or_between_formulas_that_state_nothing_stays_in_the_side() -> None:
    assert steps(r"a \text{ or } b > 0") == [r"a \text{ or } b > 0"]


@pytest.mark.parametrize(
    ("latex", "name", "body"),
    [
        ("a := b", "a", "b"),
        (r"a \equiv b", "a", "b"),
        (r"a \overset{\text{def}}{=} b", "a", "b"),
        (r"a \stackrel{\Delta}{=} b", "a", "b"),
        (r"\mathcal{L} \coloneqq b", r"\mathcal{L}", "b"),
        ("b =: a", "a", "b"),
        (r"a {:}= b", "a", "b"),
    ],
)
def test_definitions_are_no_claims(latex: str, name: str, body: str) -> None:
    found = chain(latex)
    assert [(one.name.latex, one.body.latex) for one in found.definitions] == [(name, body)]
    assert found.links == ()


def test_a_definition_may_go_on_as_a_claim() -> None:
    found = chain(r"a &:= b \\ &= c")
    assert [link.latex for link in found.links] == ["b = c"]
    assert len(found.definitions) == 1


@pytest.mark.parametrize(
    ("latex", "sign", "note"),
    [
        (r"a \stackrel{(a)}{=} b", "=", "(a)"),
        (r"X \overset{\text{iid}}{\sim} P", "∼", r"\text{iid}"),
        (r"X_n \xrightarrow{d} X", "→", "d"),
        (r"a \underset{n}{\le} b", "≤", "n"),
        (r"a \overset{x}{\underset{y}{=}} b", "=", "x; y"),
        (r"a \mathrel{\overset{(1)}{=}} b", "=", "(1)"),
    ],
)
def test_annotations(latex: str, sign: str, note: str) -> None:
    (link,) = chain(latex).links
    assert (link.left.latex[0], link.relation.sign, link.relation.note) == (latex[0], sign, note)


def test_connectives_and_rows_without_one() -> None:
    found = chain(r"a &= b \\ \Rightarrow\quad c &= d \\ \iff e &= f \\ g &= h")
    assert [one.connective and one.connective.sign for one in found.statements] == [None, "⇒", "⇔", None]
    assert steps(r"a = b \quad\Rightarrow\quad c = d") == ["a = b", "c = d"]


def test_a_row_that_starts_with_a_relation_passes_over_conditions() -> None:
    assert steps(r"a &= b, \quad x > 0 \\ &= c") == ["a = b", "x > 0", "b = c"]


@pytest.mark.parametrize(
    "tail", [".", ",", r"\; .", r"\,,", r"\quad", r"\checkmark", r"\nonumber", r"\tag{3} .", r"~;"]
)
def test_what_trails_is_stripped(tail: str) -> None:
    assert steps(f"a = b {tail}") == ["a = b"]


def test_labels_tags_and_notes() -> None:
    found = chain(r"\label{eq:x} a &= b \tag{1} \\ \intertext{and so} c &= d \tag*{$\star$}")
    assert (found.labels, found.tags) == (("eq:x",), ("1", r"$\star$"))
    assert [note.latex for note in found.notes] == ["and so"]


def test_lines_and_places() -> None:
    latex = "a\n&= b \\\\\n&= c"
    found = split_chain(latex, first_line=10)
    assert isinstance(found, Chain)
    assert [(link.left.line, link.relation.line, link.right.line) for link in found.links] == [
        (10, 11, 11),
        (11, 12, 12),
    ]
    assert all(latex[one.span.start : one.span.end] == one.latex for one in found.statements[0].items)


@pytest.mark.parametrize(
    ("latex", "macros", "expected"),
    [
        (r"a = \li( b = c \ri)", r"\newcommand{\li}{\left}\newcommand{\ri}{\right}", [r"a = \li( b = c \ri)"]),
        (r"M = \x a = b \\ c \y", r"\def\x{\begin{matrix}}\def\y{\end{matrix}}", [r"M = \x a = b \\ c \y"]),
        (r"a \by{(1)} b", r"\newcommand{\by}[1]{\mathrel{\stackrel{\mathrm{#1}}{=}}}", ["a = b"]),
        (r"\be a \ee", r"\newcommand{\be}{\begin{align}}\newcommand{\ee}{\end{align}}", []),
        (r"a \x b", r"\newcommand{\x}{\x\x}", []),  # explodes: left alone
        (r"a \ra b = c", r"\def\ra{\Rightarrow}", ["b = c"]),
    ],
)  # fmt: skip
def test_macros_that_change_the_layout(latex: str, macros: str, expected: list[str]) -> None:
    assert steps(latex, macros) == expected


def test_a_macro_keeps_its_annotation() -> None:
    (link,) = chain(r"a \by{(1)} b", r"\newcommand{\by}[1]{\stackrel{#1}{=}}").links
    assert link.relation.note == "(1)"


PIECES = (
    r"a|b|=|\le|&|\\|{|}|(|)|[|]|\left|\right|.|,|;|:|\quad|\text{if }|\text{and}|\begin{align}|\end{align}"
    r"|\begin{cases}|\end{cases}|\begin{array}{rl}|\end{array}|\overset{!}{|\forall|\exists|\wedge|\vee|_|^|\not|\boxed{|\label{x}"
    r"|ä|$|\Rightarrow|\mathrel|\buildrel|\over|\phantom{|\intertext{|\ldots|\x|%|\|"
).split("|") + ["|", "\n"]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join))
def test_any_text_gives_a_chain_or_a_problem(latex: str) -> None:
    found = split_chain(latex)
    if isinstance(found, Problem):
        return
    for statement in found.statements:
        assert len(statement.items) == len(statement.signs) + 1
        for item in statement.items:
            assert 0 <= item.span.start <= item.span.end <= len(latex)
            assert 1 <= item.line <= 1 + latex.count("\n")


@pytest.mark.parametrize(
    "unit",
    ["( & ", r"a & ", r"( \\ ", r"\left( ", "{", r"\begin{array}{rl} & = ", r"\forall x: a = b ", r"a, b = c, ",
     r"\quad a = b", r"\wedge a = b", r"\text{if } x = 1 ", r"\overset{", ": ", r"\boxed{", r"\ldots = "],
)  # fmt: skip
def test_time_is_linear(unit: str) -> None:
    """Eight times the text in far less than sixty-four times the time of this process.

    The collector is off: it would walk everything that the tests before have left, in the longer text only.
    """

    def seconds(count: int) -> float:
        start = time.process_time()
        split_chain(unit * count)
        return time.process_time() - start

    gc.disable()
    try:
        assert min(seconds(4000) for _ in range(3)) < 30 * max(min(seconds(500) for _ in range(3)), 0.002)
    finally:
        gc.enable()
