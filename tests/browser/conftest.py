"""A real browser on the real page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.browser.gallery import Gallery, open_gallery
from tests.browser.visitor import Visitor
from tests.conftest import missing

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]


@contextmanager
def chromium() -> Iterator[Any]:
    """The browser; while it is open, an event loop runs in this thread."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if found is None:
        missing("Chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def whole_gallery() -> Iterator[Gallery]:
    with open_gallery() as gallery:
        yield gallery


@pytest.fixture
def gallery(whole_gallery: Gallery) -> Iterator[Gallery]:
    """The gallery, which must have sent nothing that Slack would refuse."""
    whole_gallery.begin()
    yield whole_gallery
    assert whole_gallery.violations == []


@pytest.fixture(scope="module")
def window(browser: Any, whole_gallery: Gallery) -> Iterator[Visitor]:
    """Ana's window, one for all tests of a file."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield Visitor(context.new_page(), whole_gallery.base_url)
    context.close()


@pytest.fixture
def ana(window: Visitor, gallery: Gallery) -> Iterator[Visitor]:
    """Ana in the channel of the gallery; nothing on her page may fail."""
    window.opens()
    yield window
    assert window.problems == []
