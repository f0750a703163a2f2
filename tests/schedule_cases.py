"""Which schedules are compared with the frameworks' own, with which options, over which steps."""

import re
from dataclasses import dataclass

import numpy as np

from adaptive_lr.frameworks import FRAMEWORKS

# Frameworks that multiply the last rate instead of computing each anew collect rounding errors of
# this size, relative to the largest rate. Keras on JAX computes cosines in single precision.
RTOL, ATOL, ATOL_KERAS_COSINE = 1e-9, 1e-14, 2e-7


@dataclass(frozen=True)
class Call:
    """A schedule by its name in the framework, and its options; schedules may be among them."""

    name: str
    options: dict

    def made_by(self, make):
        """Return what a function of name and options makes of this, the innermost call first."""
        options = {
            name: [v.made_by(make) for v in value] if _are_calls(value) else value
            for name, value in self.options.items()
        }
        return make(self.name, options)

    def __str__(self):
        return self.made_by(_text)


def _are_calls(value):
    return isinstance(value, list) and all(isinstance(each, Call) for each in value)


def _text(name, options):
    shown = (f"{name}={getattr(value, '__name__', value)}" for name, value in options.items())
    return f"{name}({', '.join(shown)})"


def in_snake_case(name):
    """Return a framework's name as Python names functions."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


@dataclass(frozen=True)
class ScheduleCase:
    """A framework's schedule, the steps over which it is compared, and PyTorch's optimizer."""

    framework: str
    call: Call
    steps: int
    optimizer: str = "SGD"

    def ours(self):
        """Return our schedule."""
        dialect = FRAMEWORKS[self.framework]
        return self.call.made_by(lambda name, o: getattr(dialect, in_snake_case(name))(**o))

    def our_values(self):
        """Return the rates for k = 0 ... steps and the momenta, nan where there are none."""
        schedule, k = self.ours(), np.arange(self.steps + 1)
        momentum = getattr(schedule, "momentum", None)
        momenta = np.nan if momentum is None else momentum(k)
        return np.stack(np.broadcast_arrays(schedule(k), momenta))

    def assert_same(self, values):
        """Fail unless our rates and momenta are these."""
        cosine = self.framework == "Keras" and self.call.name.startswith("Cosine")
        atol = (ATOL_KERAS_COSINE if cosine else ATOL) * np.abs(values[0]).max()
        np.testing.assert_allclose(self.our_values(), values, rtol=RTOL, atol=atol)

    def __str__(self):
        optimizer = "" if self.optimizer == "SGD" else f", {self.optimizer}"
        return f"{self.framework} {self.call}{optimizer} to {self.steps}"


def falling_thirds(cycle):
    """A scale for CyclicLR: each cycle a third as high as the one before."""
    return 3.0 ** (1 - cycle)


def every_other(k):
    """A scale for CyclicLR: every other step at half height."""
    return 1.0 if k % 2 == 0 else 0.5


def _keras(name, steps, **options):
    return ScheduleCase("Keras", Call(name, options), steps)


def _pytorch(name, steps, optimizer="SGD", **options):
    return ScheduleCase("PyTorch", Call(name, options), steps, optimizer)


def _optax(name, steps, **options):
    return ScheduleCase("Optax", Call(name, options), steps)


KERAS = [
    _keras("ExponentialDecay", 50, initial_learning_rate=0.1, decay_steps=15, decay_rate=0.7),
    _keras(
        "ExponentialDecay",
        50,
        initial_learning_rate=0.1,
        decay_steps=15,
        decay_rate=0.7,
        staircase=True,
    ),
    _keras("ExponentialDecay", 50, initial_learning_rate=1e-5, decay_steps=7, decay_rate=3.0),
    _keras("InverseTimeDecay", 50, initial_learning_rate=0.1, decay_steps=20, decay_rate=0.4),
    _keras(
        "InverseTimeDecay",
        50,
        initial_learning_rate=0.1,
        decay_steps=2.5,
        decay_rate=0.4,
        staircase=True,
    ),
    _keras("PolynomialDecay", 80, initial_learning_rate=0.1, decay_steps=60),
    _keras(
        "PolynomialDecay",
        80,
        initial_learning_rate=0.1,
        decay_steps=60,
        end_learning_rate=0.01,
        power=2.5,
    ),
    _keras("PolynomialDecay", 80, initial_learning_rate=0.1, decay_steps=13, power=1.5, cycle=True),
    _keras(
        "PolynomialDecay",
        30,
        initial_learning_rate=0.1,
        decay_steps=7,
        end_learning_rate=0.2,
        power=0.0,
        cycle=True,
    ),
    _keras("PiecewiseConstantDecay", 50, boundaries=[10, 11, 30], values=[0.1, 0.5, 0.2, 0.01]),
    _keras("PiecewiseConstantDecay", 20, boundaries=[0], values=[0.1, 0.5]),
    _keras("CosineDecay", 100, initial_learning_rate=0.1, decay_steps=80),
    _keras(
        "CosineDecay",
        100,
        initial_learning_rate=0.02,
        decay_steps=60,
        alpha=0.1,
        warmup_target=0.1,
        warmup_steps=20,
    ),
    _keras(
        "CosineDecay",
        53,
        initial_learning_rate=0.3,
        decay_steps=20,
        alpha=1.5,
        warmup_target=0.1,
        warmup_steps=13,
    ),
    _keras("CosineDecay", 60, initial_learning_rate=0.1, decay_steps=40, warmup_steps=10),
    _keras(
        "CosineDecay", 40, initial_learning_rate=0.3, decay_steps=20, alpha=0.2, warmup_target=0.1
    ),
    _keras("CosineDecayRestarts", 90, initial_learning_rate=0.1, first_decay_steps=10),
    _keras("CosineDecayRestarts", 95, initial_learning_rate=0.1, first_decay_steps=25, t_mul=1.0),
    _keras(
        "CosineDecayRestarts",
        90,
        initial_learning_rate=0.1,
        first_decay_steps=12,
        t_mul=1.5,
        m_mul=0.5,
        alpha=0.1,
    ),
    _keras(
        "CosineDecayRestarts",
        90,
        initial_learning_rate=0.1,
        first_decay_steps=7,
        t_mul=1.3,
        m_mul=1.2,
    ),
]

PYTORCH = [
    _pytorch("StepLR", 100, lr=0.1, step_size=30),
    _pytorch("StepLR", 100, lr=0.1, step_size=7, gamma=1.3),
    _pytorch("MultiStepLR", 100, lr=0.1, milestones=[30, 80]),
    _pytorch("MultiStepLR", 60, lr=0.1, milestones=[40, 0, 13, 13], gamma=0.3),
    _pytorch("ConstantLR", 25, lr=0.1),
    _pytorch("ConstantLR", 50, lr=0.1, factor=0.7, total_iters=30),
    _pytorch("LinearLR", 25, lr=0.1),
    _pytorch("LinearLR", 57, lr=0.1, start_factor=0.9, end_factor=0.0, total_iters=37),
    _pytorch("LinearLR", 21, lr=0.1, start_factor=0.01, total_iters=1),
    _pytorch("ExponentialLR", 100, lr=0.1, gamma=0.97),
    _pytorch("ExponentialLR", 100, lr=1e-4, gamma=1.1),
    _pytorch("PolynomialLR", 25, lr=0.1),
    _pytorch("PolynomialLR", 110, lr=0.1, total_iters=90, power=2.0),
    _pytorch("PolynomialLR", 40, lr=0.1, total_iters=20, power=0.5),
    _pytorch("CosineAnnealingLR", 200, lr=0.1, T_max=60),
    _pytorch("CosineAnnealingLR", 60, lr=0.1, T_max=13, eta_min=0.01),
    _pytorch("CosineAnnealingLR", 20, lr=0.1, T_max=1, eta_min=0.2),
    _pytorch("CosineAnnealingWarmRestarts", 60, lr=0.1, T_0=17),
    _pytorch("CosineAnnealingWarmRestarts", 150, lr=0.1, T_0=10, T_mult=3, eta_min=0.01),
    _pytorch("CyclicLR", 60, base_lr=0.01, max_lr=0.1, step_size_up=15),
    _pytorch("CyclicLR", 60, "Adam", base_lr=0.01, max_lr=0.1, step_size_up=7, step_size_down=12),
    _pytorch(
        "CyclicLR",
        70,
        base_lr=0.01,
        max_lr=0.1,
        step_size_up=13,
        step_size_down=3,
        mode="triangular2",
        base_momentum=0.3,
        max_momentum=0.97,
    ),
    _pytorch(
        "CyclicLR",
        60,
        base_lr=0.3,
        max_lr=0.1,
        step_size_up=4,
        step_size_down=9,
        mode="exp_range",
        gamma=0.98,
    ),
    _pytorch(
        "CyclicLR",
        40,
        base_lr=0.0,
        max_lr=0.1,
        step_size_up=6,
        step_size_down=0,
        cycle_momentum=False,
    ),
    _pytorch("CyclicLR", 60, base_lr=0.01, max_lr=0.1, step_size_up=5, scale_fn=falling_thirds),
    _pytorch(
        "CyclicLR",
        60,
        base_lr=0.01,
        max_lr=0.1,
        step_size_up=5,
        mode="triangular2",
        scale_fn=every_other,
        scale_mode="iterations",
    ),
    _pytorch("OneCycleLR", 100, max_lr=0.1, total_steps=100),
    _pytorch("OneCycleLR", 63, "Adam", max_lr=0.1, epochs=9, steps_per_epoch=7, pct_start=0.25),
    _pytorch(
        "OneCycleLR",
        64,
        max_lr=0.1,
        total_steps=64,
        pct_start=0.5,
        anneal_strategy="linear",
        div_factor=5.0,
        final_div_factor=50.0,
    ),
    _pytorch(
        "OneCycleLR",
        61,
        max_lr=0.1,
        total_steps=61,
        three_phase=True,
        base_momentum=0.7,
        max_momentum=0.9,
    ),
    _pytorch(
        "OneCycleLR",
        50,
        max_lr=0.1,
        total_steps=50,
        pct_start=0.6,
        anneal_strategy="linear",
        three_phase=True,
        cycle_momentum=False,
    ),
    _pytorch("OneCycleLR", 30, max_lr=0.1, total_steps=30, pct_start=0.0),
    _pytorch("OneCycleLR", 29, max_lr=0.1, total_steps=30, pct_start=1.0),
    _pytorch("OneCycleLR", 1, max_lr=0.1, total_steps=1),
    _pytorch("OneCycleLR", 12, max_lr=0.1, total_steps=12, pct_start=0.05, three_phase=True),
    _pytorch(
        "SequentialLR",
        120,
        schedulers=[
            Call("LinearLR", {"lr": 0.1, "start_factor": 0.01, "total_iters": 10}),
            Call("CosineAnnealingLR", {"lr": 0.1, "T_max": 90}),
        ],
        milestones=[10],
    ),
    _pytorch(
        "SequentialLR",
        90,
        schedulers=[
            Call("ConstantLR", {"lr": 0.2, "factor": 0.1, "total_iters": 20}),
            Call("CosineAnnealingWarmRestarts", {"lr": 0.2, "T_0": 9, "T_mult": 2}),
            Call("ExponentialLR", {"lr": 0.2, "gamma": 0.9}),
            Call("LinearLR", {"lr": 0.2, "end_factor": 0.1, "total_iters": 8}),
        ],
        milestones=[13, 40, 50],
    ),
]

OPTAX = [
    _optax("constant_schedule", 20, value=0.1),
    _optax("linear_schedule", 60, init_value=0.02, end_value=0.1, transition_steps=40),
    _optax(
        "linear_schedule",
        60,
        init_value=0.1,
        end_value=0.0,
        transition_steps=33,
        transition_begin=7,
    ),
    _optax("linear_schedule", 20, init_value=0.02, end_value=0.1, transition_steps=0),
    _optax(
        "polynomial_schedule",
        80,
        init_value=0.1,
        end_value=0.01,
        power=2.5,
        transition_steps=50,
        transition_begin=10,
    ),
    _optax("exponential_decay", 50, init_value=0.1, transition_steps=15, decay_rate=0.7),
    _optax(
        "exponential_decay",
        50,
        init_value=0.1,
        transition_steps=7,
        decay_rate=0.7,
        transition_begin=5,
        staircase=True,
        end_value=0.03,
    ),
    _optax(
        "exponential_decay",
        60,
        init_value=0.1,
        transition_steps=9,
        decay_rate=1.5,
        transition_begin=3,
        end_value=0.8,
    ),
    _optax(
        "exponential_decay",
        20,
        init_value=0.1,
        transition_steps=9,
        decay_rate=0.0,
        end_value=0.8,
    ),
    _optax(
        "exponential_decay",
        20,
        init_value=0.1,
        transition_steps=0,
        decay_rate=0.5,
        end_value=0.8,
    ),
    _optax(
        "exponential_decay",
        20,
        init_value=0.1,
        transition_steps=9,
        decay_rate=1.0,
        end_value=0.05,
    ),
    _optax("cosine_decay_schedule", 100, init_value=0.1, decay_steps=80),
    _optax("cosine_decay_schedule", 57, init_value=0.1, decay_steps=37, alpha=0.1, exponent=1.7),
    _optax("piecewise_constant_schedule", 20, init_value=0.1),
    _optax(
        "piecewise_constant_schedule",
        60,
        init_value=0.1,
        boundaries_and_scales={40: 2.0, 0: 0.5, 13: 0.1},
    ),
    _optax("piecewise_interpolate_schedule", 20, interpolate_type="linear", init_value=0.1),
    _optax(
        "piecewise_interpolate_schedule",
        60,
        interpolate_type="linear",
        init_value=0.1,
        boundaries_and_scales={40: 2.0, 7: 0.5, 13: 0.1},
    ),
    _optax(
        "piecewise_interpolate_schedule",
        60,
        interpolate_type="cosine",
        init_value=0.1,
        boundaries_and_scales={40: 0.0, 0: 0.5, 13: 3.0},
    ),
    _optax(
        "piecewise_interpolate_schedule",
        20,
        interpolate_type="cosine",
        init_value=0.1,
        boundaries_and_scales={0: 0.5},
    ),
    _optax("linear_onecycle_schedule", 120, transition_steps=100, peak_value=0.1),
    _optax(
        "linear_onecycle_schedule",
        57,
        transition_steps=37,
        peak_value=0.1,
        pct_start=0.4,
        pct_final=0.6,
        div_factor=5.0,
        final_div_factor=50.0,
    ),
    _optax(
        "linear_onecycle_schedule",
        30,
        transition_steps=10,
        peak_value=0.1,
        pct_start=0.8,
        pct_final=0.35,
    ),
    _optax("linear_onecycle_schedule", 20, transition_steps=1, peak_value=0.1),
    _optax("cosine_onecycle_schedule", 120, transition_steps=100, peak_value=0.1),
    _optax("cosine_onecycle_schedule", 30, transition_steps=10, peak_value=1.0, pct_start=0.25),
    _optax(
        "cosine_onecycle_schedule",
        57,
        transition_steps=37,
        peak_value=0.2,
        pct_start=0.01,
        div_factor=10.0,
        final_div_factor=100.0,
    ),
    _optax("cosine_onecycle_schedule", 30, transition_steps=10, peak_value=0.1, pct_start=1.0),
    _optax("warmup_constant_schedule", 50, init_value=0.02, peak_value=0.1, warmup_steps=30),
    _optax("warmup_constant_schedule", 20, init_value=0.02, peak_value=0.1, warmup_steps=0),
    _optax(
        "warmup_cosine_decay_schedule",
        120,
        init_value=0.01,
        peak_value=0.1,
        warmup_steps=20,
        decay_steps=100,
        end_value=0.005,
    ),
    _optax(
        "warmup_cosine_decay_schedule",
        50,
        init_value=0.3,
        peak_value=0.1,
        warmup_steps=7,
        decay_steps=30,
        end_value=0.2,
        exponent=2.0,
    ),
    _optax(
        "warmup_cosine_decay_schedule",
        50,
        init_value=0.3,
        peak_value=0.0,
        warmup_steps=7,
        decay_steps=30,
        end_value=0.2,
    ),
    _optax(
        "warmup_exponential_decay_schedule",
        70,
        init_value=0.0,
        peak_value=0.1,
        warmup_steps=20,
        transition_steps=30,
        decay_rate=0.5,
    ),
    _optax(
        "warmup_exponential_decay_schedule",
        70,
        init_value=0.0,
        peak_value=0.1,
        warmup_steps=0,
        transition_steps=6,
        decay_rate=0.5,
        transition_begin=3,
        staircase=True,
        end_value=0.2,
    ),
    _optax(
        "sgdr_schedule",
        110,
        cosine_kwargs=[
            {"init_value": 0.1, "peak_value": 0.1, "warmup_steps": 0, "decay_steps": 30},
            {"init_value": 0.0, "peak_value": 0.2, "warmup_steps": 7, "decay_steps": 40}
            | {"end_value": 0.05, "exponent": 2.0},
            {"init_value": 0.3, "peak_value": 0.1, "warmup_steps": 5, "decay_steps": 20},
        ],
    ),
    _optax(
        "join_schedules",
        120,
        schedules=[
            Call("linear_schedule", {"init_value": 0.0, "end_value": 0.1, "transition_steps": 20}),
            Call("constant_schedule", {"value": 0.1}),
            Call("linear_schedule", {"init_value": 0.1, "end_value": 0.0, "transition_steps": 25}),
        ],
        boundaries=[20, 75],
    ),
    _optax(
        "join_schedules", 20, schedules=[Call("constant_schedule", {"value": 0.1})], boundaries=[]
    ),
]

SCHEDULE_CASES = [*KERAS, *PYTORCH, *OPTAX]
