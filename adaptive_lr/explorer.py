"""Explorers: a figure under sliders.

Of runs, all positions of all sliders are computed before the first is moved, in one run for each
method. Where a kernel stands behind the page, sliders choose what is drawn; elsewhere the page
shows a picture of the middle position.
"""

import io

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np

from adaptive_lr import plots
from adaptive_lr.checks import require
from adaptive_lr.methods import METHODS
from adaptive_lr.running import grid, run


class Explorer:
    """A figure with a slider for each of its numbers.

    Made by :func:`explore` and :func:`explore_figure`. A notebook shows it by its value, as the
    last line of a cell.

    Parameters
    ----------
    axes : dict
        Name of each number to the values it can take.
    title : str
        What is drawn, in a few words.
    """

    def __init__(self, axes, title):
        self.axes = axes
        self.title = title

    def __repr__(self):
        sizes = " x ".join(f"{len(values)} {name}" for name, values in self.axes.items())
        return f"Explorer: {self.title}, {sizes}"

    def draw(self, **position):
        """Draw one position of the sliders.

        Parameters
        ----------
        **position : int
            Index of the value of each number.

        Returns
        -------
        matplotlib.figure.Figure
            The figure, closed, so that a notebook does not show it twice.
        """
        raise NotImplementedError

    def middle(self):
        """Return the position at which every slider starts: the middle of its values."""
        return {name: len(values) // 2 for name, values in self.axes.items()}

    def widget(self):
        """Return the figure and its sliders as an ipywidget, which needs a kernel."""
        sliders = {name: self._slider(name) for name in self.axes}
        picture = ipywidgets.Image(format="png", value=_png(self.draw(**self.middle())))
        picture.layout.max_width = "100%"

        def redraw(_):
            position = {name: slider.index for name, slider in sliders.items()}
            picture.value = _png(self.draw(**position))

        for slider in sliders.values():
            slider.observe(redraw, "index")
        return ipywidgets.VBox([*sliders.values(), picture])

    def _slider(self, name):
        return ipywidgets.SelectionSlider(
            options=[(_readable(value), index) for index, value in enumerate(self.axes[name])],
            index=self.middle()[name],
            description=name,
            style={"description_width": "11em"},
            layout={"width": "100%", "max_width": "40em"},
        )

    def _repr_mimebundle_(self, include=None, exclude=None):
        widget = self.widget()
        *_, picture = widget.children
        view = widget._repr_mimebundle_()
        return {**view, "image/png": bytes(picture.value), "text/plain": repr(self)}


class FigureExplorer(Explorer):
    """An explorer that draws anew for every position.

    Parameters
    ----------
    function : callable
        Function from the chosen values, by name, to a matplotlib figure.
    axes : dict
        Name of each argument to the values it can take.
    title : str
        What is drawn, in a few words.
    """

    def __init__(self, function, axes, title):
        self.function = function
        super().__init__(axes, title)

    def draw(self, **position):
        """Draw one position of the sliders.

        Parameters
        ----------
        **position : int
            Index of the value of each argument.

        Returns
        -------
        matplotlib.figure.Figure
            What the function returned, closed.
        """
        figure = self.function(**{name: self.axes[name][i] for name, i in position.items()})
        plt.close(figure)
        return figure


class DescentExplorer(Explorer):
    """An explorer of runs that were all computed beforehand.

    Parameters
    ----------
    problem : Problem
        The problem that was descended.
    results : dict
        Name of the method to its recorded :class:`~adaptive_lr.running.Result`.
    axes : dict
        Name of the hyper-parameter to its values, in the order of the run axes.
    swept : dict
        Name of the method to the names of those axes that its runs have.
    """

    def __init__(self, problem, results, axes, swept):
        self.problem = problem
        self.results = results
        self.swept = swept
        super().__init__(axes, f"{', '.join(results)} on {problem.name}")

    def paths(self, **position):
        """Return the run of each method at one position of the sliders.

        Parameters
        ----------
        **position : int
            Index of the value of each hyper-parameter that was swept.

        Returns
        -------
        dict
            Name of the method to a tuple of its parameters, shape (steps + 1, 2), its losses,
            shape (steps + 1,), and its effective learning rates, shape (steps, 2).
        """
        chosen = {}
        for name, result in self.results.items():
            at = (slice(None), *(position[axis] for axis in self.swept[name]))
            chosen[name] = (result.x[at], result.loss[at], result.effective_learning_rate[at])
        return chosen

    def draw(self, **position):
        """Draw one position of the sliders.

        Parameters
        ----------
        **position : int
            Index of the value of each hyper-parameter that was swept.

        Returns
        -------
        matplotlib.figure.Figure
            Paths above; losses and effective learning rates below.
        """
        return plots.descent(self.problem, self.paths(**position))


def explore(problem, optimizers, *, start=None, steps=60, **axes):
    """Sweep hyper-parameters of one or more methods on a problem, and put them under sliders.

    Parameters
    ----------
    problem : Problem
        A problem of two parameters.
    optimizers : type or list of type
        Classes of the registry, such as :class:`~adaptive_lr.optimizers.Adagrad`.
    start : array_like, shape (2,), optional
        The parameters before the first step; by default the problem's own start.
    steps : int, default 60
        Number of steps.
    **axes : array_like, one-dimensional
        Values of each hyper-parameter. A method takes those that it has.

    Returns
    -------
    DescentExplorer
        The figure and its sliders.

    Raises
    ------
    ValueError
        If no method has a hyper-parameter of that name, or the problem has not two parameters.

    Examples
    --------
    >>> from adaptive_lr import Adagrad
    >>> from adaptive_lr.problems import ravine
    >>> explore(ravine(), Adagrad, learning_rate=[0.1, 1.0, 4.0])
    Explorer: Adagrad on ravine, 3 learning_rate
    """
    optimizers = [optimizers] if isinstance(optimizers, type) else list(optimizers)
    start = problem.start if start is None else start
    require(np.shape(problem.start) == (2,), "problem", "have two parameters", problem.name)
    swept = {}
    for optimizer in optimizers:
        names = {row.name for row in METHODS[optimizer.__name__].hyperparameters}
        swept[optimizer.__name__] = [name for name in axes if name in names]
    for name, values in axes.items():
        known = any(name in names for names in swept.values())
        require(known, name, f"be a hyper-parameter of {' or '.join(swept)}", values)
    results = {}
    for optimizer in optimizers:
        own = grid(**{name: axes[name] for name in swept[optimizer.__name__]})
        results[optimizer.__name__] = run(problem, optimizer(**own), start, steps, record=True)
    return DescentExplorer(problem, results, axes, swept)


def explore_figure(draw, title, **axes):
    """Put the arguments of a drawing function under sliders.

    Parameters
    ----------
    draw : callable
        Function from one value for each argument to a matplotlib figure.
    title : str
        What is drawn, in a few words.
    **axes : list
        The values that each argument can take: numbers or text.

    Returns
    -------
    FigureExplorer
        The figure and its sliders.

    Raises
    ------
    ValueError
        If no argument is given, or one has no values.

    Examples
    --------
    >>> def parabola(curvature):
    ...     fig, ax = plots.figure()
    ...     ax.plot([-1, 0, 1], [curvature / 2, 0, curvature / 2])
    ...     return fig
    >>> explore_figure(parabola, "a parabola", curvature=[1.0, 4.0, 16.0])
    Explorer: a parabola, 3 curvature
    """
    require(len(axes) > 0, "axes", "name at least one argument", axes)
    for name, values in axes.items():
        require(len(values) > 0, name, "have values", values)
    return FigureExplorer(draw, axes, title)


def _readable(value):
    return value if isinstance(value, str) else f"{value:.4g}"


def _png(figure):
    buffer = io.BytesIO()
    with plots.use_style():
        figure.savefig(buffer, format="png")
    return buffer.getvalue()
