"""What pages say of themselves, with and without the public address, on a site of two pages."""

import io
import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from sphinx.application import Sphinx
from sphinx.errors import ConfigError
from sphinx.util.docutils import docutils_namespace

ROOT = Path(__file__).parent.parent
EXTENSIONS = str(ROOT / "_ext")
ADDRESS = "https://example.org/some/book/"
DESCRIPTION = "How one number decides whether a network learns, & how to choose it in practice."
PAGES = {
    "index.md": f"---\ndescription: {DESCRIPTION}\n---\n# The book\n\n"
    "```{toctree}\npart/one\n```\n",
    "part/one.md": f"---\ndescription: {DESCRIPTION} Again.\n---\n# One & more\n\nText.\n",
}


def build(folder, pages=PAGES):
    """Build a site and return its folder and what the build complained about."""
    for name, text in pages.items():
        path = folder / "source" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    warnings = io.StringIO()
    site = folder / "site"
    options = {
        "extensions": ["myst_parser", "head_matter", "public_address"],
        "source_suffix": {".md": "markdown"},
        "project": "A book",
        "html_title": "A book",
        "html_theme": "basic",
    }
    places = (folder / "source", None, site, folder / "trees", "html")
    with docutils_namespace():
        Sphinx(*places, options, status=None, warning=warnings).build()
    return site, warnings.getvalue()


@pytest.fixture(scope="module", autouse=True)
def extensions():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(EXTENSIONS)
        yield patch


@pytest.fixture(scope="module")
def nameless(extensions, tmp_path_factory):
    extensions.delenv("BOOK_ADDRESS", raising=False)
    return build(tmp_path_factory.mktemp("nameless"))


@pytest.fixture(scope="module")
def known(extensions, tmp_path_factory):
    extensions.setenv("BOOK_ADDRESS", ADDRESS.rstrip("/"))
    built = build(tmp_path_factory.mktemp("known"))
    extensions.delenv("BOOK_ADDRESS")
    return built


def read(built, page):
    return (built[0] / page).read_text(encoding="utf-8")


def content(text, name):
    """Return what the page says under a name, once."""
    (found,) = re.findall(rf'<meta (?:name|property)="{name}" content="([^"]*)"', text)
    return found


@pytest.mark.parametrize("site", ["nameless", "known"])
def test_the_build_has_nothing_to_complain_about(request, site):
    assert request.getfixturevalue(site)[1] == ""


@pytest.mark.parametrize("site", ["nameless", "known"])
def test_every_page_is_described_by_its_author_and_has_one_viewport(request, site):
    built = request.getfixturevalue(site)
    assert content(read(built, "index.html"), "description") == DESCRIPTION.replace("&", "&amp;")
    assert content(read(built, "part/one.html"), "description").endswith("Again.")
    for page in built[0].rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert text.count('name="viewport"') == 1
        assert 20 < len(content(text, "description")) <= 160


def test_icons_are_found_from_every_folder(nameless):
    for page, up in {"index.html": "", "part/one.html": "../"}.items():
        text = read(nameless, page)
        assert f'<link rel="icon" href="{up}_static/favicon.ico"' in text
        assert f'<link rel="apple-touch-icon" href="{up}_static/apple-touch-icon.png"' in text


def test_without_an_address_no_page_names_one(nameless):
    site, _ = nameless
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert 'rel="canonical"' not in text
        assert "og:" not in text
    assert not (site / "sitemap.xml").exists()
    assert not (site / "robots.txt").exists()


def test_a_page_names_its_own_address_and_has_a_card(known):
    text = read(known, "part/one.html")
    address = f"{ADDRESS}part/one.html"
    assert re.findall(r'<link rel="canonical" href="([^"]*)"', text) == [address]
    assert content(text, "og:url") == address
    assert content(text, "og:title") == "One &amp; more"
    assert content(text, "og:description") == content(text, "description")
    assert content(text, "og:image") == f"{ADDRESS}_static/social-card.png"
    assert content(text, "twitter:card") == "summary_large_image"
    assert content(read(known, "index.html"), "og:title") == "A book"


def test_the_map_lists_the_pages_of_the_book(known):
    root = ElementTree.fromstring(read(known, "sitemap.xml"))
    assert [place.text for place in root.findall(".//{*}loc")] == [
        f"{ADDRESS}index.html",
        f"{ADDRESS}part/one.html",
    ]
    assert f"Sitemap: {ADDRESS}sitemap.xml" in read(known, "robots.txt")


@pytest.mark.parametrize(("site", "root"), [("nameless", "/"), ("known", "/some/book/")])
def test_the_page_for_missing_ones_holds_at_any_depth(request, site, root):
    text = read(request.getfixturevalue(site), "404.html")
    addresses = re.findall(r' (?:href|src|data-content_root)="(?!https:)([^"#]+)', text)
    assert f"{root}index.html" in addresses
    assert [address for address in addresses if not address.startswith(root)] == []
    assert 'rel="canonical"' not in text


@pytest.mark.parametrize("front_matter", ["", "---\ndescription: Too short.\n---\n"])
def test_a_page_without_a_description_is_named(extensions, tmp_path, front_matter):
    _, complaints = build(tmp_path, {"index.md": f"{front_matter}# The book\n"})
    assert "index" in complaints
    assert "must have a `description` of 50 to 160 characters" in complaints


@pytest.mark.parametrize("address", ["example.org/book", "ftp://example.org", "https://a.b/?c"])
def test_an_address_that_is_none_is_refused(extensions, tmp_path, monkeypatch, address):
    monkeypatch.setenv("BOOK_ADDRESS", address)
    with pytest.raises(ConfigError, match=r"BOOK_ADDRESS must be the address of a folder"):
        build(tmp_path)


def test_the_card_has_the_size_that_is_said():
    from PIL import Image

    if EXTENSIONS not in sys.path:
        sys.path.insert(0, EXTENSIONS)
    import head_matter

    with Image.open(ROOT / head_matter.CARD) as card:
        assert card.size == head_matter.CARD_SIZE
