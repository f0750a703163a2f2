"""Curves over the steps: losses, effective learning rates, schedules."""

from typing import NamedTuple

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.lines import Line2D

from adaptive_lr.checks import require
from adaptive_lr.plots.arguments import checked, drawable, require_labelled
from adaptive_lr.plots.axes import keep_below, make_logarithmic, show_a_factor_of_four
from adaptive_lr.plots.labels import label_lines
from adaptive_lr.plots.style import line_styles, text_of, use_style

MARKERS_PER_LINE = 8


class Curve(NamedTuple):
    """Artists of a curve; the band is None where there is only one run."""

    line: Line2D
    band: PolyCollection | None


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
    >>> from adaptive_lr.plots import figure
    >>> fig, ax = figure()
    >>> (curve,) = loss_curves(ax, {"Adam": [3.0, 2.0, np.nan]})
    >>> curve.line.get_ydata().tolist()
    [3.0, 2.0, nan]
    """
    losses = checked("losses", losses, steps)
    ceiling = 10 * max(np.max(values[0]) for values in losses.values())
    curves = draw_curves(ax, losses, steps, band=band, ceiling=ceiling)
    ax.set(xlabel="step", ylabel="loss")
    if log:
        make_logarithmic(ax.yaxis)
        show_a_factor_of_four(ax)
    keep_below(ax, curves, ceiling)
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
    >>> from adaptive_lr.plots import figure
    >>> fig, ax = figure()
    >>> rare, frequent = effective_learning_rates(
    ...     ax, {"rare word": [0.1, 0.1, 0.07], "frequent word": [0.1, 0.07, 0.06]}
    ... )
    >>> rare.line.get_xdata().tolist()
    [1, 2, 3]
    """
    rates = checked("rates", rates)
    curves = draw_curves(ax, rates, first=1, band=band)
    ax.set(xlabel="step $t$", ylabel="effective learning rate")
    make_logarithmic(ax.yaxis)
    show_a_factor_of_four(ax)
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
    >>> from adaptive_lr.plots import figure
    >>> fig, ax = figure()
    >>> (line,) = schedule_curves(ax, {"time decay": lambda k: 1 / (1 + k)}, steps=4)
    >>> line.get_ydata().round(2).tolist()
    [1.0, 0.5, 0.33, 0.25]
    """
    require_labelled("schedules", schedules)
    whole = isinstance(steps, int | np.integer) and steps > 0
    require(whole, "steps", "be a whole number above 0", steps)
    rates = {
        label: np.array([schedule(k) for k in range(steps)], dtype=float)
        for label, schedule in schedules.items()
    }
    for label, values in rates.items():
        argument = f"schedules[{label!r}]"
        require(values.ndim == 1, argument, "return one number a step", values.shape[1:])
    lines = [curve.line for curve in draw_curves(ax, rates)]
    ax.set(xlabel="steps done $k$", ylabel="learning rate", ylim=(0, None))
    label_lines(ax, lines, title=title)
    return lines


def draw_curves(ax, curves, positions=None, *, first=0, band="quartiles", ceiling=np.inf):
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
        middle = np.where(drawable(middle), middle, np.nan)
        (line,) = ax.plot(x, middle, label=text_of(label), markevery=markers, **style)
        line.set_markeredgecolor("white")
        area = None
        if several:
            low, high = (_quantile(values, share) for share in shares[band])
            seen = {"where": drawable(low), "color": style["color"], "alpha": 0.18, "linewidth": 0}
            area = ax.fill_between(x, low, np.minimum(high, ceiling), **seen)
        drawn.append(Curve(line, area))
    return drawn


def _quantile(values, share):
    """Return a quantile over the last axis, in which what is not finite counts as infinite."""
    ranked = np.sort(np.where(np.isfinite(values), values, np.inf), axis=-1)
    below, fraction = divmod(share * (ranked.shape[-1] - 1), 1)
    low = ranked[..., int(below)]
    if fraction == 0:
        return low
    return (1 - fraction) * low + fraction * ranked[..., int(below) + 1]
