"""The version that is an environment's baseline brought back, as a part of its reset.

The steps are those of a deployment, under the reset's hold and on the reset's card. What was live
is stopped by then, and the data is not its own any more: nothing leads back to it. A version that
fails before the address leads to it is stopped; one that fails later stays, and needs a person.
"""

from __future__ import annotations

from dbos import DBOS
from sqlalchemy.orm import Session

from handlers import artefacts, drifts, show
from handlers.deployment_rows import live, move
from handlers.preparation_rows import baseline_release, close_parts
from handlers.subjects import deployment, preparation
from handlers.tables import Deployment, Preparation
from handlers.work import effects
from handlers.work.bench import bench, operation
from handlers.work.deploy import ask_others_again
from handlers.work.engine import exactly_once
from handlers.work.examine import read_changes
from handlers.work.measure import measure_running
from handlers.work.steps import FORWARD, Problem, drop_pending, lay_out, mark

STEP = "release:"
"""What the step of each service is called on the reset's card, with the service behind it."""


def bring_back(number: int, service: str) -> Problem | None:
    """One service's baseline version, from the queue of nothing to live."""

    def begin(session: Session, of: int) -> int:
        return _begin(session, session.get_one(Preparation, of), service)

    part = exactly_once("begin_release", begin, number)
    if not part:
        return None
    problem = (
        effects.prepare(part)
        or effects.start(part)
        or effects.become_healthy(part)
        or effects.switch(part)
    )
    if problem is None:
        problem = effects.watch(part)
    stays = problem is None or leads_there(part)
    if problem is None:
        effects.retire(part)
    elif not stays:
        effects.discard(part)

    def finish(session: Session, of: int) -> list[int]:
        return _finish(session, session.get_one(Deployment, of), problem, stays)

    others = exactly_once("finish_release", finish, part)
    measure_running(part)
    for other in others:
        read_changes(other)
    return problem


def _begin(session: Session, row: Preparation, service: str) -> int:
    """The deployment that brings it; none where it is live already."""
    tools = bench()
    close_parts(session, row, tools.now(), "It was tried again.")
    release = baseline_release(session, tools.setup, row, service)
    there = live(session, service, row.environment)
    name = STEP + service
    if release is None or (there is not None and there.commit == release.commit):
        said = f"{there.version} is live already" if there else "there is no baseline any more"
        mark(session, tools.now(), preparation(row.id), name, "in_progress", "")
        mark(session, tools.now(), preparation(row.id), name, "complete", said)
        return 0
    part = Deployment(
        kind="deploy", service=service, environment=row.environment, version=release.version,
        commit=release.commit, state="in_reset", team=row.team, requester=row.requester,
        reason=f"reset #{row.id}", requested_at=tools.now(), started_at=tools.now(),
        replaces=there.id if there else None, part_of=row.id,
    )  # fmt: skip
    part.artefact = artefacts.for_request(session, tools.setup, part)
    session.add(part)
    session.flush()
    lay_out(session, deployment(part.id), (*FORWARD, "discard"))
    mark(session, tools.now(), preparation(row.id), name, "in_progress", release.version)
    tools.record(session, "reset", "release_began", preparation=row.id, deployment=part.id)
    return part.id


@DBOS.step(name="leads_there")
def leads_there(part: int) -> bool:
    """Does the address lead to it, so that it cannot be stopped? Unknown counts as yes."""
    tools = bench()
    with tools.store.read() as session:
        row = session.get_one(Deployment, part)
        environment, service = row.environment, row.service
    try:
        serving = tools.runtime(environment).serving(environment, service)
    except Exception:
        return True
    return serving is not None and serving.operation == operation(part)


def _finish(session: Session, row: Deployment, problem: Problem | None, stays: bool) -> list[int]:
    """What is live is what the address leads to; whoever waits for approval here is asked anew."""
    tools = bench()
    told = {"failure": problem["sentence"], "log": problem["log"]} if problem else {}
    if stays:
        before = live(session, row.service, row.environment)
        if before is not None:
            move(session, before.id, "live", "replaced", ended_at=tools.now())
        made = drifts.made_as(tools.setup, row.environment, row.service, row.started_at)
        move(session, row.id, "in_reset", "live", live_at=tools.now(), made_as=made, **told)
    else:
        move(session, row.id, "in_reset", "failed", ended_at=tools.now(), **told)
    drop_pending(session, deployment(row.id))
    reset = preparation(row.part_of or 0)
    state, detail = ("error", problem["sentence"]) if problem else ("complete", row.version)
    mark(session, tools.now(), reset, STEP + row.service, state, detail)
    show.touch(session, reset)
    code = "release_failed" if problem else "release_back"
    tools.record(session, "reset", code, preparation=row.part_of, deployment=row.id)
    return ask_others_again(session, row.id) if stays else []
