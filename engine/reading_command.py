"""``quod read``: what a formula says, or which formulas of a document can be read.

The command line hands over what was typed; this module answers with lines and an exit code: 0 where everything was
read, 1 where some formulas of a document were not, 2 where the input is wrong or the one formula cannot be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from typing import Final, Literal

from engine.meaning.context import Context
from engine.meaning.declared import declared_names
from engine.meaning.elaborate import Reading, StatementReading, read_statement, read_term
from engine.meaning.ends import counting
from engine.meaning.given import read_given
from engine.meaning.latex import statement_latex, term_latex
from engine.meaning.scope import in_words
from engine.meaning.sort import Integer, MatrixOf, Sort, Vector
from engine.meaning.term import Element, Name, Number
from engine.reading.chain import Chain, Piece, Statement, split_chain
from engine.reading.document import DIALECTS, Document, Formula, read_document
from engine.reading.folder import read_inside
from engine.reading.macro import Macro
from engine.reading.parser import read
from engine.reading.preamble import read_definitions
from engine.span import Problem, Span

Outcome = Literal["understood", "read", "not read"]


@dataclass(frozen=True, slots=True)
class Answer:
    """Lines for standard output, lines for standard error, and the exit code."""

    shown: tuple[str, ...]
    said: tuple[str, ...]
    exit_code: int


@dataclass(frozen=True, slots=True)
class Macros:
    """Macros as LaTeX, for the reader of formulas, and read, for the splitter."""

    latex: str
    table: dict[str, Macro]


@dataclass(frozen=True, slots=True)
class _Judged:
    """How far a chain was read, why not further, and how many of its sides were read."""

    outcome: Outcome
    problem: Problem | None
    line: int
    sides: int
    read: int


def read_asked(asked: str, given: Sequence[str] = (), macros: Path | None = None) -> Answer:
    """``asked`` is the name of a document or a formula: a name ends in ``.tex``, ``.md``, ``.ipynb`` and the like."""
    own = _macros_of(macros)
    if isinstance(own, Problem):
        return _bad(own)
    context = _context(given, own)
    if isinstance(context, Problem):
        return _bad(context)
    if not names_a_document(asked):
        node = read(asked, own.latex)
        if not isinstance(node, Problem):
            context = counting(context, [node], declared_names(given, own.latex))
        return read_formula(asked, context, own)
    document = read_document(Path(asked), () if macros is None else (macros,))
    return _bad(document) if isinstance(document, Problem) else list_chains(document, context)


def names_a_document(asked: str) -> bool:
    """
    >>> names_a_document("week07/sheet.md"), names_a_document("x = y.md^2")
    (True, False)
    """
    return Path(asked).suffix.lower() in DIALECTS and not any(mark in asked for mark in "{}^=$\n")


def _macros_of(path: Path | None) -> Macros | Problem:
    if path is None:
        return Macros("", {})
    source = read_inside(path, path.parent, str(path))
    if isinstance(source, Problem):
        return source
    found = read_definitions(source.text)
    if not found.table:
        why = found.problems[0].show() if found.problems else r"it defines none; expected \newcommand and the like"
        return Problem(f"no macros in {path}: {why}")
    return Macros("\n".join(found.latex), found.table)


def _context(given: Sequence[str], macros: Macros) -> Context | Problem:
    context = Context()
    for text in given:
        known = read_given(text, context, macros.latex)
        if isinstance(known, Problem):
            return Problem(f"--given: {known.message}", known.span, known.source or text)
        context = known
    return context


def _bad(problem: Problem) -> Answer:
    return Answer((), (f"quod: {problem.show()}",), 2)


# One formula


def read_formula(latex: str, context: Context, macros: Macros) -> Answer:
    """The reading of a formula: LaTeX as understood, the tree, the names with their sorts, notes on scope.

    >>> answer = read_formula(r"\\ln 2x", Context(), Macros("", {}))
    >>> answer.shown[0], answer.exit_code
    ('understood as  \\\\ln(2 x)', 0)
    """
    chain = split_chain(latex, macros.table)
    if isinstance(chain, Problem):
        return _bad(chain)
    if not chain.statements:
        return _bad(Problem("expected a formula; there are only words or nothing", Span(0, len(latex)), latex))
    lines: list[str] = []
    for number, statement in enumerate(chain.statements):
        text = latex if _is_plain(chain) else _statement_text(statement)
        reading = _understood(text, statement, context, macros)
        if isinstance(reading, Problem):
            return Answer(tuple(lines), _bad(reading).said, 2)
        lines += ([""] if number else []) + _heading(statement, number, len(chain.statements))
        lines += _names(reading, context) if isinstance(reading, Context) else _reading_lines(reading, context)
    lines += [f"note           {note.latex}" for note in chain.notes]
    return Answer(tuple(lines), (), 0)


def _is_plain(chain: Chain) -> bool:
    """One claim in one row, so that its text can be read as it was typed."""
    (first, *more) = chain.statements
    typed = all(sign.sign not in _RETYPED and not sign.note for sign in first.signs)
    return not more and not chain.notes and typed and "\\\\" not in chain.latex and "&" not in chain.latex


# Definitions are read as equations: the words around them say that they define.
_RETYPED: Final = {":=": "=", "=:": "=", "≡": "="}


def _statement_text(statement: Statement) -> str:
    signs = tuple(replace(sign, sign=_RETYPED.get(sign.sign, sign.sign)) for sign in statement.signs)
    return replace(statement, signs=signs).latex


def _heading(statement: Statement, number: int, count: int) -> list[str]:
    joined = statement.connective.sign + " " if statement.connective else ""
    defines = any(sign.sign in _RETYPED for sign in statement.signs)
    kind = "definition" if defines else statement.kind
    if count == 1 and kind == "claim":
        return []
    return [f"statement {number + 1}    {joined}{kind}" + (f" ({statement.words})" if statement.words else "")]


def _understood(
    text: str, statement: Statement, context: Context, macros: Macros
) -> Reading | StatementReading | Context | Problem:
    """A term, a chain of relations, or what a membership declares."""
    if [sign.sign for sign in statement.signs] == ["∈"]:
        return read_given(text, context, macros.latex)
    if statement.signs:
        return read_statement(text, context, macros.latex)
    return read_term(text, context, macros.latex)


def _reading_lines(reading: Reading | StatementReading, given: Context) -> list[str]:
    if isinstance(reading, Reading):
        understood = [term_latex(reading.term, reading.context)]
        trees: list[object] = [reading.term]
    else:
        understood = [statement_latex(relation, reading.context) for relation in reading.relations]
        trees = list(reading.relations)
    lines = _labelled("understood as", understood)
    lines += _labelled("tree", [line for tree in trees for line in tree_lines(tree)])
    words = {in_words(declared.name, declared.sort) for declared in reading.context.declarations}
    notes = [note for note in reading.inferred if note not in words]
    return lines + _names(reading.context, given) + _labelled("note", notes)


def _names(context: Context, given: Context) -> list[str]:
    known = {declared.name for declared in given.declarations}
    shown = [
        f"{_in_words(declared.name, declared.sort)}   ({'given' if declared.name in known else 'inferred'})"
        for declared in context.declarations
    ]
    return _labelled("names", shown)


def _in_words(name: str, sort: Sort) -> str:
    match sort:
        case Vector(size):
            return f"{name} is a vector of {term_latex(size)} reals"
        case MatrixOf(rows, columns):
            return f"{name} is a matrix, {term_latex(rows)} × {term_latex(columns)}"
        case Integer(0):
            return f"{name} ∈ ℕ₀"
        case _:
            return in_words(name, sort)


def _labelled(label: str, lines: Sequence[str]) -> list[str]:
    return [f"{label if not number else '':13}  {line}" for number, line in enumerate(lines)]


# A tree of any of our frozen data classes


def tree_lines(node: object) -> list[str]:
    """A term or a relation as a tree, one node a line.

    >>> from engine.meaning.term import Add
    >>> print("\\n".join(tree_lines(Add((Name("x"), Name("y"))))))
    Add
    ├─ x
    └─ y
    """
    label, parts = _node(node)
    lines = [label]
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        first, *rest = tree_lines(part)
        lines.append(("└─ " if last else "├─ ") + first)
        lines += [("   " if last else "│  ") + line for line in rest]
    return lines


def _node(node: object) -> tuple[str, list[object]]:
    match node:
        case Name(name):
            return name, []
        case Number():
            return term_latex(node), []
        case Element(family, indices):
            return f"{family}[{', '.join(map(term_latex, indices))}]", []
    label = type(node).__name__
    parts: list[object] = []
    for field in fields(node) if is_dataclass(node) else ():
        value = getattr(node, field.name)
        inner = list(_parts(value))
        parts += inner
        if not inner and value is not None and value != ():
            label += f" {value}"
    return label, parts


def _parts(value: object) -> Iterator[object]:
    if is_dataclass(value):
        yield value
    elif isinstance(value, tuple):
        for inner in value:
            yield from _parts(inner)


# A document


def list_chains(document: Document, context: Context) -> Answer:
    """A line for every chain of the document, and the share that was read at the end."""
    macros = Macros(document.macros, document.macro_table)
    judged = [(formula, chain, _judge(formula, chain, context, macros)) for formula, chain in document.chains]
    broken = [formula for formula in document.formulas if isinstance(formula.chain, Problem)]
    lines = [line for formula, chain, one in judged for line in _chain_lines(formula, chain, one)]
    lines += [f"{formula.place}: not read: {_message(formula)}" for formula in broken]
    unread = len(broken) + sum(one.outcome == "not read" for _, _, one in judged)
    lines.append(_share(judged, len(broken)))
    return Answer(tuple(lines), tuple(f"quod: {problem.message}" for problem in document.problems), 1 if unread else 0)


def _message(formula: Formula) -> str:
    return formula.chain.message if isinstance(formula.chain, Problem) else ""


def _judge(formula: Formula, chain: Chain, context: Context, macros: Macros) -> _Judged:
    sides = [item for statement in chain.statements for item in statement.items if statement.signs]
    results = [(side, _syntax(side, macros)) for side in sides]
    failed = [(side, result) for side, result in results if isinstance(result, Problem)]
    if failed:
        side, problem = failed[0]
        return _Judged("not read", problem, side.line, len(sides), len(sides) - len(failed))
    for statement in chain.statements:
        text = _statement_text(statement)
        reading = _understood(text, statement, context, macros)
        if isinstance(reading, Problem):
            return _Judged("read", reading, statement.line, len(sides), len(sides))
    return _Judged("understood", None, formula.line, len(sides), len(sides))


def _syntax(side: Piece, macros: Macros) -> Problem | None:
    if not side.latex:
        return Problem("a side is missing: nothing stands beside the relation")
    result = read(side.latex, macros.latex)
    return result if isinstance(result, Problem) else None


def _chain_lines(formula: Formula, chain: Chain, judged: _Judged) -> list[str]:
    count = len(chain.links) + len(chain.definitions)
    start = " ".join(chain.statements[0].latex.split())
    shown = start if len(start) <= 60 else start[:59] + "…"
    steps = f"{count} step{'s' if count != 1 else ' '}"
    lines = [f"{formula.place}: {steps}  {judged.outcome:10}  {shown}"]
    if judged.problem is not None:
        reason = judged.problem.show().split("\n")
        lines += [f"    line {judged.line}: {reason[0]}", *(f"    {line}" for line in reason[1:])]
    return lines


def _share(judged: Sequence[tuple[Formula, Chain, _Judged]], broken: int) -> str:
    chains = len(judged) + broken
    if not chains:
        return "no chains: the document states nothing in formulas"
    read_ones = sum(one.outcome != "not read" for _, _, one in judged)
    understood = sum(one.outcome == "understood" for _, _, one in judged)
    sides, good = sum(one.sides for _, _, one in judged), sum(one.read for _, _, one in judged)
    share = f"{100 * read_ones / chains:.0f} %"
    return f"read {read_ones} of {chains} chains ({share}), {good} of {sides} sides; understood {understood}"
