"""A real browser that reaches this machine only and forgets nothing that it was asked for."""

import os
import re
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import axe_playwright_python
from playwright.sync_api import sync_playwright

WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 360, "height": 740}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")

# No page in a folder may fetch a font before its style asks for it, which it does all the same.
FONT_IN_A_FOLDER = re.compile(r"file:\S*\.woff2")

LONGEST_WAIT = 30  # seconds
EXPLORERS_DRAWN = """() => [...document.querySelectorAll(".explorer-output")].every(
    output => output.matches(".explorer-alive, :has(> .explorer-message)"))"""

# A theme of the reader's choice, where the site's own switch would leave it.
CHOOSE_THEME = "for (const key of ['mode', 'theme']) localStorage.setItem(key, '{}')"

TWO_FRAMES = """() => new Promise(done =>
    requestAnimationFrame(() => requestAnimationFrame(() => done())))"""

SCROLL_TO_THE_END = """async () => {
    const frame = () => new Promise(done => requestAnimationFrame(done));
    for (let top = 0; top < document.documentElement.scrollHeight; top += innerHeight) {
        scrollTo({top, behavior: "instant"});
        await frame();
    }
    scrollTo({top: 0, behavior: "instant"});
    await document.fonts.ready;
}"""


@contextmanager
def chromium():
    """Start Chromium: the program that the environment variable CHROMIUM names."""
    with sync_playwright() as playwright:
        program = os.environ.get("CHROMIUM") or "chromium"
        found = [Path(folder, program) for folder in os.environ["PATH"].split(os.pathsep)]
        paths = [path for path in found if path.is_file()]
        if not paths:
            raise FileNotFoundError(f"{program}: install it, or name another in CHROMIUM.")
        browser = playwright.chromium.launch(executable_path=paths[0], args=FLAGS)
        yield browser
        browser.close()


class Record:
    """What a page asked for, could not have, and complained about."""

    def __init__(self, page):
        self.addresses = []
        self.waiting = set()
        self.failed = []
        self.complaints = []
        page.on("request", self._on_request)
        page.on("requestfinished", lambda request: self.waiting.discard(request))
        page.on("requestfailed", self._on_failed)
        page.on("response", self._on_response)
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def foreign(self, home):
        """Return the addresses that another place than ``home`` would have to answer."""
        return [
            address
            for address in dict.fromkeys(self.addresses)
            if urlsplit(address).scheme not in {"data", "blob"} and not address.startswith(home)
        ]

    def _on_request(self, request):
        self.addresses.append(request.url)
        self.waiting.add(request)

    def _on_failed(self, request):
        self.waiting.discard(request)
        if not FONT_IN_A_FOLDER.search(request.url):
            self.failed.append(f"{request.failure} {request.url}")

    def _on_response(self, response):
        if response.status >= 400:
            self.failed.append(f"{response.status} {response.url}")

    def _on_console(self, message):
        if message.type in {"error", "warning"}:
            text = f"{message.type}: {message.text} ({message.location['url']})"
            if not FONT_IN_A_FOLDER.search(text):
                self.complaints.append(text)


@contextmanager
def opened(browser, address, *, theme=None, viewport=WIDE, script=None, **options):
    """Open a page as a new reader would, and yield it with its record; a script may run first."""
    context = browser.new_context(viewport=viewport, **options)
    if script:
        context.add_init_script(script)
    if theme:
        context.add_init_script(CHOOSE_THEME.format(theme))
    page = context.new_page()
    record = Record(page)
    page.goto(address, wait_until="load")
    try:
        yield page, record
    finally:
        context.close()


def settle(page, record):
    """Scroll to the end and back, so that lazy pictures load, and wait until all have come."""
    page.evaluate(SCROLL_TO_THE_END)
    page.wait_for_timeout(50)
    page.wait_for_function(EXPLORERS_DRAWN)
    until = time.monotonic() + LONGEST_WAIT
    while record.waiting:
        page.wait_for_timeout(20)
        if time.monotonic() > until:
            raise TimeoutError(f"never answered: {[one.url for one in record.waiting]}")
