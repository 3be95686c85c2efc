"""``/env`` and ``/ops``."""

from __future__ import annotations

from bot.parse.line import OpenForm, Said, Words, names
from handlers.messages import (
    ClearLock,
    ListEnvironments,
    ShowBoard,
    ShowEnvironment,
    ShowStatus,
)


def list_environments(said: Words) -> Said:
    names(said)
    return ListEnvironments()


def board(said: Words) -> Said:
    names(said)
    return ShowBoard()


def show_environment(said: Words) -> Said:
    return ShowEnvironment(*names(said, "environment"))


def unlock(said: Words) -> Said:
    (environment,) = names(said, "environment")
    if said.reason:
        return ClearLock(environment, 0, said.reason)
    return OpenForm("unlock", environment=environment)


def status(said: Words) -> Said:
    names(said)
    return ShowStatus()
