"""Every curve and bar holds the numbers it was given, in the colour of its method."""

import numpy as np
import pytest
from artists import band_of, texts
from matplotlib.colors import to_hex

from adaptive_lr import METHODS, plots


def test_loss_curves_hold_the_losses(ax):
    losses = {"Adagrad": np.array([4.0, 2.0, 1.0]), "RMSprop": np.array([4.0, np.nan, np.inf])}
    adagrad, rmsprop = plots.loss_curves(ax, losses)
    assert adagrad.line.get_xdata().tolist() == [0, 1, 2]
    np.testing.assert_array_equal(adagrad.line.get_ydata(), losses["Adagrad"])
    np.testing.assert_array_equal(rmsprop.line.get_ydata(), [4, np.nan, np.nan])
    assert adagrad.line.get_color() == METHODS["Adagrad"].color
    assert adagrad.band is rmsprop.band is None
    assert texts(ax) == ["Adagrad", "RMSprop"]
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_yscale()) == ("step", "loss", "log")


def test_loss_curves_at_given_steps_on_a_linear_axis(ax):
    (curve,) = plots.loss_curves(ax, {"Adam": [3, 2]}, steps=[0, 50], log=False)
    assert curve.line.get_xdata().tolist() == [0, 50]
    assert ax.get_yscale() == "linear"


@pytest.mark.parametrize(("band", "shares"), [("quartiles", (25, 75)), ("range", (0, 100))])
@pytest.mark.parametrize("runs", [1, 2, 5, 8])
def test_band_around_the_median(ax, band, shares, runs):
    losses = np.random.default_rng(0).uniform(1, 2, size=(6, runs))
    (curve,) = plots.loss_curves(ax, {"Adam": losses}, band=band)
    np.testing.assert_allclose(curve.line.get_ydata(), np.median(losses, axis=1))
    low, high = band_of(curve.band, range(6))
    np.testing.assert_allclose([low, high], np.percentile(losses, shares, axis=1))
    assert to_hex(curve.band.get_facecolor()[0]) == METHODS["Adam"].color.lower()


def test_diverged_runs_count_as_infinitely_bad(ax):
    losses = [[1.0, 1, 1, 1, 1], [2, 3, 4, np.inf, np.nan], [2, 3, np.nan, np.inf, np.inf]]
    (curve,) = plots.loss_curves(ax, {"Adam": losses})
    np.testing.assert_array_equal(curve.line.get_ydata(), [1, 4, np.nan])
    low, high = band_of(curve.band, range(3))
    assert low == [1, 3, 3]
    # Where a quarter of the runs is lost, the band reaches to the top of what is shown.
    assert high == [1, 10, 10]


@pytest.mark.parametrize("log", [True, False])
def test_a_diverging_loss_leaves_at_the_top(ax, log):
    losses = {"Adam": [2.0, 1.0, 0.5], "Momentum": [3.0, 1e9, 1e90]}
    drawn = plots.loss_curves(ax, losses, log=log)
    np.testing.assert_array_equal(drawn[1].line.get_ydata(), losses["Momentum"])
    bottom, top = ax.get_ylim()
    assert top == 30
    assert bottom < 0.5


def test_a_loss_too_large_to_draw_is_left_out(ax):
    (curve,) = plots.loss_curves(ax, {"Adam": [2.0, 1e200, 1e308]})
    np.testing.assert_array_equal(curve.line.get_ydata(), [2, np.nan, np.nan])


def test_a_curve_without_a_point_has_no_label(ax):
    plots.loss_curves(ax, {"Adam": [np.nan, np.nan], "Momentum": [2.0, 1.0]})
    assert texts(ax) == ["Momentum"]


def test_numbers_are_labelled_in_order_along_the_ramp(ax):
    drawn = plots.loss_curves(ax, {0.1: [1, 2], 0.5: [1, 3]}, title="learning rate")
    assert texts(ax) == ["learning rate", "0.1", "0.5"]
    np.testing.assert_array_equal([curve.line.get_color() for curve in drawn], plots.ramp(2))


def test_effective_learning_rates_begin_at_step_one(ax):
    rates = np.geomspace(1, 0.1, 12).reshape(4, 3)
    single, group = plots.effective_learning_rates(ax, {"one": rates[:, 0], "many": rates})
    assert single.line.get_xdata().tolist() == [1, 2, 3, 4]
    np.testing.assert_array_equal(single.line.get_ydata(), rates[:, 0])
    np.testing.assert_allclose(group.line.get_ydata(), np.median(rates, axis=1))
    low, high = band_of(group.band, range(1, 5))
    np.testing.assert_allclose([low, high], np.percentile(rates, [25, 75], axis=1))
    assert ax.get_ylabel() == "effective learning rate"
    assert ax.get_yscale() == "log"


@pytest.mark.parametrize(
    ("limits", "labels"),
    [
        ((0.4, 0.8), ["0.5"]),
        ((0.011, 0.9), ["0.02", "0.05", "0.1", "0.2", "0.5"]),
        ((0.011, 1.2), ["10^{-1}", "10^{0}"]),
        ((1e-3, 2), ["10^{-3}", "10^{-2}", "10^{-1}", "10^{0}"]),
    ],
)
def test_logarithmic_axis_is_labelled_sparingly(ax, limits, labels):
    plots.effective_learning_rates(ax, {"Adam": limits})
    ax.set_ylim(limits)
    ax.figure.canvas.draw()
    ticks = [*ax.yaxis.get_major_ticks(), *ax.yaxis.get_minor_ticks()]
    low, high = limits
    written = {t.get_loc(): t.label1.get_text() for t in ticks if low <= t.get_loc() <= high}
    written = [written[place] for place in sorted(written) if written[place]]
    assert len(written) == len(labels)
    for text, label in zip(written, labels, strict=True):
        assert label in text


def test_schedule_curves_are_called_with_the_steps_done(ax):
    asked = []

    def schedule(k):
        asked.append(k)
        return 1 / (1 + k)

    (line,) = plots.schedule_curves(ax, {"time decay": schedule}, steps=4)
    assert asked == [0, 1, 2, 3]
    assert line.get_xdata().tolist() == [0, 1, 2, 3]
    np.testing.assert_array_equal(line.get_ydata(), [1, 1 / 2, 1 / 3, 1 / 4])
    assert ax.get_ylim()[0] == 0
    assert texts(ax) == ["time decay"]


def test_small_differences_are_not_blown_up_and_the_axis_keeps_a_tick(ax):
    plots.effective_learning_rates(ax, {"Adagrad": [0.0799, 0.0797], "Adam": [0.0798, 0.0796]})
    low, high = ax.get_ylim()
    assert high / low == pytest.approx(4)
    assert low < 0.0796 < 0.0799 < high
    ax.figure.canvas.draw()
    labels = [*ax.get_yticklabels(), *ax.get_yticklabels(minor=True)]
    assert any(low <= label.get_position()[1] <= high for label in labels if label.get_text())


def test_wide_ranges_keep_their_limits(ax):
    plots.effective_learning_rates(ax, {"Adagrad": [1.0, 0.01]})
    low, high = ax.get_ylim()
    assert 0.005 < low < 0.01 < 1.0 < high < 2.0


def test_cache_bars_are_as_long_as_the_cache(ax):
    bars = plots.cache_bars(ax, [0.25, 40.0], ["$x_1$", "$x_2$"], method="RMSprop")
    assert [bar.get_width() for bar in bars] == [0.25, 40]
    assert {to_hex(bar.get_facecolor()) for bar in bars} == {METHODS["RMSprop"].color.lower()}
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["$x_1$", "$x_2$"]
    assert texts(ax) == ["0.25", "40"]
    assert ax.yaxis_inverted()
