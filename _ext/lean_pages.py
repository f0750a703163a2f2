"""Pages load what they use, from this site, after their text can be read."""

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

TEMPLATES = Path(__file__).parent.parent / "_templates"
OPTIONS = "_static/documentation_options.js"  # short, and added to by a script in the page


def find_templates(app: Sphinx, config: Config) -> None:
    config.templates_path = [*config.templates_path, str(TEMPLATES)]


def choose_scripts(
    app: Sphinx, page: str, template: str, context: dict, document: nodes.document | None
) -> None:
    """Leave out Thebe, which would run code on another host; let scripts wait for the text."""

    def is_used(asset: object) -> bool:
        return "thebe" not in f"{asset.filename}{asset.attributes.get('body')}"

    for kind in ("script_files", "css_files"):
        context[kind] = [asset for asset in context[kind] if is_used(asset)]
    for script in context["script_files"]:
        if script.filename and script.filename != OPTIONS:
            script.attributes["defer"] = "defer"


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("config-inited", find_templates)
    # After every extension has added its scripts.
    app.connect("html-page-context", choose_scripts, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
