"""A claim, read: one link for each relation of a chain ``A = B = C``, each in its context.

The whole chain is read in one go. Where it cannot be, its rows and links are read one by one, so that one unreadable
link does not hide the others; a name must then be the same kind of thing in every link. A condition beside the
claim (``\\text{ if } x > 0``) is assumed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import starmap

from engine.checking.doubt import is_marked, names_of
from engine.meaning.bar import with_bars
from engine.meaning.claim import Claim
from engine.meaning.context import Context
from engine.meaning.declared import declared_names
from engine.meaning.elaborate import StatementsReading, canonical, read_statements
from engine.meaning.given import read_given
from engine.meaning.held import Held, held_still
from engine.meaning.indefinite import NOTE as ANTIDERIVATIVES
from engine.meaning.indefinite import compared_by_derivatives
from engine.meaning.index_range import assumed_in_range, counting, outside_indices, reached_definitions
from engine.meaning.landau import mentions_remainder, up_to_order
from engine.meaning.latex import statement_latex, term_latex
from engine.meaning.proportional import parameter, proportional, subject
from engine.meaning.scope import in_words
from engine.meaning.smoothness import assumed_smooth
from engine.meaning.sort import Family, Function, Integer, Real, Sort
from engine.meaning.statement import Assertion, Relation, Smooth, Statement, sides
from engine.meaning.term import Dots, free_names
from engine.reading.chain import Chain, split_chain
from engine.reading.chain import Link as WrittenLink
from engine.reading.preamble import read_definitions
from engine.span import Problem, Span


@dataclass(frozen=True, slots=True)
class Link:
    """One claim of a chain, as it was understood, and what was inferred on the way, in words.

    ``undeclared`` are the names of which nothing was said beside the claim, ``held`` the claims that it is where a ∂
    holds still what stands beside its variable, and what does so in a definition; the claim itself where none does.
    """

    claim: Claim
    inferred: tuple[str, ...]
    undeclared: frozenset[str] = frozenset()
    held: tuple[Claim | Problem, ...] = ()

    @property
    def latex(self) -> str:
        return statement_latex(self.claim.statement, self.claim.context)


def read_links(text: str, context: Context, given: Sequence[str] = (), macros: str = "") -> tuple[Link | Problem, ...]:
    """What ``text`` claims in ``context``, link by link; one Problem where it is no claim at all.

    >>> [link.latex for link in read_links("a = b < c", Context())]
    ['a = b', 'b < c']
    """
    spoken_of = {*(one.name for one in context.declarations), *(one.name for one in context.definitions)}
    declared = declared_names(given, macros)
    spoken_of -= _mentioned_only(context) - declared
    links = tuple(_marked(link, spoken_of) for link in _links(text, context, declared, macros))
    bodies = (one.body for one in context.definitions) if any(map(_may_hold, given)) else ()
    if any(True for body in bodies for _ in held_still(body, context)):
        open_reading = Problem("what a \\partial among what is given holds still is not said")
        return tuple(_with_held(_with_held(link, open_reading), open_reading) for link in links)
    if not context.definitions or not (macros or _may_hold(text)):
        return links
    both: tuple[Held, ...] = ("shown", "reached")
    for held in both:
        others = [_marked(link, spoken_of) for link in _links(text, context, declared, macros, held)]
        paired = others if len(others) == len(links) else [Problem("the links are others")] * len(links)
        links = tuple(starmap(_with_held, zip(links, paired, strict=True)))
    return links


def _may_hold(text: str) -> bool:
    return r"\partial" in text or r"\nabla" in text


def _with_held(link: Link | Problem, other: Link | Problem) -> Link | Problem:
    if isinstance(link, Problem):
        return link
    return replace(link, held=(*link.held, other.claim if isinstance(other, Link) else other))


def _mentioned_only(context: Context) -> frozenset[str]:
    """The functions, the indices, and the estimates, means and optima that what is given mentions without a word of
    what they are."""
    assumed = frozenset[str]().union(*map(names_of, context.facts))
    kept = (one for one in context.declarations if isinstance(one.sort, Function) or is_marked(one.name))
    return frozenset(one.name for one in kept) - assumed | _only_counting(context)


def _only_counting(context: Context) -> frozenset[str]:
    """The numbers that stand in indices and in δ alone: the j of ``z_k = \\delta_{kj}``."""
    terms = (*(side for fact in context.facts for side in sides(fact)), *(one.body for one in context.definitions))
    letters = frozenset[str]().union(*map(counting, terms))
    known = frozenset(one.name for one in context.declarations if one.sort in (Integer(), Real()))
    return (letters & known).difference(*map(outside_indices, terms)) if letters else letters


def _marked(link: Link | Problem, spoken_of: set[str]) -> Link | Problem:
    if isinstance(link, Problem):
        return link
    claim = link.claim
    undeclared = frozenset(one.name for one in claim.context.declarations) - spoken_of
    member = _member_and_name(claim)
    if member is not None:
        return Problem("{0} can be a name of its own or one of the {1}; declare the {1} first".format(*member))
    smooth = assumed_smooth(claim.statement, claim.context, undeclared)
    ranges = assumed_in_range(claim.statement, claim.context, undeclared)
    words = (*map(_smooth_words, smooth), *map(_range_words, ranges))
    notes = tuple(dict.fromkeys(words))
    assumed = replace(claim, context=claim.context.assume(*smooth, *ranges)) if notes else claim
    return Link(assumed, (*link.inferred, *notes), undeclared)


def _member_and_name(claim: Claim) -> tuple[str, str] | None:
    """A name that only what is given mentions, ``a_j``, and the family that the claim makes of its letter."""
    families = {one.name for one in claim.context.declarations if isinstance(one.sort, Family)}
    spoken = (*sides(claim.statement), *(one.body for one in reached_definitions(claim.statement, claim.context)))
    names = frozenset[str]().union(*map(free_names, spoken)) if families else frozenset[str]()
    found = ((name, name[:-4]) for name in sorted(names) if name[-4:-2] == "_{" and name[-2].islower())
    return next((pair for pair in found if pair[1] in families), None)


def _range_words(fact: Relation) -> str:
    return f"{term_latex(fact.left)} {fact.sign} {term_latex(fact.right)} is assumed"


def _smooth_words(fact: Smooth) -> str:
    often = "" if fact.order == 1 else f"{fact.order} times "
    return f"{fact.function} is taken to be {often}continuously differentiable"


def _links(
    text: str, context: Context, declared: frozenset[str], macros: str, held: Held = "nothing"
) -> tuple[Link | Problem, ...]:
    whole = read_statements(text, context, macros, held=held)
    if isinstance(whole, StatementsReading) and not _has_ellipsis(whole.statements):
        variable = _subject(whole.statements, whole.context)
        links = (_link(statement, whole, declared, text, variable) for statement in whole.statements)
        return tuple(_alone(link, context) for link in links)
    chain = split_chain(text, read_definitions(macros).table)
    if isinstance(chain, Problem):
        return (whole if isinstance(whole, Problem) else chain,)
    if not chain.links or (len(chain.links) == 1 and len(chain.statements) == 1 and isinstance(whole, Problem)):
        return (whole if isinstance(whole, Problem) else Problem("expected a claim", Span(0, len(text)), text),)
    return _one_by_one(chain, context, declared, macros, held)


def _alone(link: Link | Problem, given: Context) -> Link | Problem:
    """The link without the functions that only others of its chain speak of, as of ``L(\\lambda) = a = b`` the second
    does not of L: nobody need know what they are."""
    if isinstance(link, Problem) or not all(map(sides, (link.claim.statement, *link.claim.context.facts))):
        return link
    context = link.claim.context
    spoken_of = names_of(link.claim.statement).union(*map(names_of, context.facts))
    spoken_of = spoken_of.union(*(free_names(one.body) for one in context.definitions))
    kept = (one for one in context.declarations if not isinstance(one.sort, Function) or one.name in spoken_of)
    known = (one for one in context.declarations if isinstance(one.sort, Function) and given.sort_of(one.name))
    declarations = tuple(dict.fromkeys((*kept, *known)))
    return replace(link, claim=replace(link.claim, context=replace(context, declarations=declarations)))


def _has_ellipsis(statements: Iterable[Statement | Assertion]) -> bool:
    return any(Dots() in (one.left, one.right) for one in statements if isinstance(one, Relation))


def _subject(statements: Sequence[Statement | Assertion], context: Context) -> str | None:
    """The variable of a chain with ∝: that of the first density beside a ∝, ``p(\\mu \\mid x)``, or of what the chain
    begins with."""
    beside = (side for one in statements if isinstance(one, Assertion) for side in (one.left, one.right))
    named = next((name for name in map(subject, beside) if name is not None), None)
    first = statements[0] if statements else None
    return parameter(first.left, context) if named is None and isinstance(first, Relation | Assertion) else named


def _link(
    statement: Statement | Assertion,
    reading: StatementsReading,
    declared: frozenset[str],
    text: str,
    variable: str | None = None,
) -> Link | Problem:
    if isinstance(statement, Assertion) and statement.sign.startswith("∝"):
        noted = statement.sign.removeprefix("∝").removeprefix("^{").removesuffix("}")
        return _proportional(statement, canonical(noted) if noted else variable, reading, declared, text)
    if isinstance(statement, Assertion):
        return Problem(_no_claim(statement.sign), Span(0, len(text)), text)
    if isinstance(statement, Relation) and mentions_remainder(statement):
        found = up_to_order(statement, reading.context)
        if isinstance(found, str):
            return Problem(found, Span(0, len(text)), text)
        statement = found
    slopes = compared_by_derivatives(statement, reading.context) if isinstance(statement, Relation) else None
    claim = Claim(reading.context, with_bars(slopes or statement, reading.context), text)
    return Link(claim, (*inferred_words(reading, declared), *((ANTIDERIVATIVES,) if slopes else ())))


def _proportional(
    statement: Assertion, variable: str | None, reading: StatementsReading, declared: frozenset[str], text: str
) -> Link | Problem:
    everything = Span(0, len(text))
    if variable is None:
        return Problem(r"proportional as a function of what? write \propto_{x}, with the variable", everything, text)
    found = proportional(statement.left, statement.right, variable, reading.context)
    if isinstance(found, str):
        return Problem(f"proportional in {variable}: {found}", everything, text)
    context, relation = found
    note = f"∝ is read as a function of {variable}: the same factor at any two of its values"
    return Link(Claim(context, relation, text), (*inferred_words(reading, declared), note))


def _no_claim(sign: str) -> str:
    if sign in (":=", "≡"):
        return "this defines a name; a definition belongs beside the claim (where)"
    return f"a claim with {sign} is not understood; expected =, ≠, <, ≤, >, ≥, ≈, ⇒ or ⇔"


def inferred_words(reading: StatementsReading, declared: frozenset[str]) -> tuple[str, ...]:
    """What nobody declared: names with their sorts, and notes on how the text was read."""
    kinds = {d.name: in_words(d.name, d.sort) for d in reading.context.declarations}
    notes = [note for note in reading.inferred if note not in kinds.values()]
    return (*(words for name, words in kinds.items() if name not in declared), *notes)


# Link by link


def _one_by_one(
    chain: Chain, context: Context, declared: frozenset[str], macros: str, held: Held
) -> tuple[Link | Problem, ...]:
    for statement in chain.statements:
        if statement.connective is not None and statement.connective.sign != "∧":
            return (Problem("write an implication in one row, with one relation on each side"),)
        if statement.kind == "condition":
            found = read_given(statement.latex, context, macros)
            if isinstance(found, Problem):
                return (Problem(f"a condition beside the claim: {found.message}", found.span, found.source),)
            context = found
    links = [link for link in chain.links if link.kind != "condition"]
    if not links:
        return (Problem("there are only conditions here, no claim", Span(0, len(chain.latex)), chain.latex),)
    return agreeing([_written(link, context, declared, macros, held) for link in links])


def _written(link: WrittenLink, context: Context, declared: frozenset[str], macros: str, held: Held) -> Link | Problem:
    if link.kind != "claim":
        return Problem(f"a {link.kind} is no claim", Span(0, len(link.latex)), link.latex)
    if not link.left.latex or not link.right.latex:
        return Problem("a side is missing: nothing stands beside the relation", Span(0, len(link.latex)), link.latex)
    reading = read_statements(link.latex, context, macros, held=held)
    if isinstance(reading, Problem):
        return reading
    return _link(reading.statements[0], reading, declared, link.latex)


def agreeing(links: list[Link | Problem]) -> tuple[Link | Problem, ...]:
    """The links, unless they take one name for two kinds of things."""
    sorts: dict[str, Sort] = {}
    for link in links:
        for known in link.claim.context.declarations if isinstance(link, Link) else ():
            if sorts.setdefault(known.name, known.sort) != known.sort:
                kinds = " and ".join(in_words(known.name, sort) for sort in (sorts[known.name], known.sort))
                return (Problem(f"one name would be two things in this chain ({kinds}); declare it"),)
    return tuple(links)


def joined_latex(links: Sequence[Link]) -> str:
    """The links as one chain where each begins with the right side of the one before.

    >>> joined_latex([link for link in read_links("a = b < c", Context()) if isinstance(link, Link)])
    'a = b < c'
    """
    return "".join(map(_continuing, (None, *links), links))


def _continuing(before: Link | None, link: Link) -> str:
    if before is None:
        return link.latex
    match before.claim.statement, link.claim.statement:
        case Relation(_, _, shared), Relation(left) if shared == left:
            start = term_latex(left, link.claim.context)
            if link.latex.startswith(start + " "):
                return link.latex.removeprefix(start)
    return rf", \quad {link.latex}"
