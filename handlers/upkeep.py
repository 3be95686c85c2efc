"""What the clock asks for, and the state of the bot itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select

from handlers import builds, drifts, inquiries, preparation_rows
from handlers.ask import Ask, Work, stamp
from handlers.created import going
from handlers.deployment_rows import OPEN, move, next_place, note, work_name
from handlers.deployments import known_deployment
from handlers.environments import release_hold, take_lock, told_lock
from handlers.messages import ForgetReceipts, Outcome, Reconcile, ReviveService, ShowStatus
from handlers.people import DIRECTORY
from handlers.preparation_rows import held_by
from handlers.rest_rows import told_stops
from handlers.stop_rows import stopped
from handlers.subjects import deployment
from handlers.tables import AuditHead, Card, Deployment, Note, Notice, Reading, Receipt

KEEP_RECEIPTS = timedelta(days=14)
"""Longer than any delivery is repeated: Slack gives up after an hour, a clock tick after a day."""

REVIVE_AGAIN = timedelta(seconds=30)
"""What dies again right away is not started every few seconds for ever."""


def reconcile(ask: Ask, command: Reconcile) -> Outcome:
    """Start work that the engine has never heard of; hand to a person what it gave up on."""
    row = known_deployment(ask.session, command.deployment)
    if row.state not in ("queued", "running"):
        return Outcome("nothing_due")
    if not command.engine:
        place = row.queue_place or 1
        ask.start(ask.session, Work("deploy", work_name(row), row.id, row.environment, place))
        return Outcome("started_again", {"deployment": row.id})
    reason = f"the work ended as {command.engine} and left no outcome"
    move(
        ask.session,
        row.id,
        row.state,
        "needs_attention",
        ended_at=ask.now,
        failure=f"Nobody knows what state it is in: {reason}.",
    )
    release_hold(ask.session, ask.now, row.environment, deployment(row.id))
    take_lock(ask.session, ask.now, row, f"Deployment {row.id} needs a person: {reason}.")
    note(ask.session, row.id, ask.now, "needs_attention", reason=reason)
    return Outcome("needs_attention", {"deployment": row.id, "engine": command.engine})


def revive_service(ask: Ask, command: ReviveService) -> Outcome:
    """Have a live service started again, in its turn among what waits for its environment."""
    row = known_deployment(ask.session, command.deployment)
    tried = ask.session.scalar(
        select(func.max(Note.at)).where(
            Note.of == deployment(row.id), Note.code.in_(("revived", "not_revived"))
        )
    )
    if held_by(ask.session, row.environment) is not None:
        return Outcome("nothing_due")  # that work stops and starts it as it needs
    if going(ask.session, row.environment) or stopped(ask.session, row.environment):
        return Outcome("nothing_due")  # it was stopped on purpose
    if row.state != "live" or (tried and ask.now - tried < REVIVE_AGAIN):
        return Outcome("nothing_due")
    name = f"revive:{row.id}:{stamp(ask.now)}"
    place = next_place(ask.session)
    ask.start(ask.session, Work("revive", name, row.id, row.environment, place))
    return Outcome("revival_started", {"deployment": row.id})


def forget_receipts(ask: Ask, command: ForgetReceipts) -> Outcome:
    """Drop the receipts that no delivery can ask for any more, and answers that were told."""
    inquiries.forget(ask.session, ask.now)
    builds.forget(ask.session, ask.now)
    gone = ask.session.execute(delete(Receipt).where(Receipt.at < ask.now - KEEP_RECEIPTS))
    return Outcome("receipts_forgotten", {"count": getattr(gone, "rowcount", 0)})


def show_status(ask: Ask, question: ShowStatus) -> Outcome:
    """What is under way and what is wrong, for the person on call."""
    open_rows = ask.session.scalars(select(Deployment).where(Deployment.state.in_(OPEN)))
    head = ask.session.get(AuditHead, 1)
    return Outcome(
        "status",
        {
            "open": [
                {
                    "id": row.id,
                    "kind": row.kind,
                    "service": row.service,
                    "version": row.version,
                    "environment": row.environment,
                    "state": row.state,
                    "requester": row.requester,
                    "at": stamp(row.started_at or row.requested_at),
                }
                for row in open_rows
            ],
            "stopped": list(
                told_stops(ask.session, ask.setup, ask.now, ask.setup.environments).values()
            ),
            "preparing": preparation_rows.under_way(ask.session),
            "locks": [
                facts
                for name in ask.setup.environments
                if (facts := told_lock(ask.session, ask.setup, ask.now, name))
            ],
            "changed": [
                {"environment": name} | one
                for name, there in drifts.noticed(ask.session, ask.setup.environments).items()
                for one in there
            ],
            "readings": _readings(ask),
            "undelivered": _undelivered(ask),
            "audit": {"entries": head.entry if head else 0, "head": head.hash if head else ""},
        },
    )


def _readings(ask: Ask) -> list[dict[str, Any]]:
    rows = ask.session.scalars(select(Reading).order_by(Reading.of))
    return [
        {"of": row.of, "at": stamp(row.at), "error": row.error, "people": row.of == DIRECTORY}
        for row in rows
    ]


def _undelivered(ask: Ask) -> int:
    untold = (Note.ts == "", Card.error != "", Notice.error != "")
    counts = (ask.session.scalar(select(func.count()).where(one)) for one in untold)
    return sum(filter(None, counts))
