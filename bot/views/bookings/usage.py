"""How much of the time that was booked was of use."""

from __future__ import annotations

from bot.views import blocks, words
from bot.views.board_places import chapters
from bot.views.message import Message, message
from bot.views.told import Told

HOUR, DAY = 3600, 86400


def draw_usage(told: Told) -> Message:
    """The environments with the most idle time first: there is something to be had."""
    days = told.number("days")
    places = sorted(told.each("environments"), key=lambda one: -one.number("idle"))
    booked, idle = (sum(one.number(name) for one in places) for name in ("booked", "idle"))
    text = (
        f"{_hours(booked)} booked in the last {words.plural(days, 'day')}, {_hours(idle)} of them"
        " idle"
    )
    lines = [_line(one, days) for one in places]
    hint = "idle: booked, and nothing was deployed meanwhile; shared time counts once"
    return message(
        text,
        [blocks.section(f"*{text}*"), *map(blocks.section, chapters(lines)), blocks.context(hint)],
    )


def _line(told: Told, days: int) -> str:
    where = f"• *{told['environment']}*"
    if not told.number("bookings"):
        return f"{where}: not booked"
    share = 100 * told.number("booked") / (max(1, days) * DAY)
    people = [f"{one.who('user')} {_hours(one.number('booked'))}" for one in told.each("people")]
    return (
        f"{where}: {_hours(told.number('booked'))} booked ({share:.0f} %), used"
        f" {_hours(told.number('used'))}, idle {_hours(told.number('idle'))} ·"
        f" {words.plural(told.number('bookings'), 'booking')} · {words.one_of(people, 'and')}"
    )


def _hours(seconds: float) -> str:
    return f"{seconds / HOUR:.1f} h"
