r"""What Optax computes and no class of the book does."""

from dataclasses import dataclass

import numpy as np

from adaptive_lr.optimizers import (
    Adam,
    AdamState,
    Adan,
    AMSGrad,
    AMSGradState,
    CenteredRMSprop,
    CenteredState,
    RMSprop,
    Yogi,
)


@dataclass(frozen=True, eq=False)
class CorrectedRMSprop(RMSprop):
    r"""RMSprop with Adam's bias correction: the cache is divided by :math:`1 - \rho^t`.

    .. math:: x \leftarrow x - \frac{\eta \, dx}{\sqrt{cache / (1 - \rho^t)} + \varepsilon}

    Examples
    --------
    >>> optimizer = CorrectedRMSprop(learning_rate=0.1)
    >>> x = np.array([1.0])
    >>> x, cache = optimizer.update(x, np.array([4.0]), optimizer.init(x), t=1)
    >>> x.round(6)
    array([0.9])
    """

    def update(self, x, dx, cache, t):
        """Return the parameters and the cache after step t."""
        cache = self.decay_rate * cache + (1 - self.decay_rate) * dx**2
        x = x - self.effective_learning_rate(cache, t) * dx
        return x, cache

    def effective_learning_rate(self, cache, t):
        """Return the rate with the corrected cache, given the cache after step t."""
        return super().effective_learning_rate(cache / (1 - self.decay_rate**t), t)


@dataclass(frozen=True, eq=False)
class CorrectedCenteredRMSprop(CenteredRMSprop):
    r"""Centered RMSprop with both averages divided by :math:`1 - \rho^t`.

    Examples
    --------
    >>> optimizer = CorrectedCenteredRMSprop(learning_rate=0.1, epsilon_root=1.0)
    >>> x = np.array([1.0])
    >>> x, state = optimizer.update(x, np.array([4.0]), optimizer.init(x), t=1)
    >>> x.round(6)
    array([0.6])
    """

    def update(self, x, dx, state, t):
        """Return the parameters and the state after step t."""
        cache = self.decay_rate * state.cache + (1 - self.decay_rate) * dx**2
        mean = self.decay_rate * state.mean + (1 - self.decay_rate) * dx
        state = CenteredState(cache, mean)
        return x - self.effective_learning_rate(state, t) * dx, state

    def effective_learning_rate(self, state, t):
        """Return the rate with both averages corrected, given the state after step t."""
        correction = 1 - self.decay_rate**t
        corrected = CenteredState(state.cache / correction, state.mean / correction)
        return super().effective_learning_rate(corrected, t)


@dataclass(frozen=True, eq=False)
class NesterovAdam(Adam):
    r"""Adam that uses the gradient once more, as if the average had already moved on.

    .. math::
        \hat m = \frac{\beta_1 m}{1 - \beta_1^{t+1}} + \frac{(1 - \beta_1) \, dx}{1 - \beta_1^t}

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

    def update(self, x, dx, state, t):
        """Return the parameters and the state after step t."""
        _, state = super().update(x, dx, state, t)
        ahead, now = self.correction(self.beta1, t + 1), self.correction(self.beta1, t)
        m_hat = self.beta1 * state.m / ahead + (1 - self.beta1) * dx / now
        return x - self.effective_learning_rate(state, t) * m_hat, state


@dataclass(frozen=True, eq=False)
class LargestCorrected(AMSGrad):
    r"""AMSGrad that takes the largest of the *corrected* second moments.

    .. math:: v_{max} \leftarrow \max\left(v_{max}, \frac{v}{1 - \beta_2^t}\right)

    Parameters
    ----------
    learning_rate, beta1, beta2, bias_correction, epsilon, epsilon_root
        As in :class:`~adaptive_lr.optimizers.Adam`; both moments are corrected, or none.
    bias_correction_mu, bias_correction_nu : bool, default True
        Whether the first, and whether the second moment is corrected.

    Examples
    --------
    >>> optimizer = LargestCorrected(learning_rate=0.1)
    >>> x = np.array([0.0])
    >>> x, state = optimizer.update(x, np.array([5.0]), optimizer.init(x), t=1)
    >>> state.v_max.round(6)
    array([25.])
    """

    bias_correction_mu: bool = True
    bias_correction_nu: bool = True

    def update(self, x, dx, state, t):
        """Return the parameters and the state after step t."""
        m = self.beta1 * state.m + (1 - self.beta1) * dx
        v = self.beta2 * state.v + (1 - self.beta2) * dx**2
        v_max = np.maximum(
            state.v_max, v / (self.correction(self.beta2, t) if self.bias_correction_nu else 1)
        )
        state = AMSGradState(m, v, v_max)
        m_hat, v_hat = self.corrected(state, t)
        x = x - self.learning_rate * m_hat / (np.sqrt(v_hat + self.epsilon_root) + self.epsilon)
        return x, state

    def corrected(self, state, t):
        """Return the corrected m, and the largest v, which is corrected already."""
        correction = self.correction(self.beta1, t) if self.bias_correction_mu else 1
        return state.m / correction, state.v_max


@dataclass(frozen=True, eq=False)
class BothFromAccumulator(Yogi):
    r"""Yogi whose first moment begins at the initial accumulator too.

    Examples
    --------
    >>> BothFromAccumulator(initial_accumulator=0.5).init([1.0])
    AdamState(m=array([0.5]), v=array([0.5]))
    """

    def init(self, x):
        """Return the state before the first step: both moments at the initial accumulator."""
        start = np.zeros_like(x) + self.initial_accumulator
        return AdamState(start, start.copy())


@dataclass(frozen=True, eq=False)
class LessAhead(Adan):
    r"""Adan in which the change of the gradient counts with :math:`1 - \beta_2`.

    Examples
    --------
    >>> LessAhead(beta2=0.75).ahead
    0.25
    """

    @property
    def ahead(self):
        """By how much of its last change the gradient is carried on."""
        return 1 - self.beta2
