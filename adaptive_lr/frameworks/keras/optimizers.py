"""The optimizers as Keras 3 computes them; see the package for what sets it apart."""

import numpy as np

from adaptive_lr.frameworks.arguments import checked, is_off
from adaptive_lr.optimizers import (
    Adagrad,
    Adam,
    AdamW,
    AMSGrad,
    CenteredRMSprop,
    Chain,
    DecoupledDecay,
    GradientDescent,
    Momentum,
    Nesterov,
    RMSprop,
)


@checked("learning_rate")
def sgd(learning_rate=0.01, momentum=0.0, nesterov=False, weight_decay=None):
    r"""Return gradient descent as ``keras.optimizers.SGD`` computes it.

    .. math:: velocity \leftarrow \mu \, velocity - \eta \, dx, \qquad x \leftarrow x + velocity

    Parameters
    ----------
    learning_rate : float, array_like or schedule, default 0.01
        :math:`\eta`, at least 0.
    momentum : float or array_like, default 0.0
        :math:`\mu` in [0, 1).
    nesterov : bool, default False
        Whether to look ahead along the velocity.
    weight_decay : float or array_like, optional
        Decoupled weight decay, at least 0.

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
    >>> sgd(momentum=0.9).then
    Momentum(learning_rate=1.0, momentum=0.9)
    """
    optimizer = GradientDescent(learning_rate)
    if not is_off(momentum):
        optimizer = Chain(optimizer, (Nesterov if nesterov else Momentum)(1.0, momentum))
    return _decayed(optimizer, weight_decay)


@checked("learning_rate")
def adagrad(learning_rate=0.001, initial_accumulator_value=0.1, epsilon=1e-7, weight_decay=None):
    r"""Return Adagrad as ``keras.optimizers.Adagrad`` computes it.

    .. math:: x \leftarrow x - \frac{\eta \, dx}{\sqrt{cache + \varepsilon}}

    Parameters
    ----------
    learning_rate : float, array_like or schedule, default 0.001
        :math:`\eta`, at least 0.
    initial_accumulator_value : float or array_like, default 0.1
        Value of ``cache`` before the first step, at least 0.
    epsilon : float or array_like, default 1e-7
        :math:`\varepsilon`, inside the root, at least 0.
    weight_decay : float or array_like, optional
        Decoupled weight decay, at least 0.

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
    Adagrad(learning_rate=0.001, initial_accumulator=0.1, epsilon=0.0, epsilon_root=1e-07)
    """
    optimizer = Adagrad(learning_rate, initial_accumulator_value, epsilon=0.0, epsilon_root=epsilon)
    return _decayed(optimizer, weight_decay)


@checked("learning_rate")
def rmsprop(
    learning_rate=0.001, rho=0.9, momentum=0.0, epsilon=1e-7, centered=False, weight_decay=None
):
    r"""Return RMSprop as ``keras.optimizers.RMSprop`` computes it.

    .. math::
        velocity \leftarrow \mu \, velocity + \frac{\eta \, dx}{\sqrt{cache + \varepsilon}},
        \qquad x \leftarrow x - velocity

    Parameters
    ----------
    learning_rate : float, array_like or schedule, default 0.001
        :math:`\eta`, at least 0.
    rho : float or array_like, default 0.9
        Share of the cache kept, in [0, 1).
    momentum : float or array_like, default 0.0
        :math:`\mu` in [0, 1).
    epsilon : float or array_like, default 1e-7
        :math:`\varepsilon`, inside the root, at least 0.
    centered : bool, default False
        Whether to subtract the squared average gradient from the cache.
    weight_decay : float or array_like, optional
        Decoupled weight decay, at least 0.

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
    Tieleman and Hinton (2012), lecture 6.5.

    Examples
    --------
    >>> optimizer = rmsprop()
    >>> x = np.array([1.0])
    >>> x, state = optimizer.update(x, np.array([4.0]), optimizer.init(x), t=1)
    >>> round(1 - float(x[0]), 6)
    0.003162
    """
    method = CenteredRMSprop if centered else RMSprop
    optimizer = method(learning_rate, rho, epsilon=0.0, epsilon_root=epsilon)
    if not is_off(momentum):
        optimizer = Chain(optimizer, Momentum(1.0, momentum))
    return _decayed(optimizer, weight_decay)


@checked("learning_rate")
def adam(
    learning_rate=0.001,
    beta_1=0.9,
    beta_2=0.999,
    epsilon=1e-7,
    amsgrad=False,
    weight_decay=None,
):
    r"""Return Adam as ``keras.optimizers.Adam`` computes it.

    .. math::
        x \leftarrow x - \eta \, \frac{\sqrt{1 - \beta_2^t}}{1 - \beta_1^t} \,
        \frac{m}{\sqrt v + \hat\varepsilon}

    That is the book's Adam with an epsilon that shrinks from step to step,
    :math:`\varepsilon = \hat\varepsilon / \sqrt{1 - \beta_2^t}`.

    Parameters
    ----------
    learning_rate : float, array_like or schedule, default 0.001
        :math:`\eta`, at least 0.
    beta_1 : float or array_like, default 0.9
        Share of ``m`` kept, in [0, 1).
    beta_2 : float or array_like, default 0.999
        Share of ``v`` kept, in [0, 1).
    epsilon : float or array_like, default 1e-7
        :math:`\hat\varepsilon`, at least 0.
    amsgrad : bool, default False
        Whether to divide by the root of the largest ``v`` so far.
    weight_decay : float or array_like, optional
        Decoupled weight decay, at least 0: with it, this is AdamW.

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
    Kingma and Ba (2015).

    Examples
    --------
    >>> optimizer = adam()
    >>> x = np.array([0.0])
    >>> x, state = optimizer.update(x, np.array([1e-6]), optimizer.init(x), t=1)
    >>> round(float(x[0]) / -0.001, 2)
    0.24
    """
    moments = {
        "learning_rate": learning_rate,
        "beta1": beta_1,
        "beta2": beta_2,
        "epsilon": lambda k: epsilon / np.sqrt(1 - beta_2 ** (k + 1)),
    }
    if amsgrad:
        return _decayed(AMSGrad(**moments), weight_decay)
    if is_off(weight_decay):
        return Adam(**moments)
    return AdamW(**moments, weight_decay=weight_decay)


@checked("learning_rate")
def adamw(
    learning_rate=0.001,
    weight_decay=0.004,
    beta_1=0.9,
    beta_2=0.999,
    epsilon=1e-7,
    amsgrad=False,
):
    r"""Return AdamW as ``keras.optimizers.AdamW`` computes it.

    Parameters
    ----------
    learning_rate : float, array_like or schedule, default 0.001
        :math:`\eta`, at least 0.
    weight_decay : float or array_like, default 0.004
        Decoupled weight decay, at least 0; the learning rate multiplies it.
    beta_1, beta_2, epsilon, amsgrad
        As in :func:`adam`.

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
    0.004
    """
    return adam(learning_rate, beta_1, beta_2, epsilon, amsgrad, weight_decay)


def _decayed(optimizer, weight_decay):
    return optimizer if is_off(weight_decay) else DecoupledDecay(optimizer, weight_decay)
