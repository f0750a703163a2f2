"""The dialects' schedules are pure functions of k, take arrays, and are what their docs say."""

import inspect
from dataclasses import replace

import numpy as np
import pytest
from schedule_cases import SCHEDULE_CASES, Call, in_snake_case

from adaptive_lr import run
from adaptive_lr import schedules as book
from adaptive_lr.frameworks import FRAMEWORKS, keras, optax, pytorch

every_case = pytest.mark.parametrize("case", SCHEDULE_CASES, ids=str)


def factories(package):
    """Return the functions of a package that make schedules, by name."""
    public = inspect.getmembers(package.schedules, inspect.isfunction)
    own = {name: f for name, f in public if f.__module__ == package.schedules.__name__}
    return {name: f for name, f in own.items() if not name.startswith("_")}


FACTORIES = [
    pytest.param(factory, id=f"{framework} {name}")
    for framework, package in FRAMEWORKS.items()
    for name, factory in factories(package).items()
]


@pytest.mark.parametrize("package", FRAMEWORKS.values(), ids=FRAMEWORKS)
def test_every_schedule_is_offered_and_has_a_stored_case(package):
    assert set(factories(package)) < set(package.__all__)
    cases = [case for case in SCHEDULE_CASES if FRAMEWORKS[case.framework] is package]
    assert set(factories(package)) == {in_snake_case(case.call.name) for case in cases}


@every_case
def test_steps_one_by_one_in_any_order_are_the_steps_together(case):
    schedule, k = case.ours(), np.arange(case.steps + 1)
    backwards = [float(schedule(int(each))) for each in k[::-1]]
    together = schedule(k)
    assert together.shape == k.shape
    np.testing.assert_allclose(backwards[::-1], together, rtol=1e-13, atol=1e-16)
    np.testing.assert_array_equal(schedule(k.astype(np.uint8)), together)


def swept(value):
    """Return options of which every number has three values, in an array of shape (3, 1)."""
    if isinstance(value, Call):
        return Call(value.name, swept(value.options))
    if isinstance(value, dict):
        return {key: swept(each) for key, each in value.items()}
    if isinstance(value, list):  # steps, in lists, have no axis for runs
        return value if all(isinstance(each, int) for each in value) else [*map(swept, value)]
    if isinstance(value, bool | str) or callable(value):
        return value
    steps = np.arange(3).reshape(3, 1)
    return value + steps if isinstance(value, int) else value * (1 - 0.01 * steps)


def row_of(value, row):
    """Return the options of one row."""
    if isinstance(value, Call):
        return Call(value.name, row_of(value.options, row))
    if isinstance(value, dict):
        return {key: row_of(each, row) for key, each in value.items()}
    if isinstance(value, list):
        return [row_of(each, row) for each in value]
    return value[row, 0].item() if isinstance(value, np.ndarray) else value


@every_case
def test_arrays_of_options_give_each_schedule(case):
    options = swept(case.call.options)
    if case.call.name in ("linear_onecycle_schedule", "cosine_onecycle_schedule"):
        for name in {"transition_steps", "pct_start", "pct_final"} & set(options):
            options[name] = case.call.options[name]  # single numbers, as the docstring says
    if "t_mul" in options:
        options["t_mul"] = 2 * case.call.options["t_mul"] - options["t_mul"]  # at least 1
    sweep = replace(case, call=Call(case.call.name, options)).our_values()
    for row in range(3):
        one = replace(case, call=Call(case.call.name, row_of(options, row))).our_values()
        both = np.broadcast_to(sweep, (2, 3, case.steps + 1))[:, row]
        np.testing.assert_allclose(both, one, rtol=1e-12, atol=1e-16)


def test_a_schedule_keeps_copies_of_its_lists():
    steps, values, scales = [2, 4], [0.1, 0.2, 0.3], {3: 0.5}
    pieces, lr = [book.constant(0.1), book.constant(0.2)], np.array([0.1, 0.2])
    kept = [
        keras.piecewise_constant_decay(steps, values),
        pytorch.multi_step_lr(lr, steps),
        pytorch.sequential_lr(pieces, steps[:1]),
        optax.piecewise_constant_schedule(0.1, scales),
        optax.join_schedules(pieces, steps[:1]),
    ]
    before = [schedule(3) for schedule in kept]
    steps[:], values[:], pieces[:], lr[:] = [9, 9], [9.0, 9.0, 9.0], [book.constant(9.0)] * 2, 9.0
    scales[3] = 9.0
    np.testing.assert_equal([schedule(3) for schedule in kept], before)


# --- the steps at which frameworks differ --------------------------------------------------------


def test_the_peak_and_the_end_of_one_cycle():
    ours, torch = book.one_cycle(0.1, 100), pytorch.one_cycle_lr(0.1, total_steps=100)
    theirs = optax.cosine_onecycle_schedule(100, 0.1)
    k = np.arange(100)
    assert [schedule(k).argmax() for schedule in (ours, torch, theirs)] == [30, 29, 30]
    np.testing.assert_allclose(torch(29), 0.1)
    np.testing.assert_allclose(
        [torch(99), ours(99), theirs(99)], [4e-7, 5.07e-5, 5.07e-5], rtol=1e-3
    )
    np.testing.assert_allclose([ours(100), theirs(100)], 4e-7)
    np.testing.assert_allclose(optax.cosine_onecycle_schedule(10, 1.0, 0.25)(2), 1.0)
    np.testing.assert_allclose(book.one_cycle(1.0, 10, 0.25)(2), 0.908, rtol=1e-3)


def test_one_cycle_with_the_numbers_converted_is_pytorchs_and_optaxs():
    """As the docstring of the book's schedule says."""
    k = np.arange(64)
    ours = book.one_cycle(0.1, 63, rise=(0.4 * 64 - 1) / 63)
    np.testing.assert_allclose(ours(k), pytorch.one_cycle_lr(0.1, 64, pct_start=0.4)(k))
    ours = book.one_cycle(0.1, 63, rise=25 / 63)
    np.testing.assert_allclose(ours(k), optax.cosine_onecycle_schedule(63, 0.1, pct_start=0.4)(k))


def test_the_last_of_n_steps_is_not_the_end():
    last = [
        book.cosine(0.1, 100),
        keras.cosine_decay(0.1, 100),
        pytorch.cosine_annealing_lr(0.1, 100),
        optax.cosine_decay_schedule(0.1, 100),
    ]
    np.testing.assert_allclose([schedule(99) for schedule in last], 2.467e-5, rtol=1e-4)


def test_after_the_end_only_pytorch_rises_again():
    beyond = [
        book.cosine(0.1, 100),
        keras.cosine_decay(0.1, 100),
        pytorch.cosine_annealing_lr(0.1, 100),
        optax.cosine_decay_schedule(0.1, 100),
    ]
    np.testing.assert_allclose([schedule(200) for schedule in beyond], [0, 0, 0.1, 0], atol=1e-16)


def test_at_a_boundary_keras_is_a_step_later():
    keras_ = keras.piecewise_constant_decay([30], [0.1, 0.01])
    torch, optax_ = (
        pytorch.multi_step_lr(0.1, [30]),
        optax.piecewise_constant_schedule(0.1, {30: 0.1}),
    )
    first_low = [int(np.argmax(s(np.arange(40)) < 0.05)) for s in (keras_, torch, optax_)]
    assert first_low == [31, 30, 30]


def test_decay_steps_of_keras_exclude_the_warmup_and_of_optax_include_it():
    k = np.arange(130)
    keras_ = keras.cosine_decay(0.0, 90, warmup_target=0.1, warmup_steps=10)
    np.testing.assert_allclose(keras_(k), optax.warmup_cosine_decay_schedule(0.0, 0.1, 10, 100)(k))
    assert keras_(0) == 0


def test_a_warmup_without_a_target_does_nothing_in_keras():
    k = np.arange(30)
    warm = keras.cosine_decay(0.1, 20, warmup_steps=10)
    np.testing.assert_array_equal(warm(k), keras.cosine_decay(0.1, 20)(k))


# --- momentum that follows the rate --------------------------------------------------------------


@pytest.mark.parametrize(("cycle_momentum", "end"), [(True, -21.792), (False, -26.964)])
def test_the_momentum_of_cyclic_lr_moves_the_path(cycle_momentum, end):
    """Against PyTorch's own SGD(0.1, momentum=0.9) along a gradient of 1."""
    rate = pytorch.cyclic_lr(0.1, 0.5, step_size_up=4, cycle_momentum=cycle_momentum)
    optimizer = pytorch.sgd(lr=rate, momentum=rate.momentum or 0.9)
    x = run(np.ones_like, optimizer, [0.0], steps=16).x[-1]
    np.testing.assert_allclose(x, end, rtol=1e-4)


@pytest.mark.parametrize(
    "make",
    [lambda **o: pytorch.cyclic_lr(0.1, 0.5, **o), lambda **o: pytorch.one_cycle_lr(0.1, 9, **o)],
)
def test_momentum_is_highest_where_the_rate_is_lowest(make):
    k = np.arange(9)
    rate = make()
    assert (np.diff(rate(k)) * np.diff(rate.momentum(k)) <= 0).all()
    assert make(cycle_momentum=False).momentum is None
    np.testing.assert_array_equal(make(cycle_momentum=False)(k), rate(k))


# --- docstrings ----------------------------------------------------------------------------------


@pytest.mark.parametrize("factory", FACTORIES)
def test_documented_arguments_and_defaults_are_those_of_the_signature(factory):
    section = inspect.getdoc(factory).partition("Parameters\n----------\n")[2].partition("\n\n")[0]
    documented = [line for line in section.splitlines() if not line.startswith(" ")]
    parameters = inspect.signature(factory).parameters
    assert [line.partition(" : ")[0] for line in documented] == list(parameters)
    for line in documented:
        name, _, kind = line.partition(" : ")
        default, stated = parameters[name].default, kind.partition("default ")[2]
        assert kind.endswith(", optional") == (default is None)
        assert eval(stated) == default if stated else default in (None, inspect.Parameter.empty)
