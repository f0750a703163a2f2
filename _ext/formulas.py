"""Formulas are set at build time, by KaTeX in ``_assets``.

The page holds them as text for the eye (HTML) and for screen readers (MathML); a browser needs no
script for them, only KaTeX's style and fonts, which the site serves. A formula that KaTeX cannot
set is a warning, as a broken link is.
"""

import re
from functools import cache
from pathlib import Path

from docutils import nodes
from py_mini_racer import JSEvalException, MiniRacer
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.fileutil import copy_asset
from sphinx.util.math import get_node_equation_number, wrap_displaymath
from sphinx.writers.html import HTML5Translator

KATEX = Path(__file__).parent.parent / "_assets/katex/dist"
# Equations are numbered by Sphinx, so that the text can refer to them, and not a second time.
NUMBERED = re.compile(r"(\\begin|\\end)\{(align|alignat|equation|gather)\}")
logger = logging.getLogger(__name__)


@cache
def katex() -> MiniRacer:
    engine = MiniRacer()
    engine.eval((KATEX / "katex.min.js").read_text(encoding="utf-8"))
    return engine


@cache
def set_formula(source: str, display: bool) -> str:
    options = {"displayMode": display, "strict": "error", "throwOnError": True}
    return katex().call("katex.renderToString", source, options)


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


def serve_fonts(app: Sphinx) -> None:
    copy_asset(str(KATEX), str(app.outdir / "_static/katex"), lambda path: path.endswith(".js"))


def add_style(
    app: Sphinx, page: str, template: str, context: dict, document: nodes.document | None
) -> None:
    if app.env.get_domain("math").has_equations(page):
        app.add_css_file("katex/katex.min.css", priority=400)


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_html_math_renderer("katex", (visit_inline, None), (visit_block, None))
    app.config.html_math_renderer = "katex"
    app.connect("builder-inited", serve_fonts)
    app.connect("html-page-context", add_style)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
