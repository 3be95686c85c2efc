"""conversations.* that look: which conversations there are, and who is in them."""

from collections.abc import Iterable

from playground.api import places
from playground.api.errors import Refused
from playground.api.paging import page
from playground.api.registry import Call, method
from playground.channels import FAMILIES, Channel
from playground.shapes import JSON

_READ = ("channels:read", "groups:read", "im:read", "mpim:read")


@method("conversations.list", *_READ, json=False)
def list_channels(call: Call) -> JSON:
    """List channels of the wanted types, public ones by default; each type needs its scope."""
    wanted = call.world.workspace.channels.values()
    mine = [c for c in wanted if c.kind == "public_channel" or call.me in c.members]
    return {"ok": True, **page(call.args, "channels", _listed(call, mine))}


@method("users.conversations", *_READ, json=False)
def conversations_of(call: Call) -> JSON:
    """List what someone, the bot by default, is in; what is private only if the bot is in too."""
    user = call.args.text("user") or call.me
    if user not in call.world.workspace.people:
        raise Refused("user_not_found")
    theirs = call.world.workspace.channels_of(user)
    seen = [c for c in theirs if c.kind == "public_channel" or call.me in c.members]
    shown = [{**c, "is_member": True} if "name" in c else c for c in _listed(call, seen)]
    return {"ok": True, **page(call.args, "channels", shown)}


def _listed(call: Call, channels: Iterable[Channel]) -> list[JSON]:
    types = call.args.items("types") or ["public_channel"]
    if not set(types) <= set(FAMILIES):
        raise Refused("invalid_types")
    for kind in types:
        call.need(f"{FAMILIES[kind]}:read")
    hide = call.args.flag("exclude_archived")
    return [
        shown(call, channel, count=True)
        for channel in channels
        if channel.kind in types and not (hide and channel.archived)
    ]


@method("conversations.info", *_READ, json=False)
def info(call: Call) -> JSON:
    """Describe a channel."""
    channel = _read(call)
    described = shown(call, channel, count=call.args.flag("include_num_members"))
    if call.args.flag("include_locale") and not channel.is_im:
        described["locale"] = "en-US"
    return {"ok": True, "channel": described}


@method("conversations.members", *_READ, json=False)
def members(call: Call) -> JSON:
    """List the members of a channel."""
    return {"ok": True, **page(call.args, "members", _read(call).members)}


def _read(call: Call) -> Channel:
    channel = places.channel(call)
    call.need(f"{channel.family}:read")
    return channel


def shown(call: Call, channel: Channel, *, count: bool = False) -> JSON:
    """Return a channel as Slack describes it to this app."""
    described = channel.slack(call.world.workspace.team.id, call.me)
    if count and not channel.is_im:
        described["num_members"] = len(channel.members)
    return described
