"""Torchvision's classification models, built without memory for their weights, and what their layers are.

A model is built on torch's ``meta`` device, where a tensor has a shape and no storage: VGG11 takes milliseconds and
no 500 MB. Shapes come from a forward pass of one image on the same device.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from math import prod
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from engine.numerics import missing
from engine.span import Problem

if TYPE_CHECKING:
    from torch import Tensor, nn


@dataclass(frozen=True, slots=True)
class Convolution:
    """A convolution over any number of axes; ``kernel`` has one size for each."""

    channels_in: int
    channels_out: int
    kernel: tuple[int, ...]
    groups: int = 1
    bias: bool = True


@dataclass(frozen=True, slots=True)
class Linear:
    """An affine map from ``size_in`` to ``size_out`` numbers; without ``bias`` a linear one."""

    size_in: int
    size_out: int
    bias: bool = True


@dataclass(frozen=True, slots=True)
class Normalization:
    """Batch, group or layer normalization: one scale, and with ``bias`` one shift, for each of ``size`` features."""

    size: int
    bias: bool = True


@dataclass(frozen=True, slots=True)
class AttentionInput:
    """The joint projection to queries, keys and values of an attention; its output projection is a layer of its own."""

    size: int
    bias: bool = True


Hyperparameters = Convolution | Linear | Normalization | AttentionInput


@dataclass(frozen=True, slots=True)
class LayerFacts:
    """One layer: its dotted name, its class, what its forward pass returns, and what its parameter count follows from.

    ``output_shape`` leaves out the batch; it is ``None`` where a forward pass does not call the layer (the auxiliary
    heads of GoogLeNet), ``hyperparameters`` is ``None`` where no formula is known, ``numel`` where nobody has counted.
    ``numel`` counts the layer's own parameters, not those of the layers inside it.
    """

    name: str
    kind: str
    output_shape: tuple[int, ...] | None
    hyperparameters: Hyperparameters | None
    numel: int | None = None


@cache
def import_torchvision() -> ModuleType | Problem:
    """The package ``torchvision``, also beside a build of torch for which its compiled extension does not load.

    The registry's torchvision is linked against CUDA. Beside a CPU build of torch its operators are absent, and the
    import stops at the first of them; models need none, so the two schemas that it asks for are declared before.
    """
    problem = missing("torch", "torchvision")
    if problem is not None:
        return problem
    _declare_missing_operators()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import_module("torchvision.models")
            return import_module("torchvision")
    except (ImportError, RuntimeError) as error:
        return Problem(f"torchvision cannot be imported beside this torch ({error}); install two builds that match")


_operators: list[object] = []
"""The library that declares the operators: torch forgets them when it is collected."""


def _declare_missing_operators() -> None:
    import torch

    if hasattr(torch.ops.torchvision, "nms") or _extension_loads():
        return
    library = torch.library.Library("torchvision", "FRAGMENT")
    for operator in ("nms", "qnms"):
        library.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    _operators.append(library)


def _extension_loads() -> bool:
    import torch

    spec = find_spec("torchvision")
    folders = (spec.submodule_search_locations if spec is not None else None) or ()
    extension = next((path for folder in folders for path in sorted(Path(folder).glob("_C.*"))), None)
    if extension is None:
        return False
    try:
        torch.ops.load_library(str(extension))
    except OSError:
        return False
    return True


def classification_models() -> tuple[str, ...] | Problem:
    """The names of torchvision's classification models, in alphabetical order."""
    torchvision = import_torchvision()
    if isinstance(torchvision, Problem):
        return torchvision
    return tuple(sorted(torchvision.models.list_models(module=torchvision.models)))


def nearest(name: str, names: tuple[str, ...]) -> str:
    """``", did you mean A or B?"`` for the names that look like ``name``; empty where none does.

    >>> nearest("resnet81", ("alexnet", "resnet18"))
    ', did you mean resnet18?'
    """
    close = get_close_matches(name, names, n=3, cutoff=0.6)
    return f", did you mean {' or '.join(close)}?" if close else ""


def build(name: str, classes: int = 1000) -> nn.Module | Problem:
    """The model with random weights that were never drawn: every parameter is on the ``meta`` device."""
    torchvision = import_torchvision()
    if isinstance(torchvision, Problem):
        return torchvision
    names = torchvision.models.list_models(module=torchvision.models)
    if name not in names:
        return Problem(f"torchvision has no classification model {name!r}{nearest(name, tuple(names))}")
    with warnings.catch_warnings(), _large_tensors_on_meta():
        warnings.simplefilter("ignore")
        model: nn.Module = torchvision.models.get_model(name, weights=None, num_classes=classes)
    _move_buffers_to_meta(model)
    return model.eval()


def _move_buffers_to_meta(model: nn.Module) -> None:
    """Index tables computed by ``arange``, which the forward pass would mix with parameters on meta.

    ``model.to("meta")`` would do, but gives each layer a parameter of its own where two share one.
    """
    for module in model.modules():
        for name, buffer in module.named_buffers(recurse=False):
            setattr(module, name, buffer.to("meta"))


def _large_tensors_on_meta() -> AbstractContextManager[object]:
    """Only the factories of large tensors: models compute sizes from ``arange`` and ``linspace``, which stay real."""
    import torch
    from torch.overrides import TorchFunctionMode

    large = {torch.empty, torch.zeros, torch.ones, torch.full, torch.rand, torch.randn, torch.normal, torch.eye}

    class LargeTensorsOnMeta(TorchFunctionMode):  # type: ignore[misc]
        def __torch_function__(
            self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
        ) -> Any:
            options = dict(kwargs or {})
            if func in large and options.get("device") is None:
                options["device"] = "meta"
            return func(*args, **options)

    return LargeTensorsOnMeta()


def layers(model: nn.Module, size: int = 224) -> tuple[LayerFacts, ...] | Problem:
    """Every layer in the order of definition: modules with parameters of their own, and those without parts.

    The shapes are those of one forward pass of an image of 3 × ``size`` × ``size``. A part without parameters that
    the pass does not call (an empty ``Sequential``) is no layer.
    """
    shapes = _output_shapes(model, size)
    if isinstance(shapes, Problem):
        return shapes
    seen: set[int] = set()
    facts = (
        LayerFacts(name, type(module).__name__, shapes.get(name), _hyperparameters(module), _count(module, seen))
        for name, module in _own_layers(model)
    )
    return tuple(layer for layer in facts if layer.numel or layer.output_shape is not None)


def _own_layers(model: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    for name, module in model.named_modules():
        if not any(module.children()) or any(True for _ in module.parameters(recurse=False)):
            yield name, module


def _count(module: nn.Module, seen: set[int]) -> int:
    """The module's own parameters; one that an earlier layer shares is not counted twice."""
    own = {id(p): p.numel() for p in module.parameters(recurse=False) if id(p) not in seen}
    seen.update(own)
    return sum(own.values())


def _output_shapes(model: nn.Module, size: int) -> dict[str, tuple[int, ...]] | Problem:
    import torch

    shapes: dict[str, tuple[int, ...]] = {}
    hooks = [module.register_forward_hook(_recorder(name, shapes)) for name, module in _own_layers(model)]
    try:
        with torch.device("meta"):
            model(torch.empty(1, 3, size, size))
    except (RuntimeError, ValueError, AssertionError) as error:
        return Problem(f"the model takes no image of 3 × {size} × {size}: {error}")
    finally:
        for hook in hooks:
            hook.remove()
    return shapes


def _recorder(name: str, shapes: dict[str, tuple[int, ...]]) -> Any:
    def record(module: nn.Module, inputs: object, output: Tensor | tuple[Tensor, ...]) -> None:
        first = output[0] if isinstance(output, tuple) else output
        shapes[name] = tuple(first.shape[1:])

    return record


def _hyperparameters(module: nn.Module) -> Hyperparameters | None:
    from torch import nn

    match module:
        case nn.Conv1d() | nn.Conv2d() | nn.Conv3d():
            kernel = tuple(module.kernel_size)
            return Convolution(
                module.in_channels, module.out_channels, kernel, module.groups, module.bias is not None
            )
        case nn.Linear():
            return Linear(module.in_features, module.out_features, module.bias is not None)
        case nn.BatchNorm1d() | nn.BatchNorm2d() | nn.BatchNorm3d() if module.affine:
            return Normalization(module.num_features)
        case nn.GroupNorm() if module.affine:
            return Normalization(module.num_channels)
        case nn.LayerNorm() if module.elementwise_affine:
            return Normalization(prod(module.normalized_shape), module.bias is not None)
        case nn.MultiheadAttention() if module.in_proj_weight is not None and module.bias_k is None:
            return AttentionInput(module.embed_dim, module.in_proj_bias is not None)
        case _:
            return None
