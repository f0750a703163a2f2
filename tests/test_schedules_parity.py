"""The dialects' schedules are the frameworks': against values stored from the real ones."""

import pytest
from schedule_cases import SCHEDULE_CASES
from stored import read


@pytest.fixture(scope="module")
def stored():
    return read("keras_schedules", "torch_schedules", "optax_schedules")


@pytest.mark.parametrize("case", SCHEDULE_CASES, ids=str)
def test_rates_and_momenta_are_the_stored_ones(case, stored):
    case.assert_same(stored[str(case)][:, : case.steps + 1])


def test_stored_values_are_those_of_the_cases(stored):
    assert list(stored) == [str(case) for case in SCHEDULE_CASES], "run `make trajectories`"
