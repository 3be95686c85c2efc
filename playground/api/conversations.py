"""conversations.*: channels, direct messages, and what was said in them."""

from collections.abc import Callable

from playground.api import places
from playground.api.errors import Refused
from playground.api.paging import decode, encode, page
from playground.api.registry import Call, method
from playground.channels import Channel
from playground.shapes import JSON
from playground.timeline import NoSuchMessage

_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
_MAX_OPEN = 8
_PAGE = 100
_MAX_PAGE = 999


@method("conversations.list", *_READ, json=False)
def list_channels(call: Call) -> JSON:
    """List channels of the wanted types, public ones by default; each type needs its scope."""
    types = (call.args.text("types") or "public_channel").replace(" ", "").split(",")
    found: list[JSON] = []
    for channel in call.world.workspace.channels.values():
        if ("im" if channel.is_im else "public_channel") in types:
            _check_scope(call, channel, "read")
            if not (channel.archived and call.args.flag("exclude_archived")):
                found.append(_shown(call, channel))
    return {"ok": True, **page(call.args, "channels", found)}


@method("conversations.info", *_READ, json=False)
def info(call: Call) -> JSON:
    """Describe a channel."""
    channel = places.channel(call)
    _check_scope(call, channel, "read")
    return {"ok": True, "channel": _shown(call, channel)}


@method("conversations.members", *_READ, json=False)
def members(call: Call) -> JSON:
    """List the members of a channel."""
    channel = places.channel(call)
    _check_scope(call, channel, "read")
    return {"ok": True, **page(call.args, "members", channel.members)}


@method("conversations.join", "channels:join")
def join(call: Call) -> JSON:
    """Make the bot a member of a public channel."""
    channel = places.channel(call)
    if channel.is_im:
        raise Refused("method_not_supported_for_channel_type")
    bot = call.world.workspace.app.user_id
    if bot not in channel.members:
        channel.members.append(bot)
    return {"ok": True, "channel": _shown(call, channel)}


@method("conversations.open", "im:write", "mpim:write")
def open_im(call: Call) -> JSON:
    """Return the direct messages with one person."""
    users = [u for u in call.args.text("users").split(",") if u]
    if not users:
        raise Refused("users_list_not_supplied")
    if len(users) > _MAX_OPEN:
        raise Refused("too_many_users")
    people = call.world.workspace.people
    if any(user not in people or people[user].is_bot for user in users):
        raise Refused("user_not_found")
    if any(people[user].deleted for user in users):
        raise Refused("user_disabled")
    if len(users) > 1:
        raise Refused("invalid_user_combination")
    im = call.world.workspace.im_id(users[0])
    whole = {"id": im, "user": users[0], "is_im": True}
    return {"ok": True, "channel": whole if call.args.flag("return_im") else {"id": im}}


@method("conversations.history", *_HISTORY, json=False)
def history(call: Call) -> JSON:
    """List what a channel shows, newest first."""
    channel = _readable(call)
    until = decode(call.args.text("cursor"), "next_ts") or call.args.text("latest")
    messages = [m for m in call.world.timeline.roots(channel.id) if _inside(call, m, until)]
    newest = list(reversed(messages))
    return {"ok": True, **_page(call, newest, lambda m: str(m["ts"])), "pin_count": 0}


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
    after = decode(call.args.text("cursor"), "next_ts")
    rest = [m for m in thread if m["ts"] > after and _inside(call, m, call.args.text("latest"))]
    return {"ok": True, **_page(call, rest, lambda m: str(m["ts"]))}


def _readable(call: Call) -> Channel:
    channel = places.channel(call)
    _check_scope(call, channel, "history")
    if call.world.workspace.app.user_id not in channel.members:
        raise Refused("not_in_channel")
    return channel


def _inside(call: Call, message: JSON, until: str) -> bool:
    since, ts = call.args.text("oldest"), str(message["ts"])
    if call.args.flag("inclusive") and not call.args.text("cursor"):
        return (not since or ts >= since) and (not until or ts <= until)
    return (not since or ts > since) and (not until or ts < until)


def _page(call: Call, messages: list[JSON], mark: Callable[[JSON], str]) -> JSON:
    limit = call.args.number("limit", _PAGE, _MAX_PAGE)
    shown = messages[:limit]
    if not call.args.flag("include_all_metadata"):
        shown = [{k: v for k, v in m.items() if k != "metadata"} for m in shown]
    answer: JSON = {"messages": shown, "has_more": len(messages) > limit}
    if answer["has_more"]:
        answer["response_metadata"] = {"next_cursor": encode("next_ts", mark(shown[-1]))}
    return answer


def _check_scope(call: Call, channel: Channel, verb: str) -> None:
    needed = f"im:{verb}" if channel.is_im else f"channels:{verb}"
    if needed not in call.world.manifest.scopes:
        provided = ",".join(call.world.manifest.scopes)
        raise Refused("missing_scope", extra={"needed": needed, "provided": provided})


def _shown(call: Call, channel: Channel) -> JSON:
    workspace = call.world.workspace
    return channel.slack(workspace.team.id, workspace.app.user_id)
