"""Labels beside the ends of lines, moved apart where they would touch."""

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.transforms import Affine2D

from adaptive_lr.plots.style import use_style


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
    >>> from adaptive_lr.plots import figure
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
            heights = spread(heights, gap=16 * point, low=ax.bbox.y0, high=ax.bbox.y1)
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
