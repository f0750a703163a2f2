r"""Learning-rate schedules: pure functions of the number of steps already done.

Each factory returns a function ``k -> learning rate`` for k = 0, 1, 2, ..., which holds no state:
calling it never changes what it returns next. ``k`` may be an array, and so may every rate; a
``k`` between whole numbers is for drawing, a negative one is an error. The rate of the first step
is that of k = 0. So the last of n steps takes the rate of k = n - 1, and what a schedule is at
k = n, such as the end of a fall over n steps, is not yet used in them.

The functions compose: ``warmup(5, cosine(0.1, steps=95))`` is again a schedule. They are ordinary
functions on NumPy arrays, which answer at once: JAX cannot trace them, so that a jitted step of
Optax needs Optax's own schedules.

Keras, PyTorch and Optax have schedules of the same or similar names. Each section "Notes" says
how theirs differ; :mod:`adaptive_lr.frameworks` has theirs.
"""

import numpy as np

from adaptive_lr.checks import require
from adaptive_lr.curves import half_cosine, joined, line, through
from adaptive_lr.schedule_arguments import (
    COUNT,
    COUNT_FROM_0,
    FRACTION,
    RATE,
    RATIO,
    checked,
    function_of,
    one_of,
    switch,
)


def _done(k, steps):
    """Return the share of the steps that is done, which stays at 1 after the last."""
    return np.minimum(k, steps) / steps


@checked(learning_rate=RATE)
def constant(learning_rate):
    r"""Keep one learning rate.

    .. math:: \eta_k = \eta

    Parameters
    ----------
    learning_rate : float or array_like
        :math:`\eta`, at least 0.

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
    PyTorch's ``ConstantLR`` is something else: a low start of a few steps.

    Examples
    --------
    >>> float(constant(0.1)(1000))
    0.1
    """
    return lambda k: learning_rate + np.zeros(np.shape(k))


@checked(learning_rate=RATE, factor=FRACTION, every=COUNT)
def step_decay(learning_rate, factor=0.5, every=10):
    r"""Multiply the learning rate by a factor every so many steps.

    .. math:: \eta_k = \eta \, f^{\lfloor k / n \rfloor}

    Parameters
    ----------
    learning_rate : float or array_like
        :math:`\eta`, the rate at the start, at least 0.
    factor : float or array_like, default 0.5
        :math:`f` in (0, 1].
    every : int, default 10
        :math:`n`, the number of steps between two cuts.

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
    As PyTorch's ``StepLR``, whose ``gamma`` is 0.1 by default, and Keras's and Optax's exponential
    decay with ``staircase=True``. Theirs may also grow.

    Examples
    --------
    >>> schedule = step_decay(0.8, factor=0.5, every=10)
    >>> [float(schedule(k)) for k in (0, 9, 10, 25)]
    [0.8, 0.8, 0.4, 0.2]
    """
    return lambda k: learning_rate * factor ** np.floor_divide(k, every)


@checked(learning_rate=RATE, decay=RATE)
def time_decay(learning_rate, decay=0.01):
    r"""Divide the learning rate by a number that grows with time.

    .. math:: \eta_k = \frac{\eta}{1 + d \, k}

    Parameters
    ----------
    learning_rate : float or array_like
        :math:`\eta`, the rate at the start, at least 0.
    decay : float or array_like, default 0.01
        :math:`d`, at least 0; after :math:`1/d` steps the rate has halved.

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
    Keras's ``InverseTimeDecay`` has ``decay_rate / decay_steps`` in place of ``decay``. PyTorch and
    Optax have none.

    References
    ----------
    Robbins and Monro (1951), whose condition on the rates it meets if ``decay`` is above 0.

    Examples
    --------
    >>> float(time_decay(0.1, decay=0.01)(100))
    0.05
    """
    return lambda k: learning_rate / (1 + decay * k)


@checked(learning_rate=RATE, factor=FRACTION, every=COUNT)
def exponential_decay(learning_rate, factor=0.5, every=10):
    r"""Lower the learning rate by the same factor over every stretch of steps, smoothly.

    .. math:: \eta_k = \eta \, f^{k / n}

    Parameters
    ----------
    learning_rate : float or array_like
        :math:`\eta`, the rate at the start, at least 0.
    factor : float or array_like, default 0.5
        :math:`f` in (0, 1].
    every : int, default 10
        :math:`n`, the number of steps over which the rate falls by the factor.

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
    As Keras's ``ExponentialDecay`` and Optax's ``exponential_decay``, which may also be a
    staircase or grow, and in Optax begin later and be bounded. PyTorch's ``ExponentialLR`` has
    ``every=1``.

    Examples
    --------
    >>> float(exponential_decay(0.8, factor=0.25, every=10)(5))
    0.4
    """
    return lambda k: learning_rate * factor ** (k / every)


@checked(learning_rate=RATE, steps=COUNT, end=RATE, power=RATE)
def polynomial_decay(learning_rate, steps, end=0.0, power=1.0):
    r"""Fall to a last learning rate along a power of the share of steps left.

    .. math:: \eta_k = (\eta - \eta_{end}) \left(1 - \frac{\min(k, n)}{n}\right)^p + \eta_{end}

    Parameters
    ----------
    learning_rate : float or array_like
        :math:`\eta`, the rate at the start, at least 0.
    steps : int
        :math:`n`, the number of steps until the last rate is reached; it then stays.
    end : float or array_like, default 0.0
        :math:`\eta_{end}`, the last rate, at least 0.
    power : float, default 1.0
        :math:`p`, at least 0; 1 is a straight line.

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
    Keras's ``PolynomialDecay`` ends at 0.0001 by default, not at 0, and can go on in cycles;
    PyTorch's ``PolynomialLR`` always ends at 0; Optax's ``polynomial_schedule`` can begin later,
    and with 0 steps it stays where it begins.

    Examples
    --------
    >>> float(polynomial_decay(0.1, steps=100)(50))
    0.05
    """
    return lambda k: (learning_rate - end) * line(_done(k, steps)) ** power + end


@checked(learning_rate=RATE, steps=COUNT, end=RATE, restarts=switch, stretch=RATIO, shrink=FRACTION)
def cosine(learning_rate, steps, end=0.0, restarts=False, stretch=1.0, shrink=1.0):
    r"""Fall to a last learning rate along half a cosine, once or again and again.

    .. math:: \eta_k = \eta_{end} + \tfrac12 (\eta - \eta_{end})
              \left(1 + \cos \frac{\pi \min(k, n)}{n}\right)

    With ``restarts=True`` the fall begins anew after :math:`n` steps, each time over a stretch
    ``stretch`` times as long and from a height above ``end`` that is ``shrink`` times as large.

    Parameters
    ----------
    learning_rate : float or array_like
        :math:`\eta`, the rate at the start, at least 0.
    steps : int
        :math:`n`, the number of steps of the (first) fall.
    end : float or array_like, default 0.0
        :math:`\eta_{end}`, the last rate, at least 0.
    restarts : bool, default False
        Whether to begin anew after each fall.
    stretch : float, default 1.0
        Length of each fall relative to the one before, at least 1.
    shrink : float, default 1.0
        Height of each fall relative to the one before, in (0, 1].

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
    The end is the rate of k = ``steps``: ``cosine(0.1, 100)(99)``, the last of 100 steps, is
    2.467e-5.

    In Keras and Optax the last rate is given as a share, ``alpha``, of the first. PyTorch's
    ``CosineAnnealingLR`` does not stay at the end but rises again. With restarts, Keras's falls
    stretch twofold by default, PyTorch's stretch by whole numbers only and do not shrink, and
    Optax's ``sgdr_schedule`` takes a list of falls.

    References
    ----------
    Loshchilov and Hutter (2017), equation 5.

    Examples
    --------
    >>> schedule = cosine(0.1, steps=100, restarts=True)
    >>> [round(float(schedule(k)), 3) for k in (0, 50, 100, 150)]
    [0.1, 0.05, 0.1, 0.05]
    """

    def schedule(k):
        fall, share = _falls(k, steps, stretch) if restarts else (0, _done(k, steps))
        return end + (learning_rate - end) * shrink**fall * half_cosine(share)

    return schedule


def _falls(k, steps, stretch):
    """Return how many falls are complete and which share of the present one is done."""
    # The lengths of the falls form a geometric series. Written with its growth, which may be tiny
    # but not 0, its sum also covers falls of equal length.
    growth = np.maximum(stretch - 1, 1e-300)
    length = k / steps
    # Without the allowance, rounding would let some falls begin a step late.
    fall = np.floor(np.log1p(length * growth) / np.log1p(growth) * (1 + 1e-12))
    begun = np.expm1(fall * np.log1p(growth)) / growth
    return fall, (length - begun) / stretch**fall


@checked(steps=COUNT_FROM_0, schedule=function_of("k"), start=RATE)
def warmup(steps, schedule, start=0.0):
    r"""Rise in a straight line to a schedule's first learning rate, then follow the schedule.

    .. math:: \eta_k = \begin{cases}
              s + (\eta_0 - s) \, k / n & k < n \\ \eta_{k - n} & k \ge n \end{cases}

    where :math:`\eta_0, \eta_1, \dots` are the rates of ``schedule``.

    Parameters
    ----------
    steps : int
        :math:`n`, the number of steps of the rise, at least 0.
    schedule : callable
        The schedule to follow, which begins when the rise is done.
    start : float or array_like, default 0.0
        :math:`s`, the rate of the first step, at least 0.

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
    A warm-up from 0 wastes the first step: the rate of k = 0 is ``start``.

    PyTorch warms up with ``LinearLR`` in a ``SequentialLR``, which cannot start at 0. In Keras the
    warm-up is an option of ``CosineDecay`` and comes before its ``decay_steps``; in Optax's
    ``warmup_cosine_decay_schedule`` it is one part of the ``decay_steps``.

    References
    ----------
    Goyal et al. (2017), section 2.2.

    Examples
    --------
    >>> schedule = warmup(5, constant(0.1))
    >>> [round(float(schedule(k)), 2) for k in (0, 1, 5, 50)]
    [0.0, 0.02, 0.1, 0.1]
    """

    def rise(k):
        return start + (schedule(0) - start) * k / np.maximum(steps, 1)

    return joined([rise, schedule], [steps])


@checked(low=RATE, high=RATE, half_cycle=COUNT, shrink=FRACTION)
def cyclical(low, high, half_cycle, shrink=1.0):
    r"""Swing between two learning rates in straight lines.

    .. math:: \eta_k = \eta_{low} + (\eta_{high} - \eta_{low}) \, f^c
              \left(1 - \left|\frac{k}{h} - 2 c - 1\right|\right), \qquad
              c = \left\lfloor \frac{k}{2 h} \right\rfloor

    Parameters
    ----------
    low : float or array_like
        :math:`\eta_{low}`, the rate at the start and end of each cycle, at least 0.
    high : float or array_like
        :math:`\eta_{high}`, the rate in the middle of the first cycle, at least ``low``.
    half_cycle : int
        :math:`h`, the number of steps from low to high.
    shrink : float, default 1.0
        :math:`f` in (0, 1]: height of each cycle relative to the one before.

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
    PyTorch's ``CyclicLR`` also moves the momentum, against the rate, which this does not; its
    half cycle is 2000 steps by default, the way down may take another number of steps than the
    way up, and its "exp_range" shrinks with each step where ``shrink`` does with each cycle.
    Keras and Optax have none.

    References
    ----------
    Smith (2017), section 3; ``shrink=0.5`` is its policy "triangular2".

    Examples
    --------
    >>> schedule = cyclical(0.1, 0.5, half_cycle=4)
    >>> [round(float(schedule(k)), 2) for k in (0, 2, 4, 6, 8)]
    [0.1, 0.3, 0.5, 0.3, 0.1]
    """
    require(bool(np.all(np.greater_equal(high, low))), "high", f"be at least low = {low}", high)

    def schedule(k):
        cycle = np.floor_divide(k, 2 * half_cycle)
        height = 1 - np.abs(k / half_cycle - 2 * cycle - 1)
        return low + (high - low) * shrink**cycle * height

    return schedule


@checked(learning_rate=RATE, steps=COUNT, rise=FRACTION, divide_start=RATIO, divide_end=RATIO)
def one_cycle(learning_rate, steps, rise=0.3, divide_start=25.0, divide_end=1e4):
    r"""Rise to a peak and fall far below the start, both along half a cosine.

    The rate begins at :math:`\eta / d_{start}`, is :math:`\eta` after the share ``rise`` of the
    steps, and ends at :math:`\eta / (d_{start} d_{end})`.

    Parameters
    ----------
    learning_rate : float or array_like
        :math:`\eta`, the peak, at least 0.
    steps : int
        Number of steps of the whole cycle.
    rise : float, default 0.3
        Share of the steps spent rising, in (0, 1].
    divide_start : float, default 25.0
        :math:`d_{start}`, at least 1: the peak over the first rate.
    divide_end : float, default 1e4
        :math:`d_{end}`, at least 1: the first rate over the last.

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
    The peak is at k = ``rise * steps``, which may lie between two steps, and the end at k =
    ``steps``: after the last of them. With the same numbers the frameworks differ:

    - PyTorch's ``OneCycleLR`` peaks at k = ``rise * steps - 1`` and ends at k = ``steps - 1``, with
      the last step. Of 100 steps from a peak of 0.1 the last takes 4e-7, and here 5.07e-5; the
      peak is at 29, and here at 30. It is
      ``one_cycle(rate, steps - 1, (rise * steps - 1) / (steps - 1))``. It also moves the momentum.
    - Optax's ``cosine_onecycle_schedule`` rounds the step of the peak down: with 10 steps and
      ``rise=0.25`` its rate at k = 2 is the peak, and this one's 0.908 of it. It is
      ``one_cycle(rate, steps, int(rise * steps) / steps)``. Its ``linear_onecycle_schedule`` has
      straight lines and a third stretch.

    Keras has none.

    References
    ----------
    Smith and Topin (2017), section 3, with cosines, as in PyTorch and Optax, for straight lines.

    Examples
    --------
    >>> schedule = one_cycle(0.1, steps=100)
    >>> [round(float(schedule(k)), 4) for k in (0, 30, 100)]
    [0.004, 0.1, 0.0]
    """
    first = learning_rate / divide_start
    last = first / divide_end
    knots, rates = [0, rise * steps, steps], [first, learning_rate, last]
    return lambda k: through(k, knots, rates, half_cosine)


COOLDOWNS = {
    "linear": line,
    "square_root": lambda share: line(np.sqrt(share)),
}


@checked(
    learning_rate=RATE,
    steps=COUNT,
    warmup_steps=COUNT_FROM_0,
    decay_steps=COUNT,
    cooldown=one_of(*COOLDOWNS),
)
def warmup_stable_decay(learning_rate, steps, warmup_steps=0, decay_steps=None, cooldown="linear"):
    r"""Rise, stay, and fall to zero over the last stretch.

    Parameters
    ----------
    learning_rate : float or array_like
        The rate of the level stretch, at least 0.
    steps : int
        Number of steps in all.
    warmup_steps : int, default 0
        Number of steps of the straight rise from 0.
    decay_steps : int, optional
        Number of steps of the fall; by default a tenth of ``steps``, rounded up.
    cooldown : {"linear", "square_root"}, default "linear"
        Shape of the fall in the share :math:`s` of it that is done: :math:`1 - s` or
        :math:`1 - \sqrt s`.

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
    None of the frameworks has it as one schedule. PyTorch's ``SequentialLR`` and Optax's
    ``join_schedules`` put it together.

    References
    ----------
    Hu et al. (2024), section 4; Hägele et al. (2024), section 3, for the square root.

    Examples
    --------
    >>> schedule = warmup_stable_decay(0.1, steps=100, warmup_steps=10)
    >>> [round(float(schedule(k)), 3) for k in (0, 10, 89, 95, 100)]
    [0.0, 0.1, 0.1, 0.05, 0.0]
    """
    decay_steps = -(-steps // 10) if decay_steps is None else decay_steps
    rule = f"leave room for warmup_steps = {warmup_steps} in steps = {steps}"
    require(bool(np.all(warmup_steps + decay_steps <= steps)), "decay_steps", rule, decay_steps)

    def level_then_fall(k):
        level_steps = steps - warmup_steps - decay_steps
        share = np.clip((k - level_steps) / decay_steps, 0, 1)
        return learning_rate * COOLDOWNS[cooldown](share)

    return warmup(warmup_steps, level_then_fall)
