"""axe finds nothing serious on any screen, light and dark, and a phone shows all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser import gallery_blocks as kit
from tests.browser.gallery import CHANNEL, Gallery
from tests.browser.visitor import Visitor
from tests.pictures import picture
from tests.playground.kit import plain

pytestmark = pytest.mark.browser

GRAVE = ("serious", "critical")
HOME = {
    "type": "home",
    "blocks": [{"type": "header", "text": plain("Your board")}, *kit.CONTROLS[:2]],
}


@pytest.fixture(scope="module")
def everything(whole_gallery: Gallery) -> str:
    """Every message of the gallery, and a thread; the ts of the thread's root."""
    for which in kit.messages(whole_gallery.base_url):
        root = whole_gallery.shows(which)
    whole_gallery.says("<@U0ANA> look, <!here>: `code` and *more*", thread_ts=root)
    whole_gallery.shares("wide.png", picture("png", 1600, 400), "A wide picture")
    return root


@pytest.fixture(scope="module", params=["light", "dark"])
def themed(request: pytest.FixtureRequest, browser: Any, whole_gallery: Gallery) -> Iterator[Any]:
    context = browser.new_context(
        viewport={"width": 1440, "height": 900},
        color_scheme=request.param,
        reduced_motion="reduce",
    )
    yield Visitor(context.new_page(), whole_gallery.base_url)
    context.close()


def everything_at_once(ana: Visitor, gallery: Gallery) -> None:
    gallery.client.chat_postEphemeral(channel=CHANNEL, user="U0ANA", text="Only for you")
    ana.sees("Only for you")
    ana.page.get_by_role("button", name="1 reply").click()
    ana.page.get_by_role("complementary", name="Thread").get_by_text("look").wait_for()
    ana.page.get_by_role("button", name="Inspector").first.click()
    ana.page.locator(".entry summary").first.click()
    ana.page.locator("#composer-input").press("/")
    ana.page.get_by_role("option").first.wait_for()


def home(ana: Visitor, gallery: Gallery) -> None:
    gallery.home = HOME
    ana.opens("D0ANA/home")
    ana.page.get_by_role("heading", name="Your board").wait_for()


def form_with_errors(ana: Visitor, gallery: Gallery) -> None:
    gallery.form = kit.form()
    ana.types("/form")
    ana.dialog.get_by_label("number_input").fill("99")
    ana.dialog.get_by_role("button", name="Send").click()
    ana.dialog.get_by_role("alert").first.wait_for()


def people_menu(ana: Visitor, gallery: Gallery) -> None:
    ana.page.locator("#you").click()
    ana.page.get_by_role("menuitemradio").first.wait_for()


def large_image(ana: Visitor, gallery: Gallery) -> None:
    # By the keyboard: what loads above it moves it from under a pointer.
    ana.page.get_by_role("button", name="A wide picture").press("Enter")
    ana.page.get_by_role("dialog", name="wide.png").wait_for()


SCREENS = [large_image, home, form_with_errors, people_menu, everything_at_once]


def grave_findings(visitor: Visitor) -> list[str]:
    """What axe calls serious or critical; in the dark only colours can differ."""
    dark = visitor.page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    options = {"resultTypes": ["violations"], "preload": False}
    found = Axe().run(
        visitor.page, options=options | ({"runOnly": ["color-contrast"]} if dark else {})
    )
    return [
        f"{finding['id']} ({finding['impact']}): {node['target']} {node['failureSummary']}"
        for finding in found.response["violations"]
        for node in finding["nodes"]
        if finding["impact"] in GRAVE
    ]


@pytest.mark.usefixtures("everything")
@pytest.mark.parametrize("show", SCREENS)
def test_axe_finds_nothing_grave(
    themed: Visitor, gallery: Gallery, show: Callable[[Visitor, Gallery], None]
) -> None:
    themed.opens()
    try:
        show(themed, gallery)
        assert grave_findings(themed) == []
    finally:
        themed.page.keyboard.press("Escape")


def test_axe_would_find_something_grave(themed: Visitor, gallery: Gallery) -> None:
    themed.opens()
    themed.page.evaluate("document.getElementById('team').style.color = '#345'")
    assert any("color-contrast" in found for found in grave_findings(themed))


@pytest.fixture(scope="module")
def phone(browser: Any, whole_gallery: Gallery) -> Iterator[Visitor]:
    context = browser.new_context(viewport={"width": 360, "height": 720}, has_touch=True)
    yield Visitor(context.new_page(), whole_gallery.base_url)
    context.close()


OUTSIDE = """() => [...document.querySelectorAll('body *')].filter((node) => {
  const box = node.getBoundingClientRect();
  const beside = box.width && box.height && (box.right > innerWidth + 1 || box.left < -1);
  return beside && !node.closest('.table-wrap, .carousel-strip, .unseen, .sidebar');
}).map((node) => node.outerHTML.slice(0, 120))"""
"""What is wider than the screen, except what scrolls by itself, is for screen readers or folded."""


@pytest.mark.usefixtures("everything")
@pytest.mark.parametrize("show", [lambda ana, gallery: None, home, form_with_errors, large_image])
def test_on_a_phone_nothing_stands_outside_the_screen(
    phone: Visitor, gallery: Gallery, show: Callable[[Visitor, Gallery], None]
) -> None:
    phone.opens()
    show(phone, gallery)
    found = phone.page.evaluate(OUTSIDE)
    phone.page.keyboard.press("Escape")
    assert found == []


def test_on_a_phone_channels_are_behind_a_button_and_a_thread_fills_the_screen(
    phone: Visitor, gallery: Gallery, everything: str
) -> None:
    phone.opens()
    sidebar = phone.page.get_by_role("navigation", name="Channels and messages")
    assert not sidebar.is_visible()
    phone.page.get_by_role("button", name="Channels").click()
    sidebar.get_by_role("link", name="staging").click()
    sidebar.wait_for(state="hidden")
    phone.opens()
    phone.at(everything).get_by_role("button", name="1 reply").click()
    thread = phone.page.get_by_role("complementary", name="Thread")
    assert thread.bounding_box()["width"] == 360
    thread.get_by_role("button", name="Close thread").click()
    thread.wait_for(state="hidden")
