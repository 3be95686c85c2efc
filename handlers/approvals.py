"""Approvals: one person's yes or no to exactly what they saw."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import reset_approvals
from handlers.ask import Ask, Work
from handlers.deployment_rows import move, note, touch
from handlers.deployments import enqueue, known_deployment, summary
from handlers.environments import MEANINGFUL_REASON, known_environment
from handlers.gating import approvers, current_fingerprint, gate_blockers
from handlers.messages import ApproveDeployment, ExpireApprovals, Outcome, Refusal, RejectDeployment
from handlers.people import holders
from handlers.rules.approvals import ClickFacts, counted, may_decide
from handlers.setup import Setup
from handlers.subjects import deployment
from handlers.tables import Approval, Deployment


def approve(ask: Ask, command: ApproveDeployment) -> Outcome:
    """Count one yes; the one that completes the number starts the work, once."""
    row = known_deployment(ask.session, command.deployment)
    _check_click(ask, row, command.fingerprint)
    _check_gates(ask, row)
    if current_fingerprint(ask.session, ask.setup, row) != row.fingerprint:
        renew(ask.session, ask.setup, ask.now, row)
        ask.session.refresh(row)
        again = f"examine:{row.id}:{row.fingerprint[:12]}"
        ask.start(ask.session, Work("examine", again, row.id))
        return Outcome("request_changed", summary(ask.session, row), refused=True)
    _record(ask, row, "approved", "")
    able = holders(
        ask.session,
        ask.setup,
        ask.now,
        known_environment(ask.setup, row.environment).may("approve"),
    )
    count = len(counted(approvers(ask.session, row), row.requester, able))
    note(
        ask.session,
        row.id,
        ask.now,
        "approved",
        by=ask.actor.user,
        count=count,
        needed=row.approvals_needed,
    )
    if count < row.approvals_needed:
        return Outcome("approval_counted", summary(ask.session, row) | {"count": count})
    return Outcome("approved", enqueue(ask, row).facts)


def reject(ask: Ask, command: RejectDeployment) -> Outcome:
    """One no, with its reason, ends the request."""
    row = known_deployment(ask.session, command.deployment)
    _check_click(ask, row, command.fingerprint)
    reason = command.reason.strip()
    if len(reason) < MEANINGFUL_REASON:
        raise Refusal("reason_needed", environment=row.environment, what="reject it")
    _record(ask, row, "rejected", reason)
    if not move(
        ask.session,
        row.id,
        "waiting",
        "rejected",
        ended_at=ask.now,
        ended_by=ask.actor.user,
        failure=reason,
    ):
        raise Refusal("already_decided", **summary(ask.session, row))
    note(ask.session, row.id, ask.now, "rejected", by=ask.actor.user, reason=reason)
    ask.session.refresh(row)
    return Outcome("rejected", summary(ask.session, row))


def _check_click(ask: Ask, row: Deployment, seen: str) -> None:
    already = ask.session.scalars(
        select(Approval.user).where(
            Approval.of == deployment(row.id), Approval.fingerprint == row.fingerprint
        )
    )
    code = may_decide(
        ClickFacts(
            state=row.state,
            seen=seen,
            current=row.fingerprint,
            expires_at=row.expires_at,
            now=ask.now,
            requester=row.requester,
            clicker=ask.actor.user,
            already=frozenset(already),
        )
    )
    if code is not None:
        raise Refusal(code, **summary(ask.session, row))


def _check_gates(ask: Ask, row: Deployment) -> None:
    found = gate_blockers(ask.session, ask.setup, ask.now, row)
    if found:
        raise Refusal(
            "blocked",
            **summary(ask.session, row),
            blockers=[{"code": b.code, "facts": dict(b.facts)} for b in found],
        )


def _record(ask: Ask, row: Deployment, verdict: str, reason: str) -> None:
    ask.session.add(
        Approval(
            of=deployment(row.id),
            fingerprint=row.fingerprint,
            user=ask.actor.user,
            team=ask.actor.team,
            verdict=verdict,
            reason=reason,
            at=ask.now,
        )
    )
    ask.session.flush()


def renew(session: Session, setup: Setup, now: datetime, row: Deployment) -> None:
    """What was asked for is no longer what would be done: the approvals given are void, and the
    card asks again for the request as it stands now. Whoever calls has its changes read anew."""
    given = len(approvers(session, row))
    place = known_environment(setup, row.environment)
    row.expires_at = now + timedelta(seconds=place.approvals.expire)
    fresh = current_fingerprint(session, setup, row)
    touch(session, row.id, fingerprint=fresh, changes=None)
    note(session, row.id, now, "approvals_void", given=given)


def expire(ask: Ask, command: ExpireApprovals) -> Outcome:
    """End every request whose time is over; the card says so and its buttons go."""
    due = list(
        ask.session.scalars(
            select(Deployment).where(
                Deployment.state == "waiting", Deployment.expires_at <= ask.now
            )
        )
    )
    for row in due:
        if move(ask.session, row.id, "waiting", "expired", ended_at=ask.now):
            note(ask.session, row.id, ask.now, "expired", requester=row.requester)
    resets = reset_approvals.expire(ask)
    facts = {"deployments": [row.id for row in due], "resets": resets}
    return Outcome("expired" if due or resets else "nothing_due", facts)
