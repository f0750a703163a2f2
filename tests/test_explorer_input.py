"""An explorer shows what it was asked for, or says by name what it cannot show."""

import json
import zlib
from dataclasses import dataclass, replace

import numpy as np
import pytest

from adaptive_lr import Adagrad, Adam, GradientDescent, Momentum, RMSprop, cosine, run
from adaptive_lr.explorer import Bars, Curves, Explorer, Map, Path, explore
from adaptive_lr.explorer.packing import Packing
from adaptive_lr.frameworks import keras, optax, pytorch
from adaptive_lr.optimizers import Optimizer
from adaptive_lr.optimizers.wrappers import Chain, DecoupledDecay
from adaptive_lr.plots import line_styles
from adaptive_lr.problems import Problem, noisy_quadratic, quadratic, ravine

RATES = [0.1, 1.0, 4.0]


def refused(argument, rule=""):
    return pytest.raises((ValueError, TypeError), match=rf"^Argument `{argument}` must .*{rule}")


def paths(explorer):
    return explorer.panels[0].paths


def header(explorer):
    """Return what the browser reads first, which must be JSON in the strict sense."""
    content = zlib.decompress(explorer.data())
    text = content[4 : 4 + int.from_bytes(content[:4], "little")]
    return json.loads(text, parse_constant=pytest.fail)


def drawn(explorer):
    """Draw both pictures of an explorer, and return it."""
    explorer.draw()
    header(explorer)
    explorer.widget()
    return explorer


def falling(k):
    return 0.1 / (1 + k)


# --- methods -------------------------------------------------------------------------------------


def test_methods_of_one_class_are_all_shown_and_named_after_what_sets_them_apart():
    two = [Adam(beta1=0.5), Adam(beta1=0.9)]
    explorer = explore(ravine(), two, learning_rate=RATES)
    assert list(paths(explorer)) == ["Adam, beta1 = 0.5", "Adam, beta1 = 0.9"]
    assert repr(explorer).startswith("Explorer: Adam, beta1 = 0.5; Adam, beta1 = 0.9 on ravine")
    for label, method in zip(paths(explorer), two, strict=True):
        single = run(ravine(), replace(method, learning_rate=1.0), ravine().start, 60)
        np.testing.assert_array_equal(explorer.values(learning_rate=1)["path"][label], single.x)
        np.testing.assert_array_equal(explorer.run(learning_rate=1)[label].x, single.x)
    looks = line_styles(paths(explorer))
    assert looks[0]["color"] == looks[1]["color"] == line_styles(["Adam"])[0]["color"]


@pytest.mark.parametrize(
    ("optimizers", "labels"),
    [
        ([Adam, Adagrad], ["Adam", "Adagrad"]),
        ([Adam, Adam(epsilon=1e-3)], ["Adam, epsilon = 1e-08", "Adam, epsilon = 0.001"]),
        (
            [Adam(), Adam(bias_correction=False), RMSprop],
            ["Adam, bias_correction = True", "Adam, bias_correction = False", "RMSprop"],
        ),
        (
            [Momentum(momentum=0.1 + 0.2), Momentum(momentum=0.3)],
            ["Momentum, momentum = 0.30000000000000004", "Momentum, momentum = 0.3"],
        ),
        (
            [Adam(epsilon=cosine(0.1, 5)), Adam(epsilon=falling), Adam(epsilon=[0.1, 0.2])],
            ["Adam, epsilon = cosine", "Adam, epsilon = falling", "Adam, epsilon = [0.1, 0.2]"],
        ),
        (
            [Adam, DecoupledDecay(Adam(), 0.1), DecoupledDecay(Adam(beta1=0.5), 0.1)],
            ["Adam", "Adam, DecoupledDecay, beta1 = 0.9", "Adam, DecoupledDecay, beta1 = 0.5"],
        ),
        ({"mine": Adam, "yours": Adam(beta1=0.5)}, ["mine", "yours"]),
    ],
)
def test_labels_begin_with_the_name_of_the_method(optimizers, labels):
    assert list(paths(explore(ravine, optimizers, steps=3, rotation=[5.0, 20.0]))) == labels


@pytest.mark.parametrize(
    ("optimizers", "axes"),
    [
        ([Adam, Adam], {"rotation": [0, 45]}),
        ([Adam(), Adam(beta1=0.9)], {"rotation": [0, 45]}),
        ([Adam(0.1), Adam(0.2)], {"learning_rate": RATES}),
        ({"slow": Adam(0.1), "fast": Adam(0.2)}, {"learning_rate": RATES}),
        ([DecoupledDecay(Adam(), 0.1), DecoupledDecay(Adam(), 0.1)], {"rotation": [0, 45]}),
        ([DecoupledDecay(Adam(), 0.1), DecoupledDecay(Adam(), 0.2)], {"weight_decay": [0.1, 1.0]}),
    ],
)
def test_methods_that_do_the_same_are_refused(optimizers, axes):
    with refused("optimizers", "differ in something that is not swept"):
        explore(ravine, optimizers, **axes)


def test_methods_that_cannot_be_told_apart_in_words_need_labels():
    @dataclass(frozen=True, eq=False)
    class Momentum(Adagrad):
        """Has the name of another method, and the hyper-parameters of a third."""

    several = [Momentum(), replace(Momentum(), epsilon=lambda k: 0.1)]
    several += [replace(Momentum(), epsilon=lambda k: 0.2)]
    with refused("optimizers", "be a dict with labels"):
        explore(ravine(), several, learning_rate=RATES)
    explore(ravine(), dict(zip("abc", several, strict=True)), learning_rate=RATES)
    same_name = [type("Adagrad", (Adagrad,), {"__module__": "mine"})(), Adagrad()]
    with refused("optimizers", "be a dict with labels"):
        explore(ravine(), same_name, learning_rate=RATES)
    explore(ravine(), dict(zip("ab", same_name, strict=True)), learning_rate=RATES)


@pytest.mark.parametrize(
    "optimizers",
    ["Adam", None, 3.0, int, Problem, Optimizer, Optimizer(), [Adam, "Adam"], [None], [], {}, (),
     {"a": "Adam"}, {3: Adam}, {"": Adam}, iter([Adam]), {Adam}, DecoupledDecay, np.array([0.1]),
     Adam(beta1=[[0.1], [0.2]]), Adam(beta1=[0.1, 0.2, 0.3])],
)  # fmt: skip
def test_what_is_no_optimizer_is_refused(optimizers):
    with refused("optimizers"):
        explore(ravine(), optimizers, learning_rate=RATES)


@pytest.mark.parametrize("dialect", [keras, pytorch, optax], ids=lambda dialect: dialect.__name__)
def test_every_dialect_can_be_explored(dialect):
    """Whether its class stands in the registry or not."""
    first = {"learning_rate": 0.1} if dialect is optax else {}
    methods = {
        "plain": dialect.sgd(**first, momentum=0.9),
        "rmsprop": dialect.rmsprop(**first, momentum=0.9),
        "adamw": dialect.adamw(**first),
        "adagrad": dialect.adagrad(**first),
    }
    explorer = drawn(explore(ravine, methods, steps=5, rotation=[0, 30], show="loss"))
    for label, method in methods.items():
        single = run(ravine(rotation=30), method, ravine().start, 5)
        np.testing.assert_allclose(explorer.values(rotation=1)["path"][label], single.x, rtol=1e-9)


def test_of_a_method_around_another_only_its_own_can_be_swept():
    method = DecoupledDecay(GradientDescent(0.1), 0.5)
    explorer = explore(ravine(), method, steps=5, weight_decay=[0.0, 0.5])
    single = run(ravine(), method, ravine().start, 5)
    (path,) = explorer.values(weight_decay=1)["path"].values()
    np.testing.assert_array_equal(path, single.x)
    rule = r"argument of GradientDescent, DecoupledDecay \(weight_decay\) or of the problem"
    with refused("learning_rate", rule):
        explore(ravine(), method, learning_rate=RATES)


def test_bars_of_the_cache_are_those_of_the_registry():
    @dataclass(frozen=True, eq=False)
    class Variant(RMSprop):
        """Has the cache of the method it is a variant of."""

    @dataclass(frozen=True, eq=False)
    class Common(Adagrad):
        """Has one number for both parameters."""

        def init(self, x):
            return np.zeros((*x.shape[:-1], 1))

        def update(self, x, dx, cache, t):
            cache = cache + np.sum(dx**2, axis=-1, keepdims=True)
            return x - self.learning_rate * dx / np.sqrt(cache), cache

    explorer = explore(
        ravine(), [Variant, Momentum, Common], show=["cache"], steps=4, learning_rate=RATES
    )
    assert list(explorer.panels[1].curves) == ["Variant x₁", "Variant x₂"]
    for method in (Momentum(), Chain(RMSprop(1.0), Momentum(0.1)), DecoupledDecay(Adam(), 0.1)):
        with refused("show", 'hold "cache" only where a method has one'):
            explore(ravine, method, show="cache", steps=4, rotation=[0.0, 30.0])


def test_a_method_without_a_rate_for_each_parameter_is_shown_without_it():
    @dataclass(frozen=True, eq=False)
    class Signed(GradientDescent):
        """Has a length of the step, and no rate."""

        def update(self, x, dx, state, t):
            return x - self.learning_rate * np.sign(dx), state

        def effective_learning_rate(self, state, t):
            return None

    explorer = drawn(explore(ravine(), [Signed, Adam], steps=4, learning_rate=RATES))
    assert [panel.title for panel in explorer.panels] == ["path", "loss"]
    with refused("show", 'hold "rate" only where every method has one'):
        explore(ravine(), [Signed, Adam], show=["rate"], learning_rate=RATES)


# --- arguments of explore ------------------------------------------------------------------------


@pytest.mark.parametrize("steps", [0, -1, 2.5, "3", None, True, [3], 65535])
def test_number_of_steps(steps):
    with refused("steps"):
        explore(ravine(), Adam, steps=steps, learning_rate=RATES)


@pytest.mark.parametrize(
    ("method", "rates"),
    [
        (GradientDescent, [0.0]),
        (GradientDescent, [1e300, 0.1]),
        (Adagrad, [0.0, 1e300]),
        (Adagrad, [1e-300]),
        (Adagrad, range(1, 3)),
    ],
)
@pytest.mark.parametrize("start", [None, [0.0, 0.0], [1e300, 1.0]], ids=str)
def test_any_rate_and_any_start_can_be_drawn(rates, start, method):
    show = ["loss", "rate", "factor", *(["cache"] if method is Adagrad else [])]
    drawn(explore(ravine(), method, steps=3, learning_rate=rates, start=start, show=show))


def test_a_map_of_runs_that_all_diverged_is_drawn():
    explorer = explore(
        ravine(), Momentum, steps=9, show="map", learning_rate=[5.0, 9.0], momentum=[0.9]
    )
    assert np.isnan(drawn(explorer).panels[1].ends).all() or np.isinf(explorer.panels[1].ends).all()


def test_a_loss_below_zero_is_drawn_and_tells_no_shares():
    def bowl(depth=0.0):
        lower = quadratic([1.0, 4.0])
        return replace(lower, loss_function=lambda x: lower.loss(x) - depth[..., 0])

    problem = bowl(np.array([11.0]))
    explorer = drawn(explore(problem, GradientDescent, learning_rate=[0.1, 0.4, 9.0]))
    assert not explorer.panels[1].log
    events = {text: steps for _, text, steps in explorer.events}
    assert np.isinf(events["came below 1 % of its first loss at step {step}"]).all()
    assert np.isinf(events["diverged at step {step}"]).all(), "a finite loss has not diverged"
    with refused("show", "the first loss is above 0"):
        explore(problem, Momentum, show="map", learning_rate=RATES, momentum=[0.0, 0.5])


NO_VALUES = [
    *(0.1, "abc", None, 1j, len, {0.1, 0.2}, iter([0.1])),
    *([], {}, [[0.1]], [[1], [2, 3]], [0.1, [0.2]], np.ones((2, 2))),
    *([0.1, np.nan], [np.inf], [0.1, 1j], [10**400], [None], [0.1, None], [len], [True, 0.1]),
    *(["0.1"], [0.1, "0.2"], [0.1, 0.1], np.array([0.1, None], dtype=object)),
]


@pytest.mark.parametrize("values", [*NO_VALUES, [-0.1]])
def test_values_of_a_hyperparameter(values):
    with refused("learning_rate") as error:
        explore(ravine(), Adam, learning_rate=values)
    assert str(error.value).endswith(f"Received: {values!r}.")


@pytest.mark.parametrize("values", [*NO_VALUES, [0.5, 2.0], [True, False]])
def test_values_of_an_argument_of_the_problem(values):
    with refused("condition_number"):
        explore(ravine, Adam, condition_number=values)


@pytest.mark.parametrize("values", [[0, 1], ["on"], [True, True], [True, 1], [None]])
def test_values_of_a_switch(values):
    with refused("bias_correction"):
        explore(ravine(), Adam, bias_correction=values)


@pytest.mark.parametrize(
    "start",
    [1.0, "ab", ["1", "2"], [1.0], [1.0, 2.0, 3.0], [[1.0, 2.0], [3.0]], [None, 1.0], [1j, 1.0], {},
     [np.nan, 1.0], [[0.0, np.inf]], [True, False], [], [[]], np.ones((2, 2, 2)), np.ones((2, 3)),
     len, [[1.0, 2.0], [1.0, 2.0]], iter([1.0, 2.0])],
)  # fmt: skip
def test_start(start):
    with refused("start"):
        explore(ravine(), Adam, learning_rate=RATES, start=start)


def test_starts_that_differ_little_have_names_that_differ():
    starts = [[1.0001, 2.0], [1.0002, 2.0]]
    explorer = drawn(explore(ravine(), Adam, start=starts, steps=3, learning_rate=RATES))
    assert explorer.axes["start"] == ["(1.0001, 2.0)", "(1.0002, 2.0)"]
    np.testing.assert_array_equal(explorer.values(start=1)["path"]["Adam"][0], starts[1])


def test_values_of_any_size_have_short_names():
    explorer = explore(ravine(), Adam, steps=3, learning_rate=[1e-300, 0.1, 12345.0, 1e300])
    assert header(explorer)["axes"][0]["values"] == ["10⁻³⁰⁰", "0.1", "12,345", "10³⁰⁰"]


def test_values_that_differ_little_have_names_that_differ():
    explorer = drawn(explore(ravine(), Adam, steps=3, learning_rate=[0.12341, 0.12342]))
    assert header(explorer)["axes"][0]["values"] == ["0.12341", "0.12342"]
    choices = explorer.widget().children[1].options
    assert [text for text, _ in choices] == ["0.12341", "0.12342"]


@pytest.mark.parametrize(
    "at",
    ["learning_rate", 3, ["learning_rate"], {"learning_rate": 7}, {"learning_rate": True},
     {"learning_rate": "1.0"}, {"learning_rate": None}, {"learning_rate": [1.0]}, {"steps": 3},
     {"learning_rate": np.array([1.0, 1.0])}, {"learning_rate": np.nan}, {1: 1.0},
     {"start": "(0, 0)"}],
)  # fmt: skip
def test_where_it_stands(at):
    with refused("at"):
        explore(ravine(), Adam, learning_rate=RATES, at=at)


def panel(title="mine", shape=(13, 3), label="line", **options):
    return Curves(title, {label: np.ones(shape)}, **{"limits": (0.5, 2.0), **options})


@pytest.mark.parametrize(
    "show",
    [3, None, "speed", ["speed"], [3], ["loss", "loss"], ["loss", None], [Curves], {"loss"}, len,
     [panel(), panel()], [panel("loss"), "loss"], [panel("path")], [panel(shape=(12, 3))],
     [panel(shape=(13, 4))], [panel(shape=(13,))], [panel(shape=(13, 3, 1))]],
    ids=lambda show: str(show)[:60],
)  # fmt: skip
def test_what_to_show(show):
    if show is None:
        show = [None]
    with refused("show"):
        explore(ravine(), Adagrad, learning_rate=RATES, steps=12, show=show)


def test_what_to_show_may_be_one_or_nothing():
    own = panel(shape=(13, 1))
    for show, titles in (("loss", ["loss"]), (own, ["mine"]), ([], []), ((own,), ["mine"])):
        explorer = drawn(explore(ravine(), Adagrad, learning_rate=RATES, steps=12, show=show))
        assert [panel.title for panel in explorer.panels] == ["path", *titles]


# --- problems ------------------------------------------------------------------------------------


def gradient(x):
    return 2 * x


def level(x):
    return np.zeros(x.shape[:-1])


@pytest.mark.parametrize(
    "problem",
    [
        None,
        3.0,
        "ravine",
        gradient,
        dict,
        max,
        Problem,
        int,
        lambda: gradient,
        lambda: None,
        lambda rotation: ravine(),
        lambda: ravine([[5.0], [20.0]]),
        ravine([[5.0], [20.0]]),
        quadratic([1.0, 2.0, 3.0]),
        lambda: quadratic([1.0]),
    ],
)
def test_what_is_no_problem_of_two_parameters_is_refused(problem):
    with refused("problem"):
        explore(problem, Adam, learning_rate=RATES)


@pytest.mark.parametrize(
    ("loss", "rule"),
    [
        (level, "level around its minima"),
        (lambda x: level(x) + np.nan, "finite over its domain"),
        (lambda x: np.where(x[..., 0] > 0, np.inf, 1.0), "finite over its domain"),
        (lambda x: x[..., 0], "no lower loss in its domain than at its minima"),
    ],
)
def test_a_landscape_that_cannot_be_drawn_is_refused(loss, rule):
    with refused("problems", rule):
        explore(replace(ravine(), loss_function=loss), Adam, learning_rate=RATES)


def bowl(steep=4.0, flat=0.2):
    """Make a problem that does not say which run axes it asks for."""
    curvatures = np.multiply(flat, [1, 0]) + np.multiply(steep, [0, 1])
    return replace(
        ravine(),
        loss_function=lambda x: np.sum(curvatures * x**2, axis=-1) / 2,
        gradient_function=lambda x: curvatures * x,
    )


def test_a_function_of_ones_own_that_takes_arrays_is_swept():
    sweep = {"steep": [1.0, 4.0], "learning_rate": [0.1, 0.2], "flat": [0.1, 0.2, 0.3]}
    explorer = drawn(explore(bowl, GradientDescent, start=[[1, 2], [3, 1]], steps=6, **sweep))
    single = run(bowl(4.0, 0.3), GradientDescent(0.1), [3.0, 1.0], 6)
    position = {"steep": 1, "learning_rate": 0, "flat": 2, "start": 1}
    values = explorer.values(**position)
    np.testing.assert_array_equal(values["path"]["GradientDescent"], single.x)
    np.testing.assert_array_equal(values["loss"]["GradientDescent"], single.loss)


@pytest.mark.parametrize(
    "make",
    [
        lambda steep=4.0: bowl(float(np.mean(steep))),
        lambda steep=4.0: bowl(float(np.ravel(steep)[0])),
        lambda steep=4.0: bowl(np.flip(steep) if np.ndim(steep) else steep),
        lambda steep=4.0: bowl(float(steep)),
        lambda steep=4.0: bowl(steep if steep > 2 else 2.0),
        lambda steep=4.0: replace(ravine(), loss_function=lambda x: steep * ravine().loss(x)),
        lambda steep=4.0: replace(bowl(steep), loss_function=ravine().loss),
        lambda steep=4.0: noisy_quadratic(noise=steep),
    ],
)
def test_a_function_that_makes_other_problems_of_arrays_is_refused(make):
    with refused("problem", "make of arrays the problems that it makes of single values"):
        explore(make, GradientDescent, steps=3, steep=[8.0, 1.0, 4.0])


def test_a_function_may_require_what_is_swept():
    explorer = explore(lambda rotation: ravine(rotation=rotation), Adam, rotation=[0, 30])
    assert [problem.loss([1.0, 0.0]) for problem in explorer.panels[0].problems] == [
        ravine(rotation=angle).loss([1.0, 0.0]) for angle in (0, 30)
    ]


def test_what_is_wrong_with_a_value_is_said_by_the_problem_itself():
    with pytest.raises(ValueError, match=r"`condition_number` must be .* Received: 0.5"):
        explore(ravine, Adam, condition_number=[2.0, 0.5])
    with refused("family", "be numbers, or True and False"):
        explore(lambda family="a": ravine(), Adam, family=["a", "b"])


# --- positions -----------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["values", "draw", "run"])
@pytest.mark.parametrize(
    ("position", "argument"),
    [
        ({"beta1": 1}, "beta1"),
        ({"learning_rate": 3}, "learning_rate"),
        ({"learning_rate": -1}, "learning_rate"),
        ({"learning_rate": 1.0}, "learning_rate"),
        ({"learning_rate": True}, "learning_rate"),
        ({"learning_rate": "1"}, "learning_rate"),
        ({"learning_rate": None}, "learning_rate"),
        ({"learning_rate": [1]}, "learning_rate"),
        ({"step": 0}, "step"),
    ],
)
def test_positions(method, position, argument):
    explorer = explore(ravine(), Adam, learning_rate=RATES, steps=3)
    with refused(argument):
        getattr(explorer, method)(**position)
    getattr(explorer, method)(learning_rate=np.int64(2))


# --- explorers of one's own ----------------------------------------------------------------------

STEPS = np.arange(5)
SLOPES = {"slope": [0.5, 1.0, 2.0], "shape": ["a", "b"]}
LINE = {"line": np.ones((5, 3, 2))}


def own(**changes):
    arguments = {
        "title": "lines",
        "axes": SLOPES,
        "panels": [Curves("height", LINE, (0.1, 9.0))],
        "steps": STEPS,
    }
    return Explorer(**{**arguments, **changes})


def event(step=1.0, label="line", text="at {step}", shape=(1, 3, 2)):
    return [(label, text, np.full(shape, step))]


def test_an_explorer_of_ones_own():
    drawn(own(at={"slope": 0.5, "shape": "b"}, events=event(shape=(1, 3, 1))))
    drawn(own(events=[*event(np.inf), *event(np.nan), *event(4), *event(0)]))


@pytest.mark.parametrize(
    ("argument", "values"),
    [
        ("title", [None, 3, "", " ", ["a"]]),
        ("axes", [{}, None, [1], "slope", {3: [1]}, {"": [1]}, {"step": [1, 2]}, {"self": [1, 2]}]),
        ("panels", [[], None, 3, "loss", [None], ["loss"], [Curves], own().panels * 2]),
        ("steps", [None, 5, "abcde", [], [0], [0, 1, 2, 3, 3], STEPS[::-1], [STEPS], STEPS > 2]),
        ("steps", [[0, 1, 2, 3, end] for end in (np.nan, np.inf, 1e200, 4j, None, "4")]),
        ("events", [None, 3, "abc", [3], ["abc"], [("a", "b")], *map(event, (0.5, 5.0, -1.0))]),
        ("events", [event(label=3), event(text=3), event("text"), event(None), event(1j)]),
        ("events", [event(shape=shape) for shape in ((1, 3), (1, 2, 2), (5, 3, 2), (3, 2), ())]),
        ("at", [3, "slope", {"slope": 3.0}, {"slope": "0.5"}, {"shape": "c"}, {"shape": 0}]),
        ("at", [{"height": 1.0}, {3: 1.0}]),
    ],
)
def test_arguments_of_an_explorer(argument, values):
    for value in values:
        with refused(argument):
            own(**{argument: value})


@pytest.mark.parametrize(
    "values", [*NO_VALUES[:-4], [0.1, "a"], [0.1, 0.1], ["a", "a"], [True, True]]
)
def test_values_of_a_control(values):
    with refused("slope"):
        own(axes={"slope": values})


RIGHT_BUT_LONG = {"line": np.ones((6, 3, 2))}


@pytest.mark.parametrize(
    ("kind", "shape", "right"),
    [
        ("curves", (5, 3, 2), True),
        ("curves", (5, 1, 2), True),
        ("curves", (5, 1, 1), True),
        ("curves", (4, 3, 2), False),
        ("curves", (6, 3, 2), False),
        ("curves", (1, 3, 2), False),
        ("curves", (5, 2, 3), False),
        ("curves", (5, 3), False),
        ("curves", (5,), False),
        ("curves", (), False),
        ("curves", (5, 3, 2, 1), False),
        ("bars", (5, 3, 2), True),
        ("bars", (1, 3, 2), True),
        ("bars", (2, 3, 2), False),
        ("bars", (1, 3, 3), False),
        ("path", (5, 3, 2, 2), True),
        ("path", (5, 1, 1, 2), True),
        ("path", (5, 3, 2), False),
        ("path", (4, 3, 2, 2), False),
        ("path", (5, 3, 2, 3), False),
        ("path", (5, 4, 2, 2), False),
        ("map", (1, 3, 2), True),
        ("map", (1, 1, 2), True),
        ("map", (1, 1, 1), True),
        ("map", (5, 3, 2), False),
        ("map", (3, 2), False),
        ("map", (1, 2, 3), False),
    ],
)
def test_arrays_have_the_steps_and_then_an_axis_for_each_control(kind, shape, right):
    array = np.ones(shape)
    made = {
        "curves": lambda: Curves("c", {"line": array}, (0.5, 2.0)),
        "bars": lambda: Bars("b", {"bar": array}, (0.5, 2.0)),
        "path": lambda: Path(np.full((1, 1), ravine()), {"way": array}),
        "map": lambda: Map("m", array, rows="shape", columns="slope", limits=(0.5, 2.0)),
    }[kind]
    if right:
        header(own(panels=[made()]))
        return
    with pytest.raises(ValueError, match=r"^Argument `(panels|paths)` must ") as error:
        own(panels=[made()])
    if shape:
        assert f"of shape {shape}" in str(error.value)
        assert "3 or 1, 2 or 1" in str(error.value)


@pytest.mark.parametrize("shape", [(3,), (3, 3), (1, 1, 1), (2, 2)])
def test_problems_have_an_axis_for_each_control(shape):
    with refused("panels", r"problems of shape \(3 or 1, 2 or 1\)"):
        own(panels=[Path(np.full(shape, ravine()), {"way": np.ones((5, 1, 1, 2))})])


def test_panels_that_are_exchanged_afterwards_are_checked_too():
    mine = own().panels
    explorer = own(panels=mine)
    assert explorer.panels == mine and explorer.panels is not mine
    explorer.panels[0] = Curves("height", RIGHT_BUT_LONG, (0.1, 9.0))
    with refused("panels", r"shape \(5, 3 or 1, 2 or 1\)"):
        explorer.data()


def test_a_map_names_two_controls():
    ends = np.ones((1, 3, 2))
    for rows, columns in (("slope", "height"), ("height", "slope"), ("Slope", "shape")):
        with refused("panels", "one of slope, shape"):
            own(panels=[Map("m", ends, rows, columns, (0.5, 2.0))])
    for rows, columns, argument in (
        ("slope", "slope", "rows"),
        (0, "a", "rows"),
        ("a", None, "columns"),
    ):
        with refused(argument):
            Map("m", ends, rows, columns, (0.5, 2.0))


NO_ARRAYS = [
    *(None, 3, "a", [], {}, {"a": "b"}, {"a": None}, {"a": [1j]}, {"a": [[1], [1, 2]]}),
    *({"a": [True]}, {None: [1]}, {"": [1]}, {True: [1]}, {1: [1.0], "1": [1.0]}),
]
NO_LIMITS = [
    *(None, 3, "ab", (), (1,), (1, 2, 3), (2, 1), (1, 1), (0, 1), (-1, 1), (1, np.inf)),
    *((np.nan, 1), ("1", "2"), (1j, 2j), (1, 1 + 1e-15), (1e-320, 1), (1, 1e300), (True, False)),
]


@pytest.mark.parametrize("kind", [Curves, Bars])
@pytest.mark.parametrize(
    ("argument", "values"),
    [
        ("title", [None, 3, "", ["a"]]),
        ("curves", NO_ARRAYS),
        ("limits", NO_LIMITS),
        ("log", [None, 1, "yes", [True]]),
        ("marks", [3, "a", ["a"], {3: 1.0}, {"a": "b"}, {"a": None}, {"a": np.nan}, {"a": [1.0]},
                   {"a": 0.0}, {"a": -1.0}, {"a": 1j}, {"a": True}]),
    ],
)  # fmt: skip
def test_arguments_of_curves_and_bars(kind, argument, values):
    good = {"title": "a", "curves": {"a": [1.0]}, "limits": (0.5, 2.0)}
    kind(**good)
    for value in values:
        with refused(argument):
            kind(**{**good, argument: value})


def test_on_a_linear_axis_limits_and_marks_may_be_below_zero():
    panel = Curves("a", {1: np.ones((5, 1, 1))}, (-1, 2), log=False, marks={"a": -0.5})
    assert header(drawn(own(panels=[panel])))["panels"][0]["curves"][0]["label"] == "1"
    for limits in ((2, -1), (0, 0), (0, 1e300), (-np.inf, 0)):
        with refused("limits"):
            Curves("a", LINE, limits, log=False)


@pytest.mark.parametrize(
    ("kind", "argument", "values"),
    [
        (Map, "title", [None, "", 3]),
        (Map, "ends", [None, "a", [1j], [[1], [1, 2]], [True]]),
        (Map, "limits", NO_LIMITS),
        (Path, "title", [None, "", 3]),
        (Path, "problems", [None, 3, [], [None], "ravine", ravine, [quadratic([1.0])], [gradient]]),
        (Path, "paths", [*NO_ARRAYS, {"a": [np.nan, 1.0]}, {"a": [[np.inf, 1.0]]}, {"a": 1.0}]),
    ],
)
def test_arguments_of_maps_and_paths(kind, argument, values):
    good = {
        Map: {"title": "a", "ends": [1.0], "rows": "a", "columns": "b", "limits": (0.5, 2.0)},
        Path: {"problems": [ravine()], "paths": {"a": [[1.0, 1.0]]}},
    }[kind]
    kind(**good)
    for value in values:
        with refused(argument):
            kind(**{**good, argument: value})


# --- packing -------------------------------------------------------------------------------------


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize(
    ("argument", "values"),
    [
        (
            "values",
            [None, "a", [], 1.0, [1j], ["1"], [[1], [1, 2]], [True], [None], np.ones((2, 0))],
        ),
        ("low", [None, "a", [1], 1j, np.nan, np.inf, -np.inf, True]),
        ("high", [None, "a", [2], 2j, np.nan, np.inf, True, 1.0, 0.5]),
        ("levels", [None, "a", 0, -1, 1.5, 65535, True, [3]]),
        ("log", [None, 1, "yes", [True]]),
    ],
)
def test_arguments_of_packing(log, argument, values):
    good = {"values": [1.0, np.nan, np.inf], "low": 1.0, "high": 2.0, "levels": 7, "log": log}
    Packing().add(**good)
    for value in values:
        with refused(argument):
            Packing().add(**{**good, argument: value})


def test_ends_of_packing():
    for low in (0.0, -1.0):
        with refused("low", "above 0"):
            Packing().add([1.0], low=low, high=2.0, levels=7, log=True)
    with refused("high", "not infinitely far"):
        Packing().add([1.0], low=-1.7e308, high=1.7e308, levels=7)
    for levels in (1, 65534):
        Packing().add([1.0], low=-1.0, high=2.0, levels=levels)


@pytest.mark.parametrize("value", [np.nan, np.inf, np.ones(2), 1j, {1, 2}, gradient])
def test_headers_that_json_cannot_say_are_refused(value):
    with refused("header"):
        Packing().data({"title": value})
