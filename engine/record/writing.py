"""Writing the record of a judged sheet."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace

from engine.derivation import Step
from engine.kernel.verdict import Open, Proved, Refuted, Verdict
from engine.meaning.claim import Claim
from engine.meaning.context import Context
from engine.meaning.latex import statement_latex
from engine.record.codec import Json, Table, encode, encode_whole
from engine.record.judged import JudgedDerivation

FORMAT = 1


def record_of(version: str, title: str, course: str, derivations: Iterable[JudgedDerivation]) -> dict[str, Json]:
    """The record, as JSON data, with its digest.

    Raises :class:`ValueError` where a number has no JSON form (a plotted point that is not finite).
    """
    contexts = Table()
    exercises: list[Json] = [_exercise(derivation, contexts) for derivation in derivations]
    record: dict[str, Json] = {
        "quod": version,
        "record": FORMAT,
        "title": title,
        "course": course,
        "contexts": [encode(context) for context in contexts.values],
        "exercises": exercises,
    }
    return {**record, "digest": digest_of(record)}


def digest_of(record: Mapping[str, Json]) -> str:
    """SHA-256 over the canonical JSON of all of the record but the digest itself.

    >>> digest_of({"a": 1, "digest": "whatever"}) == digest_of({"a": 1})
    True
    """
    rest = {key: value for key, value in record.items() if key != "digest"}
    canonical = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return "sha256:" + hashlib.sha256(canonical.encode("ascii")).hexdigest()


def record_text(record: Mapping[str, Json]) -> str:
    """The text of ``sheet.json``: a line for each step, so that two records can be compared line by line."""
    return _spread(dict(record), 4) + "\n"


def _spread(data: Json, depth: int) -> str:
    """JSON with a line break between the members of the outermost ``depth`` levels."""
    if depth == 0 or not data or not isinstance(data, dict | list):
        return json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    if isinstance(data, list):
        return "[\n" + ",\n".join(_spread(entry, depth - 1) for entry in data) + "\n]"
    return "{\n" + ",\n".join(f"{json.dumps(key)}:{_spread(value, depth - 1)}" for key, value in data.items()) + "\n}"


def _exercise(judged: JudgedDerivation, contexts: Table) -> dict[str, Json]:
    steps = Table()
    tables: Mapping[type, Table] = {Step: steps, Context: contexts}
    blocks: list[Json] = [encode(judged_block.block, tables) for judged_block in judged.blocks]
    verdicts = {judged_step.step: judged_step.verdict for judged_step in judged.steps}
    return {
        "title": judged.derivation.title,
        "question": judged.derivation.question,
        "source": judged.derivation.source,
        "blocks": blocks,
        "steps": [_step(step, verdicts[step], contexts) for step in steps.values if isinstance(step, Step)],
    }


def _step(step: Step, verdict: Verdict, contexts: Table) -> dict[str, Json]:
    """The step without its sketch of a proof, which the certificate replaces."""
    return {
        "step": encode_whole(replace(step, proof=None), {Context: contexts}),
        "printed": statement_latex(step.claim.statement, step.claim.context),
        **verdict_data(step.claim, verdict),
    }


def verdict_data(claim: Claim, verdict: Verdict) -> dict[str, Json]:
    """What a verdict says beyond its claim."""
    match verdict:
        case Proved(_, certificate, conditions, rests_on):
            return {
                "verdict": "proved",
                "certificate": encode(certificate),
                "conditions": encode(conditions),
                "conditions_printed": [statement_latex(condition, claim.context) for condition in conditions],
                "rests_on": list(rests_on),
            }
        case Refuted(_, witness, left, right, place):
            data = {"witness": encode(witness), "left": encode(left), "right": encode(right)}
            return {"verdict": "refuted", **data, **({} if place is None else {"place": encode(place)})}
        case Open(_, reason):
            return {"verdict": "open", "reason": reason}
