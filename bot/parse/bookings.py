"""``/env book`` and what belongs to it. Times stay in the words in which they were said: what they
mean depends on whose clock they were read off (``handlers/rules/times.py``)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.parse.line import QUOTES, USAGE, No, OpenForm, Said, Words, check, shown, unquoted
from bot.views.words import clean
from handlers.messages import (
    BookEnvironments,
    ExtendBooking,
    FreeEnvironment,
    JoinWaitList,
    LeaveWaitList,
    ListBookings,
    LockEnvironment,
    ShowUsage,
    TakeOver,
)

TITLE = re.compile(f"(?<!\\S)[{QUOTES}](?P<said>[^{QUOTES}]+)[{QUOTES}](?!\\S)")
BECAUSE = re.compile(r"(?<!\S)because\b", re.IGNORECASE)
NUMBER = re.compile(r"#?(\d{1,9})")
BACK = re.compile(r"\d{1,4}[dw]", re.ASCII)
SCOPE = re.compile(r"all|tier:[a-z]{1,20}")

OPENING = "for from until till at on in to by now today tomorrow next noon midnight starting"
TIME = frozenset(OPENING.split()) | frozenset(
    day[:length]
    for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    for length in range(3, len(day) + 1)
)  # fmt: skip
"""Words with which the time begins; a number does so too."""


@dataclass(frozen=True)
class Request:
    """A booking as it was said."""

    environments: tuple[str, ...]
    when: str
    shared: bool
    purpose: str
    title: str
    release: tuple[str, str]


def _request(said: Words) -> Request:
    text, title = _cut_title(said.text)
    words = BECAUSE.split(text, maxsplit=1)[0].split()
    names: list[str] = []
    while words and not _begins_time(words[0]):
        word = words.pop(0)
        names += [check("environment", name) for name in word.split(",") if name and name != "and"]
    words, release = _cut_pair(words, "with")
    words, (purpose,) = _cut(words, "as", 1)
    mode = [word for word in words if word.lower() in ("shared", "exclusive")]
    when = [word for word in words if word not in mode]
    return Request(
        tuple(dict.fromkeys(names)),
        " ".join(when),
        "shared" in [word.lower() for word in mode],
        purpose.lower() or "change",
        title or said.reason,
        release,
    )


def _begins_time(word: str) -> bool:
    lower = word.lower()
    marks = ("shared", "exclusive", "as", "with")
    return lower in TIME or lower in marks or word[:1].isdigit() or word.startswith("-")


def _cut_title(text: str) -> tuple[str, str]:
    found = TITLE.search(text)
    if found is None:
        return text, ""
    rest = f"{text[: found.start()]} {text[found.end() :]}"
    return rest, unquoted(clean(found["said"]))


def _cut(words: list[str], joint: str, count: int) -> tuple[list[str], tuple[str, ...]]:
    """Take a joint and the ``count`` words behind it out of the words."""
    lower = [word.lower() for word in words]
    if joint not in lower:
        return words, ("",) * count
    at = lower.index(joint)
    taken = words[at + 1 : at + 1 + count]
    return words[:at] + words[at + 1 + count :], (*taken, *[""] * (count - len(taken)))


def _cut_pair(words: list[str], joint: str) -> tuple[list[str], tuple[str, str]]:
    """``with <service> <version>``: both, or it is not understood."""
    rest, (service, version) = _cut(words, joint, 2)
    if not service and not version:
        return rest, ("", "")
    check("service", service or "?")
    check("version", version or "?")
    return rest, (service, version)


def book(said: Words) -> Said:
    request = _request(said)
    if not request.environments or not request.when:
        return OpenForm(
            "book",
            environments=request.environments,
            when=request.when,
            shared=request.shared,
            purpose=request.purpose,
            reason=request.title,
        )
    return BookEnvironments(
        list(request.environments),
        request.when,
        request.shared,
        request.purpose,
        request.title,
        [],
        *request.release,
    )


def wait(said: Words) -> Said:
    request = _request(said)
    (environment,) = _one(said, request.environments)
    if not request.when:
        raise No("missing_words", usage=USAGE[said.usage], missing=["time"])
    return JoinWaitList(environment, request.when, request.shared, request.purpose, request.title)


def _one(said: Words, names: tuple[str, ...]) -> tuple[str]:
    if not names:
        raise No("missing_words", usage=USAGE[said.usage], missing=["environment"])
    if len(names) > 1:
        raise No("too_many_words", usage=USAGE[said.usage], words=shown(" ".join(names[1:])))
    return (names[0],)


def _place(said: Words) -> tuple[str, list[str]]:
    """The environment and the words behind it, without the reason."""
    words = BECAUSE.split(said.text, maxsplit=1)[0].split()
    if not words:
        raise No("missing_words", usage=USAGE[said.usage], missing=["environment"])
    return unquoted(words[0]), words[1:]


def _number(said: Words, words: list[str]) -> int:
    if not words:
        return 0
    found = NUMBER.fullmatch(words[0])
    if found is None or len(words) > 1:
        raise No("too_many_words", usage=USAGE[said.usage], words=shown(" ".join(words)))
    return int(found[1])


def free(said: Words) -> Said:
    name, words = _place(said)
    return FreeEnvironment(check("environment", name), _number(said, words))


def leave(said: Words) -> Said:
    name, words = _place(said)
    _none(said, words)
    return LeaveWaitList(check("environment", name))


def _none(said: Words, words: list[str]) -> None:
    if words:
        raise No("too_many_words", usage=USAGE[said.usage], words=shown(" ".join(words)))


def extend(said: Words) -> Said:
    name, words = _place(said)
    numbers = [word for word in words if word.startswith("#")]
    when = " ".join(word for word in words if word not in numbers)
    if not when:
        raise No("missing_words", usage=USAGE[said.usage], missing=["time"])
    return ExtendBooking(check("environment", name), when, _number(said, numbers))


def take(said: Words) -> Said:
    name, words = _place(said)
    environment, number = check("environment", name), _number(said, words)
    if not said.reason:
        return OpenForm("take_over", environment=environment, claim=number)
    return TakeOver(environment, said.reason, number)


def lock(said: Words) -> Said:
    name, words = _place(said)
    scope = name.lower() if SCOPE.fullmatch(name.lower()) else check("environment", name)
    when = " ".join(words)
    if not when or not said.reason:
        missing = [] if when else ["time"]
        missing += [] if said.reason else ["reason"]
        raise No("missing_words", usage=USAGE[said.usage], missing=missing)
    return LockEnvironment(scope, when, said.reason)


def list_bookings(said: Words) -> Said:
    words = said.text.split()
    _none(said, words[1:])
    return ListBookings(check("environment", unquoted(words[0])) if words else "")


def show_usage(said: Words) -> Said:
    words = [word for word in said.text.split() if word.lower() != "last"]
    spans = [word for word in words if BACK.fullmatch(word.lower())]
    names = [word for word in words if word not in spans]
    _none(said, [*names[1:], *spans[1:]])
    name = check("environment", unquoted(names[0])) if names else ""
    return ShowUsage(name, _days(spans[0]) if spans else 30)


def _days(span: str) -> int:
    return int(span[:-1]) * (7 if span[-1].lower() == "w" else 1)
