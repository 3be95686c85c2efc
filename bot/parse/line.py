"""What every command shares: words, quotes, joints, the reason, and checked names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Literal

from bot.views.words import clean, trim
from handlers.messages import Command, Question

NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,39}")
"""Upper case passes here: the refusal further on says which name is meant."""

VERSION = re.compile(r"[0-9A-Za-z.+_-]{1,64}")

JOINTS = frozenset({"to", "in", "on"})

QUOTES = "\"'`“”„‟‘’‚‛«»‹›"
USAGE = {
    "/deploy": "/deploy <service> <version> to <environment>",
    "/rollback": "/rollback <service> in <environment>",
    "/release list": "/release list [service]",
    "/release show": "/release show <service> <version>",
    "/release plan": "/release plan <service> <version>",
    "/release log": "/release log <service> <version>",
    "/env list": "/env list",
    "/env board": "/env board",
    "/env show": "/env show <environment>",
    "/env plan": "/env plan <environment>",
    "/env book": '/env book <environment> for 2h "what for"',
    "/env extend": "/env extend <environment> by 1h",
    "/env free": "/env free <environment>",
    "/env take": "/env take <environment> because <reason>",
    "/env wait": "/env wait <environment> for 2h",
    "/env leave": "/env leave <environment>",
    "/env bookings": "/env bookings [environment]",
    "/env calendar": "/env calendar [environments] [in channel] | link [new]",
    "/env usage": "/env usage [environment] [last 30d]",
    "/env create": "/env create <environment> from <blueprint> [for 3d]",
    "/env keep": "/env keep <environment> for 2d",
    "/env destroy": "/env destroy <environment> because <reason>",
    "/env lock": "/env lock <environment | tier:<tier> | all> for 2h because <reason>",
    "/env prepare": "/env prepare <environment>",
    "/env reset": "/env reset <environment> because <reason>",
    "/env withdraw": "/env withdraw <environment>",
    "/env stop": "/env stop <environment>",
    "/env start": "/env start <environment>",
    "/env restart": "/env restart <environment> [service]",
    "/env unlock": "/env unlock <environment> because <reason>",
    "/env logs": "/env logs <environment> <service> [since 10m] [tail 50] [grep words]",
    "/env scale": "/env scale <environment> <service> <number>",
    "/ops status": "/ops status",
    "/ops hosts": "/ops hosts",
    "/ops leftovers": "/ops leftovers",
}

COMMANDS = tuple(dict.fromkeys(usage.split()[0] for usage in USAGE))


@dataclass(frozen=True)
class OpenForm:
    """Words are missing: open the form with those that were said."""

    form: Literal["deploy", "rollback", "unlock", "book", "take_over"]
    service: str = ""
    version: str = ""
    environment: str = ""
    reason: str = ""
    claim: int = 0
    environments: tuple[str, ...] = ()
    when: str = ""
    shared: bool = False
    purpose: str = "change"


@dataclass(frozen=True)
class Misunderstood:
    """``code`` has its sentence in ``bot/reply.py``."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


Said = Command | Question | OpenForm | Misunderstood


class No(Exception):
    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.said = Misunderstood(code, facts)


@dataclass(frozen=True)
class Words:
    """What was typed: words in their order, those behind a joint apart, and the reason."""

    usage: str
    bare: list[str]
    behind: list[tuple[str, str]]
    reason: str
    text: str = ""
    """All that was typed behind the subcommand."""


Verb = Callable[[Words], Said]


def nearest(word: str, known: Sequence[str]) -> str:
    return next(iter(get_close_matches(word, known, n=1, cutoff=0.6)), "")


def unquoted(word: str) -> str:
    """A word without the quotes around it; keyboards that make quotes smart are forgiven."""
    return word.strip(QUOTES)


def read(usage: str, words: list[str]) -> Words:
    lower = [unquoted(word).lower().rstrip(":") for word in words]
    end = lower.index("because") if "because" in lower else len(words)
    reason = unquoted(clean(" ".join(words[end + 1 :])))
    bare: list[str] = []
    behind: list[tuple[str, str]] = []
    joint = ""
    for word in filter(None, map(unquoted, words[:end])):
        if clean(word) != word:
            raise No("bad_name", what="word", word=shown(word), why=_why("word", word))
        if word.lower() in JOINTS:
            joint = word.lower()
        elif joint:
            behind.append((joint, word))
            joint = ""
        else:
            bare.append(word)
    return Words(usage, bare, behind, reason, " ".join(words))


def slots(
    said: Words,
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
        raise No("too_many_words", usage=USAGE[said.usage], words=shown(" ".join(surplus)))
    gap = [""] * (count - joined - len(said.bare))
    found = [*said.bare, *gap, *behind]
    _check_all(found, kinds)
    return found + [""] * (count - len(found))


def _check_all(found: list[str], kinds: tuple[str, ...]) -> None:
    for kind, word in zip(kinds, found, strict=False):
        if word:
            check(kind, word)


def check(kind: str, word: str) -> str:
    grammar = VERSION if kind == "version" else NAME
    if not grammar.fullmatch(word):
        code = "bad_version" if kind == "version" else "bad_name"
        raise No(code, what=kind, word=shown(word), why=_why(kind, word))
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


def shown(word: str) -> str:
    return trim("".join(c if clean(c) or c == " " else "�" for c in word[:200]), 60)


def names(said: Words, *kinds: str, optional: bool = False) -> list[str]:
    """Exactly the words of a subcommand, each checked."""
    words = [*said.bare, *(word for _, word in said.behind)]
    _check_all(words, kinds)
    if len(words) > len(kinds):
        surplus = shown(" ".join(words[len(kinds) :]))
        raise No("too_many_words", usage=USAGE[said.usage], words=surplus)
    if len(words) < len(kinds) and not optional:
        missing = list(kinds[len(words) :])
        raise No("missing_words", usage=USAGE[said.usage], missing=missing)
    return words + [""] * (len(kinds) - len(words))
