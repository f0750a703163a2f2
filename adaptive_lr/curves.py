r"""What schedules are put together from: plain formulas, without checks.

A curve takes a share of the way, from 0 to 1, and returns what is left of the difference between
beginning and end, from 1 to 0.
"""

import numpy as np


def line(share):
    """Return the fall from 1 to 0 along a straight line.

    Parameters
    ----------
    share : float or ndarray
        Share of the way that is done.

    Returns
    -------
    float or ndarray
        Share of the difference that is left.

    Examples
    --------
    >>> line(0.25)
    0.75
    """
    return 1 - share


def half_cosine(share):
    """Return the fall from 1 to 0 along half a cosine.

    Parameters
    ----------
    share : float or ndarray
        Share of the way that is done.

    Returns
    -------
    float or ndarray
        Share of the difference that is left.

    Examples
    --------
    >>> round(float(half_cosine(0.25)), 3)
    0.854
    """
    return (1 + np.cos(np.pi * share)) / 2


def through(k, steps, values, curve, beyond=False):
    """Return the value at step k of a path through given values at given steps.

    Where two steps are the same, the path jumps there from the first value to the second.

    Parameters
    ----------
    k : int, float or ndarray
        Number of steps already done.
    steps : sequence of float or array_like
        The steps, at least two.
    values : sequence of float or array_like
        The values, one for each step.
    curve : callable
        From the share of the way that is done to the share of the difference that is left.
    beyond : bool, default False
        Whether the path goes on along its last curve after its last step instead of staying.

    Returns
    -------
    float or ndarray
        The value.

    Examples
    --------
    >>> through(np.array([0, 1, 2, 4]), steps=[0, 2, 4], values=[0.0, 1.0, 0.5], curve=line)
    array([0. , 0.5, 1. , 0.5])
    """
    pieces = []
    for begin, end, first, last in zip(steps, steps[1:], values, values[1:], strict=False):
        length = np.where(np.equal(end, begin), 1, np.subtract(end, begin))
        share = (k - begin) / length
        pieces.append(last + (first - last) * curve(share if beyond else np.clip(share, 0, 1)))
    value = pieces.pop()
    for piece, end in zip(reversed(pieces), reversed(steps[1:-1]), strict=True):
        value = np.where(k < end, piece, value)
    return value


def joined(schedules, steps):
    """Return one schedule after the other, each of which counts from its own beginning.

    Parameters
    ----------
    schedules : sequence of callable
        The schedules.
    steps : sequence of int or array_like of int
        Where the second schedule begins, the third, ..., in ascending order.

    Returns
    -------
    callable
        The schedule.

    Examples
    --------
    >>> float(joined([lambda k: 1.0, lambda k: 0.5**k], [10])(12))
    0.25
    """

    def schedule(k):
        value = schedules[0](k)
        for begin, following in zip(steps, schedules[1:], strict=True):
            value = np.where(k < begin, value, following(np.maximum(k, begin) - begin))
        return value

    return schedule
