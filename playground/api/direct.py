"""conversations.open: direct messages with one person, or with several."""

from playground.api import places
from playground.api.conversations import shown
from playground.api.errors import Refused
from playground.api.registry import Call, method
from playground.channels import Channel
from playground.people import Person
from playground.shapes import JSON

_MAX_OPEN = 8


@method("conversations.open", "im:write", "mpim:write")
def open_direct(call: Call) -> JSON:
    """Return the direct messages with one person, or with several."""
    channel, existed = _resumed(call) if call.args.text("channel") else _opened(call)
    whole = shown(call, channel) if call.args.flag("return_im") else {"id": channel.id}
    already = {"no_op": True, "already_open": True} if existed else {}
    return {"ok": True, **already, "channel": whole}


def _resumed(call: Call) -> tuple[Channel, bool]:
    channel = places.channel(call)
    if not (channel.is_im or channel.mpim):
        raise Refused("method_not_supported_for_channel_type")
    call.need(f"{channel.kind}:write")
    return channel, True


def _opened(call: Call) -> tuple[Channel, bool]:
    users = list(dict.fromkeys(call.args.items("users")))
    if not users:
        raise Refused("users_list_not_supplied")
    if len(users) > _MAX_OPEN:
        raise Refused("too_many_users")
    people = [_other(call, user) for user in users]
    call.need("im:write" if len(people) == 1 else "mpim:write")
    if len(people) == 1:
        workspace = call.world.workspace
        return workspace.channels[workspace.im_id(users[0])], True
    return _group(call, people)


def _other(call: Call, user: str) -> Person:
    person = call.world.workspace.people.get(user)
    if person is None or person.is_bot:
        raise Refused("user_not_found")
    if person.deleted:
        raise Refused("user_disabled")
    return person


def _group(call: Call, people: list[Person]) -> tuple[Channel, bool]:
    workspace, everyone = call.world.workspace, {call.me, *(p.id for p in people)}
    for channel in workspace.channels.values():
        if channel.mpim and set(channel.members) == everyone:
            return channel, True
    strangers = {p.id for p in people if p.is_stranger}
    if not all(_share_a_channel(call, person) for person in strangers):
        raise Refused("invalid_user_combination")
    if call.args.flag("prevent_creation"):
        raise Refused("channel_not_found")
    names = [*(p.name for p in people), workspace.person(call.me).name]
    members = [*(p.id for p in people), call.me]
    name = f"mpdm-{'--'.join(names)}-1"
    return workspace.new_channel(name, members, mpim=True, creator=call.me), False


def _share_a_channel(call: Call, stranger: str) -> bool:
    shared = call.world.workspace.channels_of(stranger)
    return any(call.me in channel.members and not channel.is_im for channel in shared)
