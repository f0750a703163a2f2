"""Momentum: chapter 3's velocity, as Polyak has it and as Nesterov has it."""

from dataclasses import dataclass

import numpy as np

from adaptive_lr.optimizers.base import Optimizer


@dataclass(frozen=True, eq=False)
class Momentum(Optimizer):
    r"""Take a step along a velocity that remembers earlier gradients.

    .. math::
        velocity &\leftarrow \mu \, velocity + dx \\
        x &\leftarrow x - \eta \, velocity

    References
    ----------
    Polyak (1964). In the form that PyTorch computes, with the learning rate outside the velocity.

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

    def init(self, x):
        """Return the state before the first step: a velocity of zero."""
        return np.zeros_like(x)

    def update(self, x, dx, velocity, t):
        """Return the parameters and the velocity after step t."""
        velocity = self.momentum * velocity + dx
        x = x - self.learning_rate * velocity
        return x, velocity


@dataclass(frozen=True, eq=False)
class Nesterov(Momentum):
    r"""Take momentum's step as if the new velocity had already been followed once.

    .. math::
        velocity &\leftarrow \mu \, velocity + dx \\
        x &\leftarrow x - \eta \, (dx + \mu \, velocity)

    At a constant rate x is the place ahead at which Nesterov's own rule takes the gradient.

    References
    ----------
    Nesterov (1983); Sutskever et al. (2013), section 2, for the change of variables.

    Examples
    --------
    >>> optimizer = Nesterov(learning_rate=0.1, momentum=0.5)
    >>> x, velocity = optimizer.update(np.array([1.0]), np.array([2.0]), np.array([0.0]), t=1)
    >>> x, velocity
    (array([0.7]), array([2.]))
    """

    def update(self, x, dx, velocity, t):
        """Return the parameters and the velocity after step t."""
        velocity = self.momentum * velocity + dx
        x = x - self.learning_rate * (dx + self.momentum * velocity)
        return x, velocity
