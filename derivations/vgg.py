"""The VGG networks, stated layer by layer from their publication, so that counting their parameters needs no torch.

Layers are named as torchvision names them: ``features.0``, ..., ``avgpool``, ``classifier.0``, ..., ``classifier.6``.

Source: K. Simonyan and A. Zisserman, Very Deep Convolutional Networks for Large-Scale Image Recognition, ICLR 2015,
table 1. Configuration A-LRN is A with a local response normalization, which has no parameters. The average pooling to
7 × 7 is torchvision's: it changes nothing at the published size, 224.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from derivations.convolution import output_size
from engine.numerics.torchvision_models import Convolution, LayerFacts, Linear

SOURCE = (
    "K. Simonyan and A. Zisserman, Very Deep Convolutional Networks for Large-Scale Image Recognition, ICLR 2015, "
    "table 1"
)
MODELS: Mapping[str, str] = {"vgg11": "A", "vgg13": "B", "vgg16c": "C", "vgg16": "D", "vgg19": "E"}
"""The configuration of each model. torchvision has all of them but ``vgg16c``, whose 1 × 1 convolutions it lacks."""

SMALLEST_SIZE = 32
"""Five poolings halve the image five times; from 32 on, something is left."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Convolutions, given as (output channels, kernel size), each followed by ReLU; then 2 × 2 max pooling."""

    convolutions: tuple[tuple[int, int], ...]


def _stages(*stages: str) -> tuple[Stage, ...]:
    """Table 1's own notation: ``"3-64 3-64"`` are two convolutions with 3 × 3 kernels and 64 channels."""
    return tuple(Stage(tuple(_convolution(word) for word in stage.split())) for stage in stages)


def _convolution(word: str) -> tuple[int, int]:
    kernel, channels = word.split("-")
    return int(channels), int(kernel)


CONFIGURATIONS: Mapping[str, tuple[Stage, ...]] = {
    "A": _stages("3-64", "3-128", "3-256 3-256", "3-512 3-512", "3-512 3-512"),
    "B": _stages("3-64 3-64", "3-128 3-128", "3-256 3-256", "3-512 3-512", "3-512 3-512"),
    "C": _stages("3-64 3-64", "3-128 3-128", "3-256 3-256 1-256", "3-512 3-512 1-512", "3-512 3-512 1-512"),
    "D": _stages("3-64 3-64", "3-128 3-128", "3-256 3-256 3-256", "3-512 3-512 3-512", "3-512 3-512 3-512"),
    "E": _stages(
        "3-64 3-64", "3-128 3-128", "3-256 3-256 3-256 3-256", "3-512 3-512 3-512 3-512", "3-512 3-512 3-512 3-512"
    ),
}
HIDDEN = 4096
POOLED = 7


def vgg_layers(configuration: str, size: int = 224, classes: int = 1000) -> tuple[LayerFacts, ...]:
    """The layers of configuration A, B, C, D or E for images of 3 × ``size`` × ``size``, ``size`` ≥ 32.

    >>> first = vgg_layers("A")[0]
    >>> first.name, first.kind, first.output_shape
    ('features.0', 'Conv2d', (64, 224, 224))
    """
    features = tuple(_features(CONFIGURATIONS[configuration], size))
    channels = CONFIGURATIONS[configuration][-1].convolutions[-1][0]
    pooled = LayerFacts("avgpool", "AdaptiveAvgPool2d", (channels, POOLED, POOLED), None)
    return (*features, pooled, *_classifier(channels * POOLED * POOLED, classes))


def _features(stages: tuple[Stage, ...], size: int) -> Iterator[LayerFacts]:
    channels, number = 3, 0
    for stage in stages:
        for wider, kernel in stage.convolutions:
            # The paper pads 3 × 3 convolutions by 1, so that the size stays.
            size = output_size(size, kernel, padding=(kernel - 1) // 2)
            shape = (wider, size, size)
            yield LayerFacts(f"features.{number}", "Conv2d", shape, Convolution(channels, wider, (kernel, kernel)))
            yield LayerFacts(f"features.{number + 1}", "ReLU", shape, None)
            channels, number = wider, number + 2
        size = output_size(size, 2, stride=2)
        yield LayerFacts(f"features.{number}", "MaxPool2d", (channels, size, size), None)
        number += 1


def _classifier(size: int, classes: int) -> Iterator[LayerFacts]:
    for number, (size_in, size_out) in enumerate(((size, HIDDEN), (HIDDEN, HIDDEN), (HIDDEN, classes))):
        yield LayerFacts(f"classifier.{3 * number}", "Linear", (size_out,), Linear(size_in, size_out))
        if number < 2:
            yield LayerFacts(f"classifier.{3 * number + 1}", "ReLU", (size_out,), None)
            yield LayerFacts(f"classifier.{3 * number + 2}", "Dropout", (size_out,), None)
