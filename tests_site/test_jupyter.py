"""The same cells work in JupyterLab and in Notebook 7, with a kernel.

The two are built of the same parts: one shows a whole chapter, the other the explorers of all.
"""

import json
import os
import re
import subprocess
import sys
import time
from contextlib import closing

import nbformat
import pytest

from tests_site.browser import TWO_FRAMES, Record
from tests_site.chapters import reduced, shows_an_explorer
from tests_site.pages import ROOT, WITH_EXPLORER

FULL = "01_learning_rate.ipynb"
SHORT = "explorers.ipynb"
# The cells of each notebook, as they are in the book.
CELLS = {
    FULL: lambda: nbformat.read(ROOT / "chapters" / FULL, as_version=4).cells,
    SHORT: lambda: [cell for page in WITH_EXPLORER for cell in reduced(page)],
}
SETTINGS = {
    # Every cell is part of the page, also where it is not in sight.
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}
START_TIME = 60
RUN_TIME = 120

# The prompts of all cells of code: "[ ]:" at first, "[*]:" as long as it waits, then "[7]:".
PROMPTS = """() => [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")]
    .map(prompt => prompt.textContent)"""
ERRORS = """.jp-OutputArea-output[data-mime-type='application/vnd.jupyter.error'],
    .jp-OutputArea-output[data-mime-type='application/vnd.jupyter.stderr'],
    .jp-OutputArea-output .jupyter-widgets-error-widget"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder of notebooks: a whole chapter, and the cells that all explorers need."""
    path = tmp_path_factory.mktemp("notebooks")
    for name, cells in CELLS.items():
        write(path / name, cells())
    return path


def write(path, cells):
    """Write a notebook as if it had never been run."""
    new = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
    notebook = nbformat.v4.new_notebook(
        cells=[new[cell.cell_type](cell.source, metadata=cell.metadata) for cell in cells]
    )
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, path)


@pytest.fixture(scope="module")
def jupyter(folder, tmp_path_factory):
    """Start a Jupyter server of this environment; return a function from a path to an address."""
    home = tmp_path_factory.mktemp("jupyter")
    settings = home / "settings"
    for name, values in SETTINGS.items():
        path = settings / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values), encoding="utf-8")
    own = {
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": settings,
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
        "IPYTHONDIR": home / "ipython",
    }
    command = [
        *(sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root"),
        *("--ServerApp.ip=127.0.0.1", "--ServerApp.port=0", f"--ServerApp.root_dir={folder}"),
    ]
    environment = os.environ | {name: str(path) for name, path in own.items()}
    with open(home / "log", "w", encoding="utf-8") as log:
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        server = wait_for_server(process, home)
        yield lambda path: f"http://127.0.0.1:{server['port']}/{path}?token={server['token']}&reset"
    finally:
        process.kill()  # its kernels end with it
        process.wait()


def wait_for_server(process, home):
    """Return the port and the token of a server, once it has written them down."""
    until = time.monotonic() + START_TIME
    while time.monotonic() < until and process.poll() is None:
        for path in (home / "runtime").glob("jpserver-*.json"):
            server = json.loads(path.read_text(encoding="utf-8") or "{}")
            if server.get("port"):
                return server
        time.sleep(0.1)
    raise TimeoutError((home / "log").read_text(encoding="utf-8"))


def run_all(page, cells):
    """Run every cell of the open notebook and wait until so many cells have ended."""
    page.locator(".jp-Notebook .jp-CodeCell").nth(cells - 1).wait_for(
        state="attached", timeout=START_TIME * 1000
    )
    page.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']").wait_for(
        state="attached", timeout=START_TIME * 1000
    )
    # Until the kernel listens, the menu does nothing.
    for _ in range(START_TIME):
        if re.search(r"[\d*]", "".join(page.evaluate(PROMPTS))):
            break
        page.get_by_role("menubar").get_by_text("Run", exact=True).click()
        page.get_by_role("menuitem", name=re.compile("^Run All Cells$")).click()
        page.wait_for_timeout(1000)
    page.wait_for_function(
        f"cells => ({PROMPTS})().filter(prompt => /\\d/.test(prompt)).length >= cells",
        arg=cells,
        timeout=RUN_TIME * 1000,
    )


def faults_of_widgets(page, count):
    """Move every slider of the explorers by keyboard to both ends; return what did not follow."""
    outputs = page.locator(".jp-OutputArea-output:has(.explorer)")
    for number in range(count):
        outputs.nth(number).locator(".explorer[data-ready]").wait_for(
            state="attached", timeout=START_TIME * 1000
        )
    faults = [] if outputs.count() == count else [f"{outputs.count()} of {count} explorers shown"]
    for output in outputs.all():
        title = output.locator(".explorer").get_attribute("aria-label")
        panels = output.locator(".explorer svg[data-panel]")
        handles = output.locator(".noUi-handle").all()
        if not handles:
            faults.append(f"{title} has no slider")
        for number, handle in enumerate(handles):
            drawings = []
            for key in ("Home", "End"):
                handle.scroll_into_view_if_needed()
                handle.focus()
                page.keyboard.press(key)
                page.wait_for_timeout(100)
                page.evaluate(TWO_FRAMES)
                drawings.append(panels.evaluate_all("all => all.map(one => one.innerHTML).join()"))
            if drawings[0] == drawings[1] or not drawings[0]:
                faults.append(f"{title}: slider {number} does not change the drawing")
    return faults


@pytest.fixture
def faults_of(browser, jupyter):
    """Return a function that opens a notebook, runs it, moves its explorers, and tells faults."""

    def faults(application, name):
        cells = [cell for cell in CELLS[name]() if cell.cell_type == "code" and cell.source]
        shown = sum(shows_an_explorer(cell.source) for cell in cells)
        assert shown, f"{name} has no explorer"
        with closing(browser.new_context(viewport={"width": 1300, "height": 1000})) as context:
            page = context.new_page()
            record = Record(page)
            page.goto(jupyter(f"{application}/{name}"))
            run_all(page, len(cells))
            errors = [error.inner_text() for error in page.locator(ERRORS).all()]
            foreign = record.foreign(jupyter("").split("?")[0])
            return errors + faults_of_widgets(page, shown) + foreign

    return faults


def test_a_whole_chapter_works_in_jupyterlab(faults_of):
    assert faults_of("lab/tree", FULL) == []


def test_every_explorer_works_in_notebook_7(faults_of):
    assert faults_of("notebooks", SHORT) == []
