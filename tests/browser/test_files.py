"""Files below messages: images are shown and opened large, everything else is only offered."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.gallery import Gallery
from tests.browser.visitor import Visitor
from tests.pictures import KINDS, picture

pytestmark = pytest.mark.browser
LOADED = "image => image.complete && image.naturalWidth"


def shown(ana: Visitor, alt_text: str) -> Any:
    """The image with this alternative text, once its bytes are there."""
    found = ana.page.locator("#timeline").get_by_role("img", name=alt_text, exact=True)
    found.scroll_into_view_if_needed()
    ana.page.wait_for_function(LOADED, arg=found.element_handle())
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_an_image_is_shown_in_its_message_at_once(
    ana: Visitor, gallery: Gallery, kind: str
) -> None:
    gallery.shares(f"cut.{kind}", picture(kind), f"A {kind}, dark at the right")
    image = shown(ana, f"A {kind}, dark at the right")
    assert image.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [640, 400]
    box = image.bounding_box()
    assert (round(box["width"]), round(box["height"])) == (360, 225)


def test_an_image_without_words_of_its_own_is_called_by_its_title(
    ana: Visitor, gallery: Gallery
) -> None:
    gallery.shares("plan.png", picture("png", 80, 60), title="The plan")
    box = shown(ana, "The plan").bounding_box()
    assert (round(box["width"]), round(box["height"])) == (80, 60)


def test_the_keyboard_opens_an_image_large_and_escape_closes_it(
    ana: Visitor, gallery: Gallery
) -> None:
    gallery.shares("wide.png", picture("png", 1000, 500), "A wide one")
    shown(ana, "A wide one")
    ana.page.get_by_role("button", name="A wide one").press("Enter")
    large = ana.page.get_by_role("dialog", name="wide.png")
    large.wait_for()
    assert ana.focused == "Close"
    assert large.get_by_role("img").bounding_box()["width"] == 1000
    assert large.get_by_role("link", name="Download").get_attribute("download") == "wide.png"
    ana.page.keyboard.press("Escape")
    large.wait_for(state="hidden")
    assert ana.page.evaluate("document.activeElement.querySelector('img')?.alt") == "A wide one"


def test_a_click_opens_an_image_and_one_beside_it_closes_it(ana: Visitor, gallery: Gallery) -> None:
    gallery.shares("high.png", picture("png", 300, 2000), "A high one")
    shown(ana, "A high one").click()
    large = ana.page.get_by_role("dialog", name="high.png")
    box = large.get_by_role("img").bounding_box()
    assert box["y"] >= 0 and box["y"] + box["height"] <= 900
    ana.page.mouse.click(10, 450)
    large.wait_for(state="hidden")


HARM = b"<script>document.title = 'harmed'</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="document.title = 1"></svg>'


@pytest.mark.parametrize(
    ("name", "content"), [("page.html", HARM), ("fake.png", HARM), ("drawing.svg", SVG)]
)
def test_what_is_no_image_is_a_card_and_is_never_run(
    ana: Visitor, gallery: Gallery, name: str, content: bytes
) -> None:
    gallery.shares(name, content)
    card = ana.page.get_by_role("link", name=name)
    card.wait_for()
    assert ana.page.locator("#timeline figure", has_text=name).count() == 0
    with ana.page.expect_download() as download:
        card.click()
    assert download.value.path().read_bytes() == content


def test_a_deleted_image_leaves_a_word(ana: Visitor, gallery: Gallery) -> None:
    file = gallery.shares("gone.png", picture("png"), "Soon gone")
    shown(ana, "Soon gone")
    gallery.client.files_delete(file=file)
    ana.sees("This file was deleted.")
    assert ana.page.get_by_role("img", name="Soon gone").count() == 0
