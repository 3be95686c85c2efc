"""The end of an environment that was made from a blueprint.

1 take it, whatever still holds it  2 stop what runs  3 keep a copy of its data, where the blueprint
asks for one  4 remove the data  5 have its addresses lead nowhere  6 let its name and its ports go.
What stops on the way keeps its name and its ports; who destroys it again goes on from there.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dbos import DBOS
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from handlers import preparation_rows, show
from handlers.environments import holds, release_hold, take_hold
from handlers.on_demand import call_off
from handlers.ports import Runtime, Volume
from handlers.setup import Environment
from handlers.subjects import created, preparation
from handlers.tables import Created, Deployment, Lock, Measurement, Step, TakenPort
from handlers.work.bench import Bench, bench, volume_of
from handlers.work.engine import exactly_once, workflow
from handlers.work.steps import Problem, Verdict, conduct, lay_out, mark

log = logging.getLogger(__name__)

TAKE_DOWN = ("stop_services", "keep_copy", "remove_data", "free_addresses")
DRAIN = 10.0
"""Seconds for requests under way to a service that the setup file does not have any more."""


@dataclass(frozen=True)
class Site:
    """What is taken down, as a step sees it, read afresh at the step's beginning."""

    row: Created
    environment: Environment
    runtime: Runtime
    volumes: tuple[Volume, ...]

    @property
    def name(self) -> str:
        """Its place among the backups; no other environment of that name has it."""
        return f"e{self.row.id}"


Body = Callable[[Site], str]
STEPS: dict[str, Callable[[int], Problem | None]] = {}


@workflow("take_down")
def take_down(number: int) -> str:
    for name in exactly_once("begin_destruction", _begin, number):
        problem = STEPS[name](number)
        if problem is not None:
            return _stop(number, problem)
    return exactly_once("finish_destruction", _finish, number)


def step(body: Body) -> Body:
    """Make ``body`` a durable step of its own name, with a short detail for the card."""
    name = body.__name__

    @DBOS.step(name=name)
    @functools.wraps(body)
    def run(number: int) -> Problem | None:
        return perform(name, body, number)

    STEPS[name] = run
    return body


def perform(name: str, body: Body, number: int) -> Problem | None:
    return conduct(created(number), name, lambda: _site(bench(), number, name), body)


def _site(tools: Bench, number: int, name: str) -> Site:
    """Look at the fence, show the step as under way, and read what it needs, all at once."""
    with tools.store.write() as session:
        row = session.get_one(Created, number)
        if row.state != "going" or not holds(session, row.environment, created(number)):
            raise Verdict("The environment is no longer held by this work.")
        mark(session, tools.now(), created(number), name, "in_progress", "")
        session.flush()
        session.expunge_all()
    tools.wake()
    setup = tools.setup
    environment = setup.environments[row.environment]
    volumes = (volume_of(setup, row.environment, service) for service in environment.services)
    runtime = tools.runtimes[environment.runtime]
    return Site(row, environment, runtime, tuple(filter(None, volumes)))


def _begin(session: Session, number: int) -> list[str]:
    """The steps that are left to do. What waits for a person there is over with it."""
    tools, row = bench(), session.get_one(Created, number)
    if row.state != "going":
        return []
    if not holds(session, row.environment, created(number)):
        _end_preparation(session, row)
        call_off(session, tools.now(), row)
        take_hold(session, tools.now(), row, created(number))
        session.flush()
    if session.query(Step).where(Step.of == created(number)).count() == 0:
        lay_out(session, created(number), TAKE_DOWN)
        session.flush()
    _say(session, row, "destruction_started")
    steps = select(Step).where(Step.of == created(number)).order_by(Step.position)
    return [one.name for one in session.scalars(steps) if one.state != "complete"]


def _end_preparation(session: Session, row: Created) -> None:
    there = preparation_rows.open_one(session, row.environment)
    if there is None:
        return
    at = bench().now()
    preparation_rows.move(
        session, there, there.state, "aborted", ended_at=at, ended_by=row.ended_by
    )
    release_hold(session, at, row.environment, preparation(there.id))
    session.flush()


def _stop(number: int, problem: Problem) -> str:
    def stop(session: Session, of: int) -> str:
        row = session.get_one(Created, of)
        row.state, row.failure = "stuck", problem["sentence"]
        return _say(session, row, "destruction_stuck", sentence=problem["sentence"])

    return exactly_once("stop_destruction", stop, number)


def _finish(session: Session, number: int) -> str:
    """Name and ports are free again; what the rows know of what ran there stays as history."""
    tools, row = bench(), session.get_one(Created, number)
    if row.state != "going":
        return row.state
    row.state, row.ended_at = "gone", tools.now()
    there = update(Deployment).where(Deployment.environment == row.environment)
    session.execute(
        there.where(Deployment.state == "live").values(state="removed", ended_at=tools.now())
    )
    session.execute(there.where(Deployment.state == "replaced").values(state="removed"))
    session.execute(delete(TakenPort).where(TakenPort.created == number))
    session.execute(delete(Measurement).where(Measurement.environment == row.environment))
    session.execute(
        update(Lock)
        .where(Lock.environment == row.environment, Lock.released_at.is_(None))
        .values(released_at=tools.now(), released_by="work")
    )
    return _say(session, row, "environment_gone_now")


def _say(session: Session, row: Created, code: str, **facts: Any) -> str:
    tools = bench()
    show.note(session, created(row.id), tools.now(), code, **facts)
    tools.record(session, "destroy", code, environment=row.environment, created=row.id, **facts)
    return row.state


@step
def stop_services(site: Site) -> str:
    declared = bench().declared.services
    for service in site.environment.services:
        drain = declared[service].drain if service in declared else DRAIN
        site.runtime.halt(site.row.environment, service, drain)
    return f"{' and '.join(site.environment.services)} stopped"


@step
def keep_copy(site: Site) -> str:
    blueprint = bench().declared.blueprints.get(site.row.blueprint)
    if blueprint is not None and not blueprint.backup:
        return "not asked for"
    copies = [bench().volumes.back_up(one, site.name) for one in site.volumes]
    count = sum(copy.files for copy in copies)
    return f"{count} files kept as {site.name}" if copies else "there is no data"


@step
def remove_data(site: Site) -> str:
    for volume in site.volumes:
        bench().volumes.remove(volume)
    return "its data is gone" if site.volumes else "there is no data"


@step
def free_addresses(site: Site) -> str:
    for service in site.environment.services:
        site.runtime.forget(site.row.environment, service)
    return ", ".join(place.address for place in site.environment.services.values())
