"""pins.*: messages kept at hand for everyone in a channel."""

from playground.api import places
from playground.api.errors import Refused
from playground.api.registry import Call, method
from playground.channels import Channel
from playground.shapes import JSON

_MOST = 100
_NOTED = ("channel_join", "channel_topic", "channel_archive")


@method("pins.add", "pins:write")
def add(call: Call) -> JSON:
    """Pin a message to its channel."""
    places.joined(call)
    place, message = places.item(call)
    if message.get("pinned_to"):
        raise Refused("already_pinned")
    if message.get("subtype") in _NOTED:
        raise Refused("not_pinnable")
    if len(_pinned(call, place)) >= _MOST:
        raise Refused("too_many_pins")
    at = int(call.world.clock.now())
    info = {"channel": place.id, "pinned_by": call.me, "pinned_ts": at}
    pinned = {**message, "pinned_to": [place.id], "pinned_info": info}
    call.world.chat.change(place, pinned)
    call.world.news.pinned("pin_added", place, _item(call, place, pinned))
    return {"ok": True}


@method("pins.remove", "pins:write")
def remove(call: Call) -> JSON:
    """Take a pin off."""
    place, message = places.item(call)
    if not message.get("pinned_to"):
        raise Refused("no_pin")
    loose = {key: value for key, value in message.items() if not key.startswith("pinned_")}
    call.world.chat.change(place, loose)
    call.world.news.pinned("pin_removed", place, _item(call, place, message))
    return {"ok": True}


@method("pins.list", "pins:read", json=False)
def list_pins(call: Call) -> JSON:
    """List what is pinned to a channel, the newest message first."""
    place = places.channel(call)
    items = [_item(call, place, message) for message in reversed(_pinned(call, place))]
    return {"ok": True, "items": items}


def _pinned(call: Call, place: Channel) -> list[JSON]:
    return [m for m in call.world.timeline.all(place.id) if m.get("pinned_to")]


def _item(call: Call, place: Channel, message: JSON) -> JSON:
    info = message["pinned_info"]
    return {
        "type": "message",
        "channel": place.id,
        "created": info["pinned_ts"],
        "created_by": info["pinned_by"],
        "message": call.world.chat.shown(place, message),
    }
