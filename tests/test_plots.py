"""Every figure holds the data it was given, in the colours of its methods, and nothing else."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_hex, to_rgb, to_rgba

from adaptive_lr import METHODS, plots
from adaptive_lr.problems import himmelblau, quadratic, ravine

RATES = [0.01, 0.1, 1.0, 10.0]


@pytest.fixture
def ax():
    _, axes = plots.figure()
    yield axes
    # Drawing finds what only fails once places and ticks are computed.
    axes.figure.canvas.draw()
    plt.close(axes.figure)


def texts(ax):
    return [text.get_text() for text in ax.texts]


def band_of(area, x):
    """Return lower and upper edge of a band at x."""
    vertices = area.get_paths()[0].vertices
    heights = [vertices[vertices[:, 0] == place, 1] for place in x]
    return [height.min() for height in heights], [height.max() for height in heights]


# The style.


def test_style_holds_inside_and_leaves_no_trace():
    before = dict(mpl.rcParams)
    with plots.use_style():
        assert plt.rcParams["figure.dpi"] == 144
        assert plt.rcParams["font.size"] >= 11
    fig, axes = plots.figure(1, 2, width=10, height=3, width_ratios=(2, 1))
    assert dict(mpl.rcParams) == before
    assert fig.dpi == 144
    assert fig.get_facecolor() == to_rgba("white")
    assert axes.shape == (2,)
    np.testing.assert_allclose(fig.get_size_inches(), [10, 3])
    plt.close(fig)


def test_style_lets_a_figure_turn_the_display_on():
    # As the backend of a notebook does when the first figure loads it.
    with plt.ioff():
        with plots.use_style():
            mpl.interactive(True)
        assert mpl.is_interactive()


def test_ramp_rises_in_lightness():
    lightness = plots.ramp(9)[:, :3] @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(lightness) > 0).all()
    assert lightness[-1] < 0.75


@pytest.mark.parametrize("name", METHODS)
def test_a_method_keeps_its_colour_and_marker(name):
    alone = plots.line_styles([name])
    among_others = plots.line_styles(["other", *reversed(METHODS)])[-1 - list(METHODS).index(name)]
    assert alone == [among_others]
    assert alone[0]["color"] == METHODS[name].color


def test_no_two_curves_of_a_panel_look_the_same():
    for labels in (
        list(METHODS),
        ["Adam", "Adam, no bias correction", "Adam without", "AdamW"],
        [f"schedule {i}" for i in range(10)],
        list(range(12)),
    ):
        looks = {
            (to_hex(style["color"]), style["linestyle"], style["marker"])
            for style in plots.line_styles(labels)
        }
        assert len(looks) == len(labels)


def test_markers_differ_between_methods():
    assert len({style["marker"] for style in plots.line_styles(METHODS)}) == len(METHODS)


def test_what_is_no_method_has_no_colour_of_a_method():
    others = {to_hex(style["color"]) for style in plots.line_styles("abcdefgh")}
    assert not others & {method.color.lower() for method in METHODS.values()}


# Landscapes and paths.


def test_contours_show_the_domain_its_levels_and_its_minima(ax):
    problem = himmelblau()
    drawn = plots.contours(ax, problem, levels=9)
    assert ax.get_xlim() == problem.domain[0]
    assert ax.get_ylim() == problem.domain[1]
    assert ax.get_aspect() == 1
    np.testing.assert_array_equal(np.transpose(drawn.minima.get_data()), problem.minima)
    heights = drawn.filled.levels
    assert len(heights) == 10
    np.testing.assert_allclose(heights[0], 0, atol=1e-20)
    np.testing.assert_allclose(np.diff(np.log(heights[1:]), n=2), 0, atol=1e-6)
    np.testing.assert_array_equal(drawn.lines.levels, heights[1:-1])
    corners = np.array([[5.0, 5], [-5, -5], [5, -5], [-5, 5]])
    np.testing.assert_allclose(heights[-1], problem.loss(corners).max())
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$x_1$", "$x_2$")


def test_a_contour_runs_through_points_of_its_level(ax):
    problem = ravine(rotation=30)
    lines = plots.contours(ax, problem).lines
    for level, path in zip(lines.levels, lines.get_paths(), strict=True):
        np.testing.assert_allclose(problem.loss(path.vertices), level, rtol=0.02)


def test_trajectory_holds_the_path(ax):
    xs = np.random.default_rng(0).normal(size=(30, 2))
    plots.contours(ax, ravine())
    drawn = plots.trajectory(ax, xs, "Adam", color="#D55E00", marker="v")
    np.testing.assert_array_equal(np.transpose(drawn.line.get_data()), xs)
    np.testing.assert_array_equal(np.ravel(drawn.start.get_data()), xs[0])
    np.testing.assert_array_equal(np.ravel(drawn.end.get_data()), xs[-1])
    assert drawn.line.get_label() == "Adam"
    assert drawn.line.get_color() == "#D55E00"
    assert drawn.line.get_marker() == "."
    assert drawn.end.get_marker() == "v"


def test_long_trajectory_has_no_dots(ax):
    assert plots.trajectory(ax, np.zeros((101, 2))).line.get_marker() == "."
    assert plots.trajectory(ax, np.zeros((102, 2))).line.get_marker() == ""


def test_trajectory_draws_only_the_steps_that_touch_the_domain(ax):
    plots.contours(ax, ravine())
    xs = [[0, 0], [1, 1], [9, 9], [99, 99], [9, 9], [2, 2], [-99, 0], [1e200, 0], [np.nan, 0]]
    drawn = plots.trajectory(ax, xs)
    shown = ~np.isnan(drawn.line.get_xdata())
    assert shown.tolist() == [True, True, True, False, True, True, True, False, False]
    np.testing.assert_array_equal(np.ravel(drawn.end.get_data()), [-99, 0])
    assert ax.get_xlim() == ravine().domain[0]


def test_trajectory_that_is_nowhere_draws_nothing(ax):
    drawn = plots.trajectory(ax, np.full((3, 2), np.nan))
    assert np.isnan(drawn.line.get_xdata()).all()
    assert len(drawn.start.get_xdata()) == len(drawn.end.get_xdata()) == 0


def test_trajectories_take_their_colours_and_a_legend(ax):
    xs = np.zeros((3, 2))
    drawn = plots.trajectories(ax, {name: xs for name in METHODS})
    for path, method in zip(drawn, METHODS.values(), strict=True):
        assert path.line.get_color() == path.end.get_markerfacecolor() == method.color
    assert [text.get_text() for text in ax.get_legend().get_texts()] == list(METHODS)


def test_trajectories_without_legend(ax):
    plots.trajectories(ax, {0.1: np.zeros((3, 2))}, legend=False)
    assert ax.get_legend() is None


# Curves.


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


# Caches, sensitivity, heat maps.


def test_cache_bars_are_as_long_as_the_cache(ax):
    bars = plots.cache_bars(ax, [0.25, 40.0], ["$x_1$", "$x_2$"], method="RMSprop")
    assert [bar.get_width() for bar in bars] == [0.25, 40]
    assert {to_hex(bar.get_facecolor()) for bar in bars} == {METHODS["RMSprop"].color.lower()}
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["$x_1$", "$x_2$"]
    assert texts(ax) == ["0.25", "40"]
    assert ax.yaxis_inverted()


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


# The family of methods.


def test_family_tree_puts_each_method_below_those_it_builds_on(ax):
    boxes = plots.family_tree(ax, METHODS)
    assert list(boxes) == list(METHODS)
    for name, method in METHODS.items():
        assert boxes[name].get_text().startswith(f"{name} ({method.year})")
        assert to_hex(boxes[name].get_bbox_patch().get_edgecolor()) == method.color.lower()
        assert all(boxes[name].xy[1] < boxes[parent].xy[1] for parent in method.builds_on)
    arrows = [text for text in ax.texts if text.arrow_patch is not None]
    assert len(arrows) == sum(len(method.builds_on) for method in METHODS.values())
    ax.figure.canvas.draw()
    frames = [box.get_bbox_patch().get_window_extent() for box in boxes.values()]
    for i, frame in enumerate(frames):
        assert not any(frame.overlaps(other) for other in frames[:i])


# Labels beside lines.


def test_labels_stand_right_of_the_axes_and_apart(ax):
    lines = [ax.plot([0, 1], [0, end], label=str(end))[0] for end in (1, 1.01, 1.02, 0, 0.5)]
    labels = plots.label_lines(ax, lines)
    # The limits change after the labels are made.
    ax.set_ylim(-5, 5)
    ax.figure.canvas.draw()
    boxes = [label.get_window_extent() for label in labels]
    assert all(box.x0 > ax.bbox.x1 for box in boxes)
    assert all(box.x1 < ax.figure.bbox.x1 for box in boxes)
    centers = np.sort([(box.y0 + box.y1) / 2 for box in boxes])
    assert np.diff(centers).min() > 13 * ax.figure.dpi / 72
    order = np.argsort([(box.y0 + box.y1) / 2 for box in boxes])
    assert [labels[i].get_text() for i in order] == ["0", "0.5", "1", "1.01", "1.02"]


def test_label_stands_as_high_as_its_line_ends(ax):
    (line,) = ax.plot([0, 1, 2], [0, 3, np.nan], label="a")
    (label,) = plots.label_lines(ax, [line])
    assert label.xy == (1, 3)
    ax.figure.canvas.draw()
    box = label.get_window_extent()
    assert (box.y0 + box.y1) / 2 == pytest.approx(ax.transData.transform((1, 3))[1], abs=3)


@pytest.mark.parametrize("color", [*(method.color for method in METHODS.values()), "yellow"])
def test_labels_can_be_read_on_white(ax, color):
    (label,) = plots.label_lines(ax, ax.plot([1, 2], color=color, label="a"))
    rgb = np.array(to_rgb(label.get_color()))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    assert 1.05 / (linear @ [0.2126, 0.7152, 0.0722] + 0.05) >= 4.5


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=12), st.floats(0.1, 50))
def test_spread_keeps_gap_order_and_range(heights, gap):
    low, high = -100.0, 700.0
    granted = plots.spread(heights, gap, low, high)
    order = np.argsort(heights, kind="stable")
    assert (np.diff(granted[order]) >= gap * (1 - 1e-6)).all()
    assert granted.min() >= low - 1e-9
    assert granted.max() <= high + 1e-6


def test_spread_moves_no_more_than_it_must():
    assert plots.spread([1, 9, 5], 2, 0, 10).tolist() == [1, 9, 5]
    assert plots.spread([4, 4, 4], 2, 0, 10).tolist() == [2, 4, 6]
    assert plots.spread([0, 0], 2, 0, 10).tolist() == [0, 2]
    assert plots.spread([99, 50], 2, 0, 10).tolist() == [10, 8]


# Bad input.


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (
            lambda ax: plots.contours(ax, quadratic([1, 2, 3])),
            "Argument `problem` must have two dimensions. Received: 3.",
        ),
        (
            lambda ax: plots.contours(ax, ravine(rotation=[[0], [45]])),
            "Argument `problem` must be one, not several at once. Received: (2,).",
        ),
        (
            lambda ax: plots.trajectory(ax, np.zeros((5, 3))),
            "Argument `xs` must have shape (steps + 1, 2). Received: (5, 3).",
        ),
        (
            lambda ax: plots.trajectories(ax, [np.zeros((5, 2))]),
            "Argument `paths` must be a dict that is not empty. Received: 'list'.",
        ),
        (
            lambda ax: plots.loss_curves(ax, {}),
            "Argument `losses` must be a dict that is not empty. Received: 'dict'.",
        ),
        (
            lambda ax: plots.loss_curves(ax, {"Adam": np.zeros((3, 2, 2))}),
            "Argument `losses['Adam']` must have shape (3,) or (3, runs). Received: (3, 2, 2).",
        ),
        (
            lambda ax: plots.loss_curves(ax, {"Adam": 3.0}),
            "Argument `losses['Adam']` must have shape",
        ),
        (
            lambda ax: plots.loss_curves(ax, {"Adam": [1, 2, 3]}, steps=[0, 1]),
            "Argument `losses['Adam']` must have shape (2,) or (2, runs). Received: (3,).",
        ),
        (
            lambda ax: plots.loss_curves(ax, {"Adam": [1, 2]}, band="deviation"),
            "Argument `band` must be 'quartiles' or 'range'. Received: 'deviation'.",
        ),
        (
            lambda ax: plots.effective_learning_rates(ax, {"Adam": [[[1]]]}),
            "Argument `rates['Adam']` must have shape (1,) or (1, runs). Received: (1, 1, 1).",
        ),
        (
            lambda ax: plots.schedule_curves(ax, {"a": lambda k: 1}, steps=0),
            "Argument `steps` must be a whole number above 0. Received: 0.",
        ),
        (
            lambda ax: plots.schedule_curves(ax, {"a": lambda k: [1, 2]}, steps=3),
            "Argument `schedules['a']` must return one number a step. Received: (2,).",
        ),
        (
            lambda ax: plots.cache_bars(ax, [1, 2], ["a"]),
            "Argument `cache` must have shape (1,). Received: (2,).",
        ),
        (
            lambda ax: plots.cache_bars(ax, [1, np.nan], ["a", "b"]),
            "Argument `cache` must be finite and at least 0. Received: [1.0, nan].",
        ),
        (
            lambda ax: plots.cache_bars(ax, [1], ["a"], method="Sgd"),
            "Argument `method` must be one of GradientDescent, ",
        ),
        (
            lambda ax: plots.sensitivity(ax, [1, 0.1], {"Adam": [1, 2]}, 1.0),
            "Argument `learning_rates` must hold at least two values that rise from above 0.",
        ),
        (
            lambda ax: plots.sensitivity(ax, RATES, {"Adam": [1, 2]}, 1.0),
            "Argument `final_losses['Adam']` must have shape (4,) or (4, runs). Received: (2,).",
        ),
        (
            lambda ax: plots.sensitivity(ax, RATES, {"Adam": [1, 2, 3, 4]}, np.inf),
            "Argument `start_loss` must be a finite number above 0. Received: inf.",
        ),
        (
            lambda ax: plots.heat_map(
                ax, [1, 2], [1, 2, 3], np.ones((3, 2)), 2.0, row_label="", column_label=""
            ),
            "Argument `values` must have shape (2, 3). Received: (3, 2).",
        ),
        (
            lambda ax: plots.heat_map(
                ax, [0, 2], [1, 2], np.ones((2, 2)), 2.0, row_label="", column_label=""
            ),
            "Argument `rows` must hold at least two values that rise from above 0.",
        ),
        (
            lambda ax: plots.heat_map(
                ax, [1, 2], [1, 2], np.full((2, 2), np.nan), 2.0, row_label="", column_label=""
            ),
            "Argument `values` must hold one of at most start_loss, 2.0.",
        ),
    ],
)
def test_bad_input(draw, message):
    fig, ax = plots.figure()
    with pytest.raises(ValueError) as error:
        draw(ax)
    assert message in str(error.value)
    plt.close(fig)


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
