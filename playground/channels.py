"""Where people talk: public and private channels, direct messages with one person or several."""

from dataclasses import dataclass, field

from playground.people import CREATED
from playground.shapes import JSON

# Of a kind of conversation: the word its scopes start with (``im:read``, ``groups:history``).
FAMILIES = {
    "public_channel": "channels",
    "private_channel": "groups",
    "im": "im",
    "mpim": "mpim",
}


@dataclass
class Channel:
    """A conversation; ``user`` is the other side of the app's direct messages with one person.

    ``posting`` is what an admin restricted it to: ``read_only``, ``thread_only``,
    ``non_threadable``, or nothing.
    """

    id: str
    name: str
    members: list[str]
    topic: str = ""
    user: str = ""
    archived: bool = False
    private: bool = False
    mpim: bool = False
    general: bool = False
    posting: str = ""
    creator: str = ""
    created: int = CREATED
    topic_by: str = ""
    topic_at: int = 0
    shared_with: tuple[str, ...] = field(default=())

    @property
    def is_im(self) -> bool:
        """Whether this is the direct messages of ``user``."""
        return bool(self.user)

    @property
    def kind(self) -> str:
        """The type conversations.list filters by."""
        if self.is_im or self.mpim:
            return "im" if self.is_im else "mpim"
        return "private_channel" if self.private else "public_channel"

    @property
    def family(self) -> str:
        """The word its scopes start with."""
        return FAMILIES[self.kind]

    @property
    def payload_name(self) -> str:
        """The name payloads carry; what is not public has a fixed one."""
        names = {"im": "directmessage", "private_channel": "privategroup"}
        return names.get(self.kind, self.name)

    def slack(self, team_id: str, bot_user: str) -> JSON:
        """Return the channel object of conversations.list."""
        common: JSON = {
            "id": self.id,
            "created": self.created,
            "is_archived": self.archived,
            "is_org_shared": False,
            "context_team_id": team_id,
            "updated": self.created * 1000,
        }
        if self.is_im:
            return {**common, "is_im": True, "user": self.user}
        topic = {"value": self.topic, "creator": self.topic_by, "last_set": self.topic_at}
        return {
            **common,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": not self.mpim,
            "is_group": self.mpim,
            "is_im": False,
            "is_mpim": self.mpim,
            "is_private": self.private or self.mpim,
            "is_general": self.general,
            "unlinked": 0,
            "creator": self.creator,
            **self._sharing(team_id),
            "is_member": bot_user in self.members,
            "topic": topic,
            "purpose": {"value": "", "creator": "", "last_set": 0},
            "previous_names": [],
        }

    def _sharing(self, team_id: str) -> JSON:
        shared = bool(self.shared_with)
        return {
            "is_shared": shared,
            "is_ext_shared": shared,
            "is_pending_ext_shared": False,
            "pending_shared": [],
            "pending_connected_team_ids": [],
            "shared_team_ids": [team_id, *self.shared_with],
        }
