"""The ids under which Slack reports clicks and forms, and what a button carries: ids, no more.

A value only says which row was seen; what may be done with it is decided from the row.
"""

from __future__ import annotations

import json
from typing import Any

APPROVE = "deployment.approve"
REJECT = "deployment.reject"
CANCEL = "deployment.cancel"
CLEAR_LOCK = "lock.clear"
CONFIRM_ROLLBACK = "rollback.confirm"
OPEN_URL = "service.open"
"""Slack reports a click on an address as well, and shows a warning when nobody listens."""
CHOOSE_SERVICE = "deploy.service"
"""The select of the deploy form that reports at once, so that the versions follow the service."""
BOOKING_APPROVE = "booking.approve"
BOOKING_REJECT = "booking.reject"
BOOKING_FREE = "booking.free"
BOOKING_EXTEND = "booking.extend"
BOOKING_ASK = "booking.ask"
BOOKING_OVERRIDE = "booking.override"
BOOKING_TAKE_OVER = "booking.take_over"
BOOKING_OPEN = "booking.open"
BOOK_SLOT = "booking.slot"
"""Several stand side by side and need ids of their own: ``booking.slot.0`` and so on."""
WAIT_JOIN = "wait.join"
OFFER_CLAIM = "offer.claim"
OFFER_DECLINE = "offer.decline"
PREPARATION_RETRY = "preparation.retry"
PREPARATION_SKIP = "preparation.skip"
PREPARATION_ABORT = "preparation.abort"
PREPARATION_WITHDRAW = "preparation.withdraw"
CLEAN_UP = "leftovers.remove"
RESET_APPROVE = "reset.approve"
RESET_REJECT = "reset.reject"
ENVIRONMENT_KEEP = "environment.keep"
ENVIRONMENT_DESTROY = "environment.destroy"
ENVIRONMENT_STOP = "environment.stop"
ENVIRONMENT_RESTART = "environment.restart"
ENVIRONMENT_STAY = "environment.stay"

DEPLOY_FORM = "deploy.form"
ROLLBACK_FORM = "rollback.form"
REJECT_FORM = "reject.form"
UNLOCK_FORM = "unlock.form"
BOOK_FORM = "book.form"
TAKE_OVER_FORM = "take_over.form"
OVERRIDE_FORM = "override.form"
REJECT_BOOKING_FORM = "reject_booking.form"
REJECT_RESET_FORM = "reject_reset.form"

BOOKING_ACTIONS = (
    BOOKING_APPROVE, BOOKING_REJECT, BOOKING_FREE, BOOKING_EXTEND, BOOKING_ASK, BOOKING_OVERRIDE,
    BOOKING_TAKE_OVER, BOOKING_OPEN, BOOK_SLOT, WAIT_JOIN, OFFER_CLAIM, OFFER_DECLINE,
)  # fmt: skip
PREPARATION_ACTIONS = (
    PREPARATION_RETRY, PREPARATION_SKIP, PREPARATION_ABORT, PREPARATION_WITHDRAW,
    RESET_APPROVE, RESET_REJECT,
)  # fmt: skip
CREATED_ACTIONS = (ENVIRONMENT_KEEP, ENVIRONMENT_DESTROY)
REST_ACTIONS = (ENVIRONMENT_STOP, ENVIRONMENT_RESTART, ENVIRONMENT_STAY)
ALL_ACTIONS = (
    APPROVE, REJECT, CANCEL, CLEAR_LOCK, CONFIRM_ROLLBACK, OPEN_URL, CHOOSE_SERVICE,
    *BOOKING_ACTIONS, *PREPARATION_ACTIONS, *CREATED_ACTIONS, *REST_ACTIONS, CLEAN_UP,
)  # fmt: skip
ALL_FORMS = (
    DEPLOY_FORM, ROLLBACK_FORM, REJECT_FORM, UNLOCK_FORM, BOOK_FORM, TAKE_OVER_FORM, OVERRIDE_FORM,
    REJECT_BOOKING_FORM, REJECT_RESET_FORM,
)  # fmt: skip

VALUE = 2000
"""Characters that a button's value may have."""


def pack(**facts: Any) -> str:
    """Compact JSON; a text that would make it too long is cut, the longest one first."""
    while len(packed := _dump(facts)) > VALUE:
        longest = max(facts, key=lambda name: len(str(facts[name])))
        facts[longest] = str(facts[longest])[: len(str(facts[longest])) // 2]
    return packed


def unpack(value: object) -> dict[str, Any]:
    """What ``pack`` was given; nothing where it is not ours."""
    try:
        facts = json.loads(value) if isinstance(value, str) else None
    except (ValueError, RecursionError):
        return {}
    return facts if isinstance(facts, dict) else {}


def _dump(facts: dict[str, Any]) -> str:
    return json.dumps(facts, separators=(",", ":"), ensure_ascii=False)
