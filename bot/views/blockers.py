"""Why it may not go ahead: a sentence for each gate's no, with who, since when and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bot.views import actions, blocks, words
from bot.views.actions import CLEAR_LOCK, pack
from bot.views.blocks import Block
from bot.views.bookings.card import scope_name
from bot.views.bookings.words import button, holder, next_slot_button, place
from bot.views.suitability import is_being_read, keepers, miss_lines
from bot.views.told import Told

WHY_NO_POWER = {
    "not_permitted": "no longer has the role for it",
    "deactivated": "has left: the account is deactivated",
    "guest": "is a guest now",
    "stranger": "is not in this workspace any more",
    "unknown_person": "is not known to this workspace any more",
    "bot_account": "is a bot account",
    "directory_stale": "could not be looked up: nobody's roles are known just now",
}


def _already_live(told: Told) -> str:
    return f"{told.code('version')} is live there already. There is nothing to do."


def _locked(told: Told) -> str:
    where = f"*{told['environment']}* is locked since {told.when('since')}"
    cause = f" after {told.deployment} by {told.who('owner')}" if told.has("deployment") else ""
    return f"{where}{cause}: {told.long('reason')} {who_may_clear(told)}"


def who_may_clear(told: Told) -> str:
    """It has no end of its own: somebody has to say that the cause is gone."""
    named = told.people("clearers") or "somebody who may"
    command = f"`/env unlock {told['environment']} because …`"
    return f"It stays locked until {named} says that the cause is gone: {command}."


def _locked_by_person(told: Told) -> str:
    return (
        f"*{scope_name(told.get('environment'))}* is locked by {told.who('owner')} until"
        f" {told.when('until')}: “{told['reason']}” Ask them; or"
        f" {told.people('clearers') or 'somebody who may'} can open it:"
        f" `/env unlock {told['environment']} because …`."
    )


def _frozen(told: Told) -> str:
    return (
        f"*{told['environment']}* is frozen since {told.when('since')} until {told.when('until')}:"
        f" “{told['reason']}” Until then only rollbacks pass. The window is {told.code('freeze')}"
        " under `freezes:` in `team.yml`; ask again when it is over."
    )


def _booked(told: Told) -> str:
    """Who has it until when; the buttons are the ways on."""
    waits = told.number("waiting")
    queue = f" {words.plural(waits, 'person')} waits for it." if waits == 1 else ""
    queue = f" {waits} people wait for it." if waits > 1 else queue
    return (
        f"{place(told)} is {holder(told)}.{queue} Ask {told.who('owner')}, wait for it"
        f" (`/env wait {told['environment']} for 1h`), or book it for later."
    )


def _nobody_can_approve(told: Told) -> str:
    able, needed = told.items("able"), told.number("needed")
    there = f"only {told.people('able')} can" if able else "nobody can"
    return (
        f"It needs {words.plural(needed, 'approval')} from people other than the one who asks, and"
        f" {there} approve here today. Add approvers to the role in `team.yml`, or to its Slack"
        " user group, and ask again."
    )


def _not_in_setup_any_more(told: Told) -> str:
    return (
        f"{told.code('service')} in {told.code('environment')} is no longer in `team.yml`."
        " Put it back there, or deploy somewhere else: `/env list`."
    )


def _unsuitable(told: Told) -> str:
    misses, what = told.each("misses"), f"{told['service']} {told['version']}"
    fits = words.one_of((f"*{words.escape(name)}*" for name in told.items("fits")), "and")
    lines = [f"*{what}* does not fit *{told['environment']}* as it is:"]
    lines += miss_lines(misses, told["environment"])
    lines += ["It is being read again now; try again in a moment."] if is_being_read(misses) else []
    elsewhere = f"It fits {fits}." if fits else "No other environment fits it now."
    lines.append(f"{elsewhere} {keepers(told)} `/release plan {what}` shows them all.")
    return "\n".join(lines)


def _bad_needs(told: Told) -> str:
    return (
        f"{_release(told)} says what it needs in a file that cannot be used: {told.long('problem')}"
        " Nobody knows where it fits, so it goes nowhere: mend the file and make a new version."
    )


def _needs_unread(told: Told) -> str:
    return (
        f"What {_release(told)} needs was not read from its repository yet. It is being read now:"
        " try again in a moment; `/ops status` says when it cannot be."
    )


def _no_artefact(told: Told) -> str:
    image = f"{told['image']}:{told['version']}"
    if told.get("builds"):
        said = (
            "Nobody has built it yet; asking for a deployment of it does:"
            f" `/deploy {told['service']} {told['version']} to {told['environment']}`."
        )
    elif not told.has("problem"):
        said = "It is being asked for now: try again in a moment."
    else:
        said = (
            f"{told.long('problem')} It is asked for again all the time: once it is there, ask"
            " again."
        )
    return (
        f"Which bytes {_release(told)} is has to be known before it runs in a container. The "
        f"image is `{words.escape(image)}`. {said}"
    )


def _release(told: Told) -> str:
    return f"*{told['service']} {told['version']}*"


def _directory_unread(told: Told) -> str:
    return (
        "Slack could not tell who is who, so nobody knows whether the approvals still count."
        " Nothing was changed. Ask again in a minute; `/ops status` shows when Slack answers."
    )


def _requester_lost_power(told: Told) -> str:
    why = WHY_NO_POWER.get(str(told.get("code")), "may not do this any more")
    return f"{told.who('requester')}, who asked for it, {why}. Somebody who may has to ask anew."


def _held_up(told: Told) -> str:
    return (
        f"The {told.journey} ({told.deployment}) by {told.who('requester')} stopped and"
        f" holds the environment since {told.when('since')}: {told.long('failure')} Somebody has"
        " to choose *Retry*, *Skip* or *Abort* on its card first."
    )


def _environment_gone(told: Told) -> str:
    return f"{told.code('environment')} is no longer in `team.yml`. `/env list` shows what is."


def _going(told: Told) -> str:
    return (
        f"*{told['environment']}* is being destroyed since {told.when('since')}:"
        f" {told.long('reason')} `/env list` shows where else it could go."
    )


def _closed(told: Told) -> str:
    """Nothing leads behind it, and what to do instead."""
    hook, version = told.code("hook"), told["version"]
    ran = f"{hook} ran {told.when('at')} for {told['brought']}, which {told.who('by')} asked for"
    why = "it cannot be taken back"
    if told.get("way_back") == "needs_backup":
        why = "what was written since its copy of the data was taken would be lost"
    return (
        f"There is no way back to {version}: {ran}, and {why}. Deploy a version that knows the data"
        f" as it is now: `/deploy {told['service']} &lt;version&gt; to {told['environment']}`."
    )


def _without_data(told: Told) -> str:
    return (
        f"The hook {told.code('hook')} of {told['service']} needs a copy of its data before it, and"
        f" none is kept in *{told['environment']}*. Whoever looks after `team.yml` gives it `data:`"
        " there, or says another `way_back`."
    )


BLOCKERS: dict[str, Callable[[Told], str]] = {
    "already_live": _already_live,
    "locked": _locked,
    "locked_by_person": _locked_by_person,
    "frozen": _frozen,
    "booked": _booked,
    "unsuitable": _unsuitable,
    "bad_needs": _bad_needs,
    "needs_unread": _needs_unread,
    "no_artefact": _no_artefact,
    "closed": _closed,
    "without_data": _without_data,
    "held_up": _held_up,
    "going": _going,
    "not_due": lambda told: (
        "It is not due any more: somebody uses it meanwhile, or its hours are others now."
    ),
    "environment_gone": _environment_gone,
    "baseline_unknown": lambda told: (
        f"{told['service']} has no version {told.code('version')}, which is its baseline there by"
        " `team.yml`. Tag it, or name another one there."
    ),
    "nobody_can_approve": _nobody_can_approve,
    "not_in_setup_any_more": _not_in_setup_any_more,
    "directory_unread": _directory_unread,
    "requester_lost_power": _requester_lost_power,
}


def say_blocker(blocker: Mapping[str, Any]) -> str:
    """The sentence of one blocker; one that has none yet is named by its code."""
    code, facts = str(blocker.get("code", "")), blocker.get("facts")
    sentence = BLOCKERS.get(code)
    if sentence is None:
        return f"A gate said no: {words.code(code)}."
    return sentence(Told(facts if isinstance(facts, Mapping) else {}))


def list_blockers(blockers: Iterable[Any]) -> str:
    """All of them, the first thing to deal with first; what is no blocker says nothing."""
    told = (say_blocker(blocker) for blocker in blockers if isinstance(blocker, Mapping))
    said = list(told) or ["A gate said no."]
    return said[0] if len(said) == 1 else "\n".join(f"{n}. {s}" for n, s in enumerate(said, 1))


def clear_button(lock: Mapping[str, Any] | None) -> Block | None:
    """The button for the lock that was seen; a newer one is not opened by it."""
    if not lock or not isinstance(lock.get("claim"), int):
        return None
    where = str(lock.get("environment", ""))
    value = pack(environment=where, claim=lock["claim"])
    return blocks.button("Clear lock", CLEAR_LOCK, value, f"Clear the lock of {where}")


def clearing(blockers: Iterable[Mapping[str, Any]]) -> Block | None:
    """The buttons that clear what stands in the way, or lead round it."""
    found: list[Block | None] = []
    for blocker in blockers:
        code, facts = blocker.get("code"), blocker.get("facts")
        if isinstance(facts, Mapping) and code in WAYS_ON:
            found += WAYS_ON[str(code)](facts)
    return blocks.actions(*found[:25])


def _round_booking(facts: Mapping[str, Any]) -> list[Block | None]:
    told = Told(facts)
    return [
        button("Ask for it", actions.BOOKING_ASK, told),
        button("Wait for it", actions.WAIT_JOIN, told),
        next_slot_button(told),
        button("Deploy all the same", actions.BOOKING_OVERRIDE, told, "danger"),
        button("Take it over", actions.BOOKING_TAKE_OVER, told, "danger"),
    ]


WAYS_ON: dict[str, Callable[[Mapping[str, Any]], list[Block | None]]] = {
    "locked": lambda lock: [clear_button(lock)],
    "locked_by_person": lambda lock: [clear_button(lock)],
    "booked": _round_booking,
}
