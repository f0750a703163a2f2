"""Show the package's own source, and tables of numbers, in a chapter."""

import ast
import inspect
import textwrap
from numbers import Integral, Real

import numpy as np
from IPython.display import Markdown
from tabulate import tabulate

from adaptive_lr.checks import count, require

DOCUMENTED = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


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
        If a thing is none of these, or Python has no source for it.
    ValueError
        If there is nothing to show, or ``docstrings`` is neither True nor False.

    Examples
    --------
    >>> from adaptive_lr import GradientDescent
    >>> print(source(GradientDescent.init).data)
    ```python
    def init(self, x):
        return ()
    ```
    """
    require(len(things) > 0, "things", "be functions, methods or classes", things)
    require(isinstance(docstrings, bool), "docstrings", "be True or False", docstrings)
    blocks = [_source_of(thing, docstrings) for thing in things]
    return Markdown("```python\n" + "\n\n".join(block.strip() for block in blocks) + "\n```")


def _source_of(thing, docstrings):
    try:
        code = textwrap.dedent(inspect.getsource(thing))
        if not isinstance(ast.parse(code).body[0], DOCUMENTED | ast.Assign):
            raise TypeError("Of a nameless function, say, there are the lines where it stands.")
    except (TypeError, OSError, SyntaxError, ValueError) as error:
        rule = "be functions, methods or classes that are defined in a file"
        raise TypeError(f"Argument `things` must {rule}. Received: {thing!r}.") from error
    return code if docstrings else _without_docstrings(code)


def _without_docstrings(code):
    lines = code.splitlines()
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, DOCUMENTED) or len(node.body) == 1:
            continue  # there must be something left
        if ast.get_docstring(node) is not None:
            text = node.body[0]
            end = text.end_lineno
            if end < len(lines) and not (lines[end] or "").strip():
                end += 1  # the blank line after a docstring goes with it
            lines[text.lineno - 1 : end] = [None] * (end - text.lineno + 1)
    return "\n".join(line for line in lines if line is not None)


def table(rows, headers, digits=3):
    """Show a table, its numbers rounded to a number of significant digits, its text as it is.

    In a column that holds both, the numbers become text too.

    Parameters
    ----------
    rows : iterable of list
        Cells: text of one line, numbers, or True and False.
    headers : list of str
        One heading a column.
    digits : int, default 3
        Significant digits of the numbers, at least 1; columns of whole numbers show them all.

    Returns
    -------
    IPython.display.Markdown
        The table.

    Raises
    ------
    ValueError
        If a row has not one cell for each heading, or an argument breaks its rule.

    Examples
    --------
    >>> print(table([["Adagrad", 0.12345]], ["method", "loss"]).data)
    | method   |   loss |
    |:---------|-------:|
    | Adagrad  |  0.123 |
    """
    digits = count("digits", digits)
    rule = "be a list of headings, each a text of one line"
    listed = isinstance(headers, list | tuple) and len(headers) > 0
    require(listed and all(map(_is_text, headers)), "headers", rule, headers)
    rows = _listed(rows, "be a list of rows")
    rule = f"have rows of {len(headers)} cells, one for each heading"
    for place, row in enumerate(rows):
        rows[place] = _listed(row, rule)
        require(len(rows[place]) == len(headers), "rows", rule, row)
    columns = [[_cell(row[place]) for row in rows] for place in range(len(headers))]
    text = [place for place, cells in enumerate(columns) if any(isinstance(c, str) for c in cells)]
    for place in text:
        columns[place] = [_in_words(cell, digits) for cell in columns[place]]
    rows, headers = zip(*columns, strict=True), [_escaped(heading) for heading in headers]
    form = {"tablefmt": "pipe", "floatfmt": f".{digits}g", "disable_numparse": text}
    return Markdown(tabulate(rows, headers, **form))


def _listed(values, rule):
    try:
        listed = None if isinstance(values, str) else list(values)
    except TypeError:
        listed = None
    require(listed is not None, "rows", rule, values)
    return listed


def _is_text(cell):
    return isinstance(cell, str) and cell.splitlines() in ([], [cell])


def _cell(cell):
    """Return a cell as a number or as text, if it is one of both."""
    if isinstance(cell, np.ndarray) and cell.ndim == 0:
        cell = cell.item()
    if isinstance(cell, bool | np.bool_):
        return str(cell)
    if isinstance(cell, Real):
        try:
            number = float(cell)
        except OverflowError:
            number = None
        require(number is not None, "rows", "hold numbers no larger than a float", cell)
        return int(cell) if isinstance(cell, Integral) else number
    require(_is_text(cell), "rows", "hold numbers and texts of one line", cell)
    return cell


def _in_words(cell, digits):
    """Return a cell as text that is fit for Markdown."""
    if isinstance(cell, str):
        return _escaped(cell)
    return str(cell) if isinstance(cell, int) else f"{cell:.{digits}g}"


def _escaped(text):
    # A bar would end the cell, even inside a formula.
    return text.replace("|", r"\|")
