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
    momentum : float, array_like or schedule, default 0.0
        Share of the velocity kept, in [0, 1), as in :class:`~adaptive_lr.optimizers.Momentum`; an
        array as above.
    start : float or array_like, shape (d,), default 1.0
        The parameters before the first step, which are known.

    Returns
    -------
    ndarray, shape (steps + 1, \*runs)
        The expected losses. A rate that is too large drives them to infinity, quietly.

    Raises
    ------
    ValueError
        If an argument breaks its rule, or does not broadcast against the others. What a schedule
        returns must not outgrow the shape of the first step.

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
    checked = numbers("curvatures", curvatures, rule, lambda a: np.isfinite(a) & (a > 0))
    require(np.ndim(checked) == 1, "curvatures", rule, curvatures)
    curvatures = checked
    rule = "be finite and at least 0"
    noise = numbers("noise", noise, rule, lambda a: np.isfinite(a) & (a >= 0))
    start = numbers("start", start, "be finite", np.isfinite)
    for name, value in (("noise", noise), ("start", start)):
        rule = f"be one number or {len(curvatures)}, one for each curvature"
        require(np.shape(value) in ((), np.shape(curvatures)), name, rule, value)
    learning_rate = HYPERPARAMETERS["learning_rate"].check(learning_rate)
    momentum = HYPERPARAMETERS["momentum"].check(momentum)
    shape = _shape("learning_rate", at(1, learning_rate), np.shape(curvatures))
    shape = _shape("momentum", at(1, momentum), shape)

    # In units of 1 / sqrt(curvature) every direction has the curvature 1, and nothing overflows
    # that need not: y is the parameter, u the velocity, yy, yu and uu the means of their products.
    with np.errstate(all="ignore"):
        variance = noise / curvatures * noise
        yy = np.broadcast_to(curvatures * start * start, shape)
        yu = uu = np.zeros(shape)
        losses = [yy.sum(axis=-1) / 2]
        for t in range(1, steps + 1):
            rate, mu = at(t, learning_rate), at(t, momentum)
            for name, value in (("learning_rate", rate), ("momentum", mu)):
                if _shape(name, value, shape) != shape:
                    raise ValueError(
                        f"Argument `{name}` must not outgrow the shape of the first step, {shape}. "
                        f"Received: an array of shape {np.shape(value)} at k = {t - 1}."
                    )
            # The step is y <- keep y - carry u - rate noise.
            rate = rate * curvatures
            keep, carry = 1 - rate, rate * mu
            moved = keep**2 * yy - 2 * keep * carry * yu + carry**2 * uu + rate**2 * variance
            yu, uu = (
                keep * yy + (keep - rate) * mu * yu - carry * mu * uu - rate * variance,
                yy + 2 * mu * yu + mu**2 * uu + variance,
            )
            # With momentum, rounding can push a mean square below zero. After overflow
            # comes nan or minus infinity.
            yy = np.where(np.isfinite(moved), np.maximum(moved, 0), np.inf)
            losses.append(yy.sum(axis=-1) / 2)
        return np.stack(losses)


def _shape(name, value, shape):
    """Return what a hyper-parameter and a shape (*runs, d) broadcast to: again such a shape."""
    own = np.shape(value)
    try:
        # Against one curvature a last axis of any length would broadcast.
        if own[-1:] in ((), (1,), shape[-1:]):
            return np.broadcast_shapes(own, shape)
    except ValueError:
        pass
    raise ValueError(
        f"Argument `{name}` must broadcast against {shape}, whose last axis is that of the "
        f"curvatures. Received: an array of shape {own}."
    )
