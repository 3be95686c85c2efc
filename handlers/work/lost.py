"""Work that fell between our rows and the engine's."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from handlers import builds, on_demand, preparation_rows
from handlers.deployment_rows import work_name
from handlers.store import Store
from handlers.tables import Build, Created, Deployment, Preparation
from handlers.work.engine import Engine

SETTLED = timedelta(seconds=30)
"""Younger than this, the engine may simply not have come to it yet."""
UNDER_WAY = {"ENQUEUED", "PENDING", "DELAYED"}


def lost_work(store: Store, engine: Engine, now: datetime) -> list[tuple[int, str]]:
    """The open deployments that the engine does not work on, each with the engine's state of it
    (empty: it has never heard of it)."""
    with store.read() as session:
        rows = session.scalars(
            select(Deployment).where(
                Deployment.state.in_(("queued", "running")), Deployment.queued_at < now - SETTLED
            )
        )
        names = {work_name(row): row.id for row in rows}
    return _not_under_way(engine, names)


def lost_preparations(store: Store, engine: Engine, now: datetime) -> list[tuple[int, str]]:
    """Likewise the open preparations."""
    with store.read() as session:
        rows = session.scalars(
            select(Preparation).where(
                Preparation.state.in_(("queued", "running")),
                Preparation.requested_at < now - SETTLED,
            )
        )
        names = {preparation_rows.work_name(row): row.id for row in rows}
    return _not_under_way(engine, names)


def lost_destructions(store: Store, engine: Engine, now: datetime) -> list[tuple[int, str]]:
    """Likewise the environments that are being destroyed."""
    with store.read() as session:
        rows = session.scalars(
            select(Created).where(Created.state == "going", Created.going_at < now - SETTLED)
        )
        names = {on_demand.work_name(row): row.id for row in rows}
    return _not_under_way(engine, names)


def lost_builds(store: Store, engine: Engine, now: datetime) -> list[tuple[int, str]]:
    """Likewise the builds under way."""
    with store.read() as session:
        rows = session.scalars(
            select(Build).where(
                Build.state.in_(builds.UNDER_WAY), Build.requested_at < now - SETTLED
            )
        )
        names = {builds.work_name(row): row.id for row in rows}
    return _not_under_way(engine, names)


def _not_under_way(engine: Engine, names: dict[str, int]) -> list[tuple[int, str]]:
    states = engine.states(list(names))
    found = [(number, states.get(name, "")) for name, number in names.items()]
    return [(number, state) for number, state in found if state not in UNDER_WAY]
