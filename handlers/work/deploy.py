"""A deployment, and its way back, from the queue to the end.

1 know who is who and what is there  2 ask every gate again and take the environment  3 prepare,
start, become healthy beside what serves  4 switch  5 watch  6 retire the old one  7 say so.
Whatever fails before 6 leads back to what was live before. Only a rollback that fails in 5 stays:
people chose to leave what was there before, so it calls for a person instead.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import drifts, hooks, subjects
from handlers.approvals import renew
from handlers.deployment_rows import live, move, note, touch_queue
from handlers.environments import release_hold, take_hold, take_lock
from handlers.gating import approvers, current_fingerprint, gate_blockers
from handlers.messages import Actor
from handlers.people import holders, person_facts
from handlers.rules.approvals import counted
from handlers.rules.gates import Blocker
from handlers.rules.people import may_with_role
from handlers.scaling import last_scaling
from handlers.stop_rows import end_stop
from handlers.tables import Deployment
from handlers.work import effects
from handlers.work.bench import bench
from handlers.work.engine import exactly_once, workflow
from handlers.work.examine import read_changes
from handlers.work.hooks import laid_out, run_hooks, take_back
from handlers.work.measure import measure_before, measure_running
from handlers.work.readings import directory_is_fresh
from handlers.work.steps import BACK, Problem, drop_pending, lay_out
from handlers.work.wake import wake

GO, WAKE, STOP, AGAIN = "go", "wake", "stop", "again"


@workflow("deploy")
def deploy(deployment: int) -> str:
    fresh = directory_is_fresh(deployment)
    measure_before(deployment)
    go = exactly_once("begin", _begin_when_known if fresh else _begin_unknown, deployment)
    if go == AGAIN:
        read_changes(deployment)
    if go not in (GO, WAKE):
        return go
    problem = (
        (wake(deployment) if go == WAKE else None)
        or effects.prepare(deployment)
        or run_hooks(deployment, "before")
        or effects.start(deployment)
        or effects.become_healthy(deployment)
        or effects.switch(deployment)
    )
    if problem is not None:
        return undo(deployment, problem)
    unwell = effects.watch(deployment) or run_hooks(deployment, "after")
    if unwell is not None and not _stays(deployment, unwell):
        return undo(deployment, unwell)
    effects.retire(deployment)
    unwell = take_back(deployment) or unwell

    def finish(session: Session, number: int) -> str:
        return _finish(session, number, unwell)

    outcome = exactly_once("finish", finish, deployment)
    measure_running(deployment)
    for other in exactly_once("ask_others_again", ask_others_again, deployment):
        read_changes(other)
    return outcome


def _stays(deployment: int, problem: Problem) -> bool:
    """Does what fails under traffic stay all the same? Reads only what never changes again."""
    with bench().store.read() as session:
        kind = session.get_one(Deployment, deployment).kind
        if hooks.end_of(session, deployment):
            return True
    return kind == "rollback" and not problem["cancelled"]


def undo(deployment: int, problem: Problem) -> str:
    """Lead back to what was live before, stop what failed, and keep people from repeating it."""

    def turn_back(session: Session, number: int) -> str:
        drop_pending(session, subjects.deployment(number))
        acts = hooks.ahead_back(session, number)
        lay_out(session, subjects.deployment(number), (*BACK, *map(hooks.named, acts)))
        note(session, number, bench().now(), "turning_back", **problem)
        return ""

    def finish(session: Session, number: int) -> str:
        return _finish_undone(session, number, problem, stuck)

    exactly_once("turn_back", turn_back, deployment)
    stuck = effects.go_back(deployment)
    effects.discard(deployment)
    stuck = take_back(deployment) or stuck
    outcome = exactly_once("finish_undone", finish, deployment)
    measure_running(deployment)
    return outcome


def _begin_when_known(session: Session, deployment: int) -> str:
    return _begin(session, session.get_one(Deployment, deployment), [])


def _begin_unknown(session: Session, deployment: int) -> str:
    row = session.get_one(Deployment, deployment)
    unread = [Blocker("directory_unread")] if row.approvals_needed else []
    return _begin(session, row, unread)


def _begin(session: Session, row: Deployment, unread: list[Blocker]) -> str:
    """Every gate once more, right before the first change: people leave, locks come, time runs."""
    tools = bench()
    if row.state != "queued":
        return STOP
    found = unread or [
        *gate_blockers(session, tools.setup, tools.now(), row),
        *_powerless(session, row),
    ]
    if found:
        return _blocked(session, row, found)
    if row.approvals_needed and not _still_approved(session, row):
        return _ask_again(session, row)
    there = live(session, row.service, row.environment)
    move(
        session,
        row.id,
        "queued",
        "running",
        started_at=tools.now(),
        replaces=there.id if there else None,
    )
    take_hold(session, tools.now(), row, subjects.deployment(row.id))
    wakes = end_stop(session, tools.now(), row.environment, row.requester)
    steps = laid_out(session, row)
    lay_out(session, subjects.deployment(row.id), ("wake", *steps) if wakes else steps)
    touch_queue(session, row.environment)
    note(session, row.id, tools.now(), "started")
    tools.record(session, "deploy", "started", deployment=row.id, commit=row.commit)
    return WAKE if wakes else GO


def _powerless(session: Session, row: Deployment) -> list[Blocker]:
    """The requester must still have the power to ask for it."""
    tools = bench()
    if row.environment not in tools.setup.environments:
        return []
    permission = "rollback" if row.kind == "rollback" else "deploy"
    roles = tools.setup.environments[row.environment].may(permission)
    person = person_facts(session, tools.setup, tools.now(), Actor(row.team, row.requester))
    code = may_with_role(person, roles)
    return (
        [Blocker("requester_lost_power", {"requester": row.requester, "code": code})]
        if code
        else []
    )


def _still_approved(session: Session, row: Deployment) -> bool:
    tools = bench()
    roles = tools.setup.environments[row.environment].may("approve")
    able = holders(session, tools.setup, tools.now(), roles)
    enough = len(counted(approvers(session, row), row.requester, able)) >= row.approvals_needed
    return enough and current_fingerprint(session, tools.setup, row) == row.fingerprint


def _blocked(session: Session, row: Deployment, found: list[Blocker]) -> str:
    tools = bench()
    told: list[dict[str, Any]] = [{"code": b.code, "facts": dict(b.facts)} for b in found]
    move(session, row.id, "queued", "blocked", ended_at=tools.now())
    note(session, row.id, tools.now(), "blocked", blockers=told)
    touch_queue(session, row.environment)
    tools.record(session, "deploy", "blocked", deployment=row.id, blockers=told)
    return STOP


def _ask_again(session: Session, row: Deployment) -> str:
    tools = bench()
    move(session, row.id, "queued", "waiting", queue_place=None)
    session.refresh(row)
    renew(session, tools.setup, tools.now(), row)
    tools.record(session, "deploy", "approvals_void", deployment=row.id)
    return AGAIN


def ask_others_again(session: Session, deployment: int) -> list[int]:
    """Another version is live now: what waits for approval here would replace that one instead,
    and bring other commits than its card says."""
    tools = bench()
    row = session.get_one(Deployment, deployment)
    others = select(Deployment).where(
        Deployment.service == row.service,
        Deployment.environment == row.environment,
        Deployment.state == "waiting",
    )
    numbers = []
    for other in session.scalars(others).all():
        renew(session, tools.setup, tools.now(), other)
        numbers.append(other.id)
    return numbers


def _finish(session: Session, deployment: int, unwell: Problem | None) -> str:
    tools = bench()
    row = session.get_one(Deployment, deployment)
    before = live(session, row.service, row.environment)
    if before is not None:
        move(session, before.id, "live", "replaced", ended_at=tools.now())
    left = before.version if before else ""
    told = {"failure": unwell["sentence"], "log": unwell["log"]} if unwell else {}
    made = drifts.made_as(tools.setup, row.environment, row.service, row.started_at)
    move(session, row.id, "running", "live", live_at=tools.now(), made_as=made, **told)
    if unwell is None:
        return _close(session, row, "live", replaced=left, **_kept_number(session, row))
    take_lock(session, tools.now(), row, _lock_reason(row, unwell, None))
    facts = {"sentence": unwell["sentence"], "left": left, "locked": row.environment}
    facts["beyond"] = hooks.end_of(session, row.id)
    return _close(session, row, "unwell", **facts)


def _kept_number(session: Session, row: Deployment) -> dict[str, Any]:
    """How many instances there are, where that is what somebody asked for and not the setup."""
    scaling = last_scaling(session, row.environment, row.service)
    return {"replicas": scaling.replicas, "scaled_by": scaling.requester} if scaling else {}


def _finish_undone(
    session: Session, deployment: int, problem: Problem, stuck: Problem | None
) -> str:
    tools = bench()
    row = session.get_one(Deployment, deployment)
    before = live(session, row.service, row.environment)
    state = "cancelled" if problem["cancelled"] else "rolled_back" if before else "failed"
    beyond = hooks.end_of(session, row.id)
    if stuck is not None or beyond:
        state = "needs_attention"
    move(
        session,
        row.id,
        "running",
        state,
        ended_at=tools.now(),
        failure=problem["sentence"],
        log=problem["log"],
        ended_by=row.cancelled_by,
    )
    facts = {"serving": before.version if before else "", "stuck": stuck and stuck["sentence"]}
    facts["beyond"] = beyond
    environment = tools.setup.environments.get(row.environment)
    locks = environment is not None and environment.locks_on_failure
    if state == "needs_attention" or (state != "cancelled" and locks):
        take_lock(session, tools.now(), row, _lock_reason(row, problem, stuck, beyond))
        facts["locked"] = row.environment
    return _close(session, row, state, sentence=problem["sentence"], **facts)


def _lock_reason(row: Deployment, problem: Problem, stuck: Problem | None, beyond: str = "") -> str:
    what, reason = f"{row.service} {row.version}", problem["sentence"]
    if not reason.startswith(what):
        reason = f"{what} failed: {reason}"
    if stuck is not None:
        reason += f" Going back failed too: {stuck['sentence']}"
    if beyond:
        reason += f" Its hook {beyond} cannot be taken back: the data is as that left it."
    return f"{reason} Make sure the cause is gone before deploying again."


def _close(session: Session, row: Deployment, state: str, **facts: Any) -> str:
    tools = bench()
    release_hold(session, tools.now(), row.environment, subjects.deployment(row.id))
    touch_queue(session, row.environment)
    note(session, row.id, tools.now(), state, **facts)
    tools.record(session, "deploy", state, deployment=row.id, **facts)
    return state
