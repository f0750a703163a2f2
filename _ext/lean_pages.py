"""Pages load what they use, from this site, after their text can be read.

They hold no script of their own, so that a host may forbid those (`script-src 'self'`).
"""

import re
from hashlib import sha256
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.fileutil import copy_asset

TEMPLATES = Path(__file__).parent.parent / "_templates"
FILES = [
    Path(__file__).with_name(name)
    for name in ("theme_mode.js", "theme_buttons.js", "without_scripts.css")
]
# Thebe would run code on another host; folds need no script (see ``folds``); what the rest says is
# for a search while typing and a choice of versions, which this book has not.
UNUSED = re.compile(r"thebe|togglebutton|toggle(?:Hint|OpenOnPrint)|search_as_you_type|\.pagename")
# Scripts that a page needs only if its text has a certain word.
NEEDED_FOR = {
    "design-tabs.js": "sd-tab-set",
    "clipboard.min.js": 'class="highlight"',
    "copybutton.js": 'class="highlight"',
}
# Files that no page asks for. What is named in them would count as used where styles are cut.
LEFT_OUT = ("scripts/bootstrap.js*", "sphinx-thebe.js", "togglebutton.*")
THEBE = re.compile(r'\s*<script type="text/x-thebe-config">.*?</script>', re.DOTALL)
KERNEL = re.compile(r"<script>kernelName = .*?</script>")
# A script whose type a browser does not know is data.
WRITTEN_IN = re.compile(r"<script(?: data-cfasync=\"false\")?>(.*?)</script>", re.DOTALL)


def pages_of(site: Path) -> list[Path]:
    """Return the built pages, without the parts of pages that the theme leaves among its files."""
    pages = site.rglob("*.html")
    return sorted(path for path in pages if "_static" not in path.relative_to(site).parts)


def find_templates(app: Sphinx, config: Config) -> None:
    # Before those of the theme, which stand there already.
    config.templates_path = [str(TEMPLATES), *config.templates_path]


def copy_files(app: Sphinx) -> None:
    if app.builder.format == "html":
        for file in FILES:
            copy_asset(str(file), str(app.outdir / "_static"))


def choose_scripts(
    app: Sphinx, page: str, template: str, context: dict, document: nodes.document | None
) -> None:
    """Leave out what a page does not use, and let its scripts wait for the text."""
    body = THEBE.sub("", KERNEL.sub("", context.get("body", "")))
    if "body" in context:
        context["body"] = body

    def is_used(asset: object) -> bool:
        name = Path(str(asset.filename)).name
        return NEEDED_FOR.get(name, "") in body and not UNUSED.search(
            f"{asset.filename}{asset.attributes.get('body')}"
        )

    app.add_js_file("theme_buttons.js")
    for kind in ("script_files", "css_files"):
        context[kind] = [asset for asset in context[kind] if is_used(asset)]
    for script in context["script_files"]:
        if script.filename:
            script.attributes["defer"] = "defer"


def move_scripts_out(app: Sphinx, error: Exception | None) -> None:
    """Put what is left of scripts in the pages into files."""
    if error or app.builder.format != "html":
        return
    for pattern in LEFT_OUT:
        for path in (app.outdir / "_static").glob(pattern):
            path.unlink()
    for path in pages_of(app.outdir):
        root = "../" * (len(path.relative_to(app.outdir).parts) - 1)

        def move(found: re.Match, root: str = root) -> str:
            name = f"page-{sha256(found[1].encode()).hexdigest()[:12]}.js"
            (app.outdir / "_static" / name).write_text(found[1], encoding="utf-8")
            return f'<script src="{root}_static/{name}"></script>'

        page = path.read_text(encoding="utf-8")
        moved = WRITTEN_IN.sub(move, page)
        # Without scripts there is no choice between light and dark: the styles want one.
        moved = moved.replace('data-theme="auto"', 'data-theme="light"', 1)
        if moved != page:
            path.write_text(moved, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("config-inited", find_templates)
    app.connect("builder-inited", copy_files)
    # After every extension has added its scripts.
    app.connect("html-page-context", choose_scripts, priority=900)
    app.connect("build-finished", move_scripts_out, priority=600)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
