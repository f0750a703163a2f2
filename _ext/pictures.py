"""Light pictures that leave the text where it is while they load.

Matplotlib's pictures become WebP files without loss, after their colours were reduced to the
fewest that the eye cannot tell from all of them. Each picture on a page has its size written beside
it, and waits until it is scrolled to, except the first.
"""

import re
from itertools import count
from pathlib import Path

from docutils import nodes
from PIL import Image, ImageChops, ImageStat
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms.images import BaseImageConverter

# Root of the mean squared difference, in steps of 1/255. At twice this nothing shows, enlarged.
LARGEST_DIFFERENCE = 1.2
PICTURE = re.compile(r'<img (?=[^>]*src="[^"]*_images/([^"]+)")')


def with_fewest_colours(picture: Image.Image) -> Image.Image:
    for colours in (64, 128, 256):
        reduced = picture.quantize(colours, dither=Image.Dither.NONE, kmeans=2).convert("RGB")
        differences = ImageStat.Stat(ImageChops.difference(picture, reduced)).rms
        if max(differences) <= LARGEST_DIFFERENCE:
            return reduced
    return picture


class LightPictures(BaseImageConverter):
    default_priority = 200

    def match(self, node: nodes.image) -> bool:
        return self.app.builder.format == "html" and node["uri"].endswith(".png")

    def handle(self, node: nodes.image) -> None:
        source = Path(self.app.srcdir, node["uri"])
        target = Path(self.imagedir, source.with_suffix(".webp").name)
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            target.parent.mkdir(parents=True, exist_ok=True)
            with Image.open(source) as picture:
                light = with_fewest_colours(picture.convert("RGB"))
            light.save(target, lossless=True, quality=100)
        node["uri"] = str(target)
        node["candidates"] = {"*": node["uri"]}
        self.env.images.add_file(self.env.docname, node["uri"])


def write_sizes(
    app: Sphinx, page: str, template: str, context: dict, document: nodes.document | None
) -> None:
    """Give every picture of the text its size, and let all but the first wait."""
    sources = {name: Path(app.srcdir, source) for source, name in app.builder.images.items()}
    number = count()

    def describe(found: re.Match) -> str:
        with Image.open(sources[found[1]]) as picture:
            width, height = picture.size
        waiting = 'loading="lazy" decoding="async" ' if next(number) else ""
        return f'<img width="{width}" height="{height}" style="width: {width}px" {waiting}'

    if "body" in context:
        context["body"] = PICTURE.sub(describe, context["body"])


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_post_transform(LightPictures)
    app.connect("html-page-context", write_sizes)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
