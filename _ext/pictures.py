"""Sharp pictures, light and dark, that can be opened and move no text while they load.

Each of matplotlib's pictures becomes two vector graphics, of which the page shows the one that fits
its theme; a browser does not fetch the other. Their size is written beside them, they wait until
they are scrolled to, and they are links to themselves, which ``enlarge.js`` opens in the page.
"""

import gzip
import os
import re
from pathlib import Path
from xml.etree import ElementTree

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms.images import BaseImageConverter
from sphinx.util import logging
from sphinx.util.fileutil import copy_asset
from vector_pictures import light_and_dark, name_of, size_of

from adaptive_lr.plots.style import FORMAT

# In bytes, compressed. What weighs more draws points that nobody sees.
LARGEST = 60_000
MATPLOTLIB = "<dc:title>Matplotlib"
# The theme puts a white card under pictures that it takes to be for a light page only.
FOR_BOTH = "dark-light"
FORMS = ("for-light", "for-dark")
PICTURE = re.compile(
    rf'<img (?=[^>]*class="[^"]*({"|".join(FORMS)}))(?=[^>]*src="([^"]*_images/([^"]+))")[^>]*>'
)
SCRIPT = Path(__file__).with_name("enlarge.js")
logger = logging.getLogger(__name__)


class LightAndDark(BaseImageConverter):
    """Puts a dark picture beside each light one, both without ballast."""

    default_priority = 200

    def match(self, node: nodes.image) -> bool:
        vector = self.app.builder.format == "html" and node["uri"].endswith(".svg")
        return vector and FOR_BOTH not in node["classes"]

    def handle(self, node: nodes.image) -> None:
        source = Path(self.app.srcdir, node["uri"]).read_text(encoding="utf-8")
        if MATPLOTLIB not in source:
            return
        light, dark = light_and_dark(source)
        weight = len(gzip.compress(light.encode()))
        if weight > LARGEST:
            message = "The picture weighs %d kB, more than %d: let it draw fewer points."
            logger.warning(message, weight // 1000, LARGEST // 1000, location=node)
        pair = []
        for form, picture in zip(FORMS, (light, dark), strict=True):
            target = Path(self.imagedir, f"{name_of(picture)}.svg")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(picture, encoding="utf-8")
            one = node.copy()
            one["classes"] = [*node["classes"], FOR_BOTH, form]
            one["uri"] = str(target)
            one["candidates"] = {"*": one["uri"]}
            self.env.images.add_file(self.env.docname, one["uri"])
            pair.append(one)
        pair[1]["ids"] = []
        node.replace_self(pair)


def write_sizes(
    app: Sphinx, page: str, template: str, context: dict, document: nodes.document | None
) -> None:
    """Give every picture of the text its size, let it wait, and let it be opened."""
    sources = {name: Path(app.srcdir, source) for source, name in app.builder.images.items()}

    def describe(found: re.Match) -> str:
        whole, (form, address, name) = found[0], found.groups()
        root = ElementTree.parse(sources[name]).getroot()
        width, height = (round(size) for size in size_of(root))
        size = f'width="{width}" height="{height}" style="width: {width}px"'
        picture = whole.replace("<img ", f'<img {size} loading="lazy" decoding="async" ', 1)
        return f'<a class="enlarge {form}" href="{address}">{picture}</a>'

    if "body" in context and PICTURE.search(context["body"]):
        context["body"] = PICTURE.sub(describe, context["body"])
        app.add_js_file(SCRIPT.name, loading_method="defer")


def copy_script(app: Sphinx) -> None:
    if app.builder.format == "html":
        copy_asset(str(SCRIPT), str(Path(app.outdir, "_static")))


def setup(app: Sphinx) -> dict[str, bool]:
    # For pages that the build executes itself; `make book` has the chapters executed before.
    os.environ.setdefault(FORMAT, "svg")
    app.add_post_transform(LightAndDark)
    app.connect("builder-inited", copy_script)
    app.connect("html-page-context", write_sizes)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
