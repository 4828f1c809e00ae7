"""Sheet files: a title, a course, and a list of exercises with their data, in TOML."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from engine.span import Problem, Span

SHEET_KEYS = ("title", "course", "exercise")
OWN_KEYS = ("module", "title", "points")


@dataclass(frozen=True, slots=True)
class ExerciseEntry:
    """One ``[[exercise]]``: the name of its module, what the sheet says about it, and its data."""

    module: str
    title: str
    points: int | float | None
    data: Mapping[str, object]
    line: int


@dataclass(frozen=True, slots=True)
class SheetFile:
    name: str
    title: str
    course: str
    exercises: tuple[ExerciseEntry, ...]


class _Fault(Exception):
    """Carries a message and the line it speaks of up to :func:`read_sheet`."""

    def __init__(self, message: str, line: int) -> None:
        self.message, self.line = message, line


def read_sheet(text: str, place: str, name: str, modules: Iterable[str]) -> SheetFile | Problem:
    """The sheet that ``text`` describes; ``place`` is the file's name for messages, ``modules`` the known exercises.

    >>> sheet = read_sheet('title = "Week 7"\\n[[exercise]]\\nmodule = "mle"\\nparameter = "p"', "w.toml", "w", ["mle"])
    >>> [(entry.module, dict(entry.data)) for entry in sheet.exercises]
    [('mle', {'parameter': 'p'})]
    >>> print(read_sheet('title = 7', "w.toml", "w", ["mle"]).message)
    w.toml, line 1: title should be a text in quotes, such as "Week 7"
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return _syntax_problem(error, text, place)
    except RecursionError:
        return Problem(f"{place}: the lists and tables are nested too deep")
    try:
        return _sheet(data, text, name, tuple(modules))
    except _Fault as fault:
        return Problem(f"{place}, line {fault.line}: {fault.message}")


EXPECTED = {
    "Invalid value": "; expected a text in quotes, a number, true, false, a list in [ ] or a table in { }",
    "Invalid statement": "; expected key = value, or [[exercise]]",
    "Invalid initial character for a key part": "; expected the name of a key",
}


def _syntax_problem(error: tomllib.TOMLDecodeError, text: str, place: str) -> Problem:
    """The parser's message with what was expected; an error at the very end belongs to the last line with text."""
    message = str(error)
    found = re.search(r"\(at line (\d+), column (\d+)\)", message)
    line, column = (int(found[1]), int(found[2])) if found else (text.count("\n") + 1, 1)
    start = sum(len(each) + 1 for each in text.split("\n")[: line - 1]) + column - 1
    if found is None or not text[start:].strip():
        start = len(text.rstrip())
        line = text.count("\n", 0, start) + 1
    what = re.sub(r" \(at .*\)$", "", message)
    advice = "; a backslash is written as it is only between single quotes" if "\\" in what else EXPECTED.get(what, "")
    return Problem(f"{place}, line {line}: this is not TOML: {what}{advice}", Span(start, start + 1), text)


def _sheet(data: Mapping[str, object], text: str, name: str, modules: tuple[str, ...]) -> SheetFile:
    for key in data:
        if key not in SHEET_KEYS:
            raise _Fault(f"a sheet has no {key!r}; {nearest(key, SHEET_KEYS)}", line_of_key(text, key))
    title, course = (_text(data, key, text, 0, 'such as "Week 7"') for key in ("title", "course"))
    if not title:
        raise _Fault('expected a title, such as title = "Week 7"', 1)
    entries = data.get("exercise")
    if not isinstance(entries, list) or not entries:
        raise _Fault("expected at least one exercise, which begins with [[exercise]]", line_of_key(text, "exercise"))
    exercises = (_entry(entry, text, number, modules) for number, entry in enumerate(entries, 1))
    return SheetFile(name, title, course, tuple(exercises))


def _entry(entry: object, text: str, number: int, modules: tuple[str, ...]) -> ExerciseEntry:
    line = line_of_exercise(text, number)
    if not isinstance(entry, dict):
        raise _Fault("an exercise begins with [[exercise]], in two pairs of brackets", line)
    module = _text(entry, "module", text, number, 'such as "mle"')
    if not module:
        known = ", ".join(modules)
        raise _Fault(f"exercise {number} does not name its module; expected module = one of {known}", line)
    if module not in modules:
        at = line_of_key(text, "module", number)
        raise _Fault(f"there is no exercise {module!r}; {nearest(module, modules)}", at)
    title = _text(entry, "title", text, number, "its heading")
    data = {key: value for key, value in entry.items() if key not in OWN_KEYS}
    return ExerciseEntry(module, title, _points(entry, text, number), data, line)


def _points(entry: Mapping[str, object], text: str, number: int) -> int | float | None:
    points = entry.get("points")
    if points is None or (isinstance(points, int | float) and not isinstance(points, bool) and 0 <= points < 10**6):
        return points
    raise _Fault("points should be a number, such as points = 5", line_of_key(text, "points", number))


def _text(table: Mapping[str, object], key: str, text: str, number: int, example: str) -> str:
    value = table.get(key, "")
    if not isinstance(value, str):
        raise _Fault(f"{key} should be a text in quotes, {example}", line_of_key(text, key, number))
    return value


def nearest(word: str, known: Iterable[str]) -> str:
    """What to try instead of a misspelt word.

    >>> nearest("convolutoin", ["mle", "convolution"])
    "did you mean 'convolution'?"
    >>> nearest("zzz", ["mle", "convolution"])
    'known are mle, convolution'
    """
    known = tuple(known)
    close = get_close_matches(word, known, n=3, cutoff=0.5)
    return f"did you mean {' or '.join(map(repr, close))}?" if close else f"known are {', '.join(known)}"


def line_of_exercise(text: str, number: int) -> int:
    """The line of the ``number``-th ``[[exercise]]``, 1 where it cannot be found."""
    starts = [at for at, line in enumerate(text.split("\n"), 1) if re.match(r"\s*\[\[\s*exercise\s*\]\]", line)]
    return starts[number - 1] if 1 <= number <= len(starts) else 1


def line_of_key(text: str, key: str, exercise: int = 0) -> int:
    """The line that sets ``key`` in the given exercise (0: before all of them), else the line where that begins.

    tomllib keeps no places, so this looks for the key at the start of a line, which is where people write it.
    """
    first = line_of_exercise(text, exercise) if exercise else 1
    pattern = re.compile(rf"\s*(\[+\s*)?[\"']?{re.escape(key)}[\"']?\s*[=.\]]")
    for at, line in enumerate(text.split("\n")[first - 1 :], first):
        if pattern.match(line):
            return at
    return first
