"""chat.*: what the app says, changes and takes back."""

from playground.api import places
from playground.api.content import MAX_TEXT, read_parts
from playground.api.errors import Refused
from playground.api.registry import Call, method
from playground.api.saying import check_videos, in_thread, linked, read_saying, root_of
from playground.channels import Channel
from playground.shapes import JSON

_MAX_UPDATE_TEXT = 4_000
_TRUNCATED = (
    "[WARN] Your message was truncated but still posted. "
    "The `text` field accepts up to 40,000 characters."
)
_CONTENT = ("text", "blocks", "attachments", "markdown_text")
_CHANGES = (*_CONTENT, "metadata", "file_ids")


@method("chat.postMessage", "chat:write")
def post_message(call: Call) -> JSON:
    """Post a message to a channel, a thread or a person."""
    if call.args.flag("as_user"):
        raise Refused("as_user_not_supported")
    place = places.postable(call)
    message = call.world.chat.post_as_app(place, in_thread(call, place, read_saying(call)))
    answer: JSON = {"ok": True, "channel": place.id, "ts": message["ts"], "message": message}
    if len(call.args.text("text")) > MAX_TEXT:
        answer["warning"] = "message_truncated"
        answer["response_metadata"] = {"messages": [_TRUNCATED]}
    return answer


@method("chat.postEphemeral", "chat:write")
def post_ephemeral(call: Call) -> JSON:
    """Show one member of a channel a message nobody else sees; it is not stored."""
    place = places.postable(call, restricted="restricted_action")
    user = call.args.required("user")
    if user not in place.members:
        raise Refused("user_not_in_channel")
    if len(call.args.text("text")) > MAX_TEXT:
        raise Refused("msg_too_long")
    content = read_saying(call)
    if root := root_of(call, place):
        content["thread_ts"] = root
        # Slack shows an ephemeral reply only where a thread is already under way.
        if len(call.world.timeline.thread(place.id, root)) == 1:
            return {"ok": True, "message_ts": call.world.timeline.stamp()}
    message = call.world.chat.whisper(user, place, content)
    return {"ok": True, "message_ts": message["ts"]}


@method("chat.update", "chat:write")
def update(call: Call) -> JSON:
    """Replace a message of the app. Text without blocks removes the blocks."""
    place = places.channel(call)
    old = _own(call, place, "cant_update_message")
    _check_editable(call, place, old)
    given = {name for name in _CHANGES if call.args.values.get(name) is not None}
    broadcast = call.args.flag("reply_broadcast")
    new = _broadcast(old, given) if broadcast else _merged(call, old, given)
    call.world.chat.change(place, new)
    shown = {key: value for key, value in new.items() if key != "ts"}
    return {
        "ok": True,
        "channel": place.id,
        "ts": new["ts"],
        "text": new["text"],
        "message": shown,
    }


def _check_editable(call: Call, place: Channel, old: JSON) -> None:
    if place.archived:
        raise Refused("is_inactive")
    minutes = call.world.workspace.team.edit_minutes
    age = call.world.clock.now() - float(old["ts"])
    if minutes is not None and age > minutes * 60:
        raise Refused("edit_window_closed")
    if len(call.args.text("text")) > _MAX_UPDATE_TEXT:
        raise Refused("msg_too_long")


def _broadcast(old: JSON, given: set[str]) -> JSON:
    if given:
        raise Refused("no_dual_broadcast_content_update")
    if old.get("thread_ts", old["ts"]) == old["ts"]:
        raise Refused("cant_broadcast_message")
    return {**old, "subtype": "thread_broadcast"}


def _merged(call: Call, old: JSON, given: set[str]) -> JSON:
    if not given:
        raise Refused("no_text")
    content = linked(call, read_parts(call.args, call.world.files))
    check_videos(call, content)
    if "text" not in given:
        content["text"] = old["text"]
    dropped = {"blocks", "attachments"} if given & set(_CONTENT) else set()
    if "metadata" in given:
        dropped.add("metadata")
    new = {**{k: v for k, v in old.items() if k not in dropped}, **content, **_new_files(call)}
    if not any(new.get(part) for part in ("text", "blocks", "attachments", "files")):
        raise Refused("no_text")
    # Slack marks an edited text, and not a message whose blocks are drawn anew.
    if "text" in given and content["text"] != old["text"] and not content.get("blocks"):
        new["edited"] = {"user": call.me, "ts": f"{int(call.world.clock.now())}.000000"}
    return new


def _new_files(call: Call) -> JSON:
    wanted = [places.file(call, file_id) for file_id in call.args.items("file_ids")]
    found = [call.world.files.slack(file) for file in wanted]
    return {"files": found} if found else {}


@method("chat.delete", "chat:write")
def delete(call: Call) -> JSON:
    """Delete a message of the app."""
    place = places.channel(call)
    message = _own(call, place, "cant_delete_message")
    call.world.chat.delete(place, message["ts"])
    return {"ok": True, "channel": place.id, "ts": message["ts"]}


def _own(call: Call, place: Channel, refusal: str) -> JSON:
    message = places.message(call, place, "ts")
    if message.get("app_id") != call.world.workspace.app.id:
        raise Refused(refusal)
    return message


@method("chat.getPermalink", json=False)
def get_permalink(call: Call) -> JSON:
    """Return the address of a message."""
    place = places.channel(call)
    link = call.world.chat.permalink(place, places.message(call, place, "message_ts"))
    return {"ok": True, "channel": place.id, "permalink": link}
