"""Optimizers around optimizers: what changes the gradient, the parameters or the result of any."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from adaptive_lr.checks import count, require
from adaptive_lr.optimizers.base import Optimizer, broadcast


class Wrapper(Optimizer):
    """An optimizer around another, whose state and learning rates it passes through.

    A subclass is a frozen dataclass with the field ``optimizer`` and the method ``update``.
    """

    def __post_init__(self):
        _require_optimizer("optimizer", self.optimizer)
        super().__post_init__()

    @property
    def elementwise(self):
        """Whether every parameter goes its own way: here, as in the optimizer within."""
        return self.optimizer.elementwise

    @property
    def learning_rate(self):
        """The learning rate of the optimizer within."""
        return self.optimizer.learning_rate

    def init(self, x):
        """Return the state of the optimizer within before the first step."""
        return self.optimizer.init(x)

    def evaluation_point(self, x, state):
        """Return that of the optimizer within."""
        return self.optimizer.evaluation_point(x, state)

    def effective_learning_rate(self, state, t):
        """Return that of the optimizer within."""
        return self.optimizer.effective_learning_rate(state, t)


@dataclass(frozen=True, eq=False)
class ClipByValue(Wrapper):
    r"""Cut every component of the gradient to a largest size.

    .. math:: dx_i \leftarrow \max(-c, \min(dx_i, c))

    Parameters
    ----------
    optimizer : Optimizer
        The optimizer that receives the gradient.
    clip_value : float or array_like, default 1.0
        :math:`c`, above 0.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    References
    ----------
    Mikolov (2012), section 3.2.2. The ``clipvalue`` of Keras and ``optax.clip``.

    Examples
    --------
    >>> from adaptive_lr import GradientDescent
    >>> optimizer = ClipByValue(GradientDescent(1.0), clip_value=0.5)
    >>> optimizer.update(np.array([0.0, 0.0]), np.array([3.0, 0.1]), (), t=1)[0]
    array([-0.5, -0.1])
    """

    optimizer: Optimizer
    clip_value: float = 1.0

    def update(self, x, dx, state, t):
        """Return the parameters and the state after step t."""
        return self.optimizer.update(x, np.clip(dx, -self.clip_value, self.clip_value), state, t)


@dataclass(frozen=True, eq=False)
class ClipByNorm(Wrapper):
    r"""Shorten a gradient that is too long, and keep its direction.

    .. math:: dx \leftarrow dx \, \min\left(1, \frac{c}{\|dx\|}\right)

    The length is that of all parameters together, in each run by itself.

    Parameters
    ----------
    optimizer : Optimizer
        The optimizer that receives the gradient.
    clip_norm : float or array_like, default 1.0
        :math:`c`, above 0; one for all parameters of a run.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    References
    ----------
    Pascanu, Mikolov and Bengio (2013), Algorithm 1. The ``global_clipnorm`` of Keras,
    ``torch.nn.utils.clip_grad_norm_`` (which divides by the length plus 1e-6) and
    ``optax.clip_by_global_norm``.

    Examples
    --------
    >>> from adaptive_lr import GradientDescent
    >>> optimizer = ClipByNorm(GradientDescent(1.0), clip_norm=1.0)
    >>> optimizer.update(np.array([0.0, 0.0]), np.array([3.0, 4.0]), (), t=1)[0]
    array([-0.6, -0.8])
    """

    optimizer: Optimizer
    clip_norm: float = 1.0
    elementwise = False

    def __post_init__(self):
        super().__post_init__()
        for_a_run = np.shape(self.clip_norm)[-1:] in ((), (1,))
        rule = "be one number, or have a last axis of length 1: a run has one length"
        require(for_a_run, "clip_norm", rule, self.clip_norm)

    def update(self, x, dx, state, t):
        """Return the parameters and the state after step t."""
        norm = np.linalg.norm(dx, axis=-1, keepdims=True)
        dx = dx * (self.clip_norm / np.maximum(norm, self.clip_norm))
        return self.optimizer.update(x, dx, state, t)


@dataclass(frozen=True, eq=False)
class L2Penalty(Wrapper):
    r"""Add the gradient of an L2 penalty to the gradient.

    .. math:: dx \leftarrow dx + \lambda x

    Parameters
    ----------
    optimizer : Optimizer
        The optimizer that receives the sum.
    weight_decay : float, array_like or schedule
        :math:`\lambda`, at least 0.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    References
    ----------
    Loshchilov and Hutter (2019), section 2, on what sets it apart from weight decay.

    Examples
    --------
    >>> from adaptive_lr import GradientDescent
    >>> optimizer = L2Penalty(GradientDescent(0.1), weight_decay=0.5)
    >>> optimizer.update(np.array([2.0]), np.array([1.0]), (), t=1)[0]
    array([1.8])
    """

    optimizer: Optimizer
    weight_decay: float

    def update(self, x, dx, state, t):
        """Return the parameters and the state after step t."""
        return self.optimizer.update(x, dx + self.weight_decay * x, state, t)


@dataclass(frozen=True, eq=False)
class DecoupledDecay(Wrapper):
    r"""Shrink the parameters before the step.

    .. math:: x \leftarrow x - \eta \lambda x

    Parameters
    ----------
    optimizer : Optimizer
        The optimizer that takes the step.
    weight_decay : float, array_like or schedule
        :math:`\lambda`, at least 0.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    References
    ----------
    Loshchilov and Hutter (2019), section 2.

    Examples
    --------
    >>> from adaptive_lr import GradientDescent
    >>> optimizer = DecoupledDecay(GradientDescent(0.1), weight_decay=0.5)
    >>> optimizer.update(np.array([2.0]), np.array([1.0]), (), t=1)[0]
    array([1.8])
    """

    optimizer: Optimizer
    weight_decay: float

    def update(self, x, dx, state, t):
        """Return the parameters and the state after step t."""
        shrunk = x - self.learning_rate * self.weight_decay * x
        return self.optimizer.update(shrunk, dx, state, t)


@dataclass(frozen=True, eq=False)
class Maximize(Wrapper):
    r"""Turn the gradient round, so that the optimizer climbs.

    .. math:: dx \leftarrow -dx

    Parameters
    ----------
    optimizer : Optimizer
        The optimizer that takes the step.

    Raises
    ------
    TypeError
        If it is no optimizer.

    Examples
    --------
    >>> from adaptive_lr import GradientDescent
    >>> Maximize(GradientDescent(0.1)).update(np.array([0.0]), np.array([1.0]), (), t=1)[0]
    array([0.1])
    """

    optimizer: Optimizer

    def update(self, x, dx, state, t):
        """Return the parameters and the state after step t."""
        return self.optimizer.update(x, -dx, state, t)


class AverageState(NamedTuple):
    """What an average remembers: itself, and the state of the optimizer within."""

    average: np.ndarray
    state: object


class Average(Wrapper):
    """A wrapper that leaves the steps alone and offers an average of the parameters instead."""

    def init(self, x):
        """Return the state before the first step: the average begins at x."""
        return AverageState(np.array(x), self.optimizer.init(x))

    def evaluation_point(self, x, state):
        """Return the average."""
        return state.average

    def effective_learning_rate(self, state, t):
        """Return that of the optimizer within."""
        return self.optimizer.effective_learning_rate(state.state, t)


@dataclass(frozen=True, eq=False)
class UniformAverage(Average):
    r"""Average the parameters after all steps, or after all from a certain one on.

    .. math:: average \leftarrow average + \frac{x - average}{t - b}

    Up to step :math:`b` the average is x itself. The steps are those of the optimizer within; only
    the point at which loss and accuracy are looked at is another.

    Parameters
    ----------
    optimizer : Optimizer
        The optimizer that takes the steps.
    begin : int, default 0
        :math:`b`: the number of steps that are left out.

    Raises
    ------
    ValueError
        If ``begin`` is not a whole number of at least 0.

    References
    ----------
    Polyak and Juditsky (1992).

    Examples
    --------
    >>> from adaptive_lr import GradientDescent
    >>> optimizer = UniformAverage(GradientDescent(1.0))
    >>> x, state = np.array([0.0]), optimizer.init([0.0])
    >>> for t in (1, 2):
    ...     x, state = optimizer.update(x, np.array([1.0]), state, t)
    >>> x, optimizer.evaluation_point(x, state)
    (array([-2.]), array([-1.5]))
    """

    optimizer: Optimizer
    begin: int = 0

    def __post_init__(self):
        super().__post_init__()
        count("begin", self.begin, least=0)

    def update(self, x, dx, state, t):
        """Return the parameters and the state after step t."""
        x, within = self.optimizer.update(x, dx, state.state, t)
        average = state.average + (x - state.average) / max(t - self.begin, 1)
        return x, AverageState(average, within)


@dataclass(frozen=True, eq=False)
class ExponentialAverage(Average):
    r"""Keep a decaying average of the parameters.

    .. math:: average \leftarrow \alpha \, average + (1 - \alpha) \, x

    Parameters
    ----------
    optimizer : Optimizer
        The optimizer that takes the steps.
    average_decay : float or array_like, default 0.99
        :math:`\alpha` in [0, 1): share of the average kept from step to step.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    References
    ----------
    Ruppert (1988) and Polyak and Juditsky (1992) for averages of iterates.

    Examples
    --------
    >>> from adaptive_lr import GradientDescent
    >>> optimizer = ExponentialAverage(GradientDescent(1.0), average_decay=0.5)
    >>> x, state = optimizer.update([0.0], [1.0], optimizer.init([0.0]), t=1)
    >>> x, optimizer.evaluation_point(x, state)
    (array([-1.]), array([-0.5]))
    """

    optimizer: Optimizer
    average_decay: float = 0.99

    def update(self, x, dx, state, t):
        """Return the parameters and the state after step t."""
        x, within = self.optimizer.update(x, dx, state.state, t)
        average = self.average_decay * state.average + (1 - self.average_decay) * x
        return x, AverageState(average, within)


class ChainState(NamedTuple):
    """What a chain remembers: the states of its two optimizers."""

    first: object
    then: object


@dataclass(frozen=True, eq=False)
class Chain(Optimizer):
    r"""Hand the step of one optimizer to another as its gradient.

    With RMSprop and momentum that makes what the frameworks call RMSprop with momentum, and where
    the learning rate stands is seen in the call:

    - PyTorch: ``Chain(RMSprop(1, alpha), Momentum(lr, momentum))``
    - Keras and Optax: ``Chain(RMSprop(lr, rho), Momentum(1, momentum))``

    Parameters
    ----------
    first : Optimizer
        Receives the gradient. Its step must not depend on x.
    then : Optimizer
        Receives what the first would subtract from x.

    Raises
    ------
    TypeError
        If one is no optimizer.

    Examples
    --------
    >>> from adaptive_lr import GradientDescent, Momentum
    >>> optimizer = Chain(GradientDescent(0.1), Momentum(1.0, momentum=0.5))
    >>> x, state = np.array([0.0]), optimizer.init([0.0])
    >>> for t in (1, 2):
    ...     x, state = optimizer.update(x, np.array([1.0]), state, t)
    >>> x, state.then
    (array([-0.25]), array([0.15]))
    """

    first: Optimizer
    then: Optimizer

    def __post_init__(self):
        _require_optimizer("first", self.first)
        _require_optimizer("then", self.then)
        super().__post_init__()

    @property
    def elementwise(self):
        """Whether every parameter goes its own way in both."""
        return self.first.elementwise and self.then.elementwise

    @property
    def learning_rate(self):
        """The product of both learning rates."""
        return self.first.learning_rate * self.then.learning_rate

    def init(self, x):
        """Return the states of both before the first step."""
        return ChainState(self.first.init(x), self.then.init(x))

    def update(self, x, dx, state, t):
        """Return the parameters and the states after step t."""
        moved, first = self.first.update(np.zeros_like(x), dx, state.first, t)
        x, then = self.then.update(x, -moved, state.then, t)
        return x, ChainState(first, then)

    def evaluation_point(self, x, state):
        """Return that of the second optimizer."""
        return self.then.evaluation_point(x, state.then)

    def effective_learning_rate(self, state, t):
        """Return the product of both rates: what multiplies the gradient on its way into x."""
        first = self.first.effective_learning_rate(state.first, t)
        then = self.then.effective_learning_rate(state.then, t)
        return None if first is None or then is None else first * then


@dataclass(frozen=True, eq=False)
class Partition(Optimizer):
    """Give each group of parameters an optimizer of its own.

    Parameters
    ----------
    groups : sequence of (places, Optimizer)
        For each group the places of its parameters in x, as whole numbers in an array of any
        shape, and its optimizer, which sees them as a vector in that order. Every parameter
        belongs to exactly one group.

    Raises
    ------
    ValueError
        If the groups are not such pairs, or places are not whole numbers of at least 0; later, if
        two groups share a place of x or a place belongs to none.

    Examples
    --------
    >>> from adaptive_lr import Adam, GradientDescent
    >>> optimizer = Partition([([0, 2], GradientDescent(0.1)), ([1], Adam(0.5))])
    >>> x = np.array([1.0, 1.0, 1.0])
    >>> optimizer.update(x, np.array([1.0, 2.0, 3.0]), optimizer.init(x), t=1)[0].round(6)
    array([0.9, 0.5, 0.7])
    """

    groups: tuple
    elementwise = False

    def __post_init__(self):
        rule = "be pairs of places and an optimizer"
        try:
            groups = tuple((np.array(places), optimizer) for places, optimizer in self.groups)
        except (TypeError, ValueError):
            groups = ()
        require(len(groups) > 0, "groups", rule, self.groups)
        for places, optimizer in groups:
            whole = places.dtype.kind in "iu" and places.size > 0 and places.min() >= 0
            require(whole, "groups", "have places that are whole numbers of at least 0", places)
            _require_optimizer("groups", optimizer)
            places.setflags(write=False)
        object.__setattr__(self, "groups", groups)
        super().__post_init__()

    def within(self):
        """Return the optimizers of the groups."""
        return tuple(optimizer for _, optimizer in self.groups)

    def shape(self):
        """Return the shape to which the hyper-parameters broadcast, each group seen as one."""
        shapes = [optimizer.shape() for optimizer in self.within()]
        shape = broadcast(*((*shape[:-1], 1) if shape else () for shape in shapes))
        require(shape is not None, "groups", "have run axes that broadcast", shapes)
        return shape

    def init(self, x):
        """Return a tuple with the state of each group before the first step."""
        return tuple(one.init(x[..., places.ravel()]) for places, one in self.groups)

    def update(self, x, dx, state, t):
        """Return the parameters and a tuple with the state of each group after step t."""
        moved, states = np.empty_like(x), []
        for (places, optimizer), own in zip(self.groups, state, strict=True):
            at = (..., places.ravel())
            moved[at], after = optimizer.update(x[at], dx[at], own, t)
            states.append(after)
        return moved, tuple(states)

    def evaluation_point(self, x, state):
        """Return that of each group, in its places."""
        point = np.empty_like(x)
        for (places, optimizer), own in zip(self.groups, state, strict=True):
            at = (..., places.ravel())
            point[at] = optimizer.evaluation_point(x[at], own)
        return point

    def effective_learning_rate(self, state, t):
        """Return that of each group, in its places; nan in a group that has none, None if all."""
        rates = [
            optimizer.effective_learning_rate(own, t)
            for (_, optimizer), own in zip(self.groups, state, strict=True)
        ]
        if all(rate is None for rate in rates):
            return None
        size = sum(places.size for places, _ in self.groups)
        runs = np.broadcast_shapes(*(np.shape(rate)[:-1] for rate in rates if rate is not None))
        every = np.full((*runs, size), np.nan)
        for (places, _), rate in zip(self.groups, rates, strict=True):
            if rate is not None:
                every[..., places.ravel()] = rate
        return every

    def _set_within(self, within):
        pairs = zip(self.groups, within, strict=True)
        vars(self)["groups"] = tuple((places, optimizer) for (places, _), optimizer in pairs)

    def _for_block(self, place, shape):
        if not self._has_arrays:
            return self
        within = [one._for_block(place, (*shape[:-1], places.size)) for places, one in self.groups]
        return self._with({}, within)

    def _check_x(self, x):
        d = np.shape(x)[-1]
        owners = np.zeros(d, dtype=int)
        for places, optimizer in self.groups:
            rule = f"have places from 0 to {d - 1}, because x has {d} components"
            require(places.max() < d, "groups", rule, places)
            np.add.at(owners, places.ravel(), 1)
            optimizer._check_x(np.broadcast_to(0.0, (*np.shape(x)[:-1], places.size)))
        rule = "give every place of x to exactly one group"
        shared, left = np.flatnonzero(owners > 1), np.flatnonzero(owners == 0)
        require(not shared.size, "groups", rule, _Places("in two groups", shared))
        require(not left.size, "groups", rule, _Places("in none", left))


class _Places:
    """What an error says of places: which, and what is wrong with them."""

    def __init__(self, what, places):
        self.text = f"{places.tolist()} {what}"

    def __repr__(self):
        return self.text


def _require_optimizer(argument, value):
    if not isinstance(value, Optimizer):
        raise TypeError(
            f"Argument `{argument}` must be an optimizer, such as Adam(). Received: {value!r}."
        )
