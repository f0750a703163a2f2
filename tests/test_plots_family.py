"""The family tree has a box for each method, below those that it builds on."""

from matplotlib.colors import to_hex

from adaptive_lr import METHODS, plots


def test_family_tree_puts_each_method_below_those_it_builds_on(ax):
    boxes = plots.family_tree(ax, METHODS)
    assert list(boxes) == list(METHODS)
    for name, method in METHODS.items():
        assert boxes[name].get_text().startswith(f"{name} ({method.year})")
        assert to_hex(boxes[name].get_bbox_patch().get_edgecolor()) == method.color.lower()
        assert all(boxes[name].xy[1] < boxes[parent].xy[1] for parent in method.builds_on)
    arrows = [text for text in ax.texts if text.arrow_patch is not None]
    assert len(arrows) == sum(len(method.builds_on) for method in METHODS.values())
    ax.figure.canvas.draw()
    frames = [box.get_bbox_patch().get_window_extent() for box in boxes.values()]
    for i, frame in enumerate(frames):
        assert not any(frame.overlaps(other) for other in frames[:i])
