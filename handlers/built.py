"""The end of a build: those who wait for it go on, or are told why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from handlers import artefacts, builds
from handlers.ask import Ask, Work
from handlers.deployment_rows import live, move, note
from handlers.deployments import enqueue
from handlers.gating import fingerprint_beside, gate_blockers
from handlers.messages import Outcome, ReconcileBuild
from handlers.tables import Build, Deployment, Release

LONG = 10
"""Lines of a build that its card shows; what is longer becomes a file in the card's thread."""


@dataclass(frozen=True)
class End:
    """How a build ended: ``artefact`` is the exact image, or ``failure`` says why there is none
    and ``log`` has the last lines; neither where nobody waited for it any more."""

    artefact: str = ""
    failure: str = ""
    log: tuple[str, ...] = ()


def conclude(ask: Ask, number: int, end: End) -> str:
    """Put the end of a build on record, once, and have those who wait for it go on."""
    row = ask.session.get_one(Build, number)
    if row.state not in builds.UNDER_WAY:
        return row.state
    row.state = "built" if end.artefact else "failed" if end.failure else "cancelled"
    row.ended_at, row.failure = ask.now, end.failure
    row.artefact = _record(ask, row, end.artefact)
    ask.session.flush()
    there = list(ask.session.scalars(builds.waiting(number)))
    for one in there:
        if end.artefact:
            _go_on(ask, one, row)
        elif end.failure:
            _give_up(ask, one, row, end)
    if row.state == "cancelled" and there:
        # They came after the last one before them had left, while the build was being ended.
        again = builds.begin(ask, there[0])
        for one in there:
            one.build = again.id
    return row.state


def _record(ask: Ask, row: Build, exact: str) -> str:
    """The bytes of a version are recorded once: what was there first counts."""
    if not exact:
        return ""
    mine = select(Release).where(Release.service == row.service, Release.commit == row.commit)
    for release in ask.session.scalars(mine):
        known = artefacts.artefact(ask.setup, release)
        exact = known or exact
        release.artefact, release.artefact_problem = exact, ""
    return exact


def _go_on(ask: Ask, row: Deployment, build: Build) -> None:
    """Now it can be said what an approval is bound to."""
    if not move(ask.session, row.id, builds.BUILDING, "waiting", artefact=build.artefact):
        return
    ask.session.refresh(row)
    place = ask.setup.environments.get(row.environment)
    if place is None or row.service not in place.services or row.service not in ask.setup.services:
        _block(ask, row)
        return
    there = live(ask.session, row.service, row.environment)
    if row.approvals_needed:
        row.expires_at = ask.now + timedelta(seconds=place.approvals.expire)
    is_other = (there.id if there else None) != row.replaces
    row.replaces = there.id if there else None
    row.fingerprint = fingerprint_beside(ask.session, ask.setup, row, there)
    if is_other:
        row.changes = None
        again = f"examine:{row.id}:{row.fingerprint[:12]}"
        ask.start(ask.session, Work("examine", again, row.id))
    ask.session.flush()
    took = (ask.now - (build.started_at or ask.now)).total_seconds()
    note(
        ask.session, row.id, ask.now, "built",
        artefact=row.artefact, took=took, found=not build.pushed,
    )  # fmt: skip
    if not row.approvals_needed:
        enqueue(ask, row)


def _block(ask: Ask, row: Deployment) -> None:
    found = gate_blockers(ask.session, ask.setup, ask.now, row)
    told = [{"code": one.code, "facts": dict(one.facts)} for one in found]
    move(ask.session, row.id, "waiting", "blocked", ended_at=ask.now)
    note(ask.session, row.id, ask.now, "blocked", blockers=told)


def _give_up(ask: Ask, row: Deployment, build: Build, end: End) -> None:
    values: dict[str, Any] = {"ended_at": ask.now, "failure": end.failure, "log": list(end.log)}
    if not move(ask.session, row.id, builds.BUILDING, "not_built", **values):
        return
    facts: dict[str, Any] = {"sentence": end.failure}
    if build.said.count("\n") > LONG:
        facts |= {"build": build.id, "file": file_name(build)}
    note(ask.session, row.id, ask.now, "not_built", **facts)


def file_name(build: Build) -> str:
    """What the file with all that a build wrote is called; of each build another one."""
    return f"{build.service}-{build.commit[:8]}-build-{build.id}.log"


def reconcile(ask: Ask, command: ReconcileBuild) -> Outcome:
    """Start a build that the engine has never heard of; end one that it gave up on."""
    row = ask.session.get(Build, command.build)
    if row is None or row.state not in builds.UNDER_WAY:
        return Outcome("nothing_due")
    if not command.engine:
        builds.start(ask, row)
        return Outcome("started_again", {"build": row.id})
    said = f"The work ended as {command.engine} and left no outcome; ask for it again."
    conclude(ask, row.id, End(failure=said))
    return Outcome("needs_attention", {"build": row.id, "engine": command.engine})
