"""``/env logs``, ``/env plan``, ``/env scale``, ``/ops hosts`` and ``/ops leftovers``."""

from __future__ import annotations

import re

from bot.parse.line import USAGE, No, Said, Words, check, names, shown, unquoted
from handlers.messages import FindLeftovers, PlanEnvironment, ReadLog, ScaleService, ShowHosts

AGO = re.compile(r"(\d{1,4})(s|m|h|d)", re.ASCII | re.IGNORECASE)
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
COUNT = re.compile(r"\d{1,4}", re.ASCII)


def logs(said: Words) -> Said:
    """``grep`` takes the rest of the line; what stands before it may come in any order."""
    words = said.text.split()
    lower = [word.lower() for word in words]
    sought = ""
    if "grep" in lower:
        at = lower.index("grep")
        sought = unquoted(" ".join(words[at + 1 :]))
        if not sought:
            raise No("missing_words", usage=USAGE[said.usage], missing=["words to look for"])
        words = words[:at]
    since, tail, bare = 0.0, 50, list[str]()
    rest = iter(words)
    for word in rest:
        if word.lower() == "since":
            since = _ago(next(rest, ""))
        elif word.lower() == "tail":
            tail = _count(next(rest, ""))
        else:
            bare.append(unquoted(word))
    environment, service = names(_bare(said, bare), "environment", "service")
    return ReadLog(environment, service, since, tail, sought)


def scale(said: Words) -> Said:
    words = [*said.bare, *(word for _, word in said.behind)]
    if len(words) < 3:
        missing = ["environment", "service", "number"][len(words) :]
        raise No("missing_words", usage=USAGE[said.usage], missing=missing)
    if len(words) > 3:
        raise No("too_many_words", usage=USAGE[said.usage], words=shown(" ".join(words[3:])))
    environment, service, number = words
    check("environment", environment)
    check("service", service)
    return ScaleService(environment, service, _count(number), said.reason)


def hosts(said: Words) -> Said:
    names(said)
    return ShowHosts()


def plan(said: Words) -> Said:
    return PlanEnvironment(*names(said, "environment"))


def leftovers(said: Words) -> Said:
    names(said)
    return FindLeftovers()


def _ago(word: str) -> float:
    found = AGO.fullmatch(unquoted(word))
    if found is None:
        raise No("bad_age", word=shown(word))
    return float(int(found[1]) * SECONDS[found[2].lower()])


def _count(word: str) -> int:
    if not COUNT.fullmatch(unquoted(word)):
        raise No("bad_number", word=shown(word))
    return int(unquoted(word))


def _bare(said: Words, bare: list[str]) -> Words:
    return Words(said.usage, bare, [], "", said.text)
