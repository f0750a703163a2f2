"""One browser and one server for all tests of a process, and all tests of a page in one process."""

import re

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests_site import browser as browsers
from tests_site.pages import SITE
from tests_site.server import Server

TESTS_THAT_SHARE = re.compile(
    r"test_(?:(paper)|pages|drawn|explorers|figure)\.py::.*\[([\w/]+\.html)"
)


class ByPage(LoadScopeScheduling):
    """Hands out what was seen or computed once for a page together; largest pages first."""

    def _split_scope(self, nodeid):
        page = TESTS_THAT_SHARE.search(nodeid)
        return f"{page[1]} {page[2]}" if page else nodeid


def pytest_xdist_make_scheduler(config, log):
    return ByPage(config, log)


@pytest.fixture(scope="session")
def browser():
    with browsers.chromium() as started:
        yield started


@pytest.fixture(scope="session")
def site():
    with Server(SITE) as server:
        yield server.url
