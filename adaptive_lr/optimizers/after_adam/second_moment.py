"""Second moments that do not forget a large gradient at once."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from adaptive_lr.optimizers.adam import Adam, AdamState


class AMSGradState(NamedTuple):
    """What AMSGrad remembers: Adam's moments, and the largest second moment so far."""

    m: np.ndarray
    v: np.ndarray
    v_max: np.ndarray


@dataclass(frozen=True, eq=False)
class AMSGrad(Adam):
    r"""Divide Adam's step by the root of the largest second moment so far.

    .. math::
        m &\leftarrow \beta_1 m + (1 - \beta_1) \, dx \\
        v &\leftarrow \beta_2 v + (1 - \beta_2) \, dx^2 \\
        v_{max} &\leftarrow \max(v_{max}, v) \\
        x &\leftarrow x - \frac{\eta \, \hat m}{\sqrt{\hat v_{max}} + \varepsilon}

    The paper has no bias correction. Here the largest v is corrected afterwards, as PyTorch does
    it; Keras corrects likewise, with its own epsilon, and Optax takes the maximum of the corrected
    v.

    References
    ----------
    Reddi, Kale and Kumar (2018), Algorithm 2.

    Examples
    --------
    >>> optimizer = AMSGrad(learning_rate=0.1, beta2=0.5)
    >>> x, state = np.array([0.0]), optimizer.init(np.array([0.0]))
    >>> for t, dx in enumerate([4.0, 0.0], start=1):
    ...     x, state = optimizer.update(x, np.array([dx]), state, t)
    >>> state.v, state.v_max
    (array([4.]), array([8.]))
    """

    def init(self, x):
        """Return the state before the first step: moments of zero."""
        return AMSGradState(np.zeros_like(x), np.zeros_like(x), np.zeros_like(x))

    def update(self, x, dx, state, t):
        """Return the parameters and the state after step t."""
        m = self.beta1 * state.m + (1 - self.beta1) * dx
        v = self.beta2 * state.v + (1 - self.beta2) * dx**2
        state = AMSGradState(m, v, np.maximum(state.v_max, v))
        m_hat, v_hat = self.corrected(state, t)
        x = x - self.learning_rate * m_hat / (np.sqrt(v_hat + self.epsilon_root) + self.epsilon)
        return x, state

    def corrected(self, state, t):
        """Return m and the largest v after step t, with the bias of the start at zero undone."""
        return super().corrected(AdamState(state.m, state.v_max), t)


@dataclass(frozen=True, eq=False)
class Yogi(Adam):
    r"""Let the second moment move by the same share whether it grows or shrinks.

    .. math::
        m &\leftarrow \beta_1 m + (1 - \beta_1) \, dx \\
        v &\leftarrow v - (1 - \beta_2) \, \text{sign}(v - dx^2) \, dx^2 \\
        \hat m &= \frac{m}{1 - \beta_1^t}, \quad \hat v = \frac{v}{1 - \beta_2^t} \\
        x &\leftarrow x - \frac{\eta \, \hat m}{\sqrt{\hat v} + \varepsilon}

    Adam's v shrinks by a share of itself, so a few small gradients let the rate shoot up. Here v
    shrinks by a share of the squared gradient, however large v is. The paper has no bias
    correction; Optax has it, and starts m at the initial accumulator too.

    References
    ----------
    Zaheer, Reddi, Sachan, Kale and Kumar (2018), Algorithm 2.

    Examples
    --------
    >>> optimizer = Yogi(beta2=0.5, initial_accumulator=0.0)
    >>> x, state = np.array([0.0]), optimizer.init(np.array([0.0]))
    >>> for t, dx in enumerate([4.0, 2.0], start=1):
    ...     x, state = optimizer.update(x, np.array([dx]), state, t)
    >>> state.v
    array([6.])
    """

    learning_rate: float = 0.01
    epsilon: float = 1e-3
    initial_accumulator: float = 1e-6

    def init(self, x):
        """Return the state before the first step: m of zero, v at the initial accumulator."""
        return AdamState(np.zeros_like(x), np.zeros_like(x) + self.initial_accumulator)

    def update(self, x, dx, state, t):
        """Return the parameters and the state after step t."""
        m = self.beta1 * state.m + (1 - self.beta1) * dx
        v = state.v - (1 - self.beta2) * np.sign(state.v - dx**2) * dx**2
        m_hat = m / self.correction(self.beta1, t)
        v_hat = v / self.correction(self.beta2, t)
        x = x - self.learning_rate * m_hat / (np.sqrt(v_hat + self.epsilon_root) + self.epsilon)
        return x, AdamState(m, v)
