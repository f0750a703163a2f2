"""What a chapter shows as the package's source is the package's source."""

import ast
import inspect

import pytest
from markdown_it import MarkdownIt

from adaptive_lr import METHODS, run
from adaptive_lr.show import source, table


def shown(thing, **options):
    text = source(thing, **options).data
    assert text.startswith("```python\n")
    assert text.endswith("\n```")
    return text.removeprefix("```python\n").removesuffix("\n```")


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_source_shows_every_line_but_the_docstrings(method):
    original = inspect.getsource(method.optimizer).splitlines()
    lines = shown(method.optimizer).splitlines()
    remaining = iter(original)
    assert all(line in remaining for line in lines), "a line is new, or out of order"
    parsed = ast.parse("\n".join(lines))
    assert not any(
        ast.get_docstring(node)
        for node in ast.walk(parsed)
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    )
    without = ast.parse(inspect.getsource(method.optimizer))
    for node in ast.walk(without):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
            del node.body[0]
    assert ast.dump(parsed) == ast.dump(without)


def test_source_keeps_the_docstrings_on_request():
    assert ast.dump(ast.parse(shown(run, docstrings=True))) == ast.dump(
        ast.parse(inspect.getsource(run))
    )


def test_several_things_stand_in_one_block():
    text = source(*(method.optimizer.update for method in METHODS.values())).data
    assert text.count("```") == 2
    assert text.count("def update") == len(METHODS)


def test_a_table_has_a_cell_for_each_heading():
    with pytest.raises(ValueError, match="1 cells for 2 headings"):
        table([["Adagrad"]], ["method", "loss"])


def test_a_table_rounds_numbers_and_leaves_text_alone():
    lines = table([["1e-04", 0.00123456], ["1e-05", 12.3456]], ["name", "value"]).data.splitlines()
    assert [cell.strip() for cell in lines[2].split("|")[1:3]] == ["1e-04", "0.00123"]
    assert [cell.strip() for cell in lines[3].split("|")[1:3]] == ["1e-05", "12.3"]


def test_a_bar_does_not_end_a_cell():
    html = MarkdownIt().enable("table").render(table([["a|b", 1.0]], ["$|x|$", "loss"]).data)
    assert '<td style="text-align:left">a|b</td>' in html
    assert ">$|x|$</th>" in html
