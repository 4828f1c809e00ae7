"""The command ``quod``. Exit codes: 0 proved, 1 something is not proved, 2 bad input."""

from __future__ import annotations

import argparse
import gc
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from engine.span import Problem

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from engine.derivation import Derivation
    from engine.record.recheck import RecheckReport
    from engine.sheets.sheet import Derive, JudgedSheet
    from engine.sheets.sheet_file import SheetFile
    from engine.sheets.view import SheetView

GROUP = "quod.exercises"
FORMATS = ("tex", "html", "json", "pdf")
MOST = 100_000
"""More seconds or processes than this are a slip of the hand."""
NO_EXERCISES = "no exercises are installed; install quod (pip install .) or a package with the entry points " + GROUP


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code. argparse itself leaves with 0 after --help and 2 after a bad option."""
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        with suppress(ValueError):  # in a thread, which may not set it
            signal.signal(signal.SIGTERM, _stop)
        return run(options)
    except KeyboardInterrupt:
        _say("interrupted; no file was written")
        return 130


def _stop(number: int, _: object) -> NoReturn:
    """Leave as after Ctrl-C: half a file is removed, and workers end."""
    raise SystemExit(128 + number)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="quod", description="Derives solutions of exercises, proves every step, and prints sheets."
    )
    parser.add_argument("--version", action=_ShowVersion)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _add_sheet(commands.add_parser("sheet", help="derive, prove and print a sheet", description=_SHEET))
    recheck = commands.add_parser("recheck", help="verify a sheet.json with the kernel alone", description=_RECHECK)
    recheck.add_argument("file", type=Path, metavar="SHEET.JSON")
    recheck.set_defaults(run=_recheck)
    check = "decide a claim, or every line of a claims file"
    _add_check(commands.add_parser("check", help=check, description=_CHECK))
    _add_read(commands.add_parser("read", help="show how a formula, or a document, is read", description=_READ))
    return parser


_SHEET = (
    "Derive the exercises of a sheet, prove every step, and write sheet.tex, sheet.html, sheet.json and sheet.pdf. "
    "Exit code 0: everything is proved; 1: something is not; 2: the input is wrong, and nothing is written."
)
_RECHECK = (
    "Verify every proof of a sheet.json without provers, SymPy or torch. "
    "Exit code 0: all as recorded and proved; 1: something differs or is not proved; 2: the file cannot be read."
)


_READ = (
    "Show how a formula is understood: LaTeX, tree, names with their sorts, notes. Of a document (.tex, .md, .qmd, "
    ".ipynb), list every chain with its place, and the share that was read. Exit code 0: everything was read; "
    "1: some formulas of the document were not; 2: the formula cannot be read, or the input is wrong."
)


_CHECK = (
    "Decide a claim under what is given and defined beside it: proved, refuted with a counterexample, or open with the "
    "reason. Exit code 0: proved; 1: refuted or open; 2: it cannot be read, or the input is wrong. With --batch, "
    "answer every line of a claims file (one JSON object a line; see README). Exit code 0: every line was answered."
)


def _add_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("claim", nargs="?", metavar="CLAIM", help="'a = b \\le c' (after --, if it starts with -)")
    parser.add_argument("--given", action="append", default=[], metavar="LATEX", help="'\\lambda > 0'; may be repeated")
    where = "'\\bar x = \\frac1N\\sum_{i=1}^N x_i'; may be repeated"
    parser.add_argument("--where", action="append", default=[], metavar="LATEX", help=where)
    parser.add_argument("--macros", type=Path, metavar="FILE", help="a .sty or .tex file with macros")
    parser.add_argument("--batch", metavar="IN.jsonl", help="a claims file; - for standard input")
    parser.add_argument("--out", metavar="OUT.jsonl", help="where the answers go (default: -)")
    parser.add_argument("--jobs", type=_positive(int), metavar="N", help="processes of a batch (default: 1)")
    seconds = "seconds that one claim may take (default: 10)"
    parser.add_argument("--timeout", type=_positive(float), default=10.0, metavar="S", help=seconds)
    parser.set_defaults(run=_check)


def _positive(kind: type[int] | type[float]) -> Callable[[str], float]:
    wanted = f"a whole number from 1 to {MOST:,}" if kind is int else f"a number above 0 and up to {MOST:,}"

    def number(text: str) -> float:
        try:
            value = kind(text)
        except ValueError:
            value = kind(0)
        if not 0 < value <= MOST:
            raise argparse.ArgumentTypeError(f"expected {wanted}, found {text!r}")
        return value

    return number


def _add_read(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("asked", metavar="LATEX_OR_FILE", help="a formula (after -- if it starts with -) or a file")
    parser.add_argument("--given", action="append", default=[], metavar="LATEX", help="'\\lambda > 0'; may be repeated")
    parser.add_argument("--macros", type=Path, metavar="FILE", help="a .sty or .tex file with macros")
    second = "show as well what latex2sympy2 makes of the formula"
    parser.add_argument("--second-reader", action="store_true", help=second)
    parser.set_defaults(run=_read)


def _add_sheet(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sheet", metavar="NAME_OR_FILE", help="an installed sheet, such as week07, or a .toml file")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where to write (default: build/NAME)")
    parser.add_argument("--format", type=_formats, default=FORMATS, metavar="LIST", help="of tex,html,json,pdf")
    parser.add_argument("--questions-only", action="store_true", help="print the titles and questions alone")
    parser.add_argument("--no-torch", action="store_true", help="leave out the numeric validation by torch")
    parser.set_defaults(run=_sheet)


def _formats(text: str) -> tuple[str, ...]:
    chosen = tuple(part.strip().lower() for part in text.split(",") if part.strip())
    unknown = [part for part in chosen if part not in FORMATS]
    if unknown or not chosen:
        from engine.sheets.sheet_file import nearest

        what = f"there is no format {unknown[0]!r}; {nearest(unknown[0], FORMATS)}" if unknown else "name a format"
        raise argparse.ArgumentTypeError(what)
    return chosen


class _ShowVersion(argparse.Action):
    """``--version``: looked up when it is asked for, since that costs more than most claims."""

    def __init__(self, option_strings: Sequence[str], dest: str) -> None:
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, help="show the version and leave")

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        print(f"quod {_version()}")
        parser.exit()


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("quod")
    except PackageNotFoundError:
        return "(not installed)"


# quod sheet


def _sheet(options: argparse.Namespace) -> int:
    # A sheet is done before the garbage in cycles could matter, and looking for it takes a twentieth of the time.
    gc.disable()
    try:
        return _make_sheet(options)
    finally:
        gc.enable()


def _make_sheet(options: argparse.Namespace) -> int:
    from importlib.metadata import entry_points

    exercises = {point.name: point for point in entry_points(group=GROUP)}
    found = _find_sheet(options.sheet, tuple(exercises.values()))
    if isinstance(found, Problem):
        return _bad_input(found)
    text, place, name = found
    folder = options.out or Path("build", name)
    if folder.exists() and not folder.is_dir():
        return _bad_input(Problem(f"cannot write to {folder}: it is a file; --out names a folder"))
    from engine.sheets.sheet_file import read_sheet

    file = read_sheet(text, place, name, exercises)
    if isinstance(file, Problem):
        return _bad_input(file)
    derivations = _derive(file, place, exercises, options)
    if isinstance(derivations, Problem):
        return _bad_input(derivations)
    if options.questions_only:
        return _write_questions(file, derivations, folder, options.format)
    return _write_solutions(file, derivations, folder, options.format)


def _find_sheet(asked: str, points: tuple[EntryPoint, ...]) -> tuple[str, str, str] | Problem:
    """The text of a sheet, its place for messages, and its name."""
    from importlib.resources import files

    path = Path(asked)
    if path.suffix == ".toml" or len(path.parts) > 1:
        return _read_file(path)
    packages = dict.fromkeys(point.module.partition(".")[0] for point in points)
    sheets = {
        entry.name.removesuffix(".toml"): entry
        for package in packages
        for entry in files(package).iterdir()
        if entry.name.endswith(".toml")
    }
    if asked in sheets:
        return sheets[asked].read_text(encoding="utf-8"), f"{asked}.toml", asked
    if not packages:
        return Problem(NO_EXERCISES)
    from engine.sheets.sheet_file import nearest

    return Problem(f"there is no sheet {asked!r}; {nearest(asked, sorted(sheets))} (or name a .toml file)")


def _read_file(path: Path) -> tuple[str, str, str] | Problem:
    try:
        return path.read_text(encoding="utf-8-sig"), str(path), path.stem
    except OSError as error:
        return Problem(f"cannot read {path}: {error.strerror or error}")
    except UnicodeDecodeError as error:
        return Problem(f"cannot read {path}: it is not UTF-8 text (byte {error.start})")


def _derive(
    file: SheetFile, place: str, points: dict[str, EntryPoint], options: argparse.Namespace
) -> tuple[Derivation, ...] | Problem:
    from engine.sheets.sheet import derive_sheet

    exercises = _load(file, place, points)
    if isinstance(exercises, Problem):
        return exercises
    try:
        torch = not options.no_torch and not options.questions_only
        return derive_sheet(file, place, exercises, torch=torch, progress=_progress)
    finally:
        _clear_progress()


def _load(file: SheetFile, place: str, points: dict[str, EntryPoint]) -> dict[str, Derive] | Problem:
    """The ``derive`` of each exercise that the sheet names."""
    loaded: dict[str, Derive] = {}
    for entry in file.exercises:
        try:
            loaded[entry.module] = points[entry.module].load()
        except (ImportError, AttributeError) as error:
            reason = f"the exercise {entry.module} cannot be loaded: {error}; is its package installed completely?"
            return Problem(f"{place}, line {entry.line}: {reason}")
    return loaded


def _write_questions(
    file: SheetFile, derivations: tuple[Derivation, ...], folder: Path, formats: tuple[str, ...]
) -> int:
    from engine.sheets.view import questions_view

    return _write(questions_view(file, derivations, _version()), "questions", {}, folder, formats)


def _write_solutions(
    file: SheetFile, derivations: tuple[Derivation, ...], folder: Path, formats: tuple[str, ...]
) -> int:
    from engine.sheets.files import record_file
    from engine.sheets.sheet import judge_sheet
    from engine.sheets.view import sheet_view

    try:
        judged = judge_sheet(file, derivations, _progress)
    finally:
        _clear_progress()
    record = record_file(judged, _version()) if "json" in formats else {}
    if isinstance(record, Problem):
        return _bad_input(record)
    failed = _write(sheet_view(judged, _version()), "sheet", record, folder, formats)
    if failed:
        return failed
    for line in _objections(judged):
        _say(line)
    return judged.exit_code


def _write(view: SheetView, stem: str, more: dict[str, bytes], folder: Path, formats: tuple[str, ...]) -> int:
    """Make the files and put them in place; 0, or 2 where that failed."""
    from engine.sheets.files import page_files, put_in_place
    from engine.sheets.pdf import HOW_TO_INSTALL, find_pdflatex

    pdflatex = find_pdflatex() if "pdf" in formats else None
    _progress("printing")
    pages = page_files(view, stem, formats, pdflatex)
    _clear_progress()
    if isinstance(pages, Problem):
        return _bad_input(pages)
    problem = put_in_place({**pages, **more}, folder)
    if problem is not None:
        return _bad_input(problem)
    if "pdf" in formats and pdflatex is None:
        _say(HOW_TO_INSTALL)
    if sys.stderr.isatty():
        summary = "".join(f"{line}; " for line in view.summary)
        _say(f"{summary}{folder}: {', '.join(sorted({**pages, **more}))}")
    return 0


def _objections(judged: JudgedSheet) -> list[str]:
    """A line for everything that keeps the sheet from being proved."""
    from engine.sheets.view import objections

    return objections(judged)


# quod recheck


def _recheck(options: argparse.Namespace) -> int:
    from engine.record.recheck import read_record, recheck

    found = _read_file(options.file)
    if isinstance(found, Problem):
        return _bad_input(found)
    record = read_record(found[0])
    if isinstance(record, Problem):
        return _bad_input(Problem(f"{options.file}: {record.message}"))
    report = recheck(record)
    for line in _report_lines(report):
        _say(line)
    return 0 if report.all_proved else 1


def _report_lines(report: RecheckReport) -> list[str]:
    lines = [f"{finding.place}: {finding.message}" for finding in report.findings]
    counts = f"{report.proved} proved, {report.refuted} refuted, {report.open} not decided"
    if lines:
        return [*lines, f"the record does not hold: {len(lines)} of its statements fail ({counts} as recorded)"]
    if report.all_proved:
        return [f"verified again: all {report.proved} steps are proved"] if sys.stderr.isatty() else []
    return [f"the record is as it says, but not everything is proved: {counts}"]


# quod check


def _check(options: argparse.Namespace) -> int:
    if options.batch is not None:
        return _check_batch(options)
    if options.claim is None:
        return _bad_input(Problem("expected a claim, or --batch with a claims file"))
    if options.out is not None or options.jobs is not None:
        return _bad_input(Problem("--out and --jobs go with --batch; one claim is answered on standard output"))
    from engine.checking.command import check_asked

    shown = check_asked(options.claim, options.given, options.where, options.macros, options.timeout)
    if isinstance(shown, Problem):
        return _bad_input(shown)
    return max(shown.exit_code, _show(shown.lines))


def _check_batch(options: argparse.Namespace) -> int:
    if options.claim is not None:
        return _bad_input(Problem("expected a claim, or --batch with a claims file, and not both"))
    if options.given or options.where or options.macros:
        return _bad_input(Problem("with --batch, what is given stands in the lines of the claims file"))
    from engine.checking.batch import run_batch

    problem = run_batch(options.batch, options.out or "-", int(options.jobs or 1), options.timeout)
    return 0 if problem is None else _bad_input(problem)


# quod read


def _read(options: argparse.Namespace) -> int:
    from engine.reading_command import read_asked

    answer = read_asked(options.asked, options.given, options.macros)
    written = _show(answer.shown)
    for line in answer.said:
        _say(line)
    return max(answer.exit_code, written, _read_again(options.asked) if options.second_reader else 0)


def _read_again(asked: str) -> int:
    """The second reader's reading; 2 where there is none."""
    from engine.reading_command import names_a_document
    from engine.second_reader import second_reading

    if names_a_document(asked):
        return _bad_input(Problem("--second-reader reads a formula, not a document"))
    second = second_reading(asked)
    if isinstance(second, Problem):
        return _bad_input(second)
    return _show([f"latex2sympy2   {second}"])


def _show(lines: Sequence[str]) -> int:
    """Print to standard output, whatever its encoding can hold; 0, or 2 where nothing can be written.

    Where its reader has left, or there is none, the exit code still says what was found.
    """
    if sys.stdout is None:
        return 0
    encoding = sys.stdout.encoding or "utf-8"
    try:
        for line in lines:
            print(line.encode(encoding, "replace").decode(encoding))
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            return _bad_input(Problem(f"cannot write to standard output: {error.strerror or error}"))
    return 0


# What is said to people goes to standard error, so that a pipe stays silent.


def _say(line: str) -> None:
    print(line, file=sys.stderr)


def _bad_input(problem: Problem) -> int:
    _say(f"quod: {problem.show()}")
    return 2


def _progress(what: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{what} …", end="", file=sys.stderr, flush=True)


def _clear_progress() -> None:
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
