"""The words of time -> what was said, before anybody knows what day it is. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time, timedelta


class Unreadable(Exception):
    """Not a range of time; ``code`` says why and ``word`` which piece it is about."""

    def __init__(self, code: str, word: str = "") -> None:
        super().__init__(code)
        self.code, self.word = code, word


@dataclass(frozen=True)
class Length:
    """How long: days of the calendar, and elapsed time."""

    days: int = 0
    elapsed: timedelta = timedelta()


@dataclass(frozen=True)
class Point:
    """A time that was said: a day, a time of day, both, a distance from now, or ``@`` and the
    seconds since the epoch, which is how buttons say it."""

    day: str = ""
    clock: time | None = None
    ahead: Length | None = None
    moment: int | None = None


@dataclass(frozen=True)
class Said:
    start: Point | None = None
    end: Point | None = None
    length: Length | None = None


DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


NAMED = {"noon": time(12), "midday": time(12), "midnight": time(0)}


BEGIN, END = {"from", "at", "on", "starting", "start"}, {"until", "till", "to"}
LASTING, IN = "for", "in"
JOINTS = {"start", "end", LASTING, IN}


CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?")


LENGTH = re.compile(
    r"(\d{1,4}(?:\.\d{1,2})?)\s*"
    r"(?:(w)(?:eeks?)?|(d)(?:ays?)?|(h)(?:(?:ou)?rs?)?|(m)(?:in(?:ute)?s?)?)(?![a-z])"
)


MOMENT = re.compile(r"@(\d{9,10})")

ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:t(\d{2}:\d{2}))?")


WORD = re.compile(r"[^\s]+")


def read_length(text: str) -> Length:
    """``2h``, ``1h30m``, ``1 day 2 hours``; raises Unreadable."""
    length, rest = _length_at_start(text)
    if rest or length == Length():
        raise Unreadable("unreadable" if rest else "zero_length", rest)
    return length


def _length_at_start(text: str) -> tuple[Length, str]:
    """The length that the text begins with, and what is left of the text."""
    days, elapsed, rest = 0, timedelta(), text.strip()
    while found := LENGTH.match(rest):
        number, unit = float(found[1]), next(filter(None, found.groups()[1:]))
        if unit in "dw":
            days += round(number * (7 if unit == "w" else 1))
        else:
            elapsed += timedelta(hours=number) if unit == "h" else timedelta(minutes=number)
        rest = rest[found.end() :].removeprefix(" and ").strip()
    return Length(days, elapsed), rest


def read_words(text: str) -> Said:
    """What was said, cut at its joints; what stands before the first one is a beginning."""
    parts = dict[str, str]()
    joint, words = "start", list[str]()
    for word in [*_words(text), "start"]:
        meant = "start" if word in BEGIN else "end" if word in END else word
        if meant not in JOINTS:
            words.append(word)
            continue
        _keep(parts, joint, " ".join(words))
        joint, words = meant, []
    start, ahead = parts.get("start"), parts.get(IN)
    if start and ahead:
        raise Unreadable("unreadable", f"in {ahead}")
    if "end" in parts and LASTING in parts:
        raise Unreadable("unreadable", f"for {parts[LASTING]}")
    begin = Point(ahead=read_length(ahead)) if ahead else _point(start) if start else None
    return Said(
        begin,
        _point(parts["end"]) if "end" in parts else None,
        read_length(parts[LASTING]) if LASTING in parts else None,
    )


def _keep(parts: dict[str, str], joint: str, said: str) -> None:
    if joint == LASTING:
        _, rest = _length_at_start(said)
        if rest and rest != said:  # "for 2h tomorrow": the beginning came last
            _keep(parts, "start", rest)
            said = said.removesuffix(rest).strip()
    if not said:
        return
    if joint in parts and joint != "start":
        raise Unreadable("unreadable", said)
    # "tomorrow from 9:00", "on friday at 14:00": a beginning may come in pieces.
    parts[joint] = f"{parts[joint]} {said}" if joint in parts else said


def _words(text: str) -> Iterator[str]:
    spaced = re.sub(
        r"(?<=[\d\w])\s*[–—]\s*(?=\d)|(?<=\d)\s+-\s+(?=\d)|(?<=:\d\d)-(?=\d)", " until ", text
    )
    yield from WORD.findall(spaced.lower().replace(",", " "))


def _point(text: str) -> Point:
    if text == "now":
        return Point()
    if exact := MOMENT.fullmatch(text):
        return Point(moment=int(exact[1]))
    day, rest = _day(text)
    return Point(day, _clock(rest) if rest else None)


def _day(text: str) -> tuple[str, str]:
    """A day in one of its spellings, and what is left of the text."""
    words = text.split()
    for count in (3, 2, 1):
        for at in range(len(words) - count + 1):
            spoken = " ".join(words[at : at + count])
            if _is_day(spoken):
                return spoken, " ".join(words[:at] + words[at + count :])
    return _iso_with_time(text)


def _iso_with_time(text: str) -> tuple[str, str]:
    found = ISO.fullmatch(text)
    return (text[:10], found[4]) if found and found[4] else ("", text)


def _is_day(spoken: str) -> bool:
    words = spoken.split()
    if len(words) == 1:
        return (
            spoken in ("today", "tomorrow")
            or weekday(spoken) is not None
            or bool((found := ISO.fullmatch(spoken)) and not found[4])
        )
    if len(words) == 2 and words[0] == "next":
        return weekday(words[1]) is not None
    return calendar_day(words) is not None


def weekday(word: str) -> int | None:
    found = [n for n, day in enumerate(DAYS) if len(word) >= 3 and day.startswith(word)]
    return found[0] if len(found) == 1 else None


def calendar_day(words: list[str]) -> tuple[int, int, int | None] | None:
    """``1 dec``, ``dec 1``, ``1 december 2026`` as day, month and year."""
    year = int(words[2]) if len(words) == 3 and re.fullmatch(r"\d{4}", words[2]) else None
    if len(words) not in (2, 3) or (len(words) == 3 and year is None):
        return None
    for day, month in ((words[0], words[1]), (words[1], words[0])):
        number = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?\.?", day)
        if number and len(month) >= 3 and month[:3] in MONTHS and month.isalpha():
            return int(number[1]), MONTHS.index(month[:3]) + 1, year
    return None


def _clock(text: str) -> time:
    if text in NAMED:
        return NAMED[text]
    found = CLOCK.fullmatch(text)
    if found is None:
        raise Unreadable("unreadable", text)
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if half and not 1 <= hour <= 12:
        raise Unreadable("no_such_time", text)
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour > 23 or minute > 59:
        raise Unreadable("no_such_time", text)
    return time(hour, minute)
