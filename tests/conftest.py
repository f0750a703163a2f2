"""What the tests of figures need."""

import matplotlib.pyplot as plt
import pytest

from adaptive_lr import plots


@pytest.fixture
def ax():
    _, axes = plots.figure()
    yield axes
    # Drawing finds what only fails once places and ticks are computed.
    axes.figure.canvas.draw()
    plt.close(axes.figure)
