"""4.8: what a message may say, and what becomes of it."""

from typing import Any

from tests.playground.blockkit.samples import BLOCKS
from tests.playground.calls.stage import (
    Call,
    Stage,
    calls,
    done,
    elsewhere,
    fails,
    holds,
    manifest,
    works,
)
from tests.playground.kit import actions, button, image, mrkdwn, plain, section
from tests.workspace import JSON

_CUT = (
    "[WARN] Your message was truncated but still posted. "
    "The `text` field accepts up to 40,000 characters."
)
_PART = {"event_type": "deployed", "event_payload": {"id": 7}}
_TAB_OFF = {"home_tab_enabled": True, "messages_tab_enabled": False}


def _long(stage: Stage, length: int) -> JSON:
    """Post so much text; not ok when it was cut, which has to be said."""
    answer = done(stage.post(text="x" * length))
    assert len(answer["message"]["text"]) == min(length, 40_000)
    assert ("warning" in answer) is (length > 40_000)
    return {**answer, "ok": answer.get("warning") != "message_truncated"}


def _attached(stage: Stage, length: int) -> JSON:
    (shown,) = done(stage.post(attachments=[{"text": "x" * length}]))["message"]["attachments"]
    return holds(len(shown["text"]) == length, f"cut to {len(shown['text'])}")


def _wide(length: int) -> list[JSON]:
    """Blocks of so many characters in all."""
    parts = [2_600] * (length // 2_600) + [length % 2_600] * bool(length % 2_600)
    return [section(text=mrkdwn("x" * part)) for part in parts]


def _called(stage: Stage, **said: Any) -> JSON:
    """Post blocks without a text; ok when Ben is called by what they say."""
    before = stage.mentions(stage.ben)
    message = done(stage.post(**said))["message"]
    assert message["text"] == ""
    return holds(stage.mentions(stage.ben) > before, "nobody called")


def _answered(stage: Stage, **said: Any) -> JSON:
    """Reply to a reply; ok when that is a reply to the root."""
    root = stage.posted()
    reply = stage.posted(thread_ts=root)
    answer = stage.post(**{"text": "x", "thread_ts": reply, **said})
    return answer if not answer["ok"] else holds(answer["message"]["thread_ts"] == root)


def _broadcast(stage: Stage, **where: Any) -> JSON:
    message = done(stage.post(text="x", reply_broadcast=True, **where))["message"]
    seen = [m["ts"] for m in stage.ana.messages()]
    assert message["ts"] in seen
    return holds(message.get("subtype") == "thread_broadcast", "an ordinary message")


def _normal(stage: Stage, block: JSON, name: str, wanted: JSON) -> JSON:
    """Post one block; ok when this part of it came back with all that is wanted."""
    part = done(stage.post(blocks=[block]))["message"]["blocks"][0][name]
    return holds(part | wanted == part, f"came back as {part}")


def _sized(stage: Stage, block: JSON) -> JSON:
    (shown,) = done(stage.post(blocks=[block]))["message"]["blocks"]
    return holds({"image_width", "image_height", "image_bytes"} <= set(shown), "no size")


def _named(stage: Stage, **ids: str) -> JSON:
    """Post a button; ok when Slack gave it ids of its own making."""
    given = {"action_id": ids["action_id"]} if "action_id" in ids else {}
    own = {"block_id": ids["block_id"]} if "block_id" in ids else {}
    (block,) = done(stage.post(blocks=[actions(button(**given), **own)]))["message"]["blocks"]
    found = (block["block_id"], block["elements"][0]["action_id"])
    return holds(all(len(one) == 5 for one in found), f"named {found}")


def _typed(stage: Stage, text: str, wanted: str) -> JSON:
    said = stage.types(text)["text"]
    return holds(said == wanted, f"said {said}")


def _loud(stage: Stage, *, as_person: bool) -> JSON:
    """Say ``<!here>``; ok when that calls Ben."""
    before = stage.mentions(stage.ben)
    if as_person:
        stage.types("<!here> <@U0NOBODY>")
    else:
        stage.posted(text="<!here>")
    return holds(stage.mentions(stage.ben) > before, "nobody called")


def _without_tab(tab: JSON) -> JSON:
    with elsewhere(manifest(app_home=tab)) as other:
        return other.post(channel="D0ANA", text="x")


def _joined(*, scope: bool) -> JSON:
    """Post where the app is no member, with and without the scope for it."""
    made = manifest()
    made["oauth_config"]["scopes"]["bot"] += ["chat:write.public"] * scope
    with elsewhere(made) as other:
        return other.post(channel="C0LEFT", text="x")


def _without_doubt(stage: Stage, block: JSON) -> JSON:
    """Post a block, which Slack takes; ok when the record has nothing to say about it."""
    done(stage.post(text="x", blocks=[block]))
    entries = stage.ana.get("inspector", since="0")["entries"]
    entry = [e for e in entries if e["name"] == "chat.postMessage"][-1]
    assert entry["ok"] and "violation" not in entry
    return holds("doubt" not in entry, entry.get("doubt", ""))


def _embedded(*, scope: bool, update: bool = False) -> JSON:
    """Show a video, with and without the scope for it."""
    made = manifest()
    scopes = made["oauth_config"]["scopes"]["bot"]
    if not scope:
        scopes.remove("links.embed:write")
    with elsewhere(made) as other:
        blocks = [BLOCKS["video"]]
        return other.edit(other.posted(), blocks=blocks) if update else other.post(blocks=blocks)


CASES: list[Call] = [
    *calls(
        "4.2 an alert in a message is taken, and the record doubts it",
        works(lambda s: _without_doubt(s, section())),
        fails(
            "alert is not documented for messages [json-pointer:/blocks/0]",
            lambda s: _without_doubt(s, BLOCKS["alert"]),
        ),
    ),
    *calls(
        "4.3 video: an app that may embed links",
        works(lambda s: _embedded(scope=True)),
        works(lambda s: _embedded(scope=True, update=True)),
        fails("'needed': 'links.embed:write'", lambda s: _embedded(scope=False)),
        fails("missing_scope", lambda s: _embedded(scope=False, update=True)),
    ),
    *calls(
        "4.8 text of up to 40000; what is longer is cut, and that is said",
        works(lambda s: _long(s, 40_000)),
        fails(_CUT, lambda s: _long(s, 40_001)),
    ),
    *calls(
        "4.8 attachments: texts of up to 8000, what is longer is cut",
        works(lambda s: _attached(s, 8_000)),
        fails("cut to 8000", lambda s: _attached(s, 8_001)),
    ),
    *calls(
        "4.8 up to 100 attachments",
        works(lambda s: s.post(attachments=[{"text": "x"}] * 100)),
        fails("too_many_attachments", lambda s: s.post(attachments=[{"text": "x"}] * 101)),
    ),
    *calls(
        "4.8 blocks with up to 13200 characters in all",
        works(lambda s: s.post(blocks=_wide(13_200))),
        fails("msg_blocks_too_long", lambda s: s.post(blocks=_wide(13_201))),
    ),
    *calls(
        "4.8 a message says something: text, blocks or attachments",
        works(lambda s: s.post(text="x")),
        works(lambda s: s.post(blocks=[section()])),
        works(lambda s: s.post(attachments=[{"text": "x"}])),
        fails("no_text", lambda s: s.post()),
        fails("no_text", lambda s: s.post(text="", blocks=[], attachments=[])),
    ),
    *calls(
        "4.8 markdown_text stands alone",
        works(lambda s: s.post(markdown_text="# x")),
        fails("markdown_text_conflict", lambda s: s.post(markdown_text="x", text="x")),
        fails("markdown_text_conflict", lambda s: s.post(markdown_text="x", blocks=[section()])),
    ),
    *calls(
        "4.8 a channel that is there and that the app can see",
        works(lambda s: s.post(channel="C0INNER", text="x")),
        fails("channel_not_found", lambda s: s.post(channel="C0NONE", text="x")),
        fails("channel_not_found", lambda s: s.post(channel="C0SECRET", text="x")),
    ),
    *calls(
        "4.8 a channel the app is in, or with chat:write.public any public one",
        works(lambda s: s.post(text="x")),
        works(lambda s: _joined(scope=True)),
        fails("not_in_channel", lambda s: _joined(scope=False)),
    ),
    *calls(
        "4.8 a channel that is not archived",
        works(lambda s: s.post(channel="C0GENERAL", text="x")),
        fails("is_archived", lambda s: s.post(channel="C0OLD", text="x")),
    ),
    *calls(
        "4.8 the id of a person leads to their direct messages",
        works(lambda s: holds(s.post(channel="U0BEN", text="x")["channel"] == "D0BEN")),
        fails("channel_not_found", lambda s: s.post(channel="U0NOBODY", text="x")),
    ),
    *calls(
        "4.8 direct messages need the messages tab",
        works(lambda s: s.post(channel="D0ANA", text="x")),
        works(lambda s: _without_tab({**_TAB_OFF, "messages_tab_enabled": True})),
        fails("messages_tab_disabled", lambda s: _without_tab(_TAB_OFF)),
    ),
    *calls(
        "4.8 blocks without text are posted, and call whom their words call",
        works(lambda s: _called(s, blocks=[section(text=mrkdwn("<@U0BEN>, look"))])),
        fails("nobody called", lambda s: _called(s, blocks=[section()])),
    ),
    *calls(
        "4.8 the thread_ts of a reply leads to the root",
        works(lambda s: _answered(s)),
        fails("cannot_reply_to_message", lambda s: _answered(s, thread_ts="1.000000")),
    ),
    *calls(
        "4.8 reply_broadcast shows a reply in the channel; without thread_ts it is nothing",
        works(lambda s: _broadcast(s, thread_ts=s.posted())),
        fails("an ordinary message", lambda s: _broadcast(s)),
    ),
    *calls(
        "4.8 metadata: event_type and event_payload, not too much",
        works(lambda s: s.post(text="x", metadata=_PART)),
        fails("invalid_metadata_format", lambda s: s.post(text="x", metadata="x")),
        fails("invalid_metadata_format", lambda s: s.post(text="x", metadata={"event_type": "x"})),
        fails(
            "metadata_too_large",
            lambda s: s.post(text="x", metadata={**_PART, "event_payload": {"x": "x" * 8_000}}),
        ),
    ),
    *calls(
        "4.8 normalisation: plain_text gains emoji, mrkdwn verbatim, where they are not given",
        works(lambda s: _normal(s, section(text=plain()), "text", {"emoji": True})),
        works(lambda s: _normal(s, section(text=mrkdwn()), "text", {"verbatim": False})),
        fails(
            "'emoji': False",
            lambda s: _normal(
                s, section(text={**plain(), "emoji": False}), "text", {"emoji": True}
            ),
        ),
        fails(
            "'verbatim': True",
            lambda s: _normal(
                s, section(text={**mrkdwn(), "verbatim": True}), "text", {"verbatim": False}
            ),
        ),
    ),
    *calls(
        "4.8 normalisation: block_id and action_id of five characters where none are given",
        works(lambda s: _named(s)),
        fails("named ('my_row'", lambda s: _named(s, block_id="my_row")),
        fails("'my_button')", lambda s: _named(s, action_id="my_button")),
    ),
    *calls(
        "4.8 normalisation: an image gains its size",
        works(lambda s: _sized(s, image())),
        fails("no size", lambda s: _sized(s, section())),
    ),
    *calls(
        "4.8 what a person types is escaped: & < > and nothing else",
        works(lambda s: _typed(s, "a & <b> \"c\" 'd'", "a &amp; &lt;b&gt; \"c\" 'd'")),
        works(lambda s: _typed(s, "<https://evil|ok>", "&lt;https://evil|ok&gt;")),
        fails("said &lt;!channel&gt;", lambda s: _typed(s, "<!channel>", "<!channel>")),
    ),
    *calls(
        "4.8 markup of an app calls people, the same typed by a person does not",
        works(lambda s: _loud(s, as_person=False)),
        fails("nobody called", lambda s: _loud(s, as_person=True)),
    ),
]
