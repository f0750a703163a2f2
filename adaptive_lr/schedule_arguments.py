"""The rules of what schedules are made from and called with, and where both are checked.

A factory of schedules is decorated with the rules of its arguments, so that its own lines hold
nothing but the formula. The dialects of :mod:`adaptive_lr.frameworks` check the framework's
arguments under the framework's names and then use the same formula, :func:`unchecked`.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, wraps

import numpy as np

from adaptive_lr.checks import REAL, WHOLE, numbers, require


def _numbers(rule, holds, kinds=REAL):
    return lambda argument, value: numbers(argument, value, rule, holds, kinds)


def _finite(holds):
    return lambda array: np.isfinite(array) & holds(array)


RATE = _numbers("be finite and at least 0", _finite(lambda array: array >= 0))
ABOVE_0 = _numbers("be finite and above 0", _finite(lambda array: array > 0))
RATIO = _numbers("be finite and at least 1", _finite(lambda array: array >= 1))
FRACTION = _numbers("be in (0, 1]", lambda array: (array > 0) & (array <= 1))
SHARE = _numbers("be in [0, 1]", lambda array: (array >= 0) & (array <= 1))
MOMENTUM = _numbers("be in [0, 1)", lambda array: (array >= 0) & (array < 1))
COUNT = _numbers("be a whole number of at least 1", lambda array: array >= 1, WHOLE)
COUNT_FROM_0 = _numbers("be a whole number of at least 0", lambda array: array >= 0, WHOLE)


def factor(argument, value):
    """Return a factor that may be above 1, so that its powers may become infinite.

    Parameters
    ----------
    argument : str
        Name of the argument.
    value : float or array_like
        The value that was passed.

    Returns
    -------
    numpy.float64 or ndarray
        The value. A power of a plain float would raise an OverflowError instead.

    Raises
    ------
    ValueError
        If it is not finite and at least 0.

    Examples
    --------
    >>> float(factor("gamma", 1.1))
    1.1
    """
    return np.asarray(RATE(argument, value))[()]


def single(rule):
    """Return the rule narrowed to one number.

    Parameters
    ----------
    rule : callable
        A rule for numbers and arrays.

    Returns
    -------
    callable
        The rule, which raises a ValueError for an array too.

    Examples
    --------
    >>> single(COUNT)("transition_steps", [10, 20])
    Traceback (most recent call last):
        ...
    ValueError: Argument `transition_steps` must be a single number. Received: [10, 20].
    """

    def narrowed(argument, value):
        found = rule(argument, value)
        require(not isinstance(found, np.ndarray), argument, "be a single number", value)
        return found

    return narrowed


def switch(argument, value):
    """Return the value if it is True or False.

    Parameters
    ----------
    argument : str
        Name of the argument.
    value : bool
        The value that was passed.

    Returns
    -------
    bool
        The value.

    Raises
    ------
    ValueError
        If it is neither.

    Examples
    --------
    >>> switch("staircase", True)
    True
    """
    require(isinstance(value, bool), argument, "be True or False", value)
    return value


def one_of(*names):
    """Return the rule that a value be one of some names.

    Parameters
    ----------
    *names : str
        The names.

    Returns
    -------
    callable
        The rule, which raises a ValueError for another value.

    Examples
    --------
    >>> one_of("cos", "linear")("anneal_strategy", "cosine")
    Traceback (most recent call last):
        ...
    ValueError: Argument `anneal_strategy` must be one of cos, linear. Received: 'cosine'.
    """

    def rule(argument, value):
        known = isinstance(value, str) and value in names
        require(known, argument, f"be one of {', '.join(names)}", value)
        return value

    return rule


def function_of(variable):
    """Return the rule that a value be a function of something.

    Parameters
    ----------
    variable : str
        What the function is called with.

    Returns
    -------
    callable
        The rule, which raises a ValueError for what cannot be called.

    Examples
    --------
    >>> function_of("k")("schedule", 0.1)
    Traceback (most recent call last):
        ...
    ValueError: Argument `schedule` must be a schedule: a function of k. Received: 0.1.
    """
    noun = "a schedule: a function" if variable == "k" else "a function"

    def rule(argument, value):
        require(callable(value), argument, f"be {noun} of {variable}", value)
        return value

    return rule


def whole_numbers(argument, values):
    """Return a list of whole numbers of at least 0.

    Parameters
    ----------
    argument : str
        Name of the argument.
    values : iterable of int
        The numbers, in any order.

    Returns
    -------
    list of int
        The numbers.

    Raises
    ------
    ValueError
        If they are no such list.

    Examples
    --------
    >>> whole_numbers("milestones", (80, 30, 30))
    [80, 30, 30]
    """
    rule = "be a list of whole numbers of at least 0"
    found = listed(argument, values, rule)
    require(all(map(is_count, found)), argument, rule, values)
    return [int(value) for value in found]


def ascending(argument, values):
    """Return a list of whole numbers, none of which is below the one before.

    Parameters
    ----------
    argument : str
        Name of the argument.
    values : iterable of int
        The numbers, each at least 0.

    Returns
    -------
    list of int
        The numbers.

    Raises
    ------
    ValueError
        If they are no such list.

    Examples
    --------
    >>> ascending("milestones", [80, 30])
    Traceback (most recent call last):
        ...
    ValueError: Argument `milestones` must be in ascending order. Received: [80, 30].
    """
    found = whole_numbers(argument, values)
    require(found == sorted(found), argument, "be in ascending order", values)
    return found


def schedules(argument, values):
    """Return a list of schedules, at least one.

    Parameters
    ----------
    argument : str
        Name of the argument.
    values : iterable of callable
        The schedules.

    Returns
    -------
    list of callable
        The schedules.

    Raises
    ------
    ValueError
        If there is none or one cannot be called.

    Examples
    --------
    >>> schedules("schedules", [])
    Traceback (most recent call last):
        ...
    ValueError: Argument `schedules` must be a list of schedules: functions of k. Received: [].
    """
    rule = "be a list of schedules: functions of k"
    found = listed(argument, values, rule)
    require(len(found) > 0 and all(map(callable, found)), argument, rule, values)
    return found


def listed(argument, values, rule):
    """Return what an iterable holds, in order.

    Parameters
    ----------
    argument : str
        Name of the argument.
    values : iterable
        The values; neither text nor a set, which has no order, nor a dict.
    rule : str
        What the error says, completing "must ...".

    Returns
    -------
    list
        The values.

    Raises
    ------
    ValueError
        If it is no such iterable.

    Examples
    --------
    >>> listed("boundaries", (2, 5), "be a list of steps")
    [2, 5]
    """
    require(not isinstance(values, str | bytes | dict | set), argument, rule, values)
    try:
        return list(values)
    except TypeError:  # a number, None, an array without an axis
        require(False, argument, rule, values)


def is_count(value):
    """Return whether something is a whole number of at least 0.

    Parameters
    ----------
    value : object
        Anything.

    Returns
    -------
    bool
        False also for True, for 2.0 and for arrays.

    Examples
    --------
    >>> is_count(2), is_count(2.0), is_count(-2)
    (True, False, False)
    """
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and value >= 0


# --- the number of steps already done -----------------------------------------------------------


def steps_done(k, whole=False):
    """Return the number of steps already done, or an array of such numbers.

    Parameters
    ----------
    k : int, float or array_like
        The number.
    whole : bool, default False
        Whether it must be a whole number.

    Returns
    -------
    int, float or ndarray
        The number. An array holds floats, so that differences of unsigned numbers do not wrap.

    Raises
    ------
    ValueError
        If it is not a number, negative, not finite or, with ``whole``, between whole numbers.

    Examples
    --------
    >>> steps_done(3)
    3
    >>> steps_done(-1)
    Traceback (most recent call last):
        ...
    ValueError: Argument `k` must be finite and at least 0: the number of steps done. Received: -1.
    """
    if is_count(k):
        return int(k)  # what every step of a run asks for, and so by the shortest way
    try:
        array = np.asarray(k)
    except (TypeError, ValueError):  # no array of numbers, such as a tracer of JAX
        array = np.array("")
    sound = array.dtype.kind in REAL and np.all(np.isfinite(array) & (array >= 0))
    if sound and whole:
        sound = np.all(array == np.floor(array))
    kind = "a whole number of" if whole else "finite and"
    require(bool(sound), "k", f"be {kind} at least 0: the number of steps done", k)
    return array.astype(float)[()]


@dataclass(frozen=True)
class CycledRate:
    """A schedule of the learning rate, with the momentum that goes with it.

    Parameters
    ----------
    rate : callable
        The learning rate: a function of the number k of steps already done.
    momentum : callable, optional
        The momentum, likewise; None where momentum does not follow the rate.

    Examples
    --------
    >>> cycled = CycledRate(lambda k: 0.1 + k, lambda k: 0.9 - k / 10)
    >>> cycled(1), cycled.momentum(1)
    (1.1, 0.8)
    """

    rate: Callable
    momentum: Callable | None = None

    def __call__(self, k):
        return self.rate(k)


def _checking_steps(schedule, whole):
    if isinstance(schedule, CycledRate):
        momentum = schedule.momentum and _checking_steps(schedule.momentum, whole)
        return CycledRate(_checking_steps(schedule.rate, whole), momentum)

    @wraps(schedule)
    def checked(k):
        return schedule(steps_done(k, whole))

    return checked


# --- factories ----------------------------------------------------------------------------------


def _checked(whole, /, **rules):
    def decorate(factory):
        signature = inspect.signature(factory)

        @wraps(factory)
        def with_checked_arguments(*args, **kwargs):
            try:
                given = signature.bind(*args, **kwargs)
            except TypeError as error:
                raise TypeError(f"{factory.__name__}() {error}") from None
            given.apply_defaults()
            for name, value in given.arguments.items():
                if value is not None or signature.parameters[name].default is not None:
                    given.arguments[name] = rules[name](name, value)
            return _checking_steps(factory(*given.args, **given.kwargs), whole)

        return with_checked_arguments

    return decorate


checked = partial(_checked, False)
checked_as_framework = partial(_checked, True)


def unchecked(factory):
    """Return a factory of schedules without its checks, for numbers checked under other names.

    Parameters
    ----------
    factory : callable
        The factory.

    Returns
    -------
    callable
        The formula alone, which also takes numbers that the book's rules leave out, such as a
        factor above 1.

    Examples
    --------
    >>> from adaptive_lr.schedules import exponential_decay
    >>> unchecked(exponential_decay)(0.1, factor=2.0, every=1)(3)
    0.8
    """
    return factory.__wrapped__
