"""A method brings all that it must, and what the registry says of it is so.

Each test says what to write and where, to someone who has just added a method.
"""

import importlib
import inspect
import pkgutil
import re
from dataclasses import fields
from pathlib import Path

import drivers
import numpy as np
import pytest
from cases import CASES
from matplotlib.colors import to_rgb
from matplotlib.markers import MarkerStyle
from pybtex.database import parse_file

import adaptive_lr
from adaptive_lr import METHODS, optimizers
from adaptive_lr.frameworks import FRAMEWORKS, FUNCTIONS, OFFERED
from adaptive_lr.hyperparameters import HYPERPARAMETERS
from adaptive_lr.methods import FLOORS, GRADIENTS

ROOT = Path(__file__).parent.parent
BIBLIOGRAPHY = parse_file(ROOT / "references.bib").entries
GLOSSARY = (ROOT / "chapters" / "glossary.md").read_text(encoding="utf-8")
ROW = "its row in METHODS (adaptive_lr/methods.py)"
# Classes in the rooms of the methods that are another method's variant, and have no row.
VARIANTS = {"CenteredRMSprop"}

of_each_method = pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)


# --- the class -----------------------------------------------------------------------------------


def classes_in_rooms():
    """Yield the optimizers in the files of adaptive_lr/optimizers, but for those around others."""
    for module in pkgutil.walk_packages(optimizers.__path__, optimizers.__name__ + "."):
        if module.name.rpartition(".")[2] not in ("base", "wrappers"):
            for name, thing in vars(importlib.import_module(module.name)).items():
                own = inspect.isclass(thing) and thing.__module__ == module.name
                if own and issubclass(thing, optimizers.Optimizer) and not name.startswith("_"):
                    yield thing


@pytest.mark.parametrize("optimizer", list(classes_in_rooms()), ids=lambda cls: cls.__name__)
def test_every_class_has_a_row_and_is_exported(optimizer):
    name = optimizer.__name__
    for module, file in (
        (optimizers, "adaptive_lr/optimizers/__init__.py"),
        (adaptive_lr, "adaptive_lr/__init__.py"),
    ):
        exported = name in module.__all__ and getattr(module, name, None) is optimizer
        assert exported, f"Import {name} in {file} and name it in __all__ there."
    assert name in METHODS.keys() | VARIANTS, (
        f"{name} has no row in METHODS (adaptive_lr/methods.py). Give it one; or name it among the "
        f"VARIANTS in {Path(__file__).name}, if it is another method's variant."
    )


@of_each_method
def test_every_number_of_a_method_is_a_hyperparameter_of_the_book(method):
    numbers = [f.name for f in fields(method.optimizer) if isinstance(f.default, int | float)]
    unknown = [name for name in numbers if name not in HYPERPARAMETERS]
    assert not unknown, (
        f"{method.name} has the fields {unknown}, which HYPERPARAMETERS does not have. Use the "
        f"book's name, or add a row in adaptive_lr/hyperparameters.py: symbol, meaning and rule."
    )


@of_each_method
def test_the_docstring_has_its_parts(method):
    name, text = method.name, inspect.getdoc(method.optimizer) or ""
    assert ".. math::" in text, (
        f"The docstring of {name} needs its equation, in a `.. math::` block."
    )
    for section in ("Parameters", "References", "Examples"):
        assert f"\n{section}\n-----" in text, (
            f"The docstring of {name} needs the sections References and Examples. (Parameters is "
            f"then written by itself, from adaptive_lr/hyperparameters.py.) Missing: {section}."
        )


@of_each_method
def test_the_equation_is_that_of_the_docstring(method):
    assert re.search(r"\bx &?\\leftarrow", method.equation), (
        rf"The equation in the docstring of {method.name} must say what becomes of x, "
        rf"`x \leftarrow ...` or `x &\leftarrow ...`. Received: {method.equation}"
    )
    docstring = " ".join(line.strip() for line in method.optimizer.__doc__.splitlines())
    assert all(line.strip() in docstring for line in method.equation.splitlines())


def test_an_equation_ends_where_the_text_goes_on():
    assert METHODS["GradientDescent"].equation == r"x \leftarrow x - \eta \, dx"
    assert METHODS["Momentum"].equation.endswith(r"\eta \, velocity")


# --- what it remembers ---------------------------------------------------------------------------


def without_floors(method):
    return method.optimizer(**{name: 0.0 for name in FLOORS if name in method.defaults})


def walk(optimizer, gradients, x=None, state=None, t=1):
    """Return x and the state after the given gradients, from zero or from where one stands."""
    x = np.zeros(2) if x is None else x
    state = optimizer.init(x) if state is None else state
    for k, dx in enumerate(gradients):
        x, state = optimizer.update(x, dx, state, t + k)
    return x, state


def parts(method, state):
    """Return the arrays of a state by the names that the registry has for them."""
    arrays = state if isinstance(state, tuple) else (state,)
    return dict(zip(method.remembers, arrays, strict=True))


def with_part(method, state, name, array):
    """Return a state with another array in the place of one."""
    return state._replace(**{name: array}) if isinstance(state, tuple) else array


@of_each_method
def test_the_equation_names_what_the_method_remembers(method):
    symbols = set(re.findall(r"[A-Za-z]+(?:_[A-Za-z]+)?", re.sub(r"[{}]", "", method.equation)))
    unnamed = set(method.remembers) - symbols
    assert not unnamed, (
        f"The state of {method.name} has {unnamed}, which its equation (in the docstring) does not "
        f"name. Received the symbols {sorted(symbols)}."
    )


@of_each_method
def test_what_a_method_remembers_is_what_its_next_steps_depend_on(method):
    optimizer, t = method.optimizer(), len(GRADIENTS)
    x, state = walk(optimizer, GRADIENTS)
    onwards, _ = walk(optimizer, GRADIENTS, x, state, t + 1)
    for name, array in parts(method, state).items():
        changed = with_part(method, state, name, 1024 * array)
        elsewhere, _ = walk(optimizer, GRADIENTS, x, changed, t + 1)
        assert not np.allclose(elsewhere, onwards), (
            f"{method.name} keeps `{name}` in its state, but its next steps are the same whatever "
            f"stands there: leave it out, or use it."
        )


def is_cache(method, name):
    """Return whether an array of the state is what the rate is the inverse root of, as squares are.

    It grows with the square of the gradients, and four times as much of it halves the rate. That
    holds exactly, because a power of two rounds nothing.
    """
    optimizer, t = without_floors(method), len(GRADIENTS)
    _, state = walk(optimizer, GRADIENTS)
    _, scaled = walk(optimizer, 1024 * GRADIENTS)
    array = parts(method, state)[name]
    rate = optimizer.effective_learning_rate(state, t)
    with_four_times = with_part(method, state, name, 4 * array)
    return (
        rate is not None
        and (array > 0).all()
        and np.array_equal(parts(method, scaled)[name], 1024**2 * array)
        and np.array_equal(optimizer.effective_learning_rate(with_four_times, t), rate / 2)
    )


@of_each_method
def test_the_cache_is_what_the_rate_is_the_inverse_root_of(method):
    """So the explorers show the array by which the steps are divided, and not another."""
    assert method.cache is None or method.cache in method.remembers, (
        f"The cache of {method.name} in {ROW} must be None or one of what it remembers, "
        f"{method.remembers}. Received: {method.cache!r}."
    )
    found = [name for name in method.remembers if is_cache(method, name)]
    assert found == ([] if method.cache is None else [method.cache]), (
        f"{ROW[:1].upper()}{ROW[1:]} says that the cache of {method.name} is {method.cache!r}. "
        f"What grows with the square of the gradients, and halves effective_learning_rate when it "
        f"is four times as much, is {found or 'nothing'}. Put that there (None if there is none), "
        f"or look whether effective_learning_rate is the one by which `update` multiplies."
    )


# --- its family, its paper and its words ---------------------------------------------------------


@of_each_method
def test_a_method_builds_on_methods_that_stand_above_it(method):
    above = list(METHODS)[: list(METHODS).index(method.name)]
    strangers = [name for name in method.builds_on if name not in above]
    assert not strangers, (
        f"{method.name} builds on {strangers} in {ROW}. These must be names of methods that stand "
        f"above it there, because the family tree grows downwards. Above it: {above}."
    )


@of_each_method
def test_the_reference_is_in_the_bibliography_with_its_year(method):
    key = method.reference
    assert key in BIBLIOGRAPHY, (
        f"references.bib has no entry `{key}`, which is the reference of {method.name} in METHODS. "
        f"Add the paper: @article{{{key}, author = ..., title = ..., year = {{{method.year}}}}}."
    )
    year = BIBLIOGRAPHY[key].fields.get("year")
    assert year == str(method.year), (
        f"{method.name} is of {method.year} in METHODS, but its reference `{key}` is of {year} in "
        f"references.bib. One of the two is wrong."
    )


def terms():
    """Return the words that the glossary explains; those that share an explanation together."""
    (block,) = re.findall(r"^```\{glossary\}\n(.*?)^```", GLOSSARY, re.MULTILINE | re.DOTALL)
    groups = re.findall(r"((?:^\S.*\n)+)(?:^ +\S.*\n)+", block, re.MULTILINE)
    return [group.splitlines() for group in groups]


@of_each_method
def test_every_method_is_in_the_glossary(method):
    spelled = {term.replace(" ", "").lower() for group in terms() for term in group}
    assert method.name.lower() in spelled, (
        f"chapters/glossary.md has no entry for {method.name}: add the term on a line of its own, "
        f"in the order of the alphabet, and below it, indented, what the method does."
    )


def test_the_glossary_is_in_the_order_of_the_alphabet():
    first = [group[0].lower() for group in terms()]
    assert first == sorted(first)


# --- its look ------------------------------------------------------------------------------------

# From red, green and blue without their gamma to the lightness and hue that the eye sees: Oklab
# (Ottosson 2020), in which black is at lightness 0 and white at 1.
TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
TO_OKLAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
# The palest colour so far is the orange of Okabe and Ito, with 2.25; labels in it are darkened.
CONTRAST = 2.2
APART, APART_IN_GREY = 0.06, 0.15


def linear(color):
    rgb = np.array(to_rgb(color))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def oklab(color):
    return TO_OKLAB @ np.cbrt(TO_CONES @ linear(color))


def test_lightness_runs_from_black_to_white():
    np.testing.assert_allclose([oklab("black"), oklab("white")], [[0] * 3, [1, 0, 0]], atol=1e-4)


@of_each_method
def test_the_look_can_be_drawn_and_seen(method):
    assert method.marker in MarkerStyle.filled_markers, (
        f"The marker of {method.name} in {ROW} must be one of matplotlib's filled ones, "
        f"{' '.join(map(str, MarkerStyle.filled_markers))}. Received: {method.marker!r}."
    )
    assert re.fullmatch("#[0-9A-F]{6}", method.color), (
        f"The colour of {method.name} in {ROW} must be written as #RRGGBB. "
        f"Received: {method.color!r}."
    )
    contrast = 1.05 / (linear(method.color) @ [0.2126, 0.7152, 0.0722] + 0.05)
    assert contrast >= CONTRAST, (
        f"The colour of {method.name}, {method.color}, is too pale on white: its contrast is "
        f"{contrast:.2f} and must be {CONTRAST}. Take a darker one."
    )


@of_each_method
def test_no_two_methods_look_alike(method):
    methods = list(METHODS.values())
    for other in methods[: methods.index(method)]:
        difference = oklab(method.color) - oklab(other.color)
        apart = np.linalg.norm(difference)
        assert apart >= APART, (
            f"{method.name} {method.color} and {other.name} {other.color} are hard to tell apart: "
            f"in Oklab they are {apart:.3f} apart and must be {APART}. Take another in {ROW}."
        )
        free = [m for m in MarkerStyle.filled_markers if m not in {one.marker for one in methods}]
        assert method.marker != other.marker or abs(difference[0]) >= APART_IN_GREY, (
            f"{method.name} and {other.name} share the marker {method.marker!r}, and without "
            f"colour their lines look the same. Take another in {ROW}; no method has {free}."
        )


# --- the same in the frameworks ------------------------------------------------------------------


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_every_function_of_a_framework_is_offered(framework):
    package = FRAMEWORKS[framework]
    file = f"adaptive_lr/frameworks/{package.__name__.rpartition('.')[2]}"
    module = importlib.import_module(f"{package.__name__}.optimizers")
    for name, thing in vars(module).items():
        if inspect.isfunction(thing) and thing.__module__ == module.__name__ and name[0] != "_":
            assert name in package.__all__ and getattr(package, name, None) is thing, (
                f"Import {name} in {file}/__init__.py and name it in __all__ there."
            )
            assert name in FUNCTIONS, (
                f"Name {name!r}, which stands in {file}/optimizers.py, among the FUNCTIONS in "
                f"adaptive_lr/frameworks/__init__.py."
            )


@pytest.mark.parametrize(("framework", "function"), OFFERED)
def test_every_function_of_a_framework_is_compared_with_it(framework, function):
    calls = [
        case.options for case in CASES if (case.framework, case.method) == (framework, function)
    ]
    assert calls, (
        f"tests/cases.py has no case of {function!r} in {framework.upper()}: add a list of calls, "
        f"first one with as little as the framework accepts, and together with every argument. "
        f"Then run `make trajectories peers`."
    )
    if framework != "Optax":
        assert function in drivers.CLASSES, (
            f"CLASSES in tests/drivers.py must say which class of {framework} {function!r} is."
        )
