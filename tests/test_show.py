"""What a chapter shows as the package's source is the package's source, and a table its cells."""

import ast
import inspect
import re

import numpy as np
import pytest
from markdown_it import MarkdownIt

from adaptive_lr import METHODS, run
from adaptive_lr.data import digits
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
    rule = r"`rows` must have rows of 2 cells, one for each heading. Received: \['Adagrad'\]"
    with pytest.raises(ValueError, match=rule):
        table([["Adagrad"]], ["method", "loss"])


def test_a_table_rounds_numbers_and_leaves_text_alone():
    lines = table([["1e-04", 0.00123456], ["1e-05", 12.3456]], ["name", "value"]).data.splitlines()
    assert [cell.strip() for cell in lines[2].split("|")[1:3]] == ["1e-04", "0.00123"]
    assert [cell.strip() for cell in lines[3].split("|")[1:3]] == ["1e-05", "12.3"]


def test_a_bar_does_not_end_a_cell():
    html = MarkdownIt().enable("table").render(table([["a|b", 1.0]], ["$|x|$", "loss"]).data)
    assert '<td style="text-align:left">a|b</td>' in html
    assert ">$|x|$</th>" in html


def cells(*arguments, **options):
    """Return the cells of a table as they are read, by rows, the headings first."""
    html = MarkdownIt().enable("table").render(table(*arguments, **options).data)
    rows = [row for row in html.split("<tr>")[1:] if "<td" in row or "<th" in row]
    return [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row) for row in rows]


def test_a_column_may_hold_text_and_numbers():
    rows = [["1e-04", 1], ["none", "none"], [0.123456, 1234567], [np.float64(1e-7), 12.3456]]
    assert cells(rows, ["rate", "steps"])[1:] == [
        ["1e-04", "1"],
        ["none", "none"],
        ["0.123", "1234567"],
        ["1e-07", "12.3"],
    ]


def test_a_table_takes_what_holds_rows_and_cells():
    expected = [["a", "b"], ["1", "2.35"], ["3", "nan"]]
    rows = [[1, 2.34567], [3, np.nan]]
    assert cells(rows, ["a", "b"]) == expected
    assert cells(iter(rows), ("a", "b")) == expected, "nothing of an iterator is lost"
    assert cells([iter(row) for row in rows], ["a", "b"]) == expected
    assert cells(np.array(rows), ["a", "b"]) == expected
    assert cells([list(map(np.array, row)) for row in rows], ["a", "b"]) == expected
    assert cells([[True, np.bool_(False)]], ["a", "b"])[1:] == [["True", "False"]]
    assert cells([], ["a", "b"]) == [["a", "b"]]
    assert cells([[0.123456]], ["a"], digits=np.int64(1))[1:] == [["0.1"]]


@pytest.mark.parametrize(
    ("argument", "values"),
    [
        ("rows", [None, 3, "ab", [None], [3], ["ab"], [[1]], [[1, 2, 3]], [[1, None]], [[1, 1j]]]),
        ("rows", [[[1, [2]]], [[1, "a\nb"]], [[1, "a\r"]], [[1, np.ones(2)]], [[1, len]]]),
        ("rows", [[[1, 10**400]], [[1, b"a"]], [{1: 2}]]),
        ("headers", [None, 3, "ab", [], ["a", 2], ["a", None], ["a", "b\nc"], [["a", "b"]], {"a"}]),
        ("digits", [0, -1, 2.5, "3", None, True, [3]]),
    ],
)
def test_arguments_of_a_table(argument, values):
    good = {"rows": [["a", 1.0]], "headers": ["method", "loss"]}
    for value in values:
        with pytest.raises(ValueError, match=rf"^Argument `{argument}` must .*Received: "):
            table(**{**good, argument: value})


def documented():
    """Say something."""


def test_a_body_is_never_left_empty():
    ast.parse(shown(documented))
    assert "Say something" in shown(documented)


def test_what_is_wrapped_is_shown_itself():
    assert shown(digits).endswith("    )")


@pytest.mark.parametrize(
    "thing", [3, None, "run", len, int, dict.get, ast, property(), lambda: 0, eval("lambda: 0")]
)
def test_what_has_no_source_is_refused(thing):
    with pytest.raises(TypeError, match=r"^Argument `things` must .*Received: "):
        source(run, thing)


def test_other_arguments_of_source():
    with pytest.raises(ValueError, match=r"^Argument `things` must"):
        source()
    for value in (None, 1, "yes"):
        with pytest.raises(ValueError, match=r"^Argument `docstrings` must be True or False"):
            source(run, docstrings=value)
