"""What the tools below leave in a page that screen readers stumble over, put right.

The theme's own share is in ``_templates``, and colours are in ``_static/book.css``.
"""

import re

from docutils import nodes
from sphinx.application import Sphinx

CORRECTIONS = [
    # The name of the switch is what it shows: "Show code cell source".
    (re.compile(r'<summary aria-label="[^"]*">'), "<summary>"),
    # The empty corner of a table is the head of nothing.
    (re.compile(r'<th class="head[^"]*">(?:<p></p>)?</th>'), "<td></td>"),
    # The names that every exercise and every solution give their text.
    (re.compile(r' id="(?:exercise|solution)-content"'), ""),
    # A role that has been withdrawn, and a list that has no items without it.
    (re.compile(r' role="(?:doc-biblioentry|list)"(?= class="citation-list"|>)'), ""),
]


def nested_properly(body: str) -> str:
    """Return the list of modules with its inner lists inside the items they belong to."""
    return re.sub(r"</ul>(?=\s*<(?:li|/ul)>)", "</ul></li>", re.sub(r"</li>\s*<ul>", "<ul>", body))


def correct(
    app: Sphinx, page: str, template: str, context: dict, document: nodes.document | None
) -> None:
    if "body" not in context:
        return
    for wrong, right in CORRECTIONS:
        context["body"] = wrong.sub(right, context["body"])
    if page == "_modules/index":
        context["body"] = nested_properly(context["body"])


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("html-page-context", correct)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
