"""What the front page says of its figures is what its code draws."""

import re
from pathlib import Path

import jupytext
import matplotlib.pyplot as plt
import pytest

FRONT_PAGE = Path(__file__).parent.parent / "index.md"


@pytest.fixture(scope="module")
def figures():
    """Run the page's code and return its figures by name; of the explorer, its picture."""
    drawn, namespace = {}, {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plt, "show", lambda: None)
        for cell in jupytext.read(FRONT_PAGE).cells:
            if cell.cell_type == "code":
                # The last line of the explorer's cell is its value.
                source = re.sub(r"^explore\(", "race = explore(", cell.source, flags=re.MULTILINE)
                exec(source, namespace)
                drawn[cell.metadata["mystnb"]["figure"]["name"]] = plt.gcf()
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


def test_the_family_tree_has_the_years_that_its_description_names(figures):
    (ax,) = figures["fig-index-family"].axes
    boxes = [text.get_text() for text in ax.texts]
    for year in ("1847", "1964", "2011", "2012", "2015", "2019"):
        assert sum(f"({year})" in box for box in boxes) == 1
