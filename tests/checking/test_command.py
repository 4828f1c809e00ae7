"""``quod check`` as people and programs run it, in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import pytest

from engine.cli import main
from tests.packaging.test_clean_imports import loaded_by, running

ROOT = Path(__file__).resolve().parents[2]
QUOD = [sys.executable, "-m", "engine.cli"]
COMMAND = [*QUOD, "check"]
CLAIM = '{"id": "1", "claim": "x = x"}\n'


def test_a_refuted_claim(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", r"\sqrt{x^2} = x"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        r"refuted        at x = -\frac{1}{2} the left side is \frac{1}{2} and the right side -\frac{1}{2}",
        r"read as        \sqrt{x^{2}} = x",
        "inferred       x ∈ ℝ",
    ]


def test_a_proved_claim_with_its_conditions(capsys: pytest.CaptureFixture[str]) -> None:
    where = r"\hat\lambda = 1/\bar x", r"\bar x = \frac1N\sum_{i=1}^N x_i"
    assert main(["check", r"\hat\lambda \bar x = 1", "--where", where[0], "--where", where[1]]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[:3] == [
        "proved         both sides have one normal form",
        r"read as        \hat{\lambda} \bar{x} = 1",
        r"where          \frac{1}{N} \sum_{i=1}^{N} x_{i} \ne 0",
    ]


def test_what_ends_a_sum_is_said_to_count(capsys: pytest.CaptureFixture[str]) -> None:
    for given, said in ((r"N \ge 2", "N ∈ ℕ"), (r"N \ge 0", "N ∈ ℕ₀")):
        assert main(["check", r"\sum_{i=1}^N 1 = N", "--given", given]) == 0
        assert capsys.readouterr().out.splitlines()[-1] == f"inferred       {said}"


def test_what_is_open_says_which_condition_it_lacks(capsys: pytest.CaptureFixture[str]) -> None:
    claim = r"\Gamma(x + 1) = x\Gamma(x)"
    assert main(["check", claim]) == 1
    shown = capsys.readouterr().out.splitlines()
    assert shown[0].startswith("open") and shown[0].endswith(": x + 1 > 0; give it, if it is meant")
    assert main(["check", claim, "--given", "x > 0"]) == 0


def test_a_chain(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", r"\frac{x}{x} = 1 = 2", "--given", "x > 0"]) == 1
    shown = capsys.readouterr().out.splitlines()
    assert shown[0].startswith("refuted        link 2: ")
    assert r"link 1         proved      \frac{x}{x} = 1" in shown and "link 2         refuted     1 = 2" in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["x ="], "unreadable"),
        (["x = x", "--given", "x >"], "unreadable"),
        ([], "expected a claim, or --batch"),
        (["x = x", "--batch", "-"], "not both"),
        (["x = x", "--out", "out.jsonl"], "go with --batch"),
        (["x = x", "--jobs", "2"], "go with --batch"),
        (["--batch", "missing.jsonl"], "No such file"),
        (["--batch", os.devnull, "--out", "missing/out.jsonl"], "quod: missing/out.jsonl: No such file"),
        (["--batch", "-", "--given", "x > 0"], "stands in the lines"),
        (["x = x", "--macros", "missing.sty"], "missing.sty"),
    ],
)
def test_bad_input(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", *arguments]) == 2
    shown = capsys.readouterr()
    assert said in shown.out + shown.err and "Traceback" not in shown.err


@pytest.mark.parametrize("bad", [["--jobs", "0"], ["--jobs", "x"], ["--timeout", "-1"], ["--timeout", "nan"]])
def test_bad_numbers(bad: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["check", "x = x", *bad])
    assert left.value.code == 2


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")
@pytest.mark.parametrize("arguments", [["check", "x = x"], ["check", "--batch", "-"], ["read", "x = x"]])
def test_answers_that_cannot_be_written(arguments: list[str]) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*QUOD, *arguments], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, input=CLAIM
        )
    assert done.returncode == 2 and "standard output: No space left" in done.stderr
    assert "Traceback" not in done.stderr and "Exception" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code"), [(["check", "x = x"], 0), (["check", "2x = x"], 1), (["check", "--batch", "-"], 2)]
)
def test_standard_output_is_closed(arguments: list[str], code: int) -> None:
    shell = ["sh", "-c", '"$@" >&-', "sh", *QUOD, *arguments]
    done = subprocess.run(shell, cwd=ROOT, stderr=subprocess.PIPE, text=True, input=CLAIM)
    assert done.returncode == code and "Traceback" not in done.stderr


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_batch_that_is_stopped_leaves_nothing_behind(number: signal.Signals, code: int, tmp_path: Path) -> None:
    with batch("-", "--out", str(tmp_path / "out.jsonl")) as process:
        assert process.stdin and process.stderr
        process.stdin.write(CLAIM.encode())
        process.stdin.flush()
        deadline = monotonic() + 60
        while not any(tmp_path.iterdir()) and monotonic() < deadline:
            sleep(0.05)
        process.send_signal(number)
        assert process.wait(60) == code
        assert b"Traceback" not in process.stderr.read()
    assert not any(tmp_path.iterdir())


def test_one_claim_needs_neither_sympy_nor_torch() -> None:
    """FLINT finds counterexamples; nothing else that is heavy may be loaded on the way to a verdict."""
    assert loaded_by(running("check", r"\sqrt{x^2} = x")) == ["flint"]
    assert loaded_by(running("check", "--help")) == []


def batch(*arguments: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([*COMMAND, "--batch", *arguments], cwd=ROOT, env=environment, **pipes)  # type: ignore[call-overload, no-any-return]


def test_a_pipe_is_answered_line_by_line() -> None:
    """The next claim is sent once the answer to the one before is there."""
    with batch("-", "--out", "-") as process:
        assert process.stdin and process.stdout
        for claim, verdict in (("x = x", "proved"), ("2x = 1", "refuted"), ("x =", "unreadable")):
            process.stdin.write(json.dumps({"id": claim, "claim": claim}).encode() + b"\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
            assert (answer["id"], answer["verdict"]) == (claim, verdict)
        process.stdin.close()
        assert process.wait(60) == 0


def test_a_reader_that_leaves_ends_the_batch() -> None:
    with batch("-") as process:
        assert process.stdin and process.stdout and process.stderr
        process.stdout.close()
        process.stdin.write(b'{"id": "1", "claim": "x = x"}\n' * 100)
        process.stdin.close()
        assert process.wait(60) == 2
        assert b"Traceback" not in process.stderr.read()
