"""The panels of an explorer: what each holds, how it is packed, and how it looks as a picture.

All arrays have the steps first and then one axis for each control, in the order of the controls; an
axis has length 1 where the control changes nothing.
"""

from dataclasses import dataclass

import numpy as np
from contourpy import FillType, contour_generator
from matplotlib import colormaps
from matplotlib.colors import LogNorm, to_hex
from matplotlib.path import Path as Outline

from adaptive_lr import plots

# Of a curve, two digits shall be right over a dozen powers of ten; of a path, half a pixel in a
# window some 500 pixels wide.
LEVELS = 2000
PATH_LEVELS = 1000
# How far beyond the window a path is followed, in widths of the window: some leap out and return.
BEYOND = 30
DASHES = {"-": "", "--": "6 4", "-.": "7 3 1.5 3", ":": "1.5 3"}
DIVERGED = "#8a8a8a"
UNITS = {"rotation": "°"}
SYMBOLS = {"beta1": "β₁", "beta2": "β₂"}


def caption(name):
    """Return the name of a control as a reader sees it."""
    return SYMBOLS.get(name, name.replace("_", " "))


def readable(value, name=""):
    """Return a value of a control as a reader sees it: on, off, text, or four digits and a unit."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | np.bool_):
        return "on" if value else "off"
    text = f"{value:.4g}" if abs(value) < 10_000 else f"{value:,.0f}"
    return text + UNITS.get(name, "")


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
    """

    problems: np.ndarray
    paths: dict
    title: str = "path"
    kind = "path"

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
                    levels=round((2 * BEYOND + 1) * PATH_LEVELS * width[i] / max(width)),
                )
                for i in (0, 1)
            ]
            curves.append({"label": label, "look": look, "values": axes})
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
        plots.contours(ax, at(self.problems[np.newaxis], position, 0))
        ax.set(xlim=self.domain[0], ylim=self.domain[1])
        plots.trajectories(ax, self.values(position), legend=len(self.paths) > 1)


@dataclass(frozen=True, eq=False)
class _OverSteps:
    """What has one value for each step: :class:`Curves` and :class:`Bars`."""

    title: str
    curves: dict
    limits: tuple
    log: bool = True
    marks: dict | None = None

    def values(self, position):
        """Return what the panel draws at one position, unrounded: a dict of arrays (steps,)."""
        return {label: at(curve, position) for label, curve in self.curves.items()}

    def pack(self, packing):
        """Return the panel in the terms of JSON, its arrays given to the packing."""
        low, high = self.limits
        # A little more than is seen, so that a curve leaves the panel and does not end at its rim.
        margin = np.sqrt(high / low) ** 0.2 if self.log else (high - low) / 10
        ends = (low / margin, high * margin) if self.log else (low - margin, high + margin)
        drawn = {"low": ends[0], "high": ends[1], "levels": LEVELS, "log": self.log}
        packed = [
            {
                "label": label,
                "look": look,
                "values": [packing.add(np.moveaxis(curve, 0, -1), **drawn)],
            }
            for (label, curve), look in zip(self.curves.items(), _looks(self.curves), strict=True)
        ]
        marked = [{"text": text, "value": value} for text, value in (self.marks or {}).items()]
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
        Lowest and highest value of the vertical axis.
    log : bool, default True
        Whether the vertical axis is logarithmic.
    marks : dict, optional
        From texts to values at which a line is drawn across.
    """

    kind = "curves"

    def draw(self, ax, position, explorer):
        """Draw one position with matplotlib, as the picture of a page without scripts."""
        lines = []
        looks = plots.line_styles(self.curves)
        for (label, curve), look in zip(self.values(position).items(), looks, strict=True):
            drawable = np.where(np.abs(curve) < plots.LARGEST_DRAWN, curve, np.nan)
            lines += ax.plot(explorer.steps, drawable, label=label, **{**look, "marker": ""})
        for text, value in (self.marks or {}).items():
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
        From labels to arrays of shape (steps, *axes).
    limits : tuple of float
        Lowest and highest value of the axis.
    log : bool, default True
        Whether the axis is logarithmic.
    marks : dict, optional
        From texts to values at which a line is drawn across.
    """

    kind = "bars"

    def draw(self, ax, position, explorer):
        """Draw the last step of one position, as the picture of a page without scripts."""
        looks = plots.line_styles(self.curves)
        start = self.limits[0] if self.log else 0
        bars = self.values(position).values()
        for place, (bar, look) in enumerate(zip(bars, looks, strict=True)):
            end = np.clip(np.nan_to_num(bar[-1]), *self.limits)
            ax.barh(place, end - start, left=start, height=0.6, color=look["color"])
        for text, value in (self.marks or {}).items():
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
        Values with the darkest and the lightest colour, on a logarithmic scale.
    """

    title: str
    ends: np.ndarray
    rows: str
    columns: str
    limits: tuple
    kind = "map"

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
        ends = at(self.ends, every, 0)
        ends = ends if row < column else ends.T
        known = np.ma.masked_invalid(np.where(ends <= self.limits[1], ends, np.nan))
        ax.pcolormesh(known, norm=LogNorm(*self.limits), rasterized=True)
        ax.plot(position[column] + 0.5, position[row] + 0.5, "s", color="white", mec="black")
        ax.patch.set(facecolor=DIVERGED)
        for axis, name in ((ax.xaxis, self.columns), (ax.yaxis, self.rows)):
            places = [0, len(explorer.axes[name]) // 2, len(explorer.axes[name]) - 1]
            axis.set_ticks(
                [place + 0.5 for place in places],
                [readable(explorer.axes[name][place], name) for place in places],
            )
            axis.set_label_text(caption(name))
        ax.set_title(self.title)
        ax.grid(False)


def _scale(low, high, log=False):
    return {"low": float(low), "high": float(high), "log": log}


def _looks(labels):
    return [
        {"color": to_hex(look["color"]), "dash": DASHES[look["linestyle"]]}
        for look in plots.line_styles(labels)
    ]


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
    thousandths = np.linspace(0, 1000, 101)
    x1, x2 = np.meshgrid(*(low + thousandths / 1000 * (high - low) for low, high in domain))
    height = problem.loss(np.stack([x1, x2], axis=-1)) - problem.loss(problem.minima).min()
    # The square root makes the land nearly linear between the points of the grid.
    generator = contour_generator(
        thousandths, thousandths, np.sqrt(height), fill_type=FillType.OuterCode
    )
    low, high = np.quantile(np.sqrt(height), [0.005, 1])
    outlines = []
    for level in np.geomspace(low, high, levels, endpoint=False):
        lands = zip(*generator.filled(-1.0, level), strict=True)
        outlines.append("".join(_outline(Outline(points, codes)) for points, codes in lands))
    return outlines


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
