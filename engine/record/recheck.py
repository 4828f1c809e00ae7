"""Verifying a record alone: the kernel, and neither provers nor SymPy nor torch."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

from engine.derivation import Block, Step
from engine.kernel.certificate import Certificate, Model
from engine.kernel.check import check, refute
from engine.kernel.verdict import Open, Verdict
from engine.meaning.context import Context
from engine.meaning.latex import statement_latex
from engine.record.codec import Json, decode
from engine.record.naming import misspelt_names
from engine.record.shown import mismatches
from engine.record.writing import FORMAT, digest_of, verdict_data
from engine.span import Problem

T = TypeVar("T")
MAX_CHARACTERS = 64_000_000
RECORD_KEYS = {"quod", "record", "title", "course", "contexts", "exercises", "digest"}
EXERCISE_KEYS = {"title", "question", "source", "blocks", "steps"}
STEP_KEYS = {"step", "printed", "verdict"}
VERDICT_KEYS = {
    "proved": {"certificate", "conditions", "conditions_printed", "rests_on"},
    "refuted": {"witness", "left", "right"},
    "open": {"reason"},
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in the record that does not hold, and where it stands."""

    place: str
    message: str


@dataclass(frozen=True, slots=True)
class RecheckReport:
    """What the kernel says of the record today. The counts are of steps that it has just confirmed."""

    version: str
    findings: tuple[Finding, ...]
    proved: int = 0
    refuted: int = 0
    open: int = 0

    @property
    def sound(self) -> bool:
        """Whether everything in the record is as the record says."""
        return not self.findings

    @property
    def all_proved(self) -> bool:
        return self.sound and self.refuted == self.open == 0


class _Fault(Exception):
    """Carries a finding out of a part of the record that cannot be read further."""

    def __init__(self, place: str, message: str) -> None:
        self.finding = Finding(place, message)


def read_record(text: str) -> dict[str, Json] | Problem:
    """The JSON data of a record's text, or what is wrong with it as JSON."""
    if len(text) > MAX_CHARACTERS:
        return Problem(f"the record has {len(text):,} characters; quod reads up to {MAX_CHARACTERS:,}")
    try:
        data = json.loads(text, object_pairs_hook=_distinct, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        return Problem(f"line {error.lineno}, column {error.colno}: this is not JSON: {error.msg}")
    except RecursionError:
        return Problem("the record is nested too deep")
    except ValueError as error:
        return Problem(f"this is not a record: {error}")
    return data if isinstance(data, dict) else Problem("this is not a record: expected an object in braces")


def _distinct(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    data = dict(pairs)
    if len(data) < len(pairs):
        raise ValueError(f"an object has a key twice among {', '.join(sorted(data))[:80]}")
    return data


def _no_constant(name: str) -> Json:
    raise ValueError(f"{name} is not a number of JSON")


def recheck(record: Mapping[str, Json]) -> RecheckReport:
    """Every claim re-verified from its certificate, and everything shown compared with what comes out.

    Whatever was changed in the record shows: by the digest, and where that was made to fit, by the kernel's verdict,
    its conditions and theorems, and the printer's LaTeX.
    """
    version = str(record.get("quod"))
    try:
        _expect_keys(record, RECORD_KEYS, "the record")
        if record["record"] != FORMAT:
            raise _Fault("the record", f"its format is {record['record']!r}; this quod reads format {FORMAT}")
        contexts = _contexts(record)
        exercises = _list(record["exercises"], "exercises")
    except _Fault as fault:
        return RecheckReport(version, (fault.finding,))
    findings = list(_head_findings(record))
    counts = dict.fromkeys(VERDICT_KEYS, 0)
    for number, exercise in enumerate(exercises, 1):
        findings.extend(_exercise_findings(exercise, contexts, f"exercise {number}", counts))
    return RecheckReport(version, tuple(findings), counts["proved"], counts["refuted"], counts["open"])


def _head_findings(record: Mapping[str, Json]) -> Iterator[Finding]:
    try:
        digest = digest_of(record)
    except (ValueError, RecursionError):
        digest = "none, as it has no canonical form"
    if record["digest"] != digest:
        yield Finding("the record", f"its digest is {digest}, not the one stored: something was changed")
    for key in ("quod", "title", "course"):
        if not isinstance(record[key], str):
            yield Finding(key, "expected a text")


def _contexts(record: Mapping[str, Json]) -> list[Context]:
    return [
        _decoded(Context, data, f"contexts[{number}]", {})
        for number, data in enumerate(_list(record["contexts"], "contexts"))
    ]


def _exercise_findings(data: Json, contexts: list[Context], place: str, counts: dict[str, int]) -> Iterator[Finding]:
    try:
        exercise = _object(data, place)
        _expect_keys(exercise, EXERCISE_KEYS, place)
        for key in ("title", "question", "source"):
            _text(exercise[key], f"{place}, {key}")
        entries = _list(exercise["steps"], f"{place}, steps")
        steps = [_stored_step(entry, contexts, f"{place}, step {n}") for n, entry in enumerate(entries, 1)]
        yield from _block_findings(exercise, steps, place)
    except _Fault as fault:
        yield fault.finding
        return
    for number, (entry, step) in enumerate(zip(entries, steps, strict=True), 1):
        found = tuple(_step_findings(_object(entry, place), step, f"{place}, step {number}"))
        yield from found
        if not found:
            counts[cast(str, _object(entry, place)["verdict"])] += 1


def _stored_step(data: Json, contexts: list[Context], place: str) -> Step:
    entry = _object(data, place)
    kind = _text(entry.get("verdict"), f"{place}, verdict")
    if kind not in VERDICT_KEYS:
        raise _Fault(place, f"expected the verdict proved, refuted or open, found {kind!r}")
    _expect_keys(entry, STEP_KEYS | VERDICT_KEYS[kind], place)
    step = _decoded(Step, entry["step"], place, {Context: contexts})
    if step.proof is not None:
        raise _Fault(place, "a recorded step has a certificate instead of a sketch")
    return step


def _block_findings(exercise: Mapping[str, Json], steps: list[Step], place: str) -> Iterator[Finding]:
    for number, data in enumerate(_list(exercise["blocks"], f"{place}, blocks"), 1):
        block: Block = _decoded(cast(type[Block], Block), data, f"{place}, block {number}", {Step: steps})
        try:
            faults = mismatches(block)
        except Exception as error:
            faults = (f"its figures cannot be compared with its claims: {error!r}",)
        yield from (Finding(f"{place}, block {number}", fault) for fault in faults)


def _step_findings(entry: Mapping[str, Json], step: Step, place: str) -> Iterator[Finding]:
    """Hostile data may make any part of the kernel or the printer fail; that is a finding, never a pass."""
    try:
        yield from (Finding(place, f"{name[:40]!r} is not spelled as a name") for name in misspelt_names(step.claim))
        printed = statement_latex(step.claim.statement, step.claim.context)
        today = verdict_data(step.claim, _verdict_today(entry, step, place))
    except _Fault as fault:
        yield fault.finding
        return
    except Exception as error:
        yield Finding(place, f"the kernel could not verify it: {type(error).__name__}: {error}")
        return
    if entry["printed"] != printed:
        yield Finding(place, f"it is printed as {entry['printed']!r}, but the claim reads {printed!r}")
    yield from (Finding(place, message) for message in _differences(entry, today))


def _verdict_today(entry: Mapping[str, Json], step: Step, place: str) -> Verdict:
    match entry["verdict"]:
        case "proved":
            return check(step.claim, _decoded(Certificate, entry["certificate"], f"{place}, certificate", {}))
        case "refuted":
            return refute(step.claim, _decoded(Model, entry["witness"], f"{place}, witness", {}))
        case _:
            return Open(step.claim, _text(entry["reason"], f"{place}, reason"))


def _differences(entry: Mapping[str, Json], today: Mapping[str, Json]) -> Iterator[str]:
    if today["verdict"] != entry["verdict"]:
        reason = f": {today['reason']}" if "reason" in today else ""
        yield f"it is recorded as {entry['verdict']}, but the kernel finds it {today['verdict']}{reason}"
        return
    for key, value in today.items():
        if entry[key] != value:
            yield f"its {key.replace('_', ' ')} are recorded as {_short(entry[key])}, but come out as {_short(value)}"


def _short(data: Json) -> str:
    text = json.dumps(data, ensure_ascii=False)
    return text if len(text) <= 80 else text[:77] + "..."


def _decoded(kind: type[T], data: Json, place: str, tables: Mapping[type, Sequence[object]]) -> T:
    value = decode(kind, data, tables)
    if isinstance(value, Problem):
        raise _Fault(place, value.message)
    return value


def _expect_keys(data: Mapping[str, Json], keys: set[str], place: str) -> None:
    if set(data) != keys:
        lacking, foreign = sorted(keys - set(data)), sorted(set(data) - keys)
        raise _Fault(place, f"lacks {', '.join(lacking)}" if lacking else f"has the foreign entry {foreign[0][:40]!r}")


def _object(data: Json, place: str) -> dict[str, Json]:
    if not isinstance(data, dict):
        raise _Fault(place, "expected an object in braces")
    return data


def _list(data: Json, place: str) -> list[Json]:
    if not isinstance(data, list):
        raise _Fault(place, "expected a list in brackets")
    return data


def _text(data: Json, place: str) -> str:
    if not isinstance(data, str):
        raise _Fault(place, "expected a text")
    return data
