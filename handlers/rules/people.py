"""Who may act: asked of ids and roles, never of names. Unknown is never a yes."""

from __future__ import annotations

from dataclasses import dataclass

STALE_AFTER = 600.0
"""Seconds after which what we know of people is too old to grant anything."""


@dataclass(frozen=True)
class PersonFacts:
    """What is known of the one who asks. ``directory_age`` is in seconds, None when never read."""

    known: bool
    directory_age: float | None
    own_team: bool = True
    is_bot: bool = False
    is_guest: bool = False
    is_stranger: bool = False
    is_deactivated: bool = False
    roles: frozenset[str] = frozenset()


def may_act(person: PersonFacts) -> str | None:
    """A reason code why this account has no power at all, or nothing."""
    if not person.own_team or person.is_stranger:
        return "stranger"
    if person.directory_age is None or person.directory_age > STALE_AFTER:
        return "directory_stale"
    if not person.known:
        return "unknown_person"
    if person.is_bot:
        return "bot_account"
    if person.is_deactivated:
        return "deactivated"
    if person.is_guest:
        return "guest"
    return None


def may_with_role(person: PersonFacts, roles: tuple[str, ...]) -> str | None:
    """``may_act``, and one of ``roles``; an empty list of roles grants nobody."""
    return may_act(person) or (None if person.roles & set(roles) else "not_permitted")
