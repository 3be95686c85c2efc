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

DEPLOY_FORM = "deploy.form"
ROLLBACK_FORM = "rollback.form"
REJECT_FORM = "reject.form"
UNLOCK_FORM = "unlock.form"

ALL_ACTIONS = (APPROVE, REJECT, CANCEL, CLEAR_LOCK, CONFIRM_ROLLBACK, OPEN_URL, CHOOSE_SERVICE)
ALL_FORMS = (DEPLOY_FORM, ROLLBACK_FORM, REJECT_FORM, UNLOCK_FORM)

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
