"""Figures are sharp, fit the theme and the phone, move nothing, and open large."""

import re

import pytest

from tests_site.browser import NARROW, TWO_FRAMES, WIDE, opened, settle
from tests_site.pages import SITE, WITH_EXPLORER

# The smallest words of the style, and how many of its points a figure is wide.
SMALLEST_WORDS, COLUMN = 12, 468
PICTURES = """() => [...document.querySelectorAll("article img")].map(picture => ({
    source: new URL(picture.currentSrc || picture.src).pathname.split("/").pop(),
    form: ["for-light", "for-dark"].find(form => picture.classList.contains(form)),
    shown: picture.checkVisibility() && picture.getBoundingClientRect().width > 0,
    loaded: picture.complete && picture.naturalWidth > 0,
    width: picture.getBoundingClientRect().width,
    size: [picture.getAttribute("width"), picture.getAttribute("height")].map(Number),
    alternative: picture.alt.length,
}))"""
SHIFTS = """() => {
    window.shift = 0;
    new PerformanceObserver(list => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) shift += entry.value;
    }).observe({type: "layout-shift", buffered: true});
}"""
CHOOSE = "theme => document.documentElement.dataset.theme = theme"
BEHIND = """element => {
    for (; element; element = element.parentElement) {
        const colour = getComputedStyle(element).backgroundColor;
        if (colour !== "rgba(0, 0, 0, 0)") return colour.match(/\\d+/g).slice(0, 3).map(Number);
    }
}"""


@pytest.mark.parametrize("path", WITH_EXPLORER)
def test_a_page_loads_the_figures_of_its_theme_in_their_places(browser, site, path):
    with opened(browser, site + path, theme="light", viewport=NARROW) as (page, record):
        page.evaluate(SHIFTS)
        settle(page, record)
        light = page.evaluate(PICTURES)
        asked = {address.split("/")[-1] for address in record.addresses}
        page.evaluate(TWO_FRAMES)
        shift = page.evaluate("shift")
        page.evaluate(CHOOSE, "dark")
        settle(page, record)
        dark = page.evaluate(PICTURES)
    assert len(light) >= 4
    for now, later in zip(light, dark, strict=True):
        assert now["source"].endswith(".svg")
        assert now["alternative"] > 40
        if now["shown"]:
            assert now["form"] == "for-light"
            assert now["loaded"]
            # It fills the phone's screen, so that its words can be read.
            assert now["width"] >= 0.97 * NARROW["width"] * min(1, now["size"][0] / 624)
            assert SMALLEST_WORDS * now["width"] / (now["size"][0] * 0.75) >= 9 * 0.98
        if now["form"] == "for-dark":
            assert now["source"] not in asked
        if later["shown"]:
            assert (later["form"], later["loaded"]) == ("for-dark", True)
        width, height = now["size"]
        drawn = (SITE / "_images" / now["source"]).read_text(encoding="utf-8")
        assert f'width="{width}" height="{height}"' in drawn
    assert sum(picture["shown"] for picture in light) == sum(picture["shown"] for picture in dark)
    assert shift <= 0.02


def test_the_ground_of_a_figure_is_that_of_the_page(browser, site):
    with opened(browser, site + WITH_EXPLORER[1]) as (page, _):
        for theme in ("light", "dark"):
            page.evaluate(CHOOSE, theme)
            picture = page.locator(f"article a.for-{theme} img").last
            name = picture.get_attribute("src").split("/")[-1]
            drawn = (SITE / "_images" / name).read_text(encoding="utf-8")
            ground = bytes.fromhex(re.search(r"fill: #([0-9a-f]{6})", drawn)[1])
            assert list(ground) == picture.evaluate(BEHIND)


def test_paper_has_the_light_figures(browser, site):
    with opened(browser, site + "index.html", theme="dark") as (page, _):
        page.emulate_media(media="print")
        shown = {each["form"] for each in page.evaluate(PICTURES) if each["shown"]}
    assert shown == {"for-light"}


@pytest.mark.parametrize("close", ["Escape", "Enter", "back", "beside"])
def test_a_figure_opens_large_and_closes_where_it_was(browser, site, close):
    with opened(browser, site + "index.html") as (page, _):
        link = page.locator("article a.enlarge.for-light:visible").last
        link.focus()
        page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog")
        picture = dialog.locator("img")
        picture.evaluate("picture => picture.decode()")
        box, before = picture.bounding_box(), link.locator("img").bounding_box()
        assert max(box["width"] / WIDE["width"], box["height"] / WIDE["height"]) > 0.9
        assert box["width"] > before["width"]
        assert dialog.locator("button").evaluate("button => button === document.activeElement")
        if close == "back":
            page.go_back()
        elif close == "beside":
            page.mouse.click(3, WIDE["height"] - 3)
        else:
            page.keyboard.press(close)
        dialog.wait_for(state="hidden")
        page.wait_for_function("!history.state?.enlarged")
        assert link.evaluate("link => link === document.activeElement")
        assert page.url == site + "index.html"


def test_on_a_phone_an_open_figure_is_larger_than_the_screen(browser, site):
    options = {"viewport": NARROW, "has_touch": True, "is_mobile": True}
    with opened(browser, site + "index.html", **options) as (page, _):
        page.locator("article a.enlarge.for-light:visible").last.tap()
        dialog = page.get_by_role("dialog")
        assert dialog.locator("img").bounding_box()["width"] > 1.5 * NARROW["width"]
        room = dialog.locator("div")
        assert room.evaluate("room => room.scrollWidth > room.clientWidth")
        # Both edges can be reached.
        room.evaluate("room => room.scrollTo(room.scrollWidth, 0)")
        edges = dialog.locator("img").bounding_box()
        assert edges["x"] + edges["width"] <= NARROW["width"] + 1
        room.evaluate("room => room.scrollTo(0, 0)")
        assert dialog.locator("img").bounding_box()["x"] >= 0


def test_without_scripts_one_form_is_shown_and_leads_to_the_picture(browser, site):
    with opened(browser, site + "index.html", java_script_enabled=False) as (page, record):
        links = page.locator("article a.enlarge").all()
        shown = [link for link in links if link.is_visible()]
        assert shown
        assert all("for-light" in link.get_attribute("class") for link in shown)
        shown[-1].click()
        assert page.url.endswith(".svg")
        assert record.failed == []
