"""bookmarks.*: links at the top of a channel."""

import re

from playground import ids
from playground.api import places
from playground.api.errors import Refused
from playground.api.registry import Call, method
from playground.shapes import JSON

_MOST = 100
_EMOJI = re.compile(r":[a-z0-9_+'-]{1,100}:")


@method("bookmarks.add", "bookmarks:write")
def add(call: Call) -> JSON:
    """Add a link, or a file of the app, to a channel."""
    place = places.channel(call, "channel_id")
    title, kind = call.args.required("title"), call.args.required("type")
    read = {"link": _link, "file": _file}.get(kind)
    if read is None:
        raise Refused("invalid_bookmark_type")
    emoji = call.args.text("emoji")
    if emoji and not _EMOJI.fullmatch(emoji):
        raise Refused("invalid_emoji")
    if call.args.text("parent_id"):
        raise Refused("invalid_parent_type")
    known = call.world.store.get("bookmarks", place.id) or []
    if len(known) >= _MOST:
        raise Refused("too_many_bookmarks")
    made = _bookmark(call, place.id, {"title": title, "type": kind, "emoji": emoji, **read(call)})
    call.world.store.put("bookmarks", place.id, [*known, made])
    return {"ok": True, "bookmark": made}


def _link(call: Call) -> JSON:
    link = call.args.text("link")
    if not link.startswith(("http://", "https://")):
        raise Refused("invalid_link")
    return {"link": link, "entity_id": None}


def _file(call: Call) -> JSON:
    if not (file_id := call.args.text("entity_id")):
        raise Refused("invalid_entity_id")
    shown = call.world.files.slack(places.file(call, file_id, deleted="file_not_found"))
    return {"link": shown["permalink"], "entity_id": file_id}


def _bookmark(call: Call, channel: str, facts: JSON) -> JSON:
    return {
        "id": ids.capitals("Bk"),
        "channel_id": channel,
        **facts,
        "icon_url": None,
        "date_created": int(call.world.clock.now()),
        "date_updated": 0,
        "rank": "g",
        "last_updated_by_user_id": call.me,
        "last_updated_by_team_id": call.world.workspace.team.id,
        "shortcut_id": None,
        "app_id": None,
    }


@method("bookmarks.list", "bookmarks:read")
def list_bookmarks(call: Call) -> JSON:
    """List the bookmarks of a channel, the oldest first."""
    place = places.channel(call, "channel_id")
    return {"ok": True, "bookmarks": call.world.store.get("bookmarks", place.id) or []}
