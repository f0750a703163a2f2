"""A sweep of trainings equals its single trainings, seed by seed."""

from dataclasses import dataclass

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from adaptive_lr import METHODS, Adagrad, Adam, GradientDescent, Momentum, RMSprop, data, grid
from adaptive_lr.data import Dataset
from adaptive_lr.models import MultilayerPerceptron, SoftmaxRegression
from adaptive_lr.optimizers import (
    ExponentialAverage,
    Optimizer,
    Partition,
    UniformAverage,
    map_state,
)
from adaptive_lr.training import train

MODEL = MultilayerPerceptron((64, 8, 10))
CURVES = ("train_loss", "train_accuracy", "test_loss", "test_accuracy", "batch_loss")


@pytest.fixture(scope="module")
def few_digits():
    digits = data.digits()
    return Dataset(
        "few digits",
        digits.inputs[:120].copy(),
        digits.labels[:120].copy(),
        digits.class_names,
        digits.feature_names,
        train_size=100,
    )


def assert_slice_equals(history, place, single):
    for name in (*CURVES, "effective_learning_rate"):
        many, one = getattr(history, name), getattr(single, name)
        np.testing.assert_allclose(many[(slice(None), *place)], one, rtol=1e-10, err_msg=name)
    np.testing.assert_allclose(history.x[place], single.x, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("optimizer", [GradientDescent, Momentum, Adagrad, RMSprop, Adam])
def test_slice_of_sweep_equals_single_training(optimizer, few_digits):
    rates, seeds = [0.001, 0.01, 0.1], [0, 7]
    options = {"epochs": 4, "batch_size": 32, "record": [[0, 1], [70, 80]]}
    sweep = optimizer(**grid(learning_rate=rates))
    history = train(MODEL, sweep, few_digits, seed=seeds, **options)
    assert history.train_loss.shape == history.test_accuracy.shape == (5, 2, 3)
    assert history.batch_loss.shape == (16, 2, 3)
    assert history.x.shape == (2, 3, MODEL.size)
    assert history.effective_learning_rate.shape == (16, 2, 3, 2, 2)
    for i, seed in enumerate(seeds):
        for j, rate in enumerate(rates):
            single = train(MODEL, optimizer(rate), few_digits, seed=seed, **options)
            assert_slice_equals(history, (i, j), single)


def test_two_swept_hyperparameters_give_two_run_axes(few_digits):
    axes = grid(learning_rate=[0.01, 0.1], decay_rate=[0.9, 0.99, 0.999])
    history = train(MODEL, RMSprop(**axes), few_digits, epochs=2, record=[5])
    assert history.test_loss.shape == (3, 2, 3)
    single = train(MODEL, RMSprop(0.1, decay_rate=0.99), few_digits, epochs=2, record=[5])
    assert_slice_equals(history, (1, 1), single)


def test_start_is_the_models_own(few_digits):
    history = train(MODEL, GradientDescent(0.0), few_digits, epochs=1, seed=5)
    assert np.array_equal(history.x, MODEL.initial(seed=5))
    start_loss = MODEL.loss(history.x, few_digits.train_inputs, few_digits.train_labels)
    np.testing.assert_allclose(history.train_loss, [start_loss, start_loss])
    test = few_digits.test_inputs, few_digits.test_labels
    np.testing.assert_allclose(history.test_loss[0], MODEL.loss(history.x, *test))
    assert history.test_accuracy[0] == MODEL.accuracy(history.x, *test)


def test_seed_makes_the_training_reproducible(few_digits):
    first, again, other = (
        train(MODEL, Adam(0.01), few_digits, epochs=2, seed=seed) for seed in (3, 3, 4)
    )
    assert all(np.array_equal(getattr(first, name), getattr(again, name)) for name in CURVES)
    assert not np.array_equal(first.batch_loss, other.batch_loss)


class Listener:
    """A network that learns nothing and remembers which examples it was shown."""

    size = 1

    def __init__(self):
        self.batches = []

    def initial(self, seed):
        return np.zeros(1)

    def logits(self, x, inputs):
        return np.zeros((len(inputs), 2))

    def loss_and_gradient(self, x, inputs, labels):
        self.batches.append(inputs[:, 0].astype(int).tolist())
        return np.float64(0.0), np.zeros(1)


def test_every_epoch_shows_every_example_once_in_a_new_order():
    numbers = np.arange(13.0)[:, None]
    dataset = Dataset("numbers", numbers, np.zeros(13, dtype=int), ("a", "b"), ("number",), 10)
    model = Listener()
    train(model, GradientDescent(0.1), dataset, epochs=3, batch_size=4)
    assert [len(batch) for batch in model.batches] == [4, 4, 2] * 3
    epochs = np.concatenate(model.batches).reshape(3, 10).tolist()
    assert all(sorted(epoch) == list(range(10)) for epoch in epochs)
    assert epochs[0] != epochs[1] != epochs[2]


def test_one_batch_an_epoch_is_gradient_descent_on_the_whole_set(few_digits):
    history = train(MODEL, GradientDescent(0.1), few_digits, epochs=3, batch_size=100)
    np.testing.assert_allclose(history.batch_loss, history.train_loss[:-1], rtol=1e-12)


def test_runs_that_blow_up_disturb_no_neighbour(few_digits):
    model = MultilayerPerceptron((64, 8, 10), "relu")
    sweep = GradientDescent(**grid(learning_rate=[0.1, 1e200, 0.2]))
    history = train(model, sweep, few_digits, epochs=2, record=[0])
    assert not np.isfinite(history.train_loss[-1, 1])
    for i, rate in ((0, 0.1), (2, 0.2)):
        single = train(model, GradientDescent(rate), few_digits, epochs=2, record=[0])
        assert_slice_equals(history, (i,), single)


def test_recorded_rates_are_those_of_the_optimizer(few_digits):
    optimizer = Adagrad(0.1)
    everything = np.arange(MODEL.size)
    history = train(MODEL, optimizer, few_digits, epochs=2, record=everything)
    rates = history.effective_learning_rate
    steps = len(history.batch_loss)
    np.testing.assert_array_equal(
        rates[-1], optimizer.effective_learning_rate(history.last_state, steps)
    )
    assert np.all(np.diff(rates, axis=0) <= 0)
    assert train(MODEL, optimizer, few_digits, epochs=1).effective_learning_rate is None


def test_schedule_counts_steps_not_epochs(few_digits):
    optimizer = GradientDescent(lambda k: 0.1 / (1 + k))
    history = train(MODEL, optimizer, few_digits, epochs=2, batch_size=25, record=[0])
    np.testing.assert_allclose(history.effective_learning_rate[:, 0], 0.1 / np.arange(1, 9))


def test_networks_learn_the_real_data():
    digits = train(MultilayerPerceptron(), Adam(0.003), data.digits(), epochs=20)
    assert digits.test_accuracy[-1] > 0.95
    words = len(data.docstrings().feature_names)
    docstrings = train(SoftmaxRegression(words, 4), Adagrad(0.1), data.docstrings(), epochs=10)
    assert docstrings.test_accuracy[-1] > 0.85


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"epochs": 0}, "`epochs` must be a whole number of at least 1. Received: 0."),
        ({"epochs": 1.5}, "`epochs`"),
        ({"batch_size": 0}, "`batch_size` must be a whole number of at least 1. Received: 0."),
        ({"seed": -1}, "`seed` must be whole numbers of at least 0"),
        ({"seed": []}, "`seed`"),
        ({"seed": [[1, 2]]}, "`seed`"),
        ({"seed": [[1], [2]], "epochs": True}, "`epochs`"),
        ({"dtype": np.float16}, "`dtype` must be float64 or float32"),
        ({"dtype": "text"}, "`dtype` must be float64 or float32"),
        ({"dtype": None}, "`dtype` must be float64 or float32"),
        ({"evaluate": "never"}, "`evaluate`"),
        ({"evaluate": 0}, "`evaluate`"),
        ({"evaluate": True}, "`evaluate`"),
        ({"record": "gradient"}, "`record` must be True, False or places in x"),
        ({"record": None}, "`record`"),
        ({"seed": 0.5}, "`seed`"),
        (
            {"record": [610]},
            "`record` must be True, False or places in x: whole numbers from 0 to 609",
        ),
        ({"record": [0.5]}, "`record`"),
    ],
)
def test_bad_argument_is_refused(arguments, message, few_digits):
    with pytest.raises(ValueError) as error:
        train(MODEL, Adam(0.01), few_digits, **{"epochs": 1, **arguments})
    assert message in str(error.value)


def test_network_that_does_not_fit_the_data_is_refused(few_digits):
    with pytest.raises(ValueError, match=r"\(\*runs, n, 32\).*\(100, 64\)"):
        train(MultilayerPerceptron((32, 10)), Adam(0.01), few_digits, epochs=1)
    with pytest.raises(ValueError, match="`labels` must be whole numbers from 0 to 3"):
        train(MultilayerPerceptron((64, 4)), Adam(0.01), few_digits, epochs=1)


def test_hyperparameter_that_does_not_fit_is_named(few_digits):
    with pytest.raises(ValueError, match=r"`learning_rate` must broadcast.*\(610,\).*\(3,\)"):
        train(MODEL, Adam([0.1, 0.2, 0.3]), few_digits, epochs=1)


def test_one_thread_computes_the_matrix_products():
    threads = set()

    class Watched(SoftmaxRegression):
        def loss_and_gradient(self, x, inputs, labels):
            pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
            threads.update(pool["num_threads"] for pool in pools)
            return super().loss_and_gradient(x, inputs, labels)

    with threadpool_limits(limits=2, user_api="blas"):
        train(Watched(inputs=64, classes=10), GradientDescent(0.1), data.digits(), epochs=1)
    assert threads == {1}


@pytest.mark.parametrize(
    ("argument", "wrong"),
    [
        ("model", MultilayerPerceptron),
        ("model", "network"),
        ("optimizer", Adam),
        ("optimizer", "adam"),
        ("dataset", data.digits),
        ("dataset", np.zeros((3, 64))),
    ],
)
def test_what_is_of_another_kind_is_refused(argument, wrong, few_digits):
    arguments = {"model": MODEL, "optimizer": Adam(), "dataset": few_digits} | {argument: wrong}
    with pytest.raises(TypeError, match=f"`{argument}` must be an? "):
        train(**arguments, epochs=1)


# --- what a training is asked afterwards ---------------------------------------------------------


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_what_is_recorded_is_what_was_used(method, few_digits):
    optimizer = method.optimizer(learning_rate=0.01)
    every = train(MODEL, optimizer, few_digits, epochs=1, batch_size=25, record=True)
    assert every.gradient.shape == every.effective_learning_rate.shape == (4, MODEL.size)
    x, state = MODEL.initial(0), optimizer.init(MODEL.initial(0))
    for t in range(1, 5):
        map_state(lambda a, b, t=t: np.testing.assert_array_equal(a[t - 1], b), every.state, state)
        x, state = optimizer.update(x, every.gradient[t - 1], state, t)
        rate = np.broadcast_to(optimizer.effective_learning_rate(state, t), x.shape)
        np.testing.assert_array_equal(every.effective_learning_rate[t - 1], rate)
    np.testing.assert_array_equal(every.x, x)
    map_state(np.testing.assert_array_equal, every.last_state, state)
    part = train(MODEL, optimizer, few_digits, epochs=1, batch_size=25, record=[[7], [3]])
    np.testing.assert_array_equal(part.gradient, every.gradient[:, [[7], [3]]])
    nothing = train(MODEL, optimizer, few_digits, epochs=1, batch_size=25)
    assert nothing.gradient is nothing.state is nothing.effective_learning_rate is None


def test_who_diverged_arrived_and_was_best(few_digits):
    rates = GradientDescent(**grid(learning_rate=[1e-4, 0.3, 1e308]))
    history = train(MODEL, rates, few_digits, epochs=30, batch_size=25, evaluate=10)
    assert history.evaluated_at.tolist() == list(range(0, 121, 10))
    assert history.diverged.tolist() == [False, False, True]
    np.testing.assert_array_equal(history.best_loss, np.nanmin(history.train_loss, axis=0))
    low = history.train_loss[:, 1] <= 0.5 * history.train_loss[0, 1]
    assert history.steps_to(0.5)[1] == history.evaluated_at[low.argmax()]
    assert history.steps_to(0.5)[0] == np.inf


def test_a_grid_of_seeds_broadcasts_and_a_sequence_adds_an_axis(few_digits):
    axes = grid(learning_rate=[0.01, 0.1], seed=[3, 4, 3])
    seeds = axes.pop("seed")
    wide = train(MODEL, Adam(**axes), few_digits, epochs=1, seed=seeds)
    front = train(MODEL, Adam([[0.01], [0.1]]), few_digits, epochs=1, seed=[3, 4, 3])
    assert wide.x.shape == (2, 3, MODEL.size)
    np.testing.assert_array_equal(wide.x, front.x.swapaxes(0, 1))
    np.testing.assert_array_equal(wide.x[:, 0], wide.x[:, 2])
    assert (wide.x[:, 0] != wide.x[:, 1]).any()


@pytest.mark.parametrize("evaluate", ["end", 3, 4, 100])
def test_evaluations_are_those_of_every_step(evaluate, few_digits):
    options = {"epochs": 3, "batch_size": 30, "seed": [0, 1]}
    every = train(MODEL, Adam(0.01), few_digits, evaluate=1, **options)
    some = train(MODEL, Adam(0.01), few_digits, evaluate=evaluate, **options)
    assert some.evaluated_at[0] == 0
    assert some.evaluated_at[-1] == 12
    for name in ("train_loss", "train_accuracy", "test_loss", "test_accuracy"):
        expected = getattr(every, name)[some.evaluated_at]
        np.testing.assert_array_equal(getattr(some, name), expected)
    np.testing.assert_array_equal(some.x, every.x)


def test_an_average_is_looked_at_in_its_own_place(few_digits):
    plain = train(MODEL, Momentum(0.1), few_digits, epochs=3)
    for make in (UniformAverage, ExponentialAverage):
        averaged = train(MODEL, make(Momentum(0.1)), few_digits, epochs=3)
        np.testing.assert_array_equal(averaged.last_iterate, plain.x)
        np.testing.assert_array_equal(averaged.batch_loss, plain.batch_loss)
        np.testing.assert_array_equal(averaged.x, averaged.last_state.average)
        inputs, labels = few_digits.test_inputs, few_digits.test_labels
        expected = MODEL.loss(averaged.x, inputs, labels)
        np.testing.assert_allclose(averaged.test_loss[-1], expected, rtol=1e-12)
        assert averaged.test_loss[-1] != plain.test_loss[-1]


def test_single_precision_stays_single(few_digits):
    options = {"epochs": 2, "record": True, "seed": [0, 1]}
    for make in (Adam, Momentum):
        single = train(MODEL, make([[0.01], [0.1]]), few_digits, dtype=np.float32, **options)
        double = train(MODEL, make([[0.01], [0.1]]), few_digits, **options)
        for name in (*CURVES, "gradient", "effective_learning_rate", "x", "last_iterate"):
            assert getattr(single, name).dtype == np.float32, name
            assert getattr(double, name).dtype == np.float64, name
        map_state(lambda array: np.testing.assert_equal(array.dtype, np.float32), single.last_state)
        np.testing.assert_allclose(single.train_loss, double.train_loss, rtol=2e-3)


# --- groups, matrices, rate-free methods ---------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Orthogonal(Optimizer):
    """Steps along the nearest matrix whose singular values are all equal."""

    shape_of_matrix: tuple
    learning_rate: float = 0.1
    elementwise = False

    def init(self, x):
        return np.zeros_like(x)

    def update(self, x, dx, velocity, t):
        velocity = 0.9 * velocity + dx
        matrices = velocity.reshape(*x.shape[:-1], *self.shape_of_matrix)
        u, _, v = np.linalg.svd(matrices, full_matrices=False)
        return x - self.learning_rate * (u @ v).reshape(x.shape), velocity

    def effective_learning_rate(self, state, t):
        return None


@dataclass(frozen=True, eq=False)
class Distance(Optimizer):
    """Takes its rate from how far it has come, one number for each run."""

    learning_rate: float = 1.0
    elementwise = False

    def init(self, x):
        return np.full_like(x[..., :1], 0.01), np.zeros_like(x[..., :1])

    def update(self, x, dx, state, t):
        distance, squares = state
        squares = squares + np.sum(dx**2, axis=-1, keepdims=True)
        step = self.learning_rate * distance / np.sqrt(squares) * dx
        return x - step, (distance + np.linalg.norm(step, axis=-1, keepdims=True), squares)

    def effective_learning_rate(self, state, t):
        return None


def matrix_and_the_rest(rate):
    weights, bias = MODEL.parameter_index(0)
    last, last_bias = MODEL.parameter_index(-1)
    rest = np.concatenate([bias, last.ravel(), last_bias])
    return Partition([(weights, Orthogonal(weights.shape, rate)), (rest, Adam(rate))])


@pytest.mark.parametrize("make", [matrix_and_the_rest, Distance])
def test_methods_of_every_kind_train(make, few_digits):
    rates = np.array([[0.003], [0.01], [0.03]])
    options = {"epochs": 10, "seed": [0, 1], "record": [4, 600]}
    sweep = train(MODEL, make(rates), few_digits, **options)
    for i, rate in enumerate(rates[:, 0]):
        alone = train(MODEL, make(float(rate)), few_digits, **options)
        np.testing.assert_allclose(sweep.train_loss[:, :, i], alone.train_loss, rtol=1e-10)
        np.testing.assert_allclose(sweep.x[:, i], alone.x, rtol=1e-9, atol=1e-12)
    assert (sweep.train_loss[-1] < sweep.train_loss[0]).all()
