"""The schedules as Optax computes them; see the package for what sets them apart."""

import inspect
from itertools import accumulate

import numpy as np

from adaptive_lr import schedules as book
from adaptive_lr.checks import require
from adaptive_lr.curves import half_cosine, joined, line, through
from adaptive_lr.schedule_arguments import (
    ABOVE_0,
    COUNT,
    COUNT_FROM_0,
    RATE,
    SHARE,
    ascending,
    checked_as_framework,
    factor,
    is_count,
    listed,
    one_of,
    single,
    switch,
    unchecked,
)
from adaptive_lr.schedule_arguments import schedules as some_schedules

CURVES = {"linear": line, "cosine": half_cosine}


def _scales(argument, value):
    rule = "be a dict from numbers of steps, whole and at least 0, to factors"
    require(isinstance(value, dict) and all(map(is_count, value)), argument, rule, value)
    scales = {int(step): RATE(f"{argument}[{step}]", scale) for step, scale in value.items()}
    return dict(sorted(scales.items()))


@checked_as_framework(value=RATE)
def constant_schedule(value):
    r"""Return the rate that stays of ``optax.constant_schedule``.

    It is the book's :func:`~adaptive_lr.schedules.constant`.

    Parameters
    ----------
    value : float or array_like
        The rate, at least 0.

    Returns
    -------
    callable
        The schedule.

    Raises
    ------
    ValueError
        If the rate breaks its rule.

    Examples
    --------
    >>> float(constant_schedule(0.1)(1000))
    0.1
    """
    return unchecked(book.constant)(value)


@checked_as_framework(
    init_value=RATE,
    end_value=RATE,
    power=RATE,
    transition_steps=COUNT_FROM_0,
    transition_begin=COUNT_FROM_0,
)
def polynomial_schedule(init_value, end_value, power, transition_steps, transition_begin=0):
    r"""Return the way along a power, up or down, of ``optax.polynomial_schedule``.

    It is the book's :func:`~adaptive_lr.schedules.polynomial_decay`, which here may begin later.

    Parameters
    ----------
    init_value : float or array_like
        The rate at the start, at least 0.
    end_value : float or array_like
        The last rate, at least 0.
    power : float or array_like
        The power, at least 0; 1 is a straight line.
    transition_steps : int or array_like of int
        Number of steps of the change, at least 0. At 0 the rate stays ``init_value`` for ever. So
        it does in Optax at negative numbers, which are refused here.
    transition_begin : int or array_like of int, default 0
        Number of steps before the change, at least 0. Optax takes a negative number for 0.

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
    >>> schedule = polynomial_schedule(0.1, 0.0, 2.0, transition_steps=10, transition_begin=5)
    >>> [round(float(schedule(k)), 3) for k in (0, 5, 10, 15)]
    [0.1, 0.1, 0.025, 0.0]
    """
    change = unchecked(book.polynomial_decay)(
        init_value, np.maximum(transition_steps, 1), end_value, power
    )
    return lambda k: change(np.clip(k - transition_begin, 0, transition_steps))


@checked_as_framework(
    init_value=RATE,
    end_value=RATE,
    transition_steps=COUNT_FROM_0,
    transition_begin=COUNT_FROM_0,
)
def linear_schedule(init_value, end_value, transition_steps, transition_begin=0):
    r"""Return the straight line, up or down, of ``optax.linear_schedule``.

    Parameters
    ----------
    init_value : float or array_like
        The rate at the start, at least 0.
    end_value : float or array_like
        The last rate, at least 0.
    transition_steps : int or array_like of int
        Number of steps of the change, at least 0. At 0 the rate stays ``init_value`` for ever.
    transition_begin : int or array_like of int, default 0
        Number of steps before the change, at least 0.

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
    >>> schedule = linear_schedule(0.0, 0.1, transition_steps=10)
    >>> [round(float(schedule(k)), 3) for k in (0, 5, 10, 50)]
    [0.0, 0.05, 0.1, 0.1]
    """
    return unchecked(polynomial_schedule)(
        init_value, end_value, 1.0, transition_steps, transition_begin
    )


@checked_as_framework(init_value=RATE, boundaries_and_scales=_scales)
def piecewise_constant_schedule(init_value, boundaries_and_scales=None):
    r"""Return the cuts at given steps of ``optax.piecewise_constant_schedule``.

    Parameters
    ----------
    init_value : float or array_like
        The rate at the start, at least 0.
    boundaries_and_scales : dict, optional
        From numbers of steps to the factors, each at least 0, by which the rate is multiplied
        *at* that number of steps. One factor comes upon the other; they are not the rates
        themselves, as in Keras, whose boundaries also come a step later.

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
    >>> schedule = piecewise_constant_schedule(1.0, {100: 0.5, 200: 0.1})
    >>> [float(schedule(k)) for k in (0, 99, 100, 200)]
    [1.0, 1.0, 0.5, 0.05]
    """
    scales = boundaries_and_scales or {}
    rates = _products(init_value, scales)
    return joined([unchecked(book.constant)(rate) for rate in rates], list(scales))


def _products(first, factors):
    values = [first]
    for step in factors:
        values.append(values[-1] * factors[step])
    return values


@checked_as_framework(
    interpolate_type=one_of("linear", "cosine"), init_value=RATE, boundaries_and_scales=_scales
)
def piecewise_interpolate_schedule(interpolate_type, init_value, boundaries_and_scales=None):
    r"""Return the path through given rates of ``optax.piecewise_interpolate_schedule``.

    Parameters
    ----------
    interpolate_type : {"linear", "cosine"}
        Whether the path follows straight lines or half cosines.
    init_value : float or array_like
        The rate at the start, at least 0.
    boundaries_and_scales : dict, optional
        From numbers of steps to factors, each at least 0. The path reaches the product of
        ``init_value`` and the factors so far at that number of steps.

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
    >>> schedule = piecewise_interpolate_schedule("linear", 1.0, {4: 0.1, 8: 0.01})
    >>> [round(float(schedule(k)), 4) for k in (0, 2, 4, 6, 8, 10)]
    [1.0, 0.55, 0.1, 0.0505, 0.001, 0.001]
    """
    scales = boundaries_and_scales or {}
    steps, values = [0, *scales], _products(init_value, scales)
    curve = CURVES[interpolate_type]
    if not scales:
        return unchecked(book.constant)(init_value)
    # A factor at step 0 holds from the first step, even if it is all there is.
    return lambda k: np.where(k < steps[-1], through(k, steps, values, curve), values[-1])


@checked_as_framework(
    init_value=RATE,
    transition_steps=COUNT_FROM_0,
    decay_rate=factor,
    transition_begin=COUNT_FROM_0,
    staircase=switch,
    end_value=RATE,
)
def exponential_decay(
    init_value, transition_steps, decay_rate, transition_begin=0, staircase=False, end_value=None
):
    r"""Return the exponential fall or growth of ``optax.exponential_decay``.

    It is the book's :func:`~adaptive_lr.schedules.exponential_decay` or, as a staircase,
    :func:`~adaptive_lr.schedules.step_decay`, which here may begin later and be bounded.

    Parameters
    ----------
    init_value : float or array_like
        The rate at the start, at least 0.
    transition_steps : int or array_like of int
        Number of steps over which the rate is multiplied by the factor, at least 0. At 0 the rate
        stays ``init_value`` for ever. So it does in Optax at negative numbers, which are refused
        here.
    decay_rate : float or array_like
        The factor, at least 0. At 0 the rate stays ``init_value`` too.
    transition_begin : int or array_like of int, default 0
        Number of steps before the change, at least 0. Optax takes a negative number for 0.
    staircase : bool, default False
        Whether to multiply at once after each ``transition_steps`` steps.
    end_value : float or array_like, optional
        A bound of the rate at all times, the first step included, at least 0: the lowest rate if
        the factor is below 1, and the highest if it is not.

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
    The staircase cuts at the exact step. Optax's, once JAX has compiled it, cuts a step late for
    some lengths, such as 49 in double precision and 41 in single: the compiler multiplies by the
    rounded 1/49.

    Examples
    --------
    >>> schedule = exponential_decay(0.8, 10, 0.5, transition_begin=5, end_value=0.3)
    >>> [float(schedule(k)) for k in (0, 5, 15, 25)]
    [0.8, 0.8, 0.4, 0.3]
    """
    changes = np.greater(transition_steps, 0) & np.greater(decay_rate, 0)
    shape = book.step_decay if staircase else book.exponential_decay
    change = unchecked(shape)(init_value, decay_rate, np.maximum(transition_steps, 1))

    def schedule(k):
        rate = change(np.where(changes, np.maximum(k - transition_begin, 0), 0))
        if end_value is None:
            return rate
        bounded = np.where(
            np.less(decay_rate, 1), np.maximum(rate, end_value), np.minimum(rate, end_value)
        )
        return np.where(changes, bounded, rate)

    return schedule


@checked_as_framework(init_value=RATE, decay_steps=COUNT, alpha=RATE, exponent=RATE)
def cosine_decay_schedule(init_value, decay_steps, alpha=0.0, exponent=1.0):
    r"""Return the fall along half a cosine of ``optax.cosine_decay_schedule``.

    It is the book's :func:`~adaptive_lr.schedules.cosine`, raised to a power.

    Parameters
    ----------
    init_value : float or array_like
        The rate at the start, at least 0.
    decay_steps : int or array_like of int
        Number of steps of the fall.
    alpha : float or array_like, default 0.0
        The last rate as a share of the first, at least 0. It is reached after the last of the
        steps: with 100 steps from 0.1 to 0 the last step takes 2.467e-5.
    exponent : float or array_like, default 1.0
        Power of the cosine's fall from 1 to 0, at least 0.

    Returns
    -------
    callable
        The schedule.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    References
    ----------
    Loshchilov and Hutter (2017), equation 5.

    Examples
    --------
    >>> schedule = cosine_decay_schedule(0.1, decay_steps=100, alpha=0.1)
    >>> [round(float(schedule(k)), 3) for k in (0, 50, 100, 150)]
    [0.1, 0.055, 0.01, 0.01]
    """
    fall = unchecked(book.cosine)(1.0, decay_steps)
    return lambda k: init_value * ((1 - alpha) * fall(k) ** exponent + alpha)


@checked_as_framework(
    transition_steps=single(COUNT),
    peak_value=RATE,
    pct_start=single(SHARE),
    pct_final=single(SHARE),
    div_factor=ABOVE_0,
    final_div_factor=ABOVE_0,
)
def linear_onecycle_schedule(
    transition_steps,
    peak_value,
    pct_start=0.3,
    pct_final=0.85,
    div_factor=25.0,
    final_div_factor=1e4,
):
    r"""Return the one cycle in straight lines of ``optax.linear_onecycle_schedule``.

    It rises from the first rate to the peak, falls back to the first rate and then to the last.

    Parameters
    ----------
    transition_steps : int
        Number of steps of the cycle.
    peak_value : float or array_like
        The rate at the peak, at least 0.
    pct_start : float, default 0.3
        Where the peak is, as a share of the steps, in [0, 1] in spite of its name. The step is
        rounded down.
    pct_final : float, default 0.85
        Where the rate is back at the first, likewise. Where two of the three places, this one,
        the peak and the end, are the same step, Optax takes the factor of the later only, and so
        does this: then the rates are others than the arguments say.
    div_factor : float or array_like, default 25.0
        The peak over the first rate, above 0.
    final_div_factor : float or array_like, default 1e4
        The first rate over the last, above 0.

    Returns
    -------
    callable
        The schedule.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    References
    ----------
    Smith and Topin (2017), section 3.

    Examples
    --------
    >>> schedule = linear_onecycle_schedule(100, peak_value=0.1)
    >>> [f"{schedule(k):.2g}" for k in (0, 15, 30, 85, 100)]
    ['0.004', '0.052', '0.1', '0.004', '4e-07']
    """
    scales = {
        _place(pct_start, transition_steps): div_factor,
        _place(pct_final, transition_steps): 1 / div_factor,
        transition_steps: 1 / final_div_factor,
    }
    first = peak_value / div_factor
    return unchecked(piecewise_interpolate_schedule)("linear", first, dict(sorted(scales.items())))


@checked_as_framework(
    transition_steps=single(COUNT),
    peak_value=RATE,
    pct_start=single(SHARE),
    div_factor=ABOVE_0,
    final_div_factor=ABOVE_0,
)
def cosine_onecycle_schedule(
    transition_steps, peak_value, pct_start=0.3, div_factor=25.0, final_div_factor=1e4
):
    r"""Return the one cycle in half cosines of ``optax.cosine_onecycle_schedule``.

    It is the book's :func:`~adaptive_lr.schedules.one_cycle` with the peak moved down to a whole
    number of steps: with 10 steps and ``pct_start=0.25`` it is at k = 2, not between 2 and 3.
    PyTorch's peak comes a step earlier, at 29 instead of 30 of 100 steps, and its last rate at
    k = 99 instead of 100. Momentum stays what it is.

    Parameters
    ----------
    transition_steps : int
        Number of steps of the cycle.
    peak_value : float or array_like
        The rate at the peak, at least 0.
    pct_start : float, default 0.3
        Where the peak is, as a share of the steps, in [0, 1] in spite of its name. The step is
        rounded down. At 1 Optax forgets the peak, and so does this: the rate falls from the first
        rate alone.
    div_factor : float or array_like, default 25.0
        The peak over the first rate, above 0.
    final_div_factor : float or array_like, default 1e4
        The first rate over the last, above 0.

    Returns
    -------
    callable
        The schedule.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    References
    ----------
    Smith and Topin (2017), section 3.

    Examples
    --------
    >>> schedule = cosine_onecycle_schedule(100, peak_value=0.1)
    >>> [f"{schedule(k):.2g}" for k in (0, 15, 30, 100)]
    ['0.004', '0.052', '0.1', '4e-07']
    """
    scales = {
        _place(pct_start, transition_steps): div_factor,
        transition_steps: 1 / (div_factor * final_div_factor),
    }
    first = peak_value / div_factor
    return unchecked(piecewise_interpolate_schedule)("cosine", first, scales)


def _place(share, steps):
    return int(share * steps)


@checked_as_framework(init_value=RATE, peak_value=RATE, warmup_steps=COUNT_FROM_0)
def warmup_constant_schedule(init_value, peak_value, warmup_steps):
    r"""Return the warm-up to a rate that stays of ``optax.warmup_constant_schedule``.

    It is the book's :func:`~adaptive_lr.schedules.warmup` of a constant rate.

    Parameters
    ----------
    init_value : float or array_like
        The first rate, at least 0. A warm-up from 0 wastes the first step.
    peak_value : float or array_like
        The rate that stays, at least 0.
    warmup_steps : int or array_like of int
        Number of steps of the warm-up. At 0 the rate stays ``init_value`` for ever.

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
    >>> schedule = warmup_constant_schedule(0.0, 0.1, warmup_steps=10)
    >>> [round(float(schedule(k)), 3) for k in (0, 5, 10, 50)]
    [0.0, 0.05, 0.1, 0.1]
    """
    return unchecked(linear_schedule)(init_value, peak_value, warmup_steps)


@checked_as_framework(
    init_value=RATE,
    peak_value=RATE,
    warmup_steps=COUNT_FROM_0,
    decay_steps=COUNT,
    end_value=RATE,
    exponent=RATE,
)
def warmup_cosine_decay_schedule(
    init_value, peak_value, warmup_steps, decay_steps, end_value=0.0, exponent=1.0
):
    r"""Return the warm-up to a cosine of ``optax.warmup_cosine_decay_schedule``.

    Parameters
    ----------
    init_value : float or array_like
        The first rate, at least 0. A warm-up from 0 wastes the first step.
    peak_value : float or array_like
        The rate to which the warm-up leads, at least 0. If it is 0, so is ``end_value``.
    warmup_steps : int or array_like of int
        Number of steps of the warm-up.
    decay_steps : int or array_like of int
        Number of steps of warm-up and fall *together*, above ``warmup_steps``. Keras counts the
        fall alone.
    end_value : float or array_like, default 0.0
        The last rate, at least 0: a rate, not a share as in :func:`cosine_decay_schedule`.
    exponent : float or array_like, default 1.0
        Power of the cosine's fall from 1 to 0, at least 0.

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
    >>> schedule = warmup_cosine_decay_schedule(0.0, 0.1, warmup_steps=10, decay_steps=100)
    >>> [round(float(schedule(k)), 3) for k in (0, 5, 10, 55, 100)]
    [0.0, 0.05, 0.1, 0.05, 0.0]
    """
    room = bool(np.all(np.greater(decay_steps, warmup_steps)))
    rule = f"be above warmup_steps = {warmup_steps}, which it includes"
    require(room, "decay_steps", rule, decay_steps)
    share = np.where(np.equal(peak_value, 0), 0, end_value / np.where(peak_value, peak_value, 1))
    rise = unchecked(linear_schedule)(init_value, peak_value, warmup_steps)
    fall = unchecked(cosine_decay_schedule)(peak_value, decay_steps - warmup_steps, share, exponent)
    return joined([rise, fall], [warmup_steps])


@checked_as_framework(
    init_value=RATE,
    peak_value=RATE,
    warmup_steps=COUNT_FROM_0,
    transition_steps=COUNT_FROM_0,
    decay_rate=factor,
    transition_begin=COUNT_FROM_0,
    staircase=switch,
    end_value=RATE,
)
def warmup_exponential_decay_schedule(
    init_value,
    peak_value,
    warmup_steps,
    transition_steps,
    decay_rate,
    transition_begin=0,
    staircase=False,
    end_value=None,
):
    r"""Return the warm-up to an exponential of ``optax.warmup_exponential_decay_schedule``.

    Parameters
    ----------
    init_value : float or array_like
        The first rate, at least 0. A warm-up from 0 wastes the first step.
    peak_value : float or array_like
        The rate to which the warm-up leads, at least 0.
    warmup_steps : int or array_like of int
        Number of steps of the warm-up.
    transition_steps : int or array_like of int
        As in :func:`exponential_decay`, counted from the end of the warm-up.
    decay_rate : float or array_like
        As in :func:`exponential_decay`.
    transition_begin : int or array_like of int, default 0
        As in :func:`exponential_decay`, counted from the end of the warm-up.
    staircase : bool, default False
        As in :func:`exponential_decay`.
    end_value : float or array_like, optional
        As in :func:`exponential_decay`; it does not bound the warm-up.

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
    >>> schedule = warmup_exponential_decay_schedule(0.0, 0.8, 10, 5, 0.5)
    >>> [round(float(schedule(k)), 3) for k in (0, 5, 10, 15, 20)]
    [0.0, 0.4, 0.8, 0.4, 0.2]
    """
    rise = unchecked(linear_schedule)(init_value, peak_value, warmup_steps)
    change = unchecked(exponential_decay)(
        peak_value, transition_steps, decay_rate, transition_begin, staircase, end_value
    )
    return joined([rise, change], [warmup_steps])


def _cycles(argument, values):
    signature = inspect.signature(warmup_cosine_decay_schedule)
    required = [name for name, p in signature.parameters.items() if p.default is p.empty]
    rule = (
        "be a list of dicts, each with the arguments of warmup_cosine_decay_schedule: "
        f"{', '.join(signature.parameters)}"
    )
    found = listed(argument, values, rule)
    require(len(found) > 0, argument, rule, values)
    for options in found:
        require(isinstance(options, dict), argument, rule, values)
        complete = set(required) <= set(options) <= set(signature.parameters)
        require(complete, argument, rule, values)
    return found


@checked_as_framework(cosine_kwargs=_cycles)
def sgdr_schedule(cosine_kwargs):
    r"""Return the falls one after another, each warmed up, of ``optax.sgdr_schedule``.

    Without warm-ups, and with lengths in a fixed ratio, they are the book's
    :func:`~adaptive_lr.schedules.cosine` with restarts.

    Parameters
    ----------
    cosine_kwargs : iterable of dict
        The arguments of :func:`warmup_cosine_decay_schedule`, for each fall. ``decay_steps`` is
        also the number of steps after which the next fall begins.

    Returns
    -------
    callable
        The schedule.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    References
    ----------
    Loshchilov and Hutter (2017), equation 5.

    Examples
    --------
    >>> first = dict(init_value=0.1, peak_value=0.1, warmup_steps=0, decay_steps=10)
    >>> second = dict(init_value=0.0, peak_value=0.05, warmup_steps=10, decay_steps=30)
    >>> schedule = sgdr_schedule([first, second])
    >>> [round(float(schedule(k)), 3) for k in (0, 5, 10, 15, 20, 40)]
    [0.1, 0.05, 0.0, 0.025, 0.05, 0.0]
    """
    falls = [warmup_cosine_decay_schedule(**options) for options in cosine_kwargs]
    lengths = [np.asarray(options["decay_steps"]) for options in cosine_kwargs]
    return joined(falls, list(accumulate(lengths[:-1])))


@checked_as_framework(schedules=some_schedules, boundaries=ascending)
def join_schedules(schedules, boundaries):
    r"""Return one schedule after the other, as ``optax.join_schedules`` does.

    Parameters
    ----------
    schedules : list of callable
        The schedules, each of which counts from the boundary before it.
    boundaries : list of int
        Numbers of steps, ascending: where the second schedule begins, the third, ...

    Returns
    -------
    callable
        The schedule.

    Raises
    ------
    ValueError
        If an argument breaks its rule; also if the lists do not fit, which Optax does not notice.

    Examples
    --------
    >>> warm = linear_schedule(0.0, 0.1, transition_steps=10)
    >>> schedule = join_schedules([warm, cosine_decay_schedule(0.1, 90)], boundaries=[10])
    >>> [round(float(schedule(k)), 3) for k in (0, 5, 10, 55, 100)]
    [0.0, 0.05, 0.1, 0.05, 0.0]
    """
    rule = f"have one entry fewer than schedules: {len(schedules) - 1}"
    require(len(boundaries) == len(schedules) - 1, "boundaries", rule, boundaries)
    return joined(schedules, boundaries)
