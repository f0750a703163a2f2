"""Read what `make trajectories` stored from the real frameworks."""

from pathlib import Path

import numpy as np

TRAJECTORIES = Path(__file__).parent / "trajectories"


def read(*names):
    """Return the stored values of all cases in the files, by the name of the case."""
    values = {}
    for name in names:
        with np.load(TRAJECTORIES / f"{name}.npz") as content:
            values |= dict(zip(content["cases"].tolist(), content["values"], strict=True))
    return values


def version(name):
    """Return the version of the framework that a file came from."""
    with np.load(TRAJECTORIES / f"{name}.npz") as content:
        return str(content["version"])
