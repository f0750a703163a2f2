"""Sentences that move an explorer.

The link ``[Stretch it to 1000](#fig-index-paths?condition_number=1000)`` sets a control of the
explorer in that figure, as the reader sees its value. Several parts are joined by ``&``.
``step=10`` sets the step, ``play`` lets it run from the beginning, up to that step, and
``mark=loss`` points at a panel or a method. In Jupyter it is a link to nowhere. What is not there
is a warning.
"""

import re
from collections.abc import Iterator
from urllib.parse import quote

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

logger = logging.getLogger(__name__)


def written(label: str) -> str:
    """Return a value as links write it: no spaces, no degrees, the minus of the keyboard."""
    return "".join(label.split()).replace("−", "-").removesuffix("°")


def slug(title: str) -> str:
    return title.lower().replace(" ", "-")


def explain(one: dict, query: str) -> Iterator[tuple[str, str]]:
    """Yield for each part of a link what it does, in words, and what is wrong with it."""
    seen = set()
    for part in query.split("&"):
        name, equals, value = part.partition("=")
        if name in seen:
            yield "", f"names {name!r} twice"
        seen.add(name)
        if part == "play":
            yield "play", ""
        elif name == "mark" and equals:
            known = {slug(title): title for title in one["marks"]}
            wrong = f"nothing to mark as {value!r}. It has: {', '.join(known)}"
            yield f"look at {known.get(value)}", "" if value in known else wrong
        elif name in one["controls"]:
            caption, labels = one["controls"][name]
            known = {written(label): label for label in labels}
            wrong = f"no value {value!r} of {name!r}. It has: {', '.join(known)}"
            fits = written(value) in known
            shown = re.sub(r"-(?=[\d.])", "−", known.get(written(value), ""))
            yield f"{caption} {shown}", "" if fits else wrong
        else:
            known = ", ".join([*one["controls"], "play", "mark"])
            yield "", f"no control {name!r}. It has: {known}"


class DrivingLinks(SphinxPostTransform):
    """Resolve links to positions, before MyST finds that there is no such place."""

    default_priority = 3

    def run(self, **kwargs: object) -> None:
        for node in list(self.document.findall(addnodes.pending_xref)):
            target = node.get("reftarget") or ""
            if node.get("reftype") == "myst" and "?" in target:
                self.resolve(node, *target.split("?", 1))

    def resolve(self, node: addnodes.pending_xref, label: str, query: str) -> None:
        link = f"#{label}?{query}"
        page, name = self.env.get_domain("std").anonlabels.get(label, ("", ""))
        explorers = {one["name"]: one for one in self.env.explorers.get(page, []) if one["name"]}
        if name not in explorers:
            every = [one["name"] for each in self.env.explorers.values() for one in each]
            known = ", ".join(sorted(filter(None, every))) or "none"
            self.warn(node, f"The link {link} leads to no explorer. There are: {known}.")
        elif not node.astext():
            self.warn(node, f"The link {link} has no text.")
        does = []
        for what, wrong in explain(explorers[name], query) if name in explorers else ():
            does.append(what)
            if wrong:
                self.warn(node, f"The link {link}: the explorer {label} has {wrong}.")
        # MyST's own wrapping would make it look like a name.
        wrapped = len(node) == 1 and isinstance(node[0], nodes.inline)
        words = node[0].children if wrapped else node.children
        here = self.env.docname
        path = "" if page in ("", here) else self.app.builder.get_relative_uri(here, page)
        node.replace_self(
            nodes.reference(
                "",
                "",
                *words,
                internal=True,
                refuri=f"{path}?{quote(query, safe='=&(),/:')}#{name}",
                reftitle=f"In the figure: {', '.join(does)}",
                classes=["explorer-drives"],
            )
        )

    def warn(self, node: nodes.Node, text: str) -> None:
        logger.warning(text, location=node, type="explorers", subtype="link")


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_post_transform(DrivingLinks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
