"""Icons from a font that holds the icons of this book and no other.

The theme draws its icons with a script of half a megabyte, which ``_templates`` leaves out. The
theme's styles can do the same with its icon fonts. Of these, the built site keeps the few glyphs
that its pages, styles and scripts name.
"""

import re
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from sphinx.application import Sphinx

NAME = re.compile(r"\bfa-[\w-]+")
NAMED_ICON = re.compile(r"(?:\.fa-[\w-]+:before,?)+\{[^}]*\}")
GLYPH = re.compile(r"\\([ef][0-9a-f]{3})\b|([\ue000-\uf8ff])")


def needed_glyphs(site: Path) -> set[int]:
    """Return the code points of the icons that are named anywhere in the built site."""
    users = [*site.rglob("*.html"), *site.glob("_static/scripts/*-theme.js")]
    named = {name for path in users for name in NAME.findall(path.read_text(encoding="utf-8"))}
    styles = "".join(path.read_text(encoding="utf-8") for path in site.rglob("*.css"))
    styles = NAMED_ICON.sub(
        lambda rule: rule[0] if named.intersection(NAME.findall(rule[0])) else "", styles
    )
    return {int(code, 16) if code else ord(sign) for code, sign in GLYPH.findall(styles)}


def keep_needed_glyphs(app: Sphinx, error: Exception | None) -> None:
    if error or app.builder.format != "html":
        return
    site = Path(app.outdir)
    glyphs = needed_glyphs(site)
    for path in (site / "_static/vendor/fontawesome/webfonts").glob("*.ttf"):
        font = TTFont(path)
        subsetter = Subsetter(Options(flavor="woff2"))
        subsetter.populate(unicodes=glyphs)
        subsetter.subset(font)
        font.flavor = "woff2"
        font.save(path.with_suffix(".woff2"))
    for path in (site / "_static/scripts").glob("fontawesome.js*"):
        path.unlink()


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("build-finished", keep_needed_glyphs)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
