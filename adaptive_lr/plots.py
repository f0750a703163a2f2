r"""The figures of the book: each a function of an axes and data, in one style.

Every function draws on the axes it is given and returns the artists it made. Curves come as a dict
from labels to arrays, and the label decides the look: a method has its colour and marker from
:data:`~adaptive_lr.methods.METHODS` in the whole book, numbers run along a colour ramp in their
order, and anything else takes the next colour of the style. Values that are not finite are not
drawn.
"""

import re
import textwrap
from collections.abc import Mapping
from contextlib import contextmanager
from numbers import Real
from pathlib import Path
from typing import NamedTuple

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.collections import PolyCollection, QuadMesh
from matplotlib.colorbar import Colorbar
from matplotlib.colors import LinearSegmentedColormap, LogNorm, to_rgb
from matplotlib.contour import QuadContourSet
from matplotlib.lines import Line2D
from matplotlib.ticker import LogFormatterMathtext
from matplotlib.transforms import Affine2D

from adaptive_lr.checks import require
from adaptive_lr.methods import METHODS

STYLE = Path(__file__).with_name("book.mplstyle")
MARKERS = "osD^vPX<>*"
LINE_STYLES = ("-", "--", "-.", ":")
LAND = LinearSegmentedColormap.from_list("land", ["#b9cbdb", "#f7f9fb"])
MARKERS_PER_LINE = 8
LONGEST_DOTTED_PATH = 100
# Beyond this, matplotlib's own arithmetic on the limits of an axis overflows.
LARGEST_DRAWN = 1e100


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


class Curve(NamedTuple):
    """Artists of a curve; the band is None where there is only one run."""

    line: Line2D
    band: PolyCollection | None


class Sensitivity(NamedTuple):
    """Artists of one curve of final losses."""

    curve: Curve
    best: Line2D
    diverged: Line2D


class HeatMap(NamedTuple):
    """Artists of a heat map."""

    mesh: QuadMesh
    best: Line2D
    colorbar: Colorbar


@contextmanager
def use_style():
    """Apply the style of the book inside a ``with`` block or, as a decorator, inside a function.

    Examples
    --------
    >>> with use_style():
    ...     plt.rcParams["figure.dpi"]
    144.0
    """
    with plt.style.context(STYLE):
        try:
            yield
        finally:
            interactive = matplotlib.is_interactive()
    # The first figure loads a notebook's backend, which turns the display of figures on. Leaving
    # the context must not turn it off again.
    matplotlib.interactive(interactive)


@use_style()
def figure(rows=1, columns=1, *, height=4.0, width=6.5, **options):
    """Make a figure in the style of the book.

    Parameters
    ----------
    rows, columns : int, default 1
        Number of panels. More than two side by side cannot be read on a phone.
    height, width : float, default 4.0 and 6.5
        Size in inches; the default width fills the column of text.
    **options
        Passed on to ``matplotlib.pyplot.subplots``.

    Returns
    -------
    figure : matplotlib.figure.Figure
        The figure.
    axes : matplotlib.axes.Axes or ndarray of Axes
        The panel, or the array of panels.

    Examples
    --------
    >>> fig, ax = figure()
    >>> fig.get_size_inches().tolist()
    [6.5, 4.0]
    """
    return plt.subplots(rows, columns, figsize=(width, height), **options)


def ramp(n):
    """Return n colours in an order that the eye can follow, from dark to light.

    Parameters
    ----------
    n : int
        Number of colours.

    Returns
    -------
    ndarray, shape (n, 4)
        The colours, as red, green, blue and opacity in [0, 1].

    Examples
    --------
    >>> ramp(3).shape
    (3, 4)
    """
    # The last fifth of the map is too pale for a line on white.
    return plt.get_cmap("viridis")(np.linspace(0, 0.8, n))


def line_styles(labels):
    """Return the look of each curve of a figure.

    A label that begins with the name of a method has the method's colour and marker; the second
    label of the same method is dashed, the third dash-dotted, the fourth dotted. Labels that are
    all numbers take a :func:`ramp`, in the order given. Others take the colours of the style.

    Parameters
    ----------
    labels : iterable of str or float
        The labels of all curves in one panel.

    Returns
    -------
    list of dict
        For each label its ``color``, ``linestyle`` and ``marker``.

    Examples
    --------
    >>> plain, dashed = line_styles(["RMSprop", "RMSprop, centered"])
    >>> plain["color"] == dashed["color"], plain["linestyle"], dashed["linestyle"]
    (True, '-', '--')
    """
    labels = list(labels)
    if all(isinstance(label, Real) for label in labels):
        colors = ramp(len(labels))
        return [{"color": color, "linestyle": "-", "marker": ""} for color in colors]
    with use_style():
        cycle = plt.rcParams["axes.prop_cycle"].by_key()["color"]
    styles, groups = [], []
    for label in labels:
        name = re.match(r"\w*", str(label))[0]
        known = name in METHODS
        groups.append(name if known else "other")
        place = groups.count(groups[-1]) - 1
        if known:
            color = METHODS[name].color
            marker = MARKERS[list(METHODS).index(name) % len(MARKERS)]
            turn = place
        else:
            # The second round through the colours begins with another line style.
            color, marker, turn = cycle[place % len(cycle)], "", place + place // len(cycle)
        line_style = LINE_STYLES[turn % len(LINE_STYLES)]
        styles.append({"color": color, "linestyle": line_style, "marker": marker})
    return styles


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
    >>> fig, ax = figure()
    >>> path = trajectory(ax, [[0.0, 1.0], [0.5, 0.5], [np.inf, np.inf]])
    >>> [float(x[0]) for x in path.end.get_data()]
    [0.5, 0.5]
    """
    xs = np.asarray(xs, dtype=float)
    require(xs.ndim == 2 and xs.shape[1] == 2, "xs", "have shape (steps + 1, 2)", xs.shape)
    xs = np.where(np.all(_drawable(xs), axis=1, keepdims=True), xs, np.nan)
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
    >>> fig, ax = figure()
    >>> (path,) = trajectories(ax, {"Adagrad": [[0.0, 1.0], [0.5, 0.5]]})
    >>> path.line.get_color()
    '#009E73'
    """
    _require_labelled("paths", paths)
    drawn = [
        trajectory(ax, xs, _text(label), **style)
        for (label, xs), style in zip(paths.items(), line_styles(paths), strict=True)
    ]
    if legend:
        ends = [path.end for path in drawn]
        ax.legend(ends, map(_text, paths), loc="center left", bbox_to_anchor=(1, 0.5))
    return drawn


@use_style()
def loss_curves(ax, losses, *, steps=None, band="quartiles", log=True, title=None):
    """Draw losses against steps, each labelled at its end.

    Where there are several runs, the line is their median; a run that has diverged counts as
    infinitely bad. A loss that climbs above ten times the highest start leaves at the top.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    losses : dict
        From labels to arrays of shape (steps + 1,) or, for several runs, (steps + 1, runs); see
        :func:`line_styles` for the looks.
    steps : array_like, shape (steps + 1,), optional
        Where on the horizontal axis the losses stand. By default 0, 1, 2, ...
    band : {"quartiles", "range"}, default "quartiles"
        Whether the band around the median holds the middle half of the runs or all of them.
    log : bool, default True
        Whether the loss axis is logarithmic.
    title : str, optional
        Heading of the labels, for example "learning rate".

    Returns
    -------
    list of Curve
        The artists of each curve: line and band.

    Raises
    ------
    ValueError
        If a shape does not fit, or the band is unknown.

    Examples
    --------
    >>> fig, ax = figure()
    >>> (curve,) = loss_curves(ax, {"Adam": [3.0, 2.0, np.nan]})
    >>> curve.line.get_ydata().tolist()
    [3.0, 2.0, nan]
    """
    losses = _checked("losses", losses, steps)
    ceiling = 10 * max(np.max(values[0]) for values in losses.values())
    curves = _draw(ax, losses, steps, band=band, ceiling=ceiling)
    ax.set(xlabel="step", ylabel="loss")
    if log:
        _make_logarithmic(ax.yaxis)
        _show_a_factor_of_four(ax)
    _keep_below(ax, curves, ceiling)
    label_lines(ax, [curve.line for curve in curves], title=title)
    return curves


@use_style()
def effective_learning_rates(ax, rates, *, band="quartiles", title=None):
    """Draw effective learning rates against steps, each labelled at its end.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    rates : dict
        From labels to arrays of shape (steps,) or, for a group of parameters, (steps, n): then the
        line is the median of the group. See :func:`line_styles` for the looks.
    band : {"quartiles", "range"}, default "quartiles"
        Whether the band around the median holds the middle half of the group or all of it.
    title : str, optional
        Heading of the labels.

    Returns
    -------
    list of Curve
        The artists of each curve: line and band.

    Raises
    ------
    ValueError
        If a shape does not fit, or the band is unknown.

    Examples
    --------
    >>> fig, ax = figure()
    >>> rare, frequent = effective_learning_rates(
    ...     ax, {"rare word": [0.1, 0.1, 0.07], "frequent word": [0.1, 0.07, 0.06]}
    ... )
    >>> rare.line.get_xdata().tolist()
    [1, 2, 3]
    """
    rates = _checked("rates", rates)
    curves = _draw(ax, rates, first=1, band=band)
    ax.set(xlabel="step $t$", ylabel="effective learning rate")
    _make_logarithmic(ax.yaxis)
    _show_a_factor_of_four(ax)
    label_lines(ax, [curve.line for curve in curves], title=title)
    return curves


@use_style()
def schedule_curves(ax, schedules, steps, *, title=None):
    """Draw the learning rates that schedules set, each labelled at its end.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    schedules : dict
        From labels to schedules: functions of the number k of steps already done.
    steps : int
        Number of steps; k runs from 0 to steps - 1.
    title : str, optional
        Heading of the labels.

    Returns
    -------
    list of matplotlib.lines.Line2D
        One line for each schedule.

    Raises
    ------
    ValueError
        If the number of steps is not a whole number above 0, or a schedule returns an array.

    Examples
    --------
    >>> fig, ax = figure()
    >>> (line,) = schedule_curves(ax, {"time decay": lambda k: 1 / (1 + k)}, steps=4)
    >>> line.get_ydata().round(2).tolist()
    [1.0, 0.5, 0.33, 0.25]
    """
    _require_labelled("schedules", schedules)
    whole = isinstance(steps, int | np.integer) and steps > 0
    require(whole, "steps", "be a whole number above 0", steps)
    rates = {
        label: np.array([schedule(k) for k in range(steps)], dtype=float)
        for label, schedule in schedules.items()
    }
    for label, values in rates.items():
        argument = f"schedules[{label!r}]"
        require(values.ndim == 1, argument, "return one number a step", values.shape[1:])
    lines = [curve.line for curve in _draw(ax, rates)]
    ax.set(xlabel="steps done $k$", ylabel="learning rate", ylim=(0, None))
    label_lines(ax, lines, title=title)
    return lines


@use_style()
def cache_bars(ax, cache, names, method="Adagrad"):
    """Draw the cache of each parameter as a bar with its value.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    cache : array_like, shape (d,)
        The sum or the average of squared gradients of each parameter.
    names : sequence of str, length d
        Names of the parameters.
    method : str, default "Adagrad"
        The method whose cache it is, which decides the colour.

    Returns
    -------
    matplotlib.container.BarContainer
        The bars, the first at the top.

    Raises
    ------
    ValueError
        If the lengths differ, a value is not finite and at least 0, or the method is unknown.

    Examples
    --------
    >>> fig, ax = figure()
    >>> bars = cache_bars(ax, [0.3, 41.0], ["$x_1$", "$x_2$"])
    >>> [float(bar.get_width()) for bar in bars]
    [0.3, 41.0]
    """
    cache = np.asarray(cache, dtype=float)
    require(cache.shape == (len(names),), "cache", f"have shape ({len(names)},)", cache.shape)
    sound = bool(np.all(np.isfinite(cache) & (cache >= 0)))
    require(sound, "cache", "be finite and at least 0", cache.tolist())
    require(method in METHODS, "method", f"be one of {', '.join(METHODS)}", method)
    bars = ax.barh(range(len(names)), cache, height=0.6, color=METHODS[method].color)
    ax.bar_label(bars, fmt="{:.3g}", padding=4)
    ax.set_yticks(range(len(names)), names)
    ax.invert_yaxis()
    # Room for the value beside the longest bar.
    ax.margins(x=0.15)
    ax.tick_params(axis="y", length=0)
    ax.grid(False, axis="y")
    ax.set_xlabel("cache")
    return bars


@use_style()
def sensitivity(ax, learning_rates, final_losses, start_loss, *, floor=0.0, band="quartiles"):
    """Draw final losses against learning rates, both on logarithmic axes.

    The best learning rate of each curve has a large marker. A run that ends above the loss at the
    start, or at no finite loss, has diverged: it is a cross in the grey strip at the top. Where
    there are several runs, the line is their median, and the learning rate counts as diverged if
    their median has.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    learning_rates : array_like, shape (n,)
        The learning rates, rising.
    final_losses : dict
        From labels to final losses of shape (n,) or, for several runs, (n, runs); see
        :func:`line_styles` for the looks.
    start_loss : float
        The loss before the first step.
    floor : float, default 0.0
        Losses below it are drawn at it, where the problem counts as solved.
    band : {"quartiles", "range"}, default "quartiles"
        Whether the band around the median holds the middle half of the runs or all of them.

    Returns
    -------
    list of Sensitivity
        The artists of each curve: curve, best and diverged.

    Raises
    ------
    ValueError
        If a shape does not fit, the learning rates do not rise from above 0, the start loss is
        not a finite number above 0, or the band is unknown.

    Examples
    --------
    >>> fig, ax = figure()
    >>> (drawn,) = sensitivity(ax, [0.1, 1.0, 10.0], {"Adam": [0.5, 0.2, 1e9]}, start_loss=2.0)
    >>> drawn.best.get_xdata().tolist(), drawn.diverged.get_xdata().tolist()
    ([1.0], [10.0])
    """
    rates = _rising("learning_rates", learning_rates)
    sound = np.ndim(start_loss) == 0 and np.isfinite(start_loss) and start_loss > 0
    require(sound, "start_loss", "be a finite number above 0", start_loss)
    losses = {
        label: np.where(values <= start_loss, np.maximum(values, floor), np.inf)
        for label, values in _checked("final_losses", final_losses, rates).items()
    }
    curves = _draw(ax, losses, rates, band=band, ceiling=start_loss)
    ax.axhline(start_loss, color="0.8", linewidth=0.8, zorder=0)
    ax.set(xlabel="learning rate", ylabel="final loss")
    _make_logarithmic(ax.xaxis, ax.yaxis)
    row = _strip(ax, start_loss, sum(np.isnan(curve.line.get_ydata()).any() for curve in curves))
    drawn, labelled, height = [], [], 1.0
    for curve in curves:
        heights, color = curve.line.get_ydata(), curve.line.get_color()
        gone = np.isnan(heights)
        height -= row if gone.any() else 0
        best = [] if gone.all() else [np.nanargmin(heights)]
        knob = {"markersize": 10, "markeredgecolor": "white", "color": color}
        (at_best,) = ax.plot(rates[best], heights[best], curve.line.get_marker() or "o", **knob)
        edge = {"transform": ax.get_xaxis_transform(), "label": curve.line.get_label()}
        (cross,) = ax.plot(rates[gone], [height] * gone.sum(), "x", color=color, **edge)
        drawn.append(Sensitivity(curve, at_best, cross))
        labelled.append(cross if gone[-1] else curve.line)
    label_lines(ax, labelled)
    return drawn


@use_style()
def heat_map(ax, rows, columns, values, start_loss, *, row_label, column_label, floor=0.0):
    """Draw final losses over two hyper-parameters, both on logarithmic axes.

    A star marks the best cell. Where a run ended above the loss at the start, or at no finite
    loss, the cell is grey and hatched. For a decay rate near 1, pass its distance from 1.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    rows : array_like, shape (m,)
        Values of the hyper-parameter on the vertical axis, rising.
    columns : array_like, shape (n,)
        Values of the hyper-parameter on the horizontal axis, rising.
    values : array_like, shape (m, n)
        The final losses.
    start_loss : float
        The loss before the first step.
    row_label, column_label : str
        Names of the hyper-parameters.
    floor : float, default 0.0
        Losses below it are drawn as it, where the problem counts as solved.

    Returns
    -------
    HeatMap
        The artists: mesh, best and colorbar.

    Raises
    ------
    ValueError
        If a shape does not fit, rows or columns do not rise from above 0, or every run diverged.

    Examples
    --------
    >>> fig, ax = figure()
    >>> drawn = heat_map(
    ...     ax, [0.1, 0.5], [1e-2, 1e-1, 1.0], [[0.9, 0.4, np.inf], [0.8, 0.3, 7.0]],
    ...     start_loss=1.0, row_label="$1 - \\\\beta_2$", column_label="learning rate",
    ... )
    >>> [float(place[0]) for place in drawn.best.get_data()]
    [0.1, 0.5]
    """
    rows, columns = _rising("rows", rows), _rising("columns", columns)
    values = np.asarray(values, dtype=float)
    shape = (len(rows), len(columns))
    require(values.shape == shape, "values", f"have shape {shape}", values.shape)
    diverged = ~(np.isfinite(values) & (values <= start_loss))
    values = np.ma.masked_where(diverged, np.maximum(values, floor))
    require(values.count() > 0, "values", f"hold one of at most start_loss, {start_loss}", "none")

    # A loss of exactly 0 has no place on the scale; it gets the colour of the smallest above 0.
    smallest = values[values > 0].min() if (values > 0).any() else start_loss
    norm = LogNorm(smallest, max(values.max(), smallest))
    edges = _edges(columns), _edges(rows)
    mesh = ax.pcolormesh(*edges, np.maximum(values, smallest), norm=norm, cmap="viridis_r")
    ax.patch.set(facecolor="0.9", hatch="////", edgecolor="0.6")
    row, column = np.unravel_index(values.argmin(), shape)
    star = {"markersize": 15, "color": "white", "markeredgecolor": "black"}
    (best,) = ax.plot(columns[column], rows[row], "*", **star)
    colorbar = ax.figure.colorbar(mesh, ax=ax, label="final loss")
    key = f"\N{BLACK STAR} best: {values.min():.3g}"
    if np.ma.is_masked(values):
        key += ", hatched: worse than the start"
    ax.set(xlabel=f"{column_label}\n({key})", ylabel=row_label)
    _make_logarithmic(ax.xaxis, ax.yaxis)
    ax.grid(False)
    return HeatMap(mesh, best, colorbar)


@use_style()
def label_lines(ax, lines, title=None):
    """Write the labels of lines beside the axes, each in its colour and as high as its line ends.

    Labels that would touch are moved apart. The places are found anew whenever the figure is
    drawn, so limits may still change.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        The axes of the lines.
    lines : sequence of matplotlib.lines.Line2D
        The lines. One without a point to draw gets no label.
    title : str, optional
        Heading above the labels.

    Returns
    -------
    list of matplotlib.text.Annotation
        The labels.

    Examples
    --------
    >>> fig, ax = figure()
    >>> (label,) = label_lines(ax, ax.plot([1.0, 2.0], [3.0, 4.0], label="rare word"))
    >>> label.get_text(), label.xy
    ('rare word', (2.0, 4.0))
    """
    ends = {line: end for line in lines if (end := _last_point(line)) is not None}

    def beside(i):
        def place(renderer):
            point = renderer.points_to_pixels(1)
            heights = [line.get_transform().transform(end)[1] for line, end in ends.items()]
            heights = spread(heights, gap=14 * point, low=ax.bbox.y0, high=ax.bbox.y1)
            return Affine2D().translate(ax.bbox.x1 + 5 * point, heights[i])

        return place

    if title is not None:
        heading = {"xytext": (5, 8), "textcoords": "offset points", "annotation_clip": False}
        ax.annotate(title, (1, 1), xycoords="axes fraction", va="bottom", color="0.35", **heading)
    look = {"xytext": (0, 0), "va": "center", "annotation_clip": False}
    return [
        ax.annotate(line.get_label(), end, textcoords=beside(i), color=_readable(line), **look)
        for i, (line, end) in enumerate(ends.items())
    ]


def spread(heights, gap, low, high):
    """Move heights apart until neighbours differ by the gap, and as little as possible.

    Parameters
    ----------
    heights : array_like, shape (n,)
        The heights wanted.
    gap : float
        The smallest distance between two of them.
    low, high : float
        The range to keep them in; the gap goes before it.

    Returns
    -------
    ndarray, shape (n,)
        The heights granted, in the same order.

    Examples
    --------
    >>> spread([5.0, 5.0, 9.0], gap=2.0, low=0.0, high=10.0).tolist()
    [4.0, 6.0, 9.0]
    """
    heights = np.asarray(heights, dtype=float)
    order = np.argsort(heights, kind="stable")
    steps = gap * np.arange(len(heights))
    # Without the gaps the task is to find the nearest rising sequence: neighbours that
    # fall are pooled into their mean until none are left.
    pools = []
    for height in heights[order] - steps:
        pools.append([height])
        while len(pools) > 1 and np.mean(pools[-2]) > np.mean(pools[-1]):
            pools[-2:] = [pools[-2] + pools[-1]]
    rising = np.concatenate([np.full(len(pool), np.mean(pool)) for pool in pools])
    granted = np.empty_like(heights)
    granted[order] = np.maximum(np.minimum(rising, high - steps[-1]), low) + steps
    return granted


def _checked(argument, curves, positions=None):
    _require_labelled(argument, curves)
    arrays = {label: np.asarray(values, dtype=float) for label, values in curves.items()}
    for label, values in arrays.items():
        n = len(values) if positions is None and values.ndim else np.size(positions)
        fit = values.ndim in (1, 2) and len(values) == n and values.size > 0
        rule = f"have shape ({n},) or ({n}, runs)"
        require(fit, f"{argument}[{label!r}]", rule, values.shape)
    return arrays


def _draw(ax, curves, positions=None, *, first=0, band="quartiles", ceiling=np.inf):
    shares = {"quartiles": (0.25, 0.75), "range": (0.0, 1.0)}
    require(band in shares, "band", "be 'quartiles' or 'range'", band)
    drawn = []
    for (label, values), style in zip(curves.items(), line_styles(curves), strict=True):
        n, several = len(values), values.ndim == 2
        x = np.arange(first, first + n) if positions is None else np.asarray(positions)
        middle = _quantile(values, 0.5) if several else values
        every = max(1, n // MARKERS_PER_LINE)
        # Each line begins its markers elsewhere, so that lines that coincide can be told apart.
        markers = (len(drawn) * every // len(curves), every)
        middle = np.where(_drawable(middle), middle, np.nan)
        (line,) = ax.plot(x, middle, label=_text(label), markevery=markers, **style)
        line.set_markeredgecolor("white")
        area = None
        if several:
            low, high = (_quantile(values, share) for share in shares[band])
            seen = {"where": _drawable(low), "color": style["color"], "alpha": 0.18, "linewidth": 0}
            area = ax.fill_between(x, low, np.minimum(high, ceiling), **seen)
        drawn.append(Curve(line, area))
    return drawn


def _show_a_factor_of_four(ax):
    """Widen a narrow logarithmic axis, which would blow up small differences and have no ticks."""
    low, high = ax.get_ylim()
    if high < 4 * low:
        middle = np.sqrt(low * high)
        ax.set_ylim(middle / 2, 2 * middle)


def _keep_below(ax, curves, ceiling):
    """Leave out of the limits what is above the ceiling, which autoscaling would shrink all for."""
    heights = np.concatenate([curve.line.get_ydata() for curve in curves])
    if not (ceiling > 0 and np.any(heights > ceiling)):
        return
    log = ax.get_yscale() == "log"
    seen = heights[(heights <= ceiling) & ((heights > 0) | (not log))]
    bottom = seen.min(initial=ceiling)
    ax.set_ylim(bottom / 2 if log else bottom - 0.05 * (ceiling - bottom), ceiling)


def _quantile(values, share):
    """Return a quantile over the last axis, in which what is not finite counts as infinite."""
    ranked = np.sort(np.where(np.isfinite(values), values, np.inf), axis=-1)
    below, fraction = divmod(share * (ranked.shape[-1] - 1), 1)
    low = ranked[..., int(below)]
    if fraction == 0:
        return low
    return (1 - fraction) * low + fraction * ranked[..., int(below) + 1]


def _drawable(values):
    return np.abs(values) < LARGEST_DRAWN


class _LogLabels(LogFormatterMathtext):
    """Powers of ten; plain numbers 1, 2 and 5 times a power of ten where the axis is short."""

    def __call__(self, x, pos=None):
        low, high = sorted(self.axis.get_view_interval())
        if high > 100 * low:
            return super().__call__(x, pos)
        digit = round(x / 10 ** np.floor(np.log10(x) + 1e-9))
        return f"{x:g}" if digit in (1, 2, 5) else ""


def _make_logarithmic(*axes):
    for axis in axes:
        axis.axes.set(**{f"{axis.axis_name}scale": "log"})
        axis.set_major_formatter(_LogLabels())
        axis.set_minor_formatter(_LogLabels())


def _strip(ax, start_loss, rows):
    """Make room above the start loss for rows of crosses; return the share of the axes of each."""
    row = 0.05
    share = row * (rows + 1) if rows else 0
    bottom = min(np.log(ax.get_ylim()[0]), np.log(start_loss) - 1)
    top = bottom + (np.log(start_loss) - bottom) / (1 - share)
    ax.set_ylim(np.exp(bottom), np.exp(top))
    # A tick inside the strip would give the crosses a loss they do not have.
    for minor in (False, True):
        ticks = ax.get_yticks(minor=minor)
        ax.set_yticks(ticks[(ticks >= np.exp(bottom)) & (ticks <= start_loss)], minor=minor)
    if rows:
        ax.axhspan(start_loss, np.exp(top), color="0.94", zorder=0)
        ax.text(
            0.01,
            1 - share / 2,
            "worse than the start",
            transform=ax.transAxes,
            va="center",
            color="0.35",
        )
    return row


def _seen(ax, xs):
    """Return which points of a path lie in the axes or are one step away from there."""
    (low1, high1), (low2, high2) = ax.get_xlim(), ax.get_ylim()
    inside = ((xs >= [low1, low2]) & (xs <= [high1, high2])).all(axis=1)
    neighbours = np.pad(inside, 1)
    return inside | neighbours[:-2] | neighbours[2:]


def _require_labelled(argument, curves):
    labelled = isinstance(curves, Mapping) and len(curves) > 0
    require(labelled, argument, "be a dict that is not empty", type(curves).__name__)


def _rising(argument, values):
    array = np.asarray(values, dtype=float)
    sound = array.ndim == 1 and len(array) > 1 and bool(np.all(np.diff(array) > 0) and array[0] > 0)
    require(sound, argument, "hold at least two values that rise from above 0", values)
    return array


def _edges(centers):
    """Return the borders between cells that have their centres here on a logarithmic axis."""
    logs = np.log(centers)
    between = (logs[1:] + logs[:-1]) / 2
    first, last = 2 * logs[0] - between[0], 2 * logs[-1] - between[-1]
    return np.exp(np.concatenate([[first], between, [last]]))


def _last_point(line):
    points = [(float(x), float(y)) for x, y in zip(*line.get_data(), strict=True) if np.isfinite(y)]
    return points[-1] if points else None


def _readable(line):
    """Return the colour of a line, darkened until text in it stands out 4.5 to 1 from white."""
    rgb = np.array(to_rgb(line.get_color()))
    while 1.05 / (_luminance(rgb) + 0.05) < 4.5:
        rgb = 0.95 * rgb
    return tuple(rgb)


def _luminance(rgb):
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def _text(label):
    return f"{label:g}" if isinstance(label, Real) else str(label)


@use_style()
def family_tree(ax, methods):
    """Draw which method builds on which: a box for each, below those that it builds on.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    methods : dict
        Rows of the registry by name, each after those that it builds on.

    Returns
    -------
    dict
        Name of the method to its box, a :class:`matplotlib.text.Annotation`.

    Examples
    --------
    >>> fig, ax = figure()
    >>> boxes = family_tree(ax, METHODS)
    >>> boxes["RMSprop"].xy[1] < boxes["Adagrad"].xy[1]
    True
    """
    depth, across = {}, {}
    for name, method in methods.items():
        depth[name] = 1 + max((depth[parent] for parent in method.builds_on), default=-1)
    for level in range(1 + max(depth.values())):
        names = [name for name in methods if depth[name] == level]
        wanted = [np.mean([across[p] for p in methods[n].builds_on] or [0.5]) for n in names]
        across |= zip(names, spread(np.array(wanted), 0.7, 0.0, 1.0), strict=True)

    boxes = {}
    for name, method in methods.items():
        text = f"{name} ({method.year})\n{textwrap.fill(method.idea, 26)}"
        frame = {"boxstyle": "round,pad=0.5", "facecolor": "white", "edgecolor": method.color}
        boxes[name] = ax.annotate(
            text,
            (across[name], -depth[name]),
            ha="center",
            va="center",
            bbox=frame | {"linewidth": 2},
        )
        for parent in method.builds_on:
            ax.annotate(
                "",
                boxes[name].xy,
                boxes[parent].xy,
                arrowprops={
                    "arrowstyle": "-|>",
                    "color": "0.5",
                    "patchA": boxes[parent].get_bbox_patch(),
                    "patchB": boxes[name].get_bbox_patch(),
                },
                zorder=0,
            )
    ax.set(xlim=(-0.1, 1.1), ylim=(-max(depth.values()) - 0.5, 0.5))
    ax.axis("off")
    return boxes
