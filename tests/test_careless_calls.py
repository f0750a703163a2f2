"""Nothing is silently wrong: a careless call of run or update is right, or refused by name."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptive_lr import METHODS, Adagrad, Adam, GradientDescent, Momentum, grid, problems, run
from adaptive_lr.optimizers import Optimizer


@dataclass
class WithLoss:
    """A problem made of two functions."""

    gradient: object
    loss: object = None


def double(x):
    return 2 * x


def gradient_of_one_point(x):
    return np.array([2 * x[0], 20 * x[1]])


def loss_of_one_point(x):
    return x[0] ** 2 + 10 * x[1] ** 2


def sweep(*rates):
    return GradientDescent(**grid(learning_rate=rates))


def go(problem=double, optimizer=None, start=(1.0, 4.0), steps=3, **options):
    return run(problem, optimizer or sweep(0.01, 0.02), start, steps, **options)


# --- what is written for one point ---------------------------------------------------------------

FOR_ONE_POINT = [
    gradient_of_one_point,
    lambda x: (lambda a, b: np.array([2 * a, 20 * b]))(*x),
    lambda x: np.array([2 * x[..., 0], 20 * x[..., 1]]),
    lambda x: np.array([2 * x[0], 0 * x[0]]),
]


@pytest.mark.parametrize("gradient", FOR_ONE_POINT)
@pytest.mark.parametrize("rates", [(0.01, 0.02), (0.01, 0.02, 0.03)], ids=["d runs", "d + 1 runs"])
def test_a_gradient_of_one_point_is_refused_for_many(gradient, rates):
    with pytest.raises(ValueError, match=r"The gradient must .*pass one_point=True"):
        go(gradient, sweep(*rates))


def test_a_gradient_of_one_point_is_right_for_one():
    alone = run(gradient_of_one_point, GradientDescent(0.01), [1.0, 4.0], 3)
    np.testing.assert_allclose(alone.x[1], [0.98, 3.2])


@pytest.mark.parametrize("rates", [(0.01, 0.02), (0.01, 0.02, 0.03)])
def test_functions_of_one_point_are_called_point_by_point_on_request(rates):
    problem = WithLoss(gradient_of_one_point, loss_of_one_point)
    together = go(problem, sweep(*rates), one_point=True)
    for place, rate in enumerate(rates):
        alone = run(problem, GradientDescent(rate), [1.0, 4.0], 3)
        np.testing.assert_array_equal(together.x[:, place], alone.x)
        np.testing.assert_array_equal(together.loss[:, place], alone.loss)


@pytest.mark.parametrize(
    "loss",
    [loss_of_one_point, lambda x: (x**2).sum(), lambda x: x**2, lambda x: x[..., :1], np.max],
)
@pytest.mark.parametrize("rates", [(0.01, 0.02), (0.01, 0.02, 0.03)], ids=["d runs", "d + 1 runs"])
def test_a_loss_of_another_shape_is_refused(loss, rates):
    with pytest.raises(ValueError, match=r"The loss must .*pass one_point=True"):
        go(WithLoss(double, loss), sweep(*rates))


@given(runs=st.lists(st.integers(1, 4), min_size=1, max_size=3), d=st.integers(1, 4))
def test_no_gradient_for_all_points_is_refused(runs, d):
    """Also where a run axis is as long as x, and with random numbers or run axes of its own."""
    generator = np.random.default_rng(0)
    start = np.ones((*runs, d))
    slopes = generator.uniform(size=(*runs, 1))
    matrix = generator.normal(size=(d, d))
    for gradient in (
        double,
        lambda x: x @ matrix.T,
        lambda x: slopes * x,
        lambda x: x + generator.normal(size=x.shape),
        lambda x: np.stack([x[..., i] for i in range(d)], axis=-1),
    ):
        assert run(gradient, GradientDescent(0.1), start, 2).x.shape == (3, *runs, d)


@pytest.mark.parametrize("name", problems.PROBLEMS)
@pytest.mark.parametrize("runs", [1, 2, 3])
def test_no_problem_of_the_book_is_refused(name, runs):
    problem = problems.PROBLEMS[name]()
    assert go(problem, sweep(*[1e-3] * runs), problem.start).loss.shape == (4, runs)


def test_run_axes_of_a_gradient_are_found_without_a_further_call():
    slopes = np.array([1.0, 2.0, 4.0]).reshape(3, 1)
    result = run(lambda x: slopes * x, GradientDescent(0.5), [1.0, 1.0], 1)
    assert result.x[1, :, 0].tolist() == [0.5, 0.0, -1.0]


# --- the gradient is called once a step and may not touch x --------------------------------------


@pytest.mark.parametrize("steps", [0, 1, 7])
@pytest.mark.parametrize("optimizer", [GradientDescent(0.1), sweep(0.1, 0.2), sweep(0.1, 0.2, 0.3)])
def test_the_gradient_is_called_once_a_step(steps, optimizer):
    calls = []
    go(lambda x: calls.append(1) or x, optimizer, steps=steps)
    assert len(calls) == steps


def test_random_numbers_of_a_gradient_are_not_shifted():
    def noisy(seed):
        generator = np.random.default_rng(seed)
        return lambda x: generator.normal(size=x.shape)

    x = run(noisy(0), GradientDescent(1.0), [0.0, 0.0], 4).x
    expected = -np.cumsum(np.random.default_rng(0).normal(size=(4, 2)), axis=0)
    np.testing.assert_allclose(x[1:], expected)


@pytest.mark.parametrize("optimizer", [GradientDescent(0.1), sweep(0.1, 0.2), sweep(0.1, 0.2, 0.3)])
def test_a_gradient_that_changes_x_is_refused(optimizer):
    def clips(x):
        dx = -2 * x
        if abs(x).max() > 6:
            x[abs(x) > 6] = 6
        return dx

    with pytest.raises(ValueError, match="The gradient must leave x as it is"):
        go(clips, optimizer, steps=50)


def test_a_loss_that_changes_x_is_refused():
    with pytest.raises(ValueError, match="The loss must leave x as it is"):
        go(WithLoss(double, lambda x: np.sum(np.abs(x, out=x), axis=-1)))


def test_a_buffer_that_a_gradient_uses_again_is_no_trap():
    buffer = np.empty(2)

    def gradient(x):
        buffer[:] = 2 * x
        return buffer

    for method in METHODS.values():
        optimizer = method.optimizer(learning_rate=0.01)
        first = run(gradient, optimizer, [1.0, 4.0], 9, record=True)
        second = run(double, optimizer, [1.0, 4.0], 9, record=True)
        np.testing.assert_array_equal(first.x, second.x)
        np.testing.assert_array_equal(first.gradient, second.gradient)


@pytest.mark.parametrize(
    "wrong", ["text", None, 1j, np.array([1j, 2.0]), [True, False], [[1.0], [1.0, 2.0]], {}]
)
def test_a_gradient_of_something_else(wrong):
    with pytest.raises(ValueError, match="`gradient` must hold real numbers"):
        run(lambda x: wrong, GradientDescent(0.1), [1.0, 4.0], 3)
    with pytest.raises(ValueError, match="`loss` must hold real numbers"):
        run(WithLoss(double, lambda x: wrong), GradientDescent(0.1), [1.0, 4.0], 3)


@pytest.mark.parametrize("when", [1, 3])
def test_a_gradient_that_changes_its_shape(when):
    steps = iter(range(1, 9))
    with pytest.raises(ValueError, match=r"shape of x, \(2,\).*shape \(1,\)"):
        run(lambda x: x[:1] if next(steps) == when else x, GradientDescent(0.1), [1.0, 4.0], 5)


# --- start, optimizer, problem, record -----------------------------------------------------------


@pytest.mark.parametrize(
    "start",
    [
        "abc",
        ["1", "4"],
        [None, 1.0],
        [1j, 1.0],
        [True, False],
        [[1.0], [1.0, 2.0]],
        (i for i in range(2)),
        {},
        None,
        [10**400, 1],
    ],
)
def test_a_start_of_something_else(start):
    with pytest.raises(ValueError, match="`start` must hold real numbers"):
        go(start=start)


@pytest.mark.parametrize("start", [[np.nan, 1.0], [1.0, np.inf]])
def test_a_start_that_is_nowhere(start):
    with pytest.raises(ValueError, match="`start` must be finite"):
        go(start=start)


@pytest.mark.parametrize("start", [1.0, [], np.ones((0, 2)), np.ones((2, 0))])
def test_a_start_without_components(start):
    with pytest.raises(ValueError, match="`start` must have an axis for the components"):
        go(start=start)


@pytest.mark.parametrize("rate", [[0.1, 0.2, 0.3], lambda k: np.array([0.1, 0.2, 0.3])])
@pytest.mark.parametrize("start", [[1.0], [1.0, 2.0]])
def test_hyperparameters_do_not_add_parameters(rate, start):
    with pytest.raises(ValueError, match=r"`start` must have as many components.*\(3,\)"):
        run(double, GradientDescent(rate), start, 3)


@pytest.mark.parametrize("optimizer", [Adam, "adam", None, 0.1, METHODS["Adam"]])
def test_what_is_no_optimizer(optimizer):
    with pytest.raises(TypeError, match="`optimizer` must be an optimizer, such as Adam"):
        run(double, optimizer, [1.0], 3)


@pytest.mark.parametrize("factory", problems.PROBLEMS.values())
def test_the_function_that_makes_a_problem(factory):
    with pytest.raises(
        ValueError, match=f"`problem` must be .*call it. Received: '{factory.__name__}"
    ):
        run(factory, Adam(), [1.0, 1.0], 3)


@pytest.mark.parametrize("record", ["gradient", None, 1.5, [0.5], [2], [-1], [[0], [1, 0]]])
def test_what_cannot_be_recorded(record):
    with pytest.raises(ValueError, match="`record` must be True, False or places in x"):
        go(record=record)


@pytest.mark.parametrize("one_point", [1, None, "yes"])
def test_one_point_is_yes_or_no(one_point):
    with pytest.raises(ValueError, match="`one_point` must be True or False"):
        go(one_point=one_point)


def test_hyperparameters_that_do_not_fit_together():
    with pytest.raises(ValueError, match=r"Adam must broadcast.*\(2, 1\).*\(3, 1\)"):
        run(double, Adam(np.ones((2, 1)), np.zeros((3, 1))), [1.0], 3)


# --- update --------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [["1", "2"], [None, 1.0], [1j, 1.0], [True, False], "ab", None])
@pytest.mark.parametrize("argument", ["x", "dx"])
@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_update_wants_real_numbers(method, argument, wrong):
    optimizer, x = method.optimizer(), np.ones(2)
    arguments = {"x": x, "dx": x} | {argument: wrong}
    with pytest.raises(ValueError, match=f"`{argument}` must hold real numbers"):
        optimizer.update(**arguments, state=optimizer.init(x), t=1)


@pytest.mark.parametrize("t", [True, 1.0, np.nan, [1], 1j])
def test_the_number_of_the_step_is_whole(t):
    with pytest.raises(ValueError, match="`t` must be a whole number of at least 1"):
        GradientDescent().update(np.ones(2), np.ones(2), (), t)


STATES = {name: method.optimizer().init(np.ones(2)) for name, method in METHODS.items()}


@pytest.mark.parametrize("other", METHODS)
@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_the_state_of_another_method_is_refused(method, other):
    optimizer, x = method.optimizer(), np.ones(2)
    own, state = STATES[method.name], STATES[other]
    alike = type(own) is type(state) and np.shape(own) == np.shape(state)
    for given_state in (state, *([] if alike else [np.ones((3, 2)), None, 0.0, "state", [1, 2]])):
        if alike:
            optimizer.update(x, x, given_state, 1)
            continue
        with pytest.raises(ValueError, match=f"`state` must be one of {method.name}"):
            optimizer.update(x, x, given_state, 1)


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_the_state_of_another_x_is_refused(method):
    optimizer = method.optimizer()
    if method.remembers:
        for shape in ((3,), (1, 2), (3, 2), ()):
            state = optimizer.init(np.ones(shape or 2))
            state = state if shape else STATES["Momentum"].sum()
            with pytest.raises(ValueError, match="`state` must be one of"):
                optimizer.update(np.ones((4, 2)), np.ones((4, 2)), state, 1)


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_update_never_grows_x(method):
    optimizer = method.optimizer(learning_rate=[[0.1], [0.2]])
    full, short = np.ones((2, 3)), np.ones(3)
    state = optimizer.init(full)
    for call in (lambda: optimizer.init(short), lambda: optimizer.update(short, short, state, 1)):
        with pytest.raises(ValueError, match=r"`x` must have the full shape \(2, 3\)"):
            call()


@pytest.mark.parametrize("second", [[[0.1], [0.2]], [[0.1], [0.2], [0.3]]])
def test_a_schedule_keeps_its_shape(second):
    optimizer = GradientDescent(lambda k: 0.1 if k < 2 else np.array(second))
    with pytest.raises(ValueError, match=r"`learning_rate` must keep the shape.*\(\).*at k = 2"):
        run(double, optimizer, [1.0, 4.0], 5)


def test_one_optimizer_may_go_two_ways_in_turn():
    """What an optimizer notes of the last state is a short cut and changes nothing."""
    optimizer = Adam(0.1)
    one = other = np.array([1.0, 2.0])
    first = second = optimizer.init(one)
    for t in range(1, 6):
        one, first = optimizer.update(one, 2 * one, first, t)
        other, second = optimizer.update(other, 3 * other, second, t)
    np.testing.assert_array_equal(one, run(double, Adam(0.1), [1.0, 2.0], 5).x[-1])
    np.testing.assert_array_equal(other, run(lambda x: 3 * x, Adam(0.1), [1.0, 2.0], 5).x[-1])
    with pytest.raises(ValueError, match="`state` must be one of"):
        optimizer.update(one, one, np.zeros(2), 6)


@dataclass(frozen=True, eq=False)
class InATuple(Optimizer):
    """A method whose state is a plain tuple with another inside, as the contract allows."""

    learning_rate: float = 0.1

    def init(self, x):
        return np.zeros_like(x), (np.zeros_like(x),)

    def update(self, x, dx, state, t):
        total, (last,) = state
        return x - self.learning_rate * (total + last), (total + dx, (dx.copy(),))


def test_a_nested_tuple_is_a_state():
    result = go(optimizer=InATuple([[0.1], [0.2]]), record=True)
    total, (last,) = result.state
    assert total.shape == last.shape == (4, 2, 2)
    np.testing.assert_array_equal(last[1:], result.gradient)
    np.testing.assert_array_equal(total[1:], np.cumsum(result.gradient, axis=0))
    with pytest.raises(ValueError, match="`state` must be one of InATuple"):
        InATuple().update(np.ones(2), np.ones(2), (np.zeros(2), np.zeros(2)), 1)


@pytest.mark.parametrize("method", [Momentum, Adagrad])
def test_a_number_is_no_state(method):
    with pytest.raises(ValueError, match=r"`state` must be one of .*Received: float"):
        method().update(np.ones(2), np.ones(2), 0.0, 1)
