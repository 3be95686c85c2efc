"""Text -> command, question or form. Pure; words are forgiven their case and order, names nothing.

A name is never guessed: what is not exactly one is refused with the piece that is wrong.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Literal

from bot.views.words import clean, trim
from handlers.messages import (
    ClearLock,
    Command,
    ListEnvironments,
    ListReleases,
    ProposeRollback,
    Question,
    RequestDeploy,
    RequestRollback,
    ShowEnvironment,
    ShowHelp,
    ShowRelease,
    ShowStatus,
)

LONGEST = 2000
"""Characters of one command; a reason fits into it four times."""

NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,39}")
"""Upper case passes here: the refusal further on says which name is meant."""
VERSION = re.compile(r"[0-9A-Za-z.+_-]{1,64}")

BECAUSE = re.compile(r"(?<!\S)because\b", re.IGNORECASE)
JOINTS = frozenset({"to", "in", "on"})
HELP = frozenset({"help", "--help", "-h", "?"})
QUOTES = "\"'`“”„‟‘’‚‛«»‹›"

USAGE = {
    "/deploy": "/deploy <service> <version> to <environment>",
    "/rollback": "/rollback <service> in <environment>",
    "/release list": "/release list [service]",
    "/release show": "/release show <service> <version>",
    "/env list": "/env list",
    "/env show": "/env show <environment>",
    "/env unlock": "/env unlock <environment> because <reason>",
    "/ops status": "/ops status",
}
COMMANDS = tuple(dict.fromkeys(usage.split()[0] for usage in USAGE))


@dataclass(frozen=True)
class OpenForm:
    """Words are missing: open the form with those that were said."""

    form: Literal["deploy", "rollback", "unlock"]
    service: str = ""
    version: str = ""
    environment: str = ""
    reason: str = ""
    claim: int = 0


@dataclass(frozen=True)
class Misunderstood:
    """``code`` has its sentence in ``bot/reply.py``."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


Said = Command | Question | OpenForm | Misunderstood


class _No(Exception):
    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.said = Misunderstood(code, facts)


@dataclass(frozen=True)
class _Words:
    """What was typed: words in their order, those behind a joint apart, and the reason."""

    usage: str
    bare: list[str]
    behind: list[tuple[str, str]]
    reason: str


def parse(command: str, text: str) -> Said:
    """What was asked for with ``command`` (``/deploy`` …) and the ``text`` behind it."""
    try:
        if len(text) > LONGEST:
            reason = BECAUSE.search(text[:LONGEST]) is not None
            raise _No("too_long", length=len(text), limit=LONGEST, reason=reason)
        return _parse("/" + command.strip().lstrip("/").lower(), text)
    except _No as no:
        return no.said


def _parse(command: str, text: str) -> Said:
    if command not in COMMANDS:
        meant = _nearest(command, COMMANDS)
        raise _No("unknown_command", name=_shown(command), nearest=meant, known=list(COMMANDS))
    words = text.split()
    if words and _bare(words[0]).lower() in HELP:
        return ShowHelp(topic=command)
    if command in VERBS:
        return VERBS[command](_read(command, words))
    return _choose(command, words)


def _choose(command: str, words: list[str]) -> Said:
    known = [usage.split()[1] for usage in TOPICS if usage.startswith(f"{command} ")]
    word = _bare(words[0]).lower() if words else known[0]
    if f"{command} {word}" not in TOPICS:
        raise _No(
            "unknown_word",
            command=command,
            word=_shown(words[0]),
            nearest=_nearest(word, [*known, "help"]),
            known=[*known, "help"],
        )
    said = _read(f"{command} {word}", words[1:])
    return TOPICS[f"{command} {word}"](said)


def _nearest(word: str, known: Sequence[str]) -> str:
    return next(iter(get_close_matches(word, known, n=1, cutoff=0.6)), "")


def _bare(word: str) -> str:
    """A word without the quotes around it; keyboards that make quotes smart are forgiven."""
    return word.strip(QUOTES)


def _read(usage: str, words: list[str]) -> _Words:
    lower = [_bare(word).lower().rstrip(":") for word in words]
    end = lower.index("because") if "because" in lower else len(words)
    reason = _bare(clean(" ".join(words[end + 1 :])))
    bare: list[str] = []
    behind: list[tuple[str, str]] = []
    joint = ""
    for word in filter(None, map(_bare, words[:end])):
        if clean(word) != word:
            raise _No("bad_name", what="word", word=_shown(word), why=_why("word", word))
        if word.lower() in JOINTS:
            joint = word.lower()
        elif joint:
            behind.append((joint, word))
            joint = ""
        else:
            bare.append(word)
    return _Words(usage, bare, behind, reason)


def _deploy(said: _Words) -> Said:
    service, version, environment = _slots(said, 3, 1)
    if service and version and environment:
        return RequestDeploy(service, version, environment, said.reason)
    return OpenForm("deploy", service, version, environment, said.reason)


def _rollback(said: _Words) -> Said:
    joints = [joint for joint, _ in said.behind]
    if len(joints) == 2 and joints[0] == "to" and joints[1] != "to":
        # "to 1.1.0 in production": the words say which is which.
        said = _Words(said.usage, said.bare, said.behind[::-1], said.reason)
    service, environment, version = _slots(said, 3, 2, ("service", "environment", "version"))
    if not service or not environment:
        return OpenForm("rollback", service, version, environment, said.reason)
    if version:
        return RequestRollback(service, environment, version, said.reason)
    return ProposeRollback(service, environment, said.reason)


def _slots(
    said: _Words,
    count: int,
    joined: int,
    kinds: tuple[str, ...] = ("service", "version", "environment"),
) -> list[str]:
    """One checked word for each of ``kinds``, empty where none was said. The last ``joined`` of
    them may stand behind a joint."""
    behind = [word for _, word in said.behind]
    room = count - len(behind)
    if len(behind) > joined or len(said.bare) > room:
        surplus = behind[joined:] or said.bare[room:]
        _check_all(said.bare[: count - joined], kinds)
        raise _No("too_many_words", usage=USAGE[said.usage], words=_shown(" ".join(surplus)))
    gap = [""] * (count - joined - len(said.bare))
    found = [*said.bare, *gap, *behind]
    _check_all(found, kinds)
    return found + [""] * (count - len(found))


def _check_all(found: list[str], kinds: tuple[str, ...]) -> None:
    for kind, word in zip(kinds, found, strict=False):
        if word:
            _check(kind, word)


def _check(kind: str, word: str) -> str:
    grammar = VERSION if kind == "version" else NAME
    if not grammar.fullmatch(word):
        code = "bad_version" if kind == "version" else "bad_name"
        raise _No(code, what=kind, word=_shown(word), why=_why(kind, word))
    return word


def _why(kind: str, word: str) -> str:
    """The first thing that is wrong with it, by name: look-alikes cannot be told by looking."""
    allowed = ".+_-" if kind == "version" else "-"
    for character in word:
        if not (character.isascii() and character.isalnum()) and character not in allowed:
            name = unicodedata.name(character, "a control character")
            return f"it contains U+{ord(character):04X} ({name.lower()})"
    if kind != "version" and not word[0].isalpha():
        return f"it begins with {word[0]}"
    return f"it has {len(word)} characters"


def _shown(word: str) -> str:
    return trim("".join(c if clean(c) or c == " " else "�" for c in word[:200]), 60)


def _names(said: _Words, *kinds: str, optional: bool = False) -> list[str]:
    """Exactly the words of a subcommand, each checked."""
    words = [*said.bare, *(word for _, word in said.behind)]
    _check_all(words, kinds)
    if len(words) > len(kinds):
        surplus = _shown(" ".join(words[len(kinds) :]))
        raise _No("too_many_words", usage=USAGE[said.usage], words=surplus)
    if len(words) < len(kinds) and not optional:
        missing = list(kinds[len(words) :])
        raise _No("missing_words", usage=USAGE[said.usage], missing=missing)
    return words + [""] * (len(kinds) - len(words))


def _list_releases(said: _Words) -> Said:
    return ListReleases(*_names(said, "service", optional=True))


def _show_release(said: _Words) -> Said:
    return ShowRelease(*_names(said, "service", "version"))


def _list_environments(said: _Words) -> Said:
    _names(said)
    return ListEnvironments()


def _show_environment(said: _Words) -> Said:
    return ShowEnvironment(*_names(said, "environment"))


def _unlock(said: _Words) -> Said:
    (environment,) = _names(said, "environment")
    if said.reason:
        return ClearLock(environment, 0, said.reason)
    return OpenForm("unlock", environment=environment)


def _status(said: _Words) -> Said:
    _names(said)
    return ShowStatus()


Verb = Callable[[_Words], Said]

VERBS: dict[str, Verb] = {"/deploy": _deploy, "/rollback": _rollback}

TOPICS: dict[str, Verb] = {
    # The first of each command is what the bare command means.
    "/release list": _list_releases,
    "/release show": _show_release,
    "/env list": _list_environments,
    "/env show": _show_environment,
    "/env unlock": _unlock,
    "/ops status": _status,
}
