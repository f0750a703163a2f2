"""Whatever an argument is, the answer is right, or an error names an argument and its rule.

Each row of ``CASES`` is one function: good arguments that fit together, and what is right about an
answer. In every example some arguments are good, and the others are anything: numbers of all kinds
and sizes, text, nothing, lists and arrays of all shapes, what can be walked through only once,
functions. A function joins by a row of its own.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adaptive_lr import METHODS, Adagrad, Adam, GradientDescent, Momentum, run, schedules
from adaptive_lr.data import Dataset
from adaptive_lr.expectation import expected_loss
from adaptive_lr.explorer import Bars, Curves, Explorer, Map, Path, explore
from adaptive_lr.explorer.packing import Packing
from adaptive_lr.models import MultilayerPerceptron, SoftmaxRegression
from adaptive_lr.optimizers.base import broadcast
from adaptive_lr.problems import PROBLEMS, Problem, noisy_quadratic, quadratic, ravine
from adaptive_lr.show import source, table
from adaptive_lr.training import train
from adaptive_lr.tuning import GoodRange, good_range

# --- anything ------------------------------------------------------------------------------------
# Whole numbers are small where they are allowed to be: many a function would take its time.

FLOATS = st.one_of(
    st.floats(),
    st.sampled_from([0.0, -0.0, 0.1, 0.5, 1.0, 1e-308, 5e-324, 1e300, -1e300, np.inf, np.nan]),
)
WHOLE = st.one_of(st.integers(-3, 7), st.sampled_from([-(2**63), 10**400, -(10**400)]))
NUMBERS = st.one_of(FLOATS, WHOLE, st.booleans(), st.complex_numbers())
SCALARS = st.one_of(
    NUMBERS,
    NUMBERS.map(lambda number: np.asarray(number)[()]),
    st.none(),
    st.sampled_from(["", "0.1", "abc", "a|b\n", b"0.1", Decimal("0.1"), Fraction(1, 10)]),
    st.sampled_from([np.str_("0.1"), np.datetime64("2015-01-01"), np.float32(0.1), np.int8(2)]),
)
LISTS = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3), max_leaves=6)
SHAPES = st.lists(st.integers(0, 3), max_size=3).map(tuple)


@st.composite
def arrays(draw):
    shape = draw(SHAPES)
    kind = draw(st.sampled_from([float, float, np.float32, int, bool, complex, object, "U3"]))
    values = np.array([draw(FLOATS) for _ in range(min(np.prod(shape, dtype=int), 3))] or [0.0])
    with np.errstate(all="ignore"):
        values = np.clip(np.nan_to_num(values), -3, 7) if kind in (int, bool) else values
        return np.resize(values, shape).astype(kind)


def returns(value):
    """Return a function of anything that returns one value."""

    def function(*arguments, **options):
        return value

    return function


ANYTHING = st.one_of(
    SCALARS,
    LISTS,
    arrays(),
    st.lists(SCALARS, max_size=3).map(iter),
    st.lists(SCALARS, max_size=3).map(tuple),
    st.dictionaries(st.sampled_from(["a", "slope", "", 1]), SCALARS, max_size=2),
    st.one_of(SCALARS, arrays()).map(returns),
    st.sampled_from([int, Problem, Adam, {0.1}, range(3), object(), Adam(), ravine, ravine()]),
)


# --- the table -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """One function.

    Parameters
    ----------
    call : callable
        The function, whose arguments can be passed by name.
    good : SearchStrategy
        Dicts of arguments that fit together.
    right : callable
        Function of the answer and the arguments, by name; it fails if the answer is wrong.
    examples : int
        How many calls to try.
    name : str
        What the function is called.
    also : tuple of str
        What an error may name besides the arguments and the keys of those that are dicts.
    """

    call: Callable
    good: st.SearchStrategy
    right: Callable
    examples: int
    name: str
    also: tuple


CASES = []


def case(call, good, examples=60, name=None, also=()):
    """Decorate what says whether an answer is right: the function joins the table."""

    def join(right):
        name_of_call = name or call.__name__
        CASES.append(Case(call, together(good), right, examples, name_of_call, also))
        return right

    return join


def together(*parts):
    """Return a strategy of dicts, made of dicts of strategies and of strategies of dicts."""
    dicts = [st.fixed_dictionaries(part) if isinstance(part, dict) else part for part in parts]
    return st.tuples(*dicts).map(lambda drawn: {k: v for each in drawn for k, v in each.items()})


POSITIVE = st.floats(1e-3, 1e3)
POINTS = st.tuples(POSITIVE, POSITIVE).map(list)


def finite(values):
    return bool(np.isfinite(values).all())


# --- numbers -------------------------------------------------------------------------------------


@st.composite
def trials(draw):
    pairs = st.tuples(POSITIVE, FLOATS.map(abs))
    pairs = sorted(draw(st.lists(pairs, min_size=1, max_size=5, unique_by=lambda pair: pair[0])))
    rates, losses = zip(*pairs, strict=True)
    return {"learning_rates": rates, "final_losses": losses}


@case(
    good_range,
    together(trials(), {"target": POSITIVE, "start_loss": st.floats(1e-3) | st.just(np.inf)}),
)
def _(good, learning_rates, final_losses, target, start_loss):
    rates, losses = np.array(learning_rates, dtype=float), np.array(final_losses, dtype=float)
    assert isinstance(good, GoodRange) and 0 <= good.decades < 700
    if not np.any(losses <= min(target, start_loss)):
        assert np.isnan(good.low) and np.isnan(good.high) and good.decades == 0
        return
    best = rates[np.nanargmin(losses)]
    assert rates[0] <= good.low <= best <= good.high <= rates[-1]


@case(
    expected_loss,
    {
        "learning_rate": POSITIVE | st.sampled_from([np.array([[0.1], [0.5]]), returns(0.1)]),
        "steps": st.integers(0, 5),
        "curvatures": st.just([1.0, 4.0]),
        "noise": POSITIVE | POINTS,
        "momentum": st.sampled_from([0.0, 0.9, np.array([[[0.0]], [[0.5]]]), returns(0.5)]),
        "start": st.floats(-9, 9) | POINTS,
    },
)
def _(losses, learning_rate, steps, curvatures, noise, momentum, start):
    rate, share = (one(0) if callable(one) else one for one in (learning_rate, momentum))
    shape = np.broadcast_shapes(np.shape(rate), np.shape(share), np.shape(curvatures))
    assert losses.shape == (steps + 1, *shape[:-1])
    assert np.all(losses >= 0), "infinite perhaps, but not nan"
    sizes = [np.ravel(each).astype(float) for each in (rate, curvatures, noise, start)]
    sizes = np.abs(np.concatenate(sizes))
    if np.all((sizes == 0) | ((sizes > 1e-3) & (sizes < 1e3))):
        assert finite(losses)


# --- problems ------------------------------------------------------------------------------------


def is_a_problem(problem, **arguments):
    assert isinstance(problem, Problem)
    with np.errstate(all="ignore"):
        assert problem.loss(problem.start).shape == problem.runs
        assert problem.gradient(problem.start).shape == (*problem.runs, len(problem.start))


@case(
    ravine,
    {
        "condition_number": st.floats(1, 1e6) | st.just([[1.0], [20.0]]),
        "rotation": st.floats(-360, 360) | st.just([[[0.0]], [[45.0]]]),
    },
)
def _(problem, condition_number, rotation):
    is_a_problem(problem)
    shape = np.broadcast_shapes(np.shape(condition_number), np.shape(rotation))
    assert problem.runs == shape[:-1]


CURVATURES = st.lists(POSITIVE, min_size=1, max_size=3)
case(quadratic, {"curvatures": CURVATURES})(is_a_problem)
case(noisy_quadratic, {"curvatures": CURVATURES, "noise": POSITIVE})(is_a_problem)


def evaluated(**arguments):
    """Return a problem, after both of its functions were called for some points."""
    problem = Problem(**arguments)
    x = np.ones((2, *[1] * len(problem.runs), len(problem.domain)))
    for method, axes in ((problem.loss, ()), (problem.gradient, (len(problem.domain),))):
        values = method(x)
        assert values.dtype == float
        assert values.shape == (*np.broadcast_shapes(x.shape[:-1], problem.runs), *axes)
    return problem


@case(
    evaluated,
    {
        "name": st.just("mine"),
        "loss_function": st.sampled_from(
            [quadratic().loss, lambda x: x[..., 0], lambda x: x.sum(-1)]
        ),
        "gradient_function": st.sampled_from([quadratic().gradient, lambda x: 2 * x, np.sin]),
        "domain": st.sampled_from([((-1, 1), (0, 2)), [[0, 1]] * 2, np.array([[0.0, 1]] * 2)]),
        "start": POINTS,
        "minima": st.lists(POINTS, min_size=1, max_size=2),
        "noise": POSITIVE,
        "runs": st.just(()),
        "independent": st.booleans(),
    },
    name="Problem",
)
def _(problem, **arguments):
    assert finite(problem.start) and finite(problem.minima) and finite(problem.domain)
    assert np.all(np.diff(problem.domain) > 0)


def add_evaluation(problem, which, axes):
    some = POINTS | st.lists(POINTS, min_size=1, max_size=3) | st.just(np.ones((2, 3, 2), "f"))

    @case(getattr(problem, which), {"x": some}, examples=25, name=f"{problem.name}.{which}")
    def _(values, x):
        x = np.asarray(x)
        assert values.shape == (*x.shape[:-1], *axes)
        assert values.dtype == (x.dtype if x.dtype.kind == "f" else float)
        if np.all(np.abs(x.astype(float)) < 100):
            assert finite(values)


for make in PROBLEMS.values():
    add_evaluation(make(), "loss", ())
    add_evaluation(make(), "gradient", (2,))


# --- show and data -------------------------------------------------------------------------------


@case(
    lambda things, docstrings: source(things, docstrings=docstrings),
    {"things": st.sampled_from([Adam, Adam.update, good_range]), "docstrings": st.booleans()},
    examples=30,
    name="source",
)
def _(shown, things, docstrings):
    assert shown.data.startswith("```python\n")
    assert any(word in shown.data for word in ("def ", "class ", "= lambda"))


CELLS = st.one_of(FLOATS, st.integers(-9, 10**6), st.booleans(), st.sampled_from(["a|b", "", "|"]))


def some_table(columns):
    rows = st.lists(st.lists(CELLS, min_size=columns, max_size=columns), max_size=3)
    return st.fixed_dictionaries({"rows": rows, "headers": st.just(["a", "b|", ""][:columns])})


@case(table, together(st.integers(1, 3).flatmap(some_table), {"digits": st.integers(1, 5)}))
def _(shown, rows, headers, digits):
    lines = shown.data.splitlines()
    bars = {len(re.findall(r"(?<!\\)\|", line)) for line in lines}
    assert bars == {len(headers) + 1}, "every line has one cell for each heading"
    if hasattr(rows, "__len__"):  # what can be walked through once is empty now
        assert len(lines) == 2 + len(rows)


@case(
    Dataset,
    {
        "name": st.just("mine"),
        "inputs": st.sampled_from([np.eye(3), np.eye(3).tolist(), np.eye(3, dtype=int)]),
        "labels": st.sampled_from([[0, 1, 1], np.array([1, 0, 0], dtype=np.uint8)]),
        "class_names": st.sampled_from([("a", "b"), ["a", "b", "c"]]),
        "feature_names": st.just(("x", "y", "z")),
        "train_size": st.integers(1, 2),
    },
)
def _(dataset, **arguments):
    n = len(dataset.labels)
    assert dataset.inputs.shape == (n, len(dataset.feature_names))
    assert finite(dataset.inputs) and not dataset.inputs.flags.writeable
    assert 0 <= dataset.labels.min() <= dataset.labels.max() < len(dataset.class_names)
    assert 0 < len(dataset.train_labels) < n == len(dataset.train_labels) + len(dataset.test_labels)


# --- explorers -----------------------------------------------------------------------------------

STEPS = [0, 1, 2]
CONTROLS = {"slope": [0.5, 1.0], "shape": ["a", "b"]}
LIMITS = st.sampled_from([(0.1, 2.0), [1, 10], np.array([1e-9, 1e9])])


def add_panel(kind, arrays, **others):
    good = {"title": st.just("mine"), **arrays, **others}

    def shown(**arguments):
        """Return an explorer of the panel, packed."""
        explorer = Explorer("mine", CONTROLS, [kind(**arguments)], STEPS)
        explorer.data()
        return explorer

    @case(shown, good, examples=40, name=kind.__name__, also=("panels",))
    def _(explorer, **arguments):
        for curves in explorer.values(slope=1).values():
            assert all(len(curve) in (1, 3) for curve in curves.values())


CURVES = {"curves": st.sampled_from([{"a": np.ones((3, 2, 1))}, {"Adam": np.zeros((3, 1, 2))}])}
MARKS = {"log": st.booleans(), "marks": st.sampled_from([None, {}, {"one": 1.0}])}
PATHS = {"paths": st.sampled_from([{"Adam": np.ones((3, 2, 1, 2))}])}
NAMES = {"rows": st.just("slope"), "columns": st.just("shape"), "limits": LIMITS}
add_panel(Curves, CURVES, limits=LIMITS, **MARKS)
add_panel(Bars, CURVES, limits=LIMITS, **MARKS)
add_panel(Path, PATHS, problems=st.just([[ravine()]]))
add_panel(Map, {"ends": st.sampled_from([np.ones((1, 2, 2)), np.full((1, 1, 2), np.nan)])}, **NAMES)


def packed(**arguments):
    """Return an explorer and what the browser gets of it."""
    explorer = Explorer(**arguments)
    return explorer, explorer.data()


PANEL = Curves("mine", {"a": np.ones((3, 1, 1))}, (0.5, 2.0))


@case(
    packed,
    {
        "title": st.just("mine"),
        "axes": st.sampled_from([CONTROLS, {"a": range(2), "b": np.array([True, False])}]),
        "panels": st.sampled_from([[PANEL], (PANEL,)]),
        "steps": st.sampled_from([STEPS, range(3), np.array([0.5, 1.0, 9.0])]),
        "events": st.sampled_from([(), [("a", "at {step}", np.full((1, 1, 1), np.inf))]]),
        "at": st.sampled_from([None, {}]),
    },
    name="Explorer",
)
def _(answer, **arguments):
    explorer, data = answer
    assert list(explorer.position) == list(explorer.axes) and len(data) > 100
    assert explorer.values()


@case(
    lambda **position: Explorer("mine", CONTROLS, [PANEL], STEPS).values(**position),
    {"slope": st.integers(0, 1), "shape": st.sampled_from([0, np.int8(1)])},
    name="Explorer.values",
)
def _(values, **position):
    assert all(index in (0, 1) for index in position.values())
    np.testing.assert_array_equal(values["mine"]["a"], np.ones(3))


@case(
    lambda **arguments: Packing().add(**arguments),
    {
        "values": st.lists(FLOATS, min_size=1, max_size=3),
        "low": st.floats(1e-9, 0.5),
        "high": st.floats(1, 1e9),
        "levels": st.integers(1, 65534),
        "log": st.booleans(),
    },
    name="Packing.add",
)
def _(place, values, low, high, levels, log):
    assert place["shape"] == list(np.shape(values))
    assert place["low"] == low < place["high"] == high
    assert 1 <= place["levels"] == levels <= 65534 and place["log"] == log


def explored(**arguments):
    """Return an explorer, after the browser's data were made."""
    explorer = explore(**arguments)
    explorer.data()
    return explorer


@case(
    explored,
    {
        "problem": st.sampled_from([ravine(), ravine, quadratic([1.0, 2.0])]),
        "optimizers": st.sampled_from(
            [Adam, Momentum(), [Adagrad, GradientDescent()], {"a": Adam, "b": Momentum}]
        ),
        "start": st.sampled_from([None, [1.0, 1e300], [[0, 0], [1e-300, 1]]]),
        "steps": st.integers(1, 3),
        "show": st.sampled_from([None, "loss", [], ["rate", "factor"], ["loss"]]),
        "at": st.sampled_from([None, {}]),
        "learning_rate": st.lists(
            st.floats(0, 1e300, allow_subnormal=False), min_size=1, max_size=3, unique=True
        ),
    },
    examples=80,
    name="explore",
    also=("problems",),
)
def _(explorer, steps, learning_rate, **arguments):
    assert explorer.steps.tolist() == list(range(steps + 1))
    assert explorer.axes["learning_rate"] == list(learning_rate)
    for label, method in explorer.run(learning_rate=0).items():
        path = explorer.values(learning_rate=0)["path"][label]
        np.testing.assert_allclose(path, method.x, rtol=1e-9, atol=1e-300)


# --- optimizers, schedules, runs, trainings ------------------------------------------------------


def some_value(hyperparameter):
    """Return a strategy of values that a hyper-parameter may have, some of them schedules."""
    if hyperparameter.scale == "switch":
        return st.sampled_from([True, False, np.array([[True], [False]])])
    one = st.floats(hyperparameter.low, hyperparameter.high)
    pair = st.lists(one, min_size=2, max_size=2).map(lambda values: np.reshape(values, (2, 1)))
    return one | pair | (one.map(returns) if hyperparameter.scheduled else one)


def moved(x, optimizer):
    """Return where three steps along given gradients lead."""
    here = np.broadcast_to(x, broadcast(x.shape, optimizer.shape()) or x.shape)
    state = optimizer.init(here)
    for t, dx in enumerate([2.0, -0.1, 0.05], start=1):
        here, state = optimizer.update(here, np.full(here.shape, dx), state, t)
    return here


def add_method(method):
    good = {one.name: some_value(one) for one in method.hyperparameters}

    @case(
        lambda **arguments: moved(np.ones(3), method.optimizer(**arguments)),
        good,
        examples=40,
        name=method.name,
    )
    def _(x, **arguments):
        assert x.shape[-1] == 3
        sizes = [np.max(one(0) if callable(one) else one) for one in arguments.values()]
        if max(sizes) < 1e6:
            assert finite(x)


for method in METHODS.values():
    add_method(method)


POINT = st.sampled_from([[1.0, 2.0], np.ones(2), np.ones((2, 2))])


@case(
    lambda x, dx, t, state: Momentum(0.1).update(x, dx, state, t),
    st.one_of(POINT).flatmap(
        lambda x: st.fixed_dictionaries(
            {
                "x": st.just(x),
                "dx": st.just(np.array(x) / 2),
                "t": st.integers(1, 9) | st.just(np.int64(3)),
                "state": st.just(np.zeros(np.shape(x))),
            }
        )
    ),
    name="update",
)
def _(answer, x, dx, t, state):
    after, velocity = answer
    assert np.shape(x) == after.shape == velocity.shape
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(after, np.asarray(x, after.dtype) - 0.1 * velocity, rtol=1e-3)


GOOD_SCHEDULES = {
    schedules.constant: {"learning_rate": POSITIVE},
    schedules.step_decay: {"learning_rate": POSITIVE, "factor": st.floats(0.1, 1)},
    schedules.time_decay: {"learning_rate": POSITIVE, "decay": POSITIVE},
    schedules.exponential_decay: {"learning_rate": POSITIVE, "factor": st.floats(0.1, 1)},
    schedules.polynomial_decay: {"learning_rate": POSITIVE, "steps": st.integers(1, 9)},
    schedules.cosine: {
        "learning_rate": POSITIVE,
        "steps": st.integers(1, 9),
        "restarts": st.booleans(),
        "stretch": st.floats(1, 2),
    },
    schedules.warmup: {"steps": st.integers(0, 5), "schedule": st.just(schedules.constant(0.1))},
    schedules.cyclical: {"low": st.floats(0, 0.5), "high": st.floats(0.5, 2)},
    schedules.one_cycle: {"learning_rate": POSITIVE, "steps": st.integers(1, 9)},
    schedules.warmup_stable_decay: {"learning_rate": POSITIVE, "steps": st.integers(1, 9)},
}
GOOD_SCHEDULES[schedules.cyclical]["half_cycle"] = st.integers(1, 5)


def add_schedule(factory, good):
    @case(
        lambda k, **arguments: factory(**arguments)(k),
        good | {"k": st.integers(0, 20) | st.just(np.arange(4))},
        examples=40,
        name=factory.__name__,
        also=("k",),
    )
    def _(rates, k, **arguments):
        size = np.broadcast_shapes(np.shape(k), np.shape(rates))
        assert size == np.shape(rates)
        assert not np.isnan(np.asarray(rates, dtype=float)).any()
        assert np.all(np.asarray(rates) >= 0)


for factory, good in GOOD_SCHEDULES.items():
    add_schedule(factory, good)


@case(
    run,
    {
        "problem": st.sampled_from([ravine(), np.sin, quadratic([1.0, 2.0]), lambda x: 2 * x]),
        "optimizer": st.sampled_from(
            [Adam(), GradientDescent([[0.1], [0.2]]), Momentum(0.1), Adagrad([[0.1]] * 3)]
        ),
        "start": st.sampled_from([[1.0, 2.0], np.ones(2, np.float32), [3, 4]]),
        "steps": st.integers(0, 5),
        "noise": st.sampled_from([None, 0.0, 0.5]),
        "seed": st.sampled_from([0, [1, 2], [[[1]], [[2]]]]),
        "record": st.sampled_from([False, True, [1], [[0], [1]]]),
        "one_point": st.just(False),
    },
    examples=150,
    also=("gradient", "loss"),
)
def _(result, problem, optimizer, start, steps, seed, record, **others):
    assert result.x.shape[0] == steps + 1
    assert result.x.shape[-1] == np.shape(start)[-1]
    assert result.x.dtype == (start.dtype if getattr(start, "dtype", None) == "f" else float)
    np.testing.assert_array_equal(result.x[0], np.broadcast_to(start, result.x[0].shape))
    assert result.diverged.shape == result.x.shape[1:-1]
    assert result.loss is None or result.loss.shape == result.x.shape[:-1]
    assert (result.gradient is None) == (record is False or record is np.False_)


FEW = Dataset("few", np.eye(4).tolist(), [0, 1, 0, 1], ("a", "b"), tuple("wxyz"), 3)


@case(
    train,
    {
        "model": st.sampled_from([SoftmaxRegression(4, 2), MultilayerPerceptron((4, 2, 2))]),
        "optimizer": st.sampled_from([Adam(), GradientDescent([[0.1], [0.2]])]),
        "dataset": st.just(FEW),
        "epochs": st.integers(1, 2),
        "batch_size": st.integers(1, 4),
        "seed": st.sampled_from([0, [1, 2], [[1], [2]]]),
        "dtype": st.sampled_from([float, np.float32, "float64"]),
        "evaluate": st.sampled_from(["epoch", "end", 1, 2]),
        "record": st.sampled_from([False, True, [1, 0]]),
    },
    examples=100,
    also=("x", "inputs", "labels", "learning_rate"),
)
def _(history, dtype, **others):
    assert history.x.dtype == history.train_loss.dtype == np.dtype(dtype)
    assert len(history.train_loss) == len(history.evaluated_at)
    assert finite(history.train_loss) and finite(history.x)


# --- the test ------------------------------------------------------------------------------------


@pytest.mark.parametrize("one", CASES, ids=lambda one: one.name)
def test_any_call_is_right_or_refused_by_name(one):
    @settings(max_examples=one.examples, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def try_it(data):
        arguments = data.draw(one.good, "good")
        odd = data.draw(st.sets(st.sampled_from(sorted(arguments)), max_size=2), "odd")
        arguments |= {name: data.draw(ANYTHING, name) for name in sorted(odd)}
        try:
            with np.errstate(all="ignore"):
                answer = one.call(**arguments)
        except (ValueError, TypeError) as error:
            assert odd, f"good arguments are refused: {error}"
            keys = [key for value in arguments.values() if isinstance(value, dict) for key in value]
            named = re.match(r"Argument `(\w*)[`\[]", str(error))
            known = named and named[1] in (*arguments, *keys, *one.also)
            known = known or re.match(r"The (gradient|loss|hyper-parameters) ", str(error))
            assert known, f"no argument is named: {error!r}"
        else:
            one.right(answer, **arguments)

    try_it()
