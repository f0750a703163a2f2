"""Run an optimizer on a problem: one setting, or a whole sweep of settings in one call."""

from dataclasses import dataclass

import numpy as np

from adaptive_lr.checks import count, numbers, real_array, require
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

# Elements of x in a block of runs: all that a step touches shall stay in the cache.
BLOCK = 32_768


@dataclass(frozen=True, eq=False)
class Result(Results):
    """What happened in a run, or in each of many runs.

    Parameters
    ----------
    x : ndarray, shape (steps + 1, *runs, d)
        Where the optimizer would have you look at the loss, before the first step and after each:
        the parameters, or their average if the method averages.
    loss : ndarray, shape (steps + 1, *runs), or None
        The loss at ``x``, without noise; None if the problem has no loss.
    last_state : ndarray or (nested) tuple of ndarray
        The optimizer's state after the last step.
    gradient : ndarray, shape (steps, *runs, d), or None
        The gradient that each step used, noise included, if recorded.
    gradient_point : ndarray, shape (steps, *runs, d), or None
        The parameters at which it was taken, if recorded.
    state : ndarray or (nested) tuple of ndarray, shape (steps + 1, ...), or None
        The state before the first step and after each step, if recorded.
    effective_learning_rate : ndarray, shape (steps, *runs, d), or None
        What multiplied the gradient in each step, if recorded and if the method has such a rate.

    Examples
    --------
    >>> from adaptive_lr import GradientDescent
    >>> result = run(lambda x: 2 * x, GradientDescent(0.25), [1.0, 4.0], steps=2)
    >>> result.x[:, 1]
    array([4., 2., 1.])
    """

    x: np.ndarray
    loss: np.ndarray | None
    last_state: object = None
    gradient: np.ndarray | None = None
    gradient_point: np.ndarray | None = None
    state: object = None
    effective_learning_rate: np.ndarray | None = None

    @property
    def last_x(self):
        """The parameters at the end, shape (*runs, d)."""
        return self.x[-1]

    @property
    def evaluated_at(self):
        """The number of steps done at each loss: 0, 1, 2, ..."""
        return np.arange(len(self.x))


def run(problem, optimizer, start, steps, *, noise=None, seed=0, record=False, one_point=False):
    r"""Run an optimizer from a start; a sweep of settings is one call.

    Hyper-parameters, start, seed and the problem's own parameters broadcast to ``(*runs, d)``.
    A slice of a sweep equals the single run of that setting: bit for bit where a method works on
    each parameter by itself, else up to rounding (1e-10 in double precision, 1e-5 of the path's
    size in single precision; powers of an array round otherwise than those of a number). Runs
    that blow up go to infinity or nan quietly, stay where they are in the array, and disturb no
    neighbour.

    The dtype of the start decides: float32 stays float32; whole numbers become float64.

    Parameters
    ----------
    problem : Problem or callable
        An object with ``gradient(x)`` and, if it has one, ``loss(x)``; or the gradient itself, a
        function from x of shape (\*runs, d) to an array of the same shape. It is called once a
        step and must leave x, which is read-only, as it is. If the problem declares its runs
        ``independent``, it may be called once for each block of runs.
    optimizer : Optimizer
        The method and its hyper-parameters.
    start : array_like, shape (d,) or (\*runs, d)
        The parameters before the first step.
    steps : int
        Number of steps, at least 0.
    noise : float, optional
        Standard deviation of Gaussian noise added to every component of every gradient. By
        default the problem's own ``noise``, or 0.
    seed : int or array_like of int, default 0
        Seed of the noise. Runs with equal seeds see equal noise. A sequence adds a run axis in
        front of all others; an array of shape (\*runs, 1), as :func:`grid` makes it, broadcasts.
    record : bool or array_like of int, default False
        Whether to keep gradients, the points where they were taken, states and effective learning
        rates too: of all parameters, or of those at these places in x.
    one_point : bool, default False
        Whether gradient and loss are written for one point, an x of shape (d,). Then they are
        called for one run after the other, which is slow.

    Returns
    -------
    Result
        The path of every run.

    Raises
    ------
    ValueError
        If an argument breaks its rule, or if gradient or loss have not the shape that x asks for.
    TypeError
        If the optimizer is none.

    Notes
    -----
    A gradient that is written for one point and given many is refused, with one exception that
    cannot be seen: a matrix product ``A @ x`` where there are as many runs as parameters. Write
    ``x @ A.T``, or pass ``one_point=True``.

    Examples
    --------
    >>> from adaptive_lr import GradientDescent
    >>> sweep = GradientDescent(**grid(learning_rate=[0.25, 0.5, 2.0]))
    >>> run(lambda x: 2 * x, sweep, [1.0], steps=3).x[-1, :, 0]
    array([ 0.125,  0.   , -27.   ])
    """
    calls = _Calls(problem, one_point)
    if not isinstance(optimizer, Optimizer):
        rule = "be an optimizer, such as Adam(0.1)"
        raise TypeError(f"Argument `optimizer` must {rule}. Received: {optimizer!r}.")
    steps = count("steps", steps, least=0)
    noise = _checked_noise(getattr(problem, "noise", 0.0) if noise is None else noise)
    start = _checked_start(start, optimizer)
    known = np.broadcast_shapes((1,) * start.ndim, optimizer.shape(), (*calls.runs, 1))
    seeds = Seeds(seed, ndim=len(known) - 1)
    shape = _full_shape(start, optimizer, seeds, calls.runs)
    kept = checked_record(record, shape[-1])
    keep_freed_memory()
    with np.errstate(all="ignore"):
        x, first_dx = np.broadcast_to(start, shape), None
        if steps > 0 and not calls.independent:
            first_dx = calls.first_gradient(np.array(x))
            x = np.broadcast_to(x, first_dx.shape)
        log = _Log(x, steps, calls, kept)
        whole = calls.runs or not calls.independent or optimizer._has_scheduled_arrays()
        everything = (slice(None),) * x.ndim
        places = [everything] if whole else blocks(x.shape, BLOCK, runs_only=True)
        noise = noise * _streams(seeds, steps, x.shape) if noise else None
        for place in progress(places, "running") if len(places) > 1 else places:
            block = np.array(x[place])
            own_noise = None if noise is None else _cut(noise, place)
            one = optimizer._for_block(place, block.shape)
            _go(calls, one, block, steps, own_noise, first_dx, log.at(place))
    return log.result()


def _go(calls, optimizer, x, steps, noise, first_dx, log):
    """Take all steps of one block of runs."""
    state = optimizer.init(x)
    log.begin(optimizer, x, state)
    numbers_of_steps = range(1, steps + 1)
    for t in progress(numbers_of_steps, "running") if log.is_whole else numbers_of_steps:
        x.flags.writeable = False
        dx = calls.gradient(x) if first_dx is None else first_dx
        first_dx = None
        if noise is not None:
            dx = dx + noise[t - 1]
        point = x
        x, state = optimizer.update(x, dx, state, t)
        log.step(t, optimizer, x, state, dx, point)
    log.end(state)


class _Calls:
    """The problem's gradient and loss, and the checks of what they return."""

    def __init__(self, problem, one_point):
        from adaptive_lr.problems import PROBLEMS

        made_by = [name for name, factory in PROBLEMS.items() if factory is problem]
        rule = "be a problem and not the function that makes it; call it"
        require(not made_by, "problem", rule, *made_by or [""])
        gradient, loss = getattr(problem, "gradient", problem), getattr(problem, "loss", None)
        require(callable(gradient), "problem", "be a gradient or have one", problem)
        require(isinstance(one_point, bool), "one_point", "be True or False", one_point)
        require(loss is None or callable(loss), "problem", "have a loss that can be called", loss)
        if one_point:
            gradient = np.vectorize(gradient, signature="(d)->(d)")
            loss = loss and np.vectorize(loss, signature="(d)->()")
        self.one_point = one_point
        self.raw_gradient, self.raw_loss = gradient, loss
        self.independent = bool(getattr(problem, "independent", False))
        self.runs = tuple(getattr(problem, "runs", ()))

    def gradient(self, x):
        """Return the gradient, if it has the shape of x."""
        dx = self._call(self.raw_gradient, "gradient", x)
        if type(dx) is np.ndarray and dx.dtype.kind == "f" and dx.shape == x.shape:
            return dx
        dx = real_array("gradient", dx)
        if dx.shape != x.shape:
            raise ValueError(_wrong_shape("gradient", "the shape of x,", x.shape, dx.shape))
        return dx

    def first_gradient(self, x):
        """Return the gradient at the start, which may have run axes that x has not.

        A gradient written for one point takes the first run axis for the components. Where both
        have one length its result would have the right shape, and mix the runs. An axis of length
        1 in front tells them apart, and changes nothing for a gradient written for all.
        """
        ambiguous = x.ndim > 1 and x.shape[0] == x.shape[-1] > 1 and not self.one_point
        x.flags.writeable = False
        dx = self._call(self.raw_gradient, "gradient", x[np.newaxis] if ambiguous else x)
        dx = real_array("gradient", dx)
        wanted = (1, *x.shape) if ambiguous else x.shape
        fits = dx.ndim >= len(wanted) and dx.shape[-1] == x.shape[-1]
        if fits and (ambiguous or dx.shape == wanted):
            fits = dx.shape == wanted
        elif fits:
            fits = broadcast(dx.shape, wanted) == dx.shape
        if not fits:
            raise ValueError(_wrong_shape("gradient", "the shape of x,", wanted, dx.shape))
        return dx[0] if ambiguous else dx

    def loss(self, x):
        """Return the losses at points x, one for each."""
        ambiguous = not (self.independent or self.one_point)
        ambiguous = ambiguous and x.ndim > 1 and x.shape[0] == x.shape[-1] > 1
        loss = self._call(self.raw_loss, "loss", x[np.newaxis] if ambiguous else x)
        loss = real_array("loss", loss)
        wanted = (1, *x.shape[:-1]) if ambiguous else x.shape[:-1]
        if loss.shape != wanted:
            raise ValueError(_wrong_shape("loss", "one value for each run,", wanted, loss.shape))
        return loss[0] if ambiguous else loss

    def _call(self, function, what, x):
        try:
            return function(x)
        except (ValueError, IndexError, TypeError) as error:
            if "read-only" in str(error):
                raise ValueError(f"The {what} must leave x as it is: {error}.") from error
            if x.ndim == 1 and not self.one_point:
                raise
            raise ValueError(
                f"The {what} must take x of shape (*runs, d), here {x.shape}: {error}. If it is "
                f"written for one point, pass one_point=True."
            ) from error


def _wrong_shape(what, rule, wanted, received):
    return (
        f"The {what} must have {rule} {wanted}. Received: an array of shape {received}. If it is "
        f"written for one point, pass one_point=True."
    )


class _Log:
    """What a run keeps: arrays made once, filled step by step and block by block."""

    is_whole = True

    def __init__(self, x, steps, calls, kept):
        self.calls, self.kept, self.steps, self.shape = calls, kept, steps, x.shape
        self.place = (slice(None),) * x.ndim
        self.arrays = {"x": np.empty((steps + 1, *x.shape), x.dtype)}
        if calls.raw_loss is not None:
            self.arrays["loss"] = np.empty((steps + 1, *x.shape[:-1]), x.dtype)
        if kept is not None:
            part = (*x.shape[:-1], *np.shape(x[(0,) * (x.ndim - 1)][kept]))
            for name in ("gradient", "gradient_point", "effective_learning_rate"):
                self.arrays[name] = np.empty((steps, *part), x.dtype)

    def at(self, place):
        """Return the log of one block, which writes into the same arrays."""
        part = object.__new__(_Log)
        vars(part).update(vars(self))
        part.whole, part.place = self, place
        size = np.broadcast_to(0.0, self.shape)[place].size
        part.is_whole = size == np.prod(self.shape)
        # Few losses at a time would cost calls, many would leave the cache.
        part.chunk = max(1, BLOCK // size) if self.calls.independent else 1
        part.evaluated = 0
        return part

    def begin(self, optimizer, x, state):
        """Keep what there is before the first step."""
        self._write("x", 0, optimizer.evaluation_point(x, state))
        self._keep_state(0, state)
        self._evaluate_up_to(0)

    def step(self, t, optimizer, x, state, dx, point):
        """Keep what there is after step t."""
        self._write("x", t, optimizer.evaluation_point(x, state))
        self._evaluate_up_to(t)
        if self.kept is None:
            return
        self._keep_state(t, state)
        self._write("gradient", t - 1, dx[..., self.kept])
        self._write("gradient_point", t - 1, point[..., self.kept])
        rate = optimizer.effective_learning_rate(state, t)
        if rate is None:
            self.arrays["effective_learning_rate"] = None
        else:
            rate = np.broadcast_to(rate, x.shape)[..., self.kept]
            self._write("effective_learning_rate", t - 1, rate)

    def end(self, state):
        """Keep the last state."""
        if self.is_whole:
            self.whole.last_state = state
        else:
            if not hasattr(self.whole, "last_state"):
                self.whole.last_state = map_state(self._for_all_runs, state)
            map_state(self._put, self.whole.last_state, state)

    def result(self):
        """Return what was kept."""
        state = getattr(self, "states", None)
        arrays = {"loss": None, **self.arrays}
        return Result(**arrays, state=state, last_state=self.last_state)

    def _write(self, name, row, values):
        self.arrays[name][(row, *self.place[:-1])] = values

    def _evaluate_up_to(self, t):
        """Compute the losses of the last steps, in groups whose points still are in the cache."""
        if "loss" not in self.arrays or (t % self.chunk and t < self.steps):
            return
        first, self.evaluated = self.evaluated, t + 1
        rows, runs = slice(first, t + 1), self.place[:-1]
        points = self.arrays["x"][(rows, *self.place)]
        points.flags.writeable = False
        if self.calls.independent:
            self.arrays["loss"][(rows, *runs)] = self.calls.loss(points)
        else:
            self.arrays["loss"][t] = self.calls.loss(points[0])

    def _keep_state(self, row, state):
        if self.kept is None:
            return
        size = self.shape[-1]
        state = map_state(lambda array: recorded(array, self.kept, size), state)
        if not hasattr(self.whole, "states"):
            self.whole.states = map_state(
                lambda array: np.empty((self.steps + 1, *self._for_all_runs(array).shape)), state
            )
        map_state(lambda all_, one: self._put(all_[row], one), self.whole.states, state)

    def _for_all_runs(self, array):
        runs = len(self.shape) - 1
        return np.empty((*self.shape[:-1], *np.shape(array)[runs:]), np.asarray(array).dtype)

    def _put(self, array, part):
        array[self.place[:-1]] = part


def grid(**axes):
    """Give each list of values an axis of its own, ready to broadcast against (*runs, d).

    Parameters
    ----------
    **axes : array_like, one-dimensional
        Values of each hyper-parameter, in the order of the run axes wanted.

    Returns
    -------
    dict of ndarray
        The same values by name; with n axes, the array of axis i has n + 1 axes, all of length 1
        but the i-th. The last axis stands for the components of x.

    Raises
    ------
    ValueError
        If a list is empty, is not one-dimensional, or does not hold numbers or switches.

    Examples
    --------
    >>> axes = grid(learning_rate=[0.1, 1.0, 10.0], beta2=[0.9, 0.99])
    >>> axes["learning_rate"].shape, axes["beta2"].shape
    ((3, 1, 1), (1, 2, 1))
    """
    arrays = {}
    for name, values in axes.items():
        try:
            arrays[name] = np.asarray(values)
        except ValueError:  # a list of lists of different lengths
            arrays[name] = np.empty(0)
        sound = arrays[name].ndim == 1 and arrays[name].size > 0
        sound = sound and arrays[name].dtype.kind in "biuf"
        require(sound, name, "be a list of values", values)
    return {
        name: np.expand_dims(array, [axis for axis in range(len(arrays) + 1) if axis != place])
        for place, (name, array) in enumerate(arrays.items())
    }


def _checked_start(start, optimizer):
    """Return the start as an array that has as many components as the hyper-parameters ask for."""
    x = real_array("start", start)
    require(x.ndim > 0 and x.size > 0, "start", "have an axis for the components of x", start)
    require(bool(np.isfinite(x).all()), "start", "be finite", start)
    components = optimizer.shape()[-1:]
    if components not in ((), (1,), x.shape[-1:]):
        raise ValueError(
            f"Argument `start` must have as many components as the hyper-parameters, whose shape "
            f"is {optimizer.shape()}. Received: an array of shape {x.shape}."
        )
    return x


def _checked_noise(noise):
    rule = "be finite and at least 0"
    noise = numbers("noise", noise, rule, lambda noise: np.isfinite(noise) & (noise >= 0))
    require(isinstance(noise, float), "noise", "be a single number", noise)
    return noise


def _full_shape(start, optimizer, seeds, runs):
    """Return the shape (*runs, d) that all arguments together ask for."""
    shapes = {
        "the hyper-parameters": optimizer.shape(),
        "the seed": (*seeds.runs, 1),
        "the problem": (*runs, 1),
    }
    shape = broadcast(start.shape, *shapes.values())
    if shape is None:
        others = ", ".join(f"{what} of shape {shape}" for what, shape in shapes.items())
        raise ValueError(
            f"Argument `start` must broadcast against {others}. "
            f"Received: an array of shape {start.shape}."
        )
    return shape


def _streams(seeds, steps, shape):
    """Return noise of shape (steps, *runs or 1s, d): one stream for each different seed."""
    d = shape[-1]
    streams = seeds.draw(lambda generator: generator.standard_normal((steps, d)))
    streams = np.moveaxis(streams, -2, 0)
    return streams.reshape(steps, *[1] * (len(shape) - streams.ndim + 1), *streams.shape[1:])


def _cut(noise, place):
    """Return the part of the noise that belongs to a block of runs."""
    runs = [s if n > 1 else slice(None) for s, n in zip(place, noise.shape[1:], strict=True)]
    return noise[(slice(None), *runs)]
