"""Links of the text lead to positions that their explorers have, on this page and on others.

A book of two pages is built with the local extensions; its notebook holds a real explorer.
"""

import json
import re
import sys
from pathlib import Path

import ipywidgets
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from adaptive_lr import Adagrad
from adaptive_lr.explorer import explore
from adaptive_lr.problems import ravine

EXTENSIONS = str(Path(__file__).parent.parent / "_ext")
VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"></svg>'
CONF = """
extensions = ["myst_nb", "explorers", "driving_links"]
source_suffix = {".md": "myst-nb", ".ipynb": "myst-nb"}
nb_execution_mode = "off"
nb_mime_priority_overrides = [("html", "application/vnd.jupyter.widget-view+json", None)]
nb_ipywidgets_js = {}
"""
FIGURE = {"mystnb": {"figure": {"caption": "A ravine.", "name": "fig-first"}}}
SECOND = {"mystnb": {"figure": {"caption": "Another.", "name": "fig-second"}}}


def shown(explorer, metadata):
    """Return a cell whose output is an explorer, as if it had been run."""
    view = explorer.widget()._repr_mimebundle_()[VIEW]
    data = {VIEW: view, "image/svg+xml": PICTURE, "text/plain": "Explorer"}
    return new_code_cell("explorer", metadata=metadata, outputs=[new_output("display_data", data)])


@pytest.fixture(scope="module")
def notebook():
    """Return a notebook with two explorers."""
    options = {"steps": 5, "show": ["loss"]}
    first = explore(ravine, Adagrad(1.0), rotation=[0, 45], start=[[-5, -2], [-4, 3]], **options)
    second = explore(ravine(), Adagrad, learning_rate=[0.1, 1.0, 20_000.0], **options)
    cells = [shown(first, FIGURE), shown(second, SECOND)]
    state = ipywidgets.Widget.get_manager_state()
    metadata = {
        "language_info": {"name": "python", "pygments_lexer": "python"},
        "widgets": {STATE: json.loads(json.dumps(state))},
    }
    return nbformat.writes(new_notebook(cells=cells, metadata=metadata))


@pytest.fixture
def build(notebook, tmp_path, monkeypatch):
    """Return a function that builds a book whose first page holds a text, in so many processes."""
    monkeypatch.syspath_prepend(EXTENSIONS)

    def built(text, parallel=1):
        from io import StringIO

        from sphinx.application import Sphinx
        from sphinx.util.docutils import docutils_namespace

        source = tmp_path / "source"
        (source / "inner").mkdir(parents=True, exist_ok=True)
        (source / "conf.py").write_text(CONF, encoding="utf-8")
        toctree = "\n\n```{toctree}\ninner/explorers\n```\n"
        (source / "index.md").write_text(f"# Text\n\n{text}{toctree}", encoding="utf-8")
        (source / "inner" / "explorers.ipynb").write_text(
            notebook.replace('"cells": [', '"cells": [' + heading(text), 1), encoding="utf-8"
        )
        warnings = StringIO()
        with docutils_namespace():
            Sphinx(
                source, source, tmp_path / "html", tmp_path / "doctrees", "html",
                status=None, warning=warnings, parallel=parallel,
            ).build()  # fmt: skip
        return tmp_path / "html", re.sub(r"\x1b\[[\d;]*m", "", warnings.getvalue())

    yield built
    for name in ("explorers", "driving_links"):
        sys.modules.pop(name, None)


def heading(text):
    """Return a cell of text for the notebook's beginning, as JSON."""
    source = f"# Explorers\n\n{text}"
    cell = {"cell_type": "markdown", "id": "first", "metadata": {}, "source": source}
    return json.dumps(cell) + ","


def links(page):
    """Return address, title and text of each link of a page that drives."""
    found = re.findall(
        r'<a class="explorer-drives[^"]*" href="([^"]*)" title="([^"]*)">(.*?)</a>',
        page.read_text(encoding="utf-8"),
    )
    return [(href.replace("&amp;", "&"), *rest) for href, *rest in found]


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("rotation=45", "rotation 45°"),
        ("rotation=45&start=(-4,3)&step=2", "rotation 45°, start (−4, 3), step 2"),
        ("play", "play"),
        ("mark=loss&play&step=3", "look at loss, play, step 3"),
        ("mark=adagrad", "look at Adagrad"),
    ],
)
def test_a_link_leads_to_a_position(build, query, title):
    site, warnings = build(f"[**Go** there](#fig-first?{query})")
    assert warnings == ""
    (there,) = links(site / "index.html")
    (here,) = links(site / "inner" / "explorers.html")
    assert there[0] == f"inner/explorers.html?{query}#fig-first"
    assert here[0] == f"?{query}#fig-first"
    assert there[1:] == here[1:] == (f"In the figure: {title}", "<strong>Go</strong> there")


@pytest.mark.parametrize(
    ("target", "complaint"),
    [
        ("fig-third?rotation=45", "leads to no explorer. There are: fig-first, fig-second."),
        ("fig-first?slope=1", "no control 'slope'. It has: rotation, start, step, play, mark"),
        ("fig-first?rotation=46", "no value '46' of 'rotation'. It has: 0, 45"),
        ("fig-first?rotation", "no value '' of 'rotation'"),
        ("fig-second?learning_rate=20000", "'20000' of 'learning_rate'. It has: 0.1, 1, 20,000"),
        ("fig-second?step=6", "no value '6' of 'step'. It has: 0, 1, 2, 3, 4, 5"),
        ("fig-first?mark=heat", "nothing to mark as 'heat'. It has: path, loss, adagrad"),
        ("fig-first?rotation=0&rotation=45", "names 'rotation' twice"),
        ("fig-first?", "no control ''"),
    ],
)
def test_a_link_to_what_is_not_there_is_a_warning_that_names_both(build, target, complaint):
    _, warnings = build(f"[Go](#{target})")
    lines = warnings.splitlines()
    assert len(lines) == 2  # one a page
    for line, place in zip(sorted(lines), ("index.md:3", "explorers.ipynb:"), strict=True):
        assert place in line
        assert f"The link #{target}" in line
        assert complaint in line


def test_a_link_needs_words(build):
    _, warnings = build("[](#fig-first?rotation=45)")
    assert warnings.count("has no text") == 2


def test_state_and_figure_are_files_and_the_page_is_light(build):
    site, warnings = build("Text.", parallel=2)
    assert warnings == ""
    page = (site / "inner" / "explorers.html").read_text(encoding="utf-8")
    assert "IPY_MODEL" not in page
    assert 'src="../_static/explorers.js' in page
    for number in (1, 2):
        name = f"../_static/explorers/inner/explorers-{number}.js"
        assert re.search(rf'data-state="{name}\?v=\w+"', page)
        text = (site / "inner" / name).read_text(encoding="utf-8")
        handed = json.loads(text.partition(" = ")[2].rstrip(";\n"))
        kinds = [model["model_name"] for model in handed["state"].values()]
        assert kinds.count("AnyModel") == kinds.count("PlayModel") == 1
        assert "_esm" not in text
        assert handed["marks"][:2] == ["path", "loss"]
    figures = list((site / "_static" / "explorers").glob("figure-*.js"))
    assert len(figures) == 1
    assert "export default" not in figures[0].read_text(encoding="utf-8")
    assert "explorers.js" not in (site / "index.html").read_text(encoding="utf-8")


def test_a_second_build_knows_what_the_first_has_read(build):
    build("[Go](#fig-first?rotation=45)")
    _, warnings = build("[Go](#fig-first?rotation=46)")
    assert "It has: 0, 45" in warnings
