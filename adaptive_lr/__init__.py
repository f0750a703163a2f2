"""How the learning rate of a neural network is set: every algorithm of the book, once."""

from adaptive_lr import frameworks, schedules
from adaptive_lr.methods import METHODS
from adaptive_lr.optimizers import (
    Adagrad,
    Adam,
    AdamW,
    Adan,
    AMSGrad,
    CenteredRMSprop,
    GradientDescent,
    Momentum,
    Nesterov,
    RMSprop,
    Yogi,
)
from adaptive_lr.running import grid, run
from adaptive_lr.schedules import (
    constant,
    cosine,
    cyclical,
    exponential_decay,
    one_cycle,
    polynomial_decay,
    step_decay,
    time_decay,
    warmup,
    warmup_stable_decay,
)

__version__ = "0.1.0"

__all__ = [
    "METHODS",
    "AMSGrad",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adan",
    "CenteredRMSprop",
    "GradientDescent",
    "Momentum",
    "Nesterov",
    "RMSprop",
    "Yogi",
    "constant",
    "cosine",
    "cyclical",
    "exponential_decay",
    "frameworks",
    "grid",
    "one_cycle",
    "polynomial_decay",
    "run",
    "schedules",
    "step_decay",
    "time_decay",
    "warmup",
    "warmup_stable_decay",
]
