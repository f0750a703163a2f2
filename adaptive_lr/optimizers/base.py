r"""What all optimizers share: the contract, its checks, and the plumbing around every update.

An update is written as its equation. What surrounds it stands here, once: a schedule is replaced
by its value in the step, the arguments are checked, the result keeps the dtype of ``x``, and a
large ``x`` is taken block by block, so that a block's arrays stay in the processor's cache.
"""

import re
from dataclasses import fields
from functools import partial, wraps
from operator import itemgetter

import numpy as np

from adaptive_lr.checks import count, real_array, require
from adaptive_lr.hyperparameters import HYPERPARAMETERS

FLOAT64 = np.dtype(float)
# Bytes of x in a block: small enough for the cache, large enough that calls cost little.
BLOCK = 524_288


class Optimizer:
    """The contract of all methods: immutable hyper-parameters and two pure functions.

    A subclass is a frozen dataclass with the methods ``init`` and ``update``. Its fields that are
    named in :data:`~adaptive_lr.hyperparameters.HYPERPARAMETERS` are checked when the object is
    made, and described in its docstring; a field that holds an optimizer is run through with
    its own.

    A method in which a parameter's step depends on other parameters too says
    ``elementwise = False``.
    """

    elementwise = True

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        for name, guard in GUARDS.items():
            if name in vars(cls):
                setattr(cls, name, guard(vars(cls)[name]))
        _describe_hyperparameters(cls)

    def __post_init__(self):
        for name in self._own_names():
            checked = HYPERPARAMETERS[name].check(getattr(self, name))
            object.__setattr__(self, name, checked)
        self._note_what_is_scheduled()

    def init(self, x):
        """Return the state before the first step.

        Parameters
        ----------
        x : array_like, shape (*runs, d)
            The parameters to be optimized; only their shape and dtype matter.

        Returns
        -------
        ndarray or (nested) tuple of ndarray
            What the method remembers. Its arrays have the shape of x, or (*runs, 1).

        Raises
        ------
        ValueError
            If x is not of real numbers, or lacks the shape to which it and the hyper-parameters
            broadcast.

        Examples
        --------
        >>> from adaptive_lr import Adagrad
        >>> Adagrad(initial_accumulator=0.1).init([1.0, 2.0])
        array([0.1, 0.1])
        """
        raise NotImplementedError

    def update(self, x, dx, state, t):
        """Return the parameters and the state after step t; the arguments stay as they are.

        Parameters
        ----------
        x : array_like, shape (*runs, d)
            The parameters before the step. Their dtype is kept: float32 in, float32 out.
        dx : array_like, shape (*runs, d)
            The gradient of the loss at x.
        state : ndarray or (nested) tuple of ndarray
            The state before the step, as ``init`` or the step before returned it.
        t : int
            Number of the step: 1, 2, 3, ...

        Returns
        -------
        x : ndarray, shape (*runs, d)
            The parameters after the step.
        state : ndarray or (nested) tuple of ndarray
            The state after the step.

        Raises
        ------
        ValueError
            If x or dx is not of real numbers, if their shapes differ or lack the shape of the
            hyper-parameters, if the state is not one of this method for this x, if t is not a
            whole number of at least 1, or if a schedule gives a value that breaks the rule of its
            hyper-parameter.

        Examples
        --------
        >>> from adaptive_lr import GradientDescent
        >>> GradientDescent(0.5).update([1.0], [1.0], (), t=1)
        (array([0.5]), ())
        """
        raise NotImplementedError

    def evaluation_point(self, x, state):
        """Return where to look at the loss: x, unless the method averages.

        Parameters
        ----------
        x : ndarray, shape (*runs, d)
            The parameters after a step, where the next gradient is taken.
        state : ndarray or (nested) tuple of ndarray
            The state after that step.

        Returns
        -------
        ndarray, shape (*runs, d)
            The parameters that the method would have you use.

        Examples
        --------
        >>> from adaptive_lr import GradientDescent
        >>> GradientDescent().evaluation_point(np.array([3.0]), ())
        array([3.])
        """
        return x

    def effective_learning_rate(self, state, t):
        r"""Return what multiplies the gradient (in Adam, the corrected ``m``) in step t.

        Parameters
        ----------
        state : ndarray or (nested) tuple of ndarray
            The state *after* step t.
        t : int
            Number of the step: 1, 2, 3, ...

        Returns
        -------
        float, ndarray or None
            For the methods that are not adaptive, the learning rate itself. None if the method
            has no rate for each parameter.

        Examples
        --------
        >>> from adaptive_lr import Adagrad, GradientDescent
        >>> GradientDescent(0.1).effective_learning_rate((), 1)
        0.1
        >>> float(Adagrad(0.1, epsilon=0.0).effective_learning_rate(np.array(4.0), 1))
        0.05
        """
        return self.at(t).learning_rate

    def hyperparameters(self):
        """Return the hyper-parameters by name, those of optimizers within first.

        Returns
        -------
        dict
            Name to value: a number, an array or a schedule.

        Examples
        --------
        >>> from adaptive_lr import GradientDescent
        >>> GradientDescent(0.1).hyperparameters()
        {'learning_rate': 0.1}
        """
        within = {}
        for optimizer in self.within():
            within |= optimizer.hyperparameters()
        return within | {name: getattr(self, name) for name in self._own_names()}

    def within(self):
        """Return the optimizers that this one is made of.

        Returns
        -------
        tuple of Optimizer
            Empty for the methods themselves.

        Examples
        --------
        >>> from adaptive_lr import GradientDescent
        >>> GradientDescent().within()
        ()
        """
        return tuple(self.__dict__[name] for name in self._optimizers)

    def shape(self):
        """Return the shape to which all hyper-parameters broadcast.

        Returns
        -------
        tuple of int
            ``()`` if all are numbers.

        Raises
        ------
        ValueError
            If they do not broadcast against each other.

        Examples
        --------
        >>> from adaptive_lr import GradientDescent
        >>> GradientDescent([[0.1], [0.2], [0.3]]).shape()
        (3, 1)
        """
        shapes = {name: np.shape(value) for name, value in self._values_of_first_step().items()}
        inside = [optimizer.shape() for optimizer in self.within()]
        shape = broadcast(*shapes.values(), *inside)
        if shape is None:
            found = {name: shape for name, shape in shapes.items() if shape}
            raise ValueError(
                f"The hyper-parameters of {type(self).__name__} must broadcast against each other. "
                f"Received: arrays of shapes {found or inside}."
            )
        return shape

    def at(self, t):
        """Return the optimizer with the values in force in step t in place of its schedules.

        Parameters
        ----------
        t : int
            Number of the step: 1, 2, 3, ...; a schedule is called with k = t - 1.

        Returns
        -------
        Optimizer
            The optimizer itself, if it has no schedule.

        Raises
        ------
        ValueError
            If a schedule gives a value that breaks the rule of its hyper-parameter, or whose shape
            is not that of its value at k = 0.

        Examples
        --------
        >>> from adaptive_lr import GradientDescent
        >>> GradientDescent(lambda k: 0.1 / (1 + k)).at(2)
        GradientDescent(learning_rate=0.05)
        """
        if not self._scheduled:
            return self
        now = object.__new__(type(self))
        values = now.__dict__
        values.update(self.__dict__)
        values["_scheduled"] = False
        for name in self._schedules:
            value = values[name](t - 1)
            if not isinstance(value, float) or self._known.get(name) != ():
                self._check_shape_of_schedule(name, value, t)
                values["_has_arrays"] = values["_has_arrays"] or np.ndim(value) > 0
            values[name] = value
        values["_schedules"] = ()
        within = self.within()
        if within:
            within = [optimizer.at(t) for optimizer in within]
            now._set_within(within)
            values["_has_arrays"] = values["_has_arrays"] or any(one._has_arrays for one in within)
        return now

    # --- plumbing: what follows is called by the guards, by run and by train ---------------------

    @classmethod
    def _own_names(cls):
        """Return the names of the fields that are hyper-parameters."""
        return tuple(f.name for f in fields(cls) if f.name in HYPERPARAMETERS)

    def _note_what_is_scheduled(self):
        own = vars(self)
        names = tuple(f.name for f in fields(self) if isinstance(own[f.name], Optimizer))
        own.update(_optimizers=names)
        schedules = tuple(name for name in self._own_names() if callable(getattr(self, name)))
        scheduled = bool(schedules) or any(one._scheduled for one in self.within())
        arrays = any(isinstance(own[name], np.ndarray) for name in self._own_names())
        arrays = arrays or any(one._has_arrays for one in self.within())
        own.update(_schedules=schedules, _scheduled=scheduled, _has_arrays=arrays)
        own.update(_known={}, _expected=[None, None])

    def _with(self, values, within):
        """Return a copy with other values and other optimizers within, without checking them."""
        copy = object.__new__(type(self))
        vars(copy).update(vars(self))
        vars(copy).update(values)
        vars(copy).update(_known={}, _expected=[None, None])
        copy._set_within(within)
        return copy

    def _set_within(self, within):
        vars(self).update(zip(self._optimizers, within, strict=True))

    def _values_of_first_step(self):
        """Return the hyper-parameters by name, each schedule replaced by its value at k = 0."""
        values = {name: vars(self)[name] for name in self._own_names()}
        return values | {name: values[name](0) for name in self._schedules}

    def _shape_of_schedule(self, name):
        known = self._known
        if name not in known:
            known[name] = np.shape(vars(self)[name](0))
        return known[name]

    def _check_shape_of_schedule(self, name, value, t):
        first = self._shape_of_schedule(name)
        if np.shape(value) != first:
            rule = f"keep the shape that it has at k = 0, {first}"
            require(False, name, rule, _AtStep(np.shape(value), t - 1))

    def _has_scheduled_arrays(self):
        """Return whether a schedule gives an array: then every step makes it anew, and whole."""
        own = any(self._shape_of_schedule(name) for name in self._schedules)
        return own or any(one._has_scheduled_arrays() for one in self.within())

    def _for_block(self, place, shape):
        """Return the optimizer of a block: its arrays cut to the place of the block in x.

        Where every parameter goes its own way the arrays are also spread out to the shape of the
        block, because arithmetic on a short last axis is slow.
        """
        if not self._has_arrays:
            return self
        arrays = {
            name: _cut(value, place, shape if self.elementwise else None)
            for name, value in vars(self).items()
            if isinstance(value, np.ndarray) and name in HYPERPARAMETERS
        }
        within = [one._for_block(place, shape) for one in self.within()]
        return self._with(arrays, within)

    def _check_x(self, x):
        """Refuse an x that lacks the full shape, to which it and the hyper-parameters broadcast."""
        for name, value in self._values_of_first_step().items():
            shape = np.shape(value)
            if shape and broadcast(x.shape, shape) is None:
                raise ValueError(
                    f"Argument `{name}` must broadcast against x of shape {x.shape}. "
                    f"Received: an array of shape {shape}."
                )
            if shape and broadcast(x.shape, shape) != x.shape:
                raise ValueError(
                    f"Argument `x` must have the full shape {broadcast(x.shape, shape)}, to which "
                    f"it and `{name}` broadcast. Received: an array of shape {x.shape}."
                )
        for optimizer in self.within():
            optimizer._check_x(x)

    def _check_state(self, x, state):
        """Refuse a state that ``init`` would not have made for this x."""
        if self._known.get("shape") != x.shape:
            self._known["form"] = _form(self.init(x))
            self._known["shape"] = x.shape
        form = self._known["form"]
        if not _belongs(state, form):
            raise ValueError(
                f"Argument `state` must be one of {type(self).__name__} for x of shape {x.shape}: "
                f"{_in_words(form)}. Received: {_in_words(_form(state))}."
            )


class _AtStep:
    """What an error says of an array that a schedule gave."""

    def __init__(self, shape, k):
        self.text = f"an array of shape {shape} at k = {k}"

    def __repr__(self):
        return self.text


def _cut(value, place, shape):
    """Return the part of a hyper-parameter's array that belongs to a place in x."""
    own = place[len(place) - value.ndim :]
    cut = value[tuple(s if n > 1 else slice(None) for s, n in zip(own, value.shape, strict=True))]
    return cut if shape is None else np.ascontiguousarray(np.broadcast_to(cut, shape))


def broadcast(*shapes):
    """Return the shape to which shapes broadcast, or None if they do not.

    Parameters
    ----------
    *shapes : tuple of int
        The shapes.

    Returns
    -------
    tuple of int or None
        The shape.

    Examples
    --------
    >>> broadcast((3, 1), (2,)), broadcast((3,), (2,))
    ((3, 2), None)
    """
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        return None


def _form(state):
    """Return what kind of state this is: the types of its tuples and the shapes of its arrays."""
    if isinstance(state, tuple):
        return type(state), tuple(_form(part) for part in state)
    return None, np.shape(state) if isinstance(state, np.ndarray | np.generic) else type(state)


def _belongs(state, form):
    kind, inside = form
    if kind is None:
        return getattr(state, "shape", None) == inside
    if type(state) is not kind or len(state) != len(inside):
        return False
    for part, one in zip(state, inside, strict=True):  # noqa: SIM110 (half the time of all())
        if not _belongs(part, one):
            return False
    return True


def _in_words(form):
    kind, inside = form
    if kind is None:
        return inside.__name__ if isinstance(inside, type) else f"an array of shape {inside}"
    name = "a tuple" if kind is tuple else kind.__name__
    return f"{name} ({', '.join(map(_in_words, inside))})"


def map_state(function, *states):
    """Apply a function to the arrays of one state, or to those of several of the same form.

    Parameters
    ----------
    function : callable
        Takes one array of each state.
    *states : ndarray or (nested) tuple of ndarray
        The states.

    Returns
    -------
    ndarray or (nested) tuple
        What the function returned, in the form of the states.

    Examples
    --------
    >>> map_state(np.add, (np.array([1.0]), ()), (np.array([2.0]), ()))
    (array([3.]), ())
    """
    first = states[0]
    if not isinstance(first, tuple):
        return function(*states)
    parts = [map_state(function, *part) for part in zip(*states, strict=True)]
    return type(first)(*parts) if hasattr(first, "_fields") else tuple(parts)


def blocks(shape, size, *, runs_only):
    """Return the places of the blocks into which an array is cut, each of about one size.

    Parameters
    ----------
    shape : tuple of int
        Shape (*runs, d) of the array.
    size : int
        Number of elements that a block shall have at most.
    runs_only : bool
        Whether the last axis is left whole.

    Returns
    -------
    list of tuple of slice
        For each block a slice for each axis.

    Examples
    --------
    >>> [place[0] for place in blocks((5, 2), 4, runs_only=True)]
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    axis, inside = len(shape) - 1, 1
    while axis > 0 and inside * shape[axis] < size:
        inside *= shape[axis]
        axis -= 1
    if runs_only and axis == len(shape) - 1:
        if axis == 0:
            return [(slice(None),)]
        inside *= shape[axis]
        axis -= 1
    length = max(1, size // inside)
    rest = (slice(None),) * (len(shape) - axis - 1)
    return [
        (*(slice(i, i + 1) for i in index), slice(first, min(first + length, shape[axis])), *rest)
        for index in np.ndindex(*shape[:axis])
        for first in range(0, shape[axis], length)
    ]


def _put(place, array, part):
    array[place] = part


def keep_freed_memory():
    """Let the C library keep the memory that one step frees for the next.

    Linux's (glibc) gives it back, and asks for it page by page in every step, until it once sees
    a large array come and go. That array is never touched, and takes no memory.
    """
    np.empty(30_000_000, dtype=np.uint8)


def _by_blocks(update, optimizer, x, dx, state, t):
    """Take a step block by block; every parameter goes its own way, so the result is the same."""
    keep_freed_memory()
    new_x = np.empty_like(x)
    new_state = map_state(lambda array: np.empty_like(array, dtype=x.dtype), state)
    for place in blocks(x.shape, max(BLOCK // x.itemsize, 1), runs_only=False):
        block = optimizer._for_block(place, x[place].shape)
        part = map_state(itemgetter(place), state)
        moved, kept = update(block, x[place], dx[place], part, t)
        new_x[place] = moved
        map_state(partial(_put, place), new_state, kept)
    return new_x, new_state


# --- guards: what every init, update and rate is wrapped in -----------------------------------


def _guarded_init(init):
    @wraps(init)
    def guarded(self, x):
        x = real_array("x", x)
        require(x.ndim > 0 and x.shape[-1] > 0, "x", "have an axis for its components", x)
        self._check_x(x)
        state = init(self, x)
        return state if x.dtype == FLOAT64 else map_state(_as_dtype(x.dtype), state)

    return guarded


def _guarded_update(update):
    @wraps(update)
    def guarded(self, x, dx, state, t):
        if type(t) is not int or t < 1:
            t = _number_of_step(t)
        # The state that this object returned for an x of this shape needs no second look.
        expected = self._expected
        shape = expected[1]
        if (
            state is expected[0]
            and type(x) is type(dx) is np.ndarray
            and x.dtype is dx.dtype is FLOAT64
            and x.shape == dx.shape == shape
        ):
            result = update(self.at(t) if self._scheduled else self, x, dx, state, t)
            expected[0] = result[1]
            return result
        x, dx = real_array("x", x), real_array("dx", dx)
        if x.shape != dx.shape:
            raise ValueError(
                f"Argument `dx` must have the shape of x, {x.shape}. "
                f"Received: an array of shape {dx.shape}."
            )
        self._check_state(x, state)
        optimizer = self.at(t) if self._scheduled else self
        dx = dx.astype(x.dtype, copy=False)
        if x.nbytes > BLOCK and self.elementwise:
            return _by_blocks(update, optimizer, x, dx, state, t)
        moved, state = update(optimizer, x, dx, state, t)
        if x.dtype != FLOAT64:
            return np.asarray(moved, dtype=x.dtype), map_state(_as_dtype(x.dtype), state)
        if x.nbytes <= BLOCK:
            expected[:] = state, x.shape
        return moved, state

    return guarded


def _guarded_rate(rate):
    @wraps(rate)
    def guarded(self, state, t):
        if type(t) is not int or t < 1:
            t = _number_of_step(t)
        return rate(self.at(t) if self._scheduled else self, state, t)

    return guarded


GUARDS = {
    "init": _guarded_init,
    "update": _guarded_update,
    "effective_learning_rate": _guarded_rate,
    "corrected": _guarded_rate,
}


def _as_dtype(dtype):
    return lambda array: np.asarray(array, dtype=dtype)


def _number_of_step(t):
    require(not callable(t), "t", "be a number", t)
    return count("t", t, least=1, because=": the first step is t = 1")


def _describe_hyperparameters(cls):
    """Write the hyper-parameters into the docstring, each as the table of all of them has it."""
    inherited = [f.name for f in fields(cls)] if hasattr(cls, "__dataclass_fields__") else []
    names = dict.fromkeys([*inherited, *vars(cls).get("__annotations__", {})])
    entries = [
        HYPERPARAMETERS[name].describe(getattr(cls, name))
        for name in names
        if name in HYPERPARAMETERS and hasattr(cls, name)
    ]
    text = vars(cls).get("__doc__")
    if not text or not entries or "Parameters\n" in text:
        return
    indent = "\n" + " " * 4
    section = "\n".join(["Parameters", "----------", *entries])
    section += "\n\nRaises\n------\nValueError\n    If an argument breaks its rule."
    section = indent.join([*section.splitlines(), "", ""])
    cls.__doc__ = re.sub(
        r"(References|Examples)\n    -+\n", lambda m: section + m[0], text, count=1
    )
