"""The methods of an explorer: by label, and what of each can be swept."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from numbers import Real

import numpy as np

from adaptive_lr.checks import require
from adaptive_lr.hyperparameters import HYPERPARAMETERS
from adaptive_lr.optimizers import Optimizer


def methods_by_label(optimizers, swept):
    """Return optimizers by label."""
    labelled = isinstance(optimizers, Mapping)
    several = optimizers if isinstance(optimizers, list | tuple) else [optimizers]
    several = list(optimizers.values()) if labelled else list(several)
    require(len(several) > 0, "optimizers", "hold at least one", optimizers)
    several = [_made(one) for one in several]
    settings = [_settings(one, swept) for one in several]
    labels = list(optimizers) if labelled else _labels(several, settings)
    for label in labels:
        text = isinstance(label, str) and label.strip() != ""
        require(text, "optimizers", "have labels that are text", label)
    for i, j in zip(*np.triu_indices(len(several), 1), strict=True):
        differ = type(several[i]) is not type(several[j]) or not _alike(settings[i], settings[j])
        rule = "differ in something that is not swept"
        require(differ, "optimizers", rule, [several[i], several[j]])
        rule = "be a dict with labels where it is hard to say in a few words what sets them apart"
        require(labels[i] != labels[j], "optimizers", rule, [several[i], several[j]])
    return dict(zip(labels, several, strict=True))


def _made(one):
    """Return an optimizer, made with its defaults if it is a class."""
    made = one
    if isinstance(one, type) and issubclass(one, Optimizer):
        try:
            made = one()
        except TypeError as error:
            rule = "be made where a class cannot be made without arguments"
            raise TypeError(f"Argument `optimizers` must {rule}. Received: {one!r}.") from error
    if not (isinstance(made, Optimizer) and is_dataclass(made)):
        rule = "be optimizers, such as Adam or Adam(0.1), or a list or dict of them"
        raise TypeError(f"Argument `optimizers` must {rule}. Received: {one!r}.")
    rule = "have hyper-parameters that are single numbers, or two, one for each parameter"
    require(made.shape() in ((), (1,), (2,)), "optimizers", rule, made)
    return made


def sweepable(optimizer):
    """Return the names of the hyper-parameters that ``replace`` can change."""
    return tuple(field.name for field in fields(optimizer) if field.name in HYPERPARAMETERS)


def _settings(optimizer, swept):
    """Return what is not swept, by name: hyper-parameters, those within too, and other fields."""
    own = {field.name: getattr(optimizer, field.name) for field in fields(optimizer)}
    changing = set(swept).intersection(sweepable(optimizer))
    every = own | optimizer.hyperparameters()
    return {name: value for name, value in every.items() if name not in changing}


def _alike(some, others):
    return some.keys() == others.keys() and all(_same(some[key], others[key]) for key in some)


def _same(value, other):
    if isinstance(value, Optimizer) and isinstance(other, Optimizer):
        return type(value) is type(other) and _alike(_settings(value, ()), _settings(other, ()))
    if isinstance(value, tuple) and isinstance(other, tuple):
        return len(value) == len(other) and all(map(_same, value, other))
    if isinstance(value, Real | np.ndarray) and isinstance(other, Real | np.ndarray):
        return np.array_equal(value, other)
    array = isinstance(value, np.ndarray) or isinstance(other, np.ndarray)
    return value is other or (not array and value == other)


def _labels(optimizers, settings):
    """Return the name of each method and, where others share it, what sets it apart."""
    names = [_name(one) for one in optimizers]
    labels = []
    for name, own in zip(names, settings, strict=True):
        others = [other for each, other in zip(names, settings, strict=True) if each == name]
        apart = [
            f"{key} = {_in_short(value)}"
            for key, value in own.items()
            if key in HYPERPARAMETERS
            and not all(key in other and _same(value, other[key]) for other in others)
        ]
        labels.append(", ".join([name, *apart]))
    return labels


def _name(optimizer):
    """Return the name of a method; around another it follows the other's, whose colour it has."""
    within = " + ".join(_name(one) for one in optimizer.within())
    alone = len(optimizer.within()) == 1
    name = type(optimizer).__name__
    return f"{within}, {name}" if alone else within or name


def _in_short(value):
    if callable(value):
        made_by = getattr(getattr(value, "schedule", value), "__qualname__", "").split(".")[0]
        return made_by if made_by.isidentifier() else "a schedule"
    if isinstance(value, float):
        short = f"{value:g}"
        return short if float(short) == value else repr(value)
    return str(value.tolist() if isinstance(value, np.ndarray) else value)
