"""The one form that every error about an argument takes."""


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
