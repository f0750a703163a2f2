"""A progress bar for whoever watches, and silence for everybody else."""

import sys

SECONDS_BEFORE_THE_BAR = 2.0


def progress(iterable, description):
    """Iterate, with a bar if the loop takes longer than two seconds and somebody watches.

    Somebody watches if the standard error is a terminal, or if the cell came from a front end
    that lets the code ask for input (JupyterLab, Notebook, VS Code, ...). Programs that execute
    notebooks (nbclient, and with it the book's build; nbval) announce that nobody can answer, and
    get no output at all. ``TQDM_DISABLE=1`` in the environment turns every bar off.

    Parameters
    ----------
    iterable : iterable
        What to iterate over.
    description : str
        What stands beside the bar.

    Returns
    -------
    iterable
        The same items.

    Examples
    --------
    >>> list(progress(range(3), "counting"))
    [0, 1, 2]
    """
    if not somebody_watches():
        return iterable
    return _bar()(iterable, desc=description, delay=SECONDS_BEFORE_THE_BAR, leave=False)


def somebody_watches():
    """Return whether a person may be looking at the output.

    Returns
    -------
    bool
        True in a terminal and in a cell that a person runs.
    """
    kernel = getattr(_shell(), "kernel", None)
    if kernel is None:
        return sys.stderr is not None and sys.stderr.isatty()
    request = kernel.get_parent()
    return bool(request.get("content", {}).get("allow_stdin", False))


def _bar():
    """Return the class of bars. Only who sees one waits for its import, which is slow."""
    from tqdm.auto import tqdm

    if sys.platform == "emscripten":
        tqdm.monitor_interval = 0  # Python in a browser has no thread for a monitor
    return tqdm


def _shell():
    """Return IPython's shell, or None in plain Python (which has then not imported IPython)."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None
