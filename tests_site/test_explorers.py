"""Every explorer comes alive on the static page, and every control of it moves the drawing."""

import pytest

from tests_site.browser import NARROW, TWO_FRAMES, opened
from tests_site.explorers import SHOWS_FOCUS, explorers
from tests_site.pages import WITH_EXPLORER

every_page = pytest.mark.parametrize("path", WITH_EXPLORER)


@pytest.fixture(scope="session")
def alive(browser, site):
    """Return a function that opens a page and returns its explorers, of which there are some.

    A page that was opened before stands as the last test left it, as it would with a reader.
    """
    pages, contexts = {}, []

    def look(path, **options):
        key = (path, *sorted(options))
        if key not in pages:
            context = opened(browser, site + path, **options)
            pages[key], _ = context.__enter__()
            contexts.append(context)
        found = explorers(pages[key])
        assert found, f"{path} has no explorer"
        return found

    yield look
    for context in contexts:
        context.__exit__(None, None, None)


def faults_of(explorer, move):
    """Move every control to both ends; return what did not follow."""
    faults = []
    for name, control in explorer.controls().items():
        if name == "play":
            continue
        drawings, texts = [], []
        for last in (False, True):
            move(control, last)
            if control.value() != control.ends()[last]:
                faults.append(f"{name} stands at {control.value()}, not at an end")
            drawings.append(explorer.drawing())
            texts.append(control.field.get_attribute("aria-valuetext"))
        if drawings[0] == drawings[1]:
            faults.append(f"{name} does not change the drawing")
        if control.kind == "range" and (not all(texts) or texts[0] == texts[1]):
            faults.append(f"{name} says {texts} to a screen reader")
    return faults


@every_page
def test_the_mouse_moves_the_drawing(alive, path):
    for explorer in alive(path):
        assert explorer.controls()
        faults = faults_of(explorer, lambda control, last: control.move_by_mouse(last))
        assert faults == [], explorer.title


@every_page
def test_the_keyboard_moves_the_drawing(alive, path):
    for explorer in alive(path):
        faults = faults_of(explorer, lambda control, last: control.move_by_keyboard(last))
        assert faults == [], explorer.title


@every_page
def test_a_finger_moves_the_drawing_on_a_phone(alive, path):
    for explorer in alive(path, viewport=NARROW, has_touch=True, is_mobile=True):
        faults = faults_of(explorer, lambda control, last: control.move_by_finger(last))
        for name, control in explorer.controls().items():
            box = control.field.bounding_box()
            if min(box["width"], box["height"]) < 24:
                faults.append(f"{name} is {box['width']} by {box['height']} px, small for a finger")
        assert faults == [], explorer.title


@every_page
def test_the_tabulator_reaches_every_control_and_shows_where_it_is(alive, path):
    for explorer in alive(path):
        names = list(explorer.controls())
        explorer.controls()[names[0]].field.focus()
        explorer.page.keyboard.press("Shift+Tab")
        reached = []
        for _ in range(3 * len(names)):
            explorer.page.keyboard.press("Tab")
            focus = explorer.page.locator(":focus")
            name = focus.evaluate("element => element.closest('[data-control]')?.dataset.control")
            if name in names and focus.evaluate(SHOWS_FOCUS):
                reached.append(name)
            if name == names[-1]:
                break
        assert reached == names, explorer.title


@every_page
@pytest.mark.parametrize("way", ["mouse", "keyboard"])
def test_play_runs_and_pauses(alive, path, way):
    for explorer in alive(path):
        controls = explorer.controls()
        assert ("play" in controls) == ("step" in controls)
        if "play" not in controls:
            continue
        play, step = controls["play"], controls["step"]
        step.move_by_keyboard(False)
        explorer.page.wait_for_timeout(300)
        assert (play.value(), step.value()) == (False, step.ends()[0]), "it ran by itself"
        start = explorer.drawing()

        def press(pressed, play=play):
            (play.move_by_mouse if way == "mouse" else play.move_by_keyboard)(pressed)

        press(True)
        field = step.field.element_handle()
        explorer.page.wait_for_function(
            "([field, from]) => field.value > from + 1", arg=[field, step.value()], timeout=3000
        )
        press(False)
        assert not play.value()
        stopped = step.value(), explorer.drawing()
        explorer.page.wait_for_timeout(300)
        assert (step.value(), explorer.drawing()) == stopped, "it ran on"
        assert stopped[1] != start


@every_page
def test_read_outs_follow(alive, path):
    for explorer in alive(path):
        said = set()
        step = explorer.controls()["step"]
        for last in (False, True):
            step.move_by_keyboard(last)
            said.add(explorer.status())
        assert "" not in said
        assert len(said) == 2, explorer.title


@every_page
def test_every_step_of_a_slider_is_drawn(alive, path):
    for explorer in alive(path):
        slider = next(c for c in explorer.controls().values() if c.kind == "range")
        slider.move_by_keyboard(False)
        explorer.draw_times()
        for _ in range(min(6, slider.ends()[1] - slider.ends()[0])):
            explorer.page.keyboard.press("ArrowRight")
            explorer.page.evaluate(TWO_FRAMES)
            assert explorer.draw_times(), f"{slider.name} at {slider.value()} was not drawn"


@every_page
def test_a_picture_stands_in_where_nothing_can_move(browser, site, path):
    with opened(browser, site + path, java_script_enabled=False) as (page, _):
        outputs = page.locator(".explorer-output").all()
        assert outputs
        for output in outputs:
            assert output.locator("img").first.is_visible()
            assert output.locator("img").first.get_attribute("alt")
            assert "first position" in output.locator(".explorer-message").inner_text()
            assert not output.locator(".explorer").is_visible()
    with opened(browser, site + path) as (page, _):
        for explorer in explorers(page):
            assert explorer.root.is_visible()
            assert not explorer.picture.is_visible()
