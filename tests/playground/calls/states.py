"""4.7: what ``state.values`` says of each element, chosen and not."""

import json
from collections.abc import Callable
from typing import Any

from tests.playground.calls.stage import (
    Call,
    Stage,
    calls,
    elsewhere,
    fails,
    holds,
    manifest,
    works,
)
from tests.playground.kit import actions, asks, button, modal, option, section
from tests.workspace import JSON, request

_A, _B = option("a"), option("b", "B")
_NUMBER = {"is_decimal_allowed": True}
_WORDS = {
    "type": "rich_text",
    "elements": [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": "words"}]},
    ],
}
# kind -> what makes it valid, what a person gives, and under which key which value is its state.
_STATES: dict[str, tuple[JSON, Any, str, Any]] = {
    "plain_text_input": ({}, "words", "value", "words"),
    "number_input": (_NUMBER, "7", "value", "7"),
    "email_text_input": ({}, "a@b.example", "value", "a@b.example"),
    "url_text_input": ({}, "https://a.example", "value", "https://a.example"),
    "rich_text_input": ({}, "words", "rich_text_value", _WORDS),
    "static_select": ({"options": [_A, _B]}, "b", "selected_option", "b"),
    "radio_buttons": ({"options": [_A, _B]}, "b", "selected_option", "b"),
    "checkboxes": ({"options": [_A, _B]}, ["a", "b"], "selected_options", ["a", "b"]),
    "multi_static_select": ({"options": [_A, _B]}, ["b"], "selected_options", ["b"]),
    "users_select": ({}, "U0BEN", "selected_user", "U0BEN"),
    "multi_users_select": ({}, ["U0BEN"], "selected_users", ["U0BEN"]),
    "conversations_select": ({}, "C0OPS", "selected_conversation", "C0OPS"),
    "multi_conversations_select": ({}, ["C0OPS"], "selected_conversations", ["C0OPS"]),
    "channels_select": ({}, "C0OPS", "selected_channel", "C0OPS"),
    "multi_channels_select": ({}, ["C0OPS"], "selected_channels", ["C0OPS"]),
    "datepicker": ({}, "2026-03-04", "selected_date", "2026-03-04"),
    "timepicker": ({}, "09:30", "selected_time", "09:30"),
    "datetimepicker": ({}, "1767323040", "selected_date_time", 1767323040),
}


def _value(entry: Any) -> Any:
    """Options by their value."""
    if isinstance(entry, list):
        return [_value(item) for item in entry]
    return entry["value"] if isinstance(entry, dict) and "value" in entry else entry


def _state(stage: Stage, kind: str, *, given: bool, block: JSON) -> JSON:
    """Submit a modal with one element; ok when its state is as the table says."""
    _, raw, key, value = _STATES[kind]
    view = stage.opened({**block, "block_id": "it", "optional": True})
    assert stage.submit(view, **({"it": raw} if given else {}))["ok"]
    entry = stage.heard[-1]["view"]["state"]["values"]["it"]["a"]
    assert set(entry) == {"type", key} and entry["type"] == kind
    empty: Any = [] if isinstance(value, list) else None
    assert _value(entry[key]) == (value if given else empty), entry
    return holds(entry[key] not in (None, []), f"{key} is {entry[key]}")


def _entered(kind: str, *, given: bool) -> Callable[[Stage], JSON]:
    block = asks(kind, action_id="a", **_STATES[kind][0])
    return lambda stage: _state(stage, kind, given=given, block=block)


def _nothing(kind: str) -> str:
    _, _, key, value = _STATES[kind]
    return f"{key} is {[] if isinstance(value, list) else None}"


def _beside(stage: Stage, element: JSON, *, accessory: bool) -> JSON:
    """What a submission says of an element outside of input blocks."""
    whole = {**element, "action_id": "a"}
    block = section(accessory=whole) if accessory else actions(whole)
    stage.submit(stage.opened({**block, "block_id": "it"}))
    values = stage.heard[-1]["view"]["state"]["values"]
    return holds("it" in values, f"only {values}")


def uploaded(stage: Stage, name: str = "a.txt", content: bytes = b"x", user: str = "U0ANA") -> JSON:
    """A file that somebody adds to a form."""
    url = f"{stage.base_url}/_play/upload?as={user}&name={name}"
    found: JSON = json.loads(request(url, content, {"Content-Type": "text/plain"})[1])
    return found


def _file(stage: Stage, count: int = 1, user: str = "U0ANA", **made: Any) -> JSON:
    """Submit a modal with files added to it; ok when the state describes each of them."""
    fields = made.pop("fields", {})
    names = [made.pop("name", "a.txt")] * count
    answers = [uploaded(stage, name, user=user, **made) for name in names]
    if not all(answer["ok"] for answer in answers):
        return answers[0]
    block = {**asks("file_input", action_id="a", **fields), "block_id": "it", "optional": True}
    added = [answer["file"]["id"] for answer in answers]
    answer = stage.submit(stage.opened(block), it=added)
    if not answer["ok"]:
        return answer
    entry = stage.heard[-1]["view"]["state"]["values"]["it"]["a"]
    assert set(entry) == {"type", "files"} and entry["type"] == "file_input"
    assert [(f["id"], f["name"], f["user"]) for f in entry["files"]] == [
        (file_id, names[0], "U0ANA") for file_id in added
    ]
    assert all(stage.form("files.info", f"file={file_id}")["ok"] for file_id in added)
    return holds(entry["files"], "files is []")


def _may_read(*, scope: bool) -> JSON:
    made = manifest()
    if not scope:
        made["oauth_config"]["scopes"]["bot"].remove("files:read")
    with elsewhere(made) as other:
        view = modal(asks("file_input", action_id="a"))
        return other.api("views.open", trigger_id="1.1.a", view=view)


_SIZE = 10 * 1024 * 1024
_PICKED = {"type": "static_select", "options": [_A], "initial_option": _A}
_MORE = {"type": "overflow", "options": [_A]}

CASES: list[Call] = [
    *calls(
        "4.7 state.values: each element its own key, null or [] where nothing was chosen",
        *(works(_entered(kind, given=True)) for kind in _STATES),
        *(fails(_nothing(kind), _entered(kind, given=False)) for kind in _STATES),
    ),
    *calls(
        "4.4 file_input: up to max_files, of the filetypes, up to 10 MB each",
        works(lambda s: _file(s, 2, fields={"max_files": 2, "filetypes": ["TXT", "png"]})),
        works(lambda s: _file(s, 10)),
        works(lambda s: _file(s, content=b"x" * _SIZE)),
        fails("at most 2 files", lambda s: _file(s, 3, fields={"max_files": 2})),
        fails("at most 10 files", lambda s: _file(s, 11)),
        fails(
            "not of a type that is wanted: png", lambda s: _file(s, fields={"filetypes": ["png"]})
        ),
        fails("up to 10 MB", lambda s: _file(s, content=b"x" * (_SIZE + 1))),
        fails("is not a file of yours", lambda s: _file(s, user="U0BEN")),
    ),
    *calls(
        "4.4 file_input: an app that may read files",
        fails("'error': 'invalid_trigger_id'", lambda s: _may_read(scope=True)),
        fails("'needed': 'files:read'", lambda s: _may_read(scope=False)),
        works(lambda s: _file(s)),
    ),
    *calls(
        "4.7 state.values: files, with all that Slack says of each",
        works(lambda s: _file(s)),
        fails("files is []", lambda s: _file(s, 0)),
    ),
    *calls(
        "4.7 state.values: elements of section and actions as well, buttons and overflow never",
        works(lambda s: _beside(s, _PICKED, accessory=True)),
        works(lambda s: _beside(s, _PICKED, accessory=False)),
        fails("only {}", lambda s: _beside(s, button(), accessory=True)),
        fails("only {}", lambda s: _beside(s, button(), accessory=False)),
        fails("only {}", lambda s: _beside(s, _MORE, accessory=True)),
        fails("only {}", lambda s: _beside(s, _MORE, accessory=False)),
    ),
]
