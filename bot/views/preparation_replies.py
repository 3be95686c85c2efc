"""What the one who asked is told about preparing and resetting, and why not."""

from __future__ import annotations

from collections.abc import Callable

from bot.views import words
from bot.views.blockers import list_blockers
from bot.views.message import Message
from bot.views.told import Told

DECIDED = {
    "queued": "is approved and queued already",
    "running": "is running already",
    "stuck": "has begun and waits for a person",
    "done": "is done",
    "rejected": "was rejected",
    "expired": "was not approved in time",
    "blocked": "was blocked by a gate",
    "aborted": "was aborted",
    "withdrawn": "was withdrawn",
}


def _queued(told: Told) -> str:
    behind = told.number("behind")
    turn = (
        f"starts by itself after {words.plural(behind, 'deployment')}" if behind else "starts now"
    )
    return (
        f"Asked for: the {told.journey} ({told.deployment}) {turn}. Its card in the channel of"
        f" *{told['environment']}* shows how it goes."
    )


def _already(told: Told) -> str:
    state = {
        "waiting": "waits for approval",
        "queued": "is queued",
        "stuck": "waits for a person: *Retry*, *Skip* or *Abort*",
    }.get(str(told.get("state")), "is running")
    return (
        f"The {told.journey} ({told.deployment}) by {told.who('requester')} {state}"
        f" since {told.when('since')}. See its card, and ask again when it is over."
    )


def _moved_on(told: Told) -> str:
    if not told.has("preparation"):
        return "There is no such preparation any more. `/env list` shows what is under way."
    return (
        f"Nothing to decide any more: the {told.journey} ({told.deployment}) has moved"
        " on since that card was drawn. Look at the card as it is now."
    )


def _blocked(told: Told) -> str:
    why = list_blockers(told.items("blockers"))
    return f"*{told['environment']}* cannot be touched now:\n{why}"


PREPARATION_REPLIES: dict[str, Callable[[Told], str | Message]] = {
    "preparation_queued": _queued,
    "preparing_already": _already,
    "preparation_blocked": _blocked,
    "preparation_moved_on": _moved_on,
    "reset_asked": lambda told: (
        f"Asked for: the {told.journey} ({told.deployment}). It needs"
        f" {words.plural(told.number('needed'), 'approval')} until {told.when('expires')}; its card"
        " in the channel names who may give them. Nothing is changed before."
    ),
    "reset_approval_counted": lambda told: (
        f"Your approval counts, {told.number('count')} of {told.number('needed')}: the"
        f" {told.journey} ({told.deployment}) waits for more until {told.when('expires')}."
    ),
    "reset_approved": lambda told: (
        f"Approved: the {told.journey} ({told.deployment}) is queued. Its card shows how it goes."
    ),
    "reset_rejected": lambda told: (
        f"The {told.journey} ({told.deployment}) will not be done, and its card says why."
    ),
    "preparation_already_decided": lambda told: (
        f"Nothing to decide any more: the {told.journey} ({told.deployment})"
        f" {DECIDED.get(str(told.get('state')), 'is decided already')}."
    ),
    "preparation_approval_expired": lambda told: (
        f"Too late: the {told.journey} ({told.deployment}) could be approved until"
        f" {told.when('expires')}. Nothing was changed. {told.who('requester')} can ask anew."
    ),
    "preparation_request_changed": lambda told: (
        f"Your click did not count: what the {told.journey} ({told.deployment}) would do has"
        " changed since that card was drawn. Look at the card as it is now, and decide again."
    ),
    "preparation_own_request": lambda told: (
        f"You asked for the {told.journey} ({told.deployment}) yourself, so somebody else has to"
        " decide. The card says who may."
    ),
    "preparation_already_approved_by_you": lambda told: (
        f"Your decision about the {told.journey} ({told.deployment}) counts already. It needs"
        f" {words.plural(told.number('needed'), 'approval')} from different people."
    ),
    "preparation_goes_on": lambda told: f"The {told.journey} ({told.deployment}) goes on.",
    "preparation_withdrawn": lambda told: (
        f"Withdrawn: the {told.journey} ({told.deployment}). Nothing was changed."
    ),
    "not_withdrawable": lambda told: (
        f"The {told.journey} ({told.deployment}) by {told.who('requester')}"
        f" {DECIDED.get(str(told.get('state')), 'has begun')}, so it cannot be withdrawn any more."
        " Where a step fails, *Abort* on its card ends it."
    ),
    "nothing_to_withdraw": lambda told: (
        f"Nothing waits in *{told['environment']}* that could be withdrawn. `/env show"
        f" {told['environment']}` shows what is under way."
    ),
    "preparation_aborted": lambda told: (
        f"Aborted: the {told.journey} ({told.deployment}). It stays as the last"
        " step left it, and is free again."
    ),
}
