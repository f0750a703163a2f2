"""A figure of data that do not fit is refused, by the name of the argument."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from adaptive_lr import plots
from adaptive_lr.problems import quadratic, ravine

RATES = [0.01, 0.1, 1.0, 10.0]


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (
            lambda ax: plots.contours(ax, quadratic([1, 2, 3])),
            "Argument `problem` must have two dimensions. Received: 3.",
        ),
        (
            lambda ax: plots.contours(ax, ravine(rotation=[[0], [45]])),
            "Argument `problem` must be one, not several at once. Received: (2,).",
        ),
        (
            lambda ax: plots.trajectory(ax, np.zeros((5, 3))),
            "Argument `xs` must have shape (steps + 1, 2). Received: (5, 3).",
        ),
        (
            lambda ax: plots.trajectories(ax, [np.zeros((5, 2))]),
            "Argument `paths` must be a dict that is not empty. Received: 'list'.",
        ),
        (
            lambda ax: plots.loss_curves(ax, {}),
            "Argument `losses` must be a dict that is not empty. Received: 'dict'.",
        ),
        (
            lambda ax: plots.loss_curves(ax, {"Adam": np.zeros((3, 2, 2))}),
            "Argument `losses['Adam']` must have shape (3,) or (3, runs). Received: (3, 2, 2).",
        ),
        (
            lambda ax: plots.loss_curves(ax, {"Adam": 3.0}),
            "Argument `losses['Adam']` must have shape",
        ),
        (
            lambda ax: plots.loss_curves(ax, {"Adam": [1, 2, 3]}, steps=[0, 1]),
            "Argument `losses['Adam']` must have shape (2,) or (2, runs). Received: (3,).",
        ),
        (
            lambda ax: plots.loss_curves(ax, {"Adam": [1, 2]}, band="deviation"),
            "Argument `band` must be 'quartiles' or 'range'. Received: 'deviation'.",
        ),
        (
            lambda ax: plots.effective_learning_rates(ax, {"Adam": [[[1]]]}),
            "Argument `rates['Adam']` must have shape (1,) or (1, runs). Received: (1, 1, 1).",
        ),
        (
            lambda ax: plots.schedule_curves(ax, {"a": lambda k: 1}, steps=0),
            "Argument `steps` must be a whole number above 0. Received: 0.",
        ),
        (
            lambda ax: plots.schedule_curves(ax, {"a": lambda k: [1, 2]}, steps=3),
            "Argument `schedules['a']` must return one number a step. Received: (2,).",
        ),
        (
            lambda ax: plots.cache_bars(ax, [1, 2], ["a"]),
            "Argument `cache` must have shape (1,). Received: (2,).",
        ),
        (
            lambda ax: plots.cache_bars(ax, [1, np.nan], ["a", "b"]),
            "Argument `cache` must be finite and at least 0. Received: [1.0, nan].",
        ),
        (
            lambda ax: plots.cache_bars(ax, [1], ["a"], method="Sgd"),
            "Argument `method` must be one of GradientDescent, ",
        ),
        (
            lambda ax: plots.method_style("Sgd"),
            "Argument `name` must be one of GradientDescent, ",
        ),
        (
            lambda ax: plots.sensitivity(ax, [1, 0.1], {"Adam": [1, 2]}, 1.0),
            "Argument `learning_rates` must hold at least two values that rise from above 0.",
        ),
        (
            lambda ax: plots.sensitivity(ax, RATES, {"Adam": [1, 2]}, 1.0),
            "Argument `final_losses['Adam']` must have shape (4,) or (4, runs). Received: (2,).",
        ),
        (
            lambda ax: plots.sensitivity(ax, RATES, {"Adam": [1, 2, 3, 4]}, np.inf),
            "Argument `start_loss` must be a finite number above 0. Received: inf.",
        ),
        (
            lambda ax: plots.heat_map(
                ax, [1, 2], [1, 2, 3], np.ones((3, 2)), 2.0, row_label="", column_label=""
            ),
            "Argument `values` must have shape (2, 3). Received: (3, 2).",
        ),
        (
            lambda ax: plots.heat_map(
                ax, [0, 2], [1, 2], np.ones((2, 2)), 2.0, row_label="", column_label=""
            ),
            "Argument `rows` must hold at least two values that rise from above 0.",
        ),
        (
            lambda ax: plots.heat_map(
                ax, [1, 2], [1, 2], np.full((2, 2), np.nan), 2.0, row_label="", column_label=""
            ),
            "Argument `values` must hold one of at most start_loss, 2.0.",
        ),
    ],
)
def test_bad_input(draw, message):
    fig, ax = plots.figure()
    with pytest.raises(ValueError) as error:
        draw(ax)
    assert message in str(error.value)
    plt.close(fig)
