"""An explorer has the room it needs, comes when the reader comes near, and keeps quiet."""

import pytest

from tests_site.browser import TWO_FRAMES, opened
from tests_site.explorers import explorers
from tests_site.pages import SITE, WITH_EXPLORER
from tests_site.server import Server

DESKTOP = {"width": 1400, "height": 900}
PHONE = {"width": 390, "height": 844}
# What a careful host allows: nothing from elsewhere, no script inside a page.
STRICT = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
CHAPTER = "chapters/03_momentum.html"
FRONT = "index.html"

every_page = pytest.mark.parametrize("path", WITH_EXPLORER)

HEIGHTS = """async ([field, stage]) => {
    const heights = new Set();
    const [first, last] = [Number(field.min), Number(field.max)];
    for (let share = 0; share <= 12; share += 1) {
        field.value = Math.round(first + (last - first) * share / 12);
        field.dispatchEvent(new Event("input"));
        await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
        heights.add(Math.round(stage.getBoundingClientRect().height));
    }
    return [...heights];
}"""
ENDED = "() => document.querySelector('.explorer-play').dataset.playing === 'false'"
MOVING = "() => document.querySelector('[data-control=step] input').value > 0"
BAR = "document.querySelector('.bd-sidebar-secondary')"
IS_HIDDEN = f"() => getComputedStyle({BAR}).visibility === 'hidden'"
IS_SHOWN = f"() => getComputedStyle({BAR}).visibility === 'visible'"
TAKES_FOCUS = f"""() => {{
    {BAR}.querySelector("a").focus();
    return {BAR}.matches(":focus-within");
}}"""
COUNT_WORDS = """() => {
    window.said = 0;
    const regions = [...document.querySelectorAll("[role=status], [aria-live], output")];
    for (const region of regions)
        new MutationObserver(() => { said += 1; }).observe(
            region, {childList: true, characterData: true, subtree: true});
}"""
NOTE_SHIFTS = """
window.shift = 0;
new PerformanceObserver(list => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) shift += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""
NO_UNPACKING = "delete window.DecompressionStream"


def data_of(record):
    """Return the scripts of explorers that were asked for."""
    return [one for one in record.addresses if "_static/explorers/" in one and ".js" in one]


@every_page
def test_on_a_desktop_it_is_wide_and_as_high_as_a_window(browser, site, path):
    with opened(browser, site + path, viewport=DESKTOP) as (page, _):
        for explorer in explorers(page):
            stage = explorer.output.locator(".explorer-stage")
            box = stage.bounding_box()
            assert box["width"] >= 1040
            assert box["height"] <= 800
            step = explorer.controls()["step"].field.element_handle()
            assert len(page.evaluate(HEIGHTS, [step, stage.element_handle()])) == 1, "it jumps"
        text = page.locator(".bd-article p").first.bounding_box()
        assert 660 <= text["width"] <= 720


def test_the_contents_list_gives_way_while_it_is_on_the_screen(browser, site):
    with opened(browser, site + CHAPTER, viewport=DESKTOP) as (page, _):
        assert page.evaluate(IS_SHOWN)
        explorers(page)
        page.wait_for_function(IS_HIDDEN)
        assert not page.evaluate(TAKES_FOCUS)
        page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
        page.wait_for_function(IS_SHOWN)


@every_page
def test_on_a_phone_the_controls_stay_at_the_thumb(browser, site, path):
    options = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
    with opened(browser, site + path, **options) as (page, _):
        for explorer in explorers(page):
            stage = explorer.output.locator(".explorer-stage")
            stage.evaluate("stage => stage.scrollIntoView({behavior: 'instant'})")
            tray = explorer.output.locator(".explorer-tray").bounding_box()
            assert tray["height"] <= 160
            assert tray["y"] + tray["height"] == pytest.approx(PHONE["height"], abs=1)
            step = explorer.controls()["step"].field.element_handle()
            assert len(page.evaluate(HEIGHTS, [step, stage.element_handle()])) == 1, "it jumps"


def test_it_is_loaded_when_the_reader_comes_near_and_not_before(browser, site):
    with opened(browser, site + CHAPTER) as (page, record):
        page.wait_for_timeout(300)
        assert data_of(record) == []
        text = page.content()
        assert "widget-state" not in text
        assert explorers(page)
        assert len(data_of(record)) == 2  # what it draws, and what draws


def test_it_is_loaded_where_an_address_leads_to_it(browser, site):
    address = f"{site}{CHAPTER}?momentum=0.9#fig-momentum-explorer"
    with opened(browser, address) as (page, _):
        page.locator(".explorer-alive .explorer[data-ready]").wait_for(timeout=10_000)
        assert page.locator(".explorer-stage").evaluate(
            "stage => stage.getBoundingClientRect().top < innerHeight"
        )


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
@pytest.mark.parametrize(
    "address", [f"{FRONT}#fig-index-paths", f"{CHAPTER}#fig-momentum-explorer"]
)
def test_the_text_below_stays_where_it_is(browser, site, address, viewport):
    options = {"viewport": viewport, "script": NOTE_SHIFTS}
    with opened(browser, site + address, **options) as (page, _):
        page.locator(".explorer-alive .explorer[data-ready]").wait_for(timeout=10_000)
        page.evaluate(TWO_FRAMES)
        assert page.evaluate("shift") <= 0.02


def test_it_works_under_a_strict_policy(browser):
    with (
        Server(SITE, policy=STRICT) as server,
        opened(browser, server.url + FRONT) as (page, record),
    ):
        (explorer,) = explorers(page)
        before = explorer.drawing()
        explorer.controls()["condition_number"].move_by_keyboard(True)
        assert explorer.drawing() != before
        assert [one for one in record.complaints if "explorers" in one] == []


def test_a_browser_that_cannot_unpack_it_keeps_the_picture_and_says_so(browser, site):
    with opened(browser, "about:blank") as (page, record):
        page.add_init_script(NO_UNPACKING)
        page.goto(site + FRONT)
        output = page.locator(".explorer-output")
        output.scroll_into_view_if_needed()
        output.locator(".explorer-message").wait_for()
        assert output.locator("img").first.is_visible()
        assert page.locator(".explorer-stage").count() == 0
        assert record.complaints == []


def test_play_waits_while_nobody_sees_it_and_says_nothing(browser, site):
    with opened(browser, site + FRONT) as (page, _):
        (explorer,) = explorers(page)
        page.wait_for_timeout(1000)  # until the words for the first drawing have come
        page.evaluate(COUNT_WORDS)
        play, step = (explorer.controls()[name] for name in ("play", "step"))
        play.move_by_mouse(True)
        page.wait_for_function(MOVING)
        page.evaluate("scrollTo({top: document.body.scrollHeight, behavior: 'instant'})")
        page.evaluate(TWO_FRAMES)
        page.wait_for_timeout(200)
        stopped = step.value()
        page.wait_for_timeout(400)
        assert step.value() == stopped < step.ends()[1]
        assert page.evaluate("said") <= 1  # it pauses for longer than a sentence
        explorer.output.scroll_into_view_if_needed()
        page.wait_for_function(ENDED)
        assert step.value() == step.ends()[1]


def test_who_wants_less_motion_gets_stills(browser, site):
    with opened(browser, site + FRONT, reduced_motion="reduce") as (page, _):
        (explorer,) = explorers(page)
        step = explorer.controls()["step"]
        explorer.controls()["play"].move_by_mouse(True)
        page.wait_for_function(MOVING)
        assert step.value() >= step.ends()[1] / 6


def test_paper_shows_it_as_the_reader_left_it(browser, site):
    with opened(browser, site + FRONT, theme="dark", color_scheme="dark") as (page, _):
        (explorer,) = explorers(page)
        explorer.controls()["condition_number"].move_by_keyboard(True)
        page.emulate_media(media="print")
        assert explorer.root.is_visible()
        assert not explorer.picture.is_visible()
        assert not explorer.output.locator(".explorer-tray").is_visible()
        setting = explorer.output.locator(".explorer-setting")
        assert "condition number 1000 · " in setting.inner_text()
        assert explorer.root.evaluate("root => getComputedStyle(root).color") == "rgb(0, 0, 0)"


def test_an_ended_run_begins_again_at_step_0(browser, site):
    with opened(browser, site + FRONT) as (page, _):
        (explorer,) = explorers(page)
        page.evaluate(
            """() => {
            window.seen = [];
            const field = document.querySelector("[data-control=step] input");
            new MutationObserver(() => seen.push(Number(field.value))).observe(
                field, {attributes: true, attributeFilter: ["aria-valuetext"]});
        }"""
        )
        explorer.controls()["play"].move_by_keyboard(True)
        page.wait_for_function("seen.length > 2")
        assert page.evaluate("seen.slice(0, 3)") == [0, 1, 2]
