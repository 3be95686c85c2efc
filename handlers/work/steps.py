"""Steps: one external effect each, safe to run again, with its row on the card.

``effect`` makes a function a durable step: it checks the fence, shows the step as under way,
tries accidents again, and turns every failure into a problem that is data, not an exception.
"""

from __future__ import annotations

import functools
import itertools
import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from dbos import DBOS
from sqlalchemy.orm import Session

from handlers import builds, show, subjects
from handlers.deployment_rows import live, under
from handlers.environments import holds
from handlers.ports import Plan, PortError, Runtime
from handlers.rules.secrets import hide, secret_values
from handlers.setup import Service, secret_words
from handlers.subjects import Subject
from handlers.tables import Deployment, Step
from handlers.work import patience
from handlers.work.bench import Bench, bench, plan_of

log = logging.getLogger(__name__)

FORWARD = ("prepare", "start", "health", "switch", "watch", "retire")
BACK = ("go_back", "discard")

ATTEMPTS, PAUSE, LONGEST = 4, 0.5, 2.0
"""Tries of one effect after accidents, and the first and the longest pause between them in seconds
(doubling). What is away is tried for as long as ``patience`` says."""

SAY_EVERY = 1.0
"""Seconds between two words of one step about how far it is."""

Problem = dict[str, Any]
"""Why a step did not do its work: ``sentence``, ``log`` (last lines), ``cancelled``."""


class Verdict(Exception):
    """A definite no from outside, not an accident: trying again would get the same answer."""

    def __init__(self, sentence: str, log: tuple[str, ...] = (), cancelled: bool = False) -> None:
        super().__init__(sentence)
        self.problem: Problem = {"sentence": sentence, "log": list(log), "cancelled": cancelled}


def called_off() -> Verdict:
    return Verdict("It was called off.", cancelled=True)


@dataclass(frozen=True)
class Job:
    """A deployment as a step sees it, read afresh at the step's beginning."""

    row: Deployment
    service: Service
    plan: Plan
    runtime: Runtime
    previous: Plan | None
    """What was live before, under this deployment's fence: the way back."""

    def cancelled_by(self) -> str:
        with bench().store.read() as session:
            row = session.get(Deployment, self.row.id)
            return row.cancelled_by if row else ""

    def progress(self, name: str) -> Callable[[str], None]:
        """What shows how far a step is, on the card and not more often than people read."""
        told = [float("-inf")]

        def say(words: str) -> None:
            self.stop_if_cancelled()
            if time.monotonic() - told[0] >= SAY_EVERY:
                told[0] = time.monotonic()
                show_progress(self.row.id, name, words)

        return say

    def stop_if_cancelled(self) -> None:
        if self.cancelled_by():
            raise called_off()


Body = Callable[[Job], str]


def effect(
    name: str, cancellable: bool = True
) -> Callable[[Body], Callable[[int], Problem | None]]:
    """Make ``body`` a durable step. It returns a short detail for the card; it raises Verdict or
    PortError when it could not do its work."""

    def decorate(body: Body) -> Callable[[int], Problem | None]:
        @DBOS.step(name=name)
        @functools.wraps(body)
        def run(deployment: int) -> Problem | None:
            return perform(name, body, deployment, cancellable)

        return run

    return decorate


def perform(name: str, body: Body, deployment: int, cancellable: bool) -> Problem | None:
    """Carry out one step of a deployment, under its hold and on its card."""

    def begin() -> Job:
        job = _begin(bench(), deployment, name)
        if cancellable and job.row.cancelled_by:
            raise called_off()
        return job

    return conduct(subjects.deployment(deployment), name, begin, body)


Given = TypeVar("Given")


def conduct(
    of: Subject, name: str, begin: Callable[[], Given], body: Callable[[Given], str]
) -> Problem | None:
    """Carry out one step of anything that has steps on its card: ``begin`` reads what it needs,
    ``body`` does it, and both are tried again after accidents. Every failure is a problem."""
    tools = bench()
    try:
        detail = _try(tools, of, name, lambda: body(begin()))
    except Verdict as verdict:
        return _failed(tools, of, name, verdict.problem)
    except PortError as error:
        return _failed(tools, of, name, Verdict(error.message).problem)
    except Exception:
        number = secrets.token_hex(4)
        log.exception("crash %s in step %s of %s %s", number, name, of.kind, of.number)
        sentence = f"The bot itself failed in this step; its log has the details under {number}."
        return _failed(tools, of, name, Verdict(sentence).problem)
    _show(tools, of, name, "complete", detail)
    return None


def _failed(tools: Bench, of: Subject, name: str, problem: Problem) -> Problem:
    """Show the step as failed, and hand on what went wrong."""
    safe = hidden(tools, problem)
    _show(tools, of, name, "error", safe["sentence"])
    return safe


def hidden(tools: Bench, problem: Problem) -> Problem:
    """The same with nothing secret in it: a service may write its environment into its last
    words."""
    variables = [pair for one in tools.setup.services.values() for pair in one.variables.items()]
    values = (*secret_values(variables), *secret_words(tools.setup))
    return {
        "sentence": hide(problem["sentence"], values),
        "log": hide("\n".join(problem["log"]), values).splitlines(),
        "cancelled": problem["cancelled"],
    }


def _try(tools: Bench, of: Subject, name: str, act: Callable[[], str]) -> str:
    until = time.monotonic() + patience.PATIENCE
    for attempt in itertools.count(1):
        try:
            return act()
        except PortError as error:
            goes_on = attempt < ATTEMPTS or (error.away and time.monotonic() < until)
            if error.permanent or not goes_on:
                raise
            log.warning("%s %s: %s; trying again", of.kind, of.number, error.message)
            if error.away:
                said = hidden(tools, Verdict(error.message).problem)["sentence"]
                show_progress_of(of, name, f"{said} It is waited for.")
            patience.pause(min(PAUSE * 2 ** (attempt - 1), LONGEST))
    raise AssertionError("unreachable")


def _begin(tools: Bench, deployment: int, name: str) -> Job:
    """Look at the fence, show the step as under way, and read what it needs, all at once."""
    with tools.store.write() as session:
        row = session.get_one(Deployment, deployment)
        if not holds(session, row.environment, under(row)):
            raise Verdict("The environment is no longer held by this deployment.")
        there = live(session, row.service, row.environment)
        mark(session, tools.now(), subjects.deployment(row.id), name, "in_progress", "")
        _show_whole(session, row)
        session.flush()
        session.expunge_all()
    tools.wake()
    return Job(
        row=row,
        service=tools.setup.services[row.service],
        plan=plan_of(tools, row, fence=row.id),
        runtime=tools.runtime(row.environment),
        previous=plan_of(tools, there, fence=row.id) if there else None,
    )


def lay_out(session: Session, of: Subject, names: tuple[str, ...]) -> None:
    """Put the steps ahead on the card, after those that are there already."""
    there = session.query(Step).where(Step.of == of).count()
    for position, name in enumerate(names, start=there):
        session.add(Step(of=of, name=name, position=position, state="pending"))


def drop_pending(session: Session, of: Subject) -> None:
    """Take the steps that will not happen off the card."""
    session.query(Step).where(Step.of == of, Step.state == "pending").delete()


def _show(tools: Bench, of: Subject, name: str, state: str, detail: str) -> None:
    with tools.store.write() as session:
        mark(session, tools.now(), of, name, state, detail)
        if of.kind == subjects.DEPLOYMENT:
            _show_whole(session, session.get_one(Deployment, of.number))
        elif of.kind == subjects.BUILD:
            builds.touch(session, of)
    tools.wake()


def _show_whole(session: Session, row: Deployment) -> None:
    """What is a part of a reset is shown on the reset's card."""
    if row.part_of is not None:
        show.touch(session, under(row))


def show_progress(deployment: int, name: str, detail: str) -> None:
    """Say how far a step has come that takes its time."""
    show_progress_of(subjects.deployment(deployment), name, detail)


def show_progress_of(of: Subject, name: str, detail: str) -> None:
    """Likewise of anything that has steps."""
    _show(bench(), of, name, "in_progress", detail)


def mark(session: Session, at: datetime, of: Subject, name: str, state: str, detail: str) -> None:
    """Show how it goes with a step."""
    step = session.get_one(Step, (of.kind, of.number, name))
    if state == "in_progress":
        # A step that runs again after a crash keeps the time at which it first began.
        step.started_at = step.started_at or at
    else:
        step.ended_at = at
    step.state, step.detail = state, detail
    show.touch(session, of)
