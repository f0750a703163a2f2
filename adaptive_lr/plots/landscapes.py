"""Landscapes of problems, and the paths of runs over them."""

from typing import NamedTuple

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.contour import QuadContourSet
from matplotlib.lines import Line2D
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from adaptive_lr.checks import require
from adaptive_lr.plots.arguments import drawable, require_labelled
from adaptive_lr.plots.style import line_styles, text_of, use_style

LAND = LinearSegmentedColormap.from_list("land", ["#b9cbdb", "#f7f9fb"])
LONGEST_DOTTED_PATH = 100
# How far a contour may move, as a share of the domain: a twentieth of a point in a wide figure.
UNSEEN = 2e-4


class Contours(NamedTuple):
    """Artists of a landscape."""

    filled: QuadContourSet
    lines: QuadContourSet
    minima: Line2D


class Trajectory(NamedTuple):
    """Artists of a path."""

    line: Line2D
    start: Line2D
    end: Line2D


@use_style()
def contours(ax, problem, levels=14):
    r"""Draw the landscape of a problem: dark where the loss is low, with a star at each minimum.

    The levels are spaced evenly in the logarithm of the height above the minimum, from the lowest
    half per cent of the domain to its top.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw; its limits become the domain of the problem.
    problem : Problem
        A problem in two dimensions.
    levels : int, default 14
        Number of levels.

    Returns
    -------
    Contours
        The artists: filled areas, lines and minima.

    Raises
    ------
    ValueError
        If the problem does not have two dimensions, or is several problems at once.

    Examples
    --------
    >>> from adaptive_lr.problems import ravine
    >>> from adaptive_lr.plots import figure
    >>> fig, ax = figure()
    >>> [float(x[0]) for x in contours(ax, ravine()).minima.get_data()]
    [0.0, 0.0]
    """
    require(len(problem.domain) == 2, "problem", "have two dimensions", len(problem.domain))
    losses_at_start = np.shape(problem.loss(problem.start))
    require(losses_at_start == (), "problem", "be one, not several at once", losses_at_start)
    x1, x2 = np.meshgrid(*(np.linspace(low, high, 241) for low, high in problem.domain))
    loss = problem.loss(np.stack([x1, x2], axis=-1))

    floor = problem.loss(problem.minima).min()
    low, high = np.quantile(loss - floor, [0.005, 1])
    heights = floor + np.concatenate([[0], np.geomspace(low, high, levels)])
    # Rounding must not leave the highest corner out.
    heights[-1] = np.nextafter(loss.max(), np.inf)
    filled = ax.contourf(x1, x2, loss, heights, colors=LAND(np.linspace(0, 1, levels)))
    lines = ax.contour(x1, x2, loss, heights[1:-1], colors="0.7", linewidths=0.6)
    for artist in (filled, lines):
        artist.set_paths([_simplified(path, problem.domain) for path in artist.get_paths()])
    (minima,) = ax.plot(*problem.minima.T, "*", color="0.15", markersize=9, markeredgecolor="white")
    ax.set(xlim=problem.domain[0], ylim=problem.domain[1], xlabel="$x_1$", ylabel="$x_2$")
    ax.locator_params(nbins=5, steps=[1, 2, 5, 10])
    ax.set_aspect("equal")
    ax.grid(False)
    return Contours(filled, lines, minima)


@use_style()
def trajectory(ax, xs, label=None, *, color="0.15", linestyle="-", marker="o"):
    """Draw the path of one run: a ring at the start, a dot at each step, a marker at the end.

    Draw :func:`contours` first: they fix the part of the plane that is shown. Of a path that
    leaves it, the steps that start or end inside are drawn. The dots are left out where a path has
    more than 100 steps.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    xs : array_like, shape (steps + 1, 2)
        The parameters before the first step and after each step.
    label : str, optional
        Label of the path.
    color, linestyle, marker : optional
        The look, for example an entry of :func:`line_styles`; the marker is that of the end.

    Returns
    -------
    Trajectory
        The artists: line, start and end.

    Raises
    ------
    ValueError
        If the path has another shape.

    Examples
    --------
    >>> from adaptive_lr.plots import figure
    >>> fig, ax = figure()
    >>> path = trajectory(ax, [[0.0, 1.0], [0.5, 0.5], [np.inf, np.inf]])
    >>> [float(x[0]) for x in path.end.get_data()]
    [0.5, 0.5]
    """
    xs = np.asarray(xs, dtype=float)
    require(xs.ndim == 2 and xs.shape[1] == 2, "xs", "have shape (steps + 1, 2)", xs.shape)
    xs = np.where(np.all(drawable(xs), axis=1, keepdims=True), xs, np.nan)
    drawn = xs[~np.isnan(xs[:, 0])]
    if not ax.get_autoscale_on():
        xs = np.where(_seen(ax, xs)[:, np.newaxis], xs, np.nan)
    dots = "." if len(xs) <= LONGEST_DOTTED_PATH + 1 else ""
    look = {"color": color, "linestyle": linestyle, "linewidth": 1.6, "marker": dots}
    (line,) = ax.plot(*xs.T, label=label, **look)
    ring = {"markerfacecolor": "white", "markeredgecolor": "0.15", "markersize": 8}
    knob = {"markerfacecolor": color, "markeredgecolor": "white", "markersize": 9}
    (start,) = ax.plot(*drawn[:1].T, "o", zorder=line.get_zorder() + 0.1, **ring)
    (end,) = ax.plot(*drawn[-1:].T, marker or "o", zorder=line.get_zorder() + 0.2, **knob)
    return Trajectory(line, start, end)


@use_style()
def trajectories(ax, paths, *, legend=True):
    """Draw the paths of several runs, with a legend beside them.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw, as in :func:`trajectory`.
    paths : dict
        From labels to paths of shape (steps + 1, 2); see :func:`line_styles` for the looks.
    legend : bool, default True
        Whether to draw the legend; False where a panel beside it has the same labels.

    Returns
    -------
    list of Trajectory
        The artists of each path.

    Raises
    ------
    ValueError
        If a path has another shape.

    Examples
    --------
    >>> from adaptive_lr.plots import figure
    >>> fig, ax = figure()
    >>> (path,) = trajectories(ax, {"Adagrad": [[0.0, 1.0], [0.5, 0.5]]})
    >>> path.line.get_color()
    '#009E73'
    """
    require_labelled("paths", paths)
    drawn = [
        trajectory(ax, xs, text_of(label), **style)
        for (label, xs), style in zip(paths.items(), line_styles(paths), strict=True)
    ]
    if legend:
        ends = [path.end for path in drawn]
        ax.legend(ends, map(text_of, paths), loc="center left", bbox_to_anchor=(1, 0.5))
    return drawn


def _simplified(path, domain):
    """Return a contour without the points that nobody sees, which a vector graphic would hold."""
    to_shares = Affine2D().scale(*(1 / np.ptp(domain, axis=1)))
    path = path.transformed(to_shares)
    path.simplify_threshold = UNSEEN
    path = path.cleaned(simplify=True)
    drawn = path.codes != Path.STOP
    return Path(path.vertices[drawn], path.codes[drawn]).transformed(to_shares.inverted())


def _seen(ax, xs):
    """Return which points of a path lie in the axes or are one step away from there."""
    (low1, high1), (low2, high2) = ax.get_xlim(), ax.get_ylim()
    inside = ((xs >= [low1, low2]) & (xs <= [high1, high2])).all(axis=1)
    neighbours = np.pad(inside, 1)
    return inside | neighbours[:-2] | neighbours[2:]
