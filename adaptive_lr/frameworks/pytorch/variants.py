r"""What PyTorch computes and no class of the book does."""

from dataclasses import dataclass

import numpy as np

from adaptive_lr.optimizers import Momentum, Wrapper


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
