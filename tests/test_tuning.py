"""The good range of learning rates is where a line through the tried rates is at the target."""

import numpy as np
import pytest

from adaptive_lr.tuning import good_range

RATES = np.geomspace(1e-3, 1e2, 6)


def test_the_range_of_a_valley_is_where_its_walls_cross_the_target():
    # |log10(rate / 0.1)| = log10(loss): a loss of 5 is reached 0.7 decades to both sides.
    rates = np.geomspace(1e-4, 1e2, 7)
    losses = 10 ** np.abs(np.log10(rates / 0.1))
    good = good_range(rates, losses, target=5.0)
    assert good.low == pytest.approx(0.1 / 5)
    assert good.high == pytest.approx(0.1 * 5)
    assert good.decades == pytest.approx(2 * np.log10(5))


@pytest.mark.parametrize("bad", [np.inf, np.nan])
def test_a_diverged_neighbour_ends_the_range_at_the_last_good_rate(bad):
    good = good_range(RATES, [bad, bad, 1.0, 0.5, bad, bad], target=2.0)
    assert (good.low, good.high) == (RATES[2], RATES[3])


def test_what_ends_above_the_start_has_diverged():
    losses = [3.0, 1.0, 1.0, 1.0, 9.0, 1e9]
    for start_loss, high in ((5.0, RATES[3]), (10.0, RATES[3] * 10 ** (np.log(2) / np.log(9)))):
        good = good_range(RATES, losses, target=2.0, start_loss=start_loss)
        assert good.high == pytest.approx(high)


def test_a_range_that_reaches_the_edge_ends_there():
    good = good_range(RATES, [1.0, 0.5, 0.2, 0.1, 0.2, 0.3], target=2.0)
    assert (good.low, good.high) == (RATES[0], RATES[-1])


def test_only_the_valley_of_the_best_rate_counts():
    good = good_range(RATES, [1.0, np.inf, 1.0, 0.5, np.inf, 1.0], target=2.0)
    assert (good.low, good.high) == (RATES[2], RATES[3])


def test_a_target_that_no_rate_reaches_has_no_range():
    good = good_range(RATES, np.full(6, 3.0), target=2.0)
    assert np.isnan(good.low)
    assert np.isnan(good.high)
    assert good.decades == 0


def test_all_diverged_has_no_range():
    assert good_range(RATES, np.full(6, np.nan), target=2.0).decades == 0


def test_a_loss_of_zero_is_good():
    good = good_range(RATES, [9.0, 9.0, 0.0, 0.0, 9.0, 9.0], target=1e-6)
    assert (good.low, good.high) == (RATES[2], RATES[3])


@pytest.mark.parametrize("size", [1e-250, 1e250])
def test_what_is_huge_or_tiny_is_no_exception(size):
    losses = np.array([9.0, 9.0, 1.0, 1.0, 9.0, 9.0])
    plain = good_range(RATES, losses, target=3.0)
    scaled = good_range(RATES * size, losses * size, target=3.0 * size)
    np.testing.assert_allclose(np.array(scaled) / size, plain, rtol=1e-9)
    wide = good_range([1e-300, 1.0, 1e300], [1e300, 1e-300, 1e300], target=1.0)
    np.testing.assert_allclose(wide, [1e-150, 1e150], rtol=1e-9)
    assert wide.decades == pytest.approx(300)
    steep = good_range([1e-300, 1e300], [1e-300, 1e300], target=1e200)
    np.testing.assert_allclose(steep, [1e-300, 1e200], rtol=1e-9)
    assert good_range([1e-300, 1e300], [1.0, 1.0], target=1.0).decades == pytest.approx(600)


NO_RATES = [0.1, "abc", None, 1j, [], [0.1, 0.1], [0.2, 0.1], [0.0, 0.1], [-1.0, 0.1],
            [0.1, np.nan], [0.1, np.inf], [[0.1, 0.2]], ["0.1", "0.2"], [True], [None, 0.1],
            [[1], [2, 3]], np.full((2, 2), 0.1), iter([0.1, 0.2])]  # fmt: skip
NO_LOSSES = [1.0, "abc", None, [], [1.0], [1.0, 2.0, 3.0], [-1.0, 1.0], [1.0, -np.inf], [1j, 2j],
             ["1", "2"], [None, 1.0], [True, False], [[1.0, 2.0]], [[1], [2, 3]]]  # fmt: skip
NO_TARGET = [0, 0.0, -1.0, np.nan, "1", None, True, 1j, [], [1.0], np.ones(2), len]


@pytest.mark.parametrize(
    ("argument", "values"),
    [
        ("learning_rates", NO_RATES),
        ("final_losses", NO_LOSSES),
        ("target", [*NO_TARGET, np.inf]),
        ("start_loss", NO_TARGET),
    ],
)
def test_bad_input_is_refused(argument, values):
    good = {"learning_rates": [0.1, 0.2], "final_losses": [1.0, 1.0], "target": 2.0}
    for value in values:
        with pytest.raises(ValueError, match=f"^Argument `{argument}` must .* Received: "):
            good_range(**{**good, argument: value})
