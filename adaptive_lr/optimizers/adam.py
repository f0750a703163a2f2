"""Adam: chapter 6's two averages, with the first steps put right."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from adaptive_lr.optimizers.base import Optimizer


class AdamState(NamedTuple):
    """What Adam remembers: two moments, each of the parameters' shape."""

    m: np.ndarray
    v: np.ndarray


@dataclass(frozen=True, eq=False)
class Adam(Optimizer):
    r"""Follow a decaying average of gradients, divided by the root of that of their squares.

    .. math::
        m &\leftarrow \beta_1 m + (1 - \beta_1) \, dx \\
        v &\leftarrow \beta_2 v + (1 - \beta_2) \, dx^2 \\
        \hat m &= \frac{m}{1 - \beta_1^t}, \quad \hat v = \frac{v}{1 - \beta_2^t} \\
        x &\leftarrow x - \frac{\eta \, \hat m}{\sqrt{\hat v} + \varepsilon}

    References
    ----------
    Kingma and Ba (2015), Algorithm 1.

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
    bias_correction: bool = True
    epsilon: float = 1e-8
    epsilon_root: float = 0.0

    def init(self, x):
        """Return the state before the first step: moments of zero."""
        return AdamState(np.zeros_like(x), np.zeros_like(x))

    def update(self, x, dx, state, t):
        """Return the parameters and the state after step t."""
        m = self.beta1 * state.m + (1 - self.beta1) * dx
        v = self.beta2 * state.v + (1 - self.beta2) * dx**2
        m_hat = m / self.correction(self.beta1, t)
        v_hat = v / self.correction(self.beta2, t)
        x = x - self.learning_rate * m_hat / (np.sqrt(v_hat + self.epsilon_root) + self.epsilon)
        return x, AdamState(m, v)

    def corrected(self, state, t):
        """Return both moments after step t, with the bias of the start at zero undone."""
        m_hat = state.m / self.correction(self.beta1, t)
        v_hat = state.v / self.correction(self.beta2, t)
        return m_hat, v_hat

    def correction(self, beta, t):
        r"""Return :math:`1 - \beta^t`, or 1 where the bias is not corrected."""
        if self.bias_correction is True:
            return 1 - beta**t
        return np.where(self.bias_correction, 1 - beta**t, 1)

    def effective_learning_rate(self, state, t):
        r"""Return :math:`\eta / (\sqrt{\hat v} + \varepsilon)`, given the state after step t."""
        _, v_hat = self.corrected(state, t)
        return self.learning_rate / (np.sqrt(v_hat + self.epsilon_root) + self.epsilon)
