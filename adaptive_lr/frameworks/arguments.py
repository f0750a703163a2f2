"""The frameworks' names for our hyper-parameters, and the one place where they are checked.

An error must name the argument that the reader wrote, which is the framework's. So each argument
is checked under its own name before it is passed on under ours.
"""

import inspect
from dataclasses import replace
from functools import wraps

import numpy as np

from adaptive_lr.checks import require
from adaptive_lr.hyperparameters import HYPERPARAMETERS

RULED_LIKE = {
    "learning_rate": "learning_rate",
    "lr": "learning_rate",
    "lr_decay": "weight_decay",
    "momentum": "momentum",
    "dampening": "dampening",
    "initial_accumulator_value": "initial_accumulator",
    "initial_scale": "initial_accumulator",
    "rho": "decay_rate",
    "alpha": "decay_rate",
    "decay": "decay_rate",
    "beta_1": "beta1",
    "beta_2": "beta2",
    "b1": "beta1",
    "b2": "beta2",
    "b3": "beta3",
    "betas[0]": "beta1",
    "betas[1]": "beta2",
    "weight_decay": "weight_decay",
    "epsilon": "epsilon",
    "eps": "epsilon",
    "eps_root": "epsilon_root",
}
# These choose an algorithm, so they are one True or False, and cannot be swept.
FLAGS = {
    "nesterov",
    "maximize",
    "centered",
    "bias_correction",
    "bias_correction_mu",
    "bias_correction_nu",
    "amsgrad",
    "decoupled_weight_decay",
    "eps_in_sqrt",
}


def check_flag(argument, value):
    """Return a flag, which is True or False.

    Parameters
    ----------
    argument : str
        The framework's name.
    value : bool
        The value that was passed.

    Returns
    -------
    bool
        The value.

    Raises
    ------
    ValueError
        If it is anything else.

    Examples
    --------
    >>> check_flag("amsgrad", True)
    True
    """
    require(isinstance(value, bool | np.bool_), argument, "be True or False", value)
    return bool(value)


def check(argument, value, scheduled=False):
    """Check a value by the rule of the hyper-parameter, under the framework's name for it.

    Parameters
    ----------
    argument : str
        The framework's name.
    value : float, bool, array_like or callable
        The value that was passed.
    scheduled : bool, default False
        Whether a schedule is allowed.

    Returns
    -------
    float, bool, ndarray or CheckedSchedule
        The value as an optimizer keeps it.

    Raises
    ------
    ValueError
        If the value breaks the rule.

    Examples
    --------
    >>> check("rho", 1.5)
    Traceback (most recent call last):
        ...
    ValueError: Argument `rho` must be in [0, 1). Received: 1.5.
    """
    rule = HYPERPARAMETERS[RULED_LIKE[argument]]
    return replace(rule, name=argument, scheduled=scheduled).check(value)


def checked(*scheduled):
    """Decorate a framework's function so that its arguments are checked under their own names.

    Where the framework's default is None, which turns an option off, the function receives 0.

    Parameters
    ----------
    *scheduled : str
        Names of the arguments that may be schedules.

    Returns
    -------
    callable
        The decorator.

    Examples
    --------
    >>> @checked("lr")
    ... def sgd(lr, momentum=None):
    ...     return lr, momentum
    >>> sgd(0.1)
    (0.1, 0.0)
    """

    def decorate(function):
        signature = inspect.signature(function)

        @wraps(function)
        def with_checked_arguments(*args, **kwargs):
            try:
                given = signature.bind(*args, **kwargs)
            except TypeError as error:
                raise TypeError(f"{function.__name__}() {error}") from None
            given.apply_defaults()
            for name, value in given.arguments.items():
                if value is None and signature.parameters[name].default is None:
                    given.arguments[name] = 0.0
                elif name in FLAGS:
                    given.arguments[name] = check_flag(name, value)
                elif name in RULED_LIKE:
                    given.arguments[name] = check(name, value, name in scheduled)
            return function(*given.args, **given.kwargs)

        return with_checked_arguments

    return decorate


def is_off(value):
    """Return whether an option is the number 0 (or False), and so changes nothing.

    Parameters
    ----------
    value : float, bool, ndarray or callable
        A checked value.

    Returns
    -------
    bool
        False for arrays and schedules.

    Examples
    --------
    >>> is_off(0.0), is_off(0.1)
    (True, False)
    """
    return np.isscalar(value) and value == 0
