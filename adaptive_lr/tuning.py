"""How much tuning a method needs: the range of learning rates that are good enough."""

from typing import NamedTuple

import numpy as np

from adaptive_lr.checks import numbers, require


class GoodRange(NamedTuple):
    """A range of learning rates; nan and 0 decades where no rate is good enough."""

    low: float
    high: float

    @property
    def decades(self):
        """Width of the range, in factors of ten."""
        return float(np.nan_to_num(np.log10(self.high) - np.log10(self.low)))


def good_range(learning_rates, final_losses, target, start_loss=np.inf):
    r"""Return the range of learning rates around the best one that reach a target loss.

    Between two rates that were tried, the loss is taken to be a straight line on logarithmic
    axes, unless the worse one has diverged: then the range ends at the better one. So beside a
    cliff an end is known only to one step of the grid. A range that ends at the first or last
    rate tried may in truth be wider.

    Parameters
    ----------
    learning_rates : array_like, shape (n,)
        The learning rates, rising, above 0.
    final_losses : array_like, shape (n,)
        The loss that each rate ended at, at least 0. What is infinite or nan has diverged.
    target : float
        The loss that is good enough, finite and above 0.
    start_loss : float, optional
        The loss before the first step, above 0: what ends above it has diverged too, however far.
        By default infinite.

    Returns
    -------
    GoodRange
        The lowest and the highest good rate, and the width in ``decades``.

    Raises
    ------
    ValueError
        If shapes differ, the rates do not rise from above 0, a loss is below 0, or an argument is
        not of real numbers.

    Examples
    --------
    >>> good = good_range([0.001, 0.01, 0.1, 1.0], [4.0, 1.0, 1.0, np.inf], target=2.0)
    >>> round(good.low, 4), good.high, round(good.decades, 2)
    (0.0032, 0.1, 1.5)
    """
    rule = "be a list of rising finite numbers above 0"
    rates = numbers("learning_rates", learning_rates, rule, lambda a: np.isfinite(a) & (a > 0))
    rising = np.ndim(rates) == 1 and np.all(np.diff(rates) > 0)
    require(rising, "learning_rates", rule, learning_rates)
    rule = "be losses of at least 0, infinite or nan where a run diverged"
    losses = np.asarray(numbers("final_losses", final_losses, rule, lambda a: ~(a < 0)))
    require(losses.shape == rates.shape, "final_losses", f"have shape {rates.shape}", losses.shape)
    rule = "be one finite number above 0"
    target = _one("target", target, rule, lambda a: np.isfinite(a) & (a > 0))
    start_loss = _one("start_loss", start_loss, "be one number above 0", lambda a: a > 0)

    losses = np.where(np.isfinite(losses) & (losses <= start_loss), losses, np.inf)
    best = losses.argmin()
    if losses[best] > target:
        return GoodRange(np.nan, np.nan)
    good = losses <= target
    first = best - np.argmin(np.append(good[best::-1], False)) + 1
    last = best + np.argmin(np.append(good[best:], False)) - 1
    return GoodRange(
        _crossing(rates, losses, target, first, first - 1),
        _crossing(rates, losses, target, last, last + 1),
    )


def _one(argument, value, rule, holds):
    number = numbers(argument, value, rule, holds)
    require(isinstance(number, float), argument, rule, value)
    return number


def _crossing(rates, losses, target, inside, outside):
    """Return where the loss crosses the target between a good rate and its bad neighbour."""
    at_the_edge = outside < 0 or outside == len(rates)
    if at_the_edge or not np.isfinite(losses[outside]) or losses[inside] == 0:
        return float(rates[inside])
    # Differences of logarithms, because a quotient of what is huge and what is tiny overflows.
    span = np.log(losses[outside]) - np.log(losses[inside])
    share = (np.log(target) - np.log(losses[inside])) / span
    return float(rates[inside] ** (1 - share) * rates[outside] ** share)
