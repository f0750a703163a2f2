"""Code without a mark around every word: only what has a colour of its own is marked.

Of a page's elements, two in five were names, points and brackets in the colour of the text. Kinds
of words that look the same, in light and dark, share one mark.
"""

from functools import cache

from pygments.formatters import HtmlFormatter
from pygments.styles import get_style_by_name
from pygments.token import STANDARD_TYPES, Name, Operator, Punctuation, Text, _TokenType
from sphinx.application import Sphinx
from sphinx.highlighting import PygmentsBridge

LOOKS = ("color", "bold", "italic", "underline", "bgcolor", "border")


class LeanFormatter(HtmlFormatter):
    """Marks what differs from the text in one of the theme's two styles."""

    themes = ("default", "default")

    @classmethod
    @cache
    def look(cls, kind: _TokenType) -> tuple:
        """Return how the styles show a kind of word; one without a colour has the text's."""
        found = []
        for name in cls.themes:
            style = get_style_by_name(name)
            parts = style.style_for_token(kind)
            parts["color"] = parts["color"] or style.style_for_token(Text)["color"]
            found += [parts[part] for part in LOOKS]
        return tuple(found)

    @classmethod
    @cache
    def mark(cls, kind: _TokenType) -> str:
        """Return the class of the first kind that looks the same, or nothing."""
        # Signs such as = and . are as plain as names: colours tell words apart.
        if kind is Operator or cls.look(kind) in map(cls.look, (Text, Name, Punctuation)):
            return ""
        alike = (other for other in STANDARD_TYPES if cls.look(other) == cls.look(kind))
        return next(filter(None, map(STANDARD_TYPES.get, alike)))

    def _get_css_classes(self, ttype: _TokenType) -> str:
        while ttype not in STANDARD_TYPES:
            ttype = ttype.parent
        return self.mark(ttype)


def know_themes(app: Sphinx) -> None:
    if app.builder.format == "html":
        options = app.builder.theme.get_options(app.config.html_theme_options)
        LeanFormatter.themes = tuple(
            options[f"pygments_{mode}_style"] for mode in ("light", "dark")
        )


def setup(app: Sphinx) -> dict[str, bool]:
    PygmentsBridge.html_formatter = LeanFormatter  # Sphinx asks for it by this name
    app.connect("builder-inited", know_themes)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
