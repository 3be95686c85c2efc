"""``/env`` and ``/ops``."""

from __future__ import annotations

from bot.parse.line import USAGE, No, OpenForm, Said, Words, check, names, read, unquoted
from handlers.messages import (
    ClearLock,
    CreateEnvironment,
    DestroyEnvironment,
    KeepEnvironment,
    ListEnvironments,
    PrepareEnvironment,
    ResetEnvironment,
    RestartEnvironment,
    ShowBoard,
    ShowEnvironment,
    ShowStatus,
    StartEnvironment,
    StopEnvironment,
    WithdrawPreparation,
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


def withdraw(said: Words) -> Said:
    (environment,) = names(said, "environment")
    return WithdrawPreparation(environment)


def stop(said: Words) -> Said:
    (environment,) = names(said, "environment")
    return StopEnvironment(environment, said.reason)


def start(said: Words) -> Said:
    (environment,) = names(said, "environment")
    return StartEnvironment(environment, said.reason)


def restart(said: Words) -> Said:
    environment, service = names(said, "environment", "service", optional=True)
    if not environment:
        raise No("missing_words", usage=USAGE[said.usage], missing=["environment"])
    return RestartEnvironment(environment, service, said.reason)


def status(said: Words) -> Said:
    names(said)
    return ShowStatus()


WHEN = frozenset({"for", "until", "by"})


def create(said: Words) -> Said:
    """``demo from preview for 3d``; the time is read later, with the zone of who asks."""
    who, when = _apart(said)
    if len(who) > 1 and who[1].lower() == "from":
        del who[1]
    environment, blueprint = _exactly(said, who, ("environment", "blueprint"))
    return CreateEnvironment(environment, blueprint, when, said.reason)


def keep(said: Words) -> Said:
    who, when = _apart(said)
    (environment,) = _exactly(said, who, ("environment",))
    if not when:
        raise No("missing_words", usage=USAGE[said.usage], missing=["end"])
    return KeepEnvironment(environment, when)


def destroy(said: Words) -> Said:
    (environment,) = names(said, "environment")
    if not said.reason:
        raise No("missing_words", usage=USAGE[said.usage], missing=["reason"])
    return DestroyEnvironment(environment, said.reason)


def _apart(said: Words) -> tuple[list[str], str]:
    """The words before those of time, and the words of time."""
    words = said.text.split()
    lower = [unquoted(word).lower() for word in words]
    words = words[: lower.index("because")] if "because" in lower else words
    at = next((n for n, word in enumerate(lower[: len(words)]) if word in WHEN), len(words))
    return [unquoted(word) for word in words[:at]], " ".join(words[at:])


def _exactly(said: Words, found: list[str], kinds: tuple[str, ...]) -> list[str]:
    for kind, word in zip(kinds, found, strict=False):
        check(kind, word)
    return names(read(said.usage, found), *kinds)
