"""Another number of instances of what serves: looked at again, done, told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dbos import DBOS
from sqlalchemy import update
from sqlalchemy.orm import Session

from handlers import notices
from handlers.deployment_rows import live, note
from handlers.messages import Actor
from handlers.people import person_facts
from handlers.ports import Plan, PortError
from handlers.rules.people import may_with_role
from handlers.scaling import hindrance, told
from handlers.tables import Deployment, Scaling
from handlers.work.bench import Bench, bench, plan_for
from handlers.work.engine import workflow
from handlers.work.look_around import look_around
from handlers.work.readings import directory_is_fresh


@workflow("scale")
def scale(number: int) -> str:
    directory_is_fresh(number)
    return carry_out(number)


@DBOS.step(name="carry_out_scaling")
def carry_out(number: int) -> str:
    """Sure to be safe again after a crash: as many already is success."""
    tools = bench()
    with tools.store.read() as session:
        row = session.get_one(Scaling, number)
        if row.state != "queued":
            return row.state
        stop, there = _hindered(tools, session, row)
        session.expunge_all()
    if stop or there is None:
        return _conclude(tools, number, "failed", stop)
    try:
        tools.runtime(row.environment).scale(_plan(tools, there, row.replicas))
    except PortError as error:
        return _conclude(tools, number, "failed", error.message)
    done = _conclude(tools, number, "done", "")
    look_around(tools, row.environment)
    return done


def _plan(tools: Bench, there: Deployment, replicas: int) -> Plan:
    plan = plan_for(tools.setup, tools.volumes, there, fence=there.id)
    if plan.container is None:
        return plan
    return replace(plan, container=replace(plan.container, replicas=replicas))


def _hindered(tools: Bench, session: Session, row: Scaling) -> tuple[str, Deployment | None]:
    """What has changed since it was asked for: who may, what is closed, what serves."""
    environment = tools.setup.environments.get(row.environment)
    if environment is None or row.service not in environment.services:
        return f"{row.environment} has no {row.service} any more.", None
    person = person_facts(session, tools.setup, tools.now(), Actor(row.team, row.requester))
    if may_with_role(person, environment.may("scale")):
        return "Whoever asked may not do that any more.", None
    held = hindrance(session, tools.setup, tools.now(), (row.environment, row.requester))
    if held is not None:
        return f"{row.environment} is locked, stopped or held by other work.", None
    there = live(session, row.service, row.environment)
    return ("" if there else f"{row.service} is not live there any more."), there


def _conclude(tools: Bench, number: int, state: str, why: str) -> str:
    with tools.store.write() as session:
        row = session.get_one(Scaling, number)
        won = session.execute(
            update(Scaling)
            .where(Scaling.id == number, Scaling.state == "queued")
            .values(state=state, ended_at=tools.now(), failure=why)
            .execution_options(synchronize_session=False)
        )
        if not getattr(won, "rowcount", 0):
            return row.state
        session.refresh(row)
        facts: dict[str, Any] = told(row) | {"sentence": why}
        there = live(session, row.service, row.environment)
        if there is not None:
            code = "scaled" if state == "done" else "not_scaled"
            note(session, there.id, tools.now(), code, **facts)
        if state == "done":
            notices.tell(session, row.requester, tools.now(), "scaling_done", **facts)
        else:
            notices.tell(session, row.requester, tools.now(), "scaling_failed", **facts)
        tools.record(session, "scale", state, **facts)
    tools.wake()
    return state
