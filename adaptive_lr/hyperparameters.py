r"""Every hyper-parameter of the book, once: meaning, rule, and the range and scale of its slider.

A name means the same in every method, so its rule stands here and not in the classes. An
optimizer checks its arguments against this table when it is made.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from adaptive_lr.checks import REAL, TRUE_OR_FALSE, numbers, require


@dataclass(frozen=True)
class Hyperparameter:
    r"""What the book knows about one hyper-parameter.

    Parameters
    ----------
    name : str
        The name used in code.
    symbol : str
        The symbol used in equations, in LaTeX.
    meaning : str
        What it does, in a few words.
    rule : str
        What its values must obey, completing "must ...".
    holds : callable
        The same rule as a function from an array to an array of bool.
    low, high : float
        Range of values worth showing on a slider.
    scale : {"linear", "log", "log_from_one", "switch"}
        How a slider should spread its positions; "log_from_one" is logarithmic in the distance
        from 1, as befits 0.9, 0.99, 0.999.
    scheduled : bool, default False
        Whether it may be a schedule: a function of the number of steps already done.

    Examples
    --------
    >>> HYPERPARAMETERS["decay_rate"].rule
    'be in [0, 1)'
    """

    name: str
    symbol: str
    meaning: str
    rule: str
    holds: Callable
    low: float
    high: float
    scale: str
    scheduled: bool = False

    def check(self, value):
        """Return the value as the optimizer keeps it: a scalar, a read-only array or a schedule.

        Parameters
        ----------
        value : float, bool, array_like or callable
            The value that was passed to a constructor.

        Returns
        -------
        float, bool, ndarray or CheckedSchedule
            The value; an array is a private, read-only copy.

        Raises
        ------
        ValueError
            If the value breaks the rule.

        Examples
        --------
        >>> HYPERPARAMETERS["momentum"].check(0.9)
        0.9
        >>> HYPERPARAMETERS["momentum"].check(-1)
        Traceback (most recent call last):
            ...
        ValueError: Argument `momentum` must be in [0, 1). Received: -1.
        """
        if callable(value):
            require(self.scheduled, self.name, f"{self.rule} and may not be a schedule", value)
            return value if isinstance(value, CheckedSchedule) else CheckedSchedule(self, value)
        return self._numbers(value)

    def _numbers(self, value, received=None):
        kinds = TRUE_OR_FALSE if self.scale == "switch" else REAL
        return numbers(self.name, value, self.rule, self.holds, kinds, received)


@dataclass(frozen=True)
class CheckedSchedule:
    """A schedule whose every value is checked against the rule of its hyper-parameter.

    Parameters
    ----------
    hyperparameter : Hyperparameter
        The hyper-parameter it sets.
    schedule : callable
        The schedule: a pure function of the number of steps already done.

    Raises
    ------
    ValueError
        When called, if the schedule's value breaks the rule.

    Examples
    --------
    >>> falling = CheckedSchedule(HYPERPARAMETERS["learning_rate"], lambda k: 1.0 - k)
    >>> falling(0)
    1.0
    >>> falling(2)
    Traceback (most recent call last):
        ...
    ValueError: Argument `learning_rate` must be finite and at least 0. Received: -1.0 at k = 2.
    """

    hyperparameter: Hyperparameter
    schedule: Callable

    def __call__(self, k):
        value = self.schedule(k)
        return self.hyperparameter._numbers(value, _AtStep(value, k))


@dataclass(frozen=True)
class _AtStep:
    value: object
    k: int

    def __repr__(self):
        return f"{self.value!r} at k = {self.k}"


def at(t, hyperparameter):
    """Return the value that a hyper-parameter has in step t.

    Parameters
    ----------
    t : int
        Number of the step: 1, 2, 3, ...
    hyperparameter : float, ndarray or callable
        A value, or a schedule, which is called with k = t - 1, the number of steps already done.

    Returns
    -------
    float or ndarray
        The value in force.

    Examples
    --------
    >>> at(3, 0.1)
    0.1
    >>> at(3, lambda k: 0.1 / (1 + k))
    0.03333333333333333
    """
    return hyperparameter(t - 1) if callable(hyperparameter) else hyperparameter


def _at_least_zero(value):
    return np.isfinite(value) & (value >= 0)


def _below_one(value):
    return (value >= 0) & (value < 1)


def _true_or_false(value):
    return value.dtype == bool


NOT_NEGATIVE = ("be finite and at least 0", _at_least_zero)
FRACTION = ("be in [0, 1)", _below_one)
SWITCH = ("be True or False", _true_or_false)

HYPERPARAMETERS = {
    row.name: row
    for row in (
        Hyperparameter(
            "learning_rate", r"\eta", "scale of every step", *NOT_NEGATIVE, 1e-4, 10, "log", True
        ),
        Hyperparameter(
            "momentum", r"\mu", "share of the last step kept", *FRACTION, 0, 0.99, "log_from_one"
        ),
        Hyperparameter("nesterov", "", "look ahead along the velocity", *SWITCH, 0, 1, "switch"),
        Hyperparameter(
            "initial_accumulator", "c_0", "start of the cache", *NOT_NEGATIVE, 1e-8, 10, "log"
        ),
        Hyperparameter(
            "decay_rate", r"\rho", "share of the cache kept", *FRACTION, 0.5, 0.9999, "log_from_one"
        ),
        Hyperparameter(
            "centered", "", "divide by the deviation, not the size", *SWITCH, 0, 1, "switch"
        ),
        Hyperparameter("beta1", r"\beta_1", "share of m kept", *FRACTION, 0, 0.99, "log_from_one"),
        Hyperparameter(
            "beta2", r"\beta_2", "share of v kept", *FRACTION, 0.5, 0.9999, "log_from_one"
        ),
        Hyperparameter("amsgrad", "", "divide by the largest v so far", *SWITCH, 0, 1, "switch"),
        Hyperparameter(
            "bias_correction", "", "undo the start of m and v at zero", *SWITCH, 0, 1, "switch"
        ),
        Hyperparameter(
            "weight_decay", r"\lambda", "pull towards zero", *NOT_NEGATIVE, 1e-4, 1, "log"
        ),
        Hyperparameter(
            "epsilon",
            r"\varepsilon",
            "floor of the divisor, outside the root",
            *NOT_NEGATIVE,
            1e-8,
            1,
            "log",
            True,
        ),
        Hyperparameter(
            "epsilon_root",
            r"\varepsilon_{\text{root}}",
            "floor of the divisor, inside the root",
            *NOT_NEGATIVE,
            1e-16,
            1,
            "log",
        ),
    )
}
