"""The code behind the explorers of a page: the cells that make them, and no others."""

import ast
import symtable
from functools import cache

import matplotlib.pyplot as plt
import nbformat

from tests_site.pages import ROOT

# What the pages were made of, as notebooks, those in Markdown too.
EXECUTED = ROOT / "_build" / "jupyter_execute"


def shows_an_explorer(source):
    """Tell whether the last line of a cell is an explorer: `explore(...)`, `explorer` and so on."""
    last = ast.parse(source).body[-1:]
    shown = last[0].value if last and isinstance(last[0], ast.Expr) else None
    name = shown.func if isinstance(shown, ast.Call) else shown
    return isinstance(name, ast.Name) and name.id.lower().startswith("explore")


def tables(table):
    """Return a symbol table and all inside it."""
    return [table, *(inner for child in table.get_children() for inner in tables(child))]


def names(source):
    """Return the global names that a cell sets, and those that it reads, in functions too."""
    top = symtable.symtable(source, "cell", "exec")
    sets = {one.get_name() for one in top.get_symbols() if one.is_assigned() or one.is_imported()}
    reads = {
        one.get_name()
        for table in tables(top)
        for one in table.get_symbols()
        if one.is_referenced() and (table is top or one.is_global())
    }
    for node in ast.walk(ast.parse(source)):  # `shelf["new"] = ...` changes `shelf`
        if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store):
            sets |= {inner.id for inner in ast.walk(node.value) if isinstance(inner, ast.Name)}
    return sets, reads


def needed(cells):
    """Return the cells that show explorers and those that these need, in order."""
    kept, wanted = [], set()
    for cell in reversed(cells):
        sets, reads = names(cell.source)
        if shows_an_explorer(cell.source) or wanted & sets:
            kept.append(cell)
            wanted = wanted - sets | reads
    return kept[::-1]


def reduced(page):
    """Return the code cells of a page of the site that its explorers need."""
    notebook = nbformat.read((EXECUTED / page).with_suffix(".ipynb"), as_version=4)
    return needed([cell for cell in notebook.cells if cell.cell_type == "code"])


@cache
def explorers_of(page):
    """Run the cells that the explorers of a page need; return the explorers, in order."""
    found, namespace = [], {"__name__": "__main__"}
    for cell in reduced(page):
        tree = ast.parse(cell.source)
        shown = ast.Expression(tree.body.pop().value) if shows_an_explorer(cell.source) else None
        exec(compile(tree, page, "exec"), namespace)
        if shown:
            found.append(eval(compile(shown, page, "eval"), namespace))
    plt.close("all")
    return found
