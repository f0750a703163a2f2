"""Every method takes the steps that were worked by hand, and none goes without such steps."""

from itertools import combinations

import numpy as np
import pytest
from worked_examples import EXAMPLES

from adaptive_lr import METHODS

FILE = "tests/worked_examples.py"
# The numbers by hand have 15 digits, of which arithmetic in double precision may lose the last.
RTOL, ATOL = 1e-13, 1e-15

WORKED = [METHODS[name] for name in METHODS if EXAMPLES.get(name)]
of_each_method = pytest.mark.parametrize("method", WORKED, ids=lambda method: method.name)
of_each_example = pytest.mark.parametrize(
    ("method", "example"),
    [
        pytest.param(method, example, id=f"{method.name} {i}")
        for method in WORKED
        for i, example in enumerate(EXAMPLES[method.name])
    ],
)


def numbers_of(method):
    """Return the names of the hyper-parameters that are numbers, and of those that are switches."""
    switches = [row.name for row in method.hyperparameters if row.scale == "switch"]
    return [name for name in method.defaults if name not in switches], switches


def at_its_defaults(method, example):
    return not example.options.keys() & method.defaults.keys()


def complete(method):
    """Return the examples that give every hyper-parameter a value."""
    return [one for one in EXAMPLES[method.name] if method.defaults.keys() <= one.options.keys()]


def by_name(method, state):
    """Return the arrays of a state by the names that the registry has for them."""
    arrays = state if isinstance(state, tuple) else (state,)
    return dict(zip(method.remembers, arrays, strict=True))


def differences(method, example, **changed):
    """Return, in words, where the package leaves the path that was worked by hand."""
    optimizer = method.optimizer(**example.options | changed)
    x = np.array(example.start)
    state, found = optimizer.init(x), []
    for t, step in enumerate(example.steps, start=1):
        x, state = optimizer.update(x, np.array(step.dx), state, t)
        point = step.x if step.point is None else step.point
        pairs = {
            "x": (x, step.x),
            "the evaluation point": (optimizer.evaluation_point(x, state), point),
            "the effective learning rate": (optimizer.effective_learning_rate(state, t), step.rate),
        }
        arrays = by_name(method, state)
        assert step.state.keys() == arrays.keys(), (
            f"{FILE} must give the state of {method.name} after each step as a dict with the names "
            f"{list(arrays)}. Received: {list(step.state)}."
        )
        pairs |= {f"state {name}": (array, step.state[name]) for name, array in arrays.items()}
        for what, (ours, by_hand) in pairs.items():
            if not same(ours, by_hand):
                found.append(f"{what} after step {t} is {ours}, by hand it is {by_hand}")
    return found


def same(ours, by_hand):
    if ours is None or by_hand is None:
        return ours is by_hand
    fits = np.shape(ours) == np.shape(by_hand)
    return fits and np.allclose(ours, by_hand, rtol=RTOL, atol=ATOL)


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_every_method_has_examples(method):
    assert EXAMPLES.get(method.name), (
        f"{FILE} has no entry for {method.name}. Add one to EXAMPLES, in the form of the others: "
        f"three steps or more with two components or more, worked by hand from the formula of the "
        f"paper and never by running the package, with a value of its own for each of "
        f"{list(method.defaults)}; and a step or two at the defaults. Each says what x, the state "
        f"{list(method.remembers)} and the effective learning rate are afterwards."
    )


def test_every_example_is_of_a_method():
    strangers = EXAMPLES.keys() - METHODS.keys()
    assert not strangers, f"{FILE} has entries for {strangers}, which METHODS does not have."


@of_each_example
def test_the_steps_are_those_worked_by_hand(method, example):
    found = differences(method, example)
    assert not found, "\n".join([f"{method.name}({example.options}):", *found])


@of_each_method
def test_an_example_gives_every_hyperparameter_a_value_of_its_own(method):
    names, switches = numbers_of(method)
    rule = (
        f"An example of {method.name} in {FILE} must give each of {names + switches} a value in "
        f"`options`, and no two numbers the same, nor the default"
    )
    assert complete(method), f"{rule}. None names them all."
    for example in complete(method):
        values = {name: example.options[name] for name in names}
        same = [pair for pair in combinations(names, 2) if len({values[one] for one in pair}) == 1]
        same += [name for name in names if values[name] == method.defaults[name]]
        assert not same, f"{rule}. Received: {values}; look at {same}."


@of_each_method
def test_an_example_goes_on_after_a_large_gradient(method):
    """What is forgotten, and what is not, shows when small gradients follow a large one."""
    examples = complete(method)
    gradients = [np.array([step.dx for step in example.steps]) for example in examples]
    assert any(
        len(dx) >= 3
        and dx.shape[1] >= 2
        and np.abs(dx[0]).min() > np.abs(dx[1:]).max()
        and (np.ptp(np.sign(dx), axis=0) == 2).all()
        and (np.ptp(np.sign(dx), axis=1) == 2).any()
        for dx in gradients
    ), (
        f"One of the examples of {method.name} in {FILE} that name every hyper-parameter must have "
        f"three steps or more with two components or more: a large gradient first, then smaller "
        f"ones, and in each component both signs. Received: {[dx.tolist() for dx in gradients]}."
    )


@of_each_method
def test_every_switch_is_worked_on_and_off(method):
    for name in numbers_of(method)[1]:
        worked = {example.options[name] for example in complete(method)}
        assert worked == {True, False}, (
            f"{FILE} must have examples of {method.name} with {name}=True and with {name}=False "
            f"that name every other hyper-parameter too. Received: only {worked}."
        )


@of_each_method
def test_an_example_is_at_the_defaults(method):
    assert any(at_its_defaults(method, example) for example in EXAMPLES[method.name]), (
        f"{FILE} must have an example of {method.name} at its defaults: a step or two with "
        f"`options={{}}`, so that a wrong default shows."
    )


@of_each_example
def test_every_hyperparameter_is_at_work_in_the_steps(method, example):
    """A wrong value must show: another one, in the hundredth, leads to another place."""
    idle = []
    for name, default in method.defaults.items():
        value = example.options.get(name, default)
        other = (not value) if isinstance(value, bool) else 0.99 * value or 1e-12
        if not differences(method, example, **{name: other}):
            idle.append(name)
    assert not idle, (
        f"In the steps of {method.name}({example.options}) in {FILE} another value of {idle} leads "
        f"to the same numbers. Either the class ignores it, or the example needs another step or "
        f"another gradient: small ones show a floor, second ones a memory."
    )
