"""conversations.history and conversations.replies: what was said."""

import re

from playground.api import places
from playground.api.errors import Refused
from playground.api.paging import decode, encode
from playground.api.registry import Call, method
from playground.channels import Channel
from playground.shapes import JSON
from playground.timeline import NoSuchMessage

_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
_PAGE = 100
_MAX_PAGE = 999
_MOMENT = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,6}))?")
_ALWAYS = (10**12, 0)


@method("conversations.history", *_HISTORY, json=False)
def history(call: Call) -> JSON:
    """List what a channel shows, newest first."""
    channel = _readable(call)
    shown = _window(call, call.world.timeline.roots(channel.id))
    before = _moment(decode(call.args.text("cursor"), "next_ts"), "cursor") or _ALWAYS
    newest = [m for m in reversed(shown) if _at(m) < before]
    pins = [m for m in call.world.timeline.all(channel.id) if m.get("pinned_to")]
    actions = {"channel_actions_ts": None, "channel_actions_count": 0}
    return {"ok": True, **_page(call, newest), "pin_count": len(pins), **actions}


@method("conversations.replies", *_HISTORY, json=False)
def replies(call: Call) -> JSON:
    """List a thread, its root first."""
    channel = _readable(call)
    ts = call.args.required("ts")
    try:
        root = call.world.timeline.root_of(channel.id, ts)
        thread = call.world.timeline.thread(channel.id, root)
    except NoSuchMessage:
        raise Refused("thread_not_found") from None
    after = _moment(decode(call.args.text("cursor"), "next_ts"), "cursor") or (0, 0)
    rest = [m for m in _window(call, thread) if _at(m) > after]
    return {"ok": True, **_page(call, rest)}


def _readable(call: Call) -> Channel:
    channel = places.channel(call)
    call.need(f"{channel.family}:history")
    if call.me not in channel.members:
        raise Refused("not_in_channel")
    return channel


def _moment(raw: str, name: str) -> tuple[int, int] | None:
    """Return a ts as seconds and microseconds; raise Refused for what is none."""
    if not raw:
        return None
    if (match := _MOMENT.fullmatch(raw)) is None:
        raise Refused(f"invalid_ts_{name}")
    return int(match[1]), int((match[2] or "0").ljust(6, "0"))


def _at(message: JSON) -> tuple[int, int]:
    seconds, micros = message["ts"].split(".")
    return int(seconds), int(micros)


def _window(call: Call, messages: list[JSON]) -> list[JSON]:
    since = _moment(call.args.text("oldest"), "oldest") or (0, 0)
    until = _moment(call.args.text("latest"), "latest") or _ALWAYS
    if call.args.flag("inclusive"):
        return [m for m in messages if since <= _at(m) <= until]
    return [m for m in messages if since < _at(m) < until]


def _page(call: Call, messages: list[JSON]) -> JSON:
    limit = call.args.number("limit", _PAGE, _MAX_PAGE)
    shown = messages[:limit]
    if not call.args.flag("include_all_metadata"):
        shown = [{k: v for k, v in m.items() if k != "metadata"} for m in shown]
    answer: JSON = {"messages": shown, "has_more": len(messages) > limit}
    if answer["has_more"]:
        answer["response_metadata"] = {"next_cursor": encode("next_ts", shown[-1]["ts"])}
    return answer
