"""Images that are built before a deployment of them is decided about: asked for once for each
commit, whoever waits for it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from handlers import artefacts, show
from handlers.ask import Ask, Work
from handlers.setup import Setup
from handlers.subjects import DEPLOYMENT, Subject, build
from handlers.tables import Build, Deployment

BUILDING = "building"
"""The state of a deployment whose image is being built; nobody is asked to approve it yet."""
UNDER_WAY = ("queued", "running")
KEPT = timedelta(days=30)
"""How long what a build wrote is kept."""


def first_state(setup: Setup, row: Deployment) -> str:
    """What a request begins with: its image is built first where nobody has it and it can be."""
    service = setup.services[row.service]
    is_missing = artefacts.is_needed(setup, row.environment) and not row.artefact
    return BUILDING if is_missing and service.build is not None else "waiting"


def ask_for(ask: Ask, row: Deployment) -> None:
    """Have a deployment wait for the build of its commit: the one under way, or a new one."""
    there = ask.session.scalar(
        select(Build).where(
            Build.service == row.service, Build.commit == row.commit, Build.state.in_(UNDER_WAY)
        )
    )
    row.build = (there or begin(ask, row)).id


def begin(ask: Ask, row: Deployment) -> Build:
    """A new build for a deployment, in its queue."""
    there = Build(
        service=row.service, version=row.version, commit=row.commit, state="queued",
        team=row.team, requester=row.requester, requested_at=ask.now,
    )  # fmt: skip
    ask.session.add(there)
    ask.session.flush()
    start(ask, there)
    return there


def start(ask: Ask, there: Build) -> None:
    ask.start(ask.session, Work("build", work_name(there), there.id, queue="builds"))


def work_name(there: Build) -> str:
    return f"build:{there.id}"


def waiting(number: int) -> Select[Deployment]:
    """The deployments that wait for a build, in the order in which they were asked for."""
    mine = (Deployment.build == number) & (Deployment.state == BUILDING)
    return select(Deployment).where(mine).order_by(Deployment.id)


def is_wanted(session: Session, number: int) -> bool:
    """Does anybody wait for it still?"""
    return session.scalar(waiting(number).limit(1)) is not None


def touch(session: Session, of: Subject) -> None:
    """What the cards of those who wait show of the build has changed."""
    mine = (Deployment.build == of.number) & (Deployment.state == BUILDING)
    show.touch_all(session, DEPLOYMENT, select(Deployment.id).where(mine))


def last_of(session: Session, service: str, commit: str) -> Build | None:
    """The newest build of a commit."""
    mine = select(Build).where(Build.service == service, Build.commit == commit)
    return session.scalar(mine.order_by(Build.id.desc()).limit(1))


def subject_of(row: Deployment) -> Subject | None:
    """Whose steps its card shows instead of its own, where it waits for them or they failed."""
    shows = row.build is not None and row.state in (BUILDING, "not_built")
    return build(row.build or 0) if shows else None


def forget(session: Session, now: datetime) -> None:
    """Drop what builds wrote a long time ago."""
    old = update(Build).where(Build.said != "", Build.ended_at < now - KEPT).values(said="")
    session.execute(old.execution_options(synchronize_session=False))
