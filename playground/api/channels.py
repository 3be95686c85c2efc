"""conversations.* that change channels: making, joining, inviting, topics, archiving."""

import re

from playground.api import places
from playground.api.conversations import shown
from playground.api.errors import Refused
from playground.api.registry import Call, method
from playground.channels import Channel
from playground.shapes import JSON

_MAX_NAME = 80
_MAX_TOPIC = 250
_NAME = re.compile(r"[\w-]+")
_WRITE = {
    "public_channel": "channels:manage",
    "private_channel": "groups:write",
    "mpim": "mpim:write",
}


@method("conversations.create", "channels:manage", "groups:write")
def create(call: Call) -> JSON:
    """Make a channel with the bot as its first member."""
    private = call.args.flag("is_private")
    call.need(_WRITE["private_channel" if private else "public_channel"])
    name = _new_name(call)
    made = call.world.workspace.new_channel(
        name,
        [call.me],
        private=private,
        creator=call.me,
        created=int(call.world.clock.now()),
    )
    _note(call, made, call.me, "channel_join", f"<@{call.me}> has joined the channel")
    call.world.news.channel_created(made)
    return {"ok": True, "channel": shown(call, made)}


def _new_name(call: Call) -> str:
    if "name" in call.args.values and not call.args.text("name"):
        raise Refused("invalid_name_required")
    name = call.args.required("name")
    if len(name) > _MAX_NAME:
        raise Refused("invalid_name_maxlength")
    if not any(letter.isalnum() for letter in name):
        raise Refused("invalid_name_punctuation")
    if name != name.lower() or not _NAME.fullmatch(name):
        raise Refused("invalid_name_specials")
    if name in {channel.name for channel in call.world.workspace.channels.values()}:
        raise Refused("name_taken")
    return name


@method("conversations.join", "channels:join")
def join(call: Call) -> JSON:
    """Make the bot a member of a public channel."""
    channel = places.channel(call)
    if channel.kind != "public_channel":
        raise Refused("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refused("is_archived")
    if call.me in channel.members:
        again = "already_in_channel"
        more = {"warning": again, "response_metadata": {"warnings": [again]}}
        return {"ok": True, "channel": shown(call, channel), **more}
    _add(call, channel, call.me)
    return {"ok": True, "channel": shown(call, channel)}


@method(
    "conversations.invite",
    *("channels:manage", "groups:write", "channels:write.invites", "groups:write.invites"),
    "mpim:write",
)
def invite(call: Call) -> JSON:
    """Make people members of a channel: all of them, or with ``force`` those that can be."""
    channel = places.channel(call)
    if channel.is_im or channel.mpim:
        raise Refused("method_not_supported_for_channel_type")
    call.need(_WRITE[channel.kind], f"{channel.family}:write.invites")
    _check_open(call, channel)
    users = call.args.items("users")
    if not users:
        raise Refused("no_user")
    problems = [(user, problem) for user in users if (problem := _uninvited(call, channel, user))]
    errors = [{"user": user, "ok": False, "error": problem} for user, problem in problems]
    if problems and (not call.args.flag("force") or len(problems) == len(users)):
        raise Refused(problems[0][1], extra={"errors": errors})
    refused = {user for user, _ in problems}
    for user in [u for u in dict.fromkeys(users) if u not in refused]:
        _add(call, channel, user, inviter=call.me)
    answer = {"ok": True, "channel": shown(call, channel)}
    return {**answer, "errors": errors} if errors else answer


def _uninvited(call: Call, channel: Channel, user: str) -> str:
    """Return Slack's error for someone who cannot be invited, empty for who can."""
    person = call.world.workspace.people.get(user)
    if person is None:
        return "user_not_found"
    reasons = {
        "cant_invite_self": user == call.me,
        "already_in_channel": user in channel.members,
        "cant_invite": person.deleted,
        "no_external_invite_permission": person.is_stranger,
        "user_is_restricted": person.is_restricted,
    }
    return next((error for error, holds in reasons.items() if holds), "")


def _add(call: Call, channel: Channel, user: str, **more: str) -> None:
    channel.members.append(user)
    call.world.workspace.keep_channel(channel, **more)
    _note(call, channel, user, "channel_join", f"<@{user}> has joined the channel", **more)


@method("conversations.setTopic", "channels:manage", "groups:write", "im:write", "mpim:write")
def set_topic(call: Call) -> JSON:
    """Say what a channel is about."""
    channel = places.channel(call)
    if channel.is_im:
        raise Refused("method_not_supported_for_channel_type")
    call.need(_WRITE[channel.kind], f"{channel.family}:write.topic")
    _check_open(call, channel)
    topic = call.args.required("topic")
    if len(topic) > _MAX_TOPIC:
        raise Refused("too_long")
    channel.topic, channel.topic_by = topic, call.me
    channel.topic_at = int(call.world.clock.now())
    call.world.workspace.keep_channel(channel)
    _note(call, channel, call.me, "channel_topic", f"set the channel topic: {topic}", topic=topic)
    return {"ok": True, "channel": shown(call, channel)}


@method("conversations.archive", "channels:manage", "groups:write")
def archive(call: Call) -> JSON:
    """Close a channel: it can be read and no longer written in."""
    channel = places.channel(call)
    if channel.is_im or channel.mpim:
        raise Refused("method_not_supported_for_channel_type")
    call.need(_WRITE[channel.kind])
    if channel.archived:
        raise Refused("already_archived")
    if channel.general:
        raise Refused("cant_archive_general")
    _check_open(call, channel)
    _note(call, channel, call.me, "channel_archive", "archived the channel")
    channel.archived = True
    call.world.workspace.keep_channel(channel)
    call.world.news.archived(channel)
    return {"ok": True}


def _check_open(call: Call, channel: Channel) -> None:
    if channel.archived:
        raise Refused("is_archived")
    if call.me not in channel.members:
        raise Refused("not_in_channel")


def _note(call: Call, channel: Channel, user: str, subtype: str, text: str, **more: str) -> None:
    call.world.chat.note(channel, user, subtype, text, **more)
