"""A booking in words: when, whose, what for; and the buttons that belong to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.views import actions, blocks, words
from bot.views.blocks import Block
from bot.views.told import Told


def time(told: Told) -> str:
    """From when until when, in each reader's own zone; the day twice only where it differs."""
    return span(told.get("start"), told.get("end"))


def span(start: object, end: object) -> str:
    begin, over = words.seconds_of(start), words.seconds_of(end)
    if begin is None or over is None:
        return f"{words.when(start)} to {words.when(end)}"
    same_day = over - begin < 12 * 3600
    shape = "{time}" if same_day else "{date_short_pretty} {time}"
    return f"{words.when(begin)} to {words.when(over, shape)}"


def place(told: Told) -> str:
    return f"*{told['environment']}*"


def what_for(told: Told) -> str:
    """The title, and how it is shared."""
    said = [f"“{told['title']}”"] if told.has("title") else []
    if told.get("shared"):
        said.append(f"shared, for {told['purpose']}")
    if told.has("service"):
        said.append(f"for {told['service']} {told['version']}")
    return f" ({', '.join(said)})" if said else ""


def holder(told: Told) -> str:
    """``booked by @ana until 15:00 (“load test”)``, leading to its card where that stands."""
    by = words.link(told.get("link"), "booked")
    with_ = f" with {told.people('people')}" if told.items("people") else ""
    return f"{by} by {told.who('owner')}{with_}, {time(told)}{what_for(told)}"


def button(text: str, action: str, told: Told, style: str = "", **more: Any) -> Block:
    value = actions.pack(booking=told.number("booking"), environment=str(told.get("environment")))
    return blocks.button(text, action, value, f"{text}: {told.get('environment')}", style, **more)


def slot_button(
    number: int, slot: Any, again: Mapping[str, Any], places: list[str], text: str = ""
) -> Block | None:
    """Book the same at a time, or in places, that were found free."""
    if not isinstance(slot, list | tuple) or len(slot) != 2:
        return None
    start, end = words.seconds_of(slot[0]), words.seconds_of(slot[1])
    if start is None or end is None:
        return None
    value = actions.pack(
        environments=places,
        when=f"from @{start} until @{end}",
        shared=bool(again.get("shared")),
        purpose=str(again.get("purpose") or "change"),
        title=str(again.get("title") or "")[:200],
        people=again.get("people") or [],
        service=str(again.get("service") or ""),
        version=str(again.get("version") or ""),
    )
    label = words.trim(f"{', '.join(places)} {words.clock_of(start, again.get('zone'))}", 75)
    name = f"{actions.BOOK_SLOT}.{number}"
    return blocks.button(text or label, name, value, f"Book {label}")


def next_slot_button(told: Told, length: int = 3600) -> Block | None:
    """Book the hour that begins when a booking ends."""
    end = words.seconds_of(told.get("end"))
    if end is None:
        return None
    where = [str(told.get("environment"))]
    return slot_button(0, [end, end + length], {}, where, "Book the next hour")
