"""Run an optimizer on a problem: one setting, or a whole sweep of settings in one call."""

from dataclasses import dataclass

import numpy as np

from adaptive_lr.checks import WHOLE, count, numbers, require
from adaptive_lr.progress import progress


@dataclass(frozen=True)
class Result:
    """What happened in a run, or in each of many runs.

    Parameters
    ----------
    x : ndarray, shape (steps + 1, *runs, d)
        The parameters before the first step and after each step.
    loss : ndarray, shape (steps + 1, *runs), or None
        The loss at ``x``, without noise; None if the problem has no loss.
    gradient : ndarray, shape (steps, *runs, d), or None
        The gradient that each step used, noise included, if recorded.
    state : ndarray or NamedTuple of ndarray, shape (steps + 1, ...), or None
        The state before the first step and after each step, if recorded.
    effective_learning_rate : ndarray, shape (steps, *runs, d), or None
        What multiplied the gradient in each step, if recorded.

    Examples
    --------
    >>> from adaptive_lr import GradientDescent
    >>> result = run(lambda x: 2 * x, GradientDescent(0.25), [1.0, 4.0], steps=2)
    >>> result.x[:, 1]
    array([4., 2., 1.])
    """

    x: np.ndarray
    loss: np.ndarray | None
    gradient: np.ndarray | None = None
    state: object = None
    effective_learning_rate: np.ndarray | None = None

    @property
    def diverged(self):
        """Whether a run ended at something that is not finite: bool array of shape (*runs)."""
        return ~np.isfinite(self.x[-1]).all(axis=-1)

    def steps_to(self, share, stay=None):
        """Return after how many steps the loss is a share of the first loss, or less, and stays.

        A run that only passes through such a loss and climbs again has not arrived.

        Parameters
        ----------
        share : float
            The share, above 0.
        stay : int, optional
            For how many more steps the loss must stay there, at least 0; by default to the end of
            the run. A method that may leave again at any time needs a number here, or its count
            depends on how long one watches.

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
        >>> from adaptive_lr import GradientDescent
        >>> from adaptive_lr.problems import quadratic
        >>> result = run(quadratic([1.0]), GradientDescent([[0.5], [2.5]]), [1.0], steps=5)
        >>> result.steps_to(0.1)
        array([ 2., inf])
        >>> result.steps_to(0.1, stay=4)
        array([inf, inf])
        """
        require(self.loss is not None, "problem", "have a loss", "a gradient alone")
        numbers("share", share, "be above 0", lambda share: share > 0)
        stay = None if stay is None else count("stay", stay, least=0)
        low = self.loss <= share * self.loss[0]
        # How many losses in a row, from each on, are low.
        streak = np.zeros((len(low) + 1, *low.shape[1:]), dtype=int)
        for k in reversed(range(len(low))):
            streak[k] = np.where(low[k], streak[k + 1] + 1, 0)
        wanted = np.arange(len(low), 0, -1) if stay is None else np.full(len(low), stay + 1)
        arrived = streak[:-1] >= np.expand_dims(wanted, tuple(range(1, low.ndim)))
        return np.where(arrived.any(axis=0), arrived.argmax(axis=0), np.inf)


def run(problem, optimizer, start, steps, *, noise=None, seed=0, record=False):
    r"""Run an optimizer from a start; a sweep of settings is one call.

    Hyper-parameters, start, seed and the problem's own parameters broadcast to ``(*runs, d)``.
    A slice of a sweep equals the single run of that setting. Runs that blow up go to infinity or
    nan quietly, stay where they are in the array, and disturb no neighbour.

    Parameters
    ----------
    problem : Problem or callable
        An object with ``gradient(x)`` and, if it has one, ``loss(x)``; or the gradient itself, a
        function from x of shape (*runs, d) to an array of the same shape.
    optimizer : Optimizer
        The method and its hyper-parameters.
    start : array_like, shape (d,) or (*runs, d)
        The parameters before the first step.
    steps : int
        Number of steps, at least 0.
    noise : float, optional
        Standard deviation of Gaussian noise added to every component of every gradient. By
        default the problem's own ``noise``, or 0.
    seed : int or array_like of int, default 0
        Seed of the noise. Runs with equal seeds see equal noise. An array broadcasts against
        ``(*runs, 1)``, as :func:`grid` makes it.
    record : bool, default False
        Whether to keep gradients, states and effective learning rates too.

    Returns
    -------
    Result
        The path of every run.

    Raises
    ------
    ValueError
        If an argument breaks its rule, or a gradient has another shape than x.

    Examples
    --------
    >>> from adaptive_lr import GradientDescent
    >>> sweep = GradientDescent(**grid(learning_rate=[0.25, 0.5, 2.0]))
    >>> run(lambda x: 2 * x, sweep, [1.0], steps=3).x[-1, :, 0]
    array([ 0.125,  0.   , -27.   ])
    """
    gradient = getattr(problem, "gradient", problem)
    require(callable(gradient), "problem", "be a gradient or have one", problem)
    count("steps", steps, least=0)
    noise = getattr(problem, "noise", 0.0) if noise is None else noise
    rule = "be finite and at least 0"
    numbers("noise", noise, rule, lambda noise: np.isfinite(noise) & (noise >= 0))
    require(np.ndim(noise) == 0, "noise", "be a single number", noise)
    numbers("seed", seed, "be 0 or more, and whole", lambda seed: seed >= 0, WHOLE)
    rule = "be one number, or have a last axis of length 1, as grid makes it"
    require(np.shape(seed)[-1:] in ((), (1,)), "seed", rule, seed)

    with np.errstate(all="ignore"):
        x = _expanded(start, optimizer, gradient, seed)
        disturbances = noise * _streams(seed, steps, x.shape[-1]) if noise else np.zeros(steps)
        xs, gradients, states = [x], [], [optimizer.init(x)]
        for t in progress(range(1, steps + 1), "running"):
            dx = gradient(x) + disturbances[t - 1]
            x, state = optimizer.update(x, dx, states[-1], t)
            xs.append(x)
            if record:
                gradients.append(dx)
                states.append(state)
            else:
                states = [state]
        xs = np.stack(xs)
        loss = problem.loss(xs) if hasattr(problem, "loss") else None
        if not record:
            return Result(xs, loss)
        rates = [
            np.broadcast_to(optimizer.effective_learning_rate(state, t), x.shape)
            for t, state in enumerate(states[1:], start=1)
        ]
        empty = np.empty((0, *x.shape))
        return Result(
            xs,
            loss,
            gradient=np.stack(gradients) if steps else empty,
            state=_stacked(states),
            effective_learning_rate=np.stack(rates) if steps else empty,
        )


def grid(**axes):
    """Give each list of values an axis of its own, ready to broadcast against (*runs, d).

    Parameters
    ----------
    **axes : array_like, one-dimensional
        Values of each hyper-parameter, in the order of the run axes wanted.

    Returns
    -------
    dict of ndarray
        The same values by name; with n axes, the array of axis i has n + 1 axes, all of length 1
        but the i-th. The last axis stands for the components of x.

    Raises
    ------
    ValueError
        If a list is empty or is not one-dimensional.

    Examples
    --------
    >>> axes = grid(learning_rate=[0.1, 1.0, 10.0], beta2=[0.9, 0.99])
    >>> axes["learning_rate"].shape, axes["beta2"].shape
    ((3, 1, 1), (1, 2, 1))
    """
    arrays = {name: np.asarray(values) for name, values in axes.items()}
    for name, array in arrays.items():
        require(array.ndim == 1 and array.size > 0, name, "be a list of values", axes[name])
    return {
        name: np.expand_dims(array, [axis for axis in range(len(arrays) + 1) if axis != place])
        for place, (name, array) in enumerate(arrays.items())
    }


def _expanded(start, optimizer, gradient, seed):
    """Return the start, broadcast to the shape (*runs, d) that all arguments ask for."""
    x = np.array(start, dtype=float)
    require(x.ndim >= 1, "start", "have an axis for the components of x", start)
    try:
        shape = np.broadcast_shapes(x.shape, optimizer.shape(), np.shape(seed))
    except ValueError:
        raise ValueError(
            f"Argument `start` must broadcast against the hyper-parameters, whose shape is "
            f"{optimizer.shape()}, and the seed, whose shape is {np.shape(seed)}. "
            f"Received: an array of shape {x.shape}."
        ) from None
    x = np.broadcast_to(x, shape)
    dx = gradient(x)
    fits = np.ndim(dx) >= x.ndim and np.shape(dx)[-1] == x.shape[-1]
    if not fits or np.broadcast_shapes(np.shape(dx), x.shape) != np.shape(dx):
        raise ValueError(
            f"The gradient must have the shape of x, {x.shape}. "
            f"Received: an array of shape {np.shape(dx)}."
        )
    return np.broadcast_to(x, np.shape(dx)).copy()


def _streams(seed, steps, d):
    """Return noise of shape (steps, *runs or 1s, d): one stream for each different seed."""
    seeds = np.atleast_1d(seed)
    different, which = np.unique(seeds[..., 0], return_inverse=True)
    streams = [np.random.default_rng(one).standard_normal((steps, d)) for one in different]
    return np.stack(streams, axis=1)[:, which.reshape(seeds.shape[:-1])]


def _stacked(states):
    """Return a list of states as one state whose arrays have a leading axis for the steps."""
    if not isinstance(states[0], tuple):
        return np.stack(states)
    return type(states[0])(*(np.stack(arrays) for arrays in zip(*states, strict=True)))
