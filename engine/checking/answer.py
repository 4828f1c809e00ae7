"""The answer to a request, as words and LaTeX, ready to be printed or written as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from engine.checking.check import Judged, deciding
from engine.checking.comparison import Comparison
from engine.checking.links import Link, joined_latex
from engine.kernel.verdict import Open, Proved, Refuted, Verdict
from engine.meaning.context import Context
from engine.meaning.latex import statement_latex, term_latex
from engine.meaning.statement import Relation, UpToOrder
from engine.meaning.term import Divide, Name, Negate, Number, Term
from engine.span import Problem
from engine.wording import coordinates, enclosure_latex, open_words, outline, theorem_title

VerdictWord = Literal["proved", "refuted", "open", "unreadable"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said about a request, or about one link of a chain.

    ``reason`` is one line of words; ``conditions`` and ``read_as`` are LaTeX; ``witness`` maps names to fractions;
    ``links`` has an answer for each link of a chain, and is empty for a single claim.
    """

    verdict: VerdictWord
    reason: str
    conditions: tuple[str, ...] = ()
    witness: Mapping[str, str] = field(default_factory=dict)
    read_as: str = ""
    inferred: tuple[str, ...] = ()
    links: tuple[Answer, ...] = ()


def unreadable(problem: Problem) -> Answer:
    return Answer("unreadable", _placed(problem))


def answer_to(comparison: Comparison) -> Answer:
    """The answer about a reference and an answer: one verdict, on whatever it came down to."""
    whole = answer_of(comparison.parts)
    if comparison.read_as == "":
        return whole
    deciding_part = whole.links[comparison.parts.index(deciding(comparison.parts))] if whole.links else whole
    reason = whole.reason if whole.verdict == "proved" and not whole.links else deciding_part.reason
    return replace(whole, reason=reason, read_as=comparison.read_as, links=())


def answer_of(links: Sequence[Judged]) -> Answer:
    """The answer about a claim: that of its only link, or of the whole chain."""
    answers = tuple(map(_answer, links))
    if len(answers) == 1:
        return answers[0]
    at = links.index(deciding(links))
    one = answers[at]
    read = [judged.link for judged in links if judged.link is not None]
    return Answer(
        one.verdict,
        f"link {at + 1}: {one.reason}" if one.verdict != "proved" else f"all {len(answers)} links are proved",
        tuple(dict.fromkeys(condition for each in answers for condition in each.conditions)),
        one.witness,
        joined_latex(read) if read else "",
        tuple(dict.fromkeys(words for each in answers for words in each.inferred)),
        answers,
    )


def _answer(judged: Judged) -> Answer:
    if isinstance(judged.verdict, Problem):
        return unreadable(judged.verdict)
    assert judged.link is not None
    return answer_about(judged.link, judged.verdict)


def answer_about(link: Link, verdict: Verdict) -> Answer:
    context = verdict.claim.context
    match verdict:
        case Proved(_, _, conditions):
            shown = tuple(statement_latex(condition, context) for condition in conditions)
            return Answer("proved", _proof_words(verdict), shown, {}, link.latex, link.inferred)
        case Refuted():
            return Answer(
                "refuted",
                _refutation_words(verdict, context),
                (),
                _witness(verdict, context),
                link.latex,
                link.inferred,
            )
        case Open():
            return Answer("open", open_words(verdict), (), {}, link.latex, link.inferred)


def _proof_words(verdict: Proved) -> str:
    rests_on = ", ".join(map(theorem_title, verdict.rests_on))
    return outline(verdict.certificate.proof) + (f"; it rests on: {rests_on}" if rests_on else "")


def _refutation_words(verdict: Refuted, context: Context) -> str:
    point = ", ".join(statement_latex(one, context) for one in _point(verdict))
    left, right = enclosure_latex(*verdict.left), enclosure_latex(*verdict.right)
    where = f"at {point} " if point else ""
    match verdict.claim.statement, verdict.place:
        case Relation(), _:
            return f"{where}the left side is {left} and the right side {right}"
        case UpToOrder(_, _, variable), (order,):
            slope = "value" if not order else f"derivative of order {order}"
            return f"{where}the {slope} of the left side at {variable} = 0 is {left}, of the right side {right}"
        case _:
            return f"{where}one relation holds, and of the other the left side is {left} and the right side {right}"


def _point(verdict: Refuted) -> Iterator[Relation]:
    """The coordinates of the witness; the variable of a remainder tends to 0 and has no value."""
    statement = verdict.claim.statement
    tending = statement.variable if isinstance(statement, UpToOrder) else None
    return (one for one in coordinates(verdict.witness) if one.left != Name(tending or ""))


def _witness(verdict: Refuted, context: Context) -> dict[str, str]:
    """``{"N": "2", "x_1": "1/3"}``: names in LaTeX, without the braces around one digit or letter below."""
    return {
        re.sub(r"_\{(\w)\}$", r"_\1", term_latex(one.left, context)): _value(one.right, context)
        for one in _point(verdict)
    }


def _value(term: Term, context: Context) -> str:
    """A fraction as ``1/3``; what is no number, such as a function, in LaTeX."""
    return _fraction(term) or term_latex(term, context)


def _fraction(term: Term) -> str | None:
    match term:
        case Number(value):
            return str(value)
        case Divide(Number(above), Number(below)):
            return f"{above}/{below}"
        case Negate(part) if (size := _fraction(part)) is not None:
            return f"-{size}"
        case _:
            return None


def _placed(problem: Problem) -> str:
    """The message with the place, in one line."""
    if problem.span is None:
        return problem.message
    return f"{problem.message} (at character {problem.span.start + 1})"
