"""Formulas are MathML, made at build time by Temml in ``_assets`` and set by the browser.

A browser needs no script for them, only a font for mathematics, of which the site serves the part
that it uses (see ``formula_font``). Screen readers read them, and each holds its LaTeX. A formula
that Temml cannot set is a warning, as a broken link is.
"""

import re
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import formula_font
from docutils import nodes
from lean_pages import pages_of
from py_mini_racer import JSEvalException, MiniRacer
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.fileutil import copy_asset
from sphinx.util.math import get_node_equation_number, wrap_displaymath
from sphinx.writers.html import HTML5Translator

TEMML = Path(__file__).parent.parent / "_assets/temml/dist/temml.min.js"
STYLE = Path(__file__).with_suffix(".css")
FONT = "formulas.woff2"
# Equations are numbered by Sphinx, so that the text can refer to them, and not a second time.
NUMBERED = re.compile(r"(\\begin|\\end)\{(align|alignat|equation|gather)\}")
# What stands beside or above its first part, in small letters.
WITH_SCRIPTS = {"msub", "msup", "msubsup", "munder", "mover", "munderover"}
# So many signs fit on a line of a phone; a longer formula of a sentence may break.
LONGEST_WHOLE = 20
logger = logging.getLogger(__name__)


@cache
def temml() -> MiniRacer:
    engine = MiniRacer()
    engine.eval(TEMML.read_text(encoding="utf-8"))
    return engine


def tighten(formula: ElementTree.Element) -> None:
    """Set no space around the operators of indices, as TeX does."""
    for element in formula.iter():
        if element.tag in WITH_SCRIPTS:
            for script in element[1:]:
                for operator in script.iterfind(".//mo"):
                    operator.attrib |= {"lspace": "0em", "rspace": "0em"}


def breaks_after(operator: ElementTree.Element) -> bool:
    return (
        operator.tag == "mo"
        and "fence" not in operator.attrib
        and (
            operator.get("form") not in {"prefix", "postfix"} and operator.get("separator") is None
        )
    )


def pieces(row: ElementTree.Element) -> list[ElementTree.Element]:
    """Return the parts of a row, each of which ends behind an operator and the space after it."""
    parts = [ElementTree.Element("mrow")]
    children = list(row)
    for child, following in zip(children, [*children[1:], None], strict=True):
        parts[-1].append(child)
        at_end = following is None or following.tag == "mspace"
        if not at_end and (breaks_after(child) or (child.tag == "mspace" and len(parts[-1]) > 1)):
            operator = [one for one in parts[-1] if one.tag != "mspace"][-1:]
            if operator and breaks_after(operator[0]) and operator[0] is not parts[-1][0]:
                parts.append(ElementTree.Element("mrow"))
    return parts


def with_breaks(formula: ElementTree.Element) -> list[ElementTree.Element]:
    """Return a formula in parts between which a line can end: browsers break none themselves.

    The first part keeps the LaTeX of the whole.
    """
    meaning = formula.find("semantics")
    signs = "".join(meaning[0].itertext())
    if meaning[0].tag != "mrow" or len(signs) <= LONGEST_WHOLE:
        return [formula]
    first, *others = pieces(meaning[0])
    meaning[0] = first
    parts = [formula]
    for other in others:
        parts.append(ElementTree.Element("math"))
        parts[-1].append(other)
    return parts


@cache
def set_formula(source: str, display: bool) -> str:
    options = {"displayMode": display, "annotate": True, "strict": True, "throwOnError": True}
    formula = ElementTree.fromstring(temml().call("temml.renderToString", source, options))
    for attribute in ("class", "style"):  # formulas.css says the same
        formula.attrib.pop(attribute, None)
    tighten(formula)
    parts = [formula] if display else with_breaks(formula)
    return "<wbr>".join(ElementTree.tostring(part, "unicode", "xml") for part in parts)


def add_formula(page: HTML5Translator, node: nodes.Element, source: str, display: bool) -> None:
    try:
        page.body.append(set_formula(source, display))
    except JSEvalException as error:
        reason = str(error).partition("\n")[0].partition("ParseError: ")[2]
        logger.warning("%r: %s", node.astext(), reason, location=node)
        page.body.append(page.encode(source))


def visit_inline(page: HTML5Translator, node: nodes.math) -> None:
    page.body.append(page.starttag(node, "span", "", CLASS="math notranslate nohighlight"))
    add_formula(page, node, node.astext(), display=False)
    page.body.append("</span>")
    raise nodes.SkipNode


def visit_block(page: HTML5Translator, node: nodes.math_block) -> None:
    page.body.append(page.starttag(node, "div", CLASS="math notranslate nohighlight"))
    if node["number"]:
        page.body.append(f'<span class="eqno">({get_node_equation_number(page, node)})')
        page.add_permalink_ref(node, "Link to this equation")
        page.body.append("</span>")
    if node["nowrap"]:
        source = NUMBERED.sub(r"\1{\2*}", node.astext())
    else:
        source = wrap_displaymath(node.astext(), label=None, numbering=False)
    # What the theme calls this can be scrolled by itself, with the keyboard too where it is wider.
    page.body.append('<div class="pst-scrollable-table-container">')
    add_formula(page, node, source, display=True)
    page.body.append("</div></div>\n")
    raise nodes.SkipNode


def copy_style(app: Sphinx) -> None:
    if app.builder.format == "html":
        copy_asset(str(STYLE), str(app.outdir / "_static"))


def ask_for_font(
    app: Sphinx, page: str, template: str, context: dict, document: nodes.document | None
) -> None:
    """Let a page with formulas ask for their font before its style sheet says so."""
    if app.env.get_domain("math").has_equations(page):
        address = context["pathto"](f"_static/{FONT}", resource=True)
        context["metatags"] = context.get("metatags", "") + (
            f'<link rel="preload" as="font" type="font/woff2" crossorigin href="{address}" />'
        )


def write_font(app: Sphinx, error: Exception | None) -> None:
    if error or app.builder.format != "html":
        return
    pages = (path.read_text(encoding="utf-8") for path in pages_of(app.outdir))
    needed = set().union(*map(formula_font.characters, pages))
    formula_font.write(needed, app.outdir / "_static" / FONT)


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_html_math_renderer("temml", (visit_inline, None), (visit_block, None))
    app.config.html_math_renderer = "temml"
    app.add_css_file(STYLE.name, priority=400)
    app.connect("builder-inited", copy_style)
    app.connect("html-page-context", ask_for_font)
    app.connect("build-finished", write_font)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
