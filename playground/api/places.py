"""Finding what an argument names: channels and messages, with Slack's refusals."""

from playground.api.errors import Refused
from playground.api.registry import Call
from playground.channels import Channel
from playground.shapes import JSON
from playground.timeline import NoSuchMessage
from playground.workspace import UnknownId


def channel(call: Call, name: str = "channel") -> Channel:
    """Return the channel an id names; raise Refused."""
    try:
        return call.world.workspace.channel(call.args.required(name))
    except UnknownId:
        raise Refused("channel_not_found") from None


def postable(call: Call) -> Channel:
    """Return where the app may post: by channel id or name, or a person's direct messages."""
    named = call.args.required("channel")
    workspace = call.world.workspace
    by_name = {c.name: c for c in workspace.channels.values() if c.name}
    im_id = workspace.im_id(named) if named.startswith("U") else named
    found = workspace.channels.get(im_id) or by_name.get(named.removeprefix("#"))
    if found is None:
        raise Refused("channel_not_found")
    check_postable(call, found)
    return found


def check_postable(call: Call, found: Channel) -> None:
    """Raise Refused when the app may not post there."""
    manifest, bot = call.world.manifest, call.world.workspace.app.user_id
    if found.archived:
        raise Refused("is_archived")
    if found.is_im and not manifest.messages_tab:
        raise Refused("messages_tab_disabled")
    if bot not in found.members and "chat:write.public" not in manifest.scopes:
        raise Refused("not_in_channel")


def message(call: Call, place: Channel, name: str) -> JSON:
    """Return the message an argument names by ts; raise Refused message_not_found."""
    try:
        return call.world.timeline.find(place.id, call.args.required(name))
    except NoSuchMessage:
        raise Refused("message_not_found") from None
