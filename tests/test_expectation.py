"""The exact expected loss is the mean over very many sampled runs."""

import re

import numpy as np
import pytest

from adaptive_lr import GradientDescent, Momentum, cosine, grid, run, warmup_stable_decay
from adaptive_lr.expectation import expected_loss
from adaptive_lr.problems import noisy_quadratic

CURVATURES = [0.5, 2.0]
SEEDS = np.arange(4000)[:, np.newaxis]
SCHEDULE = cosine(0.6, steps=30, end=0.1)


@pytest.mark.parametrize(
    ("optimizer", "settings"),
    [
        (GradientDescent(0.4), {"learning_rate": 0.4}),
        (GradientDescent(SCHEDULE), {"learning_rate": SCHEDULE}),
        (Momentum(0.2, 0.7), {"learning_rate": 0.2, "momentum": 0.7}),
        (Momentum(SCHEDULE, 0.5), {"learning_rate": SCHEDULE, "momentum": 0.5}),
    ],
    ids=["constant", "schedule", "momentum", "momentum and schedule"],
)
def test_it_is_the_mean_of_many_runs(optimizer, settings):
    problem = noisy_quadratic(CURVATURES, noise=0.8)
    losses = run(problem, optimizer, [3.0, -2.0], steps=40, seed=SEEDS).loss
    exact = expected_loss(steps=40, curvatures=CURVATURES, noise=0.8, start=[3, -2], **settings)
    error = losses.std(axis=1) / np.sqrt(len(SEEDS))
    assert np.all(np.abs(losses.mean(axis=1) - exact) <= 4 * error + 1e-9)


def test_without_noise_it_is_the_loss_of_the_run():
    problem = noisy_quadratic(CURVATURES, noise=0.0)
    sweep = grid(learning_rate=[0.1, 0.5, 0.9], momentum=[0.0, 0.6])
    losses = run(problem, Momentum(**sweep), [1.0, 1.0], steps=25).loss
    exact = expected_loss(steps=25, curvatures=CURVATURES, noise=0.0, **sweep)
    assert exact.shape == (26, 3, 2)
    np.testing.assert_allclose(exact, losses, rtol=1e-9)


def test_each_direction_has_its_own_noise():
    together = expected_loss(0.3, steps=9, curvatures=[1.0, 2.0], noise=[0.5, 0.7])
    alone = [
        expected_loss(0.3, steps=9, curvatures=[curvature], noise=noise)
        for curvature, noise in ((1.0, 0.5), (2.0, 0.7))
    ]
    np.testing.assert_allclose(together, sum(alone), rtol=1e-12)


def test_a_rate_that_is_too_large_goes_to_infinity_quietly():
    losses = expected_loss([[0.5], [9.0]], steps=400, curvatures=[1.0], noise=1.0)
    assert np.isfinite(losses[-1, 0])
    assert losses[-1, 1] == np.inf


@pytest.mark.parametrize("momentum", [0.0, 0.5])
def test_a_run_that_blew_up_and_then_slows_down_has_no_negative_loss(momentum):
    curvatures = np.geomspace(0.01, 1, 30)
    schedule = warmup_stable_decay(10.0, 200, 0, 140)
    losses = expected_loss(
        schedule, 200, curvatures=curvatures, noise=np.sqrt(curvatures), momentum=momentum
    )
    assert np.all(losses >= 0)
    assert losses[-1] > 1e100


@pytest.mark.parametrize("first", np.linspace(0.05, 0.9, 18))
def test_a_run_that_lands_on_the_minimum_has_no_loss_below_zero(first):
    momentum = 0.5
    second = (1 - first) / (momentum + 1 - first)  # leads to 0, where all terms cancel
    losses = expected_loss(
        lambda k: (first, second)[k], 2, curvatures=[1.0], noise=0.0, momentum=momentum
    )
    assert 0 <= losses[2] < 1e-15


def test_a_momentum_that_changes_is_the_mean_of_the_path_too():
    problem = noisy_quadratic(CURVATURES, noise=0.0)
    shares = [0.0, 0.9, 0.5, 0.0, 0.3, 0.99, 0.7]
    x, velocity, losses = np.array([1.0, -1.0]), np.zeros(2), [problem.loss([1.0, -1.0])]
    for k, share in enumerate(shares):
        step = Momentum(SCHEDULE(k), share)
        x, velocity = step.update(x, problem.gradient(x), velocity, 1)
        losses.append(problem.loss(x))
    exact = expected_loss(
        SCHEDULE, 7, curvatures=CURVATURES, noise=0.0, start=[1, -1], momentum=lambda k: shares[k]
    )
    np.testing.assert_allclose(exact, losses, rtol=1e-9)


def test_schedules_may_sweep_and_each_broadcasts_against_the_other():
    rates, shares = np.array([[[0.1]], [[0.5]]]), np.array([[0.0], [0.5], [0.9]])
    both = {"learning_rate": lambda k: rates / (1 + k), "momentum": lambda k: shares * 0.9**k}
    every = expected_loss(steps=8, curvatures=CURVATURES, noise=0.3, **both)
    assert every.shape == (9, 2, 3)
    for i, j in np.ndindex(2, 3):
        one = expected_loss(
            lambda k, i=i: rates[i, 0, 0] / (1 + k),
            steps=8,
            curvatures=CURVATURES,
            noise=0.3,
            momentum=lambda k, j=j: shares[j, 0] * 0.9**k,
        )
        np.testing.assert_allclose(every[:, i, j], one, rtol=1e-12)


def test_without_steps_there_is_the_first_loss_of_every_run():
    losses = expected_loss(
        np.ones((3, 1, 1)), 0, curvatures=CURVATURES, noise=1.0, momentum=np.zeros((2, 1)), start=2
    )
    np.testing.assert_array_equal(losses, np.full((1, 3, 2), 5.0))


@pytest.mark.parametrize("scale", [1e-307, 1.0, 1e307])
@pytest.mark.parametrize("momentum", [0.0, 0.5])
def test_huge_and_tiny_curvatures_are_no_exception(scale, momentum):
    """Only rate times curvature counts, and start and noise in the unit of the curvature."""

    def losses(scale):
        unit = np.sqrt(scale)
        return expected_loss(
            0.3 / scale, 20, curvatures=[scale, 2 * scale], noise=30 * unit, start=30 / unit,
            momentum=momentum,
        )  # fmt: skip

    np.testing.assert_allclose(losses(scale), losses(1.0), rtol=1e-12)


def test_what_has_blown_up_stays_at_infinity():
    with_steps = {"steps": 6, "curvatures": [1.0, 1e-3], "noise": 1.0, "momentum": 0.9}
    for rates in ([1e200, 0.0, 1.0, 0.5, 1.0, 0.0], [1e300] * 6, [0.1, 1e160, 1e160, 0.1, 1.0, 0]):
        losses = expected_loss(lambda k, rates=rates: rates[k], **with_steps)
        assert not np.isnan(losses).any() and losses[-1] == np.inf
    # Here two terms are finite and the third, which is subtracted, overflows.
    overflowing = expected_loss(
        lambda k: (1.9, 1.5e308**0.5)[k], 2, curvatures=[1.0], noise=0.0, momentum=0.9
    )
    assert overflowing[-1] > 0


ODD = ["0.1", None, 1j, {}, [], ["0.1"], [None], np.nan, -np.inf, True, [[1], [1, 2]], iter([0.1])]
BELOW = [-1.0, [0.1, -0.1]]
VECTOR = [*ODD, *BELOW, np.inf, 0.0, 1.0, [1.0, 0.0], [[1.0, 2.0]], np.ones((2, 1)), sum]


@pytest.mark.parametrize(
    ("argument", "rule", "values"),
    [
        ("learning_rate", "be finite and at least 0", [*ODD, *BELOW, np.inf]),
        ("momentum", r"be in \[0, 1\)", [*ODD, *BELOW, 1.0, [0.5, 2.0]]),
        ("curvatures", "be a vector of finite numbers above 0", VECTOR),
        ("noise", "be finite and at least 0", [*ODD, *BELOW, np.inf, sum]),
        ("noise", "be one number or 2, one for each curvature", [[1.0, 2.0, 3.0], [[0.1, 0.2]]]),
        ("start", "be finite", [*ODD, np.inf, [1.0, np.nan], sum]),
        ("start", "be one number or 2, one for each curvature", [[1.0], [1.0, 2.0, 3.0], [[1.0]]]),
        ("steps", "be a whole number of at least 0", [*ODD, -1, 1.0, 2.5, [3], sum]),
    ],
)
def test_bad_input_is_refused(argument, rule, values):
    arguments = {"learning_rate": 0.1, "steps": 3, "curvatures": CURVATURES, "noise": 0.1}
    for value in values:
        with pytest.raises(ValueError, match=f"^Argument `{argument}` must {rule}. Received: "):
            expected_loss(**{**arguments, argument: value})


@pytest.mark.parametrize("name", ["learning_rate", "momentum"])
@pytest.mark.parametrize("scheduled", [False, True])
@pytest.mark.parametrize(
    ("curvatures", "shape"),
    [([1.0], (2,)), ([1.0, 2.0], (3,)), ([1.0, 2.0], (2, 1, 3)), ([1.0, 2.0, 3.0], (3, 2))],
    ids=str,
)
def test_what_does_not_broadcast_names_both_shapes(name, scheduled, curvatures, shape):
    value = np.full(shape, 0.1)
    arguments = {"learning_rate": 0.1, name: (lambda k: value) if scheduled else value}
    shapes = rf"\({len(curvatures)},\).*Received: an array of shape {re.escape(str(shape))}\."
    with pytest.raises(ValueError, match=f"^Argument `{name}` must broadcast against {shapes}$"):
        expected_loss(steps=3, curvatures=curvatures, noise=0.0, **arguments)


def test_learning_rate_and_momentum_must_fit_together():
    shapes = r"\(3, 2\).*Received: an array of shape \(4, 1\)"
    with pytest.raises(ValueError, match=f"`momentum` must broadcast against {shapes}"):
        expected_loss(
            np.ones((3, 1)), 3, curvatures=CURVATURES, noise=0.0, momentum=np.zeros((4, 1))
        )


@pytest.mark.parametrize("name", ["learning_rate", "momentum"])
@pytest.mark.parametrize(
    ("later", "message"),
    [
        ("0.1", "Received: '0.1' at k = 2"),
        (None, "Received: None at k = 2"),
        (-0.1, "Received: -0.1 at k = 2"),
        (np.full((4, 1), 0.1), r"shape of the first step, \(2,\).* shape \(4, 1\) at k = 2"),
        (np.full((1, 1), 0.1), r"shape of the first step, \(2,\).* shape \(1, 1\) at k = 2"),
    ],
    ids=["text", "nothing", "negative", "larger", "one more axis"],
)
def test_schedules_that_change_their_mind_are_refused(name, later, message):
    arguments = {"learning_rate": 0.1, name: lambda k: 0.1 if k < 2 else later}
    with pytest.raises(ValueError, match=f"^Argument `{name}` must .*{message}"):
        expected_loss(steps=4, curvatures=CURVATURES, noise=0.0, **arguments)
