"""Logarithmic axes and their ticks, and limits that show what matters."""

import numpy as np
from matplotlib.ticker import LogFormatterMathtext


class LogLabels(LogFormatterMathtext):
    """Powers of ten; plain numbers 1, 2 and 5 times a power of ten where the axis is short."""

    def __call__(self, x, pos=None):
        low, high = sorted(self.axis.get_view_interval())
        if high > 100 * low:
            return super().__call__(x, pos)
        digit = round(x / 10 ** np.floor(np.log10(x) + 1e-9))
        return f"{x:g}" if digit in (1, 2, 5) else ""


def make_logarithmic(*axes):
    for axis in axes:
        axis.axes.set(**{f"{axis.axis_name}scale": "log"})
        axis.set_major_formatter(LogLabels())
        axis.set_minor_formatter(LogLabels())


def show_a_factor_of_four(ax):
    """Widen a narrow logarithmic axis, which would blow up small differences and have no ticks."""
    low, high = ax.get_ylim()
    if high < 4 * low:
        middle = np.sqrt(low * high)
        ax.set_ylim(middle / 2, 2 * middle)


def keep_below(ax, curves, ceiling):
    """Leave out of the limits what is above the ceiling, which autoscaling would shrink all for."""
    heights = np.concatenate([curve.line.get_ydata() for curve in curves])
    if not (ceiling > 0 and np.any(heights > ceiling)):
        return
    log = ax.get_yscale() == "log"
    seen = heights[(heights <= ceiling) & ((heights > 0) | (not log))]
    bottom = seen.min(initial=ceiling)
    ax.set_ylim(bottom / 2 if log else bottom - 0.05 * (ceiling - bottom), ceiling)
