"""Weigh and time the built site in Chromium, as a reader with an empty cache meets it and goes on.

Run it with ``make benchmark-site``, which prepares what it needs. Sizes are as sent by a server
that compresses, in kB; times are in ms. The slow phone is a quarter as fast as this machine, on a
line of 1.6 Mbit/s whose answers take 150 ms. Where ``npx`` is found, Lighthouse judges the pages
too, in the median of three runs.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from adaptive_lr.show import table
from tests_site.browser import FLAGS, TWO_FRAMES, WIDE, Record, chromium, settle
from tests_site.explorers import NOTE_READY, explorers
from tests_site.pages import SITE, WITH_EXPLORER
from tests_site.server import Server

PAGES = [*WITH_EXPLORER, "chapters/update_rules.html", "chapters/api.html", "search.html"]
LIGHTHOUSE = "lighthouse@12.8.2"
CATEGORIES = ["performance", "accessibility", "best-practices", "seo"]
PRESETS = {"mobile": [], "desktop": ["--preset=desktop"]}
RUNS = 3
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
SLOWER = 4
LINE = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1.6e6 / 8,
    "uploadThroughput": 0.75e6 / 8,
}

# Time in which the page could not answer: what each long task takes beyond 50 ms.
OBSERVE = """
window.seen = {shift: 0, blocked: 0, largest: 0};
const observe = (type, note) => new PerformanceObserver(
    list => list.getEntries().forEach(note)).observe({type, buffered: true});
observe("layout-shift", entry => { if (!entry.hadRecentInput) seen.shift += entry.value; });
observe("longtask", entry => { seen.blocked += entry.duration - 50; });
observe("largest-contentful-paint",
    entry => { if (!seen.scrolled) seen.largest = entry.startTime; });
addEventListener("scroll", () => { seen.scrolled = true; }, {once: true});
"""
WEIGHT = """() => {
    const entries = ["navigation", "resource"].flatMap(type => performance.getEntriesByType(type));
    const sent = entries.filter(entry => entry.transferSize > 0);
    return [sent.reduce((sum, entry) => sum + entry.transferSize, 0) / 1000, sent.length];
}"""
TIMES = """() => [
    performance.getEntriesByName("first-contentful-paint")[0]?.startTime, seen.largest,
    seen.shift, seen.blocked, window.explorersReady.at(-1)]"""
NODES = "document.querySelectorAll('*').length"
# From a key to the frame that shows what it did.
TO_FRAME = """slider => new Promise(done => {
    const start = performance.now();
    slider.stepUp();
    slider.dispatchEvent(new Event("input", {bubbles: true}));
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
})"""
# What its explorers bring, after the page has been seen to its end.
DATA = """() => performance.getEntriesByType("resource")
    .filter(entry => entry.name.includes("_static/explorers/"))
    .reduce((sum, entry) => sum + entry.transferSize, 0) / 1000"""


def visit(context, address):
    """Open a page; return it, and its weight and requests after opening and after scrolling."""
    page = context.new_page()
    record = Record(page)
    page.goto(address, wait_until="load")
    page.wait_for_timeout(1500)
    opened = page.evaluate(WEIGHT)
    settle(page, record)
    return page, opened, page.evaluate(WEIGHT)


def redraws(page):
    """Return the median and the largest time of drawing one step of the first sliders."""
    times = []
    for explorer in explorers(page):
        slider = next(c for c in explorer.controls().values() if c.kind == "range")
        slider.move_by_keyboard(False)
        explorer.draw_times()
        for _ in range(*slider.ends()):
            page.keyboard.press("ArrowRight")
            page.evaluate(TWO_FRAMES)
            times.append(sum(explorer.draw_times()))
    return (median(times), max(times)) if times else ("", "")


def measure(browser, site):
    """Return a row of figures for each page."""
    warm = browser.new_context(viewport=WIDE)
    visit(warm, site + PAGES[0])
    for path in PAGES:
        fresh = browser.new_context(viewport=WIDE)
        fresh.add_init_script(OBSERVE + NOTE_READY)
        page, opened, scrolled = visit(fresh, site + path)
        first, largest, shift, blocked, ready = page.evaluate(TIMES)
        data = page.evaluate(DATA)
        typical, slowest = redraws(page)
        fresh.close()
        again, _, later = visit(warm, site + path)
        again.close()
        yield [
            name(path),
            *(f"{opened[0]:.0f}", f"{scrolled[0]:.0f}", scrolled[1], f"{later[0]:.0f}"),
            *(f"{first:.0f}", f"{largest:.0f}", f"{shift:.3f}", f"{blocked:.0f}"),
            "" if ready is None else f"{ready:.0f}",
            *(f"{time:.1f}" if time else "" for time in (typical, slowest)),
            f"{data:.0f}",
        ]


@contextmanager
def on_a_slow_phone(browser, address):
    """Open a page as an empty cache, a slow processor and a slow line show it."""
    context = browser.new_context(**PHONE)
    context.add_init_script(OBSERVE + NOTE_READY)
    page = context.new_page()
    tools = context.new_cdp_session(page)
    tools.send("Network.enable")
    tools.send("Network.emulateNetworkConditions", LINE)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address, wait_until="load", timeout=120_000)
    page.wait_for_timeout(1500)
    yield page
    context.close()


def slow_phone(browser, site):
    """Return for each page when its text and its explorer are there, and how it then answers.

    An explorer is loaded when the reader comes near it: its time is that of an address which leads
    to it.
    """
    for path in WITH_EXPLORER:
        with on_a_slow_phone(browser, site + path) as page:
            first, _, shift, blocked, _ = page.evaluate(TIMES)
            nodes = page.evaluate(NODES)
            figure = page.locator("figure:has(.explorer-output)").first.get_attribute("id")
        with on_a_slow_phone(browser, f"{site}{path}#{figure}") as page:
            page.locator(".explorer[data-ready]").first.wait_for(timeout=60_000)
            ready, moved = page.evaluate("[explorersReady[0], seen.shift]")
            slider = page.locator(".explorer-output input[type=range]").first
            slider.evaluate("slider => { slider.value = slider.min; }")
            steps = min(20, int(slider.get_attribute("max")))
            times = [slider.evaluate(TO_FRAME) for _ in range(steps)]
        yield [
            name(path),
            *(f"{first:.0f}", f"{ready:.0f}"),
            *(f"{median(times):.0f}", f"{max(times):.0f}"),
            *(f"{blocked:.0f}", f"{max(shift, moved):.3f}", nodes),
        ]


def name(path):
    """Return what a page is called in the tables."""
    return path.removeprefix("chapters/").removesuffix(".html")


def lighthouse(site, preset):
    """Return Lighthouse's scores of each page, at most 100: the median of some runs."""
    flags = [flag for flag in FLAGS if not flag.startswith("--host-resolver-rules")]
    program = shutil.which(os.environ.get("CHROMIUM") or "chromium")
    environment = os.environ | {"CHROME_PATH": program}
    with tempfile.TemporaryDirectory() as folder:
        for path in PAGES:
            report = Path(folder, "report.json")
            command = [
                *("npx", "--yes", LIGHTHOUSE, site + path, *PRESETS[preset], "--quiet"),
                *("--output=json", f"--output-path={report}"),
                f"--only-categories={','.join(CATEGORIES)}",
                f"--chrome-flags={' '.join(['--headless=new', *flags])}",
            ]
            runs = []
            for _ in range(RUNS):
                subprocess.run(command, check=True, stdout=sys.stderr, env=environment)
                scores = json.loads(report.read_text(encoding="utf-8"))["categories"]
                runs.append([100 * (scores[one]["score"] or 0) for one in CATEGORIES])
            yield [name(path), *(f"{median(scores):.0f}" for scores in zip(*runs, strict=True))]


def main():
    """Print the tables."""
    with Server(SITE) as server:
        with chromium() as browser:
            print(
                table(
                    list(measure(browser, server.url)),
                    [
                        *("page", "opened [kB]", "scrolled [kB]", "requests", "cached [kB]"),
                        *("first paint", "largest paint", "shift", "blocked"),
                        *("explorer ready", "redraw", "slowest", "data [kB]"),
                    ],
                ).data
            )
            print("\nslow phone")
            print(
                table(
                    list(slow_phone(browser, server.url)),
                    [
                        *("page", "text", "explorer ready", "slider to frame", "slowest"),
                        *("blocked", "shift", "nodes"),
                    ],
                ).data
            )
        if not shutil.which("npx"):
            print("\nLighthouse is left out: npx is not on the PATH.")
            return
        for preset in PRESETS:
            print(f"\n{LIGHTHOUSE}, {preset}, median of {RUNS}")
            print(table(list(lighthouse(server.url, preset)), ["page", *CATEGORIES]).data)


if __name__ == "__main__":
    main()
