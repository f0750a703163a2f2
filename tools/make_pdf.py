"""Print the built book as one PDF, with outline and links, and let the site offer it.

Run it with ``make pdf``, which prepares what it needs. The pages are joined to one by
``whole_book.js`` and printed by Chromium in the site's own print style. Of the reference, the
package is left out: nobody looks up a signature on paper. A PDF with a fault is not offered: the
program ends with what it found.
"""

import re
import sys
from io import BytesIO
from pathlib import Path

import pikepdf

from tests_site.browser import chromium
from tests_site.pages import SITE
from tests_site.server import Server

NAME = "how-the-learning-rate-is-set.pdf"
LEFT_OUT = ["chapters/api.html"]
JOIN = Path(__file__).with_name("whole_book.js").read_text(encoding="utf-8")
STYLE = Path(__file__).with_name("whole_book.css").read_text(encoding="utf-8")
# Where a page of the site has this comment, the PDF is offered.
PLACE = "<!-- whole book -->"
OFFER = re.compile(rf'{PLACE}(?:<p class="whole-book">.*?</p>)?')

ALL_LOADED = """async () => {
    await Promise.all([...document.images].map(image => image.decode()));
    await document.fonts.ready;
}"""
WRITE_NUMBERS = """numbers => {
    for (const entry of document.querySelectorAll(".contents a")) {
        entry.querySelector(".number").textContent = numbers[entry.getAttribute("href").slice(1)];
    }
}"""


def printed():
    """Return the PDF of the whole book, and what is known of it from the pages."""
    with chromium() as browser, Server(SITE) as home:
        page = browser.new_page()
        page.set_default_timeout(0)
        # An empty page that has the site's address, so that it may read the others.
        page.goto(home.url + "whole-book")
        page.set_content("<!doctype html>")
        book = page.evaluate(JOIN, LEFT_OUT)
        page.add_style_tag(content=STYLE)
        page.evaluate(ALL_LOADED)
        options = {"prefer_css_page_size": True, "print_background": True}
        # Chromium's styles cannot say on which page something is. So the contents need two prints.
        page.evaluate(WRITE_NUMBERS, page_numbers(page.pdf(**options)))
        return page.pdf(**options, outline=True, tagged=True), book


def destinations(pdf):
    """Return the places of a PDF that links lead to: name and page object."""
    return {str(name)[1:]: place[0] for name, place in pdf.Root.get("/Dests", {}).items()}


def page_numbers(content):
    """Return the number of the page on which each place is."""
    with pikepdf.open(BytesIO(content)) as pdf:
        numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages, start=1)}
        return {name: numbers[page.objgen] for name, page in destinations(pdf).items()}


def close(entries):
    for entry in entries:
        entry.is_closed = True
        close(entry.children)


def finished(content, book):
    """Return the PDF as a reader should meet it: outline shown but folded, title in the bar."""
    with pikepdf.open(BytesIO(content)) as pdf:
        with pdf.open_outline() as outline:
            close(outline.root)
        pdf.Root.PageMode = pikepdf.Name.UseOutlines
        pdf.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        pdf.docinfo["/Author"] = book["author"]
        result = BytesIO()
        pdf.save(result, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return result.getvalue()


def faults_of(content, book):
    """Return what is wrong with the PDF of the whole book."""
    faults = [f"Nothing has the name {name}, to which a link leads." for name in book["lost"]]
    with pikepdf.open(BytesIO(content)) as pdf:
        with pdf.open_outline() as outline:
            found = {entry.title: [part.title for part in entry.children] for entry in outline.root}
        if found != book["outline"]:
            faults.append(f"The outline is {found}, not {book['outline']}.")
        places = destinations(pdf)
        inside = 0
        for number, page in enumerate(pdf.pages, start=1):
            for link in page.get("/Annots", []):
                action = link.get("/A", {})
                place = link.get("/Dest", action.get("/D"))
                address = str(action.get("/URI", ""))
                inside += place is not None
                if place is not None and str(place)[1:] not in places:
                    faults.append(f"Page {number}: a link leads to {place}, which is nowhere.")
                if place is None and not re.match(r"https?://(?!127\.0\.0\.1)", address):
                    faults.append(f"Page {number}: a link leads to {address or 'nothing'}.")
        if not inside:
            faults.append("No link leads from place to place.")
        for what in ("/Lang", "/MarkInfo", "/StructTreeRoot"):
            if what not in pdf.Root:
                faults.append(f"It has no {what}.")
        if str(pdf.docinfo.get("/Title")) != book["title"]:
            faults.append(f"Its title is {pdf.docinfo.get('/Title')}.")
    return faults


def offer():
    """Put a link to the PDF in every page that has a place for it."""
    megabytes = (SITE / NAME).stat().st_size / 1e6
    for path in SITE.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        up = "../" * (len(path.relative_to(SITE).parts) - 1)
        link = f'<a href="{up}{NAME}">The whole book as a PDF</a> ({megabytes:.0f} MB)'
        offered = OFFER.sub(f'{PLACE}<p class="whole-book">{link}</p>', text)
        if offered != text:
            path.write_text(offered, encoding="utf-8")


def main():
    """Print, check and offer the book."""
    content, book = printed()
    content = finished(content, book)
    faults = faults_of(content, book)
    if faults:
        sys.exit("\n".join(faults))
    (SITE / NAME).write_bytes(content)
    offer()
    print(f"The whole book is at {SITE / NAME}")


if __name__ == "__main__":
    main()
