"""Schedules are pure functions of k, and have the shapes that their names promise."""

from bisect import bisect_right
from fractions import Fraction
from math import ceil, cos, pi

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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

# Each makes a schedule from a rate; all fall from it or stay.
FALLING = {
    "constant": constant,
    "step decay": lambda rate: step_decay(rate, 0.3, every=7),
    "time decay": lambda rate: time_decay(rate, 0.2),
    "exponential decay": lambda rate: exponential_decay(rate, 0.3, every=7),
    "polynomial decay": lambda rate: polynomial_decay(rate, 40, power=1.5),
    "cosine": lambda rate: cosine(rate, 40),
}
ALL = FALLING | {
    "cosine with restarts": lambda rate: cosine(rate, 6, 0.0, True, stretch=1.5, shrink=0.7),
    "warm-up": lambda rate: warmup(5, cosine(rate, 30)),
    "cyclical": lambda rate: cyclical(rate / 10, rate, half_cycle=4, shrink=0.9),
    "one cycle": lambda rate: one_cycle(rate, 50),
    "warm-up, stable, decay": lambda rate: warmup_stable_decay(rate, 50, 10),
    "two warm-ups": lambda rate: warmup(3, warmup(4, exponential_decay(rate)), start=rate / 2),
}
every_schedule = pytest.mark.parametrize("make", ALL.values(), ids=ALL)
K = np.arange(60)


@every_schedule
@settings(max_examples=20)
@given(order=st.lists(st.integers(0, 200), max_size=20))
def test_calling_a_schedule_changes_nothing(make, order):
    schedule, untouched = make(0.1), make(0.1)
    for k in order:
        schedule(k)
    np.testing.assert_array_equal([schedule(k) for k in K], [untouched(k) for k in K])


@every_schedule
def test_an_array_of_steps_gives_the_rates_of_each(make):
    together = make(0.1)(K)
    assert together.shape == K.shape
    np.testing.assert_allclose(together, [make(0.1)(int(k)) for k in K], rtol=1e-14)


@every_schedule
def test_an_array_of_rates_gives_each_schedule(make):
    rates = np.array([[0.01], [0.1], [3.0]])
    schedule = make(rates)
    assert schedule(7).shape == (3, 1)
    np.testing.assert_allclose(schedule(K), [make(float(r))(K) for r in rates[:, 0]], rtol=1e-14)


@every_schedule
def test_a_schedule_keeps_a_copy_of_its_rates(make):
    rates = np.array([0.1, 0.2])
    schedule = make(rates)
    before = schedule(3)
    rates[:] = 9.0
    np.testing.assert_array_equal(schedule(3), before)


@every_schedule
def test_a_schedule_is_proportional_to_its_rate(make):
    np.testing.assert_allclose(make(0.3)(K), 3 * make(0.1)(K), rtol=1e-12)


@every_schedule
def test_rates_stay_between_zero_and_the_highest(make):
    rates = make(0.1)(np.concatenate([K, [10**3, 10**6, 10**9]]))
    assert (rates >= 0).all()
    assert rates.max() <= 0.1 * (1 + 1e-15)


@pytest.mark.parametrize("make", FALLING.values(), ids=FALLING)
def test_a_decay_begins_at_its_rate_and_never_rises(make):
    rates = make(0.1)(K)
    assert rates[0] == 0.1
    assert (np.diff(rates) <= 0).all()


def test_exponential_decay_meets_the_steps_of_step_decay():
    multiples = np.arange(0, 60, 7)
    smooth, stepped = exponential_decay(0.1, 0.3, every=7), step_decay(0.1, 0.3, every=7)
    np.testing.assert_allclose(smooth(multiples), stepped(multiples), rtol=1e-14)
    assert (smooth(K) <= stepped(K) * (1 + 1e-14)).all()
    assert set(stepped(np.arange(7, 14)).tolist()) == {0.1 * 0.3}


def test_time_decay_halves_once_and_never_again_so_soon():
    schedule = time_decay(0.1, decay=0.02)
    np.testing.assert_allclose([schedule(50), schedule(150)], [0.05, 0.025])


@pytest.mark.parametrize(
    "schedule",
    [
        polynomial_decay(0.1, 40, end=0.01),
        polynomial_decay(0.1, 40, end=0.01, power=3.0),
        cosine(0.1, 40, end=0.01),
    ],
)
def test_a_decay_with_an_end_reaches_it_and_stays(schedule):
    assert schedule(39) > 0.01
    np.testing.assert_allclose(schedule(np.array([40, 41, 10**6])), 0.01, rtol=1e-14)


def test_polynomial_decay_of_power_one_is_a_straight_line():
    rates = polynomial_decay(0.1, 40, end=0.02)(np.arange(41))
    np.testing.assert_allclose(np.diff(rates), -0.002, rtol=1e-10)


def test_cosine_is_symmetric_about_its_middle():
    k = np.arange(41)
    schedule = cosine(0.1, 40, end=0.02)
    np.testing.assert_allclose(schedule(k) + schedule(40 - k), 0.12, rtol=1e-14)


def test_cosine_with_equal_restarts_repeats():
    schedule = cosine(0.1, 12, end=0.01, restarts=True)
    np.testing.assert_allclose(schedule(K + 12 * 10**6), schedule(K), rtol=1e-8)
    np.testing.assert_allclose(schedule(np.arange(12)), cosine(0.1, 12, end=0.01)(np.arange(12)))


def test_restarts_stretch_and_shrink():
    schedule = cosine(0.1, 10, end=0.02, restarts=True, stretch=2.0, shrink=0.5)
    for begin, length, height in ((0, 10, 0.08), (10, 20, 0.04), (30, 40, 0.02)):
        k = np.arange(length)
        np.testing.assert_allclose(schedule(begin + k), cosine(height, length)(k) + 0.02)


STRETCHES = ["1", "3/2", "2", "3", "11/10", "101/100", "1073741825/1073741824"]


@pytest.mark.parametrize("steps", [1, 3, 10, 1000])
@pytest.mark.parametrize("stretch", STRETCHES)
def test_restarts_come_at_the_exact_step(stretch, steps):
    """Against exact fractions: rounding must not let a fall begin a step early or late."""
    begins, length = [Fraction(0)], Fraction(steps)
    while begins[-1] < 10**7 and len(begins) < 300:
        begins.append(begins[-1] + length)
        length *= Fraction(stretch)
    near = sorted({max(ceil(begin) + d, 0) for begin in begins[:-2] for d in (-1, 0, 1)})
    schedule = cosine(1.0, steps, restarts=True, stretch=float(Fraction(stretch)))
    for k in near:
        fall = bisect_right(begins, k) - 1
        share = (k - begins[fall]) / (begins[fall + 1] - begins[fall])
        assert abs(schedule(k) - cos(pi * share / 2) ** 2) < 1e-6, (k, fall)


def test_warmup_rises_in_a_straight_line_to_the_schedule():
    schedule = warmup(5, cosine(0.1, 30), start=0.02)
    np.testing.assert_allclose(schedule(np.arange(6)), [0.02, 0.036, 0.052, 0.068, 0.084, 0.1])
    np.testing.assert_array_equal(schedule(K + 5), cosine(0.1, 30)(K))


def test_warmup_of_no_steps_is_the_schedule():
    np.testing.assert_array_equal(warmup(0, time_decay(0.1))(K), time_decay(0.1)(K))


def test_warmup_takes_any_function_of_k():
    schedule = warmup(2, lambda k: 1.0 / (1 + k))
    np.testing.assert_allclose([schedule(k) for k in range(5)], [0, 0.5, 1, 1 / 2, 1 / 3])


def test_cyclical_swings_between_its_rates():
    rates = cyclical(0.1, 0.5, half_cycle=4)(np.arange(17))
    np.testing.assert_allclose(rates[::4], [0.1, 0.5, 0.1, 0.5, 0.1])
    np.testing.assert_allclose(np.abs(np.diff(rates)), 0.1)


def test_cyclical_peaks_shrink():
    schedule = cyclical(0.1, 0.5, half_cycle=4, shrink=0.5)
    np.testing.assert_allclose(schedule(np.array([4, 12, 20])), [0.5, 0.3, 0.2])
    np.testing.assert_allclose(schedule(np.array([0, 8, 16])), 0.1)


@pytest.mark.parametrize("rise", [0.003, 0.25, 0.3, 0.7, 0.995])
def test_one_cycle_begins_peaks_and_ends_where_it_says(rise):
    schedule = one_cycle(0.1, 100, rise, divide_start=10.0, divide_end=100.0)
    np.testing.assert_allclose([schedule(0), schedule(rise * 100)], [0.01, 0.1])
    np.testing.assert_allclose(schedule(np.array([100, 101, 10**6])), 1e-4)
    rates = schedule(np.arange(101))
    assert rates.argmax() in (int(rise * 100), int(rise * 100) + 1)


def test_one_cycle_that_only_rises():
    rates = one_cycle(0.1, 20, rise=1.0)(np.arange(21))
    assert (np.diff(rates) > 0).all()
    assert rates[-1] == 0.1


def test_warmup_stable_decay_rises_stays_and_falls_to_zero():
    schedule = warmup_stable_decay(0.1, 100, warmup_steps=20, decay_steps=30)
    np.testing.assert_allclose(schedule(np.arange(21)), np.linspace(0, 0.1, 21))
    np.testing.assert_array_equal(schedule(np.arange(20, 71)), 0.1)
    np.testing.assert_allclose(schedule(np.arange(70, 101)), np.linspace(0.1, 0, 31), atol=1e-16)
    assert schedule(10**6) == 0


def test_warmup_stable_decay_falls_over_the_last_tenth():
    rates = warmup_stable_decay(0.1, 95)(np.arange(96))
    assert (rates[:86] == 0.1).all()
    assert (np.diff(rates[85:]) < 0).all()
    assert rates[-1] == 0


def test_the_square_root_falls_faster_at_first_and_ends_with_the_line():
    line = warmup_stable_decay(0.1, 100, decay_steps=50)
    root = warmup_stable_decay(0.1, 100, decay_steps=50, cooldown="square_root")
    assert (root(np.arange(51, 100)) < line(np.arange(51, 100))).all()
    np.testing.assert_array_equal(root(np.array([0, 50, 100])), line(np.array([0, 50, 100])))
