"""What every environment is like now: what runs there and what is open, what locks it, who has it,
who comes next and who waits. A fixed number of looks at the rows, however many there are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select

from handlers import drifts, file_changes, freezes, locks, preparation_rows
from handlers.ask import Ask, stamp
from handlers.bookings.look import AHEAD
from handlers.bookings.rows import HOLDS, told, told_with_link
from handlers.created import created_row, made
from handlers.deployment_rows import OPEN, told_state
from handlers.environments import failure_locks, known_environment, told_failure
from handlers.messages import ListEnvironments, Outcome, ShowEnvironment
from handlers.rest_rows import told_stops
from handlers.suitability import told_conditions
from handlers.tables import Booking, Deployment, Lock, Measurement, Wait

LAST = 6
"""Deployments of an environment that its page shows."""


def list_environments(ask: Ask, question: ListEnvironments) -> Outcome:
    """Every environment with what is live, who holds it and what waits for it."""
    names = list(ask.setup.environments)
    return Outcome("environments", {"environments": told_places(ask, names)})


def show_environment(ask: Ask, question: ShowEnvironment) -> Outcome:
    """One environment, with its rules and its last deployments."""
    file_changes.refuse_removed(ask, question.environment)
    row = created_row(ask.session, question.environment)
    environment = known_environment(ask.setup, question.environment)
    last = ask.session.scalars(
        select(Deployment)
        .where(Deployment.environment == question.environment)
        .order_by(Deployment.id.desc())
        .limit(LAST)
    )
    return Outcome(
        "environment",
        told_places(ask, [question.environment])[0]
        | {
            "runtime": environment.runtime,
            "instances": _instances(ask, question.environment),
            "file_changes": file_changes.changes(ask.session, ask.setup, question.environment),
            "live": file_changes.live_versions(ask.session, question.environment),
            "blueprint": row.blueprint if row else "",
            "has": told_conditions(ask.session, ask.setup, question.environment),
            "may": {p: list(environment.may(p)) for p in ("deploy", "approve", "rollback")},
            "last": [_told(row) for row in last],
        },
    )


def _instances(ask: Ask, name: str) -> dict[str, Any]:
    """What runs there as it was last read, and when that was."""
    row = ask.session.get(Measurement, (name, "instances"))
    if row is None:
        return {}
    there = row.value if isinstance(row.value, list) else []
    return {"there": there, "read": stamp(row.at), "error": row.error}


def told_places(ask: Ask, names: list[str]) -> list[dict[str, Any]]:
    """Each of these environments, as lists, pages and the board tell of it."""
    running, coming, waiting = _running(ask), _coming(ask), _waiting(ask)
    asleep = told_stops(ask.session, ask.setup, ask.now, names)
    changed, owned = drifts.noticed(ask.session, names), made(ask.session)
    held = locks.by_place(ask.session, ask.setup, ask.now)
    prepared: dict[str, list[dict[str, Any]]] = {}
    for one in preparation_rows.under_way(ask.session):
        prepared.setdefault(one["environment"], []).append(one)
    return [
        place
        | {
            "held": held[name],
            "frozen": list(freezes.on(ask.setup, ask.now, name)),
            "preparing": prepared.get(name, []),
            "stopped": asleep.get(name),
            "services": [_at_rest(one) for one in place["services"]]
            if name in asleep
            else place["services"],
            "changed": changed.get(name, []),
            "made": owned.get(name),
            "bookings": [told_with_link(ask, row) for row in running.get(name, ())],
            "next": told(coming[name]) if name in coming else None,
            "waiting": waiting.get(name, 0),
            "bookable": ask.setup.environments[name].bookings is not None,
        }
        for place in _rows(ask, names)
        if (name := str(place["environment"]))
    ]


def _at_rest(service: dict[str, Any]) -> dict[str, Any]:
    """What is stopped on purpose is not unwell."""
    return service | {"live": service["live"] and service["live"] | {"state": "live"}}


def _rows(ask: Ask, names: list[str]) -> list[dict[str, Any]]:
    """What runs in each, what is open, and its lock after a failure."""
    rows = ask.session.scalars(
        select(Deployment).where(
            Deployment.environment.in_(names), Deployment.state.in_(("live", *OPEN))
        )
    )
    there: dict[str, list[Deployment]] = {name: [] for name in names}
    for row in rows:
        there[row.environment].append(row)
    locks = {lock.environment: lock for lock in ask.session.scalars(failure_locks(names))}
    return [_place(ask, name, there[name], locks.get(name)) for name in names]


def _place(ask: Ask, name: str, rows: list[Deployment], lock: Lock | None) -> dict[str, Any]:
    environment = ask.setup.environments[name]
    by_state: dict[str, list[Deployment]] = {}
    for row in rows:
        by_state.setdefault(row.state, []).append(row)
    live = {row.service: row for row in by_state.get("live", [])}
    return {
        "environment": name,
        "tier": environment.tier,
        "channel": environment.channel,
        "lock": told_failure(ask.session, ask.setup, ask.now, lock),
        "services": [
            {
                "service": service,
                "address": place.address,
                "approvals": environment.approvals_needed(service),
                "live": _told(live[service]) if service in live else None,
            }
            for service, place in environment.services.items()
        ],
        "open": [_told(row) for state in reversed(OPEN) for row in by_state.get(state, [])],
    }


def _told(row: Deployment) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "service": row.service,
        "version": row.version,
        "commit": row.commit,
        "state": told_state(row),
        "requester": row.requester,
        "url": row.url,
        "at": stamp(row.ended_at or row.live_at or row.started_at or row.requested_at),
    }


def _running(ask: Ask) -> dict[str, list[Booking]]:
    """Who has what now."""
    return _by_place(
        ask.session.scalars(
            select(Booking)
            .where(
                HOLDS,
                Booking.state == "booked",
                Booking.starts_at <= ask.now,
                Booking.ends_at > ask.now,
            )
            .order_by(Booking.starts_at, Booking.id)
        )
    )


def _by_place(rows: Iterable[Booking]) -> dict[str, list[Booking]]:
    found: dict[str, list[Booking]] = {}
    for row in rows:
        found.setdefault(row.environment, []).append(row)
    return found


def _coming(ask: Ask) -> dict[str, Booking]:
    """Of each environment the booking that begins next."""
    order = (Booking.starts_at, Booking.id)
    nth = func.row_number().over(partition_by=Booking.environment, order_by=order).label("nth")
    ahead = (HOLDS, Booking.starts_at > ask.now, Booking.starts_at < ask.now + AHEAD)
    first = select(Booking.id, nth).where(*ahead).subquery()
    rows = ask.session.scalars(
        select(Booking).join(first, first.c.id == Booking.id).where(first.c.nth == 1)
    )
    return {row.environment: row for row in rows}


def _waiting(ask: Ask) -> dict[str, int]:
    """How many wait for each environment."""
    count = select(Wait.environment, func.count()).where(Wait.state.in_(("waiting", "offered")))
    return dict(ask.session.execute(count.group_by(Wait.environment)).all())
