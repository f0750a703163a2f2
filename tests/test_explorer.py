"""An explorer shows, at every position of its controls, the very run of that setting."""

import io
import json
import re
import zlib

import ipywidgets
import numpy as np
import pytest
from ipywidgets.embed import dependency_state
from matplotlib.image import imread

from adaptive_lr import METHODS, Adagrad, Adam, GradientDescent, Momentum, RMSprop, run
from adaptive_lr.explorer import Bars, Curves, Explorer, explore
from adaptive_lr.explorer import panels as panels_of_explorers
from adaptive_lr.explorer.packing import Packing
from adaptive_lr.explorer.panels import BEYOND, LEVELS, PATH_LEVELS
from adaptive_lr.problems import himmelblau, quadratic, ravine

RATES = [0.1, 1.0, 4.0]
ACCUMULATORS = [0.0, 10.0]
ANGLES = [0.0, 30.0]
STARTS = [[-5.0, -2.0], [3.0, 2.0], [-4.0, 3.0]]
STEPS = 12
CONTROLS = {"learning_rate": 1, "rotation": 1, "initial_accumulator": 0, "start": 2}


@pytest.fixture(scope="module")
def explorer():
    return explore(
        ravine,
        [Adagrad, Momentum(momentum=0.5)],
        start=STARTS,
        steps=STEPS,
        show=["loss", "rate", "cache", "factor"],
        learning_rate=RATES,
        rotation=ANGLES,
        initial_accumulator=ACCUMULATORS,
    )


def single(position, method):
    problem = ravine(rotation=ANGLES[position["rotation"]])
    rate = RATES[position["learning_rate"]]
    if method == "Adagrad":
        optimizer = Adagrad(rate, ACCUMULATORS[position["initial_accumulator"]])
    else:
        optimizer = Momentum(rate, momentum=0.5)
    return run(problem, optimizer, STARTS[position["start"]], STEPS, record=True)


def positions(sizes):
    return [dict(zip(CONTROLS, place, strict=True)) for place in np.ndindex(*sizes)]


@pytest.mark.parametrize("position", positions((3, 2, 2, 3)), ids=str)
def test_a_position_is_the_single_run_of_its_setting(explorer, position):
    values = explorer.values(**position)
    for method in ("Adagrad", "Momentum"):
        result = single(position, method)
        np.testing.assert_array_equal(values["path"][method], result.x)
        np.testing.assert_array_equal(explorer.run(**position)[method].x, result.x)
        np.testing.assert_array_equal(values["loss"][method], result.loss)
        for i, part in enumerate(("x₁", "x₂")):
            label = f"{method} {part}"
            rates = values["rate in this step"][label]
            np.testing.assert_array_equal(rates[1:], result.effective_learning_rate[:, i])
            assert np.isnan(rates[0]), "before the first step there is no rate"
            factor = values["x after the step / before"][label][1:]
            np.testing.assert_array_equal(factor, result.x[1:, i] / result.x[:-1, i])
    np.testing.assert_array_equal(
        values["cache"]["Adagrad x₂"], single(position, "Adagrad").state[:, 1]
    )


def unpacked(data):
    """Read what an explorer sends to the browser, by the book of its description."""
    content = zlib.decompress(data)
    length = int.from_bytes(content[:4], "little")
    return json.loads(content[4 : 4 + length]), content[4 + length :]


def read(place, codes):
    size = int(np.prod(place["shape"]))
    both = np.frombuffer(codes, np.uint8)[place["offset"] :][: 2 * size].astype(int)
    folded = both[:size] + 256 * both[size:]
    second = np.where(folded % 2, -(folded + 1) // 2, folded // 2).reshape(place["shape"])
    code = np.cumsum(np.cumsum(second, axis=-1), axis=-1) % 2**16
    low, high = (np.log(place[end]) if place["log"] else place[end] for end in ("low", "high"))
    value = low + (code - 1) * (high - low) / place["levels"]
    return np.where(code == 0, np.nan, np.exp(value) if place["log"] else value)


def test_what_the_browser_gets_differs_by_less_than_the_eye_can_see(explorer):
    header, codes = unpacked(explorer.data())
    panels = {panel["title"]: panel for panel in header["panels"]}
    position = {"learning_rate": 0, "rotation": 1, "initial_accumulator": 1, "start": 2}
    values = explorer.values(**position)
    place = tuple(position.values())

    def of(packed):
        array = read(packed, codes)
        return array[tuple(i if n > 1 else 0 for i, n in zip(place, array.shape, strict=False))]

    for curve in panels["path"]["curves"]:
        exact = values["path"][curve["label"]]
        for i, packed in enumerate(curve["values"]):
            window = np.ptp(explorer.panels[0].domain, axis=1).max()
            np.testing.assert_allclose(of(packed), exact[:, i], atol=window / PATH_LEVELS)
    for curve in panels["loss"]["curves"]:
        exact, packed = values["loss"][curve["label"]], curve["values"][0]
        quantum = np.log(packed["high"] / packed["low"]) / LEVELS
        np.testing.assert_allclose(np.log(of(packed)), np.log(exact), atol=quantum)
        assert np.exp(quantum) - 1 < 0.03, "two digits are shown"


@pytest.mark.parametrize("log", [False, True])
def test_packing_rounds_to_half_a_level_and_keeps_what_is_missing(log):
    values = np.random.default_rng(0).uniform(0.5, 90, size=(4, 3, 50))
    values[1, 2, 10:] = np.nan
    values[0, 0, 0], values[0, 0, 1], values[0, 1, 5] = 1e9, -1e9, np.inf
    packing = Packing()
    packing.add(np.ones((2, 2)), low=0, high=1, levels=7)
    place = packing.add(values, low=1, high=80, levels=65534, log=log)
    header, codes = unpacked(packing.data({"title": "curves"}))
    assert header == {"title": "curves"}
    bend = np.log if log else np.asarray
    quantum = (bend(80) - bend(1)) / 65534
    back = read(place, codes)
    np.testing.assert_array_equal(np.isnan(back), np.isnan(values))
    expected = bend(np.clip(values, 1, 80))
    np.testing.assert_allclose(bend(back), expected, atol=quantum / 2 * 1.001)


def test_a_path_that_leaves_ends_on_its_way_out():
    explorer = explore(ravine(), GradientDescent, learning_rate=[0.3, 0.9], steps=30)
    header, codes = unpacked(explorer.data())
    x, y = (read(packed, codes)[1] for packed in header["panels"][0]["curves"][0]["values"])
    exact = explorer.values(learning_rate=1)["path"]["GradientDescent"]
    drawn = np.isfinite(y)
    last = drawn.sum() - 1
    assert drawn[:last].all() and not drawn[last + 1 :].any()
    np.testing.assert_allclose(y[:last], exact[:last, 1], atol=0.01)
    low, high = explorer.panels[0].domain[1]
    rims = low - BEYOND * (high - low), high + BEYOND * (high - low)
    assert min(abs(y[last] - rim) for rim in rims) < 0.01, "at the rim of what is followed"
    share = (y[last] - exact[last - 1, 1]) / (exact[last, 1] - exact[last - 1, 1])
    on_the_way = exact[last - 1, 0] + share * (exact[last, 0] - exact[last - 1, 0])
    assert x[last] == pytest.approx(on_the_way, abs=0.01)


def test_a_path_that_leaps_out_and_returns_is_drawn_to_its_end():
    explorer = explore(ravine(), Adagrad, learning_rate=[20.0], steps=60)
    header, codes = unpacked(explorer.data())
    y = read(header["panels"][0]["curves"][0]["values"][1], codes)[0]
    assert np.abs(y).max() > 15 and np.isfinite(y).all()
    np.testing.assert_allclose(y, explorer.values()["path"]["Adagrad"][:, 1], atol=0.01)


def test_it_says_when_a_run_diverged_and_when_it_arrived():
    explorer = explore(ravine(), GradientDescent, learning_rate=[0.01, 0.45, 0.9], steps=60)
    texts = {text: steps[0] for _, text, steps in explorer.events}
    losses = [explorer.values(learning_rate=i)["loss"]["GradientDescent"] for i in range(3)]
    diverged = texts["diverged at step {step}"]
    assert list(np.isfinite(diverged)) == [False, False, True]
    step = int(diverged[2])
    assert losses[2][step] > 100 * losses[2][0] >= losses[2][step - 1]
    arrived = texts["came below 1 % of its first loss at step {step}"]
    assert list(np.isfinite(arrived)) == [False, True, False]
    step = int(arrived[1])
    assert losses[1][step] <= 0.01 * losses[1][0] < losses[1][step - 1]


def test_outlines_of_the_land_lie_on_their_heights():
    explorer = explore(ravine, GradientDescent(0.1), condition_number=[5.0, 40.0])
    header, _ = unpacked(explorer.data())
    landscape = header["panels"][0]["landscapes"]
    assert landscape["shape"] == [2]
    problem = ravine(40.0)
    heights = []
    for outline in landscape["drawn"][1]["levels"]:
        numbers = outline.replace("z", "").replace("M", " M ").replace("l", " l ").split()
        corners, here = [], np.zeros(2)
        for kind, x, y in zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True):
            move = np.array([int(x), int(y)])
            here = move if kind == "M" else here + move
            corners.append(here)
        corners = np.array(corners)
        inner = ((corners > 0) & (corners < 1000)).all(axis=1)
        low, high = np.array(explorer.panels[0].domain).T
        loss = problem.loss(low + corners[inner] / 1000 * (high - low))
        assert np.ptp(np.sqrt(loss)) < 0.12, "one height all around"
        heights.append(np.median(loss))
    assert np.all(np.diff(heights) > 0)


def test_every_control_is_linked_to_the_figure_without_a_kernel(explorer):
    widget = explorer.widget()
    time, *controls, figure = widget.children
    play, step = time.children
    wanted = {
        (control.model_id, "index", f"{name}_index")
        for name, control in zip(CONTROLS, controls, strict=True)
    }
    wanted |= {(step.model_id, "index", "step_index"), (play.model_id, "value", "step_index")}
    models = dependency_state(widget)
    links = [model["state"] for model in models.values() if model["model_name"] == "LinkModel"]
    found = {
        (link["source"][0].removeprefix("IPY_MODEL_"), link["source"][1], link["target"][1])
        for link in links
    }
    assert found == wanted
    assert {link["target"][0] for link in links} == {f"IPY_MODEL_{figure.model_id}"}
    for control in (*controls, step):
        name = control.description.replace(" ", "_")
        assert control.index == getattr(figure, f"{name}_index")
    assert play.value == play.max == figure.step_index == STEPS
    assert not play.repeat


def test_numbers_get_a_slider_and_all_else_a_list():
    explorer = explore(ravine(), Adam, learning_rate=RATES, bias_correction=[True, False])
    _, slider, choice, *_ = explorer.widget().children
    assert isinstance(slider, ipywidgets.SelectionSlider)
    assert isinstance(choice, ipywidgets.Dropdown)
    assert [text for text, _ in choice.options] == ["on", "off"]


def test_an_explorer_begins_where_it_is_told_and_else_in_the_middle():
    explorer = explore(
        ravine(), Adagrad, start=STARTS, at={"learning_rate": 4.0}, learning_rate=RATES,
        initial_accumulator=[0.0, 1.0, 2.0],
    )  # fmt: skip
    assert explorer.position == {"learning_rate": 2, "initial_accumulator": 1, "start": 0}
    figure = explorer.widget().children[-1]
    assert (figure.learning_rate_index, figure.initial_accumulator_index) == (2, 1)
    np.testing.assert_array_equal(
        explorer.values()["path"]["Adagrad"],
        run(ravine(), Adagrad(4.0, 1.0), STARTS[0], 60).x,
    )


def test_the_map_shows_how_every_run_ended():
    # At 0.51 the loss ends a few times above its start: a slow divergence is one too.
    rates, shares = [0.1, 0.3, 0.51, 0.9], [0.0, 0.5]
    explorer = explore(
        ravine(), Momentum, steps=20, show=["map"], learning_rate=rates, momentum=shares
    )
    header, codes = unpacked(explorer.data())
    panel = header["panels"][1]
    assert (panel["columns"], panel["rows"]) == ("learning_rate", "momentum")
    ends = read(panel["values"], codes)[..., 0]
    quantum = np.log(panel["values"]["high"] / panel["values"]["low"]) / LEVELS
    for i, rate in enumerate(rates):
        for j, momentum in enumerate(shares):
            result = run(ravine(), Momentum(rate, momentum=momentum), ravine().start, 20)
            end = result.loss[-1] if result.loss[-1] <= result.loss[0] else np.inf
            (value,) = explorer.values(learning_rate=i, momentum=j)["last loss"].values()
            np.testing.assert_array_equal(value, [end])
            if np.isinf(end):
                assert np.isnan(ends[i, j])
            else:
                assert abs(np.log(ends[i, j] / end)) <= quantum
    mesh = explorer.draw().axes[1].collections[0]
    assert mesh.get_array().shape == (2, 4)
    assert mesh.get_array().mask.any(), "what diverged has no colour"


def test_curves_of_any_kind_can_be_put_under_sliders():
    k = np.arange(5)
    rate = np.array([0.5, 1.0])
    curves = {"mine": k[:, np.newaxis] * rate}
    explorer = Explorer(
        "lines", {"slope": rate}, [Curves("height", curves, (0.0, 4.0), log=False)], steps=10 * k
    )
    np.testing.assert_array_equal(explorer.values(slope=1)["height"]["mine"], k)
    (ax,) = explorer.draw(slope=1).axes
    np.testing.assert_array_equal(ax.lines[0].get_xdata(), [0, 10, 20, 30, 40])
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), k)
    step = explorer.widget().children[0].children[1]
    assert [text for text, _ in step.options] == ["0", "10", "20", "30", "40"]


def test_the_picture_shows_the_position_it_is_asked_for(explorer):
    axes = explorer.draw(learning_rate=2, rotation=0, initial_accumulator=1, start=0).axes
    path, loss, *_ = axes
    expected = single(
        {"learning_rate": 2, "rotation": 0, "initial_accumulator": 1, "start": 0}, "Adagrad"
    )
    drawn = {line.get_label(): line for line in path.lines}
    np.testing.assert_array_equal(drawn["Adagrad"].get_xdata(), expected.x[:, 0])
    np.testing.assert_array_equal(loss.lines[0].get_ydata(), expected.loss)
    bars = next(ax for ax in axes if ax.get_xlabel() == "cache").patches
    widths = [bar.get_x() + bar.get_width() for bar in bars]
    np.testing.assert_allclose(widths[:2], expected.state[-1])


def test_curves_have_the_markers_of_the_book_and_none_is_without(explorer):
    header, _ = unpacked(explorer.data())
    for panel in header["panels"]:
        for curve in panel["curves"]:
            name = curve["label"].split()[0]
            assert curve["look"]["marker"] == panels_of_explorers._marker(METHODS[name].marker)
    others = panels_of_explorers.line_styles(["schedule", "best constant", "Adam"])
    markers = [style["marker"] for style in others]
    assert all(markers) and len(set(markers)) == 3 and markers[2] == METHODS["Adam"].marker


@pytest.mark.parametrize(
    "marker", sorted({*"osD^vPX<>p", *(one.marker for one in METHODS.values())})
)
def test_markers_are_drawn_in_one_size_around_their_place(marker):
    outline = panels_of_explorers._marker(marker).removesuffix("z").replace("-", " -")
    moves = re.findall("([mlqc])([^mlqcz]*)", outline)
    here, corners = np.zeros(2), []
    for _, numbers in moves:
        here = here + np.array([float(number) for number in numbers.split()][-2:])
        corners.append(here)
    x, y = np.array(corners).T
    # Of a circle, eight corners are seen, which hold nine tenths of it.
    area = abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2
    assert 50 < area < 75
    assert np.abs(corners).max() < 9
    down = y[y > 0].sum() + y[y < 0].sum()
    if marker in "^v":
        assert (down > 0) == (marker == "^"), "upside down: in SVG y grows downwards"


def test_numbers_of_controls_have_true_minus_signs_and_powers():
    explorer = explore(ravine(), Adam, start=STARTS, epsilon=[1e-8, 1e-3, 10.0])
    header, _ = unpacked(explorer.data())
    epsilon, start = (axis["values"] for axis in header["axes"])
    assert epsilon == ["10⁻⁸", "0.001", "10"]
    assert start[0] == "(−5, −2)"
    assert explorer.axes["start"][0] == "(-5, -2)", "as it is typed"
    assert panels_of_explorers.readable("one-cycle") == "one-cycle"


def test_a_figure_can_be_told_what_to_mark(explorer):
    figure = explorer.widget().children[-1]
    assert figure.marked == ""
    assert figure.trait_metadata("marked", "sync")


def test_the_picture_is_read_without_colour_and_filled_by_its_land():
    explorer = explore(ravine, [Adagrad, Momentum], rotation=[0, 90], show=["loss"])
    picture = explorer.draw(rotation=0)
    path, loss = picture.axes
    for method, line in zip((Adagrad, Momentum), loss.lines, strict=True):
        assert line.get_marker() == METHODS[method.__name__].marker
    # The window of a ravine that turns is higher than the ravine that lies along the axes.
    (low, high), (bottom, top) = path.get_xlim(), path.get_ylim()
    assert (bottom, top) != pytest.approx(ravine().domain[1])
    land = path.collections[0].get_datalim(path.transData)
    np.testing.assert_allclose(land.get_points(), [[low, bottom], [high, top]])
    picture.draw_without_rendering()
    assert path.get_window_extent().width > 0.48 * picture.bbox.width


def test_a_page_without_a_kernel_gets_a_picture(explorer):
    bundle = explorer._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert type(bundle["image/png"]) is bytes, "anything else is stored as a list of numbers"
    assert imread(io.BytesIO(bundle["image/png"])).shape[1] == 936
    assert bundle["text/plain"] == repr(explorer)
    assert repr(explorer).endswith("3 learning_rate x 2 rotation x 2 initial_accumulator x 3 start")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"decay_rate": [0.9]},
            r"`decay_rate` must be an argument of Adagrad \(learning_rate, .*\) or of the problem",
        ),
        ({"learning_rate": 0.1}, "`learning_rate` must be a list of values"),
        ({}, "`axes` must name at least one argument to sweep"),
        ({"learning_rate": RATES, "show": ["speed"]}, "`show` must be a panel or one of loss"),
        ({"learning_rate": RATES, "show": ["map"]}, "`show` must hold .map. for two sliders"),
        ({"learning_rate": RATES, "start": [1.0, 2.0, 3.0]}, "`start` must have shape"),
        ({"learning_rate": RATES, "at": {"learning_rate": 7}}, "`at` must hold one of the values"),
        ({"learning_rate": RATES, "at": {"momentum": 0.9}}, "`at` must name one of learning_rate"),
    ],
)
def test_what_cannot_be_explored_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        explore(ravine(), Adagrad, **arguments)


def test_a_problem_that_cannot_be_drawn_is_refused():
    with pytest.raises(ValueError, match="`problem` must have two parameters"):
        explore(quadratic([1.0, 2.0, 3.0]), Adagrad, learning_rate=[0.1])


def test_a_map_of_several_methods_is_refused():
    with pytest.raises(ValueError, match="for one method only"):
        explore(ravine(), [Adagrad, Momentum], show=["map"], learning_rate=RATES, momentum=[0.5])


@pytest.mark.parametrize("method", METHODS.values(), ids=lambda method: method.name)
@pytest.mark.parametrize("problem", [ravine(), himmelblau()], ids=lambda problem: problem.name)
def test_every_method_can_be_explored(method, problem):
    explorer = explore(problem, method.optimizer, steps=5, learning_rate=[0.01, 0.1])
    assert len(explorer.data()) > 1000


def test_the_cache_of_every_method_that_has_one_is_shown():
    explorer = explore(ravine(), [RMSprop, Adam], show=["cache"], steps=9, learning_rate=RATES)
    caches = explorer.values(learning_rate=1)["cache"]
    for optimizer in (RMSprop(1.0), Adam(1.0)):
        state = run(ravine(), optimizer, ravine().start, 9, record=True).state
        label = f"{type(optimizer).__name__} x₁"
        np.testing.assert_array_equal(caches[label], getattr(state, "v", state)[:, 0])
    assert isinstance(explorer.panels[1], Bars)


def test_a_method_without_a_cache_has_no_bars():
    with pytest.raises(ValueError, match=r"`show` must hold .cache. only where"):
        explore(ravine(), Momentum, show=["cache"], learning_rate=RATES)
