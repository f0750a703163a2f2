"""Nesterov's look ahead, joined to Adam's divisor."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from adaptive_lr.optimizers.adam import Adam


class AdanState(NamedTuple):
    """What Adan remembers: averages of gradients, changes and squares, and the last gradient."""

    m: np.ndarray
    v: np.ndarray
    n: np.ndarray
    last: np.ndarray


@dataclass(frozen=True, eq=False)
class Adan(Adam):
    r"""Add to the average gradient how the gradient changes, which is where it will be.

    .. math::
        m &\leftarrow \beta_1 m + (1 - \beta_1) \, dx \\
        v &\leftarrow \beta_2 v + (1 - \beta_2) \, (dx - last) \\
        n &\leftarrow \beta_3 n + (1 - \beta_3) \, (dx + \beta_2 (dx - last))^2 \\
        x &\leftarrow x - \frac{\eta \, (\hat m + \beta_2 \hat v)}{\sqrt{\hat n} + \varepsilon} \\
        last &\leftarrow dx

    In the first step the difference is 0. The betas are shares kept, as everywhere in this book;
    the paper's are one minus these, and its difference counts with one minus its second, which is
    :math:`\beta_2` here. Optax, whose betas are shares kept too, has :math:`1 - \beta_2` in that
    place. The paper has no bias correction; its authors' code and Optax have it.

    References
    ----------
    Xie, Zhou, Li, Lin and Yan (2022), Algorithm 1, without its weight decay.

    Examples
    --------
    >>> optimizer = Adan(learning_rate=0.1)
    >>> x = np.array([1.0])
    >>> x, state = optimizer.update(x, np.array([4.0]), optimizer.init(x), t=1)
    >>> x.round(6)
    array([0.9])
    """

    beta1: float = 0.98
    beta2: float = 0.92
    beta3: float = 0.99

    def init(self, x):
        """Return the state before the first step: zeros."""
        return AdanState(np.zeros_like(x), np.zeros_like(x), np.zeros_like(x), np.zeros_like(x))

    def update(self, x, dx, state, t):
        """Return the parameters and the state after step t."""
        change = dx - state.last if t > 1 else np.zeros_like(dx)
        m = self.beta1 * state.m + (1 - self.beta1) * dx
        v = self.beta2 * state.v + (1 - self.beta2) * change
        n = self.beta3 * state.n + (1 - self.beta3) * (dx + self.ahead * change) ** 2
        state = AdanState(m, v, n, dx.copy())
        m_hat, v_hat, n_hat = self.corrected(state, t)
        step = (m_hat + self.ahead * v_hat) / (np.sqrt(n_hat + self.epsilon_root) + self.epsilon)
        return x - self.learning_rate * step, state

    @property
    def ahead(self):
        """By how much of its last change the gradient is carried on."""
        return self.beta2

    def corrected(self, state, t):
        """Return the three averages after step t, with the bias of the start at zero undone."""
        averages = ((state.m, self.beta1), (state.v, self.beta2), (state.n, self.beta3))
        return tuple(average / self.correction(beta, t) for average, beta in averages)

    def effective_learning_rate(self, state, t):
        r"""Return :math:`\eta / (\sqrt{\hat n} + \varepsilon)`, given the state after step t."""
        *_, n_hat = self.corrected(state, t)
        return self.learning_rate / (np.sqrt(n_hat + self.epsilon_root) + self.epsilon)
