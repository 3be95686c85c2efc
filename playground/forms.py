"""What people choose and type: the state of interactive elements, and what a client checks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playground import blockkit
from playground.shapes import JSON

REQUIRED = "Please complete this required field."
_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_EPOCH = re.compile(r"\d{10}")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_URL = re.compile(r"https?://\S+")


class NotAChoice(ValueError):
    """A value this element cannot take; the text is for the person."""


@dataclass(frozen=True)
class Kind:
    """How one type of element keeps its state: under which key, starting from which property."""

    key: str
    initial: str
    many: bool = False
    options: bool = False


# Elements with a state in `view.state.values` (SLACK.md 4.7); buttons and overflow have none.
KINDS = {
    "plain_text_input": Kind("value", "initial_value"),
    "number_input": Kind("value", "initial_value"),
    "email_text_input": Kind("value", "initial_value"),
    "url_text_input": Kind("value", "initial_value"),
    "rich_text_input": Kind("rich_text_value", "initial_value"),
    "datepicker": Kind("selected_date", "initial_date"),
    "timepicker": Kind("selected_time", "initial_time"),
    "datetimepicker": Kind("selected_date_time", "initial_date_time"),
    "static_select": Kind("selected_option", "initial_option", options=True),
    "external_select": Kind("selected_option", "initial_option", options=True),
    "radio_buttons": Kind("selected_option", "initial_option", options=True),
    "checkboxes": Kind("selected_options", "initial_options", many=True, options=True),
    "multi_static_select": Kind("selected_options", "initial_options", many=True, options=True),
    "multi_external_select": Kind("selected_options", "initial_options", many=True, options=True),
    "users_select": Kind("selected_user", "initial_user"),
    "multi_users_select": Kind("selected_users", "initial_users", many=True),
    "conversations_select": Kind("selected_conversation", "initial_conversation"),
    "multi_conversations_select": Kind(
        "selected_conversations", "initial_conversations", many=True
    ),
    "channels_select": Kind("selected_channel", "initial_channel"),
    "multi_channels_select": Kind("selected_channels", "initial_channels", many=True),
    "file_input": Kind("files", "initial_files", many=True),
}


def elements(blocks: list[JSON]) -> Iterator[tuple[JSON, JSON]]:
    """Yield every (block, interactive element) pair."""
    for block in blocks:
        row = [*(block.get("elements") or ()), *(block.get("actions") or ())]
        for element in [block.get("element"), block.get("accessory"), *row]:
            if isinstance(element, dict) and "action_id" in element:
                yield block, element
        cards = [e for e in row if e.get("type") == "card"]
        yield from elements([*cards, *(block.get("child_blocks") or ())])


def find(blocks: list[JSON], block_id: str, action_id: str) -> tuple[JSON, JSON] | None:
    """Return the (block, element) with these ids, or None."""
    for block, element in elements(blocks):
        if (block["block_id"], element["action_id"]) == (block_id, action_id):
            return block, element
    return None


def state_of(blocks: list[JSON], before: JSON | None = None, near: str = "") -> JSON:
    """Return ``state.values``: what was entered before where the ids are the same, else initial.

    ``near`` is the conversation it happens in, which a select may start from.
    """
    values: JSON = {}
    for block, element in elements(blocks):
        if element["type"] not in KINDS:
            continue
        kept = (before or {}).get(block["block_id"], {}).get(element["action_id"])
        same = kept is not None and kept["type"] == element["type"]
        entries = values.setdefault(block["block_id"], {})
        entries[element["action_id"]] = kept if same else _initial(element, near)
    return values


def _initial(element: JSON, near: str) -> JSON:
    kind = KINDS[element["type"]]
    start = element.get(kind.initial)
    if not start and near and element.get("default_to_current_conversation"):
        start = [near] if kind.many else near
    return {"type": element["type"], kind.key: start if start or not kind.many else []}


def entry(element: JSON, raw: Any, offered: list[JSON]) -> JSON:
    """Return the state entry for what a person gave; raise NotAChoice.

    ``raw`` is a string, a list of strings, or None for "cleared"; ``offered`` are the options
    an external select last suggested.
    """
    kind = KINDS[element["type"]]
    if kind.key == "rich_text_value":
        return {"type": element["type"], kind.key: _rich_text(raw)}
    given = _as_list(raw)
    if kind.options:
        options = {o["value"]: o for o in [*options_of(element), *offered] if "value" in o}
        given = [_choice(options, value) for value in given]
    elif "_date" in kind.key or "_time" in kind.key:
        given = [_moment(kind.key, value) for value in given]
    if kind.many:
        if len(given) > element.get("max_selected_items", len(given)):
            raise NotAChoice(f"Please select at most {element['max_selected_items']} items.")
        return {"type": element["type"], kind.key: given}
    return {"type": element["type"], kind.key: given[0] if given else None}


def picked(element: JSON, raw: Any) -> JSON:
    """Return what a click on an element without a state carries; raise NotAChoice."""
    if element["type"] == "feedback_buttons":
        halves = [element["positive_button"], element["negative_button"]]
        chosen = _choice({h["value"]: h for h in halves}, str(raw))
        return {"text": chosen["text"], "value": chosen["value"]}
    if element["type"] != "overflow":
        return {}
    options = {o["value"]: o for o in options_of(element) if "value" in o}
    return {"selected_option": _choice(options, str(raw))}


def _as_list(raw: Any) -> list[Any]:
    given = raw if isinstance(raw, list) else [raw]
    if not all(item is None or isinstance(item, str) for item in given):
        raise NotAChoice("a value is a string or a list of strings")
    return [item for item in given if item]


def options_of(element: JSON) -> list[JSON]:
    """Return the options an element carries itself, those of its groups included."""
    groups = element.get("option_groups") or ()
    return [*(element.get("options") or ()), *(o for g in groups for o in g["options"])]


def _choice(options: dict[str, JSON], value: str) -> JSON:
    if value not in options:
        raise NotAChoice(f"{value!r} is not one of the options")
    return options[value]


def _moment(key: str, value: str) -> str | int:
    patterns = {"selected_date": _DATE, "selected_time": _TIME, "selected_date_time": _EPOCH}
    if not patterns[key].fullmatch(value):
        raise NotAChoice(f"{value!r} is not a date or time Slack's picker can give")
    return int(value) if key == "selected_date_time" else value


def _rich_text(raw: Any) -> JSON | None:
    """Return what the editor gave, or plain words as rich text; raise NotAChoice."""
    if not raw:
        return None
    if isinstance(raw, str):
        section = {"type": "rich_text_section", "elements": [{"type": "text", "text": raw}]}
        return {"type": "rich_text", "elements": [section]}
    if (
        not isinstance(raw, dict)
        or raw.get("type") != "rich_text"
        or blockkit.check_blocks([raw], "message")
    ):
        raise NotAChoice("a rich text is a rich_text object or a string")
    return raw


def client_errors(blocks: list[JSON], values: JSON) -> dict[str, str]:
    """Return what Slack's own client says at each input before it submits anything."""
    errors = {}
    for block, element in elements(blocks):
        if block["type"] == "input":
            given = values[block["block_id"]][element["action_id"]]
            value = given[KINDS[element["type"]].key]
            if error := _input_error(block, element, value):
                errors[block["block_id"]] = error
    return errors


def _input_error(block: JSON, element: JSON, value: Any) -> str | None:
    if value in (None, "", []):
        return None if block.get("optional") else REQUIRED
    if isinstance(value, list):
        most = element.get("max_selected_items")
        return f"Please select at most {most} items." if most and len(value) > most else None
    checks = {
        "plain_text_input": _text_error,
        "number_input": _number_error,
        "email_text_input": _email_error,
        "url_text_input": _url_error,
    }
    check = checks.get(element["type"])
    return check(element, value) if check else None


def _text_error(element: JSON, value: str) -> str | None:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if len(value) < least:
        return f"Please enter at least {least} characters."
    return f"Please enter at most {most} characters." if len(value) > most else None


def _number_error(element: JSON, value: str) -> str | None:
    if not _NUMBER.fullmatch(value):
        return "Please enter a number."
    if "." in value and not element["is_decimal_allowed"]:
        return "Please enter a whole number."
    if "min_value" in element and float(value) < float(element["min_value"]):
        return f"Please enter a number no lower than {element['min_value']}."
    if "max_value" in element and float(value) > float(element["max_value"]):
        return f"Please enter a number no higher than {element['max_value']}."
    return None


def _email_error(_element: JSON, value: str) -> str | None:
    return None if _EMAIL.fullmatch(value) else "Please enter a valid email address."


def _url_error(_element: JSON, value: str) -> str | None:
    return None if _URL.fullmatch(value) else "Please enter a valid URL."
