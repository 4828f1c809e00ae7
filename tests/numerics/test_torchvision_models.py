from __future__ import annotations

import sys

import pytest

from engine.numerics import missing
from engine.numerics.torchvision_models import (
    AttentionInput,
    Convolution,
    LayerFacts,
    Linear,
    Normalization,
    build,
    classification_models,
    import_torchvision,
    layers,
    nearest,
)
from engine.span import Problem

needs_torchvision = pytest.mark.skipif(
    missing("torch", "torchvision") is not None, reason="torch or torchvision is not installed"
)


def facts(name: str, size: int = 224) -> dict[str, LayerFacts]:
    model = build(name)
    assert not isinstance(model, Problem), model
    found = layers(model, size)
    assert not isinstance(found, Problem), found
    assert sum(layer.numel or 0 for layer in found) == sum(p.numel() for p in model.parameters())
    return {layer.name: layer for layer in found}


@needs_torchvision
def test_torchvision_is_imported_once_and_stays_usable() -> None:
    torchvision = import_torchvision()
    assert not isinstance(torchvision, Problem) and torchvision is import_torchvision()
    assert torchvision.models.list_models


@needs_torchvision
def test_a_model_takes_no_memory_for_its_weights() -> None:
    model = build("vgg11")
    assert not isinstance(model, Problem)
    assert {str(p.device) for p in model.parameters()} == {"meta"} and not model.training
    assert sum(p.numel() for p in model.parameters()) == 132_863_336


@needs_torchvision
def test_layers_of_vgg11() -> None:
    found = facts("vgg11", 160)
    assert len(found) == 29
    assert found["features.0"] == LayerFacts(
        "features.0", "Conv2d", (64, 160, 160), Convolution(3, 64, (3, 3)), 1_792
    )
    assert found["avgpool"] == LayerFacts("avgpool", "AdaptiveAvgPool2d", (512, 7, 7), None, 0)
    assert found["classifier.6"] == LayerFacts("classifier.6", "Linear", (1000,), Linear(4096, 1000), 4_097_000)


@needs_torchvision
def test_number_of_classes() -> None:
    model = build("resnet18", 10)
    assert not isinstance(model, Problem)
    found = layers(model)
    assert not isinstance(found, Problem) and found[-1].output_shape == (10,)


@needs_torchvision
def test_kinds_of_layers_with_a_formula() -> None:
    mobile, vision = facts("mobilenet_v2"), facts("vit_b_16")
    assert mobile["features.1.conv.0.0"].hyperparameters == Convolution(32, 32, (3, 3), 32, False)
    assert mobile["features.0.1"].hyperparameters == Normalization(32)
    attention = vision["encoder.layers.encoder_layer_0.self_attention"]
    assert attention.hyperparameters == AttentionInput(768) and attention.numel == 3 * 768 * 769
    assert attention.output_shape == (197, 768)
    projection = vision["encoder.layers.encoder_layer_0.self_attention.out_proj"]
    assert projection.hyperparameters == Linear(768, 768) and projection.output_shape is None
    assert vision["encoder.ln"].hyperparameters == Normalization(768)
    assert vision[""].kind == "VisionTransformer" and vision[""].hyperparameters is None and vision[""].numel == 768


@needs_torchvision
def test_layers_of_auxiliary_heads_are_counted_without_a_shape() -> None:
    found = facts("googlenet")
    assert found["aux1.fc1"].output_shape is None and found["aux1.fc1"].numel == 2048 * 1024 + 1024
    assert "aux1.dropout" not in found


@needs_torchvision
def test_parameters_shared_by_two_layers_count_once() -> None:
    from torch import nn

    first, second = nn.Linear(3, 3, bias=False, device="meta"), nn.Linear(3, 3, device="meta")
    second.weight = first.weight

    class Mixing(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.second = first, second

        def forward(self, image: object) -> object:
            return self.second(self.first(image.flatten(1)[:, :3]))  # type: ignore[attr-defined]

    found = layers(Mixing(), 4)
    assert not isinstance(found, Problem) and [layer.numel for layer in found] == [9, 3]


@needs_torchvision
def test_unknown_names_and_sizes_are_problems() -> None:
    found = build("resnet81")
    assert isinstance(found, Problem) and "'resnet81', did you mean resnet18" in found.message
    found = build("deeplabv3_resnet50")
    assert isinstance(found, Problem), "a segmentation model is no classification model"
    model = build("alexnet")
    assert not isinstance(model, Problem)
    small = layers(model, 8)
    assert isinstance(small, Problem) and "takes no image of 3 × 8 × 8" in small.message


@needs_torchvision
def test_all_classification_models_are_listed() -> None:
    names = classification_models()
    assert not isinstance(names, Problem)
    assert {"alexnet", "vgg11", "resnet18", "vit_b_16"} <= set(names) and list(names) == sorted(names)
    assert "fasterrcnn_resnet50_fpn" not in names


def test_without_torchvision(monkeypatch: pytest.MonkeyPatch) -> None:
    import_torchvision.cache_clear()
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.setitem(sys.modules, "torchvision", None)
    try:
        for found in (import_torchvision(), build("vgg11"), classification_models()):
            assert isinstance(found, Problem) and "torch and torchvision are not installed" in found.message
    finally:
        import_torchvision.cache_clear()


def test_nearest_names() -> None:
    assert nearest("vgg12", ("vgg11", "resnet18")) == ", did you mean vgg11?"
    assert nearest("q", ("vgg11",)) == ""
