r"""The exact expected loss of noisy gradient descent on a bowl: no sampling, no seeds."""

import numpy as np

from adaptive_lr.checks import count, numbers, require
from adaptive_lr.hyperparameters import HYPERPARAMETERS, at


def expected_loss(learning_rate, steps, *, curvatures, noise, momentum=0.0, start=1.0):
    r"""Return the expected loss before the first step and after each step.

    The loss is :math:`\frac12 \sum_i \lambda_i x_i^2`, and every gradient is seen through
    independent noise of variance :math:`\sigma_i^2`. Then the mean squares
    :math:`V_i = E[x_i^2]` follow a recursion of their own, for gradient descent

    .. math:: V_i \leftarrow (1 - \eta_k \lambda_i)^2 \, V_i + \eta_k^2 \sigma_i^2, \qquad
        E[loss] = \tfrac12 \sum_i \lambda_i V_i

    and with momentum three numbers for each direction do: the mean squares of parameter and
    velocity, and the mean of their product.

    Parameters
    ----------
    learning_rate : float, array_like or schedule
        :math:`\eta_k`, at least 0. An array, or what a schedule returns, broadcasts against
        ``(*runs, d)``, as :func:`~adaptive_lr.running.grid` makes it.
    steps : int
        Number of steps, at least 0.
    curvatures : array_like, shape (d,)
        The curvatures :math:`\lambda_i`, all above 0.
    noise : float or array_like, shape (d,)
        Standard deviation :math:`\sigma_i` of the noise in each direction, at least 0.
    momentum : float or array_like, default 0.0
        Share of the velocity kept, in [0, 1), as in :class:`~adaptive_lr.optimizers.Momentum`.
    start : float or array_like, shape (d,), default 1.0
        The parameters before the first step, which are known.

    Returns
    -------
    ndarray, shape (steps + 1, \*runs)
        The expected losses. A rate that is too large drives them to infinity, quietly.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    Examples
    --------
    >>> losses = expected_loss(0.5, steps=3, curvatures=[1.0], noise=0.0)
    >>> losses.tolist()
    [0.5, 0.125, 0.03125, 0.0078125]
    >>> noisy = expected_loss([[0.1], [0.5]], steps=500, curvatures=[1.0], noise=1.0)
    >>> noisy[-1].round(4).tolist()
    [0.0263, 0.1667]
    """
    count("steps", steps, least=0)
    rule = "be a vector of finite numbers above 0"
    curvatures = numbers("curvatures", curvatures, rule, lambda a: np.isfinite(a) & (a > 0))
    require(np.ndim(curvatures) == 1, "curvatures", rule, curvatures)
    rule = "be finite and at least 0"
    noise = numbers("noise", noise, rule, lambda a: np.isfinite(a) & (a >= 0))
    start = numbers("start", start, "be finite", np.isfinite)
    for name, value in (("noise", noise), ("start", start)):
        rule = f"be one number or {len(curvatures)}, one for each curvature"
        require(np.shape(value) in ((), np.shape(curvatures)), name, rule, value)
    learning_rate = HYPERPARAMETERS["learning_rate"].check(learning_rate)
    momentum = HYPERPARAMETERS["momentum"].check(momentum)

    xx = np.broadcast_arrays(np.square(start), at(1, learning_rate), momentum, curvatures)[0]
    xv = vv = np.zeros(xx.shape)
    squares = [xx]
    with np.errstate(all="ignore"):
        for t in range(1, steps + 1):
            # The step is x <- keep x - carry velocity - rate noise.
            rate = at(t, learning_rate)
            keep, carry = 1 - rate * curvatures, rate * momentum
            moved = keep**2 * xx - 2 * keep * carry * xv + carry**2 * vv + (rate * noise) ** 2
            xv, vv = (
                keep * curvatures * xx
                + (keep - rate * curvatures) * momentum * xv
                - carry * momentum * vv
                - rate * noise**2,
                curvatures**2 * xx + 2 * curvatures * momentum * xv + momentum**2 * vv + noise**2,
            )
            # With momentum, rounding can push a mean square below zero. After infinity comes nan.
            xx = np.where(np.isnan(moved), np.inf, np.maximum(moved, 0))
            squares.append(xx)
        return np.stack(squares) @ curvatures / 2
