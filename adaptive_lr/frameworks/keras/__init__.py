r"""The optimizers and schedules as Keras 3 computes them: its argument names, order and defaults.

What sets Keras's optimizers apart:

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

What sets Keras's schedules apart:

- Each is a function of the step, passed where the rate would be. k is a whole number of at least
  0; anything else is an error here.
- ``alpha`` is a share of the rate from which it falls, not a rate.
- ``decay_steps`` of a cosine is the fall alone; a warm-up comes on top. ``warmup_steps`` without
  ``warmup_target`` does nothing.
- At a boundary of ``PiecewiseConstantDecay`` the earlier value still holds.
- ``PolynomialDecay`` ends at 0.0001 by default, and ``CosineDecayRestarts`` doubles its falls.
- Keras on JAX computes the cosines, and everything unless told otherwise, in single precision;
  here all is in double.

Left out: ``name``, which must be reckoned with: an argument that follows it in Keras must be
named. ``LearningRateSchedule`` is a class to derive from, where any function of k is a schedule
here; ``serialize`` and ``deserialize`` store schedules. The callback ``ReduceLROnPlateau`` looks at
the loss, so it is no function of k; where the optimizer has a schedule, it raises a TypeError at
its first cut.
"""

from adaptive_lr.frameworks.keras.optimizers import adagrad, adam, adamw, rmsprop, sgd
from adaptive_lr.frameworks.keras.schedules import (
    cosine_decay,
    cosine_decay_restarts,
    exponential_decay,
    inverse_time_decay,
    piecewise_constant_decay,
    polynomial_decay,
)

__all__ = [
    "adagrad",
    "adam",
    "adamw",
    "cosine_decay",
    "cosine_decay_restarts",
    "exponential_decay",
    "inverse_time_decay",
    "piecewise_constant_decay",
    "polynomial_decay",
    "rmsprop",
    "sgd",
]
