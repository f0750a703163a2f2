"""Gradient descent: chapter 1's rule, one learning rate for all parameters."""

from dataclasses import dataclass

from adaptive_lr.optimizers.base import Optimizer


@dataclass(frozen=True, eq=False)
class GradientDescent(Optimizer):
    r"""Take a step against the gradient.

    .. math:: x \leftarrow x - \eta \, dx

    References
    ----------
    Cauchy (1847); Robbins and Monro (1951) for noisy gradients and a falling learning rate.

    Examples
    --------
    >>> optimizer = GradientDescent(learning_rate=0.1)
    >>> x, state = optimizer.update([1.0], [2.0], (), t=1)
    >>> x
    array([0.8])
    """

    learning_rate: float = 0.01

    def init(self, x):
        """Return the state before the first step: nothing is remembered."""
        return ()

    def update(self, x, dx, state, t):
        """Return the parameters and the state after step t."""
        x = x - self.learning_rate * dx
        return x, state
