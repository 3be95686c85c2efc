"""What changes through the Web API, as events of the app: channels, reactions, pins, files."""

from playground.channels import Channel
from playground.events import Events
from playground.people import Usergroup
from playground.shapes import JSON


class News:
    """Tells the app what its own calls changed; the manifest decides what it hears."""

    def __init__(self, me: str, events: Events) -> None:
        self._me = me
        self._events = events

    def channel_created(self, channel: Channel) -> None:
        """Tell of a public channel; a private one appears only to its members."""
        if channel.kind == "public_channel":
            facts = {"id": channel.id, "name": channel.name, "creator": channel.creator}
            event = {"channel": {**facts, "created": channel.created}}
            self._events.happened("channel_created", event)

    def archived(self, channel: Channel) -> None:
        """Tell that a channel was closed."""
        kind = "group_archive" if channel.private else "channel_archive"
        self._events.happened(kind, {"channel": channel.id, "user": self._me}, channel=channel)

    def reacted(self, kind: str, channel: Channel, message: JSON, name: str) -> None:
        """Tell of an emoji of the bot, ``reaction_added`` or ``reaction_removed``."""
        item = {"type": "message", "channel": channel.id, "ts": message["ts"]}
        author = {"item_user": message["user"]} if "user" in message else {}
        event = {"user": self._me, "reaction": name, "item": item, **author}
        self._events.happened(kind, event, channel=channel)

    def pinned(self, kind: str, channel: Channel, item: JSON) -> None:
        """Tell of a pin, ``pin_added`` or ``pin_removed``."""
        event = {"user": self._me, "channel_id": channel.id, "item": item}
        self._events.happened(kind, event, channel=channel)

    def file_shared(self, channel: Channel, file_id: str) -> None:
        """Tell that a message shows a file."""
        event = {"file_id": file_id, "file": {"id": file_id}}
        where = {"user_id": self._me, "channel_id": channel.id}
        self._events.happened("file_shared", {**event, **where}, channel=channel)

    def file_deleted(self, file_id: str) -> None:
        """Tell that a file is gone."""
        self._events.happened("file_deleted", {"file_id": file_id})

    def group_created(self, group: Usergroup, team: str) -> None:
        """Tell of a new user group."""
        self._events.happened("subteam_created", {"subteam": group.slack(team, with_users=True)})
