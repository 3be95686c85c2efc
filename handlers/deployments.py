"""Deployments: asking for one, and calling one off."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import artefacts, builds, preparation_rows, show
from handlers.ask import Ask, Work, stamp
from handlers.bookings.look import mark_used
from handlers.deployment_rows import (
    OPEN,
    ahead,
    card_link,
    first_note,
    live,
    move,
    next_place,
    note,
    touch,
    work_name,
)
from handlers.environments import known_environment
from handlers.gating import blockers_beside, fingerprint_beside
from handlers.messages import (
    CancelDeployment,
    ChooseDeployment,
    Outcome,
    Refusal,
    RequestDeploy,
    RequestRollback,
)
from handlers.people import roles_of
from handlers.releases import known_release, known_service, versions
from handlers.setup import Environment
from handlers.subjects import deployment
from handlers.tables import Deployment


def request(ask: Ask, command: RequestDeploy) -> Outcome:
    """Record a request; it is queued at once, or waits for the approvals its place asks for. Where
    its image has to be built first, it waits for that before anybody is asked."""
    place = place_for(ask, command.service, command.environment)
    release = known_release(ask.session, ask.setup, command.service, command.version)
    needed = place.approvals_needed(command.service)
    row = new_row(ask, command, "deploy", release.version, release.commit)
    row.artefact = artefacts.for_request(ask.session, ask.setup, row)
    row.state = builds.first_state(ask.setup, row)
    row.approvals_needed = needed
    if needed and row.state == "waiting":
        row.expires_at = ask.now + timedelta(seconds=place.approvals.expire)
    return submit(ask, row, place)


def place_for(ask: Ask, service: str, name: str) -> Environment:
    """The environment, if the service belongs there, or a refusal."""
    environment = known_environment(ask.setup, name)
    known_service(ask.setup, service)
    if service not in environment.services:
        raise Refusal(
            "service_not_here",
            service=service,
            environment=name,
            known=sorted(environment.services),
        )
    return environment


def new_row(
    ask: Ask, command: RequestDeploy | RequestRollback, kind: str, version: str, commit: str
) -> Deployment:
    """A request that is not on record yet; the same one twice is refused."""
    _refuse_twin(ask.session, command.service, command.environment, version)
    return Deployment(
        kind=kind,
        service=command.service,
        environment=command.environment,
        version=version,
        commit=commit,
        state="waiting",
        team=ask.actor.team,
        requester=ask.actor.user,
        reason=command.reason.strip()[:500],
        requested_at=ask.now,
        approvals_needed=0,
    )


def _refuse_twin(session: Session, service: str, environment: str, version: str) -> None:
    twin = session.scalar(
        select(Deployment).where(
            Deployment.service == service,
            Deployment.environment == environment,
            Deployment.version == version,
            Deployment.state.in_(OPEN),
        )
    )
    if twin is not None:
        raise Refusal("already_asked", **summary(session, twin))


def submit(ask: Ask, row: Deployment, place: Environment) -> Outcome:
    """Ask every gate, put the request on record with its card, and queue it where nobody has to
    approve it."""
    there = live(ask.session, row.service, row.environment)
    found = blockers_beside(ask.session, ask.setup, ask.now, row, there)
    if found:
        raise Refusal(
            "blocked",
            **_words(row),
            blockers=[{"code": b.code, "facts": dict(b.facts)} for b in found],
        )
    row.replaces = there.id if there else None
    row.fingerprint = fingerprint_beside(ask.session, ask.setup, row, there)
    ask.session.add(row)
    ask.session.flush()
    show.open_card(ask.session, deployment(row.id), ask.now, place.channel, row.requester)
    ask.session.add(first_note(row))
    mark_used(ask.session, ask.now, row)
    ask.start(ask.session, Work("examine", f"examine:{row.id}", row.id))
    if row.state == builds.BUILDING:
        builds.ask_for(ask, row)
        return Outcome("building", summary(ask.session, row))
    if row.approvals_needed:
        return Outcome("waiting_for_approval", summary(ask.session, row))
    return enqueue(ask, row)


def enqueue(ask: Ask, row: Deployment) -> Outcome:
    """Give the deployment its place in its environment's queue and start its work, both in the
    transaction that made it legal; a twin that comes too late finds it moved already."""
    place = next_place(ask.session)
    if not move(ask.session, row.id, "waiting", "queued", queue_place=place, queued_at=ask.now):
        raise Refusal("already_decided", **summary(ask.session, row))
    ask.session.refresh(row)
    ask.start(ask.session, Work("deploy", work_name(row), row.id, row.environment, place))
    facts = summary(ask.session, row)
    before = preparation_rows.ahead_of(ask.session, row.environment, place)
    facts["ahead"] = [
        *(preparation_rows.told(ask.session, other) for other in before),
        *(_words(other) for other in ahead(ask.session, row)),
    ]
    return Outcome("queued", facts)


def cancel(ask: Ask, command: CancelDeployment) -> Outcome:
    """Call a deployment off. Before it runs it ends now; running it is told to, and the work looks
    between its steps; what is finished stays."""
    row = known_deployment(ask.session, command.deployment)
    _may_cancel(ask, row)
    for state in (builds.BUILDING, "waiting", "queued"):
        if move(ask.session, row.id, state, "cancelled", ended_at=ask.now, ended_by=ask.actor.user):
            note(ask.session, row.id, ask.now, "cancelled", by=ask.actor.user)
            ask.session.refresh(row)
            return Outcome("cancelled", summary(ask.session, row))
    if row.state != "running":
        raise Refusal("already_decided", **summary(ask.session, row))
    if not row.cancelled_by:
        touch(ask.session, row.id, cancelled_by=ask.actor.user)
        note(ask.session, row.id, ask.now, "cancel_asked", by=ask.actor.user)
    return Outcome("cancel_asked", summary(ask.session, row))


def _may_cancel(ask: Ask, row: Deployment) -> None:
    if ask.actor.user == row.requester:
        return
    roles = known_environment(ask.setup, row.environment).may("deploy")
    if not roles_of(ask.session, ask.setup, ask.actor.user) & set(roles):
        raise Refusal("not_permitted", permission="cancel", roles=list(roles), holders=[])


def known_deployment(session: Session, number: int) -> Deployment:
    """The deployment of that number, or a refusal."""
    row = session.get(Deployment, number)
    if row is None:
        raise Refusal("unknown_deployment", deployment=number)
    return row


def choose(ask: Ask, question: ChooseDeployment) -> Outcome:
    """What the deployment form offers: services, the versions of the chosen one, environments."""
    if question.typed:
        _refuse_wrong_words(ask, question)
    services = sorted(ask.setup.services)
    service = question.service if question.service in services else services[0]
    there = versions(ask.session, service)
    wanted = question.version.removeprefix("v")
    return Outcome(
        "choose_deployment",
        {
            "services": services,
            "service": service,
            "versions": [{"version": r.version, "subject": r.subject} for r in there[:100]],
            "version": wanted if wanted in {r.version for r in there} else "",
            "environments": sorted(
                name for name, e in ask.setup.environments.items() if service in e.services
            ),
            "environment": question.environment,
        },
    )


def _refuse_wrong_words(ask: Ask, said: ChooseDeployment) -> None:
    if said.service:
        known_service(ask.setup, said.service)
    if said.version:
        known_release(ask.session, ask.setup, said.service, said.version)
    if said.environment:
        place_for(ask, said.service, said.environment)


def _words(row: Deployment) -> dict[str, Any]:
    return {
        "deployment": row.id,
        "kind": row.kind,
        "service": row.service,
        "version": row.version,
        "environment": row.environment,
        "requester": row.requester,
    }


def summary(session: Session, row: Deployment) -> dict[str, Any]:
    """A deployment as answers and refusals tell of it."""
    return _words(row) | {
        "state": row.state,
        "fingerprint": row.fingerprint,
        "requested": stamp(row.requested_at),
        "expires": stamp(row.expires_at),
        "ended": stamp(row.ended_at),
        "ended_by": row.ended_by,
        "needed": row.approvals_needed,
        "link": card_link(session, row.id) if row.id else "",
    }
