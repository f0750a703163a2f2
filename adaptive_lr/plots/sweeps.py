"""Final losses over one hyper-parameter, as curves, or over two, as a map."""

from typing import NamedTuple

import numpy as np
from matplotlib.collections import QuadMesh
from matplotlib.colorbar import Colorbar
from matplotlib.colors import LogNorm
from matplotlib.lines import Line2D

from adaptive_lr.checks import require
from adaptive_lr.plots.arguments import checked, rising
from adaptive_lr.plots.axes import make_logarithmic
from adaptive_lr.plots.curves import Curve, draw_curves
from adaptive_lr.plots.labels import label_lines
from adaptive_lr.plots.style import use_style


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
    >>> from adaptive_lr.plots import figure
    >>> fig, ax = figure()
    >>> (drawn,) = sensitivity(ax, [0.1, 1.0, 10.0], {"Adam": [0.5, 0.2, 1e9]}, start_loss=2.0)
    >>> drawn.best.get_xdata().tolist(), drawn.diverged.get_xdata().tolist()
    ([1.0], [10.0])
    """
    rates = rising("learning_rates", learning_rates)
    sound = np.ndim(start_loss) == 0 and np.isfinite(start_loss) and start_loss > 0
    require(sound, "start_loss", "be a finite number above 0", start_loss)
    losses = {
        label: np.where(values <= start_loss, np.maximum(values, floor), np.inf)
        for label, values in checked("final_losses", final_losses, rates).items()
    }
    curves = draw_curves(ax, losses, rates, band=band, ceiling=start_loss)
    ax.axhline(start_loss, color="0.8", linewidth=0.8, zorder=0)
    ax.set(xlabel="learning rate", ylabel="final loss")
    make_logarithmic(ax.xaxis, ax.yaxis)
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
    >>> from adaptive_lr.plots import figure
    >>> fig, ax = figure()
    >>> drawn = heat_map(
    ...     ax, [0.1, 0.5], [1e-2, 1e-1, 1.0], [[0.9, 0.4, np.inf], [0.8, 0.3, 7.0]],
    ...     start_loss=1.0, row_label="$1 - \\\\beta_2$", column_label="learning rate",
    ... )
    >>> [float(place[0]) for place in drawn.best.get_data()]
    [0.1, 0.5]
    """
    rows, columns = rising("rows", rows), rising("columns", columns)
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
    make_logarithmic(ax.xaxis, ax.yaxis)
    ax.grid(False)
    return HeatMap(mesh, best, colorbar)


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


def _edges(centers):
    """Return the borders between cells that have their centres here on a logarithmic axis."""
    logs = np.log(centers)
    between = (logs[1:] + logs[:-1]) / 2
    first, last = 2 * logs[0] - between[0], 2 * logs[-1] - between[-1]
    return np.exp(np.concatenate([[first], between, [last]]))
