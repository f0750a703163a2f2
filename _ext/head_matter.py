"""What a page says of itself to browsers, search engines and who links to it.

A page of the book is described by ``description`` in its front matter, or in a notebook's metadata;
what the build adds, here. Where the book's address is known, a card with the book's picture goes
with every link, and the site lists its pages.
"""

import re
from collections.abc import Callable, Iterator
from html import escape, unescape
from pathlib import Path
from urllib.parse import urlsplit
from xml.sax.saxutils import escape as escape_xml

from docutils import nodes
from public_address import book_address
from sphinx.application import Sphinx
from sphinx.util import logging

SHORTEST, LONGEST = 50, 160
CARD = "_static/social-card.png"
CARD_SIZE = (1200, 630)
CARD_TEXT = "The paths of five methods down a ravine, under the title of the book"
ADDED = {
    "genindex": "Every class, function and argument of adaptive_lr, the package of the book, in "
    "the order of the alphabet.",
    "py-modindex": "The modules of adaptive_lr, the package of the book, with a line on each.",
    "search": "Search the chapters, the reference and the code of the book.",
    "404": "There is no such page in the book. Its contents and its search lead on.",
    "_modules/index": "The source code of adaptive_lr, the package of the book, module by module.",
}
SOURCE = "Source code of {}, a part of the package of the book, with documentation and examples."
# What the theme says too, and Sphinx's own writer for every page.
SECOND_VIEWPORT = re.compile(r'<meta (?=[^>]*name="viewport")[^>]*>\s*')
# Addresses that hold for one folder only.
RELATIVE = re.compile(r' (href|src|action|data-content_root)="(?![a-z]+:|[/#])(?:\./)?([^"]*)"')
NOT_FOUND = "404"
logger = logging.getLogger(__name__)


def describe(app: Sphinx, page: str, title: str, document: nodes.document | None) -> str:
    """Return the description of a page."""
    if document is None:
        return ADDED.get(page, SOURCE.format(title))
    description = " ".join(app.env.metadata[page].get("description", "").split())
    if not SHORTEST <= len(description) <= LONGEST:
        logger.warning(
            "The page must have a `description` of %d to %d characters. Received: %r.",
            *(SHORTEST, LONGEST, description),
            location=page,
        )
    return description


def icons(address: Callable[..., str]) -> Iterator[str]:
    """Yield the icons for browsers that take no vector graphics, and the colours around a page."""
    for kind, name in (("icon", "favicon.ico"), ("apple-touch-icon", "apple-touch-icon.png")):
        place = address(f"_static/{name}", resource=True)
        sizes = ' sizes="32x32"' if kind == "icon" else ""
        yield f'<link rel="{kind}" href="{place}"{sizes} />'
    for scheme, colour in (("light", "#ffffff"), ("dark", "#121212")):
        media = f"(prefers-color-scheme: {scheme})"
        yield f'<meta name="theme-color" media="{media}" content="{colour}" />'


def card(title: str, description: str, book: str, address: str) -> Iterator[str]:
    """Yield what shows a link to a page as a card, on the sites that do."""
    width, height = CARD_SIZE
    says = {
        "og:type": "website" if title == book else "article",
        "og:site_name": book,
        "og:title": title,
        "og:description": description,
        "og:url": address,
        "og:image": book_address() + CARD,
        "og:image:width": width,
        "og:image:height": height,
        "og:image:alt": CARD_TEXT,
    }
    for name, content in says.items():
        yield f'<meta property="{name}" content="{escape(str(content))}" />'
    yield '<meta name="twitter:card" content="summary_large_image" />'


def add_to_head(
    app: Sphinx, page: str, template: str, context: dict, document: nodes.document | None
) -> None:
    """Say it once, after everything that adds to the head."""
    title = unescape(re.sub("<[^>]*>", "", context.get("title", "")))
    book = app.config.html_title or app.config.project
    description = describe(app, page, title, document)
    lines = [f'<meta name="description" content="{escape(description)}" />']
    lines += icons(context["pathto"])
    if page == app.config.root_doc:
        title = book
    if page == NOT_FOUND:
        context["pageurl"] = None
    elif book_address():
        address = book_address() + app.builder.get_target_uri(page)
        lines += card(title, description, book, address)
    metatags = SECOND_VIEWPORT.sub("", context.get("metatags", ""))
    context["metatags"] = metatags + "\n".join(lines)


def not_found_page(app: Sphinx) -> Iterator[tuple[str, dict, str]]:
    """Yield the page that a server shows where it has none."""
    if app.builder.format == "html":
        body = (
            "<h1>There is no such page</h1><p>The link that led here may be old. The book begins "
            f'on its <a href="{app.builder.get_target_uri(app.config.root_doc)}">front page</a>; '
            f'what you look for may be found by the <a href="search.html">search</a>.</p>'
        )
        yield NOT_FOUND, {"title": "There is no such page", "body": body}, "page.html"


def finish(app: Sphinx, error: Exception | None) -> None:
    """Let the page for missing ones work at any depth, and list the pages of the site."""
    if error or app.builder.format != "html":
        return
    site = Path(app.outdir)
    root = urlsplit(book_address()).path or "/"
    page = site / f"{NOT_FOUND}.html"
    text = page.read_text(encoding="utf-8")
    page.write_text(RELATIVE.sub(rf' \1="{root}\2"', text), encoding="utf-8")
    if not book_address():
        return
    pages = sorted(app.builder.get_target_uri(name) for name in app.env.found_docs)
    places = "".join(f"<url><loc>{escape_xml(book_address() + name)}</loc></url>" for name in pages)
    (site / "sitemap.xml").write_text(
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{places}</urlset>\n',
        encoding="utf-8",
    )
    listed = f"User-agent: *\nAllow: /\n\nSitemap: {book_address()}sitemap.xml\n"
    (site / "robots.txt").write_text(listed, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("html-collect-pages", not_found_page)
    app.connect("html-page-context", add_to_head, priority=850)
    # Icons and styles are cut to what pages name before this page's addresses change.
    app.connect("build-finished", finish, priority=950)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
