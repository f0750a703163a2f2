"""Bars of what a method remembers of each parameter."""

import numpy as np

from adaptive_lr.checks import require
from adaptive_lr.methods import METHODS
from adaptive_lr.plots.style import method_style, use_style


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
    >>> from adaptive_lr.plots import figure
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
    bars = ax.barh(range(len(names)), cache, height=0.6, color=method_style(method)["color"])
    ax.bar_label(bars, fmt="{:.3g}", padding=4)
    ax.set_yticks(range(len(names)), names)
    ax.invert_yaxis()
    # Room for the value beside the longest bar.
    ax.margins(x=0.15)
    ax.tick_params(axis="y", length=0)
    ax.grid(False, axis="y")
    ax.set_xlabel("cache")
    return bars
