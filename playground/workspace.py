"""The directory: who and what exists, read from the seed, with edits that survive a restart."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Protocol

import yaml

from playground import ids
from playground.channels import Channel
from playground.people import AppIdentity, Person, Team, Usergroup
from playground.shapes import JSON
from playground.store import Store

DEFAULT_SEED = Path(__file__).with_name("workspace.yml")
_EDITABLE = ("name", "real_name", "title", "color", "tz", "is_restricted", "is_stranger", "deleted")
_OF_CHANNEL = ("id", "name", "topic", "private", "archived", "general", "posting")


class UnknownId(KeyError):
    """No person, channel or group has this id."""


class Listener(Protocol):
    """Whoever has to hear that people, groups and members of channels changed."""

    def person_changed(self, person: Person) -> None:
        """Hear that a profile or an account is different."""

    def group_changed(self, group: Usergroup, before: Usergroup) -> None:
        """Hear that a user group is different."""

    def member_changed(self, channel: Channel, user: str, *, joined: bool, by: str = "") -> None:
        """Hear who came into a channel, brought in by whom if not alone, or left it."""


class SeedError(ValueError):
    """What people and channels are read from cannot be used; the text says why."""


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
        self.groups = {g["id"]: _group(g) for g in seed.get("usergroups") or ()}
        self.groups |= {key: _group(group) for key, group in store.all("usergroup")}
        self.channels = {c["id"]: self._channel(c) for c in seed["channels"]}
        self.channels |= {key: _kept(channel) for key, channel in store.all("channel")}
        for person in [p for p in self.people.values() if not p.is_bot]:
            self._open_im(person)
        self._members = {c.id: tuple(c.members) for c in self.channels.values()}
        self.listener: Listener | None = None

    def _bot_user(self) -> JSON:
        return {
            "id": self.app.user_id,
            "name": self.app_name.lower(),
            "real_name": self.app_name,
            "is_bot": True,
            "bot_id": self.app.bot_id,
            "app_id": self.app.id,
        }

    def _person(self, entry: JSON) -> Person:
        edits = self._store.get("person", entry["id"]) or {}
        return Person(**{"team_id": self.team.id, **entry, **edits})

    def _channel(self, entry: JSON) -> Channel:
        everyone = [p.id for p in self.people.values() if p.full_member]
        members = [*(entry.get("members") or everyone), *(entry.get("guests") or ())]
        bot = [] if entry.get("without_app") else [self.app.user_id]
        given = {key: entry[key] for key in _OF_CHANNEL if key in entry}
        channel = Channel(**given, members=[*members, *bot])
        channel.shared_with = self._partners(members)
        return channel

    def _partners(self, members: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted({self.people[m].team_id for m in members} - {self.team.id}))

    def _open_im(self, person: Person) -> None:
        im = Channel(self.im_id(person.id), "", [person.id, self.app.user_id], user=person.id)
        self.channels.setdefault(im.id, im)

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
        if self.listener:
            self.listener.person_changed(person)
        return person

    def new_channel(self, name: str, members: list[str], **facts: Any) -> Channel:
        """Make a channel, or a conversation of several people (``mpim=True``)."""
        return self.keep_channel(Channel(ids.capitals("C"), name, members, **facts))

    def keep_channel(self, channel: Channel, inviter: str = "") -> Channel:
        """Write a channel that is new or has changed; ``inviter`` brought its new members in."""
        self.channels[channel.id] = channel
        self._store.put("channel", channel.id, asdict(channel))
        self._tell_members(channel, inviter)
        return channel

    def _tell_members(self, channel: Channel, inviter: str) -> None:
        before, now = self._members.get(channel.id, ()), tuple(channel.members)
        self._members[channel.id] = now
        if self.listener:
            for user in [*before, *now]:
                if (user in before) != (user in now):
                    self.listener.member_changed(channel, user, joined=user in now, by=inviter)

    def new_group(self, name: str, handle: str, **facts: Any) -> Usergroup:
        """Make a user group without members."""
        return self.keep_group(Usergroup(ids.capitals("S"), handle, name, (), **facts))

    def keep_group(self, group: Usergroup) -> Usergroup:
        """Write a user group that is new or has changed."""
        before = self.groups.get(group.id)
        self.groups[group.id] = group
        self._store.put("usergroup", group.id, asdict(group))
        if self.listener and before:
            self.listener.group_changed(group, before)
        return group

    def edit_group(self, group: str, users: Iterable[str]) -> Usergroup:
        """Replace the members of a user group; raise UnknownId."""
        if group not in self.groups:
            raise UnknownId(group)
        members = tuple(self.person(u).id for u in users)
        return self.keep_group(replace(self.groups[group], users=members))


def _group(entry: JSON) -> Usergroup:
    lists = {key: tuple(entry.get(key) or ()) for key in ("users", "channels")}
    return Usergroup(**{**entry, **lists})


def _kept(entry: JSON) -> Channel:
    return Channel(**{**entry, "shared_with": tuple(entry["shared_with"])})


def read_seed(source: Path | JSON | None) -> JSON:
    """Read the seed from a file, a mapping, or the default workspace; raise SeedError."""
    if isinstance(source, dict):
        return source
    path = source or DEFAULT_SEED
    try:
        seed: JSON = yaml.safe_load(path.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        raise SeedError(f"{path} is not YAML: {problem}") from None
    return seed


def furnished(seed: JSON, app_name: str, store: Store) -> Workspace:
    """Return the workspace a seed describes; raise SeedError when it describes none."""
    try:
        return Workspace(seed, app_name, store)
    except (AttributeError, KeyError, TypeError) as problem:
        kind = type(problem).__name__
        raise SeedError(f"the seed does not describe a workspace: {kind}: {problem}") from None
