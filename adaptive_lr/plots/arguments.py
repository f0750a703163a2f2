"""What the figures take: curves by label, values that rise, numbers small enough to draw."""

from collections.abc import Mapping

import numpy as np

from adaptive_lr.checks import require

# Beyond this, matplotlib's own arithmetic on the limits of an axis overflows.
LARGEST_DRAWN = 1e100


def require_labelled(argument, curves):
    labelled = isinstance(curves, Mapping) and len(curves) > 0
    require(labelled, argument, "be a dict that is not empty", type(curves).__name__)


def checked(argument, curves, positions=None):
    require_labelled(argument, curves)
    arrays = {label: np.asarray(values, dtype=float) for label, values in curves.items()}
    for label, values in arrays.items():
        n = len(values) if positions is None and values.ndim else np.size(positions)
        fit = values.ndim in (1, 2) and len(values) == n and values.size > 0
        rule = f"have shape ({n},) or ({n}, runs)"
        require(fit, f"{argument}[{label!r}]", rule, values.shape)
    return arrays


def rising(argument, values):
    array = np.asarray(values, dtype=float)
    sound = array.ndim == 1 and len(array) > 1 and bool(np.all(np.diff(array) > 0) and array[0] > 0)
    require(sound, argument, "hold at least two values that rise from above 0", values)
    return array


def drawable(values):
    return np.abs(values) < LARGEST_DRAWN
