"""Every kind of method keeps the contract: averages, groups, matrices, rate-free ones too."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pytest

from adaptive_lr import METHODS, Adagrad, Adam, GradientDescent, Momentum, RMSprop, grid, run
from adaptive_lr.optimizers import (
    Chain,
    ClipByNorm,
    ClipByValue,
    DecoupledDecay,
    ExponentialAverage,
    L2Penalty,
    Maximize,
    Optimizer,
    Partition,
    UniformAverage,
    base,
    map_state,
)
from adaptive_lr.problems import Problem, quadratic, ravine

CURVATURES = np.array([1.0, 0.1, 5.0, 2.0, 0.5, 3.0])


class Bowl:
    """A bowl that is not quite a quadratic, in six dimensions."""

    @staticmethod
    def loss(x):
        return np.sum(CURVATURES * np.sqrt(1 + x**2), axis=-1)

    @staticmethod
    def gradient(x):
        return CURVATURES * x / np.sqrt(1 + x**2)


START = np.array([1.0, -2.0, 0.5, 3.0, 1.5, -1.0])


class SharedSize(NamedTuple):
    """What the rate-free method remembers: one number for each run."""

    distance: np.ndarray
    squares: np.ndarray


@dataclass(frozen=True, eq=False)
class Distance(Optimizer):
    """A rate-free method: the rate is the distance gone over the length of all gradients."""

    learning_rate: float = 1.0
    elementwise = False

    def init(self, x):
        return SharedSize(np.full_like(x[..., :1], 0.1), np.zeros_like(x[..., :1]))

    def update(self, x, dx, state, t):
        squares = state.squares + np.sum(dx**2, axis=-1, keepdims=True)
        step = self.learning_rate * state.distance / np.sqrt(squares) * dx
        distance = state.distance + np.linalg.norm(step, axis=-1, keepdims=True)
        return x - step, SharedSize(distance, squares)

    def effective_learning_rate(self, state, t):
        return None


@dataclass(frozen=True, eq=False)
class Orthogonal(Optimizer):
    """A method for matrices: it steps along the nearest matrix with equal singular values."""

    rows: int = 2
    learning_rate: float = 0.1
    elementwise = False

    def init(self, x):
        return np.zeros_like(x)

    def update(self, x, dx, velocity, t):
        velocity = 0.5 * velocity + dx
        u, _, v = np.linalg.svd(velocity.reshape(*x.shape[:-1], self.rows, -1), full_matrices=False)
        return x - self.learning_rate * (u @ v).reshape(x.shape), velocity

    def effective_learning_rate(self, state, t):
        return None


RATES = np.array([[0.01], [0.1], [0.3]])
EVERY_KIND = {
    **{name: method.optimizer for name, method in METHODS.items()},
    "clipped by value": lambda rate: ClipByValue(Momentum(rate), 0.7),
    "clipped by norm": lambda rate: ClipByNorm(Momentum(rate), 0.7),
    "penalty": lambda rate: L2Penalty(Adam(rate), 0.1),
    "decay": lambda rate: DecoupledDecay(Adagrad(rate), 0.1),
    "uphill": lambda rate: Maximize(Adagrad(rate)),
    "uniform average": lambda rate: UniformAverage(Momentum(rate), begin=3),
    "moving average": lambda rate: ExponentialAverage(Adam(rate), 0.8),
    "chain": lambda rate: Chain(Adagrad(rate), Momentum(1.0, 0.5)),
    "partition": lambda rate: Partition(
        [([0, 5, 2], Adam(rate)), ([[4, 1]], ClipByNorm(GradientDescent(rate))), ([3], Adagrad())]
    ),
    "rate-free": lambda rate: Distance(rate),
    "matrix": lambda rate: Orthogonal(2, rate),
    "matrix and the rest": lambda rate: Partition(
        [([[0, 3], [2, 5]], Orthogonal(2, rate)), ([1, 4], Distance())]
    ),
    "average of groups": lambda rate: ExponentialAverage(
        Partition([([0, 1, 2], UniformAverage(Adam(rate))), ([3, 4, 5], Orthogonal(1, rate))])
    ),
}


@pytest.mark.parametrize("make", EVERY_KIND.values(), ids=EVERY_KIND)
def test_a_slice_of_a_sweep_is_the_single_run(make):
    together = run(Bowl, make(RATES), START, 12, record=True)
    for place, rate in enumerate(RATES[:, 0]):
        alone = run(Bowl, make(float(rate)), START, 12, record=True)
        np.testing.assert_allclose(together.x[:, place], alone.x, rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(together.loss[:, place], alone.loss, rtol=1e-10)
        np.testing.assert_allclose(together.gradient[:, place], alone.gradient, 1e-10, 1e-12)

        def same(one, other, place=place):
            np.testing.assert_allclose(one[:, place], other, rtol=1e-9, atol=1e-12)

        map_state(same, together.state, alone.state)


@pytest.mark.parametrize("make", EVERY_KIND.values(), ids=EVERY_KIND)
def test_a_slice_of_a_sweep_in_single_precision_is_the_single_run(make):
    start = START.astype(np.float32)
    together = run(Bowl, make(RATES), start, 12)
    for place, rate in enumerate(RATES[:, 0]):
        alone = run(Bowl, make(float(rate)), start, 12)
        size = np.abs(alone.x).max()
        np.testing.assert_allclose(together.x[:, place], alone.x, rtol=1e-4, atol=1e-5 * size)


@pytest.mark.parametrize("make", EVERY_KIND.values(), ids=EVERY_KIND)
def test_the_dtype_of_x_is_kept(make):
    for dtype in (np.float32, np.float64):
        for rate in (0.1, RATES, lambda k: 0.1 / (1 + k), lambda k: RATES / (1 + k)):
            optimizer = make(rate)
            x = np.broadcast_to(START.astype(dtype), (3, 6))
            state = optimizer.init(x)
            for t in (1, 2):
                x, state = optimizer.update(x, np.ones((3, 6)), state, t)
                assert x.dtype == optimizer.evaluation_point(x, state).dtype == dtype
                map_state(lambda array: np.testing.assert_equal(array.dtype, dtype), state)  # noqa: B023
    single = run(Bowl, make(0.1), START.astype(np.float32), 12)
    assert single.x.dtype == single.loss.dtype == np.float32
    np.testing.assert_allclose(single.x, run(Bowl, make(0.1), START, 12).x, rtol=2e-3, atol=2e-3)


@pytest.mark.parametrize("start", [[1, 2, 3, 4, 5, 6], np.arange(6), np.arange(6, dtype=np.uint8)])
def test_whole_numbers_become_double_precision(start):
    assert run(Bowl, Adam(), start, 2).x.dtype == float
    assert Adam().init(start).m.dtype == float


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("make", EVERY_KIND.values(), ids=EVERY_KIND)
def test_blocks_change_nothing(make, dtype, monkeypatch):
    """A large x is taken in blocks: runs by runs, and where parameters are alone, part by part."""
    generator = np.random.default_rng(0)
    x, gradients = (
        generator.normal(size=(4, 3, 6)).astype(dtype),
        generator.normal(size=(3, 4, 3, 6)),
    )
    wide = np.tile(RATES, (4, 1, 1))
    for rate in (0.1, RATES, RATES[np.newaxis], wide, lambda k: wide / (1 + k), lambda k: 0.1):
        optimizer = make(rate)

        def walk(optimizer=optimizer):
            here, state = x, optimizer.init(x)
            for t, dx in enumerate(gradients, start=1):
                here, state = optimizer.update(here, dx, state, t)
            return here, state

        whole = walk()
        with monkeypatch.context() as patch:
            patch.setattr(base, "BLOCK", 40)
            parts = walk()
        tolerance = 1e-5 if dtype == np.float32 else 1e-13
        map_state(lambda a, b: np.testing.assert_allclose(a, b, tolerance, tolerance), whole, parts)  # noqa: B023


@pytest.mark.parametrize("record", [False, True, [5, 0]])
@pytest.mark.parametrize("make", EVERY_KIND.values(), ids=EVERY_KIND)
def test_blocks_of_runs_change_nothing(make, record, monkeypatch):
    """A problem that declares its runs independent may be run block by block."""
    from adaptive_lr import running

    bowl = Problem(
        "bowl", Bowl.loss, Bowl.gradient, ((-1, 1),) * 6, START, [np.zeros(6)], independent=True
    )
    sweep = make(np.tile(RATES, (4, 1, 1)))
    options = {"noise": 0.1, "seed": [[[3]], [[4]], [[3]], [[5]]], "record": record}
    whole = run(bowl, sweep, START, 7, **options)
    with monkeypatch.context() as patch:
        patch.setattr(running, "BLOCK", 13)
        parts = run(bowl, sweep, START, 7, **options)
        dependent = run(Bowl, sweep, START, 7, **options)
    for other in (parts, dependent):
        for name in ("x", "loss", "gradient", "gradient_point", "effective_learning_rate"):
            one = getattr(whole, name)
            if one is None:
                assert getattr(other, name) is None
            else:
                np.testing.assert_allclose(one, getattr(other, name), rtol=1e-11, atol=1e-13)
        for name in ("state", "last_state") if record is not False else ("last_state",):

            def same(one, two):
                np.testing.assert_allclose(one, two, rtol=1e-11, atol=1e-13)

            map_state(same, getattr(whole, name), getattr(other, name))


@pytest.mark.parametrize("runs_only", [False, True])
@pytest.mark.parametrize("shape", [(7,), (1, 7), (3, 2), (5, 2, 3), (2, 3, 4, 2)])
def test_blocks_cover_everything_once_and_are_as_few_as_their_size_allows(shape, runs_only):
    for size in range(1, np.prod(shape) + 2):
        seen, places = np.zeros(shape, dtype=int), base.blocks(shape, size, runs_only=runs_only)
        most = max(size, shape[-1]) if runs_only else size
        for place in places:
            seen[place] += 1
            assert seen[place].size <= most
        assert (seen == 1).all()
        assert len(places) == 1 if size >= seen.size else len(places) > 1 or runs_only


@pytest.mark.parametrize("seed", [0, [[[3]], [[4]]], [[3], [4], [3]]])
def test_blocks_of_runs_see_the_noise_of_their_seed(seed, monkeypatch):
    from adaptive_lr import running

    bowl = Problem(
        "bowl", Bowl.loss, Bowl.gradient, ((-1, 1),) * 6, START, [np.zeros(6)], independent=True
    )
    options = {"noise": 0.1, "seed": seed}
    rates = np.full((2, 3, 1), 0.1)
    whole = run(bowl, GradientDescent(rates), START, 5, **options)
    monkeypatch.setattr(running, "BLOCK", 6)
    parts = run(bowl, GradientDescent(rates), START, 5, **options)
    np.testing.assert_array_equal(whole.x, parts.x)


def test_a_problem_in_blocks_is_called_once_for_each():
    rows = []

    def gradient(x):
        rows.append(len(x))
        return x

    problem = Problem(
        "p", lambda x: x[..., 0], gradient, ((0, 1),), [1.0], [[0.0]], independent=True
    )
    run(problem, GradientDescent(np.full((40_000, 1), 0.1)), [1.0], 2)
    assert len(rows) > 2
    assert sum(rows) == 2 * 40_000


def test_run_axes_of_a_problem_are_known_without_a_call():
    problem = ravine(condition_number=[[2.0], [20.0], [200.0]])
    assert problem.runs == (3,)
    assert run(problem, GradientDescent(0.1), problem.start, 0).x.shape == (1, 3, 2)
    assert run(problem, Adam([[[0.1]], [[0.2]]]), problem.start, 0).loss.shape == (1, 2, 3)


# --- averages: the loss is looked at where the method says ---------------------------------------


def test_a_uniform_average_is_the_mean_of_the_iterates():
    plain = run(Bowl, Momentum(0.1), START, 20)
    result = run(Bowl, UniformAverage(Momentum(0.1), begin=5), START, 20, record=True)
    np.testing.assert_array_equal(result.x[:6], plain.x[:6])
    for k in range(6, 21):
        np.testing.assert_allclose(result.x[k], plain.x[6 : k + 1].mean(axis=0), rtol=1e-12)
    np.testing.assert_array_equal(result.loss, Bowl.loss(result.x))
    np.testing.assert_array_equal(result.gradient_point, plain.x[:-1])
    np.testing.assert_array_equal(result.gradient, Bowl.gradient(plain.x[:-1]))


def test_a_moving_average_weighs_the_iterates_by_age():
    plain = run(Bowl, Adam(0.1), START, 20).x
    result = run(Bowl, ExponentialAverage(Adam(0.1), 0.75), START, 20)
    weights = 0.25 * 0.75 ** np.arange(20)[::-1]
    expected = 0.75**20 * START + weights @ plain[1:]
    np.testing.assert_allclose(result.x[-1], expected, rtol=1e-12)


def test_divergence_and_arrival_speak_of_the_evaluation_point():
    noisy = run(quadratic([1.0]), GradientDescent(0.5), [10.0], 300, noise=1.0)
    averaged = run(
        quadratic([1.0]), UniformAverage(GradientDescent(0.5), begin=20), [10.0], 300, noise=1.0
    )
    assert averaged.loss[-1] < noisy.loss[-100:].mean() / 10
    assert averaged.best_loss < np.inf
    shot = run(Bowl, ExponentialAverage(GradientDescent(np.array(3.0)), 0.5), START, 3)
    assert not shot.diverged


# --- clipping ------------------------------------------------------------------------------------


def test_clipping_by_norm_keeps_the_direction_and_bounds_the_length():
    dx = np.array([[3.0, 4.0], [0.3, 0.4], [0.0, 0.0]])
    x, _ = ClipByNorm(GradientDescent(1.0), 1.0).update(np.zeros((3, 2)), dx, (), 1)
    np.testing.assert_allclose(-x, [[0.6, 0.8], [0.3, 0.4], [0.0, 0.0]])


def test_clipping_begins_at_one_unless_told_otherwise():
    x, dx = np.zeros(2), np.array([3.0, 0.5])
    by_value, _ = ClipByValue(GradientDescent(1.0)).update(x, dx, (), 1)
    by_norm, _ = ClipByNorm(GradientDescent(1.0)).update(x, dx, (), 1)
    np.testing.assert_array_equal(by_value, [-1.0, -0.5])
    assert np.linalg.norm(by_norm) == pytest.approx(1.0)


def test_the_rate_of_two_chained_methods_is_the_product_of_both():
    assert Chain(RMSprop(0.5), Momentum(0.25)).learning_rate == 0.125


def test_clipping_by_norm_has_one_length_for_each_run():
    with pytest.raises(ValueError, match=r"`clip_norm` must be one number, or have a last axis"):
        ClipByNorm(GradientDescent(), [1.0, 2.0])
    sweep = ClipByNorm(GradientDescent(1.0), [[1.0], [10.0]])
    x, _ = sweep.update(np.zeros((2, 2)), np.full((2, 2), [3.0, 4.0]), (), 1)
    np.testing.assert_allclose(-x, [[0.6, 0.8], [3.0, 4.0]])


# --- groups --------------------------------------------------------------------------------------


def test_a_partition_gives_each_group_its_own_method():
    groups = Partition([([0, 5, 2], Adam(0.1)), ([4, 1, 3], Momentum(0.02))])
    result = run(Bowl, groups, START, 12).x
    np.testing.assert_array_equal(
        result[..., [0, 5, 2]], run(Bowl, Adam(0.1), START, 12).x[..., [0, 5, 2]]
    )
    np.testing.assert_array_equal(
        result[..., [1, 3, 4]], run(Bowl, Momentum(0.02), START, 12).x[..., [1, 3, 4]]
    )


@pytest.mark.parametrize(
    ("groups", "rule"),
    [
        ([([0, 1], Adam()), ([1, 2], Adam())], r"every place .*\[1\] in two groups"),
        ([([0, 0, 1], Adam()), ([2], Adam())], r"every place .*\[0\] in two groups"),
        ([([0], Adam()), ([2], Adam())], r"every place .*\[1\] in none"),
        ([([0, 1, 2, 3], Adam())], "places from 0 to 2, because x has 3 components"),
        ([([0.5], Adam())], "whole numbers of at least 0"),
        ([([-1, 0], Adam())], "whole numbers of at least 0"),
        ([([], Adam())], "whole numbers of at least 0"),
        ([(["a"], Adam())], "whole numbers of at least 0"),
        ([], "pairs of places and an optimizer"),
        ([Adam()], "pairs of places and an optimizer"),
        (None, "pairs of places and an optimizer"),
    ],
)
def test_groups_that_do_not_fit(groups, rule):
    with pytest.raises(ValueError, match=f"`groups` must .*{rule}"):
        Partition(groups).init(np.ones(3))


def test_a_method_without_a_rate_per_parameter_records_none():
    assert run(Bowl, Distance(), START, 3, record=True).effective_learning_rate is None
    some = run(Bowl, EVERY_KIND["matrix and the rest"](0.1), START, 3, record=True)
    assert some.effective_learning_rate is None
    mixed = Partition([([0, 1], Distance()), ([2, 3, 4, 5], GradientDescent(0.1))])
    rates = run(Bowl, mixed, START, 3, record=True).effective_learning_rate
    assert np.isnan(rates[:, :2]).all()
    assert (rates[:, 2:] == 0.1).all()


# --- records -------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_a_part_of_the_record_is_that_part(method):
    every = run(Bowl, method.optimizer(RATES), START, 5, record=True)
    part = run(Bowl, method.optimizer(RATES), START, 5, record=[[4], [0]])
    place = np.array([[4], [0]])
    for name in ("gradient", "gradient_point", "effective_learning_rate"):
        np.testing.assert_array_equal(getattr(every, name)[..., place], getattr(part, name))
    map_state(lambda a, b: np.testing.assert_array_equal(a[..., place], b), every.state, part.state)
    np.testing.assert_array_equal(every.x, part.x)
    map_state(lambda a, b: np.testing.assert_array_equal(a[-1], b), every.state, every.last_state)


def test_a_sequence_of_seeds_adds_an_axis_and_a_grid_of_seeds_broadcasts():
    axes = grid(learning_rate=[0.1, 0.2], seed=[5, 6, 5])
    seeds = axes.pop("seed")
    wide = run(Bowl, Adam(**axes), START, 4, noise=1.0, seed=seeds).x
    front = run(Bowl, Adam([[0.1], [0.2]]), START, 4, noise=1.0, seed=[5, 6, 5]).x
    assert wide.shape == (5, 2, 3, 6)
    assert front.shape == (5, 3, 2, 6)
    np.testing.assert_array_equal(wide, front.swapaxes(1, 2))
