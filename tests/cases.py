"""What is compared with the frameworks: which calls, along which gradients, at which steps.

Every method works on each coordinate by itself. So the problems are blocks of one long vector
``x``, and one path through a framework covers them all.
"""

from dataclasses import dataclass

import numpy as np

from adaptive_lr.frameworks import FRAMEWORKS

STEPS = 200
STORED_STEPS = np.array([1, 2, 3, 5, 10, 20, 50, 100, 150, 200])

# 1e-9 is strict enough to see an epsilon in the wrong place, which moves a path by 1e-7. A
# coordinate near zero is held to a thousandth of that, relative to how far it has been from zero:
# it is the small difference of numbers of that size, which frameworks round in different orders.
RTOL, RTOL_OF_PATH = 1e-9, 1e-12


def falling(k):
    """A rate that falls smoothly."""
    return 0.05 / (1 + 0.1 * k)


def warming(k):
    """A rate that rises from zero, then stays."""
    return 0.03 * min(k, 40) / 40


def dropping(k):
    """A rate that is cut a hundredfold half way."""
    return 0.02 if k < 100 else 0.0002


def fading(k):
    """A weight decay that fades."""
    return 0.1 * 0.98**k


@dataclass(frozen=True)
class Case:
    """One call of one framework's function."""

    framework: str
    method: str
    options: dict

    def __str__(self):
        options = (f"{name}={getattr(v, '__name__', v)}" for name, v in self.options.items())
        return f"{self.framework} {self.method}({', '.join(options)})"


def _cases(framework, calls):
    return [Case(framework, method, o) for method, options in calls.items() for o in options]


KERAS = {
    "sgd": [
        {},
        {"learning_rate": falling},
        {"learning_rate": 0.02, "weight_decay": 0.1},
        {"learning_rate": 0.01, "momentum": 0.9},
        {"learning_rate": 0.01, "momentum": 0.9, "nesterov": True},
        {"learning_rate": dropping, "momentum": 0.9},
        {"learning_rate": warming, "momentum": 0.8, "nesterov": True, "weight_decay": 0.05},
    ],
    "adagrad": [
        {},
        {"learning_rate": 0.5, "initial_accumulator_value": 0.0},
        {"learning_rate": 0.1, "initial_accumulator_value": 1e-6, "epsilon": 1e-4},
        {"learning_rate": falling, "weight_decay": 0.1},
        {"learning_rate": warming, "initial_accumulator_value": 1.0},
    ],
    "rmsprop": [
        {},
        {"learning_rate": 0.01, "rho": 0.99, "epsilon": 1e-4},
        {"learning_rate": 0.002, "centered": True},
        {"learning_rate": 0.002, "momentum": 0.9},
        {"learning_rate": dropping, "momentum": 0.5},
        {"learning_rate": 0.003, "momentum": 0.8, "centered": True, "weight_decay": 0.1},
        {"learning_rate": warming, "rho": 0.8, "weight_decay": 0.02},
    ],
    "adam": [
        {},
        {"learning_rate": 0.02, "beta_1": 0.8, "beta_2": 0.9},
        {"learning_rate": 0.01, "epsilon": 1e-3},
        {"learning_rate": 0.01, "beta_2": 0.9, "amsgrad": True},
        {"learning_rate": falling, "weight_decay": 0.1, "amsgrad": True},
        {"learning_rate": warming, "beta_1": 0.0},
    ],
    "adamw": [
        {},
        {"learning_rate": 0.02, "weight_decay": 0.1, "epsilon": 1e-5},
        {"learning_rate": dropping, "beta_1": 0.8, "beta_2": 0.99, "amsgrad": True},
    ],
}

PYTORCH = {
    "sgd": [
        {},
        {"lr": falling},
        {"lr": 0.02, "weight_decay": 0.1},
        {"lr": 1e-4, "momentum": 0.9, "maximize": True, "weight_decay": 0.5},
        {"lr": 0.01, "momentum": 0.9, "dampening": 0.5},
        {"lr": 0.01, "dampening": 0.5},
        {"lr": 0.01, "momentum": 0.9, "nesterov": True},
        {"lr": dropping, "momentum": 0.9},
        {"lr": warming, "momentum": 0.8, "nesterov": True, "weight_decay": 0.05},
        {"lr": dropping, "momentum": 0.7, "dampening": 0.9, "weight_decay": 0.05},
    ],
    "adagrad": [
        {},
        {"lr": 0.5, "lr_decay": 0.1},
        {"lr": 0.1, "initial_accumulator_value": 0.1, "eps": 1e-4},
        {"lr": 0.1, "weight_decay": 0.1, "maximize": True},
        {"lr": falling, "lr_decay": 0.01, "weight_decay": 0.05},
    ],
    "rmsprop": [
        {},
        {"lr": 0.01, "alpha": 0.9, "eps": 1e-4},
        {"lr": 0.002, "centered": True},
        {"lr": 0.002, "momentum": 0.9},
        {"lr": dropping, "momentum": 0.5},
        {"lr": 0.001, "momentum": 0.8, "centered": True, "weight_decay": 0.1},
        {"lr": warming, "weight_decay": 0.02, "maximize": True},
    ],
    "adam": [
        {},
        {"lr": 0.02, "betas": (0.8, 0.9), "eps": 1e-3},
        {"lr": 0.01, "weight_decay": 0.1},
        {"lr": 0.01, "betas": (0.9, 0.9), "amsgrad": True, "weight_decay": 0.1},
        {"lr": falling, "weight_decay": 0.1, "decoupled_weight_decay": True},
        {"lr": warming, "betas": (0.0, 0.99), "maximize": True},
    ],
    "adamw": [
        {},
        {"lr": 0.02, "weight_decay": 0.1, "eps": 1e-5},
        {"lr": dropping, "betas": (0.8, 0.99), "amsgrad": True},
        {"lr": warming, "weight_decay": 0.5, "maximize": True},
    ],
}

OPTAX = {
    "sgd": [
        {"learning_rate": 0.02},
        {"learning_rate": falling},
        {"learning_rate": 0.01, "momentum": 0.9},
        {"learning_rate": 0.01, "momentum": 0.9, "nesterov": True},
        {"learning_rate": 0.01, "nesterov": True},
        {"learning_rate": dropping, "momentum": 0.9, "nesterov": True},
        {"learning_rate": warming, "momentum": 0.0},
    ],
    "adagrad": [
        {"learning_rate": 0.1},
        {"learning_rate": 0.5, "initial_accumulator_value": 0.0},
        {"learning_rate": 0.5, "initial_accumulator_value": 0.0, "eps": 0.0},
        {"learning_rate": falling, "initial_accumulator_value": 1e-6, "eps": 1e-4},
    ],
    "rmsprop": [
        {"learning_rate": 0.01},
        {"learning_rate": 0.01, "decay": 0.99, "eps": 1e-4},
        {"learning_rate": 0.01, "initial_scale": 1.0, "eps_in_sqrt": False},
        {"learning_rate": 0.002, "centered": True},
        {"learning_rate": 0.002, "centered": True, "eps_in_sqrt": False, "momentum": 0.9},
        {"learning_rate": dropping, "momentum": 0.5},
        {"learning_rate": dropping, "momentum": 0.9, "nesterov": True},
        {"learning_rate": 0.01, "bias_correction": True},
        {
            "learning_rate": warming,
            "decay": 0.99,
            "centered": True,
            "momentum": 0.8,
            "nesterov": True,
            "bias_correction": True,
            "initial_scale": 0.1,
        },
        {"learning_rate": falling, "nesterov": True, "bias_correction": True, "eps_in_sqrt": False},
    ],
    "adam": [
        {"learning_rate": 0.001},
        {"learning_rate": 0.02, "b1": 0.8, "b2": 0.9, "eps": 1e-3},
        {"learning_rate": 0.01, "eps_root": 1e-6},
        {"learning_rate": falling, "nesterov": True},
        {"learning_rate": warming, "nesterov": True, "eps_root": 1e-4, "b1": 0.5},
    ],
    "adamw": [
        {"learning_rate": 0.001},
        {"learning_rate": 0.02, "weight_decay": 0.1, "eps": 1e-5, "eps_root": 1e-6},
        {"learning_rate": dropping, "b1": 0.8, "b2": 0.99, "weight_decay": 0.1, "nesterov": True},
        {"learning_rate": warming, "weight_decay": fading},
    ],
    "amsgrad": [
        {"learning_rate": 0.001},
        {"learning_rate": 0.02, "b1": 0.8, "b2": 0.9, "eps": 1e-3, "eps_root": 1e-6},
        {"learning_rate": dropping, "b2": 0.99, "bias_correction_mu": False},
        {"learning_rate": falling, "b2": 0.99, "bias_correction_nu": False},
    ],
    "yogi": [
        {"learning_rate": 0.01},
        {"learning_rate": falling, "b1": 0.8, "b2": 0.9, "eps": 1e-5},
        {"learning_rate": dropping, "b1": 0.0},
    ],
    "adan": [
        {"learning_rate": 0.001},
        {"learning_rate": 0.02, "b1": 0.9, "b2": 0.8, "b3": 0.95, "eps": 1e-5, "eps_root": 1e-6},
        {"learning_rate": warming, "weight_decay": 0.1},
        {"learning_rate": falling, "weight_decay": fading, "eps_root": 0.0},
    ],
}

CASES = _cases("Keras", KERAS) + _cases("PyTorch", PYTORCH) + _cases("Optax", OPTAX)


# Near a minimum RMSprop's step stays large and turns round at every step: the path is chaotic, and
# a difference in the last digit grows to a percent. So the problems are stretched, which keeps
# their curvature but puts the minimum farther away than any path comes.
STRETCH = 50.0


def _ravine(x, k):
    directions = np.array([[2.0, -1.0, 2.0], [2.0, 2.0, -1.0], [-1.0, 2.0, 2.0]]) / 3
    return directions.T @ (np.array([10.0, 0.3, 0.01]) * (directions @ x))


def _rosenbrock(x, k):
    a, b = x / STRETCH
    return STRETCH * np.array([-(1 - a) / 50 - 4 * a * (b - a**2), 2 * (b - a**2)])


_random = np.random.default_rng(2011)
_FEATURES = _random.normal(size=(12, 4)) * [1.0, 3.0, 0.1, 1.0]
_LABELS = np.where(_random.random(12) < 0.5, -1.0, 1.0)


def _logistic(x, k):
    margin = _LABELS * (_FEATURES @ (x / STRETCH))
    return -STRETCH * (_LABELS / (1 + np.exp(margin))) @ _FEATURES / 12


# From a start at zero x is the sum of the steps, so that not even the smallest is lost in rounding.
_SCALES = np.array([1e-6, 1e-4, 1e-2, 1.0, 30.0, 1e3])
_DENSE = _random.normal(size=(STEPS, 6)) * _SCALES
_SPARSE = _random.normal(size=(STEPS, 6)) * _SCALES * (_random.random((STEPS, 6)) < 0.1)
_SPARSE[:60, 3] = 0


@dataclass(frozen=True)
class Block:
    """A problem: its place in x, its gradient as a function of x and k, and its start."""

    place: slice
    gradient: object
    start: tuple


BLOCKS = {
    "ravine": Block(slice(0, 3), _ravine, (50.0, -100.0, 75.0)),
    "Rosenbrock": Block(slice(3, 5), _rosenbrock, (-25.0, 40.0)),
    "logistic": Block(slice(5, 9), _logistic, (25.0, -25.0, 50.0, 5.0)),
    "stream": Block(slice(9, 15), lambda x, k: _DENSE[k], (0.0,) * 6),
    "sparse stream": Block(slice(15, 21), lambda x, k: _SPARSE[k], (0.0,) * 6),
    "no gradient": Block(slice(21, 22), lambda x, k: np.zeros(1), (1.0,)),
}
START = np.concatenate([block.start for block in BLOCKS.values()])


def gradient(x, k):
    """Return the gradient of all problems after k steps."""
    return np.concatenate([block.gradient(x[block.place], k) for block in BLOCKS.values()])


def our_path(case):
    """Return where our optimizer goes: x after each step, of shape (STEPS, d)."""
    optimizer = getattr(FRAMEWORKS[case.framework], case.method)(**case.options)
    x, state, path = START, optimizer.init(START), []
    for t in range(1, STEPS + 1):
        x, state = optimizer.update(x, gradient(x, t - 1), state, t)
        path.append(x)
    return np.stack(path)


def assert_same_path(path, reference):
    """Fail, naming the problem, unless two arrays of shape (steps, d) agree."""
    for name, block in BLOCKS.items():
        ours, theirs = path[:, block.place], reference[:, block.place]
        assert np.isfinite(theirs).all(), name
        allowed = RTOL * np.abs(theirs) + RTOL_OF_PATH * np.abs(theirs).max(axis=0)
        worst = np.unravel_index(np.argmax(np.abs(ours - theirs) - allowed), ours.shape)
        assert (np.abs(ours - theirs) <= allowed).all(), (
            f"{name}: {ours[worst]!r} instead of {theirs[worst]!r} at row {worst[0]}"
        )
