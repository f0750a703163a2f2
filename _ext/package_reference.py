"""Lets docstrings be written for people, and be rendered all the same.

Axes such as ``(*runs, d)`` need no backslash, and a reference may name an object by the short
address that readers import it from: ``adaptive_lr.run`` instead of ``adaptive_lr.running.run``.
"""

import re
from functools import reduce

from docutils.nodes import Element, Node
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

import adaptive_lr

LITERAL_OR_AXES = re.compile(r"(`+[^`]*`+|^\s*>>>.*)|(?<=[(\s])\*(?=[\w.]+[,)])")


def escape_axes(app, what, name, obj, options, lines: list[str]) -> None:
    """Keep ``*runs`` from being read as the start of emphasised text."""
    lines[:] = [LITERAL_OR_AXES.sub(lambda found: found[1] or r"\*", line) for line in lines]


def follow_short_address(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, content: Element
) -> Node | None:
    """Look an object up under the module that defines it."""
    package, _, path = node.get("reftarget", "").partition(".")
    if node.get("refdomain") != "py" or package != adaptive_lr.__name__ or not path:
        return None
    try:
        found = reduce(getattr, path.split("."), adaptive_lr)
        target = f"{found.__module__}.{found.__qualname__}"
    except AttributeError:
        return None
    return env.get_domain("py").resolve_xref(
        env, node["refdoc"], app.builder, node["reftype"], target, node, content
    )


def setup(app: Sphinx) -> dict[str, bool]:
    # Before numpydoc, which listens to the same event.
    app.connect("autodoc-process-docstring", escape_axes, priority=100)
    app.connect("missing-reference", follow_short_address)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
