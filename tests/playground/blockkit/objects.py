"""4.5: texts, options, confirmation dialogs, files and filters."""

from typing import Any

from tests.playground.blockkit.case import (
    STRING,
    additional,
    either_text,
    flag,
    letters,
    missing,
    needs,
    of_each,
    one_of,
    plain_only,
    refuses,
    rule,
    takes,
    too_few,
)
from tests.playground.kit import (
    action,
    actions,
    asks,
    button,
    confirm,
    mrkdwn,
    option,
    plain,
    section,
)
from tests.workspace import JSON

_AT = "/0/elements/0"
_ONE_OF_TWO = "must define either `id` or `url`"


def _options(kind: str, **fields: Any) -> JSON:
    return action(kind, options=[{**option(), **fields}])


def _confirm(**fields: Any) -> JSON:
    return actions(button(confirm=confirm(**fields)))


def _filter(**fields: Any) -> JSON:
    return action("conversations_select", filter=fields)


def _file(**fields: Any) -> JSON:
    return {"type": "image", "alt_text": "a", "slack_file": fields}


def _dispatch(*events: Any) -> JSON:
    return asks("plain_text_input", dispatch_action_config={"trigger_actions_on": list(events)})


CASES = [
    *rule(
        "4.5 text: plain_text with emoji, mrkdwn with verbatim",
        flag(lambda on: section(text={**plain(), "emoji": on}), "/0/text/emoji"),
        flag(lambda on: section(text={**mrkdwn(), "verbatim": on}), "/0/text/verbatim"),
        refuses(additional("verbatim"), "/0/text", section(text={**plain(), "verbatim": True})),
        refuses(additional("emoji"), "/0/text", section(text={**mrkdwn(), "emoji": True})),
        refuses(missing("text"), "/0/text", section(text={"type": "plain_text"})),
        refuses(missing("text"), "/0/text", section(text={"type": "mrkdwn"})),
    ),
    *rule(
        "4.5 option: text of up to 75",
        of_each(
            ("static_select", "multi_static_select", "overflow", "checkboxes", "radio_buttons"),
            lambda kind: letters(
                lambda text: _options(kind, text=plain(text)), 1, 75, f"{_AT}/options/0/text/text"
            ),
        ),
        plain_only(lambda text: _options("static_select", text=text), f"{_AT}/options/0/text"),
        either_text(lambda text: _options("checkboxes", text=text), f"{_AT}/options/0/text"),
    ),
    *rule(
        "4.5 option: value of up to 150",
        letters(
            lambda text: _options("static_select", value=text), 1, 150, f"{_AT}/options/0/value"
        ),
        letters(lambda text: _options("checkboxes", value=text), 1, 150, f"{_AT}/options/0/value"),
    ),
    *rule(
        "4.5 option: a text and a value",
        needs(
            "text",
            "value",
            of=option(),
            at=f"{_AT}/options/0",
            make=lambda o: action("static_select", options=[o]),
        ),
    ),
    *rule(
        "4.5 option: description of up to 75",
        letters(
            lambda text: _options("static_select", description=plain(text)),
            1,
            75,
            f"{_AT}/options/0/description/text",
        ),
        plain_only(
            lambda text: _options("overflow", description=text), f"{_AT}/options/0/description"
        ),
        either_text(
            lambda text: _options("radio_buttons", description=text), f"{_AT}/options/0/description"
        ),
    ),
    *rule(
        "4.5 confirm: plain title of up to 100",
        letters(lambda text: _confirm(title=plain(text)), 1, 100, f"{_AT}/confirm/title/text"),
        plain_only(lambda text: _confirm(title=text), f"{_AT}/confirm/title"),
    ),
    *rule(
        "4.5 confirm: text of up to 300",
        letters(lambda text: _confirm(text=mrkdwn(text)), 1, 300, f"{_AT}/confirm/text/text"),
        either_text(lambda text: _confirm(text=text), f"{_AT}/confirm/text"),
    ),
    *rule(
        "4.5 confirm: plain confirm and deny of up to 30",
        letters(lambda text: _confirm(confirm=plain(text)), 1, 30, f"{_AT}/confirm/confirm/text"),
        letters(lambda text: _confirm(deny=plain(text)), 1, 30, f"{_AT}/confirm/deny/text"),
        plain_only(lambda text: _confirm(confirm=text), f"{_AT}/confirm/confirm"),
        plain_only(lambda text: _confirm(deny=text), f"{_AT}/confirm/deny"),
    ),
    *rule(
        "4.5 confirm: all four texts, and a style",
        needs(
            "title",
            "text",
            "confirm",
            "deny",
            of=confirm(),
            at=f"{_AT}/confirm",
            make=lambda c: actions(button(confirm=c)),
        ),
        one_of(lambda word: _confirm(style=word), ("primary", "danger"), f"{_AT}/confirm/style"),
    ),
    *rule(
        "4.5 slack_file: exactly one of id and url",
        takes(_file(id="F12345678")),
        takes(_file(url="https://files.example/f")),
        refuses(_ONE_OF_TWO, "/0/slack_file", _file()),
        refuses(_ONE_OF_TWO, "/0/slack_file", _file(id="F12345678", url="https://x.example")),
    ),
    *rule(
        "4.5 slack_file: an id like F and at least eight letters or digits",
        takes(_file(id="F0ABC12345678")),
        *(
            refuses("must be a file id", "/0/slack_file/id", _file(id=text))
            for text in ("F1234567", "f12345678", "X12345678", "F1234567é", "F12345678\n")
        ),
        refuses(STRING, "/0/slack_file/id", _file(id=12345678)),
        letters(lambda text: _file(url=text), 1, 3000, "/0/slack_file/url"),
    ),
    *rule(
        "4.5 dispatch_action_config: on_enter_pressed, on_character_entered",
        takes(_dispatch("on_enter_pressed")),
        takes(_dispatch("on_character_entered", "on_enter_pressed")),
        refuses(
            "must be one of",
            "/0/element/dispatch_action_config/trigger_actions_on/0",
            _dispatch("on_blur"),
        ),
        refuses(too_few(1), "/0/element/dispatch_action_config/trigger_actions_on", _dispatch()),
        refuses(
            "no more than 2",
            "/0/element/dispatch_action_config/trigger_actions_on",
            _dispatch(*["on_enter_pressed"] * 3),
        ),
        refuses(
            missing("trigger_actions_on"),
            "/0/element/dispatch_action_config",
            asks("plain_text_input", dispatch_action_config={}),
        ),
    ),
    *rule(
        "4.5 conversation filter: at least one of its fields",
        takes(_filter(include=["im"])),
        takes(_filter(exclude_bot_users=True)),
        takes(_filter(exclude_external_shared_channels=True)),
        refuses("must define at least one of", f"{_AT}/filter", _filter()),
    ),
    *rule(
        "4.5 conversation filter: include im, mpim, private, public",
        takes(_filter(include=["im", "mpim", "private", "public"])),
        refuses(too_few(1), f"{_AT}/filter/include", _filter(include=[])),
        refuses("no more than 4", f"{_AT}/filter/include", _filter(include=["im"] * 5)),
        refuses("must be one of", f"{_AT}/filter/include/0", _filter(include=["secret"])),
    ),
    *rule(
        "4.5 conversation filter: exclude_bot_users, exclude_external_shared_channels",
        flag(lambda on: _filter(exclude_bot_users=on), f"{_AT}/filter/exclude_bot_users"),
        flag(
            lambda on: _filter(exclude_external_shared_channels=on),
            f"{_AT}/filter/exclude_external_shared_channels",
        ),
    ),
]
