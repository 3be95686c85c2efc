"""Gathers, in the caller's transaction, what the gates and the fingerprint look at.

Request, approval and the moment before the first change all ask through here, so no path can
skip a gate that another one has.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import artefacts, drifts, file_changes, freezes, hooks, locks
from handlers.bookings.look import booked_by_others
from handlers.created import going
from handlers.deployment_rows import live
from handlers.environments import told_lock
from handlers.needs import recorded
from handlers.people import holders
from handlers.preparation_rows import held_up
from handlers.rules.approvals import Bound, fingerprint
from handlers.rules.gates import Blocker, GateFacts, blockers
from handlers.setup import Setup, version_of
from handlers.subjects import deployment
from handlers.suitability import suited
from handlers.tables import Approval, Deployment


def gate_blockers(
    session: Session, setup: Setup, now: datetime, row: Deployment
) -> tuple[Blocker, ...]:
    """Why ``row`` may not go ahead now; empty when nothing stands in the way."""
    there = live(session, row.service, row.environment)
    return blockers_beside(session, setup, now, row, there)


def blockers_beside(
    session: Session, setup: Setup, now: datetime, row: Deployment, there: Deployment | None
) -> tuple[Blocker, ...]:
    """``gate_blockers`` where it is known already what is live."""
    environment = setup.environments.get(row.environment)
    if (
        environment is None
        or row.service not in environment.services
        or row.service not in setup.services
    ):
        gone = {"service": row.service, "environment": row.environment}
        return (Blocker("not_in_setup_any_more", gone),)
    return blockers(
        GateFacts(
            kind=row.kind,
            version=row.version,
            commit=row.commit,
            live_version=there.version if there else "",
            live_commit=there.commit if there else "",
            lock=told_lock(session, setup, now, row.environment),
            suited=suited(session, setup, now, row),
            approvals_needed=row.approvals_needed,
            approvers=holders(session, setup, now, environment.may("approve"))
            if row.approvals_needed
            else frozenset(),
            requester=row.requester,
            held=locks.on(session, setup, now, row.environment, row.requester),
            frozen=freezes.on(setup, now, row.environment),
            booked=booked_by_others(session, now, row),
            held_up=held_up(session, row.environment),
            going=going(session, row.environment),
            closed=hooks.closed(session, setup, row),
            without_data=hooks.without_data(setup, row),
            no_artefact=artefacts.problem(session, setup, row),
            is_otherwise=_is_otherwise(session, setup, row, there),
        )
    )


def _is_otherwise(
    session: Session, setup: Setup, row: Deployment, there: Deployment | None
) -> bool:
    """Was what is live changed outside the bot, or would it be made otherwise by the file now?"""
    if there is None:
        return False
    return file_changes.differs(setup, there) or drifts.is_otherwise(
        session, row.environment, row.service
    )


def current_fingerprint(session: Session, setup: Setup, row: Deployment) -> str:
    """The fingerprint of the request as it would be carried out now."""
    there = live(session, row.service, row.environment)
    return fingerprint_beside(session, setup, row, there)


def fingerprint_beside(
    session: Session, setup: Setup, row: Deployment, there: Deployment | None
) -> str:
    """``current_fingerprint`` where it is known already what is live."""
    service = setup.services[row.service]
    place = setup.environments[row.environment].services[row.service]
    release = recorded(session, row.service, row.version, row.commit)
    needs = json.dumps(release.needs if release else {}, sort_keys=True)
    configuration = hashlib.sha256(
        (service.model_dump_json() + place.model_dump_json() + needs + version_of(place)).encode()
    ).hexdigest()
    return fingerprint(
        Bound(
            action=row.kind,
            service=row.service,
            environment=row.environment,
            version=row.version,
            commit=row.commit,
            artefact=row.artefact,
            configuration=configuration,
            replaces=f"{there.id}:{there.commit}" if there else "",
            policy=setup.policy,
            requester=row.requester,
            expires_at=row.expires_at.isoformat() if row.expires_at else "",
        )
    )


def approvers(session: Session, row: Deployment) -> frozenset[str]:
    """Who has said yes to the request as it stands."""
    return frozenset(
        session.scalars(
            select(Approval.user).where(
                Approval.of == deployment(row.id),
                Approval.fingerprint == row.fingerprint,
                Approval.verdict == "approved",
            )
        )
    )
