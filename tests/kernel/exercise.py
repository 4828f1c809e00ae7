"""What the kernel's tests share: contexts in few words, claims from LaTeX, and the kernel's answer as a value."""

from __future__ import annotations

from engine.kernel.certificate import ByTheorem, NormalForm, Proof, SignCalculus
from engine.kernel.unproved import Unproved
from engine.kernel.verify import Verified, verify
from engine.meaning.context import Context
from engine.meaning.elaborate import read_statement, read_term
from engine.meaning.sort import NATURAL, REAL, Family, Function, IndexRange, Integer
from engine.meaning.statement import ForEach, Relation, Statement
from engine.meaning.term import ONE, ZERO, Element, Name, Term
from engine.provers.prove import complete
from engine.span import Problem

N = Name("N")


def given(**kinds: str) -> Context:
    """A context in which each name is of a kind: ``nat nat0 integer real pos nonneg unit``, or a family over 1..N
    (``family``, ``pos family``, ``nonneg family``), or over all integers (``free family``), or a ``function``."""
    context = Context()
    for name, kind in kinds.items():
        spelled = {"lam": r"\lambda", "mu": r"\mu", "eps": r"\epsilon"}.get(name, name)
        context = _declared(context, spelled, kind)
    return context


def _declared(context: Context, name: str, kind: str) -> Context:
    x, member = Name(name), Element(name, (Name("i"),))
    over = Family((IndexRange(ONE, N),), REAL)
    match kind:
        case "nat":
            return context.declare(name, NATURAL)
        case "nat0":
            return context.declare(name, Integer(0))
        case "integer":
            return context.declare(name, Integer())
        case "real":
            return context.declare(name, REAL)
        case "pos":
            return context.declare(name, REAL, Relation(x, ">", ZERO))
        case "nonneg":
            return context.declare(name, REAL, Relation(x, "≥", ZERO))
        case "unit":
            return context.declare(name, REAL, Relation(x, ">", ZERO), Relation(x, "<", ONE))
        case "family":
            return context.declare(name, over)
        case "pos family":
            return context.declare(name, over, ForEach("i", ONE, N, Relation(member, ">", ZERO)))
        case "nonneg family":
            return context.declare(name, over, ForEach("i", ONE, N, Relation(member, "≥", ZERO)))
        case "free family":
            return context.declare(name, Family((None,), REAL))
        case "function":
            return context.declare(name, Function((REAL,), REAL))
    raise ValueError(kind)


def claim(text: str, context: Context) -> tuple[Context, Relation]:
    """The relation that the LaTeX says, and the context with what was inferred."""
    reading = read_statement(text, context)
    assert not isinstance(reading, Problem), reading.show(text)
    (relation,) = reading.relations
    return reading.context, relation


def term(text: str, context: Context) -> Term:
    reading = read_term(text, context)
    assert not isinstance(reading, Problem), reading.show(text)
    return reading.term


def proved(context: Context, goal: Statement, sketch: Proof | None = None) -> Verified:
    """The kernel's answer; raises Unproved (or the prover's NoProof) with the reason."""
    return verify(context, goal, complete(context, goal, sketch))


def says(text: str, **kinds: str) -> Verified:
    """The kernel's answer to a claim in LaTeX."""
    return proved(*claim(text, given(**kinds)))


def reason(context: Context, goal: Statement, sketch: Proof | None = None) -> str:
    """Why the kernel does not prove the goal; fails the test where it does."""
    try:
        found = proved(context, goal, sketch)
    except Unproved as unproved:
        return str(unproved)
    raise AssertionError(f"proved, under {found.conditions}")


def why_not(text: str, **kinds: str) -> str:
    """Why the kernel does not prove a claim in LaTeX."""
    return reason(*claim(text, given(**kinds)))


def by(theorem: str, *parameters: Term | Statement, premises: tuple[Proof | None, ...] = ()) -> ByTheorem:
    """A sketch; a missing premise is the prover's to find."""
    return ByTheorem(theorem, parameters, premises)  # type: ignore[arg-type]


def leaf(context: Context, goal: Statement, proof: Proof) -> str:
    """``"proved"``, or the reason why this very proof is refused."""
    try:
        verify(context, goal, proof)
    except Unproved as unproved:
        return str(unproved)
    return "proved"


NORMAL, SIGN = NormalForm(), SignCalculus()
