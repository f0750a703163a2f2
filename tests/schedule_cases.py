"""Which of our schedules is which schedule of a framework."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

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


@dataclass(frozen=True)
class ScheduleCase:
    """A framework's schedule, our own, and the number of steps over which they are the same."""

    framework: str
    name: str
    options: dict
    ours: Callable
    steps: int
    atol: float

    def assert_same_rates(self, rates):
        """Fail unless our rates for k = 0 ... steps are these."""
        ours = self.ours(np.arange(self.steps + 1))
        np.testing.assert_allclose(ours, rates, rtol=1e-9, atol=self.atol)

    def __str__(self):
        options = ", ".join(f"{name}={value}" for name, value in self.options.items())
        return f"{self.framework} {self.name}({options}) to {self.steps}"


# The last rate of a fall to zero is the rounding of a cosine. Keras on JAX computes cosines in
# single precision, whatever it is told, so that there every rate has the rounding of a float32.
ATOL, ATOL_KERAS_COSINE = 1e-15, 1e-8


def _keras(name, ours, steps=130, **options):
    atol = ATOL_KERAS_COSINE if name.startswith("Cosine") else ATOL
    return ScheduleCase("Keras", name, options, ours, steps, atol)


def _pytorch(name, ours, steps=130, **options):
    return ScheduleCase("PyTorch", name, options, ours, steps, ATOL)


def _optax(name, ours, steps=130, **options):
    return ScheduleCase("Optax", name, options, ours, steps, ATOL)


SCHEDULE_CASES = [
    _keras(
        "ExponentialDecay",
        exponential_decay(0.1, factor=0.7, every=15),
        initial_learning_rate=0.1,
        decay_steps=15,
        decay_rate=0.7,
    ),
    _keras(
        "ExponentialDecay",
        step_decay(0.1, factor=0.7, every=15),
        initial_learning_rate=0.1,
        decay_steps=15,
        decay_rate=0.7,
        staircase=True,
    ),
    _keras(
        "InverseTimeDecay",
        time_decay(0.1, decay=0.02),
        initial_learning_rate=0.1,
        decay_steps=20,
        decay_rate=0.4,
    ),
    _keras(
        "PolynomialDecay",
        polynomial_decay(0.1, steps=60),
        initial_learning_rate=0.1,
        decay_steps=60,
        end_learning_rate=0.0,
    ),
    _keras(
        "PolynomialDecay",
        polynomial_decay(0.1, steps=60, end=0.01, power=2.5),
        initial_learning_rate=0.1,
        decay_steps=60,
        end_learning_rate=0.01,
        power=2.5,
    ),
    _keras("CosineDecay", cosine(0.1, steps=80), initial_learning_rate=0.1, decay_steps=80),
    _keras(
        "CosineDecay",
        warmup(20, cosine(0.1, steps=60, end=0.01), start=0.02),
        initial_learning_rate=0.02,
        decay_steps=60,
        alpha=0.1,
        warmup_target=0.1,
        warmup_steps=20,
    ),
    _keras(
        "CosineDecayRestarts",
        cosine(0.1, steps=25, restarts=True),
        initial_learning_rate=0.1,
        first_decay_steps=25,
        t_mul=1.0,
    ),
    _keras(
        "CosineDecayRestarts",
        cosine(0.1, steps=10, end=0.01, restarts=True, stretch=2.0, shrink=0.8),
        initial_learning_rate=0.1,
        first_decay_steps=10,
        t_mul=2.0,
        m_mul=0.8,
        alpha=0.1,
    ),
    _keras(
        "CosineDecayRestarts",
        cosine(0.1, steps=12, restarts=True, stretch=1.5, shrink=0.5),
        initial_learning_rate=0.1,
        first_decay_steps=12,
        t_mul=1.5,
        m_mul=0.5,
    ),
    _pytorch("StepLR", step_decay(0.1, factor=0.3, every=40), step_size=40, gamma=0.3),
    _pytorch("ExponentialLR", exponential_decay(0.1, factor=0.97, every=1), gamma=0.97),
    _pytorch("PolynomialLR", polynomial_decay(0.1, steps=90, power=2.0), total_iters=90, power=2.0),
    _pytorch(
        "CosineAnnealingLR", cosine(0.1, steps=90, end=0.01), steps=90, T_max=90, eta_min=0.01
    ),
    _pytorch(
        "CosineAnnealingWarmRestarts",
        cosine(0.1, steps=10, end=0.01, restarts=True, stretch=3.0),
        T_0=10,
        T_mult=3,
        eta_min=0.01,
    ),
    _pytorch(
        "CyclicLR", cyclical(0.01, 0.1, half_cycle=15), base_lr=0.01, max_lr=0.1, step_size_up=15
    ),
    _pytorch(
        "CyclicLR",
        cyclical(0.01, 0.1, half_cycle=16, shrink=0.5),
        base_lr=0.01,
        max_lr=0.1,
        step_size_up=16,
        mode="triangular2",
    ),
    # PyTorch counts the steps of the cycle, we the steps from its first rate to its last.
    _pytorch(
        "OneCycleLR",
        one_cycle(0.1, steps=99, rise=24 / 99),
        steps=99,
        max_lr=0.1,
        total_steps=100,
        pct_start=0.25,
    ),
    _pytorch(
        "OneCycleLR",
        one_cycle(0.1, steps=63, rise=31 / 63, divide_start=5.0, divide_end=50.0),
        steps=63,
        max_lr=0.1,
        total_steps=64,
        pct_start=0.5,
        div_factor=5.0,
        final_div_factor=50.0,
    ),
    _optax(
        "exponential_decay",
        exponential_decay(0.1, factor=0.7, every=15),
        init_value=0.1,
        transition_steps=15,
        decay_rate=0.7,
    ),
    _optax(
        "exponential_decay",
        step_decay(0.1, factor=0.7, every=15),
        init_value=0.1,
        transition_steps=15,
        decay_rate=0.7,
        staircase=True,
    ),
    _optax(
        "polynomial_schedule",
        polynomial_decay(0.1, steps=60, end=0.01, power=2.5),
        init_value=0.1,
        end_value=0.01,
        power=2.5,
        transition_steps=60,
    ),
    _optax(
        "cosine_decay_schedule",
        cosine(0.1, steps=80, end=0.01),
        init_value=0.1,
        decay_steps=80,
        alpha=0.1,
    ),
    _optax(
        "warmup_constant_schedule",
        warmup(30, constant(0.1), start=0.02),
        init_value=0.02,
        peak_value=0.1,
        warmup_steps=30,
    ),
    _optax(
        "warmup_cosine_decay_schedule",
        warmup(20, cosine(0.1, steps=80, end=0.005), start=0.01),
        init_value=0.01,
        peak_value=0.1,
        warmup_steps=20,
        decay_steps=100,
        end_value=0.005,
    ),
    _optax(
        "warmup_exponential_decay_schedule",
        warmup(20, exponential_decay(0.1, factor=0.5, every=30)),
        init_value=0.0,
        peak_value=0.1,
        warmup_steps=20,
        transition_steps=30,
        decay_rate=0.5,
    ),
    _optax(
        "cosine_onecycle_schedule",
        one_cycle(0.1, steps=100),
        transition_steps=100,
        peak_value=0.1,
    ),
    _optax(
        "cosine_onecycle_schedule",
        one_cycle(0.2, steps=80, rise=0.25, divide_start=10.0, divide_end=100.0),
        transition_steps=80,
        peak_value=0.2,
        pct_start=0.25,
        div_factor=10.0,
        final_div_factor=100.0,
    ),
    _optax(
        "sgdr_schedule",
        cosine(0.1, steps=30, end=0.01, restarts=True, stretch=2.0),
        steps=89,
        cosine_kwargs=[
            {"init_value": 0.1, "peak_value": 0.1, "warmup_steps": 0, "end_value": 0.01}
            | {"decay_steps": decay_steps}
            for decay_steps in (30, 60)
        ],
    ),
    _optax(
        "join_schedules",
        warmup_stable_decay(0.1, steps=100, warmup_steps=20, decay_steps=25),
        schedules=[
            ("linear_schedule", 0.0, 0.1, 20),
            ("constant_schedule", 0.1),
            ("linear_schedule", 0.1, 0.0, 25),
        ],
        boundaries=[20, 75],
    ),
]
