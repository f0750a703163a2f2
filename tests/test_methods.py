"""What the registry says of each method fits the bibliography, the classes and the docstrings."""

import re
from pathlib import Path

import pytest

from adaptive_lr import METHODS

BIBLIOGRAPHY = (Path(__file__).parent.parent / "references.bib").read_text(encoding="utf-8")


def entry(key):
    """Return the text of one entry of the bibliography."""
    (found,) = re.findall(rf"^@\w+\{{{key},\n.*?^\}}", BIBLIOGRAPHY, re.MULTILINE | re.DOTALL)
    return found


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_the_year_is_that_of_the_reference(method):
    assert re.search(rf"year\s*=\s*\{{{method.year}\}}", entry(method.reference))


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_a_method_builds_on_methods_that_stand_above_it(method):
    names = list(METHODS)
    assert all(names.index(parent) < names.index(method.name) for parent in method.builds_on)


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_the_equation_is_that_of_the_docstring(method):
    assert r"x &\leftarrow" in method.equation or r"x \leftarrow" in method.equation
    lines = [line.strip() for line in method.equation.splitlines()]
    docstring = [line.strip() for line in method.optimizer.__doc__.splitlines()]
    assert all(line.removeprefix(".. math:: ") in " ".join(docstring) for line in lines)


def test_an_equation_ends_where_the_text_goes_on():
    assert METHODS["GradientDescent"].equation == r"x \leftarrow x - \eta \, dx"
    assert METHODS["Momentum"].equation.endswith(r"\eta \, velocity")


def test_what_a_method_remembers_is_what_its_next_step_depends_on():
    remembered = {name: method.remembers for name, method in METHODS.items()}
    assert remembered == {
        "GradientDescent": (),
        "Momentum": ("velocity",),
        "Adagrad": ("cache",),
        "RMSprop": ("cache",),
        "Adam": ("m", "v"),
        "AdamW": ("m", "v"),
    }
