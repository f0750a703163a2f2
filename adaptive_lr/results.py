"""What a run and a training can both answer: who diverged, who arrived when, who was best."""

import numpy as np

from adaptive_lr.checks import count, numbers, require


class Results:
    """The answers that follow from the parameters at the end and the losses on the way.

    A subclass has ``x``, whose ``last_x`` are the parameters at the end, shape (*runs, d); the
    losses ``loss``, shape (n, *runs), or None; and ``evaluated_at``, the number of steps done at
    each of these, shape (n,).
    """

    @property
    def diverged(self):
        """Whether a run ended at something that is not finite: bool array of shape (*runs)."""
        return ~np.isfinite(self.last_x).all(axis=-1)

    @property
    def best_loss(self):
        """The lowest loss of each run, shape (*runs); infinity if none was finite."""
        require(self.loss is not None, "problem", "have a loss", "a gradient alone")
        return np.where(np.isnan(self.loss), np.inf, self.loss).min(axis=0)

    def steps_to(self, share, stay=None):
        """Return after how many steps the loss is a share of the first loss, or less, and stays.

        A run that only passes through such a loss and climbs again has not arrived.

        Parameters
        ----------
        share : float
            The share, above 0.
        stay : int, optional
            For how many more evaluations the loss must stay there, at least 0; by default to the
            end. A method that may leave again at any time needs a number here, or its count
            depends on how long one watches. (A run is evaluated at every step.)

        Returns
        -------
        ndarray of float, shape (*runs,)
            Number of steps; infinity where the run did not arrive, or ended too soon to tell.

        Raises
        ------
        ValueError
            If an argument breaks its rule, or if the problem has no loss.

        Examples
        --------
        >>> from adaptive_lr import GradientDescent, run
        >>> from adaptive_lr.problems import quadratic
        >>> result = run(quadratic([1.0]), GradientDescent([[0.5], [2.5]]), [1.0], steps=5)
        >>> result.steps_to(0.1)
        array([ 2., inf])
        >>> result.steps_to(0.1, stay=4)
        array([inf, inf])
        """
        require(self.loss is not None, "problem", "have a loss", "a gradient alone")
        share = numbers("share", share, "be above 0", lambda share: share > 0)
        require(isinstance(share, float), "share", "be above 0, and one number", share)
        stay = None if stay is None else count("stay", stay, least=0)
        low = self.loss <= share * self.loss[0]
        # How many losses in a row, from each on, are low.
        streak = np.zeros((len(low) + 1, *low.shape[1:]), dtype=int)
        for k in reversed(range(len(low))):
            streak[k] = np.where(low[k], streak[k + 1] + 1, 0)
        wanted = np.arange(len(low), 0, -1) if stay is None else np.full(len(low), stay + 1)
        arrived = streak[:-1] >= np.expand_dims(wanted, tuple(range(1, low.ndim)))
        return np.where(arrived.any(axis=0), self.evaluated_at[arrived.argmax(axis=0)], np.inf)


def checked_record(record, size):
    """Return which parameters are recorded: a slice, an array of places, or None for none.

    Parameters
    ----------
    record : bool or array_like of int
        True for all, False for none, or their places in x.
    size : int
        Number of parameters.

    Returns
    -------
    slice, ndarray or None
        What to index the last axis of x with.

    Raises
    ------
    ValueError
        If it is something else.

    Examples
    --------
    >>> checked_record(True, 3), checked_record([2], 3)
    (slice(None, None, None), array([2]))
    """
    if isinstance(record, bool | np.bool_):
        return slice(None) if record else None
    rule = f"be True, False or places in x: whole numbers from 0 to {size - 1}"

    def inside(places):
        return (places >= 0) & (places < size)

    return np.asarray(numbers("record", record, rule, inside, "iu"))


def recorded(array, places, size):
    """Return the recorded part of an array; what has one value for all parameters stays as it is.

    Parameters
    ----------
    array : ndarray, shape (*runs, size) or another
        Gradients, rates, or an array of a state.
    places : slice or ndarray of int
        What :func:`checked_record` returned.
    size : int
        Number of parameters.

    Returns
    -------
    ndarray, shape (*runs, *places.shape)
        The part.

    Examples
    --------
    >>> recorded(np.arange(3.0), np.array([2, 0]), 3), recorded(np.ones(1), np.array([2, 0]), 3)
    (array([2., 0.]), array([1.]))
    """
    array = np.asarray(array)
    return array[..., places] if array.shape[-1:] == (size,) else array
