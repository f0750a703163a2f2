"""The registry of methods: one row each, read by chapters, tests, tables and explorers."""

import inspect
import re
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np

from adaptive_lr.hyperparameters import HYPERPARAMETERS
from adaptive_lr.optimizers import (
    Adagrad,
    Adam,
    AdamW,
    Adan,
    AMSGrad,
    GradientDescent,
    Momentum,
    Nesterov,
    RMSprop,
    Yogi,
)


@dataclass(frozen=True, eq=False)
class Method:
    """One row of the registry.

    Parameters
    ----------
    optimizer : type
        The class.
    color, marker : str
        The look of the method in every figure of the book, as ``"#rrggbb"`` and as matplotlib's
        name.
    year : int
        When it was published.
    idea : str
        What it does, or what it adds to the methods it builds on, in a few words.
    builds_on : tuple of str
        Names of the methods whose rule it changes or joins.
    reference : str
        Key of its paper in the bibliography.
    cache : str or None
        Name of the sum or average of squared gradients in its state, or None if it has none.

    Examples
    --------
    >>> METHODS["Adagrad"].color
    '#009E73'
    >>> [hyperparameter.name for hyperparameter in METHODS["Momentum"].hyperparameters]
    ['learning_rate', 'momentum']
    """

    optimizer: type
    color: str
    marker: str
    year: int
    idea: str
    builds_on: tuple
    reference: str
    cache: str | None

    @property
    def name(self):
        """Name of the class, which is the name of the method."""
        return self.optimizer.__name__

    @property
    def hyperparameters(self):
        """The rows of :data:`~adaptive_lr.hyperparameters.HYPERPARAMETERS` that it has."""
        return tuple(HYPERPARAMETERS[name] for name in self.defaults)

    @property
    def defaults(self):
        """The default value of each hyper-parameter, by name."""
        own = fields(self.optimizer)
        return {field.name: field.default for field in own if field.name in HYPERPARAMETERS}

    @property
    def remembers(self):
        """Names of the arrays in the state; of one array, what ``update`` calls it."""
        state = self.optimizer().init(np.ones(2))
        if isinstance(state, tuple):
            return getattr(state, "_fields", ())
        return (list(inspect.signature(self.optimizer.update).parameters)[3],)

    @property
    def equation(self):
        """The update rule in LaTeX, as the docstring of the class has it."""
        docstring = inspect.getdoc(self.optimizer)
        block = re.search(r"^\.\. math::(.*?)(?=\n\n\S|\Z)", docstring, re.MULTILINE | re.DOTALL)
        return inspect.cleandoc(block[1])

    @cached_property
    def blind_to_scale(self):
        """Whether its path stays the same when all gradients are multiplied by a number."""
        path, scaled = (_path(self._without_epsilon, GRADIENTS * scale) for scale in (1, 1024))
        return bool(np.allclose(path, scaled, rtol=1e-9))

    @cached_property
    def turns_with_the_axes(self):
        """Whether its path turns along when the gradients are turned."""
        cos, sin = np.cos(np.pi / 6), np.sin(np.pi / 6)
        turn = np.array([[cos, sin], [-sin, cos]])
        optimizer = self._without_epsilon
        turned = _path(optimizer, GRADIENTS @ turn)
        return bool(np.allclose(_path(optimizer, GRADIENTS) @ turn, turned, rtol=1e-9))

    @property
    def _without_epsilon(self):
        return self.optimizer(**{name: 0.0 for name in self.defaults if name in FLOORS})


# A few gradients of different length and direction, none of them zero.
GRADIENTS = np.array([[2.0, -1.0], [0.5, 0.25], [-1.0, 3.0], [0.1, 0.7]])
# What a scale of gradients is compared with, and so hides whether a method is blind to it.
FLOORS = ("epsilon", "epsilon_root", "initial_accumulator", "weight_decay")


def _path(optimizer, gradients):
    """Return where the gradients lead from zero, step by step."""
    x, state, path = np.zeros(2), optimizer.init(np.zeros(2)), []
    for t, dx in enumerate(gradients, start=1):
        x, state = optimizer.update(x, dx, state, t)
        path.append(x)
    return np.stack(path)


# The first eight colours are those of Okabe and Ito, which readers with colour-blindness can tell
# apart. With more methods than that, the marker has to help.
METHODS = {
    method.name: method
    for method in (
        Method(GradientDescent, "#7F7F7F", "o", 1847, "one rate for all", (), "cauchy1847", None),
        Method(
            Momentum,
            "#E69F00",
            "s",
            1964,
            "a velocity that remembers",
            ("GradientDescent",),
            "polyak1964",
            None,
        ),
        Method(
            Nesterov,
            "#B8860B",
            "p",
            1983,
            "the step after the next, looked at now",
            ("Momentum",),
            "nesterov1983",
            None,
        ),
        Method(
            Adagrad,
            "#009E73",
            "D",
            2011,
            "divide by the root of the sum of squares",
            ("GradientDescent",),
            "duchi2011",
            "cache",
        ),
        Method(
            RMSprop,
            "#0072B2",
            "^",
            2012,
            "a decaying average instead of the sum",
            ("Adagrad",),
            "tieleman2012",
            "cache",
        ),
        Method(
            Adam,
            "#D55E00",
            "v",
            2015,
            "both, with the first steps put right",
            ("Momentum", "RMSprop"),
            "kingma2015",
            "v",
        ),
        Method(
            AMSGrad,
            "#8C2D04",
            "X",
            2018,
            "the largest average of squares so far",
            ("Adam",),
            "reddi2018",
            "v_max",
        ),
        Method(
            Yogi,
            "#6A51A3",
            "<",
            2018,
            "an average of squares that falls no faster than it grows",
            ("Adam",),
            "zaheer2018",
            "v",
        ),
        Method(
            AdamW,
            "#CC79A7",
            "P",
            2019,
            "weight decay kept apart from the gradient",
            ("Adam",),
            "loshchilov2019",
            "v",
        ),
        Method(
            Adan,
            "#08306B",
            ">",
            2022,
            "how the gradient changes, added to it",
            ("Adam", "Nesterov"),
            "xie2022",
            "n",
        ),
    )
}
