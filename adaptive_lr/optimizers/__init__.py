r"""The optimizers: each an immutable set of hyper-parameters with two pure functions.

.. code-block:: python

    state = optimizer.init(x)
    x, state = optimizer.update(x, dx, state, t)      # t = 1, 2, 3, ...
    optimizer.evaluation_point(x, state)              # where to look at the loss

Here ``x`` are the parameters, ``dx`` the gradient of the loss at ``x``, and ``t`` the number of
the step. ``update`` changes none of its arguments. Every hyper-parameter is a number or an array
that broadcasts against ``x``; what the frameworks schedule may be a schedule.

There is a room for each chapter, and in ``after_adam`` one for each idea that came later.
"""

from adaptive_lr.optimizers.adagrad import Adagrad
from adaptive_lr.optimizers.adam import Adam, AdamState
from adaptive_lr.optimizers.after_adam.nesterov import Adan, AdanState
from adaptive_lr.optimizers.after_adam.second_moment import AMSGrad, AMSGradState, Yogi
from adaptive_lr.optimizers.after_adam.weight_decay import AdamW
from adaptive_lr.optimizers.base import Optimizer, map_state
from adaptive_lr.optimizers.gradient_descent import GradientDescent
from adaptive_lr.optimizers.momentum import Momentum, Nesterov
from adaptive_lr.optimizers.rmsprop import CenteredRMSprop, CenteredState, RMSprop
from adaptive_lr.optimizers.wrappers import (
    AverageState,
    Chain,
    ChainState,
    ClipByNorm,
    ClipByValue,
    DecoupledDecay,
    ExponentialAverage,
    L2Penalty,
    Maximize,
    Partition,
    UniformAverage,
    Wrapper,
)

__all__ = [
    "AMSGrad",
    "AMSGradState",
    "Adagrad",
    "Adam",
    "AdamState",
    "AdamW",
    "Adan",
    "AdanState",
    "AverageState",
    "CenteredRMSprop",
    "CenteredState",
    "Chain",
    "ChainState",
    "ClipByNorm",
    "ClipByValue",
    "DecoupledDecay",
    "ExponentialAverage",
    "GradientDescent",
    "L2Penalty",
    "Maximize",
    "Momentum",
    "Nesterov",
    "Optimizer",
    "Partition",
    "RMSprop",
    "UniformAverage",
    "Wrapper",
    "Yogi",
    "map_state",
]
