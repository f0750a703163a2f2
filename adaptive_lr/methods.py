"""The registry of methods: one row each, read by chapters, tests, tables and explorers."""

import inspect
import re
from dataclasses import dataclass, fields

import numpy as np

from adaptive_lr.hyperparameters import HYPERPARAMETERS
from adaptive_lr.optimizers import (
    Adagrad,
    Adam,
    AdamW,
    GradientDescent,
    Momentum,
    RMSprop,
)


@dataclass(frozen=True)
class Method:
    """One row of the registry.

    Parameters
    ----------
    optimizer : type
        The class.
    color : str
        The colour of the method in every figure of the book, as ``"#rrggbb"``.
    year : int
        When it was published.
    idea : str
        What it does, or what it adds to the methods it builds on, in a few words.
    builds_on : tuple of str
        Names of the methods whose rule it changes or joins.
    reference : str
        Key of its paper in the bibliography.
    framework_name : str
        Name of the function that makes it in :mod:`adaptive_lr.frameworks`.

    Examples
    --------
    >>> METHODS["Adagrad"].color
    '#009E73'
    >>> [hyperparameter.name for hyperparameter in METHODS["Momentum"].hyperparameters]
    ['learning_rate', 'momentum', 'nesterov']
    """

    optimizer: type
    color: str
    year: int
    idea: str
    builds_on: tuple
    reference: str
    framework_name: str

    @property
    def name(self):
        """Name of the class, which is the name of the method."""
        return self.optimizer.__name__

    @property
    def hyperparameters(self):
        """The rows of :data:`~adaptive_lr.hyperparameters.HYPERPARAMETERS` that it has."""
        return tuple(HYPERPARAMETERS[field.name] for field in fields(self.optimizer))

    @property
    def defaults(self):
        """The default value of each hyper-parameter, by name."""
        return {field.name: field.default for field in fields(self.optimizer)}

    @property
    def remembers(self):
        """Names of the arrays in the state on which, at the defaults, the next step depends."""
        optimizer, x, t = self.optimizer(), np.ones(1), 2
        state = optimizer.update(x, x, optimizer.init(x), 1)[1]
        if not isinstance(state, tuple):
            return (list(inspect.signature(self.optimizer.update).parameters)[3],)
        step = optimizer.update(x, x, state, t)[0]
        return tuple(
            name
            for name in getattr(state, "_fields", ())
            if optimizer.update(x, x, state._replace(**{name: np.full(1, 9.0)}), t)[0] != step
        )

    @property
    def equation(self):
        """The update rule in LaTeX, as the docstring of the class has it."""
        docstring = inspect.getdoc(self.optimizer)
        block = re.search(r"^\.\. math::(.*?)(?=\n\n\S|\Z)", docstring, re.MULTILINE | re.DOTALL)
        return inspect.cleandoc(block[1])


# Colours of Okabe and Ito, which readers with colour-blindness can tell apart.
METHODS = {
    method.name: method
    for method in (
        Method(GradientDescent, "#7F7F7F", 1847, "one rate for all", (), "cauchy1847", "sgd"),
        Method(
            Momentum,
            "#E69F00",
            1964,
            "a velocity that remembers",
            ("GradientDescent",),
            "polyak1964",
            "sgd",
        ),
        Method(
            Adagrad,
            "#009E73",
            2011,
            "divide by the root of the sum of squares",
            ("GradientDescent",),
            "duchi2011",
            "adagrad",
        ),
        Method(
            RMSprop,
            "#0072B2",
            2012,
            "a decaying average instead of the sum",
            ("Adagrad",),
            "tieleman2012",
            "rmsprop",
        ),
        Method(
            Adam,
            "#D55E00",
            2015,
            "both, with the first steps put right",
            ("Momentum", "RMSprop"),
            "kingma2015",
            "adam",
        ),
        Method(
            AdamW,
            "#CC79A7",
            2019,
            "weight decay kept apart from the gradient",
            ("Adam",),
            "loshchilov2019",
            "adamw",
        ),
    )
}
