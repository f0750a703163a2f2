"""A landscape shows its problem, and a path the steps that were taken, and nothing else."""

import numpy as np

from adaptive_lr import METHODS, plots
from adaptive_lr.problems import himmelblau, ravine


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
