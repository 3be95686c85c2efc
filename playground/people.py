"""Who and where: people, the app, channels, user groups, as Slack's API describes them."""

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from playground.shapes import JSON

# A fixed "created" moment: nothing here depends on it and answers stay the same run to run.
CREATED = 1_700_000_000


@dataclass(frozen=True)
class Team:
    """A Slack workspace."""

    id: str
    name: str
    domain: str


@dataclass(frozen=True)
class AppIdentity:
    """The one installed app, its bot user and its two tokens."""

    id: str
    bot_id: str
    user_id: str
    bot_token: str
    app_token: str


@dataclass(frozen=True)
class Person:
    """A user of the workspace; the bot user is one too."""

    id: str
    name: str
    real_name: str
    team_id: str
    title: str = ""
    color: str = "4a5568"
    tz: str = "UTC"
    is_bot: bool = False
    is_restricted: bool = False
    is_stranger: bool = False
    deleted: bool = False

    @property
    def email(self) -> str:
        """The address users.lookupByEmail finds; bots have none."""
        return "" if self.is_bot else f"{self.name}@{self.team_id.lower()}.example"

    @property
    def full_member(self) -> bool:
        """Whether this is an ordinary, active member of the team."""
        return not (self.is_bot or self.is_restricted or self.is_stranger or self.deleted)

    def page(self) -> JSON:
        """Return what the page draws."""
        return {
            "id": self.id,
            "name": self.name,
            "real_name": self.real_name,
            "title": self.title,
            "color": self.color,
            "tz": self.tz,
            "is_bot": self.is_bot,
            "is_guest": self.is_restricted,
            "is_stranger": self.is_stranger,
            "deleted": self.deleted,
        }

    def slack(self, *, now: float, with_email: bool) -> JSON:
        """Return the user object of users.info; the email needs its own scope."""
        profile = {
            "title": self.title,
            "real_name": self.real_name,
            "real_name_normalized": self.real_name,
            "display_name": self.name,
            "display_name_normalized": self.name,
            "status_text": "",
            "status_emoji": "",
            "avatar_hash": self.id.lower(),
            "team": self.team_id,
        }
        if with_email and self.email:
            profile["email"] = self.email
        return {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.name,
            "deleted": self.deleted,
            "color": self.color,
            "real_name": self.real_name,
            **_zone(self.tz, now),
            "profile": profile,
            "is_admin": False,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": False,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "is_stranger": self.is_stranger,
            "updated": CREATED,
        }


@dataclass(frozen=True)
class Usergroup:
    """A user group, mentioned as ``<!subteam^id>``."""

    id: str
    handle: str
    name: str
    users: tuple[str, ...]

    def page(self) -> JSON:
        """Return what the page draws."""
        return {
            "id": self.id,
            "handle": self.handle,
            "name": self.name,
            "users": list(self.users),
        }

    def slack(self, team_id: str, *, with_users: bool) -> JSON:
        """Return the object of usergroups.list."""
        group: JSON = {
            "id": self.id,
            "team_id": team_id,
            "is_usergroup": True,
            "is_subteam": True,
            "name": self.name,
            "description": "",
            "handle": self.handle,
            "is_external": False,
            "date_create": CREATED,
            "date_update": CREATED,
            "date_delete": 0,
            "user_count": len(self.users),
        }
        return {**group, "users": list(self.users)} if with_users else group


@dataclass
class Channel:
    """A public channel, or the direct messages between the app and one person."""

    id: str
    name: str
    members: list[str]
    topic: str = ""
    user: str = ""
    archived: bool = False
    shared_with: tuple[str, ...] = field(default=())

    @property
    def is_im(self) -> bool:
        """Whether this is the direct messages of ``user``."""
        return bool(self.user)

    @property
    def payload_name(self) -> str:
        """The name payloads carry; direct messages have a fixed one."""
        return "directmessage" if self.is_im else self.name

    def slack(self, team_id: str, bot_user: str) -> JSON:
        """Return the channel object of conversations.info."""
        common = {"id": self.id, "created": CREATED, "is_archived": self.archived}
        if self.is_im:
            return {**common, "is_im": True, "is_org_shared": False, "user": self.user}
        topic = {"value": self.topic, "creator": "", "last_set": 0}
        return {
            **common,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": True,
            "is_group": False,
            "is_im": False,
            "is_mpim": False,
            "is_private": False,
            "is_general": False,
            "is_shared": bool(self.shared_with),
            "is_ext_shared": bool(self.shared_with),
            "is_org_shared": False,
            "is_member": bot_user in self.members,
            "shared_team_ids": [team_id, *self.shared_with],
            "context_team_id": team_id,
            "topic": topic,
            "purpose": {"value": "", "creator": "", "last_set": 0},
            "num_members": len(self.members),
        }


def _zone(tz: str, now: float) -> JSON:
    moment = datetime.fromtimestamp(now, ZoneInfo(tz))
    offset = moment.utcoffset()
    return {
        "tz": tz,
        "tz_label": moment.tzname(),
        "tz_offset": int(offset.total_seconds()) if offset else 0,
    }
