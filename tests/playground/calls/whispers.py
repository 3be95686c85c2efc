"""4.8: ephemeral messages, and what cannot be done with them; reactions; messages for later."""

from tests.playground.calls.stage import Call, Stage, calls, done, fails, holds, works
from tests.workspace import JSON, Person

_DAY = 86_400


def _history(stage: Stage, ts: str) -> JSON:
    told = done(stage.form("conversations.history", "channel=C0OPS"))["messages"]
    return holds(ts in [m["ts"] for m in told], "not in the history")


def _read_by(stage: Stage, who: Person) -> JSON:
    ts = done(stage.whisper())["message_ts"]
    seen = [m for m in who.messages() if m["ts"] == ts]
    return holds(seen and seen[0]["ephemeral"], "sees nothing")


def _in_thread(stage: Stage, *, active: bool) -> JSON:
    """Whisper into a thread; ok when Ana reads it there."""
    root = stage.posted()
    if active:
        stage.posted(thread_ts=root)
    ts = done(stage.whisper(thread_ts=root))["message_ts"]
    return holds(ts in [m["ts"] for m in stage.ana.messages(thread_ts=root)], "not shown")


def _react(stage: Stage, ts: str, name: str = "tada") -> JSON:
    return stage.api("reactions.add", channel="C0OPS", timestamp=ts, name=name)


def _again(stage: Stage) -> JSON:
    ts = stage.posted()
    done(_react(stage, ts))
    return _react(stage, ts)


def _covered(stage: Stage, count: int) -> JSON:
    """Put so many emoji under one message, and one more."""
    ts = stage.posted()
    for number in range(count):
        done(_react(stage, ts, f"e{number}"))
    return _react(stage, ts, "one_more")


def _link(stage: Stage, ts: str) -> JSON:
    return stage.form("chat.getPermalink", f"channel=C0OPS&message_ts={ts}")


def _later(stage: Stage, seconds: float, channel: str = "C0OPS") -> JSON:
    now = float(done(stage.form("emoji.list", ""))["cache_ts"])
    return stage.api("chat.scheduleMessage", channel=channel, text="x", post_at=int(now + seconds))


def _many(stage: Stage, count: int, channel: str) -> JSON:
    for _ in range(count):
        done(_later(stage, _DAY, channel))
    return _later(stage, _DAY + 299, channel)


def _whispered(stage: Stage) -> str:
    return str(done(stage.whisper())["message_ts"])


CASES: list[Call] = [
    *calls(
        "4.8 postEphemeral: to somebody who is in the channel",
        works(lambda s: s.whisper()),
        fails("user_not_in_channel", lambda s: s.whisper(user="U0GUEST")),
        fails("user_not_in_channel", lambda s: s.whisper(user="U0NOBODY")),
    ),
    *calls(
        "4.8 postEphemeral: answers with message_ts, and with no ts",
        works(lambda s: holds(set(s.whisper()) == {"ok", "message_ts"})),
        fails("unlike a post", lambda s: holds("message_ts" in s.post(text="x"), "unlike a post")),
    ),
    *calls(
        "4.8 ephemeral: seen by one person",
        works(lambda s: _read_by(s, s.ana)),
        fails("sees nothing", lambda s: _read_by(s, s.ben)),
    ),
    *calls(
        "4.8 ephemeral: in no history",
        works(lambda s: _history(s, s.posted())),
        fails("not in the history", lambda s: _history(s, _whispered(s))),
    ),
    *calls(
        "4.8 ephemeral: no reactions",
        works(lambda s: _react(s, s.posted())),
        fails("message_not_found", lambda s: _react(s, _whispered(s))),
    ),
    *calls(
        "4.8 ephemeral: no permalink",
        works(lambda s: _link(s, s.posted())),
        fails("message_not_found", lambda s: _link(s, _whispered(s))),
    ),
    *calls(
        "4.8 ephemeral: in a thread only where one is under way",
        works(lambda s: _in_thread(s, active=True)),
        fails("not shown", lambda s: _in_thread(s, active=False)),
    ),
    *calls(
        "4.8 reactions.add: once each",
        works(lambda s: _react(s, s.posted())),
        fails("already_reacted", _again),
    ),
    *calls(
        "4.8 reactions.add: an emoji that has a name, on a message that is there",
        works(lambda s: _react(s, s.posted(), "+1::skin-tone-2")),
        fails("invalid_name", lambda s: _react(s, s.posted(), "No No")),
        fails("message_not_found", lambda s: _react(s, "1.000000")),
        fails("no_item_specified", lambda s: s.api("reactions.add", name="tada")),
    ),
    *calls(
        "4.8 reactions.add: up to 23 of one's own",
        works(lambda s: _covered(s, 22)),
        fails("too_many_reactions", lambda s: _covered(s, 23)),
    ),
    *calls(
        "4.8 scheduleMessage: in the future",
        works(lambda s: _later(s, 1)),
        fails("time_in_past", lambda s: _later(s, 0)),
        fails("time_in_past", lambda s: _later(s, -60)),
    ),
    *calls(
        "4.8 scheduleMessage: within 120 days",
        works(lambda s: _later(s, 120 * _DAY)),
        fails("time_too_far", lambda s: _later(s, 120 * _DAY + 1)),
    ),
    *calls(
        "4.8 scheduleMessage: up to 30 in five minutes of a channel",
        works(lambda s: _many(s, 29, "C0GENERAL")),
        fails("restricted_too_many", lambda s: _many(s, 30, "C0INNER")),
    ),
]
