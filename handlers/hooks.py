"""Hooks of deployments on record: which there will be, which have run, and what that closes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from math import ceil
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handlers.ask import stamp
from handlers.rules.hooks import NEEDS_BACKUP, Act, Ran, end_of_the_way, in_the_way, way_back
from handlers.setup import Setup
from handlers.tables import Deployment, HookRun, Preparation

RUN, KEEP = "hook", "keep"
STANDS = ("begun", "done", "failed", "stuck")
"""States of a hook that was begun and not taken back since."""
AGES_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def lay_down(session: Session, setup: Setup, row: Deployment) -> None:
    """Put on record what will run for a deployment, as it is declared now."""
    for position, (phase, _, hook) in enumerate(setup.services[row.service].hooks.all):
        session.add(
            HookRun(
                deployment=row.id, name=hook.name, position=position, phase=phase,
                command=list(hook.command), image=hook.image or "", timeout=ceil(hook.timeout),
                way_back=hook.way_back, undo=list(hook.undo),
            )
        )  # fmt: skip
    session.flush()


def steps(session: Session, number: int, phase: str) -> list[str]:
    """What the steps of one phase are called, in their order."""
    rows = runs(session, number)
    return [
        f"{what}:{row.name}"
        for row in rows
        if row.phase == phase
        for what in ((KEEP, RUN) if row.way_back == NEEDS_BACKUP else (RUN,))
    ]


def runs(session: Session, number: int) -> list[HookRun]:
    wanted = select(HookRun).where(HookRun.deployment == number).order_by(HookRun.position)
    return list(session.scalars(wanted))


def named(act: Act) -> str:
    """What the step of an act on the way back is called."""
    return f"{act.kind}:{act.deployment}:{act.name}"


def ahead_back(session: Session, number: int) -> tuple[Act, ...]:
    """What leads back from the hooks of one deployment."""
    return way_back(_ran(runs(session, number)))


def end_of(session: Session, number: int) -> str:
    """The hook of a deployment that nothing leads behind; empty where there is none."""
    last = end_of_the_way(_ran(runs(session, number)))
    return last.name if last else ""


def left_by(session: Session, setup: Setup, row: Deployment) -> tuple[Act, ...]:
    """What a rollback undoes: the hooks that ran since its version was live there."""
    return way_back([one for one in _since(session, setup, row) if one.at > _served(session, row)])


def closed(session: Session, setup: Setup, row: Deployment) -> Mapping[str, Any] | None:
    """Why a rollback cannot go back so far; None where it can."""
    if row.kind != "rollback":
        return None
    found = in_the_way(_since(session, setup, row), _served(session, row))
    if found is None:
        return None
    by = session.get_one(Deployment, found.deployment)
    return {
        "hook": found.name,
        "way_back": found.way_back,
        "at": stamp(found.at),
        "by": by.requester,
        "service": row.service,
        "version": row.version,
        "brought": by.version,
        "environment": row.environment,
    }


def without_data(setup: Setup, row: Deployment) -> Mapping[str, Any] | None:
    """The first hook that needs a copy of data where none is kept; None where there is none."""
    place = setup.environments[row.environment].services[row.service]
    if row.kind != "deploy" or place.data is not None:
        return None
    for _, _, hook in setup.services[row.service].hooks.all:
        if hook.way_back == NEEDS_BACKUP:
            told = {"hook": hook.name, "service": row.service, "environment": row.environment}
            return told
    return None


def _since(session: Session, setup: Setup, row: Deployment) -> list[Ran]:
    """Every hook that stands there, in the order in which they ran. A reset brings data of its
    own: what ran before that is no part of it."""
    reset = select(func.max(Preparation.ended_at)).where(
        Preparation.environment == row.environment,
        Preparation.kind == "reset",
        Preparation.state == "done",
    )
    data = setup.environments[row.environment].services[row.service].data
    since = (session.scalar(reset) if data else None) or AGES_AGO
    found = (
        select(HookRun)
        .join(Deployment, Deployment.id == HookRun.deployment)
        .where(
            Deployment.service == row.service,
            Deployment.environment == row.environment,
            Deployment.state != "removed",
            HookRun.began_at > since,
        )
        .order_by(HookRun.began_at, HookRun.deployment, HookRun.position)
    )
    return _ran(list(session.scalars(found)))


def _served(session: Session, row: Deployment) -> datetime:
    """When the version was last brought there and served."""
    last = select(func.max(Deployment.live_at)).where(
        Deployment.service == row.service,
        Deployment.environment == row.environment,
        Deployment.commit == row.commit,
        Deployment.state.in_(("live", "replaced")),
    )
    return session.scalar(last) or AGES_AGO


def _ran(rows: list[HookRun]) -> list[Ran]:
    return [
        Ran(
            deployment=one.deployment,
            name=one.name,
            way_back=one.way_back,
            is_done=one.state in ("done", "stuck"),
            has_undo=bool(one.undo),
            at=one.began_at,
        )
        for one in rows
        if one.state in STANDS and one.began_at is not None
    ]
