"""Every environment on the board: one block each, or a line each where they are very many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.views import actions, blocks, words
from bot.views.blockers import clear_button
from bot.views.blocks import Block
from bot.views.drift import draw_changed
from bot.views.place_lines import (
    PREPARING,
    draw_holders,
    draw_lock,
    draw_made,
    draw_open,
    draw_preparing,
    draw_queue,
    draw_running,
    locks_of,
)
from bot.views.rest import draw_stopped
from bot.views.told import Told

CHAPTER = 2900
"""Characters of the lines that are put into one block."""


def draw_places(places: Sequence[Told], room: int) -> list[Block | None]:
    """All environments in at most ``room`` blocks: those with something going on come first where
    there is only a line for each."""
    head = blocks.header(words.plural(len(places), "environment"))
    if len(places) < room:
        return [head, *map(_place, places)]
    return [head, *map(blocks.section, chapters(map(_line, sorted(places, key=_is_calm))))]


def chapters(lines: Iterable[str]) -> list[str]:
    """Lines put together to as few texts as possible."""
    found = [""]
    for line in lines:
        if len(found[-1]) + len(line) > CHAPTER:
            found.append("")
        found[-1] += f"{line}\n"
    return found


def _is_calm(told: Told) -> bool:
    busy = told.items("open") or told.items("preparing") or told.items("changed")
    return not (told.get("theirs") or locks_of(told) or busy or _unwell(told))


def _stuck(told: Told) -> bool:
    return any(one.get("state") == "stuck" for one in told.each("preparing"))


def _unwell(told: Told) -> bool:
    return any(one.part("live").get("state") == "unwell" for one in told.each("services"))


def _place(told: Told) -> Block:
    tier = f"{told['tier']} · " if told["tier"] != told["environment"] else ""
    lines = [
        f"{_light(told)} *{told['environment']}* · {tier}{words.channel(told.get('channel'))}",
        draw_made(told),
        *map(draw_running, told.each("services")),
        draw_stopped(told.part("stopped")),
        *map(draw_preparing, told.each("preparing")),
        *map(draw_open, told.each("open")),
        draw_queue(told),
        draw_changed(told.each("changed")),
        *map(draw_lock, locks_of(told)),
        draw_holders(told),
    ]
    section = blocks.section("\n".join(filter(None, lines)), _button(told))
    return section | {"block_id": f"place-{words.trim(str(told.get('environment')), 80)}"}


def _light(told: Told) -> str:
    """Never by the sign alone: the lines below say the same in words."""
    if locks_of(told):
        return "🔒"
    if _unwell(told) or _stuck(told):
        return "🚨"
    if told.items("changed"):
        return "⚠️"
    if told.items("preparing"):
        return "🧰"
    if told.part("stopped").facts:
        return "💤"
    return "⏳" if told.items("open") else "📌" if told.items("bookings") else "🟢"


def _button(told: Told) -> Block | None:
    """What this person may do here at once: open it, or book it."""
    mine = [lock for lock in locks_of(told) if told.get("user") in lock.items("clearers")]
    if mine:
        return clear_button(mine[0].facts)
    if not told.get("may_book") or told.get("theirs"):
        return None
    name = str(told.get("environment") or "")
    value = actions.pack(environment=name)
    return blocks.button("Book", actions.BOOKING_OPEN, value, f"Book {name}")


def _line(told: Told) -> str:
    live = [
        f"{one['service']} {one.part('live')['version']}"
        for one in told.each("services")
        if one.part("live").facts
    ]
    made = told.part("made")
    signs = [
        "🔒 locked" if locks_of(told) else "",
        f"🌱 {made.who('owner')} until {made.when('until')}" if made.facts else "",
        "💤 stopped" if told.part("stopped").facts else "",
        "🚨 not healthy" if _unwell(told) else "",
        "⚠️ changed outside the bot" if told.items("changed") else "",
        *(f"{one.journey} {PREPARING[str(one.get('state'))][1]}" for one in told.each("preparing")),
        words.plural(len(told.items("open")), "deployment") + " open" if told.items("open") else "",
        *(f"📌 {one.who('owner')} until {one.when('end')}" for one in told.each("bookings")[:2]),
    ]
    coming = told.part("next")
    then = f"next {coming.who('owner')} {coming.when('start')}" if coming.facts else ""
    said = ", ".join(live[:4]) or "nothing live"
    return " · ".join(filter(None, [f"*{told['environment']}* {said}", *signs, then]))
