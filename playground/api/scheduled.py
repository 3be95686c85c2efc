"""chat.scheduleMessage and what belongs to it: messages for later."""

from playground.api import places
from playground.api.content import MAX_TEXT
from playground.api.errors import Refused, missing
from playground.api.paging import page
from playground.api.registry import Call, method
from playground.api.saying import in_thread, read_saying
from playground.channels import Channel
from playground.shapes import JSON

_LONGEST = 120 * 24 * 60 * 60
_WINDOW = 5 * 60
_MOST_IN_WINDOW = 30


@method("chat.scheduleMessage", "chat:write")
def schedule(call: Call) -> JSON:
    """Keep a message and post it when its time comes."""
    place = places.postable(call)
    post_at = _post_at(call, place)
    if len(call.args.text("text")) > MAX_TEXT:
        raise Refused("msg_too_long")
    content = in_thread(call, place, read_saying(call))
    entry = call.world.agenda.add(place.id, post_at, content)
    return {
        "ok": True,
        "channel": place.id,
        "scheduled_message_id": entry.id,
        "post_at": post_at,
        "message": {**call.world.chat.signed(content), "type": "delayed_message"},
    }


def _post_at(call: Call, place: Channel) -> int:
    post_at = call.args.whole("post_at", Refused("invalid_time"))
    if post_at is None:
        raise missing("post_at")
    ahead = post_at - call.world.clock.now()
    if ahead <= 0:
        raise Refused("time_in_past")
    if ahead > _LONGEST:
        raise Refused("time_too_far")
    near = [e for e in call.world.agenda.waiting(place.id) if abs(e.post_at - post_at) < _WINDOW]
    if len(near) >= _MOST_IN_WINDOW:
        raise Refused("restricted_too_many")
    return post_at


@method("chat.deleteScheduledMessage", "chat:write")
def unschedule(call: Call) -> JSON:
    """Take a message back before it is posted."""
    place = places.channel(call)
    wanted = call.args.required("scheduled_message_id")
    if wanted not in {entry.id for entry in call.world.agenda.waiting(place.id)}:
        raise Refused("invalid_scheduled_message_id")
    call.world.agenda.remove(wanted)
    return {"ok": True}


@method("chat.scheduledMessages.list")
def list_scheduled(call: Call) -> JSON:
    """List what waits to be posted, the next one first."""
    channel = ""
    if call.args.text("channel"):
        channel = places.channel(call, refusal="invalid_channel").id
    since = call.args.whole("oldest", Refused("invalid_arguments")) or 0
    until = call.args.whole("latest", Refused("invalid_arguments")) or float("inf")
    waiting = call.world.agenda.waiting(channel)
    shown = [entry.slack() for entry in waiting if since <= entry.post_at <= until]
    return {"ok": True, **page(call.args, "scheduled_messages", shown)}
