"""Explorers come alive on the built page.

MyST-NB shows one form of each output. Of an explorer two are wanted: the picture, for print and for
readers without scripts, and the widget, which takes the picture's place. The state of the widgets
goes behind the text, so that it can be read before the state has arrived.
"""

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.fileutil import copy_asset

PICTURE = "image/svg+xml"
VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
FILES = [Path(__file__).with_suffix(suffix) for suffix in (".js", ".css")]


class KeepPictureAndWidget(SphinxPostTransform):
    """Keep both forms of an explorer, before MyST-NB chooses one."""

    default_priority = 3
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        def is_bundle(node: nodes.Node) -> bool:
            return isinstance(node, nodes.container) and node.get("nb_element") == "mime_bundle"

        for bundle in list(self.document.findall(is_bundle)):
            forms = {form["mime_type"]: form for form in bundle.children}
            if not {PICTURE, VIEW} <= forms.keys():
                continue
            live = nodes.container("", *forms[VIEW].children, classes=["explorer-live"])
            bundle.replace_self(
                nodes.container(
                    "", *forms[PICTURE].children, live, classes=["explorer-output"], is_div=True
                )
            )


def move_state_behind_text(
    app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None
) -> None:
    """Give pages with explorers their script, and put what it draws at their end."""
    scripts = context.get("script_files", [])
    states = [script for script in scripts if script.attributes.get("type") == STATE]
    if not states:
        return
    for state in states:
        scripts.remove(state)
        content = state.attributes["body"]
        context["body"] += f'<script type="{STATE}">{content}</script>'
    app.add_js_file(FILES[0].name, loading_method="defer")
    app.add_css_file(FILES[1].name)


def copy_files(app: Sphinx) -> None:
    """Put script and style beside the theme's."""
    if app.builder.format == "html":
        for file in FILES:
            copy_asset(str(file), str(Path(app.outdir, "_static")))


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_post_transform(KeepPictureAndWidget)
    # After MyST-NB has named the scripts of the page, before others decide how they are loaded.
    app.connect("html-page-context", move_state_behind_text, priority=800)
    app.connect("builder-inited", copy_files)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
