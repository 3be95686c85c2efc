"""Finding what an argument names: channels and messages, with Slack's refusals."""

import re

from playground.api.errors import Refused
from playground.api.registry import Call
from playground.channels import Channel
from playground.files import File, FileRefused
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


def postable(call: Call, restricted: str = "restricted_action_{}_channel") -> Channel:
    """Return where the app may post: by channel id or name, or a person's direct messages.

    ``restricted`` is the method's error for a channel whose admin restricted posting.
    """
    found = named(call, call.args.required("channel"))
    if found is None:
        raise Refused("channel_not_found")
    _check_open(call, found)
    threaded = bool(call.args.text("thread_ts"))
    if found.posting in ("read_only", "non_threadable" if threaded else "thread_only"):
        raise Refused(restricted.format(found.posting))
    return found


def _check_open(call: Call, found: Channel) -> None:
    manifest = call.world.manifest
    if found.archived:
        raise Refused("is_archived")
    if found.is_im and not manifest.messages_tab:
        raise Refused("messages_tab_disabled")
    if call.me not in found.members and "chat:write.public" not in manifest.scopes:
        raise Refused("not_in_channel")


def message(call: Call, place: Channel, name: str) -> JSON:
    """Return the message an argument names by ts; raise Refused message_not_found."""
    try:
        return call.world.timeline.find(place.id, call.args.required(name))
    except NoSuchMessage:
        raise Refused("message_not_found") from None


def file(call: Call, file_id: str, deleted: str = "file_deleted") -> File:
    """Return a complete file; raise Refused file_not_found, or ``deleted`` for one that is gone."""
    try:
        return call.world.files.find(file_id)
    except FileRefused as refused:
        raise Refused(deleted if refused.code == "file_deleted" else refused.code) from None


def item(call: Call) -> tuple[Channel, JSON]:
    """Return the message that ``channel`` and ``timestamp`` name; raise Refused."""
    place = channel(call)
    if not (timestamp := call.args.text("timestamp")):
        raise Refused("no_item_specified")
    if not _TIMESTAMP.fullmatch(timestamp):
        raise Refused("bad_timestamp")
    return place, message(call, place, "timestamp")
