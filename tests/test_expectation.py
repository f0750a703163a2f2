"""The exact expected loss is the mean over very many sampled runs."""

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


@pytest.mark.parametrize(
    ("argument", "value", "rule"),
    [
        ("learning_rate", -1.0, "finite and at least 0"),
        ("momentum", 1.0, r"in \[0, 1\)"),
        ("curvatures", [1.0, 0.0], "a vector of finite numbers above 0"),
        ("curvatures", 1.0, "a vector of finite numbers above 0"),
        ("noise", -0.1, "finite and at least 0"),
        ("noise", [1.0, 2.0, 3.0], "one number or 2, one for each curvature"),
        ("start", [1.0, 2.0, 3.0], "one number or 2, one for each curvature"),
        ("start", np.nan, "be finite"),
        ("steps", -1, "whole number of at least 0"),
    ],
)
def test_bad_input_is_refused(argument, value, rule):
    arguments = {"learning_rate": 0.1, "steps": 3, "curvatures": CURVATURES, "noise": 0.1}
    with pytest.raises(ValueError, match=f"`{argument}` must .*{rule}"):
        expected_loss(**{**arguments, argument: value})
