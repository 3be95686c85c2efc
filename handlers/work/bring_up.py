"""An environment brought to its blueprint, prepared or reset, or stopped, started or restarted.

1 ask the gates again and take the environment  2 one step after the other  3 give it back.
A step that fails keeps the environment held until a person says what becomes of it; then the
work starts anew, and goes on with the first step that is not done.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import show
from handlers.deployment_rows import touch_queue
from handlers.environments import holds, release_hold, take_hold
from handlers.preparation_rows import baselines, move
from handlers.preparations import blockers
from handlers.reset_approvals import ask_again, still_approved
from handlers.rules.gates import Blocker
from handlers.stop_rows import begin_stop, end_stop, powerless
from handlers.subjects import preparation
from handlers.tables import Preparation, Step
from handlers.work import roll as roll  # its steps are found by their names
from handlers.work.bench import bench
from handlers.work.bring_back import STEP, bring_back
from handlers.work.engine import exactly_once, workflow
from handlers.work.readings import directory_is_fresh
from handlers.work.refit import CLEAR, KINDS, PREPARED, STEPS
from handlers.work.steps import Problem, lay_out

DONE = ("complete", "skipped")


@workflow("bring_up")
def bring_up(number: int) -> str:
    fresh = directory_is_fresh(number)
    for name in exactly_once("begin_preparation", _begin if fresh else _begin_unknown, number):
        service = name.removeprefix(STEP)
        problem = STEPS[name](number) if name in STEPS else bring_back(number, service)
        if problem is not None:
            return _stop(number, problem)
    return exactly_once("finish_preparation", _finish, number)


def _stop(number: int, problem: Problem) -> str:
    def stop(session: Session, of: int) -> str:
        row = session.get_one(Preparation, of)
        move(session, row, "running", "stuck", failure=problem["sentence"])
        return _say(session, row, "preparation_stuck", sentence=problem["sentence"])

    return exactly_once("stop_preparation", stop, number)


def _begin(session: Session, number: int) -> list[str]:
    return _begin_at(session, session.get_one(Preparation, number), [])


def _begin_unknown(session: Session, number: int) -> list[str]:
    row = session.get_one(Preparation, number)
    unread = [Blocker("directory_unread")] if row.approvals_needed else []
    return _begin_at(session, row, unread)


def _begin_at(session: Session, row: Preparation, unread: list[Blocker]) -> list[str]:
    """The steps that are left to do; none when it may not begin, or has ended. Once it holds the
    environment it has begun: what follows is to bring that to an end, and asks nobody again."""
    tools, number = bench(), row.id
    if row.state != "queued":
        return []
    if not holds(session, row.environment, preparation(number)):
        gates = blockers(session, tools.setup, tools.now(), row)
        found = unread or [*gates, *_powerless(session, row)]
        if found:
            return _blocked(session, row, found)
        if row.approvals_needed and not still_approved(session, tools.setup, tools.now(), row):
            return _ask_again(session, row)
        take_hold(session, tools.now(), row, preparation(number))
        lay_out(session, preparation(number), _steps(row, _wakes(session, row)))
        session.flush()
    move(session, row, "queued", "running", started_at=row.started_at or tools.now())
    _say(session, row, "preparation_started")
    steps = select(Step).where(Step.of == preparation(number)).order_by(Step.position)
    return [step.name for step in session.scalars(steps) if step.state not in DONE]


def _wakes(session: Session, row: Preparation) -> bool:
    """Whatever else is done there, it is not stopped any more."""
    if row.kind == "stop":
        return False
    return end_stop(session, bench().now(), row.environment, row.requester)


def _steps(row: Preparation, wakes: bool) -> tuple[str, ...]:
    if row.kind in KINDS:
        return ("wake_up", *KINDS[row.kind]) if wakes and row.kind == "prepare" else KINDS[row.kind]
    back = baselines(bench().setup, row.environment)
    return (*CLEAR, *(STEP + service for service in back), *PREPARED)


def _ask_again(session: Session, row: Preparation) -> list[str]:
    tools = bench()
    move(session, row, "queued", "waiting", queue_place=0, attempt=row.attempt + 1)
    ask_again(session, tools.setup, tools.now(), row)
    touch_queue(session, row.environment)
    tools.record(session, row.kind, "approvals_void", preparation=row.id)
    return []


def _powerless(session: Session, row: Preparation) -> list[Blocker]:
    """Who asked for it must still have the power to."""
    tools = bench()
    if row.environment not in tools.setup.environments:
        return []
    code = powerless(session, tools.setup, tools.now(), row)
    told = {"requester": row.requester, "code": code}
    return [Blocker("requester_lost_power", told)] if code else []


def _blocked(session: Session, row: Preparation, found: list[Blocker]) -> list[str]:
    told: list[dict[str, Any]] = [{"code": b.code, "facts": dict(b.facts)} for b in found]
    move(session, row, "queued", "blocked", ended_at=bench().now())
    _say(session, row, "preparation_blocked", blockers=told)
    return []


def _finish(session: Session, number: int) -> str:
    tools, row = bench(), session.get_one(Preparation, number)
    if not move(session, row, "running", "done", ended_at=tools.now()):
        return row.state
    release_hold(session, tools.now(), row.environment, preparation(number))
    if row.kind == "stop":
        begin_stop(session, tools.now(), row)
    return _say(session, row, "preparation_done")


def _say(session: Session, row: Preparation, code: str, **facts: Any) -> str:
    tools = bench()
    show.note(session, preparation(row.id), tools.now(), code, **facts)
    touch_queue(session, row.environment)
    tools.record(session, row.kind, code, preparation=row.id, **facts)
    return row.state
