"""chat.*: what the app says, changes and takes back."""

from playground.api import places
from playground.api.content import MAX_TEXT, read_content
from playground.api.errors import Refused
from playground.api.registry import Call, method
from playground.channels import Channel
from playground.shapes import JSON
from playground.timeline import NoSuchMessage

_MAX_UPDATE_TEXT = 4_000
_TRUNCATED = (
    "[WARN] Your message was truncated but still posted. "
    "The `text` field accepts up to 40,000 characters."
)
_CONTENT = ("text", "blocks", "attachments", "metadata", "markdown_text")


@method("chat.postMessage", "chat:write")
def post_message(call: Call) -> JSON:
    """Post a message to a channel, a thread or a person."""
    place = places.postable(call)
    content = read_content(call.args)
    if root := _root(call, place):
        content["thread_ts"] = root
        content["parent_user_id"] = call.world.timeline.find(place.id, root).get("user", "")
        if call.args.flag("reply_broadcast"):
            content["subtype"] = "thread_broadcast"
    message = call.world.chat.post_as_app(place, content)
    answer: JSON = {"ok": True, "channel": place.id, "ts": message["ts"], "message": message}
    if len(call.args.text("text")) > MAX_TEXT:
        answer["warning"] = "message_truncated"
        answer["response_metadata"] = {"messages": [_TRUNCATED]}
    return answer


def _root(call: Call, place: Channel) -> str:
    if not (thread := call.args.text("thread_ts")):
        return ""
    try:
        return call.world.timeline.root_of(place.id, thread)
    except NoSuchMessage:
        raise Refused("cannot_reply_to_message") from None


@method("chat.update", "chat:write")
def update(call: Call) -> JSON:
    """Replace a message of the app. Text without blocks removes the blocks."""
    place = places.channel(call)
    old = _own(call, place, "cant_update_message")
    given = {name for name in _CONTENT if call.args.values.get(name) is not None}
    if not given:
        raise Refused("no_text")
    if len(call.args.text("text")) > _MAX_UPDATE_TEXT:
        raise Refused("msg_too_long")
    new = _merged(call, old, given)
    call.world.chat.change(place, new)
    shown = {key: value for key, value in new.items() if key != "ts"}
    return {
        "ok": True,
        "channel": place.id,
        "ts": new["ts"],
        "text": new["text"],
        "message": shown,
    }


def _merged(call: Call, old: JSON, given: set[str]) -> JSON:
    if given == {"metadata"}:
        call.args.values["text"] = old["text"]
    content = read_content(call.args)
    if "text" not in given:
        content["text"] = old["text"]
    dropped = () if given == {"metadata"} else ("blocks", "attachments")
    kept = {key: value for key, value in old.items() if key not in dropped}
    new = {**kept, **content}
    # Slack marks an edited text, and not a message whose blocks are drawn anew.
    if "text" in given and content["text"] != old["text"] and not content.get("blocks"):
        app = call.world.workspace.app
        new["edited"] = {"user": app.user_id, "ts": _whole_seconds(call)}
    return new


def _whole_seconds(call: Call) -> str:
    return f"{int(call.world.clock.now())}.000000"


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


@method("chat.postEphemeral", "chat:write")
def post_ephemeral(call: Call) -> JSON:
    """Show one member of a channel a message nobody else sees; it is not stored."""
    place = places.postable(call)
    user = call.args.required("user")
    if user not in call.world.workspace.people:
        raise Refused("user_not_found")
    if user not in place.members:
        raise Refused("user_not_in_channel")
    content = read_content(call.args)
    if root := _root(call, place):
        content["thread_ts"] = root
    message = call.world.chat.whisper(user, place, content)
    return {"ok": True, "message_ts": message["ts"]}


@method("chat.getPermalink", json=False)
def get_permalink(call: Call) -> JSON:
    """Return the address of a message."""
    place = places.channel(call)
    link = call.world.chat.permalink(place, places.message(call, place, "message_ts"))
    return {"ok": True, "channel": place.id, "permalink": link}
