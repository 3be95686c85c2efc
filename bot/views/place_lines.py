"""One environment in lines of text, the same in lists and on the board."""

from __future__ import annotations

from bot.views import words
from bot.views.blockers import who_may_clear
from bot.views.bookings.card import scope_name
from bot.views.bookings.words import holder, span
from bot.views.preparations import step_title
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


def draw_made(told: Told) -> str:
    """Whose it is and until when, of one that was made from a blueprint."""
    made = told.part("made")
    if not made.facts:
        return ""
    since = f"since {made.when('since')}"
    if made.get("state") == "going":
        return f"🧹 *Being destroyed* {since}: {made.long('reason')}"
    if made.get("state") == "stuck":
        return f"🚨 *Not destroyed*, {since}: {made.long('failure')} See its card."
    whose = f"🌱 {made.who('owner')} made it from {made['blueprint']}"
    return f"{whose}; it is destroyed {made.when('until')}"


PREPARING = {
    "stuck": ("🚨", "needs a person"),
    "running": ("🧰", "is under way"),
    "queued": ("🕒", "is queued"),
    "waiting": ("⏳", "waits for approval"),
}


def draw_preparing(told: Told) -> str:
    """A preparation under way: whose, since when, at which step, and what is usual."""
    sign, state = PREPARING.get(str(told.get("state")), ("▫️", told["state"]))
    said = [f"{sign} {told.deployment} {told.journey} {state} since {told.when('since')}"]
    if told.has("step") and told.get("state") in ("running", "stuck"):
        title = words.escape(step_title(str(told.get("step"))), 120)
        said.append(f"step {told.number('nth')} of {told.number('steps')}: {title}")
    if told.get("state") == "stuck":
        said.append(told.long("failure"))
        said.append("*Retry*, *Skip* or *Abort* on its card")
    if told.has("usual"):
        said.append(f"usually {words.span(float(told.get('usual')))}")
    return " · ".join([*said, f"by {told.who('requester')}"])


def draw_queue(told: Told) -> str:
    """Why what is queued there waits."""
    queued = [one for one in told.each("open") if one.get("state") == "queued"]
    begun = [one for one in told.each("preparing") if one.get("state") in ("running", "stuck")]
    if not queued or not begun:
        return ""
    first = begun[0]
    waits = words.plural(len(queued), "deployment")
    verb = "waits" if len(queued) == 1 else "wait"
    why = "is decided about" if first.get("state") == "stuck" else "is over"
    return f"{waits} {verb} until the {first.journey} ({first.deployment}) {why}"


def draw_failure(told: Told) -> str:
    since = f"since {told.when('since')}"
    return f"🔒 *Locked* {since}: {told.long('reason')} {who_may_clear(told)}"


def locks_of(told: Told) -> list[Told]:
    failure = told.part("lock")
    return [*([failure] if failure.facts else []), *told.each("held"), *told.each("frozen")]


def draw_lock(told: Told) -> str:
    if told.has("freeze"):
        return f"❄️ *frozen* until {told.when('until')}: {told.long('reason')}"
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
