"""Every problem's gradient is that of its loss, its minima are minima, and batches equal loops.

What is no problem, or a function that does not keep to its shapes, is refused by name.
"""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptive_lr.problems import PROBLEMS, Problem, noisy_quadratic, quadratic, ravine

PUBLISHED_MINIMA = {
    "beale": [(3.0, 0.5)],
    "himmelblau": [(3, 2), (-2.805118, 3.131312), (-3.779310, -3.283186), (3.584428, -1.848126)],
    "rastrigin": [(0, 0)],
    "ravine": [(0, 0)],
    "rosenbrock": [(1, 1)],
}
INDEFINITE = [float("nan"), float("inf"), "2", None, True]

conditions = st.floats(1, 1e4)
angles = st.floats(-360, 360)
coordinates = st.floats(-3, 3)
points = st.tuples(coordinates, coordinates)

every_problem = pytest.mark.parametrize(
    "problem",
    [
        *(factory() for factory in PROBLEMS.values()),
        ravine(condition_number=300, rotation=30),
        quadratic([1, 2, 3, 4]),
    ],
    ids=[*PROBLEMS, "ravine, turned", "quadratic, 4 dimensions"],
)


def random_points(problem, shape):
    low, high = np.transpose(problem.domain)
    return np.random.default_rng(0).uniform(low, high, (*shape, len(low)))


def finite_differences(problem, x, h=1e-5):
    shifts = h * np.eye(x.shape[-1])
    ahead, behind = x[..., np.newaxis, :] + shifts, x[..., np.newaxis, :] - shifts
    return (problem.loss(ahead) - problem.loss(behind)) / (2 * h)


def turned(x, degrees):
    angle = np.radians(degrees)
    return np.asarray(x) @ np.array(
        [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
    )


@every_problem
def test_gradient_is_slope_of_loss(problem):
    x = random_points(problem, (200,))
    gradient = problem.gradient(x)
    np.testing.assert_allclose(
        gradient, finite_differences(problem, x), rtol=1e-5, atol=1e-6 * np.abs(gradient).max()
    )


@every_problem
def test_minima_are_flat_and_lower_than_all_around(problem):
    np.testing.assert_allclose(problem.gradient(problem.minima), 0, atol=1e-10)
    lowest = problem.loss(problem.minima)
    np.testing.assert_allclose(lowest, 0, atol=1e-20)
    ring = np.random.default_rng(1).normal(size=(100, *problem.minima.shape))
    ring *= 1e-3 / np.linalg.norm(ring, axis=-1, keepdims=True)
    assert (problem.loss(problem.minima + ring) > lowest).all()
    assert (problem.loss(random_points(problem, (2000,))) > lowest.max()).all()


@pytest.mark.parametrize("name", PUBLISHED_MINIMA)
def test_minima_are_the_published_ones(name):
    np.testing.assert_allclose(PROBLEMS[name]().minima, PUBLISHED_MINIMA[name], atol=1e-6)


@every_problem
def test_batch_equals_loop(problem):
    x = random_points(problem, (3, 4))
    losses, gradients = problem.loss(x), problem.gradient(x)
    assert losses.shape == (3, 4)
    assert gradients.shape == x.shape
    for i in np.ndindex(3, 4):
        np.testing.assert_allclose(losses[i], problem.loss(x[i]), rtol=1e-14)
        np.testing.assert_allclose(gradients[i], problem.gradient(x[i]), rtol=1e-14)


@every_problem
def test_integers_give_the_same_as_floats(problem):
    x = np.ones(len(problem.domain), dtype=int)
    assert problem.loss(x) == problem.loss(x.astype(float))
    np.testing.assert_array_equal(problem.gradient(x), problem.gradient(x.astype(float)))


@every_problem
def test_start_and_minima_lie_in_the_domain_and_cannot_be_changed(problem):
    low, high = np.transpose(problem.domain)
    for x in (problem.start, problem.minima):
        assert ((low <= x) & (x <= high)).all()
        with pytest.raises(ValueError, match="read-only"):
            x[...] = 0
    assert problem.loss(problem.start) > 0


@every_problem
def test_wrong_shapes_are_both_named(problem):
    d = len(problem.domain)
    for method in (problem.loss, problem.gradient):
        with pytest.raises(ValueError) as error:
            method(np.zeros((5, d + 1)))
        assert str(error.value) == (
            f"Argument `x` must have shape (*runs, {d}). Received: (5, {d + 1})."
        )
        with pytest.raises(ValueError, match=r"Received: \(\)"):
            method(1.0)


def test_names_are_the_keys_of_the_registry():
    assert [factory().name for factory in PROBLEMS.values()] == list(PROBLEMS)
    assert len(PROBLEMS) >= 8


def test_ravine_is_the_running_problem_of_the_book():
    x1, x2 = random_points(ravine(), (50,)).T
    np.testing.assert_allclose(ravine().loss(np.transpose([x1, x2])), 0.1 * x1**2 + 2 * x2**2)


@given(conditions, angles)
def test_ravine_has_its_condition_number_however_it_is_turned(condition_number, rotation):
    hessian = ravine(condition_number, rotation).gradient(np.eye(2))
    np.testing.assert_allclose(hessian, hessian.T, atol=1e-12)
    smaller, larger = np.linalg.eigvalsh(hessian)
    np.testing.assert_allclose(larger, 4, rtol=1e-12)
    np.testing.assert_allclose(larger / smaller, condition_number, rtol=1e-10)


@given(conditions, angles, points)
def test_turning_the_point_with_the_ravine_changes_nothing(condition_number, rotation, x):
    straight, ravine_turned = ravine(condition_number), ravine(condition_number, rotation)
    x = np.array(x)
    np.testing.assert_allclose(
        ravine_turned.loss(turned(x, rotation)), straight.loss(x), rtol=1e-9, atol=1e-12
    )
    np.testing.assert_allclose(
        ravine_turned.gradient(turned(x, rotation)),
        turned(straight.gradient(x), rotation),
        rtol=1e-9,
        atol=1e-12,
    )


def test_ravine_turns_counter_clockwise():
    problem = ravine(condition_number=1000, rotation=30)
    along = [np.cos(np.pi / 6), np.sin(np.pi / 6)]
    np.testing.assert_allclose(problem.loss(along), 2 / 1000)


def test_ravines_in_an_array_equal_single_ravines():
    conditions, angles = np.array([1.0, 20, 1000]), np.array([0.0, 45, 90, 200])
    many = ravine(conditions[:, np.newaxis, np.newaxis], angles[:, np.newaxis])
    x = random_points(ravine(), (3, 4))
    losses, gradients = many.loss(x), many.gradient(x)
    for i, j in np.ndindex(3, 4):
        single = ravine(conditions[i], angles[j])
        np.testing.assert_allclose(losses[i, j], single.loss(x[i, j]), rtol=1e-14)
        np.testing.assert_allclose(gradients[i, j], single.gradient(x[i, j]), rtol=1e-14)
    assert many.gradient(ravine().start).shape == (3, 4, 2)


def test_saddle_point_is_flat_and_neither_highest_nor_lowest():
    problem = PROBLEMS["saddle"]()
    np.testing.assert_array_equal(problem.gradient([0, 0]), 0)
    along, across = problem.loss([[0.1, 0], [0, 0.1]])
    assert across < problem.loss([0, 0]) < along


def test_plateau_is_nearly_flat_at_its_start():
    problem = PROBLEMS["plateau"]()
    assert 0 < np.linalg.norm(problem.gradient(problem.start)) < 0.01
    assert np.linalg.norm(problem.gradient([0.7, 0.7])) > 0.5


def test_noise_is_stated_and_not_added():
    noisy = noisy_quadratic([1, 2], noise=3)
    assert noisy.noise == 3
    assert quadratic().noise == 0
    x = random_points(noisy, (10,))
    np.testing.assert_array_equal(noisy.gradient(x), quadratic([1, 2]).gradient(x))


@pytest.mark.parametrize("value", [0.5, -1, [[2], [0]], *INDEFINITE])
def test_bad_condition_number(value):
    with pytest.raises(ValueError) as error:
        ravine(condition_number=value)
    assert str(error.value) == (
        f"Argument `condition_number` must be finite and at least 1. Received: {value!r}."
    )


@pytest.mark.parametrize("value", INDEFINITE)
def test_bad_rotation(value):
    with pytest.raises(ValueError) as error:
        ravine(rotation=value)
    assert str(error.value) == f"Argument `rotation` must be finite. Received: {value!r}."


@pytest.mark.parametrize("argument", ["condition_number", "rotation"])
def test_ravine_arrays_without_the_last_axis(argument):
    with pytest.raises(ValueError) as error:
        ravine(**{argument: [2.0, 3.0]})
    assert str(error.value) == (
        f"Argument `{argument}` must be a number or have shape (*runs, 1). Received: (2,)."
    )


@pytest.mark.parametrize("factory", [quadratic, noisy_quadratic])
@pytest.mark.parametrize("value", [[], 1.0, [1, 0], [1, -1], [[1, 2]], [1, float("nan")], "12"])
def test_bad_curvatures(factory, value):
    with pytest.raises(ValueError) as error:
        factory(value)
    assert str(error.value).startswith(
        "Argument `curvatures` must be a vector of finite numbers above 0. Received: "
    )


@pytest.mark.parametrize("value", [-1, [1, 1], *INDEFINITE])
def test_bad_noise(value):
    with pytest.raises(ValueError) as error:
        noisy_quadratic(noise=value)
    assert str(error.value) == (
        f"Argument `noise` must be a finite number of at least 0. Received: {value!r}."
    )


def test_start_and_minima_must_fit_the_domain():
    bowl = quadratic()
    with pytest.raises(ValueError, match=r"`start` must have shape \(2,\). Received: \(3,\)"):
        Problem("bowl", bowl.loss, bowl.gradient, bowl.domain, np.ones(3), bowl.minima)
    with pytest.raises(ValueError, match=r"`minima` must have shape \(n, 2\). Received: \(2,\)"):
        Problem("bowl", bowl.loss, bowl.gradient, bowl.domain, bowl.start, np.zeros(2))


@every_problem
def test_the_precision_of_x_decides(problem):
    x = random_points(problem, (40,))
    for dtype in (np.float32, np.float64):
        loss, gradient = problem.loss(x.astype(dtype)), problem.gradient(x.astype(dtype))
        assert loss.dtype == gradient.dtype == problem.loss(x.astype(dtype)[0]).dtype == dtype
        for found, exact in ((loss, problem.loss(x)), (gradient, problem.gradient(x))):
            rounding = 40 * np.finfo(dtype).eps * np.abs(exact).max()
            np.testing.assert_allclose(found, exact, rtol=1e-5, atol=rounding)


def test_arrays_of_parameters_do_not_change_the_precision():
    many = ravine(np.array([[1.0], [20.0]]), rotation=30.0)
    x = np.ones((2, 2), dtype=np.float32)
    assert many.loss(x).dtype == many.gradient(x).dtype == np.float32


@every_problem
def test_what_is_no_number_is_refused(problem):
    d = len(problem.domain)
    ragged = [[1.0] * d, [1.0] * (d + 1)]
    for x in ("a" * d, ["1"] * d, [None] * d, [1j] * d, [True] * d, None, ragged, iter([1.0] * d)):
        for method in (problem.loss, problem.gradient):
            with pytest.raises(ValueError) as error:
                method(x)
            message = f"Argument `x` must hold real numbers. Received: {x!r}."
            assert str(error.value) == message


@every_problem
def test_what_is_not_finite_is_no_error(problem):
    with np.errstate(all="ignore"):
        for value in (np.nan, np.inf, -np.inf, 1e200):
            x = np.full((2, len(problem.domain)), value)
            assert problem.loss(x).shape == (2,)
            assert problem.gradient(x).shape == x.shape


def test_problems_say_which_run_axes_they_ask_for():
    assert all(factory().runs == () for factory in PROBLEMS.values())
    assert ravine([[5.0]]).runs == (1,)
    assert ravine(np.ones((3, 1, 1)), np.zeros((4, 1))).runs == (3, 4)
    assert ravine(20, np.zeros((3, 1, 1))).runs == (3, 1)
    assert ravine(20, np.zeros((3, 1, 1))).gradient(np.ones((4, 2))).shape == (3, 4, 2)
    assert [factory().independent for factory in PROBLEMS.values()] == [True] * len(PROBLEMS)


def test_runs_that_do_not_broadcast_are_both_named():
    for method in (ravine(np.ones((3, 1))).loss, ravine(np.ones((3, 1))).gradient):
        message = r"`x` must have run axes that broadcast against \(3,\).*shape \(4, 2\)"
        with pytest.raises(ValueError, match=message):
            method(np.ones((4, 2)))
    message = r"`rotation` must broadcast against condition_number.*\(3, 1\).*shape \(2, 1\)"
    with pytest.raises(ValueError, match=message):
        ravine(np.ones((3, 1)), np.zeros((2, 1)))


# --- problems of one's own -----------------------------------------------------------------------


def own(**changes):
    return replace(quadratic([2.0, 20.0]), independent=False, **changes)


HESSIAN = np.array([[2.0, 1.0], [0.0, 20.0]])
OF_ONE_POINT = {
    "by index": (lambda x: x[0] ** 2 + x[1] ** 2, lambda x: np.array([2 * x[0], 20 * x[1]])),
    "by name": (lambda x: sum(x**2), lambda x: [2 * x[0], 20 * x[1]]),
    "by product": (lambda x: np.ones(2) @ x, lambda x: HESSIAN @ x),
    "by dot": (lambda x: np.dot(np.ones(2), x), lambda x: np.dot(HESSIAN, x)),
    "by form": (lambda x: x @ HESSIAN @ x, lambda x: (HESSIAN @ x.T).T if x.ndim < 3 else None),
}


@pytest.mark.parametrize("runs", [(2,), (3,), (2, 2), (2, 3), (3, 2), (2, 2, 2)], ids=str)
@pytest.mark.parametrize(("loss", "gradient"), OF_ONE_POINT.values(), ids=OF_ONE_POINT)
def test_a_function_of_one_point_is_right_or_refused(loss, gradient, runs):
    """It must not take runs for parameters, not even where there are as many."""
    problem = own(loss_function=loss, gradient_function=gradient)
    x = np.random.default_rng(0).normal(size=(*runs, 2))
    for function, method in ((loss, problem.loss), (gradient, problem.gradient)):
        single = np.array([function(point) for point in x.reshape(-1, 2)])
        np.testing.assert_array_equal(method(x[(0,) * len(runs)]), single[0])
        name = f"`{'loss' if method == problem.loss else 'gradient'}_function` must map x of shape"
        try:
            values = method(x)
        except ValueError as error:
            assert name in str(error)
        else:
            np.testing.assert_array_equal(values.reshape(single.shape), single)


@pytest.mark.parametrize("x", [[1.0, 2.0], [[1.0, 2.0]] * 2, [[1.0, 2.0]] * 3], ids=np.shape)
@pytest.mark.parametrize(
    "wrong",
    [
        lambda x: np.zeros((*x.shape, 1)),
        lambda x: x[..., :1, np.newaxis],
        lambda x: "text",
        lambda x: None,
        lambda x: x * 1j,
        lambda x: x > 0,
        lambda x: [[1.0], [1.0, 2.0]],
        lambda x: x + np.ones(3),
        lambda x: x["a"],
        lambda: 0.0,
    ],
)
def test_functions_that_return_something_else_are_refused_with_both_shapes(wrong, x):
    problem = own(loss_function=wrong, gradient_function=wrong)
    for name in ("loss", "gradient"):
        message = rf"`{name}_function` must map x of shape \(.*2,?\) to real numbers of shape \("
        with pytest.raises(ValueError, match=message):
            getattr(problem, name)(x)


def test_functions_whose_parameters_are_arrays_must_say_so():
    factor = np.array([[1.0], [2.0], [3.0]])
    functions = {"loss_function": lambda x: np.sum(factor * x**2, axis=-1)}
    functions["gradient_function"] = lambda x: 2 * factor * x
    message = r"x of shape \(2,\) to real numbers of shape \(\).* of shape \(3,\)"
    with pytest.raises(ValueError, match=message):
        own(**functions).loss([1.0, 1.0])
    many = own(**functions, runs=(3,))
    np.testing.assert_array_equal(many.loss([1.0, 1.0]), [2.0, 4.0, 6.0])
    np.testing.assert_array_equal(many.gradient(np.ones((3, 2))), 2 * factor * np.ones(2))
    message = r"x of shape \(2,\) to real numbers of shape \(4,\).* of shape \(3,\)"
    with pytest.raises(ValueError, match=message):
        own(**functions, runs=(4,)).loss([1.0, 1.0])


def test_a_function_can_change_nothing_that_is_not_its_own():
    def clipped(x):
        x[x > 2] = 2
        return -2 * x

    x = np.array([3.0, 1.0])
    with pytest.raises(ValueError, match=r"`gradient_function` must .* leave x as it is"):
        own(gradient_function=clipped).gradient(x)
    np.testing.assert_array_equal(x, [3.0, 1.0])
    assert x.flags.writeable

    buffer = np.empty(2)
    reused = own(gradient_function=lambda x: np.multiply(2, x, out=buffer))
    first = reused.gradient([1.0, 1.0])
    reused.gradient([5.0, 5.0])
    np.testing.assert_array_equal(first, [2.0, 2.0])
    same = own(gradient_function=lambda x: x).gradient(x)
    same += 1
    np.testing.assert_array_equal(x, [3.0, 1.0])


NUMBERS = [np.nan, np.inf, "12", None, 1j, True, [], [[1, 2], [3]], ["a", "b"], [0.0, np.nan]]


@pytest.mark.parametrize(
    ("argument", "values"),
    [
        ("name", [None, 3, "", ["bowl"]]),
        ("loss_function", [None, 3.0, "loss", np.ones(2)]),
        ("gradient_function", [None, 3.0, "gradient", np.ones(2)]),
        ("domain", [*NUMBERS, (), (-1, 1), ((-1, 1), (1, 1)), ((1, -1), (0, 1)), ((0, np.inf),)]),
        ("start", [*NUMBERS, [1.0], [1.0, 2.0, 3.0], [[1.0, 2.0]], 1.0, [None, 1.0], ["1", "4"]]),
        ("minima", [*NUMBERS, [0.0, 0.0], [[0.0]], np.zeros((0, 2)), [[np.inf, 0.0]]]),
        ("noise", [*NUMBERS, -1.0, [1.0, 1.0]]),
        ("runs", [3, [3], (0,), (2.0,), (True,), ("3",), ((2, 2),), None, np.array([2])]),
        ("independent", [0, 1, None, "yes", [True], np.ones(2, dtype=bool)]),
    ],
)
def test_arguments_of_a_problem(argument, values):
    for value in values:
        with pytest.raises(ValueError, match=f"^Argument `{argument}` must .*Received: "):
            replace(quadratic([2.0, 20.0]), **{argument: value})
