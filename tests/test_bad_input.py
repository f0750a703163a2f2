"""Bad input raises an error that names the argument, the rule and the value received.

The optimizers' arguments come from the registry and the functions' from their signatures, so that
a new method, framework function or schedule is covered by itself, or turns a test red.
"""

import inspect
import re

import numpy as np
import pytest

from adaptive_lr import METHODS, Adagrad, Adam, GradientDescent, Momentum, grid, run, schedules
from adaptive_lr.frameworks import FRAMEWORKS, FUNCTIONS, OFFERED, defaults, optax, pytorch
from adaptive_lr.frameworks.arguments import FLAGS, RULED_LIKE
from adaptive_lr.frameworks.pytorch.variants import Dampened
from adaptive_lr.hyperparameters import FRACTION, HYPERPARAMETERS, NOT_NEGATIVE, POSITIVE, SWITCH
from adaptive_lr.optimizers import (
    Chain,
    ClipByNorm,
    ClipByValue,
    DecoupledDecay,
    ExponentialAverage,
    L2Penalty,
    Maximize,
    Partition,
    UniformAverage,
)
from adaptive_lr.problems import ravine
from adaptive_lr.seeds import RULE

NOT_NUMBERS = [
    "0.1",
    None,
    {},
    1j,
    [],
    ["0.1"],
    [None],
    np.nan,
    np.inf,
    -np.inf,
    [0.1, np.nan],
    [[1], [1, 2]],
]
BAD = {
    NOT_NEGATIVE[0]: [*NOT_NUMBERS, True, [True], -1, -1e-300, [0.1, -0.1]],
    POSITIVE[0]: [*NOT_NUMBERS, True, [True], -1, 0, [0.1, 0.0]],
    FRACTION[0]: [*NOT_NUMBERS, True, [True], -0.1, 1, 1.0, 2.5, [0.5, 1.0]],
    SWITCH[0]: ["yes", None, {}, 0, 1, 0.0, np.nan, [], [0, 1], ["yes"]],
}


def raises(argument, rule, received):
    message = f"Argument `{argument}` must {rule}. Received: {received!r}."
    return pytest.raises(ValueError, match=rf"\A{re.escape(message)}\Z")


def bad_values(hyperparameter, scheduled):
    for value in BAD[hyperparameter.rule]:
        yield hyperparameter.rule, value
    if not scheduled:
        yield f"{hyperparameter.rule} and may not be a schedule", len


# --- optimizers ----------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_hyperparameters_of_optimizers(method):
    for hyperparameter in method.hyperparameters:
        for rule, value in bad_values(hyperparameter, hyperparameter.scheduled):
            with raises(hyperparameter.name, rule, value):
                method.optimizer(**{hyperparameter.name: value})


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (L2Penalty, "weight_decay"),
        (DecoupledDecay, "weight_decay"),
        (Dampened, "dampening"),
        (ClipByValue, "clip_value"),
        (ClipByNorm, "clip_norm"),
        (ExponentialAverage, "average_decay"),
    ],
)
def test_hyperparameters_of_wrappers(make, name):
    rule = HYPERPARAMETERS[name].rule
    for value in BAD[rule]:
        with raises(name, rule, value):
            make(Momentum(), **{name: value})


@pytest.mark.parametrize("value", [-1, 0.5, True, "2", None])
def test_begin_of_an_average(value):
    with raises("begin", "be a whole number of at least 0", value):
        UniformAverage(GradientDescent(), begin=value)


@pytest.mark.parametrize("wrong", [Adam, "adam", None, 0.1, lambda k: 0.1])
@pytest.mark.parametrize(
    ("argument", "make"),
    [
        ("optimizer", Maximize),
        ("optimizer", lambda one: L2Penalty(one, 0.1)),
        ("first", lambda one: Chain(one, Momentum())),
        ("then", lambda one: Chain(Momentum(), one)),
        ("groups", lambda one: Partition([([0], one)])),
    ],
)
def test_optimizers_within(argument, make, wrong):
    with pytest.raises(TypeError, match=rf"`{argument}` must be an optimizer, such as Adam\(\)"):
        make(wrong)


@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf, "0.1", None, [0.1, -1.0]])
@pytest.mark.parametrize("name", ["learning_rate", "epsilon"])
def test_values_of_schedules(name, bad):
    optimizer = Adagrad(**{name: lambda k: 0.1 if k < 2 else bad})
    x, state = np.ones(2), optimizer.init(np.ones(2))
    for t in (1, 2):
        x, state = optimizer.update(x, np.ones(2), state, t)
    message = re.escape(f"Received: {bad!r} at k = 2.")
    with pytest.raises(ValueError, match=rf"`{name}` must be finite and at least 0. {message}"):
        optimizer.update(x, np.ones(2), state, 3)


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_shape_of_the_gradient(method):
    optimizer = method.optimizer()
    state = optimizer.init(np.ones(3))
    for dx in (np.ones(2), np.ones((3, 1)), 1.0, np.ones((1, 3))):
        message = rf"`dx` must have the shape of x, \(3,\).*shape {re.escape(str(np.shape(dx)))}"
        with pytest.raises(ValueError, match=message):
            optimizer.update(np.ones(3), dx, state, 1)


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_shape_of_hyperparameters(method):
    for hyperparameter in method.hyperparameters:
        kind = bool if hyperparameter.scale == "switch" else float
        optimizer = method.optimizer(**{hyperparameter.name: np.zeros((2, 1, 4), dtype=kind)})
        message = rf"`{hyperparameter.name}` must broadcast.*\(3,\).*\(2, 1, 4\)"
        with pytest.raises(ValueError, match=message):
            optimizer.init(np.ones(3))


@pytest.mark.parametrize("t", [0, -1, 1.5, "1", None])
def test_number_of_the_step(t):
    with raises("t", "be a whole number of at least 1: the first step is t = 1", t):
        GradientDescent().update(np.ones(2), np.ones(2), (), t)


# --- frameworks ----------------------------------------------------------------------------------


def call(make, **options):
    """Call a framework function with what it requires and the options."""
    required = {
        name: 0.1
        for name, parameter in inspect.signature(make).parameters.items()
        if parameter.default is parameter.empty
    }
    return make(**{**required, **options})


def scheduled_in(framework, function):
    """Return which arguments may be schedules: what the framework itself schedules."""
    if framework == "PyTorch":
        return {"lr", "momentum", "weight_decay"}
    return {"learning_rate"} | ({"weight_decay"} if framework == "Optax" else set())


@pytest.mark.parametrize(("framework", "function"), OFFERED)
def test_arguments_of_frameworks(framework, function):
    make = getattr(FRAMEWORKS[framework], function)
    for name, parameter in inspect.signature(make).parameters.items():
        if name == "betas":
            continue
        if name in FLAGS:
            for value in [*BAD[SWITCH[0]], [True], np.array([True, False])]:
                with raises(name, SWITCH[0], value):
                    call(make, **{name: value})
            continue
        scheduled = name in scheduled_in(framework, function)
        for rule, value in bad_values(HYPERPARAMETERS[RULED_LIKE[name]], scheduled):
            if value is None and parameter.default is None:
                call(make, **{name: value})
            else:
                with raises(name, rule, value):
                    call(make, **{name: value})


@pytest.mark.parametrize("make", [pytorch.adam, pytorch.adamw])
def test_betas_of_pytorch(make):
    pair = "be a pair: the shares of m and of v that are kept"
    for value in (0.9, None, "ab", (0.9,), (0.9, 0.99, 0.999), {0.9, 0.99}):
        with raises("betas", pair, value):
            make(betas=value)
    for value in BAD[FRACTION[0]]:
        with raises("betas[0]", FRACTION[0], value):
            make(betas=(value, 0.999))
        with raises("betas[1]", FRACTION[0], value):
            make(betas=(0.9, value))


def test_nesterov_of_pytorch():
    rule = "be False where momentum is 0 or dampening is not"
    with raises("nesterov", rule, True):
        pytorch.sgd(nesterov=True)
    with raises("nesterov", rule, True):
        pytorch.sgd(momentum=0.9, dampening=0.1, nesterov=True)
    with raises("nesterov", rule, True):
        pytorch.sgd(momentum=[0.9, 0.0], nesterov=True)
    pytorch.sgd(momentum=[0.9, 0.5], nesterov=True)


@pytest.mark.parametrize(("framework", "function"), OFFERED)
def test_schedules_given_to_frameworks_are_named_as_the_framework_does(framework, function):
    name = "lr" if framework == "PyTorch" else "learning_rate"
    optimizer = getattr(FRAMEWORKS[framework], function)(**{name: lambda k: 0.1 - k})
    x, state = optimizer.update(np.ones(2), np.ones(2), optimizer.init(np.ones(2)), 1)
    with pytest.raises(ValueError, match=rf"Argument `{name}` must .* at k = 1"):
        optimizer.update(x, np.ones(2), state, 2)


@pytest.mark.parametrize(("framework", "function"), OFFERED)
def test_arguments_that_are_left_out(framework, function):
    with pytest.raises(TypeError, match=rf"{function}\(\) got an unexpected.*'clipnorm'"):
        call(getattr(FRAMEWORKS[framework], function), clipnorm=1.0)


def test_optax_requires_a_learning_rate():
    for function in FUNCTIONS:
        with pytest.raises(TypeError, match=rf"{function}\(\) missing.*'learning_rate'"):
            getattr(optax, function)()


def test_defaults_of_a_function_that_is_not_there():
    for name in ("lion", None, ["adam"]):
        with raises("function", f"be one of {', '.join(FUNCTIONS)}", name):
            defaults(name)


# --- schedules -----------------------------------------------------------------------------------

RATE = ("be finite and at least 0", BAD[NOT_NEGATIVE[0]])
SHARE = ("be in (0, 1]", [*NOT_NUMBERS, True, 0, 0.0, -0.5, 1.5, [0.5, 0.0]])
RATIO = ("be finite and at least 1", [*NOT_NUMBERS, True, 0, 0.99, -2.0, [2.0, 0.5]])
COUNT = ("be a whole number of at least 1", [*NOT_NUMBERS, True, 0, -3, 1.0, 2.5, [3, 0]])
COUNT_FROM_0 = ("be a whole number of at least 0", [*NOT_NUMBERS, True, -3, 1.0, 2.5])

SCHEDULES = {
    schedules.constant: {"learning_rate": (0.1, *RATE)},
    schedules.step_decay: {
        "learning_rate": (0.1, *RATE),
        "factor": (0.5, *SHARE),
        "every": (5, *COUNT),
    },
    schedules.time_decay: {"learning_rate": (0.1, *RATE), "decay": (0.1, *RATE)},
    schedules.exponential_decay: {
        "learning_rate": (0.1, *RATE),
        "factor": (0.5, *SHARE),
        "every": (5, *COUNT),
    },
    schedules.polynomial_decay: {
        "learning_rate": (0.1, *RATE),
        "steps": (5, *COUNT),
        "end": (0.0, *RATE),
        "power": (1.0, *RATE),
    },
    schedules.cosine: {
        "learning_rate": (0.1, *RATE),
        "steps": (5, *COUNT),
        "end": (0.0, *RATE),
        "restarts": (False, "be True or False", [1, 0, None, "yes", [True]]),
        "stretch": (1.0, *RATIO),
        "shrink": (1.0, *SHARE),
    },
    schedules.warmup: {
        "steps": (5, *COUNT_FROM_0),
        "schedule": (schedules.constant(0.1), "be a schedule: a function of k", [0.1, None, "s"]),
        "start": (0.0, *RATE),
    },
    schedules.cyclical: {
        "low": (0.1, *RATE),
        "high": (0.5, *RATE),
        "half_cycle": (4, *COUNT),
        "shrink": (1.0, *SHARE),
    },
    schedules.one_cycle: {
        "learning_rate": (0.1, *RATE),
        "steps": (5, *COUNT),
        "rise": (0.3, *SHARE),
        "divide_start": (25.0, *RATIO),
        "divide_end": (1e4, *RATIO),
    },
    schedules.warmup_stable_decay: {
        "learning_rate": (0.1, *RATE),
        "steps": (50, *COUNT),
        "warmup_steps": (5, *COUNT_FROM_0),
        "decay_steps": (5, *COUNT),
        "cooldown": ("linear", "be one of linear, square_root", ["cubic", None, 1, ["linear"]]),
    },
}


def test_every_argument_of_every_schedule_is_in_the_table():
    public = inspect.getmembers(schedules, inspect.isfunction)
    factories = {
        function
        for name, function in public
        if not name.startswith("_") and function.__module__ == schedules.__name__
    }
    assert set(SCHEDULES) == factories
    for factory, arguments in SCHEDULES.items():
        assert list(inspect.signature(factory).parameters) == list(arguments)


@pytest.mark.parametrize("factory", SCHEDULES, ids=lambda factory: factory.__name__)
def test_arguments_of_schedules(factory):
    good = {name: base for name, (base, _, _) in SCHEDULES[factory].items()}
    factory(**good)
    for name, (_, rule, values) in SCHEDULES[factory].items():
        for value in values:
            # Without a number of steps the fall takes a tenth of them.
            if (name, value) != ("decay_steps", None):
                with raises(name, rule, value):
                    factory(**{**good, name: value})


def test_arguments_of_schedules_that_must_fit_together():
    with raises("high", "be at least low = 0.5", 0.1):
        schedules.cyclical(0.5, 0.1, half_cycle=4)
    with raises("decay_steps", "leave room for warmup_steps = 8 in steps = 10", 3):
        schedules.warmup_stable_decay(0.1, 10, warmup_steps=8, decay_steps=3)


# --- runs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("steps", [-1, 1.0, True, "3", None, [3]])
def test_number_of_steps(steps):
    with raises("steps", "be a whole number of at least 0", steps):
        run(lambda x: x, GradientDescent(), [1.0], steps)


@pytest.mark.parametrize("noise", [-1.0, np.nan, np.inf, "a", True])
def test_noise(noise):
    with raises("noise", "be finite and at least 0", noise):
        run(lambda x: x, GradientDescent(), [1.0], 3, noise=noise)


@pytest.mark.parametrize("share", [0, -0.1, np.nan, "a"])
def test_share_of_the_loss(share):
    result = run(ravine(), GradientDescent(), [1.0, 1.0], steps=1)
    with raises("share", "be above 0", share):
        result.steps_to(share)


def test_steps_to_a_loss_need_a_loss():
    with raises("problem", "have a loss", "a gradient alone"):
        run(lambda x: x, GradientDescent(), [1.0], steps=1).steps_to(0.1)


@pytest.mark.parametrize("seed", [-1, 0.5, None, "a", []])
def test_seed(seed):
    with raises("seed", RULE, seed):
        run(lambda x: x, GradientDescent(), [1.0], 3, noise=1.0, seed=seed)


def test_seeds_of_a_grid_need_an_axis_for_the_components():
    with raises("seed", RULE, [[1, 2]]):
        run(lambda x: x, GradientDescent(), [1.0], 3, noise=1.0, seed=[[1, 2]])


def test_start_must_have_components():
    with raises("start", "have an axis for the components of x", 1.0):
        run(lambda x: x, GradientDescent(), 1.0, 3)


def test_start_that_does_not_broadcast_names_both_shapes():
    sweep = GradientDescent(np.ones((2, 3, 1)))
    message = r"`start` must broadcast.*\(2, 3, 1\).*Received: an array of shape \(4, 2\)"
    with pytest.raises(ValueError, match=message):
        run(lambda x: x, sweep, np.ones((4, 2)), 3)


@pytest.mark.parametrize("problem", [None, 3.0, "bowl"])
def test_problem_without_gradient(problem):
    with raises("problem", "be a gradient or have one", problem):
        run(problem, GradientDescent(), [1.0], 3)


@pytest.mark.parametrize("wrong", [lambda x: x[..., :1], lambda x: np.sum(x), lambda x: x.T])
def test_gradient_of_another_shape(wrong):
    message = r"gradient must have the shape of x, \(3, 2\).*Received: an array of shape"
    with pytest.raises(ValueError, match=message):
        run(wrong, GradientDescent(), np.ones((3, 2)), 3)


@pytest.mark.parametrize("values", [0.1, [], [[0.1]], np.ones((2, 2))])
def test_grid_wants_lists(values):
    with raises("learning_rate", "be a list of values", values):
        grid(learning_rate=values)
