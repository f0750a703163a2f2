"""The family of methods: a row for each, down the years, and lines to all that build on it."""

import textwrap
from typing import NamedTuple

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from adaptive_lr.checks import require
from adaptive_lr.plots.arguments import require_labelled
from adaptive_lr.plots.style import method_style, use_style

# All lengths are in points. The axes are a little wider in a figure that fills the column of text.
WIDTH = 450
FONT = 12
ROW = 31
LINE = 16
BETWEEN = 8
MARKER = 8
LANE = 20
PADDING = 5
GAP = 8
# Two lines that reach the same marker from the left arrive this far apart.
APART = 5


class Row(NamedTuple):
    """What stands in one row of the tree, and where: from the left edge, and up from the top."""

    lane: int
    marker: float
    box: float
    beside: float
    height: float
    idea: str


@use_style()
def family_height(methods):
    """Return how high a figure must be so that :func:`family_tree` has room in it.

    Parameters
    ----------
    methods : dict
        Rows of the registry by name, each after those that it builds on.

    Returns
    -------
    float
        The height in inches.

    Raises
    ------
    ValueError
        If there is no method, or one builds on a method that does not stand before it.

    Examples
    --------
    >>> from adaptive_lr import METHODS
    >>> family_height(METHODS) > family_height({"Adagrad": METHODS["GradientDescent"]})
    True
    """
    _, depth = _layout(methods)
    # The margins that the style leaves around the axes, and a little more for rounding.
    return depth / 72 + 0.2


@use_style()
def family_tree(ax, methods):
    """Draw which method builds on which: a row for each, in the order of their years.

    A row has the marker of the method, a box with its name and year, and its idea. From the marker
    a line in the colour of the method runs down, and an arrow leaves it for each method that builds
    on this one.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw: the only axes of a figure as high as :func:`family_height` says.
    methods : dict
        Rows of the registry by name, each after those that it builds on.

    Returns
    -------
    dict
        Name of the method to its box, a :class:`matplotlib.text.Annotation`.

    Raises
    ------
    ValueError
        If there is no method, one builds on a method that does not stand before it, or the axes
        are too small for all rows.

    Examples
    --------
    >>> from adaptive_lr import METHODS
    >>> from adaptive_lr.plots import figure
    >>> fig, ax = figure(height=family_height(METHODS))
    >>> boxes = family_tree(ax, METHODS)
    >>> boxes["RMSprop"].xy[1] < boxes["Adagrad"].xy[1]
    True
    """
    rows, depth = _layout(methods)
    ax.set(xlim=(0, WIDTH), ylim=(-depth, 0))
    ax.axis("off")
    _require_room(ax, depth)
    styles = {name: method_style(name, methods) for name in methods}
    boxes = {}
    for name, row in rows.items():
        color, writing = styles[name]["color"], {"va": "center", "fontsize": FONT}
        knob = {"markersize": MARKER, "zorder": 3}
        ax.plot(row.marker, row.height, **styles[name], **knob)
        leader = {"linestyle": ":", "linewidth": 1, "zorder": 1}
        ax.plot([row.marker, row.box], [row.height, row.height], color=color, **leader)
        frame = {"facecolor": "white", "edgecolor": color, "linewidth": 1.6}
        frame["boxstyle"] = f"round,pad={PADDING / FONT}"
        place = (row.box + PADDING, row.height)
        boxes[name] = ax.annotate(_label(name, methods), place, bbox=frame, **writing)
        ax.annotate(row.idea, (row.beside, row.height), color="0.35", **writing)
        # Of the lines that come from the left, the one from furthest away arrives lowest: so it
        # passes below the corners of the others.
        parents = sorted(methods[name].builds_on, key=lambda parent: -rows[parent].lane)
        bent = [parent for parent in parents if rows[parent].lane < row.lane]
        for parent in parents:
            shift = APART * ((len(bent) - 1) / 2 - bent.index(parent)) if parent in bent else 0
            _lead_down(ax, rows[parent], row, shift, styles[parent]["color"])
    return boxes


def _lead_down(ax, parent, child, shift, color):
    """Draw an arrow down from a marker, and round a corner if the other stands further right."""
    straight = parent.lane == child.lane
    ax.annotate(
        "",
        (child.marker, child.height + shift),
        (parent.marker, parent.height),
        arrowprops={
            "arrowstyle": "-|>",
            "connectionstyle": "arc3" if straight else "angle,angleA=-90,angleB=180,rad=6",
            "color": color,
            "linewidth": 1.4,
            "shrinkA": 0,
            "shrinkB": MARKER / 2 + 1,
        },
        zorder=2,
    )


def _require_room(ax, depth):
    """Reject axes on which rows would touch, or boxes stick out: both are lost without a sign."""
    ax.figure.draw_without_rendering()
    width, height = ax.bbox.size / ax.figure.dpi
    rule = f"be at least {WIDTH / 72:.2f} inches wide and {depth / 72:.2f} high"
    fits = 72 * width >= WIDTH and 72 * height >= depth
    require(fits, "ax", rule, f"{width:.2f} by {height:.2f}")


def _layout(methods):
    """Return the row of each method, in the order down the page, and the depth of all together."""
    require_labelled("methods", methods)
    order = _down_the_years(methods)
    lanes, passing = _lanes(order, methods)
    # However many lanes there are, two thirds of the width are for text.
    lane = min(LANE, WIDTH / 3 / (1 + max(passing.values())))
    rows, depth = {}, 0
    for name in order:
        box = MARKER + lane * (1 + passing[name])
        beside = box + 2 * PADDING + _width(_label(name, methods)) + GAP
        idea = _wrapped(methods[name].idea, WIDTH - beside)
        height = max(ROW, LINE * len(idea.splitlines()) + BETWEEN)
        marker = MARKER + lane * lanes[name]
        rows[name] = Row(lanes[name], marker, box, beside, -(depth + height / 2), idea)
        depth += height
    return rows, depth


def _down_the_years(methods):
    """Return the names in the order of the years, each below all that it builds on."""
    years = {}
    for name, method in methods.items():
        for parent in method.builds_on:
            before = f"name methods that stand before {name}"
            require(parent in years, f"methods[{name!r}].builds_on", before, parent)
        years[name] = max([method.year, *(years[parent] for parent in method.builds_on)])
    return sorted(methods, key=years.get)


def _lanes(order, methods):
    """Return the lane of each method, and the furthest lane that is in use beside it.

    A method keeps its lane down to the last that builds on it, which may take the lane over.
    """
    last = {name: place for place, name in enumerate(order)}
    for place, name in enumerate(order):
        last |= dict.fromkeys(methods[name].builds_on, place)
    lanes, taken, furthest = {}, {}, {}
    for place, name in enumerate(order):
        # Never left of what it builds on: all lines run down and to the right.
        lane = max((lanes[parent] for parent in methods[name].builds_on), default=0)
        while taken.get(lane, place) > place:
            lane += 1
        lanes[name] = lane
        furthest[name] = max([lane, *(other for other in taken if taken[other] > place)])
        taken[lane] = last[name]
    return lanes, furthest


def _wrapped(text, width):
    """Break a text into as few lines as the width allows, and these as even as can be."""
    # A line of narrow letters holds a few more than lines do on average.
    columns = min(len(text), max(1, int(1.3 * width * len(text) / _width(text))))
    while columns > 1 and max(map(_width, textwrap.wrap(text, columns))) > width:
        columns -= 1
    lines = len(textwrap.wrap(text, columns))
    while columns > 1 and len(textwrap.wrap(text, columns - 1)) == lines:
        columns -= 1
    return textwrap.fill(text, columns)


def _width(text):
    return text_to_path.get_text_width_height_descent(text, FontProperties(size=FONT), False)[0]


def _label(name, methods):
    return f"{name} ({methods[name].year})"
