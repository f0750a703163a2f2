"""The optimizers as PyTorch 2 computes them; see the package for what sets it apart."""

import numpy as np

from adaptive_lr.checks import require
from adaptive_lr.frameworks.arguments import check, checked, is_off
from adaptive_lr.frameworks.pytorch.variants import Dampened
from adaptive_lr.hyperparameters import at
from adaptive_lr.optimizers import (
    Adagrad,
    Adam,
    AdamW,
    AMSGrad,
    CenteredRMSprop,
    Chain,
    DecoupledDecay,
    GradientDescent,
    L2Penalty,
    Maximize,
    Momentum,
    Nesterov,
    RMSprop,
)


@checked("lr", "momentum", "weight_decay")
def sgd(lr=1e-3, momentum=0, dampening=0, weight_decay=0, nesterov=False, *, maximize=False):
    r"""Return gradient descent as ``torch.optim.SGD`` computes it.

    .. math::
        velocity \leftarrow \mu \, velocity + (1 - \tau) \, dx, \qquad
        x \leftarrow x - \eta \, velocity

    Parameters
    ----------
    lr : float, array_like or schedule, default 1e-3
        :math:`\eta`, at least 0.
    momentum : float, array_like or schedule, default 0
        :math:`\mu` in [0, 1); a cycling schedule of the rate has the one that goes with it.
    dampening : float or array_like, default 0
        :math:`\tau`, at least 0. The first velocity is the gradient in any case.
    weight_decay : float, array_like or schedule, default 0
        L2 penalty, at least 0.
    nesterov : bool, default False
        Whether to look ahead along the velocity; asks for momentum without dampening.
    maximize : bool, default False
        Whether to climb.

    Returns
    -------
    Optimizer
        The optimizer.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    Examples
    --------
    >>> sgd(momentum=0.9)
    Momentum(learning_rate=0.001, momentum=0.9)
    """
    has_velocity = callable(momentum) or bool(np.all(np.greater(momentum, 0)))
    allowed = not nesterov or (has_velocity and bool(np.all(np.equal(dampening, 0))))
    require(allowed, "nesterov", "be False where momentum is 0 or dampening is not", nesterov)
    if is_off(momentum):
        optimizer = GradientDescent(lr)
    elif nesterov:
        optimizer = Nesterov(lr, momentum)
    else:
        optimizer = Momentum(lr, momentum)
        optimizer = optimizer if is_off(dampening) else Dampened(optimizer, dampening)
    return _regularised(optimizer, weight_decay, maximize)


@checked("lr", "weight_decay")
def adagrad(
    lr=1e-2, lr_decay=0, weight_decay=0, initial_accumulator_value=0, eps=1e-10, *, maximize=False
):
    r"""Return Adagrad as ``torch.optim.Adagrad`` computes it.

    .. math::
        x \leftarrow x - \frac{\eta}{1 + (t - 1) \, d} \, \frac{dx}{\sqrt{cache} + \varepsilon}

    Parameters
    ----------
    lr : float, array_like or schedule, default 1e-2
        :math:`\eta`, at least 0.
    lr_decay : float or array_like, default 0
        :math:`d`, at least 0: by how much the divisor of the rate grows each step.
    weight_decay : float, array_like or schedule, default 0
        L2 penalty, at least 0.
    initial_accumulator_value : float or array_like, default 0
        Value of ``cache`` before the first step, at least 0.
    eps : float or array_like, default 1e-10
        :math:`\varepsilon`, outside the root, at least 0.
    maximize : bool, default False
        Whether to climb.

    Returns
    -------
    Optimizer
        The optimizer.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    References
    ----------
    Duchi, Hazan and Singer (2011).

    Examples
    --------
    >>> adagrad()
    Adagrad(learning_rate=0.01, initial_accumulator=0.0, epsilon=1e-10, epsilon_root=0.0)
    """
    rate = lr if is_off(lr_decay) else lambda k: at(k + 1, lr) / (1 + k * lr_decay)
    optimizer = Adagrad(rate, initial_accumulator_value, epsilon=eps)
    return _regularised(optimizer, weight_decay, maximize)


@checked("lr", "momentum", "weight_decay")
def rmsprop(
    lr=1e-2, alpha=0.99, eps=1e-8, weight_decay=0, momentum=0, centered=False, *, maximize=False
):
    r"""Return RMSprop as ``torch.optim.RMSprop`` computes it.

    .. math::
        velocity \leftarrow \mu \, velocity + \frac{dx}{\sqrt{cache} + \varepsilon}, \qquad
        x \leftarrow x - \eta \, velocity

    Parameters
    ----------
    lr : float, array_like or schedule, default 1e-2
        :math:`\eta`, at least 0.
    alpha : float or array_like, default 0.99
        Share of the cache kept, in [0, 1).
    eps : float or array_like, default 1e-8
        :math:`\varepsilon`, outside the root, at least 0.
    weight_decay : float, array_like or schedule, default 0
        L2 penalty, at least 0.
    momentum : float, array_like or schedule, default 0
        :math:`\mu` in [0, 1); a cycling schedule of the rate has the one that goes with it.
    centered : bool, default False
        Whether to subtract the squared average gradient from the cache.
    maximize : bool, default False
        Whether to climb.

    Returns
    -------
    Optimizer
        The optimizer.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    References
    ----------
    Tieleman and Hinton (2012), lecture 6.5; Graves (2013), section 4.2, for ``centered``.

    Examples
    --------
    >>> optimizer = rmsprop()
    >>> x = np.array([1.0])
    >>> x, state = optimizer.update(x, np.array([4.0]), optimizer.init(x), t=1)
    >>> round(1 - float(x[0]), 6)
    0.1
    """
    method = CenteredRMSprop if centered else RMSprop
    if is_off(momentum):
        optimizer = method(lr, alpha, epsilon=eps)
    else:
        optimizer = Chain(method(1.0, alpha, epsilon=eps), Momentum(lr, momentum))
    return _regularised(optimizer, weight_decay, maximize)


@checked("lr", "weight_decay")
def adam(
    lr=1e-3,
    betas=(0.9, 0.999),
    eps=1e-8,
    weight_decay=0,
    amsgrad=False,
    *,
    maximize=False,
    decoupled_weight_decay=False,
):
    r"""Return Adam as ``torch.optim.Adam`` computes it: the book's Adam.

    Parameters
    ----------
    lr : float, array_like or schedule, default 1e-3
        The learning rate, at least 0.
    betas : pair of float or array_like, default (0.9, 0.999)
        Shares of ``m`` and of ``v`` kept, each in [0, 1). The first may be a schedule.
    eps : float or array_like, default 1e-8
        Added to the root of the corrected ``v``, at least 0.
    weight_decay : float, array_like or schedule, default 0
        L2 penalty or, with ``decoupled_weight_decay``, decoupled decay, at least 0.
    amsgrad : bool, default False
        Whether to divide by the root of the largest ``v`` so far, corrected afterwards.
    maximize : bool, default False
        Whether to climb.
    decoupled_weight_decay : bool, default False
        Whether ``weight_decay`` shrinks the parameters, as in AdamW.

    Returns
    -------
    Optimizer
        The optimizer.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    References
    ----------
    Kingma and Ba (2015), Algorithm 1; Reddi, Kale and Kumar (2018) for ``amsgrad``.

    Examples
    --------
    >>> type(adam()).__name__, type(adam(weight_decay=0.1)).__name__
    ('Adam', 'L2Penalty')
    """
    pair = isinstance(betas, tuple | list) and len(betas) == 2
    require(pair, "betas", "be a pair: the shares of m and of v that are kept", betas)
    moments = {
        "learning_rate": lr,
        "beta1": check("betas[0]", betas[0], scheduled=True),
        "beta2": check("betas[1]", betas[1]),
        "epsilon": eps,
    }
    if is_off(weight_decay) or not decoupled_weight_decay:
        optimizer = (AMSGrad if amsgrad else Adam)(**moments)
        return _regularised(optimizer, weight_decay, maximize)
    if amsgrad:
        return _regularised(DecoupledDecay(AMSGrad(**moments), weight_decay), 0, maximize)
    return _regularised(AdamW(**moments, weight_decay=weight_decay), 0, maximize)


@checked("lr", "weight_decay")
def adamw(
    lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2, amsgrad=False, *, maximize=False
):
    r"""Return AdamW as ``torch.optim.AdamW`` computes it.

    Parameters
    ----------
    lr, betas, eps, amsgrad, maximize
        As in :func:`adam`.
    weight_decay : float, array_like or schedule, default 1e-2
        Decoupled weight decay, at least 0; the learning rate multiplies it.

    Returns
    -------
    Optimizer
        The optimizer.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    References
    ----------
    Loshchilov and Hutter (2019).

    Examples
    --------
    >>> adamw().weight_decay
    0.01
    """
    return adam(
        lr, betas, eps, weight_decay, amsgrad, maximize=maximize, decoupled_weight_decay=True
    )


def _regularised(optimizer, weight_decay, maximize):
    """Wrap as PyTorch orders it: turn the gradient round first, then add the penalty."""
    optimizer = optimizer if is_off(weight_decay) else L2Penalty(optimizer, weight_decay)
    return Maximize(optimizer) if maximize else optimizer
