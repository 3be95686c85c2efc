"""Help that shows only what the one who asks may do, and who could do the rest."""

from __future__ import annotations

from typing import Any

from handlers.ask import Ask
from handlers.messages import Outcome, ShowHelp
from handlers.people import holders, roles_of

PERMISSIONS = (
    "deploy", "approve", "rollback", "unlock", "prepare", "reset", "book", "take_over",
    "stop", "logs", "scale",
)  # fmt: skip


def show_help(ask: Ask, question: ShowHelp) -> Outcome:
    """For each permission the environments in which this person has it."""
    roles = roles_of(ask.session, ask.setup, ask.actor.user)
    may: dict[str, list[str]] = {permission: [] for permission in PERMISSIONS}
    for name, environment in ask.setup.environments.items():
        for permission in PERMISSIONS:
            if roles & set(environment.may(permission)):
                may[permission].append(name)
    facts: dict[str, Any] = {
        "topic": question.topic,
        "roles": sorted(roles),
        "may": may,
        "others": {permission: _others(ask, permission, may[permission]) for permission in may},
        "service": next(iter(ask.setup.services)),
        "blueprint": next(iter(_mine(ask, roles)), ""),
        "environment": next(iter(ask.setup.environments)),
    }
    return Outcome("help", facts)


def _mine(ask: Ask, roles: frozenset[str]) -> list[str]:
    """The blueprints from which this person may make environments."""
    return [name for name, one in ask.setup.blueprints.items() if roles & set(one.create)]


def _others(ask: Ask, permission: str, mine: list[str]) -> list[str]:
    """Who has a permission where this person does not."""
    roles = {
        role
        for name, environment in ask.setup.environments.items()
        if name not in mine
        for role in environment.may(permission)
    }
    return sorted(holders(ask.session, ask.setup, ask.now, tuple(roles)))
