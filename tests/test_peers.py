"""The package against the real Keras, PyTorch and Optax; run by `make peers`.

Nothing here is imported from a framework before a test runs, so that the default test run can
collect this file and leave it out.
"""

import inspect
import re
from importlib import metadata
from pathlib import Path

import drivers
import pytest
from cases import CASES, START, STEPS, assert_same_path, gradient, our_path
from schedule_cases import SCHEDULE_CASES
from stored import version

from adaptive_lr.frameworks import FRAMEWORKS, OFFERED

pytestmark = pytest.mark.peers

CHAPTERS = sorted((Path(__file__).parents[1] / "chapters").glob("*.ipynb"))

# The arguments that do not concern the rule of the step. One that appears in a new version is in
# none of these, and turns the test red.
LEFT_OUT = {
    "Keras": {
        "clipnorm",
        "clipvalue",
        "global_clipnorm",
        "use_ema",
        "ema_momentum",
        "ema_overwrite_frequency",
        "loss_scale_factor",
        "gradient_accumulation_steps",
        "name",
    },
    "PyTorch": {"params", "foreach", "fused", "capturable", "differentiable"},
    "Optax": {"mu_dtype", "accumulator_dtype", "mask"},
}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_path_is_that_of_the_framework(case):
    assert_same_path(our_path(case), drivers.path(case, gradient, START, STEPS))


@pytest.mark.parametrize("case", SCHEDULE_CASES, ids=str)
def test_rates_are_those_of_the_framework(case):
    case.assert_same_rates(drivers.rates(case))


@pytest.mark.parametrize(("framework", "function"), OFFERED)
def test_arguments_are_those_of_the_framework(framework, function):
    ours = inspect.signature(getattr(FRAMEWORKS[framework], function)).parameters
    theirs = inspect.signature(drivers.constructor(framework, function)).parameters
    expected, must_be_named = {}, False
    for name, parameter in theirs.items():
        if parameter.kind is parameter.VAR_KEYWORD:
            continue
        if name in LEFT_OUT[framework]:
            # What goes to `init` here has no place to be counted from.
            must_be_named |= name != "params"
        else:
            named = must_be_named or parameter.kind is parameter.KEYWORD_ONLY
            expected[name] = (parameter.default, named)
    assert expected == {
        name: (parameter.default, parameter.kind is parameter.KEYWORD_ONLY)
        for name, parameter in ours.items()
    }
    assert list(ours) == sorted(ours, key=list(expected).index)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_what_is_left_out_is_said(framework):
    named = set(re.findall(r"``(\w+)``", inspect.getdoc(FRAMEWORKS[framework])))
    assert LEFT_OUT[framework] <= named


@pytest.mark.parametrize("package", drivers.PACKAGES.values())
def test_stored_paths_are_of_this_version(package):
    assert version(package) == metadata.version(package), "run `make trajectories`"


def snippets():
    """Return the framework snippets of the chapters: (framework, chapter, code)."""
    import nbformat

    found = []
    for chapter in CHAPTERS:
        for cell in nbformat.read(chapter, as_version=4).cells:
            if cell.cell_type == "markdown":
                for _, code in re.findall(r"(?ms)^(`{3,}) *python *\n(.*?)^\1 *$", cell.source):
                    for name, package in drivers.PACKAGES.items():
                        if re.search(rf"(?m)^\s*(import|from) {package}\b", code):
                            found.append((name, chapter.name, code))
    return found


@pytest.fixture
def fresh_frameworks():
    """The frameworks as a reader meets them: in single precision."""
    keras = drivers.keras_in_double_precision()
    import jax

    keras.config.set_floatx("float32")
    jax.config.update("jax_enable_x64", False)


# Keras 3.15 trips over a change in NumPy 2 when it shows a number; readers are not told.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_snippets_of_the_chapter_run(framework, chapter, fresh_frameworks):
    codes = [code for name, file, code in snippets() if (name, file) == (framework, chapter.name)]
    assert codes, f"{chapter.name} has no {framework} snippet"
    for code in codes:
        exec(compile(code, f"{chapter.name}, {framework}", "exec"), {"__name__": "__main__"})


def test_chapters_are_found():
    assert CHAPTERS
