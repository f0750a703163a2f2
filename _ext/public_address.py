"""Buttons that need the book's public address, shown only where that address is known.

The environment variable ``BOOK_REPOSITORY_URL`` is the one place that holds it; the workflow that
publishes the book sets it from the repository it runs in.
"""

import os

from sphinx.application import Sphinx
from sphinx.config import Config


def add_buttons(app: Sphinx, config: Config) -> None:
    """Point the theme's source, issue and launch buttons at the repository."""
    address = os.environ.get("BOOK_REPOSITORY_URL", "").rstrip("/")
    if not address:
        return
    config.html_theme_options |= {
        "repository_url": address,
        "repository_branch": os.environ.get("BOOK_REPOSITORY_BRANCH", "main"),
        "use_repository_button": True,
        "use_issues_button": True,
        "use_source_button": True,
        "launch_buttons": {
            "binderhub_url": "https://mybinder.org",
            "notebook_interface": "jupyterlab",
        },
    }


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("config-inited", add_buttons)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
