"""Buttons that need the book's repository, shown only where its address is known.

The environment variable ``BOOK_REPOSITORY_URL`` is the one place that holds it, and
``BOOK_ADDRESS`` the one for the address of the built site; the workflow that publishes the book
sets both. Without them nothing in the pages names a place on the network.
"""

import os
import re

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError

ADDRESS = re.compile(r"https?://[^/\s?#]+(/[^\s?#]*)?")


def book_address() -> str:
    """Return the address of the built site with a slash at its end; "" where it is not known."""
    address = os.environ.get("BOOK_ADDRESS", "").rstrip("/")
    if address and not ADDRESS.fullmatch(address):
        rule = "be the address of a folder, such as https://example.org/book/"
        raise ConfigError(f"BOOK_ADDRESS must {rule}. Received: {address!r}.")
    return address and f"{address}/"


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


def set_address(app: Sphinx, config: Config) -> None:
    """Let Sphinx write canonical links, where it is known what they are."""
    config.html_baseurl = book_address()


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("config-inited", add_buttons)
    app.connect("config-inited", set_address)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
