"""Labels stand beside their lines, apart from each other, and can be read."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb

from adaptive_lr import METHODS, plots


def test_labels_stand_right_of_the_axes_and_apart(ax):
    lines = [ax.plot([0, 1], [0, end], label=str(end))[0] for end in (1, 1.01, 1.02, 0, 0.5)]
    labels = plots.label_lines(ax, lines)
    # The limits change after the labels are made.
    ax.set_ylim(-5, 5)
    ax.figure.canvas.draw()
    boxes = [label.get_window_extent() for label in labels]
    assert all(box.x0 > ax.bbox.x1 for box in boxes)
    assert all(box.x1 < ax.figure.bbox.x1 for box in boxes)
    centers = np.sort([(box.y0 + box.y1) / 2 for box in boxes])
    assert np.diff(centers).min() > 13 * ax.figure.dpi / 72
    order = np.argsort([(box.y0 + box.y1) / 2 for box in boxes])
    assert [labels[i].get_text() for i in order] == ["0", "0.5", "1", "1.01", "1.02"]


def test_label_stands_as_high_as_its_line_ends(ax):
    (line,) = ax.plot([0, 1, 2], [0, 3, np.nan], label="a")
    (label,) = plots.label_lines(ax, [line])
    assert label.xy == (1, 3)
    ax.figure.canvas.draw()
    box = label.get_window_extent()
    assert (box.y0 + box.y1) / 2 == pytest.approx(ax.transData.transform((1, 3))[1], abs=3)


@pytest.mark.parametrize("color", [*(method.color for method in METHODS.values()), "yellow"])
def test_labels_can_be_read_on_white(ax, color):
    (label,) = plots.label_lines(ax, ax.plot([1, 2], color=color, label="a"))
    rgb = np.array(to_rgb(label.get_color()))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    assert 1.05 / (linear @ [0.2126, 0.7152, 0.0722] + 0.05) >= 4.5


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=12), st.floats(0.1, 50))
def test_spread_keeps_gap_order_and_range(heights, gap):
    low, high = -100.0, 700.0
    granted = plots.spread(heights, gap, low, high)
    order = np.argsort(heights, kind="stable")
    assert (np.diff(granted[order]) >= gap * (1 - 1e-6)).all()
    assert granted.min() >= low - 1e-9
    assert granted.max() <= high + 1e-6


def test_spread_moves_no_more_than_it_must():
    assert plots.spread([1, 9, 5], 2, 0, 10).tolist() == [1, 9, 5]
    assert plots.spread([4, 4, 4], 2, 0, 10).tolist() == [2, 4, 6]
    assert plots.spread([0, 0], 2, 0, 10).tolist() == [0, 2]
    assert plots.spread([99, 50], 2, 0, 10).tolist() == [10, 8]
