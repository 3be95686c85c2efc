"""4.3, what every block keeps: ids, properties, how many there are."""

from tests.playground.blockkit.case import (
    OBJECT,
    STRING,
    additional,
    amount,
    letters,
    missing,
    refuses,
    rule,
    takes,
    too_long,
    too_many,
)
from tests.playground.blockkit.samples import BOX, CARD, MARKDOWN
from tests.playground.kit import action, actions, button, modal, option, plain, section, task
from tests.workspace import JSON

_TWO = [button(action_id="a"), button(action_id="a")]
_TWICE = '`action_id` "a" already exists'
_AGAIN = '`block_id` "b" already exists'
_TASKS = [task(block_id="b"), task(block_id="b")]


def _dividers(count: int) -> list[JSON]:
    return [{"type": "divider"}] * count


def _headings(count: int, others: int = 0) -> list[JSON]:
    text = "# h\n---\n" * (count // 2) + "## h\n" * (count % 2)
    return [{"type": "markdown", "text": text}, *_dividers(others)]


CASES = [
    *rule(
        "4.3 a block is an object with a type",
        takes({"type": "divider"}),
        refuses(OBJECT, "/0", "x"),
        refuses(OBJECT, "/0", None),
        refuses(missing("type"), "/0", {"text": plain()}),
        refuses(STRING, "/0/type", {"type": ["divider"]}),
        refuses(STRING, "/0/type", {"type": None}),
    ),
    *rule(
        "4.3 no additional properties",
        takes(section()),
        refuses(additional("colour"), "/0", section(colour="red")),
        refuses(additional("text"), "/0", {"type": "divider", "text": plain()}),
        refuses(
            additional("type"),
            "/0/elements/0/options/0",
            action("static_select", options=[option(type="option")]),
        ),
    ),
    *rule(
        "4.3 block_id of up to 255",
        letters(lambda text: section(block_id=text), 1, 255, "/0/block_id"),
        refuses(too_long(255), "/0/block_id", {**BOX, "block_id": "x" * 256}),
    ),
    *rule(
        "4.3 block_id once in a payload",
        takes(section(block_id="b"), section(block_id="c")),
        refuses(_AGAIN, "/1/block_id", section(block_id="b"), section(block_id="b")),
        refuses(
            _AGAIN,
            "/0/child_blocks/0/block_id",
            {**BOX, "block_id": "b", "child_blocks": [section(block_id="b")]},
        ),
        refuses(
            _AGAIN,
            "/0/elements/1/block_id",
            {"type": "carousel", "elements": [{**CARD, "block_id": "b"}] * 2},
        ),
        refuses(_AGAIN, "/0/tasks/1/block_id", {"type": "plan", "title": "P", "tasks": _TASKS}),
        refuses(_AGAIN, "/1/block_id", section(block_id="b"), section(block_id="b"), on="modal"),
    ),
    *rule(
        "4.3 action_id of up to 255",
        letters(
            lambda text: action("users_select", action_id=text),
            1,
            255,
            "/0/elements/0/action_id",
        ),
        refuses(
            too_long(255), "/0/accessory/action_id", section(accessory=button(action_id="x" * 256))
        ),
    ),
    *rule(
        "4.3 action_id once in a block",
        takes(actions(button(action_id="a")), section(accessory=button(action_id="a"))),
        takes({**BOX, "child_blocks": [actions(button(action_id="a"))] * 2}),
        takes({"type": "carousel", "elements": [{**CARD, "actions": [button(action_id="a")]}] * 2}),
        refuses(_TWICE, "/1/elements/1/action_id", section(), actions(*_TWO)),
        refuses(_TWICE, "/0/actions/1/action_id", {**CARD, "actions": _TWO}),
        refuses(
            _TWICE,
            "/0/elements/0/actions/1/action_id",
            {"type": "carousel", "elements": [{**CARD, "actions": _TWO}]},
        ),
        refuses(
            _TWICE,
            "/0/child_blocks/0/elements/1/action_id",
            {**BOX, "child_blocks": [actions(*_TWO)]},
        ),
        refuses(
            _TWICE,
            "/0/elements/1/action_id",
            {
                "type": "context_actions",
                "elements": [
                    {"type": "icon_button", "icon": "trash", "text": plain(), "action_id": "a"}
                ]
                * 2,
            },
        ),
    ),
    *rule(
        "4.3 up to 50 blocks in a message",
        takes(),
        takes(*_dividers(1)),
        takes(*_dividers(50)),
        refuses(too_many(50), "", *_dividers(51)),
    ),
    *rule(
        "4.3 1 to 100 blocks in a modal",
        amount(lambda n: {**modal(), "blocks": _dividers(n)}, 1, 100, "/blocks", on="view"),
    ),
    *rule(
        "4.3 up to 100 blocks in a Home tab",
        amount(lambda n: {"type": "home", "blocks": _dividers(n)}, 0, 100, "/blocks", on="view"),
    ),
    *rule(
        "4.3 a heading or a rule of markdown counts as a block",
        takes(*_headings(50)),
        takes(*_headings(25, others=25)),
        takes(MARKDOWN, *_dividers(49)),
        takes({"type": "markdown", "text": "x"}, *_dividers(49)),
        refuses(too_many(50), "", *_headings(51)),
        refuses(too_many(50), "", *_headings(2, others=49)),
        refuses(too_many(50), "", {"type": "markdown", "text": "***\n___\n"}, *_dividers(49)),
    ),
]
