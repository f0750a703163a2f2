"""The schedules as Keras 3 computes them; see the package for what sets them apart."""

import numpy as np

from adaptive_lr import schedules
from adaptive_lr.checks import require
from adaptive_lr.schedule_arguments import (
    ABOVE_0,
    COUNT,
    COUNT_FROM_0,
    RATE,
    RATIO,
    ascending,
    checked_as_framework,
    factor,
    listed,
    switch,
    unchecked,
)


def _rates(argument, values):
    found = listed(argument, values, "be a list of rates")
    return [RATE(f"{argument}[{place}]", value) for place, value in enumerate(found)]


@checked_as_framework(
    initial_learning_rate=RATE,
    decay_steps=COUNT,
    alpha=RATE,
    warmup_target=RATE,
    warmup_steps=COUNT_FROM_0,
)
def cosine_decay(
    initial_learning_rate, decay_steps, alpha=0.0, *, warmup_target=None, warmup_steps=0
):
    r"""Return the fall along half a cosine of ``keras.optimizers.schedules.CosineDecay``.

    It is the book's :func:`~adaptive_lr.schedules.cosine` down to :math:`\alpha \eta`, after a
    :func:`~adaptive_lr.schedules.warmup` if there is a target for one.

    Parameters
    ----------
    initial_learning_rate : float or array_like
        The first rate, at least 0: of the fall or, with ``warmup_target``, of the warm-up. A
        warm-up from 0 wastes the first step.
    decay_steps : int or array_like of int
        Number of steps of the fall alone. The warm-up comes on top, unlike in Optax.
    alpha : float or array_like, default 0.0
        The last rate as a share of the rate from which it falls, at least 0. It is reached after
        the last of the steps: with 100 steps from 0.1 to 0 the last step takes 2.467e-5.
    warmup_target : float or array_like, optional
        :math:`\eta`, the rate to which the warm-up leads in a straight line, up or down.
    warmup_steps : int or array_like of int, default 0
        Number of steps of the warm-up. Without ``warmup_target`` it does nothing, silently.

    Returns
    -------
    callable
        The schedule.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    Examples
    --------
    >>> schedule = cosine_decay(0.0, decay_steps=90, warmup_target=0.1, warmup_steps=10)
    >>> [round(float(schedule(k)), 3) for k in (0, 5, 10, 55, 100)]
    [0.0, 0.05, 0.1, 0.05, 0.0]
    """
    peak = initial_learning_rate if warmup_target is None else warmup_target
    fall = unchecked(schedules.cosine)(peak, decay_steps, end=alpha * peak)
    if warmup_target is None:
        return fall
    return unchecked(schedules.warmup)(warmup_steps, fall, start=initial_learning_rate)


@checked_as_framework(
    initial_learning_rate=RATE, first_decay_steps=COUNT, t_mul=RATIO, m_mul=factor, alpha=RATE
)
def cosine_decay_restarts(
    initial_learning_rate, first_decay_steps, t_mul=2.0, m_mul=1.0, alpha=0.0
):
    r"""Return the repeated falls of ``keras.optimizers.schedules.CosineDecayRestarts``.

    It is the book's :func:`~adaptive_lr.schedules.cosine` with restarts, whose falls here stretch
    by default.

    Parameters
    ----------
    initial_learning_rate : float or array_like
        The first rate, at least 0.
    first_decay_steps : int or array_like of int
        Number of steps of the first fall.
    t_mul : float or array_like, default 2.0
        Length of each fall relative to the one before, at least 1. Keras also takes less, and
        then returns nan after the ``first_decay_steps / (1 - t_mul)`` steps of all falls together.
    m_mul : float or array_like, default 1.0
        Height of each fall relative to the one before, at least 0.
    alpha : float or array_like, default 0.0
        The last rate of each fall as a share of the first rate of all, at least 0.

    Returns
    -------
    callable
        The schedule.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    Notes
    -----
    The falls begin at the exact step. Keras finds them with a logarithm, in single precision
    unless told otherwise, and then begins some of them a step late: with ``t_mul=1.2`` and 10
    steps the rate of k = 22 is 0.

    References
    ----------
    Loshchilov and Hutter (2017), equation 5.

    Examples
    --------
    >>> schedule = cosine_decay_restarts(0.1, first_decay_steps=10)
    >>> [round(float(schedule(k)), 3) for k in (0, 5, 10, 20, 30)]
    [0.1, 0.05, 0.1, 0.05, 0.1]
    """
    return unchecked(schedules.cosine)(
        initial_learning_rate,
        first_decay_steps,
        end=alpha * initial_learning_rate,
        restarts=True,
        stretch=t_mul,
        shrink=m_mul,
    )


@checked_as_framework(
    initial_learning_rate=RATE, decay_steps=COUNT, decay_rate=factor, staircase=switch
)
def exponential_decay(initial_learning_rate, decay_steps, decay_rate, staircase=False):
    r"""Return the exponential fall of ``keras.optimizers.schedules.ExponentialDecay``.

    It is the book's :func:`~adaptive_lr.schedules.exponential_decay` or, as a staircase,
    :func:`~adaptive_lr.schedules.step_decay`.

    Parameters
    ----------
    initial_learning_rate : float or array_like
        The first rate, at least 0.
    decay_steps : int or array_like of int
        Number of steps over which the rate is multiplied by the factor.
    decay_rate : float or array_like
        The factor, at least 0; above 1 the rate grows.
    staircase : bool, default False
        Whether to multiply at once after each ``decay_steps`` steps.

    Returns
    -------
    callable
        The schedule.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    Examples
    --------
    >>> schedule = exponential_decay(0.8, decay_steps=10, decay_rate=0.25)
    >>> [float(schedule(k)) for k in (0, 5, 10)]
    [0.8, 0.4, 0.2]
    """
    shape = schedules.step_decay if staircase else schedules.exponential_decay
    return unchecked(shape)(initial_learning_rate, decay_rate, decay_steps)


@checked_as_framework(
    initial_learning_rate=RATE, decay_steps=ABOVE_0, decay_rate=RATE, staircase=switch
)
def inverse_time_decay(initial_learning_rate, decay_steps, decay_rate, staircase=False):
    r"""Return the fall with one over time of ``keras.optimizers.schedules.InverseTimeDecay``.

    It is the book's :func:`~adaptive_lr.schedules.time_decay`, whose time here is counted in
    units of ``decay_steps`` steps.

    Parameters
    ----------
    initial_learning_rate : float or array_like
        The first rate, at least 0.
    decay_steps : float or array_like
        Number of steps over which the divisor grows by ``decay_rate``, above 0.
    decay_rate : float or array_like
        By how much the divisor grows, at least 0.
    staircase : bool, default False
        Whether the divisor grows at once after each ``decay_steps`` steps.

    Returns
    -------
    callable
        The schedule.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    Examples
    --------
    >>> schedule = inverse_time_decay(0.1, decay_steps=10, decay_rate=1.0)
    >>> [round(float(schedule(k)), 3) for k in (0, 5, 10, 30)]
    [0.1, 0.067, 0.05, 0.025]
    """
    decayed = unchecked(schedules.time_decay)(initial_learning_rate, decay_rate)
    return lambda k: decayed(np.floor(k / decay_steps) if staircase else k / decay_steps)


@checked_as_framework(
    initial_learning_rate=RATE, decay_steps=COUNT, end_learning_rate=RATE, power=RATE, cycle=switch
)
def polynomial_decay(
    initial_learning_rate, decay_steps, end_learning_rate=0.0001, power=1.0, cycle=False
):
    r"""Return the fall along a power of ``keras.optimizers.schedules.PolynomialDecay``.

    It is the book's :func:`~adaptive_lr.schedules.polynomial_decay`, which here does not end at
    0 by default.

    Parameters
    ----------
    initial_learning_rate : float or array_like
        The first rate, at least 0.
    decay_steps : int or array_like of int
        Number of steps of the fall.
    end_learning_rate : float or array_like, default 0.0001
        The last rate, at least 0.
    power : float or array_like, default 1.0
        The power, at least 0; 1 is a straight line.
    cycle : bool, default False
        Whether to go on with a longer fall when one has ended: to twice, three times, ...
        ``decay_steps`` steps, each begun at step 0. So the rate is the last rate at
        ``decay_steps`` steps, half way up one step later, at the last rate again at twice as many
        steps, then a third of the way up.

    Returns
    -------
    callable
        The schedule.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    Examples
    --------
    >>> schedule = polynomial_decay(0.1, decay_steps=100, end_learning_rate=0.0, cycle=True)
    >>> [round(float(schedule(k)), 4) for k in (0, 50, 100, 101, 200)]
    [0.1, 0.05, 0.0, 0.0495, 0.0]
    """

    def schedule(k):
        falls = np.maximum(np.ceil(k / decay_steps), 1) if cycle else 1
        fall = unchecked(schedules.polynomial_decay)
        return fall(initial_learning_rate, decay_steps * falls, end_learning_rate, power)(k)

    return schedule


@checked_as_framework(boundaries=ascending, values=_rates)
def piecewise_constant_decay(boundaries, values):
    r"""Return the given rates of ``keras.optimizers.schedules.PiecewiseConstantDecay``.

    Parameters
    ----------
    boundaries : list of int
        Numbers of steps, ascending, each once. At the boundary itself the *earlier* value still
        holds, so that the change comes a step later than in PyTorch and Optax.
    values : list of float or array_like
        The rates before, between and after the boundaries, each at least 0: one more than
        boundaries.

    Returns
    -------
    callable
        The schedule.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    Examples
    --------
    >>> schedule = piecewise_constant_decay([100, 200], [1.0, 0.5, 0.1])
    >>> [float(schedule(k)) for k in (0, 100, 101, 200, 201)]
    [1.0, 1.0, 0.5, 0.5, 0.1]
    """
    require(len(boundaries) > 0, "boundaries", "hold at least one number of steps", boundaries)
    once = len(set(boundaries)) == len(boundaries)
    require(once, "boundaries", "be strictly ascending", boundaries)
    rule = f"have one entry more than boundaries: {len(boundaries) + 1}"
    require(len(values) == len(boundaries) + 1, "values", rule, values)

    def schedule(k):
        rate = unchecked(schedules.constant)(values[0])(k)
        for boundary, value in zip(boundaries, values[1:], strict=True):
            rate = np.where(k > boundary, value, rate)
        return rate

    return schedule
