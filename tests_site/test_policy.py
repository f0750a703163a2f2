"""The site works where a host allows no script in a page, and nothing from elsewhere."""

import re

import pytest

from tests_site.browser import NARROW, opened, settle
from tests_site.pages import PAGES, SITE, SOURCE
from tests_site.server import Server

POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
# One page of each kind.
KINDS = [
    "index.html",
    "chapters/01_learning_rate.html",
    "chapters/api.html",
    "chapters/glossary.html",
    "genindex.html",
    "search.html",
    SOURCE[0],
]
NOTE_VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation", ({effectiveDirective, blockedURI, sample}) =>
    violations.push([effectiveDirective, blockedURI, sample].join(" ")));
"""
THEME = "document.documentElement.dataset.theme"


@pytest.fixture(scope="module")
def strict():
    with Server(SITE, policy=POLICY) as server:
        yield server.url


def visit(browser, address, **options):
    """Open a page and note what its policy forbids."""
    return opened(browser, address, script=NOTE_VIOLATIONS, **options)


@pytest.mark.parametrize("path", KINDS)
def test_nothing_is_forbidden_and_the_console_is_silent(browser, strict, path):
    with visit(browser, strict + path) as (page, record):
        settle(page, record)
        page.wait_for_timeout(300)  # what scripts do when the page has come to rest
        assert page.evaluate("violations") == []
        assert record.complaints + record.failed + record.foreign(strict) == []


def test_the_buttons_work(browser, strict):
    with visit(browser, strict + "chapters/glossary.html") as (page, record):
        themes = set()
        for _ in range(3):
            page.locator(".theme-switch-button").click()
            themes.add(page.evaluate(THEME))
        assert themes == {"light", "dark"}

        sidebar = page.locator("#pst-primary-sidebar")
        page.locator(".primary-toggle").click()
        sidebar.wait_for(state="hidden")
        page.locator(".primary-toggle").click()
        sidebar.wait_for(state="visible")

        menu = page.locator(".dropdown-download-buttons")
        button = menu.locator("button.dropdown-toggle")
        button.click()
        assert button.get_attribute("aria-expanded") == "true"
        box = menu.locator(".dropdown-menu").bounding_box()
        assert 0 <= box["x"] <= page.viewport_size["width"] - box["width"]
        page.evaluate("window.print = () => { window.printed = true; }")
        menu.locator("button.btn-download-pdf-button").click()
        assert page.evaluate("window.printed")
        page.mouse.move(0, 400)  # the theme opens the menu below the mouse as well
        assert not menu.locator(".dropdown-menu").is_visible()
        button.focus()
        page.keyboard.press("Enter")
        assert menu.locator(".dropdown-menu").is_visible()
        page.keyboard.press("Escape")
        assert not menu.locator(".dropdown-menu").is_visible()

        page.locator(".btn-fullscreen-button").click()
        page.wait_for_function("document.fullscreenElement")
        page.evaluate("document.exitFullscreen()")

        assert page.evaluate("violations") == []
        assert record.complaints == []


def test_the_lists_open_on_a_phone(browser, strict):
    with visit(browser, strict + "chapters/03_momentum.html", viewport=NARROW) as (page, _):
        for which, link in (("primary", "Schedules"), ("secondary", "The rule")):
            page.locator(f".{which}-toggle").click()
            dialog = page.locator(f"#pst-{which}-sidebar-modal")
            assert dialog.get_by_role("link", name=re.compile(link)).first.is_visible()
            page.keyboard.press("Escape")
            dialog.wait_for(state="hidden")


def test_the_theme_is_known_before_the_first_paint(browser, strict):
    """Its script stands before the style sheet and waits for nothing."""
    for chosen, system in (("dark", "light"), ("light", "dark"), (None, "dark")):
        early = "addEventListener('DOMContentLoaded', () => { window.early = " + THEME + "; })"
        options = {"theme": chosen, "color_scheme": system}
        with opened(browser, strict + "index.html", script=early, **options) as (page, _):
            assert page.evaluate("window.early") == (chosen or system)
    text = (SITE / "index.html").read_text(encoding="utf-8")
    assert text.index("theme_mode.js") < text.index('rel="stylesheet"')


@pytest.mark.parametrize("page", PAGES)
def test_no_page_holds_a_script(page):
    text = (SITE / page).read_text(encoding="utf-8")
    written = re.findall(r"<script(?![^>]*\b(?:src|type)=)[^>]*>", text)
    assert written + re.findall(r"<[^>]*\son\w+\s*=[^>]*>", text) == []


@pytest.mark.parametrize("page", [page for page in PAGES if page != "search.html"])
def test_only_the_theme_makes_a_page_wait(page):
    text = (SITE / page).read_text(encoding="utf-8")
    scripts = re.findall(r"<script\b[^>]*\bsrc=[^>]*>", text)
    assert [script for script in scripts if "defer" not in script] == [scripts[0]]
    assert "theme_mode.js" in scripts[0]


@pytest.mark.parametrize("viewport", [{"width": 1400, "height": 900}, NARROW])
def test_without_scripts_the_header_covers_nothing(browser, strict, viewport):
    address = strict + "chapters/03_momentum.html"
    with opened(browser, address, viewport=viewport, java_script_enabled=False) as (page, _):
        assert page.locator(".bd-header-article button:visible").count() == 0
        links = page.locator("#pst-primary-sidebar").get_by_role("link")
        link = links.filter(has_text="Schedules")
        assert link.is_visible()
        article = page.locator("article.bd-article").bounding_box()
        sidebar = page.locator("#pst-primary-sidebar").bounding_box()
        beside = sidebar["x"] + sidebar["width"] <= article["x"]
        below = sidebar["y"] >= article["y"] + article["height"]
        assert beside or below
