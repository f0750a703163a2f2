"""Explorers: figures under sliders, computed whole before the first slider is moved."""

import inspect
import io
from dataclasses import replace

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np

from adaptive_lr import plots
from adaptive_lr.checks import require
from adaptive_lr.explorer.figure import ExplorerFigure
from adaptive_lr.explorer.packing import Packing
from adaptive_lr.explorer.panels import Bars, Curves, Map, Path, caption, readable
from adaptive_lr.methods import METHODS
from adaptive_lr.running import grid, run

PARAMETERS = ("x₁", "x₂")
MILLISECONDS_PER_STEP = 120


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
        Name of each control to the values it can take: numbers, text, or True and False.
    panels : list of Path, Curves, Bars or Map
        What is drawn. Their arrays have one axis for the steps and then one for each control.
    steps : array_like, shape (steps,)
        The step numbers along the first axis.
    events : list of (str, ndarray), optional
        Texts with a place ``{step}`` for a step number, and the numbers, shape (1, *axes), each
        with the label that it belongs to; infinite where it does not happen.
    at : dict, optional
        Name of a control to the value at which it stands at first; by default its middle value.

    Raises
    ------
    ValueError
        If a control has no values or cannot stand where it should, or there is no panel.
    """

    def __init__(self, title, axes, panels, steps, events=(), at=None):
        require(len(axes) > 0, "axes", "name at least one control", axes)
        for name, values in axes.items():
            require(len(values) > 0, name, "have values", values)
        require(len(panels) > 0, "panels", "hold at least one panel", panels)
        self.title = title
        self.axes = axes
        self.panels = panels
        self.steps = np.asarray(steps)
        self.events = events
        self.position = {name: len(values) // 2 for name, values in axes.items()}
        for name, value in (at or {}).items():
            require(name in axes, "at", f"name one of {', '.join(axes)}", name)
            require(value in axes[name], "at", f"hold one of the values of {name}", value)
            self.position[name] = list(axes[name]).index(value)

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
        """
        place = tuple((self.position | position).values())
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
        """
        place = tuple((self.position | position).values())
        rows = [[panel.title] * 2 for panel in self.panels if isinstance(panel, Path)]
        small = [panel.title for panel in self.panels if not isinstance(panel, Path)]
        rows += [[small[i], small[min(i + 1, len(small) - 1)]] for i in range(0, len(small), 2)]
        with plots.use_style():
            figure, axes = plt.subplot_mosaic(rows, figsize=(6.5, 3.0 * len(rows)))
            for panel in self.panels:
                panel.draw(axes[panel.title], place, self)
        plt.close(figure)
        return figure

    def data(self):
        """Return all positions of all panels, rounded and deflated, as bytes."""
        packing = Packing()
        last = int(self.steps[-1])
        header = {
            "title": self.title,
            "axes": [
                {
                    "name": name,
                    "label": caption(name),
                    "values": [readable(v, name) for v in values],
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
                        high=max(last, 1),
                        levels=max(last, 1),
                    ),
                }
                for owner, text, at_step in self.events
            ],
        }
        return packing.data(header)

    def widget(self):
        """Return the figure and its controls as an ipywidget, linked without a kernel."""
        last = len(self.steps) - 1
        places = {f"{name}_index": index for name, index in self.position.items()}
        figure = ExplorerFigure(self.data(), **places, step_index=last)
        controls = [self._control(name) for name in self.axes]
        for name, control in zip(self.axes, controls, strict=True):
            ipywidgets.jslink((control, "index"), (figure, f"{name}_index"))
        interval = max(20, MILLISECONDS_PER_STEP * 60 // max(60, last))
        play = ipywidgets.Play(max=last, value=last, interval=interval, repeat=True)
        step = ipywidgets.SelectionSlider(
            options=[(str(step), index) for index, step in enumerate(self.steps)],
            index=last,
            description="step",
            **_look(),
        )
        ipywidgets.jslink((step, "index"), (figure, "step_index"))
        ipywidgets.jslink((play, "value"), (figure, "step_index"))
        time = ipywidgets.HBox([play, step], layout={"width": "100%", "max_width": "44em"})
        return ipywidgets.VBox([*controls, time, figure])

    def _control(self, name):
        values = self.axes[name]
        options = [(readable(value, name), index) for index, value in enumerate(values)]
        wanted = {"options": options, "index": self.position[name], "description": caption(name)}
        numbers = not any(isinstance(value, str | bool | np.bool_) for value in values)
        kind = ipywidgets.SelectionSlider if numbers else ipywidgets.Dropdown
        return kind(**wanted, **_look())

    def _repr_mimebundle_(self, include=None, exclude=None):
        buffer = io.BytesIO()
        with plots.use_style():
            self.draw().savefig(buffer, format="png")
        view = self.widget()._repr_mimebundle_()
        return {**view, "image/png": buffer.getvalue(), "text/plain": repr(self)}


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
        """
        place = self.position | position
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


def explore(problem, optimizers, *, start=None, steps=60, show=("loss", "rate"), at=None, **axes):
    r"""Sweep one or more methods, or the problem under them, and put all under sliders.

    All positions of all sliders are computed in one run for each method.

    Parameters
    ----------
    problem : Problem or callable
        A problem of two parameters; or a function that makes one, such as
        :func:`~adaptive_lr.problems.ravine`, whose arguments can be swept too.
    optimizers : Optimizer or type, or a list or dict of them
        The methods: classes of the registry, such as :class:`~adaptive_lr.optimizers.Adagrad`, or
        settings of them, such as ``Adagrad(epsilon=1e-4)``. A dict gives them labels.
    start : array_like, shape (2,) or (n, 2), optional
        The parameters before the first step; by default the problem's own start. Of several, the
        reader chooses one, in a list or by a click.
    steps : int, default 60
        Number of steps.
    show : sequence of str or panel, default ("loss", "rate")
        What stands beside the path: "loss"; "rate", what multiplies the gradient in each step;
        "cache", the average or sum of squared gradients, as bars; "factor", by what a step
        multiplies each parameter, as bars; "map", the last loss over the first two sliders; or a
        panel of your own.
    at : dict, optional
        Name of an argument to the value at which its slider stands at first; by default the middle.
    **axes : array_like, one-dimensional
        Values of each hyper-parameter, or of each argument of the problem. A method takes those
        that it has.

    Returns
    -------
    Explorer
        The figure and its sliders.

    Raises
    ------
    ValueError
        If neither a method nor the problem has an argument of that name, the problem has not two
        parameters, or what to show is not known.

    Examples
    --------
    >>> from adaptive_lr import Adagrad
    >>> from adaptive_lr.problems import ravine
    >>> explore(ravine(), Adagrad, learning_rate=[0.1, 1.0, 4.0])
    Explorer: Adagrad on ravine, 3 learning_rate
    >>> explore(ravine, Adagrad(1.0), rotation=[0, 45], start=[[-5, -2], [-4, 3]])
    Explorer: Adagrad on ravine, 2 rotation x 2 start
    """
    methods = _methods(optimizers)
    arguments = {name: METHODS[type(one).__name__].defaults for name, one in methods.items()}
    of_problem = inspect.signature(problem).parameters if callable(problem) else ()
    known = set(of_problem).union(*arguments.values())
    for name, values in axes.items():
        rule = f"be an argument of {' or '.join(methods)} or of the problem"
        require(name in known, name, rule, values)
        require(np.ndim(values) == 1, name, "be a list of values", values)
    first = problem() if callable(problem) else problem
    require(len(first.domain) == 2, "problem", "have two parameters", first.name)
    starts = np.atleast_2d(first.start if start is None else start).astype(float)
    require(starts.ndim == 2 and starts.shape[1] == 2, "start", "have shape (2,) or (n, 2)", start)
    values = {name: list(values) for name, values in axes.items()}
    if len(starts) > 1:
        values["start"] = [f"({x1:.3g}, {x2:.3g})" for x1, x2 in starts]
        at = {"start": values["start"][0]} | (at or {})
    require(len(values) > 0, "axes", "name at least one argument to sweep", axes)

    def make_problem(chosen):
        own = {name: value for name, value in chosen.items() if name in of_problem}
        return problem(**own) if callable(problem) else problem

    def setting(start=0, **chosen):
        swept = {}
        for name, method in methods.items():
            own = {key: value for key, value in chosen.items() if key in arguments[name]}
            swept[name] = replace(method, **own)
        return make_problem(chosen), swept, np.take(starts, start, axis=0)

    # One run of each method over the whole grid: every axis broadcasts against the others.
    places = {name: range(len(each)) if name == "start" else each for name, each in values.items()}
    axes = grid(**places)
    here = axes.pop("start", np.zeros([1] * (len(places) + 1), dtype=int))
    every, sweeps, begin = setting(here[..., 0], **axes)
    results = {name: run(every, sweep, begin, steps, record=True) for name, sweep in sweeps.items()}

    panels = [
        Path(
            _problems(make_problem, of_problem, values),
            {name: result.x for name, result in results.items()},
        )
    ]
    for wanted in show:
        rule = f"be a panel or one of {', '.join(PANELS)}"
        require(not isinstance(wanted, str) or wanted in PANELS, "show", rule, wanted)
        make = PANELS[wanted] if isinstance(wanted, str) else None
        panels.append(make(results, methods, values) if make else wanted)
    title = f"{', '.join(methods)} on {first.name}"
    every_step = np.arange(steps + 1)
    return DescentExplorer(setting, title, values, panels, every_step, _events(results), at)


def _problems(make_problem, arguments, values):
    """Return the problem at each position, in axes of length 1 where it stays the same."""
    shape = [len(each) if name in arguments else 1 for name, each in values.items()]
    problems = np.empty(shape, dtype=object)
    for place in np.ndindex(*shape):
        chosen = {name: values[name][i] for name, i in zip(values, place, strict=True)}
        problems[place] = make_problem(chosen)
    return problems


def _look():
    return {
        "style": {"description_width": "9em"},
        "layout": {"width": "100%", "max_width": "44em"},
    }


def _methods(optimizers):
    if not isinstance(optimizers, dict):
        several = optimizers if isinstance(optimizers, list | tuple) else [optimizers]
        optimizers = {
            (one if isinstance(one, type) else type(one)).__name__: one for one in several
        }
    return {label: one() if isinstance(one, type) else one for label, one in optimizers.items()}


def _loss(results, methods, axes):
    losses = {label: result.loss for label, result in results.items()}
    first = np.concatenate([loss[0].ravel() for loss in losses.values()])
    every = np.concatenate([loss.ravel() for loss in losses.values()])
    lowest = every[every > 0].min(initial=first.max())
    return Curves("loss", losses, (max(lowest, 1e-8 * first.max()), 10 * first.max()))


def _rate(results, methods, axes):
    rates = {
        f"{label} {PARAMETERS[i]}": _after_first(result.effective_learning_rate[..., i])
        for label, result in results.items()
        for i in (0, 1)
    }
    return Curves("rate in this step", rates, _usual(rates))


def _cache(results, methods, axes):
    caches = {}
    for name, result in results.items():
        remembered = METHODS[type(methods[name]).__name__].remembers
        for part in {"cache", "v"}.intersection(remembered):
            state = result.state
            cache = getattr(state, part) if isinstance(state, tuple) else state
            for i, parameter in enumerate(PARAMETERS):
                caches[f"{name} {parameter}"] = cache[..., i]
    require(len(caches) > 0, "show", 'hold "cache" only where a method has one', list(methods))
    return Bars("cache", caches, _usual(caches))


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
    first = result.loss[0].max()
    # A run that ends above its start counts as diverged.
    ends = np.where(result.loss[-1:] > result.loss[0], np.inf, result.loss[-1:])
    lowest = ends[ends > 0].min(initial=first)
    return Map("last loss", ends, rows, columns, (max(lowest, 1e-12 * first), first))


PANELS = {"loss": _loss, "rate": _rate, "cache": _cache, "factor": _factor, "map": _map}
"""What :func:`explore` can show beside the path: functions of results, methods and axes."""


def _after_first(array):
    return np.concatenate([np.full_like(array[:1], np.nan), array])


def _usual(curves):
    every = np.concatenate([curve.ravel() for curve in curves.values()])
    low, high = np.quantile(every[np.isfinite(every) & (every > 0)], [0.01, 0.99])
    middle = np.sqrt(low * high)
    return min(low, middle / 2), max(high, 2 * middle)


def _events(results):
    events = []
    for label, result in results.items():
        with np.errstate(invalid="ignore"):
            high = ~(result.loss <= 100 * result.loss[0])
        diverged = np.where(high[-1], high.argmax(axis=0), np.inf)[np.newaxis]
        arrived = result.steps_to(0.01)[np.newaxis]
        events += [
            (label, "diverged at step {step}", diverged),
            (label, "below 1 % of its start from step {step}", arrived),
        ]
    return events
