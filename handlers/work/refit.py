"""The steps of what is done with an environment as a whole. Each may run again after a crash."""

from __future__ import annotations

import functools
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from dbos import DBOS
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.environments import holds
from handlers.ports import Plan, Runtime, Volume
from handlers.subjects import preparation
from handlers.tables import Deployment, Preparation
from handlers.work.bench import Bench, bench, plan_of, volume_of
from handlers.work.measure import measure
from handlers.work.steps import Problem, Verdict, conduct, mark

log = logging.getLogger(__name__)

KINDS = {
    "prepare": ("put_data", "start_up", "smoke_test"),
    "stop": ("shut_down",),
    "start": ("start_up", "smoke_test"),
    "restart": ("take_stock", "roll", "smoke_test"),
}
CLEAR, PREPARED = ("shut_down", "back_up", "restore"), ("start_up", "smoke_test")
"""What a reset does before and after it brings versions back."""
LIMIT = 5.0
"""Seconds for one answer of a smoke test."""


@dataclass(frozen=True)
class Refit:
    """An environment as a step sees it, read afresh at the step's beginning."""

    row: Preparation
    runtime: Runtime
    live: tuple[Plan, ...]
    """What is recorded as live there."""
    volumes: tuple[Volume, ...]

    @property
    def name(self) -> str:
        """What its traces are called in volumes."""
        return f"p{self.row.id}"


Body = Callable[[Refit], str]
STEPS: dict[str, Callable[[int], Problem | None]] = {}


def step(body: Body) -> Body:
    """Make ``body`` a durable step of its own name. It returns a short detail for the card; it
    raises Verdict or PortError when it could not do its work."""
    name = body.__name__

    @DBOS.step(name=name)
    @functools.wraps(body)
    def run(number: int) -> Problem | None:
        return perform(name, body, number)

    STEPS[name] = run
    return body


def perform(name: str, body: Body, number: int) -> Problem | None:
    return conduct(preparation(number), name, lambda: _begin(bench(), number, name), body)


def _begin(tools: Bench, number: int, name: str) -> Refit:
    """Look at the fence, show the step as under way, and read what it needs, all at once."""
    with tools.store.write() as session:
        row = session.get_one(Preparation, number)
        if not holds(session, row.environment, preparation(number)):
            raise Verdict("The environment is no longer held by this work.")
        rows = live_rows(tools, session, row.environment)
        mark(session, tools.now(), preparation(number), name, "in_progress", "")
        session.flush()
        session.expunge_all()
    tools.wake()
    services = tools.setup.environments[row.environment].services
    return Refit(
        row=row,
        runtime=tools.runtime(row.environment),
        live=tuple(plan_of(tools, one, fence=one.id) for one in rows),
        volumes=tuple(
            volume
            for service in services
            if (volume := volume_of(tools.setup, row.environment, service))
        ),
    )


def live_rows(tools: Bench, session: Session, environment: str) -> list[Deployment]:
    """What is recorded as live there."""
    services = tools.setup.environments[environment].services
    rows = select(Deployment).where(
        Deployment.environment == environment, Deployment.state == "live"
    )
    return [row for row in session.scalars(rows) if row.service in services]


@step
def put_data(refit: Refit) -> str:
    """Data from the baseline where there is none; what is there stays."""
    keeper = bench().volumes
    filled = [one for one in refit.volumes if not keeper.provision(one)]
    count = sum(keeper.restore(one, refit.name) for one in filled)
    return f"{files(count)} put there" if count else "nothing was missing"


@step
def wake_up(refit: Refit) -> str:
    """What ran before it was stopped runs again before anything else is done."""
    return start_up(refit)


@step
def shut_down(refit: Refit) -> str:
    """Nobody may write while data is copied and replaced."""
    for plan in refit.live:
        refit.runtime.halt(plan.environment, plan.service, plan.drain)
    return f"{_services(refit)} stopped" if refit.live else "nothing ran"


@step
def back_up(refit: Refit) -> str:
    """A copy of what is about to be replaced, where the blueprint asks for one."""
    if not bench().setup.environments[refit.row.environment].reset.backup:
        return "not asked for"
    copies = [bench().volumes.back_up(one, refit.name) for one in refit.volumes]
    count = sum(copy.files for copy in copies)
    return f"{files(count)} kept as {refit.name}" if copies else "there is no data"


@step
def restore(refit: Refit) -> str:
    count = sum(bench().volumes.restore(one, refit.name) for one in refit.volumes)
    return f"{files(count)} of the baseline" if refit.volumes else "there is no data"


@step
def start_up(refit: Refit) -> str:
    """Have everything run that is live, and wait until it is healthy."""
    for plan in refit.live:
        refit.runtime.revive(plan)
    for plan in refit.live:
        become_healthy(refit.runtime, plan)
    measure(bench(), refit.row.environment)  # others that wait for it need not wait for the clock
    return f"{_services(refit)} healthy" if refit.live else "nothing is live here"


def become_healthy(runtime: Runtime, plan: Plan) -> None:
    """Wait until it is; Verdict when it will not be."""
    until = time.monotonic() + plan.health.timeout
    while (look := runtime.look(plan)).state != "healthy":
        if time.monotonic() > until or look.state in ("exited", "absent"):
            reason = look.reason.rstrip(".") or f"it is {look.state}"
            raise Verdict(f"{plan.service} {plan.version} is not fit to serve: {reason}.")
        bench().stopping.wait(plan.health.interval)


@step
def smoke_test(refit: Refit) -> str:
    """Ask at the stable addresses, as users do. What is not live cannot be asked."""
    tools = bench()
    environment = tools.setup.environments[refit.row.environment]
    live = {plan.service: plan for plan in refit.live}
    asked = [check for check in environment.smoke if check.service in live]
    for check in asked:
        answer = tools.visitor.ask(live[check.service].address, check.path, LIMIT)
        what = f"{check.service}{check.path}"
        if not 200 <= answer.status < 300:
            said = f"answered {answer.status}" if answer.status else answer.text
            raise Verdict(f"{what} {said}.")
        if check.contains not in answer.text:
            raise Verdict(f"{what} answered without {check.contains!r}.")
    return f"{len(asked)} of {len(environment.smoke)} checks asked, all well"


def files(count: int) -> str:
    return f"{count} {'file' if count == 1 else 'files'}"


def _services(refit: Refit) -> str:
    return " and ".join(plan.service for plan in refit.live)
