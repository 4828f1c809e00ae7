from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from derivations import parameter_count
from derivations.parameter_count import derive, parameter_formula
from derivations.vgg import CONFIGURATIONS, vgg_layers
from engine.derivation import Chain, Derivation, LayerTable, Paragraph, Remark, Step, Validation, steps_of
from engine.meaning.statement import Relation
from engine.meaning.term import Add, Divide, Multiply, Name, Number, Power, integer
from engine.numerics import missing
from engine.numerics.torchvision_models import AttentionInput, Convolution, Linear, Normalization
from engine.span import Problem
from tests.derivations.exact_value import holds

needs_torchvision = pytest.mark.skipif(
    missing("torch", "torchvision") is not None, reason="torch or torchvision is not installed"
)

# Layer by layer, as torchvision 0.28 counts them by numel().
VGG11 = {
    "features.0": 1_792,
    "features.3": 73_856,
    "features.6": 295_168,
    "features.8": 590_080,
    "features.11": 1_180_160,
    "features.13": 2_359_808,
    "features.16": 2_359_808,
    "features.18": 2_359_808,
    "classifier.0": 102_764_544,
    "classifier.3": 16_781_312,
    "classifier.6": 4_097_000,
}


def derived(data: Mapping[str, object] | None = None, *, torch: bool = False) -> Derivation:
    result = derive(data or {}, torch=torch)
    assert isinstance(result, Derivation), result
    return result


def table(derivation: Derivation) -> LayerTable:
    return next(block for block in derivation.blocks if isinstance(block, LayerTable))


def steps(derivation: Derivation) -> Iterator[Step]:
    return (step for block in derivation.blocks for step in steps_of(block))


def total(derivation: Derivation) -> Number:
    statement = table(derivation).total_step.claim.statement
    assert isinstance(statement, Relation) and isinstance(statement.right, Number)
    return statement.right


def test_vgg11_layer_by_layer() -> None:
    rows = table(derived()).rows
    assert {row.name: row.count for row in rows if row.count} == VGG11
    assert len(rows) == 29 and all(row.count_step is None and not row.counted_by for row in rows if not row.count)
    assert sum(VGG11.values()) == 132_863_336


def test_total_is_the_sum_of_all_counts() -> None:
    statement = table(derived()).total_step.claim.statement
    assert statement == Relation(Add(tuple(map(integer, VGG11.values()))), "=", integer(132_863_336))
    assert table(derived()).total_step.boxed


def test_first_row_in_full() -> None:
    row = table(derived()).rows[0]
    assert (row.name, row.kind, row.output_shape) == ("features.0", "Conv2d", r"64 \times 224 \times 224")
    assert row.share == "0.001" and row.count_step is not None and row.share_step is not None
    weights = Multiply((integer(3), Power(integer(3), integer(2))))
    formula = Multiply((integer(64), Add((weights, integer(1)))))
    assert row.count_step.claim.statement == Relation(formula, "=", integer(1792))
    percent = Divide(Multiply((integer(100), integer(1792))), integer(132_863_336))
    shown = row.share_step.claim.statement
    assert isinstance(shown, Relation) and (shown.left, shown.sign) == (percent, "≈")
    assert shown.right == Number(integer(1).value / 1000, 3)  # type: ignore[union-attr]
    assert row.count_step.words == "features.0: 64 kernels, each with 27 weights and one bias."


@pytest.mark.parametrize("model", ["vgg11", "vgg13", "vgg16c", "vgg16", "vgg19"])
def test_every_claim_of_vgg_is_true(model: str) -> None:
    found = list(steps(derived({"model": model, "size": 225, "classes": 7})))
    assert len(found) > 20 and all(holds(step.claim) for step in found)


@pytest.mark.parametrize(
    ("model", "millions"), [("vgg11", 133), ("vgg13", 133), ("vgg16c", 134), ("vgg16", 138), ("vgg19", 144)]
)
def test_totals_are_those_of_the_papers_table_2(model: str, millions: int) -> None:
    assert round(total(derived({"model": model})).value / 10**6) == millions


def test_configurations_have_the_papers_number_of_weight_layers() -> None:
    weights = {c: sum(layer.hyperparameters is not None for layer in vgg_layers(c)) for c in CONFIGURATIONS}
    assert weights == {"A": 11, "B": 13, "C": 16, "D": 16, "E": 19}
    ones = [layer.name for layer in vgg_layers("C") if layer.hyperparameters == Convolution(256, 256, (1, 1))]
    assert len(ones) == 1


def test_shares_are_rounded_to_the_digits_shown() -> None:
    rows = {row.name: row for row in table(derived()).rows}
    assert rows["classifier.0"].share == "77.346" and rows["features.1"].share == "0.000"
    assert rows["features.1"].share_step is None


@pytest.mark.parametrize(
    ("layer", "count"),
    [
        (Convolution(3, 64, (3, 3)), 64 * (3 * 9 + 1)),
        (Convolution(3, 64, (3, 3), bias=False), 64 * 3 * 9),
        (Convolution(32, 64, (3, 3), groups=4), 64 * (8 * 9 + 1)),
        (Convolution(32, 32, (5, 5), groups=32, bias=False), 32 * 25),
        (Convolution(128, 192, (1, 7), bias=False), 192 * 128 * 7),
        (Convolution(4, 5, (2, 3, 4)), 5 * (4 * 24 + 1)),
        (Convolution(4, 5, (3, 3, 3)), 5 * (4 * 27 + 1)),
        (Convolution(4, 5, (3,)), 5 * (4 * 3 + 1)),
        (Linear(10, 7), 77),
        (Linear(10, 7, bias=False), 70),
        (Normalization(64), 128),
        (Normalization(64, bias=False), 64),
        (AttentionInput(10), 330),
        (AttentionInput(10, bias=False), 300),
    ],
)
def test_formulas(layer: object, count: int) -> None:
    formula = parameter_formula(layer)  # type: ignore[arg-type]
    assert parameter_count._evaluate(formula.numbers) == count
    assert set(formula.letters) and formula.words


def test_grouped_formula_divides_the_channels() -> None:
    formula = parameter_formula(Convolution(32, 64, (3, 3), groups=4))
    seen = Divide(Name(r"C_{\mathrm{in}}"), Name("g"))
    weights = Multiply((seen, Power(Name("k"), integer(2))))
    assert formula.term == Multiply((Name(r"C_{\mathrm{out}}"), Add((weights, integer(1)))))
    assert formula.words == "64 kernels, each with 72 weights and one bias"


def test_claimed_counts() -> None:
    claimed = {"total": 132_863_336, "layers": {"features.0": 1_728, "features.1": 0, "classifier.6": 4_097_000}}
    derivation = derived({"claimed": claimed})
    chain = next(block for block in derivation.blocks if isinstance(block, Chain))
    assert [holds(step.claim) for step in chain.steps] == [False, True, True, True]
    assert all(step.claimed for step in chain.steps)
    wrong = derived({"claimed": {"total": 132_863_335}})
    (step,) = next(block for block in wrong.blocks if isinstance(block, Chain)).steps
    assert step.claimed and not holds(step.claim)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"modle": "vgg11"}, "there is no key 'modle', did you mean 'model'?"),
        ({"model": 11}, "model: expected a text in quotes, found 11"),
        ({"model": ""}, "model: expected a text in quotes"),
        ({"size": "224"}, "size: expected a whole number from 32 to 4096, found '224'"),
        ({"size": 31}, "size: expected a whole number from 32"),
        ({"size": True}, "size: expected a whole number"),
        ({"classes": 0}, "classes: expected a whole number from 1"),
        ({"claimed": 3}, "claimed: expected a table, found 3"),
        ({"claimed": {"sum": 3}}, "claimed: there is no key 'sum'"),
        ({"claimed": {"total": "3"}}, "claimed total: expected a whole number"),
        ({"claimed": {"layers": []}}, "claimed layers: expected a table"),
        ({"claimed": {"layers": {"features.0": -1}}}, "claimed count of features.0: expected a whole number"),
        ({"claimed": {"layers": {"feature.0": 1}}}, "vgg11 has no layer 'feature.0', did you mean features.0"),
        ({"title": ["x"]}, "title: expected a text"),
        ({"question": 1}, "question: expected a text"),
    ],
)
def test_bad_data_is_a_problem_that_says_what_was_expected(data: Mapping[str, object], message: str) -> None:
    found = derive(data, torch=False)
    assert isinstance(found, Problem) and message in found.message, found


def test_other_models_need_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    found = derive({"model": "vgg12"}, torch=False)
    assert isinstance(found, Problem)
    assert "did you mean vgg1" in found.message and "vgg16c, vgg16, vgg19" in found.message
    assert ("--no-torch" if missing("torch", "torchvision") is None else "not installed") in found.message
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.setitem(sys.modules, "torchvision", None)
    found = derive({"model": "resnet18"}, torch=True)
    assert isinstance(found, Problem) and "torch and torchvision are not installed" in found.message
    assert "pip install 'quod[torch]'" in found.message and "vgg11" in found.message


def test_vgg_without_torch_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not any(isinstance(block, Validation) for block in derived().blocks)
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.setitem(sys.modules, "torchvision", None)
    last = derived(torch=True).blocks[-1]
    assert isinstance(last, Remark) and "torch and torchvision are not installed" in last.text
    assert [row.count for row in table(derived(torch=True)).rows if row.count] == list(VGG11.values())


def test_remark_about_the_published_code() -> None:
    remarks = [block.text for block in derived().blocks if isinstance(block, Remark)]
    assert any("pretrained=False" in text and "weights=None" in text for text in remarks)
    assert all(text.count("$") % 2 == 0 for text in remarks)
    assert all(b.text.count("$") % 2 == 0 for b in derived().blocks if isinstance(b, Paragraph))


def test_configuration_c_has_no_counterpart_to_compare_with() -> None:
    derivation = derived({"model": "vgg16c"}, torch=True)
    assert not any(isinstance(block, Validation) for block in derivation.blocks)
    assert any(isinstance(block, Remark) and "no counterpart" in block.text for block in derivation.blocks)


@needs_torchvision
@pytest.mark.parametrize(
    "data", [{}, {"model": "vgg13", "size": 97}, {"model": "vgg16", "classes": 3}, {"model": "vgg19"}]
)
def test_torchvision_agrees_layer_by_layer(data: Mapping[str, object]) -> None:
    last = derived(data, torch=True).blocks[-1]
    assert isinstance(last, Validation) and last.agrees and "agree in name, type, output shape" in last.outcome


@needs_torchvision
def test_a_wrong_configuration_would_not_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    def narrower(configuration: str, size: int, classes: int) -> object:
        first, *rest = vgg_layers(configuration, size, classes)
        return (replace(first, hyperparameters=Convolution(3, 63, (3, 3))), *rest)

    monkeypatch.setattr(parameter_count, "vgg_layers", narrower)
    last = derived(torch=True).blocks[-1]
    assert isinstance(last, Validation) and not last.agrees
    assert "features.0: 1,764 here, 1,792 by numel()" in last.outcome


@needs_torchvision
@pytest.mark.parametrize(
    ("model", "parameters", "by_torch"),
    [
        ("alexnet", 61_100_840, set()),
        ("resnet18", 11_689_512, set()),
        ("mobilenet_v2", 3_504_872, set()),
        ("densenet121", 7_978_856, set()),
        ("resnet152", 60_192_808, set()),
        ("vit_b_16", 86_567_656, {"VisionTransformer", "Encoder"}),
        ("swin_t", 28_288_354, {"ShiftedWindowAttention"}),
    ],
)
def test_other_models_are_read_off_torchvision(model: str, parameters: int, by_torch: set[str]) -> None:
    derivation = derived({"model": model}, torch=True)
    rows = table(derivation).rows
    assert total(derivation) == integer(parameters) and sum(row.count for row in rows) == parameters
    assert {row.kind for row in rows if row.counted_by == "torch"} == by_torch
    assert all((row.count_step is None) == (not row.formula) for row in rows)
    assert all(row.share_step is not None for row in rows if row.count)
    assert all(holds(step.claim) for step in steps(derivation))
    last = derivation.blocks[-1]
    assert isinstance(last, Validation) and last.agrees


@needs_torchvision
def test_long_sums_are_split_into_subtotals() -> None:
    derivation = derived({"model": "densenet121"}, torch=True)
    sums = [step.claim.statement for step in steps(derivation) if step.rule in ("subtotal", "total")]
    lengths = [len(s.left.terms) if isinstance(s.left, Add) else 1 for s in sums if isinstance(s, Relation)]
    counted = sum(row.count > 0 for row in table(derivation).rows)
    assert len(sums) > 10 and max(lengths) <= 16
    # Every term but the total is used once: the counted layers, and each subtotal.
    assert sum(lengths) == counted + len(sums) - 1


@needs_torchvision
@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"model": "resnet81"}, "no classification model 'resnet81', did you mean resnet18"),
        ({"model": "vgg12"}, "did you mean vgg"),
        ({"model": "vit_b_16", "size": 100}, "vit_b_16, size 100: the model takes no image of 3 × 100 × 100"),
        ({"model": "alexnet", "size": 8}, "alexnet, size 8: the model takes no image"),
        ({"model": "alexnet", "claimed": {"layers": {"features.99": 1}}}, "alexnet has no layer 'features.99'"),
    ],
)
def test_what_torchvision_cannot_build(data: Mapping[str, object], message: str) -> None:
    found = derive(data, torch=True)
    assert isinstance(found, Problem) and message in found.message, found
