"""The framework functions: where they differ, by how much, and what the tables show."""

import inspect

import numpy as np
import pytest

from adaptive_lr import Adagrad, Adam, AdamW, GradientDescent, Momentum, RMSprop, schedules
from adaptive_lr.frameworks import (
    FRAMEWORKS,
    FUNCTIONS,
    OFFERED,
    defaults,
    keras,
    optax,
    pytorch,
)
from adaptive_lr.frameworks.arguments import FLAGS, RULED_LIKE
from adaptive_lr.hyperparameters import HYPERPARAMETERS
from adaptive_lr.optimizers import (
    AMSGrad,
    CenteredRMSprop,
    Chain,
    DecoupledDecay,
    L2Penalty,
    Maximize,
    Nesterov,
)


def first_step(optimizer, gradient, x=0.0):
    """Return how far x falls in the first step."""
    start = np.array([x])
    return x - optimizer.update(start, np.array([gradient]), optimizer.init(start), 1)[0][0]


def walk(optimizer, gradients, x=0.0):
    x, path = np.array([x]), []
    state = optimizer.init(x)
    for t, dx in enumerate(gradients, start=1):
        x, state = optimizer.update(x, np.array([dx]), state, t)
        path.append(x[0])
    return np.array(path)


def test_first_steps_at_the_defaults():
    assert round(first_step(keras.rmsprop(), 4.0), 5) == 0.00316
    assert round(first_step(pytorch.rmsprop(), 4.0), 5) == 0.1
    assert round(first_step(keras.adagrad(), 0.01), 7) == 3.16e-5
    assert round(first_step(pytorch.adagrad(), 0.01), 7) == 1e-2
    assert round(first_step(keras.adam(), 1e-6) / 0.001, 2) == 0.24
    assert round(first_step(pytorch.adam(), 1e-6) / 0.001, 2) == 0.99


def test_keras_coasts_on_after_the_rate_is_cut_and_pytorch_does_not():
    """A falling gradient of 1 for 100 steps, then none, when the rate is cut a hundredfold."""
    gradients = [1.0] * 100 + [0.0] * 400

    def rate(k):
        return 0.1 if k < 100 else 0.001

    def coasting(optimizer):
        path = walk(optimizer, gradients)
        return abs(path[-1] - path[99])

    ratio = coasting(keras.sgd(rate, 0.9)) / coasting(pytorch.sgd(rate, 0.9))
    assert round(ratio) == 100
    assert round(coasting(keras.rmsprop(rate, momentum=0.9)), 3) == round(
        coasting(optax.rmsprop(rate, momentum=0.9, eps=1e-7)), 3
    )


def test_adam_of_keras_and_pytorch_meet_when_the_correction_is_done():
    gradients = np.random.default_rng(0).normal(size=9000) * 1e-6
    one, other = keras.adam(), pytorch.adam(eps=1e-7)
    ours, theirs = walk(one, gradients), walk(other, gradients)
    steps, others = np.diff(ours, prepend=0), np.diff(theirs, prepend=0)
    assert abs(steps[0] / others[0]) < 0.3
    np.testing.assert_allclose(steps[-10:], others[-10:], rtol=1e-3)


def test_weight_decay_means_two_things():
    """Without a gradient, decoupled decay shrinks x and a penalty makes Adam take whole steps."""
    assert np.isclose(first_step(keras.adam(0.1, weight_decay=0.01), 0.0, x=5.0), 0.1 * 0.01 * 5)
    assert np.isclose(first_step(pytorch.adam(0.1, weight_decay=0.01), 0.0, x=5.0), 0.1)
    assert np.isclose(first_step(pytorch.adamw(0.1, weight_decay=0.01), 0.0, x=5.0), 0.005)


def test_maximize_climbs_but_the_penalty_still_pulls_to_zero():
    assert np.isclose(first_step(pytorch.sgd(0.1, maximize=True), 3.0), -0.3)
    both = pytorch.sgd(0.1, weight_decay=0.5, maximize=True)
    assert np.isclose(first_step(both, 3.0, x=2.0), 0.1 * (-3.0 + 1.0))


def test_first_velocity_of_pytorch_is_the_gradient():
    dampened = pytorch.sgd(1.0, momentum=0.5, dampening=0.5)
    np.testing.assert_allclose(-np.diff(walk(dampened, [1.0, 1.0, 1.0]), prepend=0), 1.0)


def test_dampening_without_momentum_does_nothing():
    gradients = [1.0, -2.0, 3.0]
    np.testing.assert_array_equal(
        walk(pytorch.sgd(0.1, dampening=0.9), gradients), walk(pytorch.sgd(0.1), gradients)
    )
    either = pytorch.sgd(0.1, momentum=[0.0], dampening=0.9)
    np.testing.assert_allclose(walk(either, gradients), walk(pytorch.sgd(0.1), gradients))


@pytest.mark.parametrize(
    ("optimizer", "expected"),
    [
        (keras.sgd(), GradientDescent),
        (keras.adagrad(), Adagrad),
        (keras.rmsprop(), RMSprop),
        (keras.adam(), Adam),
        (keras.adamw(), AdamW),
        (keras.adam(weight_decay=0.1), AdamW),
        (keras.adagrad(weight_decay=0.1), DecoupledDecay),
        (pytorch.sgd(), GradientDescent),
        (pytorch.sgd(momentum=0.9), Momentum),
        (pytorch.adagrad(), Adagrad),
        (pytorch.sgd(momentum=0.9, nesterov=True), Nesterov),
        (pytorch.sgd(maximize=True), Maximize),
        (pytorch.rmsprop(centered=True), CenteredRMSprop),
        (pytorch.rmsprop(momentum=0.9, centered=True), Chain),
        (pytorch.adam(amsgrad=True), AMSGrad),
        (keras.rmsprop(momentum=0.9), Chain),
        (keras.adam(amsgrad=True, weight_decay=0.1), DecoupledDecay),
        (pytorch.adam(), Adam),
        (pytorch.adam(weight_decay=0.1), L2Penalty),
        (pytorch.adam(weight_decay=0.1, decoupled_weight_decay=True), AdamW),
        (pytorch.adamw(), AdamW),
        (optax.sgd(0.1, momentum=0.9), Momentum),
        (optax.adagrad(0.1), Adagrad),
        (optax.rmsprop(0.1), RMSprop),
        (optax.adam(0.1), Adam),
        (optax.adamw(0.1), AdamW),
    ],
)
def test_the_books_own_class_is_used_where_it_can_be(optimizer, expected):
    assert type(optimizer) is expected


def test_wrappers_show_the_hyperparameters_within():
    optimizer = pytorch.sgd(
        lr=[[0.1], [0.2]], momentum=0.9, dampening=[[[0.1]], [[0.2]]], weight_decay=0.1
    )
    assert list(optimizer.hyperparameters()) == [
        "learning_rate",
        "momentum",
        "dampening",
        "weight_decay",
    ]
    assert optimizer.shape() == (2, 2, 1)
    np.testing.assert_array_equal(optimizer.learning_rate, [[0.1], [0.2]])


def test_a_weight_decay_that_is_a_schedule():
    optimizer = optax.adamw(0.1, weight_decay=schedules.step_decay(1.0, 0.5, every=1))
    path = walk(optimizer, [0.0, 0.0, 0.0], x=1.0)
    np.testing.assert_allclose(path, [0.9, 0.9 * 0.95, 0.9 * 0.95 * 0.975])


@pytest.mark.parametrize("function", [pytorch.adam, pytorch.adamw])
def test_a_first_beta_that_is_a_schedule(function):
    falling = schedules.step_decay(0.8, 0.5, every=1)
    optimizer = function(0.1, betas=(falling, 0.999), weight_decay=0)
    x, state = np.array([1.0]), optimizer.init(np.array([1.0]))
    y = x
    for t, dx in enumerate([1.0, -2.0, 0.5], start=1):
        x, then = optimizer.update(x, np.array([dx]), state, t)
        by_hand = function(0.1, betas=(falling(t - 1), 0.999), weight_decay=0)
        y, _ = by_hand.update(y, np.array([dx]), state, t)
        state = then
    np.testing.assert_array_equal(x, y)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_tables_of_defaults_are_those_of_the_signatures(function):
    table = defaults(function)
    assert list(table) == [
        framework for framework in FRAMEWORKS if (framework, function) in OFFERED
    ]
    for framework, arguments in table.items():
        signature = inspect.signature(getattr(FRAMEWORKS[framework], function))
        assert list(arguments) == list(signature.parameters)
        for name, parameter in signature.parameters.items():
            required = parameter.default is parameter.empty
            assert arguments[name] == ("required" if required else parameter.default)


def test_every_argument_has_a_rule():
    names = {name for f in FUNCTIONS for table in defaults(f).values() for name in table}
    assert set(RULED_LIKE.values()) <= set(HYPERPARAMETERS)
    assert {name.split("[")[0] for name in RULED_LIKE} | FLAGS == names


def test_every_framework_has_the_core_of_the_book():
    for framework in ("Keras", "PyTorch", "Optax"):
        for function in ("sgd", "adagrad", "rmsprop", "adam", "adamw"):
            assert (framework, function) in OFFERED


@pytest.mark.parametrize(("framework", "function"), OFFERED)
def test_documented_defaults_are_the_defaults(framework, function):
    text = inspect.getdoc(getattr(FRAMEWORKS[framework], function))
    section = text.partition("Parameters\n----------\n")[2].partition("\n\n")[0]
    documented = [line for line in section.splitlines() if not line.startswith(" ")]
    names = [name for line in documented for name in line.partition(" : ")[0].split(", ")]
    assert sorted(names) == sorted(defaults(function)[framework])
    for line in documented:
        name, _, kind = line.partition(" : ")
        if kind:
            default = defaults(function)[framework][name]
            stated = kind.partition("default ")[2]
            assert kind.endswith(", optional") == (default is None)
            assert eval(stated) == default if stated else default in (None, "required")
