"""Sentences and addresses move the explorers, and Back and Forward lead through their positions."""

from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from adaptive_lr.explorer.panels import caption
from tests_site.browser import TWO_FRAMES, opened
from tests_site.explorers import explorers
from tests_site.pages import SITE, WITH_EXPLORER

PAGE = "index.html"
FIGURE = "#fig-index-paths"
ENDED = "() => document.querySelector('.explorer-play').dataset.playing === 'false'"
STRETCH, TURN, RUN = "Stretch it", "Turn it", "Let them run"


def follow(page, text, way="click"):
    """Follow the link whose text begins so."""
    link = page.locator("a.explorer-drives", has_text=text)
    if way == "click":
        link.click()
    else:
        link.focus()
        page.keyboard.press("Enter")
    page.evaluate(TWO_FRAMES)


def labels(explorer):
    """Return what the controls show, by name."""
    controls = explorer.controls()
    return {name: controls[name].label() for name in controls if name != "play"}


def written(label):
    """Return a value as links write it."""
    return label.replace(" ", "").replace("−", "-").rstrip("°")


def query(page):
    """Return the position in the address, without what is escaped."""
    return unquote(urlsplit(page.url).query)


def lines(explorer):
    """Return the lines as they are drawn, without words, which may stand here or there."""
    return explorer.root.locator("path[data-label]").evaluate_all(
        "all => all.map(line => line.getAttribute('d')).join()"
    )


@pytest.fixture
def front(browser, site):
    with opened(browser, site + PAGE) as (page, record):
        (explorer,) = explorers(page)
        yield explorer
        assert record.complaints == []


@pytest.mark.parametrize("way", ["click", "Enter"])
def test_a_sentence_sets_what_it_names_and_leaves_the_rest(front, way):
    front.controls()["rotation"].move_to(5)
    before = lines(front), labels(front)
    follow(front.page, STRETCH, way)
    assert labels(front) == before[1] | {"condition_number": "1000"}
    assert lines(front) != before[0]
    assert query(front.page) == "rotation=45&condition_number=1000"
    assert urlsplit(front.page.url).fragment == FIGURE[1:]


def test_back_and_forward_keep_controls_figure_and_address_together(front):
    page = front.page
    seen = [(labels(front), lines(front), query(page))]
    for text in (STRETCH, TURN):
        follow(page, text)
        seen.append((labels(front), lines(front), query(page)))
    assert len({drawing for _, drawing, _ in seen}) == 3
    for move, place in ((page.go_back, 1), (page.go_back, 0), (page.go_forward, 1)):
        move()
        page.evaluate(TWO_FRAMES)
        assert (labels(front), lines(front), query(page)) == seen[place]
    page.reload()
    (again,) = explorers(page)
    assert (labels(again), lines(again), query(page)) == seen[1]


def test_a_control_moved_by_hand_writes_the_address_and_no_history(front):
    page = front.page
    assert query(page) == ""
    length = page.evaluate("history.length")
    front.controls()["condition_number"].move_by_keyboard(True)
    front.controls()["start"].move_to(1)
    page.wait_for_function("location.search.includes('start')")
    assert query(page) == "condition_number=1000&start=(-4,3)"
    assert page.evaluate("history.length") == length
    page.locator(".explorer-reset").click()
    assert query(page) == ""
    assert labels(front)["condition_number"] == "20"


def test_back_from_another_page_finds_controls_and_figure_as_they_were(front):
    page = front.page
    front.controls()["condition_number"].move_by_keyboard(True)
    page.wait_for_function("location.search.includes('condition_number')")
    left = labels(front), lines(front)
    page.goto(page.url.split("?")[0].replace(PAGE, "chapters/glossary.html"))
    page.go_back()
    (again,) = explorers(page)
    assert (labels(again), lines(again)) == left


def test_play_begins_at_step_0_and_ends_once(front):
    page = front.page
    step = front.controls()["step"]
    follow(page, RUN)
    assert step.value() < step.ends()[1]
    assert front.controls()["play"].value()
    page.wait_for_function(ENDED)
    assert step.value() == step.ends()[1]


@pytest.mark.parametrize("address", ["rotation=45&step=10", "step=10&rotation=45°"])
def test_an_address_shows_its_position(browser, site, address):
    with opened(browser, f"{site}{PAGE}?{address}{FIGURE}") as (page, _):
        (explorer,) = explorers(page)
        shown = labels(explorer)
        assert (shown["rotation"], shown["step"]) == ("45°", "10")
        assert not page.locator(".explorer-message").is_visible()


def test_an_address_plays_up_to_its_step(browser, site):
    with opened(browser, f"{site}{PAGE}?play&step=3{FIGURE}") as (page, _):
        (explorer,) = explorers(page)
        page.wait_for_function(ENDED)
        assert labels(explorer)["step"] == "3"


@pytest.mark.parametrize("wrong", ["rotation=46", "slope=1", "mark=nothing", "play=9"])
def test_an_impossible_address_shows_the_first_position_and_says_so(browser, site, wrong):
    with opened(browser, f"{site}{PAGE}?step=3&{wrong}{FIGURE}") as (page, record):
        (explorer,) = explorers(page)
        assert labels(explorer)["rotation"] == "0°"
        assert labels(explorer)["step"] == "40"
        note = page.locator(".explorer-message")
        assert note.is_visible()
        assert wrong in note.inner_text()
        assert page.url.endswith(f"?step=3&{wrong}{FIGURE}")
        explorer.controls()["rotation"].move_to(2)
        assert not note.is_visible()
        assert record.complaints == []


def test_it_works_from_a_folder(browser):
    with opened(browser, f"{SITE.as_uri()}/{PAGE}") as (page, record):
        (explorer,) = explorers(page)
        first = labels(explorer)
        follow(page, STRETCH)
        assert labels(explorer)["condition_number"] == "1000"
        page.go_back()
        page.evaluate(TWO_FRAMES)
        assert labels(explorer) == first
        assert record.complaints == []


@pytest.mark.parametrize("path", WITH_EXPLORER)
def test_every_sentence_does_what_it_says(browser, site, path):
    with opened(browser, site + path) as (page, record):
        found = explorers(page)
        for link in page.locator("a.explorer-drives").all():
            href = urlsplit(link.get_attribute("href"))
            if href.path:
                continue  # another page's
            (explorer,) = [one for one in found if one.figure == href.fragment]
            link.evaluate("link => link.click()")
            wanted = dict(parse_qsl(href.query))
            shown = {name: written(label) for name, label in labels(explorer).items()}
            for name, value in wanted.items():
                if name not in ("mark", "step"):
                    assert shown[caption(name).replace(" ", "_")] == value, href
            if "mark" in wanted:
                assert f"mark={wanted['mark']}" in query(page)
        assert page.locator(".explorer-message:not(:empty)").count() == 0
        assert record.complaints == []
