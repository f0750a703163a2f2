r"""The optimizers as Optax computes them, with its argument names, order and defaults.

What sets Optax apart:

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

__all__ = ["adagrad", "adam", "adamw", "adan", "amsgrad", "rmsprop", "sgd", "yogi"]
