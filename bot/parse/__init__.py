"""Text -> command, question or form. Pure; words are forgiven their case and order, names nothing.

A name is never guessed: what is not exactly one is refused with the piece that is wrong.
"""

from __future__ import annotations

import re

from bot.parse import bookings, calendars, deployments, environments, instances
from bot.parse.line import (
    COMMANDS,
    Misunderstood,
    No,
    OpenForm,
    Said,
    Verb,
    nearest,
    read,
    shown,
    unquoted,
)
from handlers.messages import ShowHelp

__all__ = ["COMMANDS", "Misunderstood", "OpenForm", "Said", "parse"]

LONGEST = 2000
"""Characters of one command; a reason fits into it four times."""

BECAUSE = re.compile(r"(?<!\S)because\b", re.IGNORECASE)

HELP = frozenset({"help", "--help", "-h", "?"})


def parse(command: str, text: str) -> Said:
    """What was asked for with ``command`` (``/deploy`` …) and the ``text`` behind it."""
    try:
        if len(text) > LONGEST:
            reason = BECAUSE.search(text[:LONGEST]) is not None
            raise No("too_long", length=len(text), limit=LONGEST, reason=reason)
        return _parse("/" + command.strip().lstrip("/").lower(), text)
    except No as no:
        return no.said


def _parse(command: str, text: str) -> Said:
    if command not in COMMANDS:
        meant = nearest(command, COMMANDS)
        raise No("unknown_command", name=shown(command), nearest=meant, known=list(COMMANDS))
    words = text.split()
    if words and unquoted(words[0]).lower() in HELP:
        return ShowHelp(topic=command)
    if command in VERBS:
        return VERBS[command](read(command, words))
    return _choose(command, words)


def _choose(command: str, words: list[str]) -> Said:
    known = [usage.split()[1] for usage in TOPICS if usage.startswith(f"{command} ")]
    word = unquoted(words[0]).lower() if words else known[0]
    if f"{command} {word}" not in TOPICS:
        raise No(
            "unknown_word",
            command=command,
            word=shown(words[0]),
            nearest=nearest(word, [*known, "help"]),
            known=[*known, "help"],
        )
    said = read(f"{command} {word}", words[1:])
    return TOPICS[f"{command} {word}"](said)


VERBS: dict[str, Verb] = {"/deploy": deployments.deploy, "/rollback": deployments.rollback}

TOPICS: dict[str, Verb] = {
    # The first of each command is what the bare command means.
    "/release list": deployments.list_releases,
    "/release show": deployments.show_release,
    "/release plan": deployments.plan_release,
    "/release log": deployments.read_build_log,
    "/env list": environments.list_environments,
    "/env board": environments.board,
    "/env show": environments.show_environment,
    "/env plan": instances.plan,
    "/env book": bookings.book,
    "/env extend": bookings.extend,
    "/env free": bookings.free,
    "/env take": bookings.take,
    "/env wait": bookings.wait,
    "/env leave": bookings.leave,
    "/env bookings": bookings.list_bookings,
    "/env calendar": calendars.calendar,
    "/env usage": bookings.show_usage,
    "/env lock": bookings.lock,
    "/env create": environments.create,
    "/env keep": environments.keep,
    "/env destroy": environments.destroy,
    "/env prepare": environments.prepare,
    "/env reset": environments.reset,
    "/env withdraw": environments.withdraw,
    "/env stop": environments.stop,
    "/env start": environments.start,
    "/env restart": environments.restart,
    "/env unlock": environments.unlock,
    "/env logs": instances.logs,
    "/env scale": instances.scale,
    "/ops status": environments.status,
    "/ops hosts": instances.hosts,
    "/ops leftovers": instances.leftovers,
}
