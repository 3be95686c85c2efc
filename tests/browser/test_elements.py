"""Every interactive element, used with the mouse or the keyboard; a Bolt app says what it got."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import gallery_blocks as kit
from tests.browser.gallery import CHANNEL, Gallery
from tests.browser.visitor import Visitor
from tests.playground.kit import actions, asks, button, mrkdwn, plain, section

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def board(whole_gallery: Gallery) -> str:
    """The message with every element, once for this file."""
    return whole_gallery.shows("controls")


def presses(name: str) -> Callable[[Visitor, Any], None]:
    return lambda ana, board: board.get_by_role("button", name=name, exact=True).click()


def chooses(action_id: str, *labels: str, typing: str = "") -> Callable[[Visitor, Any], None]:
    return lambda ana, board: ana.chooses(action_id, *labels, typing=typing, within=board)


def fills(action_id: str, value: str) -> Callable[[Visitor, Any], None]:
    def act(ana: Visitor, board: Any) -> None:
        box = ana.control(action_id, board).locator("input")
        box.fill(value)
        box.press("Tab")

    return act


def ticks(action_id: str, label: str) -> Callable[[Visitor, Any], None]:
    return lambda ana, board: ana.control(action_id, board).get_by_label(label).click()


def picks_from_menu(ana: Visitor, board: Any) -> None:
    board.get_by_role("button", name="More actions").click()
    ana.page.get_by_role("menuitem", name="Archive").click()


def confirms(ana: Visitor, board: Any) -> None:
    board.get_by_role("button", name="Delete…").click()
    ana.page.get_by_role("dialog", name="Delete it?").get_by_role("button", name="Delete").click()


def opens_a_site(ana: Visitor, board: Any) -> None:
    with ana.page.expect_popup() as popup:
        board.get_by_role("link", name="Open site").click()
    popup.value.close()


USES: list[tuple[str, Callable[[Visitor, Any], None], Any]] = [
    ("plain_button", presses("Plain"), "v"),
    ("primary", presses("Approve"), "yes"),
    ("careful", confirms, "no"),
    ("site", opens_a_site, "site"),
    ("overflow", picks_from_menu, "archive"),
    ("static_select", chooses("static_select", "Pear"), "pear"),
    ("grouped", chooses("grouped", "Lemon"), "lemon"),
    ("external_select", chooses("external_select", "ab 1", typing="ab"), "ab-1"),
    ("users_select", chooses("users_select", "Ben"), "U0BEN"),
    ("channels_select", chooses("channels_select", "#staging"), "C0STAGING"),
    ("conversations_select", chooses("conversations_select", "#releases"), "C0RELEASES"),
    ("multi_static_select", chooses("multi_static_select", "Plum"), ["plum"]),
    ("multi_external_select", chooses("multi_external_select", "x 0", typing="x"), ["x-0"]),
    ("multi_users_select", chooses("multi_users_select", "Cleo"), ["U0CLEO"]),
    ("multi_channels_select", chooses("multi_channels_select", "#ops"), ["C0OPS"]),
    ("multi_conversations_select", chooses("multi_conversations_select", "#ops"), ["C0OPS"]),
    ("datepicker", fills("datepicker", "2026-03-04"), "2026-03-04"),
    ("timepicker", fills("timepicker", "14:05"), "14:05"),
    # Ana is in Lisbon, which is an hour ahead of UTC in July.
    ("datetimepicker", fills("datetimepicker", "2026-07-01T12:00"), 1782903600),
    ("checkboxes", ticks("checkboxes", "Apple"), ["apple"]),
    ("radio_buttons", ticks("radio_buttons", "Plum"), "plum"),
    ("feedback_buttons", presses("Bad answer"), "bad"),
    ("icon_button", presses("Remove"), "bin"),
]


@pytest.mark.parametrize(("action_id", "use", "value"), USES, ids=[use[0] for use in USES])
def test_what_is_chosen_reaches_the_app(
    ana: Visitor, board: str, action_id: str, use: Callable[[Visitor, Any], None], value: Any
) -> None:
    use(ana, ana.at(board))
    ana.sees(f"{action_id} = {json.dumps(value)}")


def test_every_element_an_app_can_send_is_used_here() -> None:
    from playground.blockkit.elements import ELEMENTS

    used = {use[0] for use in USES} | {"button", "image", "workflow_button"}
    assert set(ELEMENTS) - used - set(kit.INPUTS) == set()


def test_keys_alone_choose_from_a_menu_and_leave_it(ana: Visitor, gallery: Gallery) -> None:
    menu = {"type": "static_select", "action_id": "keys", "options": kit.FRUITS}
    ts = gallery.says("keys", blocks=[actions(menu)])
    box = ana.control("keys", ana.at(ts)).get_by_role("combobox")
    box.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "Enter"):
        box.press(key)
    ana.sees('keys = "plum"')
    box.press("ArrowDown")
    assert box.get_attribute("aria-expanded") == "true"
    box.press("Escape")
    assert box.get_attribute("aria-expanded") == "false"
    assert box.input_value() == "Plum"


def test_typing_narrows_what_a_menu_offers(ana: Visitor, board: str) -> None:
    box = ana.control("grouped", ana.at(board)).get_by_role("combobox")
    box.fill("pea")
    options = ana.page.locator(".options:popover-open").get_by_role("option")
    assert options.all_inner_texts() == ["Pear\nGreen"]
    box.press("Escape")


def test_a_menu_button_is_worked_with_arrows_and_escape_gives_the_focus_back(
    ana: Visitor, board: str
) -> None:
    ana.at(board).get_by_role("button", name="More actions").focus()
    for key in ("Enter", "ArrowDown", "ArrowDown", "ArrowDown"):
        ana.page.keyboard.press(key)
    assert ana.focused == "Archive"
    ana.page.keyboard.press("Escape")
    assert ana.focused == "More actions"


def test_a_refused_confirmation_does_nothing(ana: Visitor, board: str, gallery: Gallery) -> None:
    ana.at(board).get_by_role("button", name="Delete…").click()
    ana.page.get_by_role("dialog").get_by_role("button", name="Keep").click()
    gallery.says("afterwards")
    ana.sees("afterwards")
    newest = ana.page.locator("#timeline article").last
    assert "afterwards" in newest.text_content()
    assert ana.focused == "Delete…"


def test_a_multiple_choice_takes_back_what_it_was_given(ana: Visitor, gallery: Gallery) -> None:
    menu = {"type": "multi_static_select", "action_id": "several", "options": kit.FRUITS}
    ts = gallery.says("several", blocks=[actions(menu)])
    ana.chooses("several", "Apple", "Plum", within=ana.at(ts))
    ana.sees('several = ["apple", "plum"]')
    ana.at(ts).get_by_role("button", name="Remove Apple").click()
    ana.sees('several = ["plum"]')


def test_a_card_a_carousel_and_a_container_work_from_inside(ana: Visitor, gallery: Gallery) -> None:
    cards, containers = gallery.shows("cards"), gallery.shows("containers")
    for name in ("api", "worker"):
        ana.at(cards).get_by_role("button", name=f"Deploy {name}").click()
        ana.sees(f'card_{name} = "{name}"')
    folded = ana.at(containers).locator(".container").last
    assert not folded.get_by_text("Inside the container").is_visible()
    folded.get_by_role("button", name="A container").click()
    folded.get_by_role("button", name="Inside").click()
    ana.sees('inside = "in"')


def test_a_data_table_turns_pages_and_sorts(ana: Visitor, gallery: Gallery) -> None:
    board = ana.at(gallery.shows("data_table"))

    first_column = expect(board.locator("tbody th"))
    first_column.to_have_text(["service-0", "service-1", "service-2"])
    board.get_by_role("button", name="Next page").click()
    first_column.to_have_text(["service-3", "service-4", "service-5"])
    board.get_by_role("button", name="Count").click()
    first_column.to_have_text(["service-7", "service-6", "service-5"])
    assert board.get_by_role("columnheader", name="Count").get_attribute("aria-sort") == "ascending"


def test_a_redraw_keeps_what_is_half_typed_and_where_the_focus_is(
    ana: Visitor, gallery: Gallery
) -> None:
    field = {**asks("plain_text_input", action_id="note"), "block_id": "note"}
    row = actions(button(action_id="go", text=plain("Go")), block_id="row")
    ts = gallery.says("draft", blocks=[section(text=mrkdwn("one")), field, row])
    box = ana.at(ts).get_by_role("textbox")
    box.press_sequentially("half")
    gallery.client.chat_update(
        channel="C0OPS", ts=ts, text="draft", blocks=[section(text=mrkdwn("two")), field]
    )
    ana.at(ts).get_by_text("two").wait_for()
    box.press_sequentially(" typed")
    assert box.input_value() == "half typed"


def test_what_only_one_person_saw_is_gone_when_the_page_is_opened_anew(
    ana: Visitor, gallery: Gallery
) -> None:
    between = gallery.client.chat_postEphemeral
    gallery.says("Between everybody")
    between(channel=CHANNEL, user="U0ANA", text="Between us")
    ana.sees("Between us")
    ana.reloads()
    ana.sees("Between everybody")
    assert ana.page.get_by_text("Between us").count() == 0
    between(channel=CHANNEL, user="U0ANA", text="Between us")
    ana.sees("Between us")


@pytest.mark.parametrize("broken", ["/page/plot.js", "/_play/boot?", "/_play/boot?as=U0ANA"])
def test_a_page_whose_loading_was_broken_off_still_comes(
    browser: Any, whole_gallery: Gallery, broken: str
) -> None:
    context = browser.new_context()
    page = context.new_page()
    url = f"{whole_gallery.base_url}{broken}"
    page.route(lambda asked: asked == url, lambda route: route.abort(), times=1)
    with page.expect_event("requestfailed", lambda request: request.url == url):
        Visitor(page, whole_gallery.base_url).opens()
    context.close()
