"""4.13: payloads, complete: every key that Slack sends, and none where it sends none."""

from functools import partial
from typing import Any

from tests.playground.calls.stage import Call, Stage, calls, done, elsewhere, fails, holds, works
from tests.playground.kit import actions, asks, button, option, options
from tests.workspace import JSON, eventually

_SLASH = {
    *("token", "team_id", "team_domain", "channel_id", "channel_name", "user_id", "user_name"),
    *("command", "text", "api_app_id", "is_enterprise_install", "response_url", "trigger_id"),
}
_ACTIONS = {
    *("type", "user", "api_app_id", "token", "container", "trigger_id", "team", "enterprise"),
    *("is_enterprise_install", "actions"),
}
_ON_MESSAGE = {*_ACTIONS, "channel", "message", "state", "response_url"}
_VIEW = {
    *("id", "team_id", "type", "blocks", "private_metadata", "callback_id", "state", "hash"),
    *("title", "clear_on_close", "notify_on_close", "close", "submit", "previous_view_id"),
    *("root_view_id", "app_id", "external_id", "app_installed_team_id", "bot_id"),
}
_CLOSED = {
    *("type", "team", "user", "api_app_id", "token", "view", "is_enterprise_install"),
    *("enterprise", "is_cleared"),
}
_SUBMITTED = {*_CLOSED - {"is_cleared"}, "trigger_id", "response_urls"}
_SHORTCUT = {
    *("type", "token", "action_ts", "team", "user", "callback_id", "trigger_id", "enterprise"),
    "is_enterprise_install",
}
_ON_A_MESSAGE = {*_SHORTCUT, "channel", "message_ts", "message", "response_url"}
_SUGGESTION = {
    *("type", "user", "container", "api_app_id", "token", "action_id", "block_id", "value"),
    *("team", "view", "enterprise", "is_enterprise_install"),
}
_EVENT = {
    *("token", "team_id", "api_app_id", "type", "event_id", "event_time", "event_context"),
    *("is_ext_shared_channel", "authorizations", "event"),
}
_ROW = actions(button(action_id="go", value="v1", style="primary"), block_id="row")
_A, _B = option("a"), option("b", "B")
# kind -> what makes it valid, what is chosen, and what its action then says besides ids and time.
_CHOSEN: dict[str, tuple[JSON, Any, set[str]]] = {
    "button": ({"text": button()["text"], "value": "v"}, None, {"text", "value"}),
    "overflow": ({"options": [_A, _B]}, "b", {"selected_option"}),
    "static_select": (
        {"options": [_A, _B], "initial_option": _A},
        "b",
        {"selected_option", "initial_option"},
    ),
    "radio_buttons": ({"options": [_A, _B]}, "b", {"selected_option"}),
    "checkboxes": ({"options": [_A, _B]}, ["b"], {"selected_options"}),
    "multi_static_select": ({"options": [_A, _B]}, ["b"], {"selected_options"}),
    "users_select": ({}, "U0BEN", {"selected_user"}),
    "multi_users_select": ({}, ["U0BEN"], {"selected_users"}),
    "conversations_select": ({}, "C0OPS", {"selected_conversation"}),
    "channels_select": ({}, "C0OPS", {"selected_channel"}),
    "datepicker": ({}, "2026-03-04", {"selected_date"}),
    "timepicker": ({}, "09:30", {"selected_time"}),
    "datetimepicker": ({}, "1767323040", {"selected_date_time"}),
}


def _keys(payload: JSON, wanted: set[str]) -> JSON:
    odd = sorted(set(payload) ^ wanted)
    return holds(not odd, f"differs in {odd}")


def _slash(stage: Stage) -> JSON:
    payload = stage.command()
    assert all(isinstance(value, str) for value in payload.values())
    return payload


def _clicked(stage: Stage, *, whispered: bool = False) -> JSON:
    """The payload of a click on a message, which says what was normalised."""
    if whispered:
        return stage.click(str(done(stage.whisper(blocks=[_ROW]))["message_ts"]))
    message = done(stage.post(text="x", blocks=[_ROW]))["message"]
    payload = stage.click(message["ts"])
    assert payload["message"]["blocks"] == message["blocks"]
    (action,) = payload["actions"]
    assert (action["value"], action["style"], action["text"]["emoji"]) == ("v1", "primary", True)
    return payload


def _clicked_in_view(stage: Stage) -> JSON:
    shown = stage.opened(_ROW)
    ids = {"view_id": shown["id"], "block_id": "row", "action_id": "go"}
    return stage.told(lambda: stage.ana.do("action", **ids))


def _contained(payload: JSON, *more: str) -> JSON:
    wanted = {"type", "message_ts", "channel_id", "is_ephemeral", *more}
    return _keys(payload["container"], wanted)


def _in_thread(stage: Stage) -> JSON:
    root = stage.posted()
    return stage.click(stage.posted(thread_ts=root, blocks=[_ROW]))


def _chosen(stage: Stage, kind: str, wanted: set[str]) -> JSON:
    """Choose in an element of a message; ok when its action says this and no more."""
    fields, raw, _ = _CHOSEN[kind]
    ts = stage.posted(blocks=[actions({"type": kind, **fields, "action_id": "go"}, block_id="row")])
    (action,) = stage.click(ts, value=raw)["actions"]
    return _keys(action, {"type", "block_id", "action_id", "action_ts", *wanted})


def _submission(stage: Stage) -> JSON:
    block = {**asks("plain_text_input", action_id="a"), "block_id": "name"}
    view = stage.opened(block, private_metadata="mine")
    stage.submit(view, name="x")
    return stage.heard[-1]


def _closing(stage: Stage) -> JSON:
    view = stage.opened(notify_on_close=True)
    stage.answers = {}
    return stage.told(lambda: stage.ana.do("close", view_id=view["id"]))


def _shortcut(stage: Stage, *, on_message: bool) -> JSON:
    stage.answers = {}
    if not on_message:
        return stage.told(lambda: stage.ana.do("shortcut", callback_id="global"))
    where = {"channel": "C0OPS", "ts": stage.posted(), "callback_id": "message"}
    return stage.told(lambda: stage.ana.do("shortcut", **where))


def _suggests(stage: Stage, **answer: Any) -> JSON:
    """Type into a select of the app's; the options that are offered."""
    block = asks("external_select", action_id="a", min_query_length=1)
    view = stage.opened({**block, "block_id": "it"})
    stage.answers = answer
    found = stage.ana.do("options", view_id=view["id"], block_id="it", action_id="a", value="q")
    return found if "error" in found else {"ok": True, **found}


def _suggestion(stage: Stage) -> JSON:
    _suggests(stage, options=[_A])
    return stage.heard[-1]


def _event(stage: Stage, kind: str, text: str, channel: str) -> JSON:
    """The envelope of what the app hears when Ana says this."""
    ts = stage.types(text, channel)["ts"]

    def look() -> list[JSON]:
        of_kind = [e for e in stage.events if e["event"]["type"] == kind]
        return [e for e in of_kind if e["event"].get("ts") == ts]

    return eventually(look, f"the event {kind}")[0]


def _subtype(stage: Stage, subtype: str) -> JSON:
    """What the app hears when a message of Ana's workspace changes or goes."""
    ts = stage.posted(text="old")
    if subtype == "message_changed":
        done(stage.edit(ts, text="new"))
    else:
        done(stage.api("chat.delete", channel="C0OPS", ts=ts))
    entries = eventually(
        lambda: [e for e in _wired(stage) if e.get("previous_message", {}).get("ts") == ts]
    )
    return holds(entries[0]["subtype"] == subtype and entries[0]["hidden"])


def _wired(stage: Stage) -> list[JSON]:
    """Every event that went over the wire."""
    entries = stage.ana.get("inspector", since="0")["entries"]
    sent = [e["request"]["payload"] for e in entries if e["kind"] == "envelope"]
    return [payload["event"] for payload in sent if "event" in payload]


def _own(stage: Stage) -> JSON:
    """A message of the app reaches it as well, and is no mention of it."""
    ts = stage.posted(text="<@U0STATION>")
    told = eventually(lambda: [e for e in _wired(stage) if e.get("ts") == ts])
    kinds = {event["type"] for event in told}
    return holds(kinds == {"app_mention"}, f"heard as {sorted(kinds)}")


def _home(*, published: bool) -> JSON:
    """Open the Home tab; ok when the event shows what was published before."""
    with elsewhere() as other:
        if published:
            done(other.publish())
        other.ana.get("home")
        sent = eventually(lambda: _tried(other))
        return holds("view" in sent[0]["event"], "no view")


def _tried(stage: Stage) -> list[JSON]:
    entries = stage.ana.get("inspector", since="0")["entries"]
    sent = [e["request"]["payload"] for e in entries if e["kind"] == "envelope"]
    return [payload for payload in sent if payload["event"]["type"] == "app_home_opened"]


CASES: list[Call] = [
    *calls(
        "4.13 slash command: these fields, all of them words",
        works(lambda s: _keys(_slash(s), _SLASH)),
        fails("differs in ['type']", lambda s: _keys(_slash(s), {*_SLASH, "type"})),
    ),
    *calls(
        "4.13 block_actions on a message: where it was, what it says, an answer to it",
        works(lambda s: _keys(_clicked(s), _ON_MESSAGE)),
        fails("['message']", lambda s: _keys(_clicked(s, whispered=True), _ON_MESSAGE)),
    ),
    *calls(
        "4.13 block_actions in a view: the view, and no channel, message or response_url",
        works(lambda s: _keys(_clicked_in_view(s), {*_ACTIONS, "view"})),
        works(lambda s: _keys(_clicked_in_view(s)["view"], _VIEW)),
        fails(
            "['channel', 'message', 'response_url', 'state', 'view']",
            lambda s: _keys(_clicked_in_view(s), _ON_MESSAGE),
        ),
    ),
    *calls(
        "4.13 the container of a message has a thread_ts inside a thread",
        works(lambda s: _contained(_clicked(s))),
        works(lambda s: _contained(_in_thread(s), "thread_ts")),
        fails("['thread_ts']", lambda s: _contained(_clicked(s), "thread_ts")),
    ),
    *(
        call
        for kind, (_, _, wanted) in _CHOSEN.items()
        for call in calls(
            "4.13 actions[]: each element what it is about, and no more",
            works(partial(_chosen, kind=kind, wanted=wanted)),
            fails("['value_of']", partial(_chosen, kind=kind, wanted={*wanted, "value_of"})),
        )
    ),
    *calls(
        "4.13 view_submission: the whole view, a trigger, response_urls",
        works(lambda s: _keys(_submission(s), _SUBMITTED)),
        works(lambda s: _keys(_submission(s)["view"], _VIEW)),
        fails("is_cleared", lambda s: _keys(_submission(s), {*_SUBMITTED, "is_cleared"})),
    ),
    *calls(
        "4.13 view_closed: is_cleared, and neither a trigger nor response_urls",
        works(lambda s: _keys(_closing(s), _CLOSED)),
        fails(
            "['response_urls', 'trigger_id']", lambda s: _keys(_closing(s), _CLOSED | _SUBMITTED)
        ),
    ),
    *calls(
        "4.13 shortcut: no place; on a message: its channel, itself, an answer",
        works(lambda s: _keys(_shortcut(s, on_message=False), _SHORTCUT)),
        works(lambda s: _keys(_shortcut(s, on_message=True), _ON_A_MESSAGE)),
        fails("'message_ts'", lambda s: _keys(_shortcut(s, on_message=False), _ON_A_MESSAGE)),
    ),
    *calls(
        "4.13 block_suggestion: what was typed, and where",
        works(lambda s: _keys(_suggestion(s), _SUGGESTION)),
        fails("trigger_id", lambda s: _keys(_suggestion(s), {*_SUGGESTION, "trigger_id"})),
    ),
    *calls(
        "4.13 block_suggestion: answered with options or groups, up to 100",
        works(lambda s: _suggests(s, options=options(100))),
        works(lambda s: _suggests(s, option_groups=[{"label": _A["text"], "options": [_A]}])),
        fails("load your options", lambda s: _suggests(s, options=options(101))),
        fails("load your options", lambda s: _suggests(s)),
    ),
    *calls(
        "4.13 events: in an envelope of their own",
        works(lambda s: _keys(_event(s, "message", "hello", "D0ANA"), _EVENT)),
        works(lambda s: _keys(_event(s, "app_mention", "<@U0STATION> hi", "C0OPS"), _EVENT)),
        fails(
            "trigger_id",
            lambda s: _keys(_event(s, "message", "x", "D0ANA"), {*_EVENT, "trigger_id"}),
        ),
    ),
    *calls(
        "4.13 messages of the app reach it as well, and never as a mention",
        works(lambda s: holds(_event(s, "app_mention", "<@U0STATION>", "C0OPS")["event"]["text"])),
        fails("heard as ['message']", _own),
    ),
    *calls(
        "4.13 message_changed and message_deleted are hidden, with what was there before",
        works(lambda s: _subtype(s, "message_changed")),
        works(lambda s: _subtype(s, "message_deleted")),
        fails(
            "no subtype",
            lambda s: holds("subtype" in _event(s, "message", "x", "D0ANA")["event"], "no subtype"),
        ),
    ),
    *calls(
        "4.13 app_home_opened shows the view only if one was published before",
        works(lambda s: _home(published=True)),
        fails("no view", lambda s: _home(published=False)),
    ),
]
