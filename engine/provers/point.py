"""From an environment to a point as data (:class:`~engine.kernel.certificate.Model`), and sizes at a point."""

from __future__ import annotations

from fractions import Fraction

from flint import fmpq

from engine.kernel.certificate import Assignment, Entry, FunctionChoice, Model
from engine.meaning.context import Context
from engine.meaning.sort import Family, Function, MatrixOf, Sort, Vector
from engine.meaning.term import Name, Term
from engine.provers import array
from engine.provers.array import Value
from engine.provers.ball import Environment, NoEval, compile_term
from engine.provers.scalar import as_integer, to_fraction


def model(env: Environment, context: Context, functions: dict[str, FunctionChoice]) -> Model:
    """The declared names' values, in the order of declaration. Every value in ``env`` is rational."""
    assignments = []
    for declaration in context.declarations:
        name, sort = declaration.name, declaration.sort
        if isinstance(sort, Function):
            assignments.append(Assignment(name, functions[name]))
        elif name in env:
            assignments.append(Assignment(name, _to_value(env[name], sort)))
    return Model(tuple(assignments))


def _to_value(value: Value, sort: Sort) -> Fraction | tuple[Entry, ...]:
    if isinstance(value, dict):
        element = sort.element if isinstance(sort, Family) else sort
        return tuple(Entry(at + more, q) for at in sorted(value) for more, q in _cells(value[at], element))
    if isinstance(value, tuple):
        return tuple(Entry(at, q) for at, q in _cells(value, sort))
    return _rational(value)


def _cells(value: Value, sort: Sort) -> list[tuple[tuple[int, ...], Fraction]]:
    """The entries of one member with their places; a number has the empty place."""
    if not isinstance(value, tuple):
        return [((), _rational(value))]
    one = isinstance(sort, Vector)
    return [
        ((i,) if one else (i, j), _rational(cell)) for i, row in enumerate(value, 1) for j, cell in enumerate(row, 1)
    ]


def _rational(value: Value) -> Fraction:
    exact = to_fraction(value)
    if exact is None:
        raise NoEval("a point with a coordinate that is not rational")
    return exact


def size_of(sort: Sort, env: Environment, context: Context) -> tuple[int, int]:
    """Rows and columns of a value of the sort; numbers are 1×1."""
    match sort:
        case Vector(size):
            sides = (size,)
        case MatrixOf(rows, columns):
            sides = (rows, columns)  # type: ignore[assignment]
        case _:
            return 1, 1
    found = [integer_at(side, env, context, "a size") for side in sides]
    return found[0], found[1] if len(found) == 2 else 1


def integer_at(term: Term, env: Environment, context: Context, what: str) -> int:
    """The integer that a size or bound is at a point; mostly it is a name there."""
    known = env.get(term.name) if isinstance(term, Name) else None
    return as_integer(compile_term(term, context)(env) if known is None else known, what)


def zeros(rows: int, columns: int) -> Value:
    return array.array((fmpq(0) for _ in range(columns)) for _ in range(rows))
