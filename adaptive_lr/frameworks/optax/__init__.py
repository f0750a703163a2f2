r"""The optimizers and schedules as Optax computes them: its argument names, order and defaults.

What sets Optax's optimizers apart:

- Every learning rate must be given.
- Adagrad and RMSprop add epsilon inside the root; ``eps_in_sqrt=False`` moves RMSprop's outside.
- Adam has both: ``eps`` outside the root and ``eps_root`` inside.
- Momentum keeps the learning rate outside the velocity in SGD, and inside it in RMSprop.
- There is no weight decay but in AdamW, where it too may be a schedule.

A learning rate is a number, an array that broadcasts against the parameters, or a schedule
``k -> value`` with k = 0 in the first step.

Left out: ``mu_dtype`` and ``accumulator_dtype``, which do not concern the rule of the step; and
``mask``, in whose place an array of ``weight_decay`` says what decays. An argument that follows
one of these in Optax must be named.

What sets Optax's schedules apart:

- Each is a function of the count of steps, passed where the rate would be. The count is a whole
  number of at least 0; anything else is an error here, and so is a negative number of steps.
  Unlike Optax's own, they answer at once and cannot be traced by JAX.
- A number of steps of 0 does not mean "at once": it holds the first value for ever.
- ``decay_steps`` of ``warmup_cosine_decay_schedule`` includes the warm-up. A warm-up from 0 wastes
  the first step.
- ``alpha`` is a share of the first value, ``end_value`` a value.
- The one-cycle schedules round the step of the peak down, so that it is always taken.
- ``boundaries_and_scales`` holds factors, not values, which hold from the boundary on.

Left out: ``inject_hyperparams`` and ``inject_stateful_hyperparams``, which make any argument of an
optimizer a schedule, and the types ``InjectHyperparamsState``, ``InjectStatefulHyperparamsState``,
``Schedule``, ``StatefulSchedule`` and ``WrappedSchedule``; here any function of k is a schedule.
``optax.contrib.reduce_on_plateau`` looks at the loss, which ``update`` must be given as ``value``,
so it is no function of k.
"""

from adaptive_lr.frameworks.optax.optimizers import (
    adagrad,
    adam,
    adamw,
    adan,
    amsgrad,
    rmsprop,
    sgd,
    yogi,
)
from adaptive_lr.frameworks.optax.schedules import (
    constant_schedule,
    cosine_decay_schedule,
    cosine_onecycle_schedule,
    exponential_decay,
    join_schedules,
    linear_onecycle_schedule,
    linear_schedule,
    piecewise_constant_schedule,
    piecewise_interpolate_schedule,
    polynomial_schedule,
    sgdr_schedule,
    warmup_constant_schedule,
    warmup_cosine_decay_schedule,
    warmup_exponential_decay_schedule,
)

__all__ = [
    "adagrad",
    "adam",
    "adamw",
    "adan",
    "amsgrad",
    "constant_schedule",
    "cosine_decay_schedule",
    "cosine_onecycle_schedule",
    "exponential_decay",
    "join_schedules",
    "linear_onecycle_schedule",
    "linear_schedule",
    "piecewise_constant_schedule",
    "piecewise_interpolate_schedule",
    "polynomial_schedule",
    "rmsprop",
    "sgd",
    "sgdr_schedule",
    "warmup_constant_schedule",
    "warmup_cosine_decay_schedule",
    "warmup_exponential_decay_schedule",
    "yogi",
]
