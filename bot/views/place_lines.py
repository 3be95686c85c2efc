"""One environment in lines of text, the same in lists and on the board."""

from __future__ import annotations

from bot.views import words
from bot.views.blockers import who_may_clear
from bot.views.bookings.card import scope_name
from bot.views.bookings.words import holder, span
from bot.views.states import state
from bot.views.told import Told


def draw_running(told: Told) -> str:
    live = told.part("live")
    if not live.facts:
        return f"• {told['service']}: nothing live yet"
    version = words.link(live.get("url"), f"{told['service']} {live['version']}")
    since = f"since {words.when(live.get('at'))}"
    since += ", 🚨 *not healthy*" if live.get("state") == "unwell" else ""
    return f"• {version} · {since} · by {live.who('requester')}"


def draw_open(told: Told) -> str:
    kind = "rollback to " if told.get("kind") == "rollback" else ""
    what = f"#{told['id']} {kind}{told['service']} {told['version']}"
    return f"• {what} {state(told)} · by {told.who('requester')}, {words.when(told.get('at'))}"


def draw_failure(told: Told) -> str:
    since = f"since {told.when('since')}"
    return f"🔒 *Locked* {since}: {told.long('reason')} {who_may_clear(told)}"


def locks_of(told: Told) -> list[Told]:
    failure = told.part("lock")
    return [*([failure] if failure.facts else []), *told.each("held")]


def draw_lock(told: Told) -> str:
    if told.has("until"):
        scope = scope_name(told.get("environment"))
        said = f"🔒 *{scope} locked* by {told.who('owner')} until {told.when('until')}"
        return f"{said}: {told.long('reason')}"
    return draw_failure(told)


def draw_holders(told: Told) -> str:
    """Who has it, who comes next, how many wait."""
    now = [f"📌 {holder(one)}" for one in told.each("bookings")[:4]]
    coming = told.part("next")
    then = f"next: {coming.who('owner')}, {_time(coming)}" if coming.facts else ""
    waits = told.number("waiting")
    queue = f"{words.plural(waits, 'person')} waits" if waits == 1 else f"{waits} people wait"
    free = "not booked" if told.get("bookable") and not now else ""
    return " · ".join(filter(None, [*now, free, then, queue if waits else ""]))


def _time(told: Told) -> str:
    return span(told.get("start"), told.get("end"))
