"""Checks of arguments, and the one form that every error about an argument takes."""

import numpy as np

REAL = "iuf"
WHOLE = "iu"
TRUE_OR_FALSE = "b"


def require(holds, argument, rule, received):
    """Raise an error that names the argument, the rule and the value, unless the rule holds.

    Parameters
    ----------
    holds : bool
        Whether the rule holds.
    argument : str
        Name of the argument.
    rule : str
        The rule, so worded that it completes "must ...", for example ``"be in [0, 1)"``.
    received : object
        The value that was passed.

    Raises
    ------
    ValueError
        If the rule does not hold.

    Examples
    --------
    >>> require(False, "decay_rate", "be in [0, 1)", 1.5)
    Traceback (most recent call last):
        ...
    ValueError: Argument `decay_rate` must be in [0, 1). Received: 1.5.
    """
    if not holds:
        raise ValueError(f"Argument `{argument}` must {rule}. Received: {received!r}.")


def numbers(argument, value, rule, holds, kinds=REAL, received=None):
    """Return a number, or a private, read-only copy of an array, that obeys a rule.

    Parameters
    ----------
    argument : str
        Name of the argument.
    value : float, int, bool or array_like
        The value that was passed.
    rule : str
        The rule, so worded that it completes "must ...".
    holds : callable
        The same rule as a function from an array to an array of bool.
    kinds : {REAL, WHOLE, TRUE_OR_FALSE}, default REAL
        Which numbers there may be. Real numbers are returned as floats.
    received : object, optional
        What the error names instead of the value.

    Returns
    -------
    float, int, bool or ndarray
        The value.

    Raises
    ------
    ValueError
        If an entry is not such a number or breaks the rule, or if there is none.

    Examples
    --------
    >>> numbers("decay_rate", 0, "be in [0, 1)", lambda array: (array >= 0) & (array < 1))
    0.0
    >>> numbers("decay_rate", [0.9, 1], "be in [0, 1)", lambda array: (array >= 0) & (array < 1))
    Traceback (most recent call last):
        ...
    ValueError: Argument `decay_rate` must be in [0, 1). Received: [0.9, 1].
    """
    try:
        array = np.array(value)
    except ValueError:  # a list of lists of different lengths
        array = np.empty(0)
    sound = array.size > 0 and array.dtype.kind in kinds and bool(np.all(holds(array)))
    require(sound, argument, rule, value if received is None else received)
    array = array.astype(float) if kinds == REAL else array
    array.setflags(write=False)
    return array if array.ndim else array.item()


def real_array(argument, value):
    """Return an array of real numbers: floats as they are, whole numbers in double precision.

    Parameters
    ----------
    argument : str
        Name of the argument.
    value : array_like
        The value that was passed.

    Returns
    -------
    ndarray
        The value; the same array, if it is one of floats.

    Raises
    ------
    ValueError
        If an entry is text, None, complex, True or False, or if rows differ in length.

    Examples
    --------
    >>> real_array("x", [1, 2])
    array([1., 2.])
    >>> real_array("x", [1j])
    Traceback (most recent call last):
        ...
    ValueError: Argument `x` must hold real numbers. Received: [1j].
    """
    try:
        array = np.asarray(value)
    except (ValueError, TypeError):  # rows of different lengths, or what is no array at all
        array = np.empty(0, dtype=object)
    require(array.dtype.kind in REAL, argument, "hold real numbers", value)
    return array if array.dtype.kind == "f" else array.astype(float)


def count(argument, value, least=1, because=""):
    """Return a whole number that is large enough.

    Parameters
    ----------
    argument : str
        Name of the argument.
    value : int
        The value that was passed.
    least : int, default 1
        The smallest number allowed.
    because : str, default ""
        What the rule says besides.

    Returns
    -------
    int
        The value.

    Raises
    ------
    ValueError
        If it is not a single whole number or is too small.

    Examples
    --------
    >>> count("epochs", 3)
    3
    >>> count("epochs", 2.5)
    Traceback (most recent call last):
        ...
    ValueError: Argument `epochs` must be a whole number of at least 1. Received: 2.5.
    """
    rule = f"be a whole number of at least {least}{because}"
    whole = numbers(argument, value, rule, lambda array: array >= least, WHOLE)
    require(isinstance(whole, int), argument, rule, value)
    return whole
