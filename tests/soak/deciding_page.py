"""What quod can decide: ``python tests/soak/deciding_page.py`` writes DECIDES.md from the tables of the kernel.

One row a rule, a function, or a theorem: what it says, its condition, its source, and examples with the verdicts that
they get while the page is made. Functions and theorems come from the kernel's own tables
(:mod:`engine.kernel.function`, :mod:`engine.kernel.theorems.table`); a rule that lives in code has its row where its
example is, in ``tests/cases/claims`` (the fields ``topic`` and ``rule``). A function's example is its own row, stated
as a claim; a theorem's is the shortest claim whose proof uses it, among those of the case files and the steps of the
week-7 sheet. ``tests/test_decides.py`` holds that the page is what this makes.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from pathlib import Path

from derivations import influence, mle
from engine.checking.answer import Answer, answer_of
from engine.checking.check import check_links
from engine.derivation import Derivation, Step, steps_of
from engine.judge import judge
from engine.kernel.certificate import ByTheorem, Certificate, Proof
from engine.kernel.function import FUNCTIONS, Row
from engine.kernel.theorems.table import THEOREMS
from engine.kernel.verdict import Open, Proved, Refuted, Verdict
from engine.meaning.claim import Claim
from engine.meaning.context import Context
from engine.meaning.latex import statement_latex
from engine.meaning.sort import REAL, Integer
from engine.meaning.statement import Relation
from engine.meaning.term import ZERO, Apply, Derivative, Name, Term, substitute
from engine.wording import theorem_title
from tests.claim_cases import Case, cases

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "DECIDES.md"
SHEET = ROOT / "derivations" / "week07.toml"
SECONDS = 20.0
NO_EXAMPLE = "none"
WORDS = {Proved: "proved", Refuted: "refuted", Open: "open"}

HEAD = """# What quod decides

Made by `python tests/soak/deciding_page.py`; a test holds that it is up to date. Every verdict on this page was
computed when it was made. *Proved* and *refuted* mean what [README](README.md#what-a-tick-means) says; *open* is
neither. A rule is used only where its condition is proved, too; what follows from both sides being defined comes back
with the verdict (*where …*). Rules work together: most claims need several.
"""


def page() -> str:
    """The whole page, as Markdown."""
    known = list(cases())
    rules = [case for case in known if case.rule]
    parts = [HEAD]
    for topic, of_topic in groupby(rules, key=lambda case: case.topic):
        parts.append(f"## {topic}\n\n{table(('rule', 'condition', 'source', 'examples'), rule_rows(of_topic))}")
    functions = table(("function", "where it is defined", "source", "example"), map(function_row, FUNCTIONS.values()))
    parts.append(
        "## Functions that need no declaration\n\nEach is known by a definition through simpler functions, by a"
        f" derivative, or by bounds of its value.\n\n{functions}"
    )
    parts.append(
        "## Theorems\n\nThe kernel takes these and does not derive them; their hypotheses are proved before each use."
        f" Those without a source are plain logic.\n\n{table(('theorem', 'source', 'example'), theorem_rows(known))}"
    )
    still = [(formula(case.claim, case.given), case.open_because, case.file) for case in known if case.open_because]
    if still:
        parts.append(
            "## Known to be open\n\nTrue claims of the case files that get no verdict yet.\n\n"
            + table(("claim", "why", "file"), still)
        )
    return "\n".join(parts)


def table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def in_cell(latex: str) -> str:
    r"""A formula for a cell of a table, where a bar would end it; the backquotes keep Markdown out of it.

    >>> in_cell(r"\|x\| \cdot |y|")
    '$`\\Vert x\\Vert  \\cdot \\vert y\\vert `$'
    """
    return "$`" + latex.replace(r"\|", r"\Vert ").replace("|", r"\vert ") + "`$"


def formula(claim: str, given: tuple[str, ...]) -> str:
    return in_cell(claim) + (" for " + ", ".join(map(in_cell, given)) if given else "")


def said(answer: Answer) -> str:
    where = ", ".join(map(in_cell, answer.conditions))
    return f"*{answer.verdict}*" + (f" where {where}" if where else "")


# ---- rules


def rule_rows(of_topic: Iterable[Case]) -> Iterator[tuple[str, ...]]:
    for rule, found in groupby(of_topic, key=lambda case: case.rule):
        examples = list(found)
        first = examples[0]
        title = f"**{rule}**" + (f"<br>{escaped(first.formula)}" if first.formula else "")
        shown = "<br>".join(f"{formula(one.claim, one.given)}: {said(answered(one))}" for one in examples)
        yield title, escaped(first.condition), escaped(first.source), shown


def escaped(words: str) -> str:
    """Words with formulas between dollar signs, for a cell."""
    parts = words.split("$")
    return "".join(in_cell(part) if n % 2 else part.replace("|", r"\|") for n, part in enumerate(parts))


@cache
def answered(case: Case) -> Answer:
    return answer_of(check_links(case.claim, case.given, case.where, "", SECONDS))


# ---- functions


def function_row(row: Row) -> tuple[str, ...]:
    example = example_of(row)
    verdict = judge(example)
    given = ""
    if isinstance(verdict, Open):  # the domain leaves out single points; away from them
        positive = Relation(Name(row.parameters[0].strip("@")), ">", ZERO)
        verdict = judge(replace(example, context=example.context.assume(positive)))
        given = f" for {in_cell(statement_latex(positive, example.context))}"
    shown = f"{in_cell(statement_latex(example.statement, example.context))}{given}: {_word(verdict)}"
    return f"**{row.name}**", domain_of(row), escaped(row.source), shown


def example_of(row: Row) -> Claim:
    """What the row says of the function: its definition, else its derivative, else its first bound.

    The parameters are numbers at which the row's conditions hold, integers where one of them must be one.
    """
    context = Context()
    names = {parameter: parameter.strip("@") for parameter in row.parameters}
    for name in names.values():
        context = context.declare(name, Integer() if row.integers else REAL)
    context = context.assume(*(_renamed(one, names) for one in (*row.domain, *row.must, *row.when)))
    value = Apply(row.name, tuple(Name(names[parameter]) for parameter in row.parameters))
    if row.definition is not None:
        return Claim(context, Relation(value, "=", _named(row.definition, names)))
    if row.derivative is not None:
        context = context.assume(*(_renamed(one, names) for one in row.smooth))
        slope = Derivative(value, Name(names[row.parameters[0]]))
        return Claim(context, Relation(slope, "=", _named(row.derivative, names)))
    bound = row.bounds[0]
    return Claim(context, Relation(value, bound.sign, _named(bound.right, names)))


def _renamed(relation: Relation, names: dict[str, str]) -> Relation:
    return Relation(_named(relation.left, names), relation.sign, _named(relation.right, names))


def _named(term: Term, names: dict[str, str]) -> Term:
    for parameter, name in names.items():
        term = substitute(term, parameter, Name(name))
    return term


def domain_of(row: Row) -> str:
    names = {parameter: parameter.strip("@") for parameter in row.parameters}
    context = Context()
    found = [in_cell(statement_latex(_renamed(one, names), context)) for one in (*row.domain, *row.must, *row.when)]
    found += [f"{in_cell(names[parameter])} an integer" for parameter in row.integers]
    found += ["except at 0, −1, −2, …"] if row.poles else []
    return ", ".join(found)


def _word(verdict: Verdict) -> str:
    context = verdict.claim.context
    conditions = verdict.conditions if isinstance(verdict, Proved) else ()
    where = ", ".join(in_cell(statement_latex(one, context)) for one in conditions)
    return f"*{WORDS[type(verdict)]}*" + (f" where {where}" if where else "")


# ---- theorems


@dataclass(frozen=True, slots=True)
class Example:
    """A claim in words for a cell, with its verdict, and the theorems that its certificate uses."""

    shown: str
    theorems: frozenset[str]


def theorem_rows(known: list[Case]) -> Iterator[tuple[str, ...]]:
    examples = theorem_examples(known)
    for name, theorem in THEOREMS.items():
        title = f"**{theorem_title(name)}**<br>{escaped(theorem.says)}"
        yield title, escaped(theorem.source), examples.get(name, NO_EXAMPLE)


def theorem_examples(known: list[Case]) -> dict[str, str]:
    """For each theorem the shortest example that uses it; steps of the sheet only where no claim does."""
    found = _shortest(_of_cases(known))
    return {**_shortest(_of_steps(frozenset(THEOREMS) - {*found})), **found}


def _shortest(examples: Iterable[Example]) -> dict[str, str]:
    found: dict[str, str] = {}
    for example in examples:
        for name in example.theorems:
            found[name] = min(found.get(name, example.shown), example.shown, key=lambda shown: (len(shown), shown))
    return found


def _of_cases(known: list[Case]) -> Iterator[Example]:
    for case in known:
        if case.verdict != "proved" or case.open_because:
            continue
        links = check_links(case.claim, case.given, case.where, "", SECONDS)
        proved = [one.verdict.certificate for one in links if isinstance(one.verdict, Proved)]
        used = frozenset(name for certificate in proved for name in theorems_in(certificate))
        if used and len(proved) == len(links):
            yield Example(f"{formula(case.claim, case.given)}: {said(answer_of(links))}", used)


def _of_steps(wanted: frozenset[str]) -> Iterator[Example]:
    """Steps of the week-7 sheet that are proved by a theorem and use one of the wanted ones."""
    for step in sheet_steps():
        if not isinstance(step.proof, ByTheorem):
            continue
        verdict = judge(step.claim, step.proof)
        if isinstance(verdict, Proved) and (used := wanted.intersection(theorems_in(verdict.certificate))):
            latex = statement_latex(step.claim.statement, step.claim.context)
            yield Example(f"week-7 sheet, {step.rule}: {in_cell(latex)}: {_word(verdict)}", used)


def sheet_steps() -> Iterator[Step]:
    tables = tomllib.loads(SHEET.read_text(encoding="utf-8"))["exercise"]
    modules = {"mle": mle, "influence": influence}
    for entry in tables:
        if entry["module"] in modules:
            data = {key: value for key, value in entry.items() if key not in ("module", "title")}
            derived = modules[entry["module"]].derive(data, torch=False)
            assert isinstance(derived, Derivation), derived
            yield from (step for block in derived.blocks for step in steps_of(block))


def theorems_in(certificate: Certificate) -> Iterator[str]:
    for proof in (certificate.proof, *certificate.model.premises):
        yield from sketched(proof)


def sketched(proof: Proof | None) -> Iterator[str]:
    if isinstance(proof, ByTheorem):
        yield proof.theorem
        for premise in proof.premises:
            yield from sketched(premise)


def main() -> int:
    argparse.ArgumentParser(description="Write DECIDES.md: what can be decided, with examples.").parse_args()
    PAGE.write_text(page(), encoding="utf-8")
    print(f"{PAGE.name} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
