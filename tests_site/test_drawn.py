"""What an explorer draws is what the package computes for that position of its controls."""

import numpy as np
import pytest
from matplotlib import colormaps
from matplotlib.colors import to_hex

from adaptive_lr.explorer import panels
from adaptive_lr.explorer.explorers import DescentExplorer
from tests_site.browser import opened
from tests_site.chapters import explorers_of
from tests_site.explorers import Axis, explorers, vertices
from tests_site.pages import WITH_EXPLORER

# Pixels: explorers keep half a pixel of a path, and much less of what has one value a step.
NEAR = 0.25
NEAR_PATH = 0.75
POSITIONS = 6
SEED = 4


def positions(axes):
    """Return both ends of all controls together, and some positions in between, by chance."""
    chance = np.random.default_rng(SEED)
    yield {name: 0 for name in axes}
    yield {name: len(values) - 1 for name, values in axes.items()}
    for _ in range(POSITIONS - 2):
        yield {name: int(chance.integers(len(values))) for name, values in axes.items()}


def inside(places, x, y, margin):
    """Tell which places lie within a panel, or within a margin around it."""
    ends = np.sort([[x.first, x.last], [y.first, y.last]])
    with np.errstate(invalid="ignore"):
        return ((places >= ends[:, 0] - margin) & (places <= ends[:, 1] + margin)).all(axis=-1)


def fault_of_path(path, computed):
    """Compare a drawn path with its points, shape (steps, 2); return what differs, or nothing."""
    drawn = np.full(computed.shape, np.nan)
    drawn[: len(path.places)] = path.places
    return _fault(path, drawn, computed, NEAR_PATH)


def fault_of_curve(curve, computed):
    """The same for a curve over the steps, whose points stand above their steps."""
    drawn = np.full(computed.shape, np.nan)
    steps = np.interp(curve.points[:, 0], computed[:, 0], np.arange(len(computed)))
    drawn[np.rint(steps).astype(int)] = curve.places
    return _fault(curve, drawn, computed, NEAR)


def _fault(curve, drawn, computed, near):
    expected = np.column_stack([curve.x.place(computed[:, 0]), curve.y.place(computed[:, 1])])
    visible = inside(expected, curve.x, curve.y, 0)
    off = np.abs(drawn - expected)[visible].max(initial=0)
    if not off <= near:
        return f"{curve.panel}, {curve.label}: off by {off:.2f} px"
    if inside(drawn[~visible], curve.x, curve.y, -near).any():
        return f"{curve.panel}, {curve.label}: drawn where nothing is computed"
    return None


def fault_of_bar(bar, value):
    """Compare the length of a drawn bar with its value; return what differs, or nothing."""
    expected = np.clip(bar.x.place(value), *sorted((bar.x.first, bar.x.last)))
    end = np.clip(bar.places[1, 0], *sorted((bar.x.first, bar.x.last)))
    if np.isnan(expected):
        expected = bar.places[0, 0]
    return None if abs(end - expected) <= NEAR else f"{bar.panel}, {bar.label}: {end}, {expected}"


def fault_of_cell(panel, value, colour):
    """Compare the colour of a map's cell with its value; return what differs, or nothing."""
    low, high = panel.limits
    expected = [panels.DIVERGED]
    if value <= high:
        share = np.log(max(value, low) / low) / np.log(high / low)
        shades = [to_hex(shade) for shade in colormaps["viridis"](np.linspace(0, 1, 64))]
        place = round(share * 63)
        expected = shades[max(place - 1, 0) : place + 2]  # the share is rounded twice
    return None if colour in expected else f"{panel.title}: {colour} for {value:.3g}"


def faults_of(shown, made, values):
    """Compare every panel of an explorer on the page with the values of its position."""
    curves = {(curve.panel, curve.label): curve for curve in shown.curves()}
    faults = []
    for panel in made.panels:
        for label, computed in values[panel.title].items():
            if isinstance(panel, panels.Map):
                colour = shown.cell(panel.title)
                faults.append(fault_of_cell(panel, computed.item(), colour))
                continue
            drawn = curves.pop((panel.title, label))
            if isinstance(panel, panels.Bars):
                faults.append(fault_of_bar(drawn, computed[-1]))
            elif isinstance(panel, panels.Path):
                faults.append(fault_of_path(drawn, computed))
            else:
                data = np.column_stack([made.steps, computed])
                faults.append(fault_of_curve(drawn, data))
    return [fault for fault in faults if fault] + [f"{key} is too much" for key in curves]


@pytest.mark.parametrize("path", WITH_EXPLORER)
def test_what_is_drawn_is_what_is_computed(browser, site, path):
    with opened(browser, site + path) as (page, _):
        on_page = explorers(page)
        assert on_page
        assert [one.title for one in on_page] == [one.title for one in explorers_of(path)]
        for shown, made in zip(on_page, explorers_of(path), strict=True):
            controls = shown.controls()
            controls["step"].move_by_keyboard(True)
            for position in positions(made.axes):
                for name, index in position.items():
                    controls[panels.caption(name).replace(" ", "_")].move_to(index)
                values = made.values(**position)
                assert faults_of(shown, made, values) == [], (shown.title, position)


@pytest.mark.parametrize("path", WITH_EXPLORER)
def test_what_is_computed_is_one_run(path):
    assert explorers_of(path)
    for made in explorers_of(path):
        if not isinstance(made, DescentExplorer):
            continue
        for position in positions(made.axes):
            values = made.values(**position)
            for label, alone in made.run(**position).items():
                np.testing.assert_allclose(values["path"][label], alone.x, rtol=1e-9)
                if "loss" in values:
                    np.testing.assert_allclose(values["loss"][label], alone.loss, rtol=1e-9)


# --- the reading of drawings, against drawings that are made here -------------------------------
AXES = [
    Axis(-5, 5, 40, 300, "linear"),
    Axis(1e-6, 10, 190, 10, "log"),
    Axis(0, 1, 0, -1, "linear"),
]


@pytest.mark.parametrize("axis", AXES)
def test_an_axis_turns_places_back_into_data(axis):
    data = np.geomspace(0.01, 1, 7) * axis.high
    assert axis.place([axis.low, axis.high]) == pytest.approx([axis.first, axis.last])
    assert axis.data(axis.place(data)) == pytest.approx(data)


def test_an_axis_by_hand():
    log = Axis(1e-2, 1e2, 200, 0, "log")
    assert log.data([200, 150, 100, 0]) == pytest.approx([0.01, 0.1, 1, 100])
    assert np.isnan(log.place(-1.0))
    assert Axis(0, 10, 100, 300, "linear").data(150) == pytest.approx(2.5)


@pytest.mark.parametrize("path", ["M1 2L3.5-4M.5,6e1L7 8", "M 1 2 L 3.5,-4 M .5 60 L 7 8"])
def test_a_path_is_read(path):
    points, starts = vertices(path)
    assert points.tolist() == [[1, 2], [3.5, -4], [0.5, 60], [7, 8]]
    assert starts == [0, 2]


@pytest.mark.parametrize("path", ["M1 2l3 4", "M1 2L3 4 5 6", "M1 2H5", "M1 2Z"])
def test_a_path_of_another_kind_is_refused(path):
    with pytest.raises(ValueError, match="Only M and L"):
        vertices(path)
