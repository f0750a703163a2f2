"""One convention for seeds: a number, a sequence that makes a run axis, or an axis of a grid."""

import numpy as np

from adaptive_lr.checks import WHOLE, numbers, require

RULE = "be whole numbers of at least 0: one, a sequence of them, or an array of shape (*runs, 1)"


class Seeds:
    """The random numbers of all runs: one stream for each different seed.

    Parameters
    ----------
    seed : int or array_like of int
        One number; or a sequence, which adds a run axis in front of all others; or an array of
        shape (\\*runs, 1), as :func:`~adaptive_lr.grid` makes it, whose run axes broadcast.
    ndim : int
        Number of run axes that there are without the seeds.

    Raises
    ------
    ValueError
        If the seeds are something else.

    Examples
    --------
    >>> Seeds([5, 6, 5], ndim=1).runs
    (3, 1)
    >>> same, other, again = Seeds([5, 6, 5], ndim=0).draw(lambda generator: generator.random(1))
    >>> bool(same == again), bool(same == other)
    (True, False)
    """

    def __init__(self, seed, ndim):
        seeds = np.asarray(numbers("seed", seed, RULE, lambda seeds: seeds >= 0, WHOLE))
        if seeds.ndim == 1:
            seeds = seeds.reshape(-1, *[1] * (ndim + 1))
        require(seeds.shape[-1:] in ((), (1,)), "seed", RULE, seed)
        self.runs = seeds.shape[:-1]
        different, which = np.unique(seeds, return_inverse=True)
        self._which = which.reshape(self.runs)
        self._generators = [np.random.default_rng(one) for one in different.tolist()]

    def draw(self, method):
        """Return one draw for each run; runs with equal seeds have equal draws.

        Parameters
        ----------
        method : callable
            Takes a generator and returns an array.

        Returns
        -------
        ndarray, shape (\\*runs, ...)
            The draws.
        """
        return np.stack([method(generator) for generator in self._generators])[self._which]
