"""Each framework function takes the framework's steps: against paths stored from the real ones."""

import inspect

import pytest
from cases import CASES, STORED_STEPS, assert_same_path, our_path
from stored import read

from adaptive_lr.frameworks import FRAMEWORKS, OFFERED


@pytest.fixture(scope="module")
def stored():
    return read("keras", "torch", "optax")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_path_is_the_stored_one(case, stored):
    assert_same_path(our_path(case)[STORED_STEPS - 1], stored[str(case)])


def test_stored_paths_are_those_of_the_cases(stored):
    assert list(stored) == [str(case) for case in CASES], "run `make trajectories`"


@pytest.mark.parametrize(("framework", "function"), OFFERED)
def test_every_argument_is_in_a_case(framework, function):
    arguments = inspect.signature(getattr(FRAMEWORKS[framework], function)).parameters
    calls = [c.options for c in CASES if (c.framework, c.method) == (framework, function)]
    assert set(arguments) == set().union(*calls)
