"""RMSprop: chapter 5's average of squares that forgets, plain and centered."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from adaptive_lr.optimizers.base import Optimizer


@dataclass(frozen=True, eq=False)
class RMSprop(Optimizer):
    r"""Divide each step by the root of a decaying average of squared gradients.

    .. math::
        cache &\leftarrow \rho \, cache + (1 - \rho) \, dx^2 \\
        x &\leftarrow x - \frac{\eta \, dx}{\sqrt{cache} + \varepsilon}

    References
    ----------
    Tieleman and Hinton (2012), lecture 6.5.

    Examples
    --------
    >>> optimizer = RMSprop(learning_rate=0.1, decay_rate=0.75)
    >>> x = np.array([1.0])
    >>> x, cache = optimizer.update(x, np.array([4.0]), optimizer.init(x), t=1)
    >>> x.round(6), cache
    (array([0.8]), array([4.]))
    """

    learning_rate: float = 0.001
    decay_rate: float = 0.9
    initial_accumulator: float = 0.0
    epsilon: float = 1e-8
    epsilon_root: float = 0.0

    def init(self, x):
        """Return the state before the first step: the initial accumulator."""
        return np.zeros_like(x) + self.initial_accumulator

    def update(self, x, dx, cache, t):
        """Return the parameters and the cache after step t."""
        cache = self.decay_rate * cache + (1 - self.decay_rate) * dx**2
        x = x - self.learning_rate * dx / (np.sqrt(cache + self.epsilon_root) + self.epsilon)
        return x, cache

    def effective_learning_rate(self, cache, t):
        r"""Return :math:`\eta / (\sqrt{cache} + \varepsilon)`, given the cache after step t."""
        return self.learning_rate / (np.sqrt(cache + self.epsilon_root) + self.epsilon)


class CenteredState(NamedTuple):
    """What centered RMSprop remembers: two arrays of the parameters' shape."""

    cache: np.ndarray
    mean: np.ndarray


@dataclass(frozen=True, eq=False)
class CenteredRMSprop(RMSprop):
    r"""Divide each step by the standard deviation of the gradient, not by its size.

    .. math::
        cache &\leftarrow \rho \, cache + (1 - \rho) \, dx^2 \\
        mean &\leftarrow \rho \, mean + (1 - \rho) \, dx \\
        x &\leftarrow x - \frac{\eta \, dx}{\sqrt{cache - mean^2} + \varepsilon}

    Rounding can push the difference under the root below zero, where PyTorch and Optax (with
    ``eps_in_sqrt=False``) go on with nan. Here it is then 0.

    References
    ----------
    Graves (2013), section 4.2.

    Examples
    --------
    >>> optimizer = CenteredRMSprop(learning_rate=0.1, decay_rate=0.5)
    >>> x = np.array([1.0])
    >>> x, state = optimizer.update(x, np.array([4.0]), optimizer.init(x), t=1)
    >>> x.round(6), state.cache, state.mean
    (array([0.8]), array([8.]), array([2.]))
    """

    def init(self, x):
        """Return the state before the first step: the initial accumulator, and a mean of zero."""
        return CenteredState(np.zeros_like(x) + self.initial_accumulator, np.zeros_like(x))

    def update(self, x, dx, state, t):
        """Return the parameters and the state after step t."""
        cache = self.decay_rate * state.cache + (1 - self.decay_rate) * dx**2
        mean = self.decay_rate * state.mean + (1 - self.decay_rate) * dx
        spread = np.maximum(cache - mean**2, 0)
        x = x - self.learning_rate * dx / (np.sqrt(spread + self.epsilon_root) + self.epsilon)
        return x, CenteredState(cache, mean)

    def effective_learning_rate(self, state, t):
        r"""Return :math:`\eta / (\sqrt{cache - mean^2} + \varepsilon)` after step t."""
        spread = np.maximum(state.cache - state.mean**2, 0)
        return super().effective_learning_rate(spread, t)
