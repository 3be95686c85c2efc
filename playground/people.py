"""Who: people, the app and user groups, as Slack's API describes them."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from playground.shapes import JSON

# A fixed "created" moment: nothing here depends on it and answers stay the same run to run.
CREATED = 1_700_000_000


@dataclass(frozen=True)
class Team:
    """A Slack workspace.

    ``edit_minutes`` is how long its messages can be edited (None: always); on the plan ``free``
    there are no user groups.
    """

    id: str
    name: str
    domain: str
    plan: str = "plus"
    edit_minutes: int | None = None


@dataclass(frozen=True)
class AppIdentity:
    """The one installed app, its bot user, its two tokens and what it proves itself with."""

    id: str
    bot_id: str
    user_id: str
    bot_token: str
    app_token: str
    client_id: str = "1700000000.1700000001"
    client_secret: str = "playground-client-secret"  # noqa: S105 - nobody's secret
    signing_secret: str = "playground-signing-secret"  # noqa: S105 - nobody's secret


@dataclass(frozen=True)
class Person:
    """A user of the workspace; the bot user is one too, with its app's ids."""

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
    bot_id: str = ""
    app_id: str = ""

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

    def profile(self, *, with_email: bool) -> JSON:
        """Return the profile of users.profile.get; the email needs its own scope."""
        profile: JSON = {
            "title": self.title,
            "phone": "",
            "skype": "",
            "real_name": self.real_name,
            "real_name_normalized": self.real_name,
            "display_name": self.name,
            "display_name_normalized": self.name,
            "status_text": "",
            "status_emoji": "",
            "status_expiration": 0,
            "avatar_hash": self.id.lower(),
            "team": self.team_id,
        }
        if with_email and self.email:
            profile["email"] = self.email
        if self.is_bot:
            profile |= {"bot_id": self.bot_id, "api_app_id": self.app_id, "always_active": True}
        return profile

    def slack(self, *, now: float, with_email: bool) -> JSON:
        """Return the user object of users.info."""
        return {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.name,
            "deleted": self.deleted,
            "color": self.color,
            "real_name": self.real_name,
            **_zone(self.tz, now),
            "profile": self.profile(with_email=with_email),
            "is_admin": False,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": False,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "is_email_confirmed": not self.is_bot,
            "is_stranger": self.is_stranger,
            "who_can_share_contact_card": "EVERYONE",
            "updated": CREATED,
        }


@dataclass(frozen=True)
class Usergroup:
    """A user group, mentioned as ``<!subteam^id>``; ``channels`` are its default channels."""

    id: str
    handle: str
    name: str
    users: tuple[str, ...]
    description: str = ""
    channels: tuple[str, ...] = ()
    created: int = CREATED
    updated: int = CREATED

    def page(self) -> JSON:
        """Return what the page draws."""
        return {
            "id": self.id,
            "handle": self.handle,
            "name": self.name,
            "users": list(self.users),
        }

    def slack(self, team_id: str, *, with_users: bool, with_count: bool = True) -> JSON:
        """Return the object of usergroups.list."""
        group: JSON = {
            "id": self.id,
            "team_id": team_id,
            "is_usergroup": True,
            "is_subteam": True,
            "name": self.name,
            "description": self.description,
            "handle": self.handle,
            "is_external": False,
            "date_create": self.created,
            "date_update": self.updated,
            "date_delete": 0,
            "auto_provision": False,
            "enterprise_subteam_id": "",
            "prefs": {"channels": list(self.channels), "groups": []},
            "channel_count": len(self.channels),
        }
        if with_users:
            group["users"] = list(self.users)
        return {**group, "user_count": len(self.users)} if with_count else group


def _zone(tz: str, now: float) -> JSON:
    moment = datetime.fromtimestamp(now, ZoneInfo(tz))
    offset = moment.utcoffset()
    return {
        "tz": tz,
        "tz_label": moment.tzname(),
        "tz_offset": int(offset.total_seconds()) if offset else 0,
    }
