"""One style sheet for the whole site, cut to what its pages use.

The theme and its extensions bring a dozen sheets, of which a page uses a tenth. All that the pages
link are joined in the order in which they are linked. A rule stays if the tags, classes and ids of
one of its selectors occur in some page, or as words in some script, which might set them. Of a name
that a script puts together, such as `panel-${number}`, it is enough that the rule's begins so.
"""

import json
import posixpath
import re
from collections.abc import Iterator
from hashlib import sha256
from html import unescape
from pathlib import Path

import rcssmin
import tinycss2
from lean_pages import pages_of
from sphinx.application import Sphinx
from tinycss2.ast import AtRule, Node, QualifiedRule

NAME = "site.css"
LINK = re.compile(r'\s*<link\b(?=[^>]*\brel="stylesheet")[^>]*>')
WITHOUT_SCRIPTS = re.compile(r"<noscript>.*?</noscript>", re.DOTALL)
ATTRIBUTE = re.compile(r'\b(href|media)="([^"]*)"')
TAG = re.compile(r"<([a-zA-Z][\w-]*)([^>]*)>")
NAMES = re.compile(r'\b(?:class|id)="([^"]*)"')
WORD = re.compile(r"[A-Za-z_][\w-]*")
BEGINNING = re.compile(r"""([A-Za-z_][\w-]*[-_])(?:\$\{|["'`])""")
SCRIPT = re.compile(r"<script\b[^>]*>(.*?)</script>", re.DOTALL)
VARIABLE = re.compile(r"--[\w-]+")
# Selectors that hold selectors: one of those inside must be used, too.
ALTERNATIVES = {"is", "where", "has", "matches"}
# Rules of these hold rules; what else begins with @ is kept, or cut where nothing names it.
WITH_RULES = {"media", "supports", "layer", "container", "scope"}
# Words in these are the readers' language, not names of classes.
DATA = {"searchindex.js", "language_data.js"}

# A sheet as its pages link it: its address below the site, and its media.
Sheet = tuple[str, str]


def sheets_of(page: str, folder: str) -> Iterator[Sheet]:
    """Yield the sheets that a page links, in order."""
    for link in LINK.findall(WITHOUT_SCRIPTS.sub("", page)):
        values = dict(ATTRIBUTE.findall(link))
        address = posixpath.normpath(posixpath.join(folder, unescape(values["href"])))
        yield address.partition("?")[0], values.get("media", "")


def joined(orders: list[list[Sheet]]) -> list[Sheet]:
    """Return all sheets in one order that agrees with that of every page, as far as one does."""
    found: list[Sheet] = []
    for order in sorted(orders, key=len, reverse=True):
        place = 0
        for sheet in order:
            if sheet not in found:
                found.insert(place, sheet)
            place = found.index(sheet) + 1
    return found


class Words:
    """The names that occur in the pages and scripts of a site."""

    def __init__(self, site: Path):
        self.names: set[str] = set()
        self.beginnings: set[str] = set()
        self.variables: set[str] = set()
        for page in pages_of(site):
            text = page.read_text(encoding="utf-8")
            for script in SCRIPT.findall(text):
                self._read_script(script)
            for tag, attributes in TAG.findall(SCRIPT.sub("", text)):
                self.names.add(tag.lower())
                for names in NAMES.findall(attributes):
                    self.names.update(unescape(names).split())
                self.variables.update(VARIABLE.findall(attributes))
        for script in site.rglob("*.js"):
            if script.name not in DATA:
                self._read_script(script.read_text(encoding="utf-8"))

    def _read_script(self, text: str) -> None:
        self.names.update(WORD.findall(text))
        self.beginnings.update(BEGINNING.findall(text))
        self.variables.update(VARIABLE.findall(text))

    def know(self, name: str) -> bool:
        return name in self.names or name.startswith(tuple(self.beginnings))

    def use(self, selector: list[Node]) -> bool:
        """Tell whether a selector, without a comma outside brackets, could find something."""
        before = ""
        for node in selector:
            if node.type == "ident" and before == ".":
                used = self.know(node.value)
            elif node.type == "ident" and before != ":":
                used = node.lower_value in self.names
            elif node.type == "hash":
                used = self.know(node.value)
            elif node.type == "function" and node.lower_name in ALTERNATIVES:
                used = any(map(self.use, alternatives(node.arguments)))
            else:  # what is excluded, attributes and states
                used = True
            if not used:
                return False
            before = node.value if node.type == "literal" else ""
        return True


def alternatives(selectors: list[Node]) -> list[list[Node]]:
    """Split a list of selectors at its commas."""
    parts: list[list[Node]] = [[]]
    for node in selectors:
        if node == ",":
            parts.append([])
        else:
            parts[-1].append(node)
    return parts


def cut(rules: list[Node], words: Words) -> str:
    """Return the rules of which a selector is used, without the selectors that are not."""
    kept = []
    for rule in rules:
        if isinstance(rule, QualifiedRule):
            used = filter(words.use, alternatives(rule.prelude))
            selectors = ",".join(tinycss2.serialize(selector).strip() for selector in used)
            if selectors:
                kept.append(f"{selectors}{{{tinycss2.serialize(rule.content)}}}")
        elif isinstance(rule, AtRule) and rule.lower_at_keyword in WITH_RULES and rule.content:
            inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            if text := cut(inner, words):
                kept.append(f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{text}}}")
        elif isinstance(rule, AtRule) and rule.lower_at_keyword != "charset":
            kept.append(rule.serialize())
    return "".join(kept)


def read(site: Path, address: str, words: Words) -> str:
    """Return what is used of a sheet and of what it imports, with addresses as from the new one."""
    text = (site / address).read_text(encoding="utf-8")
    folder = posixpath.dirname(address)

    def from_new(found: re.Match) -> str:
        target = found[1].strip("\"'")
        if re.match(r"[a-z]+:|#|/", target):
            return found[0]
        full = posixpath.join(folder, target)
        return f'url("{posixpath.relpath(full, "_static")}")'

    def imported(found: re.Match) -> str:
        return read(site, posixpath.normpath(posixpath.join(folder, found[1])), words)

    rules = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
    text = re.sub(r"(?<!@import )url\(([^)]*)\)", from_new, cut(rules, words))
    return re.sub(r"""@import\s*(?:url\()?["']([^"']+)["']\)?;""", imported, text)


def without_unused_names(css: str, words: Words) -> str:
    """Cut variables that nothing reads, and fonts and animations that nothing names."""
    declared = re.compile(r"""(?<=[{;\s])(--[\w-]+)\s*:(?:[^;{}"']|"[^"]*"|'[^']*')*(?:;|(?=\}))""")

    def cut_once(css: str) -> str:
        read_by = set(re.findall(r"var\(\s*(--[\w-]+)", css)) | words.variables
        return declared.sub(lambda found: found[0] if found[1] in read_by else "", css)

    while (smaller := cut_once(css)) != css:
        css = smaller
    faces = re.compile(r"@font-face\s*\{[^}]*?font-family:\s*[\"']?([^\"';}]+)[\"']?[^}]*\}")
    others = faces.sub("", css)
    css = faces.sub(lambda found: found[0] if found[1].strip() in others else "", css)
    moves = re.compile(r"@(?:-webkit-)?keyframes\s+([\w-]+)\s*\{(?:[^{}]*\{[^}]*\})*\s*\}")
    others = moves.sub("", css)
    return moves.sub(lambda found: found[0] if re.search(rf"\b{found[1]}\b", others) else "", css)


def one_sheet(site: Path, sheets: list[Sheet]) -> str:
    """Return what is used of several sheets, joined in their order."""
    words = Words(site)
    texts = []
    for address, media in sheets:
        text = read(site, address, words)
        texts.append(f"@media {media}{{{text}}}" if media else text)
    css = rcssmin.cssmin(without_unused_names("".join(texts), words))
    while (smaller := re.sub(r"(?<=[{};])[^{};]+\{\}|^[^{};]+\{\}", "", css)) != css:
        css = smaller
    return css


def with_link(page: str, link: str) -> str:
    """Return a page with one link to a sheet instead of all, except those for lack of scripts."""
    links = iter([link])

    def replace(found: re.Match) -> str:
        return found[0] if found[0].startswith("<noscript>") else next(links, "")

    return re.sub(f"(?s:{WITHOUT_SCRIPTS.pattern})|{LINK.pattern}", replace, page)


def write_sheet(app: Sphinx, error: Exception | None) -> None:
    """Give every page the one sheet instead of its own."""
    if error or app.builder.format != "html":
        return
    site = Path(app.outdir)
    # A page that was not written anew links the one sheet already: what it linked is written down.
    record = Path(app.doctreedir, "sheets.json")
    orders = json.loads(record.read_text(encoding="utf-8")) if record.exists() else {}
    pages = {}
    for path in pages_of(site):
        address = path.relative_to(site).as_posix()
        pages[address] = path.read_text(encoding="utf-8")
        own = list(sheets_of(pages[address], posixpath.dirname(address)))
        # The page for missing addresses names its sheet by the whole path.
        if own and not own[0][0].endswith(f"_static/{NAME}"):
            orders[address] = own
    orders = {address: order for address, order in orders.items() if address in pages}
    record.write_text(json.dumps(orders), encoding="utf-8")
    sheets = joined([[tuple(sheet) for sheet in order] for order in orders.values()])
    css = one_sheet(site, sheets)
    (site / "_static" / NAME).write_text(css, encoding="utf-8")
    version = sha256(css.encode()).hexdigest()[:8]
    for address in orders:
        root = "../" * address.count("/")
        link = f'\n    <link rel="stylesheet" href="{root}_static/{NAME}?v={version}" />'
        new = with_link(pages[address], link)
        if new != pages[address]:
            (site / address).write_text(new, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    # After every extension has written its styles, and their fonts and icons are chosen.
    app.connect("build-finished", write_sheet, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
