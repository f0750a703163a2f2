"""What the page of update rules says of its tables is what its code computes."""

from pathlib import Path

import jupytext
import pytest

from adaptive_lr import METHODS, show

PAGE = Path(__file__).parent.parent / "chapters" / "update_rules.md"


@pytest.fixture(scope="module")
def tables():
    """Run the page's code and return the rows of its tables, by method."""
    found = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(show, "table", lambda rows, headers, digits=3: found.append(rows))
        namespace = {}
        for cell in jupytext.read(PAGE).cells:
            if cell.cell_type == "code":
                exec(cell.source, namespace)
    return [{name: row[1:] for name, row in zip(METHODS, rows, strict=True)} for rows in found]


def test_every_method_has_its_rule_in_the_first_table(tables):
    for name, (formula,) in tables[0].items():
        assert METHODS[name].equation.splitlines()[0] in formula


def test_every_default_at_work_is_named(tables):
    numbers, remembered = tables[1]["Adam"]
    assert numbers == (
        r"`learning_rate` $\eta = 0.001$, `beta1` $\beta_1 = 0.9$, `beta2` $\beta_2 = 0.999$, "
        r"`epsilon` $\varepsilon = 10^{-8}$"
    )
    assert remembered == "`m`, `v`"


def test_two_methods_follow_the_size_of_the_gradient_and_the_others_do_not(tables):
    first = {name: row[:3] for name, row in tables[2].items()}
    assert first["GradientDescent"] == first["Momentum"] == [100, 1, 0.01]
    for name in METHODS.keys() - {"GradientDescent", "Momentum"}:
        assert first[name] == pytest.approx([first[name][0]] * 3, rel=1e-5)


def test_steps_depend_on_time_as_the_page_says(tables):
    first, last = ({name: row[i] for name, row in tables[2].items()} for i in (1, 4))
    assert last["Adagrad"] == pytest.approx(first["Adagrad"] / 1000**0.5)
    assert first["RMSprop"] == pytest.approx(1 / (1 - 0.9) ** 0.5)
    assert last["RMSprop"] == pytest.approx(1)
    assert (first["Adam"], last["Adam"]) == pytest.approx((1, 1))


def test_blind_to_scale_is_tied_to_the_axes(tables):
    for name, row in tables[3].items():
        assert row == (["no", "yes"] if name in ("GradientDescent", "Momentum") else ["yes", "no"])
