"""The history of a deployment in its card's thread: one line for each thing worth a message."""

from __future__ import annotations

from collections.abc import Callable

from bot.views import words
from bot.views.blockers import list_blockers
from bot.views.builds import BUILD_NOTES
from bot.views.message import Message, message
from bot.views.told import Told
from handlers.messages import Facts


def draw_note(code: str, facts: Facts) -> Message | None:
    """The line for one note; None for what the card says well enough by itself."""
    line = NOTES.get(code)
    return message(line(Told(facts))) if line else None


def _approved(told: Told) -> str:
    count, needed = told.number("count"), told.number("needed")
    after = " It goes into the queue." if count >= needed else ""
    return f"{told.who('by')} approved: {count} of {needed}.{after}"


def _rejected(told: Told) -> str:
    return f"{told.who('by')} rejected it: “{words.escape(told.get('reason') or '', 600)}”"


def _cancelled(told: Told) -> str:
    """Before it ran somebody ended it; while it ran the work says how it was taken back."""
    if told.has("by"):
        return f"{told.who('by')} called it off before anything was changed."
    return f"Stopped as asked. {_serves(told)}"


def _cancel_asked(told: Told) -> str:
    return (
        f"{told.who('by')} asked to stop it. The step under way ends first, then what was changed"
        " is taken back."
    )


def _blocked(told: Told) -> str:
    why = list_blockers(told.items("blockers"))
    return f"Stopped right before the first change; nothing was changed.\n{why}"


def _approvals_void(told: Told) -> str:
    void = " The approvals given are void." if told.get("given") else ""
    return (
        "What would be done has changed since it was asked for: what is live there, the service's"
        f" settings or the rules.{void} Look at the card as it is now before you decide."
    )


def _expired(told: Told) -> str:
    return (
        f"The time to approve is over, and nothing was changed. {told.who('requester')}, ask for"
        " it again if it is still wanted."
    )


def _turning_back(told: Told) -> str:
    if told.has("cancelled"):
        return "Called off. Taking back what was changed."
    return f"Failed: {told.long('sentence')} Taking back what was changed."


def _live(told: Told) -> str:
    kept = ""
    if told.has("replicas"):
        count = words.plural(told.number("replicas"), "instance")
        kept = f" It runs as {count}, as {told.who('scaled_by')} has scaled it."
    if told.has("replaced"):
        return f"Live. It replaced {told['replaced']}, which finished its requests.{kept}"
    return f"Live. It is the first version here.{kept}"


def _unwell(told: Told) -> str:
    left = f" {told['left']}, which it left, is stopped." if told.has("left") else ""
    if told.has("beyond"):
        return (
            f"A person is needed: {told.long('sentence')} The hook {told.code('beyond')} cannot be"
            f" taken back, so it stays all the same.{left}{_locked(told)}"
        )
    return (
        f"A person is needed: the rollback serves and is not healthy. {told.long('sentence')} It"
        f" stays all the same: nothing is led back to what people chose to leave.{left}"
        f"{_locked(told)}"
    )


def _rolled_back(told: Told) -> str:
    return f"Rolled back: {told.long('sentence')} {_serves(told)}{_locked(told)}"


def _failed(told: Told) -> str:
    return f"Failed: {told.long('sentence')} {_serves(told)}{_locked(told)}"


def _needs_attention(told: Told) -> str:
    why = told.long("sentence") or told.long("reason")
    stuck = f" Going back failed too: {told.long('stuck')}" if told.has("stuck") else ""
    if told.has("beyond"):
        stuck += (
            f" The hook {told.code('beyond')} cannot be taken back: the data is as that left it."
        )
    return (
        f"A person is needed: {why}{stuck} Nobody knows for sure what serves now. Look at it, put"
        f" it right, then clear the lock on the card.{_locked(told)}"
    )


def _serves(told: Told) -> str:
    if told.has("serving"):
        return f"{told['serving']} serves, as before."
    return "Nothing serves there now; deploy a version that works."


def _locked(told: Told) -> str:
    if not told.has("locked"):
        return ""
    return (
        f" *{told['locked']}* is locked: when the cause is gone, use the button on the card or"
        f" `/env unlock {told['locked']} because …`. Rolling back stays possible."
    )


def _lock_cleared(told: Told) -> str:
    because = words.escape(told.get("because") or "", 600)
    return f"{told.who('by')} cleared the lock of *{told['environment']}*: “{because}”"


def _revived(told: Told) -> str:
    return "It had stopped running, and was started again. Look at its log for why."


def _not_revived(told: Told) -> str:
    return (
        f"It does not run, and could not be started again: {told.long('sentence')} It is tried"
        " again; roll back or deploy anew if it does not come back."
    )


def _scaled(told: Told) -> str:
    because = f": “{words.escape(told.get('reason'), 600)}”" if told.has("reason") else "."
    return (
        f"{told.who('requester')} scaled it from {told.number('before')} to"
        f" {words.plural(told.number('replicas'), 'instance')}{because} Later"
        " deployments keep that."
    )


def _not_scaled(told: Told) -> str:
    return (
        f"{told.who('requester')} asked for {words.plural(told.number('replicas'), 'instance')}:"
        f" {told.long('sentence')} There are {told.number('before')}, as before."
    )


NOTES: dict[str, Callable[[Told], str]] = {
    # Not here, because the card says it already: requested, started.
    **BUILD_NOTES,
    "approved": _approved,
    "rejected": _rejected,
    "cancelled": _cancelled,
    "cancel_asked": _cancel_asked,
    "blocked": _blocked,
    "approvals_void": _approvals_void,
    "expired": _expired,
    "turning_back": _turning_back,
    "live": _live,
    "unwell": _unwell,
    "rolled_back": _rolled_back,
    "failed": _failed,
    "needs_attention": _needs_attention,
    "lock_cleared": _lock_cleared,
    "revived": _revived,
    "scaled": _scaled,
    "not_scaled": _not_scaled,
    "not_revived": _not_revived,
}
