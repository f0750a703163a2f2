"""A search whose results are sections, and that needs no server.

Every section becomes a record: where it stands, its heading, its text without folds, outputs and
the doubles of formulas. So do glossary terms, exercises, references and the objects of the package.
The records are a script, which works where a page was opened from a folder too; ``search.js`` loads
them when a reader begins to search, and MiniSearch in ``_assets`` finds among them. Sphinx's own
search is not built.
"""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from plain_formulas import linear
from pybtex.richtext import Text
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.fileutil import copy_asset
from sphinx.util.math import wrap_displaymath
from sphinx_exercise.nodes import exercise_enumerable_node, exercise_node, solution_node

FILES = [Path(__file__).with_suffix(suffix) for suffix in (".js", ".css")]
MINISEARCH = Path(__file__).parent.parent / "_assets/minisearch"
RECORDS = "_static/search-records.js"
UNUSED = [
    "searchindex.js",
    *(f"_static/{name}.js" for name in ("searchtools", "language_data", "sphinx_highlight")),
]

# What has records of its own, and what is no text.
EXERCISES = (exercise_node, exercise_enumerable_node)
APART = (nodes.section, addnodes.glossary, addnodes.desc, nodes.citation, solution_node, *EXERCISES)
SILENT = (
    nodes.comment,
    nodes.image,
    nodes.raw,
    nodes.substitution_definition,
    nodes.system_message,
    addnodes.index,
    addnodes.toctree,
    HideCodeCellNode,
)
NOT_PROSE = (nodes.table, *SILENT, *APART)
# A cell of a table that holds numbers only: "0.033 (0.03 to 0.037)", "2e-08".
NUMBER = re.compile(r"(?:[\d\s.,·⋅%−+⁰¹²³⁴-⁹⁻×()-]|(?<=\d)e|to|inf|nan)*")


NAME = re.compile(r"(?!np\.)[\w.]+")


def is_code(node: nodes.Node) -> bool:
    return isinstance(node, nodes.literal_block | nodes.doctest_block)


def text_of(node: nodes.Node) -> str:
    """Return what a reader reads of a node, without what has a record of its own."""
    if isinstance(node, nodes.Text):
        return node.astext()
    if isinstance(node, NOT_PROSE) or is_code(node):
        return ""
    if isinstance(node, nodes.math):
        return linear(node.astext())
    if isinstance(node, nodes.math_block):
        source = node.astext()
        return linear(source if node["nowrap"] else wrap_displaymath(source, None, False))
    if isinstance(node, nodes.entry) and NUMBER.fullmatch(node.astext().strip()):
        return ""
    if "sd-tab-label" in node.get("classes", []):
        return ""
    parts = [text_of(child) for child in node.children]
    is_line = isinstance(node, nodes.TextElement)
    text = "".join(parts) if is_line else " ".join(filter(None, parts))
    is_label = isinstance(node, nodes.title | nodes.rubric) and text[-1:].isalnum()
    return f"{text}:" if is_label else text


def line(*parts: nodes.Node) -> str:
    return " ".join(" ".join(text_of(part) for part in parts).split())


def tables_in(parts: list[nodes.Node]) -> Iterator[str]:
    """Yield the words of the tables of a section."""
    for part in parts:
        if isinstance(part, nodes.table):
            yield line(*part.children)
        elif not isinstance(part, SILENT + APART):
            yield from tables_in(part.children)


def names_in(parts: list[nodes.Node]) -> str:
    """Return what the visible code of a section calls, and with which arguments, each once."""
    found = {}
    for part in parts:
        if isinstance(part, SILENT + APART):
            continue
        if not is_code(part):
            found |= dict.fromkeys(names_in(part.children).split())
        elif "output" not in part["classes"]:
            found |= dict.fromkeys(called_in(part.astext()))
    return " ".join(found)


def called_in(code: str) -> Iterator[str]:
    try:
        tree = ast.parse(code)
    except SyntaxError:  # a part of a class, say, or an example in another form
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and NAME.fullmatch(name := ast.unparse(node.func)):
            yield name
            yield from (argument.arg for argument in node.keywords if argument.arg)


def of_section(section: nodes.section, inside: str, level: int) -> Iterator[list]:
    """Yield the records of a section and of all in it.

    A record says its anchor, kind, heading and the heading that it stands under; and holds the
    text, the words of tables, and the names in code.
    """
    title, *parts = section.children
    heading = line(*title.children)
    kind = "section" if level else "page"
    tables = " ".join(tables_in(parts))
    yield [section["ids"][0], kind, heading, inside, line(*parts), tables, names_in(parts)]
    for part in parts:
        if isinstance(part, nodes.section):
            yield from of_section(part, heading if level == 1 else inside, level + 1)
        else:
            yield from of_block(part, heading)


def of_block(block: nodes.Node, inside: str) -> Iterator[list]:
    """Yield the records of what is findable by itself in a part of a section."""
    if isinstance(block, SILENT):
        return
    if isinstance(block, addnodes.glossary):
        for item in block.findall(nodes.definition_list_item):
            *terms, definition = item.children
            words = ", ".join(line(*term.children) for term in terms)
            yield [terms[0]["ids"][0], "term", words, inside, line(definition)]
    elif isinstance(block, nodes.citation):
        _, *parts = block.children
        yield [block["ids"][0], "reference", "", inside, line(*parts)]
    elif isinstance(block, EXERCISES):
        title, content = block.children
        heading = line(*title.children).strip("() ")
        yield [block["ids"][0], "exercise", heading, inside, line(*content.children)]
    elif isinstance(block, addnodes.desc):
        signature, content = block.children[0], block.children[-1]
        if signature["ids"]:
            summary = next(iter(content.findall(nodes.paragraph)), None)
            text = line(summary) if summary else ""
            yield [signature["ids"][0], "object", signature["fullname"], inside, text]
    else:
        for part in block.children:
            yield from of_block(part, inside)


def path_of_records(app: Sphinx, page: str) -> Path:
    return Path(app.doctreedir, f"{page}.search.json")


def record(app: Sphinx, document: nodes.document, page: str) -> None:
    """Keep the records of a page beside its doctree: a later build may not read it again."""
    if app.builder.format != "html":
        return
    records = [
        found
        for section in document.children
        if isinstance(section, nodes.section)
        for found in of_section(section, "", 0)
    ]
    papers = {paper.citation_id: paper.entry for paper in app.env.get_domain("cite").citations}
    is_package = any(document.findall(addnodes.desc))
    for found in records:
        if found[1] == "reference":
            found[2] = str(Text.from_latex(papers[found[0]].fields["title"]))
        elif is_package:
            found[1] = "object"
    path = path_of_records(app, page)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(records), encoding="utf-8")


def pages_in_order(app: Sphinx, page: str) -> Iterator[str]:
    yield page
    for inner in app.env.toctree_includes.get(page, []):
        yield from pages_in_order(app, inner)


def write_records(app: Sphinx, error: Exception | None) -> None:
    """Write the records of all pages as one script, and remove what Sphinx's search left."""
    if error or app.builder.format != "html":
        return
    pages = []
    for page in pages_in_order(app, app.config.root_doc):
        number = app.env.toc_secnumbers.get(page, {}).get("", ())
        records = json.loads(path_of_records(app, page).read_text(encoding="utf-8"))
        pages.append([app.builder.get_target_uri(page), ".".join(map(str, number)), records])
    content = json.dumps(pages, ensure_ascii=False, separators=(",", ":"))
    site = Path(app.outdir)
    (site / RECORDS).write_text(f"globalThis.SEARCH_RECORDS = {content};\n", encoding="utf-8")
    for name in UNUSED:
        (site / name).unlink(missing_ok=True)


def replace_search(app: Sphinx) -> None:
    """Keep Sphinx from building its index, and put this search's files beside the theme's."""
    if app.builder.format == "html":
        app.builder.search = False
        for file in FILES:
            copy_asset(str(file), str(Path(app.outdir, "_static")))
        copy_asset(str(MINISEARCH), str(Path(app.outdir, "_static/minisearch")))


def add_page(app: Sphinx, config: Config) -> None:
    config.html_additional_pages = config.html_additional_pages | {"search": "search.html"}


def add_files(
    app: Sphinx, page: str, template: str, context: dict, document: nodes.document | None
) -> None:
    scripts = context["script_files"]
    # In place: it is the list that scripts are added to.
    scripts[:] = [script for script in scripts if f"{script.filename}" not in UNUSED]
    app.add_js_file(FILES[0].name, loading_method="defer")
    app.add_css_file(FILES[1].name)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("config-inited", add_page)
    app.connect("builder-inited", replace_search)
    app.connect("doctree-resolved", record, priority=900)
    app.connect("html-page-context", add_files)
    app.connect("build-finished", write_records)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
