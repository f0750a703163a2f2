"""The pages of the built site, as files and as a reader sees them."""

from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from tests_site.browser import AXE, NARROW

ROOT = Path(__file__).parent.parent
SITE = ROOT / "_build" / "html"
# Files of `_static` are parts of pages, and the page for missing ones has no place of its own.
PAGES = sorted(
    str(path.relative_to(SITE))
    for path in SITE.rglob("*.html")
    if "_static" not in path.relative_to(SITE).parts and path.name != "404.html"
)
# Pages of source code differ in nothing but their length: the longest stands for all.
SOURCE = [path for path in PAGES if path.startswith("_modules/") and path != "_modules/index.html"]
VISITED = [path for path in PAGES if path not in SOURCE]
VISITED += sorted(SOURCE, key=lambda path: (SITE / path).stat().st_size)[-1:]
# The pages that must have an explorer: the front page and every chapter.
WITH_EXPLORER = [
    "index.html",
    *(f"chapters/{path.stem}.html" for path in sorted((ROOT / "chapters").glob("*.ipynb"))),
]

# Sections are laid out when they come near, and what is not laid out has no colours.
ALL_SECTIONS = "section { content-visibility: visible !important; }"

# Closed parts of the page are content too. Axe sees nothing, and a formula has no size, in them.
OPEN_ALL = """() => {
    for (const closed of document.querySelectorAll("details")) closed.open = true;
    for (const tab of document.querySelectorAll(".sd-tab-content")) tab.style.display = "block";
}"""

# A formula is rendered if each of its parts takes up room as MathML, in the formulas' font.
BAD_FORMULAS = r"""() => {
    const bad = [];
    for (const formula of document.querySelectorAll(".math")) {
        const parts = [...formula.querySelectorAll("math")];
        const shown = parts.every(part => {
            const {width, height} = part.getBoundingClientRect();
            return width && height;
        });
        if (!parts.length) bad.push("not rendered: " + formula.textContent);
        else if (!shown) bad.push("not visible: " + formula.textContent);
        else if (!formula.querySelector("annotation")?.textContent)
            bad.push("cannot be copied: " + formula.textContent);
        else if (!getComputedStyle(parts[0]).fontFamily.includes("Formulas"))
            bad.push("in another font: " + formula.textContent);
    }
    for (const error of document.querySelectorAll(".temml-error, merror")) {
        bad.push("error: " + (error.title || error.textContent));
    }
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const text = texts.currentNode;
        if (/\\[A-Za-z()[\]]|\$\$/.test(text.data)
            && !text.parentElement.closest("pre, code, script, style, annotation, .math"))
            bad.push("raw: " + text.data);
    }
    return bad.map(text => text.trim().slice(0, 100));
}"""

WIDER_THAN_THE_SCREEN = """() => {
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) return [];
    const scrolls = element => element && element !== root && element !== document.body
        && (getComputedStyle(element).overflowX !== "visible" || scrolls(element.parentElement));
    const beyond = [...document.body.querySelectorAll("*")].filter(element =>
        element.getBoundingClientRect().right > root.clientWidth + 1
        && !scrolls(element.parentElement));
    const name = element => element.tagName.toLowerCase()
        + (element.id && "#" + element.id) + [...element.classList].map(c => "." + c).join("");
    return [`${root.scrollWidth} px`, ...beyond.slice(0, 3).map(name)];
}"""

# Axe takes seconds to look behind every piece of text. Pieces of one colour and size on one
# background have one contrast, so one of each kind is looked at, the one with the least inside; of
# links, one in text of each colour.
ONE_OF_EACH_CONTRAST = """() => {
    const inherited = new Map([[document, ["", ""]]]);
    const behind = element => {
        if (!inherited.has(element)) {
            const style = getComputedStyle(element);
            const [background, dimmed] = behind(element.parentNode ?? document);
            const clear = style.backgroundColor === "rgba(0, 0, 0, 0)";
            inherited.set(element, [
                clear && style.backgroundImage === "none" ? background
                    : style.backgroundColor + style.backgroundImage,
                dimmed + (style.opacity === "1" ? "" : style.opacity)
                    + (style.filter === "none" ? "" : style.filter),
            ]);
        }
        return inherited.get(element);
    };
    const kinds = new Map();
    for (const element of document.body.querySelectorAll("*")) {
        const own = [...element.childNodes].some(
            node => node.nodeType === Node.TEXT_NODE && node.data.trim());
        if (!(own || "value" in element) || !element.checkVisibility({visibilityProperty: true}))
            continue;
        const style = getComputedStyle(element);
        const around = element.tagName === "A"
            ? [style.textDecorationLine, getComputedStyle(element.parentNode).color] : [];
        const kind = [style.color, style.fontSize, style.fontWeight, style.textShadow,
                      ...around, ...behind(element)].join();
        const known = kinds.get(kind);
        if (!known || element.childElementCount < known.childElementCount) kinds.set(kind, element);
    }
    return [...kinds.values()];
}"""

CONTRAST = f"""async () => (await axe.run(
    {{include: ({ONE_OF_EACH_CONTRAST})()}},
    {{preload: false, reporter: "no-passes",
      runOnly: ["color-contrast", "link-in-text-block"]}})).violations"""
ALL_ELSE = """async () => (await axe.run(document, {
    preload: false, reporter: "no-passes",
    rules: {"color-contrast": {enabled: false}, "link-in-text-block": {enabled: false}},
})).violations"""


# What moves in, moves to its end; and the theme makes what scrolls reachable by keyboard, a moment
# after the page was resized. In sections that are not laid out nothing moves, nor ends.
COME_TO_REST = """() => Promise.all([
    ...document.getAnimations()
        .filter(({effect}) => effect.target.checkVisibility({contentVisibilityAuto: true}))
        .map(animation => Promise.race([
            animation.finished, new Promise(done => setTimeout(done, 2000))])),
    new Promise(done => setTimeout(done, 400)),
])"""


def axe(page, *, colours=True, all_else=True):
    """Return what axe-core finds, one line each: about colours, and about all else."""
    page.add_style_tag(content=ALL_SECTIONS)
    page.evaluate(COME_TO_REST)
    page.evaluate(AXE)
    violations = page.evaluate(CONTRAST) if colours else []
    if all_else:
        violations += page.evaluate(ALL_ELSE)
    return [
        f"{violation['id']}: {violation['help']}: {node['target']}"
        for violation in violations
        for node in violation["nodes"][:3]
    ]


def wider_than_the_screen(page):
    """Return the page's width on a phone and what makes it so wide; nothing if it fits."""
    page.set_viewport_size(NARROW)
    return page.evaluate(WIDER_THAN_THE_SCREEN)


class Addresses(HTMLParser):
    """The names that a page defines, where its links lead, and what it loads."""

    LOADS = frozenset({"script", "img", "iframe", "source", "video", "audio", "embed", "object"})
    LINKS_THAT_LOAD = frozenset({"stylesheet", "preload", "modulepreload", "icon", "manifest"})

    def __init__(self, text):
        super().__init__()
        self.names = set()
        self.links = set()
        self.loads = set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.names |= {values[key] for key in ("id", "name") if values.get(key)}
        if tag in self.LOADS:
            self.loads |= {values[key] for key in ("src", "data", "poster") if values.get(key)}
            for candidate in filter(None, (values.get("srcset") or "").split(",")):
                self.loads.add(candidate.split()[0])
        elif tag == "link" and self.LINKS_THAT_LOAD & set(values.get("rel", "").split()):
            self.loads.add(values["href"])
        elif tag == "a" and values.get("href"):
            self.links.add(values["href"])


@cache
def addresses(page):
    """Return the parsed addresses of a page of the site."""
    return Addresses((SITE / page).read_text(encoding="utf-8"))


def dead(page, link):
    """Tell whether a link of a page leads to a file or an anchor that the site has not."""
    if urlsplit(link).scheme or link.startswith("//"):
        return False
    address = urlsplit(urljoin(f"/{page}", link))
    target = unquote(address.path).lstrip("/")
    if not target or target.endswith("/"):
        target += "index.html"
    if not (SITE / target).is_file():
        return True
    anchor = unquote(address.fragment)
    return bool(anchor and target.endswith(".html") and anchor not in addresses(target).names)
