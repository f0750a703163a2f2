"""The registry of methods: one row each, read by chapters, tests, tables and explorers."""

from dataclasses import dataclass, fields

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


# Colours of Okabe and Ito, which readers with colour-blindness can tell apart.
METHODS = {
    method.name: method
    for method in (
        Method(GradientDescent, "#7F7F7F", 1847, "one rate for all", (), "robbins1847", "sgd"),
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
