"""Every page stands alone, is whole, fits a phone and is open to everyone, in light and dark."""

import re
from dataclasses import dataclass
from functools import cache

import pytest

from tests_site.browser import opened, settle
from tests_site.pages import (
    BAD_FORMULAS,
    OPEN_ALL,
    PAGES,
    SITE,
    VISITED,
    addresses,
    axe,
    dead,
    wider_than_the_screen,
)


@dataclass
class Visit:
    """What was seen of a page: wide and light as by a new reader, then narrow, then dark."""

    foreign: list[str]
    failed: list[str]
    complaints: list[str]
    formulas: list[str]
    sideways: list[str]
    axe: dict[str, list[str]]


@cache
def seen(browser, site, path):
    """Return the visit of a page, which is made once for all tests of a process."""
    found = {}
    with opened(browser, site + path) as (page, light):
        page.evaluate(OPEN_ALL)
        settle(page, light)
        formulas = page.evaluate(BAD_FORMULAS)
        found["light"] = axe(page)
        sideways = wider_than_the_screen(page)
        # A phone shows a page in the same colours; what only a phone has is on the front page.
        found["narrow"] = axe(page, colours=path == "index.html")
    with opened(browser, site + path, theme="dark", color_scheme="dark") as (page, dark):
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"
        page.evaluate(OPEN_ALL)
        found["dark"] = axe(page, all_else=False)
    return Visit(
        foreign=light.foreign(site) + dark.foreign(site),
        failed=light.failed + dark.failed,
        complaints=light.complaints + dark.complaints,
        formulas=formulas,
        sideways=sideways,
        axe=found,
    )


@pytest.fixture(params=VISITED)
def visit(request, browser, site):
    return seen(browser, site, request.param)


def test_there_are_pages():
    assert {"index.html", "search.html", "genindex.html"} < set(PAGES)


def test_no_other_host_is_asked(visit):
    assert visit.foreign == []


def test_everything_that_is_asked_for_is_there(visit):
    assert visit.failed == []


def test_the_console_is_silent(visit):
    assert visit.complaints == []


def test_formulas_are_rendered(visit):
    assert visit.formulas == []


def test_nothing_scrolls_sideways_on_a_phone(visit):
    assert visit.sideways == []


@pytest.mark.parametrize("layout", ["light", "narrow", "dark"])
def test_axe_finds_nothing(visit, layout):
    assert visit.axe[layout] == []


@pytest.mark.parametrize("page", PAGES)
def test_no_link_is_dead(page):
    found = addresses(page)
    assert [link for link in sorted(found.links | found.loads) if dead(page, link)] == []


@pytest.mark.parametrize("page", PAGES)
def test_no_page_names_another_host_to_load_from(page):
    assert [load for load in sorted(addresses(page).loads) if re.match(r"(\w+:)?//", load)] == []


def test_no_style_names_another_host_to_load_from():
    styles = list(SITE.rglob("*.css"))
    assert styles
    loads = re.compile(r"""(?:url\(|@import)\s*["']?((?:\w+:)?//[^"')]*)""")
    found = {style.name: loads.findall(style.read_text(encoding="utf-8")) for style in styles}
    assert {name: hosts for name, hosts in found.items() if hosts} == {}
