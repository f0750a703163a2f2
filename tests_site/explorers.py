"""Explorers as a reader meets them: their controls, worked by mouse, finger and keyboard, and what
they draw, read back as numbers."""

import json
import re
from dataclasses import dataclass

import numpy as np

from tests_site.browser import TWO_FRAMES

# When each explorer of a page was first drawn, in milliseconds since the page was opened.
NOTE_READY = """
window.explorersReady = [];
new MutationObserver(changes => {
    for (const {target} of changes)
        if (target.matches(".explorer[data-ready]")) explorersReady.push(performance.now());
}).observe(document, {subtree: true, attributes: true, attributeFilter: ["data-ready"]});
"""

DRAW_TIMES = """() => {
    const times = performance.getEntriesByName("explorer-draw").map(entry => entry.duration);
    performance.clearMeasures("explorer-draw");
    return times;
}"""

CELL_HERE = """panel => {
    const here = panel.querySelector(".explorer-here");
    const same = rect => ["x", "y"].every(
        name => Math.abs(rect.getAttribute(name) - here.getAttribute(name)) < 0.1);
    return [...panel.querySelectorAll("g rect")].find(same)?.getAttribute("fill");
}"""

SHOWS_FOCUS = """element => {
    const style = getComputedStyle(element);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0
        || style.boxShadow !== "none";
}"""


@dataclass(frozen=True)
class Axis:
    """One direction of a panel: the data of its two ends, and where they lie in the drawing."""

    low: float
    high: float
    first: float
    last: float
    scale: str

    def _bend(self, data):
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.log(data) if self.scale == "log" else np.asarray(data, float)

    def place(self, data):
        """Return where the drawing puts values."""
        low, high = self._bend(self.low), self._bend(self.high)
        return self.first + (self._bend(data) - low) / (high - low) * (self.last - self.first)

    def data(self, place):
        """Return the values at places of the drawing."""
        low, high = self._bend(self.low), self._bend(self.high)
        bent = low + (np.asarray(place) - self.first) / (self.last - self.first) * (high - low)
        return np.exp(bent) if self.scale == "log" else bent


def vertices(path):
    """Return the points of an SVG path of M and L commands, shape (n, 2), and where it starts."""
    points, starts = [], []
    number = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?"
    for command, x, y in re.findall(rf"([ML])\s*({number})[\s,]*({number})", path):
        if command == "M":
            starts.append(len(points))
        points.append((float(x), float(y)))
    rest = re.sub(rf"[ML]\s*{number}[\s,]*{number}", "", path).strip()
    if rest:
        raise ValueError(f"Only M and L with one absolute point each are understood, not {rest!r}.")
    return np.array(points).reshape(-1, 2), starts


@dataclass(frozen=True)
class Curve:
    """A drawn curve: its vertices in the drawing and the axes that turn them into data."""

    panel: str
    label: str
    places: np.ndarray
    starts: list[int]
    x: Axis
    y: Axis

    @property
    def points(self):
        """The vertices as data, shape (n, 2)."""
        return np.column_stack([self.x.data(self.places[:, 0]), self.y.data(self.places[:, 1])])


class Control:
    """One control of an explorer."""

    def __init__(self, page, name, field):
        self.page = page
        self.name = name
        self.field = field
        tag = field.evaluate("element => element.tagName.toLowerCase()")
        self.kind = field.get_attribute("type") if tag == "input" else tag

    def value(self):
        """Return the index, choice or state that the control shows."""
        if self.kind == "checkbox":
            return self.field.is_checked()
        if self.kind == "button":
            return self.field.get_attribute("data-playing") == "true"
        if self.kind == "select":
            return self.field.evaluate("element => element.selectedIndex")
        return int(self.field.input_value())

    def ends(self):
        """Return the two values between which the control moves."""
        if self.kind in {"checkbox", "button"}:
            return False, True
        if self.kind == "select":
            return 0, self.field.locator("option").count() - 1
        return int(self.field.get_attribute("min")), int(self.field.get_attribute("max"))

    def move_by_mouse(self, last):
        """Drag or click to the last value, or to the first."""
        self.field.scroll_into_view_if_needed()
        if self.kind == "range":
            box = self.field.bounding_box()
            middle = box["y"] + box["height"] / 2
            self.page.mouse.move(box["x"] + box["width"] / 2, middle)
            self.page.mouse.down()
            self.page.mouse.move(box["x"] + (box["width"] + 3 if last else -3), middle, steps=3)
            self.page.mouse.up()
        elif self.kind == "select":  # the list that a click opens is not part of the page
            self.field.select_option(index=self.ends()[last])
        elif self.value() != last:
            self.field.click()
        self.page.evaluate(TWO_FRAMES)

    def move_by_finger(self, last):
        """Tap on the last value, or on the first."""
        self.field.scroll_into_view_if_needed()
        if self.kind == "range":
            box = self.field.bounding_box()
            x = box["x"] + (box["width"] - 2 if last else 2)
            self.page.touchscreen.tap(x, box["y"] + box["height"] / 2)
        elif self.kind == "select":
            self.field.select_option(index=self.ends()[last])
        elif self.value() != last:
            self.field.tap()
        self.page.evaluate(TWO_FRAMES)

    def move_by_keyboard(self, last):
        """Press keys until the control stands at its last value, or at its first."""
        self.field.focus()
        if self.kind in {"checkbox", "button"}:
            if self.value() != last:
                self.page.keyboard.press("Space")
        else:
            self.page.keyboard.press("End" if last else "Home")
        self.page.evaluate(TWO_FRAMES)

    def label(self):
        """Return what a reader sees of the present value."""
        if self.kind == "select":
            return self.field.locator("option").nth(self.value()).inner_text()
        return self.field.get_attribute("aria-valuetext")

    def move_to(self, index):
        """Put the control at a position, by whatever way is quick."""
        if self.kind == "select":
            self.field.select_option(index=index)
        elif self.kind == "checkbox":
            self.field.set_checked(bool(index))
        else:
            self.field.fill(str(index))
        self.page.evaluate(TWO_FRAMES)


class Explorer:
    """One explorer of an open page."""

    def __init__(self, page, output):
        self.page = page
        self.output = output
        self.root = output.locator(".explorer")
        self.picture = output.locator("img").first
        output.scroll_into_view_if_needed()  # before, it is not loaded
        output.locator(".explorer[data-ready]").wait_for(timeout=10_000)

    @property
    def title(self):
        """Its accessible name."""
        return self.root.get_attribute("aria-label")

    @property
    def figure(self):
        """The name by which links lead to it."""
        return self.output.locator("xpath=ancestor::figure").first.get_attribute("id")

    def controls(self):
        """Return the controls by name, in the order of the page."""
        found = {}
        for holder in self.output.locator("[data-control]").all():
            field = holder.locator("input, select, button").first
            name = holder.get_attribute("data-control")
            found[name] = Control(self.page, name, field)
        return found

    def position(self):
        """Return the value of every control but those of time."""
        controls = self.controls()
        return {name: controls[name].value() for name in controls if name not in {"step", "play"}}

    def drawing(self):
        """Return the markup of all panels: what a change of the drawing changes."""
        return "".join(
            self.root.locator("svg[data-panel]").evaluate_all(
                "all => all.map(svg => svg.innerHTML)"
            )
        )

    def status(self):
        """Return the read-outs."""
        return self.output.locator(".explorer-status").inner_text()

    def curves(self):
        """Return every drawn curve and bar, without what is shown beyond the step."""
        found = []
        for panel in self.root.locator("svg[data-panel]").all():
            name, x, y = (panel.get_attribute(f"data-{key}") for key in ("panel", "x", "y"))
            drawn = panel.locator("path[data-label]").evaluate_all(
                "paths => paths.map(path => [path.dataset.label, path.getAttribute('d') ?? ''])"
            )
            for label, path in drawn:
                places, starts = vertices(path)
                axes = (Axis(*json.loads(x)), Axis(*json.loads(y)))
                found.append(Curve(name, label, places, starts, *axes))
        return found

    def cell(self, panel):
        """Return the colour of a map's cell at the present position."""
        return self.root.locator(f"svg[data-panel='{panel}']").evaluate(CELL_HERE)

    def draw_times(self):
        """Return the milliseconds of each drawing since the last call."""
        return self.page.evaluate(DRAW_TIMES)


def explorers(page):
    """Return the explorers of an open page, once each is drawn."""
    return [Explorer(page, output) for output in page.locator(".explorer-output").all()]
