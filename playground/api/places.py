"""Finding what an argument names: channels and messages, with Slack's refusals."""

import re

from playground.api.errors import Refused
from playground.api.registry import Call
from playground.channels import Channel
from playground.shapes import JSON
from playground.timeline import NoSuchMessage

_TIMESTAMP = re.compile(r"[0-9]{1,10}\.[0-9]{1,6}")


def channel(call: Call, name: str = "channel", refusal: str = "channel_not_found") -> Channel:
    """Return the channel an id names and the app can see; raise Refused."""
    found = call.world.workspace.channels.get(call.args.required(name))
    if found is None or not _visible(call, found):
        raise Refused(refusal)
    return found


def _visible(call: Call, found: Channel) -> bool:
    return found.kind == "public_channel" or call.me in found.members


def joined(call: Call, name: str = "channel") -> Channel:
    """Return a channel of which the app is a member; raise Refused."""
    found = channel(call, name)
    if call.me not in found.members:
        raise Refused("not_in_channel")
    return found


def named(call: Call, name: str) -> Channel | None:
    """Return the place that a channel's id or name or a person's id stands for, if visible."""
    workspace = call.world.workspace
    by_name = {c.name: c for c in workspace.channels.values() if c.name and not c.mpim}
    is_person = name in workspace.people
    found = workspace.channels.get(workspace.im_id(name) if is_person else name)
    found = found or by_name.get(name.removeprefix("#"))
    return found if found and _visible(call, found) else None


def postable(call: Call) -> Channel:
    """Return where the app may post: by channel id or name, or a person's direct messages."""
    found = named(call, call.args.required("channel"))
    if found is None:
        raise Refused("channel_not_found")
    check_postable(call, found, threaded=bool(call.args.text("thread_ts")))
    return found


def check_postable(call: Call, found: Channel, *, threaded: bool) -> None:
    """Raise Refused when the app may not post there, in a thread or outside of one."""
    manifest = call.world.manifest
    if found.archived:
        raise Refused("is_archived")
    if found.is_im and not manifest.messages_tab:
        raise Refused("messages_tab_disabled")
    if call.me not in found.members and "chat:write.public" not in manifest.scopes:
        raise Refused("not_in_channel")
    if found.posting in ("read_only", "non_threadable" if threaded else "thread_only"):
        raise Refused(f"restricted_action_{found.posting}_channel")


def message(call: Call, place: Channel, name: str) -> JSON:
    """Return the message an argument names by ts; raise Refused message_not_found."""
    try:
        return call.world.timeline.find(place.id, call.args.required(name))
    except NoSuchMessage:
        raise Refused("message_not_found") from None


def item(call: Call) -> tuple[Channel, JSON]:
    """Return the message that ``channel`` and ``timestamp`` name; raise Refused."""
    place = channel(call)
    if not (timestamp := call.args.text("timestamp")):
        raise Refused("no_item_specified")
    if not _TIMESTAMP.fullmatch(timestamp):
        raise Refused("bad_timestamp")
    return place, message(call, place, "timestamp")
