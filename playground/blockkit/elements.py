"""Block elements (SLACK.md 4.4): what each looks like, and in which blocks it may stand."""

from datetime import date
from typing import Any

from playground.blockkit.objects import (
    CONFIRM,
    CONVERSATION_FILTER,
    DISPATCH_CONFIG,
    ID,
    IDS,
    IMAGE,
    LINK_OPTION,
    ONE_ID,
    OPTION,
    OPTION_GROUP,
    RICH_OPTION,
    STYLE,
    URL,
    offered,
    plain,
)
from playground.blockkit.problems import Problem
from playground.blockkit.rich_text import RICH_TEXT
from playground.blockkit.rules import (
    Problems,
    Rule,
    boolean,
    by_type,
    choice,
    either,
    integer,
    items,
    matching,
    ordered,
    shape,
    string,
)

_FORM = matching(r"\d{4}-\d\d-\d\d", "a date like YYYY-MM-DD")
_TIME = matching(r"([01]\d|2[0-3]):[0-5]\d", "a time like HH:mm")
_NUMBER = matching(r"-?\d+(\.\d+)?", "a number in a string")


def _date(value: Any, pointer: str) -> Problems:
    malformed = list(_FORM(value, pointer))
    yield from malformed
    if not malformed:
        try:
            date.fromisoformat(value)
        except ValueError:
            yield Problem("must be a date of the calendar", pointer)


_ACTION: dict[str, Rule] = {"action_id": ID}
_CONFIRMED = {**_ACTION, "confirm": CONFIRM}
_CHOOSE = {**_CONFIRMED, "focus_on_load": boolean}
_MENU = {**_CHOOSE, "placeholder": plain(150)}
_MULTI = {**_MENU, "max_selected_items": integer(1)}
_TYPED = {
    **_ACTION,
    "placeholder": plain(150),
    "focus_on_load": boolean,
    "dispatch_action_config": DISPATCH_CONFIG,
}
_OPTIONS = {"options": items(OPTION, 1, 100), "option_groups": items(OPTION_GROUP, 1, 100)}
_CONVERSATIONS = {"default_to_current_conversation": boolean, "filter": CONVERSATION_FILTER}
_LABEL = {"accessibility_label": string(75)}
_EMAIL_OR_URL = shape({}, {**_TYPED, "initial_value": string(3000, 0)})
_FEEDBACK = shape({"text": plain(75), "value": string(2000)}, _LABEL)

BUTTON = shape(
    {"text": plain(75)},
    {**_CONFIRMED, **_LABEL, "value": string(2000, 0), "url": URL, "style": STYLE},
)
ICON_BUTTON = shape(
    {"icon": choice("trash"), "text": plain(75)},
    {**_CONFIRMED, **_LABEL, "value": string(2000), "visible_to_user_ids": IDS},
)
_PARAMETER = shape({"name": string(), "value": string(least=0)}, {})
_TRIGGER = shape({"url": URL}, {"customizable_input_parameters": items(_PARAMETER)})

ELEMENTS: dict[str, Rule] = {
    "button": BUTTON,
    "icon_button": ICON_BUTTON,
    "feedback_buttons": shape(
        {"positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, _ACTION
    ),
    "workflow_button": shape(
        {**_ACTION, "text": plain(75), "workflow": shape({"trigger": _TRIGGER}, {})},
        {**_LABEL, "style": STYLE},
    ),
    "overflow": shape({"options": items(LINK_OPTION, 1, 5)}, _CONFIRMED),
    "static_select": shape(
        {},
        {**_MENU, **_OPTIONS, "initial_option": OPTION},
        either("options", "option_groups"),
        offered("initial_option", many=False),
    ),
    "multi_static_select": shape(
        {},
        {**_MULTI, **_OPTIONS, "initial_options": items(OPTION, 1)},
        either("options", "option_groups"),
        offered("initial_options", many=True),
    ),
    "external_select": shape(
        {}, {**_MENU, "initial_option": OPTION, "min_query_length": integer(0)}
    ),
    "multi_external_select": shape(
        {},
        {
            **_MULTI,
            "initial_options": items(OPTION, 1),
            "min_query_length": integer(0),
        },
    ),
    "users_select": shape({}, {**_MENU, "initial_user": ONE_ID}),
    "multi_users_select": shape({}, {**_MULTI, "initial_users": IDS}),
    "conversations_select": shape(
        {},
        {
            **_MENU,
            **_CONVERSATIONS,
            "initial_conversation": ONE_ID,
            "response_url_enabled": boolean,
        },
    ),
    "multi_conversations_select": shape(
        {}, {**_MULTI, **_CONVERSATIONS, "initial_conversations": IDS}
    ),
    "channels_select": shape(
        {}, {**_MENU, "initial_channel": ONE_ID, "response_url_enabled": boolean}
    ),
    "multi_channels_select": shape({}, {**_MULTI, "initial_channels": IDS}),
    "datepicker": shape({}, {**_MENU, "initial_date": _date}),
    "timepicker": shape({}, {**_MENU, "initial_time": _TIME, "timezone": string()}),
    "datetimepicker": shape({}, {**_CHOOSE, "initial_date_time": integer(10**9, 10**10 - 1)}),
    "checkboxes": shape(
        {"options": items(RICH_OPTION, 1, 10)},
        {**_CHOOSE, "initial_options": items(RICH_OPTION, 1)},
        offered("initial_options", many=True),
    ),
    "radio_buttons": shape(
        {"options": items(RICH_OPTION, 1, 10)},
        {**_CHOOSE, "initial_option": RICH_OPTION},
        offered("initial_option", many=False),
    ),
    "plain_text_input": shape(
        {},
        {
            **_TYPED,
            "initial_value": string(3000, 0),
            "multiline": boolean,
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
        },
        ordered("min_length", "max_length"),
    ),
    "number_input": shape(
        {"is_decimal_allowed": boolean},
        {**_TYPED, "initial_value": _NUMBER, "min_value": _NUMBER, "max_value": _NUMBER},
        ordered("min_value", "max_value"),
    ),
    "email_text_input": _EMAIL_OR_URL,
    "url_text_input": _EMAIL_OR_URL,
    "rich_text_input": shape(
        {"action_id": ID},
        {
            **_TYPED,
            "initial_value": by_type({"rich_text": RICH_TEXT}),
            "min_lines": integer(1, 100),
            "max_lines": integer(1, 100),
        },
        ordered("min_lines", "max_lines"),
    ),
    "file_input": shape(
        {},
        {**_ACTION, "filetypes": items(string(), 1), "max_files": integer(1, 10)},
    ),
    "image": IMAGE,
}

_SELECTS = tuple(kind for kind in ELEMENTS if kind.endswith("_select"))
_PICKERS = ("datepicker", "timepicker", "checkboxes", "radio_buttons")
_BUTTONS = ("button", "overflow", "workflow_button")
_TEXT_INPUTS = tuple(kind for kind in ELEMENTS if kind.endswith("_input"))


def _allowed(*kinds: str) -> Rule:
    return by_type({kind: ELEMENTS[kind] for kind in kinds})


ACCESSORY = _allowed(*_BUTTONS, *_SELECTS, *_PICKERS, "image")
ACTION = _allowed(*_BUTTONS, *_SELECTS, *_PICKERS, "datetimepicker")
INPUT = _allowed(*_SELECTS, *_PICKERS, "datetimepicker", *_TEXT_INPUTS)
CONTEXT_ACTION = _allowed("icon_button", "feedback_buttons")
CARD_ACTION = _allowed("button", "icon_button")
