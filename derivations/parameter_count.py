r"""How many parameters a network has, layer by layer.

Statement
    A convolution from C_in to C_out channels with k × k kernels and biases has C_out(C_in k² + 1) parameters, an affine
    map from n_in to n_out numbers n_out(n_in + 1); VGG11 has 132,863,336 in all.
Assumptions
    No parameter is shared between layers. Without biases the "+ 1" falls away; with g groups a kernel sees C_in/g
    channels; a rectangular kernel has k_h k_w weights a channel; a normalization has a scale and a shift a feature.
Steps
    For each layer its formula with numbers, its count, and its share of the total; then the sum.
Result
    The total number of parameters.
Source
    K. Simonyan and A. Zisserman, Very Deep Convolutional Networks for Large-Scale Image Recognition, ICLR 2015, tables
    1 and 2, for VGG; torchvision for any other model, which is read off the library by its name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from math import prod

from derivations.exercise_data import Fault, only_keys, shown, text, whole_number
from derivations.vgg import MODELS, SMALLEST_SIZE, vgg_layers
from derivations.vgg import SOURCE as VGG_SOURCE
from engine.derivation import (
    Block,
    Chain,
    Derivation,
    LayerRow,
    LayerTable,
    Paragraph,
    Remark,
    Step,
    Validation,
)
from engine.meaning.claim import Claim
from engine.meaning.context import Context
from engine.meaning.latex import number_latex, term_latex
from engine.meaning.statement import Relation, Sign
from engine.meaning.term import ONE, Add, Divide, Multiply, Name, Number, Power, Term, integer, substitute
from engine.numerics import missing
from engine.numerics.torchvision_models import (
    AttentionInput,
    Convolution,
    Hyperparameters,
    LayerFacts,
    Linear,
    Normalization,
    build,
    layers,
)
from engine.span import Problem

KEYS = ("model", "size", "classes", "claimed", "title", "question")
CLAIMED_KEYS = ("total", "layers")
LARGEST_SIZE = 4096
MOST_CLASSES = 10**6
MOST_PARAMETERS = 10**15
SHARE_PLACES = 3
SUMMANDS = 16
"""A sum with more terms than this is split into subtotals."""


@dataclass(frozen=True, slots=True)
class Exercise:
    """The model, the size of its images, its number of classes, and the counts that the author of the sheet gave."""

    model: str
    size: int
    classes: int
    claimed_total: int | None
    claimed_layers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Formula:
    """A parameter count as a term in the letters of a layer, the letters' values, and the same in words."""

    term: Term
    letters: Mapping[str, int]
    words: str

    @property
    def numbers(self) -> Term:
        term = self.term
        for name, value in self.letters.items():
            term = substitute(term, name, integer(value))
        return term


@dataclass(frozen=True, slots=True)
class CountedLayer:
    """A layer with its count: by ``formula``, or by torch where there is none."""

    facts: LayerFacts
    formula: Formula | None
    count: int

    @property
    def name(self) -> str:
        return self.facts.name or "(model)"


def derive(data: Mapping[str, object], *, torch: bool) -> Derivation | Problem:
    """The exercise for ``data``: ``model`` (a name, default ``"vgg11"``), ``size`` of the images (224), ``classes``
    (1000), perhaps ``claimed = { total = ..., layers = { "features.0" = ... } }``, ``title``, ``question``.

    VGG models need no torch. Every other model is read off torchvision, so that a missing torch is a problem there.
    """
    try:
        exercise = _exercise(data)
        counted = _counted(exercise, torch)
        _check_names(exercise, counted)
        title = text(data, "title", f"Parameters of {exercise.model}")
        question = text(data, "question", _question(exercise))
    except Fault as fault:
        return fault.problem()
    source = VGG_SOURCE if exercise.model in MODELS else f"torchvision.models.{exercise.model}"
    return Derivation(title, question, source, _blocks(exercise, counted, torch))


# What the sheet says, read into types.


def _exercise(data: Mapping[str, object]) -> Exercise:
    only_keys(data, KEYS, "the parameter count exercise")
    model = text(data, "model", "vgg11")
    smallest = SMALLEST_SIZE if model in MODELS else 1
    size = whole_number(data.get("size", 224), "size", smallest, LARGEST_SIZE)
    classes = whole_number(data.get("classes", 1000), "classes", 1, MOST_CLASSES)
    claimed = _table(data.get("claimed", {}), "claimed")
    only_keys(claimed, CLAIMED_KEYS, "claimed")
    total = _count(claimed["total"], "claimed total") if "total" in claimed else None
    by_layer = _table(claimed.get("layers", {}), "claimed layers")
    counts = {name: _count(value, f"claimed count of {name}") for name, value in by_layer.items()}
    return Exercise(model, size, classes, total, counts)


def _table(value: object, place: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise Fault(f"{place}: expected a table, found {shown(value)}")
    return value


def _count(value: object, place: str) -> int:
    return whole_number(value, place, 0, MOST_PARAMETERS)


def _check_names(exercise: Exercise, counted: Sequence[CountedLayer]) -> None:
    names = [layer.name for layer in counted]
    for name in exercise.claimed_layers:
        if name not in names:
            close = get_close_matches(name, names, n=3)
            hint = f", did you mean {' or '.join(close)}?" if close else ""
            raise Fault(f"claimed layers: {exercise.model} has no layer {name!r}{hint}")


# Layers and their counts.


def _counted(exercise: Exercise, torch: bool) -> tuple[CountedLayer, ...]:
    return tuple(_with_count(facts) for facts in _layers(exercise, torch))


def _layers(exercise: Exercise, torch: bool) -> tuple[LayerFacts, ...]:
    if exercise.model in MODELS:
        return vgg_layers(MODELS[exercise.model], exercise.size, exercise.classes)
    absent = missing("torch", "torchvision")
    if not torch or absent is not None:
        raise Fault(_without_torch(exercise.model, absent))
    return _read_off(exercise)


def _without_torch(model: str, absent: Problem | None) -> str:
    close = get_close_matches(model, tuple(MODELS), n=1)
    hint = f" (did you mean {close[0]}?)" if close else ""
    reason = absent.message if absent is not None else "run again without --no-torch"
    return (
        f"the model {model!r}{hint} is read off torchvision, which needs torch: {reason}."
        f" Without torch there are {', '.join(MODELS)}"
    )


def _read_off(exercise: Exercise) -> tuple[LayerFacts, ...]:
    model = build(exercise.model, exercise.classes)
    if isinstance(model, Problem):
        raise Fault(f"model: {model.message}")
    facts = layers(model, exercise.size)
    if isinstance(facts, Problem):
        raise Fault(f"{exercise.model}, size {exercise.size}: {facts.message}")
    return facts


def _with_count(facts: LayerFacts) -> CountedLayer:
    if facts.hyperparameters is None:
        return CountedLayer(facts, None, facts.numel or 0)
    formula = parameter_formula(facts.hyperparameters)
    return CountedLayer(facts, formula, int(_evaluate(formula.numbers)))


def parameter_formula(layer: Hyperparameters) -> Formula:
    """The formula of a layer's own parameters.

    >>> _evaluate(parameter_formula(Convolution(3, 64, (3, 3))).numbers)
    Fraction(1792, 1)
    """
    match layer:
        case Convolution():
            return _convolution_formula(layer)
        case Linear(size_in, size_out, bias):
            letters = {r"n_{\mathrm{out}}": size_out, r"n_{\mathrm{in}}": size_in}
            term = _per_output(r"n_{\mathrm{out}}", Name(r"n_{\mathrm{in}}"), bias)
            return Formula(term, letters, f"{size_out} outputs, each with {size_in} weights{_and_bias(bias)}")
        case Normalization(size, bias):
            term = Multiply((integer(2), Name("n"))) if bias else Name("n")
            shift = " and a shift" if bias else ""
            return Formula(term, {"n": size}, f"a scale{shift} for each of {size} features")
        case AttentionInput(size, bias):
            term = Multiply((integer(3), _per_output("n", Name("n"), bias)))
            words = f"queries, keys and values, each a map from {size} to {size} numbers"
            return Formula(term, {"n": size}, f"{words}{', with biases' if bias else ''}")


def _convolution_formula(layer: Convolution) -> Formula:
    channels = r"C_{\mathrm{in}}"
    letters = {r"C_{\mathrm{out}}": layer.channels_out, channels: layer.channels_in}
    seen: Term = Name(channels)
    if layer.groups != 1:
        letters["g"] = layer.groups
        seen = Divide(seen, Name("g"))
    kernel = _kernel_letters(layer.kernel)
    letters |= kernel
    square = len(kernel) == 1 and len(layer.kernel) > 1
    sides = [Power(Name("k"), integer(len(layer.kernel)))] if square else [Name(name) for name in kernel]
    term = _per_output(r"C_{\mathrm{out}}", Multiply((seen, *sides)), layer.bias)
    weights = layer.channels_in // layer.groups * prod(layer.kernel)
    return Formula(term, letters, f"{layer.channels_out} kernels, each with {weights} weights{_and_bias(layer.bias)}")


def _kernel_letters(kernel: tuple[int, ...]) -> dict[str, int]:
    if len(set(kernel)) == 1:
        return {"k": kernel[0]}
    names = ("k_{h}", "k_{w}") if len(kernel) == 2 else ("k_{1}", "k_{2}", "k_{3}")
    return dict(zip(names, kernel, strict=True))


def _per_output(outputs: str, weights: Term, bias: bool) -> Term:
    """outputs · (weights + 1), without the 1 where there is no bias."""
    if bias:
        return Multiply((Name(outputs), Add((weights, ONE))))
    factors = weights.factors if isinstance(weights, Multiply) else (weights,)
    return Multiply((Name(outputs), *factors))


def _and_bias(bias: bool) -> str:
    return " and one bias" if bias else ""


def _evaluate(term: Term) -> Fraction:
    """The value of a formula with numbers put in."""
    match term:
        case Number(value):
            return value
        case Add(terms):
            return sum(map(_evaluate, terms), Fraction(0))
        case Multiply(factors):
            return prod(map(_evaluate, factors), start=Fraction(1))
        case Divide(numerator, denominator):
            return _evaluate(numerator) / _evaluate(denominator)
        case Power(base, exponent):
            return _evaluate(base) ** int(_evaluate(exponent))
        case _:
            raise TypeError(f"no number: {term!r}")


# The claims.


def _claim(left: Term, sign: Sign, right: Term) -> Claim:
    return Claim(Context(), Relation(left, sign, right))


def _row(layer: CountedLayer, total: int) -> LayerRow:
    formula, count = layer.formula, layer.count
    percentage = round(Fraction(100 * 10**SHARE_PLACES * count, total)) if total else 0
    share = Number(Fraction(percentage, 10**SHARE_PLACES), SHARE_PLACES)
    return LayerRow(
        name=layer.name,
        kind=layer.facts.kind,
        output_shape=r" \times ".join(map(str, layer.facts.output_shape or ())),
        formula="" if formula is None else term_latex(formula.term),
        numbers="" if formula is None else term_latex(formula.numbers),
        count=count,
        share=number_latex(share),
        count_step=None if formula is None else _count_step(layer, formula),
        share_step=_share_step(layer, share, total) if count else None,
        counted_by="torch" if formula is None and count else "",
    )


def _count_step(layer: CountedLayer, formula: Formula) -> Step:
    claim = _claim(formula.numbers, "=", integer(layer.count))
    return Step(claim, "parameters of a layer", f"{layer.name}: {formula.words}.")


def _share_step(layer: CountedLayer, share: Number, total: int) -> Step:
    claim = _claim(Divide(Multiply((integer(100), integer(layer.count))), integer(total)), "≈", share)
    return Step(claim, "share", f"{layer.name}: its share of all parameters, in percent.")


def _subtotals(terms: Sequence[tuple[str, str, int]]) -> tuple[tuple[Step, ...], tuple[tuple[str, str, int], ...]]:
    """Steps that add up runs of at most ``SUMMANDS`` terms, until no more than that many are left.

    A term is the first and the last layer that it counts, and the count.
    """
    steps: tuple[Step, ...] = ()
    while len(terms) > SUMMANDS:
        runs = [terms[at : at + SUMMANDS] for at in range(0, len(terms), SUMMANDS)]
        sums = [(run[0][0], run[-1][1], sum(count for _, _, count in run)) for run in runs]
        steps += tuple(_sum_step(run, total) for run, total in zip(runs, sums, strict=True))
        terms = sums
    return steps, tuple(terms)


def _sum_step(run: Sequence[tuple[str, str, int]], total: tuple[str, str, int]) -> Step:
    first, last, count = total
    return Step(_claim(_sum_term(run), "=", integer(count)), "subtotal", f"From {first} to {last}.")


def _sum_term(terms: Sequence[tuple[str, str, int]]) -> Term:
    numbers = tuple(integer(count) for _, _, count in terms)
    return numbers[0] if len(numbers) == 1 else Add(numbers)


def _claimed_steps(exercise: Exercise, counted: Sequence[CountedLayer], total: Term) -> tuple[Step, ...]:
    """What the author of the sheet gave, as claims about the same formulas; a wrong one is refuted there."""
    by_name = {layer.name: layer for layer in counted}
    steps = tuple(_claimed_step(by_name[name], count) for name, count in exercise.claimed_layers.items())
    if exercise.claimed_total is None:
        return steps
    claim = _claim(total, "=", integer(exercise.claimed_total))
    return (*steps, Step(claim, "claimed", "The total that the author of the sheet gave.", claimed=True))


def _claimed_step(layer: CountedLayer, claimed: int) -> Step:
    left = layer.formula.numbers if layer.formula is not None else integer(layer.count)
    words = f"The count of {layer.name} that the author of the sheet gave."
    return Step(_claim(left, "=", integer(claimed)), "claimed", words, claimed=True)


# The sheet's blocks.


def _question(exercise: Exercise) -> str:
    return f"How many parameters does each layer of {exercise.model} have, and how many are there in total?"


def _blocks(exercise: Exercise, counted: tuple[CountedLayer, ...], torch: bool) -> tuple[Block, ...]:
    total = sum(layer.count for layer in counted)
    subtotals, terms = _subtotals([(layer.name, layer.name, layer.count) for layer in counted if layer.count])
    left = _sum_term(terms)
    words = "The sum of the subtotals." if subtotals else "The sum over all layers."
    result = Step(_claim(left, "=", integer(total)), "total", words, boxed=True)
    claimed = _claimed_steps(exercise, counted, left)
    return (
        _introduction(counted),
        *((Chain("Subtotals", subtotals),) if subtotals else ()),
        LayerTable(tuple(_row(layer, total) for layer in counted), result),
        *((Chain("Given counts", claimed),) if claimed else ()),
        *_remarks(exercise, counted),
        *(_validation(exercise, counted, total) if torch else ()),
    )


def _introduction(counted: Sequence[CountedLayer]) -> Paragraph:
    uncounted = any(layer.formula is None and layer.count for layer in counted)
    note = " A layer without a formula here is counted by torch, and its row says so." if uncounted else ""
    return Paragraph(
        r"A convolution with $C_{\mathrm{out}}$ kernels of $C_{\mathrm{in}} \times k \times k$ weights and one bias "
        r"each has $C_{\mathrm{out}}(C_{\mathrm{in}} k^2 + 1)$ parameters, an affine map from $n_{\mathrm{in}}$ to "
        r"$n_{\mathrm{out}}$ numbers $n_{\mathrm{out}}(n_{\mathrm{in}} + 1)$. Activations, pooling and dropout have "
        "none." + note
    )


def _remarks(exercise: Exercise, counted: Sequence[CountedLayer]) -> tuple[Remark, ...]:
    if exercise.model not in MODELS:
        return ()
    if exercise.model == "vgg16c":
        return (Remark("torchvision has no counterpart of configuration C; these counts were not compared with it."),)
    return (
        Remark(
            f"Older code builds the model with torchvision.models.{exercise.model}(pretrained=False); "
            "in today's torchvision this is written weights=None."
        ),
    )


def _validation(exercise: Exercise, counted: tuple[CountedLayer, ...], total: int) -> tuple[Block, ...]:
    if exercise.model == "vgg16c":
        return ()
    facts = _measured(exercise, counted)
    if isinstance(facts, Problem):
        return (Remark(f"The counts were not compared with torchvision: {facts.message}."),)
    wrong = _differences(counted, facts)
    measured = sum(layer.numel or 0 for layer in facts)
    outcome = "; ".join(wrong[:5]) or _agreement(exercise, counted)
    totals = f"total {total:,} here, {measured:,} by numel()"
    title = f"torchvision.models.{exercise.model}, built without allocating weights"
    return (Validation(title, f"{outcome}; {totals}.", not wrong and total == measured),)


def _measured(exercise: Exercise, counted: tuple[CountedLayer, ...]) -> tuple[LayerFacts, ...] | Problem:
    """The layers as torchvision has them; what was read off it before is not built a second time."""
    if exercise.model not in MODELS:
        return tuple(layer.facts for layer in counted)
    absent = missing("torch", "torchvision")
    if absent is not None:
        return absent
    model = build(exercise.model, exercise.classes)
    return model if isinstance(model, Problem) else layers(model, exercise.size)


def _differences(counted: Sequence[CountedLayer], facts: Sequence[LayerFacts]) -> list[str]:
    if len(counted) != len(facts):
        return [f"{len(counted)} layers here, {len(facts)} in torchvision"]
    pairs = zip(counted, facts, strict=True)
    return [f"{theirs.name}: {_difference(ours, theirs)}" for ours, theirs in pairs if _difference(ours, theirs)]


def _difference(ours: CountedLayer, theirs: LayerFacts) -> str:
    described = (ours.facts.name, ours.facts.kind, ours.facts.output_shape)
    if described != (theirs.name, theirs.kind, theirs.output_shape):
        return f"here {described}, in torchvision {(theirs.name, theirs.kind, theirs.output_shape)}"
    return f"{ours.count:,} here, {theirs.numel:,} by numel()" if ours.count != theirs.numel else ""


def _agreement(exercise: Exercise, counted: Sequence[CountedLayer]) -> str:
    if exercise.model in MODELS:
        return f"All {len(counted)} layers agree in name, type, output shape and number of parameters"
    by_formula = sum(layer.formula is not None for layer in counted)
    return f"The formulas of all {by_formula} layers that have one agree with numel()"
