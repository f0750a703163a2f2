"""Show the package's own source, and tables of numbers, in a chapter."""

import ast
import inspect
import textwrap

from IPython.display import Markdown
from tabulate import tabulate


def source(*things, docstrings=False):
    """Show the real source of functions, methods or classes, so that a chapter can't drift from it.

    Parameters
    ----------
    *things : function, method or type
        What to show.
    docstrings : bool, default False
        Whether to keep the docstrings, which the API reference shows.

    Returns
    -------
    IPython.display.Markdown
        The source as one highlighted block.

    Raises
    ------
    TypeError
        If Python has no source for a thing.

    Examples
    --------
    >>> from adaptive_lr import GradientDescent
    >>> print(source(GradientDescent.init).data)
    ```python
    def init(self, x):
        return ()
    ```
    """
    blocks = [textwrap.dedent(inspect.getsource(inspect.unwrap(thing))) for thing in things]
    if not docstrings:
        blocks = [_without_docstrings(block) for block in blocks]
    return Markdown("```python\n" + "\n\n".join(block.strip() for block in blocks) + "\n```")


def _without_docstrings(code):
    lines = code.splitlines()
    documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, documented) and ast.get_docstring(node) is not None:
            text = node.body[0]
            end = text.end_lineno
            if end < len(lines) and not (lines[end] or "").strip():
                end += 1  # the blank line after a docstring goes with it
            lines[text.lineno - 1 : end] = [None] * (end - text.lineno + 1)
    return "\n".join(line for line in lines if line is not None)


def table(rows, headers, digits=3):
    """Show a table, its numbers rounded to a number of significant digits, its text as it is.

    Parameters
    ----------
    rows : list of list
        Cells: text or numbers.
    headers : list of str
        One heading a column.
    digits : int, default 3
        Significant digits of the numbers.

    Returns
    -------
    IPython.display.Markdown
        The table.

    Raises
    ------
    ValueError
        If a row has not one cell for each heading.

    Examples
    --------
    >>> print(table([["Adagrad", 0.12345]], ["method", "loss"]).data)
    | method   |   loss |
    |:---------|-------:|
    | Adagrad  |  0.123 |
    """
    for row in rows:
        if len(row) != len(headers):
            raise ValueError(f"A row has {len(row)} cells for {len(headers)} headings: {row}.")
    headers, *rows = [[_escaped(cell) for cell in row] for row in (headers, *rows)]
    columns = zip(*rows, strict=True)
    text = [place for place, cells in enumerate(columns) if all(isinstance(c, str) for c in cells)]
    form = {"tablefmt": "pipe", "floatfmt": f".{digits}g", "disable_numparse": text}
    return Markdown(tabulate(rows, headers, **form))


def _escaped(cell):
    # A bar would end the cell, even inside a formula.
    return cell.replace("|", r"\|") if isinstance(cell, str) else cell
