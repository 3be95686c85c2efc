"""What Slack fills in, and what it says about blocks as a whole."""

import copy

from playground.blockkit import check_options, doubts, filled, normalise, text_length
from tests.playground.blockkit.samples import BLOCKS, BOTH, BOX, CARD, DATA, GROUP
from tests.playground.kit import (
    action,
    actions,
    asks,
    button,
    cell,
    context,
    image,
    leaf,
    mrkdwn,
    option,
    options,
    plain,
    section,
    table,
    task,
    without,
)
from tests.workspace import JSON

ELEMENTS: list[JSON] = [
    button(),
    *(
        {"type": f"{many}{kind}_select"}
        for many in ("", "multi_")
        for kind in ("external", "users")
    ),
    *(
        {"type": f"{many}{kind}_select"}
        for many in ("", "multi_")
        for kind in ("static", "channels")
    ),
    {"type": "conversations_select"},
    {"type": "multi_conversations_select"},
    *({"type": kind} for kind in ("overflow", "checkboxes", "radio_buttons", "workflow_button")),
    *({"type": kind} for kind in ("datepicker", "timepicker", "datetimepicker", "icon_button")),
    *({"type": f"{kind}_input"} for kind in ("plain_text", "number", "email_text", "url_text")),
    *({"type": kind} for kind in ("rich_text_input", "file_input", "feedback_buttons")),
]


def one(block: JSON) -> JSON:
    (found,) = normalise([block])
    return found


def test_texts_and_images_gain_what_slack_adds() -> None:
    block = one(section(text=plain(), fields=[mrkdwn()], accessory=image()))
    assert block["text"] == {"type": "plain_text", "text": "x", "emoji": True}
    assert block["fields"] == [{"type": "mrkdwn", "text": "x", "verbatim": False}]
    sizes = {"image_width", "image_height", "image_bytes"}
    assert all(block["accessory"][size] > 0 for size in sizes)
    assert all(one(image())[size] > 0 for size in sizes)


def test_what_is_given_is_kept() -> None:
    text = {"type": "plain_text", "text": "x", "emoji": False}
    block = one(section(block_id="mine", text=text, accessory=button(action_id="own")))
    assert (block["block_id"], block["accessory"]["action_id"]) == ("mine", "own")
    assert block["text"]["emoji"] is False


def test_every_element_that_acts_gains_an_id_of_five_characters() -> None:
    named = [filled(element) for element in ELEMENTS]
    assert [len(element["action_id"]) for element in named] == [5] * len(ELEMENTS)
    assert len({element["action_id"] for element in named}) == len(ELEMENTS)
    assert "action_id" not in filled(image()) | filled(leaf(text="x")) | filled(option())


def test_every_block_gains_an_id_of_five_characters_inside_others_as_well() -> None:
    boxed = one({**BOX, "child_blocks": [section(), actions(button())]})
    cards = one({"type": "carousel", "elements": [{**CARD, "actions": [button()]}] * 2})
    plan = one({"type": "plan", "title": "P", "tasks": [task(), without(task(), "type")]})
    inner = [*boxed["child_blocks"], *cards["elements"], *plan["tasks"]]
    found = [block["block_id"] for block in [boxed, cards, plan, *inner]]
    assert [len(block_id) for block_id in found] == [5] * 9 and len(set(found)) == 9
    assert {task["type"] for task in plan["tasks"]} == {"task_card"}
    assert len(cards["elements"][0]["actions"][0]["action_id"]) == 5
    assert one({"type": "plan", "title": "P"}).get("tasks") is None


def test_a_table_is_shown_at_the_end() -> None:
    assert [b["type"] for b in normalise([table([[cell()]]), section()])] == ["section", "table"]
    assert [b["type"] for b in normalise([DATA, BOX, section()])] == [
        "container",
        "section",
        "data_table",
    ]


def test_normalising_changes_nothing_it_was_given() -> None:
    for block in [*BLOCKS.values(), actions(button()), asks("users_select"), context(image())]:
        before = copy.deepcopy(block)
        normalise([block])
        assert block == before


def test_normalised_blocks_stay_as_they_are() -> None:
    sound = [block for kind, block in BLOCKS.items() if kind not in ("file", "auth_provider")]
    once = [one(block) for block in sound]
    assert [one(block) for block in once] == once


def test_suggestions_are_at_most_100_options_or_groups() -> None:
    assert check_options({"options": options(100)}) == check_options({"options": []}) == []
    assert check_options({"option_groups": [GROUP] * 100}) == []
    refused = {
        "/options": {"options": options(101)},
        "/option_groups": {"option_groups": [GROUP] * 101},
        "/options/0/text/type": {"options": [{"text": mrkdwn(), "value": "a"}]},
        "/option_groups/0": {"option_groups": [{"label": plain()}]},
        "": {"options": [], "option_groups": []},
    }
    assert {p.pointer for body in refused.values() for p in check_options(body)} == set(refused)
    assert check_options({})[0].message.startswith("must define either")
    assert check_options(None)[0].message == "must provide an object"


def test_the_length_of_a_message_counts_every_text_in_it() -> None:
    blocks = [
        section(text=mrkdwn("x" * 10), accessory=button(text=plain("x" * 5), value="x" * 99)),
        context(plain("xx"), image(alt_text="x" * 99)),
        leaf(text="x" * 3),
        action("static_select", options=[option("v" * 9, "x" * 4)]),
    ]
    assert text_length(blocks) == 10 + 5 + 2 + 3 + 4


def test_an_alert_in_a_message_is_taken_with_a_doubt() -> None:
    (doubt,) = doubts([section(), BLOCKS["alert"]])
    assert str(doubt) == "alert is not documented for messages [json-pointer:/blocks/1]"
    assert doubts([section(), BOTH]) == []
