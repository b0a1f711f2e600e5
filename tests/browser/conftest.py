"""Fixtures of the browser tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browser import edges, harness

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole session."""
    executable = harness.chromium()
    if executable is None:
        pytest.skip("Chromium tidak terpasang (apt-get install chromium)")
    with harness.running_browser(executable) as started:
        yield started


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page at 1440x900; see harness.recording_of for what it did."""
    with harness.open_page(browser) as opened:
        yield opened


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[harness.AppServer]:
    """A server on the small office of tests/browser/edges.py, for the tests that need no first start."""
    folder = tmp_path_factory.mktemp("kantor")
    edges.edge_office(folder)
    with harness.AppServer({"TUNTAS_DATA": str(folder)}) as app:
        yield app
