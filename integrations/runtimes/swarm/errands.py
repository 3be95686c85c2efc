"""Errands as services of a swarm: one task that runs once, wherever there is room for it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from handlers.ports import Errand, Plan, PortError, Report, Say, silent
from integrations.runtimes.swarm.names import place_of
from integrations.runtimes.swarm.seen import Task
from integrations.runtimes.swarm.spec import Kept, errand_service

if TYPE_CHECKING:
    from integrations.runtimes.swarm.runtime import Hands

PAUSE = 0.1
GONE_WITHIN = 15.0
"""Seconds beyond its own time to finish in which a swarm has to have ended a task."""


class SwarmErrands:
    """The part of the swarm's runtime that runs programs once. The node that gets one fetches its
    image by itself."""

    def send(self, errand: Errand, say: Say = silent) -> None:
        self._at(errand.plan).swarm.create(errand_service(errand, self._kept(errand.plan)))

    def report(self, errand: Errand) -> Report:
        swarm = self._at(errand.plan).swarm
        service = swarm.service(_name(errand))
        if service is None:
            return Report("absent", reason="There is no service of it.")
        tasks = swarm.tasks([service], swarm.nodes())
        if not tasks:
            return Report("running", reason="The swarm has not made its task yet.")
        task = max(tasks, key=lambda one: one.created)
        log = swarm.log(task)
        if not task.has_ended:
            return Report("running", reason=_sentence(task), log=log)
        return Report("ended", _code(task), _sentence(task), log)

    def recall(self, errand: Errand) -> None:
        """The swarm ends the task of what is removed; that is waited for on nodes that can be
        reached."""
        swarm = self._at(errand.plan).swarm
        service = swarm.service(_name(errand))
        if service is None:
            return
        ids = [task.id for task in swarm.tasks([service], swarm.nodes())]
        swarm.remove(_name(errand))
        deadline = time.monotonic() + errand.plan.drain + GONE_WITHIN
        while any(swarm.is_up(one) for one in ids):
            if time.monotonic() > deadline:
                raise PortError(f"The swarm does not end {errand.name}.")
            time.sleep(PAUSE)

    def _at(self, plan: Plan) -> Hands:
        raise NotImplementedError

    def _kept(self, plan: Plan) -> Kept:
        raise NotImplementedError


def _code(task: Task) -> int | None:
    return 0 if task.state == "complete" else task.code or None


def _sentence(task: Task) -> str:
    said = "it ended with exit code 0" if task.state == "complete" else task.say()
    return f"{said[:1].upper()}{said[1:]}."


def _name(errand: Errand) -> str:
    return place_of(errand.plan).errand(errand.plan.operation, errand.name)
