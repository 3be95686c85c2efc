"""The steps of a build, on the cards of those who wait for it. Each may run again after a crash."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from dbos import DBOS

from handlers import builds, subjects
from handlers.ports import BuildOrder
from handlers.setup import Setup
from handlers.tables import Build
from handlers.work import patience
from handlers.work.bench import bench, gone
from handlers.work.steps import SAY_EVERY, Problem, called_off, conduct, mark, show_progress_of

T = TypeVar("T")


@dataclass(frozen=True)
class Assignment:
    """A build as a step sees it, read afresh at the step's beginning."""

    row: Build
    order: BuildOrder

    def stop_if_unwanted(self) -> None:
        with bench().store.read() as session:
            if not builds.is_wanted(session, self.row.id):
                raise called_off()

    def patiently(self, act: Callable[[], T]) -> T:
        """Do it, waiting for what is away as long as somebody wants the build."""
        return patience.patiently(act, self.stop_if_unwanted)

    def say(self, name: str) -> Callable[[str], None]:
        """What shows how far a step is, not more often than people read; it ends what nobody
        waits for any more."""
        told, heard, shown = float("-inf"), "", ""
        of = subjects.build(self.row.id)

        def say(words: str) -> None:
            nonlocal told, heard, shown
            heard = words or heard
            if time.monotonic() - told < SAY_EVERY:
                return
            told = time.monotonic()
            self.stop_if_unwanted()
            if heard != shown:
                shown = heard
                show_progress_of(of, name, shown)

        return say


Body = Callable[[Assignment], str]


def step(name: str) -> Callable[[Body], Callable[[int], Problem | None]]:
    """Make ``body`` a durable step. It returns a short detail for the card; it raises Verdict or
    PortError when it could not do its work."""

    def decorate(body: Body) -> Callable[[int], Problem | None]:
        @DBOS.step(name=f"build.{name}")
        @functools.wraps(body)
        def run(number: int) -> Problem | None:
            return perform(name, body, number)

        return run

    return decorate


def perform(name: str, body: Body, number: int) -> Problem | None:
    """Carry out one step of a build."""

    def begin() -> Assignment:
        job = _begin(number, name)
        job.stop_if_unwanted()
        return job

    return conduct(subjects.build(number), name, begin, body)


def _begin(number: int, name: str) -> Assignment:
    tools = bench()
    of = subjects.build(number)
    with tools.store.write() as session:
        row = session.get_one(Build, number)
        mark(session, tools.now(), of, name, "in_progress", "")
        builds.touch(session, of)
        session.flush()
        session.expunge_all()
    tools.wake()
    return Assignment(row, order_of(tools.setup, row))


def order_of(setup: Setup, row: Build) -> BuildOrder:
    """What exactly is to be built, as the setup file says it now."""
    service = setup.services.get(row.service)
    if service is None or service.build is None or service.image is None:
        raise gone(f"How {row.service} is built")
    how = service.build
    return BuildOrder(
        name=f"b{row.id}",
        engine=how.engine,
        service=row.service,
        repository=service.repository,
        commit=row.commit,
        image=service.image,
        context=how.context,
        file=how.file,
        arguments=tuple(sorted(how.arguments.items())),
        timeout=how.timeout,
        memory=how.memory,
        cpu=how.cpu,
        network=how.network,
        largest=how.largest,
        keep=service.keep,
    )


def on_record(job: Assignment, **facts: str) -> None:
    with bench().store.write() as session:
        row = session.get_one(Build, job.row.id)
        for name, value in facts.items():
            setattr(row, name, value)
