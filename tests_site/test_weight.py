"""Pages are light, and lose nothing by it: not a style, not a formula, not the place of a link."""

import gzip
import json
import re
from functools import cache

import pytest
from bs4 import BeautifulSoup
from bs4.element import PreformattedString

from tests_site.browser import NARROW, TWO_FRAMES, WIDE, opened, settle
from tests_site.pages import ALL_SECTIONS, OPEN_ALL, PAGES, ROOT, SITE, WITH_EXPLORER

MOST_NODES = 8000
SHEET = 24_000  # bytes, compressed
CHAPTERS = [page for page in WITH_EXPLORER if page != "index.html"]
# What each page linked before its sheets became one.
SHEETS = json.loads((ROOT / "_build/.doctrees/sheets.json").read_text(encoding="utf-8"))
NO_PROSE = {"code", "pre", "kbd", "math", "script", "style", "title", "svg"}
ONE_SHEET = re.compile(r'<link rel="stylesheet" href="[^"]*site\.css[^"]*" />')

# The styles of all elements and of what stands before and after them, of each kind once: elements
# of one name and one set of classes, in such elements.
STYLES = """() => {
    const read = style => Array.from(style).filter(name => !name.startsWith("--")).map(
        name => [name, style.getPropertyValue(name)]);
    const usual = new Map(read(getComputedStyle(document.head)));
    const kinds = [["usual", [...usual].join("\\n")]];
    const path = new Map([[null, ""]]);
    const known = new Set();
    for (const element of document.querySelectorAll("*")) {
        const classes = [...element.classList].sort().join(".");
        const own = `${path.get(element.parentElement)}>${element.localName}.${classes}`;
        path.set(element, own);
        if (known.has(own) || element.closest("script, style, noscript")) continue;
        known.add(own);
        for (const part of [null, "::before", "::after"]) {
            const style = getComputedStyle(element, part);
            if (part && style.content === "none") continue;
            const unusual = read(style).filter(([name, value]) => value !== usual.get(name));
            kinds.push([own + (part ?? ""), unusual.join("\\n")]);
        }
    }
    return kinds;
}"""
STATES = {
    "wide and light": {"viewport": WIDE, "theme": "light"},
    "narrow and dark": {"viewport": NARROW, "theme": "dark", "color_scheme": "dark"},
    "print": {"viewport": WIDE, "theme": "light"},
}

# Below the header, and near it, a moment after: what comes near is laid out then.
PLACE = """id => {
    const target = document.getElementById(id);
    const shown = target.matches("section") ? target.querySelector(":is(h1, h2, h3)") : target;
    const header = document.querySelector(".bd-header-article").getBoundingClientRect().bottom;
    const {top, bottom} = shown.getBoundingClientRect();
    const atEnd = scrollY + innerHeight >= document.documentElement.scrollHeight - 2;
    const lands = top >= header - 1 && top < header + 100 || atEnd && bottom <= innerHeight;
    return lands ? "" : `${id} is at ${Math.round(top)}`;
}"""
HEADINGS_AWAY = f"""async ids => {{
    const frames = count => new Promise(done =>
        count ? requestAnimationFrame(() => frames(count - 1).then(done)) : done());
    const away = [];
    for (const id of ids) {{
        scrollTo({{top: 0, behavior: "instant"}});
        history.replaceState(null, "", location.pathname);
        await frames(2);
        location.hash = id;
        await frames(4);
        away.push(({PLACE})(id));
    }}
    return away.filter(text => text);
}}"""

FONTS_OF = "article.bd-article :is(mi, mn, mo, mtext)"


@cache
def parsed(page):
    """Return a page of the site as a tree."""
    return BeautifulSoup((SITE / page).read_text(encoding="utf-8"), "html.parser")


def prose(page):
    """Yield the pieces of text that stand outside code, signatures and formulas."""
    for text in parsed(page).find_all(string=True):
        if not isinstance(text, PreformattedString):
            names = {parent.name for parent in text.parents}
            signature = any("sig" in parent.get("class", []) for parent in text.parents)
            python = names & NO_PROSE or re.fullmatch(r"\s*\*\*\w+\s*", text)
            if text.strip() and not python and not signature:
                yield text.strip()


# Marks that Markdown takes away from what it understands. A name such as **options is Python.
MARKS = re.compile(
    r"""(?:^|\s|[.!?])\#{1,6}\s+\S  # a heading
    |\*\*|(?<![\w])__(?=\w)         # strong
    |`                              # code, and the end of a role
    |\]\(|\]\[                      # a link
    |:{3,}|(?:^|\s)\{[a-z:-]+\}     # a directive, a role
    |(?:^|\n)\s*(?:[-*+]|\d+\.)\s{2,}\S|\|\s*:?-{3,}""",
    re.VERBOSE,
)


@pytest.mark.parametrize("page", WITH_EXPLORER)
def test_a_chapter_has_few_elements(page):
    nodes = len(parsed(page).find_all(True))
    print(f"{page}: {nodes} nodes")
    assert nodes <= MOST_NODES


@pytest.mark.parametrize("page", PAGES)
def test_no_mark_of_markdown_stands_in_the_text(page):
    if page.startswith("_modules/"):  # nothing but code
        return
    assert [text[:80] for text in prose(page) if MARKS.search(text)] == []


def test_marks_of_markdown_are_known():
    for text in (
        "small.### Two words",
        "### A heading",
        "a **strong** word",
        "some `code`",
        "[text](target)",
        ":::{note}",
        "the {term}",
    ):
        assert MARKS.search(text), text
    for text in ("No. 3 of 4", "2 * 3 ** 2"[:5], "a - b", "[Polyak, 1964]", "x_1", "C#"):
        assert not MARKS.search(text), text


@pytest.mark.parametrize("page", PAGES)
def test_one_style_sheet_serves_all(page):
    text = (SITE / page).read_text(encoding="utf-8")
    shown = re.sub(r"<noscript>.*?</noscript>", "", text, flags=re.DOTALL)
    sheets = re.findall(r'<link\b[^>]*rel="stylesheet"[^>]*>', shown)
    assert len(sheets) == 1
    assert ONE_SHEET.fullmatch(sheets[0])


def test_the_style_sheet_is_light():
    sheet = gzip.compress((SITE / "_static/site.css").read_bytes(), 6)
    print(f"{len(sheet)} bytes")
    assert len(sheet) <= SHEET


def with_all_sheets(path, text):
    """Return a page with the sheets that it linked before they became one."""
    root = "../" * path.count("/")
    link = '<link rel="stylesheet" href="{}{}" media="{}" />'
    links = (link.format(root, address, media or "all") for address, media in SHEETS[path])
    assert ONE_SHEET.search(text)
    return ONE_SHEET.sub("".join(links), text)


def styles(browser, address, state, change=None):
    """Return the styles of a page, or of what ``change`` makes of it."""
    with opened(browser, "about:blank", **STATES[state]) as (page, record):
        if change:
            page.route(
                address,
                lambda route: route.fulfill(
                    response=(found := route.fetch()), body=change(found.text())
                ),
            )
        page.goto(address, wait_until="load")
        settle(page, record)  # with every explorer alive
        page.wait_for_function("document.fonts.status === 'loaded'")
        # What is out of sight has no height of its own before it has been near.
        page.add_style_tag(content=ALL_SECTIONS)
        if state == "print":
            page.emulate_media(media="print")
        page.evaluate("document.getAnimations().forEach(one => one.finish())")
        page.evaluate(TWO_FRAMES)
        return dict(page.evaluate(STYLES))


@pytest.mark.parametrize(
    ("path", "state"),
    [
        *((CHAPTERS[2], state) for state in STATES),
        ("index.html", "print"),
        ("chapters/api.html", "wide and light"),
    ],
)
def test_the_one_sheet_styles_as_all_do(browser, site, path, state):
    one = styles(browser, site + path, state)
    every = styles(browser, site + path, state, lambda text: with_all_sheets(path, text))
    assert one.keys() == every.keys()
    differ = [kind for kind in one if one[kind] != every[kind]]
    lines = [set(every[kind].split("\n")) ^ set(one[kind].split("\n")) for kind in differ[:3]]
    assert dict(zip(differ, lines, strict=False)) == {}


def contents(path):
    """Return the names of the sections that the contents list of a page leads to."""
    return [link["href"][1:] for link in parsed(path).select("#pst-page-toc-nav a[href^='#']")]


@pytest.mark.parametrize(
    ("path", "viewport"), [*((path, NARROW) for path in CHAPTERS), (CHAPTERS[2], WIDE)]
)
def test_every_link_of_the_contents_lands_on_its_heading(browser, site, path, viewport):
    with opened(browser, site + path, viewport=viewport) as (page, _):
        page.evaluate(OPEN_ALL)
        page.evaluate("document.fonts.ready")
        names = contents(path)
        assert len(names) > 5
        assert page.evaluate(HEADINGS_AWAY, names) == []


def test_an_address_opens_at_its_heading(browser, site):
    path = CHAPTERS[2]
    sections = [one["id"] for one in parsed(path).select(".bd-article > section > section")]
    for name in (sections[len(sections) // 2], sections[-1]):
        with opened(browser, f"{site}{path}#{name}", viewport=NARROW) as (page, _):
            page.evaluate("document.fonts.ready")
            page.wait_for_timeout(300)
            assert page.evaluate(PLACE, name) == ""


def test_sections_out_of_sight_are_found_and_printed(browser, site):
    with opened(browser, site + CHAPTERS[2]) as (page, _):
        sections = page.locator(".bd-article > section > section")
        ways = "all => all.map(one => getComputedStyle(one).contentVisibility)"
        assert sections.evaluate_all(ways).count("auto") > 5
        words = sections.last.locator("li, p").last.text_content().strip()[:20]
        assert page.evaluate("words => find(words)", words)
        page.emulate_media(media="print")
        assert set(sections.evaluate_all(ways)) == {"visible"}


@pytest.mark.parametrize("path", CHAPTERS)
def test_formulas_are_set_in_their_own_font(browser, site, path):
    """A sign that the font lacks would come from another."""
    with opened(browser, site + path) as (page, _):
        page.add_style_tag(content=ALL_SECTIONS)
        page.evaluate(OPEN_ALL)
        page.evaluate("document.fonts.ready")
        tools = page.context.new_cdp_session(page)
        tools.send("DOM.enable")
        tools.send("CSS.enable")
        root = tools.send("DOM.getDocument")["root"]["nodeId"]
        query = {"nodeId": root, "selector": FONTS_OF}
        found = {}
        for node in tools.send("DOM.querySelectorAll", query)["nodeIds"]:
            for font in tools.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]:
                found.setdefault((font["familyName"], font["isCustomFont"]), node)
        wrong = {
            family: tools.send("DOM.getOuterHTML", {"nodeId": node})["outerHTML"]
            for (family, own), node in found.items()
            if not own
        }
        assert found
        assert wrong == {}


def test_only_code_can_be_copied_and_folds_are_lines(browser, site):
    with opened(browser, site + CHAPTERS[2]) as (page, _):
        assert page.locator(".cell_input button.copybtn").count()
        assert page.locator(".cell_output button.copybtn").count() == 0
        folds = page.locator("details.fold > summary")
        assert folds.count()
        assert max(folds.evaluate_all("all => all.map(one => one.offsetHeight)")) <= 32
        code = page.locator("details.fold.hide").first
        assert code.locator("summary").inner_text().strip() == "▸ Show code".replace("▸ ", "")
        code.locator("summary").click()
        assert code.locator("summary").inner_text().strip() == "Hide code"
        assert code.locator("pre").first.is_visible()
