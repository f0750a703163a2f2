"""Explorers come alive on the built page.

MyST-NB shows one form of each output. Of an explorer two are wanted: the picture, for readers
without scripts, and the widget, which takes the picture's place. What the widget draws is a script
of its own, loaded when the reader comes near. So the text can be read before it has arrived, and it
arrives where the site is opened from a folder and under a strict policy too.
"""

import base64
import json
import re
import zlib
from collections.abc import Iterator
from html import escape
from pathlib import Path

from docutils import nodes
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.osutil import relative_uri

PICTURE = "image/svg+xml"
VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
REFERENCE = "IPY_MODEL_"
INDEX = "_index"
LABELS = "_options_labels"
ENDS = ("source", "target")
# What the figure needs of its own state: the rest is written once for all explorers.
SHARED = ("_esm", "_css")
NEEDED = ("AnyModel", "DropdownModel", "LinkModel", "PlayModel", "SelectionSliderModel")

PARTS = ("models", "controls", "position", "stage", "page")
SCRIPT, STYLE = "explorers.js", "explorers.css"
FOLDER = "explorers"
NOTE = "This figure moves where scripts are allowed; here is its first position."

logger = logging.getLogger(__name__)


# --- what a notebook says of its explorers --------------------------------------------------------
def is_bundle(node: nodes.Node) -> bool:
    """Tell whether a node is an output in several forms, an explorer's among them."""
    if not isinstance(node, nodes.container) or node.get("nb_element") != "mime_bundle":
        return False
    return {PICTURE, VIEW} <= {form["mime_type"] for form in node.children}


def form(bundle: nodes.Element, kind: str) -> nodes.Element:
    return next(child for child in bundle.children if child["mime_type"] == kind)


def members(state: dict, view: str) -> dict:
    """Return the models that a page needs of a view, in its order, and the links between them."""
    shown, waiting = [], [view]
    while waiting:
        shown.append(waiting.pop(0))
        children = state[shown[-1]]["state"].get("children", ())
        waiting = [child.removeprefix(REFERENCE) for child in children] + waiting
    links = [
        name
        for name, one in state.items()
        if one["model_name"] == "LinkModel"
        and all(one["state"][end][0].removeprefix(REFERENCE) in shown for end in ENDS)
    ]
    return {name: state[name] for name in shown + links if state[name]["model_name"] in NEEDED}


def marks(data: bytes) -> list[str]:
    """Return what can be pointed at in a figure: titles of its panels and labels of its curves."""
    content = zlib.decompress(data)
    length = int.from_bytes(content[:4], "little")
    panels = json.loads(content[4 : 4 + length])["panels"]
    labels = [curve["label"] for panel in panels for curve in panel.get("curves", ())]
    return list(dict.fromkeys([*(panel["title"] for panel in panels), *labels]))


def explorer(state: dict, view: str, name: str) -> dict:
    """Return all that the pages need of one explorer."""
    models = members(state, view)
    (figure,) = (one for one in models.values() if one["model_name"] == "AnyModel")
    (data,) = figure["buffers"]
    moves = {
        link["state"]["source"][0].removeprefix(REFERENCE): link["state"]["target"][1]
        for link in models.values()
        if link["model_name"] == "LinkModel"
    }
    controls = {
        moves[key].removesuffix(INDEX): [one["state"]["description"], one["state"][LABELS]]
        for key, one in models.items()
        if LABELS in one["state"]
    }
    # The step comes last, as in a sentence.
    controls |= {"step": controls.pop("step")}
    own = {key: value for key, value in figure["state"].items() if key not in SHARED}
    return {
        "name": name,
        "controls": controls,
        "marks": marks(base64.b64decode(data["data"])),
        "models": {
            key: {**one, "state": own} if one is figure else one for key, one in models.items()
        },
        "figure": {key: figure["state"][key] for key in SHARED},
    }


def read_explorers(app: Sphinx, document: nodes.document) -> None:
    """Note the explorers of a page, and take their state out of it."""
    page = app.env.docname
    app.env.explorers.pop(page, None)
    scripts = NbMetadataCollector.get_js_files(app.env, page)
    found = [key for key, (_, attributes) in scripts.items() if attributes.get("type") == STATE]
    state = {}
    for key in found:
        state |= json.loads(scripts.pop(key)[1]["body"])["state"]
    bundles = list(document.findall(is_bundle))
    for number, bundle in enumerate(bundles):
        bundle["explorer"] = number
        script = form(bundle, VIEW).astext()
        view = re.search(r'"model_id": *"(\w+)"', script)[1]
        parent = bundle.parent if isinstance(bundle.parent, nodes.figure) else nodes.figure()
        name = next(iter(parent["ids"]), "")
        app.env.explorers.setdefault(page, []).append(explorer(state, view, name))


def start(app: Sphinx, env: BuildEnvironment, pages: list[str]) -> None:
    if not hasattr(env, "explorers"):
        env.explorers = {}


def purge(app: Sphinx, env: BuildEnvironment, page: str) -> None:
    start(app, env, [])
    env.explorers.pop(page, None)


def merge(app: Sphinx, env: BuildEnvironment, pages: list[str], other: BuildEnvironment) -> None:
    env.explorers |= {page: other.explorers[page] for page in pages if page in other.explorers}


# --- their files ----------------------------------------------------------------------------------
def as_script(module: str) -> str:
    """Return a module that only exports as a script that hands over its export."""
    if module.count("export ") != 1 or re.search(r"^import\b", module, re.MULTILINE):
        raise ValueError("The figure of an explorer must have one export, and import nothing.")
    body = module.replace("export default", "script.handed =")
    return f'(() => {{\n"use strict";\nconst script = document.currentScript;\n{body}\n}})();\n'


def sum_of(content: str) -> str:
    return f"{zlib.crc32(content.encode()):08x}"


def files(one: dict, page: str, number: int) -> Iterator[tuple[str, str]]:
    """Yield names and contents of the files of an explorer: figure, style of the figure, state."""
    script, style = as_script(one["figure"]["_esm"]), one["figure"]["_css"]
    handed = {"state": one["models"], "marks": one["marks"]}
    state = json.dumps(handed, ensure_ascii=False, separators=(",", ":"))
    yield f"figure-{sum_of(script)}.js", script
    yield f"figure-{sum_of(style)}.css", style
    yield f"{page}-{number + 1}.js", f"document.currentScript.handed = {state};\n"


def write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text(encoding="utf-8") != content:
        path.write_text(content, encoding="utf-8")


class KeepPictureAndWidget(SphinxPostTransform):
    """Keep both forms of an explorer, before MyST-NB chooses one."""

    default_priority = 3
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        page = self.env.docname
        here = self.app.builder.get_target_uri(page)
        for bundle in list(self.document.findall(is_bundle)):
            number = bundle["explorer"]
            addresses = []
            for name, content in files(self.env.explorers[page][number], page, number):
                write(Path(self.app.outdir, "_static", FOLDER, name), content)
                address = relative_uri(here, f"_static/{FOLDER}/{name}")
                addresses.append(f"{address}?v={sum_of(content)}")
            figure, _, state = map(escape, addresses)
            live = f'<div class="explorer-live" data-figure="{figure}" data-state="{state}"></div>'
            note = f'<noscript><p class="explorer-message">{NOTE}</p></noscript>'
            bundle.replace_self(
                nodes.container(
                    "",
                    *form(bundle, PICTURE).children,
                    nodes.raw("", note + live, format="html"),
                    classes=["explorer-output"],
                    is_div=True,
                )
            )


def add_files(
    app: Sphinx, page: str, template: str, context: dict, document: nodes.document | None
) -> None:
    """Give pages with explorers their script and styles."""
    found = app.env.explorers.get(page, [])
    if not found or document is None:
        return
    # Before other scripts: it has to ask for more.
    app.add_js_file(SCRIPT, loading_method="defer", priority=100)
    app.add_css_file(STYLE)
    styles = {name for i, one in enumerate(found) for name, _ in files(one, page, i)}
    for name in sorted(styles):
        if name.endswith(".css"):
            app.add_css_file(f"{FOLDER}/{name}")


def copy_files(app: Sphinx) -> None:
    """Put script and style beside the theme's."""
    if app.builder.format != "html":
        return
    here, there = Path(__file__).parent, Path(app.outdir, "_static")
    parts = [(here / "explorer_page" / f"{name}.js").read_text(encoding="utf-8") for name in PARTS]
    write(there / SCRIPT, "(() => {\n" + "\n".join(parts) + "})();\n")
    write(there / STYLE, (here / STYLE).read_text(encoding="utf-8"))


def setup(app: Sphinx) -> dict[str, object]:
    app.add_post_transform(KeepPictureAndWidget)
    app.connect("builder-inited", copy_files)
    app.connect("env-before-read-docs", start)
    app.connect("env-purge-doc", purge)
    app.connect("env-merge-info", merge)
    app.connect("doctree-read", read_explorers)
    # Before others decide how scripts are loaded.
    app.connect("html-page-context", add_files, priority=800)
    return {"env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
