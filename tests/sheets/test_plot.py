from __future__ import annotations

from math import inf, nan

from engine.derivation import Curve, RemainderPlot
from engine.sheets.plot import HEIGHT, MARKERS, WIDTH, plot_view


def test_points_stand_where_their_logarithms_are() -> None:
    view = plot_view(RemainderPlot("p", (Curve("c", ((1e-4, 1e-8), (1e-2, 1e-4), (1e-3, 1e-6)), 2.0),)))
    assert view.curves[0].points == ((0, 0), (WIDTH / 2, HEIGHT / 2), (WIDTH, HEIGHT))
    assert view.curves[0].slope == "2.00"
    assert [tick.exponent for tick in view.horizontal] == [-4, -3, -2]


def test_curves_have_different_signs() -> None:
    curves = tuple(Curve(str(n), ((0.1, 0.1),), 1.0) for n in range(len(MARKERS)))
    assert [curve.marker for curve in plot_view(RemainderPlot("p", curves)).curves] == list(MARKERS)


def test_what_has_no_logarithm_is_left_out() -> None:
    points = ((0.1, 0.0), (0.1, nan), (0.1, inf), (-0.1, 0.1), (0.01, 0.01))
    view = plot_view(RemainderPlot("p", (Curve("c", points, 2.0),)))
    assert len(view.curves[0].points) == 1


def test_no_points_are_no_error() -> None:
    assert plot_view(RemainderPlot("p", (Curve("c", (), 2.0),))).curves[0].points == ()


def test_wide_axes_label_few_decades() -> None:
    view = plot_view(RemainderPlot("p", (Curve("c", ((1e-30, 1e-60), (0.1, 0.1)), 2.0),)))
    assert sum(tick.labelled for tick in view.vertical) <= 8
