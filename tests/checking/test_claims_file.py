"""Every line of a claims file is answered, in order, whatever it holds."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from engine.checking.batch import run_batch
from engine.checking.claims_file import LONGEST_LINE, Line, lines_of
from engine.checking.request import LONGEST, Request
from engine.span import Problem

KEYS = ["id", "verdict", "reason", "conditions", "witness", "read_as", "inferred", "milliseconds"]
XBAR = r"\bar x = \frac1N\sum_{i=1}^N x_i"


def only(raw: bytes) -> Line:
    (line,) = lines_of(io.BytesIO(raw))
    return line


@pytest.mark.parametrize(
    ("raw", "name", "message"),
    [
        (b"", None, "the line is empty; expected a JSON object"),
        (b"  ", None, "the line is empty; expected a JSON object"),
        (b"{", None, "not JSON: Expecting property name enclosed in double quotes (at character 2)"),
        (b"[1]", None, "expected a JSON object, found a list"),
        (b"7", None, "expected a JSON object, found a number"),
        (b"null", None, "expected a JSON object, found a null"),
        (b"\xff\xfe", None, "not UTF-8 text (byte 1 of the line)"),
        (b"[" * 100_000 + b"]" * 100_000, None, "not JSON that is understood: nested too deeply"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, None, "not JSON that is understood: nested too deeply"),
        (b'{"id": "1", "claim": NaN}', None, "not JSON: NaN is no JSON value"),
        (b'{"id": "1", "claim": -Infinity}', None, "not JSON: -Infinity is no JSON value"),
        (b'{"id": "1", "id": "2", "claim": "x = x"}', None, "the key 'id' stands twice"),
        (b'{"claim": "x = x"}', None, "id is missing"),
        (b'{"id": 7, "claim": "x = x"}', None, "id must be a string"),
        (b'{"id": "1", "claim": 7}', "1", "claim must be a string"),
        (b'{"id": "1", "claim": null}', "1", "claim must be a string"),
        (b'{"id": "1", "claim": "x = x", "given": "x > 0"}', "1", "given must be a list of strings"),
        (b'{"id": "1", "claim": "x = x", "where": [1]}', "1", "where must be a list of strings"),
        (b'{"id": "1", "claim": "x = x", "macros": []}', "1", "macros must be a string"),
        (b'{"id": "1"}', "1", "expected a claim, or a reference and an answer"),
        (b'{"id": "1", "reference": "x"}', "1", "expected a claim, or a reference and an answer"),
        (b'{"id": "1", "claim": "x", "answer": "x"}', "1", "expected either a claim, or a reference and an answer"),
        (
            b'{"id": "1", "claim": "x = x", "Given": []}',
            "1",
            "there is no key 'Given'; expected id, claim, reference, answer, macros, given, where",
        ),
    ],
)
def test_a_line_that_is_no_request(raw: bytes, name: str | None, message: str) -> None:
    line = only(raw + b"\n")
    assert (line.number, line.name) == (1, name)
    assert isinstance(line.request, Problem) and line.request.message == message


def test_long_lines() -> None:
    claim = b'{"id": "1", "claim": "x = ' + b"x+" * 5_000_000 + b'x"}'
    longer = b'{"id": "1", "claim": "' + b"x" * (2 * LONGEST_LINE) + b'"}'
    first, second, third = lines_of(io.BytesIO(b"\n".join((claim, longer, b'{"id": "3", "claim": "x = x"}'))))
    assert isinstance(first.request, Problem) and f"{LONGEST:,} characters" in first.request.message
    assert first.name == "1"
    assert isinstance(second.request, Problem) and f"{LONGEST_LINE:,} bytes" in second.request.message
    assert (third.number, third.request) == (3, Request("x = x"))


def test_byte_order_mark_and_line_ends() -> None:
    lines = list(
        lines_of(io.BytesIO(b'\xef\xbb\xbf{"id": "1", "claim": "a = a"}\r\n\r\n{"id": "3", "claim": "b = b"}'))
    )
    assert [line.number for line in lines] == [1, 2, 3]
    assert [line.request for line in lines[::2]] == [Request("a = a"), Request("b = b")]


def answered(tmp_path: Path, *requests: object, jobs: int = 1, seconds: float = 10.0) -> list[dict[str, object]]:
    source, target = tmp_path / "in.jsonl", tmp_path / f"out{jobs}.jsonl"
    source.write_bytes(b"\n".join(r if isinstance(r, bytes) else json.dumps(r).encode() for r in requests))
    assert run_batch(str(source), str(target), jobs, seconds) is None
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []
    return [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]


REQUESTS = (
    {"id": "7", "claim": r"\sum_{i=1}^N x_i = N \bar x", "where": [XBAR]},
    {"id": "7", "claim": r"\sqrt{x^2} = x"},
    b"nonsense",
    {"id": "chain", "claim": r"\frac{x}{x} = 1 = 2 = "},
    {"id": "open", "claim": r"x^2 - 1 = (x - 1)(x + 1) \ge e^{x} - 10^{10}"},
    {"id": "8", "reference": r"\hat\lambda = 1/\bar x", "answer": r"N(\sum_{i=1}^N x_i)^{-1}", "where": [XBAR]},
    {"id": "macro", "claim": r"\foo{x} = x x", "macros": r"\newcommand{\foo}[1]{#1^2}"},
    b'{"id": "half \\ud800", "claim": "x = \\ud800"}',
)


def test_the_answers(tmp_path: Path) -> None:
    answers = answered(tmp_path, *REQUESTS)
    assert [answer["id"] for answer in answers] == ["7", "7", None, "chain", "open", "8", "macro", "half \ud800"]
    verdicts = ["proved", "refuted", "unreadable", "refuted", "open", "proved", "proved", "unreadable"]
    assert [answer["verdict"] for answer in answers][:4] == verdicts[:4]
    assert [answer["verdict"] for answer in answers][5:] == verdicts[5:]
    for answer in answers:
        assert [key for key in answer if key not in ("links", "line")] == KEYS
    assert answers[1]["witness"] == {"x": "-1/2"}
    assert answers[2]["line"] == 3 and str(answers[2]["reason"]).startswith("line 3: not JSON")
    assert "N ∈ ℕ" in answers[0]["inferred"]  # type: ignore[operator]
    assert answers[5]["conditions"] and answers[6]["read_as"] == "x^{2} = x x"


def test_a_chain_has_an_answer_for_each_link(tmp_path: Path) -> None:
    (answer,) = answered(tmp_path, REQUESTS[3])
    links = answer["links"]
    assert isinstance(links, list)
    assert [link["verdict"] for link in links] == ["proved", "refuted", "unreadable"]
    assert answer["verdict"] == "refuted" and str(answer["reason"]).startswith("link 2: ")
    assert answer["conditions"] == [r"x \ne 0"]


def test_the_number_of_processes_changes_no_answer(tmp_path: Path) -> None:
    one, two = (answered(tmp_path, *REQUESTS * 3, jobs=jobs) for jobs in (1, 2))
    for answer in (*one, *two):
        answer.pop("milliseconds")
    assert one == two


def test_nothing_is_written_where_the_input_is_wrong(tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    problem = run_batch(str(tmp_path / "missing.jsonl"), str(target), 1, 1.0)
    assert isinstance(problem, Problem) and "No such file" in problem.message
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "in.jsonl").write_text("{}\n")
    problem = run_batch(str(tmp_path / "in.jsonl"), str(tmp_path), 1, 1.0)
    assert isinstance(problem, Problem) and "folder" in problem.message
    problem = run_batch(str(tmp_path / "in.jsonl"), str(tmp_path / "no" / "out.jsonl"), 1, 1.0)
    assert isinstance(problem, Problem) and "No such file" in problem.message


def test_the_answers_may_replace_the_claims(tmp_path: Path) -> None:
    file = tmp_path / "claims.jsonl"
    file.write_text('{"id": "1", "claim": "x = x"}\n')
    assert run_batch(str(file), str(file), 1, 10.0) is None
    assert json.loads(file.read_text())["verdict"] == "proved"
