"""What Slack fills in before it stores blocks: ids, ``emoji``, ``verbatim``, image sizes."""

from typing import Any

from playground import ids
from playground.blockkit.nesting import INNER_BLOCKS
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
_DEFAULTS: dict[str, JSON] = {
    "plain_text": {"emoji": True},
    "mrkdwn": {"verbatim": False},
    "image": _IMAGE_SIZE,
}
_AT_THE_END = ("table", "data_table")


def normalise(blocks: list[JSON]) -> list[JSON]:
    """Return a copy of valid blocks as Slack would store, show and send them."""
    in_order = sorted(blocks, key=lambda block: block["type"] in _AT_THE_END)
    return [_identified(filled(block)) for block in in_order]


def _identified(block: JSON) -> JSON:
    name = INNER_BLOCKS.get(block["type"], "")
    # The tasks of a plan may leave out what they are.
    inner = [_identified({"type": "task_card", **child}) for child in block.get(name, ())]
    return {"block_id": _new_id(), **block, **({name: inner} if inner else {})}


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
