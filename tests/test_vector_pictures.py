"""Figures of the site: each in a light and a dark form that can be read, without ballast."""

import gzip
import io
import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb

from adaptive_lr import METHODS, plots
from adaptive_lr.plots.style import STYLE
from adaptive_lr.problems import ravine

sys.path.insert(0, str(Path(__file__).parent.parent / "_ext"))
import vector_pictures

LOOK = mpl.rc_params_from_file(STYLE)
GROUND = vector_pictures.GROUND
WHITE = (255, 255, 255)
GREYS_OF_TEXT = ("0.15", "0.25", "0.35")
LARGEST_LANDSCAPE = 20_000


def channels(colour):
    return tuple(round(255 * share) for share in to_rgb(colour))


def drawn(make, salt="one"):
    """Return a figure as matplotlib writes it: names in it hang on the salt, as on chance."""
    with plots.use_style(), plt.rc_context({"svg.hashsalt": salt}):
        fig, ax = plots.figure()
        make(ax)
        buffer = io.StringIO()
        fig.savefig(buffer, format="svg")
        plt.close(fig)
    return buffer.getvalue()


def lines(ax):
    plots.loss_curves(ax, {"Adagrad": [3.0, 2.0, 1.0], "a & b": [3.0, 1.0, 0.5]})
    ax.annotate("beside", (1, 2), color="0.35")


def landscape(ax):
    plots.contours(ax, ravine(100.0))


def heat_map(ax):
    values = np.arange(12.0).reshape(3, 4)
    ax.patch.set(facecolor="0.9", hatch="////", edgecolor="0.6")
    ax.pcolormesh(np.ma.masked_equal(values, 5), cmap="viridis")
    ax.set(title="map", xlabel="rate")
    ax.annotate("best", (1.5, 1.5), color="#010203")
    ax.annotate("note", (1.0, 1.02), xycoords="axes fraction", color="#040506")


def colours(picture):
    return set(re.findall(r"#[0-9a-f]{6}", picture))


@pytest.mark.parametrize(
    "colour",
    [
        *(method.color for method in METHODS.values()),
        *map(to_hex, plots.ramp(7)),
        *(part["color"] for part in LOOK["axes.prop_cycle"]),
        *GREYS_OF_TEXT,
    ],
)
def test_lines_and_words_stand_out_from_the_dark_page(colour):
    dark = vector_pictures.dark_colour(channels(colour))
    assert vector_pictures.contrast(dark, GROUND) >= 4.5


def test_contrast_is_that_of_the_standard():
    assert vector_pictures.contrast((0, 0, 0), WHITE) == pytest.approx(21)
    assert vector_pictures.contrast((119, 119, 119), WHITE) == pytest.approx(4.48, abs=0.005)


def test_greys_keep_their_order_between_ground_and_text():
    greys = [vector_pictures.dark_colour((grey,) * 3) for grey in range(255, 37, -1)]
    assert greys[0] == GROUND
    assert greys[-1] == vector_pictures.TEXT
    assert all(np.all(np.diff(np.array(greys), axis=0) >= 0, axis=1))


@pytest.mark.parametrize("tint", ["#b9cbdb", "#dbcbb9"])
def test_a_tint_keeps_its_hue(tint):
    dark = vector_pictures.dark_colour(channels(tint))
    np.testing.assert_array_equal(np.argsort(dark), np.argsort(channels(tint)))


def test_methods_are_told_apart_in_the_dark_too():
    dark = {vector_pictures.dark_colour(channels(method.color)) for method in METHODS.values()}
    assert len(dark) == len(METHODS)


def test_the_light_form_has_the_colours_of_the_figure():
    source = drawn(lines)
    light, _ = vector_pictures.light_and_dark(source)
    assert colours(light) == colours(source)


def test_the_dark_form_has_the_dark_ground_and_nothing_white_or_black():
    _, dark = vector_pictures.light_and_dark(drawn(lines))
    assert "#ffffff" not in colours(dark)
    assert {"#121212", "#ced6dd"} <= colours(dark)
    # What names no colour would be black.
    assert ElementTree.fromstring(dark).get("fill") == "#ced6dd"


def test_a_heat_map_keeps_its_colours_and_those_of_what_is_written_upon_it():
    light, dark = vector_pictures.light_and_dark(drawn(heat_map))
    assert {"#440154", "#fde725", "#010203"} <= colours(light) & colours(dark)
    # Beside it stand its title, a note and the numbers at its ticks.
    beside = {"#040506", "#404040"}
    assert beside <= colours(light)
    assert not beside & colours(dark)


def test_an_image_is_a_map_too():
    _, dark = vector_pictures.light_and_dark(
        drawn(lambda ax: (ax.imshow([[0, 1]]), ax.text(0, 0, "one", color="#010203")))
    )
    assert "#010203" in colours(dark)


@pytest.mark.parametrize("make", [lines, landscape, heat_map])
def test_a_figure_that_is_drawn_again_is_the_same_file(make):
    first = vector_pictures.light_and_dark(drawn(make, "one"))
    again = vector_pictures.light_and_dark(drawn(make, "two"))
    assert first == again
    assert vector_pictures.name_of(first[0]) != vector_pictures.name_of(first[1])


@pytest.mark.parametrize("make", [lines, landscape, heat_map])
def test_what_a_picture_uses_of_itself_is_there_once(make):
    for picture in vector_pictures.light_and_dark(drawn(make)):
        ids = re.findall(r'\bid="([^"]*)"', picture)
        assert len(ids) == len(set(ids))
        used = set(re.findall(r'href="#([^"]*)"|url\(#([^)]*)\)', picture))
        assert {one or other for one, other in used} == set(ids)


def test_what_can_be_seen_stays_where_it_was():
    source = drawn(lines)
    light, _ = vector_pictures.light_and_dark(source)
    numbers = r"-?\d+\.\d+"

    def places(picture):
        outlines = re.findall(r'\bd="([^"]*)"', picture)
        return np.array([float(number) for one in outlines for number in re.findall(numbers, one)])

    np.testing.assert_allclose(places(light), places(source), atol=0.0051)
    assert len(light) < 0.8 * len(source)


def test_a_landscape_is_light():
    light, _ = vector_pictures.light_and_dark(drawn(landscape))
    assert len(gzip.compress(light.encode())) < LARGEST_LANDSCAPE


def test_the_size_is_that_of_the_figure():
    light, _ = vector_pictures.light_and_dark(drawn(lines))
    root = ElementTree.fromstring(light)
    assert vector_pictures.size_of(root) == pytest.approx((6.5 * 96, 4 * 96))
    assert (root.get("width"), root.get("height")) == ("624", "384")


def test_words_can_be_read_on_a_phone():
    # A figure fills a screen of 360 pixels there.
    sizes = [LOOK[f"{axis}tick.labelsize"] for axis in "xy"] + [LOOK["legend.fontsize"]]
    assert min(sizes) * 360 / (6.5 * 72) >= 9


def test_the_format_is_png_unless_the_build_asks_for_another(monkeypatch):
    monkeypatch.delenv("BOOK_FIGURE_FORMAT", raising=False)
    assert plots.figure_format() == "png"
    monkeypatch.setenv("BOOK_FIGURE_FORMAT", "svg")
    assert plots.figure_format() == "svg"
    monkeypatch.setenv("BOOK_FIGURE_FORMAT", "gif")
    with pytest.raises(ValueError, match=r"`BOOK_FIGURE_FORMAT` must be one of png, svg"):
        plots.figure_format()
