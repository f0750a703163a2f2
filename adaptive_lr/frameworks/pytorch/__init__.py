r"""The optimizers and schedules as PyTorch 2 computes them: its argument names and defaults.

What sets PyTorch's optimizers apart:

- Epsilon is always added outside the root.
- Momentum, in SGD and in RMSprop, keeps the learning rate outside the velocity, and the first
  velocity is the gradient whatever the dampening.
- ``weight_decay`` is an L2 penalty whose gradient joins the gradient, except in AdamW and with
  ``decoupled_weight_decay``, where it shrinks the parameters before the step.

A learning rate is a number, an array that broadcasts against the parameters, or a schedule
``k -> value`` with k = 0 in the first step.

Left out: ``params``, which goes to ``init`` here; and ``foreach``, ``fused``, ``capturable`` and
``differentiable``, which do not concern the rule of the step. An argument that follows one of
these in PyTorch must be named.

What sets PyTorch's schedules apart:

- A scheduler is an object that counts the calls of its ``step`` and writes into the optimizer.
  Here it is a function of k, the number of calls so far: a whole number of at least 0, and
  anything else is an error.
- It reads the rate from the ``optimizer``, in whose place the first argument here is ``lr``;
  ``OneCycleLR`` and ``CyclicLR`` have rates of their own. Where PyTorch takes a list with a number
  for each parameter group, an array broadcasts here.
- ``OneCycleLR`` and ``CyclicLR`` also move momentum, of SGD and RMSprop, or beta1 of Adam, even if
  it was 0. What their functions return has the attribute ``momentum``, a schedule too.
- ``OneCycleLR`` has its peak one step earlier than the book and Optax, and its end one step before
  its number of steps.
- ``CosineAnnealingLR`` rises again after ``T_max`` steps; the book's cosine, Keras's and Optax's
  stay.
- ``ConstantLR`` is not constant: it is a low start.
- Warming up takes ``LinearLR`` inside ``SequentialLR``, which starts above 0.

Left out: ``last_epoch``, which resumes a run, since a function of k needs no state. ``LambdaLR``
and ``MultiplicativeLR`` multiply the rate by what a function returns, where any function of k is a
schedule here; ``ChainedScheduler`` multiplies the factors of several schedulers.
``ReduceLROnPlateau`` looks at the loss, so it is no function of k; it counts nan as an epoch
without progress. ``LRScheduler`` is the class to derive from.
"""

from adaptive_lr.frameworks.pytorch.optimizers import adagrad, adam, adamw, rmsprop, sgd
from adaptive_lr.frameworks.pytorch.schedules import (
    constant_lr,
    cosine_annealing_lr,
    cosine_annealing_warm_restarts,
    cyclic_lr,
    exponential_lr,
    linear_lr,
    multi_step_lr,
    one_cycle_lr,
    polynomial_lr,
    sequential_lr,
    step_lr,
)

__all__ = [
    "adagrad",
    "adam",
    "adamw",
    "constant_lr",
    "cosine_annealing_lr",
    "cosine_annealing_warm_restarts",
    "cyclic_lr",
    "exponential_lr",
    "linear_lr",
    "multi_step_lr",
    "one_cycle_lr",
    "polynomial_lr",
    "rmsprop",
    "sequential_lr",
    "sgd",
    "step_lr",
]
