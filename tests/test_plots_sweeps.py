"""Curves and maps of final losses hold them all, and show which is best and which diverged."""

import numpy as np
import pytest
from artists import band_of, texts

from adaptive_lr import METHODS, plots

RATES = [0.01, 0.1, 1.0, 10.0]


def test_sensitivity_shows_losses_best_and_diverged(ax):
    losses = {"Adam": [1.5, 0.3, 0.2, 5.0], "Momentum": [0.9, 0.1, np.inf, np.nan]}
    adam, momentum = plots.sensitivity(ax, RATES, losses, start_loss=2.0)
    np.testing.assert_array_equal(adam.curve.line.get_xdata(), RATES)
    np.testing.assert_array_equal(adam.curve.line.get_ydata(), [1.5, 0.3, 0.2, np.nan])
    np.testing.assert_array_equal(momentum.curve.line.get_ydata(), [0.9, 0.1, np.nan, np.nan])
    assert np.ravel(adam.best.get_data()).tolist() == [1.0, 0.2]
    assert np.ravel(momentum.best.get_data()).tolist() == [0.1, 0.1]
    assert adam.diverged.get_xdata().tolist() == [10.0]
    assert momentum.diverged.get_xdata().tolist() == [1.0, 10.0]
    for drawn, name in ((adam, "Adam"), (momentum, "Momentum")):
        for line in (drawn.curve.line, drawn.best, drawn.diverged):
            assert line.get_color() == METHODS[name].color
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert texts(ax) == ["worse than the start", "Adam", "Momentum"]


def test_crosses_stand_above_the_start_loss_in_a_row_for_each_curve(ax):
    losses = {"Adam": [1.5, 0.3, 0.2, 5.0], "Momentum": [0.9, 0.1, np.inf, np.nan]}
    drawn = plots.sensitivity(ax, RATES, losses, start_loss=2.0)
    ax.figure.draw_without_rendering()
    start = ax.transData.transform((1, 2.0))[1]
    rows = []
    for one in drawn:
        pixels = one.diverged.get_transform().transform(np.transpose(one.diverged.get_data()))
        assert (pixels[:, 1] > start).all()
        assert (pixels[:, 1] < ax.bbox.y1).all()
        rows.append(pixels[0, 1])
    assert rows[0] != rows[1]
    assert max([*ax.get_yticks(), *ax.get_yticks(minor=True)]) <= 2


def test_sensitivity_where_nothing_diverged_has_no_strip(ax):
    (drawn,) = plots.sensitivity(ax, RATES, {"Adam": [1, 0.5, 0.1, 0.3]}, start_loss=2.0)
    assert len(drawn.diverged.get_xdata()) == 0
    assert texts(ax) == ["Adam"]
    assert ax.get_ylim()[1] == pytest.approx(2)


def test_sensitivity_where_all_diverged_has_no_best(ax):
    (drawn,) = plots.sensitivity(ax, RATES, {"Adam": [np.inf] * 4}, start_loss=2.0)
    assert len(drawn.best.get_xdata()) == 0
    assert drawn.diverged.get_xdata().tolist() == RATES
    assert texts(ax) == ["worse than the start", "Adam"]


def test_sensitivity_of_several_runs(ax):
    losses = np.array([[1.0, 1.2, 1.4], [0.5, 0.6, 0.9], [0.2, 0.3, 9.0], [0.2, 9.0, np.nan]])
    (drawn,) = plots.sensitivity(ax, RATES, {"Adam": losses}, start_loss=2.0, band="range")
    np.testing.assert_array_equal(drawn.curve.line.get_ydata(), [1.2, 0.6, 0.3, np.nan])
    low, high = band_of(drawn.curve.band, RATES)
    assert low == [1.0, 0.5, 0.2, 0.2]
    assert high == [1.4, 0.9, 2.0, 2.0]
    assert drawn.diverged.get_xdata().tolist() == [10.0]


def test_sensitivity_has_a_floor(ax):
    losses = {"Adam": [1.0, 1e-30, 1e-9, 0.0]}
    (drawn,) = plots.sensitivity(ax, RATES, losses, start_loss=2.0, floor=1e-6)
    np.testing.assert_array_equal(drawn.curve.line.get_ydata(), [1.0, 1e-6, 1e-6, 1e-6])


def test_heat_map_shows_values_best_and_diverged(ax):
    values = np.array([[0.9, 0.4, np.inf], [0.8, 0.3, 1.5]])
    labels = {"row_label": "$1 - \\beta_2$", "column_label": "learning rate"}
    drawn = plots.heat_map(ax, [0.1, 0.4], [0.01, 0.1, 1.0], values, start_loss=1.0, **labels)
    shown = drawn.mesh.get_array()
    np.testing.assert_array_equal(np.ma.getmaskarray(shown), values > 1)
    np.testing.assert_array_equal(shown.filled(0), np.where(values > 1, 0, values))
    assert drawn.mesh.get_clim() == (0.3, 0.9)
    assert np.ravel(drawn.best.get_data()).tolist() == [0.1, 0.4]
    edges = drawn.mesh.get_coordinates()
    np.testing.assert_allclose(edges[0, :, 0], 10 ** np.array([-2.5, -1.5, -0.5, 0.5]))
    np.testing.assert_allclose(edges[:, 0, 1], [0.05, 0.2, 0.8])
    assert ax.get_xlabel() == "learning rate\n(★ best: 0.3, hatched: worse than the start)"
    assert ax.get_ylabel() == "$1 - \\beta_2$"
    assert ax.patch.get_hatch()
    assert drawn.colorbar.ax.get_ylabel() == "final loss"


@pytest.mark.parametrize(
    ("values", "lowest"), [([[0.0, 0.2], [1.0, 1.0]], 0.2), (np.zeros((2, 2)), 3)]
)
def test_heat_map_of_a_loss_of_zero(ax, values, lowest):
    labels = {"row_label": "a", "column_label": "b"}
    drawn = plots.heat_map(ax, [1, 2], [1, 2], values, start_loss=3.0, **labels)
    assert drawn.mesh.get_array().min() == lowest
    assert not np.ma.is_masked(drawn.mesh.get_array())
    assert ax.get_xlabel() == "b\n(★ best: 0)"


def test_heat_map_has_a_floor(ax):
    values = [[1e-30, 1e-9], [0.5, 1.0]]
    labels = {"row_label": "a", "column_label": "b"}
    drawn = plots.heat_map(ax, [1, 2], [1, 2], values, start_loss=3.0, floor=1e-6, **labels)
    assert drawn.mesh.get_array().tolist() == [[1e-6, 1e-6], [0.5, 1.0]]
