"""How much of the time that was booked was of use."""

from __future__ import annotations

from math import isfinite

from bot.views import blocks, words
from bot.views.blocks import Block
from bot.views.board_places import chapters
from bot.views.idle import idle_buttons
from bot.views.message import Message, message
from bot.views.told import Told

HOUR, DAY = 3600, 86400
MOST_UNUSED = 8
"""Environments that are shown with buttons; the rest is found by their names."""


def draw_usage(told: Told) -> Message:
    """The environments with the most idle time first: there is something to be had."""
    days = told.number("days")
    places = sorted(told.each("environments"), key=lambda one: -one.number("idle"))
    booked, idle = (sum(one.number(name) for one in places) for name in ("booked", "idle"))
    text = (
        f"{_hours(booked)} booked in the last {words.plural(days, 'day')}, {_hours(idle)} of them"
        " idle"
    )
    text += _spent(places)
    lines = [_line(one, days) + _cost(one) + _rested(one) for one in places]
    unused = [block for one in places for block in _unused(one)][: 2 * MOST_UNUSED]
    hint = (
        "idle: booked, and nothing was deployed meanwhile; shared time counts once · unused: what"
        " it cost while something ran and no booking was in use"
    )
    return message(
        text,
        [
            blocks.section(f"*{text}*"),
            *map(blocks.section, chapters(lines)),
            *unused,
            blocks.context(hint),
        ],
    )


def _unused(told: Told) -> list[Block | None]:
    """One that runs and that nobody uses, with what can be done about it."""
    idle = told.part("unused")
    if not idle.has("idle_since"):
        return []
    said = f"💤 *{told['environment']}* runs, not used since {idle.when('idle_since')}"
    return [blocks.section(said), idle_buttons(idle)]


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


def _cost(told: Told) -> str:
    """What it cost, and how much of that for nothing."""
    cost = told.part("cost")
    if not cost.has("currency"):
        return ""
    money, ran = cost["currency"], _hours(cost.number("running"))
    unused = f", {_money(cost, 'unused')} {money} of it unused" if cost.get("unused") else ""
    return f" · ran {ran}, cost {_money(cost, 'total')} {money}{unused}"


def _rested(told: Told) -> str:
    return f" · stopped {_hours(told.number('rested'))}" if told.number("rested") else ""


def _spent(places: list[Told]) -> str:
    """All of it, each currency by itself."""
    sums: dict[str, float] = {}
    for cost in (one.part("cost") for one in places):
        if cost.has("currency"):
            sums[cost["currency"]] = sums.get(cost["currency"], 0.0) + _number(cost, "total")
    said = words.one_of((f"{total:.2f} {money}" for money, total in sorted(sums.items())), "and")
    return f", and {said} spent" if said else ""


def _money(told: Told, name: str) -> str:
    return f"{_number(told, name):.2f}"


def _number(told: Told, name: str) -> float:
    value = told.get(name)
    return float(value) if isinstance(value, int | float) and isfinite(value) else 0.0


def _hours(seconds: float) -> str:
    return f"{seconds / HOUR:.1f} h"
