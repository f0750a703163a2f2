"""Every chapter was executed as it stands, from top to bottom, and its figures can be read aloud.

nbval, which compares the printed numbers, passes over cells that were never executed and over
pictures; this file closes those gaps, and tests the tool that writes the outputs.
"""

import ast
import re
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools.notebooks import (
    PAYLOADS,
    NotebookError,
    execute,
    faults,
    is_stale,
    normalise,
    rewrite,
    serialise,
)

ROOT = Path(__file__).parent.parent
CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))
LONGEST_SHOWN_CELL = 15
HIDING_TAGS = {"hide-input", "hide-cell", "remove-input", "remove-cell"}
CHECK_DODGING_TAGS = {"nbval-skip", "nbval-ignore-output", "skip-execution"}
FIGURE = {"mystnb": {"image": {"alt": "A falling line"}, "figure": {"caption": "Loss."}}}


@pytest.fixture(params=CHAPTERS, ids=lambda path: path.stem)
def path(request):
    return request.param


@pytest.fixture
def chapter(path):
    return nbformat.read(path, as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def displays(cell):
    return [output for output in cell.outputs if "data" in output]


def is_picture(output):
    return "image/png" in output.metadata.get("dropped", ()) or output.data.get(
        "text/plain", ""
    ).startswith("<Figure")


def test_stored_outputs_belong_to_the_code_as_it_stands(path):
    assert faults(path) == []


def test_every_cell_was_executed_in_order(chapter):
    cells = code_cells(chapter)
    assert cells
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))


def test_no_cell_failed_or_warned(chapter):
    for cell in code_cells(chapter):
        expected = "raises-exception" in cell.metadata.get("tags", ())
        for output in cell.outputs:
            assert output.get("name") != "stderr", cell.source
            assert output.output_type != "error" or expected, cell.source


def test_no_cell_dodges_the_comparison_of_its_output(chapter):
    for cell in code_cells(chapter):
        assert not CHECK_DODGING_TAGS & set(cell.metadata.get("tags", ())), cell.source
        assert not re.search(r"^#\s*(NBVAL|PYTEST_VALIDATE)_", cell.source, re.MULTILINE)


def test_no_cell_relies_on_a_closing_semicolon(chapter):
    for cell in code_cells(chapter):
        message = f"end it with `plt.show()`; nbval shows the value all the same:\n{cell.source}"
        assert not cell.source.rstrip().endswith(";"), message


def test_every_picture_has_alt_text_a_caption_and_a_name_of_its_own(chapter):
    names = []
    for cell in code_cells(chapter):
        pictures = [output for output in displays(cell) if is_picture(output)]
        if not pictures:
            continue
        assert len(pictures) == 1, f"one figure a cell, or they share a caption:\n{cell.source}"
        mystnb = cell.metadata.get("mystnb", {})
        assert mystnb.get("image", {}).get("alt"), f"no alt text:\n{cell.source}"
        assert mystnb.get("figure", {}).get("caption"), f"no caption:\n{cell.source}"
        names.append(mystnb["figure"].get("name"))
    assert all(names)
    assert len(names) == len(set(names))


def test_every_caption_has_its_picture(chapter):
    for cell in code_cells(chapter):
        if "figure" in cell.metadata.get("mystnb", {}):
            assert any(is_picture(output) for output in displays(cell)), cell.source


def test_shown_cells_are_short(chapter):
    for cell in code_cells(chapter):
        if not HIDING_TAGS & set(cell.metadata.get("tags", ())):
            assert len(cell.source.splitlines()) <= LONGEST_SHOWN_CELL, cell.source


def test_no_payload_is_stored(chapter):
    for cell in code_cells(chapter):
        assert not any(PAYLOADS & set(output.data) for output in displays(cell))
        assert not any(kind.startswith("image/") for o in displays(cell) for kind in o.data)
    assert "widgets" not in chapter.metadata


def messy_notebook():
    """Return a small notebook as an editor might leave it."""
    picture = {"text/plain": "<Figure size 640x480 with 1 Axes>", "image/png": "aGk="}
    widget = {"text/plain": "IntSlider()", "application/vnd.jupyter.widget-view+json": {"m": 1}}
    return new_notebook(
        metadata={"widgets": {"state": 1}, "authors": ["x"]},
        cells=[
            new_markdown_cell("# Title", id="random-1"),
            new_code_cell(
                "print('a'); draw()\n",
                id="random-2",
                execution_count=7,
                metadata={**FIGURE, "collapsed": True, "tags": ["hide-input"]},
                outputs=[
                    new_output("stream", name="stdout", text="a\n"),
                    new_output("stream", name="stdout", text="b\n"),
                    new_output("display_data", data=picture, metadata={"width": 3}),
                    new_output("execute_result", data=widget, execution_count=7),
                ],
            ),
            new_code_cell("1", id="random-3", execution_count=9),
            new_code_cell("1", id="random-4", execution_count=12),
            new_code_cell(""),
        ],
    )


def test_normalising_keeps_text_and_drops_payloads():
    cell = normalise(messy_notebook()).cells[1]
    stream, picture, widget = cell.outputs
    assert stream.text == "a\nb\n"
    assert picture.data == {"text/plain": "<Figure size 640x480 with 1 Axes>"}
    assert picture.metadata == {"dropped": ["image/png"]}
    assert widget.data == {"text/plain": "IntSlider()"}
    assert cell.metadata == {**FIGURE, "tags": ["hide-input"]}


def test_normalising_numbers_cells_and_keeps_only_the_kernel_in_the_metadata():
    notebook = normalise(messy_notebook())
    assert [cell.execution_count for cell in code_cells(notebook)] == [1, 2, 3]
    assert set(notebook.metadata) == {"kernelspec", "language_info"}


def test_normalising_names_cells_by_their_source():
    notebook, other = messy_notebook(), messy_notebook()
    other.cells[0].source = "# Another title"
    names = [[cell.id for cell in normalise(book).cells] for book in (notebook, other)]
    assert names[0][0] != names[1][0]
    assert names[0][1:] == names[1][1:]
    assert len(set(names[0])) == len(names[0])


def test_normalising_twice_changes_nothing_and_leaves_its_argument_alone():
    notebook = messy_notebook()
    before = nbformat.writes(notebook)
    once = normalise(notebook)
    assert nbformat.writes(notebook) == before
    assert serialise(normalise(once)) == serialise(once)
    nbformat.validate(once)


def written(folder, *sources):
    """Write a notebook that was never executed."""
    path = folder / "chapter.ipynb"
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
    path.write_text(serialise(notebook), encoding="utf-8")
    return path


def test_executing_makes_a_notebook_fresh_and_changing_its_code_makes_it_stale(tmp_path):
    path = written(tmp_path, "x = 2", "print(x + 1)")
    assert "its code changed after it was last executed" in faults(path)

    assert rewrite(path)
    notebook = nbformat.read(path, as_version=4)
    assert notebook.cells[1].outputs[0].text == "3\n"
    assert faults(path) == []
    assert not rewrite(path)

    notebook.cells[0].source = "x = 3"
    assert is_stale(notebook)
    path.write_text(serialise(normalise(notebook)), encoding="utf-8")
    assert faults(path) == ["its code changed after it was last executed"]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("import sys; print('careful', file=sys.stderr)", "code cell 2 wrote to stderr:\ncareful"),
        ("object()", "code cell 2 shows a memory address"),
    ],
)
def test_executing_refuses_what_no_second_run_would_repeat(tmp_path, source, message):
    notebook = new_notebook(cells=[new_code_cell("x = 1"), new_code_cell(source)])
    with pytest.raises(NotebookError, match=re.escape(message)):
        execute(notebook, tmp_path)


NEEDED = {
    "what you will learn": r"\{admonition\} What you will learn",
    "a question": r"^## The question$",
    "an answer to remember": r"^## What to remember$",
    "sources": r"^\*\*Sources\.\*\*",
}


def prose(notebook):
    return "\n\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")


@pytest.mark.parametrize("part", NEEDED)
def test_every_chapter_has_its_parts(chapter, part):
    assert re.search(NEEDED[part], prose(chapter), re.MULTILINE)


def test_every_chapter_has_exercises_and_each_has_its_solution(chapter):
    exercises = re.findall(r"\{exercise-start\}.*\n:label: (\S+)", prose(chapter))
    solutions = re.findall(r"\{solution-start\} (\S+)\n:class: dropdown", prose(chapter))
    assert len(exercises) >= 3
    assert solutions == exercises


def test_every_chapter_lets_readers_check_themselves(chapter):
    _, check = prose(chapter).split("## Check yourself")
    assert len(re.findall(r"^:+\{dropdown\}", check, re.MULTILINE)) >= 3


def test_every_chapter_has_an_explorer_and_shows_the_source(chapter):
    code = "\n".join(cell.source for cell in code_cells(chapter))
    assert "explore(" in code or "Explorer(" in code
    assert "show.source(" in code


def test_every_chapter_says_how_long_it_takes_and_what_it_needs(chapter):
    title, *_ = chapter.cells
    line = title.source.splitlines()[2]
    assert re.fullmatch(r"\*.*(hour|minutes).*You need.*\*", line), line


def test_no_table_is_made_and_not_shown(chapter):
    """Only the value of a cell's last line is displayed."""
    for cell in code_cells(chapter):
        tree = ast.parse(cell.source)
        lost = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.Expr)
            and node is not tree.body[-1]
            and ast.unparse(node).startswith(("show.", "explore"))
        ]
        assert not lost, cell.source
