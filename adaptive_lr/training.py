"""Mini-batch training of a network on real data: one setting, or a whole sweep in one call."""

import math
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from adaptive_lr.checks import count, real_array, require
from adaptive_lr.data import Dataset
from adaptive_lr.models import accuracy, cross_entropy
from adaptive_lr.optimizers.base import (
    Optimizer,
    blocks,
    broadcast,
    keep_freed_memory,
    map_state,
)
from adaptive_lr.progress import progress
from adaptive_lr.results import Results, checked_record, recorded
from adaptive_lr.seeds import Seeds

# Elements of an array that one pass over a network makes: they shall stay in the cache.
BLOCK = 16_384


@dataclass(frozen=True, eq=False)
class History(Results):
    """What happened in a training, or in each of many trainings.

    Losses and accuracies are those at the point where the method would have you look: at the
    parameters, or at their average if the method averages.

    Parameters
    ----------
    train_loss, test_loss : ndarray, shape (n, *runs)
        Mean loss over the whole set, in nats, before training and at each later evaluation.
    train_accuracy, test_accuracy : ndarray, shape (n, *runs)
        Share of the whole set that is classified rightly, at the same times.
    evaluated_at : ndarray of int, shape (n,)
        The number of steps done at each evaluation: 0 first, and that of all steps last.
    batch_loss : ndarray, shape (steps, *runs)
        Loss on the batch of each step, before the step, at the parameters themselves.
    x : ndarray, shape (*runs, size)
        Where to look at the loss after the last step.
    last_iterate : ndarray, shape (*runs, size)
        The parameters after the last step, where the next gradient would be taken; ``x``, unless
        the method averages.
    last_state : ndarray or (nested) tuple of ndarray
        The optimizer's state after the last step.
    gradient : ndarray, shape (steps, *runs, *record.shape), or None
        The gradient that each step used, if recorded.
    state : ndarray or (nested) tuple of ndarray, shape (steps + 1, ...), or None
        The state before the first step and after each step, if recorded.
    effective_learning_rate : ndarray, shape (steps, *runs, *record.shape), or None
        What multiplied the gradient in each step, if recorded and if the method has such a rate.

    Examples
    --------
    >>> from adaptive_lr import GradientDescent, data, models
    >>> model = models.SoftmaxRegression(inputs=64, classes=10)
    >>> history = train(model, GradientDescent(0.1), data.digits(), epochs=2, batch_size=100)
    >>> history.evaluated_at, history.train_loss.shape, history.batch_loss.shape
    (array([ 0, 14, 28]), (3,), (28,))
    >>> float(history.steps_to(0.9))
    14.0
    """

    train_loss: np.ndarray
    train_accuracy: np.ndarray
    test_loss: np.ndarray
    test_accuracy: np.ndarray
    evaluated_at: np.ndarray
    batch_loss: np.ndarray
    x: np.ndarray
    last_iterate: np.ndarray
    last_state: object
    gradient: np.ndarray | None = None
    state: object = None
    effective_learning_rate: np.ndarray | None = None

    @property
    def loss(self):
        """The loss that is asked who was best and who arrived: that of the training set."""
        return self.train_loss

    @property
    def last_x(self):
        """The parameters at the end, shape (*runs, size)."""
        return self.x


def train(
    model,
    optimizer,
    dataset,
    *,
    epochs,
    batch_size=32,
    seed=0,
    dtype=float,
    evaluate="epoch",
    record=False,
):
    r"""Train a network on mini-batches; a sweep of settings is one call.

    Every epoch goes once through the training set in a new random order, in batches; the last
    batch is smaller if the sizes do not divide.

    The run axes are those of the hyper-parameters, as :func:`adaptive_lr.grid` makes them, so
    that ``(*runs, 1)`` broadcasts against the parameters; those of the seeds broadcast against
    them. A slice of a sweep equals the single training with that setting and that seed: bit for
    bit where the method works on each parameter by itself, else up to rounding. Runs that blow up
    go to infinity or nan quietly and disturb no neighbour.

    A progress bar appears if the training takes longer than two seconds and somebody watches.

    Parameters
    ----------
    model : MultilayerPerceptron or SoftmaxRegression
        The network.
    optimizer : Optimizer
        The method and its hyper-parameters.
    dataset : Dataset
        The data, split into training and test set.
    epochs : int
        How often to go through the training set.
    batch_size : int, default 32
        Number of examples in a batch.
    seed : int or array_like of int, default 0
        Where the initial parameters and the order of the examples come from. A sequence adds a
        run axis in front of all others; an array of shape (\*runs, 1), as :func:`adaptive_lr.grid`
        makes it, broadcasts.
    dtype : {numpy.float64, numpy.float32}, default float
        The precision of parameters, inputs, gradients, states and everything kept of them.
    evaluate : {"epoch", "end"} or int, default "epoch"
        When to compute loss and accuracy on the whole sets, besides before training and after
        the last step: after every epoch, at no other time, or after every so many steps.
    record : bool or array_like of int, default False
        Whether to keep gradients, effective learning rates and states of every step too: of all
        parameters, or of those at these places in ``x``, as ``model.parameter_index`` gives them.

    Returns
    -------
    History
        The course of every training.

    Raises
    ------
    ValueError
        If an argument breaks its rule, or the network does not fit the data.
    TypeError
        If model, optimizer or dataset are none.

    Examples
    --------
    >>> from adaptive_lr import Adagrad, data, grid, models
    >>> model = models.SoftmaxRegression(inputs=64, classes=10)
    >>> sweep = Adagrad(**grid(learning_rate=[0.001, 0.1]))
    >>> history = train(model, sweep, data.digits(), epochs=3, seed=[0, 1, 2])
    >>> history.test_accuracy.shape
    (4, 3, 2)
    >>> bool(np.all(history.test_accuracy[-1, :, 1] > 0.9))
    True
    """
    _check_kinds(model, optimizer, dataset)
    epochs, batch_size = count("epochs", epochs), count("batch_size", batch_size)
    train_set, test_set = _sets(dataset, _checked_dtype(dtype))
    inputs, labels = train_set
    n = len(labels)
    steps = epochs * math.ceil(n / batch_size)
    evaluated_at = _evaluated_at(evaluate, steps, steps // epochs)
    kept = checked_record(record, model.size)
    seeds = Seeds(seed, ndim=len(optimizer.shape()[:-1]))
    start = seeds.draw(model.initial).astype(inputs.dtype)
    x = np.array(np.broadcast_to(start, (*_runs(optimizer, seeds), model.size)))
    state = optimizer.init(x)
    log = _Log(x, steps, evaluated_at, kept)
    keep_freed_memory()
    # The matrices are small: threads would cost more than they save, and would tie the rounding
    # of the results to the number of cores.
    with np.errstate(all="ignore"), threadpool_limits(limits=1, user_api="blas"):
        # All settings start alike, so there is one network for each seed to evaluate.
        point = optimizer.evaluation_point(x, state)
        alike = np.array_equal(point, x)
        log.evaluation(0, _evaluate(model, start if alike else point, train_set, test_set))
        log.state(0, state)
        t = 0
        for _ in progress(range(epochs), "training"):
            order = seeds.draw(lambda generator: generator.permutation(n))
            for first in range(0, n, batch_size):
                t += 1
                batch = order[..., first : first + batch_size]
                loss, dx = model.loss_and_gradient(x, inputs[batch], labels[batch])
                x, state = optimizer.update(x, dx, state, t)
                log.step(t, loss, dx, optimizer, state)
                if t in log.row_of_step:
                    point = optimizer.evaluation_point(x, state)
                    log.evaluation(t, _evaluate(model, point, train_set, test_set))
    return History(
        **log.arrays,
        evaluated_at=evaluated_at,
        x=point,
        last_iterate=x,
        last_state=state,
    )


def _evaluate(model, x, *sets):
    """Return loss and accuracy of every run on each set, of a few runs at a time, in the cache."""
    values = np.empty((len(sets), 2, *x.shape[:-1]), dtype=x.dtype)
    for i, (inputs, labels) in enumerate(sets):
        for place in blocks((*x.shape[:-1], inputs.size), BLOCK, runs_only=True):
            runs = place[:-1]
            logits = model.logits(x[runs], inputs)
            values[i, 0, *runs] = cross_entropy(logits, labels)
            values[i, 1, *runs] = accuracy(logits, labels)
    return values.reshape(-1, *x.shape[:-1])


class _Log:
    """What a training keeps: arrays made once, filled step by step."""

    def __init__(self, x, steps, evaluated_at, kept):
        self.kept, self.shape, self.steps = kept, x.shape, steps
        self.row_of_step = {t: row for row, t in enumerate(evaluated_at.tolist())}
        names = ("train_loss", "train_accuracy", "test_loss", "test_accuracy")
        evaluations = np.empty((len(names), len(evaluated_at), *x.shape[:-1]), x.dtype)
        self.arrays = dict(zip(names, evaluations, strict=True))
        self.arrays["batch_loss"] = np.empty((steps, *x.shape[:-1]), x.dtype)

    def evaluation(self, t, values):
        """Keep losses and accuracies after step t."""
        for array, value in zip(self.arrays.values(), values, strict=False):
            array[self.row_of_step[t]] = value

    def step(self, t, loss, dx, optimizer, state):
        """Keep what step t used and left behind."""
        self.arrays["batch_loss"][t - 1] = loss
        if self.kept is None:
            return
        self.state(t, state)
        self._put("gradient", t - 1, self.steps, dx[..., self.kept])
        rate = optimizer.effective_learning_rate(state, t)
        if rate is not None:
            rate = np.broadcast_to(rate, dx.shape)[..., self.kept].astype(dx.dtype)
            self._put("effective_learning_rate", t - 1, self.steps, rate)

    def state(self, t, state):
        """Keep the state after step t."""
        if self.kept is not None:
            part = map_state(lambda a: recorded(a, self.kept, self.shape[-1]), state)
            self._put("state", t, self.steps + 1, part)

    def _put(self, name, row, rows, values):
        if name not in self.arrays:
            self.arrays[name] = map_state(lambda a: np.empty((rows, *a.shape), a.dtype), values)
        map_state(lambda array, a: array.__setitem__(row, a), self.arrays[name], values)


def _check_kinds(model, optimizer, dataset):
    """Refuse what is no network, no optimizer or no data."""
    methods = ("initial", "logits", "loss_and_gradient")
    network = hasattr(model, "size") and not isinstance(model, type)
    network = network and all(callable(getattr(model, name, None)) for name in methods)
    for name, kind, right, received in (
        ("model", "a network, such as MultilayerPerceptron()", network, model),
        (
            "optimizer",
            "an optimizer, such as Adam(0.1)",
            isinstance(optimizer, Optimizer),
            optimizer,
        ),
        ("dataset", "a Dataset, such as data.digits()", isinstance(dataset, Dataset), dataset),
    ):
        if not right:
            raise TypeError(f"Argument `{name}` must be {kind}. Received: {received!r}.")


def _sets(dataset, dtype):
    """Return the inputs and labels of the training set, and those of the test set."""
    sets = (
        (dataset.train_inputs, dataset.train_labels),
        (dataset.test_inputs, dataset.test_labels),
    )
    sizes = tuple(len(labels) for _, labels in sets)
    require(min(sizes) > 0, "dataset", "have examples to train and to test with", sizes)
    return [
        (real_array("dataset", inputs).astype(dtype, copy=False), labels) for inputs, labels in sets
    ]


def _checked_dtype(dtype):
    allowed = (np.float64, np.float32)
    try:
        known = dtype is not None and np.dtype(dtype) in allowed
    except TypeError:  # what NumPy does not take for a dtype
        known = False
    require(known, "dtype", "be float64 or float32", dtype)
    return np.dtype(dtype)


def _evaluated_at(evaluate, steps, steps_per_epoch):
    """Return the numbers of steps done at each evaluation."""
    if isinstance(evaluate, str) and evaluate in ("epoch", "end"):
        every = steps_per_epoch if evaluate == "epoch" else steps
    else:
        every = count("evaluate", evaluate, because=', "epoch" or "end"')
    return np.append(np.arange(0, steps, every), steps)


def _runs(optimizer, seeds):
    """Return the run axes that hyper-parameters and seeds together ask for."""
    runs = broadcast(optimizer.shape()[:-1], seeds.runs)
    if runs is None:
        raise ValueError(
            f"Argument `seed` must broadcast against the hyper-parameters of shape "
            f"{optimizer.shape()}. Received: an array of shape {(*seeds.runs, 1)}."
        )
    return runs
