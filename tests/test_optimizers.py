"""The optimizers: identities between methods, small examples by hand, and what the contract says.

No test repeats a formula of the package; each compares two ways that must lead to the same place.
"""

from dataclasses import FrozenInstanceError
from inspect import signature

import numpy as np
import pytest

from adaptive_lr import (
    METHODS,
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
from adaptive_lr.frameworks import FRAMEWORKS, OFFERED
from adaptive_lr.frameworks.optax.variants import (
    CorrectedCenteredRMSprop,
    CorrectedRMSprop,
    LargestCorrected,
    NesterovAdam,
)
from adaptive_lr.optimizers import AdamState, Chain, map_state

STEPS = 60
GRADIENTS = np.random.default_rng(5).normal(size=(STEPS, 4)) * [1e-4, 0.1, 1.0, 100.0]
START = np.array([1.0, -2.0, 0.5, 3.0])


def frozen(array):
    array = np.array(array, dtype=float)
    array.setflags(write=False)
    return array


def walk(optimizer, gradients=GRADIENTS, start=START):
    """Return x after each step along given gradients, and the states."""
    x, states = start, [optimizer.init(start)]
    path = []
    for t, dx in enumerate(gradients, start=1):
        x, state = optimizer.update(x, dx, states[-1], t)
        path.append(x)
        states.append(state)
    return np.stack(path), states[1:]


def same(one, other, rtol=1e-12, **arguments):
    np.testing.assert_allclose(
        walk(one, **arguments)[0], walk(other, **arguments)[0], rtol=rtol, atol=1e-13
    )


def framework_optimizers():
    """One optimizer from each function of each framework, with as many options as go together."""
    options = {
        "momentum": 0.5,
        "weight_decay": 0.1,
        "dampening": 0.5,
        "centered": True,
        "amsgrad": True,
        "lr_decay": 0.1,
        "maximize": True,
        "bias_correction": True,
        "learning_rate": 0.1,
    }
    for framework, name in OFFERED:
        function = getattr(FRAMEWORKS[framework], name)
        fitting = {o: v for o, v in options.items() if o in signature(function).parameters}
        yield pytest.param(function(**fitting), id=f"{framework} {name}")


ALL_OPTIMIZERS = [
    *(pytest.param(method.optimizer(), id=name) for name, method in METHODS.items()),
    *framework_optimizers(),
]


# --- identities ----------------------------------------------------------------------------------


@pytest.mark.parametrize("method", [Momentum, Nesterov])
def test_momentum_of_zero_is_gradient_descent(method):
    same(method(0.1, momentum=0.0), GradientDescent(0.1))


@pytest.mark.parametrize("velocity", [Momentum, Nesterov])
@pytest.mark.parametrize("method", [GradientDescent, RMSprop, CenteredRMSprop])
def test_the_place_of_a_constant_rate_does_not_matter(method, velocity):
    same(Chain(method(0.1), velocity(1.0, 0.8)), Chain(method(1.0), velocity(0.1, 0.8)))


def test_momentum_is_a_chain_with_gradient_descent():
    same(Chain(GradientDescent(1.0), Momentum(0.1, 0.8)), Momentum(0.1, 0.8))


def test_nesterov_momentum_is_the_gradient_at_the_place_ahead():
    curvature, rate, momentum = np.array([1.0, 10.0]), 0.05, 0.9
    optimizer = Nesterov(rate, momentum)
    y = x = np.array([1.0, 1.0])
    state, step = optimizer.init(x), np.zeros(2)
    for t in range(1, STEPS):
        np.testing.assert_allclose(x, y + momentum * step, rtol=1e-12, atol=1e-15)
        x, state = optimizer.update(x, curvature * x, state, t)
        step = momentum * step - rate * curvature * (y + momentum * step)
        y = y + step


def test_momentum_gathers_a_constant_gradient_up_to_a_limit():
    gradients = np.ones((400, 4))
    _, velocities = walk(Momentum(0.1, momentum=0.9), gradients)
    np.testing.assert_allclose(velocities[-1], 10.0)


def test_momentum_of_rmsprop_is_momentum_on_scaled_gradients():
    plain = CenteredRMSprop(0.01, 0.95)
    _, states = walk(plain)
    rates = [plain.effective_learning_rate(state, t) for t, state in enumerate(states, start=1)]
    scaled = GRADIENTS * np.stack(rates) / 0.01
    expected, _ = walk(Momentum(0.01, momentum=0.7), scaled)
    path, _ = walk(Chain(CenteredRMSprop(1.0, 0.95), Momentum(0.01, momentum=0.7)))
    np.testing.assert_allclose(path, expected, rtol=1e-12)


def test_adagrad_is_the_limit_of_a_long_average():
    """With beta2 near 1 Adam divides by the root of the mean square, Adagrad by that of the sum."""
    averaging = Adam(lambda k: 0.1 / np.sqrt(k + 1), beta1=0.0, beta2=1 - 1e-9, epsilon=0.0)
    same(averaging, Adagrad(0.1, epsilon=0.0), rtol=1e-6)


def test_rmsprop_without_memory_follows_the_sign():
    path, _ = walk(RMSprop(0.1, decay_rate=0.0, epsilon=0.0))
    np.testing.assert_allclose(path, START - 0.1 * np.cumsum(np.sign(GRADIENTS), axis=0))


def test_adam_without_first_moment_and_correction_is_rmsprop():
    adam = Adam(0.1, beta1=0.0, beta2=0.9, bias_correction=False, epsilon=1e-3)
    same(adam, RMSprop(0.1, decay_rate=0.9, epsilon=1e-3))


def test_adam_without_first_moment_is_bias_corrected_rmsprop():
    adam = Adam(0.1, beta1=0.0, beta2=0.9, epsilon_root=1e-3)
    same(adam, CorrectedRMSprop(0.1, 0.9, epsilon_root=1e-3))


def test_nesterov_adam_without_first_moment_is_adam():
    same(NesterovAdam(0.1, beta1=0.0), Adam(0.1, beta1=0.0))


def test_adan_without_differences_is_adam():
    adan = Adan(0.1, beta1=0.8, beta2=0.0, beta3=0.9)
    same(adan, Adam(0.1, beta1=0.8, beta2=0.9))


def test_yogi_is_adam_when_it_remembers_nothing_of_the_squares():
    growing = 1.3 ** np.arange(STEPS)[:, None] * np.ones(4)
    same(
        Yogi(0.1, beta2=0.0, initial_accumulator=0.0, bias_correction=False),
        Adam(0.1, beta2=0.0, epsilon=1e-3, bias_correction=False),
        gradients=growing[:1],
    )


def test_yogis_squares_fall_by_a_share_of_the_gradients_square():
    _, states = walk(Yogi(beta2=0.75, initial_accumulator=100.0), np.full((3, 4), 2.0))
    np.testing.assert_allclose([state.v[0] for state in states], [99.0, 98.0, 97.0])


def test_adamw_without_decay_is_adam():
    same(AdamW(0.1, weight_decay=0.0), Adam(0.1))


def test_adamw_without_gradient_shrinks_geometrically():
    path, _ = walk(AdamW(0.5, weight_decay=0.1), np.zeros_like(GRADIENTS))
    np.testing.assert_allclose(path, START * 0.95 ** np.arange(1, STEPS + 1)[:, None])


def test_the_floor_inside_adagrads_root_is_a_start_of_its_cache():
    same(
        Adagrad(0.1, epsilon=0.0, epsilon_root=0.3),
        Adagrad(0.1, epsilon=0.0, initial_accumulator=0.3),
    )


@pytest.mark.parametrize(
    "optimizer",
    [
        Adagrad(0.1, epsilon=0.0),
        Chain(CenteredRMSprop(0.1, epsilon=0.0), Momentum(1.0, 0.5)),
        Adam(0.1, epsilon=0.0),
        AMSGrad(0.1, epsilon=0.0),
        Yogi(0.1, epsilon=0.0, initial_accumulator=0.0),
        Adan(0.1, epsilon=0.0),
        NesterovAdam(0.1, epsilon=0.0),
    ],
)
def test_adaptive_methods_do_not_see_the_scale_of_a_coordinate(optimizer):
    scale = 2.0 ** np.array([-30, 0, 5, 40])
    path, _ = walk(optimizer)
    np.testing.assert_array_equal(path, walk(optimizer, GRADIENTS * scale)[0])


@pytest.mark.parametrize("optimizer", [Adagrad(0.1, epsilon=0.0), Adam(0.1, epsilon=0.0)])
def test_first_step_is_the_learning_rate(optimizer):
    path, _ = walk(optimizer, GRADIENTS[:1])
    np.testing.assert_allclose(path[0], START - 0.1 * np.sign(GRADIENTS[0]), rtol=1e-14)


def test_adagrads_steps_shrink_with_the_root_of_time():
    path, _ = walk(Adagrad(0.1, epsilon=0.0), np.full((STEPS, 4), -7.0))
    steps = np.diff(path, axis=0, prepend=START[None])
    expected = 0.1 / np.sqrt(np.arange(1, STEPS + 1))
    np.testing.assert_allclose(steps, np.broadcast_to(expected[:, None], steps.shape))


def test_bias_correction_makes_adams_steps_equal_under_a_constant_gradient():
    path, _ = walk(Adam(0.1, epsilon=0.0), np.full((STEPS, 4), 7.0))
    np.testing.assert_allclose(np.diff(path, axis=0), -0.1, rtol=1e-10)


def test_without_bias_correction_adams_first_steps_are_too_large():
    path, _ = walk(Adam(1.0, bias_correction=False, epsilon=0.0), np.full((STEPS, 1), 7.0), [0.0])
    steps = -np.diff(path[:, 0], prepend=0.0)
    assert round(steps[0], 2) == 3.16
    assert steps.argmax() + 1 == 12
    assert round(steps.max(), 2) == 6.57


def test_the_rate_of_amsgrad_never_grows_and_that_of_adam_does():
    gradients = GRADIENTS * np.where(np.arange(STEPS) < 20, 10.0, 0.1)[:, None]

    def rates(method):
        optimizer = method(beta2=0.9, bias_correction=False)
        _, states = walk(optimizer, gradients)
        return np.stack([optimizer.effective_learning_rate(s, t) for t, s in enumerate(states, 1)])

    assert (np.diff(rates(AMSGrad), axis=0) <= 0).all()
    assert (np.diff(rates(Adam), axis=0) > 0).any()


def test_amsgrad_is_adam_while_the_squares_grow():
    growing = 1.3 ** np.arange(STEPS)[:, None] * np.ones(4)
    same(AMSGrad(0.1), Adam(0.1), gradients=growing)
    same(LargestCorrected(0.1), Adam(0.1), gradients=growing)


# --- schedules -----------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_a_scheduled_rate_is_switching_by_hand(method):
    scheduled, _ = walk(method.optimizer(learning_rate=lambda k: 0.1 if k < 20 else 0.01))
    x, state = START, method.optimizer().init(START)
    for t, dx in enumerate(GRADIENTS, start=1):
        optimizer = method.optimizer(learning_rate=0.1 if t <= 20 else 0.01)
        x, state = optimizer.update(x, dx, state, t)
        np.testing.assert_array_equal(x, scheduled[t - 1])


@pytest.mark.parametrize(
    ("method", "name"),
    [
        (method.optimizer, hyperparameter.name)
        for method in METHODS.values()
        for hyperparameter in method.hyperparameters
        if hyperparameter.scheduled
    ],
)
def test_a_schedule_is_switching_by_hand(method, name):
    scheduled, _ = walk(method(**{name: lambda k: 0.5 if k < 20 else 1e-4}))
    x, state = START, method().init(START)
    for t, dx in enumerate(GRADIENTS, start=1):
        x, state = method(**{name: 0.5 if t <= 20 else 1e-4}).update(x, dx, state, t)
        np.testing.assert_array_equal(x, scheduled[t - 1])


def test_schedules_are_followed_inside_wrappers():
    chain = Chain(RMSprop(lambda k: 0.1 / (1 + k)), Momentum(1.0, momentum=lambda k: 0.5 / (1 + k)))
    scheduled, _ = walk(chain)
    x, state = START, chain.init(START)
    for t, dx in enumerate(GRADIENTS, start=1):
        x, state = Chain(RMSprop(0.1 / t), Momentum(1.0, 0.5 / t)).update(x, dx, state, t)
        np.testing.assert_array_equal(x, scheduled[t - 1])


# --- effective learning rate ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "optimizer",
    [
        GradientDescent(lambda k: 0.1 / (1 + k)),
        Adagrad(lambda k: 0.1 / (1 + k), epsilon=0.1, epsilon_root=0.2),
        CenteredRMSprop(0.1, epsilon=lambda k: 0.1 / (1 + k), epsilon_root=0.2),
        CorrectedRMSprop(0.1, epsilon_root=0.2),
        CorrectedCenteredRMSprop(0.1, epsilon_root=0.2),
    ],
)
def test_effective_rate_times_gradient_is_the_step(optimizer):
    path, states = walk(optimizer)
    before = np.vstack([START, path[:-1]])
    for t, state in enumerate(states, start=1):
        rate = optimizer.effective_learning_rate(state, t)
        np.testing.assert_allclose(path[t - 1], before[t - 1] - rate * GRADIENTS[t - 1], 1e-14)


@pytest.mark.parametrize(
    "optimizer",
    [
        Adam(0.1),
        AMSGrad(0.1, epsilon_root=0.1, bias_correction=False),
        LargestCorrected(0.1),
        Yogi(0.1),
    ],
)
def test_effective_rate_times_corrected_moment_is_adams_step(optimizer):
    path, states = walk(optimizer)
    before = np.vstack([START, path[:-1]])
    for t, state in enumerate(states, start=1):
        m_hat, _ = optimizer.corrected(state, t)
        rate = optimizer.effective_learning_rate(state, t)
        np.testing.assert_allclose(path[t - 1], before[t - 1] - rate * m_hat, 1e-14)


@pytest.mark.parametrize("optimizer", ALL_OPTIMIZERS)
def test_every_optimizer_has_an_effective_rate(optimizer):
    x, state = optimizer.update(START, GRADIENTS[0], optimizer.init(START), 1)
    rate = np.broadcast_to(optimizer.effective_learning_rate(state, 1), START.shape)
    assert (rate > 0).all()
    assert x.shape == START.shape


# --- the contract --------------------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", ALL_OPTIMIZERS)
def test_update_is_pure(optimizer):
    x, dx, state = frozen(START), frozen(GRADIENTS[0]), optimizer.init(START)
    for t in (1, 2, 3):
        map_state(lambda array: array.setflags(write=False), state)
        copies = map_state(np.copy, state)
        once, new_state = optimizer.update(x, dx, state, t)
        again, _ = optimizer.update(x, dx, state, t)
        np.testing.assert_array_equal(once, again)
        np.testing.assert_array_equal(x, START)
        map_state(np.testing.assert_array_equal, state, copies)
        state = new_state


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_hyperparameters_are_frozen_private_copies(method):
    for hyperparameter in method.hyperparameters:
        kind = bool if hyperparameter.scale == "switch" else float
        given = np.array([1, 0], dtype=kind) if kind is bool else np.array([0.1, 0.2])
        optimizer = method.optimizer(**{hyperparameter.name: given})
        kept = getattr(optimizer, hyperparameter.name)
        expected = given.copy()
        given[:] = 1
        np.testing.assert_array_equal(kept, expected)
        with pytest.raises(ValueError, match="read-only"):
            kept[:] = 1
        with pytest.raises(FrozenInstanceError):
            setattr(optimizer, hyperparameter.name, 0.5)


def test_states_have_the_names_of_the_book():
    assert CenteredRMSprop().init(START)._fields == ("cache", "mean")
    assert AdamState._fields == ("m", "v")
    assert AMSGrad().init(START)._fields == ("m", "v", "v_max")
    assert GradientDescent().init(START) == ()
    np.testing.assert_array_equal(Momentum().init(START), np.zeros(4))
    np.testing.assert_array_equal(Adagrad(initial_accumulator=0.1).init(START), np.full(4, 0.1))
    start = CenteredRMSprop(initial_accumulator=0.1).init(START)
    np.testing.assert_array_equal(start.cache, np.full(4, 0.1))
    np.testing.assert_array_equal(start.mean, np.zeros(4))


# --- by hand -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("optimizer", "start", "gradients", "expected"),
    [
        (GradientDescent(0.5), 1.0, [3.0, -1.0], [-0.5, 0.0]),
        # velocity 2, 3
        (Momentum(0.1, 0.5), 1.0, [2.0, 2.0], [0.8, 0.5]),
        # steps 2 + 1, 2 + 1.5
        (Nesterov(0.1, 0.5), 1.0, [2.0, 2.0], [0.7, 0.35]),
        # cache 9, 25; steps 3/3, 4/5
        (Adagrad(0.5, epsilon=0.0), 1.0, [3.0, 4.0], [0.5, 0.1]),
        # divisors 3 + 1, 5 + 1
        (Adagrad(0.5, epsilon=1.0), 1.0, [3.0, 4.0], [0.625, 0.625 - 1 / 3]),
        # divisors sqrt(7 + 9), sqrt(7 + 9 + 33)
        (Adagrad(1.0, 7.0, 0.0), 0.0, [3.0, np.sqrt(33)], [-0.75, -0.75 - np.sqrt(33) / 7]),
        # cache 1, 1
        (RMSprop(1.0, 0.75, epsilon=0.0), 0.0, [2.0, 1.0], [-2.0, -3.0]),
        # cache 2, 3/2; mean 1, 0; spread 1, 3/2; under the root 9/4, 11/4
        (
            CenteredRMSprop(1.0, 0.5, epsilon=0.0, epsilon_root=1.25),
            0.0,
            [2.0, -1.0],
            [-4 / 3, -4 / 3 + 1 / np.sqrt(2.75)],
        ),
        # velocity 2, 2
        (
            Chain(RMSprop(1.0, 0.75, epsilon=0.0), Momentum(1.0, 0.5)),
            0.0,
            [2.0, 1.0],
            [-2.0, -4.0],
        ),
        # m 1, -1/2; v 1, 7/4; corrected 2, -2/3 and 4, 4
        (Adam(1.0, 0.5, 0.75, epsilon=0.0), 0.0, [2.0, -2.0], [-1.0, -2 / 3]),
        # the same without correction: 1/1, -1/2 over the root of 7/4
        (
            Adam(1.0, 0.5, 0.75, bias_correction=False, epsilon=0.0),
            0.0,
            [2.0, -2.0],
            [-1.0, -1.0 + 0.5 / np.sqrt(1.75)],
        ),
        # v 4, 0 with largest 4; m 1, 1/2; corrected m 2, 2/3; divisors 2, 2
        (AMSGrad(1.0, 0.5, 0.0, epsilon=0.0), 0.0, [2.0, 0.0], [-1.0, -4 / 3]),
        # 1 - 0.1 - 0.5
        (AdamW(0.5, epsilon=0.0, weight_decay=0.2), 1.0, [3.0], [0.4]),
    ],
)
def test_small_examples_by_hand(optimizer, start, gradients, expected):
    path, _ = walk(optimizer, np.array(gradients)[:, None], np.array([start]))
    np.testing.assert_allclose(path[:, 0], expected, rtol=1e-14, atol=1e-15)
