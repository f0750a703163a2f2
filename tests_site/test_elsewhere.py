"""The site works wherever it lies: in a folder, or below a path of a host."""

import pytest

from tests_site.browser import opened, settle
from tests_site.explorers import explorers
from tests_site.pages import SITE, WITH_EXPLORER
from tests_site.server import Server

BELOW = "/shelf/book/"


@pytest.fixture(scope="session")
def shelf():
    with Server(SITE, BELOW) as server:
        yield server.url


def faults_of(browser, home, path):
    """Open a page; return what it asked for elsewhere, could not have, and complained about."""
    with opened(browser, home + path) as (page, record):
        settle(page, record)
        count = len(explorers(page))
        faults = record.foreign(home) + record.failed + record.complaints
        return faults + ([] if count else [f"{path} has no explorer that is alive"])


@pytest.mark.parametrize("path", WITH_EXPLORER)
def test_it_works_from_a_folder(browser, path):
    assert faults_of(browser, f"{SITE.as_uri()}/", path) == []


@pytest.mark.parametrize("path", WITH_EXPLORER)
def test_it_works_below_a_path(browser, shelf, path):
    assert faults_of(browser, shelf, path) == []
