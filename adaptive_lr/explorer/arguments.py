"""What an explorer is made of, checked: values of controls, steps and events."""

from numbers import Real

import numpy as np

from adaptive_lr import plots
from adaptive_lr.checks import numbers, real_array, require
from adaptive_lr.explorer.packing import MOST_LEVELS
from adaptive_lr.explorer.panels import fits, readable_values

# The step has a slider of its own, and positions are passed to methods by the controls' names.
RESERVED = ("step", "self")


def kind_of(value):
    """Return what a control's value is: "number", "text" or "switch"; None of anything else."""
    if isinstance(value, str):
        return "text"
    if isinstance(value, bool | np.bool_):
        return "switch"
    return "number" if isinstance(value, Real) else None


def control_values(name, values):
    """Return the values of a control as a list."""
    named = isinstance(name, str) and name.strip() and name not in RESERVED
    require(named, "axes", f"have names that are text and none of {', '.join(RESERVED)}", name)
    try:
        listed = np.ndim(values) == 1
    except ValueError:  # rows of different lengths
        listed = False
    rule = "be a list of values: finite numbers, texts, or True and False"
    require(listed and len(values) > 0, name, rule, values)
    kinds = {kind_of(value) for value in values}
    require(len(kinds) == 1 and None not in kinds, name, rule, values)
    if kinds == {"number"}:
        numbers(name, values, rule, np.isfinite)
    require(len(set(values)) == len(values), name, "hold each value once", values)
    return list(values)


def index_of(value, values, name):
    """Return the place of a value among those of a control."""
    same_kind = kind_of(value) == kind_of(values[0])
    rule = f"hold one of the values of {name}: {', '.join(readable_values(values, name))}"
    require(same_kind and value in values, "at", rule, value)
    return values.index(value)


def step_numbers(steps):
    """Return the numbers of the steps as an array."""
    rule = "be at least two finite numbers that rise"
    drawable = plots.LARGEST_DRAWN
    checked = numbers("steps", steps, rule, lambda a: np.isfinite(a) & (np.abs(a) <= drawable))
    rising = np.ndim(checked) == 1 and len(checked) > 1 and np.all(np.diff(checked) > 0)
    require(rising, "steps", rule, steps)
    return np.array(steps)


def event_in_numbers(event, axes, last):
    """Return the label, the text and the numbers of the steps of an event."""
    rule = "be of three: a label, a text and numbers of steps"
    require(isinstance(event, list | tuple) and len(event) == 3, "events", rule, event)
    label, text, at_step = event
    require(isinstance(label, str), "events", "have labels that are text", label)
    require(isinstance(text, str), "events", "have texts", text)
    at_step = real_array("events", at_step)
    sound = at_step.shape[:1] == (1,) and fits(at_step.shape[1:], axes)
    lengths = tuple(len(values) for values in axes.values())
    require(sound, "events", f"have numbers of shape {(1, *lengths)}", at_step.shape)
    known = at_step[np.isfinite(at_step)]
    most = min(last, MOST_LEVELS)
    sound = bool(np.all((known >= 0) & (known <= most) & (known == np.floor(known))))
    rule = f"have whole numbers from 0 to {most:g}, infinite where it does not happen"
    require(sound, "events", rule, at_step)
    return label, text, at_step
