"""The optimizers as Optax computes them; see the package for what sets it apart."""

import numpy as np

from adaptive_lr.frameworks.arguments import checked, is_off
from adaptive_lr.frameworks.optax.variants import (
    BothFromAccumulator,
    CorrectedCenteredRMSprop,
    CorrectedRMSprop,
    LargestCorrected,
    LessAhead,
    NesterovAdam,
)
from adaptive_lr.optimizers import (
    Adagrad,
    Adam,
    AdamW,
    CenteredRMSprop,
    Chain,
    DecoupledDecay,
    GradientDescent,
    Momentum,
    Nesterov,
    RMSprop,
)


@checked("learning_rate")
def sgd(learning_rate, momentum=None, nesterov=False):
    r"""Return gradient descent as ``optax.sgd`` computes it.

    .. math:: velocity \leftarrow \mu \, velocity + dx, \qquad x \leftarrow x - \eta \, velocity

    Parameters
    ----------
    learning_rate : float, array_like or schedule
        :math:`\eta`, at least 0.
    momentum : float or array_like, optional
        :math:`\mu` in [0, 1).
    nesterov : bool, default False
        Whether to look ahead along the velocity.

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
    >>> sgd(0.1)
    GradientDescent(learning_rate=0.1)
    """
    if is_off(momentum):
        return GradientDescent(learning_rate)
    return (Nesterov if nesterov else Momentum)(learning_rate, momentum)


@checked("learning_rate")
def adagrad(learning_rate, initial_accumulator_value=0.1, eps=1e-7):
    r"""Return Adagrad as ``optax.adagrad`` computes it.

    .. math:: x \leftarrow x - \frac{\eta \, dx}{\sqrt{cache + \varepsilon}}

    Parameters
    ----------
    learning_rate : float, array_like or schedule
        :math:`\eta`, at least 0.
    initial_accumulator_value : float or array_like, default 0.1
        Value of ``cache`` before the first step, at least 0.
    eps : float or array_like, default 1e-7
        :math:`\varepsilon`, inside the root, at least 0.

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
    >>> adagrad(0.1)
    Adagrad(learning_rate=0.1, initial_accumulator=0.1, epsilon=0.0, epsilon_root=1e-07)
    """
    # Where no gradient has come yet Optax does not move, even if nothing keeps the root from zero.
    floor = np.maximum(eps, np.finfo(float).tiny)
    return Adagrad(learning_rate, initial_accumulator_value, epsilon=0.0, epsilon_root=floor)


@checked("learning_rate")
def rmsprop(
    learning_rate,
    decay=0.9,
    eps=1e-8,
    initial_scale=0.0,
    eps_in_sqrt=True,
    centered=False,
    momentum=None,
    nesterov=False,
    bias_correction=False,
):
    r"""Return RMSprop as ``optax.rmsprop`` computes it.

    .. math::
        velocity \leftarrow \mu \, velocity + \frac{\eta \, dx}{\sqrt{cache + \varepsilon}},
        \qquad x \leftarrow x - velocity

    Parameters
    ----------
    learning_rate : float, array_like or schedule
        :math:`\eta`, at least 0.
    decay : float or array_like, default 0.9
        Share of the cache kept, in [0, 1).
    eps : float or array_like, default 1e-8
        :math:`\varepsilon`, at least 0.
    initial_scale : float or array_like, default 0.0
        Value of ``cache`` before the first step, at least 0.
    eps_in_sqrt : bool, default True
        Whether epsilon stands inside the root.
    centered : bool, default False
        Whether to subtract the squared average gradient from the cache.
    momentum : float or array_like, optional
        :math:`\mu` in [0, 1).
    nesterov : bool, default False
        Whether to look ahead along the velocity; without momentum it changes nothing.
    bias_correction : bool, default False
        Whether to divide the averages by one minus the power of ``decay``, as Adam does.

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
    >>> optimizer = rmsprop(0.1)
    >>> x = np.array([1.0])
    >>> x, state = optimizer.update(x, np.array([4.0]), optimizer.init(x), t=1)
    >>> round(1 - float(x[0]), 6)
    0.316228
    """
    if bias_correction:
        method = CorrectedCenteredRMSprop if centered else CorrectedRMSprop
    else:
        method = CenteredRMSprop if centered else RMSprop
    outside, inside = (0.0, eps) if eps_in_sqrt else (eps, 0.0)
    optimizer = method(learning_rate, decay, initial_scale, outside, inside)
    if is_off(momentum):
        return optimizer
    return Chain(optimizer, (Nesterov if nesterov else Momentum)(1.0, momentum))


@checked("learning_rate")
def adam(learning_rate, b1=0.9, b2=0.999, eps=1e-8, eps_root=0.0, *, nesterov=False):
    r"""Return Adam as ``optax.adam`` computes it: the book's Adam.

    Parameters
    ----------
    learning_rate : float, array_like or schedule
        The learning rate, at least 0.
    b1 : float or array_like, default 0.9
        Share of ``m`` kept, in [0, 1).
    b2 : float or array_like, default 0.999
        Share of ``v`` kept, in [0, 1).
    eps : float or array_like, default 1e-8
        Added to the root of the corrected ``v``, at least 0.
    eps_root : float or array_like, default 0.0
        Added to the corrected ``v`` inside the root, at least 0.
    nesterov : bool, default False
        Whether to use the gradient once more, as Dozat's Nadam does.

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
    Kingma and Ba (2015), Algorithm 1; Dozat (2016) for ``nesterov``.

    Examples
    --------
    >>> type(adam(0.1)).__name__, type(adam(0.1, nesterov=True)).__name__
    ('Adam', 'NesterovAdam')
    """
    moments = {
        "learning_rate": learning_rate,
        "beta1": b1,
        "beta2": b2,
        "epsilon": eps,
        "epsilon_root": eps_root,
    }
    return (NesterovAdam if nesterov else Adam)(**moments)


@checked("learning_rate", "weight_decay")
def adamw(
    learning_rate,
    b1=0.9,
    b2=0.999,
    eps=1e-8,
    eps_root=0.0,
    *,
    weight_decay=1e-4,
    nesterov=False,
):
    r"""Return AdamW as ``optax.adamw`` computes it.

    Parameters
    ----------
    learning_rate, b1, b2, eps, eps_root, nesterov
        As in :func:`adam`.
    weight_decay : float, array_like or schedule, default 1e-4
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
    >>> adamw(0.1).weight_decay
    0.0001
    """
    optimizer = adam(learning_rate, b1, b2, eps, eps_root, nesterov=nesterov)
    if is_off(weight_decay):
        return optimizer
    if nesterov:
        return DecoupledDecay(optimizer, weight_decay)
    return AdamW(**optimizer.hyperparameters(), weight_decay=weight_decay)


@checked("learning_rate")
def amsgrad(
    learning_rate,
    b1=0.9,
    b2=0.999,
    eps=1e-8,
    eps_root=0.0,
    *,
    bias_correction_mu=True,
    bias_correction_nu=True,
):
    r"""Return AMSGrad as ``optax.amsgrad`` computes it: the largest of the *corrected* ``v``.

    .. math::
        v_{max} \leftarrow \max\left(v_{max}, \frac{v}{1 - \beta_2^t}\right), \qquad
        x \leftarrow x - \frac{\eta \, \hat m}{\sqrt{v_{max}} + \varepsilon}

    PyTorch and Keras take the largest ``v`` and correct it afterwards.

    Parameters
    ----------
    learning_rate, b1, b2, eps, eps_root
        As in :func:`adam`.
    bias_correction_mu : bool, default True
        Whether the first moment is corrected.
    bias_correction_nu : bool, default True
        Whether the second moment is corrected.

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
    Reddi, Kale and Kumar (2018), Algorithm 2, there without bias correction.

    Examples
    --------
    >>> from adaptive_lr.frameworks import pytorch
    >>> for make in (amsgrad(0.1, b2=0.9), pytorch.adam(0.1, (0.9, 0.9), amsgrad=True)):
    ...     x, state = np.array([0.0]), make.init([0.0])
    ...     for t, dx in enumerate([5.0, 0.1, 0.1], start=1):
    ...         x, state = make.update(x, np.array([dx]), state, t)
    ...     print(round(float(x[0]), 5))
    -0.17971
    -0.21826
    """
    return LargestCorrected(
        learning_rate,
        b1,
        b2,
        epsilon=eps,
        epsilon_root=eps_root,
        bias_correction_mu=bias_correction_mu,
        bias_correction_nu=bias_correction_nu,
    )


@checked("learning_rate")
def yogi(learning_rate, b1=0.9, b2=0.999, eps=1e-3):
    r"""Return Yogi as ``optax.yogi`` computes it: both moments begin at 1e-6 and are corrected.

    Parameters
    ----------
    learning_rate, b1, b2
        As in :func:`adam`.
    eps : float or array_like, default 1e-3
        Added to the root of the corrected ``v``, at least 0.

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
    Zaheer, Reddi, Sachan, Kale and Kumar (2018), Algorithm 2.

    Examples
    --------
    >>> yogi(0.1).init([1.0])
    AdamState(m=array([1.e-06]), v=array([1.e-06]))
    """
    return BothFromAccumulator(learning_rate, b1, b2, epsilon=eps)


@checked("learning_rate", "weight_decay")
def adan(learning_rate, b1=0.98, b2=0.92, b3=0.99, eps=1e-8, eps_root=1e-8, weight_decay=0.0):
    r"""Return Adan as ``optax.adan`` computes it: the change of the gradient counts little.

    .. math::
        n &\leftarrow \beta_3 n + (1 - \beta_3) \, (dx + (1 - \beta_2)(dx - last))^2 \\
        x &\leftarrow x - \frac{\eta \, (\hat m + (1 - \beta_2) \, \hat v)}
            {\sqrt{\hat n + \varepsilon_{\text{root}}} + \varepsilon}

    The paper has :math:`1 - \beta_2` too, but its betas are the shares that are *replaced*: what is
    0.08 there is 0.92 here. In the book's :class:`~adaptive_lr.optimizers.Adan`, as in the code of
    the paper's authors, the factor is the share kept.

    Parameters
    ----------
    learning_rate : float, array_like or schedule
        The learning rate, at least 0.
    b1 : float or array_like, default 0.98
        Share kept of the average of gradients, in [0, 1).
    b2 : float or array_like, default 0.92
        Share kept of the average of their changes, in [0, 1).
    b3 : float or array_like, default 0.99
        Share kept of the average of squares, in [0, 1).
    eps : float or array_like, default 1e-8
        Added outside the root, at least 0.
    eps_root : float or array_like, default 1e-8
        Added inside the root, at least 0.
    weight_decay : float, array_like or schedule, default 0.0
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
    Xie, Zhou, Li, Lin and Yan (2022), Algorithm 1.

    Examples
    --------
    >>> adan(0.1).ahead
    0.07999999999999996
    """
    optimizer = LessAhead(learning_rate, b1, b2, epsilon=eps, epsilon_root=eps_root, beta3=b3)
    return optimizer if is_off(weight_decay) else DecoupledDecay(optimizer, weight_decay)
