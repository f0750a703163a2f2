"""Explorers: figures under sliders, computed whole before the first slider is moved."""

import inspect
import io
from collections.abc import Mapping
from dataclasses import replace

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np

from adaptive_lr import plots
from adaptive_lr.checks import count, numbers, require
from adaptive_lr.explorer.arguments import (
    control_values,
    event_in_numbers,
    index_of,
    kind_of,
    step_numbers,
)
from adaptive_lr.explorer.figure import ExplorerFigure
from adaptive_lr.explorer.packing import MOST_LEVELS, Packing
from adaptive_lr.explorer.panels import (
    Bars,
    Curves,
    Map,
    Path,
    caption,
    readable_values,
    require_planar,
)
from adaptive_lr.explorer.settings import methods_by_label, sweepable
from adaptive_lr.hyperparameters import HYPERPARAMETERS
from adaptive_lr.methods import METHODS
from adaptive_lr.problems import Problem
from adaptive_lr.running import grid, run

PARAMETERS = ("x₁", "x₂")
MILLISECONDS_PER_STEP = 120
PICTURE_WIDTH = 6.5  # inches


class Explorer:
    """Panels that show one position of their controls, and the controls.

    A notebook shows it by its value, as the last line of a cell: in Jupyter and on a page without a
    kernel alike, because all positions are computed beforehand and drawn in the browser. Without
    scripts, and in print, a picture of the first position stands there.

    What the eye cannot see is left out: positions are rounded to half a pixel, losses and rates to
    two digits.

    Parameters
    ----------
    title : str
        What is explored, in a few words.
    axes : dict
        Name of each control to the values it can take, each once: finite numbers, text, or True and
        False.
    panels : list of Path, Curves, Bars or Map
        What is drawn. Their arrays have one axis for the steps and then one for each control, of
        length 1 where it changes nothing.
    steps : array_like, shape (steps,)
        The step numbers along the first axis, at least two, rising.
    events : list of (str, str, ndarray), optional
        For each the label that it belongs to, a text with a place ``{step}`` for a step number, and
        the numbers, shape (1, *axes), from 0 to the last step; infinite where it does not happen.
    at : dict, optional
        Name of a control to the value at which it stands at first; by default its middle value.

    Raises
    ------
    ValueError
        If an argument breaks its rule, or an array has not the shape that steps and axes ask for.
    """

    def __init__(self, title, axes, panels, steps, events=(), at=None):
        require(isinstance(title, str) and title.strip(), "title", "be text", title)
        named = isinstance(axes, Mapping) and len(axes) > 0
        require(named, "axes", "name at least one control", axes)
        self.title = title
        self.axes = {name: control_values(name, values) for name, values in axes.items()}
        rule = "hold at least one panel, and panels only"
        require(isinstance(panels, list | tuple) and len(panels) > 0, "panels", rule, panels)
        self.panels = list(panels)
        self.steps = step_numbers(steps)
        self._check_panels()
        require(isinstance(events, list | tuple), "events", "be a list", events)
        self.events = [event_in_numbers(event, self.axes, self.steps[-1]) for event in events]
        self.position = {name: len(values) // 2 for name, values in self.axes.items()}
        require(
            at is None or isinstance(at, Mapping), "at", "be a dict from controls to values", at
        )
        for name, value in (at or {}).items():
            require(name in self.axes, "at", f"name one of {', '.join(self.axes)}", name)
            self.position[name] = index_of(value, self.axes[name], name)

    def __repr__(self):
        sizes = " x ".join(f"{len(values)} {name}" for name, values in self.axes.items())
        return f"Explorer: {self.title}, {sizes}"

    def values(self, **position):
        """Return what is drawn at one position of the controls, unrounded.

        Parameters
        ----------
        **position : int
            Index of the value of each control; those left out stand where they stand at first.

        Returns
        -------
        dict
            Title of each panel to a dict from labels to arrays with the steps first.

        Raises
        ------
        ValueError
            If there is no such control, or its value has no such index.
        """
        place = tuple(self._place(position).values())
        return {panel.title: panel.values(place) for panel in self.panels}

    def draw(self, **position):
        """Draw one position of the controls with matplotlib.

        Parameters
        ----------
        **position : int
            Index of the value of each control; those left out stand where they stand at first.

        Returns
        -------
        matplotlib.figure.Figure
            The figure, closed, so that a notebook does not show it twice.

        Raises
        ------
        ValueError
            If there is no such control, or its value has no such index.
        """
        place = tuple(self._place(position).values())
        whole = [number for number, panel in enumerate(self.panels) if isinstance(panel, Path)]
        half = [number for number in range(len(self.panels)) if number not in whole]
        rows = [[number] * 2 for number in whole]
        rows += [
            half[i : i + 2] if i + 1 < len(half) else half[i:] * 2 for i in range(0, len(half), 2)
        ]
        heights = [self._picture_height(row[0]) for row in rows]
        with plots.use_style():
            figure, axes = plt.subplot_mosaic(
                rows, figsize=(PICTURE_WIDTH, sum(heights)), height_ratios=heights
            )
            for number, panel in enumerate(self.panels):
                panel.draw(axes[number], place, self)
        plt.close(figure)
        return figure

    def _picture_height(self, number):
        """Return the height of a row of the picture, in which a path fills its width."""
        panel = self.panels[number]
        if not isinstance(panel, Path):
            return 3.0
        across, up = np.ptp(panel.domain, axis=1)
        beside = 3.1 if len(panel.paths) > 1 else 0.7  # a legend and the numbers of the axis
        return min(0.6 + (PICTURE_WIDTH - beside) * up / across, PICTURE_WIDTH)

    def data(self):
        """Return all positions of all panels, rounded and deflated, as bytes."""
        self._check_panels()
        packing = Packing()
        levels = int(np.clip(self.steps[-1], 1, MOST_LEVELS))
        header = {
            "title": self.title,
            "axes": [
                {
                    "name": name,
                    "label": caption(name),
                    "values": readable_values(values, name),
                }
                for name, values in self.axes.items()
            ],
            "steps": self.steps.tolist(),
            "panels": [
                {"kind": panel.kind, "title": panel.title, **panel.pack(packing)}
                for panel in self.panels
            ],
            "events": [
                {
                    "label": owner,
                    "text": text,
                    "values": packing.add(
                        np.where(np.isfinite(at_step), at_step, np.nan)[0][..., np.newaxis],
                        low=0,
                        high=levels,
                        levels=levels,
                    ),
                }
                for owner, text, at_step in self.events
            ],
        }
        return packing.data(header)

    def _check_panels(self):
        for panel in self.panels:
            kinds = ", ".join(kind.__name__ for kind in PANEL_KINDS)
            require(isinstance(panel, PANEL_KINDS), "panels", f"be of {kinds}", panel)
            panel.check(self.axes, len(self.steps))
        titles = [panel.title for panel in self.panels]
        require(len(set(titles)) == len(titles), "panels", "have titles that differ", titles)

    def _place(self, position):
        """Return the index of every control, those that are given checked."""
        for name, index in position.items():
            rule = f"be the name of a control, one of {', '.join(self.axes)}"
            require(name in self.axes, name, rule, index)
            last = len(self.axes[name]) - 1
            whole = isinstance(index, int | np.integer) and not isinstance(index, bool)
            rule = f"be the index of one of its values, from 0 to {last}"
            require(whole and 0 <= index <= last, name, rule, index)
        return self.position | position

    def widget(self):
        """Return the figure and its controls as an ipywidget, linked without a kernel."""
        last = len(self.steps) - 1
        places = {f"{name}_index": index for name, index in self.position.items()}
        figure = ExplorerFigure(self.data(), **places, step_index=last)
        controls = [self._control(name) for name in self.axes]
        for name, control in zip(self.axes, controls, strict=True):
            ipywidgets.jslink((control, "index"), (figure, f"{name}_index"))
        interval = max(20, MILLISECONDS_PER_STEP * 60 // max(60, last))
        play = ipywidgets.Play(max=last, value=last, interval=interval, repeat=False)
        step = ipywidgets.SelectionSlider(
            options=[(str(step), index) for index, step in enumerate(self.steps)],
            index=last,
            description="step",
            **_look(),
        )
        ipywidgets.jslink((step, "index"), (figure, "step_index"))
        ipywidgets.jslink((play, "value"), (figure, "step_index"))
        time = ipywidgets.HBox([play, step], layout={"width": "100%", "max_width": "44em"})
        return ipywidgets.VBox([time, *controls, figure])

    def _control(self, name):
        values = self.axes[name]
        options = [(text, index) for index, text in enumerate(readable_values(values, name))]
        wanted = {"options": options, "index": self.position[name], "description": caption(name)}
        kind = ipywidgets.SelectionSlider if kind_of(values[0]) == "number" else ipywidgets.Dropdown
        return kind(**wanted, **_look())

    def _repr_mimebundle_(self, include=None, exclude=None):
        buffer = io.BytesIO()
        with plots.use_style():
            self.draw().savefig(buffer, format=plots.figure_format())
        picture = {"image/png": buffer.getvalue()}
        if plots.figure_format() == "svg":
            picture = {"image/svg+xml": buffer.getvalue().decode("utf-8")}
        view = self.widget()._repr_mimebundle_()
        return {**view, **picture, "text/plain": repr(self)}


class DescentExplorer(Explorer):
    """An explorer of methods on problems, which can run one position by itself.

    Parameters
    ----------
    setting : callable
        Function from one value for each control, by name, to a problem, a dict of optimizers and a
        start; for the control "start" it takes the index.
    *arguments
        Those of :class:`Explorer`.
    """

    def __init__(self, setting, *arguments):
        self.setting = setting
        super().__init__(*arguments)

    def run(self, **position):
        """Run the methods at one position of the controls, and at no other.

        Parameters
        ----------
        **position : int
            Index of the value of each control; those left out stand where they stand at first.

        Returns
        -------
        dict
            Label of each method to its :class:`~adaptive_lr.running.Result`, everything recorded.

        Raises
        ------
        ValueError
            If there is no such control, or its value has no such index.
        """
        place = self._place(position)
        values = {
            name: index if name == "start" else self.axes[name][index]
            for name, index in place.items()
        }
        problem, methods, start = self.setting(**values)
        steps = len(self.steps) - 1
        return {
            name: run(problem, method, start, steps, record=True)
            for name, method in methods.items()
        }


def explore(problem, optimizers, *, start=None, steps=60, show=None, at=None, **axes):
    r"""Sweep one or more methods, or the problem under them, and put all under sliders.

    All positions of all sliders are computed in one run for each method.

    Parameters
    ----------
    problem : Problem or callable
        A problem of two parameters; or a function that makes one, such as
        :func:`~adaptive_lr.problems.ravine`, whose arguments can be swept too. It is called with
        single values and with arrays of them, as :func:`~adaptive_lr.running.grid` makes them.
    optimizers : Optimizer or type, or a list or dict of them
        The methods: classes, such as :class:`~adaptive_lr.optimizers.Adagrad`, or settings of them,
        such as ``Adagrad(epsilon=1e-4)``. A dict gives them labels; else the label of a method is
        its name, and, where the list holds others of that name, what sets it apart.
    start : array_like, shape (2,) or (n, 2), optional
        The parameters before the first step; by default the problem's own start. Of several, the
        reader chooses one, in a list or by a click.
    steps : int, default 60
        Number of steps, from 1 to 65534.
    show : sequence of str or panel, optional
        What stands beside the path: "loss"; "rate", what multiplies the gradient in each step;
        "cache", the average or sum of squared gradients, as bars; "factor", by what a step
        multiplies each parameter, as bars; "map", the last loss over the first two sliders; or a
        panel of your own. By default the loss and, where every method has one, the rate.
    at : dict, optional
        Name of an argument to the value at which its slider stands at first; by default the middle.
    **axes : array_like, one-dimensional
        Values of each hyper-parameter, or of each argument of the problem, each once. A method
        takes those that it has; of one method around another, only the outer one's can be swept.

    Returns
    -------
    Explorer
        The figure and its sliders.

    Raises
    ------
    ValueError
        If an argument breaks its rule: for example if neither a method nor the problem has an
        argument of that name, the problem has not two parameters, what to show is not known or
        not there, or two methods differ in nothing but what is swept.
    TypeError
        If an optimizer is none.

    Examples
    --------
    >>> from adaptive_lr import Adagrad
    >>> from adaptive_lr.problems import ravine
    >>> explore(ravine(), Adagrad, learning_rate=[0.1, 1.0, 4.0])
    Explorer: Adagrad on ravine, 3 learning_rate
    >>> explore(ravine, Adagrad(1.0), rotation=[0, 45], start=[[-5, -2], [-4, 3]])
    Explorer: Adagrad on ravine, 2 rotation x 2 start
    """
    methods = methods_by_label(optimizers, axes)
    arguments = {label: sweepable(one) for label, one in methods.items()}
    of_problem = _arguments_of(problem)
    steps = count("steps", steps)
    require(steps <= MOST_LEVELS, "steps", f"be at most {MOST_LEVELS}", steps)
    values = {name: control_values(name, each) for name, each in axes.items()}
    owners = [*arguments.items(), ("the problem", of_problem)]
    known = [f"{owner} ({', '.join(names)})" if names else owner for owner, names in owners]
    for name, each in values.items():
        of_method = any(name in names for names in arguments.values())
        rule = f"be an argument of {' or of '.join(known)}"
        require(of_method or name in of_problem, name, rule, each)
        require(kind_of(each[0]) != "text", name, "be numbers, or True and False", each)
        if of_method:
            HYPERPARAMETERS[name].check(each)
    require(at is None or isinstance(at, Mapping), "at", "be a dict from arguments to values", at)

    def make_problem(chosen):
        own = {name: value for name, value in chosen.items() if name in of_problem}
        return problem if isinstance(problem, Problem) else problem(**own)

    problems = _problems(make_problem, of_problem, values)
    first = problems.flat[0]
    starts = _starts(first.start if start is None else start)
    if len(starts) > 1:
        values["start"] = _in_words(starts)
        at = {"start": values["start"][0]} | dict(at or {})
        problems = problems[..., np.newaxis]
    require(len(values) > 0, "axes", "name at least one argument to sweep", axes)

    def make_methods(chosen):
        return {
            label: replace(one, **{key: chosen[key] for key in chosen if key in arguments[label]})
            for label, one in methods.items()
        }

    def setting(start=0, **chosen):
        return make_problem(chosen), make_methods(chosen), starts[start]

    # One run of each method over the whole grid: every axis broadcasts against the others.
    places = {name: range(len(each)) if name == "start" else each for name, each in values.items()}
    axes = grid(**places)
    here = axes.pop("start", np.zeros([1] * (len(places) + 1), dtype=int))
    every = _together(problem, make_problem, axes, problems, starts[0])
    begin = starts[here[..., 0]]
    results = {
        label: run(every, sweep, begin, steps, record=True)
        for label, sweep in make_methods(axes).items()
    }

    panels = [Path(problems, {label: result.x for label, result in results.items()})]
    for wanted in _wanted(show, results):
        if isinstance(wanted, str):
            panels.append(PANELS[wanted](results, methods, values))
        else:
            wanted.check(values, steps + 1, "show")
            panels.append(wanted)
    titles = [panel.title for panel in panels]
    differ = len(set(titles)) == len(titles)
    require(differ, "show", "hold panels whose titles differ", titles)
    separator = "; " if any(", " in label for label in methods) else ", "
    title = f"{separator.join(methods)} on {first.name}"
    every_step = np.arange(steps + 1)
    return DescentExplorer(setting, title, values, panels, every_step, _events(results), at)


def _arguments_of(problem):
    """Return the names of the arguments of a function that makes problems; of a problem, none."""
    if isinstance(problem, Problem):
        return ()
    rule = "be a problem, or a function that makes one"
    require(callable(problem), "problem", rule, problem)
    try:
        parameters = inspect.signature(problem).parameters.values()
    except (TypeError, ValueError):
        parameters = ()
        require(False, "problem", rule + " and tells its arguments", problem)
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return tuple(parameter.name for parameter in parameters if parameter.kind in kinds)


def _problems(make_problem, arguments, values):
    """Return the problem at each position, in axes of length 1 where it stays the same."""
    shape = [len(each) if name in arguments else 1 for name, each in values.items()]
    problems = np.empty(shape, dtype=object)
    for place in np.ndindex(*shape):
        chosen = {name: values[name][i] for name, i in zip(values, place, strict=True)}
        try:
            made = make_problem(chosen)
        except TypeError as error:
            rule = "be a problem, or a function that makes one of its defaults and of what is swept"
            raise ValueError(f"Argument `problem` must {rule}. Received: {error!r}.") from error
        require_planar("problem", made)
        problems[place] = made
    return problems


def _together(problem, make_problem, axes, problems, start):
    """Return the problems at all positions as one, if the function that made them makes it."""
    if problems.size == 1:
        return problems.flat[0]
    rule = "make of arrays the problems that it makes of single values"
    try:
        every = replace(make_problem(axes), runs=problems.shape)
        found = [every.loss(start), every.gradient(start) if every.independent else 0]
    except (TypeError, ValueError) as error:
        raise ValueError(f"Argument `problem` must {rule}. Received: {error!r}.") from error
    for place in np.ndindex(problems.shape):
        one = problems[place]
        exact = [one.loss(start), one.gradient(start) if every.independent else 0]
        same = all(
            np.allclose(np.asarray(a)[place], b, rtol=1e-6, equal_nan=True) if np.ndim(a) else True
            for a, b in zip(found, exact, strict=True)
        )
        require(same, "problem", rule, problem)
    return every


def _starts(start):
    rule = "be finite numbers of shape (2,) or (n, 2)"
    starts = np.atleast_2d(numbers("start", start, rule, np.isfinite))
    require(starts.ndim == 2 and starts.shape[1] == 2, "start", "have shape (2,) or (n, 2)", start)
    return starts


def _in_words(starts):
    """Return starts as text, in more digits where three are alike."""
    texts = [f"({x1:.3g}, {x2:.3g})" for x1, x2 in starts.tolist()]
    if len(set(texts)) < len(texts):
        texts = [f"({x1!r}, {x2!r})" for x1, x2 in starts.tolist()]
    require(len(set(texts)) == len(texts), "start", "hold each start once", starts.tolist())
    return texts


def _wanted(show, results):
    """Return what to show: names of panels that there are, and panels."""
    if show is None:
        rated = all(result.effective_learning_rate is not None for result in results.values())
        return ["loss", "rate"] if rated else ["loss"]
    one = isinstance(show, (str, *PANEL_KINDS))
    rule = f"be a panel or one of {', '.join(PANELS)}, or a list of them"
    require(one or isinstance(show, list | tuple), "show", rule, show)
    wanted = [show] if one else list(show)
    for each in wanted:
        known = each in PANELS if isinstance(each, str) else isinstance(each, PANEL_KINDS)
        require(known, "show", rule, each)
    return wanted


def _look():
    return {
        "style": {"description_width": "9em"},
        "layout": {"width": "100%", "max_width": "44em"},
    }


def _loss(results, methods, axes):
    losses = {label: result.loss for label, result in results.items()}
    first = np.concatenate([loss[0].ravel() for loss in losses.values()])
    every = np.concatenate([loss.ravel() for loss in losses.values()])
    every = every[np.isfinite(every)]
    if every.min(initial=0) < 0:
        low, high = every.min(), every.max() if every.min() == first.max() else first.max()
        return Curves("loss", losses, _drawable(low, high + abs(high - low) / 2), log=False)
    top = _finite_max(first, every)
    lowest = max(every[every > 0].min(initial=top), 1e-8 * top)
    # A power of ten, since of what lies below the reader is told no more than that.
    return Curves("loss", losses, _drawable(10.0 ** np.floor(np.log10(lowest)), 10 * top, log=True))


def _rate(results, methods, axes):
    lacking = [label for label, result in results.items() if result.effective_learning_rate is None]
    require(not lacking, "show", 'hold "rate" only where every method has one', lacking)
    rates = {
        f"{label} {PARAMETERS[i]}": _after_first(result.effective_learning_rate[..., i])
        for label, result in results.items()
        for i in (0, 1)
    }
    return Curves("rate in this step", rates, _usual(rates))


def _cache(results, methods, axes):
    caches = {}
    for label, result in results.items():
        part = _cache_name(methods[label])
        cache = getattr(result.state, part or "", None)
        cache = cache if isinstance(result.state, tuple) or part is None else result.state
        if np.shape(cache) == result.x.shape:
            caches |= {f"{label} {PARAMETERS[i]}": cache[..., i] for i in (0, 1)}
    require(len(caches) > 0, "show", 'hold "cache" only where a method has one', list(methods))
    return Bars("cache", caches, _usual(caches))


def _cache_name(optimizer):
    """Return the name of the cache in a method's state; of a variant, that of its method."""
    for kind in type(optimizer).__mro__:
        method = METHODS.get(kind.__name__)
        if method is not None and method.optimizer is kind:
            return method.cache
    return None


def _factor(results, methods, axes):
    shares = {}
    with np.errstate(all="ignore"):
        for label, result in results.items():
            ratio = _after_first(result.x[1:] / result.x[:-1])
            for i in (0, 1):
                shares[f"{label} {PARAMETERS[i]}"] = ratio[..., i]
    return Bars(
        "x after the step / before", shares, (-1.5, 1.5), log=False, marks={"−1": -1, "1": 1}
    )


def _map(results, methods, axes):
    require(len(results) == 1, "show", 'hold "map" for one method only', list(results))
    require(len(axes) >= 2, "show", 'hold "map" for two sliders or more', list(axes))
    (result,) = results.values()
    columns, rows, *_ = axes
    rule = 'hold "map" only where the first loss is above 0'
    require(bool((result.loss[0] > 0).all()), "show", rule, float(result.loss[0].min()))
    first = _finite_max(result.loss[0], result.loss)
    # A run that ends above its start counts as diverged.
    ends = np.where(result.loss[-1:] > result.loss[0], np.inf, result.loss[-1:])
    lowest = ends[ends > 0].min(initial=first)
    low = lowest if lowest < first else first / 10
    return Map(
        "last loss", ends, rows, columns, _drawable(max(low, 1e-12 * first), first, log=True)
    )


PANELS = {"loss": _loss, "rate": _rate, "cache": _cache, "factor": _factor, "map": _map}
"""What :func:`explore` can show beside the path: functions of results, methods and axes."""


PANEL_KINDS = (Path, Curves, Bars, Map)


def _after_first(array):
    return np.concatenate([np.full_like(array[:1], np.nan), array])


def _usual(curves):
    """Return limits that hold all positive values but the most unusual."""
    every = np.concatenate([curve.ravel() for curve in curves.values()])
    positive = np.minimum(every[np.isfinite(every) & (every > 0)], plots.LARGEST_DRAWN)
    low, high = np.quantile(positive if positive.size else [1.0], [0.01, 0.99])
    middle = np.sqrt(low) * np.sqrt(high)
    return _drawable(min(low, middle / 2), max(high, 2 * middle), log=True)


def _finite_max(*arrays):
    """Return the largest positive number of the first array that has one, or 1."""
    for array in arrays:
        largest = array[np.isfinite(array)].max(initial=0)
        if largest > 0:
            return largest
    return 1.0


def _drawable(low, high, log=False):
    """Return limits, moved to where they can be drawn and told apart."""
    most = plots.LARGEST_DRAWN / 10
    low, high = np.clip([low, high], 1 / most if log else -most, most).tolist()
    if high - low > 1e-6 * max(abs(low), abs(high)):
        return low, high
    return (low / 2, 2 * high) if log else (low - 1, high + 1)


def _events(results):
    events = []
    for label, result in results.items():
        # Of a loss that begins at 0 or below no share says anything.
        above = result.loss[0] > 0
        with np.errstate(invalid="ignore"):
            most = np.where(above, 100 * result.loss[0], np.inf)
            high = ~((result.loss <= most) & (result.loss < np.inf))
        diverged = np.where(high[-1], high.argmax(axis=0), np.inf)[np.newaxis]
        # When it first came there. Whether it stays is not known at that step.
        low = result.loss <= 0.01 * result.loss[0]
        arrived = np.where(above & low.any(axis=0), low.argmax(axis=0), np.inf)[np.newaxis]
        events += [
            (label, "diverged at step {step}", diverged),
            (label, "came below 1 % of its first loss at step {step}", arrived),
        ]
    return events
