"""An image that is built from a release's commit, from the queue to the end.

1 look whether the registry has it already  2 fetch the commit  3 build it  4 push it, tagged by its
commit  5 ask the registry itself which bytes that tag names  6 have those who wait go on. Whatever
fails is told to all who wait, and nothing of it is left but its log.
"""

from __future__ import annotations

import logging
from typing import Any

from dbos import DBOS
from sqlalchemy.orm import Session

from handlers import built, subjects
from handlers.ask import Ask
from handlers.ports import PortError
from handlers.tables import Build
from handlers.work import engine
from handlers.work.bench import WORK, bench
from handlers.work.build_log import BuildLog
from handlers.work.build_steps import Assignment, on_record, order_of, step
from handlers.work.engine import exactly_once, workflow
from handlers.work.steps import Problem, Verdict, drop_pending, lay_out

log = logging.getLogger(__name__)

STEPS = ("look", "fetch", "build", "push", "resolve")
GO, STOP = "go", "stop"


@workflow("build")
def build(number: int) -> str:
    if exactly_once("begin_build", _begin, number) == STOP:
        return STOP
    problem = look(number)
    if not is_there(number):
        problem = problem or fetch(number) or make(number) or push(number) or resolve(number)

    def finish(session: Session, which: int) -> str:
        return _finish(session, which, problem)

    discard(number)
    outcome = exactly_once("finish_build", finish, number)
    bench().wake()
    return outcome


def _begin(session: Session, number: int) -> str:
    row = session.get_one(Build, number)
    if row.state != "queued":
        return STOP
    tools = bench()
    row.state, row.started_at = "running", tools.now()
    lay_out(session, subjects.build(number), STEPS)
    facts = {"service": row.service, "commit": row.commit, "requester": row.requester}
    tools.record(session, "build", "started", build=number, **facts)
    return GO


@step("look")
def look(job: Assignment) -> str:
    """What an earlier build has pushed, or somebody else, is not built again."""
    order = job.order
    try:
        exact = job.patiently(lambda: bench().images.resolve(order.image, order.commit))
    except PortError as error:
        if not error.permanent:
            raise
        return "it is not in the registry yet"
    on_record(job, artefact=exact)
    return "it is in the registry already"


@DBOS.step(name="build.is_there")
def is_there(number: int) -> bool:
    """A step, because what it reads changes later."""
    with bench().store.read() as session:
        return bool(session.get_one(Build, number).artefact)


@step("fetch")
def fetch(job: Assignment) -> str:
    return job.patiently(lambda: bench().builder.fetch(job.order))


@step("build")
def make(job: Assignment) -> str:
    written = BuildLog(bench(), job.row)
    say = job.say("build")
    try:
        done = job.patiently(lambda: bench().builder.build(job.order, written.write, say))
    finally:
        written.close()
    if done.problem:
        raise Verdict(done.problem, written.last(built.LONG))
    return done.detail


@step("push")
def push(job: Assignment) -> str:
    say = job.say("push")
    pushed = job.patiently(lambda: bench().builder.push(job.order, say))
    on_record(job, pushed=pushed)
    return f"pushed {_short(pushed)}"


@step("resolve")
def resolve(job: Assignment) -> str:
    """What the registry itself says counts, and it has to be what was pushed."""
    order = job.order
    exact = job.patiently(lambda: bench().images.resolve(order.image, order.commit))
    pushed = job.row.pushed
    if exact != pushed:
        raise Verdict(
            f"{order.engine} pushed {_short(pushed)}, and the registry has {_short(exact)} as"
            f" {order.image}:{order.commit[:12]}: somebody else pushes there as well. Nobody knows"
            " what that is, so it is not used; see who may push to that name, and ask again."
        )
    on_record(job, artefact=exact)
    return f"it is image {_short(exact)}"


def _short(exact: str) -> str:
    return exact.rpartition("sha256:")[2][:12]


@DBOS.step(name="build.discard")
def discard(number: int) -> None:
    """What cannot be removed now is removed when the next build of the service is over."""
    tools = bench()
    try:
        with tools.store.read() as session:
            order = order_of(tools.setup, session.get_one(Build, number))
        tools.builder.discard(order)
    except PortError as error:
        log.warning("build %s could not be tidied up: %s", number, error.message)


def _finish(session: Session, number: int, problem: Problem | None) -> str:
    tools = bench()
    row = session.get_one(Build, number)
    drop_pending(session, subjects.build(number))
    end = built.End(artefact=row.artefact)
    if problem is not None:
        is_over = problem["cancelled"]
        failure = "" if is_over else problem["sentence"]
        end = built.End(failure=failure, log=tuple(problem["log"]))
    ask = Ask(session, tools.setup, tools.now(), WORK, engine.start)
    state = built.conclude(ask, number, end)
    facts: dict[str, Any] = {"service": row.service, "commit": row.commit}
    facts |= {"artefact": row.artefact} if row.artefact else {"failure": row.failure}
    tools.record(session, "build", state, build=number, **facts)
    return state
