"""An explorer shows, at every position of its sliders, the very run of that setting."""

import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.image import imread

from adaptive_lr import Adagrad, Momentum, plots, run
from adaptive_lr.explorer import explore, explore_figure
from adaptive_lr.problems import quadratic, ravine

RATES = [0.1, 1.0, 4.0]
STARTS = [0.0, 10.0]


@pytest.fixture(scope="module")
def explorer():
    return explore(
        ravine(), [Adagrad, Momentum], steps=12, learning_rate=RATES, initial_accumulator=STARTS
    )


@pytest.mark.parametrize("rate", range(3))
@pytest.mark.parametrize("start", range(2))
def test_a_position_is_the_single_run_of_its_setting(explorer, rate, start):
    paths = explorer.paths(learning_rate=rate, initial_accumulator=start)
    for optimizer in (Adagrad(RATES[rate], STARTS[start]), Momentum(RATES[rate])):
        single = run(ravine(), optimizer, ravine().start, steps=12, record=True)
        x, loss, effective = paths[type(optimizer).__name__]
        np.testing.assert_array_equal(x, single.x)
        np.testing.assert_array_equal(loss, single.loss)
        np.testing.assert_array_equal(effective, single.effective_learning_rate)


def test_a_slider_redraws_the_picture(explorer):
    *sliders, picture = explorer.widget().children
    assert [slider.description for slider in sliders] == ["learning_rate", "initial_accumulator"]
    for slider in sliders:
        for end in (0, len(slider.options) - 1):
            before = picture.value
            slider.index = end
            assert picture.value != before


def test_the_picture_of_a_slider_is_that_of_its_position(explorer):
    *sliders, picture = explorer.widget().children
    sliders[0].index, sliders[1].index = 2, 0
    alone = explore(
        ravine(), [Adagrad, Momentum], steps=12, learning_rate=[4.0], initial_accumulator=[0.0]
    )
    *_, expected = alone.widget().children
    np.testing.assert_array_equal(
        imread(io.BytesIO(picture.value)), imread(io.BytesIO(expected.value))
    )


def test_a_page_without_a_kernel_gets_a_picture(explorer):
    bundle = explorer._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert type(bundle["image/png"]) is bytes, "anything else is stored as a list of numbers"
    assert imread(io.BytesIO(bundle["image/png"])).shape[1] == 936
    assert bundle["text/plain"] == repr(explorer)


def test_a_name_that_no_method_has_is_refused():
    with pytest.raises(ValueError, match=r"`decay_rate` must be a hyper-parameter of Adagrad"):
        explore(ravine(), Adagrad, decay_rate=[0.9])


def test_a_problem_that_cannot_be_drawn_is_refused():
    with pytest.raises(ValueError, match="`problem` must have two parameters"):
        explore(quadratic([1.0, 2.0, 3.0]), Adagrad, learning_rate=[0.1])


def parabola(curvature, side):
    fig, ax = plots.figure()
    ax.plot([0, 1], [0, curvature / 2])
    ax.set_title(side)
    return fig


def test_any_figure_can_be_put_under_sliders():
    explorer = explore_figure(parabola, "a parabola", curvature=[1.0, 4.0], side=["left", "right"])
    figure = explorer.draw(curvature=1, side=0)
    assert figure.axes[0].lines[0].get_ydata()[-1] == 2.0
    assert figure.axes[0].get_title() == "left"
    assert figure.number not in plt.get_fignums(), "a notebook would show it a second time"
    *sliders, _ = explorer.widget().children
    assert [label for label, _ in sliders[1].options] == ["left", "right"]
    assert repr(explorer) == "Explorer: a parabola, 2 curvature x 2 side"


@pytest.mark.parametrize(("axes", "argument"), [({}, "axes"), ({"curvature": []}, "curvature")])
def test_a_figure_without_numbers_to_move_is_refused(axes, argument):
    with pytest.raises(ValueError, match=f"`{argument}` must"):
        explore_figure(parabola, "a parabola", **axes)
