"""A slice of a sweep is the single run of that setting, and no run disturbs another."""

from inspect import signature

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adaptive_lr import METHODS, Adagrad, Adam, GradientDescent, grid, run, schedules
from adaptive_lr.frameworks import FRAMEWORKS, OFFERED
from adaptive_lr.problems import ravine
from adaptive_lr.running import Result

CURVATURE = np.array([1.0, 0.1, 5.0])
STEPS = 12


class Bowl:
    """A bowl that is not quite a quadratic, so that directions and sizes of x matter."""

    @staticmethod
    def loss(x):
        return np.sum(CURVATURE * np.sqrt(1 + x**2), axis=-1)

    @staticmethod
    def gradient(x):
        return CURVATURE * x / np.sqrt(1 + x**2)


def values(hyperparameter, shape):
    """A strategy for arrays of a hyper-parameter's values, some at the edge of its range."""
    size = int(np.prod(shape))
    if hyperparameter.scale == "switch":
        one = st.booleans()
    else:
        one = st.floats(hyperparameter.low, hyperparameter.high)
    return st.lists(one, min_size=size, max_size=size).map(lambda v: np.reshape(v, shape))


@st.composite
def sweeps(draw):
    """A method, hyper-parameters that broadcast over one to three run axes, starts and seeds."""
    method = draw(st.sampled_from(list(METHODS.values())))
    runs = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))

    def part():
        return tuple(draw(st.sampled_from([1, n])) for n in runs)

    options = {h.name: draw(values(h, (*part(), 1))) for h in method.hyperparameters}
    size = st.integers(0, 9)
    seed_shape = (*part(), 1)
    count = int(np.prod(seed_shape))
    seed = np.reshape(draw(st.lists(size, min_size=count, max_size=count)), seed_shape)
    start_shape = (*part(), 3)
    start = np.random.default_rng(draw(size)).normal(size=start_shape)
    return method.optimizer, options, start, seed


def same_as_single_runs(make, options, start, seed, noise):
    """Compare every slice of a sweep with the single run of its setting."""
    optimizer = make(**options)
    sweep = run(Bowl, optimizer, start, STEPS, noise=noise, seed=seed)
    runs = np.broadcast_shapes(optimizer.shape(), start.shape, np.shape(seed))[:-1]
    assert sweep.x.shape == (STEPS + 1, *runs, 3)
    assert sweep.loss.shape == (STEPS + 1, *runs)
    for index in np.ndindex(runs):
        setting = {
            name: np.broadcast_to(value, (*runs, 1))[index][0].item()
            for name, value in options.items()
        }
        single = run(
            Bowl,
            make(**setting),
            np.broadcast_to(start, (*runs, 3))[index],
            STEPS,
            noise=noise,
            seed=int(np.broadcast_to(seed, (*runs, 1))[index][0]),
        )
        # Powers of an array and of a number may differ in the last digit.
        scale = np.abs(single.x).max()
        np.testing.assert_allclose(
            sweep.x[(slice(None), *index)], single.x, rtol=1e-11, atol=1e-11 * scale
        )
        np.testing.assert_allclose(sweep.loss[(slice(None), *index)], single.loss, rtol=1e-10)


@settings(max_examples=120)
@given(sweep=sweeps(), noise=st.sampled_from([0.0, 0.3]))
def test_a_slice_of_a_sweep_is_the_single_run(sweep, noise):
    same_as_single_runs(*sweep, noise)


FRAMEWORK_SWEEPS = {
    "learning_rate": [0.1, 0.01],
    "lr": [0.1, 0.01],
    "momentum": [0.0, 0.5],
    "dampening": [0.0, 0.9],
    "weight_decay": [0.1, 0.0],
    "lr_decay": [0.1, 0.0],
    "epsilon": [1e-3, 1e-8],
    "eps": [1e-3, 1e-8],
    "beta_2": [0.9, 0.5],
    "b2": [0.9, 0.5],
}


@pytest.mark.parametrize(("framework", "function"), OFFERED)
def test_a_slice_of_a_framework_sweep_is_the_single_run(framework, function):
    make = getattr(FRAMEWORKS[framework], function)
    axes = {n: v for n, v in FRAMEWORK_SWEEPS.items() if n in signature(make).parameters}
    same_as_single_runs(make, grid(**axes), np.array([1.0, -2.0, 0.5]), 0, noise=0.1)


RATES = np.array([[0.01], [0.1], [0.5]])
SCHEDULES = {
    "constant": schedules.constant,
    "step decay": lambda rate: schedules.step_decay(rate, 0.5, every=4),
    "time decay": schedules.time_decay,
    "exponential decay": lambda rate: schedules.exponential_decay(rate, 0.5, every=4),
    "polynomial decay": lambda rate: schedules.polynomial_decay(rate, STEPS, power=2.0),
    "cosine": lambda rate: schedules.cosine(rate, 5, restarts=True, stretch=1.5, shrink=0.5),
    "warm-up": lambda rate: schedules.warmup(5, schedules.cosine(rate, 10)),
    "cyclical": lambda rate: schedules.cyclical(rate / 10, rate, half_cycle=3),
    "one cycle": lambda rate: schedules.one_cycle(rate, STEPS),
    "warm-up, stable, decay": lambda rate: schedules.warmup_stable_decay(rate, STEPS, 3),
}


@pytest.mark.parametrize("make", SCHEDULES.values(), ids=SCHEDULES)
@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_a_sweep_of_scheduled_rates_is_the_single_runs(method, make):
    start = np.array([1.0, -2.0, 0.5])
    sweep = run(Bowl, method.optimizer(learning_rate=make(RATES)), start, STEPS)
    for i, rate in enumerate(RATES[:, 0]):
        single = run(Bowl, method.optimizer(learning_rate=make(float(rate))), start, STEPS)
        np.testing.assert_allclose(sweep.x[:, i], single.x, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_runs_that_blow_up_disturb_no_neighbour(method):
    def climb(x):
        return -(x**3)

    good, bad = [0.001, 0.002, 0.003], 1e200
    start = [1.0, 2.0]
    alone = run(climb, method.optimizer(**grid(learning_rate=good)), start, STEPS)
    mixed = grid(learning_rate=[good[0], bad, good[1], bad, good[2]])
    together = run(climb, method.optimizer(**mixed), start, STEPS, record=True)
    np.testing.assert_array_equal(together.x[:, ::2], alone.x)
    assert together.diverged.tolist() == [False, True, False, True, False]
    assert np.isfinite(together.gradient[:, ::2]).all()
    assert np.isfinite(together.effective_learning_rate[:, ::2]).all()


def test_equal_seeds_see_equal_noise_and_different_seeds_do_not():
    axes = grid(learning_rate=[0.1, 0.1], seed=[3, 4, 3])
    seed = axes.pop("seed")
    x = run(Bowl, GradientDescent(**axes), [1.0, 1.0, 1.0], STEPS, noise=1.0, seed=seed).x
    np.testing.assert_array_equal(x[:, :, 0], x[:, :, 2])
    np.testing.assert_array_equal(x[:, 0], x[:, 1])
    assert (x[1:, :, 0] != x[1:, :, 1]).all()


def test_noise_has_the_deviation_asked_for_and_the_loss_is_without_it():
    result = run(Bowl, GradientDescent(0.0), np.ones(3), 4000, noise=0.3, record=True)
    disturbance = result.gradient - Bowl.gradient(np.ones(3))
    np.testing.assert_allclose(disturbance.std(axis=0), 0.3, rtol=0.05)
    np.testing.assert_allclose(disturbance.mean(axis=0), 0.0, atol=0.02)
    np.testing.assert_array_equal(result.loss, Bowl.loss(np.ones(3)))


def test_grid_gives_every_list_an_axis():
    axes = grid(a=[1, 2], b=[1, 2, 3], c=[0.5])
    assert [axes[name].shape for name in "abc"] == [(2, 1, 1, 1), (1, 3, 1, 1), (1, 1, 1, 1)]
    assert axes["b"].ravel().tolist() == [1, 2, 3]


@pytest.mark.parametrize("steps", [0, 1, 7])
def test_shapes_of_a_recorded_run(steps):
    optimizer = Adam(**grid(learning_rate=[0.1, 0.2], beta2=[0.9, 0.99, 0.999]))
    result = run(Bowl, optimizer, [1.0, 2.0, 3.0], steps, record=True)
    assert result.x.shape == (steps + 1, 2, 3, 3)
    assert result.loss.shape == (steps + 1, 2, 3)
    assert result.gradient.shape == (steps, 2, 3, 3)
    assert result.effective_learning_rate.shape == (steps, 2, 3, 3)
    assert result.state.v.shape == (steps + 1, 2, 3, 3)
    assert result.diverged.shape == (2, 3)


@pytest.mark.parametrize(("framework", "function"), OFFERED)
def test_a_recorded_run_of_every_framework_function(framework, function):
    make = getattr(FRAMEWORKS[framework], function)
    rate = "lr" if framework == "PyTorch" else "learning_rate"
    optimizer = make(**{rate: np.array([[0.1], [0.2]])})
    result = run(Bowl, optimizer, [1.0, 2.0, 3.0], 5, record=True)
    assert result.effective_learning_rate.shape == (5, 2, 3)
    np.testing.assert_array_equal(result.x, run(Bowl, optimizer, [1.0, 2.0, 3.0], 5).x)


def test_a_run_without_loss_has_none_and_leaves_the_start_alone():
    start = np.array([1.0, 2.0])
    result = run(lambda x: x, GradientDescent(0.5), start, 2)
    assert result.loss is None
    assert result.gradient is None
    np.testing.assert_array_equal(start, [1.0, 2.0])
    np.testing.assert_array_equal(result.x[-1], [0.25, 0.5])


def test_steps_to_a_loss_bring_it_there_for_good():
    sweep = Adagrad(**grid(learning_rate=[1e-6, 0.3, 1.0, 3.0]))
    result = run(ravine(), sweep, ravine().start, steps=100)
    steps = result.steps_to(0.01)
    assert steps[0] == np.inf
    for place, step in enumerate(steps[1:].astype(int), start=1):
        share = result.loss[:, place] / result.loss[0, place]
        assert share[step:].max() <= 0.01 < share[step - 1]
    assert np.all(run(ravine(), GradientDescent(0.1), ravine().start, 9).steps_to(1.0) == 0)


def test_a_run_that_only_passes_through_a_loss_has_not_arrived():
    result = run(ravine(), Adam(0.5), ravine().start, steps=200)
    share = result.loss / result.loss[0]
    first = np.argmax(share <= 1e-3)
    assert share[first:].max() > 1e-3
    assert result.steps_to(1e-3) > first


def test_steps_to_a_loss_that_is_left_again_depend_on_how_long_it_must_stay():
    loss = np.array([8.0, 1.0, 8.0, 1.0, 1.0, 1.0, 8.0, 1.0])[:, np.newaxis]
    result = Result(x=loss[..., np.newaxis], loss=np.tile(loss, 2))
    for stay, steps in ((0, 1), (1, 3), (2, 3), (3, np.inf), (None, 7)):
        assert result.steps_to(0.5, stay=stay).tolist() == [steps, steps]


def test_a_run_that_ends_too_soon_to_tell_has_not_arrived():
    result = run(ravine(), GradientDescent(0.1), ravine().start, 9)
    assert result.steps_to(1.0, stay=9) == 0
    assert result.steps_to(1.0, stay=10) == np.inf


def test_how_long_to_stay_is_a_whole_number():
    result = run(ravine(), GradientDescent(0.1), ravine().start, 9)
    with pytest.raises(ValueError, match="`stay` must be a whole number of at least 0"):
        result.steps_to(0.5, stay=2.5)
