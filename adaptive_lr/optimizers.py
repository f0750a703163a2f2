r"""The optimizers: each an immutable set of hyper-parameters with two pure functions.

.. code-block:: python

    state = optimizer.init(x)
    x, state = optimizer.update(x, dx, state, t)      # t = 1, 2, 3, ...

Here ``x`` are the parameters, ``dx`` the gradient of the loss at ``x``, and ``t`` the number of
the step. ``update`` changes none of its arguments. Every hyper-parameter is a number or an array
that broadcasts against ``x``; ``learning_rate`` and ``epsilon`` may also be schedules.

This module is for reading and experimenting. It keeps every intermediate array, and so takes more
memory than a framework would.
"""

from dataclasses import dataclass, fields
from functools import wraps
from typing import NamedTuple

import numpy as np

from adaptive_lr.checks import require
from adaptive_lr.hyperparameters import HYPERPARAMETERS, at


class Optimizer:
    """What all optimizers share: checked, immutable hyper-parameters, and checked calls.

    A subclass is a frozen dataclass whose fields are hyper-parameters, with the methods ``init``
    and ``update``. Each field is checked against
    :data:`~adaptive_lr.hyperparameters.HYPERPARAMETERS` when the object is made.
    """

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        for name, guard in (("init", _checked_init), ("update", _checked_update)):
            if name in vars(cls):
                setattr(cls, name, guard(vars(cls)[name]))

    def __post_init__(self):
        for name, value in self.hyperparameters().items():
            object.__setattr__(self, name, HYPERPARAMETERS[name].check(value))

    def init(self, x):
        """Return the state before the first step.

        Parameters
        ----------
        x : array_like, shape (*runs, d)
            The parameters to be optimized; only their shape matters.

        Returns
        -------
        tuple, ndarray or NamedTuple of ndarray
            What the method remembers. Arrays have the shape to which x and the hyper-parameters
            broadcast.

        Raises
        ------
        ValueError
            If a hyper-parameter does not broadcast against x.

        Examples
        --------
        >>> Adagrad(initial_accumulator=0.1).init([1.0, 2.0])
        array([0.1, 0.1])
        """
        raise NotImplementedError

    def update(self, x, dx, state, t):
        """Return the parameters and the state after step t; the arguments stay as they are.

        Parameters
        ----------
        x : array_like, shape (*runs, d)
            The parameters before the step.
        dx : array_like, shape (*runs, d)
            The gradient of the loss at x.
        state : tuple, ndarray or NamedTuple of ndarray
            The state before the step, as ``init`` or the step before returned it.
        t : int
            Number of the step: 1, 2, 3, ...

        Returns
        -------
        x : ndarray, shape (*runs, d)
            The parameters after the step.
        state : tuple, ndarray or NamedTuple of ndarray
            The state after the step.

        Raises
        ------
        ValueError
            If dx has another shape than x, if t is not a whole number of at least 1, or if a
            schedule gives a value that breaks the rule of its hyper-parameter.

        Examples
        --------
        >>> GradientDescent(0.5).update([1.0], [1.0], (), t=1)
        (array([0.5]), ())
        """
        raise NotImplementedError

    def hyperparameters(self):
        """Return the hyper-parameters by name.

        Returns
        -------
        dict
            Name to value.

        Examples
        --------
        >>> GradientDescent(0.1).hyperparameters()
        {'learning_rate': 0.1}
        """
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name in HYPERPARAMETERS}

    def shape(self):
        """Return the shape to which all hyper-parameters broadcast.

        Returns
        -------
        tuple of int
            ``()`` if all are numbers.

        Examples
        --------
        >>> GradientDescent([[0.1], [0.2], [0.3]]).shape()
        (3, 1)
        """
        values = self.hyperparameters().values()
        return np.broadcast_shapes(*(np.shape(at(1, value)) for value in values))

    def effective_learning_rate(self, state, t):
        r"""Return what multiplies the gradient (in Adam, the corrected ``m``) in step t.

        Parameters
        ----------
        state : ndarray or NamedTuple
            The state *after* step t.
        t : int
            Number of the step: 1, 2, 3, ...

        Returns
        -------
        float or ndarray
            For the methods that are not adaptive, the learning rate itself.

        Examples
        --------
        >>> GradientDescent(0.1).effective_learning_rate((), 1)
        0.1
        >>> float(Adagrad(0.1, epsilon=0.0).effective_learning_rate(np.array(4.0), 1))
        0.05
        """
        return at(t, self.learning_rate)


def _checked_init(init):
    @wraps(init)
    def checked(self, x):
        for name, value in self.hyperparameters().items():
            shapes = np.shape(x), np.shape(at(1, value))
            try:
                np.broadcast_shapes(*shapes)
            except ValueError:
                rule = f"broadcast against x of shape {shapes[0]}"
                raise ValueError(
                    f"Argument `{name}` must {rule}. Received: an array of shape {shapes[1]}."
                ) from None
        return init(self, x)

    return checked


def _checked_update(update):
    @wraps(update)
    def checked(self, x, dx, state, t):
        whole = isinstance(t, int | np.integer) and t >= 1
        require(whole, "t", "be a whole number of at least 1: the first step is t = 1", t)
        x, dx = np.asarray(x, dtype=float), np.asarray(dx, dtype=float)
        if np.shape(x) != np.shape(dx):
            raise ValueError(
                f"Argument `dx` must have the shape of x, {np.shape(x)}. "
                f"Received: an array of shape {np.shape(dx)}."
            )
        return update(self, x, dx, state, t)

    return checked


def _zeros(x):
    return np.zeros(np.shape(x))


@dataclass(frozen=True, eq=False)
class GradientDescent(Optimizer):
    r"""Take a step against the gradient.

    .. math:: x \leftarrow x - \eta \, dx

    Parameters
    ----------
    learning_rate : float, array_like or schedule, default 0.01
        :math:`\eta`, at least 0.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    References
    ----------
    Cauchy (1847); Robbins and Monro (1951) for noisy gradients and a falling learning rate.

    Examples
    --------
    >>> optimizer = GradientDescent(learning_rate=0.1)
    >>> x, state = optimizer.update(np.array([1.0]), np.array([2.0]), (), t=1)
    >>> x
    array([0.8])
    """

    learning_rate: float = 0.01

    def init(self, x):
        """Return the state before the first step: nothing is remembered."""
        return ()

    def update(self, x, dx, state, t):
        """Return the parameters and the state after step t."""
        x = x - at(t, self.learning_rate) * dx
        return x, state


@dataclass(frozen=True, eq=False)
class Momentum(Optimizer):
    r"""Take a step along a velocity that remembers earlier gradients.

    .. math::
        velocity &\leftarrow \mu \, velocity + dx \\
        x &\leftarrow x - \eta \, velocity

    With ``nesterov=True`` the step is :math:`\eta \, (dx + \mu \, velocity)`: the gradient is
    used once more, as if the velocity had already been followed.

    Parameters
    ----------
    learning_rate : float, array_like or schedule, default 0.01
        :math:`\eta`, at least 0.
    momentum : float or array_like, default 0.9
        :math:`\mu` in [0, 1): share of the velocity kept from step to step.
    nesterov : bool or array_like of bool, default False
        Whether to look ahead along the velocity.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    References
    ----------
    Polyak (1964); Nesterov (1983). In the form that PyTorch computes, with the learning rate
    outside the velocity.

    Examples
    --------
    >>> optimizer = Momentum(learning_rate=0.1, momentum=0.5)
    >>> x, velocity = np.array([1.0]), optimizer.init(np.array([1.0]))
    >>> for t in (1, 2):
    ...     x, velocity = optimizer.update(x, np.array([2.0]), velocity, t)
    >>> velocity
    array([3.])
    """

    learning_rate: float = 0.01
    momentum: float = 0.9
    nesterov: bool = False

    def init(self, x):
        """Return the state before the first step: a velocity of zero."""
        return _zeros(x)

    def update(self, x, dx, velocity, t):
        """Return the parameters and the velocity after step t."""
        velocity = self.momentum * velocity + dx
        step = np.where(self.nesterov, dx + self.momentum * velocity, velocity)
        x = x - at(t, self.learning_rate) * step
        return x, velocity


@dataclass(frozen=True, eq=False)
class Adagrad(Optimizer):
    r"""Divide each step by the root of the sum of all squared gradients so far.

    .. math::
        cache &\leftarrow cache + dx^2 \\
        x &\leftarrow x - \frac{\eta \, dx}{\sqrt{cache} + \varepsilon}

    Parameters
    ----------
    learning_rate : float, array_like or schedule, default 0.01
        :math:`\eta`, at least 0.
    initial_accumulator : float or array_like, default 0.0
        Value of ``cache`` before the first step, at least 0.
    epsilon : float, array_like or schedule, default 1e-8
        :math:`\varepsilon`, at least 0: keeps the divisor from zero.
    epsilon_root : float or array_like, default 0.0
        Added to ``cache`` inside the root, as some frameworks have it.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    References
    ----------
    Duchi, Hazan and Singer (2011), the diagonal case of their Figure 1.

    Examples
    --------
    >>> optimizer = Adagrad(learning_rate=0.1)
    >>> x = np.array([1.0, 1.0])
    >>> x, cache = optimizer.update(x, np.array([5.0, 0.5]), optimizer.init(x), t=1)
    >>> x.round(6)
    array([0.9, 0.9])
    >>> cache
    array([25.  ,  0.25])
    """

    learning_rate: float = 0.01
    initial_accumulator: float = 0.0
    epsilon: float = 1e-8
    epsilon_root: float = 0.0

    def init(self, x):
        """Return the state before the first step: the initial accumulator."""
        return _zeros(x) + self.initial_accumulator

    def update(self, x, dx, cache, t):
        """Return the parameters and the cache after step t."""
        learning_rate, epsilon = at(t, self.learning_rate), at(t, self.epsilon)
        cache = cache + dx**2
        x = x - learning_rate * dx / (np.sqrt(cache + self.epsilon_root) + epsilon)
        return x, cache

    def effective_learning_rate(self, cache, t):
        r"""Return :math:`\eta / (\sqrt{cache} + \varepsilon)`, given the cache after step t."""
        root = np.sqrt(cache + self.epsilon_root)
        return at(t, self.learning_rate) / (root + at(t, self.epsilon))


class RMSpropState(NamedTuple):
    """What RMSprop remembers: three arrays of the parameters' shape."""

    cache: np.ndarray
    mean: np.ndarray
    velocity: np.ndarray


@dataclass(frozen=True, eq=False)
class RMSprop(Optimizer):
    r"""Divide each step by the root of a decaying average of squared gradients.

    .. math::
        cache &\leftarrow \rho \, cache + (1 - \rho) \, dx^2 \\
        x &\leftarrow x - \frac{\eta \, dx}{\sqrt{cache} + \varepsilon}

    ``centered=True`` subtracts the square of the average gradient from ``cache`` under the root;
    ``momentum`` collects the scaled gradients in a velocity, and the step follows that.

    Parameters
    ----------
    learning_rate : float, array_like or schedule, default 0.001
        :math:`\eta`, at least 0.
    decay_rate : float or array_like, default 0.9
        :math:`\rho` in [0, 1): share of ``cache`` kept from step to step.
    momentum : float or array_like, default 0.0
        Share of the velocity kept, in [0, 1).
    centered : bool or array_like of bool, default False
        Whether to divide by the standard deviation of the gradient, not its size.
    initial_accumulator : float or array_like, default 0.0
        Value of ``cache`` before the first step, at least 0.
    epsilon : float, array_like or schedule, default 1e-8
        :math:`\varepsilon`, at least 0: keeps the divisor from zero.
    epsilon_root : float or array_like, default 0.0
        Added inside the root, as some frameworks have it.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    References
    ----------
    Tieleman and Hinton (2012), lecture 6.5; Graves (2013), section 4.2, for ``centered``.

    Examples
    --------
    >>> optimizer = RMSprop(learning_rate=0.1, decay_rate=0.75)
    >>> x = np.array([1.0])
    >>> x, state = optimizer.update(x, np.array([4.0]), optimizer.init(x), t=1)
    >>> x.round(6), state.cache
    (array([0.8]), array([4.]))
    """

    learning_rate: float = 0.001
    decay_rate: float = 0.9
    momentum: float = 0.0
    centered: bool = False
    initial_accumulator: float = 0.0
    epsilon: float = 1e-8
    epsilon_root: float = 0.0

    def init(self, x):
        """Return the state before the first step: the initial accumulator, else zero."""
        return RMSpropState(_zeros(x) + self.initial_accumulator, _zeros(x), _zeros(x))

    def update(self, x, dx, state, t):
        """Return the parameters and the state after step t."""
        learning_rate, epsilon = at(t, self.learning_rate), at(t, self.epsilon)
        cache = self.decay_rate * state.cache + (1 - self.decay_rate) * dx**2
        mean = self.decay_rate * state.mean + (1 - self.decay_rate) * dx
        root = np.sqrt(self._spread(cache, mean) + self.epsilon_root)
        velocity = self.momentum * state.velocity + dx / (root + epsilon)
        x = x - learning_rate * velocity
        return x, RMSpropState(cache, mean, velocity)

    def effective_learning_rate(self, state, t):
        r"""Return :math:`\eta / (\sqrt{cache} + \varepsilon)`, given the state after step t."""
        root = np.sqrt(self._spread(state.cache, state.mean) + self.epsilon_root)
        return at(t, self.learning_rate) / (root + at(t, self.epsilon))

    def _spread(self, cache, mean):
        # Rounding can push the difference below zero, where the root would be nan.
        return np.where(self.centered, np.maximum(cache - mean**2, 0), cache)


class AdamState(NamedTuple):
    """What Adam remembers: two moments, and the largest second moment for AMSGrad."""

    m: np.ndarray
    v: np.ndarray
    v_max: np.ndarray


@dataclass(frozen=True, eq=False)
class Adam(Optimizer):
    r"""Follow a decaying average of gradients, divided by the root of that of their squares.

    .. math::
        m &\leftarrow \beta_1 m + (1 - \beta_1) \, dx \\
        v &\leftarrow \beta_2 v + (1 - \beta_2) \, dx^2 \\
        \hat m &= \frac{m}{1 - \beta_1^t}, \quad \hat v = \frac{v}{1 - \beta_2^t} \\
        x &\leftarrow x - \frac{\eta \, \hat m}{\sqrt{\hat v} + \varepsilon}

    Parameters
    ----------
    learning_rate : float, array_like or schedule, default 0.001
        :math:`\eta`, at least 0.
    beta1 : float or array_like, default 0.9
        :math:`\beta_1` in [0, 1): share of ``m`` kept from step to step.
    beta2 : float or array_like, default 0.999
        :math:`\beta_2` in [0, 1): share of ``v`` kept from step to step.
    amsgrad : bool or array_like of bool, default False
        Whether to divide by the root of the largest ``v`` so far.
    bias_correction : bool or array_like of bool, default True
        Whether to divide by :math:`1 - \beta^t`, which undoes the start at zero.
    epsilon : float, array_like or schedule, default 1e-8
        :math:`\varepsilon`, at least 0: keeps the divisor from zero.
    epsilon_root : float or array_like, default 0.0
        Added inside the root.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    References
    ----------
    Kingma and Ba (2015), Algorithm 1; Reddi, Kale and Kumar (2018), Algorithm 2, for
    ``amsgrad`` (there without the bias correction).

    Examples
    --------
    >>> optimizer = Adam(learning_rate=0.1)
    >>> x = np.array([1.0, 1.0])
    >>> x, state = optimizer.update(x, np.array([5.0, 0.5]), optimizer.init(x), t=1)
    >>> x.round(6)
    array([0.9, 0.9])
    """

    learning_rate: float = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    amsgrad: bool = False
    bias_correction: bool = True
    epsilon: float = 1e-8
    epsilon_root: float = 0.0

    def init(self, x):
        """Return the state before the first step: moments of zero."""
        return AdamState(_zeros(x), _zeros(x), _zeros(x))

    def update(self, x, dx, state, t):
        """Return the parameters and the state after step t."""
        learning_rate, epsilon = at(t, self.learning_rate), at(t, self.epsilon)
        m = self.beta1 * state.m + (1 - self.beta1) * dx
        v = self.beta2 * state.v + (1 - self.beta2) * dx**2
        state = AdamState(m, v, np.maximum(state.v_max, v))
        m_hat, v_hat = self.corrected(state, t)
        x = x - learning_rate * m_hat / (np.sqrt(v_hat + self.epsilon_root) + epsilon)
        return x, state

    def corrected(self, state, t):
        """Return both moments after step t, with the bias of the start at zero undone."""
        m_hat = state.m / np.where(self.bias_correction, 1 - self.beta1**t, 1)
        v = np.where(self.amsgrad, state.v_max, state.v)
        v_hat = v / np.where(self.bias_correction, 1 - self.beta2**t, 1)
        return m_hat, v_hat

    def effective_learning_rate(self, state, t):
        r"""Return :math:`\eta / (\sqrt{\hat v} + \varepsilon)`, given the state after step t."""
        _, v_hat = self.corrected(state, t)
        return at(t, self.learning_rate) / (
            np.sqrt(v_hat + self.epsilon_root) + at(t, self.epsilon)
        )


@dataclass(frozen=True, eq=False)
class AdamW(Adam):
    r"""Shrink the parameters towards zero, then take Adam's step.

    .. math:: x \leftarrow x - \eta \lambda x - \frac{\eta \, \hat m}{\sqrt{\hat v} + \varepsilon}

    The decay does not pass through the moments, so it is the same for every parameter. That is
    what sets it apart from an L2 penalty, whose gradient Adam would rescale.

    Parameters
    ----------
    learning_rate, beta1, beta2, amsgrad, bias_correction, epsilon, epsilon_root
        As in :class:`Adam`.
    weight_decay : float or array_like, default 0.01
        :math:`\lambda`, at least 0.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    References
    ----------
    Loshchilov and Hutter (2019), Algorithm 2. As in all three frameworks, the learning rate
    multiplies the decay.

    Examples
    --------
    >>> optimizer = AdamW(learning_rate=0.1, weight_decay=0.5)
    >>> x = np.array([2.0])
    >>> x, state = optimizer.update(x, np.array([0.0]), optimizer.init(x), t=1)
    >>> x
    array([1.9])
    """

    weight_decay: float = 0.01

    def update(self, x, dx, state, t):
        """Return the parameters and the state after step t."""
        shrunk = x - at(t, self.learning_rate) * self.weight_decay * x
        return super().update(shrunk, dx, state, t)
