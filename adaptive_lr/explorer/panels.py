"""The panels of an explorer: what each holds, how it is packed, and how it looks as a picture.

All arrays have the steps first and then one axis for each control, in the order of the controls; an
axis has length 1 where the control changes nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from numbers import Real

import numpy as np
from contourpy import FillType, contour_generator
from matplotlib import colormaps
from matplotlib.colors import LogNorm, to_hex
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path as Outline

from adaptive_lr import plots
from adaptive_lr.checks import numbers, real_array, require
from adaptive_lr.problems import Problem

# Of a curve, two digits shall be right over a dozen powers of ten; of a path, half a pixel in a
# window some 500 pixels wide.
LEVELS = 2000
PATH_LEVELS = 1000
# How far beyond the window a path is followed, in widths of the window: some leap out and return.
BEYOND = 30
# A grid over the domain, on which the height of the land is looked at.
THOUSANDTHS = np.linspace(0, 1000, 101)
LOWEST_SHARE = 0.005
DASHES = {"-": "", "--": "6 4", "-.": "7 3 1.5 3", ":": "1.5 3"}
# What has no marker in the registry gets one of these, by its place in the panel.
MARKERS = ("o", "s", "D", "^", "v", "P", "X", "<", ">", "p")
MARKER_RADIUS = 4.5  # pixels
MARKERS_PER_CURVE = 6
SVG = {Outline.MOVETO: "m", Outline.LINETO: "l", Outline.CURVE3: "q", Outline.CURVE4: "c"}
DIVERGED = "#8a8a8a"
UNITS = {"rotation": "°"}
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
SYMBOLS = {"beta1": "β₁", "beta2": "β₂"}


def caption(name):
    """Return the name of a control as a reader sees it."""
    return SYMBOLS.get(name, name.replace("_", " "))


def readable(value, name=""):
    """Return a value of a control as a reader sees it: on, off, text, or four digits and a unit.

    Examples
    --------
    >>> readable(-1e-8), readable(45, "rotation"), readable("(-5, -2)")
    ('−10⁻⁸', '45°', '(−5, −2)')
    """
    require(isinstance(value, str | Real | np.bool_), "value", "be a number or text", value)
    if isinstance(value, bool | np.bool_):
        return "on" if value else "off"
    if isinstance(value, str):
        return with_minus(value)
    text = f"{value:,.0f}" if 10_000 <= abs(value) < 1e9 else f"{value:.4g}"
    return _in_signs(text) + UNITS.get(name, "")


def readable_values(values, name=""):
    """Return all values of a control as a reader sees them, in more digits where four are alike."""
    texts = [readable(value, name) for value in values]
    if len(set(texts)) == len(texts):
        return texts
    return [
        value if isinstance(value, str) else _in_signs(f"{value}") + UNITS.get(name, "")
        for value in values
    ]


def with_minus(text):
    """Return a text with true minus signs before its numbers; hyphens between words stay."""
    return re.sub(r"(?<![\w)])-(?=[\d.])", "−", text)


def _in_signs(number):
    """Return a number, as Python writes it, with a true minus sign and a power of ten."""
    factor, _, power = number.partition("e")
    raised = f"10{str(int(power)).translate(SUPERSCRIPTS)}" if power else ""
    sign = "−" if factor.startswith("-") else ""
    factor = factor.removeprefix("-")
    return sign + (raised if power and factor == "1" else "·".join(filter(None, (factor, raised))))


def at(array, position, step=slice(None)):
    """Return the part of a panel's array that belongs to one position of the controls.

    Parameters
    ----------
    array : ndarray, shape (steps, *axes, ...)
        The array; axes of length 1 stand for all positions.
    position : sequence of int
        Index of each control.
    step : int or slice, optional
        Which steps; by default all.

    Returns
    -------
    ndarray
        The part, shape (steps, ...).

    Examples
    --------
    >>> at(np.arange(12.0).reshape(2, 3, 1, 2), (2, 7)).tolist()
    [[4.0, 5.0], [10.0, 11.0]]
    """
    places = zip(position, array.shape[1 : 1 + len(position)], strict=True)
    return array[(step, *(index if size > 1 else 0 for index, size in places))]


@dataclass(frozen=True, eq=False)
class Path:
    """The way of each method over the contour lines of a problem.

    Parameters
    ----------
    problems : ndarray of Problem, shape (*axes)
        The problems, which have two parameters.
    paths : dict
        From labels to arrays of shape (steps, *axes, 2).
    title : str, default "path"
        Heading of the panel.

    Raises
    ------
    ValueError
        If there is no path, a path begins nowhere, or a problem cannot be drawn.
    """

    problems: np.ndarray
    paths: dict
    title: str = "path"
    kind = "path"

    def __post_init__(self):
        _require_title(self.title)
        problems = np.asarray(self.problems, dtype=object)
        require(problems.size > 0, "problems", "hold a problem", self.problems)
        for problem in problems.flat:
            require_planar("problems", problem)
        vars(self).update(problems=problems)
        for problem in problems.flat:
            _require_hills("problems", problem, self.domain)
        paths = _arrays("paths", self.paths)
        for path in paths.values():
            begins = path.ndim > 0 and len(path) > 0 and np.isfinite(path[0]).all()
            require(begins, "paths", "begin at finite parameters", path)
        vars(self).update(paths=paths)

    def check(self, controls, steps, argument="panels"):
        """Refuse arrays that have not one axis for the steps and one for each control."""
        shape = self.problems.shape
        rule = f"have problems of shape {_axes(controls)} in {self.title!r}"
        require(fits(shape, controls), argument, rule, shape)
        _require_shapes(argument, self.title, self.paths, (steps,), controls, (2,))

    @property
    def domain(self):
        """The part of the plane that is shown: that of all problems together."""
        domains = np.array([problem.domain for problem in self.problems.flat])
        return np.stack([domains[..., 0].min(axis=0), domains[..., 1].max(axis=0)], axis=-1)

    def values(self, position):
        """Return what the panel draws at one position, unrounded: a dict of arrays (steps, 2)."""
        return {label: at(path, position) for label, path in self.paths.items()}

    def pack(self, packing):
        """Return the panel in the terms of JSON, its arrays given to the packing."""
        low, high = self.domain.T
        width = high - low
        curves = []
        for (label, path), look in zip(self.paths.items(), _looks(self.paths), strict=True):
            cut = _cut_off(path, low - BEYOND * width, high + BEYOND * width)
            axes = [
                packing.add(
                    np.moveaxis(cut[..., i], 0, -1),
                    low=low[i] - BEYOND * width[i],
                    high=high[i] + BEYOND * width[i],
                    levels=max(1, round((2 * BEYOND + 1) * PATH_LEVELS * width[i] / max(width))),
                )
                for i in (0, 1)
            ]
            curves.append({"label": str(label), "look": look, "values": axes})
        landscapes = [
            {"levels": _sublevels(problem, self.domain), "minima": problem.minima.tolist()}
            for problem in self.problems.flat
        ]
        return {
            "x": _scale(*self.domain[0]),
            "y": _scale(*self.domain[1]),
            "curves": curves,
            "landscapes": {"shape": self.problems.shape, "drawn": landscapes},
        }

    def draw(self, ax, position, explorer):
        """Draw one position with matplotlib, as the picture of a page without scripts."""
        problem = at(self.problems[np.newaxis], position, 0)
        # The land is drawn wherever the window reaches, which may be further than its own domain.
        plots.contours(ax, replace(problem, domain=self.domain.tolist()))
        ax.set(xlim=self.domain[0], ylim=self.domain[1], anchor="W")
        plots.trajectories(ax, self.values(position), legend=len(self.paths) > 1)


@dataclass(frozen=True, eq=False)
class _OverSteps:
    """What has one value for each step: :class:`Curves` and :class:`Bars`."""

    title: str
    curves: dict
    limits: tuple
    log: bool = True
    marks: dict | None = None

    def __post_init__(self):
        _require_title(self.title)
        require(isinstance(self.log, bool | np.bool_), "log", "be True or False", self.log)
        curves, limits = _arrays("curves", self.curves), _limits(self.limits, self.log)
        vars(self).update(curves=curves, limits=limits, marks=_marks(self.marks, self.log))

    def check(self, controls, steps, argument="panels"):
        """Refuse arrays that have not one axis for the steps and one for each control."""
        _require_shapes(argument, self.title, self.curves, (steps, *self.fewer_steps), controls, ())

    def values(self, position):
        """Return what the panel draws at one position, unrounded: a dict of arrays (steps,)."""
        return {label: at(curve, position) for label, curve in self.curves.items()}

    def pack(self, packing):
        """Return the panel in the terms of JSON, its arrays given to the packing."""
        low, high = self.limits
        # A little more than is seen, so that a curve leaves the panel and does not end at its rim.
        margin = (high / low) ** 0.1 if self.log else (high - low) / 10
        ends = (low / margin, high * margin) if self.log else (low - margin, high + margin)
        drawn = {"low": ends[0], "high": ends[1], "levels": LEVELS, "log": self.log}
        packed = [
            {
                "label": str(label),
                "look": look,
                "values": [packing.add(np.moveaxis(curve, 0, -1), **drawn)],
            }
            for (label, curve), look in zip(self.curves.items(), _looks(self.curves), strict=True)
        ]
        marked = [{"text": text, "value": value} for text, value in self.marks.items()]
        return {"scale": _scale(low, high, log=self.log), "curves": packed, "marks": marked}


class Curves(_OverSteps):
    """Curves over the steps.

    Parameters
    ----------
    title : str
        What the curves show; the label of the vertical axis.
    curves : dict
        From labels to arrays of shape (steps, *axes).
    limits : tuple of float
        Lowest and highest value of the vertical axis; from 1e-100 to 1e100, where it is
        logarithmic.
    log : bool, default True
        Whether the vertical axis is logarithmic.
    marks : dict, optional
        From texts to values at which a line is drawn across.

    Raises
    ------
    ValueError
        If an argument breaks its rule.
    """

    kind = "curves"
    fewer_steps = ()

    def draw(self, ax, position, explorer):
        """Draw one position with matplotlib, as the picture of a page without scripts."""
        lines = []
        every = max(1, len(explorer.steps) // MARKERS_PER_CURVE)
        looks = line_styles(self.curves)
        for place, (label, curve) in enumerate(self.values(position).items()):
            drawable = np.where(np.abs(curve) < plots.LARGEST_DRAWN, curve, np.nan)
            # Each begins its markers elsewhere, so that curves that coincide can be told apart.
            look = looks[place] | {"markevery": (place * every // len(looks), every)}
            lines += ax.plot(explorer.steps, drawable, label=str(label), mec="white", **look)
        for text, value in self.marks.items():
            ax.axhline(value, color="0.4", linestyle=":", linewidth=1)
            ax.annotate(text, (0.02, value), xycoords=ax.get_yaxis_transform(), va="bottom")
        ax.set(xlabel="step", ylabel=self.title, ylim=self.limits)
        if self.log:
            ax.set_yscale("log")
        if len(lines) > 1:
            ax.legend(fontsize=9)


class Bars(_OverSteps):
    """Bars that change with the step.

    Parameters
    ----------
    title : str
        What the bars show; the label of their axis.
    curves : dict
        From labels to arrays of shape (steps, *axes), or (1, *axes) for bars that stand still.
    limits : tuple of float
        Lowest and highest value of the axis; from 1e-100 to 1e100, where it is logarithmic.
    log : bool, default True
        Whether the axis is logarithmic.
    marks : dict, optional
        From texts to values at which a line is drawn across.

    Raises
    ------
    ValueError
        If an argument breaks its rule.
    """

    kind = "bars"
    fewer_steps = (1,)

    def draw(self, ax, position, explorer):
        """Draw the last step of one position, as the picture of a page without scripts."""
        looks = line_styles(self.curves)
        start = self.limits[0] if self.log else 0
        bars = self.values(position).values()
        for place, (bar, look) in enumerate(zip(bars, looks, strict=True)):
            end = np.clip(np.nan_to_num(bar[-1]), *self.limits)
            ax.barh(place, end - start, left=start, height=0.6, color=look["color"])
        for text, value in self.marks.items():
            ax.axvline(value, color="0.4", linestyle=":", linewidth=1)
            ax.annotate(text, (value, 1), xycoords=ax.get_xaxis_transform(), ha="center")
        ax.set_yticks(range(len(self.curves)), self.curves)
        ax.set(xlabel=self.title, xlim=self.limits)
        if self.log:
            ax.set_xscale("log")
        ax.invert_yaxis()
        ax.grid(False, axis="y")


@dataclass(frozen=True, eq=False)
class Map:
    """How all runs over two controls ended, with the present position marked.

    A click on a cell moves both controls there.

    Parameters
    ----------
    title : str
        What the colour shows.
    ends : ndarray, shape (1, *axes)
        The values. What is not finite, or above the upper limit, counts as diverged.
    rows, columns : str
        Names of the controls along the vertical and the horizontal axis.
    limits : tuple of float
        Values with the darkest and the lightest colour, on a logarithmic scale; from 1e-100 to
        1e100.

    Raises
    ------
    ValueError
        If an argument breaks its rule.
    """

    title: str
    ends: np.ndarray
    rows: str
    columns: str
    limits: tuple
    kind = "map"

    def __post_init__(self):
        _require_title(self.title)
        for name in ("rows", "columns"):
            value = getattr(self, name)
            require(isinstance(value, str), name, "be the name of a control", value)
        require(self.rows != self.columns, "rows", "be another control than columns", self.rows)
        ends, limits = real_array("ends", self.ends), _limits(self.limits, log=True)
        vars(self).update(ends=ends, limits=limits)

    def check(self, controls, steps, argument="panels"):
        """Refuse what has not one value for each position, or rows and columns that are none."""
        for name in ("rows", "columns"):
            value = getattr(self, name)
            rule = f"have {name} that name one of {', '.join(controls)} in {self.title!r}"
            require(value in controls, argument, rule, value)
        _require_shapes(argument, self.title, {"ends": self.ends}, (1,), controls, ())

    def values(self, position):
        """Return the value at one position: a dict of one array (1,)."""
        return {self.title: at(self.ends, position)}

    def pack(self, packing):
        """Return the panel in the terms of JSON, its arrays given to the packing."""
        low, high = self.limits
        known = np.where(np.isfinite(self.ends) & (self.ends <= high), self.ends, np.nan)
        colors = colormaps["viridis"](np.linspace(0, 1, 64))
        return {
            "rows": self.rows,
            "columns": self.columns,
            "colors": [to_hex(color) for color in colors],
            "other": DIVERGED,
            "scale": _scale(low, high, log=True),
            "values": packing.add(
                np.moveaxis(known, 0, -1), low=low, high=high, levels=LEVELS, log=True
            ),
        }

    def draw(self, ax, position, explorer):
        """Draw one position with matplotlib, as the picture of a page without scripts."""
        names = list(explorer.axes)
        column, row = names.index(self.columns), names.index(self.rows)
        every = [slice(None) if i in (row, column) else index for i, index in enumerate(position)]
        lengths = [len(values) for values in explorer.axes.values()]
        ends = np.broadcast_to(self.ends[0], lengths)[tuple(every)]
        ends = ends if row < column else ends.T
        known = np.ma.masked_invalid(np.where(ends <= self.limits[1], ends, np.nan))
        ax.pcolormesh(known, norm=LogNorm(*self.limits), rasterized=True)
        ax.plot(position[column] + 0.5, position[row] + 0.5, "s", color="white", mec="black")
        ax.patch.set(facecolor=DIVERGED)
        for axis, name in ((ax.xaxis, self.columns), (ax.yaxis, self.rows)):
            texts = readable_values(explorer.axes[name], name)
            places = sorted({0, len(texts) // 2, len(texts) - 1})
            axis.set_ticks([place + 0.5 for place in places], [texts[place] for place in places])
            axis.set_label_text(caption(name))
        ax.set_title(self.title)
        ax.grid(False)


def require_planar(argument, problem):
    """Refuse what is no single problem of two parameters.

    Parameters
    ----------
    argument : str
        Name of the argument.
    problem : object
        What was passed.

    Raises
    ------
    ValueError
        If it is no problem, has not two parameters, or is several problems at once.
    """
    require(isinstance(problem, Problem), argument, "be a problem", problem)
    require(len(problem.domain) == 2, argument, "have two parameters", problem.name)
    require(problem.runs == (), argument, "be one problem, not several at once", problem.runs)


def _require_hills(argument, problem, domain):
    """Refuse a problem whose landscape cannot be drawn."""
    height = _height(problem, domain)
    finite = bool(np.isfinite(height).all())
    require(finite, argument, "have a loss that is finite over its domain", problem.name)
    lowest = bool(height.min() >= -1e-9 * height.max())
    require(lowest, argument, "have no lower loss in its domain than at its minima", problem.name)
    hilly = bool(np.quantile(height, LOWEST_SHARE) > 0)
    require(hilly, argument, "have a loss that is not level around its minima", problem.name)


def _require_title(title):
    require(isinstance(title, str) and title.strip(), "title", "be text", title)


def _arrays(argument, curves):
    """Return labelled arrays of numbers as such, if they are."""
    labelled = isinstance(curves, Mapping) and len(curves) > 0
    require(labelled, argument, "be a dict from labels to arrays, and hold one", curves)
    for label in curves:
        text = isinstance(label, str) and label.strip() != ""
        number = isinstance(label, Real) and not isinstance(label, bool)
        require(text or number, argument, "have labels that are text or numbers", label)
    texts = [str(label) for label in curves]
    rule = "have labels that differ when they are read"
    require(len(set(texts)) == len(texts), argument, rule, list(curves))
    return {label: real_array(argument, array) for label, array in curves.items()}


def _limits(value, log):
    """Return the ends of an axis, if they can be drawn and told apart."""
    rule = "be two finite numbers that rise" + (" and are above 0" if log else "")
    ends = numbers("limits", value, rule, lambda a: np.isfinite(a) & ((a > 0) | (not log)))
    require(np.shape(ends) == (2,) and ends[0] < ends[1], "limits", rule, value)
    size, most = np.abs(ends), plots.LARGEST_DRAWN
    small = size.max() <= most and (not log or size.min() >= 1 / most)
    least = f" from {1 / most:g}" if log else ""
    require(small, "limits", f"be numbers{least} to {most:g}, which can be drawn", value)
    apart = ends[1] - ends[0] > 1e-9 * size.max()
    require(apart, "limits", "be further apart than rounding", value)
    return tuple(ends.tolist())


def _marks(marks, log):
    rule = "be a dict from texts to finite numbers" + (" above 0" if log else "")
    require(marks is None or isinstance(marks, Mapping), "marks", rule, marks)
    checked = {}
    for text, value in (marks or {}).items():
        require(isinstance(text, str), "marks", rule, text)
        number = numbers("marks", value, rule, lambda a: np.isfinite(a) & ((a > 0) | (not log)))
        require(isinstance(number, float), "marks", rule, value)
        checked[text] = number
    return checked


def _axes(controls, first="", last=""):
    """Return a shape in words: a control's axis is as long as its values are many, or 1."""
    lengths = [f"{len(values)} or 1" if len(values) > 1 else "1" for values in controls.values()]
    return f"({', '.join([*first, *lengths, *last])})"


def fits(shape, controls):
    """Return whether a shape has one axis for each control, of its length or of length 1."""
    lengths = [len(values) for values in controls.values()]
    return len(shape) == len(lengths) and all(
        own in (1, length) for own, length in zip(shape, lengths, strict=True)
    )


def _require_shapes(argument, title, arrays, steps, controls, last):
    """Refuse arrays that have another shape than (one of steps, *controls, *last)."""
    end = len(controls) + 1
    for label, array in arrays.items():
        shape = array.shape
        sound = shape[:1] and shape[0] in steps and shape[end:] == last
        if not (sound and fits(shape[1:end], controls)):
            wanted = _axes(controls, [" or ".join(map(str, steps))], map(str, last))
            rule = f"hold arrays of shape {wanted}: the steps, then each of {', '.join(controls)}"
            raise ValueError(
                f"Argument `{argument}` must {rule}. Received: an array of shape {shape}, in "
                f"{title!r}: {label!r}."
            )


def _scale(low, high, log=False):
    return {"low": float(low), "high": float(high), "log": log}


def _looks(labels):
    """Return the look of each curve: colour, dashes and the outline of its marker."""
    return [
        {
            "color": to_hex(look["color"]),
            "dash": DASHES[look["linestyle"]],
            "marker": _marker(look["marker"]),
        }
        for look in line_styles(labels)
    ]


def line_styles(labels):
    """Return the book's look of each label, with a marker for all, so that colour is not needed."""
    styles = plots.line_styles(labels)
    taken = {style["marker"] for style in styles}
    free = [marker for marker in MARKERS if marker not in taken] or MARKERS
    bare = [style for style in styles if not style["marker"]]
    for place, style in enumerate(bare):
        style["marker"] = free[place % len(free)]
    return styles


def _marker(marker):
    """Return the outline of a marker in the terms of SVG, in pixels from its centre."""
    style = MarkerStyle(marker)
    outline = style.get_path().transformed(style.get_transform())
    # All cover the same area, so that none looks larger: a diamond reaches further than a square.
    x, y = outline.to_polygons()[0].T
    area = abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2
    size = MARKER_RADIUS * np.sqrt(np.pi / area if area > 0 else 1)
    drawn, here = [], np.zeros(2)
    for points, code in outline.iter_segments(simplify=False):
        if code == Outline.CLOSEPOLY:
            drawn.append("z")
            continue
        moves = np.rint(10 * size * points.reshape(-1, 2) * [1, -1]).astype(int) - here
        drawn.append(SVG[code] + " ".join(f"{move / 10:g}" for move in moves.ravel()))
        here = here + moves[-1]
    return "".join(drawn)


def _cut_off(path, low, high):
    """Return a path that ends where it crosses the rim of a box; what comes after is nan."""
    path = np.clip(path, -1e100, 1e100)
    outside = ~((path >= low) & (path <= high)).all(axis=-1)
    gone = np.logical_or.accumulate(outside, axis=0)
    before = np.concatenate([path[:1], path[:-1]])
    with np.errstate(all="ignore"):
        rim = np.where(path > before, high, low)
        shares = np.where(path == before, np.inf, (rim - before) / (path - before))
        share = np.fmin.reduce(shares, axis=-1)
    crossing = before + np.minimum(share, 1)[..., np.newaxis] * (path - before)
    first = gone & ~np.concatenate([np.zeros_like(gone[:1]), gone[:-1]])
    return np.where(first[..., np.newaxis], crossing, np.where(gone[..., np.newaxis], np.nan, path))


def _sublevels(problem, domain, levels=9):
    """Return the outlines of the land below each height, in thousandths of the domain."""
    # The square root makes the land nearly linear between the points of the grid.
    root = np.sqrt(np.maximum(_height(problem, domain), 0))
    generator = contour_generator(THOUSANDTHS, THOUSANDTHS, root, fill_type=FillType.OuterCode)
    low, high = np.quantile(root, [LOWEST_SHARE, 1])
    outlines = []
    for level in np.geomspace(low, high, levels, endpoint=False):
        lands = zip(*generator.filled(-1.0, level), strict=True)
        outlines.append("".join(_outline(Outline(points, codes)) for points, codes in lands))
    return outlines


def _height(problem, domain):
    """Return the height of the land over its minima, on a grid over a domain."""
    x1, x2 = np.meshgrid(*(low + THOUSANDTHS / 1000 * (high - low) for low, high in domain))
    with np.errstate(all="ignore"):
        return problem.loss(np.stack([x1, x2], axis=-1)) - problem.loss(problem.minima).min()


def _outline(land):
    """Return a closed outline in the terms of SVG, without the points that nobody would miss."""
    land.should_simplify, land.simplify_threshold = True, 0.7
    drawn, here = [], None
    for point, code in land.cleaned(simplify=True).iter_segments(simplify=False, curves=False):
        point = np.rint(point).astype(int)
        if code == Outline.MOVETO:
            drawn.append(f"M{point[0]} {point[1]}")
        elif code == Outline.LINETO:
            drawn.append(f"l{point[0] - here[0]} {point[1] - here[1]}")
        elif code == Outline.CLOSEPOLY:
            drawn.append("z")
            continue
        here = point
    return "".join(drawn)
