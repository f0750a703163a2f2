"""A page prints light and whole, whatever its theme and whatever is closed on the screen."""

import re
import unicodedata
from ctypes import byref, c_double, c_uint
from dataclasses import dataclass
from functools import cache
from math import ceil, floor

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
import pytest

from tests_site.browser import opened, settle
from tests_site.pages import SITE, WIDER_THAN_THE_SCREEN, WITH_EXPLORER

MOST_PAGES = 26
MARGIN = 36  # points; less than the margins of a page, more than from its edge to its number
SHEET = {"width": 657, "height": 990}  # what lies between the margins, in pixels of styles
DRAWN = 3  # pixels a point
LEAST_CONTRAST = 4.5  # with white, as the guidelines for the web ask of text

CHAPTERS = sorted(WITH_EXPLORER[1:], key=lambda path: (SITE / path).stat().st_size)[-2:]
REFERENCE = [f"chapters/{name}.html" for name in ("update_rules", "glossary", "bibliography")]

# All that the page says, but for formulas, which have no text of one form, and what moves.
TEXTS = """() => {
    const article = document.querySelector("article.bd-article");
    const texts = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
    const found = [];
    while (texts.nextNode()) {
        const text = texts.currentNode;
        if (!text.parentElement.closest(
            "script, style, svg, button, .math, .headerlink, .explorer-output, .whole-book, "
            + "details.hide.above-input, div.citation > span.label"
        )) found.push(text.data);
    }
    return found;
}"""
ADDRESSES = """() => [...document.querySelectorAll("div.citation a.external")].map(a => a.href)"""
FOR_SCREENS = """() => [...document.querySelectorAll(
    "button, dialog, nav, header, footer, input, .headerlink, details.hide.above-input"
)].filter(element => element.checkVisibility() && !element.closest(".explorer-output"))
    .map(element => element.outerHTML.slice(0, 100))"""


def bare(text):
    """Return the letters and digits of a text: a print breaks words and lines as it likes."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text))


def contrast(red, green, blue):
    """Return the contrast of a colour with white."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (red / 255, green / 255, blue / 255)
    ]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


def seen_contrast(drawing, box, height):
    """Return the contrast with white of the darkest point in a box of a drawn page."""
    left, right, bottom, top = (DRAWN * edge.value for edge in box)
    place = (floor(left), floor(DRAWN * height - top), ceil(right), ceil(DRAWN * height - bottom))
    pixels = np.asarray(drawing.crop(place).convert("RGB")).reshape(-1, 3)
    return max(contrast(*pixel) for pixel in pixels)


def pale_text(sheet):
    """Return the characters of a page that can hardly be read on white, and their colours.

    White under a word of a figure, which keeps curves off it, is found by its place: it is dark.
    """
    found, drawing = {}, None
    text_page, (_, height) = sheet.get_textpage(), sheet.get_size()
    for index in range(text_page.count_chars()):
        colour = [c_uint() for _ in range(4)]
        pdfium.FPDFText_GetFillColor(text_page, index, *map(byref, colour))
        *rgb, _ = (part.value for part in colour)
        if contrast(*rgb) >= LEAST_CONTRAST:
            continue
        drawing = drawing or sheet.render(scale=DRAWN).to_pil()
        box = [c_double() for _ in range(4)]
        pdfium.FPDFText_GetCharBox(text_page, index, *map(byref, box))
        if seen_contrast(drawing, box, height) < LEAST_CONTRAST:
            character = chr(pdfium.FPDFText_GetUnicode(text_page, index))
            found[tuple(rgb)] = found.get(tuple(rgb), "") + character
    return found


@dataclass
class Print:
    """What was seen of a printed page, and what the page itself says."""

    texts: list[str]
    addresses: list[str]
    for_screens: list[str]
    too_wide: list[str]
    theme_afterwards: str
    headings: int
    pages: list[str]
    pale: list[dict]
    backgrounds: list[tuple]
    stranded: list[str]


def within_margins(page, top):
    """Return the text of a page between its margins, from a height downwards."""
    width, _ = page.get_size()
    return page.get_textpage().get_text_bounded(MARGIN, MARGIN, width - MARGIN, top)


@cache
def printed(browser, site, path, scripts=True):
    """Return the print of a page, which is made once for all tests of a process."""
    with opened(browser, site + path, theme="dark", java_script_enabled=scripts) as (page, record):
        if scripts:
            settle(page, record)
        texts, addresses = page.evaluate(TEXTS), page.evaluate(ADDRESSES)
        options = {"prefer_css_page_size": True, "print_background": True}
        content = page.pdf(**options, outline=True, tagged=True)
        theme = page.evaluate("document.documentElement.dataset.theme")
        page.emulate_media(media="print")
        page.set_viewport_size(SHEET)
        for_screens = page.evaluate(FOR_SCREENS)
        too_wide = page.evaluate(WIDER_THAN_THE_SCREEN)
    pdf = pypdfium2.PdfDocument(content)
    found = Print(texts, addresses, for_screens, too_wide, theme, 0, [], [], [], [])
    for sheet in pdf:
        _, height = sheet.get_size()
        found.pages.append(within_margins(sheet, height - MARGIN))
        found.pale.append(pale_text(sheet))
        colours = sheet.render(scale=0.25).to_pil().getcolors(maxcolors=1 << 20)
        found.backgrounds.append(max(colours)[1])
    for entry in pdf.get_toc():
        found.headings += 1
        target = entry.get_dest()
        title = bare(entry.get_title())
        below = within_margins(pdf[target.get_index()], target.get_view()[1][1])
        if bare(below).removeprefix(title) == "":
            found.stranded.append(entry.get_title())
    return found


@pytest.fixture(params=[*CHAPTERS, *REFERENCE])
def paper(request, browser, site):
    return printed(browser, site, request.param)


def stands_in(whole, text):
    """Tell whether a print has a text, in one piece or on two pages."""
    return any(text[:cut] in whole and text[cut:] in whole for cut in range(len(text) or 1))


def missing(paper):
    """Return the texts of a page that its print has not, or not between its margins."""
    whole = bare("".join(paper.pages))
    return [text for text in paper.texts if not stands_in(whole, bare(text))]


def test_nothing_is_missing_or_cut(paper):
    assert missing(paper) == []


def test_nothing_is_wider_than_the_sheet(paper):
    """A browser makes all of a print smaller if something is."""
    assert paper.too_wide == []


@pytest.mark.parametrize("path", CHAPTERS[:1])
def test_nothing_is_missing_without_scripts(browser, site, path):
    assert missing(printed(browser, site, path, scripts=False)) == []


def test_all_text_can_be_read_on_white(paper):
    assert {k: v for k, v in enumerate(paper.pale, start=1) if v} == {}
    assert set(paper.backgrounds) == {(255, 255, 255)}


def test_what_is_for_screens_stays_there(paper):
    assert paper.for_screens == []


def test_the_reader_keeps_the_theme(paper):
    assert paper.theme_afterwards == "dark"


def test_no_heading_stands_at_the_foot_of_a_page(paper):
    assert paper.headings
    assert paper.stranded == []


@pytest.mark.parametrize("path", CHAPTERS)
def test_a_chapter_is_short(browser, site, path):
    assert len(printed(browser, site, path).pages) <= MOST_PAGES


def test_the_bibliography_has_its_addresses(browser, site):
    paper = printed(browser, site, REFERENCE[-1])
    assert paper.addresses
    whole = bare("".join(paper.pages))
    missed = [address for address in paper.addresses if not stands_in(whole, bare(address))]
    assert missed == []
