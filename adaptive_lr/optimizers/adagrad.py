"""Adagrad: chapter 4's sum of squares."""

from dataclasses import dataclass

import numpy as np

from adaptive_lr.optimizers.base import Optimizer


@dataclass(frozen=True, eq=False)
class Adagrad(Optimizer):
    r"""Divide each step by the root of the sum of all squared gradients so far.

    .. math::
        cache &\leftarrow cache + dx^2 \\
        x &\leftarrow x - \frac{\eta \, dx}{\sqrt{cache} + \varepsilon}

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
        return np.zeros_like(x) + self.initial_accumulator

    def update(self, x, dx, cache, t):
        """Return the parameters and the cache after step t."""
        cache = cache + dx**2
        x = x - self.learning_rate * dx / (np.sqrt(cache + self.epsilon_root) + self.epsilon)
        return x, cache

    def effective_learning_rate(self, cache, t):
        r"""Return :math:`\eta / (\sqrt{cache} + \varepsilon)`, given the cache after step t."""
        return self.learning_rate / (np.sqrt(cache + self.epsilon_root) + self.epsilon)
