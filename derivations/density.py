"""A density with one unknown parameter, as an exercise states it, and the context in which its data live."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from derivations.exercise_data import Fault, shown, text
from derivations.number_range import NumberRange, canonical_name, read_range
from engine.meaning.context import Context
from engine.meaning.elaborate import read_statement, read_term
from engine.meaning.sort import NATURAL, REAL, Family, Function, IndexRange
from engine.meaning.statement import ForEach, Relation
from engine.meaning.term import ONE, ZERO, Element, Name, Term, free_names, substitute
from engine.span import Problem
from engine.sympy_bridge import assumptions

KEYS = ("density", "variable", "parameter", "support", "parameter_domain", "given", "statement")
SIZES = ("N", "n", "M")
INDICES = ("i", "j", "k", "t")


@dataclass(frozen=True, slots=True)
class Density:
    """f(x; θ): the term, what x and θ range over, the ranges of known constants, and letters for N and i.

    ``single`` declares the parameter and the constants, for claims about one density; ``sample`` declares the data
    x_1, ..., x_N as well.
    """

    term: Term
    variable: str
    parameter: str
    support: NumberRange
    domain: NumberRange
    statement: NumberRange | None
    single: Context
    sample: Context
    size: Name
    index: str
    inferred: tuple[str, ...]

    @property
    def observation(self) -> Element:
        return Element(self.variable, (Name(self.index),))

    def at_observation(self) -> Term:
        """f(x_i; θ)."""
        return substitute(self.term, self.variable, self.observation)


def read_density(data: Mapping[str, object]) -> Density:
    """The density of an exercise's table; raises :class:`Fault` with what was expected."""
    for key in ("density", "parameter", "support", "parameter_domain"):
        if key not in data:
            raise Fault(f"{key} is missing: expected a text such as {EXAMPLES[key]}")
    variable = canonical_name(text(data, "variable", "x"), "variable")
    parameter = canonical_name(text(data, "parameter", ""), "parameter")
    if variable == parameter:
        raise Fault(f"variable and parameter are both {variable}; expected two names")
    context = _with_given(Context().declare(parameter, REAL).declare(variable, REAL), data.get("given", []))
    domain = read_range(text(data, "parameter_domain", ""), parameter, context, "parameter_domain")
    support = read_range(text(data, "support", ""), variable, context, "support")
    statement = read_range(text(data, "statement", ""), variable, context, "statement") if "statement" in data else None
    _check_ranges(domain, support, parameter, variable)
    term, context, inferred = _read_term(text(data, "density", ""), context, variable, parameter)
    size, index = _letters(context)
    single = _without(context, variable).declare(parameter, REAL, *domain.facts(Name(parameter)))
    sample = _sample(single, variable, support, size, index)
    return Density(term, variable, parameter, support, domain, statement, single, sample, Name(size), index, inferred)


EXAMPLES = {
    "density": r"'\lambda e^{-\lambda x}'",
    "parameter": r"'\lambda'",
    "support": r"'x \ge 0'",
    "parameter_domain": r"'\lambda > 0'",
}


def _with_given(context: Context, given: object) -> Context:
    r"""The context with what is known of other names: ``given = ['\sigma > 0', 'k \in \mathbb{N}']``."""
    if not isinstance(given, list) or not all(isinstance(entry, str) for entry in given):
        raise Fault(f"given: expected a list of texts such as ['\\sigma > 0'], found {shown(given)}")
    for entry in given:
        name, sign, _ = entry.partition(r"\in ")
        if sign:
            name = canonical_name(name, "given")
            known = read_range(entry, name, context, "given")
            context = context.declare(name, known.sort, *known.facts(Name(name)))
            continue
        reading = read_statement(entry, context)
        if isinstance(reading, Problem):
            raise Fault(f"given: {reading.show()}")
        context = reading.context.assume(*reading.relations)
    return context


def _check_ranges(domain: NumberRange, support: NumberRange, parameter: str, variable: str) -> None:
    if {parameter, variable} & (free_names(domain.lower) | free_names(domain.upper)):
        raise Fault("parameter_domain: expected bounds that are constants")
    if {parameter, variable} & (free_names(support.lower) | free_names(support.upper)):
        raise Fault("support: it depends on the parameter, so that the maximum is no root of the derivative")
    if domain.integer or domain.lower_closed or domain.upper_closed:
        raise Fault(f"parameter_domain: expected an open interval of reals for {parameter}, such as '{parameter} > 0'")


def _read_term(source: str, context: Context, variable: str, parameter: str) -> tuple[Term, Context, tuple[str, ...]]:
    reading = read_term(source, context)
    if isinstance(reading, Problem):
        raise Fault(f"density: {reading.show()}")
    if parameter not in free_names(reading.term):
        raise Fault(f"density: the parameter {parameter} does not occur in {shown(source)}")
    strange = [d.name for d in reading.context.declarations if isinstance(d.sort, Family | Function)]
    if strange:
        raise Fault(f"density: {strange[0]} is read as a family or a function; expected one formula in {variable}")
    return reading.term, reading.context, reading.inferred


def _letters(context: Context) -> tuple[str, str]:
    """A letter for the number of observations and one for their index that stand for nothing else."""
    taken = {declaration.name for declaration in context.declarations}
    size = next((letter for letter in SIZES if letter not in taken), None)
    index = next((letter for letter in INDICES if letter not in taken and letter != size), None)
    if size is None or index is None:
        raise Fault(f"the names {', '.join(SIZES)} or {', '.join(INDICES)} are all taken; rename one of the constants")
    return size, index


def _positive(member: Term, support: NumberRange, context: Context) -> tuple[Relation, ...]:
    """x_i > 0 as a fact of its own where x_i ≥ m for a constant m > 0."""
    constant = support.lower
    if isinstance(constant, Name) and assumptions(constant, context).get("positive"):
        return (Relation(member, ">", ZERO),)
    return ()


def _without(context: Context, name: str) -> Context:
    kept = tuple(declaration for declaration in context.declarations if declaration.name != name)
    return Context(kept, context.facts, context.definitions)


def _sample(single: Context, variable: str, support: NumberRange, size: str, index: str) -> Context:
    family = Family((IndexRange(ONE, Name(size)),), support.sort)
    member = Element(variable, (Name(index),))
    facts = (
        ForEach(index, ONE, Name(size), fact) for fact in (*support.facts(member), *_positive(member, support, single))
    )
    return single.declare(size, NATURAL).declare(variable, family, *facts)
