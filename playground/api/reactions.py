"""reactions.*: emoji under messages."""

import re

from playground.api import places
from playground.api.errors import Refused
from playground.api.registry import Call, method
from playground.channels import Channel
from playground.shapes import JSON

_NAME = re.compile(r"[a-z0-9_+'-]{1,100}(::skin-tone-[2-6])?")
_MAX_KINDS = 50


@method("reactions.add", "reactions:write")
def add(call: Call) -> JSON:
    """Put an emoji of the bot under a message."""
    place, message, name = _target(call)
    me = call.world.workspace.app.user_id
    users = _users(message)
    if me in users.get(name, []):
        raise Refused("already_reacted")
    if name not in users and len(users) >= _MAX_KINDS:
        raise Refused("too_many_emoji")
    users.setdefault(name, []).append(me)
    return _store(call, place, message, users)


@method("reactions.remove", "reactions:write")
def remove(call: Call) -> JSON:
    """Take an emoji of the bot away."""
    place, message, name = _target(call)
    me = call.world.workspace.app.user_id
    users = _users(message)
    if me not in users.get(name, []):
        raise Refused("no_reaction")
    users[name].remove(me)
    return _store(call, place, message, users)


@method("reactions.get", "reactions:read", json=False)
def get(call: Call) -> JSON:
    """Return a message with its reactions."""
    place, message = _message(call)
    return {
        "ok": True,
        "type": "message",
        "channel": place.id,
        "message": call.world.chat.shown(place, message),
    }


def _message(call: Call) -> tuple[Channel, JSON]:
    if not call.args.text("channel") or not call.args.text("timestamp"):
        raise Refused("no_item_specified")
    place = places.channel(call)
    return place, places.message(call, place, "timestamp")


def _target(call: Call) -> tuple[Channel, JSON, str]:
    name = call.args.required("name").strip(":")
    if not _NAME.fullmatch(name):
        raise Refused("invalid_name")
    return *_message(call), name


def _users(message: JSON) -> dict[str, list[str]]:
    return {r["name"]: list(r["users"]) for r in message.get("reactions", ())}


def _store(call: Call, place: Channel, message: JSON, users: dict[str, list[str]]) -> JSON:
    reactions = [{"name": n, "users": u, "count": len(u)} for n, u in users.items() if u]
    rest = {key: value for key, value in message.items() if key != "reactions"}
    changed = {**rest, "reactions": reactions} if reactions else rest
    call.world.chat.change(place, changed)
    return {"ok": True}
