r"""The optimizers as PyTorch 2 computes them, with its argument names, order and defaults.

What sets PyTorch apart:

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
"""

from adaptive_lr.frameworks.pytorch.optimizers import adagrad, adam, adamw, rmsprop, sgd

__all__ = ["adagrad", "adam", "adamw", "rmsprop", "sgd"]
