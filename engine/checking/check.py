"""Judge what was handed in: a claim, link by link, or a reference and an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from time import monotonic

from engine.checking.customary import customs, unbounded, with_customs
from engine.checking.domain import asked_outside
from engine.checking.doubt import without_doubt
from engine.checking.links import Link, read_links
from engine.checking.tied import tied_variable
from engine.judge import judge
from engine.kernel.verdict import Open, Proved, Refuted, Verdict
from engine.meaning.claim import Claim
from engine.meaning.declared import declared_names, functions_given, read_context
from engine.meaning.held import held_still
from engine.meaning.index_range import inside_all
from engine.meaning.members import whole_value
from engine.meaning.statement import Relation, sides
from engine.meaning.term import free_names
from engine.span import Problem

SECONDS = 10.0
"""The time that one claim may take, with all its links, unless the caller says otherwise."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One link and what became of it; ``link`` is ``None`` where it could not be read."""

    link: Link | None
    verdict: Verdict | Problem


def check(
    claim: str,
    given: Sequence[str] = (),
    where: Sequence[str] = (),
    macros: str = "",
    seconds: float | None = SECONDS,
) -> Verdict | Problem:
    """The verdict on a claim in LaTeX, or the :class:`~engine.span.Problem` why it cannot be read.

    ``given`` declares and assumes, ``where`` defines, ``macros`` are LaTeX definitions. Of a chain ``A = B = C``, it is
    the verdict on the link that decides: the first that is refuted, else unreadable, else open; else the last one.
    :func:`check_links` gives all of them.

    >>> type(check(r"\\ln(xy) = \\ln x + \\ln y", given=["x > 0", "y > 0"])).__name__
    'Proved'
    >>> type(check(r"\\sqrt{x^2} = x")).__name__
    'Refuted'
    >>> print(check("x = ").message)
    expected a number, a name or an opening bracket, found the end
    """
    return deciding(check_links(claim, given, where, macros, seconds)).verdict


def check_links(
    claim: str,
    given: Sequence[str] = (),
    where: Sequence[str] = (),
    macros: str = "",
    seconds: float | None = SECONDS,
) -> tuple[Judged, ...]:
    """The verdict on each link of a chain, in order; one Problem where the claim or its context cannot be read."""
    context = read_context(given, where, macros, [claim])
    if isinstance(context, Problem):
        return (Judged(None, context),)
    end = None if seconds is None else monotonic() + seconds
    functions, declared = functions_given(given, macros), declared_names(given, macros)
    return tuple(
        judged(link, end, functions, declared) for link in read_links(claim, context, (*given, *where), macros)
    )


def judged(
    link: Link | Problem,
    end: float | None,
    functions: frozenset[str] = frozenset(),
    declared: frozenset[str] | None = None,
) -> Judged:
    """The link with its verdict; ``end`` is the time on the monotonic clock until which it may take, ``functions`` are
    those that may be given for some arguments only, ``declared`` the names with a domain of their own."""
    if isinstance(link, Problem):
        return Judged(None, link)
    if (tied := tied_variable(link.claim)) is not None:
        return Judged(link, _open_as_tied(link, tied))
    unsaid = link.undeclared if declared is None else unbounded(link.claim.context) - declared
    verdict = _customary(_judged(link.claim, end), unsaid, end)
    verdict = without_doubt(_in_range(verdict, link, end), link.undeclared)
    if not isinstance(verdict, Open):
        if (tied := _held_otherwise(link, verdict, end)) is not None:
            return Judged(link, _open_as_tied(link, tied))
        context = link.claim.context
        for function, needed in asked_outside(link.claim, functions):
            if not isinstance(_judged(Claim(context, needed), end), Proved):
                reason = f"{function} is given where something is known of its argument, and may be asked for elsewhere"
                return Judged(link, Open(link.claim, reason))
    return Judged(link, verdict)


def _open_as_tied(link: Link, tied: tuple[str, str]) -> Open:
    reason = "{1} is tied to {0} by what is given: is it held still where {0} varies?".format(*tied)
    return Open(link.claim, reason)


def _held_otherwise(link: Link, verdict: Verdict, end: float | None) -> tuple[str, str] | None:
    """The variable of a ∂, and a name beside it that is defined by it, where the verdict is another if that is held.

    ``\\frac{\\partial L}{\\partial w}`` follows what L is defined as, so that only its refutation is in doubt.
    """
    claims = [*link.held[: 1 if isinstance(verdict, Proved) else None]]
    others = [one for one in claims if not isinstance(one, Claim) or one.statement != link.claim.statement]
    if all(isinstance(one, Claim) and isinstance(_judged(one, end), type(verdict)) for one in others):
        return None
    context = link.claim.context
    terms = (*sides(link.claim.statement), *(one.body for one in context.definitions))
    return next((pair for term in terms for pair in held_still(term, context)), ("a variable", "a name"))


def _customary(verdict: Verdict, unsaid: frozenset[str], end: float | None) -> Verdict:
    """The verdict; a counterexample with a strange value, such as half an n, needs one with customary values."""
    claim = verdict.claim
    found = customs(claim, unsaid) if isinstance(verdict, Refuted) else []
    if not isinstance(verdict, Refuted) or not found:
        return verdict
    values = {one.name: one.value for one in verdict.witness.assignments}
    strange = next((one for one in found if not one.admits(values.get(one.name))), None)
    if strange is None:
        return verdict
    narrowed = _judged(replace(claim, context=with_customs(claim.context, found)), end)
    return narrowed if isinstance(narrowed, Refuted) else Open(claim, strange.words)


def _in_range(verdict: Verdict, link: Link, end: float | None) -> Verdict:
    """The verdict; a counterexample with an undeclared index outside of a range of its own needs one with it inside."""
    if not isinstance(verdict, Refuted):
        return verdict
    claim = verdict.claim
    values = {one.name: one.value for one in verdict.witness.assignments if isinstance(one.value, Fraction)}
    facts = inside_all(claim.statement, claim.context, link.undeclared)
    if all(fact in claim.context.facts or _holds(fact, values) for fact in facts):
        return verdict
    narrowed = _judged(replace(claim, context=claim.context.assume(*facts)), end)
    if isinstance(narrowed, Refuted):
        return narrowed
    index = next(
        name for fact in facts for name in sorted(link.undeclared & (free_names(fact.left) | free_names(fact.right)))
    )
    return Open(claim, rf"nothing says where {index} counts; declare it, as by {index} \in \{{1, \dots, n\}}")


def _holds(fact: Relation, values: Mapping[str, Fraction]) -> bool:
    whole = {name: int(value) for name, value in values.items() if value.denominator == 1}
    left, right = (whole_value(side, whole) for side in (fact.left, fact.right))
    return left is not None and right is not None and left <= right


def _judged(claim: Claim, end: float | None) -> Verdict:
    return judge(claim, seconds=None if end is None else max(0.0, end - monotonic()))


def deciding(links: Sequence[Judged]) -> Judged:
    """The link that decides the whole: the first that is refuted, else unreadable, else open; else the last one."""
    worst = min(_rank(one.verdict) for one in links)
    deciders = [one for one in links if _rank(one.verdict) == worst]
    return deciders[-1] if isinstance(deciders[-1].verdict, Proved) else deciders[0]


def _rank(verdict: Verdict | Problem) -> int:
    match verdict:
        case Refuted():
            return 0
        case Problem():
            return 1
        case Open():
            return 2
        case Proved():
            return 3
