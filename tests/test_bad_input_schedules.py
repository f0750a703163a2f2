"""Bad input to a dialect's schedule raises an error that names argument, rule and value.

The arguments come from the signatures, so that a new one turns a test red.
"""

import inspect
import re

import numpy as np
import pytest

from adaptive_lr import schedules as book
from adaptive_lr.frameworks import keras, optax, pytorch

NOT_NUMBERS = ["0.1", None, {}, 1j, [], ["0.1"], np.nan, np.inf, [0.1, np.nan], [[1], [1, 2]], True]
NOT_WHOLE = [*NOT_NUMBERS, 2.0, 2.5]
RATE = ("be finite and at least 0", [*NOT_NUMBERS, -1e-300, [0.1, -0.1]])
ABOVE_0 = ("be finite and above 0", [*NOT_NUMBERS, 0, -1.0, [1.0, 0.0]])
RATIO = ("be finite and at least 1", [*NOT_NUMBERS, 0.99, [2.0, 0.5]])
FRACTION = ("be in (0, 1]", [*NOT_NUMBERS, 0, 1.1, [0.5, 0.0]])
SHARE = ("be in [0, 1]", [*NOT_NUMBERS, -0.1, 1.1, [0.5, 2.0]])
MOMENTUM = ("be in [0, 1)", [*NOT_NUMBERS, -0.1, 1.0, [0.5, 1.0]])
COUNT = ("be a whole number of at least 1", [*NOT_WHOLE, 0, -3, [3, 0]])
COUNT_FROM_0 = ("be a whole number of at least 0", [*NOT_WHOLE, -3, [3, -1]])
SWITCH = ("be True or False", ["yes", None, 0, 1, 0.0, [True]])
MODE = ("be one of triangular, triangular2, exp_range", ["cosine", None, 1, ["triangular"]])
SCALE_MODE = ("be one of cycle, iterations", ["cycles", None, 1])
STRATEGY = ("be one of cos, linear", ["cosine", None, 1])
INTERPOLATION = ("be one of linear, cosine", ["cos", None, 1])
FUNCTION = ("be a function of the number of the cycle, or of k", [1.0, "triangular", [abs]])
LISTS = [3, None, "12", {3}, {3: 1}, [1.0], [2.5], [True], ["3"], [None], [-1], [[1]], np.array(3)]
STEPS = ("be a list of whole numbers of at least 0", LISTS)
ASCENDING = ("be in ascending order", [[3, 2]])
SCALES = (
    "be a dict from numbers of steps, whole and at least 0, to factors",
    [3, [(3, 0.5)], "3", {2.5: 0.1}, {-1: 0.1}, {True: 0.1}, {"3": 0.1}],
)
SOME = (
    "be a list of schedules: functions of k",
    [[], None, 0.1, [0.1], abs, "ab", {abs}, [abs, None]],
)
RATES = ("be a list of rates", [None, 0.1, "12", {0.1}, {1: 0.1}])
COSINES = (
    "be a list of dicts, each with the arguments of warmup_cosine_decay_schedule: "
    "init_value, peak_value, warmup_steps, decay_steps, end_value, exponent",
    [
        [],
        None,
        3,
        {"init_value": 0.1},
        [3],
        [{}],
        [{"init_value": 0.1, "peak_value": 0.1, "warmup_steps": 0}],
        [{"init_value": 0, "peak_value": 1, "warmup_steps": 0, "decay_steps": 9, "alpha": 0.1}],
    ],
)

way = {"init_value": (0.1, RATE), "end_value": (0.2, RATE)}
waits = {"transition_steps": (5, COUNT_FROM_0), "transition_begin": (0, COUNT_FROM_0)}
warm = {"init_value": (0.1, RATE), "peak_value": (0.1, RATE), "warmup_steps": (3, COUNT_FROM_0)}
exponential = {
    **waits,
    "decay_rate": (0.5, RATE),
    "staircase": (False, SWITCH),
    "end_value": (0.2, RATE),
}
divisors = {"div_factor": (25.0, ABOVE_0), "final_div_factor": (1e4, ABOVE_0)}
momenta = {
    "cycle_momentum": (True, SWITCH),
    "base_momentum": (0.8, MOMENTUM),
    "max_momentum": (0.9, MOMENTUM),
}
first = {"initial_learning_rate": (0.1, RATE)}
lr = {"lr": (0.1, RATE)}
one = {"peak_value": (0.1, RATE), **divisors}
ARGUMENTS = {
    keras.cosine_decay: {
        **first,
        "decay_steps": (5, COUNT),
        "alpha": (0.0, RATE),
        "warmup_target": (0.2, RATE),
        "warmup_steps": (3, COUNT_FROM_0),
    },
    keras.cosine_decay_restarts: {
        **first,
        "first_decay_steps": (5, COUNT),
        "t_mul": (2.0, RATIO),
        "m_mul": (1.0, RATE),
        "alpha": (0.0, RATE),
    },
    keras.exponential_decay: {
        **first,
        "decay_steps": (5, COUNT),
        "decay_rate": (0.5, RATE),
        "staircase": (False, SWITCH),
    },
    keras.inverse_time_decay: {
        **first,
        "decay_steps": (5, ABOVE_0),
        "decay_rate": (0.5, RATE),
        "staircase": (False, SWITCH),
    },
    keras.polynomial_decay: {
        **first,
        "decay_steps": (5, COUNT),
        "end_learning_rate": (0.0, RATE),
        "power": (1.0, RATE),
        "cycle": (False, SWITCH),
    },
    keras.piecewise_constant_decay: {
        "boundaries": ([3], STEPS, ASCENDING),
        "values": ([0.1, 0.2], RATES),
    },
    pytorch.step_lr: {**lr, "step_size": (5, COUNT), "gamma": (0.1, RATE)},
    pytorch.multi_step_lr: {**lr, "milestones": ([3], STEPS), "gamma": (0.1, RATE)},
    pytorch.constant_lr: {**lr, "factor": (0.5, FRACTION), "total_iters": (5, COUNT)},
    pytorch.linear_lr: {
        **lr,
        "start_factor": (0.5, FRACTION),
        "end_factor": (1.0, SHARE),
        "total_iters": (5, COUNT),
    },
    pytorch.exponential_lr: {**lr, "gamma": (0.9, RATE)},
    pytorch.polynomial_lr: {**lr, "total_iters": (5, COUNT), "power": (1.0, RATE)},
    pytorch.cosine_annealing_lr: {**lr, "T_max": (5, COUNT), "eta_min": (0.0, RATE)},
    pytorch.cosine_annealing_warm_restarts: {
        **lr,
        "T_0": (5, COUNT),
        "T_mult": (2, COUNT),
        "eta_min": (0.0, RATE),
    },
    pytorch.cyclic_lr: {
        "base_lr": (0.1, RATE),
        "max_lr": (0.5, RATE),
        "step_size_up": (4, COUNT),
        "step_size_down": (4, COUNT_FROM_0),
        "mode": ("triangular", MODE),
        "gamma": (1.0, RATE),
        "scale_fn": (None, FUNCTION),
        "scale_mode": ("cycle", SCALE_MODE),
        **momenta,
    },
    pytorch.one_cycle_lr: {
        "max_lr": (0.1, RATE),
        "total_steps": (20, COUNT),
        "epochs": (4, COUNT),
        "steps_per_epoch": (5, COUNT),
        "pct_start": (0.3, SHARE),
        "anneal_strategy": ("cos", STRATEGY),
        **momenta,
        **divisors,
        "three_phase": (False, SWITCH),
    },
    pytorch.sequential_lr: {
        "schedulers": ([abs, abs], SOME),
        "milestones": ([3], STEPS, ASCENDING),
    },
    optax.constant_schedule: {"value": (0.1, RATE)},
    optax.linear_schedule: {**way, **waits},
    optax.polynomial_schedule: {**way, **waits, "power": (1.0, RATE)},
    optax.exponential_decay: {"init_value": (0.1, RATE), **exponential},
    optax.cosine_decay_schedule: {
        "init_value": (0.1, RATE),
        "decay_steps": (5, COUNT),
        "alpha": (0.0, RATE),
        "exponent": (1.0, RATE),
    },
    optax.piecewise_constant_schedule: {
        "init_value": (0.1, RATE),
        "boundaries_and_scales": ({3: 0.5}, SCALES),
    },
    optax.piecewise_interpolate_schedule: {
        "interpolate_type": ("linear", INTERPOLATION),
        "init_value": (0.1, RATE),
        "boundaries_and_scales": ({3: 0.5}, SCALES),
    },
    optax.linear_onecycle_schedule: {
        **one,
        "transition_steps": (20, COUNT),
        "pct_start": (0.3, SHARE),
        "pct_final": (0.85, SHARE),
    },
    optax.cosine_onecycle_schedule: {
        **one,
        "transition_steps": (20, COUNT),
        "pct_start": (0.3, SHARE),
    },
    optax.warmup_constant_schedule: warm,
    optax.warmup_cosine_decay_schedule: {
        **warm,
        "decay_steps": (9, COUNT),
        "end_value": (0.0, RATE),
        "exponent": (1.0, RATE),
    },
    optax.warmup_exponential_decay_schedule: {**warm, **exponential},
    optax.sgdr_schedule: {
        "cosine_kwargs": (
            [{"init_value": 0.1, "peak_value": 0.1, "warmup_steps": 0, "decay_steps": 9}],
            COSINES,
        )
    },
    optax.join_schedules: {
        "schedules": ([abs, abs], SOME),
        "boundaries": ([3], STEPS, ASCENDING),
    },
}
every_factory = pytest.mark.parametrize(
    "factory", ARGUMENTS, ids=lambda f: f"{f.__module__.split('.')[2]} {f.__name__}"
)


def raises(argument, rule, received):
    message = f"Argument `{argument}` must {rule}. Received: {received!r}."
    return pytest.raises(ValueError, match=rf"\A{re.escape(message)}\Z")


def made(factory, **options):
    return factory(**{name: base for name, (base, *_) in ARGUMENTS[factory].items()} | options)


def test_every_schedule_is_in_the_table():
    public = [f for package in (keras, pytorch, optax) for f in vars(package).values()]
    assert set(ARGUMENTS) == {
        f for f in public if inspect.isfunction(f) and f.__module__.endswith(".schedules")
    }


@every_factory
def test_arguments(factory):
    parameters = inspect.signature(factory).parameters
    assert set(parameters) == set(ARGUMENTS[factory])
    made(factory)
    for name, (_, *rules) in ARGUMENTS[factory].items():
        for rule, values in rules:
            for value in values:
                if value is None and parameters[name].default is None:
                    continue  # the option is not given
                with raises(name, rule, value):
                    made(factory, **{name: value})


@every_factory
def test_arguments_that_are_not_there(factory):
    with pytest.raises(TypeError, match=rf"{factory.__name__}\(\) got an unexpected.*'last_epoch'"):
        made(factory, last_epoch=3)
    with pytest.raises(TypeError, match=rf"{factory.__name__}\(\) missing a required argument"):
        factory()


# --- the number of steps done --------------------------------------------------------------------

NOT_STEPS = [
    -1,
    -0.5,
    "1",
    None,
    1j,
    {},
    True,
    [True],
    np.nan,
    np.inf,
    -np.inf,
    [0, -1],
    [[1], [1, 2]],
]
rate = 0.1
BOOK = {
    "constant": book.constant(rate),
    "step_decay": book.step_decay(rate),
    "time_decay": book.time_decay(rate),
    "exponential_decay": book.exponential_decay(rate),
    "polynomial_decay": book.polynomial_decay(rate, 10),
    "cosine": book.cosine(rate, 10),
    "warmup": book.warmup(3, lambda k: rate),
    "cyclical": book.cyclical(rate, 0.5, 4),
    "one_cycle": book.one_cycle(rate, 10),
    "warmup_stable_decay": book.warmup_stable_decay(rate, 10),
}


def test_every_schedule_of_the_book_is_asked():
    public = inspect.getmembers(book, inspect.isfunction)
    own = {name for name, f in public if f.__module__ == book.__name__ and name[0] != "_"}
    assert own == set(BOOK)


@pytest.mark.parametrize("schedule", BOOK.values(), ids=BOOK)
def test_steps_done_of_the_book(schedule):
    for k in NOT_STEPS:
        with raises("k", "be finite and at least 0: the number of steps done", k):
            schedule(k)
    schedule(2.5)


@every_factory
def test_steps_done_of_the_frameworks(factory):
    schedule = made(factory)
    asked = [schedule, schedule.momentum] if hasattr(schedule, "momentum") else [schedule]
    for function in asked:
        for k in [*NOT_STEPS, 2.5, [1, 2.5]]:
            with raises("k", "be a whole number of at least 0: the number of steps done", k):
                function(k)
        assert function(2.0) == function(2) == function(np.uint8(2)) == function([1, 2])[1]


# --- arguments that must fit together ------------------------------------------------------------


def test_boundaries_and_values_of_keras():
    decay = keras.piecewise_constant_decay
    with raises("boundaries", "hold at least one number of steps", []):
        decay([], [0.1])
    with raises("boundaries", "be strictly ascending", [3, 3]):
        decay([3, 3], [0.1, 0.2, 0.3])
    with raises("values", "have one entry more than boundaries: 2", [0.1]):
        decay([3], [0.1])
    with raises("values[1]", RATE[0], -0.1):
        decay([3], [0.1, -0.1])


def test_the_length_of_one_cycle():
    rule = "be given, or else epochs and steps_per_epoch"
    for given in ({}, {"epochs": 3}, {"steps_per_epoch": 3}):
        with raises("total_steps", rule, None):
            pytorch.one_cycle_lr(0.1, **given)


def test_a_peak_at_step_0_of_one_cycle():
    rule = "not be 1 / total_steps, at which PyTorch divides by 0"
    for total_steps in (10, [[20], [10]]):
        with raises("pct_start", rule, 0.1):
            pytorch.one_cycle_lr(0.1, total_steps, pct_start=0.1)


@pytest.mark.parametrize(
    ("options", "last"),
    [
        ({}, 9),
        ({"pct_start": 1.0}, 8),
        ({"pct_start": 5 / 9, "three_phase": True}, 8),
        ({"total_steps": None, "epochs": 3, "steps_per_epoch": 3}, 9),
    ],
)
def test_steps_beyond_one_cycle(options, last):
    rate = pytorch.one_cycle_lr(**{"max_lr": 0.1, "total_steps": 9, **options})
    rate(last), rate.momentum(np.arange(last + 1))
    for k in (last + 1, [0, last + 1]):
        for schedule in (rate, rate.momentum):
            with pytest.raises(
                ValueError, match=rf"`k` must be at most {last} with total_steps = 9"
            ):
                schedule(k)


def test_scale_of_cyclic_lr():
    for bad in (None, "1", np.nan, [], 1j):
        rate = pytorch.cyclic_lr(0.1, 0.5, 4, scale_fn=lambda k, bad=bad: bad)
        for k in (3, [3, 4]):
            with pytest.raises(ValueError, match="Argument `scale_fn` must return finite numbers"):
                rate(k)


def test_schedules_in_sequence():
    some = [book.constant(0.1), book.constant(0.2)]
    for join, name, lengths in (
        (pytorch.sequential_lr, "schedulers", "milestones"),
        (optax.join_schedules, "schedules", "boundaries"),
    ):
        for steps in ([], [3, 4]):
            with raises(lengths, f"have one entry fewer than {name}: 1", steps):
                join(some, steps)
    rule = "be other schedules than cyclic_lr and one_cycle_lr, which change those beside them"
    for cycled in (pytorch.cyclic_lr(0.1, 0.5), pytorch.one_cycle_lr(0.1, 9, cycle_momentum=False)):
        with raises("schedulers", rule, [some[0], cycled]):
            pytorch.sequential_lr([some[0], cycled], [3])


def test_single_numbers_of_optax():
    for schedule in (optax.linear_onecycle_schedule, optax.cosine_onecycle_schedule):
        with raises("transition_steps", "be a single number", [10, 20]):
            schedule([10, 20], 0.1)
        with raises("pct_start", "be a single number", [0.1, 0.2]):
            schedule(10, 0.1, pct_start=[0.1, 0.2])


def test_factors_of_optax():
    for schedule in (
        optax.piecewise_constant_schedule,
        lambda *given: optax.piecewise_interpolate_schedule("linear", *given),
    ):
        with raises("boundaries_and_scales[3]", RATE[0], -0.5):
            schedule(0.1, {3: -0.5})


def test_a_warmup_that_leaves_no_steps():
    rule = "be above warmup_steps = 10, which it includes"
    with raises("decay_steps", rule, 10):
        optax.warmup_cosine_decay_schedule(0.0, 0.1, 10, 10)
    fall = {"init_value": 0.0, "peak_value": 0.1, "warmup_steps": 10, "decay_steps": 10}
    with raises("decay_steps", rule, 10):
        optax.sgdr_schedule([fall])


@pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")
def test_growth_without_end():
    for growing in (
        pytorch.exponential_lr(0.1, gamma=2.0),
        keras.exponential_decay(0.1, 1, 2.0),
        optax.exponential_decay(0.1, 1, 2.0),
    ):
        assert growing(10_000) == np.inf
