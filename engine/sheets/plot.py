"""The geometry of a log-log plot, shared by SVG and TeX. Lengths are in points; y grows upwards."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, isfinite, log10

from engine.derivation import Curve, RemainderPlot

WIDTH, HEIGHT = 400.0, 240.0
MARKERS = ("disc", "ring", "frame", "cross")
"""Signs that can be told apart where curves coincide: a dot, a circle around it, a square around both, a cross."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A decade on an axis: its place, and the exponent of 10 beside it."""

    at: float
    exponent: int
    labelled: bool


@dataclass(frozen=True, slots=True)
class PlottedCurve:
    label: str
    slope: str
    marker: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class PlotView:
    """``horizontal`` ticks stand below the plot, ``vertical`` ones to its left."""

    kind = "plot"
    title: str
    horizontal: tuple[Tick, ...]
    vertical: tuple[Tick, ...]
    curves: tuple[PlottedCurve, ...]
    summary: str
    width: float = WIDTH
    height: float = HEIGHT


@dataclass(frozen=True, slots=True)
class Axis:
    """Decades from 10^low to 10^high on a length."""

    low: int
    high: int
    length: float

    def place(self, value: float) -> float:
        return round((log10(value) - self.low) / (self.high - self.low) * self.length, 1)

    def ticks(self) -> tuple[Tick, ...]:
        """Every decade; at most about seven of them labelled."""
        every = ceil((self.high - self.low + 1) / 7)
        decades = range(self.low, self.high + 1)
        return tuple(Tick(self.place(10.0**e), e, (e - self.low) % every == 0) for e in decades)


def plot_view(plot: RemainderPlot) -> PlotView:
    """The plot; points that are not positive have no logarithm and are left out."""
    kept = [tuple(p for p in curve.points if all(isfinite(v) and v > 0 for v in p)) for curve in plot.curves]
    across = _axis([x for points in kept for x, _ in points], WIDTH)
    up = _axis([y for points in kept for _, y in points], HEIGHT)
    placed = [tuple(sorted((across.place(x), up.place(y)) for x, y in points)) for points in kept]
    curves = (
        _plotted(each, number, points) for number, (each, points) in enumerate(zip(plot.curves, placed, strict=True))
    )
    return PlotView(plot.title, across.ticks(), up.ticks(), tuple(curves), _summary(plot))


def _axis(values: list[float], length: float) -> Axis:
    low = floor(log10(min(values, default=0.1)))
    high = ceil(log10(max(values, default=1.0)))
    return Axis(low, max(high, low + 1), length)


def _plotted(curve: Curve, number: int, points: tuple[tuple[float, float], ...]) -> PlottedCurve:
    return PlottedCurve(curve.label, f"{curve.slope:.2f}", MARKERS[number % len(MARKERS)], points)


def _summary(plot: RemainderPlot) -> str:
    """What a reader who does not see the picture is told."""
    return "; ".join(f"{curve.label}: slope {curve.slope:.2f}" for curve in plot.curves)
