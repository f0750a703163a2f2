"""What the page of update rules says is what its code computes, whatever methods there are."""

import re
from pathlib import Path

import IPython.display
import jupytext
import numpy as np
import pytest

from adaptive_lr import METHODS, show
from adaptive_lr.hyperparameters import HYPERPARAMETERS

PAGE = Path(__file__).parent.parent / "chapters" / "update_rules.md"


@pytest.fixture(scope="module")
def page():
    """Run the page's code and return the rows of its tables, and what else it displays."""
    tables, displayed = [], []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(show, "table", lambda rows, headers, digits=3: tables.append(rows))
        patch.setattr(IPython.display, "display", lambda *things: displayed.extend(things))
        namespace = {}
        for cell in jupytext.read(PAGE).cells:
            if cell.cell_type == "code":
                exec(cell.source, namespace)
    return tables, displayed


@pytest.fixture(scope="module")
def tables(page):
    """Return the rows of the page's tables, by method."""
    return [{name: row[1:] for name, row in zip(METHODS, rows, strict=True)} for rows in page[0]]


@pytest.fixture(scope="module")
def sentences(page):
    """Return the sentences that the page computes."""
    texts = [thing.data for thing in page[1] if thing is not None]
    return [text for text in texts if text[0].isalpha()]


def named_in(text):
    return {name for name in METHODS if re.search(rf"\b{name}\b", text)}


def test_every_method_has_its_rule_in_the_first_table(tables):
    for name, (formula,) in tables[0].items():
        assert METHODS[name].equation.splitlines()[0] in formula


def test_a_method_that_is_not_element_by_element_is_named(sentences):
    whole = {name for name, method in METHODS.items() if not method.optimizer.elementwise}
    assert "element by element" in sentences[0]
    assert named_in(sentences[0]) == whole


def test_every_default_at_work_is_named(tables):
    for name, (numbers, remembered) in tables[1].items():
        named = re.findall(r"`(\w+)` \$(.*?) = (.*?)\$", numbers)
        values = {argument: eval(_in_python(value)) for argument, _, value in named}
        at_work = {key: value for key, value in METHODS[name].defaults.items() if value}
        assert values == {key: value for key, value in at_work.items() if value is not True}
        assert all(HYPERPARAMETERS[argument].symbol == symbol for argument, symbol, _ in named)
        assert tuple(re.findall(r"`(\w+)`", remembered)) == METHODS[name].remembers


def _in_python(latex):
    return re.sub(r"10\^\{(-?[1-9]\d*)\}", r"1e\1", latex).replace(r" \cdot 1e", "e")


def test_a_number_in_latex_is_that_number():
    assert _in_python("10^{-8}") == "1e-8"
    assert _in_python(r"2.5 \cdot 10^{-7}") == "2.5e-7"


def test_steps_follow_the_size_of_the_gradient_or_do_not_as_the_page_says(tables, sentences):
    follow, others = sentences[1].split(". ")
    assert named_in(follow) == {name for name, m in METHODS.items() if not m.blind_to_scale}
    for name, row in tables[2].items():
        first, last = np.split(np.array(row), 2)
        for steps in (first, last):
            proportional = np.allclose(steps, steps[1] * np.array([100, 1, 0.01]))
            same = np.allclose(steps, steps[1], rtol=0.01)
            assert proportional == (name in named_in(follow))
            assert proportional or same or name in named_in(others)
        assert (name in named_in(others)) <= (not np.allclose(first, first[1], rtol=0.01))


def test_steps_depend_on_time_as_the_page_says(tables):
    first, last = ({name: row[i] for name, row in tables[2].items()} for i in (1, 4))
    assert last["Adagrad"] == pytest.approx(first["Adagrad"] / 1000**0.5)
    assert first["RMSprop"] == pytest.approx(1 / (1 - 0.9) ** 0.5)
    assert last["RMSprop"] == pytest.approx(1)
    assert (first["Adam"], last["Adam"]) == pytest.approx((1, 1))


def test_what_a_method_does_not_see_is_what_the_registry_computes(tables, sentences):
    """Two ways to the same answers: paths down a ravine here, a few gradients there."""
    words = {True: "yes", False: "no"}
    for name, row in tables[3].items():
        traits = (METHODS[name].blind_to_scale, METHODS[name].turns_with_the_axes)
        assert row == [words[trait] for trait in traits]
    assert named_in(sentences[2]) == {name for name, row in tables[3].items() if row[0] == row[1]}


def test_a_rate_for_each_parameter_is_the_trade_that_the_page_names():
    for name, method in METHODS.items():
        trade = (method.blind_to_scale, method.turns_with_the_axes) == (True, False)
        assert trade or method.cache is None, (
            f"chapters/update_rules.md says that a rate for each parameter makes a method blind to "
            f"scale and ties it to the axes, which is not so of {name}: say it there."
        )
