"""The look of the book: its style sheet, figures and colours, and who looks how."""

import os
import re
from contextlib import contextmanager
from numbers import Real
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import numpy as np

from adaptive_lr.checks import require
from adaptive_lr.methods import METHODS

STYLE = Path(__file__).with_name("book.mplstyle")
LINE_STYLES = ("-", "--", "-.", ":")
FORMAT = "BOOK_FIGURE_FORMAT"
FORMATS = ("png", "svg")


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


def figure_format():
    """Return the format that figures have in a notebook: "png" or "svg".

    The build of the site sets the environment variable ``BOOK_FIGURE_FORMAT`` to ``svg``, which is
    sharp on every screen. Elsewhere it is ``png``, which every viewer of notebooks shows.

    Returns
    -------
    str
        The format.

    Raises
    ------
    ValueError
        If the variable names another format.
    """
    wanted = os.environ.get(FORMAT, FORMATS[0])
    require(wanted in FORMATS, FORMAT, f"be one of {', '.join(FORMATS)}", wanted)
    return wanted


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
    drawn = plt.subplots(rows, columns, figsize=(width, height), **options)
    if figure_format() != FORMATS[0]:
        # Not before: the first figure loads a notebook's backend, with formats of its own.
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats(figure_format())
    return drawn


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


def method_style(name, methods=METHODS):
    """Return the colour and the marker that a method has in every figure of the book.

    Parameters
    ----------
    name : str
        Name of the method.
    methods : dict, default METHODS
        The registry.

    Returns
    -------
    dict
        Its ``color`` and ``marker``.

    Raises
    ------
    ValueError
        If the registry has no such method.

    Examples
    --------
    >>> method_style("Adagrad")["color"]
    '#009E73'
    """
    require(name in methods, "name", f"be one of {', '.join(methods)}", name)
    return {"color": methods[name].color, "marker": methods[name].marker}


def line_styles(labels):
    """Return the look of each curve of a figure.

    A label that begins with the name of a method has its :func:`method_style`; the second label of
    the same method is dashed, the third dash-dotted, the fourth dotted. Labels that are all numbers
    take a :func:`ramp`, in the order given. Others take the colours of the style.

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
            look, turn = method_style(name), place
        else:
            # The second round through the colours begins with another line style.
            look = {"color": cycle[place % len(cycle)], "marker": ""}
            turn = place + place // len(cycle)
        styles.append(look | {"linestyle": LINE_STYLES[turn % len(LINE_STYLES)]})
    return styles


def text_of(label):
    return f"{label:g}" if isinstance(label, Real) else str(label)
