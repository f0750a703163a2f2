r"""What the frameworks compute and the book's own classes cannot express, as small classes.

Three are methods whose order of operations differs: :class:`MomentumInside`,
:class:`RMSpropInside` and :class:`NesterovAdam`. The others wrap any optimizer and change the
gradient or the parameters before its step: :class:`L2Penalty`, :class:`DecoupledDecay`,
:class:`Dampened` and :class:`Maximize`. A wrapper keeps no state of its own.
"""

from dataclasses import dataclass, fields, replace

import numpy as np

from adaptive_lr.hyperparameters import HYPERPARAMETERS, at
from adaptive_lr.optimizers import Adam, Momentum, Optimizer, RMSprop


@dataclass(frozen=True, eq=False)
class MomentumInside(Momentum):
    r"""Momentum with the learning rate inside the velocity.

    .. math::
        velocity &\leftarrow \mu \, velocity + \eta \, dx \\
        x &\leftarrow x - velocity

    With ``nesterov=True`` the step is :math:`\eta \, dx + \mu \, velocity`. At a constant learning
    rate the path is that of :class:`~adaptive_lr.optimizers.Momentum`. When the rate falls, the
    velocity gathered at the old rate goes on.

    Parameters
    ----------
    learning_rate, momentum, nesterov
        As in :class:`~adaptive_lr.optimizers.Momentum`.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    Examples
    --------
    >>> optimizer = MomentumInside(learning_rate=lambda k: 0.1 ** k, momentum=0.5)
    >>> x, velocity = np.array([0.0]), optimizer.init(np.array([0.0]))
    >>> for t in (1, 2):
    ...     x, velocity = optimizer.update(x, np.array([1.0]), velocity, t)
    >>> velocity
    array([0.6])
    """

    def update(self, x, dx, velocity, t):
        """Return the parameters and the velocity after step t."""
        scaled = at(t, self.learning_rate) * dx
        velocity = self.momentum * velocity + scaled
        step = np.where(self.nesterov, scaled + self.momentum * velocity, velocity)
        return x - step, velocity


@dataclass(frozen=True, eq=False)
class RMSpropInside(RMSprop):
    r"""RMSprop with the learning rate inside the velocity.

    .. math::
        velocity &\leftarrow \mu \, velocity + \frac{\eta \, dx}{\sqrt{cache} + \varepsilon} \\
        x &\leftarrow x - velocity

    Parameters
    ----------
    learning_rate, decay_rate, momentum, centered, initial_accumulator, epsilon, epsilon_root
        As in :class:`~adaptive_lr.optimizers.RMSprop`.
    nesterov : bool or array_like of bool, default False
        Whether to look ahead along the velocity.
    bias_correction : bool or array_like of bool, default False
        Whether to divide the averages by :math:`1 - \rho^t`, as Adam does.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    Examples
    --------
    >>> optimizer = RMSpropInside(learning_rate=0.1, bias_correction=True)
    >>> x = np.array([1.0])
    >>> x, state = optimizer.update(x, np.array([4.0]), optimizer.init(x), t=1)
    >>> x.round(6)
    array([0.9])
    """

    nesterov: bool = False
    bias_correction: bool = False

    def update(self, x, dx, state, t):
        """Return the parameters and the state after step t."""
        cache = self.decay_rate * state.cache + (1 - self.decay_rate) * dx**2
        mean = self.decay_rate * state.mean + (1 - self.decay_rate) * dx
        state = state._replace(cache=cache, mean=mean)
        scaled = self.effective_learning_rate(state, t) * dx
        velocity = self.momentum * state.velocity + scaled
        step = np.where(self.nesterov, scaled + self.momentum * velocity, velocity)
        return x - step, state._replace(velocity=velocity)

    def effective_learning_rate(self, state, t):
        r"""Return :math:`\eta / (\sqrt{cache} + \varepsilon)`, given the state after step t."""
        correction = np.where(self.bias_correction, 1 - self.decay_rate**t, 1)
        spread = self._spread(state.cache / correction, state.mean / correction)
        return at(t, self.learning_rate) / (
            np.sqrt(spread + self.epsilon_root) + at(t, self.epsilon)
        )


@dataclass(frozen=True, eq=False)
class NesterovAdam(Adam):
    r"""Adam that uses the gradient once more, as if the average had already moved on.

    .. math::
        \hat m = \frac{\beta_1 m}{1 - \beta_1^{t+1}} + \frac{(1 - \beta_1) \, dx}{1 - \beta_1^t}

    Parameters
    ----------
    learning_rate, beta1, beta2, amsgrad, bias_correction, epsilon, epsilon_root
        As in :class:`~adaptive_lr.optimizers.Adam`.
    nesterov : bool or array_like of bool, default True
        Whether to look ahead.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    References
    ----------
    Dozat (2016), Algorithm 2, in the form that Optax computes.

    Examples
    --------
    >>> optimizer = NesterovAdam(learning_rate=0.1)
    >>> x = np.array([1.0])
    >>> x, state = optimizer.update(x, np.array([5.0]), optimizer.init(x), t=1)
    >>> x.round(6)
    array([0.852632])
    """

    nesterov: bool = True

    def update(self, x, dx, state, t):
        """Return the parameters and the state after step t."""
        plain_x, state = super().update(x, dx, state, t)
        ahead, now = (np.where(self.bias_correction, 1 - self.beta1**k, 1) for k in (t + 1, t))
        m_hat = self.beta1 * state.m / ahead + (1 - self.beta1) * dx / now
        ahead_x = x - self.effective_learning_rate(state, t) * m_hat
        return np.where(self.nesterov, ahead_x, plain_x), state


OWN_HYPERPARAMETERS = {
    "weight_decay": replace(HYPERPARAMETERS["weight_decay"], scheduled=True),
    "dampening": replace(HYPERPARAMETERS["weight_decay"], name="dampening"),
    "maximize": replace(HYPERPARAMETERS["nesterov"], name="maximize"),
}


class Wrapper(Optimizer):
    """An optimizer around another, whose state and learning rates it passes through.

    A subclass is a frozen dataclass with the field ``optimizer``, fields of its own that stand in
    ``OWN_HYPERPARAMETERS``, and the method ``update``.
    """

    def __post_init__(self):
        for name, value in self._own().items():
            object.__setattr__(self, name, OWN_HYPERPARAMETERS[name].check(value))

    def _own(self):
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name != "optimizer"}

    @property
    def learning_rate(self):
        """The learning rate of the optimizer within."""
        return self.optimizer.learning_rate

    def hyperparameters(self):
        """Return the hyper-parameters by name, those of the optimizer within first."""
        return {**self.optimizer.hyperparameters(), **self._own()}

    def init(self, x):
        """Return the state of the optimizer within before the first step."""
        return self.optimizer.init(x)

    def effective_learning_rate(self, state, t):
        """Return that of the optimizer within."""
        return self.optimizer.effective_learning_rate(state, t)


@dataclass(frozen=True, eq=False)
class L2Penalty(Wrapper):
    r"""Add the gradient of an L2 penalty to the gradient: :math:`dx + \lambda x`.

    Parameters
    ----------
    optimizer : Optimizer
        The optimizer that receives the sum.
    weight_decay : float, array_like or schedule
        :math:`\lambda`, at least 0.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    Examples
    --------
    >>> from adaptive_lr import GradientDescent
    >>> optimizer = L2Penalty(GradientDescent(0.1), weight_decay=0.5)
    >>> optimizer.update(np.array([2.0]), np.array([1.0]), (), t=1)[0]
    array([1.8])
    """

    optimizer: Optimizer
    weight_decay: float

    def update(self, x, dx, state, t):
        """Return the parameters and the state after step t."""
        return self.optimizer.update(x, dx + at(t, self.weight_decay) * x, state, t)


@dataclass(frozen=True, eq=False)
class DecoupledDecay(Wrapper):
    r"""Shrink the parameters before the step: :math:`x \leftarrow x - \eta \lambda x`.

    Parameters
    ----------
    optimizer : Optimizer
        The optimizer that takes the step.
    weight_decay : float, array_like or schedule
        :math:`\lambda`, at least 0.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    Examples
    --------
    >>> from adaptive_lr import GradientDescent
    >>> optimizer = DecoupledDecay(GradientDescent(0.1), weight_decay=0.5)
    >>> optimizer.update(np.array([2.0]), np.array([1.0]), (), t=1)[0]
    array([1.8])
    """

    optimizer: Optimizer
    weight_decay: float

    def update(self, x, dx, state, t):
        """Return the parameters and the state after step t."""
        shrunk = x - at(t, self.learning_rate) * at(t, self.weight_decay) * x
        return self.optimizer.update(shrunk, dx, state, t)


@dataclass(frozen=True, eq=False)
class Dampened(Wrapper):
    r"""Scale every gradient but the first by :math:`1 - \tau` on its way into the velocity.

    Parameters
    ----------
    optimizer : Momentum
        Momentum without Nesterov. Where its momentum is 0, nothing is scaled.
    dampening : float or array_like
        :math:`\tau`, at least 0.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    Examples
    --------
    >>> optimizer = Dampened(Momentum(learning_rate=1.0, momentum=0.5), dampening=0.25)
    >>> x, velocity = np.array([0.0]), optimizer.init(np.array([0.0]))
    >>> for t in (1, 2):
    ...     x, velocity = optimizer.update(x, np.array([1.0]), velocity, t)
    >>> velocity
    array([1.25])
    """

    optimizer: Momentum
    dampening: float

    def update(self, x, dx, state, t):
        """Return the parameters and the state after step t."""
        whole = np.equal(self.optimizer.momentum, 0) | (t == 1)
        return self.optimizer.update(x, np.where(whole, 1, 1 - self.dampening) * dx, state, t)


@dataclass(frozen=True, eq=False)
class Maximize(Wrapper):
    """Turn the gradient round, so that the optimizer climbs.

    Parameters
    ----------
    optimizer : Optimizer
        The optimizer that takes the step.
    maximize : bool or array_like of bool, default True
        Whether to climb.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    Examples
    --------
    >>> from adaptive_lr import GradientDescent
    >>> Maximize(GradientDescent(0.1)).update(np.array([0.0]), np.array([1.0]), (), t=1)[0]
    array([0.1])
    """

    optimizer: Optimizer
    maximize: bool = True

    def update(self, x, dx, state, t):
        """Return the parameters and the state after step t."""
        return self.optimizer.update(x, np.where(self.maximize, -dx, dx), state, t)
