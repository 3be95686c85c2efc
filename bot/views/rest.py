"""Environments that are stopped on purpose: how lists tell of it, and what is said of stopping,
starting and restarting."""

from __future__ import annotations

from collections.abc import Callable

from bot.views import actions, blocks, words
from bot.views.bookings.words import holder
from bot.views.message import Message, message
from bot.views.told import Told


def draw_stopped(told: Told) -> str:
    """The line of an environment that is stopped; empty where it is not."""
    if not told.has("since"):
        return ""
    reason = f": “{told['reason']}”" if told.has("reason") else ""
    again = f", starts {told.when('starts')}" if told.has("starts") else ""
    return (
        f"💤 *Stopped* by {told.who('by')} since {told.when('since')}{reason} · wakes when deployed"
        f" to{again}"
    )


def _stopped_already(told: Told) -> str:
    return f"*{told['environment']}* is stopped already. {draw_stopped(told)}."


def _sure(told: Told) -> Message:
    """Who and what it hits, and a button that says so once more."""
    restart = told.get("verb") == "restart"
    verb, name = ("Restart" if restart else "Stop"), told["environment"]
    runs = [
        f"• {one['service']} {one['version']}, {words.plural(one.number('replicas'), 'instance')},"
        f" deployed by {one.who('requester')}"
        for one in told.each("services")
    ]
    has = [f"• {holder(one)}" for one in told.each("bookings")]
    again = "What it would hit has changed since you were asked. " if told.get("again") else ""
    alone = any(one.number("replicas") < 2 for one in told.each("services"))
    what = "Instances are replaced a few at a time, never more than half of them at once."
    if restart and alone:
        what += " Where there is only one, nothing answers for a moment."
    if not restart:
        what = "Nothing answers there until it is started again or deployed to; nothing is lost."
    tier = " It is *production*." if told.get("tier") == "production" else ""
    said = "\n".join([f"{again}{verb} *{name}*?{tier} {what}", *runs, *has])
    return message(said, [blocks.section(said), blocks.actions(_button(told, verb, restart))])


def _button(told: Told, verb: str, restart: bool) -> blocks.Block:
    name = str(told.get("environment") or "")
    value = actions.pack(
        environment=name,
        service=str(told.get("service") or ""),
        seen=str(told.get("seen") or ""),
        reason=str(told.get("reason") or "")[:500],
    )
    hit = words.one_of((one["service"] for one in told.each("services")), "and")
    action = actions.ENVIRONMENT_RESTART if restart else actions.ENVIRONMENT_STOP
    dialog = blocks.confirm(f"{verb} {name}?", f"It hits {hit}.", verb, "Leave it", True)
    return blocks.button(verb, action, value, f"{verb} {name}", "danger", confirm=dialog)


def _sure_to_restart(told: Told) -> Message:
    return _sure(Told({**told.facts, "verb": "restart"}))


REST_REPLIES: dict[str, Callable[[Told], str | Message]] = {
    "stopped_already": _stopped_already,
    "not_stopped": lambda told: (
        f"*{told['environment']}* is not stopped. `/env show {told['environment']}` says what runs"
        f" there; `/env restart {told['environment']}` restarts it."
    ),
    "nothing_to_stop": lambda told: (
        f"Nothing {'of ' + told['service'] + ' ' if told.has('service') else ''}is live in"
        f" *{told['environment']}*, so there is nothing to stop: `/env list`."
    ),
    "restart_stopped": lambda told: (
        f"*{told['environment']}* is stopped. {draw_stopped(told)}. `/env start"
        f" {told['environment']}` starts it."
    ),
    "deploying_there": lambda told: (
        f"{told.journey} ({told.deployment}) by {told.who('requester')}"
        f" {'is running' if told.get('state') == 'running' else 'is queued'} since"
        f" {told.when('requested')}. Ask again when it is over; *Cancel* on its card calls it off."
    ),
    "scaling_stopped": lambda told: (
        f"*{told['environment']}* is stopped, so nothing is scaled there. {draw_stopped(told)}."
        f" `/env start {told['environment']}` starts it."
    ),
    "kept_running": lambda told: (
        f"*{told['environment']}* runs until {told.when('until')}, whatever its working hours"
        " say and whether anybody uses it or not."
    ),
    "runs_always": lambda told: (
        f"*{told['environment']}* is never stopped by itself: it runs until somebody stops it,"
        f" `/env stop {told['environment']}`."
    ),
    "kept_too_long": lambda told: (
        f"*{told['environment']}* can be kept running for {told.number('days')} days at most, not"
        f" until {told.when('until')}. Say a nearer end; it can be kept longer later."
    ),
    "stops_swept": lambda told: "What was due to stop or to start was seen to.",
    "sure_to_stop": _sure,
    "sure_to_restart": _sure_to_restart,
}
