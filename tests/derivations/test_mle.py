"""Maximum likelihood: which densities go through the pipeline, what the judge says of each step, and bad input."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from derivations.mle import derive
from engine.derivation import Chain, Derivation, Step, Validation, steps_of
from engine.judge import judge
from engine.kernel.certificate import ByTheorem
from engine.kernel.verdict import Open, Proved, Refuted
from engine.meaning.latex import statement_latex
from engine.meaning.statement import Diverges, Equivalent, NoOptimum, Optimum, Relation
from engine.meaning.term import Integral, Multiply, Number, Sum
from engine.numerics import missing
from engine.span import Problem

EXPONENTIAL: dict[str, object] = {
    "density": r"\lambda e^{-\lambda x}",
    "variable": "x",
    "parameter": r"\lambda",
    "support": r"x \ge 0",
    "parameter_domain": r"\lambda > 0",
}
NORMAL = {
    "density": r"\frac{1}{\sqrt{2\pi\sigma^2}} e^{-\frac{(x-\mu)^2}{2\sigma^2}}",
    "parameter": r"\mu",
    "support": r"x \in \R",
    "parameter_domain": r"\mu \in \R",
    "given": [r"\sigma > 0"],
}
RAYLEIGH = {
    "density": r"\frac{x}{\sigma^2} e^{-\frac{x^2}{2\sigma^2}}",
    "parameter": r"\sigma",
    "support": "x > 0",
    "parameter_domain": r"\sigma > 0",
}
PARETO = {
    "density": r"\frac{a m^a}{x^{a+1}}",
    "parameter": "a",
    "support": r"x \ge m",
    "parameter_domain": "a > 0",
    "given": ["m > 0"],
}
POISSON = {
    "density": r"\frac{\lambda^x e^{-\lambda}}{x!}",
    "parameter": r"\lambda",
    "support": r"x \in \mathbb{N}_0",
    "parameter_domain": r"\lambda > 0",
}
GEOMETRIC = {
    "density": "p(1-p)^x",
    "parameter": "p",
    "support": r"x \in \{0, 1, 2, \ldots\}",
    "parameter_domain": "0 < p < 1",
}
BERNOULLI = {
    "density": "p^x(1-p)^{1-x}",
    "parameter": "p",
    "support": r"x \in \{0, 1\}",
    "parameter_domain": r"p \in (0, 1)",
}
WEIBULL = {
    "density": r"\frac{3x^2}{\lambda^3} e^{-(x/\lambda)^3}",
    "parameter": r"\lambda",
    "support": "x > 0",
    "parameter_domain": r"\lambda > 0",
}
SHAPE_KNOWN = {
    "density": r"\frac{k}{\theta} x^{k-1} e^{-x^k/\theta}",
    "parameter": r"\theta",
    "support": "x > 0",
    "parameter_domain": r"\theta > 0",
    "given": ["k > 0"],
}
GAMMA = {
    "density": r"\frac{1}{2\theta^3} x^2 e^{-x/\theta}",
    "parameter": r"\theta",
    "support": "x > 0",
    "parameter_domain": r"\theta > 0",
}
BETA = {
    "density": r"\theta x^{\theta - 1}",
    "parameter": r"\theta",
    "support": "0 < x < 1",
    "parameter_domain": r"\theta > 0",
}

TOTAL = r"\sum_{i=1}^{N} x_{i}"
ESTIMATORS = [
    (EXPONENTIAL, [rf"\hat{{\lambda}} = \frac{{N}}{{{TOTAL}}}", r"\hat{\lambda} = \frac{1}{\bar{x}}"]),
    (NORMAL, [rf"\hat{{\mu}} = \frac{{{TOTAL}}}{{N}}", r"\hat{\mu} = \bar{x}"]),
    (RAYLEIGH, [r"\hat{\sigma} = \sqrt{\frac{\sum_{i=1}^{N} x_{i}^{2}}{2 N}}"]),
    (PARETO, [r"\hat{a} = \frac{N}{\sum_{i=1}^{N} \ln x_{i} - N \ln m}"]),
    (POISSON, [rf"\hat{{\lambda}} = \frac{{{TOTAL}}}{{N}}", r"\hat{\lambda} = \bar{x}"]),
    (GEOMETRIC, [rf"\hat{{p}} = \frac{{N}}{{N + {TOTAL}}}", r"\hat{p} = \frac{1}{\bar{x} + 1}"]),
    (BERNOULLI, [rf"\hat{{p}} = \frac{{{TOTAL}}}{{N}}", r"\hat{p} = \bar{x}"]),
    (WEIBULL, [r"\hat{\lambda} = \left(\frac{\sum_{i=1}^{N} x_{i}^{3}}{N}\right)^{\frac{1}{3}}"]),
    (SHAPE_KNOWN, [r"\hat{\theta} = \frac{\sum_{i=1}^{N} x_{i}^{k}}{N}"]),
    (GAMMA, [rf"\hat{{\theta}} = \frac{{{TOTAL}}}{{3 N}}", r"\hat{\theta} = \frac{\bar{x}}{3}"]),
    (BETA, [r"\hat{\theta} = -\frac{N}{\sum_{i=1}^{N} \ln x_{i}}"]),
]
IDS = "exponential normal rayleigh pareto poisson geometric bernoulli weibull shape gamma beta".split()


def derived(data: dict[str, object], torch: bool = False) -> Derivation:
    result = derive(data, torch=torch)
    assert isinstance(result, Derivation), result
    return result


def steps(derivation: Derivation) -> list[Step]:
    return [step for block in derivation.blocks for step in steps_of(block)]


def shown(step: Step) -> str:
    return statement_latex(step.claim.statement, step.claim.context)


def message(**changes: object) -> str:
    result = derive({**EXPONENTIAL, **changes}, torch=False)
    assert isinstance(result, Problem), result
    return result.show()


@pytest.mark.parametrize(("data", "boxed"), ESTIMATORS, ids=IDS)
def test_the_estimator(data: dict[str, object], boxed: list[str]) -> None:
    assert [shown(step) for step in steps(derived(data)) if step.boxed] == boxed


@pytest.mark.parametrize("name", IDS)
def test_every_step_is_proved(name: str) -> None:
    data, _ = ESTIMATORS[IDS.index(name)]
    verdicts = [(shown(step), judge(step.claim, step.proof)) for step in steps(derived(data))]
    assert [(text, v) for text, v in verdicts if not isinstance(v, Proved)] == []


def test_the_published_sheet_with_its_remarks_is_proved() -> None:
    data = {**EXPONENTIAL, "statement": r"x \in \R", "claimed": r"N\left(\sum_{i=1}^N x_i\right)^{-1}"}
    found = steps(derived(data))
    kinds = Counter(type(step.claim.statement) for step in found)
    assert kinds == {Relation: 14, Equivalent: 1, Optimum: 2, Diverges: 1, NoOptimum: 1}
    assert all(isinstance(judge(step.claim, step.proof), Proved) for step in found)


def test_the_lines_of_the_log_likelihood() -> None:
    chain = derived(EXPONENTIAL).blocks[1]
    assert isinstance(chain, Chain)
    assert [shown(step).split(" = ")[-1].split("}^{N} ", 1)[-1] for step in chain.steps[1:5]] == [
        r"\lambda e^{-\lambda x_{i}}\right)",
        r"\ln(\lambda e^{-\lambda x_{i}})",
        r"\bigl(\ln \lambda + \ln(e^{-\lambda x_{i}})\bigr)",
        r"(\ln \lambda - \lambda x_{i})",
    ]
    assert shown(chain.steps[5]).endswith(rf"= N \ln \lambda - \lambda {TOTAL}")
    for before, after in zip(chain.steps[1:], chain.steps[2:], strict=False):
        assert after.claim.statement.left == before.claim.statement.right  # type: ignore[union-attr]


def test_the_stationary_point_needs_data_that_are_not_all_zero() -> None:
    found = steps(derived(EXPONENTIAL))
    needs = [rf"{TOTAL} > 0" in [statement_latex(f) for f in step.claim.context.facts] for step in found]
    rules = [step.rule for step, needed in zip(found, needs, strict=True) if needed]
    assert rules[0] == "derivative" and "sum of constants" not in rules


def test_no_condition_is_added_where_the_support_implies_it() -> None:
    for data in (RAYLEIGH, BETA):
        assert not any(isinstance(step.claim.statement, NoOptimum) for step in steps(derived(data)))


def test_without_that_condition_the_root_is_proved_where_it_is_defined() -> None:
    step = next(s for s in steps(derived(EXPONENTIAL)) if isinstance(s.claim.statement, Equivalent))
    context = step.claim.context
    facts = tuple(fact for fact in context.facts if not (isinstance(fact, Relation) and isinstance(fact.left, Sum)))
    assert len(facts) == len(context.facts) - 1
    weaker = replace(step.claim, context=replace(context, facts=facts))
    verdict = judge(weaker, step.proof)
    assert isinstance(verdict, Proved)
    assert [statement_latex(one) for one in verdict.conditions] == [rf"{TOTAL} \ne 0"]


def test_a_concave_log_likelihood_and_one_that_is_not() -> None:
    def criteria(data: dict[str, object]) -> set[str]:
        return {s.rule for s in steps(derived(data)) if isinstance(s.claim.statement, Optimum)}

    assert criteria(EXPONENTIAL) == {"strict concavity", "monotone transform"}
    assert criteria(RAYLEIGH) == {"sign of the derivative", "monotone transform"}


def test_a_wrong_sketch_is_not_believed() -> None:
    step = next(s for s in steps(derived(EXPONENTIAL)) if isinstance(s.claim.statement, Equivalent))
    assert isinstance(step.proof, ByTheorem)
    doubled = replace(step.proof, parameters=(Multiply((Number(2), step.proof.parameters[0])),))  # type: ignore[arg-type]
    assert isinstance(judge(step.claim, doubled), Open)


def test_a_wrong_claim_of_the_author_is_refuted() -> None:
    (step,) = [s for s in steps(derived({**EXPONENTIAL, "claimed": r"\frac{1}{N} \sum_{i=1}^N x_i"})) if s.claimed]
    assert isinstance(judge(step.claim, step.proof), Refuted)


def test_several_claims_of_the_author() -> None:
    found = [s for s in steps(derived({**EXPONENTIAL, "claimed": [r"\frac{1}{\bar x}", r"\bar x"]})) if s.claimed]
    assert [type(judge(s.claim, s.proof)) for s in found] == [Proved, Refuted]


def test_integrals_only_where_the_kernel_has_a_rule() -> None:
    def integrals(data: dict[str, object]) -> int:
        relations = [s.claim.statement for s in steps(derived(data)) if isinstance(s.claim.statement, Relation)]
        return sum(isinstance(relation.left, Integral) for relation in relations)

    assert [integrals(data) for data, _ in ESTIMATORS] == [1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0]


def test_other_letters() -> None:
    data = {**EXPONENTIAL, "density": r"r e^{-r t}", "variable": "t", "parameter": "r", "support": "t > 0"}
    boxed = [shown(s) for s in steps(derived({**data, "parameter_domain": "r > 0"})) if s.boxed]
    assert boxed == [r"\hat{r} = \frac{N}{\sum_{i=1}^{N} t_{i}}", r"\hat{r} = \frac{1}{\bar{t}}"]


def test_a_constant_called_like_the_number_of_observations() -> None:
    data = {**EXPONENTIAL, "density": r"N\lambda e^{-N\lambda x}", "given": [r"N \in \mathbb{N}"]}
    found = steps(derived(data))
    assert shown(found[0]).startswith(r"L(\lambda) = \prod_{i=1}^{n}")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"density": r"\lambda e^{"}, "density: expected"),
        ({"density": 3}, "density: expected a text in quotes, found 3"),
        ({"densty": "x"}, "did you mean 'density'?"),
        ({"density": "2x"}, r"the parameter \lambda does not occur"),
        ({"density": "f(x)"}, "density: the parameter"),
        ({"density": r"\lambda f(x)"}, "density: f is read as a family or a function"),
        ({"parameter": r"\lambda x"}, "parameter: expected one name"),
        ({"parameter": "x"}, "variable and parameter are both x"),
        ({"support": "y > 0"}, "support: expected the range of x"),
        ({"support": r"x \in \mathbb{Q}"}, "no set that can be read"),
        ({"support": r"x \in \{0, 2\}"}, "consecutive integers"),
        ({"support": r"x \ge \lambda"}, "support: it depends on the parameter"),
        ({"parameter_domain": r"\lambda \ge 0"}, "expected an open interval"),
        ({"parameter_domain": r"0 < \lambda < x"}, "expected bounds that are constants"),
        ({"given": "k > 0"}, "given: expected a list"),
        ({"given": ["k >"]}, "given: expected"),
        ({"given": ["L > 0"], "density": r"L \lambda e^{-\lambda x}"}, "L names the likelihood"),
        ({"claimed": 3}, "claimed: expected a formula"),
        ({"claimed": r"\frac{"}, "claimed: expected"),
        ({"statement": r"x \ge 1"}, "leave statement out"),
        ({"density": r"\lambda e^{\lambda x}"}, "no stationary point in closed form"),
        ({"density": r"\frac{1}{1+\lambda x}"}, r"cannot separate \lambda"),
        ({"density": r"-\lambda e^{-\lambda x}"}, "cannot be worked out"),
        ({"density": r"e^{-(x-\lambda)^4}"}, "SymPy cannot work out its maximum"),
    ],
)
def test_bad_input_is_one_clear_message(changes: dict[str, object], expected: str) -> None:
    assert expected in message(**changes)


@pytest.mark.parametrize("key", ["density", "parameter", "support", "parameter_domain"])
def test_a_missing_key_is_named(key: str) -> None:
    data = {k: v for k, v in EXPONENTIAL.items() if k != key}
    result = derive(data, torch=False)
    assert isinstance(result, Problem) and result.message.startswith(f"{key} is missing: expected a text such as")


def test_a_problem_of_reading_keeps_its_place() -> None:
    assert message(density=r"\lambda e^{").count("^") >= 2


@pytest.mark.skipif(missing("torch") is not None, reason="torch is not installed")
@pytest.mark.parametrize("data", [EXPONENTIAL, BERNOULLI, NORMAL], ids=["exponential", "bernoulli", "normal"])
def test_torch_agrees(data: dict[str, object]) -> None:
    found = [block for block in derived(data, torch=True).blocks if isinstance(block, Validation)]
    assert [validation.agrees for validation in found] == [True, True]


@pytest.mark.skipif(missing("torch") is not None, reason="torch is not installed")
def test_torch_compares_a_likelihood_with_factorials() -> None:
    checks = [block for block in derived(POISSON, torch=True).blocks if isinstance(block, Validation)]
    assert len(checks) == 2 and all(check.agrees for check in checks)
