"""Notices what was changed outside the bot: each reading of what runs is compared with what is to
run. What the bot itself is changing is no drift, and only what stays is told, once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import drifts, notices, show
from handlers.created import created_row
from handlers.deployment_rows import OPEN
from handlers.people import holders
from handlers.ports import Running
from handlers.rules.drift import Line, Seen, compare, drift
from handlers.stop_rows import stopped
from handlers.subjects import DEPLOYMENT
from handlers.tables import Deployment, Drift, Lock, Measurement, Scaling
from handlers.work.bench import Bench

log = logging.getLogger(__name__)

SETTLE = timedelta(seconds=10)
"""What is seen again this much later has stayed; what heals by itself before is not told."""
_turn = threading.Lock()
"""The clock and what is heard of may lead to the same environment at the same moment."""


def notice(tools: Bench, environment: str, at: datetime, there: Sequence[Running]) -> None:
    """Compare a reading that began ``at``; say what has stayed otherwise, and what is over."""
    with _turn, tools.store.write() as session:
        newest = session.get(Measurement, (environment, "instances"))
        if environment not in tools.setup.environments or (newest and (newest.at or at) > at):
            return
        if is_busy(session, environment, at):
            _forget_untold(session, environment)
            return
        new, over = _merge(
            session, environment, at, drift(lines(tools, session, environment, there))
        )
        _tell(tools, session, environment, new, over)
    if new or over:
        tools.wake()


def lines(
    tools: Bench, session: Session, environment: str, there: Sequence[Running]
) -> tuple[Line, ...]:
    """A reading against what is to run."""
    wanted = drifts.declared(session, tools.setup, environment)
    return compare(
        wanted, [_seen(one) for one in there], drifts.started_there(session, environment)
    )


def _seen(one: Running) -> Seen:
    return Seen(
        one.service, one.operation, one.version, one.commit, one.image, one.state, one.cores,
        one.limit, one.serves, ", ".join(one.mounts),
    )  # fmt: skip


def is_busy(session: Session, environment: str, since: datetime) -> bool:
    """Does the bot itself change something there, did it after ``since``, or is it stopped?"""
    held = select(Lock.id).where(
        Lock.environment == environment,
        Lock.kind == "operation",
        Lock.released_at.is_(None) | (Lock.released_at >= since),
    )
    scaled = select(Scaling.id).where(
        Scaling.environment == environment,
        (Scaling.state == "queued") | (Scaling.ended_at >= since),
    )
    row = created_row(session, environment)
    at_rest = stopped(session, environment) is not None or (row and row.state != "open")
    return bool(at_rest) or any(session.scalar(one.limit(1)) is not None for one in (held, scaled))


def _open(session: Session, environment: str) -> list[Drift]:
    there = select(Drift).where(Drift.environment == environment, Drift.cleared_at.is_(None))
    return list(session.scalars(there.order_by(Drift.id)))


def _forget_untold(session: Session, environment: str) -> None:
    for row in _open(session, environment):
        if row.told_at is None:
            session.delete(row)


def _merge(
    session: Session, environment: str, at: datetime, found: Sequence[Line]
) -> tuple[list[Drift], list[Drift]]:
    """What is to be told as new, and what as over."""
    there = {(row.service, row.what): row for row in _open(session, environment)}
    new = []
    for line in found:
        row = there.pop((line.service, line.what), None) or _begin(session, environment, at, line)
        row.declared, row.runs, row.remedy, row.absent_at = (
            line.declared, line.runs, line.remedy, None,
        )  # fmt: skip
        if row.told_at is None and at - row.noticed_at >= SETTLE:
            row.told_at = at
            new.append(row)
    return new, [row for row in there.values() if _is_over(session, row, at)]


def _begin(session: Session, environment: str, at: datetime, line: Line) -> Drift:
    row = Drift(
        environment=environment, service=line.service, what=line.what, noticed_at=at,
        told_at=None, cleared_at=None,
    )  # fmt: skip
    session.add(row)
    return row


def _is_over(session: Session, row: Drift, at: datetime) -> bool:
    """Whether people are to be told so: of what was not told nobody need hear that it is over."""
    if row.told_at is None:
        session.delete(row)
        return False
    row.absent_at = row.absent_at or at
    if at - row.absent_at < SETTLE:
        return False
    row.cleared_at = at
    return True


def _tell(
    tools: Bench, session: Session, environment: str, new: list[Drift], over: list[Drift]
) -> None:
    facts: dict[str, Any] = {"environment": environment}
    session.flush()
    for user in sorted(_keepers(tools, session, environment)) if new or over else ():
        if new:
            told = [drifts.told(row) for row in new]
            notices.tell(session, user, tools.now(), "drift_noticed", lines=told, **facts)
        if over:
            told = [drifts.told(row) for row in over]
            notices.tell(session, user, tools.now(), "drift_over", lines=told, **facts)
    for code, rows in (("drift_noticed", new), ("drift_over", over)):
        for row in rows:
            tools.record(session, "look_around", code, **facts, **drifts.told(row))
            _redraw(session, environment, row.service)


def _keepers(tools: Bench, session: Session, environment: str) -> frozenset[str]:
    """Who looks after it: who may prepare it, and whoever made it."""
    roles = tools.setup.environments[environment].may("prepare")
    row = created_row(session, environment)
    return holders(session, tools.setup, tools.now(), roles) | frozenset({row.owner} if row else ())


def _redraw(session: Session, environment: str, service: str) -> None:
    """The cards of deployments that are about to go there tell of it."""
    coming = select(Deployment.id).where(
        Deployment.environment == environment,
        Deployment.service == service,
        Deployment.state.in_(OPEN),
    )
    show.touch_all(session, DEPLOYMENT, coming)
