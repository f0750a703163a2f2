"""Every page says what it is, once; where there is no page, the book says so in its own clothes."""

import re
from collections import Counter
from functools import cache
from html.parser import HTMLParser

import pytest

from tests_site.browser import opened, settle
from tests_site.pages import PAGES, SITE, WITH_EXPLORER, axe
from tests_site.server import Server


class Head(HTMLParser):
    """The title, the metadata and the ids of a page."""

    def __init__(self, text):
        super().__init__()
        self.meta, self.links, self.ids, self.titles = [], [], [], []
        self._in_title = False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag == "meta":
            self.meta.append(values)
        elif tag == "link":
            self.links.append(values)
        elif tag == "title":
            self.titles.append("")
            self._in_title = len(self.titles) == 1
        if values.get("id"):
            self.ids.append(values["id"])

    def handle_endtag(self, tag):
        self._in_title = self._in_title and tag != "title"

    def handle_data(self, data):
        if self._in_title:
            self.titles[0] += data

    def said(self, name):
        return [values.get("content") for values in self.meta if values.get("name") == name]


@cache
def head(page):
    return Head((SITE / page).read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_one_viewport_one_description_and_icons(page):
    assert len(head(page).said("viewport")) == 1
    (description,) = head(page).said("description")
    assert 50 <= len(description) <= 160
    kinds = Counter(link["rel"] for link in head(page).links)
    assert (kinds["icon"], kinds["apple-touch-icon"]) == (2, 1)
    assert len(head(page).said("theme-color")) == 2


@pytest.mark.parametrize("page", PAGES)
def test_no_id_is_given_twice(page):
    assert {name: count for name, count in Counter(head(page).ids).items() if count > 1} == {}


def test_titles_and_descriptions_tell_pages_apart():
    titles = Counter(head(page).titles[0] for page in PAGES)
    descriptions = Counter(head(page).said("description")[0] for page in PAGES)
    assert {text: count for text, count in (titles + descriptions).items() if count > 1} == {}


@pytest.mark.parametrize("page", WITH_EXPLORER)
def test_a_chapter_is_described_by_what_it_is_about(page):
    (description,) = head(page).said("description")
    assert len(description) >= 120
    assert not re.search(r"\b(hour|minutes)\b", description)


def test_a_tab_names_the_chapter_first_and_the_book_once():
    book = head("index.html").titles[0]
    assert 10 < len(book) < 60
    for page in WITH_EXPLORER[1:]:
        title = head(page).titles[0]
        assert re.match(r"\d+\. \w", title)
        assert title.endswith(book)
        assert title.count(book) == 1


def test_a_missing_page_is_answered_by_the_book_at_any_depth(browser):
    # The page's addresses begin where the site was built for.
    root = re.search(
        r'data-content_root="([^"]*)"', (SITE / "404.html").read_text(encoding="utf-8")
    )[1]
    assert root.startswith("/")
    with Server(SITE, root) as server:
        address = f"{server.url}no/such/page.html"
        with opened(browser, address) as (page, record):
            settle(page, record)
            assert record.failed == [f"404 {address}"]
            assert record.foreign(server.url) == []
            assert page.locator("article h1").text_content() == "There is no such page"
            assert page.evaluate("document.styleSheets.length") > 0
            assert axe(page) == []
            page.locator("article a").first.click()
            assert page.url == f"{server.url}index.html"
