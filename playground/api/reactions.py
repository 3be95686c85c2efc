"""reactions.*: emoji under messages."""

import re

from playground.api import places
from playground.api.errors import Refused
from playground.api.registry import Call, method
from playground.channels import Channel
from playground.shapes import JSON

_NAME = re.compile(r"[a-z0-9_+'-]{1,100}(::skin-tone-[2-6])?")
_MAX_OWN = 23


@method("reactions.add", "reactions:write")
def add(call: Call) -> JSON:
    """Put an emoji of the bot under a message."""
    place, message, name = _target(call)
    if place.archived:
        raise Refused("is_archived")
    users = _users(message)
    if call.me in users.get(name, []):
        raise Refused("already_reacted")
    if sum(call.me in those for those in users.values()) >= _MAX_OWN:
        raise Refused("too_many_reactions")
    users.setdefault(name, []).append(call.me)
    return _store(call, "reaction_added", (place, message, name), users)


@method("reactions.remove", "reactions:write")
def remove(call: Call) -> JSON:
    """Take an emoji of the bot away; files are found, and never have any."""
    if file_id := call.args.text("file"):
        places.file(call, file_id, deleted="file_not_found")
        raise Refused("no_reaction")
    place, message, name = _target(call)
    users = _users(message)
    if call.me not in users.get(name, []):
        raise Refused("no_reaction")
    users[name].remove(call.me)
    return _store(call, "reaction_removed", (place, message, name), users)


@method("reactions.get", "reactions:read", json=False)
def get(call: Call) -> JSON:
    """Return a message with its reactions, or a file, which has none."""
    if file_id := call.args.text("file"):
        file = places.file(call, file_id, deleted="file_not_found")
        return {"ok": True, "type": "file", "file": call.world.files.slack(file)}
    place, message = _message(call)
    return {
        "ok": True,
        "type": "message",
        "channel": place.id,
        "message": call.world.chat.shown(place, message),
    }


def _message(call: Call) -> tuple[Channel, JSON]:
    if not call.args.text("channel"):
        raise Refused("no_item_specified")
    return places.item(call)


def _target(call: Call) -> tuple[Channel, JSON, str]:
    name = call.args.required("name").strip(":")
    if not _NAME.fullmatch(name):
        raise Refused("invalid_name")
    return *_message(call), name


def _users(message: JSON) -> dict[str, list[str]]:
    return {r["name"]: list(r["users"]) for r in message.get("reactions", ())}


def _store(
    call: Call, event: str, target: tuple[Channel, JSON, str], users: dict[str, list[str]]
) -> JSON:
    place, message, name = target
    reactions = [{"name": n, "users": u, "count": len(u)} for n, u in users.items() if u]
    rest = {key: value for key, value in message.items() if key != "reactions"}
    changed = {**rest, "reactions": reactions} if reactions else rest
    call.world.chat.change(place, changed)
    call.world.news.reacted(event, place, message, name)
    return {"ok": True}
