"""The style of the book holds in its figures only, and each curve has a look of its own."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgba

from adaptive_lr import METHODS, plots


def test_style_holds_inside_and_leaves_no_trace():
    before = dict(mpl.rcParams)
    with plots.use_style():
        assert plt.rcParams["figure.dpi"] == 144
        assert plt.rcParams["font.size"] >= 11
    fig, axes = plots.figure(1, 2, width=10, height=3, width_ratios=(2, 1))
    assert dict(mpl.rcParams) == before
    assert fig.dpi == 144
    assert fig.get_facecolor() == to_rgba("white")
    assert axes.shape == (2,)
    np.testing.assert_allclose(fig.get_size_inches(), [10, 3])
    plt.close(fig)


def test_style_lets_a_figure_turn_the_display_on():
    # As the backend of a notebook does when the first figure loads it.
    with plt.ioff():
        with plots.use_style():
            mpl.interactive(True)
        assert mpl.is_interactive()


def test_ramp_rises_in_lightness():
    lightness = plots.ramp(9)[:, :3] @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(lightness) > 0).all()
    assert lightness[-1] < 0.75


@pytest.mark.parametrize("name", METHODS)
def test_a_method_keeps_its_colour_and_marker(name):
    alone = plots.line_styles([name])
    among_others = plots.line_styles(["other", *reversed(METHODS)])[-1 - list(METHODS).index(name)]
    assert alone == [among_others]
    assert alone[0]["color"] == METHODS[name].color
    assert alone == [plots.method_style(name) | {"linestyle": "-"}]


def test_no_two_curves_of_a_panel_look_the_same():
    for labels in (
        list(METHODS),
        ["Adam", "Adam, no bias correction", "Adam without", "AdamW"],
        [f"schedule {i}" for i in range(10)],
        list(range(12)),
    ):
        looks = {
            (to_hex(style["color"]), style["linestyle"], style["marker"])
            for style in plots.line_styles(labels)
        }
        assert len(looks) == len(labels)


def test_markers_differ_between_methods():
    assert len({style["marker"] for style in plots.line_styles(METHODS)}) == len(METHODS)


def test_what_is_no_method_has_no_colour_of_a_method():
    others = {to_hex(style["color"]) for style in plots.line_styles("abcdefgh")}
    assert not others & {method.color.lower() for method in METHODS.values()}
