"""What the rows know of people: their roles today, and how old that knowledge is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.ask import Ask
from handlers.messages import Actor, Refusal
from handlers.rules.people import PersonFacts, may_act, may_with_role
from handlers.setup import Setup
from handlers.tables import Account, GroupMember, Reading

DIRECTORY = "directory"


def directory_age(session: Session, now: datetime) -> float | None:
    """Seconds since people and groups were last read completely; None when never."""
    at = session.scalar(select(Reading.at).where(Reading.of == DIRECTORY))
    return None if at is None else (now - at).total_seconds()


def person_facts(session: Session, setup: Setup, now: datetime, actor: Actor) -> PersonFacts:
    """Everything ``rules.people`` asks about one actor."""
    account = session.get(Account, (actor.team, actor.user))
    age = directory_age(session, now)
    if account is None:
        return PersonFacts(known=False, directory_age=age, own_team=actor.team == setup.team)
    return _facts(setup, account, age, roles_of(session, setup, actor.user))


def _facts(
    setup: Setup, account: Account, age: float | None, roles: frozenset[str] = frozenset()
) -> PersonFacts:
    return PersonFacts(
        known=True,
        directory_age=age,
        own_team=account.team == setup.team,
        is_bot=account.is_bot,
        is_guest=account.is_guest,
        is_stranger=account.is_stranger,
        is_deactivated=account.is_deactivated,
        roles=roles,
    )


def require(ask: Ask, permission: str, roles: tuple[str, ...]) -> None:
    """The one who asks has one of ``roles`` today, or a refusal that says who has."""
    person = person_facts(ask.session, ask.setup, ask.now, ask.actor)
    code = may_act(person) or may_with_role(person, roles)
    if code == "not_permitted":
        able = holders(ask.session, ask.setup, ask.now, roles)
        raise Refusal(code, permission=permission, roles=list(roles), holders=sorted(able))
    if code is not None:
        raise Refusal(code, age=person.directory_age)


def roles_of(session: Session, setup: Setup, user: str) -> frozenset[str]:
    """The roles of one user id, by name in the setup or by user group."""
    groups = set(session.scalars(select(GroupMember.group).where(GroupMember.user == user)))
    return frozenset(
        name
        for name, role in setup.roles.items()
        if user in role.people or groups & set(role.groups)
    )


def holders(
    session: Session, setup: Setup, now: datetime, roles: tuple[str, ...]
) -> frozenset[str]:
    """Everybody who has one of ``roles`` and may act today, in two looks however many they are."""
    wanted = [setup.roles[name] for name in roles if name in setup.roles]
    groups = {group for role in wanted for group in role.groups}
    members = select(GroupMember.user).where(GroupMember.group.in_(groups))
    named = {user for role in wanted for user in role.people}
    accounts = session.scalars(
        select(Account).where(
            Account.team == setup.team, Account.user.in_(named) | Account.user.in_(members)
        )
    )
    age = directory_age(session, now)
    return frozenset(a.user for a in accounts if may_act(_facts(setup, a, age)) is None)
