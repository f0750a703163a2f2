"""What the front page says of its figures is what its code draws."""

import re
from pathlib import Path

import jupytext
import matplotlib.pyplot as plt
import pytest

from adaptive_lr import METHODS

FRONT_PAGE = Path(__file__).parent.parent / "index.md"
CELLS = {
    cell.metadata["mystnb"]["figure"]["name"]: cell
    for cell in jupytext.read(FRONT_PAGE).cells
    if cell.cell_type == "code"
}


@pytest.fixture(scope="module")
def figures():
    """Run the page's code and return its figures by name; of the explorer, its picture."""
    drawn, namespace = {}, {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plt, "show", lambda: None)
        for name, cell in CELLS.items():
            # The last line of the explorer's cell is its value.
            source = re.sub(r"^explore\(", "race = explore(", cell.source, flags=re.MULTILINE)
            exec(source, namespace)
            drawn[name] = plt.gcf()
        drawn["fig-index-paths"] = namespace["race"].draw()
    yield drawn
    plt.close("all")


def test_the_paths_are_those_of_the_five_methods(figures):
    ax, _ = figures["fig-index-paths"].axes
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["GradientDescent", "Momentum", "Adagrad", "RMSprop", "Adam"]


@pytest.mark.parametrize(
    ("method", "along", "turned"),
    [
        ("GradientDescent", 1700, 1700),
        ("Momentum", 140, 140),
        ("Adagrad", 6, 2400),
        ("RMSprop", 1200, 3000),
        ("Adam", 130, 310),
    ],
)
def test_the_race_has_the_numbers_that_its_description_names(figures, method, along, turned):
    (ax,) = figures["fig-index-race"].axes
    steps = {line.get_label(): line.get_ydata() for line in ax.get_lines()}
    assert steps[method] == pytest.approx([along, turned], rel=0.1)


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_the_family_tree_and_its_description_name_every_method_and_its_year(figures, method):
    (ax,) = figures["fig-index-family"].axes
    name = f"{method.name} ({method.year})"
    assert [text.get_text() for text in ax.texts].count(name) == 1
    description = CELLS["fig-index-family"].metadata["mystnb"]["image"]["alt"]
    assert re.search(rf"\b{re.escape(name)}", description)


def test_all_of_the_family_tree_lies_inside_its_axes(figures):
    (ax,) = figures["fig-index-family"].axes
    ax.figure.canvas.draw()
    window = ax.get_window_extent()
    for text in ax.texts:
        box = text.get_bbox_patch() or text
        extent = box.get_window_extent()
        assert window.x0 <= extent.x0 <= extent.x1 <= window.x1
        assert window.y0 <= extent.y0 <= extent.y1 <= window.y1
