"""Weight decay that does not pass through the moments."""

from dataclasses import dataclass

from adaptive_lr.optimizers.adam import Adam


@dataclass(frozen=True, eq=False)
class AdamW(Adam):
    r"""Shrink the parameters towards zero, then take Adam's step.

    .. math:: x \leftarrow x - \eta \lambda x - \frac{\eta \, \hat m}{\sqrt{\hat v} + \varepsilon}

    The decay does not pass through the moments, so it is the same for every parameter. That is
    what sets it apart from an L2 penalty, whose gradient Adam would rescale.

    References
    ----------
    Loshchilov and Hutter (2019), Algorithm 2. As in all three frameworks, the learning rate
    multiplies the decay.

    Examples
    --------
    >>> optimizer = AdamW(learning_rate=0.1, weight_decay=0.5)
    >>> x, state = optimizer.update([2.0], [0.0], optimizer.init([2.0]), t=1)
    >>> x
    array([1.9])
    """

    weight_decay: float = 0.01

    def update(self, x, dx, state, t):
        """Return the parameters and the state after step t."""
        shrunk = x - self.learning_rate * self.weight_decay * x
        return super().update(shrunk, dx, state, t)
