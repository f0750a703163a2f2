"""A figure is read without colour, holds still, tells no future, and is moved on the picture."""

import re

import pytest

from tests_site.browser import NARROW, TWO_FRAMES, opened
from tests_site.explorers import SHOWS_FOCUS, explorers
from tests_site.pages import WITH_EXPLORER

DESK = {"width": 1400, "height": 900}
VIEWS = [(path, DESK) for path in WITH_EXPLORER]
# On a phone, the page of five methods and the one of limits are the narrowest.
VIEWS += [(path, NARROW) for path in ("index.html", "chapters/05_rmsprop.html")]
FRONT, MAPPED = "index.html", "chapters/03_momentum.html"

# Everything that a test below asks of one figure as it stands.
LOOK = """root => {
    const box = node => {
        const {left, right, top, bottom} = node.getBoundingClientRect();
        return {left, right, top, bottom};
    };
    const shown = node =>
        node.textContent.trim() !== "" && getComputedStyle(node).visibility !== "hidden";
    return {
        height: root.getBoundingClientRect().height,
        panels: [...root.querySelectorAll("svg[data-panel]")].map(svg => ({
            title: svg.dataset.panel,
            words: [...svg.querySelectorAll("text")].filter(shown).map(node =>
                ({text: node.textContent, kind: node.className.baseVal, ...box(node)})),
            labels: [...svg.querySelectorAll("path[data-label]")].map(node => node.dataset.label),
            markers: [...svg.querySelectorAll(".explorer-sign")].map(node =>
                node.getAttribute("d")),
        })),
        table: [...root.querySelectorAll(".explorer-status tr")].map(row =>
            [...row.cells].map(cell => cell.innerText.trim())),
        caption: root.querySelector(".explorer-status caption").innerText,
        scope: [...root.querySelectorAll(".explorer-status th")].map(node => node.scope),
        cut: [...root.querySelectorAll(".explorer-heading, .explorer-status :is(th, td)")]
            .filter(node => node.scrollWidth > node.clientWidth).map(node => node.innerText),
        wide: document.documentElement.scrollWidth - innerWidth,
        screen: innerWidth,
    };
}"""


# Puts all controls where they shall stand, by their names, and waits until that is drawn.
MOVE = """(output, wanted) => {
    for (const [name, index] of Object.entries(wanted)) {
        const field = output.querySelector(`[data-control="${name}"] :is(input, select)`);
        if (field.matches("select")) field.selectedIndex = index;
        else field.value = index;
        field.dispatchEvent(new Event("input", {bubbles: true}));
        field.dispatchEvent(new Event("change", {bubbles: true}));
    }
    return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())));
}"""


def positions(controls):
    """Yield positions: all controls at one end, each alone at the other, and so from both sides."""
    ends = {name: c.ends() for name, c in controls.items() if name not in {"step", "play"}}
    for side in (0, 1):
        every = {name: end[side] for name, end in ends.items()}
        yield every
        for name, end in ends.items():
            yield every | {name: end[1 - side]}


def shots_of(explorer):
    """Return what a figure shows at the ends of all sliders and after a few steps, by position."""
    controls = explorer.controls()
    last = controls["step"].ends()[1]
    shots = []
    for position in positions(controls):
        for step in (0, 2, last // 3, last):
            explorer.output.evaluate(MOVE, position | {"step": step})
            shots.append(((position, step), explorer.root.evaluate(LOOK)))
    return shots


@pytest.fixture(scope="session")
def seen(browser, site):
    """Return a function that tells what the figures of a page show, by title."""
    known = {}

    def look(path, viewport):
        key = (path, viewport["width"])
        if key not in known:
            with opened(browser, site + path, viewport=viewport) as (page, _):
                known[key] = [(one.title, shots_of(one)) for one in explorers(page)]
        assert known[key]
        return known[key]

    return look


every_view = pytest.mark.parametrize(
    ("path", "viewport"), VIEWS, ids=lambda value: value if isinstance(value, str) else None
)


def faults(seen, path, viewport, of):
    """Return what is wrong in any figure of a page, with the first position where it is."""
    found = {}
    for title, shots in seen(path, viewport):
        for position, shot in shots:
            for fault in of(shot, position):
                found.setdefault(f"{title}: {fault}", position)
    return found


def overlaps(shot, position):
    for panel in shot["panels"]:
        words = panel["words"]
        for i, one in enumerate(words):
            for other in words[i + 1 :]:
                across = min(one["right"], other["right"]) - max(one["left"], other["left"])
                up = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
                # A box of text has some air above and below the letters.
                if across > 1 and up > 4:
                    yield f"{panel['title']}: {one['text']} on {other['text']}"
            if one["left"] < 0 or one["right"] > shot["screen"]:
                yield f"{panel['title']}: {one['text']} leaves the screen"
    yield from (f"{text} is cut off" for text in shot["cut"])
    if shot["wide"] > 0:
        yield "wider than the screen"


@every_view
def test_words_do_not_overlap_and_are_whole(seen, path, viewport):
    assert faults(seen, path, viewport, overlaps) == {}


def unnamed(shot, position):
    for panel in shot["panels"]:
        names = [word["text"] for word in panel["words"] if "explorer-label" in word["kind"]]
        if not panel["markers"]:  # bars and maps
            continue
        if len(panel["markers"]) != len(panel["labels"]):
            yield f"{panel['title']}: {len(panel['markers'])} markers"
        for label in panel["labels"]:
            if not any(label.endswith(name) for name in names):
                yield f"{panel['title']}: {label} is not named, only {names}"
        # Where a value is missing there is no marker either.
        outlines = [marker.lstrip("M0123456789. ") for marker in panel["markers"] if marker]
        if len(outlines) > 2 and len(set(outlines)) < 2:
            yield f"{panel['title']}: all markers are alike"


@every_view
def test_every_curve_has_its_name_and_its_marker(seen, path, viewport):
    assert faults(seen, path, viewport, unnamed) == {}


def hyphens(shot, position):
    words = [word["text"] for panel in shot["panels"] for word in panel["words"]]
    for text in [*words, *(cell for row in shot["table"] for cell in row)]:
        if re.search(r"-[\d.]|\de[-+]?\d|nan|NaN|undefined|null|Infinity", text):
            yield text
        if re.fullmatch(r"\d{5,}", text):
            yield f"{text} beside powers of ten"


@every_view
def test_numbers_are_written_in_one_way(seen, path, viewport):
    assert faults(seen, path, viewport, hyphens) == {}


def future(shot, position):
    now = int(shot["caption"].removeprefix("after step "))
    for row in shot["table"]:
        for cell in row[1:]:
            when = re.fullmatch(r"step\s(\d+)", cell)
            if when and int(when[1]) > now:
                yield f"{cell} is told after step {now}"


@every_view
def test_the_table_tells_only_what_has_happened(seen, path, viewport):
    assert faults(seen, path, viewport, future) == {}
    for _, shots in seen(path, viewport):
        for (_, _), shot in shots:
            assert set(shot["scope"]) == {"row", "col"}
            assert all(all(cell for cell in row[1:]) for row in shot["table"])


def test_the_table_does_tell_what_has_happened(seen):
    told = [cell for _, shots in seen(FRONT, DESK) for _, shot in shots for row in shot["table"]
            for cell in row]  # fmt: skip
    assert any(re.fullmatch(r"step\s\d+", cell) for cell in told)


@every_view
def test_the_figure_keeps_its_height(seen, path, viewport):
    for title, shots in seen(path, viewport):
        heights = {round(shot["height"]) for _, shot in shots}
        assert len(heights) == 1, title
        if viewport is DESK:
            assert max(heights) <= 640, title


# --- what the reader does -------------------------------------------------------------------------


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def index(explorer, name):
    return explorer.controls()[name].value()


class Hand:
    """Presses, moves and lets go: with a mouse, or with a finger as the browser sees it."""

    def __init__(self, page, finger):
        self.page = page
        self.finger = finger and page.context.new_cdp_session(page)

    def _touch(self, kind, *places):
        points = [{"x": x, "y": y} for x, y in places]
        self.finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def drag(self, start, *places):
        """Go from one place to others, and let go at the last."""
        if self.finger:
            self._touch("touchStart", start)
            here = start
            for place in places:
                for share in (0.25, 0.5, 0.75, 1):
                    at = [a + share * (b - a) for a, b in zip(here, place, strict=True)]
                    self._touch("touchMove", at)
                    self.page.evaluate(TWO_FRAMES)
                here = place
            self._touch("touchEnd")
        else:
            self.page.mouse.move(*start)
            self.page.mouse.down()
            for place in places:
                self.page.mouse.move(*place, steps=4)
            self.page.mouse.up()
        self.page.evaluate(TWO_FRAMES)


@pytest.fixture(scope="module", params=["mouse", "finger"])
def open_with(request, browser, site):
    """Return a function that opens a page for a mouse or a finger, with the hand and a figure."""
    contexts, pages = [], {}

    def open_page(path):
        if path not in pages:
            finger = request.param == "finger"
            options = {"viewport": NARROW, "has_touch": True, "is_mobile": True} if finger else {}
            context = opened(browser, site + path, **options)
            page, _ = context.__enter__()
            contexts.append(context)
            pages[path] = page, Hand(page, finger)
        page, hand = pages[path]
        return page, hand, explorers(page)[0]

    yield open_page
    for context in contexts:
        context.__exit__(None, None, None)


def panel(explorer, kind):
    """Return the first panel that can be moved in one way, in the middle of the screen."""
    picture = explorer.root.locator(f".explorer-picture:has(.explorer-{kind})").first
    picture.evaluate("node => node.scrollIntoView({block: 'center', behavior: 'instant'})")
    explorer.page.evaluate(TWO_FRAMES)
    return picture


def test_a_start_is_dragged_from_ring_to_ring(open_with):
    _, hand, explorer = open_with(FRONT)
    rings = panel(explorer, "starts").locator(".explorer-target")
    places = [middle(ring) for ring in rings.all()]
    assert len(places) > 2
    here = index(explorer, "start")
    wanted = (here + 2) % len(places)
    hand.drag(places[here], places[wanted])
    assert index(explorer, "start") == wanted
    hand.drag(places[here], places[here])  # a click
    assert index(explorer, "start") == here
    sizes = rings.first.bounding_box()
    assert min(sizes["width"], sizes["height"]) >= 44


def test_empty_ground_does_not_take_a_start(open_with):
    page, hand, explorer = open_with(FRONT)
    picture = panel(explorer, "starts")
    box = picture.bounding_box()
    rings = [middle(ring) for ring in picture.locator(".explorer-target").all()]
    before, scrolled = index(explorer, "start"), page.evaluate("scrollY")
    # The place of the panel that is furthest from all rings.
    grid = [(box["x"] + box["width"] * (0.2 + 0.1 * i), box["y"] + box["height"] * (0.2 + 0.1 * j))
            for i in range(7) for j in range(7)]  # fmt: skip
    empty = max(grid, key=lambda one: min((one[0] - x) ** 2 + (one[1] - y) ** 2 for x, y in rings))
    hand.drag(empty, empty)
    assert index(explorer, "start") == before
    hand.drag(empty, (empty[0], empty[1] - 120))
    assert index(explorer, "start") == before
    if hand.finger:
        page.wait_for_function("from => scrollY > from + 40", arg=scrolled, timeout=3000)


def test_the_step_is_dragged_in_the_curves(open_with):
    page, hand, explorer = open_with(FRONT)
    area = panel(explorer, "time").locator(".explorer-time")
    box = area.bounding_box()
    height = box["y"] + box["height"] / 2
    _, last = explorer.controls()["step"].ends()
    # A little can be taken hold of beyond both ends of the axis.
    at = [(box["x"] + 8 + share * (box["width"] - 16), height) for share in (0.9, 0.5, 0.25)]
    for start, end, share in ((at[0], at[1], 0.5), (at[1], at[2], 0.25)):
        hand.drag(start, end)
        assert abs(index(explorer, "step") - share * last) <= 1
    assert area.evaluate("node => getComputedStyle(node).cursor") == "ew-resize"
    if hand.finger:  # that moves up and scrolls the page
        before, scrolled = index(explorer, "step"), page.evaluate("scrollY")
        hand.drag(at[0], (at[0][0], height - 150))
        page.wait_for_function("from => scrollY > from + 40", arg=scrolled, timeout=3000)
        assert index(explorer, "step") == before


def test_the_cell_of_a_map_is_dragged_and_drawn_whole(open_with):
    _, hand, explorer = open_with(MAPPED)
    picture = panel(explorer, "choice")
    box = picture.locator(".explorer-choice").bounding_box()
    left, top = box["x"] + 3, box["y"] + 3
    right, bottom = box["x"] + box["width"] - 3, box["y"] + box["height"] - 3
    controls = explorer.controls()
    names = ["learning_rate", "momentum"]
    most = [controls[name].ends()[1] for name in names]
    corners = {(left, bottom): [0, 0], (right, top): most}
    hand.drag((right, bottom), *corners)
    assert [index(explorer, name) for name in names] == most
    for corner, cell in corners.items():
        hand.drag(corner, corner)
        assert [index(explorer, name) for name in names] == cell
        here = picture.locator(".explorer-here")
        whole = here.evaluate("node => node.ownerSVGElement.matches('[data-panel]')")
        assert whole, "the chosen cell is drawn inside of what cuts it off"
        drawn = here.bounding_box()
        assert drawn["x"] <= corner[0] <= drawn["x"] + drawn["width"]
        assert drawn["y"] <= corner[1] <= drawn["y"] + drawn["height"]


def test_everything_on_the_picture_moves_by_keyboard(browser, site):
    with opened(browser, site + MAPPED) as (page, _):
        (explorer,) = explorers(page)

        def press(handle, **wanted):
            handle.focus()
            for key, (name, value) in wanted.items():
                page.keyboard.press(key)
                page.evaluate(TWO_FRAMES)
                assert index(explorer, name) == value, (key, name)
                assert handle.get_attribute("aria-valuetext")
            # By key the focus shows, on the handle or on what it stands for.
            assert any(
                node.evaluate(SHOWS_FOCUS) or node.evaluate(SHOWS_FOCUS_AFTER)
                for node in [handle, *handle.locator(".explorer-target-here").all()]
            )

        sliders = explorer.root.get_by_role("slider")
        last = {name: one.ends()[1] for name, one in explorer.controls().items() if name != "play"}
        starts = sliders.and_(page.locator(".explorer-starts"))
        press(starts, End=("start", last["start"]), ArrowLeft=("start", last["start"] - 1),
              Home=("start", 0), ArrowRight=("start", 1))  # fmt: skip
        time = sliders.and_(page.locator(".explorer-time"))
        end = last["step"]
        press(time, End=("step", end), ArrowLeft=("step", end - 1), PageDown=("step", end - 5),
              Home=("step", 0), ArrowUp=("step", 1))  # fmt: skip
        assert time.get_attribute("aria-valuetext") == "step 1"
        cells = sliders.and_(page.locator(".explorer-choice"))
        press(cells, Home=("learning_rate", 0), ArrowRight=("learning_rate", 1),
              PageUp=("momentum", last["momentum"]),
              ArrowDown=("momentum", last["momentum"] - 1))  # fmt: skip
        told = cells.get_attribute("aria-valuetext")
        assert re.fullmatch(r"learning rate \S+, momentum \S+: .+", told), told


SHOWS_FOCUS_AFTER = """node => {
    const style = getComputedStyle(node, "::after");
    return style.content !== "none" && style.outlineStyle !== "none"
        && parseFloat(style.outlineWidth) > 0;
}"""


def dimmed(explorer):
    """Return how many parts of each label are dim, in all panels and in the table."""
    return explorer.root.locator(".explorer-dim").count()


def test_a_method_stands_out_everywhere_when_it_is_pointed_at(browser, site):
    with opened(browser, site + FRONT) as (page, _):
        (explorer,) = explorers(page)
        row = explorer.root.locator(".explorer-status tbody tr").nth(2)
        name = row.locator("th").inner_text()

        def shown():
            """The methods of each panel that are not dim, and those of the table."""
            return explorer.root.evaluate("""root => {
                const bright = node => !node.closest(".explorer-dim");
                const panels = [...root.querySelectorAll("svg[data-panel]")].map(svg =>
                    [...svg.querySelectorAll("path[data-label]")].filter(bright)
                        .map(node => node.dataset.label));
                const rows = [...root.querySelectorAll("tbody th")].filter(bright)
                    .map(node => node.innerText);
                return [...panels, rows];
            }""")

        everything = shown()
        assert all(len(each) == 5 for each in everything)
        row.hover()
        assert shown() == [[name]] * 3
        page.mouse.move(0, 0)
        assert shown() == everything
        row.locator("button").focus()
        assert shown() == [[name]] * 3
        row.locator("button").blur()
        end = explorer.root.locator("svg[data-panel=loss] .explorer-label").filter(has_text=name)
        end.scroll_into_view_if_needed()
        page.mouse.move(*middle(end))
        assert shown() == [[name]] * 3
        page.mouse.move(0, 0)
        row.locator("button").click()  # stays, also for a finger
        page.mouse.move(0, 0)
        row.locator("button").blur()
        assert shown() == [[name]] * 3
        assert row.locator("button").get_attribute("aria-pressed") == "true"


def test_a_screen_reader_hears_the_outcome_and_not_each_step(browser, site):
    with opened(browser, site + FRONT) as (page, _):
        (explorer,) = explorers(page)
        spoken = explorer.root.locator(".explorer-spoken")
        heard = page.evaluate_handle("""() => {
            const heard = [];
            const spoken = document.querySelector(".explorer-spoken");
            new MutationObserver(() => heard.push(spoken.textContent))
                .observe(spoken, {childList: true, characterData: true, subtree: true});
            return heard;
        }""")
        step = explorer.controls()["step"]
        step.field.focus()
        for _ in range(6):
            page.keyboard.press("ArrowLeft")
            page.evaluate(TWO_FRAMES)
        page.wait_for_function("heard => heard.length > 0", arg=heard, timeout=5000)
        assert len(heard.json_value()) == 1
        assert spoken.inner_text().startswith(f"after step {step.value()}: GradientDescent: loss ")
        assert explorer.root.locator("[role=status], [aria-live]").count() == 1
