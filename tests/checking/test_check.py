"""``engine.check`` and what a chain comes down to."""

from __future__ import annotations

import threading

import pytest

import engine
from engine import Open, Problem, Proved, Refuted, check, check_links
from engine.checking.answer import answer_of
from engine.checking.links import Link, agreeing
from engine.kernel.certificate import Assignment
from engine.meaning.claim import Claim
from engine.meaning.context import Context
from engine.meaning.sort import Real, Vector
from engine.meaning.statement import Implies, Relation
from engine.meaning.term import Dots, Name

XBAR = r"\bar x = \frac1N\sum_{i=1}^N x_i"


@pytest.mark.parametrize(
    ("claim", "given", "where", "kind"),
    [
        (r"\ln(xy) = \ln x + \ln y", ["x > 0", "y > 0"], [], Proved),
        (r"\sqrt{x^2} = x", [], [], Refuted),
        (r"\sqrt{x^2} = x", ["x > 0"], [], Proved),
        (r"\sum_{i=1}^N (x_i - \bar x) = 0", [], [XBAR], Proved),
        (r"\hat\lambda \sum_{i=1}^N x_i = N", [], [r"\hat\lambda = 1/\bar x", XBAR], Proved),
        (r"y_3 = a + b x_3", [], ["y_i = a + b x_i"], Proved),
        (r"\sum_{i=1}^N y_i = N a + b \sum_{i=1}^N x_i", [], ["y_i = a + b x_i"], Proved),
        ("f(2) = 4", [], ["f(x) = x^2"], Proved),
        ("f(2) = 5", [], ["f(x) = x^2"], Refuted),
        (r"\frac{d}{dx} f(x) = 2x", [], ["f(t) = t^2"], Proved),
        (r"\bar x > 0", [r"\bar x > 1"], [XBAR], Proved),
        (r"f^{(n)}(x) = f(x)^n", ["f(x) = x^2"], [], Problem),
        ("x = ", [], [], Problem),
        ("x", [], [], Problem),
        ("x := 2", [], [], Problem),
        (r"x \sim p", [], [], Problem),
        ("x = x", [r"x \ge"], [], Problem),
        ("x = x", [], ["x + 1"], Problem),
        ("x = x", [], ["x = x"], Problem),
        ("x = x", [], ["x = y", "y = x"], Problem),
        ("x = x", [r"N \in \mathbb{N}"], ["N = y / 2"], Problem),
        ("x = x", [], ["y = 2", "y = 3"], Problem),
    ],
)
def test_one_claim(claim: str, given: list[str], where: list[str], kind: type) -> None:
    assert isinstance(check(claim, given=given, where=where), kind)


@pytest.mark.parametrize(
    ("chain", "verdicts", "whole"),
    [
        ("x = x = x", ["proved", "proved"], "proved"),
        (r"\frac{x}{x} = 1 = 2 = ", ["proved", "refuted", "unreadable"], "refuted"),
        (r"x = x \sim p = p", ["proved", "unreadable", "proved"], "unreadable"),
        (r"0 < e^x - x \le e^x - x", ["open", "proved"], "open"),
        (r"2a &= 2a \\ &= 2b", ["proved", "refuted"], "refuted"),
        (r"x^2 > 0 \quad \text{if } x > 0", ["proved"], "proved"),
        (r"x + 1 = \ldots = 1 + x", ["proved"], "proved"),
    ],
)
def test_a_chain(chain: str, verdicts: list[str], whole: str) -> None:
    answer = answer_of(check_links(chain))
    found = [link.verdict for link in answer.links] or [answer.verdict]
    assert found == verdicts or (whole == "open" and set(found) <= {"open", "proved"})
    assert answer.verdict == whole or whole == "open"


def test_the_deciding_link() -> None:
    verdict = check(r"\frac{x}{x} = 1 = 2")
    assert isinstance(verdict, Refuted) and verdict.claim.statement.left != Dots()  # type: ignore[union-attr]
    assert isinstance(check("x = x = x"), Proved)


def test_an_implication_over_several_rows() -> None:
    verdict = check(r"x &= 1 \\ \Rightarrow x^2 &= 1")
    assert isinstance(verdict, Proved) and isinstance(verdict.claim.statement, Implies)
    found = check(r"x &= 1 \\ \Rightarrow x^2 &= 1 = 1")
    assert isinstance(found, Problem)


def test_one_name_is_one_thing_in_a_chain_read_link_by_link() -> None:
    number = Link(Claim(Context().declare("x", Real()), Relation(Name("x"), "=", Name("x"))), ())
    vector = Link(Claim(Context().declare("x", Vector(Name("d"))), Relation(Name("x"), "=", Name("x"))), ())
    assert agreeing([number, number]) == (number, number)
    (problem,) = agreeing([number, vector])
    assert isinstance(problem, Problem) and "declare it" in problem.message


def test_the_time_limit_holds_in_a_thread() -> None:
    found: list[object] = []
    claim = r"\int_0^1 \int_0^1 \sin(e^{10xy}) dx dy = 1"
    worker = threading.Thread(target=lambda: found.append(check(claim, seconds=0.0)))
    worker.start()
    worker.join(60)
    assert isinstance(found[0], Open) and found[0].reason == "the time limit is over"


def test_the_limit_is_that_of_the_whole_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter(range(10_000))
    monkeypatch.setattr("engine.checking.check.monotonic", lambda: float(next(now)))
    left: list[float] = []

    def judge(claim: object, seconds: float) -> object:
        left.append(seconds)
        return Open(claim, "")  # type: ignore[arg-type]

    monkeypatch.setattr("engine.checking.check.judge", judge)
    check_links("a = b = c = d", seconds=2.5)
    assert left == [1.5, 0.5, 0.0]


def test_importing_engine_is_cheap_and_names_what_it_has() -> None:
    for name in ("check", "check_links", "Proved", "Refuted", "Open", "Problem"):
        assert getattr(engine, name).__name__ == name
    with pytest.raises(AttributeError, match="has no attribute 'chekc'"):
        engine.chekc  # noqa: B018


def test_a_witness_is_named_as_it_is_written() -> None:
    (judged,) = check_links(r"\sum_{i=1}^N x_i = N x_1")
    assert isinstance(judged.verdict, Refuted) and isinstance(judged.verdict.witness.assignments[0], Assignment)
    witness = dict(answer_of((judged,)).witness)
    assert witness["N"] == "2" and {"x_1", "x_2"} <= set(witness)


@pytest.mark.parametrize(
    ("chain", "verdicts"),
    [
        (
            r"L(\lambda) = \prod_{i=1}^N \lambda e^{-\lambda x_i} = \lambda^N e^{-\lambda\sum_{i=1}^N x_i}",
            [Open, Proved],
        ),
        (
            r"L(\lambda) = \prod_{i=1}^N \lambda e^{-\lambda x_i} = \lambda e^{-\lambda\sum_{i=1}^N x_i}",
            [Open, Refuted],
        ),
        (r"f(x) = x + x = g(x) + 2x - g(x)", [Open, Proved]),
        (r"f(x) + x = 2x = f(x)", [Open, Open]),
    ],
)
def test_what_a_chain_begins_with_need_not_be_known_further_on(chain: str, verdicts: list[type]) -> None:
    assert [type(link.verdict) for link in check_links(chain)] == verdicts


def test_a_given_function_stays() -> None:
    (link,) = check_links("2x = x + x", given=["f(x) > 0"])
    assert any(one.name == "f" for one in link.verdict.claim.context.declarations)
