"""Weigh and time the built site in Chromium, as a reader with an empty cache meets it and goes on.

Run it with ``make benchmark-site``, which prepares what it needs. Sizes are as sent by a server
that compresses, in kB; times are in ms. Where ``npx`` is found, Lighthouse judges the pages too.
"""

import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
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
DATA = """() => [...document.querySelectorAll("script[type*='widget-state']")]
    .map(state => state.textContent).join("")"""


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
        data = len(gzip.compress(page.evaluate(DATA).encode(), 6)) / 1000
        typical, slowest = redraws(page)
        fresh.close()
        again, _, later = visit(warm, site + path)
        again.close()
        yield [
            path.removeprefix("chapters/").removesuffix(".html"),
            *(f"{opened[0]:.0f}", f"{scrolled[0]:.0f}", scrolled[1], f"{later[0]:.0f}"),
            *(f"{first:.0f}", f"{largest:.0f}", f"{shift:.3f}", f"{blocked:.0f}"),
            "" if ready is None else f"{ready:.0f}",
            *(f"{time:.1f}" if time else "" for time in (typical, slowest)),
            f"{data:.0f}",
        ]


def lighthouse(site):
    """Return Lighthouse's scores of each page, at most 100, with its desktop preset."""
    flags = [flag for flag in FLAGS if not flag.startswith("--host-resolver-rules")]
    program = shutil.which(os.environ.get("CHROMIUM") or "chromium")
    with tempfile.TemporaryDirectory() as folder:
        for path in PAGES:
            report = Path(folder, "report.json")
            command = [
                *("npx", "--yes", LIGHTHOUSE, site + path, "--preset=desktop", "--quiet"),
                *("--output=json", f"--output-path={report}"),
                f"--only-categories={','.join(CATEGORIES)}",
                f"--chrome-flags={' '.join(['--headless=new', *flags])}",
            ]
            subprocess.run(
                command, check=True, stdout=sys.stderr, env=os.environ | {"CHROME_PATH": program}
            )
            scores = json.loads(report.read_text(encoding="utf-8"))["categories"]
            yield [
                path.removeprefix("chapters/").removesuffix(".html"),
                *(f"{100 * (scores[name]['score'] or 0):.0f}" for name in CATEGORIES),
            ]


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
        if shutil.which("npx"):
            print(f"\n{LIGHTHOUSE}, desktop preset")
            print(table(list(lighthouse(server.url)), ["page", *CATEGORIES]).data)
        else:
            print("\nLighthouse is left out: npx is not on the PATH.")


if __name__ == "__main__":
    main()
