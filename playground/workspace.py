"""The directory: who and what exists, read from the seed, with edits that survive a restart."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import yaml

from playground.people import AppIdentity, Channel, Person, Team, Usergroup
from playground.shapes import JSON
from playground.store import Store

DEFAULT_SEED = Path(__file__).with_name("workspace.yml")
_EDITABLE = ("name", "real_name", "title", "color", "tz", "is_restricted", "is_stranger", "deleted")


class UnknownId(KeyError):
    """No person, channel or group has this id."""


class Workspace:
    """People, channels and user groups of one team, and the one app installed in it."""

    def __init__(self, seed: JSON, app_name: str, store: Store) -> None:
        self._store = store
        self.team = Team(**seed["team"])
        self.app = AppIdentity(**seed["app"])
        self.app_name = app_name
        self.hints = list(seed.get("hints") or ())
        self._domains = {self.team.id: self.team.domain, **(seed.get("partners") or {})}
        self.people = {p["id"]: self._person(p) for p in [*seed["people"], self._bot_user()]}
        self.groups = {g["id"]: self._group(g) for g in seed.get("usergroups") or ()}
        self.channels = {c["id"]: self._channel(c) for c in seed["channels"]}
        for person in [p for p in self.people.values() if not p.is_bot]:
            self._open_im(person)

    def _bot_user(self) -> JSON:
        return {
            "id": self.app.user_id,
            "name": self.app_name.lower(),
            "real_name": self.app_name,
            "is_bot": True,
        }

    def _person(self, entry: JSON) -> Person:
        edits = self._store.get("person", entry["id"]) or {}
        return Person(**{"team_id": self.team.id, **entry, **edits})

    def _group(self, entry: JSON) -> Usergroup:
        users = self._store.get("group", entry["id"]) or entry["users"]
        return Usergroup(entry["id"], entry["handle"], entry["name"], tuple(users))

    def _channel(self, entry: JSON) -> Channel:
        guests = list(entry.get("guests") or ())
        members = [p.id for p in self.people.values() if p.full_member] + guests
        teams = {self.people[m].team_id for m in members} - {self.team.id}
        return Channel(
            id=entry["id"],
            name=entry["name"],
            topic=entry.get("topic", ""),
            members=[*members, self.app.user_id],
            shared_with=tuple(sorted(teams)),
        )

    def _open_im(self, person: Person) -> None:
        im = Channel(self.im_id(person.id), "", [person.id, self.app.user_id], user=person.id)
        self.channels[im.id] = im

    @staticmethod
    def im_id(user: str) -> str:
        """Return the id of the direct messages between the app and this person."""
        return "D" + user[1:]

    def person(self, user: Any) -> Person:
        """Return the person; raise UnknownId."""
        if not isinstance(user, str) or user not in self.people:
            raise UnknownId(user)
        return self.people[user]

    def channel(self, channel: Any) -> Channel:
        """Return the channel; raise UnknownId."""
        if not isinstance(channel, str) or channel not in self.channels:
            raise UnknownId(channel)
        return self.channels[channel]

    def domain(self, team_id: str) -> str:
        """Return the domain of this team or of a partner."""
        return str(self._domains.get(team_id, ""))

    def channels_of(self, user: str) -> list[Channel]:
        """Return the channels this person is a member of, in the order of the seed."""
        return [c for c in self.channels.values() if user in c.members]

    def groups_of(self, user: str) -> list[Usergroup]:
        """Return the user groups this person belongs to."""
        return [g for g in self.groups.values() if user in g.users]

    def edit_person(self, user: str, fields: JSON) -> Person:
        """Change a profile or an account; raise UnknownId, or ValueError for a field not known."""
        if unknown := set(fields) - set(_EDITABLE):
            raise ValueError(f"cannot edit {', '.join(sorted(unknown))}")
        person = replace(self.person(user), **fields)
        self.people[user] = person
        self._store.put("person", user, {k: v for k, v in asdict(person).items() if k in _EDITABLE})
        return person

    def edit_group(self, group: str, users: Iterable[str]) -> Usergroup:
        """Replace the members of a user group; raise UnknownId."""
        if group not in self.groups:
            raise UnknownId(group)
        members = tuple(self.person(u).id for u in users)
        self.groups[group] = replace(self.groups[group], users=members)
        self._store.put("group", group, list(members))
        return self.groups[group]


def read_seed(source: Path | JSON | None) -> JSON:
    """Read the seed from a file, a mapping, or the default workspace."""
    if isinstance(source, dict):
        return source
    seed: JSON = yaml.safe_load((source or DEFAULT_SEED).read_text("utf-8"))
    return seed
