"""The family tree shows every method, below all that it builds on, whatever the registry holds.

Nothing in it touches anything else, and nothing lies outside its axes.
"""

from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from adaptive_lr import METHODS, plots

INVENTED = {
    "Nesterov": (1983, "looks ahead before it takes the gradient", ("Momentum",)),
    "Adadelta": (2012, "steps in the unit of the parameters", ("Adagrad",)),
    "CenteredRMSprop": (2013, "the variance in place of the square", ("RMSprop",)),
    "Adamax": (2015, "the largest gradient in place of the root", ("Adam",)),
    "Nadam": (2016, "looks ahead as Nesterov does", ("Adam", "Nesterov")),
    "AMSGrad": (2018, "a cache that never falls", ("Adam",)),
    "Yogi": (2018, "a cache that changes by addition, not by a factor", ("Adam",)),
    "Adan": (2022, "a momentum of the differences of gradients", ("Nesterov", "Adam")),
    "Lion": (2023, "the sign of a momentum with two decay rates", ("AdamW",)),
    "ScheduleFree": (2024, "an average of the path in place of a schedule", ("AdamW",)),
    "Muon": (2024, "momentum whose matrices are made orthogonal", ("Momentum",)),
    "Prodigy": (2024, "estimates the distance to the goal as it goes", ("Adam",)),
}


def with_invented(rows):
    """Return the registry, and after it the rows of methods that it does not have yet."""
    added = {
        name: replace(METHODS["Adam"], year=year, idea=idea, builds_on=builds_on)
        for name, (year, idea, builds_on) in rows.items()
        if name not in METHODS
    }
    return METHODS | added


def siblings(*names):
    return {name: (*INVENTED[name][:2], ("Adam",)) for name in names}


# Each of a line of methods has a child that comes after all of the line: no lane is ever free.
LINE = [f"Generation{i}" for i in range(16)]
ENTANGLED = {
    name: (2030 + i, "a few words", (LINE[i - 1] if i else "AdamW",)) for i, name in enumerate(LINE)
} | {f"Late{i}": (2060 + i, "a few words and some more", (name,)) for i, name in enumerate(LINE)}

REGISTRIES = {
    "as it is": METHODS,
    "two more siblings": with_invented(siblings("Yogi", "Adan")),
    "all that the book wants": with_invented(INVENTED),
    "twenty siblings": with_invented(
        {f"Child{i}": (2030, "a few words " * (1 + i % 7), ("Adam",)) for i in range(20)}
    ),
    "entangled": with_invented(ENTANGLED),
}


@contextmanager
def drawn(methods):
    """Draw the tree in a figure of its own; yield its axes and its boxes."""
    figure, ax = plots.figure(height=plots.family_height(methods))
    boxes = plots.family_tree(ax, methods)
    figure.canvas.draw()
    yield ax, boxes
    plt.close(figure)


@pytest.fixture(scope="module", params=REGISTRIES)
def tree(request):
    methods = REGISTRIES[request.param]
    with drawn(methods) as (ax, boxes):
        yield methods, ax, boxes


def extents(ax, boxes):
    """Return the frames of all boxes, and the extents of all text beside them."""
    frames = [box.get_bbox_patch().get_window_extent() for box in boxes.values()]
    beside = [text for text in ax.texts if text.get_text() and text not in boxes.values()]
    return frames + [text.get_window_extent() for text in beside]


def points(arrow):
    """Return points along the line of an arrow, a pixel or less apart."""
    path = arrow.get_transform().transform_path(arrow.get_path())
    line, _ = path.to_polygons(closed_only=False)
    return np.concatenate(
        [
            np.linspace(start, end, 2 + int(np.hypot(*(end - start))))
            for start, end in pairwise(line)
        ]
    )


def knobs(ax, boxes):
    """Return the marker of each method: the one that stands beside its box."""
    lines = {line.get_ydata()[0]: line for line in ax.lines if line.get_marker() != "None"}
    return {name: lines[box.xy[1]] for name, box in boxes.items()}


def arrows(ax, boxes):
    """Return the arrows by the names of the methods at their ends."""
    starts = {tuple(knob.get_xydata()[0]): name for name, knob in knobs(ax, boxes).items()}
    found = [text for text in ax.texts if text.arrow_patch is not None]
    ends = [min(starts, key=lambda place: np.hypot(*np.subtract(place, a.xy))) for a in found]
    pairs = [(starts[a.xyann], starts[end]) for a, end in zip(found, ends, strict=True)]
    assert len(set(pairs)) == len(pairs)
    return {pair: a.arrow_patch for pair, a in zip(pairs, found, strict=True)}


def test_every_method_has_a_box_with_its_name_and_year(tree):
    methods, ax, boxes = tree
    assert boxes.keys() == methods.keys()
    written = " ".join(text.get_text() for text in ax.texts).split()
    for name, method in methods.items():
        assert boxes[name].get_text() == f"{name} ({method.year})"
        assert to_hex(boxes[name].get_bbox_patch().get_edgecolor()) == method.color.lower()
        assert set(method.idea.split()) <= set(written)


def test_every_method_has_its_marker(tree):
    methods, ax, boxes = tree
    for name, knob in knobs(ax, boxes).items():
        style = {"color": knob.get_color(), "marker": knob.get_marker()}
        assert style == plots.method_style(name, methods)


def test_nothing_lies_outside_the_axes(tree):
    _, ax, boxes = tree
    window = ax.get_window_extent()
    for box in extents(ax, boxes):
        assert window.x0 <= box.x0 < box.x1 <= window.x1
        assert window.y0 <= box.y0 < box.y1 <= window.y1


def test_no_two_boxes_touch(tree):
    _, ax, boxes = tree
    found = extents(ax, boxes)
    for i, box in enumerate(found):
        assert not any(box.overlaps(other) for other in found[:i])


def test_all_can_be_read(tree):
    _, ax, _ = tree
    assert min(text.get_fontsize() for text in ax.texts) >= 8


def test_a_method_stands_below_all_that_it_builds_on_and_all_that_are_older(tree):
    methods, _, boxes = tree
    height = {name: box.xy[1] for name, box in boxes.items()}
    for name, method in methods.items():
        assert all(height[name] < height[parent] for parent in method.builds_on)
    down = sorted(methods, key=lambda name: -height[name])
    years = [methods[name].year for name in down]
    assert years == sorted(years)


def test_an_arrow_leads_to_a_method_from_each_that_it_builds_on(tree):
    methods, ax, boxes = tree
    wanted = {(parent, name) for name, row in methods.items() for parent in row.builds_on}
    assert arrows(ax, boxes).keys() == wanted


def test_no_arrow_runs_through_a_box_or_the_marker_of_another_method(tree):
    _, ax, boxes = tree
    frames = extents(ax, boxes)
    places = {
        name: ax.transData.transform(knob.get_xydata()[0])
        for name, knob in knobs(ax, boxes).items()
    }
    for ends, arrow in arrows(ax, boxes).items():
        line = points(arrow)
        for frame in frames:
            assert not np.all((line > frame.min) & (line < frame.max), axis=1).any()
        for name in places.keys() - set(ends):
            assert np.hypot(*(line - places[name]).T).min() > 3


def test_arrows_run_down(tree):
    _, ax, boxes = tree
    for arrow in arrows(ax, boxes).values():
        assert (np.diff(points(arrow)[:, 1]) <= 1e-6).all()


def test_a_tree_without_years_in_order_keeps_the_order_of_the_family():
    late = with_invented({"Early": (1900, "older than what it builds on", ("Adam",))})
    with drawn(late) as (_, boxes):
        assert boxes["Early"].xy[1] < boxes["Adam"].xy[1]


@pytest.mark.parametrize("methods", REGISTRIES.values(), ids=REGISTRIES)
@pytest.mark.parametrize(("narrower", "lower"), [(0.3, 0), (0, 0.3)])
def test_axes_that_are_too_small_are_refused(methods, narrower, lower):
    size = {"width": 6.5 - narrower, "height": plots.family_height(methods) - lower}
    figure, ax = plots.figure(**size)
    with pytest.raises(ValueError, match=r"Argument `ax` must be at least .* inches wide"):
        plots.family_tree(ax, methods)
    plt.close(figure)


@pytest.mark.parametrize(
    ("methods", "message"),
    [
        ({}, "Argument `methods` must be a dict that is not empty. Received: 'dict'."),
        (
            {"Adam": METHODS["Adam"]},
            "Argument `methods['Adam'].builds_on` must name methods that stand before Adam. "
            "Received: 'Momentum'.",
        ),
    ],
)
def test_a_registry_that_is_no_family_is_refused(methods, message):
    with pytest.raises(ValueError) as error:
        plots.family_height(methods)
    assert str(error.value) == message
