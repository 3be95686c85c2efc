"""What an approval is bound to, whose approval counts, and how many are enough."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Bound:
    """Everything an approval says yes to; another value anywhere is another thing (DESIGN 8)."""

    action: str
    service: str
    environment: str
    version: str
    commit: str
    artefact: str
    configuration: str
    replaces: str
    policy: str
    requester: str
    expires_at: str


def fingerprint(bound: Bound) -> str:
    """SHA-256 of the canonical JSON of all that is approved."""
    return canonical_hash(asdict(bound))


def canonical_hash(approved: Mapping[str, Any]) -> str:
    text = json.dumps(approved, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class ClickFacts:
    """One click on Approve or Reject, and the request as the database has it now."""

    state: str
    seen: str
    current: str
    expires_at: datetime | None
    now: datetime
    requester: str
    clicker: str
    already: frozenset[str]


def may_decide(click: ClickFacts) -> str | None:
    """Why this click changes nothing, or nothing. Whether the clicker has the role comes first."""
    if click.state != "waiting":
        return "already_decided"
    if click.expires_at is not None and click.now >= click.expires_at:
        return "approval_expired"
    if click.seen != click.current:
        return "request_changed"
    if click.clicker == click.requester:
        return "own_request"
    if click.clicker in click.already:
        return "already_approved_by_you"
    return None


def counted(approvers: frozenset[str], requester: str, eligible: frozenset[str]) -> frozenset[str]:
    """The distinct people whose approval counts today: still eligible, and not the requester."""
    return (approvers & eligible) - {requester}
