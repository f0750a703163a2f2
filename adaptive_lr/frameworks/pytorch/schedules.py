"""The schedules as PyTorch 2 computes them; see the package for what sets them apart."""

import numpy as np

from adaptive_lr import schedules
from adaptive_lr.checks import numbers, require
from adaptive_lr.curves import half_cosine, joined, line, through
from adaptive_lr.schedule_arguments import (
    ABOVE_0,
    COUNT,
    COUNT_FROM_0,
    FRACTION,
    MOMENTUM,
    RATE,
    SHARE,
    CycledRate,
    ascending,
    checked_as_framework,
    factor,
    function_of,
    one_of,
    switch,
    unchecked,
    whole_numbers,
)
from adaptive_lr.schedule_arguments import schedules as some_schedules


@checked_as_framework(lr=RATE, step_size=COUNT, gamma=factor)
def step_lr(lr, step_size, gamma=0.1):
    r"""Return the cuts of ``torch.optim.lr_scheduler.StepLR``.

    It is the book's :func:`~adaptive_lr.schedules.step_decay`.

    Parameters
    ----------
    lr : float or array_like
        The rate at the start, at least 0.
    step_size : int or array_like of int
        Number of steps between two cuts.
    gamma : float or array_like, default 0.1
        Factor of each cut, at least 0.

    Returns
    -------
    callable
        The schedule.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    Examples
    --------
    >>> schedule = step_lr(lr=0.1, step_size=30)
    >>> [round(float(schedule(k)), 3) for k in (0, 29, 30, 60)]
    [0.1, 0.1, 0.01, 0.001]
    """
    return unchecked(schedules.step_decay)(lr, gamma, step_size)


@checked_as_framework(lr=RATE, milestones=whole_numbers, gamma=factor)
def multi_step_lr(lr, milestones, gamma=0.1):
    r"""Return the cuts at given steps of ``torch.optim.lr_scheduler.MultiStepLR``.

    Parameters
    ----------
    lr : float or array_like
        The rate at the start, at least 0.
    milestones : list of int
        Numbers of steps, in any order, each at least 0. The rate is cut *at* the milestone, and
        several times where it stands several times.
    gamma : float or array_like, default 0.1
        Factor of each cut, at least 0.

    Returns
    -------
    callable
        The schedule.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    Examples
    --------
    >>> schedule = multi_step_lr(lr=0.1, milestones=[30, 80])
    >>> [round(float(schedule(k)), 3) for k in (0, 29, 30, 80)]
    [0.1, 0.1, 0.01, 0.001]
    """
    milestones = sorted(milestones)
    after = unchecked(schedules.step_decay)(lr, gamma, every=1)
    return lambda k: after(np.searchsorted(milestones, k, side="right"))


@checked_as_framework(lr=RATE, factor=FRACTION, total_iters=COUNT)
def constant_lr(lr, factor=1.0 / 3, total_iters=5):
    r"""Return the low start of ``torch.optim.lr_scheduler.ConstantLR``.

    In spite of its name the rate is not constant: it begins at a part of ``lr``, a third by
    default, and jumps to ``lr``. The rate that stays is the book's
    :func:`~adaptive_lr.schedules.constant`, or in PyTorch no scheduler at all.

    Parameters
    ----------
    lr : float or array_like
        The rate in the end, at least 0.
    factor : float or array_like, default 1/3
        The first rate as a share of ``lr``, in (0, 1]. PyTorch also takes 0, and then divides by
        0 at the jump.
    total_iters : int or array_like of int, default 5
        Number of steps with the first rate, at least 1. PyTorch also takes 0, and then stays at
        the first rate for ever.

    Returns
    -------
    callable
        The schedule.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    Examples
    --------
    >>> schedule = constant_lr(lr=0.1, factor=0.5, total_iters=20)
    >>> [float(schedule(k)) for k in (0, 19, 20)]
    [0.05, 0.05, 0.1]
    """
    return lambda k: np.where(k < total_iters, lr * factor, lr)


@checked_as_framework(lr=RATE, start_factor=FRACTION, end_factor=SHARE, total_iters=COUNT)
def linear_lr(lr, start_factor=1.0 / 3, end_factor=1.0, total_iters=5):
    r"""Return the straight line of ``torch.optim.lr_scheduler.LinearLR``: PyTorch's warm-up.

    Parameters
    ----------
    lr : float or array_like
        The rate of which both ends are shares, at least 0.
    start_factor : float or array_like, default 1/3
        The first rate as a share of ``lr``, in (0, 1]. It cannot be 0: PyTorch's warm-up does not
        waste its first step.
    end_factor : float or array_like, default 1.0
        The last rate as a share of ``lr``, in [0, 1].
    total_iters : int or array_like of int, default 5
        Number of steps until the last rate is reached, at least 1. PyTorch also takes 0, and then
        stays at the first rate for ever.

    Returns
    -------
    callable
        The schedule.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    Examples
    --------
    >>> schedule = linear_lr(lr=0.1, start_factor=0.5, total_iters=10)
    >>> [round(float(schedule(k)), 3) for k in (0, 5, 10, 50)]
    [0.05, 0.075, 0.1, 0.1]
    """
    return unchecked(schedules.polynomial_decay)(lr * start_factor, total_iters, lr * end_factor)


@checked_as_framework(lr=RATE, gamma=factor)
def exponential_lr(lr, gamma):
    r"""Return the exponential fall of ``torch.optim.lr_scheduler.ExponentialLR``.

    It is the book's :func:`~adaptive_lr.schedules.exponential_decay` with ``every=1``.

    Parameters
    ----------
    lr : float or array_like
        The rate at the start, at least 0.
    gamma : float or array_like
        Factor of every step, at least 0; above 1 the rate grows.

    Returns
    -------
    callable
        The schedule.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    Examples
    --------
    >>> float(exponential_lr(lr=0.8, gamma=0.5)(3))
    0.1
    """
    return unchecked(schedules.exponential_decay)(lr, gamma, every=1)


@checked_as_framework(lr=RATE, total_iters=COUNT, power=RATE)
def polynomial_lr(lr, total_iters=5, power=1.0):
    r"""Return the fall along a power of ``torch.optim.lr_scheduler.PolynomialLR``.

    It is the book's :func:`~adaptive_lr.schedules.polynomial_decay`, always down to 0.

    Parameters
    ----------
    lr : float or array_like
        The rate at the start, at least 0.
    total_iters : int or array_like of int, default 5
        Number of steps until the rate is 0, at least 1. PyTorch also takes 0, and then keeps the
        rate.
    power : float or array_like, default 1.0
        The power, at least 0; 1 is a straight line.

    Returns
    -------
    callable
        The schedule.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    Examples
    --------
    >>> schedule = polynomial_lr(lr=0.1, total_iters=100, power=2.0)
    >>> [round(float(schedule(k)), 3) for k in (0, 50, 100)]
    [0.1, 0.025, 0.0]
    """
    return unchecked(schedules.polynomial_decay)(lr, total_iters, power=power)


@checked_as_framework(lr=RATE, T_max=COUNT, eta_min=RATE)
def cosine_annealing_lr(lr, T_max, eta_min=0.0):
    r"""Return the cosine of ``torch.optim.lr_scheduler.CosineAnnealingLR``.

    Up to ``T_max`` steps it is the book's :func:`~adaptive_lr.schedules.cosine`. After them the
    rate does not stay: it climbs back along the same curve, is ``lr`` again after twice as many
    steps, and so on. One who counts mini-batches where ``T_max`` counts epochs meets this.

    Parameters
    ----------
    lr : float or array_like
        The rate at the start, at least 0.
    T_max : int or array_like of int
        Number of steps of the fall.
    eta_min : float or array_like, default 0.0
        The last rate, at least 0: a rate, not a share as in Keras and Optax. It is reached after
        the last of the steps: with 100 steps from 0.1 to 0 the last step takes 2.467e-5.

    Returns
    -------
    callable
        The schedule.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    Examples
    --------
    >>> schedule = cosine_annealing_lr(lr=0.1, T_max=100)
    >>> [round(float(schedule(k)), 3) for k in (0, 50, 100, 150, 200)]
    [0.1, 0.05, 0.0, 0.05, 0.1]
    """
    fall = unchecked(schedules.cosine)(lr, T_max, eta_min)
    return lambda k: fall(T_max - np.abs(np.mod(k, 2 * T_max) - T_max))


@checked_as_framework(lr=RATE, T_0=COUNT, T_mult=COUNT, eta_min=RATE)
def cosine_annealing_warm_restarts(lr, T_0, T_mult=1, eta_min=0.0):
    r"""Return the falls of ``torch.optim.lr_scheduler.CosineAnnealingWarmRestarts``.

    It is the book's :func:`~adaptive_lr.schedules.cosine` with restarts.

    Parameters
    ----------
    lr : float or array_like
        The rate at the start of each fall, at least 0.
    T_0 : int or array_like of int
        Number of steps of the first fall.
    T_mult : int or array_like of int, default 1
        Length of each fall relative to the one before, a whole number of at least 1.
    eta_min : float or array_like, default 0.0
        The last rate of each fall, at least 0.

    Returns
    -------
    callable
        The schedule.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    References
    ----------
    Loshchilov and Hutter (2017), equation 5.

    Examples
    --------
    >>> schedule = cosine_annealing_warm_restarts(lr=0.1, T_0=10, T_mult=2)
    >>> [round(float(schedule(k)), 3) for k in (0, 5, 10, 20, 30)]
    [0.1, 0.05, 0.1, 0.05, 0.1]
    """
    return unchecked(schedules.cosine)(lr, T_0, eta_min, restarts=True, stretch=T_mult)


def _scale(argument, scale_fn):
    called = np.vectorize(lambda k: scale_fn(int(k)), otypes=[object])

    def scale(k):
        values = called(k).tolist()
        return numbers(argument, values, "return finite numbers", np.isfinite)

    return scale


@checked_as_framework(
    base_lr=RATE,
    max_lr=RATE,
    step_size_up=COUNT,
    step_size_down=COUNT_FROM_0,
    mode=one_of("triangular", "triangular2", "exp_range"),
    gamma=factor,
    scale_fn=function_of("the number of the cycle, or of k"),
    scale_mode=one_of("cycle", "iterations"),
    cycle_momentum=switch,
    base_momentum=MOMENTUM,
    max_momentum=MOMENTUM,
)
def cyclic_lr(
    base_lr,
    max_lr,
    step_size_up=2000,
    step_size_down=None,
    mode="triangular",
    gamma=1.0,
    scale_fn=None,
    scale_mode="cycle",
    cycle_momentum=True,
    base_momentum=0.8,
    max_momentum=0.9,
):
    r"""Return the swing between two rates of ``torch.optim.lr_scheduler.CyclicLR``.

    The rate is that of the book's :func:`~adaptive_lr.schedules.cyclical`, with halves that may
    differ in length. In PyTorch the momentum swings too, against the rate, whatever momentum the
    optimizer was given, even 0: ``momentum`` of SGD and RMSprop, and beta1 of Adam and its kin.
    Here it is the attribute ``momentum`` of the schedule::

        rate = pytorch.cyclic_lr(0.1, 0.5, step_size_up=4)
        pytorch.sgd(lr=rate, momentum=rate.momentum)

    Parameters
    ----------
    base_lr : float or array_like
        The rate at the start and end of each cycle, at least 0.
    max_lr : float or array_like
        The rate at the peak of the first cycle, at least 0.
    step_size_up : int or array_like of int, default 2000
        Number of steps from ``base_lr`` to the peak.
    step_size_down : int or array_like of int, optional
        Number of steps back, at least 0; by default as many as up.
    mode : {"triangular", "triangular2", "exp_range"}, default "triangular"
        The height of the cycles: the same for all, halved with each, or multiplied by ``gamma``
        with each step.
    gamma : float or array_like, default 1.0
        Factor of "exp_range", at least 0.
    scale_fn : callable, optional
        The height as a share of the first, in place of ``mode``: a function of one whole number.
    scale_mode : {"cycle", "iterations"}, default "cycle"
        What ``scale_fn`` is called with: the number of the cycle, 1, 2, ..., or k. Without
        ``scale_fn`` it does nothing.
    cycle_momentum : bool, default True
        Whether momentum swings too; if not, the attribute ``momentum`` is None.
    base_momentum : float or array_like, default 0.8
        The momentum at the peak of the first cycle, in [0, 1).
    max_momentum : float or array_like, default 0.9
        The momentum at the start and end of each cycle, in [0, 1).

    Returns
    -------
    CycledRate
        The schedule, whose attribute ``momentum`` is the schedule of the momentum.

    Raises
    ------
    ValueError
        If an argument breaks its rule or ``scale_fn`` does not return a number.

    References
    ----------
    Smith (2017), section 3.

    Examples
    --------
    >>> rate = cyclic_lr(0.1, 0.5, step_size_up=4)
    >>> [round(float(rate(k)), 2) for k in (0, 2, 4, 6, 8)]
    [0.1, 0.3, 0.5, 0.3, 0.1]
    >>> [round(float(rate.momentum(k)), 2) for k in (0, 2, 4, 6, 8)]
    [0.9, 0.85, 0.8, 0.85, 0.9]
    """
    step_size_down = step_size_up if step_size_down is None else step_size_down
    length = step_size_up + step_size_down
    shrink = 0.5 if mode == "triangular2" and scale_fn is None else 1.0
    swing = unchecked(schedules.cyclical)(low=0.0, high=1.0, half_cycle=1, shrink=shrink)
    scale = None if scale_fn is None else _scale("scale_fn", scale_fn)

    def height(k):
        cycle = np.floor_divide(k, length)
        up = k - cycle * length
        down = 1 + (up - step_size_up) / np.maximum(step_size_down, 1)
        swung = swing(2 * cycle + np.where(up < step_size_up, up / step_size_up, down))
        if scale is not None:
            return swung * scale(cycle + 1 if scale_mode == "cycle" else k)
        return swung * gamma**k if mode == "exp_range" else swung

    def rate(k):
        return base_lr + (max_lr - base_lr) * height(k)

    def momentum(k):
        return max_momentum - (max_momentum - base_momentum) * height(k)

    return CycledRate(rate, momentum if cycle_momentum else None)


@checked_as_framework(
    max_lr=RATE,
    total_steps=COUNT,
    epochs=COUNT,
    steps_per_epoch=COUNT,
    pct_start=SHARE,
    anneal_strategy=one_of("cos", "linear"),
    cycle_momentum=switch,
    base_momentum=MOMENTUM,
    max_momentum=MOMENTUM,
    div_factor=ABOVE_0,
    final_div_factor=ABOVE_0,
    three_phase=switch,
)
def one_cycle_lr(
    max_lr,
    total_steps=None,
    epochs=None,
    steps_per_epoch=None,
    pct_start=0.3,
    anneal_strategy="cos",
    cycle_momentum=True,
    base_momentum=0.85,
    max_momentum=0.95,
    div_factor=25.0,
    final_div_factor=1e4,
    three_phase=False,
):
    r"""Return the one cycle of ``torch.optim.lr_scheduler.OneCycleLR``.

    Of :math:`n` steps the first takes the first rate and the last the last rate, so that the
    fall ends at k = n - 1. The peak is at k = ``pct_start`` n - 1: at 29 for 100 steps, where the
    book's :func:`~adaptive_lr.schedules.one_cycle` and Optax have it at 30. Where that is no
    whole number, no step takes ``max_lr`` itself. At k = n, which no step of n takes, the cosine
    turns and the straight line goes on, below 0; after it PyTorch raises an error, and so does
    this.

    In PyTorch momentum falls and rises against the rate, whatever momentum the optimizer was
    given, even 0: ``momentum`` of SGD and RMSprop, and beta1 of Adam and its kin. Here it is the
    attribute ``momentum`` of the schedule::

        rate = pytorch.one_cycle_lr(0.1, total_steps=100)
        pytorch.sgd(lr=rate, momentum=rate.momentum)

    Parameters
    ----------
    max_lr : float or array_like
        The rate at the peak, at least 0.
    total_steps : int or array_like of int, optional
        :math:`n`, the number of steps of the cycle.
    epochs : int or array_like of int, optional
        Number of epochs: with ``steps_per_epoch`` in place of ``total_steps``.
    steps_per_epoch : int or array_like of int, optional
        Number of steps in each epoch.
    pct_start : float or array_like, default 0.3
        Share of the steps spent rising, in [0, 1] in spite of its name. At 1/n PyTorch divides
        by 0, and this is an error.
    anneal_strategy : {"cos", "linear"}, default "cos"
        Whether rate and momentum change along half cosines or straight lines.
    cycle_momentum : bool, default True
        Whether momentum changes too; if not, the attribute ``momentum`` is None.
    base_momentum : float or array_like, default 0.85
        The momentum at the peak of the rate, in [0, 1).
    max_momentum : float or array_like, default 0.95
        The momentum at the start and the end, in [0, 1).
    div_factor : float or array_like, default 25.0
        The peak over the first rate, above 0.
    final_div_factor : float or array_like, default 1e4
        The first rate over the last, above 0.
    three_phase : bool, default False
        Whether to fall back to the first rate in as many steps as were spent rising, and then to
        the last.

    Returns
    -------
    CycledRate
        The schedule, whose attribute ``momentum`` is the schedule of the momentum. Both raise a
        ValueError if k is above ``total_steps``.

    Raises
    ------
    ValueError
        If an argument breaks its rule, or if there is no number of steps.

    References
    ----------
    Smith and Topin (2017), section 3.

    Examples
    --------
    >>> rate = one_cycle_lr(0.1, total_steps=100)
    >>> [f"{rate(k):.2g}" for k in (0, 29, 30, 99)]
    ['0.004', '0.1', '0.1', '4e-07']
    >>> [round(float(rate.momentum(k)), 2) for k in (0, 29, 99)]
    [0.95, 0.85, 0.95]
    """
    if total_steps is None:
        given = epochs is not None and steps_per_epoch is not None
        rule = "be given, or else epochs and steps_per_epoch"
        require(given, "total_steps", rule, total_steps)
        total_steps = epochs * steps_per_epoch
    peak = pct_start * total_steps - 1
    rule = "not be 1 / total_steps, at which PyTorch divides by 0"
    require(bool(np.all(peak != 0)), "pct_start", rule, pct_start)
    first = max_lr / div_factor
    last = first / final_div_factor
    end = total_steps - 1
    if three_phase:
        steps, rates = [0, peak, 2 * peak, end], [first, max_lr, first, last]
        momenta = [max_momentum, base_momentum, max_momentum, max_momentum]
    else:
        steps, rates = [0, peak, end], [first, max_lr, last]
        momenta = [max_momentum, base_momentum, max_momentum]
    curve = half_cosine if anneal_strategy == "cos" else line
    # Where nothing is left for the last fall, PyTorch divides by 0 one step after it.
    known_to = np.where(np.equal(steps[-2], end), end, total_steps)

    def cycle(values):
        def schedule(k):
            rule = f"be at most {known_to} with total_steps = {total_steps}"
            require(bool(np.all(k <= known_to)), "k", rule, k)
            return through(k, steps, values, curve, beyond=True)

        return schedule

    return CycledRate(cycle(rates), cycle(momenta) if cycle_momentum else None)


@checked_as_framework(schedulers=some_schedules, milestones=ascending)
def sequential_lr(schedulers, milestones):
    r"""Return one schedule after the other, as ``torch.optim.lr_scheduler.SequentialLR`` does.

    This is how PyTorch warms up::

        pytorch.sequential_lr(
            [
                pytorch.linear_lr(lr=0.1, start_factor=0.01, total_iters=10),
                pytorch.cosine_annealing_lr(lr=0.1, T_max=90),
            ],
            milestones=[10],
        )

    Parameters
    ----------
    schedulers : list of callable
        The schedules, each of which counts from the milestone before it. In PyTorch all take
        their rate from one optimizer; here each has an ``lr`` of its own.
    milestones : list of int
        Numbers of steps, ascending: where the second schedule begins, the third, ...

    Returns
    -------
    callable
        The schedule.

    Raises
    ------
    ValueError
        If an argument breaks its rule. What :func:`cyclic_lr` and :func:`one_cycle_lr` return is
        refused: in PyTorch these overwrite the rate and the momentum of the optimizer as soon as
        they are made, so that the schedules beside them begin elsewhere.

    Examples
    --------
    >>> warm = linear_lr(lr=0.1, start_factor=0.1, total_iters=10)
    >>> schedule = sequential_lr([warm, exponential_lr(lr=0.1, gamma=0.5)], milestones=[10])
    >>> [round(float(schedule(k)), 3) for k in (0, 5, 10, 11)]
    [0.01, 0.055, 0.1, 0.05]
    """
    alone = not any(isinstance(schedule, CycledRate) for schedule in schedulers)
    rule = "be other schedules than cyclic_lr and one_cycle_lr, which change those beside them"
    require(alone, "schedulers", rule, schedulers)
    rule = f"have one entry fewer than schedulers: {len(schedulers) - 1}"
    require(len(milestones) == len(schedulers) - 1, "milestones", rule, milestones)
    return joined(schedulers, milestones)
