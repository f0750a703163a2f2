"""The search finds the section that a reader wants, wherever the site lies, without a mouse too."""

import gzip
import json
import re

import pytest

from tests_site.browser import opened
from tests_site.pages import PAGES, SITE, addresses, axe
from tests_site.server import Server

RECORDS = SITE / "_static" / "search-records.js"
POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
# What is typed, where its first result stands, and a part of its heading.
WANTED = [
    ("RMSprop", "05_rmsprop", "RMSprop"),
    ("Adam", "06_adam", "Adam"),
    ("Adagrad", "04_adagrad", "Adagrad"),
    ("what is momentum", "03_momentum", "Momentum"),
    ("learning rate", "01_learning_rate", "The learning rate"),
    ("learning_rate", "01_learning_rate", "The learning rate"),
    ("schedules", "02_schedules", "Schedules"),
    ("schedule", "02_schedules", "Schedules"),
    ("warmup", "02_schedules", "warm-up"),
    ("warm up", "02_schedules", "warm-up"),
    ("warm-up", "02_schedules", "warm-up"),
    ("momentun", "03_momentum", "Momentum"),
    ("nestrov", "03_momentum", "Nesterov"),
    ("bias corection", "06_adam", "Bias correction"),
    ("bias cor", "06_adam", "Bias correction"),
    ("beta1", "06_adam", "β1"),
    ("β1", "06_adam", "β1"),
    ("√β2", "06_adam", "β2"),
    ("epsilon", "06_adam", "epsilon"),
    ("ε", "06_adam", "epsilon"),
    ("eta", "05_rmsprop", "η"),
    ("noise floor", "01_learning_rate", "Noise"),
    ("condition number", "glossary", "condition number"),
    ("PyTorch dampening", "03_momentum", "dampening"),
    ("OneCycleLR", "02_schedules", "Same name"),
    ("one cycle", "02_schedules", "The rule"),
    ("warmup_cosine_decay_schedule", "02_schedules", "Same name"),
    ("subgradient methods online", "bibliography", "Adaptive Subgradient Methods"),
]


def records():
    """Return every record as page, number of the chapter, anchor, kind, heading and texts."""
    script = RECORDS.read_text(encoding="utf-8")
    pages = json.loads(script.removeprefix("globalThis.SEARCH_RECORDS = ").rstrip(";\n"))
    return [(page, number, *record) for page, number, found in pages for record in found]


def results(field, query):
    """Type a query, and return the addresses and headings that are shown for it."""
    field.fill(query)
    form = field.locator("xpath=ancestor::form")
    form.get_by_role("status").filter(has_text=re.compile("result|Nothing")).wait_for()
    return form.locator("a").evaluate_all(
        "links => links.map(link => [link.href, link.children[0].textContent])"
    )


@pytest.fixture(scope="module")
def field(browser):
    """The field of the search page, opened from a folder."""
    with opened(browser, f"{SITE.as_uri()}/search.html") as (page, record):
        yield page.get_by_role("main").get_by_role("searchbox")
        assert record.failed + record.complaints == []


@pytest.mark.parametrize(("query", "page", "heading"), WANTED)
def test_the_first_result_is_the_wanted_one(field, query, page, heading):
    address, found = results(field, query)[0]
    assert f"/{page}.html#" in address
    assert heading in found


@pytest.mark.parametrize("query", ["Adam", "RMSprop", "Adagrad", "Nesterov", "momentum"])
def test_chapters_stand_before_the_glossary_and_this_before_the_package(field, query):
    pages = [re.search(r"(\w+)\.html#", address)[1] for address, _ in results(field, query)]
    assert re.match(r"0\d_", pages[0])
    glossary = pages.index("glossary")
    assert "api" not in pages[:glossary]


SAME = [("ε", "epsilon"), ("β₁", "beta1"), ("warmup", "warm-up"), ("ravines", "ravine")]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_names_of_the_same_find_the_same(field, one, other):
    assert results(field, one)[:5] == results(field, other)[:5]


def test_what_is_nowhere_is_not_found(field):
    assert results(field, "zyzzyva") == []


def test_every_record_leads_to_its_place():
    found = records()
    assert len(found) > 300
    assert {page for page, *_ in found} <= set(PAGES)
    assert [
        f"{page}#{anchor}" for page, _, anchor, *_ in found if anchor not in addresses(page).names
    ] == []


def test_every_section_of_every_chapter_has_a_record():
    anchors = {(page, anchor) for page, _, anchor, *_ in records()}
    for page in (page for page in PAGES if re.match(r"chapters/\d", page)):
        markup = (SITE / page).read_text(encoding="utf-8")
        sections = re.findall(r'<section (?:class="[^"]*" )?id="([^"]+)">\s*<h\d', markup)
        assert len(sections) > 10
        assert {(page, anchor) for anchor in sections} <= anchors


def test_texts_hold_no_fold_and_no_source_of_a_formula():
    bad = re.compile(r"(?:Show|Hide) code cell \w+\b(?! to see)|\\[a-z]|\$|\{\w+\}")
    texts = [" ".join(record[4:]) for record in records()]
    assert [found[0] for text in texts if (found := bad.search(text))] == []


def test_a_formula_stands_in_a_text_once():
    (text,) = (record[6] for record in records() if record[2] == "term-bias-correction")
    assert text.startswith("Division by 1 − βᵗ, which undoes the pull")


def test_what_is_loaded_to_search_is_small_and_comes_when_it_is_needed(browser, site):
    assert len(gzip.compress(RECORDS.read_bytes(), 6)) < 100_000
    with opened(browser, f"{site}chapters/06_adam.html") as (page, record):
        assert not [address for address in record.addresses if RECORDS.name in address]
        page.keyboard.press("Control+k")
        page.wait_for_function("() => globalThis.SEARCH_RECORDS && globalThis.MiniSearch")


def test_nothing_of_another_search_is_left():
    names = {path.name for path in SITE.rglob("*.js")}
    assert names.isdisjoint(
        {"searchindex.js", "searchtools.js", "language_data.js", "sphinx_highlight.js"}
    )


def test_it_is_used_without_a_mouse(browser, site):
    """Ctrl+K, a word, down and up, Enter; then the section is there and its words are marked."""
    marks = "CSS.highlights.get('search')?.size ?? 0"
    with opened(browser, f"{site}chapters/04_adagrad.html") as (page, record):
        focused = page.locator(":focus")
        page.keyboard.press("Control+k")
        page.keyboard.type("bias correction")
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("status").filter(has_text=re.compile(r"^\d+ results$")).wait_for()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        assert "term-bias-correction" in focused.get_attribute("href")
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowUp")
        assert focused.get_attribute("name") == "q"
        page.keyboard.press("ArrowDown")
        page.keyboard.type("s")  # typing goes on in the field
        assert focused.input_value() == "bias corrections"
        page.keyboard.press("Escape")
        dialog.wait_for(state="hidden")

        page.keyboard.press("Control+k")
        page.keyboard.type("bias cor")
        page.keyboard.press("Enter")
        page.wait_for_url("**/06_adam.html#bias-correction-backwards")
        page.wait_for_function(f"{marks} > 5")
        top = page.locator("#bias-correction-backwards").bounding_box()["y"]
        assert 0 <= top < 200
        page.keyboard.press("Escape")
        assert page.evaluate(marks) == 0
        page.reload()
        assert page.evaluate(marks) == 0
        assert record.failed + record.complaints == []


def test_a_result_on_the_same_page_closes_the_dialog_and_is_marked(browser, site):
    with opened(browser, f"{site}chapters/06_adam.html") as (page, _):
        page.keyboard.press("Control+k")
        page.keyboard.type("bias correction")
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("link").first.click()
        dialog.wait_for(state="hidden")
        page.wait_for_url("**#bias-correction-backwards")
        page.get_by_role("button", name="Remove marks").click()
        assert page.evaluate("CSS.highlights.has('search')") is False


@pytest.fixture(scope="module", params=["folder", "path", "policy"])
def home(request):
    if request.param == "folder":
        yield f"{SITE.as_uri()}/", None
        return
    with Server(SITE, "/shelf/book/") as server:
        yield server.url, POLICY if request.param == "policy" else None


def test_it_finds_wherever_the_site_lies(browser, home):
    url, policy = home
    with opened(browser, "about:blank") as (page, record):
        if policy:

            def add_policy(route):
                answer = route.fetch()
                headers = answer.headers | {"content-security-policy": policy}
                route.fulfill(response=answer, headers=headers)

            page.route("**/*.html*", add_policy)
        page.goto(f"{url}search.html?q=momentum")
        page.get_by_role("main").locator("form a").first.click()
        page.wait_for_url("**/chapters/03_momentum.html#*")
        page.wait_for_function("CSS.highlights.get('search')?.size > 5")
        # The next page may come before the icon of this one.
        faults = [fault for fault in record.failed if "ERR_ABORTED" not in fault]
        faults += record.foreign(url) + record.complaints
        # What else a page wants that the policy forbids is not the search's.
        own = re.compile(r"minisearch|search-records|search\.(?:js|css)" if policy else "")
        assert [fault for fault in faults if own.search(fault)] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_the_dialog(browser, site, theme):
    with opened(browser, f"{site}chapters/glossary.html", theme=theme) as (page, _):
        page.keyboard.press("Control+k")
        page.keyboard.type("epsilon")
        page.get_by_role("dialog").get_by_role("link").first.wait_for()
        page.keyboard.press("ArrowDown")
        assert axe(page, all_else=theme == "light") == []


def test_the_magnifier_covers_no_letter(field):
    form = field.locator("xpath=ancestor::form")
    icon, box = form.locator("i").bounding_box(), field.bounding_box()
    assert icon["x"] + icon["width"] <= box["x"]


def test_without_scripts_the_page_says_so_and_leads_to_the_contents(browser, site):
    with opened(browser, f"{site}search.html", java_script_enabled=False) as (page, _):
        main = page.get_by_role("main")
        assert "needs scripts" in main.inner_text()
        assert not main.get_by_role("searchbox").count()
        main.get_by_role("link", name="contents").click()
        page.wait_for_url("**/index.html")
