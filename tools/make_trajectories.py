"""Make tests/trajectories from the real frameworks.

Run by `make trajectories` in the environment of requirements-peers.txt. The same versions give
the same files.
"""

import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np

TESTS = Path(__file__).resolve().parents[1] / "tests"
sys.path.insert(0, str(TESTS))

import cases  # noqa: E402
import drivers  # noqa: E402
import schedule_cases  # noqa: E402

TRAJECTORIES = TESTS / "trajectories"


def main():
    for framework, package in drivers.PACKAGES.items():
        make_trajectories(framework, package)
        make_schedules(framework, package)


def make_trajectories(framework, package):
    chosen = [case for case in cases.CASES if case.framework == framework]
    paths = [drivers.path(case, cases.gradient, cases.START, cases.STEPS) for case in chosen]
    save(package, package, chosen, np.stack(paths)[:, cases.STORED_STEPS - 1])


def make_schedules(framework, package):
    chosen = [case for case in schedule_cases.SCHEDULE_CASES if case.framework == framework]
    padded = np.full((len(chosen), 2, max(case.steps for case in chosen) + 1), np.nan)
    for rows, case in zip(padded, chosen, strict=True):
        rows[:, : case.steps + 1] = drivers.schedule_values(case)
    save(f"{package}_schedules", package, chosen, padded)


def save(name, package, chosen, values):
    file = TRAJECTORIES / f"{name}.npz"
    names = [str(case) for case in chosen]
    np.savez_compressed(file, version=version(package), cases=names, values=values)
    print(f"{file.name}: {len(chosen)} cases, {file.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
