"""The command as people and programs run it, in a process of its own, with the entry points of pyproject.toml."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pypdf
import pytest

from engine.sheets.pdf import find_pdflatex, pdf_bytes
from tests.sheets import browser

ROOT = Path(__file__).resolve().parents[1]
CONVOLUTION = """title = "Sums"
[[exercise]]
module = "convolution"
input = [[1, 2], [3, 4]]
kernel = [[1, 0], [2, 1]]
cases = [{ stride = 1 }]
"""


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], dict[str, str]]:
    """``quod`` run from this tree, installed or not: metadata made from pyproject.toml stand on the path."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    place = tmp_path_factory.mktemp("metadata")
    metadata = place / "quod-0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: quod\nVersion: {project['version']}\n")
    points = project["entry-points"]["quod.exercises"]
    lines = ["[quod.exercises]", *(f"{name} = {value}" for name, value in points.items())]
    (metadata / "entry_points.txt").write_text("\n".join(lines))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(place), str(ROOT)])}
    return [sys.executable, "-m", "engine.cli"], environment


class Quod:
    def __init__(self, command: tuple[list[str], dict[str, str]], place: Path) -> None:
        self.command, self.environment = command
        self.place = place

    def __call__(self, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.command, *arguments],
            cwd=self.place,
            env={**self.environment, **changes},
            capture_output=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
            timeout=300,
        )

    def files(self) -> set[str]:
        return {str(path.relative_to(self.place)) for path in self.place.rglob("*") if path.is_file()}


@pytest.fixture
def quod(command: tuple[list[str], dict[str, str]], tmp_path: Path) -> Quod:
    return Quod(command, tmp_path)


def test_a_proved_sheet_is_silent_in_a_pipe_and_exits_0(quod: Quod) -> None:
    (quod.place / "sums.toml").write_text(CONVOLUTION)
    done = quod("sheet", "sums.toml", "--no-torch", "--format", "html,json,tex")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert quod.files() == {"sums.toml"} | {f"build/sums/sheet.{kind}" for kind in ("html", "json", "tex")}
    again = quod("recheck", "build/sums/sheet.json")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


@pytest.fixture(scope="module")
def week07(command: tuple[list[str], dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that holds the sheet of week 7."""
    quod = Quod(command, tmp_path_factory.mktemp("week07"))
    done = quod("sheet", "week07", "--no-torch", "--format", "json,html,tex")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return quod.place / "build" / "week07"


def test_the_sheet_of_week_7_in_a_browser(week07: Path, tmp_path: Path) -> None:
    """On a telephone's width nothing but a formula's own box scrolls, and every formula is MathML."""
    page = (week07 / "sheet.html").read_text(encoding="utf-8")
    found = json.loads(browser.measured(tmp_path, page, 390))
    assert (found["overflow"], found["faults"], found["flat"]) == (0, 0, 0)
    assert found["formulas"] == page.count("<math") > 500
    assert "$" not in found["text"]
    assert browser.run(tmp_path, page)[1] == []


def test_no_formula_of_week_7_is_cut_on_a_desk(week07: Path, tmp_path: Path) -> None:
    page = (week07 / "sheet.html").read_text(encoding="utf-8")
    assert json.loads(browser.measured(tmp_path, page, 1300))["cut"] == 0


def test_the_sheet_of_week_7_on_paper(week07: Path) -> None:
    pdflatex = find_pdflatex()
    if pdflatex is None:
        pytest.skip("pdflatex is not installed")
    tex = (week07 / "sheet.tex").read_text(encoding="utf-8")
    assert "[U+" not in tex
    made = pdf_bytes(tex, pdflatex)
    assert isinstance(made, bytes), made
    reader = pypdf.PdfReader(io.BytesIO(made))
    words = "\n".join(page.extract_text() for page in reader.pages)
    assert 6 <= len(reader.pages) <= 16
    for expected in (
        "Exercise 1.",
        "Exercise 4.",
        "132,863,336",
        "features.18",
        "Implicit function theorem",
        "steps proved",
    ):
        assert expected in words, expected


def test_the_sheet_of_week_7_is_proved_and_rechecked(quod: Quod, week07: Path) -> None:
    record = json.loads((week07 / "sheet.json").read_text(encoding="utf-8"))
    verdicts = [step["verdict"] for exercise in record["exercises"] for step in exercise["steps"]]
    assert len(record["exercises"]) == 4
    assert len(verdicts) > 100
    assert set(verdicts) == {"proved"}
    page = (week07 / "sheet.html").read_text(encoding="utf-8")
    assert re.search(r"<mn>132</mn><mo[^>]*>,</mo><mn>863</mn><mo[^>]*>,</mo><mn>336</mn>", page)
    again = quod("recheck", str(week07 / "sheet.json"))
    assert (again.returncode, again.stderr) == (0, "")


def test_a_wrong_answer_of_the_author_exits_1_with_the_differing_entry(quod: Quod) -> None:
    claimed = CONVOLUTION.replace("{ stride = 1 }", "{ stride = 1, claimed = [[12]] }")
    (quod.place / "sums.toml").write_text(claimed)
    done = quod("sheet", "sums.toml", "--no-torch", "--format", "html,json")
    assert done.returncode == 1
    assert done.stderr.startswith("exercise 1 (convolution): refuted: ")
    assert "not everything is proved" in quod("recheck", "build/sums/sheet.json").stderr
    page = (quod.place / "build/sums/sheet.html").read_text(encoding="utf-8")
    assert "Counterexample" in page


def test_an_altered_record_exits_1_and_says_where(quod: Quod) -> None:
    (quod.place / "sums.toml").write_text(CONVOLUTION)
    quod("sheet", "sums.toml", "--no-torch", "--format", "json")
    path = quod.place / "build/sums/sheet.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"verdict":"proved"', '"verdict":"open"', 1))
    done = quod("recheck", str(path))
    assert done.returncode == 1
    assert "digest" in done.stderr
    assert "exercise 1, step 1" in done.stderr


def test_questions_only_hold_no_answer(quod: Quod) -> None:
    (quod.place / "sums.toml").write_text(CONVOLUTION)
    done = quod("sheet", "sums.toml", "--questions-only", "--format", "html,tex,json")
    assert (done.returncode, done.stderr) == (0, "")
    assert quod.files() == {"sums.toml", "build/sums/questions.html", "build/sums/questions.tex"}
    page = (quod.place / "build/sums/questions.html").read_text(encoding="utf-8")
    assert "Exercise 1" in page
    assert "proved" not in page.split("</style>")[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("sheet", "week70"), "there is no sheet 'week70'; did you mean 'week07'?"),
        (("sheet", "absent.toml"), "cannot read absent.toml: No such file"),
        (("sheet", "bad.toml"), "bad.toml, line 2: this is not TOML: Invalid value; expected a text in quotes"),
        (("sheet", "unknown.toml"), "line 3: there is no exercise 'convolutoin'; did you mean 'convolution'?"),
        (("sheet", "large.toml"), "the kernel (2 × 2) is larger than the padded input, which is 1 × 1"),
        (("sheet", "model.toml", "--no-torch"), "did you mean vgg1"),
        (("sheet", "density.toml"), "exercise 1 (mle): "),
        (("sheet", "binary.toml"), "not UTF-8"),
        (("sheet", "week07", "--format", "htlm"), "there is no format 'htlm'; did you mean 'html'"),
        (("sheet", "week07", "--format", ","), "name a format"),
        (("sheet", "week07", "--out", "bad.toml"), "cannot write to bad.toml: it is a file"),
        (("recheck", "absent.json"), "quod: cannot read absent.json"),
        (("recheck", "bad.toml"), "this is not JSON"),
        (("sheet",), "NAME_OR_FILE"),
        ((), "COMMAND"),
    ],
)
def test_bad_input_exits_2_with_one_message_and_no_file(quod: Quod, arguments: tuple[str, ...], message: str) -> None:
    inputs = {
        "bad.toml": b"title = 'T'\nx = [\n\n",
        "unknown.toml": CONVOLUTION.replace('"convolution"', '"convolutoin"').encode(),
        "large.toml": CONVOLUTION.replace("[[1, 2], [3, 4]]", "[[1]]").encode(),
        "model.toml": b"title = 'T'\n[[exercise]]\nmodule = 'parameter-count'\nmodel = 'vgg1'",
        "density.toml": b"title = 'T'\n[[exercise]]\nmodule = 'mle'\ndensity = '\\frac{x'",
        "binary.toml": b"\xff\xfe",
    }
    for name, content in inputs.items():
        (quod.place / name).write_bytes(content)
    done = quod(*arguments)
    assert done.returncode == 2, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert quod.files() == set(inputs)


def test_a_byte_order_mark_is_no_part_of_a_sheet(quod: Quod) -> None:
    (quod.place / "sums.toml").write_text(CONVOLUTION, encoding="utf-8-sig")
    done = quod("sheet", "sums.toml", "--no-torch", "--format", "json")
    assert done.returncode == 0, done.stderr


def test_where_no_tex_is_found_one_line_says_what_to_install(quod: Quod) -> None:
    (quod.place / "sums.toml").write_text(CONVOLUTION)
    done = quod("sheet", "sums.toml", "--no-torch", "--format", "html,pdf", PATH=str(quod.place))
    assert done.returncode == 0
    assert done.stderr.count("\n") == 1
    assert "texlive-latex-base" in done.stderr
    assert "build/sums/sheet.pdf" not in quod.files()


def test_a_pdf_is_made_where_there_is_tex(quod: Quod) -> None:
    if find_pdflatex() is None:
        pytest.skip("pdflatex is not installed")
    (quod.place / "sums.toml").write_text(CONVOLUTION)
    assert quod("sheet", "sums.toml", "--no-torch", "--format", "pdf", "--out", "o").returncode == 0
    assert (quod.place / "o" / "sheet.pdf").read_bytes().startswith(b"%PDF")


def test_a_terminal_sees_progress(quod: Quod) -> None:
    pty = pytest.importorskip("pty", reason="there are no pseudo-terminals here")
    (quod.place / "sums.toml").write_text(CONVOLUTION)
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*quod.command, "sheet", "sums.toml", "--no-torch", "--format", "tex"],
        cwd=quod.place, env=quod.environment, stderr=theirs, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(theirs)
    seen = b""
    try:
        while part := os.read(ours, 4096):
            seen += part
    except OSError:
        pass  # the other end was closed: Linux says so with an error
    assert process.wait(60) == 0
    assert b"proving step 1 of" in seen
    assert "steps proved" in seen.decode()


def test_the_version_is_the_projects(quod: Quod) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert quod("--version").stdout.strip() == f"quod {project['version']}"


HEAVY = """
import sys
from engine.cli import main
try:
    main({!r})
except SystemExit:
    pass
print(sorted({{"sympy", "torch", "jinja2", "numpy", "flint", "math_core"}} & set(sys.modules)))
"""


@pytest.mark.parametrize("arguments", [["--help"], ["sheet", "--help"], ["recheck", "record.json"]])
def test_cheap_commands_stay_cheap(quod: Quod, arguments: list[str]) -> None:
    (quod.place / "sums.toml").write_text(CONVOLUTION)
    quod("sheet", "sums.toml", "--no-torch", "--format", "json", "--out", ".")
    (quod.place / "sheet.json").rename(quod.place / "record.json")
    done = subprocess.run(
        [sys.executable, "-c", HEAVY.format(arguments)],
        cwd=quod.place, env=quod.environment, capture_output=True, encoding="utf-8", timeout=60,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "[]", done.stderr


def test_an_exercise_that_is_not_there_is_bad_input(quod: Quod) -> None:
    """A teacher's package whose entry point names a module that it lacks."""
    metadata = quod.place / "metadata" / "other-0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: other\nVersion: 0\n")
    (metadata / "entry_points.txt").write_text("[quod.exercises]\nlost = derivations.lost:derive\n")
    (quod.place / "lost.toml").write_text("title = 'T'\n[[exercise]]\nmodule = 'lost'\n")
    path = os.pathsep.join([quod.environment["PYTHONPATH"], str(metadata.parent)])
    done = quod("sheet", "lost.toml", PYTHONPATH=path)
    assert done.returncode == 2
    assert "lost.toml, line 2: the exercise lost cannot be loaded: No module named" in done.stderr


def test_another_package_adds_its_exercises_and_sheets(quod: Quod) -> None:
    place = quod.place / "package"
    (place / "lecture").mkdir(parents=True)
    (place / "lecture" / "__init__.py").write_text("")
    (place / "lecture" / "own.toml").write_text("title = 'Own'\n[[exercise]]\nmodule = 'doubling'\n")
    (place / "lecture" / "doubling.py").write_text(
        "from engine.derivation import Chain, Derivation, Step\n"
        "from engine.meaning.claim import Claim\n"
        "from engine.meaning.context import Context\n"
        "from engine.meaning.statement import Relation\n"
        "from engine.meaning.term import Add, integer\n"
        "def derive(data, *, torch):\n"
        "    claim = Claim(Context(), Relation(Add((integer(1), integer(1))), '=', integer(2)))\n"
        "    return Derivation('Doubling', 'What is $1 + 1$?', '', (Chain('Sum', (Step(claim, 'sum', 'Add.'),)),))\n"
    )
    (place / "lecture-0.dist-info").mkdir()
    (place / "lecture-0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: lecture\nVersion: 0\n")
    (place / "lecture-0.dist-info" / "entry_points.txt").write_text(
        "[quod.exercises]\ndoubling = lecture.doubling:derive\n"
    )
    done = quod(
        "sheet", "own", "--format", "html", PYTHONPATH=os.pathsep.join([quod.environment["PYTHONPATH"], str(place)])
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Doubling" in (quod.place / "build" / "own" / "sheet.html").read_text(encoding="utf-8")
