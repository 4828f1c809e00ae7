"""How many claims are decided rightly, and how fast: quod, SymPy and Math-Verify on the same claims in one run.

``make bench`` runs it. The claims: those of ``tests/cases/claims`` that are said to be true or false, and corrupted
ones (``tests/soak/corrupting.py``) that are well-posed by an evaluator that shares no code with any of the four.
Matrices are claims like others. What an answer counts as:

- quod: *proved* says true, *refuted* says false, *open* is no decision. A claim is judged as ``quod check`` does it
  once it is read: instances, a certificate, the kernel's verification of it, more instances.
- ``sympy.simplify(l - r) == 0``: true where it is 0, false where it comes out as another rational number, else none.
- ``(l - r).equals(0)``: its ``True``, ``False`` and ``None``.
- Math-Verify, which is made to grade answers: ``verify(parse(l), parse(r))``; its ``False`` says false.

SymPy gets terms, not LaTeX, with the assumptions that the context declares of each symbol; sums, products, integrals
and derivatives are SymPy's own, and ``doit`` is called. Math-Verify gets LaTeX and no assumptions, as it takes none.
What is no equation between numbers is *not stated* for them; so is what they have no word for, or cannot parse. Times
are of the processor, with a limit a claim, and without translating; Math-Verify's include its parsing.

Math-Verify runs in a process of its own, by the Python that ``--math-verify`` (or ``QUOD_MATH_VERIFY``) names::

    python3 -m venv ELSEWHERE && ELSEWHERE/bin/pip install math-verify
    python tests/bench/deciding.py --math-verify ELSEWHERE/bin/python
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal

from engine.checking.links import read_links
from engine.judge import judge
from engine.kernel.verdict import Proved, Refuted
from engine.meaning.claim import Claim
from engine.meaning.declared import read_context
from engine.meaning.latex import term_latex
from engine.meaning.sort import Integer, MatrixOf, Real, Vector
from engine.meaning.statement import Relation
from engine.meaning.term import (
    Add,
    Apply,
    Constant,
    Derivative,
    Divide,
    E,
    Element,
    Evaluate,
    Integral,
    Multiply,
    Name,
    Negate,
    Number,
    Power,
    Product,
    Sum,
    Term,
)
from engine.span import Problem
from tests.bench.machine import machine
from tests.claim_cases import cases
from tests.soak.corrupting import corruptions, is_well_posed
from tests.soak.plain_value import Unknown

SEED = 7
CORRUPTED = 200
SECONDS = 5.0
Group = Literal["true", "false", "corrupted"]
Outcome = Literal["rightly", "wrongly", "not decided", "not stated"]
HEADS = ("rightly", "wrongly", "undecided", "not stated", "median ms", "p99 ms", "a second")
AIMS: dict[Group, str] = {
    "true": "aim: 300 a second, p99 under 15 ms",
    "false": "",
    "corrupted": "aim: 1,500 a second",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A claim, and whether it is true."""

    group: Group
    name: str
    claim: Claim

    @property
    def is_true(self) -> bool:
        return self.group == "true"


@dataclass(frozen=True, slots=True)
class Timed:
    outcome: Outcome
    seconds: float


# ---- the claims


def from_files() -> Iterator[Asked]:
    """The links of the claims that are said to be true or false; those that cannot be read are counted and told."""
    unread = 0
    for case in cases():
        if case.verdict == "open":
            continue
        context = read_context(case.given, case.where, "", [case.claim])
        for link in () if isinstance(context, Problem) else read_links(case.claim, context, case.given, ""):
            if isinstance(link, Problem):
                unread += 1
                continue
            yield Asked("true" if case.verdict == "proved" else "false", case.name, link.claim)
        unread += isinstance(context, Problem)
    if unread:
        print(f"{unread} claims of the case files are left out: they cannot be read yet")


def corrupted(true: list[Asked], most: int) -> list[Asked]:
    """Corruptions of true claims, drawn at random, of which the separate evaluator says that they are well-posed."""
    dice = random.Random(SEED)
    made = [(asked.name, one.claim) for asked in true for one in corruptions(asked.claim)]
    dice.shuffle(made)
    found: list[Asked] = []
    for name, claim in made:
        if len(found) == most:
            break
        if _is_posed(claim, dice):
            found.append(Asked("corrupted", name, claim))
    return found


def _is_posed(claim: Claim, dice: random.Random) -> bool:
    try:
        return is_well_posed(claim, dice)
    except (Unknown, OverflowError):
        return False


# ---- a limit of processor time


class Late(BaseException):
    """The time of one claim is over; no library catches it."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise Late

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def timed(decide: Callable[[], bool | None], truth: bool, seconds: float) -> Timed:
    """What became of the claim: ``decide`` says true, false, or nothing."""
    started = time.thread_time()
    said: bool | None = None
    try:
        with limited(seconds):
            said = decide()
    except Late:
        pass
    except Exception:  # a library that breaks has not decided
        pass
    return Timed(_outcome(said, truth), time.thread_time() - started)


def _outcome(said: bool | None, truth: bool) -> Outcome:
    return "not decided" if said is None else "rightly" if said is truth else "wrongly"


# ---- quod


def ours(asked: Asked, seconds: float) -> Timed:
    return timed(lambda: _said(asked.claim), asked.is_true, seconds)


def _said(claim: Claim) -> bool | None:
    verdict = judge(claim)
    return True if isinstance(verdict, Proved) else False if isinstance(verdict, Refuted) else None


# ---- SymPy


class NotStated(Exception):
    """SymPy has no word for it, or the claim is no equation between numbers."""


@dataclass(frozen=True, slots=True)
class SymPy:
    """Terms of one context as SymPy's own; ``bound`` are the symbols of bound names."""

    names: Any
    bound: Mapping[str, Any]
    bases: dict[str, Any]

    def binding(self, name: str, symbol: Any) -> SymPy:
        return replace(self, bound={**self.bound, name: symbol})

    def of(self, term: Term) -> Any:
        import sympy

        from engine.sympy_bridge import CONSTANTS

        match term:
            case Number(value):
                return sympy.Rational(value.numerator, value.denominator)
            case Constant(name):
                return CONSTANTS[name]
            case Name(name):
                return self.bound[name] if name in self.bound else self._name(term)
            case Element(family, indices):
                return self._base(family)[tuple(map(self.of, indices))]
            case Add(parts):
                return sympy.Add(*map(self.of, parts))
            case Multiply(parts):
                return sympy.Mul(*map(self.of, parts))
            case Negate(part):
                return -self.of(part)
            case Divide(above, below):
                return self.of(above) / self.of(below)
            case Power(base, exponent):
                return sympy.exp(self.of(exponent)) if base == E else sympy.Pow(self.of(base), self.of(exponent))
            case Apply(function, arguments):
                return self._applied(function, arguments)
            case Sum(index, lower, upper, body):
                return self._big(sympy.Sum, sympy.Dummy(index, integer=True), index, lower, upper, body)
            case Product(index, lower, upper, body):
                return self._big(sympy.Product, sympy.Dummy(index, integer=True), index, lower, upper, body)
            case Integral(variable, lower, upper, body):
                return self._big(sympy.Integral, sympy.Dummy(variable, real=True), variable, lower, upper, body)
            case Derivative(body, variable, order):
                return sympy.Derivative(self.of(body), (self.of(variable), order))
            case Evaluate(body, variable, value):
                symbol = sympy.Dummy(variable, real=True)
                return sympy.Subs(self.binding(variable, symbol).of(body), symbol, self.of(value))
            case _:
                raise NotStated(type(term).__name__)

    def _name(self, term: Name) -> Any:
        definition, sort = self.names.context.definition_of(term.name), self.names.context.sort_of(term.name)
        if definition is not None:
            return self.of(definition.body)
        if not isinstance(sort, Real | Integer):
            raise NotStated(f"{term.name} is no number")
        return self.names.symbol(term)

    def _base(self, family: str) -> Any:
        import sympy

        from engine.sympy_bridge import assumptions

        if family not in self.bases:
            sort = self.names.context.sort_of(family)
            if isinstance(sort, Vector | MatrixOf):
                raise NotStated(f"{family} is no family of numbers")
            known = assumptions(Element(family, (Name("any index"),)), self.names.context)
            self.bases[family] = sympy.IndexedBase(sympy.Dummy(family, **known), **known)
        return self.bases[family]

    def _big(self, kind: Any, symbol: Any, name: str, lower: Term, upper: Term, body: Term) -> Any:
        return kind(self.binding(name, symbol).of(body), (symbol, self.of(lower), self.of(upper)))

    def _applied(self, function: str, arguments: tuple[Term, ...]) -> Any:
        definition = self.names.context.definition_of(function)
        values = list(map(self.of, arguments))
        if definition is not None:
            at = self
            for name, value in zip(definition.parameters, values, strict=True):
                at = at.binding(name, value)
            return at.of(definition.body)
        rule = _functions().get(function)
        if rule is None:
            raise NotStated(f"the function {function}")
        return rule(*values)


def _functions() -> dict[str, Callable[..., Any]]:
    import sympy

    from engine.sympy_bridge import FUNCTIONS

    return {
        **FUNCTIONS,
        "log": sympy.log,
        "delta": sympy.KroneckerDelta,
        "digamma": sympy.digamma,
        "binom": sympy.binomial,
        "Beta": sympy.beta,
        "erf": sympy.erf,
        "sgn": sympy.sign,
        "max": sympy.Max,
        "min": sympy.Min,
        **{name: getattr(sympy, name) for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    }


def difference(claim: Claim) -> Any:
    """``left - right`` as SymPy's; raises :class:`NotStated`."""
    from engine.sympy_bridge import BridgeError, Names

    statement = claim.statement
    if not isinstance(statement, Relation) or statement.sign != "=":
        raise NotStated("no equation")
    try:
        to = SymPy(Names(claim.context), {}, {})
        return to.of(statement.left) - to.of(statement.right)
    except (BridgeError, KeyError, TypeError, ValueError, AttributeError) as reason:
        raise NotStated(str(reason)) from reason


def simplified(expression: Any) -> bool | None:
    import sympy

    found = sympy.simplify(expression.doit())
    return True if found == 0 else False if found.is_Rational else None


def equalled(expression: Any) -> bool | None:
    found: bool | None = expression.doit().equals(0)
    return found


def by_sympy(decide: Callable[[Any], bool | None]) -> Callable[[Asked, float], Timed]:
    def method(asked: Asked, seconds: float) -> Timed:
        try:
            expression = difference(asked.claim)
        except NotStated:
            return Timed("not stated", 0.0)
        return timed(lambda: decide(expression), asked.is_true, seconds)

    return method


# ---- Math-Verify

# What another Python runs, which knows nothing of ours: for each pair of formulas an answer and its seconds.
MATH_VERIFY = """
import json, logging, signal, sys, time, warnings
from importlib.metadata import version
warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
from math_verify import parse, verify
class Late(BaseException):
    pass
def late(*_):
    raise Late
signal.signal(signal.SIGPROF, late)
def parsed(text):
    return parse("$" + text + "$", fallback_mode="no_fallback", parsing_timeout=None, raise_on_error=True)
def answer(left, right):
    try:
        sides = parsed(left), parsed(right)
    except Exception:
        return "not stated"
    if not all(sides):
        return "not stated"
    try:
        return bool(verify(*sides, timeout_seconds=None, raise_on_error=True))
    except Exception:
        return None
asked = json.load(sys.stdin)
answers = []
for left, right in asked["pairs"]:
    started = time.thread_time()
    said = None
    signal.setitimer(signal.ITIMER_PROF, asked["seconds"])
    try:
        said = answer(left, right)
    except Late:
        pass
    signal.setitimer(signal.ITIMER_PROF, 0)
    answers.append((said, time.thread_time() - started))
versions = {name: version(name) for name in ("math-verify", "latex2sympy2_extended", "sympy")}
json.dump({"versions": versions, "answers": answers}, sys.stdout)
"""


def by_math_verify(asked: list[Asked], python: str, seconds: float) -> tuple[list[Timed], str] | str:
    """What it says of each claim, and its versions; or why it was not asked."""
    equations = {n: pair for n, one in enumerate(asked) if (pair := _pair(one.claim)) is not None}
    request = json.dumps({"pairs": list(equations.values()), "seconds": seconds})
    with tempfile.TemporaryDirectory(prefix="quod-bench-") as elsewhere:
        line = [python, "-P", "-c", MATH_VERIFY]
        try:
            done = subprocess.run(line, input=request, capture_output=True, text=True, cwd=elsewhere, check=False)
        except OSError as error:
            return f"{python}: {error.strerror}"
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["no message"])[-1]
    said = json.loads(done.stdout)
    answers = dict(zip(equations, said["answers"], strict=True))
    found = [
        _counted(answers[n], one.is_true) if n in answers else Timed("not stated", 0.0) for n, one in enumerate(asked)
    ]
    return found, ", ".join(f"{name} {number}" for name, number in said["versions"].items())


def _pair(claim: Claim) -> tuple[str, str] | None:
    statement, context = claim.statement, claim.context
    if not isinstance(statement, Relation) or statement.sign != "=":
        return None
    return term_latex(statement.left, context), term_latex(statement.right, context)


def _counted(answer: tuple[bool | str | None, float], truth: bool) -> Timed:
    said, seconds = answer
    return Timed("not stated" if isinstance(said, str) else _outcome(said, truth), seconds)


# ---- the table


def row(title: str, found: list[Timed], aim: str = "") -> str:
    counts = [sum(one.outcome == kind for one in found) for kind in ("rightly", "wrongly", "not decided", "not stated")]
    times = sorted(one.seconds for one in found if one.outcome != "not stated")
    if not times:
        return f"{title:28}" + "".join(f"{n:12}" for n in counts)
    late = times[math.ceil(0.99 * len(times)) - 1]
    rate = len(times) / sum(times) if sum(times) else math.inf
    figures = f"{1e3 * statistics.median(times):12.1f}{1e3 * late:12.1f}{rate:12,.1f}"
    return f"{title:28}" + "".join(f"{n:12}" for n in counts) + figures + (f"  {aim}" if aim else "")


def table(group: Group, count: int, columns: dict[str, list[Timed]]) -> None:
    heads = "".join(
        f"{head:>12}" for head in ("rightly", "wrongly", "undecided", "not stated", "median ms", "p99 ms", "a second")
    )
    print(f"\n{f'{group} claims ({count})':28}{heads}")
    for title, found in columns.items():
        print(row(title, found, AIMS[group] if title == "quod" else ""))


def main() -> int:
    parser = argparse.ArgumentParser(description="Which claims are decided, and how fast: quod, SymPy, Math-Verify.")
    named = os.environ.get("QUOD_MATH_VERIFY", sys.executable)
    parser.add_argument("--math-verify", default=named, help="a Python that has math-verify (default: this one)")
    parser.add_argument("--corrupted", type=int, default=CORRUPTED, help="how many corrupted claims")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="processor time that one claim may take")
    parser.add_argument("--only-ours", action="store_true", help="leave the others out")
    options = parser.parse_args()
    filed = list(from_files())
    asked = filed + corrupted([one for one in filed if one.is_true], options.corrupted)
    columns = measured(asked, options.seconds, None if options.only_ours else options.math_verify)
    for group in AIMS:
        places = [n for n, one in enumerate(asked) if one.group == group]
        table(group, len(places), {title: [found[n] for n in places] for title, found in columns.items()})
    tell_wrong(asked, columns)
    return 0


def measured(asked: list[Asked], seconds: float, python: str | None) -> dict[str, list[Timed]]:
    """The outcomes of each method, claim by claim; the first few claims are judged once before, to load what loads."""
    print(f"{machine()}\n{len(asked)} claims, seed {SEED}, at most {seconds:g} s of processor time a claim")
    for one in asked[:5]:
        ours(one, seconds)
    columns = {"quod": [ours(one, seconds) for one in asked]}
    if python is None:
        return columns
    import sympy

    print(f"SymPy {sympy.__version__}")
    for title, decide in (("simplify(l - r) == 0", simplified), ("(l - r).equals(0)", equalled)):
        columns[title] = [by_sympy(decide)(one, seconds) for one in asked]
    other = by_math_verify(asked, python, seconds)
    if isinstance(other, str):
        print(f"Math-Verify was not measured ({other}): name a Python that has it by --math-verify")
    else:
        columns["Math-Verify"], versions = other
        print(versions)
    return columns


def tell_wrong(asked: list[Asked], columns: dict[str, list[Timed]]) -> None:
    """The names of the claims that were decided wrongly, which for us must be none."""
    for title, found in columns.items():
        wrong = [one.name for one, result in zip(asked, found, strict=True) if result.outcome == "wrongly"]
        if wrong:
            shown = ", ".join(dict.fromkeys(wrong[:6])) + (", …" if len(wrong) > 6 else "")
            print(f"\n{title} decided {len(wrong)} wrongly: {shown}")


if __name__ == "__main__":
    sys.exit(main())
