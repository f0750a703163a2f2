"""Mini-batch training of a network on real data: one setting, or a whole sweep in one call."""

from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from adaptive_lr.checks import WHOLE, count, numbers, require
from adaptive_lr.models import cross_entropy
from adaptive_lr.progress import progress


@dataclass(frozen=True, eq=False)
class History:
    """What happened in a training, or in each of many trainings.

    Parameters
    ----------
    train_loss, test_loss : ndarray, shape (epochs + 1, *runs)
        Mean loss over the whole set, in nats, before training and after each epoch.
    train_accuracy, test_accuracy : ndarray, shape (epochs + 1, *runs)
        Share of the whole set that is classified rightly, at the same times.
    batch_loss : ndarray, shape (steps, *runs)
        Loss on the batch of each step, before the step.
    x : ndarray, shape (*runs, size)
        The parameters after the last step.
    state : ndarray or NamedTuple of ndarray
        The optimizer's state after the last step.
    effective_learning_rate : ndarray, shape (steps, *runs, *record.shape), or None
        What multiplied the gradient of the recorded parameters in each step.

    Examples
    --------
    >>> from adaptive_lr import GradientDescent, data, models
    >>> model = models.SoftmaxRegression(inputs=64, classes=10)
    >>> history = train(model, GradientDescent(0.1), data.digits(), epochs=2, batch_size=100)
    >>> history.train_loss.shape, history.batch_loss.shape
    ((3,), (28,))
    """

    train_loss: np.ndarray
    train_accuracy: np.ndarray
    test_loss: np.ndarray
    test_accuracy: np.ndarray
    batch_loss: np.ndarray
    x: np.ndarray
    state: object
    effective_learning_rate: np.ndarray | None


def train(model, optimizer, dataset, *, epochs, batch_size=32, seed=0, record=None):
    """Train a network on mini-batches; a sweep of settings is one call.

    Every epoch goes once through the training set in a new random order, in batches; the last
    batch is smaller if the sizes do not divide.

    The run axes are those of the hyper-parameters, as :func:`adaptive_lr.grid` makes them, so
    that ``(*runs, 1)`` broadcasts against the parameters. A sequence of seeds adds one more axis
    in front. A slice of a sweep equals the single training with that setting and that seed. Runs
    that blow up go to infinity or nan quietly and disturb no neighbour.

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
    seed : int or sequence of int, default 0
        Where the initial parameters and the order of the examples come from.
    record : array_like of int, optional
        Which parameters' effective learning rates to keep: places in the flat vector ``x``, as
        ``model.parameter_index`` gives them.

    Returns
    -------
    History
        The course of every training.

    Raises
    ------
    ValueError
        If an argument breaks its rule, or the network does not fit the data.

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
    count("epochs", epochs)
    count("batch_size", batch_size)
    generators = [np.random.default_rng(one) for one in _checked_seeds(seed)]
    record = None if record is None else _checked_record(record, model.size)
    runs = optimizer.shape()[:-1]
    seed_axes = (*np.shape(seed), *(1 for _ in runs))

    def draw(method):
        """One draw for each seed, with axes of length 1 for the hyper-parameters."""
        draws = np.array([method(generator) for generator in generators])
        return draws.reshape(*seed_axes, -1)

    x = np.broadcast_to(draw(model.initial), (*np.shape(seed), *runs, model.size)).copy()
    state = optimizer.init(x)
    inputs, labels = dataset.train_inputs, dataset.train_labels
    batch_losses, rates = [], []
    # The matrices are small: threads would cost more than they save, and would tie the rounding
    # of the results to the number of cores.
    with np.errstate(all="ignore"), threadpool_limits(limits=1, user_api="blas"):
        evaluations = [_evaluate(model, x, dataset)]
        for _ in progress(range(epochs), "training"):
            order = draw(lambda generator: generator.permutation(len(labels)))
            for first in range(0, len(labels), batch_size):
                batch = order[..., first : first + batch_size]
                loss, dx = model.loss_and_gradient(x, inputs[batch], labels[batch])
                batch_losses.append(loss)
                t = len(batch_losses)
                x, state = optimizer.update(x, dx, state, t)
                if record is not None:
                    rate = optimizer.effective_learning_rate(state, t)
                    rates.append(np.broadcast_to(rate, x.shape)[..., record])
            evaluations.append(_evaluate(model, x, dataset))
    return History(
        *np.stack(evaluations, axis=1),
        batch_loss=np.stack(batch_losses),
        x=x,
        state=state,
        effective_learning_rate=None if record is None else np.stack(rates),
    )


def _evaluate(model, x, dataset):
    """Return loss and accuracy on the training set, then on the test set."""
    evaluation = []
    for inputs, labels in (
        (dataset.train_inputs, dataset.train_labels),
        (dataset.test_inputs, dataset.test_labels),
    ):
        logits = model.logits(x, inputs)
        loss, _ = cross_entropy(logits, labels)
        evaluation += [loss, (logits.argmax(axis=-1) == labels).mean(axis=-1)]
    return evaluation


def _checked_seeds(seed):
    """Return the seeds as a list."""
    rule = "be a whole number of at least 0, or a sequence of such"
    seeds = np.atleast_1d(numbers("seed", seed, rule, lambda seeds: seeds >= 0, WHOLE))
    require(seeds.ndim == 1, "seed", rule, seed)
    return seeds.tolist()


def _checked_record(record, size):
    """Return the places of the recorded parameters as an array."""
    places = np.asarray(record)
    inside = places.dtype.kind in "iu" and np.all((places >= 0) & (places < size))
    require(inside, "record", f"be whole numbers from 0 to {size - 1}: places in x", record)
    return places
