"""Compare one sweep of many learning rates with the same runs made one at a time.

Run it with ``python -m benchmarks.sweep``. Both ways run in the same process, in turn, and the
results must be equal before a ratio is printed.
"""

from time import perf_counter

import numpy as np

from adaptive_lr import METHODS, grid, run
from adaptive_lr.problems import ravine
from adaptive_lr.show import table

RATES = np.geomspace(1e-4, 1.0, 1000)
STEPS = 500


def seconds(function):
    """Return the time that a call takes, and what it returns."""
    start = perf_counter()
    result = function()
    return perf_counter() - start, result


def compare(optimizer):
    """Return the seconds of the sweep, those of the single runs, and whether all are equal."""
    problem = ravine()
    sweep, together = seconds(
        lambda: run(problem, optimizer(**grid(learning_rate=RATES)), problem.start, STEPS).x
    )
    singles, alone = seconds(
        lambda: [run(problem, optimizer(rate), problem.start, STEPS).x for rate in RATES]
    )
    return sweep, singles, np.array_equal(together, np.stack(alone, axis=1), equal_nan=True)


def main():
    """Print one row for each method of the registry."""
    rows = []
    for name, method in METHODS.items():
        sweep, singles, equal = compare(method.optimizer)
        if not equal:
            raise SystemExit(f"{name}: the sweep differs from its single runs.")
        rows.append([name, sweep, singles, singles / sweep])
    print(f"{len(RATES)} learning rates, {STEPS} steps each; every pair of results is equal.")
    print(table(rows, ["method", "sweep [s]", "single runs [s]", "ratio"]).data)


if __name__ == "__main__":
    main()
