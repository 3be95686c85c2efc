"""Saying things: every way a message appears, changes or goes, and who hears about it."""

from contextlib import suppress
from typing import Any, Protocol

from playground import mentions
from playground.bus import Bus
from playground.channels import Channel
from playground.people import Person
from playground.shapes import JSON
from playground.timeline import NoSuchMessage, Timeline
from playground.workspace import Workspace

_READ = ("text", "blocks", "attachments")


class Listener(Protocol):
    """Whoever has to hear what is said in channels."""

    def said(self, channel: Channel, message: JSON) -> None:
        """Hear a new message."""

    def changed(self, channel: Channel, message: JSON, previous: JSON) -> None:
        """Hear that a message reads differently."""

    def deleted(self, channel: Channel, previous: JSON) -> None:
        """Hear that a message is gone."""


class Chat:
    """Posts, edits and deletes messages, and tells the pages of those who can see them."""

    def __init__(self, workspace: Workspace, timeline: Timeline, bus: Bus, base_url: str) -> None:
        self._workspace = workspace
        self._bus = bus
        self.timeline = timeline
        self.base_url = base_url
        self.listener: Listener | None = None

    def post_as_app(self, channel: Channel, content: JSON) -> JSON:
        """Post a message of the app's bot user."""
        return self._post(channel, self.signed(content))

    def post_as_person(self, channel: Channel, person: Person, content: JSON) -> JSON:
        """Post what a person typed; posting marks the channel read for them."""
        signed = {"type": "message", "user": person.id, "team": person.team_id, **content}
        message = self._post(channel, signed)
        self.timeline.mark_read(person.id, channel.id)
        return message

    def note(self, channel: Channel, user: str, subtype: str, text: str, **more: Any) -> JSON:
        """Post what Slack itself says in a channel: who joined, what its topic is now."""
        message = {"type": "message", "subtype": subtype, "user": user, "text": text, **more}
        return self._post(channel, message)

    def signed(self, content: JSON) -> JSON:
        """Return a message of the app; under a name of its own it has no user."""
        signature = self._signature()
        if "username" in content:
            del signature["user"]
        return {**signature, **content}

    def _signature(self) -> JSON:
        app = self._workspace.app
        profile = {
            "id": app.bot_id,
            "app_id": app.id,
            "name": self._workspace.app_name,
            "team_id": self._workspace.team.id,
            "user_id": app.user_id,
            "deleted": False,
            "icons": {},
            "updated": 0,
        }
        return {
            "type": "message",
            "user": app.user_id,
            "bot_id": app.bot_id,
            "app_id": app.id,
            "team": self._workspace.team.id,
            "bot_profile": profile,
        }

    def _post(self, channel: Channel, message: JSON) -> JSON:
        posted = self.timeline.post(channel.id, message)
        self._announce("message", channel, posted)
        self._announce_root(channel, posted)
        for user in channel.members:
            if user != posted.get("user") and self._bus.has(user):
                self.tell_unread(user, channel)
        if self.listener:
            self.listener.said(channel, posted)
        return posted

    def change(self, channel: Channel, message: JSON) -> JSON:
        """Replace a message by a new version of it."""
        previous = self.timeline.find(channel.id, message["ts"])
        self.timeline.keep(channel.id, message)
        self._announce("message_changed", channel, message)
        if self.listener and any(previous.get(key) != message.get(key) for key in _READ):
            self.listener.changed(channel, message, previous)
        return message

    def delete(self, channel: Channel, ts: str) -> None:
        """Delete a message; raise NoSuchMessage."""
        gone = self.timeline.remove(channel.id, ts)
        self._announce("message_deleted", channel, gone)
        self._announce_root(channel, gone)
        if self.listener:
            self.listener.deleted(channel, gone)

    def whisper(self, user: str, channel: Channel, content: JSON) -> JSON:
        """Show this person a message of the app that nobody else sees."""
        message = self.timeline.whisper(user, channel.id, self.signed(content))
        self._tell("ephemeral", user, channel, message)
        return message

    def change_whisper(self, user: str, channel: Channel, message: JSON) -> None:
        """Replace an ephemeral message by a new version of it."""
        kept = self.timeline.keep_whisper(user, channel.id, message)
        self._tell("ephemeral", user, channel, kept)

    def delete_whisper(self, user: str, channel: Channel, ts: str) -> None:
        """Remove an ephemeral message; raise NoSuchMessage."""
        gone = self.timeline.forget_whisper(user, ts)
        self._tell("ephemeral_deleted", user, channel, gone)

    def permalink(self, channel: Channel, message: JSON) -> str:
        """Return the address of a message in this workspace's page."""
        link = f"{self.base_url}/archives/{channel.id}/p{message['ts'].replace('.', '')}"
        root = message.get("thread_ts", message["ts"])
        return link if root == message["ts"] else f"{link}?thread_ts={root}&cid={channel.id}"

    def shown(self, channel: Channel, message: JSON) -> JSON:
        """Return a message as the page draws it; an ephemeral one has no permalink."""
        if message.get("ephemeral"):
            return message
        message = self.timeline.with_thread(channel.id, message)
        return {**message, "permalink": self.permalink(channel, message)}

    def tell_unread(self, user: str, channel: Channel) -> None:
        """Tell this person's pages how much is unread in a channel."""
        counts = self.unread(user, channel)
        self._bus.publish({"type": "unread", "channel": channel.id, **counts}, {user})

    def unread(self, user: str, channel: Channel) -> dict[str, int]:
        """Count unread messages, and those among them that call this person."""
        messages = self.timeline.unread(user, channel.id)
        calls = [m for m in messages if channel.is_im or self._calls(user, m)]
        return {"unread": len(messages), "mentions": len(calls)}

    def _calls(self, user: str, message: JSON) -> bool:
        groups = [group.id for group in self._workspace.groups_of(user)]
        return mentions.calls(message, user, groups)

    def _announce_root(self, channel: Channel, reply: JSON) -> None:
        root = str(reply.get("thread_ts", reply["ts"]))
        with suppress(NoSuchMessage):
            if root != reply["ts"]:
                message = self.timeline.find(channel.id, root)
                self._announce("message_changed", channel, message)

    def _announce(self, event: str, channel: Channel, message: JSON) -> None:
        shown = self.shown(channel, message)
        self._bus.publish({"type": event, "channel": channel.id, "message": shown}, channel.members)

    def _tell(self, event: str, user: str, channel: Channel, message: JSON) -> None:
        self._bus.publish({"type": event, "channel": channel.id, "message": message}, {user})
