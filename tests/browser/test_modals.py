"""Modals: the stack of three, the focus, errors at fields, banners, and every kind of input."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser import gallery_blocks as kit
from tests.browser.gallery import Gallery
from tests.browser.visitor import Visitor
from tests.playground.kit import plain
from tests.workspace import Person

pytestmark = pytest.mark.browser
JSON = dict[str, Any]


def opens(ana: Visitor, gallery: Gallery, form: JSON) -> Any:
    gallery.form = form
    ana.types("/form")
    ana.dialog.get_by_role("heading", name=form["title"]["text"]).wait_for()
    return ana.dialog


@pytest.fixture(autouse=True)
def _nothing_left_open(ana: Visitor, gallery: Gallery) -> None:
    """An earlier test that failed may have left a modal open."""
    person = Person(gallery.base_url, "U0ANA")
    if stack := person.get("modal")["stack"]:
        person.do("close", view_id=stack[-1]["id"], all=True)
    ana.dialog.wait_for(state="hidden")


def writes(kind: str, value: str) -> Callable[[Visitor], None]:
    return lambda ana: ana.control(kind, ana.dialog).locator("input, textarea").fill(value)


def chooses(kind: str, *labels: str, typing: str = "") -> Callable[[Visitor], None]:
    return lambda ana: ana.chooses(kind, *labels, typing=typing, within=ana.dialog)


def ticks(kind: str, label: str) -> Callable[[Visitor], None]:
    return lambda ana: ana.control(kind, ana.dialog).get_by_label(label).check()


def writes_rich_text(ana: Visitor) -> None:
    box = ana.dialog.get_by_role("textbox", name="rich_text_input")
    box.click()
    keys = ana.page.keyboard
    keys.type("plain ")
    keys.press("Control+b")
    keys.type("bold")
    keys.press("Control+b")
    keys.press("Enter")
    ana.dialog.get_by_role("button", name="Bulleted list").click()
    keys.type("item http://127.0.0.1/x")


def text(words: str, **style: bool) -> JSON:
    return {"type": "text", "text": words, **({"style": style} if style else {})}


RICH = {
    "type": "rich_text",
    "elements": [
        {"type": "rich_text_section", "elements": [text("plain "), text("bold", bold=True)]},
        {
            "type": "rich_text_list",
            "style": "bullet",
            "indent": 0,
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [text("item "), {"type": "link", "url": "http://127.0.0.1/x"}],
                }
            ],
        },
    ],
}
ENTRIES: list[tuple[str, Callable[[Visitor], None], Any]] = [
    ("plain_text_input", writes("plain_text_input", "words"), "words"),
    ("number_input", writes("number_input", "7"), "7"),
    ("email_text_input", writes("email_text_input", "a@b.example"), "a@b.example"),
    ("url_text_input", writes("url_text_input", "https://a.example"), "https://a.example"),
    ("rich_text_input", writes_rich_text, RICH),
    ("static_select", chooses("static_select", "Plum"), "plum"),
    ("multi_static_select", chooses("multi_static_select", "Apple", "Plum"), ["apple", "plum"]),
    ("external_select", chooses("external_select", "q 2", typing="q"), "q-2"),
    ("users_select", chooses("users_select", "Cleo"), "U0CLEO"),
    ("datepicker", writes("datepicker", "2026-03-04"), "2026-03-04"),
    ("timepicker", writes("timepicker", "09:30"), "09:30"),
    ("datetimepicker", writes("datetimepicker", "2026-01-02T03:04"), 1767323040),
    ("checkboxes", ticks("checkboxes", "Pear"), ["pear"]),
    ("radio_buttons", ticks("radio_buttons", "Apple"), "apple"),
]


def test_one_form_with_every_input_arrives_whole(ana: Visitor, gallery: Gallery) -> None:
    dialog = opens(ana, gallery, kit.form(*(k for k in kit.INPUTS if k != "file_input")))
    for _, enter, _ in ENTRIES:
        enter(ana)
    dialog.get_by_role("button", name="Send").click()
    said = ana.sees("form = ").locator(".text").text_content()
    expected = {kind: value for kind, _, value in ENTRIES}
    # Nobody chose the conversation: the form began with the one it was opened in.
    assert json.loads(said.removeprefix("form = ")) == {
        **expected,
        "conversations_select": "C0OPS",
    }


def test_files_are_added_to_a_form_and_taken_out_again(ana: Visitor, gallery: Gallery) -> None:
    dialog = opens(ana, gallery, kit.form("file_input"))
    box = dialog.get_by_label("file_input", exact=True)
    files = [
        {"name": name, "mimeType": "text/plain", "buffer": b"words"}
        for name in ("one.txt", "two.txt", "three.txt", "run.exe")
    ]
    box.set_input_files(files[:2])
    dialog.get_by_role("listitem").filter(has_text="two.txt").wait_for()
    box.set_input_files(files[2])
    dialog.get_by_role("alert").get_by_text("Please add at most 2 files.").wait_for()
    dialog.get_by_role("button", name="Remove one.txt").click()
    box.set_input_files(files[3])
    dialog.get_by_role("alert").get_by_text("run.exe is not of a type that is wanted").wait_for()
    box.set_input_files(files[2])
    dialog.get_by_role("listitem").filter(has_text="three.txt").wait_for()
    dialog.get_by_role("button", name="Send").click()
    ana.sees('form = {"file_input": ["two.txt", "three.txt"]}')


def test_the_focus_goes_where_the_app_wants_it_and_stays_inside(
    ana: Visitor, gallery: Gallery
) -> None:
    dialog = opens(ana, gallery, kit.form("email_text_input", "plain_text_input"))
    assert ana.focused == "plain_text_input (optional)"
    inside = "document.querySelector('dialog#modal').contains(document.activeElement)"
    for _ in range(9):
        ana.page.keyboard.press("Tab")
        assert ana.page.evaluate(f"{inside} || document.activeElement === document.body")
    ana.page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    assert ana.page.evaluate("document.activeElement.id") == "composer-input"


def test_an_update_keeps_the_focus_the_caret_and_what_was_typed(
    ana: Visitor, gallery: Gallery
) -> None:
    form = kit.form("plain_text_input", "email_text_input", external_id="kept")
    dialog = opens(ana, gallery, form)
    box = ana.control("plain_text_input", dialog).locator("input")
    box.press_sequentially("ac")
    box.press("ArrowLeft")
    note = {"type": "section", "text": plain("Loaded since")}
    gallery.client.views_update(
        external_id="kept", view={**form, "blocks": [note, *form["blocks"]]}
    )
    dialog.get_by_text("Loaded since").wait_for()
    ana.page.keyboard.type("b")
    assert box.input_value() == "abc"
    ana.page.keyboard.press("Escape")


def test_what_the_app_refuses_is_said_at_the_field_until_it_is_corrected(
    ana: Visitor, gallery: Gallery
) -> None:
    gallery.answer = lambda body: {
        "response_action": "errors",
        "errors": {"email_text_input": "Nobody has this address."},
    }
    dialog = opens(ana, gallery, kit.form("plain_text_input", "email_text_input"))
    field = dialog.get_by_label("email_text_input")
    field.fill("x@y.example")
    dialog.get_by_role("button", name="Send").click()
    dialog.get_by_role("alert").get_by_text("Nobody has this address.").wait_for()
    ana.page.wait_for_function("document.activeElement.getAttribute('aria-invalid') === 'true'")
    described = field.get_attribute("aria-describedby")
    assert ana.page.locator(f"#{described}").inner_text() == "Nobody has this address."
    ana.page.keyboard.type("z")
    dialog.get_by_text("Nobody has this address.").wait_for(state="detached")
    assert field.input_value().endswith("z")
    ana.page.keyboard.press("Escape")


CHECKED: list[tuple[str, str, str]] = [
    ("number_input", "12", "Please enter a number no higher than 9."),
    ("number_input", "1.5", "Please enter a whole number."),
    ("email_text_input", "nobody", "Please enter a valid email address."),
    ("url_text_input", "nowhere", "Please enter a valid URL."),
]


@pytest.mark.parametrize(("kind", "entered", "sentence"), CHECKED)
def test_the_client_itself_checks_a_field_before_the_app_hears_of_it(
    ana: Visitor, gallery: Gallery, kind: str, entered: str, sentence: str
) -> None:
    heard: list[JSON] = []
    gallery.answer = lambda body: heard.append(body) or {}  # type: ignore[func-returns-value]
    dialog = opens(ana, gallery, kit.form(kind))
    writes(kind, entered)(ana)
    dialog.get_by_role("button", name="Send").click()
    dialog.get_by_text(sentence).wait_for()
    assert heard == []
    ana.page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")


def test_a_required_field_left_empty_says_so(ana: Visitor, gallery: Gallery) -> None:
    form = kit.form("rich_text_input", "checkboxes")
    for block in form["blocks"]:
        block["optional"] = False
    dialog = opens(ana, gallery, form)
    dialog.get_by_role("button", name="Send").click()
    dialog.get_by_text("Please complete this required field.").nth(1).wait_for()
    ana.page.keyboard.press("Escape")


def test_modals_stack_up_to_three_and_each_keeps_what_was_typed(
    ana: Visitor, gallery: Gallery
) -> None:
    def push(body: JSON) -> JSON:
        depth = {"First": "Second", "Second": "Third"}[body["view"]["title"]["text"]]
        return {
            "response_action": "push",
            "view": kit.form("plain_text_input", title=plain(depth)),
        }

    gallery.answer = push
    dialog = opens(ana, gallery, kit.form("plain_text_input", title=plain("First")))
    for depth, following in (("First", "Second"), ("Second", "Third")):
        dialog.get_by_label("plain_text_input").fill(f"typed in {depth}")
        dialog.get_by_role("button", name="Send").click()
        dialog.get_by_role("heading", name=following).wait_for()
    ana.page.keyboard.press("Escape")
    dialog.get_by_role("heading", name="Second").wait_for()
    assert dialog.get_by_label("plain_text_input").input_value() == "typed in Second"
    dialog.get_by_role("button", name="Back to First").click()
    dialog.get_by_role("heading", name="First").wait_for()
    assert dialog.get_by_label("plain_text_input").input_value() == "typed in First"
    dialog.get_by_role("button", name="Cancel").click()
    dialog.wait_for(state="hidden")


def test_a_modal_that_was_closed_does_not_come_back_with_an_answer_from_before(
    ana: Visitor, gallery: Gallery
) -> None:
    gallery.answer = lambda body: {
        "response_action": "push",
        "view": kit.form("plain_text_input", title=plain("Second")),
    }
    opens(ana, gallery, kit.form("plain_text_input", title=plain("First")))
    late: list[Any] = []
    ana.page.route("**/_play/modal?*", lambda route: late.append(route))
    with ana.page.expect_request("**/_play/modal?*"):
        ana.dialog.get_by_role("button", name="Send").click()
    ana.dialog.get_by_role("heading", name="Second").wait_for()
    answer = late[0].fetch()
    ana.page.keyboard.press("Escape")
    ana.dialog.get_by_role("heading", name="First").wait_for()
    with ana.page.expect_response("**/_play/modal?*"):
        late[0].fulfill(response=answer)
    ana.page.unroute("**/_play/modal?*")
    ana.page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    assert ana.dialog.get_by_role("heading").all_inner_texts() == ["First"]
    ana.page.keyboard.press("Escape")


def test_an_answer_slack_would_not_take_shows_the_banner_and_keeps_the_words(
    ana: Visitor, whole_gallery: Gallery
) -> None:
    whole_gallery.answer = lambda body: {
        "response_action": "errors",
        "errors": {"no_such_block": "x"},
    }
    dialog = opens(ana, whole_gallery, kit.form("plain_text_input"))
    dialog.get_by_label("plain_text_input").fill("kept")
    dialog.get_by_role("button", name="Send").click()
    dialog.get_by_role("alert").get_by_text("We had some trouble connecting. Try again?").wait_for()
    assert dialog.get_by_label("plain_text_input").input_value() == "kept"
    ana.page.keyboard.press("Escape")
    count = ana.page.get_by_role("button", name="Inspector, 1 refused")
    count.click()
    ana.page.get_by_text("Slack would refuse this").first.wait_for()
    count.click()
    whole_gallery.forgive()


def test_closing_tells_an_app_that_wants_to_know(ana: Visitor, gallery: Gallery) -> None:
    opens(ana, gallery, kit.form("plain_text_input", notify_on_close=True))
    ana.page.keyboard.press("Escape")
    ana.sees("closed form")
