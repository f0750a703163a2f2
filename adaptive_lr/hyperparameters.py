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

    def describe(self, default):
        """Return the entry of the hyper-parameter in the docstring of a class that has it.

        Parameters
        ----------
        default : float or bool
            The default value in that class.

        Returns
        -------
        str
            Two lines in the form of numpydoc.

        Examples
        --------
        >>> print(HYPERPARAMETERS["decay_rate"].describe(0.9))
        decay_rate : float or array_like, default 0.9
            :math:`\\rho`: share of the cache kept from step to step; must be in [0, 1).
        """
        switch = self.scale == "switch"
        kind = "bool or array_like of bool" if switch else "float or array_like"
        if self.scheduled:
            kind = "float, array_like or schedule"
        symbol = f":math:`{self.symbol}`: " if self.symbol else ""
        rule = "" if switch else f"; must {self.rule}"
        return f"{self.name} : {kind}, default {default!r}\n    {symbol}{self.meaning}{rule}."

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
        if isinstance(value, float) and self.hyperparameter.holds(value):
            return value
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


# Each holds for a plain number too, and then without the price of an array.
def _at_least_zero(value):
    return (value >= 0) & (value < np.inf)


def _above_zero(value):
    return (value > 0) & (value < np.inf)


def _below_one(value):
    return (value >= 0) & (value < 1)


def _true_or_false(value):
    return value.dtype == bool


NOT_NEGATIVE = ("be finite and at least 0", _at_least_zero)
POSITIVE = ("be finite and above 0", _above_zero)
FRACTION = ("be in [0, 1)", _below_one)
SWITCH = ("be True or False", _true_or_false)


def _scale(name, symbol, meaning, low, high, rule=NOT_NEGATIVE, scheduled=False):
    return Hyperparameter(name, symbol, meaning, *rule, low, high, "log", scheduled)


def _share(name, symbol, meaning, low, high, scheduled=False):
    return Hyperparameter(name, symbol, meaning, *FRACTION, low, high, "log_from_one", scheduled)


def _switch(name, meaning):
    return Hyperparameter(name, "", meaning, *SWITCH, 0, 1, "switch")


HYPERPARAMETERS = {
    row.name: row
    for row in (
        _scale("learning_rate", r"\eta", "scale of every step", 1e-4, 10, scheduled=True),
        _share(
            "momentum",
            r"\mu",
            "share of the velocity kept from step to step",
            0,
            0.99,
            scheduled=True,
        ),
        _scale("dampening", r"\tau", "share of a gradient kept from the velocity", 0.01, 1),
        _scale("initial_accumulator", "c_0", "the cache before the first step", 1e-8, 10),
        _share("decay_rate", r"\rho", "share of the cache kept from step to step", 0.5, 0.9999),
        _share("beta1", r"\beta_1", "share of m kept from step to step", 0, 0.99, scheduled=True),
        _share("beta2", r"\beta_2", "share of v kept from step to step", 0.5, 0.9999),
        _share("beta3", r"\beta_3", "share of n kept from step to step", 0.5, 0.9999),
        _switch("bias_correction", "whether to undo the start of the averages at zero"),
        _scale("weight_decay", r"\lambda", "pull towards zero", 1e-4, 1, scheduled=True),
        _scale(
            "epsilon",
            r"\varepsilon",
            "floor of the divisor, outside the root",
            1e-8,
            1,
            scheduled=True,
        ),
        _scale(
            "epsilon_root",
            r"\varepsilon_{\text{root}}",
            "floor of the divisor, inside the root",
            1e-16,
            1,
        ),
        _scale("clip_value", "c", "largest size of a component", 1e-3, 10, POSITIVE),
        _scale("clip_norm", "c", "largest length of a gradient", 1e-3, 10, POSITIVE),
        _share(
            "average_decay", r"\alpha", "share of the average kept from step to step", 0, 0.9999
        ),
    )
}
