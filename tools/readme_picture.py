"""Draw the picture of the README: five methods on their way down the ravine.

Run from anywhere: ``python tools/readme_picture.py``.
"""

from pathlib import Path

from adaptive_lr import Adagrad, Adam, GradientDescent, Momentum, RMSprop, run
from adaptive_lr.plots import contours, figure, loss_curves, trajectories
from adaptive_lr.problems import ravine

PICTURE = Path(__file__).resolve().parents[1] / "_static" / "readme.png"
STEPS = 40
OPTIMIZERS = (
    GradientDescent(learning_rate=0.4),
    Momentum(learning_rate=0.05, momentum=0.8),
    Adagrad(learning_rate=1.4),
    RMSprop(learning_rate=0.2),
    Adam(learning_rate=0.3),
)


def draw():
    """Return the figure: the paths on the left, the losses on the right."""
    problem = ravine()
    results = {
        type(optimizer).__name__: run(problem, optimizer, problem.start, STEPS)
        for optimizer in OPTIMIZERS
    }
    fig, (landscape, race) = figure(1, 2, width=10, height=3.6, width_ratios=(11, 8))
    contours(landscape, problem)
    trajectories(landscape, {name: result.x for name, result in results.items()}, legend=False)
    loss_curves(race, {name: result.loss for name, result in results.items()})
    landscape.set_title("40 steps down a ravine")
    race.set_title("The loss on the way")
    return fig


def main():
    """Write the picture."""
    PICTURE.parent.mkdir(exist_ok=True)
    draw().savefig(PICTURE, dpi=120, metadata={"Software": None})


if __name__ == "__main__":
    main()
