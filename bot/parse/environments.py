"""``/env`` and ``/ops``."""

from __future__ import annotations

from bot.parse.line import USAGE, No, OpenForm, Said, Words, names
from handlers.messages import (
    ClearLock,
    ListEnvironments,
    PrepareEnvironment,
    ResetEnvironment,
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


def prepare(said: Words) -> Said:
    (environment,) = names(said, "environment")
    return PrepareEnvironment(environment, said.reason)


def reset(said: Words) -> Said:
    (environment,) = names(said, "environment")
    if not said.reason:
        raise No("missing_words", usage=USAGE[said.usage], missing=["reason"])
    return ResetEnvironment(environment, said.reason)


def status(said: Words) -> Said:
    names(said)
    return ShowStatus()
