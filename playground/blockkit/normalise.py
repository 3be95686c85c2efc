"""What Slack fills in before it stores blocks: ids, ``emoji``, ``verbatim``, image sizes."""

from typing import Any

from playground import ids
from playground.shapes import JSON

_WITH_ACTION_ID = frozenset(
    {"button", "overflow", "checkboxes", "radio_buttons", "datepicker", "timepicker"}
    | {"datetimepicker", "plain_text_input", "number_input", "email_text_input", "url_text_input"}
    | {"rich_text_input", "file_input", "workflow_button", "icon_button", "feedback_buttons"}
    | {f"{kind}_select" for kind in ("static", "external", "users", "conversations", "channels")}
    | {f"multi_{kind}_select" for kind in ("static", "external", "users")}
    | {"multi_conversations_select", "multi_channels_select"}
)
_IMAGE_SIZE = {"image_width": 480, "image_height": 270, "image_bytes": 4096}
_HOLDERS = {"container": "child_blocks", "carousel": "elements"}
_DEFAULTS: dict[str, JSON] = {
    "plain_text": {"emoji": True},
    "mrkdwn": {"verbatim": False},
    "image": _IMAGE_SIZE,
}


def normalise(blocks: list[Any]) -> list[JSON]:
    """Return a copy of valid blocks as Slack would store and send them."""
    return [{"block_id": _new_id(), **filled(block), **_inner(block)} for block in blocks]


def _inner(block: JSON) -> JSON:
    holder = _HOLDERS.get(block["type"])
    return {holder: normalise(block[holder])} if holder else {}


def filled(value: Any) -> Any:
    """Return a copy of any part of a payload with the defaults in it."""
    if isinstance(value, list):
        return [filled(item) for item in value]
    if not isinstance(value, dict):
        return value
    kind = value.get("type")
    extra = dict(_DEFAULTS.get(kind, {})) if isinstance(kind, str) else {}
    if kind in _WITH_ACTION_ID:
        extra["action_id"] = _new_id()
    return {**extra, **{key: filled(item) for key, item in value.items()}}


def _new_id() -> str:
    return ids.mixed(5)
