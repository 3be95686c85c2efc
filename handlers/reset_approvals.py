"""The yes and no to resets that need one: distinct people, never the one who asked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import show
from handlers.ask import Ask
from handlers.environments import MEANINGFUL_REASON, known_environment
from handlers.messages import ApproveReset, Outcome, Refusal, RejectReset
from handlers.people import holders, require
from handlers.preparation_rows import move, told
from handlers.preparations import (
    current_fingerprint,
    enqueue,
    refuse_blocked,
    refuse_second,
    renew,
)
from handlers.rules.approvals import ClickFacts, counted, may_decide
from handlers.setup import Setup
from handlers.subjects import preparation
from handlers.tables import Approval, Preparation


def approve(ask: Ask, command: ApproveReset) -> Outcome:
    """Count one yes; the one that completes the number queues it, once."""
    row = _decidable(ask, command.preparation, command.fingerprint)
    refuse_second(ask, row.environment)
    refuse_blocked(ask, row)
    if current_fingerprint(ask.session, ask.setup, row) != row.fingerprint:
        ask_again(ask.session, ask.setup, ask.now, row)
        return Outcome("preparation_request_changed", told(ask.session, row), refused=True)
    _record(ask, row, "approved", "")
    count = len(approvals(ask.session, ask.setup, ask.now, row))
    facts = {"by": ask.actor.user, "count": count, "needed": row.approvals_needed}
    show.note(ask.session, preparation(row.id), ask.now, "reset_approved", **facts)
    if count < row.approvals_needed:
        return Outcome("reset_approval_counted", told(ask.session, row) | {"count": count})
    return Outcome("reset_approved", enqueue(ask, row).facts)


def reject(ask: Ask, command: RejectReset) -> Outcome:
    """One no with a reason ends the request; so does whoever asked for it."""
    row = _decidable(ask, command.preparation, command.fingerprint, taken_back=True)
    reason = command.reason.strip()[:500]
    if len(reason) < MEANINGFUL_REASON:
        raise Refusal("reason_needed", environment=row.environment, what="reject it")
    _record(ask, row, "rejected", reason)
    ended = {"ended_at": ask.now, "ended_by": ask.actor.user, "failure": reason}
    if not move(ask.session, row, "waiting", "rejected", **ended):
        raise Refusal("preparation_already_decided", **told(ask.session, row))
    facts = {"by": ask.actor.user, "reason": reason}
    show.note(ask.session, preparation(row.id), ask.now, "reset_rejected", **facts)
    return Outcome("reset_rejected", told(ask.session, row) | {"reason": reason})


def expire(ask: Ask) -> list[int]:
    """End every request whose time is over; the numbers of those."""
    due = select(Preparation).where(
        Preparation.state == "waiting", Preparation.expires_at <= ask.now
    )
    ended = []
    for row in ask.session.scalars(due).all():
        if move(ask.session, row, "waiting", "expired", ended_at=ask.now):
            facts = {"requester": row.requester}
            show.note(ask.session, preparation(row.id), ask.now, "reset_expired", **facts)
            ended.append(row.id)
    return ended


def ask_again(session: Session, setup: Setup, now: datetime, row: Preparation) -> None:
    """What was asked for is no longer what would be done: the approvals given are void."""
    given = len(approvals(session, setup, now, row))
    renew(session, setup, now, row)
    show.note(session, preparation(row.id), now, "reset_approvals_void", given=given)


def still_approved(session: Session, setup: Setup, now: datetime, row: Preparation) -> bool:
    """Do enough of those who may say so today say yes to what would be done now?"""
    enough = len(approvals(session, setup, now, row)) >= row.approvals_needed
    return enough and current_fingerprint(session, setup, row) == row.fingerprint


def approvals(session: Session, setup: Setup, now: datetime, row: Preparation) -> frozenset[str]:
    """Whose yes to the request as it stands counts today."""
    roles = setup.environments[row.environment].may("approve_reset")
    able = holders(session, setup, now, roles)
    return counted(said_yes(session, row), row.requester, able)


def said_yes(session: Session, row: Preparation) -> frozenset[str]:
    return frozenset(
        session.scalars(
            select(Approval.user).where(
                Approval.of == preparation(row.id),
                Approval.fingerprint == row.fingerprint,
                Approval.verdict == "approved",
            )
        )
    )


def _decidable(ask: Ask, number: int, seen: str, taken_back: bool = False) -> Preparation:
    row = ask.session.get(Preparation, number)
    if row is None:
        raise Refusal("preparation_moved_on")
    environment = known_environment(ask.setup, row.environment)
    own = row.requester == ask.actor.user
    if not own:
        require(ask, "approve_reset", environment.may("approve_reset"))
    code = may_decide(
        ClickFacts(
            state=row.state,
            seen=seen,
            current=row.fingerprint,
            expires_at=row.expires_at,
            now=ask.now,
            requester="" if own and taken_back else row.requester,
            clicker=ask.actor.user,
            already=said_yes(ask.session, row),
        )
    )
    if code:
        raise Refusal(f"preparation_{code}", **told(ask.session, row))
    return row


def _record(ask: Ask, row: Preparation, verdict: str, reason: str) -> None:
    ask.session.add(
        Approval(
            of=preparation(row.id), fingerprint=row.fingerprint, user=ask.actor.user,
            team=ask.actor.team, verdict=verdict, reason=reason, at=ask.now,
        )
    )  # fmt: skip
    ask.session.flush()
