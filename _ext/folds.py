"""What is folded opens by the browser's own means: no script, and a search in the page finds it.

Solutions are written by an extension that leaves the folding to a script.
"""

import re

from docutils import nodes
from sphinx.application import Sphinx

SOLUTION = re.compile(
    r'<div class="solution dropdown admonition"(?P<more>[^>]*)>\s*'
    r'<p class="admonition-title">(?P<title>.*?)</p>'
    r"(?P<text>\s*<section[^>]*>.*?</section>\s*)</div>",
    re.DOTALL,
)
LINK = re.compile(r"</?a\b[^>]*>")
CODE = '<details class="admonition hide '
PROMPT = re.compile(r'<p class="(collapsed|expanded) admonition-title">(.*?)</p>')


def fold_solution(found: re.Match) -> str:
    """Return a solution in a fold. Its title opens it, and so cannot lead to the exercise too."""
    title = LINK.sub("", found["title"])
    return (
        f'<details class="fold solution"{found["more"]}><summary>{title}</summary>'
        f"{found['text']}</details>"
    )


def fold(
    app: Sphinx, page: str, template: str, context: dict, document: nodes.document | None
) -> None:
    if "body" not in context:
        return
    body = SOLUTION.sub(fold_solution, context["body"])
    body = body.replace(CODE, '<details class="fold hide ')
    context["body"] = PROMPT.sub(r'<span class="\1">\2</span>', body)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("html-page-context", fold)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
