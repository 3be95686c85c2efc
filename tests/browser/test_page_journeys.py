"""The journeys of a newcomer in the page itself: approve as somebody else, break one, watch it
roll back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.browser.conftest import chromium
from tests.station import Spot, Station, make_spots, open_station

pytestmark = pytest.mark.browser

SECONDS = 1000.0
PATIENCE = 60 * SECONDS


class Page:
    """One person's browser window."""

    def __init__(self, page: Any, station: Station, spot: Spot) -> None:
        self.page, self.spot = page, spot
        self.problems: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.goto(f"{station.workspace.base_url}/?as=U0ANA#{spot.channel}")

    def become(self, user: str) -> None:
        self.page.locator(f".strip [data-become={user}]").click()
        self.page.wait_for_url(re.compile(f"as={user}"))

    def types(self, text: str) -> None:
        box = self.page.locator("#composer-input")
        box.fill(text)
        box.press("Enter")

    def sees(self, text: str) -> None:
        self.page.locator("article", has_text=text).last.wait_for()

    def clicks(self, name: str) -> None:
        self.page.locator("article button", has_text=name).last.click()


@pytest.fixture(scope="module")
def whole(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    """A station that takes the time in which people see its steps, however busy the machine is."""
    spots = make_spots({"prod": 6})
    with open_station(tmp_path_factory.mktemp("station"), shop, spots, watch="3s") as station:
        yield station


@pytest.fixture(scope="module")
def browser(whole: Station) -> Iterator[Any]:
    """After the station, which cannot begin where an event loop runs."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Any, station: Station) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = Page(context.new_page(), station, station.spot("prod"))
    yield page
    assert page.problems == []
    context.close()


def version(spot: Spot) -> str:
    return str(requests.get(f"{spot.url()}/version", timeout=5).json()["version"])


def deploys(page: Page, number: str) -> None:
    page.become("U0ANA")
    page.types(f"/deploy shop-api {number} to {page.spot.name}")
    page.sees(f"Waiting for approval: shop-api {number}")


def test_approve_as_somebody_else_and_watch_it_go_live(page: Page) -> None:
    deploys(page, "1.0.0")
    page.clicks("Approve")
    page.sees("You asked for this yourself")
    page.become("U0CLEO")
    page.clicks("Approve")
    page.page.locator(".plan").wait_for()
    page.sees("Live: shop-api 1.0.0")
    assert version(page.spot) == "1.0.0"


def test_break_one_and_see_it_roll_back_and_clear_the_lock(page: Page) -> None:
    for number in ("1.0.0", "1.2.0"):
        deploys(page, number)
        page.become("U0CLEO")
        page.clicks("Approve")
        page.sees("Failed and rolled back" if number == "1.2.0" else f"Live: shop-api {number}")
    page.sees("is locked")
    page.sees("database schema is newer than expected")
    assert version(page.spot) == "1.0.0"
    page.become("U0OPAL")
    page.clicks("Clear lock")
    dialog = page.page.get_by_role("dialog")
    dialog.locator("textarea").fill("The schema was migrated back")
    dialog.locator("[data-submit]").click()
    page.page.get_by_text("is open again").or_(page.page.get_by_text("cleared")).first.wait_for()


def test_a_bare_deploy_opens_a_form_to_choose_from(page: Page) -> None:
    page.types("/deploy")
    dialog = page.page.get_by_role("dialog")
    dialog.wait_for()
    assert dialog.get_by_role("combobox").count() == 3
    page.page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
