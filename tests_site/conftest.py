"""One browser and one server for all tests of a process."""

import pytest

from tests_site import browser as browsers
from tests_site.pages import SITE
from tests_site.server import Server


@pytest.fixture(scope="session")
def browser():
    with browsers.chromium() as started:
        yield started


@pytest.fixture(scope="session")
def site():
    with Server(SITE) as server:
        yield server.url
