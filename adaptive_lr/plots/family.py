"""The family of methods: a box for each, and arrows to all that build on it."""

import textwrap

import numpy as np

from adaptive_lr.plots.labels import spread
from adaptive_lr.plots.style import use_style


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
    >>> from adaptive_lr import METHODS
    >>> from adaptive_lr.plots import figure
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
