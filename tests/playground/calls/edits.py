"""4.8: changing and deleting what was said."""

from typing import Any

from tests.playground.calls.stage import Call, Stage, calls, done, elsewhere, fails, holds, works
from tests.playground.kit import section
from tests.workspace import JSON

_OPS = {"channel": "C0OPS"}
_META = {"event_type": "deployed", "event_payload": {"id": 7}}


def _edited(stage: Stage, **sent: Any) -> JSON:
    """The message after an edit, as people see it; it was posted with text, blocks, metadata."""
    ts = stage.posted(text="old", blocks=[section(block_id="old")], metadata=_META)
    done(stage.edit(ts, **sent))
    query = "channel=C0OPS&include_all_metadata=true&limit=1"
    (message,) = done(stage.form("conversations.history", query))["messages"]
    assert message["ts"] == ts
    found: JSON = message
    return found


def _no_blocks(stage: Stage, **sent: Any) -> JSON:
    return holds("blocks" not in _edited(stage, **sent), "blocks are there")


def _old_text(stage: Stage, **sent: Any) -> JSON:
    text = _edited(stage, blocks=[section()], **sent)["text"]
    return holds(text == "old", f"now {text}")


def _old_metadata(stage: Stage, **sent: Any) -> JSON:
    found = _edited(stage, text="new", **sent).get("metadata")
    return holds(found == _META, f"now {found}")


def _marked(stage: Stage, **sent: Any) -> JSON:
    return holds("edited" in _edited(stage, **sent), "not edited")


def _late(seconds: float) -> JSON:
    """Edit a message where that is allowed for five minutes."""
    with elsewhere(edit_minutes=5) as other:
        ts = other.posted()
        other.advance(seconds)
        return other.edit(ts, text="new")


def _whispered_edit(stage: Stage, *, by_hook: bool) -> JSON:
    ts = done(stage.whisper(text="old", blocks=[_ROW]))["message_ts"]
    if not by_hook:
        return stage.edit(ts, text="new")
    url = stage.click(ts)["response_url"]
    done(stage.hook(url, replace_original=True, text="new"))
    (shown,) = [m for m in stage.ana.messages() if m["ts"] == ts]
    return holds(shown["text"] == "new" and "blocks" not in shown)


def _takes_back(stage: Stage, ts: str) -> JSON:
    answer = stage.api("chat.delete", **_OPS, ts=ts)
    assert any(m["ts"] == ts for m in stage.ana.messages()) is not answer["ok"] or ts == "1.000000"
    return answer


_ROW = {
    "type": "actions",
    "block_id": "row",
    "elements": [
        {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "x"}}
    ],
}

CASES: list[Call] = [
    *calls(
        "4.8 update: messages of the app alone",
        works(lambda s: s.edit(s.posted(), text="new")),
        fails("cant_update_message", lambda s: s.edit(s.types("mine")["ts"], text="new")),
    ),
    *calls(
        "4.8 update: a message that is there, in a channel by its id",
        works(lambda s: s.edit(s.posted(), channel="C0OPS", text="new")),
        fails("message_not_found", lambda s: s.edit("1.000000", text="new")),
        fails("channel_not_found", lambda s: s.edit(s.posted(), channel="#ops", text="new")),
        fails("channel_not_found", lambda s: s.edit(s.posted(), channel="ops", text="new")),
    ),
    *calls(
        "4.8 update: text of up to 4000",
        works(lambda s: s.edit(s.posted(), text="x" * 4_000)),
        fails("msg_too_long", lambda s: s.edit(s.posted(), text="x" * 4_001)),
    ),
    *calls(
        "4.8 update: within the time that the team allows",
        works(lambda s: _late(300)),
        fails("edit_window_closed", lambda s: _late(301)),
    ),
    *calls(
        "4.8 update: text without blocks removes the blocks",
        works(lambda s: _no_blocks(s, text="new")),
        works(lambda s: _no_blocks(s, text="new", blocks=[])),
        fails("blocks are there", lambda s: _no_blocks(s, text="new", blocks=[section()])),
    ),
    *calls(
        "4.8 update: blocks without text keep the text",
        works(lambda s: _old_text(s)),
        fails("now new", lambda s: _old_text(s, text="new")),
    ),
    *calls(
        "4.8 update: metadata stays unless it is given",
        works(lambda s: _old_metadata(s)),
        fails("now None", lambda s: _old_metadata(s, metadata={})),
        fails(
            "'id': 8", lambda s: _old_metadata(s, metadata={**_META, "event_payload": {"id": 8}})
        ),
    ),
    *calls(
        "4.8 update: the message of the answer has no ts, unlike that of a post",
        works(lambda s: holds("ts" not in s.edit(s.posted(), text="new")["message"])),
        fails("has one", lambda s: holds("ts" not in s.post(text="x")["message"], "has one")),
    ),
    *calls(
        "4.8 update: another text is marked as edited, blocks drawn anew are not",
        works(lambda s: _marked(s, text="new")),
        fails("not edited", lambda s: _marked(s, blocks=[section(block_id="new")])),
        fails("not edited", lambda s: _marked(s, text="new", blocks=[section()])),
    ),
    *calls(
        "4.8 update: no ephemeral message, except through the response_url of an action on it",
        works(lambda s: _whispered_edit(s, by_hook=True)),
        fails("message_not_found", lambda s: _whispered_edit(s, by_hook=False)),
    ),
    *calls(
        "4.8 delete: messages of the app that are there",
        works(lambda s: _takes_back(s, s.posted())),
        fails("cant_delete_message", lambda s: _takes_back(s, s.types("mine")["ts"])),
        fails("message_not_found", lambda s: _takes_back(s, "1.000000")),
    ),
]
