"""4.9: response URLs."""

from typing import Any

from tests.playground.calls.stage import Call, Stage, calls, done, fails, holds, works
from tests.playground.kit import actions, asks, button
from tests.workspace import JSON

_ROW = actions(button(action_id="go"), block_id="row")
_PLACE = {
    **asks("conversations_select", action_id="a", response_url_enabled=True),
    "block_id": "place",
}


def _of_command(stage: Stage, channel: str = "C0OPS") -> str:
    return str(stage.command(channel=channel)["response_url"])


def _of_click(stage: Stage) -> tuple[str, str]:
    """A message, and the response URL of a click on it."""
    ts = stage.posted(text="old", blocks=[_ROW])
    return ts, str(stage.click(ts)["response_url"])


def _used(stage: Stage, times: int) -> JSON:
    url = _of_command(stage)
    for _ in range(times):
        done(stage.hook(url, text="x"))
    answer = stage.hook(url, text="x")
    assert answer["status"] == (200 if answer["ok"] else 404)
    return answer


def _after(stage: Stage, seconds: float) -> JSON:
    url = _of_command(stage)
    stage.advance(seconds)
    answer = stage.hook(url, text="x")
    assert answer["status"] == (200 if answer["ok"] else 404)
    return answer


def _heard_by_ben(stage: Stage, **sent: Any) -> JSON:
    """Answer a command of Ana's; ok when Ben reads it too."""
    before = len(stage.ben.messages())
    done(stage.hook(_of_command(stage), text="the answer", **sent))
    assert stage.ana.newest()["text"] == "the answer"
    return holds(len(stage.ben.messages()) > before, "Ben reads nothing")


def _replaced(stage: Stage, *, click: bool, **sent: Any) -> JSON:
    """Answer with a replacement; ok when nothing new was said."""
    url = _of_click(stage)[1] if click else _of_command(stage)
    before = len(stage.ana.messages())
    done(stage.hook(url, text="new", **sent))
    if len(stage.ana.messages()) > before:
        return holds(False, "said anew")
    return holds(stage.ana.newest()["text"] == "new" and "blocks" not in stage.ana.newest())


def _taken_back(stage: Stage, *, click: bool) -> JSON:
    if not click:
        return stage.hook(_of_command(stage), delete_original=True)
    ts, url = _of_click(stage)
    done(stage.hook(url, delete_original=True))
    return holds(ts not in [m["ts"] for m in stage.ana.messages()])


def _in_thread(stage: Stage, **sent: Any) -> JSON:
    root = stage.posted()
    where = {"thread_ts": root} if sent.pop("threaded") else {}
    done(stage.hook(_of_command(stage), text="below", response_type="in_channel", **where))
    told = [m["text"] for m in stage.ana.messages(thread_ts=root)]
    return holds("below" in told, "not in the thread")


def _from_outside(stage: Stage, *, by_hook: bool) -> JSON:
    """Say something where the app is no member, with no token or with its own."""
    stage.ana.do("control", action="join", user="U0ANA", channel="C0OUT")
    if by_hook:
        return stage.hook(_of_command(stage, "C0OUT"), text="x")
    return stage.post(channel="C0OUT", text="x")


def _of_view(stage: Stage, *, enabled: bool) -> JSON:
    """Submit a modal in which a channel was chosen; ok when that gave a URL to answer there."""
    block = {**_PLACE, "element": {**_PLACE["element"], "response_url_enabled": enabled}}
    stage.submit(stage.opened(block), place="C0OPS")
    payload = stage.heard[-1]
    assert "response_url" not in payload
    if not payload["response_urls"]:
        return holds(False, "no URL")
    (given,) = payload["response_urls"]
    assert (given["block_id"], given["action_id"], given["channel_id"]) == ("place", "a", "C0OPS")
    done(stage.hook(given["response_url"], text="from a form", response_type="in_channel"))
    return holds("from a form" in [m["text"] for m in stage.ben.messages()])


def _clicked_in(stage: Stage, *, view: bool) -> JSON:
    if not view:
        payload = stage.click(stage.posted(blocks=[_ROW]))
    else:
        shown = stage.opened(_ROW)
        ids = {"view_id": shown["id"], "block_id": "row", "action_id": "go"}
        payload = stage.told(lambda: stage.ana.do("action", **ids))
    return holds("response_url" in payload, "no URL")


CASES: list[Call] = [
    *calls(
        "4.9 five posts",
        works(lambda s: _used(s, 4)),
        fails("used_url", lambda s: _used(s, 5)),
    ),
    *calls(
        "4.9 thirty minutes",
        works(lambda s: _after(s, 1_800)),
        fails("expired_url", lambda s: _after(s, 1_801)),
    ),
    *calls(
        "4.9 answered with ok, or with 400 and what is wrong",
        works(lambda s: holds(s.hook(_of_command(s), text="x")["body"] == "ok")),
        fails("invalid_blocks", lambda s: s.hook(_of_command(s), blocks=[{"type": "x"}])),
        fails("no_text", lambda s: s.hook(_of_command(s))),
        fails("'status': 400", lambda s: s.hook(_of_command(s), blocks=[{"type": "x"}])),
        fails("no_service", lambda s: s.hook(f"{s.base_url}/hooks/actions/T0/1/x", text="x")),
    ),
    *calls(
        "4.9 response_type in_channel is for everybody, otherwise one person reads it",
        works(lambda s: _heard_by_ben(s, response_type="in_channel")),
        fails("Ben reads nothing", lambda s: _heard_by_ben(s)),
        fails("Ben reads nothing", lambda s: _heard_by_ben(s, response_type="ephemeral")),
    ),
    *calls(
        "4.9 replace_original: after an action alone, and where it is asked for",
        works(lambda s: _replaced(s, click=True, replace_original=True)),
        fails("said anew", lambda s: _replaced(s, click=True)),
        fails("said anew", lambda s: _replaced(s, click=False, replace_original=True)),
    ),
    *calls(
        "4.9 delete_original: after an action alone",
        works(lambda s: _taken_back(s, click=True)),
        fails("message_not_found", lambda s: _taken_back(s, click=False)),
    ),
    *calls(
        "4.9 thread_ts",
        works(lambda s: _in_thread(s, threaded=True)),
        fails("not in the thread", lambda s: _in_thread(s, threaded=False)),
    ),
    *calls(
        "4.9 no token, and good where the app is no member",
        works(lambda s: _from_outside(s, by_hook=True)),
        fails("not_in_channel", lambda s: _from_outside(s, by_hook=False)),
    ),
    *calls(
        "4.9 none for what is done in views",
        works(lambda s: _clicked_in(s, view=False)),
        fails("no URL", lambda s: _clicked_in(s, view=True)),
    ),
    *calls(
        "4.9 a submission has one for each chosen channel with response_url_enabled",
        works(lambda s: _of_view(s, enabled=True)),
        fails("no URL", lambda s: _of_view(s, enabled=False)),
    ),
]
