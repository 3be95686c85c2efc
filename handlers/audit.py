"""The audit log: append-only, and each entry's hash covers the entry before it."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.messages import Actor, Facts
from handlers.tables import AuditEntry, AuditHead

GENESIS = "0" * 64


def append(
    session: Session, at: datetime, actor: Actor, action: str, code: str, facts: Facts
) -> None:
    """Add one entry in the caller's transaction; writers take turns on the head row."""
    head = session.get(AuditHead, 1, with_for_update=True)
    if head is None:
        head = AuditHead(one=1, entry=0, hash=GENESIS)
        session.add(head)
    entry = AuditEntry(
        id=head.entry + 1,
        at=at,
        team=actor.team,
        actor=actor.user,
        via=actor.via,
        action=action,
        code=code,
        facts=dict(facts),
        previous=head.hash,
        hash="",
    )
    entry.hash = digest(entry)
    session.add(entry)
    head.entry, head.hash = entry.id, entry.hash


def first_record(session: Session) -> datetime | None:
    """When anything was first asked or done; None for a bot that has done nothing yet."""
    return session.scalar(select(AuditEntry.at).order_by(AuditEntry.id).limit(1))


def digest(entry: AuditEntry) -> str:
    """SHA-256 over the canonical JSON of everything in the entry but its own hash."""
    said = [
        entry.id,
        entry.at.astimezone(UTC).isoformat(),
        entry.team,
        entry.actor,
        entry.via,
        entry.action,
        entry.code,
        entry.facts,
        entry.previous,
    ]
    return hashlib.sha256(
        json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
    ).hexdigest()


def verify(session: Session) -> tuple[int, str]:
    """How many entries hold, and a sentence naming the first one that does not (or nothing)."""
    previous, count = GENESIS, 0
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id)).yield_per(1000):
        if entry.id != count + 1:
            return count, f"Entry {count + 1} is missing: the next one is {entry.id}."
        if entry.previous != previous:
            return count, f"Entry {entry.id} does not follow entry {count}: one was replaced."
        if digest(entry) != entry.hash:
            return count, f"Entry {entry.id} was changed after it was written."
        previous, count = entry.hash, count + 1
        session.expunge(entry)
    return count, _tail(session, previous, count)


def _tail(session: Session, last: str, count: int) -> str:
    head = session.get(AuditHead, 1)
    entry, hash_ = (head.entry, head.hash) if head else (0, GENESIS)
    if (entry, hash_) == (count, last):
        return ""
    return f"The log ends at entry {count}, but entry {entry} was written: the tail was cut."
