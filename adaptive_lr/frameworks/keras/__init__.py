r"""The optimizers as Keras 3 computes them, with its argument names, order and defaults.

What sets Keras apart:

- Adagrad and RMSprop add epsilon inside the root.
- Adam adds epsilon to the root of the *uncorrected* second moment, which is "epsilon hat" in
  Kingma and Ba (2015), section 2.
- Momentum, in SGD and in RMSprop, keeps the learning rate inside the velocity.
- ``weight_decay`` shrinks the parameters before the step, times the learning rate, in every
  optimizer; it is never an L2 penalty.

A learning rate is a number, an array that broadcasts against the parameters, or a schedule
``k -> value`` with k = 0 in the first step.

Left out, because they do not concern the rule of the step: ``clipnorm``, ``clipvalue``,
``global_clipnorm``, ``use_ema``, ``ema_momentum``, ``ema_overwrite_frequency``,
``loss_scale_factor``, ``gradient_accumulation_steps`` and ``name``.
"""

from adaptive_lr.frameworks.keras.optimizers import adagrad, adam, adamw, rmsprop, sgd

__all__ = ["adagrad", "adam", "adamw", "rmsprop", "sgd"]
